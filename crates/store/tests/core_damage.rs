//! Own entries damaged on the disk under an open database, and a device key that is gone: nothing readable is lost,
//! nothing is held up, and what is lost is named.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    Place, VILLAGE, device, enrol, give, give_of, lone_device, own_key, proofs, ranges,
    registration, server, unit,
};
use ledger::{Refusal, Replica, StreamKey, WriterId, fact_reference};
use protocol::failure::Code;
use std::collections::BTreeSet;
use store::{Setting, Sql, Store, StoreError};

#[derive(Debug, Clone, Copy)]
enum Harm {
    Changed,
    Emptied,
    Gone,
}

const HARMS: [Harm; 3] = [Harm::Changed, Harm::Emptied, Harm::Gone];

/// Harms one entry of the village's stream of a writer, past everything that guards it.
fn harm(store: &mut Store, writer: WriterId, seq: i64, harm: Harm) {
    let place = "unit_no = (SELECT unit_no FROM unit_key WHERE unit = $1)
                 AND writer_no = (SELECT writer_no FROM writer WHERE writer = $2) AND seq = $3";
    let sql = match harm {
        Harm::Changed => format!("UPDATE entry SET body = x'0a0208300102' WHERE {place}"),
        Harm::Emptied => format!("UPDATE entry SET body = x'' WHERE {place}"),
        Harm::Gone => format!("DELETE FROM entry WHERE {place}"),
    };
    let params = [VILLAGE.into(), Sql::Blob(&writer.0), seq.into()];
    assert_eq!(store.write(|tx| tx.exec(&sql, &params)), Ok(1));
}

fn record(place: &mut Place, serials: std::ops::Range<u64>) {
    let entries: Vec<_> = serials.map(|serial| registration(serial, "慕隆村")).collect();
    place.store.append(&unit(VILLAGE), &entries).unwrap();
}

/// People whose registrations a replica has.
fn people(store: &Store) -> i64 {
    let sql = "SELECT count(*) FROM person";
    store.read(|tx| tx.int(sql, &[])).unwrap().unwrap()
}

/// The village's facts, wherever they lie.
fn facts(store: &Store) -> BTreeSet<ledger::Reference> {
    let sql = "SELECT w.writer, e.seq, e.body FROM entry e
               JOIN writer w ON w.writer_no = e.writer_no
               JOIN unit_key u ON u.unit_no = e.unit_no WHERE u.unit = $1";
    let all = store.read(|tx| {
        tx.rows(sql, &[VILLAGE.into()], |row| {
            let writer = WriterId(row.blob(0)?.try_into().unwrap());
            Ok(fact_reference(writer, u64::try_from(row.int(1)?).unwrap(), row.blob(2)?))
        })
    });
    all.unwrap().into_iter().collect()
}

fn lost(store: &Store) -> Vec<u64> {
    let held = store.held().unwrap();
    held.iter().filter(|item| item.reason == "damaged").map(|item| item.reference.seq).collect()
}

/// What the server has of the streams that are damaged here, as a run asks for it; then whatever is left is left.
fn mend(place: &mut Place, from: &Place) {
    for (key, after) in place.store.damaged().unwrap() {
        let ranges = ranges(&from.store, &key, after, usize::MAX);
        place.store.repair(&ranges).unwrap();
    }
    place.store.abandon().unwrap();
}

fn is_whole(place: &Place, server: &Place, people_here: i64) {
    assert_eq!(place.store.verify(&mut |_| {}).unwrap(), []);
    assert_eq!(server.store.verify(&mut |_| {}).unwrap(), []);
    assert_eq!(people(&place.store), people_here);
    assert_eq!(facts(&place.store), facts(&server.store));
}

#[test]
fn a_damaged_entry_is_never_sealed_and_the_readable_rest_goes_on_under_a_new_name() {
    for kind in HARMS {
        for seq in [1, 3, 6] {
            let mut server = server();
            let mut place = device(&mut server, &[VILLAGE]);
            record(&mut place, 0..6);
            let writer = place.store.writer();
            harm(&mut place.store, writer, seq, kind);
            assert_eq!(give(&mut place, &mut server), 5, "{kind:?} {seq}");
            assert_ne!(place.store.writer(), writer);
            assert_eq!(lost(&place.store), [u64::try_from(seq).unwrap()]);
            // Nothing waits behind it, and saving goes on.
            record(&mut place, 10..12);
            assert_eq!(give(&mut place, &mut server), 2);
            is_whole(&place, &server, 7);
            assert_eq!(place.store.setting_number(Setting::Healed), Ok(None), "no restore");
        }
    }
}

