//! The paired browsers of a hall: each a seat with an app of its own, so that everybody signs in with their own account,
//! day and stations, locks by themselves, and finds their own drafts. All over one folder; closing the hall ends them all.
//!
//! Not how a browser is answered (`page`), not the codes (`pairing`), and nothing of what a command does (`app`).

use super::pairing::{CODE_BYTES, CODE_LIFE_MS, Codes, digest};
use crate::app::{Abilities, App, watch};
use crate::host::Host;
use protocol::rpc::{Answer, Command};
use protocol::{Code, Failure};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Browsers at once: as many devices as a hub takes.
pub const SEATS_MAX: usize = 25;
/// A pairing is for a day's work, ms of running time.
const SEAT_LIFE_MS: i64 = 14 * 3_600_000;
/// A seat nobody has been heard from for so long makes room where all are taken, ms: a tablet put away.
const SEAT_SILENT_MS: i64 = 30 * 60_000;

/// One folder's hall. It begins closed.
pub struct Hall {
    folder: PathBuf,
    host: Arc<dyn Host>,
    places: Mutex<Places>,
    /// One password is tried at a time: stretching takes memory by the hundred megabytes.
    door: Mutex<()>,
}

#[derive(Default)]
struct Places {
    is_open: bool,
    codes: Codes,
    seats: Vec<Arc<Seat>>,
}

struct Seat {
    /// Of the browser's secret; the secret itself is the browser's alone.
    secret: [u8; 32],
    paired_ms: i64,
    heard_ms: AtomicI64,
    app: Mutex<App>,
    /// Who worked there at which stations after the last command: the hub's screen waits for no command.
    at_work: Mutex<AtWork>,
}

type AtWork = (Option<String>, Vec<String>);

/// A code to show, and how long it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairingCode {
    pub code: String,
    pub valid_s: u32,
}

