//! A district and its team for a story: a server with round, school, rosters and people, the line to it, and
//! tablets enrolled with it. What happens on the day is the story's.

use crate::cast::{self, Place, Seat};
use crate::central::Central;
use crate::line::Line;
use crate::samples::{self, Sheet};
use crate::steady::{AFTERNOON_MS, SteadyHost};
use chrono::NaiveDate;
use field::{
    Enrolment, Home, Host, Key, RecordOrder, Recorded, ResultChange, RosterImported, RosterOrder,
};
use protocol::Failure;
use server::console::NewRound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;
use tempfile::TempDir;

/// A district: what a coordinator has set up before the day.
pub struct District {
    pub folder: TempDir,
    pub central: Central,
    pub line: Line,
    pub round: String,
    /// The unit code the school was given.
    pub school: String,
    pub residents: RosterImported,
    pub students: RosterImported,
}

impl District {
    /// Server, round, school, rosters, operators, examiners; the server runs behind the line.
    pub fn prepare() -> District {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let mut console = central.console();
        let [name, from, to] = cast::ROUND.map(str::to_owned);
        let round = NewRound { name, from, to, levels_confirmed_by: String::new() };
        let round = said(console.create_round(&round)).to_string();
        let school = said(console.add_school(cast::SCHOOL, cast::SCHOOL_TOWNSHIP)).0;
        for [account, name, role] in cast::OPERATORS {
            said(console.add_operator(account, name, role));
        }
        for name in cast::EXAMINERS {
            said(console.add_examiner(name, ""));
        }
        let mut import = |sample: &str, unit: Option<&str>| {
            let file = folder.path().join(sample);
            std::fs::copy(samples::path(sample), &file).unwrap();
            let unit = unit.map(str::to_owned);
            let order = RosterOrder { round: round.clone(), unit, files: vec![file] };
            said(console.import_roster(&order))
        };
        let residents = import("residents.xlsx", None);
        let students = import("students.xlsx", None);
        let line = Line::new();
        line.lead_to(central.start());
        District { folder, central, line, round, school, residents, students }
    }

    /// Comes back after a stop or a cut, at another address behind the same line.
    pub fn restart(&self) {
        self.line.lead_to(self.central.start());
    }

    /// The server is stopped and nobody reaches it.
    pub fn go_offline(&self) {
        self.line.take_down();
        self.central.stop();
    }

    /// The server's folder as it is now, copied beside it while it stands still.
    pub fn copy_server(&self) -> PathBuf {
        let safe = self.folder.path().join("safe");
        self.go_offline();
        copy_folder(&self.central.data, &safe);
        self.restart();
        safe
    }

    /// The server runs on from a copy, and nobody told it.
    pub fn put_server_back(&self, safe: &Path) {
        self.go_offline();
        copy_folder(safe, &self.central.data);
        self.restart();
    }

    /// One more person of a village, measured.
    pub fn measure(&self, tablet: &mut Tablet, unit: &str, index: usize) {
        let recorded =
            tablet.record(&self.round, tablet.seat.stations[GENERAL], None, &one_of(unit, index));
        assert!(recorded.results > 0);
    }

    /// Enrols a tablet through the line, for these units.
    pub fn enrol(&self, seat: &'static Seat, units: &[&str]) -> Tablet {
        let units: Vec<String> = units.iter().map(|unit| (*unit).to_owned()).collect();
        let made = said(self.central.console().create_enrolment(&units));
        let folder = self.folder.path().join(seat.name);
        let order = Enrolment {
            server: self.line.url(),
            code: made.code,
            ca_pin: made.ca_pin,
            name: seat.name.to_owned(),
        };
        let host = Arc::new(SteadyHost::new(seat.name));
        said(Home::enrol(&folder, &key_of(seat), host.clone(), &order));
        Tablet::open(seat, folder, host)
    }
}

/// A device of the team.
pub struct Tablet {
    pub seat: &'static Seat,
    pub folder: PathBuf,
    pub host: Arc<SteadyHost>,
    pub home: Home,
}

/// The key of a seat's tablet.
pub fn key_of(seat: &Seat) -> Key {
    let digit = seat.name.bytes().fold(0_u8, u8::wrapping_add);
    Key::new([digit; 32])
}

impl Tablet {
    /// What an enrolled tablet's folder, or a copy of it, comes up as.
    pub fn open(seat: &'static Seat, folder: PathBuf, host: Arc<SteadyHost>) -> Tablet {
        let home = said(Home::open(&folder, &key_of(seat), host.clone()));
        Tablet { seat, folder, host, home }
    }

    pub fn store(&self) -> &Store {
        self.home.store()
    }

    /// Does something with the clock at half past five of this day, `2026-09-20`, and turns it back.
    pub fn on_day<T>(&mut self, day: &str, act: impl FnOnce(&mut Home) -> T) -> T {
        let of_samples = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let days = day.parse::<NaiveDate>().unwrap().signed_duration_since(of_samples);
        let before = self.host.unix_ms();
        self.host.set_clock(AFTERNOON_MS + days.num_milliseconds());
        let done = act(&mut self.home);
        self.host.set_clock(before);
        done
    }

    /// Switched off and on again.
    pub fn reopen(&mut self) {
        self.home = said(Home::open(&self.folder, &key_of(self.seat), self.host.clone()));
    }

    /// Records a sheet at one station, as whoever sits there; at the stop named, else where people are at home.
    pub fn record(
        &mut self,
        round: &str,
        (station, examiner): Place,
        stop: Option<&str>,
        sheet: &Sheet,
    ) -> Recorded {
        let file = sheet.write(&self.folder, "handed-over.csv");
        let order = RecordOrder {
            round: round.to_owned(),
            station: Some(station.to_owned()),
            unit: stop.map(str::to_owned),
            operator: Some(self.seat.operator.to_owned()),
            examiner: Some(examiner.to_owned()),
        };
        said(self.home.record(&order, &file, &mut |_, _| {}))
    }

    /// A change to one result of one person, by whoever types here.
    pub fn change(&self, round: &str, person: &str, item: &str, reason: &str) -> ResultChange {
        ResultChange {
            round: round.to_owned(),
            person: person.to_owned(),
            item: item.to_owned(),
            reason: reason.to_owned(),
            operator: Some(self.seat.operator.to_owned()),
            examiner: None,
            saw: Vec::new(),
            confirmed: true,
        }
    }
}

/// Station of a seat at which people are measured.
pub const GENERAL: usize = 1;

/// A person of a village with a measured weight.
pub fn one_of(unit: &str, index: usize) -> Sheet {
    let people = Sheet::measurements().of_place(unit);
    let mut one = people.filtered(|row| !row[people.column("weight_kg")].is_empty());
    one.rows = vec![one.rows[index].clone()];
    one
}

/// Files of a folder, in place of whatever the other folder held.
pub fn copy_folder(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

/// The answer of something a story expects to go well.
pub fn said<T>(answer: Result<T, Failure>) -> T {
    answer.unwrap_or_else(|failure| panic!("{failure}: {}", failure.zh()))
}

/// The text of a file.
pub fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    String::from_utf8(bytes).unwrap_or_else(|_| panic!("{}: no UTF-8", path.display()))
}
