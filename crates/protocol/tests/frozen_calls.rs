//! The frozen samples of `schema/wire/sync`: what is written today is what was written first, and what was written first
//! is still read. Not what a signature proves: `ledger` and `sync` hold that.

#![allow(clippy::unwrap_used)]

mod common;

use common::files::{hex_lines, path, text};
use prost::Message;
use protocol::call::{
    AccountAnswer, AccountRequest, EnrolAnswer, EnrolRequest, HeadMessage, HeadsAnswer,
    HeadsRequest, HubCertificateAnswer, HubCertificateRequest, UnitDigest, Wanted,
};

const VILLAGE: &str = "431302204200";
const SCHOOL: &str = "431302204S01";

fn frozen(name: &str) -> Vec<u8> {
    let digits: Vec<u8> = text(&format!("sync/{name}.hex")).into_bytes();
    let digits: Vec<u8> = digits.into_iter().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn counted(first: u8, length: u8) -> Vec<u8> {
    (first..first + length).collect()
}

fn certificate() -> Vec<u8> {
    frozen("../ledger/device_certificate")
}

/// As one wrote it in this version; a signature is the server's, so it is read from the sample.
fn check<M: Message + Default + PartialEq + std::fmt::Debug>(version: u32, name: &str, made: M) {
    let file = format!("v{version}/{name}");
    let ours = hex_lines(&made.encode_to_vec());
    assert_eq!(ours, text(&format!("sync/{file}.hex")), "{file}");
    assert_eq!(M::decode(frozen(&file).as_slice()), Ok(made), "{file}");
}

fn signature_of(version: u32, name: &str) -> Vec<u8> {
    match version {
        1 => Vec::new(),
        _ => {
            let bytes = frozen(&format!("v{version}/{name}"));
            bytes[bytes.len() - 64..].to_vec()
        }
    }
}

fn head() -> HeadMessage {
    HeadMessage {
        unit: VILLAGE.into(),
        writer: counted(0xa0, 16),
        seq: 3,
        chain: counted(0x10, 32),
    }
}

#[test]
fn the_first_calls_are_written_and_read_as_they_were() {
    for protocol in [1, 2] {
        let request = EnrolRequest {
            protocol,
            code: "ABCD-EFGH-JKMN".into(),
            device: counted(0xd0, 16),
            public_key: frozen("../ledger/device_public_key"),
            name: "二号平板".into(),
        };
        check(protocol, "enrol_request", request);
        let answer = EnrolAnswer {
            certificate: certificate(),
            token: "0123456789abcdef".repeat(4),
            server_public_key: frozen("../ledger/server_public_key"),
            units: vec![VILLAGE.into(), SCHOOL.into()],
            district: "431302".into(),
            policy: 7,
            server_unix_ms: 1_789_372_800_123,
            instance: counted(0x50, 16),
            recovery_recipient: "age1sample".into(),
            signature: signature_of(protocol, "enrol_answer"),
        };
        check(protocol, "enrol_answer", answer);
        let request = AccountRequest { protocol, code: "ABCD-EFGH-JKMN".into() };
        check(protocol, "account_request", request);
        let answer = AccountAnswer {
            operator: 431_399,
            account: "wang".into(),
            name: "王一".into(),
            role: "recorder".into(),
            recovery_recipient: "age1sample".into(),
            signature: signature_of(protocol, "account_answer"),
        };
        check(protocol, "account_answer", answer);
    }
}

#[test]
fn heads_are_written_and_read_as_they_were() {
    for protocol in [1, 2] {
        let request = HeadsRequest {
            protocol,
            instance: counted(0x50, 16),
            policy: 7,
            own_writer: counted(0xa0, 16),
            own_digest: counted(0x20, 16),
            units: vec![UnitDigest { unit: VILLAGE.into(), digest: counted(0x60, 16) }],
            unix_ms: -1,
            unsent: 5,
            after_unit: VILLAGE.into(),
            all_digest: counted(0x30, 16),
            backup_at_ms: 9,
            earlier_writers: vec![counted(0xb0, 16)],
            points_of: vec![Wanted { unit: VILLAGE.into(), writer: counted(0xa0, 16), after: 300 }],
            certificate_policy: 6,
            dropped: vec![SCHOOL.into()],
            nonce: if protocol == 1 { Vec::new() } else { counted(0x70, 16) },
            // Came later, with a sample of its own.
            ..HeadsRequest::default()
        };
        check(protocol, "heads_request", request);
        let answer = HeadsAnswer {
            protocol,
            instance: counted(0x50, 16),
            policy: 7,
            heads: vec![head()],
            same_units: vec![SCHOOL.into()],
            own_same: true,
            more: true,
            server_unix_ms: 1_789_372_800_123,
            scope: vec![VILLAGE.into(), SCHOOL.into()],
            all_same: true,
            up_to_unit: VILLAGE.into(),
            backup_at_ms: 9,
            backup_heads: vec![head()],
            points: vec![head()],
            certificate: certificate(),
            push_only: true,
            revoked: protocol != 1,
            signature: signature_of(protocol, "heads_answer"),
            // Came later, with a sample of its own.
            ..HeadsAnswer::default()
        };
        check(protocol, "heads_answer", answer);
    }
}

#[test]
fn vouchers_are_asked_for_and_passed_on_as_they_were() {
    let request = HeadsRequest {
        protocol: 2,
        own_writer: counted(0xa0, 16),
        nonce: counted(0x70, 16),
        vouch_for: vec![head()],
        vouchers: vec![frozen("../ledger/voucher")],
        wants_vouchers: true,
        ..HeadsRequest::default()
    };
    check(2, "heads_request_2", request);
    let answer = HeadsAnswer {
        protocol: 2,
        instance: counted(0x50, 16),
        vouchers: vec![frozen("../ledger/voucher")],
        voucher_mark: counted(0x40, 16),
        signature: signature_of(2, "heads_answer_2"),
        ..HeadsAnswer::default()
    };
    check(2, "heads_answer_2", answer);
}

#[test]
fn a_hubs_certificate_is_asked_for_and_answered_as_it_was() {
    let request = HubCertificateRequest {
        protocol: 2,
        public_key: [vec![4], counted(0x10, 64)].concat(),
        addresses: vec!["192.168.1.7".into(), "10.0.0.6".into()],
    };
    check(2, "hub_certificate_request", request);
    let answer = HubCertificateAnswer {
        certificate_pem: "-----BEGIN CERTIFICATE-----\nc2FtcGxl\n-----END CERTIFICATE-----\n"
            .into(),
        signature: signature_of(2, "hub_certificate_answer"),
    };
    check(2, "hub_certificate_answer", answer);
}

#[test]
fn there_is_no_sample_that_nothing_holds() {
    for (version, samples) in [("v1", 6), ("v2", 10)] {
        let files = std::fs::read_dir(path("sync").join(version)).unwrap().count();
        assert_eq!(files, samples, "{version}");
    }
}
