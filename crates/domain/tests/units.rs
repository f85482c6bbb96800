//! The tree of units and how names lead into it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::ids::UnitCode;
use domain::unit::{Unit, UnitKind, UnitTree};

fn code(text: &str) -> UnitCode {
    UnitCode(text.to_owned())
}

fn labels(tree: &UnitTree, units: &[&Unit]) -> Vec<String> {
    units.iter().map(|unit| tree.label(&unit.code)).collect()
}

fn school(serial: &str, town: &str, name: &str) -> Unit {
    Unit {
        code: code(&format!("{town}S{serial}")),
        kind: UnitKind::School,
        name: name.to_owned(),
        parent: Some(code(town)),
        health_record_code: None,
    }
}

#[test]
fn the_district_has_thirteen_townships_and_233_villages() {
    let tree = UnitTree::builtin();
    let count = |kind| tree.iter().filter(|unit| unit.kind == kind).count();
    assert_eq!(count(UnitKind::District), 1);
    assert_eq!(count(UnitKind::Township), 13);
    assert_eq!(count(UnitKind::Village), 233);
    assert_eq!(count(UnitKind::School), 0);
    assert_eq!(tree.children(&code("431302")).len(), 13);
    // The hospital's page on the round of 2022 counts ten communities there.
    assert_eq!(tree.children(&code("431302004")).len(), 10);
    for unit in tree.iter().filter(|unit| unit.kind != UnitKind::District) {
        let parent = unit.parent.as_ref().unwrap();
        assert!(tree.get(parent).is_some() && parent.covers(&unit.code), "{}", unit.code);
    }
}

#[test]
fn scope_goes_by_ancestor() {
    let tree = UnitTree::builtin();
    let (village, town, district) = (code("431302105205"), code("431302105"), code("431302"));
    assert!(tree.is_under(&village, &village));
    assert!(tree.is_under(&village, &town));
    assert!(tree.is_under(&village, &district));
    assert!(tree.is_under(&code("431302105S01"), &town));
    assert!(!tree.is_under(&town, &village));
    assert!(!tree.is_under(&village, &code("431302106")));
}

