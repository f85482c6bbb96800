//! What an examination that was begun still asks for, on the list of a package or not: an answer that its item marks abnormal opens a
//! further one, a class `unfinished` says that its rule cannot tell yet, and what is graded by the worst of several is graded when all are
//! there. Nobody owes the examination itself; whoever has begun it owes
//! its end. Not whether a checkup is concluded (`state`).

use crate::asked::{Answers, answers, is_asked_now};
use crate::catalogue::{Catalogue, Condition, Item, ItemKind, Measure};
use crate::facts::CurrentValue;
use crate::ids::ItemCode;
use crate::rule::Judgement;
use std::collections::{BTreeMap, BTreeSet};

/// The class by which a rule says so (finding_levels.csv).
const UNFINISHED: &str = "unfinished";

/// Items without a value and without a reason, in their order. What the family refused (`refused`) is not owed.
pub fn unfinished(
    cat: &Catalogue,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
    judgements: &[Judgement],
    refused: &BTreeSet<ItemCode>,
) -> Vec<ItemCode> {
    let known = answers(results);
    let mut owed: BTreeSet<ItemCode> = cat
        .items
        .iter()
        .filter(|item| is_opened_by_abnormal(cat, item) && is_asked_now(cat, item, &known))
        .map(|item| item.code)
        .collect();
    let classes = judgements.iter().filter(|judgement| judgement.code == UNFINISHED);
    for item in classes.flat_map(|judgement| told_by(cat, judgement)) {
        owed.extend(first_open(cat, item, &known));
    }
    for items in judgements.iter().filter_map(|judgement| graded_by_worst(cat, judgement)) {
        owed.extend(items.iter().filter(|item| is_open(cat, **item, &known)));
    }
    owed.retain(|item| !known.contains_key(item) && !refused.contains(item));
    owed.into_iter().collect()
}

/// A further examination: a number or a choice behind answers that are all abnormal. Words about what was found may be left out (030).
fn is_opened_by_abnormal(cat: &Catalogue, item: &Item) -> bool {
    let Some(on) = item.shown_if.as_ref().filter(|on| !on.choices.is_empty()) else {
        return false;
    };
    let is_examined = !matches!(item.kind, ItemKind::Text { .. }) && !item.derived;
    let Some(gate) = cat.item(on.item) else { return false };
    let is_abnormal =
        |code: &u16| gate.choices().iter().any(|one| one.code == *code && one.abnormal);
    is_examined && on.choices.iter().all(is_abnormal)
}

/// The items that decide between the other classes of the rule where it cannot tell yet.
fn told_by(cat: &Catalogue, judgement: &Judgement) -> Vec<ItemCode> {
    let Some(rule) = cat.rule(&judgement.rule) else { return Vec::new() };
    let slot = rule.classes.iter().find(|class| class.code == judgement.code);
    let Some(slot) = slot.map(|class| &class.slot) else { return Vec::new() };
    let others = rule
        .classes
        .iter()
        .filter(|class| class.on && &class.slot == slot && class.code != judgement.code);
    let conditions = others.flat_map(|class| &class.all);
    conditions
        .flat_map(|condition| match condition {
            Condition::Number { measure, .. } => measure.reads(),
            Condition::Choice { item, .. }
            | Condition::Phrase { item, .. }
            | Condition::Ungraded { item } => vec![*item],
        })
        .collect()
}

/// The items of whose worst a class was made that an examination opens (`rests_on_all`): of what one of them was not measured, the worst
/// is not known.
fn graded_by_worst<'c>(cat: &'c Catalogue, judgement: &Judgement) -> Option<&'c [ItemCode]> {
    let classes = cat.rule(&judgement.rule)?.classes.iter();
    let mut given = classes.filter(|one| one.rests_on_all && one.code == judgement.code);
    given.find_map(|class| {
        class.all.iter().find_map(|condition| match condition {
            Condition::Number { measure: Measure::Highest(items), .. } => Some(items.as_slice()),
            Condition::Number { .. }
            | Condition::Choice { .. }
            | Condition::Phrase { .. }
            | Condition::Ungraded { .. } => None,
        })
    })
}

fn is_open(cat: &Catalogue, item: ItemCode, known: &Answers) -> bool {
    cat.item(item).is_some_and(|item| is_asked_now(cat, item, known))
}

