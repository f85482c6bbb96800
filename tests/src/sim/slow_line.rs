//! A thin line in simulated time: bytes cost time, connecting costs time, and connections are killed. Nothing sleeps:
//! the line has its own clock, and the waits are those that `sync::Retry` says.

use super::dice::Dice;
use ledger::memory::MemoryReplica;
use ledger::{Limits, Replica, SigningKey, UnitKey, public_key};
use prost::Message;
use protocol::call::{HeadsRequest, PullRequest, PushAnswer};
use std::collections::BTreeSet;
use sync::answer::{self, Asker, Here};
use sync::{
    Carrier, CarrierError, Ended, Next, Pace, Ran, Retry, Seen, Start, SyncError, Traffic,
    decode_batch, encode_batch, run,
};

/// What a connection costs before the first byte of a call: three ways there and back, and the TLS handshake.
const CONNECT_MS: u64 = 1_800;
const HANDSHAKE_BYTES: [u64; 2] = [700, 2_500];
const ROUND_TRIP_MS: u64 = 600;
/// Headers of a call and of its answer.
const HEADER_BYTES: [u64; 2] = [260, 180];

/// How connections end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kills {
    /// So many in a hundred, each at any moment of its life.
    Percent(usize),
    /// All of them, after a time that is so long on average, ms.
    AfterMs(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub bytes_per_s: u64,
    /// Nothing gets through before this, ms.
    pub offline_until_ms: u64,
    pub kills: Kills,
}

/// What a whole return home cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    pub ended_ms: u64,
    pub runs: u64,
    pub killed: u64,
    /// Connections tried while there was no network.
    pub tries_offline: u64,
    /// Of calls and answers, as a run's report counts them.
    pub bytes_up: u64,
    pub bytes_down: u64,
    /// Handshakes and headers besides, both ways.
    pub bytes_around: u64,
}

struct OnLine<'l> {
    server: &'l mut MemoryReplica,
    signer: &'l SigningKey,
    scope: &'l BTreeSet<UnitKey>,
    line: Line,
    dice: &'l mut Dice,
    now_ms: u64,
    cost: Cost,
}

impl OnLine<'_> {
    /// One call over a connection of its own; `act` is the server. Every byte that went counts, whatever became of it.
    fn call<T>(
        &mut self,
        sent: usize,
        act: impl FnOnce(&mut Self) -> (T, usize),
    ) -> Result<T, CarrierError> {
        if self.now_ms < self.line.offline_until_ms {
            self.cost.tries_offline += 1;
            self.now_ms += 3_000;
            return Err(CarrierError::Unreachable);
        }
        let up = sent as u64;
        let per_ms = |bytes: u64| bytes * 1_000 / self.line.bytes_per_s;
        let before_ms = CONNECT_MS + per_ms(HANDSHAKE_BYTES.iter().chain(&HEADER_BYTES).sum());
        let up_ms = before_ms + per_ms(up) + ROUND_TRIP_MS;
        let life_ms = self.life_ms(up_ms);
        self.cost.bytes_around += HANDSHAKE_BYTES.iter().chain(&HEADER_BYTES).sum::<u64>();
        if life_ms < up_ms {
            let sending_ms = life_ms.saturating_sub(before_ms);
            self.cost.bytes_up += (sending_ms * self.line.bytes_per_s / 1_000).min(up);
            return Err(self.killed(life_ms, before_ms));
        }
        self.cost.bytes_up += up;
        let (answer, taken) = act(self);
        let down = taken as u64;
        let whole_ms = up_ms + down * 1_000 / self.line.bytes_per_s;
        if life_ms < whole_ms {
            self.cost.bytes_down += (life_ms - up_ms) * self.line.bytes_per_s / 1_000;
            return Err(self.killed(life_ms, before_ms));
        }
        self.cost.bytes_down += down;
        self.now_ms += whole_ms;
        Ok(answer)
    }

    fn life_ms(&mut self, up_ms: u64) -> u64 {
        match self.line.kills {
            Kills::Percent(percent) if self.dice.percent(percent) => {
                self.dice.roll() % up_ms.max(1)
            }
            Kills::Percent(_) => u64::MAX,
            Kills::AfterMs(mean_ms) => {
                // Of 1,000 equal slices of a mean life each ends it with the same chance.
                let slices = (0..10_000_u64).find(|_| self.dice.below(1_000) == 0);
                slices.unwrap_or(10_000) * mean_ms / 1_000
            }
        }
    }

    fn killed(&mut self, life_ms: u64, before_ms: u64) -> CarrierError {
        self.cost.killed += 1;
        self.now_ms += life_ms;
        if life_ms < before_ms { CarrierError::Unreachable } else { CarrierError::AnswerUnknown }
    }

    fn here(&self) -> Here {
        Here { instance: [200; 16], policy: 1, unix_ms: 0 }
    }

    fn asker(&self) -> Asker {
        Asker { device: [1; 16], scope: self.scope.clone(), may_pull: true }
    }
}

