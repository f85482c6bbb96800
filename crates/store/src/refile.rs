//! Becoming a new writer and re-filing: appending facts again, in one's own stream, whose old place another branch
//! of the stream takes. One routine for whatever made branches: a restore, a clone, damage, an install mark
//! that is not this installation's.
//!
//! A fact keeps its first place for ever (`ledger::Refiled`), so nothing is counted twice, and none is dropped
//! anywhere before a copy of it stands. Not when to do it: `replica` sees the signs.

use crate::append::{Incoming, Own};
use crate::certificate::{certificates, certify_server, own_ids, put_certificates, signing_key};
use crate::damage::{damage_after, facts_after, note_lost};
use crate::error::StoreError;
use crate::hold::{self, Holding};
use crate::open::{Role, role_of};
use crate::policy::Scopes;
use crate::project;
use crate::random;
use crate::setting::{Setting, set_setting, set_setting_number, setting_number};
use crate::stream::{Stream, seal_all, unit_no, writer_no};
use crate::tx::{Sql, Tx, bits, unbits};
use ledger::{
    DeviceCertificate, Head, Reference, Refiled, Seq, StreamKey, UnitKey, WriterId, refile,
    sign_writer_certificate,
};

/// A fact of a stream: its first place and its bytes.
pub(crate) struct FiledFact {
    reference: Reference,
    body: Vec<u8>,
}

impl FiledFact {
    pub fn reference(&self) -> Reference {
        self.reference
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The fact in the body at a position. `None`: a re-filed entry that cannot be read says nothing.
    pub fn of(writer: WriterId, seq: Seq, body: &[u8]) -> Option<FiledFact> {
        match Refiled::decode(body) {
            None => {
                Some(FiledFact { reference: Reference::of(writer, seq, body), body: body.to_vec() })
            }
            Some(Ok(inner)) => Some(FiledFact { reference: inner.reference(), body: inner.body }),
            Some(Err(_)) => None,
        }
    }
}

/// The first schema that notes where copies lie.
pub(crate) const SCHEMA_NUMBER_FIRST: i64 = 5;

/// Notes a copy, at (unit number, writer number, seq), of a fact that stood elsewhere first.
pub(crate) fn note_refiled(
    tx: &dyn Tx,
    (unit_no, by_writer_no, seq): (i64, i64, Seq),
    of: &Reference,
) -> Result<(), StoreError> {
    // The projection numbers the first place too.
    writer_no(tx, &of.writer)?;
    tx.exec(
        "INSERT INTO refiled (unit_no, of_writer, of_seq, of_hash8, writer_no, seq)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            unit_no.into(),
            Sql::Blob(&of.writer.0),
            bits(of.seq).into(),
            i64::from_be_bytes(of.hash8).into(),
            by_writer_no.into(),
            bits(seq).into(),
        ],
    )?;
    Ok(())
}

/// Notes the copies that an earlier program took in without noting them.
pub(crate) fn note_all(tx: &dyn Tx) -> Result<(), StoreError> {
    let sql = "SELECT unit_no, writer_no, seq, body FROM entry";
    let mut copies = Vec::new();
    tx.each(sql, &[], &mut |row| {
        if let Some(Ok(copy)) = Refiled::decode(row.blob(3)?) {
            let at = (row.int(0)?, row.int(1)?, unbits(row.int(2)?));
            copies.push((at, copy.reference()));
        }
        Ok(())
    })?;
    copies.iter().try_for_each(|(at, of)| note_refiled(tx, *at, of))
}

/// Where a fact lies here: at its first place, else as a copy; as (writer number, seq).
pub(crate) fn locate(
    tx: &dyn Tx,
    unit_no: i64,
    reference: &Reference,
) -> Result<Option<(i64, Seq)>, StoreError> {
    locate_but(tx, unit_no, reference, (-1, 0))
}

/// Where a copy of a fact lies in a server's stream.
pub(crate) fn locate_at_server(
    tx: &dyn Tx,
    unit_no: i64,
    reference: &Reference,
) -> Result<Option<(i64, Seq)>, StoreError> {
    let sql = "SELECT r.writer_no, r.seq FROM refiled r
               JOIN writer w ON w.writer_no = r.writer_no AND w.is_server = 1
               WHERE r.unit_no = $1 AND r.of_writer = $2 AND r.of_seq = $3 AND r.of_hash8 = $4
               ORDER BY r.writer_no, r.seq LIMIT 1";
    let params = [
        unit_no.into(),
        Sql::Blob(&reference.writer.0),
        bits(reference.seq).into(),
        i64::from_be_bytes(reference.hash8).into(),
    ];
    tx.first(sql, &params, |row| Ok((row.int(0)?, unbits(row.int(1)?))))
}

