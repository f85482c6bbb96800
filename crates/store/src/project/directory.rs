//! Units, rounds, operators, examiners and devices, which only a server says, and how laboratories' files are read, which anybody
//! may (`laboratory`): which of several facts about one id stands. The server's
//! stream order decides where they are of one stream; between streams the newer policy, then the greater
//! hash. Few rows: read when asked, never kept twice.

use super::packed::level_of;
use crate::error::StoreError;
use crate::tx::{Tx, unbits};
use domain::catalogue::{Catalogue, OwnLevel, OwnLevels, RoundSetting};
use domain::ids::ItemCode;
use domain::task::TellWithin;
use prost::Message;
use protocol::fact::RoundFact;
use protocol::{Fact, Kind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the directory keeps a fact under; `None` for a fact of another kind.
pub(super) fn directory_id(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Unit(unit) => Some(unit.code.clone()),
        Fact::Round(round) => Some(format!("{:016x}", round.id)),
        Fact::Operator(operator) => Some(format!("{:016x}", operator.id)),
        Fact::Examiner(examiner) => Some(format!("{:016x}", examiner.id)),
        Fact::Enrolment(enrolment) => {
            Some(enrolment.device.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        Fact::Stop(stop) => Some(format!("{:016x} {}", stop.round, stop.unit)),
        Fact::Retirement(retirement) => Some(retirement.unit.clone()),
        Fact::Laboratory(laboratory) => Some(laboratory.name.clone()),
        Fact::Held(_)
        | Fact::Lifted(_)
        | Fact::Roster(_)
        | Fact::Withdrawal(_)
        | Fact::Registration(_)
        | Fact::Correction(_)
        | Fact::Save(_)
        | Fact::Void(_)
        | Fact::Tube(_)
        | Fact::Conclusion(_)
        | Fact::Consent(_)
        | Fact::Step(_)
        | Fact::Issue(_)
        | Fact::Arrival(_)
        | Fact::Confirmation(_)
        | Fact::Delivery(_)
        | Fact::Contact(_) => None,
    }
}

struct Candidate {
    stream: (i64, i64),
    seq: u64,
    rank: (i64, u64),
    payload: Vec<u8>,
}

/// The fact that stands for every id of a kind, as the bytes of its kind, in the order of ids.
pub(crate) fn standing_facts(tx: &dyn Tx, kind: Kind) -> Result<Vec<Vec<u8>>, StoreError> {
    let sql = "SELECT id, unit_no, writer_no, seq, policy, hash8, payload FROM directory
               WHERE kind = $1 ORDER BY id";
    let rows = tx.rows(sql, &[(kind as u32).into()], |row| {
        Ok((row.text(0)?.to_owned(), read_candidate(row)?))
    })?;
    let mut by_id: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
    for (id, candidate) in rows {
        by_id.entry(id).or_default().push(candidate);
    }
    Ok(by_id.into_values().filter_map(stands).collect())
}

fn read_candidate(row: &dyn crate::tx::Row) -> Result<Candidate, StoreError> {
    Ok(Candidate {
        stream: (row.int(1)?, row.int(2)?),
        seq: unbits(row.int(3)?),
        rank: (row.int(4)?, unbits(row.int(5)?)),
        payload: row.blob(6)?.to_vec(),
    })
}

/// The last of each stream, and of those the greatest.
fn stands(candidates: Vec<Candidate>) -> Option<Vec<u8>> {
    let mut last: BTreeMap<(i64, i64), Candidate> = BTreeMap::new();
    for candidate in candidates {
        if last
            .get(&candidate.stream)
            .is_none_or(|known| (known.seq, known.rank) < (candidate.seq, candidate.rank))
        {
            last.insert(candidate.stream, candidate);
        }
    }
    last.into_values().max_by_key(|candidate| candidate.rank).map(|candidate| candidate.payload)
}

/// The fact that stands for one id.
pub(crate) fn standing_fact(
    tx: &dyn Tx,
    kind: Kind,
    id: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT id, unit_no, writer_no, seq, policy, hash8, payload FROM directory
               WHERE kind = $1 AND id = $2";
    Ok(stands(tx.rows(sql, &[(kind as u32).into(), id.into()], read_candidate)?))
}

/// Every fact about one id with the policy version it was said under, the later ones of a stream later.
pub(crate) fn policies_of(
    tx: &dyn Tx,
    kind: Kind,
    id: &str,
) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
    let sql = "SELECT policy, payload FROM directory WHERE kind = $1 AND id = $2
               ORDER BY policy, seq, hash8";
    tx.rows(sql, &[(kind as u32).into(), id.into()], |row| {
        let policy = u32::try_from(row.int(0)?).map_err(|_| StoreError::Stored("policy"))?;
        Ok((policy, row.blob(1)?.to_vec()))
    })
}

/// What a round says of how its checkups are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoundRules {
    /// The catalogue version it stands at.
    pub version: u32,
    /// The levels it sets itself.
    pub levels: OwnLevels,
}

impl RoundRules {
    /// The catalogue that judges it.
    pub fn judging(&self) -> Arc<Catalogue> {
        let (version, levels) = (self.version, self.levels.clone());
        Catalogue::in_force(&RoundSetting { version, levels, ..RoundSetting::default() })
    }
}

/// While the round is not known: no levels of its own, and the version of one that names none.
pub(super) fn round_rules(tx: &dyn Tx, round: u64) -> Result<RoundRules, StoreError> {
    let setting = round_setting(tx, round)?;
    Ok(RoundRules { version: setting.version(), levels: setting.levels })
}

/// What a round sets about its catalogue; nothing while it is not known.
pub(crate) fn round_setting(tx: &dyn Tx, round: u64) -> Result<RoundSetting, StoreError> {
    Ok(round_fact(tx, round)?.map(|fact| setting_of(&fact)).unwrap_or_default())
}

/// An item beyond every catalogue's room is none.
pub(crate) fn setting_of(fact: &RoundFact) -> RoundSetting {
    let items = fact.unpaid_items.iter().filter_map(|item| u16::try_from(*item).ok());
    RoundSetting {
        version: fact.catalogue,
        unpaid_packages: fact.unpaid_packages.iter().cloned().collect(),
        unpaid_items: items.map(ItemCode).collect(),
        levels: own_levels(fact),
    }
}

/// Of two about one class the later stands. Days to be told within are none of a class.
fn own_levels(fact: &RoundFact) -> OwnLevels {
    let classes = fact.levels.iter().filter(|one| one.rule != TellWithin::RULE);
    let own = classes.map(|one| {
        let level = level_of(u8::try_from(one.level).unwrap_or(u8::MAX));
        let due_days = one.due_days.and_then(|days| u16::try_from(days).ok());
        ((one.rule.clone(), one.code.clone()), OwnLevel { level, due_days })
    });
    own.collect()
}

fn round_fact(tx: &dyn Tx, round: u64) -> Result<Option<RoundFact>, StoreError> {
    let payload = standing_fact(tx, Kind::Round, &format!("{round:016x}"))?;
    Ok(payload.and_then(|payload| RoundFact::decode(payload.as_slice()).ok()))
}
