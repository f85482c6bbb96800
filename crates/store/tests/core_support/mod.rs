//! What the core tests share: replicas in temporary folders, facts to append, transfers by hand.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use domain::ids::UnitCode;
use ledger::{CertificatePair, Head, Range, Replica, StreamKey, UnitKey};
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::{Entry, Fact, Header};
use std::path::Path;
use store::{EnrolAsk, Key, Role, Setting, Store};
use tempfile::TempDir;

pub const VILLAGE: &str = "431302204200";
pub const OTHER_VILLAGE: &str = "431302204201";
pub const FAR_VILLAGE: &str = "431302105200";
pub const DISTRICT: &str = "431302";
pub const NOW_MS: i64 = 1_800_000_000_000;
pub const ROUND: u64 = 0xfeed_0000_0000_0004;

pub fn key() -> Key {
    Key::new([0x5a; 32])
}

pub fn unit(code: &str) -> UnitCode {
    UnitCode(code.to_owned())
}

pub fn unit_key(code: &str) -> UnitKey {
    UnitKey::try_new(code).unwrap()
}

/// A replica and the folder it lives in.
pub struct Place {
    pub folder: TempDir,
    pub store: Store,
}

impl Place {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Closed and opened again.
    pub fn reopened(self) -> Place {
        let Place { folder, store } = self;
        drop(store);
        let store = Store::open(folder.path(), &key()).unwrap();
        Place { folder, store }
    }
}

pub fn server() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::create(folder.path(), &key(), Role::Server).unwrap();
    store.set_setting(Setting::District, DISTRICT.as_bytes()).unwrap();
    Place { folder, store }
}

/// A device that has never met a server.
pub fn lone_device() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path(), &key(), Role::Device).unwrap();
    Place { folder, store }
}

/// A device enrolled for some units.
pub fn device(server: &mut Place, units: &[&str]) -> Place {
    let mut place = lone_device();
    enrol(server, &mut place, units);
    place
}

pub fn enrol(server: &mut Place, place: &mut Place, units: &[&str]) {
    let units: Vec<UnitKey> = units.iter().map(|code| unit_key(code)).collect();
    let code = server.store.new_enrol_code(&units, NOW_MS + 1000).unwrap();
    let ask = EnrolAsk {
        code: &code,
        device: place.store.device().unwrap(),
        public_key: place.store.public_key().unwrap(),
        name: "二号平板",
    };
    let enrolled = server.store.enrol_device(&ask, NOW_MS).unwrap().unwrap();
    let root = server.store.server_public_key().unwrap().unwrap();
    let settings = [(Setting::Token, enrolled.token.as_bytes())];
    place.store.become_enrolled(&enrolled.certificate, &root, &settings).unwrap();
}

/// Someone registered at a stop. `serial` makes the person; `words` make the body as long as wanted.
pub fn registration(serial: u64, words: &str) -> Entry {
    let mut person = [0_u8; 16];
    person[..8].copy_from_slice(&serial.to_be_bytes());
    person[6] = 0x40;
    person[8] = 0x80;
    let details = DetailsFact {
        name: format!("测试{serial}"),
        sex: 1,
        birth_day: Some(-9_000),
        id_number: None,
        student_no: None,
        phone: None,
        phone_owner: None,
        address: Some(words.to_owned()),
    };
    let fact = RegistrationFact {
        details: Some(details),
        kind: 1,
        home_unit: String::new(),
        home_text: String::new(),
        group: None,
        grade: None,
    };
    Entry { header: header(&person), fact: Fact::Registration(fact) }
}

pub fn header(person: &[u8]) -> Header {
    Header {
        person: person.to_vec(),
        round: ROUND,
        day: Some(9_750),
        operator: 7,
        examiner: 8,
        station: 1,
        policy: 1,
        ..Header::default()
    }
}

/// The bodies of a stream, in order.
pub fn bodies(store: &Store, key: &StreamKey) -> Vec<Vec<u8>> {
    let sql = "SELECT e.body FROM entry e JOIN unit_key u ON u.unit_no = e.unit_no
               JOIN writer w ON w.writer_no = e.writer_no
               WHERE u.unit = $1 AND w.writer = $2 ORDER BY e.seq";
    let params = [key.unit.as_str().into(), store::Sql::Blob(&key.writer.0)];
    store.read(|tx| tx.rows(sql, &params, |row| Ok(row.blob(0)?.to_vec()))).unwrap()
}

/// What proves a stream's writer, for the other side.
pub fn proofs(store: &Store, key: &StreamKey) -> Vec<CertificatePair> {
    store.certificates(&key.writer).unwrap().into_iter().collect()
}

/// Every range after `after`, each of at most about `bytes_max` bytes.
pub fn ranges(store: &Store, key: &StreamKey, after: u64, bytes_max: usize) -> Vec<Range> {
    let mut after = after;
    let mut all = Vec::new();
    while let Some(range) = store.sealed_range(key, after, bytes_max).unwrap() {
        after = range.seal.seq;
        all.push(range);
    }
    all
}

/// Gives all that is sealed in `from` and not in `to`; how many entries were new.
pub fn give(from: &mut Place, to: &mut Place) -> u32 {
    give_streams(from, to, |_| true)
}

/// The same of these units alone: what a server gives a device.
pub fn give_of(from: &mut Place, to: &mut Place, units: &[&str]) -> u32 {
    give_streams(from, to, |stream| units.contains(&stream.unit.as_str()))
}

fn give_streams(from: &mut Place, to: &mut Place, is_given: impl Fn(&StreamKey) -> bool) -> u32 {
    from.store.seal_own().unwrap();
    let theirs = to.store.heads(None).unwrap();
    let mut new_entries = 0;
    for (stream, head) in from.store.heads(None).unwrap() {
        let after = theirs.get(&stream).map_or(0, |head| head.seq);
        if after >= head.seq || stream.writer == to.store.writer() || !is_given(&stream) {
            continue;
        }
        let proofs = proofs(&from.store, &stream);
        for range in ranges(&from.store, &stream, after, usize::MAX) {
            let answers = to.store.accept(&[range], &proofs).unwrap();
            new_entries += answers[0].as_ref().unwrap().new_entries;
        }
    }
    new_entries
}

pub fn own_key(place: &Place, code: &str) -> StreamKey {
    StreamKey::new(unit_key(code), place.store.writer())
}

pub fn head(place: &Place, key: &StreamKey) -> Option<Head> {
    place.store.heads(None).unwrap().get(key).copied()
}

/// How many rows each table of the ledger has: what a refusal must not change.
pub fn row_counts(store: &Store) -> Vec<(&'static str, i64)> {
    const TABLES: [&str; 7] =
        ["unit_key", "writer", "certificate", "stream", "seal", "entry", "hold"];
    store
        .read(|tx| {
            TABLES
                .into_iter()
                .map(|table| {
                    let rows = tx.int(&format!("SELECT count(*) FROM {table}"), &[])?;
                    Ok((table, rows.unwrap_or(0)))
                })
                .collect()
        })
        .unwrap()
}
