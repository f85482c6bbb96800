//! Stops that are over and units that are retired, through the real parts: what a verified backup holds leaves the tablets,
//! is neither pulled again nor missed, and comes back when the stop is opened again.

use domain::ids::UnitCode;
use protocol::fact::LaboratoryFact;
use protocol::{Code, Entry, Fact, Header};
use server::{BackupOrder, RestoreOrder};
use std::path::PathBuf;
use store::Store;
use stories::cast::{OPERATORS, SEATS, VILLAGE};
use stories::program::words;
use stories::replica::{difference, heads, projection};
use stories::samples::Sheet;
use stories::team::{District, Tablet, key_of, said};

/// Station of the first seat at which everything here is recorded.
const GENERAL: usize = 1;
/// People examined in one go.
const PEOPLE: usize = 12;

struct Story {
    district: District,
    people: Sheet,
    examined: usize,
}

impl Story {
    fn begin() -> (Story, Tablet) {
        Story::begin_in(VILLAGE)
    }

    /// With a tablet that works in a unit and all below it.
    fn begin_in(unit: &str) -> (Story, Tablet) {
        let district = District::prepare();
        let mut tablet = district.enrol(&SEATS[0], &[unit]);
        let people = Sheet::measurements().of_place(VILLAGE);
        let people = people.filtered(|row| !row[people.column("weight_kg")].is_empty());
        said(tablet.home.sync());
        (Story { district, people, examined: 0 }, tablet)
    }

    fn work(&mut self, tablet: &mut Tablet) {
        let mut some = self.people.clone();
        some.rows = self.people.rows[self.examined..self.examined + PEOPLE].to_vec();
        self.examined += PEOPLE;
        let place = tablet.seat.stations[GENERAL];
        let recorded = tablet.record(&self.district.round, place, None, &some);
        assert_eq!(recorded.people as usize, PEOPLE, "{recorded:?}");
    }

    /// Somebody of the village with a pressure that has to be followed up.
    fn work_with_a_high_pressure(&mut self, tablet: &mut Tablet) {
        let mut one = self.people.clone();
        one.rows.truncate(1);
        for (heading, value) in [("sbp1_mmhg", "186"), ("dbp1_mmhg", "112")] {
            one.set(0, heading, value);
        }
        for heading in ["sbp2_mmhg", "dbp2_mmhg"] {
            one.set(0, heading, "");
        }
        let stations = tablet.seat.stations;
        let recorded =
            stations.iter().map(|at| tablet.record(&self.district.round, *at, None, &one).people);
        assert!(recorded.sum::<u32>() > 0);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.district.folder.path().join(name)
    }

    fn backup(&self, name: &str) {
        let identity = self.path("identity");
        let recipient = if identity.exists() {
            std::fs::read_to_string(self.path("recipient")).unwrap()
        } else {
            let made = said(server::backup_keygen(&identity));
            std::fs::write(self.path("recipient"), &made.recipient).unwrap();
            made.recipient
        };
        let order = BackupOrder {
            data: self.district.central.data.clone(),
            key_file: Some(self.district.central.key_file.clone()),
            out: self.path(name),
            recipients: vec![recipient],
            recipients_file: None,
        };
        said(server::backup(&order, &mut |_| {}));
    }

    fn set_stop(&self, closed: bool) {
        let mut console = self.district.central.console();
        said(console.set_stop(&self.district.round, VILLAGE, closed));
    }

    /// The server's folder put back from a backup, under the same line.
    fn restore(&self, from: &str) {
        self.district.go_offline();
        let central = &self.district.central;
        std::fs::remove_dir_all(&central.data).unwrap();
        let order = RestoreOrder {
            data: central.data.clone(),
            from: self.path(from),
            identity: self.path("identity"),
            key_file: Some(central.key_file.clone()),
            accept_loss: true,
        };
        said(server::restore(&order, &mut |_| {}));
        self.district.restart();
    }
}

/// Entries, checkups and people of the village that are here.
fn here(store: &Store) -> [i64; 3] {
    let count = |sql: &str| store.read(|tx| tx.int(sql, &[VILLAGE.into()])).unwrap().unwrap();
    [
        count(
            "SELECT count(*) FROM entry e JOIN unit_key u ON u.unit_no = e.unit_no WHERE u.unit = $1",
        ),
        count("SELECT count(*) FROM checkup WHERE stop = $1 OR unit = $1"),
        count(
            "SELECT count(*) FROM listing l JOIN unit_key u ON u.unit_no = l.unit_no WHERE u.unit = $1",
        ),
    ]
}