impl Carrier for OnLine<'_> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        self.call(request.encoded_len(), |on| {
            let answer = answer::heads(on.server, &on.asker(), &on.here(), request).unwrap();
            let asked = request.encode_to_vec();
            let bytes = sync::signed("heads", &asked, answer.encode_to_vec(), on.signer);
            let len = bytes.len();
            (bytes, len)
        })
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        self.call(batch.len(), |on| {
            let read = decode_batch(batch, &Limits::default()).unwrap();
            let here = on.here();
            let answer = answer::push(on.server, on.signer, &here, batch, read).unwrap();
            let bytes = answer.encoded_len();
            (answer, bytes)
        })
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        self.call(request.encoded_len(), |on| {
            let batch = answer::pull(on.server, &on.asker(), request).unwrap();
            let bytes = encode_batch(&batch).unwrap();
            let len = bytes.len();
            (bytes, len)
        })
    }

    fn traffic(&self) -> Traffic {
        Traffic { bytes_up: self.cost.bytes_up, bytes_down: self.cost.bytes_down }
    }
}

/// Brings everything home, by what `sync::run`, `Pace` and `Retry` say and nothing else. `None`: it gave up.
pub fn bring_home(
    device: &mut MemoryReplica,
    server: &mut MemoryReplica,
    signer: &SigningKey,
    line: Line,
    seed: u64,
) -> Option<Cost> {
    let scope: BTreeSet<UnitKey> = device.streams.keys().map(|key| key.unit.clone()).collect();
    let (mut dice, mut chance) = (Dice::new(seed), Dice::new(seed ^ 0xabcd));
    let (mut retry, mut seen, mut pace) = (Retry::default(), Seen::default(), Pace::default());
    let (mut now_ms, mut cost) = (0, Cost::default());
    loop {
        let start = Start {
            server_public_key: public_key(signer),
            seen: seen.clone(),
            unix_ms: 0,
            unsent: 1,
            pace,
            first_units: Vec::new(),
            push_only: false,
            nonce: [7; 16],
        };
        let dice = &mut dice;
        let mut on = OnLine { server, signer, scope: &scope, line, dice, now_ms, cost };
        let ended = run(device, &mut on, &start);
        (now_ms, cost) = (on.now_ms, on.cost);
        cost.runs += 1;
        let (ended, outcome) = match ended {
            Ok(outcome) => (Ended::Well, outcome),
            Err(stopped) => {
                let SyncError::Carrier(error) = &stopped.error else { return None };
                (Ended::from(error), *stopped.outcome)
            }
        };
        (seen, pace) = (outcome.seen, outcome.pace);
        let Ok(own) = device.own_heads();
        let has = |key, seq| server.chain_at(key, seq).is_ok_and(|chain| chain.is_some());
        let unsent = own.iter().filter(|(key, head)| !has(key, head.seq)).count() as u64;
        if ended == Ended::Well && unsent == 0 {
            return Some(Cost { ended_ms: now_ms, ..cost });
        }
        let moved = outcome.report.pushed + outcome.report.pulled;
        let ran = Ran { ended, moved, unsent, is_asked: false };
        let next;
        (retry, next) = retry.after(&ran, chance.roll());
        match next {
            Next::InMs(ms) => now_ms += ms,
            Next::WhenAsked => return None,
        }
    }
}
