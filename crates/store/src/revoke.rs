//! Revoking a device: an entry of the server's in the district's stream that names how far each of the device's streams
//! was known by then. What lies beyond is held for a person, whenever and by whomever it comes; what lies within counts.
//!
//! A revoked device may push and is told where the policy stands, and it is given nothing: that is the server's
//! (`access`). Enrolling it again ends the revocation for what is recorded from then on.

use crate::append::Own;
use crate::certificate::writers_of;
use crate::enrolment::enrolment_in;
use crate::error::StoreError;
use crate::hold::{HoldReason, Holding};
use crate::open::Store;
use crate::policy::{id_of, raise_policy};
use crate::project::policies_of;
use crate::refile::FiledFact;
use crate::setting::{Setting, setting_text};
use crate::stream::{Stream, heads_of, unit_no};
use crate::tx::{Tx, bits};
use domain::ids::UnitCode;
use ledger::{Reference, Seq, UnitKey, WriterId};
use prost::Message;
use protocol::fact::{EnrolmentFact, StreamPlace};
use protocol::failure::Code;
use protocol::{Entry, Fact, Header, Kind};
use std::collections::BTreeMap;

/// One revocation of a device.
struct Revocation {
    /// The version from which the device is enrolled again.
    until: Option<u32>,
    known: BTreeMap<(String, Vec<u8>), Seq>,
}

/// Every revocation of one device.
pub(crate) struct Revocations(Vec<Revocation>);

impl Revocations {
    /// Of what the server has said about a device, each with its policy version.
    pub fn of(said: &[(u32, EnrolmentFact)]) -> Revocations {
        let mut all: BTreeMap<u32, Revocation> = BTreeMap::new();
        for (policy, fact) in said.iter().filter(|(_, fact)| fact.revoked) {
            let again = said.iter().filter(|(later, fact)| later > policy && !fact.revoked);
            let until = again.map(|(later, _)| *later).min();
            let known = BTreeMap::new();
            let one = all.entry(*policy).or_insert_with(|| Revocation { until, known });
            for place in &fact.known {
                let seq = one.known.entry((place.unit.clone(), place.writer.clone())).or_default();
                *seq = place.seq.max(*seq);
            }
        }
        Revocations(all.into_values().collect())
    }

    /// True where an entry at this place lies beyond what a revocation names, and was not recorded under a later
    /// enrolment.
    pub fn hold(&self, unit: &str, writer: &WriterId, seq: Seq, policy: u32) -> bool {
        self.0.iter().any(|revocation| {
            let is_again = revocation.until.is_some_and(|until| policy >= until);
            let place = (unit.to_owned(), writer.0.to_vec());
            let known = revocation.known.get(&place).copied().unwrap_or(0);
            !is_again && seq > known
        })
    }
}

/// What the server has said about a device, in the order of its versions.
pub(crate) fn said_about(
    tx: &dyn Tx,
    device: &[u8; 16],
) -> Result<Vec<(u32, EnrolmentFact)>, StoreError> {
    let read = |(policy, payload): (u32, Vec<u8>)| {
        let fact = EnrolmentFact::decode(payload.as_slice());
        Ok((policy, fact.map_err(|_| StoreError::Stored("enrolment"))?))
    };
    policies_of(tx, Kind::Enrolment, &id_of(device))?.into_iter().map(read).collect()
}

/// The devices that entries which just came say are revoked.
pub(crate) fn revoked_in<'a>(bodies: impl Iterator<Item = &'a [u8]>) -> Vec<[u8; 16]> {
    let revoked = bodies.filter_map(|body| {
        let fact = FiledFact::of(WriterId([0; 16]), 1, body)?;
        match Entry::decode(fact.body()).ok()?.fact {
            Fact::Enrolment(fact) if fact.revoked => fact.device.try_into().ok(),
            _ => None,
        }
    });
    revoked.collect()
}

/// What of a device's is here beyond its revocations and nobody has spoken about yet: a server that was restored to
/// before a revocation took it for good. Copies of it count where they lie too: the first place may be gone.
pub(crate) fn beyond(tx: &dyn Tx, device: &[u8; 16]) -> Result<Vec<Holding>, StoreError> {
    let revocations = Revocations::of(&said_about(tx, device)?);
    let mut holdings: Vec<Holding> = Vec::new();
    for writer in writers_of(tx, device)? {
        for (unit, fact) in facts_of(tx, &writer)? {
            let (reference, header) = (fact.reference(), Entry::decode_header(fact.body()).ok());
            let policy = header.as_ref().map_or(0, |header| header.policy);
            let is_beyond = revocations.hold(unit.as_str(), &writer, reference.seq, policy);
            let is_named = |known: &Holding| known.unit == unit && known.reference == reference;
            if is_beyond
                && !holdings.iter().any(is_named)
                && !is_spoken_of(tx, unit_no(tx, &unit)?, &reference)?
            {
                holdings.push(Holding { unit, reference, reason: HoldReason::Revoked, header });
            }
        }
    }
    Ok(holdings)
}

