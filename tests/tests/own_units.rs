//! An account's own units: given at the server, they travel to devices, and under that account no screen, list, count, paper or step
//! goes beyond what it and the device share; an account without any works wherever its device does. Not a device's units (`scope.rs`),
//! not what a hub carries for others (`hall_scope.rs`).

use domain::ids::UnitCode;
use field::{Abilities, App, Home};
use office::{
    ConcludeOrder, Draft, HandOrder, ReportOrder, SheetFormat, SheetOrder, StepDraft, StepOrder,
    TaskWant, Which,
};
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::rpc::Command;
use protocol::{Code, Entry, Fact, Failure, Header};
use serde_json::{Value, json};
use store::Store;
use stories::browser::trusting;
use stories::cast::{OTHER_VILLAGE, SEATS, THIRD_VILLAGE, VILLAGE};
use stories::hall::{Device, Running, give_accounts};
use stories::samples::Sheet;
use stories::team::{District, Tablet, key_of, said};

const PASSWORD: &str = "青山绿水-2026-平安";
/// Whoever follows up in the township of `VILLAGE`.
const TOWNSHIP: &str = "sun8";
const OF_TOWNSHIP: &str = "431302105";
/// The same role, with no units of its own.
const ANYWHERE: &str = "wu9";

fn codes(units: &[&str]) -> Vec<String> {
    units.iter().map(|unit| (*unit).to_owned()).collect()
}

fn ask(app: &mut App, command: &str, ask: Value) -> Result<Value, Code> {
    let command = serde_json::from_value::<Command>(json!({ "command": command, "ask": ask }));
    let answered = app.call(command.unwrap());
    answered.map(|answer| serde_json::to_value(answer).unwrap()).map_err(|failure| failure.code)
}

fn app_of(tablet: &Tablet, account: &str) -> App {
    let mut app = App::new(&tablet.folder, tablet.host.clone(), Abilities::default());
    said(app.open_with_key(key_of(tablet.seat), Some(account)));
    app
}

fn day(district: &District, unit: &str) -> Value {
    let stations = [json!({ "station": "general", "examiner": null })];
    json!({ "round": district.round, "unit": unit, "day": "2026-09-14", "stations": stations })
}

/// Everybody of a village measured, and whoever of them has something to follow up.
fn work_at(district: &District, tablet: &mut Tablet, unit: &str) -> (String, String) {
    let sheet = Sheet::measurements().of_place(unit);
    for place in [("general", "护士甲"), ("bp", "护士乙"), ("blood", "检验师")] {
        assert!(tablet.record(&district.round, place, None, &sheet).results > 0);
    }
    let tasks = said(tablet.home.tasks(&district.round, unit, &TaskWant::default()));
    let first = tasks.rows.first().unwrap();
    (first.person.clone(), first.number.clone())
}

/// A device of two villages with results and follow-ups in both, synced, and its two accounts.
struct Work {
    district: District,
    tablet: Tablet,
    /// Person and follow-up of each.
    ours: (String, String),
    theirs: (String, String),
}

fn work() -> Work {
    let district = District::prepare();
    let mut console = district.central.console();
    for account in [TOWNSHIP, ANYWHERE] {
        said(console.add_operator(account, account, "township"));
    }
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, THIRD_VILLAGE]);
    said(tablet.home.sync());
    let ours = work_at(&district, &mut tablet, VILLAGE);
    let theirs = work_at(&district, &mut tablet, THIRD_VILLAGE);
    said(tablet.home.sync());
    Work { district, tablet, ours, theirs }
}

impl Work {
    fn narrow(&mut self, units: &[&str]) {
        let mut console = self.district.central.console();
        assert!(said(console.set_operator_units(TOWNSHIP, &codes(units))).new);
        said(self.tablet.home.sync());
    }
}

fn people_in(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["person"].as_str().unwrap().to_owned()).collect()
}

