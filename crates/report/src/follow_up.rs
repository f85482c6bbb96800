//! 随访单 as a workbook: one row for each finding that a village doctor or a school follows up, with empty columns that are
//! filled in and come back. Names and phones, no ID numbers. The same on paper: `paper::follow_up`.

use crate::ReportError;
use crate::list_sheet::{ListSheet, list_workbook};
use domain::task::{Act, Way};

/// The columns, as an import finds them again (`intake::follow_up`).
pub const HEADINGS: [&str; 14] = [
    "编号",
    "姓名",
    "电话",
    "组（班）",
    "级别",
    "检查所见",
    "要做的事",
    "最迟日期",
    "现状",
    "日期",
    "方式",
    "结果",
    "下次日期",
    "备注",
];
/// Filled in for a level A: who was told, at what time, and whether it was read back. On a list with no A they are not there.
pub const ANSWER_HEADINGS: [&str; 3] = ["告知谁", "几点", "已复述"];
const ANSWER_WIDTHS_CHARS: [f64; 3] = [8.0, 6.5, 6.5];
/// On a list of several units: whose village or school it is, and where that column stands.
pub const UNIT_HEADING: &str = "村（校）";
const UNIT_AT: usize = 3;
const UNIT_WIDTH_CHARS: f64 = 14.0;
/// The file's name in its properties, and its tab's where it has one.
const DOCUMENT: &str = "随访单";
/// The first that is filled in by hand, on a list of one unit.
const EMPTY_FROM: usize = 9;
/// Characters of a worksheet's name, and what may not stand in it (Excel's limits).
const SHEET_NAME_CHARS_MAX: usize = 31;
const NOT_IN_A_SHEET_NAME: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
const WIDTHS_CHARS: [f64; 14] =
    [15.0, 8.5, 13.5, 8.5, 4.5, 29.0, 20.0, 11.0, 9.0, 11.0, 5.0, 5.0, 11.0, 15.0];

/// One finding of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FollowUpRow {
    pub number: String,
    pub name: String,
    /// With whose it is.
    pub phone: String,
    /// The village or school.
    pub unit: String,
    pub group: String,
    pub level: String,
    pub seen: String,
    pub action: String,
    pub due: String,
    pub state: String,
}

/// Everything on the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FollowUpSheet {
    pub round: String,
    pub unit: String,
    pub unit_code: String,
    /// Civil time, `2026-09-20 17:30`.
    pub made_at: String,
    /// What for: 随访.
    pub purpose: String,
    /// Who took it out.
    pub by: String,
    /// Unit by unit.
    pub rows: Vec<FollowUpRow>,
}

impl FollowUpSheet {
    /// The headings of this list.
    pub fn headings(&self) -> Vec<&'static str> {
        self.columns(&HEADINGS, UNIT_HEADING, &ANSWER_HEADINGS)
    }

    /// A township's: more than one village or school is on it.
    pub fn has_units(&self) -> bool {
        self.parts().len() > 1
    }

    /// The rows of each unit, in their order.
    pub fn parts(&self) -> Vec<&[FollowUpRow]> {
        self.rows.chunk_by(|a, b| a.unit == b.unit).collect()
    }

    /// What stands above a unit's rows: its name, and beside it whose list it is of.
    pub(crate) fn title_of(&self, part: &[FollowUpRow]) -> String {
        match part.first() {
            Some(first) if self.has_units() => format!("{}　{}", first.unit, self.unit),
            Some(_) | None => self.unit.clone(),
        }
    }

    /// One row's cells up to those filled in by hand.
    pub(crate) fn cells<'a>(&self, row: &'a FollowUpRow) -> Vec<&'a str> {
        let mut cells = row.cells().to_vec();
        if self.has_units() {
            cells.insert(UNIT_AT, &row.unit);
        }
        cells
    }

    /// Something of each column: of the units' where there are several, and of those for a level A where there is one on it.
    pub(crate) fn columns<T: Copy>(&self, all: &[T], unit: T, answer: &[T]) -> Vec<T> {
        let mut all = all.to_vec();
        if self.has_units() {
            all.insert(UNIT_AT, unit);
        }
        if self.rows.iter().any(|row| row.level == "A") {
            all.extend_from_slice(answer);
        }
        all
    }
}

impl FollowUpRow {
    /// In the order of `HEADINGS`, the empty ones left out.
    fn cells(&self) -> [&str; EMPTY_FROM] {
        [
            &self.number,
            &self.name,
            &self.phone,
            &self.group,
            &self.level,
            &self.seen,
            &self.action,
            &self.due,
            &self.state,
        ]
    }
}

