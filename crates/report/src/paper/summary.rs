//! A summary on paper, A4: what is said of the whole, then each rate of each group. Nobody's name. The same as a workbook:
//! `summary_sheet`.

use super::face::{Fonts, Weight};
use super::part::Part;
use super::table::{Column, Row, Table, Width};
use super::{PaperError, pdf};
use crate::summary::{PROBLEMS_HEADING, Summary};
use crate::summary_sheet::lines;

const WORDS: f32 = 10.5;
const TABLE: f32 = 9.0;
const HEADING: f32 = 12.5;

/// As many pages as it takes.
pub fn summary_pages(fonts: &Fonts, summary: &Summary) -> Result<Vec<u8>, PaperError> {
    pdf::write(fonts, summary.kind.title(), &pages(fonts, summary))
}

fn pages(fonts: &Fonts, summary: &Summary) -> Vec<super::sheet::Page> {
    let footer = format!("截至 {}", summary.as_of);
    let inside = if summary.hides_small { "" } else { "内部使用，不得外传" };
    let mut part = Part::a4(fonts, (&summary.round, inside), &footer);
    part.title(summary.kind.title(), 17.0);
    let about = format!("{}（{}）", summary.unit, summary.unit_code);
    part.paragraph(&about, 12.0, Weight::Bold);
    let words = summary
        .overview
        .iter()
        .map(|(left, right)| (format!("{left}：{right}"), Weight::Regular))
        .collect::<Vec<_>>();
    part.space(WORDS * 0.4);
    part.framed(&words, WORDS, Some(244));
    part.paragraph(summary.note(), TABLE, Weight::Regular);
    pairs(&mut part, "主要健康问题", ("范围", PROBLEMS_HEADING), &problems(summary));
    if !summary.advice.is_empty() {
        pairs(&mut part, "健康指导", ("看到的", "建议"), &summary.advice);
    }
    let (_, not) = summary.told();
    if !not.is_empty() {
        part.space(WORDS * 0.5);
        let not = format!("没有人检查的：{}。", not.join("、"));
        part.paragraph(&not, WORDS, Weight::Regular);
    }
    for (name, groups) in summary.blocks() {
        rates(&mut part, &name, summary, &groups);
    }
    part.done()
}

fn problems(summary: &Summary) -> Vec<(String, String)> {
    let line = |(name, problems): &(String, Vec<String>)| {
        let problems = if problems.is_empty() { "—".to_owned() } else { problems.join("；") };
        (name.clone(), problems)
    };
    summary.problems.iter().map(line).collect()
}

fn pairs(part: &mut Part, heading: &str, (left, right): (&str, &str), rows: &[(String, String)]) {
    let columns =
        vec![Column::new(left, Width::Points(130.0)), Column::new(right, Width::Share(1.0))];
    let mut table = Table::new(TABLE, columns);
    table.rows = rows.iter().map(|(a, b)| Row::new(vec![a.clone(), b.clone()])).collect();
    part.table_under((heading, HEADING), &table);
}

fn rates(part: &mut Part, name: &str, summary: &Summary, groups: &[usize]) {
    let mut table = Table::new(
        TABLE,
        vec![
            Column::new("分组", Width::Points(104.0)),
            Column::right("分子", Width::Points(48.0)),
            Column::right("分母", Width::Points(48.0)),
            Column::right("率", Width::Points(48.0)),
            Column::new("除外", Width::Share(1.0)),
        ],
    );
    let mut last = String::new();
    for [kind, name, group, found, measured, rate, out] in lines(summary, groups) {
        let heading = format!("{kind}：{name}");
        if heading != last {
            table.rows.push(Row::section(&heading));
            last = heading;
        }
        table.rows.push(Row::new(vec![group, found, measured, rate, out]));
    }
    part.table_under((name, HEADING), &table);
}
