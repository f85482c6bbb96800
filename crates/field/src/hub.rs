//! The answering half of a hub: this device answers `/sync/v1` to devices of the same server, with the code the server
//! answers with (`sync::answer`). Who asks has proven a certificate of the server; it is given what its units allow by the
//! newest policy known here, and nothing where it is revoked. What is pushed is taken as the server would take it.
//!
//! Its receipts are signed by this device's key, not by the server's: nobody counts them as 已上传. Not the certificate it
//! shows (`hub_certificate`), nor how others come to it (`hub_link`).

mod entrance;

use crate::hex::hex;
use crate::home::{Home, failed};
use crate::host::Host;
use crate::mark;
use crate::stop_line;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use ledger::{Batch, DeviceCertificate, Replica, SigningKey, UnitKey, own_digest};
use prost::Message;
use protocol::call::{HeadsRequest, LineMessage, PullRequest};
use protocol::{Code, Failure};
use serde::Serialize;
use serve::body::{self, BodyProblem};
use serve::reply::{self, PROTOBUF, Reply, ZSTD};
use serve::{Challenges, Limits, Opening, Serving, Tries, Visitor, compute, server_config};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{Key, Setting, Store, StoreError, voucher_mark};
use sync::answer::{self, AnswerError, Asker, Here};
use sync::{BatchProblem, decode_batch, encode_batch};
use tokio::net::TcpListener;

/// Devices at one hub. This is a laptop.
pub const DEVICES_MAX: usize = 25;
/// A token is 64 hex digits: anything else is not looked up.
const TOKEN_CHARS: usize = 64;
/// Who has not called for so long is no longer connected, ms.
const CONNECTED_MS: i64 = 15_000;

type Pool = serve::Pool<Store, StoreError>;
type Said = Result<Reply, Reply>;

/// What a hub is, and who comes to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HubState {
    /// Where it answers.
    pub address: SocketAddr,
    /// 32 hexadecimal digits: typed or scanned together with the address.
    pub device: String,
    pub guests: Vec<Guest>,
}

/// A device that has proven itself at this hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guest {
    pub device: String,
    pub name: String,
    /// Keys of the stations worked at there, as the device says.
    pub stations: Vec<String>,
    pub connected: bool,
    /// Since it called last, ms.
    pub silent_ms: i64,
    /// Entries the server is not known to have, as the device says (待上传).
    pub unsent: u64,
    /// Its clock minus this one's, ms.
    pub clock_offset_ms: i64,
}

struct Known {
    certificate: DeviceCertificate,
    token_hash: [u8; 32],
    name: String,
    stations: Vec<String>,
    heard_at_ms: i64,
    unsent: u64,
    clock_offset_ms: i64,
}

struct Hub {
    pool: Pool,
    host: Arc<dyn Host>,
    folder: PathBuf,
    device: [u8; 16],
    certificate: Vec<u8>,
    signer: SigningKey,
    root: [u8; 32],
    district: Option<UnitKey>,
    limits: Limits,
    challenges: Challenges,
    showings: Tries,
    known: Mutex<BTreeMap<[u8; 16], Known>>,
    /// The own streams as they stood when last handed over: the install mark counts each hand-over of more.
    handed: Arc<Mutex<Vec<u8>>>,
}

/// A hub bound to its address, not yet answering.
pub struct HubServing {
    serving: Serving,
    watch: HubWatch,
}

/// Looks at a hub while it runs.
#[derive(Clone)]
pub struct HubWatch {
    hub: Arc<Hub>,
    address: SocketAddr,
}

impl HubWatch {
    pub fn state(&self) -> HubState {
        let now = self.hub.host.unix_ms();
        let known = self.hub.known();
        let guests = known.iter().map(|(device, known)| Guest {
            device: hex(device),
            name: known.name.clone(),
            stations: known.stations.clone(),
            connected: now.saturating_sub(known.heard_at_ms) < CONNECTED_MS,
            silent_ms: now.saturating_sub(known.heard_at_ms),
            unsent: known.unsent,
            clock_offset_ms: known.clock_offset_ms,
        });
        let guests = guests.collect();
        HubState { address: self.address, device: hex(&self.hub.device), guests }
    }
}

