//! The browsers of a hall over real TLS and HTTP on a free port: who is not paired gets the pairing page and nothing else, a
//! code is good once, each paired browser is a seat of its own, and the laptop's lock ends them all. Every refusal has beside
//! it the same request that is taken.
#![allow(clippy::unwrap_used)]

use field::{Abilities, App, Hall, HallPage, SEATS_MAX, SystemHost, hall_router};
use protocol::rpc::Command;
use rustls::pki_types::UnixTime;
use serde_json::{Value, json};
use serve::{Files, Limits, Serving, make_ca, make_leaf, server_config};
use server::console::NewRound;
use std::sync::Arc;
use stories::browser::{Browser, trusting};
use stories::central::Central;
use stories::steady::{AFTERNOON_MS, SteadyHost};
use tempfile::TempDir;
use tokio::sync::oneshot;

const PASSWORD: &str = "青山绿水-2026-平安";
const OTHER_PASSWORD: &str = "hao-yun-lian-lian-88";
const VILLAGE: &str = stories::cast::VILLAGE;
/// In the district, and not this device's.
const ELSEWHERE: &str = "431302105206";

/// A laptop with two accounts, and its hall served on loopback.
struct Stop {
    folder: TempDir,
    central: Central,
    _end: oneshot::Sender<()>,
    hall: Arc<Hall>,
    host: Arc<SteadyHost>,
    address: String,
    config: Arc<rustls::ClientConfig>,
    round: String,
}

fn ask_app(app: &mut App, command: &str, ask: Value) -> Value {
    let command: Command =
        serde_json::from_value(json!({ "command": command, "ask": ask })).unwrap();
    let answer = app.call(command).unwrap_or_else(|failure| panic!("{}", failure.code.word()));
    serde_json::to_value(answer).unwrap()
}

/// The laptop: enrolled, synced, two accounts.
fn laptop(folder: &TempDir) -> (Central, std::path::PathBuf, String) {
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
    console.add_operator("wangfang", "王芳", "recorder").unwrap();
    let enrolment = console.create_enrolment(&[VILLAGE.to_owned()]).unwrap();
    let first = console.create_account_code("limei").unwrap();
    let second = console.create_account_code("wangfang").unwrap();
    drop(console);
    let address = central.start();
    let home = folder.path().join("device");
    let mut app = App::new(&home, Arc::new(SystemHost), Abilities::default());
    let order = json!({
        "server_url": format!("https://{address}"), "code": enrolment.code,
        "ca_pin": central.ca_pin.clone(), "account_code": first.code, "account": "limei",
        "password": PASSWORD,
    });
    ask_app(&mut app, "enrol", order);
    let other = json!({ "account_code": second.code, "password": OTHER_PASSWORD });
    ask_app(&mut app, "account_add", other);
    sync(&mut app);
    (central, home, round)
}

/// A sync by the screen, and its end waited for.
fn sync(app: &mut App) {
    let mut state = ask_app(app, "sync", json!({}));
    for _ in 0..600 {
        if state["phase"] != "running" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        state = ask_app(app, "sync_state", json!({}));
    }
    assert_eq!(state["phase"], "idle", "{state}");
}

fn files() -> Files {
    let file =
        |name: &str| (name.to_owned(), ("text/html", format!("the file {name}").into_bytes()));
    ["index.html", "app.js", "pair.html", "pair.js", "pair.css", "icon.svg"].map(file).into()
}

