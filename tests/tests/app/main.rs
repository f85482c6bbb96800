//! The field app's commands as its screens call them, over the real store and a real server on a free port: a
//! device registered, a day confirmed, a walk-in and a roster's resident examined, locked, opened again, synced.
#![allow(clippy::unwrap_used)]

mod again;
mod answer;
mod bar;
mod card;
mod confirm;
mod day_end;
mod door;
mod forms;
mod keys_gone;
mod lab_columns;
mod moved;
mod owed;
mod phrases;
mod rejected;
mod since;
mod tubes;

use field::{Abilities, App, SimulatedReader, SystemHost};
use protocol::Code;
use protocol::rpc::{Answer, Command};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::console::NewRound;
use std::sync::Arc;
use stories::central::Central;
use stories::stage::people;
use stories::steady::{AFTERNOON_MS, SteadyHost};
use tempfile::TempDir;

/// The number that the roster's row should have had.
const WALKER: &str = "431399197003070049";
const VILLAGE: &str = stories::cast::VILLAGE;
const PASSWORD: &str = "青山绿水-2026-平安";
const OTHER_PASSWORD: &str = "hao-yun-lian-lian-88";

struct Desk {
    _folder: TempDir,
    central: Central,
    home: std::path::PathBuf,
    app: App,
    round: String,
}

impl Desk {
    fn new() -> Desk {
        Desk::of(&[VILLAGE])
    }

    /// Registered for these units.
    fn of(units: &[&str]) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let mut console = central.console();
        let round = console.create_round(&NewRound {
            name: "第四轮".to_owned(),
            from: "2026-09-01".to_owned(),
            to: "2026-12-31".to_owned(),
            levels_confirmed_by: String::new(),
        });
        let round = round.unwrap().to_string();
        console.add_operator("limei", "李梅", "recorder").unwrap();
        console.add_operator("wangfang", "王芳", "recorder").unwrap();
        console.add_examiner("赵医生", "主治医师").unwrap();
        let enrolment = console
            .create_enrolment(&units.iter().map(|unit| (*unit).to_owned()).collect::<Vec<_>>());
        let enrolment = enrolment.unwrap();
        let account = console.create_account_code("limei").unwrap();
        drop(console);
        let address = central.start();
        let home = folder.path().join("device");
        let cards = home.with_file_name("cards.txt");
        std::fs::write(&cards, card::CARD).unwrap();
        let reader = Box::new(SimulatedReader::of_file(&cards));
        let abilities = Abilities { card_reader: Some(reader), ..Abilities::default() };
        let app = App::new(&home, Arc::new(SystemHost), abilities);
        let ca_pin = central.ca_pin.clone();
        let mut desk = Desk { _folder: folder, central, home, app, round };
        assert_eq!(desk.ask("state", json!({}))["phase"], "empty");
        let order = json!({
            "server_url": format!("https://{address}"), "code": enrolment.code, "ca_pin": ca_pin,
            "account_code": account.code, "account": "limei", "password": PASSWORD,
        });
        let state = desk.ask("enrol", order);
        assert_eq!(state["phase"], "open");
        assert_eq!(state["operator"]["name"], "李梅");
        desk
    }

    fn call(&mut self, command: &str, ask: Value) -> Result<Value, Code> {
        let command: Command =
            serde_json::from_value(json!({ "command": command, "ask": ask })).unwrap();
        let answered: Result<Answer, _> = self.app.call(command);
        answered.map(|answer| serde_json::to_value(answer).unwrap()).map_err(|f| f.code)
    }

    fn ask(&mut self, command: &str, ask: Value) -> Value {
        self.call(command, ask).unwrap_or_else(|code| panic!("{command}: {}", code.word()))
    }

    /// Waits for the sync beside to end.
    fn sync(&mut self) {
        let mut state = self.ask("sync", json!({}));
        for _ in 0..600 {
            if state["phase"] != "running" {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
            state = self.ask("sync_state", json!({}));
        }
        assert_eq!(state["phase"], "idle", "{state}");
    }

    fn confirm_day(&mut self) {
        self.confirm_day_at(VILLAGE, "2026-09-14");
    }

    fn confirm_day_at(&mut self, unit: &str, day: &str) {
        let examiner = self.ask("day", json!({}))["examiners"][0]["examiner"].clone();
        let stations = ["register", "general", "bp", "blood"]
            .map(|station| json!({ "station": station, "examiner": examiner }));
        let choice = json!({
            "round": self.round, "unit": unit, "day": day, "stations": stations,
        });
        assert_eq!(self.ask("day_set", choice)["choice"]["unit"], unit);
    }

    fn register(&mut self, name: &str, id_number: &str) -> String {
        let ask = register_ask(name, id_number, false);
        text(&self.ask("register", ask)["person"])
    }

    fn save(&mut self, person: &str, station: &str, id: &str, values: Value) -> Value {
        let form = self.ask("form", json!({ "person": person, "station": station }));
        self.ask("save", save_ask(person, station, id, values, &form["saw"]))
    }
}

