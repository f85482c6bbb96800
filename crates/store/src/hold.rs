//! Held entries: kept, not applied, shown to a person with the reason until one decides. The server
//! judges what it takes and says so in its own streams, so every replica and every rebuild agrees.
//!
//! Not waiting: an entry whose kind or catalogue is newer than this program is neither judged nor
//! held, it waits here and ends waiting by an upgrade. A stream goes on behind a held entry.

use crate::append::{Incoming, Own};
use crate::error::StoreError;
use crate::open::Store;
use crate::setting::{Setting, setting_number};
use crate::stream::array;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Item, ItemKind};
use domain::check::is_possible;
use domain::ids::{ItemCode, StationCode, UnitCode};
use ledger::{DeviceCertificate, Reference, StreamKey, UnitKey, WriterId};
use protocol::convert::day_date;
use protocol::fact::{EntryReference, HeldFact, LiftedFact, SaveFact, SawFact};
use protocol::failure::Code;
use protocol::{Entry, EntryError, Fact, Header};
use std::collections::BTreeMap;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $zh:literal;)*) => {
        /// Why an entry is held.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum HoldReason { $($(#[$doc])* $name,)* }

        impl HoldReason {
            pub const ALL: &'static [HoldReason] = &[$(HoldReason::$name,)*];
            /// The word in the entry that holds.
            pub fn word(self) -> &'static str {
                match self { $(HoldReason::$name => $word,)* }
            }
            /// What a person reads.
            pub fn zh(self) -> &'static str {
                match self { $(HoldReason::$name => $zh,)* }
            }
        }
    };
}

reasons! {
    /// Not readable, or without what its kind needs.
    Malformed = "malformed", "内容不完整或格式不对";
    /// A kind that only a server may write.
    ServerOnly = "server_only", "这类记录只能由服务器写入";
    /// The device's certificate does not name the unit or one above it.
    OutsideUnits = "outside_units", "不属于这台设备负责的单位";
    /// The entry names an older policy than one before it in its stream.
    PolicyFell = "policy_fell", "所依据的规定比之前的记录旧";
    /// An item that the catalogue does not have, or that is computed and never recorded.
    UnknownItem = "unknown_item", "项目不在目录中";
    /// A value beyond its item's hard limits, or of another kind than the item's.
    ImpossibleValue = "impossible_value", "数值超出可能的范围";
}

/// What a newer server may say that this program has no word for.
const REASON_OTHER_ZH: &str = "其他原因，升级程序后可查看";

impl HoldReason {
    pub fn of_word(word: &str) -> Option<HoldReason> {
        HoldReason::ALL.iter().copied().find(|reason| reason.word() == word)
    }
}

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

/// Judges the bodies of one range by what its writer may do and by the catalogue. What depends on
/// the stream (a falling policy) is judged when the entry gets its place.
pub(crate) fn judge_range(
    catalogue: &Catalogue,
    certificate: &DeviceCertificate,
    unit: &UnitKey,
    bodies: &mut [Incoming],
) {
    let unit = UnitCode(unit.as_str().to_owned());
    let is_in_units =
        certificate.units.iter().any(|named| UnitCode(named.as_str().to_owned()).covers(&unit));
    for incoming in bodies {
        incoming.reason = judge(catalogue, is_in_units, incoming.body);
    }
}

fn judge(catalogue: &Catalogue, is_in_units: bool, body: &[u8]) -> Option<HoldReason> {
    let entry = match Entry::decode(body) {
        Ok(entry) => entry,
        Err(EntryError::UnknownKind) => return (!is_in_units).then_some(HoldReason::OutsideUnits),
        Err(EntryError::Malformed | EntryError::Invalid) => return Some(HoldReason::Malformed),
    };
    if entry.fact.kind().is_server_only() {
        return Some(HoldReason::ServerOnly);
    }
    if !is_in_units {
        return Some(HoldReason::OutsideUnits);
    }
    if !is_complete(&entry) {
        return Some(HoldReason::Malformed);
    }
    match &entry.fact {
        Fact::Save(save) => judge_save(catalogue, save),
        Fact::Roster(_)
        | Fact::Withdrawal(_)
        | Fact::Registration(_)
        | Fact::Correction(_)
        | Fact::Void(_)
        | Fact::Unit(_)
        | Fact::Round(_)
        | Fact::Operator(_)
        | Fact::Examiner(_)
        | Fact::Enrolment(_)
        | Fact::Held(_)
        | Fact::Lifted(_)
        | Fact::Stop(_)
        | Fact::Retirement(_) => None,
    }
}

