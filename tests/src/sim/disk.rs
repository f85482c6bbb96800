//! A holder as it is in the field: an encrypted database in a folder, opened, closed, copied and put back as a file.
//! On a memory disk where there is one, so that the sync before every 已保存 costs a simulation nothing.

use super::dice::{draw_id, seed_ids};
use super::holder::{
    Back, DEVICES_MAX, DISTRICT, Fact, Facts, Holder, ROUND, enrolled_units, fact_of, unit,
};
use super::work;
use crate::replica::{self, Projection};
use domain::ids::UnitCode;
use ledger::memory::Guards;
use ledger::{
    AcceptedRange, BackedUp, CertificatePair, Chain, DeviceCertificate, Heads, Range, Reference,
    Refusal, Replica, Seq, SigningKey, StreamKey, UnitKey, WriterId, public_key,
};
use prost::Message;
use protocol::call::HeadsRequest;
use protocol::fact::RoundFact;
use protocol::{Code, Entry, Header};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use store::{EnrolAsk, Enrolled, Key, Role, Setting, Shown, Store, StoreError, set_setting};
use sync::answer::Here;
use sync::{Outcome, Seen};
use tempfile::TempDir;

/// A closed folder's files, by name.
pub type Files = Arc<Vec<(String, Vec<u8>)>>;

/// Hears of an entry: its unit, writer, position and body.
pub type Look<'l> = dyn FnMut(UnitKey, WriterId, Seq, &[u8]) + 'l;

pub struct Disk {
    folder: TempDir,
    /// `None` only while it is put away.
    store: Option<Store>,
}

struct Templates {
    server: Files,
    devices: Vec<Files>,
}

fn key() -> Key {
    Key::new([3; 32])
}

fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = tempfile::Builder::new().prefix("hx-sim").tempdir_in(memory);
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

fn files(folder: &Path) -> Files {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(&path).unwrap())
    };
    Arc::new(std::fs::read_dir(folder).unwrap().map(read).collect())
}

fn open(folder: &Path) -> Store {
    let mut store = Store::open(folder, &key()).unwrap();
    store.draw_from(draw_id);
    store
}

/// Makes what every run begins with: once, because making a database costs a hundred times what copying one does.
fn templates() -> &'static Templates {
    static MADE: OnceLock<Templates> = OnceLock::new();
    MADE.get_or_init(|| {
        // Of no run's seed: an id drawn twice would be one writer.
        seed_ids(u64::MAX);
        let place = folder();
        Store::create(place.path(), &key(), Role::Server).unwrap();
        let mut server = open(place.path());
        // The same in every process: what was drawn at the making is put aside.
        let signer = [9; 32];
        server
            .write(|tx| {
                tx.exec("DELETE FROM certificate", &[])?;
                tx.exec("DELETE FROM writer", &[])?;
                set_setting(tx, Setting::SigningKey, &signer)?;
                set_setting(tx, Setting::District, DISTRICT.as_bytes())
            })
            .unwrap();
        server.become_restored(&BackedUp::default()).unwrap();
        let round = RoundFact {
            id: ROUND,
            name: "第四轮".to_owned(),
            from_day: 9_000,
            to_day: 10_000,
            catalogue: work::catalogue_version(),
            ..RoundFact::default()
        };
        let header = Header { round: ROUND, ..Header::default() };
        let district = UnitCode(DISTRICT.to_owned());
        server.append(&district, &[Entry { header, fact: protocol::Fact::Round(round) }]).unwrap();
        let devices = (1..=DEVICES_MAX).map(|n| enrolled(&mut server, n)).collect();
        server.close().unwrap();
        Templates { server: files(place.path()), devices }
    })
}

