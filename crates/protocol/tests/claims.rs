//! What entries promise beyond their bytes: any version reads a header, nothing unknown is lost, and
//! nothing that arrives can make a reader panic or believe what is out of bounds.

#![allow(clippy::unwrap_used)]

mod common;

use common::sample::{full_header, samples};
use prost::Message;
use protocol::fact::{EntryReference, Kind, ResultFact, SaveFact, ValueFact};
use protocol::roster::{ROSTER_TEXT_BYTES_MAX, RosterColumns, shape};
use protocol::save::SaveColumns;
use protocol::{Body, Entry, EntryError, Fact, Header};

/// A header field that no version has yet: number 200, a varint.
const UNKNOWN_FIELD: [u8; 3] = [0xc0, 0x0c, 0x2a];

fn body(header: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x0a, u8::try_from(header.len()).unwrap()];
    bytes.extend(header);
    bytes.push(0x12);
    prost::encoding::encode_varint(payload.len() as u64, &mut bytes);
    bytes.extend(payload);
    bytes
}

fn body_of(header: Header, payload: Vec<u8>) -> Vec<u8> {
    Body { header: Some(header), payload }.encode_to_vec()
}

#[test]
fn a_header_of_an_unknown_kind_with_unknown_fields_is_read() {
    let known = Header { kind: 9_999, ..full_header(Kind::Save) };
    let newer = [known.encode_to_vec(), UNKNOWN_FIELD.to_vec()].concat();
    let bytes = body(&newer, b"whatever a later version says");
    assert_eq!(Entry::decode_header(&bytes), Ok(known));
    assert_eq!(Entry::decode(&bytes), Err(EntryError::UnknownKind));
}

#[test]
fn a_known_kind_with_unknown_fields_is_read_and_travels_byte_for_byte() {
    for (name, entry) in samples() {
        let newer = [entry.header.encode_to_vec(), UNKNOWN_FIELD.to_vec()].concat();
        let payload = [entry.fact.encode_payload(), UNKNOWN_FIELD.to_vec()].concat();
        let bytes = body(&newer, &payload);
        assert_eq!(Entry::decode(&bytes).as_ref(), Ok(&entry), "{name}");
        // Carried as it is, it stays what its writer wrote ...
        let old = ledger::refile(ledger::WriterId([1; 16]), 9, &bytes).unwrap();
        let carried = ledger::Refiled::decode(&old).unwrap().unwrap();
        assert_eq!(carried.body, bytes, "{name}");
        // ... and, the control, writing it anew would lose what is not known here.
        assert_ne!(Entry::decode(&bytes).unwrap().encode(), bytes, "{name}");
    }
}

#[test]
fn a_refiled_entry_reads_as_what_it_carries() {
    for (name, entry) in samples() {
        let bytes = entry.encode();
        let refiled = ledger::refile(ledger::WriterId([0xc1; 16]), 1 << 40, &bytes).unwrap();
        assert_ne!(refiled, bytes);
        assert_eq!(Entry::decode(&refiled).as_ref(), Ok(&entry), "{name}");
        assert_eq!(Entry::decode_header(&refiled), Ok(entry.header), "{name}");
    }
    let cut = [[1_u8; 1].as_slice(), &[0xc1; 16]].concat();
    assert_eq!(Entry::decode(&cut), Err(EntryError::Malformed));
    assert_eq!(Entry::decode_header(&cut), Err(EntryError::Malformed));
}

#[test]
fn the_kind_written_is_the_facts_whatever_the_header_said() {
    let (_, entry) = samples().into_iter().next().unwrap();
    let wrong = Entry { header: Header { kind: 49, ..entry.header.clone() }, ..entry.clone() };
    assert_eq!(Entry::decode(&wrong.encode()), Ok(entry));
}

