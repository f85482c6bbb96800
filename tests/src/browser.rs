//! A hall's browser as a story drives it: real TLS and HTTP to one hub, the pairing's cookie kept, commands sent. Not a page: nobody
//! draws anything.

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// Who does not answer so long is gone; a question that waits for news is answered after twenty seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a browser trusts: one CA and no other.
pub fn trusting(ca_pem: &str) -> Arc<ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// The certificate that answers at an address, as SHA-256 in hex, by whom this browser trusts; or why it does not.
pub fn fingerprint_at(
    address: &str,
    name: &str,
    config: &Arc<ClientConfig>,
) -> Result<String, String> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut tls = rustls::ClientConnection::new(config.clone(), name).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    while tls.is_handshaking() {
        tls.complete_io(&mut socket).map_err(|error| error.to_string())?;
    }
    let shown = tls.peer_certificates().and_then(|all| all.first()).unwrap();
    Ok(Sha256::digest(shown).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[derive(Clone)]
pub struct Browser {
    /// Where it connects to, and what it believes there.
    pub address: String,
    /// The name it wants to see proven.
    pub name: String,
    pub config: Arc<ClientConfig>,
    pub cookie: Option<String>,
    /// What it says it asks for, and from which page.
    pub host: String,
    pub origin: Option<String>,
    /// How long it waits to be connected, and between two pieces of an answer.
    pub patience: Duration,
}

impl Browser {
    /// One that has come to an address and is not paired.
    pub fn new(address: &str, name: &str, config: &Arc<ClientConfig>) -> Browser {
        Browser {
            address: address.to_owned(),
            name: name.to_owned(),
            config: config.clone(),
            cookie: None,
            host: address.to_owned(),
            origin: Some(format!("https://{address}")),
            patience: PATIENCE,
        }
    }

    /// One request on a connection of its own: the status, the whole header, the body.
    pub fn send(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        self.try_send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The same where nobody may answer: then it is not known whether it was done.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<(u16, String, String)> {
        let name = ServerName::try_from(self.name.clone()).unwrap();
        let tls = rustls::ClientConnection::new(self.config.clone(), name).unwrap();
        let socket = TcpStream::connect_timeout(&self.address.parse().unwrap(), self.patience)?;
        socket.set_read_timeout(Some(self.patience))?;
        let mut stream = rustls::StreamOwned::new(tls, socket);
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.host,
            body.len()
        );
        if let Some(cookie) = &self.cookie {
            request.push_str(&format!("Cookie: __Host-seat={cookie}\r\n"));
        }
        if let Some(origin) = self.origin.as_ref().filter(|_| method == "POST") {
            request.push_str(&format!("Origin: {origin}\r\n"));
        }
        stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
        let mut answer = Vec::new();
        // The end without a closing word is an end too.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(ErrorKind::UnexpectedEof)?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok((status, head.to_owned(), body.to_owned()))
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let (status, _, body) = self.send("GET", path, "");
        (status, body)
    }

    /// Status and failure's code; a cookie given is kept.
    pub fn pair(&mut self, code: &str) -> (u16, String) {
        self.try_pair(code).unwrap_or_else(|error| panic!("pairing: {error}"))
    }

    /// The same where nobody may answer.
    pub fn try_pair(&mut self, code: &str) -> std::io::Result<(u16, String)> {
        let (status, head, body) = self.try_send("POST", "/pair", code)?;
        let given = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_cookie = name.eq_ignore_ascii_case("set-cookie");
            is_cookie.then(|| value.split(['=', ';']).nth(1).unwrap().to_owned())
        });
        self.cookie = given.or(self.cookie.take());
        Ok((status, code_of(&body)))
    }

    pub fn rpc(&self, command: &str, ask: Value) -> (u16, Value) {
        let body = json!({ "command": command, "ask": ask }).to_string();
        let (status, _, body) = self.send("POST", "/rpc", &body);
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    /// A command that goes well if it is answered.
    pub fn try_ask(&self, command: &str, ask: Value) -> std::io::Result<Value> {
        let body = json!({ "command": command, "ask": ask }).to_string();
        let (status, _, answer) = self.try_send("POST", "/rpc", &body)?;
        assert_eq!(status, 200, "{command}: {answer}");
        Ok(serde_json::from_str(&answer).unwrap())
    }

    /// A command that has to go well.
    pub fn ask(&self, command: &str, ask: Value) -> Value {
        let (status, answer) = self.rpc(command, ask);
        assert_eq!(status, 200, "{command}: {answer}");
        answer
    }

    /// A command that has to be refused: the status and the failure's code.
    pub fn refused(&self, command: &str, ask: Value) -> (u16, String) {
        let (status, answer) = self.rpc(command, ask);
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Signs in as one of the accounts of the device.
    pub fn sign_in(&self, account: &str, password: &str) -> Value {
        let state = self.ask("state", json!({}));
        let slots = state["slots"].as_array().unwrap();
        let slot = slots.iter().find(|slot| slot["account"] == account).unwrap()["slot"].clone();
        self.ask("unlock", json!({ "slot": slot, "password": password }))
    }
}

fn code_of(body: &str) -> String {
    let said: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    said["code"].as_str().unwrap_or_default().to_owned()
}
