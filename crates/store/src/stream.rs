//! Streams as they lie in the database: their numbers, heads, seals and chains. Not who may write
//! them (`certificate`), how entries get in (`append`), or how replicas exchange them (`replica`).
//!
//! Chain values are kept at seals and heads only; one between is computed from the seal before it.

use crate::damage::damage_after;
use crate::dropped::dropped_heads;
use crate::error::StoreError;
use crate::open::Store;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use ledger::{
    Chain, Head, Heads, Seal, Seq, SigningKey, StreamKey, UnitKey, WriterId, body_hash,
    choose_seal_points, previous_seal_is_spare, sign_seal,
};
use std::collections::BTreeSet;

/// A stream as held here.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub key: StreamKey,
    pub unit_no: i64,
    pub writer_no: i64,
    /// Its writer is proven to be a server.
    pub is_server: bool,
    pub head: Head,
    /// Of all bodies up to the head.
    pub bytes: i64,
    pub sealed_seq: Seq,
    pub sealed_bytes: i64,
    /// The highest policy version an entry has named.
    pub policy: u32,
}

impl Stream {
    /// The stream, where anything of it is held.
    pub fn find(tx: &dyn Tx, key: &StreamKey) -> Result<Option<Stream>, StoreError> {
        let sql = "SELECT s.unit_no, s.writer_no, w.is_server, s.seq, s.chain, s.bytes,
                          s.sealed_seq, s.sealed_bytes, s.policy
                   FROM unit_key u
                   JOIN writer w ON w.writer = $2
                   JOIN stream s ON s.unit_no = u.unit_no AND s.writer_no = w.writer_no
                   WHERE u.unit = $1";
        tx.first(sql, &[key.unit.as_str().into(), Sql::Blob(&key.writer.0)], |row| {
            Ok(Stream {
                key: key.clone(),
                unit_no: row.int(0)?,
                writer_no: row.int(1)?,
                is_server: row.int(2)? != 0,
                head: read_head(row, 3)?,
                bytes: row.int(5)?,
                sealed_seq: unbits(row.int(6)?),
                sealed_bytes: row.int(7)?,
                policy: u32::try_from(row.int(8)?).map_err(|_| StoreError::Stored("policy"))?,
            })
        })
    }

    /// The stream, begun where nothing of it is held yet.
    pub fn find_or_begin(tx: &dyn Tx, key: &StreamKey) -> Result<Stream, StoreError> {
        if let Some(stream) = Stream::find(tx, key)? {
            return Ok(stream);
        }
        let writer_no = writer_no(tx, &key.writer)?;
        let sql = "SELECT is_server FROM writer WHERE writer_no = $1";
        Ok(Stream {
            key: key.clone(),
            unit_no: unit_no(tx, &key.unit)?,
            writer_no,
            is_server: tx.int(sql, &[writer_no.into()])? == Some(1),
            head: Head::genesis(key),
            bytes: 0,
            sealed_seq: 0,
            sealed_bytes: 0,
            policy: 0,
        })
    }

