//! Everyone in the sample measurements, recorded on a device as stations hand their work over, brought to the
//! server and exported: the findings are those that a second reading of the reference tables
//! (`tests/python/findings_oracle.py`, no code shared) comes to.

use field::{Export, ExportOrder, Exported, Format, Identifiers, RecordOrder, Recorded};
use protocol::Failure;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;
use stories::cast::{OTHER_VILLAGE, SCHOOL_TOWNSHIP, SEATS, THIRD_VILLAGE, VILLAGE};
use stories::findings::{Finding, difference, findings, oracle};
use stories::python;
use stories::samples::{self, Sheet};
use stories::team::{District, said, text};

/// What the whole day of the samples came to.
struct Day {
    recorded: Recorded,
    on_device: String,
    on_server: String,
}

fn day() -> &'static Day {
    static DAY: OnceLock<Day> = OnceLock::new();
    DAY.get_or_init(|| record_all(&samples::path("measurements.csv")))
}

fn record_all(file: &Path) -> Day {
    let district = District::prepare();
    let units = [VILLAGE, OTHER_VILLAGE, THIRD_VILLAGE, &district.school];
    let mut tablet = district.enrol(&SEATS[0], &units);
    said(tablet.home.sync());
    let order = RecordOrder {
        round: district.round.clone(),
        operator: Some(SEATS[0].operator.to_owned()),
        ..RecordOrder::default()
    };
    let recorded = said(tablet.home.record(&order, file, &mut |_, _| {}));
    said(tablet.home.sync());

    let order = ExportOrder {
        what: Export::Findings,
        format: Format::Csv,
        round: district.round.clone(),
        unit: None,
        identifiers: Identifiers::Full { purpose: "核对分级".to_owned() },
    };
    let export = |make: &dyn Fn(&Path) -> Result<Exported, Failure>, name: &str| {
        let file = district.folder.path().join(name);
        said(make(&file));
        text(&file)
    };
    let console = district.central.console();
    let on_device = export(&|file| tablet.home.export(&order, file), "device.csv");
    let on_server = export(&|file| console.export(&order, file), "server.csv");
    Day { recorded, on_device, on_server }
}

/// The expected findings as this project's tables have them, read once.
fn expected() -> &'static BTreeSet<Finding> {
    static EXPECTED: OnceLock<BTreeSet<Finding>> = OnceLock::new();
    EXPECTED.get_or_init(|| oracle(&samples::tables(), &samples::path("measurements.csv")))
}

#[test]
fn everyone_measured_is_classified_as_the_tables_read() {
    // Counted by `wc -l` on what the script prints, without its heading.
    assert_eq!(expected().len(), 6990);
    for (place, export) in [("device", &day().on_device), ("server", &day().on_server)] {
        let found = findings(export);
        assert_eq!(difference(&found, expected()), [] as [&Finding; 0], "on the {place}");
    }
}

#[test]
fn everyone_measured_was_on_a_roster_and_nothing_but_impossible_values_was_refused() {
    let recorded = &day().recorded;
    // 2158 lines below the heading; each has at least one cell filled that can be.
    assert_eq!((recorded.people, recorded.registered), (2158, 0));
    let sheet = Sheet::measurements();
    let items = &sheet.headings[sheet.column("exam_date") + 1..];
    let cells = |is: &dyn Fn(&str, &str) -> bool| {
        let in_row =
            |row: usize| items.iter().filter(|item| is(item, sheet.cell(row, item))).count();
        (0..sheet.rows.len()).map(in_row).sum::<usize>()
    };
    let filled = cells(&|_, text| !text.is_empty());
    // A diastolic pressure of 0 is no pressure.
    let impossible = cells(&|item, text| item.starts_with("dbp") && text == "0");
    assert!(impossible > 0);
    let told = |code: &str| recorded.problems.iter().filter(|p| p.code == code).count();
    assert_eq!(recorded.results as usize, filled - impossible);
    assert_eq!(told("impossible"), impossible);
    assert_eq!((told("value_unreadable"), told("conflicts"), told("person_ambiguous")), (0, 0, 0));
}

/// Danger that is everybody's, signs, and what departments record, on both sides of each limit: people and cells made by
/// `tests/python/danger_samples.py`.
#[test]
fn danger_on_both_sides_of_every_limit_is_found_as_the_tables_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("danger.csv");
    let made =
        python::run("danger_samples.py", &[&samples::tables(), &samples::path("measurements.csv")]);
    std::fs::write(&file, made).unwrap();
    let expected = oracle(&samples::tables(), &file);
    assert!(expected.iter().filter(|finding| finding[3] == "A").count() > 50);
    let day = record_all(&file);
    let sheet = Sheet::read(&file);
    let cells = &sheet.headings[sheet.column("exam_date") + 1..];
    let of_row = |row: usize| cells.iter().filter(|item| !sheet.cell(row, item).is_empty()).count();
    let filled: usize = (0..sheet.rows.len()).map(of_row).sum();
    assert_eq!(
        (day.recorded.people as usize, day.recorded.results as usize),
        (sheet.rows.len(), filled)
    );
    for (place, export) in [("device", &day.on_device), ("server", &day.on_server)] {
        let found = findings(export);
        assert_eq!(difference(&found, &expected), [] as [&Finding; 0], "on the {place}");
    }
    // The control: with the limit one further the second reading says otherwise.
    for file in std::fs::read_dir(samples::tables()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let table = folder.path().join("critical_values_screening.csv");
    let before = text(&table);
    std::fs::write(&table, before.replace("SBP,mmHg,,180,", "SBP,mmHg,,181,")).unwrap();
    assert_ne!(oracle(folder.path(), &file), expected);
}

/// The control of the first test: with any of these thresholds another, the second reading disagrees.
#[test]
fn control_a_changed_threshold_is_noticed() {
    let changes = [
        ("hypertension_grades_adult.csv", "(轻度),140,", "(轻度),141,"),
        ("glucose_diabetes.csv", "糖尿病切点,7.0,\nOGTT", "糖尿病切点,7.1,\nOGTT"),
        ("wst610_2018_bp_p90_p95.csv", "M,9,p50,114,", "M,9,p50,115,"),
        ("finding_levels.csv", "anaemia,mild,轻度贫血,C", "anaemia,mild,轻度贫血,B"),
    ];
    let found = findings(&day().on_device);
    for (table, from, to) in changes {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(samples::tables()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let path = folder.path().join(table);
        let before = text(&path);
        assert_eq!(before.matches(from).count(), 1, "{table}: {from} is one row");
        std::fs::write(&path, before.replace(from, to)).unwrap();
        let changed = oracle(folder.path(), &samples::path("measurements.csv"));
        assert_ne!(changed, found, "{table}: {to} went unnoticed");
    }
}

#[test]
fn each_finding_names_its_person_unit_and_item() {
    let measured = Sheet::measurements();
    let sheet = Sheet::parse(&day().on_server);
    let keys = &measured.headings;
    for row in 0..sheet.rows.len() {
        let person = measured.row_of(sheet.cell(row, "id_number"));
        assert_eq!(sheet.cell(row, "name"), measured.cell(person, "name"));
        let unit = sheet.cell(row, "unit");
        match measured.cell(person, "kind") {
            "student" => assert!(unit.starts_with(SCHOOL_TOWNSHIP) && unit.contains('S'), "{unit}"),
            _ => assert_eq!(unit, measured.cell(person, "unit")),
        }
        let item = sheet.cell(row, "item").to_owned();
        assert!(item == "bmi_kg_m2" || keys.contains(&item), "{item} is no item measured");
    }
}
