//! How offices write things on a roster: dates, sexes, numbers in cells. Single words only: finding
//! headers and reading files is not done here.

use crate::facts::Sex;
use crate::identity::to_half_width;
use chrono::NaiveDate;

/// Reads 1999-01-07, 19990814, 2008.4.6, 1986/05/09 or 1988年5月14日, full-width digits and inner
/// spaces accepted; a time of day behind is ignored. A year needs its four digits.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let half = to_half_width(text);
    let day = match half.split_once(':') {
        // `1992-06-01 00:00:00`, `1992-06-01T00:00:00`: the date is before the hour.
        Some((before, _)) => before.rsplit_once([' ', 'T'])?.0,
        None => &half,
    };
    let plain: String = day.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.trim_end_matches(['日', '号']);
    if plain.len() == 8 && plain.bytes().all(|b| b.is_ascii_digit()) {
        return date_of(&plain[..4], &plain[4..6], &plain[6..]);
    }
    let parts: Vec<&str> = plain.split(['-', '.', '/', '年', '月', '—', '–', '。']).collect();
    match parts.as_slice() {
        [year, month, day] => date_of(year, month, day),
        _ => None,
    }
}

fn date_of(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str, digits_min: usize, digits_max: usize| -> Option<u32> {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        (plain && (digits_min..=digits_max).contains(&text.len())).then(|| text.parse().ok())?
    };
    let year = i32::try_from(number(year, 4, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month, 1, 2)?, number(day, 1, 2)?)
}

/// 男 M 1, 女 F 2, with 性 behind, in any case and width.
pub fn parse_sex(text: &str) -> Option<Sex> {
    let plain = to_half_width(text).trim().to_lowercase();
    match plain.trim_end_matches('性') {
        "男" | "m" | "male" | "1" => Some(Sex::M),
        "女" | "f" | "female" | "2" => Some(Sex::F),
        _ => None,
    }
}

/// Digits that a spreadsheet keeps of a number; those behind them are gone.
const NUMERIC_CELL_DIGITS_MAX: usize = 15;

/// A number of more than 15 digits in a numeric cell has lost its last ones: it is never an ID
/// number, even when what is left has a right check digit by chance.
pub fn numeric_cell_is_never_an_id(is_numeric: bool, digits: usize) -> bool {
    is_numeric && digits > NUMERIC_CELL_DIGITS_MAX
}
