//! The catalogue's JSON files as they are written. An unknown or missing field is an error, so a
//! misspelt word cannot switch a threshold off. `load` turns them into what the rules work with.

use super::Asks;
use crate::facts::{PersonKind, Sex};
use crate::value::AbsentReason;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemsFile {
    #[serde(rename = "$schema")]
    _schema: String,
    #[serde(rename = "note")]
    _note: String,
    pub version: u32,
    pub hard_limits_status: String,
    pub adult_from_years: AdultFromFile,
    pub pulse_pressure: UsualFile,
    pub absent_words: Vec<AbsentWordsFile>,
    pub items: Vec<ItemFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdultFromFile {
    pub years: i32,
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsentWordsFile {
    pub reason: AbsentReason,
    pub words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemFile {
    pub code: u16,
    pub key: String,
    pub name_zh: String,
    pub short_zh: String,
    pub unit_zh: String,
    pub kind: ItemKindFile,
    pub decimals: Option<u8>,
    pub decimals_shown: Option<u8>,
    #[serde(default)]
    pub derived: bool,
    pub step: Option<String>,
    pub hard_limits: Option<HardLimitsFile>,
    #[serde(default)]
    pub usual: Vec<UsualFile>,
    #[serde(default)]
    pub choices: Vec<ChoiceFile>,
    /// Absent in the catalogues before it.
    #[serde(default)]
    pub abnormal: Vec<String>,
    pub chars_max: Option<u16>,
    pub sex: Option<Sex>,
    pub shown_if: Option<ShownIfFile>,
    pub by_grade: Option<ByGradeFile>,
    #[serde(default)]
    pub hint_zh: String,
    pub asks: Option<AsksFile>,
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsksFile {
    pub of: Asks,
    /// Where it is said that this is asked and not examined.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByGradeFile {
    pub grades: Vec<String>,
    pub or: Vec<ShownIfFile>,
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownIfFile {
    pub item: String,
    /// Absent: any value opens it.
    pub is: Option<Vec<String>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum ItemKindFile {
    Number,
    Choice,
    /// Several choices at once.
    Several,
    Text,
    Date,
    Teeth,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardLimitsFile {
    pub min: String,
    pub max: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsualFile {
    #[serde(rename = "for")]
    pub audience: UsualForFile,
    pub table: String,
    pub row: BTreeMap<String, String>,
    pub min: Option<String>,
    pub max: Option<String>,
    #[serde(default)]
    pub also_fine: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum UsualForFile {
    Anyone,
    Resident,
    Pupil,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceFile {
    pub code: u16,
    pub key: String,
    pub zh: String,
    pub words: Vec<String>,
    #[serde(default)]
    pub exclusive: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationsFile {
    #[serde(rename = "$schema")]
    _schema: String,
    #[serde(rename = "note")]
    _note: String,
    pub version: u32,
    pub stations: Vec<StationFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationFile {
    pub code: u16,
    pub key: String,
    pub name_zh: String,
    #[serde(default)]
    pub digit_goes_on: bool,
    pub items: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhrasesFile {
    #[serde(rename = "$schema")]
    _schema: String,
    #[serde(rename = "note")]
    _note: String,
    pub version: u32,
    pub phrases: Vec<PhraseFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseFile {
    pub key: String,
    pub items: Vec<String>,
    pub text: String,
    pub initials: String,
    pub level: PhraseLevelFile,
    pub finding: Option<String>,
    pub status: String,
    pub source: String,
    #[serde(default)]
    pub hint_zh: String,
}

#[derive(Deserialize, Clone, Copy)]
pub enum PhraseLevelFile {
    A,
    B,
    C,
    #[serde(rename = "none")]
    None,
    #[serde(rename = "normal")]
    Normal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackagesFile {
    #[serde(rename = "$schema")]
    _schema: String,
    #[serde(rename = "note")]
    _note: String,
    pub version: u32,
    pub packages: Vec<PackageFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageFile {
    pub key: String,
    pub kind: PersonKind,
    pub name_zh: String,
    pub status: String,
    pub adds: Option<AddsFile>,
    pub mandatory: Vec<String>,
    pub optional: Vec<String>,
}

/// Whom a package is added to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddsFile {
    pub age_from_years: Option<i32>,
    pub age_below_years: Option<i32>,
    #[serde(default)]
    pub age_unknown: bool,
    pub answer: Option<ChoiceConditionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    #[serde(rename = "$schema")]
    _schema: String,
    #[serde(rename = "note")]
    _note: String,
    pub version: u32,
    #[serde(default)]
    pub ages: Vec<AgeSettingFile>,
    pub measures: Vec<MeasureFile>,
    #[serde(default)]
    pub references: Option<ReferencesFile>,
    pub rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeSettingFile {
    pub key: String,
    pub is: AgeKeyFile,
    pub may_be: Vec<AgeKeyFile>,
    pub source: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AgeKeyFile {
    Years,
    YearsRounded,
    HalfYears,
    #[serde(rename = "half_years_to_18")]
    HalfYearsTo18,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferencesFile {
    pub table: String,
    pub low: String,
    pub high: String,
    pub of: Vec<ReferenceFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFile {
    pub item: String,
    pub row: BTreeMap<String, String>,
    #[serde(default)]
    pub when: Option<WhenFile>,
    /// The high end is left to a rule that judges it.
    #[serde(default)]
    pub low_only: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureFile {
    pub key: String,
    pub how: MeasureHowFile,
    pub of: Vec<String>,
    /// What the number is called where it stands beside an item that is not itself.
    #[serde(default)]
    pub label_zh: String,
    pub source: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum MeasureHowFile {
    Bmi,
    MeanWhole,
    Lowest,
    Highest,
    Last,
    SphericalEquivalent,
    Difference,
    EgfrCkdepi2021,
    SelfCarePoints,
    PermanentTeeth,
    PrimaryTeeth,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    pub key: String,
    pub name_zh: String,
    pub on: bool,
    pub standard: String,
    pub year: u16,
    pub status: String,
    #[serde(default)]
    pub shows: ShowsFile,
    pub applies: Vec<AppliesFile>,
    pub when: Option<WhenFile>,
    pub classes: Vec<ClassFile>,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
pub enum ShowsFile {
    #[default]
    Measure,
    Pressure,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliesFile {
    pub kind: PersonKind,
    pub age_from_years: Option<String>,
    pub age_below_years: Option<String>,
    pub age_unknown: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenFile {
    pub item: String,
    pub is: Option<Vec<String>>,
    pub is_not: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFile {
    pub code: String,
    #[serde(default)]
    pub slot: String,
    pub on: bool,
    pub status: String,
    pub abnormal: Option<bool>,
    pub age_rounded_from_years: Option<String>,
    pub age_from: Option<AgeFromFile>,
    #[serde(default)]
    pub needs_rows: bool,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub all: Vec<ConditionFile>,
    #[serde(default)]
    pub any: Vec<ConditionFile>,
    #[serde(default)]
    pub rests_on_all: bool,
}

/// An age as one of `ages` reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeFromFile {
    pub by: String,
    pub years: i32,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum ConditionFile {
    Number(NumberFile),
    Own(OwnOnlyFile),
    Choice(ChoiceConditionFile),
    Phrase(PhraseConditionFile),
    Ungraded(UngradedConditionFile),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberFile {
    pub measure: String,
    pub op: CompareFile,
    pub table: String,
    pub row: BTreeMap<String, String>,
    pub column: String,
    pub pick: Option<PickFile>,
    pub end: Option<RangeEndFile>,
    pub own: Option<OwnEndFile>,
    #[serde(default)]
    pub verified_rows_only: bool,
}

/// A number against an end of the laboratory's own range, where no table of ours stands in for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnOnlyFile {
    pub measure: String,
    pub op: CompareFile,
    pub own_only: OwnEndFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceConditionFile {
    pub item: String,
    pub is: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseConditionFile {
    pub phrase_in: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UngradedConditionFile {
    pub ungraded_in: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum CompareFile {
    Lt,
    Le,
    Ge,
    Gt,
}

/// Which end of the laboratory's own range stands in the cell's place where it printed one.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OwnEndFile {
    Low,
    High,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PickFile {
    /// The largest of the rows that fit.
    Max,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RangeEndFile {
    /// The lower end of a range such as `110-119`.
    Low,
}

/// Where a number stands.
#[derive(Default)]
pub struct CellFile {
    pub table: String,
    pub row: BTreeMap<String, String>,
    pub column: String,
    pub pick: Option<PickFile>,
    pub end: Option<RangeEndFile>,
    pub own: Option<OwnEndFile>,
    /// Rows that say of themselves that they were recalled are left out.
    pub verified_rows_only: bool,
    /// An empty cell is no limit.
    pub gaps: bool,
}
