//! Findings, coverage and results as CSV: what stands in which cell, what is masked, what a
//! spreadsheet could take for a formula.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;

use common::*;
use domain::catalogue::Catalogue;
use domain::facts::{CheckupFacts, CurrentValue, ExportFacts, PersonKind};
use domain::ids::ItemCode;
use domain::rule::Judgement;
use domain::state::answered;
use domain::value::{AbsentReason, Value};
use report::{Export, Format, Identifiers, Options, ReportError};

fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn csv_rows(what: Export, options: &Options) -> Vec<Vec<String>> {
    rows(&make_text(what, Format::Csv, &facts(), options))
}

#[test]
fn the_findings_csv_has_the_agreed_header_and_the_gravest_first() {
    let text = make_text(Export::Findings, Format::Csv, &facts(), &full());
    let header = text.lines().next().unwrap();
    assert_eq!(header, "\u{feff}id_number,name,unit,item,rule,code,level,value,text");
    let levels: Vec<String> = rows(&text)[1..].iter().map(|row| row[6].clone()).collect();
    let mut sorted = levels.clone();
    sorted.sort();
    assert_eq!(levels, sorted, "A before B before C");
    assert!(levels.contains(&"A".to_owned()) && !levels.contains(&"N".to_owned()));
}

#[test]
fn every_judgement_of_level_a_b_or_c_is_one_row_with_the_tables_words() {
    let catalogue = Catalogue::builtin();
    let mut expected: Vec<Vec<String>> = Vec::new();
    for person in people() {
        let is_finding = |j: &&Judgement| j.level.key() != "N";
        for j in person.judgements.iter().filter(is_finding) {
            let row = catalogue.level(&j.rule, &j.code).unwrap();
            let item = j.item.and_then(|item| catalogue.item(item)).map(|item| item.key.clone());
            expected.push(vec![
                person.details.id_number.clone().unwrap_or_default(),
                if person.details.name.starts_with('=') {
                    format!("'{}", person.details.name)
                } else {
                    person.details.name.clone()
                },
                person.unit.0.clone(),
                item.unwrap_or_default(),
                j.rule.clone(),
                j.code.clone(),
                j.level.key().to_owned(),
                j.value.clone(),
                row.name_zh.clone(),
            ]);
        }
    }
    let mut found = csv_rows(Export::Findings, &full()).split_off(1);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(found.len() >= 18, "the people made up for this have findings");
}

#[test]
fn a_person_with_twelve_findings_has_twelve_rows() {
    let all = csv_rows(Export::Findings, &full());
    let of_her: Vec<_> = all.iter().filter(|row| row[1] == "李秀英").collect();
    assert!(of_her.len() >= 12, "{} findings", of_her.len());
    assert_eq!(of_her[0][6], "A");
}

/// Runs of at least 15 digits (with X): what could be an ID number in full.
fn holds_id_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 15)
}

#[test]
fn masked_by_default_there_is_no_full_id_number_name_or_phone() {
    for what in [Export::Results, Export::Findings] {
        let masked = make_text(what, Format::Csv, &facts(), &Options::default());
        let open = make_text(what, Format::Csv, &facts(), &full());
        assert!(!holds_id_number(&masked), "{what:?}");
        assert!(holds_id_number(&open), "{what:?}: in full the same search finds them");
        assert!(!masked.contains("李秀英"), "{what:?}");
        assert!(open.contains("李秀英"), "{what:?}");
    }
    let masked = make_text(Export::Results, Format::Csv, &facts(), &Options::default());
    assert!(!masked.contains("13987654321"), "a phone in a remark is masked too");
    assert!(make_text(Export::Results, Format::Csv, &facts(), &full()).contains("13987654321"));
}

#[test]
fn no_cell_of_a_csv_starts_a_formula() {
    for what in [Export::Results, Export::Findings, Export::Coverage] {
        for cell in csv_rows(what, &full()).concat() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{what:?}: {cell}");
        }
    }
    let results = csv_rows(Export::Results, &full()).concat();
    assert!(results.contains(&format!("'{FORMULA_NAME}")), "it is still there, as words");
    assert!(results.contains(&format!("'{FORMULA_NOTE}")));
    assert!(results.contains(&"阴性".to_owned()), "a negative strip is a word");
}