impl Stop {
    fn new() -> Stop {
        let folder = tempfile::tempdir().unwrap();
        let (central, home, round) = laptop(&folder);
        let host = Arc::new(SteadyHost::new("hall"));
        let hall = Arc::new(Hall::new(&home, host.clone()));
        hall.open();
        let now = UnixTime::now();
        let ca = make_ca(now).unwrap();
        let leaf = make_leaf(&ca, &["127.0.0.1".to_owned()], now).unwrap();
        let page = HallPage {
            hall: hall.clone(),
            files: files(),
            ca_pem: ca.certificate_pem.clone(),
            limits: Limits::default(),
        };
        let config = server_config(&ca.certificate_pem, &leaf).unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let (told, bound) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                let serving = Serving::over(listener, config, hall_router(page), Limits::default());
                serving.run(async { drop(ended.await) }).await;
            });
        });
        let address = bound.recv().unwrap().to_string();
        let config = trusting(&ca.certificate_pem);
        Stop { folder, central, _end: end, hall, host, address, config, round }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.address, "127.0.0.1", &self.config)
    }

    fn origin(&self) -> Option<String> {
        Some(format!("https://{}", self.address))
    }

    fn code(&self) -> String {
        self.hall.make_code().unwrap().code
    }

    fn paired(&self) -> Browser {
        let mut browser = self.browser();
        assert_eq!(browser.pair(&self.code()).0, 204);
        browser
    }

    /// Paired and signed in.
    fn at_work(&self, account: &str, password: &str) -> Browser {
        let browser = self.paired();
        let state = browser.sign_in(account, password);
        assert_eq!(state["operator"]["account"], account);
        browser
    }

    fn day(&self, unit: &str) -> Value {
        json!({
            "round": self.round, "unit": unit, "day": "2026-09-14",
            "stations": [{ "station": "general", "examiner": null }],
        })
    }

    /// Another account put on the laptop, at the laptop.
    fn add_account(&self, account: &str, name: &str, role: &str, password: &str) {
        let mut console = self.central.console();
        console.add_operator(account, name, role).unwrap();
        let code = console.create_account_code(account).unwrap().code;
        drop(console);
        let home = self.folder.path().join("device");
        let mut app = App::new(&home, Arc::new(SystemHost), Abilities::default());
        let slot = ask_app(&mut app, "state", json!({}))["slots"][0]["slot"].clone();
        ask_app(&mut app, "unlock", json!({ "slot": slot, "password": PASSWORD }));
        sync(&mut app);
        ask_app(&mut app, "account_add", json!({ "account_code": code, "password": password }));
    }

    fn pass(&self, minutes: i64, from_ms: i64) -> i64 {
        let now_ms = from_ms + minutes * 60_000;
        self.host.set_clock(now_ms);
        now_ms
    }
}

