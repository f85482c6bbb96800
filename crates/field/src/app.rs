//! The field app behind its screens: one device, who works on it, and every command of `protocol::rpc`.
//!
//! Not a window, not HTTP: a host (the shell's `rpc` command, `jkkc field serve`) hands in a command and gets an
//! answer or a failure with its sentence. One command at a time; only a sync runs beside, over its own opening of
//! the same store.

mod arrival;
mod card;
mod cells;
mod conclude;
mod confirm;
mod consent;
mod contact;
pub(crate) mod day;
pub(crate) mod day_end;
mod draft;
mod handouts;
mod hub;
mod idle;
mod lab;
mod owed;
mod people;
mod person_paper;
mod print;
mod proposal;
mod register;
mod repeat;
mod role;
mod rows;
mod save;
mod session;
mod sight;
mod station;
pub(crate) mod stop;
mod summaries;
mod tasks;
mod watch;
mod work;

pub use card::{Card, CardFailure, CardReader, SimulatedReader};
pub use hub::HallAbility;
pub use watch::watch;

use crate::home::{Acting, Home};
use crate::host::Host;
use crate::slots::Worker;
use domain::facts::PersonKind;
use domain::ids::{PersonId, RoundId, UnitCode};
use protocol::rpc::day::DayChoice;
use protocol::rpc::station::{SaveAsk, Saved};
use protocol::rpc::{Answer, Command};
use protocol::{Code, Failure};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Key, Round};

/// Minutes without a command from a person before the app locks itself.
pub const LOCK_AFTER_MIN: u32 = 10;
/// Saves whose answer is kept, so that a second press of the same save is answered and not written.
const SAVES_KEPT_MAX: usize = 64;

/// What a host can do beyond the screens.
#[derive(Default)]
pub struct Abilities {
    pub card_reader: Option<Box<dyn CardReader>>,
    /// The host saves files where a person chooses.
    pub save_files: bool,
    /// This host can open a hall, and work with another's.
    pub hall: Option<HallAbility>,
    /// The screens are a hall's browser: its day and drafts are its operator's, and what is the device's is done there.
    pub is_seat: bool,
}

/// The app of one home folder.
pub struct App {
    folder: PathBuf,
    host: Arc<dyn Host>,
    abilities: Abilities,
    opened: Option<Opened>,
    /// When a person last asked for something.
    seen: idle::Seen,
    work: work::Background,
    hub: hub::HubPart,
    /// At a seat: the day of whoever worked there before the lock.
    day_left: Option<(String, DayChoice)>,
}

/// Where today's choice is kept.
enum DayKept {
    /// In the database: it is the device's.
    WithDevice,
    /// Here: each seat has its own.
    AtSeat(Option<DayChoice>),
}

/// An open device with who works on it.
struct Opened {
    home: Home,
    key: Key,
    worker: Option<Worker>,
    rights: role::Rights,
    /// The last saves as asked and as answered: a second try is known by the id the screen made.
    saves: VecDeque<(SaveAsk, Saved)>,
    day: DayKept,
}

/// Today as confirmed, with what it names looked up.
struct Today {
    choice: DayChoice,
    round: Round,
    unit: UnitCode,
    day: chrono::NaiveDate,
}

impl App {
    /// An app that is locked, or empty where the folder has no database.
    pub fn new(folder: &Path, host: Arc<dyn Host>, abilities: Abilities) -> App {
        App {
            folder: folder.to_owned(),
            seen: moment(&*host),
            host,
            abilities,
            opened: None,
            work: work::Background::default(),
            hub: hub::HubPart::default(),
            day_left: None,
        }
    }

    /// Opens with a key at hand instead of a password: for a device whose key is kept elsewhere (a key file).
    /// `account` names who works; none = nobody is named in the entries.
    pub fn open_with_key(&mut self, key: Key, account: Option<&str>) -> Result<(), Failure> {
        let mut home = Home::open(&self.folder, &key, self.host.clone())?;
        let worker = match account {
            None => None,
            Some(account) => Some(Worker::of_directory(&home, account)?),
        };
        home.work_as(worker.as_ref().and_then(|worker| worker.operator));
        let day = DayKept::WithDevice;
        let rights = role::Rights::of(&home, worker.as_ref())?;
        self.opened = Some(Opened { home, key, worker, rights, saves: VecDeque::new(), day });
        self.seen = moment(&*self.host);
        self.join_again();
        Ok(())
    }

