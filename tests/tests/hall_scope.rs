//! Units are the device's: a hub carries home what a device of other villages recorded, and shows it to nobody at its own screen or at
//! its browsers. Whoever comes to this stop is of it from then on. Not what a device is given (`hall.rs`), not roles (`browsers.rs`).

use field::{Abilities, App, HubLink};
use protocol::rpc::Command;
use protocol::{Code, Failure};
use serde_json::{Value, json};
use stories::browser::{Browser, trusting};
use stories::cast::{SEATS, THIRD_VILLAGE, VILLAGE};
use stories::hall::{Device, Running, give_accounts};
use stories::samples::Sheet;
use stories::team::{District, Tablet, key_of, said};

const PASSWORD: &str = "青山绿水-2026-平安";

/// How an app and a browser are asked alike.
trait Screen {
    fn said(&mut self, command: &str, ask: Value) -> Result<Value, String>;
}

impl Screen for Browser {
    fn said(&mut self, command: &str, ask: Value) -> Result<Value, String> {
        match self.rpc(command, ask) {
            (200, answer) => Ok(answer),
            (_, refused) => Err(refused["code"].as_str().unwrap().to_owned()),
        }
    }
}

impl Screen for App {
    fn said(&mut self, command: &str, ask: Value) -> Result<Value, String> {
        let command: Command =
            serde_json::from_value(json!({ "command": command, "ask": ask })).unwrap();
        let answered = self.call(command);
        let code = |failure: Failure| failure.code.word().to_owned();
        answered.map(|answer| serde_json::to_value(answer).unwrap()).map_err(code)
    }
}

/// A laptop of one village as hub, and what a device of another village brought there.
struct Met {
    district: District,
    team: Vec<Tablet>,
    running: Running,
}

fn meet() -> Met {
    let district = District::prepare();
    let units = [VILLAGE, THIRD_VILLAGE];
    let mut team: Vec<Tablet> =
        SEATS.iter().zip(units).map(|(seat, unit)| district.enrol(seat, &[unit])).collect();
    for tablet in &mut team {
        said(tablet.home.sync());
        said(tablet.home.renew_hub_certificate(&[]));
    }
    said(team[0].home.sync());
    district.go_offline();
    let theirs = Sheet::measurements().of_place(THIRD_VILLAGE);
    assert!(team[1].record(&district.round, ("general", "护士甲"), None, &theirs).results > 0);
    let device = Device::of(&team[0]);
    give_accounts(&device, PASSWORD);
    let running = Running::start(&device);
    said(team[1].home.sync_with_hub(&mut HubLink::new(running.hub)));
    Met { district, team, running }
}

impl Met {
    fn day(&self, unit: &str) -> Value {
        let stations = [json!({ "station": "general", "examiner": null })];
        json!({
            "round": self.district.round, "unit": unit, "day": "2026-09-14", "stations": stations,
        })
    }

    /// The hub's own screen, and a browser of its hall.
    fn screens(&self) -> (App, Browser) {
        let (hub, host) = (&self.team[0], self.team[0].host.clone());
        let mut own = App::new(&hub.folder, host, Abilities::default());
        said(own.open_with_key(key_of(hub.seat), Some("lu1")));
        let ca = hub.store().setting_text(store::Setting::CaPem).unwrap().unwrap();
        let at = self.running.hub.address;
        let (mut browser, code) = self.running.guest(at, &trusting(&ca)).unwrap();
        assert_eq!(browser.pair(&code).0, 204);
        browser.sign_in("lu2", PASSWORD);
        (own, browser)
    }
}

fn walk_in(people: &Sheet, row: usize) -> Value {
    json!({
        "name": people.cell(row, "name"), "id_number": people.cell(row, "id_number"),
        "student_no": "", "birth": "", "sex": "", "phone": "", "is_pupil": false,
        "home_unit": THIRD_VILLAGE, "home_text": "", "grade": "", "group": "",
        "is_new_for_sure": false,
    })
}

#[test]
fn what_a_hub_carries_home_for_another_team_is_shown_to_nobody_there() {
    let met = meet();
    let (ours, theirs) =
        (Sheet::measurements().of_place(VILLAGE), Sheet::measurements().of_place(THIRD_VILLAGE));
    let row =
        (0..theirs.rows.len()).find(|row| !theirs.cell(*row, "height_cm").is_empty()).unwrap();
    let (of_ours, of_theirs) = (ours.cell(0, "id_number"), theirs.cell(row, "id_number"));
    // Control: the hub does have them, and what was found.
    let held = met.team[0].store().find(of_theirs, 2).unwrap();
    assert_eq!(held.len(), 1);
    let person = held[0].person.0.to_string();
    assert!(!met.team[0].store().person(held[0].person).unwrap().unwrap().values.is_empty());

    let (own, browser) = met.screens();
    let mut screens: [Box<dyn Screen>; 2] = [Box::new(own), Box::new(browser)];
    let out_of_scope = Err(Code::OutOfScope.word().to_owned());
    for screen in &mut screens {
        // An operator outside their device's units, by the stop, by a number, by a name, by an id somebody wrote down.
        assert_eq!(screen.said("day_set", met.day(THIRD_VILLAGE)), out_of_scope);
        screen.said("day_set", met.day(VILLAGE)).unwrap();
        let find = |text: &str| json!({ "text": text, "stop_first": true });
        for text in [of_theirs, theirs.cell(row, "name"), person.as_str()] {
            let found = screen.said("find", find(text)).unwrap();
            let is_shown = found["rows"].as_array().unwrap().iter().any(|r| r["person"] == person);
            assert!(!is_shown, "{text}");
        }
        let hints = screen.said("register_check", walk_in(&theirs, row)).unwrap();
        assert_eq!(hints["duplicates"], json!([]));
        let form = json!({ "person": person, "station": "general" });
        for (command, ask) in [
            ("person", json!({ "person": person })),
            ("check_out", json!({ "person": person })),
            ("form", form),
        ] {
            assert_eq!(screen.said(command, ask), out_of_scope, "{command}");
        }
        // Control: people of the device's own village are there.
        let found = screen.said("find", find(of_ours)).unwrap();
        let ours = found["rows"][0]["person"].clone();
        assert!(screen.said("person", json!({ "person": ours })).is_ok());
    }

    // They come to this stop themselves: registered here, they are of it, as the person they are.
    let registered = screens[1].said("register", walk_in(&theirs, row)).unwrap();
    assert_eq!(registered["person"], person.as_str());
    for screen in &mut screens {
        let found = screen.said("find", json!({ "text": of_theirs, "stop_first": true })).unwrap();
        assert_eq!(found["rows"][0]["person"], person.as_str());
        assert!(screen.said("person", json!({ "person": person })).is_ok());
    }
}
