//! Who someone is: ID numbers by GB 11643-1999, 学籍号, phones, ages, and what may be shown of them.
//! Pure text and dates: whether two people are one is decided by the projection, and `today` is an
//! argument. The address code of an ID number is never checked: it says where the number was
//! issued, not where its holder lives, and codes change.

use crate::facts::Sex;
use crate::ids::PersonId;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why a text is no ID number. The text itself is never repeated.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum IdProblem {
    #[error("neither 18 nor 15 characters")]
    Length,
    #[error("a character that is no digit")]
    Digits,
    #[error("the birth date is in no calendar")]
    Date,
    #[error("born after today")]
    Future,
    #[error("older than anyone")]
    Age,
    #[error("wrong check digit")]
    CheckDigit,
}

/// A valid 公民身份号码: 6 address + 8 birth date + 3 sequence (odd = male) + 1 check character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber {
    text: String,
    birth: NaiveDate,
}

/// GB 11643-1999: the weights of the first 17 digits.
const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// GB 11643-1999: the check character by the weighted sum modulo 11.
const ID_CHECK: [u8; 11] = *b"10X98765432";
/// A limit of input, not of medicine: nobody is known to have been older.
const AGE_YEARS_MAX: i32 = 130;

impl IdNumber {
    /// Reads 18 characters, or 15 digits as issued before 1999 (19 is put before the year and the
    /// check character behind); full-width, spaces and lower-case x are accepted.
    pub fn parse(text: &str, today: NaiveDate) -> Result<IdNumber, IdProblem> {
        let plain = normalize(text);
        let upgraded = match plain.chars().count() {
            18 => plain,
            15 => upgrade(&plain)?,
            _ => return Err(IdProblem::Length),
        };
        let (body, check) = upgraded.split_at_checked(17).ok_or(IdProblem::Digits)?;
        if !body.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdProblem::Digits);
        }
        if !check.bytes().all(|b| b.is_ascii_digit() || b == b'X') {
            return Err(IdProblem::Digits);
        }
        let birth = NaiveDate::parse_from_str(&body[6..14], "%Y%m%d");
        let birth = birth.map_err(|_| IdProblem::Date)?;
        if check_character(body) != check.chars().next() {
            return Err(IdProblem::CheckDigit);
        }
        if birth > today {
            return Err(IdProblem::Future);
        }
        if age_years(birth, today) > AGE_YEARS_MAX {
            return Err(IdProblem::Age);
        }
        Ok(IdNumber { text: upgraded, birth })
    }

    /// 18 characters, upper case.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn birth(&self) -> NaiveDate {
        self.birth
    }

    pub fn sex(&self) -> Sex {
        match self.text.as_bytes()[16] % 2 {
            1 => Sex::M,
            _ => Sex::F,
        }
    }

    pub fn masked(&self) -> String {
        mask_id(&self.text)
    }
}

/// Masked: an ID number must not reach a log by `{:?}`.
impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdNumber({})", self.masked())
    }
}

fn upgrade(fifteen: &str) -> Result<String, IdProblem> {
    if !fifteen.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdProblem::Digits);
    }
    let body = format!("{}19{}", &fifteen[..6], &fifteen[6..]);
    let check = check_character(&body).ok_or(IdProblem::Digits)?;
    Ok(format!("{body}{check}"))
}

/// `body`: 17 digits.
fn check_character(body: &str) -> Option<char> {
    let digits = body.chars().map(|c| c.to_digit(10));
    let sum: Option<u32> =
        digits.zip(ID_WEIGHTS).map(|(digit, weight)| digit.map(|digit| digit * weight)).sum();
    let at = usize::try_from(sum? % 11).ok()?;
    ID_CHECK.get(at).map(|check| char::from(*check))
}

/// Full-width ASCII and the ideographic space to half width; everything else as it is.
pub fn to_half_width(text: &str) -> String {
    let half = |c: char| match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(half).collect()
}

