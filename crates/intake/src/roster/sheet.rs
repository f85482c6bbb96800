//! One sheet: its tables row by row, each person with a unit or a problem that says why not.

use super::heading::Kind;
use super::location::location;
use super::person::{Found, Person, Reading, is_same_as_above};
use super::place::{Clues, Finder, Place, RowTexts, RowUnit};
use super::problem::{ProblemCode, RosterProblem};
use super::table::{Columns, Table, tables_of};
use super::totals::{is_remark, is_totals};
use super::{ReadRow, SheetReading, UnitFound, group};
use crate::limits::TITLE_CELLS_MAX;
use crate::words::{squeezed, tidied};
use crate::workbook::{Row, Sheet, Workbook, sheet_name_of};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::class::{self, Class};
use domain::facts::PersonKind;
use domain::grade::is_usual_age;
use domain::ids::UnitCode;
use domain::unit::{UnitKind, UnitTree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Kinds whose merged or repeated cells count for the rows below.
const CARRIED: [Kind; 7] =
    [Kind::Town, Kind::Village, Kind::School, Kind::Grade, Kind::Class, Kind::Group, Kind::Address];

pub(super) struct Source<'a> {
    pub file: &'a Arc<str>,
    pub workbook: &'a Workbook,
    pub units: &'a UnitTree,
    pub given: Option<&'a UnitCode>,
    pub today: NaiveDate,
}

/// What is known between one row and the next.
#[derive(Default)]
struct Between {
    unit: Option<UnitCode>,
    group: Option<String>,
    class: Class,
    /// By column: the text, and the last row its merged cell reaches.
    carried: BTreeMap<usize, (String, u32)>,
}

impl Source<'_> {
    pub(super) fn read(&self, sheet: &Sheet) -> SheetReading {
        let mut reading = SheetReading::named(&sheet.name);
        let tables = tables_of(sheet);
        if tables.is_empty() && !sheet.rows.is_empty() {
            reading.problems.push(self.of_sheet(&reading, ProblemCode::HeaderNotFound));
        }
        let mut ambiguous = BTreeSet::new();
        let mut titles: Vec<String> = Vec::new();
        let mut named = None;
        for table in &tables {
            let mut finder = self.finder(sheet, &table.titles, table);
            if matches!(finder.place(), Place::Unknown | Place::Rows(_)) && !titles.is_empty() {
                titles.extend(table.titles.iter().cloned());
                titles.truncate(TITLE_CELLS_MAX);
                finder = self.finder(sheet, &titles, table);
            } else {
                titles.clone_from(&table.titles);
            }
            if let Place::Given(code) | Place::One(code) = finder.place() {
                named = Some(code.clone());
            }
            let titles = &titles;
            let (reading, ambiguous) = (&mut reading, &mut ambiguous);
            TableReader { source: self, sheet, table, finder, titles, reading, ambiguous }.read();
        }
        self.settle(&mut reading, ambiguous, named);
        reading
    }

    fn finder<'f>(
        &'f self,
        sheet: &'f Sheet,
        titles: &'f [String],
        table: &Table<'_>,
    ) -> Finder<'f> {
        let clues = Clues {
            units: self.units,
            given: self.given,
            titles,
            sheet_name: &sheet.name,
            file_stem: sheet_name_of(self.file),
        };
        Finder::new(&clues, table)
    }

    /// An ambiguous unit anywhere means that nothing of the sheet is taken.
    fn settle(
        &self,
        reading: &mut SheetReading,
        ambiguous: BTreeSet<UnitCode>,
        named: Option<UnitCode>,
    ) {
        if !ambiguous.is_empty() {
            reading.rows.clear();
            reading.unit = UnitFound::Ambiguous(ambiguous.into_iter().collect());
            reading.problems.insert(0, self.of_sheet(reading, ProblemCode::UnitAmbiguous));
            return;
        }
        let units: BTreeSet<UnitCode> = reading.rows.iter().map(|row| row.unit.clone()).collect();
        let mut units: Vec<UnitCode> = units.into_iter().collect();
        reading.unit = match (units.len(), named) {
            (0, None) => UnitFound::None,
            (0, Some(code)) if self.given.is_some_and(|given| *given == code) => {
                UnitFound::Given(code)
            }
            (0, Some(code)) => UnitFound::Found(code),
            (1, _) if self.given.is_some_and(|given| *given == units[0]) => {
                UnitFound::Given(units.remove(0))
            }
            (1, _) => UnitFound::Found(units.remove(0)),
            (_, _) => UnitFound::ByRow(units),
        };
        if reading.people > 0 && reading.rows.is_empty() {
            // One sentence for the sheet instead of one a row.
            reading.problems.retain(|problem| problem.code != ProblemCode::UnitNotFound);
            reading.problems.insert(0, self.of_sheet(reading, ProblemCode::UnitNotFound));
        }
    }

    fn of_sheet(&self, reading: &SheetReading, code: ProblemCode) -> RosterProblem {
        RosterProblem {
            file: Arc::clone(self.file),
            sheet: Arc::clone(&reading.sheet),
            row: 0,
            column: Arc::from(""),
            cell: String::new(),
            code,
        }
    }
}

