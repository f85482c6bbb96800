//! What each row of an office's list means, against who is known. Pure: rows and candidates in, outcomes out.
//! Conservative: without an ID number only name and birth date together make a match, within the unit.

use crate::listing::{ListProblem, ListRow, Listed};
use crate::project::{Field, Known, name_key, names_alike};
use domain::facts::{PersonDetails, PersonKind, RosterRow};
use domain::ids::PersonId;
use protocol::fact::DetailsFact;
use std::collections::{BTreeMap, HashMap};

/// Someone a row may mean: known before, or said by an earlier row.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// `None` while only a row of this list says so.
    pub person: Option<PersonId>,
    /// The other ids that are the same person.
    pub also: Vec<PersonId>,
    pub known: Known,
    /// What the roster of the round says at this unit.
    pub on_list: Option<OnList>,
    /// On a roster of this unit in any round, or registered there.
    pub is_of_unit: bool,
    /// On another unit's roster of the round.
    pub is_elsewhere: bool,
    /// The earlier row that is this person.
    pub row: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnList {
    pub group: Option<String>,
    pub grade: Option<String>,
    pub note: Option<String>,
    pub kind: PersonKind,
}

/// What a row comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nobody knows this person.
    New,
    /// Known, and new to this roster.
    Known(PersonId),
    /// On this roster already, and the row says something new.
    Changed(PersonId),
    /// On this roster already, and all of it is known.
    Unchanged,
    /// The person of an earlier row.
    SameAsRow(usize),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// One a row.
    pub outcomes: Vec<Outcome>,
    /// Rows that say more than they did, because a later row is the same person.
    pub said: BTreeMap<usize, RosterRow>,
    /// Of rows about somebody with several ids, the other ids: what makes them one is said of each.
    pub also: BTreeMap<usize, Vec<PersonId>>,
    pub no_longer_listed: Vec<PersonId>,
    pub problems: Vec<ListProblem>,
}

impl Plan {
    /// The counts; entries are still to be written.
    pub fn listed(&self) -> Listed {
        let count = |counts: fn(&Outcome) -> bool| {
            let rows = self.outcomes.iter().filter(|outcome| counts(outcome)).count();
            u32::try_from(rows).unwrap_or(u32::MAX)
        };
        let rows = |wanted: fn(&Outcome) -> bool| {
            let wanted = self.outcomes.iter().enumerate().filter(|(_, outcome)| wanted(outcome));
            wanted.map(|(at, _)| at).collect()
        };
        let was_on = |o: &Outcome| matches!(o, Outcome::Changed(_) | Outcome::Unchanged);
        let had_list = self.outcomes.iter().any(was_on) || !self.no_longer_listed.is_empty();
        Listed {
            had_list,
            new_rows: rows(|o| matches!(o, Outcome::New | Outcome::Known(_))),
            changed_rows: rows(|o| matches!(o, Outcome::Changed(_))),
            accepted: count(|o| matches!(o, Outcome::New | Outcome::Known(_))),
            merged: count(|o| {
                matches!(o, Outcome::Changed(_) | Outcome::Unchanged | Outcome::SameAsRow(_))
            }),
            changed: count(|o| matches!(o, Outcome::Changed(_))),
            no_longer_listed: self.no_longer_listed.clone(),
            problems: self.problems.clone(),
            entries: Vec::new(),
        }
    }
}

