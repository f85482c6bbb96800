//! The rows that one station's save changes, told apart and put into another file bare. Not the measuring.

use super::bare::Watched;
use domain::ids::PersonId;
use rusqlite::types::Value;
use rusqlite::{Connection, TransactionBehavior};

/// The tables a save touches.
pub struct SaveRows {
    round: u64,
    checkup: Watched,
    entry: Watched,
    small: [Watched; 3],
}

/// For each of the tables the rows that changed.
pub type Changed = Vec<(usize, Vec<Vec<Value>>)>;

impl SaveRows {
    /// Starts from the tables as they are.
    pub fn watch(look: &Connection, round: u64) -> SaveRows {
        SaveRows {
            round,
            checkup: Watched::of(look, "checkup"),
            entry: Watched::of(look, "entry"),
            small: ["stream", "tally", "coverage"].map(|name| Watched::of(look, name)),
        }
    }

    fn all(&mut self) -> [&mut Watched; 5] {
        let [stream, tally, coverage] = &mut self.small;
        [&mut self.checkup, &mut self.entry, stream, tally, coverage]
    }

    /// The rows that a save about this person changed since last asked.
    pub fn changed(&mut self, look: &Connection, person: PersonId) -> Changed {
        let person = [Value::Blob(person.0.as_bytes().to_vec())];
        let round = self.round as i64;
        let of = |watched: &mut Watched| match watched.table.name {
            "checkup" => watched.changed(look, "WHERE person = ?1", &person),
            "entry" => {
                let which = format!("WHERE round = {round} AND person = ?1");
                watched.changed(look, &which, &person)
            }
            _ => watched.changed(look, "", &[]),
        };
        self.all().map(of).into_iter().enumerate().collect()
    }

    /// Puts them into another file, one FULL commit.
    pub fn write(&self, bare: &mut Connection, changed: &Changed) {
        let rows = self;
        let tables = [&rows.checkup, &rows.entry, &rows.small[0], &rows.small[1], &rows.small[2]];
        let transaction = bare.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        for (at, rows) in changed {
            for row in rows {
                tables[*at].table.put(&transaction, row);
            }
        }
        transaction.commit().unwrap();
    }
}
