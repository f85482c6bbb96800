//! The hall's button over real parts: one device opens a hall by a command of its screens, another joins it by the line shown
//! there, a browser pairs by its code; who has come shows, a screen's lock ends its own session alone, and a hall where nobody
//! is left closes. Not the pairing's refusals (`browsers.rs`), nor what devices give one another (`hall.rs`).
#![allow(clippy::unwrap_used)]

use field::{Abilities, App, HallAbility, SystemHost};
use protocol::Code;
use protocol::rpc::Command;
use serde_json::{Value, json};
use server::console::NewRound;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stories::browser::{Browser, fingerprint_at, trusting};
use stories::central::Central;
use stories::steady::{AFTERNOON_MS, SteadyHost};
use tempfile::TempDir;

const PASSWORD: &str = "青山绿水-2026-平安";
const VILLAGE: &str = stories::cast::VILLAGE;
/// What is waited for happens twice a second; a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(30);

struct District {
    folder: TempDir,
    central: Central,
    server: SocketAddr,
    round: String,
}

impl District {
    fn new() -> District {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let mut console = central.console();
        let round = console.create_round(&NewRound {
            name: "第四轮".to_owned(),
            from: "2026-09-01".to_owned(),
            to: "2026-12-31".to_owned(),
            levels_confirmed_by: String::new(),
        });
        let round = round.unwrap().to_string();
        console.add_operator("limei", "李梅", "recorder").unwrap();
        drop(console);
        let server = central.start();
        District { folder, central, server, round }
    }

    /// What a device is enrolled by.
    fn order(&self) -> Value {
        let mut console = self.central.console();
        let enrolment = console.create_enrolment(&[VILLAGE.to_owned()]).unwrap();
        let account = console.create_account_code("limei").unwrap();
        json!({
            "server_url": format!("https://{}", self.server), "code": enrolment.code,
            "ca_pin": self.central.ca_pin.clone(), "account_code": account.code,
            "account": "limei", "password": PASSWORD,
        })
    }

    /// A device, enrolled and synced, by its own screens; its clock stands where the story sets it.
    fn device(&self, name: &str) -> Device {
        let home = self.folder.path().join(name);
        let mut first = App::new(&home, Arc::new(SystemHost), Abilities::default());
        ask(&mut first, "enrol", self.order());
        synced(&mut first);
        drop(first);
        let host = Arc::new(SteadyHost::new(name));
        let app = App::new(&home, host.clone(), can_open());
        let mut device = Device { home, host, app, round: self.round.clone() };
        device.unlock();
        device
    }
}

/// A host that can open a hall, on loopback.
fn can_open() -> Abilities {
    let files = || -> Vec<(String, Vec<u8>)> {
        let file = |name: &str| (name.to_owned(), format!("the file {name}").into_bytes());
        ["index.html", "app.js", "pair.html"].map(file).into()
    };
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let hall = Some(HallAbility { listen, files: Box::new(files) });
    Abilities { hall, ..Abilities::default() }
}

/// A sync, which also fetches what a hub needs.
fn synced(app: &mut App) {
    let mut state = ask(app, "sync", json!({}));
    let until = Instant::now() + PATIENCE;
    while state["phase"] == "running" && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
        state = ask(app, "sync_state", json!({}));
    }
    assert_eq!(state["phase"], "idle", "{state}");
}

struct Device {
    home: PathBuf,
    host: Arc<SteadyHost>,
    app: App,
    round: String,
}

fn call(app: &mut App, command: &str, asked: Value) -> Result<Value, Code> {
    let command: Command =
        serde_json::from_value(json!({ "command": command, "ask": asked })).unwrap();
    let answered = app.call(command);
    answered.map(|answer| serde_json::to_value(answer).unwrap()).map_err(|failure| failure.code)
}

fn ask(app: &mut App, command: &str, asked: Value) -> Value {
    call(app, command, asked).unwrap_or_else(|code| panic!("{command}: {}", code.word()))
}

impl Device {
    fn ask(&mut self, command: &str, asked: Value) -> Value {
        ask(&mut self.app, command, asked)
    }

