//! A school's list of consent slips (知情同意) that came back, row by row. Pure. Who a row means and what it says is decided by whoever
//! calls.

use crate::workbook::{Row, Workbook};

/// Columns found by their headings, white space aside. A name and an answer there have to be.
const NAME: &[&str] = &["姓名", "学生姓名"];
const ANSWER: &[&str] = &["同意", "是否同意", "知情同意", "同意情况", "家长意见", "监护人意见"];
const REFUSED: &[&str] = &["不同意项目", "不同意的项目", "拒绝项目", "除外项目", "例外"];
const ID_NUMBER: &[&str] = &["身份证号", "身份证号码", "身份证"];
const STUDENT_NO: &[&str] = &["学籍号", "学籍号码"];
const GRADE: &[&str] = &["年级"];
const GROUP: &[&str] = &["班级", "班"];

/// One row as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConsentReturned {
    pub sheet: String,
    /// As the spreadsheet shows it, from 1.
    pub row: u32,
    pub name: String,
    pub id_number: String,
    pub student_no: String,
    pub grade: String,
    pub group: String,
    pub answer: String,
    /// What is refused, as it is written: `采血、口腔`.
    pub refused: String,
}

/// Every row below a heading that has a name and an answer, unless nothing is in it; `None` where no sheet has such a heading.
pub fn read_consents(workbook: &Workbook) -> Option<Vec<ConsentReturned>> {
    let mut found = None;
    for sheet in &workbook.sheets {
        let mut columns: Option<Columns> = None;
        for row in &sheet.rows {
            if let Some(heading) = Columns::of(row) {
                // A list printed over several pages has its heading again.
                columns = Some(heading);
                found.get_or_insert_with(Vec::new);
            } else if let Some(columns) = &columns {
                let read = columns.read(&sheet.name, row);
                if ![&read.name, &read.id_number, &read.student_no].iter().all(|t| t.is_empty()) {
                    found.get_or_insert_with(Vec::new).push(read);
                }
            }
        }
    }
    found
}

struct Columns {
    name: usize,
    answer: usize,
    refused: Option<usize>,
    id_number: Option<usize>,
    student_no: Option<usize>,
    grade: Option<usize>,
    group: Option<usize>,
}

impl Columns {
    fn of(row: &Row) -> Option<Columns> {
        let heading = |cell: &crate::workbook::Cell| -> String {
            cell.text().chars().filter(|char| !char.is_whitespace()).collect()
        };
        let named = |names: &[&str]| {
            row.cells.iter().position(|cell| names.contains(&heading(cell).as_str()))
        };
        Some(Columns {
            name: named(NAME)?,
            answer: named(ANSWER)?,
            refused: named(REFUSED),
            id_number: named(ID_NUMBER),
            student_no: named(STUDENT_NO),
            grade: named(GRADE),
            group: named(GROUP),
        })
    }

    fn read(&self, sheet: &str, row: &Row) -> ConsentReturned {
        let text = |column: Option<usize>| {
            column.map(|column| row.cell(column).text().trim().to_owned()).unwrap_or_default()
        };
        ConsentReturned {
            sheet: sheet.to_owned(),
            row: row.number,
            name: text(Some(self.name)),
            id_number: text(self.id_number),
            student_no: text(self.student_no),
            grade: text(self.grade),
            group: text(self.group),
            answer: text(Some(self.answer)),
            refused: text(self.refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::read_workbook;

    /// Row, name, class, answer, what is refused.
    type Told = (u32, &'static str, &'static str, &'static str, &'static str);

    #[test]
    fn rows_below_the_heading_are_read_as_they_are_written() {
        let check = |csv: &str, expected: Option<&[Told]>| {
            let rows = read_consents(&read_workbook("list.csv", csv.as_bytes()).unwrap());
            let rows: Option<Vec<_>> = rows.as_ref().map(|rows| {
                let of = |r: &ConsentReturned| {
                    (r.row, r.name.clone(), r.group.clone(), r.answer.clone(), r.refused.clone())
                };
                rows.iter().map(of).collect()
            });
            let expected: Option<Vec<_>> = expected.map(|rows| {
                let own = |t: &Told| {
                    (t.0, t.1.to_owned(), t.2.to_owned(), t.3.to_owned(), t.4.to_owned())
                };
                rows.iter().map(own).collect()
            });
            assert_eq!(rows, expected, "{csv}");
        };
        const HEAD: &str = "回执,,,\n年级,班级,姓 名,是否同意,不同意项目\n";
        check("姓名,电话\n甲,1\n", None);
        check("班级,同意\n1班,是\n", None);
        check(HEAD, Some(&[]));
        check(
            &format!("{HEAD}四年级,2班,甲,同意,\n四年级,2班,乙,是,采血、口腔\n"),
            Some(&[(3, "甲", "2班", "同意", ""), (4, "乙", "2班", "是", "采血、口腔")]),
        );
        check(&format!("{HEAD},,,,\n四年级,2班,,是,\n"), Some(&[]));
        check(&format!("{HEAD},,丙,,\n"), Some(&[(3, "丙", "", "", "")]));
    }
}
