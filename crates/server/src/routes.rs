//! The calls of `/sync/v1`: who asks is settled first, then the body is read within limits, then it is inflated
//! and decoded, and only then does anything wait for the database. What heads, push and pull answer is
//! `sync::answer`'s; how a device is let in is `store`'s.

use crate::access::{asker, district, token};
use crate::host::unix_ms;
use crate::hub_certificate::hub_certificate;
use crate::present::present;
use crate::reply::{self, Reply, ZSTD};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use ledger::{Batch, SigningKey, UnitKey, public_key};
use prost::Message;
use protocol::call::{
    AccountAnswer, AccountRequest, EnrolAnswer, EnrolRequest, HeadsAnswer, HeadsRequest,
    PullRequest,
};
use protocol::{Code, PROTOCOL_VERSION};
use serve::body::{self, BodyProblem};
use serve::{Challenges, Limits, Tries, Turn, Turns, Visitor, compute};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::{EnrolAsk, Heard, Setting, Store, StoreError};
use sync::answer::{self, AnswerError, Here};
use sync::{BatchProblem, decode_batch, encode_batch};

/// A device that calls often is noted this often, unless it tells something new.
const HEARD_EVERY_MS: i64 = 60_000;
/// Longest name of a device, bytes.
const NAME_BYTES_MAX: usize = 200;

pub(crate) type Pool = serve::Pool<Store, StoreError>;

/// What all requests of one server share.
pub struct App {
    pub(crate) pool: Pool,
    pub(crate) signer: SigningKey,
    pub(crate) limits: Limits,
    turns: Turns,
    tries: Tries,
    /// Calls of `present`, and the challenges it gave out.
    pub(crate) showings: Tries,
    pub(crate) challenges: Challenges,
    /// When each device was last noted, and how much it then had unsent.
    noted: Mutex<HashMap<[u8; 16], (i64, u64)>>,
}

impl App {
    pub fn new(pool: Pool, signer: SigningKey, limits: Limits) -> App {
        App {
            pool,
            signer,
            limits,
            turns: Turns::default(),
            tries: Tries::default(),
            showings: Tries::default(),
            challenges: Challenges::default(),
            noted: Mutex::default(),
        }
    }
}

/// What a handler says: an answer, or a problem that is one too.
pub(crate) type Said = Result<Reply, Reply>;

pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/sync/v1/enrol", post(async |s, r| said(enrol(s, r).await)))
        .route("/sync/v1/present", post(async |s, r| said(present(s, r).await)))
        .route("/sync/v1/account", post(async |s, r| said(account(s, r).await)))
        .route("/sync/v1/hub_certificate", post(async |s, r| said(hub_certificate(s, r).await)))
        .route("/sync/v1/heads", post(async |s, r| said(heads(s, r).await)))
        .route("/sync/v1/push", post(async |s, r| said(push(s, r).await)))
        .route("/sync/v1/pull", post(async |s, r| said(pull(s, r).await)))
        .fallback(async || reply::closing(Code::ServerRefused))
        .method_not_allowed_fallback(async || {
            reply::closing_with(StatusCode::METHOD_NOT_ALLOWED, Code::ServerRefused)
        })
        .with_state(app)
}

fn said(said: Said) -> Reply {
    said.unwrap_or_else(|problem| problem)
}

/// A request whose sender is known and whose body is read.
pub(crate) struct Admitted {
    pub(crate) device: [u8; 16],
    pub(crate) body: Vec<u8>,
    _turn: Turn,
}

/// Token first; not a byte of the body before it is known whose it is.
pub(crate) async fn admit(app: &App, call: &str, request: Request) -> Result<Admitted, Reply> {
    let (parts, body) = request.into_parts();
    let token = token(&parts.headers).ok_or_else(|| reply::closing(Code::TokenInvalid))?;
    let device = app.pool.read(move |store| store.device_of_token(&token)).await;
    let device = device.map_err(|error| reply::store_failed(call, &error))?;
    let device = device.ok_or_else(|| reply::closing(Code::TokenInvalid))?;
    if let Some(visitor) = parts.extensions.get::<Arc<Visitor>>() {
        visitor.trust();
    }
    let turn = app.turns.take(device, app.limits.per_device_max);
    let turn =
        turn.ok_or_else(|| reply::closing_with(StatusCode::TOO_MANY_REQUESTS, Code::ServerBusy))?;
    if body::announces_more(&parts.headers, app.limits.body_bytes_max) {
        return Err(reply::closing(Code::RequestTooLarge));
    }
    let body = read_body(app, body, app.limits.body_bytes_max).await?;
    Ok(Admitted { device, body, _turn: turn })
}

pub(crate) async fn read_body(app: &App, body: Body, bytes_max: usize) -> Result<Vec<u8>, Reply> {
    let read = body::read(body, bytes_max, app.limits.body_idle).await;
    read.map_err(|problem| match problem {
        BodyProblem::TooLarge => reply::closing(Code::RequestTooLarge),
        BodyProblem::Stalled => {
            reply::closing_with(StatusCode::REQUEST_TIMEOUT, Code::RequestMalformed)
        }
        BodyProblem::Cut => reply::closing(Code::RequestMalformed),
    })
}

