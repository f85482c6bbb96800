//! The sync that runs beside the screens, and what is held. A sync never blocks a command: it has its own opening of
//! the same store, and what it did is read off the store.

use super::{App, Opened};
use crate::home::Home;
use crate::host::Host;
use crate::stop_line::short_mark;
use domain::catalogue::Catalogue;
use domain::ids::PersonId;
use protocol::rpc::work::{HeldRow, HeldRows, SyncPhase, SyncState};
use protocol::{Code, Failure};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Key;

/// While work waits: the first automatic try after this, doubled after each that failed up to the longest.
const AUTO_FIRST_MS: i64 = 30_000;
const AUTO_LONGEST_MS: i64 = 15 * 60_000;
/// With nothing waiting a sync still looks for others' work this often.
const AUTO_IDLE_MS: i64 = 5 * 60_000;

/// What is known of the sync beside.
#[derive(Clone, Default)]
pub(super) struct Background(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    is_running: bool,
    /// The last end: none yet, well, or a failure.
    ended: Option<Result<(), Code>>,
    sentence: Option<String>,
    /// What somebody is to read once, on whichever screen: a sync after it says nothing of it any more.
    notice: Option<String>,
    ended_at_ms: i64,
    failures: u32,
}

impl Background {
    fn known(&self) -> MutexGuard<'_, Known> {
        // A thread that died while holding it left plain values behind: they are still good to show.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a sync in a thread of its own, unless one runs.
    fn start(&self, folder: PathBuf, key: Key, host: Arc<dyn Host>) {
        {
            let mut known = self.known();
            if known.is_running {
                return;
            }
            known.is_running = true;
        }
        let shared = self.clone();
        let run = move || {
            let clock = host.clone();
            let ended = Home::open(&folder, &key, host).and_then(|mut home| {
                let synced = home.sync()?;
                // For a hall without a network. An older server has none to give; the next sync asks again.
                let _ = home.renew_hub_certificate(&[]);
                Ok(synced)
            });
            let mut known = shared.known();
            known.is_running = false;
            known.ended_at_ms = clock.unix_ms();
            match ended {
                Ok(synced) => {
                    known.failures = 0;
                    known.ended = Some(Ok(()));
                    known.sentence = synced.healed_zh.map(str::to_owned);
                    known.notice = known.sentence.clone().or(known.notice.take());
                }
                Err(failure) => {
                    known.failures = known.failures.saturating_add(1);
                    known.ended = Some(Err(failure.code));
                    known.sentence = Some(failure.zh());
                }
            }
        };
        if std::thread::Builder::new().name("sync".to_owned()).spawn(run).is_err() {
            let mut known = self.known();
            known.is_running = false;
            known.ended = Some(Err(Code::Internal));
        }
    }

    /// What is to be told once; whoever takes it shows it.
    pub(super) fn take_notice(&self) -> Option<String> {
        self.known().notice.take()
    }

    /// True when the next automatic try is due.
    fn is_due(&self, now_ms: i64, has_unsent: bool) -> bool {
        let known = self.known();
        let pause_ms = match (&known.ended, has_unsent) {
            (None, _) => return !known.is_running,
            (Some(Ok(())), true) => AUTO_FIRST_MS,
            (Some(Ok(())), false) => AUTO_IDLE_MS,
            (Some(Err(_)), _) => {
                let doubled = 1_i64.checked_shl(known.failures.min(16)).unwrap_or(1);
                AUTO_FIRST_MS.saturating_mul(doubled).min(AUTO_LONGEST_MS)
            }
        };
        // A clock put back does not stop it for years.
        let gone_ms = now_ms.saturating_sub(known.ended_at_ms);
        !known.is_running && !(0..pause_ms).contains(&gone_ms)
    }
}

impl App {
    /// What a person sees of it; begins an automatic sync when one is due.
    pub(super) fn sync_state(&mut self) -> Result<SyncState, Failure> {
        let mut state = self.work_state()?;
        if !self.abilities.is_seat
            && self.work.is_due(self.host.unix_ms(), state.unsent + state.carried > 0)
        {
            state = self.sync()?;
        }
        state.notice = self.work.take_notice();
        Ok(state)
    }

