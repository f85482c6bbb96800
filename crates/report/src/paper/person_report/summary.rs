//! The first box of an individual report: in plain words what is fine, what needs attention, where to go and by when. Not the tables
//! below it.

use super::super::by_when::by_when;
use super::super::face::Weight;
use super::super::part::Part;
use super::{PersonReport, Print, ReportFinding};

/// What to take along, for whoever is sent somewhere.
const BRINGS: &str = "去的时候带上：本报告、身份证、医保凭证和正在吃的药。";
const PUPIL_BRINGS: &str = "去的时候带上：本报告、孩子的身份证或户口簿和医保凭证。";
/// What a person reads who reads nothing else.
pub(super) fn box_of(part: &mut Part, report: &PersonReport, print: &Print) {
    let mut lines = Vec::new();
    let (you, whose) =
        if report.is_pupil { ("家长您好：", "孩子") } else { ("您好：", "您") };
    lines.push((you.to_owned(), Weight::Bold));
    let graves = |level: &str| report.findings.iter().filter(|f| f.level == level).count();
    let (now, refer, advise) = (graves("A"), graves("B"), graves("C"));
    let mut said = Vec::new();
    if now > 0 {
        said.push(format!("{now} 项需要立即就医"));
    }
    if refer > 0 {
        said.push(format!("{refer} 项需要到医院复查"));
    }
    if advise > 0 {
        said.push(format!("{advise} 项需要平时注意"));
    }
    let what = match (said.is_empty(), report.open.is_empty()) {
        // Nobody is told that nothing was found where something was.
        (true, _) if !report.ungraded.is_empty() => {
            format!("{whose}这次检查中，{} 项结果不正常，请听医生的意见。", report.ungraded.len())
        }
        // Nor where nobody can say it.
        (true, _) if !report.unjudged.is_empty() => format!(
            "{whose}这次检查中，{} 项结果没有本人适用的标准，请听医生的意见。",
            report.unjudged.len()
        ),
        (true, true) => format!("{whose}这次检查的项目没有发现异常。"),
        (true, false) => format!("{whose}这次已有结果的项目没有发现异常，还有项目没有结果。"),
        (false, _) => format!("{whose}这次检查中，{}。", said.join("，")),
    };
    lines.push((what, Weight::Bold));
    let grave = report.findings.iter().filter(|f| f.level != "C");
    lines.extend(grave.map(|f| (format!("● {}", told(report, f)), Weight::Regular)));
    if now + refer > 0 {
        let bring = if report.is_pupil { PUPIL_BRINGS } else { BRINGS };
        lines.push((bring.to_owned(), Weight::Regular));
    }
    if !report.phone.is_empty() {
        lines.push((format!("要问的，打电话：{}", report.phone), Weight::Bold));
    }
    lines.extend(minor(report).map(|line| (line, Weight::Regular)));
    if !report.ungraded.is_empty() {
        let ungraded = report.ungraded.join("；");
        lines.push((format!("不正常、还没有分级的：{ungraded}。"), Weight::Regular));
    }
    if !report.unjudged.is_empty() {
        let unjudged = report.unjudged.join("；");
        lines.push((
            format!("没有本人适用的标准、没有判断的，请医生看：{unjudged}。"),
            Weight::Regular,
        ));
    }
    if !report.known.is_empty() {
        let known = report.known.join("、");
        lines.push((format!("以前已知的：{known}。看病时请告诉医生。"), Weight::Regular));
        lines.extend(in_care(report).map(|line| (line.to_owned(), Weight::Regular)));
    }
    if !report.fine.is_empty() {
        lines.push((format!("没有发现异常的：{}。", report.fine.join("、")), Weight::Regular));
    }
    if !report.open.is_empty() {
        lines.push((format!("没有结果的：{}。", report.open.join("、")), Weight::Regular));
    }
    part.framed(&lines, print.words, Some(244));
}

/// What is to be minded from day to day.
fn minor(report: &PersonReport) -> Option<String> {
    let minor = || report.findings.iter().filter(|f| f.level == "C");
    minor().next()?;
    // Nobody is sent to a table that says nothing.
    let how = if minor().any(|f| !f.action.is_empty()) { "怎么做见下表。" } else { "" };
    let seen = minor().map(|f| f.seen.as_str()).collect::<Vec<_>>().join("、");
    Some(format!("平时注意的：{seen}。{how}"))
}

/// Illnesses that are looked at four times a year whatever was found today (followup.md section 1, managed), with what is measured, and what
/// a finding of it names.
const IN_CARE: [(&str, &str, &str); 2] = [
    ("高血压", "血压", "血压已知高的：接着按医生说的用药，三个月内再量一次血压。"),
    ("糖尿病", "血糖", "血糖已知高的：接着按医生说的用药，三个月内再查一次空腹血糖。"),
];

/// What is said to whoever is in care and of whom no finding says it.
fn in_care(report: &PersonReport) -> impl Iterator<Item = &'static str> + '_ {
    let is_known = |illness: &str| report.known.iter().any(|known| known == illness);
    let is_said = |measured: &str| report.findings.iter().any(|one| one.seen.contains(measured));
    // The limits are adults'.
    let is_due = move |illness: &str, measured: &str| {
        !report.is_pupil && is_known(illness) && !is_said(measured)
    };
    let due = IN_CARE.iter().filter(move |(illness, measured, _)| is_due(illness, measured));
    due.map(|(_, _, line)| *line)
}

/// What was seen, what to do, where, by when.
fn told(report: &PersonReport, finding: &ReportFinding) -> String {
    let mut said = vec![finding.seen.clone()];
    // A finding of the doctor's own may name nothing to do: then the advice does.
    if !finding.action.is_empty() {
        said.push(finding.action.clone());
    }
    if !finding.place.is_empty() {
        said.push(format!("去哪里：{}", finding.place));
    }
    said.extend(by_when(finding.level, &finding.due, report.goes_out()).words());
    format!("{}。", said.join("。"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, sample};
    use super::*;

    #[test]
    fn who_is_in_care_is_told_of_the_next_measurement_where_no_finding_says_it() {
        let check = |known: &[&str], seen: &[&str], is_pupil: bool, wanted: &[&str]| {
            let mut report = sample(0, 0);
            report.is_pupil = is_pupil;
            report.known = known.iter().map(|one| (*one).to_owned()).collect();
            let of = |seen: &&str| ReportFinding { seen: (*seen).to_owned(), ..finding("C") };
            report.findings = seen.iter().map(of).collect();
            let said: Vec<&str> = in_care(&report).collect();
            assert_eq!(said.len(), wanted.len(), "{known:?} {seen:?}");
            assert!(said.iter().zip(wanted).all(|(line, part)| line.contains(part)), "{said:?}");
        };
        check(&["高血压", "糖尿病"], &[], false, &["再量一次血压", "空腹血糖"]);
        check(&["高血压", "糖尿病"], &["超重"], false, &["再量一次血压", "空腹血糖"]);
        check(&["高血压"], &["以前已知血压高，这次仍升高，待复查"], false, &[]);
        // The controls: who is not known to be ill, and a pupil.
        check(&["心脏疾病（心绞痛）"], &[], false, &[]);
        check(&["糖尿病"], &[], true, &[]);
    }
}
