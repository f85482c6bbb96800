//! A page in a browser over the same bounded accept loop: the app's files, and one address that takes its commands.
//! For one person at this machine: loopback, a certificate made for this run, a session token that the first address
//! carries and a cookie keeps.
//!
//! Not the central server's routes, and nothing of what a command does: that is the handler's.

use crate::host::{fill_random, now};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HOST, HeaderValue, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use protocol::{Code, Failure};
use serve::page::answer;
use serve::{
    Files, Limits, Serving, body, load_files, make_ca, make_leaf, server_config, stop_signal,
};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;

const COOKIE_NAME: &str = "__Host-session";

/// Takes a command as JSON and answers JSON: `Ok` what it answered, `Err` the failure.
pub type Answering = dyn Fn(&[u8]) -> Result<Vec<u8>, Vec<u8>> + Send + Sync;

/// What one page is made of.
pub struct PageOrder<'a> {
    /// The folder with `index.html`.
    pub files: &'a Path,
    pub listen: SocketAddr,
    pub request_bytes_max: usize,
    pub handler: Arc<Answering>,
}

struct Page {
    files: Files,
    token: String,
    host: String,
    handler: Arc<Answering>,
    limits: Limits,
}

/// Serves the page until the process is asked to stop. `announce` hears the address to open, with its token.
pub fn serve_page_until_stopped(order: &PageOrder, announce: &dyn Fn(&str)) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|_| Failure::new(Code::Internal))?;
    let files = load_files(order.files)?;
    runtime.block_on(async {
        let listener = TcpListener::bind(order.listen).await;
        let listener = listener.map_err(|_| Failure::new(Code::AddressInUse))?;
        let bound = listener.local_addr().map_err(|_| Failure::new(Code::AddressInUse))?;
        let now = now()?;
        let hosts = vec![bound.ip().to_string(), "localhost".to_owned()];
        let ca = make_ca(now).map_err(|_| Failure::new(Code::Internal))?;
        let leaf = make_leaf(&ca, &hosts, now).map_err(|_| Failure::new(Code::Internal))?;
        let config = server_config(&ca.certificate_pem, &leaf);
        let config = config.map_err(|_| Failure::new(Code::Internal))?;
        let mut random = [0_u8; 32];
        fill_random(&mut random)?;
        let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let limits = Limits { body_bytes_max: order.request_bytes_max, ..Limits::default() };
        let url = format!("https://{bound}");
        let handler = order.handler.clone();
        let host = bound.to_string();
        let page = Arc::new(Page { files, token: token.clone(), host, handler, limits });
        let serving = Serving::over(listener, config, router(page), limits);
        let stop = stop_signal().map_err(|_| Failure::new(Code::Internal))?;
        announce(&format!("{url}/enter/{token}"));
        serving.run(stop).await;
        Ok(())
    })
}

fn router(page: Arc<Page>) -> Router {
    Router::new()
        .route("/enter/{token}", get(enter))
        .route("/rpc", post(rpc))
        .fallback(get(file))
        .with_state(page)
}

/// The first visit: the token of the address becomes a cookie, and leaves the address.
async fn enter(
    State(page): State<Arc<Page>>,
    axum::extract::Path(token): axum::extract::Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    if !page.is_asked(&headers) || !same(&token, &page.token) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let mut response = answer(StatusCode::SEE_OTHER, "text/plain", Vec::new());
    let cookie = format!("{COOKIE_NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
    response
}

/// The app's files: nothing in them is anybody's.
async fn file(State(page): State<Arc<Page>>, request: Request) -> Response<Body> {
    if !page.is_asked(request.headers()) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let path = match request.uri().path() {
        "/" => "index.html",
        path => path.trim_start_matches('/'),
    };
    match page.files.get(path) {
        Some((media_type, bytes)) => answer(StatusCode::OK, media_type, bytes.clone()),
        None => refusal(StatusCode::NOT_FOUND),
    }
}

/// One command. The session first, then the body.
async fn rpc(State(page): State<Arc<Page>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let from_here = parts
        .headers
        .get(ORIGIN)
        .is_none_or(|origin| origin.as_bytes() == format!("https://{}", page.host).as_bytes());
    if !page.is_asked(&parts.headers) || !from_here || !page.has_session(&parts.headers) {
        return refusal(StatusCode::UNAUTHORIZED);
    }
    let bytes_max = page.limits.body_bytes_max;
    if body::announces_more(&parts.headers, bytes_max) {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let Ok(body) = body::read(body, bytes_max, page.limits.body_idle).await else {
        return refusal(StatusCode::BAD_REQUEST);
    };
    let handler = page.handler.clone();
    let done = tokio::task::spawn_blocking(move || handler(&body)).await;
    match done {
        Ok(Ok(bytes)) => answer(StatusCode::OK, "application/json", bytes),
        Ok(Err(bytes)) => answer(StatusCode::UNPROCESSABLE_ENTITY, "application/json", bytes),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl Page {
    /// By this address and no other name: a page of elsewhere whose name was turned to this machine is not served.
    fn is_asked(&self, headers: &HeaderMap) -> bool {
        headers.get(HOST).is_some_and(|host| host.as_bytes() == self.host.as_bytes())
    }

    fn has_session(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or("");
        let mut named = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        named.any(|(name, value)| name == COOKIE_NAME && same(value, &self.token))
    }
}

/// Compares without telling by its time where the first difference is.
fn same(a: &str, b: &str) -> bool {
    let different = a.bytes().zip(b.bytes()).fold(0, |different, (a, b)| different | (a ^ b));
    a.len() == b.len() && std::hint::black_box(different) == 0
}

fn refusal(status: StatusCode) -> Response<Body> {
    answer(status, "text/plain", Vec::new())
}