    /// Writes the row as it now is.
    pub fn save(&self, tx: &dyn Tx) -> Result<(), StoreError> {
        let sql = "INSERT INTO stream (unit_no, writer_no, seq, chain, bytes,
                                       sealed_seq, sealed_bytes, policy)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                   ON CONFLICT (unit_no, writer_no) DO UPDATE SET
                       seq = excluded.seq, chain = excluded.chain, bytes = excluded.bytes,
                       sealed_seq = excluded.sealed_seq, sealed_bytes = excluded.sealed_bytes,
                       policy = excluded.policy";
        let params = [
            self.unit_no.into(),
            self.writer_no.into(),
            bits(self.head.seq).into(),
            Sql::Blob(&self.head.chain.0),
            self.bytes.into(),
            bits(self.sealed_seq).into(),
            self.sealed_bytes.into(),
            self.policy.into(),
        ];
        tx.exec(sql, &params)?;
        Ok(())
    }

    /// Body bytes appended since the last seal.
    pub fn unsealed_bytes(&self) -> usize {
        usize::try_from(self.bytes - self.sealed_bytes).unwrap_or(0)
    }

    /// Seals the head, which is one's own. The row is not saved.
    pub fn seal(&mut self, tx: &dyn Tx, device_key: &SigningKey) -> Result<(), StoreError> {
        let seal = sign_seal(&self.key, &self.head, device_key);
        self.keep_seal(tx, &seal)
    }

    /// Keeps a verified seal of the head, and drops those before it that it makes spare. The row is
    /// not saved.
    pub fn keep_seal(&mut self, tx: &dyn Tx, seal: &Seal) -> Result<(), StoreError> {
        if seal.head() != self.head {
            return Err(StoreError::Stored("seal"));
        }
        let sql = "INSERT INTO seal (unit_no, writer_no, seq, chain, bytes, signature)
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let params = [
            self.unit_no.into(),
            self.writer_no.into(),
            bits(seal.seq).into(),
            Sql::Blob(&seal.chain.0),
            self.bytes.into(),
            Sql::Blob(&seal.signature),
        ];
        tx.exec(sql, &params)?;
        self.sealed_seq = seal.seq;
        self.sealed_bytes = self.bytes;
        self.drop_spare_seals(tx)
    }

    fn drop_spare_seals(&self, tx: &dyn Tx) -> Result<(), StoreError> {
        let of_stream = [self.unit_no.into(), self.writer_no.into(), bits(self.sealed_seq).into()];
        let sql = "SELECT seq, bytes FROM seal WHERE unit_no = $1 AND writer_no = $2 AND seq < $3
                   ORDER BY seq DESC LIMIT 2";
        loop {
            let before = tx.rows(sql, &of_stream, |row| Ok((row.int(0)?, row.int(1)?)))?;
            let Some((previous, _)) = before.first() else { return Ok(()) };
            let last_but_one = before.get(1).map_or(0, |(_, bytes)| *bytes);
            let since = usize::try_from(self.bytes - last_but_one).unwrap_or(usize::MAX);
            if !previous_seal_is_spare(since) {
                return Ok(());
            }
            let sql = "DELETE FROM seal WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
            tx.exec(sql, &[self.unit_no.into(), self.writer_no.into(), (*previous).into()])?;
        }
    }

    /// The last kept seal at or before a position, with the bytes of all bodies up to there; else the genesis.
    pub fn last_seal(&self, tx: &dyn Tx, seq: Seq) -> Result<(Head, i64), StoreError> {
        let sql = "SELECT seq, chain, bytes FROM seal
                   WHERE unit_no = $1 AND writer_no = $2 AND seq <= $3 ORDER BY seq DESC LIMIT 1";
        let of_stream = [self.unit_no.into(), self.writer_no.into(), bits(seq).into()];
        let sealed = tx.first(sql, &of_stream, |row| Ok((read_head(row, 0)?, row.int(2)?)))?;
        Ok(sealed.unwrap_or((Head::genesis(&self.key), 0)))
    }

    /// Takes everything after a position off, which the other branch goes on from. Only when each fact there
    /// stands elsewhere, or will at the end of the transaction.
    pub fn cut(&mut self, tx: &dyn Tx, after: Seq) -> Result<(), StoreError> {
        let Some((head, bytes)) = self.point_at(tx, after)? else { return Ok(()) };
        let (sealed, sealed_bytes) = self.last_seal(tx, after)?;
        crate::refile::delete_after(tx, self, head)?;
        (self.head, self.bytes) = (head, bytes);
        (self.sealed_seq, self.sealed_bytes) = (sealed.seq, sealed_bytes);
        self.save(tx)
    }

    /// The chain at a position, `None` beyond the head.
    pub fn chain_at(&self, tx: &dyn Tx, seq: Seq) -> Result<Option<Chain>, StoreError> {
        Ok(self.point_at(tx, seq)?.map(|(head, _)| head.chain))
    }

    /// The head as it was at a position, and the bytes of all bodies up to there.
    pub fn point_at(&self, tx: &dyn Tx, seq: Seq) -> Result<Option<(Head, i64)>, StoreError> {
        if seq > self.head.seq {
            return Ok(None);
        }
        if seq == self.head.seq {
            return Ok(Some((self.head, self.bytes)));
        }
        let (mut head, mut bytes) = self.last_seal(tx, seq)?;
        self.each_body(tx, head.seq, seq, &mut |body| {
            head = Head { seq: head.seq + 1, chain: head.chain.next(&body_hash(body)) };
            bytes += body_bytes(body);
            Ok(())
        })?;
        if head.seq == seq { Ok(Some((head, bytes))) } else { Err(StoreError::Stored("stream")) }
    }

    /// Shows each body after `after` up to `last`, in order.
    pub fn each_body(
        &self,
        tx: &dyn Tx,
        after: Seq,
        last: Seq,
        show: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = "SELECT body FROM entry
                   WHERE unit_no = $1 AND writer_no = $2 AND seq > $3 AND seq <= $4 ORDER BY seq";
        let params =
            [self.unit_no.into(), self.writer_no.into(), bits(after).into(), bits(last).into()];
        tx.each(sql, &params, &mut |row| show(row.blob(0)?))
    }

    /// The points a refusal offers the sender to start again from.
    pub fn seal_points(&self, tx: &dyn Tx) -> Result<Vec<Head>, StoreError> {
        let sql = "SELECT seq, chain FROM seal WHERE unit_no = $1 AND writer_no = $2 ORDER BY seq";
        let of_stream = [self.unit_no.into(), self.writer_no.into()];
        Ok(choose_seal_points(&tx.rows(sql, &of_stream, |row| read_head(row, 0))?))
    }
}

