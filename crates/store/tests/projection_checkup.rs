//! What stands of a checkup: current values, findings that were shown, conflicts, standing and coverage.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::facts::Standing;
use domain::ids::{ItemCode, RoundId, UnitCode};
use domain::value::Value;
use projection_support::build::*;
use projection_support::*;
use protocol::fact::{LevelSetting, ResultFact};
use protocol::{Fact, Header};
use store::project::{Cell, Counts};
use store::{Coverage, Role, Store};

fn fresh(streams: &Streams) -> Place {
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    place
}

/// Current systolic values of person 1, ascending.
fn systolic(store: &Store) -> Vec<i64> {
    let current = store.current(RoundId(ROUND), person(1)).unwrap();
    let code = ItemCode(u16::try_from(item("sbp1_mmhg")).unwrap());
    let values = current.get(&code).into_iter().flatten();
    let mut numbers: Vec<i64> = values
        .map(|(value, _)| match &value.value {
            Value::Number(n) => n.mantissa,
            Value::Choice(_) | Value::Text(_) | Value::Absent(_) => -1,
        })
        .collect();
    numbers.sort();
    numbers
}

const BOTH: &[&str] = &["sbp1_mmhg", "dbp1_mmhg"];

#[test]
fn a_value_is_current_unless_an_applied_fact_leads_to_it() {
    let check = |what: &str, say: &dyn Fn(&mut Streams), stands: &[i64]| {
        let mut streams = Streams::default();
        say(&mut streams);
        let place = fresh(&streams);
        assert_eq!(systolic(&place.store), stands, "{what}");
    };
    let one = person(1);
    let plain = |sbp: i64| save(pressure(sbp, 80), Vec::new());
    check("one save", &|s| drop(s.save(1, one, plain(120))), &[120]);
    check(
        "two unaware of each other",
        &|s| {
            s.save(1, one, plain(120));
            s.save(2, one, plain(150));
        },
        &[120, 150],
    );
    check(
        "an amend",
        &|s| {
            let first = s.save(1, one, plain(120));
            s.save(1, one, save(pressure(130, 80), saw(&[(&first, BOTH)])));
        },
        &[130],
    );
    check(
        "an amend without its original",
        &|s| {
            let first = s.save(1, one, plain(120));
            s.save(1, one, save(pressure(130, 80), saw(&[(&first, BOTH)])));
            s.placed.remove(0);
        },
        &[130],
    );
    check(
        "an amend of another item only",
        &|s| {
            let first = s.save(1, one, plain(120));
            s.save(1, one, save(pressure(130, 80), saw(&[(&first, &["dbp1_mmhg"])])));
        },
        &[120, 130],
    );
    check(
        "a void",
        &|s| {
            let first = s.save(1, one, plain(120));
            s.put(VILLAGE, [1; 16], of(header(one), Fact::Void(void(saw(&[(&first, BOTH)])))));
        },
        &[],
    );
    check(
        "one of two chosen",
        &|s| {
            let first = s.save(1, one, plain(120));
            let second = s.save(2, one, plain(150));
            s.save(1, one, save(pressure(150, 80), saw(&[(&first, BOTH), (&second, BOTH)])));
        },
        &[150],
    );
    check(
        "a chain whose middle is held",
        &|s| {
            let first = s.save(1, one, plain(120));
            let middle = s.save(1, one, save(pressure(400, 80), saw(&[(&first, BOTH)])));
            s.save(1, one, save(pressure(130, 80), saw(&[(&middle, BOTH)])));
            s.server(VILLAGE, Fact::Held(held(&middle)));
        },
        &[130],
    );
    check(
        "a held amend leaves the original",
        &|s| {
            let first = s.save(1, one, plain(120));
            let amend = s.save(1, one, save(pressure(400, 80), saw(&[(&first, BOTH)])));
            s.server(VILLAGE, Fact::Held(held(&amend)));
        },
        &[120],
    );
    check(
        "a held amend that a person lets through",
        &|s| {
            let first = s.save(1, one, plain(120));
            let amend = s.save(1, one, save(pressure(240, 80), saw(&[(&first, BOTH)])));
            s.server(VILLAGE, Fact::Held(held(&amend)));
            s.server(VILLAGE, Fact::Lifted(lifted(&amend, true)));
        },
        &[240],
    );
    check(
        "a hold by a device is none",
        &|s| {
            let first = s.save(1, one, plain(120));
            s.put(VILLAGE, [2; 16], of(Header::default(), Fact::Held(held(&first))));
        },
        &[120],
    );
    check(
        "a name with another hash points at nothing",
        &|s| {
            let first = s.save(1, one, plain(120));
            let mut wrong = saw(&[(&first, BOTH)]);
            if let Some(entry) = &mut wrong[0].entry {
                entry.hash8 ^= 1;
            }
            s.save(1, one, save(pressure(130, 80), wrong));
        },
        &[120, 130],
    );
    check(
        "equal bytes in two streams are one fact, and either place names it",
        &|s| {
            let first = s.save(1, one, plain(120));
            let again = s.put_body(VILLAGE, [2; 16], first.body.clone());
            s.save(3, one, save(pressure(130, 80), saw(&[(&again, BOTH)])));
        },
        &[130],
    );
}

