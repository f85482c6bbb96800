//! The one field app behind the window: one command at a time, and what is said to the page when one fails. Not a
//! thread of its own: whoever calls waits, so call it off the main thread.

use field::{Abilities, App, CardReader, HallAbility, SimulatedReader, SystemHost};
use protocol::rpc::work::WatchAsk;
use protocol::rpc::{Answer, Command};
use protocol::{Code, Failure};
use serde::{Serialize, Serializer};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often it is looked whether somebody is still there.
pub const IDLE_LOOK: Duration = Duration::from_secs(15);

/// Where a hall's other devices come to once it is opened: every address of this machine.
const HALL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8443);

pub struct Desk(Mutex<App>);

/// What came of a command.
pub struct Done {
    pub answer: Result<Answer, Failure>,
    /// The app was open and is not any more: what the page still knows has to go.
    pub has_locked: bool,
}

/// A failure as the page is told: its code, and the place for whoever asks on the telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Failure);

impl Serialize for Refused {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut said = serializer.serialize_struct("Refused", 2)?;
        said.serialize_field("code", self.0.code.word())?;
        said.serialize_field("trace", self.0.place.as_deref().unwrap_or_default())?;
        said.end()
    }
}

impl Desk {
    /// `hall` is where else a hall answers, if told; `reader` a file that stands for an ID card reader; `files` gives the
    /// screens' files to a hall's browsers.
    pub fn new(
        folder: &Path,
        hall: Option<SocketAddr>,
        reader: Option<&Path>,
        files: impl Fn() -> Vec<(String, Vec<u8>)> + Send + Sync + 'static,
    ) -> Desk {
        // A phone's system ends what runs behind its screen: it is nobody's hub, and joins as a browser.
        let hall = HallAbility { listen: hall.unwrap_or(HALL), files: Box::new(files) };
        let hall = cfg!(desktop).then_some(hall);
        // A driver of a real reader is handed in here too.
        let card_reader =
            reader.map(|file| Box::new(SimulatedReader::of_file(file)) as Box<dyn CardReader>);
        let abilities =
            Abilities { card_reader, save_files: cfg!(desktop), hall, ..Abilities::default() };
        Desk(Mutex::new(App::new(folder, Arc::new(SystemHost), abilities)))
    }

    pub fn call(&self, command: Command) -> Done {
        match command {
            Command::Watch(ask) => self.watch(&ask),
            command => self.call_once(command),
        }
    }

    /// A page that waits for news holds nobody up: the app is asked anew for every look.
    fn watch(&self, ask: &WatchAsk) -> Done {
        let mut has_locked = false;
        let mut look = || {
            let done = self.call_once(Command::Watch(ask.clone()));
            has_locked |= done.has_locked;
            match done.answer? {
                Answer::Watch(watched) => Ok(watched),
                _ => Err(Failure::new(Code::Internal)),
            }
        };
        let answer = field::watch(ask, &mut look).map(Answer::Watch);
        Done { answer, has_locked }
    }

    fn call_once(&self, command: Command) -> Done {
        let mut app = self.app();
        let was_open = app.is_open();
        let answer = app.call(command);
        Done { answer, has_locked: was_open && !app.is_open() }
    }

    /// True when nobody was there any more and it locked.
    pub fn lock_if_idle(&self) -> bool {
        self.app().lock_if_idle()
    }

    pub fn lock(&self) {
        self.app().lock();
    }

    fn app(&self) -> MutexGuard<'_, App> {
        // A command that died left an app that can still answer: what was saved is on the disk.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rpc::session::{Nothing, Phase};

    #[test]
    fn a_refusal_has_a_code_and_a_trace_as_the_screens_read_it() {
        let told = |failure| serde_json::to_value(Refused(failure)).unwrap();
        let at = told(Failure::at(Code::FileUnwritable, "a.pdf"));
        assert_eq!(at, serde_json::json!({ "code": "file_unwritable", "trace": "a.pdf" }));
        let bare = told(Failure::new(Code::AppLocked));
        assert_eq!(bare, serde_json::json!({ "code": "app_locked", "trace": "" }));
    }

    #[test]
    fn an_empty_folder_answers_and_nothing_has_locked() {
        let folder = std::env::temp_dir().join("no-such-folder-of-the-field-app");
        let desk = Desk::new(&folder, None, None, Vec::new);
        let done = desk.call(Command::State(Nothing {}));
        let Ok(Answer::State(state)) = done.answer else { panic!("no state") };
        assert_eq!(state.phase, Phase::Empty);
        assert!(!state.capabilities.id_card_reader, "no button where no reader is");
        assert!(!done.has_locked && !desk.lock_if_idle());
        let refused = desk.call(Command::Day(Nothing {})).answer;
        assert_eq!(refused.err().map(|failure| failure.code), Some(Code::AppLocked));
    }

    #[test]
    fn a_file_told_at_the_start_stands_for_a_reader_and_is_said_to() {
        let folder = std::env::temp_dir().join("no-such-folder-of-the-field-app");
        let desk = Desk::new(&folder, None, Some(&folder.join("cards.txt")), Vec::new);
        let Ok(Answer::State(state)) = desk.call(Command::State(Nothing {})).answer else {
            panic!("no state")
        };
        let told = &state.capabilities;
        assert!(told.id_card_reader && told.id_card_simulated);
    }
}
