//! Comparing heads: what the two sides say they have, and the plan that follows. Digests first, so that
//! what is equal costs 16 bytes a unit, or nothing at all.

use crate::carrier::{Carrier, CarrierError};
use crate::drive::{Run, SyncError};
use crate::signed::read_signed;
use crate::wire::{read_head, read_heads, read_units, wanted};
use ledger::{
    BackedUp, DeviceCertificate, Head, Heads, HeadsDigest, Replica, Seq, Step, StreamKey, UnitKey,
    own_digest, plan,
};
use prost::Message;
use protocol::PROTOCOL_VERSION;
use protocol::call::{HeadsAnswer, HeadsRequest, UnitDigest};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Pages of one comparison, at most: a bound against an answer that never ends.
const PAGES_MAX: usize = 1_024;

/// What differs, and the plan for it.
pub struct Comparison {
    /// All own and carried heads of this side.
    all: Heads,
    /// This side's heads of what was compared and differs.
    pub mine: Heads,
    pub theirs: Heads,
    pub steps: Vec<Step>,
}

impl Comparison {
    /// How far this side is in a stream.
    pub fn my_seq(&self, key: &StreamKey) -> Seq {
        self.all.get(key).map_or(0, |head| head.seq)
    }

    /// How far the other side is in a stream this side has.
    pub fn their_seq(&self, key: &StreamKey) -> Seq {
        let seq = |heads: &Heads| heads.get(key).map_or(0, |head| head.seq);
        if self.theirs.contains_key(key) || self.mine.contains_key(key) {
            seq(&self.theirs)
        } else {
            seq(&self.all)
        }
    }
}

/// What the pages of an answer add up to.
#[derive(Default)]
struct Answered {
    heads: Heads,
    same_units: BTreeSet<UnitKey>,
    own_same: bool,
    push_only: bool,
    scope: BTreeSet<UnitKey>,
    backup: Heads,
    /// The backup each page spoke of; more than one when a backup was made meanwhile.
    backups_at_ms: BTreeSet<i64>,
}

/// Asks where the other side stands. `expects_no_change` tries the short form first.
pub fn compare<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    expects_no_change: bool,
) -> Result<Comparison, SyncError<R::Error>> {
    let all = run.replica.heads(None).map_err(SyncError::Replica)?;
    if expects_no_change && is_all_same(run, &all)? {
        return Ok(Comparison { all, mine: Heads::new(), theirs: Heads::new(), steps: Vec::new() });
    }
    let answered = ask_in_full(run, &all)?;
    let (own, lives, dropped) = (run.own, run.lives.clone(), run.dropped.clone());
    let held: BTreeSet<UnitKey> = answered.scope.difference(&dropped).cloned().collect();
    let is_compared = |key: &StreamKey| {
        let is_own = lives.contains(&key.writer);
        let is_of_unit = held.contains(&key.unit) && !answered.same_units.contains(&key.unit);
        is_of_unit || (is_own && !answered.own_same)
    };
    let mine: Heads =
        all.iter().filter(|(key, _)| is_compared(key)).map(|(k, h)| (k.clone(), *h)).collect();
    let mut theirs = answered.heads;
    theirs.retain(|key, _| is_compared(key));
    // What an own life wrote is pulled whatever the scope: a branch of it that is shorter here shows only so.
    let of_lives = theirs.keys().filter(|key| lives.contains(&key.writer)).map(|key| &key.unit);
    let of_lives = of_lives.filter(|unit| !dropped.contains(unit));
    let pulled: BTreeSet<UnitKey> = held.iter().chain(of_lives).cloned().collect();
    let mut steps = plan(&mine, &theirs, &own, &pulled);
    if answered.push_only {
        // Others' streams would not be given.
        steps.retain(|step| match step {
            Step::Pull { key, .. } => lives.contains(&key.writer),
            Step::Push { .. } | Step::Fork { .. } | Step::OwnAhead { .. } => true,
        });
    }
    for (key, head) in &all {
        let head = match theirs.get(key) {
            Some(theirs) => *theirs,
            None if mine.contains_key(key) => Head::genesis(key),
            None if held.contains(&key.unit) || lives.contains(&key.writer) => *head,
            // Nothing was said of what is neither own nor in scope, or was let go.
            None => continue,
        };
        run.outcome.server_heads.insert(key.clone(), head);
    }
    Ok(Comparison { all, mine, theirs, steps })
}