/// What an account is shown of somebody of the other village, each as whether it is.
fn shown(work: &Work, app: &mut App) -> Vec<(&'static str, bool)> {
    let (person, number) = &work.theirs;
    let id_number = work.tablet.store().person(id(person)).unwrap().unwrap().details.id_number;
    let find = |text: &str| json!({ "text": text, "stop_first": true });
    let found = ask(app, "find", find(&id_number.unwrap())).unwrap();
    let everywhere =
        ask(app, "tasks", json!({ "unit": "", "which": null, "owner": null })).unwrap();
    let summary = json!({ "unit": "", "kind": "", "group": 0, "shows_small": false });
    let choices = ask(app, "summary", summary).unwrap()["choices"].clone();
    let units = ask(app, "day", json!({})).unwrap()["units"].clone();
    let is_there =
        |rows: &Value, key: &str| rows.as_array().unwrap().iter().any(|r| r[key] == THIRD_VILLAGE);
    let is_open = |answer: Result<Value, Code>| match answer {
        Ok(_) => true,
        Err(code) => {
            assert_eq!(code, Code::OutOfScope);
            false
        }
    };
    let of_number = json!({ "number": number, "person": null });
    let of_person = json!({ "number": null, "person": person });
    let their_tasks = json!({ "unit": THIRD_VILLAGE, "which": null, "owner": null });
    let paper = json!({
        "kind": "guide_sheet", "people": [person], "purpose": null, "sets": 1, "summary": null,
    });
    vec![
        ("find", people_in(&found["rows"]).contains(person)),
        ("tasks", people_in(&everywhere["rows"]).contains(person)),
        ("tasks counted", everywhere["units"].as_array().unwrap().len() > 1),
        ("summaries", is_there(&choices, "unit")),
        ("stops", is_there(&units, "unit")),
        (
            "drafts",
            !ask(app, "drafts", json!({})).unwrap()["drafts"].as_array().unwrap().is_empty(),
        ),
        ("held", !ask(app, "held", json!({})).unwrap()["rows"].as_array().unwrap().is_empty()),
        ("their tasks", is_open(ask(app, "tasks", their_tasks))),
        ("chain of a number", is_open(ask(app, "task_chains", of_number))),
        ("chain", is_open(ask(app, "task_chains", of_person))),
        ("person", is_open(ask(app, "person", json!({ "person": person })))),
        ("check-out", is_open(ask(app, "check_out", json!({ "person": person })))),
        ("conclusion", is_open(ask(app, "conclusion", json!({ "person": person })))),
        ("paper", is_open(ask(app, "print", paper))),
    ]
}

fn id(person: &str) -> domain::ids::PersonId {
    domain::ids::PersonId(person.parse().unwrap())
}

/// A draft of a colleague at this device about somebody of the other village, and an entry of another unit that the server holds.
fn leave_behind(work: &mut Work) {
    let mut colleague = app_of(&work.tablet, "lu1");
    ask(&mut colleague, "day_set", day(&work.district, THIRD_VILLAGE)).unwrap();
    let draft = json!({
        "person": work.theirs.0, "station": "general", "values": [{ "item": "weight_kg", "text": "61", "absent": null, "confirmed": false }],
        "at": "", "name": "",
    });
    ask(&mut colleague, "draft_put", draft).unwrap();
    let policy = work.tablet.store().policy().unwrap();
    let mut store = Store::open(&work.tablet.folder, &key_of(work.tablet.seat)).unwrap();
    let details = DetailsFact { name: "欧阳测".to_owned(), ..DetailsFact::default() };
    let fact = RegistrationFact { details: Some(details), kind: 1, ..RegistrationFact::default() };
    let header = Header { round: 7, person: vec![9; 16], policy, ..Header::default() };
    let entry = Entry { header, fact: Fact::Registration(fact) };
    store.append(&UnitCode(OTHER_VILLAGE.to_owned()), &[entry]).unwrap();
    drop(store);
    said(work.tablet.home.sync());
    assert_eq!(work.tablet.store().held().unwrap().len(), 1);
}

