//! How long large files take and how large they are: printed, and held to limits that a busy machine keeps. With the
//! fonts of Debian's fonts-noto-cjk.
#![allow(clippy::unwrap_used)]

use report::paper::{
    FontFile, Fonts, GuidePerson, GuideSheet, GuideStation, LabelPerson, LabelSize, PerPage,
    PersonReport, ReportFinding, ReportRow, ReportSection, guide_sheets, labels, person_reports,
};
use std::sync::Arc;
use std::time::Instant;

fn fonts() -> Fonts {
    let file = |name: &str| {
        let path = format!("/usr/share/fonts/opentype/noto/{name}");
        FontFile { bytes: Arc::new(std::fs::read(path).unwrap()), index: 2 }
    };
    Fonts::new(&[file("NotoSansCJK-Regular.ttc")], &[file("NotoSansCJK-Bold.ttc")]).unwrap()
}

/// A made-up name of its own for each number, from a row of common characters.
fn name(number: u32) -> String {
    let at = |step: u32| char::from_u32(0x4e00 + number.wrapping_mul(step) % 8_000).unwrap();
    [at(37), at(211), at(509)].iter().collect()
}

fn code(number: u32) -> String {
    format!("JK{number:016}")
}

#[test]
fn five_hundred_labels_and_two_hundred_guide_sheets_are_made_in_time_and_twice_alike() {
    let fonts = fonts();
    let label = |number: u32| LabelPerson {
        name: name(number),
        about: "女 68岁".to_owned(),
        id_tail: format!("{:04}", number % 10_000),
        group: "3组".to_owned(),
        code: code(number),
    };
    let people: Vec<LabelPerson> = (0..500).map(label).collect();
    let began = Instant::now();
    let first = labels(&fonts, LabelSize::USUAL, &people).unwrap();
    let took = began.elapsed();
    println!("500 labels: {} ms, {} KB", took.as_millis(), first.len() / 1024);
    assert!(took.as_secs() < 60);
    assert!(first == labels(&fonts, LabelSize::USUAL, &people).unwrap(), "the same bytes");

    let stations: Vec<GuideStation> = (0..11)
        .map(|at| GuideStation {
            name: format!("工位{at}"),
            items: "身高、体重、腰围".to_owned(),
            is_mandatory: true,
        })
        .collect();
    let guide = |number: u32| GuidePerson {
        name: name(number),
        sex: "女".to_owned(),
        age: "68岁".to_owned(),
        id_number: "431399********034X".to_owned(),
        group: "3组".to_owned(),
        code: code(number),
        stations: stations.clone(),
        is_fasting: true,
    };
    let sheet = GuideSheet {
        round: "第四轮".to_owned(),
        unit: "某村".to_owned(),
        day: "2026-09-14".to_owned(),
    };
    let people: Vec<GuidePerson> = (0..200).map(guide).collect();
    let began = Instant::now();
    let first = guide_sheets(&fonts, &sheet, &people, PerPage::Two).unwrap();
    let took = began.elapsed();
    println!("200 guide sheets: {} ms, {} KB", took.as_millis(), first.len() / 1024);
    assert!(took.as_secs() < 60);
}

/// A report as a whole examination gives it: sixty results at six stations, six findings.
fn report_of(number: u32) -> PersonReport {
    let row = |at: u32| ReportRow {
        item: format!("低密度脂蛋白胆固醇{at}"),
        value: format!("{}.{}", number % 9, at % 10),
        unit: "mmol/L".to_owned(),
        arrow: if at.is_multiple_of(9) { "↑".to_owned() } else { String::new() },
        range: "≥3.9 且 <6.1".to_owned(),
        earlier: Vec::new(),
    };
    let section = |at: u32| ReportSection {
        station: format!("工位{at}"),
        examiner: "王五".to_owned(),
        is_dictated: false,
        word: String::new(),
        laboratory: String::new(),
        rows: (at * 10..at * 10 + 10).map(row).collect(),
    };
    let finding = |at: usize| ReportFinding {
        level: ["A", "B", "C"][at % 3],
        seen: "血压升高（160-179/100-109），待复查".to_owned(),
        values: "168/104 mmHg".to_owned(),
        action: "两周内请再量血压，请医生看".to_owned(),
        place: "村卫生室或乡镇卫生院".to_owned(),
        due: "2026-09-28".to_owned(),
    };
    PersonReport {
        number: code(number),
        version: 1,
        round: "第四轮".to_owned(),
        unit: "某镇某村".to_owned(),
        group: format!("{}组", number % 12),
        day: "2026-09-14".to_owned(),
        name: name(number),
        sex: "女".to_owned(),
        age: "68岁".to_owned(),
        id_number: "431399********034X".to_owned(),
        is_pupil: false,
        is_large_print: number.is_multiple_of(3),
        fine: vec!["视力".to_owned(), "口腔".to_owned()],
        ungraded: Vec::new(),
        unjudged: Vec::new(),
        known: Vec::new(),
        open: Vec::new(),
        findings: (0..6).map(finding).collect(),
        sections: (0..6).map(section).collect(),
        earlier: Vec::new(),
        advice: "低盐饮食，适量运动，按时复查。".to_owned(),
        phone: String::new(),
        doctor: Some("赵六".to_owned()),
        signed_on: "2026-09-20".to_owned(),
        printed_on: "2026-09-20".to_owned(),
        changes: Vec::new(),
        pending: Vec::new(),
        is_slip_missing: false,
    }
}

/// A village's 500 in one file are wanted within a minute on two cores. That is measured in a release build with
/// `REPORT_PEOPLE=500`; what runs with every test is smaller, and an unoptimised program.
#[test]
fn a_villages_reports_in_one_file_are_made_in_time_and_twice_alike() {
    let fonts = fonts();
    let people = std::env::var("REPORT_PEOPLE").ok().and_then(|text| text.parse().ok());
    let reports: Vec<PersonReport> = (0..people.unwrap_or(40)).map(report_of).collect();
    let reports: Vec<&PersonReport> = reports.iter().collect();
    let began = Instant::now();
    let first = person_reports(&fonts, &reports).unwrap();
    let took = began.elapsed();
    println!("{} reports: {} ms, {} KB", reports.len(), took.as_millis(), first.len() / 1024);
    assert!(took.as_secs() < 60);
    assert!(first == person_reports(&fonts, &reports).unwrap(), "the same bytes");
}
