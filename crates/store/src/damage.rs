//! Own entries whose stored bytes are gone or changed while the database opens: found before anything is sealed or handed
//! over, taken back from whoever has them, and else left behind under a new writer with everything readable filed
//! again. What is lost is listed and blocks nothing.
//!
//! Not damage that the encryption itself finds (a page that does not authenticate): such a database is `Damaged` and does
//! not open. Not others' streams: who carries a damaged copy is refused and goes on.

use crate::append::Own;
use crate::certificate::{own_ids, signing_key, writers_of};
use crate::error::StoreError;
use crate::held::HeldItem;
use crate::open::{Role, Store, role_of};
use crate::project;
use crate::random;
use crate::refile::{FiledFact, change_writer, keep, known_to_server, locate, part};
use crate::setting::{Setting, clear_setting, set_setting};
use crate::stream::{Stream, array, heads_of};
use crate::tx::{Row, Sql, Tx, bits, unbits};
use domain::ids::UnitCode;
use ledger::{
    Chain, Head, Range, Reference, Seq, StreamKey, UnitKey, WriterId, body_hash, hash8,
    verify_range,
};
use protocol::Entry;
use protocol::failure::Code;
use zeroize::Zeroizing;

/// The word and the sentence in a list of held entries.
pub(crate) const DAMAGED: &str = "damaged";
const DAMAGED_ZH: &str = "本机存储损坏，这条记录的内容读不出来，其他设备和服务器上也没有找到；其余记录不受影响，请核对后重新录入";

/// Where a stream stops being what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The last seal whose bodies are proven.
    pub good: Seq,
    /// The first position that cannot be what was written; just after `good` where only the chain tells.
    pub first: Seq,
}

/// Follows the bodies from the last seal at or before a position to the head. `None`: they lead there.
pub(crate) fn damage_after(
    tx: &dyn Tx,
    stream: &Stream,
    from: Seq,
) -> Result<Option<Damage>, StoreError> {
    let (mut head, _) = stream.last_seal(tx, from)?;
    let mut good = head.seq;
    let place = [stream.unit_no.into(), stream.writer_no.into(), bits(head.seq).into()];
    let sql = "SELECT seq, chain FROM seal WHERE unit_no = $1 AND writer_no = $2 AND seq > $3
               ORDER BY seq";
    let seals: Vec<(Seq, Chain)> =
        tx.rows(sql, &place, |row| Ok((unbits(row.int(0)?), Chain(array(row.blob(1)?)?))))?;
    let mut seals = seals.into_iter().peekable();
    let mut found: Option<Damage> = None;
    each_stored(tx, stream, head.seq, |seq, body| {
        if found.is_some() {
            return Ok(());
        }
        let next = head.seq + 1;
        let Some(body) = body.filter(|_| seq == next) else {
            found = Some(Damage { good, first: next });
            return Ok(());
        };
        head = Head { seq, chain: head.chain.next(&body_hash(body)) };
        if let Some((_, chain)) = seals.next_if(|(at, _)| *at == seq) {
            match chain == head.chain {
                true => good = seq,
                false => found = Some(Damage { good, first: good + 1 }),
            }
        }
        Ok(())
    })?;
    if found.is_none() && head.seq < stream.head.seq {
        found = Some(Damage { good, first: head.seq + 1 });
    }
    let is_wrong = found.is_none() && head != stream.head;
    Ok(found.or(is_wrong.then_some(Damage { good, first: good + 1 })))
}

/// Shows each stored position after `after` up to the head: its body, or nothing where that is not what was written.
fn each_stored(
    tx: &dyn Tx,
    stream: &Stream,
    after: Seq,
    mut show: impl FnMut(Seq, Option<&[u8]>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT seq, hash8, body FROM entry
               WHERE unit_no = $1 AND writer_no = $2 AND seq > $3 AND seq <= $4 ORDER BY seq";
    let place = [
        stream.unit_no.into(),
        stream.writer_no.into(),
        bits(after).into(),
        bits(stream.head.seq).into(),
    ];
    tx.each(sql, &place, &mut |row| {
        let kept = row.int(1)?.to_be_bytes();
        let body = row.blob(2).ok().filter(|body| hash8(body) == kept);
        show(unbits(row.int(0)?), body)
    })
}

/// The facts that can still be read after a position, and the positions that cannot.
pub(crate) fn facts_after(
    tx: &dyn Tx,
    stream: &Stream,
    after: Seq,
) -> Result<(Vec<FiledFact>, Vec<Seq>), StoreError> {
    let (writer, mut at) = (stream.key.writer, after);
    let (mut facts, mut lost) = (Vec::new(), Vec::new());
    each_stored(tx, stream, after, |seq, body| {
        lost.extend(at + 1..seq);
        at = seq;
        match body {
            Some(body) => facts.extend(FiledFact::of(writer, seq, body)),
            None => lost.push(seq),
        }
        Ok(())
    })?;
    lost.extend(at + 1..=stream.head.seq);
    Ok((facts, lost))
}

/// Notes what is known of positions that cannot be read, before they are cut.
pub(crate) fn note_lost(tx: &dyn Tx, stream: &Stream, lost: &[Seq]) -> Result<(), StoreError> {
    for seq in lost {
        let place = [stream.unit_no.into(), stream.writer_no.into(), bits(*seq).into()];
        let sql = "SELECT hash8, kind, person, round FROM entry
                   WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
        let known = tx.first(sql, &place, |row| {
            let person = row.opt_blob(2)?.map(<[u8]>::to_vec);
            Ok((row.opt_int(0)?, row.opt_int(1)?, person, row.opt_int(3)?))
        })?;
        let (hash, kind, person, round) = known.unwrap_or((None, None, None, None));
        tx.exec(
            "INSERT INTO damaged (unit_no, writer, seq, hash8, kind, person, round)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            &[
                stream.unit_no.into(),
                Sql::Blob(&stream.key.writer.0),
                bits(*seq).into(),
                hash.map_or(Sql::Null, Sql::Int),
                kind.map_or(Sql::Null, Sql::Int),
                person.as_deref().map_or(Sql::Null, Sql::Blob),
                round.map_or(Sql::Null, Sql::Int),
            ],
        )?;
    }
    Ok(())
}

