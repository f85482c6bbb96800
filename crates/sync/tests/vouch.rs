//! What a server vouches for to a device that carried others' work, and that other sides which know nothing of it work on. Not
//! what a voucher counts for: `store`.
#![allow(clippy::unwrap_used)]

mod common;

use common::{MemoryCarrier, body, device, server, server_key, signed_heads, start, unit};
use ledger::memory::MemoryReplica;
use ledger::{Chain, Heads, Replica, StreamKey, Voucher, WriterId, public_key, verify_voucher};
use protocol::call::{HeadsAnswer, HeadsRequest, PullRequest, PushAnswer, VOUCH_FOR_MAX};
use sync::answer::{self, Here};
use sync::{Carrier, CarrierError, Traffic, ask_vouchers, run, swap_vouchers};

const UNIT: &str = "431302204200";
const LIFE: [u8; 16] = [200; 16];
const NOW_MS: i64 = 1_700_000_000_000;

/// A server as it answers these calls; or one from before, to which the fields about vouchers are unknown.
struct Side<'s> {
    inner: MemoryCarrier<'s>,
    is_old: bool,
}

impl Carrier for Side<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        let mut read = request.clone();
        if self.is_old {
            (read.vouch_for, read.vouchers) = (Vec::new(), Vec::new());
            read.wants_vouchers = false;
        }
        let said = self.inner.told(&read)?;
        let here = Here { instance: LIFE, policy: 1, unix_ms: NOW_MS };
        let vouchers = answer::vouch(self.inner.server, &here, &read.vouch_for, &server_key());
        let vouchers = vouchers.map_err(|_| CarrierError::AnswerUnknown)?;
        Ok(signed_heads(request, &HeadsAnswer { vouchers, ..said }))
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        self.inner.push(batch)
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        self.inner.pull(request)
    }

    fn traffic(&self) -> Traffic {
        self.inner.traffic()
    }
}

/// A device that holds what another one recorded, and the key of that stream.
fn carrier() -> (MemoryReplica, StreamKey) {
    let (mut one, mut two) = (device(1, &[UNIT]), device(2, &[UNIT]));
    for tag in 0..3 {
        one.append(&unit(UNIT), body(tag, 40)).unwrap();
    }
    one.seal_own().unwrap();
    two.streams.extend(one.streams.clone());
    two.known.extend(one.known.clone());
    two.append(&unit(UNIT), body(9, 40)).unwrap();
    (two, StreamKey::new(unit(UNIT), WriterId([1; 16])))
}

#[test]
fn a_run_tells_what_was_carried_and_the_server_vouches_for_it_as_far_as_it_holds_it() {
    let ((mut two, key), mut server) = (carrier(), server());
    let inner = MemoryCarrier::new(&mut server, 2, &[UNIT]);
    let mut side = Side { inner, is_old: false };
    let asked = Heads::from([(key.clone(), two.heads(None).unwrap()[&key])]);
    let before = ask_vouchers(&two, &mut side, &start(), &asked).unwrap();
    assert_eq!(before, Vec::<Vec<u8>>::new(), "control: it is not there yet");
    let outcome = run(&mut two, &mut side, &start()).unwrap();
    assert_eq!(outcome.carried.iter().collect::<Vec<_>>(), [&key], "and not the own stream");
    assert!(outcome.voucher_mark.is_empty(), "a server passes none on");
    let vouched = ask_vouchers(&two, &mut side, &start(), &asked).unwrap();
    let voucher = Voucher::decode(&vouched[0]).unwrap();
    assert_eq!(verify_voucher(&voucher, &public_key(&server_key())), Ok(()));
    assert_eq!((voucher.instance, voucher.unix_ms), (LIFE, NOW_MS as u64));
    assert_eq!((&voucher.key, &voucher.head), (&key, &asked[&key]));
    // Nothing is vouched for that is not exactly so.
    let mut other = asked.clone();
    other.get_mut(&key).unwrap().chain = Chain([3; 32]);
    assert!(ask_vouchers(&two, &mut side, &start(), &other).unwrap().is_empty(), "another branch");
    let beyond = Heads::from([(key.clone(), asked[&key].after([b"\x0amore".as_slice()]))]);
    assert!(ask_vouchers(&two, &mut side, &start(), &beyond).unwrap().is_empty(), "beyond it");
    // Many streams are asked for in as many calls as it takes.
    let many = (0..VOUCH_FOR_MAX as u128 + 1)
        .map(|n| (StreamKey { writer: WriterId(n.to_be_bytes()), ..key.clone() }, asked[&key]));
    let many: Heads = many.chain(asked.clone()).collect();
    let calls = side.inner.calls.len();
    assert_eq!(ask_vouchers(&two, &mut side, &start(), &many).unwrap(), vouched);
    assert_eq!(side.inner.calls.len() - calls, 2);
    // A second run carries nothing more.
    assert!(run(&mut two, &mut side, &start()).unwrap().carried.is_empty());
}

#[test]
fn a_side_that_knows_nothing_of_vouchers_works_on_and_says_nothing_of_them() {
    let ((mut two, key), mut server) = (carrier(), server());
    let inner = MemoryCarrier::new(&mut server, 2, &[UNIT]);
    let mut side = Side { inner, is_old: true };
    let outcome = run(&mut two, &mut side, &start()).unwrap();
    assert_eq!(outcome.report.pushed, 4);
    assert!(outcome.voucher_mark.is_empty());
    let asked = Heads::from([(key.clone(), two.heads(None).unwrap()[&key])]);
    assert!(ask_vouchers(&two, &mut side, &start(), &asked).unwrap().is_empty());
    let swapped = swap_vouchers(&two, &mut side, &start(), vec![vec![1; 9]]).unwrap();
    assert!(swapped.vouchers.is_empty() && swapped.mark.is_empty());
    assert_eq!(side.inner.server.heads(None).unwrap(), two.heads(None).unwrap());
}
