//! Power that goes at any moment while a tablet works: whatever part of the unsynced writes is left, the database opens,
//! all that was said to be saved is there once, and what was on its way is there as a whole or not at all.

use crate::disk::{Attached, Disk, Event, FileKind};
use crate::faults::checkpoint;
use crate::power::{Chance, Medium};
use crate::replicas::{
    Batch, Place, assert_sound, copied, folder, heads, key, registration, save, server, tablet,
    village,
};
use ledger::{Heads, Replica};
use std::path::Path;
use store::{Role, Store, StoreError};
use tempfile::TempDir;

/// States in all; the tests below share them.
const STATES: usize = 5_000;
const SEEDS: [u64; 4] = [1, 2, 3, 4];
const STEPS: usize = 60;

/// How the disk or the connection keeps its word about syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Kept,
    /// The disk says that it synced the log, and has not.
    LogNeverSynced,
    /// `PRAGMA synchronous`, set on the product's own connection after it was opened.
    Synchronous(&'static str),
}

/// What a tablet did, and the heads after each step: step 0 is before anything.
struct Day {
    medium: Medium,
    events: Vec<Event>,
    heads: Vec<Heads>,
}

fn open(folder: &Path, word: Word) -> Store {
    let mut store = Store::open(folder, &key()).unwrap();
    // So that logs are carried over often, within the few steps there are.
    let mut sql = "PRAGMA wal_autocheckpoint = 40".to_owned();
    if let Word::Synchronous(how) = word {
        sql = format!("{sql}; COMMIT; PRAGMA synchronous = {how}; BEGIN IMMEDIATE");
    }
    store.write(|tx| tx.batch(&sql)).unwrap();
    store
}

/// A tablet's day as the seed has it: saves, seals, batches from a neighbour, logs carried over, programs closed and
/// opened; each step answered once it returned.
fn day(seed: u64, word: Word, steps: usize) -> Day {
    let mut central = server();
    let Place { folder, store } = tablet(&mut central.store);
    let mut neighbour = tablet(&mut central.store);
    drop(store);
    let mut chance = Chance::new(seed);
    let medium = Medium::of(folder.path());
    let disk = Disk::under(folder.path());
    disk.record(Medium::numbered(folder.path()).into_iter());
    let mut store = open(folder.path(), word);
    let mut after = vec![heads(&store)];
    disk.answered(0);
    let mut theirs = 0;
    for step in 1..=steps {
        let serial = seed * 1_000 + step as u64;
        match chance.below(10) {
            0..5 => {
                store.append(&village(), &[registration(serial), save(serial)]).unwrap();
            }
            5 => {
                store.seal_own().unwrap();
            }
            6 | 7 => {
                let serials =
                    (0..1 + chance.below(12) as u64).map(|more| serial + 100_000 * (more + 1));
                let others: Vec<_> =
                    serials.flat_map(|one| [registration(one), save(one)]).collect();
                neighbour.store.append(&village(), &others).unwrap();
                let batch = Batch::sealed(&mut neighbour.store, theirs);
                theirs += others.len() as u64;
                let answers = store.accept(&batch.ranges, &batch.proofs).unwrap();
                assert!(answers.iter().all(Result::is_ok), "{answers:?}");
            }
            8 => checkpoint(&mut store).unwrap(),
            _ => {
                drop(store);
                store = open(folder.path(), word);
            }
        }
        after.push(heads(&store));
        disk.answered(step);
    }
    drop(store);
    let mut events = disk.events();
    if word == Word::LogNeverSynced {
        events.retain(|event| !matches!(event, Event::Synced { kind: FileKind::Log, .. }));
    }
    Day { medium, events, heads: after }
}

/// Why a state is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wrong {
    Opening(String),
    /// Said to be saved, and not there.
    Lost,
    /// Neither what was before nor what was on its way.
    Neither,
}

