//! Policy versions: what each gave a device, and that no number is given twice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    DISTRICT, FAR_VILLAGE, Place, VILLAGE, device, enrol, give, key, registration, server, unit,
    unit_key,
};
use ledger::{BackedUp, Replica, UnitKey};
use protocol::failure::Code;
use store::{POLICY_LEAD_MAX, Store, StoreError};

fn change(server: &mut Place, device: &Place, units: &[&str]) -> Result<u32, StoreError> {
    let units: Vec<UnitKey> = units.iter().map(|code| unit_key(code)).collect();
    server.store.change_scope(&device.store.device().unwrap(), &units)
}

/// A registration that names a policy, in a unit.
fn write(place: &mut Place, code: &str, serial: u64, policy: u32) {
    let mut entry = registration(serial, "慕隆村");
    entry.header.policy = policy;
    place.store.append(&unit(code), &[entry]).unwrap();
}

#[test]
fn an_entry_is_judged_by_the_version_it_names() {
    let check = |case: &str, named: &[u32], held: &[u64]| {
        let mut server = server();
        let mut tablet = device(&mut server, &[VILLAGE, FAR_VILLAGE]);
        assert_eq!(change(&mut server, &tablet, &[VILLAGE]), Ok(2));
        assert_eq!(change(&mut server, &tablet, &[FAR_VILLAGE]), Ok(3));
        for (policy, serial) in named.iter().zip(1..) {
            write(&mut tablet, FAR_VILLAGE, serial, *policy);
        }
        give(&mut tablet, &mut server);
        let listed = server.store.held().unwrap().into_iter();
        let outside: Vec<u64> = listed
            .filter(|item| item.reason == "outside_units")
            .map(|item| item.reference.seq)
            .collect();
        assert_eq!(outside, held, "{case}");
    };
    check("under the first it might", &[1], &[]);
    check("under the second it might not", &[2], &[1]);
    check("under the third again", &[3], &[]);
    check("along a stream", &[1, 2, 3], &[2]);
    check("one older than its enrolment", &[0], &[]);
    check("one that no server has said", &[9], &[]);
}

#[test]
fn a_change_of_scope_raises_the_policy_by_one_and_is_proven() {
    let mut server = server();
    let tablet = device(&mut server, &[VILLAGE]);
    let id = tablet.store.device().unwrap();
    assert_eq!(server.store.policy(), Ok(1));
    assert_eq!(server.store.newer_certificate(&id, 1), Ok(None));
    assert_eq!(change(&mut server, &tablet, &[FAR_VILLAGE]), Ok(2));
    assert_eq!(server.store.policy(), Ok(2));
    let certificate = server.store.newer_certificate(&id, 1).unwrap().unwrap();
    assert_eq!((certificate.policy, certificate.units.clone()), (2, vec![unit_key(FAR_VILLAGE)]));
    let mut tablet = tablet;
    let root = server.store.server_public_key().unwrap().unwrap();
    tablet.store.become_enrolled(&certificate, &root, &[]).unwrap();
    let own = tablet.store.certificates(&tablet.store.writer()).unwrap().unwrap();
    assert_eq!(own.0, certificate);
    let same = change(&mut server, &tablet, &[FAR_VILLAGE]);
    assert_eq!(same, Err(StoreError::Refused(Code::NothingToChange)));
    let stranger = core_support::lone_device();
    let unknown = change(&mut server, &stranger, &[VILLAGE]);
    assert_eq!(unknown, Err(StoreError::Refused(Code::DeviceUnknown)));
    assert_eq!(change(&mut server, &tablet, &[]), Err(StoreError::Refused(Code::UnitUnknown)));
    let by_device = tablet.store.change_scope(&id, &[unit_key(VILLAGE)]);
    assert_eq!(by_device, Err(StoreError::Refused(Code::ServerRefused)));
    assert_eq!(server.store.policy(), Ok(2), "refusals change nothing");
    // Enrolled anew for other units is the same as naming them anew; for the same ones it is not.
    enrol(&mut server, &mut tablet, &[VILLAGE]);
    assert_eq!(server.store.policy(), Ok(3));
    enrol(&mut server, &mut tablet, &[VILLAGE]);
    assert_eq!(server.store.policy(), Ok(3));
}

#[test]
fn the_same_units_are_news_where_a_version_was_lost_with_a_restore() {
    // Control: with nothing lost they are not.
    for (is_lost, expected) in [(true, Ok(8)), (false, Err(Code::NothingToChange))] {
        let mut server = server();
        let mut tablet = device(&mut server, &[VILLAGE]);
        if is_lost {
            // What the tablet heard under 7 this server has lost.
            server.store.note_policy_handed(7).unwrap();
        }
        let named = change(&mut server, &tablet, &[VILLAGE]);
        assert_eq!(named, expected.map_err(StoreError::Refused));
        let now = server.store.policy().unwrap();
        // Said once, it is known again; and a code lets a device in under what is known.
        let again = change(&mut server, &tablet, &[VILLAGE]);
        assert_eq!(again, Err(StoreError::Refused(Code::NothingToChange)));
        enrol(&mut server, &mut tablet, &[VILLAGE]);
        assert_eq!(server.store.policy(), Ok(now));
    }
    let mut server = server();
    let mut tablet = device(&mut server, &[VILLAGE]);
    server.store.note_policy_handed(7).unwrap();
    enrol(&mut server, &mut tablet, &[VILLAGE]);
    assert_eq!(server.store.policy(), Ok(8), "a code is as good");
}

