//! Every stream walked from its genesis: positions, chain, seals, certificates, and what is kept beside each
//! body. Not what the bodies say.

use crate::certificate::{certificates, own_ids, server_public_key, signing_key};
use crate::dropped::dropped_seals;
use crate::error::StoreError;
use crate::stream::{Stream, array};
use crate::tx::{Row, Tx, bits, unbits};
use crate::verify::{PROBLEMS_MAX, StreamWrong, VerifyProblem};
use ledger::{
    Chain, Head, Seal, StreamKey, UnitKey, WriterId, body_hash, public_key, verify_certificates,
    verify_seal,
};
use protocol::Entry;
use std::collections::BTreeMap;

pub(crate) fn streams(tx: &dyn Tx) -> Result<Vec<VerifyProblem>, StoreError> {
    let sql = "SELECT u.unit, w.writer FROM stream s JOIN unit_key u ON u.unit_no = s.unit_no
               JOIN writer w ON w.writer_no = s.writer_no ORDER BY u.unit, w.writer";
    let keys = tx.rows(sql, &[], |row| {
        let unit = UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
        Ok(StreamKey::new(unit, WriterId(array(row.blob(1)?)?)))
    })?;
    let mut keys_of_writers: BTreeMap<WriterId, Option<[u8; 32]>> = BTreeMap::new();
    let mut problems = Vec::new();
    for key in keys {
        let device_key = match keys_of_writers.get(&key.writer) {
            Some(known) => *known,
            None => {
                let found = device_key(tx, &key, &mut problems)?;
                keys_of_writers.insert(key.writer, found);
                found
            }
        };
        let Some(stream) = Stream::find(tx, &key)? else { continue };
        walk(tx, &stream, device_key, &mut problems)?;
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    dropped(tx, &mut keys_of_writers, &mut problems)?;
    outside(tx, &mut problems)?;
    Ok(problems)
}

/// Where dropped streams stood is sealed by their writers, and nothing of them is here.
fn dropped(
    tx: &dyn Tx,
    keys_of_writers: &mut BTreeMap<WriterId, Option<[u8; 32]>>,
    problems: &mut Vec<VerifyProblem>,
) -> Result<(), StoreError> {
    for (seal, lies_here) in dropped_seals(tx)? {
        let device_key = match keys_of_writers.get(&seal.key.writer) {
            Some(known) => *known,
            None => {
                let found = device_key(tx, &seal.key, problems)?;
                keys_of_writers.insert(seal.key.writer, found);
                found
            }
        };
        if device_key.is_some_and(|key| verify_seal(&seal, &key).is_err()) {
            problems.push(problem(&seal.key, seal.seq, StreamWrong::Seal));
        } else if lies_here {
            problems.push(problem(&seal.key, seal.seq, StreamWrong::Positions));
        }
    }
    Ok(())
}

/// The key a writer's seals are made with, if its certificates prove one. Before enrolment only the own key is
/// known, and it is enough for own streams.
fn device_key(
    tx: &dyn Tx,
    key: &StreamKey,
    problems: &mut Vec<VerifyProblem>,
) -> Result<Option<[u8; 32]>, StoreError> {
    if let (Some(pair), Some(root)) = (certificates(tx, &key.writer)?, server_public_key(tx)?) {
        if pair.1.writer == key.writer && verify_certificates(&pair.0, &pair.1, &root).is_ok() {
            return Ok(Some(pair.0.public_key));
        }
        problems.push(problem(key, 0, StreamWrong::Certificate));
        return Ok(None);
    }
    if own_ids(tx)?.1 == key.writer {
        return Ok(Some(public_key(&signing_key(tx)?)));
    }
    problems.push(problem(key, 0, StreamWrong::Certificate));
    Ok(None)
}

fn problem(key: &StreamKey, seq: u64, wrong: StreamWrong) -> VerifyProblem {
    let (unit, writer) = (key.unit.as_str().to_owned(), key.writer.to_string());
    VerifyProblem::Stream { unit, writer, seq, wrong }
}

/// Entries that lie in no stream.
fn outside(tx: &dyn Tx, problems: &mut Vec<VerifyProblem>) -> Result<(), StoreError> {
    let sql = "SELECT u.unit, w.writer, e.seq FROM entry e
               LEFT JOIN stream s ON s.unit_no = e.unit_no AND s.writer_no = e.writer_no
               LEFT JOIN unit_key u ON u.unit_no = e.unit_no
               LEFT JOIN writer w ON w.writer_no = e.writer_no
               WHERE s.seq IS NULL OR e.seq > s.seq LIMIT 100";
    problems.extend(tx.rows(sql, &[], |row| {
        let writer = row.opt_blob(1)?.unwrap_or_default();
        Ok(VerifyProblem::Stream {
            unit: row.opt_text(0)?.unwrap_or_default().to_owned(),
            writer: writer.iter().map(|byte| format!("{byte:02x}")).collect(),
            seq: unbits(row.int(2)?),
            wrong: StreamWrong::Positions,
        })
    })?);
    Ok(())
}

/// The first thing wrong in a stream is named; what follows it rests on it.
fn walk(
    tx: &dyn Tx,
    stream: &Stream,
    device_key: Option<[u8; 32]>,
    problems: &mut Vec<VerifyProblem>,
) -> Result<(), StoreError> {
    let mut seals = seals(tx, stream)?;
    let mut head = Head::genesis(&stream.key);
    let mut found: Option<(u64, StreamWrong)> = None;
    let sql = "SELECT seq, hash8, kind, person, round, body FROM entry
               WHERE unit_no = $1 AND writer_no = $2 AND seq <= $3 ORDER BY seq";
    let params = [stream.unit_no.into(), stream.writer_no.into(), bits(stream.head.seq).into()];
    tx.each(sql, &params, &mut |row| {
        if found.is_some() {
            return Ok(());
        }
        let seq = unbits(row.int(0)?);
        if seq != head.seq + 1 {
            found = Some((head.seq + 1, StreamWrong::Positions));
            return Ok(());
        }
        let Ok(body) = row.blob(5) else {
            found = Some((seq, StreamWrong::Entry));
            return Ok(());
        };
        let hash = body_hash(body);
        head = Head { seq, chain: head.chain.next(&hash) };
        if let Some((chain, signature)) = seals.remove(&seq) {
            found = check_seal(stream, &head, chain, signature, device_key).map(|w| (seq, w));
        }
        if found.is_none() && !is_as_kept(row, body, &hash)? {
            found = Some((seq, StreamWrong::Entry));
        }
        Ok(())
    })?;
    let found = found.or_else(|| {
        if head.seq != stream.head.seq {
            Some((head.seq + 1, StreamWrong::Positions))
        } else if head.chain != stream.head.chain {
            Some((head.seq, StreamWrong::Chain))
        } else {
            seals.keys().next().map(|seq| (*seq, StreamWrong::Seal))
        }
    });
    problems.extend(found.map(|(seq, wrong)| problem(&stream.key, seq, wrong)));
    Ok(())
}

type Seals = BTreeMap<u64, (Chain, [u8; 64])>;

fn seals(tx: &dyn Tx, stream: &Stream) -> Result<Seals, StoreError> {
    let sql = "SELECT seq, chain, signature FROM seal WHERE unit_no = $1 AND writer_no = $2";
    let rows = tx.rows(sql, &[stream.unit_no.into(), stream.writer_no.into()], |row| {
        let chain = Chain(array(row.blob(1)?)?);
        Ok((unbits(row.int(0)?), (chain, array(row.blob(2)?)?)))
    })?;
    Ok(rows.into_iter().collect())
}

fn check_seal(
    stream: &Stream,
    head: &Head,
    chain: Chain,
    signature: [u8; 64],
    device_key: Option<[u8; 32]>,
) -> Option<StreamWrong> {
    if chain != head.chain {
        return Some(StreamWrong::Chain);
    }
    let seal = Seal { key: stream.key.clone(), seq: head.seq, chain, signature };
    let is_made = device_key.is_none_or(|key| verify_seal(&seal, &key).is_ok());
    (!is_made).then_some(StreamWrong::Seal)
}

/// The columns beside a body say what the body's header says.
fn is_as_kept(row: &dyn Row, body: &[u8], hash: &[u8; 32]) -> Result<bool, StoreError> {
    let short = unbits(row.int(1)?).to_be_bytes();
    let header = Entry::decode_header(body).ok();
    // Of a copy, those of the entry in it; where no header can be read, none is kept.
    let kind = header.as_ref().map(|h| i64::from(h.kind));
    let person = header.as_ref().map(|h| h.person.as_slice()).filter(|p| !p.is_empty());
    let round = header.as_ref().map(|h| h.round).filter(|round| *round != 0).map(bits);
    Ok(hash.starts_with(&short)
        && row.opt_int(2)? == kind
        && row.opt_blob(3)? == person
        && row.opt_int(4)? == round)
}
