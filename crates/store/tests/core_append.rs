//! Appending: dense, sealed in time, durable, by several programs at once, and whole when the disk is not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{
    OTHER_VILLAGE, Place, VILLAGE, bodies, head, key, lone_device, own_key, ranges, registration,
    row_counts, unit, unit_key,
};
use ledger::{FACT_BYTES_MAX, Head, Replica, SEAL_EVERY_BYTES, public_key, verify_range};
use protocol::failure::Code;
use std::process::Command;
use store::{Counts, Store, StoreError};

#[test]
fn positions_are_dense_and_the_chain_follows_from_the_bodies() {
    let mut place = lone_device();
    for serial in 0..5 {
        let entries = [registration(serial, "甲"), registration(serial, "乙")];
        let references = place.store.append(&unit(VILLAGE), &entries).unwrap();
        let seqs: Vec<u64> = references.iter().map(|r| r.seq).collect();
        assert_eq!(seqs, [serial * 2 + 1, serial * 2 + 2]);
    }
    place.store.append(&unit(OTHER_VILLAGE), &[registration(9, "丙")]).unwrap();
    let stream = own_key(&place, VILLAGE);
    let kept = bodies(&place.store, &stream);
    let expected = Head::genesis(&stream).after(kept.iter().map(Vec::as_slice));
    assert_eq!(head(&place, &stream), Some(expected));
    assert_eq!(expected.seq, 10);
    assert_eq!(place.store.own_heads().unwrap().len(), 2);
    let units = [unit_key(VILLAGE), unit_key(OTHER_VILLAGE)];
    assert_eq!(place.store.unit_keys().unwrap(), units.into_iter().collect());
}

#[test]
fn a_stretch_without_a_seal_never_grows_beyond_the_limit() {
    let mut place = lone_device();
    let words = "字".repeat(3_000);
    for serial in 0..40 {
        place.store.append(&unit(VILLAGE), &[registration(serial, &words)]).unwrap();
    }
    let unsealed = place.store.counts().unwrap().unsealed;
    assert!(unsealed > 0 && unsealed < 40, "{unsealed}");
    assert_eq!(place.store.seal_own(), Ok(1));
    assert_eq!(place.store.seal_own(), Ok(0));
    let counts = Counts { entries: 40, unsealed: 0, unsent: 40 };
    assert_eq!(place.store.counts(), Ok(counts));
    let stream = own_key(&place, VILLAGE);
    let device_key = public_key(&place.store.signing_key().unwrap());
    let all = ranges(&place.store, &stream, 0, usize::MAX);
    assert_eq!(all.iter().map(|range| range.bodies.len()).sum::<usize>(), 40);
    for range in &all {
        assert!(range.body_bytes() <= SEAL_EVERY_BYTES);
        verify_range(range, &device_key).unwrap();
    }
}

#[test]
fn seals_closer_than_the_limit_are_dropped_when_a_later_one_covers_them() {
    let mut place = lone_device();
    for serial in 0..200 {
        place.store.append(&unit(VILLAGE), &[registration(serial, "一次一封")]).unwrap();
        place.store.seal_own().unwrap();
    }
    let seals = |place: &Place| place.store.read(|tx| tx.int("SELECT count(*) FROM seal", &[]));
    assert_eq!(seals(&place), Ok(Some(1)));
    // A reader that stands where a seal was dropped goes on from there all the same.
    let stream = own_key(&place, VILLAGE);
    let device_key = public_key(&place.store.signing_key().unwrap());
    for after in [0, 1, 77, 199] {
        let range = place.store.sealed_range(&stream, after, usize::MAX).unwrap().unwrap();
        assert_eq!((range.after.seq, range.seal.seq), (after, 200));
        verify_range(&range, &device_key).unwrap();
    }
    assert_eq!(place.store.sealed_range(&stream, 200, usize::MAX), Ok(None));
    let words = "字".repeat(10_000);
    for serial in 200..212 {
        place.store.append(&unit(VILLAGE), &[registration(serial, &words)]).unwrap();
        place.store.seal_own().unwrap();
    }
    let kept = seals(&place).unwrap().unwrap();
    assert!((6..=7).contains(&kept), "{kept}");
}

#[test]
fn a_body_over_the_limit_is_refused_and_the_whole_append_with_it() {
    let mut place = lone_device();
    let before = row_counts(&place.store);
    let large = registration(2, &"x".repeat(FACT_BYTES_MAX));
    let refused = place.store.append(&unit(VILLAGE), &[registration(1, ""), large]);
    assert!(matches!(refused, Err(StoreError::BodyTooLarge { .. })), "{refused:?}");
    assert_eq!(row_counts(&place.store), before);
    let refused = place.store.append(&unit("慕隆村"), &[registration(1, "")]);
    assert_eq!(refused, Err(StoreError::Refused(Code::UnitUnknown)));
    assert_eq!(place.store.append(&unit(VILLAGE), &[]), Ok(Vec::new()));
    place.store.append(&unit(VILLAGE), &[registration(1, "")]).unwrap();
}

