//! Where the pages of a report end, and whose name is on each.

use super::tests::{finding, sample, words};
use super::*;
use crate::paper::sheet::{Mark, collisions};
use crate::paper::{mm, test_fonts};

const SIGNATURE: &str = "总检医生：";

/// The body's lines of a page from the top, each with all its texts.
fn body(page: &Page) -> Vec<String> {
    let text = |mark: &Mark| match mark {
        Mark::Text { baseline, text, .. } => Some((*baseline, text.clone())),
        Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
    };
    let mut texts: Vec<_> = page.marks.iter().filter_map(text).collect();
    texts.retain(|(y, _)| *y > mm(16.0) && *y < page.height - mm(14.0));
    texts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut lines: Vec<(f32, String)> = Vec::new();
    for (y, text) in texts {
        match lines.last_mut().filter(|(last, _)| (y - last).abs() < 0.01) {
            Some((_, line)) => *line += &format!(" {text}"),
            None => lines.push((y, text)),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn is_heading(line: &str) -> bool {
    ["需要关注的结果", "全部结果", "健康指导"].contains(&line)
        || line.starts_with("级别 ")
        || line.starts_with("项目 ")
}

fn signed(report: PersonReport, is_large_print: bool) -> PersonReport {
    let (doctor, signed_on) = (Some("赵六".to_owned()), "2026-09-20".to_owned());
    PersonReport { doctor, signed_on, is_large_print, ..report }
}

#[test]
fn a_heading_is_never_alone_at_a_pages_foot() {
    let fonts = test_fonts();
    // Wherever the page ends: so many lines stand before the headings.
    for (before, is_large_print) in (0..50).flat_map(|at| [(at, false), (at, true)]) {
        let changes = vec!["空腹血糖：5.2 → 7.2".to_owned(); before];
        let minor = (0..13).map(|_| finding("C")).collect();
        let advice = "低盐饮食。\n".repeat(before % 7);
        let report = PersonReport { changes, findings: minor, advice, ..sample(9, 0) };
        let pages = pages(&fonts, &signed(report, is_large_print));
        let all: Vec<_> = pages.iter().map(body).collect();
        assert!(all.iter().flatten().any(|line| line == "需要关注的结果"));
        for page in &all {
            let last = page.last().unwrap();
            assert!(!is_heading(last), "{last} ends a page with {before} lines before");
        }
        assert!(pages.iter().all(|page| collisions(&fonts, page).is_empty()));
    }
}

/// How many lines of results or of advice stand over the signature on the last page.
fn over_the_signature(fonts: &Fonts, report: &PersonReport) -> usize {
    let pages = pages(fonts, report);
    let last = body(pages.last().unwrap());
    assert!(last.last().unwrap().starts_with(SIGNATURE));
    last.iter().filter(|line| line.starts_with("低") || line.contains(" 4.31")).count()
}

#[test]
fn the_signature_is_never_alone_on_the_last_page() {
    let fonts = test_fonts();
    for (rows, is_large_print) in (2..60).flat_map(|at| [(at, false), (at, true)]) {
        let report = signed(sample(rows, 0), is_large_print);
        assert!(over_the_signature(&fonts, &report) >= 2, "{rows} rows");
        // Blank lines at the end of the advice are no company.
        let lines = rows / 2;
        let advice = "低盐饮食，适量运动。\n".repeat(lines) + "\n\n　\n";
        let report = PersonReport { advice, ..signed(sample(20, 0), is_large_print) };
        assert!(over_the_signature(&fonts, &report) >= lines.min(3), "{lines} lines of advice");
    }
}

#[test]
fn every_page_from_the_second_on_says_whose_it_is() {
    let fonts = test_fonts();
    let head = |page: &Page| {
        let text = |mark: &Mark| match mark {
            Mark::Text { baseline, text, .. } if *baseline < mm(15.0) => Some(text.clone()),
            Mark::Text { .. } | Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
        };
        page.marks.iter().filter_map(text).collect::<Vec<_>>().join(" | ")
    };
    let check = |report: &PersonReport, said: &str| {
        let pages = pages(&fonts, report);
        assert!(pages.len() > 2);
        assert!(!head(&pages[0]).contains(said) && words(&pages[..1]).contains(&report.name[..6]));
        for page in &pages[1..] {
            assert!(head(page).contains(said), "{}", head(page));
            assert!(head(page).contains(&report.number));
            assert_eq!(collisions(&fonts, page), Vec::<String>::new());
        }
    };
    let named = |name: &str| PersonReport { name: name.to_owned(), ..sample(140, 3) };
    for report in [named("欧阳建国"), named("阿依古丽·买买提")] {
        check(&report, &format!("{}　编号 ", report.name));
        check(&signed(report.clone(), true), &format!("{}　编号 ", report.name));
    }
    let long = "阿依古丽·买买提".repeat(9);
    check(&signed(named(&long), false), "…　编号 ");
    check(
        &PersonReport { round: "第四轮".repeat(40), ..signed(named("欧阳建国"), false) },
        "欧阳建国　编号 ",
    );
}
