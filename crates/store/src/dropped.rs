//! Bodies of closed stops leave a device once they are backed up; where their streams stood stays, so that nothing is pulled
//! again, nothing counts as lost, and nobody begins a position anew. A unit goes as a whole or not at all.
//!
//! Opened again, its bodies are fetched from the genesis on, by the ordinary way in; until they are all here, nothing
//! is appended to an own stream that is not whole. Not who closes a stop: that is an entry of the server's.

use crate::backup::backup;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{self, standing_facts, told_of_laboratories};
use crate::stream::{array, read_head, read_key_and_head};
use crate::tx::{Row, Sql, Tx, bits, unbits};
use domain::ids::UnitCode;
use ledger::{Head, Heads, Range, Seal, Seq, StreamKey, UnitKey, WriterId};
use prost::Message;
use protocol::Kind;
use protocol::fact::StopFact;
use protocol::failure::Code;
use std::collections::{BTreeMap, BTreeSet};

/// Free pages are given back to the disk from this share of the file on: one of so many.
const VACUUM_SHARE: i64 = 4;
/// And only while what stays is no larger: the new file is built in memory. Above it, freed pages are used again.
const VACUUM_BYTES_MAX: i64 = 64 << 20;

/// What left this replica.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dropped {
    pub units: Vec<UnitKey>,
    pub entries: u64,
}

/// Where dropped streams stood, of one writer or of all, in one unit or in all.
pub(crate) fn dropped_heads(
    tx: &dyn Tx,
    writer: Option<&WriterId>,
    unit: Option<&UnitKey>,
) -> Result<Heads, StoreError> {
    let all = "SELECT u.unit, w.writer, d.seq, d.chain FROM dropped d
               JOIN unit_key u ON u.unit_no = d.unit_no
               JOIN writer w ON w.writer_no = d.writer_no";
    let rows = match (writer, unit) {
        (Some(writer), _) => {
            let sql = format!("{all} WHERE w.writer = $1");
            tx.rows(&sql, &[Sql::Blob(&writer.0)], read_key_and_head)?
        }
        (None, Some(unit)) => {
            let sql = format!("{all} WHERE u.unit = $1");
            tx.rows(&sql, &[unit.as_str().into()], read_key_and_head)?
        }
        (None, None) => tx.rows(all, &[], read_key_and_head)?,
    };
    Ok(rows.into_iter().collect())
}

/// Refuses what would begin a stream anew that goes on beyond what is here.
pub(crate) fn check_appendable(tx: &dyn Tx, key: &StreamKey) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM unit_key u JOIN dropped d ON d.unit_no = u.unit_no
               WHERE u.unit = $1 AND (d.is_wanted = 0
                   OR d.writer_no IN (SELECT writer_no FROM writer WHERE writer = $2)) LIMIT 1";
    match tx.int(sql, &[key.unit.as_str().into(), Sql::Blob(&key.writer.0)])? {
        None => Ok(()),
        Some(_) => Err(StoreError::Refused(Code::StopClosed)),
    }
}

/// True for a range that brings back what was let go, and no more: no sign of a restore, also of an own stream.
pub(crate) fn is_return(tx: &dyn Tx, range: &Range) -> Result<bool, StoreError> {
    let sql = "SELECT d.seq, d.chain FROM dropped d
               JOIN unit_key u ON u.unit_no = d.unit_no
               JOIN writer w ON w.writer_no = d.writer_no
               WHERE u.unit = $1 AND w.writer = $2 AND d.is_wanted = 1";
    let params = [range.key.unit.as_str().into(), Sql::Blob(&range.key.writer.0)];
    let stood = tx.first(sql, &params, |row| read_head(row, 0))?;
    let end = range.seal.head();
    Ok(stood.is_some_and(|stood| end.seq < stood.seq || end == stood))
}

/// What is here again as far as it stood is no longer dropped.
pub(crate) fn note_returned(
    tx: &dyn Tx,
    unit_no: i64,
    writer_no: i64,
    seq: Seq,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM dropped WHERE unit_no = $1 AND writer_no = $2 AND seq <= $3";
    tx.exec(sql, &[unit_no.into(), writer_no.into(), bits(seq).into()])?;
    Ok(())
}

