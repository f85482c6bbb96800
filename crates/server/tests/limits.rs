//! A server under those who mean no good or know no better: everything is bounded, nothing is read from a
//! stranger, nothing that is sent makes it fail.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Answer, Device, Server, VILLAGE, head, read_answer, registration};
use domain::ids::UnitCode;
use proptest::prelude::*;
use prost::Message;
use protocol::call::{HeadsRequest, PullRequest, UnitDigest, Wanted};
use protocol::{Code, Fact};
use server::Limits;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(300);

fn short() -> Limits {
    Limits { handshake: SHORT, header: SHORT, body_idle: SHORT, ..Limits::default() }
}

fn is(answer: &Answer, status: u16, code: Code) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code.word()));
}

/// True when the connection ends without a further byte.
fn is_closed(stream: &mut impl Read) -> bool {
    matches!(stream.read(&mut [0; 100]), Ok(0) | Err(_))
}

#[test]
fn a_stranger_is_refused_before_a_byte_of_the_body_is_read() {
    let server = Server::start();
    let one = Device::enrolled(&server, &[VILLAGE]);
    let stranger = "f".repeat(64);
    for token in [None, Some(stranger.as_str()), Some("short")] {
        // A body is announced and never sent: only who does not read it can answer.
        let answer = server.raw(head("/sync/v1/push", token, "Content-Length: 500000").as_bytes());
        is(&answer, 401, Code::TokenInvalid);
    }
    // Control: for a device the server waits for the body, and then says what is wrong with it.
    let server = Server::with(short());
    let one = {
        drop(one);
        Device::enrolled(&server, &[VILLAGE])
    };
    let waited = Instant::now();
    let announced = head("/sync/v1/push", Some(&one.token()), "Content-Length: 500000");
    is(&server.raw(announced.as_bytes()), 408, Code::RequestMalformed);
    assert!(waited.elapsed() >= SHORT);
}

#[test]
fn a_body_beyond_the_limit_is_refused_by_its_announcement_or_cut_as_it_comes() {
    let server = Server::with(Limits { body_bytes_max: 100_000, ..Limits::default() });
    let one = Device::enrolled(&server, &[VILLAGE]);
    let token = one.token();
    for length in ["100001", "1073741824", "9223372036854775807"] {
        let announced = head("/sync/v1/push", Some(&token), &format!("Content-Length: {length}"));
        is(&server.raw(announced.as_bytes()), 413, Code::RequestTooLarge);
    }
    // Endless chunks: the server answers while we still send, and then hangs up.
    let mut stream = server.connect();
    let endless = head("/sync/v1/push", Some(&token), "Transfer-Encoding: chunked");
    stream.write_all(endless.as_bytes()).unwrap();
    let chunk = [b"2000\r\n".as_slice(), &[0; 0x2000], b"\r\n"].concat();
    let mut sent = 0;
    while sent < 64 << 20 && stream.write_all(&chunk).is_ok() && stream.flush().is_ok() {
        sent += chunk.len();
    }
    assert!(sent < 32 << 20, "{sent} bytes were taken");
    // Control: just within the limit the body is read, and is no batch.
    let within = server.post("/sync/v1/push", Some(&token), &vec![0; 100_000]);
    is(&within, 400, Code::RequestMalformed);
}

/// 64 MiB of zeros in a few kilobytes.
fn bomb() -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(20).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(64 << 20), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_bomb_is_not_touched_for_a_stranger_and_refused_within_limits_for_a_device() {
    let server = Server::start();
    let one = Device::enrolled(&server, &[VILLAGE]);
    let bomb = bomb();
    assert!(bomb.len() < 64 << 10);
    is(&server.post("/sync/v1/push", None, &bomb), 401, Code::TokenInvalid);
    is(&server.post("/sync/v1/push", Some(&one.token()), &bomb), 413, Code::RequestTooLarge);
    let mut wide = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    wide.window_log(27).unwrap();
    wide.write_all(&[7; 1000]).unwrap();
    let wide = wide.finish().unwrap();
    is(&server.post("/sync/v1/push", Some(&one.token()), &wide), 400, Code::RequestMalformed);
}