#[test]
fn an_account_with_units_of_its_own_is_shown_nobody_of_others_and_one_without_is() {
    let mut work = work();
    leave_behind(&mut work);
    let mut app = app_of(&work.tablet, TOWNSHIP);
    ask(&mut app, "day_set", day(&work.district, VILLAGE)).unwrap();
    // Control: before it has units of its own it is shown all of that, each by its own way.
    for (what, is_shown) in shown(&work, &mut app) {
        assert!(is_shown, "{what}");
    }
    // The account is narrowed while its screens are open.
    work.narrow(&[OF_TOWNSHIP]);
    for (what, is_shown) in shown(&work, &mut app) {
        assert!(!is_shown, "{what}");
    }
    // A colleague's day elsewhere is not theirs; nor can they begin one there.
    assert_eq!(ask(&mut app, "day_set", day(&work.district, THIRD_VILLAGE)), Err(Code::OutOfScope));
    let mut other = app_of(&work.tablet, ANYWHERE);
    ask(&mut other, "day_set", day(&work.district, THIRD_VILLAGE)).unwrap();
    assert_eq!(ask(&mut app, "coverage", json!({ "list": true })), Err(Code::DayUnset));
    let view = ask(&mut app, "day", json!({})).unwrap();
    assert_eq!((&view["choice"], &view["proposal"]["unit"]), (&Value::Null, &json!(VILLAGE)));
    ask(&mut app, "day_set", day(&work.district, VILLAGE)).unwrap();
    // Control: their own township is there, and the other account is shown everything still.
    let own = ask(&mut app, "person", json!({ "person": work.ours.0 })).unwrap();
    assert_eq!(own["row"]["person"], work.ours.0.as_str());
    for (what, is_shown) in shown(&work, &mut other) {
        assert!(is_shown, "{what}");
    }
    // Taken away again, it is as before.
    work.narrow(&[]);
    for (what, is_shown) in shown(&work, &mut app) {
        assert!(is_shown, "{what}");
    }
}

#[test]
fn an_account_whose_units_are_none_of_the_devices_has_nowhere_to_begin() {
    let mut work = work();
    work.narrow(&[OTHER_VILLAGE]);
    let mut app = app_of(&work.tablet, TOWNSHIP);
    assert_eq!(ask(&mut app, "day", json!({})).unwrap()["units"], json!([]));
    for unit in [VILLAGE, OTHER_VILLAGE] {
        assert_eq!(ask(&mut app, "day_set", day(&work.district, unit)), Err(Code::OutOfScope));
    }
    let person = json!({ "person": work.ours.0 });
    assert_eq!(ask(&mut app, "person", person), Err(Code::OutOfScope));
}

fn told(number: &str) -> (StepOrder, StepDraft) {
    let order = StepOrder {
        task: number.to_owned(),
        operator: Some(TOWNSHIP.to_owned()),
        day: Some("2026-09-14".to_owned()),
    };
    let draft = StepDraft {
        act: "told".to_owned(),
        told: "本人".to_owned(),
        at: "10:00".to_owned(),
        read_back: true,
        ..StepDraft::default()
    };
    (order, draft)
}

fn code<T: std::fmt::Debug>(answer: Result<T, Failure>) -> Code {
    answer.unwrap_err().code
}

#[test]
fn device_and_server_take_no_step_and_make_no_sheet_or_report_for_an_account_outside_its_units() {
    let mut work = work();
    work.narrow(&[OF_TOWNSHIP]);
    let mut console = work.district.central.console();
    let out = work.tablet.folder.join("out.pdf");
    let sheet = |unit: &str| SheetOrder {
        round: Some(work.district.round.clone()),
        unit: unit.to_owned(),
        operator: Some(TOWNSHIP.to_owned()),
        format: SheetFormat::Xlsx,
    };
    let reports = |unit: &str| ReportOrder {
        round: work.district.round.clone(),
        unit: unit.to_owned(),
        which: Which::All,
        people: Vec::new(),
    };
    let home = &mut work.tablet.home;
    let (order, draft) = told(&work.theirs.1);
    assert_eq!(code(home.record_step(&order, &draft)), Code::OutOfScope);
    assert_eq!(code(console.record_step(&order, &draft)), Code::OutOfScope);
    assert_eq!(code(home.issue_task_sheet(&sheet(THIRD_VILLAGE), &out)), Code::OutOfScope);
    assert_eq!(code(console.issue_task_sheet(&sheet(THIRD_VILLAGE), &out)), Code::OutOfScope);
    assert_eq!(code(home.print_people(TOWNSHIP, &reports(THIRD_VILLAGE), &out)), Code::OutOfScope);
    let printed = console.print_people(TOWNSHIP, &reports(THIRD_VILLAGE), &out);
    assert_eq!(code(printed), Code::OutOfScope);
    assert!(!out.exists());
    // Control: of their own township all of it is done, and another account does it for the other village.
    let (order, draft) = told(&work.ours.1);
    said(home.record_step(&order, &draft));
    said(home.issue_task_sheet(&sheet(VILLAGE), &out));
    said(console.issue_task_sheet(&sheet(VILLAGE), &out));
    let (order, draft) = told(&work.theirs.1);
    let order = StepOrder { operator: Some(ANYWHERE.to_owned()), ..order };
    said(console.record_step(&order, &draft));
    // A unit nobody knows, and an account nobody has.
    let unknown = console.set_operator_units(TOWNSHIP, &codes(&["999999999"]));
    assert_eq!(code(unknown), Code::UnitUnknown);
    assert_eq!(code(console.set_operator_units("nobody", &[])), Code::OperatorUnknown);
    assert!(!said(console.set_operator_units(TOWNSHIP, &codes(&[OF_TOWNSHIP]))).new);
}

