//! A round's settings from the coordinator to the tablet: it moves to a newer version on purpose and tells before what that
//! changes, also while a tablet is away; and what it does not pay for is not asked, not missing, and kept where it comes all
//! the same. Real server, real device.
#![allow(clippy::unwrap_used)]

use field::{
    Abilities, App, ConcludeOrder, Draft, Enrolment, ExportOrder, Home, Key, PaperOrder,
    RecordOrder,
};
use ledger::Replica;
use office::{Export, Format, Identifiers, Moment, ReportOrder, RosterOrder, Which};
use protocol::rpc::{Answer, Command};
use protocol::{Code, Failure};
use serde_json::{Value, json};
use server::console::NewRound;
use std::path::PathBuf;
use std::sync::Arc;
use stories::cast;
use stories::central::Central;
use stories::line::Line;
use stories::steady::SteadyHost;
use stories::team::said;
use tempfile::TempDir;

const DAY: &str = "2026-09-15";
const DOCTOR: &str = "zhaoliu";
const NURSE: &str = "limei";
/// Name, ID number, birth date.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("彭大山", "431399195001010019", "1950-01-01"),
    ("向小河", "431399198002020028", "1980-02-02"),
    ("石清泉", "431399197503030035", "1975-03-03"),
];
/// Everything the village's package asks, and a pulse that version 1 says nothing of.
const WHOLE: &str = "known_hypertension,known_diabetes,height_cm,weight_kg,waist_cm,pulse_per_min,sbp1_mmhg,dbp1_mmhg,fasting,\
                     glucose_mmol_l,tg_mmol_l,hdl_mmol_l,ldl_mmol_l,hb_g_l,urine_protein,urine_glucose";
const WHOLE_VALUES: &str = "no,no,160,60,80,40,118,76,yes,5.0,1.0,1.3,2.5,140,-,-";

struct Village {
    folder: TempDir,
    central: Central,
    device: Option<Home>,
    line: Line,
    round: String,
}

impl Village {
    /// A round that stands at this version.
    fn at(version: u32) -> Village {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let new = NewRound {
            name: "秋季".to_owned(),
            from: "2026-09-01".to_owned(),
            to: "2026-12-31".to_owned(),
            levels_confirmed_by: "孙七".to_owned(),
        };
        let round = said(central.console().create_round_at(&new, Some(version))).to_string();
        said(central.console().add_operator(NURSE, "李梅", "recorder"));
        said(central.console().add_operator(DOCTOR, "赵六", "doctor"));
        let rows = PEOPLE.map(|(name, id, birth)| format!("{name},男,{id},{birth}"));
        let file = folder.path().join("roster.csv");
        std::fs::write(&file, format!("姓名,性别,身份证号,出生日期\n{}\n", rows.join("\n")))
            .unwrap();
        let unit = Some(cast::VILLAGE.to_owned());
        let order = RosterOrder { round: round.clone(), unit, files: vec![file] };
        assert_eq!(said(central.console().import_roster(&order)).accepted, 3);
        let units = [cast::VILLAGE.to_owned()];
        let made = said(central.console().create_enrolment(&units));
        let line = Line::new();
        line.lead_to(central.start());
        let order = Enrolment {
            server: line.url(),
            code: made.code,
            ca_pin: made.ca_pin,
            name: "一号机".to_owned(),
        };
        said(Home::enrol(&folder.path().join("device"), &key(), host(), &order));
        let mut village = Village { folder, central, device: None, line, round };
        said(village.device().sync());
        village
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("device")
    }

    fn device(&mut self) -> &mut Home {
        let home = self.home();
        self.device.get_or_insert_with(|| said(Home::open(&home, &key(), host())))
    }

    fn measured(&mut self, row: usize, head: &str, values: &str) -> u32 {
        let (name, id, birth) = PEOPLE[row];
        let line = format!("resident,{},{id},{name},M,{birth},{DAY},{values}", cast::VILLAGE);
        let file = self.folder.path().join("measured.csv");
        let head = format!("kind,unit,id_number,name,sex,birth,exam_date,{head}");
        std::fs::write(&file, format!("{head}\n{line}\n")).unwrap();
        let record = RecordOrder {
            round: self.round.clone(),
            station: None,
            unit: Some(cast::VILLAGE.to_owned()),
            operator: None,
            examiner: None,
        };
        said(self.device().record(&record, &file, &mut |_, _| {})).results
    }

    fn person(&mut self, row: usize) -> String {
        let found = self.device().store().find(PEOPLE[row].0, 9).unwrap();
        found.first().unwrap().person.0.to_string()
    }