#[test]
fn those_who_stall_are_sent_away() {
    let server = Server::with(short());
    let one = Device::enrolled(&server, &[VILLAGE]);
    // A socket and not a word.
    assert!(is_closed(&mut server.socket()));
    // Half a hello.
    let mut socket = server.socket();
    socket.write_all(&[0x16, 3, 1]).unwrap();
    assert!(is_closed(&mut socket));
    // A handshake and not a word.
    let mut stream = server.connect();
    stream.conn.complete_io(&mut stream.sock).unwrap();
    assert!(is_closed(&mut stream));
    // Half a header.
    let mut stream = server.connect();
    stream.write_all(b"POST /sync/v1/heads HTTP/1.1\r\nHost: x\r\n").unwrap();
    assert!(is_closed(&mut stream));
    // A header of many small pieces that never ends: the time runs for the whole of it.
    let mut stream = server.connect();
    let begun = Instant::now();
    stream.write_all(b"POST /sync/v1/heads HTTP/1.1\r\n").unwrap();
    stream.sock.set_read_timeout(Some(SHORT / 10)).unwrap();
    let mut pieces = 0;
    loop {
        pieces += 1;
        if stream.write_all(b"X: y\r\n").is_err() || stream.flush().is_err() {
            break;
        }
        match stream.read(&mut [0; 10]) {
            Ok(0) => break,
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => break,
            Ok(_) | Err(_) => {}
        }
        assert!(begun.elapsed() < SHORT * 20, "still open after {pieces} pieces");
    }
    // Half a body.
    let mut stream = server.connect();
    let half = head("/sync/v1/heads", Some(&one.token()), "Content-Length: 10");
    stream.write_all(half.as_bytes()).unwrap();
    stream.write_all(b"12345").unwrap();
    is(&read_answer(&mut stream).unwrap(), 408, Code::RequestMalformed);
    assert!(is_closed(&mut stream));
}

/// Text that does not get smaller by compressing it.
fn noise(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    };
    (0..200).map(|_| next()).collect()
}

#[test]
fn who_takes_nothing_of_the_answers_is_sent_away() {
    let server = Server::with(Limits { write_idle: SHORT, ..Limits::default() });
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let device = one.store.device().unwrap();
    let with_noise = |number| {
        let mut entry = registration(&device, number);
        if let Fact::Registration(fact) = &mut entry.fact {
            fact.details.as_mut().unwrap().address = Some(noise(number));
        }
        entry
    };
    let entries: Vec<_> = (1..=200).map(with_noise).collect();
    one.store.append(&UnitCode(VILLAGE.to_owned()), &entries).unwrap();
    one.sync();
    let writer = one.store.writer().0.to_vec();
    let wanted = vec![Wanted { unit: VILLAGE.to_owned(), writer, after: 0 }];
    let body = PullRequest { protocol: 1, wanted, bytes_max: u32::MAX }.encode_to_vec();
    // Control: who takes the answer gets it whole.
    let answer = server.post("/sync/v1/pull", Some(&one.token()), &body);
    assert!(answer.status == 200 && answer.body.len() > 200_000, "{}", answer.body.len());
    // One question after the other, and no answer taken: more than any buffer on the way holds.
    let head =
        head("/sync/v1/pull", Some(&one.token()), &format!("Content-Length: {}", body.len()));
    let request = [head.replace("Connection: close\r\n", "").as_bytes(), &body].concat();
    let mut stream = server.connect();
    stream.sock.set_write_timeout(Some(SHORT / 10)).unwrap();
    let begun = Instant::now();
    loop {
        match stream.write_all(&request).and_then(|()| stream.flush()) {
            Err(error) if !is_waiting(&error) => break,
            Ok(()) | Err(_) => {}
        }
        assert!(begun.elapsed() < SHORT * 200, "still open");
    }
}

/// True where the other side only does not take anything at the moment.
fn is_waiting(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}

