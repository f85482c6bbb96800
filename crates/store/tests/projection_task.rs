//! Follow-ups through the projection: which findings ask for one, what steps make of it, what becomes of it when the finding
//! changes, and that the order in which entries arrive says nothing. Each row arrives in its order, turned round, and rebuilt.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod projection_support;

use domain::catalogue::Catalogue;
use domain::ids::{RoundId, UnitCode};
use domain::task::{Act, TaskState, task_number};
use projection_support::build::*;
use projection_support::*;
use protocol::Fact;
use protocol::fact::{EntryReference, IssueFact, LabFact, SaidOfFact, SaveFact, StepFact};
use store::project::rebuild;
use store::{Role, Store, TaskRow};

const NURSE: u8 = 0x11;
const TOWNSHIP: u8 = 0x22;
const HOSPITAL: u8 = 0x33;

fn grade2(streams: &mut Streams) -> Placed {
    streams.save(NURSE, person(1), save(pressure(166, 102), Vec::new()))
}

fn named(all: &[&Placed]) -> Vec<EntryReference> {
    all.iter().map(|placed| EntryReference::from(&placed.reference())).collect()
}

fn fact(act: Act, saw: &[&Placed], replaces: &[&Placed]) -> StepFact {
    StepFact {
        rule: "adult_bp".to_owned(),
        act: act as u32,
        saw: named(saw),
        replaces: named(replaces),
        reason: if replaces.is_empty() { String::new() } else { "记错".to_owned() },
        ..StepFact::default()
    }
}

fn say(streams: &mut Streams, writer: u8, fact: StepFact) -> Placed {
    streams.put(VILLAGE, [writer; 16], of(header(person(1)), Fact::Step(fact)))
}

fn tasks(store: &Store) -> Vec<TaskRow> {
    store.tasks(RoundId(ROUND), &UnitCode(VILLAGE.to_owned())).unwrap()
}

/// State, whether two differ, whether the finding stands, and steps that stand, of each task.
type Row = (TaskState, bool, bool, u32);

fn check(what: &str, expected: &[Row], story: &dyn Fn(&mut Streams)) {
    let mut streams = Streams::default();
    story(&mut streams);
    let made = |placed: &[Placed]| {
        let mut place = place(Role::Device);
        let one_by_one: Vec<&[Placed]> = placed.chunks(1).collect();
        place.store.write(|tx| arrive(tx, &one_by_one)).unwrap();
        let arrived = tasks(&place.store);
        place.store.write(|tx| rebuild(tx, Catalogue::builtin())).unwrap();
        assert_eq!(arrived, tasks(&place.store), "{what}: rebuilt");
        let rows: Vec<Row> =
            arrived.iter().map(|t| (t.state, t.differs, t.has_basis, t.steps)).collect();
        rows
    };
    assert_eq!(made(&streams.placed), expected, "{what}");
    let turned: Vec<Placed> = streams.placed.iter().rev().cloned().collect();
    assert_eq!(made(&turned), expected, "{what}: in another order");
}

