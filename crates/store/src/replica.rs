//! The store as a replica: says where it stands, gives sealed ranges, takes them. The same on
//! device, server and hub. What can be checked without the write lock is checked before it is
//! taken.
//!
//! Not the order of exchange (`ledger::plan`, `sync`), and not how facts are filed again (`refile`): here a
//! sealed range shows that it must be done.

use crate::append::{Incoming, Own, insert_entry};
use crate::certificate::{
    certificates, own_ids, put_certificates, server_public_key, signing_key, writers_of,
};
use crate::damage::{abandon, damage_after};
use crate::dropped::{is_return, note_returned};
use crate::error::StoreError;
use crate::hold::{self, HoldReason, Holding};
use crate::open::Store;
use crate::policy::Scopes;
use crate::project::{self, Applied};
use crate::refile::{
    Branch, FiledFact, begin_writer, follow, is_branch_refiled, keep, known_to_server, locate, part,
};
use crate::revoke::{beyond, revoked_in};
use crate::stream::{Stream, array, heads_in, heads_of, seal_all, unsealed};
use crate::tx::{Row, Tx, bits, unbits};
use ledger::{
    AcceptedRange, BackedUp, CertificatePair, Chain, Head, Heads, KIND_REFILED, Placement, Range,
    Refusal, Replica, SEAL_EVERY_BYTES, Seal, Seq, StreamKey, UnitKey, WriterId,
    fact_reference_hashed, place, verify_certificates, verify_hashed_range,
};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A range that proves what it says, ready to be placed.
struct Verified<'r> {
    range: &'r Range,
    pair: CertificatePair,
    /// Not what is kept for this writer: keep it when the range is taken.
    is_new_pair: bool,
    /// The writer is a server, which nobody judges.
    is_server: bool,
    bodies: Vec<Incoming<'r>>,
}

type Answer = Result<AcceptedRange, Refusal>;

impl Replica for Store {
    type Error = StoreError;

    fn own_writer(&self) -> Result<WriterId, StoreError> {
        self.read(|tx| Ok(own_ids(tx)?.1))
    }

    fn earlier_writers(&self) -> Result<Vec<WriterId>, StoreError> {
        self.read(|tx| {
            let (device, writer) = own_ids(tx)?;
            let mut lives = writers_of(tx, &device)?;
            lives.retain(|life| *life != writer);
            Ok(lives)
        })
    }

    fn chain_at(&self, key: &StreamKey, seq: Seq) -> Result<Option<Chain>, StoreError> {
        self.read(|tx| match Stream::find(tx, key)? {
            Some(stream) => stream.chain_at(tx, seq),
            None => Ok((seq == 0).then(|| Chain::genesis(key))),
        })
    }

    fn points(&self, key: &StreamKey) -> Result<Vec<Head>, StoreError> {
        self.read(|tx| match Stream::find(tx, key)? {
            Some(stream) => stream.seal_points(tx),
            None => Ok(Vec::new()),
        })
    }

    fn follow(&mut self, key: &StreamKey, common: Seq) -> Result<bool, StoreError> {
        self.write(|tx| match own_ids(tx)?.1 == key.writer {
            true => Ok(false),
            false => follow(tx, key, common),
        })
    }

    fn heads(&self, units: Option<&BTreeSet<UnitKey>>) -> Result<Heads, StoreError> {
        self.read(|tx| match units {
            None => heads_of(tx, None),
            Some(units) => {
                let mut all = Heads::new();
                for unit in units {
                    all.extend(heads_in(tx, unit)?);
                }
                Ok(all)
            }
        })
    }

    fn own_heads(&self) -> Result<Heads, StoreError> {
        self.writer_heads(&self.own_writer()?)
    }

    fn writer_heads(&self, writer: &WriterId) -> Result<Heads, StoreError> {
        self.read(|tx| heads_of(tx, Some(writer)))
    }

    fn sealed_range(
        &self,
        key: &StreamKey,
        after: Seq,
        bytes_max: usize,
    ) -> Result<Option<Range>, StoreError> {
        self.read(|tx| sealed_range(tx, key, after, bytes_max))
    }

    fn certificates(&self, writer: &WriterId) -> Result<Option<CertificatePair>, StoreError> {
        self.read(|tx| certificates(tx, writer))
    }

