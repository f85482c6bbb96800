//! Printed paper of a stop through the real program, read back by other people's tools: guide sheets, labels, day
//! sheet, reports. What is scanned off them finds the person on the real device.
#![allow(clippy::unwrap_used)]

use domain::identity::mask_name;
use field::{LabelSize, Paper, PaperOrder};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use stories::cast::{self, SEATS, VILLAGE};
use stories::printed::{codes, pages, words};
use stories::program::Words;
use stories::stage::{MEASURED, Stage, people};
use stories::team::{District, said};

const DAY: &str = "2026-09-14";
/// Rare characters, one of them beyond 16 bits, and a name with a dot.
const RARE: [&str; 3] = ["㐂嘉", "𠮷田秀", "阿依古丽·买买提"];

fn print(stage: &Stage, what: &str, out: &Path) -> Words {
    let print = stage.of_device(&format!("print {what}")).with("--round", &stage.round);
    print.with("--unit", VILLAGE).with("--out", out)
}

fn names() -> Vec<String> {
    let people = people();
    (0..people.rows.len()).map(|row| people.cell(row, "name").to_owned()).collect()
}

/// Neither a whole ID number nor anything of the sort.
fn assert_no_id_number(text: &str) {
    let people = people();
    for row in 0..people.rows.len() {
        assert!(!text.contains(people.cell(row, "id_number")), "a whole ID number is printed");
    }
}

/// The one person a scanned text finds.
fn found(stage: &Stage, code: &str) -> String {
    let answer = stage.of_device("find").and(code).ask().answer();
    let people = answer["people"].as_array().unwrap();
    assert_eq!(people.len(), 1, "{answer}");
    people[0]["name"].as_str().unwrap().to_owned()
}

/// Both kinds of code of each of so many people on so many pages, the same text in both.
fn both_codes(pdf: &Path, people: usize) -> BTreeSet<String> {
    let read: Vec<(String, String)> = codes(pdf, 203).into_iter().flatten().collect();
    let of = |kind: &str| -> BTreeSet<String> {
        read.iter().filter(|(of, _)| of == kind).map(|(_, text)| text.clone()).collect()
    };
    let (bars, squares) = (of("CODE-128"), of("QR-Code"));
    assert_eq!(bars.len(), people, "{read:?}");
    assert_eq!(bars, squares);
    bars
}

#[test]
fn sheets_labels_and_reports_are_printed_scanned_and_found() {
    let stage = Stage::new();
    let out = |name: &str| -> PathBuf { stage.path(name) };

    // Guide sheets of the roster, two a page.
    let guide = out("guide.pdf");
    print(&stage, "guide", &guide).with("--day", DAY).ask().answer();
    assert_eq!(pages(&guide), names().len().div_ceil(2));
    let text = words(&guide);
    for name in names() {
        assert!(text.contains(&name), "a name is missing");
    }
    for word in ["导检单", "血压", "采血须空腹", "检查者签名"] {
        assert!(text.contains(word), "{word}");
    }
    assert_no_id_number(&text);
    let scanned = both_codes(&guide, names().len());
    let seen: BTreeSet<String> = scanned.iter().map(|code| found(&stage, code)).collect();
    assert_eq!(seen, names().into_iter().collect());
    let one_a_page = out("guide-1.pdf");
    print(&stage, "guide", &one_a_page).with("--per-page", "1").ask().answer();
    assert_eq!(pages(&one_a_page), names().len());
    assert_eq!(both_codes(&one_a_page, names().len()), scanned);

    // Labels carry the same codes; a digit misread finds nobody.
    let labels = out("labels.pdf");
    print(&stage, "labels", &labels).ask().answer();
    assert_eq!(pages(&labels), names().len());
    assert_eq!(both_codes(&labels, names().len()), scanned);
    assert_no_id_number(&words(&labels));
    let code = scanned.first().unwrap();
    let last = if code.ends_with('0') { "1" } else { "0" };
    let misread = format!("{}{last}", &code[..code.len() - 1]);
    let answer = stage.of_device("find").and(&misread).ask().answer();
    assert_eq!(answer["people"].as_array().map(Vec::len), Some(0));

    // The same again is the same to the byte.
    let again = out("labels-again.pdf");
    print(&stage, "labels", &again).ask().answer();
    assert_eq!(std::fs::read(&labels).unwrap(), std::fs::read(&again).unwrap());
    let small = print(&stage, "labels", &out("small.pdf")).with("--size", "25x20");
    stories::stage::refused("a small label", &small, protocol::Code::LabelTooSmall);
}

