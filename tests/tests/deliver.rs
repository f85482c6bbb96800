//! 发放 through the real program: that a final report was printed, who signed for which version, who still holds an old one
//! after a correction, and the 签收单 in the order of the reports, the same on a device and the server.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::Value;
use std::path::Path;
use stories::cast::VILLAGE;
use stories::printed::words;
use stories::program::Words;
use stories::stage::{MEASURED, Stage, people, refused};

const DOCTOR: &str = "zhao6";
const TOWNSHIP: &str = "sun8";
const AUDITOR: &str = "li9";
const SIGNED: &str = "2026-09-20";

/// A stage with a doctor, whoever hands reports out, and somebody who may not.
fn stage() -> Stage {
    let stage = Stage::new();
    for [account, name, role] in
        [[DOCTOR, "赵六", "doctor"], [TOWNSHIP, "孙八", "township"], [AUDITOR, "李九", "auditor"]]
    {
        let add = stage.of_server("operator add").with("--account", account).with("--name", name);
        add.with("--role", role).ask().answer();
    }
    stage.of_device("sync").ask().answer();
    stage
}

fn id_number(row: usize) -> String {
    people().cell(row, "id_number").to_owned()
}

fn of(stage: &Stage, words: Words) -> Words {
    words.with("--round", &stage.round).with("--unit", VILLAGE)
}

fn sign(stage: &Stage, row: usize, reason: &str) {
    let sign = stage.of_device("conclude sign").with("--round", &stage.round);
    let sign = sign.with("--person", id_number(row)).with("--operator", DOCTOR);
    let sign = sign.with("--day", SIGNED).and("--accept-rest").with("--reason", reason);
    sign.ask().answer();
}

fn amend(stage: &Stage, row: usize, value: &str) {
    let amend = stage.of_device("result amend").with("--round", &stage.round);
    let amend = amend.with("--person", id_number(row)).with("--item", "height_cm");
    amend.with("--value", value).with("--reason", "复核").ask().answer();
}

fn print(stage: &Stage, which: &str, out: &Path) -> Words {
    of(stage, stage.of_device("report person")).with("--which", which).with("--out", out)
}

fn received(stage: &Stage, operator: &str) -> Words {
    let words = of(stage, stage.of_device("report received"));
    words.with("--operator", operator).with("--day", given())
}

/// Today, and not before it was signed: what is printed now is in nobody's hand earlier.
fn given() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let today = office::Moment::at(i64::try_from(since.as_millis()).unwrap()).today;
    today.max(SIGNED.parse().unwrap()).to_string()
}

fn holders(stage: &Stage, words: Words) -> Value {
    of(stage, words).ask().answer()
}

fn line(stage: &Stage, row: usize) -> Value {
    let name = people().cell(row, "name").to_owned();
    let list = holders(stage, stage.of_device("report holders"));
    let lines = list["lines"].as_array().unwrap().clone();
    lines.into_iter().find(|line| line["name"] == name.as_str()).unwrap()
}

fn state(stage: &Stage, row: usize) -> String {
    line(stage, row)["state"].as_str().unwrap().to_owned()
}

fn close(path: &Path) -> String {
    words(path).replace([' ', '\n'], "")
}