/// One paired browser as the hub's screen shows it. Nothing in it is a patient's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatShown {
    /// Who is signed in there; none = its door is shut.
    pub operator: Option<String>,
    /// Keys of the stations chosen there.
    pub stations: Vec<String>,
    /// Seconds since it was heard from.
    pub silent_s: u32,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hall {
    pub fn new(folder: &Path, host: Arc<dyn Host>) -> Hall {
        let (places, door) = (Mutex::default(), Mutex::new(()));
        Hall { folder: folder.to_owned(), host, places, door }
    }

    /// From here on browsers may be paired.
    pub fn open(&self) {
        lock(&self.places).is_open = true;
    }

    /// Ends every browser's session at once: databases closed, keys dropped, codes and pairings worth nothing.
    pub fn close(&self) {
        let seats = {
            let mut places = lock(&self.places);
            places.is_open = false;
            places.codes.clear();
            std::mem::take(&mut places.seats)
        };
        seats.iter().for_each(|seat| lock(&seat.app).lock());
    }

    /// A new code, for one browser.
    pub fn make_code(&self) -> Result<PairingCode, Failure> {
        let mut chance = [0; CODE_BYTES];
        self.host.random(&mut chance)?;
        let mut places = lock(&self.places);
        if !places.is_open {
            return Err(Failure::new(Code::HallClosed));
        }
        let code = places.codes.make(chance, self.host.tick_ms());
        Ok(PairingCode { code, valid_s: u32::try_from(CODE_LIFE_MS / 1000).unwrap_or(0) })
    }

    /// True while a code that was shown could still be taken.
    pub fn has_code(&self) -> bool {
        lock(&self.places).codes.has_any(self.host.tick_ms())
    }

    /// True while this very code could still be taken: else the screen shows another.
    pub fn takes(&self, code: &str) -> bool {
        lock(&self.places).codes.has(code, self.host.tick_ms())
    }

    /// Takes a code; answers the secret by which this browser is known from now on: 32 bytes of chance as hex.
    pub fn pair(&self, code: &str) -> Result<String, Failure> {
        let now_ms = self.host.tick_ms();
        let mut chance = [0; 32];
        self.host.random(&mut chance)?;
        let secret: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut places = lock(&self.places);
        if !places.is_open {
            return Err(Failure::new(Code::HallClosed));
        }
        places.seats.retain(|seat| seat.is_alive(now_ms));
        let is_full = places.seats.len() >= SEATS_MAX;
        let silent = places.seats.iter().position(|seat| seat.is_silent(now_ms));
        if is_full && silent.is_none() {
            // Before the code is looked at: it is not used up by a full hall.
            return Err(Failure::new(Code::SeatsFull));
        }
        if !places.codes.take(code, now_ms) {
            return Err(Failure::new(Code::PairingInvalid));
        }
        if let Some(silent) = silent.filter(|_| is_full) {
            let gone = places.seats.remove(silent);
            lock(&gone.app).lock();
        }
        let abilities = Abilities { is_seat: true, ..Abilities::default() };
        let app = App::new(&self.folder, self.host.clone(), abilities);
        places.seats.push(Arc::new(Seat {
            secret: digest(&secret),
            paired_ms: now_ms,
            heard_ms: AtomicI64::new(now_ms),
            app: Mutex::new(app),
            at_work: Mutex::default(),
        }));
        Ok(secret)
    }

    /// The running time by this machine's clock, ms.
    pub(super) fn now_ms(&self) -> i64 {
        self.host.tick_ms()
    }

    fn seat(&self, secret: &str) -> Option<Arc<Seat>> {
        let (asked, now_ms) = (digest(secret), self.host.tick_ms());
        let places = lock(&self.places);
        let mut seats = places.seats.iter().filter(|seat| seat.is_alive(now_ms));
        seats.find(|seat| seat.secret == asked).cloned()
    }

    /// True for the secret of a paired browser.
    pub fn knows(&self, secret: &str) -> bool {
        self.seat(secret).is_some()
    }

    /// Does a browser's command at its own seat. Seats wait for nobody but themselves and the database.
    pub fn call(&self, secret: &str, command: Command) -> Result<Answer, Failure> {
        let Command::Watch(ask) = command else { return self.call_once(secret, command) };
        let mut look = || match self.call_once(secret, Command::Watch(ask.clone()))? {
            Answer::Watch(watched) => Ok(watched),
            _ => Err(Failure::new(Code::Internal)),
        };
        watch(&ask, &mut look).map(Answer::Watch)
    }

    fn call_once(&self, secret: &str, command: Command) -> Result<Answer, Failure> {
        let seat = self.seat(secret).ok_or(Failure::new(Code::Unpaired))?;
        seat.heard_ms.store(self.host.tick_ms(), Ordering::Relaxed);
        let _at_the_door = matches!(command, Command::Unlock(_) | Command::PasswordChange(_))
            .then(|| lock(&self.door));
        let (answered, at_work) = {
            let mut app = lock(&seat.app);
            (app.call(command), app.at_work())
        };
        // The hall was closed meanwhile: what was opened just now is shut again.
        if !self.knows(secret) {
            lock(&seat.app).lock();
            return Err(Failure::new(Code::Unpaired));
        }
        *lock(&seat.at_work) = at_work;
        answered
    }

    /// Locks every seat where nobody has asked for anything for too long, each by itself. A host asks this by a timer.
    pub fn lock_idle(&self) {
        let seats = lock(&self.places).seats.clone();
        for seat in seats {
            // Where a command is being done somebody is there.
            let Ok(mut app) = seat.app.try_lock() else { continue };
            app.lock_if_idle();
            *lock(&seat.at_work) = app.at_work();
        }
    }

    /// Who is here, in the order in which they came.
    pub fn shown(&self) -> Vec<SeatShown> {
        let now_ms = self.host.tick_ms();
        let seats = lock(&self.places).seats.clone();
        let row = |seat: &Arc<Seat>| {
            let silent_ms = now_ms.saturating_sub(seat.heard_ms.load(Ordering::Relaxed));
            let (operator, stations) = lock(&seat.at_work).clone();
            SeatShown {
                operator,
                stations,
                silent_s: u32::try_from(silent_ms / 1000).unwrap_or(u32::MAX),
            }
        };
        seats.iter().filter(|seat| seat.is_alive(now_ms)).map(row).collect()
    }
}

impl Seat {
    fn is_alive(&self, now_ms: i64) -> bool {
        now_ms.saturating_sub(self.paired_ms) < SEAT_LIFE_MS
    }

    fn is_silent(&self, now_ms: i64) -> bool {
        now_ms.saturating_sub(self.heard_ms.load(Ordering::Relaxed)) >= SEAT_SILENT_MS
    }
}
