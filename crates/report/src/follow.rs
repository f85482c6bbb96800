//! Rates of follow-up and of reports in hand: what one finding's follow-up, or one person's report, counts as. The rates are rows of
//! `schema/summary/indicators.csv`; what was said and when is `domain::task`'s.

use crate::indicator::Counted;
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::facts::CheckupFacts;
use domain::ids::PersonId;
use domain::rule::Level;
use domain::task::{Act, Deadline, Followed, TaskState, TellWithin};
use domain::value::Value;
use std::collections::BTreeMap;

/// A chronic disease that is taken into management (国家基本公共卫生服务规范第三版), by its rules, and the answer that says it was known.
const CHRONIC: [(&str, &str); 3] = [
    ("adult_bp", "known_hypertension"),
    ("glucose_fasting", "known_diabetes"),
    ("glucose_random", "known_diabetes"),
];
/// Arranged or done, beyond being told.
const INTERVENED: [Act; 5] =
    [Act::Referred, Act::Arrived, Act::Treated, Act::InCare, Act::Controlled];
/// Was seen by whoever they were sent to.
const SEEN: [Act; 6] =
    [Act::Arrived, Act::Diagnosed, Act::Treated, Act::InCare, Act::Controlled, Act::Cleared];
const TREATED: [Act; 3] = [Act::Treated, Act::InCare, Act::Controlled];
/// Days after the checkup within which a report is in the guardian's hand (followup.md, section 6: students, two weeks).
const REPORT_WITHIN_DAYS: i64 = 14;

/// One finding of level A or B.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLine {
    pub level: Level,
    /// In words.
    pub seen: String,
    /// With its unit; empty for a doctor's own.
    pub value: String,
    pub action: String,
    pub due: Option<NaiveDate>,
}

/// Everything that was done about the findings and reports of a summary's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowFacts {
    pub today: NaiveDate,
    /// As the round sets it.
    pub within: TellWithin,
    pub tasks: BTreeMap<PersonId, Vec<Followed>>,
    /// What of levels A and B stands, as a doctor concluded it where one did.
    pub found: BTreeMap<PersonId, Vec<FoundLine>>,
    /// Who signed for a report, and the first day on which; none = nobody wrote the day.
    pub received: BTreeMap<PersonId, Option<NaiveDate>>,
}

impl FollowFacts {
    /// Nothing was done.
    pub fn none(today: NaiveDate) -> FollowFacts {
        let within = TellWithin::DESIGN;
        let (tasks, found, received) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        FollowFacts { today, within, tasks, found, received }
    }

    /// The worst level of what stands about somebody, where it is A or B.
    pub(crate) fn worst(&self, person: PersonId) -> Option<Level> {
        self.found.get(&person)?.iter().map(|line| line.level).max()
    }

    /// By which days, in words, for whoever reads a rate.
    pub fn limits_zh(&self) -> String {
        let TellWithin { a_days, b_days } = self.within;
        let a = if a_days == 0 { "发现当天".to_owned() } else { format!("{a_days} 天内") };
        format!(
            "A 级{a}告知到人并复述，B 级 {b_days} 天内告知，完成按每项的随访天数或最后约定的日期"
        )
    }
}

/// Whom a rate is of: its denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    LevelA,
    LevelB,
    /// A and B.
    Grave,
    Referred,
    ReferredSeen,
    Due,
    Confirmed,
    /// Confirmed as a chronic disease that was not known before.
    ConfirmedNew,
    Treated,
    /// Every person examined.
    Examined,
    /// Every person on the list, examined or not.
    Expected,
}

/// What makes one part of the numerator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    ToldInTime,
    Reached,
    Intervened,
    Referred,
    Seen,
    ClosedInTime,
    Confirmed,
    InCare,
    Treated,
    Controlled,
    Lost,
    Received,
    ReceivedInTime,
    Examined,
}

/// A rate over findings or reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follow {
    pub of: Of,
    pub is: Is,
}

impl Of {
    pub fn of_word(word: &str) -> Option<Of> {
        Some(match word {
            "level_a" => Of::LevelA,
            "level_b" => Of::LevelB,
            "grave" => Of::Grave,
            "referred" => Of::Referred,
            "referred_seen" => Of::ReferredSeen,
            "due" => Of::Due,
            "confirmed" => Of::Confirmed,
            "confirmed_new" => Of::ConfirmedNew,
            "treated" => Of::Treated,
            "examined" => Of::Examined,
            "expected" => Of::Expected,
            _ => return None,
        })
    }
}

