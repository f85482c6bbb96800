//! A laboratory's results are judged with everything that stands of the person, as every recorder judges: whether she is pregnant, whether the
//! blood was taken fasting, whether diabetes is known. Through the real program.
#![allow(clippy::unwrap_used)]

use protocol::{Entry, Fact};
use store::{Key, Store};
use stories::cast::VILLAGE;
use stories::laboratory::{
    DAY, OTHER, PERSON, answered, at_device, bind, findings, id_number, import, results,
};
use stories::stage::Stage;

const GLUCOSE: &[&str] = &["glucose_fasting", "glucose_random"];
const ANAEMIA: &[&str] = &["anaemia"];

/// What the laboratory says of one tube.
fn told(stage: &Stage, name: &str, line: &str) -> serde_json::Value {
    let taken = import(at_device(stage), &results(stage, name, &[line]));
    assert_eq!(taken["applied"], 1, "{line}: {taken}");
    taken
}

/// Of every laboratory's report at the device, in their order: the worst level of its entry, and what it says it shows.
fn said(stage: &Stage) -> Vec<(u32, Vec<String>)> {
    let store = Store::open(&stage.path("device"), &Key::new([0x22; 32])).unwrap();
    let sql = "SELECT body FROM entry ORDER BY seq";
    let bodies = store.read(|tx| tx.rows(sql, &[], |row| Ok(row.blob(0)?.to_vec()))).unwrap();
    let entries = bodies.iter().filter_map(|body| Entry::decode(body).ok());
    let of_lab = entries.filter_map(|Entry { header, fact }| match fact {
        Fact::Save(save) if save.lab.is_some() => Some((header.worst_level, save.findings)),
        _ => None,
    });
    let words = of_lab.map(|(worst, findings)| {
        let word = |f: &protocol::fact::FindingFact| format!("{}/{} {}", f.rule, f.code, f.level);
        (worst, findings.iter().map(word).collect())
    });
    words.collect()
}

#[test]
fn haemoglobin_from_a_laboratory_is_judged_by_whether_she_is_pregnant() {
    let stage = Stage::new();
    answered(&stage, OTHER, &[("pregnant", "yes")]);
    for (person, code) in [(OTHER, "B0001"), (PERSON, "B0002")] {
        bind(&stage, person, code, "blood_count").ask().answer();
    }
    told(&stage, "a.csv", "B0001,HGB,105,g/L,");
    assert_eq!(findings(&stage, OTHER, ANAEMIA), ["anaemia/mild C"]);
    // Control: of somebody who is not, the same value is worse.
    told(&stage, "b.csv", "B0002,HGB,105,g/L,");
    assert_eq!(findings(&stage, PERSON, ANAEMIA), ["anaemia/moderate B"]);
    told(&stage, "c.csv", "B0001,HGB,112,g/L,");
    assert_eq!(findings(&stage, OTHER, ANAEMIA), Vec::<String>::new());
    told(&stage, "d.csv", "B0002,HGB,112,g/L,");
    assert_eq!(findings(&stage, PERSON, ANAEMIA), ["anaemia/mild C"]);
    let expected =
        [("anaemia/mild 1", 1), ("anaemia/moderate 2", 2), ("", 0), ("anaemia/mild 1", 1)];
    let shown = said(&stage).into_iter().map(|(worst, all)| (all.join(" "), worst));
    assert_eq!(shown.collect::<Vec<_>>(), expected.map(|(all, worst)| (all.to_owned(), worst)));
}

