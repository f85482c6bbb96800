//! Which way a value is abnormal, and between what it would not be: read off the same classes that judge. For the eye
//! beside a value; what counts is `rule`.

use crate::catalogue::{Catalogue, Class, Compare, Condition, Limit, Measure, Rule, When};
use crate::check::Subject;
use crate::facts::CurrentValue;
use crate::ids::ItemCode;
use crate::lab::{OwnWord, PrintedRange};
use crate::rule::Judgement;
use crate::value::{Decimal, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Where life is in danger begins here; what lies before it is not therefore usual, so it is nobody's range.
pub(crate) const CRITICAL_VALUES: &str = "critical_values_screening.csv";

/// The choice of an item that says nobody knows.
const UNKNOWN: &str = "unknown";

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    High,
    Low,
    /// A choice that should not be: 1+, 异常.
    Positive,
}

impl Direction {
    pub fn zh(self) -> &'static str {
        match self {
            Direction::High => "高",
            Direction::Low => "低",
            Direction::Positive => "阳",
        }
    }
}

/// Which way the class of a judgement lies; `None` where the catalogue no longer has it.
pub fn direction(cat: &Catalogue, judgement: &Judgement) -> Option<Direction> {
    let rule = cat.rule(&judgement.rule)?;
    let class = rule.classes.iter().find(|class| class.code == judgement.code)?;
    let is_number = |one: &&Condition| matches!(one, Condition::Number { .. });
    // A number that an answer only narrows (妊娠) is what lies too high.
    let narrowed = class.any.first().filter(is_number);
    let first = class.all.first().filter(|one| is_number(one) || narrowed.is_none());
    let first = first.or(class.any.first())?;
    Some(match first {
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => {
            Direction::Positive
        }
        Condition::Number { compare, .. } => match compare {
            Compare::AtLeast | Compare::Above => Direction::High,
            Compare::Below | Compare::AtMost => Direction::Low,
        },
    })
}

/// Of the results, the answers that the item's interval depends on: all that `direction_of_value` asks of a list's cell.
pub fn answers_of(
    cat: &Catalogue,
    item: ItemCode,
    results: &BTreeMap<ItemCode, Vec<CurrentValue>>,
) -> BTreeMap<ItemCode, Value> {
    let of_item = cat.references.iter().filter(|reference| reference.item == item);
    let asked = of_item.filter_map(|reference| reference.when.as_ref()).map(|when| when.item);
    let said = |item| Some((item, results.get(&item)?.first()?.value.clone()));
    asked.filter_map(said).collect()
}

/// Which way an item is abnormal: by the findings, and the marked classes without a level, that rest on it, or on another
/// reading of the same pressure.
pub fn direction_of_item<'j>(
    cat: &Catalogue,
    item: ItemCode,
    findings: impl Iterator<Item = &'j Judgement>,
) -> Option<Direction> {
    let mut of_item = findings.filter(|finding| {
        crate::rule::is_remarkable(cat, finding)
            && crate::rule::items_of(cat, finding).contains(&item)
    });
    direction(cat, of_item.next()?)
}

/// Which way a value is abnormal: as the laboratory's own range says, as the findings say, else as its choice is marked
/// (心 异常), else by the reference interval, which many laboratory items have and no class. Such a value is no finding, but
/// nobody is told that it is fine. `answers`: those that an interval depends on (空腹). An own range
/// stands in place of our interval, not of a finding: that rests on a limit for a decision, or on the own range already.
pub fn direction_of_value<'j>(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    value: &Value,
    answers: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
    findings: impl Iterator<Item = &'j Judgement>,
) -> Option<Direction> {
    let said = own.and_then(|own| own.says(cat.item(item)?, value));
    if let Some(OwnWord::Out(direction)) = said {
        return Some(direction);
    }
    // The arm that no class rests on has an arrow of its own, or none where its value is usual.
    let is_usual = |finding: &&Judgement| {
        crate::rule::is_of_other_arm(cat, finding, item)
            && value.number().is_some_and(|number| {
                let range = reference(cat, subject, item, answers);
                !range.is_open() && range.contains(number)
            })
    };
    direction_of_item(cat, item, findings.filter(|finding| !is_usual(finding))).or_else(|| {
        if said.is_some() {
            return None;
        }
        if cat.item(item)?.is_marked(value) {
            return Some(Direction::Positive);
        }
        let is_when = |when: &When| holds(when, answers);
        let interval = crate::rule::interval(cat, subject, item, &is_when, None)?;
        match crate::rule::mark(&interval, value.number()?) {
            crate::rule::Mark::Low => Some(Direction::Low),
            crate::rule::Mark::High => Some(Direction::High),
            crate::rule::Mark::Within => None,
        }
    })
}

