//! Policy versions: what each gave a device, and that no number is given twice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    FAR_VILLAGE, Place, VILLAGE, device, enrol, give, registration, server, unit, unit_key,
};
use ledger::{Replica, UnitKey};
use protocol::failure::Code;
use store::{POLICY_LEAD_MAX, StoreError};

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
