//! The number of a task on paper: 11 digits and a check digit. It follows from round, person and rule, so that every replica
//! gives the same one without asking; it says nothing to whoever has no list. Not which task a number means: two may share
//! one (among 80,000 with a chance of 3 in 100), and then both are shown.

use crate::identity::to_half_width;
use crate::ids::{PersonId, RoundId};
use crate::label_code::check_digit;
use sha2::{Digest, Sha256};

const DIGITS: usize = 11;
const NUMBERS: u64 = 100_000_000_000;

/// Below 10^11.
pub fn task_number(round: RoundId, person: PersonId, rule: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(b"jkkc task\0");
    hash.update(round.0.to_be_bytes());
    hash.update(person.0.as_bytes());
    hash.update(rule.as_bytes());
    let digest = hash.finalize();
    let first = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    first % NUMBERS
}

/// `1234 5678 9018`.
pub fn print_task_number(number: u64) -> String {
    let digits = format!("{:0DIGITS$}", number % NUMBERS);
    let check = check_digit(&digits).unwrap_or('0');
    let all = format!("{digits}{check}");
    format!("{} {} {}", &all[..4], &all[4..8], &all[8..])
}

/// With or without spaces and hyphens; `None` for what is no such number or was misread.
pub fn read_task_number(text: &str) -> Option<u64> {
    let plain: String =
        to_half_width(text).chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_digits = plain.len() == DIGITS + 1 && plain.bytes().all(|byte| byte.is_ascii_digit());
    let (body, check) = plain.split_at_checked(DIGITS).filter(|_| is_digits)?;
    if check.chars().next() != check_digit(body) {
        return None;
    }
    body.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn another_round_person_or_rule_is_another_number_and_the_same_is_the_same() {
        let person = |n: u128| PersonId(uuid::Uuid::from_u128(n));
        let one = task_number(RoundId(7), person(1), "adult_bp");
        assert_eq!(one, task_number(RoundId(7), person(1), "adult_bp"));
        assert_ne!(one, task_number(RoundId(8), person(1), "adult_bp"));
        assert_ne!(one, task_number(RoundId(7), person(2), "adult_bp"));
        assert_ne!(one, task_number(RoundId(7), person(1), "lipids"));
        // On paper for ever: a list printed last year still finds its rows.
        assert_eq!(print_task_number(0), "0000 0000 0002");
    }

    #[test]
    fn only_whole_numbers_are_read() {
        let check = |text: &str, is_read: bool| {
            assert_eq!(read_task_number(text).is_some(), is_read, "{text}");
        };
        let printed = print_task_number(12_345_678_901);
        check(&printed, true);
        check(&printed.replace(' ', ""), true);
        check(&printed.replace(' ', "-"), true);
        check(&format!("\u{3000}{printed}"), true);
        check(&printed[..13], false);
        check(&format!("{printed}1"), false);
        check("1234 5678 901X", false);
        check("", false);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_and_no_single_wrong_digit_passes(
            number in 0..NUMBERS, at in 0_usize..12, by in 1_u8..10
        ) {
            let printed = print_task_number(number).replace(' ', "");
            prop_assert_eq!(read_task_number(&printed), Some(number));
            let mut bytes = printed.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            prop_assert_eq!(read_task_number(&String::from_utf8(bytes).unwrap()), None);
        }
    }
}