/// Where no class of level C or worse begins; open where nothing limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The lowest value that is not abnormal, and whether the limit itself is (`<=` limits).
    pub from: Option<(Decimal, bool)>,
    /// The highest value that is not abnormal or the lowest that is, and whether the limit itself is (`>=` limits).
    pub to: Option<(Decimal, bool)>,
}

impl Range {
    /// Whether anything limits it.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    pub fn contains(&self, number: Decimal) -> bool {
        let is_below =
            |(from, itself): (Decimal, bool)| number < from || (itself && number == from);
        let is_above = |(to, itself): (Decimal, bool)| number > to || (itself && number == to);
        !self.from.is_some_and(is_below) && !self.to.is_some_and(is_above)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((from, is_abnormal_itself)) = self.from {
            let sign = if is_abnormal_itself { ">" } else { "≥" };
            write!(f, "{sign}{from}")?;
            if self.to.is_some() {
                f.write_str(" 且 ")?;
            }
        }
        if let Some((to, is_abnormal_itself)) = self.to {
            let sign = if is_abnormal_itself { "<" } else { "≤" };
            write!(f, "{sign}{to}")?;
        }
        Ok(())
    }
}

/// The range of an item for one person, by every rule that judges such a person, with the answers a rule depends on
/// (空腹) read from `values`, within the reference interval where there is one. Empty where no table says: critical values
/// say only where danger begins.
pub fn reference(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
) -> Range {
    let mut range = Range::default();
    let is_when = |when: &When| holds(when, values);
    if let Some(interval) = crate::rule::interval(cat, subject, item, &is_when, None) {
        range.from = interval.low.map(|low| (low, false));
        range.to = interval.high.map(|high| (high, false));
    }
    let rules = cat.rules.iter().filter(|rule| crate::rule::is_for(rule, subject));
    for rule in rules.filter(|rule| rule.when.as_ref().is_none_or(|when| holds(when, values))) {
        for (compare, limit) in limits(cat, subject, rule, item) {
            let Some(number) = limit.get(&subject.row_key(limit)) else { continue };
            match compare {
                Compare::AtLeast | Compare::Above => {
                    let found = (number, compare == Compare::AtLeast);
                    let lower = |known: (Decimal, bool)| {
                        let is_lower = (found.0, !found.1) < (known.0, !known.1);
                        if is_lower { found } else { known }
                    };
                    range.to = Some(range.to.map_or(found, lower));
                }
                Compare::Below | Compare::AtMost => {
                    let found = (number, compare == Compare::AtMost);
                    range.from = Some(range.from.map_or(found, |known| known.max(found)));
                }
            }
        }
    }
    range
}

/// The first limit of each finding class that reads the item, and no other condition of it: what lies behind the
/// first one is only how far the class goes.
fn limits<'c>(
    cat: &'c Catalogue,
    subject: &'c Subject,
    rule: &'c Rule,
    item: ItemCode,
) -> impl Iterator<Item = (Compare, &'c Limit)> {
    let is_finding = |code: &str| cat.level(&rule.key, code).is_some_and(|l| l.level.is_finding());
    // A class that also asks for an answer (a known diabetic) is not everybody's limit.
    let is_plain = |conditions: &[Condition]| {
        conditions.iter().all(|condition| matches!(condition, Condition::Number { .. }))
    };
    // Silent for this person: a table has no row.
    let has_rows = |class: &Class| {
        !class.needs_rows
            || class.all.iter().chain(&class.any).all(|condition| match condition {
                Condition::Number { limit, .. } => limit.get(&subject.row_key(limit)).is_some(),
                Condition::Choice { .. }
                | Condition::Phrase { .. }
                | Condition::Ungraded { .. } => true,
            })
    };
    let classes = rule.classes.iter().filter(move |class| {
        class.on
            && is_finding(&class.code)
            && is_plain(&class.all)
            && is_plain(&class.any)
            && has_rows(class)
    });
    let first = |conditions: &'c [Condition], item: ItemCode| {
        conditions.iter().find_map(move |condition| match condition {
            Condition::Number { measure, compare, limit }
                if takes(measure, item) && limit.table != CRITICAL_VALUES =>
            {
                Some((*compare, limit))
            }
            Condition::Number { .. }
            | Condition::Choice { .. }
            | Condition::Phrase { .. }
            | Condition::Ungraded { .. } => None,
        })
    };
    classes.filter_map(move |class| first(&class.all, item).or_else(|| first(&class.any, item)))
}

