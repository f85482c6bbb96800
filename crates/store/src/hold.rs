//! Holding entries: kept, not applied, shown to a person with the reason until one decides. The server
//! judges what it takes and says so in its own streams, so every replica and every rebuild agrees. The list, and
//! deciding, are `held`'s.
//!
//! Not waiting: an entry whose kind or catalogue is newer than this program is neither judged nor
//! held, it waits here and ends waiting by an upgrade. A stream goes on behind a held entry.

use crate::append::{Incoming, Own};
use crate::error::StoreError;
use crate::policy::{Scopes, policy_now};
use crate::setting::{Setting, setting_text};
use crate::tx::Tx;
use domain::catalogue::Catalogue;
use domain::check::is_possible;
use domain::ids::{ItemCode, UnitCode};
use ledger::{Reference, Seq, StreamKey, UnitKey, WriterId};
use protocol::fact::{EntryReference, HeldFact, SaveFact, SawFact};
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
    /// Beyond what was known of the device's streams when it was revoked.
    Revoked = "revoked", "设备停用之后才收到，需要核实";
    /// An item that the catalogue does not have, or that is computed and never recorded.
    UnknownItem = "unknown_item", "项目不在目录中";
    /// A value beyond its item's hard limits, or of another kind than the item's.
    ImpossibleValue = "impossible_value", "数值超出可能的范围";
}

impl HoldReason {
    pub fn of_word(word: &str) -> Option<HoldReason> {
        HoldReason::ALL.iter().copied().find(|reason| reason.word() == word)
    }

    /// True where the writer may not be given the stream that says so, because it is of a unit that is not the
    /// writer's: then it is said in the district's, which every device has.
    pub(crate) fn is_said_in_district(self) -> bool {
        match self {
            HoldReason::OutsideUnits => true,
            HoldReason::Malformed
            | HoldReason::ServerOnly
            | HoldReason::PolicyFell
            | HoldReason::Revoked
            | HoldReason::UnknownItem
            | HoldReason::ImpossibleValue => false,
        }
    }
}

/// Judges bodies at their places by what the device might do under the policy each names, by its revocations and by the
/// catalogue. What depends on the stream (a falling policy) is judged when the entry gets its place.
pub(crate) fn judge_range(
    catalogue: &Catalogue,
    scopes: &Scopes,
    unit: &UnitKey,
    bodies: &mut [Incoming],
    places: &[(WriterId, Seq)],
) {
    let code = UnitCode(unit.as_str().to_owned());
    for (incoming, (writer, seq)) in bodies.iter_mut().zip(places) {
        let policy = incoming.header.as_ref().map_or(0, |header| header.policy);
        let is_beyond = scopes.revocations.hold(unit.as_str(), writer, *seq, policy);
        incoming.reason = is_beyond
            .then_some(HoldReason::Revoked)
            .or_else(|| judge(catalogue, scopes.covers(policy, &code), incoming));
    }
}