    fn accept(
        &mut self,
        ranges: &[Range],
        sent: &[CertificatePair],
    ) -> Result<Vec<Answer>, StoreError> {
        let Some(root) = self.read(server_public_key)? else {
            return Ok(ranges.iter().map(|_| Err(Refusal::UnknownWriter)).collect());
        };
        let mut checked = self.read(|tx| verify(tx, ranges, sent, &root))?;
        let judges = self.is_server();
        if judges {
            for range in checked.iter_mut().flatten().filter(|range| !range.is_server) {
                let scopes = self.read(|tx| Scopes::of(tx, &range.pair.0))?;
                let (key, after) = (&range.range.key, range.range.after.seq);
                let places = (after + 1..).map(|seq| (key.writer, seq));
                let places: Vec<(WriterId, Seq)> = places.take(range.bodies.len()).collect();
                let bodies = &mut range.bodies;
                hold::judge_range(self.catalogue(), &scopes, &key.unit, bodies, &places);
            }
        }
        // Given again after a lost answer: nothing to write, so no lock and no sync.
        if let Some(answers) = self.read(|tx| all_held(tx, &checked))? {
            return Ok(answers);
        }
        let own = self.own();
        let (answers, writer) = self.write(|tx| {
            let mut own = own.now(tx)?;
            let answers = take_all(tx, &mut own, &root, &checked, judges)?;
            Ok((answers, own.writer))
        })?;
        self.writer = writer;
        Ok(answers)
    }

    fn backed_up(&self, units: &BTreeSet<UnitKey>) -> Result<BackedUp, StoreError> {
        self.last_backup(Some(units))
    }

    fn dropped(&self) -> Result<BTreeSet<UnitKey>, StoreError> {
        self.dropped_units()
    }

    fn returning(&self) -> Result<Vec<(StreamKey, Seq, Seq)>, StoreError> {
        self.streams_returning()
    }

    fn seal_own(&mut self) -> Result<u32, StoreError> {
        let open = self.read(|tx| unsealed(tx, &own_ids(tx)?.1))?;
        if open.is_empty() {
            return Ok(0);
        }
        let own = self.own();
        let (sealed, writer) = self.write(|tx| {
            let key = signing_key(tx)?;
            let own = own.now(tx)?;
            let mut sealed = seal_all(tx, &own.writer, &key)?;
            let mut damaged = Vec::new();
            for key in unsealed(tx, &own.writer)? {
                let Some(stream) = Stream::find(tx, &key)? else { continue };
                let found = damage_after(tx, &stream, stream.sealed_seq)?;
                damaged.extend(found.map(|damage| (key, damage)));
            }
            if damaged.is_empty() {
                return Ok((sealed, own.writer));
            }
            // Never sealed, never handed over: nobody else has it.
            let own = abandon(tx, &own, &damaged)?;
            sealed += seal_all(tx, &own.writer, &key)?;
            Ok((sealed, own.writer))
        })?;
        self.writer = writer;
        Ok(u32::try_from(sealed).unwrap_or(u32::MAX))
    }

    fn damaged(&self) -> Result<Vec<(StreamKey, Seq)>, StoreError> {
        self.damaged_keys()
    }

    fn repair(&mut self, ranges: &[Range]) -> Result<(), StoreError> {
        self.repair_with(ranges)
    }

    fn abandon(&mut self) -> Result<(), StoreError> {
        self.abandon_damaged()
    }
}

fn sealed_range(
    tx: &dyn Tx,
    key: &StreamKey,
    after: Seq,
    bytes_max: usize,
) -> Result<Option<Range>, StoreError> {
    let Some(stream) = Stream::find(tx, key)?.filter(|stream| stream.sealed_seq > after) else {
        return Ok(None);
    };
    let Some((after, bytes)) = stream.point_at(tx, after)? else { return Ok(None) };
    let bytes_max = i64::try_from(bytes_max.min(SEAL_EVERY_BYTES)).unwrap_or(i64::MAX);
    let furthest = "SELECT seq, chain, signature FROM seal
                    WHERE unit_no = $1 AND writer_no = $2 AND seq > $3 AND bytes <= $4
                    ORDER BY seq DESC LIMIT 1";
    let next = "SELECT seq, chain, signature FROM seal
                WHERE unit_no = $1 AND writer_no = $2 AND seq > $3 ORDER BY seq LIMIT 1";
    let params = [
        stream.unit_no.into(),
        stream.writer_no.into(),
        bits(after.seq).into(),
        bytes.saturating_add(bytes_max).into(),
    ];
    let read = |row: &dyn Row| {
        Ok(Seal {
            key: key.clone(),
            seq: unbits(row.int(0)?),
            chain: Chain(array(row.blob(1)?)?),
            signature: array(row.blob(2)?)?,
        })
    };
    let seal = match tx.first(furthest, &params, read)? {
        Some(seal) => Some(seal),
        None => tx.first(next, &params[..3], read)?,
    };
    let Some(seal) = seal else { return Ok(None) };
    let mut bodies = Vec::new();
    stream.each_body(tx, after.seq, seal.seq, &mut |body| {
        bodies.push(body.to_vec());
        Ok(())
    })?;
    Ok(Some(Range { key: key.clone(), after, bodies, seal }))
}

