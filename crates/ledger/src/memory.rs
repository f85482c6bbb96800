//! A replica in memory, for tests and simulations: the same rules as the store's, without a disk.
//! Not for use: it forgets everything. Its guards can be switched off one by one, so that a test
//! can show that it is the guard which keeps a promise.

use crate::batch::CertificatePair;
use crate::body::{BodyProblem, Refiled, check_new_body, fact_reference, refile};
use crate::certificate::{
    DeviceCertificate, sign_device_certificate, sign_writer_certificate, verify_certificates,
};
use crate::chain::{Chain, Head, Reference};
use crate::heads::Heads;
use crate::key::{Seq, StreamKey, UnitKey, WriterId};
use crate::place::{Placement, choose_seal_points, place};
use crate::range::{Range, check_chain, check_end, check_seal, check_size};
use crate::replica::{AcceptedRange, Refusal, Replica};
use crate::seal::{SEAL_EVERY_BYTES, Seal, previous_seal_is_spare, seal_is_due, sign_seal};
use crate::signature::{SigningKey, public_key};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// What keeps a replica honest. All are on but in a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards {
    /// Bodies must lead to the sealed chain.
    pub chain: bool,
    /// The seal must be the writer's.
    pub seal: bool,
    /// The certificates must lead to the server's key.
    pub certificate: bool,
    /// A range must continue the copy, and what is held is not appended again.
    pub place: bool,
    /// A range starts only where the copy's chain is the range's, not merely where the position is.
    pub start: bool,
    /// Nothing is appended to an own stream but by its writer.
    pub own: bool,
    /// The own suffix is re-filed before another branch takes its place.
    pub refile: bool,
    /// A server re-files what contradicts its copy.
    pub third: bool,
    /// A carrier takes its suffix off only when all of it stands re-filed.
    pub follow: bool,
}

impl Default for Guards {
    fn default() -> Guards {
        Guards {
            chain: true,
            seal: true,
            certificate: true,
            place: true,
            start: true,
            own: true,
            refile: true,
            third: true,
            follow: true,
        }
    }
}

/// One stream as held.
#[derive(Clone, PartialEq, Eq)]
pub struct MemoryStream {
    pub bodies: Vec<Vec<u8>>,
    /// The chain after each body; index 0 is the genesis.
    pub chains: Vec<Chain>,
    /// The kept seals.
    pub seals: BTreeMap<Seq, Seal>,
}

impl MemoryStream {
    fn new(key: &StreamKey) -> MemoryStream {
        MemoryStream {
            bodies: Vec::new(),
            chains: vec![Chain::genesis(key)],
            seals: BTreeMap::new(),
        }
    }

    fn head(&self) -> Head {
        let seq = self.bodies.len();
        Head { seq: seq as Seq, chain: self.chains[seq] }
    }

    fn chain_at(&self, seq: Seq) -> Option<Chain> {
        usize::try_from(seq).ok().and_then(|seq| self.chains.get(seq)).copied()
    }

    fn cut(&mut self, common: usize) {
        self.bodies.truncate(common);
        self.chains.truncate(common + 1);
        self.seals.retain(|seq, _| *seq <= common as Seq);
    }

    fn append(&mut self, body: Vec<u8>) {
        let chain = self.head().after([body.as_slice()]).chain;
        self.bodies.push(body);
        self.chains.push(chain);
    }

    /// The entries after `from` up to `to`. Clamped: without the place guard a seal may lie beyond
    /// them.
    fn between(&self, from: Seq, to: Seq) -> &[Vec<u8>] {
        let at =
            |seq: Seq| usize::try_from(seq).map_or(self.bodies.len(), |i| i.min(self.bodies.len()));
        &self.bodies[at(from).min(at(to))..at(to)]
    }

    fn bytes_between(&self, from: Seq, to: Seq) -> usize {
        self.between(from, to).iter().map(Vec::len).sum()
    }