fn save_ask(person: &str, station: &str, id: &str, values: Value, saw: &Value) -> Value {
    json!({
        "person": person, "station": station, "values": values, "saw": saw, "examiner": null,
        "save_id": id,
    })
}

fn register_ask(name: &str, id_number: &str, is_new_for_sure: bool) -> Value {
    json!({
        "name": name, "id_number": id_number, "student_no": "", "birth": "", "sex": "",
        "phone": "", "is_pupil": false, "home_unit": null, "home_text": "", "grade": "",
        "group": "", "is_new_for_sure": is_new_for_sure,
    })
}

fn typed(item: &str, text: &str) -> Value {
    json!({ "item": item, "text": text, "absent": null, "confirmed": false })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn list<T: DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn a_day_at_a_station_from_registering_the_device_to_the_server_having_it_all() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let card = desk.ask("card_read", json!({}));
    let hints =
        desk.ask("register_check", register_ask("周读卡", &text(&card["id_number"]), false));
    assert_eq!((&hints["birth"], &hints["sex"]), (&json!("1970-03-07"), &json!("男")));
    let person = desk.register("周读卡", &text(&card["id_number"]));
    let found = desk.ask("find", json!({ "text": "431399197003070014", "stop_first": true }));
    assert_eq!(found["exact"], true);
    assert_eq!(found["rows"][0]["id_number"], "431399********0014", "masked on the way out");

    let judged = desk.ask(
        "judge",
        json!({
            "person": person, "station": "general", "values": [typed("height_cm", "1.72")],
        }),
    );
    assert_eq!(judged["items"][0]["band"], "impossible");
    assert_eq!(judged["items"][0]["suggestion"], "172");
    let values = json!([typed("height_cm", "172"), typed("weight_kg", "80")]);
    let saved = desk.save(&person, "general", "g1", values);
    assert_eq!((&saved["results"], &saved["refused"]), (&json!(2), &json!([])));

    let saved = desk.save(
        &person,
        "bp",
        "b1",
        json!([typed("sbp1_mmhg", "184"), typed("dbp1_mmhg", "112")]),
    );
    assert_eq!(saved["findings"][0]["level"], "A");
    assert_eq!(saved["recheck"]["station"], "bp", "a repeat is asked for at once");
    let out = desk.ask("check_out", json!({ "person": person }));
    assert!(!list::<String>(&out["open"]).is_empty(), "and stays open if nobody repeats it");
    let missing: Vec<Value> = list(&out["missing"]);
    let stations: Vec<_> = missing.iter().map(|one| text(&one["station"])).collect();
    assert!(stations.contains(&"general".to_owned()), "stations by their keys: {stations:?}");
    let saved = desk.save(
        &person,
        "bp",
        "b2",
        json!([typed("sbp2_mmhg", "150"), typed("dbp2_mmhg", "92")]),
    );
    assert_eq!(saved["recheck"], Value::Null);

    owed::too_low_a_glucose_is_repeated(&mut desk, &person);
    let end = desk.ask("day_end", json!({}));
    assert_eq!((&end["people"], &end["left_early"][0]["name"]), (&json!(1), &json!("周读卡")));
    assert_ne!(end["unsent"], 0);
    desk.sync();
    assert_eq!(desk.ask("day_end", json!({}))["unsent"], 0);
    let there = desk.central.store().find("431399197003070014", 2).unwrap();
    assert_eq!(there.len(), 1, "the server knows the walk-in");
}