/// Checks each range by itself: who wrote it, that it is whole, that it is sealed.
fn verify<'r>(
    tx: &dyn Tx,
    ranges: &'r [Range],
    sent: &[CertificatePair],
    root: &[u8; 32],
) -> Result<Vec<Result<Verified<'r>, Refusal>>, StoreError> {
    let mut proofs: BTreeMap<WriterId, Result<(CertificatePair, bool), Refusal>> = BTreeMap::new();
    let mut checked = Vec::with_capacity(ranges.len());
    for range in ranges {
        let writer = range.key.writer;
        let proof = match proofs.entry(writer) {
            Entry::Occupied(proof) => proof.into_mut(),
            Entry::Vacant(place) => place.insert(prove(tx, &writer, sent, root)?),
        };
        checked.push(match proof {
            Err(refusal) => Err(refusal.clone()),
            Ok((pair, is_new_pair)) => {
                let hashes = range.body_hashes();
                match verify_hashed_range(range, &hashes, &pair.0.public_key) {
                    Err(problem) => Err(problem.into()),
                    Ok(_) => Ok(Verified {
                        range,
                        pair: pair.clone(),
                        is_new_pair: *is_new_pair,
                        is_server: pair.0.public_key == *root,
                        bodies: hashed(range, &hashes),
                    }),
                }
            }
        });
    }
    Ok(checked)
}

fn hashed<'r>(range: &'r Range, hashes: &[[u8; 32]]) -> Vec<Incoming<'r>> {
    let bodies = range.bodies.iter().zip(hashes);
    bodies.map(|(body, hash)| Incoming::hashed(body, *hash)).collect()
}

/// What proves a writer: what is kept here, or something newer that came along. True = not kept
/// yet.
fn prove(
    tx: &dyn Tx,
    writer: &WriterId,
    sent: &[CertificatePair],
    root: &[u8; 32],
) -> Result<Result<(CertificatePair, bool), Refusal>, StoreError> {
    // What is kept was verified before it was kept.
    let kept = certificates(tx, writer)?;
    let mut best = kept.map(|pair| (pair, false));
    let mut refusal = Refusal::UnknownWriter;
    for pair in sent.iter().filter(|pair| pair.1.writer == *writer) {
        // A writer has one device key for life: with another key it would be somebody else.
        let is_newer = best.as_ref().is_none_or(|(best, _)| {
            pair.0.policy > best.0.policy && pair.0.public_key == best.0.public_key
        });
        if !is_newer {
            continue;
        }
        match verify_certificates(&pair.0, &pair.1, root) {
            Ok(_) => best = Some((pair.clone(), true)),
            Err(problem) => refusal = problem.into(),
        }
    }
    Ok(best.ok_or(refusal))
}

/// The answers, where every range is held already and nothing is to be written.
fn all_held(
    tx: &dyn Tx,
    checked: &[Result<Verified, Refusal>],
) -> Result<Option<Vec<Answer>>, StoreError> {
    let mut answers = Vec::with_capacity(checked.len());
    for range in checked {
        let range = match range {
            Ok(range) => range.range,
            Err(refusal) => {
                answers.push(Err(refusal.clone()));
                continue;
            }
        };
        let Some(stream) = Stream::find(tx, &range.key)? else { return Ok(None) };
        match place(range, &stream.head, |seq| stream.chain_at(tx, seq))? {
            Placement::Held => answers.push(Ok(accepted(&range.key, stream.head, 0))),
            Placement::Append { .. } | Placement::Gap | Placement::Contradicts => return Ok(None),
        }
    }
    Ok(Some(answers))
}

fn accepted(key: &StreamKey, head: Head, new_entries: usize) -> AcceptedRange {
    let new_entries = u32::try_from(new_entries).unwrap_or(u32::MAX);
    AcceptedRange { key: key.clone(), head, new_entries }
}

