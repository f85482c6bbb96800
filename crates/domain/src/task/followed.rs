//! One finding's follow-up as rates count it: what was said that stands, when, and whether in time. Pure. Not where it
//! stands next (`task::stand`), and not which rates there are (`report`).

use super::{Act, TaskState};
use crate::followup::level_due;
use crate::rule::Level;
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Within how many days after the result was there somebody is to be told. A design, not a standard (followup.md, section
/// 2: A at once on site or on the laboratory's own day, B within 7 days), and a setting of the round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TellWithin {
    pub a_days: u16,
    pub b_days: u16,
}

impl TellWithin {
    /// In a round's levels, in the place of a rule: its codes are A and B.
    pub const RULE: &'static str = "tell_within";
    pub const DESIGN: TellWithin = TellWithin { a_days: 0, b_days: 7 };
    /// The longest a round may set: the design's last day on which a B is to be closed (followup.md, section 2: 30 to 90 days).
    pub const DAYS_MAX: u16 = 90;
}

/// A step that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidStep {
    pub act: Act,
    pub day: Option<NaiveDate>,
    /// When the next contact is wanted.
    pub next: Option<NaiveDate>,
    /// Who was told, when, and read back.
    pub is_answer: bool,
    /// The lines of level A that it was said of; none: of all.
    pub of: Option<BTreeSet<String>>,
}

/// One finding with everything said about it that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    pub rule: String,
    pub level: Level,
    /// The finding still stands.
    pub has_basis: bool,
    /// The day of the finding.
    pub day: Option<NaiveDate>,
    /// The day on which what it rests on was there; later than `day` where a laboratory reported later.
    pub there: Option<NaiveDate>,
    /// Of each line of level A that stands, by its key, the day on which it was there.
    pub grave: BTreeMap<String, Option<NaiveDate>>,
    pub due_days: Option<u16>,
    pub state: TaskState,
    /// The day on which the first was there of what came after it had ended, and is open for; where it has ended again, was open for last.
    pub since: Option<NaiveDate>,
    pub said: Vec<SaidStep>,
}

/// How a follow-up stands to its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    ClosedInTime,
    ClosedLate,
    /// Open, and its day is past.
    Past,
    /// Open, and its day is to come.
    NotYet,
    /// Nobody said when.
    Unknown,
}

/// A contact that reached somebody.
const REACHED: [Act; 8] = [
    Act::Told,
    Act::Referred,
    Act::Arrived,
    Act::Diagnosed,
    Act::Treated,
    Act::InCare,
    Act::Controlled,
    Act::Cleared,
];
/// Acts that end a follow-up, but for being lost.
const CLOSING: [Act; 4] = [Act::Treated, Act::InCare, Act::Controlled, Act::Cleared];

impl Followed {
    pub fn has(&self, acts: &[Act]) -> bool {
        self.said.iter().any(|step| acts.contains(&step.act))
    }

    pub fn is_reached(&self) -> bool {
        self.has(&REACHED)
    }

    /// A: who was told, when, and read back, by the limit, and so of each of its lines. B: somebody was reached by it. The limit runs from
    /// the day on which the result was there (followup.md, section 2: "lab same day"): nobody can be told before. None: no day is known.
    pub fn is_told_in_time(&self, within: TellWithin) -> Option<bool> {
        let limit = |there: Option<NaiveDate>, days: u16| {
            there.max(self.day)?.checked_add_days(Days::new(u64::from(days)))
        };
        let is_by = |step: &SaidStep, limit| step.day.is_some_and(|day| day <= limit);
        if self.level != Level::A {
            let limit = limit(self.there, within.b_days)?;
            let mut told = self.said.iter().filter(|step| REACHED.contains(&step.act));
            return Some(told.any(|step| is_by(step, limit)));
        }
        let answers = || self.said.iter().filter(|step| step.is_answer);
        if self.grave.is_empty() {
            let limit = limit(self.there, within.a_days)?;
            return Some(answers().any(|step| is_by(step, limit)));
        }
        let mut is_told = true;
        for (line, there) in &self.grave {
            let limit = limit(*there, within.a_days)?;
            let is_of =
                |step: &&SaidStep| step.of.as_ref().is_none_or(|lines| lines.contains(line));
            is_told &= answers().filter(is_of).any(|step| is_by(step, limit));
        }
        Some(is_told)
    }

    /// The last day that was agreed before it ended, and not before the finding's own day plus its due days.
    pub fn deadline(&self, today: NaiveDate) -> Deadline {
        // What came after it had ended has its own days.
        let first =
            self.since.max(self.day).and_then(|day| level_due(self.level, self.due_days, day));
        let agreed = self.said.iter().filter(|step| !CLOSING.contains(&step.act));
        let last = agreed.filter_map(|step| step.next).chain(first).max();
        let Some(last) = last else { return Deadline::Unknown };
        if !self.is_closed() {
            return if last < today { Deadline::Past } else { Deadline::NotYet };
        }
        let ends = self.said.iter().filter(|step| CLOSING.contains(&step.act));
        // An end before what it was open for last is none of that.
        let is_its = |day: &NaiveDate| self.since.is_none_or(|since| *day >= since);
        match ends.filter_map(|step| step.day).filter(is_its).min() {
            Some(day) if day <= last => Deadline::ClosedInTime,
            Some(_) => Deadline::ClosedLate,
            None => Deadline::Unknown,
        }
    }

