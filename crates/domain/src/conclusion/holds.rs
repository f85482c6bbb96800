//! Whether what a doctor said of a finding is said of the value that stands now. Pure. Not which finding an answer names (`named`).

use super::{Answer, Answered};
use crate::catalogue::Catalogue;
use crate::consent::rests_on_closed;
use crate::ids::ItemCode;
use crate::rule::Judgement;
use std::collections::BTreeSet;

impl Answered {
    /// A rejection, and a grading down, is of the value that the doctor had before them: another value of the same class is looked at
    /// anew. What takes nothing away goes on over another value. `differing`: items of which two values stand; of two that make one
    /// class only one is printed, and nobody has looked at the other.
    pub fn holds_of(
        &self,
        cat: &Catalogue,
        judgement: &Judgement,
        differing: &BTreeSet<ItemCode>,
    ) -> bool {
        let differs =
            || rests_on_closed(cat, &judgement.rule, &judgement.code, judgement.item, differing);
        !self.takes_away() || (self.is_of_value(&judgement.value) && !differs())
    }

    /// A rejection, or a grading down.
    pub fn takes_away(&self) -> bool {
        let is_graded_down = self.graded.as_ref().is_some_and(|one| one.level < self.level);
        is_graded_down || matches!(self.answer, Answer::Rejected(_))
    }

    /// As it was printed, with whatever unit the catalogue had then. Every program wrote it, so an empty one is of no value.
    fn is_of_value(&self, value: &str) -> bool {
        let unit = self.value.trim().strip_prefix(value.trim());
        unit.is_some_and(|unit| {
            let is_one_word = unit.split_whitespace().count() == 1;
            unit.is_empty() || (!value.trim().is_empty() && unit.starts_with(' ') && is_one_word)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclusion::Graded;
    use crate::rule::Level;

    #[test]
    fn what_a_doctor_took_away_is_taken_away_of_the_value_that_they_saw_and_of_no_other() {
        let check = |answer: Answer, graded: Option<Level>, (then, now): (&str, &str), holds| {
            let judgement = Judgement {
                rule: "electrolytes".to_owned(),
                code: "potassium_high_critical".to_owned(),
                level: Level::A,
                item: None,
                value: now.to_owned(),
                after_recheck: false,
                due_days: None,
            };
            let graded =
                graded.map(|level| Graded { level, due_days: None, action: String::new() });
            let said = Answered {
                rule: judgement.rule.clone(),
                code: judgement.code.clone(),
                item: None,
                level: judgement.level,
                value: then.to_owned(),
                due_days: None,
                answer,
                graded,
            };
            let cat = Catalogue::builtin();
            assert_eq!(said.holds_of(cat, &judgement, &BTreeSet::new()), holds, "{then} {now}");
            // Of two values that differ one is not looked at; of another item's nothing hangs.
            let item = |key: &str| BTreeSet::from([cat.item_by_key(key).unwrap().code]);
            let potassium = said.holds_of(cat, &judgement, &item("potassium_mmol_l"));
            assert_eq!(potassium, holds && !said.takes_away(), "{then} {now}");
            assert_eq!(said.holds_of(cat, &judgement, &item("hb_g_l")), holds, "{then} {now}");
        };
        let rejected = || Answer::Rejected("溶血".to_owned());
        let reworded = || Answer::Reworded("血钾高".to_owned());
        check(rejected(), None, ("7.1 mmol/L", "7.1"), true);
        check(rejected(), None, ("7.1", "7.1"), true);
        check(rejected(), None, ("7.1 mmol/L", "7.6"), false);
        check(rejected(), None, ("7.1 mmol/L", "7"), false);
        check(rejected(), None, ("7.1 mmol/L", "7.12"), false);
        check(rejected(), None, ("", "7.1"), false);
        check(rejected(), None, ("7.1 mmol/L", ""), false);
        check(rejected(), None, ("", ""), true);
        check(reworded(), Some(Level::C), ("异常", "异常"), true);
        check(reworded(), Some(Level::C), ("异常", "房颤"), false);
        // The controls: what takes nothing away goes on.
        check(reworded(), Some(Level::A), ("异常", "房颤"), true);
        check(reworded(), None, ("7.1 mmol/L", "7.6"), true);
        check(Answer::Accepted, None, ("7.1 mmol/L", "7.6"), true);
    }
}
