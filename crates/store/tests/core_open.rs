//! Opening: what is refused, with the word a person needs, and nothing lost by it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod core_support;

use core_support::{VILLAGE, bodies, key, lone_device, own_key, registration, unit};
use protocol::failure::Code;
use std::fs;
use store::{Key, Role, Sql, Store, StoreError};

#[test]
fn what_was_said_to_be_saved_is_there_after_reopening() {
    let mut place = lone_device();
    let entries = [registration(1, "慕隆村"), registration(2, "慕隆村")];
    let references = place.store.append(&unit(VILLAGE), &entries).unwrap();
    let stream = own_key(&place, VILLAGE);
    let writer = place.store.writer();
    let place = place.reopened();
    assert_eq!(place.store.writer(), writer);
    assert_eq!(place.store.role(), Role::Device);
    let kept = bodies(&place.store, &stream);
    assert_eq!(kept, entries.iter().map(|e| e.encode()).collect::<Vec<_>>());
    assert!(references.iter().zip(&kept).all(|(reference, body)| reference.proves(body)));
}

#[test]
fn each_way_not_to_open_has_its_own_word() {
    let check = |case: &str, spoil: &dyn Fn(&std::path::Path), with: Key, code: Code| {
        let place = lone_device();
        let folder = place.folder;
        drop(place.store);
        spoil(folder.path());
        let error = Store::open(folder.path(), &with).expect_err(case);
        assert_eq!(error.code(), code, "{case}: {error}");
    };
    let remove = |name: &'static str| {
        move |folder: &std::path::Path| fs::remove_file(folder.join(name)).unwrap()
    };
    let other = || Key::new([1; 32]);
    check("another key", &|_| {}, other(), Code::WrongKey);
    check("another key, no check file", &remove("health.key-check"), other(), Code::WrongKey);
    let nothing_left = |folder: &std::path::Path| {
        fs::remove_file(folder.join("health.db")).unwrap();
        fs::remove_file(folder.join("health.key-check")).unwrap();
    };
    check("no database", &nothing_left, key(), Code::DatabaseMissing);
    // The check beside it says that there was one: no new one takes its place unnoticed.
    check("a database gone", &remove("health.db"), key(), Code::DatabaseDamaged);
    let emptied = |folder: &std::path::Path| fs::write(folder.join("health.db"), b"").unwrap();
    check("a database emptied", &emptied, key(), Code::DatabaseDamaged);
    let newer = |folder: &std::path::Path| {
        let mut store = Store::open(folder, &key()).unwrap();
        store.write(|tx| tx.batch("PRAGMA user_version = 999")).unwrap();
    };
    check("a newer schema", &newer, key(), Code::DatabaseNewer);
    let other_text = |folder: &std::path::Path| {
        let mut store = Store::open(folder, &key()).unwrap();
        let sql = "UPDATE migration SET hash = zeroblob(32) WHERE number = 1";
        store.write(|tx| tx.exec(sql, &[])).unwrap();
    };
    check("a schema of other texts", &other_text, key(), Code::DatabaseUnsafe);
    let torn_first_page = |folder: &std::path::Path| flip(&folder.join("health.db"), 100);
    check("a damaged first page", &torn_first_page, key(), Code::DatabaseDamaged);
    let cut = |folder: &std::path::Path| {
        fs::write(folder.join("health.db"), [7_u8; 100]).unwrap();
    };
    check("a file cut short", &cut, key(), Code::DatabaseDamaged);
    let clear = |folder: &std::path::Path| make_plaintext(&folder.join("health-copy.db"));
    check("a database in the clear beside it", &clear, key(), Code::DatabaseUnsafe);
    let clear = |folder: &std::path::Path| {
        fs::remove_file(folder.join("health.db")).unwrap();
        make_plaintext(&folder.join("health.db"));
    };
    check("a database in the clear in its place", &clear, key(), Code::DatabaseUnsafe);
}

#[test]
fn a_lost_key_check_is_written_again() {
    let place = lone_device();
    let check = place.path().join("health.key-check");
    fs::remove_file(&check).unwrap();
    let place = place.reopened();
    assert!(check.exists());
    assert_eq!(Store::open(place.path(), &Key::new([1; 32])).unwrap_err(), StoreError::WrongKey);
}