impl Day {
    /// Cuts the power `count` times, and hands each state to `judge` with the number of the last step answered.
    fn cut(&self, seed: u64, count: usize, mut judge: impl FnMut(usize, &TempDir, usize)) {
        let mut chance = Chance::new(seed ^ 0x70_6f77_6572);
        let mut cuts: Vec<usize> =
            (0..count).map(|_| chance.below(self.events.len() + 1)).collect();
        cuts.sort_unstable();
        let mut medium = self.medium.clone();
        let (mut applied, mut answered) = (0, 0);
        for (number, cut) in cuts.into_iter().enumerate() {
            for event in &self.events[applied..cut] {
                medium.apply(event);
                if let Event::Answered { step } = event {
                    answered = *step;
                }
            }
            applied = cut;
            let place = folder();
            medium.after_power_loss(&mut chance, place.path());
            judge(number, &place, answered);
        }
    }

    /// What a state holds must be what was answered last, or the step that was on its way then.
    fn judge(&self, found: &Heads, answered: usize) -> Result<(), Wrong> {
        let next = self.heads.get(answered + 1);
        if *found == self.heads[answered] || Some(found) == next {
            return Ok(());
        }
        let is_lost = self.heads[answered]
            .iter()
            .any(|(stream, head)| found.get(stream).is_none_or(|kept| kept.seq < head.seq));
        Err(if is_lost { Wrong::Lost } else { Wrong::Neither })
    }

    fn look(&self, place: &Path, answered: usize) -> Result<Store, Wrong> {
        let opened = Store::open(place, &key());
        let opening = |error: StoreError| Wrong::Opening(error.to_string());
        let store = opened.map_err(opening)?;
        let found = Replica::heads(&store, None).map_err(opening)?;
        self.judge(&found, answered)?;
        Ok(store)
    }
}

/// The states of one seed. Every state is opened, compared head by head, and its pages, chains and seals are
/// checked; every eighth has its projection made anew and compared; in every fourth work goes on; and in every
/// eighth, the power goes a second time while it is opened and worked with.
fn states_of(seed: u64) {
    let day = day(seed, Word::Kept, STEPS);
    println!("seed {seed}: {} events", day.events.len());
    let count = STATES / SEEDS.len();
    let mut looked_at = 0;
    day.cut(seed, count, |number, place, answered| {
        let when = format!("seed {seed}, state {number} of {count}, after step {answered}");
        if number % 8 == 3 {
            cut_again(seed, number, place.path(), &when);
        }
        // Without a sync to wait for.
        let _disk = Disk::under(place.path());
        let looked = day.look(place.path(), answered);
        let mut store = looked.unwrap_or_else(|e| panic!("{when}: {e:?}"));
        assert_sound(&store, number as u64, &when);
        if number % 4 == 1 {
            go_on(&mut store, number, &when);
        }
        looked_at += 1;
    });
    assert_eq!(looked_at, count);
}

/// One save more.
fn go_on(store: &mut Store, number: usize, when: &str) {
    let entries = |store: &Store| heads(store).values().map(|head| head.seq).sum::<u64>();
    let before = entries(store);
    let serial = 900_000 + number as u64;
    store.append(&village(), &[registration(serial), save(serial)]).unwrap();
    assert_eq!(entries(store), before + 2, "{when}");
}

/// The power goes again while a state is opened and worked with: a day of its own, of two steps.
fn cut_again(seed: u64, number: usize, state: &Path, when: &str) {
    let place = copied(state);
    let medium = Medium::of(place.path());
    let disk = Disk::under(place.path());
    disk.record(Medium::numbered(place.path()).into_iter());
    let mut store = Store::open(place.path(), &key()).unwrap_or_else(|e| panic!("{when}: {e}"));
    let mut after = vec![heads(&store)];
    go_on(&mut store, number, when);
    after.push(heads(&store));
    disk.answered(1);
    drop(store);
    let day = Day { medium, events: disk.events(), heads: after };
    day.cut(seed ^ number as u64, 2, |second, place, answered| {
        let _disk = Disk::under(place.path());
        let looked = day.look(place.path(), answered);
        let store = looked.unwrap_or_else(|e| panic!("{when}, again {second}: {e:?}"));
        assert_sound(&store, second as u64, when);
    });
}

