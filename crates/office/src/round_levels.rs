//! Levels and days that a round sets itself (本区设置): told before they are set, with what each would change and what would be
//! looser than the catalogue or the design. Nothing is written here; who sets them is the server's console.

use crate::failed;
use crate::round_move::{RoundMove, class_name, told, whole};
use domain::catalogue::{Catalogue, DUE_DAYS_MAX, LevelProblem, OwnLevels, RoundSetting};
use domain::rule::Level;
use domain::task::TellWithin;
use protocol::fact::LevelSetting;
use protocol::{Code, Failure};
use serde::Serialize;
use store::{Round, Store};

/// What is asked for, as words.
#[derive(Debug, Clone, Default)]
pub struct LevelsOrder {
    /// `adult_bp/grade1=B:14`; without days as `RoundSetting::set_level` has it.
    pub levels: Vec<String>,
    /// `A=0`, `B=7`.
    pub tell: Vec<String>,
    /// First back to the catalogue's levels and the design's days.
    pub catalogue: bool,
}

/// One class as a round sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnLevelRow {
    pub rule: String,
    pub code: String,
    pub name: String,
    pub level: &'static str,
    pub days: Option<u16>,
    /// As the catalogue has it.
    pub catalogue_level: &'static str,
    pub catalogue_days: Option<u16>,
    /// A lower level, or a later day, than the catalogue's.
    pub looser: bool,
}

/// Days within which somebody is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TellRow {
    pub level: &'static str,
    pub days: u16,
    /// followup.md's.
    pub design: u16,
    pub looser: bool,
}

/// A round's levels and days, and what they would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundLevels {
    pub round: String,
    pub name: String,
    pub confirmed_by: String,
    pub levels: Vec<OwnLevelRow>,
    pub tell: Vec<TellRow>,
    /// What becomes of checkups that are here.
    pub would: RoundMove,
    /// They differ from what stands.
    pub new: bool,
    /// True once they are set.
    pub set: bool,
}

