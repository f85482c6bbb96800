//! 检查者确认 over the same desk as `main`: a recorder types at stations of dictated findings, whoever examined confirms under their own account,
//! and every list says what still waits. Not how the list is worked through (`ui/e2e/confirm.spec.ts`).

use super::*;

const DOCTOR: &str = "赵医生";
const WORDS: &str = "肝右叶实性占位，大小23mm；余未见异常";

/// A desk with a recorder at work and a doctor of the examiner's name beside them.
fn desk() -> Desk {
    let mut desk = Desk::new();
    let mut console = desk.central.console();
    console.add_operator("zhao", DOCTOR, "doctor").unwrap();
    console.add_operator("qian", "钱医生", "doctor").unwrap();
    let codes = ["zhao", "qian"].map(|account| console.create_account_code(account).unwrap().code);
    drop(console);
    for code in codes {
        desk.ask("account_add", json!({ "account_code": code, "password": OTHER_PASSWORD }));
    }
    desk.sync();
    let examiner = desk.ask("day", json!({}))["examiners"][0]["examiner"].clone();
    let stations = ["bp", "ultrasound", "ecg"]
        .map(|station| json!({ "station": station, "examiner": examiner }));
    let choice = json!({
        "round": desk.round, "unit": VILLAGE, "day": "2026-09-14", "stations": stations,
    });
    desk.ask("day_set", choice);
    desk
}

/// Another operator sits down.
fn work_as(desk: &mut Desk, name: &str) {
    let state = desk.ask("lock", json!({}));
    let slots: Vec<Value> = list(&state["slots"]);
    let slot = slots.iter().find(|slot| slot["name"] == name).unwrap()["slot"].clone();
    let password = if name == "李梅" { PASSWORD } else { OTHER_PASSWORD };
    desk.ask("unlock", json!({ "slot": slot, "password": password }));
}

fn ultrasound(desk: &mut Desk, person: &str, id: &str) {
    let values = json!([
        typed("ultrasound", "abnormal"),
        typed("ultrasound_note", WORDS),
        typed("ultrasound_print_number", "US-0117"),
    ]);
    assert_eq!(desk.save(person, "ultrasound", id, values)["results"], 3);
}

/// Mine, others', and those that the day's end counts.
fn waiting(desk: &mut Desk) -> [usize; 3] {
    let view = desk.ask("confirm_list", json!({}));
    let count = |key: &str| list::<Value>(&view[key]).len();
    let end = desk.ask("day_end", json!({}));
    let counted = end["unconfirmed"].as_u64().unwrap() as usize;
    let checks: Vec<Value> = list(&end["checks"]);
    let line = checks.iter().find(|one| one["key"] == "unconfirmed").unwrap();
    assert_eq!(line["state"] == "good", counted == 0, "{line}");
    assert_eq!(desk.ask("conclude_list", json!({}))["unconfirmed"], counted);
    [count("mine"), count("others"), counted]
}

fn word(desk: &mut Desk, person: &str, item: &str) -> String {
    let whole = desk.ask("person", json!({ "person": person }));
    let items: Vec<Value> = list(&whole["items"]);
    let found = items.iter().find(|one| one["item"] == item).unwrap();
    text(&found["current"][0]["word"])
}

fn confirm_mine(desk: &mut Desk) -> Result<Value, Code> {
    let view = desk.ask("confirm_list", json!({}));
    let rows: Vec<Value> = list(&view["mine"]);
    let rows = if rows.is_empty() { list(&view["others"]) } else { rows };
    let save = |row: &Value| json!({ "person": row["row"]["person"], "entry": row["entry"] });
    let saves: Vec<Value> = rows.iter().map(save).collect();
    desk.call("confirm", json!({ "saves": saves }))
}

#[test]
fn whoever_examined_confirms_what_was_typed_under_their_own_account_and_nobody_else_does() {
    let mut desk = desk();
    let person = desk.register("周读卡", "431399197003070014");
    ultrasound(&mut desk, &person, "u1");
    desk.save(&person, "bp", "b1", json!([typed("sbp1_mmhg", "118"), typed("dbp1_mmhg", "76")]));
    // Listed and counted, and nothing else waits for it: the next person is saved, the station is done.
    assert_eq!(waiting(&mut desk), [0, 1, 1]);
    assert_eq!(word(&mut desk, &person, "ultrasound_note"), "awaited");
    assert_eq!(word(&mut desk, &person, "sbp1_mmhg"), "not_asked", "a measure is not dictated");
    let shown = desk.ask("confirm_list", json!({}))["others"][0].clone();
    let values: Vec<String> = list(&shown["values"]);
    assert!(values.iter().any(|value| value.contains("肝右叶实性占位")), "{values:?}");
    assert!(values.iter().any(|value| value.contains("US-0117")), "{values:?}");
    assert_eq!(
        (text(&shown["typed_by"]), text(&shown["examiner"])),
        ("李梅".into(), DOCTOR.into())
    );
    assert_eq!(confirm_mine(&mut desk).map(|_| ()), Err(Code::ConfirmRole), "the recorder");

    work_as(&mut desk, "钱医生");
    assert_eq!(waiting(&mut desk), [0, 1, 1], "another doctor");
    assert_eq!(confirm_mine(&mut desk).map(|_| ()), Err(Code::ConfirmRole));

    work_as(&mut desk, DOCTOR);
    assert_eq!(waiting(&mut desk), [1, 0, 1]);
    let done = confirm_mine(&mut desk).unwrap();
    assert_eq!((&done["confirmed"], &done["moved"]), (&json!(1), &json!(0)));
    assert_eq!(waiting(&mut desk), [0, 0, 0]);
    assert_eq!(word(&mut desk, &person, "ultrasound_note"), "confirmed");
    // What the doctor types is their word.
    desk.save(&person, "ecg", "e1", json!([typed("ecg", "normal")]));
    assert_eq!(word(&mut desk, &person, "ecg"), "own");
    assert_eq!(waiting(&mut desk), [0, 0, 0]);

    // Put right by the recorder afterwards: another value, and nobody said so yet. It is still the doctor's.
    work_as(&mut desk, "李梅");
    desk.ask("amend", json!({
        "person": person, "item": "ultrasound_note", "text": "肝右叶实性占位，大小25mm", "reason": "听错",
    }));
    assert_eq!(waiting(&mut desk), [0, 1, 1]);
    assert_eq!(word(&mut desk, &person, "ultrasound_note"), "awaited");
    assert_eq!(word(&mut desk, &person, "ultrasound"), "confirmed", "the rest of the save stands");
    work_as(&mut desk, DOCTOR);
    assert_eq!(waiting(&mut desk), [1, 0, 1]);
    confirm_mine(&mut desk).unwrap();
    assert_eq!(waiting(&mut desk), [0, 0, 0]);
}

