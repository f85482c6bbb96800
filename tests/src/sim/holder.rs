//! What a simulated device or server is, whether its entries lie in an encrypted database or in memory: a replica that
//! can be put away, put back, copied, and that comes up again after its process died.

use crate::replica::Projection;
use ledger::memory::Guards;
use ledger::{DeviceCertificate, Reference, Replica, SigningKey, UnitKey};
use protocol::call::HeadsRequest;
use protocol::{Entry, Kind};
use std::collections::{BTreeMap, BTreeSet};
use sync::answer::Here;
use sync::{Outcome, Seen};

/// The district, whose stream everybody has.
pub const DISTRICT: &str = "431302";
/// Villages of it.
pub const VILLAGES: [&str; 3] = ["431302204200", "431302204201", "431302204202"];
/// The round of every simulated stop.
pub const ROUND: u64 = 0x51;
/// Devices that are enrolled before a run begins.
pub const DEVICES_MAX: u8 = 8;
/// The number that stands for the server where devices have theirs.
pub const SERVER: u8 = 200;

/// A fact: its unit, and what its bytes hash to wherever it lies.
pub type Fact = (UnitKey, [u8; 32]);
/// Facts held, and of each whether it is a server's decision about another.
pub type Facts = BTreeMap<Fact, bool>;

pub fn unit(text: &str) -> UnitKey {
    UnitKey::try_new(text).unwrap()
}

/// The units device `n` is enrolled for. Every fourth may write in one village only: what it writes elsewhere is held.
pub fn enrolled_units(n: u8) -> Vec<UnitKey> {
    if n.is_multiple_of(4) { vec![unit(VILLAGES[0])] } else { VILLAGES.map(unit).to_vec() }
}

/// How a backup comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// The folder as it was: nobody says so.
    Unsaid,
    /// By the command that restores, or beside an install mark that does not agree.
    Said,
}

pub trait Holder: Replica + Sized {
    /// A copy that lies somewhere else.
    type Kept: Clone;

    fn device(n: u8) -> Self;
    fn server() -> Self;

    /// Switches guards off, where this kind of holder lets anybody.
    fn guard(&mut self, guards: Guards);

    /// Writes as the holder's own. Saved when it returns.
    fn record(&mut self, unit: &str, entry: &Entry) -> Result<Reference, Self::Error>;
    fn facts(&self) -> Facts;
    /// Where a fact lies, for telling what went wrong.
    fn places(&self, fact: &Fact) -> Vec<String>;
    /// The process ends wherever it is; what was not committed is gone. Another one starts.
    fn restart(&mut self);
    fn keep(&mut self) -> Self::Kept;
    fn put_back(&mut self, kept: &Self::Kept, back: Back);
    fn cloned(&mut self) -> Self;

    /// Who answers, as a server says it.
    fn here(&self) -> Here;
    fn signer(&self) -> SigningKey;
    /// What the last runs remembered of the server.
    fn seen(&self) -> Seen;
    /// Keeps what a run proved, in as many writes as there is time for.
    fn remember(&mut self, outcome: &Outcome, writes: usize) -> Result<(), Self::Error>;
    /// Own entries the server is not known to have.
    fn unsent(&self) -> u64;
    /// A server's coordinator decides about a held entry, where one waits.
    fn decide(&mut self, which: usize) -> Result<(), Self::Error>;

    /// Scopes, revocations and retired units are entries of the server's here. Where they are not, a scope is what the
    /// answering side says.
    const HAS_POLICIES: bool = false;

    /// The units a device may have as this holder knows it, the district among them; none for a revoked one.
    fn units_of(&self, _n: u8) -> BTreeSet<UnitKey> {
        BTreeSet::new()
    }
    /// A coordinator names a device's units anew; one that is revoked stays so.
    fn change_scope(&mut self, _n: u8, _units: &[UnitKey]) -> Result<(), Self::Error> {
        Ok(())
    }
    fn revoke(&mut self, _n: u8) -> Result<(), Self::Error> {
        Ok(())
    }
    /// Lets a device in, again where it is revoked.
    fn enrol(&mut self, _n: u8, _units: &[UnitKey]) -> Result<(), Self::Error> {
        Ok(())
    }
    /// A device hands over the policy it has seen; answers its certificate, where that is newer than it says.
    fn meet_device(&mut self, _n: u8, _request: &HeadsRequest) -> Result<Vec<u8>, Self::Error> {
        Ok(Vec::new())
    }

    /// A device shows the server the certificate it has from it.
    fn show(&mut self, _certificate: &DeviceCertificate) -> Result<(), Self::Error> {
        Ok(())
    }

    /// What a full check finds wrong.
    fn wrong(&self) -> Vec<String>;
    /// What is projected about units.
    fn projection(&self, units: &[&str]) -> Projection;
    /// Values that count more or less often than they were recorded.
    fn miscounted(&self) -> Vec<String>;
}

/// Facts written by a device or a server, from what lies in its streams.
pub fn facts_of<'a>(bodies: impl Iterator<Item = (UnitKey, &'a [u8])>) -> Facts {
    bodies.map(|(unit, body)| fact_of(unit, body)).collect()
}

/// The fact in a body, and whether it is a server's decision.
pub fn fact_of(unit: UnitKey, body: &[u8]) -> (Fact, bool) {
    let inner = match ledger::Refiled::decode(body) {
        Some(Ok(refiled)) => refiled.body,
        Some(Err(_)) | None => body.to_vec(),
    };
    let kind = Entry::decode_header(&inner).map_or(0, |header| header.kind);
    let is_decision =
        [Kind::Held, Kind::Lifted, Kind::Enrolment].map(|kind| kind as u32).contains(&kind);
    ((unit, ledger::body_hash(&inner)), is_decision)
}
