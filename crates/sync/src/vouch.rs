//! Asking a server to vouch for what was carried to it for others, and passing that on through a hub: the mode of `heads` that
//! says nothing else. Who does not know these fields answers as ever, and without vouchers. Of a hub's line it asks the same way.
//!
//! Not what a voucher counts for: `store`. A hub's signature here says only who passed something on.

use crate::carrier::{Carrier, CarrierError};
use crate::drive::{Start, SyncError};
use crate::signed::read_signed;
use crate::wire::head_message;
use ledger::{Heads, Replica};
use prost::Message;
use protocol::PROTOCOL_VERSION;
use protocol::call::{HeadMessage, HeadsAnswer, HeadsRequest, LineMessage, VOUCH_FOR_MAX};
use sha2::{Digest, Sha256};

/// What a hub has passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swapped {
    /// `ledger::Voucher` as bytes, as the hub says; nothing is verified yet.
    pub vouchers: Vec<Vec<u8>>,
    /// The hub's mark of them.
    pub mark: Vec<u8>,
}

/// Asks a server to vouch for streams as they stand here. It leaves out what it does not hold. `start.nonce` has to be another
/// than any run's.
pub fn ask_vouchers<R: Replica, C: Carrier>(
    replica: &R,
    carrier: &mut C,
    start: &Start,
    streams: &Heads,
) -> Result<Vec<Vec<u8>>, SyncError<R::Error>> {
    let all: Vec<HeadMessage> = streams.iter().map(|(key, head)| head_message(key, head)).collect();
    let mut vouchers = Vec::new();
    for (page, some) in all.chunks(VOUCH_FOR_MAX).enumerate() {
        let request = HeadsRequest { vouch_for: some.to_vec(), ..request(replica, start, page)? };
        vouchers.extend(call(carrier, start, &request)?.vouchers);
    }
    Ok(vouchers)
}

/// Gives a hub the vouchers that are here and takes those it has.
pub fn swap_vouchers<R: Replica, C: Carrier>(
    replica: &R,
    carrier: &mut C,
    start: &Start,
    ours: Vec<Vec<u8>>,
) -> Result<Swapped, SyncError<R::Error>> {
    let asked = request(replica, start, 0)?;
    let request = HeadsRequest { vouchers: ours, wants_vouchers: true, ..asked };
    let answer = call(carrier, start, &request)?;
    Ok(Swapped { vouchers: answer.vouchers, mark: answer.voucher_mark })
}

/// The line that a hub gives, none where it has none, and its mark.
pub type LineTold = (Option<LineMessage>, Vec<u8>);

/// Asks a hub for the line of its stop, as it says; nothing is looked through yet. With it comes the hub's mark of it.
pub fn ask_line<R: Replica, C: Carrier>(
    replica: &R,
    carrier: &mut C,
    start: &Start,
) -> Result<LineTold, SyncError<R::Error>> {
    let request = HeadsRequest { wants_line: true, ..request(replica, start, 0)? };
    let answer = call(carrier, start, &request)?;
    Ok((answer.line, answer.line_mark))
}

fn request<R: Replica>(
    replica: &R,
    start: &Start,
    page: usize,
) -> Result<HeadsRequest, SyncError<R::Error>> {
    let own = replica.own_writer().map_err(SyncError::Replica)?;
    let certificate = replica.certificates(&own).map_err(SyncError::Replica)?;
    let nonce = Sha256::new().chain_update(start.nonce).chain_update((page as u64).to_be_bytes());
    Ok(HeadsRequest {
        protocol: PROTOCOL_VERSION,
        instance: start.seen.instance.clone(),
        policy: start.seen.policy,
        own_writer: own.0.to_vec(),
        unix_ms: start.unix_ms,
        unsent: start.unsent,
        certificate_policy: certificate.map_or(0, |(device, _)| device.policy),
        nonce: nonce.finalize()[..16].to_vec(),
        ..HeadsRequest::default()
    })
}

fn call<C: Carrier>(
    carrier: &mut C,
    start: &Start,
    request: &HeadsRequest,
) -> Result<HeadsAnswer, CarrierError> {
    let bytes = carrier.heads(request)?;
    read_signed("heads", &request.encode_to_vec(), &bytes, &start.server_public_key)
        .ok_or(CarrierError::AnswerUnknown)
}