fn failed(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn typed(item: &str, text: &str) -> Value {
    json!({ "item": item, "text": text, "absent": null, "confirmed": false })
}

#[test]
fn who_is_not_paired_gets_the_pairing_page_and_nothing_else() {
    let stop = Stop::new();
    let stranger = stop.browser();
    assert_eq!(stranger.get("/"), (200, "the file pair.html".to_owned()));
    assert_eq!(stranger.get("/pair.js").0, 200);
    assert_eq!(stranger.get("/ca.crt").0, 200);
    for path in ["/index.html", "/app.js", "/no-such-file"] {
        assert_eq!(stranger.get(path).0, 403, "{path}");
    }
    assert_eq!(stranger.refused("state", json!({})), failed(401, "unpaired"));
    let mut made_up = stop.browser();
    made_up.cookie = Some("0".repeat(64));
    assert_eq!(made_up.refused("state", json!({})), failed(401, "unpaired"));
    assert_eq!(made_up.get("/app.js").0, 403);
    // Control: the same requests of a paired browser are answered, and no name of anybody's results before a password.
    let paired = stop.paired();
    assert_eq!(paired.get("/"), (200, "the file index.html".to_owned()));
    assert_eq!(paired.get("/app.js").0, 200);
    assert_eq!(paired.ask("state", json!({}))["phase"], "locked");
    assert_eq!(paired.refused("drafts", json!({})), failed(422, "app_locked"));
}

#[test]
fn a_code_is_good_once_so_a_copied_address_is_worth_nothing() {
    let stop = Stop::new();
    let code = stop.code();
    let (mut tablet, mut copier) = (stop.browser(), stop.browser());
    let (status, head, _) = tablet.send("POST", "/pair", &code);
    assert_eq!(status, 204);
    for word in ["HttpOnly", "Secure", "SameSite=Strict", "__Host-seat=", "Path=/"] {
        assert!(head.contains(word), "{word}: {head}");
    }
    assert_eq!(copier.pair(&code), failed(403, "pairing_invalid"));
    assert_eq!(copier.refused("state", json!({})), failed(401, "unpaired"));
    // Control: another code lets the same browser in; an old one does not.
    let late = stop.code();
    stop.pass(5, AFTERNOON_MS);
    assert_eq!(copier.pair(&late), failed(403, "pairing_invalid"));
    assert_eq!(copier.pair(&stop.code()).0, 204);
    assert_eq!(copier.ask("state", json!({}))["phase"], "locked");
    assert_eq!(tablet.pair("").0, 403, "no code is no code");
}

#[test]
fn another_name_and_another_page_are_refused() {
    let stop = Stop::new();
    let own = stop.paired();
    let check = |host: &str, origin: Option<&str>, get: u16, post: u16| {
        let origin = origin.map(str::to_owned);
        let other = Browser { host: host.to_owned(), origin, ..own.clone() };
        assert_eq!(other.get("/").0, get, "{host}");
        assert_eq!(other.rpc("state", json!({})).0, post, "{host} {:?}", other.origin);
        assert_eq!(other.send("POST", "/pair", "x").0, 403, "{host} {:?}", other.origin);
    };
    let port = stop.address.split(':').nth(1).unwrap();
    // A name turned to this machine (DNS rebinding), and a page of elsewhere (CSRF), with the cookie of a paired browser.
    let turned = format!("hall.example:{port}");
    check(&turned, Some(&format!("https://{turned}")), 403, 403);
    check(&stop.address, Some("https://hall.example"), 200, 403);
    check(&stop.address, Some(&format!("http://{}", stop.address)), 200, 403);
    check(&stop.address, None, 200, 403);
    // Control.
    check(&stop.address, stop.origin().as_deref(), 200, 200);
}

#[test]
fn a_full_hall_takes_no_26th_and_uses_up_no_code_for_it() {
    let stop = Stop::new();
    for _ in 0..SEATS_MAX {
        // By the hall itself: from one address a page would have to wait.
        stop.hall.pair(&stop.code()).unwrap();
    }
    let code = stop.code();
    let mut late = stop.browser();
    assert_eq!(late.pair(&code), failed(403, "seats_full"));
    assert_eq!(stop.hall.shown().len(), SEATS_MAX);
    // Control: the same once those who went home made room.
    stop.pass(31, AFTERNOON_MS);
    assert_eq!(late.pair(&code), failed(403, "pairing_invalid"), "minutes have passed");
    assert_eq!(stop.hall.shown().len(), SEATS_MAX, "a wrong code pushes nobody out");
    assert_eq!(late.pair(&stop.code()).0, 204);
    assert_eq!(stop.hall.shown().len(), SEATS_MAX);
}

#[test]
fn guessing_codes_is_slowed_and_locks_nobody_out_for_long() {
    let stop = Stop::new();
    let code = stop.code();
    let mut guesser = stop.browser();
    for _ in 0..10 {
        assert_eq!(guesser.pair("AAAA-AAAA-AAAA-AAAA"), failed(403, "pairing_invalid"));
    }
    assert_eq!(guesser.pair(&code), failed(429, "pairing_wait"), "not even the right one");
    stop.pass(1, AFTERNOON_MS);
    // Control: a minute later the right one is taken.
    assert_eq!(guesser.pair(&code).0, 204);
}

#[test]
fn each_browser_has_an_operator_a_day_drafts_and_a_lock_of_its_own() {
    let stop = Stop::new();
    let mei = stop.at_work("limei", PASSWORD);
    let fang = stop.at_work("wangfang", OTHER_PASSWORD);
    assert_eq!(mei.ask("day", json!({}))["choice"], Value::Null);
    // Outside what this laptop works for: whoever asks.
    assert_eq!(mei.refused("day_set", stop.day(ELSEWHERE)), failed(422, "out_of_scope"));
    mei.ask("day_set", stop.day(VILLAGE));
    assert_eq!(fang.ask("day", json!({}))["choice"], Value::Null, "the other's is not hers");
    fang.ask("day_set", stop.day(VILLAGE));

    let person = mei.ask("register", json!({
        "name": "周来", "id_number": "431399197003070014", "student_no": "", "birth": "", "sex": "",
        "phone": "", "is_pupil": false, "home_unit": null, "home_text": "", "grade": "",
        "group": "", "is_new_for_sure": false,
    }))["person"].clone();
    // A walk-in of one desk is known at the next.
    let found = fang.ask("find", json!({ "text": "431399197003070014", "stop_first": true }));
    assert_eq!(found["rows"][0]["person"], person);

    let form = json!({ "person": person, "station": "general" });
    let (by_mei, by_fang) = (mei.ask("form", form.clone()), fang.ask("form", form.clone()));
    let draft = json!({
        "person": person, "station": "general", "values": [typed("height_cm", "17")],
        "focus": null, "at": "", "name": "",
    });
    mei.ask("draft_put", draft);
    assert_eq!(fang.ask("drafts", json!({}))["drafts"], json!([]), "a draft is one's own");
    let mark = fang.ask("watch", json!({ "since": 0 }))["mark"].clone();
    let save = |seen: &Value, id: &str, height: &str| {
        json!({
            "person": person, "station": "general", "values": [typed("height_cm", height)],
            "saw": seen["saw"], "examiner": null, "save_id": id,
        })
    };
    assert_eq!(mei.ask("save", save(&by_mei, "a", "170"))["results"], 1);
    assert_ne!(fang.ask("watch", json!({ "since": mark }))["mark"], mark, "she is told of it");
    // Neither knew of the other's: two values stand.
    assert_eq!(fang.ask("save", save(&by_fang, "b", "171"))["results"], 1);
    let whole = mei.ask("person", json!({ "person": person }));
    let height = whole["items"].as_array().unwrap().iter().find(|i| i["item"] == "height_cm");
    let current = height.unwrap()["current"].as_array().unwrap();
    assert_eq!(current.len(), 2, "{current:?}");
    let who: Vec<&str> = current.iter().filter_map(|cell| cell["operator"].as_str()).collect();
    assert!(who.contains(&"李梅") && who.contains(&"王芳"), "{who:?}");

    for (command, ask) in [
        ("sync", json!({})),
        ("account_add", json!({ "account_code": "x", "password": PASSWORD })),
        ("print", json!({ "kind": "results", "people": [], "purpose": "x" })),
    ] {
        assert_eq!(mei.refused(command, ask), failed(422, "at_device_only"), "{command}");
    }
    assert_eq!(mei.ask("lock", json!({}))["phase"], "locked");
    assert_eq!(mei.refused("drafts", json!({})), failed(422, "app_locked"));
    assert_eq!(fang.ask("state", json!({}))["phase"], "open");
}

#[test]
fn each_browser_locks_by_itself_and_looking_on_keeps_nothing_open() {
    let stop = Stop::new();
    let mei = stop.at_work("limei", PASSWORD);
    let fang = stop.at_work("wangfang", OTHER_PASSWORD);
    let now_ms = stop.pass(9, AFTERNOON_MS);
    fang.ask("drafts", json!({}));
    mei.ask("watch", json!({ "since": 0 }));
    stop.pass(2, now_ms);
    stop.hall.lock_idle();
    assert_eq!(mei.refused("watch", json!({ "since": 0 })), failed(422, "app_locked"));
    // Control: who did something is still at work.
    fang.ask("drafts", json!({}));
}

#[test]
fn closing_the_hall_ends_every_browsers_session() {
    let stop = Stop::new();
    let mei = stop.at_work("limei", PASSWORD);
    mei.ask("drafts", json!({}));
    let code = stop.code();
    stop.hall.close();
    assert_eq!(mei.refused("drafts", json!({})), failed(401, "unpaired"));
    assert_eq!(mei.get("/"), (200, "the file pair.html".to_owned()));
    assert_eq!(stop.browser().pair(&code), failed(403, "hall_closed"));
    assert!(stop.hall.shown().is_empty());
    stop.hall.open();
    assert_eq!(stop.browser().pair(&code), failed(403, "pairing_invalid"), "an old code");
    assert_eq!(mei.refused("drafts", json!({})), failed(401, "unpaired"), "pair again");
}

#[test]
fn wrong_passwords_count_per_account_whichever_browser_they_come_from() {
    let stop = Stop::new();
    let (first, second) = (stop.paired(), stop.paired());
    let state = first.ask("state", json!({}));
    let slot = |account: &str| {
        let slots = state["slots"].as_array().unwrap();
        slots.iter().find(|slot| slot["account"] == account).unwrap()["slot"].clone()
    };
    let wrong = json!({ "slot": slot("limei"), "password": "falsch-falsch-falsch" });
    for browser in [&first, &second, &first, &second, &first] {
        assert_eq!(browser.refused("unlock", wrong.clone()), failed(422, "password_wrong"));
    }
    let right = json!({ "slot": slot("limei"), "password": PASSWORD });
    assert_eq!(second.refused("unlock", right), failed(422, "password_wait"));
    // Control: a colleague need not wait.
    let other = json!({ "slot": slot("wangfang"), "password": OTHER_PASSWORD });
    assert_eq!(second.ask("unlock", other)["phase"], "open");
}

#[test]
fn what_an_operator_may_do_at_a_seat_is_their_roles() {
    let stop = Stop::new();
    stop.add_account("wuhan", "吴寒", "township", OTHER_PASSWORD);
    stop.add_account("sunli", "孙丽", "auditor", OTHER_PASSWORD);
    let recorder = stop.at_work("limei", PASSWORD);
    let (township, auditor) =
        (stop.at_work("wuhan", OTHER_PASSWORD), stop.at_work("sunli", OTHER_PASSWORD));
    for (browser, records) in [(&recorder, true), (&township, false), (&auditor, false)] {
        // Nobody is offered what they are refused.
        assert_eq!(browser.ask("day_set", stop.day(VILLAGE))["may_record"], records);
    }
    let walk_in = json!({
        "name": "周来", "id_number": "431399197003070014", "student_no": "", "birth": "", "sex": "",
        "phone": "", "is_pupil": false, "home_unit": null, "home_text": "", "grade": "",
        "group": "", "is_new_for_sure": false,
    });
    let barred = failed(422, "role_barred");
    assert_eq!(township.refused("register", walk_in.clone()), barred);
    assert_eq!(auditor.refused("register", walk_in.clone()), barred);
    // Control: the same of a recorder is taken.
    let person = recorder.ask("register", walk_in)["person"].clone();
    let save = json!({
        "person": person, "station": "general", "values": [typed("height_cm", "170")],
        "saw": [], "examiner": null, "save_id": "a",
    });
    let find = json!({ "text": "周来", "stop_first": true });
    // Who follows up looks and does not record; who audits sees nobody.
    assert_eq!(township.ask("find", find.clone())["rows"][0]["person"], person);
    assert_eq!(township.refused("save", save.clone()), barred);
    assert_eq!(auditor.refused("find", find), barred);
    assert_eq!(auditor.refused("person", json!({ "person": person })), barred);
    assert_eq!(auditor.refused("save", save.clone()), barred);
    assert_eq!(recorder.ask("save", save)["results"], 1);
    // And each outside the laptop's units is refused whatever the role.
    for browser in [&recorder, &township, &auditor] {
        assert_eq!(browser.refused("day_set", stop.day(ELSEWHERE)), failed(422, "out_of_scope"));
    }
}
