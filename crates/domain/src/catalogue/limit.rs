//! A number in a reference table, found by what is known of the person: one cell for everyone, or
//! one per sex, age and group. Resolved to exact decimals when the catalogue is loaded, so that a
//! cell that is missing or no number is found then.

use super::AgeSetting;
use super::files::{AgeKeyFile, CellFile, OwnEndFile, PickFile, RangeEndFile};
use super::groups::sex_of;
use super::load::CatalogueError;
use super::table::Table;
use crate::facts::Sex;
use crate::value::Decimal;
use std::collections::BTreeMap;

/// How a table reads an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeKey {
    /// Completed years.
    Years,
    /// Completed age floored to half a year (WS/T 586-2018 4.3.2).
    HalfYears,
    /// As `HalfYears`, 18.0 with the row 17.5: the last row is printed 17.5~18.0 (WS/T 456-2014).
    HalfYearsTo18,
    /// Completed months / 12 rounded half up (WS/T 610-2018 4.1.1).
    YearsRounded,
}

impl AgeKey {
    pub(super) fn of(file: AgeKeyFile) -> AgeKey {
        match file {
            AgeKeyFile::Years => AgeKey::Years,
            AgeKeyFile::YearsRounded => AgeKey::YearsRounded,
            AgeKeyFile::HalfYears => AgeKey::HalfYears,
            AgeKeyFile::HalfYearsTo18 => AgeKey::HalfYearsTo18,
        }
    }

    /// An age in completed months as the table reads it, in tenths of a year.
    pub fn tenths(self, months: i32) -> i32 {
        let half_years = months / 6 * 5;
        match self {
            AgeKey::Years => months / 12 * 10,
            AgeKey::HalfYears => half_years,
            AgeKey::HalfYearsTo18 if half_years == 180 => 175,
            AgeKey::HalfYearsTo18 => half_years,
            AgeKey::YearsRounded => (months + 6) / 12 * 10,
        }
    }
}

/// An end of the laboratory's own range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnEnd {
    Low,
    High,
}

/// A column that is matched with the person, not with a fixed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    Sex,
    Age(AgeKey),
    /// The first age of a band in completed years; the last one stands in the column `age_max`.
    AgeBand,
    /// By wst610_2018_height_percentiles.csv.
    HeightGroup,
    /// By the sex, age and pregnancy columns of wst441_2013_anemia_hb.csv.
    AnaemiaGroup,
}

impl Selector {
    /// `$age:KEY` is read as the setting of that name says.
    fn parse(text: &str, ages: &[AgeSetting]) -> Option<Selector> {
        if let Some(key) = text.strip_prefix("$age:") {
            return ages.iter().find(|age| age.key == key).map(|age| Selector::Age(age.is));
        }
        match text {
            "$age_band" => Some(Selector::AgeBand),
            "$sex" => Some(Selector::Sex),
            "$age_years" => Some(Selector::Age(AgeKey::Years)),
            "$age_half_years" => Some(Selector::Age(AgeKey::HalfYears)),
            "$age_years_rounded" => Some(Selector::Age(AgeKey::YearsRounded)),
            "$height_group" => Some(Selector::HeightGroup),
            "$anaemia_group" => Some(Selector::AnaemiaGroup),
            _ => None,
        }
    }
}

/// The part of a row that a person selects. `None`: the table has no such column, or nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RowKey {
    pub sex: Option<Sex>,
    /// Tenths of a year, so that 6.5 is whole.
    pub age_tenths: Option<i32>,
    pub group: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub table: String,
    pub column: String,
    pub selectors: Vec<Selector>,
    cells: BTreeMap<RowKey, Decimal>,
    /// First and last completed year of each age band, the last `None` where it is open.
    bands: BTreeMap<i32, Option<i32>>,
    /// Which end of the laboratory's own range stands in its place.
    pub own: Option<OwnEnd>,
    /// A row it stands in says that it was recalled, not found.
    pub unverified: bool,
}

impl Limit {
    /// The limit for a person whose key was made for `self.selectors`.
    pub fn get(&self, key: &RowKey) -> Option<Decimal> {
        self.cells.get(key).copied()
    }

    /// The first age, in tenths of a year, of the band that a completed age lies in.
    pub fn band(&self, months: i32) -> Option<i32> {
        let years = months / 12;
        let (from, to) = self.bands.range(..=years).next_back()?;
        to.is_none_or(|to| years <= to).then_some(from * 10)
    }

    /// The limits of every row that does not contradict what is known.
    pub fn possible<'a>(&'a self, known: &'a RowKey) -> impl Iterator<Item = Decimal> + 'a {
        fn fits<T: PartialEq>(known: &Option<T>, cell: &Option<T>) -> bool {
            known.is_none() || cell.is_none() || known == cell
        }
        let rows = self.cells.iter().filter(|(row, _)| {
            fits(&known.sex, &row.sex)
                && fits(&known.age_tenths, &row.age_tenths)
                && fits(&known.group, &row.group)
        });
        rows.map(|(_, limit)| *limit)
    }