#[test]
fn coverage_adds_up_by_township_and_district() {
    let found = csv_rows(Export::Coverage, &Options::default());
    let expected = [
        "乡镇,单位,单位代码,应检,实检(名单内),受检率,本区他村,外区,合计人次",
        "水洞底镇,慕隆村,431302105205,24,9,37.5%,0,0,9",
        "水洞底镇,小计,,24,9,37.5%,0,0,9",
        "双江乡,新庄村,431302205201,8,1,12.5%,1,1,3",
        "双江乡,双江乡中心学校,431302205S01,0,2,—,0,0,2",
        "双江乡,小计,,8,3,37.5%,1,1,5",
        "全区,合计,,32,12,37.5%,1,1,14",
    ];
    assert_eq!(found.iter().map(|row| row[..9].join(",")).collect::<Vec<_>>(), expected);
}

/// Everybody a unit counts, one after another, by nothing but their values: open, to be drawn again, with the laboratory, there.
fn counted_slowly(people: &[CheckupFacts], unit: &str) -> [usize; 4] {
    let mut counts = [0; 4];
    let catalogue = Catalogue::builtin();
    for one in people.iter().filter(|one| one.unit.0 == unit) {
        let package = catalogue.package(one.kind);
        let is_counted = |(item, values): (&ItemCode, &Vec<CurrentValue>)| {
            let is_sample = |v: &CurrentValue| v.value == Value::Absent(AbsentReason::Awaited);
            let is_found = |v: &CurrentValue| v.value.is_present();
            values.iter().any(is_sample)
                || (!package.registration.contains(item) && values.iter().any(is_found))
        };
        if !one.results.iter().any(is_counted) && one.redraw.is_empty() {
            continue;
        }
        let (mut open, mut awaited) = (0_usize, 0_usize);
        for item in &package.items {
            match one.results.get(item).map(Vec::as_slice) {
                None | Some([]) => open += 1,
                Some(values) => {
                    let word = Value::Absent(AbsentReason::Awaited);
                    awaited += values.iter().filter(|one| one.value == word).count();
                }
            }
        }
        let at = match (one.redraw.len(), open, awaited) {
            (1.., _, _) => 1,
            (0, 1.., _) => 0,
            (0, 0, 1..) => 2,
            (0, 0, 0) => 3,
        };
        counts[at] += 1;
    }
    counts
}

/// Of the people of a stop, two wait for the laboratory and one has to give blood again.
fn with_a_laboratory() -> ExportFacts {
    let glucose = Catalogue::builtin().item_by_key("glucose_mmol_l").unwrap().code;
    let whole: Vec<(ItemCode, Vec<CurrentValue>)> = Catalogue::builtin()
        .package(PersonKind::Resident)
        .items
        .iter()
        .map(|item| {
            let value = Value::Absent(AbsentReason::NotMeasured);
            (*item, vec![CurrentValue { value, unusual: false }])
        })
        .collect();
    let mut facts = facts();
    let residents = facts.checkups.iter_mut().filter(|one| one.kind == PersonKind::Resident);
    for (at, one) in residents.filter(|one| one.unit.0 == VILLAGE).take(4).enumerate() {
        one.results = whole.iter().cloned().collect();
        match at {
            0 | 1 => {
                let value = Value::Absent(AbsentReason::Awaited);
                one.results.insert(glucose, vec![CurrentValue { value, unusual: false }]);
            }
            2 => {
                one.results.remove(&glucose);
                one.redraw = vec![glucose];
            }
            _ => {}
        }
        let package = Catalogue::builtin().package(one.kind);
        one.answered = answered(package, &one.results, &Default::default(), &one.redraw);
    }
    facts
}