/// The header and the fact have what an entry of this kind cannot do without.
fn is_complete(entry: &Entry) -> bool {
    let (header, has_person) = (&entry.header, !entry.header.person.is_empty());
    let in_checkup = has_person && header.round != 0;
    match &entry.fact {
        Fact::Save(save) => in_checkup && has_whole_references(&save.saw),
        Fact::Void(void) => in_checkup && has_whole_references(&void.saw),
        Fact::Registration(fact) => in_checkup && fact.details.is_some(),
        Fact::Correction(fact) => has_person && fact.details.is_some(),
        Fact::Roster(fact) => {
            let whole = |person: &[u8]| person.is_empty() || person.len() == 16;
            header.round != 0
                && fact.seed.len() == 16
                && fact.rows.iter().all(|row| whole(&row.person) && row.details.is_some())
        }
        Fact::Withdrawal(fact) => fact.listing.as_ref().is_some_and(is_whole),
        Fact::Unit(_)
        | Fact::Round(_)
        | Fact::Operator(_)
        | Fact::Examiner(_)
        | Fact::Enrolment(_)
        | Fact::Held(_)
        | Fact::Lifted(_)
        | Fact::Stop(_)
        | Fact::Retirement(_) => true,
    }
}

fn has_whole_references(saw: &[SawFact]) -> bool {
    saw.iter().all(|saw| saw.entry.as_ref().is_some_and(is_whole))
}

fn is_whole(reference: &EntryReference) -> bool {
    Reference::try_from(reference).is_ok()
}

fn judge_save(catalogue: &Catalogue, save: &SaveFact) -> Option<HoldReason> {
    // Judged by a newer catalogue than this program's: it may know items and limits that this one
    // does not.
    if save.catalogue > catalogue.version {
        return None;
    }
    save.results.iter().find_map(|result| {
        let item = u16::try_from(result.item).ok().and_then(|code| catalogue.item(ItemCode(code)));
        let Some(item) = item.filter(|item| !item.derived) else {
            return Some(HoldReason::UnknownItem);
        };
        match result.value(decimals(item)) {
            Ok(value) if is_possible(item, &value) => None,
            Ok(_) | Err(_) => Some(HoldReason::ImpossibleValue),
        }
    })
}

fn decimals(item: &Item) -> u8 {
    match item.kind {
        ItemKind::Number { decimals, .. } => decimals,
        ItemKind::Choice { .. } | ItemKind::Text { .. } => 0,
    }
}

/// An entry just put into its stream that must be held.
pub(crate) struct Holding {
    pub unit: UnitKey,
    pub reference: Reference,
    pub reason: HoldReason,
    pub header: Option<Header>,
}

/// The entries that say so, by the own stream they go into.
pub(crate) fn hold_bodies(
    tx: &dyn Tx,
    own: &Own,
    holdings: &[Holding],
) -> Result<BTreeMap<StreamKey, Vec<Vec<u8>>>, StoreError> {
    let policy = own_policy(tx)?;
    let mut bodies: BTreeMap<StreamKey, Vec<Vec<u8>>> = BTreeMap::new();
    for holding in holdings {
        let fact = HeldFact {
            entry: Some(EntryReference::from(&holding.reference)),
            reason: holding.reason.word().to_owned(),
        };
        let header = decision_header(holding.header.as_ref(), policy);
        let body = Entry { header, fact: Fact::Held(fact) }.encode();
        let key = StreamKey::new(holding.unit.clone(), own.writer);
        bodies.entry(key).or_default().push(body);
    }
    Ok(bodies)
}

