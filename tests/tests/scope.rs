//! A device's units named anew: what it recorded before counts as it was recorded, it is no longer given what it lost,
//! it gives all it has, and a version's number means one thing for ever, a server put back from a copy included.

use domain::ids::UnitCode;
use ledger::UnitKey;
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::{Code, Entry, Fact, Header};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use store::{Setting, Store};
use stories::cast::{OTHER_VILLAGE, SEATS, VILLAGE};
use stories::replica::heads;
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

/// Station of a seat at which everything here is recorded.
const GENERAL: usize = 1;

fn device_id(tablet: &Tablet) -> String {
    let id = tablet.store().device().unwrap();
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn change(district: &District, tablet: &Tablet, units: &[&str]) -> u32 {
    let units: Vec<String> = units.iter().map(|unit| (*unit).to_owned()).collect();
    said(district.central.console().change_scope(&device_id(tablet), &units)).policy
}

/// One more person of a village, measured.
fn one_of(unit: &str, index: usize) -> Sheet {
    let people = Sheet::measurements().of_place(unit);
    let mut one = people.filtered(|row| !row[people.column("weight_kg")].is_empty());
    one.rows = vec![one.rows[index].clone()];
    one
}

fn work(district: &District, tablet: &mut Tablet, unit: &str, index: usize) {
    let place = tablet.seat.stations[GENERAL];
    let recorded = tablet.record(&district.round, place, None, &one_of(unit, index));
    assert!(recorded.results > 0);
}

/// What no screen lets anybody write: someone registered in a unit that is not the device's, under a policy.
fn sneak(tablet: &mut Tablet, unit: &str, serial: u8, policy: u32) {
    let key = key_of(tablet);
    let details = DetailsFact { name: "欧阳测".to_owned(), ..DetailsFact::default() };
    let fact = RegistrationFact { details: Some(details), kind: 1, ..RegistrationFact::default() };
    let header = Header { round: 7, person: vec![serial; 16], policy, ..Header::default() };
    let mut store = Store::open(&tablet.folder, &key).unwrap();
    let entry = Entry { header, fact: Fact::Registration(fact) };
    store.append(&UnitCode(unit.to_owned()), &[entry]).unwrap();
}

fn key_of(tablet: &Tablet) -> field::Key {
    let digit = tablet.seat.name.bytes().fold(0_u8, u8::wrapping_add);
    field::Key::new([digit; 32])
}

fn policy(store: &Store) -> u32 {
    store.policy().unwrap()
}

/// Entries of a unit held here, by writer.
fn entries(store: &Store, unit: &str) -> BTreeMap<[u8; 16], u64> {
    heads(store, &[unit]).into_iter().map(|(key, head)| (key.writer.0, head.seq)).collect()
}

fn held(store: &Store) -> Vec<(String, String)> {
    store.held().unwrap().into_iter().map(|item| (item.unit.0, item.reason)).collect()
}

#[test]
fn work_done_under_the_old_scope_counts_and_work_outside_the_new_one_is_held_on_both_sides() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, OTHER_VILLAGE]);
    let mut neighbour = district.enrol(&SEATS[1], &[OTHER_VILLAGE]);
    said(tablet.home.sync());
    said(neighbour.home.sync());
    let before = policy(tablet.store());
    work(&district, &mut tablet, OTHER_VILLAGE, 0);
    // Withdrawn while that is not sent; the neighbour's work there is done after.
    let raised = change(&district, &tablet, &[VILLAGE]);
    assert_eq!(raised, before + 1);
    work(&district, &mut neighbour, OTHER_VILLAGE, 1);
    said(neighbour.home.sync());
    let there = entries(tablet.store(), OTHER_VILLAGE);

    let synced = said(tablet.home.sync());
    assert_eq!((synced.unsent, synced.held, synced.refused), (0, 0, Vec::new()));
    let server = district.central.store();
    let writer = tablet.store().writer().0;
    // Taken, though the scope is gone; and not given what the neighbour did.
    assert_eq!(entries(&server, OTHER_VILLAGE)[&writer], there[&writer]);
    assert_eq!(held(&server), []);
    assert_eq!(entries(tablet.store(), OTHER_VILLAGE), there);
    assert!(!there.contains_key(&neighbour.store().writer().0));
    // It obeys: new entries name the new version, its certificate is of it, and no screen writes outside.
    assert_eq!(policy(tablet.store()), raised);
    let own = ledger::Replica::certificates(tablet.store(), &tablet.store().writer()).unwrap();
    let (certificate, _) = own.unwrap();
    assert_eq!(certificate.policy, raised);
    assert_eq!(certificate.units, [UnitKey::try_new(VILLAGE).unwrap()]);
    let order = field::RecordOrder {
        round: district.round.clone(),
        station: Some(tablet.seat.stations[GENERAL].0.to_owned()),
        unit: Some(OTHER_VILLAGE.to_owned()),
        operator: Some(tablet.seat.operator.to_owned()),
        examiner: None,
    };
    let file = one_of(OTHER_VILLAGE, 2).write(&tablet.folder, "outside.csv");
    let refused = tablet.home.record(&order, &file, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code, Code::OutOfScope);
    // Control: an entry like the next that names the version before is not held.
    sneak(&mut tablet, OTHER_VILLAGE, 2, before);
    said(tablet.home.sync());
    assert_eq!(held(&server), []);
    sneak(&mut tablet, OTHER_VILLAGE, 1, raised);
    said(tablet.home.sync());
    let outside = vec![(OTHER_VILLAGE.to_owned(), "outside_units".to_owned())];
    assert_eq!(held(&server), outside);
    assert_eq!(held(tablet.store()), outside);
    assert_eq!(held(neighbour.store()), []);
    // Control: given the unit back, it is given the neighbour's work there too.
    assert_eq!(change(&district, &tablet, &[VILLAGE, OTHER_VILLAGE]), raised + 1);
    said(tablet.home.sync());
    assert_eq!(entries(tablet.store(), OTHER_VILLAGE), entries(&server, OTHER_VILLAGE));
    for store in [&server, tablet.store()] {
        assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
    }
}

