//! What a doctor rejected of one value, and another value of the same class that comes after: by the same commands as the screens send, a
//! laboratory's file among them. Not which values differ (`domain::conclusion`).

use super::{Desk, OTHER_PASSWORD, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

fn file(name: &str, content: &str) -> Value {
    json!({ "name": name, "content": BASE64.encode(content) })
}

/// The doctor answers what is of level A with `answer` and accepts the rest.
fn sign(desk: &mut Desk, person: &str, answer: &str, reason: &str) {
    let view = desk.ask("conclusion", json!({ "person": person }));
    assert_eq!(view["may_sign"], true, "{view}");
    let answers = view["proposed"].as_array().unwrap().iter().map(|one| {
        let answer = if one["level"] == "A" { answer } else { "accept" };
        json!({
            "rule": one["rule"], "code": one["code"], "item": one["item"], "answer": answer,
            "text": if answer == "reject" { "溶血" } else { "" }, "level": "", "due_days": null,
            "action": "",
        })
    });
    let answers: Vec<Value> = answers.collect();
    let ask = json!({
        "person": person, "mark": view["mark"], "answers": answers, "added": [], "advice": "",
        "reason": reason,
    });
    desk.ask("conclude", ask);
}

fn is_held_here(desk: &mut Desk, person: &str) -> bool {
    desk.ask("check_out", json!({ "person": person }))["is_unanswered"].as_bool().unwrap()
}

#[test]
fn another_dangerous_value_after_one_that_a_doctor_rejected_is_told_at_the_import_and_keeps_its_person()
 {
    let mut desk = Desk::new();
    let mut console = desk.central.console();
    console.add_operator("zhao", "赵医生", "doctor").unwrap();
    let code = console.create_account_code("zhao").unwrap().code;
    drop(console);
    desk.ask("account_add", json!({ "account_code": code, "password": OTHER_PASSWORD }));
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let bind = json!({ "person": person, "code": "B0001", "kind": "serum", "reason": "" });
    desk.ask("tube_bind", bind);
    let told_of = json!({
        "barcode": "条码号", "rows": { "analyte": "项目", "value": "结果", "unit": "单位" },
        "items": { "K": { "item": "potassium_mmol_l" } },
    });
    let take = |desk: &mut Desk, value: &str| {
        let table = format!("条码号,项目,结果,单位\nB0001,K,{value},mmol/L\n");
        let mapping = file("mapping.json", &told_of.to_string());
        let ask = json!({
            "laboratory": "示例检验科", "mapping": mapping, "file": file("k.csv", &table),
        });
        desk.ask("lab_import", ask)
    };
    assert_eq!(take(&mut desk, "7.1")["alarms"].as_array().unwrap().len(), 1);
    assert!(is_held_here(&mut desk, &person));

    let state = desk.ask("lock", json!({}));
    let slots = state["slots"].as_array().unwrap();
    let slot = slots.iter().find(|slot| slot["name"] == "赵医生").unwrap()["slot"].clone();
    desk.ask("unlock", json!({ "slot": slot, "password": OTHER_PASSWORD }));
    sign(&mut desk, &person, "reject", "");
    assert!(!is_held_here(&mut desk, &person));
    // The control: the value that was rejected, once more, asks nobody.
    assert_eq!(take(&mut desk, "7.1")["alarms"], json!([]));
    assert!(!is_held_here(&mut desk, &person));

    let done = take(&mut desk, "7.6");
    assert_eq!(done["amended"], json!(1), "{done}");
    assert!(text(&done["alarms"][0]["found"][0]).contains("7.6"), "{done}");
    assert!(is_held_here(&mut desk, &person));
    let view = desk.ask("conclusion", json!({ "person": person }));
    let grave =
        view["proposed"].as_array().unwrap().iter().find(|one| one["level"] == "A").unwrap();
    assert_eq!((&grave["answer"], &grave["said"]), (&Value::Null, &json!("")), "{grave}");
    let earlier =
        json!({ "value": "7.10 mmol/L", "answer": "reject", "said": "溶血", "level": "" });
    assert_eq!(grave["earlier"], earlier);

    // Rejected in its turn, of this value.
    sign(&mut desk, &person, "reject", "又溶血");
    assert!(!is_held_here(&mut desk, &person));
    let view = desk.ask("conclusion", json!({ "person": person }));
    let grave =
        view["proposed"].as_array().unwrap().iter().find(|one| one["level"] == "A").unwrap();
    assert_eq!((&grave["answer"], &grave["earlier"]), (&json!("reject"), &Value::Null));
}
