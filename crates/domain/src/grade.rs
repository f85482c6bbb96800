//! Whether an age is one that pupils of a grade have: plausibility_other.csv, rows `age grade1` to `age 高三`. Outside is asked,
//! never refused. Not what a grade is called in a file (`intake`).

use crate::catalogue::Catalogue;
use crate::class::same_grade;
use crate::identity::age_months;
use crate::value::Decimal;
use chrono::NaiveDate;

const TABLE: &str = "plausibility_other.csv";
/// Rows of the table and the one word of their grade (`same_grade`).
const GRADES: [(&str, &str); 12] = [
    ("age grade1", "一年级"),
    ("age grade2", "二年级"),
    ("age grade3", "三年级"),
    ("age grade4", "四年级"),
    ("age grade5", "五年级"),
    ("age grade6", "六年级"),
    ("age grade7 (初一)", "七年级"),
    ("age grade8", "八年级"),
    ("age grade9", "九年级"),
    ("age 高一", "十年级"),
    ("age 高二", "十一年级"),
    ("age 高三", "十二年级"),
];

/// The table's row of a grade, however it is spelled.
fn row_of(grade: &str) -> Option<&'static str> {
    let word = same_grade(grade);
    GRADES.iter().find(|(_, named)| *named == word).map(|(row, _)| *row)
}

/// False where the completed age lies outside what the table gives for the grade, both ends within. A grade that the table
/// does not name (2023级, 幼儿园) says nothing, and neither does a birth after the day.
pub fn is_usual_age(cat: &Catalogue, grade: &str, birth: NaiveDate, day: NaiveDate) -> bool {
    let Some((low, high)) = ages(cat, grade) else { return true };
    let months = age_months(birth, day);
    let twelfths = |years: Decimal| {
        let tenths = years.rescaled(1).map(|years| years.mantissa);
        tenths.and_then(|tenths| i32::try_from(tenths * 12 / 10).ok())
    };
    let (Some(low), Some(high)) = (twelfths(low), twelfths(high)) else { return true };
    months < 0 || (low..=high).contains(&months)
}

/// Names that a year before school goes by, as a part of what is written.
const BEFORE_SCHOOL: [&str; 5] = ["幼儿园", "学前", "小班", "中班", "大班"];

/// Whether it is known which school year is meant; of 2023级 it is not.
pub fn is_known(grade: &str) -> bool {
    row_of(grade).is_some() || BEFORE_SCHOOL.iter().any(|part| grade.contains(part))
}

/// The ages of a grade, years.
fn ages(cat: &Catalogue, grade: &str) -> Option<(Decimal, Decimal)> {
    let row = row_of(grade)?;
    let table = cat.table(TABLE)?;
    let column = |name| table.column(name).ok();
    let (item, min, max) = (column("item")?, column("min")?, column("max")?);
    let row = table.rows.iter().find(|cells| cells[item] == row)?;
    Some((Decimal::parse(&row[min])?, Decimal::parse(&row[max])?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Days, Months};

    /// Both ends of every grade, written from the table.
    #[test]
    fn an_age_that_a_grade_does_not_have_is_asked() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 14).unwrap();
        let rows: [(&str, u32, u32); 12] = [
            ("一年级", 60, 114),
            ("二年级", 72, 126),
            ("三年级", 84, 144),
            ("四年级", 96, 156),
            ("五年级", 108, 168),
            ("六年级", 108, 174),
            ("初一", 120, 192),
            ("八年级", 120, 204),
            ("九年级", 132, 216),
            ("高一", 156, 234),
            ("高二", 168, 246),
            ("高三", 180, 258),
        ];
        let cat = Catalogue::builtin();
        for (grade, from, to) in rows {
            let is = |birth: NaiveDate| is_usual_age(cat, grade, birth, day);
            assert!(is(day - Months::new(from)), "{grade}");
            assert!(!is(day - Months::new(from) + Days::new(1)), "{grade}");
            assert!(is(day - Months::new(to + 1) + Days::new(1)), "{grade}");
            assert!(!is(day - Months::new(to + 1)), "{grade}");
        }
        // Other names of the same, and what the table does not name.
        let seven = day - Months::new(84);
        assert!(
            !is_usual_age(cat, "七年级", seven, day) && !is_usual_age(cat, " 初二 ", seven, day)
        );
        assert!(is_usual_age(cat, "2023级", seven, day) && is_usual_age(cat, "", seven, day));
        assert!(is_usual_age(cat, "高一", day + Days::new(1), day));
    }
}