#[test]
fn a_second_press_of_save_changes_nothing_and_a_refused_form_saves_nothing() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let values = json!([typed("height_cm", "172"), typed("weight_kg", "80")]);
    let first = desk.save(&person, "general", "same", values.clone());
    let entries = desk.ask("sync_state", json!({}))["saved"].clone();
    let again = desk.ask("save", save_ask(&person, "general", "same", values.clone(), &json!([])));
    assert_eq!(again, first);
    // After a restart the id is forgotten: the values themselves say that nothing is new.
    let third = desk.save(&person, "general", "other", values);
    assert_eq!(third["results"], 0);
    assert_eq!(desk.ask("sync_state", json!({}))["saved"], entries);
    let refused = json!([typed("height_cm", "999"), typed("weight_kg", "81")]);
    let refused = desk.save(&person, "general", "refused", refused);
    assert_eq!(refused["refused"][0]["item"], "height_cm");
    let unusual = json!([typed("weight_kg", "240")]);
    let asked = desk.save(&person, "general", "unusual", unusual);
    assert_eq!(asked["refused"][0]["band"], "unusual", "asked, not saved");
    assert_eq!(desk.ask("sync_state", json!({}))["saved"], entries);
    let confirmed =
        json!([{ "item": "weight_kg", "text": "240", "absent": null, "confirmed": true }]);
    assert_eq!(desk.save(&person, "general", "confirmed", confirmed)["results"], 1);
}

#[test]
fn somebody_who_may_be_known_is_shown_before_saving_and_never_written_twice() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let first = desk.register("周读卡", "431399197003070014");
    assert_eq!(desk.register("周读卡", "431399197003070014"), first, "the same person");
    let mut alike = register_ask("周读卡", "", false);
    alike["birth"] = json!("19700307");
    let hints = desk.ask("register_check", alike.clone());
    assert_eq!(hints["duplicates"][0]["person"], first.as_str());
    let named = desk.ask("register", alike.clone());
    assert_eq!(named["person"], first.as_str(), "name, birth date and stop are one person's");
    let mut another = register_ask("周读卡", "", false);
    another["birth"] = json!("");
    assert_eq!(desk.call("register", another.clone()), Err(Code::PersonMayBeKnown));
    another["is_new_for_sure"] = json!(true);
    assert_ne!(desk.ask("register", another)["person"], first.as_str());
    assert_eq!(
        desk.call("register", register_ask("王错", "431399197003070018", false)),
        Err(Code::IdNumberInvalid)
    );
}

#[test]
fn an_age_that_the_grade_does_not_have_is_asked_and_never_refused() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let mut check_of = |grade: &str, is_pupil: bool, birth: &str, wanted: &[&str]| {
        let mut asked = register_ask("张三", "", false);
        (asked["is_pupil"], asked["birth"], asked["grade"]) =
            (json!(is_pupil), json!(birth), json!(grade));
        let problems = desk.ask("register_check", asked)["problems"].clone();
        let problems: Vec<Value> = list(&problems);
        let of_grade = problems.iter().filter(|one| one["field"] == "grade");
        let said: Vec<(String, bool)> =
            of_grade.map(|one| (text(&one["code"]), one["is_refusal"] == true)).collect();
        let wanted: Vec<_> = wanted.iter().map(|code| ((*code).to_owned(), false)).collect();
        assert_eq!(said, wanted, "{grade} {is_pupil} {birth}");
    };
    check_of("五年级", true, "20150901", &[]);
    check_of("五年级", true, "20000101", &["age_of_grade"]);
    check_of("五年级", false, "20000101", &[]);
    // A grade typed as no list has it is the same grade.
    check_of("初中１", true, "20000101", &["age_of_grade"]);
    check_of("初中2023级", true, "20000101", &[]);
}

