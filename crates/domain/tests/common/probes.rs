//! People made up to stand on both sides of every threshold of a catalogue: what its frozen outcomes are written down
//! for. Not a reading of the tables: what is right is the oracle's to say; these only make a change seen.
#![allow(dead_code)]

use crate::common::{STOP_DAY, csv_rows, day, repository_file};
use chrono::Months;
use domain::catalogue::{
    Catalogue, Compare, Condition, ItemKind, Limit, Measure, RowKey, Rule, Selector, parse_value,
};
use domain::check::Subject;
use domain::facts::{PersonKind, Sex};
use domain::ids::ItemCode;
use domain::phrase::{Grade, Phrase};
use domain::rule::judge;
use domain::value::{Decimal, Value};
use std::collections::{BTreeMap, BTreeSet};

/// One person made up, and what was judged of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    pub kind: &'static str,
    pub sex: &'static str,
    /// Completed months on the stop's day.
    pub months: u32,
    /// `height_cm=100;weight_kg=22.2`, in the order of the items' codes.
    pub cells: String,
}

impl Probe {
    pub fn subject(&self) -> Subject {
        Subject {
            kind: if self.kind == "resident" { PersonKind::Resident } else { PersonKind::Pupil },
            sex: Some(if self.sex == "M" { Sex::M } else { Sex::F }),
            birth: Some(day(STOP_DAY) - Months::new(self.months)),
            day: day(STOP_DAY),
        }
    }

    pub fn values(&self, cat: &Catalogue) -> BTreeMap<ItemCode, Value> {
        let cells = self.cells.split(';').filter(|cell| !cell.is_empty());
        let value = |cell: &str| {
            let (key, text) = cell.split_once('=').unwrap();
            let item = cat.item_by_key(key).unwrap();
            (item.code, parse_value(item, text).unwrap())
        };
        cells.map(value).collect()
    }

    /// `rule/code/level` of every class, sorted.
    pub fn outcome(&self, cat: &Catalogue) -> String {
        let judgements = judge(cat, &self.subject(), &self.values(cat));
        let class = |one: &domain::rule::Judgement| {
            format!("{}/{}/{}", one.rule, one.code, one.level.key())
        };
        let classes: BTreeSet<String> = judgements.iter().map(class).collect();
        classes.into_iter().collect::<Vec<_>>().join(" ")
    }
}

/// `kind,sex,months,cells,classes`, as the frozen files hold them.
pub fn written(text: &str) -> Vec<(Probe, String)> {
    let row = |row: BTreeMap<String, String>| {
        let probe = Probe {
            kind: if row["kind"] == "resident" { "resident" } else { "student" },
            sex: if row["sex"] == "M" { "M" } else { "F" },
            months: row["months"].parse().unwrap(),
            cells: row["cells"].clone(),
        };
        (probe, row["classes"].clone())
    };
    csv_rows(text).into_iter().map(row).collect()
}

pub fn write(cat: &Catalogue, probes: &BTreeSet<Probe>) -> String {
    let mut text = format!(
        "# What catalogue version {} makes of people on both sides of every threshold and of every tenth of the samples.\n\
         kind,sex,months,cells,classes\n",
        cat.version
    );
    for probe in probes {
        let Probe { kind, sex, months, cells } = probe;
        text += &format!("{kind},{sex},{months},{cells},{}\n", probe.outcome(cat));
    }
    text
}

/// Both sides of every limit of every class that is on, each choice that makes a class, and every tenth of the samples.
pub fn probes(cat: &Catalogue) -> BTreeSet<Probe> {
    let mut probes = BTreeSet::new();
    for rule in cat.rules.iter().filter(|rule| rule.on) {
        for class in rule.classes.iter().filter(|class| class.on) {
            let conditions: Vec<&Condition> = class.all.iter().chain(&class.any).collect();
            for (at, condition) in conditions.iter().enumerate() {
                let others: Vec<&Condition> = conditions
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at && *other < class.all.len())
                    .map(|(_, condition)| *condition)
                    .collect();
                // Of a class that also needs one of several, the first of them.
                let others = match class.any.first() {
                    Some(one) if at < class.all.len() => [others, vec![one]].concat(),
                    _ => others,
                };
                probe_condition(cat, rule, &class.needs, condition, &others, &mut probes);
            }
        }
    }
    for row in csv_rows(&repository_file("tests/samples/measurements.csv")).iter().step_by(10) {
        let months = domain::identity::age_months(day(&row["birth"]), day(STOP_DAY));
        let cells = cat.items.iter().filter_map(|item| {
            let cell = row.get(&item.key).filter(|cell| !cell.is_empty())?;
            Some(format!("{}={cell}", item.key))
        });
        probes.insert(Probe {
            kind: if row["kind"] == "resident" { "resident" } else { "student" },
            sex: if row["sex"] == "M" { "M" } else { "F" },
            months: u32::try_from(months).unwrap(),
            cells: cells.collect::<Vec<_>>().join(";"),
        });
    }
    probes
}