#[test]
fn glucose_from_a_laboratory_is_judged_once_by_whether_it_was_fasting_and_diabetes_is_known() {
    let stage = Stage::new();
    answered(&stage, OTHER, &[("fasting", "yes"), ("known_diabetes", "yes")]);
    for (person, code) in [(OTHER, "B0001"), (PERSON, "B0002")] {
        bind(&stage, person, code, "serum").ask().answer();
    }
    let alarms = |taken: &serde_json::Value| {
        let alarms = taken["alarms"].as_array().unwrap().iter();
        alarms.map(|one| one["found"].as_array().unwrap().len()).sum::<usize>()
    };
    let mild = told(&stage, "a.csv", "B0001,GLU,12.0,mmol/L,3.9-6.1");
    assert_eq!(
        (findings(&stage, OTHER, GLUCOSE), alarms(&mild)),
        (vec!["glucose_fasting/known_raised B".to_owned()], 0)
    );
    let high = told(&stage, "b.csv", "B0001,GLU,17.0,mmol/L,3.9-6.1");
    assert_eq!(
        (findings(&stage, OTHER, GLUCOSE), alarms(&high)),
        (vec!["glucose_fasting/critical A".to_owned()], 1)
    );
    told(&stage, "c.csv", "B0001,GLU,3.5,mmol/L,3.9-6.1");
    assert_eq!(findings(&stage, OTHER, GLUCOSE), ["glucose_fasting/hypoglycaemia_diabetic A"]);
    // Control: nobody said fasting, and no diabetes is known.
    told(&stage, "d.csv", "B0002,GLU,12.0,mmol/L,3.9-6.1");
    assert_eq!(findings(&stage, PERSON, GLUCOSE), ["glucose_random/raised B"]);
    told(&stage, "e.csv", "B0002,GLU,3.5,mmol/L,3.9-6.1");
    assert_eq!(findings(&stage, PERSON, GLUCOSE), Vec::<String>::new());
    let expected = [
        ("glucose_fasting/known_raised 2", 2),
        ("glucose_fasting/critical 3", 3),
        ("glucose_fasting/hypoglycaemia_diabetic 3", 3),
        ("glucose_random/raised 2", 2),
        ("", 0),
    ];
    let shown = said(&stage).into_iter().map(|(worst, all)| (all.join(" "), worst));
    assert_eq!(shown.collect::<Vec<_>>(), expected.map(|(all, worst)| (all.to_owned(), worst)));
}

/// The report says what its own value means. A finger-stick beside it is its station's finding, and must go when that is put right.
#[test]
fn what_somebody_else_measured_is_no_finding_of_the_report() {
    let stage = Stage::new();
    answered(&stage, OTHER, &[("fasting", "yes"), ("glucose_mmol_l", "17.0")]);
    bind(&stage, OTHER, "B0001", "serum").ask().answer();
    told(&stage, "a.csv", "B0001,GLU,12.0,mmol/L,3.9-6.1");
    assert_eq!(said(&stage), [(2, vec!["glucose_fasting/raised 2".to_owned()])]);
    // Both stand: the worse counts until somebody decides.
    assert_eq!(findings(&stage, OTHER, GLUCOSE), ["glucose_fasting/critical A"]);
}

#[test]
fn what_a_laboratory_still_has_is_named_where_a_report_says_what_is_fine() {
    let stage = Stage::new();
    // 65 and older are asked for more than everybody; that is waited for as well.
    let village = stories::samples::Sheet::measurements().of_place(VILLAGE);
    let is_old = |one: &usize| ("19".."1960").contains(&village.cell(*one, "birth"));
    let elder = (0..village.rows.len()).find(is_old).unwrap();
    let own = ["id_number", "name", "sex", "birth"].map(|name| village.cell(elder, name));
    let head = "kind,unit,id_number,name,sex,birth,exam_date,pulse_per_min";
    let row = format!("resident,{VILLAGE},{},{DAY},72", own.join(","));
    let list = format!("姓名,身份证号\n{},{}\n", own[1], own[0]);
    let import = stage.of_server("roster import").with("--round", &stage.round);
    import.with("--unit", VILLAGE).and(stage.file("elder_list.csv", list)).ask().answer();
    stage.of_device("sync").ask().answer();
    stage.record(&stage.file("elder.csv", format!("{head}\n{row}\n"))).ask().answer();
    let draw = stage.of_device("lab bind").with("--round", &stage.round).with("--unit", VILLAGE);
    let draw = draw.with("--person", own[0]).with("--code", "B0001").with("--tube", "serum");
    draw.with("--day", DAY).ask().answer();
    let told = |person: &str, out: &str| {
        let words = stage.of_device("report person").with("--round", &stage.round);
        let words = words.with("--unit", VILLAGE).with("--person", person);
        words.with("--out", stage.path(out)).ask().answer();
        let said = stories::printed::words(&stage.path(out));
        let plain: String = said.chars().filter(|one| !one.is_whitespace()).collect();
        let (_, box_of) = plain.split_once("没有结果的：").unwrap_or_default();
        box_of.split('。').next().unwrap_or_default().to_owned()
    };
    let waits = told(own[0], "waits.pdf");
    assert!(waits.contains("谷草转氨酶（待回报）"), "{waits}");
    // The control: who has no tube waits for none.
    let none = told(&id_number(0), "none.pdf");
    assert!(!none.contains("待回报"), "{none}");
}
