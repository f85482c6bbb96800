//! What was probably meant where a number is not fine: a decimal point in the wrong place (1.65 for a height in cm,
//! 368 for a temperature), or another notation (vision as a decimal). Offered to the person who types, never applied.

use crate::catalogue::{Catalogue, Item, UMOL_L_PER_MG_DL};
use crate::check::{Band, Subject, check};
use crate::lab::times;
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

/// The two tables between whose limits of creatinine a value in mg/dL comes to lie, and what it is called in both.
const INTERVALS: &str = "lab_reference_intervals_adult.csv";
const CRITICAL: &str = "critical_values_screening.csv";
const CREATININE: (&str, &str) = ("creatinine_umol_l", "creatinine");

/// A creatinine in μmol/L that was perhaps typed in mg/dL: as typed below every reference interval, and by the factor of egfr_ckdepi.csv between
/// the lowest end of one and the critical value. Asked, never applied (docs/decisions/078-another-notation-is-asked.md).
fn creatinine_in_mg_dl(cat: &Catalogue, item: &Item, number: Decimal) -> Option<Decimal> {
    let (key, name) = CREATININE;
    if item.key != key {
        return None;
    }
    let ends = |table: &str, named: &str, end: &str| -> Option<Vec<Decimal>> {
        let table = cat.table(table)?;
        let (named, end) = (table.column(named).ok()?, table.column(end).ok()?);
        let rows = table.rows.iter().filter(|row| row[named] == name);
        Some(rows.filter_map(|row| Decimal::parse(&row[end])).collect())
    };
    let lowest = ends(INTERVALS, "analyte", "low")?.into_iter().min()?;
    let critical = ends(CRITICAL, "item", "high_ge")?.into_iter().max()?;
    let meant = times(number, UMOL_L_PER_MG_DL)?;
    let kept = Decimal::ratio_half_up(
        i128::from(meant.mantissa),
        10_i128.checked_pow(u32::from(meant.scale))?,
        item.decimals(),
    )?;
    (number < lowest && (lowest..=critical).contains(&meant)).then(|| kept.trimmed())
}

/// What a number is in the item's notation, where it reads as one in another: an acuity as a decimal, a creatinine in mg/dL.
pub fn otherwise(cat: &Catalogue, item: &Item, number: Decimal) -> Option<Decimal> {
    line_of(cat, item, number).or_else(|| creatinine_in_mg_dl(cat, item, number))
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
    if let Some(meant) = otherwise(cat, item, number) {
        return Some(meant);
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
        // By the factor of egfr_ckdepi.csv.
        check("creatinine_umol_l", "1.2", Some("106.1"));
        check("creatinine_umol_l", "12", None);
        check("vision_right", "4.9", None);
    }

    #[test]
    fn a_value_in_another_notation_is_asked_and_one_in_its_own_is_not() {
        let cat = Catalogue::builtin();
        let day = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let birth = NaiveDate::from_ymd_opt(1955, 1, 2);
        let subject = Subject { kind: PersonKind::Resident, sex: Some(Sex::F), birth, day };
        let band = |key: &str, typed: &str| {
            let item = cat.item_by_key(key).unwrap();
            check(cat, &subject, item, &Value::Number(Decimal::parse(typed).unwrap()))
        };
        for (key, typed, expect) in [
            ("vision_corrected_right", "0.8", Band::Unusual),
            ("vision_corrected_left", "1.2", Band::Unusual),
            ("vision_corrected_left", "4.9", Band::Fine),
            ("vision_corrected_left", "0", Band::Fine),
            // 41 and 707 μmol/L are the lowest reference limit and the critical value; 0.46 and 8.0 mg/dL lie on their sides.
            ("creatinine_umol_l", "1", Band::Unusual),
            ("creatinine_umol_l", "1.2", Band::Unusual),
            ("creatinine_umol_l", "7.9", Band::Unusual),
            ("creatinine_umol_l", "8", Band::Fine),
            ("creatinine_umol_l", "12", Band::Fine),
            ("creatinine_umol_l", "106", Band::Fine),
        ] {
            assert_eq!(band(key, typed), expect, "{key} {typed}");
        }
    }
}
