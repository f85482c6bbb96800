//! How text in office files is made comparable: blanks, full-width forms, invisible characters.
//! Not what a text means; identity's own forms (ID numbers, phones, dates) are `domain`'s.

use domain::identity::to_half_width;

/// Nothing a person would see: spaces of any width, line breaks, zero-width marks.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_gap)
}

fn is_gap(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Every gap out, full-width forms to half-width, letters to upper case: `姓　名` and
/// `家庭住址（村组）` become `姓名` and `家庭住址(村组)`.
pub(crate) fn squeezed(text: &str) -> String {
    let half = to_half_width(text);
    half.chars().filter(|char| !is_gap(*char)).flat_map(char::to_uppercase).collect()
}

/// Text for keeping: gaps at the ends out, runs of gaps inside to one space.
pub(crate) fn tidied(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

/// A name as it is kept: `林　娟` is `林娟`, but `Anna Maria` keeps its space. The dot of a
/// transcribed name is always `·`.
pub(crate) fn name_of(text: &str) -> String {
    let tidy = tidied(text);
    let is_latin = tidy.chars().any(|char| char.is_ascii_alphabetic());
    let kept = tidy.chars().filter(|char| is_latin || *char != ' ');
    kept.map(|char| if matches!(char, '•' | '．' | '・' | '‧') { '·' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_the_same_however_it_is_spaced() {
        let check = |text: &str, expect: &str| assert_eq!(squeezed(text), expect);
        check("姓 名", "姓名");
        check("出生\n年月日", "出生年月日");
        check("\u{feff}姓　名 ", "姓名");
        check("家庭住址（村组）", "家庭住址(村组)");
        check("ｎｏ．", "NO.");
    }

    #[test]
    fn a_name_keeps_only_the_spaces_that_belong_to_it() {
        let check = |text: &str, expect: &str| assert_eq!(name_of(text), expect);
        check("林　娟", "林娟");
        check(" 王 阳\n", "王阳");
        check("阿依古丽•买买提", "阿依古丽·买买提");
        check("Anna  Maria", "Anna Maria");
        check("\u{200b}", "");
    }
}