/// `decode` and `decode_header` agree about what is malformed in a header.
#[test]
fn a_header_out_of_bounds_is_malformed() {
    let check = |what: &str, header: Header, is_read: bool| {
        let bytes = body_of(header.clone(), Vec::new());
        let told = if is_read { Ok(header) } else { Err(EntryError::Malformed) };
        assert_eq!(Entry::decode_header(&bytes), told, "{what}");
        assert_eq!(Entry::decode(&bytes).is_ok(), is_read, "{what}");
    };
    let with = |person: usize, day: Option<i32>| Header {
        kind: Kind::Save as u32,
        person: vec![7; person],
        day,
        ..Header::default()
    };
    check("nobody, no day", with(0, None), true);
    check("a person", with(16, Some(9_753)), true);
    check("a person of 15 bytes", with(15, None), false);
    check("a person of 17 bytes", with(17, None), false);
    check("a person of one byte", with(1, None), false);
    check("2301", with(16, Some(110_000)), true);
    check("1698", with(16, Some(-110_000)), true);
    check("later than that", with(16, Some(110_001)), false);
    check("earlier than that", with(16, Some(-110_001)), false);
    check("the last day of all", with(16, Some(i32::MAX)), false);
    check("the first day of all", with(16, Some(i32::MIN)), false);
}

