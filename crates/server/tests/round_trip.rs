//! Devices and a server over real HTTPS and real encrypted stores: what one records all of its units get,
//! exactly once, whatever is restarted in between.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Device, OTHER_VILLAGE, Server, VILLAGE, heads, registration};
use domain::ids::UnitCode;
use protocol::{Code, Fact, Failure};
use server::console::NewRound;
use store::HoldReason;

const DISTRICT: &str = "431302";

fn round() -> NewRound {
    NewRound {
        name: "第四轮".to_owned(),
        from: "2026-09-01".to_owned(),
        to: "2026-12-31".to_owned(),
        levels_confirmed_by: String::new(),
    }
}

#[test]
fn two_devices_of_a_village_hold_each_others_day() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let mut two = Device::enrolled(&server, &[VILLAGE, OTHER_VILLAGE]);
    for _ in 0..40 {
        one.register(VILLAGE);
        two.register(VILLAGE);
    }
    two.register(OTHER_VILLAGE);
    assert_eq!(one.sync().report.pushed, 40);
    let second = two.sync().report;
    assert_eq!((second.pushed, second.held), (41, 0));
    assert!(second.pulled >= 40, "{second:?}");
    assert_eq!(one.sync().report.pulled, 40);
    assert_eq!((one.unsent(), two.unsent()), (0, 0));
    let central = server.store();
    assert_eq!(heads(&one.store, VILLAGE), heads(&central, VILLAGE));
    assert_eq!(heads(&two.store, VILLAGE), heads(&central, VILLAGE));
    // Outside its units a device gets nothing.
    assert!(heads(&one.store, OTHER_VILLAGE).is_empty());
    assert_eq!(heads(&two.store, OTHER_VILLAGE), heads(&central, OTHER_VILLAGE));
}

#[test]
fn a_second_sync_changes_nothing_and_costs_next_to_nothing() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    (0..40).for_each(|_| {
        one.register(VILLAGE);
    });
    one.sync();
    let before = server.store().counts().unwrap();
    let again = one.sync().report;
    assert_eq!((again.pushed, again.pulled, again.batches), (0, 0, 0));
    assert!(again.bytes_up + again.bytes_down < 200, "{again:?}");
    assert_eq!(server.store().counts().unwrap(), before);
}

#[test]
fn what_the_coordinator_does_beside_the_running_server_reaches_the_devices() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    one.sync();
    let mut console = server.console();
    let id = console.create_round(&round()).unwrap();
    console.add_operator("nurse1", "护士甲", "recorder").unwrap();
    console.add_examiner("医生甲", "主治医师").unwrap();
    let school = console.add_school("测试小学", "431302204").unwrap();
    one.sync();
    assert_eq!(one.store.round("第四轮").unwrap().unwrap().id, id);
    assert_eq!(one.store.operators().unwrap().len(), 1);
    assert_eq!(one.store.examiners().unwrap().len(), 1);
    assert!(one.store.units().unwrap().get(&school).is_some());
    assert_eq!(heads(&one.store, DISTRICT), heads(&server.store(), DISTRICT));
}

#[test]
fn a_school_added_later_is_in_the_scope_of_who_has_its_township() {
    let server = Server::start();
    let mut town = Device::enrolled(&server, &["431302204"]);
    let mut village = Device::enrolled(&server, &[VILLAGE]);
    let school = server.console().add_school("测试小学", "431302204").unwrap();
    let mut teacher = Device::enrolled(&server, &[&school.0]);
    teacher.register(&school.0);
    teacher.sync();
    town.sync();
    village.sync();
    assert_eq!(heads(&town.store, &school.0), heads(&server.store(), &school.0));
    assert!(heads(&village.store, &school.0).is_empty());
}

#[test]
fn a_held_entry_blocks_nothing_and_is_listed_on_both_sides_until_a_person_decides() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let outside = one.register(OTHER_VILLAGE);
    (0..5).for_each(|_| {
        one.register(VILLAGE);
    });
    let outcome = one.sync();
    assert_eq!((outcome.report.pushed, outcome.report.held), (6, 0));
    let mut console = server.console();
    let held = console.held().unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].reason, HoldReason::OutsideUnits.word());
    assert_eq!(held[0].entry, office_reference(&outside));
    assert_eq!(console.status().unwrap().held, 1);
    console.resolve_held(&held[0].entry, true, "核对过").unwrap();
    assert_eq!(console.status().unwrap().held, 0);
    let again = console.resolve_held(&held[0].entry, true, "");
    assert_eq!(again, Err(Failure::new(Code::NothingToChange)));
}