/// Notes how far the server said it has of a stream whose bodies have left: less than stood here means that it was
/// restored to an earlier day.
pub(crate) fn note_server_seq(tx: &dyn Tx, key: &StreamKey, seq: Seq) -> Result<(), StoreError> {
    let sql = "INSERT INTO server_head (unit_no, writer_no, seq)
               SELECT d.unit_no, d.writer_no, min(d.seq, $3) FROM dropped d
               JOIN unit_key u ON u.unit_no = d.unit_no
               JOIN writer w ON w.writer_no = d.writer_no
               WHERE u.unit = $1 AND w.writer = $2 AND d.is_wanted = 0
               ON CONFLICT (unit_no, writer_no) DO UPDATE SET seq = excluded.seq";
    tx.exec(sql, &[key.unit.as_str().into(), Sql::Blob(&key.writer.0), bits(seq).into()])?;
    Ok(())
}

/// The seals that dropped streams stood at, for `verify`; and whether something of the stream lies here all the same.
pub(crate) fn dropped_seals(tx: &dyn Tx) -> Result<Vec<(Seal, bool)>, StoreError> {
    let sql = "SELECT u.unit, w.writer, d.seq, d.chain, d.signature,
                      d.is_wanted = 0 AND EXISTS (SELECT 1 FROM stream s
                          WHERE s.unit_no = d.unit_no AND s.writer_no = d.writer_no)
               FROM dropped d JOIN unit_key u ON u.unit_no = d.unit_no
               JOIN writer w ON w.writer_no = d.writer_no ORDER BY u.unit, w.writer";
    tx.rows(sql, &[], |row| {
        let (key, head) = read_key_and_head(row)?;
        let signature = array(row.blob(4)?)?;
        let seal = Seal { key, seq: head.seq, chain: head.chain, signature };
        Ok((seal, row.int(5)? != 0))
    })
}

/// The rounds of each unit that has stops, and whether its stop there is closed.
fn stops(tx: &dyn Tx) -> Result<BTreeMap<UnitKey, BTreeMap<u64, bool>>, StoreError> {
    let mut stops: BTreeMap<UnitKey, BTreeMap<u64, bool>> = BTreeMap::new();
    for payload in standing_facts(tx, Kind::Stop)? {
        let Ok(fact) = StopFact::decode(payload.as_slice()) else { continue };
        let Ok(unit) = UnitKey::try_new(&fact.unit) else { continue };
        stops.entry(unit).or_default().insert(fact.round, fact.closed);
    }
    Ok(stops)
}

/// Units all of whose stops are closed.
fn closed(tx: &dyn Tx) -> Result<BTreeMap<UnitKey, BTreeSet<u64>>, StoreError> {
    let all = stops(tx)?.into_iter().filter(|(_, rounds)| rounds.values().all(|closed| *closed));
    Ok(all.map(|(unit, rounds)| (unit, rounds.into_keys().collect())).collect())
}

/// A stream of a unit: its writer's number, its key, its head, and the seal on that.
type Standing = (i64, StreamKey, Head, Vec<u8>);

struct Whole {
    unit_no: i64,
    unit: UnitKey,
    streams: Vec<Standing>,
}

/// Closed units of which everything here is in the server's verified backup.
fn droppable(tx: &dyn Tx) -> Result<Vec<Whole>, StoreError> {
    let closed = closed(tx)?;
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let backed_up = backup(tx, None)?.heads;
    let mut found = Vec::new();
    for (unit, rounds) in closed {
        let sql = "SELECT unit_no FROM unit_key WHERE unit = $1";
        let Some(unit_no) = tx.int(sql, &[unit.as_str().into()])? else { continue };
        let streams = streams_of(tx, unit_no, &unit)?;
        let is_safe =
            |(_, key, head, seal): &Standing| !seal.is_empty() && backed_up.get(key) == Some(head);
        if streams.is_empty() || !streams.iter().all(is_safe) {
            continue;
        }
        if is_needed(tx, unit_no, &rounds)? {
            continue;
        }
        found.push(Whole { unit_no, unit, streams });
    }
    Ok(found)
}

