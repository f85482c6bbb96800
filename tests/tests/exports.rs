//! What leaves by a template or as a list of names, through the real program and read back: worked-out columns, a signed
//! conclusion, and the sheet of who has an A or B. Not teeth of pupils (`report`).
#![allow(clippy::unwrap_used)]

use stories::cast::VILLAGE;
use stories::stage::{MEASURED, Stage, people};

const DOCTOR: &str = "zhao6";
const TEMPLATE: &str = r#"{"name":"own","title_zh":"本区上报","status":"已核对","source":"本区","who":"resident","columns":[
    {"heading":"姓名","field":"name"},
    {"heading":"头晕","item":"symptoms","has":"dizziness","codes":{"yes":"1","no":"2"}},
    {"heading":"自理","self_care_points":true},
    {"heading":"气虚","constitution":"气虚质","codes":{"yes":"1","tends":"2","no":"3"}},
    {"heading":"平和分","constitution_points":"平和质"},
    {"heading":"评价","field":"evaluation","codes":{"none":"1","some":"2"}},
    {"heading":"异常1","field":"finding_1"},
    {"heading":"指导","field":"advice"},
    {"heading":"医生","field":"doctor"}]}"#;

const EVALUATION: &str = r#"{"name":"own","title_zh":"本区上报","status":"已核对","source":"本区","who":"resident","columns":[
    {"heading":"评价","field":"evaluation","codes":{"none":"1","some":"2"}},
    {"heading":"异常1","field":"finding_1"},
    {"heading":"异常2","field":"finding_2"},
    {"heading":"异常3","field":"finding_3"},
    {"heading":"异常4","field":"finding_4"}]}"#;

fn stage() -> Stage {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", DOCTOR).with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    let mut cells: Vec<(String, String)> =
        (1..=33).map(|at| (format!("tcm_q{at:02}"), "3".to_owned())).collect();
    for (key, text) in [
        ("symptoms", "头晕"),
        ("selfcare_eating", "可自理"),
        ("selfcare_grooming", "轻度依赖"),
        ("selfcare_dressing", "可自理"),
        ("selfcare_toileting", "可自理"),
        ("selfcare_moving", "可自理"),
        ("sbp1_mmhg", "166"),
        ("dbp1_mmhg", "102"),
    ] {
        cells.push((key.to_owned(), text.to_owned()));
    }
    let people = people();
    let own = ["id_number", "name", "sex", "birth"].map(|heading| people.cell(MEASURED, heading));
    let keys: Vec<&str> = cells.iter().map(|cell| cell.0.as_str()).collect();
    let texts: Vec<&str> = cells.iter().map(|cell| cell.1.as_str()).collect();
    let text = format!(
        "kind,unit,id_number,name,sex,birth,exam_date,{}\nresident,{VILLAGE},{},2026-09-14,{}\n",
        keys.join(","),
        own.join(","),
        texts.join(",")
    );
    stage.record(&stage.file("elder.csv", text)).ask().answer();
    stage.of_device("sync").ask().answer();
    stage
}

/// The one row with an answer about 头晕, cell by cell: names are masked.
fn row(stage: &Stage, out: &str) -> Vec<String> {
    let template = stage.file("own.json", TEMPLATE);
    let export = stage.of_device("export template").and(&template).with("--round", &stage.round);
    let export = export.with("--unit", VILLAGE).with("--format", "csv");
    export.with("--out", stage.path(out)).ask().answer();
    let text = std::fs::read_to_string(stage.path(out)).unwrap();
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::to_owned);
    let cells = |line: String| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let found = lines.map(cells).find(|cells| matches!(cells[1].as_str(), "1" | "2"));
    found.unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn worked_out_columns_and_a_signed_conclusion_leave_by_a_template_of_ones_own() {
    let stage = stage();
    let people = people();
    let before = row(&stage, "before.csv");
    assert_eq!(before[1..5].join(" "), "1 1 1 15");
    // Control: nobody has signed, and no finding stands there as if somebody had.
    assert!(before[5..].iter().all(String::is_empty), "{before:?}");
    let sign = stage.of_device("conclude sign").with("--round", &stage.round);
    let sign = sign.with("--person", people.cell(MEASURED, "id_number"));
    let sign = sign.with("--operator", DOCTOR).and("--accept-rest");
    sign.with("--advice", "低盐饮食").ask().answer();
    let after = row(&stage, "after.csv");
    assert_eq!(after[1..5], before[1..5]);
    assert_eq!(
        (after[5].as_str(), after[7].as_str(), after[8].as_str()),
        ("2", "低盐饮食", "赵六")
    );
    assert!(after[6].contains("血压"), "{after:?}");
}

