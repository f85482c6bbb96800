//! Whatever is put in, the real program ends in one clear Chinese sentence with a next step and exit code 1, says
//! nothing personal, and loses nothing: files that cannot be read, words that mean nothing, codes and servers
//! that are not the right ones. What is wrong with disks and databases is `bad_storage`'s.

use protocol::Code;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::Store;
use stories::cast::{OTHER_VILLAGE, VILLAGE};
use stories::program::{Served, Words, words};
use stories::stage::{MEASURED, Stage, assert_impersonal, is_refusal, people, refused, write_key};
use stories::{repository, samples};

/// A zip of these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_roster_that_cannot_be_read_changes_nothing() {
    let stage = Stage::new();
    let sample = fs::read(samples::path("residents.xlsx")).unwrap();
    let locked = repository::root().join("crates/intake/tests/files/locked.xlsx");
    // 200 MiB of blanks, more than a workbook may unpack to.
    let blanks = vec![b' '; 200 << 20];
    let bomb = package(&[("[Content_Types].xml", b"<a/>"), ("xl/worksheets/sheet1.xml", &blanks)]);
    assert!(bomb.len() < 1 << 20, "it is small packed");
    let good = stage.roster("again.csv");
    let rows: [(&str, &[PathBuf], Code); 9] = [
        ("torn", &[stage.file("torn.xlsx", &sample[..sample.len() / 2])], Code::WorkbookBroken),
        (
            "no workbook",
            &[stage.file("zip.xlsx", package(&[("a.txt", b"a")]))],
            Code::WorkbookUnknown,
        ),
        ("password", &[locked], Code::WorkbookEncrypted),
        ("bomb", &[stage.file("bomb.xlsx", bomb)], Code::WorkbookTooLarge),
        ("empty", &[stage.file("empty.xlsx", b"")], Code::WorkbookUnknown),
        ("web page", &[stage.file("page.xls", "<html><table></table>")], Code::WorkbookUnknown),
        ("not there", &[stage.path("gone.xlsx")], Code::FileUnreadable),
        ("a folder", &[stage.path("server")], Code::FileUnreadable),
        // All files are read before any is imported.
        ("one of two torn", &[good, stage.path("torn.xlsx")], Code::WorkbookBroken),
    ];
    for (what, files, code) in rows {
        for place in [stage.of_server("roster import"), stage.of_device("roster import")] {
            let import = place.with("--round", &stage.round).with("--unit", VILLAGE);
            refused(what, &files.iter().fold(import, |import, file| import.and(file)), code);
        }
    }
    stage.nothing_changed();
}

#[test]
fn measurements_that_cannot_be_read_change_nothing() {
    let stage = Stage::new();
    let csv = people().to_csv();
    let rows = [
        ("a misspelt heading", csv.replacen("weight_kg", "wieght_kg", 1)),
        ("no day", csv.replacen("exam_date,", "", 1)),
        ("a derived item", csv.replacen("weight_kg", "bmi_kg_m2", 1)),
        ("a column twice", csv.replacen("weight_kg", "height_cm", 1)),
        ("a row too short", format!("{csv}resident,{VILLAGE}\n")),
        ("no heading at all", String::new()),
        ("another table", "a;b;c\n1;2;3\n".to_owned()),
    ];
    for (what, text) in &rows {
        let file = stage.file("bad.csv", text);
        refused(what, &stage.record(&file), Code::MeasurementsInvalid);
    }
    let file = stage.file("gbk.csv", b"kind,unit,exam_date,name\nresident,1,2026-09-14,\xcd\xf5\n");
    refused("another encoding", &stage.record(&file), Code::MeasurementsInvalid);
    refused("not there", &stage.record(&stage.path("gone.csv")), Code::FileUnreadable);
    stage.nothing_changed();
}