    fn keep_seal(&mut self, seal: Seal) {
        let newest = seal.seq;
        self.seals.insert(newest, seal);
        while let Some((&previous, _)) = self.seals.range(..newest).next_back() {
            let before = self.seals.range(..previous).next_back().map_or(0, |(&seq, _)| seq);
            if !previous_seal_is_spare(self.bytes_between(before, newest)) {
                break;
            }
            self.seals.remove(&previous);
        }
    }

    fn seal_points(&self) -> Vec<Head> {
        choose_seal_points(&self.seals.values().map(Seal::head).collect::<Vec<_>>())
    }
}

/// A replica that lives in memory.
#[derive(Clone)]
pub struct MemoryReplica {
    pub streams: BTreeMap<StreamKey, MemoryStream>,
    pub known: BTreeMap<WriterId, CertificatePair>,
    pub guards: Guards,
    /// What the next writer id is made from: a stand-in for randomness, to be changed by who needs some.
    pub entropy: u64,
    writer: WriterId,
    device_key: SigningKey,
    certificate: DeviceCertificate,
    server_public_key: [u8; 32],
}

impl MemoryReplica {
    /// An enrolled device (or the server, with its own key twice) as a new writer.
    pub fn new(
        device: [u8; 16],
        device_key: SigningKey,
        writer: WriterId,
        units: Vec<UnitKey>,
        server_key: &SigningKey,
    ) -> MemoryReplica {
        let key = public_key(&device_key);
        let certificate = sign_device_certificate(device, key, units, 1, server_key);
        let mut replica = MemoryReplica {
            streams: BTreeMap::new(),
            known: BTreeMap::new(),
            guards: Guards::default(),
            entropy: 0,
            writer,
            device_key,
            certificate,
            server_public_key: public_key(server_key),
        };
        replica.become_writer(writer);
        replica
    }

    /// Starts a new life: what is appended from here lies in new streams.
    pub fn become_writer(&mut self, writer: WriterId) {
        let device = self.certificate.device;
        let certificate = sign_writer_certificate(device, writer, &self.device_key);
        self.writer = writer;
        self.known.insert(writer, (self.certificate.clone(), certificate));
    }

    /// Appends a body to the own stream of a unit, sealing first where that is due.
    pub fn append(&mut self, unit: &UnitKey, body: Vec<u8>) -> Result<Head, BodyProblem> {
        check_new_body(&body)?;
        Ok(self.push(unit, body))
    }

    fn push(&mut self, unit: &UnitKey, body: Vec<u8>) -> Head {
        let key = StreamKey::new(unit.clone(), self.writer);
        let stream = self.streams.entry(key.clone()).or_insert_with(|| MemoryStream::new(&key));
        let head = stream.head();
        let sealed = stream.seals.last_key_value().map_or(0, |(&seq, _)| seq);
        if seal_is_due(stream.bytes_between(sealed, head.seq), body.len()) {
            stream.keep_seal(sign_seal(&key, &head, &self.device_key));
        }
        stream.append(body);
        stream.head()
    }

    /// The facts held of a unit, wherever they lie but in `but` after a position.
    fn facts(&self, unit: &UnitKey, but: Option<(&StreamKey, Seq)>) -> BTreeSet<Reference> {
        let of_unit = self.entries().filter(|(key, _, _)| key.unit == *unit);
        let kept = of_unit.filter(|(key, seq, _)| but.is_none_or(|(k, s)| k != *key || *seq <= s));
        kept.map(|(key, seq, body)| fact_reference(key.writer, seq, body)).collect()
    }

