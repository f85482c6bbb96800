//! The HTTPS carrier against servers that are not what they should be: each failure has its own word, and
//! nothing is sent to whom the device does not trust.
#![allow(clippy::unwrap_used)]

use prost::Message;
use protocol::call::{EnrolRequest, HeadsAnswer, HeadsRequest, Problem, PushAnswer};
use protocol::failure::Code;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use sync::{CaPin, Carrier, CarrierError, DeviceClock, Https, HttpsLimits, enrol};

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// 2027-07-01, and nobody said otherwise.
const RIGHT: DeviceClock = DeviceClock { unix_ms: 1_814_400_000_000, heard_unix_ms: None };

struct Ca {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

fn ca() -> Ca {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let certificate = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    Ca { pem: certificate.pem(), der: certificate.der().clone(), issuer }
}

/// What a server shows: certificate for `name`, valid in these years, with `shown` behind it.
fn config(signer: &Ca, shown: &[&Ca], name: &str, years: (i32, i32)) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    let leaf = params.signed_by(&key, &signer.issuer).unwrap();
    let mut chain = vec![leaf.der().clone()];
    chain.extend(shown.iter().map(|ca| ca.der.clone()));
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

fn good(ca: &Ca) -> Arc<ServerConfig> {
    config(ca, &[ca], "127.0.0.1", (2000, 4000))
}

/// A server that answers every request with the same bytes, or none: then it waits for the client to go.
struct Fake {
    url: String,
    /// Request lines and bodies that arrived.
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

fn fake(tls: Option<Arc<ServerConfig>>, answer: Vec<u8>) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    // Ends with the test's process.
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            // A client that goes away in the middle ends its connection, not the server.
            drop(match &tls {
                Some(config) => {
                    let connection = ServerConnection::new(config.clone()).unwrap();
                    talk(StreamOwned::new(connection, socket), &answer, &seen)
                }
                None => portal(socket, &answer),
            });
        }
    });
    Fake { url, requests }
}

/// Answers whatever comes in the clear.
fn portal(mut socket: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    let hello = socket.read(&mut [0; 4096])?;
    assert!(hello > 0);
    socket.write_all(answer)?;
    socket.shutdown(Shutdown::Write)
}

fn talk(
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    answer: &[u8],
    seen: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !is_whole(&request) {
        let n = stream.read(&mut piece)?;
        if n == 0 {
            return Ok(());
        }
        request.extend_from_slice(&piece[..n]);
    }
    seen.lock().unwrap().push(request);
    if answer.is_empty() {
        // Nothing to say: wait until the client gives up.
        while stream.read(&mut piece)? > 0 {}
        return Ok(());
    }
    stream.write_all(answer)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// True when header and announced body are there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some(end) = text.find("\r\n\r\n") else { return false };
    let length = text.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
    });
    request.len() >= end + 4 + length.unwrap_or(0)
}

