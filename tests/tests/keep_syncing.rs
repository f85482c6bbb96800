//! Syncing that goes on by itself: a tablet without a network waits longer and longer, never evenly, and has brought
//! everything home soon after the network is back; what no waiting mends ends it with its sentence.

use field::{Goal, Synced, Watch, Woken};
use protocol::{Code, Failure};
use std::time::Duration;
use stories::cast::{SEATS, VILLAGE};
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

/// Waits for nobody: each wait is noted, and something happens in it.
struct Impatient<'a> {
    waits: Vec<Option<Duration>>,
    codes: Vec<Code>,
    meanwhile: &'a mut dyn FnMut(usize) -> Woken,
}

impl Watch for Impatient<'_> {
    fn tell(&mut self, ran: &Result<Synced, Failure>, next: Option<Duration>) {
        self.waits.push(next);
        self.codes.extend(ran.as_ref().err().map(|failure| failure.code));
    }
    fn wait(&mut self, _: Option<Duration>) -> Woken {
        assert!(self.waits.len() < 50, "it goes on for ever: {:?}", self.waits);
        (self.meanwhile)(self.waits.len())
    }
}

/// A tablet with a day's work, away from its server.
fn away() -> (District, Tablet) {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    district.go_offline();
    let place = tablet.seat.stations[1];
    let sheet = Sheet::measurements().of_place(VILLAGE);
    assert!(tablet.record(&district.round, place, None, &sheet).results > 0);
    (district, tablet)
}

#[test]
fn a_tablet_without_a_network_tries_again_ever_later_and_ends_when_all_is_uploaded() {
    let (district, mut tablet) = away();
    let mut meanwhile = |waits: usize| {
        if waits == 12 {
            district.restart();
        }
        Woken::InTime
    };
    let mut watch = Impatient { waits: Vec::new(), codes: Vec::new(), meanwhile: &mut meanwhile };
    let synced = said(tablet.home.keep_syncing(Goal::Done, &mut watch));
    assert!(synced.pushed > 0);
    assert_eq!(tablet.store().counts().unwrap().unsent, 0);
    assert_eq!(watch.codes, [Code::ServerUnreachable; 12]);
    let waits: Vec<Duration> = watch.waits.into_iter().flatten().collect();
    assert_eq!(waits.len(), 12);
    assert!(waits.iter().all(|wait| (2..=300).contains(&wait.as_secs())), "{waits:?}");
    let late = waits[8..].iter().max().unwrap();
    assert!(*late > waits[0], "{waits:?}");
    // Control: another tablet, of other entropy, waits otherwise.
    let (_offline, mut other) = away();
    let mut stop = |waits: usize| if waits == 4 { Woken::ToStop } else { Woken::InTime };
    let mut other_watch = Impatient { waits: Vec::new(), codes: Vec::new(), meanwhile: &mut stop };
    other.host.draw_as("another tablet");
    assert!(other.home.keep_syncing(Goal::Never, &mut other_watch).is_err());
    let others: Vec<Duration> = other_watch.waits.into_iter().flatten().collect();
    assert_ne!(others[..4], waits[..4]);
}

#[test]
fn a_watch_goes_on_after_all_is_well_and_syncs_when_asked() {
    let (district, mut tablet) = away();
    district.restart();
    let mut stop = |waits: usize| if waits == 3 { Woken::ToStop } else { Woken::Asked };
    let mut watch = Impatient { waits: Vec::new(), codes: Vec::new(), meanwhile: &mut stop };
    said(tablet.home.keep_syncing(Goal::Never, &mut watch));
    assert_eq!(watch.codes, []);
    // All is well: no need to hurry.
    let waits: Vec<u64> = watch.waits.into_iter().flatten().map(|wait| wait.as_secs()).collect();
    assert!(waits.len() == 3 && waits.iter().all(|s| (150..=300).contains(s)), "{waits:?}");
}
