//! Since when what a follow-up rests on was there: a laboratory's report by the clock of whoever took it in, a doctor's own finding by the
//! conclusion, else the day of the save. Not which lines there are (`domain::task`), nor what follows.

use super::conclusion::{Concluded, standing};
use super::current::{Said, Standing};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::facts::differing;
use domain::ids::ItemCode;
use domain::rule::Judgement;
use domain::task::{DOCTOR_RULE, line_key, task_rule};
use protocol::convert::{civil_day, day_date};
use protocol::fact::{AnswerKind, ConcludedFact};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// What is known of one checkup.
pub(crate) struct There<'a> {
    pub catalogue: &'a Catalogue,
    pub judgements: &'a [Judgement],
    pub concluded: &'a [Concluded],
    pub said: &'a [Said],
    values: OnceCell<Standing>,
}

impl<'a> There<'a> {
    pub fn of(
        catalogue: &'a Catalogue,
        judgements: &'a [Judgement],
        concluded: &'a [Concluded],
        said: &'a [Said],
    ) -> There<'a> {
        There { catalogue, judgements, concluded, said, values: OnceCell::new() }
    }

    /// Items of which two values stand.
    pub fn differing(&self) -> BTreeSet<ItemCode> {
        let values = self.values.get_or_init(|| Standing::of(self.catalogue, self.said));
        differing(&values.results())
    }

    /// The day on which a line of a follow-up, by its key, was there first.
    pub fn line(&self, rule: &str, key: &str) -> Option<NaiveDate> {
        if rule != DOCTOR_RULE {
            return self.first(rule, &|one| line_key(self.catalogue, one) == key);
        }
        // Whoever says it again in a later version has said it before.
        let says =
            |one: &ConcludedFact| one.answer == AnswerKind::Added as u32 && one.text.trim() == key;
        let of = self.concluded.iter().filter(|one| one.fact.findings.iter().any(says));
        of.filter_map(|one| one.header.day.and_then(day_date)).min()
    }

    /// The day on which the first of a rule's results was there, of those that `is_of` says; of what a doctor added, the day of the
    /// conclusion that stands.
    pub fn first(&self, rule: &str, is_of: &dyn Fn(&Judgement) -> bool) -> Option<NaiveDate> {
        if rule == DOCTOR_RULE {
            let standing = standing(self.concluded).into_iter();
            return standing.filter_map(|one| one.header.day.and_then(day_date)).min();
        }
        let values = self.values.get_or_init(|| Standing::of(self.catalogue, self.said));
        let of = self.judgements.iter().filter(|one| task_rule(&one.rule) == rule && is_of(one));
        let days = of.filter_map(|one| one.item).filter_map(|item| {
            let current = values.current().filter(|value| value.item == item);
            current.filter_map(|value| day_there(self.said.get(value.said)?)).min()
        });
        days.min()
    }
}

/// A laboratory's results lie in an entry of the day on which blood was drawn: when they were there, the clock alone knows.
fn day_there(one: &Said) -> Option<NaiveDate> {
    let day = one.header.day.and_then(day_date);
    let taken = one.lab().and(one.header.clock.as_ref());
    taken.and_then(|clock| civil_day(clock.unix_ms)).max(day)
}