/// Two more syncs in which nothing moves, in one short exchange each.
fn is_at_rest(tablet: &mut Tablet) {
    let heads_before = heads(tablet.store(), &[VILLAGE]);
    for _ in 0..2 {
        let writer = tablet.store().writer();
        let synced = said(tablet.home.sync());
        assert_eq!((synced.pushed, synced.pulled, synced.healed, synced.dropped), (0, 0, 0, 0));
        assert_eq!((synced.batches, synced.unsent), (0, 0));
        assert!(synced.bytes_up + synced.bytes_down < 300, "{synced:?}");
        assert_eq!(tablet.store().writer(), writer);
    }
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads_before);
    let verified = tablet.store().verify(&mut |_| {}).unwrap();
    assert_eq!(verified, []);
}

/// Recorded, sent, backed up, closed: the next sync lets it go.
fn gone() -> (Story, Tablet) {
    let (mut story, mut tablet) = Story::begin();
    story.work(&mut tablet);
    said(tablet.home.sync());
    story.backup("first.age");
    story.set_stop(true);
    assert!(here(tablet.store()).iter().all(|count| *count > 0));
    let synced = said(tablet.home.sync());
    assert_eq!((synced.dropped, synced.dropped_zh.is_some()), (1, true), "{synced:?}");
    (story, tablet)
}

#[test]
fn a_closed_stop_that_is_backed_up_leaves_the_tablet_and_is_not_pulled_again() {
    let (mut story, mut tablet) = Story::begin();
    let mut neighbour = story.district.enrol(&SEATS[1], &[VILLAGE]);
    said(neighbour.home.sync());
    story.work(&mut tablet);
    said(tablet.home.sync());
    story.backup("first.age");
    // The neighbour has work that nobody has seen yet.
    let more = Sheet::measurements().of_place(VILLAGE);
    let stations = neighbour.seat.stations;
    let recorded =
        stations.iter().map(|at| neighbour.record(&story.district.round, *at, None, &more).people);
    assert!(recorded.sum::<u32>() > 0);
    story.set_stop(true);
    assert_eq!(said(tablet.home.sync()).dropped, 1);
    assert_eq!(here(tablet.store()), [0, 0, 0]);
    let server = story.district.central.store();
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]), "the heads stay");
    is_at_rest(&mut tablet);
    tablet.reopen();
    is_at_rest(&mut tablet);
    // What others bring there later is not fetched either, and still nothing differs.
    let synced = said(neighbour.home.sync());
    assert!(synced.pushed > 0 && synced.dropped == 0, "{synced:?}");
    said(tablet.home.sync());
    assert_eq!(here(tablet.store()), [0, 0, 0]);
    is_at_rest(&mut tablet);
    let status = said(tablet.home.status());
    assert!(status.dropped.own > 0 && status.dropped.all > status.dropped.own, "{status:?}");
    assert_eq!((status.unsent, &status.dropped_warning), (0, &None));
    // Its sums have gone with it; the district's own stream is here as ever.
    let other = projection(tablet.store(), &[VILLAGE]);
    assert!(
        other["tally"].is_empty() && other["coverage"].is_empty() && other["person"].is_empty()
    );
    assert!(!tablet.store().rounds().unwrap().is_empty());
}

#[test]
fn how_a_laboratorys_files_are_read_outlives_the_unit_it_was_told_in() {
    let (mut story, mut tablet) = Story::begin();
    story.work(&mut tablet);
    let fact = LaboratoryFact {
        name: "示例检验科".to_owned(),
        mapping: r#"{"barcode":"条码"}"#.to_owned(),
        ..LaboratoryFact::default()
    };
    let entry = Entry { header: Header::default(), fact: Fact::Laboratory(fact) };
    let mut beside = Store::open(&tablet.folder, &key_of(tablet.seat)).unwrap();
    beside.append(&UnitCode(VILLAGE.to_owned()), &[entry]).unwrap();
    drop(beside);
    let known = |tablet: &Tablet| {
        let all = tablet.store().laboratories().unwrap().into_iter();
        all.map(|one| (one.name, one.mapping.unwrap_or_default())).collect::<Vec<_>>()
    };
    let before = known(&tablet);
    assert_eq!(before.len(), 1);
    said(tablet.home.sync());
    story.backup("first.age");
    story.set_stop(true);
    assert_eq!(said(tablet.home.sync()).dropped, 1);
    assert_eq!(here(tablet.store()), [0, 0, 0], "the control: the entry has left");
    assert_eq!(known(&tablet), before);
}

