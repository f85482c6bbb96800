//! The catalogue: what is examined, where, for whom, and which tables decide. It is data from
//! `schema/catalogue`, embedded and parsed once; this file holds the types and the look-ups.
//! Not here: what a value means (`check`, `rule`). No number of medicine stands in code.

mod embedded;
mod files;
mod groups;
mod kidney;
mod limit;
mod load;
mod load_phrases;
mod load_rules;
mod round;
mod scales;
mod table;
mod text;
mod validate;

pub use groups::Groups;
pub use kidney::Kidney;
pub(crate) use kidney::UMOL_L_PER_MG_DL;
pub use limit::{AgeKey, Limit, OwnEnd, RowKey, Selector};
pub use load::{CatalogueError, Sources};
pub use round::{
    DUE_DAYS_MAX, DUE_DAYS_OF_B, LevelProblem, OwnLevel, OwnLevels, RoundSetting, UnpaidProblem,
    VERSION_UNSAID,
};
pub use scales::{Constitution, Scales, TCM_QUESTIONS, Verdict};
pub use table::Table;
pub use text::{ValueProblem, parse_value, print_value};
pub use validate::ITEM_CODE_MAX;

use crate::facts::{PersonKind, Sex};
use crate::grammar::{Grammar, codes_of};
use crate::ids::{ItemCode, StationCode};
use crate::phrase::Phrase;
use crate::rule::Level;
use crate::value::{AbsentReason, Decimal, Value};
use std::sync::OnceLock;

/// Everything the rules rest on, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    pub version: u32,
    /// In the order of their codes.
    pub items: Vec<Item>,
    pub stations: Vec<Station>,
    pub packages: Vec<Package>,
    pub rules: Vec<Rule>,
    /// The rows of finding_levels.csv, in its order.
    pub levels: Vec<LevelRow>,
    pub tables: Vec<Table>,
    /// Words that stand for "no value, because ..." in any item.
    pub absent_words: Vec<(AbsentReason, String)>,
    /// The band of the usual of systolic minus diastolic pressure, mmHg.
    pub pulse_pressure: Usual,
    /// How people are sorted into the rows of tables that go by more than sex and age.
    pub groups: Groups,
    /// From this age the adult bands of plausibility ask.
    pub adult_from_years: i32,
    /// How tables read an age where their sources differ (本区设置).
    pub age_settings: Vec<AgeSetting>,
    /// The reference intervals that stand where the laboratory printed none of its own.
    pub references: Vec<Reference>,
    /// The equation of eGFR; `None` where its table is not in the catalogue.
    pub kidney: Option<Kidney>,
    /// How the questionnaires of the 65+ are scored; `None` where their tables are not in the catalogue.
    pub scales: Option<Scales>,
    /// What departments' findings are put together from, in the book's order; none in the catalogues before it.
    pub phrases: Vec<Phrase>,
}

/// How a table reads an age, where the text of the standard and those who apply it differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeSetting {
    /// The standard: `wst610`.
    pub key: String,
    pub is: AgeKey,
    /// What it may be set to.
    pub may_be: Vec<AgeKey>,
    pub source: String,
}

/// An item's reference interval for adults by sex and age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub item: ItemCode,
    /// The answer with which it holds (空腹); none = always.
    pub when: Option<When>,
    pub low: Option<Limit>,
    pub high: Option<Limit>,
}

