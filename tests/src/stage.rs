//! A small district at work through the real program alone: a server that runs, a village's roster of a few
//! people, a device that has synced and recorded. What goes wrong there, a story decides; how a refusal has to
//! look is said once here.

use crate::cast::{EXAMINERS, OPERATORS, ROUND, SEATS, VILLAGE};
use crate::line::{Cut, Line};
use crate::program::{Said, Served, Words, words};
use crate::samples::Sheet;
use protocol::Code;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// People on the stage's roster.
const PEOPLE: usize = 6;
/// Of them, those measured before the story begins.
pub const MEASURED: usize = 4;

pub struct Stage {
    pub folder: TempDir,
    pub line: Line,
    served: Option<Served>,
    pub round: String,
    pub ca_pin: String,
    entries: [u64; 2],
}

impl Stage {
    pub fn new() -> Stage {
        let mut stage = Stage {
            folder: tempfile::tempdir().unwrap(),
            line: Line::new(),
            served: None,
            round: String::new(),
            ca_pin: String::new(),
            entries: [0, 0],
        };
        write_key(&stage.path("server.key"), 1);
        write_key(&stage.path("device.key"), 2);
        let made = stage.of_server("server init").with("--host", "127.0.0.1").ask().answer();
        stage.ca_pin = text(&made, "ca_pin");
        let [name, from, to] = ROUND;
        let create = stage.of_server("round create").with("--name", name).with("--from", from);
        stage.round = text(&create.with("--to", to).ask().answer(), "round");
        let [account, name, _] = OPERATORS[0];
        let add = stage.of_server("operator add").with("--account", account);
        add.with("--name", name).ask().answer();
        stage.of_server("examiner add").with("--name", EXAMINERS[0]).ask().answer();
        let roster = stage.roster("roster.csv");
        let import = stage.of_server("roster import").with("--round", &stage.round);
        let imported = import.with("--unit", VILLAGE).and(roster).ask().answer();
        assert_eq!(imported["accepted"], PEOPLE);
        stage.serve();
        let ticket = stage.ticket();
        stage.enrol("device", &stage.line.url(), &ticket, &stage.ca_pin).ask().answer();
        stage.of_device("sync").ask().answer();
        let people = people();
        let first = Sheet { rows: people.rows[..MEASURED].to_vec(), ..people };
        let file = first.write(stage.folder.path(), "measured.csv");
        let recorded = stage.record(&file).ask().answer();
        assert_eq!(recorded["people"], MEASURED);
        stage.of_device("sync").ask().answer();
        stage.entries = stage.entries_now();
        stage
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the stage.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    pub fn of_server(&self, command: &str) -> Words {
        let words = words(command).with("--data", self.path("server"));
        words.with("--key-file", self.path("server.key"))
    }

    pub fn of_device(&self, command: &str) -> Words {
        let words = words(command).with("--home", self.path("device"));
        words.with("--key-file", self.path("device.key"))
    }

    pub fn record(&self, file: &Path) -> Words {
        self.of_device("record").with("--round", &self.round).with("--from", file)
    }

    pub fn export(&self, what: &str, format: &str, out: &Path) -> Words {
        let export = self.of_device("export").and(what).with("--round", &self.round);
        export.with("--format", format).with("--out", out)
    }

    /// A one-time code for the village.
    pub fn ticket(&self) -> String {
        let create = self.of_server("enrol create").with("--units", VILLAGE);
        text(&create.ask().answer(), "code")
    }

    /// Enrols the device of this folder; its key is the stage's.
    pub fn enrol(&self, folder: &str, url: &str, code: &str, pin: &str) -> Words {
        let enrol = words("device enrol").with("--home", self.path(folder));
        let enrol = enrol.with("--key-file", self.path("device.key")).with("--server", url);
        enrol.with("--code", code).with("--ca-pin", pin).with("--name", SEATS[0].name)
    }

    /// Starts `jkkc serve` behind the line.
    pub fn serve(&mut self) {
        let served = Served::start(&self.of_server("serve").with("--listen", "127.0.0.1:0"));
        self.line.lead_to(served.url.trim_start_matches("https://").parse().unwrap());
        self.served = Some(served);
    }

    /// Kills the server as a power cut does. The line still leads where it was.
    pub fn kill_server(&mut self) {
        if let Some(served) = self.served.take() {
            served.kill();
        }
    }

    /// Kills the server at the moment the line is cut.
    pub fn kill_server_at(&mut self, cut: Cut) {
        let served = self.served.take();
        self.line.cut(cut, move || drop(served));
    }

    /// A roster as an office would save it as text.
    pub fn roster(&self, name: &str) -> PathBuf {
        let people = people();
        let mut lines = "姓名,性别,身份证号码,出生日期\n".to_owned();
        for row in 0..people.rows.len() {
            let sex = if people.cell(row, "sex") == "M" { "男" } else { "女" };
            let cells = ["name", "id_number", "birth"].map(|heading| people.cell(row, heading));
            lines += &format!("{},{sex},{},{}\n", cells[0], cells[1], cells[2]);
        }
        self.file(name, lines)
    }

    /// Entries of server and device, which have to check out.
    fn entries_now(&self) -> [u64; 2] {
        [self.of_server("verify"), self.of_device("verify")].map(|verify| {
            let verified = verify.ask().answer();
            assert_eq!(verified["ok"], true);
            verified["entries"].as_u64().unwrap()
        })
    }

    /// Everything that was saved before is there and checks out, and nothing came in beside.
    pub fn nothing_changed(&self) {
        assert_eq!(self.entries_now(), self.entries);
        self.someone_is_found();
    }

    /// Server and device check out and hold at least what they held.
    pub fn nothing_was_lost(&self) {
        let now = self.entries_now();
        assert!(now[0] >= self.entries[0] && now[1] >= self.entries[1], "{now:?}");
        self.someone_is_found();
    }

    fn someone_is_found(&self) {
        let found = self.of_device("find").and(people().cell(0, "id_number")).ask().answer();
        assert_eq!(found["people"].as_array().map(Vec::len), Some(1));
    }
}

impl Default for Stage {
    fn default() -> Stage {
        Stage::new()
    }
}

/// The first people of the village, as measured.
pub fn people() -> Sheet {
    let village = Sheet::measurements().of_place(VILLAGE);
    Sheet { rows: village.rows[..PEOPLE].to_vec(), ..village }
}

/// A key file of 64 digits, all the same.
pub fn write_key(path: &Path, digit: u8) {
    std::fs::write(path, digit.to_string().repeat(64)).unwrap();
}

fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}")).to_owned()
}

