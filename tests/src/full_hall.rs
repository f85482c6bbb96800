//! A hall as full as one laptop takes it: so many clients at one hub, each saving and each seeing what the others save. All of them in
//! one process, so that what is measured is the hub's work and the clients' together. Not what has to come of it: whoever measures
//! says that.

use crate::browser::{Browser, trusting};
use crate::cast::{OPERATORS, SEATS, Seat, VILLAGE};
use crate::hall::{Device, Running, give_accounts};
use crate::replica::heads;
use crate::samples::Sheet;
use crate::team::{District, Tablet, key_of, said};
use field::{Home, HubLink};
use ledger::WriterId;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use sync::HubAddress;

/// As many devices as a hub takes, and as many browsers.
pub const CLIENTS: usize = 25;
const PASSWORD: &str = "青山绿水-2026-平安";
/// What was saved last is looked for so long; on a busy machine it comes late.
const LAST_COMES_ROUND: Duration = Duration::from_secs(15);
/// A page waits no longer for anything.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// What was measured, each at its client.
#[derive(Debug, Default)]
pub struct Measured {
    /// From asking to 已保存.
    pub saves: Vec<Duration>,
    /// From 已保存 to each of the others having it.
    pub seen: Vec<Duration>,
}

impl Measured {
    /// The longest of the shortest 99 of a hundred.
    pub fn p99(of: &[Duration]) -> Duration {
        let mut sorted = of.to_vec();
        sorted.sort();
        sorted[(sorted.len() * 99).div_ceil(100) - 1]
    }
}

/// A village's stop whose first device is the hub; everybody else comes to it.
pub struct FullHall {
    pub district: District,
    /// The hub's own, and the others'.
    pub team: Vec<Tablet>,
    pub running: Running,
}

impl FullHall {
    /// A hub and so many other devices, enrolled while the server was at hand.
    pub fn open(devices: usize) -> FullHall {
        let district = District::prepare();
        let mut team: Vec<Tablet> =
            (0..=devices).map(|at| district.enrol(seat(at), &[VILLAGE])).collect();
        for tablet in &mut team {
            said(tablet.home.sync());
        }
        said(team[0].home.renew_hub_certificate(&[]));
        said(team[0].home.sync());
        district.go_offline();
        let device = Device::of(&team[0]);
        give_accounts(&device, PASSWORD);
        let running = Running::start(&device);
        FullHall { district, team, running }
    }

    pub fn hub(&self) -> HubAddress {
        self.running.hub
    }
}

/// Each device has a name of its own: its folder, its key and its chance follow from it.
fn seat(at: usize) -> &'static Seat {
    let stations = SEATS[0].stations;
    Box::leak(Box::new(Seat { name: format!("{at:02}号机").leak(), operator: "lu1", stations }))
}

/// How often each device of the hall has saved, as one of them knows it, and since when.
type Board = Vec<(Instant, Vec<u64>)>;

/// The others save at their stations and look at the hub, as the app does.
pub fn devices_save_and_see(hall: &mut FullHall, saves_each: usize, rest: Duration) -> Measured {
    let hub = hall.hub();
    let round = hall.district.round.clone();
    let guests = &mut hall.team[1..];
    let writers: Vec<WriterId> = guests.iter().map(|tablet| tablet.store().writer()).collect();
    let (saved, boards) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let is_over = AtomicBool::new(false);
    let done = std::thread::scope(|scope| {
        let mut savers = Vec::new();
        for (own, tablet) in guests.iter_mut().enumerate() {
            let device = Device::of(tablet);
            let (writers, saved, boards, is_over) = (&writers, &saved, &boards, &is_over);
            scope.spawn(move || {
                let board = look_until(&device, hub, writers, is_over);
                boards.lock().unwrap().push((own, board));
            });
            let round = &round;
            savers.push(scope.spawn(move || {
                let own_saves = save_at(tablet, own, saves_each, round, rest);
                saved.lock().unwrap().extend(own_saves);
            }));
        }
        let done = savers.into_iter().map(|saver| saver.join().is_ok()).collect::<Vec<_>>();
        // What was saved last still has to come round.
        std::thread::sleep(LAST_COMES_ROUND);
        is_over.store(true, Ordering::SeqCst);
        done
    });
    assert!(done.iter().all(|is_done| *is_done), "a device did not save: {done:?}");
    let (saved, boards) = (saved.into_inner().unwrap(), boards.into_inner().unwrap());
    let mut measured = Measured::default();
    for (own, position, took, at) in &saved {
        measured.saves.push(*took);
        for (whose, board) in boards.iter().filter(|(whose, _)| whose != own) {
            let first = board.iter().find(|(_, known)| known[*own] >= *position);
            let first =
                first.unwrap_or_else(|| panic!("{position} of {own} never came to {whose}"));
            measured.seen.push(first.0.saturating_duration_since(*at));
        }
    }
    measured
}

