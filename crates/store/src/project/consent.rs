//! Consents about pupils: which entries are one, and what of them stands. The first table says only where they lie; what one says is
//! read from its entry. What stands follows from the entries alone: those that no other names, and of these the strictest.

use super::about::{About, AboutTable, facts_about};
use super::people::group_of;
use super::place::Stored;
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Row, Sql, Tx, bits};
use domain::consent::{Consent, Slip};
use domain::ids::{ItemCode, PersonId, StationCode};
use ledger::Reference;
use protocol::fact::{ConsentAnswer, ConsentFact};
use protocol::{Fact, Header};
use std::collections::BTreeSet;

/// One consent, read from its entry.
#[derive(Debug, Clone)]
pub(crate) struct ConsentAt {
    pub reference: Reference,
    /// Where else equal bytes stand.
    also: Vec<Reference>,
    pub header: Header,
    pub fact: ConsentFact,
}

impl Work<'_> {
    /// Puts the row of one consent in, or takes it out. What stands is settled with the checkup.
    pub(super) fn place_consent(&mut self, one: &Stored, put: bool) -> Result<(), StoreError> {
        if self.place_about(AboutTable::Consent, one, put)? {
            self.has_consents = Some(true);
        }
        Ok(())
    }

    /// What stands about a person; nothing at an id that is no longer its group's.
    pub(super) fn settle_consent(
        &mut self,
        round: u64,
        person: PersonId,
        is_canon: bool,
    ) -> Result<(), StoreError> {
        if !self.may_have_consents()? {
            return Ok(());
        }
        let all = match is_canon {
            true => consents_of(self.tx, round, &group_of(self.tx, person)?)?,
            false => Vec::new(),
        };
        let said: Vec<Consent> = standing(&all).into_iter().filter_map(ConsentAt::says).collect();
        let key = [bits(round).into(), person.0.as_bytes().into()];
        let sql = "DELETE FROM consented WHERE round = $1 AND person = $2";
        self.tx.exec(sql, &key)?;
        if said.is_empty() {
            return Ok(());
        }
        let stands = Consent::strictest(&said);
        let [round, person] = key;
        self.tx.exec(
            "INSERT INTO consented (round, person, answer, stations, items, differs)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                round,
                person,
                stands.slip.number().into(),
                codes(stands.stations.iter().map(|code| code.0)).as_str().into(),
                codes(stands.items.iter().map(|code| code.0)).as_str().into(),
                i64::from(stands.differs).into(),
            ],
        )?;
        Ok(())
    }

    /// False while nobody has said anything of consent: then nothing is looked up for each checkup.
    fn may_have_consents(&mut self) -> Result<bool, StoreError> {
        if let Some(known) = self.has_consents {
            return Ok(known);
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM consent) + EXISTS (SELECT 1 FROM consented)";
        let has = self.tx.int(sql, &[])?.is_some_and(|tables| tables > 0);
        Ok(*self.has_consents.insert(has))
    }
}

impl ConsentAt {
    /// What it says; nothing where a newer version said it in a way this one does not know.
    pub fn says(&self) -> Option<Consent> {
        let slip = match ConsentAnswer::of(self.fact.answer)? {
            ConsentAnswer::Given => Slip::Given,
            ConsentAnswer::Refused => Slip::Refused,
            ConsentAnswer::Missing => Slip::Missing,
        };
        let code = |number: &u32| u16::try_from(*number).ok();
        Some(Consent {
            slip,
            stations: self.fact.stations.iter().filter_map(code).map(StationCode).collect(),
            items: self.fact.items.iter().filter_map(code).map(ItemCode).collect(),
            differs: false,
        })
    }
}

/// Every applied consent about one person in a round, whichever of the person's ids it names, in the order of references.
pub(crate) fn consents_of(
    tx: &dyn Tx,
    round: u64,
    group: &[PersonId],
) -> Result<Vec<ConsentAt>, StoreError> {
    let found = facts_about(tx, AboutTable::Consent, round, group)?.into_iter();
    let one = |about: About| match about {
        About { reference, also, header, fact: Fact::Consent(fact) } => {
            Some(ConsentAt { reference, also, header, fact })
        }
        _ => None,
    };
    Ok(found.filter_map(one).collect())
}

/// Those that no other names.
pub(crate) fn standing(all: &[ConsentAt]) -> Vec<&ConsentAt> {
    let named = all.iter().flat_map(|one| &one.fact.saw);
    let named: BTreeSet<Reference> = named.filter_map(|r| Reference::try_from(r).ok()).collect();
    let is_named = |one: &&ConsentAt| {
        std::iter::once(&one.reference).chain(&one.also).any(|at| named.contains(at))
    };
    all.iter().filter(|one| !is_named(one)).collect()
}

/// What stands about a person, by the canonical id.
pub(crate) fn consent_of(tx: &dyn Tx, round: u64, canon: PersonId) -> Result<Consent, StoreError> {
    let sql = "SELECT answer, stations, items, differs FROM consented
               WHERE round = $1 AND person = $2";
    let params: [Sql; 2] = [bits(round).into(), canon.0.as_bytes().into()];
    Ok(tx.first(sql, &params, read)?.unwrap_or_default())
}

fn read(row: &dyn Row) -> Result<Consent, StoreError> {
    let wrong = || StoreError::Stored("consented");
    let read = |text: &str| -> Result<Vec<u16>, StoreError> {
        let codes = text.split(',').filter(|code| !code.is_empty());
        codes.map(|code| code.parse().map_err(|_| wrong())).collect()
    };
    Ok(Consent {
        slip: Slip::of_number(row.int(0)?).ok_or_else(wrong)?,
        stations: read(row.text(1)?)?.into_iter().map(StationCode).collect(),
        items: read(row.text(2)?)?.into_iter().map(ItemCode).collect(),
        differs: row.int(3)? != 0,
    })
}

fn codes(codes: impl Iterator<Item = u16>) -> String {
    codes.map(|code| code.to_string()).collect::<Vec<_>>().join(",")
}
