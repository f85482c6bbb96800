//! What was probably meant where a number is not fine: a decimal point in the wrong place (1.65 for a height in cm,
//! 368 for a temperature), or another notation (vision as a decimal). Offered to the person who types, never applied.

use crate::catalogue::{Catalogue, Item};
use crate::check::{Band, Subject, check};
use crate::value::{Decimal, Value};

/// Places a decimal point slips by.
const SHIFTS: [i8; 4] = [1, 2, -1, -2];

/// The chart of visual acuity with both notations, and what its items begin with.
const CHART: &str = "vision_levels.csv";
const ACUITY: &str = "vision_";

/// The line of the chart whose decimal was typed: 0.8 is 4.9.
fn line_of(cat: &Catalogue, item: &Item, number: Decimal) -> Option<Decimal> {
    let chart = cat.table(CHART).filter(|_| item.key.starts_with(ACUITY))?;
    let (mark, decimal) = (chart.column("l_5mark").ok()?, chart.column("decimal").ok()?);
    let is_typed = |row: &&Vec<String>| Decimal::parse(&row[decimal]) == Some(number);
    Decimal::parse(&chart.rows.iter().find(is_typed)?[mark])
}

/// The line of the chart that a decimal acuity names; else the one value, of those with the point elsewhere, that would be fine. `None` where the number is fine itself, or
/// where none or several would be.
pub fn likely(cat: &Catalogue, subject: &Subject, item: &Item, number: Decimal) -> Option<Decimal> {
    let is_fine = |number: Decimal| {
        check(cat, subject, item, &Value::Number(number)) == Band::Fine && !item.usual.is_empty()
    };
    if is_fine(number) {
        return None;
    }
    if let Some(line) = line_of(cat, item, number) {
        return Some(line);
    }
    let mut fine = SHIFTS.iter().filter_map(|by| shifted(number, *by)).filter(|n| is_fine(*n));
    let only = fine.next()?;
    if fine.next().is_some() { None } else { Some(only.trimmed()) }
}

fn shifted(number: Decimal, by: i8) -> Option<Decimal> {
    let factor = 10_i64.checked_pow(u32::from(by.unsigned_abs()))?;
    if by > 0 {
        return Some(Decimal::new(number.mantissa.checked_mul(factor)?, number.scale));
    }
    let scale = number.scale.checked_add(by.unsigned_abs())?;
    (scale <= crate::value::DECIMAL_SCALE_MAX).then(|| Decimal::new(number.mantissa, scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{PersonKind, Sex};
    use chrono::NaiveDate;

    #[test]
    fn a_slipped_point_is_offered_where_only_one_place_fits() {
        let cat = Catalogue::builtin();
        let day = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let birth = NaiveDate::from_ymd_opt(1966, 1, 2);
        let subject = Subject { kind: PersonKind::Resident, sex: Some(Sex::F), birth, day };
        let check = |key: &str, typed: &str, meant: Option<&str>| {
            let item = cat.item_by_key(key).unwrap();
            let likely = likely(cat, &subject, item, Decimal::parse(typed).unwrap());
            assert_eq!(likely, meant.map(|text| Decimal::parse(text).unwrap()), "{key} {typed}");
        };
        check("height_cm", "1.65", Some("165"));
        check("height_cm", "165", None);
        check("height_cm", "1650", Some("165"));
        check("temperature_cel", "368", Some("36.8"));
        check("sbp1_mmhg", "1280", Some("128"));
        check("sbp1_mmhg", "128", None);
        check("weight_kg", "5.6", Some("56"));
        // The decimal notation of the chart, never a slipped point: 0.5 is no 5.0.
        check("vision_right", "0.8", Some("4.9"));
        check("vision_left", "0.5", Some("4.7"));
        check("vision_corrected_left", "1", Some("5.0"));
        check("vision_corrected_right", "1.20", Some("5.1"));
        check("vision_right", "0.7", None);
        check("vision_right", "4.9", None);
    }
}