#[test]
fn nothing_is_written_over_an_existing_database() {
    let place = lone_device();
    let writer = place.store.writer();
    for with in [key(), Key::new([1; 32])] {
        let again = Store::create(place.path(), &with, Role::Device);
        assert_eq!(again.unwrap_err().code(), Code::DatabaseExists);
    }
    assert_eq!(place.reopened().store.writer(), writer);
}

#[test]
fn an_interrupted_creation_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("health.db"), b"").unwrap();
    assert_eq!(Store::open(folder.path(), &key()).unwrap_err(), StoreError::Missing);
    Store::create(folder.path(), &key(), Role::Device).unwrap();
}

#[test]
fn any_damaged_page_is_noticed_and_never_taken_for_a_wrong_key() {
    const PAGE_BYTES: usize = 4096;
    let mut place = lone_device();
    let entries: Vec<_> = (0..200).map(|i| registration(i, "慕隆村第三组")).collect();
    place.store.append(&unit(VILLAGE), &entries).unwrap();
    let folder = place.folder;
    drop(place.store);
    let path = folder.path().join("health.db");
    let whole = fs::read(&path).unwrap();
    let mut noticed = 0;
    for page in 0..whole.len() / PAGE_BYTES {
        flip(&path, page * PAGE_BYTES + PAGE_BYTES / 2);
        let problems = Store::open(folder.path(), &key()).and_then(|store| {
            // Control of the same kind as `verify`: SQLCipher checks each page's HMAC.
            store.read(|tx| tx.rows("PRAGMA cipher_integrity_check", &[], |_| Ok(())))
        });
        match problems {
            Ok(found) => noticed += usize::from(!found.is_empty()),
            Err(error) => {
                assert_eq!(error.code(), Code::DatabaseDamaged, "page {page}: {error}");
                noticed += 1;
            }
        }
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(noticed, whole.len() / PAGE_BYTES);
    // Control: whole again, it opens and every page is right.
    let store = Store::open(folder.path(), &key()).unwrap();
    let found = store.read(|tx| tx.rows("PRAGMA cipher_integrity_check", &[], |_| Ok(())));
    assert_eq!(found, Ok(Vec::new()));
}

#[test]
fn nothing_of_a_person_is_readable_on_the_disk() {
    let mut place = lone_device();
    let words = "ZhangSanFengOfMulongVillage";
    place.store.append(&unit(VILLAGE), &[registration(1, words)]).unwrap();
    let on_disk = |place: &core_support::Place| {
        fs::read_dir(place.path()).unwrap().any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            bytes.windows(words.len()).any(|window| window == words.as_bytes())
        })
    };
    assert!(!on_disk(&place));
    // Control: the same bytes in the clear are found.
    fs::write(place.path().join("control"), words).unwrap();
    assert!(on_disk(&place));
}

#[test]
fn no_error_quotes_what_it_was_given() {
    let mut place = lone_device();
    let name = "张三丰 : x";
    let failed = place.store.write(|tx| {
        tx.batch("CREATE VIRTUAL TABLE temp.words USING fts5(word)")?;
        let sql = "SELECT * FROM temp.words WHERE words MATCH $1";
        tx.rows(sql, &[name.into()], |_| Ok(()))
    });
    let error = failed.unwrap_err();
    assert!(matches!(error, StoreError::Sqlite { .. }), "{error:?}");
    let said = format!("{error} {error:?} {:?}", protocol::Failure::from(error.clone()));
    assert!(!said.contains("张"), "{said}");
    // Control: SQLite's own words do quote it.
    let plain = rusqlite::Connection::open_in_memory().unwrap();
    plain.execute_batch("CREATE VIRTUAL TABLE words USING fts5(word)").unwrap();
    let mut statement = plain.prepare("SELECT * FROM words WHERE words MATCH ?1").unwrap();
    let error = statement.query([name]).unwrap().next().unwrap_err();
    assert!(error.to_string().contains('张'), "{error}");
}

#[test]
fn a_read_changes_nothing() {
    let place = lone_device();
    let sql = "INSERT INTO setting (key, value) VALUES ('name', $1)";
    place.store.read(|tx| tx.exec(sql, &[Sql::Blob(b"x")])).unwrap();
    assert_eq!(place.store.setting(store::Setting::Name), Ok(None));
}

fn flip(path: &std::path::Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

fn make_plaintext(path: &std::path::Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("CREATE TABLE people (name)").unwrap();
}
