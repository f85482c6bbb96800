//! The real window on a display of its own: a person registered, examined and killed in the middle of a form, and all
//! of it arrives; a hall opened by its button, joined by what its screen shows; what the page may not do; one window a device; a page that is gone after the lock; memory.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use field::{Abilities, App, HallAbility, SystemHost};
use protocol::rpc::Answer;
use serde_json::{Value, json};
use server::console::NewRound;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use stories::browser::{Browser, fingerprint_at, trusting};
use stories::central::Central;
use stories::crowd::{Crowd, roster};
use stories::window::{Desktop, Window, memory_bytes};
use stories::{printed, program};
use tempfile::TempDir;

const VILLAGE: &str = stories::cast::VILLAGE;
const PASSWORD: &str = "qing-shan-lv-shui-2026";
const ID_NUMBER: &str = "431399197003070014";
/// The shell and its page together, with a stop of 5,000 people, as it is built for tests. What is shipped has to stay
/// within 250 MB, which these stories do not show: they run no optimised program.
const MEMORY_BYTES_MAX: u64 = 270 << 20;
const LARGE_STOP: usize = 5_000;
/// Looks at a screen until it is drawn, half a second apart.
const LOOKS_MAX: usize = 120;

/// A server, and a device that somebody has prepared for the day.
struct Stop {
    folder: TempDir,
    central: Central,
    home: PathBuf,
    /// Where the server answers.
    server: String,
    round: String,
}

/// A command of the screens to an app without any, which has to go well.
fn ask(app: &mut App, command: &str, asked: Value) -> Value {
    let order = serde_json::from_value(json!({ "command": command, "ask": asked })).unwrap();
    let answer: Answer = app.call(order).unwrap_or_else(|f| panic!("{command}: {f}"));
    serde_json::to_value(answer).unwrap()
}

impl Stop {
    fn new(people: usize) -> Stop {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let mut console = central.console();
        let round = NewRound {
            name: "第四轮".to_owned(),
            from: "2026-09-01".to_owned(),
            to: "2026-12-31".to_owned(),
            levels_confirmed_by: String::new(),
        };
        let round = console.create_round(&round).unwrap().to_string();
        console.add_operator("limei", "李梅", "recorder").unwrap();
        console.add_examiner("赵医生", "主治医师").unwrap();
        if people > 0 {
            let file = folder.path().join("roster.csv");
            std::fs::write(&file, roster(&Crowd::of(7).next(people))).unwrap();
            let order = field::RosterOrder {
                round: round.clone(),
                unit: Some(VILLAGE.to_owned()),
                files: vec![file],
            };
            assert_eq!(console.import_roster(&order).unwrap().accepted as usize, people);
        }
        drop(console);
        let server = format!("https://{}/", central.start());
        let home = folder.path().join("device");
        let stop = Stop { folder, central, home, server, round };
        drop(stop.device(&stop.home, Abilities::default()));
        stop
    }

    /// A device of this stop in a folder of its own, enrolled, synced and with its day set.
    fn device(&self, home: &Path, abilities: Abilities) -> App {
        let mut console = self.central.console();
        let enrolment = console.create_enrolment(&[VILLAGE.to_owned()]).unwrap();
        let account = console.create_account_code("limei").unwrap();
        drop(console);
        let mut app = App::new(home, Arc::new(SystemHost), abilities);
        let enrol = json!({
            "server_url": self.server, "code": enrolment.code, "ca_pin": self.central.ca_pin,
            "account_code": account.code, "account": "limei", "password": PASSWORD,
        });
        ask(&mut app, "enrol", enrol);
        let mut state = ask(&mut app, "sync", json!({}));
        while state["phase"] == "running" {
            std::thread::sleep(Duration::from_millis(50));
            state = ask(&mut app, "sync_state", json!({}));
        }
        assert_eq!(state["phase"], "idle", "{state}");
        let examiner = ask(&mut app, "day", json!({}))["examiners"][0]["examiner"].clone();
        let stations = ["register", "general", "bp"]
            .map(|station| json!({ "station": station, "examiner": examiner }));
        let day = json!({
            "round": self.round, "unit": VILLAGE, "day": "2026-09-14", "stations": stations,
        });
        assert_eq!(ask(&mut app, "day_set", day)["choice"]["unit"], VILLAGE);
        app
    }

