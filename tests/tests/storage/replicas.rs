//! What the storage tests write: a server and tablets enrolled with it, a station's saves, batches as they come from
//! others; and how a folder is judged afterwards.

use domain::catalogue::Catalogue;
use domain::ids::UnitCode;
use ledger::{CertificatePair, Heads, Range, Replica, StreamKey, UnitKey};
use protocol::fact::{DetailsFact, RegistrationFact, ResultFact, SaveFact, ValueFact};
use protocol::{Entry, Fact, Header};
use std::fs;
use std::path::Path;
use store::{EnrolAsk, Key, Role, Setting, Store};
use tempfile::TempDir;

pub const VILLAGE: &str = "431302204200";
const DISTRICT: &str = "431302";
const NOW_MS: i64 = 1_800_000_000_000;
const ROUND: u64 = 0xfeed_0000_0000_0004;

pub fn key() -> Key {
    Key::new([0x5a; 32])
}

pub fn village() -> UnitCode {
    UnitCode(VILLAGE.to_owned())
}

/// A replica and the folder it lives in.
pub struct Place {
    pub folder: TempDir,
    pub store: Store,
}

impl Place {
    /// Closed: a folder to make copies of.
    pub fn closed(self) -> TempDir {
        drop(self.store);
        self.folder
    }
}

pub fn server() -> Place {
    let folder = folder();
    let mut store = Store::create(folder.path(), &key(), Role::Server).unwrap();
    store.set_setting(Setting::District, DISTRICT.as_bytes()).unwrap();
    Place { folder, store }
}

pub fn tablet(server: &mut Store) -> Place {
    let folder = folder();
    let mut store = Store::create(folder.path(), &key(), Role::Device).unwrap();
    let code = server.new_enrol_code(&[UnitKey::try_new(VILLAGE).unwrap()], NOW_MS + 1000).unwrap();
    let ask = EnrolAsk {
        code: &code,
        device: store.device().unwrap(),
        public_key: store.public_key().unwrap(),
        name: "二号平板",
    };
    let enrolled = server.enrol_device(&ask, NOW_MS).unwrap().unwrap();
    let root = server.server_public_key().unwrap().unwrap();
    let settings = [(Setting::Token, enrolled.token.as_bytes())];
    store.become_enrolled(&enrolled.certificate, &root, &settings).unwrap();
    Place { folder, store }
}

fn of(serial: u64, fact: Fact) -> Entry {
    let mut person = [0_u8; 16];
    person[..8].copy_from_slice(&serial.to_be_bytes());
    person[6] = 0x40;
    person[8] = 0x80;
    let header = Header {
        person: person.to_vec(),
        round: ROUND,
        day: Some(9_750),
        operator: 7,
        examiner: 8,
        station: 1,
        policy: 1,
        ..Header::default()
    };
    Entry { header, fact }
}

/// Someone registered at a stop.
pub fn registration(serial: u64) -> Entry {
    let details = DetailsFact {
        name: format!("测试{serial}"),
        sex: 1,
        birth_day: Some(-9_000),
        ..DetailsFact::default()
    };
    let fact = RegistrationFact {
        details: Some(details),
        kind: 1,
        home_unit: String::new(),
        home_text: String::new(),
        group: None,
        grade: None,
    };
    of(serial, Fact::Registration(fact))
}

/// A station's save about someone.
pub fn save(serial: u64) -> Entry {
    let result = |item: &str, tenths: i64| {
        let item = u32::from(Catalogue::builtin().item_by_key(item).unwrap().code.0);
        ResultFact { item, value: Some(ValueFact::Number(tenths)), unusual: false }
    };
    let spread = i64::try_from(serial % 90).unwrap();
    let results = vec![result("height_cm", 1500 + spread), result("weight_kg", 450 + spread)];
    of(serial, Fact::Save(SaveFact { catalogue: 1, results, ..SaveFact::default() }))
}

/// Ranges of one stream with what proves their writer: a batch on its way.
#[derive(Clone)]
pub struct Batch {
    pub ranges: Vec<Range>,
    pub proofs: Vec<CertificatePair>,
}

impl Batch {
    /// What `store` sealed in its own stream after a position.
    pub fn sealed(store: &mut Store, after: u64) -> Batch {
        store.seal_own().unwrap();
        let key = StreamKey::new(UnitKey::try_new(VILLAGE).unwrap(), store.writer());
        let range = store.sealed_range(&key, after, usize::MAX).unwrap().unwrap();
        let proofs = store.certificates(&key.writer).unwrap().into_iter().collect();
        Batch { ranges: vec![range], proofs }
    }
}

pub fn heads(store: &Store) -> Heads {
    Replica::heads(store, None).unwrap()
}

/// Every file of a closed folder into another.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().flatten() {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// The same with the folders in it.
pub fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (file.path(), to.join(file.file_name()));
        if from.is_dir() {
            copy_all(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// A new folder, in memory where the system has such a place: nothing here has to outlive the test.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}

/// A copy of a closed folder.
pub fn copied(from: &Path) -> TempDir {
    let place = folder();
    copy(from, place.path());
    place
}

/// Pages, chains, seals; every so often also what is projected from them, which takes longer. `number` tells runs apart.
pub fn assert_sound(store: &Store, number: u64, when: &str) {
    const ALL_EVERY: u64 = 8;
    let found = match number % ALL_EVERY {
        0 => store.verify(&mut |_| {}),
        _ => store.verify_ledger(&mut |_| {}),
    };
    assert_eq!(found.unwrap(), [], "{when}");
}
