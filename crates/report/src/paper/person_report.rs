//! The individual report: first in plain words what is fine and what needs attention, then the findings with what to do,
//! then every result with its range, earlier rounds beside it, and who examined. Words say what was seen, never a
//! diagnosis. It judges nothing: sentences, ranges and arrows come in. Until a doctor's conclusion is signed it is a
//! preview and says so on every page. The words of the first box are `summary`.

mod summary;

use super::by_when::by_when;
use super::face::{Fonts, Weight};
use super::lines::wrap;
use super::part::Part;
use super::sheet::{LINE_EM, Page};
use super::table::{Column, Row, Table, Width};
use super::{PaperError, pdf};

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFinding {
    /// A, B or C.
    pub level: &'static str,
    /// What was seen: 血压升高，待复查.
    pub seen: String,
    /// The values behind it.
    pub values: String,
    /// What the person is asked to do.
    pub action: String,
    /// Where to go; empty where nowhere is named.
    pub place: String,
    /// By when, as a civil date; empty where none is due.
    pub due: String,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    pub item: String,
    pub value: String,
    pub unit: String,
    /// ↑, ↓, 阳性 or nothing.
    pub arrow: String,
    pub range: String,
    /// In the order of the columns of earlier rounds.
    pub earlier: Vec<String>,
}

/// The results of one station, and who examined there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportSection {
    pub station: String,
    pub examiner: String,
    /// Findings in words, dictated to whoever typed: the examiner is a doctor who stands behind them.
    pub is_dictated: bool,
    /// Whether they said so: 已确认, 代录，尚未确认; empty where they typed it themselves.
    pub word: String,
    /// Whose own ranges stand in it; empty where none do.
    pub laboratory: String,
    pub rows: Vec<ReportRow>,
}

/// An earlier round beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierColumn {
    pub title: String,
}

/// Everything one person's report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonReport {
    pub number: String,
    pub version: u32,
    pub round: String,
    pub unit: String,
    pub group: String,
    pub day: String,
    pub name: String,
    pub sex: String,
    pub age: String,
    /// Masked.
    pub id_number: String,
    /// Speaks to the guardian.
    pub is_pupil: bool,
    pub is_large_print: bool,
    /// Names of what was examined and is not abnormal.
    pub fine: Vec<String>,
    /// What is not fine and no finding: `听力：异常`, `尿素：11.9 mmol/L ↑`.
    pub ungraded: Vec<String>,
    /// Numbers that no table judges of this person, and that are usual by none: `空腹血糖：12.0 mmol/L`.
    pub unjudged: Vec<String>,
    /// What the person was known to have before: 糖尿病. Told, not found.
    pub known: Vec<String>,
    /// Names of what has no result yet, with the reason in brackets where there is one.
    pub open: Vec<String>,
    /// The gravest first.
    pub findings: Vec<ReportFinding>,
    pub sections: Vec<ReportSection>,
    pub earlier: Vec<EarlierColumn>,
    pub advice: String,
    /// Where to call; empty where nobody said.
    pub phone: String,
    /// Who signed the conclusion; none = a preview.
    pub doctor: Option<String>,
    /// The day of it; empty where not told.
    pub signed_on: String,
    /// The day on which it goes out, as a civil date; empty where not told. Not printed: no day is asked for that is past then.
    pub printed_on: String,
    /// What a later version changes against the one before: with any, it is a 更正版.
    pub changes: Vec<String>,
    /// Why nobody has signed what stands here, where somebody signed before.
    pub pending: Vec<String>,
    /// A pupil's, and the family's slip has not come back.
    pub is_slip_missing: bool,
}

impl PersonReport {
    /// The later of the day it was signed on and that on which it is printed: days as 2026-09-28 stand in order as texts do.
    fn goes_out(&self) -> &str {
        self.signed_on.as_str().max(&self.printed_on)
    }
}

/// Sizes of print, points. Large print for eyes of 65 years and more.
struct Print {
    title: f32,
    heading: f32,
    words: f32,
    table: f32,
}

