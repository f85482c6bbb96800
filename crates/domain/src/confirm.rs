//! The examiner's word (检查者确认): a recorder types what a doctor dictates, and whoever examined stands behind it, by typing it
//! under their own account or by confirming it there. Pure. Not how a confirmation is kept (`protocol`, `store`).

use crate::catalogue::Catalogue;
use crate::ids::{ExaminerId, OperatorId, StationCode};
use crate::role::Role;
use std::collections::BTreeMap;

/// An account, as the coordinator made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub operator: OperatorId,
    pub name: String,
    /// `None` = a word this version does not know.
    pub role: Option<Role>,
}

/// An examiner, as the coordinator made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examines {
    pub examiner: ExaminerId,
    pub name: String,
    /// Where the coordinator said which account is theirs.
    pub account: Option<OperatorId>,
}

/// Accounts and the examiners they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleAtWork {
    roles: BTreeMap<OperatorId, Option<Role>>,
    accounts: BTreeMap<ExaminerId, OperatorId>,
}

impl PeopleAtWork {
    /// An examiner's account is the one that was said. Where none was, it is the one of the same name: only where one account
    /// and one examiner have that name, since two people may.
    pub fn of(accounts: Vec<Account>, examiners: Vec<Examines>) -> PeopleAtWork {
        let named = |examiner: &Examines| {
            let mut accounts = accounts.iter().filter(|one| one.name == examiner.name);
            let namesakes = examiners.iter().filter(|one| one.name == examiner.name).count();
            let only = accounts.next().filter(|_| accounts.next().is_none() && namesakes == 1);
            only.map(|account| account.operator)
        };
        let account = |one: &Examines| Some((one.examiner, one.account.or_else(|| named(one))?));
        PeopleAtWork {
            accounts: examiners.iter().filter_map(account).collect(),
            roles: accounts.iter().map(|one| (one.operator, one.role)).collect(),
        }
    }

    /// The account an examiner works under, where it is known.
    pub fn account_of(&self, examiner: ExaminerId) -> Option<OperatorId> {
        self.accounts.get(&examiner).copied()
    }

    /// Whether what this account says is the word of whoever examined. Where a save names no examiner, a doctor who says it is
    /// who examined.
    pub fn is_examiner(&self, operator: OperatorId, examiner: Option<ExaminerId>) -> bool {
        let role = self.roles.get(&operator).copied().flatten();
        match examiner {
            Some(examiner) => {
                role.is_some_and(Role::may_record) && self.account_of(examiner) == Some(operator)
            }
            None => role == Some(Role::Doctor),
        }
    }
}

/// Whether the examiner stands behind a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Word {
    /// Nobody's word is asked for: no dictated finding.
    #[default]
    NotAsked,
    /// Whoever examined typed it.
    Own,
    /// Nobody has said so yet.
    Awaited,
    /// By this name.
    Confirmed(String),
}

impl Word {
    pub fn is_awaited(&self) -> bool {
        *self == Word::Awaited
    }
}

impl Catalogue {
    pub fn is_dictated(&self, station: StationCode) -> bool {
        let mut stations = self.stations.iter().filter(|one| one.code == station);
        stations.any(|one| one.is_dictated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDER: OperatorId = OperatorId(1);
    const DOCTOR: OperatorId = OperatorId(2);
    const OTHER: OperatorId = OperatorId(3);

    fn account(operator: OperatorId, name: &str, role: Role) -> Account {
        Account { operator, name: name.to_owned(), role: Some(role) }
    }

    fn examines(id: u64, name: &str, account: Option<OperatorId>) -> Examines {
        Examines { examiner: ExaminerId(id), name: name.to_owned(), account }
    }

    fn team() -> Vec<Account> {
        vec![
            account(RECORDER, "录入员甲", Role::Recorder),
            account(DOCTOR, "医生乙", Role::Doctor),
            account(OTHER, "医生丙", Role::Doctor),
        ]
    }

    #[test]
    fn an_examiner_s_word_is_their_own_account_s_and_nobody_else_s() {
        let all = vec![examines(7, "医生乙", None), examines(8, "技师", Some(RECORDER))];
        let people = PeopleAtWork::of(team(), all);
        let check = |operator, examiner: Option<u64>, expected: bool| {
            assert_eq!(people.is_examiner(operator, examiner.map(ExaminerId)), expected);
        };
        check(DOCTOR, Some(7), true);
        check(RECORDER, Some(7), false);
        check(OTHER, Some(7), false);
        // Said by the coordinator: a technician's account is theirs, whatever its role is called.
        check(RECORDER, Some(8), true);
        check(DOCTOR, Some(8), false);
        // An examiner that has not come here yet is nobody's.
        check(DOCTOR, Some(9), false);
        // Nobody was named as who examines: the doctor who says it is.
        check(DOCTOR, None, true);
        check(RECORDER, None, false);
        // An account that this device does not know, and practice without one.
        check(OperatorId(0), None, false);
    }

    #[test]
    fn a_name_that_two_have_says_nothing_and_what_was_said_goes_before_a_name() {
        let check = |accounts: Vec<Account>, all: Vec<Examines>, expected: Option<OperatorId>| {
            assert_eq!(PeopleAtWork::of(accounts, all).account_of(ExaminerId(7)), expected);
        };
        check(team(), vec![examines(7, "医生乙", None)], Some(DOCTOR));
        check(team(), vec![examines(7, "医生乙", Some(OTHER))], Some(OTHER));
        check(team(), vec![examines(7, "医生丁", None)], None);
        let mut two = team();
        two.push(account(OperatorId(4), "医生乙", Role::Doctor));
        check(two, vec![examines(7, "医生乙", None)], None);
        check(team(), vec![examines(7, "医生乙", None), examines(9, "医生乙", None)], None);
    }

    #[test]
    fn dictated_are_the_stations_that_have_a_phrase_book() {
        let cat = Catalogue::builtin();
        let dictated = cat.stations.iter().filter(|station| station.is_dictated);
        let keys: Vec<&str> = dictated.map(|station| station.key.as_str()).collect();
        assert_eq!(keys, ["ecg", "ultrasound", "internal", "surgery", "dr"]);
        // Control: a station of measures is not.
        assert!(!cat.is_dictated(StationCode(3)) && cat.is_dictated(StationCode(7)));
    }
}