    fn is_closed(&self) -> bool {
        self.state.is_done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 9, day).unwrap()
    }

    fn step(act: Act, day: u32, next: Option<u32>) -> SaidStep {
        SaidStep { act, day: Some(on(day)), next: next.map(on), is_answer: false, of: None }
    }

    fn followed(state: TaskState, said: Vec<SaidStep>) -> Followed {
        Followed {
            rule: "adult_bp".to_owned(),
            level: Level::B,
            has_basis: true,
            day: Some(on(1)),
            there: Some(on(1)),
            grave: BTreeMap::new(),
            due_days: Some(14),
            state,
            since: None,
            said,
        }
    }

    #[test]
    fn in_time_is_by_the_day_that_was_agreed_last_and_never_before_the_first() {
        let check = |state, said: Vec<SaidStep>, wanted| {
            assert_eq!(followed(state, said).deadline(on(20)), wanted);
        };
        check(TaskState::Open, vec![], Deadline::Past);
        check(TaskState::Told, vec![step(Act::Told, 3, Some(25))], Deadline::NotYet);
        check(TaskState::Told, vec![step(Act::Told, 3, Some(5))], Deadline::Past);
        check(TaskState::Treated, vec![step(Act::Treated, 15, None)], Deadline::ClosedInTime);
        check(TaskState::Treated, vec![step(Act::Treated, 16, None)], Deadline::ClosedLate);
        let agreed = vec![step(Act::Told, 3, Some(18)), step(Act::Treated, 16, None)];
        check(TaskState::Treated, agreed, Deadline::ClosedInTime);
        // What came since has its own fourteen days.
        let anew = Followed {
            since: Some(on(10)),
            ..followed(TaskState::Open, vec![step(Act::Treated, 5, None)])
        };
        assert_eq!(
            (anew.deadline(on(24)), anew.deadline(on(25))),
            (Deadline::NotYet, Deadline::Past)
        );
        // Ended twice: the end of what it was open for last counts, by its own fourteen days. The control: as if it had ended once.
        let twice = |last| Followed {
            since: Some(on(10)),
            ..followed(
                TaskState::Treated,
                vec![step(Act::Treated, 5, None), step(Act::Treated, last, None)],
            )
        };
        assert_eq!(twice(24).deadline(on(30)), Deadline::ClosedInTime);
        assert_eq!(twice(25).deadline(on(30)), Deadline::ClosedLate);
        let once = Followed { since: None, ..twice(25) };
        assert_eq!(once.deadline(on(30)), Deadline::ClosedInTime);
        // The next visit of somebody in care is not how long they had.
        let in_care = vec![step(Act::InCare, 17, Some(30))];
        check(TaskState::InCare, in_care, Deadline::ClosedLate);
        check(TaskState::Lost, vec![step(Act::Lost, 10, None)], Deadline::Past);
        let nowhen = Followed { due_days: None, ..followed(TaskState::Open, vec![]) };
        assert_eq!(nowhen.deadline(on(20)), Deadline::Unknown);
    }

    #[test]
    fn an_a_is_told_in_time_only_by_an_answer_on_its_day_and_a_b_by_any_contact_within_the_limit() {
        let within = TellWithin::DESIGN;
        let b = |day| followed(TaskState::Told, vec![step(Act::Told, day, None)]);
        assert_eq!(b(8).is_told_in_time(within), Some(true));
        assert_eq!(b(9).is_told_in_time(within), Some(false));
        assert_eq!(b(9).is_told_in_time(TellWithin { b_days: 8, ..within }), Some(true));
        let tried = followed(TaskState::Open, vec![step(Act::NotReached, 2, None)]);
        assert_eq!(tried.is_told_in_time(within), Some(false));
        let a = |is_answer, day| Followed {
            level: Level::A,
            ..followed(TaskState::Told, vec![SaidStep { is_answer, ..step(Act::Told, day, None) }])
        };
        assert_eq!(a(true, 1).is_told_in_time(within), Some(true));
        assert_eq!(a(false, 1).is_told_in_time(within), Some(false));
        assert_eq!(a(true, 2).is_told_in_time(within), Some(false));
        let nowhen = Followed { day: None, there: None, ..a(true, 1) };
        assert_eq!(nowhen.is_told_in_time(within), None);
        // Reported by the laboratory three days later, and told on that day; a day after is late.
        let reported = |told| Followed { there: Some(on(4)), ..a(true, told) };
        assert_eq!(reported(4).is_told_in_time(within), Some(true));
        assert_eq!(reported(5).is_told_in_time(within), Some(false));
        assert_eq!(Followed { there: Some(on(4)), ..b(11) }.is_told_in_time(within), Some(true));
    }

    #[test]
    fn an_a_of_several_lines_is_told_in_time_when_each_is_on_its_own_day() {
        let line = |line: &str| line.to_owned();
        let grave = BTreeMap::from([(line("eye"), Some(on(1))), (line("ear"), Some(on(2)))]);
        let answer = |day, of: Option<&[&str]>| SaidStep {
            is_answer: true,
            of: of.map(|of| of.iter().map(|one| line(one)).collect()),
            ..step(Act::Told, day, None)
        };
        let check = |said: Vec<SaidStep>, expected| {
            let followed = followed(TaskState::Told, said);
            let a = Followed { level: Level::A, grave: grave.clone(), ..followed };
            assert_eq!(a.is_told_in_time(TellWithin::DESIGN), Some(expected), "{:?}", a.said);
        };
        let eye = answer(1, Some(&["eye"]));
        check(vec![eye.clone()], false);
        check(vec![eye.clone(), answer(2, Some(&["ear", "eye"]))], true);
        check(vec![eye.clone(), answer(3, Some(&["ear", "eye"]))], false);
        check(vec![answer(2, Some(&["ear", "eye"]))], false);
        // The control: an answer of a program that did not name lines is of all.
        check(vec![answer(1, None)], true);
    }
}
