//! 年级 and 班 out of what people write: `一年级（1）班`, `三(2)班`, `高一2班`, `初中1(2)班`, `3年级`, `七`, `302班`. The one reader of them:
//! of rosters, measurements, consent lists and what is typed. Not a check whether a school has such a class.

use crate::identity::normalize;

/// Grade and class, each as it is kept: `一年级`, `高一`; `1班`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Class {
    pub grade: Option<String>,
    pub class: Option<String>,
}

const NUMERALS: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
/// School years that a class writes as a plain number before its own: 三(2)班.
const GRADES: usize = 9;
/// 一年级 to 十二年级.
const YEARS: [&str; 12] =
    ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
/// What a year of 初中 and of 高中 is called counted from the first: 初一 is 七年级 and 高一 十年级, as plausibility_other.csv has the grades.
pub(crate) const BEFORE: [(char, usize); 2] = [('初', 6), ('高', 9)];
/// How the part of a school is written before its own years, and how it is kept. Longer words first.
const LEVELS: [(&str, &str); 8] = [
    ("初级中学", "初"),
    ("高级中学", "高"),
    ("初中部", "初"),
    ("高中部", "高"),
    ("初中", "初"),
    ("高中", "高"),
    ("初", "初"),
    ("高", "高"),
];
/// A title of these says whose list it is, where no 年级 and no class does: `高一新生花名册`.
const OF_PUPILS: [&str; 6] = ["学生", "新生", "全体", "花名册", "名单", "体检"];

/// Of a grade's and a class's cell as they are written, full-width digits and blanks too.
pub fn of_cells(grade: &str, class: &str) -> Class {
    let (grade, class) = (normalize(grade), normalize(class));
    let mut found = class_of_cell(&class);
    let whole = in_text(&grade);
    if found.class.is_none() && whole.grade.is_some() && whole.class.is_some() {
        return whole;
    }
    // 初中 beside 一年级2班: without its part of the school it would be a class of the first year.
    let of_level = || {
        let (_, level) = LEVELS.iter().find(|(word, _)| *word == grade)?;
        let year = found.grade.as_ref()?.strip_suffix("年级")?;
        year_of(year.chars().next()?).map(|year| format!("{level}{year}"))
    };
    found.grade = of_level().or_else(|| grade_of_cell(&grade)).or(found.grade);
    // 初2班 beside 初一 is its second class.
    let level = found.grade.as_ref().and_then(|grade| grade.chars().next());
    let level = level.filter(|level| matches!(level, '初' | '高'));
    let bare = level.zip(found.class.as_ref()).and_then(|(level, class)| class.strip_prefix(level));
    found.class = bare.map(str::to_owned).or(found.class);
    found
}

/// One word for a grade however a school writes it: `初一`, `初中一年级` and `7` are `七年级`, `高一` is `十年级`. For telling whether two are
/// the same, never to be shown; 初四, 2023级 and what is no grade are as they are written.
pub fn same_grade(grade: &str) -> String {
    let read = grade_of_cell(&normalize(grade)).unwrap_or_default();
    let mut chars = read.chars();
    let level = chars.next().and_then(|first| BEFORE.iter().find(|(level, _)| *level == first));
    let year = numeral(chars.as_str()).filter(|year| (1..=3).contains(year));
    match level.zip(year) {
        Some(((_, before), year)) => format!("{}年级", YEARS[before + year - 1]),
        None => read,
    }
}

/// Out of a title, a sheet's name or a class column; blanks already out.
pub fn in_text(text: &str) -> Class {
    let Some((before, number)) = class_before_ban(text) else {
        return Class { grade: grade_at_end(text, false), class: None };
    };
    if let Some((level, _)) = level_at_end(before) {
        // 高一二班: its own year has to be there. A number alone may be the year or the class, and stays as it is written.
        if let Some(rest) = number.strip_prefix(NUMERALS).filter(|rest| numeral(rest).is_some()) {
            let is_sure = before.len() == level.0.len() || numeral(number).is_none();
            let year = number.chars().next().and_then(year_of).filter(|_| is_sure);
            if let Some(year) = year {
                let grade = Some(format!("{}{year}", level.1));
                return Class { grade, class: Some(format!("{}班", half_numeral(rest))) };
            }
        }
        if before == level.0 {
            let class = format!("{}{}班", level.1, half_numeral(number));
            return Class { grade: None, class: Some(class) };
        }
    }
    let class = Some(format!("{}班", half_numeral(number)));
    Class { grade: grade_at_end(before, true), class }
}

