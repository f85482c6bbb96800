//! The order in which people read groups: 2组 before 10组, 一年级 before 二年级, 九年级 and 初三 before 高一. Only for lists
//! and reports; nothing is decided by it.

use crate::class::{BEFORE, numeral};

/// The longest Chinese number of a group or a year: 二十一.
const NUMERALS_MAX: usize = 3;

/// A key to sort a group's or a grade's words by: numbers by value, grades by school year, the rest as text.
pub fn reading_order(words: Option<&str>) -> Vec<(u8, u64, String)> {
    let Some(words) = words else { return Vec::new() };
    let mut key = Vec::new();
    let mut rest = words;
    while let Some(first) = rest.chars().next() {
        if let Some((rank, length)) = number_at(rest) {
            key.push((1, rank, String::new()));
            rest = &rest[length..];
        } else {
            key.push((2, 0, first.to_string()));
            rest = &rest[first.len_utf8()..];
        }
    }
    key
}

/// The number a text begins with and the bytes it takes: digits, 一 to 十二, or a middle school year (初一 = 7, 高一 = 10). A 年级 behind it
/// says nothing more: 初一 and 七年级 stand together.
fn number_at(text: &str) -> Option<(u64, usize)> {
    let (number, length) = plain_number_at(text)?;
    let is_year = text[length..].starts_with("年级");
    Some((number, length + if is_year { "年级".len() } else { 0 }))
}

fn plain_number_at(text: &str) -> Option<(u64, usize)> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(15).collect();
    if !digits.is_empty() {
        return digits.parse().ok().map(|number| (number, digits.len()));
    }
    let level = BEFORE.iter().find(|(level, _)| text.starts_with(*level));
    let (begins, before) = level.map_or((0, 0), |(level, before)| (level.len_utf8(), *before));
    let numerals: Vec<usize> =
        text[begins..].char_indices().take(NUMERALS_MAX).map(|(at, c)| at + c.len_utf8()).collect();
    numerals.iter().rev().find_map(|length| {
        let number = numeral(&text[begins..begins + length])?;
        Some((u64::try_from(before + number).ok()?, begins + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_in_the_order_people_read_them() {
        let check = |sorted: &[&str]| {
            let mut words: Vec<&str> = sorted.iter().rev().copied().collect();
            words.sort_by_key(|w| reading_order(Some(w)));
            assert_eq!(words, sorted);
        };
        check(&["1组", "2组", "10组", "11组"]);
        check(&["一年级", "二年级", "六年级", "七年级", "九年级", "高一", "高二", "高三"]);
        check(&["六年级", "初一", "初三", "高一"]);
        check(&["1班", "2班", "10班"]);
        check(&["一组", "三组", "十组"]);
        check(&["九组", "十组", "十一组"]);
        let order = |words| reading_order(Some(words));
        assert_eq!((order("初一"), order("高二")), (order("七年级"), order("十一年级")));
        assert!(reading_order(None) < reading_order(Some("1组")));
    }
}
