//! A hall without a network: three devices, one of them the hub. All see all; the hub goes and another takes its place;
//! then one device goes online alone and the server has everything. And who is not let in: another organisation, an
//! impostor, a device outside its units, one that was revoked.

use field::{Home, HubLink, HubSynced, HubWatch};
use protocol::{Code, Failure};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use store::Store;
use stories::cast::{Place, SEATS, Seat, THIRD_VILLAGE, VILLAGE};
use stories::replica::heads;
use stories::samples::Sheet;
use stories::team::{District, Tablet, key_of, said};
use sync::HubAddress;
use tokio::runtime::{Builder, Runtime};

/// A station's save is at every other station in this time (99 of 100).
const SEEN_WITHIN: Duration = Duration::from_secs(2);

/// A hub at work over its own opening of a tablet's store.
struct Hub {
    runtime: Option<Runtime>,
    watch: HubWatch,
    at: HubAddress,
}

impl Hub {
    fn start(tablet: &Tablet) -> Hub {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let key = key_of(tablet.seat);
        let home = said(Home::open(&tablet.folder, &key, tablet.host.clone()));
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let serving = said(runtime.block_on(home.serve_hub(&key, listen, None)));
        let watch = serving.watch();
        let at =
            HubAddress { address: watch.state().address, device: tablet.store().device().unwrap() };
        runtime.spawn(serving.run(std::future::pending()));
        Hub { runtime: Some(runtime), watch, at }
    }

    fn link(&self) -> HubLink {
        HubLink::new(self.at)
    }

    /// Gone in the middle of whatever it does.
    fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.end();
    }
}

/// A team whose devices have what a hall needs, while the server was at hand; then it is not.
fn in_a_hall(units: [&[&str]; 3]) -> (District, [Tablet; 3]) {
    let district = District::prepare();
    let enrol = |seat: &'static Seat, units: &[&str]| {
        let mut tablet = district.enrol(seat, units);
        said(tablet.home.sync());
        assert!(said(tablet.home.renew_hub_certificate(&[])));
        assert!(!said(tablet.home.renew_hub_certificate(&[])), "one that is good is kept");
        tablet
    };
    let [one, two, three] = units;
    let mut team = [enrol(&SEATS[0], one), enrol(&SEATS[1], two), enrol(&SEATS[2], three)];
    // Each hears of those enrolled after it.
    team.iter_mut().for_each(|tablet| drop(said(tablet.home.sync())));
    district.go_offline();
    (district, team)
}

/// Everybody at one village.
const TOGETHER: [&[&str]; 3] = [&[VILLAGE]; 3];

/// Every other person of the village, at one station.
fn work(district: &District, tablet: &mut Tablet, part: usize) {
    let people = Sheet::measurements().of_place(VILLAGE);
    let rows = people.rows.iter().skip(part).step_by(2).cloned().collect();
    let part = Sheet { rows, ..people };
    assert!(tablet.record(&district.round, place_of(tablet), None, &part).results > 0);
}

/// Where each works: nobody records what another does. The village has no results of the third one's own station.
fn place_of(tablet: &Tablet) -> Place {
    match tablet.seat.name {
        name if name == SEATS[0].name => ("general", "护士甲"),
        name if name == SEATS[1].name => ("blood", "检验师"),
        _ => ("bp", "护士乙"),
    }
}

fn in_village(store: &Store) -> ledger::Heads {
    heads(store, &[VILLAGE])
}

fn unsent(tablet: &Tablet) -> i64 {
    tablet.store().counts().unwrap().unsent
}

/// Looks until a round of looks moves nothing.
fn meet(tablets: &mut [&mut Tablet], links: &mut [HubLink]) {
    for _ in 0..6 {
        let mut moved = 0;
        for (tablet, link) in tablets.iter_mut().zip(links.iter_mut()) {
            let looked = said(tablet.home.sync_with_hub(link));
            moved += looked.given + looked.taken;
        }
        if moved == 0 {
            return;
        }
    }
    panic!("it goes on for ever");
}

