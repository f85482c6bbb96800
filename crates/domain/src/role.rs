//! What an operator's role allows, by the word that stands in the operator's entry. Not who somebody is, and not which units a
//! device works for.

/// A role as the coordinator gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Recorder,
    Doctor,
    Coordinator,
    /// 乡镇公卫人员: follows up what was found.
    Township,
    /// Looks after programs and devices.
    Administrator,
    /// Looks at what others did.
    Auditor,
}

impl Role {
    pub const ALL: [Role; 6] = [
        Role::Recorder,
        Role::Doctor,
        Role::Coordinator,
        Role::Township,
        Role::Administrator,
        Role::Auditor,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Role::Recorder => "recorder",
            Role::Doctor => "doctor",
            Role::Coordinator => "coordinator",
            Role::Township => "township",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
        }
    }

    /// `None` for a word this version does not know: it allows nothing here.
    pub fn of_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether the role of this word may record; a word this version does not know allows nothing.
    pub fn records(word: &str) -> bool {
        Role::of_word(word).is_some_and(Role::may_record)
    }

    /// May look at people and their results.
    pub fn may_see_people(self) -> bool {
        match self {
            Role::Recorder | Role::Doctor | Role::Coordinator | Role::Township => true,
            Role::Administrator | Role::Auditor => false,
        }
    }

    /// May register people, record results and put them right.
    pub fn may_record(self) -> bool {
        match self {
            Role::Recorder | Role::Doctor | Role::Coordinator => true,
            Role::Township | Role::Administrator | Role::Auditor => false,
        }
    }

    /// May say what has been done about a finding. 乡镇公卫人员 follow up and record nothing else.
    pub fn may_follow_up(self) -> bool {
        match self {
            Role::Recorder | Role::Doctor | Role::Coordinator | Role::Township => true,
            Role::Administrator | Role::Auditor => false,
        }
    }

    /// May say whom to call about a unit, and who follows up there.
    pub fn may_set_contacts(self) -> bool {
        match self {
            Role::Coordinator | Role::Township => true,
            Role::Recorder | Role::Doctor | Role::Administrator | Role::Auditor => false,
        }
    }

    /// May record that a report was printed and who took it.
    pub fn may_deliver(self) -> bool {
        self.may_follow_up()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_from_its_word_and_whoever_records_sees() {
        for role in Role::ALL {
            assert_eq!(Role::of_word(role.word()), Some(role));
            assert!(role.may_see_people() || !role.may_record(), "{role:?}");
            assert!(role.may_see_people() || !role.may_follow_up(), "{role:?}");
        }
        assert_eq!(Role::of_word("nurse"), None);
        assert_eq!(Role::of_word(""), None);
    }
}