#[test]
fn what_spreadsheets_do_to_a_file_does_no_harm_and_a_bad_day_costs_one_row() {
    let stage = Stage::new();
    let mut sheet = people();
    // Written in another style, and a year too early: recorded, and asked about.
    sheet.set(4, "exam_date", "2025/9/14");
    sheet.set(5, "exam_date", "2026-13-14");
    let text = format!("\u{feff}{}", sheet.to_csv().replace('\n', "\r\n"));
    let said = stage.record(&stage.file("windows.csv", text)).ask();
    let recorded = said.answer();
    // Those measured before say nothing new; of the two others one has a day in no calendar.
    assert_eq!(recorded["people"], 1, "{recorded}");
    let problems = recorded["problems"].as_array().unwrap();
    let told = |code: &str| problems.iter().filter(|p| p["code"] == code).collect::<Vec<_>>();
    assert_eq!(told("conflicts").len(), 0);
    assert_eq!(told("day_invalid").len(), 1);
    assert_eq!((&told("day_invalid")[0]["row"], MEASURED), (&7.into(), 4));
    let outside: Vec<u64> =
        told("day_outside_round").iter().filter_map(|p| p["row"].as_u64()).collect();
    assert_eq!(outside, [6], "the other days are the round's");
    assert_impersonal("answer", &said);
    stage.nothing_was_lost();
}

#[test]
fn words_that_mean_nothing_here_are_refused() {
    let stage = Stage::new();
    let (record, round) = (|| stage.record(&stage.path("measured.csv")), &stage.round);
    let [id_number, name] = ["id_number", "name"].map(|key| people().cell(0, key).to_owned());
    let import = |place: Words, round: &str| {
        place.with("--round", round).with("--unit", VILLAGE).and(stage.roster("r.csv"))
    };
    let change = |command: &str, person: &str, item: &str| {
        let change = stage.of_device(command).with("--round", round).with("--person", person);
        change.with("--item", item).with("--reason", "核对")
    };
    let register = |unit: &str, name: &str, id_number: &str| {
        let register = stage.of_device("person register").with("--round", round);
        register.with("--unit", unit).with("--name", name).with("--id-number", id_number)
    };
    let resolve = |place: Words, entry: &str| place.and(entry).and("--discard");
    let unknown_entry = format!("{}:1:{}", "00".repeat(16), "00".repeat(8));
    let rows: Vec<(&str, Words, Code)> = vec![
        ("no command", words("nonsense"), Code::UsageInvalid),
        ("an option missing", stage.of_device("record"), Code::UsageInvalid),
        ("one word too many", stage.of_device("find a").and(&id_number), Code::UsageInvalid),
        ("a name as an option", stage.of_device("find").with("--name", &name), Code::UsageInvalid),
        ("home and data", stage.of_device("verify").with("--data", "x"), Code::UsageInvalid),
        ("station", record().with("--station", "x"), Code::StationUnknown),
        ("operator", record().with("--operator", "x"), Code::OperatorUnknown),
        ("examiner", record().with("--examiner", "x"), Code::ExaminerUnknown),
        ("another stop", record().with("--unit", OTHER_VILLAGE), Code::OutOfScope),
        ("round", import(stage.of_server("roster import"), "第九轮"), Code::RoundUnknown),
        ("round here", import(stage.of_device("roster import"), "第九轮"), Code::RoundUnknown),
        ("unit", stage.of_server("enrol create --units 999"), Code::UnitUnknown),
        ("town", stage.of_server("unit add --kind school --name a --under 9"), Code::UnitUnknown),
        (
            "dates",
            stage.of_server("round create --name a --from 2026-02-30 --to 2026-03-01"),
            Code::RoundDatesInvalid,
        ),
        (
            "dates turned round",
            stage.of_server("round create --name a --from 2026-03-02 --to 2026-03-01"),
            Code::RoundDatesInvalid,
        ),
        ("nobody", stage.of_device("person show 999999999999999999"), Code::PersonUnknown),
        ("several", stage.of_device("person show 4313991"), Code::PersonAmbiguous),
        ("no such item", change("result void", &id_number, "x"), Code::ResultUnknown),
        ("a derived item", change("result void", &id_number, "bmi_kg_m2"), Code::ResultUnknown),
        ("not measured", change("result void", &id_number, "vision_left"), Code::ResultUnknown),
        (
            "no value",
            change("result amend", &id_number, "weight_kg").with("--value", "heavy"),
            Code::ValueInvalid,
        ),
        (
            "an impossible value",
            change("result amend", &id_number, "weight_kg").with("--value", "9000"),
            Code::ValueInvalid,
        ),
        (
            "nothing to choose",
            change("result choose", &id_number, "weight_kg").with("--value", "95.9"),
            Code::NothingToChange,
        ),
        ("register elsewhere", register(OTHER_VILLAGE, "甲", ""), Code::OutOfScope),
        ("a wrong number", register(VILLAGE, "甲", "431399199901070340"), Code::IdNumberInvalid),
        ("no name", register(VILLAGE, " ", ""), Code::ValueInvalid),
        (
            "held on a device",
            resolve(stage.of_device("held resolve"), &unknown_entry),
            Code::HeldElsewhere,
        ),
        ("not held", resolve(stage.of_server("held resolve"), &unknown_entry), Code::HeldUnknown),
        ("no entry", resolve(stage.of_server("held resolve"), "x"), Code::HeldUnknown),
        ("a second server here", stage.of_server("server init"), Code::DatabaseExists),
    ];
    for (what, words, code) in rows {
        refused(what, &words, code);
    }
    stage.nothing_changed();
}