/// How the empty columns are filled in, line by line.
pub fn legend() -> [String; 4] {
    let results =
        Act::ALL.into_iter().filter_map(|act| Some(format!("{}{}", act.code()?, act.zh())));
    let ways = Way::ALL.into_iter().map(|way| format!("{}{}", way as u8, way.zh()));
    [
        format!("结果填一个数字：{}", results.collect::<Vec<_>>().join("　")),
        format!("方式填一个数字：{}", ways.collect::<Vec<_>>().join("　")),
        "日期写成 2026-10-01。结果 2 在备注写去哪里；结果 9、0 在备注写原因。编号不要改，没有随访的行留空。".to_owned(),
        "A 级先告知：结果填 1，告知谁、几点（如 14:05）、已复述（填 是）都要填。".to_owned(),
    ]
}

/// The workbook: ready to print on A4 lying on its side, and to be filled in.
pub fn follow_up_workbook(sheet: &FollowUpSheet) -> Result<Vec<u8>, ReportError> {
    let headings = sheet.headings();
    let widths = sheet.columns(&WIDTHS_CHARS, UNIT_WIDTH_CHARS, &ANSWER_WIDTHS_CHARS);
    let empty_from = EMPTY_FROM + usize::from(sheet.has_units());
    // A unit's rows are its own page: they go to another village doctor.
    let parts = sheet.parts();
    let parts = if parts.is_empty() { vec![&[][..]] } else { parts };
    let pages = (1..).zip(parts).map(|(number, part)| {
        // A time typed stays as it is typed.
        let by_hand = headings.iter().skip(empty_from).map(|name| ANSWER_HEADINGS.contains(name));
        let list = ListSheet {
            name: if sheet.has_units() { sheet_name(number, part) } else { DOCUMENT.to_owned() },
            title: format!("随访单　{}　{}", sheet.title_of(part), sheet.round),
            about: legend().to_vec(),
            by_hand: by_hand.collect(),
            columns: headings.iter().copied().zip(widths.iter().copied()).collect(),
            header_left: format!("用途：{}", sheet.purpose),
            header_right: sheet.made_at.clone(),
            footer_left: "含姓名和电话，用后收回",
            footer_right: &sheet.by,
            ..ListSheet::default()
        };
        (list, part.iter().map(|row| sheet.cells(row)))
    });
    list_workbook(DOCUMENT, &sheet.made_at, pages)
}

/// Two villages of one name are told apart by their number.
fn sheet_name(number: usize, part: &[FollowUpRow]) -> String {
    let unit = part.first().map(|row| row.unit.as_str()).unwrap_or_default();
    let name = format!("{number} {}", unit.replace(NOT_IN_A_SHEET_NAME, " "));
    name.trim().chars().take(SHEET_NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_names_every_code_once_and_the_same_list_gives_the_same_bytes() {
        let [results, ways, ..] = legend();
        for act in Act::ALL {
            let named = act.code().map(|code| format!("{code}{}", act.zh()));
            assert!(named.is_none_or(|named| results.matches(&named).count() == 1), "{act:?}");
        }
        for way in Way::ALL {
            assert!(ways.contains(way.zh()));
        }
        let row = FollowUpRow { number: "1234 5678 9018".to_owned(), ..FollowUpRow::default() };
        let sheet = FollowUpSheet {
            made_at: "2026-09-20 17:30".to_owned(),
            rows: vec![row],
            ..FollowUpSheet::default()
        };
        assert_eq!(follow_up_workbook(&sheet).unwrap(), follow_up_workbook(&sheet).unwrap());
        // The columns of a level A stand where there is one.
        assert!(!sheet.headings().contains(&"几点"));
        let grave = FollowUpRow { level: "A".to_owned(), ..FollowUpRow::default() };
        let sheet = FollowUpSheet { rows: vec![grave], ..sheet };
        assert_eq!(sheet.headings()[13..], ["备注", "告知谁", "几点", "已复述"]);
    }

    #[test]
    fn each_unit_of_a_township_has_its_own_page_and_a_village_is_as_it_was() {
        let row = |unit: &str| FollowUpRow { unit: unit.to_owned(), ..FollowUpRow::default() };
        let of = |units: &[&str]| FollowUpSheet {
            unit: "万宝镇".to_owned(),
            made_at: "2026-09-20 17:30".to_owned(),
            rows: units.iter().map(|unit| row(unit)).collect(),
            ..FollowUpSheet::default()
        };
        let one = of(&["甲村", "甲村"]);
        assert_eq!(
            (one.headings(), one.title_of(&one.rows)),
            (HEADINGS.to_vec(), one.unit.clone())
        );
        let many = of(&["甲村", "甲村", "乙/村"]);
        assert_eq!(many.headings()[UNIT_AT], UNIT_HEADING);
        assert_eq!(many.cells(&many.rows[2])[UNIT_AT], "乙/村");
        let parts = many.parts();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(sheet_name(2, parts[1]), "2 乙 村");
        assert!(sheet_name(1, &[row(&"长".repeat(40))]).chars().count() <= SHEET_NAME_CHARS_MAX);
        assert!(follow_up_workbook(&many).is_ok() && follow_up_workbook(&of(&[])).is_ok());
    }
}
