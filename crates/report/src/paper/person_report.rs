//! The individual report: first in plain words what is fine and what needs attention, then the findings with what to do,
//! then every result with its range, earlier rounds beside it, and who examined. Words say what was seen, never a
//! diagnosis. It judges nothing: sentences, ranges and arrows come in. Until a doctor's conclusion is signed it is a
//! preview and says so on every page. The words of the first box are `summary`.

mod summary;

use super::by_when::by_when;
use super::face::{Fonts, Weight};
use super::part::Part;
use super::sheet::Page;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, mm, pdf};

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
    results(&mut part, report, &print);
    if !report.advice.trim().is_empty() {
        part.heading("健康指导", print.heading);
        part.paragraph(&report.advice, print.words, Weight::Regular);
    }
    signatures(&mut part, report, &print);
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
    part.heading("需要关注的结果", print.heading);
    if report.findings.is_empty() {
        let none = match (report.ungraded.is_empty(), report.unjudged.is_empty()) {
            (true, true) => "没有。",
            (false, _) => "没有分级的异常；不正常的结果写在上面。",
            (true, false) => "没有分级的异常；没有本人适用的标准的结果写在上面。",
        };
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
    part.table(&table);
}

fn level_words(level: &str) -> &'static str {
    match level {
        "A" => "A 立即就医",
        "B" => "B 需要复查",
        _ => "C 平时注意",
    }
}

fn results(part: &mut Part, report: &PersonReport, print: &Print) {
    part.heading("全部结果", print.heading);
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
    part.table(&table);
}

