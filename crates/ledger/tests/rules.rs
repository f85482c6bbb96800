//! The small rules, each as a table: plan, place, the last point in common, where seals lie,
//! re-filing, digests, receipts.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ledger::*;
use std::collections::BTreeSet;
use std::convert::Infallible;

fn stream(unit_text: &str, number: u8) -> StreamKey {
    StreamKey::new(unit(unit_text), writer(number))
}

/// A head at `seq` on the branch of that name.
fn at(seq: Seq, branch: u8) -> Head {
    Head { seq, chain: Chain([branch; 32]) }
}

#[test]
fn a_plan_follows_from_the_lengths() {
    let own = writer(1);
    let scope: BTreeSet<UnitKey> = [unit("a")].into();
    let check = |key: StreamKey, mine: Option<Head>, theirs: Option<Head>, expect: Option<Step>| {
        let heads = |head: Option<Head>| head.map(|head| (key.clone(), head)).into_iter().collect();
        let steps = plan(&heads(mine), &heads(theirs), &own, &scope);
        assert_eq!(steps, Vec::from_iter(expect), "{key} {mine:?} {theirs:?}");
    };
    let (mine, other, outside) = (stream("a", 1), stream("a", 2), stream("b", 2));
    let mine_outside = stream("b", 1);
    let push = |key: &StreamKey, after| Some(Step::Push { key: key.clone(), after });
    let pull = |key: &StreamKey, after| Some(Step::Pull { key: key.clone(), after });
    let fork = |key: &StreamKey| Some(Step::Fork { key: key.clone() });
    let ahead = |key: &StreamKey| Some(Step::OwnAhead { key: key.clone() });

    check(other.clone(), None, None, None);
    check(other.clone(), Some(at(5, 1)), Some(at(5, 1)), None);
    check(other.clone(), Some(at(0, 1)), Some(at(0, 2)), None);
    check(other.clone(), Some(at(0, 1)), None, None);
    check(other.clone(), Some(at(5, 1)), Some(at(5, 2)), fork(&other));
    check(other.clone(), Some(at(5, 1)), Some(at(7, 1)), pull(&other, 5));
    check(other.clone(), None, Some(at(7, 1)), pull(&other, 0));
    check(other.clone(), Some(at(7, 1)), Some(at(5, 1)), push(&other, 5));
    check(other.clone(), Some(at(7, 1)), None, push(&other, 0));
    // The scope limits what is pulled, and nothing else.
    check(outside.clone(), None, Some(at(7, 1)), None);
    check(outside.clone(), Some(at(5, 1)), Some(at(5, 2)), fork(&outside));
    check(outside.clone(), Some(at(7, 1)), None, push(&outside, 0));
    // One's own streams, whatever the scope.
    check(mine.clone(), Some(at(7, 1)), Some(at(5, 1)), push(&mine, 5));
    check(mine.clone(), Some(at(5, 1)), Some(at(7, 1)), ahead(&mine));
    check(mine_outside.clone(), None, Some(at(1, 1)), ahead(&mine_outside));
    check(mine_outside.clone(), Some(at(2, 1)), None, push(&mine_outside, 0));
    check(mine.clone(), Some(at(5, 1)), Some(at(5, 2)), fork(&mine));
}

#[test]
fn a_plan_is_in_one_order_own_signs_then_pushes_then_the_rest() {
    let mine: Heads = [
        (stream("a", 2), at(3, 1)),
        (stream("a", 3), at(3, 1)),
        (stream("a", 1), at(9, 1)),
        (stream("b", 1), at(1, 1)),
        (stream("c", 1), at(4, 1)),
        (stream("d", 1), at(4, 1)),
    ]
    .into();
    let theirs: Heads = [
        (stream("a", 2), at(1, 1)),
        (stream("a", 3), at(3, 2)),
        (stream("a", 4), at(1, 1)),
        (stream("b", 1), at(2, 1)),
        (stream("c", 1), at(4, 2)),
    ]
    .into();
    let scope: BTreeSet<UnitKey> = [unit("a"), unit("b"), unit("c"), unit("d")].into();
    let expect = vec![
        Step::OwnAhead { key: stream("b", 1) },
        Step::Fork { key: stream("c", 1) },
        Step::Push { key: stream("a", 1), after: 0 },
        Step::Push { key: stream("d", 1), after: 0 },
        Step::Push { key: stream("a", 2), after: 1 },
        Step::Fork { key: stream("a", 3) },
        Step::Pull { key: stream("a", 4), after: 0 },
    ];
    assert_eq!(plan(&mine, &theirs, &writer(1), &scope), expect);
}

