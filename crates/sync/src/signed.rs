//! Answers that the server signs as a whole, for the very question: of `enrol`, `account` and `heads`. The signature
//! is the last field of the message as sent, and signs every byte before it, so that fields unknown here are covered
//! too and whoever does not look at it reads the message as ever.
//!
//! Not receipts of pushes (`verdict`), nor pulled batches: each range proves itself.

use ledger::{Answer, SigningKey, asked_digest, said_digest, sign_answer, verify_answer};
use prost::Message;

/// Field 31 of wire type 2, and the length of what follows.
const OPENING: [u8; 3] = [0xfa, 0x01, 64];
/// What a signature takes at the end of an answer, bytes.
pub const ANSWER_SIGNATURE_BYTES: usize = OPENING.len() + 64;

/// Puts the signature behind an answer's bytes. `asked` is the question as it came.
pub fn signed(call: &str, asked: &[u8], mut said: Vec<u8>, server_key: &SigningKey) -> Vec<u8> {
    let answer = Answer { asked: asked_digest(call, asked), said: said_digest(&said) };
    said.extend_from_slice(&OPENING);
    said.extend_from_slice(&sign_answer(&answer, server_key));
    said
}

/// The answer, where the server signed all of it for this question; `None`: it proves nothing.
pub fn read_signed<M: Message + Default>(
    call: &str,
    asked: &[u8],
    bytes: &[u8],
    server_public_key: &[u8; 32],
) -> Option<M> {
    let (said, signature) = parted(bytes)?;
    let answer = Answer { asked: asked_digest(call, asked), said: said_digest(said) };
    verify_answer(&answer, signature, server_public_key).ok()?;
    M::decode(said).ok()
}

/// What is signed, and the signature.
fn parted(bytes: &[u8]) -> Option<(&[u8], &[u8; 64])> {
    let (rest, signature) = bytes.split_last_chunk::<64>()?;
    Some((rest.strip_suffix(&OPENING)?, signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::public_key;
    use protocol::call::HeadsAnswer;

    #[test]
    fn an_answer_is_good_for_one_question_of_one_call_by_one_key() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let answer = HeadsAnswer { policy: 7, all_same: true, ..HeadsAnswer::default() };
        let bytes = signed("heads", b"asked", answer.encode_to_vec(), &key);
        let read = |call, asked, bytes, key| -> Option<HeadsAnswer> {
            read_signed(call, asked, bytes, &public_key(key))
        };
        assert_eq!(read("heads", b"asked", &bytes, &key), Some(answer.clone()));
        assert_eq!(read("heads", b"asked again", &bytes, &key), None, "another question");
        assert_eq!(read("enrol", b"asked", &bytes, &key), None, "another call");
        let other = SigningKey::from_bytes(&[2; 32]);
        assert_eq!(read("heads", b"asked", &bytes, &other), None, "another key");
        let unsigned = answer.encode_to_vec();
        assert_eq!(read("heads", b"asked", &unsigned, &key), None, "no signature");
        let longer = [&bytes[..], &[0x30, 1]].concat();
        assert_eq!(read("heads", b"asked", &longer, &key), None, "more");
        // Who knows of no signature reads the same message.
        let HeadsAnswer { signature, .. } = HeadsAnswer::decode(bytes.as_slice()).unwrap();
        assert_eq!(signature.len(), 64);
        // A field unknown here is signed like any other and stops nobody.
        let newer = [&unsigned[..], &[0xa0, 0x06, 1]].concat();
        let newer = signed("heads", b"asked", newer, &key);
        assert_eq!(read("heads", b"asked", &newer, &key), Some(answer));
    }
}