#[test]
fn a_finding_of_a_or_b_asks_for_a_follow_up_and_steps_move_it() {
    use TaskState::{Arrived, Open, Told, Treated};
    check("nothing abnormal", &[], &|streams| {
        streams.save(NURSE, person(1), save(pressure(118, 76), Vec::new()));
    });
    check("high normal is C", &[], &|streams| {
        streams.save(NURSE, person(1), save(pressure(134, 86), Vec::new()));
    });
    check("grade 2", &[(Open, false, true, 0)], &|streams| {
        grade2(streams);
    });
    check("told", &[(Told, false, true, 1)], &|streams| {
        grade2(streams);
        say(streams, NURSE, fact(Act::Told, &[], &[]));
    });
    check("told and arrived", &[(Arrived, false, true, 2)], &|streams| {
        grade2(streams);
        let told = say(streams, NURSE, fact(Act::Told, &[], &[]));
        say(streams, TOWNSHIP, fact(Act::Arrived, &[&told], &[]));
    });
    check("two apart", &[(Arrived, true, true, 3)], &|streams| {
        grade2(streams);
        let told = say(streams, NURSE, fact(Act::Told, &[], &[]));
        say(streams, TOWNSHIP, fact(Act::Arrived, &[&told], &[]));
        say(streams, HOSPITAL, fact(Act::Treated, &[&told], &[]));
    });
    check("decided", &[(Treated, false, true, 4)], &|streams| {
        grade2(streams);
        let told = say(streams, NURSE, fact(Act::Told, &[], &[]));
        let one = say(streams, TOWNSHIP, fact(Act::Arrived, &[&told], &[]));
        let other = say(streams, HOSPITAL, fact(Act::Treated, &[&told], &[]));
        say(streams, NURSE, fact(Act::Treated, &[&told, &one, &other], &[]));
    });
    check("put right", &[(Arrived, false, true, 2)], &|streams| {
        grade2(streams);
        let told = say(streams, NURSE, fact(Act::Told, &[], &[]));
        let wrong = say(streams, TOWNSHIP, fact(Act::Treated, &[&told], &[]));
        say(streams, TOWNSHIP, fact(Act::Arrived, &[&told, &wrong], &[&wrong]));
    });
    check("withdrawn", &[(Open, false, true, 0)], &|streams| {
        grade2(streams);
        let wrong = say(streams, TOWNSHIP, fact(Act::Treated, &[], &[]));
        say(streams, TOWNSHIP, fact(Act::Withdrawn, &[&wrong], &[&wrong]));
    });
    check("a held step says nothing", &[(Open, false, true, 0)], &|streams| {
        grade2(streams);
        let told = say(streams, NURSE, fact(Act::Told, &[], &[]));
        streams.server(VILLAGE, Fact::Held(held(&told)));
    });
    check("the same bytes at two places are one", &[(Told, false, true, 1)], &|streams| {
        grade2(streams);
        let told = say(streams, NURSE, fact(Act::Told, &[], &[]));
        streams.put_body(VILLAGE, [HOSPITAL; 16], told.body);
    });
}

#[test]
fn what_becomes_of_the_finding_becomes_of_its_follow_up() {
    use TaskState::{Open, Told};
    check("amended away, nothing done", &[], &|streams| {
        let high = grade2(streams);
        let saw = saw(&[(&high, &["sbp1_mmhg", "dbp1_mmhg"])]);
        streams.save(NURSE, person(1), save(pressure(118, 76), saw));
    });
    check("amended away, something done", &[(Told, false, false, 1)], &|streams| {
        let high = grade2(streams);
        say(streams, NURSE, fact(Act::Told, &[], &[]));
        let saw = saw(&[(&high, &["sbp1_mmhg", "dbp1_mmhg"])]);
        streams.save(NURSE, person(1), save(pressure(118, 76), saw));
    });
    check("now an A: open until answered", &[(Open, false, true, 1)], &|streams| {
        let high = grade2(streams);
        say(streams, NURSE, fact(Act::Told, &[], &[]));
        let saw = saw(&[(&high, &["sbp1_mmhg", "dbp1_mmhg"])]);
        streams.save(NURSE, person(1), save(pressure(186, 112), saw));
    });
    check("accepted by a doctor", &[(Open, false, true, 0)], &|streams| {
        let high = grade2(streams);
        let signed = conclusion(&[&high], &[], &[("adult_bp", "grade2", 2)]);
        streams.put(VILLAGE, [HOSPITAL; 16], of(header(person(1)), Fact::Conclusion(signed)));
    });
    check("rejected by a doctor", &[], &|streams| {
        let high = grade2(streams);
        let mut signed = conclusion(&[&high], &[], &[("adult_bp", "grade2", 2)]);
        signed.findings[0].answer = protocol::fact::AnswerKind::Rejected as u32;
        signed.findings[0].reason = "袖带不合".to_owned();
        signed.findings[0].value = "166/102 mmHg".to_owned();
        streams.put(VILLAGE, [HOSPITAL; 16], of(header(person(1)), Fact::Conclusion(signed)));
    });
    check("a doctor's own", &[(Open, false, true, 0)], &|streams| {
        let fine = streams.save(NURSE, person(1), save(pressure(118, 76), Vec::new()));
        let mut signed = conclusion(&[&fine], &[], &[("", "", 2)]);
        signed.findings[0].answer = protocol::fact::AnswerKind::Added as u32;
        signed.findings[0].text = "腹部包块".to_owned();
        streams.put(VILLAGE, [HOSPITAL; 16], of(header(person(1)), Fact::Conclusion(signed)));
    });
}

