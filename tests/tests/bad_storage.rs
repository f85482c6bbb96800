//! Disks that are full, databases that are torn, newer than the program or in use by two commands at once: each
//! ends in its own sentence, and what was saved is there after. And of every command: one JSON object, progress
//! on standard error.

use protocol::Code;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use store::Store;
use stories::cast::VILLAGE;
use stories::line::Cut;
use stories::program::{Said, Words, jkkc, words};
use stories::samples::{self, Sheet};
use stories::stage::{Stage, assert_impersonal, is_refusal, people, refused};

/// A copy of a folder of the stage, with its database in one file.
fn copy(stage: &Stage, name: &str) -> PathBuf {
    let to = stage.path(name);
    fs::create_dir(&to).unwrap();
    for file in fs::read_dir(stage.path("device")).unwrap().flatten() {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    assert!(!to.join("health.db-wal").exists(), "closed in order, it is one file");
    to
}

fn on(stage: &Stage, command: &str, home: &Path) -> Words {
    words(command).with("--home", home).with("--key-file", stage.path("device.key"))
}

fn change(file: &Path, act: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    act(&mut bytes);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_damaged_database_is_told_from_a_wrong_key_and_left_as_it_is() {
    let stage = Stage::new();
    let file = stage.path("measured.csv");
    type Damage = fn(&mut Vec<u8>);
    let rows: [(&str, Damage); 5] = [
        ("first page", |bytes| bytes[100] ^= 1),
        ("salt", |bytes| bytes[3] ^= 1),
        ("cut to a half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("cut within the first page", |bytes| bytes.truncate(1000)),
        ("nothing left", Vec::clear),
    ];
    for (at, (what, damage)) in rows.into_iter().enumerate() {
        let home = copy(&stage, &format!("damaged{at}"));
        let database = home.join("health.db");
        change(&database, damage);
        let before = fs::read(&database).unwrap();
        let record = on(&stage, "record", &home).with("--round", &stage.round);
        refused(what, &record.with("--from", &file), Code::DatabaseDamaged);
        refused(what, &on(&stage, "verify", &home), Code::DatabaseDamaged);
        let enrol = stage.enrol(&format!("damaged{at}"), "https://127.0.0.1:9", "x", &stage.ca_pin);
        refused(what, &enrol, Code::DatabaseDamaged);
        assert!(fs::read(&database).unwrap() == before, "{what}: left for whoever repairs it");
    }
    let home = copy(&stage, "gone");
    fs::remove_file(home.join("health.db")).unwrap();
    refused("gone", &on(&stage, "verify", &home), Code::DatabaseDamaged);
    stage.nothing_changed();
}

#[test]
fn a_torn_page_is_named_by_verify_whichever_it_is() {
    let stage = Stage::new();
    let pages = fs::read(stage.path("device").join("health.db")).unwrap().len() / 4096;
    assert!(pages > 20);
    for (at, page) in [3, pages / 2, pages - 2].into_iter().enumerate() {
        let home = copy(&stage, &format!("torn{at}"));
        change(&home.join("health.db"), |bytes| bytes[page * 4096 + 2000] ^= 0x10);
        let said = on(&stage, "verify", &home).ask();
        assert_eq!(said.status.code(), Some(1), "page {page}");
        let answer = said.json();
        // Read while opening it is refused at once; elsewhere it is found.
        if answer.get("error").is_some() {
            is_refusal("torn page", &said, &[Code::DatabaseDamaged]);
        } else {
            assert_eq!(answer["ok"], false, "page {page}");
            assert!(!answer["problems"].as_array().unwrap().is_empty(), "page {page}");
        }
        assert_impersonal("torn page", &said);
    }
    stage.nothing_changed();
}

#[test]
fn a_database_of_a_later_program_is_left_alone() {
    let stage = Stage::new();
    let home = copy(&stage, "later");
    let key = field::read_key_file(&stage.path("device.key")).unwrap();
    let mut store = Store::open(&home, &key).unwrap();
    store.write(|tx| tx.batch("PRAGMA user_version = 9999")).unwrap();
    drop(store);
    let before = fs::read(home.join("health.db")).unwrap();
    for command in ["sync", "verify", "held list"] {
        refused(command, &on(&stage, command, &home), Code::DatabaseNewer);
    }
    assert!(fs::read(home.join("health.db")).unwrap() == before);
    stage.nothing_changed();
}

#[test]
fn a_database_in_the_clear_is_not_worked_with() {
    let stage = Stage::new();
    let home = copy(&stage, "clear");
    fs::write(home.join("health.db"), b"SQLite format 3\0 and people's data").unwrap();
    refused("in the clear", &on(&stage, "sync", &home), Code::DatabaseUnsafe);
    stage.nothing_changed();
}

/// More people than the stage has, so that the disk fills while they are written.
fn crowd(stage: &Stage) -> PathBuf {
    Sheet::measurements().of_place(VILLAGE).write(stage.folder.path(), "crowd.csv")
}

#[test]
fn no_file_may_grow_and_what_was_saved_stays() {
    let stage = Stage::new();
    let crowd = crowd(&stage);
    let blocks = |path: &Path| u32::try_from(fs::metadata(path).unwrap().len() / 512).unwrap();
    let limit = blocks(&stage.path("device").join("health.db")) / 4;
    let said = stage.record(&crowd).ask_on_a_full_disk(limit);
    is_refusal("record", &said, &[Code::DiskFull, Code::StorageFailed]);
    stage.nothing_was_lost();
    let out = stage.path("results.xlsx");
    let said = stage.export("results", "xlsx", &out).ask_on_a_full_disk(8);
    is_refusal("export", &said, &[Code::DiskFull, Code::StorageFailed, Code::FileUnwritable]);
    assert!(!out.exists() && !stage.path("results.xlsx.part").exists());
    let recorded = stage.record(&crowd).ask().answer();
    assert!(recorded["people"].as_u64().unwrap() > 200, "control: with room it goes on");
    stage.nothing_was_lost();
}

/// Runs commands on a device in a small file system of its own, which goes with the process. Where that is not
/// allowed (not root), `None`: the limit on each file's size, above, has to do.
fn on_a_small_disk(stage: &Stage, script: &str) -> Option<String> {
    let mount = "mount -t tmpfs -o size=$SIZE tmpfs \"$DISK\"";
    let run = |script: &str, size: u64| {
        let mut done = Command::new("unshare");
        done.args(["--mount", "sh", "-c", script]);
        done.env("DISK", stage.path("disk")).env("SIZE", size.to_string());
        done.env("JKKC", jkkc()).env("HOME_FROM", stage.path("device"));
        done.env("KEY", stage.path("device.key")).env("ROUND", &stage.round);
        done.env("CROWD", stage.path("crowd.csv")).output()
    };
    fs::create_dir_all(stage.path("disk")).unwrap();
    if !run(mount, 1 << 20).is_ok_and(|done| done.status.success()) {
        return None;
    }
    let files = fs::read_dir(stage.path("device")).unwrap().flatten();
    let bytes: u64 = files.map(|file| file.metadata().unwrap().len().next_multiple_of(4096)).sum();
    let script = format!("set -e; {mount}; cp -r \"$HOME_FROM\"/. \"$DISK\"; set +e; {script}");
    // Room for the log of a few writes and no more.
    let done = run(&script, bytes + (600 << 10)).unwrap();
    Some(String::from_utf8(done.stdout).unwrap())
}

#[test]
fn a_full_disk_costs_the_commit_that_met_it_and_nothing_before() {
    let stage = Stage::new();
    crowd(&stage);
    let script = r#"
        jkkc() { "$JKKC" "$@" --home "$DISK" --key-file "$KEY" --json 2>&1; echo "exit $?"; }
        jkkc verify
        jkkc record --round "$ROUND" --from "$CROWD"
        jkkc verify
        mount -o remount,size=64m "$DISK"
        jkkc record --round "$ROUND" --from "$CROWD"
        jkkc verify
    "#;
    let Some(said) = on_a_small_disk(&stage, script) else { return };
    let answers: Vec<serde_json::Value> =
        said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let [before, full, after, room, last] = answers.as_slice() else { panic!("{said}") };
    assert_eq!(full["error"]["code"], Code::DiskFull.word(), "{said}");
    let entries = |verified: &serde_json::Value| {
        assert_eq!(verified["ok"], true, "{said}");
        verified["entries"].as_u64().unwrap()
    };
    assert!(entries(before) <= entries(after));
    assert!(room["people"].as_u64().unwrap() > 200 && entries(after) < entries(last), "{said}");
    let exits: Vec<&str> = said.lines().filter(|line| line.starts_with("exit")).collect();
    assert_eq!(exits, ["exit 0", "exit 1", "exit 0", "exit 0", "exit 0"]);
}

#[test]
fn a_device_on_a_full_disk_hands_its_work_over_from_the_reserve() {
    let stage = Stage::new();
    stage.record(&crowd(&stage)).ask().answer();
    let unsent = stage.of_device("status").ask().answer()["unsent"].clone();
    assert!(unsent.as_u64().unwrap() > 200, "{unsent}");
    stage.of_server("examiner add --name 新人").ask().answer();
    let entries = || stage.of_server("verify").ask().answer()["entries"].as_u64().unwrap();
    let before = entries();
    let fill = r#"
        jkkc() { "$JKKC" "$@" --home "$DISK" --key-file "$KEY" --json 2>/dev/null; }
        cat /dev/zero > "$DISK/fill" 2>/dev/null
        echo "{\"free\": $(stat -f -c %f "$DISK")}"
    "#;
    let answers = |script: &str| -> Option<Vec<serde_json::Value>> {
        let said = on_a_small_disk(&stage, script)?;
        Some(said.lines().map(|line| serde_json::from_str(line).expect(line)).collect())
    };
    // Control: without the reserve there is nothing to be done.
    let control = format!("rm \"$DISK/reserve.space\"; {fill} jkkc sync");
    let Some(control) = answers(&control) else { return };
    assert_eq!(control[0]["free"], 0);
    assert_eq!(control[1]["error"]["code"], Code::DiskFull.word(), "{control:?}");
    assert_eq!(entries(), before);

    let script = format!(
        r#"{fill} jkkc sync
        stat -c %s "$DISK/reserve.space"
        jkkc person register --round "$ROUND" --unit {VILLAGE} --name 丁一
        jkkc sync
        rm "$DISK/fill"; mount -o remount,size=64m "$DISK"
        jkkc sync
        stat -c %s "$DISK/reserve.space"
        jkkc verify
    "#
    );
    let said = answers(&script).unwrap();
    let [free, full, short, record, again, room, whole, verified] = said.as_slice() else {
        panic!("{said:?}")
    };
    assert_eq!(free["free"], 0);
    assert_eq!(
        (&full["pushed"], &full["unsent"], &full["pulled"]),
        (&unsent, &0.into(), &0.into())
    );
    assert!(full["disk_zh"].as_str().unwrap().contains("磁盘已满"), "{full}");
    assert_eq!(entries(), before + unsent.as_u64().unwrap());
    // What is left of the reserve is a reserve again, and not for recording.
    assert!(short.as_u64().unwrap() > 7 << 20, "{short}");
    assert_eq!(record["error"]["code"], Code::DiskFull.word(), "{record}");
    assert_eq!((&again["pushed"], &again["pulled"]), (&0.into(), &0.into()), "{again}");
    // With room again it takes in what waited.
    assert!(room["pulled"].as_u64().unwrap() > 0 && room["disk_zh"].is_null(), "{room}");
    assert_eq!(whole, &(8 << 20));
    assert_eq!(verified["ok"], true);
}

#[test]
fn a_server_killed_while_it_takes_entries_in_has_all_or_none_of_a_batch() {
    let mut stage = Stage::new();
    stage.record(&crowd(&stage)).ask().answer();
    for cut in [Cut::Up(8_000), Cut::AnswerAfter(8_000)] {
        stage.kill_server_at(cut);
        let codes = [Code::ServerUnreachable, Code::ServerAnswerUnknown];
        is_refusal("killed", &stage.of_device("sync").ask(), &codes);
        assert!(!stage.line.is_to_be_cut());
        stage.nothing_was_lost();
        stage.serve();
    }
    assert_eq!(stage.of_device("sync").ask().answer()["unsent"], 0);
    let again = stage.of_device("sync").ask().answer();
    assert_eq!((&again["pushed"], &again["pulled"]), (&0.into(), &0.into()));
    stage.nothing_was_lost();
}

#[test]
fn two_commands_at_once_both_do_their_work() {
    let stage = Stage::new();
    let village = Sheet::measurements().of_place(VILLAGE);
    let part = |name: &str, from: usize| {
        let rows = village.rows[from..from + 40].to_vec();
        Sheet { rows, ..village.clone() }.write(stage.folder.path(), name)
    };
    let (one, other) = (part("one.csv", 10), part("other.csv", 60));
    let both = |one: Words, other: Words| -> [Said; 2] {
        let first = std::thread::spawn(move || one.ask());
        [other.ask(), first.join().unwrap()]
    };
    let people = |said: &Said| said.answer()["people"].as_u64().unwrap();
    let recorded = both(stage.record(&one), stage.record(&other));
    assert_eq!(recorded.map(|said| people(&said)), [40, 40]);
    let import = |name: &str| {
        let import = stage.of_server("roster import").with("--round", &stage.round);
        import.with("--unit", VILLAGE).and(stage.roster(name))
    };
    // The same people twice at once: they are on the list already, whoever comes first.
    for said in both(import("a.csv"), import("b.csv")) {
        assert_eq!(
            (said.answer()["accepted"].clone(), said.answer()["merged"].clone()),
            (0.into(), 6.into())
        );
    }
    let said = both(stage.of_device("sync"), stage.record(&stage.path("measured.csv")));
    assert!(said.iter().all(Said::succeeded), "{said:?}");
    stage.nothing_was_lost();
}

#[test]
fn every_command_answers_one_json_object_and_keeps_progress_apart() {
    let stage = Stage::new();
    let id_number = people().cell(4, "id_number").to_owned();
    let file = people().write(stage.folder.path(), "all.csv");
    let change = |command: &str| {
        let change = stage.of_device(command).with("--round", &stage.round);
        change.with("--person", &id_number).with("--item", "weight_kg").with("--reason", "核对")
    };
    let out = |name: &str| stage.path(name);
    let register = stage.of_device("person register").with("--round", &stage.round);
    let rows: Vec<(Words, &[&str])> = vec![
        (stage.of_server("server status"), &["entries", "held"]),
        (stage.of_server("device list"), &["devices"]),
        (stage.of_server("unit list"), &["units"]),
        (stage.of_server("round list"), &["rounds"]),
        (stage.of_server("unit add --kind school --name 甲校 --under 431302204"), &["unit"]),
        (stage.of_server("operator add --account b --name 乙"), &["operator"]),
        (stage.of_server("examiner add --name 丙"), &["examiner"]),
        (stage.of_server("held list"), &["held"]),
        (stage.of_device("held list"), &["held"]),
        (stage.record(&file), &["people", "results", "registered", "problems"]),
        (change("result amend").with("--value", "70"), &["entry", "replaced"]),
        (change("result void"), &["entry", "replaced"]),
        (register.with("--unit", VILLAGE).with("--name", "丁一"), &["person", "new"]),
        (stage.of_device("person show").and(&id_number), &["person", "values", "findings"]),
        (stage.of_device("find").and(&id_number), &["people"]),
        (
            stage.of_device("sync"),
            &["pushed", "pulled", "held", "bytes_up", "bytes_down", "batches"],
        ),
        (stage.export("results", "xlsx", &out("r.xlsx")), &["file"]),
        (stage.export("findings", "csv", &out("f.csv")), &["file"]),
        (stage.export("coverage", "xlsx", &out("c.xlsx")), &["file"]),
        (stage.export("brief", "txt", &out("b.txt")), &["file"]),
        (stage.of_device("verify"), &["ok", "entries", "problems"]),
        (stage.of_server("verify"), &["ok", "entries", "problems"]),
    ];
    for (words, keys) in rows {
        let said = words.ask();
        let answer = said.answer();
        assert_eq!(said.out.lines().count(), 1, "{words:?}");
        for key in keys {
            assert!(answer.get(key).is_some(), "{words:?}: no {key} in {answer}");
        }
        assert!(!said.err.contains(['{', '}']), "{words:?}: {}", said.err);
        let err = Said { out: String::new(), ..said };
        assert_impersonal("progress", &err);
    }
    stage.nothing_was_lost();
}

#[test]
fn what_an_import_tells_of_problems_names_places_and_nobody() {
    let stage = Stage::new();
    let file = stage.path("residents.xlsx");
    fs::copy(samples::path("residents.xlsx"), &file).unwrap();
    let import = stage.of_server("roster import").with("--round", &stage.round);
    let said = import.and(&file).ask();
    let imported = said.answer();
    // 1078 people, six of them on the list since before: `tests/src/counted.rs` says where from.
    assert_eq!((&imported["rows"], &imported["accepted"]), (&1091.into(), &1072.into()));
    for problem in imported["problems"].as_array().unwrap() {
        for key in ["file", "sheet", "row", "column", "code"] {
            assert!(problem.get(key).is_some(), "no {key} in {problem}");
        }
    }
    assert!(Path::new(imported["problem_workbook"].as_str().unwrap()).exists());
    // The answer names who is new; what goes back to the office, and what a log may keep, names nobody.
    let problems = imported["problems"].to_string();
    assert_impersonal("problems", &Said { out: problems, ..said });
    stage.nothing_was_lost();
}