#[test]
fn a_step_about_ones_own_villager_who_was_examined_elsewhere_is_taken_and_seen_on_both_sides() {
    let district = District::prepare();
    said(district.central.console().add_operator(TOWNSHIP, TOWNSHIP, "township"));
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, THIRD_VILLAGE]);
    said(tablet.home.sync());
    let sheet = Sheet::measurements().of_place(VILLAGE);
    for place in [("general", "护士甲"), ("bp", "护士乙"), ("blood", "检验师")] {
        let recorded = tablet.record(&district.round, place, Some(THIRD_VILLAGE), &sheet);
        assert!(recorded.results > 0);
    }
    said(tablet.home.sync());
    let mut console = district.central.console();
    assert!(said(console.set_operator_units(TOWNSHIP, &codes(&[OF_TOWNSHIP]))).new);
    said(tablet.home.sync());
    let tasks = said(tablet.home.tasks(&district.round, VILLAGE, &TaskWant::default()));
    let numbers: Vec<&String> = tasks.rows.iter().map(|row| &row.number).collect();
    let round = tablet.store().round(&district.round).unwrap().unwrap().id;
    let stop = tablet.store().checkup_stop(round, id(&tasks.rows[0].person));
    assert_eq!(stop.unwrap().unwrap().0.0, THIRD_VILLAGE, "examined at another's stop");
    let (order, draft) = told(numbers[0]);
    assert!(said(tablet.home.record_step(&order, &draft)).new);
    said(tablet.home.sync());
    let (order, draft) = told(numbers[0]);
    assert!(!said(console.record_step(&order, &draft)).new, "it is there");
    let (order, draft) = told(numbers[1]);
    assert!(said(console.record_step(&order, &draft)).new);
    // The control: an account of neither unit.
    assert!(said(console.set_operator_units(TOWNSHIP, &codes(&[OTHER_VILLAGE]))).new);
    let (order, draft) = told(numbers[2]);
    assert_eq!(code(console.record_step(&order, &draft)), Code::OutOfScope);
}

#[test]
fn a_browser_of_a_hall_is_narrowed_by_who_signs_in_at_it() {
    let mut work = work();
    let mut console = work.district.central.console();
    said(console.set_operator_units("lu2", &codes(&[VILLAGE])));
    said(work.tablet.home.sync());
    said(work.tablet.home.renew_hub_certificate(&[]));
    let device = Device::of(&work.tablet);
    give_accounts(&device, PASSWORD);
    let running = Running::start(&device);
    let ca = work.tablet.store().setting_text(store::Setting::CaPem).unwrap().unwrap();
    // lu1 has no units of their own: the control.
    for (account, is_shown) in [("lu2", false), ("lu1", true)] {
        let at = running.hub.address;
        let (mut browser, code) = running.guest(at, &trusting(&ca)).unwrap();
        assert_eq!(browser.pair(&code).0, 204);
        browser.sign_in(account, PASSWORD);
        let (answered, refused) = browser.rpc("day_set", day(&work.district, THIRD_VILLAGE));
        assert_eq!(answered == 200, is_shown, "{account} {refused}");
        assert_eq!(browser.rpc("day_set", day(&work.district, VILLAGE)).0, 200);
        let (answered, _) = browser.rpc("person", json!({ "person": work.theirs.0 }));
        assert_eq!(answered == 200, is_shown, "{account}");
        assert_eq!(browser.rpc("person", json!({ "person": work.ours.0 })).0, 200);
    }
}

