//! The answering side: heads, push and pull over any `ledger::Replica`. A server and later a hub in the hall
//! answer with this same code.
//!
//! Who asks was settled before (`Asker`), and what came was inflated and decoded before a write lock is
//! taken. Only shape, scope and bounds are looked at here; what a range deserves is the replica's to say.

use crate::pull::by_unit;
use crate::turns::{in_turns, take_turn};
use crate::wire::{head_message, read_digests, read_head, read_units, read_wanted, writer_id};
use ledger::{
    AcceptedRange, Batch, CERTIFICATES_MAX, CertificatePair, Head, Heads, HeadsDigest, RANGES_MAX,
    Range, Receipt, Refusal, Replica, Seq, SigningKey, StreamKey, UNITS_MAX, UnitKey, WriterId,
    accepted_digest, batch_digest, own_digest, public_key, sign_receipt, sign_voucher,
};
use protocol::PROTOCOL_VERSION;
use protocol::call::{
    HeadMessage, HeadsAnswer, HeadsRequest, PullRequest, PushAnswer, RangeAnswer, VOUCH_FOR_MAX,
    WANTED_MAX, Wanted,
};
use std::collections::{BTreeMap, BTreeSet};

/// Streams in one answer, about 80 bytes each; a unit is never split, so a large one may go beyond.
pub const HEADS_PER_ANSWER: usize = 4_096;
/// Streams whose seal points are asked for at once.
pub const POINTS_OF_MAX: usize = 64;
/// Writers one device may have been before.
pub const EARLIER_WRITERS_MAX: usize = 256;
/// Bytes of bodies in one pulled batch: below the receiver's limit even where nothing compresses.
pub const PULL_RAW_BYTES_MAX: usize = 896 << 10;

/// Who asks, as the one place that knows accounts has settled it.
#[derive(Debug, Clone)]
pub struct Asker {
    pub device: [u8; 16],
    /// The units whose heads it is told, the district's among them.
    pub scope: BTreeSet<UnitKey>,
    /// False: it pulls nothing but its own streams (its enrolment is not here).
    pub may_pull: bool,
}

/// What the answering side says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Here {
    pub instance: [u8; 16],
    pub policy: u32,
    pub unix_ms: i64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError<E: std::error::Error + 'static> {
    #[error("the request cannot be read")]
    Malformed,
    #[error("the request is of a newer protocol")]
    Newer,
    #[error(transparent)]
    Replica(E),
}

type Answer<T, R> = Result<T, AnswerError<<R as Replica>::Error>>;

/// Says where this side stands, as far as the asker may know and does not say the same.
pub fn heads<R: Replica>(
    replica: &R,
    asker: &Asker,
    here: &Here,
    request: &HeadsRequest,
) -> Answer<HeadsAnswer, R> {
    check_version::<R>(request.protocol)?;
    let own_writer = writer_id(&request.own_writer).ok_or(AnswerError::Malformed)?;
    let held = held_of(&asker.scope, &request.dropped).ok_or(AnswerError::Malformed)?;
    let mut own = heads_of_asker(replica, asker, &own_writer)?;
    if request.earlier_writers.len() > EARLIER_WRITERS_MAX {
        return Err(AnswerError::Malformed);
    }
    for earlier in &request.earlier_writers {
        let earlier = writer_id(earlier).ok_or(AnswerError::Malformed)?;
        own.extend(heads_of_asker(replica, asker, &earlier)?);
    }
    let is_of_vouchers =
        !request.vouch_for.is_empty() || !request.vouchers.is_empty() || request.wants_vouchers;
    if is_of_vouchers || request.wants_line {
        // Of vouchers and nothing else: `vouch`, and what a hub keeps of the server's; or of a hub's line.
        return Ok(answer_of(here, asker));
    }
    if !request.points_of.is_empty() {
        let points = points_of(replica, asker, &request.points_of)?;
        return Ok(HeadsAnswer { points, ..answer_of(here, asker) });
    }
    if !request.all_digest.is_empty() {
        let empty = answer_of(here, asker);
        return short_form(replica, &held, empty, request, own);
    }
    let asked = read_digests(&request.units).ok_or(AnswerError::Malformed)?;
    let is_first = request.after_unit.is_empty();
    let page: BTreeSet<UnitKey> =
        held.iter().filter(|unit| unit.as_str() > request.after_unit.as_str()).cloned().collect();
    let heads_here = replica.heads(Some(&page)).map_err(AnswerError::Replica)?;
    let own_same = is_first && own_digest(&own).as_slice() == request.own_digest;
    let mut units = page.clone();
    if is_first {
        units.extend(own.keys().map(|key| key.unit.clone()));
    }
    let backup = replica.backed_up(&units).map_err(AnswerError::Replica)?;
    let is_told = backup.at_ms == request.backup_at_ms && here.instance[..] == request.instance;
    let mut answer = HeadsAnswer {
        own_same,
        scope: asker.scope.iter().map(UnitKey::to_string).collect(),
        backup_at_ms: backup.at_ms,
        ..answer_of(here, asker)
    };
    let backup = if is_told { Heads::new() } else { backup.heads };
    fill(&mut answer, &page, &heads_here, &asked, &backup);
    if is_first {
        let is_outside = |key: &StreamKey| key.writer == own_writer && !page.contains(&key.unit);
        let more = backup.iter().filter(|(key, _)| own.contains_key(*key) && is_outside(key));
        answer.backup_heads.extend(more.map(|(key, head)| head_message(key, head)));
    }
    if is_first && !own_same {
        let said: BTreeSet<StreamKey> =
            answer.heads.iter().filter_map(crate::wire::read_head).map(|(key, _)| key).collect();
        let more = own.iter().filter(|(key, head)| head.seq > 0 && !said.contains(*key));
        answer.heads.extend(more.map(|(key, head)| head_message(key, head)));
    }
    Ok(answer)
}

