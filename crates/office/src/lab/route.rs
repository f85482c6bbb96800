//! In which round a tube's report is looked for: the one that was named, else the one in which its code is bound. Not whose tube it is
//! there (`plan`).

use crate::failed;
use chrono::NaiveDate;
use domain::ids::RoundId;
use domain::tube::read_code;
use intake::laboratory::Report;
use protocol::{Code, Failure};
use store::Store;

/// Where a report goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    To(RoundId),
    /// Its code is bound in several rounds, and nothing says of which it is: it waits in the last of them.
    Two(RoundId),
}

impl Route {
    pub fn round(self) -> RoundId {
        match self {
            Route::To(round) | Route::Two(round) => round,
        }
    }
}

/// The rounds that reports may go to.
#[derive(Debug, Clone)]
pub(super) struct Routes {
    /// The earliest first.
    all: Vec<RoundId>,
    named: Option<RoundId>,
    /// Where what is bound nowhere waits.
    fallback: RoundId,
    /// Those into which this very file was taken before.
    of_file: Vec<RoundId>,
}

impl Routes {
    pub fn of(store: &Store, named: Option<&str>) -> Result<Routes, Failure> {
        let all: Vec<RoundId> =
            store.rounds().map_err(failed)?.into_iter().map(|round| round.id).collect();
        let named = match named {
            None => None,
            Some(named) => {
                let round = store.round(named).map_err(failed)?;
                Some(round.ok_or(Failure::new(Code::RoundUnknown))?.id)
            }
        };
        let fallback = named.or(all.last().copied()).ok_or(Failure::new(Code::RoundUnknown))?;
        Ok(Routes { all, named, fallback, of_file: Vec::new() })
    }

    pub fn with_file(self, store: &Store, hash: &[u8; 32]) -> Result<Routes, Failure> {
        let mut of_file = Vec::new();
        for round in &self.all {
            if store.has_lab_file(*round, hash).map_err(failed)? {
                of_file.push(*round);
            }
        }
        Ok(Routes { of_file, ..self })
    }

    /// As if this round had been named.
    pub fn only(&self, round: RoundId) -> Routes {
        Routes { named: Some(round), of_file: Vec::new(), ..self.clone() }
    }

    /// Of what waits in a round: there it stays while its code is bound nowhere. The round that is named now is of another file.
    pub fn kept_in(&self, round: RoundId) -> Routes {
        Routes { named: None, fallback: round, of_file: Vec::new(), ..self.clone() }
    }

    pub fn all(&self) -> &[RoundId] {
        &self.all
    }

    pub fn named(&self) -> Option<RoundId> {
        self.named
    }

    pub fn fallback(&self) -> RoundId {
        self.fallback
    }

    pub fn is_known_file(&self) -> bool {
        match self.named {
            Some(named) => self.of_file.contains(&named),
            None => !self.of_file.is_empty(),
        }
    }

    pub fn route(&self, store: &Store, report: &Report) -> Result<Route, Failure> {
        if let Some(named) = self.named {
            return Ok(Route::To(named));
        }
        let code = read_code(&report.code).unwrap_or_default();
        let mut bound = Vec::new();
        for round in &self.all {
            let day = store.code_bound_on(*round, &code).map_err(failed)?;
            bound.extend(day.map(|day| (*round, day)));
        }
        Ok(self.chosen_of(&bound, [report.first_day(), report.day()]))
    }

    /// Of a code that one file has on several days, where the first and the last are of different rounds, nothing says which it is.
    fn chosen_of(
        &self,
        bound: &[(RoundId, Option<NaiveDate>)],
        given: [Option<NaiveDate>; 2],
    ) -> Route {
        let [first, last] = given.map(|given| self.chosen(bound, given));
        match bound.last() {
            Some((round, _)) if first != last => Route::Two(*round),
            Some(_) | None => last,
        }
    }

    /// Of the rounds in which a code is bound, each with the day of that: the last before that day. A file that says no day and
    /// was taken in before goes where it went.
    fn chosen(&self, bound: &[(RoundId, Option<NaiveDate>)], given: Option<NaiveDate>) -> Route {
        let last = match bound {
            [] => return Route::To(self.fallback),
            [(only, _)] => return Route::To(*only),
            [.., (last, _)] => *last,
        };
        let is_dated = bound.iter().all(|(_, day)| day.is_some());
        let before = bound.iter().filter(|(_, day)| given.is_some() && *day <= given);
        match before.max_by_key(|(_, day)| *day) {
            Some((round, _)) if is_dated => return Route::To(*round),
            Some(_) | None => {}
        }
        let mut of_file = bound.iter().filter(|(round, _)| self.of_file.contains(round));
        match (of_file.next(), of_file.next()) {
            (Some((round, _)), None) => Route::To(*round),
            (Some(_), Some(_)) | (None, _) => Route::Two(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_rounds_the_last_collection_before_the_result_counts_and_without_a_day_neither() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 9, day);
        let (first, second) = (RoundId(1), RoundId(2));
        let routes = |of_file: &[RoundId]| Routes {
            all: vec![first, second],
            named: None,
            fallback: second,
            of_file: of_file.to_vec(),
        };
        let both = [(first, day(1)), (second, day(14))];
        let check = |of_file: &[RoundId], bound: &[(RoundId, Option<NaiveDate>)], given, route| {
            assert_eq!(routes(of_file).chosen(bound, given), route, "{given:?}");
        };
        check(&[], &[], day(9), Route::To(second));
        check(&[], &both[..1], None, Route::To(first));
        check(&[], &both, day(2), Route::To(first));
        check(&[], &both, day(14), Route::To(second));
        check(&[], &both, day(20), Route::To(second));
        check(&[first], &both, None, Route::To(first));
        // Control: nothing says of which it is.
        check(&[], &both, None, Route::Two(second));
        check(&[first, second], &both, None, Route::Two(second));
        check(&[], &[(first, day(5)), (second, day(14))], day(4), Route::Two(second));
        check(&[], &[(first, None), (second, day(14))], day(20), Route::Two(second));
        let check_of = |given, route| {
            assert_eq!(routes(&[]).chosen_of(&both, given), route, "{given:?}");
        };
        check_of([day(2), day(15)], Route::Two(second));
        check_of([day(2), day(9)], Route::To(first));
        check_of([day(14), day(20)], Route::To(second));
        check_of([None, None], Route::Two(second));
    }
}