    /// Appends to the own stream each fact of some bodies after a position that does not stand here.
    /// With `but`, copies in that stream do not count.
    fn keep(&mut self, key: &StreamKey, after: Seq, bodies: &[Vec<u8>], but: Option<&StreamKey>) {
        let mut known = self.facts(&key.unit, but.map(|key| (key, 0)));
        for (body, seq) in bodies.iter().zip(after + 1..) {
            let is_new = known.insert(fact_reference(key.writer, seq, body));
            if let (true, Ok(copy)) = (is_new, refile(key.writer, seq, body)) {
                self.push(&key.unit, copy);
            }
        }
    }

    /// True where the copy here says something else than the range.
    fn has_another_branch(&self, range: &Range) -> bool {
        let Some(held) = self.streams.get(&range.key) else { return false };
        let placed = place(range, &held.head(), |seq| Ok::<_, Infallible>(held.chain_at(seq)));
        placed == Ok(Placement::Contradicts)
    }

    /// The own stream, of this life or an earlier one, is found to have another branch: a new life where it is this one,
    /// the own suffix re-filed.
    fn heal(&mut self, range: &Range) -> bool {
        let key = &range.key;
        let Some(held) = self.streams.get(key) else {
            self.begin_life();
            return true;
        };
        if held.chain_at(range.after.seq) != Some(range.after.chain) {
            return false;
        }
        let theirs = held.between(range.after.seq, range.seal.seq).iter().zip(&range.bodies);
        let equal = theirs.take_while(|(mine, theirs)| mine == theirs).count();
        let common = range.after.seq + equal as Seq;
        let suffix = held.between(common, held.head().seq).to_vec();
        if key.writer == self.writer {
            self.begin_life();
        }
        if let Some(held) = self.streams.get_mut(key) {
            held.cut(usize::try_from(common).unwrap_or(usize::MAX));
        }
        if self.guards.refile {
            self.keep(key, common, &suffix, None);
        }
        true
    }

    fn begin_life(&mut self) {
        // Everything appended so far is sealed while it is one's own.
        let Ok(_) = self.seal_own();
        let device = self.certificate.device;
        let mut bytes = [0; 16];
        let made = Sha256::new().chain_update(device).chain_update(self.entropy.to_be_bytes());
        bytes.copy_from_slice(&made.finalize()[..16]);
        self.entropy += 1;
        self.become_writer(WriterId(bytes));
    }

    /// True on the server: its own key is the root.
    fn is_server(&self) -> bool {
        self.certificate.public_key == self.server_public_key
    }

    /// Every entry held: stream, position, bytes.
    pub fn entries(&self) -> impl Iterator<Item = (&StreamKey, Seq, &[u8])> {
        self.streams.iter().flat_map(|(key, stream)| {
            let numbered = stream.bodies.iter().zip(1..);
            numbered.map(move |(body, seq)| (key, seq, body.as_slice()))
        })
    }