fn own_policy(tx: &dyn Tx) -> Result<u32, StoreError> {
    let policy = setting_number(tx, Setting::Policy)?.unwrap_or(0);
    u32::try_from(policy).map_err(|_| StoreError::Stored("policy"))
}

/// A decision is about the same person, round, day and station as the entry it speaks of.
fn decision_header(of: Option<&Header>, policy: u32) -> Header {
    let told = of.cloned().unwrap_or_default();
    Header {
        person: told.person,
        round: told.round,
        day: told.day,
        station: told.station,
        policy,
        ..Header::default()
    }
}

impl Store {
    /// Every entry ever held that is known here, undecided ones first; on the server and on devices
    /// alike.
    pub fn held(&self) -> Result<Vec<HeldItem>, StoreError> {
        self.read(|tx| {
            let mut items = held_items(tx)?;
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
            let held = held_items(tx)?.into_iter().find(|item| item.reference == *reference);
            let held = held.ok_or(StoreError::Refused(Code::HeldUnknown))?;
            if held.decided.is_some() {
                return Err(StoreError::Refused(Code::NothingToChange));
            }
            let header = find_header(tx, &held.unit, reference)?;
            let fact = LiftedFact {
                entry: Some(EntryReference::from(reference)),
                applied,
                note: note.to_owned(),
            };
            let header = decision_header(header.as_ref(), own_policy(tx)?);
            own.append(tx, &held.unit, &[Entry { header, fact: Fact::Lifted(fact) }])?;
            Ok(())
        })
    }
}

/// Rows of the table `hold`, an entry spoken of each; the first reason by position names it.
fn held_items(tx: &dyn Tx) -> Result<Vec<HeldItem>, StoreError> {
    let sql = "SELECT u.unit, h.writer, h.seq, h.hash8, h.decision, h.words
               FROM hold h JOIN unit_key u ON u.unit_no = h.unit_no
               ORDER BY h.unit_no, h.writer, h.seq, h.hash8, h.decision, h.by_writer_no, h.by_seq";
    let rows = tx.rows(sql, &[], read_hold)?;
    let mut items: Vec<HeldItem> = Vec::new();
    for (unit, reference, decision, words) in rows {
        let same = items.last_mut().filter(|i| i.reference == reference && i.unit == unit);
        match (same, decision) {
            (None, 0) => items.push(held_item(tx, unit, reference, words)?),
            (Some(item), 1) => item.decided = Some(item.decided.unwrap_or(true)),
            (Some(item), 2) => item.decided = Some(false),
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
) -> Result<HeldItem, StoreError> {
    let header = find_header(tx, &unit, &reference)?.unwrap_or_default();
    Ok(HeldItem {
        reason_zh: HoldReason::of_word(&words).map_or(REASON_OTHER_ZH, HoldReason::zh),
        reason: words,
        kind: header.kind,
        day: header.day.and_then(day_date),
        station: u16::try_from(header.station).ok().filter(|s| *s != 0).map(StationCode),
        decided: None,
        reference,
        unit,
    })
}

/// The header of an entry, where the entry is here and has one.
fn find_header(
    tx: &dyn Tx,
    unit: &UnitCode,
    reference: &Reference,
) -> Result<Option<Header>, StoreError> {
    let sql = "SELECT e.body FROM unit_key u JOIN writer w ON w.writer = $2
               JOIN entry e ON e.unit_no = u.unit_no AND e.writer_no = w.writer_no AND e.seq = $3
               WHERE u.unit = $1 AND e.hash8 = $4";
    let params = [
        unit.0.as_str().into(),
        Sql::Blob(&reference.writer.0),
        bits(reference.seq).into(),
        i64::from_be_bytes(reference.hash8).into(),
    ];
    let header = tx.first(sql, &params, |row| Ok(Entry::decode_header(row.blob(0)?).ok()))?;
    Ok(header.flatten())
}
