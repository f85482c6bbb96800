//! What the command line says: which folder this device's data lies in, where a hall answers and what stands for a
//! card reader; and that only one program at a time works in a folder. Not what is in the folder (`field`, `store`).

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Another folder than the person's own: for a second device on one machine, for tests and the demo.
const HOME_OPTION: &str = "--home";
const HOME_VARIABLE: &str = "JKKC_HOME";
/// Another address than every one of this machine for a hall opened here: for tests and the demo.
const HALL_OPTION: &str = "--hall";
/// A file of made-up ID cards in place of a reader: for training and tests.
const READER_OPTION: &str = "--simulated-reader";
const LOCK_FILE: &str = "window.lock";

pub const TAKEN_ZH: &str = "健康快车已经打开，正在使用这份数据。请切换到已打开的窗口。";
const USAGE_ZH: &str =
    "用法：health-express [--home 目录] [--hall 地址:端口] [--simulated-reader 文件]";

/// What was told when the program was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub folder: Option<PathBuf>,
    pub hall: Option<SocketAddr>,
    /// Not looked at before somebody reads a card: a file of training that is gone keeps nobody from the day's work.
    pub reader: Option<PathBuf>,
}

/// By the command line; the folder else by the environment.
pub fn told() -> Result<Told, String> {
    named(std::env::args_os().skip(1).collect(), std::env::var_os(HOME_VARIABLE))
}

fn named(words: Vec<OsString>, variable: Option<OsString>) -> Result<Told, String> {
    let mut told = Told::default();
    for pair in words.chunks(2) {
        match pair {
            [option, folder]
                if option == HOME_OPTION && told.folder.is_none() && !folder.is_empty() =>
            {
                told.folder = Some(PathBuf::from(folder));
            }
            [option, address] if option == HALL_OPTION && told.hall.is_none() => {
                let address = address.to_str().and_then(|text| text.parse().ok());
                told.hall = Some(address.ok_or(USAGE_ZH)?);
            }
            [option, file]
                if option == READER_OPTION && told.reader.is_none() && !file.is_empty() =>
            {
                told.reader = Some(PathBuf::from(file));
            }
            _ => return Err(USAGE_ZH.to_owned()),
        }
    }
    let variable = variable.filter(|folder| !folder.is_empty()).map(PathBuf::from);
    told.folder = told.folder.or(variable);
    Ok(told)
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
            assert_eq!(told, Told { folder: expected.map(PathBuf::from), ..Told::default() });
        };
        check(&[], None, None);
        check(&[], Some(""), None);
        check(&[], Some("a"), Some("a"));
        check(&["--home", "b"], Some("a"), Some("b"));
        let words =
            ["--hall", "127.0.0.1:0", "--simulated-reader", "c", "--home", "b"].map(OsString::from);
        let all = named(words.to_vec(), None).unwrap();
        assert_eq!(all.folder, Some(PathBuf::from("b")));
        assert_eq!(all.hall, Some(SocketAddr::from(([127, 0, 0, 1], 0))));
        assert_eq!(all.reader, Some(PathBuf::from("c")));
        for wrong in [
            &["--home"][..],
            &["--home", ""],
            &["b"],
            &["--home", "a", "b"],
            &["--home", "a", "--home", "b"],
            &["--hall", "8443"],
            &["--simulated-reader"],
            &["--simulated-reader", ""],
            &["--simulated-reader", "a", "--simulated-reader", "b"],
        ] {
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
