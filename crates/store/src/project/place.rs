//! Rows that one entry says by itself: directory (laboratories too), holds, withdrawals, roster rows, what was told of a person.
//! They stand while the entry is applied and go when it is held; nothing else changes them.

use super::directory::{directory_id, round_rules};
use super::work::{FactPlace, Work};
use crate::error::StoreError;
use crate::stream::unit_no;
use crate::tx::{Sql, bits};
use domain::ids::PersonId;
use ledger::{Reference, UnitKey};
use protocol::convert::person_id;
use protocol::fact::{CorrectionFact, EntryReference, RegistrationFact};
use protocol::{Entry, Fact};

/// An entry read, with its place.
pub(crate) struct Stored {
    pub unit_no: i64,
    pub writer_no: i64,
    pub writer: [u8; 16],
    pub is_server: bool,
    pub seq: u64,
    pub hash8: u64,
    pub entry: Entry,
}

const SOURCE_REGISTRATION: i64 = 1;
const SOURCE_CORRECTION: i64 = 2;
const SOURCE_PROPOSED: i64 = 3;

impl Stored {
    pub fn round(&self) -> u64 {
        self.entry.header.round
    }

    pub fn person(&self) -> Option<PersonId> {
        person_id(&self.entry.header.person)
    }

    /// A hold or its lifting, by a server.
    pub fn is_decision(&self) -> bool {
        self.is_server && matches!(self.entry.fact, Fact::Held(_) | Fact::Lifted(_))
    }

    pub fn is_of_checkup(&self) -> bool {
        matches!(self.entry.fact, Fact::Save(_) | Fact::Void(_))
    }

    pub fn day(&self) -> Option<i32> {
        self.entry.header.day
    }
}