const USUAL: Print = Print { title: 18.0, heading: 12.5, words: 10.5, table: 9.0 };
const LARGE: Print = Print { title: 22.0, heading: 16.0, words: 14.0, table: 12.0 };
/// Above the signature, in ems of its print.
const SIGNATURE_SPACE_EM: f32 = 1.0;
/// Said on every page.
const CAUTION: &str = "本报告为筛查结果，不是诊断证明。";
const PREVIEW: &str = "现场预览，未经总检医生签发";
const SLIP_MISSING: &str = "知情同意书没有交回：交回并登记以后，才出正式报告。";
/// In a title.
const CORRECTED: &str = "（更正版）";

/// Reports one after another in one file, each with its own page numbers.
pub fn person_reports(fonts: &Fonts, people: &[&PersonReport]) -> Result<Vec<u8>, PaperError> {
    let mut all = Vec::new();
    for person in people {
        all.extend(pages(fonts, person));
    }
    pdf::write(fonts, "体检结果报告", &all)
}

fn pages(fonts: &Fonts, report: &PersonReport) -> Vec<Page> {
    let print = if report.is_large_print { LARGE } else { USUAL };
    let (state, number) = match report.doctor {
        Some(_) => {
            (report.round.as_str(), format!("编号 {}　第 {} 版", report.number, report.version))
        }
        None => (PREVIEW, format!("编号 {}　预览", report.number)),
    };
    let mut part = Part::a4(fonts, (state, &number), CAUTION);
    part.belongs_to(&report.name);
    let title = if report.is_pupil {
        "学生健康体检结果告知书"
    } else {
        "健康体检结果报告"
    };
    let corrected = if report.changes.is_empty() { "" } else { CORRECTED };
    part.title(&format!("{title}{corrected}"), print.title);
    who(&mut part, report, &print);
    changes(&mut part, report, &print);
    summary::box_of(&mut part, report, &print);
    findings(&mut part, report, &print);
    // The signature never stands alone on a page: what comes last before it keeps its room.
    let signature = signature(report);
    let lines = wrap(fonts, &signature, print.words, Weight::Regular, part.width()).len();
    let lines = f32::from(u8::try_from(lines).unwrap_or(u8::MAX));
    let tail = print.words * (SIGNATURE_SPACE_EM + LINE_EM * lines + 0.5);
    let advice = report.advice.trim_end();
    results(&mut part, report, &print, if advice.is_empty() { tail } else { 0.0 });
    if !advice.is_empty() {
        part.paragraph_under(("健康指导", print.heading), advice, print.words, tail);
    }
    part.space(print.words * SIGNATURE_SPACE_EM);
    part.paragraph(&signature, print.words, Weight::Regular);
    part.done()
}

fn who(part: &mut Part, report: &PersonReport, print: &Print) {
    let known = |parts: &[&str]| {
        parts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("　")
    };
    part.space(print.words * 0.4);
    part.paragraph(&known(&[&report.name, &report.sex, &report.age]), print.heading, Weight::Bold);
    let id = if report.id_number.is_empty() {
        String::new()
    } else {
        format!("证件号 {}", report.id_number)
    };
    let day = format!("体检日期 {}", report.day);
    let line = known(&[&report.unit, &report.group, &id, &day]);
    part.paragraph(&line, print.words, Weight::Regular);
    part.space(print.words * 0.5);
}

/// What is otherwise than on the paper that a person may still hold, or than what somebody signed.
fn changes(part: &mut Part, report: &PersonReport, print: &Print) {
    let (first, all) = if report.changes.is_empty() {
        ("签发之后有变化，等待总检医生再看：".to_owned(), &report.pending)
    } else {
        let v = report.version;
        (format!("本报告为第 {v} 版，代替以前的版本，请以本版为准。更正内容："), &report.changes)
    };
    let slip = report.is_slip_missing.then(|| SLIP_MISSING.to_owned());
    let first = slip.into_iter().chain(Some(first).filter(|_| !all.is_empty()));
    let mut lines: Vec<_> = first.map(|text| (text, Weight::Bold)).collect();
    lines.extend(all.iter().map(|change| (format!("● {change}"), Weight::Regular)));
    if !lines.is_empty() {
        part.framed(&lines, print.words, None);
        part.space(print.words * 0.5);
    }
}

