//! The first start of a device: what stands when its one-time code was good and the account's was not.

use super::{Desk, PASSWORD, VILLAGE};
use field::{Abilities, App, SystemHost};
use protocol::Code;
use serde_json::json;
use std::sync::Arc;

#[test]
fn a_first_start_with_a_wrong_account_code_leaves_the_device_open_for_the_right_one() {
    let mut desk = Desk::new();
    desk.central.stop();
    let address = desk.central.start();
    let mut console = desk.central.console();
    let enrolment = console.create_enrolment(&[VILLAGE.to_owned()]).unwrap();
    let account = console.create_account_code("limei").unwrap();
    drop(console);
    desk.home = desk.home.with_file_name("second");
    desk.app = App::new(&desk.home, Arc::new(SystemHost), Abilities::default());
    let order = json!({
        "server_url": format!("https://{address}"), "code": enrolment.code,
        "ca_pin": desk.central.ca_pin, "account_code": "0000-0000-0000", "account": "limei",
        "password": PASSWORD,
    });
    assert_eq!(desk.call("enrol", order.clone()).map(|_| ()), Err(Code::AccountCodeInvalid));
    let state = desk.ask("state", json!({}));
    assert_eq!(
        (&state["phase"], &state["capabilities"]["at_device"]),
        (&json!("open"), &json!(true))
    );
    // What a second press said: sync, on a page that has none.
    assert_eq!(desk.call("enrol", order).map(|_| ()), Err(Code::AlreadyEnrolled));
    // From inside the account is added, and its holder works here at once.
    let added = json!({ "account_code": account.code, "password": PASSWORD });
    let state = desk.ask("account_add", added);
    assert_eq!(state["operator"]["name"], "李梅");
    desk.sync();
    desk.confirm_day();
    desk.register("周读卡", "431399197003070014");
}
