//! Facts as the middle sees them: what a store hands out and a report takes in. Plain data, no rules,
//! no SQL, no bytes. Names, ID numbers and phones are in here: nothing of it goes into a log or an error.

use crate::ids::{ItemCode, PersonId, RoundId, StationCode, UnitCode};
use crate::rule::Judgement;
use crate::state::Answered;
use crate::value::Value;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Sex {
    M,
    F,
}

impl Sex {
    /// As people read it.
    pub fn zh(self) -> &'static str {
        match self {
            Sex::M => "男",
            Sex::F => "女",
        }
    }
}

/// Which package and which rules: 居民 or 学生.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    Resident,
    Pupil,
}

/// What is known of a person. Every field but the name may be missing on a real roster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonDetails {
    pub name: String,
    pub sex: Option<Sex>,
    pub birth: Option<NaiveDate>,
    /// 18 characters, upper case, check digit right. Anything else is not stored here.
    pub id_number: Option<String>,
    /// 学籍号
    pub student_no: Option<String>,
    pub phone: Option<String>,
    /// Whose phone it is (本人 家属 监护人 村医) or the guardian's name on a school roster.
    pub phone_owner: Option<String>,
    pub address: Option<String>,
}

impl PersonDetails {
    /// What tells people of one name apart beside it: sex, birth date and the last four characters of the ID number, as far as they are known.
    /// For whoever follows somebody up under an account, not for a list that leaves.
    pub fn apart_zh(&self) -> String {
        // Characters, not bytes: what is stored here is 18 of them, all ASCII, and a slice that is no boundary would panic.
        let tail = self.id_number.as_ref().map(|id| {
            let from = id.chars().count().saturating_sub(4);
            format!("尾号 {}", id.chars().skip(from).collect::<String>())
        });
        let parts = [
            self.sex.map(|sex| sex.zh().to_owned()),
            self.birth.map(|birth| birth.to_string()),
            tail,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// One row of a roster as it is kept: who, and where on the round's list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RosterRow {
    pub details: PersonDetails,
    /// 村民小组, or 班 in a school.
    pub group: Option<String>,
    /// 年级, schools only.
    pub grade: Option<String>,
    /// 备注 as the office wrote it (慢病, 行动不便 ...).
    pub note: Option<String>,
}

/// How a person examined stands to the roster of the unit that counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 名单内
    Listed,
    /// 名单外, home in another unit of the district (本区他村), or at home here but not on the list
    OtherVillage,
    /// 名单外, home outside the district (外区)
    Outside,
}

/// Derived, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckupState {
    /// 已登记
    Registered,
    /// 检查中
    Underway,
    /// 现场完成
    SiteDone,
    /// 待回报
    AwaitingResults,
    /// 待总检
    AwaitingConclusion,
    /// 已总检
    Concluded,
    /// 需再看: a conclusion was signed, and is not over what stands now, or two of them differ.
    LookAgain,
    /// 报告已发
    ReportIssued,
}

/// One current value of an item, with who stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentValue {
    pub value: Value,
    /// Outside the band of the usual, confirmed by the operator.
    pub unusual: bool,
}

/// Two current values that differ. Two devices that wrote the same leave nothing to decide.
pub fn is_conflict(values: &[CurrentValue]) -> bool {
    values.windows(2).any(|pair| pair[0].value != pair[1].value)
}

/// Items of which two current values differ.
pub fn differing(results: &BTreeMap<ItemCode, Vec<CurrentValue>>) -> BTreeSet<ItemCode> {
    results.iter().filter(|(_, values)| is_conflict(values)).map(|(item, _)| *item).collect()
}

/// One person in one round, with everything that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckupFacts {
    pub person: PersonId,
    pub details: PersonDetails,
    pub kind: PersonKind,
    /// The unit that counts this person: where listed, else where examined.
    pub unit: UnitCode,
    pub group: Option<String>,
    pub grade: Option<String>,
    pub note: Option<String>,
    pub standing: Standing,
    /// The stop's day as a person confirmed it; `None` while nothing was recorded.
    pub day: Option<NaiveDate>,
    /// Current values by item; those that differ are a conflict a person has to decide (`is_conflict`).
    pub results: BTreeMap<ItemCode, Vec<CurrentValue>>,
    /// Every class of every rule (level N too), most severe current values first.
    pub judgements: Vec<Judgement>,
    pub state: CheckupState,
    /// Names of the examiners, in order of their stations.
    pub examiners: Vec<String>,
    /// Stations of dictated findings whose examiner has not confirmed what was typed.
    pub unconfirmed: Vec<StationCode>,
    /// How far the mandatory items are answered.
    pub answered: Answered,
    /// Mandatory items without a value of which every sample was no good (需重采).
    pub redraw: Vec<ItemCode>,
    /// What laboratories printed as their range beside current values, as shown; filled where a report prints it.
    pub own_ranges: BTreeMap<ItemCode, String>,
}

/// A unit with the words a report prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFacts {
    pub code: UnitCode,
    pub kind: crate::unit::UnitKind,
    pub name: String,
    /// The township's name; empty for the district itself.
    pub township: String,
}

/// What a round prints about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundFacts {
    pub id: RoundId,
    pub name: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Who confirmed the levels and follow-up days (本区设置), if anyone has.
    pub levels_confirmed_by: Option<String>,
}

/// Counts of one unit: 应检 and who came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageFacts {
    pub unit: UnitFacts,
    /// 应检: people on the unit's roster of the round.
    pub expected: u32,
    /// 实检 of those on the list.
    pub examined_listed: u32,
    /// Examined here, home in another unit of the district.
    pub examined_other_village: u32,
    /// Examined here, home outside the district.
    pub examined_outside: u32,
}

/// Somebody on a unit's roster of the round, examined or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedFacts {
    pub person: PersonId,
    pub kind: PersonKind,
    pub unit: UnitCode,
    pub grade: Option<String>,
    pub sex: Option<Sex>,
    pub birth: Option<NaiveDate>,
}

/// A device as the coordinator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFacts {
    pub name: String,
    pub units: Vec<UnitCode>,
    /// When the server last heard from it, ms since 1970 UTC; `None` = never since enrolment.
    pub heard_at_ms: Option<i64>,
}

/// Everything an export is made of: the store fills it, `report` prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportFacts {
    pub round: RoundFacts,
    pub units: Vec<UnitFacts>,
    pub checkups: Vec<CheckupFacts>,
    pub coverage: Vec<CoverageFacts>,
    pub devices: Vec<DeviceFacts>,
    /// True where all devices are heard (a server); a device does not know of the others.
    pub devices_known: bool,
    /// The moment the figures stand for (截至), local civil time as text `2026-09-14 17:30`.
    pub as_of: String,
    /// The stop's day the 简报 calls today.
    pub today: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_people_apart_is_as_much_as_is_known() {
        let birth = NaiveDate::from_ymd_opt(1954, 3, 7);
        let id = Some("431399195403074023".to_owned());
        let whole =
            PersonDetails { sex: Some(Sex::F), birth, id_number: id, ..PersonDetails::default() };
        let man = PersonDetails { sex: Some(Sex::M), birth, ..PersonDetails::default() };
        // What is stored is whole, but nobody's page may fall over it.
        let odd = PersonDetails { id_number: Some("七8".to_owned()), ..PersonDetails::default() };
        let rows = [
            (whole, "女 1954-03-07 尾号 4023"),
            (man, "男 1954-03-07"),
            (odd, "尾号 七8"),
            (PersonDetails::default(), ""),
        ];
        for (details, expected) in rows {
            assert_eq!(details.apart_zh(), expected);
        }
    }
}
