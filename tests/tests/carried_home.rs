//! Carried home, and everybody in the hall hears of it: one device finds a network alone and brings all entries to the server; back in
//! the hall the others see their 待上传 fall, by what the server signed and each of them checks itself. And what does not
//! count: a forged word, another server's, one over another branch or another device's stream, one of before a restore.
//!
//! Not the rule by itself, row by row (`store`'s `voucher`), nor how a hall works (`hall.rs`).

use field::{HubLink, Status};
use ledger::{Head, Heads, Replica, SigningKey, StreamKey, UnitKey, sign_voucher};
use store::Setting;
use stories::cast::{Place, SEATS, VILLAGE};
use stories::hall::{Device, Running};
use stories::replica::heads;
use stories::samples::Sheet;
use stories::team::{District, Tablet, said};

/// Everybody at one village, and then without a server.
fn in_a_hall() -> (District, [Tablet; 3]) {
    let district = District::prepare();
    let mut team = [0, 1, 2].map(|at: usize| {
        let mut tablet = district.enrol(&SEATS[at], &[VILLAGE]);
        said(tablet.home.sync());
        said(tablet.home.renew_hub_certificate(&[]));
        tablet
    });
    team.iter_mut().for_each(|tablet| drop(said(tablet.home.sync())));
    district.go_offline();
    (district, team)
}

const PLACES: [Place; 3] = [("general", "护士甲"), ("blood", "检验师"), ("bp", "护士乙")];

/// Every third person of the village, at one station.
fn work(district: &District, tablet: &mut Tablet, at: usize, part: usize) {
    let people = Sheet::measurements().of_place(VILLAGE);
    let rows = people.rows.iter().skip(part).step_by(3).cloned().collect();
    let part = Sheet { rows, ..people };
    assert!(tablet.record(&district.round, PLACES[at], None, &part).results > 0);
}

/// Some looks at a hub: what moves in one is passed on in the next.
fn look(tablets: &mut [&mut Tablet], links: &mut [HubLink]) {
    for _ in 0..4 {
        for (tablet, link) in tablets.iter_mut().zip(links.iter_mut()) {
            said(tablet.home.sync_with_hub(link));
        }
    }
}

fn status(tablet: &Tablet) -> Status {
    said(tablet.home.status())
}

fn in_village(store: &store::Store) -> Heads {
    heads(store, &[VILLAGE])
}

/// Three devices in a hall whose work the third one brought to the server and told of; the first is the hub.
fn carried() -> (District, [Tablet; 3]) {
    let (district, mut team) = in_a_hall();
    for (at, tablet) in team.iter_mut().enumerate() {
        work(&district, tablet, at, 0);
    }
    let [one, two, three] = &mut team;
    let hub = Running::start(&Device::of(one));
    let mut links = [HubLink::new(hub.hub), HubLink::new(hub.hub)];
    look(&mut [two, three], &mut links);
    district.restart();
    said(three.home.sync());
    district.go_offline();
    for tablet in [&*one, &*two] {
        let status = status(tablet);
        assert!(status.unsent > 0 && status.carried == 0, "control: nobody told them {status:?}");
    }
    look(&mut [two, three], &mut links);
    hub.kill();
    (district, team)
}

