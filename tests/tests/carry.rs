//! Work carried to the server on a stick: sealed to it alone, checked as a push is, the same however often it is given. And
//! the proof, by the lines of the 日结单, that a day's work arrived.

use domain::ids::UnitCode;
use ledger::Heads;
use office::day_lines::SheetLines;
use protocol::Code;
use server::console::{GapKind, Proof, ProofOrder};
use std::fs;
use std::path::PathBuf;
use std::slice::from_ref;
use store::Store;
use stories::cast::{SEATS, VILLAGE};
use stories::central::Central;
use stories::replica::{difference, heads, projection};
use stories::team::{District, Tablet, copy_folder, said};

fn work(district: &District, tablet: &mut Tablet, index: usize) {
    district.measure(tablet, VILLAGE, index);
}

/// The stick, and the file that was put on it.
fn export(district: &District, tablet: &mut Tablet, all: bool) -> (PathBuf, u64) {
    let stick = district.folder.path().join("stick");
    fs::create_dir_all(&stick).unwrap();
    let made = said(tablet.home.carry_export(&stick, all));
    (made.file.unwrap_or_else(|| panic!("{}", made.zh)), made.entries)
}

fn unsent(tablet: &Tablet) -> u64 {
    said(tablet.home.status()).unsent
}

fn at_village(store: &Store) -> Heads {
    heads(store, &[VILLAGE])
}

fn verified(store: &Store) {
    assert_eq!(store.verify(&mut |_| {}).unwrap(), []);
}

#[test]
fn work_of_a_device_without_network_reaches_the_server_on_a_stick_and_twice_changes_nothing() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    district.go_offline();
    work(&district, &mut tablet, 0);
    work(&district, &mut tablet, 1);
    let waiting = unsent(&tablet);
    assert!(waiting >= 2);
    let (file, entries) = export(&district, &mut tablet, false);
    assert!(entries >= waiting, "{entries} {waiting}");
    // Named by the device and its clock, of nobody.
    let name = file.file_name().unwrap().to_str().unwrap();
    let rest = name.strip_prefix("jkkc-").and_then(|name| name.strip_suffix(".carry")).unwrap();
    assert!(rest.chars().all(|c| c.is_ascii_hexdigit() || c == '-'), "{name}");
    // A file can be lost: by itself it counts as nothing. Written again, it is another file.
    assert_eq!(unsent(&tablet), waiting);
    let (again, _) = export(&district, &mut tablet, false);
    assert_ne!(again, file);

    let imported = said(district.central.console().import_carry(from_ref(&file)));
    assert!(imported.ok, "{imported:?}");
    assert_eq!((imported.new_entries, imported.held), (entries, 0));
    assert_eq!(imported.files[0].name.as_deref(), Some(SEATS[0].name));
    let server = district.central.store();
    assert_eq!(at_village(&server), at_village(tablet.store()));
    let before = projection(&server, &[VILLAGE]);
    let twice = said(district.central.console().import_carry(&[file, again]));
    assert!(twice.ok, "{twice:?}");
    assert_eq!((twice.new_entries, twice.files[0].entries), (0, entries));
    assert_eq!(at_village(&server), at_village(tablet.store()));
    assert_eq!(difference(&before, &projection(&server, &[VILLAGE])), [] as [String; 0]);
    verified(&server);

    // The next contact proves it: nothing is sent, and nothing waits any more.
    district.restart();
    assert_eq!(unsent(&tablet), waiting);
    let synced = said(tablet.home.sync());
    assert_eq!((synced.pushed, synced.unsent), (0, 0));
    let nothing = said(tablet.home.carry_export(district.folder.path(), false));
    assert_eq!((nothing.file, nothing.entries), (None, 0));
}

#[test]
fn a_device_that_never_met_its_server_after_enrolling_carries_what_it_has_and_is_known_from_it() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    district.go_offline();
    // It knows no round and nobody, so there is nothing of anybody to carry; asking is no error.
    let made = said(tablet.home.carry_export(district.folder.path(), false));
    let whole = said(tablet.home.carry_export(district.folder.path(), true));
    for made in [made, whole] {
        let Some(file) = made.file else {
            assert_eq!(made.entries, 0);
            continue;
        };
        let imported = said(district.central.console().import_carry(&[file]));
        assert!(imported.ok, "{imported:?}");
        assert_eq!(imported.held, 0);
    }
    verified(&district.central.store());
    // Back in the network it works as ever.
    district.restart();
    said(tablet.home.sync());
    work(&district, &mut tablet, 0);
    assert!(said(tablet.home.sync()).pushed > 0);
}