    /// True while the database is open.
    pub fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// Locks where nobody has asked for anything for `LOCK_AFTER_MIN` minutes; true when it did. A host asks this by a
    /// timer, a few times a minute: the key is not to lie in memory until somebody comes back.
    pub fn lock_if_idle(&mut self) -> bool {
        self.tend_hall();
        self.lock_if_over()
    }

    fn lock_if_over(&mut self) -> bool {
        let is_time = self.is_open() && idle::is_over(self.seen, moment(&*self.host));
        if is_time {
            self.lock();
        }
        is_time
    }

    /// Does one command. The first one after too long a pause finds the app locked, whatever the host's timer did.
    pub fn call(&mut self, command: Command) -> Result<Answer, Failure> {
        self.lock_if_over();
        if idle::is_of_a_person(&command) {
            self.seen = moment(&*self.host);
        }
        if self.abilities.is_seat && !is_for_seats(&command) {
            return Err(Failure::new(Code::AtDeviceOnly));
        }
        if let Some(opened) = &mut self.opened {
            opened.permits(&command)?;
            opened.sees(&command)?;
        }
        match command {
            Command::State(_) => self.state().map(Answer::State),
            Command::Enrol(ask) => self.enrol(ask).map(Answer::Enrol),
            Command::Unlock(ask) => self.unlock(ask).map(Answer::Unlock),
            Command::Lock(_) => {
                self.lock();
                self.state().map(Answer::Lock)
            }
            Command::AccountAdd(ask) => self.account_add(ask).map(Answer::AccountAdd),
            Command::PasswordChange(ask) => self.password_change(ask).map(Answer::PasswordChange),
            Command::CardRead(_) => self.card_read().map(Answer::CardRead),
            Command::SyncState(_) => self.sync_state().map(Answer::SyncState),
            Command::Sync(_) => self.sync().map(Answer::Sync),
            Command::HubState(_) => self.hub_state().map(Answer::HubState),
            Command::HubStart(_) => self.hub_start().map(Answer::HubStart),
            Command::HubStop(_) => self.hub_stop().map(Answer::HubStop),
            Command::HubJoin(ask) => self.hub_join(&ask).map(Answer::HubJoin),
            Command::HubLeave(_) => self.hub_leave().map(Answer::HubLeave),
            command => self.opened()?.call(command),
        }
    }

    fn opened(&mut self) -> Result<&mut Opened, Failure> {
        self.opened.as_mut().ok_or(Failure::new(Code::AppLocked))
    }
}

