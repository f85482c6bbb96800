//! How entries get in: own ones sealed in time, and anyone's put into the table and handed to the
//! projection, all in the caller's transaction. Not whether they may: that is `replica` and `hold`.

use crate::certificate::{own_ids, signing_key};
use crate::damage::damage_after;
use crate::dropped::check_appendable;
use crate::error::StoreError;
use crate::hold::HoldReason;
use crate::open::{Role, Store};
use crate::project::{self, Applied};
use crate::random::Draw;
use crate::refile::note_refiled;
use crate::stream::{Stream, body_bytes};
use crate::tx::{Sql, Tx, bits};
use domain::catalogue::Catalogue;
use domain::ids::UnitCode;
use ledger::{
    BodyProblem, Head, Reference, Refiled, SigningKey, StreamKey, UnitKey, WriterId, body_hash,
    check_new_body, seal_is_due,
};
use protocol::convert::person_id;
use protocol::failure::Code;
use protocol::{Entry, EntryError, Fact, Header};
use std::borrow::Cow;

/// A body on its way in, with what is computed before the write lock is taken.
pub(crate) struct Incoming<'a> {
    pub body: &'a [u8],
    pub hash: [u8; 32],
    /// `None` where none can be read.
    pub header: Option<Header>,
    /// What it says, or why this version cannot tell.
    pub fact: Result<Fact, EntryError>,
    /// Why the server must hold it, as far as known before it has its place.
    pub reason: Option<HoldReason>,
}

impl<'a> Incoming<'a> {
    pub fn of(body: &'a [u8]) -> Incoming<'a> {
        Incoming::hashed(body, body_hash(body))
    }

    /// With the body's SHA-256, which proving the range needed already.
    pub fn hashed(body: &'a [u8], hash: [u8; 32]) -> Incoming<'a> {
        let (header, fact) = match Entry::decode_parts(body) {
            Ok((header, fact)) => (Some(header), fact),
            Err(error) => (None, Err(error)),
        };
        Incoming { body, hash, header, fact, reason: None }
    }

    fn hash8(&self) -> [u8; 8] {
        let mut short = [0; 8];
        short.copy_from_slice(&self.hash[..8]);
        short
    }

    fn is_of_checkup(&self) -> bool {
        matches!(self.fact, Ok(Fact::Save(_) | Fact::Void(_)))
    }
}

/// This replica as a writer, to append within a transaction that does more.
#[derive(Clone, Copy)]
pub struct Own {
    pub(crate) writer: WriterId,
    pub(crate) catalogue: &'static Catalogue,
    /// Where the id of its next life comes from.
    pub(crate) draw: Draw,
}

impl Own {
    /// Appends facts to the own stream of a unit and projects them.
    pub fn append(
        &self,
        tx: &dyn Tx,
        unit: &UnitCode,
        entries: &[Entry],
    ) -> Result<Vec<Reference>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let own = self.now(tx)?;
        let key = own.key(unit)?;
        check_appendable(tx, &key)?;
        let mut stream = Stream::find_or_begin(tx, &key)?;
        // A server makes its own policies, and writes under none but the newest.
        let policy = if stream.is_server { 0 } else { stream.policy };
        let said = entries.iter().map(|one| not_before(policy, one));
        let bodies: Vec<Vec<u8>> = said.map(|one| one.encode()).collect();
        refuse_malformed(&bodies)?;
        let applied = own.insert_after(tx, &mut stream, &key, &bodies)?;
        project::apply(tx, self.catalogue, &applied)?;
        Ok(applied.iter().map(reference).collect())
    }

    /// The same for facts of several units, in their order.
    pub fn append_each(&self, tx: &dyn Tx, work: &[(UnitCode, Entry)]) -> Result<(), StoreError> {
        for (unit, entry) in work {
            self.append(tx, unit, std::slice::from_ref(entry))?;
        }
        Ok(())
    }

    /// This replica as the writer it is within a transaction: another program may have found it restored.
    pub(crate) fn now(&self, tx: &dyn Tx) -> Result<Own, StoreError> {
        Ok(Own { writer: own_ids(tx)?.1, ..*self })
    }

    pub(crate) fn key(&self, unit: &UnitCode) -> Result<StreamKey, StoreError> {
        let unit = UnitKey::try_new(&unit.0).map_err(|_| Code::UnitUnknown)?;
        Ok(StreamKey::new(unit, self.writer))
    }

    /// Appends bodies to an own stream, sealing before the unsealed stretch would grow too long.
    /// Projects nothing.
    pub(crate) fn insert<'a>(
        &self,
        tx: &dyn Tx,
        key: &'a StreamKey,
        bodies: &'a [Vec<u8>],
    ) -> Result<Vec<Applied<'a>>, StoreError> {
        refuse_malformed(bodies)?;
        self.insert_refiled(tx, key, bodies)
    }

    /// The same for bodies that may be re-filed entries.
    pub(crate) fn insert_refiled<'a>(
        &self,
        tx: &dyn Tx,
        key: &'a StreamKey,
        bodies: &'a [Vec<u8>],
    ) -> Result<Vec<Applied<'a>>, StoreError> {
        let mut stream = Stream::find_or_begin(tx, key)?;
        self.insert_after(tx, &mut stream, key, bodies)
    }

    fn insert_after<'a>(
        &self,
        tx: &dyn Tx,
        stream: &mut Stream,
        key: &'a StreamKey,
        bodies: &'a [Vec<u8>],
    ) -> Result<Vec<Applied<'a>>, StoreError> {
        let mut applied = Vec::with_capacity(bodies.len());
        let mut device_key = None;
        for body in bodies {
            if seal_is_due(stream.unsealed_bytes(), body.len()) {
                if device_key.is_none() {
                    device_key = sealing_key(tx)?;
                }
                // What is damaged, or cannot be signed, waits for the next hand-over: saving goes on.
                if let Some(device_key) = &device_key
                    && damage_after(tx, stream, stream.sealed_seq)?.is_none()
                {
                    stream.seal(tx, device_key)?;
                }
            }
            applied.push(insert_entry(tx, stream, key, &Incoming::of(body))?);
        }
        stream.save(tx)?;
        Ok(applied)
    }
}