/// This device's streams, of all its lives, that are damaged in what no server is known to hold; on a server, in what
/// it has not sealed.
fn damaged_streams(tx: &dyn Tx) -> Result<Vec<(StreamKey, Damage)>, StoreError> {
    let (device, own) = own_ids(tx)?;
    let is_device = match role_of(tx)? {
        Role::Device => true,
        Role::Server => false,
    };
    let mut lives = if is_device { writers_of(tx, &device)? } else { Vec::new() };
    lives.retain(|life| *life != own);
    lives.push(own);
    let mut damaged = Vec::new();
    for life in lives {
        for (key, head) in heads_of(tx, Some(&life))? {
            let Some(stream) = Stream::find(tx, &key)? else { continue };
            let known = if is_device { known_to_server(tx, &key)? } else { stream.sealed_seq };
            if known >= head.seq {
                continue;
            }
            damaged.extend(damage_after(tx, &stream, known)?.map(|damage| (key, damage)));
        }
    }
    Ok(damaged)
}

/// Leaves what is damaged behind: the streams are cut at their last proven seals, what is lost is noted, the rest is filed
/// again by a new writer. Answers this replica as the writer it then is.
pub(crate) fn abandon(
    tx: &dyn Tx,
    own: &Own,
    damaged: &[(StreamKey, Damage)],
) -> Result<Own, StoreError> {
    let mut own = own.now(tx)?;
    let mut kept: Vec<(&UnitKey, Vec<FiledFact>)> = Vec::new();
    for (key, damage) in damaged {
        let Some(mut stream) = Stream::find(tx, key)? else { continue };
        let (facts, lost) = facts_after(tx, &stream, damage.good)?;
        note_lost(tx, &stream, &lost)?;
        stream.cut(tx, damage.good)?;
        kept.push((&key.unit, facts));
    }
    if damaged.iter().any(|(key, _)| key.writer == own.writer) {
        own = change_writer(tx, &own)?;
    }
    for (unit, facts) in &kept {
        keep(tx, &own, unit, facts, None)?;
    }
    // What the lost entries said is in the tables still.
    project::rebuild(tx, own.catalogue)?;
    Ok(own)
}

/// Puts bodies of a proven range where the ones here are not what was written. Nothing else is touched.
fn repair(tx: &dyn Tx, range: &Range) -> Result<(), StoreError> {
    let Some(stream) = Stream::find(tx, &range.key)? else { return Ok(()) };
    let sql = "SELECT hash8, body FROM entry WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
    for (body, seq) in range.bodies.iter().zip(range.after.seq + 1..=stream.head.seq) {
        let place = [stream.unit_no.into(), stream.writer_no.into(), bits(seq).into()];
        let kept = tx.first(sql, &place, |row| {
            let kept = row.int(0)?.to_be_bytes();
            Ok((kept, row.blob(1).is_ok_and(|body| hash8(body) == kept)))
        })?;
        match kept {
            Some((_, true)) => {}
            Some((kept, false)) if kept == hash8(body) => {
                let sql = "UPDATE entry SET body = $4
                           WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
                let [unit, writer, seq] = place;
                tx.exec(sql, &[unit, writer, seq, Sql::Blob(body)])?;
            }
            // Another branch's: what was written here is lost all the same.
            Some((_, false)) => {}
            None => put_back(tx, &stream, seq, body)?,
        }
    }
    Ok(())
}

fn put_back(tx: &dyn Tx, stream: &Stream, seq: Seq, body: &[u8]) -> Result<(), StoreError> {
    let header = Entry::decode_header(body).ok();
    let person = header.as_ref().map(|h| h.person.as_slice()).filter(|p| !p.is_empty());
    let round = header.as_ref().map(|h| h.round).filter(|round| *round != 0);
    tx.exec(
        "INSERT INTO entry (unit_no, writer_no, seq, hash8, kind, person, round, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            stream.unit_no.into(),
            stream.writer_no.into(),
            bits(seq).into(),
            i64::from_be_bytes(hash8(body)).into(),
            header.as_ref().map(|h| h.kind).into(),
            person.map_or(Sql::Null, Sql::Blob),
            round.map(bits).into(),
            Sql::Blob(body),
        ],
    )?;
    Ok(())
}