/// Rule, code and level of each finding of person 1.
fn findings(store: &Store) -> Vec<String> {
    let view = store.person(person(1)).unwrap().unwrap();
    let word = |j: &domain::rule::Judgement| format!("{} {} {}", j.rule, j.code, j.level.key());
    view.findings.iter().map(|(_, judgement)| word(judgement)).collect()
}

#[test]
fn a_finding_shown_stays_until_a_person_amends_its_basis() {
    let check = |what: &str, say: &dyn Fn(&mut Streams), stands: &[&str]| {
        let mut streams = Streams::default();
        say(&mut streams);
        assert_eq!(findings(&fresh(&streams).store), stands, "{what}");
    };
    let one = person(1);
    let raised = || shown(save(pressure(150, 80), Vec::new()), "adult_bp", "grade1", 2);
    let severe = || shown(save(pressure(150, 80), Vec::new()), "adult_bp", "grade3", 3);
    check("judged as it was shown", &|s| drop(s.save(1, one, raised())), &["adult_bp grade1 B"]);
    check(
        "shown at a graver level than is judged now",
        &|s| drop(s.save(1, one, severe())),
        &["adult_bp grade3 A"],
    );
    check(
        "shown, and a rule nobody knows here",
        &|s| drop(s.save(1, one, shown(raised(), "rule_of_2031", "strange", 1))),
        &["adult_bp grade1 B", "rule_of_2031 strange C"],
    );
    check(
        "shown, and something else amended",
        &|s| {
            let mut first = severe();
            first.results.push(result("pulse_per_min", 70));
            let first = s.save(1, one, first);
            let amend =
                save(vec![result("pulse_per_min", 75)], saw(&[(&first, &["pulse_per_min"])]));
            s.save(1, one, amend);
        },
        &["adult_bp grade3 A"],
    );
    check(
        "shown, and its basis amended",
        &|s| {
            let first = s.save(1, one, severe());
            s.save(1, one, save(pressure(112, 70), saw(&[(&first, BOTH)])));
        },
        &[],
    );
    check(
        "shown, and its basis withdrawn",
        &|s| {
            let first = s.save(1, one, severe());
            let fact = Fact::Void(void(saw(&[(&first, &["sbp1_mmhg"])])));
            s.put(VILLAGE, [1; 16], of(header(one), fact));
        },
        // The diastolic value still stands.
        &["adult_bp high_normal C"],
    );
    check(
        "shown beside another station's value that is amended later",
        &|s| {
            let height = s.save(1, one, save(vec![result("height_cm", 150)], Vec::new()));
            let weight = save(vec![result("weight_kg", 80)], Vec::new());
            s.save(2, one, shown(weight, "adult_bmi", "obese", 1));
            let seen = saw(&[(&height, &["height_cm"])]);
            s.save(3, one, save(vec![result("height_cm", 190)], seen));
        },
        &[],
    );
    check(
        "held with its entry",
        &|s| {
            let first = s.save(1, one, severe());
            s.save(2, one, save(vec![result("pulse_per_min", 70)], Vec::new()));
            s.server(VILLAGE, Fact::Held(held(&first)));
        },
        &[],
    );
}

