//! The network of a run: the answering code on the other end, and everything that can happen to a call on its way.
//! A call may be lost, carried out with its answer lost, carried out twice, late, cut short with all after it, answered
//! by somebody else, or with bytes that a bad cable or a forger has changed; and the server may die in it.

use super::dice::Dice;
use super::holder::Holder;
use super::mortal::{Death, Fate, Mortal};
use ledger::{Batch, Chain, Head, Limits, Range, Seal, StreamKey, UnitKey, WriterId};
use prost::Message;
use protocol::Code;
use protocol::call::{HeadsAnswer, HeadsRequest, PullRequest, PushAnswer};
use std::collections::BTreeSet;
use sync::answer::{self, AnswerError, Asker};
use sync::{Carrier, CarrierError, Traffic, decode_batch, encode_batch};

/// What keeps a run honest outside the replicas. All are on but in a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Nothing is given outside the asker's units.
    pub scope: bool,
    /// Digests and heads told are those there are.
    pub digests: bool,
    /// A receipt is signed only for what was taken.
    pub receipts: bool,
}

impl Default for Checks {
    fn default() -> Checks {
        Checks { scope: true, digests: true, receipts: true }
    }
}

/// How bad the network is, in a hundred calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weather {
    pub faults: usize,
    /// The link is gone after so many calls.
    pub cut_after: Option<usize>,
    /// No byte is changed on the way: which one it hits would depend on every byte before.
    pub is_clean: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Through,
    Lost,
    AnswerLost,
    Twice,
    /// It arrives when nobody waits for it any more.
    Late,
    TooLarge,
    /// 200, a portal's page, nothing that reads.
    Foreign,
    Busy,
    /// The answer given to an earlier call.
    OldAnswer,
    /// A byte of what is sent, or of the answer, is another.
    Spoiled,
    Forged,
}

const FAULTS: [Way; 10] = [
    Way::Lost,
    Way::AnswerLost,
    Way::Twice,
    Way::Late,
    Way::TooLarge,
    Way::Foreign,
    Way::Busy,
    Way::OldAnswer,
    Way::Spoiled,
    Way::Forged,
];

/// What outlives one run.
#[derive(Default)]
pub struct Post {
    /// Pushes that have not arrived yet.
    late: Vec<Vec<u8>>,
    last_answer: Option<PushAnswer>,
    last_heads: Option<Vec<u8>>,
}

/// One device's way to its server.
pub struct Network<'w, H: Holder> {
    pub server: &'w mut H,
    pub asker: Asker,
    pub dice: &'w mut Dice,
    pub post: &'w mut Post,
    pub weather: Weather,
    pub checks: Checks,
    /// The server's process may die.
    pub death: Option<Death>,
    pub calls: usize,
    /// The units it might be given in this run, where entries say which.
    pub given: BTreeSet<UnitKey>,
    /// What no fault explains.
    pub failed: Option<String>,
}

