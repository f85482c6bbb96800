//! What leaves by a template or as a list of names, through the real program and read back: worked-out columns, a signed
//! conclusion, teeth of pupils, and the sheet of who has an A or B.
#![allow(clippy::unwrap_used)]

use serde_json::json;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use stories::cast::VILLAGE;
use stories::program::Words;
use stories::python;
use stories::samples::{self, Sheet};
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

#[test]
fn what_a_doctor_chose_leaves_with_the_forms_codes_as_a_second_reading_has_them() {
    let stage = Stage::new();
    let people = people().write(stage.folder.path(), "people.csv");
    let made = |what: &str| {
        let arguments = [OsStr::new(what), people.as_os_str()];
        python::run("form_codes.py", &arguments)
    };
    let file = stage.file("chosen.csv", made("cells"));
    let recorded = stage.record(&file).ask().answer();
    assert_eq!((recorded["people"].as_u64(), &recorded["problems"]), (Some(6), &json!([])));
    let out = stage.path("form.csv");
    let export = stage.of_device("export template").and("resident_phis");
    let export = export.with("--round", &stage.round).with("--unit", VILLAGE);
    let export = export.with("--identifiers", "full").with("--purpose", "核对编码");
    export.with("--format", "csv").with("--out", &out).ask().answer();
    let (found, expected) = (Sheet::read(&out), Sheet::parse(&made("expected")));
    let said = |sheet: &Sheet, id: &str, row: usize| -> Vec<String> {
        let own = expected.headings[1..].iter().map(|heading| sheet.cell(row, heading));
        std::iter::once(sheet.cell(row, id)).chain(own).map(str::to_owned).collect()
    };
    let all = |sheet: &Sheet, id: &str| {
        (0..sheet.rows.len()).map(|row| said(sheet, id, row)).collect::<BTreeSet<_>>()
    };
    assert_eq!(expected.rows.len(), 6);
    assert_eq!(all(&found, "身份证号"), all(&expected, "id_number"));
    // Control: the second reading says something else of other words.
    let other = made("expected").replace("\"1,2,3\"", "\"1,2\"");
    assert_ne!(all(&found, "身份证号"), all(&Sheet::parse(&other), "id_number"));
}

#[test]
fn a_laboratorys_own_range_stands_beside_its_value_in_the_results_workbook() {
    let stage = Stage::new();
    let people = people();
    let bind = stage.of_device("lab bind").with("--round", &stage.round).with("--unit", VILLAGE);
    let bind = bind.with("--person", people.cell(MEASURED, "id_number")).with("--code", "B0001");
    bind.with("--tube", "serum").with("--day", "2026-09-14").ask().answer();
    let table = || {
        let out = stage.path("results.csv");
        stage.export("results", "csv", &out).ask().answer();
        let text = std::fs::read_to_string(out).unwrap();
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::to_owned);
        lines.collect::<Vec<String>>()
    };
    // The control: without any range there is no such column.
    assert!(!table()[0].contains("检验科范围"), "{}", table()[0]);
    let mapping = json!({
        "barcode": "条码", "rows": { "analyte": "项目", "value": "结果", "unit": "单位", "range": "范围" },
        "items": { "ALT": { "item": "alt_u_l" }, "UA": { "item": "uric_acid_umol_l" } },
    });
    let mapping = stage.file("mapping.json", mapping.to_string());
    let lines = "条码,项目,结果,单位,范围\nB0001,ALT,35,U/L,9-60\nB0001,UA,300,umol/L,\n";
    let import = stage.of_device("lab import").with("--laboratory", "检验科");
    import.with("--mapping", mapping).and(stage.file("1.csv", lines)).ask().answer();
    let table = table();
    let sheet = Sheet::parse(&table.join("\n"));
    let at = sheet.headings.iter().position(|one| one.contains("检验科范围")).unwrap();
    assert!(sheet.headings[at - 1].contains("丙转氨酶") || sheet.headings[at - 1].contains("ALT"));
    assert_eq!(sheet.headings.iter().filter(|one| one.contains("检验科范围")).count(), 1);
    let said: Vec<(&str, &str)> = sheet
        .rows
        .iter()
        .map(|row| (row[at - 1].as_str(), row[at].as_str()))
        .filter(|(_, range)| !range.is_empty())
        .collect();
    assert_eq!(said, [("35", "9-60")]);
}