impl Work<'_> {
    /// Puts in a hold or a decision about one; which fact it speaks of. Of two branches of a server's stream
    /// that decided otherwise at one position, the greater decision stays.
    pub fn place_decision(&mut self, one: &Stored) -> Result<Option<FactPlace>, StoreError> {
        let (entry, unit, decision, words) = match &one.entry.fact {
            Fact::Held(held) => (&held.entry, &held.unit, 0, &held.reason),
            Fact::Lifted(lifted) => {
                (&lifted.entry, &lifted.unit, if lifted.applied { 1 } else { 2 }, &lifted.note)
            }
            Fact::Unit(_)
            | Fact::Round(_)
            | Fact::Operator(_)
            | Fact::Examiner(_)
            | Fact::Enrolment(_)
            | Fact::Stop(_)
            | Fact::Retirement(_)
            | Fact::Roster(_)
            | Fact::Withdrawal(_)
            | Fact::Registration(_)
            | Fact::Correction(_)
            | Fact::Save(_)
            | Fact::Void(_)
            | Fact::Tube(_)
            | Fact::Conclusion(_)
            | Fact::Consent(_)
            | Fact::Step(_)
            | Fact::Issue(_)
            | Fact::Arrival(_)
            | Fact::Confirmation(_)
            | Fact::Delivery(_)
            | Fact::Laboratory(_)
            | Fact::Contact(_) => return Ok(None),
        };
        let Some(target) = entry.as_ref().filter(is_whole) else {
            return Ok(None);
        };
        let unit_no = match (unit.is_empty(), UnitKey::try_new(unit)) {
            (true, _) => one.unit_no,
            (false, Ok(named)) => unit_no(self.tx, &named)?,
            // No such unit can be.
            (false, Err(_)) => return Ok(None),
        };
        self.tx.exec(
            "INSERT INTO hold (unit_no, writer, seq, hash8, by_unit_no, by_writer_no, by_seq,
                 decision, words)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (unit_no, writer, seq, hash8, by_unit_no, by_writer_no, by_seq) DO UPDATE
             SET decision = excluded.decision, words = excluded.words
             WHERE excluded.decision > hold.decision
                OR (excluded.decision = hold.decision AND excluded.words > hold.words)",
            &[
                unit_no.into(),
                Sql::Blob(&target.writer),
                bits(target.seq).into(),
                bits(target.hash8).into(),
                one.unit_no.into(),
                one.writer_no.into(),
                bits(one.seq).into(),
                decision.into(),
                words.into(),
            ],
        )?;
        self.holds_changed();
        Ok(fact_place(unit_no, target))
    }

    /// Puts the entry's own rows in, or takes them out.
    pub fn place(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        match &one.entry.fact {
            Fact::Unit(_)
            | Fact::Round(_)
            | Fact::Operator(_)
            | Fact::Examiner(_)
            | Fact::Enrolment(_)
            | Fact::Stop(_)
            | Fact::Retirement(_) => match one.is_server {
                true => self.place_directory(one, put),
                false => Ok(()),
            },
            Fact::Laboratory(_) => self.place_directory(one, put),
            Fact::Roster(roster) => self.place_roster(one, roster, put),
            Fact::Withdrawal(withdrawal) => self.place_withdrawal(one, withdrawal, put),
            Fact::Registration(registration) => self.place_registration(one, registration, put),
            Fact::Correction(correction) => self.place_correction(one, correction, put),
            // Decisions are placed first of all; one that is not a server's says nothing.
            Fact::Held(_) | Fact::Lifted(_) => Ok(()),
            Fact::Save(_) | Fact::Void(_) => Ok(()),
            Fact::Tube(tube) => self.place_tube(one, tube, put),
            Fact::Conclusion(_) => self.place_conclusion(one, put),
            Fact::Consent(_) => self.place_consent(one, put),
            Fact::Step(_) => self.place_step(one, put),
            Fact::Issue(issue) => self.place_issue(one, issue, put),
            Fact::Arrival(_) => self.place_arrival(one, put),
            Fact::Confirmation(_) => self.place_confirmation(one, put),
            Fact::Delivery(_) => self.place_delivery(one, put),
            Fact::Contact(contact) => self.place_contact(one, contact, put),
        }
    }

    fn place_directory(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        let Some(id) = directory_id(&one.entry.fact) else { return Ok(()) };
        if let Fact::Round(round) = &one.entry.fact
            && !self.rounds.contains_key(&round.id)
        {
            self.rounds.insert(round.id, round_rules(self.tx, round.id)?);
        }
        let kind = one.entry.fact.kind() as u32;
        let key = [
            kind.into(),
            Sql::Text(&id),
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        if !put {
            let sql = "DELETE FROM directory WHERE kind = $1 AND id = $2 AND unit_no = $3
                       AND writer_no = $4 AND seq = $5 AND hash8 = $6";
            self.tx.exec(sql, &key)?;
            return Ok(());
        }
        let payload = one.entry.fact.encode_payload();
        let [kind, id, unit_no, writer_no, seq, hash8] = key;
        self.tx.exec(
            "INSERT INTO directory (kind, id, unit_no, writer_no, seq, hash8, policy, payload)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &[
                kind,
                id,
                unit_no,
                writer_no,
                seq,
                hash8,
                one.entry.header.policy.into(),
                Sql::Blob(&payload),
            ],
        )?;
        Ok(())
    }

    fn place_registration(
        &mut self,
        one: &Stored,
        fact: &RegistrationFact,
        put: bool,
    ) -> Result<(), StoreError> {
        let Some(person) = one.person() else { return Ok(()) };
        let told = Told {
            source: SOURCE_REGISTRATION,
            kind: fact.kind,
            home_unit: &fact.home_unit,
            home_text: &fact.home_text,
            group: fact.group.as_deref(),
            grade: fact.grade.as_deref(),
            details: encode(&fact.details),
        };
        if one.round() != 0 {
            self.checkups.insert((one.round(), person));
        }
        self.registered.insert(person);
        self.place_told(one, person, &told, put)
    }

    fn place_correction(
        &mut self,
        one: &Stored,
        fact: &CorrectionFact,
        put: bool,
    ) -> Result<(), StoreError> {
        let Some(person) = one.person() else { return Ok(()) };
        let told = Told {
            source: if fact.proposed { SOURCE_PROPOSED } else { SOURCE_CORRECTION },
            kind: 0,
            home_unit: "",
            home_text: "",
            group: None,
            grade: None,
            details: encode(&fact.details),
        };
        self.place_told(one, person, &told, put)
    }

    fn place_told(
        &mut self,
        one: &Stored,
        person: PersonId,
        told: &Told,
        put: bool,
    ) -> Result<(), StoreError> {
        self.people.insert(person);
        let key = [
            person.0.as_bytes().into(),
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        if !put {
            let sql = "DELETE FROM told WHERE person = $1 AND unit_no = $2 AND writer_no = $3
                       AND seq = $4 AND hash8 = $5";
            self.tx.exec(sql, &key)?;
            return Ok(());
        }
        let [person, unit_no, writer_no, seq, hash8] = key;
        self.tx.exec(
            "INSERT INTO told (person, unit_no, writer_no, seq, hash8, day, source, round, kind,
                 home_unit, home_text, group_name, grade, details)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT DO NOTHING",
            &[
                person,
                unit_no,
                writer_no,
                seq,
                hash8,
                one.day().into(),
                told.source.into(),
                bits(one.round()).into(),
                told.kind.into(),
                told.home_unit.into(),
                told.home_text.into(),
                told.group.into(),
                told.grade.into(),
                Sql::Blob(&told.details),
            ],
        )?;
        Ok(())
    }
}

/// A row of `told`.
struct Told<'a> {
    source: i64,
    kind: u32,
    home_unit: &'a str,
    home_text: &'a str,
    group: Option<&'a str>,
    grade: Option<&'a str>,
    details: Vec<u8>,
}

pub(super) fn encode(details: &Option<protocol::fact::DetailsFact>) -> Vec<u8> {
    details.as_ref().map(prost::Message::encode_to_vec).unwrap_or_default()
}

pub(super) fn is_whole(reference: &&EntryReference) -> bool {
    Reference::try_from(*reference).is_ok()
}

pub(super) fn fact_place(unit_no: i64, reference: &EntryReference) -> Option<FactPlace> {
    let writer: [u8; 16] = reference.writer.as_slice().try_into().ok()?;
    Some((unit_no, writer, reference.seq, reference.hash8))
}