/// The heads of all streams of one writer, or of all writers, dropped ones too.
pub(crate) fn heads_of(tx: &dyn Tx, writer: Option<&WriterId>) -> Result<Heads, StoreError> {
    let all = "SELECT u.unit, w.writer, s.seq, s.chain FROM stream s
               JOIN unit_key u ON u.unit_no = s.unit_no
               JOIN writer w ON w.writer_no = s.writer_no WHERE s.seq > 0";
    let rows = match writer {
        None => tx.rows(all, &[], read_key_and_head)?,
        Some(writer) => {
            let sql = format!("{all} AND w.writer = $1");
            tx.rows(&sql, &[Sql::Blob(&writer.0)], read_key_and_head)?
        }
    };
    let mut heads: Heads = rows.into_iter().collect();
    // Where bodies are being fetched back, the stream here is short of where it stands.
    heads.extend(dropped_heads(tx, writer, None)?);
    Ok(heads)
}

/// The heads of all streams of one unit, dropped ones too.
pub(crate) fn heads_in(tx: &dyn Tx, unit: &UnitKey) -> Result<Heads, StoreError> {
    let sql = "SELECT u.unit, w.writer, s.seq, s.chain FROM unit_key u
               JOIN stream s ON s.unit_no = u.unit_no
               JOIN writer w ON w.writer_no = s.writer_no WHERE u.unit = $1 AND s.seq > 0";
    let rows = tx.rows(sql, &[unit.as_str().into()], read_key_and_head)?;
    let mut heads: Heads = rows.into_iter().collect();
    heads.extend(dropped_heads(tx, None, Some(unit))?);
    Ok(heads)
}

/// Seals the heads of a writer that are not sealed yet and whose bodies lead there; answers how many. A seal says
/// that this was written: what cannot be read any more is never sealed.
pub(crate) fn seal_all(
    tx: &dyn Tx,
    writer: &WriterId,
    device_key: &SigningKey,
) -> Result<usize, StoreError> {
    let open = unsealed(tx, writer)?;
    let mut sealed = 0;
    for key in &open {
        if let Some(mut stream) = Stream::find(tx, key)?
            && damage_after(tx, &stream, stream.sealed_seq)?.is_none()
        {
            stream.seal(tx, device_key)?;
            stream.save(tx)?;
            sealed += 1;
        }
    }
    Ok(sealed)
}

/// The streams of a writer whose heads are not sealed.
pub(crate) fn unsealed(tx: &dyn Tx, writer: &WriterId) -> Result<Vec<StreamKey>, StoreError> {
    let sql = "SELECT u.unit FROM writer w JOIN stream s ON s.writer_no = w.writer_no
               JOIN unit_key u ON u.unit_no = s.unit_no
               WHERE w.writer = $1 AND s.sealed_seq < s.seq";
    tx.rows(sql, &[Sql::Blob(&writer.0)], |row| {
        let unit = UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
        Ok(StreamKey::new(unit, *writer))
    })
}

impl Store {
    /// Every unit of which something is held here.
    pub fn unit_keys(&self) -> Result<BTreeSet<UnitKey>, StoreError> {
        let sql = "SELECT unit FROM unit_key u
                   WHERE EXISTS (SELECT 1 FROM stream s WHERE s.unit_no = u.unit_no)";
        let read =
            |row: &dyn Row| UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"));
        Ok(self.read(|tx| tx.rows(sql, &[], read))?.into_iter().collect())
    }
}

pub(crate) fn read_key_and_head(row: &dyn Row) -> Result<(StreamKey, Head), StoreError> {
    let unit = UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
    let writer = WriterId(array(row.blob(1)?)?);
    Ok((StreamKey::new(unit, writer), read_head(row, 2)?))
}

pub(crate) fn read_head(row: &dyn Row, column: usize) -> Result<Head, StoreError> {
    Ok(Head { seq: unbits(row.int(column)?), chain: Chain(array(row.blob(column + 1)?)?) })
}

pub(crate) fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Stored("length"))
}

pub(crate) fn body_bytes(body: &[u8]) -> i64 {
    i64::try_from(body.len()).unwrap_or(i64::MAX)
}

/// The local number of a writer, given out where it has none yet.
pub(crate) fn writer_no(tx: &dyn Tx, writer: &WriterId) -> Result<i64, StoreError> {
    let find = "SELECT writer_no FROM writer WHERE writer = $1";
    if let Some(found) = tx.int(find, &[Sql::Blob(&writer.0)])? {
        return Ok(found);
    }
    let next = tx.int("SELECT coalesce(max(writer_no), 0) + 1 FROM writer", &[])?.unwrap_or(1);
    let sql = "INSERT INTO writer (writer_no, writer) VALUES ($1, $2)";
    tx.exec(sql, &[next.into(), Sql::Blob(&writer.0)])?;
    Ok(next)
}

/// The local number of a unit, given out where it has none yet.
pub(crate) fn unit_no(tx: &dyn Tx, unit: &UnitKey) -> Result<i64, StoreError> {
    let find = "SELECT unit_no FROM unit_key WHERE unit = $1";
    if let Some(found) = tx.int(find, &[unit.as_str().into()])? {
        return Ok(found);
    }
    let next = tx.int("SELECT coalesce(max(unit_no), 0) + 1 FROM unit_key", &[])?.unwrap_or(1);
    let sql = "INSERT INTO unit_key (unit_no, unit) VALUES ($1, $2)";
    tx.exec(sql, &[next.into(), unit.as_str().into()])?;
    Ok(next)
}