#[test]
fn open_awaited_and_to_be_drawn_again_stand_apart_in_coverage_and_agree_with_a_slow_count() {
    let facts = with_a_laboratory();
    let made = make_text(Export::Coverage, Format::Csv, &facts, &Options::default());
    let found = rows(&made);
    let heading = ["名单内未检", "有未检项目", "需重采", "待回报", "已回报"];
    assert_eq!(found[0][9..], heading);
    let mut sums = [0; 4];
    for unit in [VILLAGE, OTHER_VILLAGE, SCHOOL] {
        let row = found.iter().find(|row| row[2] == unit).unwrap();
        let told: Vec<usize> = row[10..].iter().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(told, counted_slowly(&facts.checkups, unit), "{unit}");
        sums.iter_mut().zip(&told).for_each(|(sum, told)| *sum += told);
    }
    let total: Vec<usize> =
        found.last().unwrap()[10..].iter().map(|cell| cell.parse().unwrap()).collect();
    assert_eq!(total, sums);
    let village = found.iter().find(|row| row[2] == VILLAGE).unwrap();
    assert_eq!(village[11..13], ["1", "2"], "each apart");
    // Control: a count that takes what is awaited for an answer comes to something else.
    let mut blind = facts.clone();
    for one in &mut blind.checkups {
        one.results.values_mut().flatten().for_each(|one| {
            if one.value == Value::Absent(AbsentReason::Awaited) {
                one.value = Value::Absent(AbsentReason::NotMeasured);
            }
        });
    }
    assert_ne!(counted_slowly(&blind.checkups, VILLAGE), counted_slowly(&facts.checkups, VILLAGE));
}

#[test]
fn what_has_to_be_drawn_again_is_a_word_in_its_cell_and_what_was_not_examined_is_empty() {
    let facts = with_a_laboratory();
    let found = rows(&make_text(Export::Results, Format::Csv, &facts, &full()));
    let at = found[0].iter().position(|heading| heading.starts_with("血糖")).unwrap();
    let count = |word: &str| found[1..].iter().filter(|row| row[at] == word).count();
    assert_eq!((count("需重采"), count("待回报")), (1, 2));
    // Control: those without a value whose samples are good have nothing there.
    assert!(count("") > 0);
}

#[test]
fn with_nobody_there_are_headers_and_a_total_of_nothing() {
    let findings = make_text(Export::Findings, Format::Csv, &nobody(), &full());
    assert_eq!(rows(&findings).len(), 1);
    let results = make_text(Export::Results, Format::Csv, &nobody(), &full());
    assert_eq!(rows(&results).len(), 1);
    let coverage = rows(&make_text(Export::Coverage, Format::Csv, &nobody(), &full()));
    assert_eq!(coverage[1].join(","), "全区,合计,,0,0,—,0,0,0,0,0,0,0,0");
}

#[test]
fn what_is_not_made_is_an_error_that_says_so() {
    let wrong = [
        (Export::Results, Format::Txt),
        (Export::Findings, Format::Txt),
        (Export::Coverage, Format::Txt),
        (Export::Brief, Format::Csv),
    ];
    for (what, format) in wrong {
        assert!(!report::formats(what).contains(&format));
        let made = report::export(what, format, &facts(), Catalogue::builtin(), &full());
        assert!(matches!(made, Err(ReportError::WrongFormat { .. })), "{what:?} {format:?}");
    }
    let everything = [Export::Results, Export::Findings, Export::Coverage, Export::Brief];
    for what in everything {
        for format in report::formats(what) {
            assert!(report::export(what, *format, &facts(), Catalogue::builtin(), &full()).is_ok());
        }
    }
}

#[test]
fn full_identifiers_need_a_purpose() {
    let purpose = " ".to_owned();
    let options = Options { identifiers: Identifiers::Full { purpose }, made_by: None };
    let made =
        report::export(Export::Findings, Format::Csv, &facts(), Catalogue::builtin(), &options);
    assert!(matches!(made, Err(ReportError::PurposeMissing)));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    for what in [Export::Results, Export::Findings, Export::Coverage, Export::Brief] {
        for format in report::formats(what) {
            let first = make(what, *format, &facts(), &full());
            assert!(first == make(what, *format, &facts(), &full()), "{what:?} {format:?}");
            let masked = make(what, *format, &facts(), &Options::default());
            let depends = matches!(what, Export::Results | Export::Findings);
            assert!(!depends || first != masked, "{what:?} {format:?}: other facts, other bytes");
        }
    }
}
