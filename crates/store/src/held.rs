//! The list of held entries, and a person's decision about one. Why and where a server holds is `hold`'s.

use crate::damage::lost_items;
use crate::error::StoreError;
use crate::hold::{HoldReason, SaidAt};
use crate::open::Store;
use crate::policy::policy_now;
use crate::refile::locate;
use crate::stream::array;
use crate::tx::{Row, Tx, bits, unbits};
use chrono::NaiveDate;
use domain::ids::{StationCode, UnitCode};
use ledger::{Reference, UnitKey, WriterId};
use protocol::convert::day_date;
use protocol::fact::{EntryReference, LiftedFact};
use protocol::failure::Code;
use protocol::{Entry, Fact};

/// What a newer server may say that this program has no word for.
const REASON_OTHER_ZH: &str = "其他原因，升级程序后可查看";

/// A held entry as a person sees it in a list: where it is from, never what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldItem {
    pub reference: Reference,
    pub unit: UnitCode,
    /// A `HoldReason` word, or one of a newer server.
    pub reason: String,
    pub reason_zh: &'static str,
    /// `protocol::Kind` as its number; 0 where it cannot be read.
    pub kind: u32,
    /// The stop's day, where told.
    pub day: Option<NaiveDate>,
    pub station: Option<StationCode>,
    /// What a person decided: `Some(true)` = applied, `Some(false)` = left out for good.
    pub decided: Option<bool>,
}

impl Store {
    /// Every entry ever held, undecided ones first: on a server all, on a device those that are here. It hears of
    /// others too, because the district's stream is everybody's. Own entries lost to damage are among them.
    pub fn held(&self) -> Result<Vec<HeldItem>, StoreError> {
        self.read(|tx| {
            let mut items = held_items(tx)?;
            if !self.is_server() {
                items.retain(|(_, is_here)| *is_here);
            }
            let mut items: Vec<HeldItem> = items.into_iter().map(|(item, _)| item).collect();
            items.extend(lost_items(tx)?);
            items.sort_by_key(|item| (item.decided.is_some(), item.unit.clone()));
            Ok(items)
        })
    }

    /// How many held entries no person has decided about.
    pub fn held_count(&self) -> Result<u32, StoreError> {
        let open = self.held()?.into_iter().filter(|item| item.decided.is_none()).count();
        Ok(u32::try_from(open).unwrap_or(u32::MAX))
    }

    /// A person's decision about a held entry: applied from now on, or left out for good. Server
    /// only.
    pub fn resolve_held(
        &mut self,
        reference: &Reference,
        applied: bool,
        note: &str,
    ) -> Result<(), StoreError> {
        if !self.is_server() {
            return Err(StoreError::Refused(Code::HeldElsewhere));
        }
        let own = self.own();
        self.write(|tx| {
            let mut known = held_items(tx)?.into_iter().map(|(item, _)| item);
            let held = known.find(|item| item.reference == *reference);
            let held = held.ok_or(StoreError::Refused(Code::HeldUnknown))?;
            if held.decided.is_some() {
                return Err(StoreError::Refused(Code::NothingToChange));
            }
            let body = find_body(tx, &held.unit, reference)?;
            let header = body.and_then(|body| Entry::decode_header(&body).ok());
            // Where the hold was said, or would be today: those it concerns read it.
            let unit = UnitKey::try_new(&held.unit.0).map_err(|_| StoreError::Stored("unit"))?;
            let place = SaidAt::of(tx, &unit, HoldReason::of_word(&held.reason))?;
            let fact = LiftedFact {
                entry: Some(EntryReference::from(reference)),
                applied,
                note: note.to_owned(),
                unit: place.named.clone(),
            };
            let header = place.header(header.as_ref(), policy_now(tx, true)?);
            let unit = UnitCode(place.unit.to_string());
            own.append(tx, &unit, &[Entry { header, fact: Fact::Lifted(fact) }])?;
            Ok(())
        })
    }
}

/// Rows of the table `hold`, an entry spoken of each; the first reason by position names it. True = the entry
/// is here.
fn held_items(tx: &dyn Tx) -> Result<Vec<(HeldItem, bool)>, StoreError> {
    let sql = "SELECT u.unit, h.writer, h.seq, h.hash8, h.decision, h.words
               FROM hold h JOIN unit_key u ON u.unit_no = h.unit_no
               ORDER BY h.unit_no, h.writer, h.seq, h.hash8, h.decision, h.by_unit_no,
                   h.by_writer_no, h.by_seq";
    let rows = tx.rows(sql, &[], read_hold)?;
    let mut items: Vec<(HeldItem, bool)> = Vec::new();
    for (unit, reference, decision, words) in rows {
        let same = items.last_mut().filter(|(i, _)| i.reference == reference && i.unit == unit);
        match (same, decision) {
            (None, 0) => items.push(held_item(tx, unit, reference, words)?),
            (Some((item, _)), 1) => item.decided = Some(item.decided.unwrap_or(true)),
            (Some((item, _)), 2) => item.decided = Some(false),
            // A decision whose hold has not come yet, or a second hold of the same entry.
            (None | Some(_), _) => {}
        }
    }
    Ok(items)
}

fn read_hold(row: &dyn Row) -> Result<(UnitCode, Reference, i64, String), StoreError> {
    let reference = Reference {
        writer: WriterId(array(row.blob(1)?)?),
        seq: unbits(row.int(2)?),
        hash8: row.int(3)?.to_be_bytes(),
    };
    Ok((UnitCode(row.text(0)?.to_owned()), reference, row.int(4)?, row.text(5)?.to_owned()))
}

fn held_item(
    tx: &dyn Tx,
    unit: UnitCode,
    reference: Reference,
    words: String,
) -> Result<(HeldItem, bool), StoreError> {
    let body = find_body(tx, &unit, &reference)?;
    let header = body.as_ref().and_then(|body| Entry::decode_header(body).ok()).unwrap_or_default();
    let item = HeldItem {
        reason_zh: HoldReason::of_word(&words).map_or(REASON_OTHER_ZH, HoldReason::zh),
        reason: words,
        kind: header.kind,
        day: header.day.and_then(day_date),
        station: u16::try_from(header.station).ok().filter(|s| *s != 0).map(StationCode),
        decided: None,
        reference,
        unit,
    };
    Ok((item, body.is_some()))
}

/// The bytes of a fact, at its first place or as a copy, where it is here.
fn find_body(
    tx: &dyn Tx,
    unit: &UnitCode,
    reference: &Reference,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT unit_no FROM unit_key WHERE unit = $1";
    let Some(unit_no) = tx.int(sql, &[unit.0.as_str().into()])? else { return Ok(None) };
    let Some((writer_no, seq)) = locate(tx, unit_no, reference)? else { return Ok(None) };
    let sql = "SELECT body FROM entry WHERE unit_no = $1 AND writer_no = $2 AND seq = $3";
    let params = [unit_no.into(), writer_no.into(), bits(seq).into()];
    tx.first(sql, &params, |row| Ok(row.blob(0)?.to_vec()))
}