    /// Begins a sync where none runs.
    pub(super) fn sync(&mut self) -> Result<SyncState, Failure> {
        let opened = self.opened.as_ref().ok_or(Failure::new(Code::AppLocked))?;
        self.work.start(self.folder.clone(), opened.key.clone(), self.host.clone());
        self.work_state()
    }

    fn work_state(&mut self) -> Result<SyncState, Failure> {
        let opened = self.opened.as_ref().ok_or(Failure::new(Code::AppLocked))?;
        let status = opened.home.status()?;
        let known = self.work.known();
        let phase = match (&known.ended, known.is_running) {
            (_, true) => SyncPhase::Running,
            (None | Some(Ok(())), false) => SyncPhase::Idle,
            (Some(Err(Code::ServerUnreachable)), false) => SyncPhase::Offline,
            (Some(Err(_)), false) => SyncPhase::Failed,
        };
        let conflicts = opened.conflicts_here()?;
        let held = opened.held_open()?;
        let untold = opened.untold()?;
        let only = match untold.as_slice() {
            [only] => Some(only.0.to_string()),
            _ => None,
        };
        Ok(SyncState {
            phase,
            saved: status.saved.all,
            unsent: status.unsent,
            carried: status.carried,
            uploaded: status.uploaded.all,
            backed_up: status.backed_up.all,
            attention: held + conflicts,
            conflicts,
            urgent: untold.len() as u64,
            urgent_person: only,
            synced_at: status.synced_at,
            line: short_mark(opened.given_line()?.as_ref()),
            sentence: known.sentence.clone(),
            notice: None,
        })
    }
}

impl Opened {
    /// People of today's stop with values that contradict each other; none before a day is set.
    fn conflicts_here(&self) -> Result<u64, Failure> {
        if self.day_choice()?.is_none() {
            return Ok(0);
        }
        let today = self.today()?;
        let store = self.home.store();
        store.conflict_count(today.round.id, &today.unit).map_err(crate::home::failed)
    }

    /// Who of today's round is to be told of a level A, at this stop or another of this device's.
    fn untold(&self) -> Result<Vec<PersonId>, Failure> {
        if self.day_choice()?.is_none() {
            return Ok(Vec::new());
        }
        let today = self.today()?;
        let store = self.home.store();
        let mut untold = store.untold(today.round.id).map_err(crate::home::failed)?;
        if untold.is_empty() {
            return Ok(untold);
        }
        let sight = self.sight()?;
        let mut seen = Vec::with_capacity(untold.len());
        for person in &untold {
            seen.push(sight.sees(store, *person)?);
        }
        let mut seen = seen.into_iter();
        untold.retain(|_| seen.next().unwrap_or(true));
        Ok(untold)
    }

    /// How many held entries nobody has decided about, of whoever works here.
    pub(super) fn held_open(&self) -> Result<u64, Failure> {
        Ok(self.held()?.rows.iter().filter(|row| row.decided.is_none()).count() as u64)
    }

    pub(super) fn held(&self) -> Result<HeldRows, Failure> {
        let units = self.home.store().units().map_err(crate::home::failed)?;
        let mut held = self.home.store().held().map_err(crate::home::failed)?;
        if self.home.own_units()?.is_some() {
            let own = self.home.scope()?;
            held.retain(|held| own.iter().any(|own| own.covers(&held.unit)));
        }
        let catalogue = Catalogue::builtin();
        let rows = held.into_iter().map(|held| {
            let station = held.station.and_then(|code| catalogue.station(code));
            HeldRow {
                entry: office::print_reference(&held.reference),
                unit_label: units.label(&held.unit),
                day: held.day.map(|day| day.to_string()),
                station: station.map(|station| station.name_zh.clone()).unwrap_or_default(),
                reason: held.reason_zh.to_owned(),
                step: step_zh(held.decided).to_owned(),
                decided: held.decided,
            }
        });
        Ok(HeldRows { rows: rows.collect() })
    }
}

fn step_zh(decided: Option<bool>) -> &'static str {
    match decided {
        None => "内容在本机和服务器上都在，等协调员处理。请告诉协调员这一行。",
        Some(true) => "协调员已采用，不用再做什么。",
        Some(false) => "协调员已决定不采用。如有误请重新录入。",
    }
}
