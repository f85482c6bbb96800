//! The catalogue's files: complete, sourced, true to their schemas, and refused when they are not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/schema.rs"]
mod schema;

use common::repository_file;
use domain::catalogue::{Catalogue, Condition, ItemKind, Sources};
use domain::facts::PersonKind;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeSet;

const JSON_FILES: [&str; 4] = ["items", "stations", "packages", "rules"];

fn json(name: &str) -> Json {
    serde_json::from_str(&repository_file(&format!("schema/catalogue/{name}.json"))).unwrap()
}

#[test]
fn each_file_is_true_to_its_json_schema() {
    for name in JSON_FILES {
        let problems = schema::problems(&json(&format!("{name}.schema")), &json(name));
        assert_eq!(problems, Vec::<String>::new(), "{name}");
    }
}

/// The control: the schemas notice a missing source, an unknown word and a number out of range.
#[test]
fn the_json_schemas_notice_mistakes() {
    let rules = |change: &dyn Fn(&mut Json)| {
        let mut file = json("rules");
        change(&mut file);
        schema::problems(&json("rules.schema"), &file).len()
    };
    assert_eq!(rules(&|_| {}), 0);
    assert_ne!(rules(&|file| file["rules"][0]["year"] = 12.into()), 0);
    assert_ne!(rules(&|file| file["rules"][0]["colour"] = "red".into()), 0);
    let strip = |file: &mut Json| {
        file["rules"][0].as_object_mut().unwrap().remove("status");
    };
    assert_ne!(rules(&strip), 0);
    assert_ne!(rules(&|file| file["rules"][0]["classes"][0]["all"][0]["op"] = "gt".into()), 0);
}

#[test]
fn every_item_rule_class_and_table_has_a_source() {
    let cat = Catalogue::builtin();
    assert_eq!(cat.validate(), Ok(()));
    assert!(cat.items.iter().all(|item| item.source.chars().count() > 4));
    for rule in &cat.rules {
        assert!(rule.year >= 2011 && !rule.standard.is_empty(), "{}", rule.key);
        assert!(rule.classes.iter().all(|class| !class.status.is_empty()), "{}", rule.key);
        assert!(rule.tables.iter().all(|name| cat.table(name).is_some()), "{}", rule.key);
        assert!(!rule.rests_on.is_empty(), "{}", rule.key);
    }
    for table in &cat.tables {
        assert!(!table.status.is_empty() && !table.title.is_empty(), "{}", table.name);
    }
    assert_eq!(cat.tables.len(), std::fs::read_dir(tables_folder()).unwrap().count());
}

