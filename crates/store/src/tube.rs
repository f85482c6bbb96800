//! Tubes as they stand: whose a code is, and what laboratories have reported of it. Not how far a tube has come in
//! words (`domain::tube`).

use crate::checkup::said_about;
use crate::error::StoreError;
use crate::open::Store;
use crate::project::{Said, StandingValues, canonical, group_of, read_person_id, said_of};
use crate::stream::array;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::facts::CurrentValue;
use domain::ids::{ItemCode, PersonId, RoundId, UnitCode};
use domain::lab::PrintedRange;
use domain::rule::OwnRange;
use domain::value::{AbsentReason, Value};
use ledger::{Reference, WriterId};
use protocol::convert::day_date;
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

/// What stands of a tube. Where two devices bound one code without knowing of each other, both stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tube {
    pub code: String,
    /// `domain::tube::TubeKind::code`.
    pub kind: u32,
    /// The canonical id.
    pub person: PersonId,
    pub is_spoilt: bool,
    /// Where it was said.
    pub unit: UnitCode,
    pub day: Option<NaiveDate>,
    /// The entry that says so: a newer one names it.
    pub reference: Reference,
    /// A laboratory's results of it stand.
    pub is_reported: bool,
}

/// A value that a laboratory gave, now or before.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenByLab {
    pub tube: String,
    pub item: ItemCode,
    pub value: CurrentValue,
    pub own: Option<OwnRange>,
    /// As shown beside the value.
    pub printed: Option<PrintedRange>,
    pub is_current: bool,
    pub reference: Reference,
}

/// A row of `tube t` that no other names.
const STANDING: &str =
    "SELECT t.code, t.kind, t.person, t.act, u.unit, t.day, w.writer, t.seq, t.hash8
     FROM tube t JOIN writer w ON w.writer_no = t.writer_no JOIN unit_key u ON u.unit_no = t.unit_no
     WHERE t.act <> 3 AND NOT EXISTS (SELECT 1 FROM tube_seen s WHERE s.round = t.round
     AND s.code = t.code AND s.writer = w.writer AND s.seq = t.seq AND s.hash8 = t.hash8)";

/// Whose a code is, and whether somebody said that it is nobody's.
const STANDS_OF_CODE: &str = "SELECT t.person, t.act FROM tube t JOIN writer w ON w.writer_no = t.writer_no
     WHERE t.round = $1 AND t.code = $2 AND NOT EXISTS (SELECT 1 FROM tube_seen s WHERE s.round = t.round
     AND s.code = t.code AND s.writer = w.writer AND s.seq = t.seq AND s.hash8 = t.hash8)";
/// `tube.act`: the code is nobody's.
const FREED: i64 = 3;
/// Who has ever had a code that was of more than one, or is said to be nobody's.
const HOLDERS_OF_MOVED: &str =
    "SELECT DISTINCT t.person, t.code FROM tube t WHERE t.round = $1 AND t.code IN
     (SELECT m.code FROM tube m WHERE m.round = $1 GROUP BY m.code
      HAVING count(DISTINCT m.person) > 1 OR max(m.act) >= 3) ORDER BY t.code";

impl Store {
    /// Whose a code is in a round; several where it was bound twice.
    pub fn tubes_of_code(&self, round: RoundId, code: &str) -> Result<Vec<Tube>, StoreError> {
        self.read(|tx| {
            let sql = format!("{STANDING} AND t.round = $1 AND t.code = $2");
            tubes(tx, round, &sql, &[bits(round.0).into(), Sql::Text(code)])
        })
    }

    /// Tubes of a round whose results stand with somebody whom their code is not of by now: the canonical id and the code, by code.
    pub fn strayed_tubes(&self, round: RoundId) -> Result<Vec<(PersonId, String)>, StoreError> {
        self.read(|tx| {
            let holders = tx.rows(HOLDERS_OF_MOVED, &[bits(round.0).into()], |row| {
                Ok((read_person_id(row, 0)?, row.text(1)?.to_owned()))
            })?;
            let mut found = BTreeSet::new();
            for (person, code) in holders {
                let canon = canonical(tx, person)?;
                if found.contains(&(code.clone(), canon)) {
                    continue;
                }
                let group = group_of(tx, canon)?;
                let said = said_of(tx, &group, round.0)?;
                let values = StandingValues::of(self.catalogue(), &said);
                if strayed(tx, round, &group, &said, &values)?.contains(&code) {
                    found.insert((code, canon));
                }
            }
            Ok(found.into_iter().map(|(code, person)| (person, code)).collect())
        })
    }