/// The entry under the policy that its stream has come to, where it was made under an older one: of several programs that have
/// one folder open, one may have heard of a newer policy first, and a stream whose policy falls is a copy's for every server.
fn not_before(policy: u32, entry: &Entry) -> Cow<'_, Entry> {
    let mut entry = Cow::Borrowed(entry);
    if entry.header.policy < policy {
        entry.to_mut().header.policy = policy;
    }
    entry
}

fn refuse_malformed(bodies: &[Vec<u8>]) -> Result<(), StoreError> {
    for body in bodies {
        check_new_body(body).map_err(|problem| body_error(problem, body.len()))?;
    }
    Ok(())
}

/// The key to seal with; `None` where it is lost.
fn sealing_key(tx: &dyn Tx) -> Result<Option<SigningKey>, StoreError> {
    match signing_key(tx) {
        Err(StoreError::Refused(Code::DeviceKeyLost)) => Ok(None),
        read => read.map(Some),
    }
}

/// Puts one entry after the head of its stream. The stream's row is not saved.
pub(crate) fn insert_entry<'a>(
    tx: &dyn Tx,
    stream: &mut Stream,
    key: &'a StreamKey,
    incoming: &Incoming<'a>,
) -> Result<Applied<'a>, StoreError> {
    let head = Head { seq: stream.head.seq + 1, chain: stream.head.chain.next(&incoming.hash) };
    let header = incoming.header.as_ref();
    let hash8 = incoming.hash8();
    let person = header.map(|h| h.person.as_slice()).filter(|person| !person.is_empty());
    let round = header.map(|h| h.round).filter(|round| *round != 0);
    tx.exec(
        "INSERT INTO entry (unit_no, writer_no, seq, hash8, kind, person, round, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            stream.unit_no.into(),
            stream.writer_no.into(),
            bits(head.seq).into(),
            i64::from_be_bytes(hash8).into(),
            header.map(|h| h.kind).into(),
            person.map_or(Sql::Null, Sql::Blob),
            round.map(bits).into(),
            Sql::Blob(incoming.body),
        ],
    )?;
    stream.head = head;
    stream.bytes += body_bytes(incoming.body);
    match Refiled::decode(incoming.body) {
        Some(Ok(refiled)) => {
            let at = (stream.unit_no, stream.writer_no, head.seq);
            note_refiled(tx, at, &refiled.reference())?;
        }
        Some(Err(_)) => {}
        // A copy names the policy of the stream it comes from.
        None => stream.policy = stream.policy.max(header.map_or(0, |h| h.policy)),
    }
    Ok(Applied {
        unit: &key.unit,
        unit_no: stream.unit_no,
        writer: key.writer,
        writer_no: stream.writer_no,
        is_server: stream.is_server,
        seq: head.seq,
        hash8,
        body: incoming.body,
        about: header.and_then(|h| Some((h.round, person_id(&h.person)?))).filter(|of| of.0 != 0),
        is_of_checkup: incoming.is_of_checkup(),
    })
}

pub(crate) fn reference(applied: &Applied) -> Reference {
    Reference { writer: applied.writer, seq: applied.seq, hash8: applied.hash8 }
}

fn body_error(problem: BodyProblem, bytes: usize) -> StoreError {
    match problem {
        BodyProblem::TooLarge => StoreError::BodyTooLarge { bytes },
        // No encoded fact is empty or begins with a kind of the ledger.
        BodyProblem::Empty | BodyProblem::Reserved => StoreError::Refused(Code::Internal),
    }
}

impl Store {
    /// This replica as a writer, for `write`.
    pub fn own(&self) -> Own {
        Own { writer: self.writer(), catalogue: self.catalogue(), draw: self.draw }
    }

    /// Appends facts to the own stream of a unit: entries, head, projection and tallies in one
    /// transaction. When this returns they are on the disk (已保存).
    pub fn append(
        &mut self,
        unit: &UnitCode,
        entries: &[Entry],
    ) -> Result<Vec<Reference>, StoreError> {
        let own = self.own();
        self.write(|tx| own.append(tx, unit, entries))
    }

    /// Appends facts of several units, one after another, in one transaction: all of them are 已保存, or none is.
    pub fn append_all(&mut self, work: &[(UnitCode, Entry)]) -> Result<(), StoreError> {
        let own = self.own();
        self.write(|tx| own.append_each(tx, work))
    }

    /// True on the server, the only one that may hold and lift.
    pub(crate) fn is_server(&self) -> bool {
        match self.role() {
            Role::Server => true,
            Role::Device => false,
        }
    }
}