/// Vouches for streams that are here too as the asker says they stand there, and for nothing it does not name: it learns no
/// more than that this side holds what it holds itself. Only a server does; a hub's word would be its own.
pub fn vouch<R: Replica>(
    replica: &R,
    here: &Here,
    vouch_for: &[HeadMessage],
    signer: &SigningKey,
) -> Answer<Vec<Vec<u8>>, R> {
    if vouch_for.len() > VOUCH_FOR_MAX {
        return Err(AnswerError::Malformed);
    }
    let mut vouchers = Vec::new();
    for message in vouch_for {
        let (key, head) = read_head(message).ok_or(AnswerError::Malformed)?;
        let is_here = head.seq > 0
            && replica.chain_at(&key, head.seq).map_err(AnswerError::Replica)? == Some(head.chain);
        if is_here {
            let voucher = sign_voucher(here.instance, here.unix_ms, (&key, &head), signer);
            vouchers.push(voucher.encode());
        }
    }
    Ok(vouchers)
}

/// The units in scope that the asker has not let go.
fn held_of(scope: &BTreeSet<UnitKey>, dropped: &[String]) -> Option<BTreeSet<UnitKey>> {
    let dropped = (dropped.len() <= UNITS_MAX).then(|| read_units(dropped))??;
    Some(scope.difference(&dropped).cloned().collect())
}

/// Where the copies here may still be equal to the asker's.
fn points_of<R: Replica>(
    replica: &R,
    asker: &Asker,
    wanted: &[Wanted],
) -> Answer<Vec<HeadMessage>, R> {
    if wanted.len() > POINTS_OF_MAX {
        return Err(AnswerError::Malformed);
    }
    let mut all = Vec::new();
    for wanted in wanted {
        let (key, _) = read_wanted(wanted).ok_or(AnswerError::Malformed)?;
        if asker.scope.contains(&key.unit) || is_of_asker(replica, asker, &key.writer)? {
            let points = replica.points(&key).map_err(AnswerError::Replica)?;
            all.extend(points.iter().map(|point| head_message(&key, point)));
        }
    }
    Ok(all)
}

/// Unit by unit until the answer is full.
fn fill(
    answer: &mut HeadsAnswer,
    page: &BTreeSet<UnitKey>,
    held: &Heads,
    asked: &BTreeMap<UnitKey, [u8; 16]>,
    backup: &Heads,
) {
    let digests = HeadsDigest::of(held);
    let mut by_unit: BTreeMap<&UnitKey, Vec<_>> = BTreeMap::new();
    for (key, head) in held.iter().filter(|(_, head)| head.seq > 0) {
        by_unit.entry(&key.unit).or_default().push(head_message(key, head));
    }
    let mut in_backup: BTreeMap<&UnitKey, Vec<_>> = BTreeMap::new();
    for (key, head) in backup {
        in_backup.entry(&key.unit).or_default().push(head_message(key, head));
    }
    for unit in page {
        if answer.heads.len() + answer.backup_heads.len() >= HEADS_PER_ANSWER {
            answer.more = true;
            return;
        }
        let is_same = asked.get(unit).is_some_and(|digest| digests.0.get(unit) == Some(digest));
        if is_same {
            answer.same_units.push(unit.to_string());
        } else if let Some(heads) = by_unit.remove(unit) {
            answer.heads.extend(heads);
        }
        answer.backup_heads.extend(in_backup.remove(unit).unwrap_or_default());
        answer.up_to_unit = unit.to_string();
    }
    answer.up_to_unit.clear();
}

