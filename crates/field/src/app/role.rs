//! May whoever is signed in do this? One place for every command, at the device and at a hall's browsers. Not which units: those
//! are the device's and the account's (`Home::scope`).

use super::Opened;
use crate::home::{Home, failed};
use crate::slots::Worker;
use domain::role::Role;
use protocol::rpc::Command;
use protocol::{Code, Failure};

/// What is allowed to whoever works here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// Nobody is named: a device opened by its key file, or an account for practice at the device itself.
    Unnamed,
    /// Their account came by a code, and the entry that names them has not come: it does with the first sync.
    Awaited,
    /// An operator by the word that stood here when they came in; `None` = a word this version does not know.
    Operator(Option<Role>),
}

impl Rights {
    pub fn of(home: &Home, worker: Option<&Worker>) -> Result<Rights, Failure> {
        let Some(id) = worker.and_then(|worker| worker.operator) else {
            return Ok(Rights::Unnamed);
        };
        let operators = home.store().operators().map_err(failed)?;
        let found = operators.iter().find(|operator| operator.id == id);
        Ok(match found {
            Some(operator) => Rights::Operator(Role::of_word(&operator.role)),
            None => Rights::Awaited,
        })
    }

    /// What the screens offer. Of whom nobody has heard yet it is not known: they are refused at what they do, and told why.
    pub fn may_record(self) -> bool {
        self == Rights::Awaited || self.allow(Need::Record)
    }

    fn allow(self, need: Need) -> bool {
        match (self, need) {
            (Rights::Unnamed, _) | (_, Need::Door) => true,
            (Rights::Awaited, Need::See | Need::Record | Need::FollowUp) => false,
            (Rights::Operator(role), Need::See) => role.is_some_and(Role::may_see_people),
            (Rights::Operator(role), Need::Record) => role.is_some_and(Role::may_record),
            (Rights::Operator(role), Need::FollowUp) => role.is_some_and(Role::may_follow_up),
        }
    }
}

impl Opened {
    /// A failure where the role of whoever works here does not allow this.
    pub(super) fn permits(&mut self, command: &Command) -> Result<(), Failure> {
        if self.rights == Rights::Awaited {
            self.rights = Rights::of(&self.home, self.worker.as_ref())?;
        }
        match self.rights.allow(need(command)) {
            true => Ok(()),
            false => Err(Failure::new(Code::RoleBarred)),
        }
    }
}

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The device, the day, the account: nobody's results.
    Door,
    /// People and what was found.
    See,
    /// New or changed facts about people.
    Record,
    /// What has been done about a finding, and that a report was given out.
    FollowUp,
}

/// Every command is named here: a new one is decided about.
fn need(command: &Command) -> Need {
    match command {
        Command::State(_)
        | Command::Enrol(_)
        | Command::Unlock(_)
        | Command::Lock(_)
        | Command::AccountAdd(_)
        | Command::PasswordChange(_)
        | Command::Forms(_)
        | Command::Phrases(_)
        | Command::Day(_)
        | Command::DaySet(_)
        | Command::Ready(_)
        | Command::SyncState(_)
        | Command::Sync(_)
        | Command::Carry(_)
        | Command::Watch(_)
        | Command::HubState(_)
        | Command::HubStart(_)
        | Command::HubStop(_)
        | Command::HubJoin(_)
        | Command::HubLeave(_) => Need::Door,
        Command::Find(_)
        | Command::Person(_)
        | Command::Drafts(_)
        | Command::ClassList(_)
        | Command::Consent(_)
        | Command::Coverage(_)
        | Command::CheckOut(_)
        | Command::DayEnd(_)
        | Command::Held(_)
        | Command::Conclusion(_)
        | Command::ConcludeList(_)
        | Command::ConfirmList(_)
        | Command::Tubes(_)
        | Command::Arrivals(_)
        | Command::Lab(_)
        | Command::Tasks(_)
        | Command::TaskChains(_)
        | Command::Handouts(_)
        | Command::HandoutSheet(_)
        | Command::Contacts(_)
        | Command::PersonPaper(_)
        | Command::Summary(_)
        | Command::Print(_) => Need::See,
        Command::HandoutPrint(_)
        | Command::HandoutReceived(_)
        | Command::ContactSet(_)
        | Command::TaskRecord(_)
        | Command::TaskSheet(_)
        | Command::Referrals(_)
        | Command::TaskSheetIn(_)
        | Command::TaskHeldDrop(_) => Need::FollowUp,
        Command::RosterImport(_)
        | Command::ConsentSave(_)
        | Command::ConsentImport(_)
        | Command::RegisterCheck(_)
        | Command::Register(_)
        | Command::CardRead(_)
        | Command::Form(_)
        | Command::Judge(_)
        | Command::Save(_)
        | Command::DraftPut(_)
        | Command::DraftDrop(_)
        | Command::Amend(_)
        | Command::Choose(_)
        | Command::Void(_)
        | Command::Conclude(_)
        | Command::ConcludeAll(_)
        | Command::Confirm(_)
        | Command::TubeBind(_)
        | Command::TubeSpoil(_)
        | Command::Arrive(_)
        | Command::LabLook(_)
        | Command::LabImport(_)
        | Command::LabResolve(_) => Need::Record,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_allows_what_it_is_for_and_an_unknown_one_the_door_alone() {
        let check = |role: Option<Role>, sees: bool, records: bool| {
            let rights = Rights::Operator(role);
            // Whoever sees people may say what was done about their findings.
            assert_eq!(rights.allow(Need::FollowUp), sees, "{role:?}");
            assert!(rights.allow(Need::Door), "{role:?}");
            assert_eq!(rights.allow(Need::See), sees, "{role:?}");
            assert_eq!(rights.allow(Need::Record), records, "{role:?}");
            assert_eq!(rights.may_record(), records, "{role:?}");
        };
        check(Some(Role::Recorder), true, true);
        check(Some(Role::Doctor), true, true);
        check(Some(Role::Coordinator), true, true);
        check(Some(Role::Township), true, false);
        check(Some(Role::Administrator), false, false);
        check(Some(Role::Auditor), false, false);
        check(None, false, false);
        assert!(Rights::Unnamed.allow(Need::Record));
        assert!(Rights::Awaited.allow(Need::Door) && !Rights::Awaited.allow(Need::See));
    }
}
