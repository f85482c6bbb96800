//! A device that is revoked: what was known of it counts, what it hands over after is held for a person, it is given
//! nothing, and a server put back to before the revocation gets it back from any device that has it.

use domain::ids::UnitCode;
use protocol::Code;
use store::Store;
use stories::cast::{SEATS, VILLAGE};
use stories::replica::heads;
use stories::team::{District, Tablet, said};

fn work(district: &District, tablet: &mut Tablet, index: usize) {
    district.measure(tablet, VILLAGE, index);
}

fn revoke(district: &District, tablet: &Tablet) {
    let id = tablet.store().device().unwrap();
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    said(district.central.console().revoke_device(&id));
}

/// Places held on a server because the device was revoked.
fn held(store: &Store) -> Vec<(UnitCode, u64)> {
    let listed = store.held().unwrap().into_iter().filter(|item| item.reason == "revoked");
    let mut places: Vec<_> = listed.map(|item| (item.unit, item.reference.seq)).collect();
    places.sort();
    places
}

/// How far the device's own stream of the village is on a replica.
fn known(store: &Store, tablet: &Tablet) -> u64 {
    let writer = tablet.store().writer();
    let heads = heads(store, &[VILLAGE]);
    heads.iter().filter(|(key, _)| key.writer == writer).map(|(_, head)| head.seq).sum()
}

fn places(from: u64, to: u64) -> Vec<(UnitCode, u64)> {
    (from + 1..=to).map(|seq| (UnitCode(VILLAGE.to_owned()), seq)).collect()
}

fn verified(stores: &[&Store]) {
    for store in stores {
        assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
    }
}

#[test]
fn a_revoked_device_hands_over_what_is_held_and_is_given_nothing() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    let mut neighbour = district.enrol(&SEATS[1], &[VILLAGE]);
    said(tablet.home.sync());
    said(neighbour.home.sync());
    work(&district, &mut tablet, 0);
    said(tablet.home.sync());
    let server = district.central.store();
    let within = known(&server, &tablet);
    // Recorded before, revoked, recorded after: nobody can tell which is which, so both are held.
    work(&district, &mut tablet, 1);
    revoke(&district, &tablet);
    work(&district, &mut tablet, 2);
    work(&district, &mut neighbour, 3);
    said(neighbour.home.sync());
    let synced = said(tablet.home.sync());
    assert_eq!((synced.unsent, synced.pulled, synced.refused.len()), (0, 0, 0));
    assert!(synced.presented_zh.unwrap().contains("停用"));
    let all = known(&server, &tablet);
    assert!(all >= within + 2, "{all} {within}");
    assert_eq!(held(&server), places(within, all));
    assert_eq!(tablet.store().policy(), server.policy());
    assert_eq!(known(tablet.store(), &neighbour), 0);
    // Again, nothing changes.
    let again = said(tablet.home.sync());
    assert_eq!((again.pushed, again.pulled), (0, 0));
    assert_eq!((known(&server, &tablet), held(&server)), (all, places(within, all)));
    // Held on every device that has the unit, and what was known counts there.
    said(neighbour.home.sync());
    assert_eq!(held(neighbour.store()), places(within, all));
    verified(&[&server, neighbour.store(), tablet.store()]);
}

#[test]
fn a_revocation_comes_back_to_a_server_that_was_put_back_to_before_it() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    let mut neighbour = district.enrol(&SEATS[1], &[VILLAGE]);
    said(tablet.home.sync());
    said(neighbour.home.sync());
    work(&district, &mut tablet, 0);
    said(tablet.home.sync());
    said(neighbour.home.sync());
    let safe = district.copy_server();
    let within = known(&district.central.store(), &tablet);
    revoke(&district, &tablet);
    said(neighbour.home.sync());
    district.put_server_back(&safe);
    // Control: as long as nobody has brought the entry, the device works on as if nothing were.
    work(&district, &mut tablet, 1);
    let synced = said(tablet.home.sync());
    assert_eq!(synced.presented_zh, None);
    let server = district.central.store();
    let all = known(&server, &tablet);
    assert!(all > within);
    assert_eq!(held(&server), []);
    // Whoever has it brings it, and it is as if it had never been gone.
    said(neighbour.home.sync());
    let id = tablet.store().device().unwrap();
    assert!(server.is_revoked(&id).unwrap());
    assert_eq!(held(&server), places(within, all));
    work(&district, &mut neighbour, 2);
    said(neighbour.home.sync());
    let before = known(tablet.store(), &neighbour);
    work(&district, &mut tablet, 3);
    assert!(said(tablet.home.sync()).presented_zh.unwrap().contains("停用"));
    assert_eq!(held(&server), places(within, known(&server, &tablet)));
    assert_eq!(known(tablet.store(), &neighbour), before);
    verified(&[&server, neighbour.store(), tablet.store()]);
}

#[test]
fn a_revoked_device_is_told_nobodys_account_and_the_code_stays_good() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    let mut neighbour = district.enrol(&SEATS[1], &[VILLAGE]);
    let mut console = district.central.console();
    said(console.add_operator("chenmei", "陈梅", "recorder"));
    let code = said(console.create_account_code("chenmei")).code;
    drop(console);
    revoke(&district, &tablet);
    let refused = tablet.home.account_of_code(&code).map(|worker| worker.account);
    assert_eq!(refused.map_err(|failure| failure.code), Err(Code::DeviceBarred));
    // Control: a device that is let in is told.
    assert_eq!(said(neighbour.home.account_of_code(&code)).account, "chenmei");
}
