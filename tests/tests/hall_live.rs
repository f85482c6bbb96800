//! On the spot, in a hall: what one device saves is missing no more at the desk where people leave, and the chief doctor signs over it at a
//! browser of the hub; what comes later makes it one to look at again everywhere. Not how soon (`morning.rs`), nor the screens of it
//! (ui/e2e/live.spec.ts, ui/e2e/conclude.spec.ts).

use field::HubLink;
use serde_json::{Value, json};
use stories::browser::{Browser, trusting};
use stories::cast::{SEATS, VILLAGE};
use stories::hall::{Device, Running, give_accounts};
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

const PASSWORD: &str = "青山绿水-2026-平安";
const DOCTOR: &str = "zhuren";

/// A browser of the hub, at work.
fn come(running: &Running, ca: &str, account: &str, day: &Value) -> Browser {
    let (mut browser, code) = running.guest(running.hub.address, &trusting(ca)).unwrap();
    assert_eq!(browser.pair(&code).0, 204);
    assert_eq!(browser.sign_in(account, PASSWORD)["phase"], "open");
    browser.ask("day_set", day.clone());
    browser
}

/// The stations at which somebody still has something to do, as the desk shows them.
fn missing(desk: &Browser, person: &Value) -> Vec<String> {
    let view = desk.ask("check_out", json!({ "person": person }));
    let stations = view["missing"].as_array().unwrap().iter();
    stations.map(|one| one["station"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_desk_at_the_exit_sees_what_another_device_saved_and_the_chief_doctor_signs_over_it_on_the_spot()
 {
    let district = District::prepare();
    said(district.central.console().add_operator(DOCTOR, "主任", "doctor"));
    let mut team: Vec<Tablet> =
        SEATS[..2].iter().map(|seat| district.enrol(seat, &[VILLAGE])).collect();
    for tablet in &mut team {
        said(tablet.home.sync());
        said(tablet.home.renew_hub_certificate(&[]));
    }
    said(team[0].home.sync());
    district.go_offline();
    let device = Device::of(&team[0]);
    give_accounts(&device, PASSWORD);
    let running = Running::start(&device);
    let ca = team[0].store().setting_text(store::Setting::CaPem).unwrap().unwrap();
    let stations = [json!({ "station": "general", "examiner": null })];
    let day = json!({
        "round": district.round, "unit": VILLAGE, "day": "2026-09-14", "stations": stations,
    });
    let (desk, doctor) = (come(&running, &ca, "lu1", &day), come(&running, &ca, DOCTOR, &day));

    let people = Sheet::measurements().of_place(VILLAGE);
    let id_number = people.cell(0, "id_number").to_owned();
    let found = desk.ask("find", json!({ "text": id_number, "stop_first": true }));
    let person = found["rows"][0]["person"].clone();
    let before = missing(&desk, &person);
    assert!(before.iter().any(|station| station == "bp"), "{before:?}");

    // Measured at another device, which looks at the hub.
    let mut link = HubLink::new(running.hub);
    let round = district.round.clone();
    let mut measure = |team: &mut [Tablet], sbp: &str, dbp: &str| {
        let items = [("sbp1_mmhg", sbp), ("dbp1_mmhg", dbp), ("pulse_per_min", "72")];
        let sheet = people.only(&id_number, &items);
        assert!(team[1].record(&round, ("bp", "护士乙"), None, &sheet).results > 0);
        said(team[1].home.sync_with_hub(&mut link));
    };
    measure(&mut team, "152", "96");
    let after = missing(&desk, &person);
    assert!(!after.iter().any(|station| station == "bp"), "{after:?}");

    // Who is no doctor sees what there is to conclude and signs nothing.
    let about = json!({ "person": person });
    let view = doctor.ask("conclusion", about.clone());
    assert_eq!((&view["state"], &view["may_sign"]), (&json!("未总检"), &json!(true)));
    let answers: Vec<Value> = view["proposed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!({ "rule": one["rule"], "code": one["code"], "item": one["item"], "answer": "accept", "text": "", "level": "", "due_days": null, "action": "" }))
        .collect();
    assert!(!answers.is_empty(), "a raised pressure is proposed: {view}");
    let signature = json!({
        "person": person, "mark": view["mark"], "answers": answers, "added": [], "advice": "三天内复测血压",
        "reason": "",
    });
    let refused = desk.refused("conclude", signature.clone());
    assert_eq!(refused, (422, "conclusion_role".to_owned()));
    let signed = doctor.ask("conclude", signature);
    assert_eq!((&signed["version"], &signed["new"]), (&json!(1), &json!(true)), "{signed}");
    assert_eq!(desk.ask("conclusion", about.clone())["state"], "已总检");

    // A later value at that device: nobody takes the signature for one over it.
    measure(&mut team, "168", "102");
    let view = desk.ask("conclusion", about);
    assert_ne!(view["state"], "已总检", "{view}");
}
