//! What comes after a follow-up has ended or somebody was given up: it is open for that, whoever said what ended it named it or not, and
//! tries of before are none for it.

use super::*;
use std::collections::BTreeSet;

type Keys<'a> = &'a [&'a str];

fn day(of_month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, of_month).unwrap()
}

fn keys(named: Keys) -> BTreeSet<String> {
    named.iter().map(|one| (*one).to_owned()).collect()
}

/// Lines of level A and B, each with the day of the month on which it was there.
fn lines(grave: &[(&str, u32)], minor: &[(&str, u32)]) -> Lines {
    let all = |lines: &[(&str, u32)]| {
        lines.iter().map(|(key, on)| ((*key).to_owned(), Some(day(*on)))).collect()
    };
    Lines { grave: all(grave), minor: all(minor) }
}

/// What was said of which lines on a day; `None` for the lines of level B: by a program that did not name them.
type Said<'a> = (Act, u32, Keys<'a>, Option<Keys<'a>>);

/// Each after all before it.
fn chain(said: &[Said]) -> Vec<Step<u8>> {
    let one = |(at, (act, on, grave, minor)): (usize, &Said)| Step {
        id: at as u8,
        act: *act,
        day: Some(day(*on)),
        next: None,
        is_answer: *act == Act::Told,
        of: Some(SaidOf { grave: keys(grave), minor: minor.map(keys) }),
        saw: (0..at as u8).collect(),
        replaces: BTreeSet::new(),
    };
    said.iter().enumerate().map(one).collect()
}

fn stood(level: Level, lines: &Lines, said: &[Said]) -> Stand<u8> {
    let mut steps = chain(said);
    let stood = stand(level, lines, &steps);
    steps.reverse();
    assert_eq!(stand(level, lines, &steps), stood, "in another order");
    stood
}

use Act::{Cleared, Lost, NotReached, Referred, Told, Treated};
use TaskState as S;

#[test]
fn a_b_that_comes_after_its_follow_up_had_ended_or_was_given_up_is_open_and_goes_on_from_the_start()
{
    let check = |said: &[Said], expected: S| {
        let both = lines(&[], &[("ecg", 14), ("xray", 25)]);
        assert_eq!(stood(Level::B, &both, said).state, expected, "{said:?}");
        // The control: without the second, nothing of it is asked.
        let one = stood(Level::B, &lines(&[], &[("ecg", 14)]), said);
        assert!(one.fresh.is_empty(), "{said:?}");
    };
    let (ecg, both): (Option<Keys>, Option<Keys>) = (Some(&["ecg"]), Some(&["ecg", "xray"]));
    let said = |act, minor| (act, 20, &[] as Keys, minor);
    check(&[said(Treated, ecg)], S::Open);
    check(&[said(Told, ecg), said(Cleared, ecg)], S::Open);
    check(&[said(Treated, both)], S::Treated);
    check(&[said(Treated, ecg), said(Told, both)], S::Told);
    check(&[said(Treated, ecg), said(NotReached, both)], S::Open);
    check(&[said(Cleared, ecg), said(Referred, both), said(Treated, both)], S::Treated);
    // What had only gone on goes on.
    check(&[said(Referred, ecg)], S::Referred);
    // A paper of before that comes in afterwards ends it for what stood on it.
    check(&[said(NotReached, both), said(Treated, ecg)], S::Open);
    let tries = [said(NotReached, ecg); TRIES_MIN];
    let lost = [&tries[..], &[said(Lost, ecg)]].concat();
    check(&lost, S::Open);
    let tried = [&lost[..], &[said(NotReached, both)]].concat();
    check(&tried, S::Open);
    check(&[&tried[..], &[said(Lost, both)]].concat(), S::Open);
    let again = [&lost[..], &[said(NotReached, both); TRIES_MIN], &[said(Lost, both)]].concat();
    check(&again, S::Lost);
}

#[test]
fn what_an_earlier_program_ended_is_ended_for_what_was_there_on_that_day() {
    let check = |on: u32, said: &[Said], expected: S| {
        let both = lines(&[], &[("ecg", 14), ("xray", on)]);
        assert_eq!(stood(Level::B, &both, said).state, expected, "{on} {said:?}");
    };
    let old = |act| (act, 20, &[] as Keys, None);
    check(14, &[old(Treated)], S::Treated);
    check(20, &[old(Treated)], S::Treated);
    check(21, &[old(Treated)], S::Open);
    check(21, &[old(Treated), (Told, 22, &[], Some(&["ecg", "xray"]))], S::Told);
    // Three tries in all, whoever was told between them: such a one was given up by that program, and is.
    let tried = [old(NotReached), old(NotReached), old(Told), old(NotReached), old(Lost)];
    check(14, &tried, S::Lost);
    check(21, &tried, S::Open);
    // The control: a program that names every line is asked for three since.
    let now = tried.map(|(act, on, grave, _)| (act, on, grave, Some(&["ecg", "xray"][..])));
    check(14, &now, S::Told);
    // Nobody knows since when: nothing is opened by that.
    let unknown = Lines { minor: [("ecg".to_owned(), None)].into(), ..Lines::default() };
    assert_eq!(stood(Level::B, &unknown, &[old(Treated)]).state, S::Treated);
}

