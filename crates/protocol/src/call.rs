//! The calls of `/sync/v1` as messages. Who may call, limits and transport are the server's and `sync`'s.
//!
//! | call | carries |
//! |---|---|
//! | `POST /sync/v1/enrol` | `EnrolRequest` -> `EnrolAnswer`, authenticated by the one-time code |
//! | `POST /sync/v1/present` | `PresentRequest` -> `PresentAnswer`: a challenge, then 201 for a device that proved itself |
//! | `POST /sync/v1/account` | `AccountRequest` -> `AccountAnswer`, by the device's token and a one-time code |
//! | `POST /sync/v1/hub_certificate` | `HubCertificateRequest` -> 201 and `HubCertificateAnswer`, by the device's token |
//! | `POST /sync/v1/heads` | `HeadsRequest` -> `HeadsAnswer` |
//! | `POST /sync/v1/push`  | zstd(`ledger::Batch`) -> 201 and `PushAnswer`; anything else means: compare heads again |
//! | `POST /sync/v1/pull`  | `PullRequest` -> zstd(`ledger::Batch`) |
//!
//! The same for other programs: `schema/wire/openapi.yaml` and `sync.proto`.
//! Content type `application/x-protobuf` (batches: `application/zstd`); errors are `Problem` with the
//! status of their kind. All but `enrol` and `present` carry `Authorization: Bearer <token>`.

use prost::Message;

/// Largest body of any call, bytes, as sent.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Largest body of an enrolment, bytes: it comes from anyone.
pub const ENROL_BODY_BYTES_MAX: usize = 4 << 10;
/// Largest body of `present`, bytes: it comes from anyone, and may hold a certificate with many units.
pub const PRESENT_BODY_BYTES_MAX: usize = 32 << 10;
/// Largest batch once inflated, bytes.
pub const BATCH_INFLATED_BYTES_MAX: usize = 4 << 20;
/// What a device aims at for one compressed batch, bytes: halved on 413 or a time-out, grown back after.
pub const BATCH_BYTES_AIM: usize = 256 << 10;
/// Streams named in one pull at most: about 45 bytes each, and a batch holds no more ranges than that.
pub const WANTED_MAX: usize = 1_024;
/// Streams vouched for in one call at most.
pub const VOUCH_FOR_MAX: usize = 256;
/// Addresses named in a hub's certificate at most.
pub const HUB_ADDRESSES_MAX: usize = 8;
/// Largest zstd window a receiver allows: 2^23 (RFC 9659's cap for HTTP).
pub const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// The first call of a device. The one-time code is the authority.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EnrolRequest {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    #[prost(string, tag = "2")]
    pub code: String,
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "3")]
    pub device: Vec<u8>,
    /// Ed25519 public key, 32 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub public_key: Vec<u8>,
    /// The name people give the device.
    #[prost(string, tag = "5")]
    pub name: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct EnrolAnswer {
    /// `ledger::DeviceCertificate` as bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub certificate: Vec<u8>,
    /// 32 random bytes as hex; the server keeps only their SHA-256.
    #[prost(string, tag = "2")]
    pub token: String,
    /// The server's Ed25519 public key, 32 bytes: the root of every certificate.
    #[prost(bytes = "vec", tag = "3")]
    pub server_public_key: Vec<u8>,
    #[prost(string, repeated, tag = "4")]
    pub units: Vec<String>,
    /// The district's unit key: rounds, operators and settings lie there.
    #[prost(string, tag = "5")]
    pub district: String,
    #[prost(uint32, tag = "6")]
    pub policy: u32,
    /// The server's clock, ms since 1970 UTC.
    #[prost(sint64, tag = "7")]
    pub server_unix_ms: i64,
    /// 16 bytes: which life of which server.
    #[prost(bytes = "vec", tag = "8")]
    pub instance: Vec<u8>,
    /// The organisation's recovery key (`age1...`), to which the device wraps its database key; empty = none.
    #[prost(string, tag = "20")]
    pub recovery_recipient: String,
    /// By the server, over the question and every byte of the answer before this field (`ledger::Answer`); always the
    /// last field as sent.
    #[prost(bytes = "vec", tag = "31")]
    pub signature: Vec<u8>,
}