impl Home {
    /// This device as a hub on an address; port 0 takes a free one. `beside` is what else is answered there. Needs the
    /// certificate the server signed (`renew_hub_certificate`), and no network but the hall's.
    pub async fn serve_hub(
        mut self,
        key: &Key,
        listen: SocketAddr,
        beside: Option<Router>,
    ) -> Result<HubServing, Failure> {
        let leaf = self.hub_credential()?.ok_or(Failure::new(Code::HubNotCertified))?;
        let text = |home: &Home, key| {
            let value = home.store.setting_text(key).map_err(failed)?;
            value.ok_or(Failure::new(Code::NotEnrolled))
        };
        let config = server_config(&text(&self, Setting::CaPem)?, &leaf)?;
        let district = UnitKey::try_new(&text(&self, Setting::District)?).ok();
        let listener = TcpListener::bind(listen).await;
        let listener = listener.map_err(|_| Failure::new(Code::AddressInUse))?;
        let address = listener.local_addr().map_err(|_| Failure::new(Code::AddressInUse))?;
        let root = self.store.server_public_key().map_err(failed)?;
        let root = root.ok_or(Failure::new(Code::NotEnrolled))?;
        let writer = self.store.own_writer().map_err(failed)?;
        let pair = self.store.certificates(&writer).map_err(failed)?;
        let (certificate, _) = pair.ok_or(Failure::new(Code::NotEnrolled))?;
        self.raise_mark()?;
        let limits = Limits { connections_max: 4 * DEVICES_MAX, ..Limits::default() };
        let opening = {
            let (folder, key) = (self.folder.clone(), key.clone());
            Opening {
                open: Box::new(move || Store::open(&folder, &key)),
                busy: || StoreError::Busy,
                broken: || StoreError::Refused(Code::Internal),
            }
        };
        let hub = Arc::new(Hub {
            device: self.store.device().map_err(failed)?,
            certificate: certificate.encode(),
            signer: self.store.signing_key().map_err(failed)?,
            root,
            district,
            limits,
            challenges: Challenges::default(),
            showings: Tries::default(),
            known: Mutex::default(),
            handed: Arc::default(),
            host: self.host,
            folder: self.folder,
            pool: Pool::new(opening, self.store, limits.readers_max, limits.queue),
        });
        let router = router(hub.clone());
        let router = match beside {
            Some(beside) => beside.merge(router),
            None => router.fallback(async || reply::closing(Code::ServerRefused)),
        };
        let serving = Serving::over(listener, config, router, limits);
        Ok(HubServing { serving, watch: HubWatch { hub, address } })
    }
}

impl HubServing {
    pub fn watch(&self) -> HubWatch {
        self.watch.clone()
    }

    /// Answers until `stop` ends.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        self.serving.run(stop).await;
    }
}

fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/sync/v1/present", post(async |s, r| said(entrance::present(s, r).await)))
        .route("/sync/v1/heads", post(async |s, r| said(heads(s, r).await)))
        .route("/sync/v1/push", post(async |s, r| said(push(s, r).await)))
        .route("/sync/v1/pull", post(async |s, r| said(pull(s, r).await)))
        .with_state(hub)
}

fn said(said: Said) -> Reply {
    said.unwrap_or_else(|problem| problem)
}

impl Hub {
    fn known(&self) -> MutexGuard<'_, BTreeMap<[u8; 16], Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose token this is, with the certificate shown for it.
    fn of_token(&self, headers: &HeaderMap) -> Option<DeviceCertificate> {
        let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        let is_token = token.len() == TOKEN_CHARS && token.bytes().all(|b| b.is_ascii_hexdigit());
        let hash: [u8; 32] = Sha256::digest(is_token.then_some(token)?).into();
        let known = self.known();
        // Of hashes: where they first differ tells nothing of a token.
        let found = known.values().find(|known| known.token_hash == hash);
        found.map(|known| known.certificate.clone())
    }
}

