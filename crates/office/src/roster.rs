//! Rosters in: each file is read (`intake`), each sheet's people go to their unit's list (`store`), and what
//! the office has to put right goes back to it as a workbook.

use crate::export::write_file;
use crate::{Moment, failed};
use domain::ids::{RoundId, UnitCode};
use intake::{ReadRow, RosterProblem, Workbook};
use protocol::{Code, Failure, Header};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::{ListRow, Store};

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct RosterOrder {
    /// A round's id or unique name.
    pub round: String,
    /// The unit of the files, where they do not name it themselves.
    pub unit: Option<String>,
    pub files: Vec<PathBuf>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RosterImported {
    pub files: u32,
    /// People's rows read (blanks and totals are none).
    pub rows: u32,
    /// People new to the roster.
    pub accepted: u32,
    /// Rows found to be someone already on it, in the file or before.
    pub merged: u32,
    /// Of these, rows that say something new.
    pub changed: u32,
    /// People on the roster whom the newer file does not list: told, never removed.
    pub no_longer_listed: u32,
    /// How the rows fell to units.
    pub units: Vec<UnitRows>,
    pub problems: Vec<RosterProblem>,
    /// The workbook that goes back to the office.
    pub problem_workbook: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRows {
    pub unit: UnitCode,
    pub rows: u32,
    pub accepted: u32,
    pub merged: u32,
}
