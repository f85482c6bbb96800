//! The asking side: seal, compare heads, push what the other side lacks, pull what this one lacks. Every
//! step starts from what both sides say they have, so a cut anywhere is mended by the next run.
//!
//! No clock, no waiting, no socket: time comes in as a value and a `Carrier` moves the bytes. What is done
//! about streams of which there are two branches is in `heal`; a run goes over both sides again after it.

use crate::carrier::{Carrier, CarrierError, Traffic};
use crate::carry::carry_all;
use crate::compare::{Comparison, compare};
use crate::gather::{Gathered, Lacking, gather};
use crate::heal::{is_parted_word, reconcile};
use crate::mend::mend;
use crate::pace::{Pace, Turn};
use crate::pull::pull_all;
use crate::verdict::{PushVerdict, judge};
use ledger::{
    BackedUp, DeviceCertificate, Head, Heads, Replica, Seq, Step, StreamKey, UnitKey, WriterId,
    own_digest,
};
use prost::Message;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Answers that proved nothing and calls that timed out, one after the other, before a run gives up.
pub(crate) const FAILURES_MAX: u32 = 6;
/// Times a run goes over both sides. Two branches take three passes: offer, pull what was re-filed, follow.
const PASSES_MAX: usize = 8;

/// What a device remembers of the server between runs. A hint for saving bytes, never a proof.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Seen {
    /// Which life of which server; empty before the first contact.
    #[prost(bytes = "vec", tag = "1")]
    pub instance: Vec<u8>,
    #[prost(uint32, tag = "2")]
    pub policy: u32,
    /// The units this device may hold, as the server last said.
    #[prost(string, repeated, tag = "3")]
    pub scope: Vec<String>,
    /// `ledger::own_digest` of the own streams when the last run ended well.
    #[prost(bytes = "vec", tag = "4")]
    pub own_digest: Vec<u8>,
    /// The time of the server's backup whose heads are kept here; 0 = none.
    #[prost(sint64, tag = "5")]
    pub backup_at_ms: i64,
}

/// What a run starts from.
#[derive(Debug, Clone)]
pub struct Start {
    /// What answers and receipts are checked with: a server's key is the root of every certificate, a hub's its own.
    pub server_public_key: [u8; 32],
    pub seen: Seen,
    /// This device's clock, ms since 1970 UTC: a claim.
    pub unix_ms: i64,
    /// Entries appended and not known to be on the server, for the coordinator's list.
    pub unsent: u64,
    pub pace: Pace,
    /// Units to serve before all others, most wanted first: the district, then today's stop.
    pub first_units: Vec<UnitKey>,
    /// Hand over and take nothing in: there is no room for it here.
    pub push_only: bool,
    /// 16 random bytes: what tells this run's questions from any other's.
    pub nonce: [u8; 16],
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SyncReport {
    /// Entries the server has now and had not before.
    pub pushed: u64,
    /// Entries this side has now and had not before.
    pub pulled: u64,
    /// Ranges neither side took. The caller adds the entries the server holds.
    pub held: u64,
    /// How often this side became a new writer, because it had been restored or copied.
    pub healed: u64,
    pub bytes_up: u64,
    pub bytes_down: u64,
    pub batches: u64,
}

impl SyncReport {
    /// Two runs of one sync told as one.
    pub fn add(&mut self, other: &SyncReport) {
        self.pushed += other.pushed;
        self.pulled += other.pulled;
        self.healed += other.healed;
        self.bytes_up += other.bytes_up;
        self.bytes_down += other.bytes_down;
        self.batches += other.batches;
    }
}

/// A range that was not taken; it blocks no other stream, and is offered again by the next run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub key: StreamKey,
    /// The `ledger::Refusal` word.
    pub reason: String,
}

/// What a run leaves behind.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub report: SyncReport,
    pub refused: Vec<Refused>,
    /// Streams of which the two sides hold different branches.
    pub forks: Vec<StreamKey>,
    /// Own streams of which the server has more than this device: it was restored, or there are two of it.
    pub own_ahead: Vec<StreamKey>,
    pub seen: Seen,
    /// The server has forgotten this device: it took what was pushed, and gives nothing of others yet.
    pub push_only: bool,
    /// The server has revoked this device: it takes what is pushed, holds it, and gives nothing.
    pub revoked: bool,
    /// Where the server's copies of the streams here stand, as it said last: what 已上传 is read off.
    pub server_heads: Heads,
    /// What the server's last verified backup holds, where that is not what it told before.
    pub backup: Option<BackedUp>,
    /// This device's certificate under the policy in `seen`, where that names its units anew.
    pub certificate: Option<DeviceCertificate>,
    /// The server said an older policy than it has said before: it was restored, and is shown what it lost.
    pub is_server_behind: bool,
    /// The server's last word was of an older policy than this device's certificate is: it has lost the entry that named
    /// these units, and nobody brought it back. The certificate, which it signed, says the same: it is to be shown.
    pub is_certificate_news: bool,
    /// Others' streams that the server was found to lack: what it has of them by now came from here.
    pub carried: BTreeSet<StreamKey>,
    /// A hub's mark of the vouchers it would pass on; empty = it says nothing of any.
    pub voucher_mark: Vec<u8>,
    /// A hub's mark of the line of its stop; empty = it says nothing of any.
    pub line_mark: Vec<u8>,
    /// The server's clock, ms since 1970 UTC; `None` when it was not heard.
    pub server_unix_ms: Option<i64>,
    pub pace: Pace,
}

