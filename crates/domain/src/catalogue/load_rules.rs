//! The rules' part of loading a catalogue: names become codes, cells become limits.

use super::files::{
    AgeSettingFile, AppliesFile, CellFile, ClassFile, CompareFile, ConditionFile, MeasureFile,
    MeasureHowFile, ReferencesFile, RuleFile, ShowsFile, WhenFile,
};
use super::limit::{AgeKey, Limit, Selector};
use super::load::{CatalogueError, LEVELS_TABLE, Names};
use super::table::Table;
use super::{
    AgeSetting, Audience, Class, Compare, Condition, Item, Measure, Reference, Rule, Shows, Slot,
    When,
};
use crate::ids::ItemCode;
use crate::value::Decimal;
use std::collections::BTreeSet;

const RULES_FILE: &str = "rules.json";

/// Turns the rules' names into codes and their cells into limits.
pub(super) struct RuleReader<'a> {
    pub(super) tables: &'a [Table],
    pub(super) names: &'a Names,
    pub(super) items: &'a [Item],
    pub(super) ages: &'a [AgeSetting],
    pub(super) measures: &'a [MeasureFile],
}

impl RuleReader<'_> {
    pub(super) fn rule(&self, file: &RuleFile) -> Result<Rule, CatalogueError> {
        let audiences: Result<Vec<Audience>, CatalogueError> =
            file.applies.iter().map(|applies| read_audience(&file.key, applies)).collect();
        let classes: Result<Vec<Class>, CatalogueError> =
            file.classes.iter().map(|class| self.class(&file.key, class)).collect();
        let classes = classes?;
        let when = file.when.as_ref().map(|when| self.when(when)).transpose()?;
        let mut tables = BTreeSet::new();
        for condition in classes.iter().flat_map(|class| class.all.iter().chain(&class.any)) {
            if let Condition::Number { limit, .. } = condition
                && !limit.is_own_only()
            {
                tables.insert(limit.table.clone());
            }
        }
        let mut slots: Vec<Slot> = Vec::new();
        for (at, class) in classes.iter().enumerate() {
            let reads = self.reads(class, when.as_ref())?;
            match slots.iter_mut().find(|slot| slot.name == class.slot) {
                Some(slot) => {
                    slot.classes.push(at);
                    slot.reads.extend(reads);
                }
                None => slots.push(Slot { name: class.slot.clone(), classes: vec![at], reads }),
            }
        }
        for slot in &mut slots {
            slot.reads.sort();
            slot.reads.dedup();
        }
        let rests_on: BTreeSet<ItemCode> =
            slots.iter().flat_map(|slot| slot.reads.iter().copied()).collect();
        if tables.is_empty() {
            tables.insert(LEVELS_TABLE.to_owned());
        }
        Ok(Rule {
            key: file.key.clone(),
            name_zh: file.name_zh.clone(),
            on: file.on,
            standard: file.standard.clone(),
            year: file.year,
            status: file.status.clone(),
            audiences: audiences?,
            when,
            shows: match file.shows {
                ShowsFile::Measure => Shows::Measure,
                ShowsFile::Pressure => Shows::Pressure,
            },
            classes,
            slots,
            rests_on: rests_on.into_iter().collect(),
            tables: tables.into_iter().collect(),
        })
    }

    /// The items a class reads, with the answer its rule depends on.
    fn reads(&self, class: &Class, when: Option<&When>) -> Result<Vec<ItemCode>, CatalogueError> {
        let mut reads: Vec<ItemCode> = when.iter().map(|when| when.item).collect();
        reads.extend(class.needs.iter().flat_map(Measure::reads));
        for condition in class.all.iter().chain(&class.any) {
            match condition {
                Condition::Number { measure, limit, .. } => {
                    reads.extend(measure.reads());
                    reads.extend(self.selector_items(limit)?);
                }
                Condition::Choice { item, .. }
                | Condition::Phrase { item, .. }
                | Condition::Ungraded { item } => reads.push(*item),
            }
        }
        Ok(reads)
    }

    /// The reference intervals: verified rows only, and an empty cell is no limit.
    pub(super) fn references(
        &self,
        file: Option<&ReferencesFile>,
    ) -> Result<Vec<Reference>, CatalogueError> {
        let Some(file) = file else { return Ok(Vec::new()) };
        let mut references = Vec::new();
        for one in &file.of {
            let end = |column: &String| {
                let cell = CellFile {
                    table: file.table.clone(),
                    row: one.row.clone(),
                    column: column.clone(),
                    verified_rows_only: true,
                    gaps: true,
                    ..CellFile::default()
                };
                Limit::resolve(self.tables, self.ages, &cell).ok()
            };
            let reference = Reference {
                item: self.names.code(RULES_FILE, &one.item)?,
                when: one.when.as_ref().map(|when| self.when(when)).transpose()?,
                low: end(&file.low),
                high: if one.low_only { None } else { end(&file.high) },
            };
            if reference.low.is_none() && reference.high.is_none() {
                let problem = format!("no reference interval for {}", one.item);
                return Err(CatalogueError::new(RULES_FILE, problem));
            }
            references.push(reference);
        }
        Ok(references)
    }

    /// The items that choose a row: height for a height group, the answer about pregnancy.
    fn selector_items(&self, limit: &Limit) -> Result<Vec<ItemCode>, CatalogueError> {
        let item = |selector: &Selector| match selector {
            Selector::Sex | Selector::Age(_) | Selector::AgeBand => None,
            Selector::HeightGroup => Some(self.names.code(RULES_FILE, "height_cm")),
            Selector::AnaemiaGroup => Some(self.names.code(RULES_FILE, "pregnant")),
        };
        limit.selectors.iter().filter_map(item).collect()
    }

    fn class(&self, rule: &str, file: &ClassFile) -> Result<Class, CatalogueError> {
        let conditions = |files: &[ConditionFile]| -> Result<Vec<Condition>, CatalogueError> {
            files.iter().map(|condition| self.condition(&file.code, condition)).collect()
        };
        let broken = || CatalogueError::new(RULES_FILE, format!("{rule}: age of {}", file.code));
        let rounded = file.age_rounded_from_years.as_deref();
        let rounded: Option<i32> =
            rounded.map(|text| text.parse().map_err(|_| broken())).transpose()?;
        let from_age = match (&file.age_from, rounded) {
            (Some(_), Some(_)) => return Err(broken()),
            (None, rounded) => rounded.map(|years| (AgeKey::YearsRounded, years)),
            (Some(from), None) => {
                let setting = self.ages.iter().find(|age| age.key == from.by);
                Some((setting.ok_or_else(broken)?.is, from.years))
            }
        };
        let needs: Result<Vec<Measure>, CatalogueError> =
            file.needs.iter().map(|key| self.measure(key)).collect();
        Ok(Class {
            code: file.code.clone(),
            slot: file.slot.clone(),
            on: file.on,
            status: file.status.clone(),
            abnormal: file.abnormal,
            from_age,
            needs: needs?,
            needs_rows: file.needs_rows,
            all: conditions(&file.all)?,
            any: conditions(&file.any)?,
            rests_on_all: file.rests_on_all,
        })
    }

    fn condition(&self, class: &str, file: &ConditionFile) -> Result<Condition, CatalogueError> {
        match file {
            ConditionFile::Number(number) => {
                let cell = CellFile {
                    table: number.table.clone(),
                    row: number.row.clone(),
                    column: number.column.clone(),
                    pick: number.pick,
                    end: number.end,
                    own: number.own,
                    verified_rows_only: number.verified_rows_only,
                    gaps: false,
                };
                Ok(Condition::Number {
                    measure: self.measure(&number.measure)?,
                    compare: compare(number.op),
                    limit: Limit::resolve(self.tables, self.ages, &cell)?,
                })
            }
            ConditionFile::Own(own) => Ok(Condition::Number {
                measure: self.measure(&own.measure)?,
                compare: compare(own.op),
                limit: Limit::own_only(own.own_only),
            }),
            ConditionFile::Choice(choice) => Ok(Condition::Choice {
                item: self.names.code(RULES_FILE, &choice.item)?,
                choices: self.choice_codes(&choice.item, &choice.is)?,
            }),
            ConditionFile::Phrase(phrase) => Ok(Condition::Phrase {
                item: self.names.code(RULES_FILE, &phrase.phrase_in)?,
                class: class.to_owned(),
            }),
            ConditionFile::Ungraded(ungraded) => Ok(Condition::Ungraded {
                item: self.names.code(RULES_FILE, &ungraded.ungraded_in)?,
            }),
        }
    }

    fn measure(&self, key: &str) -> Result<Measure, CatalogueError> {
        let Some(file) = self.measures.iter().find(|measure| measure.key == key) else {
            return Ok(Measure::Item(self.names.code(RULES_FILE, key)?));
        };
        let of = self.names.codes(RULES_FILE, &file.of)?;
        let broken = || CatalogueError::new(RULES_FILE, format!("measure {key}"));
        match (file.how, of.as_slice()) {
            _ if file.source.is_empty() => Err(broken()),
            (MeasureHowFile::Bmi, [height, weight]) => {
                let item = self.names.code(RULES_FILE, key)?;
                Ok(Measure::Bmi { item, height: *height, weight: *weight })
            }
            (MeasureHowFile::MeanWhole, [_, ..]) => Ok(Measure::MeanWhole(of)),
            (MeasureHowFile::Lowest, [_, ..]) => Ok(Measure::Lowest(of)),
            (MeasureHowFile::Highest, [_, ..]) => Ok(Measure::Highest(of)),
            (MeasureHowFile::Last, [_, ..]) => Ok(Measure::Last(of)),
            (MeasureHowFile::SphericalEquivalent, [sphere, cylinder]) => {
                let item = self.names.code(RULES_FILE, key)?;
                Ok(Measure::SphericalEquivalent { item, sphere: *sphere, cylinder: *cylinder })
            }
            (how @ (MeasureHowFile::PermanentTeeth | MeasureHowFile::PrimaryTeeth), [chart]) => {
                let item = self.names.code(RULES_FILE, key)?;
                let permanent = matches!(how, MeasureHowFile::PermanentTeeth);
                Ok(Measure::Teeth { item, chart: *chart, permanent })
            }
            _ if file.label_zh.is_empty() => Err(broken()),
            (MeasureHowFile::Difference, [from, less]) => {
                Ok(Measure::Difference { label: file.label_zh.clone(), from: *from, less: *less })
            }
            (MeasureHowFile::EgfrCkdepi2021, [creatinine]) => {
                Ok(Measure::Egfr { label: file.label_zh.clone(), creatinine: *creatinine })
            }
            (MeasureHowFile::SelfCarePoints, [_, ..]) => {
                Ok(Measure::SelfCare { label: file.label_zh.clone(), items: of })
            }
            (
                MeasureHowFile::Bmi
                | MeasureHowFile::MeanWhole
                | MeasureHowFile::Lowest
                | MeasureHowFile::Highest
                | MeasureHowFile::Last
                | MeasureHowFile::SphericalEquivalent
                | MeasureHowFile::Difference
                | MeasureHowFile::EgfrCkdepi2021
                | MeasureHowFile::SelfCarePoints
                | MeasureHowFile::PermanentTeeth
                | MeasureHowFile::PrimaryTeeth,
                _,
            ) => Err(broken()),
        }
    }

    fn when(&self, file: &WhenFile) -> Result<When, CatalogueError> {
        let (keys, negated) = match (&file.is, &file.is_not) {
            (Some(keys), None) => (keys, false),
            (None, Some(keys)) => (keys, true),
            (Some(_), Some(_)) | (None, None) => {
                let problem = format!("when {} needs is or is_not", file.item);
                return Err(CatalogueError::new(RULES_FILE, problem));
            }
        };
        let choices = self.choice_codes(&file.item, keys)?;
        Ok(When { item: self.names.code(RULES_FILE, &file.item)?, choices, negated })
    }

    fn choice_codes(&self, item: &str, keys: &[String]) -> Result<Vec<u16>, CatalogueError> {
        let found = self.items.iter().find(|one| one.key == item);
        let code = |key: &String| {
            let choice = found.and_then(|item| item.choice(key)).map(|choice| choice.code);
            choice.ok_or_else(|| CatalogueError::new(RULES_FILE, format!("{item} is never {key}")))
        };
        keys.iter().map(code).collect()
    }
}