fn tables_folder() -> String {
    format!("{}/../../schema/catalogue/tables", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_class_of_the_levels_belongs_to_a_rule_and_only_one_is_off() {
    let cat = Catalogue::builtin();
    assert_eq!(cat.levels.len(), 44);
    let mut off = Vec::new();
    for row in &cat.levels {
        let rule = cat.rule(&row.rule).unwrap();
        let mut classes = rule.classes.iter().filter(|class| class.code == row.code);
        if !classes.any(|class| class.on && rule.on) {
            off.push(row.code.as_str());
        }
        assert!(cat.level(&row.rule, &row.code).is_some());
    }
    assert_eq!(off, ["blood_marked"], "there is no item for it yet");
}

#[test]
fn what_was_only_recalled_is_off() {
    let cat = Catalogue::builtin();
    let waist = cat.rule("adult_waist").unwrap();
    let recalled = waist.classes.iter().find(|class| class.code == "pre_central_obesity").unwrap();
    assert!(!recalled.on);
    let marked = recalled.all.iter().any(|condition| match condition {
        Condition::Number { limit, .. } => limit.unverified,
        Condition::Choice { .. } => false,
    });
    assert!(marked, "its rows say memory");
    assert!(cat.table("wst611_2018_waist_p75_p90.csv").is_none());
}

/// The contract with everyone who packs results: codes never change their meaning.
#[test]
fn item_and_station_codes_are_for_ever() {
    let items = "1 height_cm, 2 weight_kg, 3 bmi_kg_m2, 4 waist_cm, 5 temperature_cel, \
        6 pulse_per_min, 7 bp_side, 8 sbp1_mmhg, 9 dbp1_mmhg, 10 sbp2_mmhg, 11 dbp2_mmhg, \
        12 vision_right, 13 vision_left, 14 fasting, 15 glucose_mmol_l, 16 tc_mmol_l, 17 tg_mmol_l, \
        18 hdl_mmol_l, 19 ldl_mmol_l, 20 hb_g_l, 21 urine_protein, 22 urine_glucose, 23 ecg, \
        24 ultrasound, 25 internal, 26 surgery, 27 dental, 28 known_hypertension, \
        29 known_diabetes, 30 on_medication, 31 pregnant";
    let cat = Catalogue::builtin();
    let seen: Vec<String> =
        cat.items.iter().map(|item| format!("{} {}", item.code.0, item.key)).collect();
    assert_eq!(seen.join(", "), items);
    let stations = "1 register, 2 general, 3 bp, 4 vision, 5 blood, 6 urine, 7 ecg, 8 ultrasound, \
        9 internal, 10 surgery, 11 dental";
    let seen: Vec<String> =
        cat.stations.iter().map(|one| format!("{} {}", one.code.0, one.key)).collect();
    assert_eq!(seen.join(", "), stations);
    for item in &cat.items {
        assert_eq!(cat.item(item.code), Some(item));
        assert_eq!(cat.item_by_key(&item.key), Some(item));
        assert_eq!(cat.station_of(item.code).is_none(), item.derived);
    }
    for choice in [("fasting", "yes", 1), ("urine_protein", "4+", 6), ("ecg", "abnormal", 2)] {
        let item = cat.item_by_key(choice.0).unwrap();
        assert_eq!(item.choice(choice.1).unwrap().code, choice.2);
    }
}

#[test]
fn a_package_for_each_kind_of_person() {
    let cat = Catalogue::builtin();
    for kind in [PersonKind::Resident, PersonKind::Pupil] {
        let package = cat.package(kind);
        assert_eq!(package.kind, kind);
        assert_eq!(package.stations.len(), cat.stations.len());
        let all: BTreeSet<_> = package.items.iter().chain(&package.optional).collect();
        assert_eq!(all.len(), cat.items.iter().filter(|item| !item.derived).count());
        assert_eq!(package.registration.len(), 4);
    }
}

#[test]
fn the_sample_measurements_name_items_of_the_catalogue() {
    let text = repository_file("tests/samples/measurements.csv");
    let known = ["kind", "unit", "id_number", "name", "sex", "birth", "exam_date"];
    for column in text.lines().next().unwrap().split(',').filter(|one| !known.contains(one)) {
        assert!(Catalogue::builtin().item_by_key(column).is_some(), "{column}");
    }
}

/// What a catalogue may not be: each of these is refused when it is loaded.
#[test]
fn a_catalogue_that_contradicts_itself_is_refused() {
    type Change = fn(&mut Sources) -> (&mut Cow<'static, str>, &'static str, &'static str);
    fn table<'a>(sources: &'a mut Sources, name: &str) -> &'a mut Cow<'static, str> {
        &mut sources.tables.iter_mut().find(|(table, _)| *table == name).unwrap().1
    }
    let changes: [(&str, Change); 15] = [
        ("an item without source", |s| {
            (&mut s.items, "\"source\": \"登记时询问，本项目约定\"", "\"source\": \"\"")
        }),
        ("an unknown field", |s| {
            (&mut s.items, "\"short_zh\": \"BMI\"", "\"short_zh\": \"BMI\", \"colour\": 1")
        }),
        ("a code twice", |s| (&mut s.items, "\"code\": 31,", "\"code\": 30,")),
        ("a code beyond the masks", |s| (&mut s.items, "\"code\": 31,", "\"code\": 64,")),
        ("no hard limits", |s| {
            (&mut s.items, "\"hard_limits\": { \"min\": \"20\", \"max\": \"300\" },", "")
        }),
        ("limits upside down", |s| {
            (
                &mut s.items,
                "{ \"min\": \"20\", \"max\": \"300\" }",
                "{ \"min\": \"300\", \"max\": \"20\" }",
            )
        }),
        ("one word for two choices", |s| {
            (&mut s.items, "[\"左\", \"左臂\", \"l\"]", "[\"左\", \"左臂\", \"右\"]")
        }),
        ("an item without station", |s| (&mut s.stations, "[\"ecg\"]", "[\"dental\"]")),
        ("another version", |s| (&mut s.packages, "\"version\": 1", "\"version\": 2")),
        ("what was recalled switched on", |s| {
            (
                &mut s.rules,
                "\"pre_central_obesity\", \"on\": false, \"status\": \"memory\"",
                "\"pre_central_obesity\", \"on\": true, \"status\": \"VERIFIED\"",
            )
        }),
        ("a class without level", |s| (&mut s.rules, "\"code\": \"ifg\"", "\"code\": \"ifgg\"")),
        ("a column that is not there", |s| {
            (&mut s.rules, "\"column\": \"severe_lt\"", "\"column\": \"severe\"")
        }),
        ("a rule without year", |s| (&mut s.rules, "\"year\": 2023", "\"year\": 0")),
        ("a cell that is no number", |s| {
            (table(s, "lipids_2023.csv"), "TC,升高,6.2,", "TC,升高,6。2,")
        }),
        ("a level that is none", |s| {
            (table(s, "finding_levels.csv"), "超重,C,no,,", "超重,D,no,,")
        }),
    ];
    assert!(Catalogue::load(&Sources::builtin()).is_ok());
    for (what, change) in changes {
        let mut sources = Sources::builtin();
        let (text, from, to) = change(&mut sources);
        assert_eq!(text.matches(from).count(), 1, "{what}: names one place");
        *text = Cow::Owned(text.replace(from, to));
        assert!(Catalogue::load(&sources).is_err(), "{what}");
    }
}

/// Thresholds are data: the code that judges holds no medical number to drift from the tables.
#[test]
fn hard_limits_are_marked_as_what_they_are() {
    let file = json("items");
    assert_eq!(file["hard_limits_status"], "DESIGN: physical limit, not a medical threshold");
    for item in &Catalogue::builtin().items {
        if let ItemKind::Number { hard_min, hard_max, .. } = &item.kind {
            assert_eq!(hard_min.is_some() && hard_max.is_some(), !item.derived, "{}", item.key);
        }
    }
}
