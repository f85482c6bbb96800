//! Who has a finding of level A or B, by name: a sheet of a village's or township's summary for health staff alone, and only for a
//! purpose that stands on it (followup.md, section 5). No ID number and no phone. Not the rates (`summary`).

use crate::follow::FollowFacts;
use crate::words;
use domain::facts::{CheckupFacts, ExportFacts, PersonKind, Sex};
use domain::identity::age_years;
use domain::rule::Level;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

pub const GRAVE_HEADINGS: [&str; 10] =
    ["单位", "组或班", "姓名", "性别", "年龄", "级别", "看到的", "数值", "怎么办", "期限"];
const WIDTHS_CHARS: [f64; 10] = [20.0, 12.0, 12.0, 6.0, 6.0, 6.0, 40.0, 18.0, 40.0, 12.0];
const PAPER_A4: u8 = 9;

/// The list and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraveList {
    pub purpose: String,
    /// In the order of `GRAVE_HEADINGS`.
    pub rows: Vec<[String; 10]>,
}

impl GraveList {
    /// Of everybody of this kind, the gravest first within each unit, in the order of the facts: as a doctor concluded it, where one
    /// did.
    pub fn of(
        facts: &ExportFacts,
        follow: &FollowFacts,
        who: PersonKind,
        purpose: &str,
    ) -> GraveList {
        let mut rows: Vec<(String, Level, [String; 10])> = Vec::new();
        for checkup in facts.checkups.iter().filter(|checkup| checkup.kind == who) {
            for line in follow.found.get(&checkup.person).into_iter().flatten() {
                let [unit, group, name, sex, age] = whose(facts, checkup);
                let cells = [
                    unit,
                    group,
                    name,
                    sex,
                    age,
                    line.level.key().to_owned(),
                    line.seen.clone(),
                    line.value.clone(),
                    line.action.clone(),
                    line.due.map(|due| due.to_string()).unwrap_or_default(),
                ];
                rows.push((checkup.unit.0.clone(), line.level, cells));
            }
        }
        rows.sort_by(|a, b| (&a.0, std::cmp::Reverse(a.1)).cmp(&(&b.0, std::cmp::Reverse(b.1))));
        let rows = rows.into_iter().map(|(_, _, cells)| cells).collect();
        GraveList { purpose: purpose.to_owned(), rows }
    }

    pub(crate) fn write(
        &self,
        page: &mut Worksheet,
        (heading, cell): (&Format, &Format),
    ) -> Result<(), XlsxError> {
        page.set_name("A级和B级名单")?;
        let purpose = format!("用途：{}。含姓名，仅供卫生机构内部使用，用后收回。", self.purpose);
        page.write_string(0, 0, purpose)?;
        for (col, (name, width)) in (0..).zip(GRAVE_HEADINGS.iter().zip(WIDTHS_CHARS)) {
            page.set_column_width(col, width)?;
            page.write_string_with_format(1, col, *name, heading)?;
        }
        for (line, row) in (2..).zip(&self.rows) {
            for (col, text) in (0..).zip(row) {
                page.write_string_with_format(line, col, text, cell)?;
            }
        }
        page.set_freeze_panes(2, 3)?;
        page.set_repeat_rows(1, 1)?;
        page.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(1, 0);
        page.set_footer("&C第 &P 页 / 共 &N 页");
        Ok(())
    }
}

fn whose(facts: &ExportFacts, checkup: &CheckupFacts) -> [String; 5] {
    let unit = facts.units.iter().find(|unit| unit.code == checkup.unit);
    let group = [checkup.grade.as_deref(), checkup.group.as_deref()];
    let details = &checkup.details;
    let age = details.birth.zip(checkup.day).map(|(birth, day)| age_years(birth, day));
    [
        unit.map_or_else(|| checkup.unit.0.clone(), words::unit_label),
        group.into_iter().flatten().collect(),
        details.name.clone(),
        details.sex.map(Sex::zh).unwrap_or_default().to_owned(),
        age.map(|years| years.to_string()).unwrap_or_default(),
    ]
}