impl<H: Holder> Network<'_, H> {
    fn way(&mut self) -> Way {
        self.calls += 1;
        if self.weather.cut_after.is_some_and(|calls| self.calls > calls) {
            return Way::Lost;
        }
        if !self.post.late.is_empty() && self.dice.percent(20) {
            self.deliver_late();
        }
        if !self.dice.percent(self.weather.faults) {
            return Way::Through;
        }
        match self.dice.pick(&FAULTS) {
            Way::Spoiled if self.weather.is_clean => Way::Lost,
            way => *way,
        }
    }

    /// Runs something on the server; `None` when its process died in it. Another one is there for the next call.
    fn serve<T>(
        &mut self,
        act: impl FnOnce(&mut Mortal<H>) -> Result<T, AnswerError<Fate<H::Error>>>,
    ) -> Result<T, CarrierError> {
        let mut mortal = Mortal::new(&mut *self.server, self.death);
        let answer = act(&mut mortal);
        self.death = mortal.death;
        if mortal.is_dead {
            self.death = None;
            self.server.restart();
            return Err(CarrierError::AnswerUnknown);
        }
        answer.map_err(|error| match error {
            AnswerError::Malformed => CarrierError::Refused(Code::RequestMalformed),
            AnswerError::Newer => CarrierError::Refused(Code::ProtocolNewer),
            AnswerError::Replica(error) => {
                self.failed = Some(format!("the server: {error}"));
                CarrierError::Busy { retry_after_s: None }
            }
        })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<PushAnswer, CarrierError> {
        let Ok(batch) = decode_batch(bytes, &Limits::default()) else {
            return Err(CarrierError::Refused(Code::RequestMalformed));
        };
        if !self.checks.receipts {
            return Ok(self.receipt_for_nothing(bytes, &batch));
        }
        let (here, signer) = (self.server.here(), self.server.signer());
        self.serve(|server| answer::push(server, &signer, &here, bytes, batch))
    }

    /// A server that signs for what it never took.
    fn receipt_for_nothing(&self, bytes: &[u8], batch: &Batch) -> PushAnswer {
        let heads: Vec<(&StreamKey, Head)> =
            batch.ranges.iter().map(|range| (&range.key, range.seal.head())).collect();
        let accepted =
            ledger::accepted_digest(heads.iter().map(|(key, head)| (*key, head.seq, head.chain)));
        let instance = self.server.here().instance;
        let receipt = ledger::Receipt { instance, batch: ledger::batch_digest(bytes), accepted };
        let message = |(key, head): &(&StreamKey, Head)| protocol::call::RangeAnswer {
            head: Some(protocol::call::HeadMessage {
                unit: key.unit.to_string(),
                writer: key.writer.0.to_vec(),
                seq: head.seq,
                chain: head.chain.0.to_vec(),
            }),
            ..protocol::call::RangeAnswer::default()
        };
        PushAnswer {
            ranges: heads.iter().map(message).collect(),
            digest: accepted.to_vec(),
            signature: ledger::sign_receipt(&receipt, &self.server.signer()).to_vec(),
            instance: instance.to_vec(),
        }
    }

    fn deliver_late(&mut self) {
        let which = self.dice.below(self.post.late.len());
        let bytes = self.post.late.swap_remove(which);
        // Nobody waits for what it answers.
        let _ = self.take(&bytes);
    }

    fn answered_heads(&mut self, request: &HeadsRequest) -> Result<HeadsAnswer, CarrierError> {
        self.read_units();
        let checks = self.checks;
        let met = self.server.meet_device(self.asker.device[0], request);
        let certificate = met.map_err(|error| {
            self.failed = Some(format!("the server: {error}"));
            CarrierError::Local
        })?;
        let (here, mut asker) = (self.server.here(), self.asker.clone());
        if !checks.scope {
            asker.scope = super::world::everything();
        }
        let mut answer = self.serve(|server| {
            // What the server wrote since is handed over with this answer.
            ledger::Replica::seal_own(server).map_err(AnswerError::Replica)?;
            answer::heads(server, &asker, &here, request)
        })?;
        (answer.certificate, answer.revoked) = (certificate, self.is_revoked());
        if !checks.digests {
            answer.all_same = !request.all_digest.is_empty();
            answer.same_units = request.units.iter().map(|unit| unit.unit.clone()).collect();
            answer.own_same = true;
            answer.heads.clear();
        }
        Ok(answer)
    }

    /// What the device may have is read anew at every call: a push may have brought the entry that says so.
    fn read_units(&mut self) {
        if H::HAS_POLICIES {
            self.asker.scope = self.server.units_of(self.asker.device[0]);
            self.asker.may_pull = !self.asker.scope.is_empty();
            self.given.extend(self.asker.scope.iter().cloned());
        }
    }

    fn is_revoked(&self) -> bool {
        H::HAS_POLICIES && self.asker.scope.is_empty()
    }

    fn answered_pull(&mut self, request: &PullRequest) -> Result<Batch, CarrierError> {
        self.read_units();
        if self.is_revoked() {
            return Ok(Batch::default());
        }
        let mut asker = self.asker.clone();
        if !self.checks.scope {
            asker.scope = super::world::everything();
        }
        self.serve(|server| answer::pull(server, &asker, request))
    }
}

/// One byte of some is another.
fn spoil(dice: &mut Dice, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
}

/// What a forger makes of a batch: an entry changed, an entry added, or a stranger's stream.
pub fn forge(dice: &mut Dice, batch: &mut Batch) {
    let Some(range) = batch.ranges.last_mut() else { return };
    let made_up = || {
        let mut body = vec![0x0a, 0x02, 0x08, 0x30];
        body.extend_from_slice(b"made up");
        body
    };
    match dice.below(3) {
        0 => {
            let Some(body) = range.bodies.last_mut() else { return };
            body.push(0);
        }
        1 => {
            range.bodies.push(made_up());
            let head = range.after.after(range.bodies.iter().map(Vec::as_slice));
            range.seal = Seal { seq: head.seq, chain: head.chain, ..range.seal.clone() };
        }
        _ => stranger(range, &mut batch.certificates, made_up()),
    }
}