fn short_form<R: Replica>(
    replica: &R,
    held: &BTreeSet<UnitKey>,
    answer: HeadsAnswer,
    request: &HeadsRequest,
    own: Heads,
) -> Answer<HeadsAnswer, R> {
    let mut all = replica.heads(Some(held)).map_err(AnswerError::Replica)?;
    all.extend(own);
    let all_same = own_digest(&all).as_slice() == request.all_digest;
    let backup = replica.backed_up(&BTreeSet::new()).map_err(AnswerError::Replica)?;
    Ok(HeadsAnswer { all_same, backup_at_ms: backup.at_ms, ..answer })
}

fn answer_of(here: &Here, asker: &Asker) -> HeadsAnswer {
    HeadsAnswer {
        push_only: !asker.may_pull,
        protocol: PROTOCOL_VERSION,
        instance: here.instance.to_vec(),
        policy: here.policy,
        server_unix_ms: here.unix_ms,
        ..HeadsAnswer::default()
    }
}

/// The streams of the writer the asker names, where the certificates say that it is the asker's.
fn heads_of_asker<R: Replica>(replica: &R, asker: &Asker, writer: &WriterId) -> Answer<Heads, R> {
    if is_of_asker(replica, asker, writer)? {
        replica.writer_heads(writer).map_err(AnswerError::Replica)
    } else {
        Ok(Heads::new())
    }
}

fn is_of_asker<R: Replica>(replica: &R, asker: &Asker, writer: &WriterId) -> Answer<bool, R> {
    let known = replica.certificates(writer).map_err(AnswerError::Replica)?;
    Ok(known.is_some_and(|(device, _)| device.device == asker.device))
}

fn check_version<R: Replica>(version: u32) -> Answer<(), R> {
    match version {
        0 => Err(AnswerError::Malformed),
        1..=PROTOCOL_VERSION => Ok(()),
        _ => Err(AnswerError::Newer),
    }
}

/// What became of one range, and of which stream.
pub type Taken = (StreamKey, Result<AcceptedRange, Refusal>);

/// Takes what verifies of a batch, unit by unit; an answer for each range in its order.
pub fn take<R: Replica>(replica: &mut R, batch: Batch) -> Result<Vec<Taken>, R::Error> {
    let places: Vec<StreamKey> = batch.ranges.iter().map(|range| range.key.clone()).collect();
    let turns = by_unit(batch.ranges).into_values().collect();
    take_turns(replica, places, turns, &batch.certificates)
}

/// Takes ranges turn by turn; an answer for each in the order of `places`, which are their streams. The same for every
/// carrier.
fn take_turns<R: Replica>(
    replica: &mut R,
    places: Vec<StreamKey>,
    turns: Vec<Vec<Range>>,
    sent: &[CertificatePair],
) -> Result<Vec<Taken>, R::Error> {
    let mut by_stream: BTreeMap<StreamKey, Vec<Result<AcceptedRange, Refusal>>> = BTreeMap::new();
    for ranges in turns {
        let answers = take_turn(&ranges, |some| replica.accept(some, sent))?;
        for (range, answer) in ranges.iter().zip(answers) {
            by_stream.entry(range.key.clone()).or_default().push(answer);
        }
    }
    // Within a stream the order was kept, so taking from the front gives each range its own answer.
    let mut by_stream: BTreeMap<StreamKey, _> =
        by_stream.into_iter().map(|(key, answers)| (key, answers.into_iter())).collect();
    let answered = places.into_iter().filter_map(|key| {
        let answer = by_stream.get_mut(&key)?.next()?;
        Some((key, answer))
    });
    Ok(answered.collect())
}