    fn refused(&mut self, command: &str, asked: Value) -> Option<Code> {
        call(&mut self.app, command, asked).err()
    }

    fn unlock(&mut self) {
        let slot = self.ask("state", json!({}))["slots"][0]["slot"].clone();
        self.ask("unlock", json!({ "slot": slot, "password": PASSWORD }));
    }

    fn set_day(&mut self, station: &str) {
        let day = json!({
            "round": self.round, "unit": VILLAGE, "day": "2026-09-14",
            "stations": [{ "station": station, "examiner": null }],
        });
        self.ask("day_set", day);
    }

    /// A day at two stations, with the line as tables of one station each; how the line stands then.
    fn arrange(&mut self, keys: &[&str]) -> Value {
        let table = |key: &&str| json!({ "stations": [key], "is_away": false });
        let day = json!({
            "round": self.round, "unit": VILLAGE, "day": "2026-09-14",
            "stations": [
                { "station": "blood", "examiner": null }, { "station": "urine", "examiner": null },
            ],
            "line": keys.iter().map(table).collect::<Vec<_>>(),
        });
        self.ask("day_set", day)
    }

    /// This device's stations in their order, and the first one of somebody's way.
    fn first(&mut self, person: &Value) -> (Vec<String>, String) {
        let day = self.ask("day", json!({}));
        let own = day["choice"]["stations"].as_array().unwrap().iter();
        let own = own.map(|one| one["station"].as_str().unwrap().to_owned()).collect();
        let whole = self.ask("person", json!({ "person": person }));
        (own, whole["stations"][0]["station"].as_str().unwrap().to_owned())
    }

    fn register(&mut self, id_number: &str) -> Value {
        self.ask("register", walk_in(id_number))["person"].clone()
    }

    fn pass(&self, minutes: i64) {
        self.host.set_clock(AFTERNOON_MS + minutes * 60_000);
    }

