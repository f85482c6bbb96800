//! Whom to call about a unit: what a phone and a name on paper may look like. Not whose they are, nor where they are kept.

/// Signs of a phone: one or two numbers with what people write between them.
const PHONE_CHARS: std::ops::RangeInclusive<usize> = 3..=40;
const NAME_CHARS_MAX: usize = 20;

/// Digits, and what people write between them: 0738-8312345、120.
pub fn is_phone(text: &str) -> bool {
    let is_sign = |one: char| one.is_ascii_digit() || "-+ 、/（）转".contains(one);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let fits = PHONE_CHARS.contains(&text.chars().count()) && digits >= *PHONE_CHARS.start();
    fits && text.chars().all(is_sign)
}

/// The name of somebody without an account. A mistyped account is not somebody's name.
pub fn is_doctor_name(text: &str) -> bool {
    let is_account = text.is_ascii();
    !is_account && text.chars().count() <= NAME_CHARS_MAX && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_digits_and_what_people_write_between_them() {
        let check = |text: &str, expected: bool| assert_eq!(is_phone(text), expected, "{text}");
        check("120", true);
        check("0738-8312345、13900000000", true);
        check("（0738）8312345转8", true);
        check("", false);
        check("12", false);
        check("----", false);
        check("请问村里", false);
        check("0738-8312345\n", false);
        check(&"1".repeat(40), true);
        check(&"1".repeat(41), false);
    }

    #[test]
    fn a_name_is_no_account_and_fits_on_a_slip() {
        let check =
            |text: &str, expected: bool| assert_eq!(is_doctor_name(text), expected, "{text}");
        check("钱村医", true);
        check("sun9", false);
        check("", false);
        check("钱\n村医", false);
        check(&"钱".repeat(20), true);
        check(&"钱".repeat(21), false);
    }
}
