//! 年级 and 班 out of what a school writes: `一年级（1）班`, `三(2)班`, `高一2班`, `3年级`, `七`, `302班`.
//! Not a check whether a school has such a class.

/// Grade and class, each as it is kept: `一年级`, `高一`; `1班`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Class {
    pub grade: Option<String>,
    pub class: Option<String>,
}

const NUMERALS: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
/// School years with a plain number: 一年级 to 九年级.
const GRADES: usize = 9;

/// Out of a title, a sheet's name or a class column; blanks already out.
pub(super) fn in_text(text: &str) -> Class {
    let (before, class) = match class_before_ban(text) {
        Some((before, class)) => (before, Some(class)),
        None => (text, None),
    };
    Class { grade: grade_at_end(before, class.is_some()), class }
}

/// A grade column's cell: also `7`, `七` or `2023级`, which is kept as written.
pub(super) fn grade_of_cell(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let number = text.parse::<usize>().ok().or_else(|| numeral(text));
    if let Some(grade) = number.filter(|number| (1..=GRADES).contains(number)) {
        return Some(format!("{}年级", NUMERALS[grade - 1]));
    }
    Some(grade_at_end(text, false).unwrap_or_else(|| text.to_owned()))
}

/// A class column's cell: also `1`, `(1)`, `一班`; anything else is kept as written.
pub(super) fn class_of_cell(text: &str) -> Class {
    let bare = text.trim_matches(['(', ')']);
    if bare.is_empty() {
        return Class::default();
    }
    if bare.chars().all(|char| char.is_ascii_digit()) || numeral(bare).is_some() {
        return Class { grade: None, class: Some(format!("{}班", half_numeral(bare))) };
    }
    let found = in_text(text);
    if found == Class::default() {
        Class { grade: None, class: Some(text.to_owned()) }
    } else {
        found
    }
}

/// The text before `(1)班` and `1班` itself.
fn class_before_ban(text: &str) -> Option<(&str, String)> {
    text.match_indices('班').find_map(|(at, _)| {
        let before = &text[..at];
        let open = before.strip_suffix(')').and_then(|inner| inner.rfind('('));
        let start = match open {
            Some(open) => open,
            None => number_start(before),
        };
        let number = before[start..].trim_matches(['(', ')']);
        let is_number =
            !number.is_empty() && number.chars().count() <= 6 && number.chars().all(is_class_char);
        is_number.then(|| (&before[..start], format!("{}班", half_numeral(number))))
    })
}

fn is_class_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || NUMERALS.contains(&char)
}

/// Where the run of digits, or of numerals, at the end of a text starts.
fn number_start(text: &str) -> usize {
    let is_digit = |char: &char| char.is_ascii_alphanumeric();
    let digits: usize = text.chars().rev().take_while(is_digit).map(char::len_utf8).sum();
    if digits > 0 {
        return text.len() - digits;
    }
    let is_numeral = |char: &char| NUMERALS.contains(char);
    let numerals: usize = text.chars().rev().take_while(is_numeral).map(char::len_utf8).sum();
    text.len() - numerals
}

/// The last grade a text names. `三` alone counts only before a class: `三(2)班`.
fn grade_at_end(text: &str, is_before_class: bool) -> Option<String> {
    if let Some((before, _)) = text.rsplit_once("年级") {
        if let Some(level) = ["初", "高"].iter().find(|level| ends_with_level(before, level)) {
            return Some(format!("{level}{}", &before[before.len() - '一'.len_utf8()..]));
        }
        let start = number_start(before);
        let number = before[start..].parse::<usize>().ok().or_else(|| numeral(&before[start..]));
        return number
            .filter(|number| (1..=GRADES).contains(number))
            .map(|number| format!("{}年级", NUMERALS[number - 1]));
    }
    for level in ["初", "高"] {
        for year in ["一", "二", "三", "四"] {
            let grade = format!("{level}{year}");
            if text.ends_with(&grade) || is_before_class && text.contains(&grade) {
                return Some(grade);
            }
        }
    }
    if is_before_class && matches!(text, "大" | "中" | "小" | "托") {
        return Some(format!("{text}班"));
    }
    let last = text.chars().next_back().filter(|_| is_before_class)?;
    let grade = NUMERALS[..GRADES].contains(&last).then(|| format!("{last}年级"));
    grade.or_else(|| {
        let number = last.to_digit(10).filter(|number| (1..=9).contains(number))?;
        let is_alone = text.len() == 1;
        is_alone.then(|| format!("{}年级", NUMERALS[number as usize - 1]))
    })
}

fn ends_with_level(text: &str, level: &str) -> bool {
    ["一", "二", "三", "四"].iter().any(|year| text.ends_with(&format!("{level}{year}")))
}

/// `一` to `九十九` as a number.
pub(super) fn numeral(text: &str) -> Option<usize> {
    let digit = |char: char| NUMERALS[..9].iter().position(|one| *one == char).map(|at| at + 1);
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', one] => digit(*one).map(|one| 10 + one),
        [ten, '十'] => digit(*ten).map(|ten| ten * 10),
        [ten, '十', one] => Some(digit(*ten)? * 10 + digit(*one)?),
        _ => None,
    }
}

/// A numeral as digits; anything else as it is, without leading zeros.
pub(super) fn half_numeral(text: &str) -> String {
    match numeral(text) {
        Some(number) => number.to_string(),
        None => match text.trim_start_matches('0') {
            "" => text.to_owned(),
            rest => rest.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grade_and_class_are_found_however_a_school_writes_them() {
        let check = |text: &str, grade: Option<&str>, class: Option<&str>| {
            let found = in_text(text);
            assert_eq!((found.grade.as_deref(), found.class.as_deref()), (grade, class), "{text}");
        };
        check("示例乡中心学校一年级(1)班学生花名册", Some("一年级"), Some("1班"));
        check("一年级1班", Some("一年级"), Some("1班"));
        check("3年级02班", Some("三年级"), Some("2班"));
        check("三(2)班", Some("三年级"), Some("2班"));
        check("三年级二班", Some("三年级"), Some("2班"));
        check("高一(1)班学生花名册", Some("高一"), Some("1班"));
        check("高一2班", Some("高一"), Some("2班"));
        check("高一年级12班", Some("高一"), Some("12班"));
        check("初三3班", Some("初三"), Some("3班"));
        check("302班", None, Some("302班"));
        check("七年级", Some("七年级"), None);
        check("高三", Some("高三"), None);
        check("班主任:李老师", None, None);
        check("Sheet1", None, None);
        check("慕隆村花名册", None, None);
    }

    #[test]
    fn cells_of_grade_and_class_columns_are_read() {
        let grade = |text: &str, expect: Option<&str>| {
            assert_eq!(grade_of_cell(text).as_deref(), expect, "{text}");
        };
        grade("7", Some("七年级"));
        grade("七", Some("七年级"));
        grade("七年级", Some("七年级"));
        grade("高二", Some("高二"));
        grade("高二年级", Some("高二"));
        grade("2023级", Some("2023级"));
        grade("", None);
        let class = |text: &str, grade: Option<&str>, class: Option<&str>| {
            let found = class_of_cell(text);
            assert_eq!((found.grade.as_deref(), found.class.as_deref()), (grade, class), "{text}");
        };
        class("1", None, Some("1班"));
        class("(3)", None, Some("3班"));
        class("一班", None, Some("1班"));
        class("三年级2班", Some("三年级"), Some("2班"));
        class("3(2)班", Some("三年级"), Some("2班"));
        class("大一班", Some("大班"), Some("1班"));
        class("春苗班", None, Some("春苗班"));
        class("", None, None);
    }
}