/// A run that ended early, with what it had done by then. That stands; the next run goes on from there.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Stopped<E: std::error::Error + 'static> {
    pub error: SyncError<E>,
    pub outcome: Box<Outcome>,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum SyncError<E: std::error::Error + 'static> {
    #[error(transparent)]
    Replica(E),
    #[error(transparent)]
    Carrier(#[from] CarrierError),
    #[error("the batch could not be compressed")]
    Compression,
}

/// One run in work.
pub(crate) struct Run<'r, R, C> {
    pub replica: &'r mut R,
    pub carrier: &'r mut C,
    pub start: &'r Start,
    pub own: WriterId,
    /// `own` and the writers this device was before.
    pub lives: BTreeSet<WriterId>,
    /// Units whose bodies this side has let go: nothing is pulled there.
    pub dropped: BTreeSet<UnitKey>,
    /// Branches given to the server in this run, and how far it was found to have the same.
    pub offered: BTreeMap<StreamKey, Seq>,
    pub outcome: Outcome,
    /// Failures left before the run gives up; full again whenever something moved.
    pub patience: u32,
    /// Questions asked so far.
    pub asked: u64,
}

/// Makes both sides equal as far as they let it. `Err` leaves both in a state the next run goes on from.
pub fn run<R: Replica, C: Carrier>(
    replica: &mut R,
    carrier: &mut C,
    start: &Start,
) -> Result<Outcome, Stopped<R::Error>> {
    let before = carrier.traffic();
    let outcome = Outcome {
        report: SyncReport::default(),
        refused: Vec::new(),
        forks: Vec::new(),
        own_ahead: Vec::new(),
        seen: start.seen.clone(),
        push_only: false,
        revoked: false,
        server_heads: Heads::new(),
        backup: None,
        certificate: None,
        is_server_behind: false,
        is_certificate_news: false,
        carried: BTreeSet::new(),
        voucher_mark: Vec::new(),
        line_mark: Vec::new(),
        server_unix_ms: None,
        pace: start.pace,
    };
    // The writer is put in before anything asks for it.
    let own = WriterId([0; 16]);
    let lives = BTreeSet::new();
    let dropped = BTreeSet::new();
    let offered = BTreeMap::new();
    let patience = FAILURES_MAX;
    let asked = 0;
    let mut run =
        Run { replica, carrier, start, own, lives, dropped, offered, outcome, patience, asked };
    let ended = run.all();
    let outcome = run.finish(before);
    match ended {
        Ok(()) => Ok(outcome),
        Err(error) => Err(Stopped { error, outcome: Box::new(outcome) }),
    }
}

