//! Conclusions about checkups: which entries are one, and how a checkup stands to them. The table says only where they
//! lie; what one says is read from its entry. Whether a signature still stands follows from the entries alone: what was
//! signed over, against what is current now.

use super::Results;
use super::about::{About, AboutTable, facts_about};
use super::checkup::{CheckupRow, Input};
use super::current::{Said, Standing};
use super::packed::level_of;
use super::people::group_of;
use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Tx, bits};
use domain::catalogue::Catalogue;
use domain::conclusion::{ConclusionState, changed, is_answered};
use domain::ids::{ItemCode, PersonId};
use domain::rule::Judgement;
use ledger::Reference;
use protocol::fact::{AnswerKind, ConclusionFact, EntryReference};
use protocol::{Fact, Header};
use std::collections::BTreeSet;

/// One conclusion, read from its entry.
#[derive(Debug, Clone)]
pub(crate) struct Concluded {
    pub reference: Reference,
    /// Where else equal bytes stand.
    pub(super) also: Vec<Reference>,
    pub header: Header,
    pub fact: ConclusionFact,
}

impl Concluded {
    fn is_named(&self, names: &BTreeSet<Reference>) -> bool {
        std::iter::once(&self.reference).chain(&self.also).any(|at| names.contains(at))
    }
}

/// What has become of a checkup since it was signed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Since {
    /// Entries signed over that are not here (yet).
    pub missing: usize,
    pub changed: BTreeSet<ItemCode>,
    /// The rules propose something else than what was answered.
    pub is_judged_otherwise: bool,
}

impl Since {
    pub fn is_same(&self) -> bool {
        self.missing == 0 && self.changed.is_empty() && !self.is_judged_otherwise
    }
}

impl Work<'_> {
    /// Puts the row of one conclusion in, or takes it out. Its checkup is settled afterwards.
    pub(super) fn place_conclusion(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        if self.place_about(AboutTable::Conclusion, one, put)? {
            self.has_conclusions = Some(true);
        }
        Ok(())
    }

    /// The checkup's state, swapped with the row that goes with it.
    pub(super) fn settle_conclusion(
        &mut self,
        round: u64,
        canon: PersonId,
        made: Option<(&Input, &CheckupRow)>,
    ) -> Result<(), StoreError> {
        if !self.may_have_conclusions()? {
            return Ok(());
        }
        let state = match made {
            None => ConclusionState::None,
            Some((input, row)) => {
                let all = conclusions_of(self.tx, round, &group_of(self.tx, canon)?)?;
                state_of(self.catalogue, &all, input, row)?
            }
        };
        let key = [bits(round).into(), canon.0.as_bytes().into(), state.number().into()];
        if state == ConclusionState::None {
            let sql = "DELETE FROM concluded WHERE round = $1 AND person = $2";
            self.tx.exec(sql, &key[..2])?;
        } else {
            let sql = "INSERT INTO concluded (round, person, state) VALUES ($1, $2, $3)
                       ON CONFLICT (round, person) DO UPDATE SET state = excluded.state";
            self.tx.exec(sql, &key)?;
        }
        Ok(())
    }

    /// False while nobody has concluded anything: then nothing is looked up for each checkup.
    pub(super) fn may_have_conclusions(&mut self) -> Result<bool, StoreError> {
        if let Some(known) = self.has_conclusions {
            return Ok(known);
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM conclusion) + EXISTS (SELECT 1 FROM concluded)";
        let has = self.tx.int(sql, &[])?.is_some_and(|tables| tables > 0);
        Ok(*self.has_conclusions.insert(has))
    }
}

/// Every applied conclusion about one checkup, whichever of the person's ids it names, in the order of versions.
pub(crate) fn conclusions_of(
    tx: &dyn Tx,
    round: u64,
    group: &[PersonId],
) -> Result<Vec<Concluded>, StoreError> {
    let found = facts_about(tx, AboutTable::Conclusion, round, group)?.into_iter();
    let mut all: Vec<Concluded> = found
        .filter_map(|About { reference, also, header, fact }| match fact {
            Fact::Conclusion(fact) => Some(Concluded { reference, also, header, fact }),
            _ => None,
        })
        .collect();
    all.sort_by_key(|one| (one.fact.version, one.reference));
    Ok(all)
}

