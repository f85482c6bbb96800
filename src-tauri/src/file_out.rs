//! A file where a person chose it: whole and on the disk before it is said to be written, or not under its name at all.
//! Not the choosing (`window`), and nothing is kept here.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` at `path` and waits until they are on the disk; what stood under that name stays until then.
///
/// # Errors
///
/// Whatever the disk says: full, read-only, pulled out. Nothing half-written stays under the name.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    whole(path, |file| file.write_all(bytes))
}

fn whole(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // What is no plain file, as a device, has no name that another could take.
    if path.metadata().is_ok_and(|known| !known.is_file()) {
        return File::create(path)
            .and_then(|mut file| fill(&mut file).and_then(|()| file.sync_all()));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let (place, mut file) = match File::options().write(true).create_new(true).open(beside) {
        Ok(file) => (beside, file),
        // A sandbox may allow the chosen name alone, and a long name may leave no room for four letters more.
        Err(_) => (path, File::create(path)?),
    };
    let written = fill(&mut file).and_then(|()| file.sync_all());
    drop(file);
    let done = written.and_then(|()| if place == path { Ok(()) } else { fs::rename(place, path) });
    if done.is_err() {
        // Half a file would be taken for the whole one; the cause is told. On a stick that is gone nothing can be done.
        let _ = fs::remove_file(place);
    } else {
        sync_folder(path);
    }
    done
}

/// The name itself, where the system has a handle for it; the bytes are on the disk either way.
#[cfg(unix)]
fn sync_folder(path: &Path) {
    let _ =
        path.parent().and_then(|folder| File::open(folder).ok()).map(|folder| folder.sync_all());
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder of one test's own, taken away with it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path =
                std::env::temp_dir().join(format!("jkkc-file-out-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn names(&self) -> Vec<String> {
            let all = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<_> =
                all.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_said_to_be_written_stands_whole_under_its_name() {
        let folder = Folder::new("whole");
        let path = folder.0.join("日结单.pdf");
        fs::write(&path, b"of yesterday, and longer").unwrap();
        write(&path, b"of today").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"of today");
        assert_eq!(folder.names(), ["日结单.pdf"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told() {
        let full = Path::new("/dev/full");
        assert!(write(full, b"x").is_err());
        assert!(!full.metadata().unwrap().is_file(), "no file took the device's name");
        // Control: elsewhere the same is written.
        let folder = Folder::new("full");
        assert!(write(&folder.0.join("a.xlsx"), b"x").is_ok());
    }

    #[test]
    fn where_nothing_can_be_written_it_is_told_and_nothing_is_left() {
        let folder = Folder::new("nowhere");
        assert!(write(&folder.0.join("pulled").join("a.pdf"), b"x").is_err());
        assert!(write(&folder.0, b"x").is_err());
        assert!(folder.names().is_empty());
    }

    #[test]
    fn of_a_file_that_broke_off_nothing_is_left_and_the_one_before_stands() {
        let torn = |file: &mut File| {
            file.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        let folder = Folder::new("torn");
        let path = folder.0.join("名单.xlsx");
        fs::write(&path, b"of yesterday").unwrap();
        assert!(whole(&path, torn).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"of yesterday");
        assert_eq!(folder.names(), ["名单.xlsx"]);
        // Where only the chosen name may be written, the half is taken away.
        fs::write(folder.0.join("名单.xlsx.part"), b"another's").unwrap();
        assert!(whole(&path, torn).is_err());
        assert_eq!(folder.names(), ["名单.xlsx.part"]);
        // Control: written under its name and left there, half a file stands for the whole one.
        assert!(torn(&mut File::create(&path).unwrap()).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"half");
    }
}