#[test]
fn a_report_that_cannot_be_made_leaves_no_file() {
    let stage = Stage::new();
    let out = stage.path("out.csv");
    let below_a_file = stage.path("measured.csv").join("out.csv");
    let full = || stage.export("findings", "csv", &out).with("--identifiers", "full");
    let rows: Vec<(&str, Words, Code)> = vec![
        ("unwritable", stage.export("results", "xlsx", &below_a_file), Code::FileUnwritable),
        ("a folder", stage.export("results", "csv", &stage.path("server")), Code::FileUnwritable),
        ("no purpose", full(), Code::PurposeMissing),
        ("a blank purpose", full().with("--purpose", " "), Code::PurposeMissing),
        ("results as text", stage.export("results", "txt", &out), Code::ExportUnsupported),
        ("a brief as a table", stage.export("brief", "csv", &out), Code::ExportUnsupported),
        ("no such format", stage.export("results", "pdf", &out), Code::UsageInvalid),
        ("unit", stage.export("results", "csv", &out).with("--unit", "999"), Code::UnitUnknown),
        (
            "round",
            stage.of_device("export results --round x --format csv").with("--out", &out),
            Code::RoundUnknown,
        ),
    ];
    for (what, words, code) in rows {
        refused(what, &words, code);
        assert!(!out.exists(), "{what}");
    }
    let parts = fs::read_dir(stage.folder.path()).unwrap().flatten();
    assert_eq!(parts.filter(|f| f.path().extension().is_some_and(|e| e == "part")).count(), 0);
    assert!(full().with("--purpose", "转诊").ask().succeeded(), "control");
    stage.nothing_changed();
}

#[test]
fn keys_that_do_not_fit_open_nothing() {
    let stage = Stage::new();
    write_key(&stage.path("other.key"), 7);
    let rows: Vec<(&str, PathBuf, Code)> = vec![
        ("wrong", stage.path("other.key"), Code::WrongKey),
        ("not there", stage.path("gone.key"), Code::KeyFileUnreadable),
        ("a folder", stage.path("server"), Code::KeyFileUnreadable),
        ("short", stage.file("short.key", "12"), Code::KeyFileInvalid),
        ("no digits", stage.file("words.key", "z".repeat(64)), Code::KeyFileInvalid),
        ("empty", stage.file("empty.key", ""), Code::KeyFileInvalid),
        ("not text", stage.file("bytes.key", [0xff; 64]), Code::KeyFileInvalid),
    ];
    let with = |command: &str, place: &str, folder: &str, key: &Path| {
        words(command).with(place, stage.path(folder)).with("--key-file", key)
    };
    for (what, key, code) in rows {
        refused(what, &with("sync", "--home", "device", &key), code);
        refused(what, &with("server status", "--data", "server", &key), code);
        let serve = with("serve", "--data", "server", &key).with("--listen", "127.0.0.1:0");
        is_refusal(what, &serve.ask(), &[code]);
    }
    let none = words("sync").with("--home", stage.path("device"));
    refused("none", &none, Code::KeyFileUnreadable);
    let device = stage.path("device.key");
    refused("nothing there", &with("sync", "--home", "nowhere", &device), Code::DatabaseMissing);
    let status = with("server status", "--data", "device", &device);
    refused("a device as a server", &status, Code::DatabaseMissing);
    let server = stage.path("server.key");
    let sync = with("sync", "--home", "server", &server);
    refused("a server as a device", &sync, Code::NotEnrolled);
    assert!(!stage.path("nowhere").exists(), "looking makes no folder");
    stage.nothing_changed();
}

