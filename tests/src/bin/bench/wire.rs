//! Bytes of 500 checkups of 40 results as they go over the wire: the synthetic day of `crates/protocol/tests`, sealed
//! as a writer seals it and packed by the code that sends.

// Its rosters are not measured here.
#[allow(dead_code)]
#[path = "../../../../crates/protocol/tests/common/work.rs"]
mod work;

use crate::figure::{Budget, Figure};
use ledger::{
    Batch, Chain, Head, Range, SigningKey, StreamKey, UnitKey, WriterId, body_hash, seal_is_due,
    sign_seal,
};
use work::{CHECKUPS, RESULTS_EACH, synthetic_day};

/// Days drawn from different starts.
const DAYS: u64 = 5;

pub fn measure() -> Vec<Figure> {
    let samples = (0..DAYS).map(|day| {
        let bodies = synthetic_day(day).entries.iter().map(|(_, entry)| entry.encode()).collect();
        let batch = Batch { ranges: sealed(bodies), certificates: Vec::new() };
        sync::encode_batch(&batch).unwrap().len() as f64 / CHECKUPS as f64
    });
    vec![Figure::new(
        "wire, batch of 500",
        "B/checkup",
        samples.collect(),
        Budget::AtMost(220.0),
        format!(
            "{RESULTS_EACH} results in 6 station entries, chains and seals counted, as sync packs a batch; \
             {DAYS} days"
        ),
    )]
}

fn sealed(bodies: Vec<Vec<u8>>) -> Vec<Range> {
    let key = StreamKey::new(UnitKey::try_new("431302105205").unwrap(), WriterId([1; 16]));
    let device_key = SigningKey::from_bytes(&[7; 32]);
    let mut head = Head { seq: 0, chain: Chain::genesis(&key) };
    let (mut after, mut open, mut ranges) = (head, Vec::<Vec<u8>>::new(), Vec::new());
    let mut close = |after: Head, head: Head, bodies: Vec<Vec<u8>>| {
        let seal = sign_seal(&key, &head, &device_key);
        ranges.push(Range { key: key.clone(), after, bodies, seal });
    };
    for body in bodies {
        if seal_is_due(open.iter().map(Vec::len).sum(), body.len()) {
            close(after, head, std::mem::take(&mut open));
            after = head;
        }
        head = Head { seq: head.seq + 1, chain: head.chain.next(&body_hash(&body)) };
        open.push(body);
    }
    close(after, head, open);
    ranges
}
