//! What replicas make of what they are given: a store of entries that verify and say anything; a device of answers
//! that are not those of its server; a store of search texts, and of columns that are not as it wrote them.

use super::chance::Chance;
use super::corpus;
use super::engine::{Decoder, Said, Target};
use super::mutate;
use super::protobuf;
use super::signed::{Sender, VILLAGE};
use chrono::NaiveDate;
use domain::ids::{PersonId, RoundId, UnitCode};
use ledger::memory::MemoryReplica;
use ledger::{Limits, Replica, SigningKey, UnitKey, WriterId, public_key};
use prost::Message;
use protocol::call::{HeadsRequest, PullRequest, PushAnswer};
use protocol::{Entry, Fact, Header};
use std::collections::BTreeSet;
use store::{EnrolAsk, Key, Role, Setting, Sql, Store, StoreError};
use sync::answer::{self, AnswerError, Asker, Here};
use sync::{Carrier, CarrierError, Pace, Seen, Start, Traffic, decode_batch};
use tempfile::TempDir;

const PEAK_BYTES_MAX: usize = 64 << 20;
const DISTRICT: &str = "431302";
/// Inputs after which a store is checked as a whole and made anew.
const STORE_INPUTS: usize = 250;

fn store(folder: &TempDir, role: Role) -> Store {
    let mut store = Store::create(&folder.path().join("data"), &Key::new([3; 32]), role).unwrap();
    store.set_setting(Setting::District, DISTRICT.as_bytes()).unwrap();
    store
}

/// A server's store, and the device that gives it entries.
struct Taking {
    sender: Sender,
    store: Store,
    _folder: TempDir,
    fed: usize,
}

impl Taking {
    fn new() -> Taking {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, mut sender) = (store(&folder, Role::Server), Sender::new());
        let unit = UnitKey::try_new(VILLAGE).unwrap();
        let code = store.new_enrol_code(&[unit], 1_000).unwrap();
        let (device, public_key) = (sender.device(), sender.public_key());
        let ask = EnrolAsk { code: &code, device, public_key, name: "平板" };
        let enrolled = store.enrol_device(&ask, 0).unwrap().unwrap();
        sender.became_enrolled(enrolled.certificate);
        Taking { sender, store, _folder: folder, fed: 0 }
    }
}

impl Decoder for Taking {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        self.sender.bodies(chance)
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let Some(batch) = self.sender.batch(input) else { return Said::Refused };
        let count = batch.ranges[0].bodies.len();
        let is_read = batch.ranges[0].bodies.iter().all(|body| Entry::decode(body).is_ok());
        // Whatever the entries say, they verify: all are kept, and nothing fails.
        let taken = self.store.accept(&batch.ranges, &batch.certificates).unwrap();
        let taken = taken.into_iter().next().unwrap().unwrap();
        assert_eq!(taken.new_entries as usize, count);
        self.fed += 1;
        if self.fed.is_multiple_of(STORE_INPUTS) {
            self.end();
            *self = Taking::new();
        }
        Said::read_if(is_read)
    }

    /// What was projected one by one is what a rebuild gives, and what lies beside each body is what it says.
    fn end(&mut self) {
        assert_eq!(self.store.verify(&mut |_| {}).unwrap(), []);
    }
}

/// A store in which somebody is listed, registered and examined: the frozen entries, in the server's own stream.
struct Looking {
    store: Store,
    round: RoundId,
    person: PersonId,
    _folder: TempDir,
}

impl Looking {
    fn new() -> Looking {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(&folder, Role::Server);
        let mut entries: Vec<Entry> =
            corpus::entries().iter().map(|bytes| Entry::decode(bytes).unwrap()).collect();
        // A unit that has left takes nothing new.
        entries.retain(|entry| !matches!(entry.fact, Fact::Stop(_) | Fact::Retirement(_)));
        let round = entries.iter().find_map(|entry| match &entry.fact {
            Fact::Round(round) if round.id != 0 => Some(round.id),
            _ => None,
        });
        let round = round.unwrap();
        let mut person = Vec::new();
        for entry in &mut entries {
            let header = Header { round, ..entry.header.clone() };
            if header.person.len() == 16 {
                person.clone_from(&header.person);
            }
            entry.header = header;
        }
        let person = protocol::convert::person_id(&person).unwrap();
        store.append(&UnitCode(VILLAGE.to_owned()), &entries).unwrap();
        Looking { store, round: RoundId(round), person, _folder: folder }
    }

    /// Everything that reads tables; whether all of it could.
    fn look(&self) -> Result<(), StoreError> {
        let today = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let person = self.store.person(self.person).map(drop);
        let current = self.store.current(self.round, self.person).map(drop);
        let exported = self.store.export_facts(self.round, None, String::new(), today).map(drop);
        let held = self.store.held().map(drop);
        let found = self.store.find("测试", 5).map(drop);
        person.and(current).and(exported).and(held).and(found)
    }
}