#[test]
fn what_came_after_it_had_ended_is_due_after_its_own_days() {
    let both = lines(&[], &[("ecg", 1), ("xray", 20)]);
    let said: [Said; 1] = [(Treated, 10, &[], Some(&["ecg"]))];
    let at = |lines: &Lines| due(Level::B, &stood(Level::B, lines, &said), Some(day(1)), Some(7));
    assert_eq!(at(&both), Some(day(27)));
    // The control: it had ended.
    assert_eq!(at(&lines(&[], &[("ecg", 1)])), None);
    // A day that was agreed about what came is the day.
    let anew = [said[0], (Told, 21, &[], Some(&["ecg", "xray"][..]))];
    let after = |next| {
        let mut steps = chain(&anew);
        steps[1].next = next;
        due(Level::B, &stand(Level::B, &both, &steps), Some(day(1)), Some(7))
    };
    assert_eq!((after(Some(day(30))), after(None)), (Some(day(30)), Some(day(27))));
}

#[test]
fn a_b_does_not_ask_again_who_was_told_of_the_a_that_was_answered_or_given_up() {
    let now = lines(&[("high", 14)], &[("low", 25)]);
    let named: (Keys, Option<Keys>) = (&["high"], Some(&[]));
    let said = |act| (act, 20, named.0, named.1);
    let treated = stood(Level::A, &now, &[said(Told), said(Treated)]);
    assert_eq!((treated.state, treated.is_answered), (S::Open, true));
    let lost = [said(NotReached), said(NotReached), said(NotReached), said(Lost)];
    let given_up = stood(Level::A, &now, &lost);
    assert_eq!((given_up.state, given_up.is_given_up), (S::Open, true));
    // Nor whoever is tried about the B; who is reached is there again.
    let then = |act| [&lost[..], &[(act, 26, named.0, Some(&["low"][..]))]].concat();
    assert!(stood(Level::A, &now, &then(NotReached)).is_given_up);
    assert!(!stood(Level::A, &now, &then(Referred)).is_given_up, "control");
    // The control: another of level A is asked for.
    let graver = lines(&[("high", 14), ("low", 25)], &[]);
    assert!(!stood(Level::A, &graver, &[said(Told), said(Treated)]).is_answered);
}

#[test]
fn whoever_is_given_up_was_tried_three_times_since_they_were_reached_and_of_each_line_given_up() {
    let check = |grave: &[(&str, u32)], said: &[Said], tries: usize| {
        let stood = stood(Level::A, &lines(grave, &[]), said);
        assert_eq!(stood.tries, tries, "{said:?}");
    };
    let (k, na) = (("k", 14), ("na", 16));
    let of = |act, grave| (act, 20, grave, Some(&[] as Keys));
    let (first, both): (Keys, Keys) = (&["k"], &["k", "na"]);
    let tried = [of(NotReached, first); TRIES_MIN];
    check(&[k], &tried, 3);
    check(&[k, na], &tried, 0);
    let lost = [&tried[..], &[of(Lost, first)]].concat();
    check(&[k, na], &lost, 0);
    let once = [&lost[..], &[of(NotReached, both)]].concat();
    check(&[k, na], &once, 1);
    let found = [&tried[..], &[of(Told, first)]].concat();
    check(&[k], &found, 0);
    check(&[k], &[&found[..], &[of(NotReached, first)]].concat(), 1);
    // Of whoever is lost, those that they were given up after.
    check(&[k], &lost, 3);
    let state = |said: &[Said]| stood(Level::A, &lines(&[k, na], &[]), said).state;
    // Said without a try since, here or by a program that did not know of the first: it moves nothing.
    assert_eq!(state(&[&lost[..], &[of(Lost, both)]].concat()), S::Open);
    let again = [&lost[..], &[of(NotReached, both); TRIES_MIN], &[of(Lost, both)]].concat();
    assert_eq!(state(&again), S::Lost);
    let paper = SaidOf { grave: keys(first), minor: Some(BTreeSet::new()) };
    assert_eq!(tries(&Lines::default(), &chain(&tried), &paper), 3, "of what stood on the paper");
    // What an earlier program ended is ended for what was there: who was told since was told anew, for paper and screen alike.
    let came = lines(&[], &[("ecg", 1), ("xray", 15)]);
    let of_both = |act| (act, 16, &[] as Keys, Some(&["ecg", "xray"][..]));
    let tried = of_both(NotReached);
    let since = [(Treated, 10, &[] as Keys, None), tried, tried, of_both(Told), tried];
    let paper = SaidOf { grave: BTreeSet::new(), minor: Some(keys(&["ecg", "xray"])) };
    let here = stood(Level::B, &came, &since).tries;
    assert_eq!((tries(&came, &chain(&since), &paper), here), (1, 1));
    assert_eq!(tries(&Lines::default(), &chain(&since), &paper), 3, "control: by no line at all");
}