    /// Asks until the hall's screen says so.
    fn until(&mut self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let view = self.ask("hub_state", json!({}));
            if is_so(&view) {
                return view;
            }
            assert!(Instant::now() < until, "{what}: {view}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Opens a hall: its address, and the organisation's CA as this device keeps it.
    fn open_hall(&mut self) -> (Value, String) {
        let view = self.ask("hub_start", json!({}));
        assert_eq!(view["phase"], "hub", "{view}");
        let url = view["hub"]["url"].as_str().unwrap();
        let address = url.trim_start_matches("https://").to_owned();
        (view["hub"].clone(), address)
    }
}

fn walk_in(id_number: &str) -> Value {
    json!({
        "name": "周来", "id_number": id_number, "student_no": "", "birth": "", "sex": "",
        "phone": "", "is_pupil": false, "home_unit": null, "home_text": "", "grade": "",
        "group": "", "is_new_for_sure": false,
    })
}

/// What a laptop's certificate is for: the name made of its id.
fn name_of(hub: &Value) -> String {
    let join = hub["join"].as_str().unwrap();
    let id: Vec<u8> = (0..16)
        .map(|at| {
            let digits = join.split('/').nth(1).unwrap();
            u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()
        })
        .collect();
    protocol::call::hub_name(&id.try_into().unwrap())
}

/// The CA as a browser gets it from the hub's own page; who trusts nobody yet cannot: the test knows it from the server.
fn ca_of(central: &Central) -> String {
    central.store().setting_text(store::Setting::CaPem).unwrap().unwrap()
}

const SOMEBODY: &str = "431399197003070014";
const ANOTHER: &str = "431399197003070049";

#[test]
fn a_hall_is_opened_joined_shown_and_closed_by_its_screen() {
    let district = District::new();
    let (mut hub, mut guest) = (district.device("hub"), district.device("guest"));
    let before = hub.ask("hub_state", json!({}));
    assert_eq!((&before["phase"], &before["hindrance"]), (&json!("alone"), &Value::Null));
    let (shown, address) = hub.open_hall();
    assert_eq!(shown["guests"], json!([]));
    assert!(shown["code_qr"].as_array().unwrap().len() > 20);

    // What was typed wrongly says so and changes nothing.
    let join = shown["join"].as_str().unwrap().to_owned();
    for text in ["", "192.168.1.5", "192.168.1.5:8443/zz", "192.168.1.5:8443/ffff"] {
        let told = guest.refused("hub_join", json!({ "text": text }));
        assert_eq!(told, Some(Code::HubAddressUnread), "{text}");
    }
    assert_eq!(hub.refused("hub_join", json!({ "text": join })), Some(Code::HubIsOpen));
    assert_eq!(guest.ask("hub_state", json!({}))["phase"], "alone");

    guest.set_day("bp");
    let person = guest.register(SOMEBODY);
    // The first digits of a device that left together with this one are enough.
    let (at, device) = join.split_once('/').unwrap();
    guest.ask("hub_join", json!({ "text": format!("{at}/{}", &device[..8]) }));
    let joined = guest.until("reached", |view| view["joined"]["reached"] == true);
    assert_eq!(joined["joined"]["address"], address.as_str());
    let view = hub.until("a guest", |view| {
        view["hub"]["guests"].as_array().is_some_and(|all| all.len() == 1 && all[0]["unsent"] != 0)
    });
    let row = &view["hub"]["guests"][0];
    assert_eq!(
        (&row["kind"], &row["connected"], &row["stations"], &row["clock_offset_s"]),
        (&json!("device"), &json!(true), &json!(["bp"]), &json!(0)),
        "{row}"
    );
    hub.set_day("general");
    let find = json!({ "text": SOMEBODY, "stop_first": true });
    let until = Instant::now() + PATIENCE;
    while hub.ask("find", find.clone())["rows"][0]["person"] != person {
        assert!(Instant::now() < until, "the walk-in of one desk is not known at the next");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Another station chosen there shows here.
    guest.set_day("general");
    hub.until("the other station", |view| {
        view["hub"]["guests"][0]["stations"] == json!(["general"])
    });

    // Closed: the guest goes on alone and says what to do; nothing it saved is lost.
    assert_eq!(hub.ask("hub_stop", json!({}))["phase"], "alone");
    assert!(TcpStream::connect(&address).is_err(), "nobody answers there");
    let alone = guest.until("unreached", |view| view["joined"]["reached"] == false);
    assert!(alone["sentence"].as_str().unwrap().contains("连不上开大厅的那台电脑"), "{alone}");
    guest.register(ANOTHER);
    assert_eq!(guest.ask("hub_leave", json!({}))["phase"], "alone");

    // And any of them becomes the hub.
    let (shown, _) = guest.open_hall();
    assert_eq!(hub.ask("hub_join", json!({ "text": shown["join"] }))["phase"], "guest");
    let find = json!({ "text": ANOTHER, "stop_first": true });
    let until = Instant::now() + PATIENCE;
    while hub.ask("find", find.clone())["rows"] == json!([]) {
        assert!(Instant::now() < until, "what was saved alone is not known");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn who_joins_follows_the_line_of_the_halls_device_until_one_is_arranged_there() {
    let district = District::new();
    let (mut hub, mut guest) = (district.device("hub"), district.device("guest"));
    hub.arrange(&["urine", "bp", "conclude"]);
    let alone = guest.arrange(&[]);
    assert_eq!(alone["given"], Value::Null);
    let person = guest.register(SOMEBODY);
    let before = guest.first(&person);
    assert_eq!(before.0, ["blood", "urine"], "the control: the catalogue's order");
    assert_ne!(before.1, "urine");
    let (shown, address) = hub.open_hall();
    guest.ask("hub_join", json!({ "text": shown["join"] }));
    guest.until("reached", |view| view["joined"]["reached"] == true);
    let follows = (vec!["urine".to_owned(), "blood".to_owned()], "urine".to_owned());
    assert_eq!(guest.first(&person), follows);
    let mark = guest.ask("sync_state", json!({}))["line"].clone();
    assert_ne!(mark, json!(0));

    // Arranged anew at the hall's device: known at the other by its next look.
    hub.arrange(&["bp", "blood"]);
    let until = Instant::now() + PATIENCE;
    while guest.first(&person).1 != "bp" {
        assert!(Instant::now() < until, "the line that was arranged anew is not followed");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_ne!(guest.ask("sync_state", json!({}))["line"], mark);

    // A browser of the hall follows the device's line as well; what it shows is no line of its own.
    let mut tablet = Browser::new(&address, &name_of(&shown), &trusting(&ca_of(&district.central)));
    let code = hub.ask("hub_state", json!({}))["hub"]["code"].clone();
    assert_eq!(tablet.pair(code.as_str().unwrap()).0, 204);
    tablet.sign_in("limei", PASSWORD);
    let day = tablet.ask("day", json!({}));
    assert_eq!(day["proposal"]["line"], json!([]));
    assert_eq!(day["given"]["line"][0]["stations"], json!(["bp"]));

    // An own line stands, whatever the hall's is; without it the hall's is followed again, also when the hall is gone.
    guest.arrange(&["vision"]);
    assert_eq!(guest.first(&person).1, "vision");
    hub.ask("hub_stop", json!({}));
    assert_eq!(guest.arrange(&[])["given"]["line"][1]["stations"], json!(["blood"]));
    assert_eq!(guest.first(&person).1, "bp");
}

#[test]
fn a_browser_comes_in_by_the_code_shown_and_another_is_shown_at_once() {
    let district = District::new();
    let mut hub = district.device("hub");
    let (shown, address) = hub.open_hall();
    let code = shown["code"].as_str().unwrap().to_owned();
    let config = trusting(&ca_of(&district.central));
    let name = name_of(&shown);
    // The fingerprint to compare is that of the certificate which answers there.
    let print = fingerprint_at(&address, &name, &config).unwrap();
    let printed: String = shown["fingerprint"].as_str().unwrap().replace(':', "").to_lowercase();
    assert_eq!(print, printed);
    let mut tablet = Browser::new(&address, &name, &config);
    assert_eq!(tablet.pair(&code).0, 204);
    let next = hub.ask("hub_state", json!({}));
    assert_ne!(next["hub"]["code"], code.as_str(), "a used code is not shown");
    assert_eq!(next["hub"]["guests"][0]["name"], "", "nobody signed in yet");
    tablet.sign_in("limei", PASSWORD);
    let row = hub.ask("hub_state", json!({}))["hub"]["guests"][0].clone();
    assert_eq!((&row["kind"], &row["name"]), (&json!("browser"), &json!("李梅")), "{row}");
    // A copied address and a replayed code are worth nothing.
    let mut copier = Browser::new(&address, &name, &config);
    assert_eq!(copier.pair(&code), (403, "pairing_invalid".to_owned()));
    assert_eq!(copier.refused("state", json!({})), (401, "unpaired".to_owned()));
    // The hall is the laptop's: no browser opens, joins or closes one.
    for command in ["hub_state", "hub_start", "hub_stop", "hub_leave"] {
        let told = tablet.refused(command, json!({}));
        assert_eq!(told, (422, "at_device_only".to_owned()), "{command}");
    }
    assert_eq!(tablet.ask("state", json!({}))["capabilities"]["hall"], false);
    // An unused code is replaced before it ends under somebody's fingers.
    let unused = hub.ask("hub_state", json!({}))["hub"]["code"].clone();
    hub.pass(3);
    assert_eq!(hub.ask("hub_state", json!({}))["hub"]["code"], unused, "control");
    hub.pass(4);
    assert_ne!(hub.ask("hub_state", json!({}))["hub"]["code"], unused);
}

#[test]
fn who_installed_another_organisations_ca_is_warned_of_this_hub() {
    let (district, elsewhere) = (District::new(), tempfile::tempdir().unwrap());
    let foreign = Central::init(elsewhere.path(), "foreign");
    let mut hub = district.device("hub");
    let (shown, address) = hub.open_hall();
    let name = name_of(&shown);
    let told = fingerprint_at(&address, &name, &trusting(&ca_of(&foreign)));
    assert!(told.as_ref().is_err_and(|why| why.contains("invalid peer certificate")), "{told:?}");
    // Nor is it believed under another device's name.
    let own = trusting(&ca_of(&district.central));
    let other = protocol::call::hub_name(&[7; 16]);
    let told = fingerprint_at(&address, &other, &own);
    assert!(told.as_ref().is_err_and(|why| why.contains("not valid for name")), "{told:?}");
    // Control.
    assert!(fingerprint_at(&address, &name, &own).is_ok());
}

#[test]
fn a_screens_lock_ends_its_own_session_and_an_empty_hall_closes_by_itself() {
    let district = District::new();
    let mut hub = district.device("hub");
    let (shown, address) = hub.open_hall();
    let config = trusting(&ca_of(&district.central));
    let mut tablet = Browser::new(&address, &name_of(&shown), &config);
    assert_eq!(tablet.pair(shown["code"].as_str().unwrap()).0, 204);
    tablet.sign_in("limei", PASSWORD);
    hub.ask("lock", json!({}));
    assert_eq!(hub.refused("hub_state", json!({})), Some(Code::AppLocked));
    assert_eq!(tablet.ask("state", json!({}))["phase"], "open", "the laptop's lock is its own");
    hub.pass(9);
    tablet.ask("drafts", json!({}));
    hub.app.lock_if_idle();
    hub.pass(18);
    hub.app.lock_if_idle();
    assert_eq!(tablet.ask("state", json!({}))["phase"], "open", "somebody was there");
    // Ten minutes without anybody: the tablet locks by itself, and ten more close the hall.
    hub.pass(20);
    hub.app.lock_if_idle();
    assert_eq!(tablet.ask("state", json!({}))["phase"], "locked");
    hub.pass(27);
    hub.app.lock_if_idle();
    assert!(TcpStream::connect(&address).is_ok(), "control: not yet");
    hub.pass(31);
    hub.app.lock_if_idle();
    assert!(TcpStream::connect(&address).is_err(), "the keys are gone with it");
    hub.unlock();
    assert_eq!(hub.ask("hub_state", json!({}))["phase"], "alone");
}

#[test]
fn a_hub_once_joined_is_joined_again_by_whoever_opens_the_screen_and_not_before() {
    let district = District::new();
    let (mut hub, mut guest) = (district.device("hub"), district.device("guest"));
    let (shown, _) = hub.open_hall();
    guest.ask("hub_join", json!({ "text": shown["join"] }));
    guest.until("reached", |view| view["joined"]["reached"] == true);
    guest.ask("lock", json!({}));
    // The program ends and is started anew.
    guest.app = App::new(&guest.home, guest.host.clone(), can_open());
    assert_eq!(guest.refused("hub_state", json!({})), Some(Code::AppLocked));
    guest.unlock();
    guest.until("reached again", |view| view["joined"]["reached"] == true);
    // Control: who left is not brought back.
    guest.ask("hub_leave", json!({}));
    guest.ask("lock", json!({}));
    guest.unlock();
    assert_eq!(guest.ask("hub_state", json!({}))["phase"], "alone");
}

#[test]
fn a_device_without_a_certificate_says_so_and_opens_nothing() {
    let district = District::new();
    let home = district.folder.path().join("new");
    let mut new = App::new(&home, Arc::new(SystemHost), can_open());
    let order = district.order();
    ask(&mut new, "enrol", order);
    let view = ask(&mut new, "hub_state", json!({}));
    assert!(view["hindrance"].as_str().unwrap().contains("还没有开大厅用的证书"), "{view}");
    assert_eq!(call(&mut new, "hub_start", json!({})).err(), Some(Code::HubNotCertified));
    assert_eq!(ask(&mut new, "hub_state", json!({}))["phase"], "alone");
    // Control: after its first sync it can.
    synced(&mut new);
    let view = ask(&mut new, "hub_start", json!({}));
    assert_eq!((&view["phase"], &view["hindrance"]), (&json!("hub"), &Value::Null));
}
