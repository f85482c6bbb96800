//! The registration desk: the ID number first, birth date and sex from it, a possible duplicate shown before saving.

use super::{Opened, Today};
use crate::home::failed;
use crate::record::proposed;
use domain::catalogue::Catalogue;
use domain::class;
use domain::facts::{PersonDetails, PersonKind};
use domain::grade::is_usual_age;
use domain::identity::{self, IdNumber, IdProblem, age_years};
use domain::ids::{PersonId, UnitCode};
use domain::roster::{parse_date, parse_sex};
use protocol::convert::kind_number;
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::rpc::people::{FieldProblem, PersonRow, RegisterAsk, RegisterHints, Registered};
use protocol::{Code, Entry, Fact, Failure};
use std::collections::BTreeSet;
use store::PersonMatch;

/// Who may be the same, at most: a list longer than this is looked through by nobody.
const DUPLICATES_MAX: usize = 5;

/// What was typed, read as far as it can be.
struct Typed {
    details: PersonDetails,
    problems: Vec<FieldProblem>,
}

impl Opened {
    pub(super) fn register_check(&self, ask: &RegisterAsk) -> Result<RegisterHints, Failure> {
        let today = self.today()?;
        let typed = read(ask, today.day);
        let details = &typed.details;
        let age = details.birth.map(|birth| age_years(birth, today.day));
        Ok(RegisterHints {
            birth: details.birth.map(|birth| birth.to_string()),
            sex: details.sex.map(|sex| sex.zh().to_owned()),
            age: age.and_then(|age| u32::try_from(age).ok()),
            duplicates: self.duplicates(&today, details)?,
            problems: typed.problems,
        })
    }

    /// People who may be the one described: by ID number, by 学籍号, by phone, and by name where birth date or unit
    /// do not contradict.
    fn duplicates(&self, today: &Today, told: &PersonDetails) -> Result<Vec<PersonRow>, Failure> {
        let store = self.home.store();
        let mut texts: Vec<&str> = Vec::new();
        texts.extend(told.id_number.as_deref());
        texts.extend(told.student_no.as_deref());
        texts.extend(told.phone.as_deref());
        texts.extend(Some(told.name.as_str()).filter(|name| name.chars().count() >= 2));
        let mut seen: BTreeSet<PersonId> = BTreeSet::new();
        let (sight, mut rows) = (self.sight()?, Vec::new());
        for text in texts {
            for found in sight.find(store, text, 4 * DUPLICATES_MAX)? {
                let may_be =
                    may_be_same(told, &found.details, found.unit.as_ref() == Some(&today.unit));
                if rows.len() < DUPLICATES_MAX && may_be && seen.insert(found.person) {
                    rows.push(self.row(found.person, Some(today))?);
                }
            }
        }
        Ok(rows)
    }

    /// Registers somebody at today's stop. Nobody is written twice: who is known beyond doubt is answered with the
    /// id known, and who may be known is refused until a person says it is somebody else.
    pub(super) fn register(&mut self, ask: &RegisterAsk) -> Result<Registered, Failure> {
        let today = self.today()?;
        let typed = read(ask, today.day);
        if let Some(problem) = typed.problems.iter().find(|problem| problem.is_refusal) {
            let code = if problem.field == "id_number" {
                Code::IdNumberInvalid
            } else {
                Code::ValueInvalid
            };
            return Err(Failure::at(code, &problem.text));
        }
        let store = self.home.store();
        let known =
            store.match_person(today.round.id, &today.unit, &typed.details).map_err(failed)?;
        let mut known_elsewhere = None;
        if let Some(chosen) = &ask.same_as {
            let chosen = self.home.person_named(chosen)?;
            let is_anothers = matches!(known, PersonMatch::ByIdNumber(other) if other != chosen);
            if is_anothers {
                return Err(Failure::new(Code::PersonMayBeKnown));
            }
            return self.known_already(chosen, &today, &typed.details);
        }
        match known {
            // Of one name and one birth date, and a person says that it is somebody else.
            PersonMatch::ByNameBirthUnit { .. } if ask.is_new_for_sure => {}
            PersonMatch::ByIdNumber(person) | PersonMatch::ByNameBirthUnit { person, .. } => {
                if self.sight()?.sees(store, person)? {
                    return self.known_already(person, &today, &typed.details);
                }
                // Known only from work carried home for others: from here on of this stop too, as the same person.
                known_elsewhere = Some(person);
            }
            PersonMatch::Ambiguous(_) if !ask.is_new_for_sure => {
                return Err(Failure::new(Code::PersonMayBeKnown));
            }
            PersonMatch::Ambiguous(_) | PersonMatch::None => {}
        }
        if !ask.is_new_for_sure && !self.duplicates(&today, &typed.details)?.is_empty() {
            return Err(Failure::new(Code::PersonMayBeKnown));
        }
        let random = self.home.host.random_16()?;
        let new = PersonId(uuid::Builder::from_random_bytes(random).into_uuid());
        let person = known_elsewhere.unwrap_or(new);
        let fact = self.registration(ask, &today, &typed.details)?;
        let acting = self.acting(&today, Some("register"))?;
        let header = self.home.header(&acting, Some(person));
        let entry = Entry { header, fact: Fact::Registration(fact) };
        self.home.store.append(&today.unit, &[entry]).map_err(failed)?;
        self.registered(person, &today)
    }