pub(crate) fn malformed() -> Reply {
    reply::problem(Code::RequestMalformed)
}

fn not_answered(call: &str, error: AnswerError<StoreError>) -> Reply {
    match error {
        AnswerError::Malformed => reply::problem(Code::RequestMalformed),
        AnswerError::Newer => reply::problem(Code::ProtocolNewer),
        AnswerError::Replica(error) => reply::store_failed(call, &error),
    }
}

/// Read anew each time: a server that finds itself restored is another instance from then on.
fn here(store: &Store) -> Result<Here, StoreError> {
    let instance = store.device()?;
    Ok(Here { instance, policy: store.policy()?, unix_ms: unix_ms() })
}

async fn heads(State(app): State<Arc<App>>, request: Request) -> Said {
    let Admitted { device, body: asked, _turn } = admit(&app, "heads", request).await?;
    let request = HeadsRequest::decode(asked.as_slice()).map_err(|_| malformed())?;
    note_heard(&app, device, &request).await?;
    let signer = app.signer.clone();
    let answered = app.pool.read(move |store| {
        // What this server and its command line wrote since is handed over with this answer.
        ledger::Replica::seal_own(store)?;
        // A server restored to before a policy hears of it here, before it says or makes another.
        store.note_policy_handed(request.policy)?;
        let (asker, here) = (asker(store, device)?, here(store)?);
        let newer = store.newer_certificate(&device, request.certificate_policy)?;
        let certificate = newer.map(|certificate| certificate.encode()).unwrap_or_default();
        let answered = answer::heads(store, &asker, &here, &request);
        let revoked = store.is_revoked(&device)?;
        // A revoked device is told nothing, and can have nothing vouched for.
        let vouch_for = if revoked { &[][..] } else { &request.vouch_for };
        let vouched = answer::vouch(store, &here, vouch_for, &signer);
        Ok(answered.and_then(|answer| {
            Ok(HeadsAnswer { certificate, revoked, vouchers: vouched?, ..answer })
        }))
    });
    let answered = answered.await.map_err(|error| reply::store_failed("heads", &error))?;
    let answer = answered.map_err(|error| not_answered("heads", error))?;
    Ok(reply::signed(StatusCode::OK, ("heads", &asked), &answer, &app.signer))
}

/// For the coordinator's list: when the device called, its clock, what it has left to send.
async fn note_heard(app: &App, device: [u8; 16], request: &HeadsRequest) -> Result<(), Reply> {
    let now = unix_ms();
    let is_news = {
        let mut noted = app.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let last = noted.insert(device, (now, request.unsent));
        match last {
            Some((at, unsent)) if unsent == request.unsent && now - at < HEARD_EVERY_MS => {
                noted.insert(device, (at, unsent));
                false
            }
            Some(_) | None => true,
        }
    };
    if !is_news {
        return Ok(());
    }
    let heard = Heard {
        heard_at_ms: now,
        clock_offset_ms: request.unix_ms.saturating_sub(now),
        unsent: i64::try_from(request.unsent).unwrap_or(i64::MAX),
    };
    let noted = app.pool.write(move |store| store.note_heard(&device, &heard)).await;
    noted.map_err(|error| reply::store_failed("heads", &error))
}

async fn push(State(app): State<Arc<App>>, request: Request) -> Said {
    let Admitted { body, _turn, .. } = admit(&app, "push", request).await?;
    let limits =
        ledger::Limits { bytes_max: app.limits.inflated_bytes_max, ..ledger::Limits::default() };
    // Inflated and decoded by nobody but a known device, and before the write lock is waited for.
    let read = compute(move || (decode_batch(&body, &limits), body)).await;
    let (batch, sent) = read.ok_or_else(|| reply::problem(Code::ServerBusy))?;
    let batch = batch.map_err(|problem| match problem {
        BatchProblem::TooLarge => reply::problem(Code::RequestTooLarge),
        BatchProblem::Compression | BatchProblem::Malformed => {
            reply::problem(Code::RequestMalformed)
        }
    })?;
    let signer = app.signer.clone();
    let answered = app.pool.write(move |store| {
        let here = here(store)?;
        match answer::push(store, &signer, &here, &sent, batch) {
            // The store's own failures close this connection to it.
            Err(AnswerError::Replica(error)) => Err(error),
            answered => Ok(answered),
        }
    });
    let answered = answered.await.map_err(|error| reply::store_failed("push", &error))?;
    let answer = answered.map_err(|error| not_answered("push", error))?;
    Ok(reply::message(StatusCode::CREATED, &answer))
}

