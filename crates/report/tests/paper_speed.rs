//! How long large files take and how large they are: printed, and held to limits that a busy machine keeps. With the
//! fonts of Debian's fonts-noto-cjk.
#![allow(clippy::unwrap_used)]

use report::paper::{
    FontFile, Fonts, GuidePerson, GuideSheet, GuideStation, LabelPerson, LabelSize, PerPage,
    guide_sheets, labels,
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
