//! A hall as full as one laptop takes it: 25 devices at one hub, then 25 browsers; saves are seen in time, and who comes too late is
//! told so and comes in when somebody has gone. Not how long it takes on a quiet machine (`cargo xtask bench`), nor a full hall's
//! browsers one by one (`browsers.rs`).

use field::{HubLink, HubSynced, SEATS_MAX};
use protocol::{Code, Failure};
use std::time::Duration;
use stories::full_hall::{
    CLIENTS, FullHall, Measured, browsers_save_and_see, devices_save_and_see,
};
use stories::steady::AFTERNOON_MS;
use stories::team::Tablet;

/// Here hub and clients are unoptimised and share two processors, perhaps with other tests: that it is 2 s where each has its own is
/// for `cargo xtask bench` to say.
const SEEN_WITHIN: Duration = Duration::from_secs(15);
/// Between two saves of a client: sooner than anybody really sits down.
const REST: Duration = Duration::from_secs(3);
const SAVES_EACH: usize = 2;

fn check(who: &str, measured: &Measured, sightings: usize) {
    let (save, seen) = (Measured::p99(&measured.saves), Measured::p99(&measured.seen));
    println!("{who}: p99 of {} saves {save:?}, of sightings {seen:?}", measured.saves.len());
    assert_eq!(measured.seen.len(), sightings, "{who}: everybody sees everything");
    assert!(seen <= SEEN_WITHIN, "{who}: {seen:?}");
}

fn look(hall: &FullHall, tablet: &mut Tablet) -> Result<HubSynced, Failure> {
    tablet.home.sync_with_hub(&mut HubLink::new(hall.hub()))
}

#[test]
fn at_25_devices_and_at_25_browsers_of_one_hub_saves_are_seen_in_time_and_a_26th_is_told_it_is_full()
 {
    assert_eq!(CLIENTS, SEATS_MAX);
    let mut hall = FullHall::open(CLIENTS + 1);
    let mut late = hall.team.pop().unwrap();
    let all = CLIENTS * SAVES_EACH * (CLIENTS - 1);
    let measured = devices_save_and_see(&mut hall, SAVES_EACH, REST);
    check("25 devices", &measured, all);

    let hub_clock = hall.team[0].host.clone();
    assert_eq!(hall.running.watch.state().guests.len(), CLIENTS);
    let told = look(&hall, &mut late).map_err(|failure| failure.code);
    assert_eq!(told, Err(Code::HubFull));
    // Control: who has gone makes room, and whoever calls keeps theirs.
    let mut first = hall.team.remove(1);
    hub_clock.set_clock(AFTERNOON_MS + 20_000);
    look(&hall, &mut first).unwrap();
    look(&hall, &mut late).unwrap();
    let names: Vec<String> =
        hall.running.watch.state().guests.into_iter().map(|guest| guest.name).collect();
    assert_eq!(names.len(), CLIENTS);
    assert!(names.iter().any(|name| name == late.seat.name), "{names:?}");
    assert!(names.iter().any(|name| name == first.seat.name), "{names:?}");

    let measured = browsers_save_and_see(&hall, CLIENTS, SAVES_EACH, REST);
    check("25 browsers", &measured, all);
    let code = hall.running.hall.make_code().unwrap().code;
    let told = hall.running.hall.pair(&code).map_err(|failure| failure.code);
    assert_eq!(told, Err(Code::SeatsFull));
}
