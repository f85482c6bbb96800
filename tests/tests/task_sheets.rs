//! 随访单 through the real program: what goes out and that it is recorded, filled in through LibreOffice, and
//! what comes of each row that comes back: taken, known already, or held with its reason.
#![allow(clippy::unwrap_used)]

use protocol::Code;
use serde_json::Value;
use std::path::{Path, PathBuf};
use stories::by_office::type_into;
use stories::cast::{THIRD_VILLAGE, VILLAGE};
use stories::printed::words;
use stories::program::Words;
use stories::stage::{MEASURED, Stage, people, refused};

const TOWNSHIP: &str = "sun8";
/// Two people more, each with a pressure and lipids to be followed up.
const RAISED: [(&str, &str); 3] =
    [("sbp1_mmhg", "166"), ("dbp1_mmhg", "102"), ("tc_mmol_l", "6.5")];

/// The first of the columns that are filled in by hand, counted from 0.
const FILLED_IN_FROM: usize = 9;

fn stage() -> Stage {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", TOWNSHIP).with("--name", "孙八");
    add.with("--role", "township").ask().answer();
    let headings = RAISED.map(|cell| cell.0).join(",");
    let mut lines = vec![format!("kind,unit,id_number,name,sex,birth,exam_date,{headings}")];
    let people = people();
    for row in MEASURED..MEASURED + 2 {
        let own = ["id_number", "name", "sex", "birth"].map(|heading| people.cell(row, heading));
        let values = RAISED.map(|cell| cell.1).join(",");
        lines.push(format!("resident,{VILLAGE},{},2026-09-14,{values}", own.join(",")));
    }
    let file = stage.file("raised.csv", lines.join("\n"));
    stage.record(&file).ask().answer();
    stage.of_device("sync").ask().answer();
    stage
}

fn list(stage: &Stage, words: Words) -> Value {
    words.with("--round", &stage.round).with("--unit", VILLAGE).ask().answer()
}

fn export(stage: &Stage, words: Words, out: &Path) -> Words {
    let words = words.with("--round", &stage.round).with("--unit", VILLAGE);
    words.with("--operator", TOWNSHIP).with("--out", out)
}

fn import(words: Words, file: &Path) -> Value {
    words.with("--operator", TOWNSHIP).and(file).ask().answer()
}

/// The list's lines as text, each a row of cells.
fn lines(xlsx: &Path) -> Vec<Vec<String>> {
    let bytes = std::fs::read(xlsx).unwrap();
    let workbook = intake::read_workbook("list.xlsx", &bytes).unwrap();
    let row = |row: &intake::Row| (0..17).map(|at| row.cell(at).text().into_owned()).collect();
    workbook.sheets[0].rows.iter().map(row).collect()
}

/// Types `(number, day, way, result, next, note)`, and for a level A who was told, when, and whether it was read back, into the rows of
/// the list as it was exported: our own workbook, opened, filled in and saved by LibreOffice.
fn fill_in_office<const N: usize>(
    stage: &Stage,
    xlsx: &Path,
    name: &str,
    said: &[[&str; N]],
) -> PathBuf {
    let folder = stage.path("office");
    std::fs::create_dir_all(&folder).unwrap();
    let made = folder.join(format!("{name}.xlsx"));
    let lines: Vec<Vec<String>> =
        said.iter().map(|cells| cells.iter().map(|text| (*text).to_owned()).collect()).collect();
    let is_made = type_into(&folder, (xlsx, &made), FILLED_IN_FROM, &lines);
    assert!(is_made, "LibreOffice wrote no workbook: apt-get install libreoffice-calc-nogui");
    made
}

/// The same as text in columns, by no office.
fn fill<const N: usize>(stage: &Stage, xlsx: &Path, name: &str, said: &[[&str; N]]) -> PathBuf {
    let mut rows = lines(xlsx);
    for cells in said {
        let number = &cells[0];
        let row = rows.iter_mut().find(|row| row[0] == *number);
        let mut filled = row.as_deref().map_or_else(|| vec![String::new(); 17], Clone::clone);
        (*number).clone_into(&mut filled[0]);
        for (at, text) in (FILLED_IN_FROM..).zip(&cells[1..]) {
            (*text).clone_into(&mut filled[at]);
        }
        match row {
            Some(row) if row[FILLED_IN_FROM].is_empty() => *row = filled,
            _ => rows.push(filled),
        }
    }
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    let text = [b"\xef\xbb\xbf".to_vec(), out.into_inner().unwrap()].concat();
    stage.file(&format!("{name}.csv"), text)
}

