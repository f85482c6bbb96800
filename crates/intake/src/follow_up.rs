//! A 随访单 that comes back: the rows in which somebody has written, cell by cell. Pure. What a row may say is decided by
//! whoever calls.

use crate::workbook::{Cell, Row, Workbook};

/// Columns found by their headings; all but number, day and result may be missing.
const NUMBER: &str = "编号";
const DAY: &str = "日期";
const RESULT: &str = "结果";
const WAY: &str = "方式";
const NEXT: &str = "下次日期";
const NOTE: &str = "备注";
const NAME: &str = "姓名";
/// Of a level A: who was told, at what time, and whether it was read back.
const TOLD: &str = "告知谁";
const AT: &str = "几点";
const READ_BACK: &str = "已复述";

/// One row as it is written. Dates as `2026-10-01`; everything else as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FollowUpReturned {
    /// As the spreadsheet shows it, from 1.
    pub row: u32,
    pub number: String,
    pub name: String,
    pub day: String,
    pub way: String,
    pub result: String,
    pub next: String,
    pub note: String,
    pub told: String,
    /// `14:05`, however it was written.
    pub at: String,
    pub read_back: String,
}

impl FollowUpReturned {
    /// Nobody has written anything in it.
    pub fn is_blank(&self) -> bool {
        let written = [&self.day, &self.way, &self.result, &self.next, &self.note];
        written.iter().chain(&[&self.told, &self.at, &self.read_back]).all(|t| t.is_empty())
    }

    /// Whether it says that it was read back; `None` where nobody can tell.
    pub fn is_read_back(&self) -> Option<bool> {
        match self.read_back.as_str() {
            "是" | "1" | "√" | "✓" | "对" | "有" | "已复述" => Some(true),
            "" | "否" | "0" | "×" | "没有" | "无" => Some(false),
            _ => None,
        }
    }
}

/// Every row below a heading that has 编号, 日期 and 结果, blank ones too; `None` where no sheet has such a heading.
pub fn read_follow_up(workbook: &Workbook) -> Option<Vec<FollowUpReturned>> {
    let mut found = None;
    for sheet in &workbook.sheets {
        let mut columns: Option<Columns> = None;
        for row in &sheet.rows {
            if let Some(heading) = Columns::of(row) {
                // A list printed over several pages has its heading again.
                columns = Some(heading);
                found.get_or_insert_with(Vec::new);
            } else if let Some(columns) = &columns {
                let read = columns.read(row);
                if !read.number.is_empty() || !read.is_blank() {
                    found.get_or_insert_with(Vec::new).push(read);
                }
            }
        }
    }
    found
}

struct Columns {
    number: usize,
    day: usize,
    result: usize,
    way: Option<usize>,
    next: Option<usize>,
    note: Option<usize>,
    name: Option<usize>,
    told: Option<usize>,
    at: Option<usize>,
    read_back: Option<usize>,
}

impl Columns {
    fn of(row: &Row) -> Option<Columns> {
        let named = |name: &str| row.cells.iter().position(|cell| cell.text().trim() == name);
        Some(Columns {
            number: named(NUMBER)?,
            day: named(DAY)?,
            result: named(RESULT)?,
            way: named(WAY),
            next: named(NEXT),
            note: named(NOTE),
            name: named(NAME),
            told: named(TOLD),
            at: named(AT),
            read_back: named(READ_BACK),
        })
    }

    fn read(&self, row: &Row) -> FollowUpReturned {
        let text = |column: Option<usize>| column.map(|c| plain(row.cell(c))).unwrap_or_default();
        let day = |column: Option<usize>| day_text(&text(column));
        FollowUpReturned {
            row: row.number,
            number: text(Some(self.number)),
            name: text(self.name),
            day: day(Some(self.day)),
            way: text(self.way),
            result: text(Some(self.result)),
            next: day(self.next),
            note: text(self.note),
            told: text(self.told),
            at: self.at.map(|c| time_of(row.cell(c))).unwrap_or_default(),
            read_back: text(self.read_back),
        }
    }
}

const MINUTES_OF_A_DAY: f64 = 1440.0;

fn plain(cell: &Cell) -> String {
    cell.text().trim().to_owned()
}

