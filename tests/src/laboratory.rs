//! Tubes and a laboratory's files on the stage: bound at a device, sent as text, and what the program answers. What a file means, a story says.

use crate::cast::VILLAGE;
use crate::program::Words;
use crate::stage::{Stage, people};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub const LABORATORY: &str = "示例检验科";
pub const DAY: &str = "2026-09-14";
/// Of the stage's people those not measured before: nothing of them is in the register but their row.
pub const PERSON: usize = 4;
/// A woman of 27.
pub const OTHER: usize = 5;

/// The columns of `results`.
pub const HEADINGS: &str = "条码号,项目代码,结果,单位,参考范围";

pub fn mapping(stage: &Stage) -> PathBuf {
    let analyte = |item: &str| json!({ "item": item });
    let mapping = json!({
        "barcode": "条码号",
        "rows": { "analyte": "项目代码", "value": "结果", "unit": "单位", "range": "参考范围" },
        "items": {
            "GLU": analyte("glucose_mmol_l"), "TC": analyte("tc_mmol_l"), "ALT": analyte("alt_u_l"), "CR": analyte("creatinine_umol_l"),
            "HGB": analyte("hb_g_l"), "2345": analyte("glucose_mmol_l"), "WBC": analyte("wbc_10e9_l"), "PLT": analyte("plt_10e9_l"),
            "HBSAG": analyte("hbsag"), "FOB": analyte("fobt"), "URO": analyte("urine_protein"),
        },
        "ignore": ["RDW"],
        "rejected": ["溶血"],
    });
    stage.file("mapping.json", mapping.to_string())
}

pub fn id_number(row: usize) -> String {
    people().cell(row, "id_number").to_owned()
}

pub fn bind(stage: &Stage, person: usize, code: &str, tube: &str) -> Words {
    let bind = stage.of_device("lab bind").with("--round", &stage.round).with("--unit", VILLAGE);
    let bind = bind.with("--person", id_number(person)).with("--code", code);
    bind.with("--tube", tube).with("--day", DAY)
}

/// A file as a laboratory sends it: a title, the headings, a line each analyte.
pub fn results(stage: &Stage, name: &str, lines: &[&str]) -> PathBuf {
    let text = format!("检验结果,,,,\n{HEADINGS}\n{}\n", lines.join("\n"));
    stage.file(name, text)
}

pub fn import(words: Words, file: &Path) -> Value {
    words.and(file).ask().answer()
}

pub fn at_server(stage: &Stage) -> Words {
    stage.of_server("lab import").with("--laboratory", LABORATORY)
}

/// Current values of an item, as a device shows them.
pub fn current(stage: &Stage, person: usize, item: &str) -> Vec<String> {
    let shown = stage.of_device("person show").and(id_number(person)).ask().answer();
    let values = shown["values"].as_array().unwrap().iter();
    let values = values.filter(|v| v["item"] == item && v["current"] == true);
    values.map(|v| v["value"].as_str().unwrap().to_owned()).collect()
}

/// Not drawn, awaited, reported, to be drawn again.
pub fn states(words: Words, stage: &Stage, tube: &str) -> [u64; 4] {
    let told = words.with("--round", &stage.round).with("--unit", VILLAGE).ask().answer();
    let count = told["tubes"].as_array().unwrap().iter().find(|c| c["tube"] == tube).unwrap();
    ["not_drawn", "awaited", "reported", "redraw"].map(|key| count[key].as_u64().unwrap())
}

/// Of the reported ones those of which a part is still to come.
pub fn partly(words: Words, stage: &Stage, tube: &str) -> u64 {
    let told = words.with("--round", &stage.round).with("--unit", VILLAGE).ask().answer();
    let count = told["tubes"].as_array().unwrap().iter().find(|c| c["tube"] == tube).unwrap();
    count["partly"].as_u64().unwrap()
}

pub fn held(answer: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = answer["held"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "code"), text(row, "reason"))).collect()
}

/// Told at the device, of this laboratory.
pub fn at_device(stage: &Stage) -> Words {
    stage.of_device("lab import").with("--laboratory", LABORATORY).with("--mapping", mapping(stage))
}

/// Answers given at a device, as a file of measurements: headings beside who it is.
pub fn answered(stage: &Stage, person: usize, answers: &[(&str, &str)]) {
    let people = people();
    let own = ["id_number", "name", "sex", "birth"].map(|heading| people.cell(person, heading));
    let heads: Vec<&str> = answers.iter().map(|(head, _)| *head).collect();
    let cells: Vec<&str> = answers.iter().map(|(_, cell)| *cell).collect();
    let head = format!("kind,unit,id_number,name,sex,birth,exam_date,{}", heads.join(","));
    let row = format!("resident,{VILLAGE},{},{DAY},{}", own.join(","), cells.join(","));
    stage.record(&stage.file("answers.csv", format!("{head}\n{row}\n"))).ask().answer();
}

/// What stands of these rules: `anaemia/mild C`.
pub fn findings(stage: &Stage, person: usize, rules: &[&str]) -> Vec<String> {
    let shown = stage.of_device("person show").and(id_number(person)).ask().answer();
    let of = |found: &&Value| rules.iter().any(|rule| found["rule"] == *rule);
    let findings = shown["findings"].as_array().unwrap().iter().filter(of);
    let text = |found: &Value, key: &str| found[key].as_str().unwrap().to_owned();
    let said = |f: &Value| format!("{}/{} {}", text(f, "rule"), text(f, "code"), text(f, "level"));
    findings.map(said).collect()
}