impl Opened {
    /// The commands of an open device; the last of them are answered by the app itself, open or not.
    fn call(&mut self, command: Command) -> Result<Answer, Failure> {
        match command {
            Command::Forms(_) => Ok(Answer::Forms(station::forms())),
            Command::Phrases(_) => Ok(Answer::Phrases(station::phrases())),
            Command::Day(_) => self.day_view().map(Answer::Day),
            Command::DaySet(choice) => self.day_set(choice).map(Answer::DaySet),
            Command::Ready(_) => self.ready().map(Answer::Ready),
            Command::RosterImport(ask) => self.roster_import(ask).map(Answer::RosterImport),
            Command::Find(ask) => self.find(&ask).map(Answer::Find),
            Command::Person(ask) => self.person(&ask).map(Answer::Person),
            Command::RegisterCheck(ask) => self.register_check(&ask).map(Answer::RegisterCheck),
            Command::Register(ask) => self.register(&ask).map(Answer::Register),
            Command::Form(ask) => self.form(&ask).map(Answer::Form),
            Command::Judge(ask) => self.judge(&ask).map(Answer::Judge),
            Command::Save(ask) => self.save(&ask).map(Answer::Save),
            Command::DraftPut(draft) => self.draft_put(draft).map(Answer::DraftPut),
            Command::DraftDrop(ask) => self.draft_drop(&ask).map(Answer::DraftDrop),
            Command::Drafts(_) => self.drafts().map(Answer::Drafts),
            Command::Amend(ask) => self.amend(&ask).map(Answer::Amend),
            Command::Choose(ask) => self.choose(&ask).map(Answer::Choose),
            Command::Void(ask) => self.void(&ask).map(Answer::Void),
            Command::Conclusion(ask) => self.conclusion(&ask).map(Answer::Conclusion),
            Command::Conclude(ask) => self.conclude(&ask).map(Answer::Conclude),
            Command::ConcludeList(_) => self.conclude_list().map(Answer::ConcludeList),
            Command::ConcludeAll(ask) => self.conclude_all(&ask).map(Answer::ConcludeAll),
            Command::ConfirmList(_) => self.confirm_list().map(Answer::ConfirmList),
            Command::Confirm(ask) => self.confirm(&ask).map(Answer::Confirm),
            Command::Tasks(ask) => self.tasks(&ask).map(Answer::Tasks),
            Command::TaskChains(ask) => self.task_chains(&ask).map(Answer::TaskChains),
            Command::TaskRecord(ask) => self.task_record(&ask).map(Answer::TaskRecord),
            Command::TaskSheet(ask) => self.task_sheet(&ask).map(Answer::TaskSheet),
            Command::Referrals(ask) => self.referrals(&ask).map(Answer::Referrals),
            Command::TaskSheetIn(file) => self.task_sheet_in(&file).map(Answer::TaskSheetIn),
            Command::TaskHeldDrop(ask) => self.task_held_drop(&ask).map(Answer::TaskHeldDrop),
            Command::Handouts(ask) => self.handouts(&ask).map(Answer::Handouts),
            Command::HandoutPrint(ask) => self.handout_print(&ask).map(Answer::HandoutPrint),
            Command::HandoutSheet(ask) => self.handout_sheet(&ask).map(Answer::HandoutSheet),
            Command::HandoutReceived(ask) => self.handout_taken(&ask).map(Answer::HandoutReceived),
            Command::Contacts(_) => self.contacts().map(Answer::Contacts),
            Command::ContactSet(ask) => self.contact_set(&ask).map(Answer::ContactSet),
            Command::PersonPaper(ask) => self.person_paper(&ask).map(Answer::PersonPaper),
            Command::Summary(ask) => self.summary(&ask).map(Answer::Summary),
            Command::Tubes(ask) => self.tubes(&ask.person).map(Answer::Tubes),
            Command::TubeBind(ask) => self.tube_bind(&ask).map(Answer::TubeBind),
            Command::TubeSpoil(ask) => self.tube_spoil(&ask).map(Answer::TubeSpoil),
            Command::Arrivals(_) => self.arrivals().map(Answer::Arrivals),
            Command::Arrive(ask) => self.arrive(&ask).map(Answer::Arrive),
            Command::Lab(_) => self.lab().map(Answer::Lab),
            Command::LabLook(ask) => self.lab_look(&ask).map(Answer::LabLook),
            Command::LabImport(ask) => self.lab_import(ask).map(Answer::LabImport),
            Command::LabResolve(ask) => self.lab_resolve(&ask).map(Answer::LabResolve),
            Command::ClassList(ask) => self.class_list(&ask).map(Answer::ClassList),
            Command::Consent(ask) => self.consent(&ask).map(Answer::Consent),
            Command::ConsentSave(ask) => self.consent_save(&ask).map(Answer::ConsentSave),
            Command::ConsentImport(file) => self.consent_import(&file).map(Answer::ConsentImport),
            Command::Coverage(ask) => self.coverage(&ask).map(Answer::Coverage),
            Command::CheckOut(ask) => self.check_out(&ask).map(Answer::CheckOut),
            Command::DayEnd(_) => self.day_end().map(Answer::DayEnd),
            Command::Carry(_) => self.home.carry_out().map(Answer::Carry),
            Command::Held(_) => self.held().map(Answer::Held),
            Command::Watch(_) => self.mark().map(Answer::Watch),
            Command::Print(ask) => self.print(&ask).map(Answer::Print),
            Command::State(_)
            | Command::Enrol(_)
            | Command::Unlock(_)
            | Command::Lock(_)
            | Command::AccountAdd(_)
            | Command::PasswordChange(_)
            | Command::CardRead(_)
            | Command::SyncState(_)
            | Command::Sync(_)
            | Command::HubState(_)
            | Command::HubStart(_)
            | Command::HubStop(_)
            | Command::HubJoin(_)
            | Command::HubLeave(_) => Err(Failure::new(Code::Internal)),
        }
    }