impl Catalogue {
    /// The catalogue this program was built with.
    ///
    /// # Panics
    /// When the embedded files contradict each other: a mistake of the build that a test finds, and
    /// a catalogue that judges nothing would be worse than none.
    pub fn builtin() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| match Catalogue::load(&Sources::builtin()) {
            Ok(catalogue) => catalogue,
            Err(problem) => panic!("the embedded catalogue does not load: {problem}"),
        })
    }

    pub fn item(&self, code: ItemCode) -> Option<&Item> {
        let at = self.items.binary_search_by_key(&code, |item| item.code).ok()?;
        self.items.get(at)
    }

    pub fn item_by_key(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.key == key)
    }

    pub fn station(&self, code: StationCode) -> Option<&Station> {
        self.stations.iter().find(|station| station.code == code)
    }

    pub fn station_by_key(&self, key: &str) -> Option<&Station> {
        self.stations.iter().find(|station| station.key == key)
    }

    /// The first station that records an item; a few stand at two.
    pub fn station_of(&self, item: ItemCode) -> Option<&Station> {
        self.stations.iter().find(|station| station.items.contains(&item))
    }

    /// The round's package of a kind of person, which decides when a checkup is done; loading guarantees
    /// one of each, residents first. What else a person is asked is `asked`.
    pub fn package(&self, kind: PersonKind) -> &Package {
        match kind {
            PersonKind::Resident => &self.packages[0],
            PersonKind::Pupil => &self.packages[1],
        }
    }

    /// How the tables of a standard read an age.
    pub fn age_setting(&self, key: &str) -> Option<AgeKey> {
        self.age_settings.iter().find(|setting| setting.key == key).map(|setting| setting.is)
    }

    pub fn rule(&self, key: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.key == key)
    }

    pub fn level(&self, rule: &str, code: &str) -> Option<&LevelRow> {
        self.levels.iter().find(|row| row.rule == rule && row.code == code)
    }

    /// A reference table by its file name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// One thing examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Stable for ever, never re-used; below 512, the width of a checkup's masks.
    pub code: ItemCode,
    pub key: String,
    pub name_zh: String,
    pub short_zh: String,
    /// Empty where there is none.
    pub unit_zh: String,
    pub kind: ItemKind,
    /// Computed from other items (BMI), never recorded.
    pub derived: bool,
    pub source: String,
    /// Bands of the usual: outside is asked again, never refused.
    pub usual: Vec<Usual>,
    /// What an instrument's values are whole multiples of (0.25 D); another one is asked again, never refused.
    pub step: Option<Decimal>,
    /// How its text is spelt; `Free` for numbers and choices.
    pub grammar: Grammar,
    /// Asked of this sex alone; a value of the other is asked about, never refused.
    pub sex: Option<Sex>,
    /// The answer that opens it.
    pub shown_if: Option<ShownIf>,
    /// The school years it is asked of; none = of every one.
    pub by_grade: Option<ByGrade>,
    /// What to say or do at the question; empty where it speaks for itself.
    pub hint_zh: String,
    /// It is an answer, and nothing that was examined: never "fine" on a report.
    pub asks: Option<Asks>,
}

/// What an item that is only answered asks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// What somebody was known to have before this checkup: a report tells it.
    Disease,
    /// What they wear.
    Worn,
}

/// An item is asked when another one of its station is one of these choices; with none named, when it has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownIf {
    pub item: ItemCode,
    pub choices: Vec<u16>,
}

/// An item is asked of pupils of these grades, and of any other whom one of the answers makes suspicious.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByGrade {
    pub grades: Vec<String>,
    pub or: Vec<ShownIf>,
}

impl Item {
    /// The choice of that key (`yes`, `1+` ...).
    pub fn choice(&self, key: &str) -> Option<&Choice> {
        self.choices().iter().find(|choice| choice.key == key)
    }

    /// Decimals that are kept; 0 for what is no number.
    pub fn decimals(&self) -> u8 {
        match self.kind {
            ItemKind::Number { decimals, .. } => decimals,
            ItemKind::Choice { .. } | ItemKind::Text { .. } => 0,
        }
    }

    /// Whether an answer is, or holds, a choice that is no normal result.
    pub fn is_marked(&self, value: &Value) -> bool {
        let is_one = |code: u16| self.choices().iter().any(|one| one.code == code && one.abnormal);
        match value {
            Value::Choice(code) => is_one(*code),
            Value::Text(text) if !self.choices().is_empty() => {
                codes_of(text).into_iter().any(is_one)
            }
            Value::Text(_) | Value::Number(_) | Value::Absent(_) => false,
        }
    }

    /// Empty for numbers and texts.
    pub fn choices(&self) -> &[Choice] {
        match (&self.kind, &self.grammar) {
            (ItemKind::Choice { choices }, _) | (_, Grammar::Several(choices)) => choices,
            (ItemKind::Number { .. } | ItemKind::Text { .. }, _) => &[],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// `decimals`: places kept at most; `decimals_shown`: places printed at least. The hard limits
    /// (both inclusive) are what a body or an instrument cannot go beyond, not medical thresholds.
    Number {
        decimals: u8,
        decimals_shown: u8,
        hard_min: Option<Decimal>,
        hard_max: Option<Decimal>,
    },
    Choice {
        choices: Vec<Choice>,
    },
    Text {
        chars_max: u16,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub code: u16,
    pub key: String,
    pub zh: String,
    /// Every way to write it, in half-width lower case.
    pub words: Vec<String>,
    /// Where several may be chosen, this one stands alone (无症状).
    pub exclusive: bool,
    /// No normal result, whether a class reads it or not (心 异常, 乙肝表面抗原 阳性).
    pub abnormal: bool,
}

/// A band of the usual for some people, read from a plausibility table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// `None`: for anyone.
    pub kind: Option<PersonKind>,
    pub min: Option<Limit>,
    pub max: Option<Limit>,
    /// Outside the band and fine all the same (vision 0: blind).
    pub also_fine: Vec<Decimal>,
}

/// A place in the line, with its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    pub code: StationCode,
    pub key: String,
    pub name_zh: String,
    pub items: Vec<ItemCode>,
    /// A digit chooses and goes on to the next question: long questionnaires.
    pub digit_goes_on: bool,
    /// Findings in words are dictated here: a phrase book stands beside the form, and the examiner's word is asked for.
    pub is_dictated: bool,
}

/// What a kind of person gets in a round, or some of them beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub key: String,
    pub kind: PersonKind,
    pub name_zh: String,
    pub status: String,
    /// `None`: the round's package of its kind. Else whom it is added to.
    pub adds: Option<Adds>,
    /// Mandatory: a checkup is done on site when each has a value or a reason. Of a package that is added
    /// these are the form's minimum; they do not hold a checkup.
    pub items: Vec<ItemCode>,
    /// Taken where the round has the station.
    pub optional: Vec<ItemCode>,
    /// Every station that records one of the items, mandatory or optional, in the line's order.
    pub stations: Vec<StationCode>,
    /// Asked at registration: an answer does not yet make a checkup 检查中.
    pub registration: Vec<ItemCode>,
}