/// What a device may pull here: its units by its certificate, and no more than the policy known here still gives it. A
/// revoked one nothing at all.
fn asker(
    store: &Store,
    shown: &DeviceCertificate,
    district: Option<UnitKey>,
) -> Result<Asker, StoreError> {
    let device = shown.device;
    let enrolment = store.enrolment_of(&device)?;
    if enrolment.as_ref().is_some_and(|fact| fact.revoked) {
        return Ok(Asker { device, scope: BTreeSet::new(), may_pull: false });
    }
    let units = store.units()?;
    let named: Vec<String> = shown.units.iter().map(UnitKey::to_string).collect();
    let mut scope = office::units_below(&units, &named);
    if let Some(fact) = enrolment {
        let allowed = office::units_below(&units, &fact.units);
        scope.retain(|unit| allowed.contains(unit));
    }
    scope.extend(district);
    Ok(Asker { device, scope, may_pull: true })
}

/// A request whose sender has proven itself and whose body is read.
async fn admit(hub: &Hub, request: Request) -> Result<(DeviceCertificate, Vec<u8>), Reply> {
    let (parts, body) = request.into_parts();
    let shown = hub.of_token(&parts.headers);
    let shown = shown.ok_or_else(|| reply::closing(Code::TokenInvalid))?;
    if let Some(visitor) = parts.extensions.get::<Arc<Visitor>>() {
        visitor.trust();
    }
    let body = read_body(hub, &parts.headers, body, hub.limits.body_bytes_max).await?;
    Ok((shown, body))
}

async fn read_body(
    hub: &Hub,
    headers: &HeaderMap,
    body: axum::body::Body,
    bytes_max: usize,
) -> Result<Vec<u8>, Reply> {
    if body::announces_more(headers, bytes_max) {
        return Err(reply::closing(Code::RequestTooLarge));
    }
    let read = body::read(body, bytes_max, hub.limits.body_idle).await;
    read.map_err(|problem| match problem {
        BodyProblem::TooLarge => reply::closing(Code::RequestTooLarge),
        BodyProblem::Stalled | BodyProblem::Cut => reply::closing(Code::RequestMalformed),
    })
}

fn malformed() -> Reply {
    reply::problem(Code::RequestMalformed)
}

fn busy<E>(_: E) -> Reply {
    reply::problem(Code::ServerBusy)
}

fn not_answered(error: AnswerError<StoreError>) -> Reply {
    reply::problem(match error {
        AnswerError::Malformed => Code::RequestMalformed,
        AnswerError::Newer => Code::ProtocolNewer,
        AnswerError::Replica(_) => Code::ServerBusy,
    })
}

async fn heads(State(hub): State<Arc<Hub>>, request: Request) -> Said {
    let (shown, asked) = admit(&hub, request).await?;
    let request = HeadsRequest::decode(asked.as_slice()).map_err(|_| malformed())?;
    let now = hub.host.unix_ms();
    if let Some(known) = hub.known().get_mut(&shown.device) {
        known.heard_at_ms = now;
        known.unsent = request.unsent;
        known.clock_offset_ms = request.unix_ms.saturating_sub(now);
    }
    if !request.vouchers.is_empty() {
        // Each proves itself by the server's key, whoever brings it.
        let shown = request.vouchers.clone();
        hub.pool.write(move |store| store.keep_vouchers(&shown)).await.map_err(busy)?;
    }
    let (district, instance, of_hub) = (hub.district.clone(), hub.device, hub.clone());
    let answered = hub.pool.read(move |store| {
        hand_over(&of_hub, store)?;
        let asker = asker(store, &shown, district)?;
        let here = Here { instance, policy: store.policy()?, unix_ms: now };
        let is_revoked = store.is_revoked(&shown.device)?;
        let answered = answer::heads(store, &asker, &here, &request);
        let vouchers = match is_revoked {
            true => None,
            false => Some(store.vouchers(Some((&asker.scope, &asker.device)))?),
        };
        let line = line_for(store, &asker.scope)?;
        // A hub knows of no backup but by hearsay.
        Ok(answered.map(|mut answer| {
            answer.revoked = is_revoked;
            answer.voucher_mark =
                vouchers.as_ref().map(|all| voucher_mark(all).to_vec()).unwrap_or_default();
            answer.vouchers = vouchers.filter(|_| request.wants_vouchers).unwrap_or_default();
            answer.line_mark = line.as_ref().map(stop_line::mark).unwrap_or_default();
            answer.line = line.filter(|_| request.wants_line);
            answer
        }))
    });
    let answer = answered.await.map_err(busy)?.map_err(not_answered)?;
    let bytes = sync::signed("heads", &asked, answer.encode_to_vec(), &hub.signer);
    Ok(reply::reply(StatusCode::OK, PROTOBUF, bytes))
}

