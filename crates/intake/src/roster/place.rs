//! Which village or school a table belongs to: given, or named in its title, its sheet's name, a
//! column of its own, a row between the people, the file's name, or the addresses, in that order.
//! Where the words fit more than one unit nothing is guessed.

use super::heading::Kind;
use super::table::Table;
use crate::limits::ADDRESS_SAMPLES_MAX;
use crate::words::squeezed;
use crate::workbook::Row;
use domain::ids::UnitCode;
use domain::unit::{Unit, UnitKind, UnitTree};
use std::collections::{BTreeMap, BTreeSet};

type Codes = BTreeSet<UnitCode>;

/// What names a table's unit, apart from its rows.
pub(super) struct Clues<'a> {
    pub units: &'a UnitTree,
    pub given: Option<&'a UnitCode>,
    pub titles: &'a [String],
    pub sheet_name: &'a str,
    pub file_stem: &'a str,
}

/// How each row of a table finds its unit.
pub(super) enum Place {
    Given(UnitCode),
    /// All rows, unless a row's own column or the row above it says otherwise.
    One(UnitCode),
    /// Each row by its column or address, among these if any are named.
    Rows(Codes),
    Ambiguous(Codes),
    Unknown,
}

/// One row's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowUnit {
    Is(UnitCode),
    /// Other than the title says; the code is the one taken.
    ContradictsTitle(UnitCode),
    Unknown,
    Ambiguous(Codes),
}

/// Finds units for one table, remembering each text's answer: a column repeats the same few.
pub(super) struct Finder<'a> {
    units: &'a UnitTree,
    /// The given township, or those named in title and sheet name: a place elsewhere contradicts.
    towns: Codes,
    /// Named in the file's name, a column or the addresses: they only choose among candidates.
    hints: Codes,
    /// A school's roster, told by its columns or its title: no village may be taken for the school
    /// that bears its name.
    is_school: bool,
    /// A unit was given that does not exist: nothing else may be taken instead.
    is_given_unknown: bool,
    place: Place,
    memory: BTreeMap<String, Codes>,
}

/// After a village's name these make it a school's.
const SCHOOL_WORDS: [&str; 8] =
    ["小学", "中学", "学校", "幼儿园", "完小", "中心校", "教学点", "九年一贯"];