/// The streams of a unit with their heads and the seals on them; no seal where the head is not sealed, or the server
/// is not known to have it.
fn streams_of(tx: &dyn Tx, unit_no: i64, unit: &UnitKey) -> Result<Vec<Standing>, StoreError> {
    let sql = "SELECT s.writer_no, w.writer, s.seq, s.chain, h.seq >= s.seq, l.signature FROM stream s
               JOIN writer w ON w.writer_no = s.writer_no
               LEFT JOIN server_head h ON h.unit_no = s.unit_no AND h.writer_no = s.writer_no
               LEFT JOIN seal l ON l.unit_no = s.unit_no AND l.writer_no = s.writer_no AND l.seq = s.seq
               WHERE s.unit_no = $1 AND s.seq > 0";
    tx.rows(sql, &[unit_no.into()], |row| {
        let key = StreamKey::new(unit.clone(), WriterId(array(row.blob(1)?)?));
        let is_on_server = row.opt_int(4)? == Some(1);
        let seal = row.opt_blob(5)?.filter(|_| is_on_server).unwrap_or_default();
        Ok((row.int(0)?, key, read_head(row, 2)?, seal.to_vec()))
    })
}

/// Something here is of a round whose stop is not closed, waits for a person's decision, or is being fetched back.
fn is_needed(tx: &dyn Tx, unit_no: i64, closed: &BTreeSet<u64>) -> Result<bool, StoreError> {
    let sql = "SELECT DISTINCT round FROM entry WHERE unit_no = $1 AND round IS NOT NULL";
    let rounds = tx.rows(sql, &[unit_no.into()], |row| Ok(unbits(row.int(0)?)))?;
    if rounds.iter().any(|round| !closed.contains(round)) {
        return Ok(true);
    }
    let waits = "SELECT 1 FROM (SELECT max(decision) AS decision FROM hold WHERE unit_no = $1
                                GROUP BY writer, seq, hash8) AS held WHERE decision = 0
                 UNION ALL SELECT 1 FROM dropped WHERE unit_no = $1 LIMIT 1";
    Ok(tx.int(waits, &[unit_no.into()])?.is_some())
}

fn drop_unit(tx: &dyn Tx, whole: &Whole) -> Result<u64, StoreError> {
    let mut entries = 0;
    for (writer_no, _, head, seal) in &whole.streams {
        tx.exec(
            "INSERT INTO dropped (unit_no, writer_no, seq, chain, signature, is_wanted)
             VALUES ($1, $2, $3, $4, $5, 0)",
            &[
                whole.unit_no.into(),
                (*writer_no).into(),
                bits(head.seq).into(),
                Sql::Blob(&head.chain.0),
                Sql::Blob(seal),
            ],
        )?;
        entries += head.seq;
    }
    for table in ["entry", "refiled", "seal", "stream", "server_head"] {
        tx.exec(&format!("DELETE FROM {table} WHERE unit_no = $1"), &[whole.unit_no.into()])?;
    }
    Ok(entries)
}

fn units(tx: &dyn Tx, is_wanted: bool) -> Result<BTreeSet<UnitKey>, StoreError> {
    let sql = "SELECT DISTINCT u.unit FROM dropped d JOIN unit_key u ON u.unit_no = d.unit_no
               WHERE d.is_wanted = $1";
    let read =
        |row: &dyn Row| UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"));
    Ok(tx.rows(sql, &[i64::from(is_wanted).into()], read)?.into_iter().collect())
}

/// How laboratories' files are read outlives the unit it was told in.
fn keep_laboratories(tx: &dyn Tx) -> Result<(), StoreError> {
    for (name, standing) in told_of_laboratories(tx)? {
        if let [only] = standing.as_slice() {
            let sql = "INSERT INTO laboratory (name, mapping) VALUES ($1, $2)
                       ON CONFLICT (name) DO UPDATE SET mapping = excluded.mapping";
            tx.exec(sql, &[Sql::Text(&name), Sql::Text(&only.fact.mapping)])?;
        }
    }
    Ok(())
}

impl Store {
    /// Lets go of the bodies of every closed unit that is wholly backed up, and projects what stays. Devices only.
    pub fn drop_closed(&mut self) -> Result<Dropped, StoreError> {
        if self.is_server() || self.read(droppable)?.is_empty() {
            return Ok(Dropped::default());
        }
        let catalogue = self.catalogue();
        let dropped = self.write(|tx| {
            let mut dropped = Dropped::default();
            keep_laboratories(tx)?;
            for whole in droppable(tx)? {
                dropped.entries += drop_unit(tx, &whole)?;
                dropped.units.push(whole.unit);
            }
            project::rebuild(tx, catalogue)?;
            Ok(dropped)
        })?;
        self.give_back_pages();
        Ok(dropped)
    }

