//! A finding of level A and who was told of it: it keeps its person here and the day open, and an answer frees both. By the same
//! commands as the screens send; a laboratory's file among them.

use super::{Desk, WALKER, text, typed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use protocol::Code;
use serde_json::{Value, json};

/// Said of one finding: who was told, at what time, and whether it was read back.
pub fn told(number: &str, read_back: bool) -> Value {
    json!({
        "number": number, "act": "1", "way": "1", "day": "", "next": "", "told": "本人",
        "at": "10:20", "read_back": read_back, "place": "", "note": "", "replaces": [], "reason": "",
        "anyway": false,
    })
}

/// The number of a person's finding at a level.
fn number_at(desk: &mut Desk, person: &str, level: &str) -> String {
    let chains = desk.ask("task_chains", json!({ "person": person, "number": null }));
    let chains = chains["chains"].as_array().unwrap().clone();
    let found = chains.iter().find(|chain| chain["level"] == level).unwrap();
    assert_eq!(found["awaits_answer"], level == "A");
    text(&found["number"])
}

pub fn number_of(desk: &mut Desk, person: &str) -> String {
    number_at(desk, person, "A")
}

pub fn both(high: [&str; 2]) -> Value {
    json!([
        typed("sbp1_mmhg", high[0]),
        typed("dbp1_mmhg", high[1]),
        typed("sbp2_mmhg", high[0]),
        typed("dbp2_mmhg", high[1]),
    ])
}

fn is_held_here(desk: &mut Desk, person: &str) -> bool {
    let out = desk.ask("check_out", json!({ "person": person }));
    let open = out["open"].as_array().unwrap();
    assert_eq!(out["is_unanswered"].as_bool().unwrap(), !open.is_empty(), "{out}");
    !open.is_empty()
}

/// The people whom the end of the day names, and the state of its line.
fn at_the_end(desk: &mut Desk) -> (Vec<String>, String) {
    let end = desk.ask("day_end", json!({}));
    let people = end["open_a"].as_array().unwrap().iter().map(|row| text(&row["name"]));
    let check = end["checks"].as_array().unwrap().iter().find(|check| check["key"] == "open_a");
    (people.collect(), text(&check.unwrap()["state"]))
}

fn file(name: &str, content: &str) -> Value {
    json!({ "name": name, "content": BASE64.encode(content) })
}

#[test]
fn an_a_keeps_its_person_here_and_the_day_open_until_who_was_told_is_recorded() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let well = desk.register("钱平稳", WALKER);
    desk.save(&person, "bp", "a1", both(["186", "114"]));
    // The control: a level B keeps nobody.
    desk.save(&well, "bp", "b1", both(["164", "102"]));
    assert!(!is_held_here(&mut desk, &well));
    assert!(is_held_here(&mut desk, &person));
    assert_eq!(at_the_end(&mut desk), (vec!["周读卡".to_owned()], "bad".to_owned()));
    let whole = desk.ask("person", json!({ "person": person }));
    assert_eq!(whole["unanswered"].as_array().unwrap().len(), 1, "{}", whole["unanswered"]);

    let number = number_of(&mut desk, &person);
    assert_eq!(desk.call("task_record", told(&number, false)), Err(Code::TaskNotAnswered));
    assert!(is_held_here(&mut desk, &person), "half an answer is none");

    desk.ask("task_record", told(&number, true));
    assert!(!is_held_here(&mut desk, &person));
    assert_eq!(at_the_end(&mut desk), (Vec::new(), "good".to_owned()));
    let whole = desk.ask("person", json!({ "person": person }));
    assert_eq!(whole["unanswered"], json!([]));
    assert_eq!(whole["row"]["worst"], "A", "what was found is still to be seen");
}