#[test]
fn only_the_right_code_at_the_right_server_enrols_and_once() {
    let stage = Stage::new();
    let other = stage.path("other");
    let init = words("server init").with("--data", &other).with("--host", "127.0.0.1");
    let other_pin = init.ask().answer()["ca_pin"].as_str().unwrap().to_owned();
    let serve = words("serve").with("--data", &other).with("--listen", "127.0.0.1:0");
    let other_served = Served::start(&serve);
    let (url, pin, code) = (stage.line.url(), &stage.ca_pin, stage.ticket());
    let enrol = |url: &str, code: &str, pin: &str| stage.enrol("second", url, code, pin);

    let plain = url.replace("https", "http");
    let taken = other_served.url.trim_start_matches("https://");
    let serve_there = words("serve").with("--data", &other).with("--listen", taken);
    let rows: Vec<(&str, Words, Code)> = vec![
        ("nobody there", enrol("https://127.0.0.1:9", &code, pin), Code::ServerUnreachable),
        ("in the clear", enrol(&plain, &code, pin), Code::UsageInvalid),
        ("no address", enrol("server", &code, pin), Code::UsageInvalid),
        ("another's pin", enrol(&url, &code, &other_pin), Code::ServerUntrusted),
        ("another server", enrol(&other_served.url, &code, pin), Code::ServerUntrusted),
        ("a wrong pin", enrol(&url, &code, &"0".repeat(64)), Code::ServerUntrusted),
        ("no pin", enrol(&url, &code, "x"), Code::UsageInvalid),
        ("nobody's code", enrol(&url, "0000-0000-0000", pin), Code::CodeInvalid),
        ("no code", enrol(&url, "", pin), Code::CodeInvalid),
        ("a port taken", serve_there, Code::AddressInUse),
    ];
    for (what, words, code) in rows {
        refused(what, &words, code);
    }
    // One character read out wrongly, once: the right one still counts after.
    let last = if code.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("{}{last}", &code[..code.len() - 1]);
    is_refusal("mistyped", &enrol(&url, &mistyped, pin).ask(), &[Code::CodeInvalid]);
    assert!(enrol(&url, &code, pin).ask().succeeded());
    refused("enrolled already", &enrol(&url, &code, pin), Code::AlreadyEnrolled);
    refused("used", &stage.enrol("third", &url, &code, pin), Code::CodeUsed);
    // A device that was refused is as good as new.
    assert!(stage.enrol("third", &url, &stage.ticket(), pin).ask().succeeded());
    let expired = expired_code(&stage);
    refused("expired", &stage.enrol("fourth", &url, &expired, pin), Code::CodeExpired);
    stage.nothing_was_lost();
}

/// A code whose time is over: no process here has a clock to turn.
fn expired_code(stage: &Stage) -> String {
    let key = field::read_key_file(&stage.path("server.key")).unwrap();
    let mut store = Store::open(&stage.path("server"), &key).unwrap();
    store.new_enrol_code(&[ledger::UnitKey::try_new(VILLAGE).unwrap()], 1).unwrap()
}

#[test]
fn a_server_that_is_gone_or_another_gets_nothing_and_nothing_is_lost() {
    let mut stage = Stage::new();
    let file = people().write(stage.folder.path(), "rest.csv");
    assert_eq!(stage.record(&file).ask().answer()["people"], 6 - MEASURED);
    let other = stage.path("other");
    words("server init").with("--data", &other).with("--host", "127.0.0.1").ask().answer();
    let serve = words("serve").with("--data", &other).with("--listen", "127.0.0.1:0");
    let other_served = Served::start(&serve);
    stage.line.lead_to(other_served.url.trim_start_matches("https://").parse().unwrap());
    refused("another's server", &stage.of_device("sync"), Code::ServerUntrusted);
    let status = words("server status").with("--data", &other).ask().answer();
    assert_eq!((&status["entries"], &status["devices"]), (&0.into(), &0.into()), "{status}");
    other_served.kill();
    refused("dead", &stage.of_device("sync"), Code::ServerUnreachable);
    stage.kill_server();
    refused("killed", &stage.of_device("sync"), Code::ServerUnreachable);
    stage.line.take_down();
    refused("no network", &stage.of_device("sync"), Code::ServerUnreachable);
    stage.nothing_was_lost();
    stage.serve();
    let synced = stage.of_device("sync").ask().answer();
    assert!(synced["pushed"].as_u64().unwrap() > 0, "control: it was there to be sent");
    assert_eq!(synced["unsent"], 0);
    stage.nothing_was_lost();
}