    fn desktop(&self) -> Desktop {
        Desktop::begin(self.folder.path())
    }
}

/// Opens the window at its door and comes in by the password.
async fn come_in<'a>(desktop: &'a Desktop, stop: &Stop) -> Window<'a> {
    let window = Window::open(desktop, &stop.home).await;
    unlock(&window).await;
    window
}

async fn unlock(window: &Window<'_>) {
    window.fill("密码", PASSWORD).await;
    window.picture("door");
    window.press("打开").await;
    window.see("#scan").await;
    window.read("下一位：请扫码或输入").await;
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn somebody_registered_and_measured_survives_a_kill_in_mid_form_and_arrives_at_the_server() {
    let stop = Stop::new(0);
    let desktop = stop.desktop();
    runtime().block_on(async {
        let window = come_in(&desktop, &stop).await;
        window.picture("home");
        let person = register(&window).await;
        window.script("location.hash = arguments[0]", vec![form("general", &person)]).await;
        window.fill("身高", "172").await;
        window.fill("体重", "80").await;
        window.picture("form");
        save(&window).await;
        window.read("已保存").await;
        window.script("location.hash = arguments[0]", vec![form("bp", &person)]).await;
        window.fill("收缩压（第一次）", "148").await;
        // The draft is on the disk when the host lists it, and not before.
        while window.call("drafts", json!({})).await["drafts"] == json!([]) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        window.kill().await;

        let window = come_in(&desktop, &stop).await;
        window.read("没写完的表").await;
        window.picture("draft");
        window.press("继续").await;
        window.read("接着写").await;
        let kept = "const field = document.querySelector(\"input[aria-label='收缩压（第一次）']\"); return field && field.value";
        assert_eq!(window.until("the form", kept).await, "148");
        window.fill("舒张压（第一次）", "92").await;
        window.picture("form-bp");
        save(&window).await;
        window.read("已保存").await;
        assert_eq!(window.call("drafts", json!({})).await["drafts"], json!([]));
        window.script("location.hash = '#/sync'", vec![]).await;
        window.press("现在同步").await;
        while window.call("sync_state", json!({})).await["unsent"] != 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        window.read("全部已上传").await;
        window.picture("sync");
        window.close().await;
    });
    let found = stop.central.store().find(ID_NUMBER, 2).unwrap();
    assert_eq!(found.len(), 1, "the server knows the walk-in");
    let person = stop.central.store().person(found[0].person).unwrap().unwrap();
    let catalogue = domain::catalogue::Catalogue::builtin();
    let value = |key: &str| {
        let code = catalogue.item_by_key(key).unwrap().code;
        let values = person.values.iter().filter(|value| value.item == code && value.current);
        values.map(|value| format!("{:?}", value.value)).collect::<Vec<_>>()
    };
    for key in ["height_cm", "weight_kg", "sbp1_mmhg", "dbp1_mmhg"] {
        assert_eq!(value(key).len(), 1, "{key} once");
    }
}

/// As a walk-in whose card is scanned: the number is not known, the name is typed.
async fn register(window: &Window<'_>) -> String {
    window.see("#scan").await.send_keys(ID_NUMBER).await.unwrap();
    // Keys that may be a scanner's reach the field a moment later: pressed before all are there, the button would go away under
    // the press.
    window.read(&format!("没有找到“{ID_NUMBER}”")).await;
    window.press("登记这个人").await;
    window.fill("姓名", "周读卡").await;
    window.picture("register");
    save(window).await;
    let at_card = "const at = location.hash.match(/#\\/(?:card|form\\/[a-z]+)\\/([^/]+)/); return at && at[1]";
    let person = window.until("the card of who was registered", at_card).await;
    person.as_str().unwrap().to_owned()
}

/// The one button at a form's end.
async fn save(window: &Window<'_>) {
    window.see(".finish .primary").await.click().await.unwrap();
}

fn form(station: &str, person: &str) -> Value {
    json!(format!("#/form/{station}/{person}"))
}

/// The codes on the screen as a camera reads them: the pairing's address, and the line for other laptops.
async fn shown_codes(window: &Window<'_>, stop: &Stop) -> (String, String) {
    let picture = stop.folder.path().join("drawn.png");
    let mut codes = Vec::new();
    // A busy machine has the page before it has drawn it.
    for _ in 0..LOOKS_MAX {
        std::fs::write(&picture, window.drawn().await).unwrap();
        codes = printed::codes_in(&picture);
        codes.retain(|(kind, _)| kind == "QR-Code");
        let (pairing, join): (Vec<_>, Vec<_>) =
            codes.iter().map(|(_, text)| text.clone()).partition(|text| text.contains("https"));
        if let ([pairing], [join]) = (pairing.as_slice(), join.as_slice()) {
            return (pairing.clone(), join.clone());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("not on the screen: {codes:?}");
}

#[test]
fn a_hall_opened_by_its_button_is_joined_by_what_its_screen_shows_and_all_see_each_other() {
    let stop = Stop::new(0);
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let hall = Some(HallAbility { listen, files: Box::new(Vec::new) });
    let abilities = Abilities { hall, ..Abilities::default() };
    let mut laptop = stop.device(&stop.folder.path().join("second"), abilities);
    let ca = stop.central.store().setting_text(store::Setting::CaPem).unwrap().unwrap();
    let desktop = stop.desktop();
    runtime().block_on(async {
        let window = come_in(&desktop, &stop).await;
        window.script("location.hash = '#/sync'", vec![]).await;
        window.press("开大厅或加入").await;
        window.read("一个大厅只要一台").await;
        window.press("开大厅").await;
        window.read("大厅已经开了，开在这台电脑上").await;
        window.read("还没有设备连过来").await;
        window.picture("hall-open");
        let (pairing, join) = shown_codes(&window, &stop).await;
        let (url, secrets) = pairing.split_once("/#").unwrap();
        let (fingerprint, code) = secrets.split_once(':').unwrap();
        let address = url.trim_start_matches("https://").to_owned();
        assert!(window.text().await.contains(url), "the address is there to be typed, too");

        // Another laptop by the line, a browser by the code; both believe this device's certificate and no other.
        ask(&mut laptop, "hub_join", json!({ "text": join }));
        let (at, device) = join.split_once('/').unwrap();
        assert_eq!(at, address);
        let id = u128::from_str_radix(device, 16).unwrap().to_be_bytes();
        let (name, trusts) = (protocol::call::hub_name(&id), trusting(&ca));
        assert_eq!(fingerprint_at(&address, &name, &trusts).as_deref(), Ok(fingerprint));
        let mut tablet = Browser::new(&address, &name, &trusts);
        assert_eq!(tablet.pair(code).0, 204);
        tablet.sign_in("limei", PASSWORD);
        window.read("平板或手机").await;
        window.read("李梅").await;
        while ask(&mut laptop, "hub_state", json!({}))["joined"]["reached"] != true {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        window.read("已连接 2 台").await;
        window.picture("hall-joined");

        // Registered at the other laptop, known in this window and at the tablet.
        let walk_in = json!({
            "name": "周来", "id_number": ID_NUMBER, "student_no": "", "birth": "", "sex": "",
            "phone": "", "is_pupil": false, "home_unit": null, "home_text": "", "grade": "",
            "group": "", "is_new_for_sure": false,
        });
        let person = ask(&mut laptop, "register", walk_in)["person"].clone();
        let find = json!({ "text": ID_NUMBER, "stop_first": true });
        while tablet.ask("find", find.clone())["rows"][0]["person"] != person {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(window.call("find", find).await["rows"][0]["person"], person);

        window.press("关闭大厅").await;
        window.read("还有设备连着。关闭后平板要重新扫码").await;
        // The second press comes when the question has been read.
        tokio::time::sleep(Duration::from_millis(800)).await;
        window.press("关闭大厅").await;
        window.read("用这台电脑开大厅").await;
        assert!(tablet.try_send("GET", "/", "").is_err(), "nobody answers there any more");
        window.close().await;
    });
}

#[test]
fn the_page_may_ask_for_our_two_commands_and_goes_nowhere() {
    let stop = Stop::new(0);
    let desktop = stop.desktop();
    runtime().block_on(async {
        let window = Window::open(&desktop, &stop.home).await;
        window.read("李梅").await;
        // The control: what is declared answers.
        assert_eq!(window.call("state", json!({})).await["phase"], "locked");
        let refused = window.invoke("rpc", json!({ "request": { "command": "day", "ask": {} } })).await;
        assert_eq!(refused["refused"], json!({ "code": "app_locked", "trace": "" }));
        let malformed = window.invoke("rpc", json!({ "request": { "command": "find" } })).await;
        assert_eq!(malformed["refused"]["code"], "request_malformed");
        for undeclared in [
            "undeclared",
            "plugin:window|set_title",
            "plugin:webview|create_webview_window",
            "plugin:window-state|save_window_state",
            "plugin:path|resolve_directory",
            "plugin:fs|read_text_file",
            "plugin:shell|execute",
            "plugin:event|emit",
        ] {
            let said = window.invoke(undeclared, json!({})).await;
            let why = said["refused"].as_str().unwrap_or_else(|| panic!("{undeclared}: {said}"));
            assert!(why.contains("not allowed") || why.contains("not found"), "{undeclared}: {why}");
        }
        let home = window.address().await;
        assert!(home.starts_with("tauri://localhost"), "{home}");
        for away in ["https://example.org/", &stop.server, "file:///etc/hostname", "data:text/html,away"] {
            window.script("location.href = arguments[0]", vec![json!(away)]).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(window.address().await, home, "{away}");
        }
        let opened = "return window.open('tauri://localhost/') === null";
        assert_eq!(window.script(opened, vec![]).await, json!(true), "no second window");
        let inline = "const script = document.createElement('script'); script.textContent = 'window.wasRun = true'; \
                      document.head.append(script); return window.wasRun === undefined";
        assert_eq!(window.script(inline, vec![]).await, json!(true), "no script but the program's own");
        let call = "const done = arguments[1]; fetch(arguments[0]).then(() => done('answered'), () => done('refused'))";
        assert_eq!(window.script_async(call, vec![json!(stop.server)]).await, json!("refused"));
        window.close().await;
    });
}

#[test]
fn a_second_start_shows_the_first_window_and_ends_with_or_without_a_bus() {
    let stop = Stop::new(0);
    let desktop = stop.desktop();
    runtime().block_on(async {
        let window = Window::open(&desktop, &stop.home).await;
        window.read("李梅").await;
        let second = desktop.start_shell(&stop.home, true);
        assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
        let second = desktop.start_shell(&stop.home, false);
        assert_eq!(second.status.code(), Some(1), "{:?}", second.status);
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(said.contains("已经打开"), "{said}");
        assert_eq!(window.call("state", json!({})).await["phase"], "locked", "the first works on");
        window.close().await;
        // The control: what held the folder was the window, not the folder itself.
        let window = Window::open(&desktop, &stop.home).await;
        window.read("李梅").await;
        window.close().await;
    });
}

#[test]
fn the_window_comes_back_as_large_as_it_was_left_and_a_file_goes_where_a_person_says() {
    let stop = Stop::new(0);
    let desktop = stop.desktop();
    let sheet = stop.folder.path().join("day.pdf");
    runtime().block_on(async {
        let window = come_in(&desktop, &stop).await;
        let first = window.script("return innerWidth", vec![]).await;
        assert_ne!(first, json!(900), "the control: it is not so wide by itself");
        window.resize(900, 700).await;
        window.script("location.hash = '#/end'", vec![]).await;
        window.press("打印日结单").await;
        window.save_as(&sheet);
        let begun = std::time::Instant::now();
        while !std::fs::read(&sheet).is_ok_and(|bytes| bytes.ends_with(b"%%EOF")) {
            assert!(begun.elapsed().as_secs() < 60, "no sheet: {}", window.text().await);
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        assert!(std::fs::read(&sheet).unwrap().starts_with(b"%PDF"));
        window.leave();
        let window = Window::open(&desktop, &stop.home).await;
        window.read("李梅").await;
        window
            .until("the size it was left with", "return innerWidth === 900 && innerHeight === 700")
            .await;
        window.close().await;
    });
}

#[test]
fn after_a_lock_another_process_draws_the_page() {
    let stop = Stop::new(0);
    let desktop = stop.desktop();
    runtime().block_on(async {
        let window = come_in(&desktop, &stop).await;
        let before = window.page_processes();
        assert_eq!(before.len(), 1, "{before:?}");
        let unlocked = window.invoke("rpc", rpc("day")).await;
        assert_eq!(window.page_processes(), before, "the control: a command that locks nothing");
        assert!(unlocked.get("answer").is_some());
        // The driver's session ends with the page it holds.
        window.tell("rpc", rpc("lock")).await;
        // For a moment both are there.
        let is_another = |now: &Vec<u32>| !now.is_empty() && !now.contains(&before[0]);
        assert_eq!(window.until_page_processes(is_another).await.len(), 1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        window.picture("locked");
        assert!(window.is_running(), "the shell works on");
    });
}

fn rpc(command: &str) -> Value {
    json!({ "request": { "command": command, "ask": {} } })
}

#[test]
fn with_a_stop_of_5000_people_shell_and_page_stay_within_270_mb_as_built_for_tests() {
    let stop = Stop::new(LARGE_STOP);
    let desktop = stop.desktop();
    runtime().block_on(async {
        let window = come_in(&desktop, &stop).await;
        for hash in ["#/coverage", "#/class/general", "#/home"] {
            window.script("location.hash = arguments[0]", vec![json!(hash)]).await;
            tokio::time::sleep(Duration::from_millis(1_500)).await;
        }
        window.see("#scan").await.send_keys("王").await.unwrap();
        window.see("#found .person").await;
        window.picture("found");
        let processes = window.processes();
        let all = memory_bytes(&processes, None);
        // What these stories run is not optimised: its code is several times what is shipped.
        let used = memory_bytes(&processes, Some(program::shell()));
        window.print_memory();
        println!("{} MB in {} processes, {LARGE_STOP} people", all >> 20, processes.len());
        println!("{} MB without the code of the program as it is built for tests", used >> 20);
        assert!(processes.len() > 1 && used > 20 << 20, "not measured: {processes:?}");
        assert!(used < MEMORY_BYTES_MAX, "{} MB", used >> 20);
        window.close().await;
    });
}

#[test]
fn nothing_of_our_sqlite_is_exported_to_the_engine_beside_it() {
    let symbols = |options: &[&str]| {
        let told = std::process::Command::new("nm").args(options).arg(program::shell()).output();
        let told = told.unwrap_or_else(|e| panic!("nm ({e}): apt-get install binutils"));
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        text.lines().filter(|line| line.contains(" sqlite3_")).count()
    };
    assert_eq!(symbols(&["--dynamic", "--defined-only"]), 0);
    // The control: it is in there, and would be seen.
    assert!(symbols(&["--defined-only"]) > 50);
}