/// Whom a package is added to: by an answer, else by age in completed months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adds {
    pub from_months: Option<i32>,
    /// Excluded.
    pub below_months: Option<i32>,
    pub age_unknown: bool,
    pub answer: Option<(ItemCode, Vec<u16>)>,
}

/// What turns results into classes: whom it is for and the conditions of each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub key: String,
    pub name_zh: String,
    pub on: bool,
    /// The standard or guideline the numbers are from.
    pub standard: String,
    pub year: u16,
    pub status: String,
    pub audiences: Vec<Audience>,
    pub when: Option<When>,
    pub shows: Shows,
    /// In order of severity within a slot: of those that hold the last one counts.
    pub classes: Vec<Class>,
    /// The classes by slot, with the items each slot reads.
    pub slots: Vec<Slot>,
    /// The items whose values the rule reads, its basis.
    pub rests_on: Vec<ItemCode>,
    /// The tables its numbers stand in.
    pub tables: Vec<String>,
}

impl Rule {
    /// The kinds of person it is for.
    pub fn kinds(&self) -> Vec<PersonKind> {
        self.audiences.iter().map(|audience| audience.kind).collect()
    }
}

/// The classes of which one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub name: String,
    /// Places in `Rule::classes`.
    pub classes: Vec<usize>,
    /// The items its classes and the rule's answer read.
    pub reads: Vec<ItemCode>,
}

/// Whom a rule is for. Ages in completed months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    pub kind: PersonKind,
    pub from_months: Option<i32>,
    /// Completed months, excluded; none = no end.
    pub below_months: Option<i32>,
    /// Whether it is for people whose birth date is not known, too: yes where the limits are the
    /// same at every age the kind of person can have, so that no finding is lost with a birth date.
    pub age_unknown: bool,
}

/// A rule that depends on an answer (空腹).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub item: ItemCode,
    pub choices: Vec<u16>,
    /// True: the answer is none of `choices`, or there is no answer.
    pub negated: bool,
}

/// What stands beside a class as the value seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The measure that decided.
    Measure,
    /// Both parts of a pressure: 152/94.
    Pressure,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    pub code: String,
    /// One class of a slot is given: lipids have one per analyte, most rules just one.
    pub slot: String,
    pub on: bool,
    pub status: String,
    /// Of a class at level N: whether it is no normal result all the same (脊柱前凸体征). `None`: versions that do not say.
    pub abnormal: Option<bool>,
    /// From this age only, in whole years as the key reads it.
    pub from_age: Option<(AgeKey, i32)>,
    /// Silent unless each of these has a value (both eyes).
    pub needs: Vec<Measure>,
    /// Silent unless every table it names has a row for the person.
    pub needs_rows: bool,
    /// All of these hold ...
    pub all: Vec<Condition>,
    /// ... and, where there are any, one of these, on which the class then rests ...
    pub any: Vec<Condition>,
    /// ... unless these only opened what `all` compares (a sign, and then the spine's re-measured angle).
    pub rests_on_all: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Number {
        measure: Measure,
        compare: Compare,
        limit: Limit,
    },
    Choice {
        item: ItemCode,
        choices: Vec<u16>,
    },
    /// A clause of the item's words is a phrase of the book that leads to this class.
    Phrase {
        item: ItemCode,
        class: String,
    },
    /// Something in the item's words has no level yet, or nothing has one.
    Ungraded {
        item: ItemCode,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    Below,
    AtMost,
    AtLeast,
    Above,
}

impl Compare {
    pub fn holds(self, value: Decimal, limit: Decimal) -> bool {
        match self {
            Compare::Below => value < limit,
            Compare::AtMost => value <= limit,
            Compare::AtLeast => value >= limit,
            Compare::Above => value > limit,
        }
    }
}