#[test]
fn labels_tell_units_of_one_name_apart() {
    let tree = UnitTree::builtin();
    let rows = [
        ("431302105205", "水洞底镇 慕隆村"),
        ("431302105", "水洞底镇"),
        ("431302", "娄星区"),
        ("999999999999", "999999999999"),
    ];
    for (unit, label) in rows {
        assert_eq!(tree.label(&code(unit)), label);
    }
    let mut all: Vec<String> = tree.iter().map(|unit| tree.label(&unit.code)).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn a_name_gives_every_candidate() {
    let tree = UnitTree::builtin();
    let rows: [(Option<&str>, &str, &[&str]); 17] = [
        (None, "慕隆村", &["水洞底镇 慕隆村"]),
        (None, " 慕 隆 村 ", &["水洞底镇 慕隆村"]),
        (None, "慕隆", &["水洞底镇 慕隆村"]),
        (Some("水洞底镇"), "慕隆村委会", &["水洞底镇 慕隆村"]),
        (Some("水洞底"), "慕隆村村民委员会", &[]),
        (Some("水洞底"), "慕隆村民委员会", &["水洞底镇 慕隆村"]),
        (Some("双江乡"), "慕隆村", &[]),
        (Some("无此镇"), "慕隆村", &[]),
        (Some(""), "慕隆村", &["水洞底镇 慕隆村"]),
        (None, "湖南省娄底市娄星区双江乡新庄村", &["双江乡 新庄村"]),
        (None, "南阳村", &["黄泥塘街道 南阳村", "大埠桥街道 南阳村"]),
        (Some("黄泥塘街道办事处"), "南阳村", &["黄泥塘街道 南阳村"]),
        (None, "方石", &["大科街道 方石社区", "双江乡 方石村"]),
        (None, "方石村", &["双江乡 方石村"]),
        (None, "方石社区居委会", &["大科街道 方石社区"]),
        (None, "双江村", &["双江乡 双江村"]),
        (None, "无此村", &[]),
    ];
    for (town, name, expected) in rows {
        assert_eq!(labels(tree, &tree.find_by_names(town, name)), expected, "{town:?} {name}");
    }
}

#[test]
fn a_title_names_its_unit_or_stays_ambiguous() {
    let tree = UnitTree::with(vec![
        school("01", "431302204", "示例乡中心学校"),
        school("02", "431302204", "双江乡中学"),
    ]);
    let rows: [(&str, &[&str]); 15] = [
        ("水洞底镇慕隆村“健康快车”免费健康体检人员花名册", &["水洞底镇 慕隆村"]),
        ("双江乡新庄村“健康快车”免费健康体检人员花名册", &["双江乡 新庄村"]),
        ("水洞底镇 慕隆 花名册", &["水洞底镇 慕隆村"]),
        ("慕隆村", &["水洞底镇 慕隆村"]),
        ("慕隆", &["水洞底镇 慕隆村"]),
        ("街心居委会花名册", &["乐坪街道 街心社区"]),
        ("南阳村花名册", &["黄泥塘街道 南阳村", "大埠桥街道 南阳村"]),
        ("大埠桥街道南阳村花名册", &["大埠桥街道 南阳村"]),
        ("双江村", &["双江乡 双江村"]),
        ("双江乡花名册", &["双江乡"]),
        ("慕隆村、新庄村花名册", &["水洞底镇 慕隆村", "双江乡 新庄村"]),
        ("水洞底镇新庄村花名册", &["水洞底镇", "双江乡 新庄村"]),
        ("示例乡中心学校一年级（1）班学生花名册", &["双江乡 示例乡中心学校"]),
        ("双江乡中学初一（2）班", &["双江乡 双江乡中学"]),
        ("填报单位（盖章）：", &[]),
    ];
    for (text, expected) in rows {
        assert_eq!(labels(&tree, &tree.find_in_text(text)), expected, "{text}");
    }
    assert_eq!(labels(&tree, &tree.find_by_names(None, "双江乡中学")), ["双江乡 双江乡中学"]);
}

/// However a village is written, with its township it is found, and never another one.
#[test]
fn every_village_is_found_by_its_township_and_name() {
    let tree = UnitTree::builtin();
    for unit in tree.iter().filter(|unit| unit.kind == UnitKind::Village) {
        let town = tree.township_name(&unit.code).unwrap();
        let only: Vec<&UnitCode> = vec![&unit.code];
        let codes =
            |units: Vec<&Unit>| units.into_iter().map(|one| one.code.clone()).collect::<Vec<_>>();
        let full = format!("{town}{}", unit.name);
        let title = format!("娄星区{full}健康体检花名册");
        let found = [
            codes(tree.find_by_names(Some(town), &unit.name)),
            codes(tree.find_by_names(None, &full)),
            codes(tree.find_in_text(&title)),
        ];
        for found in found {
            assert_eq!(found.iter().collect::<Vec<_>>(), only, "{full}");
        }
    }
}

#[test]
fn schools_get_the_next_code_of_their_township() {
    let town = code("431302204");
    let tree = UnitTree::builtin();
    assert_eq!(tree.next_school_code(&town), Some(code("431302204S01")));
    assert_eq!(tree.next_school_code(&code("431302204207")), None);
    assert_eq!(tree.next_school_code(&code("431302")), None);
    let tree = UnitTree::with(vec![school("09", "431302204", "一校")]);
    assert_eq!(tree.next_school_code(&town), Some(code("431302204S10")));
    assert_eq!(tree.get(&code("431302204S09")).unwrap().name, "一校");
    assert!(tree.children(&town).iter().any(|unit| unit.kind == UnitKind::School));
    let full = UnitTree::with(vec![school("99", "431302204", "末校")]);
    assert_eq!(full.next_school_code(&town), None);
}