/// Candidates by what rows are matched on.
struct Register {
    candidates: Vec<Candidate>,
    by_id_number: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Register {
    fn new(candidates: Vec<Candidate>) -> Register {
        let mut register = Register {
            candidates: Vec::new(),
            by_id_number: HashMap::new(),
            by_name: HashMap::new(),
        };
        for candidate in candidates {
            register.add(candidate);
        }
        register
    }

    fn add(&mut self, candidate: Candidate) {
        let at = self.candidates.len();
        let details = &candidate.known.details;
        if let Some(id_number) = &details.id_number {
            self.by_id_number.entry(id_number.clone()).or_default().push(at);
        }
        self.by_name.entry(name_key(&details.name)).or_default().push(at);
        self.candidates.push(candidate);
    }

    /// The candidate a row means, and whether its ID number is someone else's.
    fn find(&self, row: &RosterRow) -> (Option<usize>, bool) {
        let details = &row.details;
        let same_id = details.id_number.as_ref().and_then(|id| self.by_id_number.get(id));
        let same_id = same_id.map(Vec::as_slice).unwrap_or_default();
        let alike = same_id
            .iter()
            .copied()
            .filter(|at| names_alike(&self.candidates[*at].known.details.name, &details.name));
        if let Some(found) = alike.max_by_key(|at| self.closeness(*at, row)) {
            return (Some(found), false);
        }
        let named = self.by_name.get(&name_key(&details.name));
        let named = named.map(Vec::as_slice).unwrap_or_default();
        let fitting = named
            .iter()
            .copied()
            .filter(|at| self.candidates[*at].is_of_unit && fits(&self.candidates[*at], row));
        (fitting.max_by_key(|at| self.closeness(*at, row)), !same_id.is_empty())
    }

    /// Of several, whoever is on the list, then who is more like the row, then the smallest id.
    fn closeness(&self, at: usize, row: &RosterRow) -> (bool, usize, std::cmp::Reverse<usize>) {
        let candidate = &self.candidates[at];
        let known = &candidate.known.details;
        let details = &row.details;
        let place = candidate.on_list.as_ref();
        let alike = [
            known.name == details.name,
            known.phone.is_some() && known.phone == details.phone,
            known.student_no.is_some() && known.student_no == details.student_no,
            place.is_some_and(|place| place.group == row.group),
            place.is_some_and(|place| place.grade == row.grade),
        ];
        let alike = alike.into_iter().filter(|same| *same).count();
        (candidate.on_list.is_some() || candidate.row.is_some(), alike, std::cmp::Reverse(at))
    }
}

/// Whether a person of this name may be the row's, without an ID number that says so: nothing contradicts, and
/// birth date, 学籍号, or the very same place on the list agrees.
fn fits(candidate: &Candidate, row: &RosterRow) -> bool {
    let told = DetailsFact::from(&row.details);
    let known = &candidate.known.details;
    let contradicts = |a: bool, b: bool, same: bool| a && b && !same;
    let differs =
        |a: &Option<String>, b: &Option<String>| contradicts(a.is_some(), b.is_some(), a == b);
    if differs(&known.id_number, &told.id_number)
        || differs(&known.student_no, &told.student_no)
        || contradicts(known.sex != 0, told.sex != 0, known.sex == told.sex)
        || contradicts(
            known.birth_day.is_some(),
            told.birth_day.is_some(),
            known.birth_day == told.birth_day,
        )
    {
        return false;
    }
    let same_birth = known.birth_day.is_some() && known.birth_day == told.birth_day;
    let same_student = known.student_no.is_some() && known.student_no == told.student_no;
    let same_place = candidate.on_list.as_ref().is_some_and(|place| {
        place.group == row.group && place.grade == row.grade && !differs(&known.phone, &told.phone)
    });
    // A row or a person without a birth date: only where both lack it and the list has them at one place.
    let neither_born = known.birth_day.is_none() && told.birth_day.is_none();
    same_birth || same_student || (neither_born && same_place)
}

/// Decides about every row. In the order of rows: a later one may be the person of an earlier one.
pub(crate) fn plan(rows: &[ListRow], candidates: Vec<Candidate>) -> Plan {
    let mut register = Register::new(candidates);
    let mut plan = Plan::default();
    let mut is_named = vec![false; register.candidates.len()];
    for (at, row) in rows.iter().enumerate() {
        let (found, id_is_anothers) = register.find(&row.row);
        if id_is_anothers {
            plan.tell(row, "id_number_of_other_name");
        }
        let outcome = match found {
            None => {
                register.add(candidate_of(at, row));
                Outcome::New
            }
            Some(found) => {
                if let Some(named) = is_named.get_mut(found) {
                    *named = true;
                }
                plan.meet(&mut register.candidates[found], at, rows)
            }
        };
        plan.outcomes.push(outcome);
    }
    let known = register.candidates.iter().zip(&is_named);
    let absent = known.filter(|(candidate, named)| candidate.on_list.is_some() && !**named);
    plan.no_longer_listed = absent.filter_map(|(candidate, _)| candidate.person).collect();
    plan
}

impl Plan {
    fn tell(&mut self, row: &ListRow, code: &'static str) {
        self.problems.push(ListProblem { source_row: row.source_row, code });
    }