/// Whose account is it? Asked by an enrolled device with the code an operator was given.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AccountRequest {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    /// The one-time account code, as typed.
    #[prost(string, tag = "2")]
    pub code: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct AccountAnswer {
    #[prost(uint64, tag = "1")]
    pub operator: u64,
    #[prost(string, tag = "2")]
    pub account: String,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(string, tag = "4")]
    pub role: String,
    /// As in `EnrolAnswer`.
    #[prost(string, tag = "5")]
    pub recovery_recipient: String,
    /// By the server, over the question and every byte of the answer before this field (`ledger::Answer`); always the
    /// last field as sent.
    #[prost(bytes = "vec", tag = "31")]
    pub signature: Vec<u8>,
}

/// A device that the server does not know (restored from a backup older than its enrolment) proves itself. Without a
/// challenge it asks for one; with one it answers it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PresentRequest {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    /// As the server gave it, 32 bytes; empty = give me one.
    #[prost(bytes = "vec", tag = "2")]
    pub challenge: Vec<u8>,
    /// `ledger::DeviceCertificate` as bytes, as this server once signed it.
    #[prost(bytes = "vec", tag = "3")]
    pub certificate: Vec<u8>,
    /// SHA-256 of the token the device will say from then on.
    #[prost(bytes = "vec", tag = "4")]
    pub token_hash: Vec<u8>,
    /// `ledger::sign_showing` by the device's key.
    #[prost(bytes = "vec", tag = "5")]
    pub signature: Vec<u8>,
    /// The name people give the device.
    #[prost(string, tag = "6")]
    pub name: String,
    /// To a hub: keys of the stations worked at there today.
    #[prost(string, repeated, tag = "7")]
    pub stations: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct PresentAnswer {
    /// 32 fresh random bytes, good for one answer and a short while; empty where one was answered.
    #[prost(bytes = "vec", tag = "1")]
    pub challenge: Vec<u8>,
    /// 16 bytes: which life of which server asks.
    #[prost(bytes = "vec", tag = "2")]
    pub instance: Vec<u8>,
    /// A hub's own `ledger::DeviceCertificate`, beside a challenge of its; a server leaves it out.
    #[prost(bytes = "vec", tag = "3")]
    pub certificate: Vec<u8>,
}

/// A device asks for the TLS certificate under which it may answer others as a hub.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HubCertificateRequest {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    /// A P-256 point, uncompressed, 65 bytes. The private half stays where it was made.
    #[prost(bytes = "vec", tag = "2")]
    pub public_key: Vec<u8>,
    /// Private IPv4 addresses (RFC 1918) to be named, at most `HUB_ADDRESSES_MAX`.
    #[prost(string, repeated, tag = "3")]
    pub addresses: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct HubCertificateAnswer {
    /// For `hub_name` and the addresses, by the organisation's CA; PEM.
    #[prost(string, tag = "1")]
    pub certificate_pem: String,
    /// By the server, over the question and every byte of the answer before this field (`ledger::Answer`); always the
    /// last field as sent.
    #[prost(bytes = "vec", tag = "31")]
    pub signature: Vec<u8>,
}

/// The name a hub's certificate is for, whatever its address: of a domain that never resolves (RFC 6761).
pub fn hub_name(device: &[u8; 16]) -> String {
    let digits: String = device.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}.hub.invalid")
}

