//! What a hub answers to browsers: the page that pairs, the organisation's CA to install, and for who is paired the app's
//! files and commands. Over the caller's accept loop and address; beside it the caller answers devices.
//!
//! A browser without a pairing gets the pairing page and nothing else. A hub is asked for by a private address (a page of
//! elsewhere whose name was turned to this machine is not served), and whatever changes something has to come from a page
//! of this hub.

use super::seats::Hall;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HOST, HeaderValue, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use protocol::rpc::Command;
use protocol::{Code, Failure};
use serve::page::answer;
use serve::{Files, Limits, Tries, Visitor, body};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

const COOKIE_NAME: &str = "__Host-seat";
/// How long a browser keeps its cookie, seconds; the hall forgets it earlier when it closes.
const COOKIE_S: u32 = 14 * 3_600;
/// A pairing's body, bytes: one code.
const PAIR_BYTES_MAX: usize = 256;
/// A seat's command, bytes: no workbook comes from a tablet.
const COMMAND_BYTES_MAX: usize = 1 << 20;
/// Codes tried from one address in a minute.
const PAIRS_PER_MINUTE_MAX: u32 = 10;
/// The files that somebody without a pairing gets, and the first of them for every address.
const PAIRING_FILES: [&str; 4] = ["pair.html", "pair.js", "pair.css", "icon.svg"];

/// What a hub serves to browsers.
pub struct HallPage {
    pub hall: Arc<Hall>,
    /// The app's files, with the pairing page among them.
    pub files: Files,
    /// The organisation's CA certificate, PEM.
    pub ca_pem: String,
    pub limits: Limits,
}

struct Answering {
    page: HallPage,
    tries: Tries,
}

/// The routes; merge them with those that answer devices.
pub fn router(page: HallPage) -> Router {
    Router::new()
        .route("/pair", post(pair))
        .route("/rpc", post(rpc))
        .route("/ca.crt", get(ca))
        .fallback(get(file))
        .with_state(Arc::new(Answering { page, tries: Tries::default() }))
}

/// A code becomes a cookie. The tries are counted before the code is looked at.
async fn pair(State(own): State<Arc<Answering>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if !is_asked(&parts.headers) || !own.is_from_here(&parts.headers) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let address = parts.extensions.get::<Arc<Visitor>>().map(|visitor| visitor.address);
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let now_ms = own.page.hall.now_ms();
    if !own.tries.allow(address, now_ms, PAIRS_PER_MINUTE_MAX) {
        return failed(StatusCode::TOO_MANY_REQUESTS, &Failure::new(Code::PairingWait));
    }
    let idle = own.page.limits.body_idle;
    let Ok(body) = body::read(body, PAIR_BYTES_MAX, idle).await else {
        return refusal(StatusCode::BAD_REQUEST);
    };
    let code = String::from_utf8_lossy(&body).into_owned();
    match own.page.hall.pair(&code) {
        Err(failure) => failed(StatusCode::FORBIDDEN, &failure),
        Ok(secret) => {
            let mut response = answer(StatusCode::NO_CONTENT, "text/plain", Vec::new());
            let cookie = format!(
                "{COOKIE_NAME}={secret}; Path=/; Max-Age={COOKIE_S}; Secure; HttpOnly; SameSite=Strict"
            );
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(SET_COOKIE, cookie);
            }
            response
        }
    }
}

/// The CA is no secret: whoever installs it is asked by their own system first.
async fn ca(State(own): State<Arc<Answering>>, headers: HeaderMap) -> Response<Body> {
    if !is_asked(&headers) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let pem = own.page.ca_pem.clone().into_bytes();
    answer(StatusCode::OK, "application/x-x509-ca-cert", pem)
}

/// The app's files for who is paired; for anybody else the pairing page.
async fn file(State(own): State<Arc<Answering>>, request: Request) -> Response<Body> {
    if !is_asked(request.headers()) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let is_paired = own.secret(request.headers()).is_some();
    let path = request.uri().path().trim_start_matches('/');
    let path = match (path, is_paired) {
        ("", true) => "index.html",
        ("", false) => "pair.html",
        (path, true) => path,
        (path, false) if PAIRING_FILES.contains(&path) => path,
        (_, false) => return refusal(StatusCode::FORBIDDEN),
    };
    if is_paired {
        trust(request.extensions().get());
    }
    match own.page.files.get(path) {
        Some((media_type, bytes)) => answer(StatusCode::OK, media_type, bytes.clone()),
        None => refusal(StatusCode::NOT_FOUND),
    }
}

/// One command at the browser's own seat. The pairing first, then the body.
async fn rpc(State(own): State<Arc<Answering>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if !is_asked(&parts.headers) || !own.is_from_here(&parts.headers) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let Some(secret) = own.secret(&parts.headers) else {
        return failed(StatusCode::UNAUTHORIZED, &Failure::new(Code::Unpaired));
    };
    trust(parts.extensions.get());
    if body::announces_more(&parts.headers, COMMAND_BYTES_MAX) {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let idle = own.page.limits.body_idle;
    let Ok(body) = body::read(body, COMMAND_BYTES_MAX, idle).await else {
        return refusal(StatusCode::BAD_REQUEST);
    };
    let Ok(command) = serde_json::from_slice::<Command>(&body) else {
        return failed(StatusCode::UNPROCESSABLE_ENTITY, &Failure::new(Code::RequestMalformed));
    };
    let hall = own.page.hall.clone();
    let done = tokio::task::spawn_blocking(move || hall.call(&secret, command)).await;
    match done {
        Ok(Ok(answered)) => match serde_json::to_vec(&answered) {
            Ok(bytes) => answer(StatusCode::OK, "application/json", bytes),
            Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR),
        },
        Ok(Err(failure)) if failure.code == Code::Unpaired => {
            failed(StatusCode::UNAUTHORIZED, &failure)
        }
        Ok(Err(failure)) => failed(StatusCode::UNPROCESSABLE_ENTITY, &failure),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A connection of a paired browser is not the first to make room.
fn trust(visitor: Option<&Arc<Visitor>>) {
    if let Some(visitor) = visitor {
        visitor.trust();
    }
}

impl Answering {
    /// From a page of the very name it is asked by. A browser says so with every POST; who does not is none.
    fn is_from_here(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
        origin == Some(format!("https://{host}").as_bytes())
    }

    /// The secret of the cookie where the hall knows it.
    fn secret(&self, headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok())?;
        let mut named = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let (_, secret) = named.find(|(name, _)| *name == COOKIE_NAME)?;
        self.page.hall.knows(secret).then(|| secret.to_owned())
    }
}

/// By an address of a hall's own network, never by a name: a name of elsewhere can be turned to this machine, an address
/// cannot.
fn is_asked(headers: &HeaderMap) -> bool {
    let asked = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let address = match asked.parse::<SocketAddr>() {
        Ok(address) => Some(address.ip()),
        Err(_) => asked.parse::<IpAddr>().ok(),
    };
    match address {
        Some(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        Some(IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unique_local(),
        None => false,
    }
}

fn failed(status: StatusCode, failure: &Failure) -> Response<Body> {
    let said = serde_json::json!({ "code": failure.code.word(), "text": failure.zh() });
    answer(status, "application/json", said.to_string().into_bytes())
}

fn refusal(status: StatusCode) -> Response<Body> {
    answer(status, "text/plain", Vec::new())
}