#[test]
fn a_tablet_that_forgot_where_its_streams_stood_would_take_it_for_a_restore() {
    // The control: it is the heads kept that make the difference.
    let (story, mut tablet) = gone();
    let mut store = Store::open(&tablet.folder, &key_of(tablet.seat)).unwrap();
    store.write(|tx| tx.exec("DELETE FROM dropped", &[])).unwrap();
    drop(store);
    let synced = said(tablet.home.sync());
    assert!(synced.pulled > PEOPLE as u64 && synced.healed == 1, "{synced:?}");
    drop(story);
}

#[test]
fn what_is_not_in_the_backup_or_not_closed_stays() {
    let (mut story, mut tablet) = Story::begin();
    story.work(&mut tablet);
    said(tablet.home.sync());
    let before = here(tablet.store());
    // Closed and never backed up.
    story.set_stop(true);
    assert_eq!(said(tablet.home.sync()).dropped, 0);
    assert_eq!(said(tablet.home.drop_closed()).entries, 0);
    assert_eq!(here(tablet.store()), before);
    // Backed up, but with work since that is not.
    story.backup("first.age");
    story.work(&mut tablet);
    assert_eq!(said(tablet.home.drop_closed()).entries, 0, "not even sent");
    assert_eq!(said(tablet.home.sync()).dropped, 0);
    assert!(here(tablet.store())[0] > before[0]);
    // Backed up and open.
    story.backup("second.age");
    story.set_stop(false);
    assert_eq!(said(tablet.home.sync()).dropped, 0);
    // Control: the same, closed.
    story.set_stop(true);
    assert_eq!(said(tablet.home.sync()).dropped, 1);
    assert_eq!(here(tablet.store()), [0, 0, 0]);
    is_at_rest(&mut tablet);
}

#[test]
fn opened_again_it_comes_back_as_it_was() {
    for is_other_backup_between in [false, true] {
        let (mut story, mut tablet) = gone();
        if is_other_backup_between {
            story.backup("second.age");
            said(tablet.home.sync());
        }
        story.set_stop(false);
        let writer = tablet.store().writer();
        let synced = said(tablet.home.sync());
        assert_eq!((synced.healed, synced.dropped), (0, 0), "{synced:?}");
        assert!(synced.pulled > PEOPLE as u64, "{synced:?}");
        assert_eq!(tablet.store().writer(), writer);
        let server = story.district.central.store();
        let whole = projection(&server, &[VILLAGE]);
        assert_eq!(difference(&projection(tablet.store(), &[VILLAGE]), &whole), [] as [String; 0]);
        is_at_rest(&mut tablet);
        // Its own stream goes on where it stood, and all of it goes again.
        story.work(&mut tablet);
        assert!(said(tablet.home.sync()).pushed > 0);
        assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]));
        story.backup("last.age");
        story.set_stop(true);
        assert_eq!(said(tablet.home.sync()).dropped, 1);
        is_at_rest(&mut tablet);
    }
}

#[test]
fn a_new_roster_of_a_closed_village_opens_it_for_its_round() {
    let (story, mut tablet) = gone();
    let mut console = story.district.central.console();
    let round = server::console::NewRound {
        name: "下一轮".into(),
        from: "2027-03-01".into(),
        to: "2027-06-30".into(),
        levels_confirmed_by: String::new(),
    };
    let round = said(console.create_round(&round)).to_string();
    let mut few = story.people.clone();
    few.rows.truncate(3);
    let csv = "姓名,身份证号码\n".to_owned()
        + &(0..3)
            .map(|at| format!("{},{}\n", few.cell(at, "name"), few.cell(at, "id_number")))
            .collect::<String>();
    let file = story.path("new.csv");
    std::fs::write(&file, csv).unwrap();
    let order = field::RosterOrder { round, unit: Some(VILLAGE.to_owned()), files: vec![file] };
    assert_eq!(said(console.import_roster(&order)).accepted, 3);
    let synced = said(tablet.home.sync());
    assert!(synced.pulled > PEOPLE as u64, "{synced:?}");
    let found = tablet.store().find(few.cell(0, "id_number"), 2).unwrap();
    assert_eq!(found.len(), 1);
    // The first round's stop is still closed, the new one's is not: it stays.
    story.backup("second.age");
    assert_eq!(said(tablet.home.sync()).dropped, 0);
    is_at_rest(&mut tablet);
}

