//! When the first follow-up of a finding is due.

use crate::catalogue::LevelRow;
use chrono::NaiveDate;

pub fn follow_up_due(row: &LevelRow, day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(chrono::Days::new(u64::from(row.due_days?)))
}
