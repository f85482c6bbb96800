//! What papers for a person and lists that are read out to one say, through the real program: words for the person, units of what was
//! computed, and no empty column of a round that they were not examined in.
#![allow(clippy::unwrap_used)]

use intake::read_workbook;
use serde_json::Value;
use stories::cast::VILLAGE;
use stories::printed::words;
use stories::program::Words;
use stories::stage::{MEASURED, Stage, people};

const TOWNSHIP: &str = "sun8";
/// A haemoglobin of 中度, and a creatinine within its interval whose eGFR is low at this age.
const FOUND: [(&str, &str); 4] =
    [("hb_g_l", "90"), ("creatinine_umol_l", "97"), ("sbp1_mmhg", "152"), ("dbp1_mmhg", "56")];
/// Whom nobody has measured yet: a woman of 75.
const ID_NUMBER: &str = "431399195103040024";
const NAME: &str = "演示老人";
/// What the class is called, and what the person is told.
const CLASS: &str = "中度贫血";
const TOLD: &str = "血红蛋白低于界值（中度），待复查";
const EARLIER: [[&str; 3]; 2] =
    [["更早的一轮", "2026-02-01", "2026-02-28"], ["上一轮", "2026-05-01", "2026-05-31"]];

fn stage() -> Stage {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", TOWNSHIP).with("--name", "孙八");
    add.with("--role", "township").ask().answer();
    let file = found(&stage, "found.csv", "2026-09-14");
    stage.record(&file).ask().answer();
    stage.of_device("sync").ask().answer();
    stage
}

fn found(stage: &Stage, name: &str, day: &str) -> std::path::PathBuf {
    let (headings, values) =
        (FOUND.map(|cell| cell.0).join(","), FOUND.map(|cell| cell.1).join(","));
    let lines = format!(
        "kind,unit,id_number,name,sex,birth,exam_date,{headings}\n\
         resident,{VILLAGE},{ID_NUMBER},{NAME},F,1951-03-04,{day},{values}\n"
    );
    stage.file(name, lines)
}

fn of_village(stage: &Stage, words: Words) -> Words {
    words.with("--round", &stage.round).with("--unit", VILLAGE)
}

/// Without what a line's end and a column's width put between.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

fn report(stage: &Stage, person: &str) -> String {
    let pdf = stage.path("report.pdf");
    let words_of = of_village(stage, stage.of_device("report person"));
    words_of.with("--person", person).with("--out", &pdf).ask().answer();
    plain(&words(&pdf))
}

fn chain(stage: &Stage) -> Value {
    let show = stage.of_device("tasks show").with("--round", &stage.round);
    show.with("--person", ID_NUMBER).ask().answer()
}

#[test]
fn a_list_that_is_read_out_names_no_class_and_one_that_did_is_taken_all_the_same() {
    let stage = stage();
    let listed = of_village(&stage, stage.of_device("tasks list")).ask().answer();
    let is_it = |row: &&Value| row["seen"].as_str().unwrap().starts_with(TOLD);
    let row = listed["rows"].as_array().unwrap().iter().find(is_it).unwrap();
    assert!(!listed.to_string().contains(CLASS), "{listed}");
    let number = row["number"].as_str().unwrap();
    let (xlsx, pdf) = (stage.path("list.xlsx"), stage.path("list.pdf"));
    for out in [&xlsx, &pdf] {
        let export = of_village(&stage, stage.of_device("tasks export"));
        export.with("--operator", TOWNSHIP).with("--out", out).ask().answer();
    }
    // On paper a narrow column breaks its words; the workbook has them whole.
    let said = plain(&words(&pdf));
    assert!(said.contains("血红蛋白") && !said.contains(CLASS), "{said}");
    // The control: whoever is of the trade has the class beside it.
    let chains = chain(&stage);
    let told = chains.to_string();
    assert!(told.contains(TOLD) && told.contains(CLASS), "{told}");

    // As an earlier program printed it, filled in: the number says which one it is.
    let book = read_workbook("list.xlsx", &std::fs::read(&xlsx).unwrap()).unwrap();
    let rows = book.sheets[0].rows.iter();
    let mut rows: Vec<Vec<String>> =
        rows.map(|row| (0..17).map(|at| row.cell(at).text().into_owned()).collect()).collect();
    assert!(!format!("{rows:?}").contains(CLASS), "{rows:?}");
    let one = rows.iter_mut().find(|row| row[0] == number).unwrap();
    let seen = one.iter_mut().find(|cell| cell.starts_with(TOLD)).unwrap();
    *seen = seen.replace(TOLD, CLASS);
    (one[9], one[10], one[11]) = ("2026-09-20".to_owned(), "1".to_owned(), "1".to_owned());
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    let file =
        stage.file("back.csv", [b"\xef\xbb\xbf".to_vec(), out.into_inner().unwrap()].concat());
    let back =
        stage.of_device("tasks import").with("--operator", TOWNSHIP).and(&file).ask().answer();
    assert_eq!(
        (back["taken"].as_u64(), back["held"].as_array().unwrap().len()),
        (Some(1), 0),
        "{back}"
    );
}

