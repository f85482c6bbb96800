//! A holder without a disk, by the same rules: many more seeds in the same time. It projects nothing, so what it shows
//! is that entries are equal everywhere.

use super::dice;
use super::holder::{
    Back, DISTRICT, Fact, Facts, Holder, SERVER, enrolled_units, fact_of, facts_of,
};
use crate::replica::Projection;
use ledger::memory::{Guards, MemoryReplica};
use ledger::{
    AcceptedRange, CertificatePair, Chain, Head, Heads, Range, Reference, Refusal, Replica, Seq,
    SigningKey, StreamKey, UnitKey, WriterId,
};
use protocol::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use sync::answer::Here;
use sync::{Outcome, Seen};

#[derive(Clone)]
pub struct Memory {
    pub replica: MemoryReplica,
    n: u8,
    seen: Seen,
    server_heads: Heads,
}

fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn of(n: u8, key: SigningKey, units: Vec<UnitKey>) -> Memory {
    let replica = MemoryReplica::new([n; 16], key, WriterId([n; 16]), units, &server_key());
    Memory { replica, n, seen: Seen::default(), server_heads: Heads::new() }
}

impl Memory {
    fn draw(&mut self) {
        let Ok(id) = dice::draw_id() else { return };
        let mut half = [0; 8];
        half.copy_from_slice(&id[..8]);
        self.replica.entropy = u64::from_be_bytes(half);
    }
}

impl Holder for Memory {
    type Kept = Memory;

    fn device(n: u8) -> Memory {
        of(n, SigningKey::from_bytes(&[n; 32]), enrolled_units(n))
    }

    fn server() -> Memory {
        of(SERVER, server_key(), Vec::new())
    }

    fn guard(&mut self, guards: Guards) {
        self.replica.guards = guards;
    }

    fn record(&mut self, unit: &str, entry: &Entry) -> Result<Reference, Infallible> {
        let (unit, body) = (super::holder::unit(unit), entry.encode());
        let head = self.replica.append(&unit, body.clone()).unwrap();
        let Ok(writer) = self.replica.own_writer();
        Ok(Reference::of(writer, head.seq, &body))
    }

    fn facts(&self) -> Facts {
        facts_of(self.replica.entries().map(|(key, _, body)| (key.unit.clone(), body)))
    }

    fn places(&self, fact: &Fact) -> Vec<String> {
        let all = self
            .replica
            .entries()
            .filter(|(key, _, body)| fact_of(key.unit.clone(), body).0 == *fact);
        all.map(|(key, seq, _)| format!("{key} {seq}")).collect()
    }

    fn restart(&mut self) {}

    fn keep(&mut self) -> Memory {
        self.clone()
    }

    fn put_back(&mut self, kept: &Memory, _: Back) {
        let guards = self.replica.guards;
        *self = kept.clone();
        self.replica.guards = guards;
    }

    fn cloned(&mut self) -> Memory {
        self.clone()
    }

    fn here(&self) -> Here {
        let Ok(writer) = self.replica.own_writer();
        Here { instance: writer.0, policy: 1, unix_ms: 1_789_378_200_000 }
    }

    fn signer(&self) -> SigningKey {
        server_key()
    }

    fn seen(&self) -> Seen {
        self.seen.clone()
    }

    fn remember(&mut self, outcome: &Outcome, writes: usize) -> Result<(), Infallible> {
        if writes > 0 {
            let heads = outcome.server_heads.iter();
            let held = heads
                .filter(|(key, head)| self.replica.chain_at(key, head.seq) == Ok(Some(head.chain)));
            let held: Vec<_> = held.map(|(key, head)| (key.clone(), *head)).collect();
            self.server_heads.extend(held);
        }
        if writes > 1 {
            self.seen = outcome.seen.clone();
        }
        Ok(())
    }

    fn unsent(&self) -> u64 {
        let Ok(own) = self.replica.own_heads();
        let known = |key| self.server_heads.get(key).map_or(0, |head| head.seq);
        own.iter().map(|(key, head)| head.seq.saturating_sub(known(key))).sum()
    }

    fn decide(&mut self, _: usize) -> Result<(), Infallible> {
        Ok(())
    }

    fn wrong(&self) -> Vec<String> {
        let Ok(heads) = self.replica.heads(None);
        let broken = heads.iter().filter(|(key, head)| {
            let bodies = self.replica.streams[*key].bodies.iter().map(Vec::as_slice);
            Head::genesis(key).after(bodies) != **head
        });
        broken.map(|(key, _)| format!("{}: the chain of {key} is broken", self.n)).collect()
    }

    fn projection(&self, units: &[&str]) -> Projection {
        let rows = self.facts().into_keys().filter(|(unit, _)| units.contains(&unit.as_str()));
        let rows = rows.map(|(unit, hash)| format!("{unit} {:02x?}", &hash[..8]));
        Projection::from([("facts", rows.collect())])
    }

    fn miscounted(&self) -> Vec<String> {
        // Facts are a set here; that no position is given out twice is what can go wrong.
        let mut places = BTreeMap::new();
        let mut found = Vec::new();
        for (key, seq, body) in
            self.replica.entries().filter(|(key, _, _)| key.unit.as_str() != DISTRICT)
        {
            let first = ledger::fact_reference(key.writer, seq, body);
            let inner = fact_of(key.unit.clone(), body).0;
            if places.insert(inner.clone(), first).is_some_and(|other| other != first) {
                found.push(format!("{}: one fact at two first places in {}", self.n, inner.0));
            }
        }
        found
    }
}

impl Replica for Memory {
    type Error = Infallible;

    fn own_writer(&self) -> Result<WriterId, Infallible> {
        self.replica.own_writer()
    }
    fn earlier_writers(&self) -> Result<Vec<WriterId>, Infallible> {
        self.replica.earlier_writers()
    }
    fn chain_at(&self, key: &StreamKey, seq: Seq) -> Result<Option<Chain>, Infallible> {
        self.replica.chain_at(key, seq)
    }
    fn points(&self, key: &StreamKey) -> Result<Vec<Head>, Infallible> {
        self.replica.points(key)
    }
    fn follow(&mut self, key: &StreamKey, common: Seq) -> Result<bool, Infallible> {
        self.replica.follow(key, common)
    }
    fn heads(&self, units: Option<&BTreeSet<UnitKey>>) -> Result<Heads, Infallible> {
        self.replica.heads(units)
    }
    fn own_heads(&self) -> Result<Heads, Infallible> {
        self.replica.own_heads()
    }
    fn sealed_range(
        &self,
        key: &StreamKey,
        after: Seq,
        bytes_max: usize,
    ) -> Result<Option<Range>, Infallible> {
        self.replica.sealed_range(key, after, bytes_max)
    }
    fn certificates(&self, writer: &WriterId) -> Result<Option<CertificatePair>, Infallible> {
        self.replica.certificates(writer)
    }
    fn accept(
        &mut self,
        unit_batch: &[Range],
        certificates: &[CertificatePair],
    ) -> Result<Vec<Result<AcceptedRange, Refusal>>, Infallible> {
        self.draw();
        self.replica.accept(unit_batch, certificates)
    }
    fn seal_own(&mut self) -> Result<u32, Infallible> {
        self.replica.seal_own()
    }
}