/// A stream with these bodies, and its chain at each position.
fn copy(bodies: &[&str]) -> (Vec<Vec<u8>>, Vec<Chain>) {
    let bodies: Vec<Vec<u8>> = bodies.iter().map(|text| body(text)).collect();
    let genesis = Head::genesis(&stream("a", 1));
    let chains = (0..=bodies.len())
        .map(|n| genesis.after(bodies[..n].iter().map(Vec::as_slice)).chain)
        .collect();
    (bodies, chains)
}

fn range(bodies: &[&str], after: usize, to: usize) -> Range {
    let (bodies, chains) = copy(bodies);
    let head = |n: usize| Head { seq: n as Seq, chain: chains[n] };
    let key = stream("a", 1);
    let seal = sign_seal(&key, &head(to), &common::key(1));
    Range { key, after: head(after), bodies: bodies[after..to].to_vec(), seal }
}

#[test]
fn a_range_is_placed_against_the_own_copy() {
    let mine = ["1", "2", "3", "4", "5"];
    let longer = ["1", "2", "3", "4", "5", "6", "7"];
    let branch = ["1", "2", "3'", "4'", "5'", "6'", "7'"];
    let check = |theirs: &[&str], after, to, expect: Placement| {
        let (_, chains) = copy(&mine);
        let head = Head { seq: 5, chain: chains[5] };
        let chain_at = |seq: Seq| Ok::<_, Infallible>(chains.get(seq as usize).copied());
        let placed = place(&range(theirs, after, to), &head, chain_at).unwrap();
        assert_eq!(placed, expect, "{after}..{to} of {theirs:?}");
    };
    check(&longer, 5, 7, Placement::Append { skip: 0 });
    check(&longer, 3, 7, Placement::Append { skip: 2 });
    check(&longer, 0, 6, Placement::Append { skip: 5 });
    check(&longer, 6, 7, Placement::Gap);
    check(&mine, 0, 5, Placement::Held);
    check(&mine, 2, 4, Placement::Held);
    check(&branch, 0, 2, Placement::Held);
    check(&branch, 2, 7, Placement::Contradicts);
    check(&branch, 0, 7, Placement::Contradicts);
    check(&branch, 2, 5, Placement::Contradicts);
    check(&branch, 1, 4, Placement::Contradicts);
    check(&branch, 5, 7, Placement::Contradicts);
    check(&branch, 3, 5, Placement::Contradicts);
    check(&branch, 6, 7, Placement::Gap);
}

#[test]
fn a_range_after_a_wrong_genesis_is_not_placed() {
    let mut wrong = range(&["1"], 0, 1);
    wrong.after.chain = Chain([7; 32]);
    let head = Head::genesis(&wrong.key);
    let placed = place(&wrong, &head, |_| Ok::<_, Infallible>(None)).unwrap();
    assert_eq!(placed, Placement::Contradicts);
    assert_eq!(verify_range(&wrong, &public_key(&key(1))), Err(RangeProblem::BadChain));
}

#[test]
fn the_last_point_in_common_is_found_from_seal_points() {
    let (_, chains) = copy(&["1", "2", "3", "4", "5", "6"]);
    let (_, branch) = copy(&["1", "2", "3'", "4'", "5'", "6'"]);
    let mine = |seq: Seq| Ok::<_, Infallible>(chains.get(seq as usize).copied());
    let check = |points: &[(usize, &[Chain])], expect: Option<usize>| {
        let heads: Vec<Head> =
            points.iter().map(|(n, of)| Head { seq: *n as Seq, chain: of[*n] }).collect();
        let expect = expect.map(|n| Head { seq: n as Seq, chain: chains[n] });
        assert_eq!(last_common(&heads, mine).unwrap(), expect);
    };
    check(&[], None);
    check(&[(2, &chains), (4, &chains)], Some(4));
    check(&[(1, &branch), (2, &branch), (5, &branch)], Some(2));
    check(&[(4, &branch), (5, &branch)], None);
    check(&[(0, &chains)], None);
}