fn http(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

const PROTOBUF: &str = "application/x-protobuf";

fn limits() -> HttpsLimits {
    let short = Duration::from_millis(500);
    HttpsLimits { idle: short, whole: short, answer_bytes_max: 10_000, ..HttpsLimits::default() }
}

fn heads(url: &str, ca_pem: &str) -> Result<HeadsAnswer, CarrierError> {
    heads_by(RIGHT, url, ca_pem)
}

/// Whether the server signed it is not looked at here: how answers travel is.
fn heads_by(clock: DeviceClock, url: &str, ca_pem: &str) -> Result<HeadsAnswer, CarrierError> {
    let request = HeadsRequest { protocol: 1, own_writer: vec![1; 16], ..HeadsRequest::default() };
    let bytes = Https::new(url, ca_pem, TOKEN, clock, limits())?.heads(&request)?;
    Ok(HeadsAnswer::decode(bytes.as_slice()).unwrap())
}

#[test]
fn a_clock_that_fell_back_is_excused_and_no_certificate_is_by_it() {
    let (ours, theirs) = (ca(), ca());
    let new_year =
        |year: i32| (date_time_ymd(year, 1, 1) - date_time_ymd(1970, 1, 1)).whole_seconds() * 1000;
    let check = |year: i32, heard: Option<i32>, tls: &Arc<ServerConfig>, expected| {
        let answer = HeadsAnswer::default().encode_to_vec();
        let fake = fake(Some(tls.clone()), http("200 OK", PROTOBUF, &answer));
        let clock = DeviceClock { unix_ms: new_year(year), heard_unix_ms: heard.map(new_year) };
        let heard = heads_by(clock, &fake.url, &ours.pem).map(|_| ());
        assert_eq!(heard, expected, "{clock:?}");
        let is_asked = !fake.requests.lock().unwrap().is_empty();
        assert_eq!(is_asked, expected.is_ok(), "{clock:?}");
    };
    let of = |signer: &Ca, name: &str, years| config(signer, &[signer], name, years);
    let (date, untrusted) = (Err(CarrierError::CertificateDate), Err(CarrierError::Untrusted));
    let leaf = of(&ours, "127.0.0.1", (2026, 2030));
    check(2028, None, &leaf, Ok(()));
    check(1970, None, &leaf, Ok(()));
    check(1900, None, &leaf, Ok(()));
    check(1970, Some(2029), &leaf, Ok(()));
    // Renewed while the tablet lay in a drawer.
    check(1970, Some(2027), &of(&ours, "127.0.0.1", (2029, 2031)), Ok(()));
    check(1970, Some(2031), &leaf, date);
    check(2038, None, &leaf, date);
    check(2099, Some(2028), &leaf, date);
    // A clock nobody has reason to doubt.
    check(2028, Some(2027), &of(&ours, "127.0.0.1", (2029, 2031)), date);
    check(1970, None, &of(&ours, "127.0.0.1", (2000, 2001)), date);
    for year in [1970, 2028, 2038, 2099] {
        check(year, None, &of(&theirs, "127.0.0.1", (2026, 2030)), untrusted);
        check(year, None, &of(&ours, "192.0.2.1", (2026, 2030)), untrusted);
    }
}

#[test]
fn whom_the_device_does_not_trust_gets_nothing_and_each_reason_has_its_word() {
    let (ours, theirs) = (ca(), ca());
    let check = |what: &str, tls: Arc<ServerConfig>, expected: CarrierError| {
        let answer = HeadsAnswer::default().encode_to_vec();
        let fake = fake(Some(tls), http("200 OK", PROTOBUF, &answer));
        assert_eq!(heads(&fake.url, &ours.pem).unwrap_err(), expected, "{what}");
        assert!(fake.requests.lock().unwrap().is_empty(), "{what}: something was sent");
    };
    check("another CA", good(&theirs), CarrierError::Untrusted);
    let both = config(&theirs, &[&theirs, &ours], "127.0.0.1", (2000, 4000));
    check("another CA that shows ours too", both, CarrierError::Untrusted);
    let name = config(&ours, &[], "192.0.2.1", (2000, 4000));
    check("another name", name, CarrierError::Untrusted);
    let past = config(&ours, &[], "127.0.0.1", (2000, 2001));
    check("a certificate that has ended", past, CarrierError::CertificateDate);
    let future = config(&ours, &[], "127.0.0.1", (3000, 3001));
    check("a certificate that has not begun", future, CarrierError::CertificateDate);
    // Control: the right one is asked and believed.
    let answer = HeadsAnswer { policy: 7, ..HeadsAnswer::default() }.encode_to_vec();
    let fake = fake(Some(good(&ours)), http("200 OK", PROTOBUF, &answer));
    assert_eq!(heads(&fake.url, &ours.pem).unwrap().policy, 7);
    assert_eq!(fake.requests.lock().unwrap().len(), 1);
}

#[test]
fn a_portal_in_the_clear_is_not_the_server() {
    let ca = ca();
    let page = fake(None, http("200 OK", "text/html", b"<html>log in</html>"));
    assert_eq!(heads(&page.url, &ca.pem).unwrap_err(), CarrierError::Untrusted);
}

#[test]
fn nobody_there_is_unreachable_and_an_address_without_tls_is_refused() {
    let ca = ca();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = heads(&format!("https://{address}"), &ca.pem).unwrap_err();
    assert_eq!(error, CarrierError::Unreachable);
    for url in ["http://127.0.0.1:1", "127.0.0.1:1", "", "ftp://127.0.0.1"] {
        assert_eq!(heads(url, &ca.pem).unwrap_err(), CarrierError::Address, "{url}");
    }
}

#[test]
fn only_the_expected_status_and_type_is_an_answer() {
    let ca = ca();
    let check = |status: &str, content_type: &str, body: &[u8], expected: CarrierError| {
        let fake = fake(Some(good(&ca)), http(status, content_type, body));
        let mut https = Https::new(&fake.url, &ca.pem, TOKEN, RIGHT, limits()).unwrap();
        let error = https.push(b"batch").unwrap_err();
        assert_eq!(error, expected, "{status} {content_type}");
        assert_eq!(https.traffic().bytes_up, 5);
    };
    let unknown = CarrierError::AnswerUnknown;
    let answer = PushAnswer::default().encode_to_vec();
    check("200 OK", PROTOBUF, &answer, unknown);
    check("204 No Content", PROTOBUF, b"", unknown);
    check("201 Created", "text/html", b"<html>", unknown);
    check("201 Created", PROTOBUF, b"\xff\xff\xff", unknown);
    check("302 Found", "text/html", b"<html>", unknown);
    check("401 Unauthorized", "text/html", b"<html>", unknown);
    check("500 Internal Server Error", "text/html", b"<html>", unknown);
    check("502 Bad Gateway", "text/html", b"<html>", CarrierError::Busy { retry_after_s: None });
    check("413 Payload Too Large", "text/html", b"<html>", CarrierError::TooLarge);
    let problem = |code: Code| Problem { code: code.word().to_owned() }.encode_to_vec();
    check("401 Unauthorized", PROTOBUF, &problem(Code::TokenInvalid), CarrierError::Token);
    check(
        "503 Service Unavailable",
        PROTOBUF,
        &problem(Code::ServerBusy),
        CarrierError::Busy { retry_after_s: None },
    );
    let patient = |value: &str| format!("application/x-protobuf\r\nRetry-After: {value}");
    let busy = |retry_after_s| CarrierError::Busy { retry_after_s };
    check("503 Service Unavailable", &patient("7"), &problem(Code::ServerBusy), busy(Some(7)));
    check("429 Too Many Requests", &patient(" 60 "), b"", busy(Some(60)));
    check("503 Service Unavailable", &patient("Wed, 21 Oct 2026 07:28:00 GMT"), b"", busy(None));
    check("503 Service Unavailable", &patient("-1"), b"", busy(None));
    let newer = CarrierError::Refused(Code::ProtocolNewer);
    check("400 Bad Request", PROTOBUF, &problem(Code::ProtocolNewer), newer);
    // A success that carries a problem is neither.
    check("200 OK", PROTOBUF, &problem(Code::TokenInvalid), unknown);
    let large = vec![b'x'; 20_000];
    check("201 Created", PROTOBUF, &large, unknown);
    // Control: 201 with the right type is one.
    let fake = fake(Some(good(&ca)), http("201 Created", PROTOBUF, &answer));
    let mut https = Https::new(&fake.url, &ca.pem, TOKEN, RIGHT, limits()).unwrap();
    assert_eq!(https.push(b"batch"), Ok(PushAnswer::default()));
}

#[test]
fn a_redirect_is_not_followed() {
    let ca = ca();
    let target = fake(Some(good(&ca)), http("200 OK", PROTOBUF, b""));
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/sync/v1/heads\r\nContent-Length: 0\r\n\r\n",
        target.url
    );
    let first = fake(Some(good(&ca)), answer.into_bytes());
    assert_eq!(heads(&first.url, &ca.pem).unwrap_err(), CarrierError::AnswerUnknown);
    assert!(target.requests.lock().unwrap().is_empty());
}

