//! The words reports use for what facts hold as codes, and how identifiers are masked on the way
//! out. Not a translation layer: the catalogue's own words come from the catalogue.

use crate::table::Cell;
use crate::{Identifiers, Input};
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Item, print_value};
use domain::facts::{CheckupFacts, CheckupState, PersonKind, Standing, UnitFacts};
use domain::identity::{age_years, mask_id, mask_name, mask_phone};
use domain::ids::UnitCode;
use domain::phrase::DEPARTMENT_RULE;
use domain::rule::{Judgement, Level};
use domain::value::Value;
use std::borrow::Cow;

pub fn kind(kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Resident => "居民",
        PersonKind::Pupil => "学生",
    }
}

pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Listed => "名单内",
        Standing::OtherVillage => "本区他村",
        Standing::Outside => "外区",
    }
}

pub fn state(state: CheckupState) -> &'static str {
    match state {
        CheckupState::Registered => "已登记",
        CheckupState::Underway => "检查中",
        CheckupState::SiteDone => "现场完成",
        CheckupState::AwaitingResults => "待回报",
        CheckupState::AwaitingConclusion => "待总检",
        CheckupState::Concluded => "已总检",
        CheckupState::LookAgain => "需再看",
        CheckupState::ReportIssued => "报告已发",
    }
}

pub fn level(level: Level) -> &'static str {
    match level {
        Level::A => "A 立即",
        Level::B => "B 转诊",
        Level::C => "C 建议",
        Level::N => "未见异常",
    }
}

/// The names joined by 、, or 无.
pub fn list_or_none<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let joined = names.into_iter().collect::<Vec<_>>().join("、");
    if joined.is_empty() { "无".to_owned() } else { joined }
}

impl<'a> Input<'a> {
    pub fn is_masked(&self) -> bool {
        match self.options.identifiers {
            Identifiers::Masked => true,
            Identifiers::Full { .. } => false,
        }
    }

    pub fn name(&self, checkup: &CheckupFacts) -> String {
        if self.is_masked() {
            mask_name(&checkup.details.name)
        } else {
            checkup.details.name.clone()
        }
    }

    pub fn id_number(&self, checkup: &CheckupFacts) -> String {
        let id = checkup.details.id_number.as_deref().unwrap_or_default();
        if self.is_masked() && !id.is_empty() { mask_id(id) } else { id.to_owned() }
    }

    pub fn phone(&self, checkup: &CheckupFacts) -> String {
        let phone = checkup.details.phone.as_deref().unwrap_or_default();
        if self.is_masked() && !phone.is_empty() { mask_phone(phone) } else { phone.to_owned() }
    }