#[test]
fn three_devices_see_each_other_outlive_a_hub_and_one_of_them_carries_all_home() {
    let (district, [mut one, mut two, mut three]) = in_a_hall(TOGETHER);
    work(&district, &mut one, 0);
    work(&district, &mut two, 0);
    work(&district, &mut three, 0);
    assert_ne!(in_village(one.store()), in_village(two.store()));
    let hub = Hub::start(&one);
    let mut links = [hub.link(), hub.link()];
    meet(&mut [&mut two, &mut three], &mut links);
    assert_eq!(in_village(one.store()), in_village(two.store()));
    assert_eq!(in_village(one.store()), in_village(three.store()));
    let state = hub.watch.state();
    assert_eq!(state.guests.len(), 2);
    assert!(state.guests.iter().all(|guest| guest.connected && guest.unsent > 0), "{state:?}");
    // The hub is gone: nothing recorded is lost, and saving never waited for it.
    hub.kill();
    work(&district, &mut two, 1);
    let alone = two.home.sync_with_hub(&mut links[0]);
    assert_eq!(alone.map_err(|failure| failure.code), Err(Code::HubUnreachable));
    assert!(links[0].pause() >= field::LOOK);
    // Another becomes the hub, and the first joins it.
    let hub = Hub::start(&two);
    let mut links = [hub.link(), hub.link()];
    meet(&mut [&mut one, &mut three], &mut links);
    assert_eq!(in_village(two.store()), in_village(one.store()));
    assert_eq!(in_village(two.store()), in_village(three.store()));
    // Two hubs by mistake are harmless.
    let other = Hub::start(&one);
    said(three.home.sync_with_hub(&mut other.link()));
    assert_eq!(in_village(two.store()), in_village(three.store()));
    other.kill();
    // Nobody counts as 已上传 what only a hub has.
    for tablet in [&one, &two, &three] {
        assert_eq!(tablet.store().levels().unwrap().uploaded.own, 0, "{}", tablet.seat.name);
        assert!(unsent(tablet) > 0);
    }
    hub.kill();
    // One alone finds a network and carries everyone's work.
    district.restart();
    said(three.home.sync());
    assert_eq!(in_village(&district.central.store()), in_village(three.store()));
    assert_eq!(unsent(&three), 0, "the server's own receipt counts");
    // The others hear it from the server themselves, and have nothing left to send.
    for tablet in [&mut one, &mut two] {
        assert!(unsent(tablet) > 0, "control: nobody told them");
        assert_eq!(said(tablet.home.sync()).pushed, 0);
        assert_eq!(unsent(tablet), 0);
    }
}

fn refused<T>(answer: Result<T, Failure>) -> Option<Code> {
    answer.err().map(|failure| failure.code)
}

#[test]
fn another_organisation_and_an_impostor_are_not_talked_to() {
    let (district, [one, mut two, three]) = in_a_hall(TOGETHER);
    let (_elsewhere, [stranger, ..]) = in_a_hall(TOGETHER);
    let hub = Hub::start(&one);
    // Control: the device of this hub is talked to.
    assert_eq!(refused(two.home.sync_with_hub(&mut hub.link())), None);
    // Another device of the same organisation at the hub's address.
    let device = three.store().device().unwrap();
    let mut link = HubLink::new(HubAddress { device, ..hub.at });
    assert_eq!(refused(two.home.sync_with_hub(&mut link)), Some(Code::HubUntrusted));
    // A hub of another organisation, by its own address and id.
    let foreign = Hub::start(&stranger);
    assert_eq!(refused(two.home.sync_with_hub(&mut foreign.link())), Some(Code::HubUntrusted));
    // And a device of another organisation at this hub, which it does not take for its own.
    let mut stranger = stranger;
    assert_eq!(refused(stranger.home.sync_with_hub(&mut hub.link())), Some(Code::HubUntrusted));
    assert_eq!(hub.watch.state().guests.len(), 1);
    drop(district);
}