/// A command that has to be refused, with and without `--json`: exit code 1, one Chinese sentence with a next
/// step, one JSON object with the code, and nothing personal in any of it.
pub fn refused(what: &str, words: &Words, code: Code) {
    is_refusal(what, &words.ask(), &[code]);
    let said = words.tell();
    assert_eq!(said.status.code(), Some(1), "{what}");
    assert_eq!(said.out, "", "{what}: nothing but the sentence");
    assert!(last_line(&said).contains(code.zh()), "{what}: {}", said.err);
    assert_impersonal(what, &said);
}

/// What a refusal with `--json` looks like; its code is one of these.
pub fn is_refusal(what: &str, said: &Said, codes: &[Code]) {
    assert_eq!(said.status.code(), Some(1), "{what}: {}{}", said.out, said.err);
    let answer = said.json();
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["error"], "{what}");
    let code: Result<Code, ()> = answer["error"]["code"].as_str().unwrap().parse();
    assert!(codes.iter().any(|c| Ok(*c) == code), "{what}: {} instead of {codes:?}", said.out);
    let zh = code.unwrap().zh();
    assert!(answer["error"]["text"].as_str().unwrap().starts_with(zh), "{what}: {}", said.out);
    assert!(last_line(said).starts_with(&format!("错误：{zh}")), "{what}: {}", said.err);
    assert_impersonal(what, said);
}

fn last_line(said: &Said) -> &str {
    said.err.lines().next_back().unwrap_or_default()
}

/// No name and no number of anyone in the samples.
pub fn assert_impersonal(what: &str, said: &Said) {
    for text in [&said.out, &said.err] {
        assert!(!is_personal(text), "{what}: something personal in {text}");
    }
}

fn is_personal(text: &str) -> bool {
    personal().iter().any(|word| text.contains(word))
}

fn personal() -> &'static BTreeSet<String> {
    static WORDS: OnceLock<BTreeSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let sheet = Sheet::measurements();
        let columns = ["name", "id_number"].map(|heading| sheet.column(heading));
        let cells = sheet.rows.iter().flat_map(|row| columns.map(|column| row[column].clone()));
        cells.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_a_number_is_noticed_wherever_it_stands() {
        let person = people();
        for heading in ["name", "id_number"] {
            assert!(is_personal(&format!("错误：{}不对", person.cell(0, heading))), "{heading}");
        }
        assert!(protocol::Code::ALL.iter().all(|code| !is_personal(code.zh())));
    }
}