/// The same as `locate`, but not in this stream after this position.
fn locate_but(
    tx: &dyn Tx,
    unit_no: i64,
    reference: &Reference,
    (writer_no, after): (i64, Seq),
) -> Result<Option<(i64, Seq)>, StoreError> {
    let params = [
        unit_no.into(),
        Sql::Blob(&reference.writer.0),
        bits(reference.seq).into(),
        i64::from_be_bytes(reference.hash8).into(),
        writer_no.into(),
        bits(after).into(),
    ];
    let first = "SELECT e.writer_no, e.seq FROM writer w
                 JOIN entry e ON e.unit_no = $1 AND e.writer_no = w.writer_no AND e.seq = $3
                 WHERE w.writer = $2 AND e.hash8 = $4 AND NOT (e.writer_no = $5 AND e.seq > $6)";
    let copy = "SELECT writer_no, seq FROM refiled
                WHERE unit_no = $1 AND of_writer = $2 AND of_seq = $3 AND of_hash8 = $4
                  AND NOT (writer_no = $5 AND seq > $6) ORDER BY writer_no, seq LIMIT 1";
    for sql in [first, copy] {
        let found = tx.first(sql, &params, |row| Ok((row.int(0)?, unbits(row.int(1)?))))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// True where a fact of this writer and position is here as a copy: the position belongs to a branch that
/// was re-filed.
pub(crate) fn is_branch_refiled(
    tx: &dyn Tx,
    key: &StreamKey,
    seq: Seq,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM refiled r JOIN unit_key u ON u.unit_no = r.unit_no
               WHERE u.unit = $1 AND r.of_writer = $2 AND r.of_seq = $3 LIMIT 1";
    let params = [key.unit.as_str().into(), Sql::Blob(&key.writer.0), bits(seq).into()];
    Ok(tx.int(sql, &params)?.is_some())
}

/// A new life that this replica itself found to be needed: it is counted, for people to be told.
pub(crate) fn begin_writer(tx: &dyn Tx, own: &Own) -> Result<Own, StoreError> {
    let lives = setting_number(tx, Setting::Healed)?.unwrap_or(0);
    set_setting_number(tx, Setting::Healed, lives.saturating_add(1))?;
    change_writer(tx, own)
}

/// Starts a new life of this replica: what it appended so far is sealed, and from here it appends as a writer of 128
/// bits made now. A server is a new instance too.
pub(crate) fn change_writer(tx: &dyn Tx, own: &Own) -> Result<Own, StoreError> {
    let key = signing_key(tx)?;
    seal_all(tx, &own.writer, &key)?;
    let (device, _) = own_ids(tx)?;
    let writer = WriterId(random::uuid_v4_of(own.draw)?);
    set_setting(tx, Setting::Writer, &writer.0)?;
    match role_of(tx)? {
        Role::Server => {
            set_setting(tx, Setting::Device, &random::uuid_v4_of(own.draw)?)?;
            certify_server(tx)?;
        }
        Role::Device => {
            // A device that is not enrolled has no certificate yet; it gets one for the writer it then is.
            if let Some((certificate, _)) = certificates(tx, &own.writer)? {
                let root = crate::certificate::server_public_key(tx)?;
                let root = root.ok_or(StoreError::Stored("server key"))?;
                let pair = (certificate, sign_writer_certificate(device, writer, &key));
                put_certificates(tx, &pair, &root)?;
            }
        }
    }
    Ok(Own { writer, ..*own })
}

/// Re-files what a stream holds beyond `common` and takes it off there, so that the other branch can follow.
pub(crate) fn part(tx: &dyn Tx, own: &Own, key: &StreamKey, common: Seq) -> Result<(), StoreError> {
    let Some(mut stream) = Stream::find(tx, key)? else { return Ok(()) };
    let damage = damage_after(tx, &stream, common)?;
    // Nothing is cut at a position that cannot be reached by what is stored.
    let common = damage.filter(|damage| damage.first <= common).map_or(common, |d| d.good);
    let (facts, lost) = facts_after(tx, &stream, common)?;
    note_lost(tx, &stream, &lost)?;
    stream.cut(tx, common)?;
    keep(tx, own, &key.unit, &facts, None)
}

/// Takes the suffix of a carried stream off, if each fact in it stands elsewhere. True when it was taken off.
pub(crate) fn follow(tx: &dyn Tx, key: &StreamKey, common: Seq) -> Result<bool, StoreError> {
    let Some(mut stream) = Stream::find(tx, key)? else { return Ok(false) };
    if common >= stream.head.seq {
        return Ok(false);
    }
    let (facts, lost) = facts_after(tx, &stream, common)?;
    if !lost.is_empty() {
        // What cannot be read here cannot be looked for elsewhere.
        return Ok(false);
    }
    for fact in facts {
        let but = (stream.writer_no, common);
        if locate_but(tx, stream.unit_no, &fact.reference, but)?.is_none() {
            return Ok(false);
        }
    }
    stream.cut(tx, common)?;
    Ok(true)
}

/// How far the server is known to hold a stream; on a device.
pub(crate) fn known_to_server(tx: &dyn Tx, key: &StreamKey) -> Result<Seq, StoreError> {
    let Some(stream) = Stream::find(tx, key)? else { return Ok(0) };
    let sql = "SELECT seq FROM server_head WHERE unit_no = $1 AND writer_no = $2";
    let found = tx.int(sql, &[stream.unit_no.into(), stream.writer_no.into()])?;
    Ok(found.map_or(0, unbits).min(stream.head.seq))
}

/// Another branch of a stream that is here.
pub(crate) struct Branch<'a> {
    pub writer: WriterId,
    /// Where a device wrote it.
    pub judged_by: Option<&'a DeviceCertificate>,
}

/// Appends to the own stream of the unit each fact of which no copy stands. With a branch, copies in that stream do
/// not count: who follows the copy here needs all of its own re-filed, from the last point known to be in common.
/// What the branch's device wrote and is new here is judged, and held before its copy is there.
pub(crate) fn keep(
    tx: &dyn Tx,
    own: &Own,
    unit: &UnitKey,
    facts: &[FiledFact],
    branch: Option<Branch>,
) -> Result<(), StoreError> {
    let number = unit_no(tx, unit)?;
    let mut lacking: Vec<&FiledFact> = Vec::new();
    let but = match &branch {
        None => (-1, 0),
        Some(branch) => (writer_no(tx, &branch.writer)?, 0),
    };
    for fact in facts {
        let is_named = lacking.iter().any(|known| known.reference == fact.reference);
        if !is_named && locate_but(tx, number, &fact.reference, but)?.is_none() {
            lacking.push(fact);
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let held = match branch.and_then(|branch| branch.judged_by) {
        None => Vec::new(),
        Some(certificate) => {
            let mut new = Vec::new();
            for fact in &lacking {
                if locate(tx, number, &fact.reference)?.is_none() {
                    new.push(*fact);
                }
            }
            judge(own, &Scopes::of(tx, certificate)?, unit, &new)
        }
    };
    let holds = hold::hold_bodies(tx, own, &held)?;
    let mut applied = Vec::new();
    for (key, bodies) in &holds {
        applied.extend(own.insert(tx, key, bodies)?);
    }
    let refiled = |fact: &&FiledFact| refile(fact.reference.writer, fact.reference.seq, &fact.body);
    let copies: Result<Vec<Vec<u8>>, _> = lacking.iter().map(refiled).collect();
    let copies = copies.map_err(|_| StoreError::Stored("entry"))?;
    let key = StreamKey::new(unit.clone(), own.writer);
    applied.extend(own.insert_refiled(tx, &key, &copies)?);
    project::apply(tx, own.catalogue, &applied)
}

fn judge(own: &Own, scopes: &Scopes, unit: &UnitKey, facts: &[&FiledFact]) -> Vec<Holding> {
    let mut incoming: Vec<Incoming> = facts.iter().map(|fact| Incoming::of(&fact.body)).collect();
    let places: Vec<(WriterId, Seq)> =
        facts.iter().map(|fact| (fact.reference.writer, fact.reference.seq)).collect();
    hold::judge_range(own.catalogue, scopes, unit, &mut incoming, &places);
    let judged = facts.iter().zip(incoming);
    let held = judged.filter_map(|(fact, incoming)| {
        let (reference, reason) = (fact.reference, incoming.reason?);
        Some(Holding { unit: unit.clone(), reference, reason, header: incoming.header })
    });
    held.collect()
}

/// The copy after `after` is cut: entries, their places as copies, seals, and what the server is known to have.
pub(crate) fn delete_after(tx: &dyn Tx, stream: &Stream, after: Head) -> Result<(), StoreError> {
    let place = [stream.unit_no.into(), stream.writer_no.into(), bits(after.seq).into()];
    for table in ["entry", "refiled", "seal"] {
        let sql = format!("DELETE FROM {table} WHERE unit_no = $1 AND writer_no = $2 AND seq > $3");
        tx.exec(&sql, &place)?;
    }
    match role_of(tx)? {
        Role::Server => {}
        Role::Device => {
            let sql = "UPDATE server_head SET seq = $3
                       WHERE unit_no = $1 AND writer_no = $2 AND seq > $3";
            tx.exec(sql, &place)?;
        }
    }
    Ok(())
}