/// Takes what fits, holds what must be held, and projects all of it at once.
fn take_all(
    tx: &dyn Tx,
    own: &mut Own,
    root: &[u8; 32],
    checked: &[Result<Verified, Refusal>],
    judges: bool,
) -> Result<Vec<Answer>, StoreError> {
    let mut answers = Vec::with_capacity(checked.len());
    let mut applied = Vec::new();
    let mut holdings = Vec::new();
    for range in checked {
        let placed = match range {
            Err(refusal) => Err(refusal.clone()),
            Ok(range) => place_or_heal(tx, own, range, judges)?.map(|skip| (range, skip)),
        };
        answers.push(match placed {
            Err(refusal) => Err(refusal),
            Ok((range, skip)) => {
                if range.is_new_pair {
                    put_certificates(tx, &range.pair, root)?;
                }
                let taken = applied.len();
                let head = take(tx, range, skip, &mut applied, &mut holdings)?;
                Ok(accepted(&range.range.key, head, applied.len() - taken))
            }
        });
    }
    if !judges {
        holdings.clear();
    }
    let bodies = hold::hold_bodies(tx, own, &holdings)?;
    for (key, bodies) in &bodies {
        applied.extend(own.insert(tx, key, bodies)?);
    }
    project::apply(tx, own.catalogue, &applied)?;
    if judges {
        hold_beyond(tx, own, checked)?;
    }
    Ok(answers)
}

/// A revocation that came back after a restore holds what was taken without it.
fn hold_beyond(
    tx: &dyn Tx,
    own: &Own,
    checked: &[Result<Verified, Refusal>],
) -> Result<(), StoreError> {
    let of_server = checked.iter().flatten().filter(|range| range.is_server);
    let bodies = of_server.flat_map(|range| range.bodies.iter().map(|incoming| incoming.body));
    for device in revoked_in(bodies) {
        let holds = hold::hold_bodies(tx, own, &beyond(tx, &device)?)?;
        let mut applied = Vec::new();
        for (key, bodies) in &holds {
            applied.extend(own.insert(tx, key, bodies)?);
        }
        project::apply(tx, own.catalogue, &applied)?;
    }
    Ok(())
}

impl Store {
    /// For who finds by other signs that this database was put back or copied: a new writer from here. What the
    /// server is not known to hold of the own streams is re-filed, so that another branch of them can come. A device
    /// that is not enrolled has handed nothing over and stays as it is. True when it began anew.
    pub fn begin_anew(&mut self) -> Result<bool, StoreError> {
        let own = self.own();
        let writer = self.write(|tx| {
            let own = own.now(tx)?;
            if certificates(tx, &own.writer)?.is_none() {
                return Ok(None);
            }
            let streams = heads_of(tx, Some(&own.writer))?;
            let anew = begin_writer(tx, &own)?;
            for key in streams.keys() {
                part(tx, &anew, key, known_to_server(tx, key)?)?;
            }
            Ok(Some(anew.writer))
        })?;
        self.writer = writer.unwrap_or(self.writer);
        Ok(writer.is_some())
    }
}

/// As `place_here`; and where branches of a stream meet, no fact of either is lost: one's own suffix is
/// re-filed before the other branch takes its place, and a server re-files what contradicts its copy.
fn place_or_heal(
    tx: &dyn Tx,
    own: &mut Own,
    verified: &Verified,
    is_server: bool,
) -> Result<Result<usize, Refusal>, StoreError> {
    let (range, key) = (verified.range, &verified.range.key);
    let refusal = match place_here(tx, own, range)? {
        Ok(skip) => return Ok(Ok(skip)),
        Err(refusal) => refusal,
    };
    let is_life = !is_server && verified.pair.0.device == own_ids(tx)?.0;
    if is_life || key.writer == own.writer {
        // Proven by the own key's seal: restored, or there are two of this replica. Of an earlier life only the branch
        // is put aside.
        return match common_point(tx, range)? {
            None => Ok(Err(refusal)),
            Some(common) => {
                if key.writer == own.writer {
                    *own = begin_writer(tx, own)?;
                }
                part(tx, own, key, common)?;
                place_here(tx, own, range)
            }
        };
    }
    if is_server && (is_branch(tx, range)? || is_branch_refiled(tx, key, range.after.seq)?) {
        let facts = range.bodies.iter().zip(range.after.seq + 1..);
        let facts: Vec<FiledFact> =
            facts.filter_map(|(body, seq)| FiledFact::of(key.writer, seq, body)).collect();
        let judged_by = (!verified.is_server).then_some(&verified.pair.0);
        let branch = Branch { writer: key.writer, judged_by };
        keep(tx, own, &key.unit, &facts, Some(branch))?;
    }
    Ok(Err(refusal))
}

