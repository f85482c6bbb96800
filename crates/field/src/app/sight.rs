//! Who is of the units of this device and of the account at it? A hub takes in what other teams recorded, to carry it home, and a township's
//! worker may share a device with others: on the screens and at the browsers nobody is there of whom no stream of those units tells
//! (`docs/decisions/040-units-are-the-devices.md`, `050`). One place for every command. Not what a role allows (`role`), nor which stop may
//! be chosen (`day`).

use super::{Opened, person_id};
use crate::home::failed;
use domain::ids::{PersonId, RoundId, UnitCode};
use protocol::rpc::Command;
use protocol::{Code, Failure};
use store::{FoundPerson, Setting, Store};

/// People looked through for those who are seen, times those wanted: as often as are needed, more where most are others'.
const LOOKED_THROUGH: [usize; 2] = [20, 400];

/// Whose people are seen; none = everybody held here is, as on a device that was nobody's hub, to an account of no units of its own.
pub(super) struct Sight(Option<Vec<UnitCode>>);

impl Sight {
    /// Others' units are held here too, and not shown.
    pub fn is_narrowed(&self) -> bool {
        self.0.is_some()
    }

    pub fn sees(&self, store: &Store, person: PersonId) -> Result<bool, Failure> {
        let Some(scope) = &self.0 else { return Ok(true) };
        let units = store.units_telling(person).map_err(failed)?;
        // Somebody of whom nothing is told is whoever asks for them to say.
        Ok(units.is_empty() || units.iter().any(|unit| scope.iter().any(|own| own.covers(unit))))
    }

    /// As the store finds them; who is not seen takes no place from who is.
    pub fn find(
        &self,
        store: &Store,
        text: &str,
        limit: usize,
    ) -> Result<Vec<FoundPerson>, Failure> {
        if self.0.is_none() {
            return store.find(text, limit).map_err(failed);
        }
        let mut seen = Vec::new();
        for times in LOOKED_THROUGH {
            let all = store.find(text, limit * times).map_err(failed)?;
            let is_all = all.len() < limit * times;
            seen.clear();
            for found in all {
                if seen.len() == limit {
                    break;
                }
                if self.sees(store, found.person)? {
                    seen.push(found);
                }
            }
            if is_all || seen.len() == limit {
                break;
            }
        }
        Ok(seen)
    }
}

impl Opened {
    pub(super) fn sight(&self) -> Result<Sight, Failure> {
        self.sight_of(self.home.scope())
    }

    /// Whoever may work at this device.
    pub(super) fn device_sight(&self) -> Result<Sight, Failure> {
        self.sight_of(self.home.device_scope())
    }

    fn sight_of(&self, scope: Result<Vec<UnitCode>, Failure>) -> Result<Sight, Failure> {
        let scope = match scope {
            // A folder that was never enrolled has nobody else's work.
            Err(failure) if failure.code == Code::NotEnrolled => return Ok(Sight(None)),
            scope => scope?,
        };
        let store = self.home.store();
        let district = store.setting_text(Setting::District).map_err(failed)?;
        let is_own = |unit: &UnitCode| {
            Some(&unit.0) == district.as_ref() || scope.iter().any(|own| own.covers(unit))
        };
        let held = store.units_held().map_err(failed)?;
        Ok(Sight((!held.iter().all(is_own)).then_some(scope)))
    }

    /// A failure where a tube's code means somebody who is not seen here. Of a code nobody has bound there is nothing to hide.
    /// In one round, or wherever it is not known of which it is.
    pub(super) fn sees_tube(&self, code: &str, of: Option<RoundId>) -> Result<(), Failure> {
        let Some(code) = domain::tube::read_code(code) else { return Ok(()) };
        let (sight, store) = (self.sight()?, self.home.store());
        let rounds = store.rounds().map_err(failed)?;
        for round in rounds.iter().filter(|round| of.is_none_or(|of| of == round.id)) {
            for tube in store.tubes_of_code(round.id, &code).map_err(failed)? {
                if !sight.sees(store, tube.person)? {
                    return Err(Failure::new(Code::OutOfScope));
                }
            }
        }
        Ok(())
    }