fn office_reference(reference: &ledger::Reference) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    format!("{}:{}:{}", hex(&reference.writer.0), reference.seq, hex(&reference.hash8))
}

#[test]
fn a_device_sees_what_the_server_holds_in_its_units() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let mut entry = registration(&one.store.device().unwrap(), 500);
    if let Fact::Registration(fact) = &mut entry.fact {
        fact.details = None;
    }
    one.store.append(&UnitCode(VILLAGE.to_owned()), &[entry]).unwrap();
    one.register(VILLAGE);
    // In the very run that pushed it: the server's word comes with the same sync.
    one.sync();
    assert_eq!(one.store.held_count().unwrap(), 1);
    let entry = server.console().held().unwrap().remove(0).entry;
    server.console().resolve_held(&entry, false, "缺姓名").unwrap();
    one.sync();
    assert_eq!(one.store.held_count().unwrap(), 0);
}

#[test]
fn a_restarted_server_goes_on_where_it_was() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    one.register(VILLAGE);
    one.sync();
    let server = server.restart();
    one.url = server.url.clone();
    let nothing = one.sync().report;
    assert_eq!((nothing.pushed, nothing.pulled), (0, 0));
    one.register(VILLAGE);
    assert_eq!(one.sync().report.pushed, 1);
    assert_eq!(heads(&one.store, VILLAGE), heads(&server.store(), VILLAGE));
}

#[test]
fn a_backlog_of_thousands_arrives_whole_and_is_pulled_whole() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let device = one.store.device().unwrap();
    let entries: Vec<_> = (0..2_000).map(|number| registration(&device, number)).collect();
    for chunk in entries.chunks(500) {
        one.store.append(&UnitCode(VILLAGE.to_owned()), chunk).unwrap();
    }
    assert_eq!(one.sync().report.pushed, 2_000);
    let mut two = Device::enrolled(&server, &[VILLAGE]);
    assert!(two.sync().report.pulled >= 2_000);
    assert_eq!(heads(&two.store, VILLAGE), heads(&one.store, VILLAGE));
}

#[test]
fn the_coordinator_sees_which_devices_were_heard() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let _silent = Device::enrolled(&server, &[VILLAGE]);
    one.register(VILLAGE);
    one.sync();
    let status = server.console().status().unwrap();
    assert_eq!((status.devices, status.devices_silent), (2, 1));
    let devices = server.console().devices().unwrap();
    assert_eq!(devices.iter().filter(|device| device.heard_at.is_some()).count(), 1);
    assert_eq!(devices[0].units, [VILLAGE]);
}

#[test]
fn names_and_dates_that_are_none_change_nothing() {
    let server = Server::start();
    let mut console = server.console();
    let before = server.store().counts().unwrap();
    let check = |new: NewRound, code: Code| {
        let made = server.console().create_round(&new);
        assert_eq!(made.map_err(|failure| failure.code), Err(code));
    };
    check(NewRound { name: "  ".to_owned(), ..round() }, Code::UsageInvalid);
    check(NewRound { from: "明天".to_owned(), ..round() }, Code::RoundDatesInvalid);
    check(NewRound { to: "2026-08-31".to_owned(), ..round() }, Code::RoundDatesInvalid);
    assert_eq!(server.store().counts().unwrap(), before);
    console.create_round(&round()).unwrap();
    check(round(), Code::RoundExists);
    let fails = |failed: Result<(), Failure>, code: Code| {
        assert_eq!(failed.map_err(|failure| failure.code), Err(code));
    };
    fails(console.add_school("小学", VILLAGE).map(drop), Code::UnitUnknown);
    console.add_school("小学", "431302204").unwrap();
    fails(console.add_school("小学", "431302204").map(drop), Code::UnitExists);
    console.add_operator("a", "甲", "recorder").unwrap();
    fails(console.add_operator("a", "乙", "recorder").map(drop), Code::OperatorExists);
    fails(console.create_enrolment(&["999".to_owned()]).map(drop), Code::UnitUnknown);
    fails(console.create_enrolment(&[]).map(drop), Code::UnitUnknown);
    fails(console.resolve_held("nonsense", true, ""), Code::HeldUnknown);
}