#[test]
fn a_server_that_was_put_back_gets_a_neighbours_work_from_a_file_of_everything() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    let mut neighbour = district.enrol(&SEATS[1], &[VILLAGE]);
    said(tablet.home.sync());
    said(neighbour.home.sync());
    let safe = district.copy_server();
    work(&district, &mut tablet, 0);
    work(&district, &mut neighbour, 1);
    said(tablet.home.sync());
    said(neighbour.home.sync());
    let all = at_village(neighbour.store());
    district.go_offline();
    copy_folder(&safe, &district.central.data);
    // What the neighbour knows the server to have had is not in its usual file, and what comes after it fits nowhere.
    work(&district, &mut neighbour, 2);
    let (short, _) = export(&district, &mut neighbour, false);
    let refused = said(district.central.console().import_carry(&[short]));
    assert_eq!((refused.ok, refused.new_entries), (false, 0));
    assert!(refused.files[0].zh.as_ref().unwrap().contains("--all"), "{refused:?}");
    let (whole, _) = export(&district, &mut neighbour, true);
    let imported = said(district.central.console().import_carry(&[whole]));
    assert!(imported.ok && imported.new_entries > 0, "{imported:?}");
    let server = district.central.store();
    assert_eq!(at_village(&server), at_village(neighbour.store()));
    for (key, head) in &all {
        assert!(at_village(&server)[key].seq >= head.seq, "{key}");
    }
    verified(&server);
}

#[test]
fn a_file_cut_or_changed_anywhere_or_of_another_district_changes_nothing() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    district.go_offline();
    work(&district, &mut tablet, 0);
    let (file, entries) = export(&district, &mut tablet, false);
    let bytes = fs::read(&file).unwrap();
    let spoilt = file.with_extension("spoilt");
    let mut console = district.central.console();
    let server = district.central.store();
    let before = at_village(&server);
    let mut refused = |bytes: &[u8], what: &str| {
        fs::write(&spoilt, bytes).unwrap();
        let imported = said(console.import_carry(from_ref(&spoilt)));
        assert_eq!((imported.ok, imported.new_entries), (false, 0), "{what}");
        let code = imported.files[0].code.unwrap();
        let words = [Code::CarryBroken, Code::CarryForeign, Code::CarryNone];
        assert!(words.contains(&code), "{what}: {code:?}");
        code
    };
    for cut in 0..bytes.len() {
        refused(&bytes[..cut], &format!("cut at {cut}"));
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        refused(&changed, &format!("changed at {at}"));
    }
    refused(&[&bytes[..], &[0]].concat(), "added to");
    assert_eq!(refused(b"PK\x03\x04", "a workbook"), Code::CarryNone);
    assert_eq!(at_village(&server), before);
    // Another district's server has another key.
    let other = Central::init(district.folder.path(), "other");
    let foreign = said(other.console().import_carry(from_ref(&file)));
    assert_eq!(foreign.files[0].code, Some(Code::CarryForeign));
    assert!(foreign.files[0].zh.as_ref().unwrap().contains("请"));
    // Control: the file as it was written is taken, and one that is refused keeps it out as little.
    let imported = said(district.central.console().import_carry(&[spoilt, file]));
    assert_eq!((imported.ok, imported.new_entries), (false, entries));
    assert_ne!(at_village(&server), before);
}

#[test]
fn a_revoked_devices_file_is_held_and_not_lost() {
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    said(tablet.home.sync());
    work(&district, &mut tablet, 0);
    let id = tablet.store().device().unwrap();
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    said(district.central.console().revoke_device(&id));
    let (file, entries) = export(&district, &mut tablet, false);
    let imported = said(district.central.console().import_carry(&[file]));
    assert!(imported.ok, "{imported:?}");
    assert_eq!((imported.new_entries, imported.held), (entries, entries));
    let server = district.central.store();
    let writer = tablet.store().writer();
    for (key, head) in at_village(tablet.store()).iter().filter(|(key, _)| key.writer == writer) {
        assert_eq!(at_village(&server)[key], *head, "{key}");
    }
    let held = server.held().unwrap();
    assert!(held.iter().all(|item| item.reason == "revoked" && item.decided.is_none()));
    verified(&server);
}

/// The lines as they stand on the paper that this tablet prints.
fn paper(tablet: &Tablet) -> String {
    let proof = tablet.store().unit_proof(&UnitCode(VILLAGE.to_owned())).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lines = proof.streams.iter().map(|stream| {
        let device = stream.device.as_deref().unwrap_or("服务器或未登记设备");
        let (writer, chain) = (stream.writer.to_string(), hex(&stream.head.chain.0));
        format!("{device} {} {} {}\n", &writer[..16], stream.head.seq, &chain[..16])
    });
    lines.collect()
}

