//! Saving a station's form, and putting a value right. 已保存 is this answer: the commit has returned.

use super::cells::finding_row;
use super::station::{
    Sitting, against_answers, asked_only, judged, recheck, typed_value, with_typed,
};
use super::{Opened, SAVES_KEPT_MAX, Today};
use crate::home::failed;
use crate::record_plan::StationShare;
use crate::result::ResultChange;
use domain::catalogue::Catalogue;
use domain::check::{Band, check};
use domain::derived;
use domain::facts::CurrentValue;
use domain::ids::ItemCode;
use domain::rule::Judgement;
use office::Moment;
use protocol::fact::{EntryReference, SawFact};
use protocol::rpc::station::{
    BandWord, ChangeAsk, Changed, FormAsk, ItemVerdict, SaveAsk, Saved, Typed,
};
use protocol::{Code, Failure};
use std::borrow::Cow;
use std::collections::BTreeMap;

impl Opened {
    /// Saves what was typed as one entry: all of it or, where an item is impossible or an unusual one was not
    /// confirmed, nothing. A value that stands already is not written again, and one of a question that is not asked is
    /// not written: the answer says so.
    pub(super) fn save(&mut self, ask: &SaveAsk) -> Result<Saved, Failure> {
        let tried = self.saves.iter().rposition(|(asked, _)| asked.save_id == ask.save_id);
        let asked = ask.clone();
        let mut ask = Cow::Borrowed(ask);
        if let Some((before, saved)) = tried.and_then(|at| self.saves.get(at)) {
            if is_same(before, &asked) {
                return Ok(saved.clone());
            }
            // Answers to earlier tries were lost and the form changed since: what those wrote is what it replaces.
            let tries = self.saves.iter().filter(|(tried, _)| tried.save_id == asked.save_id);
            let written = tries.map(|(_, saved)| saved.entry.clone());
            let mut again = ask.into_owned();
            again.saw.extend(written.filter(|entry| !entry.is_empty()));
            ask = Cow::Owned(again);
        }
        let ask = &*ask;
        let today = self.today()?;
        let form = FormAsk { person: ask.person.clone(), station: ask.station.clone() };
        self.refuse_other_stop(&form)?;
        let sitting = self.sitting(&today, &ask.person, &ask.station)?;
        let (values, left_out) = asked_only(&sitting, &ask.values);
        let refused = refused(&sitting, &values);
        if !refused.is_empty() {
            return self.saved(&today, &sitting, 0, Vec::new(), refused);
        }
        let fresh = fresh(&sitting, &values);
        let all = with_typed(&sitting, &values);
        let judgements = sitting.judge(&all);
        let findings = findings_here(&sitting, &judgements);
        let count = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
        let entry = match fresh.is_empty() {
            true => String::new(),
            false => self.write(&today, &sitting, ask, fresh, &findings)?,
        };
        self.draft_drop(&form)?;
        // Read anew: the row and the repeat still owed are told as they stand now.
        let sitting = self.sitting(&today, &ask.person, &ask.station)?;
        let mut saved = self.saved(&today, &sitting, count, findings, Vec::new())?;
        saved.open = left_out.into_iter().chain(saved.open).collect();
        saved.entry = entry;
        self.saves.push_back((asked, saved.clone()));
        if self.saves.len() > SAVES_KEPT_MAX {
            self.saves.pop_front();
        }
        Ok(saved)
    }

    fn write(
        &mut self,
        today: &Today,
        sitting: &Sitting,
        ask: &SaveAsk,
        fresh: BTreeMap<ItemCode, CurrentValue>,
        findings: &[Judgement],
    ) -> Result<String, Failure> {
        let mut acting = self.acting(today, Some(&ask.station))?;
        if ask.examiner.is_some() {
            acting.examiner = self.home.examiner(ask.examiner.as_deref())?;
        }
        let items: Vec<u32> = fresh.keys().map(|item| u32::from(item.0)).collect();
        let saw = saw(&ask.saw, &items)?;
        let share = StationShare {
            station: sitting.station.code,
            results: fresh.into_iter().collect(),
            findings: findings.to_vec(),
        };
        let catalogue = sitting.catalogue.clone();
        let entry = self.home.save_entry(&catalogue, &acting, sitting.person, &share, saw, "")?;
        let written = self.home.store.append(&today.unit, &[entry]).map_err(failed)?;
        Ok(written.first().map(office::print_reference).unwrap_or_default())
    }

    fn saved(
        &self,
        today: &Today,
        sitting: &Sitting,
        results: u32,
        findings: Vec<Judgement>,
        refused: Vec<ItemVerdict>,
    ) -> Result<Saved, Failure> {
        let standing = sitting.standing();
        let judgements = sitting.judge(&standing);
        Ok(Saved {
            saved_at: Moment::at(self.home.host.unix_ms()).as_of,
            results,
            findings: findings.iter().map(|f| finding_row(f, &today.round.name)).collect(),
            recheck: recheck(sitting, &judgements, &standing),
            open: against_answers(&sitting.answers()),
            row: self.row(sitting.person, Some(today))?,
            entry: String::new(),
            refused,
        })
    }

