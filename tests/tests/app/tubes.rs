//! Tubes bound where blood is drawn, and a laboratory's file dropped in at the screens: by the same commands they send.

use super::{Desk, WALKER, list, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use protocol::Code;
use serde_json::{Value, json};

const SECOND: &str = "431399198003070019";

fn bind(person: &str, code: &str, reason: &str) -> Value {
    json!({ "person": person, "code": code, "kind": "serum", "reason": reason })
}

fn file(name: &str, content: &str) -> Value {
    json!({ "name": name, "content": BASE64.encode(content) })
}

fn import(rows: &str, mapping: Option<Value>) -> Value {
    let text = format!("条码号,项目,结果,单位,范围\n{rows}\n");
    json!({ "laboratory": "示例检验科", "mapping": mapping, "file": file("results.csv", &text) })
}

fn mapping() -> Value {
    let told = json!({
        "barcode": "条码号",
        "rows": { "analyte": "项目", "value": "结果", "unit": "单位", "range": "范围" },
        "items": { "ALT": { "item": "alt_u_l" } },
    });
    file("mapping.json", &told.to_string())
}

/// The state and the codes of somebody's tube.
fn serum(tubes: &Value) -> (String, usize) {
    let tubes = tubes["tubes"].as_array().unwrap();
    let serum = tubes.iter().find(|tube| tube["kind"] == "serum").unwrap();
    assert_eq!(serum["station"], "blood");
    (text(&serum["state"]), serum["codes"].as_array().unwrap().len())
}

#[test]
fn a_tube_is_bound_at_the_station_and_a_file_dropped_in_reports_it() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let forms = desk.ask("forms", json!({}));
    let draws = |key: &str| {
        let stations = forms["stations"].as_array().unwrap();
        stations.iter().find(|one| one["station"] == key).unwrap()["draws_tubes"].clone()
    };
    assert_eq!(
        (draws("blood"), draws("urine"), draws("bp")),
        (true.into(), true.into(), false.into())
    );
    let first = desk.register("钱采血", WALKER);
    let second = desk.register("孙采血", SECOND);
    let tubes = desk.ask("tubes", json!({ "person": first }));
    assert_eq!(serum(&tubes), ("not_drawn".to_owned(), 0));

    let said = desk.ask("tube_bind", bind(&first, "b0001", ""));
    assert_eq!((said["is_new"].clone(), serum(&said)), (true.into(), ("awaited".to_owned(), 1)));
    assert_eq!(desk.ask("tube_bind", bind(&first, "B0001", ""))["is_new"], false);
    // Somebody else's: refused, and with a reason taken.
    assert_eq!(desk.call("tube_bind", bind(&second, "B0001", "")), Err(Code::TubeTaken));
    assert_eq!(serum(&desk.ask("tube_bind", bind(&second, "B0001", "上次扫错人"))).1, 1);
    assert_eq!(serum(&desk.ask("tubes", json!({ "person": first }))).1, 0);
    assert_eq!(desk.call("tube_bind", bind(&first, "12", "")), Err(Code::TubeCodeInvalid));
    desk.ask("tube_bind", bind(&first, "B0002", ""));
    let spoil = json!({ "person": first, "code": "B0002", "reason": "标本溶血" });
    assert_eq!(serum(&desk.ask("tube_spoil", spoil)).0, "redraw");
    desk.ask("tube_bind", bind(&first, "B0003", ""));

    // A laboratory nobody told of; then told; what fits nobody waits, and gets its right code.
    let row = "B0001,ALT,35,U/L,<50";
    assert_eq!(desk.call("lab_import", import(row, None)), Err(Code::LaboratoryUnknown));
    let rows = format!("{row}\nB0009,ALT,41,U/L,<50");
    let done = desk.ask("lab_import", import(&rows, Some(mapping())));
    assert_eq!((done["applied"].as_u64(), done["results"].as_u64()), (Some(1), Some(1)), "{done}");
    assert_eq!(done["view"]["laboratories"], json!(["示例检验科"]));
    let held = done["view"]["held"].as_array().unwrap().clone();
    assert_eq!((held.len(), held[0]["code"].clone()), (1, "B0009".into()));
    let is_named = |desk: &mut Desk| {
        let end = desk.ask("day_end", json!({}));
        let checks = list::<Value>(&end["checks"]);
        checks.iter().any(|one| one["key"] == "lab_held" && one["state"] == "note")
    };
    assert!(is_named(&mut desk), "the end of the day names what waits");
    let resolve = json!({ "id": held[0]["id"], "code": "B0003", "is_accepted": false });
    let resolved = desk.ask("lab_resolve", resolve);
    assert_eq!(
        (resolved["applied"].as_u64(), resolved["view"]["held"].clone()),
        (Some(1), json!([]))
    );
    assert!(!is_named(&mut desk), "the control");
    for person in [&first, &second] {
        assert_eq!(serum(&desk.ask("tubes", json!({ "person": person }))).0, "reported");
    }
    // The same file again, its mapping remembered, changes nothing.
    let again = desk.ask("lab_import", import(row, None));
    assert_eq!((again["applied"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(1)));
    let states = &again["view"]["states"];
    let serum = states.as_array().unwrap().iter().find(|one| one["name"] == "生化管").unwrap();
    assert_eq!((serum["reported"].as_u64(), serum["awaited"].as_u64()), (Some(2), Some(0)));
    assert_eq!(desk.ask("lab", json!({}))["states"], *states);
}