/// Of an answer that the writer did not know of: the value is judged once, by the answer and by what was shown.
#[test]
fn what_one_of_two_rules_has_shown_is_no_second_finding() {
    let findings = |shown_level: &[(&str, &str, u32)], mmol_l: i64, fasting: i64| {
        let mut streams = Streams::default();
        streams.save(1, person(1), save(vec![result("fasting", fasting)], Vec::new()));
        let glucose = save(vec![result("glucose_mmol_l", mmol_l)], Vec::new());
        let add = |save, (rule, code, level): &(&str, &str, u32)| shown(save, rule, code, *level);
        streams.save(2, person(1), shown_level.iter().fold(glucose, add));
        findings(&fresh(&streams).store)
    };
    let random = |code| [("glucose_random", code, if code == "raised" { 2 } else { 3 })];
    assert_eq!(findings(&random("raised"), 12, 1), ["glucose_fasting raised B"]);
    assert_eq!(findings(&random("critical"), 17, 1), ["glucose_fasting critical A"]);
    // Control: it is the shown one where it is the worse, and the only one.
    assert_eq!(findings(&random("raised"), 12, 2), ["glucose_random raised B"]);
    assert_eq!(findings(&random("critical"), 12, 1), ["glucose_random critical A"]);
}

#[test]
fn of_two_values_the_worse_counts_and_the_indicator_leaves_them_out() {
    let one = person(1);
    let mut streams = Streams::default();
    streams.put(
        VILLAGE,
        [1; 16],
        of(roster_header(), Fact::Roster(roster(1, vec![row(Some(one), details("张三"))]))),
    );
    streams.save(1, one, save(pressure(118, 76), Vec::new()));
    streams.save(2, one, save(pressure(184, 76), Vec::new()));
    let place = fresh(&streams);
    assert_eq!(findings(&place.store)[0], "adult_bp grade3 A");
    let view = place.store.person(one).unwrap().unwrap();
    let sbp = u16::try_from(item("sbp1_mmhg")).unwrap();
    assert!(view.values.iter().filter(|v| v.item.0 == sbp).all(|v| v.current && v.conflict));
    let dbp = u16::try_from(item("dbp1_mmhg")).unwrap();
    assert!(view.values.iter().filter(|v| v.item.0 == dbp).all(|v| v.current && !v.conflict));
    let counts = total(&place.store);
    assert_eq!(counts.cells[&Cell::Item(sbp)].conflict, 1);
    assert_eq!(counts.cells[&Cell::Item(sbp)].examined, 0);
    assert_eq!(counts.cells[&Cell::Item(dbp)].examined, 1);
}

#[test]
fn whoever_has_values_that_differ_is_counted_at_the_stop_whatever_the_items_code() {
    let check = |key: &str, people: u64| {
        let mut streams = Streams::default();
        streams.save(1, person(1), save(vec![result(key, 16)], Vec::new()));
        streams.save(1, person(2), save(vec![result(key, 16)], Vec::new()));
        // Another tablet that has not seen the first one's value.
        streams.save(2, person(1), save(vec![result(key, 17)], Vec::new()));
        let place = fresh(&streams);
        let here = UnitCode(VILLAGE.to_owned());
        let counted = place.store.conflict_count(RoundId(ROUND), &here).unwrap();
        assert_eq!(counted, people, "{key}");
    };
    check("pulse_per_min", 1);
    check("plt_10e9_l", 1);
}

fn total(store: &Store) -> Counts {
    let mut sum = Counts::default();
    for (_, counts) in store.tallies(RoundId(ROUND), None).unwrap() {
        sum.add(&counts, 1);
    }
    sum
}

#[test]
fn a_rounds_own_levels_stand_above_the_catalogues() {
    let mut streams = Streams::default();
    streams.save(1, person(1), save(pressure(150, 80), Vec::new()));
    let mut place = fresh(&streams);
    assert_eq!(findings(&place.store), ["adult_bp grade1 B"]);
    // The round's settings come after the checkup.
    let own = LevelSetting {
        rule: "adult_bp".to_owned(),
        code: "grade1".to_owned(),
        level: 3,
        due_days: Some(3),
    };
    let mut fact = round(ROUND, "第四轮");
    fact.levels.push(own);
    let before = streams.placed.len();
    streams.server(DISTRICT, Fact::Round(fact));
    keep(&mut place.store, &streams.placed[before..]);
    assert_eq!(findings(&place.store), ["adult_bp grade1 A"]);
    let view = place.store.person(person(1)).unwrap().unwrap();
    assert_eq!(view.findings[0].1.due_days, Some(3));
}