/// True when the copy here has something else where the range is.
fn is_branch(tx: &dyn Tx, range: &Range) -> Result<bool, StoreError> {
    let Some(stream) = Stream::find(tx, &range.key)? else { return Ok(false) };
    let placed = place(range, &stream.head, |seq| stream.chain_at(tx, seq))?;
    Ok(placed == Placement::Contradicts)
}

/// The last position at which the copy here and the range are equal; `None` where they are not even at its start.
fn common_point(tx: &dyn Tx, range: &Range) -> Result<Option<Seq>, StoreError> {
    let after = range.after.seq;
    let Some(stream) = Stream::find(tx, &range.key)? else {
        return Ok((range.after == Head::genesis(&range.key)).then_some(0));
    };
    if stream.chain_at(tx, after)? != Some(range.after.chain) {
        return Ok(None);
    }
    let (mut common, mut bodies) = (after, range.bodies.iter());
    let mut is_equal = true;
    stream.each_body(tx, after, range.seal.seq, &mut |body| {
        is_equal &= bodies.next().is_some_and(|theirs| theirs == body);
        common += Seq::from(is_equal);
        Ok(())
    })?;
    Ok(Some(common))
}

/// How many bodies of the range are held already, or why it cannot be taken.
fn place_here(tx: &dyn Tx, own: &Own, range: &Range) -> Result<Result<usize, Refusal>, StoreError> {
    let held = Stream::find(tx, &range.key)?;
    let head = held.as_ref().map_or_else(|| Head::genesis(&range.key), |stream| stream.head);
    let is_own = range.key.writer == own.writer && !is_return(tx, range)?;
    let placed = place(range, &head, |seq| match &held {
        None => Ok(None),
        Some(stream) => stream.chain_at(tx, seq),
    })?;
    let refusal = match placed {
        Placement::Held => return Ok(Ok(range.bodies.len())),
        // Only this replica appends to its own streams: who holds more of them holds what was lost
        // here.
        Placement::Append { .. } | Placement::Gap if is_own => Refusal::OwnAhead { head },
        Placement::Append { skip } => return Ok(Ok(skip)),
        Placement::Gap | Placement::Contradicts => {
            let points = held.as_ref().map_or(Ok(Vec::new()), |stream| stream.seal_points(tx))?;
            Refusal::NotAfterYourHead { head, points }
        }
    };
    Ok(Err(refusal))
}

/// Appends the bodies from `skip` on, keeps the seal, and answers the head. Bodies that a server
/// must hold are told apart; they stay in the stream like all others.
fn take<'r>(
    tx: &dyn Tx,
    verified: &Verified<'r>,
    skip: usize,
    applied: &mut Vec<Applied<'r>>,
    holdings: &mut Vec<Holding>,
) -> Result<Head, StoreError> {
    let range = verified.range;
    let mut stream = Stream::find_or_begin(tx, &range.key)?;
    let new = verified.bodies.get(skip..).unwrap_or_default();
    if new.is_empty() {
        return Ok(stream.head);
    }
    for incoming in new {
        let policy = incoming.header.as_ref().map(|header| header.policy);
        let is_copy = incoming.body.first() == Some(&KIND_REFILED);
        let fell = !is_copy && policy.is_some_and(|policy| policy < stream.policy);
        let mut reason = incoming.reason.or(fell.then_some(HoldReason::PolicyFell));
        let (writer, seq) = (range.key.writer, stream.head.seq + 1);
        let fact = fact_reference_hashed(writer, seq, incoming.body, &incoming.hash);
        if is_copy && locate(tx, stream.unit_no, &fact)?.is_some() {
            // The fact is here and was judged: a copy changes nothing about it.
            reason = None;
        }
        let entry = insert_entry(tx, &mut stream, &range.key, incoming)?;
        if let Some(reason) = reason.filter(|_| !verified.is_server) {
            holdings.push(Holding {
                unit: range.key.unit.clone(),
                reference: fact,
                reason,
                header: incoming.header.clone(),
            });
        }
        applied.push(entry);
    }
    stream.keep_seal(tx, &range.seal)?;
    stream.save(tx)?;
    note_returned(tx, stream.unit_no, stream.writer_no, stream.head.seq)?;
    Ok(stream.head)
}