fn judge(catalogue: &Catalogue, is_in_units: bool, incoming: &Incoming) -> Option<HoldReason> {
    let (header, fact) = match (&incoming.header, &incoming.fact) {
        (Some(header), Ok(fact)) => (header, fact),
        (_, Err(EntryError::UnknownKind)) => {
            return (!is_in_units).then_some(HoldReason::OutsideUnits);
        }
        (None, Ok(_)) | (_, Err(EntryError::Malformed | EntryError::Invalid)) => {
            return Some(HoldReason::Malformed);
        }
    };
    if fact.kind().is_server_only() {
        return Some(HoldReason::ServerOnly);
    }
    if !is_in_units {
        return Some(HoldReason::OutsideUnits);
    }
    if !is_complete(header, fact) {
        return Some(HoldReason::Malformed);
    }
    match fact {
        Fact::Save(save) => judge_save(catalogue, save),
        Fact::Roster(_)
        | Fact::Withdrawal(_)
        | Fact::Registration(_)
        | Fact::Correction(_)
        | Fact::Void(_)
        | Fact::Tube(_)
        | Fact::Conclusion(_)
        | Fact::Consent(_)
        | Fact::Step(_)
        | Fact::Issue(_)
        | Fact::Arrival(_)
        | Fact::Confirmation(_)
        | Fact::Delivery(_)
        | Fact::Laboratory(_)
        | Fact::Contact(_)
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
fn is_complete(header: &Header, fact: &Fact) -> bool {
    let has_person = !header.person.is_empty();
    let in_checkup = has_person && header.round != 0;
    match fact {
        Fact::Save(save) => in_checkup && has_whole_references(&save.saw),
        Fact::Void(void) => in_checkup && has_whole_references(&void.saw),
        Fact::Tube(tube) => {
            let has_code = domain::tube::read_code(&tube.code).is_some_and(|c| c == tube.code);
            in_checkup && has_code && tube.saw.iter().all(is_whole)
        }
        Fact::Conclusion(fact) => {
            let are_whole = fact.seen.iter().chain(&fact.saw).all(is_whole);
            // Who signs is named; a later one says why; a withdrawal withdraws something.
            let is_said = fact.saw.is_empty() || !fact.reason.trim().is_empty();
            let says = if fact.withdrawn { !fact.saw.is_empty() } else { !fact.seen.is_empty() };
            let is_signed = header.operator != 0 && fact.version > 0;
            in_checkup && is_signed && are_whole && is_said && says && fact.conclusion().is_ok()
        }
        Fact::Consent(fact) => in_checkup && fact.saw.iter().all(is_whole),
        // Who says it is named.
        Fact::Step(fact) => in_checkup && header.operator != 0 && fact.is_whole(),
        Fact::Issue(fact) => {
            let says = !fact.purpose.trim().is_empty() && fact.digest.len() == 32;
            header.round != 0 && header.operator != 0 && says
        }
        Fact::Arrival(fact) => header.round != 0 && header.day.is_some() && fact.is_whole(),
        Fact::Confirmation(fact) => in_checkup && header.operator != 0 && fact.is_whole(),
        Fact::Delivery(fact) => in_checkup && header.operator != 0 && fact.is_whole(),
        Fact::Laboratory(fact) => fact.is_whole(),
        Fact::Contact(fact) => header.operator != 0 && fact.is_whole(),
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
        match result.value(item.decimals()) {
            Ok(value) if is_possible(item, &value) => None,
            Ok(_) | Err(_) => Some(HoldReason::ImpossibleValue),
        }
    })
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
    let policy = policy_now(tx, true)?;
    let mut bodies: BTreeMap<StreamKey, Vec<Vec<u8>>> = BTreeMap::new();
    for holding in holdings {
        let place = SaidAt::of(tx, &holding.unit, Some(holding.reason))?;
        let fact = HeldFact {
            entry: Some(EntryReference::from(&holding.reference)),
            reason: holding.reason.word().to_owned(),
            unit: place.named.clone(),
        };
        let header = place.header(holding.header.as_ref(), policy);
        let body = Entry { header, fact: Fact::Held(fact) }.encode();
        bodies.entry(StreamKey::new(place.unit, own.writer)).or_default().push(body);
    }
    Ok(bodies)
}

/// Where a hold or a decision about an entry is said.
pub(crate) struct SaidAt {
    /// The unit whose stream it goes into.
    pub unit: UnitKey,
    /// The entry's unit where that is another; empty otherwise.
    pub named: String,
}

impl SaidAt {
    /// For an entry of this unit that is held for this reason; `None`: one of a newer program.
    pub fn of(
        tx: &dyn Tx,
        unit: &UnitKey,
        reason: Option<HoldReason>,
    ) -> Result<SaidAt, StoreError> {
        let here = SaidAt { unit: unit.clone(), named: String::new() };
        if !reason.is_some_and(HoldReason::is_said_in_district) {
            return Ok(here);
        }
        // A server that has no district yet has no stream that every device reads.
        let district = setting_text(tx, Setting::District)?;
        let district = district.and_then(|text| UnitKey::try_new(&text).ok());
        Ok(match district.filter(|district| district != unit) {
            Some(district) => SaidAt { unit: district, named: unit.to_string() },
            None => here,
        })
    }

    /// What is said is about the same round, day and station as the entry; about its person only where no other
    /// units' devices read it.
    pub fn header(&self, of: Option<&Header>, policy: u32) -> Header {
        let told = of.cloned().unwrap_or_default();
        Header {
            person: if self.named.is_empty() { told.person } else { Vec::new() },
            round: told.round,
            day: told.day,
            station: told.station,
            policy,
            ..Header::default()
        }
    }
}