#[test]
fn a_laboratorys_result_at_level_a_names_its_person_at_once_and_is_held_until_it_is_answered() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let bind = json!({ "person": person, "code": "B0001", "kind": "serum", "reason": "" });
    desk.ask("tube_bind", bind);
    let told_of = json!({
        "barcode": "条码号", "rows": { "analyte": "项目", "value": "结果", "unit": "单位" },
        "items": { "K": { "item": "potassium_mmol_l" } },
    });
    let take = |value: &str, mapping: Option<&Value>| {
        let table = format!("条码号,项目,结果,单位\nB0001,K,{value},mmol/L\n");
        let mapping = mapping.map(|told| file("mapping.json", &told.to_string()));
        json!({ "laboratory": "示例检验科", "mapping": mapping, "file": file("k.csv", &table) })
    };
    // The control: a result in its range names nobody.
    let done = desk.ask("lab_import", take("4.1", Some(&told_of)));
    assert_eq!((done["applied"].clone(), done["alarms"].clone()), (json!(1), json!([])), "{done}");
    assert!(!is_held_here(&mut desk, &person));

    let done = desk.ask("lab_import", take("6.9", None));
    let alarm = &done["alarms"][0];
    assert_eq!((&alarm["person"], &alarm["name"]), (&json!(person), &json!("周读卡")), "{done}");
    assert!(text(&alarm["found"][0]).contains("6.9"), "{alarm}");
    assert!(is_held_here(&mut desk, &person));

    let number = number_of(&mut desk, &person);
    desk.ask("task_record", told(&number, true));
    assert!(!is_held_here(&mut desk, &person));
    // The same file again says nothing new.
    assert_eq!(desk.ask("lab_import", take("6.9", None))["alarms"], json!([]));
}

/// The lines of the chain that has one of level A, and how it stands.
fn chain_of(desk: &mut Desk, person: &str) -> (Vec<String>, String, bool) {
    let chains = desk.ask("task_chains", json!({ "person": person, "number": null }));
    let chains = chains["chains"].as_array().unwrap();
    let found = chains.iter().find(|chain| chain["level"] == "A").unwrap();
    let lines = found["lines"].as_array().unwrap().iter().map(text).collect();
    (lines, text(&found["state"]), found["awaits_answer"].as_bool().unwrap())
}

#[test]
fn a_second_sign_under_a_rule_that_was_answered_keeps_its_person_here_until_it_is_told_too() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    desk.save(&person, "vision", "v1", json!([typed("eye_signs", "2")]));
    let number = number_of(&mut desk, &person);
    desk.ask("task_record", told(&number, true));
    assert!(!is_held_here(&mut desk, &person));
    assert_eq!(chain_of(&mut desk, &person).1, "已告知");
    // The control: another value of another finding, or the same sign said again, asks for nothing.
    desk.save(&person, "bp", "b1", both(["164", "102"]));
    assert!(!is_held_here(&mut desk, &person));

    desk.save(&person, "ent", "e1", json!([typed("ent_signs", "2")]));
    assert!(is_held_here(&mut desk, &person));
    assert_eq!(at_the_end(&mut desk), (vec!["周读卡".to_owned()], "bad".to_owned()));
    let whole = desk.ask("person", json!({ "person": person }));
    let open: Vec<String> = whole["unanswered"].as_array().unwrap().iter().map(text).collect();
    assert!(matches!(&open[..], [only] if only.contains("喉头水肿")), "{open:?}");
    let (lines, state, awaits) = chain_of(&mut desk, &person);
    assert_eq!((state.as_str(), awaits), ("待告知", true));
    let marked: Vec<bool> = lines.iter().map(|line| line.contains("还没有告知")).collect();
    let named: Vec<bool> = lines.iter().map(|line| line.contains("喉头水肿")).collect();
    assert_eq!(marked, named, "{lines:?}");
    let ask = json!({ "which": null, "owner": null, "unit": null });
    let rows = desk.ask("tasks", ask)["rows"].clone();
    let row = rows.as_array().unwrap().iter().find(|row| row["number"] == number.as_str()).unwrap();
    assert_eq!(row["state"], "待告知");
    let treated = json!({
        "number": number, "act": "5", "way": "1", "day": "2026-09-14", "next": "", "told": "", "at": "",
        "read_back": false, "place": "", "note": "", "replaces": [], "reason": "", "anyway": false,
    });
    assert_eq!(desk.call("task_record", treated), Err(Code::TaskNotAnswered));

    // The very same words once more are of both.
    assert_eq!(desk.ask("task_record", told(&number, true))["is_new"], true);
    assert!(!is_held_here(&mut desk, &person));
    assert_eq!(at_the_end(&mut desk), (Vec::new(), "good".to_owned()));
    assert_eq!(desk.ask("task_record", told(&number, true))["is_new"], false);
}