/// A grade column's cell: also `7`, `七` or `2023级`, which is kept as written.
fn grade_of_cell(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let number = text.parse::<usize>().ok().or_else(|| numeral(text));
    if let Some(grade) = number.filter(|number| (1..=YEARS.len()).contains(number)) {
        return Some(format!("{}年级", YEARS[grade - 1]));
    }
    Some(grade_at_end(text, false).unwrap_or_else(|| text.to_owned()))
}

/// A class column's cell: also `1`, `(1)`, `一班`, `四(2)`; anything else is kept as written.
fn class_of_cell(text: &str) -> Class {
    let bare = text.trim_matches(['(', ')']);
    if bare.is_empty() {
        return Class::default();
    }
    if bare.chars().all(|char| char.is_ascii_digit()) || numeral(bare).is_some() {
        return Class { grade: None, class: Some(format!("{}班", half_numeral(bare))) };
    }
    let mut found = in_text(text);
    if found.class.is_none() && text.ends_with(')') {
        let closed = in_text(&format!("{text}班"));
        found = if closed.grade.is_some() { closed } else { found };
    }
    if found == Class::default() {
        Class { grade: None, class: Some(text.to_owned()) }
    } else {
        found
    }
}

/// The text before `(1)班`, and the number of that class.
fn class_before_ban(text: &str) -> Option<(&str, &str)> {
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
        is_number.then(|| (&before[..start], number))
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
        let before = unbracketed(before);
        if let Some(grade) = level_year_at_end(&before) {
            return Some(grade);
        }
        let start = number_start(&before);
        let number = before[start..].parse::<usize>().ok().or_else(|| numeral(&before[start..]));
        return number
            .filter(|number| (1..=YEARS.len()).contains(number))
            .map(|number| format!("{}年级", YEARS[number - 1]));
    }
    // 3-2班, 3年2班, 高一级.
    let text = if is_before_class { text.trim_end_matches(['-', '—', '.', '·']) } else { text };
    let year = text.strip_suffix(['年', '级']).unwrap_or(text);
    if let Some(grade) = level_year_at_end(&unbracketed(year)) {
        return Some(grade);
    }
    if let Some(grade) = level_year_within(text, is_before_class) {
        return Some(grade);
    }
    if !is_before_class {
        return None;
    }
    if let Some(cohort) = cohort_at_end(text) {
        return Some(cohort);
    }
    if matches!(text, "大" | "中" | "小" | "托") {
        return Some(format!("{text}班"));
    }
    let year = text.strip_suffix('年').unwrap_or(text);
    let last = year.chars().next_back()?;
    if NUMERALS[..GRADES].contains(&last) {
        return Some(format!("{last}年级"));
    }
    let number = last.to_digit(10).filter(|number| (1..=9).contains(number))?;
    let before = &year[..year.len() - 1];
    let is_alone = before.is_empty() || before.ends_with(['学', '校']);
    is_alone.then(|| format!("{}年级", NUMERALS[number as usize - 1]))
}

/// `高(一)` as `高一`, `(三)` as `三`; anything else as it is.
fn unbracketed(text: &str) -> String {
    let inner = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    match inner {
        Some((before, year)) if year.chars().count() == 1 => format!("{before}{year}"),
        _ => text.to_owned(),
    }
}

/// A year of 初中 or 高中 as it is kept: 一 to 四.
fn year_of(char: char) -> Option<char> {
    let at = char.to_digit(10).map(|digit| digit as usize);
    let number = at.or_else(|| NUMERALS.iter().position(|one| *one == char).map(|at| at + 1))?;
    (1..=4).contains(&number).then(|| NUMERALS[number - 1])
}

