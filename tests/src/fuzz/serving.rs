//! A server in this process under requests of every kind, over TLS: whatever comes, with a token and without one, is
//! answered below 500, or the connection ends. What a body's decoder does alone is fed elsewhere.

use super::chance::Chance;
use super::engine::{Decoder, Said, Target};
use super::messages;
use super::mutate;
use super::protobuf;
use super::signed::{Sender, VILLAGE};
use super::streams;
use crate::central::Central;
use ledger::UnitKey;
use prost::Message;
use protocol::call::{EnrolRequest, HeadsRequest};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use server::Limits;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use store::EnrolAsk;
use tempfile::TempDir;

/// On this side of the socket; what the server holds is measured in `tests/tests/bombs.rs`.
const PEAK_BYTES_MAX: usize = 16 << 20;
/// Against a server that never answers: far beyond any limit of its own.
const PATIENCE: Duration = Duration::from_secs(60);
const CODE_VALID_MS: i64 = i64::MAX / 2;

/// What is asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Enrol,
    Heads,
    /// The body is a batch, changed behind the compression.
    Push,
    /// The body is lengths and entries, put into a batch that verifies.
    PushSigned,
    Pull,
    /// The whole request, header and all, is changed; with or without a token.
    Raw,
    /// The body of any call, from someone without a valid token.
    Stranger,
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

pub(super) struct Serving {
    ask: Ask,
    central: Central,
    address: SocketAddr,
    config: Arc<ClientConfig>,
    stream: Option<Stream>,
    sender: Sender,
    pub(super) token: String,
    samples: Vec<Vec<u8>>,
    _folder: TempDir,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stream = None;
        self.central.stop();
    }
}

impl Serving {
    fn new(ask: Ask) -> Serving {
        Serving::within(ask, Limits { enrols_per_minute_max: u32::MAX, ..Limits::default() })
    }

    pub(super) fn within(ask: Ask, limits: Limits) -> Serving {
        let folder = tempfile::tempdir().unwrap();
        let central = Central::init(folder.path(), "server");
        let (mut store, mut sender) = (central.store(), Sender::new());
        let unit = UnitKey::try_new(VILLAGE).unwrap();
        let mut code = || store.new_enrol_code(std::slice::from_ref(&unit), CODE_VALID_MS).unwrap();
        let (code, free) = (code(), code());
        let (device, public_key) = (sender.device(), sender.public_key());
        let ask_in = EnrolAsk { code: &code, device, public_key, name: "平板" };
        let enrolled = store.enrol_device(&ask_in, 0).unwrap().unwrap();
        sender.became_enrolled(enrolled.certificate);
        drop(store);
        let address = central.start_with(limits);
        let ca = std::fs::read(central.data.join("ca.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&ca).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let token = enrolled.token;
        let samples = samples(ask, &free, &token);
        let config = Arc::new(config);
        let stream = None;
        Serving { ask, central, address, config, stream, sender, token, samples, _folder: folder }
    }

    fn connected(&mut self) -> &mut Stream {
        self.stream.get_or_insert_with(|| {
            let socket = TcpStream::connect(self.address).unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket.set_write_timeout(Some(PATIENCE)).unwrap();
            socket.set_nodelay(true).unwrap();
            let name = ServerName::try_from("127.0.0.1").unwrap();
            let client = ClientConnection::new(self.config.clone(), name).unwrap();
            StreamOwned::new(client, socket)
        })
    }

    /// The status of the answer; `None` when the connection ended without one.
    pub(super) fn sent(&mut self, request: &[u8]) -> Option<u16> {
        let stream = self.connected();
        // Where the server has hung up already, its answer may still be there to be read.
        let _ = stream.write_all(request).and_then(|()| stream.flush());
        let answer = read_answer(stream);
        if answer.as_ref().is_none_or(|answer| answer.closes) {
            self.stream = None;
        }
        answer.map(|answer| answer.status)
    }

    pub(super) fn post(&mut self, path: &str, token: Option<&str>, body: &[u8]) -> Option<u16> {
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let head = format!(
            "POST /sync/v1/{path} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n",
            token.unwrap_or_default(),
            body.len()
        );
        self.sent(&[head.as_bytes(), body].concat())
    }
}

struct Answer {
    status: u16,
    closes: bool,
}

fn read_answer(stream: &mut impl Read) -> Option<Answer> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..at]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= at + 4 + length {
                let status = text.split(' ').nth(1)?.parse().ok()?;
                return Some(Answer { status, closes: text.contains("connection: close") });
            }
        }
        match stream.read(&mut piece) {
            Ok(0) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
            Err(error) => {
                let is_late = error.kind() == std::io::ErrorKind::WouldBlock
                    || error.kind() == std::io::ErrorKind::TimedOut;
                assert!(!is_late, "no answer, and the connection stays open");
                return None;
            }
        }
    }
}