#[test]
fn what_a_doctor_rejected_of_one_value_is_open_for_another_of_the_same_class() {
    let rejected = |streams: &mut Streams, over: &Placed, value: &str| {
        let mut signed = conclusion(&[over], &[], &[("adult_bp", "grade3", 3)]);
        signed.findings[0].answer = protocol::fact::AnswerKind::Rejected as u32;
        signed.findings[0].reason = "袖带不合".to_owned();
        signed.findings[0].value = value.to_owned();
        streams.put(VILLAGE, [HOSPITAL; 16], of(header(person(1)), Fact::Conclusion(signed)))
    };
    let grade3 = |streams: &mut Streams, (sbp, dbp), seen: Option<&Placed>| {
        let seen: Vec<(&Placed, &[&str])> =
            seen.iter().map(|one| (*one, &["sbp1_mmhg", "dbp1_mmhg"][..])).collect();
        streams.save(NURSE, person(1), save(pressure(sbp, dbp), saw(&seen)))
    };
    let open = [(TaskState::Open, false, true, 0)];
    check("another of the class since", &open, &|streams| {
        let first = grade3(streams, (184, 112), None);
        rejected(streams, &first, "184/112 mmHg");
        grade3(streams, (192, 116), Some(&first));
    });
    check("nobody said of which value", &open, &|streams| {
        let first = grade3(streams, (184, 112), None);
        rejected(streams, &first, "");
    });
    // The controls: of that value it stands, also where it is written once more.
    check("of that value", &[], &|streams| {
        let first = grade3(streams, (184, 112), None);
        rejected(streams, &first, "184/112 mmHg");
    });
    check("the same written once more", &[], &|streams| {
        let first = grade3(streams, (184, 112), None);
        rejected(streams, &first, "184/112 mmHg");
        grade3(streams, (184, 112), Some(&first));
    });
}

#[test]
fn a_number_printed_before_two_ids_became_one_still_finds_its_task() {
    let mut streams = Streams::default();
    for number in [1, 2] {
        let who = registration(with_id("张小华", 7), VILLAGE, "");
        streams.put(VILLAGE, [NURSE; 16], of(header(person(number)), Fact::Registration(who)));
    }
    streams.save(NURSE, person(2), save(pressure(166, 102), Vec::new()));
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    let number = |who| task_number(RoundId(ROUND), person(who), "adult_bp");
    assert_ne!(number(1), number(2));
    for who in [1, 2] {
        let found = place.store.tasks_numbered(number(who)).unwrap();
        assert_eq!(found.iter().map(|t| t.person).collect::<Vec<_>>(), [person(1)]);
    }
    // Control: somebody else's number finds nothing.
    assert_eq!(place.store.tasks_numbered(number(3)).unwrap(), []);
}

#[test]
fn a_list_that_went_out_is_told_where_its_unit_is() {
    let mut streams = Streams::default();
    let issue = IssueFact {
        unit: VILLAGE.to_owned(),
        purpose: "随访".to_owned(),
        format: "xlsx".to_owned(),
        rows: 3,
        digest: vec![1; 32],
    };
    streams.put(VILLAGE, [NURSE; 16], of(roster_header(), Fact::Issue(issue)));
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    let issued =
        |unit: &str| place.store.issued(RoundId(ROUND), &UnitCode(unit.to_owned())).unwrap();
    assert_eq!(issued(VILLAGE).iter().map(|one| one.rows).collect::<Vec<_>>(), [3]);
    assert_eq!(issued(&VILLAGE[..9]).len(), 1);
    assert_eq!(issued(OTHER), []);
}

