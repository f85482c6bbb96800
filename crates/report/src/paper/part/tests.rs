//! Where a part turns its pages, wherever they end: each claim beside what would be without it.

use super::*;
use crate::paper::sheet::{Mark, collisions};
use crate::paper::table::{Column, Width};
use crate::paper::test_fonts;

const SIZE: f32 = 10.0;
const TAIL: f32 = 40.0;
const SIGNED: &str = "签";

/// The body's lines of a page from the top: each text once that begins a line.
fn body(page: &Page) -> Vec<String> {
    let text = |mark: &Mark| match mark {
        Mark::Text { x, baseline, text, .. } => Some((*baseline, *x, text.clone())),
        Mark::Box { .. } | Mark::Line { .. } | Mark::Modules { .. } => None,
    };
    let mut texts: Vec<_> = page.marks.iter().filter_map(text).collect();
    texts.retain(|(y, ..)| *y > mm(16.0) && *y < page.height - mm(14.0));
    texts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    texts.dedup_by(|a, b| (a.0 - b.0).abs() < 0.01);
    texts.into_iter().map(|(.., text)| text).collect()
}

/// Rows of so many lines each.
fn table(lines: &[usize]) -> Table {
    let columns = vec![Column::new("栏", Width::Points(60.0)), Column::new("", Width::Share(1.0))];
    let row = |lines: &usize| Row::new(vec![vec!["行"; *lines].join("\n"), String::new()]);
    Table { rows: lines.iter().map(row).collect(), ..Table::new(SIZE, columns) }
}

/// Pages laid out at every place where the first may end.
fn everywhere(lay: impl Fn(&mut Part)) -> Vec<Vec<Vec<String>>> {
    let fonts = test_fonts();
    let laid = |step: u16| {
        let mut part = Part::a4(&fonts, ("", ""), "");
        part.paragraph("开头", SIZE, Weight::Regular);
        part.space(f32::from(step) * 4.0);
        lay(&mut part);
        let pages = part.done();
        assert!(pages.iter().all(|page| collisions(&fonts, page).is_empty()));
        pages.iter().map(body).collect()
    };
    (0..175).map(laid).collect()
}

/// How often a page ends with one of these.
fn ends(all: &[Vec<Vec<String>>], words: &[&str]) -> usize {
    let is_end =
        |page: &&Vec<String>| page.last().is_some_and(|last| words.contains(&last.as_str()));
    all.iter().flatten().filter(is_end).count()
}

/// The fewest lines `行` over the signature on its page.
fn fewest_over_the_signature(all: &[Vec<Vec<String>>]) -> usize {
    let over = |pages: &Vec<Vec<String>>| {
        let last = pages.last().unwrap();
        assert_eq!(last.last().unwrap(), SIGNED);
        last.iter().filter(|line| *line == "行").count()
    };
    all.iter().map(over).min().unwrap()
}

fn signed(part: &mut Part) {
    part.space(TAIL / 2.0);
    part.paragraph(SIGNED, SIZE, Weight::Regular);
}

#[test]
fn a_heading_over_a_table_is_never_alone_at_a_pages_foot_nor_are_the_tables_titles() {
    for lines in [1, 6, 20, 80] {
        let table = table(&[lines, 2]);
        let laid = everywhere(|part| part.table_under(("题", 12.5), &table));
        assert_eq!(ends(&laid, &["题", "栏"]), 0, "{lines} lines in the first row");
    }
    // The control: a heading that knows of no table.
    let table = table(&[6, 2]);
    let apart = everywhere(|part| {
        part.heading("题", 12.5);
        part.table(&table);
    });
    assert!(ends(&apart, &["题"]) > 0);
}

#[test]
fn a_sections_name_takes_a_first_row_of_many_lines_along() {
    let mut table = table(&[1, 9, 1]);
    table.rows.insert(1, Row::section("节"));
    table.rows.insert(0, Row::section("节"));
    let laid = everywhere(|part| part.table_under(("题", 12.5), &table));
    assert_eq!(ends(&laid, &["题", "栏", "节"]), 0);
}

#[test]
fn the_last_rows_of_a_table_go_along_with_the_signature_even_where_the_last_is_torn() {
    let check = |lines: &[usize], fewest: usize| {
        let laid = |tail: f32| {
            let table = Table { tail, ..table(lines) };
            fewest_over_the_signature(&everywhere(|part| {
                part.table(&table);
                signed(part);
            }))
        };
        assert!(laid(TAIL) >= fewest, "{lines:?}");
        // The control: a table that keeps no room leaves the signature alone.
        assert_eq!(laid(0.0), 0, "{lines:?}");
    };
    check(&[1; 20], 2);
    check(&[1, 1, 1, 4], 5);
    check(&[1, 1], 2);
    check(&[3], 3);
    check(&[1, 70], 1);
}

#[test]
fn a_table_with_no_row_still_stands_over_the_signature() {
    let table = Table { tail: TAIL, ..table(&[]) };
    let laid = everywhere(|part| {
        part.table_under(("题", 12.5), &table);
        signed(part);
    });
    assert!(
        laid.iter()
            .all(|pages| pages.last().unwrap().ends_with(&["题", "栏", SIGNED].map(str::to_owned)))
    );
}

#[test]
fn the_last_lines_of_a_paragraph_go_along_with_the_signature_and_its_heading_with_its_first() {
    for count in [1, 2, 3, 4, 5, 6, 30] {
        let words = vec!["行"; count].join("\n");
        let laid = everywhere(|part| {
            part.paragraph_under(("题", 12.5), &words, SIZE, TAIL);
            signed(part);
        });
        assert!(fewest_over_the_signature(&laid) >= count.min(LINES_MIN), "{count} lines");
        assert_eq!(ends(&laid, &["题"]), 0, "{count} lines");
    }
    // The control: a paragraph that keeps no room for what follows.
    let apart = everywhere(|part| {
        part.paragraph(&vec!["行"; 30].join("\n"), SIZE, Weight::Regular);
        signed(part);
    });
    assert_eq!(fewest_over_the_signature(&apart), 0);
}

#[test]
fn a_long_name_and_a_long_left_side_are_cut_and_never_run_into_the_number() {
    let fonts = test_fonts();
    let heads = |name: &str, words: &str, number: &str| {
        let mut part = Part::a4(&fonts, (words, number), "");
        part.belongs_to(name);
        part.turn();
        part.running_head(1)
    };
    let said = |name: &str, words: &str, number: &str| {
        let (left, right) = heads(name, words, number);
        let wide = |text: &str| fonts.width(text, SMALL, Weight::Regular);
        assert!(wide(&left) + wide(&right) <= A4.0 - 2.0 * mm(18.0), "{left} {right}");
        (left, right)
    };
    let usual = ("第四轮".to_owned(), "阿依古丽　编号 1".to_owned());
    assert_eq!(said("阿依古丽", "第四轮", "编号 1"), usual);
    let (left, right) = said(&"长".repeat(90), "第四轮", "编号 1");
    assert!(left == "第四轮" && right.starts_with("长长") && right.ends_with("…　编号 1"));
    let (left, right) = said("阿依古丽", &"轮".repeat(90), "编号 1");
    assert!(left.ends_with('…') && right == usual.1);
    // No name where there is no room for one, nor where the pages are nobody's.
    assert_eq!(heads("阿依古丽", "", &"号".repeat(57)).1, "号".repeat(57));
    assert_eq!(heads("", "第四轮", "编号 1"), ("第四轮".to_owned(), "编号 1".to_owned()));
}