/// The other side's seal points of streams that have parted.
pub fn ask_points<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    parted: &[StreamKey],
) -> Result<Vec<(StreamKey, Head)>, SyncError<R::Error>> {
    let points_of = parted.iter().map(|key| wanted(key, 0)).collect();
    let request = HeadsRequest { points_of, ..request(run)? };
    let answer = call(run, &request)?;
    let read: Option<Vec<_>> = answer.points.iter().map(read_head).collect();
    Ok(read.ok_or(CarrierError::AnswerUnknown)?)
}

fn request<R: Replica, C: Carrier>(
    run: &Run<'_, R, C>,
) -> Result<HeadsRequest, SyncError<R::Error>> {
    let all = run.replica.heads(None).map_err(SyncError::Replica)?;
    let own = all.iter().filter(|(key, _)| run.lives.contains(&key.writer));
    let certificate = run.replica.certificates(&run.own).map_err(SyncError::Replica)?;
    let earlier = run.lives.iter().filter(|life| **life != run.own);
    Ok(HeadsRequest {
        protocol: PROTOCOL_VERSION,
        instance: run.outcome.seen.instance.clone(),
        policy: run.outcome.seen.policy,
        own_writer: run.own.0.to_vec(),
        own_digest: own_digest(own).to_vec(),
        units: Vec::new(),
        unix_ms: run.start.unix_ms,
        unsent: run.start.unsent,
        after_unit: String::new(),
        all_digest: Vec::new(),
        earlier_writers: earlier.map(|life| life.0.to_vec()).collect(),
        points_of: Vec::new(),
        certificate_policy: certificate.map_or(0, |(device, _)| device.policy),
        backup_at_ms: run.outcome.seen.backup_at_ms,
        dropped: run.dropped.iter().map(UnitKey::to_string).collect(),
        nonce: Vec::new(),
        ..HeadsRequest::default()
    })
}

/// The short form: one digest over everything in scope and everything own.
fn is_all_same<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    all: &Heads,
) -> Result<bool, SyncError<R::Error>> {
    let scope = read_units(&run.outcome.seen.scope).unwrap_or_default();
    let lives = run.lives.clone();
    let dropped = run.dropped.clone();
    let is_held = |unit: &UnitKey| scope.contains(unit) && !dropped.contains(unit);
    let is_covered = |key: &StreamKey| is_held(&key.unit) || lives.contains(&key.writer);
    let covered = || all.iter().filter(|(key, _)| is_covered(key));
    let all_digest = own_digest(covered()).to_vec();
    let request = HeadsRequest { all_digest, ..request(run)? };
    let answer = call(run, &request)?;
    if is_new_backup(&request, &answer) || answer.policy > request.policy {
        // Its heads, or the scope under the new policy, come with the full answer.
        return Ok(false);
    }
    if answer.all_same {
        note_server(run, &request, &answer);
        let same = covered().map(|(key, head)| (key.clone(), *head));
        run.outcome.server_heads.extend(same);
    }
    Ok(answer.all_same)
}

fn ask_in_full<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    all: &Heads,
) -> Result<Answered, SyncError<R::Error>> {
    let digests = HeadsDigest::of(all).0.into_iter();
    let digests = digests.filter(|(unit, _)| !run.dropped.contains(unit));
    let digest = |(unit, digest): (UnitKey, [u8; 16])| UnitDigest {
        unit: unit.to_string(),
        digest: digest.to_vec(),
    };
    let mut request = HeadsRequest { units: digests.map(digest).collect(), ..request(run)? };
    let mut answered = Answered::default();
    for page in 0..PAGES_MAX {
        let answer = call(run, &request)?;
        let read = |answer: &HeadsAnswer| {
            Some((
                read_heads(&answer.heads)?,
                read_heads(&answer.backup_heads)?,
                read_units(&answer.same_units)?,
                read_units(&answer.scope)?,
            ))
        };
        let (heads, backup, same, scope) = read(&answer).ok_or(CarrierError::AnswerUnknown)?;
        answered.heads.extend(heads);
        answered.backup.extend(backup);
        answered.backups_at_ms.insert(answer.backup_at_ms);
        answered.same_units.extend(same);
        answered.scope = scope;
        answered.push_only = answer.push_only;
        // Own streams are on the first page, whatever their units.
        answered.own_same |= page == 0 && answer.own_same;
        note_server(run, &request, &answer);
        if !answer.more {
            note_backup(run, &request, &answer, &mut answered);
            if !answer.push_only {
                // What a server says that has forgotten this device is not its last word.
                note_policy(run, &request, answer, &mut answered);
            }
            return Ok(answered);
        }
        if answer.up_to_unit <= request.after_unit {
            break;
        }
        request.after_unit = answer.up_to_unit;
    }
    Err(CarrierError::AnswerUnknown.into())
}