    /// Nobody is written twice, but a number that nobody had yet is not thrown away: proposed until a person confirms it.
    fn known_already(
        &mut self,
        person: PersonId,
        today: &Today,
        told: &PersonDetails,
    ) -> Result<Registered, Failure> {
        let known = self.home.details(person)?;
        let acting = self.acting(today, Some("register"))?;
        let differ = known.birth.is_some() && told.birth.is_some() && known.birth != told.birth;
        // A card of another birth date is not taken for theirs.
        let entry = proposed(&self.home, &acting, person, &known, told).filter(|_| !differ);
        if let Some(entry) = entry {
            self.home.store.append(&today.unit, &[entry]).map_err(failed)?;
        }
        self.registered(person, today)
    }

    fn registered(&self, person: PersonId, today: &Today) -> Result<Registered, Failure> {
        let row = self.row(person, Some(today))?;
        Ok(Registered { person: row.person.clone(), row })
    }

    fn registration(
        &self,
        ask: &RegisterAsk,
        today: &Today,
        details: &PersonDetails,
    ) -> Result<RegistrationFact, Failure> {
        let units = self.home.store().units().map_err(failed)?;
        let told = ask.home_unit.as_ref().map(|code| UnitCode(code.clone()));
        let home = match told.filter(|unit| units.get(unit).is_some()) {
            Some(unit) => Some(unit),
            None if ask.home_text.trim().is_empty() => Some(today.unit.clone()),
            None => None,
        };
        let kind = if ask.is_pupil { PersonKind::Pupil } else { PersonKind::Resident };
        let (grade, group) = class_typed(ask);
        Ok(RegistrationFact {
            details: Some(DetailsFact::from(details)),
            kind: kind_number(kind),
            home_text: if home.is_none() { ask.home_text.trim().to_owned() } else { String::new() },
            home_unit: home.map(|unit| unit.0).unwrap_or_default(),
            group,
            grade,
        })
    }
}

/// Somebody known may be the one told of: nothing contradicts, and something beside the name agrees.
fn may_be_same(told: &PersonDetails, known: &PersonDetails, is_of_stop: bool) -> bool {
    let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
    if told.id_number.is_some() && told.id_number == known.id_number {
        return true;
    }
    if differ(&told.id_number, &known.id_number) {
        return false;
    }
    let same_number = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    if same_number(&told.student_no, &known.student_no) {
        return true;
    }
    let names = told.name == known.name;
    let births = told.birth.is_some() && told.birth == known.birth;
    let births_differ = told.birth.is_some() && known.birth.is_some() && told.birth != known.birth;
    (names && !births_differ && (births || is_of_stop || same_number(&told.phone, &known.phone)))
        || (births && same_number(&told.phone, &known.phone))
}

