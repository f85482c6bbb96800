//! The ledger as pure code: entries as opaque bytes in streams keyed by (unit, writer), their
//! chains, seals, certificates, heads, ranges, batches, and the plan that makes two replicas equal.
//!
//! It knows nothing of health: a body is bytes, and only the kinds below 16 are the ledger's own.
//! It has no clock, file, socket or randomness: signing keys and writer ids come as arguments.
//! Storing is `store`'s (behind [`Replica`]), carrying is `sync`'s. All encodings are written by
//! hand, canonical (one value, one encoding), bounded and versioned; `schema/wire/ledger` freezes
//! examples of each.

mod agreement;
mod answer;
mod batch;
mod body;
mod certificate;
mod chain;
mod codec;
mod heads;
mod key;
#[doc(hidden)]
pub mod memory;
mod place;
mod plan;
mod range;
mod receipt;
mod replica;
mod seal;
mod showing;
mod signature;
mod voucher;

pub use agreement::{agreement_public, agreement_secret};
pub use answer::{Answer, asked_digest, said_digest, sign_answer, verify_answer};
pub use batch::{
    BATCH_BYTES_MAX, BODIES_MAX, Batch, CERTIFICATES_MAX, CertificatePair, Limits, RANGES_MAX,
};
pub use body::{
    BODY_BYTES_MAX, BodyProblem, FACT_BYTES_MAX, KIND_REFILED, KINDS_RESERVED_BELOW,
    LEADING_BYTES_RESERVED_BELOW, Refiled, body_hash, check_body, check_new_body, fact_reference,
    fact_reference_hashed, hash8, refile,
};
pub use certificate::{
    CERTIFICATE_UNITS_MAX, CertificateProblem, DeviceCertificate, VerifiedWriter,
    WriterCertificate, sign_device_certificate, sign_writer_certificate, verify_certificates,
    verify_device_certificate, verify_writer_certificate,
};
pub use chain::{Chain, Head, Reference};
pub use codec::DecodeProblem;
pub use heads::{
    HEADS_MAX, Heads, HeadsDigest, UNITS_MAX, decode_heads, encode_heads, own_digest, unit_digest,
};
pub use key::{SEQ_MAX, Seq, StreamKey, UNIT_KEY_CHARS_MAX, UnitKey, UnitKeyProblem, WriterId};
pub use place::{Placement, SEAL_POINTS_MAX, choose_seal_points, last_common, place};
pub use plan::{Step, plan};
pub use range::{RANGE_BYTES_MAX, Range, RangeProblem, verify_hashed_range, verify_range};
pub use receipt::{Receipt, accepted_digest, batch_digest, sign_receipt, verify_receipt};
pub use replica::{AcceptedRange, BackedUp, Refusal, Replica};
pub use seal::{
    SEAL_EVERY_BYTES, Seal, previous_seal_is_spare, seal_is_due, sign_seal, verify_seal,
};
pub use showing::{Showing, sign_showing, verify_showing};
pub use signature::{SignatureProblem, SigningKey, public_key};
pub use voucher::{Voucher, sign_voucher, verify_voucher};
