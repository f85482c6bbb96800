//! The rules' part of loading a catalogue: names become codes, cells become limits.

use super::files::{
    AppliesFile, CellFile, ClassFile, CompareFile, ConditionFile, MeasureFile, MeasureHowFile,
    RuleFile, ShowsFile, WhenFile,
};
use super::limit::{Limit, Selector};
use super::load::{CatalogueError, LEVELS_TABLE, Names};
use super::table::Table;
use super::{Audience, Class, Compare, Condition, Item, Measure, Rule, Shows, When};
use crate::ids::ItemCode;
use crate::value::Decimal;
use std::collections::BTreeSet;

const RULES_FILE: &str = "rules.json";

/// Turns the rules' names into codes and their cells into limits.
pub(super) struct RuleReader<'a> {
    pub(super) tables: &'a [Table],
    pub(super) names: &'a Names,
    pub(super) items: &'a [Item],
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
        let mut rests_on = BTreeSet::new();
        rests_on.extend(when.iter().map(|when| when.item));
        for condition in classes.iter().flat_map(|class| class.all.iter().chain(&class.any)) {
            match condition {
                Condition::Number { measure, limit, .. } => {
                    rests_on.extend(measure.reads());
                    rests_on.extend(self.selector_items(limit)?);
                    tables.insert(limit.table.clone());
                }
                Condition::Choice { item, .. } => {
                    rests_on.insert(*item);
                }
            }
        }
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
            rests_on: rests_on.into_iter().collect(),
            tables: tables.into_iter().collect(),
        })
    }

    /// The items that choose a row: height for a height group, the answer about pregnancy.
    fn selector_items(&self, limit: &Limit) -> Result<Vec<ItemCode>, CatalogueError> {
        let item = |selector: &Selector| match selector {
            Selector::Sex | Selector::Age(_) => None,
            Selector::HeightGroup => Some(self.names.code(RULES_FILE, "height_cm")),
            Selector::AnaemiaGroup => Some(self.names.code(RULES_FILE, "pregnant")),
        };
        limit.selectors.iter().filter_map(item).collect()
    }

    fn class(&self, rule: &str, file: &ClassFile) -> Result<Class, CatalogueError> {
        let conditions = |files: &[ConditionFile]| -> Result<Vec<Condition>, CatalogueError> {
            files.iter().map(|condition| self.condition(condition)).collect()
        };
        let broken = || CatalogueError::new(RULES_FILE, format!("{rule}: age of {}", file.code));
        let from = file.age_rounded_from_years.as_deref();
        Ok(Class {
            code: file.code.clone(),
            slot: file.slot.clone(),
            on: file.on,
            status: file.status.clone(),
            rounded_from_years: from.map(|text| text.parse().map_err(|_| broken())).transpose()?,
            needs_rows: file.needs_rows,
            all: conditions(&file.all)?,
            any: conditions(&file.any)?,
        })
    }

    fn condition(&self, file: &ConditionFile) -> Result<Condition, CatalogueError> {
        match file {
            ConditionFile::Number(number) => {
                let cell = CellFile {
                    table: number.table.clone(),
                    row: number.row.clone(),
                    column: number.column.clone(),
                    pick: number.pick,
                    end: number.end,
                };
                Ok(Condition::Number {
                    measure: self.measure(&number.measure)?,
                    compare: match number.op {
                        CompareFile::Lt => Compare::Below,
                        CompareFile::Le => Compare::AtMost,
                        CompareFile::Ge => Compare::AtLeast,
                    },
                    limit: Limit::resolve(self.tables, &cell)?,
                })
            }
            ConditionFile::Choice(choice) => Ok(Condition::Choice {
                item: self.names.code(RULES_FILE, &choice.item)?,
                choices: self.choice_codes(&choice.item, &choice.is)?,
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
            (MeasureHowFile::Bmi | MeasureHowFile::MeanWhole | MeasureHowFile::Lowest, _) => {
                Err(broken())
            }
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