/// The range that is shown with one value, and ours for beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// The one that marks the value: the laboratory's where it says something of it, else ours. Empty where there is none.
    pub range: String,
    /// The laboratory's own, also where it says nothing of the value; empty where it printed none.
    pub own: String,
    /// Ours; empty where no table says, and where it depends on an answer (空腹) that nobody has.
    pub ours: String,
}

/// `values`: as for `reference`, the item's own value among them.
pub fn shown(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
) -> Shown {
    let ours = if is_answered(cat, subject, item, values) {
        reference(cat, subject, item, values).to_string()
    } else {
        String::new()
    };
    let says = own.and_then(|own| own.says(cat.item(item)?, values.get(&item)?));
    let own = own.map(PrintedRange::text).unwrap_or_default();
    let range = if says.is_some() { own.clone() } else { ours.clone() };
    Shown { range, own, ours }
}

/// Whether the laboratory's range, or else a table, says of this very person that the value is not abnormal. False where none
/// does: an item nobody judged is not fine. Findings are looked at by the caller. `values`: this item's value, and the
/// answers a rule depends on.
pub fn is_within(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
    own: Option<&PrintedRange>,
) -> bool {
    if let Some(word) = own.and_then(|own| own.says(cat.item(item)?, values.get(&item)?)) {
        return word == OwnWord::Within;
    }
    match values.get(&item) {
        Some(Value::Number(number)) => {
            let range = reference(cat, subject, item, values);
            !range.is_open() && range.contains(*number)
        }
        // Marked, whatever the classes read of it: 尿潜血 1+ is none of its class's choices.
        Some(value) if cat.item(item).is_some_and(|item| item.is_marked(value)) => false,
        Some(Value::Choice(code)) => {
            let rules = cat.rules.iter().filter(|rule| {
                crate::rule::is_for(rule, subject)
                    && rule.when.as_ref().is_none_or(|when| holds(when, values))
            });
            let classes = rules.flat_map(|rule| rule.classes.iter().filter(|class| class.on));
            // Beside a number, an answer says whose limit it is (a known diabetic's): by itself it is judged by nobody.
            let answers = |class: &'_ &Class| {
                !class.all.iter().any(|condition| matches!(condition, Condition::Number { .. }))
            };
            let conditions = classes.flat_map(|class| {
                let all = Some(class).filter(answers).map_or(&[][..], |class| class.all.as_slice());
                all.iter().chain(&class.any)
            });
            let mut found = conditions.filter_map(|condition| match condition {
                Condition::Choice { item: of, choices } if *of == item => Some(choices),
                Condition::Choice { .. }
                | Condition::Number { .. }
                | Condition::Phrase { .. }
                | Condition::Ungraded { .. } => None,
            });
            let mut is_judged = false;
            let is_named = found.any(|choices| {
                is_judged = true;
                choices.contains(code)
            });
            is_judged && !is_named
        }
        Some(Value::Text(_) | Value::Absent(_)) | None => false,
    }
}

/// Whether a number of the item's own is read.
pub(crate) fn takes(measure: &Measure, item: ItemCode) -> bool {
    match measure {
        Measure::Item(of) => *of == item,
        Measure::Bmi { item: of, .. } => *of == item,
        Measure::SphericalEquivalent { item: of, .. } | Measure::Teeth { item: of, .. } => {
            *of == item
        }
        Measure::MeanWhole(items)
        | Measure::Lowest(items)
        | Measure::Highest(items)
        | Measure::Last(items) => items.contains(&item),
        // Not the item's own number.
        Measure::Difference { .. } | Measure::Egfr { .. } | Measure::SelfCare { .. } => false,
    }
}

/// Whether every answer that the item's limits depend on is there: 空腹 yes or no, of a glucose. A rule judges without it, as
/// the table of levels says; between what a value would be fine nobody can say.
fn is_answered(
    cat: &Catalogue,
    subject: &Subject,
    item: ItemCode,
    values: &BTreeMap<ItemCode, Value>,
) -> bool {
    let rules = cat.rules.iter().filter(|rule| crate::rule::is_for(rule, subject));
    let asks = rules.filter(|rule| limits(cat, subject, rule, item).next().is_some());
    asks.filter_map(|rule| rule.when.as_ref()).all(|when| match values.get(&when.item) {
        Some(Value::Choice(code)) => cat
            .item(when.item)
            .is_some_and(|asked| asked.choice(UNKNOWN).is_none_or(|unknown| unknown.code != *code)),
        Some(Value::Number(_) | Value::Text(_) | Value::Absent(_)) | None => false,
    })
}

