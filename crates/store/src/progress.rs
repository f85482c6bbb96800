//! How far work has come: on this disk (已保存), on the server (已上传). On a device, what the server is
//! known to hold is read off its own heads, position by position; and in a backup (已备份), by the heads
//! read from it. Not how a backup is made.

use crate::backup::backup;
use crate::certificate::own_ids;
use crate::dropped::note_server_seq;
use crate::error::StoreError;
use crate::open::{Role, Store};
use crate::stream::{Stream, heads_of};
use crate::tx::{Sql, bits, unbits};
use ledger::{Heads, Reference, StreamKey, UnitKey};
use protocol::Entry;

/// Counts for a status line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Entries held here, of all writers.
    pub entries: i64,
    /// Own entries no seal covers yet.
    pub unsealed: i64,
    /// Own entries the server is not known to have (待上传). 0 on a server.
    pub unsent: i64,
}

/// How many entries are at one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Level {
    /// Of the own writer.
    pub own: u64,
    /// Of all writers.
    pub all: u64,
}

/// The three levels of safety: 已保存, 已上传, 已备份.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Levels {
    /// On this disk.
    pub saved: Level,
    /// On the server, as it proved.
    pub uploaded: Level,
    /// Within the heads read from the server's last verified backup, on the same branch.
    pub backed_up: Level,
    /// No longer on this disk, because their stops are closed and they were backed up.
    pub dropped: Level,
}

impl Level {
    fn add(&mut self, is_own: bool, entries: u64) {
        self.all += entries;
        if is_own {
            self.own += entries;
        }
    }
}

impl Store {
    /// Entries by level. Walks each stream from the seal before its backup's head, to compare chains.
    pub fn levels(&self) -> Result<Levels, StoreError> {
        let is_server = self.is_server();
        self.read(|tx| {
            let own = own_ids(tx)?.1;
            let backup = backup(tx, None)?;
            let mut levels = Levels::default();
            for (key, head) in heads_of(tx, None)? {
                let is_own = key.writer == own;
                let stream = Stream::find(tx, &key)?;
                let here = stream.as_ref().map_or(0, |stream| stream.head.seq);
                levels.dropped.add(is_own, head.seq.saturating_sub(here));
                let Some(stream) = stream else { continue };
                let head = stream.head;
                levels.saved.add(is_own, head.seq);
                let on_server = if is_server {
                    head.seq
                } else {
                    let place = [stream.unit_no.into(), stream.writer_no.into()];
                    tx.int(SERVER_SEQ, &place)?.map_or(0, unbits).min(head.seq)
                };
                levels.uploaded.add(is_own, on_server);
                let Some(kept) = backup.heads.get(&key) else { continue };
                if stream.chain_at(tx, kept.seq)? == Some(kept.chain) {
                    levels.backed_up.add(is_own, kept.seq);
                }
            }
            Ok(levels)
        })
    }