#[test]
fn coverage_counts_listed_other_village_and_outside_apart() {
    let counts = |unit: &str, expected, listed, other, outside| Coverage {
        unit: UnitCode(unit.to_owned()),
        expected,
        examined_listed: listed,
        examined_other_village: other,
        examined_outside: outside,
    };
    fn check(
        what: &str,
        say: &dyn Fn(&mut Streams),
        standing: Option<Standing>,
        coverage: &[Coverage],
    ) {
        let mut streams = Streams::default();
        say(&mut streams);
        let store = fresh(&streams).store;
        assert_eq!(store.coverage(RoundId(ROUND), None).unwrap(), coverage, "{what}");
        let view = store.person(person(1)).unwrap();
        let checkups = view.map(|view| view.checkups).unwrap_or_default();
        assert_eq!(checkups.first().map(|c| c.standing), standing, "{what}");
    }
    let one = person(1);
    let listed_at = |s: &mut Streams, unit: &str, seed: u8| {
        let fact = Fact::Roster(roster(seed, vec![row(Some(one), details("张三"))]));
        s.put(unit, [1; 16], of(roster_header(), fact))
    };
    let examined_at = |s: &mut Streams, unit: &str| {
        s.put(unit, [2; 16], of(header(one), Fact::Save(save(pressure(118, 76), Vec::new()))))
    };
    let registered = |s: &mut Streams, unit: &str, home_unit: &str, home: &str| {
        let fact = registration(details("张三"), home_unit, home);
        s.put(unit, [2; 16], of(header(one), Fact::Registration(fact)))
    };
    check("listed", &|s| drop(listed_at(s, VILLAGE, 1)), None, &[counts(VILLAGE, 1, 0, 0, 0)]);
    check(
        "listed twice at one unit",
        &|s| {
            listed_at(s, VILLAGE, 1);
            listed_at(s, VILLAGE, 2);
        },
        None,
        &[counts(VILLAGE, 1, 0, 0, 0)],
    );
    check(
        "listed and examined",
        &|s| {
            listed_at(s, VILLAGE, 1);
            examined_at(s, VILLAGE);
        },
        Some(Standing::Listed),
        &[counts(VILLAGE, 1, 1, 0, 0)],
    );
    check(
        "listed, examined elsewhere",
        &|s| {
            listed_at(s, VILLAGE, 1);
            examined_at(s, OTHER);
        },
        Some(Standing::Listed),
        &[counts(VILLAGE, 1, 1, 0, 0), counts(OTHER, 0, 0, 1, 0)],
    );
    check(
        "withdrawn from the list, examined there",
        &|s| {
            let list = listed_at(s, VILLAGE, 1);
            examined_at(s, VILLAGE);
            s.put(VILLAGE, [1; 16], of(roster_header(), Fact::Withdrawal(withdrawal(&list, 0))));
        },
        Some(Standing::OtherVillage),
        &[counts(VILLAGE, 0, 0, 1, 0)],
    );
    check(
        "registered, at home in the district",
        &|s| {
            registered(s, VILLAGE, OTHER, "");
            examined_at(s, VILLAGE);
        },
        Some(Standing::OtherVillage),
        &[counts(VILLAGE, 0, 0, 1, 0)],
    );
    check(
        "registered, from outside",
        &|s| {
            registered(s, VILLAGE, "", "新化县");
            examined_at(s, VILLAGE);
        },
        Some(Standing::Outside),
        &[counts(VILLAGE, 0, 0, 0, 1)],
    );
    check(
        "registered only",
        &|s| drop(registered(s, VILLAGE, OTHER, "")),
        Some(Standing::OtherVillage),
        &[],
    );
    check(
        "refused everything",
        &|s| {
            listed_at(s, VILLAGE, 1);
            let fact = Fact::Save(save(vec![refused("sbp1_mmhg")], Vec::new()));
            s.put(VILLAGE, [2; 16], of(header(one), fact));
        },
        Some(Standing::Listed),
        &[counts(VILLAGE, 1, 0, 0, 0)],
    );
}