fn signatures(part: &mut Part, report: &PersonReport, print: &Print) {
    part.space(print.words);
    let text = match &report.doctor {
        Some(doctor) if report.signed_on.is_empty() => format!("总检医生：{doctor}"),
        Some(doctor) => format!("总检医生：{doctor}　签发日期：{}", report.signed_on),
        None => format!("{PREVIEW}。"),
    };
    part.keep(print.words * 3.0);
    part.paragraph(&text, print.words, Weight::Regular);
    part.space(mm(1.0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::sheet::{Mark, collisions};
    use crate::paper::test_fonts;

    fn finding(level: &'static str) -> ReportFinding {
        ReportFinding {
            level,
            seen: "血压升高（160-179/100-109），待复查".to_owned(),
            values: "168/104 mmHg".to_owned(),
            action: "两周内请再量血压，请医生看".to_owned(),
            place: "村卫生室或乡镇卫生院".to_owned(),
            due: "2026-09-28".to_owned(),
        }
    }

    pub fn sample(rows: usize, findings: usize) -> PersonReport {
        let row = |at: usize| ReportRow {
            item: format!("低密度脂蛋白胆固醇{at}"),
            value: "4.31".to_owned(),
            unit: "mmol/L".to_owned(),
            arrow: if at.is_multiple_of(7) { "↑".to_owned() } else { String::new() },
            range: "≥3.9 且 <6.1".to_owned(),
            earlier: vec!["4.02".to_owned(), "—".to_owned()],
        };
        let level = |at: usize| ["A", "B", "C"][at % 3];
        PersonReport {
            number: "JK0123456789012345".to_owned(),
            version: 1,
            round: "2026年第四轮".to_owned(),
            unit: "万宝镇石塘铺村".to_owned(),
            group: "3组".to_owned(),
            day: "2026-09-14".to_owned(),
            name: "阿依古丽·买买提".to_owned(),
            sex: "女".to_owned(),
            age: "68岁".to_owned(),
            id_number: "431399********034X".to_owned(),
            is_pupil: false,
            is_large_print: false,
            fine: vec!["视力".to_owned(), "口腔".to_owned()],
            ungraded: Vec::new(),
            unjudged: Vec::new(),
            known: vec!["糖尿病".to_owned()],
            open: vec!["尿蛋白（拒检）".to_owned()],
            findings: (0..findings).map(|at| finding(level(at))).collect(),
            sections: vec![ReportSection {
                station: "采血".to_owned(),
                examiner: "王五".to_owned(),
                is_dictated: true,
                word: "代录，尚未确认".to_owned(),
                laboratory: String::new(),
                rows: (0..rows).map(row).collect(),
            }],
            earlier: vec![
                EarlierColumn { title: "第三轮".to_owned() },
                EarlierColumn { title: "第二轮".to_owned() },
            ],
            phone: String::new(),
            advice: String::new(),
            doctor: None,
            signed_on: String::new(),
            printed_on: String::new(),
            changes: Vec::new(),
            pending: Vec::new(),
            is_slip_missing: false,
        }
    }

    fn words(pages: &[Page]) -> String {
        let text = |mark: &Mark| match mark {
            Mark::Text { text, .. } => Some(text.clone()),
            Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
        };
        pages
            .iter()
            .flat_map(|page| page.marks.iter().filter_map(text))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn twelve_findings_long_advice_and_a_table_over_three_pages_run_into_nothing() {
        let fonts = test_fonts();
        let check = |report: &PersonReport, pages_min: usize| {
            let pages = pages(&fonts, report);
            assert!(pages.len() >= pages_min, "{} pages", pages.len());
            for page in &pages {
                assert_eq!(collisions(&fonts, page), Vec::<String>::new());
            }
            assert!(words(&pages).contains(&format!("第 {0} 页 共 {0} 页", pages.len())));
        };
        check(&sample(8, 0), 1);
        check(&sample(8, 12), 1);
        check(&sample(140, 12), 3);
        let large = PersonReport { is_large_print: true, ..sample(140, 12) };
        check(&large, 5);
        let advice = "低盐饮食，适量运动。".repeat(400);
        check(&PersonReport { advice, ..sample(8, 3) }, 3);
    }

    #[test]
    fn a_table_says_its_headings_on_each_of_its_pages() {
        let fonts = test_fonts();
        let pages = pages(&fonts, &sample(140, 0));
        for page in &pages {
            assert!(words(std::slice::from_ref(page)).contains("参考范围"));
        }
    }

    /// How many pages end with a station's name, and how many such tables were looked at.
    fn names_at_a_foot(pages: &[Page]) -> usize {
        let ends = |page: &&Page| {
            let texts = page.marks.iter().filter_map(|mark| match mark {
                Mark::Text { text, baseline, .. } => Some((text.as_str(), *baseline)),
                Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
            });
            let body = texts.filter(|(_, y)| *y < page.height - mm(14.0));
            let last = body.max_by(|a, b| a.1.total_cmp(&b.1));
            last.is_some_and(|(text, _)| text.starts_with("检验"))
        };
        pages.iter().filter(ends).count()
    }

    #[test]
    fn a_stations_name_is_never_alone_at_a_pages_foot() {
        let fonts = test_fonts();
        let section = |rows: usize| ReportSection {
            station: "检验".to_owned(),
            ..sample(rows, 0).sections.swap_remove(0)
        };
        // Wherever the page ends: one of these lengths brings a name to its foot.
        for rows in 1..60 {
            let report = PersonReport { sections: vec![section(rows), section(9)], ..sample(1, 0) };
            assert_eq!(names_at_a_foot(&pages(&fonts, &report)), 0, "{rows} rows before it");
        }
        // The control: a name with no row of its own does stand there.
        let alone = |rows: usize| {
            let report = PersonReport { sections: vec![section(rows), section(0)], ..sample(1, 0) };
            names_at_a_foot(&pages(&fonts, &report))
        };
        assert!((1..60).any(|rows| alone(rows) > 0));
    }

    #[test]
    fn an_old_persons_report_is_in_large_print_and_a_pupils_speaks_to_the_guardian() {
        let fonts = test_fonts();
        let largest_table = |report: &PersonReport| {
            let pages = pages(&fonts, report);
            let size = |mark: &Mark| match mark {
                Mark::Text { size, text, .. } if text.starts_with("4.31") => Some(*size),
                Mark::Text { .. } | Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => {
                    None
                }
            };
            pages[0].marks.iter().find_map(size)
        };
        assert_eq!(largest_table(&sample(3, 0)), Some(USUAL.table));
        let large = PersonReport { is_large_print: true, ..sample(3, 0) };
        assert_eq!(largest_table(&large), Some(LARGE.table));
        let pupil = PersonReport { is_pupil: true, ..sample(3, 1) };
        let said = words(&pages(&fonts, &pupil));
        assert!(said.contains("家长您好"));
        assert!(said.contains("孩子这次检查中"));
        assert!(!words(&pages(&fonts, &sample(3, 1))).contains("孩子"));
    }

    #[test]
    fn what_nobody_signed_says_so_on_every_page() {
        let fonts = test_fonts();
        let count = |report: &PersonReport| {
            let pages = pages(&fonts, report);
            let marked =
                pages.iter().filter(|page| words(std::slice::from_ref(page)).contains(PREVIEW));
            (marked.count(), pages.len())
        };
        let (marked, all) = count(&sample(140, 3));
        assert_eq!(marked, all);
        let signed = PersonReport { doctor: Some("赵六".to_owned()), ..sample(140, 3) };
        assert_eq!(count(&signed).0, 0);
    }

    #[test]
    fn a_correction_says_so_on_top_with_what_changed_and_runs_into_nothing() {
        let fonts = test_fonts();
        let change = "空腹血糖：5.2 → 7.2".to_owned();
        let changes = vec![change.clone(); 30];
        let signed = PersonReport {
            doctor: Some("赵六".to_owned()),
            signed_on: "2026-09-20".to_owned(),
            version: 2,
            changes,
            ..sample(8, 3)
        };
        let corrected = pages(&fonts, &signed);
        for page in &corrected {
            assert_eq!(collisions(&fonts, page), Vec::<String>::new());
        }
        let said = words(&corrected);
        for part in
            ["健康体检结果报告（更正版）", "代替以前的版本", &change, "第 2 版", "2026-09-20"]
        {
            assert!(said.contains(part), "{part}");
        }
        // Control: a first version has none of it.
        let first = PersonReport { changes: Vec::new(), version: 1, ..signed };
        let said = words(&pages(&fonts, &first));
        assert!(!said.contains("更正版") && !said.contains("代替"));
        let pending = PersonReport { pending: vec![change.clone()], doctor: None, ..first };
        let said = words(&pages(&fonts, &pending));
        assert!(said.contains("等待总检医生再看") && said.contains(&change));
    }

    #[test]
    fn a_slip_that_is_missing_is_no_change_after_a_signature() {
        let said = |report: &PersonReport| {
            let said = words(&pages(&test_fonts(), report));
            [said.contains("才出正式报告"), said.contains("签发之后有变化")]
        };
        let slip = PersonReport { is_slip_missing: true, ..sample(3, 0) };
        assert_eq!(said(&slip), [true, false]);
        assert_eq!(said(&PersonReport { pending: vec!["身高".to_owned()], ..slip }), [true, true]);
    }

    #[test]
    fn the_first_box_says_what_to_do_where_and_when_what_to_bring_and_names_the_minor_ones() {
        let fonts = test_fonts();
        let minor = |seen: &str| ReportFinding { seen: seen.to_owned(), ..finding("C") };
        let report = PersonReport {
            findings: vec![finding("A"), finding("B"), minor("超重"), minor("血压正常高值")],
            ..sample(3, 0)
        };
        let said = words(&pages(&fonts, &report)).replace('\n', "");
        for part in [
            "两周内请再量血压，请医生看。去哪里：村卫生室或乡镇卫生院。",
            "什么时候：还没有看过的，现在就去。",
            "什么时候：2026-09-28 前。",
            "带上：本报告、身份证、医保凭证和正在吃的药",
            "平时注意的：超重、血压正常高值。",
        ] {
            assert!(said.contains(part), "{part}");
        }
        // Control: with nothing grave nobody is sent anywhere.
        let said = words(&pages(&fonts, &PersonReport { findings: vec![minor("超重")], ..report }));
        assert!(!said.contains("带上") && !said.contains("什么时候"));
    }

    #[test]
    fn a_report_that_goes_out_late_asks_for_no_day_that_is_past_and_an_a_is_at_once() {
        let fonts = test_fonts();
        let both = PersonReport { findings: vec![finding("A"), finding("B")], ..sample(3, 0) };
        let said = |report: &PersonReport| words(&pages(&fonts, report));
        let count = |text: &str, part: &str| text.matches(part).count();
        let check = |signed_on: &str, printed_on: &str, days: usize| {
            let (signed_on, printed_on) = (signed_on.to_owned(), printed_on.to_owned());
            let text = said(&PersonReport { signed_on, printed_on, ..both.clone() });
            let flat = text.replace('\n', "");
            assert_eq!(count(&flat, "2026-09-28"), days, "{text}");
            assert_eq!(text.lines().filter(|line| *line == "现在就去").count(), 1);
            assert_eq!(text.lines().filter(|line| *line == "尽快").count(), usize::from(days == 0));
            assert_eq!(flat.contains("什么时候：尽快。"), days == 0);
        };
        // The controls: on the day itself, and where nobody says what day it is, it is a day.
        check("", "", 2);
        check("2026-09-20", "2026-09-28", 2);
        check("2026-09-28", "2026-09-28", 2);
        check("2026-09-20", "2026-09-29", 0);
        check("2026-10-04", "2026-10-04", 0);
        check("2026-10-04", "", 0);
        check("", "2026-10-04", 0);
    }

    #[test]
    fn the_longest_unit_of_a_value_is_not_broken_in_either_print() {
        let fonts = test_fonts();
        let values = "eGFR 56.11 mL/min/1.73m²".to_owned();
        let findings = vec![ReportFinding { values, ..finding("B") }];
        for is_large_print in [false, true] {
            let findings = findings.clone();
            let report = PersonReport { is_large_print, findings, ..sample(3, 0) };
            let said = words(&pages(&fonts, &report));
            assert!(said.lines().any(|line| line.ends_with("mL/min/1.73m²")), "{said}");
        }
    }

    #[test]
    fn no_report_calls_anything_a_diagnosis() {
        let fonts = test_fonts();
        let said = words(&pages(&fonts, &sample(8, 12)));
        for word in ["确诊", "诊断为", "患有"] {
            assert!(!said.contains(word));
        }
    }
}
