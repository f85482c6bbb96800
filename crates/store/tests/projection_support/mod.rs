//! What the projection tests share: a replica, entries put anywhere in any order, tables as sorted text.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod build;
pub mod scenario;

use domain::catalogue::Catalogue;
use domain::ids::PersonId;
use ledger::{Reference, Refiled, UnitKey, WriterId, fact_reference, hash8};
use protocol::{Entry, Fact};
use store::project::{Applied, apply};
use store::{Key, Role, Sql, Store, StoreError, Tx, bits};
use tempfile::TempDir;

pub const TABLES: [&str; 12] = [
    "directory",
    "hold",
    "withdrawal",
    "listing",
    "told",
    "conclusion",
    "concluded",
    "person",
    "name_gram",
    "checkup",
    "tally",
    "coverage",
];

/// A replica and the folder it lives in.
pub struct Place {
    pub folder: TempDir,
    pub store: Store,
}

pub fn place(role: Role) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path(), &Key::new([0x17; 32]), role).unwrap();
    Place { folder, store }
}

/// An entry somewhere in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub unit: String,
    pub writer: [u8; 16],
    pub is_server: bool,
    pub seq: u64,
    pub body: Vec<u8>,
}

impl Placed {
    pub fn reference(&self) -> Reference {
        fact_reference(WriterId(self.writer), self.seq, &self.body)
    }

    pub fn entry(&self) -> Entry {
        Entry::decode(&self.body).unwrap()
    }
}

/// Puts entries into the table and projects them, a batch at a time. Streams are not kept: order is free.
pub fn arrive(tx: &dyn Tx, batches: &[&[Placed]]) -> Result<(), StoreError> {
    for batch in batches {
        let mut numbers = Vec::new();
        for placed in *batch {
            numbers.push(insert(tx, placed)?);
        }
        let units: Vec<UnitKey> =
            batch.iter().map(|placed| UnitKey::try_new(&placed.unit).unwrap()).collect();
        let applied: Vec<Applied> = batch
            .iter()
            .zip(&units)
            .zip(numbers)
            .map(|((placed, unit), (unit_no, writer_no))| Applied {
                unit,
                unit_no,
                writer: WriterId(placed.writer),
                writer_no,
                is_server: placed.is_server,
                seq: placed.seq,
                hash8: hash8(&placed.body),
                body: &placed.body,
                about: about(&placed.body),
                is_of_checkup: matches!(
                    Entry::decode(&placed.body),
                    Ok(Entry { fact: Fact::Save(_) | Fact::Void(_), .. })
                ),
            })
            .collect();
        apply(tx, Catalogue::builtin(), &applied)?;
    }
    Ok(())
}

fn about(body: &[u8]) -> Option<(u64, PersonId)> {
    let header = Entry::decode_header(body).ok()?;
    let person = protocol::convert::person_id(&header.person)?;
    (header.round != 0).then_some((header.round, person))
}

fn insert(tx: &dyn Tx, placed: &Placed) -> Result<(i64, i64), StoreError> {
    let unit = [Sql::Text(&placed.unit)];
    tx.exec("INSERT INTO unit_key (unit) VALUES ($1) ON CONFLICT DO NOTHING", &unit)?;
    let writer = [Sql::Blob(&placed.writer), placed.is_server.into()];
    // A copy may have named the writer before anything proved it.
    let sql = "INSERT INTO writer (writer, is_server) VALUES ($1, $2)
               ON CONFLICT (writer) DO UPDATE SET is_server = excluded.is_server";
    tx.exec(sql, &writer)?;
    let unit_no = tx.int("SELECT unit_no FROM unit_key WHERE unit = $1", &unit)?.unwrap();
    let writer_no =
        tx.int("SELECT writer_no FROM writer WHERE writer = $1", &writer[..1])?.unwrap();
    let header = Entry::decode_header(&placed.body).ok();
    let person = header.as_ref().map(|h| h.person.as_slice()).filter(|p| !p.is_empty());
    let round = header.as_ref().map(|h| h.round).filter(|round| *round != 0);
    tx.exec(
        "INSERT INTO entry (unit_no, writer_no, seq, hash8, kind, person, round, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            unit_no.into(),
            writer_no.into(),
            bits(placed.seq).into(),
            i64::from_be_bytes(hash8(&placed.body)).into(),
            header.as_ref().map(|h| h.kind).into(),
            person.map_or(Sql::Null, Sql::Blob),
            round.map(bits).into(),
            Sql::Blob(&placed.body),
        ],
    )?;
    if let Some(Ok(refiled)) = Refiled::decode(&placed.body) {
        let of = refiled.reference();
        tx.exec(
            "INSERT INTO refiled (unit_no, of_writer, of_seq, of_hash8, writer_no, seq)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                unit_no.into(),
                Sql::Blob(&of.writer.0),
                bits(of.seq).into(),
                i64::from_be_bytes(of.hash8).into(),
                writer_no.into(),
                bits(placed.seq).into(),
            ],
        )?;
    }
    Ok((unit_no, writer_no))
}

/// Every row of the projection as text, sorted; local numbers told as what they stand for.
pub fn dump(tx: &dyn Tx) -> Vec<String> {
    let mut lines = Vec::new();
    for table in TABLES {
        let sql = "SELECT name FROM pragma_table_info($1)";
        let columns = tx.rows(sql, &[table.into()], |row| Ok(row.text(0)?.to_owned())).unwrap();
        let shown = columns.iter().map(|column| match column.as_str() {
            "unit_no" | "by_unit_no" => {
                format!("(SELECT unit FROM unit_key k WHERE k.unit_no = t.{column})")
            }
            "writer_no" | "by_writer_no" => {
                format!("(SELECT hex(writer) FROM writer w WHERE w.writer_no = t.{column})")
            }
            other => format!("quote(t.{other})"),
        });
        let shown = shown.collect::<Vec<_>>().join(" || ' ' || ");
        let sql = format!("SELECT '{table} ' || {shown} FROM {table} t");
        lines.extend(tx.rows(&sql, &[], |row| Ok(row.text(0)?.to_owned())).unwrap());
    }
    lines.sort();
    lines
}

/// Does something in a transaction that is given up afterwards.
pub fn tried<T>(store: &mut Store, act: impl FnOnce(&dyn Tx) -> T) -> T {
    let mut done = None;
    let given_up = store.write::<()>(|tx| {
        done = Some(act(tx));
        Err(StoreError::Missing)
    });
    assert_eq!(given_up, Err(StoreError::Missing));
    done.unwrap()
}

/// The tables after all these batches, in a transaction that is given up.
pub fn tables_after(store: &mut Store, batches: &[&[Placed]]) -> Vec<String> {
    tried(store, |tx| {
        arrive(tx, batches).unwrap();
        dump(tx)
    })
}

/// Puts entries in for good.
pub fn keep(store: &mut Store, placed: &[Placed]) {
    store.write(|tx| arrive(tx, &[placed])).unwrap();
}
