//! The files of a page, read once from a folder. Not how they are answered.

use protocol::{Code, Failure};
use std::collections::BTreeMap;
use std::path::Path;

/// The page's files together, bytes.
const FILES_BYTES_MAX: u64 = 32 << 20;

/// By path without a leading slash: media type and content.
pub type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

/// Every file of the folder, read once: what is not there at the start is never served.
pub fn load_files(folder: &Path) -> Result<Files, Failure> {
    let missing = || Failure::at(Code::FileUnreadable, "index.html");
    let mut files = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    let mut bytes = 0;
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|_| missing())? {
            let entry = entry.map_err(|_| missing())?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(|_| missing())?;
            if kind.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                let content = std::fs::read(entry.path()).map_err(|_| missing())?;
                bytes += content.len() as u64;
                if bytes > FILES_BYTES_MAX {
                    return Err(Failure::at(Code::RequestTooLarge, "ui"));
                }
                files.insert(name.clone(), (media_type(&name), content));
            }
        }
    }
    if files.contains_key("index.html") { Ok(files) } else { Err(missing()) }
}

/// What a file's ending says it is.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some(_) | None => "application/octet-stream",
    }
}