/// Every fact whose first place is a writer's stream, there or as a copy.
fn facts_of(tx: &dyn Tx, writer: &WriterId) -> Result<Vec<(UnitKey, FiledFact)>, StoreError> {
    let mut facts = Vec::new();
    for key in heads_of(tx, Some(writer))?.into_keys() {
        let Some(stream) = Stream::find(tx, &key)? else { continue };
        let mut seq = 0;
        stream.each_body(tx, 0, stream.head.seq, &mut |body| {
            seq += 1;
            let fact = FiledFact::of(key.writer, seq, body);
            facts.extend(fact.map(|fact| (key.unit.clone(), fact)));
            Ok(())
        })?;
    }
    let sql = "SELECT u.unit, e.body FROM refiled r
               JOIN entry e ON e.unit_no = r.unit_no AND e.writer_no = r.writer_no AND e.seq = r.seq
               JOIN unit_key u ON u.unit_no = r.unit_no WHERE r.of_writer = $1";
    let copies = tx.rows(sql, &[(&writer.0).into()], |row| {
        let unit = UnitKey::try_new(row.text(0)?).map_err(|_| StoreError::Stored("unit"))?;
        Ok((unit, row.blob(1)?.to_vec()))
    })?;
    // A copy names its first place itself.
    let copies = copies.into_iter();
    facts.extend(copies.filter_map(|(unit, body)| Some((unit, FiledFact::of(*writer, 0, &body)?))));
    facts.retain(|(_, fact)| fact.reference().writer == *writer);
    Ok(facts)
}

fn is_spoken_of(tx: &dyn Tx, unit_no: i64, of: &Reference) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM hold WHERE unit_no = $1 AND writer = $2 AND seq = $3 LIMIT 1";
    let place = [unit_no.into(), (&of.writer.0).into(), bits(of.seq).into()];
    Ok(tx.int(sql, &place)?.is_some())
}

impl Store {
    /// Revokes a device: a new policy version, and an entry that names how far each of its streams is known here.
    /// Answers the version. Server only.
    pub fn revoke_device(&mut self, device: &[u8; 16]) -> Result<u32, StoreError> {
        if !self.is_server() {
            return Err(StoreError::Refused(Code::ServerRefused));
        }
        let own = self.own();
        self.write(|tx| {
            let known = enrolment_in(tx, device)?;
            let known = known.ok_or(StoreError::Refused(Code::DeviceUnknown))?;
            if known.revoked {
                return Err(StoreError::Refused(Code::NothingToChange));
            }
            let policy = raise_policy(tx)?;
            let fact = EnrolmentFact {
                units: Vec::new(),
                revoked: true,
                known: places(tx, device)?,
                ..known
            };
            say(tx, &own, fact, policy)?;
            Ok(policy)
        })
    }

    /// True for a device that is enrolled here and revoked.
    pub fn is_revoked(&self, device: &[u8; 16]) -> Result<bool, StoreError> {
        Ok(self.enrolment_of(device)?.is_some_and(|fact| fact.revoked))
    }
}

/// How far each stream of the device is here.
fn places(tx: &dyn Tx, device: &[u8; 16]) -> Result<Vec<StreamPlace>, StoreError> {
    let mut places = Vec::new();
    for writer in writers_of(tx, device)? {
        places.extend(heads_of(tx, Some(&writer))?.into_iter().map(|(key, head)| StreamPlace {
            unit: key.unit.to_string(),
            writer: key.writer.0.to_vec(),
            seq: head.seq,
        }));
    }
    Ok(places)
}

fn say(tx: &dyn Tx, own: &Own, fact: EnrolmentFact, policy: u32) -> Result<(), StoreError> {
    let district = setting_text(tx, Setting::District)?;
    let district = UnitCode(district.ok_or(StoreError::Stored("district"))?);
    let header = Header { policy, ..Header::default() };
    own.append(tx, &district, &[Entry { header, fact: Fact::Enrolment(fact) }])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(policy: u32, revoked: bool, known: &[(&str, u8, u64)]) -> (u32, EnrolmentFact) {
        let place = |(unit, writer, seq): &(&str, u8, u64)| StreamPlace {
            unit: (*unit).to_owned(),
            writer: vec![*writer; 16],
            seq: *seq,
        };
        let known = known.iter().map(place).collect();
        (policy, EnrolmentFact { revoked, known, ..EnrolmentFact::default() })
    }

    #[test]
    fn what_lies_beyond_the_named_heads_is_held_until_the_device_is_enrolled_again() {
        let all = [said(1, false, &[]), said(4, true, &[("A", 1, 10)]), said(6, false, &[])];
        let check = |said: &[(u32, EnrolmentFact)], at: (&str, u8, u64, u32), is_held: bool| {
            let (unit, writer, seq, policy) = at;
            let revocations = Revocations::of(said);
            let held = revocations.hold(unit, &WriterId([writer; 16]), seq, policy);
            assert_eq!(held, is_held, "{at:?} of {}", said.len());
        };
        check(&all[..1], ("A", 1, 11, 1), false);
        check(&all[..2], ("A", 1, 10, 1), false);
        check(&all[..2], ("A", 1, 11, 1), true);
        check(&all[..2], ("B", 1, 1, 1), true);
        check(&all[..2], ("A", 2, 1, 1), true);
        // It learned of the version and names it: that is no right.
        check(&all[..2], ("A", 1, 11, 4), true);
        check(&all[..2], ("A", 1, 11, 6), true);
        check(&all, ("A", 1, 11, 5), true);
        check(&all, ("A", 1, 11, 6), false);
        check(&all, ("B", 2, 1, 7), false);
        // Revoked again.
        let again = [&all[..], &[said(9, true, &[("A", 1, 20)])]].concat();
        check(&again, ("A", 1, 20, 6), false);
        check(&again, ("A", 1, 21, 9), true);
        check(&again, ("A", 1, 11, 4), true);
    }
}
