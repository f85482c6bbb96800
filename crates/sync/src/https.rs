//! The HTTPS carrier: reqwest over TLS 1.3 with the one pinned CA. No redirects, no proxy from the
//! environment, no cookies, no decompression of its own; every call bounded in time and size.
//!
//! Blocking on a small runtime of its own: call it from a plain thread. It tells failures apart and believes
//! only what looks exactly as the server writes it; what the bytes prove is `verdict`'s and `ledger`'s.

use crate::carrier::{Carrier, CarrierError, Traffic};
use crate::device_clock::DeviceClock;
use crate::signed::read_signed;
use crate::tls;
use prost::Message;
use protocol::call::{
    AccountAnswer, AccountRequest, BODY_BYTES_MAX, HeadsRequest, Problem, PullRequest, PushAnswer,
};
use protocol::failure::Code;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Url};
use rustls::{CertificateError, ClientConfig, Error as TlsError};
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

/// Messages.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";
/// Batches.
const ZSTD: &str = "application/zstd";

/// Bounds of one call.
#[derive(Debug, Clone, Copy)]
pub struct HttpsLimits {
    /// To be connected and past the handshake.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// From connecting to the last byte.
    pub whole: Duration,
    pub answer_bytes_max: usize,
}

impl Default for HttpsLimits {
    fn default() -> HttpsLimits {
        HttpsLimits {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            whole: Duration::from_secs(120),
            answer_bytes_max: BODY_BYTES_MAX,
        }
    }
}

/// The way to one server.
pub struct Https {
    pub(crate) wire: Wire,
    authorization: HeaderValue,
}

impl Https {
    /// `url` is the server's base address (`https://host:port`), `ca_pem` the CA kept at enrolment. Dates are
    /// judged by `clock`.
    pub fn new(
        url: &str,
        ca_pem: &str,
        token: &str,
        clock: DeviceClock,
        limits: HttpsLimits,
    ) -> Result<Https, CarrierError> {
        Https::at(url, None, ca_pem, token, clock, limits)
    }

    /// The same, where the name in `url` is found at an address told beforehand.
    pub(crate) fn at(
        url: &str,
        at: Option<(&str, SocketAddr)>,
        ca_pem: &str,
        token: &str,
        clock: DeviceClock,
        limits: HttpsLimits,
    ) -> Result<Https, CarrierError> {
        let config = tls::trusting(ca_pem, clock).map_err(|_| CarrierError::Local)?;
        let bearer = format!("Bearer {token}");
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| CarrierError::Token)?;
        authorization.set_sensitive(true);
        Ok(Https { wire: Wire::at(url, at, config, limits)?, authorization })
    }

    /// Whom a one-time account code is for, as the server with this key signed it.
    pub fn account(
        &mut self,
        request: &AccountRequest,
        server_public_key: &[u8; 32],
    ) -> Result<AccountAnswer, CarrierError> {
        let body = request.encode_to_vec();
        let call = Call { path: "account", sends: PROTOBUF, body, status: 200, takes: PROTOBUF };
        let bytes = self.call(&call)?;
        read_signed("account", &call.body, &bytes, server_public_key)
            .ok_or(CarrierError::AnswerUnknown)
    }

    pub(crate) fn call(&mut self, call: &Call) -> Result<Vec<u8>, CarrierError> {
        self.wire.call(call, Some(&self.authorization))
    }
}

impl Carrier for Https {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        let body = request.encode_to_vec();
        let call = Call { path: "heads", sends: PROTOBUF, body, status: 200, takes: PROTOBUF };
        self.call(&call)
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        let body = batch.to_vec();
        let call = Call { path: "push", sends: ZSTD, body, status: 201, takes: PROTOBUF };
        read(&self.call(&call)?)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        let body = request.encode_to_vec();
        let call = Call { path: "pull", sends: PROTOBUF, body, status: 200, takes: ZSTD };
        self.call(&call)
    }

    fn traffic(&self) -> Traffic {
        self.wire.traffic
    }
}

/// An answer of the expected status and type that still does not read was not written by the server.
pub(crate) fn read<M: Message + Default>(body: &[u8]) -> Result<M, CarrierError> {
    M::decode(body).map_err(|_| CarrierError::AnswerUnknown)
}

/// One call: what goes, and the only answer that counts.
pub(crate) struct Call {
    pub path: &'static str,
    pub sends: &'static str,
    pub body: Vec<u8>,
    pub status: u16,
    pub takes: &'static str,
}

/// An HTTP client with its runtime, and what went through it.
pub(crate) struct Wire {
    client: Client,
    base: Url,
    runtime: tokio::runtime::Runtime,
    limits: HttpsLimits,
    traffic: Traffic,
}

struct Answer {
    status: u16,
    content_type: String,
    retry_after_s: Option<u32>,
    body: Vec<u8>,
}

impl Wire {
    pub fn new(url: &str, config: ClientConfig, limits: HttpsLimits) -> Result<Wire, CarrierError> {
        Wire::at(url, None, config, limits)
    }