#[test]
fn a_glucose_that_is_known_to_be_fasting_later_keeps_its_one_follow_up_what_was_said_of_it_and_its_number()
 {
    let told = |rule: &str, saw: &[&Placed]| StepFact {
        rule: rule.to_owned(),
        told: "本人".to_owned(),
        at: "14:05".to_owned(),
        read_back: true,
        ..fact(Act::Told, saw, &[])
    };
    let glucose = |streams: &mut Streams| {
        streams.save(NURSE, person(1), save(vec![result("glucose_mmol_l", 18)], Vec::new()))
    };
    let answer = |streams: &mut Streams, choice: i64| {
        streams.save(TOWNSHIP, person(1), save(vec![result("fasting", choice)], Vec::new()))
    };
    let is = |state, steps| vec![(state, false, true, steps)];
    check("a laboratory's, nobody said whether fasting", &is(TaskState::Open, 0), &|streams| {
        glucose(streams);
    });
    check("told, and the answer comes after", &is(TaskState::Told, 1), &|streams| {
        glucose(streams);
        say(streams, NURSE, told("glucose_random", &[]));
        answer(streams, 1);
    });
    check("told as both", &is(TaskState::Arrived, 2), &|streams| {
        glucose(streams);
        let first = say(streams, NURSE, told("glucose_random", &[]));
        answer(streams, 1);
        let arrived =
            StepFact { rule: "glucose_fasting".to_owned(), ..fact(Act::Arrived, &[&first], &[]) };
        say(streams, TOWNSHIP, arrived);
    });
    // Control: another finding's step is not its, and is seen as one whose finding is gone.
    let two = vec![(TaskState::Open, false, true, 0), (TaskState::Told, false, false, 1)];
    check("another's step", &two, &|streams| {
        glucose(streams);
        let other = StepFact { rule: "adult_bp".to_owned(), ..told("adult_bp", &[]) };
        say(streams, NURSE, other);
        answer(streams, 1);
    });
    let mut streams = Streams::default();
    glucose(&mut streams);
    answer(&mut streams, 1);
    let mut place = place(Role::Device);
    keep(&mut place.store, &streams.placed);
    for rule in ["glucose_fasting", "glucose_random"] {
        let number = task_number(RoundId(ROUND), person(1), rule);
        assert_eq!(
            place.store.tasks_numbered(number).unwrap().len(),
            1,
            "{rule}: on paper already"
        );
    }
    let other = task_number(RoundId(ROUND), person(1), "adult_bp");
    assert_eq!(place.store.tasks_numbered(other).unwrap(), []);
}

/// Told, and read back. `of`: the lines of level A that it was said of; none: by a program that did not name them.
fn answer(rule: &str, of: Option<&[&str]>, saw: &[&Placed]) -> StepFact {
    let of = of.map(|lines| {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        SaidOfFact { lines, ..SaidOfFact::default() }
    });
    StepFact {
        rule: rule.to_owned(),
        told: "本人".to_owned(),
        at: "14:05".to_owned(),
        read_back: true,
        of,
        ..fact(Act::Told, saw, &[])
    }
}