/// What is compared: an item's value, or one computed from several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    Item(ItemCode),
    /// kg/m2 at 0.1; `item` is the derived item it stands for.
    Bmi {
        item: ItemCode,
        height: ItemCode,
        weight: ItemCode,
    },
    /// The mean of those there are, rounded half up to a whole.
    MeanWhole(Vec<ItemCode>),
    Lowest(Vec<ItemCode>),
    Highest(Vec<ItemCode>),
    /// The last of those there are: a repeat in place of the first reading. The lower of both where the repeat was taken before the
    /// first reading (`Measured::is_unrepeated`): of what is too low, neither takes the other away.
    Last(Vec<ItemCode>),
    /// Sphere + cylinder / 2, in D; `item` is the derived item it stands for.
    SphericalEquivalent {
        item: ItemCode,
        sphere: ItemCode,
        cylinder: ItemCode,
    },
    /// The first less the second; both are needed. `label`: what the number is called beside the first item.
    Difference {
        label: String,
        from: ItemCode,
        less: ItemCode,
    },
    /// eGFR in mL/min/1.73 m2 at 0.01, by `Catalogue::kidney`.
    Egfr {
        label: String,
        creatinine: ItemCode,
    },
    /// Decayed, missing and filled teeth of the chart, permanent or primary; `item` is the derived item it stands for.
    Teeth {
        item: ItemCode,
        chart: ItemCode,
        permanent: bool,
    },
    /// The points of 老年人生活自理能力评估 by `Catalogue::scales`; every answer is needed.
    SelfCare {
        label: String,
        items: Vec<ItemCode>,
    },
}

/// egfr_ckdepi.csv, UNITS: mL/min/1.73m2.
const EGFR_UNIT: &str = "mL/min/1.73m²";
/// selfcare_65plus.csv: points.
const POINTS_UNIT: &str = "分";

impl Measure {
    /// What a number is called that is made of its items and not the item's own; none = it goes by the item.
    pub fn label(&self) -> Option<&str> {
        match self {
            Measure::Difference { label, .. }
            | Measure::Egfr { label, .. }
            | Measure::SelfCare { label, .. } => Some(label),
            Measure::Item(_)
            | Measure::Bmi { .. }
            | Measure::MeanWhole(_)
            | Measure::Lowest(_)
            | Measure::Highest(_)
            | Measure::Last(_)
            | Measure::SphericalEquivalent { .. }
            | Measure::Teeth { .. } => None,
        }
    }

    /// The unit of such a number; none = the item's.
    pub fn own_unit(&self) -> Option<&'static str> {
        match self {
            Measure::Egfr { .. } => Some(EGFR_UNIT),
            Measure::SelfCare { .. } => Some(POINTS_UNIT),
            Measure::Difference { .. }
            | Measure::Item(_)
            | Measure::Bmi { .. }
            | Measure::MeanWhole(_)
            | Measure::Lowest(_)
            | Measure::Highest(_)
            | Measure::Last(_)
            | Measure::SphericalEquivalent { .. }
            | Measure::Teeth { .. } => None,
        }
    }

    /// The recorded items it reads.
    pub fn reads(&self) -> Vec<ItemCode> {
        match self {
            Measure::Item(item) => vec![*item],
            Measure::Bmi { height, weight, .. } => vec![*height, *weight],
            Measure::MeanWhole(items)
            | Measure::Lowest(items)
            | Measure::Highest(items)
            | Measure::Last(items)
            | Measure::SelfCare { items, .. } => items.clone(),
            Measure::SphericalEquivalent { sphere, cylinder, .. } => vec![*sphere, *cylinder],
            Measure::Difference { from, less, .. } => vec![*from, *less],
            Measure::Egfr { creatinine, .. } => vec![*creatinine],
            Measure::Teeth { chart, .. } => vec![*chart],
        }
    }
}

/// One row of finding_levels.csv (本区设置): which class is a finding, at which level, due when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRow {
    pub rule: String,
    pub code: String,
    /// What was seen, never a diagnosis.
    pub name_zh: String,
    pub level: Level,
    /// The level stands when a repeat after quiet rest confirms it; until then it stays open.
    pub after_recheck: bool,
    /// Days until the first follow-up is due.
    pub due_days: Option<u16>,
    /// What staff do.
    pub action_zh: String,
    /// What was seen, as printed for the person; empty = `name_zh`.
    pub person_zh: String,
    /// Where the person goes with it; empty where nowhere is named, and in catalogues 1 and 2.
    pub where_zh: String,
    /// What the person is asked to do; empty in catalogues 1 and 2.
    pub to_person_zh: String,
}

impl LevelRow {
    /// What was seen, in the words for the person.
    pub fn said_to_person(&self) -> &str {
        if self.person_zh.is_empty() { &self.name_zh } else { &self.person_zh }
    }
}