type Cells = BTreeMap<ItemCode, String>;

fn probe_condition(
    cat: &Catalogue,
    rule: &Rule,
    needs: &[Measure],
    condition: &Condition,
    others: &[&Condition],
    probes: &mut BTreeSet<Probe>,
) {
    let mut given = Cells::new();
    if let Some(when) = &rule.when {
        let item = cat.item(when.item).unwrap();
        let fits = |code: u16| when.choices.contains(&code) != when.negated;
        let choice = item.choices().iter().find(|choice| fits(choice.code)).unwrap();
        given.insert(when.item, choice.key.clone());
    }
    for need in needs {
        put(cat, need, &Decimal::new(5, 0), &mut given);
    }
    for other in others {
        match other {
            Condition::Choice { item, choices } => {
                let mut choice = cat.item(*item).unwrap().choices().iter();
                let named = choice.find(|choice| choices.contains(&choice.code)).unwrap();
                given.insert(*item, named.key.clone());
            }
            Condition::Phrase { item, class } => {
                given.insert(*item, said(cat, *item, class));
            }
            // Nothing written has no level either.
            Condition::Ungraded { .. } => {}
            // What holds it: a little below where it is to be below, else the limit itself.
            Condition::Number { measure, compare, limit } => {
                if let Some((_, number)) =
                    limit.rows().next().filter(|_| limit.selectors.is_empty())
                {
                    let holding = match compare {
                        Compare::Below => number.minus(Decimal::new(5, 1)).unwrap(),
                        Compare::AtMost | Compare::AtLeast => number,
                        Compare::Above => number.minus(Decimal::new(-1, 0)).unwrap(),
                    };
                    put(cat, measure, &holding, &mut given);
                }
            }
        }
    }
    let kinds: BTreeSet<&'static str> = rule
        .kinds()
        .into_iter()
        .map(|kind| if kind == PersonKind::Resident { "resident" } else { "student" })
        .collect();
    match condition {
        Condition::Choice { item, choices } => {
            for choice in cat.item(*item).unwrap().choices() {
                let mut cells = given.clone();
                cells.insert(*item, choice.key.clone());
                for kind in &kinds {
                    let months = if *kind == "resident" { 600 } else { 126 };
                    probes.insert(probe(cat, kind, "F", months, &cells));
                }
                let _ = choices;
            }
        }
        Condition::Phrase { item, class } => {
            for words in [said(cat, *item, class), format!("未见{}", said(cat, *item, class))] {
                let mut cells = given.clone();
                cells.insert(*item, words);
                probes.insert(probe(cat, "resident", "F", 600, &cells));
            }
        }
        Condition::Ungraded { item } => {
            let mut cells = given.clone();
            cells.insert(*item, "余未见异常".to_owned());
            probes.insert(probe(cat, "resident", "F", 600, &cells));
        }
        Condition::Number { measure, limit, .. } => {
            for (row, number) in limit.rows() {
                // A table by age says the same of both kinds: one is enough.
                let enough = if row.age_tenths.is_some() { 1 } else { kinds.len() };
                for kind in kinds.iter().rev().take(enough) {
                    for sex in ["M", "F"] {
                        sides(cat, kind, sex, (measure, limit, row, number), &given, probes);
                    }
                }
            }
        }
    }
}