/// Lets a device in by a code.
fn enrol(server: &mut Store, n: u8, units: &[UnitKey]) -> Result<Enrolled, StoreError> {
    let code = server.new_enrol_code(units, i64::MAX / 2)?;
    let ask = EnrolAsk {
        code: &code,
        device: [n; 16],
        public_key: public_key(&SigningKey::from_bytes(&[n; 32])),
        name: "",
    };
    Ok(server.enrol_device(&ask, 0)?.unwrap_or_else(|code| panic!("{code:?}")))
}

fn enrolled(server: &mut Store, n: u8) -> Files {
    let place = folder();
    Store::create(place.path(), &key(), Role::Device).unwrap();
    let mut device = open(place.path());
    let own = [
        (Setting::Device, vec![n; 16]),
        (Setting::SigningKey, vec![n; 32]),
        (Setting::Writer, vec![n; 16]),
    ];
    device
        .write(|tx| own.iter().try_for_each(|(key, value)| set_setting(tx, *key, value)))
        .unwrap();
    let enrolled = enrol(server, n, &enrolled_units(n)).unwrap();
    let root = server.server_public_key().unwrap().unwrap();
    let settings: [(Setting, &[u8]); 2] = [
        (Setting::District, DISTRICT.as_bytes()),
        (Setting::Policy, &i64::from(enrolled.policy).to_be_bytes()),
    ];
    device.become_enrolled(&enrolled.certificate, &root, &settings).unwrap();
    device.close().unwrap();
    files(place.path())
}

impl Disk {
    fn of(files: &Files) -> Disk {
        let mut disk = Disk { folder: folder(), store: None };
        disk.lay(files);
        disk
    }

    /// Puts files in place of whatever the folder held, and opens.
    fn lay(&mut self, files: &Files) {
        self.store = None;
        for old in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::remove_file(old.unwrap().path()).unwrap();
        }
        for (name, bytes) in files.iter() {
            std::fs::write(self.folder.path().join(name), bytes).unwrap();
        }
        self.store = Some(open(self.folder.path()));
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn store_mut(&mut self) -> &mut Store {
        self.store.as_mut().unwrap()
    }

    /// Bodies of all entries with the unit they lie in.
    pub fn each_entry(&self, look: &mut Look) {
        let sql = "SELECT u.unit, w.writer, e.seq, e.body FROM entry e
                   JOIN unit_key u ON u.unit_no = e.unit_no
                   JOIN writer w ON w.writer_no = e.writer_no";
        let read = self.store().read(|tx| {
            tx.each(sql, &[], &mut |row| {
                let writer = WriterId(row.blob(1)?.try_into().unwrap());
                look(unit(row.text(0)?), writer, row.int(2)?.unsigned_abs(), row.blob(3)?);
                Ok(())
            })
        });
        read.unwrap();
    }
}

/// What a coordinator is told does not count here: there is nothing to change, or the device is revoked.
fn told<T>(answer: Result<T, StoreError>) -> Result<(), StoreError> {
    match answer {
        Ok(_) | Err(StoreError::Refused(Code::NothingToChange | Code::DeviceBarred)) => Ok(()),
        Err(error) => Err(error),
    }
}

impl Holder for Disk {
    type Kept = Files;
    const HAS_POLICIES: bool = true;

    fn units_of(&self, n: u8) -> BTreeSet<UnitKey> {
        let known = self.store().enrolment_of(&[n; 16]).unwrap();
        match known {
            Some(fact) if fact.revoked => BTreeSet::new(),
            Some(fact) => {
                fact.units.iter().map(String::as_str).chain([DISTRICT]).map(unit).collect()
            }
            None => enrolled_units(n).into_iter().chain([unit(DISTRICT)]).collect(),
        }
    }

    fn change_scope(&mut self, n: u8, units: &[UnitKey]) -> Result<(), StoreError> {
        told(self.store_mut().change_scope(&[n; 16], units))
    }

    fn revoke(&mut self, n: u8) -> Result<(), StoreError> {
        told(self.store_mut().revoke_device(&[n; 16]))
    }

