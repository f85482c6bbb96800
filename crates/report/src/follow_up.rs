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
/// The first that is filled in by hand.
const EMPTY_FROM: usize = 9;
const WIDTHS_CHARS: [f64; 14] =
    [15.0, 8.5, 13.5, 8.5, 4.5, 29.0, 20.0, 11.0, 9.0, 11.0, 5.0, 5.0, 11.0, 15.0];

/// One finding of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FollowUpRow {
    pub number: String,
    pub name: String,
    /// With whose it is.
    pub phone: String,
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
    pub rows: Vec<FollowUpRow>,
}

impl FollowUpSheet {
    /// The headings of this list.
    pub fn headings(&self) -> Vec<&'static str> {
        self.with_answer(&HEADINGS, &ANSWER_HEADINGS)
    }

    /// Something of each column, and of those for a level A where there is one on it.
    pub(crate) fn with_answer<T: Copy>(&self, all: &[T], answer: &[T]) -> Vec<T> {
        let mut all = all.to_vec();
        if self.rows.iter().any(|row| row.level == "A") {
            all.extend_from_slice(answer);
        }
        all
    }
}

impl FollowUpRow {
    /// In the order of `HEADINGS`, the empty ones left out.
    pub fn cells(&self) -> [&str; EMPTY_FROM] {
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
    let widths = sheet.with_answer(&WIDTHS_CHARS, &ANSWER_WIDTHS_CHARS);
    // A time typed stays as it is typed.
    let by_hand = headings.iter().skip(EMPTY_FROM).map(|name| ANSWER_HEADINGS.contains(name));
    let list = ListSheet {
        document: "随访单",
        name: "随访单",
        title: format!("随访单　{}　{}", sheet.unit, sheet.round),
        about: legend().to_vec(),
        made_at: &sheet.made_at,
        by_hand: by_hand.collect(),
        columns: headings.into_iter().zip(widths).collect(),
        header_left: format!("用途：{}", sheet.purpose),
        header_right: sheet.made_at.clone(),
        footer_left: "含姓名和电话，用后收回",
        footer_right: &sheet.by,
        ..ListSheet::default()
    };
    list_workbook(&list, sheet.rows.iter().map(FollowUpRow::cells))
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
}
