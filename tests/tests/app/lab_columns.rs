//! What a team says of its own day and its own laboratory: which column of a file is what, and how its line is arranged. By the
//! same commands as the screens send.

use super::{Desk, WALKER, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use protocol::Code;
use serde_json::{Value, json};

fn file(name: &str, content: &str) -> Value {
    json!({ "name": name, "content": BASE64.encode(content) })
}

fn ask(table: &str, mapping: Option<&Value>) -> Value {
    let mapping = mapping.map(|told| file("mapping.json", &told.to_string()));
    json!({ "laboratory": "示例检验科", "mapping": mapping, "file": file("结果.csv", table) })
}

fn look(table: &str) -> Value {
    json!({ "laboratory": "示例检验科", "file": file("结果.csv", table) })
}

fn headings(look: &Value) -> Vec<String> {
    look["columns"].as_array().unwrap().iter().map(|one| text(&one["heading"])).collect()
}

#[test]
fn a_files_columns_are_shown_told_once_and_asked_again_where_they_moved() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("钱采血", WALKER);
    let bind = json!({ "person": person, "code": "B0001", "kind": "serum", "reason": "" });
    desk.ask("tube_bind", bind);
    let table = "检验结果,,,,\n条码号,项目,结果,单位,范围\nB0001,ALT,35,U/L,9-60\n";
    // Nobody has told of this laboratory: its columns are shown, and nothing is taken.
    let shown = desk.ask("lab_look", look(table));
    assert_eq!(headings(&shown), ["条码号", "项目", "结果", "单位", "范围"]);
    assert_eq!(shown["columns"][0]["samples"], json!(["B0001"]));
    assert_eq!((shown["mapping"].clone(), shown["is_hl7"].clone()), ("".into(), false.into()));
    let items = shown["items"].as_array().unwrap();
    let alt = items.iter().find(|one| one["item"] == "alt_u_l").unwrap();
    assert_eq!((alt["tube"].clone(), alt["units"][0].clone()), ("生化管".into(), "U/L".into()));
    assert_eq!(desk.call("lab_look", look("")), Err(Code::FileUnreadable));

    // Told wrongly: the file does not lie so, it is held, and the wrong mapping is not remembered.
    let told = |code: &str| {
        json!({
            "barcode": code, "rows": { "analyte": "项目", "value": "结果", "unit": "单位", "range": "范围" },
            "items": { "ALT": { "item": "alt_u_l" } },
        })
    };
    let wrong = desk.ask("lab_import", ask(table, Some(&told("单位"))));
    let held = wrong["view"]["held"].as_array().unwrap();
    assert_eq!((held.len(), held[0]["is_columns"].clone()), (1, true.into()), "{wrong}");
    assert_eq!(wrong["view"]["laboratories"], json!([]));

    let done = desk.ask("lab_import", ask(table, Some(&told("条码号"))));
    assert_eq!((done["applied"].clone(), done["view"]["held"].clone()), (1.into(), json!([])));
    assert_eq!(done["view"]["laboratories"], json!(["示例检验科"]));
    let shown = desk.ask("lab_look", look(table));
    assert!(text(&shown["mapping"]).contains("条码号"));
    // The control: a file that lies as told asks nothing.
    let more = table.replace("35", "36");
    assert_eq!(desk.ask("lab_import", ask(&more, None))["view"]["held"], json!([]));

    // A column has moved under another heading: noticed, asked about, and with the answer taken.
    let moved = "样本,项目,结果,单位,范围\nB0001,ALT,37,U/L,9-60\n";
    let asked = desk.ask("lab_import", ask(moved, None));
    assert_eq!(asked["view"]["held"][0]["is_columns"], true);
    let done = desk.ask("lab_import", ask(moved, Some(&told("样本"))));
    assert_eq!((done["amended"].clone(), done["view"]["held"].clone()), (1.into(), json!([])));

    // The value has its laboratory's range, and ours beside it.
    let whole = desk.ask("person", json!({ "person": person }));
    let all = whole["items"].as_array().unwrap();
    let alt = all.iter().find(|one| one["item"] == "alt_u_l").unwrap()["current"][0].clone();
    assert_eq!((text(&alt["range"]), text(&alt["range_own"])), ("9-60".into(), "9-60".into()));
    assert!(text(&alt["range_ours"]).contains("≤40"), "{alt}");
}

#[test]
fn the_line_is_as_the_team_arranged_it_and_an_unknown_station_is_refused() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("钱排队", WALKER);
    let stations = |desk: &mut Desk| -> Vec<String> {
        let whole = desk.ask("person", json!({ "person": person }));
        whole["stations"].as_array().unwrap().iter().map(|one| text(&one["station"])).collect()
    };
    let plain = stations(&mut desk);
    let mut day = desk.ask("day", json!({}))["choice"].clone();
    let table = |keys: &[&str], is_away: bool| json!({ "stations": keys, "is_away": is_away });
    day["line"] = json!([
        table(&["general"], true),
        table(&["blood"], false),
        table(&["bp", "vision"], false)
    ]);
    desk.ask("day_set", day.clone());
    let arranged = stations(&mut desk);
    assert_eq!(arranged[..3], ["blood", "bp", "vision"]);
    assert_eq!(arranged.last().unwrap(), "general", "away comes last and is still to be done");
    assert_eq!(arranged.len(), plain.len());
    day["line"] = json!([table(&["nowhere"], false)]);
    assert_eq!(desk.call("day_set", day.clone()), Err(Code::StationUnknown));
    let many = vec![table(&["bp"], false); 41];
    day["line"] = json!(many);
    assert_eq!(desk.call("day_set", day.clone()), Err(Code::RequestMalformed));
    // The control, and a day as an older program kept it: no line, the catalogue's order.
    day.as_object_mut().unwrap().remove("line");
    desk.ask("day_set", day);
    assert_eq!(stations(&mut desk), plain);
}
