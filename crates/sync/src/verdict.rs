//! What an answer to a push proves. The one rule: a stream counts as uploaded only when a receipt, signed by
//! the server for exactly the bytes sent, digests heads that agree with the sender's own.

use crate::wire::read_head;
use ledger::{Head, Range, Receipt, accepted_digest, batch_digest, verify_receipt};
use protocol::call::{PushAnswer, RangeAnswer};

/// What became of each range of a batch, in the order sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushVerdict {
    /// The server's head of the range's stream; at or beyond the range's end.
    Taken(Head),
    /// The `ledger::Refusal` word.
    Refused(String),
}

/// Reads an answer; `None`: it proves nothing, compare heads again.
pub fn judge(
    sent: &[u8],
    ranges: &[Range],
    answer: &PushAnswer,
    server_public_key: &[u8; 32],
) -> Option<Vec<PushVerdict>> {
    if answer.ranges.len() != ranges.len() {
        return None;
    }
    let pairs = ranges.iter().zip(&answer.ranges);
    let verdicts: Vec<PushVerdict> =
        pairs.map(|(range, answered)| judge_range(range, answered)).collect::<Option<_>>()?;
    let taken = ranges.iter().zip(&verdicts).filter_map(|(range, verdict)| match verdict {
        PushVerdict::Taken(head) => Some((&range.key, head.seq, head.chain)),
        PushVerdict::Refused(_) => None,
    });
    let accepted = accepted_digest(taken);
    if answer.digest != accepted {
        return None;
    }
    let instance = answer.instance.as_slice().try_into().ok()?;
    let receipt = Receipt { instance, batch: batch_digest(sent), accepted };
    let signature: [u8; 64] = answer.signature.as_slice().try_into().ok()?;
    verify_receipt(&receipt, &signature, server_public_key).ok()?;
    Some(verdicts)
}

fn judge_range(range: &Range, answered: &RangeAnswer) -> Option<PushVerdict> {
    if !answered.refusal.is_empty() {
        return Some(PushVerdict::Refused(answered.refusal.clone()));
    }
    let (key, head) = read_head(answered.head.as_ref()?)?;
    let end = range.seal.head();
    let agrees = key == range.key && (head.seq > end.seq || head == end);
    agrees.then_some(PushVerdict::Taken(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::head_message;
    use ledger::memory::MemoryReplica;
    use ledger::{Replica, SigningKey, StreamKey, UnitKey, WriterId, public_key, sign_receipt};

    struct Case {
        sent: Vec<u8>,
        ranges: Vec<Range>,
        answer: PushAnswer,
    }

    fn server_key() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    fn signed(case: &mut Case, key: &SigningKey) {
        let heads: Vec<(StreamKey, Head)> =
            case.answer.ranges.iter().filter_map(|r| read_head(r.head.as_ref()?)).collect();
        let accepted = accepted_digest(heads.iter().map(|(k, h)| (k, h.seq, h.chain)));
        let receipt = Receipt { instance: [1; 16], batch: batch_digest(&case.sent), accepted };
        case.answer.digest = accepted.to_vec();
        case.answer.signature = sign_receipt(&receipt, key).to_vec();
        case.answer.instance = vec![1; 16];
    }

    fn case() -> Case {
        let unit = UnitKey::try_new("431302204200").unwrap();
        let key = SigningKey::from_bytes(&[1; 32]);
        let mut device = MemoryReplica::new([1; 16], key, WriterId([1; 16]), vec![], &server_key());
        device.append(&unit, vec![0x0a, 2, 8, 48]).unwrap();
        device.seal_own().unwrap();
        let stream = StreamKey::new(unit, WriterId([1; 16]));
        let range = device.sealed_range(&stream, 0, 1000).unwrap().unwrap();
        let head = Some(head_message(&stream, &range.seal.head()));
        let ranges = vec![RangeAnswer { head, ..RangeAnswer::default() }];
        let answer = PushAnswer { ranges, ..PushAnswer::default() };
        let mut case = Case { sent: b"as sent".to_vec(), ranges: vec![range], answer };
        signed(&mut case, &server_key());
        case
    }

    fn verdict(case: &Case) -> Option<Vec<PushVerdict>> {
        judge(&case.sent, &case.ranges, &case.answer, &public_key(&server_key()))
    }

    fn head_of(case: &mut Case) -> &mut protocol::call::HeadMessage {
        case.answer.ranges[0].head.as_mut().unwrap()
    }

    #[test]
    fn only_the_servers_receipt_for_these_bytes_and_these_heads_proves_anything() {
        // Control: the untouched answer proves the range taken.
        assert!(matches!(verdict(&case()).unwrap()[..], [PushVerdict::Taken(_)]));
        let check = |what: &str, spoil: fn(&mut Case)| {
            let mut case = case();
            spoil(&mut case);
            assert_eq!(verdict(&case), None, "{what}");
        };
        check("another batch", |c| c.sent = b"another".to_vec());
        check("another digest", |c| c.answer.digest[31] ^= 1);
        check("another signature", |c| c.answer.signature[0] ^= 1);
        check("another signer", |c| signed(c, &SigningKey::from_bytes(&[8; 32])));
        check("another instance", |c| c.answer.instance[0] ^= 1);
        check("no instance", |c| c.answer.instance.clear());
        check("another head, unsigned", |c| head_of(c).chain[0] ^= 1);
        check("another head, signed", |c| {
            head_of(c).chain[0] ^= 1;
            signed(c, &server_key());
        });
        check("another stream, signed", |c| {
            head_of(c).writer[0] ^= 1;
            signed(c, &server_key());
        });
        check("an earlier head, signed", |c| {
            head_of(c).seq = 0;
            signed(c, &server_key());
        });
        check("no head", |c| c.answer.ranges[0].head = None);
        check("fewer ranges", |c| c.answer.ranges.clear());
        check("a refusal that was signed as taken", |c| {
            c.answer.ranges[0].refusal = "bad_seal".to_owned();
        });
        check("empty", |c| c.answer = PushAnswer::default());
    }

    #[test]
    fn control_without_the_receipt_the_answer_to_another_batch_would_count() {
        // Without digest and signature only the heads in the answer are left to go by: whoever is on the way
        // can write those, and the answer to another batch names them too.
        let check = |spoil: fn(&mut Case)| {
            let mut case = case();
            spoil(&mut case);
            let by_heads = judge_range(&case.ranges[0], &case.answer.ranges[0]);
            assert!(matches!(by_heads, Some(PushVerdict::Taken(_))), "the control counts it");
            assert_eq!(verdict(&case), None);
        };
        check(|case| case.sent = b"another".to_vec());
        check(|case| case.answer.digest[0] ^= 1);
        check(|case| signed(case, &SigningKey::from_bytes(&[8; 32])));
    }

    #[test]
    fn a_server_that_is_further_already_took_the_range() {
        let mut case = case();
        head_of(&mut case).seq = 5;
        signed(&mut case, &server_key());
        assert!(matches!(verdict(&case).unwrap()[..], [PushVerdict::Taken(Head { seq: 5, .. })]));
    }
}
