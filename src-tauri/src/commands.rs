//! What the page may ask of the host: `rpc`, which is every command of `protocol::rpc`, and `save_file`. Both are
//! declared in `build.rs` and allowed in `capabilities/field.json`; anything else is refused before it gets here.

use crate::desk::{Desk, Refused};
use crate::window;
use protocol::rpc::work::FileOut;
use protocol::rpc::{Answer, Command};
use protocol::{Code, Failure};
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use tauri::{AppHandle, Manager};

/// What a page sent, read as a command where it is one. What is none is refused by its code, and nothing of what was
/// in it is said again.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked(Option<Command>);

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(Asked(serde_json::from_value(value).ok()))
    }
}

/// Does one command of `protocol::rpc`, off the main thread: the window goes on drawing.
#[tauri::command]
pub async fn rpc(app: AppHandle, request: Asked) -> Result<Answer, Refused> {
    let command = request.0.ok_or(refused(Code::RequestMalformed))?;
    let desk = app.state::<Arc<Desk>>().inner().clone();
    let done = tauri::async_runtime::spawn_blocking(move || desk.call(command)).await;
    let done = done.map_err(|_| refused(Code::Internal))?;
    if done.has_locked {
        window::rebuild(&app);
    }
    done.answer.map_err(Refused)
}

/// Writes a file where a person chooses; false where they gave up. True once it is whole and on the disk.
#[cfg(desktop)]
#[tauri::command]
pub async fn save_file(app: AppHandle, file: FileOut) -> Result<bool, Refused> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(&file.content);
    let bytes = bytes.map_err(|_| refused(Code::RequestMalformed))?;
    let Some(path) = window::chosen_path(&app, &bare_name(&file.name)).await? else {
        return Ok(false);
    };
    let written =
        tauri::async_runtime::spawn_blocking(move || crate::file_out::write(&path, &bytes)).await;
    match written {
        Ok(Ok(())) => Ok(true),
        _ => Err(refused(Code::FileUnwritable)),
    }
}

/// A phone's shell has no dialog of ours; its state says `save_files: false` and the page does not ask.
#[cfg(not(desktop))]
#[tauri::command]
pub async fn save_file(file: FileOut) -> Result<bool, Refused> {
    drop(file);
    Err(refused(Code::FileUnwritable))
}

pub(crate) fn refused(code: Code) -> Refused {
    Refused(Failure::new(code))
}

/// The name alone: no folder, nothing that hides a file or that a shell or a file system reads otherwise.
fn bare_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c })
        .collect();
    let bare = kept.trim_start_matches('.').trim();
    if bare.is_empty() { "文件".to_owned() } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rpc::session::Nothing;
    use serde_json::{Value, json};

    #[test]
    fn what_is_no_command_is_none_and_no_error_that_quotes_it() {
        let read = |value: Value| serde_json::from_value::<Asked>(value).unwrap().0;
        let state = json!({ "command": "state", "ask": {} });
        assert_eq!(read(state), Some(Command::State(Nothing {})));
        for wrong in [
            json!({ "command": "no_such", "ask": {} }),
            json!({ "command": "find", "ask": { "text": 1 } }),
            json!("state"),
            json!(null),
        ] {
            assert_eq!(read(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_is_only_a_name() {
        let check = |name: &str, expected: &str| assert_eq!(bare_name(name), expected, "{name}");
        check("日结单-2026-09-14.pdf", "日结单-2026-09-14.pdf");
        check("../../.ssh/keys", "_.._.ssh_keys");
        check(".hidden", "hidden");
        check("a\\b:c\n.xlsx", "a_b_c_.xlsx");
        check("...", "文件");
    }
}