impl<R: Replica, C: Carrier> Run<'_, R, C> {
    /// Passes until no stream has two branches, or nothing more can be done about those that have.
    fn all(&mut self) -> Result<(), SyncError<R::Error>> {
        for _ in 0..PASSES_MAX {
            let mut parted = self.pass()?;
            if self.carrier.is_hub() {
                // Others' streams of which there are two branches wait for the server, which alone files them again.
                parted.retain(|key| self.lives.contains(&key.writer));
            }
            // Two branches take pulling.
            if parted.is_empty() || self.start.push_only {
                break;
            }
            let was_moved = reconcile(self, &parted)?;
            if self.replica.own_writer().map_err(SyncError::Replica)? != self.own {
                self.outcome.report.healed += 1;
            }
            if !was_moved {
                break;
            }
            self.outcome.refused.clear();
            self.outcome.forks.clear();
            self.outcome.own_ahead.clear();
        }
        let is_whole = self.outcome.refused.is_empty() && self.outcome.forks.is_empty();
        if is_whole && !self.start.push_only {
            self.outcome.seen.own_digest = self.own_digest()?;
        }
        Ok(())
    }

    /// Compares, pushes, pulls. Answers the streams of which the two sides hold different branches.
    fn pass(&mut self) -> Result<Vec<StreamKey>, SyncError<R::Error>> {
        mend(self)?;
        self.own = self.replica.own_writer().map_err(SyncError::Replica)?;
        self.lives =
            self.replica.earlier_writers().map_err(SyncError::Replica)?.into_iter().collect();
        self.lives.insert(self.own);
        self.dropped = self.replica.dropped().map_err(SyncError::Replica)?;
        self.replica.seal_own().map_err(SyncError::Replica)?;
        let expects_no_change = self.own_digest()? == self.start.seen.own_digest;
        let comparison = compare(self, expects_no_change)?;
        let comparison = push_all(self, comparison)?;
        if !self.start.push_only {
            pull_all(self, &comparison)?;
        }
        for step in comparison.steps {
            match step {
                Step::Fork { key } => self.outcome.forks.push(key),
                Step::OwnAhead { key } => self.outcome.own_ahead.push(key),
                Step::Push { .. } | Step::Pull { .. } => {}
            }
        }
        let refused = self.outcome.refused.iter().filter(|refused| is_parted_word(&refused.reason));
        let parted: BTreeSet<&StreamKey> = self
            .outcome
            .forks
            .iter()
            .chain(&self.outcome.own_ahead)
            .chain(refused.map(|refused| &refused.key))
            .collect();
        Ok(parted.into_iter().cloned().collect())
    }

    fn own_digest(&self) -> Result<Vec<u8>, SyncError<R::Error>> {
        let heads = self.replica.own_heads().map_err(SyncError::Replica)?;
        Ok(own_digest(&heads).to_vec())
    }

    /// Counts a failure that may pass; gives up with it when there were too many.
    pub fn bear(&mut self, error: CarrierError) -> Result<(), SyncError<R::Error>> {
        self.patience = self.patience.saturating_sub(1);
        if self.patience == 0 { Err(error.into()) } else { Ok(()) }
    }

    pub fn refuse(&mut self, key: StreamKey, reason: &str) {
        self.outcome.refused.push(Refused { key, reason: reason.to_owned() });
    }

    pub fn is_refused(&self, key: &StreamKey) -> bool {
        self.outcome.refused.iter().any(|refused| refused.key == *key)
    }

    /// Where a unit stands in the order of work.
    pub fn turn(&self, unit: &UnitKey) -> usize {
        let first = &self.start.first_units;
        first.iter().position(|wanted| wanted == unit).unwrap_or(first.len())
    }

    fn finish(mut self, before: Traffic) -> Outcome {
        let after = self.carrier.traffic();
        let report = &mut self.outcome.report;
        report.held = self.outcome.refused.len() as u64;
        report.bytes_up = after.bytes_up - before.bytes_up;
        report.bytes_down = after.bytes_down - before.bytes_down;
        self.outcome
    }
}

/// What is still to be pushed, and how far the other side was when first asked.
#[derive(Default)]
pub(crate) struct Queue {
    pub lacking: Vec<Lacking>,
    /// The other side's position of each stream to push, as last proven or compared.
    pub known: BTreeMap<StreamKey, Seq>,
    /// Writers it said it cannot prove.
    pub unproven: BTreeSet<WriterId>,
}

impl Queue {
    /// Goes on with these streams.
    pub fn begin(&mut self, lacking: &[Lacking]) {
        let known = lacking.iter().map(|stream| (stream.key.clone(), stream.after));
        self.known.extend(known);
        self.lacking = lacking.to_vec();
    }
}

/// Pushes until nothing is lacking or everything left was refused: the own streams, then what is carried for
/// others. Answers the comparison to pull by.
fn push_all<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    comparison: Comparison,
) -> Result<Comparison, SyncError<R::Error>> {
    let has_pulls = comparison.steps.iter().any(|step| matches!(step, Step::Pull { .. }));
    let mut carried = lacking(run, &comparison);
    carried.retain(|stream| !run.lives.contains(&stream.key.writer));
    let carries = !carried.is_empty();
    run.outcome.carried.extend(carried.into_iter().map(|stream| stream.key));
    let was_pushed = push_own(run, &comparison)?;
    if !was_pushed {
        return if carries { carry_all(run, comparison) } else { Ok(comparison) };
    }
    // The server may have written too (what it holds): ask again, in short where nothing else is expected.
    let again = compare(run, !has_pulls && !carries)?;
    if carries { carry_all(run, again) } else { Ok(again) }
}