#[test]
fn an_answer_is_of_what_it_was_said_of_and_a_later_a_of_the_same_rule_is_open() {
    const HIGH: &str = "potassium_high_critical";
    let potassium = |streams: &mut Streams| {
        streams.save(NURSE, person(1), save(vec![result("potassium_mmol_l", 7)], Vec::new()))
    };
    let sodium = |streams: &mut Streams, value| {
        streams.save(TOWNSHIP, person(1), save(vec![result("sodium_mmol_l", value)], Vec::new()))
    };
    let is = |state, steps| vec![(state, false, true, steps)];
    use TaskState::{Open, Told};
    check("answered", &is(Told, 1), &|streams| {
        potassium(streams);
        say(streams, NURSE, answer("electrolytes", Some(&[HIGH]), &[]));
    });
    check("another value of it since", &is(Told, 1), &|streams| {
        potassium(streams);
        say(streams, NURSE, answer("electrolytes", Some(&[HIGH]), &[]));
        streams.save(TOWNSHIP, person(1), save(vec![result("potassium_mmol_l", 8)], Vec::new()));
        sodium(streams, 150);
    });
    check("another A since", &is(Open, 1), &|streams| {
        potassium(streams);
        say(streams, NURSE, answer("electrolytes", Some(&[HIGH]), &[]));
        sodium(streams, 165);
    });
    check("and told too", &is(Told, 2), &|streams| {
        potassium(streams);
        let first = say(streams, NURSE, answer("electrolytes", Some(&[HIGH]), &[]));
        sodium(streams, 165);
        let both = Some(&[HIGH, "sodium_high_critical"][..]);
        say(streams, TOWNSHIP, answer("electrolytes", both, &[&first]));
    });
    check("answered while it was a B", &is(Open, 1), &|streams| {
        let high = grade2(streams);
        say(streams, NURSE, answer("adult_bp", Some(&[]), &[]));
        let saw = saw(&[(&high, &["sbp1_mmhg", "dbp1_mmhg"])]);
        streams.save(NURSE, person(1), save(pressure(186, 112), saw));
    });
    // Control: an entry of a program that named no lines is of all there are, as it was.
    check("an entry of before", &is(Told, 1), &|streams| {
        potassium(streams);
        say(streams, NURSE, answer("electrolytes", None, &[]));
        sodium(streams, 165);
    });
}

#[test]
fn a_repeat_decides_of_what_it_repeated_and_not_of_a_glucose_that_came_after_it() {
    const FIRST: &[&str] = &["glucose_mmol_l"];
    const REPEAT: &[&str] = &["glucose2_mmol_l"];
    let first = |streams: &mut Streams, value, seen: Vec<(&Placed, &[&str])>| {
        let results = vec![result("glucose_mmol_l", value)];
        streams.save(NURSE, person(1), save(results, saw(&seen)))
    };
    let repeat = |streams: &mut Streams, value, seen: Vec<(&Placed, &[&str])>| {
        let results = vec![result("glucose2_mmol_l", value)];
        streams.save(NURSE, person(1), save(results, saw(&seen)))
    };
    let lab_by = |streams: &mut Streams, writer, value| {
        let lab = LabFact { tube: "B0001".to_owned(), ..LabFact::default() };
        let results = vec![result("glucose_mmol_l", value)];
        let fact = SaveFact { lab: Some(lab), ..save(results, Vec::new()) };
        streams.save(writer, person(1), fact)
    };
    let lab = |streams: &mut Streams, value| lab_by(streams, HOSPITAL, value);
    let open = [(TaskState::Open, false, true, 0)];
    check("too low, and not on repeat", &[], &|streams| {
        let low = first(streams, 2, Vec::new());
        repeat(streams, 5, vec![(&low, REPEAT)]);
    });
    check("in one entry", &[], &|streams| {
        let both = vec![result("glucose_mmol_l", 2), result("glucose2_mmol_l", 5)];
        streams.save(NURSE, person(1), save(both, Vec::new()));
    });
    check("one after the other by one writer", &[], &|streams| {
        first(streams, 2, Vec::new());
        repeat(streams, 5, Vec::new());
    });
    check("a morning's paper copied in after a laboratory's report", &open, &|streams| {
        lab_by(streams, NURSE, 2);
        let both = vec![result("glucose_mmol_l", 2), result("glucose2_mmol_l", 5)];
        streams.save(NURSE, person(1), save(both, Vec::new()));
    });
    check("a laboratory's too low since", &open, &|streams| {
        let low = first(streams, 2, Vec::new());
        repeat(streams, 5, vec![(&low, REPEAT)]);
        lab(streams, 2);
    });
    check("which was repeated too", &[], &|streams| {
        let low = first(streams, 2, Vec::new());
        let again = repeat(streams, 5, vec![(&low, REPEAT)]);
        let reported = lab(streams, 2);
        repeat(streams, 5, vec![(&low, REPEAT), (&again, REPEAT), (&reported, REPEAT)]);
    });
    check("a repeat that is only put right", &open, &|streams| {
        let low = first(streams, 2, Vec::new());
        let again = repeat(streams, 5, vec![(&low, REPEAT)]);
        lab(streams, 2);
        repeat(streams, 6, vec![(&again, REPEAT)]);
    });
    check("the laboratory's is chosen", &open, &|streams| {
        let low = first(streams, 3, Vec::new());
        repeat(streams, 5, vec![(&low, REPEAT)]);
        let reported = lab(streams, 2);
        first(streams, 2, vec![(&low, FIRST), (&reported, FIRST)]);
    });
    check("the one that was repeated is chosen", &[], &|streams| {
        let low = first(streams, 1, Vec::new());
        repeat(streams, 5, vec![(&low, REPEAT)]);
        let reported = lab(streams, 2);
        first(streams, 1, vec![(&low, FIRST), (&reported, FIRST)]);
    });
    check("too low on repeat, whatever a laboratory says since", &open, &|streams| {
        let low = first(streams, 2, Vec::new());
        repeat(streams, 2, vec![(&low, REPEAT)]);
        let reported = lab(streams, 5);
        first(streams, 5, vec![(&low, FIRST), (&reported, FIRST)]);
    });
    // Control: a laboratory's that is not too low asks for nothing.
    check("a laboratory's as it should be", &[], &|streams| {
        let low = first(streams, 2, Vec::new());
        repeat(streams, 5, vec![(&low, REPEAT)]);
        lab(streams, 5);
    });
}