#[test]
fn a_silent_server_is_given_up_and_a_cut_answer_is_unknown() {
    let ca = ca();
    let silent = fake(Some(good(&ca)), Vec::new());
    assert_eq!(heads(&silent.url, &ca.pem).unwrap_err(), CarrierError::TimedOut);
    let whole = http(
        "200 OK",
        PROTOBUF,
        &HeadsAnswer { policy: 7, ..HeadsAnswer::default() }.encode_to_vec(),
    );
    let cut = fake(Some(good(&ca)), whole[..whole.len() - 1].to_vec());
    assert_eq!(heads(&cut.url, &ca.pem).unwrap_err(), CarrierError::AnswerUnknown);
}

fn enrol_request() -> EnrolRequest {
    EnrolRequest {
        protocol: 1,
        code: "SECRET-CODE".to_owned(),
        device: vec![1; 16],
        public_key: vec![2; 32],
        name: "tablet".to_owned(),
    }
}

#[test]
fn the_code_goes_only_to_a_server_whose_chain_holds_the_pinned_ca() {
    let (ours, theirs) = (ca(), ca());
    let pin = CaPin::of_pem(&ours.pem).unwrap();
    let check = |what: &str, tls: Arc<ServerConfig>, expected: CarrierError, is_asked: bool| {
        let fake = fake(Some(tls), http("201 Created", PROTOBUF, b""));
        let error = enrol(&fake.url, pin, &enrol_request(), RIGHT, limits()).unwrap_err();
        assert_eq!(error, expected, "{what}");
        assert_eq!(fake.requests.lock().unwrap().len(), usize::from(is_asked), "{what}");
    };
    let untrusted = CarrierError::Untrusted;
    check("another CA", good(&theirs), untrusted, false);
    let lookalike = config(&theirs, &[&ours], "127.0.0.1", (2000, 4000));
    check("ours shown behind a foreign certificate", lookalike, untrusted, false);
    check("ours not shown", config(&ours, &[], "127.0.0.1", (2000, 4000)), untrusted, false);
    let name = config(&ours, &[&ours], "192.0.2.1", (2000, 4000));
    check("another name", name, untrusted, false);
    let past = config(&ours, &[&ours], "127.0.0.1", (2000, 2001));
    check("a wrong date", past, CarrierError::CertificateDate, false);
    // Control: the right server is asked; what it says is nonsense here, and believed by nobody.
    check("ours", good(&ours), CarrierError::AnswerUnknown, true);
}