/// The line of the stop that this device works at, where the asker may hold that.
fn line_for(store: &Store, scope: &BTreeSet<UnitKey>) -> Result<Option<LineMessage>, StoreError> {
    let told = stop_line::told(store)?;
    let told = told.filter(|told| scope.iter().any(|unit| unit.as_str() == told.unit));
    Ok(told.as_ref().map(stop_line::message))
}

/// What this device recorded since is sealed and handed over with the answer; the mark is raised before.
fn hand_over(hub: &Hub, store: &mut Store) -> Result<(), StoreError> {
    let digest = own_digest(&store.own_heads()?).to_vec();
    let mut handed = hub.handed.lock().unwrap_or_else(PoisonError::into_inner);
    if *handed != digest {
        mark::raise(&hub.folder, store).map_err(|failure| StoreError::Refused(failure.code))?;
        store.seal_own()?;
        *handed = digest;
    }
    Ok(())
}

async fn push(State(hub): State<Arc<Hub>>, request: Request) -> Said {
    let (_, body) = admit(&hub, request).await?;
    let limits =
        ledger::Limits { bytes_max: hub.limits.inflated_bytes_max, ..ledger::Limits::default() };
    let read = compute(move || (decode_batch(&body, &limits), body)).await;
    let (batch, sent) = read.ok_or(()).map_err(busy)?;
    let batch = batch.map_err(|problem| match problem {
        BatchProblem::TooLarge => reply::problem(Code::RequestTooLarge),
        BatchProblem::Compression | BatchProblem::Malformed => malformed(),
    })?;
    let (signer, instance, now) = (hub.signer.clone(), hub.device, hub.host.unix_ms());
    let answered = hub.pool.write(move |store| {
        let here = Here { instance, policy: store.policy()?, unix_ms: now };
        match answer::push(store, &signer, &here, &sent, batch) {
            Err(AnswerError::Replica(error)) => Err(error),
            answered => Ok(answered),
        }
    });
    let answer = answered.await.map_err(busy)?.map_err(not_answered)?;
    Ok(reply::message(StatusCode::CREATED, &answer))
}

async fn pull(State(hub): State<Arc<Hub>>, request: Request) -> Said {
    let (shown, body) = admit(&hub, request).await?;
    let request = PullRequest::decode(body.as_slice()).map_err(|_| malformed())?;
    let district = hub.district.clone();
    let answered = hub.pool.read(move |store| {
        if store.is_revoked(&shown.device)? {
            return Ok(Ok(encode_batch(&Batch::default())));
        }
        let asker = asker(store, &shown, district)?;
        Ok(answer::pull(store, &asker, &request).map(|batch| encode_batch(&batch)))
    });
    let encoded = answered.await.map_err(busy)?.map_err(not_answered)?;
    Ok(reply::reply(StatusCode::OK, ZSTD, encoded.map_err(busy)?))
}

/// Serves until the process is asked to stop. `announce` hears where and who, and looks at it from then on.
pub fn serve_hub_until_stopped(
    home: Home,
    key: &Key,
    listen: SocketAddr,
    beside: Option<Router>,
    announce: &dyn Fn(&HubWatch),
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|_| Failure::new(Code::Internal))?;
    runtime.block_on(async {
        let serving = home.serve_hub(key, listen, beside).await?;
        let stop = serve::stop_signal().map_err(|_| Failure::new(Code::Internal))?;
        announce(&serving.watch());
        serving.run(stop).await;
        Ok(())
    })
}
