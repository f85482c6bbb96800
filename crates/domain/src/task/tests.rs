//! Every transition of a finding's follow-up as a row, what may not be said, and two people who did not know of each other.

use super::order::Order;
use super::*;
use std::collections::BTreeSet;

/// Of a finding whose lines are not named.
fn stand<R: Ord + Copy>(level: Level, steps: &[Step<R>]) -> Stand<R> {
    super::stand(level, &Lines::default(), steps)
}

fn day(of_month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, of_month).unwrap()
}

/// A step numbered `id` that has seen `saw`.
fn step(id: u8, act: Act, saw: &[u8]) -> Step<u8> {
    Step {
        id,
        act,
        day: None,
        next: None,
        is_answer: act == Act::Told,
        of: None,
        saw: saw.iter().copied().collect(),
        replaces: BTreeSet::new(),
    }
}

/// Each of the acts after all before it.
fn chain(acts: &[Act]) -> Vec<Step<u8>> {
    let one = |(at, act): (usize, &Act)| {
        let saw: Vec<u8> = (0..at as u8).collect();
        step(at as u8, *act, &saw)
    };
    acts.iter().enumerate().map(one).collect()
}

#[test]
fn every_step_from_every_state_leads_where_the_chain_says_or_is_refused() {
    use Act as T;
    use TaskState as S;
    // From: told, referred, arrived, diagnosed, treated, in care, controlled, cleared, not reached, lost.
    type Row = (S, [Option<S>; 10]);
    let table: [Row; 10] = [
        (
            S::Open,
            [
                Some(S::Told),
                Some(S::Referred),
                Some(S::Arrived),
                Some(S::Diagnosed),
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                Some(S::Cleared),
                Some(S::Open),
                Some(S::Lost),
            ],
        ),
        (
            S::Told,
            [
                Some(S::Told),
                Some(S::Referred),
                Some(S::Arrived),
                Some(S::Diagnosed),
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                Some(S::Cleared),
                Some(S::Told),
                Some(S::Lost),
            ],
        ),
        (
            S::Referred,
            [
                Some(S::Referred),
                Some(S::Referred),
                Some(S::Arrived),
                Some(S::Diagnosed),
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                Some(S::Cleared),
                Some(S::Referred),
                Some(S::Lost),
            ],
        ),
        (
            S::Arrived,
            [
                Some(S::Arrived),
                Some(S::Arrived),
                Some(S::Arrived),
                Some(S::Diagnosed),
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                Some(S::Cleared),
                Some(S::Arrived),
                Some(S::Lost),
            ],
        ),
        (
            S::Diagnosed,
            [
                Some(S::Diagnosed),
                Some(S::Diagnosed),
                None,
                Some(S::Diagnosed),
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                Some(S::Cleared),
                Some(S::Diagnosed),
                Some(S::Lost),
            ],
        ),
        (
            S::Lost,
            [
                Some(S::Told),
                Some(S::Referred),
                Some(S::Arrived),
                Some(S::Diagnosed),
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                Some(S::Cleared),
                Some(S::Lost),
                None,
            ],
        ),
        (
            S::Treated,
            [
                None,
                None,
                None,
                None,
                Some(S::Treated),
                Some(S::InCare),
                Some(S::Controlled),
                None,
                None,
                None,
            ],
        ),
        (
            S::InCare,
            [None, None, None, None, None, Some(S::InCare), Some(S::Controlled), None, None, None],
        ),
        (
            S::Controlled,
            [None, None, None, None, None, Some(S::InCare), Some(S::Controlled), None, None, None],
        ),
        (S::Cleared, [None; 10]),
    ];
    let acts = [
        T::Told,
        T::Referred,
        T::Arrived,
        T::Diagnosed,
        T::Treated,
        T::InCare,
        T::Controlled,
        T::Cleared,
        T::NotReached,
        T::Lost,
    ];
    assert_eq!(table.map(|(from, _)| from), TaskState::ALL, "every state has its row");
    for (from, row) in table {
        for (act, expected) in acts.into_iter().zip(row) {
            assert_eq!(leads(from, act, TRIES_MIN), expected, "{from:?} {act:?}");
        }
        assert_eq!(leads(from, Act::Lost, TRIES_MIN - 1), None, "{from:?}: too few tries");
        assert_eq!(leads(from, Act::Withdrawn, TRIES_MIN), None, "{from:?}");
    }
}