#[test]
fn what_was_amended_while_somebody_looked_is_not_confirmed_with_the_rest() {
    let mut desk = desk();
    let people = [("周读卡", "431399197003070014"), ("吴读卡", "431399197003070030")];
    let people = people.map(|(name, number)| desk.register(name, number));
    for (at, person) in people.iter().enumerate() {
        ultrasound(&mut desk, person, &format!("u{at}"));
    }
    work_as(&mut desk, DOCTOR);
    let looked: Vec<Value> = list(&desk.ask("confirm_list", json!({}))["mine"]);
    assert_eq!(looked.len(), 2);
    work_as(&mut desk, "李梅");
    for (item, text) in
        [("ultrasound", "normal"), ("ultrasound_note", ""), ("ultrasound_print_number", "")]
    {
        let change = json!({ "person": people[0], "item": item, "text": text, "reason": "录错人" });
        desk.ask(if text.is_empty() { "void" } else { "amend" }, change);
    }
    work_as(&mut desk, DOCTOR);
    let save = |row: &Value| json!({ "person": row["row"]["person"], "entry": row["entry"] });
    let saves: Vec<Value> = looked.iter().map(save).collect();
    let done = desk.ask("confirm", json!({ "saves": saves }));
    assert_eq!((&done["confirmed"], &done["moved"]), (&json!(1), &json!(1)));
    assert_eq!(waiting(&mut desk), [1, 0, 1], "the amended one waits, and was not looked at");
    // Said again: nothing is written.
    let again = desk.ask("confirm", json!({ "saves": saves }));
    assert_eq!((&again["confirmed"], &again["moved"]), (&json!(0), &json!(2)));
    let wrong = json!({ "saves": [{ "person": people[0], "entry": "x" }] });
    assert_eq!(desk.call("confirm", wrong).map(|_| ()), Err(Code::RequestMalformed));
}

#[test]
fn a_confirmation_goes_to_the_server_and_stands_in_report_and_workbook() {
    let mut desk = desk();
    let person = desk.register("周读卡", "431399197003070014");
    ultrasound(&mut desk, &person, "u1");
    desk.sync();
    let list_there = |desk: &Desk| {
        let order = office::ConfirmOrder {
            round: desk.round.clone(),
            unit: VILLAGE.to_owned(),
            operator: Some("zhao".to_owned()),
            day: None,
        };
        desk.central.console().confirm_list(&order).unwrap()
    };
    assert_eq!((list_there(&desk).mine, list_there(&desk).lines.len()), (1, 1));
    let printed = |desk: &Desk| {
        let console = desk.central.console();
        let (round, unit) = (desk.round.clone(), VILLAGE.to_owned());
        let order =
            office::ReportOrder { round: round.clone(), unit: unit.clone(), ..Default::default() };
        let paper = desk.home.with_extension("pdf");
        console.report_people(&order, &paper).unwrap();
        let order = office::ExportOrder {
            what: office::Export::Results,
            format: office::Format::Csv,
            round,
            unit: Some(unit),
            identifiers: office::Identifiers::Masked,
        };
        let table = desk.home.with_extension("csv");
        console.export(&order, &table).unwrap();
        let table = std::fs::read_to_string(table).unwrap();
        [stories::printed::words(&paper).replace(' ', ""), table]
    };
    let [paper, table] = printed(&desk);
    assert!(paper.contains("检查医生：赵医生（代录，尚未确认）"), "{paper}");
    assert!(table.contains("赵医生（未确认：B超）"), "{table}");
    work_as(&mut desk, DOCTOR);
    confirm_mine(&mut desk).unwrap();
    desk.sync();
    assert_eq!(list_there(&desk).lines, []);
    let [paper, table] = printed(&desk);
    assert!(paper.contains("检查医生：赵医生（已确认）"), "{paper}");
    assert!(table.contains(DOCTOR) && !table.contains("未确认"), "{table}");
}