/// The server speaks of another backup than the one told before, or is another life of it.
fn is_new_backup(request: &HeadsRequest, answer: &HeadsAnswer) -> bool {
    answer.backup_at_ms != request.backup_at_ms || answer.instance != request.instance
}

/// Keeps the backup that all pages spoke of. Where the scope grew, the heads of the new units were never told:
/// the next run asks for all of them.
fn note_backup<R, C>(
    run: &mut Run<'_, R, C>,
    request: &HeadsRequest,
    answer: &HeadsAnswer,
    answered: &mut Answered,
) {
    let is_one = answered.backups_at_ms.len() == 1;
    let seen = &mut run.outcome.seen;
    if is_new_backup(request, answer) && is_one {
        let heads = std::mem::take(&mut answered.backup);
        run.outcome.backup = Some(BackedUp { at_ms: answer.backup_at_ms, heads });
        seen.backup_at_ms = answer.backup_at_ms;
    } else if !is_one || answer.scope != seen.scope {
        seen.backup_at_ms = 0;
    }
}

/// Policy, scope and certificate are taken together, and never an older policy of the same server: one that was
/// restored gives no more than it gave before and is asked for no more than it gave since.
fn note_policy<R, C>(
    run: &mut Run<'_, R, C>,
    request: &HeadsRequest,
    answer: HeadsAnswer,
    answered: &mut Answered,
) {
    let seen = &mut run.outcome.seen;
    if answer.policy < seen.policy {
        let kept = read_units(&seen.scope).unwrap_or_default();
        answered.scope.retain(|unit| kept.contains(unit));
        return;
    }
    seen.policy = answer.policy;
    seen.scope = answer.scope;
    let certificate = DeviceCertificate::decode(&answer.certificate).ok();
    let is_newer = |new: &DeviceCertificate| new.policy > request.certificate_policy;
    run.outcome.certificate = certificate.filter(is_newer).or(run.outcome.certificate.take());
}

/// Asking changes nothing, so a lost answer is asked for again while patience lasts; what the server did not sign for
/// this very question is no answer.
fn call<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    request: &HeadsRequest,
) -> Result<HeadsAnswer, SyncError<R::Error>> {
    loop {
        run.asked += 1;
        let nonce =
            Sha256::new().chain_update(run.start.nonce).chain_update(run.asked.to_be_bytes());
        let nonce = nonce.finalize()[..16].to_vec();
        let request = HeadsRequest { nonce, ..request.clone() };
        let answer = run.carrier.heads(&request).and_then(|bytes| {
            let root = &run.start.server_public_key;
            read_signed("heads", &request.encode_to_vec(), &bytes, root)
                .ok_or(CarrierError::AnswerUnknown)
        });
        match answer {
            Ok(answer) => return Ok(answer),
            Err(error @ (CarrierError::AnswerUnknown | CarrierError::TimedOut)) => {
                run.bear(error)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn note_server<R, C>(run: &mut Run<'_, R, C>, request: &HeadsRequest, answer: &HeadsAnswer) {
    run.outcome.seen.instance = answer.instance.clone();
    run.outcome.push_only = answer.push_only;
    run.outcome.revoked = answer.revoked;
    if answer.revoked {
        // The units are as they were: what is recorded on goes where it did, and is held.
        run.outcome.seen.policy = answer.policy.max(run.outcome.seen.policy);
    }
    run.outcome.is_server_behind |= answer.policy < run.outcome.seen.policy;
    run.outcome.is_certificate_news = answer.policy < request.certificate_policy;
    run.outcome.server_unix_ms = Some(answer.server_unix_ms);
    run.outcome.voucher_mark = answer.voucher_mark.clone();
    run.outcome.line_mark = answer.line_mark.clone();
}