#[test]
fn a_chain_comes_as_far_as_its_steps_in_whatever_order_they_are_told() {
    let check = |acts: &[Act], expected: TaskState| {
        let mut steps = chain(acts);
        for _ in 0..2 {
            let stand = stand(Level::B, &steps);
            assert_eq!((stand.state, stand.differs), (expected, false), "{acts:?}");
            steps.reverse();
        }
    };
    use Act::{
        Arrived, Cleared, Controlled, Diagnosed, InCare, Lost, NotReached, Referred, Told, Treated,
    };
    check(&[], TaskState::Open);
    check(&[NotReached], TaskState::Open);
    check(&[Told, Referred], TaskState::Referred);
    check(
        &[Told, Referred, Arrived, Diagnosed, Treated, InCare, Controlled],
        TaskState::Controlled,
    );
    check(&[Referred, Arrived, Told, NotReached], TaskState::Arrived);
    check(&[NotReached, NotReached, Lost], TaskState::Open);
    check(&[NotReached, NotReached, NotReached, Lost], TaskState::Lost);
    check(&[NotReached, NotReached, NotReached, Lost, Arrived], TaskState::Arrived);
    check(&[Told, Cleared], TaskState::Cleared);
    check(&[Controlled, InCare], TaskState::InCare);
}

#[test]
fn a_level_a_stays_open_until_who_was_told_when_and_read_back_is_known() {
    let told = |is_answer| Step { is_answer, ..step(0, Act::Told, &[]) };
    let check = |level, steps: &[Step<u8>], expected: TaskState, due_day: Option<NaiveDate>| {
        let stand = stand(level, steps);
        assert_eq!(stand.state, expected);
        assert_eq!(due(level, &stand, Some(day(14)), Some(14)), due_day);
    };
    let arrived = step(1, Act::Arrived, &[0]);
    check(Level::A, &[], TaskState::Open, Some(day(14)));
    check(Level::A, &[told(false)], TaskState::Open, Some(day(14)));
    check(Level::A, &[told(false), arrived.clone()], TaskState::Open, Some(day(14)));
    check(Level::A, &[told(true)], TaskState::Told, Some(day(28)));
    check(Level::A, &[told(true), arrived.clone()], TaskState::Arrived, Some(day(28)));
    // Control: of a B nothing of the kind is asked.
    check(Level::B, &[told(false), arrived], TaskState::Arrived, Some(day(28)));
    check(Level::B, &[], TaskState::Open, Some(day(28)));
}

/// Lines by which a step names them.
fn lines(named: &[&str]) -> BTreeSet<String> {
    named.iter().map(|one| (*one).to_owned()).collect()
}

/// A step of a program that named the lines of level A alone.
fn of(named: &[&str], step: Step<u8>) -> Step<u8> {
    Step { of: Some(SaidOf { grave: lines(named), minor: None }), ..step }
}

/// Lines of level A, nobody knows since when.
fn grave(named: &[&str]) -> Lines {
    let grave = named.iter().map(|one| ((*one).to_owned(), None)).collect();
    Lines { grave, minor: Default::default() }
}

