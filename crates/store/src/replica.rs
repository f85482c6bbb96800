//! The store as a replica: says where it stands, gives sealed ranges, takes them. The same on
//! device, server and hub. What can be checked without the write lock is checked before it is
//! taken.
//!
//! Not the order of exchange (`ledger::plan`, `sync`), and not forks healed: a contradiction is
//! answered with where this copy stands.

use crate::append::{Incoming, Own, insert_entry, reference};
use crate::certificate::{certificates, put_certificates, server_public_key, signing_key};
use crate::error::StoreError;
use crate::hold::{self, HoldReason, Holding};
use crate::open::Store;
use crate::project::{self, Applied};
use crate::stream::{Stream, array, heads_in, heads_of};
use crate::tx::{Row, Sql, Tx, bits, unbits};
use ledger::{
    AcceptedRange, BackedUp, CertificatePair, Chain, Head, Heads, Placement, Range, Refusal,
    Replica, SEAL_EVERY_BYTES, Seal, Seq, StreamKey, UnitKey, WriterId, place, verify_certificates,
    verify_range,
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
        Ok(self.writer())
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
        self.writer_heads(&self.writer())
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
        unit_batch: &[Range],
        sent: &[CertificatePair],
    ) -> Result<Vec<Answer>, StoreError> {
        let Some(root) = self.read(server_public_key)? else {
            return Ok(unit_batch.iter().map(|_| Err(Refusal::UnknownWriter)).collect());
        };
        let mut checked = self.read(|tx| verify(tx, unit_batch, sent, &root))?;
        let judges = self.is_server();
        if judges {
            for range in checked.iter_mut().flatten().filter(|range| !range.is_server) {
                let (certificate, unit) = (&range.pair.0, &range.range.key.unit);
                hold::judge_range(self.catalogue(), certificate, unit, &mut range.bodies);
            }
        }
        // Given again after a lost answer: nothing to write, so no lock and no sync.
        if let Some(answers) = self.read(|tx| all_held(tx, &checked))? {
            return Ok(answers);
        }
        let own = self.own();
        self.write(|tx| take_all(tx, &own, &root, &checked, judges))
    }

    fn backed_up(&self, units: &BTreeSet<UnitKey>) -> Result<BackedUp, StoreError> {
        self.last_backup(Some(units))
    }

    fn seal_own(&mut self) -> Result<u32, StoreError> {
        let writer = self.writer();
        let open = self.read(|tx| unsealed_own(tx, &writer))?;
        if open.is_empty() {
            return Ok(0);
        }
        self.write(|tx| {
            let device_key = signing_key(tx)?;
            let open = unsealed_own(tx, &writer)?;
            for key in &open {
                if let Some(mut stream) = Stream::find(tx, key)? {
                    stream.seal(tx, &device_key)?;
                    stream.save(tx)?;
                }
            }
            Ok(u32::try_from(open.len()).unwrap_or(u32::MAX))
        })
    }
}

fn unsealed_own(tx: &dyn Tx, writer: &WriterId) -> Result<Vec<StreamKey>, StoreError> {
    let sql = "SELECT u.unit FROM writer w JOIN stream s ON s.writer_no = w.writer_no
               JOIN unit_key u ON u.unit_no = s.unit_no
               WHERE w.writer = $1 AND s.sealed_seq < s.seq";
    tx.rows(sql, &[Sql::Blob(&writer.0)], |row| {
        let unit = UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
        Ok(StreamKey::new(unit, *writer))
    })
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
            Ok((pair, is_new_pair)) => match verify_range(range, &pair.0.public_key) {
                Err(problem) => Err(problem.into()),
                Ok(_) => Ok(Verified {
                    range,
                    pair: pair.clone(),
                    is_new_pair: *is_new_pair,
                    is_server: pair.0.public_key == *root,
                    bodies: range.bodies.iter().map(|body| Incoming::of(body)).collect(),
                }),
            },
        });
    }
    Ok(checked)
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
    own: &Own,
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
            Ok(range) => place_here(tx, own, range.range)?.map(|skip| (range, skip)),
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
    Ok(answers)
}

/// How many bodies of the range are held already, or why it cannot be taken.
fn place_here(tx: &dyn Tx, own: &Own, range: &Range) -> Result<Result<usize, Refusal>, StoreError> {
    let held = Stream::find(tx, &range.key)?;
    let head = held.as_ref().map_or_else(|| Head::genesis(&range.key), |stream| stream.head);
    let is_own = range.key.writer == own.writer;
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
        let fell = policy.is_some_and(|policy| policy < stream.policy);
        let reason = incoming.reason.or(fell.then_some(HoldReason::PolicyFell));
        let entry = insert_entry(tx, &mut stream, &range.key, incoming)?;
        if let Some(reason) = reason.filter(|_| !verified.is_server) {
            holdings.push(Holding {
                unit: range.key.unit.clone(),
                reference: reference(&entry),
                reason,
                header: incoming.header.clone(),
            });
        }
        applied.push(entry);
    }
    stream.keep_seal(tx, &range.seal)?;
    stream.save(tx)?;
    Ok(stream.head)
}