#[test]
fn nothing_saved_is_lost_with_the_power_1() {
    states_of(SEEDS[0]);
}

#[test]
fn nothing_saved_is_lost_with_the_power_2() {
    states_of(SEEDS[1]);
}

#[test]
fn nothing_saved_is_lost_with_the_power_3() {
    states_of(SEEDS[2]);
}

#[test]
fn nothing_saved_is_lost_with_the_power_4() {
    states_of(SEEDS[3]);
}

/// A database that was being made: it can be made, or is there. (What says which key is the right one is written last,
/// and synced by itself.)
#[test]
fn a_database_is_made_again_after_the_power_went_while_it_was_made() {
    let place = folder();
    let disk = Disk::under(place.path());
    disk.record(std::iter::empty());
    drop(Store::create(place.path(), &key(), Role::Device).unwrap());
    let day = Day { medium: Medium::default(), events: disk.events(), heads: Vec::new() };
    day.cut(11, 200, |number, place, _| {
        let _disk = Disk::under(place.path());
        let made = match Store::create(place.path(), &key(), Role::Device) {
            Err(StoreError::Exists) => Store::open(place.path(), &key()),
            made => made,
        };
        let mut store = made.unwrap_or_else(|e| panic!("state {number}: {e}"));
        go_on(&mut store, number, "made");
        assert_sound(&store, number as u64, "made");
    });
}

/// How many states lost what was said to be saved, and how many were wrong otherwise.
fn wrong_states(word: Word) -> (usize, usize) {
    let (mut lost, mut otherwise) = (0, 0);
    let day = day(7, word, STEPS);
    day.cut(7, 150, |_, place, answered| {
        let _disk: Attached = Disk::under(place.path());
        match day.look(place.path(), answered) {
            Ok(_) => {}
            Err(Wrong::Lost) => lost += 1,
            Err(Wrong::Opening(_) | Wrong::Neither) => otherwise += 1,
        }
    });
    println!("{word:?}: {lost} lost, {otherwise} otherwise wrong");
    (lost, otherwise)
}

#[test]
fn control_without_full_syncs_saved_work_is_lost() {
    for word in [Word::Synchronous("NORMAL"), Word::Synchronous("OFF"), Word::LogNeverSynced] {
        assert!(wrong_states(word).0 > 0, "{word:?}: no state lost anything");
    }
    assert_eq!(wrong_states(Word::Synchronous("FULL")), (0, 0), "the same way of setting it");
    assert_eq!(wrong_states(Word::Kept), (0, 0));
}

#[test]
fn control_a_save_said_to_be_saved_and_never_committed_is_noticed() {
    let mut day = day(8, Word::Kept, 10);
    // One answer more than there were commits: as if the last step had been answered before it was done.
    let place = copied_state(&day);
    assert!(day.look(place.path(), 10).is_ok());
    let mut beyond = day.heads[10].clone();
    for head in beyond.values_mut() {
        head.seq += 1;
    }
    day.heads.push(beyond);
    assert_eq!(day.look(place.path(), 11).unwrap_err(), Wrong::Lost);
    // And one that is there twice is no more right than one that is missing.
    for head in day.heads[10].values_mut() {
        head.seq -= 1;
    }
    day.heads.truncate(11);
    assert_eq!(day.look(place.path(), 10).unwrap_err(), Wrong::Neither);
}

/// The state after everything was written and closed.
fn copied_state(day: &Day) -> TempDir {
    let mut medium = day.medium.clone();
    for event in &day.events {
        medium.apply(event);
    }
    let place = folder();
    medium.after_power_loss(&mut Chance::new(0), place.path());
    copied(place.path())
}