#[test]
fn rare_names_are_printed_and_read_back() {
    let stage = Stage::new();
    let guide = stage.path("guide.pdf");
    let mut print = print(&stage, "guide", &guide).with("--day", DAY);
    for name in RARE {
        let register = stage.of_device("person register").with("--round", &stage.round);
        let register = register.with("--unit", VILLAGE).with("--name", name).with("--sex", "女");
        let made = register.with("--birth", "1958-03-07").ask().answer();
        print = print.with("--person", made["person"].as_str().unwrap());
    }
    print.ask().answer();
    assert_eq!(pages(&guide), 2);
    let text = words(&guide);
    for name in RARE {
        assert!(text.contains(name), "{name} is not in the text");
    }
    both_codes(&guide, RARE.len());
}

#[test]
fn the_day_sheet_is_one_page_masks_names_and_carries_each_devices_count_and_digest() {
    let stage = Stage::new();
    let sheet = stage.path("day.pdf");
    print(&stage, "day-sheet", &sheet).with("--day", DAY).ask().answer();
    assert_eq!(pages(&sheet), 1);
    let text = words(&sheet);
    for name in names() {
        assert!(!text.contains(&name), "a name is printed whole");
    }
    assert!(text.contains(&mask_name(&names()[0])));
    assert!(text.contains(&format!("本日到站 {MEASURED} 人")), "{text}");
    assert!(text.contains(stories::cast::SEATS[0].name), "the device");
    // pdftotext sets blanks by distance, not as they were written.
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for word in ["待上传0条", "第1页共1页", "队长签名"] {
        assert!(plain.contains(word), "{word}");
    }
    // What the page proves is what the server has: the same entries, the same digest.
    let key = store::Key::from_hex(&"1".repeat(64)).unwrap();
    let server = store::Store::open(&stage.path("server"), &key).unwrap();
    let unit = domain::ids::UnitCode(VILLAGE.to_owned());
    let proof = server.unit_proof(&unit).unwrap();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    assert!(text.contains(&hex(&proof.digest)));
    for stream in &proof.streams {
        assert!(text.contains(&hex(&stream.head.chain.0[..8])));
    }
    drop(server);
    // The code on the page, scanned off it, proves the same at the server.
    let scanned = |sheet: &Path| -> String {
        let codes = codes(sheet, 300).into_iter().flatten().filter(|(kind, _)| kind == "QR-Code");
        codes.map(|(_, text)| text).next().unwrap()
    };
    let prove = |code: &str| {
        let proof = stage.of_server("proof").with("--unit", VILLAGE).with("--date", DAY);
        proof.with("--sheet", code).ask()
    };
    let green = prove(&scanned(&sheet));
    assert!(green.succeeded(), "{}", green.out);
    assert_eq!(green.json()["green"].as_bool(), Some(true));
    // Control: with one more entry the digest is another.
    let register = stage.of_device("person register").with("--round", &stage.round);
    register.with("--unit", VILLAGE).with("--name", "李四").with("--sex", "男").ask().answer();
    print(&stage, "day-sheet", &sheet).with("--day", DAY).ask().answer();
    assert!(!words(&sheet).contains(&hex(&proof.digest)));
    let short = prove(&scanned(&sheet));
    assert!(!short.succeeded(), "not all is there");
    let gap = &short.json()["missing"][0];
    assert_eq!(gap["device"].as_str(), Some(stories::cast::SEATS[0].name), "{gap}");
    assert!(gap["entries"].as_u64() > Some(0), "{gap}");
}