    /// Of every day on which a code was bound in a round the last; none where it is bound to nobody there, and no day where a
    /// binding has none.
    pub fn code_bound_on(
        &self,
        round: RoundId,
        code: &str,
    ) -> Result<Option<Option<NaiveDate>>, StoreError> {
        self.read(|tx| {
            let sql = format!("{STANDING} AND t.round = $1 AND t.code = $2");
            let found = tx.rows(&sql, &[bits(round.0).into(), Sql::Text(code)], read)?;
            let days: Option<Vec<NaiveDate>> = found.iter().map(|tube| tube.day).collect();
            Ok((!found.is_empty()).then(|| days.and_then(|days| days.into_iter().max())))
        })
    }

    /// A person's tubes of a round.
    pub fn tubes_of_person(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<Vec<Tube>, StoreError> {
        self.read(|tx| {
            let canon = canonical(tx, person)?;
            let mut all = Vec::new();
            for id in group_of(tx, canon)? {
                let sql = format!("{STANDING} AND t.round = $1 AND t.person = $2");
                all.extend(tubes(
                    tx,
                    round,
                    &sql,
                    &[bits(round.0).into(), id.0.as_bytes().into()],
                )?);
            }
            Ok(all)
        })
    }

    /// The tubes bound at a unit's stop, by code.
    pub fn tubes_of_unit(&self, round: RoundId, unit: &UnitCode) -> Result<Vec<Tube>, StoreError> {
        self.read(|tx| {
            let sql = format!("{STANDING} AND t.round = $1 AND u.unit = $2 ORDER BY t.code");
            tubes(tx, round, &sql, &[bits(round.0).into(), Sql::Text(&unit.0)])
        })
    }

    /// Items that a laboratory was waited for and that have nothing now.
    pub fn sent_back(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<BTreeSet<ItemCode>, StoreError> {
        self.read(|tx| sent_back(tx, self.catalogue(), round, person))
    }

    /// Every value that laboratories gave of a person in a round, also those amended since.
    pub fn given_by_labs(
        &self,
        round: RoundId,
        person: PersonId,
    ) -> Result<Vec<GivenByLab>, StoreError> {
        self.read(|tx| {
            let said = said_about(tx, round, person)?;
            let values = StandingValues::of(self.catalogue(), &said).values.into_iter();
            let given = values.filter_map(|given| {
                let one = &said[given.said];
                let tube = one.is_applied.then(|| one.lab()).flatten()?.tube.clone();
                Some(GivenByLab {
                    tube,
                    item: given.item,
                    value: given.value,
                    own: given.own,
                    printed: one.printed_range(given.item),
                    is_current: given.is_current,
                    reference: one.reference,
                })
            });
            Ok(given.collect())
        })
    }
}

impl Store {
    /// What laboratories printed beside the current values of these people of a round, by the canonical id. Of those alone whose
    /// tubes there are is anything read.
    pub fn own_ranges(
        &self,
        round: RoundId,
        people: &BTreeSet<PersonId>,
    ) -> Result<BTreeMap<PersonId, BTreeMap<ItemCode, String>>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT DISTINCT person FROM tube WHERE round = $1";
            let ids = tx.rows(sql, &[bits(round.0).into()], |row| read_person_id(row, 0))?;
            let drawn: Result<BTreeSet<PersonId>, StoreError> =
                ids.into_iter().map(|id| canonical(tx, id)).collect();
            let mut all = BTreeMap::new();
            for person in drawn?.into_iter().filter(|person| people.contains(person)) {
                let said = said_about(tx, round, person)?;
                let values = StandingValues::of(self.catalogue(), &said);
                let mut ranges: BTreeMap<ItemCode, BTreeSet<String>> = BTreeMap::new();
                for given in values.current() {
                    if let Some(printed) = said[given.said].printed_range(given.item) {
                        ranges.entry(given.item).or_default().insert(printed.text());
                    }
                }
                let told = |(item, texts): (ItemCode, BTreeSet<String>)| {
                    (item, texts.into_iter().collect::<Vec<_>>().join(" / "))
                };
                all.insert(person, ranges.into_iter().map(told).collect());
            }
            Ok(all)
        })
    }
}

