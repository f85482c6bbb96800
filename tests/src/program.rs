//! The real `jkkc` as processes: built once a run, asked with words, heard out; `serve` kept running until the
//! story ends it. No command's meaning is known here.

use crate::repository;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

/// The program, built on first use.
pub fn jkkc() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build("jkkc"))
}

/// The shell's program, with the screens of `ui/dist` in it; another one where `SHELL_PROGRAM` names it, to measure what
/// is shipped.
pub fn shell() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| match std::env::var_os("SHELL_PROGRAM") {
        Some(program) => PathBuf::from(program),
        None => build("health-express"),
    })
}

fn build(program: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo says of the test that runs would make build scripts that read it run anew, now and next time.
    for (name, _) in std::env::vars_os() {
        let of_the_test = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if of_the_test.iter().any(|head| name.to_string_lossy().starts_with(head)) {
            cargo.env_remove(name);
        }
    }
    let done = cargo
        .args(["build", "--workspace", "--bin", program, "--message-format", "json"])
        .current_dir(repository::root())
        .stderr(Stdio::inherit())
        .output();
    let done = done.unwrap_or_else(|e| panic!("cargo: {e}"));
    assert!(done.status.success(), "{program} was not built");
    let messages = String::from_utf8_lossy(&done.stdout).into_owned();
    let built = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back();
    built.unwrap_or_else(|| panic!("cargo named no {program}"))
}

/// What a command said and how it ended.
#[derive(Debug, Clone)]
pub struct Said {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// Standard output as the one JSON object it has to be.
    pub fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("not one JSON object ({e}): {}\n{}", self.out, self.err));
        assert!(value.is_object(), "no object: {}", self.out);
        value
    }

    /// The answer of a command that has to go well.
    pub fn answer(&self) -> Value {
        assert!(self.succeeded(), "{}{}", self.out, self.err);
        self.json()
    }
}

/// A command being put together.
#[derive(Debug, Clone, Default)]
pub struct Words(Vec<OsString>);

/// Words of a command, split at spaces; put paths and names behind with `and` and `with`.
pub fn words(command: &str) -> Words {
    Words(command.split_whitespace().map(OsString::from).collect())
}

impl Words {
    pub fn and(mut self, word: impl AsRef<OsStr>) -> Words {
        self.0.push(word.as_ref().to_owned());
        self
    }

    pub fn with(self, option: &str, value: impl AsRef<OsStr>) -> Words {
        self.and(option).and(value)
    }

    pub fn all(&self) -> &[OsString] {
        &self.0
    }

    /// With `--json`.
    pub fn ask(&self) -> Said {
        let mut command = Command::new(jkkc());
        command.args(&self.0).arg("--json");
        heard(&mut command)
    }

    /// With `--json`, on a machine without fonts: an empty folder is looked in instead of the system's.
    pub fn ask_without_fonts(&self, empty: &Path) -> Said {
        let mut command = Command::new(jkkc());
        command.args(&self.0).arg("--json").env("JKKC_FONTS", empty);
        heard(&mut command)
    }

    /// As a person runs it.
    pub fn tell(&self) -> Said {
        heard(Command::new(jkkc()).args(&self.0))
    }

    /// With `--json`, and no file it writes may grow beyond so many blocks of 512 bytes (the shell's unit):
    /// a disk that is full to every file at once.
    #[cfg(unix)]
    pub fn ask_on_a_full_disk(&self, blocks: u32) -> Said {
        let mut command = Command::new("sh");
        // The signal for a file too large is ignored, so that the write fails as on a full disk.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        command.args(["-c", &script, "sh"]).arg(jkkc()).args(&self.0).arg("--json");
        heard(&mut command)
    }
}

fn heard(command: &mut Command) -> Said {
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("jkkc: {e}"));
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).unwrap_or_else(|_| panic!("jkkc printed no UTF-8"))
    };
    Said { status: done.status, out: text(done.stdout), err: text(done.stderr) }
}

/// `jkkc serve`, ended when dropped.
pub struct Served {
    child: Child,
    pub url: String,
}

impl Served {
    /// Starts it and waits for the one line that says where it answers.
    pub fn start(words: &Words) -> Served {
        let mut child = Command::new(jkkc())
            .args(&words.0)
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("jkkc serve: {e}"));
        let out = child.stdout.take().unwrap_or_else(|| panic!("no output"));
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let url = told["url"].as_str().unwrap_or_else(|| panic!("no url: {line}")).to_owned();
        Served { child, url }
    }

    /// Killed, as by a power cut.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}