#[test]
fn bytes_that_are_no_entry_are_malformed() {
    let check = |what: &str, bytes: &[u8]| {
        assert_eq!(Entry::decode(bytes), Err(EntryError::Malformed), "{what}");
    };
    check("nothing", b"");
    check("no header", &[0x12, 0]);
    check("a text", "这不是记录".as_bytes());
    check("a header that says it is longer", &[0x0a, 9, 0x08, 48]);
    check("a key of form 3", &[0x0b]);
    check(
        "a kind of eleven bytes",
        &[0x0a, 12, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    );
    check("a name that is no text", &body(&[0x08, 18], &[0x1a, 1, 0xff]));
    check("a payload of another form", &body(&[0x08, 48], &[0x0a, 1, 0]));
}

#[test]
fn columns_of_a_save_that_do_not_fit_together_are_invalid() {
    let good = SaveColumns {
        number_items: vec![1, 1],
        numbers: vec![16_020, 6_150],
        choice_items: vec![7],
        choices: vec![2],
        unusual_items: vec![2],
        ..SaveColumns::default()
    };
    let check = |what: &str, is_read: bool, change: fn(&mut SaveColumns)| {
        let mut columns = good.clone();
        change(&mut columns);
        let bytes = body(&[0x08, 48], &columns.encode_to_vec());
        match Entry::decode(&bytes) {
            Ok(_) => assert!(is_read, "{what}"),
            Err(problem) => assert!(!is_read && problem == EntryError::Invalid, "{what}"),
        }
        assert!(Entry::decode_header(&bytes).is_ok(), "{what}: the header is read all the same");
    };
    check("as it should be", true, |_| ());
    check("a value too few", false, |c| c.numbers.truncate(1));
    check("a value too many", false, |c| c.choices.push(1));
    check("values without items", false, |c| c.texts.push("x".into()));
    check("items without values", false, |c| c.absent_items.push(9));
    check("item 0", false, |c| c.number_items[0] = 0);
    check("an item twice in a column", false, |c| c.number_items[1] = 0);
    check("an item in two columns", false, |c| c.choice_items[0] = 2);
    check("the last code", true, |c| c.choice_items[0] = 65_535);
    check("a code beyond the last", false, |c| c.choice_items[0] = 65_536);
    check("steps beyond the last", false, |c| {
        (c.number_items[1], c.unusual_items[0]) = (65_535, 1)
    });
    check("steps up to the last", true, |c| (c.number_items[1], c.unusual_items[0]) = (65_534, 1));
    check("steps beyond all numbers", false, |c| c.number_items[1] = u32::MAX);
    check("unusual without a value", false, |c| c.unusual_items.push(6));
    check("unusual twice", false, |c| c.unusual_items.push(0));
}

#[test]
fn results_are_written_in_order_of_items_whatever_order_they_came_in() {
    let result = |item, value| ResultFact { item, value: Some(value), unusual: item == 3 };
    let sorted = SaveFact {
        results: vec![
            result(1, ValueFact::Text("左".into())),
            result(2, ValueFact::Number(-5)),
            result(3, ValueFact::Absent(2)),
            result(9, ValueFact::Choice(4)),
        ],
        ..SaveFact::default()
    };
    let mut turned = sorted.clone();
    turned.results.reverse();
    assert_eq!(turned.encode_to_vec(), sorted.encode_to_vec());
    assert_eq!(SaveFact::decode(&turned.encode_to_vec()), Ok(sorted));
    // An item twice cannot be told apart from a mistake: it is written, and refused by every reader.
    turned.results.push(result(9, ValueFact::Choice(5)));
    assert_eq!(SaveFact::decode(&turned.encode_to_vec()), Err(EntryError::Invalid));
}

#[test]
fn columns_of_a_roster_that_do_not_fit_together_are_invalid() {
    let (_, entry) = samples().into_iter().find(|(name, _)| name == "roster").unwrap();
    let good = RosterColumns::decode(entry.fact.encode_payload().as_slice()).unwrap();
    let check = |what: &str, is_read: bool, change: fn(&mut RosterColumns)| {
        let mut columns = good.clone();
        change(&mut columns);
        match Entry::decode(&body(&[0x08, 32], &columns.encode_to_vec())) {
            Ok(_) => assert!(is_read, "{what}"),
            Err(problem) => assert!(!is_read && problem == EntryError::Invalid, "{what}"),
        }
    };
    check("as it should be", true, |_| ());
    check("a name too few", false, |c| c.names.truncate(3));
    check("a kind too many", false, |c| c.kinds.push(1));
    check("a shape too many", false, |c| c.shapes.push(0));
    check("a region that is no six digits", false, |c| c.id_regions[0] = 1_000_000);
    check("a region below none", false, |c| c.id_regions[0] = -1);
    check("regions beyond all numbers", false, |c| c.id_regions = vec![i32::MAX, i32::MAX]);
    check("an order of four digits", false, |c| c.id_orders[1] = 1_000);
    check("a birth date in no calendar", false, |c| c.id_births[0] = i32::MAX);
    check("a birth date beyond four digits", false, |c| c.id_births[0] = 2_921_940);
    check("the last one with four digits", true, |c| c.id_births[0] = 2_921_939);
    check("a text that is not there", false, |c| c.groups[0] = 99);
    check("a column that ends early", false, |c| c.phones.truncate(1));
    check("a column with something left", false, |c| c.persons.push(vec![1; 16]));
    check("no ID number to take the birth date from", false, |c| c.shapes[2] = shape::LIKE_ID);
    check("no ID number to make the 学籍号 of", false, |c| c.shapes[2] = shape::STUDENT_OF_ID);
    check("a bit of a later version", true, |c| c.shapes[2] |= 1 << 30);
}

#[test]
fn a_small_roster_cannot_unfold_into_a_large_one() {
    let check = |rows: usize, is_read: bool| {
        let columns = RosterColumns {
            shapes: vec![shape::ADDRESS; rows],
            names: vec![String::new(); rows],
            kinds: vec![1; rows],
            sexes: vec![0; rows],
            texts: vec!["远".repeat(10_000)],
            addresses: vec![0; rows],
            ..RosterColumns::default()
        };
        let bytes = body(&[0x08, 32], &columns.encode_to_vec());
        assert!(bytes.len() < ledger::FACT_BYTES_MAX);
        assert_eq!(Entry::decode(&bytes).is_ok(), is_read, "{rows}");
    };
    check(ROSTER_TEXT_BYTES_MAX / 30_000, true);
    check(ROSTER_TEXT_BYTES_MAX / 30_000 + 1, false);
}

#[test]
fn a_reference_is_16_bytes_a_position_and_the_first_8_bytes_of_a_hash() {
    let reference = ledger::Reference::of(ledger::WriterId([5; 16]), 77, b"\x0abody");
    let fact = EntryReference::from(&reference);
    assert_eq!(fact.hash8.to_be_bytes(), ledger::hash8(b"\x0abody"));
    assert_eq!(ledger::Reference::try_from(&fact), Ok(reference));
    for bytes in [0, 15, 17] {
        let wrong = EntryReference { writer: vec![5; bytes], ..fact.clone() };
        assert_eq!(ledger::Reference::try_from(&wrong), Err(EntryError::Invalid));
    }
}

#[test]
fn no_entry_begins_with_a_byte_the_ledger_keeps_for_itself() {
    for (name, entry) in samples() {
        assert_eq!(ledger::check_new_body(&entry.encode()), Ok(()), "{name}");
    }
    let nothing = Entry { header: Header::default(), fact: Fact::Save(SaveFact::default()) };
    assert_eq!(nothing.encode()[0], 0x0a);
}
