//! A server restored from a backup that is older than a device's enrolment: the device proves itself, gives back what
//! it has, and is let in again by its own enrolment's return or by a coordinator. Through the real parts.

use domain::ids::UnitCode;
use field::Key;
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::{Entry, Fact, Header};
use server::{BackupOrder, RestoreOrder};
use std::fs;
use store::Store;
use stories::cast::{SEATS, VILLAGE};
use stories::replica::heads;
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

/// Station of the first seat at which everything here is recorded.
const GENERAL: usize = 1;

fn record(district: &District, tablet: &mut Tablet, person: usize) {
    let all = Sheet::measurements().of_place(VILLAGE);
    let all = all.filtered(|row| !row[all.column("weight_kg")].is_empty());
    let mut one = all.clone();
    one.rows = vec![all.rows[person].clone()];
    let place = tablet.seat.stations[GENERAL];
    assert!(tablet.record(&district.round, place, None, &one).results > 0);
}

/// Someone registered on a tablet that has no round yet: the entry alone, as its store takes it.
fn register(tablet: &Tablet) {
    let digit = tablet.seat.name.bytes().fold(0_u8, u8::wrapping_add);
    let mut store = Store::open(&tablet.folder, &Key::new([digit; 32])).unwrap();
    let details = DetailsFact { name: "王一".to_owned(), ..DetailsFact::default() };
    let fact = RegistrationFact { details: Some(details), kind: 1, ..RegistrationFact::default() };
    let header =
        Header { person: vec![7; 16], round: 7, day: Some(9_700), policy: 1, ..Header::default() };
    let entry = Entry { header, fact: Fact::Registration(fact) };
    store.append(&UnitCode(VILLAGE.to_owned()), &[entry]).unwrap();
}

/// A backup of this moment.
fn backup(district: &District) {
    let folder = district.folder.path();
    let recipient = said(server::backup_keygen(&folder.join("identity"))).recipient;
    let order = BackupOrder {
        data: district.central.data.clone(),
        key_file: Some(district.central.key_file.clone()),
        out: folder.join("safe.age"),
        recipients: vec![recipient],
        recipients_file: None,
    };
    said(server::backup(&order, &mut |_| {}));
}

/// The server's disk is lost, and the backup takes its place.
fn restore(district: &District) {
    let folder = district.folder.path();
    district.go_offline();
    fs::remove_dir_all(&district.central.data).unwrap();
    let order = RestoreOrder {
        data: district.central.data.clone(),
        from: folder.join("safe.age"),
        identity: folder.join("identity"),
        key_file: Some(district.central.key_file.clone()),
        accept_loss: true,
    };
    said(server::restore(&order, &mut |_| {}));
    district.restart();
}

#[test]
fn a_device_enrolled_after_the_backup_brings_its_work_and_its_own_enrolment_back() {
    let district = District::prepare();
    backup(&district);
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    record(&district, &mut tablet, 0);
    said(tablet.home.sync());
    record(&district, &mut tablet, 1);
    let writer = tablet.store().writer();
    restore(&district);
    assert_eq!(said(district.central.console().devices()), []);
    let synced = said(tablet.home.sync());
    // It held the district's stream, and gave that back first: its enrolment is there before it pulls.
    assert!(synced.presented);
    assert!(synced.presented_zh.unwrap().contains("无需操作"), "{synced:?}");
    assert_eq!((synced.unsent, synced.healed), (0, 0));
    assert_eq!(synced.refused, [] as [String; 0]);
    assert_eq!(tablet.store().writer(), writer);
    let status = said(district.central.console().status());
    assert_eq!((status.devices, status.devices_waiting), (1, 0));
    // Afterwards all is as ever.
    record(&district, &mut tablet, 2);
    let again = said(tablet.home.sync());
    assert_eq!((again.presented, again.presented_zh, again.unsent), (false, None, 0));
    let server = district.central.store();
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]));
    assert_eq!(server.verify(&mut |_| {}).unwrap(), []);
    assert_eq!(tablet.store().verify(&mut |_| {}).unwrap(), []);
}

#[test]
fn where_nobody_has_its_enrolment_a_device_gives_its_work_and_a_coordinator_lets_it_in() {
    let district = District::prepare();
    backup(&district);
    // Enrolled, and away ever since: it never got the district's stream.
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    register(&tablet);
    restore(&district);
    let synced = said(tablet.home.sync());
    assert_eq!((synced.unsent, synced.pulled), (0, 0));
    assert!(synced.presented_zh.unwrap().contains("jkkc device agree"), "{synced:?}");
    let mut console = district.central.console();
    let status = said(console.status());
    assert_eq!((status.devices, status.devices_waiting), (0, 1));
    assert!(status.waiting_zh.is_some());
    // Still waiting: nothing is lost, and it is said again.
    let again = said(tablet.home.sync());
    assert_eq!((again.presented, again.pulled), (false, 0));
    assert!(again.presented_zh.is_some());
    let waiting = said(console.devices()).remove(0);
    assert!(waiting.waiting_zh.is_some());
    said(console.agree_device(&waiting.device));
    let synced = said(tablet.home.sync());
    assert_eq!(synced.presented_zh, None);
    assert!(synced.pulled > 0, "{synced:?}");
    let server = district.central.store();
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]));
    assert_eq!(said(console.status()).devices_waiting, 0);
}
