//! Days that somebody says: a signature, a step and a receipt are of no day to come and of none before what they are about, on a device and
//! at the server; and a clock that is wrong stops nobody. Through the real program (`Stage`) and through a device's own clock (`Tablet`).
#![allow(clippy::unwrap_used)]

use field::{ConcludeOrder, Draft, StepDraft, StepOrder, TaskWant};
use protocol::{Code, Failure};
use stories::cast::{SEATS, VILLAGE};
use stories::samples::Sheet;
use stories::stage::{Stage, people, refused};
use stories::steady::AFTERNOON_MS;
use stories::team::{District, Tablet, said};

const DOCTOR: &str = "zhao6";
const TOWNSHIP: &str = "sun8";
/// The day of the samples.
const EXAMINED: &str = "2026-09-14";
const DAY_MS: i64 = 86_400_000;

#[test]
fn no_day_to_come_and_none_before_the_checkup_is_signed_by_the_program_on_either_side() {
    let stage = Stage::new();
    let add = stage.of_server("operator add").with("--account", DOCTOR).with("--name", "赵六");
    add.with("--role", "doctor").ask().answer();
    stage.of_device("sync").ask().answer();
    for (row, at_server) in [(0, false), (1, true)] {
        let sign = |day: &str| {
            let words = match at_server {
                false => stage.of_device("conclude sign"),
                true => stage.of_server("conclude sign"),
            };
            let words = words.with("--round", &stage.round).with("--operator", DOCTOR);
            let words = words.with("--person", people().cell(row, "id_number"));
            words.with("--day", day).and("--accept-rest")
        };
        refused("to come", &sign("2099-01-01"), Code::DayToCome);
        refused("before the checkup", &sign("2026-09-13"), Code::DayTooEarly);
        // The control: on the day itself.
        assert_eq!(sign(EXAMINED).ask().answer()["new"], true);
    }
}

fn tablet(district: &District) -> Tablet {
    let mut console = district.central.console();
    said(console.add_operator(DOCTOR, "赵六", "doctor"));
    said(console.add_operator(TOWNSHIP, "孙八", "township"));
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    let sheet = Sheet::measurements().of_place(VILLAGE);
    for place in [("general", "护士甲"), ("bp", "护士乙"), ("blood", "检验师")] {
        assert!(tablet.record(&district.round, place, None, &sheet).results > 0);
    }
    tablet
}

fn code<T>(answer: Result<T, Failure>) -> Option<Code> {
    answer.err().map(|failure| failure.code)
}

/// What comes of a step and of a signature said of a day.
fn both(district: &District, tablet: &mut Tablet, at: usize, day: &str) -> [Option<Code>; 2] {
    let tasks = said(tablet.home.tasks(&district.round, VILLAGE, &TaskWant::default()));
    let mut of_b = tasks.rows.iter().filter(|row| row.level == "B");
    let task = of_b.nth(at).unwrap();
    let order = StepOrder {
        task: task.number.clone(),
        operator: Some(TOWNSHIP.to_owned()),
        day: Some(day.to_owned()),
    };
    let step = StepDraft { act: "told".to_owned(), ..StepDraft::default() };
    let conclude = ConcludeOrder {
        round: district.round.clone(),
        person: task.person.clone(),
        operator: Some(DOCTOR.to_owned()),
        day: Some(day.to_owned()),
    };
    let draft = Draft { accept_rest: true, reason: "再看".to_owned(), ..Draft::default() };
    let home = &mut tablet.home;
    [code(home.record_step(&order, &step)), code(home.conclude(&conclude, &draft))]
}

#[test]
fn a_step_is_of_no_day_to_come_by_the_devices_clock_and_a_wrong_clock_stops_nobody() {
    let district = District::prepare();
    let mut tablet = tablet(&district);
    let host = tablet.host.clone();
    let to_come = [Some(Code::DayToCome), Some(Code::DayToCome)];
    assert_eq!(both(&district, &mut tablet, 0, "2026-09-15"), to_come);
    let early = [Some(Code::TaskDayWrong), Some(Code::DayTooEarly)];
    assert_eq!(both(&district, &mut tablet, 0, "2026-09-13"), early);
    assert_eq!(both(&district, &mut tablet, 0, EXAMINED), [None, None], "the control");
    // The clock is a week behind: what was found today is told and signed today, and nothing of tomorrow.
    host.set_clock(AFTERNOON_MS - 7 * DAY_MS);
    assert_eq!(both(&district, &mut tablet, 1, "2026-09-15"), to_come);
    assert_eq!(both(&district, &mut tablet, 1, EXAMINED), [None, None]);
    // It says 1970: by it no day of the round is one to come.
    host.set_clock(0);
    assert_eq!(both(&district, &mut tablet, 2, "2026-10-20"), [None, None]);
    assert_eq!(both(&district, &mut tablet, 3, "2027-01-01"), to_come);
}
