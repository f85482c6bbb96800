//! 随访 through the real program: findings of levels A and B become tasks on device and server alike, the chain from told to
//! controlled, who may say a step, what is refused, two who did not know of each other, a finding amended away, and lost
//! after three tries.
#![allow(clippy::unwrap_used)]

use domain::ids::UnitCode;
use field::{PersonChains, RecordOrder, StepDraft, StepOrder};
use protocol::Code;
use serde_json::{Value, json};
use stories::cast::{OPERATORS, SEATS, VILLAGE};
use stories::program::Words;
use stories::samples::Sheet;
use stories::stage::{Stage, people, refused};
use stories::team::{District, Tablet, said};

const TOWNSHIP: &str = "sun8";
const AUDITOR: &str = "li9";
/// The day of the measurements.
const FOUND: &str = "2026-09-14";

/// A stage whose device knows a township's health worker and an auditor.
fn stage() -> Stage {
    let stage = Stage::new();
    for (account, name, role) in [(TOWNSHIP, "孙八", "township"), (AUDITOR, "李九", "auditor")]
    {
        let add = stage.of_server("operator add").with("--account", account).with("--name", name);
        add.with("--role", role).ask().answer();
    }
    stage.of_device("sync").ask().answer();
    stage
}

fn list(stage: &Stage, words: Words) -> Value {
    words.with("--round", &stage.round).with("--unit", VILLAGE).ask().answer()
}

