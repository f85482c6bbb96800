//! A tablet whose disk has spoilt an entry, or its key: it syncs on by itself, or after one new code, and nobody else's
//! work and nothing readable is lost. Through the real parts.

use field::{Enrolment, Home, Key};
use ledger::Replica;
use protocol::Code;
use store::{Setting, Sql, Store};
use stories::cast::{SEATS, VILLAGE};
use stories::replica::heads;
use stories::samples::Sheet;
use stories::sim::mortal::Mortal;
use stories::steady::AFTERNOON_MS;
use stories::team::{District, Tablet, said};
use sync::{DeviceClock, Https, HttpsLimits, Pace, Seen, Start};

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

fn key(tablet: &Tablet) -> Key {
    let digit = tablet.seat.name.bytes().fold(0_u8, u8::wrapping_add);
    Key::new([digit; 32])
}

/// The tablet's database by another handle, as its disk would be changed under it.
fn disk(tablet: &Tablet) -> Store {
    Store::open(&tablet.folder, &key(tablet)).unwrap()
}

#[test]
fn an_entry_spoilt_on_the_disk_is_named_and_everything_else_is_uploaded() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    for person in 0..3 {
        record(&district, &mut tablet, person);
    }
    let writer = tablet.store().writer();
    let spoilt = disk(&tablet).write(|tx| {
        let sql = "UPDATE entry SET body = x'0a02' WHERE seq = 1 AND writer_no =
                   (SELECT writer_no FROM writer WHERE writer = $1)";
        tx.exec(sql, &[Sql::Blob(&writer.0)])
    });
    assert_eq!(spoilt, Ok(1));
    let synced = said(tablet.home.sync());
    assert_eq!((synced.unsent, synced.held, synced.healed), (0, 1, 0), "{synced:?}");
    assert_eq!(synced.refused, [] as [String; 0]);
    assert_ne!(tablet.store().writer(), writer);
    let held = said(tablet.home.held());
    assert_eq!(held.len(), 1);
    assert!(held[0].text.contains("损坏"), "{}", held[0].text);
    assert_eq!(said(tablet.home.status()).held, 1);
    // It holds up nothing that comes after it.
    record(&district, &mut tablet, 3);
    assert_eq!(said(tablet.home.sync()).unsent, 0);
    let server = district.central.store();
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]));
    assert_eq!(tablet.store().verify(&mut |_| {}).unwrap(), []);
    assert_eq!(server.verify(&mut |_| {}).unwrap(), []);
}

#[test]
fn a_tablet_whose_key_is_gone_says_so_and_one_new_code_brings_all_its_work_up() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    record(&district, &mut tablet, 0);
    said(tablet.home.sync());
    record(&district, &mut tablet, 1);
    disk(&tablet).set_setting(Setting::SigningKey, b"").unwrap();
    record(&district, &mut tablet, 2);
    let failure = tablet.home.sync().unwrap_err();
    assert_eq!(failure.code, Code::DeviceKeyLost);
    let entries = tablet.store().counts().unwrap().entries;
    let units = [VILLAGE.to_owned()];
    let made = said(district.central.console().create_enrolment(&units));
    let order = Enrolment {
        server: district.line.url(),
        code: made.code,
        ca_pin: made.ca_pin,
        name: "换了密钥".to_owned(),
    };
    said(Home::enrol(&tablet.folder, &key(&tablet), tablet.host.clone(), &order));
    tablet.reopen();
    assert_eq!(tablet.store().counts().unwrap().entries, entries);
    let synced = said(tablet.home.sync());
    assert_eq!((synced.unsent, synced.held), (0, 0), "{synced:?}");
    said(tablet.home.sync());
    let server = district.central.store();
    assert_eq!(heads(tablet.store(), &[VILLAGE]), heads(&server, &[VILLAGE]));
    assert_eq!(tablet.store().verify(&mut |_| {}).unwrap(), []);
    assert_eq!(said(district.central.console().devices()).len(), 2);
    // Control: with a good key a second enrolment is refused.
    let again = Home::enrol(&tablet.folder, &key(&tablet), tablet.host.clone(), &order);
    assert_eq!(again.unwrap_err().code, Code::AlreadyEnrolled);
}

/// The way to the server and what a run starts from, as the tablet's own program makes them.
fn way(store: &Store) -> (Https, Start) {
    let text = |setting| store.setting_text(setting).unwrap().unwrap();
    let clock = DeviceClock { unix_ms: AFTERNOON_MS, heard_unix_ms: None };
    let (url, ca) = (text(Setting::ServerUrl), text(Setting::CaPem));
    let https = Https::new(&url, &ca, &text(Setting::Token), clock, HttpsLimits::default());
    let start = Start {
        server_public_key: store.server_public_key().unwrap().unwrap(),
        seen: Seen::default(),
        unix_ms: AFTERNOON_MS,
        unsent: 1,
        pace: Pace::default(),
        first_units: Vec::new(),
        push_only: false,
        nonce: [7; 16],
    };
    (https.unwrap(), start)
}

#[test]
fn control_a_device_that_does_not_look_for_damage_uploads_nothing_from_there_on() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    for person in 0..3 {
        record(&district, &mut tablet, person);
    }
    let writer = tablet.store().writer();
    let mut store = disk(&tablet);
    store.seal_own().unwrap();
    let spoilt = store.write(|tx| {
        let sql = "UPDATE entry SET body = x'0a02' WHERE seq = 1 AND writer_no =
                   (SELECT writer_no FROM writer WHERE writer = $1)";
        tx.exec(sql, &[Sql::Blob(&writer.0)])
    });
    assert_eq!(spoilt, Ok(1));
    let (mut https, start) = way(&store);
    // It passes on everything but the question for damage: a replica that is not asked names none.
    let ran = sync::run(&mut Mortal::new(&mut store, None), &mut https, &start).unwrap();
    assert!(!ran.refused.is_empty());
    drop(store);
    let server = district.central.store();
    let roster = heads(&server, &[VILLAGE]).keys().filter(|key| key.writer != writer).count();
    let streams = || heads(&server, &[VILLAGE]).len();
    assert_eq!(streams(), roster, "none of the tablet's");
    // The same with the guard: what can be read is there, and the rest is named.
    let synced = said(tablet.home.sync());
    assert_eq!((synced.unsent, synced.held), (0, 1), "{synced:?}");
    assert!(streams() > roster);
}