#[test]
fn who_stayed_in_the_hall_sees_its_unsent_fall_by_what_another_device_carried_home() {
    let (district, [mut one, mut two, mut three]) = carried();
    assert_eq!(in_village(&district.central.store()), in_village(three.store()));
    for tablet in [&one, &two] {
        let status = status(tablet);
        assert_eq!(status.unsent, 0, "{}", tablet.seat.name);
        assert!(status.carried > 0, "{}", tablet.seat.name);
        // It is shown; what this device may let go of, and what it still compares with the server, is as before.
        assert_eq!(status.uploaded.own, 0);
        assert_eq!(tablet.store().counts().unwrap().unsent, status.carried as i64);
    }
    // What is saved from then on waits as ever, and the hub's list says so too.
    let before = status(&two).carried;
    work(&district, &mut two, 1, 1);
    let after = status(&two);
    assert!(after.unsent > 0 && after.carried == before, "{after:?}");
    let hub = Running::start(&Device::of(&one));
    said(two.home.sync_with_hub(&mut HubLink::new(hub.hub)));
    said(three.home.sync_with_hub(&mut HubLink::new(hub.hub)));
    let guests = hub.watch.state().guests;
    let mut unsent: Vec<u64> = guests.iter().map(|guest| guest.unsent).collect();
    unsent.sort_unstable();
    assert_eq!(unsent, [0, after.unsent]);
    hub.kill();
    // The server's own word takes its place: it has all but what came after.
    district.restart();
    assert_eq!(said(two.home.sync()).pushed, after.unsent);
    assert_eq!(said(one.home.sync()).pushed, 0);
    for tablet in [&one, &two] {
        let status = status(tablet);
        assert_eq!((status.unsent, status.carried), (0, 0));
        assert_eq!(status.uploaded.own, status.saved.own);
    }
}

#[test]
fn a_server_put_back_unseen_is_given_everything_again_at_the_first_own_contact() {
    let (district, [mut one, mut two, three]) = {
        let (district, mut team) = in_a_hall();
        district.restart();
        let safe = district.copy_server();
        district.go_offline();
        for (at, tablet) in team.iter_mut().enumerate() {
            work(&district, tablet, at, 0);
        }
        let [one, two, three] = &mut team;
        let hub = Running::start(&Device::of(one));
        let mut links = [HubLink::new(hub.hub), HubLink::new(hub.hub)];
        look(&mut [two, three], &mut links);
        district.restart();
        said(three.home.sync());
        look(&mut [two, three], &mut links);
        hub.kill();
        district.put_server_back(&safe);
        (district, team)
    };
    let everything = in_village(three.store());
    assert!(status(&one).unsent == 0 && status(&one).carried > 0, "it cannot know yet");
    assert_ne!(in_village(&district.central.store()), everything, "control: it is lost there");
    // The carrier does not come again. Nothing was let go of by what it told.
    let own = status(&one).saved.own;
    assert!(said(one.home.sync()).pushed >= own);
    said(two.home.sync());
    assert_eq!(in_village(&district.central.store()), everything);
    for tablet in [&one, &two] {
        let status = status(tablet);
        assert_eq!((status.unsent, status.carried), (0, 0));
    }
}

#[test]
fn a_restored_server_speaks_in_another_life_and_what_the_former_vouched_for_is_unsent_again() {
    let (district, [mut one, mut two, mut three]) = carried();
    assert_eq!(status(&one).unsent, 0, "control");
    let mut store = district.central.store();
    let backup = store.last_backup(None).unwrap();
    store.become_restored(&backup).unwrap();
    drop(store);
    // The carrier meets it, and takes to the hall what it says now.
    district.restart();
    said(three.home.sync());
    district.go_offline();
    let hub = Running::start(&Device::of(&one));
    let mut links = [HubLink::new(hub.hub), HubLink::new(hub.hub)];
    look(&mut [&mut two, &mut three], &mut links);
    hub.kill();
    for tablet in [&one, &two] {
        let status = status(tablet);
        assert!(status.unsent > 0, "{}", tablet.seat.name);
        assert_eq!(status.carried, 0, "a word of a life it never met counts nothing");
    }
    district.restart();
    for tablet in [&mut one, &mut two] {
        said(tablet.home.sync());
        assert_eq!(status(tablet).unsent, 0);
    }
    assert_eq!(in_village(&district.central.store()), in_village(three.store()));
}

/// The own stream of a device in the village and its head.
fn own_stream(tablet: &Tablet) -> (StreamKey, Head) {
    let key = StreamKey::new(UnitKey::try_new(VILLAGE).unwrap(), tablet.store().writer());
    let head = in_village(tablet.store())[&key];
    (key, head)
}