/// A stream's position.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HeadMessage {
    #[prost(string, tag = "1")]
    pub unit: String,
    #[prost(bytes = "vec", tag = "2")]
    pub writer: Vec<u8>,
    #[prost(uint64, tag = "3")]
    pub seq: u64,
    #[prost(bytes = "vec", tag = "4")]
    pub chain: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct UnitDigest {
    #[prost(string, tag = "1")]
    pub unit: String,
    /// 16 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub digest: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct HeadsRequest {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    /// The instance last seen; empty at first.
    #[prost(bytes = "vec", tag = "2")]
    pub instance: Vec<u8>,
    #[prost(uint32, tag = "3")]
    pub policy: u32,
    /// All streams of the asker's own writer, whatever the scope.
    #[prost(bytes = "vec", tag = "4")]
    pub own_writer: Vec<u8>,
    #[prost(bytes = "vec", tag = "5")]
    pub own_digest: Vec<u8>,
    /// A digest of each unit the asker holds.
    #[prost(message, repeated, tag = "6")]
    pub units: Vec<UnitDigest>,
    /// The asker's clock, ms since 1970 UTC: a claim, answered with the offset.
    #[prost(sint64, tag = "7")]
    pub unix_ms: i64,
    /// Entries appended but not yet known to be on the server.
    #[prost(uint64, tag = "8")]
    pub unsent: u64,
    /// Units in order of their keys, from after this one: the next page of an answer that said `more`.
    #[prost(string, tag = "9")]
    pub after_unit: String,
    /// `ledger::own_digest` of every stream of the asker's scope: the short form for who expects no
    /// change. `units` is empty then; unless the answer says `all_same`, the asker asks again in full.
    #[prost(bytes = "vec", tag = "10")]
    pub all_digest: Vec<u8>,
    /// Which backup's heads the asker keeps, by its time; 0 = none.
    #[prost(sint64, tag = "11")]
    pub backup_at_ms: i64,
    /// Writers the asker was before it was restored or copied: compared like its own, whatever the scope.
    #[prost(bytes = "vec", repeated, tag = "12")]
    pub earlier_writers: Vec<Vec<u8>>,
    /// Streams of which the two sides hold different branches: the answer names its seal points.
    #[prost(message, repeated, tag = "13")]
    pub points_of: Vec<Wanted>,
    /// The policy of the certificate the asker has.
    #[prost(uint32, tag = "14")]
    pub certificate_policy: u32,
    /// Units whose bodies the asker has let go: neither side speaks of others' streams there. The asker's own are
    /// compared as ever.
    #[prost(string, repeated, tag = "25")]
    pub dropped: Vec<String>,
    /// 16 bytes, another with every call: the answer is signed for this one, so an earlier answer is none to it.
    #[prost(bytes = "vec", tag = "26")]
    pub nonce: Vec<u8>,
    /// To a server: streams as the asker holds them, at most `VOUCH_FOR_MAX`. It vouches for those it holds too, and answers
    /// nothing else.
    #[prost(message, repeated, tag = "27")]
    pub vouch_for: Vec<HeadMessage>,
    /// To a hub: what the server vouched for (`ledger::Voucher` as bytes), passed on.
    #[prost(bytes = "vec", repeated, tag = "28")]
    pub vouchers: Vec<Vec<u8>>,
    /// To a hub: answer with the vouchers you have, and nothing else.
    #[prost(bool, tag = "29")]
    pub wants_vouchers: bool,
    /// To a hub: answer with the line of your stop, and nothing else.
    #[prost(bool, tag = "30")]
    pub wants_line: bool,
}

/// A table of a stop's line.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LineTableMessage {
    /// Keys of stations, in the order in which they are done there.
    #[prost(string, repeated, tag = "1")]
    pub stations: Vec<String>,
    /// Not there today.
    #[prost(bool, tag = "2")]
    pub is_away: bool,
}

