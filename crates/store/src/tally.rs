//! Indicators and coverage as the projection keeps them: read off, never counted anew.

use crate::error::StoreError;
use crate::open::Store;
use crate::project::{Band, Counts, Rank, TallyKey, known_of, read_person_id, read_rank};
use crate::spelling::Spellings;
use crate::tx::{Row, Sql, Tx, bits, unbits};
use domain::facts::{ExpectedFacts, PersonDetails};
use domain::ids::{PersonId, RoundId, UnitCode};
use protocol::convert::kind_of;
use std::collections::BTreeMap;

/// Every row that lists somebody, with the rank by which a newer one is told from an older.
const EXPECTED: &str =
    "SELECT l.day, w.writer, l.seq, l.hash8, l.row_no, p.canon, l.kind, u.unit, l.grade
     FROM listing l JOIN writer w ON w.writer_no = l.writer_no
     JOIN unit_key u ON u.unit_no = l.unit_no JOIN person p ON p.person = l.person
     WHERE l.round = $1 AND u.unit >= $2 AND u.unit < $3 AND l.is_withdrawn = 0";

/// Coverage of one unit in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub unit: UnitCode,
    /// 应检: people on the unit's roster.
    pub expected: u32,
    /// 实检 of those on the list, wherever they were examined.
    pub examined_listed: u32,
    /// Examined at this unit's stop, of another unit of the district.
    pub examined_other_village: u32,
    /// Examined at this unit's stop, from outside the district.
    pub examined_outside: u32,
}

impl Store {
    /// Counts by unit, sex and age band; `under`: a unit and all below it.
    pub fn tallies(
        &self,
        round: RoundId,
        under: Option<&UnitCode>,
    ) -> Result<Vec<(TallyKey, Counts)>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT round, unit, sex, band, people, cells FROM tally
                       WHERE round = $1 AND unit >= $2 AND unit < $3
                       ORDER BY round, unit, sex, band";
            let (first, end) = unit_range(under);
            let params = [bits(round.0).into(), Sql::Text(&first), Sql::Text(&end)];
            tx.rows(sql, &params, read_tally)
        })
    }

    /// Coverage by unit; `under`: a unit and all below it.
    pub fn coverage(
        &self,
        round: RoundId,
        under: Option<&UnitCode>,
    ) -> Result<Vec<Coverage>, StoreError> {
        self.read(|tx| coverage(tx, round, under))
    }
}

impl Store {
    /// Everybody on the rosters of a round at a unit and below it, once for each unit whose roster has them, in the order of units and
    /// ids. The grade is the one that the roster said last.
    pub fn expected(
        &self,
        round: RoundId,
        under: Option<&UnitCode>,
    ) -> Result<Vec<ExpectedFacts>, StoreError> {
        let (first, end) = unit_range(under);
        let params = [bits(round.0).into(), Sql::Text(&first), Sql::Text(&end)];
        self.read(|tx| {
            let mut listed: BTreeMap<(UnitCode, PersonId), (Rank, i64, Option<String>)> =
                BTreeMap::new();
            tx.each(EXPECTED, &params, &mut |row| {
                let rank = read_rank(row)?;
                let key = (UnitCode(row.text(7)?.to_owned()), read_person_id(row, 5)?);
                if listed.get(&key).is_none_or(|(known, ..)| *known < rank) {
                    let grade = row.opt_text(8)?.map(str::to_owned);
                    listed.insert(key, (rank, row.int(6)?, grade));
                }
                Ok(())
            })?;
            let spelled = Spellings::read(tx, round, (&first, &end))?;
            let facts = |((unit, person), (_, kind, grade)): ((UnitCode, PersonId), _)| {
                let grade = spelled.of(&unit, grade);
                let known = known_of(tx, person)?.unwrap_or_default();
                let details = PersonDetails::from(&known.details);
                let (sex, birth) = (details.sex, details.birth);
                let kind = u32::try_from(kind).map_err(|_| StoreError::Stored("listing"))?;
                Ok(ExpectedFacts { person, kind: kind_of(kind), unit, grade, sex, birth })
            };
            listed.into_iter().map(facts).collect()
        })
    }
}

pub(crate) fn coverage(
    tx: &dyn Tx,
    round: RoundId,
    under: Option<&UnitCode>,
) -> Result<Vec<Coverage>, StoreError> {
    let sql = "SELECT unit, expected, examined_listed, examined_other_village, examined_outside
               FROM coverage WHERE round = $1 AND unit >= $2 AND unit < $3 ORDER BY unit";
    let (first, end) = unit_range(under);
    let params = [bits(round.0).into(), Sql::Text(&first), Sql::Text(&end)];
    tx.rows(sql, &params, |row| {
        let count =
            |column| u32::try_from(row.int(column)?).map_err(|_| StoreError::Stored("coverage"));
        Ok(Coverage {
            unit: UnitCode(row.text(0)?.to_owned()),
            expected: count(1)?,
            examined_listed: count(2)?,
            examined_other_village: count(3)?,
            examined_outside: count(4)?,
        })
    })
}

/// Codes of units below another begin with its code.
pub(crate) fn unit_range(under: Option<&UnitCode>) -> (String, String) {
    let first = under.map(|unit| unit.0.clone()).unwrap_or_default();
    let end = format!("{first}{}", char::MAX);
    (first, end)
}

pub(crate) fn read_tally(row: &dyn Row) -> Result<(TallyKey, Counts), StoreError> {
    let wrong = |_| StoreError::Stored("tally");
    let key = TallyKey {
        round: unbits(row.int(0)?),
        unit: row.text(1)?.to_owned(),
        sex: u8::try_from(row.int(2)?).map_err(wrong)?,
        band: Band(u8::try_from(row.int(3)?).map_err(wrong)?),
    };
    Ok((key, Counts::unpack(row.int(4)?, row.blob(5)?)?))
}