/// Tubes whose results stand as this group's while their code stands as nobody's of it: bound anew somewhere where nobody knew that
/// the results were there already.
pub(crate) fn strayed(
    tx: &dyn Tx,
    round: RoundId,
    group: &[PersonId],
    said: &[Said],
    values: &StandingValues,
) -> Result<Vec<String>, StoreError> {
    let codes: BTreeSet<&String> =
        values.current().filter_map(|given| Some(&said[given.said].lab()?.tube)).collect();
    let mut strayed = Vec::new();
    for code in codes {
        let params = [bits(round.0).into(), Sql::Text(code)];
        let standing =
            tx.rows(STANDS_OF_CODE, &params, |row| Ok((read_person_id(row, 0)?, row.int(1)?)))?;
        let is_own = |(person, act): &(PersonId, i64)| *act != FREED && group.contains(person);
        if !standing.is_empty() && !standing.iter().any(is_own) {
            strayed.push(code.clone());
        }
    }
    Ok(strayed)
}

/// The kinds of tube that were drawn of somebody in a round, each with whether one of it is any good, by the canonical id.
pub(crate) fn drawn(
    tx: &dyn Tx,
    round: RoundId,
) -> Result<BTreeMap<PersonId, BTreeMap<u32, bool>>, StoreError> {
    let sql = format!("{STANDING} AND t.round = $1");
    let mut drawn: BTreeMap<PersonId, BTreeMap<u32, bool>> = BTreeMap::new();
    for tube in tx.rows(&sql, &[bits(round.0).into()], read)? {
        let person = canonical(tx, tube.person)?;
        let is_good = drawn.entry(person).or_default().entry(tube.kind).or_default();
        *is_good |= !tube.is_spoilt;
    }
    Ok(drawn)
}

/// Items that a laboratory was waited for and that have nothing now: it sent them back, or their result was taken back.
pub(crate) fn sent_back(
    tx: &dyn Tx,
    catalogue: &Catalogue,
    round: RoundId,
    person: PersonId,
) -> Result<BTreeSet<ItemCode>, StoreError> {
    let said = said_about(tx, round, person)?;
    let values = StandingValues::of(catalogue, &said).values;
    let awaited = Value::Absent(AbsentReason::Awaited);
    let mut sent = BTreeSet::new();
    for given in values.iter().filter(|given| !given.is_current) {
        if said[given.said].is_applied && given.value.value == awaited {
            sent.insert(given.item);
        }
    }
    for given in values.iter().filter(|given| given.is_current) {
        sent.remove(&given.item);
    }
    Ok(sent)
}

fn tubes(tx: &dyn Tx, round: RoundId, sql: &str, params: &[Sql]) -> Result<Vec<Tube>, StoreError> {
    let mut found = tx.rows(sql, params, read)?;
    let mut reported: BTreeMap<PersonId, BTreeSet<String>> = BTreeMap::new();
    for tube in &mut found {
        tube.person = canonical(tx, tube.person)?;
        let of = match reported.entry(tube.person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let said = said_about(tx, round, tube.person)?;
                let values = StandingValues::of(Catalogue::builtin(), &said);
                let lab = |at: usize| Some(said[at].lab()?.tube.clone());
                place.insert(values.current().filter_map(|given| lab(given.said)).collect())
            }
        };
        tube.is_reported = of.contains(&tube.code);
    }
    Ok(found)
}

fn read(row: &dyn Row) -> Result<Tube, StoreError> {
    let wrong = |_| StoreError::Stored("tube");
    let day = row.opt_int(5)?.map(i32::try_from).transpose().map_err(wrong)?;
    Ok(Tube {
        code: row.text(0)?.to_owned(),
        kind: u32::try_from(row.int(1)?).map_err(wrong)?,
        person: read_person_id(row, 2)?,
        is_spoilt: row.int(3)? == 2,
        unit: UnitCode(row.text(4)?.to_owned()),
        day: day.and_then(day_date),
        reference: Reference {
            writer: WriterId(array(row.blob(6)?)?),
            seq: unbits(row.int(7)?),
            hash8: unbits(row.int(8)?).to_be_bytes(),
        },
        is_reported: false,
    })
}