/// The item, or the question it hangs on that nobody has answered; none where an answer has closed it.
fn first_open(cat: &Catalogue, item: ItemCode, known: &Answers) -> Option<ItemCode> {
    let item = cat.item(item)?;
    match &item.shown_if {
        Some(on) if !known.contains_key(&on.item) => first_open(cat, on.item, known),
        Some(_) if !is_asked_now(cat, item, known) => None,
        Some(_) | None => Some(item.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Subject;
    use crate::facts::PersonKind;
    use crate::rule::judge;
    use crate::value::{AbsentReason, Decimal, Value};
    use chrono::NaiveDate;

    fn owed(said: &[(&str, Value)]) -> Vec<String> {
        let cat = Catalogue::builtin();
        let day = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let birth = NaiveDate::from_ymd_opt(2016, 3, 1);
        let subject = Subject { kind: PersonKind::Pupil, sex: None, birth, day };
        let code = |key: &str| cat.item_by_key(key).unwrap().code;
        let values: BTreeMap<ItemCode, Value> =
            said.iter().map(|(key, value)| (code(key), value.clone())).collect();
        let judgements = judge(cat, &subject, &values);
        let current = |value: &Value| vec![CurrentValue { value: value.clone(), unusual: false }];
        let results = values.iter().map(|(item, value)| (*item, current(value))).collect();
        let owed = unfinished(cat, &results, &judgements, &BTreeSet::new());
        owed.iter().map(|item| cat.item(*item).unwrap().key.clone()).collect()
    }

    fn choice(key: &str, choice: &str) -> Value {
        let item = Catalogue::builtin().item_by_key(key).unwrap();
        Value::Choice(item.choice(choice).unwrap().code)
    }

    #[test]
    fn an_examination_that_was_begun_owes_its_end_and_one_that_was_not_owes_nothing() {
        let shoulders = ("spine_shoulders", choice("spine_shoulders", "unequal"));
        let motion = |said: &str| ("spine_motion_test", choice("spine_motion_test", said));
        let after = |segment: &'static str| (segment, Value::Number(Decimal::new(3, 0)));
        let degrees =
            ["atr_thoracic_after_deg", "atr_thoracolumbar_after_deg", "atr_lumbar_after_deg"];
        assert_eq!(owed(std::slice::from_ref(&shoulders)), ["spine_motion_test"]);
        assert_eq!(owed(&[shoulders.clone(), motion("yes")]), degrees);
        let two = [shoulders.clone(), motion("yes"), after(degrees[0]), after(degrees[1])];
        assert_eq!(owed(&two), degrees[2..]);
        // GB/T 16133-2014 grades by the worst of three: one bent segment is a finding, and the others are still to be measured.
        let bent = |segment: &'static str| (segment, Value::Number(Decimal::new(6, 0)));
        let one_bent = [shoulders.clone(), motion("yes"), bent(degrees[1])];
        assert_eq!(owed(&one_bent), [degrees[0], degrees[2]]);
        let all_but = [&one_bent[..], &[after(degrees[0]), after(degrees[2])]].concat();
        assert_eq!(owed(&all_but), [""; 0]);
        let bent = ("spine_sagittal", choice("spine_sagittal", "kyphosis"));
        assert_eq!(owed(&[bent]), ["spine_prone_test"]);
        let positive = ("elder_cognition_screen", choice("elder_cognition_screen", "positive"));
        assert_eq!(owed(&[positive]), ["mmse_score"]);
        // Controls: nothing found, all of it done, a reason in its place, and words about a finding.
        assert_eq!(owed(&[]), Vec::<String>::new());
        let equal = ("spine_shoulders", choice("spine_shoulders", "equal"));
        assert_eq!(owed(&[equal]), Vec::<String>::new());
        let all = [two.as_slice(), &[after(degrees[2])]].concat();
        assert_eq!(owed(&all), Vec::<String>::new());
        let why = ("spine_motion_test", Value::Absent(AbsentReason::Refused));
        assert_eq!(owed(&[shoulders, why]), Vec::<String>::new());
        let spine = ("pupil_spine", choice("pupil_spine", "abnormal"));
        assert_eq!(owed(&[spine]), Vec::<String>::new());
    }
}