fn stranger(range: &mut Range, certificates: &mut Vec<ledger::CertificatePair>, body: Vec<u8>) {
    let (own, root) = ([66; 32], [67; 32]);
    let (own, root) = (ledger::SigningKey::from_bytes(&own), ledger::SigningKey::from_bytes(&root));
    let (device, writer) = ([66; 16], WriterId([66; 16]));
    let units = vec![range.key.unit.clone()];
    let pair = (
        ledger::sign_device_certificate(device, ledger::public_key(&own), units, 1, &root),
        ledger::sign_writer_certificate(device, writer, &own),
    );
    let key = StreamKey::new(range.key.unit.clone(), writer);
    let after = Head { seq: 0, chain: Chain::genesis(&key) };
    let head = after.after([body.as_slice()]);
    let seal = ledger::sign_seal(&key, &head, &own);
    *range = Range { key, after, bodies: vec![body], seal };
    certificates.push(pair);
}

/// Errors of the ways on which no answer comes.
fn gone(way: Way) -> Option<CarrierError> {
    match way {
        Way::Lost => Some(CarrierError::Unreachable),
        Way::AnswerLost | Way::Foreign => Some(CarrierError::AnswerUnknown),
        Way::Late => Some(CarrierError::TimedOut),
        Way::TooLarge => Some(CarrierError::TooLarge),
        Way::Busy => Some(CarrierError::Busy { retry_after_s: Some(5) }),
        Way::Through | Way::Twice | Way::OldAnswer | Way::Spoiled | Way::Forged => None,
    }
}

impl<H: Holder> Carrier for Network<'_, H> {
    fn heads(&mut self, request: &HeadsRequest) -> Result<Vec<u8>, CarrierError> {
        let way = self.way();
        if let (Way::Lost | Way::Busy | Way::Foreign | Way::TooLarge, Some(error)) =
            (way, gone(way))
        {
            return Err(if error == CarrierError::TooLarge {
                CarrierError::TimedOut
            } else {
                error
            });
        }
        let answer = self.answered_heads(request)?.encode_to_vec();
        let asked = request.encode_to_vec();
        let mut bytes = sync::signed("heads", &asked, answer, &self.server.signer());
        let old = self.post.last_heads.replace(bytes.clone());
        match way {
            Way::AnswerLost | Way::Late => Err(CarrierError::TimedOut),
            Way::Spoiled if self.calls.is_multiple_of(2) => {
                // A stranger says that there is nothing to do, and signs with a key of its own.
                let nothing =
                    HeadsAnswer { all_same: true, own_same: true, ..HeadsAnswer::default() };
                let stranger = ledger::SigningKey::from_bytes(&[67; 32]);
                Ok(sync::signed("heads", &asked, nothing.encode_to_vec(), &stranger))
            }
            Way::Spoiled => {
                let bit = self.calls * 7_919 % (8 * bytes.len());
                bytes[bit / 8] ^= 1 << (bit % 8);
                Ok(bytes)
            }
            Way::OldAnswer => Ok(old.unwrap_or(bytes)),
            Way::Through | Way::Twice | Way::Forged => Ok(bytes),
            Way::Lost | Way::TooLarge | Way::Foreign | Way::Busy => Err(CarrierError::Unreachable),
        }
    }

    fn push(&mut self, batch: &[u8]) -> Result<PushAnswer, CarrierError> {
        let way = self.way();
        match way {
            Way::Lost | Way::TooLarge | Way::Busy | Way::Foreign => {
                return gone(way).map_or(Err(CarrierError::AnswerUnknown), Err);
            }
            Way::Late => {
                self.post.late.push(batch.to_vec());
                return Err(CarrierError::TimedOut);
            }
            Way::Spoiled => {
                let mut bytes = batch.to_vec();
                spoil(self.dice, &mut bytes);
                return self.take(&bytes);
            }
            Way::Forged => {
                if let Ok(mut forged) = decode_batch(batch, &Limits::default()) {
                    forge(self.dice, &mut forged);
                    if let Ok(bytes) = encode_batch(&forged) {
                        return self.take(&bytes);
                    }
                }
            }
            Way::Twice => {
                let _ = self.take(batch);
            }
            Way::Through | Way::AnswerLost | Way::OldAnswer => {}
        }
        let answer = self.take(batch)?;
        let old = self.post.last_answer.replace(answer.clone());
        match (way, old) {
            (Way::AnswerLost, _) => Err(CarrierError::AnswerUnknown),
            (Way::OldAnswer, Some(old)) => Ok(old),
            (_, _) => Ok(answer),
        }
    }

    fn pull(&mut self, request: &PullRequest) -> Result<Vec<u8>, CarrierError> {
        let way = self.way();
        if let Some(error) = gone(way) {
            return Err(if error == CarrierError::TooLarge {
                CarrierError::TimedOut
            } else {
                error
            });
        }
        let mut batch = self.answered_pull(request)?;
        if way == Way::Forged {
            forge(self.dice, &mut batch);
        }
        let mut bytes = encode_batch(&batch).map_err(|_| CarrierError::Local)?;
        if way == Way::Spoiled {
            spoil(self.dice, &mut bytes);
        }
        Ok(bytes)
    }

    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}
