//! The program under demonstration as a child process: `jkkc ... --json` asked once and read, and `jkkc
//! serve` kept running. Progress and error sentences go straight to the screen.

use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a server may take to stop by itself.
const STOP_WAIT_MS_MAX: u64 = 10_000;
const STOP_LOOK_MS: u64 = 50;

pub struct Jkkc {
    program: PathBuf,
}

/// The words of one command, built piece by piece.
#[derive(Clone, Default)]
pub struct Words(Vec<OsString>);

impl Words {
    /// From words separated by spaces.
    pub fn new(text: &str) -> Words {
        Words(text.split(' ').map(OsString::from).collect())
    }
    pub fn and(mut self, word: impl AsRef<OsStr>) -> Words {
        self.0.push(word.as_ref().to_owned());
        self
    }
    /// `--name value`
    pub fn with(self, name: &str, value: impl AsRef<OsStr>) -> Words {
        self.and(name).and(value)
    }
    /// The command as a person would type it.
    fn spoken(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|word| word.to_string_lossy()).collect();
        format!("jkkc {}", words.join(" "))
    }
}

impl Jkkc {
    pub fn new(program: PathBuf) -> Jkkc {
        Jkkc { program }
    }

    /// Runs one command and gives its JSON object.
    pub fn ask(&self, words: &Words) -> Result<Value, String> {
        self.ask_with(words, "")
    }

    /// The same with a line on its standard input, where passwords are read from.
    pub fn ask_with(&self, words: &Words, line: &str) -> Result<Value, String> {
        let said = |_| "编译好的程序运行不了。请重新编译。".to_owned();
        let mut child = Command::new(&self.program)
            .args(&words.0)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(said)?;
        if let Some(mut input) = child.stdin.take() {
            // A command that reads nothing may be gone already: its own exit says how it went.
            let _ = input.write_all(line.as_bytes());
        }
        let output = child.wait_with_output().map_err(said)?;
        if !output.status.success() {
            return Err(format!("这一步没有成功：{}", words.spoken()));
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("这一步的回答不是一个 JSON 对象：{}", words.spoken()))
    }

    /// Starts a server and waits for the line that says where it listens.
    pub fn serve(&self, words: &Words, log: &Path) -> Result<Server, String> {
        let log = std::fs::File::create(log).map_err(|_| "写不了服务器日志。".to_owned())?;
        let mut child = Command::new(&self.program)
            .args(&words.0)
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|_| "编译好的程序运行不了。请重新编译。".to_owned())?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let url = serde_json::from_str::<Value>(&line)
            .ok()
            .and_then(|answer| answer["url"].as_str().map(str::to_owned));
        let server = Server { child: Some(child), url: url.unwrap_or_default() };
        if server.url.is_empty() {
            return Err(format!("服务器没有启动：{}。请看演示目录里的日志。", words.spoken()));
        }
        Ok(server)
    }
}

/// A server that stops when this is dropped, unless it is released.
pub struct Server {
    child: Option<Child>,
    pub url: String,
}

impl Server {
    /// `127.0.0.1:40123` of `https://127.0.0.1:40123`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("https://").trim_end_matches('/')
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) {
        self.end();
    }

    /// Lets it run on; gives its process id.
    pub fn release(mut self) -> Option<u32> {
        self.child.take().map(|child| child.id())
    }

    fn end(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let kill = format!("kill -TERM {}", child.id());
        let _ = Command::new("sh").args(["-c", &kill]).status();
        for _ in 0..STOP_WAIT_MS_MAX / STOP_LOOK_MS {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(STOP_LOOK_MS));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// A text in an answer.
pub fn text<'a>(answer: &'a Value, name: &str) -> Result<&'a str, String> {
    answer[name].as_str().ok_or_else(|| format!("回答里没有 {name}"))
}

/// A count in an answer; a list counts as its length.
pub fn count(answer: &Value, name: &str) -> Result<u64, String> {
    let value = &answer[name];
    value
        .as_u64()
        .or_else(|| value.as_array().map(|list| list.len() as u64))
        .ok_or_else(|| format!("回答里没有 {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (Jkkc, Words) {
        (Jkkc::new("sh".into()), Words::new("-c").and(script))
    }

    #[test]
    fn an_answer_is_read_and_a_failure_is_not_taken_for_one() {
        let (sh, words) = shell("echo '{\"round\":\"7\",\"rows\":3,\"problems\":[1,2]}'");
        let answer = sh.ask(&words).unwrap();
        assert_eq!(text(&answer, "round"), Ok("7"));
        assert_eq!((count(&answer, "rows"), count(&answer, "problems")), (Ok(3), Ok(2)));
        assert!(count(&answer, "round").is_err() && text(&answer, "rows").is_err());
        for script in ["echo '{}'; exit 1", "echo not json", "true"] {
            let (sh, words) = shell(script);
            assert!(sh.ask(&words).is_err(), "{script}");
        }
    }

    #[test]
    fn a_password_goes_by_standard_input() {
        let (sh, words) = shell("read line; echo \"{\\\"heard\\\":\\\"$line\\\"}\"");
        assert_eq!(text(&sh.ask_with(&words, "a b\n").unwrap(), "heard"), Ok("a b"));
    }

    #[test]
    fn a_server_is_stopped_when_it_is_let_go() {
        let log = std::env::temp_dir().join(format!("xtask-serve-{}", std::process::id()));
        let (sh, words) =
            shell("echo '{\"url\":\"https://127.0.0.1:9/\"}'; exec tail -f /dev/null");
        let server = sh.serve(&words, &log).unwrap();
        assert_eq!(server.address(), "127.0.0.1:9");
        let place = format!("/proc/{}", server.child.as_ref().unwrap().id());
        assert!(Path::new(&place).exists());
        drop(server);
        assert!(!Path::new(&place).exists());
        let (sh, words) = shell("exit 3");
        assert!(sh.serve(&words, &log).is_err(), "a server that ends at once has not started");
        std::fs::remove_file(log).unwrap();
    }
}