#[test]
fn of_rows_that_were_not_taken_a_narrowed_account_reads_and_puts_away_its_own_and_no_others() {
    let mut work = work();
    let head = "编号,姓名,日期,方式,结果,下次日期,备注";
    let back = |work: &mut Work, account: &str, rows: &[(&str, &str)]| {
        let line = |(number, name): &(&str, &str)| format!("{number},{name},2026-09-20,2,1,,去了");
        let text = rows.iter().map(line).collect::<Vec<_>>().join("\n");
        let file = work.tablet.folder.join("back.csv");
        std::fs::write(&file, format!("{head}\n{text}\n")).unwrap();
        let back = said(work.tablet.home.import_task_sheet(Some(account), &file));
        assert_eq!(back.held.len(), rows.len(), "each is held");
    };
    let (ours, theirs) = (work.ours.1.clone(), work.theirs.1.clone());
    let unknown = domain::task::print_task_number(12_345_678_901);
    let rows = [(ours.as_str(), "甲别人"), (&theirs, "乙别人"), (&unknown, "丙别人")];
    back(&mut work, ANYWHERE, &rows);
    let narrowed = domain::task::print_task_number(12_345_678_902);
    back(&mut work, TOWNSHIP, &[(&narrowed, "丁别人")]);
    work.narrow(&[OF_TOWNSHIP]);
    let held = |app: &mut App, district: &District| -> Vec<(String, String, String)> {
        ask(app, "day_set", day(district, VILLAGE)).unwrap();
        let view = ask(app, "tasks", json!({ "which": null, "owner": null, "unit": null }));
        let view = view.unwrap();
        let rows = view["held"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let row =
            |row: &Value| (text(&row["number"]), text(&row["cells"]["name"]), text(&row["id"]));
        rows.map(row).collect()
    };
    let names = |rows: &[(String, String, String)]| {
        let mut names: Vec<String> = rows.iter().map(|row| row.1.clone()).collect();
        names.sort();
        names
    };
    let mut app = app_of(&work.tablet, TOWNSHIP);
    let seen = held(&mut app, &work.district);
    // Their own township's and what they brought are read; of what may be anybody's only that it is there.
    assert_eq!(names(&seen), ["", "丁别人", "甲别人"]);
    assert!(seen.iter().any(|row| row.0 == unknown) && !seen.iter().any(|row| row.0 == theirs));
    let mut other = app_of(&work.tablet, ANYWHERE);
    let all = held(&mut other, &work.district);
    assert_eq!(
        names(&all),
        ["丁别人", "丙别人", "乙别人", "甲别人"],
        "control: no units of its own"
    );
    let id = |number: &str| all.iter().find(|row| row.0 == number).unwrap().2.clone();
    for (number, expected) in [
        (&theirs, Err(Code::OutOfScope)),
        (&unknown, Err(Code::OutOfScope)),
        (&narrowed, Ok(())),
        (&ours, Ok(())),
    ] {
        let home = &mut work.tablet.home;
        let dropped = home.drop_held_task_row(Some(TOWNSHIP), &id(number));
        assert_eq!(dropped.map_err(|failure| failure.code), expected);
    }
    assert_eq!(names(&held(&mut other, &work.district)), ["丙别人", "乙别人"]);
}

#[test]
fn a_row_that_another_account_took_is_held_no_longer_and_says_of_the_account_what_is_the_accounts()
{
    let mut work = work();
    work.narrow(&[OF_TOWNSHIP]);
    let person = work.tablet.store().person(id(&work.theirs.0)).unwrap().unwrap();
    let head = "编号,姓名,日期,方式,结果,下次日期,备注,告知谁,几点,已复述";
    let line = |way: &str| {
        format!("{},{},2026-09-14,{way},1,,,本人,10:00,是", work.theirs.1, person.details.name)
    };
    let (row, other) = (line("2"), line("1"));
    let back = |work: &mut Work, account: &str, line: &str| {
        let file = work.tablet.folder.join("back.csv");
        std::fs::write(&file, format!("{head}\n{line}\n")).unwrap();
        said(work.tablet.home.import_task_sheet(Some(account), &file))
    };
    let held = |work: &Work| said(work.tablet.home.held_task_rows());
    let first = back(&mut work, TOWNSHIP, &row);
    assert_eq!((first.taken, first.held.len()), (0, 1));
    let text = first.held[0].text;
    assert!(text.contains("导入的账号不管") && !text.contains("设备"), "{text}");
    assert_eq!(back(&mut work, TOWNSHIP, &other).held.len(), 1);
    assert_eq!(held(&work).len(), 2);
    // Another account takes the first: it is gone. The control: the row that says otherwise is held still.
    assert_eq!(back(&mut work, ANYWHERE, &row).taken, 1);
    let left = held(&work);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].cells.way, "1");
}

