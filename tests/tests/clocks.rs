//! Devices whose clock is wrong, against a real server: one that fell back to 1970 syncs all the same, one that is
//! ahead is told its own date, and no clock makes another server trusted.

use field::{Enrolment, Home, Host, Key, Synced, SystemHost};
use protocol::{Code, Failure};
use std::sync::Arc;
use stories::cast::VILLAGE;
use stories::central::Central;
use stories::line::Line;
use stories::steady::SteadyHost;
use stories::team::said;

const DAY_MS: i64 = 86_400_000;
/// 2038-01-20 and 2099-01-01, eight in the morning in China.
const YEAR_2038_MS: i64 = 2_147_558_400_000;
const YEAR_2099_MS: i64 = 4_070_908_800_000;

fn order(central: &Central, line: &Line) -> Enrolment {
    let made = said(central.console().create_enrolment(&[VILLAGE.to_owned()]));
    let name = "平板".to_owned();
    Enrolment { server: line.url(), code: made.code, ca_pin: made.ca_pin, name }
}

#[test]
fn a_clock_in_the_past_keeps_nobody_from_syncing_and_one_ahead_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let [ours, other] = ["ours", "other"].map(|name| Central::init(folder.path(), name));
    let line = Line::new();
    line.lead_to(ours.start());
    let (host, key) = (Arc::new(SteadyHost::new("clocks")), Key::new([7; 32]));
    let home_path = folder.path().join("device");
    let now = SystemHost.unix_ms();

    // Where nothing was heard yet, the first contact is as patient and as strict.
    let order = order(&ours, &line);
    host.set_clock(YEAR_2099_MS);
    let failure = Home::enrol(&home_path, &key, host.clone(), &order).unwrap_err();
    assert_eq!(failure, Failure::at(Code::ServerCertificateDate, "本机 2099-01-01 08:00"));
    host.set_clock(0);
    said(Home::enrol(&home_path, &key, host.clone(), &order));

    let mut home = said(Home::open(&home_path, &key, host.clone()));
    let mut check = |unix_ms: i64, place: Result<&[&str], &str>| {
        host.set_clock(unix_ms);
        let synced: Result<Synced, Failure> = home.sync();
        match place {
            Ok(words) => {
                let clock_zh = said(synced).clock_zh;
                assert_eq!(clock_zh.is_some(), !words.is_empty(), "{unix_ms}: {clock_zh:?}");
                let clock_zh = clock_zh.unwrap_or_default();
                assert!(words.iter().all(|word| clock_zh.contains(word)), "{clock_zh}");
            }
            Err(place) => {
                let failure = synced.unwrap_err();
                assert_eq!(failure, Failure::at(Code::ServerCertificateDate, place));
                assert!(failure.zh().contains(place), "{}", failure.zh());
            }
        }
    };
    let today = office::Moment::at(now).as_of[..10].to_owned();
    check(0, Ok(&["1970-01-01 08:00", &today[..8]]));
    check(now, Ok(&[]));
    check(now + DAY_MS, Ok(&["本机时间", &today[..5]]));
    check(YEAR_2038_MS, Err("本机 2038-01-20 08:00"));
    check(YEAR_2099_MS, Err("本机 2099-01-01 08:00"));
    check(now, Ok(&[]));

    // Control: another CA's server is another server on every day.
    line.lead_to(other.start());
    for unix_ms in [0, now, YEAR_2038_MS, YEAR_2099_MS] {
        host.set_clock(unix_ms);
        assert_eq!(home.sync().unwrap_err(), Failure::new(Code::ServerUntrusted), "{unix_ms}");
    }
}