#[test]
fn a_request_has_a_time_for_all_of_it() {
    let server = Server::with(Limits { request: SHORT, ..Limits::default() });
    let one = Device::enrolled(&server, &[VILLAGE]);
    let mut stream = server.connect();
    let announced = head("/sync/v1/heads", Some(&one.token()), "Content-Length: 10");
    stream.write_all(announced.as_bytes()).unwrap();
    is(&read_answer(&mut stream).unwrap(), 408, Code::ServerBusy);
}

#[test]
fn those_who_only_hold_places_do_not_keep_a_device_out() {
    let server = Server::with(Limits { connections_max: 8, ..Limits::default() });
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let mut idle: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream.conn.complete_io(&mut stream.sock).unwrap();
    }
    one.register(VILLAGE);
    assert_eq!(one.sync().report.pushed, 1);
    // The oldest of them made room.
    assert!(is_closed(&mut idle[0]));
}

/// A request that the server has let in and whose body it is waiting for.
fn admitted(server: &Server, token: &str, bytes: usize) -> impl Read + Write + use<> {
    let mut stream = server.connect();
    let lines = format!("Content-Length: {bytes}\r\nExpect: 100-continue");
    stream.write_all(head("/sync/v1/heads", Some(token), &lines).as_bytes()).unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn a_device_has_so_many_requests_in_work_at_once() {
    let server = Server::with(Limits { per_device_max: 1, ..Limits::default() });
    let one = Device::enrolled(&server, &[VILLAGE]);
    let two = Device::enrolled(&server, &[VILLAGE]);
    let first = admitted(&server, &one.token(), 10);
    is(&server.post("/sync/v1/heads", Some(&one.token()), b"?"), 429, Code::ServerBusy);
    // Another device has turns of its own.
    is(&server.post("/sync/v1/heads", Some(&two.token()), b"?"), 400, Code::RequestMalformed);
    drop(first);
}

#[test]
fn a_request_in_work_is_answered_before_the_server_stops() {
    let mut server = Server::start();
    let one = Device::enrolled(&server, &[VILLAGE]);
    let heads = HeadsRequest { protocol: 1, own_writer: vec![1; 16], ..HeadsRequest::default() };
    let body = heads.encode_to_vec();
    let mut stream = admitted(&server, &one.token(), body.len());
    server.ask_to_stop();
    stream.write_all(&body).unwrap();
    assert_eq!(read_answer(&mut stream).unwrap().status, 200);
}

#[test]
fn a_header_beyond_the_limit_and_what_is_no_http_are_refused() {
    let server = Server::start();
    let long = format!("POST /sync/v1/heads HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(20_000));
    for bytes in [long.as_bytes(), b"\0\0\0\0\r\n\r\n", b"hello\r\n\r\n"] {
        let mut stream = server.connect();
        stream.write_all(bytes).unwrap();
        stream.flush().unwrap();
        let answer = read_answer(&mut stream);
        assert!(answer.is_none_or(|answer| (400..500).contains(&answer.status)));
        assert!(is_closed(&mut stream));
    }
}

#[test]
fn other_paths_and_methods_are_nothing_here() {
    let server = Server::start();
    for path in ["/", "/sync/v1", "/sync/v1/other", "/../../etc/passwd", "/sync/v2/heads"] {
        is(&server.post(path, None, b""), 404, Code::ServerRefused);
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let request =
            format!("{method} /sync/v1/heads HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_eq!(server.raw(request.as_bytes()).status, 405, "{method}");
    }
}

#[test]
fn what_cannot_be_read_is_the_senders_fault() {
    let server = Server::start();
    let one = Device::enrolled(&server, &[VILLAGE]);
    let token = one.token();
    let check = |path: &str, body: &[u8], code: Code| {
        is(&server.post(path, Some(&token), body), 400, code);
    };
    let malformed = Code::RequestMalformed;
    for path in ["/sync/v1/heads", "/sync/v1/pull", "/sync/v1/push"] {
        check(path, b"", malformed);
        check(path, b"\xff\xff\xff\xff", malformed);
        check(path, b"<html>", malformed);
    }
    let heads = HeadsRequest { protocol: 1, own_writer: vec![1; 16], ..HeadsRequest::default() };
    let heads = |change: fn(&mut HeadsRequest)| {
        let mut request = heads.clone();
        change(&mut request);
        request.encode_to_vec()
    };
    check("/sync/v1/heads", &heads(|r| r.own_writer.clear()), malformed);
    let newer = heads(|r| r.protocol = protocol::PROTOCOL_VERSION + 1);
    check("/sync/v1/heads", &newer, Code::ProtocolNewer);
    let digest = |unit: &str, bytes| UnitDigest { unit: unit.to_owned(), digest: vec![0; bytes] };
    let bad_unit = vec![digest("not a unit", 16)];
    let short = vec![digest(VILLAGE, 15)];
    for units in [bad_unit, short] {
        let request =
            HeadsRequest { protocol: 1, own_writer: vec![1; 16], units, ..HeadsRequest::default() };
        check("/sync/v1/heads", &request.encode_to_vec(), malformed);
    }
    let wanted = |unit: &str, writer: usize, after| Wanted {
        unit: unit.to_owned(),
        writer: vec![0; writer],
        after,
    };
    let pulls = [
        vec![wanted("not a unit", 16, 0)],
        vec![wanted(VILLAGE, 15, 0)],
        vec![wanted(VILLAGE, 16, u64::MAX)],
        vec![wanted(VILLAGE, 16, 0); 2_000],
    ];
    for wanted in pulls {
        let request = PullRequest { protocol: 1, wanted, bytes_max: u32::MAX };
        check("/sync/v1/pull", &request.encode_to_vec(), malformed);
    }
    // Control: the plain requests are answered.
    assert_eq!(server.post("/sync/v1/heads", Some(&token), &heads(|_| {})).status, 200);
}

#[test]
fn a_device_is_given_nothing_outside_its_units_however_it_asks() {
    let server = Server::start();
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    let mut two = Device::enrolled(&server, &[common::OTHER_VILLAGE]);
    two.register(common::OTHER_VILLAGE);
    two.sync();
    let writer = two.store.writer().0.to_vec();
    let wanted = vec![Wanted { unit: common::OTHER_VILLAGE.to_owned(), writer, after: 0 }];
    let request = PullRequest { protocol: 1, wanted, bytes_max: u32::MAX }.encode_to_vec();
    let given = |token: &str| {
        let answer = server.post("/sync/v1/pull", Some(token), &request);
        assert_eq!(answer.status, 200);
        sync::decode_batch(&answer.body, &ledger::Limits::default()).unwrap().ranges.len()
    };
    assert_eq!(given(&one.token()), 0);
    // Control: who may have it gets it.
    assert_eq!(given(&two.token()), 1);
    // Nor by claiming to be the other's writer.
    let claim = HeadsRequest {
        protocol: 1,
        own_writer: two.store.writer().0.to_vec(),
        ..HeadsRequest::default()
    };
    let answer = server.post("/sync/v1/heads", Some(&one.token()), &claim.encode_to_vec());
    let answer = protocol::call::HeadsAnswer::decode(answer.body.as_slice()).unwrap();
    assert!(answer.heads.iter().all(|head| head.unit != common::OTHER_VILLAGE));
    one.sync();
}

#[test]
fn nothing_that_is_sent_makes_the_server_fail() {
    let server = Server::start();
    let one = Device::enrolled(&server, &[VILLAGE]);
    let token = one.token();
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(any::<u8>(), 0..300)
            .prop_map(|raw| zstd::bulk::compress(&raw, 3).unwrap()),
    ];
    proptest!(config, |(path in 0..4_usize, body in body)| {
        let path = ["enrol", "heads", "push", "pull"][path];
        let answer = server.post(&format!("/sync/v1/{path}"), Some(&token), &body);
        prop_assert!((200..500).contains(&answer.status), "{path} {}", answer.status);
    });
}