/// A setting that may not be what it is, or that names no source, is no setting.
pub(super) fn read_age_settings(
    files: &[AgeSettingFile],
) -> Result<Vec<AgeSetting>, CatalogueError> {
    let mut settings: Vec<AgeSetting> = Vec::new();
    for file in files {
        let twice = settings.iter().any(|setting| setting.key == file.key);
        if twice || file.source.is_empty() || !file.may_be.contains(&file.is) {
            let problem = format!("the age setting {}", file.key);
            return Err(CatalogueError::new(RULES_FILE, problem));
        }
        settings.push(AgeSetting {
            key: file.key.clone(),
            is: AgeKey::of(file.is),
            may_be: file.may_be.iter().map(|key| AgeKey::of(*key)).collect(),
            source: file.source.clone(),
        });
    }
    Ok(settings)
}

fn read_audience(rule: &str, file: &AppliesFile) -> Result<Audience, CatalogueError> {
    let months = |text: &String| {
        let age = Decimal::parse(text).and_then(|age| age.rescaled(1));
        let months = age.and_then(|age| i32::try_from(age.mantissa * 12 / 10).ok());
        months.ok_or_else(|| CatalogueError::new(RULES_FILE, format!("{rule}: age")))
    };
    Ok(Audience {
        kind: file.kind,
        from_months: file.age_from_years.as_ref().map(months).transpose()?,
        below_months: file.age_below_years.as_ref().map(months).transpose()?,
        age_unknown: file.age_unknown,
    })
}

fn compare(file: CompareFile) -> Compare {
    match file {
        CompareFile::Lt => Compare::Below,
        CompareFile::Le => Compare::AtMost,
        CompareFile::Ge => Compare::AtLeast,
        CompareFile::Gt => Compare::Above,
    }
}
