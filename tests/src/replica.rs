//! Replicas compared: heads stream by stream, and what the entries were projected to, row by row. Numbers that
//! are local to a database (of units, of writers) are read as what they stand for.

use domain::catalogue::Catalogue;
use ledger::{Heads, Replica, UnitKey};
use std::collections::{BTreeMap, BTreeSet};
use store::{PersonView, Store, StoreError, ValueView};

/// Tables, each with the rows that are about a set of units: how a row names its unit.
const TABLES: [(&str, Scope); 9] = [
    ("directory", Scope::Number),
    ("hold", Scope::Number),
    ("withdrawal", Scope::Number),
    ("listing", Scope::Number),
    ("told", Scope::Number),
    ("person", Scope::Person),
    ("checkup", Scope::Stop),
    ("tally", Scope::Text),
    ("coverage", Scope::Text),
];

#[derive(Clone, Copy)]
enum Scope {
    /// `unit_no`
    Number,
    /// `unit`
    Text,
    /// `stop`: where the checkup took place
    Stop,
    /// Someone of whom a unit's rosters or registrations tell.
    Person,
}

/// What a replica knows of the one person with this ID number.
pub fn view(store: &Store, id_number: &str) -> PersonView {
    let found = store.find(id_number, 2).unwrap();
    assert_eq!(found.len(), 1, "one person");
    store.person(found[0].person).unwrap().unwrap()
}

/// Every value ever given of an item.
pub fn values<'v>(view: &'v PersonView, item: &str) -> Vec<&'v ValueView> {
    let item = Catalogue::builtin().item_by_key(item).unwrap().code;
    view.values.iter().filter(|value| value.item == item).collect()
}

/// Rows of each table, each row as one text.
pub type Projection = BTreeMap<&'static str, BTreeSet<String>>;

/// The heads of these units' streams.
pub fn heads(store: &Store, units: &[&str]) -> Heads {
    let keys = units.iter().map(|unit| UnitKey::try_new(unit).unwrap());
    let units: BTreeSet<UnitKey> = keys.collect();
    Replica::heads(store, Some(&units)).unwrap()
}

/// Everything projected about these units.
pub fn projection(store: &Store, units: &[&str]) -> Projection {
    let list = units.iter().map(|unit| format!("'{unit}'")).collect::<Vec<_>>().join(", ");
    let read = |(table, scope): (&'static str, Scope)| {
        let rows = rows(store, table, scope, &list).unwrap_or_else(|e| panic!("{table}: {e}"));
        (table, rows)
    };
    TABLES.into_iter().map(read).collect()
}

fn rows(
    store: &Store,
    table: &str,
    scope: Scope,
    units: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let of_number = format!("unit_no IN (SELECT unit_no FROM unit_key WHERE unit IN ({units}))");
    let wanted = match scope {
        Scope::Number => of_number,
        Scope::Text => format!("unit IN ({units})"),
        Scope::Stop => format!("stop IN ({units})"),
        Scope::Person => format!(
            "person IN (SELECT person FROM listing WHERE {of_number}
                        UNION SELECT person FROM told WHERE {of_number})"
        ),
    };
    store.read(|tx| {
        let columns = tx.rows(
            &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
            &[],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        let columns: Vec<String> = columns.iter().map(|column| readable(column)).collect();
        let sql = format!("SELECT {} FROM {table} t WHERE {wanted}", columns.join(" || ' | ' || "));
        Ok(tx.rows(&sql, &[], |row| Ok(row.text(0)?.to_owned()))?.into_iter().collect())
    })
}

fn readable(column: &str) -> String {
    match column {
        "unit_no" | "by_unit_no" => {
            format!("(SELECT u.unit FROM unit_key u WHERE u.unit_no = t.{column})")
        }
        "writer_no" | "by_writer_no" => {
            format!("(SELECT hex(w.writer) FROM writer w WHERE w.writer_no = t.{column})")
        }
        _ => format!("quote(t.{column})"),
    }
}

/// Rows that only one of two projections has, by table; empty when they are equal.
pub fn difference(one: &Projection, other: &Projection) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in one {
        let others = other.get(table).cloned().unwrap_or_default();
        let tell = |rows: &BTreeSet<String>, others: &BTreeSet<String>, side: &str| {
            rows.difference(others).map(|row| format!("{table} {side} {row}")).collect::<Vec<_>>()
        };
        found.extend(tell(rows, &others, "-"));
        found.extend(tell(&others, rows, "+"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_only_one_side_has_is_told_with_its_side() {
        let rows = |row: &str| Projection::from([("person", BTreeSet::from([row.to_owned()]))]);
        assert_eq!(difference(&rows("a"), &rows("a")), [] as [String; 0]);
        assert_eq!(difference(&rows("a"), &rows("b")), ["person - a", "person + b"]);
    }
}