#[test]
fn the_next_version_is_beyond_every_one_handed() {
    let check = |handed: &[u32], expected: u32| {
        let mut server = server();
        let tablet = device(&mut server, &[VILLAGE]);
        for policy in handed {
            server.store.note_policy_handed(*policy).unwrap();
        }
        assert_eq!(server.store.policy(), Ok(1), "handed is not said");
        assert_eq!(change(&mut server, &tablet, &[FAR_VILLAGE]), Ok(expected), "{handed:?}");
        assert_eq!(change(&mut server, &tablet, &[VILLAGE]), Ok(expected + 1), "{handed:?}");
    };
    // Control: the floor is what raises it.
    check(&[], 2);
    check(&[0, 1], 2);
    check(&[7], 8);
    check(&[7, 3], 8);
    // One device that claims too much uses up a bounded stretch, once.
    check(&[u32::MAX, u32::MAX], POLICY_LEAD_MAX + 2);
    let mut tablet = core_support::lone_device();
    assert_eq!(tablet.store.note_policy_handed(7), Ok(false));
}

#[test]
fn what_a_revoked_device_recorded_beyond_the_named_heads_is_held_and_what_lies_within_counts() {
    let held = |server: &Place| -> Vec<(u64, String)> {
        let listed = server.store.held().unwrap().into_iter();
        listed.map(|item| (item.reference.seq, item.reason)).collect()
    };
    let check = |is_revoked: bool, expected: &[u64]| {
        let mut server = server();
        let mut tablet = device(&mut server, &[VILLAGE]);
        let id = tablet.store.device().unwrap();
        write(&mut tablet, VILLAGE, 1, 1);
        give(&mut tablet, &mut server);
        if is_revoked {
            assert_eq!(server.store.revoke_device(&id), Ok(2));
        }
        // One under the version it had, one under the one it was told.
        write(&mut tablet, VILLAGE, 2, 1);
        write(&mut tablet, VILLAGE, 3, 2);
        give(&mut tablet, &mut server);
        let expected: Vec<(u64, String)> =
            expected.iter().map(|seq| (*seq, "revoked".to_owned())).collect();
        assert_eq!(held(&server), expected);
        give(&mut tablet, &mut server);
        assert_eq!(held(&server), expected);
        let scope = server.store.change_scope(&id, &[unit_key(FAR_VILLAGE)]);
        let barred = Err(StoreError::Refused(Code::DeviceBarred));
        assert_eq!(scope == barred, is_revoked);
        if is_revoked {
            // Let in again, what it records from then on counts; what was held stays so.
            enrol(&mut server, &mut tablet, &[VILLAGE]);
            assert_eq!(server.store.policy(), Ok(3));
            write(&mut tablet, VILLAGE, 4, 3);
            give(&mut tablet, &mut server);
            assert_eq!(held(&server), expected);
        }
        assert_eq!(server.store.verify(&mut |_| {}).unwrap(), []);
    };
    check(true, &[2, 3]);
    // Control: the same without the entry that revokes holds nothing.
    check(false, &[]);
}

/// A server, and what it did after a copy of it was kept; the copy then comes up in its place. Answers whether that gives
/// out a position of the lost one again, and whether a policy number.
fn given_again(is_restored: bool) -> (bool, bool) {
    let mut server = server();
    let tablet = device(&mut server, &[VILLAGE]);
    let Place { folder, store } = server;
    drop(store);
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let work = |folder: tempfile::TempDir, serial: u64, is_restored: bool| {
        let mut store = Store::open(folder.path(), &key()).unwrap();
        if is_restored {
            store.become_restored(&BackedUp::default()).unwrap();
        }
        let reference = store.append(&unit(DISTRICT), &[registration(serial, "慕隆村")]);
        let reference = reference.unwrap()[0];
        let mut place = Place { folder, store };
        ((reference.writer, reference.seq), change(&mut place, &tablet, &[FAR_VILLAGE]).unwrap())
    };
    let (lost, new) = (work(folder, 1, false), work(copy, 2, is_restored));
    (lost.0 == new.0, new.1 <= lost.1)
}

#[test]
fn a_restored_server_gives_out_no_position_and_no_policy_number_of_the_lost_one() {
    assert_eq!(given_again(true), (false, false));
}

#[test]
fn control_a_server_put_back_without_a_word_gives_both_out_again() {
    assert_eq!(given_again(false), (true, true));
}