impl<'a> Finder<'a> {
    pub(super) fn new(clues: &Clues<'a>, table: &Table<'_>) -> Finder<'a> {
        let mut finder = Finder {
            units: clues.units,
            towns: Codes::new(),
            hints: Codes::new(),
            is_school: is_school_roster(clues, table),
            is_given_unknown: false,
            place: Place::Unknown,
            memory: BTreeMap::new(),
        };
        match clues.given.and_then(|code| clues.units.get(code)) {
            Some(unit) if is_leaf(unit) => {
                finder.place = Place::Given(unit.code.clone());
                return finder;
            }
            Some(unit) if unit.kind == UnitKind::Township => {
                finder.towns.insert(unit.code.clone());
            }
            Some(_) => {}
            None => {
                finder.is_given_unknown = clues.given.is_some();
                if finder.is_given_unknown {
                    return finder;
                }
            }
        }
        if finder.towns.is_empty() {
            let titles = clues.titles.iter().map(String::as_str).chain([clues.sheet_name]);
            finder.towns = titles.flat_map(|title| finder.towns_in(title)).collect();
        }
        finder.place = finder.place_of(clues, table);
        if finder.towns.is_empty() && matches!(finder.place, Place::Rows(_) | Place::Ambiguous(_)) {
            finder.hints = finder.hints_named(clues, table);
            finder.place = finder.place_of(clues, table);
        }
        finder
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The columns that may name a row's unit. On a school's roster a village is where a pupil lives.
    pub(super) fn column_kinds(&self) -> &'static [Kind] {
        if self.is_school { &[Kind::School] } else { &[Kind::Village, Kind::School] }
    }

    /// The unit of a row, from its own columns first. `section` is what the last row between the
    /// people said.
    pub(super) fn of_row(&mut self, row: &RowTexts, section: Option<&UnitCode>) -> RowUnit {
        if self.is_given_unknown {
            return RowUnit::Unknown;
        }
        if let Place::Given(code) = &self.place {
            return RowUnit::Is(code.clone());
        }
        let by_title = match &self.place {
            Place::One(code) => Some(code.clone()),
            Place::Given(_) | Place::Rows(_) | Place::Ambiguous(_) | Place::Unknown => None,
        };
        let by_title = section.cloned().or(by_title);
        if !row.unit.is_empty() {
            let named = self.units_in_row(&row.unit, &row.town);
            return match (only(&named), by_title) {
                (Some(code), Some(title)) if code != title => RowUnit::ContradictsTitle(code),
                (Some(code), _) => RowUnit::Is(code),
                (None, _) if named.len() > 1 => RowUnit::Ambiguous(named),
                (None, Some(title)) => RowUnit::ContradictsTitle(title),
                (None, None) => RowUnit::Unknown,
            };
        }
        if let Some(code) = by_title {
            return RowUnit::Is(code);
        }
        let mut named = self.units_in_row(place_part(&row.address), &row.town);
        match &self.place {
            Place::Rows(among) | Place::Ambiguous(among) if !among.is_empty() => {
                named.retain(|code| among.contains(code));
            }
            Place::Given(_)
            | Place::One(_)
            | Place::Rows(_)
            | Place::Ambiguous(_)
            | Place::Unknown => {}
        }
        match (only(&named), &self.place) {
            (Some(code), _) => RowUnit::Is(code),
            (None, Place::Ambiguous(among)) => RowUnit::Ambiguous(among.clone()),
            (None, _) if named.is_empty() => RowUnit::Unknown,
            (None, _) => RowUnit::Ambiguous(named),
        }
    }

    /// The unit a row between the people names, such as a lone `新庄村`.
    pub(super) fn of_section(&mut self, text: &str) -> Codes {
        self.units_in_row(&squeezed(text), "")
    }

    fn place_of(&self, clues: &Clues<'_>, table: &Table<'_>) -> Place {
        let mut titles: Codes =
            clues.titles.iter().flat_map(|title| self.units_in(title)).collect();
        let mut sheet = self.units_in(clues.sheet_name);
        // Residents may be examined at a school; their village is what counts.
        let is_village = |code: &UnitCode| self.kind(code) == Some(UnitKind::Village);
        if !self.is_school && titles.iter().chain(&sheet).any(is_village) {
            titles.retain(|code| self.kind(code) != Some(UnitKind::School));
            sheet.retain(|code| self.kind(code) != Some(UnitKind::School));
        }
        let both: Codes = titles.intersection(&sheet).cloned().collect();
        let named = match (titles.is_empty(), sheet.is_empty()) {
            (false, false) if both.is_empty() => {
                return Place::Ambiguous(titles.union(&sheet).cloned().collect());
            }
            (false, false) => both,
            (false, true) => titles,
            (true, false) => sheet,
            (true, true) => self.units_in(clues.file_stem),
        };
        if let Some(code) = only(&named) {
            return Place::One(code);
        }
        let has = |kind: Kind| table.blocks.iter().any(|block| block.has(kind));
        let can_tell = has(Kind::Address) || self.column_kinds().iter().any(|kind| has(*kind));
        match (named.is_empty(), can_tell) {
            (true, false) => Place::Unknown,
            (true, true) => Place::Rows(named),
            // Two villages by name, each row saying which; never two of one name.
            (false, true) if self.has_different_names(&named) => Place::Rows(named),
            (false, _) => Place::Ambiguous(named),
        }
    }

    fn kind(&self, code: &UnitCode) -> Option<UnitKind> {
        self.units.get(code).map(|unit| unit.kind)
    }

    fn has_different_names(&self, codes: &Codes) -> bool {
        let units: Vec<&Unit> = codes.iter().filter_map(|code| self.units.get(code)).collect();
        let names: BTreeSet<&str> = units.iter().map(|unit| unit.name.as_str()).collect();
        names.len() == codes.len() && units.iter().all(|unit| is_leaf(unit))
    }

    /// Townships in the file's name, else, if they agree, in a column or the addresses.
    fn hints_named(&self, clues: &Clues<'_>, table: &Table<'_>) -> Codes {
        let named = self.towns_in(clues.file_stem);
        if !named.is_empty() {
            return named;
        }
        for kind in [Kind::Town, Kind::Address] {
            let columns = || table.blocks.iter().flat_map(|block| block.all(kind));
            let texts: BTreeSet<String> = columns()
                .flat_map(|column| table.rows.iter().map(|row| text_at(row, column.index)))
                .map(|text| place_part(&text).to_owned())
                .collect();
            let texts = texts.iter().take(ADDRESS_SAMPLES_MAX);
            let named: Codes = texts.flat_map(|text| self.towns_in(text)).collect();
            if named.len() == 1 {
                return named;
            }
        }
        Codes::new()
    }

    fn towns_in(&self, text: &str) -> Codes {
        let text = squeezed(text);
        if text.is_empty() {
            return Codes::new();
        }
        let is_town = |unit: &&Unit| unit.kind == UnitKind::Township;
        let by_name = self.units.iter().filter(is_town).filter(|town| text.contains(&town.name));
        let looser = self.units.find_in_text(&text).into_iter().filter(is_town);
        by_name.chain(looser).map(|town| town.code.clone()).collect()
    }

    fn units_in_row(&mut self, text: &str, town: &str) -> Codes {
        let key = format!("{town}\n{text}");
        if let Some(known) = self.memory.get(&key) {
            return known.clone();
        }
        let named = match self.towns_in(town) {
            towns if towns.is_empty() => self.units_in(text),
            towns => {
                let before = std::mem::replace(&mut self.towns, towns);
                let named = self.units_in(text);
                self.towns = before;
                named
            }
        };
        self.memory.insert(key, named.clone());
        named
    }

    /// Villages and schools a text names, narrowed to the townships named with them. Where it names
    /// a township and a place that is not in it, both come back: no unit is meant for certain.
    fn units_in(&self, text: &str) -> Codes {
        let text = squeezed(text);
        if text.is_empty() {
            return Codes::new();
        }
        let mut found: Vec<&Unit> = self.units.find_in_text(&text);
        found.retain(|unit| is_leaf(unit));
        found.retain(|unit| {
            unit.kind == UnitKind::School || !is_part_of_a_school(&text, &unit.name)
        });
        let has_village = found.iter().any(|unit| unit.kind == UnitKind::Village);
        let wanted =
            if has_village && !self.is_school { UnitKind::Village } else { UnitKind::School };
        found.retain(|unit| unit.kind == wanted);
        if found.is_empty() {
            return Codes::new();
        }
        let own_towns = self.towns_in(&text);
        let towns = if own_towns.is_empty() { &self.towns } else { &own_towns };
        let is_in = |unit: &&Unit, towns: &Codes| towns.iter().any(|town| town.covers(&unit.code));
        let is_contradiction = !towns.is_empty() && !found.iter().any(|unit| is_in(unit, towns));
        let narrowing = if towns.is_empty() { &self.hints } else { towns };
        if found.iter().any(|unit| is_in(unit, narrowing)) {
            found.retain(|unit| is_in(unit, narrowing));
        }
        let mut codes: Codes = found.into_iter().map(|unit| unit.code.clone()).collect();
        if is_contradiction {
            codes.extend(towns.iter().cloned());
        }
        codes
    }
}

