//! Tubes handed to a laboratory and counted there, through the real program: recorded on a device, read at the server, and the
//! other way round. What does not agree is named by kind and code, and nothing becomes 需重采 unless somebody says so.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::Value;
use stories::cast::VILLAGE;
use stories::program::Words;
use stories::stage::{Stage, people, refused};

const DAY: &str = "2026-09-14";
const PERSON: usize = 4;
const OTHER: usize = 5;

fn bind(stage: &Stage, person: usize, code: &str, tube: &str) {
    let bind = stage.of_device("lab bind").with("--round", &stage.round).with("--unit", VILLAGE);
    let bind = bind.with("--person", people().cell(person, "id_number")).with("--code", code);
    bind.with("--tube", tube).with("--day", DAY).ask().answer();
}

/// Three tubes of blood and one of urine of that day.
fn drawn() -> Stage {
    let stage = Stage::new();
    bind(&stage, PERSON, "B0001", "serum");
    bind(&stage, PERSON, "B0002", "blood_count");
    bind(&stage, OTHER, "B0003", "serum");
    bind(&stage, OTHER, "B0004", "urine");
    stage
}

fn about(stage: &Stage, words: Words) -> Words {
    words.with("--round", &stage.round).with("--unit", VILLAGE)
}

fn arrive(stage: &Stage) -> Words {
    about(stage, stage.of_device("lab arrive"))
        .with("--day", DAY)
        .with("--received-by", "检验科甲某")
}

fn days(stage: &Stage, words: &str) -> Value {
    let words = match words {
        "server" => stage.of_server("lab arrivals"),
        _ => stage.of_device("lab arrivals"),
    };
    about(stage, words).ask().answer()["days"].clone()
}

fn states(stage: &Stage, tube: &str) -> Vec<u64> {
    let told = about(stage, stage.of_device("lab states")).ask().answer();
    let of = told["tubes"].as_array().unwrap().iter().find(|one| one["tube"] == tube).unwrap();
    let words = ["awaited", "on_the_way", "arrived", "undecided", "redraw"];
    words.iter().map(|word| of[word].as_u64().unwrap()).collect()
}

/// How many entries of its own the device has not shown the server.
fn entries(stage: &Stage) -> u64 {
    stage.of_device("status").ask().answer()["unsent"].as_u64().unwrap()
}

#[test]
fn whose_role_records_nothing_counts_no_tubes() {
    let stage = drawn();
    for (account, role) in [("sun9", "township"), ("zhou2", "recorder")] {
        let add = stage.of_server("operator add").with("--account", account);
        add.with("--name", "孙九").with("--role", role).ask().answer();
    }
    stage.of_device("sync").ask().answer();
    let count = |account: &str| arrive(&stage).and("--all").with("--operator", account);
    refused("counted", &count("sun9"), Code::RoleBarred);
    // The control: whose role may.
    assert_eq!(count("zhou2").ask().answer()["new"], true);
}

#[test]
fn what_arrived_is_named_by_kind_and_code_and_is_the_same_at_the_server() {
    let stage = drawn();
    assert_eq!(states(&stage, "生化管"), [2, 2, 0, 0, 0], "在途 till somebody counts");
    let count = arrive(&stage).with("--on", "2026-09-15").with("--at", "16:40");
    let count = count.with("--count", "serum=1").with("--count", "血常规管=1");
    let said = count.with("--count", "urine=2").with("--missing", "b0003").ask().answer();
    assert_eq!(said["new"], true);
    for (tube, listed, arrived, difference, unlisted) in
        [("生化管", 2, 1, -1, 0), ("血常规管", 1, 1, 0, 0), ("尿样管", 1, 2, 1, 1)]
    {
        let kinds = said["day"]["kinds"].as_array().unwrap();
        let of = kinds.iter().find(|kind| kind["tube"] == tube).unwrap();
        let told = ["listed", "arrived", "difference", "unlisted", "unnamed"];
        let told: Vec<i64> = told.iter().map(|word| of[word].as_i64().unwrap()).collect();
        assert_eq!(told, [listed, arrived, difference, unlisted, 0], "{tube}");
    }
    let missing = &said["day"]["missing"][0];
    assert_eq!((missing["code"].as_str(), missing["open"].as_bool()), (Some("B0003"), Some(true)));
    // Nothing is drawn again by itself: the missing one is still awaited.
    assert_eq!(states(&stage, "生化管"), [2, 0, 1, 1, 0]);
    stage.of_device("sync").ask().answer();
    assert_eq!(days(&stage, "server"), days(&stage, "device"));
    // Somebody decides, and the list says so.
    let spoil = stage.of_device("lab spoil").with("--round", &stage.round).with("--code", "B0003");
    spoil.with("--reason", "途中遗失").ask().answer();
    assert_eq!(states(&stage, "生化管"), [1, 0, 1, 0, 1]);
    let missing = days(&stage, "device")[0]["missing"][0].clone();
    assert_eq!((&missing["open"], &missing["state_zh"]), (&false.into(), &"需重采".into()));
}