#[test]
fn a_device_and_the_server_print_the_same_reports_to_the_byte_and_nobody_is_called_ill() {
    let stage = Stage::new();
    let (here, there) = (stage.path("device.pdf"), stage.path("server.pdf"));
    let report = |words: Words, out: &Path| -> Value {
        let words = words.with("--round", &stage.round).with("--unit", VILLAGE);
        words.with("--out", out).ask().answer()
    };
    let made = report(stage.of_device("report person"), &here);
    assert_eq!((made["people"].as_u64(), made["preview"].as_bool()), (Some(4), Some(true)));
    report(stage.of_server("report person"), &there);
    assert_eq!(std::fs::read(&here).unwrap(), std::fs::read(&there).unwrap());
    let text = words(&here);
    for name in names().iter().take(MEASURED) {
        assert!(text.contains(name), "a name is missing");
    }
    assert_no_id_number(&text);
    for word in ["健康体检结果报告", "现场预览", "参考范围", "筛查结果，不是诊断"]
    {
        assert!(text.contains(word), "{word}");
    }
    for word in ["确诊", "患有", "诊断为"] {
        assert!(!text.contains(word), "{word}");
    }
}

/// A school's pupils sit by class, and each card leads to its own pupil; tubes get codes that are nobody's.
#[test]
fn a_schools_cards_are_by_class_and_tubes_get_codes_of_their_own() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[2], &[&district.school]);
    said(tablet.home.sync());
    let print = |paper: Paper, people: &[String], name: &str| {
        let out = district.folder.path().join(name);
        let order = PaperOrder {
            paper,
            round: district.round.clone(),
            unit: district.school.clone(),
            day: Some(DAY.to_owned()),
            people: people.to_vec(),
        };
        said(tablet.home.print(&order, &out));
        out
    };
    let cards = print(Paper::SeatCards, &[], "cards.pdf");
    let text = words(&cards);
    let printed = text.matches(" 号").count();
    assert!(printed > 300 && text.contains(cast::SCHOOL), "{printed}");
    // Each class has pages of its own: more pages than ten cards a page would need.
    assert!(pages(&cards) > printed.div_ceil(10), "{} of {printed}", pages(&cards));
    let some = said(tablet.home.find("王"));
    let pupils = some.iter().filter(|one| one.grade.is_some()).take(6);
    let (ids, names): (Vec<String>, BTreeSet<String>) =
        pupils.map(|one| (one.person.clone(), one.name.clone())).unzip();
    let again = print(Paper::SeatCards, &ids, "some.pdf");
    let read: BTreeSet<String> =
        codes(&again, 203).into_iter().flatten().map(|(_, code)| code).collect();
    assert_eq!((read.len(), ids.len()), (6, 6), "a card for each pupil");
    let found = read.iter().map(|code| said(tablet.home.find(code)));
    let found: BTreeSet<String> = found.flatten().map(|one| one.name).collect();
    assert_eq!(found, names, "a card leads to whom it names");

    // The same order twice gives other codes: none is printed for two tubes.
    let first = print(Paper::TubeLabels(LabelSize::USUAL, 3, None), &[], "tubes-1.pdf");
    let second = print(Paper::TubeLabels(LabelSize::USUAL, 3, None), &[], "tubes-2.pdf");
    let of = |pdf: &Path| -> Vec<String> {
        let read = codes(pdf, 203).into_iter().flatten();
        read.filter(|(kind, _)| kind == "CODE-128").map(|(_, code)| code).collect()
    };
    let tubes: Vec<String> = [of(&first), of(&second)].concat();
    let all: BTreeSet<&String> = tubes.iter().collect();
    assert_eq!((tubes.len(), all.len()), (18, 18), "three sets of three kinds, twice");
    assert!(tubes.iter().all(|code| domain::tube::read_code(code).as_ref() == Some(code)));
    // What few give is no part of a set, and is printed by its name.
    assert!(words(&first).contains("生化管") && !words(&first).contains("便样管"));
    let stool = field::tube_kind("便样管").unwrap();
    let stool = print(Paper::TubeLabels(LabelSize::USUAL, 2, Some(stool)), &[], "tubes-3.pdf");
    assert_eq!((of(&stool).len(), words(&stool).contains("便样管")), (2, true));
    assert!(field::tube_kind("桶").is_err());
    let none = PaperOrder {
        paper: Paper::TubeLabels(LabelSize::USUAL, 0, None),
        round: district.round.clone(),
        unit: district.school.clone(),
        day: None,
        people: Vec::new(),
    };
    assert!(tablet.home.print(&none, &district.folder.path().join("none.pdf")).is_err());
}