fn rows(list: &Value) -> Vec<Value> {
    list["rows"].as_array().unwrap().clone()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

/// The first task at a level.
fn number(stage: &Stage, level: &str) -> String {
    let all = rows(&list(stage, stage.of_device("tasks list")));
    let one = all.iter().find(|row| row["level"] == level).unwrap_or_else(|| panic!("no {level}"));
    text(one, "number")
}

fn chain(words: Words, number: &str) -> Value {
    let shown = words.with("--task", number).ask().answer();
    let of = |chain: &&Value| chain["number"] == number;
    shown["chains"].as_array().unwrap().iter().find(of).unwrap().clone()
}

fn say(words: Words, number: &str, act: &str, day: &str) -> Words {
    words.with("--task", number).with("--operator", TOWNSHIP).with("--act", act).with("--day", day)
}

fn device(stage: &Stage, number: &str, act: &str, day: &str) -> Words {
    say(stage.of_device("tasks record"), number, act, day)
}

fn told(words: Words) -> Words {
    words.with("--told", "本人").with("--at", "09:40").and("--read-back").with("--way", "1")
}

fn sync(stage: &Stage) {
    stage.of_device("sync").ask().answer();
}

/// What device and server say of a chain has to be the same.
fn agreed(stage: &Stage, number: &str) -> Value {
    let here = chain(stage.of_device("tasks show"), number);
    assert_eq!(here, chain(stage.of_server("tasks show"), number));
    here
}

#[test]
fn findings_of_a_and_b_become_tasks_that_device_and_server_count_alike() {
    let stage = stage();
    let here = list(&stage, stage.of_device("tasks list"));
    assert_eq!(here, list(&stage, stage.of_server("tasks list")));
    let all = rows(&here);
    assert!(all.iter().any(|row| row["level"] == "A") && all.iter().any(|row| row["level"] == "B"));
    assert!(all.iter().all(|row| row["level"] == "A" || row["level"] == "B"));
    let counted: u64 = ["due", "overdue", "done", "lost", "gone"]
        .map(|key| here["all"][key].as_u64().unwrap())
        .iter()
        .sum();
    assert_eq!(counted, all.len() as u64);
    let of_unit = &here["units"][0];
    assert_eq!(
        (of_unit["key"].as_str(), of_unit["due"].clone()),
        (Some(VILLAGE), here["all"]["due"].clone())
    );
    // A is due on its own day, B by the days of finding_levels.csv; no ID number is on the list.
    let first = &all[0];
    assert_eq!((first["level"].as_str(), first["due"].as_str()), (Some("A"), Some(FOUND)));
    let glucose = all.iter().find(|row| text(row, "seen").contains("空腹血糖升高")).unwrap();
    assert_eq!(
        (glucose["due"].as_str(), glucose["state_zh"].as_str()),
        (Some("2026-09-28"), Some("待告知"))
    );
    let printed = here.to_string();
    let people = people();
    for row in 0..people.rows.len() {
        assert!(!printed.contains(people.cell(row, "id_number")));
    }
    for words in [stage.of_device("verify"), stage.of_server("verify")] {
        assert_eq!(words.ask().answer()["ok"], true);
    }
}

#[test]
fn a_level_a_is_open_until_answered_and_its_chain_goes_on_to_controlled_across_a_sync() {
    let stage = stage();
    let a = number(&stage, "A");
    refused("not answered", &device(&stage, &a, "treated", "2026-09-15"), Code::TaskNotAnswered);
    let half = device(&stage, &a, "told", FOUND).with("--told", "本人");
    refused("not read back", &half, Code::TaskNotAnswered);
    let before = agreed(&stage, &a);
    assert_eq!(
        (text(&before, "state"), before["awaits_answer"].clone()),
        ("open".to_owned(), true.into())
    );
    assert_eq!(before["steps"].as_array().unwrap().len(), 0, "nothing was written");

    let said = told(device(&stage, &a, "told", FOUND)).ask().answer();
    assert_eq!((text(&said, "state_zh"), said["new"].clone()), ("已告知".to_owned(), true.into()));
    let again = told(device(&stage, &a, "told", FOUND)).ask().answer();
    assert_eq!(again["new"], false, "the same is not said twice");
    refused("no place", &device(&stage, &a, "referred", "2026-09-15"), Code::TaskPlaceMissing);
    let refer = device(&stage, &a, "referred", "2026-09-15").with("--where", "区人民医院");
    refer.with("--next", "2026-09-20").ask().answer();
    assert_eq!(agreed_after(&stage, &a)["due"], "2026-09-20");
    for (act, day) in
        [("arrived", "2026-09-18"), ("diagnosed", "2026-09-18"), ("treated", "2026-09-19")]
    {
        device(&stage, &a, act, day).ask().answer();
    }
    // The rest is said at the server, by code, by whoever knows what came before.
    sync(&stage);
    for (act, day) in [("6", "2026-10-10"), ("7", "2026-11-02")] {
        say(stage.of_server("tasks record"), &a, act, day).ask().answer();
    }
    let end = agreed_after(&stage, &a);
    assert_eq!(
        (text(&end, "state"), text(&end, "bucket")),
        ("controlled".to_owned(), "done".to_owned())
    );
    assert_eq!(end["steps"].as_array().unwrap().len(), 7);
    refused("backwards", &device(&stage, &a, "arrived", "2026-11-03"), Code::TaskBackward);
    refused("too early", &device(&stage, &a, "controlled", "2026-09-13"), Code::TaskDayWrong);

    // Put right: the last step was of somebody else.
    let last = text(end["steps"].as_array().unwrap().last().unwrap(), "entry");
    let withdraw = device(&stage, &a, "withdrawn", "2026-11-03").with("--replaces", &last);
    refused("no reason", &withdraw.clone(), Code::ReasonMissing);
    withdraw.with("--reason", "记错人").ask().answer();
    let end = agreed_after(&stage, &a);
    assert_eq!(text(&end, "state"), "in_care");
    assert_eq!(end["steps"].as_array().unwrap().len(), 8, "what was said stays to be seen");
    for words in [stage.of_device("verify"), stage.of_server("verify")] {
        assert_eq!(words.ask().answer()["ok"], true);
    }
}

fn agreed_after(stage: &Stage, number: &str) -> Value {
    sync(stage);
    agreed(stage, number)
}

#[test]
fn two_who_did_not_know_of_each_other_are_both_shown_until_somebody_decides() {
    let stage = stage();
    let b = number(&stage, "B");
    device(&stage, &b, "told", "2026-09-16").ask().answer();
    sync(&stage);
    device(&stage, &b, "treated", "2026-09-20").ask().answer();
    say(stage.of_server("tasks record"), &b, "cleared", "2026-09-21").ask().answer();
    let both = agreed_after(&stage, &b);
    assert_eq!(
        (both["differs"].clone(), text(&both, "state")),
        (true.into(), "treated".to_owned())
    );
    let heads = both["steps"].as_array().unwrap().iter().filter(|step| step["is_head"] == true);
    assert_eq!(heads.count(), 2);
    assert_eq!(list(&stage, stage.of_server("tasks list"))["all"]["differs"], 1);
    device(&stage, &b, "in_care", "2026-09-25").ask().answer();
    let one = agreed_after(&stage, &b);
    assert_eq!((one["differs"].clone(), text(&one, "state")), (false.into(), "in_care".to_owned()));
}

#[test]
fn only_whoever_may_follow_up_says_a_step_and_a_misread_number_is_refused() {
    let stage = stage();
    let b = number(&stage, "B");
    let by = |account: &str| {
        let words = stage.of_device("tasks record").with("--task", &b).with("--operator", account);
        words.with("--act", "told").with("--day", "2026-09-16")
    };
    refused("an auditor", &by(AUDITOR), Code::TaskRole);
    refused("nobody", &by("nobody"), Code::OperatorUnknown);
    let mut digits = b.clone().into_bytes();
    digits[0] = b'0' + (digits[0] - b'0' + 1) % 10;
    let misread = String::from_utf8(digits).unwrap();
    refused("misread", &device(&stage, &misread, "told", "2026-09-16"), Code::TaskUnknown);
    refused("no act", &device(&stage, &b, "12", "2026-09-16"), Code::TaskInvalid);
    // Controls: a recorder and a township's health worker may.
    by(OPERATORS[0][0]).ask().answer();
    device(&stage, &b, "arrived", "2026-09-17").ask().answer();
}

#[test]
fn somebody_is_lost_after_three_tries_with_reasons_and_found_again() {
    let stage = stage();
    let b = number(&stage, "B");
    let lost = device(&stage, &b, "lost", "2026-09-30").with("--note", "外出务工，换了号码");
    for day in ["2026-09-16", "2026-09-18", "2026-09-22"] {
        refused("too few tries", &lost.clone(), Code::TaskTriesMissing);
        let tried = device(&stage, &b, "not_reached", day).with("--way", "2");
        refused("no reason", &tried.clone(), Code::ReasonMissing);
        tried.with("--note", "无人接听").ask().answer();
    }
    lost.ask().answer();
    let gone = agreed_after(&stage, &b);
    assert_eq!((text(&gone, "bucket"), gone["tries"].clone()), ("lost".to_owned(), 3.into()));
    let words = stage.of_device("tasks list").with("--which", "lost");
    assert_eq!(rows(&list(&stage, words)).len(), 1);
    device(&stage, &b, "told", "2026-10-08").ask().answer();
    assert_eq!(text(&agreed_after(&stage, &b), "state"), "told");
}

#[test]
fn an_a_that_nobody_was_told_of_is_lost_after_tries_on_three_days_alone() {
    let stage = stage();
    let a = number(&stage, "A");
    let lost = device(&stage, &a, "lost", "2026-09-30").with("--note", "外出务工");
    let tried = |day: &str, note: &str| {
        device(&stage, &a, "not_reached", day).with("--note", note).ask().answer();
    };
    for note in ["无人接听", "关机", "不在家"] {
        tried("2026-09-16", note);
    }
    refused("three calls of one morning", &lost.clone(), Code::TaskTriesDays);
    tried("2026-09-18", "无人接听");
    refused("two days", &lost.clone(), Code::TaskTriesDays);
    // The control: on the third day it may be said.
    tried("2026-09-22", "无人接听");
    lost.ask().answer();
    assert_eq!(text(&agreed_after(&stage, &a), "bucket"), "lost");
}

#[test]
fn a_new_round_ends_nothing_that_is_still_to_be_done_of_another() {
    let stage = stage();
    let a = number(&stage, "A");
    let was = list(&stage, stage.of_device("tasks list"));
    assert_eq!(was["elsewhere"], json!([]));
    let create = stage.of_server("round create").with("--name", "下一轮");
    let made = create.with("--from", "2026-11-01").with("--to", "2026-12-31").ask().answer();
    sync(&stage);
    let next = text(&made, "round");
    for words in [stage.of_device("tasks list"), stage.of_server("tasks list")] {
        let told = words.with("--round", &next).with("--unit", VILLAGE).ask().answer();
        let [other] = told["elsewhere"].as_array().unwrap().as_slice() else { panic!("{told}") };
        let open = was["all"]["due"].as_u64().unwrap() + was["all"]["overdue"].as_u64().unwrap();
        assert_eq!(other["open"].as_u64().unwrap(), open);
        assert!(other["untold"].as_u64().unwrap() > 0, "{other}");
        assert_eq!(rows(&told), Vec::<Value>::new(), "of the round alone");
    }
    // A list that is made without naming a round is the newest one's, and says what is not on it.
    let sheet = stage.of_device("tasks export").with("--operator", TOWNSHIP);
    let sheet = sheet.with("--unit", VILLAGE).with("--out", stage.path("next.xlsx"));
    let sheet = sheet.ask().answer();
    assert_eq!(
        (sheet["rows"].as_u64(), sheet["elsewhere"].as_array().unwrap().len()),
        (Some(0), 1)
    );
    // Whoever looks at the person sees it under its own round.
    let person = text(rows(&was).iter().find(|row| row["number"] == a.as_str()).unwrap(), "person");
    let show = |round: &str| {
        let words = stage.of_device("tasks show").with("--round", round);
        let shown = words.with("--person", &person).ask().answer();
        let chains = shown["chains"].as_array().unwrap().clone();
        let one = chains.iter().find(|one| one["number"] == a.as_str()).unwrap();
        text(one, "round")
    };
    assert_ne!(show(&next), "");
    assert_eq!(show(&stage.round), "", "control: asked for by its own round it has no other");
}

#[test]
fn a_finding_amended_away_leaves_what_was_done_about_it_to_be_seen() {
    let stage = stage();
    let all = rows(&list(&stage, stage.of_device("tasks list")));
    let glucose = all.iter().find(|row| text(row, "seen").contains("空腹血糖升高")).unwrap();
    let (number, person) = (text(glucose, "number"), text(glucose, "person"));
    device(&stage, &number, "told", "2026-09-16").ask().answer();
    let amend = stage.of_device("result amend").with("--round", &stage.round);
    let amend = amend.with("--person", &person).with("--item", "glucose_mmol_l");
    amend.with("--value", "5.2").with("--reason", "录错").ask().answer();
    let gone = agreed_after(&stage, &number);
    assert_eq!(
        (text(&gone, "bucket"), gone["steps"].as_array().unwrap().len()),
        ("gone".to_owned(), 1)
    );
    refused("gone", &device(&stage, &number, "treated", "2026-09-18"), Code::TaskGone);
    // Control: the person's other finding is followed up as before.
    let others = rows(&list(&stage, stage.of_device("tasks list").with("--which", "gone")));
    assert_eq!(others.len(), 1);
    assert!(all.len() > 1);
}

/// One person's item, recorded on a tablet as from a file.
fn record(district: &District, tablet: &mut Tablet, (item, text): (&str, &str)) {
    let all = Sheet::measurements().of_place(VILLAGE);
    let own = ["id_number", "name", "sex", "birth"].map(|heading| all.cell(0, heading));
    let headings = "kind,unit,id_number,name,sex,birth,exam_date";
    let row = format!("resident,{VILLAGE},{},{FOUND}", own.join(","));
    let file = tablet.folder.join("one.csv");
    std::fs::write(&file, format!("{headings},{item}\n{row},{text}\n")).unwrap();
    let order = RecordOrder {
        round: district.round.clone(),
        station: None,
        unit: None,
        operator: Some(tablet.seat.operator.to_owned()),
        examiner: None,
    };
    assert_eq!(said(tablet.home.record(&order, &file, &mut |_, _| {})).results, 1);
}

#[test]
fn a_second_a_is_open_on_every_device_and_at_the_server_whoever_answered_the_first() {
    let district = District::prepare();
    let person = Sheet::measurements().of_place(VILLAGE).cell(0, "id_number").to_owned();
    let mut one = district.enrol(&SEATS[0], &[VILLAGE]);
    let mut other = district.enrol(&SEATS[1], &[VILLAGE]);
    said(one.home.sync());
    record(&district, &mut one, ("eye_signs", "2"));
    said(one.home.sync());
    said(other.home.sync());

    // One device answers what it knows of; the other finds a second sign meanwhile.
    let grave = |chains: &PersonChains| {
        let chain = chains.chains.iter().find(|chain| chain.level == "A").unwrap();
        (chain.number.clone(), chain.state_zh, chain.awaits_answer)
    };
    let number = grave(&said(one.home.task_chains(&district.round, &person))).0;
    let tell = |tablet: &mut Tablet| {
        let operator = Some(tablet.seat.operator.to_owned());
        let order = StepOrder { task: number.clone(), operator, day: Some(FOUND.to_owned()) };
        let draft = StepDraft {
            act: "told".to_owned(),
            told: "本人".to_owned(),
            at: "09:40".to_owned(),
            read_back: true,
            ..StepDraft::default()
        };
        said(tablet.home.record_step(&order, &draft))
    };
    tell(&mut one);
    record(&district, &mut other, ("ent_signs", "3"));
    for tablet in [&mut one, &mut other] {
        said(tablet.home.sync());
    }
    said(one.home.sync());
    let stand = |one: &Tablet, other: &Tablet| {
        let round = one.store().rounds().unwrap()[0].id;
        let unit = UnitCode(VILLAGE.to_owned());
        let mut all = Vec::new();
        for tablet in [one, other] {
            let chains = said(tablet.home.task_chains(&district.round, &person));
            let open = tablet.store().unanswered(round, &unit).unwrap().len();
            all.push((grave(&chains), open));
        }
        let console = district.central.console();
        let chains = said(console.task_chains(&district.round, &person));
        all.push((grave(&chains), all[0].1));
        all
    };
    let open = ((number.clone(), "待告知", true), 1);
    assert_eq!(stand(&one, &other), [open.clone(), open.clone(), open]);

    assert!(tell(&mut other).new);
    for tablet in [&mut other, &mut one] {
        said(tablet.home.sync());
    }
    let told = ((number.clone(), "已告知", false), 0);
    assert_eq!(stand(&one, &other), [told.clone(), told.clone(), told]);
    // The control: the same sign seen again by somebody who did not know of it is the same, and asked of nobody.
    record(&district, &mut one, ("temperature_cel", "36.5"));
    assert!(!tell(&mut one).new);
}