/// `2026/9/5`, `2026.9.5` and `2026年9月5日` as `2026-09-05`; anything else as it stands.
fn day_text(text: &str) -> String {
    let parts: Vec<&str> = text
        .split(['-', '/', '.', '年', '月', '日'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let [year, month, day] = parts.as_slice() else { return text.to_owned() };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
        return text.to_owned();
    };
    let date = chrono::NaiveDate::from_ymd_opt(year, month, day);
    date.map_or_else(|| text.to_owned(), |date| date.to_string())
}

/// A workbook keeps a time of day as a part of a day: 0.402777… is 09:40.
fn time_of(cell: &Cell) -> String {
    let part = match cell {
        Cell::Number(part) if (0.0..1.0).contains(part) => *part,
        _ => return time_text(&plain(cell)),
    };
    let minutes = (part * MINUTES_OF_A_DAY).round();
    let time = (0..24 * 60).find(|minute| f64::from(*minute) == minutes);
    time.map_or_else(|| plain(cell), |minute| format!("{:02}:{:02}", minute / 60, minute % 60))
}

/// `9：40`, `9点40分` and `09:40:00` as `09:40`; anything else as it stands.
fn time_text(text: &str) -> String {
    let parts: Vec<&str> = text
        .split([':', '：', '点', '时', '分'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let (hour, minute) = match parts.as_slice() {
        [hour, minute] | [hour, minute, "0" | "00"] => (hour, minute),
        _ => return text.to_owned(),
    };
    let (Ok(hour), Ok(minute)) = (hour.parse::<u32>(), minute.parse::<u32>()) else {
        return text.to_owned();
    };
    let time = chrono::NaiveTime::from_hms_opt(hour, minute, 0);
    time.map_or_else(|| text.to_owned(), |time| time.format("%H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::read_workbook;

    #[test]
    fn who_was_told_when_and_read_back_is_read_however_it_is_written() {
        let check = |at: &str, read_back: &str, wanted: (&str, Option<bool>)| {
            let head = "编号,姓名,日期,方式,结果,告知谁,几点,已复述,下次日期,备注";
            let csv = format!("{head}\n1,甲,2026-09-20,2,1,家属,{at},{read_back},,\n");
            let workbook = read_workbook("list.csv", csv.as_bytes()).unwrap();
            let rows = read_follow_up(&workbook).unwrap();
            assert_eq!(rows[0].told, "家属");
            assert_eq!((rows[0].at.as_str(), rows[0].is_read_back()), wanted, "{at} {read_back}");
        };
        check("09:40", "是", ("09:40", Some(true)));
        check("9：40", "√", ("09:40", Some(true)));
        check("9点40分", "", ("09:40", Some(false)));
        check("14:05:00", "0", ("14:05", Some(false)));
        check("上午", "也许", ("上午", None));
        check("25:00", "1", ("25:00", Some(true)));
    }

    #[test]
    fn a_time_typed_into_a_workbook_is_read_as_the_time_it_shows() {
        let check = |cell: Cell, wanted: &str| assert_eq!(time_of(&cell), wanted);
        check(Cell::Number(9.0 / 24.0 + 40.0 / 1440.0), "09:40");
        check(Cell::Number(0.402_777_777_777_778), "09:40");
        check(Cell::Number(0.0), "00:00");
        check(Cell::Number(0.999_305_555_555_556), "23:59");
        check(Cell::Text("9：40".to_owned()), "09:40");
        check(Cell::Number(9.4), "9.4");
        check(Cell::Empty, "");
    }

    #[test]
    fn rows_below_the_heading_are_read_as_they_are_written() {
        let check = |csv: &str, expected: Option<&[[&str; 7]]>| {
            let workbook = read_workbook("list.csv", csv.as_bytes()).unwrap();
            let rows = read_follow_up(&workbook);
            let rows: Option<Vec<[&str; 7]>> = rows.as_ref().map(|rows| {
                rows.iter()
                    .map(|r| {
                        [&r.number, &r.name, &r.day, &r.way, &r.result, &r.next, &r.note]
                            .map(String::as_str)
                    })
                    .collect()
            });
            assert_eq!(rows.as_deref(), expected, "{csv}");
        };
        const HEAD: &str = "随访单,,,\n说明,,,\n编号,姓名,日期,方式,结果,下次日期,备注\n";
        check("姓名,电话\n甲,1\n", None);
        check(HEAD, Some(&[]));
        check(
            &format!("{HEAD}1234 5678 9018,甲,2026/9/20,2,1,2026年10月1日,要去\n"),
            Some(&[["1234 5678 9018", "甲", "2026-09-20", "2", "1", "2026-10-01", "要去"]]),
        );
        check(&format!("{HEAD}1,甲,,,,,\n"), Some(&[["1", "甲", "", "", "", "", ""]]));
        check(&format!("{HEAD},,,,,,\n"), Some(&[]));
        check(&format!("{HEAD},,昨天,,x,,\n"), Some(&[["", "", "昨天", "", "x", "", ""]]));
        check(
            &format!("{HEAD}1,甲,2026-13-40,,1,,\n{HEAD}2,乙,,,,,\n"),
            Some(&[
                ["1", "甲", "2026-13-40", "", "1", "", ""],
                ["随访单", "", "", "", "", "", ""],
                ["说明", "", "", "", "", "", ""],
                ["2", "乙", "", "", "", "", ""],
            ]),
        );
    }
}