    /// Text somebody typed. In a masked report ID numbers and phones inside it are masked too.
    pub fn free_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_masked() { mask_numbers(text) } else { Cow::Borrowed(text) }
    }

    /// The unit's facts, where the export has them.
    pub fn unit(&self, code: &UnitCode) -> Option<&'a UnitFacts> {
        self.units.get(code).map(|(_, unit)| *unit)
    }

    /// 水洞底镇 慕隆村; the bare code of a unit the export does not know.
    pub fn unit_label(&self, code: &UnitCode) -> String {
        self.unit(code).map_or_else(|| code.to_string(), unit_label)
    }

    /// The unit's name alone where no other unit of the export is called so.
    pub fn unit_name(&self, code: &UnitCode) -> String {
        let Some(unit) = self.unit(code) else { return code.to_string() };
        match self.namesakes.get(unit.name.as_str()) {
            Some(2..) => unit_label(unit),
            Some(_) | None => unit.name.clone(),
        }
    }

    /// What the printed page says at its top: the round, what it is, and of which unit if of one.
    pub fn title(&self, what: &str) -> String {
        let round = &self.facts.round.name;
        match self.facts.units.as_slice() {
            [unit] => format!("{round} {what}：{}", unit_label(unit)),
            _ => format!("{round} {what}"),
        }
    }

    /// The checkups by unit, in the order the units are given, people in the order they are given.
    pub fn checkups_by_unit(&self) -> Vec<&'a CheckupFacts> {
        let place = |code: &UnitCode| self.units.get(code).map_or(usize::MAX, |(at, _)| *at);
        let mut checkups: Vec<&CheckupFacts> = self.facts.checkups.iter().collect();
        checkups.sort_by_cached_key(|checkup| (place(&checkup.unit), checkup.unit.clone()));
        checkups
    }

    /// The words of the table of levels; the code itself where this catalogue has none for it.
    pub fn class_words(&self, judgement: &Judgement) -> String {
        let level = self.catalogue.level(&judgement.rule, &judgement.code);
        // One shown by a newer version than the round's keeps its name.
        level
            .or_else(|| Catalogue::builtin().level(&judgement.rule, &judgement.code))
            .map_or_else(|| judgement.code.clone(), |row| row.name_zh.clone())
    }

    /// What a finding says on its own: of a department's, which department.
    pub fn finding_words(&self, judgement: &Judgement) -> String {
        let words = self.class_words(judgement);
        match self.finding_item(judgement) {
            Some(item) if judgement.rule == DEPARTMENT_RULE && !words.contains(&item.short_zh) => {
                format!("{}：{words}", item.short_zh)
            }
            Some(_) | None => words,
        }
    }

    pub fn finding_item(&self, judgement: &Judgement) -> Option<&'a Item> {
        self.catalogue.item(judgement.item?)
    }

    /// A value as people read it; what somebody typed is masked like any free text.
    pub fn value_words(&self, item: &Item, value: &Value) -> String {
        self.free_text(&print_value(item, value)).into_owned()
    }
}

pub fn unit_label(unit: &UnitFacts) -> String {
    if unit.township.is_empty() || unit.name.starts_with(&unit.township) {
        return unit.name.clone();
    }
    format!("{} {}", unit.township, unit.name)
}

/// 3组, or 五年级 1班.
pub fn group(checkup: &CheckupFacts) -> Cell {
    let parts = [checkup.grade.as_deref(), checkup.group.as_deref()];
    Cell::text(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// Full years on the stop's day; nothing where either is unknown.
pub fn age(checkup: &CheckupFacts) -> Cell {
    match (checkup.details.birth, checkup.day) {
        (Some(birth), Some(day)) => {
            u64::try_from(age_years(birth, day)).map_or(Cell::Empty, Cell::Count)
        }
        (None, _) | (_, None) => Cell::Empty,
    }
}

pub fn day(day: Option<NaiveDate>) -> Cell {
    day.map_or(Cell::Empty, Cell::Day)
}

/// Findings only, the gravest first, otherwise in the order given.
pub fn findings(checkup: &CheckupFacts) -> Vec<&Judgement> {
    let mut found: Vec<&Judgement> =
        checkup.judgements.iter().filter(|judgement| judgement.level.is_finding()).collect();
    found.sort_by_key(|judgement| std::cmp::Reverse(judgement.level));
    found
}

/// ID numbers (15 digits, or 17 and a digit or X) and mobile phones (11 digits) inside a text.
/// Any run of 15 digits and more counts as an ID number: a mistyped one still names someone.
fn mask_numbers(text: &str) -> Cow<'_, str> {
    const ID_DIGITS_MIN: usize = 15;
    const PHONE_DIGITS: usize = 11;
    if text.bytes().filter(u8::is_ascii_digit).count() < PHONE_DIGITS {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from_digit) = rest.split_at(start);
        let digits = from_digit.bytes().take_while(u8::is_ascii_digit).count();
        let has_x = digits == 17 && from_digit[digits..].starts_with(['X', 'x']);
        let (run, after) = from_digit.split_at(digits + usize::from(has_x));
        masked.push_str(before);
        match digits {
            PHONE_DIGITS => masked.push_str(&mask_phone(run)),
            ID_DIGITS_MIN.. => masked.push_str(&mask_id(run)),
            0..ID_DIGITS_MIN => masked.push_str(run),
        }
        rest = after;
    }
    masked.push_str(rest);
    Cow::Owned(masked)
}