#[test]
fn an_egfr_has_its_own_unit_on_report_slip_list_chain_and_conclusion() {
    let stage = stage();
    let slip = stage.path("slips.pdf");
    let slips = of_village(&stage, stage.of_device("tasks slips"));
    slips.with("--operator", TOWNSHIP).with("--out", &slip).ask().answer();
    let listed = of_village(&stage, stage.of_device("tasks list")).ask().answer();
    let show = stage.of_device("conclude show").with("--round", &stage.round);
    let concluded = show.with("--person", ID_NUMBER).ask().answer();
    for said in [listed, chain(&stage), concluded].map(|said| plain(&said.to_string())) {
        let number = |one: char| one == '.' || one.is_ascii_digit();
        let units = said.split("eGFR").skip(1).map(|after| after.trim_start_matches(number));
        let units: Vec<&str> = units.collect();
        assert!(!units.is_empty(), "{said}");
        assert!(units.iter().all(|unit| unit.starts_with("mL/min/1.73m²")), "{said}");
        assert!(!said.contains("肌酐eGFR"), "{said}");
    }
    // The controls: the creatinine itself has its unit, beside the finding and in the table, and on the slip.
    let papers = [(report(&stage, ID_NUMBER), 2), (plain(&words(&slip)), 1)];
    for (said, creatinines) in papers {
        assert_eq!(said.matches("mL/min/1.73m²").count(), 1, "{said}");
        assert_eq!(said.matches("μmol/L").count(), creatinines, "{said}");
    }
}

#[test]
fn a_report_has_the_column_of_a_round_that_the_person_was_examined_in_and_of_no_other() {
    let stage = stage();
    let mut rounds = Vec::new();
    for [name, from, to] in EARLIER {
        let create = stage.of_server("round create").with("--name", name).with("--from", from);
        rounds.push(create.with("--to", to).ask().answer()["round"].as_str().unwrap().to_owned());
    }
    stage.of_device("sync").ask().answer();
    let before = report(&stage, ID_NUMBER);
    assert!(EARLIER.iter().all(|[name, ..]| !before.contains(name)), "{before}");
    let file = found(&stage, "before.csv", "2026-05-14");
    let record = stage.of_device("record").with("--round", &rounds[1]).with("--from", &file);
    record.ask().answer();
    let said = report(&stage, ID_NUMBER);
    assert!(said.contains(EARLIER[1][0]) && !said.contains(EARLIER[0][0]), "{said}");
    let show = stage.of_device("conclude show").with("--round", &stage.round);
    let concluded = show.with("--person", ID_NUMBER).ask().answer();
    assert_eq!(concluded["earlier"], serde_json::json!([EARLIER[1][0]]));
    // The control: somebody else's report has no column of it.
    let other = report(&stage, people().cell(MEASURED - 1, "id_number"));
    assert!(EARLIER.iter().all(|[name, ..]| !other.contains(name)), "{other}");
}