    /// Findings of the pulse: at the device, at the server.
    fn slow(&mut self) -> (usize, usize) {
        let id = self.id();
        let here = self.device().store().export_facts(id, None, String::new(), day());
        let there = self.central.store().export_facts(id, None, String::new(), day());
        let slow = |facts: domain::facts::ExportFacts| {
            let all = facts.checkups.into_iter().flat_map(|one| one.judgements);
            all.filter(|one| one.rule == "heart_rate" && one.level.is_finding()).count()
        };
        (slow(here.unwrap()), slow(there.unwrap()))
    }

    fn id(&self) -> domain::ids::RoundId {
        self.central.store().round(&self.round).unwrap().unwrap().id
    }

    fn entries(&self) -> i64 {
        said(self.central.console().status()).entries
    }

    fn reports(&mut self) -> Vec<office::paper::PersonReport> {
        let order = ReportOrder {
            round: self.round.clone(),
            unit: cast::VILLAGE.to_owned(),
            which: Which::All,
            people: Vec::new(),
        };
        said(office::person_reports_of(self.device().store(), &order, &Moment::at(0)))
    }

    /// A guide sheet is printed. Seat cards are for a school; a village is told what is for it.
    fn papers(&mut self) {
        let guide = PaperOrder {
            paper: field::Paper::Guide(field::PerPage::One),
            round: self.round.clone(),
            unit: cast::VILLAGE.to_owned(),
            day: Some(DAY.to_owned()),
            people: Vec::new(),
        };
        let out = self.folder.path().join("guide.pdf");
        assert!(said(self.device().print(&guide, &out)).bytes > 1000);
        let cards = PaperOrder { paper: field::Paper::SeatCards, ..guide };
        let refused = self.device().print(&cards, &out).unwrap_err();
        assert_eq!(refused.code, Code::SeatCardsPupils);
    }

    /// The screens' commands of one visit.
    fn visit<T>(&mut self, work: impl FnOnce(&mut dyn FnMut(&str, Value) -> Value) -> T) -> T {
        self.device = None;
        let mut app = App::new(&self.home(), host(), Abilities::default());
        said(app.open_with_key(key(), Some(NURSE)));
        let mut ask = move |command: &str, asked: Value| -> Value {
            let call = json!({ "command": command, "ask": asked });
            let call: Command = serde_json::from_value(call).unwrap();
            let answer: Result<Answer, Failure> = app.call(call);
            serde_json::to_value(said(answer)).unwrap()
        };
        let stations =
            ["bp", "ecg", "blood"].map(|one| json!({ "station": one, "examiner": null }));
        let choice =
            json!({ "round": self.round, "unit": cast::VILLAGE, "day": DAY, "stations": stations });
        ask("day_set", choice);
        work(&mut ask)
    }
}

fn key() -> Key {
    Key::new([7; 32])
}

fn host() -> Arc<SteadyHost> {
    Arc::new(SteadyHost::new("round"))
}

fn day() -> chrono::NaiveDate {
    DAY.parse().unwrap()
}

