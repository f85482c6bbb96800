//! The code on a label and a guide sheet: `JK`, 15 digits from the person's random id, one check digit. It says who
//! someone is only to a program that holds the person; no ID number, name or date is in it or can be had from it.
//!
//! 15 digits are the first 48 bits of the id, which are random in every UUID v4: among a million people two share them
//! with a chance of 2 in 1,000, and then a scan shows both. Digits, because Code 128 writes two of them in the room of a
//! letter, and because they can be typed on a number pad when no scanner works.

use crate::ids::PersonId;

/// Ours, so that a scan is told from other people's codes.
const MARK: &str = "JK";
const DIGITS: usize = 15;

/// `JK0123456789012345`: 18 characters.
pub fn label_code(person: PersonId) -> String {
    let mut number = [0; 8];
    number[2..].copy_from_slice(&person.0.as_bytes()[..6]);
    let digits = format!("{:015}", u64::from_be_bytes(number));
    let check = check_digit(&digits).unwrap_or('0');
    format!("{MARK}{digits}{check}")
}

/// The first six bytes of the person's id; `None` for what is no such code or was misread.
pub fn read_label_code(text: &str) -> Option<[u8; 6]> {
    let plain = crate::identity::normalize(text);
    let digits = plain.strip_prefix(MARK)?;
    let (body, check) = digits.split_at_checked(DIGITS)?;
    if digits.len() != DIGITS + 1 || check.chars().next() != check_digit(body) {
        return None;
    }
    let bytes = body.parse::<u64>().ok()?.to_be_bytes();
    // Beyond 48 bits no label was made.
    match bytes {
        [0, 0, first @ ..] => Some(first),
        _ => None,
    }
}

/// ISO/IEC 7064, MOD 11,10: finds every single wrong digit and nearly every swap of neighbours. `None` where something
/// is no digit.
pub(crate) fn check_digit(digits: &str) -> Option<char> {
    let mut product = 10;
    for c in digits.chars() {
        let sum = (c.to_digit(10)? + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    char::from_digit((11 - product) % 10, 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_digit_is_the_standards() {
        // The standard's own example for MOD 11,10: 0794 has the check digit 5.
        assert_eq!(check_digit("0794"), Some('5'));
    }

    #[test]
    fn only_whole_codes_are_read() {
        let code = label_code(PersonId(uuid::Uuid::from_u128(u128::MAX)));
        let check = |text: &str, is_read: bool| {
            assert_eq!(read_label_code(text).is_some(), is_read, "{text}");
        };
        assert_eq!(code.len(), 18);
        check(&code, true);
        check(&format!(" {} ", code.to_lowercase()), true);
        check(&code[2..], false);
        check(&format!("{code}1"), false);
        check("JK9999999999999992", false);
        check("JKVILLAGER.A", false);
        check("", false);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(id in any::<u128>()) {
            let person = PersonId(uuid::Uuid::from_u128(id));
            let read = read_label_code(&label_code(person));
            prop_assert_eq!(read.as_ref().map(|r| &r[..]), Some(&person.0.as_bytes()[..6]));
        }

        #[test]
        fn no_single_wrong_digit_passes(id in any::<u128>(), at in 2_usize..18, by in 1_u8..10) {
            let code = label_code(PersonId(uuid::Uuid::from_u128(id)));
            let mut bytes = code.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(read_label_code(&wrong), None);
        }
    }
}