    /// Dropped units that have been opened again: from now on their bodies are wanted back.
    pub fn want_reopened(&mut self) -> Result<BTreeSet<UnitKey>, StoreError> {
        let reopened = |tx: &dyn Tx| -> Result<BTreeSet<UnitKey>, StoreError> {
            let dropped = units(tx, false)?;
            if dropped.is_empty() {
                return Ok(dropped);
            }
            let closed = closed(tx)?;
            Ok(dropped.into_iter().filter(|unit| !closed.contains_key(unit)).collect())
        };
        if self.read(reopened)?.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.write(|tx| {
            let reopened = reopened(tx)?;
            for unit in &reopened {
                let sql = "UPDATE dropped SET is_wanted = 1 WHERE unit_no IN
                           (SELECT unit_no FROM unit_key WHERE unit = $1)";
                tx.exec(sql, &[unit.as_str().into()])?;
            }
            Ok(reopened)
        })
    }

    /// Dropped entries of own streams that the server said it does not have (any more). A device cannot give them back.
    pub fn dropped_missing(&self) -> Result<u64, StoreError> {
        if self.is_server() {
            return Ok(0);
        }
        let sql = "SELECT sum(d.seq - h.seq) FROM dropped d
                   JOIN server_head h ON h.unit_no = d.unit_no AND h.writer_no = d.writer_no
                   WHERE d.is_wanted = 0 AND h.seq < d.seq";
        Ok(self.read(|tx| tx.int(sql, &[]))?.map_or(0, unbits))
    }

    /// Units whose bodies have left this replica.
    pub fn dropped_units(&self) -> Result<BTreeSet<UnitKey>, StoreError> {
        self.read(|tx| units(tx, false))
    }

    /// Streams to be fetched back: how far they are here, and how far they stood.
    pub(crate) fn streams_returning(&self) -> Result<Vec<(StreamKey, Seq, Seq)>, StoreError> {
        let sql = "SELECT u.unit, w.writer, d.seq, d.chain, coalesce(s.seq, 0) FROM dropped d
                   JOIN unit_key u ON u.unit_no = d.unit_no
                   JOIN writer w ON w.writer_no = d.writer_no
                   LEFT JOIN stream s ON s.unit_no = d.unit_no AND s.writer_no = d.writer_no
                   WHERE d.is_wanted = 1";
        self.read(|tx| {
            tx.rows(sql, &[], |row| {
                let (key, head) = read_key_and_head(row)?;
                Ok((key, unbits(row.int(4)?), head.seq))
            })
        })
    }

    /// Whether a unit's stop in a round is closed, as told; `None` while nobody has said anything of it.
    pub fn is_stop_closed(&self, round: u64, unit: &UnitCode) -> Result<Option<bool>, StoreError> {
        let stops = self.read(stops)?;
        let of_unit = stops.iter().find(|(key, _)| key.as_str() == unit.0);
        Ok(of_unit.and_then(|(_, rounds)| rounds.get(&round).copied()))
    }

    /// True where any round's stop of the unit is closed.
    pub fn has_closed_stop(&self, unit: &UnitCode) -> Result<bool, StoreError> {
        let stops = self.read(stops)?;
        let of_unit = stops.iter().find(|(key, _)| key.as_str() == unit.0);
        Ok(of_unit.is_some_and(|(_, rounds)| rounds.values().any(|closed| *closed)))
    }

    /// Freed pages go back to the disk where they are many. Where that is not possible now (no room, another program
    /// at work), they are used again by what comes.
    fn give_back_pages(&mut self) {
        let Ok(connection) = self.connection() else { return };
        let number = |name: &str| {
            let sql = format!("PRAGMA {name}");
            connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap_or(0)
        };
        let (all, free, size) =
            (number("page_count"), number("freelist_count"), number("page_size"));
        let stays = all.saturating_sub(free).saturating_mul(size);
        if free.saturating_mul(VACUUM_SHARE) >= all && stays <= VACUUM_BYTES_MAX {
            let done = connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
            let _ = self.noting(done.map_err(StoreError::from));
        }
    }
}
