//! What is known of a person from everything said about them. Pure. Each field is the latest said, where
//! later means: a correction over a list, then by the confirmed day, then by writer, position and hash.
//! Never by a clock, never by arrival. A proposed correction fills only what nobody else has said.

use super::search_key::spell;
use chrono::NaiveDate;
use domain::facts::Sex;
use domain::identity::IdNumber;
use protocol::convert::{day_date, day_number};
use protocol::fact::DetailsFact;

/// The order of two statements about a person; the greater stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub source: Source,
    /// Days since 2000-01-01; none comes before any.
    pub day: Option<i64>,
    pub writer: [u8; 16],
    pub seq: u64,
    pub hash8: u64,
    pub row: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Proposed,
    /// A roster's row or a registration.
    Told,
    Corrected,
}

#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub rank: Rank,
    pub details: DetailsFact,
    /// 1 resident, 2 pupil, 0 not said.
    pub kind: u32,
}

/// Fields that a proposal may fill, as bits of `Known::proposed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Field {
    Name = 1,
    Sex = 2,
    Birth = 4,
    IdNumber = 8,
    StudentNo = 16,
    Phone = 32,
    PhoneOwner = 64,
    Address = 128,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Known {
    pub details: DetailsFact,
    pub kind: u32,
    /// `Field` bits of what only a proposal says.
    pub proposed: u32,
}

impl Known {
    pub fn of(mut statements: Vec<Statement>) -> Known {
        statements.sort_by_key(|s| s.rank);
        let mut known = Known::default();
        for statement in &statements {
            known.overlay(statement);
        }
        known.fill_from_id_number();
        known
    }

    fn overlay(&mut self, statement: &Statement) {
        let said = &statement.details;
        let is_proposal = statement.rank.source == Source::Proposed;
        let mut mark = |field: Field| {
            self.proposed &= !(field as u32);
            if is_proposal {
                self.proposed |= field as u32;
            }
        };
        if !said.name.trim().is_empty() {
            self.details.name.clone_from(&said.name);
            mark(Field::Name);
        }
        if matches!(said.sex, 1 | 2) {
            self.details.sex = said.sex;
            mark(Field::Sex);
        }
        if said.birth_day.and_then(day_date).is_some() {
            self.details.birth_day = said.birth_day;
            mark(Field::Birth);
        }
        if let Some(id) = said.id_number.as_deref().and_then(usable_id_number) {
            self.details.id_number = Some(id.as_str().to_owned());
            mark(Field::IdNumber);
        }
        let mut text = |told: &Option<String>, known: &mut Option<String>, field: Field| {
            if told.as_ref().is_some_and(|text| !text.trim().is_empty()) {
                known.clone_from(told);
                mark(field);
            }
        };
        text(&said.student_no, &mut self.details.student_no, Field::StudentNo);
        text(&said.phone, &mut self.details.phone, Field::Phone);
        text(&said.phone_owner, &mut self.details.phone_owner, Field::PhoneOwner);
        text(&said.address, &mut self.details.address, Field::Address);
        if !is_proposal && statement.kind != 0 {
            self.kind = statement.kind;
        }
    }

    /// An ID number tells birth date and sex where nobody else has.
    fn fill_from_id_number(&mut self) {
        let Some(id) = self.details.id_number.as_deref().and_then(usable_id_number) else { return };
        let proposed = self.is_proposed(Field::IdNumber);
        if self.details.birth_day.is_none() {
            self.details.birth_day = Some(day_number(id.birth()));
            self.proposed |= if proposed { Field::Birth as u32 } else { 0 };
        }
        if self.details.sex == 0 {
            self.details.sex = match id.sex() {
                Sex::M => 1,
                Sex::F => 2,
            };
            self.proposed |= if proposed { Field::Sex as u32 } else { 0 };
        }
    }

    pub fn is_proposed(&self, field: Field) -> bool {
        self.proposed & field as u32 != 0
    }
}

/// A valid ID number. Whether its date lies in the future is the import's question, which has a today.
pub(crate) fn usable_id_number(text: &str) -> Option<IdNumber> {
    let digits = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(digits(6, 10)?).ok()?;
    let birth = NaiveDate::from_ymd_opt(year, digits(10, 12)?, digits(12, 14)?)?;
    IdNumber::parse(text, birth).ok()
}

/// A name as it is compared and searched: without spaces and separating dots, Latin letters small.
pub(crate) fn name_key(name: &str) -> String {
    let is_dot = |c: char| matches!(c, '·' | '•' | '・' | '‧' | '．' | '.' | '˙');
    name.chars()
        .filter(|c| !c.is_whitespace() && !is_dot(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two names may be one person's whose ID number is the same: equal, one within the other, one
/// character of three or more written otherwise, or written otherwise and read alike. Members of a family
/// have another given name and are not alike.
pub(crate) fn names_alike(a: &str, b: &str) -> bool {
    let (a, b) = (name_key(a), name_key(b));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let (a_chars, b_chars) = (a.chars().count(), b.chars().count());
    if a == b || (a_chars.min(b_chars) >= 2 && (a.contains(&b) || b.contains(&a))) {
        return true;
    }
    if a_chars != b_chars {
        return false;
    }
    let differing = a.chars().zip(b.chars()).filter(|(a, b)| a != b).count();
    (a_chars >= 3 && differing == 1) || spell(&a) == spell(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_when_one_slip_of_the_pen_lies_between() {
        let check = |a: &str, b: &str, alike: bool| {
            assert_eq!(names_alike(a, b), alike, "{a} {b}");
            assert_eq!(names_alike(b, a), alike, "{b} {a}");
        };
        check("王丽", "王 丽", true);
        check("王丽", "王莉", true);
        check("王丽", "王强", false);
        check("张小华", "张晓华", true);
        check("张小华", "张小英", true);
        check("张小华", "张大英", false);
        check("阿依古丽·买买提", "阿依古丽", true);
        check("王", "王丽", false);
        check("", "王丽", false);
    }

    fn statement(source: Source, day: i64, writer: u8, details: DetailsFact) -> Statement {
        let rank = Rank { source, day: Some(day), writer: [writer; 16], seq: 1, hash8: 0, row: 0 };
        Statement { rank, details, kind: 1 }
    }

    fn phone(phone: &str) -> DetailsFact {
        DetailsFact { phone: Some(phone.to_owned()), ..DetailsFact::default() }
    }

    #[test]
    fn each_field_is_the_latest_said_whatever_the_order_of_arrival() {
        let told = |day, writer, text: &str| statement(Source::Told, day, writer, phone(text));
        let check = |statements: &[Statement], stands: &str, proposed: bool| {
            for turn in 0..statements.len() {
                let mut given = statements.to_vec();
                given.rotate_left(turn);
                let known = Known::of(given);
                assert_eq!(known.details.phone.as_deref(), Some(stands));
                assert_eq!(known.is_proposed(Field::Phone), proposed);
            }
        };
        let proposed = |text: &str| statement(Source::Proposed, 9, 9, phone(text));
        let corrected = |day, text: &str| statement(Source::Corrected, day, 1, phone(text));
        check(&[told(1, 2, "a"), told(2, 1, "b")], "b", false);
        check(&[told(2, 1, "a"), told(2, 2, "b")], "b", false);
        check(&[told(5, 1, "a"), corrected(1, "b")], "b", false);
        check(&[proposed("a"), told(1, 1, "b")], "b", false);
        check(&[proposed("a"), told(1, 1, "")], "a", true);
    }
}