    /// A row meets someone known, or the person of an earlier row.
    fn meet(&mut self, candidate: &mut Candidate, at: usize, rows: &[ListRow]) -> Outcome {
        let row = &rows[at];
        if let Some(first) = candidate.row {
            let said = self.said.entry(first).or_insert_with(|| rows[first].row.clone());
            fill(said, &row.row);
            if would_part(candidate, said) {
                self.also.insert(first, candidate.also.clone());
            }
            // A row that only repeated what was known may say something new after all.
            if let (Some(Outcome::Unchanged), Some(person)) =
                (self.outcomes.get(first), candidate.person)
                && says_new(candidate, said, row.kind)
            {
                if let Some(place) = &candidate.on_list {
                    keep_place(said, place);
                }
                self.outcomes[first] = Outcome::Changed(person);
            }
            return Outcome::SameAsRow(first);
        }
        candidate.row = Some(at);
        if would_part(candidate, &row.row) {
            self.also.insert(at, candidate.also.clone());
        }
        let Some(person) = candidate.person else { return Outcome::New };
        if candidate.is_elsewhere {
            self.tell(row, "listed_elsewhere");
        }
        let Some(place) = &candidate.on_list else { return Outcome::Known(person) };
        if !says_new(candidate, &row.row, row.kind) {
            return Outcome::Unchanged;
        }
        // The newer row stands in the older one's place: what it leaves empty is said again.
        let mut said = row.row.clone();
        keep_place(&mut said, place);
        self.said.insert(at, said);
        Outcome::Changed(person)
    }
}

fn candidate_of(at: usize, row: &ListRow) -> Candidate {
    let details = DetailsFact::from(&row.row.details);
    Candidate {
        person: None,
        also: Vec::new(),
        known: Known { details, ..Known::default() },
        on_list: Some(OnList {
            group: row.row.group.clone(),
            grade: row.row.grade.clone(),
            note: row.row.note.clone(),
            kind: row.kind,
        }),
        is_of_unit: true,
        is_elsewhere: false,
        row: Some(at),
    }
}

/// Whether a row tells anything that is not known; what it leaves empty takes nothing away.
fn says_new(candidate: &Candidate, row: &RosterRow, kind: PersonKind) -> bool {
    let known = PersonDetails::from(&candidate.known.details);
    let told = &row.details;
    fn news<T: PartialEq>(told: &Option<T>, known: &Option<T>) -> bool {
        told.is_some() && told != known
    }
    let confirms = told.id_number.is_some() && candidate.known.is_proposed(Field::IdNumber);
    let Some(place) = &candidate.on_list else { return true };
    confirms
        || (!told.name.is_empty() && told.name != known.name)
        || news(&told.sex, &known.sex)
        || news(&told.birth, &known.birth)
        || news(&told.id_number, &known.id_number)
        || news(&told.student_no, &known.student_no)
        || news(&told.phone, &known.phone)
        || news(&told.phone_owner, &known.phone_owner)
        || news(&told.address, &known.address)
        || news(&row.group, &place.group)
        || news(&row.grade, &place.grade)
        || news(&row.note, &place.note)
        || kind != place.kind
}

/// Whether a row says otherwise what makes several ids one person (`project::people`): name, number or birth date.
fn would_part(candidate: &Candidate, row: &RosterRow) -> bool {
    let known = PersonDetails::from(&candidate.known.details);
    let told = &row.details;
    !candidate.also.is_empty()
        && ((!told.name.is_empty() && told.name != known.name)
            || (told.id_number.is_some() && told.id_number != known.id_number)
            || (told.birth.is_some() && told.birth != known.birth))
}

fn take<T: Clone>(first: &mut Option<T>, other: &Option<T>) {
    if first.is_none() {
        first.clone_from(other);
    }
}

fn keep_place(said: &mut RosterRow, place: &OnList) {
    take(&mut said.group, &place.group);
    take(&mut said.grade, &place.grade);
    take(&mut said.note, &place.note);
}

/// What a repeated row adds to the first: only what that one left empty.
fn fill(first: &mut RosterRow, repeated: &RosterRow) {
    let (known, told) = (&mut first.details, &repeated.details);
    take(&mut known.sex, &told.sex);
    take(&mut known.birth, &told.birth);
    take(&mut known.id_number, &told.id_number);
    take(&mut known.student_no, &told.student_no);
    take(&mut known.phone, &told.phone);
    take(&mut known.phone_owner, &told.phone_owner);
    take(&mut known.address, &told.address);
    take(&mut first.group, &repeated.group);
    take(&mut first.grade, &repeated.grade);
    take(&mut first.note, &repeated.note);
}