/// A phrase that leads to a class, its blanks filled with what says nothing.
fn said(cat: &Catalogue, item: ItemCode, class: &str) -> String {
    let leads = |phrase: &&Phrase| {
        phrase.items.contains(&item)
            && matches!(&phrase.grade, Grade::Finding { class: of, .. } if of == class)
    };
    let phrase = cat.phrases.iter().find(leads).unwrap();
    let parts = phrase.text.split('〔').enumerate();
    let filled = parts.map(|(at, part)| match at {
        0 => part.to_owned(),
        _ => format!("示例{}", part.split_once('〕').unwrap().1),
    });
    filled.collect()
}

fn sides(
    cat: &Catalogue,
    kind: &'static str,
    sex: &'static str,
    (measure, limit, row, number): (&Measure, &Limit, &RowKey, Decimal),
    given: &Cells,
    probes: &mut BTreeSet<Probe>,
) {
    let of_row = |sex: &str| if sex == "M" { Sex::M } else { Sex::F };
    if row.sex.is_some_and(|wanted| wanted != of_row(sex)) {
        return;
    }
    let mut months = if kind == "resident" { 600 } else { 126 };
    if matches!(measure, Measure::SelfCare { .. }) {
        months = 70 * 12;
    }
    let mut cells = given.clone();
    if let Some(tenths) = row.age_tenths {
        months = u32::try_from(tenths * 12 / 10).unwrap();
    }
    if let Some(group) = &row.group {
        if limit.selectors.contains(&Selector::HeightGroup) {
            let height = cat.item_by_key("height_cm").unwrap().code;
            cells.insert(height, height_of(cat, sex, row.age_tenths.unwrap() / 10, group));
        }
        if limit.selectors.contains(&Selector::AnaemiaGroup) {
            let rows =
                csv_rows(&repository_file("schema/catalogue/tables/wst441_2013_anemia_hb.csv"));
            let named = rows.iter().find(|row| row["group"] == *group).unwrap();
            if !named["sex"].is_empty() && named["sex"] != sex {
                return;
            }
            let pregnant = cat.item_by_key("pregnant").unwrap().code;
            cells.insert(pregnant, if named["pregnant"] == "y" { "yes" } else { "no" }.to_owned());
            months = match named["age_min_y"].as_str() {
                "0.5" => 30,
                "" => 360,
                years => years.parse::<u32>().unwrap() * 12,
            };
        }
    }
    if let Measure::Egfr { creatinine, .. } = measure {
        let kidney = cat.kidney.as_ref().unwrap();
        let egfr = |tenths: &i64| {
            let months = i32::try_from(months).unwrap();
            kidney.egfr(of_row(sex), months, Decimal::new(*tenths, 1))
        };
        let Some(below) = (100..20_000).find(|t| egfr(t).is_some_and(|egfr| egfr < number)) else {
            return;
        };
        for tenths in [below - 1, below] {
            let mut cells = cells.clone();
            cells.insert(*creatinine, Decimal::new(tenths, 1).trimmed().to_string());
            probes.insert(probe(cat, kind, sex, months, &cells));
        }
        return;
    }
    for shift in shifts(cat, measure) {
        let Some(text) = shifted(number, shift) else { continue };
        let mut cells = cells.clone();
        if put(cat, measure, &text, &mut cells) {
            probes.insert(probe(cat, kind, sex, months, &cells));
        }
    }
}

/// One step of the item to either side; of a body mass index what rounds to the number and what does not.
fn shifts(cat: &Catalogue, measure: &Measure) -> &'static [&'static str] {
    let of_item = |item: ItemCode| match cat.item(item).unwrap().kind {
        ItemKind::Number { decimals, .. } => decimals,
        ItemKind::Choice { .. } | ItemKind::Text { .. } => 0,
    };
    let decimals = match measure {
        Measure::Item(item) => of_item(*item),
        Measure::Bmi { .. } => return &["-0.06", "-0.05", "0", "0.04", "0.05"],
        Measure::MeanWhole(_) | Measure::SelfCare { .. } | Measure::Teeth { .. } => 0,
        Measure::Lowest(items) | Measure::Highest(items) | Measure::Last(items) => {
            of_item(items[0])
        }
        Measure::SphericalEquivalent { .. } => return &["-0.25", "0", "0.25"],
        Measure::Difference { .. } | Measure::Egfr { .. } => 2,
    };
    match decimals {
        0 => &["-1", "0", "1"],
        1 => &["-0.1", "0", "0.1"],
        _ => &["-0.01", "0", "0.01"],
    }
}