fn holds(when: &When, values: &BTreeMap<ItemCode, Value>) -> bool {
    let is_one = match values.get(&when.item) {
        Some(Value::Choice(code)) => when.choices.contains(code),
        Some(Value::Number(_) | Value::Text(_) | Value::Absent(_)) | None => false,
    };
    is_one != when.negated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{PersonKind, Sex};
    use crate::rule::judge;
    use chrono::NaiveDate;

    fn subject() -> Subject {
        Subject {
            kind: PersonKind::Resident,
            sex: Some(Sex::F),
            birth: NaiveDate::from_ymd_opt(1966, 1, 2),
            day: NaiveDate::from_ymd_opt(2026, 9, 14).unwrap(),
        }
    }

    #[test]
    fn a_range_ends_where_the_first_finding_begins() {
        let cat = Catalogue::builtin();
        let fasting = cat.item_by_key("fasting").unwrap();
        let yes =
            BTreeMap::from([(fasting.code, Value::Choice(fasting.choice("yes").unwrap().code))]);
        let check = |key: &str, values: &BTreeMap<ItemCode, Value>, text: &str| {
            let item = cat.item_by_key(key).unwrap().code;
            assert_eq!(reference(cat, &subject(), item, values).to_string(), text, "{key}");
        };
        check("glucose_mmol_l", &yes, "≥3.9 且 <6.1");
        check("glucose_mmol_l", &BTreeMap::new(), "<11.1");
        check("hdl_mmol_l", &yes, "≥1.0");
        check("tc_mmol_l", &yes, "<5.2");
        check("temperature_cel", &yes, "");
    }

    #[test]
    fn the_range_shown_with_a_glucose_is_that_of_how_it_was_taken_and_none_where_nobody_knows() {
        let cat = Catalogue::builtin();
        let fasting = cat.item_by_key("fasting").unwrap();
        let check = |key: &str, said: Option<Value>, text: &str| {
            let item = cat.item_by_key(key).unwrap();
            let mut values = BTreeMap::from([(item.code, Value::Number(Decimal::new(56, 1)))]);
            values.extend(said.clone().map(|said| (fasting.code, said)));
            let shown = shown(cat, &subject(), item.code, &values, None);
            assert_eq!((shown.range.as_str(), shown.ours.as_str()), (text, text), "{key} {said:?}");
        };
        let answer = |key: &str| Some(Value::Choice(fasting.choice(key).unwrap().code));
        for glucose in ["glucose_mmol_l", "glucose2_mmol_l"] {
            check(glucose, answer("yes"), "≥3.9 且 <6.1");
            check(glucose, answer("no"), "<11.1");
            check(glucose, answer("unknown"), "");
            check(glucose, Some(Value::Absent(crate::value::AbsentReason::Refused)), "");
            check(glucose, None, "");
        }
        // The control: what depends on no answer.
        check("tc_mmol_l", None, "<5.2");
    }

    #[test]
    fn where_danger_begins_is_nobodys_range() {
        let cat = Catalogue::builtin();
        let check = |key: &str, born: i32, text: &str| {
            let birth = NaiveDate::from_ymd_opt(born, 1, 2);
            let item = cat.item_by_key(key).unwrap().code;
            let range = reference(cat, &Subject { birth, ..subject() }, item, &BTreeMap::new());
            assert_eq!(range.to_string(), text, "{key} {born}");
        };
        check("pulse_per_min", 1966, "");
        check("alt_u_l", 1944, "");
        check("plt_10e9_l", 1966, "≥125 且 ≤350");
    }

    #[test]
    fn what_no_table_judges_is_not_said_to_be_fine() {
        let cat = Catalogue::builtin();
        let resident = subject();
        let old = |born| Subject { birth: NaiveDate::from_ymd_opt(born, 1, 2), ..subject() };
        let pupil = |born| Subject { kind: PersonKind::Pupil, ..old(born) };
        let unborn = Subject { birth: None, ..pupil(2016) };
        let check = |of: &Subject, key: &str, text: &str, is_fine: bool| {
            let item = cat.item_by_key(key).unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let values = BTreeMap::from([(item.code, value)]);
            assert_eq!(is_within(cat, of, item.code, &values, None), is_fine, "{key} {text}");
        };
        // Tables that say so.
        check(&resident, "sbp1_mmhg", "110", true);
        check(&resident, "sbp1_mmhg", "150", false);
        check(&resident, "tc_mmol_l", "4.5", true);
        check(&resident, "plt_10e9_l", "200", true);
        check(&resident, "urine_protein", "-", true);
        check(&resident, "urine_protein", "2+", false);
        // Only a critical value, a row that is off or missing, another age, a basis that is not there.
        check(&resident, "pulse_per_min", "72", false);
        check(&resident, "ggt_u_l", "500", false);
        check(&resident, "tbil_umol_l", "150", false);
        check(&old(1955), "urea_mmol_l", "30", false);
        check(&old(1943), "alt_u_l", "500", false);
        check(&pupil(2016), "wbc_10e9_l", "25", false);
        check(&unborn, "sbp1_mmhg", "150", false);
        check(&pupil(2021), "vision_right", "4.5", false);
        check(&resident, "height_cm", "160", false);
        // An answer beside a limit.
        check(&resident, "known_diabetes", "否", false);
        check(&pupil(2016), "spine_shoulders", "1", true);
    }

    #[test]
    fn an_arrow_points_the_way_the_class_lies() {
        let cat = Catalogue::builtin();
        let check = |key: &str, text: &str, direction_wanted: Direction| {
            let item = cat.item_by_key(key).unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let judged = judge(cat, &subject(), &BTreeMap::from([(item.code, value)]));
            let finding = judged.iter().find(|j| j.level.is_finding()).unwrap();
            assert_eq!(direction(cat, finding), Some(direction_wanted), "{key} {text}");
        };
        check("tc_mmol_l", "6.5", Direction::High);
        check("hdl_mmol_l", "0.8", Direction::Low);
        check("hb_g_l", "100", Direction::Low);
        check("urine_protein", "2+", Direction::Positive);
    }

    #[test]
    fn outside_the_reference_interval_an_arrow_stands_without_any_finding() {
        let cat = Catalogue::builtin();
        let check = |text: &str, wanted: Option<Direction>| {
            let item = cat.item_by_key("plt_10e9_l").unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let found = direction_of_value(
                cat,
                &subject(),
                item.code,
                &value,
                &BTreeMap::new(),
                None,
                [].iter(),
            );
            assert_eq!(found, wanted, "{text}");
        };
        check("125", None);
        check("124", Some(Direction::Low));
        check("350", None);
        check("351", Some(Direction::High));
    }

    #[test]
    fn the_laboratorys_range_marks_a_value_and_takes_no_finding_away() {
        let cat = Catalogue::builtin();
        // Item, value, as printed; the arrow, what is shown, whether it is called fine.
        let check = |key: &str,
                     text: &str,
                     printed: &str,
                     way: Option<Direction>,
                     range: &str,
                     is_fine: bool| {
            let item = cat.item_by_key(key).unwrap();
            let value = crate::catalogue::parse_value(item, text).unwrap();
            let ends = crate::lab::read_range(printed).unwrap_or_default();
            let own = Some(PrintedRange { ends, words: printed.to_owned() });
            let own = own.as_ref().filter(|own| !own.words.is_empty());
            let measured = crate::rule::Measured {
                own: own.and_then(|o| o.ends),
                ..crate::rule::Measured::plain(&value)
            };
            let judged = crate::rule::judge_measured(
                cat,
                &subject(),
                &BTreeMap::from([(item.code, vec![measured])]),
            );
            let answers = BTreeMap::new();
            let of = subject();
            let found =
                direction_of_value(cat, &of, item.code, &value, &answers, own, judged.iter());
            assert_eq!(found, way, "{key} {text} {printed}");
            let values = BTreeMap::from([(item.code, value)]);
            let shown = shown(cat, &subject(), item.code, &values, own);
            assert_eq!(shown.range, range, "{key} {text} {printed}");
            assert_eq!(shown.own, own.map(PrintedRange::text).unwrap_or_default());
            assert_eq!(
                is_within(cat, &subject(), item.code, &values, own),
                is_fine,
                "{key} {text}"
            );
        };
        let (low, high) = (Some(Direction::Low), Some(Direction::High));
        // Ours for platelets is 125 to 350.
        check("plt_10e9_l", "120", "", low, "≥125 且 ≤350", false);
        check("plt_10e9_l", "120", "100-300", None, "100-300", true);
        check("plt_10e9_l", "320", "100-300", high, "100-300", false);
        // Turned round or unreadable: ours.
        check("plt_10e9_l", "120", "300-100", low, "≥125 且 ≤350", false);
        check("plt_10e9_l", "120", "见说明", low, "≥125 且 ≤350", false);
        // A limit for a decision is no interval: the finding stays, and so does its arrow.
        check("tc_mmol_l", "6.5", "<7.0", high, "<7.0", true);
        // Where no table of ours says anything theirs is the only one.
        check("ggt_u_l", "500", "", None, "", false);
        check("ggt_u_l", "500", "10-60", high, "10-60", false);
        check("urine_protein", "1+", "阴性", Some(Direction::Positive), "阴性", false);
    }
}