#[test]
fn seal_points_stay_bounded_and_reach_back() {
    let all: Vec<Head> = (1..=1_000).map(|seq| at(seq, 1)).collect();
    let chosen = choose_seal_points(&all);
    assert!(chosen.len() <= SEAL_POINTS_MAX);
    assert!(chosen.is_sorted());
    assert_eq!(chosen.first(), all.first());
    assert_eq!(chosen[chosen.len() - 32..], all[all.len() - 32..]);
    assert_eq!(choose_seal_points(&all[..64]), all[..64]);
}

#[test]
fn seals_lie_no_further_apart_than_64_kib_and_no_closer_than_they_need() {
    let mut one = device(1);
    let a = unit("a");
    for n in 0..600usize {
        let bytes = if n % 97 == 0 { FACT_BYTES_MAX } else { 50 + n };
        one.append(&a, [vec![0x0a], vec![n as u8; bytes - 1]].concat()).unwrap();
        if n % 5 == 0 {
            one.seal_own().unwrap();
        }
    }
    one.seal_own().unwrap();
    let stream = &one.streams[&stream("a", 1)];
    let bytes = |from: Seq, to: Seq| -> usize {
        stream.bodies[from as usize..to as usize].iter().map(Vec::len).sum()
    };
    let points: Vec<Seq> = [0].into_iter().chain(stream.seals.keys().copied()).collect();
    for pair in points.windows(2) {
        assert!(bytes(pair[0], pair[1]) <= SEAL_EVERY_BYTES, "{pair:?}");
    }
    for three in points.windows(3) {
        assert!(bytes(three[0], three[2]) > SEAL_EVERY_BYTES, "{three:?}: the middle one is spare");
    }
    assert_eq!(points.last(), Some(&600));
}

#[test]
fn every_fact_can_be_refiled_and_refiling_never_nests() {
    let largest = [vec![0x0a], vec![7; FACT_BYTES_MAX - 1]].concat();
    let once = refile(writer(9), SEQ_MAX, &largest).unwrap();
    assert!(once.len() <= BODY_BYTES_MAX);
    assert_eq!(check_body(&once), Ok(()));
    assert_eq!(refile(writer(8), 1, &once).unwrap(), once, "it keeps its first place");
    let read = Refiled::decode(&once).unwrap().unwrap();
    assert_eq!((read.writer, read.seq, &read.body), (writer(9), SEQ_MAX, &largest));
    assert_eq!(read.reference(), Reference::of(writer(9), SEQ_MAX, &largest));
    let nested = [&[KIND_REFILED][..], &[9; 16], &[1], &once].concat();
    assert_eq!(Refiled::decode(&nested), Some(Err(DecodeProblem::Body)));
    assert_eq!(Refiled::decode(b"\x0aanything"), None);
    assert_eq!(Refiled::decode(&[KIND_REFILED, 1, 2]), Some(Err(DecodeProblem::Short)));
}

#[test]
fn bodies_are_bounded_and_leave_the_ledgers_kinds_alone() {
    let check = |body: &[u8], any: Result<(), BodyProblem>, new: Result<(), BodyProblem>| {
        assert_eq!((check_body(body), check_new_body(body)), (any, new));
    };
    check(&[], Err(BodyProblem::Empty), Err(BodyProblem::Empty));
    check(&[0x0a], Ok(()), Ok(()));
    check(&[8], Ok(()), Ok(()));
    check(&[7], Ok(()), Err(BodyProblem::Reserved));
    check(&[1, 2, 3], Ok(()), Err(BodyProblem::Reserved));
    check(&vec![0x0a; FACT_BYTES_MAX], Ok(()), Ok(()));
    let too_large = Err(BodyProblem::TooLarge);
    check(&vec![0x0a; FACT_BYTES_MAX + 1], too_large, too_large);
    check(&vec![1; BODY_BYTES_MAX], Ok(()), Err(BodyProblem::Reserved));
    check(&vec![1; BODY_BYTES_MAX + 1], too_large, too_large);
}