fn shifted(number: Decimal, shift: &str) -> Option<Decimal> {
    let negated = Decimal::parse(shift)?;
    number.minus(Decimal::new(-negated.mantissa, negated.scale)).map(Decimal::trimmed)
}

/// Gives the items values that make the measure this number; false where the item does not keep such a value.
fn put(cat: &Catalogue, measure: &Measure, number: &Decimal, cells: &mut Cells) -> bool {
    let fits = |item: &ItemCode| {
        let item = cat.item(*item).unwrap();
        match &item.kind {
            ItemKind::Number { decimals, hard_min, hard_max, .. } => {
                number.scale <= *decimals
                    && hard_min.is_none_or(|min| *number >= min)
                    && hard_max.is_none_or(|max| *number <= max)
            }
            ItemKind::Choice { .. } | ItemKind::Text { .. } => false,
        }
    };
    let mut set = |item: ItemCode, text: String| {
        cells.insert(item, text);
        true
    };
    match measure {
        Measure::Item(item) => fits(item) && set(*item, number.to_string()),
        Measure::Bmi { height, weight, .. } => {
            fits(weight) && set(*height, "100".to_owned()) && set(*weight, number.to_string())
        }
        Measure::MeanWhole(items)
        | Measure::Lowest(items)
        | Measure::Highest(items)
        | Measure::Last(items) => fits(&items[0]) && set(items[0], number.to_string()),
        Measure::SphericalEquivalent { sphere, cylinder, .. } => {
            fits(sphere) && set(*sphere, number.to_string()) && set(*cylinder, "0".to_owned())
        }
        Measure::Difference { from, less, .. } => {
            let sum = number.minus(Decimal::new(-1, 0)).unwrap();
            set(*from, sum.to_string()) && set(*less, "1".to_owned())
        }
        Measure::Egfr { .. } => false,
        Measure::Teeth { chart, permanent, .. } => match (number.mantissa, permanent) {
            (0, _) => set(*chart, "0".to_owned()),
            (1, true) => set(*chart, "16=D".to_owned()),
            (1, false) => set(*chart, "55=f".to_owned()),
            _ => false,
        },
        Measure::SelfCare { items, .. } => match answers_of(cat, items, number) {
            Some(answers) => {
                let pairs = items.iter().zip(answers);
                pairs.for_each(|(item, answer)| {
                    cells.insert(*item, answer);
                });
                true
            }
            None => false,
        },
    }
}

/// The first answers that make so many points.
fn answers_of(cat: &Catalogue, items: &[ItemCode], points: &Decimal) -> Option<Vec<String>> {
    let scales = cat.scales.as_ref().unwrap();
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for item in items {
        let choices = cat.item(*item).unwrap().choices();
        let with = |before: &Vec<String>| {
            let before = before.clone();
            choices.iter().map(move |choice| [before.clone(), vec![choice.key.clone()]].concat())
        };
        all = all.iter().flat_map(with).collect();
    }
    all.into_iter().find(|answers| {
        let keys: Vec<&str> = answers.iter().map(String::as_str).collect();
        let sum = scales.self_care_points(&keys);
        sum.is_some_and(|sum| Decimal::new(i64::from(sum), 0) == *points)
    })
}

fn height_of(_cat: &Catalogue, sex: &str, years: i32, group: &str) -> String {
    let rows =
        csv_rows(&repository_file("schema/catalogue/tables/wst610_2018_height_percentiles.csv"));
    let years = years.to_string();
    let row = rows.iter().find(|row| row["sex"] == sex && row["age_year"] == years).unwrap();
    match group {
        "lt_p5" => "100".to_owned(),
        group => row[group].clone(),
    }
}

fn probe(
    cat: &Catalogue,
    kind: &'static str,
    sex: &'static str,
    months: u32,
    cells: &Cells,
) -> Probe {
    let cell =
        |(item, text): (&ItemCode, &String)| format!("{}={text}", cat.item(*item).unwrap().key);
    Probe { kind, sex, months, cells: cells.iter().map(cell).collect::<Vec<_>>().join(";") }
}
