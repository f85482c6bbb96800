//! Running cargo and timing what runs. Not the demo's own child, `jkkc`: that is `demo::jkkc`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The project's root folder.
pub fn root() -> &'static Path {
    // xtask lies one folder below it.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The cargo that runs us, in the project's root. What it told us of ourselves is not passed on: build scripts
/// that read it would run anew, here and at the next build without us.
pub fn cargo(words: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(words).current_dir(root());
    for (name, _) in std::env::vars_os() {
        let of_us = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if of_us.iter().any(|head| name.to_string_lossy().starts_with(head)) {
            command.env_remove(name);
        }
    }
    command
}

/// What `work` gives, and how long it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// `75 秒`, or `12 分 05 秒`.
pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 100 {
        format!("{seconds} 秒")
    } else {
        format!("{} 分 {:02} 秒", seconds / 60, seconds % 60)
    }
}

/// True when the command ran and succeeded; its output goes straight to the screen.
pub fn succeeds(mut command: Command) -> bool {
    command.stdin(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a command, shows its standard output line by line, and gives each line to `read` too.
pub fn read_along(mut command: Command, mut read: impl FnMut(&str)) -> bool {
    let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() else {
        return false;
    };
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            read(&line);
        }
    }
    child.wait().is_ok_and(|status| status.success())
}

/// How a program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    /// What is measured, and what a server runs.
    Release,
    /// As a device gets it: Cargo.toml says how it differs.
    Shell,
}

/// Builds one program of the workspace and says where it lies.
pub fn built(package: &str, program: &str, profile: Profile) -> Result<PathBuf, String> {
    // As the tests build it: with the features of one package alone all of its dependencies would be compiled again.
    let mut command = match profile {
        Profile::Dev => cargo(&["build", "--workspace", "--bin", program]),
        Profile::Release => cargo(&["build", "-p", package, "--release", "--bin", program]),
        Profile::Shell => cargo(&["build", "-p", package, "--profile", "shell", "--bin", program]),
    };
    command.arg("--message-format=json-render-diagnostics");
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|_| "找不到 cargo。请先安装 Rust。".to_owned())?;
    if !output.status.success() {
        return Err("编译没有成功。请看上面的输出。".to_owned());
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| executable(line, program))
        .next_back()
        .ok_or_else(|| format!("编译后找不到 {program}。请重新运行。"))
}

/// The path in one of cargo's JSON lines, where the line tells of that program.
fn executable(line: &str, program: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    (message["target"]["name"] == program).then_some(())?;
    message["executable"].as_str().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"name":"jkkc"},"executable":"t/jkkc"}"#;
        assert_eq!(executable(line, "jkkc"), Some(PathBuf::from("t/jkkc")));
        assert_eq!(executable(line, "other"), None);
        assert_eq!(executable(r#"{"target":{"name":"jkkc"},"executable":null}"#, "jkkc"), None);
        assert_eq!(executable("not json", "jkkc"), None);
    }

    #[test]
    fn long_times_are_said_in_minutes() {
        assert_eq!(spoken(Duration::from_secs(75)), "75 秒");
        assert_eq!(spoken(Duration::from_secs(725)), "12 分 05 秒");
    }
}
