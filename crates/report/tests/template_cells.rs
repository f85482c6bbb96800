//! Cells of a template that are worked out: what stands in each, with its code and without, and that a value somebody has to decide
//! about leaves the cell empty and is counted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{facts, pupil, resident};
use domain::catalogue::Catalogue;
use domain::facts::{CheckupFacts, ExportFacts, Sex};
use report::{Concluded, Format, Options, read_template, template_rows};

/// Each kind of cell that is worked out of a resident's answers, and a computed item.
const COLUMNS: &str = r#"
    {"heading":"头晕","item":"symptoms","has":"dizziness","codes":{"yes":"1","no":"2"}},
    {"heading":"自理","self_care_points":true},
    {"heading":"气虚","constitution":"气虚质","codes":{"yes":"1","tends":"2","no":"3"}},
    {"heading":"平和","constitution":"平和质"},
    {"heading":"平和分","constitution_points":"平和质"},
    {"heading":"体质指数","item":"bmi_kg_m2","unit":"kg/m²"}"#;
const OF_TEETH: &str = r#"
    {"heading":"D","teeth":"D"},{"heading":"F","teeth":"F"},{"heading":"d","teeth":"d"},
    {"heading":"身高","item":"height_cm","unit":"cm"}"#;

fn all_of(answer: &str) -> Vec<(String, String)> {
    (1..=33).map(|at| (format!("tcm_q{at:02}"), answer.to_owned())).collect()
}

/// 进餐 0, 梳洗 1, 穿衣 0, 如厕 0, 活动 0 of selfcare_65plus.csv.
const SELF_CARE: [(&str, &str); 5] = [
    ("selfcare_eating", "可自理"),
    ("selfcare_grooming", "轻度依赖"),
    ("selfcare_dressing", "可自理"),
    ("selfcare_toileting", "可自理"),
    ("selfcare_moving", "可自理"),
];

fn elder(changed: &[(&str, &str)]) -> CheckupFacts {
    let answers = all_of("3");
    let answers: Vec<(&str, &str)> =
        answers.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
    let maker = resident(7, "周甲", Sex::F, "1950-01-01", "");
    let body = [("symptoms", "头晕"), ("height_cm", "160"), ("weight_kg", "64")];
    maker.has(&answers).has(&SELF_CARE).has(&body).has(changed).done()
}

/// The cells of the one row, and how many were left empty for somebody to decide.
fn row(who: &str, columns: &str, one: CheckupFacts) -> (Vec<String>, u32) {
    let template = format!(
        "{{\"name\":\"t\",\"title_zh\":\"表\",\"status\":\"已核对\",\"source\":\"某表\",\"who\":\"{who}\",\"columns\":[{columns}]}}"
    );
    let catalogue = Catalogue::builtin();
    let template =
        read_template(&template, catalogue).unwrap_or_else(|wrong| panic!("{}", wrong.zh()));
    let facts = ExportFacts { checkups: vec![one], ..facts() };
    let nobody = Concluded::new();
    let made =
        template_rows(&template, Format::Csv, (&facts, &nobody), catalogue, &Options::default());
    let made = made.unwrap();
    let text = String::from_utf8(made.bytes).unwrap();
    let cells = text.lines().nth(1).unwrap().split(',').map(str::to_owned).collect();
    (cells, made.conflicts)
}

#[test]
fn what_is_worked_out_of_a_residents_answers_stands_with_its_code() {
    // All 3: every constitution 12 points and 是, 平和质 15 and 否 (resident_form.md, test vectors).
    let (cells, conflicts) = row("resident", COLUMNS, elder(&[]));
    assert_eq!((cells.join(" "), conflicts), ("1 1 1 否 15 25.0".to_owned(), 0));
}

#[test]
fn an_answer_that_is_missing_leaves_its_cells_empty_and_no_other() {
    let mut one = elder(&[]);
    for key in ["tcm_q05", "selfcare_moving", "weight_kg"] {
        one.results.remove(&Catalogue::builtin().item_by_key(key).unwrap().code);
    }
    let (cells, conflicts) = row("resident", COLUMNS, one);
    assert_eq!((cells.join("|"), conflicts), ("1|||||".to_owned(), 0));
}