#[test]
fn a_server_restored_from_the_backup_that_let_it_go_alarms_no_tablet() {
    let (story, mut tablet) = gone();
    let writer = tablet.store().writer();
    story.restore("first.age");
    let synced = said(tablet.home.sync());
    assert_eq!((synced.healed, synced.dropped), (0, 0), "{synced:?}");
    assert_eq!(synced.refused, [] as [String; 0]);
    is_at_rest(&mut tablet);
    assert_eq!(tablet.store().writer(), writer);
    assert_eq!(said(tablet.home.status()).dropped_warning, None);
}

#[test]
fn what_a_server_lost_before_its_backup_is_told_and_never_claimed() {
    let (mut story, mut tablet) = Story::begin();
    story.backup("early.age");
    story.work(&mut tablet);
    said(tablet.home.sync());
    story.backup("first.age");
    story.set_stop(true);
    assert_eq!(said(tablet.home.sync()).dropped, 1);
    story.restore("early.age");
    for _ in 0..2 {
        let synced = said(tablet.home.sync());
        // The closing itself, a stream of the district, goes back; of the village nothing can.
        assert_eq!((synced.healed, synced.dropped, synced.unsent), (0, 0, 0), "{synced:?}");
        assert!(synced.batches < 4, "{synced:?}");
    }
    assert_eq!(here(&story.district.central.store())[1], 0);
    let status = said(tablet.home.status());
    let warning = status.dropped_warning.unwrap();
    assert!(warning.contains(&status.dropped.own.to_string()), "{warning}");
    // The later backup has it all: restored from that one, nothing is missing any more.
    story.restore("first.age");
    said(tablet.home.sync());
    assert_eq!(said(tablet.home.status()).dropped_warning, None);
    assert!(here(&story.district.central.store())[1] > 0);
}

#[test]
fn a_tablet_without_a_stops_data_records_nothing_there_and_says_what_to_do() {
    let (story, mut tablet) = gone();
    let mut one = story.people.clone();
    one.rows.truncate(1);
    let recorded = tablet.record(&story.district.round, tablet.seat.stations[GENERAL], None, &one);
    assert_eq!((recorded.people, recorded.problems.len()), (0, 1));
    assert_eq!(recorded.problems[0].code, Code::StopClosed.word());
    let new = field::NewPerson {
        round: story.district.round.clone(),
        unit: VILLAGE.to_owned(),
        name: "丁一".into(),
        ..field::NewPerson::default()
    };
    let refused = tablet.home.register(&new).unwrap_err();
    assert_eq!(refused.code, Code::StopClosed);
    let entries = tablet.store().counts().unwrap().entries;
    is_at_rest(&mut tablet);
    assert_eq!(tablet.store().counts().unwrap().entries, entries);
}

#[test]
fn a_retired_unit_takes_no_new_work_and_loses_none() {
    let (mut story, mut tablet) = Story::begin();
    let central = &story.district.central;
    let next = said(central.console().units())
        .into_iter()
        .find(|row| row.unit.0.len() == 12 && row.unit.0 != VILLAGE)
        .unwrap();
    // Offline, somebody works; meanwhile the village is retired.
    story.work(&mut tablet);
    let central = &story.district.central;
    said(central.console().retire_unit(VILLAGE, Some(&next.unit.0), false));
    let synced = said(tablet.home.sync());
    assert!(synced.pushed > 0 && synced.held == 0, "what was recorded is sent: {synced:?}");
    let server = story.district.central.store();
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]));
    assert!(here(&server)[1] > 0, "and counts");
    let mut one = story.people.clone();
    one.rows = vec![story.people.rows[30].clone()];
    let recorded = tablet.record(&story.district.round, tablet.seat.stations[GENERAL], None, &one);
    assert_eq!(recorded.people, 0);
    let problem = &recorded.problems[0];
    assert_eq!(problem.code, Code::UnitRetired.word());
    assert!(problem.text.contains(&next.label) && problem.text.contains(&next.unit.0));
    // Taken back, work goes on.
    said(story.district.central.console().retire_unit(VILLAGE, None, true));
    said(tablet.home.sync());
    let recorded = tablet.record(&story.district.round, tablet.seat.stations[GENERAL], None, &one);
    assert_eq!(recorded.people, 1);
}