/// The round as it would stand, and what that changes. One word that cannot be refuses them all.
pub fn round_levels(
    store: &Store,
    named: &str,
    order: &LevelsOrder,
) -> Result<(Round, RoundLevels), Failure> {
    let round = whole(store, named)?;
    let mut setting = round.setting.clone();
    let mut within = tell_within(&round);
    if order.catalogue {
        setting.levels = OwnLevels::new();
        within = TellWithin::DESIGN;
    }
    let judging = Catalogue::judging_here(setting.version());
    for word in &order.levels {
        set_level(&mut setting, judging, word.trim())?;
    }
    for word in &order.tell {
        set_tell(&mut within, word.trim())?;
    }
    let after = Round { levels: settings(&setting, within), setting, ..round.clone() };
    let (supposed, checkups) = store.suppose(round.id, &after.setting).map_err(failed)?;
    let would = told(store, &round, round.setting.version(), &supposed, checkups)?;
    let rows = after.setting.levels.iter().map(|((rule, code), own)| {
        let row = judging.level(rule, code);
        let (level, days) = row.map_or((Level::N, None), |row| (row.level, row.due_days));
        let is_later = match (own.due_days, days) {
            (Some(own), Some(days)) => own > days,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        OwnLevelRow {
            rule: rule.clone(),
            code: code.clone(),
            name: class_name(rule, code),
            level: own.level.key(),
            days: own.due_days,
            catalogue_level: level.key(),
            catalogue_days: days,
            looser: own.level < level || (own.level == level && is_later),
        }
    });
    let told = RoundLevels {
        round: round.id.to_string(),
        name: round.name.clone(),
        confirmed_by: round.levels_confirmed_by.clone().unwrap_or_default(),
        levels: rows.collect(),
        tell: tell_rows(within),
        would,
        new: after.setting != round.setting || within != tell_within(&round),
        set: false,
    };
    Ok((after, told))
}

fn tell_rows(within: TellWithin) -> Vec<TellRow> {
    let design = TellWithin::DESIGN;
    let row = |level: Level, days: u16, design: u16| TellRow {
        level: level.key(),
        days,
        design,
        looser: days > design,
    };
    vec![row(Level::A, within.a_days, design.a_days), row(Level::B, within.b_days, design.b_days)]
}

/// The round's own days, else the design's.
pub(crate) fn tell_within(round: &Round) -> TellWithin {
    let days = |level: Level, design: u16| {
        let mut own = round.levels.iter();
        let own = own.find(|one| one.rule == TellWithin::RULE && one.code == level.key());
        own.and_then(|one| u16::try_from(one.due_days?).ok()).unwrap_or(design)
    };
    let design = TellWithin::DESIGN;
    TellWithin { a_days: days(Level::A, design.a_days), b_days: days(Level::B, design.b_days) }
}

/// As the round's fact has both. What the design says is not said again.
fn settings(setting: &RoundSetting, within: TellWithin) -> Vec<LevelSetting> {
    let classes = setting.levels.iter().map(|((rule, code), own)| LevelSetting {
        rule: rule.clone(),
        code: code.clone(),
        level: u32::from(own.level.number()),
        due_days: own.due_days.map(u32::from),
    });
    let tell = |level: Level, days: u16| LevelSetting {
        rule: TellWithin::RULE.to_owned(),
        code: level.key().to_owned(),
        level: u32::from(level.number()),
        due_days: Some(u32::from(days)),
    };
    let design = TellWithin::DESIGN;
    let mut all: Vec<LevelSetting> = classes.collect();
    all.extend((within.a_days != design.a_days).then(|| tell(Level::A, within.a_days)));
    all.extend((within.b_days != design.b_days).then(|| tell(Level::B, within.b_days)));
    all
}

fn set_level(setting: &mut RoundSetting, judging: &Catalogue, word: &str) -> Result<(), Failure> {
    let invalid = |why: &str| Failure::at(Code::LevelInvalid, format!("{word}：{why}"));
    let parts = word.split_once('=').and_then(|(class, to)| Some((class.split_once('/')?, to)));
    let ((rule, code), to) = parts.ok_or_else(|| invalid("写法是 规则/分类=级别:天数"))?;
    let (level, days) = match to.split_once(':') {
        Some((level, days)) => (level, Some(days)),
        None => (to, None),
    };
    let level = Level::parse(level.trim()).ok_or_else(|| invalid("级别只有 A、B、C、N"))?;
    let days = days.map(|days| days.trim().parse::<u16>()).transpose();
    let days = days.map_err(|_| invalid("天数要写成整数"))?;
    setting.set_level(judging, (rule.trim(), code.trim()), level, days).map_err(|problem| {
        let range = format!("天数要在 1 到 {DUE_DAYS_MAX} 之间，N 不写天数");
        invalid(match problem {
            LevelProblem::Unknown => "没有这个规则和分类",
            LevelProblem::IsCritical => "危急值表里的分类只能是 A 级，不能放宽",
            LevelProblem::CriticalLater => "危急值表里的分类可以提前随访，不能推后",
            LevelProblem::NotCritical => "A 级只按危急值表，不能另外设定",
            LevelProblem::DaysWrong => &range,
        })
    })
}

fn set_tell(within: &mut TellWithin, word: &str) -> Result<(), Failure> {
    let max = TellWithin::DAYS_MAX;
    let invalid = || {
        Failure::at(Code::LevelInvalid, format!("{word}：写法是 A=天数 或 B=天数，0 到 {max} 天"))
    };
    let (level, days) = word.split_once('=').ok_or_else(invalid)?;
    let days = days.trim().parse::<u16>().ok().filter(|days| *days <= max).ok_or_else(invalid)?;
    match Level::parse(level.trim()) {
        Some(Level::A) => within.a_days = days,
        Some(Level::B) => within.b_days = days,
        Some(Level::C | Level::N) | None => return Err(invalid()),
    }
    Ok(())
}