#[test]
fn a_round_moves_on_purpose_tells_before_what_changes_and_a_tablet_that_was_away_follows() {
    let mut village = Village::at(1);
    village.measured(0, WHOLE, WHOLE_VALUES);
    village.measured(1, "pulse_per_min", "40");
    said(village.device().sync());
    assert_eq!(village.slow(), (0, 0), "version 1 says nothing of a pulse");
    let person = village.person(0);
    let order = ConcludeOrder {
        round: village.round.clone(),
        person,
        operator: Some(DOCTOR.to_owned()),
        day: Some(DAY.to_owned()),
    };
    let draft = Draft { accept_rest: true, ..Draft::default() };
    assert!(said(village.device().conclude(&order, &draft)).new);
    said(village.device().sync());

    let round = village.round.clone();
    let stands = said(village.central.console().round_version(&round));
    assert_eq!((stands.version, stands.known), (1, true));
    let versions: Vec<u32> = stands.versions.iter().map(|row| row.version).collect();
    assert_eq!(versions, [1, 2, 3]);
    let entries = village.entries();
    let told = said(village.central.console().round_move(&round, 3));
    let slow = told.classes.iter().find(|row| row.rule == "heart_rate").unwrap();
    assert_eq!((slow.come, slow.gone, slow.changed), (2, 0, 0));
    let counts = (told.checkups, told.otherwise, told.signed, told.grave_come, told.grave_gone);
    assert_eq!(counts, (2, 2, 1, 2, 0));
    assert_eq!(told.units.iter().map(|unit| unit.checkups).collect::<Vec<_>>(), [2]);
    let out = village.folder.path().join("moves.xlsx");
    let masked = Identifiers::Masked;
    let rows = said(village.central.console().write_round_move(&round, 3, &masked, &out));
    assert!(rows >= 2 && out.exists());
    assert_eq!((village.entries(), village.slow()), (entries, (0, 0)), "telling moves nothing");

    // The tablet is away while it moves, and goes on recording under the version it knows.
    village.line.take_down();
    village.central.stop();
    assert!(said(village.central.console().move_round(&round, 3)).moved);
    village.measured(2, "pulse_per_min", "40");
    assert_eq!(village.slow(), (0, 2));
    let moved = village.entries();
    let again = said(village.central.console().move_round(&round, 3));
    assert!(!again.moved && again.otherwise == 0 && village.entries() == moved);
    village.line.lead_to(village.central.start());
    said(village.device().sync());
    assert_eq!(village.slow(), (3, 3), "what it recorded meanwhile is judged anew");
    let at_device = village.device().store().round(&round).unwrap().unwrap();
    assert_eq!(at_device.setting.version(), 3);
    assert_eq!(
        at_device.levels_confirmed_by.as_deref(),
        Some("孙七"),
        "nothing else of it changed"
    );

    // Signed before: that report says what it said, and the new finding is followed up.
    let reports = village.reports();
    let signed: Vec<_> = reports.iter().filter(|report| report.doctor.is_some()).collect();
    assert_eq!(signed.len(), 1);
    assert!(signed[0].findings.iter().all(|finding| !finding.seen.contains("心率")));
    let want = field::TaskWant::default();
    let tasks = said(village.device().tasks(&round, cast::VILLAGE, &want));
    assert_eq!(tasks.rows.iter().filter(|row| row.level == "A").count(), 3);

    // Back, to where it stood before, and nowhere else.
    assert!(said(village.central.console().move_round(&round, 1)).moved);
    said(village.device().sync());
    assert_eq!(village.slow(), (0, 0));
    assert!(said(office::verify(village.device().store(), &mut |_| {})).ok);
    assert!(said(office::verify(&village.central.store(), &mut |_| {})).ok);
}

#[test]
fn a_version_that_cannot_be_and_a_round_that_is_not_there_change_nothing() {
    let mut village = Village::at(3);
    village.measured(1, "pulse_per_min", "40");
    said(village.device().sync());
    let round = village.round.clone();
    let entries = village.entries();
    let check = |named: &str, to: u32, expected: Code| {
        let mut console = village.central.console();
        assert_eq!(console.round_move(named, to).unwrap_err().code, expected, "{named} {to}");
        assert_eq!(console.move_round(named, to).unwrap_err().code, expected, "{named} {to}");
    };
    check(&round, 99, Code::VersionUnknown);
    check(&round, 0, Code::VersionUnknown);
    check(&round, 2, Code::VersionOlder);
    check(&round, 1, Code::VersionOlder);
    check("没有的轮次", 3, Code::RoundUnknown);
    let refused = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        village.central.console().set_unpaid(&round, &words).unwrap_err()
    };
    for words in [&["没有的项目"][..], &["village"], &["known_diabetes"], &["ecg", "没有"]] {
        let failure = refused(words);
        assert_eq!(failure.code, Code::UnpaidInvalid, "{words:?}");
    }
    let out = village.folder.path().join("moves.xlsx");
    let nameless = Identifiers::Full { purpose: " ".to_owned() };
    let written = village.central.console().write_round_move(&round, 3, &nameless, &out);
    assert_eq!(written.unwrap_err().code, Code::PurposeMissing);
    let new = NewRound {
        name: "冬季".to_owned(),
        from: DAY.to_owned(),
        to: DAY.to_owned(),
        ..NewRound::default()
    };
    let refused = village.central.console().create_round_at(&new, Some(99)).unwrap_err();
    assert_eq!(refused.code, Code::VersionUnknown);
    assert_eq!(village.entries(), entries);
}

