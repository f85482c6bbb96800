//! What only this server's answers have: a signature over the whole, and the line in the log where this side fails. No
//! line holds more than call and code. Statuses and messages are `serve::reply`'s.

use axum::http::StatusCode;
use ledger::SigningKey;
use prost::Message;
use protocol::Code;
use store::StoreError;

pub use serve::reply::{PROTOBUF, Reply, ZSTD, closing, closing_with, message, problem, reply};

/// A message signed as a whole for the question it answers.
pub fn signed(
    status: StatusCode,
    (call, asked): (&str, &[u8]),
    message: &impl Message,
    key: &SigningKey,
) -> Reply {
    reply(status, PROTOBUF, sync::signed(call, asked, message.encode_to_vec(), key))
}

/// This side's failure: said once in the log, to the other side only as "busy".
pub fn store_failed(call: &str, error: &StoreError) -> Reply {
    eprintln!("{call}: {}", error.code().word());
    problem(Code::ServerBusy)
}