/// A row's texts that may name its unit, blanks out.
#[derive(Default)]
pub(super) struct RowTexts {
    /// Of the village's or school's own column.
    pub unit: String,
    pub town: String,
    pub address: String,
}

fn is_leaf(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Village | UnitKind::School)
}

fn only(codes: &Codes) -> Option<UnitCode> {
    if codes.len() == 1 { codes.first().cloned() } else { None }
}

fn text_at(row: &Row, column: usize) -> String {
    squeezed(&row.cell(column).text())
}

/// `慕隆村小学` and `慕隆小学` name a school, whether we know it or not, and no village.
fn is_part_of_a_school(text: &str, name: &str) -> bool {
    let stem = ["村", "社区"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let is_school = |rest: &str| SCHOOL_WORDS.iter().any(|word| rest.starts_with(word));
    [name, stem].into_iter().any(|name| {
        let rests: Vec<&str> = text.split(name).skip(1).collect();
        !rests.is_empty() && rests.into_iter().all(is_school)
    })
}

/// An address up to its last village, community or township: people of one village share it.
fn place_part(address: &str) -> &str {
    let ends = ["村", "社区", "委会", "街道", "镇", "乡"];
    let end = ends.iter().filter_map(|end| address.rfind(end).map(|at| at + end.len())).max();
    &address[..end.unwrap_or(address.len())]
}

fn is_school_roster(clues: &Clues<'_>, table: &Table<'_>) -> bool {
    let kinds = [Kind::StudentNo, Kind::School, Kind::Grade, Kind::Class];
    let has_column = table.blocks.iter().any(|block| kinds.iter().any(|kind| block.has(*kind)));
    let titles = clues.titles.iter().map(String::as_str);
    let is_titled = titles.chain([clues.sheet_name]).any(|title| {
        let title = squeezed(title);
        title.contains("学生") || title.contains("年级")
    });
    has_column || is_titled
}
