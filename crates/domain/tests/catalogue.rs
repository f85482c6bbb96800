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

const JSON_FILES: [&str; 5] = ["items", "stations", "packages", "rules", "phrases"];

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
    assert_ne!(rules(&|file| file["rules"][0]["classes"][0]["all"][0]["op"] = "eq".into()), 0);
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
        assert!(!rule.on || !rule.rests_on.is_empty(), "{}", rule.key);
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
fn every_class_of_the_levels_belongs_to_a_rule_and_few_are_off() {
    let cat = Catalogue::builtin();
    assert_eq!(cat.levels.len(), 162);
    let mut off = Vec::new();
    for row in &cat.levels {
        let rule = cat.rule(&row.rule).unwrap();
        let mut classes = rule.classes.iter().filter(|class| class.code == row.code);
        if !classes.any(|class| class.on && rule.on) {
            off.push(row.code.as_str());
        }
        assert!(cat.level(&row.rule, &row.code).is_some());
    }
    assert_eq!(off, ["alt_marked", "ast_marked"], "three times the limit is from memory");
}

#[test]
fn what_was_only_recalled_is_off() {
    let cat = Catalogue::builtin();
    let waist = cat.rule("adult_waist").unwrap();
    let recalled = waist.classes.iter().find(|class| class.code == "pre_central_obesity").unwrap();
    assert!(!recalled.on);
    let marked = recalled.all.iter().any(|condition| match condition {
        Condition::Number { limit, .. } => limit.unverified,
        Condition::Choice { .. } | Condition::Phrase { .. } | Condition::Ungraded { .. } => false,
    });
    assert!(marked, "its rows say memory");
    // Every class that is on has limits of verified rows alone, and every class on has a level.
    for rule in cat.rules.iter().filter(|rule| rule.on) {
        for class in rule.classes.iter().filter(|class| class.on) {
            let recalled = class.all.iter().chain(&class.any).any(|condition| match condition {
                Condition::Number { limit, .. } => limit.unverified,
                Condition::Choice { .. }
                | Condition::Phrase { .. }
                | Condition::Ungraded { .. } => false,
            });
            assert!(!recalled && !class.status.contains("memory"), "{} {}", rule.key, class.code);
            assert!(cat.level(&rule.key, &class.code).is_some(), "{} {}", rule.key, class.code);
        }
    }
    // Nobody is referred, and nothing is advised, by what is off.
    for key in ["pupil_waist", "child_bp_simplified", "hba1c"] {
        assert!(!cat.rule(key).unwrap().on, "{key}");
    }
}

/// The contract with everyone who packs results: codes never change their meaning.
#[test]
fn item_and_station_codes_are_for_ever() {
    let cat = Catalogue::builtin();
    let items = cat.items.iter().map(|item| format!("item {} {}", item.code.0, item.key));
    let stations = cat.stations.iter().map(|one| format!("station {} {}", one.code.0, one.key));
    let seen: BTreeSet<String> = items.chain(stations).collect();
    let given = include_str!("codes.txt").lines().filter(|line| !line.starts_with('#'));
    for line in given.clone() {
        assert!(seen.contains(line), "{line}");
    }
    assert_eq!(seen.len(), given.count(), "a new code is written into codes.txt, too");
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
        assert!(package.adds.is_none());
        assert_eq!(package.registration.len(), 4);
    }
    // What decides that a checkup is done on site is small and stays so.
    assert_eq!(cat.package(PersonKind::Resident).items.len(), 16);
    assert_eq!(cat.package(PersonKind::Pupil).items.len(), 6);
    let named = cat.packages.iter().flat_map(|one| one.items.iter().chain(&one.optional));
    let named: BTreeSet<_> = named.collect();
    assert_eq!(named.len(), cat.items.iter().filter(|item| !item.derived).count());
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
    fn book(sources: &mut Sources) -> &mut Cow<'static, str> {
        sources.phrases.as_mut().unwrap()
    }
    let changes: [(&str, Change); 23] = [
        ("an item without source", |s| {
            (&mut s.items, "\"source\": \"登记时询问，本项目约定\"", "\"source\": \"\"")
        }),
        ("an unknown field", |s| {
            (&mut s.items, "\"short_zh\": \"BMI\"", "\"short_zh\": \"BMI\", \"colour\": 1")
        }),
        ("a code twice", |s| (&mut s.items, "\"code\": 31,", "\"code\": 30,")),
        ("a code beyond the masks", |s| (&mut s.items, "\"code\": 31,", "\"code\": 512,")),
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
        ("an item without station", |s| (&mut s.stations, "[\"ecg\", ", "[")),
        ("an item before the one that opens it", |s| {
            (
                &mut s.stations,
                "\"smoking\", \"cigarettes_per_day\"",
                "\"cigarettes_per_day\", \"smoking\"",
            )
        }),
        ("opened by a choice that is none", |s| {
            (&mut s.items, "\"is\": [\"quit\"] }", "\"is\": [\"stopped\"] }")
        }),
        ("added by an answer that is none", |s| {
            (
                &mut s.packages,
                "\"known_diabetes\", \"is\": [\"yes\"]",
                "\"known_diabetes\", \"is\": [\"ja\"]",
            )
        }),
        ("another version", |s| (&mut s.packages, "\"version\": 3", "\"version\": 4")),
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
        ("a phrase with another level than its class", |s| {
            (
                table(s, "finding_levels.csv"),
                "department,ecg_lbbb,心电图提示完全性左束支传导阻滞，待复查,B",
                "department,ecg_lbbb,心电图提示完全性左束支传导阻滞，待复查,C",
            )
        }),
        ("a phrase whose level was recalled", |s| {
            (
                book(s),
                "\"VERIFIED(2): critical_values_screening.csv abdomen 急腹症体征\"",
                "\"memory\"",
            )
        }),
        ("a phrase with a class and no level", |s| {
            (
                book(s),
                "\"initials\": \"wqxzszcdzz\", \"level\": \"B\"",
                "\"initials\": \"wqxzszcdzz\", \"level\": \"none\"",
            )
        }),
        ("a phrase in an item of choices", |s| {
            (
                book(s),
                "\"items\": [\"ecg_note\"], \"text\": \"心房颤动\"",
                "\"items\": [\"ecg\"], \"text\": \"心房颤动\"",
            )
        }),
        ("a phrase that leads nowhere", |s| {
            (
                &mut s.rules,
                "\"code\": \"ecg_af\", \"slot\": \"ecg_ecg_af\", \"on\": true",
                "\"code\": \"ecg_af\", \"slot\": \"ecg_ecg_af\", \"on\": false",
            )
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