/// Reads the form. What cannot be read is a problem of its field; nobody is born after `day`.
fn read(ask: &RegisterAsk, day: chrono::NaiveDate) -> Typed {
    let mut problems = Vec::new();
    let mut tell = |field: &str, code: &str, text: &str, is_refusal: bool| {
        problems.push(FieldProblem {
            field: field.to_owned(),
            code: code.to_owned(),
            text: text.to_owned(),
            is_refusal,
        });
    };
    let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let name: String = ask.name.split_whitespace().collect();
    if name.is_empty() {
        tell("name", "missing", "请填写姓名", true);
    }
    let id = typed(&ask.id_number).and_then(|text| match IdNumber::parse(&text, day) {
        Ok(id) => Some(id),
        Err(problem) => {
            tell("id_number", "invalid", id_problem_zh(problem), true);
            None
        }
    });
    let birth = typed(&ask.birth).and_then(|text| {
        let read = parse_date(&text).filter(|birth| *birth <= day);
        if read.is_none() {
            tell("birth", "invalid", "出生日期读不出，应为年月日八位数字", true);
        }
        read
    });
    let sex = typed(&ask.sex).and_then(|text| parse_sex(&text));
    let phone = typed(&ask.phone).and_then(|text| {
        let read = identity::phone(&text);
        if read.is_none() {
            tell("phone", "invalid", "电话号码不对，请核对", true);
        }
        read
    });
    let student_no = typed(&ask.student_no).and_then(|text| {
        let read = identity::student_no(&text);
        if read.is_none() {
            tell("student_no", "invalid", "学籍号不对，请核对", true);
        }
        read
    });
    if let Some(id) = &id {
        if birth.is_some_and(|birth| birth != id.birth()) {
            tell("birth", "contradicts_id", "与身份证号码不符，将以身份证号码为准", false);
        }
        if sex.is_some_and(|sex| sex != id.sex()) {
            tell("sex", "contradicts_id", "与身份证号码不符，将以身份证号码为准", false);
        }
    } else if birth.is_none() {
        tell("birth", "missing", "没有身份证号码时请填写出生日期，否则不能按年龄判定", false);
    }
    let born = id.as_ref().map(IdNumber::birth).or(birth);
    problems.extend(born.and_then(|born| ask_about_grade(ask, born, day)));
    let details = PersonDetails {
        name,
        sex: id.as_ref().map(IdNumber::sex).or(sex),
        birth: born,
        id_number: id.map(|id| id.as_str().to_owned()),
        student_no,
        phone,
        ..PersonDetails::default()
    };
    Typed { details, problems }
}

/// A pupil's grade and class as a list has them (初中一, 2 as 初一, 2班); a resident's group as typed.
fn class_typed(ask: &RegisterAsk) -> (Option<String>, Option<String>) {
    if ask.is_pupil {
        let class = class::of_cells(&ask.grade, &ask.group);
        return (class.grade, class.class);
    }
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    (text(&ask.grade), text(&ask.group))
}

/// Asked where the grade and the age do not go together.
fn ask_about_grade(
    ask: &RegisterAsk,
    born: chrono::NaiveDate,
    day: chrono::NaiveDate,
) -> Option<FieldProblem> {
    let grade = class_typed(ask).0.filter(|_| ask.is_pupil);
    let is_fine = grade.is_none_or(|grade| is_usual_age(Catalogue::builtin(), &grade, born, day));
    (!is_fine).then(|| FieldProblem {
        field: "grade".to_owned(),
        code: "age_of_grade".to_owned(),
        text: "这个年级很少有这个年龄，请核对年级和出生日期".to_owned(),
        is_refusal: false,
    })
}

fn id_problem_zh(problem: IdProblem) -> &'static str {
    match problem {
        IdProblem::Length => "身份证号码应为 18 位（旧证 15 位）",
        IdProblem::Digits => "身份证号码只能是数字，末位可为 X",
        IdProblem::Date => "身份证号码里的出生日期不存在",
        IdProblem::Future => "身份证号码里的出生日期在今天之后",
        IdProblem::Age => "身份证号码里的年龄超出可能范围",
        IdProblem::CheckDigit => "身份证号码的校验位不对，有一位可能输错",
    }
}