/// How many saves each of so many clients can do before one of them comes to somebody another has measured.
pub fn saves_max(clients: usize) -> usize {
    measured_people().rows.len() / clients
}

fn measured_people() -> Sheet {
    let people = Sheet::measurements().of_place(VILLAGE);
    people.filtered(|row| !row[people.column("height_cm")].is_empty())
}

/// Somebody at the device: whose, how far its streams are, what the save took, when it was done.
fn save_at(
    tablet: &mut Tablet,
    own: usize,
    saves: usize,
    round: &str,
    rest: Duration,
) -> Vec<(usize, u64, Duration, Instant)> {
    let people = measured_people();
    let writer = [tablet.store().writer()];
    let mut done = Vec::new();
    for at in 0..saves {
        // Not all at one moment.
        std::thread::sleep(rest.mul_f64(if at == 0 { own as f64 / CLIENTS as f64 } else { 1.0 }));
        let row = people.rows[(own * saves + at) % people.rows.len()].clone();
        let one = Sheet { rows: vec![row], ..people.clone() };
        let begun = Instant::now();
        assert!(tablet.record(round, ("general", "护士甲"), None, &one).results > 0);
        let now = Instant::now();
        done.push((own, known(tablet.store(), &writer)[0], now - begun, now));
    }
    done
}

/// A device's looks at the hub, and what its own store then has of everybody.
fn look_until(
    device: &Device,
    hub: HubAddress,
    writers: &[WriterId],
    is_over: &AtomicBool,
) -> Board {
    let mut home = said(Home::open(&device.folder, &key_of(device.seat), device.host.clone()));
    let mut link = HubLink::new(hub);
    let mut board = Vec::new();
    while !is_over.load(Ordering::SeqCst) {
        // A hub that is busy for once is asked again.
        if home.sync_with_hub(&mut link).is_ok() {
            board.push((Instant::now(), known(home.store(), writers)));
        }
        std::thread::sleep(link.pause());
    }
    board
}

fn known(store: &store::Store, writers: &[WriterId]) -> Vec<u64> {
    let all = heads(store, &[VILLAGE]);
    let of = |writer: &WriterId| {
        all.iter().filter(|(key, _)| key.writer == *writer).map(|(_, head)| head.seq).sum()
    };
    writers.iter().map(of).collect()
}

/// A browser that has paired, signed in and set its day, with somebody on its screen.
struct AtWork {
    browser: Browser,
    shown: Value,
}

/// Browsers pair past the page: from one address a page would have to wait.
fn come(hall: &FullHall, at: usize) -> AtWork {
    let ca = hall.team[0].store().setting_text(store::Setting::CaPem).unwrap().unwrap();
    let name = protocol::call::hub_name(&hall.hub().device);
    let mut browser = Browser::new(&hall.hub().address.to_string(), &name, &trusting(&ca));
    let code = said(hall.running.hall.make_code()).code;
    browser.cookie = Some(said(hall.running.hall.pair(&code)));
    browser.sign_in(OPERATORS[at % OPERATORS.len()][0], PASSWORD);
    let stations = [json!({ "station": "general", "examiner": null })];
    let day = json!({
        "round": hall.district.round, "unit": VILLAGE, "day": "2026-09-14", "stations": stations,
    });
    browser.ask("day_set", day);
    let people = Sheet::measurements().of_place(VILLAGE);
    let id_number = people.cell(at, "id_number");
    let found = browser.ask("find", json!({ "text": id_number, "stop_first": true }));
    AtWork { browser, shown: found["rows"][0]["person"].clone() }
}