#[test]
fn a_class_typed_at_the_desk_is_the_class_of_the_list() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let mut check = |name: &str, is_pupil: bool, typed: (&str, &str), kept: (&str, &str)| {
        let mut asked = register_ask(name, "", true);
        (asked["is_pupil"], asked["grade"], asked["group"]) =
            (json!(is_pupil), json!(typed.0), json!(typed.1));
        let row = desk.ask("register", asked)["row"].clone();
        let told = ["grade", "group"].map(|key| row[key].as_str().unwrap_or_default());
        assert_eq!(told, [kept.0, kept.1], "{row}");
    };
    check("王一一", true, ("初中一年级", "2"), ("初一", "2班"));
    check("王二二", true, ("高3", "（２）班"), ("高三", "2班"));
    // The control: a resident's group is no class.
    check("王三三", false, ("", "2"), ("", "2"));
}

#[test]
fn a_draft_outlives_lock_and_restart_and_goes_with_the_save() {
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let person = desk.register("周读卡", "431399197003070014");
    let draft = json!({
        "person": person, "station": "general", "values": [typed("height_cm", "17")],
        "focus": "height_cm", "at": "", "name": "",
    });
    desk.ask("draft_put", draft);
    assert_eq!(desk.ask("lock", json!({}))["phase"], "locked");
    assert_eq!(desk.call("drafts", json!({})), Err(Code::AppLocked));
    // The program dies and starts anew.
    desk.app = App::new(&desk.home, Arc::new(SystemHost), Abilities::default());
    let state = desk.ask("state", json!({}));
    assert_eq!(state["phase"], "locked");
    let slot = state["slots"][0]["slot"].clone();
    desk.ask("unlock", json!({ "slot": slot, "password": PASSWORD }));
    let drafts = desk.ask("drafts", json!({}));
    assert_eq!(drafts["drafts"][0]["name"], "周*");
    // What tells two people of one masked name apart.
    let whose: Vec<Value> = list(&drafts["people"]);
    assert_eq!(whose.len(), 1);
    assert_eq!(
        (&whose[0]["person"], &whose[0]["id_number"]),
        (&json!(person), &json!("431399********0014"))
    );
    let form = desk.ask("form", json!({ "person": person, "station": "general" }));
    assert_eq!(form["draft"]["values"][0]["text"], "17");
    desk.save(&person, "general", "g", json!([typed("height_cm", "170")]));
    assert_eq!(desk.ask("drafts", json!({}))["drafts"], json!([]));
}