#[test]
fn two_values_of_a_part_are_somebodys_to_decide_and_no_cell_takes_the_first() {
    let check = |second: (&str, &str), expected: &str, conflicts: u32| {
        let found = row("resident", COLUMNS, elder(&[second]));
        assert_eq!((found.0.join("|"), found.1), (expected.to_owned(), conflicts), "{second:?}");
    };
    check(("symptoms", "胸闷"), "|1|1|否|15|25.0", 1);
    check(("selfcare_moving", "不能自理"), "1||1|否|15|25.0", 1);
    check(("tcm_q05", "5"), "1|1||||25.0", 3);
    // Control: the same value twice is one value.
    check(("tcm_q05", "3"), "1|1|1|否|15|25.0", 0);
}

#[test]
fn teeth_are_counted_by_kind_and_two_charts_by_nobody() {
    let chart = |more: &[(&str, &str)]| {
        let maker = pupil(8, "向小", Sex::M, "2015-05-12", "");
        let own = [("tooth_chart", "16=D,26=F,55=d,54=f"), ("height_cm", "140")];
        maker.has(&own).has(more).done()
    };
    let (cells, conflicts) = row("pupil", OF_TEETH, chart(&[]));
    assert_eq!((cells.join("|"), conflicts), ("1|1|1|140.0".to_owned(), 0));
    let (cells, conflicts) = row("pupil", OF_TEETH, chart(&[("tooth_chart", "16=D")]));
    assert_eq!((cells.join("|"), conflicts), ("|||140.0".to_owned(), 3));
}

/// gbt16133_2014_scoliosis_rule.csv: A without the second measurement is incomplete, not negative.
#[test]
fn the_result_of_a_spine_screening_stands_in_table_2_1_only_once_it_is_known() {
    let columns = report::builtin_template("pupil_2_1").unwrap();
    let json: serde_json::Value = serde_json::from_str(columns).unwrap();
    let all = json["columns"].as_array().unwrap();
    let column = all.iter().find(|one| one["heading"] == "初筛结果").unwrap().to_string();
    let straight = [
        ("spine_shoulders", "equal"),
        ("spine_scapulae", "equal"),
        ("spine_waist", "equal"),
        ("spine_iliac", "equal"),
        ("spine_line", "straight"),
        ("spine_bend_back_height", "none"),
        ("spine_bend_rib_hump", "none"),
        ("spine_bend_muscle", "none"),
        ("atr_thoracic_deg", "2"),
        ("atr_thoracolumbar_side", "none"),
        ("atr_lumbar_deg", "0"),
        ("spine_sagittal", "normal"),
    ];
    let unequal = ("spine_shoulders", "unequal");
    let after = ["atr_thoracic_after_deg", "atr_thoracolumbar_after_deg", "atr_lumbar_after_deg"];
    let of = |cells: &[(&str, &str)]| {
        let maker = pupil(8, "向小", Sex::M, "2015-05-12", "");
        let columns =
            format!("{column},{{\"heading\":\"身高\",\"item\":\"height_cm\",\"unit\":\"cm\"}}");
        row("pupil", &columns, maker.has(&[("height_cm", "140")]).has(cells).done()).0.remove(0)
    };
    assert_eq!(of(&straight), "正常");
    assert_eq!(of(&straight[1..]), "", "one look is missing");
    assert_eq!(of(&[unequal]), "");
    assert_eq!(of(&[&[unequal][..], &straight[1..]].concat()), "", "no second measurement");
    for (degrees, wanted) in [("2", "姿势不良"), ("5", "脊柱弯曲异常")] {
        let measured = after.map(|key| (key, degrees));
        assert_eq!(of(&[&[unequal][..], &straight[1..], &measured].concat()), wanted);
    }
}
