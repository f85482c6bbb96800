//! A database checked against itself: file, streams, projection, sums. It changes nothing of what is in it: whoever
//! writes meanwhile goes on, and what they write is looked at the next time. Not repairing: what is wrong is named.

use crate::error::StoreError;
use crate::open::Store;
use crate::tx::Tx;
use crate::{verify_beside, verify_stream, verify_sums};
use std::fmt;

/// Problems named of each kind; a torn file would name thousands.
pub(crate) const PROBLEMS_MAX: usize = 100;

/// Something that is not as it must be. Names places, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyProblem {
    /// A page whose authentication fails, or a structure SQLite finds broken; in its words.
    Database(String),
    Stream {
        unit: String,
        writer: String,
        seq: u64,
        wrong: StreamWrong,
    },
    /// A row that projecting the entries anew makes otherwise. `key`: its first columns.
    Projection {
        table: &'static str,
        key: String,
        wrong: RowWrong,
    },
    /// A row whose packed column cannot be read.
    Unreadable {
        table: &'static str,
        key: String,
    },
    /// A tally that is not the sum of its checkups.
    Tally {
        round: u64,
        unit: String,
        sex: u8,
        band: u8,
    },
    /// Coverage that is not what rosters and checkups come to.
    Coverage {
        round: u64,
        unit: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamWrong {
    /// The bodies up to here do not lead to the chain kept.
    Chain,
    /// A position is missing, or there is one beyond the head.
    Positions,
    /// What is kept beside a body (hash, kind, person, round) is not the body's.
    Entry,
    /// A seal that the writer did not make.
    Seal,
    /// The writer's certificates prove nothing.
    Certificate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowWrong {
    Missing,
    Extra,
    Differs,
}

impl fmt::Display for VerifyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerifyProblem::Database(words) => write!(f, "数据库文件损坏：{words}"),
            VerifyProblem::Stream { unit, writer, seq, wrong } => {
                let wrong = match wrong {
                    StreamWrong::Chain => "链值不符",
                    StreamWrong::Positions => "记录缺失或多出",
                    StreamWrong::Entry => "记录与其索引不符",
                    StreamWrong::Seal => "封签不符",
                    StreamWrong::Certificate => "证书不符",
                };
                write!(f, "账本{wrong}：单位 {unit}，流 {writer}，第 {seq} 条")
            }
            VerifyProblem::Projection { table, key, wrong } => {
                let wrong = match wrong {
                    RowWrong::Missing => "缺少一行",
                    RowWrong::Extra => "多出一行",
                    RowWrong::Differs => "与账本不符",
                };
                write!(f, "数据表 {table} {wrong}：{key}")
            }
            VerifyProblem::Unreadable { table, key } => {
                write!(f, "数据表 {table} 有一行读不出：{key}")
            }
            VerifyProblem::Tally { round, unit, sex, band } => {
                write!(
                    f,
                    "统计数与体检记录不符：轮次 {round:016x}，单位 {unit}，性别 {sex}，年龄段 {band}"
                )
            }
            VerifyProblem::Coverage { round, unit } => {
                write!(f, "应检或实检数与重新计数不符：轮次 {round:016x}，单位 {unit}")
            }
        }
    }
}

impl Store {
    /// Checks everything; `progress` hears each step's name. Memory: the projection is made anew beside the old
    /// one, in memory, about as large as its tables.
    pub fn verify(&self, progress: &mut dyn FnMut(&str)) -> Result<Vec<VerifyProblem>, StoreError> {
        let catalogue = self.catalogue();
        let (mut problems, is_readable) = self.verify_file_and_ledger(progress)?;
        if !is_readable {
            return Ok(problems);
        }
        progress("重建数据表并比较");
        let compared = self.read(|tx| verify_beside::projection(tx, catalogue));
        problems.extend(named(compared, "entry")?);
        progress("重新计数");
        let counted = self.read(|tx| verify_sums::sums(tx, catalogue));
        problems.extend(named(counted, "checkup")?);
        Ok(problems)
    }

    /// The file and the ledger in it, and not what is projected from it: that can be built anew.
    pub fn verify_ledger(
        &self,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<VerifyProblem>, StoreError> {
        Ok(self.verify_file_and_ledger(progress)?.0)
    }

    fn verify_file_and_ledger(
        &self,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(Vec<VerifyProblem>, bool), StoreError> {
        progress("核对数据库文件");
        self.settle()?;
        let mut problems = named(self.read(database), "sqlite");
        if problems.as_ref().map_or_else(|e| matches!(e, StoreError::Damaged(_)), |p| !p.is_empty())
        {
            // After one failed read SQLCipher gives out empty pages: before anything is called damaged, it is looked at
            // once more through a connection opened anew.
            self.distrust();
            problems = named(self.read(database), "sqlite");
        }
        let problems = problems?;
        if !problems.is_empty() {
            // What lies on a torn page cannot be read, and everything else rests on reading.
            return Ok((problems, false));
        }
        progress("核对账本");
        Ok((named(self.read(verify_stream::streams), "stream")?, true))
    }
}

impl Store {
    /// Carries the log over into the file as far as it goes. The authentication of pages is checked in the file, also
    /// of those that the log holds anew: after a cut while they were carried over, one may lie there half written,
    /// and nobody reads it.
    fn settle(&self) -> Result<(), StoreError> {
        // Where there is no room, the file is looked at as it is.
        let _ = self.connection()?.execute_batch("PRAGMA wal_checkpoint(PASSIVE)");
        Ok(())
    }
}

/// A column that cannot be read back is found wrong, and ends its step: it is no failure of the check.
fn named(
    found: Result<Vec<VerifyProblem>, StoreError>,
    table: &'static str,
) -> Result<Vec<VerifyProblem>, StoreError> {
    match found {
        Err(StoreError::Stored(what)) => {
            Ok(vec![VerifyProblem::Unreadable { table, key: what.to_owned() }])
        }
        Err(StoreError::Column { column }) => {
            Ok(vec![VerifyProblem::Unreadable { table, key: format!("第 {column} 列") }])
        }
        found => found,
    }
}

/// Every page's authentication, then SQLite's own look at its structures.
fn database(tx: &dyn Tx) -> Result<Vec<VerifyProblem>, StoreError> {
    let words = |sql: &str| tx.rows(sql, &[], |row| Ok(row.text(0)?.to_owned()));
    let mut found = words("PRAGMA cipher_integrity_check")?;
    found.extend(words("PRAGMA integrity_check")?.into_iter().filter(|line| line != "ok"));
    if found.iter().any(|line| is_failed_read(line)) {
        return Err(StoreError::Io("file"));
    }
    found.truncate(PROBLEMS_MAX);
    Ok(found.into_iter().map(VerifyProblem::Database).collect())
}

/// A page that could not be read is not said to be damaged. Both checks go on after it, and name it among the others.
fn is_failed_read(line: &str) -> bool {
    const SQLITE_IOERR: u32 = 10;
    let code = line.split_once("error code=").and_then(|(_, rest)| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse::<u32>().ok())
    });
    line.starts_with("error reading ")
        || line.starts_with("failed to determine file size")
        || code.is_some_and(|code| code & 0xff == SQLITE_IOERR)
}