    /// Every row of the limit, for those who list or check it.
    pub fn rows(&self) -> impl Iterator<Item = (&RowKey, Decimal)> {
        self.cells.iter().map(|(key, limit)| (key, *limit))
    }

    /// An end of the laboratory's own range, for which no table of ours stands in: without a printed one there is no limit.
    pub(super) fn own_only(end: OwnEndFile) -> Limit {
        Limit {
            table: String::new(),
            column: String::new(),
            selectors: Vec::new(),
            cells: BTreeMap::new(),
            bands: BTreeMap::new(),
            own: Some(own_end(end)),
            unverified: false,
        }
    }

    pub(crate) fn is_own_only(&self) -> bool {
        self.table.is_empty()
    }

    pub(super) fn resolve(
        tables: &[Table],
        ages: &[AgeSetting],
        cell: &CellFile,
    ) -> Result<Limit, CatalogueError> {
        let table = tables.iter().find(|table| table.name == cell.table);
        let missing = || CatalogueError::new(&cell.table, "is not in the catalogue".to_owned());
        let table = table.ok_or_else(missing)?;
        let column = table.column(&cell.column)?;
        let mut fixed: Vec<(usize, &str)> = Vec::new();
        let mut selected: Vec<(usize, Selector)> = Vec::new();
        for (name, wanted) in &cell.row {
            let at = table.column(name)?;
            match Selector::parse(wanted, ages) {
                Some(selector) => selected.push((at, selector)),
                None if wanted.starts_with('$') => {
                    return Err(CatalogueError::new(&cell.table, format!("unknown {wanted}")));
                }
                None => fixed.push((at, wanted)),
            }
        }
        let mut limit = Limit {
            table: cell.table.clone(),
            column: cell.column.clone(),
            selectors: selected.iter().map(|(_, selector)| *selector).collect(),
            cells: BTreeMap::new(),
            bands: BTreeMap::new(),
            own: cell.own.map(own_end),
            unverified: false,
        };
        for row in &table.rows {
            let recalled = cell.verified_rows_only && table.row_is_unverified(row);
            let no_limit = cell.gaps && row[column].is_empty();
            if recalled || no_limit {
                continue;
            }
            if fixed.iter().all(|(at, wanted)| row[*at] == *wanted) {
                limit.take_row(table, row, &selected, &row[column], cell)?;
            }
        }
        if limit.cells.is_empty() {
            let problem = format!("no row for column {}", cell.column);
            return Err(CatalogueError::new(&cell.table, problem));
        }
        Ok(limit)
    }

    fn take_row(
        &mut self,
        table: &Table,
        row: &[String],
        selected: &[(usize, Selector)],
        text: &str,
        cell: &CellFile,
    ) -> Result<(), CatalogueError> {
        let broken = |what: &str| CatalogueError::new(&table.name, format!("{what}: {text}"));
        let mut key = RowKey::default();
        for (at, selector) in selected {
            let known = &row[*at];
            let unreadable = || broken("unreadable row key");
            match selector {
                Selector::Sex => key.sex = Some(sex_of(known).ok_or_else(unreadable)?),
                Selector::Age(_) => {
                    let age = Decimal::parse(known).and_then(|age| age.rescaled(1));
                    let tenths = age.and_then(|age| i32::try_from(age.mantissa).ok());
                    key.age_tenths = Some(tenths.ok_or_else(unreadable)?);
                }
                Selector::AgeBand => {
                    let from: i32 = known.parse().map_err(|_| unreadable())?;
                    let to = match row[table.column("age_max")?].as_str() {
                        "" => None,
                        to => Some(to.parse().map_err(|_| unreadable())?),
                    };
                    self.bands.insert(from, to);
                    key.age_tenths = Some(from * 10);
                }
                Selector::HeightGroup | Selector::AnaemiaGroup => key.group = Some(known.clone()),
            }
        }
        let number = read_number(text, cell.end).ok_or_else(|| broken("no number"))?;
        self.unverified |= table.row_is_unverified(row);
        let chosen = match (self.cells.get(&key), cell.pick) {
            (None, _) => number,
            (Some(before), Some(PickFile::Max)) => number.max(*before),
            (Some(_), None) => return Err(broken("two rows for one person")),
        };
        self.cells.insert(key, chosen);
        Ok(())
    }
}

/// A number, or one end of a range such as `110-119`.
fn read_number(text: &str, end: Option<RangeEndFile>) -> Option<Decimal> {
    match end {
        None => Decimal::parse(text),
        Some(RangeEndFile::Low) => Decimal::parse(text.split_once('-')?.0),
    }
}

fn own_end(file: OwnEndFile) -> OwnEnd {
    match file {
        OwnEndFile::Low => OwnEnd::Low,
        OwnEndFile::High => OwnEnd::High,
    }
}