/// Own entries that were lost to damage and of which no copy has come since, as a list of held entries shows them.
pub(crate) fn lost_items(tx: &dyn Tx) -> Result<Vec<HeldItem>, StoreError> {
    let sql = "SELECT d.unit_no, u.unit, d.writer, d.seq, d.hash8, d.kind FROM damaged d
               JOIN unit_key u ON u.unit_no = d.unit_no ORDER BY d.unit_no, d.writer, d.seq";
    let read = |row: &dyn Row| {
        let reference = Reference {
            writer: WriterId(array(row.blob(2)?)?),
            seq: unbits(row.int(3)?),
            hash8: row.opt_int(4)?.unwrap_or(0).to_be_bytes(),
        };
        let kind = row.opt_int(5)?.and_then(|kind| u32::try_from(kind).ok());
        Ok((row.int(0)?, UnitCode(row.text(1)?.to_owned()), reference, kind.unwrap_or(0)))
    };
    let mut items = Vec::new();
    for (unit_no, unit, reference, kind) in tx.rows(sql, &[], read)? {
        // Where the row was gone, whatever lies at its place now is what was there.
        let sql = "SELECT 1 FROM entry e JOIN writer w ON w.writer_no = e.writer_no
                   WHERE e.unit_no = $1 AND w.writer = $2 AND e.seq = $3";
        let place = [unit_no.into(), Sql::Blob(&reference.writer.0), bits(reference.seq).into()];
        let is_back = match reference.hash8 {
            [0, 0, 0, 0, 0, 0, 0, 0] => tx.int(sql, &place)?.is_some(),
            _ => locate(tx, unit_no, &reference)?.is_some(),
        };
        if !is_back {
            items.push(HeldItem {
                reference,
                unit,
                reason: DAMAGED.to_owned(),
                reason_zh: DAMAGED_ZH,
                kind,
                day: None,
                station: None,
                decided: None,
            });
        }
    }
    Ok(items)
}

impl Store {
    pub(crate) fn damaged_keys(&self) -> Result<Vec<(StreamKey, Seq)>, StoreError> {
        let damaged = self.read(damaged_streams)?;
        Ok(damaged.into_iter().map(|(key, damage)| (key, damage.good)).collect())
    }

    /// Puts back what others have of damaged streams. What does not prove itself by its writer's seal is left out.
    pub(crate) fn repair_with(&mut self, ranges: &[Range]) -> Result<(), StoreError> {
        self.write(|tx| {
            for range in ranges {
                let pair = crate::certificate::certificates(tx, &range.key.writer)?;
                let is_proven =
                    pair.is_some_and(|(device, _)| verify_range(range, &device.public_key).is_ok());
                if is_proven {
                    repair(tx, range)?;
                }
            }
            Ok(())
        })
    }

    /// True when this device's key is gone or is not the one it is enrolled with: nothing it signs proves anything.
    pub fn is_key_lost(&self) -> Result<bool, StoreError> {
        match self.read(signing_key) {
            Err(StoreError::Refused(Code::DeviceKeyLost)) => Ok(true),
            read => read.map(|_| false),
        }
    }

    /// After the key is lost: another device with a key of its own, to be enrolled anew, that files again what the
    /// server is not known to have of all earlier lives. Every entry stays.
    pub fn begin_as_new_device(&mut self) -> Result<(), StoreError> {
        if self.is_server() {
            return Err(StoreError::Refused(Code::ServerRefused));
        }
        let own = self.own();
        self.writer = self.write(|tx| {
            let (device, old) = own_ids(tx)?;
            let mut lives = writers_of(tx, &device)?;
            lives.retain(|life| *life != old);
            lives.push(old);
            let key = Zeroizing::new(random::bytes::<32>()?);
            let writer = WriterId(random::uuid_v4()?);
            set_setting(tx, Setting::Device, &random::uuid_v4()?)?;
            set_setting(tx, Setting::SigningKey, key.as_slice())?;
            set_setting(tx, Setting::Writer, &writer.0)?;
            clear_setting(tx, Setting::Token)?;
            clear_setting(tx, Setting::Seen)?;
            let anew = Own { writer, ..own };
            for life in lives {
                for key in heads_of(tx, Some(&life))?.keys() {
                    part(tx, &anew, key, known_to_server(tx, key)?)?;
                }
            }
            Ok(writer)
        })?;
        Ok(())
    }

    /// Goes on without what nobody has.
    pub(crate) fn abandon_damaged(&mut self) -> Result<(), StoreError> {
        let own = self.own();
        self.writer = self.write(|tx| {
            let damaged = damaged_streams(tx)?;
            if damaged.is_empty() {
                return Ok(own.now(tx)?.writer);
            }
            Ok(abandon(tx, &own, &damaged)?.writer)
        })?;
        Ok(())
    }
}