#[test]
fn a_b_of_a_rule_whose_task_had_ended_is_open_whatever_program_ended_it() {
    // `minor`: the lines of level B that it was said of; none: by a program that named those of level A alone.
    let treated = |minor: Option<&[&str]>, saw: &[&Placed]| {
        let of = SaidOfFact {
            minor: minor.unwrap_or_default().iter().map(|line| (*line).to_owned()).collect(),
            names_minor: minor.is_some(),
            ..SaidOfFact::default()
        };
        StepFact { rule: "lipids".to_owned(), of: Some(of), ..fact(Act::Treated, saw, &[]) }
    };
    let on = |streams: &mut Streams, days: i32, item: &str, value| {
        let header = header(person(1));
        let header = protocol::Header { day: header.day.map(|day| day + days), ..header };
        let saved = Fact::Save(save(vec![result(item, value)], Vec::new()));
        streams.put(VILLAGE, [TOWNSHIP; 16], of(header, saved))
    };
    let is = |state, steps| vec![(state, false, true, steps)];
    use TaskState::{Open, Treated};
    let check_both = |what: &str, minor: Option<&[&str]>, days, expected| {
        check(what, &is(expected, 1), &|streams| {
            on(streams, 0, "tc_mmol_l", 7);
            say(streams, NURSE, treated(minor, &[]));
            on(streams, days, "tg_mmol_l", 8);
        });
    };
    let both: Option<&[&str]> = Some(&["tc_high", "tg_pancreatitis"]);
    check_both("another since", Some(&["tc_high"]), 0, Open);
    check_both("said of both", both, 0, Treated);
    check_both("of an earlier program, of that day", None, 0, Treated);
    check_both("of an earlier program, later", None, 1, Open);
    check("and treated too", &is(Treated, 2), &|streams| {
        on(streams, 0, "tc_mmol_l", 7);
        let first = say(streams, NURSE, treated(Some(&["tc_high"]), &[]));
        on(streams, 5, "tg_mmol_l", 8);
        say(streams, TOWNSHIP, treated(both, &[&first]));
    });
    // Control: another value of the same class asks nobody again.
    check("another value of it", &is(Treated, 1), &|streams| {
        let first = on(streams, 0, "tc_mmol_l", 7);
        say(streams, NURSE, treated(Some(&["tc_high"]), &[]));
        let again = save(vec![result("tc_mmol_l", 8)], saw(&[(&first, &["tc_mmol_l"])]));
        streams.save(TOWNSHIP, person(1), again);
    });
}