    /// The pair that proves a writer: a writer's key never changes, so who is known first stays
    /// known; a later policy of the same device replaces an earlier one.
    fn proof<'a>(
        &'a self,
        writer: &WriterId,
        sent: &'a [CertificatePair],
    ) -> Result<&'a CertificatePair, Refusal> {
        let mut best = self.known.get(writer);
        let mut refusal = Refusal::UnknownWriter;
        for pair in sent.iter().filter(|pair| pair.1.writer == *writer) {
            let proven = verify_certificates(&pair.0, &pair.1, &self.server_public_key);
            match proven {
                Err(problem) if self.guards.certificate => refusal = problem.into(),
                Ok(_) | Err(_) => {
                    let later = |known: &CertificatePair| {
                        known.0.public_key == pair.0.public_key && known.0.policy < pair.0.policy
                    };
                    best = if best.is_none_or(later) { Some(pair) } else { best };
                }
            }
        }
        best.ok_or(refusal)
    }

    fn holds(&self, range: &Range) -> bool {
        let held = self.streams.get(&range.key);
        held.is_some_and(|held| held.chain_at(range.seal.seq) == Some(range.seal.chain))
    }

    /// True for a range of another branch: it contradicts, or starts where a branch was re-filed.
    fn is_branch(&self, range: &Range, placed: Placement) -> bool {
        let is_start =
            |fact: &Reference| fact.writer == range.key.writer && fact.seq == range.after.seq;
        let own = self.entries().filter(|(key, _, _)| key.unit == range.key.unit);
        let mut copies = own.filter_map(|(_, _, body)| Refiled::decode(body)?.ok());
        placed == Placement::Contradicts || copies.any(|copy| is_start(&copy.reference()))
    }

    fn verify(&self, range: &Range, device_public_key: &[u8; 32]) -> Result<(), Refusal> {
        check_size(range)?;
        check_end(range)?;
        if self.guards.chain {
            check_chain(range, &range.body_hashes())?;
        }
        if self.guards.seal {
            check_seal(range, device_public_key)?;
        }
        Ok(())
    }

    fn accept_one(
        &mut self,
        range: &Range,
        sent: &[CertificatePair],
    ) -> Result<AcceptedRange, Refusal> {
        let pair = self.proof(&range.key.writer, sent)?.clone();
        self.verify(range, &pair.0.public_key)?;
        let (guards, own) = (self.guards, range.key.writer == self.writer);
        let is_life = !self.is_server() && pair.0.device == self.certificate.device;
        let has_parted =
            if own { !self.holds(range) } else { is_life && self.has_another_branch(range) };
        if guards.own && has_parted && self.heal(range) {
            return self.accept_one(range, sent);
        }
        let fresh = MemoryStream::new(&range.key);
        let held = self.streams.get(&range.key).unwrap_or(&fresh);
        let head = held.head();
        let placed = match place(range, &head, |seq| Ok::<_, Infallible>(held.chain_at(seq))) {
            Ok(placed) if guards.place && guards.start => placed,
            Ok(_) if guards.place => by_position(range, &head),
            Ok(_) => Placement::Append { skip: 0 },
            Err(never) => match never {},
        };
        let skip = match placed {
            Placement::Held => range.bodies.len(),
            Placement::Append { .. } if own && guards.own => {
                return Err(Refusal::OwnAhead { head });
            }
            Placement::Append { skip } => skip,
            Placement::Gap if own && guards.own => return Err(Refusal::OwnAhead { head }),
            Placement::Gap | Placement::Contradicts => {
                let points = held.seal_points();
                if guards.third && self.is_server() && self.is_branch(range, placed) {
                    self.keep(&range.key, range.after.seq, &range.bodies, Some(&range.key));
                }
                return Err(Refusal::NotAfterYourHead { head, points });
            }
        };
        self.known.insert(range.key.writer, pair);
        let stream = self.streams.entry(range.key.clone()).or_insert(fresh);
        let new = &range.bodies[skip..];
        new.iter().for_each(|body| stream.append(body.clone()));
        if !new.is_empty() {
            stream.keep_seal(range.seal.clone());
        }
        let new_entries = u32::try_from(new.len()).unwrap_or(u32::MAX);
        Ok(AcceptedRange { key: range.key.clone(), head: stream.head(), new_entries })
    }
}

/// Where a range would lie by its numbers alone (the start guard off).
fn by_position(range: &Range, head: &Head) -> Placement {
    let skip = usize::try_from(head.seq.saturating_sub(range.after.seq)).unwrap_or(usize::MAX);
    if range.after.seq > head.seq {
        Placement::Gap
    } else if range.seal.seq <= head.seq {
        Placement::Held
    } else {
        Placement::Append { skip }
    }
}

impl Replica for MemoryReplica {
    type Error = Infallible;

    fn own_writer(&self) -> Result<WriterId, Infallible> {
        Ok(self.writer)
    }

    fn earlier_writers(&self) -> Result<Vec<WriterId>, Infallible> {
        let of_device = |(_, pair): &(&WriterId, &CertificatePair)| {
            pair.0.device == self.certificate.device && pair.1.writer != self.writer
        };
        Ok(self.known.iter().filter(of_device).map(|(writer, _)| *writer).collect())
    }