/// A stop's line as its team arranged it; no table = in the catalogue's order.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LineMessage {
    /// The round's id as its text.
    #[prost(string, tag = "1")]
    pub round: String,
    #[prost(string, tag = "2")]
    pub unit: String,
    #[prost(message, repeated, tag = "3")]
    pub tables: Vec<LineTableMessage>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct HeadsAnswer {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    #[prost(bytes = "vec", tag = "2")]
    pub instance: Vec<u8>,
    #[prost(uint32, tag = "3")]
    pub policy: u32,
    /// Heads of the units whose digests differ, and of the asker's own writer where that differs.
    #[prost(message, repeated, tag = "4")]
    pub heads: Vec<HeadMessage>,
    /// The units whose digests are equal: nothing to do there.
    #[prost(string, repeated, tag = "5")]
    pub same_units: Vec<String>,
    #[prost(bool, tag = "6")]
    pub own_same: bool,
    /// More units differ than one answer carries.
    #[prost(bool, tag = "7")]
    pub more: bool,
    #[prost(sint64, tag = "8")]
    pub server_unix_ms: i64,
    /// The units the asker may hold, as they are now.
    #[prost(string, repeated, tag = "9")]
    pub scope: Vec<String>,
    /// The short form's answer: nothing differs. `scope` is left out then, and as it was.
    #[prost(bool, tag = "10")]
    pub all_same: bool,
    /// Where `more`: the last unit this page speaks of, to be the next request's `after_unit`.
    #[prost(string, tag = "11")]
    pub up_to_unit: String,
    /// When the server's last verified backup was made, ms since 1970 UTC; 0 = there is none.
    #[prost(sint64, tag = "12")]
    pub backup_at_ms: i64,
    /// Where that is not the asker's, or the instance is not: the heads read from the backup, of the units
    /// this page speaks of and of the asker's own writer. Left out in the short form.
    #[prost(message, repeated, tag = "13")]
    pub backup_heads: Vec<HeadMessage>,
    /// The seal points of the streams in `points_of`, as far as the asker may know.
    #[prost(message, repeated, tag = "14")]
    pub points: Vec<HeadMessage>,
    /// The asker's certificate as it is by now, where that is of a newer policy than the one it has.
    #[prost(bytes = "vec", tag = "15")]
    pub certificate: Vec<u8>,
    /// The asker's enrolment is not here: it may push, and pulls nothing but its own streams.
    #[prost(bool, tag = "20")]
    pub push_only: bool,
    /// The asker is revoked: it may push, and is given nothing at all.
    #[prost(bool, tag = "21")]
    pub revoked: bool,
    /// `ledger::Voucher` as bytes: a server's own, or those that a hub passes on as it got them.
    #[prost(bytes = "vec", repeated, tag = "22")]
    pub vouchers: Vec<Vec<u8>>,
    /// By a hub: 16 bytes that change whenever the vouchers do that it has for the asker. Empty: it passes none on.
    #[prost(bytes = "vec", tag = "23")]
    pub voucher_mark: Vec<u8>,
    /// By a hub, where that was asked for: the line of the stop it works at.
    #[prost(message, optional, tag = "24")]
    pub line: Option<LineMessage>,
    /// By a hub: 16 bytes that change whenever its line does. Empty: it has none for the asker.
    #[prost(bytes = "vec", tag = "25")]
    pub line_mark: Vec<u8>,
    /// By the server, over the question and every byte of the answer before this field (`ledger::Answer`); always the
    /// last field as sent.
    #[prost(bytes = "vec", tag = "31")]
    pub signature: Vec<u8>,
}

/// What became of one range of a pushed batch.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RangeAnswer {
    #[prost(message, optional, tag = "1")]
    pub head: Option<HeadMessage>,
    /// Empty = accepted up to `head`; else a `ledger::Refusal` word.
    #[prost(string, tag = "2")]
    pub refusal: String,
    /// With `not_after_your_head`: the receiver's seal points, ascending, at most
    /// `ledger::SEAL_POINTS_MAX`; the sender starts again from the last one it has too.
    #[prost(message, repeated, tag = "3")]
    pub points: Vec<HeadMessage>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct PushAnswer {
    #[prost(message, repeated, tag = "1")]
    pub ranges: Vec<RangeAnswer>,
    /// `ledger::accepted_digest` of exactly what was accepted.
    #[prost(bytes = "vec", tag = "2")]
    pub digest: Vec<u8>,
    /// `ledger::sign_receipt` by the server: over its instance, the batch as sent and what was accepted.
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    pub instance: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct Wanted {
    #[prost(string, tag = "1")]
    pub unit: String,
    #[prost(bytes = "vec", tag = "2")]
    pub writer: Vec<u8>,
    /// The asker's own head of that stream.
    #[prost(uint64, tag = "3")]
    pub after: u64,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct PullRequest {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    #[prost(message, repeated, tag = "2")]
    pub wanted: Vec<Wanted>,
    /// Uncompressed bytes of bodies the asker wants at most.
    #[prost(uint32, tag = "3")]
    pub bytes_max: u32,
}

/// A call that failed: the code says what, the screen has the sentence.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Problem {
    #[prost(string, tag = "1")]
    pub code: String,
}