#[test]
fn a_count_is_corrected_over_tubes_that_are_to_be_drawn_again_by_now() {
    let stage = drawn();
    let lost = |words: Words| words.and("--all").with("--missing", "B0003");
    lost(arrive(&stage)).ask().answer();
    let spoil = |code: &str| {
        let words = stage.of_device("lab spoil").with("--round", &stage.round);
        words.with("--code", code).with("--reason", "途中遗失").ask().answer();
    };
    spoil("B0003");
    // The same count again is still the same, and one that names the lost tube is taken.
    assert_eq!(lost(arrive(&stage)).ask().answer()["new"], false);
    let better = lost(arrive(&stage)).with("--at", "16:40").with("--reason", "补记时间");
    let said = better.ask().answer();
    assert_eq!((said["new"].as_bool(), said["replaced"].as_u64()), (Some(true), Some(1)));
    let serum = &said["day"]["kinds"][0];
    let told = ["sent", "listed", "arrived", "unlisted"].map(|word| serum[word].as_u64().unwrap());
    assert_eq!(told, [2, 2, 1, 0], "what was handed over is on the list it was counted against");
    // Also where by now nothing of a kind, or of the day, is any good.
    for code in ["B0001", "B0002", "B0004"] {
        spoil(code);
    }
    let last = lost(arrive(&stage)).with("--at", "16:45").with("--reason", "时间记错");
    assert_eq!(last.ask().answer()["new"], true);
    // The control: a code that was on no list is none.
    let other = arrive(&stage).and("--all").with("--missing", "B0099").with("--reason", "错");
    refused("no list has it", &other, Code::ArrivalCodeUnknown);
}

