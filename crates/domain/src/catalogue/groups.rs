//! Groups of people that some tables go by: the height group of WS/T 610-2018 and the group of
//! WS/T 441-2013. The bounds of the groups are read from the tables, too.

use super::load::CatalogueError;
use super::table::Table;
use crate::facts::Sex;
use crate::value::Decimal;
use std::collections::BTreeMap;

const HEIGHT_TABLE: &str = "wst610_2018_height_percentiles.csv";
const ANAEMIA_TABLE: &str = "wst441_2013_anemia_hb.csv";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    heights: BTreeMap<(Sex, i32), Vec<HeightStep>>,
    anaemia: Vec<AnaemiaGroup>,
}

/// The group of those who reach a height, lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeightStep {
    group: String,
    from_cm: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct AnaemiaGroup {
    name: String,
    sex: Option<Sex>,
    /// Hundredths of a year, both inclusive.
    age_min: Option<i64>,
    age_max: Option<i64>,
    pregnant: bool,
}

impl Groups {
    /// The highest threshold reached: `p10`, or `lt_p5` below the first.
    pub fn height(&self, sex: Sex, age_tenths: i32, height_cm: Decimal) -> Option<String> {
        let steps = self.heights.get(&(sex, age_tenths))?;
        let reached = steps.iter().rev().find(|step| height_cm >= step.from_cm);
        let below = || steps.first().map(|step| format!("lt_{}", step.group));
        reached.map(|step| step.group.clone()).or_else(below)
    }

    /// The group of the first row that fits; `None` where a row would need what is not known.
    pub fn anaemia(&self, sex: Option<Sex>, months: Option<i32>, pregnant: bool) -> Option<&str> {
        let in_ages = |group: &AnaemiaGroup| match (group.age_min, group.age_max, months) {
            (None, None, _) => true,
            (_, _, None) => false,
            (min, max, Some(months)) => {
                let age = i64::from(months) * 100;
                min.is_none_or(|min| age >= min * 12) && max.is_none_or(|max| age <= max * 12)
            }
        };
        let pregnant = pregnant && sex != Some(Sex::M);
        let fits = |group: &&AnaemiaGroup| {
            group.pregnant == pregnant
                && (group.sex.is_none() || group.sex == sex)
                && in_ages(group)
        };
        self.anaemia.iter().find(fits).map(|group| group.name.as_str())
    }

    pub(super) fn read(tables: &[Table]) -> Result<Groups, CatalogueError> {
        let table = |name: &str| {
            let missing = || CatalogueError::new(name, "missing".to_owned());
            tables.iter().find(|table| table.name == name).ok_or_else(missing)
        };
        Ok(Groups {
            heights: read_heights(table(HEIGHT_TABLE)?)?,
            anaemia: read_anaemia(table(ANAEMIA_TABLE)?)?,
        })
    }
}

/// Columns `sex`, `age_year`, then one per percentile, lowest first.
fn read_heights(table: &Table) -> Result<BTreeMap<(Sex, i32), Vec<HeightStep>>, CatalogueError> {
    let broken = || CatalogueError::new(&table.name, "unreadable row".to_owned());
    let (sex, age) = (table.column("sex")?, table.column("age_year")?);
    let mut heights = BTreeMap::new();
    for row in &table.rows {
        let sex_of_row = sex_of(&row[sex]).ok_or_else(broken)?;
        let years: i32 = row[age].parse().map_err(|_| broken())?;
        let columns = table.header.iter().zip(row).enumerate();
        let percentiles = columns.filter(|(at, _)| *at != sex && *at != age);
        let step = |(_, (group, cell)): (usize, (&String, &String))| {
            let from_cm = Decimal::parse(cell)?;
            Some(HeightStep { group: group.clone(), from_cm })
        };
        let steps: Option<Vec<HeightStep>> = percentiles.map(step).collect();
        let steps = steps.filter(|steps| steps.is_sorted_by_key(|step| step.from_cm));
        heights.insert((sex_of_row, years * 10), steps.ok_or_else(broken)?);
    }
    Ok(heights)
}

fn read_anaemia(table: &Table) -> Result<Vec<AnaemiaGroup>, CatalogueError> {
    let broken = || CatalogueError::new(&table.name, "unreadable row".to_owned());
    let (group, sex) = (table.column("group")?, table.column("sex")?);
    let (min, max) = (table.column("age_min_y")?, table.column("age_max_y")?);
    let pregnant = table.column("pregnant")?;
    let age = |text: &str| match text {
        "" => Ok(None),
        age => {
            let hundredths = Decimal::parse(age).and_then(|age| age.rescaled(2));
            hundredths.map(|age| Some(age.mantissa)).ok_or_else(broken)
        }
    };
    let mut groups = Vec::new();
    for row in &table.rows {
        groups.push(AnaemiaGroup {
            name: row[group].clone(),
            sex: match row[sex].as_str() {
                "" => None,
                text => Some(sex_of(text).ok_or_else(broken)?),
            },
            age_min: age(&row[min])?,
            age_max: age(&row[max])?,
            pregnant: match row[pregnant].as_str() {
                "y" => true,
                "n" => false,
                _ => return Err(broken()),
            },
        });
    }
    Ok(groups)
}

pub(super) fn sex_of(text: &str) -> Option<Sex> {
    match text {
        "M" => Some(Sex::M),
        "F" => Some(Sex::F),
        _ => None,
    }
}