/// Takes a batch, a few units at a time, and signs for exactly what was accepted. Anyone who is let in may push
/// anything that verifies: scope limits what is given, never what is taken.
///
/// An error after some units were taken is an error all the same: the sender compares heads again.
pub fn push<R: Replica>(
    replica: &mut R,
    signer: &SigningKey,
    here: &Here,
    sent: &[u8],
    batch: Batch,
) -> Answer<PushAnswer, R> {
    let places: Vec<StreamKey> = batch.ranges.iter().map(|range| range.key.clone()).collect();
    let (server, sent_with) = (public_key(signer), &batch.certificates);
    let turns = in_turns(replica, &server, sent_with, batch.ranges);
    let turns = turns.map_err(AnswerError::Replica)?;
    let answers = take_turns(replica, places, turns, sent_with).map_err(AnswerError::Replica)?;
    let accepted = accepted_digest(
        answers
            .iter()
            .flat_map(|(_, taken)| taken)
            .map(|taken| (&taken.key, taken.head.seq, taken.head.chain)),
    );
    let receipt = Receipt { instance: here.instance, batch: batch_digest(sent), accepted };
    Ok(PushAnswer {
        ranges: answers.iter().map(|(key, answer)| range_answer(key, answer)).collect(),
        digest: accepted.to_vec(),
        signature: sign_receipt(&receipt, signer).to_vec(),
        instance: here.instance.to_vec(),
    })
}

fn range_answer(key: &StreamKey, answer: &Result<AcceptedRange, Refusal>) -> RangeAnswer {
    let refusal = match answer {
        Ok(taken) => {
            let head = Some(head_message(&taken.key, &taken.head));
            return RangeAnswer { head, ..RangeAnswer::default() };
        }
        Err(refusal) => refusal,
    };
    let (head, points): (_, &[Head]) = match refusal {
        Refusal::NotAfterYourHead { head, points } => (Some(head), points),
        Refusal::OwnAhead { head } => (Some(head), &[]),
        Refusal::UnknownWriter
        | Refusal::BadCertificate
        | Refusal::BadChain
        | Refusal::BadSeal
        | Refusal::TooLarge => (None, &[]),
    };
    RangeAnswer {
        head: head.map(|head| head_message(key, head)),
        refusal: refusal.word().to_owned(),
        points: points.iter().map(|point| head_message(key, point)).collect(),
    }
}

/// Gives what was asked for, as far as the asker may have it and the limits let it. What it may not have is
/// left out without a word: "absent" and "forbidden" look alike.
pub fn pull<R: Replica>(replica: &R, asker: &Asker, request: &PullRequest) -> Answer<Batch, R> {
    check_version::<R>(request.protocol)?;
    if request.wanted.len() > WANTED_MAX {
        return Err(AnswerError::Malformed);
    }
    let wanted: Vec<(StreamKey, Seq)> = request
        .wanted
        .iter()
        .map(read_wanted)
        .collect::<Option<_>>()
        .ok_or(AnswerError::Malformed)?;
    let bytes_max = usize::try_from(request.bytes_max).unwrap_or(usize::MAX);
    let bytes_max = bytes_max.clamp(1, PULL_RAW_BYTES_MAX);
    let mut batch = Batch::default();
    let mut proven: BTreeSet<WriterId> = BTreeSet::new();
    let mut raw = 0;
    for (key, after) in wanted {
        let is_given = asker.may_pull && asker.scope.contains(&key.unit);
        if !is_given && !is_of_asker(replica, asker, &key.writer)? {
            continue;
        }
        // Who has none of a stream may not know its writer yet.
        if after == 0 && !proven.contains(&key.writer) {
            if proven.len() >= CERTIFICATES_MAX {
                break;
            }
            let pair = replica.certificates(&key.writer).map_err(AnswerError::Replica)?;
            batch.certificates.extend(pair);
            proven.insert(key.writer);
        }
        raw = add_stream(replica, &mut batch, (&key, after), raw, bytes_max)?;
        if raw >= bytes_max || batch.ranges.len() >= RANGES_MAX {
            break;
        }
    }
    Ok(batch)
}

fn add_stream<R: Replica>(
    replica: &R,
    batch: &mut Batch,
    (key, mut after): (&StreamKey, Seq),
    mut raw: usize,
    bytes_max: usize,
) -> Answer<usize, R> {
    while raw < bytes_max && batch.ranges.len() < RANGES_MAX {
        let found = replica.sealed_range(key, after, bytes_max - raw);
        let Some(range) = found.map_err(AnswerError::Replica)? else { break };
        if raw + range.body_bytes() > bytes_max && !batch.ranges.is_empty() {
            return Ok(bytes_max);
        }
        raw += range.body_bytes();
        after = range.seal.seq;
        batch.ranges.push(range);
    }
    Ok(raw)
}