    fn chain_at(&self, key: &StreamKey, seq: Seq) -> Result<Option<Chain>, Infallible> {
        let fresh = MemoryStream::new(key);
        Ok(self.streams.get(key).unwrap_or(&fresh).chain_at(seq))
    }

    fn points(&self, key: &StreamKey) -> Result<Vec<Head>, Infallible> {
        Ok(self.streams.get(key).map(MemoryStream::seal_points).unwrap_or_default())
    }

    fn follow(&mut self, key: &StreamKey, common: Seq) -> Result<bool, Infallible> {
        let Some(held) = self.streams.get(key) else { return Ok(false) };
        if key.writer == self.writer || common >= held.head().seq {
            return Ok(false);
        }
        let suffix = held.between(common, held.head().seq).iter().zip(common + 1..);
        let elsewhere = self.facts(&key.unit, Some((key, common)));
        let mut facts = suffix.map(|(body, seq)| fact_reference(key.writer, seq, body));
        if self.guards.follow && !facts.all(|fact| elsewhere.contains(&fact)) {
            return Ok(false);
        }
        if let Some(held) = self.streams.get_mut(key) {
            held.cut(usize::try_from(common).unwrap_or(usize::MAX));
        }
        Ok(true)
    }

    fn heads(&self, units: Option<&BTreeSet<UnitKey>>) -> Result<Heads, Infallible> {
        let wanted = |key: &StreamKey| units.is_none_or(|units| units.contains(&key.unit));
        let streams = self.streams.iter().filter(|(key, _)| wanted(key));
        Ok(streams.map(|(key, stream)| (key.clone(), stream.head())).collect())
    }

    fn own_heads(&self) -> Result<Heads, Infallible> {
        let own = self.streams.iter().filter(|(key, _)| key.writer == self.writer);
        Ok(own.map(|(key, stream)| (key.clone(), stream.head())).collect())
    }

    fn sealed_range(
        &self,
        key: &StreamKey,
        after: Seq,
        bytes_max: usize,
    ) -> Result<Option<Range>, Infallible> {
        let Some(stream) = self.streams.get(key) else { return Ok(None) };
        let Some(chain) = stream.chain_at(after) else { return Ok(None) };
        let bytes_max = bytes_max.min(SEAL_EVERY_BYTES);
        let mut seals = stream.seals.range(after + 1..);
        let Some((_, first)) = seals.next() else { return Ok(None) };
        let fits = |seal: &&Seal| stream.bytes_between(after, seal.seq) <= bytes_max;
        let furthest = seals.map(|(_, seal)| seal).take_while(fits).last();
        let seal = furthest.unwrap_or(first).clone();
        let bodies = stream.between(after, seal.seq).to_vec();
        Ok(Some(Range { key: key.clone(), after: Head { seq: after, chain }, bodies, seal }))
    }

    fn certificates(&self, writer: &WriterId) -> Result<Option<CertificatePair>, Infallible> {
        Ok(self.known.get(writer).cloned())
    }

    fn accept(
        &mut self,
        ranges: &[Range],
        certificates: &[CertificatePair],
    ) -> Result<Vec<Result<AcceptedRange, Refusal>>, Infallible> {
        Ok(ranges.iter().map(|range| self.accept_one(range, certificates)).collect())
    }

    fn seal_own(&mut self) -> Result<u32, Infallible> {
        let mut sealed = 0;
        let own = self.streams.iter_mut().filter(|(key, _)| key.writer == self.writer);
        for (key, stream) in own {
            let head = stream.head();
            if head.seq > 0 && !stream.seals.contains_key(&head.seq) {
                stream.keep_seal(sign_seal(key, &head, &self.device_key));
                sealed += 1;
            }
        }
        Ok(sealed)
    }
}