/// Those that no other names. Each names all that was known, so nobody is reached through a third.
pub(crate) fn standing(all: &[Concluded]) -> Vec<&Concluded> {
    let names: BTreeSet<Reference> = all.iter().flat_map(|one| references(&one.fact.saw)).collect();
    all.iter().filter(|one| !one.is_named(&names)).collect()
}

pub(crate) fn references(seen: &[EntryReference]) -> impl Iterator<Item = Reference> {
    seen.iter().filter_map(|reference| Reference::try_from(reference).ok())
}

fn state_of(
    catalogue: &Catalogue,
    all: &[Concluded],
    input: &Input,
    row: &CheckupRow,
) -> Result<ConclusionState, StoreError> {
    let standing = standing(all);
    if standing.iter().all(|one| one.fact.withdrawn) {
        return Ok(ConclusionState::None);
    }
    let state = match standing.as_slice() {
        [only] => {
            let judged_at = |version| Ok(input.judged_at(version));
            let (said, results) = (&input.said, &row.results);
            let since = since(catalogue, only, said, results, &row.judgements, &judged_at)?;
            if since.is_same() { ConclusionState::Signed } else { ConclusionState::LookAgain }
        }
        [] | [_, ..] => ConclusionState::Conflict,
    };
    Ok(state)
}

/// What has become of everything since one conclusion was signed. A round that has moved to another version since takes
/// nothing from a signature: it stands as long as the version it was given under (`judged_at`) says what was answered.
pub(crate) fn since(
    catalogue: &Catalogue,
    one: &Concluded,
    said: &[Said],
    results: &Results,
    judgements: &[Judgement],
    judged_at: &dyn Fn(u32) -> Result<Option<Vec<Judgement>>, StoreError>,
) -> Result<Since, StoreError> {
    let (then, missing) = seen_then(catalogue, &one.fact, said);
    let findings = one.fact.findings.iter();
    let answered = findings.filter(|f| f.answer != AnswerKind::Added as u32).map(|finding| {
        let level = u8::try_from(finding.level).unwrap_or(u8::MAX);
        let item = u16::try_from(finding.item).ok().filter(|code| *code != 0).map(ItemCode);
        ((finding.rule.as_str(), finding.code.as_str(), item), level_of(level))
    });
    let is_said = |judged: &[Judgement]| is_answered(judged, answered.clone());
    let is_judged_otherwise = !is_said(judgements)
        && !judged_at(one.fact.catalogue)?.is_some_and(|judged| is_said(&judged));
    // Sex or birth date put right may print another number of the same class: what was taken away is not taken away of that.
    let conclusion = one.fact.conclusion().ok();
    let taken_away = conclusion.iter().flat_map(|one| &one.findings).filter(|f| f.takes_away());
    let is_of_another = taken_away
        .filter_map(|f| Some((f, f.of(judgements)?)))
        .any(|(f, of)| !f.holds_of(catalogue, of, &BTreeSet::new()));
    let is_judged_otherwise = is_judged_otherwise || is_of_another;
    Ok(Since { missing, changed: changed(&then, results), is_judged_otherwise })
}

/// The values that were current for whoever signed, and how many of the entries signed over are not here. What was
/// signed over counts as applied; what was not still connects, as a held entry does.
pub(crate) fn seen_then(
    catalogue: &Catalogue,
    fact: &ConclusionFact,
    said: &[Said],
) -> (Results, usize) {
    let seen: BTreeSet<Reference> = references(&fact.seen).collect();
    let mut here: BTreeSet<Reference> = BTreeSet::new();
    let then = said.iter().map(|one| {
        let mut is_seen = false;
        for at in std::iter::once(&one.reference).chain(&one.also).filter(|at| seen.contains(at)) {
            here.insert(*at);
            is_seen = true;
        }
        Said { is_applied: is_seen, ..one.clone() }
    });
    let then: Vec<Said> = then.collect();
    (Standing::of(catalogue, &then).results(), seen.len() - here.len())
}