/// As a store keeps vouchers: a message of bytes, each field 1. Written past every check.
fn kept_unchecked(tablet: &Tablet, vouchers: &[Vec<u8>]) {
    let mut bundle = Vec::new();
    for voucher in vouchers {
        let length = voucher.len();
        assert!((128..16_384).contains(&length));
        bundle.extend([0x0a, (length & 0x7f) as u8 | 0x80, (length >> 7) as u8]);
        bundle.extend_from_slice(voucher);
    }
    let mut store = Device::of(tablet).store();
    store.set_settings(&[(Setting::Vouchers, &bundle)]).unwrap();
}

#[test]
fn whatever_a_hub_passes_on_nothing_falls_by_a_word_the_server_did_not_give_for_this_very_work() {
    let (district, [mut one, mut two, _]) = in_a_hall();
    work(&district, &mut one, 0, 0);
    work(&district, &mut two, 1, 0);
    let (key, head) = own_stream(&two);
    let server = district.central.store();
    let (signer, instance) = (server.signing_key().unwrap(), server.device().unwrap());
    // Later than anything heard of the server.
    let later = two.store().setting_number(Setting::ServerHeardMs).unwrap().unwrap() + 1_000;
    let hub = Running::start(&Device::of(&one));
    said(two.home.sync_with_hub(&mut HubLink::new(hub.hub)));
    let all = status(&two).unsent;
    assert!(all > 0);
    let check = |two: &mut Tablet, what: &str, falls: bool, vouchers: Vec<Vec<u8>>| {
        kept_unchecked(&one, &vouchers);
        said(two.home.sync_with_hub(&mut HubLink::new(hub.hub)));
        let status = status(two);
        assert_eq!(status.unsent, if falls { 0 } else { all }, "{what}");
        assert_eq!(status.carried, if falls { all } else { 0 }, "{what}");
    };
    let vouched = |key: &StreamKey, head: &Head, by: &SigningKey| {
        sign_voucher(instance, later, (key, head), by)
    };
    // Of one stream the latest word is kept: this one comes after the others.
    let true_one = sign_voucher(instance, later + 1_000, (&key, &head), &signer);
    let hubs = one.store().signing_key().unwrap();
    check(&mut two, "the hub's own word", false, vec![vouched(&key, &head, &hubs).encode()]);
    let (elsewhere, _) = in_a_hall();
    let foreign = elsewhere.central.store().signing_key().unwrap();
    check(
        &mut two,
        "another district's server",
        false,
        vec![vouched(&key, &head, &foreign).encode()],
    );
    let before = Replica::chain_at(two.store(), &key, head.seq - 1).unwrap().unwrap();
    let other_branch = Head { chain: before, ..head };
    check(&mut two, "another branch", false, vec![vouched(&key, &other_branch, &signer).encode()]);
    let others = own_stream(&one).0;
    check(&mut two, "another device's", false, vec![vouched(&others, &head, &signer).encode()]);
    let mut turned = vouched(&others, &head, &signer);
    turned.key = key.clone();
    check(&mut two, "another device's, made mine", false, vec![turned.encode()]);
    let other_life = sign_voucher([7; 16], later - 1, (&key, &head), &signer);
    check(&mut two, "another life", false, vec![other_life.encode()]);
    let old = two.store().setting_number(Setting::VoucherFloorMs).unwrap().unwrap();
    let old = sign_voucher(instance, old, (&key, &head), &signer);
    check(&mut two, "from before this device heard the server", false, vec![old.encode()]);
    let mut forged = true_one.clone();
    forged.signature[9] ^= 1;
    check(&mut two, "one bit changed", false, vec![forged.encode()]);
    check(&mut two, "nonsense", false, vec![vec![b'V'; 150]]);
    // Control: the one that is true, beside all the nonsense.
    check(&mut two, "control", true, vec![forged.encode(), vec![b'V'; 150], true_one.encode()]);
    hub.kill();
}