async fn pull(State(app): State<Arc<App>>, request: Request) -> Said {
    let admitted = admit(&app, "pull", request).await?;
    let request = PullRequest::decode(admitted.body.as_slice()).map_err(|_| malformed())?;
    let device = admitted.device;
    let answered = app.pool.read(move |store| {
        if store.is_revoked(&device)? {
            // Not even its own: who has the device now is not who wrote it.
            return Ok(Ok(encode_batch(&Batch::default())));
        }
        let asker = asker(store, device)?;
        let batch = answer::pull(store, &asker, &request);
        Ok(batch.map(|batch| encode_batch(&batch)))
    });
    let answered = answered.await.map_err(|error| reply::store_failed("pull", &error))?;
    let encoded = answered.map_err(|error| not_answered("pull", error))?;
    let bytes = encoded.map_err(|_| reply::problem(Code::ServerBusy))?;
    Ok(reply::reply(StatusCode::OK, ZSTD, bytes))
}

async fn enrol(State(app): State<Arc<App>>, request: Request) -> Said {
    let (parts, body) = request.into_parts();
    if let Some(visitor) = parts.extensions.get::<Arc<Visitor>>() {
        let max = app.limits.enrols_per_minute_max;
        if !app.tries.allow(visitor.address, unix_ms(), max) {
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Err(reply::closing_with(status, Code::ServerBusy));
        }
    }
    if body::announces_more(&parts.headers, app.limits.enrol_bytes_max) {
        return Err(reply::closing(Code::RequestTooLarge));
    }
    let body = read_body(&app, body, app.limits.enrol_bytes_max).await?;
    let request = EnrolRequest::decode(body.as_slice()).map_err(|_| malformed())?;
    if request.protocol > PROTOCOL_VERSION {
        return Err(reply::problem(Code::ProtocolNewer));
    }
    let device: [u8; 16] = request.device.as_slice().try_into().map_err(|_| malformed())?;
    let key: [u8; 32] = request.public_key.as_slice().try_into().map_err(|_| malformed())?;
    let is_name = request.name.len() <= NAME_BYTES_MAX && !request.name.contains(char::is_control);
    if request.protocol == 0 || !is_name {
        return Err(malformed());
    }
    let root = public_key(&app.signer);
    let enrolled = app.pool.write(move |store| {
        let ask = EnrolAsk { code: &request.code, device, public_key: key, name: &request.name };
        let now = unix_ms();
        let enrolled = match store.enrol_device(&ask, now)? {
            Ok(enrolled) => enrolled,
            Err(code) => return Ok(Err(code)),
        };
        let named: Vec<String> = enrolled.units.iter().map(UnitKey::to_string).collect();
        let units = office::units_below(&store.units()?, &named);
        Ok(Ok(EnrolAnswer {
            certificate: enrolled.certificate.encode(),
            token: enrolled.token,
            server_public_key: root.to_vec(),
            units: units.iter().map(UnitKey::to_string).collect(),
            district: district(store)?.map(|unit| unit.to_string()).unwrap_or_default(),
            policy: enrolled.policy,
            server_unix_ms: now,
            instance: store.device()?.to_vec(),
            recovery_recipient: recovery_recipient(store)?,
            signature: Vec::new(),
        }))
    });
    let enrolled = enrolled.await.map_err(|error| reply::store_failed("enrol", &error))?;
    let answer = enrolled.map_err(reply::problem)?;
    Ok(reply::signed(StatusCode::CREATED, ("enrol", &body), &answer, &app.signer))
}

/// Whose account a one-time code is: asked by a device that is let in already.
async fn account(State(app): State<Arc<App>>, request: Request) -> Said {
    let Admitted { device, body: asked, _turn } = admit(&app, "account", request).await?;
    let request = AccountRequest::decode(asked.as_slice()).map_err(|_| malformed())?;
    match request.protocol {
        0 => return Err(malformed()),
        1..=PROTOCOL_VERSION => {}
        _ => return Err(reply::problem(Code::ProtocolNewer)),
    }
    let redeemed = app.pool.write(move |store| {
        if store.is_revoked(&device)? {
            // The code stays good: it is for whoever comes with a device that is let in.
            return Ok(Err(Code::DeviceBarred));
        }
        let redeemed = store.redeem_account_code(&request.code, &device, unix_ms())?;
        let operator = match redeemed {
            Ok(operator) => operator,
            Err(code) => return Ok(Err(code)),
        };
        Ok(Ok(AccountAnswer {
            operator: operator.id.0,
            account: operator.account,
            name: operator.name,
            role: operator.role,
            recovery_recipient: recovery_recipient(store)?,
            signature: Vec::new(),
        }))
    });
    let redeemed = redeemed.await.map_err(|error| reply::store_failed("account", &error))?;
    let answer = redeemed.map_err(reply::problem)?;
    Ok(reply::signed(StatusCode::OK, ("account", &asked), &answer, &app.signer))
}

fn recovery_recipient(store: &Store) -> Result<String, StoreError> {
    Ok(store.setting_text(Setting::RecoveryRecipient)?.unwrap_or_default())
}