const TEETH: &str = r#"{"name":"teeth","title_zh":"口腔","status":"已核对","source":"本区","who":"pupil","columns":[
    {"heading":"姓名","field":"name"},
    {"heading":"恒牙龋","teeth":"D"},{"heading":"恒牙失","teeth":"M"},{"heading":"恒牙补","teeth":"F"},
    {"heading":"乳牙龋","teeth":"d"},{"heading":"乳牙失","teeth":"m"},{"heading":"乳牙补","teeth":"f"}]}"#;

#[test]
fn teeth_leave_by_a_template_as_they_were_counted_without_this_program() {
    let stage = Stage::new();
    let add = stage.of_server("unit add").with("--kind", "school").with("--name", "示例小学");
    let school = add.with("--under", &VILLAGE[..9]).ask().answer();
    let school = school["unit"].as_str().unwrap().to_owned();
    let ticket = stage.of_server("enrol create").with("--units", &school).ask().answer();
    let code = ticket["code"].as_str().unwrap();
    stage.enrol("second", &stage.line.url(), code, &stage.ca_pin).ask().answer();
    let at_second = |command: &str| {
        let words = stories::program::words(command).with("--home", stage.path("second"));
        words.with("--key-file", stage.path("device.key"))
    };
    at_second("sync").ask().answer();
    let sample = Sheet::read(&samples::path("teeth.csv"));
    let mut lines =
        vec!["kind,unit,id_number,name,sex,birth,exam_date,height_cm,tooth_chart".to_owned()];
    for row in 0..sample.rows.len() {
        let own = ["id_number", "name", "sex", "birth"].map(|heading| sample.cell(row, heading));
        let chart = sample.cell(row, "tooth_chart");
        lines.push(format!("student,{school},{},2026-09-14,140,{chart}", own.join(",")));
    }
    let file = stage.file("teeth.csv", lines.join("\n"));
    let record = at_second("record").with("--round", &stage.round).with("--from", &file);
    let recorded = record.with("--unit", &school).ask().answer();
    assert_eq!(recorded["people"], sample.rows.len(), "{recorded}");
    at_second("sync").ask().answer();
    let template = stage.file("teeth.json", TEETH);
    let export = |words: Words, out: &str| {
        let words = words.and(&template).with("--round", &stage.round).with("--unit", &school);
        let words = words.with("--format", "csv").with("--identifiers", "full");
        words.with("--purpose", "核对").with("--out", stage.path(out)).ask().answer();
        let text = std::fs::read_to_string(stage.path(out)).unwrap();
        let lines = text.trim_start_matches('\u{feff}').lines().skip(1).map(str::to_owned);
        lines.collect::<BTreeSet<String>>()
    };
    let expected: BTreeSet<String> = (0..sample.rows.len())
        .map(|row| {
            ["name", "D", "M", "F", "d", "m", "f"].map(|key| sample.cell(row, key)).join(",")
        })
        .collect();
    assert_eq!(export(at_second("export template"), "here.csv"), expected);
    assert_eq!(export(stage.of_server("export template"), "there.csv"), expected);
    // Control: one tooth more is another row.
    let (name, id) = (sample.cell(1, "name"), sample.cell(1, "id_number"));
    let more =
        format!("{}\nstudent,{school},{id},{name},F,2016-06-03,2026-09-14,140,16=D\n", lines[0]);
    let more = stage.file("more.csv", more);
    let amend = at_second("record").with("--round", &stage.round).with("--from", &more);
    amend.with("--unit", &school).ask().answer();
    assert_ne!(export(at_second("export template"), "after.csv"), expected);
}