#[test]
fn who_holds_which_version_is_known_through_print_receipt_correction_and_mistake_on_both_sides() {
    let stage = stage();
    let out = stage.path("report.pdf");
    refused("nothing is final", &print(&stage, "final", &out), Code::ReportNotFinal);
    sign(&stage, 0, "");
    assert_eq!([state(&stage, 0), state(&stage, 1)], ["not_given", "not_final"]);

    // Printed: recorded once, by whoever may.
    refused(
        "an auditor",
        &print(&stage, "final", &out).with("--operator", AUDITOR),
        Code::DeliveryRole,
    );
    let unrecorded = print(&stage, "final", &out).ask().answer();
    assert_eq!(
        (unrecorded["people"].as_u64(), line(&stage, 0)["printed"].as_bool()),
        (Some(1), Some(false))
    );
    for (time, recorded) in [("first", 1), ("again", 0)] {
        let made = print(&stage, "all", &out).with("--operator", TOWNSHIP).ask().answer();
        assert_eq!(made["recorded"], recorded, "{time}");
    }
    assert_eq!(line(&stage, 0)["printed"], true);

    // Signed for: once, and not without a final report.
    let person = |row: usize| received(&stage, TOWNSHIP).with("--person", id_number(row));
    refused("not final", &person(1), Code::ReportNotFinal);
    refused("an auditor", &received(&stage, AUDITOR).and("--all"), Code::DeliveryRole);
    refused(
        "before the checkup",
        &of(&stage, stage.of_device("report received"))
            .with("--operator", TOWNSHIP)
            .with("--day", "2020-01-01")
            .and("--all"),
        Code::DayTooEarly,
    );
    // The day it was signed is too early for a paper that was printed later, and a day to come is none: the control is the day itself.
    for (day, code) in [("2026-09-19", Code::DayTooEarly), ("2099-01-01", Code::DayToCome)] {
        let words = of(&stage, stage.of_device("report received")).with("--operator", TOWNSHIP);
        refused(day, &words.with("--day", day).with("--person", id_number(0)), code);
    }
    let handed = received(&stage, TOWNSHIP).and("--all").ask().answer();
    assert_eq!([&handed["recorded"], &handed["known"]], [1, 0]);
    let handed = person(0).ask().answer();
    assert_eq!([&handed["recorded"], &handed["known"]], [0, 1]);
    let held = line(&stage, 0);
    assert_eq!(
        [&held["state"], &held["received_on"], &held["taken_by"], &held["by"]],
        ["given", given().as_str(), "本人", "孙八"]
    );
    refused("nothing to give", &print(&stage, "due", &out), Code::ReportNotFinal);

    // A result after it: the paper in hand is an old one, and the list says so.
    amend(&stage, 0, "151.5");
    refused("signed, changed since", &print(&stage, "final", &out), Code::ReportChanged);
    assert_eq!(state(&stage, 0), "holds_old_not_final");
    sign(&stage, 0, "身高复核");
    let held = line(&stage, 0);
    assert_eq!(
        (held["state"].as_str(), held["version"].as_u64(), held["holds"].as_u64()),
        (Some("holds_old"), Some(2), Some(1))
    );
    let list = stage.path("receipts.pdf");
    let receipts = |stage: &Stage, out: &Path| {
        of(stage, stage.of_device("report receipts")).with("--out", out).ask().answer()
    };
    let made = receipts(&stage, &list);
    let counts = ["people", "due", "holds_old"].map(|key| made[key].as_u64().unwrap());
    assert_eq!(counts, [MEASURED as u64, 1, 1]);
    let said = close(&list);
    for part in ["体检报告签收单", "请收回旧版", "第2版", "第1版", &given(), "要发1人"]
    {
        assert!(said.contains(part), "{part}");
    }
    let correction = print(&stage, "due", &out).with("--operator", TOWNSHIP).ask().answer();
    assert_eq!([&correction["people"], &correction["corrected"]], [1, 1]);
    assert!(close(&out).contains("更正版") && close(&out).contains("151.5"));
    received(&stage, TOWNSHIP).and("--all").with("--taken-by", "家属").ask().answer();
    assert_eq!((state(&stage, 0), line(&stage, 0)["holds"].as_u64()), ("given".into(), Some(2)));

    // A mistake is taken back with its reason: the old paper is what is in hand again.
    let mistake = |reason: &str| {
        let words = of(&stage, stage.of_device("report not-received")).with("--operator", TOWNSHIP);
        words.with("--person", id_number(0)).with("--reason", reason)
    };
    refused("no reason", &mistake(" "), Code::ReasonMissing);
    mistake("记错人").ask().answer();
    assert_eq!(
        (state(&stage, 0), line(&stage, 0)["holds"].as_u64()),
        ("holds_old".into(), Some(1))
    );

    // The server has not heard of any of it until the device has synced; then it says the same.
    let here = holders(&stage, stage.of_device("report holders"));
    assert_ne!(here, holders(&stage, stage.of_server("report holders")));
    stage.of_device("sync").ask().answer();
    assert_eq!(here, holders(&stage, stage.of_server("report holders")));
    for words in [stage.of_device("verify"), stage.of_server("verify")] {
        assert_eq!(words.ask().answer()["ok"], true);
    }
}