#[test]
fn an_answer_is_of_the_lines_it_was_said_of_and_a_later_one_is_asked_for_again() {
    let check = |grave: &[&str], steps: &[Step<u8>], state: TaskState, left: &[&str]| {
        let mut steps = steps.to_vec();
        for _ in 0..2 {
            let stand = super::stand(Level::A, &self::grave(grave), &steps);
            let is_answered = left.is_empty();
            assert_eq!((stand.state, stand.is_answered), (state, is_answered), "{grave:?}");
            assert_eq!(stand.unanswered, lines(left), "{grave:?}");
            steps.reverse();
        }
    };
    use TaskState::{Arrived, Open, Told};
    let eye = of(&["eye"], step(0, Act::Told, &[]));
    let both = of(&["ear", "eye"], step(1, Act::Told, &[0]));
    check(&["eye"], std::slice::from_ref(&eye), Told, &[]);
    check(&["ear", "eye"], std::slice::from_ref(&eye), Open, &["ear"]);
    check(&["ear", "eye"], &[eye.clone(), both.clone()], Told, &[]);
    // What is not there any more is asked of nobody; back again it is answered as it was.
    check(&["ear"], &[eye.clone(), both], Told, &[]);
    // Two who did not know of each other answer one each.
    check(&["ear", "eye"], &[eye.clone(), of(&["ear"], step(2, Act::Told, &[]))], Told, &[]);
    // Said of all, and no answer: whoever it was said to did not say it again.
    let half = Step { is_answer: false, ..of(&["ear", "eye"], step(1, Act::Told, &[0])) };
    check(&["ear", "eye"], &[eye.clone(), half], Open, &["ear"]);
    // As a B nothing was there to be answered.
    check(&["grade3"], &[of(&[], step(0, Act::Told, &[]))], Open, &["grade3"]);
    // It has come further for the one, and is open for the other.
    let arrived = of(&["eye"], step(1, Act::Arrived, &[0]));
    check(&["eye"], &[eye.clone(), arrived.clone()], Arrived, &[]);
    check(&["ear", "eye"], &[eye, arrived], Open, &["ear"]);
    // The control: an entry of a program that did not name them is of all there are.
    check(&["ear", "eye"], &[step(0, Act::Told, &[])], Told, &[]);
}

#[test]
fn what_had_ended_or_was_given_up_goes_on_for_a_line_it_was_not_said_of() {
    let check = |acts: &[(&[&str], Act)], states: [TaskState; 2]| {
        let mut steps: Vec<Step<u8>> = Vec::new();
        for (at, (named, act)) in acts.iter().enumerate() {
            let saw: Vec<u8> = (0..at as u8).collect();
            steps.push(of(named, step(at as u8, *act, &saw)));
        }
        let after = |grave: &[&str]| super::stand(Level::A, &self::grave(grave), &steps).state;
        assert_eq!([after(&["eye"]), after(&["ear", "eye"])], states, "{acts:?}");
    };
    use Act::{Cleared, Lost, NotReached, Referred, Told, Treated};
    use TaskState as S;
    let (eye, both): (&[&str], &[&str]) = (&["eye"], &["ear", "eye"]);
    check(&[(eye, Told), (eye, Cleared)], [S::Cleared, S::Open]);
    check(&[(eye, Told), (eye, Cleared), (both, Told)], [S::Told; 2]);
    check(&[(eye, Told), (eye, Treated), (both, Told), (both, Referred)], [S::Referred; 2]);
    // The control: said once more of the same, an end stays one.
    check(&[(eye, Told), (eye, Cleared), (eye, Told)], [S::Cleared, S::Open]);
    let tries = [(eye, NotReached); TRIES_MIN];
    let lost: Vec<_> = tries.into_iter().chain([(eye, Lost)]).collect();
    check(&lost, [S::Lost, S::Open]);
    let again: Vec<_> = lost.into_iter().chain([(both, Lost)]).collect();
    check(&again, [S::Lost, S::Lost]);
}

#[test]
fn what_stands_in_a_steps_place_is_asked_what_that_one_was() {
    let named = |named: &[&str], act, at: u8| {
        let saw: Vec<u8> = (0..at).collect();
        of(named, step(at, act, &saw))
    };
    let grave = grave(&["ear", "eye"]);
    let steps = [named(&["eye"], Act::Told, 0), named(&["eye"], Act::Referred, 1)];
    let before = |of: u8| stand_before(Level::A, &grave, &steps, &BTreeSet::from([of]));
    assert!(before(1).is_answered, "the referral was said when all that stood was answered");
    assert_eq!(before(0).unanswered, lines(&["eye"]));
    let said = said_of(&steps, &BTreeSet::from([0, 1]));
    assert_eq!(said, Some(SaidOf { grave: lines(&["eye"]), minor: None }));
    // The controls: as it stands it is not; and where it was not named, what stands now is asked.
    assert_eq!(super::stand(Level::A, &grave, &steps).unanswered, lines(&["ear"]));
    let old = [step(0, Act::NotReached, &[])];
    let stood = stand_before(Level::A, &grave, &old, &BTreeSet::from([0]));
    assert_eq!(stood.unanswered, lines(&["ear", "eye"]));
    assert_eq!(said_of(&old, &BTreeSet::from([0])), None);
    let as_b = [of(&[], step(0, Act::NotReached, &[]))];
    assert!(stand_before(Level::A, &grave, &as_b, &BTreeSet::from([0])).is_answered);
}