/// So many browsers at the hub: each saves for the person on its screen, waits for news as a page does, and asks again for what it
/// shows when there is some.
pub fn browsers_save_and_see(
    hall: &FullHall,
    clients: usize,
    saves_each: usize,
    rest: Duration,
) -> Measured {
    let at_work: Vec<AtWork> = (0..clients).map(|at| come(hall, at)).collect();
    let (saved, seen) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let (is_over, working) = (AtomicBool::new(false), AtomicUsize::new(clients));
    std::thread::scope(|scope| {
        for (own, client) in at_work.iter().enumerate() {
            let (saved, seen, is_over, working) = (&saved, &seen, &is_over, &working);
            scope.spawn(move || {
                let board = watch_until(client, is_over);
                seen.lock().unwrap().push((own, board));
            });
            scope.spawn(move || {
                let own_saves = save_at_browser(client, own, clients, saves_each, rest);
                saved.lock().unwrap().extend(own_saves);
                working.fetch_sub(1, Ordering::SeqCst);
            });
        }
        while working.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(50));
        }
        std::thread::sleep(LAST_COMES_ROUND);
        is_over.store(true, Ordering::SeqCst);
        // One save more, so that whoever waits for news hears some.
        save_at_browser(&at_work[0], 0, clients, 1, Duration::ZERO);
    });
    let (saved, seen) = (saved.into_inner().unwrap(), seen.into_inner().unwrap());
    let mut measured = Measured::default();
    for (own, mark, took, at) in &saved {
        measured.saves.push(*took);
        for (whose, board) in seen.iter().filter(|(whose, _)| whose != own) {
            let first = board.iter().find(|(_, known)| known >= mark);
            let first = first.unwrap_or_else(|| panic!("{mark} of {own} never came to {whose}"));
            measured.seen.push(first.0.saturating_duration_since(*at));
        }
    }
    measured
}

/// Whose, how far the hub's store is with it, what the save took, when it was answered.
fn save_at_browser(
    client: &AtWork,
    own: usize,
    clients: usize,
    saves: usize,
    rest: Duration,
) -> Vec<(usize, u64, Duration, Instant)> {
    let mut done = Vec::new();
    for at in 0..saves {
        std::thread::sleep(rest.mul_f64(if at == 0 { own as f64 / clients as f64 } else { 1.0 }));
        let form = json!({ "person": client.shown, "station": "general" });
        let saw = client.browser.ask("form", form)["saw"].clone();
        let height = format!("1{}.{}", 40 + (own + at) % 50, at % 10);
        let height =
            json!({ "item": "height_cm", "text": height, "absent": null, "confirmed": true });
        let begun = Instant::now();
        let saved = client.browser.ask(
            "save",
            json!({
                "person": client.shown, "station": "general", "values": [height], "saw": saw,
                "examiner": null, "save_id": format!("{own}-{at}-{begun:?}"),
            }),
        );
        let now = Instant::now();
        assert_eq!(saved["results"], 1, "{saved}");
        // Others may have saved since: what is waited for is then more, never less.
        done.push((own, mark(&client.browser, 0), now - begun, now));
    }
    done
}

fn mark(browser: &Browser, since: u64) -> u64 {
    browser.ask("watch", json!({ "since": since }))["mark"].as_u64().unwrap()
}

/// A page's waiting: how far it showed the hub's store, and since when.
fn watch_until(client: &AtWork, is_over: &AtomicBool) -> Vec<(Instant, u64)> {
    let (mut board, mut since) = (Vec::new(), 0);
    let until = Instant::now() + PATIENCE;
    while !is_over.load(Ordering::SeqCst) {
        assert!(Instant::now() < until);
        since = mark(&client.browser, since);
        client.browser.ask("person", json!({ "person": client.shown }));
        board.push((Instant::now(), since));
    }
    board
}
