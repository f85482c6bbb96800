//! What carries the calls of `/sync/v1`, and how that can fail. A carrier moves bytes and tells failures
//! apart; what a failure means for the queue is `drive`'s.

use protocol::call::{HeadsRequest, PullRequest, PushAnswer};
use protocol::failure::Code;

/// One way to the other side. Blocking, one call at a time, every call bounded in time and size.
pub trait Carrier {
    /// Answers a `HeadsAnswer` as its bytes came, for `read_signed`. The request goes as `encode_to_vec` writes it.
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError>;
    /// `batch` is `encode_batch`'s. `Ok` only for an answer with status 201 that reads as one.
    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError>;
    /// Answers a batch for `decode_batch`.
    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError>;
    /// What went over the wire since the carrier was made.
    fn traffic(&self) -> Traffic;
    /// The other side is a hub: it files nobody's second branch again, and its word proves nothing of the server.
    fn is_hub(&self) -> bool {
        false
    }
}

/// Bytes of calls and answers as sent, without the headers of HTTP and TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    pub bytes_up: u64,
    pub bytes_down: u64,
}

/// Why a call has no answer to go by. Nothing is known to have been taken after any of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    #[error("the server was not reached")]
    Unreachable,
    #[error("the other side is not the server that was pinned")]
    Untrusted,
    #[error("the server's certificate is not valid on this device's date")]
    CertificateDate,
    #[error("no answer in time")]
    TimedOut,
    #[error("the call was too large")]
    TooLarge,
    /// Cut, another status, a portal's page, or bytes that read as nothing.
    #[error("the answer was not one of the server's")]
    AnswerUnknown,
    /// Perhaps it said for how long, seconds.
    #[error("the server is busy")]
    Busy { retry_after_s: Option<u32> },
    #[error("the server does not accept the token")]
    Token,
    /// The server said why.
    #[error("the server refused: {}", .0.word())]
    Refused(Code),
    /// The address given is no `https://` address.
    #[error("the address is not an https address")]
    Address,
    /// This side could not set up the call.
    #[error("the call could not be made")]
    Local,
}

impl CarrierError {
    /// The word for the edge.
    pub fn code(&self) -> Code {
        match self {
            CarrierError::Unreachable | CarrierError::TimedOut => Code::ServerUnreachable,
            CarrierError::Untrusted | CarrierError::Address => Code::ServerUntrusted,
            CarrierError::CertificateDate => Code::ServerCertificateDate,
            CarrierError::TooLarge => Code::RequestTooLarge,
            CarrierError::AnswerUnknown => Code::ServerAnswerUnknown,
            CarrierError::Busy { .. } => Code::ServerBusy,
            CarrierError::Token => Code::TokenInvalid,
            CarrierError::Refused(code) => *code,
            CarrierError::Local => Code::Internal,
        }
    }
}