struct TableReader<'a> {
    source: &'a Source<'a>,
    sheet: &'a Sheet,
    table: &'a Table<'a>,
    finder: Finder<'a>,
    titles: &'a [String],
    reading: &'a mut SheetReading,
    /// What the words of a refused sheet could mean.
    ambiguous: &'a mut BTreeSet<UnitCode>,
}

/// A person's row in all its parts.
struct Listed<'a> {
    row: &'a Row,
    columns: &'a Columns,
    person: Person,
    class: Class,
    texts: RowTexts,
}

impl TableReader<'_> {
    fn read(mut self) {
        let merges = self.merges();
        let mut between = Between { class: self.class_of_titles(), ..Between::default() };
        let mut before = self.table.header_row;
        for row in self.table.rows {
            self.reading.skipped_blank += row.number.saturating_sub(before + 1);
            before = row.number;
            if is_totals(row) {
                self.reading.skipped_totals += 1;
                continue;
            }
            if self.is_section(row, &mut between) {
                self.reading.skipped_remarks += 1;
                continue;
            }
            self.carry(row, &merges, &mut between);
            self.read_row(row, &between);
        }
    }

    fn read_row(&mut self, row: &Row, between: &Between) {
        let carried: BTreeMap<usize, String> =
            between.carried.iter().map(|(column, (text, _))| (*column, text.clone())).collect();
        let table = self.table;
        let mut is_blank = true;
        let mut is_counted = false;
        for columns in &table.blocks {
            let cells = Reading {
                columns,
                form: self.source.workbook.form,
                days_from_1904: self.source.workbook.days_from_1904,
                today: self.source.today,
                carried: &carried,
            };
            let name = cells.name(row);
            let is_data = cells.looks_like_data(row);
            if name.is_empty() || is_remark(&name) && !is_data {
                if is_data {
                    let problem = (ProblemCode::NameMissing, Kind::Name, None);
                    self.reading.problems.push(self.located(row, columns, problem));
                    is_counted = true;
                }
                is_blank &= !has_content(row, columns);
                continue;
            }
            is_blank = false;
            is_counted = true;
            self.reading.people += 1;
            let (class, texts) = (cells.class(row), self.texts(&cells, row));
            let person = cells.person(row, name);
            self.place(Listed { row, columns, person, class, texts }, between);
        }
        if is_blank && !is_counted {
            self.reading.skipped_blank += 1;
        } else if !is_counted {
            self.reading.skipped_remarks += 1;
        }
    }

    /// Gives a person a unit, or says why there is none.
    fn place(&mut self, listed: Listed<'_>, between: &Between) {
        let Listed { row, columns, person, class, texts } = listed;
        let Person { row: mut facts, mut problems } = person;
        let unit_kind = *self.finder.column_kinds().first().unwrap_or(&Kind::Village);
        let unit_kind = if columns.has(unit_kind) { unit_kind } else { Kind::Address };
        let unit = match self.finder.of_row(&texts, between.unit.as_ref()) {
            RowUnit::Is(code) => Some(code),
            RowUnit::ContradictsTitle(code) => {
                problems.push((ProblemCode::UnitContradictsTitle, unit_kind, None));
                Some(code)
            }
            RowUnit::Unknown => {
                problems.push((ProblemCode::UnitNotFound, unit_kind, None));
                None
            }
            RowUnit::Ambiguous(codes) => {
                if matches!(self.finder.place(), Place::One(_) | Place::Rows(_)) {
                    problems.push((ProblemCode::UnitAmbiguous, unit_kind, None));
                }
                self.ambiguous.extend(codes);
                None
            }
        };
        let kind = unit.as_ref().map(|code| self.kind_of(code));
        if kind == Some(PersonKind::Pupil) {
            facts.grade = class.grade.or_else(|| between.class.grade.clone());
            facts.group = class.class.or_else(|| between.class.class.clone());
            if facts.grade.is_none() && facts.group.is_none() {
                problems.push((ProblemCode::ClassMissing, Kind::Class, None));
            }
            if let (Some(grade), Some(birth)) = (&facts.grade, facts.details.birth)
                && !is_usual_age(Catalogue::builtin(), grade, birth, self.source.today)
            {
                problems.push((ProblemCode::AgeOfGrade, Kind::Grade, None));
            }
        } else {
            facts.group = facts.group.or_else(|| between.group.clone());
        }
        for problem in problems {
            self.reading.problems.push(self.located(row, columns, problem));
        }
        if let (Some(unit), Some(kind)) = (unit, kind) {
            let (name_heading, name_cell) = location(row, columns, Kind::Name, None);
            self.reading.rows.push(ReadRow {
                file: Arc::clone(self.source.file),
                sheet: Arc::clone(&self.reading.sheet),
                row: row.number,
                name_heading,
                name_cell,
                unit,
                kind,
                row_facts: facts,
            });
        }
    }

    fn kind_of(&self, unit: &UnitCode) -> PersonKind {
        match self.source.units.get(unit).map(|unit| unit.kind) {
            Some(UnitKind::School) => PersonKind::Pupil,
            Some(UnitKind::District | UnitKind::Township | UnitKind::Village) | None => {
                PersonKind::Resident
            }
        }
    }

    fn texts(&self, cells: &Reading<'_>, row: &Row) -> RowTexts {
        let text =
            |kind: Kind| cells.kept(row, kind).map(|text| squeezed(&text)).unwrap_or_default();
        let unit =
            self.finder.column_kinds().iter().map(|kind| text(*kind)).find(|t| !t.is_empty());
        RowTexts {
            unit: unit.unwrap_or_default(),
            town: text(Kind::Town),
            address: text(Kind::Address),
        }
    }

    fn located(&self, row: &Row, columns: &Columns, (code, kind, index): Found) -> RosterProblem {
        let (column, cell) = location(row, columns, kind, index);
        RosterProblem {
            file: Arc::clone(self.source.file),
            sheet: Arc::from(self.sheet.name.as_str()),
            row: row.number,
            column,
            cell,
            code,
        }
    }

    /// A lone cell between the people that names a unit, a class or a group for those below it.
    fn is_section(&mut self, row: &Row, between: &mut Between) -> bool {
        let mut filled = row.cells.iter().filter(|cell| !cell.is_empty());
        let (Some(cell), None) = (filled.next(), filled.next()) else { return false };
        let text = squeezed(&cell.text());
        let ends = ["村", "社区", "委会", "组", "班", "学校", "小学", "中学"];
        if !ends.iter().any(|end| text.ends_with(end)) {
            return false;
        }
        let units = self.finder.of_section(&text);
        if units.len() > 1 {
            self.ambiguous.extend(units.iter().cloned());
        }
        let named = units.first().filter(|_| units.len() == 1);
        let group = group::in_address(&text);
        let class = class::in_text(&text);
        if named.is_none() && group.is_none() && class == Class::default() {
            return units.len() > 1;
        }
        between.unit = named.cloned().or(between.unit.take());
        between.group = group;
        if class != Class::default() {
            between.class = class;
        }
        true
    }

    fn class_of_titles(&self) -> Class {
        let texts = self.titles.iter().map(String::as_str).chain([self.sheet.name.as_str()]);
        texts.map(|text| class::in_text(&squeezed(text))).fold(Class::default(), |known, more| {
            Class { grade: known.grade.or(more.grade), class: known.class.or(more.class) }
        })
    }

    /// By column: first and last row of cells merged downwards.
    fn merges(&self) -> BTreeMap<usize, BTreeMap<u32, u32>> {
        let mut merges: BTreeMap<usize, BTreeMap<u32, u32>> = BTreeMap::new();
        for merge in self.sheet.merged.iter().filter(|merge| merge.last_row > merge.first_row) {
            let column = usize::try_from(merge.first_column).unwrap_or(usize::MAX);
            merges.entry(column).or_default().insert(merge.first_row, merge.last_row);
        }
        merges
    }

    fn carry(
        &self,
        row: &Row,
        merges: &BTreeMap<usize, BTreeMap<u32, u32>>,
        between: &mut Between,
    ) {
        let columns = self.table.blocks.iter();
        let indexes = columns.flat_map(|block| CARRIED.iter().flat_map(|kind| block.all(*kind)));
        for index in indexes.map(|column| column.index) {
            let own = tidied(&row.cell(index).text());
            if is_same_as_above(&own) {
                continue;
            }
            if !own.is_empty() {
                let reach = merges.get(&index).and_then(|merges| merges.get(&row.number));
                between.carried.insert(index, (own, reach.copied().unwrap_or(row.number)));
            } else if between.carried.get(&index).is_some_and(|(_, last)| *last < row.number) {
                between.carried.remove(&index);
            }
        }
    }
}

/// True when a row holds anything in a person's columns but its serial number.
fn has_content(row: &Row, columns: &Columns) -> bool {
    let serials: Vec<usize> = columns.all(Kind::Serial).iter().map(|column| column.index).collect();
    let cells = row.cells.iter().enumerate();
    cells.into_iter().any(|(index, cell)| !cell.is_empty() && !serials.contains(&index))
}
