//! What a command says: one JSON object, or lines for a person. Failures are one Chinese sentence.

use protocol::Failure;
use serde::Serialize;

/// An answer ready to print.
pub struct Said {
    pub json: serde_json::Value,
    pub lines: Vec<String>,
    /// False ends with exit code 1 although the command itself ran (a check that found something).
    pub ok: bool,
}

impl Said {
    /// `answer` as JSON, and its lines for a person.
    pub fn of<T: Serialize>(answer: &T, lines: Vec<String>) -> Result<Said, Failure> {
        let json = serde_json::to_value(answer)
            .map_err(|_| Failure::new(protocol::Code::Internal))?;
        Ok(Said { json, lines, ok: true })
    }

    /// Nothing left to say: the command printed its one line while it ran.
    pub fn nothing() -> Said {
        Said { json: serde_json::Value::Null, lines: Vec::new(), ok: true }
    }

    pub fn print(&self, json: bool) {
        if self.json.is_null() {
            return;
        }
        if json {
            println!("{}", self.json);
        } else {
            for line in &self.lines {
                println!("{line}");
            }
        }
    }
}

/// The sentence for a person, on standard error; with `--json` the code on standard output too.
pub fn print_failure(failure: &Failure, json: bool) {
    eprintln!("错误：{}", failure.zh());
    if json {
        let answer = serde_json::json!({
            "error": { "code": failure.code.word(), "text": failure.zh() }
        });
        println!("{answer}");
    }
}