#[test]
fn a_batch_does_those_the_account_may_write_of_and_names_the_rows_of_those_left_out() {
    let district = District::prepare();
    let mut console = district.central.console();
    said(console.add_operator(TOWNSHIP, TOWNSHIP, "township"));
    said(console.add_operator("zhao6", "赵六", "doctor"));
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, THIRD_VILLAGE]);
    said(tablet.home.sync());
    let all = Sheet::measurements().of_place(VILLAGE);
    let rows = |range: std::ops::Range<usize>| Sheet {
        headings: all.headings.clone(),
        rows: all.rows[range].to_vec(),
    };
    // Two at home, one of the same list at another's stop.
    for (sheet, stop) in [(rows(0..2), None), (rows(2..3), Some(THIRD_VILLAGE))] {
        let recorded = tablet.record(&district.round, ("general", "护士甲"), stop, &sheet);
        assert!(recorded.results > 0);
    }
    let list = said(tablet.home.hand_list(&district.round, VILLAGE));
    let away = all.cell(2, "name").to_owned();
    let row = list.lines.iter().position(|line| line.name == away).unwrap() + 1;
    assert_eq!(list.lines.len(), 3);
    for line in &list.lines {
        let order = ConcludeOrder {
            round: district.round.clone(),
            person: line.person.clone(),
            operator: Some("zhao6".to_owned()),
            day: Some("2026-09-14".to_owned()),
        };
        let draft = Draft { accept_rest: true, ..Draft::default() };
        said(tablet.home.conclude(&order, &draft));
    }
    said(tablet.home.sync());
    assert!(said(console.set_operator_units(TOWNSHIP, &codes(&[OF_TOWNSHIP]))).new);
    said(tablet.home.sync());
    let out = tablet.folder.join("reports.pdf");
    let reports = |people: Vec<String>| ReportOrder {
        round: district.round.clone(),
        unit: VILLAGE.to_owned(),
        which: Which::Final,
        people,
    };
    let made = said(tablet.home.print_people(TOWNSHIP, &reports(Vec::new()), &out));
    let left = |left_out: &[office::LeftOut]| -> Vec<(usize, String)> {
        left_out.iter().map(|one| (one.row as usize, one.name.clone())).collect()
    };
    assert_eq!((made.people, made.recorded), (2, 2));
    assert_eq!(left(&made.left_out), [(row, away.clone())]);
    let received = |all: bool, people: Vec<String>| HandOrder {
        round: district.round.clone(),
        unit: VILLAGE.to_owned(),
        all,
        people,
        taken_by: "本人".to_owned(),
        operator: Some(TOWNSHIP.to_owned()),
        ..HandOrder::default()
    };
    // Whoever is left out alone is refused, as ever.
    let person = list.lines[row - 1].person.clone();
    let alone = tablet.home.print_people(TOWNSHIP, &reports(vec![person.clone()]), &out);
    assert_eq!(code(alone), Code::OutOfScope);
    assert_eq!(code(tablet.home.record_received(&received(false, vec![person]))), Code::OutOfScope);
    let people = list.lines.iter().map(|line| line.person.clone()).collect();
    let handed = said(tablet.home.record_received(&received(false, people)));
    assert_eq!((handed.recorded, left(&handed.left_out)), (2, vec![(row, away)]));
    // The control: an account of both units leaves nobody out.
    assert!(said(console.set_operator_units(TOWNSHIP, &[])).new);
    said(tablet.home.sync());
    let made = said(tablet.home.print_people(TOWNSHIP, &reports(Vec::new()), &out));
    assert_eq!((made.people, made.recorded, made.left_out), (3, 1, Vec::new()));
    let handed = said(tablet.home.record_received(&received(true, Vec::new())));
    assert_eq!((handed.recorded, handed.left_out), (1, Vec::new()));
}

/// Everything the package asks for, and fine.
const FINE: &str = "height_cm,weight_kg,waist_cm,sbp1_mmhg,dbp1_mmhg,fasting,known_hypertension,known_diabetes,glucose_mmol_l,tc_mmol_l,tg_mmol_l,hdl_mmol_l,ldl_mmol_l,hb_g_l,urine_protein,urine_glucose";
const FINE_VALUES: &str = "160,55,74,112,70,yes,no,no,5.0,4.5,1.2,1.5,2.5,135,-,-";