/// Search texts.
struct Finding {
    looking: Looking,
    samples: Vec<String>,
}

impl Decoder for Finding {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        mutate::text(&self.samples, chance).into_bytes()
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let text = String::from_utf8_lossy(input);
        let found = self.looking.store.find(&text, 5).unwrap();
        assert!(found.len() <= 5);
        Said::read_if(!found.is_empty())
    }
}

/// Columns of bytes a store wrote, holding other bytes.
struct Columns {
    looking: Looking,
    samples: Vec<Vec<u8>>,
}

const COLUMNS: [(&str, &str); 7] = [
    ("checkup", "results"),
    ("checkup", "judgements"),
    ("checkup", "examiners"),
    ("told", "details"),
    ("listing", "details"),
    ("tally", "cells"),
    ("entry", "body"),
];

impl Columns {
    fn new() -> Columns {
        let looking = Looking::new();
        looking.look().unwrap();
        let samples = COLUMNS.iter().map(|place| looking.column(*place).unwrap_or_default());
        let samples = samples.collect();
        Columns { looking, samples }
    }
}

impl Looking {
    fn column(&self, (table, column): (&str, &str)) -> Option<Vec<u8>> {
        let sql = format!("SELECT {column} FROM {table} LIMIT 1");
        let found = self.store.read(|tx| tx.first(&sql, &[], |row| Ok(row.blob(0)?.to_vec())));
        found.unwrap_or_else(|error| panic!("{table}.{column}: {error}"))
    }

    fn put(&mut self, (table, column): (&str, &str), bytes: &[u8]) -> Result<u64, StoreError> {
        let sql = format!("UPDATE {table} SET {column} = $1");
        self.store.write(|tx| tx.exec(&sql, &[Sql::Blob(bytes)]))
    }
}

impl Decoder for Columns {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        // The entries are many and of many kinds: the projection's columns are what is packed.
        let which = chance.below(COLUMNS.len() - 1);
        let sample = &self.samples[which..=which];
        let changed = if chance.once_in(2) {
            mutate::bytes(sample, chance)
        } else {
            protobuf::message(sample, chance)
        };
        [&[which as u8][..], &changed].concat()
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let [which, bytes @ ..] = input else { return Said::Refused };
        let which = usize::from(*which) % COLUMNS.len();
        if self.looking.put(COLUMNS[which], bytes).is_err() {
            return Said::Refused;
        }
        let looked = self.looking.look();
        let _ = self.looking.store.verify(&mut |_| {});
        let before = self.samples[which].clone();
        self.looking.put(COLUMNS[which], &before).unwrap();
        Said::read_if(looked.is_ok())
    }
}

/// A device in front of a server of which one answer is not as it should be. The first byte of an input is the
/// number of that answer, the rest what is answered instead.
struct Hearing {
    /// What an honest server answers, call by call, and which call it was.
    honest: Vec<Vec<u8>>,
}

fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn replica(number: u8) -> MemoryReplica {
    let key = if number == 200 { server_key() } else { SigningKey::from_bytes(&[number; 32]) };
    let units = vec![UnitKey::try_new(VILLAGE).unwrap()];
    MemoryReplica::new([number; 16], key, WriterId([number; 16]), units, &server_key())
}

/// A device with two entries of its own, and a server with two of another's.
fn both() -> (MemoryReplica, MemoryReplica) {
    let (mut device, mut server, mut other) = (replica(1), replica(200), replica(2));
    let unit = UnitKey::try_new(VILLAGE).unwrap();
    let bodies = corpus::entries();
    for body in &bodies[..2] {
        device.append(&unit, body.clone()).unwrap();
        other.append(&unit, body.clone()).unwrap();
    }
    other.seal_own().unwrap();
    sync_with(&mut other, &mut server, None).unwrap();
    (device, server)
}

/// The answers of a server; one of them is another's.
struct Answers<'s> {
    server: &'s mut MemoryReplica,
    asker: Asker,
    instead: Option<(usize, Vec<u8>)>,
    given: Vec<Vec<u8>>,
    traffic: Traffic,
}

/// No honest run needs so many calls; a run that does not end is a fault.
const CALLS_MAX: usize = 200;

impl Answers<'_> {
    fn here() -> Here {
        Here { instance: [200; 16], policy: 1, unix_ms: 1_700_000_000_000 }
    }

    /// The answer's bytes as they go over the wire.
    fn answer(&mut self, honest: Vec<u8>) -> Vec<u8> {
        let number = self.given.len();
        assert!(number < CALLS_MAX, "a run that does not end");
        let bytes = match &self.instead {
            Some((at, bytes)) if *at == number => bytes.clone(),
            Some(_) | None => honest,
        };
        self.given.push(bytes.clone());
        self.traffic.bytes_down += bytes.len() as u64;
        bytes
    }
}