    pub(super) fn amend(&mut self, ask: &ChangeAsk) -> Result<Changed, Failure> {
        let change = self.change(ask)?;
        let amended = self.home.amend_result(&change, &ask.text)?;
        Ok(Changed { entry: amended.entry, replaced: amended.replaced })
    }

    pub(super) fn choose(&mut self, ask: &ChangeAsk) -> Result<Changed, Failure> {
        // It was asked about where it was recorded.
        let change = ResultChange { confirmed: true, ..self.change(ask)? };
        let amended = self.home.choose_result(&change, &ask.text)?;
        Ok(Changed { entry: amended.entry, replaced: amended.replaced })
    }

    pub(super) fn void(&mut self, ask: &ChangeAsk) -> Result<Changed, Failure> {
        let change = self.change(ask)?;
        let amended = self.home.void_result(&change)?;
        Ok(Changed { entry: amended.entry, replaced: amended.replaced })
    }

    fn change(&self, ask: &ChangeAsk) -> Result<ResultChange, Failure> {
        let today = self.today()?;
        let operator = self.worker.as_ref().and_then(|worker| worker.operator);
        Ok(ResultChange {
            round: today.choice.round,
            person: ask.person.clone(),
            item: ask.item.clone(),
            reason: ask.reason.clone(),
            operator: operator.map(|operator| operator.to_string()),
            examiner: None,
            saw: saw_of(&ask.saw)?,
            confirmed: ask.confirmed,
        })
    }
}

/// A second press, or the same form sent again: what it had been shown is told anew by each.
fn is_same(before: &SaveAsk, again: &SaveAsk) -> bool {
    before.person == again.person
        && before.station == again.station
        && before.values == again.values
        && before.examiner == again.examiner
}

/// Entries as a screen names them.
fn saw_of(entries: &[String]) -> Result<Vec<ledger::Reference>, Failure> {
    let malformed = |_| Failure::at(Code::RequestMalformed, "saw");
    entries.iter().map(|entry| office::parse_reference(entry).map_err(malformed)).collect()
}

/// What cannot be saved as it is: impossible, unreadable, or unusual and not confirmed.
fn refused(sitting: &Sitting, values: &[Typed]) -> Vec<ItemVerdict> {
    let verdicts = judged(sitting, values).items;
    let confirmed = |verdict: &ItemVerdict| {
        values.iter().any(|typed| typed.item == verdict.item && typed.confirmed)
    };
    let is_refused = |verdict: &ItemVerdict| match verdict.band {
        BandWord::Impossible => true,
        BandWord::Unusual => !confirmed(verdict),
        BandWord::Empty | BandWord::Fine => false,
    };
    verdicts.into_iter().filter(is_refused).collect()
}

/// The values that are new: of this station, and not the one value that stands.
fn fresh(sitting: &Sitting, values: &[Typed]) -> BTreeMap<ItemCode, CurrentValue> {
    let catalogue = Catalogue::builtin();
    let mut fresh = BTreeMap::new();
    for typed in values {
        let item = catalogue.item_by_key(&typed.item).filter(|item| !item.derived);
        let Some(item) = item.filter(|item| sitting.station.items.contains(&item.code)) else {
            continue;
        };
        let Some(Ok(value)) = typed_value(item, typed) else { continue };
        let stands = sitting.current.get(&item.code).map(Vec::as_slice).unwrap_or_default();
        if matches!(stands, [(only, _)] if only.value == value) {
            continue;
        }
        let unusual = match check(catalogue, &sitting.subject, item, &value) {
            Band::Fine => false,
            Band::Unusual | Band::Impossible => true,
        };
        fresh.insert(item.code, CurrentValue { value, unusual });
    }
    fresh
}

/// Findings that rest on this station's items, as they are shown here.
fn findings_here(sitting: &Sitting, judgements: &[Judgement]) -> Vec<Judgement> {
    let catalogue = Catalogue::builtin();
    // What one recorded item is made into, is told where that is recorded: DMFT at the chart of teeth.
    let is_of_here = |item: ItemCode| match derived::parts(catalogue, item).as_slice() {
        [part] => sitting.station.items.contains(part),
        _ => sitting.station.items.contains(&item),
    };
    let rests_here = |j: &&Judgement| j.item.is_some_and(is_of_here);
    judgements.iter().filter(|j| j.level.is_finding()).filter(rests_here).cloned().collect()
}

/// What the form showed when it was opened, named by the items now replaced.
fn saw(entries: &[String], items: &[u32]) -> Result<Vec<SawFact>, Failure> {
    let fact = |reference: &ledger::Reference| SawFact {
        entry: Some(EntryReference::from(reference)),
        items: items.to_vec(),
    };
    Ok(saw_of(entries)?.iter().map(fact).collect())
}
