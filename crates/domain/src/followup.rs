//! When the first follow-up of a finding is due. The days are settings of the round (本区设置), rows of
//! finding_levels.csv; counting starts on the stop's day, never on a device's clock.

use crate::catalogue::LevelRow;
use crate::rule::{Judgement, Level};
use chrono::{Days, NaiveDate};

/// `None` where the row asks for no follow-up.
pub fn follow_up_due(row: &LevelRow, day: NaiveDate) -> Option<NaiveDate> {
    due_after(row.due_days, day)
}

/// As `follow_up_due`, from what a judgement carries.
pub fn judgement_due(judgement: &Judgement, day: NaiveDate) -> Option<NaiveDate> {
    due_after(judgement.due_days, day)
}

/// Days after which a finding is due by its level: A without days of its own on its own day (finding_levels.csv: A = act now).
pub fn level_due(level: Level, days: Option<u16>, day: NaiveDate) -> Option<NaiveDate> {
    due_after(days.or((level == Level::A).then_some(0)), day)
}

fn due_after(days: Option<u16>, day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::from(days?)))
}