/// The word for a part of the school at a text's end with how it is kept, and what is before it.
fn level_at_end(text: &str) -> Option<((&'static str, &'static str), &str)> {
    LEVELS.iter().find_map(|level| text.strip_suffix(level.0).map(|before| (*level, before)))
}

/// `初一` of a text that ends with 初一, 初1, 初中一 or 初级中学1.
fn level_year_at_end(text: &str) -> Option<String> {
    let last = text.chars().next_back()?;
    let ((_, level), _) = level_at_end(&text[..text.len() - last.len_utf8()])?;
    year_of(last).map(|year| format!("{level}{year}"))
}

/// The last year of 初中 or 高中 within a text: before a class anywhere, else before a word that says whose list it is. The first digit
/// of a longer number (高2023级) is no year.
fn level_year_within(text: &str, is_before_class: bool) -> Option<String> {
    text.char_indices().rev().find_map(|(at, char)| {
        let rest = &text[at + char.len_utf8()..];
        let is_part = char.is_ascii_digit() && rest.starts_with(|next: char| next.is_ascii_digit());
        let is_year = is_before_class || OF_PUPILS.iter().any(|word| rest.starts_with(word));
        if is_part || !is_year {
            return None;
        }
        level_year_at_end(&text[..at + char.len_utf8()])
    })
}

/// `2023级`, `初中2023级`, `23届` as it is written: 2023级(1)班 and 2024级(1)班 are two classes.
fn cohort_at_end(text: &str) -> Option<String> {
    let year = text.strip_suffix(['级', '届'])?;
    let digits = year.len() - year.trim_end_matches(|char: char| char.is_ascii_digit()).len();
    if !matches!(digits, 2 | 4) {
        return None;
    }
    let before = &year[..year.len() - digits];
    let level = level_at_end(before).map_or("", |((word, _), _)| word);
    Some(text[before.len() - level.len()..].to_owned())
}