fn numbers(list: &Value, level: &str) -> Vec<String> {
    let rows = list["rows"].as_array().unwrap().iter();
    let of = rows.filter(|row| row["level"] == level);
    of.map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

fn counts(back: &Value) -> [u64; 3] {
    ["taken", "known", "blank"].map(|key| back[key].as_u64().unwrap())
}

fn reasons(back: &Value) -> Vec<String> {
    let held = back["held"].as_array().unwrap().iter();
    held.map(|one| one["reason"].as_str().unwrap().to_owned()).collect()
}

fn entries(words: Words) -> u64 {
    let verified = words.ask().answer();
    assert_eq!(verified["ok"], true);
    verified["entries"].as_u64().unwrap()
}

#[test]
fn a_list_goes_out_with_what_is_due_without_id_numbers_and_that_it_did_is_recorded_on_both_sides() {
    let stage = stage();
    let here = list(&stage, stage.of_device("tasks list"));
    let open = here["all"]["due"].as_u64().unwrap() + here["all"]["overdue"].as_u64().unwrap();
    let out = stage.path("list.xlsx");
    let issued = export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    assert_eq!((issued["rows"].as_u64(), issued["purpose"].as_str()), (Some(open), Some("随访")));
    let rows = lines(&out);
    assert!(open >= 5);
    assert_eq!(rows.len() as u64, 6 + open, "title, four lines of how to, heading, one each");
    let number = &numbers(&here, "B")[0];
    let row = rows.iter().find(|row| row[0] == *number).unwrap();
    assert!(row[1..9].iter().filter(|cell| !cell.is_empty()).count() >= 5, "{row:?}");
    assert!(row[9..].iter().all(String::is_empty));

    let pdf = stage.path("list.pdf");
    export(&stage, stage.of_server("tasks export"), &pdf).ask().answer();
    let said = words(&pdf);
    for part in [number.as_str(), "随访单", "用途：随访", "结果填一个数字", "孙八"]
    {
        assert!(said.replace(' ', "").contains(&part.replace(' ', "")), "{part}\n{said}");
    }
    let people = people();
    let all = format!("{rows:?}{said}");
    for row in 0..people.rows.len() {
        assert!(!all.contains(people.cell(row, "id_number")));
        // Control: whoever is on the list is so by name.
        assert!(row < MEASURED || all.contains(people.cell(row, "name")));
    }
    refused(
        "text",
        &export(&stage, stage.of_device("tasks export"), &stage.path("list.txt")),
        Code::ExportUnsupported,
    );

    stage.of_device("sync").ask().answer();
    for words in [stage.of_device("tasks list"), stage.of_server("tasks list")] {
        let listed = list(&stage, words);
        let issued = listed["issued"].as_array().unwrap();
        let mut formats: Vec<&str> = issued.iter().map(|i| i["format"].as_str().unwrap()).collect();
        formats.sort_unstable();
        assert_eq!(formats, ["pdf", "xlsx"]);
        assert!(issued.iter().all(|one| one["by"] == "孙八" && one["purpose"] == "随访"));
    }
}

#[test]
fn a_list_that_comes_back_is_taken_row_by_row_and_a_second_time_changes_nothing() {
    let stage = stage();
    let here = list(&stage, stage.of_device("tasks list"));
    let (a, b) = (numbers(&here, "A"), numbers(&here, "B"));
    let out = stage.path("list.xlsx");
    export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    let misread =
        if b[3].starts_with('9') { b[3].replacen('9', "8", 1) } else { format!("9{}", &b[3][1..]) };
    let said = [
        [b[0].as_str(), "2026-09-20", "2", "1", "2026-10-01", "已通知去卫生院"],
        [&b[1], "2026-09-21", "3", "2", "", "乡卫生院"],
        [&b[2], "2026-09-21", "2", "0", "", "外出"],
        [&a[0], "2026-09-15", "1", "5", "", ""],
        [&misread, "2026-09-20", "1", "1", "", ""],
    ];
    let file = fill_in_office(&stage, &out, "back", &said);
    let back = import(stage.of_device("tasks import"), &file);
    assert_eq!(counts(&back)[..2], [2, 0], "{back}");
    assert_eq!(back["blank"].as_u64().unwrap() + 5, back["rows"].as_u64().unwrap());
    let mut held = reasons(&back);
    held.sort();
    assert_eq!(held, ["number", "task_not_answered", "task_tries_missing"]);
    let after = list(&stage, stage.of_device("tasks list"));
    let of = |number: &String| {
        let rows = after["rows"].as_array().unwrap();
        rows.iter().find(|row| row["number"] == **number).unwrap().clone()
    };
    assert_eq!(
        (of(&b[0])["state_zh"].clone(), of(&b[0])["due"].clone()),
        ("已告知".into(), "2026-10-01".into())
    );
    assert_eq!(of(&b[1])["state_zh"], "已转诊");
    assert_eq!(of(&b[2])["state_zh"], "待告知", "held rows say nothing");

    let written = entries(stage.of_device("verify"));
    let again = import(stage.of_device("tasks import"), &file);
    assert_eq!((counts(&again)[..2].to_vec(), reasons(&again).len()), (vec![0, 2], 3));
    assert_eq!(entries(stage.of_device("verify")), written, "nothing was written");
    stage.of_device("sync").ask().answer();
    let there = import(stage.of_server("tasks import"), &file);
    assert_eq!((counts(&there)[..2].to_vec(), reasons(&there).len()), (vec![0, 2], 3));

    let waiting = stage.of_device("tasks held").ask().answer();
    let waiting = waiting["held"].as_array().unwrap();
    assert_eq!(waiting.len(), 3, "the same rows held twice are held once");
    let drop =
        |id: &str| stage.of_device("tasks drop").with("--operator", TOWNSHIP).with("--id", id);
    drop(waiting[0]["id"].as_str().unwrap()).ask().answer();
    refused("twice", &drop(waiting[0]["id"].as_str().unwrap()), Code::HeldUnknown);
    let left = stage.of_device("tasks held").ask().answer();
    assert_eq!(left["held"].as_array().unwrap().len(), 2);
}

/// A sign of danger of one villager, found on a day.
fn sign(stage: &Stage, sign: &str, day: &str) {
    let people = people();
    let own = ["id_number", "name", "sex", "birth"].map(|of| people.cell(MEASURED + 1, of));
    let head = format!("kind,unit,id_number,name,sex,birth,exam_date,{sign}");
    let line = format!("resident,{VILLAGE},{},{day},2", own.join(","));
    stage.record(&stage.file("sign.csv", format!("{head}\n{line}\n"))).ask().answer();
}

/// Her finding of level A, as the list has it.
fn grave(stage: &Stage) -> Value {
    let list = list(stage, stage.of_device("tasks list"));
    let rows = list["rows"].as_array().unwrap().iter();
    let name = people().cell(MEASURED + 1, "name").to_owned();
    let mut hers = rows.filter(|row| row["level"] == "A" && row["name"] == name.as_str());
    hers.next().unwrap().clone()
}

#[test]
fn a_paper_that_is_keyed_after_a_second_a_came_answers_the_first_alone() {
    let stage = stage();
    sign(&stage, "eye_signs", "2026-09-14");
    sign(&stage, "ent_signs", "2026-09-18");
    let number = grave(&stage)["number"].as_str().unwrap().to_owned();
    let keyed = |day: &str| {
        let say = stage.of_device("tasks record");
        let say = say.with("--task", &number).with("--act", "told").with("--day", day);
        let say = say.with("--told", "家属").with("--at", "09:40").and("--read-back");
        say.with("--way", "1").with("--operator", TOWNSHIP).ask().answer();
        grave(&stage)["state_zh"].clone()
    };
    assert_eq!(keyed("2026-09-16"), "待告知", "what came on the 18th was not on it");
    // The control: said of the day after, both are answered.
    assert_eq!(keyed("2026-09-19"), "已告知");
}

#[test]
fn a_list_that_was_filled_in_before_a_second_a_came_answers_the_first_alone() {
    let stage = stage();
    let record = |what: &str, day: &str| sign(&stage, what, day);
    let of_her = || grave(&stage);
    record("eye_signs", "2026-09-14");
    let number = of_her()["number"].as_str().unwrap().to_owned();
    let out = stage.path("list.xlsx");
    export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    record("ent_signs", "2026-09-18");
    let told = |name: &str, day: &str| {
        let said = [[&*number, day, "1", "1", "", "", "家属", "09:40", "是"]];
        let file = fill(&stage, &out, name, &said);
        counts(&import(stage.of_device("tasks import"), &file))[..2].to_vec()
    };
    assert_eq!(told("before", "2026-09-16"), [1, 0]);
    assert_eq!(of_her()["state_zh"], "待告知");
    let written = entries(stage.of_device("verify"));
    assert_eq!(told("before", "2026-09-16"), [0, 1], "the same paper says nothing more");
    assert_eq!(entries(stage.of_device("verify")), written);
    // The control: filled in after both were there, both are answered.
    assert_eq!(told("after", "2026-09-19"), [1, 0]);
    assert_eq!(of_her()["state_zh"], "已告知");
}

#[test]
fn who_was_told_when_and_read_back_comes_back_on_the_list_and_answers_a_level_a() {
    let stage = stage();
    let here = list(&stage, stage.of_device("tasks list"));
    let a = numbers(&here, "A");
    let out = stage.path("list.xlsx");
    export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    assert_eq!(lines(&out)[5][14..], ["告知谁", "几点", "已复述"]);
    let state = || {
        let list = list(&stage, stage.of_device("tasks list"));
        let row = list["rows"].as_array().unwrap().iter().find(|row| row["number"] == *a[0]);
        row.unwrap()["state_zh"].as_str().unwrap().to_owned()
    };
    let check = |name: &str, cells: [&str; 8], taken: u64, expected: &[&str]| {
        let said = [[
            a[0].as_str(),
            cells[0],
            cells[1],
            cells[2],
            cells[3],
            cells[4],
            cells[5],
            cells[6],
            cells[7],
        ]];
        let back =
            import(stage.of_device("tasks import"), &fill_in_office(&stage, &out, name, &said));
        let expected: Vec<String> = expected.iter().map(|r| (*r).to_owned()).collect();
        assert_eq!((counts(&back)[0], reasons(&back)), (taken, expected), "{name}");
    };
    let day = "2026-09-15";
    check("half", [day, "1", "1", "", "", "家属", "09:40", ""], 0, &["task_not_answered"]);
    check("no time", [day, "1", "1", "", "", "家属", "", "是"], 0, &["task_not_answered"]);
    check("unread", [day, "1", "1", "", "", "家属", "09:40", "也许"], 0, &["task_invalid"]);
    assert_eq!(state(), "待告知");
    check("whole", [day, "1", "1", "", "", "家属", "9:40", "是"], 1, &[]);
    assert_eq!(state(), "已告知");
    let shown = stage.of_device("tasks show").with("--task", &a[0]).ask().answer();
    let step = &shown["chains"][0]["steps"][0];
    assert_eq!((step["told"].as_str(), step["at"].as_str()), (Some("家属"), Some("09:40")));
    assert_eq!(step["read_back"], true);
}

#[test]
fn a_row_of_a_day_to_come_is_held_on_a_device_as_at_the_server() {
    let stage = stage();
    let here = list(&stage, stage.of_device("tasks list"));
    let b = numbers(&here, "B");
    let out = stage.path("list.xlsx");
    export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let in_three_days = (now + std::time::Duration::from_secs(3 * 86_400)).as_secs();
    let day = chrono::DateTime::from_timestamp(in_three_days.cast_signed(), 0).unwrap();
    let day = day.format("%Y-%m-%d").to_string();
    // 12 for 09, typed within the round.
    let said = [[b[0].as_str(), &day, "2", "1", "", "已通知去卫生院"]];
    let file = fill(&stage, &out, "to come", &said);
    stage.of_device("sync").ask().answer();
    for words in [stage.of_device("tasks import"), stage.of_server("tasks import")] {
        let back = import(words, &file);
        assert_eq!((counts(&back)[0], reasons(&back)), (0, vec!["day".to_owned()]), "{back}");
    }
    // The control: of a day that has been it is taken.
    let said = [[b[0].as_str(), "2026-09-20", "2", "1", "", "已通知去卫生院"]];
    let back = import(stage.of_device("tasks import"), &fill(&stage, &out, "been", &said));
    assert_eq!(counts(&back)[0], 1, "{back}");
}

#[test]
fn a_row_is_held_where_it_is_stale_said_twice_otherwise_or_another_persons() {
    let stage = stage();
    let here = list(&stage, stage.of_device("tasks list"));
    let b = numbers(&here, "B");
    let out = stage.path("list.xlsx");
    export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    let check = |name: &str, said: &[[&str; 6]], taken: u64, expected: &[&str]| {
        let back = import(stage.of_device("tasks import"), &fill(&stage, &out, name, said));
        assert_eq!(
            (counts(&back)[0], reasons(&back)),
            (taken, expected.iter().map(|r| (*r).to_owned()).collect()),
            "{name}"
        );
    };
    // Meanwhile somebody said more.
    let later = stage.of_device("tasks record").with("--task", &b[0]).with("--operator", TOWNSHIP);
    later.with("--act", "treated").with("--day", "2026-10-02").ask().answer();
    check("stale", &[[&b[0], "2026-09-20", "2", "1", "", ""]], 0, &["stale"]);
    check("older", &[[&b[0], "2026-09-28", "2", "6", "", ""]], 0, &["stale"]);
    let twice =
        [[b[1].as_str(), "2026-09-20", "2", "1", "", ""], [&b[1], "2026-09-21", "2", "3", "", ""]];
    check("twice", &twice, 0, &["repeated", "repeated"]);
    let same = [[b[1].as_str(), "2026-09-20", "2", "1", "", ""]; 2];
    check("the same twice is once", &same, 1, &[]);
    check("no day", &[[&b[2], "", "2", "1", "", ""]], 0, &["day"]);
    check("to come", &[[&b[2], "2999-01-01", "2", "1", "", ""]], 0, &["day"]);
    check("no code", &[[&b[2], "2026-09-20", "2", "12", "", ""]], 0, &["task_invalid"]);
    check("no place", &[[&b[2], "2026-09-20", "2", "2", "", ""]], 0, &["task_place_missing"]);
    let other = fill(&stage, &out, "name", &[[&b[2], "2026-09-20", "2", "1", "", ""]]);
    let text = lines_of(&other).replace(&name_of(&here, &b[2]), "别人");
    let back = import(stage.of_device("tasks import"), &stage.file("other.csv", text));
    assert_eq!(reasons(&back), ["name"]);
    // Control: with their own name it is taken.
    check("their own", &[[&b[2], "2026-09-20", "2", "1", "", ""]], 1, &[]);
    let none = stage.file("roster.csv", "姓名,电话\n甲,1\n");
    let words = stage.of_device("tasks import").with("--operator", TOWNSHIP).and(none);
    refused("no list", &words, Code::TaskSheetInvalid);
}

fn name_of(list: &Value, number: &str) -> String {
    let rows = list["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["number"] == number).unwrap();
    row["name"].as_str().unwrap().to_owned()
}

/// A filled list as text, whichever it is.
fn lines_of(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let workbook = intake::read_workbook(name, &bytes).unwrap();
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in &workbook.sheets[0].rows {
        let cells: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
        out.write_record(&cells).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

#[test]
fn a_list_of_several_villages_has_a_page_for_each_and_comes_back_whole() {
    let stage = stage();
    let units = format!("{VILLAGE},{THIRD_VILLAGE}");
    let ticket = stage.of_server("enrol create").with("--units", &units).ask().answer();
    let code = ticket["code"].as_str().unwrap();
    stage.enrol("second", &stage.line.url(), code, &stage.ca_pin).ask().answer();
    let second = |command: &str| {
        let words = stories::program::words(command).with("--home", stage.path("second"));
        words.with("--key-file", stage.path("device.key"))
    };
    second("sync").ask().answer();
    let raised = RAISED.map(|cell| cell.0).join(",");
    let values = RAISED.map(|cell| cell.1).join(",");
    let file = stage.file(
        "third.csv",
        format!(
            "kind,unit,id_number,name,sex,birth,exam_date,{raised}\n\
             resident,{THIRD_VILLAGE},431399197003070049,钱外村,女,1970-03-07,2026-09-14,{values}\n"
        ),
    );
    let record = second("record").with("--round", &stage.round).with("--from", &file);
    assert_eq!(record.ask().answer()["people"], 1);
    second("sync").ask().answer();

    let sheets = |unit: &str, name: &str| {
        let out = stage.path(name);
        let words = stage.of_server("tasks export").with("--round", &stage.round);
        let words = words.with("--unit", unit).with("--operator", TOWNSHIP);
        words.with("--out", &out).ask().answer();
        intake::read_workbook(name, &std::fs::read(&out).unwrap()).unwrap()
    };
    let both = sheets("431302", "both.xlsx");
    assert_eq!(both.sheets.len(), 2, "a page for each village");
    let text = |at: usize| -> String {
        let cells = both.sheets[at].rows.iter().flat_map(|row| &row.cells);
        cells.map(|cell| cell.text().into_owned()).collect::<Vec<_>>().join("|")
    };
    assert!([0, 1].iter().all(|at| text(*at).contains("村（校）")), "{}", text(0));
    let has_name = [0, 1].map(|at| text(at).contains("钱外村"));
    assert_eq!(
        has_name.iter().filter(|has| **has).count(),
        1,
        "on the page of their village alone"
    );
    let rows = intake::read_follow_up(&both).unwrap();
    let list = stage.of_server("tasks list").with("--round", &stage.round);
    let list = list.with("--unit", "431302").ask().answer();
    let open = list["all"]["due"].as_u64().unwrap() + list["all"]["overdue"].as_u64().unwrap();
    assert_eq!(rows.len() as u64, open, "every row of both pages is read again");
    // The control: a village's list is one page without that column.
    let one = sheets(VILLAGE, "one.xlsx");
    assert_eq!((one.sheets.len(), one.sheets[0].name.as_str()), (1, "随访单"));

    // Each unit counts where its findings stand, and what is late and untouched is the unit's own.
    let units = list["units"].as_array().unwrap();
    assert_eq!(units.len(), 2);
    for unit in units {
        let states = unit["states"].as_object().unwrap();
        let standing: u64 = states.values().map(|n| n.as_u64().unwrap()).sum();
        let all: u64 =
            ["due", "overdue", "done", "lost"].map(|k| unit[k].as_u64().unwrap()).iter().sum();
        assert_eq!(standing, all, "{unit}");
        assert_eq!(states.get("open").and_then(Value::as_u64), Some(all), "nobody has said a step");
    }
    for row in list["rows"].as_array().unwrap() {
        let expected =
            if row["bucket"] == "overdue" { &row["unit_name"] } else { &Value::from("") };
        assert_eq!(&row["owner"], expected, "{row}");
    }
}

#[test]
fn a_list_lies_group_by_group_in_the_order_of_their_numbers() {
    let stage = stage();
    let people = people();
    // Another list of the same people, with their groups.
    let mut lines = "姓名,性别,身份证号码,出生日期,组别\n".to_owned();
    for row in 0..MEASURED + 2 {
        let sex = if people.cell(row, "sex") == "M" { "男" } else { "女" };
        let [name, id, birth] = ["name", "id_number", "birth"].map(|of| people.cell(row, of));
        let group = if row == MEASURED { 10 } else { row % 2 + 1 };
        lines += &format!("{name},{sex},{id},{birth},{group}组\n");
    }
    let import = stage.of_server("roster import").with("--round", &stage.round);
    let roster = stage.file("groups.csv", lines);
    import.with("--unit", VILLAGE).and(roster).ask().answer();
    stage.of_device("sync").ask().answer();
    let out = stage.path("list.xlsx");
    export(&stage, stage.of_device("tasks export"), &out).ask().answer();
    let is_group = |cell: &&String| {
        cell.strip_suffix('组').is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let lines = self::lines(&out);
    let groups: Vec<&String> =
        lines[6..].iter().filter_map(|row| row.iter().find(is_group)).collect();
    let numbers: Vec<u32> =
        groups.iter().map(|group| group.trim_end_matches('组').parse().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    // The control: as text they lie otherwise.
    assert!(numbers.contains(&2) && numbers.contains(&10), "{numbers:?}");
    assert!(!groups.is_sorted(), "{groups:?}");
}