#[test]
fn a_device_is_given_its_own_units_and_a_revoked_one_nothing() {
    let elsewhere = THIRD_VILLAGE;
    let (district, [mut one, mut two, mut three]) =
        in_a_hall([&[VILLAGE], &[VILLAGE], &[elsewhere]]);
    work(&district, &mut one, 0);
    let hub = Hub::start(&one);
    let taken =
        |tablet: &mut Tablet| -> HubSynced { said(tablet.home.sync_with_hub(&mut hub.link())) };
    assert!(in_village(three.store()).is_empty());
    taken(&mut three);
    assert!(in_village(three.store()).is_empty(), "outside its units");
    // Revoked on the server, heard of by the hub.
    district.restart();
    let id = two.store().device().unwrap();
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    said(district.central.console().revoke_device(&id));
    said(one.home.sync());
    district.go_offline();
    work(&district, &mut one, 1);
    let before = in_village(two.store());
    work(&district, &mut two, 0);
    let own = in_village(two.store());
    taken(&mut two);
    assert_eq!(in_village(two.store()), own, "nothing of the others");
    let writer = two.store().writer();
    let on_hub = in_village(one.store());
    assert!(on_hub.keys().any(|key| key.writer == writer), "but what it has is taken");
    // Control: the same device before it was revoked was given the village's roster.
    assert!(!before.is_empty());
    // And a revoked device is nobody's hub.
    hub.kill();
    let revoked = Hub::start(&two);
    assert_eq!(refused(one.home.sync_with_hub(&mut revoked.link())), Some(Code::HubBarred));
}

#[test]
fn a_save_is_seen_at_another_device_within_two_seconds() {
    let (district, [one, mut two, mut three]) = in_a_hall(TOGETHER);
    let hub = Hub::start(&one);
    let (at, writer) = (hub.at, two.store().writer());
    let saves = 12;
    let (saved, heard) = std::sync::mpsc::channel();
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let watching = std::thread::spawn(move || {
        let mut link = HubLink::new(at);
        let mut seen = Vec::new();
        let wait = |pause| {
            std::thread::sleep(pause);
            is_done.try_recv().is_err()
        };
        let position = |home: &Home| -> u64 {
            let all = in_village(home.store());
            all.iter().filter(|(key, _)| key.writer == writer).map(|(_, head)| head.seq).sum()
        };
        loop {
            said(three.home.sync_with_hub(&mut link));
            seen.push((position(&three.home), Instant::now()));
            if !wait(link.pause()) {
                return seen;
            }
        }
    });
    let mut link = HubLink::new(at);
    let people = Sheet::measurements().of_place(VILLAGE);
    let people = people.filtered(|row| !row[people.column("glucose_mmol_l")].is_empty());
    for row in 0..saves {
        let one = Sheet { rows: vec![people.rows[row].clone()], ..people.clone() };
        assert!(two.record(&district.round, place_of(&two), None, &one).results > 0);
        let all = in_village(two.store());
        let seq: u64 =
            all.iter().filter(|(key, _)| key.writer == writer).map(|(_, head)| head.seq).sum();
        saved.send((seq, Instant::now())).unwrap();
        std::thread::sleep(link.pause());
        said(two.home.sync_with_hub(&mut link));
    }
    std::thread::sleep(SEEN_WITHIN);
    done.send(()).unwrap();
    let seen = watching.join().unwrap();
    drop(saved);
    let mut took: Vec<Duration> = heard
        .iter()
        .map(|(seq, at)| {
            let first = seen.iter().find(|(position, _)| *position >= seq);
            first.unwrap_or_else(|| panic!("{seq} was never seen")).1 - at
        })
        .collect();
    took.sort();
    // Of a dozen, the 99th of a hundred is the last.
    assert!(took[took.len() - 1] <= SEEN_WITHIN, "{took:?}");
}

#[test]
fn control_what_a_hub_said_would_count_if_it_were_kept() {
    let (district, [one, mut two, _]) = in_a_hall(TOGETHER);
    work(&district, &mut two, 0);
    let hub = Hub::start(&one);
    said(two.home.sync_with_hub(&mut hub.link()));
    let has = in_village(one.store());
    assert_eq!(has, in_village(two.store()), "the hub has it all");
    assert!(unsent(&two) > 0);
    // Had the run's outcome been kept as a server's is, all of it would count as uploaded.
    let mut store = Store::open(&two.folder, &key_of(two.seat)).unwrap();
    store.note_server_heads(&has).unwrap();
    assert_eq!(unsent(&two), 0);
}