/// `一` to `九十九` as a number.
pub fn numeral(text: &str) -> Option<usize> {
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
pub fn half_numeral(text: &str) -> String {
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
        check("小学一年级2班", Some("一年级"), Some("2班"));
        check("示例镇初级中学一年级(1)班花名册", Some("初一"), Some("1班"));
        check("示例高级中学2(3)班", Some("高二"), Some("3班"));
        check("初中一年级", Some("初一"), None);
        check("高中二年级学生花名册", Some("高二"), None);
        check("初中七年级(1)班", Some("七年级"), Some("1班"));
        check("初中一(2)班", Some("初一"), Some("2班"));
        check("初1(2)班", Some("初一"), Some("2班"));
        check("初2(2)班", Some("初二"), Some("2班"));
        check("高中部3年级12班", Some("高三"), Some("12班"));
        check("高3(11)班", Some("高三"), Some("11班"));
        check("高(一)(2)班", Some("高一"), Some("2班"));
        check("高一二班", Some("高一"), Some("2班"));
        check("高一十二班", Some("高一"), Some("12班"));
        check("高2新生花名册", Some("高二"), None);
        check("初1-2班", Some("初一"), Some("2班"));
        check("3-2班", Some("三年级"), Some("2班"));
        check("3年2班", Some("三年级"), Some("2班"));
        check("示例小学3(2)班", Some("三年级"), Some("2班"));
        check("示例九年一贯制学校(2)班", None, Some("2班"));
        check("示例九年一贯制学校三年级(2)班", Some("三年级"), Some("2班"));
        check("示例九年一贯制学校初三(2)班", Some("初三"), Some("2班"));
        check("2023级(1)班", Some("2023级"), Some("1班"));
        check("初中2023级(1)班", Some("初中2023级"), Some("1班"));
        check("高2023级(1)班", Some("高2023级"), Some("1班"));
        // The number may be the year or the class: two parts of a school are still two.
        check("初1班", None, Some("初1班"));
        check("高12班", None, Some("高12班"));
        check("示例高中12班", None, Some("12班"));
        check("七年级", Some("七年级"), None);
        check("高三", Some("高三"), None);
        check("班主任:李老师", None, None);
        check("Sheet1", None, None);
        check("慕隆村花名册", None, None);
    }

    #[test]
    fn cells_of_grade_and_class_columns_are_read() {
        let grade = |text: &str, expect: Option<&str>| {
            assert_eq!(of_cells(text, "").grade.as_deref(), expect, "{text}");
        };
        grade("7", Some("七年级"));
        grade("七", Some("七年级"));
        grade("七年级", Some("七年级"));
        grade("高二", Some("高二"));
        grade("高二年级", Some("高二"));
        grade("2023级", Some("2023级"));
        grade("初中2023级", Some("初中2023级"));
        grade("高中2023级", Some("高中2023级"));
        grade("小学一年级", Some("一年级"));
        grade("初中一年级", Some("初一"));
        grade("初 中 一 年 级", Some("初一"));
        grade("初级中学二年级", Some("初二"));
        grade("初中一", Some("初一"));
        grade("初中1", Some("初一"));
        grade("初１", Some("初一"));
        grade("初三", Some("初三"));
        grade("高3", Some("高三"));
        grade("高中３年级", Some("高三"));
        grade("高中三", Some("高三"));
        grade("高一级", Some("高一"));
        grade("初中", Some("初中"));
        grade("初5", Some("初5"));
        grade("高10", Some("高10"));
        grade("大班", Some("大班"));
        grade("７", Some("七年级"));
        grade("", None);
        let class = |text: &str, grade: Option<&str>, class: Option<&str>| {
            let found = of_cells("", text);
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
        class("初１（２）班", Some("初一"), Some("2班"));
        class("初2(2)", Some("初二"), Some("2班"));
        class("四（2）", Some("四年级"), Some("2班"));
        class("初中一", Some("初一"), None);
    }

    #[test]
    fn a_grade_is_one_grade_however_it_is_spelled() {
        let all = [
            ["七年级", "初一", "初1", "初中一年级", "7", "七", "初级中学1", " 初 一 "],
            ["九年级", "初三", "初3", "初中三年级", "9", "九", "初级中学3", "九 年级"],
            ["十年级", "高一", "高1", "高中一年级", "10", "十", "高级中学1", "高(一)"],
            ["十二年级", "高三", "高3", "高中三年级", "12", "十二", "高级中学3", "12年级"],
        ];
        for spelled in all {
            assert!(spelled.iter().all(|one| same_grade(one) == spelled[0]), "{spelled:?}");
        }
        // Control: what is another year, or none that is known, stays itself.
        for one in ["一年级", "六年级", "初四", "2023级", "大班", "初中", ""] {
            assert_eq!(same_grade(one), one);
        }
    }

    #[test]
    fn two_cells_are_read_together() {
        let check = |cells: (&str, &str), grade: Option<&str>, class: Option<&str>| {
            let found = of_cells(cells.0, cells.1);
            assert_eq!(
                (found.grade.as_deref(), found.class.as_deref()),
                (grade, class),
                "{cells:?}"
            );
        };
        check(("初中一年级", "初一(2)班"), Some("初一"), Some("2班"));
        check(("初中", "一年级2班"), Some("初一"), Some("2班"));
        check(("初中", "2"), Some("初中"), Some("2班"));
        check(("初一", "初2班"), Some("初一"), Some("2班"));
        check(("", "七1班"), Some("七年级"), Some("1班"));
        check(("十年级", "1"), Some("十年级"), Some("1班"));
        check(("", "十一年级(2)班"), Some("十一年级"), Some("2班"));
        check(("高一", "初2班"), Some("高一"), Some("初2班"));
        check(("初1(2)班", ""), Some("初一"), Some("2班"));
        check(("", ""), None, None);
        check(("三年级", "春苗班"), Some("三年级"), Some("春苗班"));
    }
}