#[test]
fn an_app_nobody_uses_locks_by_itself_and_what_screens_ask_keeps_nothing_open() {
    const MINUTE_MS: i64 = 60_000;
    let mut desk = Desk::new();
    // What whoever works here may do comes with the first sync.
    desk.sync();
    let host = Arc::new(SteadyHost::new("idle"));
    let mut now_ms = AFTERNOON_MS;
    let mut pass = |minutes: i64| {
        now_ms += minutes * MINUTE_MS;
        host.set_clock(now_ms);
    };
    desk.app = App::new(&desk.home, host.clone(), Abilities::default());
    let slot = text(&desk.ask("state", json!({}))["slots"][0]["slot"]);
    let unlock = json!({ "slot": slot, "password": PASSWORD });
    let locks_min = desk.ask("unlock", unlock.clone())["lock_after_min"].as_i64().unwrap();
    // Somebody works: every command of theirs counts anew.
    for _ in 0..3 {
        pass(locks_min - 1);
        assert!(!desk.app.lock_if_idle());
        desk.ask("drafts", json!({}));
    }
    // Only the screen asks, every minute.
    for _ in 1..locks_min {
        pass(1);
        desk.ask("sync_state", json!({}));
    }
    assert!(desk.app.is_open());
    pass(1);
    assert!(desk.app.lock_if_idle(), "a host's timer locks it");
    assert!(!desk.app.is_open() && !desk.app.lock_if_idle());
    assert_eq!(desk.call("sync_state", json!({})), Err(Code::AppLocked));
    assert_eq!(desk.ask("state", json!({}))["phase"], "locked");
    // Every sync brings a new moment, and the page asks for the day at each.
    desk.ask("unlock", unlock.clone());
    for _ in 1..locks_min {
        pass(1);
        desk.ask("sync_state", json!({}));
        desk.ask("day", json!({}));
    }
    pass(1);
    assert!(desk.app.lock_if_idle(), "what a sync brought is not somebody at work");
    // Without a timer the next command finds it locked.
    desk.ask("unlock", unlock);
    pass(locks_min);
    assert_eq!(desk.call("drafts", json!({})), Err(Code::AppLocked));
}

