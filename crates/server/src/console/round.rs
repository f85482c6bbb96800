//! What a coordinator sets of a round beside making it: the catalogue version it stands at, what it pays for, and its own levels and
//! days. Each is the round's fact said anew, whole; the last one in the server's stream stands.

use super::Console;
use crate::data::failed;
use crate::host::unix_ms;
use domain::catalogue::{Catalogue, RoundSetting};
use office::{Identifiers, LevelsOrder, Moment, RoundLevels, RoundMove, RoundVersion};
use protocol::convert::day_number;
use protocol::fact::RoundFact;
use protocol::{Code, Fact, Failure};
use serde::Serialize;
use std::path::Path;
use store::Round;

/// What a round pays for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundPaid {
    pub round: String,
    pub name: String,
    /// Packages, then items, that it does not pay for, by name.
    pub unpaid: Vec<String>,
    /// False where the same stood already: nothing was written.
    pub new: bool,
}

impl Console {
    pub fn round_version(&self, round: &str) -> Result<RoundVersion, Failure> {
        office::round_version(&self.store, round)
    }

    /// What a move would change; nothing is written.
    pub fn round_move(&self, round: &str, to: u32) -> Result<RoundMove, Failure> {
        office::round_move(&self.store, round, to)
    }

    /// Whom a move would concern, as a workbook.
    pub fn write_round_move(
        &self,
        round: &str,
        to: u32,
        identifiers: &Identifiers,
        out: &Path,
    ) -> Result<usize, Failure> {
        let moment = Moment::at(unix_ms());
        office::write_round_move(&self.store, (round, to), identifiers, &moment, out)
    }

    /// Moves a round, and tells what that changed. Where it stands there already, nothing is written.
    pub fn move_round(&mut self, round: &str, to: u32) -> Result<RoundMove, Failure> {
        let told = office::round_move(&self.store, round, to)?;
        let round = self.whole_round(round)?;
        if round.setting.version() == to {
            return Ok(told);
        }
        let setting = RoundSetting { version: to, ..round.setting.clone() };
        self.set_round(&round, &setting)?;
        Ok(RoundMove { moved: true, ..told })
    }

    pub fn round_paid(&self, round: &str) -> Result<RoundPaid, Failure> {
        Ok(paid(&self.whole_round(round)?, false))
    }

    /// Sets what a round does not pay for, in place of what was set before; no word = it pays for everything.
    pub fn set_unpaid(&mut self, round: &str, words: &[String]) -> Result<RoundPaid, Failure> {
        let round = self.whole_round(round)?;
        let setting = office::unpaid(&round, words)?;
        let is_new = setting != round.setting;
        if is_new {
            self.set_round(&round, &setting)?;
        }
        Ok(paid(&Round { setting, ..round }, is_new))
    }

    /// A round's own levels and days as an order would leave them; nothing is written.
    pub fn round_levels(&self, round: &str, order: &LevelsOrder) -> Result<RoundLevels, Failure> {
        Ok(office::round_levels(&self.store, round, order)?.1)
    }

    /// Sets them. Somebody stands for them by name: nobody else has decided about these levels.
    pub fn set_round_levels(
        &mut self,
        round: &str,
        order: &LevelsOrder,
        confirmed_by: &str,
    ) -> Result<RoundLevels, Failure> {
        let (after, told) = office::round_levels(&self.store, round, order)?;
        if !told.new {
            return Ok(told);
        }
        let confirmed_by = super::checked_name(confirmed_by, "--confirmed-by")?;
        let after = Round { levels_confirmed_by: Some(confirmed_by.clone()), ..after };
        self.set_round(&after, &after.setting)?;
        Ok(RoundLevels { confirmed_by, set: true, ..told })
    }

    fn whole_round(&self, named: &str) -> Result<Round, Failure> {
        let round = self.store.round(named).map_err(failed)?;
        round.ok_or(Failure::new(Code::RoundUnknown))
    }

    fn set_round(&mut self, round: &Round, setting: &RoundSetting) -> Result<(), Failure> {
        let fact = RoundFact {
            id: round.id.0,
            name: round.name.clone(),
            from_day: day_number(round.from),
            to_day: day_number(round.to),
            catalogue: setting.version,
            levels_confirmed_by: round.levels_confirmed_by.clone().unwrap_or_default(),
            levels: round.levels.clone(),
            unpaid_items: setting.unpaid_items.iter().map(|item| u32::from(item.0)).collect(),
            unpaid_packages: setting.unpaid_packages.iter().cloned().collect(),
        };
        self.append(Fact::Round(fact), round.id.0)
    }
}

fn paid(round: &Round, new: bool) -> RoundPaid {
    RoundPaid {
        round: round.id.to_string(),
        name: round.name.clone(),
        unpaid: round.setting.unpaid_zh(Catalogue::builtin()),
        new,
    }
}
