//! What a checkup's current values mean, with what stations have shown before. Pure. The rules are
//! `domain::rule`'s; here only: a finding that was shown stays until a person amends its basis.

use super::current::{Said, Saying, Standing};
use super::packed::level_of;
use super::repeated::unrepeated;
use domain::catalogue::{Catalogue, Class, Condition, Rule, print_value};
use domain::check::Subject;
use domain::ids::ItemCode;
use domain::rule::{Current, Judgement, Measured, judge_measured, judged_once};
use protocol::fact::FindingFact;

/// Every judgement of a checkup, the gravest first. `by`: the version that judges, at the round's own levels; the program's catalogue knows every
/// class that was ever shown, whatever version showed it.
pub(crate) fn judgements(
    catalogue: &Catalogue,
    by: &Catalogue,
    subject: &Subject,
    standing: &Standing,
    said: &[Said],
) -> Vec<Judgement> {
    let mut current = Current::new();
    let unrepeated = unrepeated(by, standing, said);
    for given in standing.current() {
        let is_unrepeated = unrepeated.contains(&(given.said, given.item));
        let measured = Measured { value: &given.value.value, own: given.own, is_unrepeated };
        current.entry(given.item).or_default().push(measured);
    }
    let mut all = judge_measured(by, subject, &current);
    for shown in shown_and_not_amended(catalogue, standing, said) {
        add_shown(catalogue, &mut all, shown);
    }
    // What was shown by one of several rules that share an answer (空腹 or not), as well.
    judged_once(catalogue, &mut all);
    all.sort_by(|a, b| {
        b.level.cmp(&a.level).then_with(|| (&a.rule, &a.code).cmp(&(&b.rule, &b.code)))
    });
    all
}

/// A shown finding joins what was judged now. Of one slot (an analyte, a pressure) the gravest counts: it is
/// the same finding, judged again.
fn add_shown(catalogue: &Catalogue, all: &mut Vec<Judgement>, shown: Judgement) {
    let same_slot = |judgement: &Judgement| {
        judgement.rule == shown.rule && slot(catalogue, judgement) == slot(catalogue, &shown)
    };
    if all.iter().any(|judgement| same_slot(judgement) && judgement.level >= shown.level) {
        return;
    }
    match all.iter_mut().find(|judgement| same_slot(judgement) && judgement.code == shown.code) {
        Some(judgement) => judgement.level = shown.level,
        None => {
            all.retain(|judgement| !same_slot(judgement));
            all.push(shown);
        }
    }
}

/// Lipids have a slot for each analyte, departments one each; a class nobody knows is its own.
fn slot<'a>(catalogue: &'a Catalogue, judgement: &'a Judgement) -> &'a str {
    let on: Vec<u32> = judgement.item.iter().map(|item| u32::from(item.0)).collect();
    class(catalogue, &judgement.rule, &judgement.code, &on)
        .map_or(judgement.code.as_str(), |(_, class)| class.slot.as_str())
}

/// A class by its code; where several slots have it (a department each), the one that reads one of these items.
fn class<'a>(
    catalogue: &'a Catalogue,
    rule: &str,
    code: &str,
    on: &[u32],
) -> Option<(&'a Rule, &'a Class)> {
    let rule = catalogue.rule(rule)?;
    let mut named = rule.classes.iter().filter(|class| class.code == code);
    let is_on = |class: &&Class| reads(rule, class).iter().any(|item| on.contains(item));
    let class = named.clone().find(is_on).or_else(|| named.next())?;
    Some((rule, class))
}

/// The items a class reads.
fn reads(rule: &Rule, class: &Class) -> Vec<u32> {
    let mut items: Vec<ItemCode> = rule.when.iter().map(|when| when.item).collect();
    for condition in class.all.iter().chain(&class.any) {
        match condition {
            Condition::Number { measure, .. } => items.extend(measure.reads()),
            Condition::Choice { item, .. }
            | Condition::Phrase { item, .. }
            | Condition::Ungraded { item } => items.push(*item),
        }
    }
    items.into_iter().map(|item| u32::from(item.0)).collect()
}

fn shown_and_not_amended(
    catalogue: &Catalogue,
    standing: &Standing,
    said: &[Said],
) -> Vec<Judgement> {
    let mut shown = Vec::new();
    for (at, one) in said.iter().enumerate().filter(|(_, one)| one.is_applied) {
        let Saying::Save(save) = &one.saying else { continue };
        for finding in save.findings.iter().filter(|finding| finding.level > 0) {
            let own: Vec<u32> = save.results.iter().map(|result| result.item).collect();
            let basis = basis(catalogue, finding, &own).unwrap_or(own);
            if !is_amended(standing, said, at, &basis) {
                shown.push(judgement(catalogue, standing, at, finding, &basis));
            }
        }
    }
    shown
}

/// The items a finding of a save rests on; `None` where the catalogue knows neither class nor rule.
fn basis(catalogue: &Catalogue, finding: &FindingFact, own: &[u32]) -> Option<Vec<u32>> {
    match class(catalogue, &finding.rule, &finding.code, own) {
        Some((rule, class)) => Some(reads(rule, class)),
        None => {
            let rule = catalogue.rule(&finding.rule)?;
            Some(rule.rests_on.iter().map(|item| u32::from(item.0)).collect())
        }
    }
}

/// True when a person has amended what the finding rests on: a value of its own save was replaced, or one
/// of another save by a fact that is not from before it.
fn is_amended(standing: &Standing, said: &[Said], at: usize, basis: &[u32]) -> bool {
    let own: Vec<u32> = said[at].results().iter().map(|r| r.item).collect();
    let is_before = |other: &Said| {
        let (a, b) = (&other.reference, &said[at].reference);
        other.unit == said[at].unit && a.writer == b.writer && a.seq < b.seq
    };
    basis.iter().any(|item| {
        if own.contains(item) {
            return standing.superseded.contains(&(at, *item));
        }
        said.iter().enumerate().any(|(other_at, other)| {
            other_at != at
                && other.is_applied
                && !is_before(other)
                && other.saw().iter().any(|saw| saw.items.contains(item))
        })
    })
}

fn judgement(
    catalogue: &Catalogue,
    standing: &Standing,
    at: usize,
    finding: &FindingFact,
    basis: &[u32],
) -> Judgement {
    let row = catalogue.level(&finding.rule, &finding.code);
    let own = standing.values.iter().filter(|v| {
        v.said == at && basis.contains(&u32::from(v.item.0)) && v.value.value.is_present()
    });
    let words: Vec<(ItemCode, String)> = own
        .filter_map(|v| Some((v.item, print_value(catalogue.item(v.item)?, &v.value.value))))
        .collect();
    Judgement {
        rule: finding.rule.clone(),
        code: finding.code.clone(),
        level: level_of(u8::try_from(finding.level).unwrap_or(u8::MAX)),
        item: words.first().map(|(item, _)| *item),
        value: words.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join("/"),
        after_recheck: row.is_some_and(|row| row.after_recheck),
        due_days: row.and_then(|row| row.due_days),
    }
}
