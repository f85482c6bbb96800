//! The projection made anew beside the old one, and compared row by row. Beside means temporary tables of the
//! same names, in memory: unqualified names then mean the new ones, so that the very same code fills them.
//! The transaction is given up at the end, and they with it.

use crate::error::StoreError;
use crate::project::{TABLES, project_all};
use crate::tx::Tx;
use crate::verify::{PROBLEMS_MAX, RowWrong, VerifyProblem};
use domain::catalogue::Catalogue;
use std::collections::BTreeMap;

/// Sums are recounted on their own (`verify_sums`).
const SUMS: [&str; 2] = ["tally", "coverage"];

pub(crate) fn projection(
    tx: &dyn Tx,
    catalogue: &Catalogue,
) -> Result<Vec<VerifyProblem>, StoreError> {
    let mut problems = Vec::new();
    make_beside(tx)?;
    project_all(tx, catalogue)?;
    for table in TABLES.into_iter().filter(|table| !SUMS.contains(table)) {
        compare(tx, table, &mut problems)?;
    }
    for table in TABLES {
        tx.batch(&format!("DROP TABLE temp.{table}"))?;
    }
    Ok(problems)
}

/// The statements that made the tables, turned to temporary ones.
fn make_beside(tx: &dyn Tx) -> Result<(), StoreError> {
    let sql = "SELECT sql, tbl_name FROM main.sqlite_schema
               WHERE sql IS NOT NULL ORDER BY type DESC, name";
    let statements =
        tx.rows(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))?;
    for (statement, table) in statements {
        if !TABLES.contains(&table.as_str()) {
            continue;
        }
        let beside = match statement.strip_prefix("CREATE TABLE ") {
            Some(rest) => format!("CREATE TEMP TABLE {rest}"),
            None => statement.replacen("CREATE INDEX ", "CREATE INDEX temp.", 1),
        };
        tx.batch(&beside)?;
    }
    Ok(())
}

/// The columns that say which row is meant, none of them personal.
fn key_columns(table: &str) -> &'static str {
    match table {
        "directory" => "kind || ' ' || id",
        "hold" | "withdrawal" => "unit_no || ' ' || hex(writer) || ' ' || seq",
        "tube" | "tube_seen" => "code || ' ' || seq",
        "conclusion" | "consent" | "step" | "confirmation" | "delivery" => {
            "hex(person) || ' ' || seq"
        }
        "unconfirmed" => "hex(person) || ' ' || station || ' ' || seq",
        "arrival" => "printf('%016x', round) || ' ' || day || ' ' || seq",
        "issue" => "unit || ' ' || seq",
        "task" | "task_number" => "hex(person) || ' ' || rule",
        "concluded" | "consented" => "hex(person) || ' ' || printf('%016x', round)",
        "listing" | "checkup" => "hex(person) || ' ' || printf('%016x', round)",
        "tally" | "coverage" => "printf('%016x', round) || ' ' || unit",
        _ => "hex(person)",
    }
}

/// Rows that only one side has. Where both have one of the same key, it differs.
fn compare(
    tx: &dyn Tx,
    table: &'static str,
    problems: &mut Vec<VerifyProblem>,
) -> Result<(), StoreError> {
    let key = key_columns(table);
    let only_in = |one: &str, other: &str| {
        let sql = format!(
            "SELECT {key} FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table})
             LIMIT {PROBLEMS_MAX}"
        );
        tx.rows(&sql, &[], |row| Ok(row.text(0)?.to_owned()))
    };
    let mut wrong: BTreeMap<String, RowWrong> = BTreeMap::new();
    for key in only_in("main", "temp")? {
        wrong.insert(key, RowWrong::Extra);
    }
    for key in only_in("temp", "main")? {
        let both = wrong.contains_key(&key);
        wrong.insert(key, if both { RowWrong::Differs } else { RowWrong::Missing });
    }
    let found = wrong.into_iter().take(PROBLEMS_MAX);
    problems.extend(found.map(|(key, wrong)| VerifyProblem::Projection { table, key, wrong }));
    Ok(())
}