#[test]
fn an_answer_put_right_is_of_what_it_was_said_of_and_answers_nothing_that_came_since() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    desk.save(&person, "vision", "v1", json!([typed("eye_signs", "2")]));
    let number = number_of(&mut desk, &person);
    desk.ask("task_record", told(&number, true));
    let chains = desk.ask("task_chains", json!({ "person": person, "number": null }));
    let entry = chains["chains"][0]["steps"][0]["entry"].clone();
    desk.save(&person, "ent", "e1", json!([typed("ent_signs", "2")]));
    let mut right = told(&number, true);
    right["told"] = json!("女儿");
    right["replaces"] = json!([entry]);
    right["reason"] = json!("记错了人");
    desk.ask("task_record", right);
    assert!(is_held_here(&mut desk, &person), "the daughter was told of the eye alone");
    // The control: said of both, both are answered.
    desk.ask("task_record", told(&number, true));
    assert!(!is_held_here(&mut desk, &person));
}

#[test]
fn a_laboratorys_low_glucose_after_a_repeat_is_told_as_of_somebody_who_has_left() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let bind = json!({ "person": person, "code": "B0001", "kind": "serum", "reason": "" });
    desk.ask("tube_bind", bind);
    desk.save(&person, "blood", "g1", json!([typed("glucose_mmol_l", "2.6")]));
    // The control: of somebody who is here the repeat is asked for.
    let out = desk.ask("check_out", json!({ "person": person }));
    assert_eq!(out["recheck"]["station"], "blood");
    assert!(out["open"].to_string().contains("先别让本人走"), "{out}");
    desk.save(&person, "blood", "g2", json!([typed("glucose2_mmol_l", "5.1")]));
    assert!(!is_held_here(&mut desk, &person), "a repeat that is not too low settles it");

    let mapping = json!({
        "barcode": "条码号", "rows": { "analyte": "项目", "value": "结果", "unit": "单位" },
        "items": { "GLU": { "item": "glucose_mmol_l" } },
    });
    let table = "条码号,项目,结果,单位\nB0001,GLU,2.4,mmol/L\n";
    let done = desk.ask(
        "lab_import",
        json!({
            "laboratory": "示例检验科", "mapping": file("mapping.json", &mapping.to_string()),
            "file": file("g.csv", table),
        }),
    );
    assert_eq!(done["applied"], json!(1), "{done}");
    assert!(text(&done["alarms"][0]["found"][0]).contains("2.4"), "{done}");
    let out = desk.ask("check_out", json!({ "person": person }));
    assert_eq!((&out["recheck"], &out["is_unanswered"]), (&Value::Null, &json!(true)), "{out}");
    assert!(!out["open"].to_string().contains("先别让本人走"), "{out}");
    let number = number_of(&mut desk, &person);
    desk.ask("task_record", told(&number, true));
    let out = desk.ask("check_out", json!({ "person": person }));
    assert_eq!(out["is_unanswered"], json!(false), "{out}");
}

#[test]
fn a_step_before_one_that_stands_is_told_once_and_recorded_if_it_still_is_to_be() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    desk.save(&person, "bp", "b1", both(["164", "102"]));
    let number = number_at(&mut desk, &person, "B");
    let step = |act: &str, day: &str, anyway: bool| {
        json!({
            "number": number, "act": act, "way": "2", "day": day, "next": "", "told": "", "at": "",
            "read_back": false, "place": if act == "2" { "乡卫生院" } else { "" }, "note": "",
            "replaces": [], "reason": "", "anyway": anyway,
        })
    };
    desk.ask("task_record", step("2", "2026-09-20", false));
    assert_eq!(desk.call("task_record", step("1", "2026-09-16", false)), Err(Code::TaskStale));
    assert_eq!(desk.ask("task_record", step("1", "2026-09-16", true))["is_new"], true);
    // The control: of the same day or a later one nobody is asked.
    assert_eq!(desk.ask("task_record", step("3", "2026-09-20", false))["is_new"], true);
}