fn refused<E: std::error::Error>(_: AnswerError<E>) -> CarrierError {
    CarrierError::Refused(protocol::Code::RequestMalformed)
}

impl Carrier for Answers<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        let answer = answer::heads(self.server, &self.asker, &Self::here(), request);
        let bytes = self.answer(answer.map_err(refused)?.encode_to_vec());
        // Signed whatever it says, so that what is changed stands behind the signature.
        Ok(sync::signed("heads", &request.encode_to_vec(), bytes, &server_key()))
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        let read = decode_batch(batch, &Limits::default()).unwrap();
        let answer = answer::push(self.server, &server_key(), &Self::here(), batch, read);
        let bytes = self.answer(answer.map_err(refused)?.encode_to_vec());
        PushAnswer::decode(bytes.as_slice()).map_err(|_| CarrierError::AnswerUnknown)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        let batch = answer::pull(self.server, &self.asker, request).map_err(refused)?;
        // Inflated here, so that what is changed stands behind the compression.
        let bytes = self.answer(batch.encode());
        zstd::bulk::compress(&bytes, 1).map_err(|_| CarrierError::Local)
    }

    fn traffic(&self) -> Traffic {
        self.traffic
    }
}

/// One run; answers what was said, or that the run stopped with what was said.
fn sync_with(
    device: &mut MemoryReplica,
    server: &mut MemoryReplica,
    instead: Option<(usize, Vec<u8>)>,
) -> Result<Vec<Vec<u8>>, Vec<Vec<u8>>> {
    let scope: BTreeSet<UnitKey> =
        [VILLAGE, DISTRICT].iter().map(|unit| UnitKey::try_new(unit).unwrap()).collect();
    let asker = Asker { device: [1; 16], scope, may_pull: true };
    let given = Vec::new();
    let mut answers = Answers { server, asker, instead, given, traffic: Traffic::default() };
    let start = Start {
        server_public_key: public_key(&server_key()),
        seen: Seen::default(),
        unix_ms: 0,
        unsent: 0,
        pace: Pace::default(),
        first_units: Vec::new(),
        push_only: false,
        nonce: [7; 16],
    };
    let ran = sync::run(device, &mut answers, &start);
    if ran.is_ok() { Ok(answers.given) } else { Err(answers.given) }
}

/// Every entry's bytes, wherever it lies: a copy in another's stream is the same fact.
fn facts(replica: &MemoryReplica) -> BTreeSet<Vec<u8>> {
    let of = |body: &[u8]| match ledger::Refiled::decode(body) {
        Some(Ok(refiled)) => refiled.body,
        Some(Err(_)) | None => body.to_vec(),
    };
    replica.entries().map(|(_, _, body)| of(body)).collect()
}

impl Hearing {
    fn new() -> Hearing {
        let (mut device, mut server) = both();
        let honest = sync_with(&mut device, &mut server, None).unwrap();
        assert!(honest.len() >= 3, "heads, push, pull");
        Hearing { honest }
    }
}

impl Decoder for Hearing {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        let at = chance.below(self.honest.len());
        let own = &self.honest[at..=at];
        let changed = if chance.once_in(3) {
            mutate::bytes(own, chance)
        } else {
            protobuf::message(own, chance)
        };
        [&[at as u8][..], &changed].concat()
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let [at, answer @ ..] = input else { return Said::Refused };
        let (mut device, mut server) = both();
        let before = facts(&device);
        let instead = Some((usize::from(*at), answer.to_vec()));
        let ran = sync_with(&mut device, &mut server, instead);
        assert!(facts(&device).is_superset(&before), "an answer took an entry away");
        // The next run, with the server itself, mends whatever this one left behind.
        let again = sync_with(&mut device, &mut server, None);
        assert!(again.is_ok(), "the next run does not end well");
        assert!(facts(&server).is_superset(&before), "the server still lacks an entry");
        Said::read_if(ran.is_ok())
    }
}

pub fn targets() -> Vec<Target> {
    let target = |name, share, open| Target { name, share, peak_bytes_max: PEAK_BYTES_MAX, open };
    vec![
        target("entries_taken", 12, || Box::new(Taking::new())),
        target("search", 15, || {
            let samples =
                ["张三", "zs", "zhangsan", "431399", "0349", "13812345678", "测试", "G4313"];
            let samples = samples.iter().map(|text| (*text).to_owned()).collect();
            Box::new(Finding { looking: Looking::new(), samples })
        }),
        target("columns", 3, || Box::new(Columns::new())),
        target("answers", 30, || Box::new(Hearing::new())),
    ]
}