#[test]
fn the_receipt_list_is_in_the_order_of_the_reports_as_paper_and_as_workbook_without_id_numbers() {
    let stage = stage();
    for row in 0..MEASURED {
        sign(&stage, row, "");
    }
    let reports = stage.path("reports.pdf");
    print(&stage, "all", &reports).ask().answer();
    let [paper, workbook] = ["list.pdf", "list.xlsx"].map(|name| stage.path(name));
    for out in [&paper, &workbook] {
        of(&stage, stage.of_device("report receipts")).with("--out", out).ask().answer();
    }
    let bytes = std::fs::read(&workbook).unwrap();
    let sheet = intake::read_workbook("list.xlsx", &bytes).unwrap();
    let rows: Vec<Vec<String>> = sheet.sheets[0]
        .rows
        .iter()
        .map(|row| (0..10).map(|at| row.cell(at).text().into_owned()).collect())
        .collect();
    let names: Vec<String> = rows[3..].iter().map(|row| row[1].clone()).collect();
    assert_eq!(names.len(), MEASURED);
    let in_order = |text: &str| {
        let at: Vec<usize> = names.iter().map(|name| text.find(name.as_str()).unwrap()).collect();
        at.is_sorted()
    };
    assert!(in_order(&close(&paper)), "the paper has another order than the workbook");
    assert!(in_order(&close(&reports)), "the reports have another order than the list");
    // Control: the other way round is seen.
    let mut turned: Vec<&str> = names.iter().map(String::as_str).collect();
    turned.reverse();
    assert!(!in_order(&turned.join("，")));
    for row in 0..MEASURED {
        let number = id_number(row);
        assert!(!close(&paper).contains(&number) && !rows.concat().concat().contains(&number));
    }
    let refused_format = of(&stage, stage.of_device("report receipts"));
    refused(
        "a text",
        &refused_format.with("--out", stage.path("list.txt")),
        Code::ExportUnsupported,
    );
}

#[test]
fn a_correction_names_what_changed_since_the_version_in_hand_and_why_each_was_made() {
    let stage = stage();
    // The first holds a first version, the second none.
    for row in [0, 1] {
        sign(&stage, row, "");
    }
    print(&stage, "final", &stage.path("first.pdf")).with("--operator", TOWNSHIP).ask().answer();
    received(&stage, TOWNSHIP).with("--person", id_number(0)).ask().answer();
    for (value, reason) in [("151.5", "身高复核"), ("152.5", "再次复核")] {
        for row in [0, 1] {
            amend(&stage, row, value);
            sign(&stage, row, reason);
        }
    }
    let said = |row: usize, name: &str| {
        let out = stage.path(name);
        print(&stage, "final", &out).with("--person", id_number(row)).ask().answer();
        close(&out)
    };
    let [held, none] = [said(0, "held.pdf"), said(1, "none.pdf")];
    for part in ["→152.5", "以上与第1版相比", "第2版更正原因：身高复核", "第3版更正原因：再次复核"]
    {
        assert!(held.contains(part), "{part}\n{held}");
    }
    assert!(!held.contains("151.5"), "they have never seen the version between");
    // The control: who holds none is told what changed since the version before.
    assert!(none.contains("151.5→152.5") && none.contains("更正原因：再次复核"), "{none}");
    assert!(!none.contains("相比") && !none.contains("身高复核"), "{none}");
    // The newest in hand, a copy of it says the same.
    received(&stage, TOWNSHIP).with("--person", id_number(0)).ask().answer();
    assert_eq!(said(0, "again.pdf"), held);
}

#[test]
fn who_signed_for_a_paper_printed_before_a_correction_holds_that_one() {
    let stage = stage();
    sign(&stage, 0, "");
    print(&stage, "final", &stage.path("first.pdf")).with("--operator", TOWNSHIP).ask().answer();
    amend(&stage, 0, "151.5");
    sign(&stage, 0, "身高复核");
    // Signed for on paper in the morning, keyed in the evening: the version of the correction never left a printer.
    let person = || received(&stage, TOWNSHIP).with("--person", id_number(0));
    person().ask().answer();
    let held = |stage: &Stage| {
        let line = line(stage, 0);
        (line["state"].as_str().unwrap().to_owned(), line["holds"].as_u64())
    };
    assert_eq!(held(&stage), ("holds_old".to_owned(), Some(1)));
    // Control: once the correction was printed it is the one that is signed for.
    print(&stage, "final", &stage.path("second.pdf")).with("--operator", TOWNSHIP).ask().answer();
    person().ask().answer();
    assert_eq!(held(&stage), ("given".to_owned(), Some(2)));
}