/// True when anything was sent.
fn push_own<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    comparison: &Comparison,
) -> Result<bool, SyncError<R::Error>> {
    let own = |run: &Run<'_, R, C>, comparison: &Comparison| {
        let mut own = lacking(run, comparison);
        own.retain(|stream| run.lives.contains(&stream.key.writer));
        own
    };
    let mut queue = Queue::default();
    if run.outcome.is_server_behind {
        // It may have lost the certificates too that say what these entries may be about.
        queue.unproven.clone_from(&run.lives);
    }
    queue.begin(&own(run, comparison));
    let mut was_pushed = false;
    loop {
        let pace = run.outcome.pace;
        let Some(batch) = gather(run.replica, &queue.lacking, &queue.unproven, pace)? else {
            return Ok(was_pushed);
        };
        was_pushed = true;
        run.outcome.report.batches += 1;
        if !push_one(run, &mut queue, &batch)? {
            // Nothing is known of this batch: what the server has now says what to send.
            let again = compare(run, false)?;
            count_compared(run, &mut queue, &again);
            queue.lacking = own(run, &again);
        }
    }
}

/// The streams to push, in order, without those refused in this run.
pub(crate) fn lacking<R: Replica, C: Carrier>(
    run: &Run<'_, R, C>,
    comparison: &Comparison,
) -> Vec<Lacking> {
    let mut lacking: Vec<Lacking> = comparison
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Push { key, after } if !run.is_refused(key) => {
                Some(Lacking { key: key.clone(), after: *after })
            }
            Step::Push { .. } | Step::Pull { .. } | Step::Fork { .. } | Step::OwnAhead { .. } => {
                None
            }
        })
        .collect();
    // Stable, so the plan's order stays within.
    lacking.sort_by_key(|stream| run.turn(&stream.key.unit));
    lacking
}

/// Sends one batch. `false`: its fate is unknown, or it has to be made anew.
pub(crate) fn push_one<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    queue: &mut Queue,
    batch: &Gathered,
) -> Result<bool, SyncError<R::Error>> {
    let answer = match run.carrier.push(&batch.bytes) {
        Ok(answer) => answer,
        Err(CarrierError::TooLarge) => {
            if run.outcome.pace.is_smallest() {
                run.refuse(batch.ranges[0].key.clone(), "too_large");
            }
            run.outcome.pace = run.outcome.pace.after(Turn::TooLarge);
            return Ok(false);
        }
        Err(CarrierError::TimedOut) => {
            run.outcome.pace = run.outcome.pace.after(Turn::TimedOut);
            run.bear(CarrierError::TimedOut)?;
            return Ok(false);
        }
        Err(error) => {
            run.outcome.pace = run.outcome.pace.after(Turn::Cut);
            if error != CarrierError::AnswerUnknown {
                return Err(error.into());
            }
            run.bear(error)?;
            return Ok(false);
        }
    };
    let key = &run.start.server_public_key;
    let Some(verdicts) = judge(&batch.bytes, &batch.ranges, &answer, key) else {
        run.bear(CarrierError::AnswerUnknown)?;
        return Ok(false);
    };
    let turn = Turn::Sent { raw: batch.raw, sent: batch.bytes.len() };
    run.outcome.pace = run.outcome.pace.after(turn);
    for (range, verdict) in batch.ranges.iter().zip(verdicts) {
        match verdict {
            PushVerdict::Taken(head) => count_taken(run, queue, &range.key, head),
            PushVerdict::Refused(word) => count_refused(run, queue, &range.key, &word),
        }
    }
    Ok(true)
}

fn count_taken<R, C>(run: &mut Run<'_, R, C>, queue: &mut Queue, key: &StreamKey, head: Head) {
    run.patience = FAILURES_MAX;
    run.outcome.server_heads.insert(key.clone(), head);
    let seq = head.seq;
    if let Some(known) = queue.known.get_mut(key) {
        run.outcome.report.pushed += seq.saturating_sub(*known);
        *known = seq.max(*known);
    }
    for stream in queue.lacking.iter_mut().filter(|stream| stream.key == *key) {
        stream.after = seq.max(stream.after);
    }
}

fn count_refused<R: Replica, C: Carrier>(
    run: &mut Run<'_, R, C>,
    queue: &mut Queue,
    key: &StreamKey,
    word: &str,
) {
    // A server that lost the writer's certificates gets them once; then the stream waits for the next run.
    if word == ledger::Refusal::UnknownWriter.word() && queue.unproven.insert(key.writer) {
        return;
    }
    let was_waiting = queue.lacking.len();
    queue.lacking.retain(|stream| stream.key != *key);
    if queue.lacking.len() < was_waiting {
        run.refuse(key.clone(), word);
    }
}

/// What a new comparison shows of the streams being pushed.
fn count_compared<R, C>(run: &mut Run<'_, R, C>, queue: &mut Queue, comparison: &Comparison) {
    for (key, known) in &mut queue.known {
        let now = comparison.their_seq(key);
        run.outcome.report.pushed += now.saturating_sub(*known);
        *known = now.max(*known);
    }
}
