//! A device and its server with somebody between them who cuts, changes and replaces answers. He holds the
//! server's own certificate, so TLS does not catch him: the receipt has to.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Device, Server, VILLAGE, heads};
use protocol::Code;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use store::{Setting, Store};
use sync::{CarrierError, SyncError};

/// What becomes of one answer.
#[derive(Debug, Clone)]
enum Act {
    Pass,
    /// Only so many bytes of it, then the end.
    Cut(usize),
    /// One bit of this byte of its body is another.
    Flip(usize),
    /// This bit of its header is another; then the connection ends.
    FlipInHeader(usize),
    /// These bytes in its place; the server has done its work all the same.
    Replace(Vec<u8>),
    /// The call does not reach the server, and there is no answer.
    Drop,
}

/// Acts for the calls to come, in order; after them every call is dropped.
#[derive(Default)]
struct Plan {
    acts: VecDeque<Act>,
    /// Path and answer of each call that got through to the server.
    calls: Vec<(String, Vec<u8>)>,
}

struct Middle {
    url: String,
    /// The server's store, open beside it.
    central: Store,
    plan: Arc<Mutex<Plan>>,
}

impl Middle {
    fn before(server: &Server) -> Middle {
        let store = server.store();
        let text = |key| store.setting_text(key).unwrap().unwrap();
        let pem = text(Setting::TlsCertificatePem);
        let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(text(Setting::TlsKeyPem).as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let plan = Arc::new(Mutex::new(Plan::default()));
        let (shared, onward) = (plan.clone(), Onward::to(server));
        // Ends with the test's process.
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (config, plan, onward) = (config.clone(), shared.clone(), onward.clone());
                std::thread::spawn(move || {
                    let connection = ServerConnection::new(config).unwrap();
                    // A device that goes away ends its connection.
                    stand_between(StreamOwned::new(connection, socket), &plan, &onward).ok();
                });
            }
        });
        Middle { url, central: store, plan }
    }

    fn set(&self, acts: impl IntoIterator<Item = Act>) {
        let mut plan = self.plan.lock().unwrap();
        plan.acts = acts.into_iter().collect();
        plan.calls.clear();
    }

    /// The answer of the last call to this path, as the server gave it.
    fn answer_of(&self, path: &str) -> Vec<u8> {
        let plan = self.plan.lock().unwrap();
        let call = plan.calls.iter().rev().find(|(called, _)| called == path);
        call.unwrap().1.clone()
    }
}

/// The way to the real server.
#[derive(Clone)]
struct Onward {
    address: String,
    config: Arc<rustls::ClientConfig>,
}

impl Onward {
    fn to(server: &Server) -> Onward {
        let config = common::client_config(&server.ca_pem());
        Onward { address: server.url.strip_prefix("https://").unwrap().to_owned(), config }
    }

    fn exchange(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let socket = TcpStream::connect(&self.address)?;
        let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
        let connection = rustls::ClientConnection::new(self.config.clone(), name).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        stream.write_all(request)?;
        stream.flush()?;
        read_message(&mut stream)
    }
}

fn stand_between(
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    plan: &Mutex<Plan>,
    onward: &Onward,
) -> std::io::Result<()> {
    loop {
        let request = read_message(&mut stream)?;
        let act = plan.lock().unwrap().acts.pop_front().unwrap_or(Act::Drop);
        if matches!(act, Act::Drop) {
            return Ok(());
        }
        let mut answer = onward.exchange(&request)?;
        let path = String::from_utf8_lossy(&request).split(' ').nth(1).unwrap().to_owned();
        plan.lock().unwrap().calls.push((path, answer.clone()));
        match act {
            Act::Pass | Act::Drop => {}
            Act::Cut(bytes) => {
                stream.write_all(&answer[..bytes.min(answer.len())])?;
                stream.conn.send_close_notify();
                return stream.flush();
            }
            Act::Flip(byte) => {
                let at = body_start(&answer).unwrap() + byte;
                answer[at] ^= 1 << (byte % 8);
            }
            Act::FlipInHeader(bit) => {
                answer[bit / 8] ^= 1 << (bit % 8);
                stream.write_all(&answer)?;
                // Whoever waits for a longer body learns that there is none.
                stream.conn.send_close_notify();
                return stream.flush();
            }
            Act::Replace(other) => answer = other,
        }
        stream.write_all(&answer)?;
        stream.flush()?;
    }
}