    /// Notes where the server's copies stand, as it said; on a device only. A head that is not on
    /// this copy of the stream, or beyond it, says nothing about the entries here and is left out.
    /// Lower than noted before is noted too: a restored server has lost something.
    pub fn note_server_heads(&mut self, heads: &Heads) -> Result<(), StoreError> {
        if self.is_server() || heads.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            for (key, head) in heads {
                let Some(stream) = Stream::find(tx, key)? else {
                    note_server_seq(tx, key, head.seq)?;
                    continue;
                };
                if stream.chain_at(tx, head.seq)? != Some(head.chain) {
                    continue;
                }
                tx.exec(
                    "INSERT INTO server_head (unit_no, writer_no, seq) VALUES ($1, $2, $3)
                     ON CONFLICT (unit_no, writer_no) DO UPDATE SET seq = excluded.seq",
                    &[stream.unit_no.into(), stream.writer_no.into(), bits(head.seq).into()],
                )?;
            }
            Ok(())
        })
    }

    /// Entries here, own ones unsealed, own ones unsent.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let is_device = match self.role() {
            Role::Device => true,
            Role::Server => false,
        };
        self.read(|tx| {
            let writer = own_ids(tx)?.1;
            let own = [Sql::Blob(&writer.0)];
            let unsent = if is_device { tx.int(UNSENT, &own)? } else { None };
            Ok(Counts {
                entries: tx.int("SELECT sum(seq) FROM stream", &[])?.unwrap_or(0),
                unsealed: tx.int(UNSEALED, &own)?.unwrap_or(0),
                unsent: unsent.unwrap_or(0),
            })
        })
    }

    /// A number that every entry moves, whoever wrote it and whichever program took it in: the sum of all streams' heads.
    /// Settings, drafts and receipts do not move it.
    pub fn mark(&self) -> Result<u64, StoreError> {
        let sum = self.read(|tx| tx.int("SELECT sum(seq) FROM stream", &[]))?;
        Ok(u64::try_from(sum.unwrap_or(0)).unwrap_or(0))
    }

    /// The units of the own streams, the one whose last entry names the latest day first: today's stop before older
    /// ones. The day is a person's, not a clock's.
    pub fn units_by_day(&self) -> Result<Vec<UnitKey>, StoreError> {
        let mut units = self.read(|tx| {
            let writer = own_ids(tx)?.1;
            tx.rows(LAST_OF_OWN, &[Sql::Blob(&writer.0)], |row| {
                let unit =
                    UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
                let header = Entry::decode_header(row.blob(1)?).ok();
                Ok((header.and_then(|header| header.day), unit))
            })
        })?;
        units.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        Ok(units.into_iter().map(|(_, unit)| unit).collect())
    }

    /// People known here; ids found to be one person count once.
    pub fn people_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM person WHERE person = canon";
        let count = self.read(|tx| tx.int(sql, &[]))?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// True when the server is known to have this very entry (已上传). On a server: when it is here.
    pub fn is_on_server(&self, unit: &UnitKey, reference: &Reference) -> Result<bool, StoreError> {
        let is_device = !self.is_server();
        let key = StreamKey::new(unit.clone(), reference.writer);
        self.read(|tx| {
            let Some(stream) = Stream::find(tx, &key)? else { return Ok(false) };
            let place =
                [stream.unit_no.into(), stream.writer_no.into(), bits(reference.seq).into()];
            let known = if is_device { SERVER_HAS } else { STREAM_HAS };
            if tx.int(known, &place)?.is_none() {
                return Ok(false);
            }
            let sql = "SELECT hash8 FROM entry WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
            Ok(tx.int(sql, &place)? == Some(i64::from_be_bytes(reference.hash8)))
        })
    }
}

const UNSEALED: &str = "SELECT sum(s.seq - s.sealed_seq) FROM writer w
    JOIN stream s ON s.writer_no = w.writer_no WHERE w.writer = $1";

const UNSENT: &str = "SELECT sum(s.seq - coalesce(h.seq, 0)) FROM writer w
    JOIN stream s ON s.writer_no = w.writer_no
    LEFT JOIN server_head h ON h.unit_no = s.unit_no AND h.writer_no = s.writer_no
    WHERE w.writer = $1";

const LAST_OF_OWN: &str = "SELECT u.unit, e.body FROM writer w
    JOIN stream s ON s.writer_no = w.writer_no
    JOIN unit_key u ON u.unit_no = s.unit_no
    JOIN entry e ON e.unit_no = s.unit_no AND e.writer_no = s.writer_no AND e.seq = s.seq
    WHERE w.writer = $1";

pub(crate) const SERVER_SEQ: &str =
    "SELECT seq FROM server_head WHERE unit_no = $1 AND writer_no = $2";

const SERVER_HAS: &str =
    "SELECT 1 FROM server_head WHERE unit_no = $1 AND writer_no = $2 AND seq >= $3";

const STREAM_HAS: &str = "SELECT 1 FROM stream WHERE unit_no = $1 AND writer_no = $2 AND seq >= $3";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use domain::ids::UnitCode;
    use protocol::fact::WithdrawalFact;
    use protocol::{Fact, Header};

    #[test]
    fn the_unit_of_the_latest_day_comes_first_whatever_was_recorded_last() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::create(folder.path(), &Key::new([7; 32]), Role::Device).unwrap();
        let mut record = |unit: &str, day: Option<i32>| {
            let header = Header { day, person: vec![1; 16], ..Header::default() };
            let fact = Fact::Withdrawal(WithdrawalFact::default());
            store.append(&UnitCode(unit.to_owned()), &[protocol::Entry { header, fact }]).unwrap();
        };
        record("431302204200", Some(9_000));
        record("431302204201", Some(9_002));
        record("431302204202", Some(9_001));
        record("431302204203", None);
        let units: Vec<String> =
            store.units_by_day().unwrap().into_iter().map(|unit| unit.to_string()).collect();
        assert_eq!(units, ["431302204201", "431302204202", "431302204200", "431302204203"]);
    }
}
