//! A real server on a port of its own and real devices with encrypted stores, for the tests beside.
#![allow(dead_code, clippy::unwrap_used)]

use ledger::Replica;
use prost::Message;
use protocol::call::EnrolRequest;
use protocol::fact::{DetailsFact, RegistrationFact};
use protocol::{Entry, Fact, Header};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use server::console::Console;
use server::{Limits, Serving};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Key, Role, Setting, Store};
use sync::{CaPin, Https, HttpsLimits, Outcome, Pace, Seen, Start, Stopped};
use tempfile::TempDir;

pub const VILLAGE: &str = "431302204201";
pub const OTHER_VILLAGE: &str = "431302204203";
pub const ROUND: u64 = 77;

/// A server answering on a free port of this machine until dropped.
pub struct Server {
    folder: Arc<TempDir>,
    pub url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    limits: Limits,
}

impl Server {
    pub fn start() -> Server {
        Server::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Server {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        server::init(&folder.path().join("data"), None, &[]).unwrap();
        Server::over(folder, limits)
    }

    fn over(folder: Arc<TempDir>, limits: Limits) -> Server {
        let data = folder.path().join("data");
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (bound, url) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let any = "127.0.0.1:0".parse().unwrap();
                let serving = Serving::bind(&data, None, any, limits).await.unwrap();
                bound.send(serving.url().to_owned()).unwrap();
                // An error only says that the test let go of the server without a word.
                serving.run(async { drop(stopped.await) }).await;
            });
        });
        let url = url.recv().unwrap();
        Server { folder, url, stop: Some(stop), thread: Some(thread), limits }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What a coordinator does meanwhile, through connections of its own.
    pub fn console(&self) -> Console {
        Console::open(&self.data(), None).unwrap()
    }

    pub fn store(&self) -> Store {
        let hex = std::fs::read_to_string(self.data().join("server.key")).unwrap();
        Store::open(&self.data(), &Key::from_hex(&hex).unwrap()).unwrap()
    }

    pub fn ca_pem(&self) -> String {
        std::fs::read_to_string(self.data().join("ca.pem")).unwrap()
    }

    pub fn pin(&self) -> CaPin {
        CaPin::of_pem(&self.ca_pem()).unwrap()
    }

    pub fn code(&self, units: &[&str]) -> String {
        let units: Vec<String> = units.iter().map(|unit| (*unit).to_owned()).collect();
        self.console().create_enrolment(&units).unwrap().code
    }

    /// Stops in good order and starts again over the same folder, on another port.
    pub fn restart(mut self) -> Server {
        self.end();
        Server::over(self.folder.clone(), self.limits)
    }

    fn end(&mut self) {
        self.ask_to_stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    /// Asks, and does not wait.
    pub fn ask_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error only says that the server has ended already.
            stop.send(()).ok();
        }
    }

    /// A TLS connection as anyone may open one.
    pub fn connect(&self) -> StreamOwned<ClientConnection, TcpStream> {
        self.connect_from(self.socket())
    }

    pub fn socket(&self) -> TcpStream {
        let socket = TcpStream::connect(self.url.strip_prefix("https://").unwrap()).unwrap();
        // Against a test that hangs; nothing here waits this long when all is well.
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        socket
    }

    pub fn connect_from(&self, socket: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
        let config = client_config(&self.ca_pem());
        let name = ServerName::try_from("127.0.0.1").unwrap();
        StreamOwned::new(ClientConnection::new(config, name).unwrap(), socket)
    }

    /// Sends bytes as they are and reads the answer's header and body.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        stream.flush().unwrap();
        read_answer(&mut stream).unwrap()
    }

    /// A whole request with a body.
    pub fn post(&self, path: &str, token: Option<&str>, body: &[u8]) -> Answer {
        let head = head(path, token, &format!("Content-Length: {}", body.len()));
        self.raw(&[head.as_bytes(), body].concat())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Trusts the CA and nobody else.
pub fn client_config(ca_pem: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// The header of a request that ends the connection with its answer.
pub fn head(path: &str, token: Option<&str>, length: &str) -> String {
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("POST {path} HTTP/1.1\r\nHost: x\r\n{token}{length}\r\nConnection: close\r\n\r\n")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The server's own word for what went wrong.
    pub fn code(&self) -> String {
        protocol::call::Problem::decode(self.body.as_slice()).unwrap().code
    }
}

/// One answer; `None` when the connection ended without one.
pub fn read_answer(stream: &mut impl Read) -> Option<Answer> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end {
            let text = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = text.lines().find_map(|l| l.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= end + length {
                let status = text.split(' ').nth(1).unwrap().parse().unwrap();
                return Some(Answer { status, body: bytes[end..end + length].to_vec() });
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&piece[..n]),
        }
    }
}

/// A device with a store of its own.
pub struct Device {
    _folder: TempDir,
    pub store: Store,
    pub url: String,
    pub seen: Seen,
    people: u64,
}

impl Device {
    /// Made, and not enrolled yet.
    pub fn new() -> Device {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::new([3; 32]);
        let store = Store::create(&folder.path().join("home"), &key, Role::Device).unwrap();
        let (url, seen) = (String::new(), Seen::default());
        Device { _folder: folder, store, url, seen, people: 0 }
    }

    pub fn enrolled(server: &Server, units: &[&str]) -> Device {
        let mut device = Device::new();
        device.enrol(server, &server.code(units)).unwrap();
        device
    }

    pub fn enrol_request(&self, code: &str) -> EnrolRequest {
        EnrolRequest {
            protocol: protocol::PROTOCOL_VERSION,
            code: code.to_owned(),
            device: self.store.device().unwrap().to_vec(),
            public_key: self.store.public_key().unwrap().to_vec(),
            name: "测试平板".to_owned(),
        }
    }

    pub fn enrol(&mut self, server: &Server, code: &str) -> Result<(), sync::CarrierError> {
        let request = self.enrol_request(code);
        let enrolled =
            sync::enrol(&server.url, server.pin(), &request, clock(), HttpsLimits::default())?;
        let settings: [(Setting, &[u8]); 3] = [
            (Setting::Token, enrolled.answer.token.as_bytes()),
            (Setting::CaPem, enrolled.ca_pem.as_bytes()),
            (Setting::Policy, &i64::from(enrolled.answer.policy).to_be_bytes()),
        ];
        let root = enrolled.server_public_key;
        self.store.become_enrolled(&enrolled.certificate, &root, &settings).unwrap();
        self.url = server.url.clone();
        Ok(())
    }

    pub fn token(&self) -> String {
        self.store.setting_text(Setting::Token).unwrap().unwrap()
    }

    /// Someone registered at a stop: a small real entry.
    pub fn register(&mut self, unit: &str) -> ledger::Reference {
        self.people += 1;
        let entry = registration(&self.store.device().unwrap(), self.people);
        let unit = domain::ids::UnitCode(unit.to_owned());
        self.store.append(&unit, &[entry]).unwrap().remove(0)
    }

    pub fn start(&self) -> Start {
        Start {
            server_public_key: self.store.server_public_key().unwrap().unwrap(),
            seen: self.seen.clone(),
            unix_ms: 0,
            unsent: self.unsent(),
            pace: Pace::default(),
            first_units: Vec::new(),
            push_only: false,
            nonce: [7; 16],
        }
    }

    pub fn https(&self, url: &str) -> Https {
        let ca = self.store.setting_text(Setting::CaPem).unwrap().unwrap();
        Https::new(url, &ca, &self.token(), clock(), HttpsLimits::default()).unwrap()
    }

    pub fn try_sync(&mut self, url: &str) -> Result<Outcome, Stopped<store::StoreError>> {
        let (mut https, start) = (self.https(url), self.start());
        let ran = sync::run(&mut self.store, &mut https, &start);
        let outcome = match &ran {
            Ok(outcome) => outcome,
            Err(stopped) => &stopped.outcome,
        };
        self.store.note_server_heads(&outcome.server_heads).unwrap();
        self.seen = outcome.seen.clone();
        ran
    }

    pub fn sync(&mut self) -> Outcome {
        let url = self.url.clone();
        self.try_sync(&url).unwrap()
    }

    pub fn unsent(&self) -> u64 {
        u64::try_from(self.store.counts().unwrap().unsent).unwrap()
    }
}

pub fn registration(device: &[u8; 16], number: u64) -> Entry {
    let mut person = *device;
    person[..8].copy_from_slice(&number.to_be_bytes());
    let details = DetailsFact { name: format!("居民{number}"), ..DetailsFact::default() };
    let header = Header {
        person: person.to_vec(),
        round: ROUND,
        day: Some(9_700),
        policy: 1,
        ..Header::default()
    };
    let fact = RegistrationFact { details: Some(details), kind: 1, ..RegistrationFact::default() };
    Entry { header, fact: Fact::Registration(fact) }
}

/// Positions of all streams of a unit, to compare two stores.
pub fn heads(store: &Store, unit: &str) -> ledger::Heads {
    let unit = ledger::UnitKey::try_new(unit).unwrap();
    store.heads(Some(&[unit].into())).unwrap()
}

/// This machine's, which the server's certificate was made by.
pub fn clock() -> sync::DeviceClock {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let unix_ms = i64::try_from(since.as_millis()).unwrap();
    sync::DeviceClock { unix_ms, heard_unix_ms: None }
}