fn prove(district: &District, date: &str, sheets: Option<&str>) -> Proof {
    let sheets = sheets.map(str::to_owned);
    let order = ProofOrder { unit: VILLAGE.to_owned(), date: date.to_owned(), sheets };
    said(district.central.console().prove_day(&order))
}

#[test]
fn a_days_proof_is_green_when_all_is_here_and_else_names_who_has_how_much() {
    const DAY: &str = "2026-09-14";
    let district = District::prepare();
    let mut tablet = district.enrol(&SEATS[0], &[VILLAGE]);
    let mut neighbour = district.enrol(&SEATS[1], &[VILLAGE]);
    for one in [&mut tablet, &mut neighbour] {
        said(one.home.sync());
    }
    work(&district, &mut tablet, 0);
    work(&district, &mut neighbour, 1);
    for one in [&mut tablet, &mut neighbour] {
        said(one.home.sync());
    }
    // Without paper nothing is proven, though all is here and is listed.
    let listed = prove(&district, DAY, None);
    assert!(!listed.green && listed.zh.contains("--sheet"), "{listed:?}");
    let of = |proof: &Proof, name: &str| {
        proof.here.iter().find(|row| row.device == name).map(|row| row.entries).unwrap_or(0)
    };
    assert!(of(&listed, SEATS[0].name) > 0 && of(&listed, SEATS[1].name) > 0);
    let sheet = paper(&neighbour);
    let green = prove(&district, DAY, Some(&sheet));
    assert!(green.green && green.missing.is_empty(), "{green:?}");
    assert!(green.zh.contains("已收齐"), "{}", green.zh);
    // Control: one digit read wrong is no proof, and says what to look at first.
    let proof = tablet.store().unit_proof(&UnitCode(VILLAGE.to_owned())).unwrap();
    let writer = tablet.store().writer().to_string();
    let count = proof.streams.iter().find(|s| s.writer.to_string() == writer).unwrap().head.seq;
    let wrong = format!("{} {} {count} 0000000000000000\n", SEATS[0].name, &writer[..16]);
    let differs = prove(&district, DAY, Some(&wrong));
    assert!(!differs.green, "{differs:?}");
    assert_eq!(differs.missing[0].kind, GapKind::Differs);
    assert!(differs.missing[0].zh.contains("核对抄写"));

    // The neighbour goes on without network: the paper knows, the server does not.
    work(&district, &mut neighbour, 2);
    work(&district, &mut neighbour, 3);
    let waiting = unsent(&neighbour);
    assert!(waiting > 0);
    let sheet = paper(&neighbour);
    let short = prove(&district, DAY, Some(&sheet));
    assert!(!short.green, "{short:?}");
    assert_eq!(short.missing.len(), 1);
    let gap = &short.missing[0];
    assert_eq!((gap.kind, gap.device.as_str()), (GapKind::Missing, SEATS[1].name));
    assert_eq!((gap.entries, gap.held_by.as_slice()), (waiting, &[SEATS[1].name.to_owned()][..]));
    assert!(gap.zh.contains(SEATS[1].name) && gap.zh.contains(&waiting.to_string()), "{}", gap.zh);
    // Carried home it is green, and stays so when more comes of a later day.
    let (file, _) = export(&district, &mut neighbour, false);
    assert!(said(district.central.console().import_carry(&[file])).ok);
    assert!(prove(&district, DAY, Some(&sheet)).green);
    work(&district, &mut tablet, 4);
    said(tablet.home.sync());
    assert!(prove(&district, DAY, Some(&sheet)).green);

    // A code says of which stop and day it is, and how many lines found no room in it.
    let mut code = SheetLines {
        unit: VILLAGE.to_owned(),
        day: DAY.to_owned(),
        unit_digest: "0".repeat(32),
        printed_by: String::new(),
        ..office::day_lines::read_sheets(&sheet).unwrap().remove(0)
    };
    assert!(prove(&district, DAY, Some(&code.print())).green);
    code.left_out = 2;
    let rest = prove(&district, DAY, Some(&code.print()));
    assert!(!rest.green && rest.missing.is_empty() && rest.left_out == 2, "{rest:?}");
    let refused = |date: &str, text: &str| {
        let order = ProofOrder {
            unit: VILLAGE.to_owned(),
            date: date.to_owned(),
            sheets: Some(text.to_owned()),
        };
        district.central.console().prove_day(&order).unwrap_err().code
    };
    assert_eq!(refused("2026-09-15", &code.print()), Code::SheetOther);
    assert_eq!(refused(DAY, "一号 12 条"), Code::SheetUnreadable);
}