fn findings(part: &mut Part, report: &PersonReport, print: &Print) {
    let heading = ("需要关注的结果", print.heading);
    if report.findings.is_empty() {
        let none = match (report.ungraded.is_empty(), report.unjudged.is_empty()) {
            (true, true) => "没有。",
            (false, _) => "没有分级的异常；不正常的结果写在上面。",
            (true, false) => "没有分级的异常；没有本人适用的标准的结果写在上面。",
        };
        part.heading(heading.0, heading.1);
        part.paragraph(none, print.words, Weight::Regular);
        return;
    }
    let mut table = Table::new(
        print.table,
        vec![
            Column::centred("级别", Width::Points(print.table * 7.4)),
            Column::new("看到的", Width::Share(1.3)),
            Column::new("数值", Width::Points(print.table * 8.4)),
            Column::new("怎么做", Width::Share(1.3)),
            Column::new("去哪里", Width::Share(0.8)),
            Column::new("期限", Width::Points(print.table * 6.4)),
        ],
    );
    for finding in &report.findings {
        let cells = vec![
            level_words(finding.level).to_owned(),
            finding.seen.clone(),
            finding.values.clone(),
            finding.action.clone(),
            finding.place.clone(),
            by_when(finding.level, &finding.due, report.goes_out()).cell(),
        ];
        table.rows.push(Row::new(cells));
    }
    part.table_under(heading, &table);
}

fn level_words(level: &str) -> &'static str {
    match level {
        "A" => "A 立即就医",
        "B" => "B 需要复查",
        _ => "C 平时注意",
    }
}

fn results(part: &mut Part, report: &PersonReport, print: &Print, tail: f32) {
    let mut columns = vec![
        Column::new("项目", Width::Share(1.5)),
        Column::right("结果", Width::Share(1.0)),
        Column::centred("提示", Width::Points(print.table * 3.4)),
        Column::new("单位", Width::Points(print.table * 5.0)),
        Column::new("参考范围", Width::Share(1.2)),
    ];
    columns
        .extend(report.earlier.iter().map(|round| Column::right(&round.title, Width::Share(0.9))));
    let mut table = Table::new(print.table, columns);
    for section in &report.sections {
        let mut head = section.station.clone();
        let examiner = Some(section.examiner.as_str()).filter(|name| !name.is_empty());
        match (section.is_dictated, examiner) {
            (false, None) => {}
            (false, Some(name)) => head += &format!("　检查者：{name}"),
            (true, name) => {
                head += &format!("　检查医生：{}", name.unwrap_or("未写明"));
                if !section.word.is_empty() {
                    head += &format!("（{}）", section.word);
                }
            }
        }
        if !section.laboratory.is_empty() {
            head += &format!("　※ 参考范围由{}给出", section.laboratory);
        }
        table.rows.push(Row::section(&head));
        for row in &section.rows {
            let cells = [&row.item, &row.value, &row.arrow, &row.unit, &row.range];
            let mut cells: Vec<String> = cells.into_iter().cloned().collect();
            cells.extend(row.earlier.iter().cloned());
            cells.resize(table.columns.len(), String::new());
            let row = if row.arrow.is_empty() { Row::new(cells) } else { Row::bold(cells) };
            table.rows.push(row);
        }
    }
    table.tail = tail;
    part.table_under(("全部结果", print.heading), &table);
}

fn signature(report: &PersonReport) -> String {
    match &report.doctor {
        Some(doctor) if report.signed_on.is_empty() => format!("总检医生：{doctor}"),
        Some(doctor) => format!("总检医生：{doctor}　签发日期：{}", report.signed_on),
        None => format!("{PREVIEW}。"),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_pages;