/// Text like an ID number as typed or pasted: half width, upper case, without spaces, without
/// invisible characters and without the apostrophe that spreadsheets put before numbers kept as text.
pub fn normalize(text: &str) -> String {
    let keep = |c: &char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    let plain: String = to_half_width(text).chars().filter(keep).collect();
    plain.trim_start_matches(['\'', '‘', '’']).to_uppercase()
}

/// 学籍号: `G` or `J` and 18 characters built like an ID number, or `L` and 18 digits (temporary).
/// A `G` number may differ from the present ID number, so they are not compared.
pub fn student_no(text: &str) -> Option<String> {
    let plain = normalize(text);
    let (letter, rest) = plain.split_at_checked(1)?;
    let (body, last) = rest.split_at_checked(17)?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let last_fits = match letter {
        "G" | "J" => last.len() == 1 && (digits(last) || last == "X"),
        "L" => last.len() == 1 && digits(last),
        _ => false,
    };
    (last_fits && digits(body)).then_some(plain)
}

/// A mobile number as 11 digits, or a landline as `0738-8312345`; `+86`, `0086`, spaces and hyphens
/// are taken off. `None` for anything else.
pub fn phone(text: &str) -> Option<String> {
    let plain: String = normalize(text)
        .chars()
        .filter(|c| !matches!(c, '-' | '(' | ')' | '.' | '—' | '–'))
        .collect();
    let rest = plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086"));
    // `86` alone is the country only when a whole mobile number follows.
    let rest = rest.or_else(|| plain.strip_prefix("86").filter(|rest| is_mobile(rest)));
    let rest = rest.unwrap_or(&plain);
    if is_mobile(rest) {
        return Some(rest.to_owned());
    }
    landline(rest)
}

fn is_mobile(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes[0] == b'1'
        && (b'3'..=b'9').contains(&bytes[1])
}

/// Area code with its 0 (010 and 02x have three digits, all others four) and 7 or 8 digits.
fn landline(text: &str) -> Option<String> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let area_digits = match text.as_bytes() {
        [b'0', b'1' | b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return None,
    };
    let (area, number) = text.split_at_checked(area_digits)?;
    let fits = matches!(number.len(), 7 | 8) && !number.starts_with(['0', '1']);
    fits.then(|| format!("{area}-{number}"))
}

/// The id of the person of a roster's row: the first 16 bytes of SHA-256(seed, row as big-endian),
/// in the form of a random UUID (version 4). The seed is secret and random, so ids tell nothing.
pub fn person_id_of_row(seed: &[u8; 16], row: u32) -> PersonId {
    let digest = Sha256::new().chain_update(seed).chain_update(row.to_be_bytes()).finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    PersonId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// The surname stays: 张*, 欧*. One star however long the name.
pub fn mask_name(name: &str) -> String {
    name.trim().chars().next().map(|first| format!("{first}*")).unwrap_or_default()
}

/// The first six and the last four stay (431399********0349); a shorter text shows nothing.
pub fn mask_id(id: &str) -> String {
    mask_middle(id, 6, 4)
}

/// The first three and the last four stay (138****1234); a shorter text shows nothing.
pub fn mask_phone(phone: &str) -> String {
    mask_middle(phone, 3, 4)
}

fn mask_middle(text: &str, first: usize, last: usize) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    let hidden = chars.len().saturating_sub(first + last);
    // Showing more than it hides would be no mask.
    if hidden < 3 {
        return "*".repeat(chars.len());
    }
    let shown_or_star = |(at, c): (usize, &char)| match at {
        at if at < first || at >= first + hidden => *c,
        _ => '*',
    };
    chars.iter().enumerate().map(shown_or_star).collect()
}

/// Completed years on a day. Someone born on 29 February is a year older on 1 March.
pub fn age_years(birth: NaiveDate, on: NaiveDate) -> i32 {
    age_months(birth, on).div_euclid(12)
}

/// Completed months on a day; negative before birth.
pub fn age_months(birth: NaiveDate, on: NaiveDate) -> i32 {
    let months = |date: NaiveDate| date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0);
    months(on) - months(birth) - i32::from(on.day() < birth.day())
}