#[test]
fn two_who_did_not_know_of_each_other_stand_side_by_side_and_the_less_finished_counts() {
    let check = |steps: &[Step<u8>], state: TaskState, differs: bool, heads: usize| {
        let stand = stand(Level::B, steps);
        assert_eq!((stand.state, stand.differs, stand.heads.len()), (state, differs, heads));
    };
    let told = step(0, Act::Told, &[]);
    let treated = step(1, Act::Treated, &[0]);
    let cleared = step(2, Act::Cleared, &[0]);
    check(&[told.clone(), treated.clone(), cleared.clone()], TaskState::Treated, true, 2);
    let arrived = step(3, Act::Arrived, &[0]);
    check(&[told.clone(), treated.clone(), arrived.clone()], TaskState::Arrived, true, 2);
    // The same said twice is no difference.
    check(
        &[told.clone(), treated.clone(), step(3, Act::Treated, &[0])],
        TaskState::Treated,
        false,
        2,
    );
    // Whoever has seen both decides.
    let decided = step(4, Act::Treated, &[0, 1, 3]);
    check(&[told, treated, arrived, decided], TaskState::Treated, false, 1);
}

#[test]
fn what_is_said_in_place_of_a_step_stands_in_its_place_and_what_is_withdrawn_does_not() {
    let mut steps = chain(&[Act::Told, Act::Treated]);
    let instead = Step { replaces: [1].into(), ..step(2, Act::Arrived, &[0, 1]) };
    steps.push(instead);
    let stood = stand(Level::B, &steps);
    assert_eq!((stood.state, stood.standing.len()), (TaskState::Arrived, 2));
    steps.push(Step { replaces: [2].into(), ..step(3, Act::Withdrawn, &[0, 1, 2]) });
    let stood = stand(Level::B, &steps);
    assert_eq!((stood.state, stood.differs, stood.standing.len()), (TaskState::Told, false, 1));
    // Control: the order in which they came says nothing.
    steps.reverse();
    assert_eq!(stand(Level::B, &steps), stood);
}

#[test]
fn the_next_day_is_the_agreed_one_until_the_chain_ends() {
    let with = |next: u32, one: Step<u8>| Step { next: Some(day(next)), ..one };
    let check = |steps: &[Step<u8>], expected: Option<NaiveDate>, heading: Bucket| {
        let stand = stand(Level::B, steps);
        let due = due(Level::B, &stand, Some(day(14)), Some(7));
        assert_eq!(due, expected);
        assert_eq!(bucket(stand.state, true, due, day(21)), heading);
    };
    let told = step(0, Act::Told, &[]);
    check(&[], Some(day(21)), Bucket::Due);
    check(&[with(20, told.clone())], Some(day(20)), Bucket::Overdue);
    check(
        &[with(20, told.clone()), step(1, Act::NotReached, &[0])],
        Some(day(20)),
        Bucket::Overdue,
    );
    check(
        &[with(20, told.clone()), with(25, step(1, Act::Arrived, &[0]))],
        Some(day(25)),
        Bucket::Due,
    );
    check(&[with(20, told.clone()), step(1, Act::Treated, &[0])], None, Bucket::Done);
    check(&[told, with(28, step(1, Act::Treated, &[0]))], Some(day(28)), Bucket::Due);
    let lost = chain(&[Act::NotReached, Act::NotReached, Act::NotReached, Act::Lost]);
    check(&lost, None, Bucket::Lost);
    assert_eq!(bucket(TaskState::Open, false, Some(day(1)), day(21)), Bucket::Gone);
    assert_eq!(bucket(TaskState::Open, true, None, day(21)), Bucket::Due);
}

