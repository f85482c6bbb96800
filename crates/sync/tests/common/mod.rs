//! A carrier without a network, for tests: the answering code on the other end, and faults on the way.
#![allow(dead_code)]

use ed25519_dalek::SigningKey;
use ledger::memory::MemoryReplica;
use ledger::{Limits, StreamKey, UnitKey, WriterId, public_key};
use prost::Message;
use protocol::call::{HeadsAnswer, HeadsRequest, PullRequest, PushAnswer};
use std::collections::{BTreeSet, VecDeque};
use sync::answer::{self, AnswerError, Asker, Here};
use sync::{Carrier, CarrierError, Pace, Seen, Start, Traffic, decode_batch, encode_batch};

pub const DISTRICT: &str = "431302";

pub fn unit(text: &str) -> UnitKey {
    UnitKey::try_new(text).unwrap()
}

pub fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// A device with number `n`, enrolled for units.
pub fn device(n: u8, units: &[&str]) -> MemoryReplica {
    let key = SigningKey::from_bytes(&[n; 32]);
    let units = units.iter().map(|text| unit(text)).collect();
    MemoryReplica::new([n; 16], key, WriterId([n; 16]), units, &server_key())
}

pub fn server() -> MemoryReplica {
    MemoryReplica::new([200; 16], server_key(), WriterId([200; 16]), Vec::new(), &server_key())
}

/// A body that looks like an entry to the ledger, `bytes` long and unlike any other with another `tag`.
pub fn body(tag: u64, bytes: usize) -> Vec<u8> {
    // 0x0a opens field 1 of an entry's envelope; the rest means nothing here.
    let mut body = vec![0x0a, 0x02, 0x08, 0x30];
    let mut state = tag.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while body.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        body.extend_from_slice(&state.to_be_bytes());
    }
    body.truncate(bytes.max(4));
    body
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// The call never arrives.
    Lost,
    /// The call is carried out, its answer is lost.
    AnswerLost,
    TimedOut,
    /// The answer given to an earlier push.
    OldAnswer,
    /// One byte of the answer's digest is another.
    WrongDigest,
    /// 413.
    TooLarge,
}

/// The other end and the faults to come, one a call; then none.
pub struct MemoryCarrier<'s> {
    pub server: &'s mut MemoryReplica,
    pub asker: Asker,
    pub faults: VecDeque<Fault>,
    /// Batches above this are answered with 413.
    pub batch_bytes_max: usize,
    pub calls: Vec<&'static str>,
    pub push_sizes: Vec<usize>,
    traffic: Traffic,
    last_push: Option<PushAnswer>,
}

impl<'s> MemoryCarrier<'s> {
    pub fn new(server: &'s mut MemoryReplica, n: u8, scope: &[&str]) -> MemoryCarrier<'s> {
        let mut units: BTreeSet<UnitKey> = scope.iter().map(|text| unit(text)).collect();
        units.insert(unit(DISTRICT));
        MemoryCarrier {
            server,
            asker: Asker { device: [n; 16], scope: units, may_pull: true },
            faults: VecDeque::new(),
            batch_bytes_max: usize::MAX,
            calls: Vec::new(),
            push_sizes: Vec::new(),
            traffic: Traffic::default(),
            last_push: None,
        }
    }

    pub fn with_faults(mut self, faults: impl IntoIterator<Item = Fault>) -> MemoryCarrier<'s> {
        self.faults = faults.into_iter().collect();
        self
    }

    /// What the server says, unsigned.
    pub fn told(&mut self, request: &HeadsRequest) -> Result<HeadsAnswer, CarrierError> {
        let fault = self.fault("heads")?;
        ledger::Replica::seal_own(self.server).unwrap();
        let here = self.here();
        let answer = answer::heads(self.server, &self.asker, &here, request).map_err(refused)?;
        after(fault, answer)
    }

    fn here(&self) -> Here {
        Here { instance: [200; 16], policy: 1, unix_ms: 1_700_000_000_000 }
    }

    fn fault(&mut self, call: &'static str) -> Result<Fault, CarrierError> {
        self.calls.push(call);
        match self.faults.pop_front().unwrap_or(Fault::None) {
            Fault::Lost => Err(CarrierError::AnswerUnknown),
            Fault::TooLarge => Err(CarrierError::TooLarge),
            fault => Ok(fault),
        }
    }
}

/// An answer as the server sends it.
pub fn signed_heads(request: &HeadsRequest, answer: &HeadsAnswer) -> Vec<u8> {
    sync::signed("heads", &request.encode_to_vec(), answer.encode_to_vec(), &server_key())
}

fn refused<E: std::error::Error>(error: AnswerError<E>) -> CarrierError {
    match error {
        AnswerError::Malformed => CarrierError::Refused(protocol::Code::RequestMalformed),
        AnswerError::Newer => CarrierError::Refused(protocol::Code::ProtocolNewer),
        AnswerError::Replica(_) => CarrierError::Busy { retry_after_s: None },
    }
}

fn after<T>(fault: Fault, answer: T) -> Result<T, CarrierError> {
    match fault {
        Fault::AnswerLost => Err(CarrierError::AnswerUnknown),
        Fault::TimedOut => Err(CarrierError::TimedOut),
        _ => Ok(answer),
    }
}

impl Carrier for MemoryCarrier<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        Ok(signed_heads(request, &self.told(request)?))
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        let fault = self.fault("push")?;
        self.push_sizes.push(batch.len());
        if batch.len() > self.batch_bytes_max {
            return Err(CarrierError::TooLarge);
        }
        self.traffic.bytes_up += batch.len() as u64;
        let read = decode_batch(batch, &Limits::default()).unwrap();
        let here = self.here();
        let mut answer =
            answer::push(self.server, &server_key(), &here, batch, read).map_err(refused)?;
        match fault {
            Fault::WrongDigest => answer.digest[0] ^= 1,
            Fault::OldAnswer => {
                if let Some(old) = &self.last_push {
                    answer = old.clone();
                }
            }
            _ => {}
        }
        self.last_push = Some(answer.clone());
        after(fault, answer)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        let fault = self.fault("pull")?;
        let batch = answer::pull(self.server, &self.asker, request).map_err(refused)?;
        let bytes = encode_batch(&batch).unwrap();
        self.traffic.bytes_down += bytes.len() as u64;
        after(fault, bytes)
    }

    fn traffic(&self) -> Traffic {
        self.traffic
    }
}

pub fn start() -> Start {
    Start {
        server_public_key: public_key(&server_key()),
        seen: Seen::default(),
        unix_ms: 0,
        unsent: 0,
        pace: Pace::default(),
        first_units: vec![unit(DISTRICT)],
        push_only: false,
        nonce: [7; 16],
    }
}

/// Every entry of the units, for comparing two replicas.
pub fn contents(replica: &MemoryReplica, units: &[&str]) -> Vec<(StreamKey, u64, Vec<u8>)> {
    let is_wanted = |key: &StreamKey| units.iter().any(|text| unit(text) == key.unit);
    let entries = replica.entries().filter(|(key, _, _)| is_wanted(key));
    entries.map(|(key, seq, body)| (key.clone(), seq, body.to_vec())).collect()
}