#[test]
fn what_a_round_does_not_pay_for_is_not_asked_not_missing_and_kept_where_it_comes() {
    let mut village = Village::at(3);
    // All but total cholesterol.
    village.measured(0, WHOLE, WHOLE_VALUES);
    let person = village.person(0);
    let look = |village: &mut Village| {
        let who = person.clone();
        village.visit(|ask| {
            let form = |ask: &mut dyn FnMut(&str, Value) -> Value, station: &str| {
                let form = ask("form", json!({ "person": who, "station": station }));
                let items = form["items"].as_array().unwrap().iter();
                items.map(|item| item["item"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            };
            let (blood, ecg) = (form(ask, "blood"), form(ask, "ecg"));
            let left = ask("check_out", json!({ "person": who }))["missing"].to_string();
            let covered = ask("coverage", json!({ "grade": null, "group": null, "list": false }));
            let complete = covered["rows"][0]["complete"].as_u64().unwrap();
            let whole = ask("person", json!({ "person": who }));
            let asks_tc = blood.contains(&"tc_mmol_l".to_owned());
            let walks_ecg = whole["stations"].to_string().contains("\"ecg\"");
            // The class's columns and its rows' values are of the same items.
            let list =
                ask("class_list", json!({ "grade": null, "group": null, "station": "blood" }));
            let columns = list["columns"].as_array().unwrap().clone();
            assert_eq!(list["rows"][0]["values"].as_array().unwrap().len(), columns.len());
            assert_eq!(columns.contains(&"tc_mmol_l".into()), asks_tc, "{columns:?}");
            assert!(columns.contains(&"glucose_mmol_l".into()), "the others stay");
            (asks_tc, !ecg.is_empty(), left.contains("总胆固醇"), complete, walks_ecg)
        })
    };
    // The control: with everything paid for it is asked and missing.
    assert_eq!(look(&mut village), (true, true, true, 0, true));
    let reports = village.reports();
    assert!(reports[0].open.iter().any(|open| open.contains("总胆固醇")));

    let round = village.round.clone();
    let unpaid = ["总胆固醇".to_owned(), "ecg".to_owned()];
    let set = said(village.central.console().set_unpaid(&round, &unpaid));
    assert!(set.new && set.unpaid.contains(&"心电图".to_owned()), "{:?}", set.unpaid);
    let entries = village.entries();
    assert!(!said(village.central.console().set_unpaid(&round, &unpaid)).new);
    assert_eq!(village.entries(), entries, "the same again writes nothing");
    said(village.device().sync());
    assert_eq!(look(&mut village), (false, false, false, 1, false));
    let reports = village.reports();
    assert!(reports[0].open.iter().all(|open| !open.contains("总胆固醇")));
    village.papers();

    // It comes all the same: kept, judged, shown, exported.
    assert_eq!(village.measured(0, "tc_mmol_l", "7.9"), 1);
    let of = PEOPLE[0].1.to_owned();
    let results = village.folder.path().join("results.csv");
    let order = ExportOrder {
        what: Export::Results,
        format: Format::Csv,
        round: round.clone(),
        unit: None,
        identifiers: Identifiers::Full { purpose: "核对".to_owned() },
    };
    said(village.device().export(&order, &results));
    let text = std::fs::read_to_string(&results).unwrap();
    // Nobody has a value of what the electrocardiogram's station records: no column of it.
    assert!(!text.lines().next().unwrap().contains("心电图"), "{text}");
    assert!(text.contains(&of) && text.contains("总胆固醇") && text.contains("7.9"), "{text}");
    let reports = village.reports();
    assert!(reports[0].findings.iter().any(|finding| finding.values.contains("7.9")));

    // Everything is paid for again.
    assert!(said(village.central.console().set_unpaid(&round, &[])).new);
    said(village.device().sync());
    let (asks_tc, asks_ecg, misses_tc, complete, walks) = look(&mut village);
    assert!(asks_tc && asks_ecg && !misses_tc && complete == 1 && walks);
}

#[test]
fn a_tablet_without_the_rounds_version_says_so_and_goes_on() {
    let mut village = Village::at(3);
    // As a newer server would say it.
    let mut store = village.central.store();
    let standing = store.round(&village.round).unwrap().unwrap();
    let fact = protocol::fact::RoundFact {
        id: standing.id.0,
        name: standing.name,
        from_day: protocol::convert::day_number(standing.from),
        to_day: protocol::convert::day_number(standing.to),
        catalogue: 99,
        ..protocol::fact::RoundFact::default()
    };
    let header = protocol::Header { round: standing.id.0, ..protocol::Header::default() };
    let entry = protocol::Entry { header, fact: protocol::Fact::Round(fact) };
    store.append(&domain::ids::UnitCode("431302".to_owned()), &[entry]).unwrap();
    store.seal_own().unwrap();
    drop(store);
    said(village.device().sync());
    assert_eq!(village.measured(1, "pulse_per_min", "40"), 1);
    // Judged by the newest it has: a danger is shown today.
    assert_eq!(village.slow().0, 1);
    let said_of = |village: &mut Village| village.visit(|ask| ask("ready", json!({})).to_string());
    let day = said_of(&mut village);
    assert!(day.contains("本轮次按第 99 版标准判定") && day.contains("照常录入"), "{day}");
    said(village.device().sync());
    assert_eq!(village.slow().1, 1);
    let console = village.central.console();
    assert!(!said(console.round_version(&village.round)).known);
}