#[test]
fn a_retired_schools_code_is_never_given_again() {
    let district = District::prepare();
    let mut console = district.central.console();
    let town = &district.school[..9];
    said(console.retire_unit(&district.school, None, false));
    // The same name may be taken by a school that is another one.
    let anew = said(console.add_school(stories::cast::SCHOOL, town));
    assert_ne!(anew.0, district.school);
    let last = said(console.add_school("另一所学校", town));
    said(console.retire_unit(&last.0, Some(&anew.0), false));
    let after = said(console.add_school("再一所学校", town));
    assert!(after > last && last > anew, "{after} {last} {anew}");
    let again = console.retire_unit(&last.0, Some(&anew.0), false).unwrap_err();
    assert_eq!(again.code, Code::UnitRetiredAlready);
    let wrong = console.retire_unit(&anew.0, Some(&last.0), false).unwrap_err();
    assert_eq!(wrong.code, Code::UnitUnknown, "work does not go on at a retired unit");
}

#[test]
fn the_commands_say_what_was_done() {
    let (story, tablet) = gone();
    let central = &story.district.central;
    let on_server = |command: &str| {
        let words = words(command).with("--data", &central.data);
        words.with("--key-file", &central.key_file)
    };
    let stop = |word: &str| {
        let words = on_server(&format!("stop {word}")).with("--round", &story.district.round);
        words.with("--unit", VILLAGE)
    };
    assert_eq!(stop("open").ask().answer()["closed"], false);
    assert_eq!(stop("close").ask().answer()["closed"], true);
    let again = stop("close").ask();
    assert_eq!(again.json()["error"]["code"], Code::NothingToChange.word());
    let town = on_server("stop close").with("--round", &story.district.round);
    let town = town.with("--unit", &VILLAGE[..9]).ask();
    assert_eq!(town.json()["error"]["code"], Code::StopUnknown.word());
    let retired = on_server("unit retire").with("--unit", VILLAGE).ask().answer();
    assert_eq!(retired["retired"], true);
    drop(tablet);
}

#[test]
fn a_stops_slips_lists_and_reports_are_refused_where_its_data_has_left_and_made_where_it_stands() {
    let check = |tablet: &mut Tablet, round: &str, unit: &str| -> Vec<Option<Code>> {
        let code = |made: Result<(), protocol::Failure>| made.err().map(|failure| failure.code);
        let (round, operator) = (round.to_owned(), Some(OPERATORS[0][0].to_owned()));
        let out = |name: &str| tablet.folder.parent().unwrap().join(name);
        let (slips, sheet, receipts) = (out("slips.pdf"), out("sheet.xlsx"), out("receipts.xlsx"));
        let referral = field::ReferralOrder {
            round: Some(round.clone()),
            unit: Some(unit.to_owned()),
            people: Vec::new(),
            operator: operator.clone(),
        };
        let order = field::SheetOrder {
            round: Some(round.clone()),
            unit: unit.to_owned(),
            operator,
            format: field::SheetFormat::Xlsx,
        };
        vec![
            code(tablet.home.issue_referrals(&referral, &slips).map(|_| ())),
            code(tablet.home.issue_task_sheet(&order, &sheet).map(|_| ())),
            code(tablet.home.receipts(&round, unit, &receipts).map(|_| ())),
        ]
    };
    let township = &VILLAGE[..9];
    let (mut story, mut tablet) = Story::begin_in(township);
    story.work_with_a_high_pressure(&mut tablet);
    said(tablet.home.sync());
    let round = story.district.round.clone();
    // Control: while the village is here, its papers are made.
    for unit in [VILLAGE, township] {
        assert_eq!(check(&mut tablet, &round, unit), [None, None, None], "{unit}");
    }
    said(tablet.home.sync());
    story.backup("first.age");
    story.set_stop(true);
    assert_eq!(said(tablet.home.sync()).dropped, 1);
    let entries = tablet.store().counts().unwrap().entries;
    for unit in [VILLAGE, township] {
        let refused = vec![Some(Code::StopClosed); 3];
        assert_eq!(check(&mut tablet, &round, unit), refused, "{unit}: the run would look whole");
    }
    assert_eq!(tablet.store().counts().unwrap().entries, entries, "nothing went out");
}