impl Is {
    pub fn of_word(word: &str) -> Option<Is> {
        Some(match word {
            "told_in_time" => Is::ToldInTime,
            "reached" => Is::Reached,
            "intervened" => Is::Intervened,
            "referred" => Is::Referred,
            "seen" => Is::Seen,
            "closed_in_time" => Is::ClosedInTime,
            "confirmed" => Is::Confirmed,
            "in_care" => Is::InCare,
            "treated" => Is::Treated,
            "controlled" => Is::Controlled,
            "lost" => Is::Lost,
            "received" => Is::Received,
            "received_in_time" => Is::ReceivedInTime,
            "examined" => Is::Examined,
            _ => return None,
        })
    }
}

/// How everything of one person counts in such a rate: once for each finding, or once for the report.
pub fn counted_follow(follow: Follow, facts: &FollowFacts, checkup: &CheckupFacts) -> Vec<Counted> {
    if follow.of == Of::Examined {
        return vec![counted_report(follow.is, facts, checkup)];
    }
    let tasks = facts.tasks.get(&checkup.person).map(Vec::as_slice).unwrap_or_default();
    tasks.iter().map(|task| counted_task(follow, facts, checkup, task)).collect()
}

fn counted_report(is: Is, facts: &FollowFacts, checkup: &CheckupFacts) -> Counted {
    let Some(received) = facts.received.get(&checkup.person) else { return Counted::NotFound };
    if is != Is::ReceivedInTime {
        return Counted::Found;
    }
    match received.zip(checkup.day) {
        Some((on, day)) if (on - day).num_days() <= REPORT_WITHIN_DAYS => Counted::Found,
        Some(_) => Counted::NotFound,
        None => Counted::NoDay,
    }
}

fn counted_task(
    follow: Follow,
    facts: &FollowFacts,
    checkup: &CheckupFacts,
    task: &Followed,
) -> Counted {
    let deadline = task.deadline(facts.today);
    let is_of = match follow.of {
        Of::LevelA => task.level == Level::A,
        Of::LevelB => task.level == Level::B,
        Of::Grave | Of::Due => true,
        Of::Referred => task.has(&[Act::Referred]),
        Of::ReferredSeen => task.has(&[Act::Referred]) && task.has(&SEEN),
        Of::Confirmed => task.has(&[Act::Diagnosed]),
        Of::ConfirmedNew => task.has(&[Act::Diagnosed]) && is_new_chronic(task, checkup),
        Of::Treated => task.has(&TREATED),
        Of::Examined | Of::Expected => false,
    };
    if !is_of {
        return Counted::Elsewhere;
    }
    if !task.has_basis {
        return Counted::Gone;
    }
    if follow.of == Of::Due {
        match deadline {
            // Somebody lost is lost, whenever the next day would have been.
            Deadline::NotYet if task.state != TaskState::Lost => return Counted::NotYet,
            Deadline::Unknown => return Counted::NoDay,
            Deadline::NotYet | Deadline::Past | Deadline::ClosedInTime | Deadline::ClosedLate => {}
        }
    }
    let is_found = match follow.is {
        Is::ToldInTime => match task.is_told_in_time(facts.within) {
            Some(is_told) => is_told,
            None => return Counted::NoDay,
        },
        Is::Reached => task.is_reached(),
        Is::Intervened => task.has(&INTERVENED),
        Is::Referred => task.has(&[Act::Referred]),
        Is::Seen => task.has(&SEEN),
        Is::ClosedInTime => deadline == Deadline::ClosedInTime,
        Is::Confirmed => task.has(&[Act::Diagnosed]),
        Is::InCare => task.has(&[Act::InCare, Act::Controlled]),
        Is::Treated => task.has(&TREATED),
        Is::Controlled => task.has(&[Act::Controlled]),
        Is::Lost => task.state == TaskState::Lost,
        Is::Received | Is::ReceivedInTime | Is::Examined => false,
    };
    if is_found { Counted::Found } else { Counted::NotFound }
}

/// Whoever does not know of it counts: nobody has taken them into care.
fn is_new_chronic(task: &Followed, checkup: &CheckupFacts) -> bool {
    let known = CHRONIC.iter().find(|(rule, _)| *rule == task.rule);
    let Some((_, known)) = known else { return false };
    let Some(item) = Catalogue::builtin().item_by_key(known) else { return false };
    let yes = item.choice("yes").map(|choice| choice.code);
    let values = checkup.results.get(&item.code).into_iter().flatten();
    !values.into_iter().any(|value| matches!(value.value, Value::Choice(code) if Some(code) == yes))
}
