//! Where a person stands on rosters, read for lists, views and exports. Not who counts where: the projection
//! decided that.

use crate::error::StoreError;
use crate::project::{Rank, read_rank};
use crate::tx::{Row, Tx, bits, unbits};
use domain::facts::PersonKind;
use domain::ids::{PersonId, RoundId, UnitCode};
use protocol::convert::kind_of;

/// A row of a roster, or what a registration says in place of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub round: RoundId,
    pub unit: UnitCode,
    pub kind: PersonKind,
    /// 村民小组, or 班 in a school.
    pub group: Option<String>,
    pub grade: Option<String>,
    pub note: Option<String>,
    /// False where only a registration at a stop says so (名单外).
    pub is_listed: bool,
}

/// Every standing roster row of a group, the last said first.
pub(crate) fn placements_of(
    tx: &dyn Tx,
    group: &[PersonId],
    round: Option<RoundId>,
) -> Result<Vec<Placement>, StoreError> {
    let columns = "l.day, w.writer, l.seq, l.hash8, l.row_no, u.unit, l.kind, l.round,
                   l.group_name, l.grade, l.note
                   FROM listing l JOIN writer w ON w.writer_no = l.writer_no
                   JOIN unit_key u ON u.unit_no = l.unit_no";
    let mut found: Vec<(Rank, Placement)> = Vec::new();
    for person in group {
        let person = person.0.as_bytes().into();
        found.extend(match round {
            Some(round) => {
                let sql = format!(
                    "SELECT {columns} WHERE l.person = $1 AND l.round = $2 AND l.is_withdrawn = 0"
                );
                tx.rows(&sql, &[person, bits(round.0).into()], |row| read(row, true))?
            }
            None => {
                let sql = format!("SELECT {columns} WHERE l.person = $1 AND l.is_withdrawn = 0");
                tx.rows(&sql, &[person], |row| read(row, true))?
            }
        });
    }
    Ok(in_order(found))
}

/// What registrations say of a group, the last said first; the unit is the home told, else the stop.
pub(crate) fn registrations_of(
    tx: &dyn Tx,
    group: &[PersonId],
) -> Result<Vec<Placement>, StoreError> {
    let sql = "SELECT t.day, w.writer, t.seq, t.hash8, 0,
                   CASE WHEN t.home_unit = '' THEN u.unit ELSE t.home_unit END, t.kind, t.round,
                   t.group_name, t.grade, NULL
               FROM told t JOIN writer w ON w.writer_no = t.writer_no
               JOIN unit_key u ON u.unit_no = t.unit_no WHERE t.person = $1 AND t.source = 1";
    let mut found = Vec::new();
    for person in group {
        found.extend(tx.rows(sql, &[person.0.as_bytes().into()], |row| read(row, false))?);
    }
    Ok(in_order(found))
}

fn in_order(mut found: Vec<(Rank, Placement)>) -> Vec<Placement> {
    found.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    found.into_iter().map(|(_, placement)| placement).collect()
}

fn read(row: &dyn Row, is_listed: bool) -> Result<(Rank, Placement), StoreError> {
    let text = |column| Ok::<_, StoreError>(row.opt_text(column)?.map(str::to_owned));
    let kind = u32::try_from(row.int(6)?).map_err(|_| StoreError::Stored("kind"))?;
    let placement = Placement {
        round: RoundId(unbits(row.int(7)?)),
        unit: UnitCode(row.text(5)?.to_owned()),
        kind: kind_of(kind),
        group: text(8)?,
        grade: text(9)?,
        note: text(10)?,
        is_listed,
    };
    Ok((read_rank(row)?, placement))
}