    /// Today as somebody confirmed it; a failure asks for the day's start.
    fn today(&self) -> Result<Today, Failure> {
        let choice = self.day_choice()?.ok_or(Failure::new(Code::DayUnset))?;
        let round = self.home.whole_round(&choice.round)?;
        let day = choice.day.parse().map_err(|_| Failure::new(Code::DayUnset))?;
        Ok(Today { round, unit: UnitCode(choice.unit.clone()), day, choice })
    }

    /// Who acts at a station today.
    fn acting(&self, today: &Today, station: Option<&str>) -> Result<Acting, Failure> {
        let chosen = today.choice.stations.iter().find(|s| Some(s.station.as_str()) == station);
        let examiner = chosen.and_then(|chosen| chosen.examiner.as_deref());
        let catalogue = domain::catalogue::Catalogue::builtin();
        Ok(Acting {
            round: Some(today.round.id),
            day: Some(today.day),
            operator: self.worker.as_ref().and_then(|worker| worker.operator),
            examiner: self.home.examiner(examiner)?,
            station: station.and_then(|key| catalogue.station_by_key(key)).map(|s| s.code),
        })
    }
}

/// What a hall's browser may ask for. What brings files in or out, makes accounts or reaches for the network is the
/// device's. Every command is named here: a new one is decided about.
fn is_for_seats(command: &Command) -> bool {
    match command {
        Command::Enrol(_)
        | Command::AccountAdd(_)
        | Command::RosterImport(_)
        | Command::CardRead(_)
        | Command::Sync(_)
        | Command::Carry(_)
        | Command::HubState(_)
        | Command::HubStart(_)
        | Command::HubStop(_)
        | Command::HubJoin(_)
        | Command::HubLeave(_)
        | Command::LabLook(_)
        | Command::LabImport(_)
        | Command::TaskSheet(_)
        | Command::Referrals(_)
        | Command::TaskSheetIn(_)
        | Command::HandoutPrint(_)
        | Command::HandoutSheet(_)
        | Command::ConsentImport(_)
        | Command::Print(_) => false,
        Command::State(_)
        | Command::Unlock(_)
        | Command::Lock(_)
        | Command::PasswordChange(_)
        | Command::Forms(_)
        | Command::Phrases(_)
        | Command::Day(_)
        | Command::DaySet(_)
        | Command::Ready(_)
        | Command::Find(_)
        | Command::Person(_)
        | Command::RegisterCheck(_)
        | Command::Register(_)
        | Command::Form(_)
        | Command::Judge(_)
        | Command::Save(_)
        | Command::DraftPut(_)
        | Command::DraftDrop(_)
        | Command::Drafts(_)
        | Command::Amend(_)
        | Command::Choose(_)
        | Command::Void(_)
        | Command::ClassList(_)
        | Command::Consent(_)
        | Command::ConsentSave(_)
        | Command::Coverage(_)
        | Command::CheckOut(_)
        | Command::DayEnd(_)
        | Command::SyncState(_)
        | Command::Watch(_)
        | Command::Conclusion(_)
        | Command::Conclude(_)
        | Command::ConcludeList(_)
        | Command::ConcludeAll(_)
        | Command::ConfirmList(_)
        | Command::Confirm(_)
        | Command::Tubes(_)
        | Command::TubeBind(_)
        | Command::TubeSpoil(_)
        | Command::Arrivals(_)
        | Command::Arrive(_)
        | Command::Lab(_)
        | Command::LabResolve(_)
        | Command::Tasks(_)
        | Command::TaskChains(_)
        | Command::TaskRecord(_)
        | Command::TaskHeldDrop(_)
        | Command::Handouts(_)
        | Command::HandoutReceived(_)
        | Command::Contacts(_)
        | Command::ContactSet(_)
        | Command::PersonPaper(_)
        | Command::Summary(_)
        | Command::Held(_) => true,
    }
}

fn moment(host: &dyn Host) -> idle::Seen {
    idle::Seen { tick_ms: host.tick_ms(), unix_ms: host.unix_ms() }
}

/// A person's id as a screen names it.
fn person_id(text: &str) -> Result<PersonId, Failure> {
    let id = uuid::Uuid::parse_str(text).map_err(|_| Failure::new(Code::PersonUnknown))?;
    Ok(PersonId(id))
}

/// A round's id as a screen names it.
fn round_text(round: RoundId) -> String {
    round.to_string()
}

fn is_pupil(kind: PersonKind) -> bool {
    match kind {
        PersonKind::Pupil => true,
        PersonKind::Resident => false,
    }
}