    fn enrol(&mut self, n: u8, units: &[UnitKey]) -> Result<(), StoreError> {
        enrol(self.store_mut(), n, units)?;
        Ok(())
    }

    fn meet_device(&mut self, n: u8, request: &HeadsRequest) -> Result<Vec<u8>, StoreError> {
        let store = self.store_mut();
        store.note_policy_handed(request.policy)?;
        let newer = store.newer_certificate(&[n; 16], request.certificate_policy)?;
        Ok(newer.map(|certificate| certificate.encode()).unwrap_or_default())
    }

    fn show(&mut self, certificate: &DeviceCertificate) -> Result<(), StoreError> {
        // Any hash that no other device's token has.
        let mut token_hash = [0; 32];
        token_hash[..16].copy_from_slice(&certificate.device);
        let shown = Shown { certificate, name: "", token_hash };
        // Refused: it is revoked, or enrolled with another key by now.
        self.store_mut().show_device(&shown, 0).map(|_| ())
    }

    fn device(n: u8) -> Disk {
        Disk::of(&templates().devices[usize::from(n) - 1])
    }

    fn server() -> Disk {
        Disk::of(&templates().server)
    }

    /// A store's guards cannot be switched off.
    fn guard(&mut self, _: Guards) {}

    fn record(&mut self, unit: &str, entry: &Entry) -> Result<Reference, StoreError> {
        let unit = UnitCode(unit.to_owned());
        Ok(self.store_mut().append(&unit, std::slice::from_ref(entry))?[0])
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        self.each_entry(&mut |unit, _, _, body| facts.extend([fact_of(unit, body)]));
        facts
    }

    fn places(&self, fact: &Fact) -> Vec<String> {
        let mut places = Vec::new();
        self.each_entry(&mut |unit, writer, seq, body| {
            let is_it = fact_of(unit.clone(), body).0 == *fact;
            places.extend(is_it.then(|| format!("{unit}/{writer} {seq}")));
        });
        places
    }

    fn restart(&mut self) {
        self.store = None;
        self.store = Some(open(self.folder.path()));
    }

    fn keep(&mut self) -> Files {
        if let Some(store) = self.store.take() {
            store.close().unwrap();
        }
        let files = files(self.folder.path());
        self.store = Some(open(self.folder.path()));
        files
    }

    fn put_back(&mut self, kept: &Files, back: Back) {
        self.lay(kept);
        let store = self.store_mut();
        match (back, store.role()) {
            (Back::Unsaid, _) => {}
            // As `field` does when the install mark beside the database is not the one in it.
            (Back::Said, Role::Device) => drop(store.begin_anew().unwrap()),
            (Back::Said, Role::Server) => {
                let heads = Replica::heads(store, None).unwrap();
                store.become_restored(&BackedUp { at_ms: 1, heads }).unwrap();
            }
        }
    }

    fn cloned(&mut self) -> Disk {
        Disk::of(&self.keep())
    }

    fn here(&self) -> Here {
        let (instance, policy) = (self.store().device().unwrap(), self.store().policy().unwrap());
        Here { instance, policy, unix_ms: 1_789_378_200_000 }
    }

    fn signer(&self) -> SigningKey {
        self.store().signing_key().unwrap()
    }

    fn seen(&self) -> Seen {
        let kept = self.store().setting(Setting::Seen).unwrap().unwrap_or_default();
        Seen::decode(kept.as_slice()).unwrap()
    }

