//! The same person listed twice in the files at hand becomes one. Two rows are one person when a
//! valid ID number and the name agree, or when name, birth date and unit agree and at most one of
//! the rows has an ID number. Anything less is said and left to people. Who is already on the
//! register is not known here.

use super::ReadRow;
use super::problem::{ProblemCode, RosterProblem};
use chrono::NaiveDate;
use domain::facts::{PersonDetails, RosterRow};
use domain::ids::UnitCode;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// One row a person, at its first place, completed from the later ones.
    pub rows: Vec<ReadRow>,
    /// Rows found to be someone already in `rows`.
    pub merged: u32,
    pub problems: Vec<RosterProblem>,
}

/// What an office writes beside a row it knows to be a repetition.
const MARKS_OF_REPETITION: [&str; 3] = ["重复", "重", "同上"];

/// Several people may share one of these.
#[derive(Default)]
struct Known {
    by_id: HashMap<String, Vec<usize>>,
    by_birth: HashMap<(UnitCode, String, NaiveDate), Vec<usize>>,
}

enum Match {
    Same(usize),
    None(Option<ProblemCode>),
}

/// Merges the rows of one or several files, in their order.
pub fn merge_within(rows: impl IntoIterator<Item = ReadRow>) -> Merged {
    let mut merged = Merged::default();
    let mut known = Known::default();
    for row in rows {
        match known.find(&row, &merged.rows) {
            Match::Same(at) => {
                let is_elsewhere = merged.rows[at].unit != row.unit;
                let code = if is_elsewhere {
                    ProblemCode::DuplicateInOtherUnit
                } else {
                    ProblemCode::Duplicate
                };
                merged.problems.push(row.problem(code));
                merged.merged += 1;
                complete(&mut merged.rows[at].row_facts, row.row_facts);
                known.learn(at, &merged.rows[at]);
            }
            Match::None(problem) => {
                merged.problems.extend(problem.map(|code| row.problem(code)));
                merged.rows.push(row);
                let at = merged.rows.len() - 1;
                known.learn(at, &merged.rows[at]);
            }
        }
    }
    merged
}

impl Known {
    fn find(&self, row: &ReadRow, rows: &[ReadRow]) -> Match {
        let details = &row.row_facts.details;
        let of = |at: usize| &rows[at].row_facts.details;
        let mut problem = None;
        if let Some(same_id) = details.id_number.as_ref().and_then(|id| self.by_id.get(id)) {
            if let Some(at) = same_id.iter().find(|at| of(**at).name == details.name) {
                return Match::Same(*at);
            }
            problem = Some(ProblemCode::SameIdOtherName);
        }
        let Some(key) = birth_key(row) else { return Match::None(problem) };
        let alike = self.by_birth.get(&key).map_or(&[][..], Vec::as_slice);
        let is_open = |at: &&usize| details.id_number.is_none() || of(**at).id_number.is_none();
        match alike {
            [] => Match::None(problem),
            [at] if is_open(&at) => Match::Same(*at),
            [_, ..] => Match::None(problem.or(Some(ProblemCode::PerhapsSamePerson))),
        }
    }

    fn learn(&mut self, at: usize, row: &ReadRow) {
        let note = |list: &mut Vec<usize>| {
            if !list.contains(&at) {
                list.push(at);
            }
        };
        if let Some(id) = &row.row_facts.details.id_number {
            note(self.by_id.entry(id.clone()).or_default());
        }
        if let Some(key) = birth_key(row) {
            note(self.by_birth.entry(key).or_default());
        }
    }
}

fn birth_key(row: &ReadRow) -> Option<(UnitCode, String, NaiveDate)> {
    let details = &row.row_facts.details;
    Some((row.unit.clone(), details.name.clone(), details.birth?))
}

/// What the first row lacks comes from the later one; what both say stays as first said, but birth
/// and sex go with the ID number.
fn complete(first: &mut RosterRow, later: RosterRow) {
    let RosterRow { details, group, grade, note } = later;
    let is_identified_now = first.details.id_number.is_none() && details.id_number.is_some();
    let PersonDetails { name: _, sex, birth, id_number, student_no, phone, phone_owner, address } =
        details;
    let own = &mut first.details;
    if is_identified_now {
        (own.sex, own.birth) = (sex, birth);
        own.id_number = id_number;
    } else {
        own.sex = own.sex.or(sex);
        own.birth = own.birth.or(birth);
    }
    if own.phone.is_none() {
        (own.phone, own.phone_owner) = (phone, phone_owner);
    }
    own.student_no = own.student_no.take().or(student_no);
    own.address = own.address.take().or(address);
    first.group = first.group.take().or(group);
    first.grade = first.grade.take().or(grade);
    let more = note.filter(|note| !MARKS_OF_REPETITION.contains(&note.as_str()));
    first.note = match (first.note.take(), more) {
        (Some(note), Some(more)) if !note.contains(&more) => Some(format!("{note}；{more}")),
        (note, more) => note.or(more),
    };
}
