//! How a device proves itself to a server that does not know it: it signs the server's fresh challenge with its
//! device key, for this life of this server and for the token it will say from then on. Not whether the
//! certificate beside it is the server's: `certificate` says that.

use crate::signature::{SignatureProblem, SigningKey, sign, to_sign, verify};

/// What the device signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// Which life of which server asked.
    pub instance: [u8; 16],
    /// Fresh and good for one answer.
    pub challenge: [u8; 32],
    /// SHA-256 of the token the device has made: the server is shown the token itself only with later calls.
    pub token_hash: [u8; 32],
}

impl Showing {
    fn bytes_to_sign(&self) -> Vec<u8> {
        let mut writer = to_sign("hx-showing-1");
        writer.bytes(&self.instance);
        writer.bytes(&self.challenge);
        writer.bytes(&self.token_hash);
        writer.done()
    }
}

/// Signs with the device's key.
pub fn sign_showing(showing: &Showing, device_key: &SigningKey) -> [u8; 64] {
    sign(&showing.bytes_to_sign(), device_key)
}

/// True only when the device's key signed exactly this.
pub fn verify_showing(
    showing: &Showing,
    signature: &[u8; 64],
    device_public_key: &[u8; 32],
) -> Result<(), SignatureProblem> {
    verify(&showing.bytes_to_sign(), signature, device_public_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::public_key;

    #[test]
    fn a_showing_is_good_for_one_server_one_challenge_one_token_and_one_key() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let shown = Showing { instance: [1; 16], challenge: [2; 32], token_hash: [3; 32] };
        let signature = sign_showing(&shown, &key);
        let check = |what: &str, shown: Showing, key: &SigningKey, is_good: bool| {
            let verified = verify_showing(&shown, &signature, &public_key(key));
            assert_eq!(verified.is_ok(), is_good, "{what}");
        };
        check("as signed", shown, &key, true);
        check("another server", Showing { instance: [9; 16], ..shown }, &key, false);
        check("another challenge", Showing { challenge: [9; 32], ..shown }, &key, false);
        check("another token", Showing { token_hash: [9; 32], ..shown }, &key, false);
        check("another key", shown, &SigningKey::from_bytes(&[2; 32]), false);
    }
}
