//! What must hold once nothing goes wrong any more: every queue drains, all replicas are equal within their units and,
//! when all may have everything, altogether; projections are equal, count each fact once, and verify.

use super::holder::{DISTRICT, Fact, Holder, VILLAGES};
use super::world::{AT_SERVER, Device, World, everything};
use crate::replica::difference;
use ledger::{Heads, UnitKey};
use std::collections::BTreeSet;

/// Times everybody is let in before they must be. One that was revoked may alone know of another's revocation, which comes
/// back with it and stands until it is said anew.
const WIDENINGS_MAX: usize = 3;
/// Times everybody syncs before it must be quiet.
const ROUNDS_MAX: usize = 24;

/// Where everything ended: the streams' lengths, for comparing one run with another.
pub type Shape = Vec<(String, u64)>;

impl<H: Holder> World<H> {
    /// All faults off: first within the units that devices have by now, then with all units for all.
    pub fn settle(&mut self) -> Result<Shape, String> {
        self.until_quiet()?;
        self.everyone_has_its_units()?;
        for _ in 0..WIDENINGS_MAX {
            self.widen_scopes()?;
            self.until_quiet()?;
            if self.is_everyone_let_in() {
                break;
            }
        }
        self.all_are_equal()?;
        let heads = self.server.heads(None).map_err(|error| error.to_string())?;
        Ok(heads.iter().map(|(key, head)| (key.to_string(), head.seq)).collect())
    }

    fn heads(&self) -> Result<Vec<Heads>, String> {
        let devices = self.devices.iter().map(|device| &device.holder);
        let all = std::iter::once(&self.server).chain(devices).map(|holder| holder.heads(None));
        all.collect::<Result<_, _>>().map_err(|error| error.to_string())
    }

    fn until_quiet(&mut self) -> Result<(), String> {
        let mut before = self.heads()?;
        for _ in 0..ROUNDS_MAX {
            for at in 0..self.devices.len() {
                self.sync(at, true)?;
            }
            let now = self.heads()?;
            if before == now {
                return Ok(());
            }
            before = now;
        }
        Err("it never comes to rest".to_owned())
    }

    fn everyone_has_its_units(&mut self) -> Result<(), String> {
        let all = |holder: &H, units: &BTreeSet<UnitKey>| {
            holder.heads(Some(units)).map_err(|error| error.to_string())
        };
        for (at, device) in self.devices.iter().enumerate() {
            let units = self.may_have(device);
            let (here, there) = (all(&device.holder, &units)?, all(&self.server, &units)?);
            if here != there {
                return Err(format!("{at} and the server differ: {}", differing(&here, &there)));
            }
            let lacking = device.facts.keys().filter(|fact| !self.server_facts.contains_key(*fact));
            let lives = lives(&device.holder)?;
            // One that is revoked is given nothing to compare a second branch of its own with.
            let is_revoked = H::HAS_POLICIES && device.scope.is_empty();
            let offered =
                lacking.map(|fact| (fact, device.holder.places(fact))).find(|(fact, places)| {
                    // What lies only in others' streams of units it may no longer have, a device keeps, and offers when it
                    // may have them again.
                    let is_own = !is_revoked
                        && places.iter().any(|place| lives.iter().any(|life| place.contains(life)));
                    device.scope.contains(&fact.0) || is_own
                });
            if let Some((_, places)) = offered {
                return Err(format!("the server lacks what {at} holds at {places:?}"));
            }
            let unsent = device.holder.unsent();
            if unsent > 0 && !is_revoked {
                return Err(format!("{at} still has {unsent} entries to send"));
            }
        }
        Ok(())
    }

    /// The units a device asks for: those it is given, and while its server speaks of an older policy than it has heard of,
    /// because it was put back and nobody brought the newer one, no more than it was given then.
    fn may_have(&self, device: &Device<H>) -> BTreeSet<UnitKey> {
        let seen = device.holder.seen();
        if !H::HAS_POLICIES || seen.policy <= self.server.here().policy {
            return device.scope.clone();
        }
        let told = |unit: &&UnitKey| seen.scope.iter().any(|told| told == unit.as_str());
        device.scope.iter().filter(told).cloned().collect()
    }

    fn all_are_equal(&mut self) -> Result<(), String> {
        let heads = self.heads()?;
        if let Some(at) = heads.iter().position(|of| *of != heads[0]) {
            return Err(format!("{} differs: {}", at - 1, differing(&heads[at], &heads[0])));
        }
        let union: BTreeSet<&Fact> =
            self.devices.iter().flat_map(|device| device.facts.keys()).collect();
        if union.iter().any(|fact| !self.server_facts.contains_key(*fact)) {
            return Err("the server lacks facts".to_owned());
        }
        let units: Vec<&str> = VILLAGES.into_iter().chain([DISTRICT]).collect();
        let whole = self.server.projection(&units);
        sound(AT_SERVER, &self.server)?;
        for (at, device) in self.devices.iter().enumerate() {
            let found = difference(&device.holder.projection(&units), &whole);
            if !found.is_empty() {
                return Err(format!("{at} projects otherwise: {}", found.join("; ")));
            }
            let unsent = device.holder.unsent();
            if unsent > 0 {
                return Err(format!("{at} still has {unsent} entries to send at the end"));
            }
            sound(at, &device.holder)?;
        }
        debug_assert_eq!(everything().len(), units.len());
        Ok(())
    }
}

/// The writers a device has been and is, as places name them.
fn lives<H: Holder>(holder: &H) -> Result<Vec<String>, String> {
    let own = holder.own_writer().map_err(|error| error.to_string())?;
    let earlier = holder.earlier_writers().map_err(|error| error.to_string())?;
    Ok(earlier.into_iter().chain([own]).map(|writer| writer.to_string()).collect())
}

fn sound<H: Holder>(at: usize, holder: &H) -> Result<(), String> {
    let wrong: Vec<String> = holder.wrong().into_iter().chain(holder.miscounted()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{at}: {}", wrong.join("; "))) }
}

/// The first stream that is not the same on both sides.
fn differing(here: &Heads, there: &Heads) -> String {
    let keys: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    let seq = |heads: &Heads, key| heads.get(key).map_or(0, |head| head.seq);
    keys.into_iter()
        .filter(|key| here.get(*key) != there.get(*key))
        .map(|key| format!("{key} here {} there {}", seq(here, key), seq(there, key)))
        .collect::<Vec<_>>()
        .join(", ")
}
