//! A tablet whose disk has spoilt an entry, or its key: it syncs on by itself, or after one new code, and nobody else's
//! work and nothing readable is lost. Through the real parts.

use field::{Enrolment, Home, Key};
use protocol::Code;
use store::{Setting, Sql, Store};
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
