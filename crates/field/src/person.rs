//! One person: shown whole, or registered as 名单外. Not recorded results (`record`, `result`).

use crate::home::{Acting, Home, failed};
use crate::record::proposed;
use chrono::NaiveDate;
use domain::catalogue::{Catalogue, print_value};
use domain::facts::{PersonDetails, PersonKind};
use domain::identity::{self, IdNumber, mask_id, mask_phone};
use domain::ids::{PersonId, RoundId, UnitCode};
use domain::roster::{parse_date, parse_sex};
use protocol::convert::kind_number;
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::{Code, Entry, Fact, Failure};
use serde::Serialize;
use store::PersonMatch;

/// Someone to register, as told at the desk.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    pub round: String,
    /// The stop.
    pub unit: String,
    pub name: String,
    pub id_number: Option<String>,
    pub sex: Option<String>,
    pub birth: Option<String>,
    pub phone: Option<String>,
    /// Home: a unit's code of this district, or words for a place outside it.
    pub home: Option<String>,
    pub pupil: bool,
    pub operator: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registered {
    pub person: String,
    /// False when this person was known already: nothing was written but a number that nobody had yet.
    pub new: bool,
}

/// A person whole: every value ever, with who, where and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonShown {
    pub person: String,
    pub name: String,
    pub sex: Option<domain::facts::Sex>,
    pub birth: Option<chrono::NaiveDate>,
    pub id_number: Option<String>,
    pub phone: Option<String>,
    pub listed: Vec<ListedRow>,
    pub values: Vec<ValueRow>,
    pub findings: Vec<FindingRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedRow {
    pub round: RoundId,
    pub unit: UnitCode,
    pub grade: Option<String>,
    pub group: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueRow {
    pub round: RoundId,
    pub item: String,
    pub name: String,
    pub value: String,
    /// False where a later value or a void replaced it.
    pub current: bool,
    /// True where two current values wait for a person's decision.
    pub conflict: bool,
    pub unusual: bool,
    pub day: Option<chrono::NaiveDate>,
    pub operator: Option<String>,
    pub examiner: Option<String>,
    /// The range that its laboratory printed beside it; empty where it printed none.
    pub own_range: String,
    pub entry: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    pub round: RoundId,
    pub rule: String,
    pub code: String,
    pub level: &'static str,
    pub value: String,
    pub text: String,
}

impl Home {
    /// The person an id, an ID number, a 学籍号 or any other search text means, if it is exactly one.
    pub fn person_named(&self, text: &str) -> Result<PersonId, Failure> {
        office::person_named(&self.store, text)
    }

    pub fn show_person(&self, text: &str) -> Result<PersonShown, Failure> {
        let person = self.person_named(text)?;
        let view = self.store.person(person).map_err(failed)?;
        let view = view.ok_or(Failure::new(Code::PersonUnknown))?;
        let catalogue = Catalogue::builtin();
        let values = view.values.into_iter().map(|v| {
            let item = catalogue.item(v.item);
            ValueRow {
                round: v.round,
                item: item.map(|i| i.key.clone()).unwrap_or_default(),
                name: item.map(|i| i.name_zh.clone()).unwrap_or_default(),
                value: item.map(|i| print_value(i, &v.value)).unwrap_or_default(),
                current: v.current,
                conflict: v.conflict,
                unusual: v.unusual,
                day: v.day,
                operator: v.operator,
                examiner: v.examiner,
                own_range: v.own.map(|own| own.text()).unwrap_or_default(),
                entry: office::print_reference(&v.reference),
            }
        });
        let findings = view.findings.into_iter().map(|(round, f)| FindingRow {
            round,
            level: f.level.key(),
            text: catalogue.level(&f.rule, &f.code).map(|l| l.name_zh.clone()).unwrap_or_default(),
            rule: f.rule,
            code: f.code,
            value: f.value,
        });
        Ok(PersonShown {
            person: view.person.0.to_string(),
            name: view.details.name,
            sex: view.details.sex,
            birth: view.details.birth,
            id_number: view.details.id_number.as_deref().map(mask_id),
            phone: view.details.phone.as_deref().map(mask_phone),
            listed: view
                .listings
                .into_iter()
                .map(|l| ListedRow { round: l.round, unit: l.unit, grade: l.grade, group: l.group })
                .collect(),
            values: values.collect(),
            findings: findings.collect(),
        })
    }

    /// Registers someone at a stop. Someone known already is answered with their id and not written again.
    pub fn register(&mut self, new: &NewPerson) -> Result<Registered, Failure> {
        let whole = self.whole_round(&new.round)?;
        let (round, day) = (whole.id, self.today_in(&whole));
        let unit = UnitCode(new.unit.clone());
        let operator = self.recorder(new.operator.as_deref())?;
        if !self.scope_of(operator)?.iter().any(|s| s.covers(&unit)) {
            return Err(Failure::new(Code::OutOfScope));
        }
        self.refuse_barred(&unit)?;
        let details = new_details(new, day)?;
        let known = self.store.match_person(round, &unit, &details).map_err(failed)?;
        match known {
            PersonMatch::ByIdNumber(person) | PersonMatch::ByNameBirthUnit { person, .. } => {
                let known = self.details(person)?;
                let acting =
                    Acting { round: Some(round), day: Some(day), operator, ..Acting::default() };
                if let Some(entry) = proposed(self, &acting, person, &known, &details) {
                    self.store.append(&unit, &[entry]).map_err(failed)?;
                }
                return Ok(Registered { person: person.0.to_string(), new: false });
            }
            PersonMatch::Ambiguous(_) => return Err(Failure::new(Code::PersonAmbiguous)),
            PersonMatch::None => {}
        }
        let units = self.store.units().map_err(failed)?;
        let home = new.home.clone().unwrap_or_else(|| unit.0.clone());
        let in_district = units.get(&UnitCode(home.clone())).is_some();
        let person = PersonId(uuid::Builder::from_random_bytes(self.host.random_16()?).into_uuid());
        let acting = Acting { round: Some(round), day: Some(day), operator, ..Acting::default() };
        let kind = if new.pupil { PersonKind::Pupil } else { PersonKind::Resident };
        let fact = RegistrationFact {
            details: Some(DetailsFact::from(&details)),
            kind: kind_number(kind),
            home_unit: if in_district { home.clone() } else { String::new() },
            home_text: if in_district { String::new() } else { home },
            group: None,
            grade: None,
        };
        let entry =
            Entry { header: self.header(&acting, Some(person)), fact: Fact::Registration(fact) };
        self.store.append(&unit, &[entry]).map_err(failed)?;
        Ok(Registered { person: person.0.to_string(), new: true })
    }
}

/// What was told at the desk, checked. `day`: nobody is born after it.
fn new_details(new: &NewPerson, day: NaiveDate) -> Result<PersonDetails, Failure> {
    let invalid = |place: &str| Failure::at(Code::ValueInvalid, place);
    let id_number = match new.id_number.as_deref().filter(|t| !t.trim().is_empty()) {
        None => None,
        Some(text) => {
            Some(IdNumber::parse(text, day).map_err(|_| Failure::new(Code::IdNumberInvalid))?)
        }
    };
    let name: String = new.name.split_whitespace().collect();
    if name.is_empty() {
        return Err(invalid("name"));
    }
    let read = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
    let birth = match read(&new.birth) {
        None => None,
        Some(text) => Some(parse_date(&text).ok_or(invalid("birth"))?),
    };
    let sex = match read(&new.sex) {
        None => None,
        Some(text) => Some(parse_sex(&text).ok_or(invalid("sex"))?),
    };
    let phone = match read(&new.phone) {
        None => None,
        Some(text) => Some(identity::phone(&text).ok_or(invalid("phone"))?),
    };
    Ok(PersonDetails {
        name,
        sex: id_number.as_ref().map(IdNumber::sex).or(sex),
        birth: id_number.as_ref().map(IdNumber::birth).or(birth),
        id_number: id_number.map(|id| id.as_str().to_owned()),
        phone,
        ..PersonDetails::default()
    })
}
