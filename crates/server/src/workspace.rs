//! A folder beside what is being made, gone again when the work ends, well or not. Nothing half-made ever stands
//! under the wanted name: that comes by one rename at the end.

use crate::data::{failed, io_failure};
use protocol::{Code, Failure};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use store::Key;

/// A folder of its own name beside `wanted`.
pub struct Workspace {
    folder: PathBuf,
    wanted: PathBuf,
}

impl Workspace {
    pub fn beside(wanted: &Path) -> Result<Workspace, Failure> {
        let unwritable = |error: std::io::Error| io_failure(&error, Code::FileUnwritable);
        let name = wanted.file_name().ok_or(Failure::new(Code::FileUnwritable))?;
        let parent = parent(wanted);
        fs::create_dir_all(&parent).map_err(unwritable)?;
        let mut own = OsString::from(".");
        own.push(name);
        // Two at once never meet.
        own.push(format!(".{}", &Key::generate().map_err(failed)?.to_hex()[..12]));
        let folder = parent.join(own);
        fs::create_dir(&folder).map_err(unwritable)?;
        #[cfg(unix)]
        restrict(&folder)?;
        Ok(Workspace { folder, wanted: wanted.to_owned() })
    }

    /// A folder in here, made.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(name);
        fs::create_dir(&folder).map_err(|error| io_failure(&error, Code::FileUnwritable))?;
        Ok(folder)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Gives what was made its wanted name, for good. A file already there is replaced; of folders, an empty one.
    pub fn hand_over(self, made: &Path) -> Result<(), Failure> {
        let unwritable = |error: std::io::Error| io_failure(&error, Code::FileUnwritable);
        if made.is_dir() {
            sync_folder(made).map_err(unwritable)?;
            if self.wanted.exists() {
                // Fails on anything but an empty folder.
                fs::remove_dir(&self.wanted)
                    .map_err(|_| Failure::new(Code::RestoreFolderNotEmpty))?;
            }
        }
        fs::rename(made, &self.wanted).map_err(unwritable)?;
        sync_folder(&parent(&self.wanted)).map_err(unwritable)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What stays behind is encrypted with a key that nobody has any more.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn parent(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

#[cfg(unix)]
fn restrict(folder: &Path) -> Result<(), Failure> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(folder, mode).map_err(|error| io_failure(&error, Code::FileUnwritable))
}

/// A new name is durable once its folder is synced; Windows has no such call and needs none.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}
