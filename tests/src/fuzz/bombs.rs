//! A server with one enrolled device, for bodies that are not changed samples but bombs. Sends; judges nothing.

use super::serving::{Ask, Serving};
use server::Limits;

/// A server under someone who knows a token, or does not.
pub struct Bombed(Serving);

impl Bombed {
    pub fn new(limits: Limits) -> Bombed {
        Bombed(Serving::within(Ask::Push, limits))
    }

    /// The status of the answer; `None` when the connection ended without one.
    pub fn post(&mut self, path: &str, has_token: bool, body: &[u8]) -> Option<u16> {
        let token = has_token.then(|| self.0.token.clone());
        self.0.post(path, token.as_deref(), body)
    }
}

/// A body announced by a length and never sent.
pub fn sent(bombed: &mut Bombed, has_token: bool, length: &str) -> Option<u16> {
    let token = if has_token { bombed.0.token.clone() } else { String::new() };
    let head = format!(
        "POST /sync/v1/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    bombed.0.sent(head.as_bytes())
}