#[test]
fn a_reference_is_proven_by_the_bytes_not_by_the_place() {
    let before = Reference::of(writer(1), 85, &body("85"));
    assert!(before.proves(&body("85")));
    // The place was written again after a rollback: same writer, same seq, another fact.
    assert!(!before.proves(&body("85'")));
    // Control: by the place alone the two are one.
    let after = Reference::of(writer(1), 85, &body("85'"));
    assert_eq!((before.writer, before.seq), (after.writer, after.seq));
    assert_ne!(before, after);
}

#[test]
fn digests_differ_exactly_where_heads_do() {
    let heads: Heads =
        [(stream("a", 1), at(3, 1)), (stream("a", 2), at(4, 1)), (stream("b", 1), at(2, 1))].into();
    let check = |change: fn(&mut Heads) -> Option<Head>, expect: &[&str]| {
        let mut theirs = heads.clone();
        change(&mut theirs);
        let (ours, theirs) = (HeadsDigest::of(&heads), HeadsDigest::of(&theirs));
        let expect: BTreeSet<UnitKey> = expect.iter().map(|text| unit(text)).collect();
        assert_eq!(ours.compare(&theirs), expect);
        assert_eq!(theirs.compare(&ours), expect);
    };
    check(|_| None, &[]);
    check(|heads| heads.insert(stream("a", 1), at(3, 2)), &["a"]);
    check(|heads| heads.insert(stream("a", 1), at(4, 1)), &["a"]);
    check(|heads| heads.insert(stream("c", 1), at(1, 1)), &["c"]);
    check(|heads| heads.remove(&stream("b", 1)), &["b"]);
    check(|heads| heads.remove(&stream("a", 2)), &["a"]);
    // A stream nobody has written to is no difference.
    check(|heads| heads.insert(stream("c", 1), at(0, 1)), &[]);
    let backwards = unit_digest(heads.iter().rev().filter(|(key, _)| key.unit == unit("a")));
    assert_eq!(HeadsDigest::of(&heads).0[&unit("a")], backwards);
}

#[test]
fn a_receipt_speaks_of_one_batch_one_answer_and_one_server() {
    let (a, b) = (stream("a", 1), stream("b", 1));
    let digest = |positions: &[(&StreamKey, Seq, u8)]| {
        accepted_digest(positions.iter().map(|(key, seq, chain)| (*key, *seq, Chain([*chain; 32]))))
    };
    let both = digest(&[(&a, 1, 1), (&b, 2, 1)]);
    assert_eq!(
        both,
        digest(&[(&b, 2, 1), (&a, 1, 1), (&a, 1, 1)]),
        "order and repetition are nothing"
    );
    assert_ne!(both, digest(&[(&a, 1, 1)]));
    assert_ne!(both, digest(&[(&a, 1, 1), (&b, 2, 2)]));
    assert_ne!(both, digest(&[(&a, 1, 1), (&b, 3, 1)]));
    let receipt = Receipt { instance: [1; 16], batch: batch_digest(b"sent"), accepted: both };
    let signature = sign_receipt(&receipt, &key(SERVER));
    let check = |receipt: Receipt, public: u8, fits: bool| {
        let verified = verify_receipt(&receipt, &signature, &public_key(&key(public)));
        assert_eq!(verified.is_ok(), fits, "{receipt:?}");
    };
    check(receipt, SERVER, true);
    check(receipt, 1, false);
    check(Receipt { instance: [2; 16], ..receipt }, SERVER, false);
    check(Receipt { batch: batch_digest(b"another"), ..receipt }, SERVER, false);
    check(Receipt { accepted: [0; 32], ..receipt }, SERVER, false);
}

#[test]
fn a_refusal_is_told_in_one_word() {
    let head = at(5, 1);
    let all = [
        Refusal::NotAfterYourHead { head, points: vec![at(2, 1)] },
        Refusal::OwnAhead { head },
        Refusal::UnknownWriter,
        Refusal::BadCertificate,
        Refusal::BadChain,
        Refusal::BadSeal,
        Refusal::TooLarge,
    ];
    for refusal in all {
        let read = Refusal::from_word(refusal.word(), Some(head), vec![at(2, 1)]);
        assert_eq!(read, Some(refusal));
    }
    assert_eq!(Refusal::from_word("own_ahead", None, vec![]), None);
    assert_eq!(Refusal::from_word("", Some(head), vec![]), None);
}
