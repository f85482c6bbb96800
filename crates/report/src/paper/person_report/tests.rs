//! What a report says, and that nothing of it runs into anything. Where its pages end: `tests_pages`.

use super::*;
use crate::paper::sheet::{Mark, collisions};
use crate::paper::{mm, test_fonts};

pub fn finding(level: &'static str) -> ReportFinding {
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

pub fn words(pages: &[Page]) -> String {
    let text = |mark: &Mark| match mark {
        Mark::Text { text, .. } => Some(text.clone()),
        Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
    };
    pages.iter().flat_map(|page| page.marks.iter().filter_map(text)).collect::<Vec<_>>().join("\n")
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
    // The control: with what is below the name taken away it is found.
    let report = PersonReport { sections: vec![section(3)], ..sample(1, 0) };
    let mut pages = pages(&fonts, &report);
    let name = pages[0].marks.iter().find_map(|mark| match mark {
        Mark::Text { text, baseline, .. } if text.starts_with("检验") => Some(*baseline),
        Mark::Text { .. } | Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
    });
    let name = name.unwrap();
    pages[0].marks.retain(|mark| match mark {
        Mark::Text { baseline, .. } => *baseline <= name,
        Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => true,
    });
    assert_eq!(names_at_a_foot(&pages[..1]), 1);
}

#[test]
fn an_old_persons_report_is_in_large_print_and_a_pupils_speaks_to_the_guardian() {
    let fonts = test_fonts();
    let largest_table = |report: &PersonReport| {
        let pages = pages(&fonts, report);
        let size = |mark: &Mark| match mark {
            Mark::Text { size, text, .. } if text.starts_with("4.31") => Some(*size),
            Mark::Text { .. } | Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
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
    for part in ["健康体检结果报告（更正版）", "代替以前的版本", &change, "第 2 版", "2026-09-20"]
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
