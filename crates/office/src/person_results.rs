//! A person's results as their report has them: station by station, with ranges, arrows, earlier rounds, who examined and whether they
//! stand behind it. Not the summary above it (`person_report`).

use crate::made::{Told, items_of_station, made_of};
use domain::catalogue::{Catalogue, Item, print_value};
use domain::check::Subject;
use domain::confirm::Word;
use domain::ids::{ItemCode, RoundId};
use domain::lab::PrintedRange;
use domain::range;
use domain::rule::Judgement;
use domain::value::Value;
use report::paper::{ReportRow, ReportSection};
use std::collections::{BTreeMap, BTreeSet};
use store::{PersonView, Round, ValueView};

/// Of the earlier rounds, those of which this person has a value beside one of these results: a column that stands empty tells nothing.
pub(crate) fn told_rounds<'r>(
    earlier: &[&'r Round],
    sections: &mut [ReportSection],
) -> Vec<&'r Round> {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    let is_told =
        |at: &usize| rows().any(|row| row.earlier.get(*at).is_some_and(|value| !value.is_empty()));
    let told: Vec<usize> = (0..earlier.len()).filter(is_told).collect();
    for row in sections.iter_mut().flat_map(|section| &mut section.rows) {
        row.earlier = told.iter().filter_map(|at| row.earlier.get(*at).cloned()).collect();
    }
    told.iter().filter_map(|at| earlier.get(*at).copied()).collect()
}

/// Every current result by station, with who examined there.
pub(crate) fn sections(
    round: &Round,
    earlier: &[&Round],
    view: &PersonView,
    (subject, judgements, closed): (&Subject, &[Judgement], &BTreeSet<ItemCode>),
) -> Vec<ReportSection> {
    let catalogue = &*round.in_force();
    let current = |round: RoundId| {
        let of_round = view.values.iter().filter(move |v| v.round == round && v.current);
        let mut values = Told::new();
        of_round.for_each(|value| values.entry(value.item).or_default().push(value));
        values
    };
    let now = current(round.id);
    let before: Vec<_> = earlier.iter().map(|round| current(round.id)).collect();
    let made = made_of(catalogue, &now, closed);
    let made_before: Vec<_> =
        before.iter().map(|values| made_of(catalogue, values, closed)).collect();
    let first = |(item, values): (&ItemCode, &Vec<&ValueView>)| {
        Some((*item, values.first()?.value.clone()))
    };
    let mut plain: BTreeMap<ItemCode, Value> = now.iter().filter_map(first).collect();
    plain.extend(made.clone());
    let text = |item: &Item, values: &Told, made: &BTreeMap<ItemCode, Value>| {
        let recorded = values.get(&item.code).into_iter().flatten().map(|v| &v.value);
        let each = recorded.chain(made.get(&item.code)).map(|value| print_value(item, value));
        each.collect::<Vec<_>>().join(" / ")
    };
    let mut sections = Vec::new();
    // A few items stand at two stations: each is told once.
    let mut told: BTreeSet<ItemCode> = BTreeSet::new();
    for station in &catalogue.stations {
        let items = items_of_station(catalogue, station, &plain, closed);
        let items: Vec<&Item> = items.into_iter().filter(|item| told.insert(item.code)).collect();
        let row = |item: &&Item| {
            let first = now.get(&item.code).and_then(|values| values.first());
            let own = first.and_then(|value| value.own.as_ref());
            let shown = range::shown(catalogue, subject, item.code, &plain, own, judgements.iter());
            let arrow = arrow(catalogue, item, subject, &plain, own, judgements);
            ReportRow {
                item: item.name_zh.clone(),
                value: text(item, &now, &made),
                unit: item.unit_zh.clone(),
                range: range_words(&shown, arrow),
                arrow: arrow.to_owned(),
                earlier: before
                    .iter()
                    .zip(&made_before)
                    .map(|(values, made)| text(item, values, made))
                    .collect(),
            }
        };
        let rows: Vec<ReportRow> = items.iter().map(row).collect();
        if !rows.is_empty() {
            let values = items.iter().filter_map(|item| now.get(&item.code)).flatten();
            let values: Vec<&ValueView> = values.copied().collect();
            sections.push(section(&station.name_zh, rows, &values));
        }
    }
    sections
}

/// A station's results, with who examined and which laboratory's ranges stand there.
fn section(station: &str, rows: Vec<ReportRow>, values: &[&ValueView]) -> ReportSection {
    let names = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join("、");
    let printed = values.iter().filter(|value| value.own.is_some());
    let word = word_of(values.iter().map(|value| &value.word));
    ReportSection {
        station: station.to_owned(),
        examiner: names(values.iter().filter_map(|value| examiner_of(value)).collect()),
        is_dictated: word.is_some(),
        word: word.unwrap_or_default().to_owned(),
        laboratory: names(printed.map(|value| value.laboratory.as_str()).collect()),
        rows,
    }
}

/// Whether whoever examined stands behind a section's findings, as the report says it; `None` where nobody's word is asked for.
fn word_of<'v>(words: impl Iterator<Item = &'v Word>) -> Option<&'static str> {
    let asked: Vec<&Word> = words.filter(|word| **word != Word::NotAsked).collect();
    let is_confirmed = asked.iter().any(|word| matches!(word, Word::Confirmed(_)));
    match (asked.is_empty(), asked.iter().any(|word| word.is_awaited()), is_confirmed) {
        (true, ..) => None,
        (false, true, _) => Some("代录，尚未确认"),
        (false, false, true) => Some("已确认"),
        (false, false, false) => Some(""),
    }
}

/// Who examined: as the save names them, else whoever said that they did.
fn examiner_of(value: &ValueView) -> Option<&str> {
    let said = match &value.word {
        Word::Own => value.operator.as_deref(),
        Word::Confirmed(by) => Some(by.as_str()),
        Word::NotAsked | Word::Awaited => None,
    };
    value.examiner.as_deref().or(said)
}

/// The laboratory's own is marked; ours stands beside it where the two do not say the same of the value: else an arrow by
/// ours would stand beside a range that the value lies in.
fn range_words(shown: &range::Shown, arrow: &str) -> String {
    let is_own = !shown.own.is_empty() && shown.range == shown.own;
    match (is_own, arrow.is_empty() || shown.ours.is_empty()) {
        (false, _) => shown.range.clone(),
        (true, true) => format!("{}※", shown.range),
        (true, false) => format!("{}※（本系统 {}）", shown.range, shown.ours),
    }
}

fn arrow(
    catalogue: &Catalogue,
    item: &Item,
    subject: &Subject,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
    judgements: &[Judgement],
) -> &'static str {
    let Some(value) = values.get(&item.code) else { return "" };
    let found = judgements.iter();
    match range::direction_of_value(catalogue, subject, item.code, value, values, own, found) {
        Some(range::Direction::High) => "↑",
        Some(range::Direction::Low) => "↓",
        Some(range::Direction::Positive) => "异常",
        None => "",
    }
}
