//! A measurements file that is taken in again, some rows longer: what somebody put right or withdrew since does not come back, and
//! it is said. On another day it is a new measurement.

use field::{Enrolment, Home, Key, RecordOrder, Recorded, ResultChange};
use server::console::NewRound;
use std::path::Path;
use std::sync::Arc;
use stories::cast;
use stories::central::Central;
use stories::line::Line;
use stories::steady::SteadyHost;
use stories::team::said;

const NUMBER: &str = "431399197003070014";

struct Desk {
    home: Home,
    order: RecordOrder,
    folder: tempfile::TempDir,
    _line: Line,
    _central: Central,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let [name, from, to] = ["秋季", "2026-09-01", "2026-12-31"].map(str::to_owned);
        let round = said(central.console().create_round(&NewRound {
            name,
            from,
            to,
            levels_confirmed_by: String::new(),
        }));
        let made = said(central.console().create_enrolment(&[cast::VILLAGE.to_owned()]));
        let line = Line::new();
        line.lead_to(central.start());
        let order = Enrolment {
            server: line.url(),
            code: made.code,
            ca_pin: made.ca_pin,
            name: "一号机".to_owned(),
        };
        let home = enrolled(folder.path(), &order);
        let order = RecordOrder {
            round: round.to_string(),
            station: None,
            unit: Some(cast::VILLAGE.to_owned()),
            operator: None,
            examiner: None,
        };
        Desk { home, order, folder, _line: line, _central: central }
    }

    fn record(&mut self, day: &str, systolic: &str, diastolic: &str) -> Recorded {
        let rows = format!(
            "kind,unit,id_number,name,sex,birth,exam_date,sbp1_mmhg,dbp1_mmhg\n\
             resident,,{NUMBER},周来,M,1970-03-07,{day},{systolic},{diastolic}\n"
        );
        let file = self.folder.path().join("rows.csv");
        std::fs::write(&file, rows).unwrap();
        said(self.home.record(&self.order, &file, &mut |_, _| {}))
    }

    /// What stands as the first reading, worst last.
    fn systolic(&self) -> Vec<String> {
        let shown = said(self.home.show_person(NUMBER));
        let shown = serde_json::to_value(shown).unwrap();
        let rows = shown["values"].as_array().unwrap().iter();
        let rows = rows.filter(|row| row["item"] == "sbp1_mmhg" && row["current"] == true);
        rows.map(|row| row["value"].as_str().unwrap().to_owned()).collect()
    }

    fn change(&self, item: &str) -> ResultChange {
        ResultChange {
            round: self.order.round.clone(),
            person: NUMBER.to_owned(),
            item: item.to_owned(),
            reason: "量的是另一个人".to_owned(),
            ..ResultChange::default()
        }
    }
}

fn enrolled(folder: &Path, order: &Enrolment) -> Home {
    let key = Key::new([7; 32]);
    let home = folder.join("device");
    let host = Arc::new(SteadyHost::new("file-again"));
    said(Home::enrol(&home, &key, host.clone(), order));
    let mut home = said(Home::open(&home, &key, host));
    said(home.sync());
    home
}

fn told(recorded: &Recorded) -> Vec<(&str, &str)> {
    recorded.problems.iter().map(|one| (one.column.as_str(), one.code)).collect()
}

#[test]
fn a_file_taken_in_again_brings_back_nothing_that_was_withdrawn() {
    let mut desk = Desk::new();
    desk.record("2026-09-14", "180", "110");
    for item in ["sbp1_mmhg", "dbp1_mmhg"] {
        said(desk.home.void_result(&desk.change(item)));
    }
    let again = desk.record("2026-09-14", "180", "110");
    assert_eq!(told(&again), [("sbp1_mmhg", "older_value"), ("dbp1_mmhg", "older_value")]);
    assert_eq!(desk.systolic(), [""; 0], "nothing came back");
    // Control: measured on another day it is a value of its own.
    let later = desk.record("2026-09-15", "180", "110");
    assert_eq!((told(&later), later.results), (vec![], 2));
    assert_eq!(desk.systolic(), ["180"]);
}

#[test]
fn a_file_taken_in_again_leaves_what_was_put_right() {
    let mut desk = Desk::new();
    desk.record("2026-09-14", "180", "110");
    said(desk.home.amend_result(&desk.change("sbp1_mmhg"), "130"));
    let again = desk.record("2026-09-14", "180", "110");
    assert_eq!(told(&again), [("sbp1_mmhg", "older_value")]);
    assert_eq!(desk.systolic(), ["130"]);
    // Control: what nobody ever gave is a second value, to be chosen from.
    desk.record("2026-09-14", "140", "110");
    assert_eq!(desk.systolic().len(), 2);
}