/// Coverage and tallies count alike: a reason and an answer at the desk are nothing found out.
#[test]
fn only_what_is_found_out_beyond_registration_counts_somebody_as_examined() {
    let one = person(1);
    let check = |what: &str, saves: &[(&str, Vec<ResultFact>)], counted: &[(&str, u32)]| {
        let mut streams = Streams::default();
        let list = Fact::Roster(roster(1, vec![row(Some(one), details("张三"))]));
        streams.put(VILLAGE, [1; 16], of(roster_header(), list));
        for (unit, results) in saves {
            let fact = Fact::Save(save(results.clone(), Vec::new()));
            streams.put(unit, [2; 16], of(header(one), fact));
        }
        let store = fresh(&streams).store;
        let coverage = store.coverage(RoundId(ROUND), None).unwrap();
        let examined = |of: &Coverage| of.examined_listed + of.examined_other_village;
        let found: Vec<(&str, u32)> = coverage
            .iter()
            .filter(|of| examined(of) > 0)
            .map(|of| (of.unit.0.as_str(), examined(of)))
            .collect();
        assert_eq!(found, counted, "{what}");
        assert_eq!(total(&store).people, i64::from(!counted.is_empty()), "{what}");
    };
    let asked = || vec![result("known_hypertension", 2)];
    let absent = || vec![refused("sbp1_mmhg"), refused("height_cm")];
    let found = || pressure(118, 76);
    check("asked at the desk", &[(VILLAGE, asked())], &[]);
    check("refused everything", &[(VILLAGE, absent())], &[]);
    check("asked, and refused everything", &[(VILLAGE, [asked(), absent()].concat())], &[]);
    check("one value", &[(VILLAGE, found())], &[(VILLAGE, 1)]);
    check("asked elsewhere", &[(OTHER, asked()), (VILLAGE, found())], &[(VILLAGE, 1)]);
    check(
        "examined elsewhere",
        &[(VILLAGE, asked()), (OTHER, found())],
        &[(VILLAGE, 1), (OTHER, 1)],
    );
}

#[test]
fn one_id_number_name_and_birth_date_is_one_person() {
    let (one, two) = (person(1), person(2));
    let mut streams = Streams::default();
    let list = Fact::Roster(roster(1, vec![row(Some(two), with_id("张小华", 40))]));
    streams.put(VILLAGE, [1; 16], of(roster_header(), list));
    let fact = Fact::Registration(registration(details("张小华"), "", ""));
    streams.put(VILLAGE, [2; 16], of(header(one), fact));
    streams.save(2, one, save(pressure(150, 80), Vec::new()));
    streams.save(1, two, save(vec![result("height_cm", 160)], Vec::new()));
    let mut place = fresh(&streams);
    let other_village = |store: &Store| store.coverage(RoundId(ROUND), None).unwrap()[0].clone();
    assert_eq!(place.store.person(one).unwrap().unwrap().also, Vec::new());
    assert_eq!(other_village(&place.store).examined_other_village, 1);

    // A proposed number makes nobody one.
    let said = |streams: &mut Streams, proposed| {
        let fact = Fact::Correction(correction(with_id("张小华", 40), proposed));
        streams.put(VILLAGE, [3; 16], of(header(one), fact))
    };
    let proposed = said(&mut streams, true);
    keep(&mut place.store, &[proposed]);
    let view = place.store.person(one).unwrap().unwrap();
    assert!(view.id_number_is_proposed && view.also.is_empty());

    // A confirmed one does: both are the smaller id, and what was two checkups is one, counted once.
    let confirmed = said(&mut streams, false);
    keep(&mut place.store, &[confirmed]);
    let view = place.store.person(two).unwrap().unwrap();
    assert_eq!((view.person, view.also.as_slice()), (one, [two].as_slice()));
    assert_eq!(view.values.len(), 3);
    assert_eq!(view.checkups.len(), 1);
    let coverage = other_village(&place.store);
    assert_eq!((coverage.expected, coverage.examined_listed), (1, 1));
    assert_eq!(coverage.examined_other_village, 0);
    assert_eq!(total(&place.store).people, 1);
}