#[test]
fn nobody_is_without_anything_abnormal_in_a_file_whose_report_says_otherwise() {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", DOCTOR).with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    let people = people();
    let line = |row: usize, hbsag: &str, hearing: &str, wbc: &str| {
        let own = ["id_number", "name", "sex", "birth"].map(|of| people.cell(row, of));
        format!("resident,{VILLAGE},{},2026-09-14,{hbsag},{hearing},{wbc}\n", own.join(","))
    };
    let heading = "kind,unit,id_number,name,sex,birth,exam_date,hbsag,hearing,wbc_10e9_l\n";
    let export = |name: &str, row: usize, text: String| {
        let file = stage.file(&format!("{name}.in.csv"), format!("{heading}{text}"));
        stage.record(&file).ask().answer();
        stage.of_device("sync").ask().answer();
        let sign = stage.of_device("conclude sign").with("--round", &stage.round);
        let sign = sign.with("--person", people.cell(row, "id_number"));
        sign.with("--operator", DOCTOR).and("--accept-rest").ask().answer();
        let template = stage.file("phis.json", EVALUATION);
        let export = stage.of_device("export template").and(&template);
        let export = export.with("--round", &stage.round).with("--unit", VILLAGE);
        let out = stage.path(&format!("{name}.csv"));
        export.with("--format", "csv").with("--out", &out).ask().answer();
        let text = std::fs::read_to_string(out).unwrap();
        let lines = text.trim_start_matches('\u{feff}').lines().skip(1).map(str::to_owned);
        // Only who was signed has an evaluation.
        lines.filter(|line| !line.starts_with(',')).collect::<Vec<_>>()
    };
    let marked = export("marked", MEASURED, line(MEASURED, "阳性", "听不清或无法听见", "14"));
    assert_eq!(marked.len(), 1, "{marked:?}");
    assert!(marked[0].starts_with("2,"), "{marked:?}");
    for words in ["乙型肝炎表面抗原：阳性", "听力：听不清或无法听见", "白细胞", "14"]
    {
        assert!(marked[0].contains(words), "{marked:?}");
    }
    // The control: with the same answered as usual nothing stands there.
    let both = export("fine", MEASURED + 1, line(MEASURED + 1, "阴性", "听见", "6"));
    assert!(both.contains(&"1,,,,".to_owned()) && both.len() == 2, "{both:?}");
}

#[test]
fn the_names_of_who_has_an_a_or_b_are_a_sheet_for_a_purpose_alone() {
    let stage = stage();
    let made = |more: &[&str], out: &str| {
        let words = stage.of_device("report summary").with("--round", &stage.round);
        let words = words.with("--unit", VILLAGE).with("--kind", "village");
        let words = more.iter().fold(words, |words, word| words.and(word));
        words.with("--out", stage.path(out)).ask()
    };
    let sheets = |out: &str| {
        let bytes = std::fs::read(stage.path(out)).unwrap();
        let workbook = intake::read_workbook(out, &bytes).unwrap();
        let text = |sheet: &intake::Sheet| {
            let cells = sheet.rows.iter().flat_map(|row| &row.cells);
            cells.map(|cell| cell.text().into_owned()).collect::<Vec<_>>().join("|")
        };
        workbook.sheets.iter().map(text).collect::<Vec<_>>()
    };
    made(&["--show-small", "--purpose", "本院复核"], "named.xlsx").answer();
    made(&["--show-small"], "plain.xlsx").answer();
    let people = people();
    let name = people.cell(MEASURED, "name");
    let (named, plain) = (sheets("named.xlsx"), sheets("plain.xlsx"));
    assert_eq!(named.len(), plain.len() + 1);
    let list = named.iter().find(|text| text.contains(name)).unwrap();
    assert!(list.contains("本院复核") && list.contains("血压") && list.contains("166"), "{list}");
    assert!(!list.contains(people.cell(MEASURED, "id_number")));
    // Control: without a purpose nobody is named.
    assert!(plain.iter().all(|text| !text.contains(name)));
}
