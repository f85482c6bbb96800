//! Somebody of whom an abnormal choice was recorded that no rule levels, through the real program: not in the list of
//! normals, named on the report, and what 33 answers come to is printed and exported.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::path::Path;
use stories::cast::VILLAGE;
use stories::printed::words;
use stories::samples::Sheet;
use stories::stage::{MEASURED, Stage};

/// Everything the round's package asks for, all of it fine.
const FINE: [(&str, &str); 16] = [
    ("height_cm", "160"),
    ("weight_kg", "55"),
    ("waist_cm", "74"),
    ("sbp1_mmhg", "112"),
    ("dbp1_mmhg", "70"),
    ("fasting", "yes"),
    ("known_hypertension", "no"),
    ("known_diabetes", "no"),
    ("glucose_mmol_l", "5.0"),
    ("tc_mmol_l", "4.5"),
    ("tg_mmol_l", "1.2"),
    ("hdl_mmol_l", "1.5"),
    ("ldl_mmol_l", "2.5"),
    ("hb_g_l", "135"),
    ("urine_protein", "-"),
    ("urine_glucose", "-"),
];

/// Everyone of the village, also beyond those whom the stage lists.
fn people() -> Sheet {
    Sheet::measurements().of_place(VILLAGE)
}

/// One person's results as a measurements file of their own.
fn record(stage: &Stage, row: usize, cells: &[(&str, &str)]) {
    let all: Vec<(&str, &str)> = FINE.iter().chain(cells).copied().collect();
    let heading: Vec<&str> = all.iter().map(|cell| cell.0).collect();
    let values: Vec<&str> = all.iter().map(|cell| cell.1).collect();
    let who = ["id_number", "name", "sex", "birth"].map(|of| people().cell(row, of).to_owned());
    let text = format!(
        "kind,unit,id_number,name,sex,birth,exam_date,{}\nresident,{VILLAGE},{},2026-09-14,{}\n",
        heading.join(","),
        who.join(","),
        values.join(",")
    );
    let file = stage.file(&format!("{row}.csv"), text);
    let made = stage.record(&file).ask().answer();
    assert_eq!(
        (&made["people"], made["results"].as_u64()),
        (&Value::from(1), Some(all.len() as u64)),
        "{made}"
    );
}

fn normals(stage: &Stage) -> usize {
    let list = stage.of_device("conclude list").with("--round", &stage.round);
    let said = list.with("--unit", VILLAGE).ask().answer();
    said["normal"].as_array().unwrap().len()
}

/// The words of one person's report, without spaces.
fn report(stage: &Stage, row: usize, out: &Path) -> String {
    let words_of = stage.of_device("report person").with("--round", &stage.round);
    let words_of =
        words_of.with("--unit", VILLAGE).with("--person", people().cell(row, "id_number"));
    words_of.with("--out", out).ask().answer();
    words(out).replace([' ', '\n'], "")
}

#[test]
fn an_abnormal_choice_without_a_level_keeps_a_person_off_the_list_of_normals_and_is_on_the_report()
{
    let stage = Stage::new();
    let (marked, well) = (MEASURED, MEASURED + 1);
    record(&stage, well, &[("hearing", "听见"), ("heart_rhythm", "齐")]);
    assert_eq!(normals(&stage), 1, "the control: with nothing marked the same person is well");
    record(&stage, marked, &[("hearing", "听不清或无法听见"), ("hbsag", "阳性")]);
    assert_eq!(normals(&stage), 1);
    let said = report(&stage, marked, &stage.path("marked.pdf"));
    assert!(!said.contains("没有发现异常。"), "{said}");
    assert!(said.contains("2项结果不正常"), "{said}");
    assert!(
        said.contains("听力：听不清或无法听见") && said.contains("乙型肝炎表面抗原：阳性"),
        "{said}"
    );
    let fine = report(&stage, well, &stage.path("well.pdf"));
    assert!(fine.contains("这次检查的项目没有发现异常。"), "{fine}");
    assert!(!fine.contains("不正常"), "{fine}");
}

#[test]
fn a_number_beyond_every_row_of_which_none_is_this_persons_is_named_for_the_doctor() {
    let stage = Stage::new();
    // Older than the last row of the interval (20 to 79 years).
    let old = |row: &usize| people().cell(*row, "birth") < "1946-09-14";
    let row = (MEASURED + 1..people().rows.len()).find(old).unwrap();
    let other = MEASURED;
    record(&stage, other, &[("alt_u_l", "30")]);
    record(&stage, row, &[("alt_u_l", "300")]);
    assert_eq!(normals(&stage), 1, "the control: who is within a row is well");
    let said = report(&stage, row, &stage.path("old.pdf"));
    assert!(said.contains("1项结果没有本人适用的标准，请听医生的意见。"), "{said}");
    assert!(said.contains("没有判断的，请医生看：血清谷丙转氨酶：300U/L。"), "{said}");
    assert!(!said.contains("检查的项目没有发现异常。"), "{said}");
    let fine = report(&stage, other, &stage.path("other.pdf"));
    assert!(fine.contains("检查的项目没有发现异常。") && !fine.contains("适用的标准"), "{fine}");
}

#[test]
fn what_the_answers_come_to_is_printed_and_exported() {
    let stage = Stage::new();
    let row = MEASURED;
    let keys: Vec<String> = (1..=33).map(|number| format!("tcm_q{number:02}")).collect();
    // resident_form.md, Helper tables: all answers 3 make every constitution 是 and 平和质 否.
    let answers: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "3")).collect();
    record(&stage, row, &answers);
    let said = report(&stage, row, &stage.path("tcm.pdf"));
    assert!(said.contains("中医体质：气虚质是") && said.contains("中医体质：平和质否"), "{said}");
    assert!(said.contains("体质指数21.5"), "{said}");
    let out = stage.path("results.csv");
    stage.export("results", "csv", &out).ask().answer();
    let sheet = Sheet::parse(&std::fs::read_to_string(&out).unwrap());
    let asked = |row: &usize| !sheet.cell(*row, "特禀质").is_empty();
    let answered: Vec<usize> = (0..sheet.rows.len()).filter(asked).collect();
    assert_eq!(answered.len(), 1, "who answered nothing has no verdict");
    let cell = |name: &str| sheet.cell(answered[0], name);
    assert_eq!((cell("特禀质"), cell("平和质")), ("是", "否"));
}
