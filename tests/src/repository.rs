//! The project's own files, as the tidy tests read them. Not what a build or a run left behind.

use std::path::{Path, PathBuf};

/// What a build, a run or a tool leaves in the root folder.
const NOT_OURS: [&str; 4] = ["target", "out", "demo", ".git"];

/// What the screens' tools and the shell's leave, wherever they are run.
const LEFT_BY_TOOLS: [&str; 5] = ["node_modules", "dist", "dist-fake", "test-results", "schemas"];

/// One text file: its path from the root with `/`, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// A file that exists only in a test.
    pub fn new(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }
    pub fn has_ending(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }
    /// `place`: a path, or a folder with everything below it.
    pub fn is_in(&self, place: &str) -> bool {
        self.path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || place.ends_with('/'))
    }
}

/// The project's root folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Every text file of the project, sorted by path.
pub fn files() -> Vec<File> {
    let mut files = Vec::new();
    collect(&root(), "", &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            let is_left = LEFT_BY_TOOLS.contains(&name.as_str());
            let is_not_ours = prefix.is_empty() && NOT_OURS.contains(&name.as_str());
            if !is_left && !is_not_ours {
                collect(&entry.path(), &format!("{path}/"), files);
            }
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            // What is not UTF-8 is a workbook or another sample; those have tests of their own.
            files.push(File { path, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_finds_itself() {
        let files = files();
        assert!(files.iter().any(|file| file.path == "tests/src/repository.rs"));
        assert!(files.iter().any(|file| file.path == "Cargo.toml"));
        assert!(!files.iter().any(|file| file.is_in("target/") || file.is_in(".git/")));
    }
}