#[test]
fn control_sealed_before_it_is_looked_at_a_damaged_entry_holds_up_everything_behind_it() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    record(&mut place, 0..3);
    place.store.seal_own().unwrap();
    let key = own_key(&place, VILLAGE);
    harm(&mut place.store, key.writer, 2, Harm::Changed);
    record(&mut place, 3..6);
    place.store.seal_own().unwrap();
    let all = ranges(&place.store, &key, 0, usize::MAX);
    let answers = server.store.accept(&all, &proofs(&place.store, &key)).unwrap();
    assert!(answers.iter().all(|answer| *answer == Err(Refusal::BadChain)), "{answers:?}");
    // Looked at, the same is mended: five go, one is named.
    mend(&mut place, &server);
    assert_eq!(give(&mut place, &mut server), 5);
    assert_eq!(lost(&place.store), [2]);
    is_whole(&place, &server, 5);
}

#[test]
fn what_the_server_has_of_a_damaged_stream_takes_its_place_and_no_name_changes() {
    for kind in HARMS {
        let mut server = server();
        let mut place = device(&mut server, &[VILLAGE]);
        record(&mut place, 0..5);
        // Taken, and the answer was lost: this side does not know.
        assert_eq!(give(&mut place, &mut server), 5);
        let key = own_key(&place, VILLAGE);
        harm(&mut place.store, key.writer, 2, kind);
        harm(&mut place.store, key.writer, 5, kind);
        record(&mut place, 5..7);
        mend(&mut place, &server);
        assert_eq!(place.store.writer(), key.writer, "{kind:?}");
        assert_eq!(lost(&place.store), [] as [u64; 0]);
        assert_eq!(give(&mut place, &mut server), 2);
        is_whole(&place, &server, 7);
    }
    // Control: a range that another key sealed mends nothing.
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    record(&mut place, 0..3);
    assert_eq!(give(&mut place, &mut server), 3);
    let key = own_key(&place, VILLAGE);
    harm(&mut place.store, key.writer, 2, Harm::Changed);
    let mut forged = ranges(&server.store, &key, 0, usize::MAX);
    forged[0].seal.signature[0] ^= 1;
    place.store.repair(&forged).unwrap();
    assert_eq!(place.store.damaged().unwrap().len(), 1);
}

#[test]
fn what_comes_back_later_from_a_neighbour_is_no_longer_listed() {
    let mut server = server();
    let mut place = device(&mut server, &[VILLAGE]);
    let mut neighbour = device(&mut server, &[VILLAGE]);
    record(&mut place, 0..4);
    // Met in the hall: the neighbour has it, the server not yet.
    assert_eq!(give_of(&mut place, &mut neighbour, &[VILLAGE]), 4);
    let key = own_key(&place, VILLAGE);
    harm(&mut place.store, key.writer, 2, Harm::Changed);
    mend(&mut place, &server);
    assert_eq!(lost(&place.store), [2]);
    give(&mut place, &mut server);
    give(&mut neighbour, &mut server);
    give(&mut server, &mut place);
    assert_eq!(lost(&place.store), [] as [u64; 0]);
    is_whole(&place, &server, 4);
}

#[test]
fn a_device_whose_key_is_lost_saves_on_and_is_enrolled_again_with_every_entry() {
    let lose: [fn(&mut Place); 3] = [
        |place| {
            let sql = "DELETE FROM setting WHERE key = 'signing_key'";
            assert_eq!(place.store.write(|tx| tx.exec(sql, &[])), Ok(1));
        },
        |place| place.store.set_setting(Setting::SigningKey, &[1; 7]).unwrap(),
        |place| place.store.set_setting(Setting::SigningKey, &[1; 32]).unwrap(),
    ];
    for lose in lose {
        let mut server = server();
        let mut place = device(&mut server, &[VILLAGE]);
        record(&mut place, 0..4);
        give(&mut place, &mut server);
        let heads = place.store.own_heads().unwrap();
        place.store.note_server_heads(&heads).unwrap();
        record(&mut place, 4..6);
        place.store.seal_own().unwrap();
        // Control: with its key it is no new device.
        assert_eq!(place.store.is_key_lost(), Ok(false));
        let (device, writer) = (place.store.device().unwrap(), place.store.writer());
        lose(&mut place);
        // More than is ever left unsealed: saving asks for no key.
        let long = "长".repeat(2_000);
        let entries: Vec<_> = (6..30).map(|serial| registration(serial, &long)).collect();
        place.store.append(&unit(VILLAGE), &entries).unwrap();
        assert_eq!(place.store.seal_own(), Err(StoreError::Refused(Code::DeviceKeyLost)));
        assert_eq!(place.store.is_key_lost(), Ok(true));
        place.store.begin_as_new_device().unwrap();
        enrol(&mut server, &mut place, &[VILLAGE]);
        assert_ne!(place.store.device().unwrap(), device);
        assert_ne!(place.store.writer(), writer);
        // The four that the server has are not filed again.
        assert_eq!(give(&mut place, &mut server), 26);
        give(&mut server, &mut place);
        is_whole(&place, &server, 30);
        let key = StreamKey::new(own_key(&place, VILLAGE).unit, place.store.writer());
        assert_eq!(place.store.heads(None).unwrap()[&key].seq, 26);
    }
    let mut never = lone_device();
    record(&mut never, 0..2);
    assert_eq!(never.store.is_key_lost(), Ok(false));
}