#[test]
fn wrong_password_damaged_data_and_lost_key_are_told_apart() {
    let mut desk = Desk::new();
    let state = desk.ask("lock", json!({}));
    let slot = text(&state["slots"][0]["slot"]);
    let unlock = |desk: &mut Desk, password: &str| {
        desk.call("unlock", json!({ "slot": slot, "password": password })).map(|_| ())
    };
    for _ in 0..5 {
        assert_eq!(unlock(&mut desk, "wrong-password-1"), Err(Code::PasswordWrong));
    }
    assert_eq!(unlock(&mut desk, PASSWORD), Err(Code::PasswordWait), "also with the right one");
    desk.app = App::new(&desk.home, Arc::new(SystemHost), Abilities::default());
    assert_eq!(unlock(&mut desk, PASSWORD), Err(Code::PasswordWait), "and after a restart");
    std::fs::remove_file(desk.home.join("tries.json")).unwrap();
    assert_eq!(unlock(&mut desk, PASSWORD), Ok(()));
    desk.ask("lock", json!({}));

    let copies = ["slots.json", "slots.copy.json"].map(|name| desk.home.join(name));
    let whole = std::fs::read(&copies[0]).unwrap();
    std::fs::write(&copies[0], b"half").unwrap();
    assert_eq!(unlock(&mut desk, PASSWORD), Ok(()), "the other copy is whole");
    desk.ask("lock", json!({}));
    std::fs::write(&copies[1], b"half").unwrap();
    assert_eq!(unlock(&mut desk, PASSWORD), Err(Code::KeyLost));
    std::fs::write(&copies[0], whole).unwrap();

    let database = desk.home.join("health.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[100..middle].fill(7);
    std::fs::write(&database, bytes).unwrap();
    assert_eq!(unlock(&mut desk, PASSWORD), Err(Code::DatabaseDamaged));
}

#[test]
fn a_colleague_joins_by_a_code_once_and_the_recovery_key_opens_when_all_is_forgotten() {
    let mut desk = Desk::new();
    let keys = server::backup_keygen(&desk.home.with_extension("recovery")).unwrap();
    desk.central.console().set_recovery(&keys.recipient).unwrap();
    let code = desk.central.console().create_account_code("wangfang").unwrap().code;
    let join = |desk: &mut Desk, password: &str| {
        desk.call("account_add", json!({ "account_code": code, "password": password })).map(|_| ())
    };
    assert_eq!(join(&mut desk, "1234567890"), Err(Code::PasswordWeak), "the code is not used up");
    assert_eq!(join(&mut desk, OTHER_PASSWORD), Ok(()));
    let wrong = json!({ "account_code": "0000-0000-0000", "password": OTHER_PASSWORD });
    assert_eq!(desk.call("account_add", wrong).map(|_| ()), Err(Code::AccountCodeInvalid));
    assert!(protocol::Failure::new(Code::AccountCodeInvalid).zh().contains("账号码"));
    let state = desk.ask("state", json!({}));
    let names: Vec<String> =
        list::<Value>(&state["slots"]).iter().map(|slot| text(&slot["name"])).collect();
    assert_eq!(names, ["李梅", "王芳"]);
    assert_eq!(state["operator"]["name"], "李梅", "who works stays who works");
    desk.ask("lock", json!({}));
    let identity = std::fs::read_to_string(&keys.file).unwrap();
    let new = "xin-mi-ma-ji-de-zhu";
    field::recover(&desk.home, &identity, "wangfang", new, Arc::new(SystemHost)).unwrap();
    assert!(field::unlock(&desk.home, "wangfang", new, &SystemHost).is_ok());
    let old = field::unlock(&desk.home, "wangfang", OTHER_PASSWORD, &SystemHost);
    assert_eq!(old.err().map(|failure| failure.code), Some(Code::PasswordWrong));
    assert!(field::unlock(&desk.home, "limei", PASSWORD, &SystemHost).is_ok());
    let other = server::backup_keygen(&desk.home.with_extension("other")).unwrap();
    let other = std::fs::read_to_string(&other.file).unwrap();
    let refused = field::recover(&desk.home, &other, "wangfang", new, Arc::new(SystemHost));
    assert_eq!(refused.err().map(|failure| failure.code), Some(Code::BackupIdentityWrong));
}

#[test]
fn a_late_roster_dropped_in_shows_its_problems_and_its_people_are_called() {
    use base64::Engine;
    let mut desk = Desk::new();
    desk.sync();
    desk.confirm_day();
    let people = people();
    let mut csv = "姓名,性别,身份证号码,出生日期,组\n".to_owned();
    for row in 0..people.rows.len() {
        let sex = if people.cell(row, "sex") == "M" { "男" } else { "女" };
        let cells = ["name", "id_number", "birth"].map(|heading| people.cell(row, heading));
        csv += &format!("{},{sex},{},{},{}组\n", cells[0], cells[1], cells[2], row % 2 + 1);
    }
    // Listed by name and birth date; with the number put right it is the same person.
    csv += "丁错号,女,431399197003070018,1970-03-07,1组\n";
    csv += "戊未分,男,431399197003070057,1970-03-07,\n";
    let content = base64::engine::general_purpose::STANDARD.encode(csv);
    let ask = json!({
        "round": desk.round, "unit": VILLAGE, "files": [{ "name": "名单.csv", "content": content }],
        "corrections": [],
    });
    let imported = desk.ask("roster_import", ask.clone());
    assert_eq!(imported["accepted"], people.rows.len() + 2);
    assert_eq!(imported["problems"][0]["row"], people.rows.len() + 2);
    assert!(imported["problem_workbook"]["content"].is_string());
    let problem = &imported["problems"][0];
    assert_eq!(problem["there"], "431399197003070018");
    let right = json!({
        "file": problem["file"], "sheet": problem["sheet"], "cell": problem["cell"],
        "text": WALKER,
    });
    let mut corrected = ask;
    corrected["corrections"] = json!([right]);
    let again = desk.ask("roster_import", corrected);
    assert_eq!(again["problems"], json!([]));
    let found = desk.ask("find", json!({ "text": WALKER, "stop_first": true }));
    assert_eq!((&found["exact"], &found["rows"][0]["name"]), (&json!(true), &json!("丁错号")));
    let files: Vec<_> = std::fs::read_dir(&desk.home).unwrap().flatten().collect();
    let has_roster = files.iter().any(|file| file.file_name().to_string_lossy().contains("名单"));
    assert!(!has_roster, "nothing of it lies on the disk in the clear");
    let coverage = desk.ask("coverage", json!({ "grade": null, "group": "1组", "list": true }));
    assert_eq!(coverage["rows"].as_array().map(Vec::len), Some(3));
    assert_eq!(coverage["missing"].as_array().map(Vec::len), Some(4));
    // Whoever is in no group is listed alone; the control is the list of 1组.
    let ungrouped = desk.ask("coverage", json!({ "grade": null, "group": null, "list": true }));
    let called: Vec<Value> = list(&ungrouped["missing"]);
    let called: Vec<&Value> = called.iter().map(|one| &one["name"]).collect();
    assert_eq!(called, [&json!("戊未分")]);
    let class = json!({ "grade": null, "group": "2组", "station": "general" });
    let rows = desk.ask("class_list", class);
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(3));
    // Whoever owes a repeat is marked where it is taken, and nowhere else.
    let owing = text(&found["rows"][0]["person"]);
    let owed = |desk: &mut Desk, station: &str| {
        let class = json!({ "grade": null, "group": "1组", "station": station });
        let rows: Vec<Value> = list(&desk.ask("class_list", class)["rows"]);
        let row = rows.into_iter().find(|row| row["row"]["person"] == owing.as_str()).unwrap();
        row["recheck"].is_string()
    };
    assert!(!owed(&mut desk, "bp"), "the control: nothing was measured yet");
    let values = json!([typed("sbp1_mmhg", "184"), typed("dbp1_mmhg", "112")]);
    desk.save(&owing, "bp", "high", values);
    assert_eq!((owed(&mut desk, "bp"), owed(&mut desk, "general")), (true, false));
    let workbook = desk.ask("print", json!({ "kind": "results", "people": [], "purpose": null }));
    assert!(text(&workbook["name"]).ends_with(".xlsx"));
    for kind in ["guide_sheet", "labels", "day_sheet", "tube_labels"] {
        let ask = json!({ "kind": kind, "people": [], "purpose": null, "sets": 2 });
        let paper = desk.ask("print", ask);
        assert!(text(&paper["name"]).ends_with(&format!("-{VILLAGE}-2026-09-14.pdf")));
        let content = text(&paper["content"]);
        let bytes = base64::engine::general_purpose::STANDARD.decode(content).unwrap();
        assert!(bytes.starts_with(b"%PDF-"), "{kind}");
    }
    // A village has no classes, and no set of tubes is none.
    for (kind, code) in [("seat_cards", Code::SeatCardsPupils), ("tube_labels", Code::ValueInvalid)]
    {
        let ask = json!({ "kind": kind, "people": [], "purpose": null, "sets": 0 });
        assert_eq!(desk.call("print", ask), Err(code), "{kind}");
    }
}

#[test]
fn ready_to_leave_names_what_is_missing() {
    let mut desk = Desk::new();
    let states = |desk: &mut Desk| -> Vec<(String, String)> {
        let checks = list::<Value>(&desk.ask("ready", json!({}))["checks"]);
        checks.iter().map(|check| (text(&check["key"]), text(&check["state"]))).collect()
    };
    let before = states(&mut desk);
    assert!(before.contains(&("stop".to_owned(), "bad".to_owned())), "{before:?}");
    assert!(before.contains(&("sync".to_owned(), "bad".to_owned())), "{before:?}");
    desk.sync();
    desk.confirm_day();
    let after = states(&mut desk);
    assert!(after.iter().all(|(_, state)| state != "bad"), "{after:?}");
    let never = json!({
        "round": desk.round, "unit": VILLAGE, "day": "2026-02-30", "stations": [],
    });
    assert_eq!(desk.call("day_set", never), Err(Code::ValueInvalid));
}