#[test]
fn what_may_not_be_said_is_refused_by_name() {
    let wanted = |act, note: &str| Wanted {
        act,
        day: day(20),
        next: None,
        told: String::new(),
        at: String::new(),
        read_back: false,
        place: String::new(),
        note: note.to_owned(),
    };
    let answer = Wanted {
        told: "本人".to_owned(),
        at: "09:40".to_owned(),
        read_back: true,
        ..wanted(Act::Told, "")
    };
    let check = |level, steps: &[Act], wanted: &Wanted, expected: Result<(), Refusal>| {
        let steps: Vec<Step<u8>> = chain(steps);
        let stand = stand(level, &steps);
        assert_eq!(
            super::check(level, true, Some(day(14)), &stand, wanted),
            expected,
            "{wanted:?}"
        );
    };
    let (a, b) = (Level::A, Level::B);
    check(b, &[], &wanted(Act::Told, ""), Ok(()));
    check(a, &[], &wanted(Act::Told, ""), Err(Refusal::NotAnswered));
    check(a, &[], &answer, Ok(()));
    check(a, &[], &Wanted { read_back: false, ..answer.clone() }, Err(Refusal::NotAnswered));
    check(a, &[], &Wanted { told: " ".to_owned(), ..answer.clone() }, Err(Refusal::NotAnswered));
    check(a, &[], &Wanted { at: String::new(), ..answer.clone() }, Err(Refusal::NotAnswered));
    check(a, &[], &Wanted { at: "25:00".to_owned(), ..answer }, Err(Refusal::TooLong));
    check(a, &[], &wanted(Act::Treated, ""), Err(Refusal::NotAnswered));
    check(a, &[], &wanted(Act::NotReached, "无人接听"), Ok(()));
    check(a, &[Act::Told], &wanted(Act::Treated, ""), Ok(()));
    check(b, &[], &wanted(Act::Referred, ""), Err(Refusal::PlaceMissing));
    let referred = Wanted { place: "区人民医院".to_owned(), ..wanted(Act::Referred, "") };
    check(b, &[], &referred, Ok(()));
    check(b, &[], &wanted(Act::NotReached, " "), Err(Refusal::ReasonMissing));
    let tries = [Act::NotReached; TRIES_MIN];
    check(b, &tries[1..], &wanted(Act::Lost, "外出"), Err(Refusal::TriesMissing));
    check(b, &tries, &wanted(Act::Lost, ""), Err(Refusal::ReasonMissing));
    check(b, &tries, &wanted(Act::Lost, "外出"), Ok(()));
    check(b, &[Act::Treated], &wanted(Act::Told, ""), Err(Refusal::Backward));
    check(b, &[], &Wanted { day: day(13), ..wanted(Act::Told, "") }, Err(Refusal::DayWrong));
    let next = |next| Wanted { next: Some(next), ..wanted(Act::Told, "") };
    check(b, &[], &next(day(20)), Err(Refusal::DayWrong));
    check(b, &[], &next(day(21)), Ok(()));
    check(b, &[], &wanted(Act::Told, &"长".repeat(TEXT_CHARS_MAX + 1)), Err(Refusal::TooLong));
    let stand = stand::<u8>(b, &[]);
    let gone = super::check(b, false, None, &stand, &wanted(Act::Told, ""));
    assert_eq!(gone, Err(Refusal::Gone));
}

#[test]
fn words_codes_and_numbers_are_read_back() {
    for act in Act::ALL {
        assert_eq!(Act::of_word(act.word()), Some(act));
        assert_eq!(Act::of_number(act as u32), Some(act));
        assert_eq!(
            act.code().and_then(|code| Act::of_code(&code.to_string())),
            act.code().map(|_| act)
        );
    }
    for state in TaskState::ALL {
        assert_eq!(TaskState::of_number(i64::from(state.number())), Some(state));
    }
    for way in Way::ALL {
        assert_eq!((Way::read(way.zh()), Way::of_number(way as u32)), (Some(way), Some(way)));
    }
    assert_eq!((Act::of_code("11"), Act::of_code(""), Way::read("6")), (None, None, None));
}

/// Stands in `of`'s place, having seen `saw`.
fn in_place(id: u8, act: Act, saw: &[u8], of: u8) -> Step<u8> {
    Step { replaces: BTreeSet::from([of]), ..step(id, act, saw) }
}

