//! An ID number in the parts that a roster's wire form carries. Not whether it is valid for a person on a
//! day (`domain::identity`): only whether the text comes out of its parts again exactly.

use crate::convert::{day_date, day_number};
use crate::entry::EntryError;
use chrono::{Datelike, NaiveDate};

/// An ID number (GB 11643-1999) without what can be worked out.
pub(crate) struct IdParts {
    /// The first six digits as a number.
    pub region: i32,
    pub birth_day: i32,
    pub order: u32,
}

impl IdParts {
    /// Only of a text that comes out again exactly.
    pub fn of(text: &str) -> Option<IdParts> {
        let is_plain = text.len() == 18 && text.bytes().take(17).all(|b| b.is_ascii_digit());
        let body = is_plain.then(|| text.get(..17)).flatten()?;
        let birth = NaiveDate::parse_from_str(&body[6..14], "%Y%m%d").ok()?;
        let parts = IdParts {
            region: body[..6].parse().ok()?,
            birth_day: day_number(birth),
            order: body[14..].parse().ok()?,
        };
        (parts.text().ok()? == text).then_some(parts)
    }

    pub fn text(&self) -> Result<String, EntryError> {
        let birth = day_date(self.birth_day).filter(|birth| (0..=9_999).contains(&birth.year()));
        let birth = birth.ok_or(EntryError::Invalid)?;
        if !(0..=999_999).contains(&self.region) || self.order > 999 {
            return Err(EntryError::Invalid);
        }
        let (year, month, day) = (birth.year(), birth.month(), birth.day());
        let body = format!("{:06}{year:04}{month:02}{day:02}{:03}", self.region, self.order);
        Ok(format!("{body}{}", check_character(&body)))
    }

    /// As `DetailsFact` has it.
    pub fn sex(&self) -> u32 {
        if self.order % 2 == 1 { 1 } else { 2 }
    }
}

/// GB 11643-1999 (ISO 7064 MOD 11-2), part of this wire form: it does not change with the domain's.
fn check_character(body: &str) -> char {
    // From the left: each digit's weight is half the one before, modulo 11, so one pass will do.
    let sum = body.bytes().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    match (12 - sum) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('X'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weights as GB 11643-1999 prints them: another way to the same character.
    fn by_weights(body: &str) -> char {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 =
            body.bytes().zip(WEIGHTS).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
        char::from(b"10X98765432"[sum as usize % 11])
    }

    #[test]
    fn the_check_character_is_that_of_the_standards_weights() {
        for number in (0..99_999_999_999_999_999_u64).step_by(9_999_999_999_971) {
            let body = format!("{number:017}");
            assert_eq!(check_character(&body), by_weights(&body), "{body}");
        }
        // The standard's own example.
        assert_eq!(check_character("11010519491231002"), 'X');
    }

    #[test]
    fn only_a_text_that_comes_out_again_exactly_is_taken_apart() {
        let check = |text: &str, is_taken: bool| {
            let parts = IdParts::of(text);
            assert_eq!(parts.is_some(), is_taken, "{text}");
            if let Some(parts) = parts {
                assert_eq!(parts.text().as_deref(), Ok(text));
            }
        };
        check("11010519491231002X", true);
        check("440524188001010014", true);
        check("000000000001010017", true); // nobody's, but nothing of it is lost
        check("000000000001010018", false);
        check("11010519491231002x", false);
        check("431399199901070349", true);
        check("431399199901070340", false);
        check("431399199902300345", false); // 30 February
        check("11010519491231002", false);
        check("110105491231002", false);
        check("１１０１０５", false);
        check("", false);
        check("11010519491231+02X", false);
    }
}