#[test]
fn a_full_disk_is_said_and_nothing_saved_is_lost() {
    let mut place = lone_device();
    place.store.append(&unit(VILLAGE), &[registration(1, "甲")]).unwrap();
    let stream = own_key(&place, VILLAGE);
    let before = (head(&place, &stream), row_counts(&place.store));
    let limit = |store: &mut Store, pages: i64| {
        store.write(|tx| tx.batch(&format!("PRAGMA max_page_count = {pages}"))).unwrap();
    };
    limit(&mut place.store, 1); // Not below what is there: no page more.
    let words = "字".repeat(20_000);
    let full =
        place.store.append(&unit(VILLAGE), &[registration(2, "乙"), registration(3, &words)]);
    assert_eq!(full, Err(StoreError::DiskFull));
    assert_eq!((head(&place, &stream), row_counts(&place.store)), before);
    // With room again the same store goes on, and what was refused was not half kept.
    limit(&mut place.store, 1_000_000);
    let references = place.store.append(&unit(VILLAGE), &[registration(2, "乙")]).unwrap();
    assert_eq!(references[0].seq, 2);
    assert_eq!(bodies(&place.reopened().store, &stream).len(), 2);
}

#[test]
fn after_an_io_error_the_database_is_opened_anew_before_anything_else() {
    // Something of the connection alone tells it from another.
    let is_marked = |store: &Store| {
        let sql = "SELECT count(*) FROM sqlite_temp_schema";
        store.read(|tx| tx.int(sql, &[])).unwrap() == Some(1)
    };
    let mark =
        |store: &mut Store| store.write(|tx| tx.batch("CREATE TEMP TABLE mark (x)")).unwrap();
    let fail = |store: &mut Store, error: StoreError| {
        let failed: Result<(), StoreError> = store.write(|_| Err(error.clone()));
        assert_eq!(failed, Err(error));
    };
    let mut place = lone_device();
    mark(&mut place.store);
    fail(&mut place.store, StoreError::Io("file"));
    place.store.append(&unit(VILLAGE), &[registration(1, "")]).unwrap();
    assert!(!is_marked(&place.store));
    mark(&mut place.store);
    let failed: Result<(), StoreError> = place.store.read(|_| Err(StoreError::Io("file")));
    assert_eq!(failed.unwrap_err().code(), Code::StorageFailed);
    assert!(!is_marked(&place.store));
    // Control: a refusal that is no I/O error leaves the connection as it is.
    mark(&mut place.store);
    fail(&mut place.store, Code::UnitUnknown.into());
    place.store.append(&unit(VILLAGE), &[registration(2, "")]).unwrap();
    assert!(is_marked(&place.store));
}

/// Where the child process of the next test finds the database.
const CHILD_FOLDER: &str = "HX_TEST_CHILD_FOLDER";
const CHILD_APPENDS: u64 = 60;

#[test]
fn child_process_appends() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let mut store = Store::open(folder.as_ref(), &key()).unwrap();
    for serial in 0..CHILD_APPENDS {
        store.append(&unit(VILLAGE), &[registration(serial, "子进程")]).unwrap();
        if serial % 10 == 0 {
            store.seal_own().unwrap();
        }
    }
}

#[test]
fn several_programs_append_to_one_database_at_once() {
    let mut place = lone_device();
    let mut children: Vec<_> = (0..2)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child_process_appends", "--test-threads=1"])
                .env(CHILD_FOLDER, place.path())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let stream = own_key(&place, VILLAGE);
    let mut own = 0;
    let mut seen = 0;
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        place.store.append(&unit(VILLAGE), &[registration(own, "本进程")]).unwrap();
        own += 1;
        // A reader sees whole transactions: the head is the head of the bodies there.
        let kept = bodies(&place.store, &stream).len() as u64;
        let now = head(&place, &stream).unwrap().seq;
        assert!(seen < now && kept <= now);
        seen = now;
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let kept = bodies(&place.store, &stream);
    assert_eq!(kept.len() as u64, own + 2 * CHILD_APPENDS);
    let expected = Head::genesis(&stream).after(kept.iter().map(Vec::as_slice));
    assert_eq!(head(&place, &stream), Some(expected));
}