/// Somebody of the village with nothing abnormal, at a stop on a day.
fn record_fine(tablet: &mut Tablet, district: &District, row: usize, (stop, day): (&str, &str)) {
    let people = Sheet::measurements().of_place(VILLAGE);
    let own = ["id_number", "name", "sex", "birth"].map(|of| people.cell(row, of)).join(",");
    let file = tablet.folder.join("fine.csv");
    let head = format!("kind,unit,id_number,name,sex,birth,exam_date,{FINE}");
    let line = format!("resident,{VILLAGE},{own},{day},{FINE_VALUES}");
    std::fs::write(&file, format!("{head}\n{line}\n")).unwrap();
    let order = field::RecordOrder {
        round: district.round.clone(),
        station: None,
        unit: Some(stop.to_owned()),
        operator: None,
        examiner: None,
    };
    assert_eq!(said(tablet.home.record(&order, &file, &mut |_, _| {})).people, 1);
}

#[test]
fn a_list_of_normals_is_signed_but_for_those_outside_the_doctors_units_and_their_rows_are_named() {
    let district = District::prepare();
    let mut console = district.central.console();
    said(console.add_operator("zhao6", "赵六", "doctor"));
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, THIRD_VILLAGE]);
    said(tablet.home.sync());
    for (row, stop) in [(4, VILLAGE), (5, THIRD_VILLAGE)] {
        record_fine(&mut tablet, &district, row, (stop, "2026-09-14"));
    }
    said(tablet.home.sync());
    assert!(said(console.set_operator_units("zhao6", &codes(&[OF_TOWNSHIP]))).new);
    said(tablet.home.sync());
    let order = ConcludeOrder {
        round: district.round.clone(),
        operator: Some("zhao6".to_owned()),
        ..ConcludeOrder::default()
    };
    let list = said(tablet.home.normals(&district.round, VILLAGE));
    assert_eq!(list.normal.len(), 2, "{list:?}");
    let people = Sheet::measurements().of_place(VILLAGE);
    let away = people.cell(5, "name");
    let row = list.normal.iter().position(|one| one.name == away).unwrap() + 1;
    let signed = said(tablet.home.conclude_normals(&order, VILLAGE, &list.mark));
    assert_eq!(signed.signed, 1);
    let left: Vec<u32> = signed.left_out.iter().map(|one| one.row).collect();
    assert_eq!(left, [u32::try_from(row).unwrap()]);
    // Alone they are refused; the control: a doctor of both units signs.
    let list = said(tablet.home.normals(&district.round, VILLAGE));
    assert_eq!(list.normal.len(), 1);
    let alone = tablet.home.conclude_normals(&order, VILLAGE, &list.mark);
    assert_eq!(code(alone), Code::OutOfScope);
    assert!(said(console.set_operator_units("zhao6", &[])).new);
    said(tablet.home.sync());
    assert_eq!(said(tablet.home.conclude_normals(&order, VILLAGE, &list.mark)).signed, 1);
}

#[test]
fn a_day_that_cannot_be_of_one_of_a_list_leaves_that_one_out_and_stops_nobody() {
    let district = District::prepare();
    let mut console = district.central.console();
    said(console.add_operator("zhao6", "赵六", "doctor"));
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    for (row, day) in [(4, "2026-09-13"), (5, "2026-09-14")] {
        record_fine(&mut tablet, &district, row, (VILLAGE, day));
    }
    let order = |day: &str| ConcludeOrder {
        round: district.round.clone(),
        person: String::new(),
        operator: Some("zhao6".to_owned()),
        day: Some(day.to_owned()),
    };
    let sign = |home: &mut Home, day: &str| {
        let list = said(home.normals(&district.round, VILLAGE));
        home.conclude_normals(&order(day), VILLAGE, &list.mark)
    };
    let later = Sheet::measurements().of_place(VILLAGE).cell(5, "name").to_owned();
    let signed = said(sign(&mut tablet.home, "2026-09-13"));
    let left: Vec<&str> = signed.left_out.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((signed.signed, left), (1, vec![later.as_str()]));
    // Alone it is refused by its own reason; the control: on a day that can be, nobody is left out.
    assert_eq!(code(sign(&mut tablet.home, "2026-09-13")), Code::DayTooEarly);
    let signed = said(sign(&mut tablet.home, "2026-09-14"));
    assert_eq!((signed.signed, signed.left_out.len()), (1, 0));
}
