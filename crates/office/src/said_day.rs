//! Days that somebody says something was done on (`--day`): not one to come, and none before what it is about. One decision for signatures, steps
//! and receipts, and for a 随访单 that comes back. Not a stop's day, which may be any.

use chrono::NaiveDate;
use protocol::{Code, Failure};
use store::Round;

/// The last day that is not to come. A clock that lies before the round fell back: by it no day of the round is one to come.
pub fn last_day(today: NaiveDate, round: &Round) -> NaiveDate {
    if today < round.from { round.to } else { today }
}

/// Whether `day` may be said of something that was seen, signed or printed on `first`. `last` as above; where the clock fell back behind
/// what it is about, that day counts: an A of today is told today.
pub(crate) fn refuse_day(day: NaiveDate, first: NaiveDate, last: NaiveDate) -> Result<(), Failure> {
    if day > last.max(first) {
        return Err(Failure::new(Code::DayToCome));
    }
    // What bears a day to come by mistake holds up nothing.
    if day < first.min(last) {
        return Err(Failure::new(Code::DayTooEarly));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_to_come_and_one_before_what_it_is_about_are_refused_and_a_wrong_clock_stops_nobody() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let check = |said: &str, first: &str, last: &str, code: Option<Code>| {
            let found = refuse_day(day(said), day(first), day(last)).err().map(|one| one.code);
            assert_eq!(found, code, "{said} of {first} by {last}");
        };
        check("2026-09-20", "2026-09-14", "2026-09-20", None);
        check("2026-09-14", "2026-09-14", "2026-09-20", None);
        check("2026-09-21", "2026-09-14", "2026-09-20", Some(Code::DayToCome));
        check("2026-09-13", "2026-09-14", "2026-09-20", Some(Code::DayTooEarly));
        // The clock is behind what was seen.
        check("2026-09-14", "2026-09-14", "2026-09-02", None);
        check("2026-09-02", "2026-09-14", "2026-09-02", None);
        check("2026-09-15", "2026-09-14", "2026-09-02", Some(Code::DayToCome));
    }
}
