//! What a command says: one JSON object, or lines for a person. Failures are one Chinese sentence.

use protocol::{Code, Failure};
use serde::Serialize;
use std::io::Write;

/// An answer ready to print.
pub struct Said {
    pub json: serde_json::Value,
    pub lines: Vec<String>,
    /// False ends with exit code 1 although the command itself ran (a check that found something).
    pub ok: bool,
}

impl Said {
    /// `answer` as JSON, and its lines for a person.
    pub fn of<T: Serialize>(answer: &T, lines: Vec<String>) -> Result<Said, Failure> {
        let json =
            serde_json::to_value(answer).map_err(|_| Failure::new(protocol::Code::Internal))?;
        Ok(Said { json, lines, ok: true })
    }

    /// Nothing left to say: the command printed its one line while it ran.
    pub fn nothing() -> Said {
        Said { json: serde_json::Value::Null, lines: Vec::new(), ok: true }
    }

    pub fn print(&self, json: bool) {
        if self.json.is_null() {
            return;
        }
        let mut out = std::io::stdout().lock();
        // Whoever reads may stop early (`| head`): what was done stands, and nothing is said of it.
        if json {
            let _ = writeln!(out, "{}", self.json);
        } else {
            for line in &self.lines {
                let _ = writeln!(out, "{line}");
            }
        }
    }
}

/// The command that helps: a failure's own sentence is for a screen as well.
fn command_zh(code: Code) -> &'static str {
    match code {
        Code::UnitUnknown | Code::StopUnknown => "单位代码用 jkkc unit list 查看。",
        Code::ContactUnit => "服务器上用 jkkc unit set。",
        Code::CarryTooLarge => "存到U盘用 jkkc carry export。",
        _ => "",
    }
}

/// The sentence for a person, on standard error; with `--json` the code on standard output too.
pub fn print_failure(failure: &Failure, json: bool) {
    eprintln!("错误：{}{}", failure.zh(), command_zh(failure.code));
    if json {
        let answer = serde_json::json!({
            "error": { "code": failure.code.word(), "text": failure.zh() }
        });
        println!("{answer}");
    }
}