#[test]
fn a_step_put_right_stands_where_it_was_said_and_the_later_ones_are_judged_from_there() {
    let check = |acts: &[Act], id: u8, act: Act, state: TaskState, idle: &[u8]| {
        let mut steps = chain(acts);
        let saw: Vec<u8> = (0..acts.len() as u8).collect();
        steps.push(in_place(99, act, &saw, id));
        let stand = stand(Level::B, &steps);
        assert_eq!((stand.state, stand.differs), (state, false), "{acts:?} {id} {act:?}");
        assert_eq!(stand.idle, idle.iter().copied().collect(), "{acts:?} {id} {act:?}");
        // Nobody said anything later than the last of the chain, unless it is the one put right.
        let last = acts.len() as u8 - 1;
        assert_eq!(stand.heads, BTreeSet::from([if id == last { 99 } else { last }]));
        assert_eq!(stand.standing.len(), acts.len(), "none is lost");
    };
    use Act::Treated;
    use Act::{Arrived, Cleared, Controlled, Diagnosed, InCare, Lost, NotReached, Referred, Told};
    check(&[Told, Treated], 0, Referred, TaskState::Treated, &[]);
    check(&[Told, Referred, Arrived, Diagnosed], 2, NotReached, TaskState::Diagnosed, &[]);
    check(&[Told, Referred, Arrived], 1, NotReached, TaskState::Arrived, &[]);
    // Three tries and lost; one of them was a talk: lost too early now, and the talk stands.
    check(&[NotReached, NotReached, NotReached, Lost], 1, Told, TaskState::Told, &[3]);
    check(&[Treated, InCare, Controlled], 0, Cleared, TaskState::Cleared, &[1, 2]);
    // The last one, as before.
    check(&[Told, Referred], 1, Told, TaskState::Told, &[]);
}

#[test]
fn what_may_be_said_in_a_steps_place_is_judged_from_before_it() {
    let check = |acts: &[Act], id: u8, state: TaskState, tries: usize| {
        let steps = chain(acts);
        let before = stand_before(Level::B, &Lines::default(), &steps, &BTreeSet::from([id]));
        assert_eq!((before.state, before.tries), (state, tries), "{acts:?} {id}");
        // Control: the whole has come further.
        assert_ne!(stand(Level::B, &steps).state, state, "{acts:?} {id}");
    };
    use Act::{Arrived, NotReached, Referred, Told, Treated};
    check(&[Told, Referred, Arrived, Treated], 1, TaskState::Told, 0);
    check(&[Told, Referred, Arrived, Treated], 0, TaskState::Open, 0);
    check(&[NotReached, NotReached, Told, Treated], 1, TaskState::Open, 1);
}

#[test]
fn a_step_put_right_twice_keeps_its_place_and_two_who_put_it_right_apart_differ() {
    use Act::{Arrived, Referred, Told, Treated};
    // 1 was put right by 10, that by 11, and then 2 by 12.
    let mut steps = chain(&[Told, Arrived, Treated]);
    steps.push(in_place(10, Referred, &[0, 1, 2], 1));
    steps.push(in_place(11, Act::Told, &[0, 1, 2, 10], 10));
    steps.push(in_place(12, Arrived, &[0, 1, 2, 10, 11], 2));
    let order = Order::of(&steps, &BTreeSet::new());
    assert_eq!(order.before[&12], BTreeSet::from([0, 11]));
    assert_eq!(order.before[&11], BTreeSet::from([0]));
    assert_eq!(stand(Level::B, &steps).state, TaskState::Arrived);
    // Apart: one says referred, one told, in the place of a step that was followed.
    let mut apart = chain(&[Told, Arrived, Treated]);
    apart.push(in_place(10, Referred, &[0, 1, 2], 1));
    assert!(!stand(Level::B, &apart).differs, "control: one alone");
    apart.push(in_place(11, Act::Told, &[0, 1, 2], 1));
    let both = stand(Level::B, &apart);
    assert_eq!((both.state, both.differs), (TaskState::Treated, true));
    apart.reverse();
    assert_eq!(stand(Level::B, &apart), both, "in whatever order");
    // Bytes that go round in a circle end.
    let mut circle = chain(&[Told, Referred]);
    circle[0].saw.insert(1);
    circle.push(in_place(5, Treated, &[6], 6));
    circle.push(in_place(6, Treated, &[5], 5));
    let _ = stand(Level::A, &circle);
}