#[test]
fn a_step_that_was_put_right_stands_where_it_was_said_and_not_last() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    desk.save(&person, "bp", "b1", both(["164", "102"]));
    let number = number_at(&mut desk, &person, "B");
    let step = |act: &str, day: &str, note: &str, replaces: &[String]| {
        json!({
            "number": number, "act": act, "way": "2", "day": day, "next": "", "told": "", "at": "",
            "read_back": false, "place": if act == "2" { "乡卫生院" } else { "" }, "note": note,
            "replaces": replaces, "reason": if replaces.is_empty() { "" } else { "记错" },
            "anyway": false,
        })
    };
    let chain = |desk: &mut Desk| -> Vec<(String, bool, String)> {
        let view = desk.ask("task_chains", json!({ "person": person, "number": null }));
        let chains = view["chains"].as_array().unwrap().iter();
        let chain = chains.clone().find(|chain| chain["number"] == number.as_str()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let steps = chain["steps"].as_array().unwrap().iter();
        let row =
            |s: &Value| (text(&s["words"]), s["stands"].as_bool().unwrap(), text(&s["entry"]));
        steps.map(row).collect()
    };
    desk.ask("task_record", step("1", "2026-09-15", "先说", &[]));
    desk.ask("task_record", step("2", "2026-09-16", "", &[]));
    desk.ask("task_record", step("3", "2026-09-20", "", &[]));
    let first = chain(&mut desk)[0].2.clone();
    desk.ask("task_record", step("1", "2026-09-15", "改过", &[first]));
    let after = chain(&mut desk);
    let stands: Vec<bool> = after.iter().map(|one| one.1).collect();
    assert_eq!(stands, [false, true, true, true], "{after:?}");
    assert!(after[0].0.contains("先说") && after[1].0.contains("改过"), "{after:?}");
    assert!(after[3].0.contains("已到诊"), "{after:?}");
    // Put right once more, it stands behind what it stands for.
    let second = after[1].2.clone();
    desk.ask("task_record", step("1", "2026-09-15", "又改", &[second]));
    let again = chain(&mut desk);
    assert!(again[2].0.contains("又改") && again[4].0.contains("已到诊"), "{again:?}");
}

#[test]
fn a_held_row_keeps_what_is_written_in_it_and_the_list_is_of_the_unit_that_was_chosen() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    desk.save(&person, "bp", "b1", both(["164", "102"]));
    let number = number_at(&mut desk, &person, "B");
    let head = "编号,姓名,日期,方式,结果,下次日期,备注,告知谁,几点,已复述";
    let row = format!("{number},别人,2026-09-20,2,1,2026-10-01,已通知去卫生院,家属,9点40分,是");
    let back = desk.ask("task_sheet_in", file("back.csv", &format!("{head}\n{row}\n")));
    assert_eq!((&back["taken"], &back["held"]), (&json!(0), &json!(1)));
    let ask = json!({ "which": null, "owner": null, "unit": null });
    let view = desk.ask("tasks", ask.clone());
    let held = &view["held"][0];
    assert_eq!(held["person"], json!(person), "it leads to the person's chain");
    let cells = json!({
        "name": "别人", "day": "2026-09-20", "way": "2", "result": "1", "next": "2026-10-01",
        "note": "已通知去卫生院", "told": "家属", "at": "09:40", "is_read_back": true,
    });
    assert_eq!(held["cells"], cells);
    desk.ask("task_held_drop", json!({ "id": held["id"] }));
    assert_eq!(desk.ask("tasks", ask)["held"], json!([]));

    // Where the chain stands, and of which unit a list is made.
    assert_eq!(view["units"][0]["states"]["open"], 1);
    assert_eq!(view["sheet_unit"], super::VILLAGE);
    let sheet = |unit: Value| json!({ "is_workbook": true, "unit": unit });
    let made = desk.ask("task_sheet", sheet(json!(super::VILLAGE)));
    assert!(text(&made["name"]).contains(super::VILLAGE));
    let elsewhere = json!(stories::cast::OTHER_VILLAGE);
    assert_eq!(desk.call("task_sheet", sheet(elsewhere)), Err(Code::OutOfScope));
}