#[test]
fn awaited_and_to_be_drawn_again_stand_apart_in_the_coverage_workbook_and_in_the_results() {
    let stage = drawn();
    let spoil = stage.of_device("lab spoil").with("--round", &stage.round).with("--code", "B0003");
    spoil.with("--reason", "标本溶血").ask().answer();
    let cells = |what: &str| -> Vec<Vec<String>> {
        let out = stage.path(&format!("{what}.csv"));
        stage.export(what, "csv", &out).and("--unit").and(VILLAGE).ask().answer();
        let text = std::fs::read_to_string(out).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    stage.of_device("sync").ask().answer();
    let coverage = cells("coverage");
    let column = |word: &str| coverage[0].iter().position(|heading| heading == word).unwrap();
    let village = coverage.iter().find(|row| row[2] == VILLAGE).unwrap();
    let count = |word: &str| village[column(word)].parse::<u64>().unwrap();
    let examined = count("合计人次");
    let parts = ["有未检项目", "需重采", "待回报", "已回报"].map(count);
    // Everybody examined, and the two who gave nothing but samples.
    assert_eq!(parts.iter().sum::<u64>(), examined + 2, "each is in one: {parts:?}");
    assert_eq!(parts[1], 1);
    assert_eq!(count("名单内未检"), count("应检") - count("实检(名单内)"));
    let results = cells("results");
    let words = |word: &str| results.iter().flatten().filter(|cell| *cell == word).count();
    assert!(words("需重采") > 0 && words("待回报") > 0);
}

#[test]
fn too_few_without_a_code_leave_every_tube_of_the_kind_undecided() {
    let stage = drawn();
    let count = arrive(&stage).and("--all").with("--count", "serum=1");
    let said = count.ask().answer();
    assert_eq!(said["day"]["kinds"][0]["unnamed"], 1);
    assert_eq!(states(&stage, "生化管"), [2, 0, 0, 2, 0]);
    // Control: the other kinds were counted whole.
    assert_eq!(states(&stage, "血常规管"), [1, 0, 1, 0, 0]);
}

#[test]
fn the_same_arrival_twice_is_one_and_another_needs_a_reason() {
    let stage = drawn();
    arrive(&stage).and("--all").ask().answer();
    let before = entries(&stage);
    assert_eq!(arrive(&stage).and("--all").ask().answer()["new"], false);
    assert_eq!(entries(&stage), before, "nothing was written");
    let other = || arrive(&stage).and("--all").with("--missing", "B0001");
    refused("another count", &other(), Code::ArrivalTaken);
    let said = other().with("--reason", "点错了").ask().answer();
    assert_eq!((said["new"].as_bool(), said["replaced"].as_u64()), (Some(true), Some(1)));
    assert_eq!(states(&stage, "生化管"), [2, 0, 1, 1, 0]);
    let back = about(&stage, stage.of_device("lab arrive")).with("--day", DAY).and("--withdraw");
    back.with("--reason", "不是这一天").ask().answer();
    assert_eq!(states(&stage, "生化管"), [2, 2, 0, 0, 0]);
    // What was taken back can be said again.
    assert_eq!(arrive(&stage).and("--all").ask().answer()["new"], true);
}

#[test]
fn a_tube_known_after_the_count_is_on_the_way_and_stands_beside_it() {
    let stage = drawn();
    arrive(&stage).and("--all").ask().answer();
    bind(&stage, PERSON, "B0009", "urine");
    assert_eq!(states(&stage, "尿样管"), [2, 1, 1, 0, 0]);
    let kinds = days(&stage, "device")[0]["kinds"].clone();
    let urine = kinds.as_array().unwrap().iter().find(|one| one["kind"] == "urine").unwrap();
    assert_eq!((urine["sent"].as_u64(), urine["since"].as_u64()), (Some(2), Some(1)));
}

#[test]
fn an_arrival_that_cannot_be_is_refused_with_its_own_reason_and_leaves_nothing() {
    let stage = drawn();
    let before = entries(&stage);
    let plain = || about(&stage, stage.of_device("lab arrive")).with("--received-by", "检验科");
    for (words, code) in [
        (arrive(&stage).and("--all").with("--on", "2026-09-13"), Code::ArrivalDay),
        (arrive(&stage).and("--all").with("--on", "2099-01-01"), Code::ArrivalDay),
        (arrive(&stage).and("--all").with("--at", "下午"), Code::ArrivalDay),
        (plain().and("--all").with("--day", "2026-09-16"), Code::ArrivalNothingSent),
        (arrive(&stage).with("--count", "serum=2"), Code::ArrivalUncounted),
        (arrive(&stage).and("--all").with("--count", "serum=20000"), Code::ArrivalUncounted),
        (arrive(&stage).and("--all").with("--count", "粪便管=1"), Code::TubeKindUnknown),
        (arrive(&stage).and("--all").with("--missing", "B0099"), Code::ArrivalCodeUnknown),
        (arrive(&stage).and("--all").with("--missing", "张三"), Code::TubeCodeInvalid),
        (
            about(&stage, stage.of_device("lab arrive")).with("--day", DAY).and("--all"),
            Code::ArrivalReceiver,
        ),
        (plain().with("--day", DAY).and("--withdraw").with("--reason", "错"), Code::ArrivalUnknown),
    ] {
        refused(code.word(), &words, code);
    }
    assert_eq!(entries(&stage), before);
    // Control: with nothing wrong it is taken.
    arrive(&stage).and("--all").ask().answer();
}

#[test]
fn two_counts_that_do_not_know_of_each_other_are_both_kept_until_one_more_settles_them() {
    let stage = drawn();
    stage.of_device("sync").ask().answer();
    arrive(&stage).and("--all").ask().answer();
    let at_server = about(&stage, stage.of_server("lab arrive")).with("--day", DAY);
    let at_server = at_server.with("--received-by", "检验科乙某").and("--all");
    at_server.with("--missing", "B0001").ask().answer();
    stage.of_device("sync").ask().answer();
    stage.of_device("sync").ask().answer();
    assert_eq!(days(&stage, "device")[0]["several"], true);
    // Of a tube about which they differ the worse counts.
    assert_eq!(states(&stage, "生化管"), [2, 0, 1, 1, 0]);
    let settled = arrive(&stage).and("--all").with("--reason", "与检验科核对过").ask().answer();
    assert_eq!(settled["replaced"], 2);
    assert_eq!(days(&stage, "device")[0]["several"], false);
    assert_eq!(states(&stage, "生化管"), [2, 0, 2, 0, 0]);
}