    fn at(
        url: &str,
        at: Option<(&str, SocketAddr)>,
        config: ClientConfig,
        limits: HttpsLimits,
    ) -> Result<Wire, CarrierError> {
        let mut base = Url::parse(url.trim()).map_err(|_| CarrierError::Address)?;
        if base.scheme() != "https" || !base.has_host() {
            return Err(CarrierError::Address);
        }
        base.set_path("/sync/v1/");
        base.set_query(None);
        base.set_fragment(None);
        let mut builder = Client::builder();
        if let Some((name, address)) = at {
            builder = builder.resolve(name, address);
        }
        let client = builder
            .tls_backend_preconfigured(config)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .connect_timeout(limits.connect)
            .timeout(limits.whole)
            .build()
            .map_err(|_| CarrierError::Local)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| CarrierError::Local)?;
        Ok(Wire { client, base, runtime, limits, traffic: Traffic::default() })
    }

    /// The body of the one answer that counts; everything else is an error.
    pub fn call(
        &mut self,
        call: &Call,
        authorization: Option<&HeaderValue>,
    ) -> Result<Vec<u8>, CarrierError> {
        let url = self.base.join(call.path).map_err(|_| CarrierError::Address)?;
        let mut request = self.client.post(url).header(CONTENT_TYPE, call.sends);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        self.traffic.bytes_up += call.body.len() as u64;
        let exchange = exchange(request.body(call.body.clone()), self.limits);
        let (bytes_down, answer) = self.runtime.block_on(exchange);
        self.traffic.bytes_down += bytes_down;
        judge(call, answer?)
    }
}

/// Sends and reads to the end, within limits; how many bytes of body came, whatever became of them.
async fn exchange(
    request: reqwest::RequestBuilder,
    limits: HttpsLimits,
) -> (u64, Result<Answer, CarrierError>) {
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(error) => return (0, Err(tell_apart(&error))),
    };
    let header = |name: HeaderName| response.headers().get(name).and_then(|v| v.to_str().ok());
    let content_type = header(CONTENT_TYPE).unwrap_or_default().to_owned();
    // Seconds; a date would have to be read by this device's clock.
    let retry_after_s = header(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
    let status = response.status().as_u16();
    let mut body: Vec<u8> = Vec::new();
    loop {
        let failed = match tokio::time::timeout(limits.idle, response.chunk()).await {
            Ok(Ok(Some(piece))) => {
                body.extend_from_slice(&piece);
                (body.len() > limits.answer_bytes_max).then_some(CarrierError::AnswerUnknown)
            }
            Ok(Ok(None)) => break,
            Ok(Err(error)) => Some(tell_apart(&error)),
            Err(_) => Some(CarrierError::TimedOut),
        };
        if let Some(error) = failed {
            return (body.len() as u64, Err(error));
        }
    }
    (body.len() as u64, Ok(Answer { status, content_type, retry_after_s, body }))
}

/// Only the expected status with the expected type is an answer. A portal's page, a proxy's error and a
/// success of the wrong kind are all "unknown"; the server's own problems say so in its own type.
fn judge(call: &Call, answer: Answer) -> Result<Vec<u8>, CarrierError> {
    if answer.status == call.status && answer.content_type == call.takes {
        return Ok(answer.body);
    }
    let is_ours = answer.content_type == PROTOBUF && !(200..300).contains(&answer.status);
    let problem = is_ours.then(|| Problem::decode(answer.body.as_slice()).ok()).flatten();
    let code: Option<Code> = problem.and_then(|problem| problem.code.parse().ok());
    Err(match (answer.status, code) {
        (413, _) | (_, Some(Code::RequestTooLarge)) => CarrierError::TooLarge,
        (_, Some(Code::ServerBusy)) | (429 | 502 | 503 | 504, None) => {
            CarrierError::Busy { retry_after_s: answer.retry_after_s }
        }
        (_, Some(Code::TokenInvalid)) => CarrierError::Token,
        (_, Some(code)) => CarrierError::Refused(code),
        (_, None) => CarrierError::AnswerUnknown,
    })
}

/// What a person can do about it depends on which of these it was.
fn tell_apart(error: &reqwest::Error) -> CarrierError {
    if let Some(tls) = find_tls(error) {
        return match tls {
            TlsError::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            ) => CarrierError::CertificateDate,
            // After the handshake a broken record is a broken answer, not another server.
            TlsError::DecryptError if !error.is_connect() => CarrierError::AnswerUnknown,
            _ => CarrierError::Untrusted,
        };
    }
    if error.is_connect() {
        CarrierError::Unreachable
    } else if error.is_timeout() {
        CarrierError::TimedOut
    } else if error.is_builder() {
        CarrierError::Local
    } else {
        CarrierError::AnswerUnknown
    }
}

/// The TLS error in a chain of causes. An `io::Error` hides its inner error from `source`.
fn find_tls(error: &reqwest::Error) -> Option<&TlsError> {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = next {
        if let Some(tls) = cause.downcast_ref::<TlsError>() {
            return Some(tls);
        }
        next = match cause.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => cause.source(),
        };
    }
    None
}
