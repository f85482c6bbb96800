//! Which folder this device's data lies in, and that only one program at a time works in it. Not what is in the folder
//! (`field`, `store`).

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Another folder than the person's own: for a second device on one machine, for tests and the demo.
const HOME_OPTION: &str = "--home";
const HOME_VARIABLE: &str = "JKKC_HOME";
const LOCK_FILE: &str = "window.lock";

pub const TAKEN_ZH: &str = "健康快车已经打开，正在使用这份数据。请切换到已打开的窗口。";
const USAGE_ZH: &str = "用法：health-express [--home 目录]";

/// The folder named on the command line, else by the environment.
pub fn told() -> Result<Option<PathBuf>, String> {
    named(std::env::args_os().skip(1).collect(), std::env::var_os(HOME_VARIABLE))
}

fn named(words: Vec<OsString>, variable: Option<OsString>) -> Result<Option<PathBuf>, String> {
    match words.as_slice() {
        [] => Ok(variable.filter(|folder| !folder.is_empty()).map(PathBuf::from)),
        [option, folder] if option == HOME_OPTION && !folder.is_empty() => {
            Ok(Some(PathBuf::from(folder)))
        }
        _ => Err(USAGE_ZH.to_owned()),
    }
}

/// The folder told, else the app's own among this person's data, as the toolkit names it. It is made if need be.
#[cfg(desktop)]
pub fn folder(identifier: &str, told: Option<&Path>) -> std::io::Result<PathBuf> {
    let folder = match told {
        Some(told) => std::path::absolute(told)?,
        None => dirs::data_dir().ok_or(std::io::ErrorKind::NotFound)?.join(identifier),
    };
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Held while this program works in a folder; the system lets go of it however the program ends.
pub struct Only {
    /// Open as long as the folder is held.
    _file: Option<File>,
    is_taken: bool,
}

impl Only {
    /// Another program holds the folder.
    pub fn is_taken(&self) -> bool {
        self.is_taken
    }

    /// True while this one holds it.
    #[cfg(test)]
    fn is_held(&self) -> bool {
        self._file.is_some()
    }
}

/// Takes the folder. A disk that cannot hold the lock's file is no reason not to open: what is wrong with it, the app
/// says in its own words.
pub fn only_one(folder: &Path) -> Only {
    let opened =
        OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK_FILE));
    let Ok(file) = opened else { return Only { _file: None, is_taken: false } };
    match file.try_lock() {
        Ok(()) => Only { _file: Some(file), is_taken: false },
        Err(TryLockError::WouldBlock) => Only { _file: None, is_taken: true },
        Err(TryLockError::Error(_)) => Only { _file: None, is_taken: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_heard_before_the_environment() {
        let check = |words: &[&str], variable: Option<&str>, expected: Option<&str>| {
            let words = words.iter().map(OsString::from).collect();
            let told = named(words, variable.map(OsString::from)).unwrap();
            assert_eq!(told, expected.map(PathBuf::from));
        };
        check(&[], None, None);
        check(&[], Some(""), None);
        check(&[], Some("a"), Some("a"));
        check(&["--home", "b"], Some("a"), Some("b"));
        for wrong in [&["--home"][..], &["--home", ""], &["b"], &["--home", "a", "b"]] {
            let words = wrong.iter().map(OsString::from).collect();
            assert_eq!(named(words, None), Err(USAGE_ZH.to_owned()), "{wrong:?}");
        }
    }

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let folder = std::env::temp_dir().join(format!("only-one-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let first = only_one(&folder);
        assert!(first.is_held() && !first.is_taken());
        assert!(only_one(&folder).is_taken());
        drop(first);
        assert!(only_one(&folder).is_held(), "let go with the one who held it");
        std::fs::remove_dir_all(&folder).unwrap();
        let nowhere = only_one(&folder);
        assert!(!nowhere.is_taken() && !nowhere.is_held(), "no folder is no other program");
    }
}