/// Messages of one call, true to this server where that matters.
fn samples(ask: Ask, code: &str, token: &str) -> Vec<Vec<u8>> {
    let of = |call: u8| messages::calls().into_iter().filter(move |(which, _)| *which == call);
    let bodies = |call: u8| of(call).map(|(_, bytes)| bytes);
    match ask {
        Ask::Enrol => bodies(0)
            .map(|bytes| {
                let request = EnrolRequest::decode(bytes.as_slice()).unwrap();
                EnrolRequest { code: code.to_owned(), ..request }.encode_to_vec()
            })
            .collect(),
        Ask::Heads => bodies(2).collect(),
        Ask::Push | Ask::PushSigned => streams::batches(),
        Ask::Pull => bodies(5).collect(),
        Ask::Stranger => messages::calls().into_iter().map(|(_, bytes)| bytes).collect(),
        Ask::Raw => {
            let body = HeadsRequest { protocol: 1, own_writer: vec![1; 16], ..Default::default() };
            let body = body.encode_to_vec();
            let with = |line: &str, body: &[u8]| {
                let head = format!("POST /sync/v1/heads HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n");
                [head.as_bytes(), body].concat()
            };
            let token = format!("Authorization: Bearer {token}");
            let chunk =
                [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
            vec![
                with(&format!("{token}\r\nContent-Length: {}", body.len()), &body),
                with(&format!("{token}\r\nTransfer-Encoding: chunked"), &chunk),
                with("Content-Length: 3", b"abc"),
            ]
        }
    }
}

impl Decoder for Serving {
    fn input(&mut self, chance: &mut Chance) -> Vec<u8> {
        match self.ask {
            Ask::PushSigned => self.sender.bodies(chance),
            Ask::Push | Ask::Raw => mutate::bytes(&self.samples, chance),
            Ask::Enrol | Ask::Heads | Ask::Pull => protobuf::message(&self.samples, chance),
            Ask::Stranger => {
                let mut input = vec![chance.byte()];
                input.extend(protobuf::message(&self.samples, chance));
                input
            }
        }
    }

    fn feed(&mut self, input: &[u8]) -> Said {
        let token = self.token.clone();
        let status = match self.ask {
            Ask::Enrol => self.post("enrol", None, input),
            Ask::Heads => self.post("heads", Some(&token), input),
            Ask::Pull => self.post("pull", Some(&token), input),
            Ask::Push => {
                let sent = zstd::bulk::compress(input, 1).unwrap();
                self.post("push", Some(&token), &sent)
            }
            Ask::PushSigned => {
                let Some(batch) = self.sender.batch(input) else { return Said::Refused };
                let sent = sync::encode_batch(&batch).unwrap();
                let status = self.post("push", Some(&token), &sent);
                assert_eq!(status, Some(201), "what verifies was not taken");
                let bodies = &batch.ranges[0].bodies;
                return Said::read_if(bodies.iter().all(|b| protocol::Entry::decode(b).is_ok()));
            }
            Ask::Raw => {
                // Nothing more will come: a body cut short is not waited for.
                let stream = self.connected();
                let _ = stream.write_all(input).and_then(|()| stream.flush());
                stream.conn.send_close_notify();
                let _ = stream.flush();
                let answer = read_answer(stream);
                self.stream = None;
                answer.map(|answer| answer.status)
            }
            Ask::Stranger => {
                let [which, body @ ..] = input else { return Said::Refused };
                let path = ["heads", "push", "pull"][usize::from(*which) % 3];
                let other = "f".repeat(64);
                // Control: the same from the device itself is looked at.
                let tokens = [None, Some(&*other), Some(""), Some(&*token)];
                let shown = tokens[usize::from(*which) / 3 % tokens.len()];
                let status = self.post(path, shown, body);
                let is_known = shown == Some(&*token);
                assert!(
                    is_known || matches!(status, Some(401) | None),
                    "{status:?} for a stranger"
                );
                assert!(!is_known || status.is_some_and(|status| status != 401 && status < 500));
                return Said::read_if(is_known);
            }
        };
        assert!(status.is_none_or(|status| status < 500), "{status:?}");
        Said::read_if(status.is_some_and(|status| status < 300))
    }
}

pub fn targets() -> Vec<Target> {
    let target = |name, share, open| Target { name, share, peak_bytes_max: PEAK_BYTES_MAX, open };
    vec![
        target("http_enrol", 6, || Box::new(Serving::new(Ask::Enrol))),
        target("http_heads", 10, || Box::new(Serving::new(Ask::Heads))),
        target("http_push", 10, || Box::new(Serving::new(Ask::Push))),
        target("http_push_signed", 8, || Box::new(Serving::new(Ask::PushSigned))),
        target("http_pull", 10, || Box::new(Serving::new(Ask::Pull))),
        target("http_request", 5, || Box::new(Serving::new(Ask::Raw))),
        target("http_stranger", 5, || Box::new(Serving::new(Ask::Stranger))),
    ]
}