    fn remember(&mut self, outcome: &Outcome, writes: usize) -> Result<(), StoreError> {
        let store = self.store_mut();
        if writes > 0 {
            store.note_server_heads(&outcome.server_heads)?;
        }
        if let (true, Some(backup)) = (writes > 1, &outcome.backup) {
            store.note_backup(backup)?;
        }
        if writes > 2 {
            // One write, as in `field`: who has heard of a policy has the certificate that goes with it.
            let (seen, policy) = (outcome.seen.encode_to_vec(), i64::from(outcome.seen.policy));
            let policy = policy.to_be_bytes();
            let mut settings: Vec<(Setting, &[u8])> = vec![(Setting::Seen, &seen)];
            if outcome.server_unix_ms.is_some() {
                settings.push((Setting::Policy, &policy));
            }
            match &outcome.certificate {
                Some(certificate) => {
                    let root = store.server_public_key()?.ok_or(StoreError::Missing)?;
                    store.become_enrolled(certificate, &root, &settings)?;
                }
                None => store.set_settings(&settings)?,
            }
        }
        Ok(())
    }

    fn unsent(&self) -> u64 {
        self.store().counts().unwrap().unsent.unsigned_abs()
    }

    fn decide(&mut self, which: usize) -> Result<(), StoreError> {
        let waiting = self.store().held()?.into_iter().filter(|item| item.decided.is_none());
        let waiting: Vec<Reference> = waiting.map(|item| item.reference).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let reference = waiting[which % waiting.len()];
        self.store_mut().resolve_held(&reference, which.is_multiple_of(2), "")
    }

    fn wrong(&self) -> Vec<String> {
        let found = self.store().verify(&mut |_| {}).unwrap();
        let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
        if self.store().counts().unwrap().unsealed != 0 {
            found.push("own entries are not sealed".to_owned());
        }
        found
    }

    fn projection(&self, units: &[&str]) -> Projection {
        replica::projection(self.store(), units)
    }

    fn miscounted(&self) -> Vec<String> {
        work::miscounted(self)
    }
}

impl Replica for Disk {
    type Error = StoreError;

    fn own_writer(&self) -> Result<WriterId, StoreError> {
        self.store().own_writer()
    }
    fn earlier_writers(&self) -> Result<Vec<WriterId>, StoreError> {
        self.store().earlier_writers()
    }
    fn chain_at(&self, key: &StreamKey, seq: Seq) -> Result<Option<Chain>, StoreError> {
        self.store().chain_at(key, seq)
    }
    fn points(&self, key: &StreamKey) -> Result<Vec<ledger::Head>, StoreError> {
        self.store().points(key)
    }
    fn follow(&mut self, key: &StreamKey, common: Seq) -> Result<bool, StoreError> {
        self.store_mut().follow(key, common)
    }
    fn heads(&self, units: Option<&BTreeSet<UnitKey>>) -> Result<Heads, StoreError> {
        self.store().heads(units)
    }
    fn own_heads(&self) -> Result<Heads, StoreError> {
        self.store().own_heads()
    }
    fn writer_heads(&self, writer: &WriterId) -> Result<Heads, StoreError> {
        self.store().writer_heads(writer)
    }
    fn sealed_range(
        &self,
        key: &StreamKey,
        after: Seq,
        bytes_max: usize,
    ) -> Result<Option<Range>, StoreError> {
        self.store().sealed_range(key, after, bytes_max)
    }
    fn certificates(&self, writer: &WriterId) -> Result<Option<CertificatePair>, StoreError> {
        self.store().certificates(writer)
    }
    fn accept(
        &mut self,
        unit_batch: &[Range],
        certificates: &[CertificatePair],
    ) -> Result<Vec<Result<AcceptedRange, Refusal>>, StoreError> {
        self.store_mut().accept(unit_batch, certificates)
    }
    fn backed_up(&self, units: &BTreeSet<UnitKey>) -> Result<BackedUp, StoreError> {
        self.store().backed_up(units)
    }
    fn dropped(&self) -> Result<BTreeSet<UnitKey>, StoreError> {
        self.store().dropped()
    }
    fn returning(&self) -> Result<Vec<(StreamKey, Seq, Seq)>, StoreError> {
        self.store().returning()
    }
    fn seal_own(&mut self) -> Result<u32, StoreError> {
        self.store_mut().seal_own()
    }
}