/// Files of a folder, in place of whatever the other folder held.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

/// A device that never pulled the entry which names its units anew, but has the certificate that says so: its tablet was
/// put back to before the entry, and kept what `Setting` keeps beside it. Answers what the server has it work in after
/// it was put back too and the tablet called. `shows`: with that certificate.
fn units_after_restore(shows: bool) -> Vec<String> {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, OTHER_VILLAGE]);
    said(tablet.home.sync());
    let safe = district.folder.path().join("safe");
    district.go_offline();
    copy(&district.central.data, &safe);
    district.restart();
    let lost = change(&district, &tablet, &[VILLAGE]);
    let id = tablet.store().device().unwrap();
    let certificate = district.central.store().newer_certificate(&id, 0).unwrap().unwrap();
    assert_eq!(certificate.policy, lost);
    district.go_offline();
    copy(&safe, &district.central.data);
    district.restart();
    if shows {
        let key = key_of(&tablet);
        let mut store = Store::open(&tablet.folder, &key).unwrap();
        let root = store.server_public_key().unwrap().unwrap();
        store.become_enrolled(&certificate, &root, &[]).unwrap();
    }
    let synced = said(tablet.home.sync());
    assert_eq!((synced.presented, synced.refused.len()), (shows, 0));
    // Said once is enough.
    assert!(!said(tablet.home.sync()).presented);
    let server = district.central.store();
    assert_eq!(policy(&server), if shows { lost } else { lost - 1 });
    assert_eq!(server.verify(&mut |_| {}).unwrap(), []);
    server.enrolment_of(&id).unwrap().unwrap().units
}

#[test]
fn units_named_anew_and_lost_with_a_restore_come_back_with_the_devices_certificate() {
    assert_eq!(units_after_restore(true), [VILLAGE]);
    // Control: a device that has no newer certificate brings nothing back.
    assert_eq!(units_after_restore(false), [VILLAGE, OTHER_VILLAGE]);
}

/// A server put back to before a scope change, and the number its next one gets. `calls`: the device that knows of
/// the lost one has called meanwhile.
fn number_after_restore(calls: bool) -> (u32, u32, District, Tablet) {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE, OTHER_VILLAGE]);
    said(tablet.home.sync());
    let safe = district.folder.path().join("safe");
    district.go_offline();
    copy(&district.central.data, &safe);
    district.restart();
    let lost = change(&district, &tablet, &[VILLAGE]);
    said(tablet.home.sync());
    assert_eq!(policy(tablet.store()), lost);
    district.go_offline();
    copy(&safe, &district.central.data);
    assert_eq!(policy(&district.central.store()), lost - 1);
    district.restart();
    if calls {
        let synced = said(tablet.home.sync());
        assert_eq!(synced.refused, [] as [String; 0]);
        // What the older server said was not obeyed, and what it had written came back to it.
        assert_eq!(policy(tablet.store()), lost);
        let scope = tablet.store().setting_text(Setting::Scope).unwrap().unwrap();
        assert!(!scope.contains(OTHER_VILLAGE));
        let server = district.central.store();
        assert_eq!(policy(&server), lost);
        let id = tablet.store().device().unwrap();
        assert_eq!(server.enrolment_of(&id).unwrap().unwrap().units, [VILLAGE]);
    }
    let number = change(&district, &tablet, &[OTHER_VILLAGE]);
    (lost, number, district, tablet)
}

#[test]
fn a_server_put_back_never_gives_a_policy_number_twice() {
    let (lost, number, district, mut tablet) = number_after_restore(true);
    assert!(number > lost, "{number} {lost}");
    said(tablet.home.sync());
    assert_eq!(policy(tablet.store()), number);
    work(&district, &mut tablet, OTHER_VILLAGE, 0);
    said(tablet.home.sync());
    let server = district.central.store();
    assert_eq!(held(&server), []);
    for store in [&server, tablet.store()] {
        assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
    }
    // Control: a server nobody has handed the lost version to gives its number again.
    let (lost, number, ..) = number_after_restore(false);
    assert_eq!(number, lost);
}