fn body_start(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// Header and body as they came.
fn read_message(stream: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(start) = body_start(&bytes) {
            let text = String::from_utf8_lossy(&bytes[..start]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= start + length {
                return Ok(bytes);
            }
        }
        match stream.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&piece[..n]),
        }
    }
}

fn http(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

const PROTOBUF: &str = "application/x-protobuf";

/// One new entry, pushed through the middle with `act` on the answer and nothing getting through after it:
/// nothing may count. Then a plain sync, after which both sides are equal and the entry is there once.
fn check(what: &str, middle: &Middle, one: &mut Device, act: Act) {
    let before = middle.central.counts().unwrap().entries;
    one.register(VILLAGE);
    middle.set([Act::Pass, act]);
    let stopped = one.try_sync(&middle.url).unwrap_err();
    assert!(matches!(stopped.error, SyncError::Carrier(_)), "{what}");
    assert_eq!(stopped.outcome.report.pushed, 0, "{what}: counted as uploaded");
    assert_eq!(one.unsent(), 1, "{what}: said 已上传");
    one.sync();
    assert_eq!(one.unsent(), 0, "{what}");
    assert_eq!(middle.central.counts().unwrap().entries, before + 1, "{what}");
    assert_eq!(heads(&one.store, VILLAGE), heads(&middle.central, VILLAGE), "{what}");
}

fn ready() -> (Server, Middle, Device) {
    let server = Server::start();
    let middle = Middle::before(&server);
    let mut one = Device::enrolled(&server, &[VILLAGE]);
    one.register(VILLAGE);
    one.sync();
    (server, middle, one)
}

/// What the server answers to the push of one small entry, whole.
fn small_push_answer(middle: &Middle, one: &mut Device) -> Vec<u8> {
    one.register(VILLAGE);
    middle.set([Act::Pass, Act::Pass, Act::Pass]);
    // Control: with every answer whole the same push counts.
    assert_eq!(one.try_sync(&middle.url).unwrap().report.pushed, 1);
    assert_eq!(one.unsent(), 0);
    middle.answer_of("/sync/v1/push")
}

#[test]
fn an_answer_cut_at_any_byte_never_counts_and_the_next_sync_mends_it() {
    let (_server, middle, mut one) = ready();
    let whole = small_push_answer(&middle, &mut one).len();
    assert!(whole < 1_000, "{whole}");
    for bytes in 0..whole {
        check(&format!("cut at {bytes}"), &middle, &mut one, Act::Cut(bytes));
    }
}

#[test]
fn a_changed_bit_anywhere_in_the_answer_never_counts() {
    let (_server, middle, mut one) = ready();
    let answer = small_push_answer(&middle, &mut one);
    let body = answer.len() - body_start(&answer).unwrap();
    for byte in 0..body {
        check(&format!("bit of byte {byte}"), &middle, &mut one, Act::Flip(byte));
    }
}

#[test]
fn a_changed_bit_anywhere_in_the_header_counts_nothing_but_what_the_server_has() {
    let (_server, middle, mut one) = ready();
    let header = body_start(&small_push_answer(&middle, &mut one)).unwrap();
    let mut believed = 0;
    for bit in 0..8 * header {
        let before = middle.central.counts().unwrap().entries;
        one.register(VILLAGE);
        middle.set([Act::Pass, Act::FlipInHeader(bit)]);
        // Where status, type and length still read as they should, the receipt in the body proves the push.
        let ran = one.try_sync(&middle.url);
        let pushed = ran.map_or_else(|stopped| stopped.outcome.report.pushed, |o| o.report.pushed);
        assert_eq!(one.unsent(), 1 - pushed, "bit {bit}");
        assert_eq!(middle.central.counts().unwrap().entries, before + 1, "bit {bit}");
        believed += pushed;
        if pushed == 0 {
            one.sync();
        }
        assert_eq!(one.unsent(), 0, "bit {bit}");
        assert_eq!(heads(&one.store, VILLAGE), heads(&middle.central, VILLAGE), "bit {bit}");
    }
    // Not every letter of a header matters, and some do.
    assert!(believed > 0 && believed < 8 * header as u64, "{believed}");
}

#[test]
fn success_of_another_kind_never_counts() {
    let (_server, middle, mut one) = ready();
    let answer = small_push_answer(&middle, &mut one);
    let body = answer[body_start(&answer).unwrap()..].to_vec();
    let check = |what: &str, one: &mut Device, bytes: Vec<u8>| {
        check(what, &middle, one, Act::Replace(bytes));
    };
    check("the answer of another batch", &mut one, answer.clone());
    check("200 instead of 201", &mut one, http("200 OK", PROTOBUF, &body));
    check("201 and nothing", &mut one, http("201 Created", PROTOBUF, b""));
    check("a portal's page", &mut one, http("200 OK", "text/html", b"<html>log in</html>"));
    check("a portal's 201", &mut one, http("201 Created", "text/html", b"<html>"));
    let log_in = "511 Network Authentication Required";
    check(
        "a portal that says what it is",
        &mut one,
        http(log_in, "text/html", b"<html>log in</html>"),
    );
    check("204", &mut one, http("204 No Content", PROTOBUF, b""));
    check("a redirect", &mut one, http("302 Found", "text/html", b""));
    check("an error page", &mut one, http("500 Internal Server Error", "text/html", b"<html>"));
}

#[test]
fn a_call_that_never_arrives_is_sent_again() {
    let (_server, middle, mut one) = ready();
    check("dropped", &middle, &mut one, Act::Drop);
}

#[test]
fn an_answer_that_arrives_whole_counts() {
    // Control: the one between them is not what keeps an answer from counting.
    let (_server, middle, mut one) = ready();
    one.register(VILLAGE);
    middle.set([Act::Pass, Act::Cut(usize::MAX), Act::Pass]);
    assert_eq!(one.try_sync(&middle.url).unwrap().report.pushed, 1);
}

#[test]
fn a_failed_sync_has_a_word_for_a_person() {
    let (_server, middle, mut one) = ready();
    one.register(VILLAGE);
    middle.set([]);
    let stopped = one.try_sync(&middle.url).unwrap_err();
    let SyncError::Carrier(error) = stopped.error else { unreachable!() };
    assert_eq!(error, CarrierError::AnswerUnknown);
    assert_eq!(error.code(), Code::ServerAnswerUnknown);
}

#[test]
fn pulled_batches_that_are_cut_or_changed_bring_nothing_wrong() {
    let (server, middle, one) = ready();
    let answer = {
        let mut two = Device::enrolled(&server, &[VILLAGE]);
        middle.set(vec![Act::Pass; 9]);
        two.try_sync(&middle.url).unwrap();
        middle.answer_of("/sync/v1/pull")
    };
    let body = answer.len() - body_start(&answer).unwrap();
    let mut two = Device::enrolled(&server, &[VILLAGE]);
    // Every tenth byte: each is a whole sync, and the decoder has tests of its own.
    for byte in (0..body).step_by(10) {
        middle.set([Act::Pass, Act::Flip(byte)]);
        let ran = two.try_sync(&middle.url);
        let held = heads(&two.store, VILLAGE);
        let is_true = held.is_empty() || held == heads(&one.store, VILLAGE);
        assert!(is_true, "byte {byte}: {ran:?}");
    }
    two.sync();
    assert_eq!(heads(&two.store, VILLAGE), heads(&one.store, VILLAGE));
}