    /// A failure where a command is about somebody who is not seen here.
    pub(super) fn sees(&self, command: &Command) -> Result<(), Failure> {
        let people = whom(command);
        if people.is_empty() {
            return Ok(());
        }
        let sight = self.sight()?;
        for person in people {
            // What is no id is the command's own to refuse.
            let Ok(person) = person_id(person) else { continue };
            if !sight.sees(self.home.store(), person)? {
                return Err(Failure::new(Code::OutOfScope));
            }
        }
        Ok(())
    }
}

/// Whom a command names. Every command stands here: a new one is decided about.
fn whom(command: &Command) -> Vec<&str> {
    match command {
        Command::Person(ask) | Command::Conclusion(ask) | Command::CheckOut(ask) => {
            vec![&ask.person]
        }
        Command::PersonPaper(ask) => vec![&ask.person],
        Command::Form(ask) | Command::DraftDrop(ask) => vec![&ask.person],
        Command::Judge(ask) => vec![&ask.person],
        Command::Save(ask) => vec![&ask.person],
        Command::DraftPut(draft) => vec![&draft.person],
        Command::Amend(ask) | Command::Choose(ask) | Command::Void(ask) => vec![&ask.person],
        Command::Conclude(ask) => vec![&ask.person],
        Command::Confirm(ask) => ask.saves.iter().map(|said| said.person.as_str()).collect(),
        Command::Tubes(ask) => vec![&ask.person],
        Command::TubeBind(ask) => vec![&ask.person],
        Command::TubeSpoil(ask) => vec![&ask.person],
        Command::ConsentSave(ask) => ask.slips.iter().map(|slip| slip.person.as_str()).collect(),
        Command::Print(ask) => ask.people.iter().map(String::as_str).collect(),
        Command::HandoutPrint(ask) => ask.people.iter().map(String::as_str).collect(),
        Command::HandoutReceived(ask) => ask.people.iter().map(String::as_str).collect(),
        Command::Register(ask) => ask.same_as.iter().map(String::as_str).collect(),
        Command::Referrals(ask) => ask.person.iter().map(String::as_str).collect(),
        // A number on paper is looked at where it is read (`tasks`).
        Command::TaskChains(ask) => ask.person.iter().map(String::as_str).collect(),
        // Of nobody by id: what they find and list is by the stop or by `Sight::find`.
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
        | Command::RosterImport(_)
        | Command::Find(_)
        | Command::RegisterCheck(_)
        | Command::CardRead(_)
        | Command::Drafts(_)
        | Command::ConcludeList(_)
        | Command::ConcludeAll(_)
        | Command::ConfirmList(_)
        | Command::Handouts(_)
        | Command::HandoutSheet(_)
        | Command::Contacts(_)
        | Command::ContactSet(_)
        | Command::Summary(_)
        | Command::Tasks(_)
        | Command::TaskRecord(_)
        | Command::TaskSheet(_)
        | Command::TaskSheetIn(_)
        | Command::TaskHeldDrop(_)
        | Command::Arrivals(_)
        | Command::Arrive(_)
        | Command::Lab(_)
        | Command::LabLook(_)
        | Command::LabImport(_)
        | Command::LabResolve(_)
        | Command::ClassList(_)
        | Command::Consent(_)
        | Command::ConsentImport(_)
        | Command::Coverage(_)
        | Command::DayEnd(_)
        | Command::SyncState(_)
        | Command::Sync(_)
        | Command::Carry(_)
        | Command::Watch(_)
        | Command::Held(_)
        | Command::HubState(_)
        | Command::HubStart(_)
        | Command::HubStop(_)
        | Command::HubJoin(_)
        | Command::HubLeave(_) => Vec::new(),
    }
}
