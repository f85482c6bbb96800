//! Finds fonts with Chinese among those the system has, for printed paper. Only well-known files in the usual folders
//! are read; nothing is downloaded and none is shipped. Not a font database.

use protocol::{Code, Failure};
use report::paper::{FontFile, Fonts, faces_in};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders of a system: Debian and other Linux, Windows, Android, macOS.
const FOLDERS: &[&str] = &[
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "C:\\Windows\\Fonts",
    "/system/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
];
/// Below a folder, at most so deep and so many entries.
const DEPTH_MAX: usize = 4;
const ENTRIES_MAX: usize = 20_000;
/// A font file larger than this is no usual one, bytes.
const FILE_BYTES_MAX: u64 = 96 << 20;

/// Families in the order they are taken: regular and bold file. Those with the most rare characters first.
const FAMILIES: &[(&str, &str)] = &[
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"),
    ("SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf"),
    ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"),
    ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"),
    ("msyh.ttc", "msyhbd.ttc"),
    ("Deng.ttf", "Dengb.ttf"),
    ("PingFang.ttc", ""),
    ("STHeiti Light.ttc", "STHeiti Medium.ttc"),
    ("wqy-microhei.ttc", ""),
    ("wqy-zenhei.ttc", ""),
    ("simsun.ttc", "simhei.ttf"),
    ("DroidSansFallback.ttf", ""),
];
/// Asked for characters of rare names that the first has not.
const RARE: &[&str] =
    &["NotoSerifCJK-Regular.ttc", "simsunb.ttf", "SimsunExtG.ttf", "HanaMinB.ttf"];

/// A folder of fonts that is looked in instead of the system's: for a machine on which nothing may be installed.
pub const FOLDER_VARIABLE: &str = "JKKC_FONTS";

/// The system's fonts with Chinese; where it has none, the failure that names the package.
pub fn system_fonts() -> Result<Fonts, Failure> {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
        return fonts_in(&[PathBuf::from(folder)]);
    }
    let own = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share/fonts"));
    let folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).chain(own).collect();
    fonts_in(&folders)
}

/// The same among the folders given.
pub fn fonts_in(folders: &[PathBuf]) -> Result<Fonts, Failure> {
    let mut files = Vec::new();
    for folder in folders {
        list(folder, DEPTH_MAX, &mut files);
    }
    let named = |name: &str| {
        files.iter().find(|file| {
            file.file_name().is_some_and(|of| of.to_string_lossy().eq_ignore_ascii_case(name))
        })
    };
    let read = |name: &str| named(name).and_then(|path| chinese_face(path));
    for (regular, bold) in FAMILIES {
        let Some(regular) = read(regular) else { continue };
        let bold: Vec<FontFile> = read(bold).into_iter().collect();
        let rare = RARE.iter().filter_map(|name| named(name).and_then(|path| any_face(path)));
        let regular: Vec<FontFile> = std::iter::once(regular).chain(rare).collect();
        return Fonts::new(&regular, &bold).map_err(|_| Failure::new(Code::FontAbsent));
    }
    Err(Failure::new(Code::FontAbsent))
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if files.len() >= ENTRIES_MAX {
            return;
        }
        let path = entry.path();
        if path.is_dir() {
            if depth > 1 {
                list(&path, depth - 1, files);
            }
        } else {
            files.push(path);
        }
    }
}

fn bytes_of(path: &Path) -> Option<Arc<Vec<u8>>> {
    let size = std::fs::metadata(path).ok()?.len();
    if size > FILE_BYTES_MAX {
        return None;
    }
    std::fs::read(path).ok().map(Arc::new)
}

/// Of a collection the face for simplified Chinese: the same character looks otherwise in Japan.
fn chinese_face(path: &Path) -> Option<FontFile> {
    let bytes = bytes_of(path)?;
    let faces = faces_in(&bytes);
    let with_chinese = || faces.iter().filter(|face| face.has_chinese);
    let is_simplified = |family: &str| family.split(' ').any(|word| word == "SC" || word == "GB");
    let simplified = with_chinese().find(|face| is_simplified(&face.family));
    let index = simplified.or_else(|| with_chinese().next())?.index;
    Some(FontFile { bytes, index })
}

fn any_face(path: &Path) -> Option<FontFile> {
    let bytes = bytes_of(path)?;
    let faces = faces_in(&bytes);
    let simplified = faces.iter().find(|face| face.family.ends_with(" SC"));
    let index = simplified.or(faces.first())?.index;
    Some(FontFile { bytes, index })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_chinese_says_which_package_to_install() {
        let empty = tempfile::tempdir().unwrap();
        // A file of the right name that is no font is no font.
        std::fs::write(empty.path().join("NotoSansCJK-Regular.ttc"), b"not a font").unwrap();
        let failure = fonts_in(&[empty.path().to_owned()]).err().unwrap();
        assert_eq!(failure.code, Code::FontAbsent);
        assert!(failure.zh().contains("fonts-noto-cjk"));
    }

    #[test]
    fn control_with_debians_package_they_are_found() {
        assert!(fonts_in(&[PathBuf::from("/usr/share/fonts")]).is_ok());
    }

    #[test]
    fn of_a_collection_the_face_for_simplified_chinese_is_taken() {
        let path = Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
        let face = chinese_face(path).unwrap();
        let faces = faces_in(&face.bytes);
        let taken = faces.iter().find(|f| f.index == face.index).unwrap();
        assert_eq!(taken.family, "Noto Sans CJK SC");
    }
}
