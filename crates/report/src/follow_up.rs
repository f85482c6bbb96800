//! 随访单 as a workbook: one row for each finding that a village doctor or a school follows up, with empty columns that are
//! filled in and come back. Names and phones, no ID numbers. The same on paper: `paper::follow_up`.

use crate::ReportError;
use domain::task::{Act, Way};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook,
    XlsxError,
};

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
const ANSWER_WIDTHS_CHARS: [f64; 3] = [8.0, 7.0, 7.0];
/// On a list of several units: whose village or school it is, and where that column stands.
pub const UNIT_HEADING: &str = "村（校）";
const UNIT_AT: usize = 3;
const UNIT_WIDTH_CHARS: f64 = 14.0;
/// The first that is filled in by hand, on a list of one unit.
const EMPTY_FROM: usize = 9;
/// Characters of a worksheet's name, and what may not stand in it (Excel's limits).
const SHEET_NAME_CHARS_MAX: usize = 31;
const NOT_IN_A_SHEET_NAME: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
const WIDTHS_CHARS: [f64; 14] =
    [15.5, 9.0, 18.0, 11.0, 5.0, 30.0, 24.0, 11.0, 11.0, 11.0, 5.5, 5.5, 11.0, 20.0];
const PAPER_A4: u8 = 9;
const HEADER_GREY: u32 = 0x00E8_E8E8;
/// Characters of names in a page's margin: the whole line holds 255.
const MARGIN_CHARS_MAX: usize = 60;

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
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&sheet.made_at)
        .or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title("随访单")
            .set_author("健康快车")
            .set_creation_datetime(&made),
    );
    // A unit's rows are its own page: they go to another village doctor.
    let parts = sheet.parts();
    let parts = if parts.is_empty() { vec![&[][..]] } else { parts };
    for (number, part) in (1..).zip(parts) {
        write(&mut workbook, sheet, number, part)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Two villages of one name are told apart by their number.
fn sheet_name(number: usize, part: &[FollowUpRow]) -> String {
    let unit = part.first().map(|row| row.unit.as_str()).unwrap_or_default();
    let name = format!("{number} {}", unit.replace(NOT_IN_A_SHEET_NAME, " "));
    name.trim().chars().take(SHEET_NAME_CHARS_MAX).collect()
}

fn write(
    workbook: &mut Workbook,
    sheet: &FollowUpSheet,
    number: usize,
    part: &[FollowUpRow],
) -> Result<(), XlsxError> {
    let page = workbook.add_worksheet();
    page.set_name(if sheet.has_units() {
        sheet_name(number, part)
    } else {
        "随访单".to_owned()
    })?;
    let title = Format::new().set_bold().set_font_size(14.0);
    let plain = Format::new();
    page.write_string_with_format(
        0,
        0,
        format!("随访单　{}　{}", sheet.title_of(part), sheet.round),
        &title,
    )?;
    for (row, line) in (1..).zip(legend()) {
        page.write_string_with_format(row, 0, line, &plain)?;
    }
    let cell = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    // Text, so that a number typed with spaces stays as it is typed.
    let text = cell.clone().set_num_format("@");
    let heading = cell.clone().set_bold().set_background_color(Color::RGB(HEADER_GREY));
    let header_row = 5;
    let headings = sheet.headings();
    let widths = sheet.columns(&WIDTHS_CHARS, UNIT_WIDTH_CHARS, &ANSWER_WIDTHS_CHARS);
    for (col, (name, width)) in (0..).zip(headings.iter().zip(widths)) {
        page.set_column_width(col, width)?;
        page.write_string_with_format(header_row, col, *name, &heading)?;
    }
    let mut last = header_row;
    for (row, one) in (header_row + 1..).zip(part) {
        let cells = sheet.cells(one);
        let empty_from = cells.len();
        for (col, value) in (0..).zip(cells) {
            page.write_string_with_format(row, col, value, &text)?;
        }
        for (col, name) in headings.iter().enumerate().skip(empty_from) {
            // A time typed stays as it is typed.
            let format = if ANSWER_HEADINGS.contains(name) { &text } else { &cell };
            page.write_blank(row, u16::try_from(col).unwrap_or(u16::MAX), format)?;
        }
        last = row;
    }
    let last_col = u16::try_from(headings.len() - 1).unwrap_or(u16::MAX);
    page.ignore_error_range(header_row, 0, last, last_col, IgnoreError::NumberStoredAsText)?;
    page.set_freeze_panes(header_row + 1, 2)?;
    page.set_print_area(0, 0, last, last_col)?;
    page.set_repeat_rows(header_row, header_row)?;
    let margin =
        |text: &str| text.chars().take(MARGIN_CHARS_MAX).collect::<String>().replace('&', "&&");
    page.set_paper_size(PAPER_A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_header(format!("&L用途：{}&R{}", margin(&sheet.purpose), margin(&sheet.made_at)))
        .set_footer(format!(
            "&L含姓名和电话，用后收回&C第 &P 页 / 共 &N 页&R{}",
            margin(&sheet.by)
        ));
    Ok(())
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
