//! Who may work here: the app's state, unlocking, locking, accounts on this device.

use super::role::Rights;
use super::{App, DayKept, LOCK_AFTER_MIN, Opened};
use crate::enrol::Enrolment;
use crate::home::Home;
use crate::slots::{Slots, Worker};
use crate::tries::Tries;
use crate::unlocking::open_counted;
use domain::catalogue::Catalogue;
use office::Moment;
use protocol::rpc::session::{
    AccountAsk, AppState, Capabilities, EnrolAsk, Nothing, PasswordAsk, Phase, Slot, UnlockAsk,
};
use protocol::{Code, Failure};
use std::collections::VecDeque;
use store::{Key, Setting};

impl App {
    /// Where the app stands. Never fails for what lies on the disk: a lost key is a sentence, not an error.
    pub fn state(&mut self) -> Result<AppState, Failure> {
        let now_ms = self.host.unix_ms();
        let (slots, key_lost) = match Slots::load_kept(&self.folder) {
            Ok(slots) => (slots, None),
            Err(failure) => (None, Some(failure.zh())),
        };
        let tries = Tries::load_at(&self.folder, now_ms);
        let workers = slots.map(|slots| slots.workers()).unwrap_or_default();
        let slots = workers.into_iter().map(|worker| slot_of(&worker, &tries, now_ms)).collect();
        let phase = match (&self.opened, store::exists(&self.folder)) {
            (Some(_), _) => Phase::Open,
            (None, true) => Phase::Locked,
            (None, false) => Phase::Empty,
        };
        let (mut device_name, mut clock_warning, mut notice) = (String::new(), None, None);
        if let Some(opened) = &self.opened {
            let name =
                opened.home.store().setting_text(Setting::Name).map_err(crate::home::failed)?;
            device_name = name.unwrap_or_default();
            clock_warning = opened.home.status()?.clock_warning;
            // At the door nobody reads it: it waits for whoever comes in.
            notice = self.work.take_notice();
        }
        let worker = self.opened.as_ref().and_then(|opened| opened.worker.as_ref());
        let reader = self.abilities.card_reader.as_ref();
        Ok(AppState {
            phase,
            device_name,
            slots,
            operator: worker.map(|worker| slot_of(worker, &tries, now_ms)),
            capabilities: Capabilities {
                id_card_reader: reader.is_some(),
                id_card_simulated: reader.is_some_and(|reader| reader.is_simulated()),
                save_files: self.abilities.save_files,
                at_device: !self.abilities.is_seat,
                hall: self.abilities.hall.is_some() && !self.abilities.is_seat,
                enrol: matches!(phase, Phase::Empty) && !self.abilities.is_seat,
            },
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue_version: Catalogue::builtin().version,
            lock_after_min: LOCK_AFTER_MIN,
            clock: Moment::at(now_ms).as_of,
            clock_warning,
            key_lost,
            notice,
        })
    }

    /// Registers this device and makes the first operator's slot. The password is looked at first: a one-time code
    /// is not used up by a weak one.
    pub(super) fn enrol(&mut self, ask: EnrolAsk) -> Result<AppState, Failure> {
        crate::slots::check_password(&ask.password, &ask.account)?;
        if store::exists(&self.folder) {
            return Err(Failure::new(Code::AlreadyEnrolled));
        }
        let key = Key::generate().map_err(crate::home::failed)?;
        let order = Enrolment {
            server: ask.server_url,
            code: ask.code,
            ca_pin: ask.ca_pin,
            name: String::new(),
        };
        // The slot first: a database that nobody can open would be worse than a slot that opens nothing.
        let worker = Worker {
            slot: String::new(),
            account: ask.account.trim().to_owned(),
            name: ask.account.trim().to_owned(),
            operator: None,
        };
        std::fs::create_dir_all(&self.folder).map_err(|_| Failure::new(Code::StorageFailed))?;
        let mut slots = Slots::new();
        let worker = slots.put(&worker, &ask.password, &key, &*self.host)?;
        slots.save(&self.folder)?;
        Home::enrol(&self.folder, &key, self.host.clone(), &order)?;
        self.open(key, worker)?;
        self.wrap_for_recovery()?;
        if let Some(code) = ask.account_code {
            // The server names the account; the slot made for the meantime goes.
            self.account_add(AccountAsk { account_code: code, password: ask.password })?;
        }
        self.state()
    }

    /// The key wrapped for the organisation too, as soon as its recovery key is known.
    fn wrap_for_recovery(&mut self) -> Result<(), Failure> {
        let opened = self.opened.as_ref().ok_or(Failure::new(Code::AppLocked))?;
        let Some(recipient) = opened.home.recovery_recipient()? else { return Ok(()) };
        let mut slots = Slots::load(&self.folder)?.unwrap_or_default();
        slots.put_recovery(&recipient, &opened.key)?;
        slots.save(&self.folder)
    }

    pub(super) fn unlock(&mut self, ask: UnlockAsk) -> Result<AppState, Failure> {
        let slots = Slots::load(&self.folder)?.ok_or(Failure::new(Code::KeyLost))?;
        let (key, worker) =
            open_counted(&self.folder, &slots, &ask.slot, &ask.password, &*self.host)?;
        self.open(key, worker)?;
        slots.copy_recovery(&self.folder);
        self.state()
    }

    fn open(&mut self, key: Key, worker: Worker) -> Result<(), Failure> {
        let mut home = Home::open(&self.folder, &key, self.host.clone())?;
        home.work_as(worker.operator);
        let day = match &self.abilities.is_seat {
            false => DayKept::WithDevice,
            true => {
                let own = self.day_left.take_if(|left| left.0 == worker.account);
                DayKept::AtSeat(own.map(|left| left.1))
            }
        };
        let rights = Rights::of(&home, Some(&worker))?;
        if self.abilities.is_seat && rights == Rights::Unnamed {
            return Err(Failure::new(Code::AccountLocal));
        }
        let (worker, saves) = (Some(worker), VecDeque::new());
        self.opened = Some(Opened { home, key, worker, rights, saves, day });
        self.join_again();
        Ok(())
    }

    /// Closes the database and drops the key. What was typed and not saved lies in the drafts.
    pub fn lock(&mut self) {
        let Some(opened) = self.opened.take() else { return };
        self.hub.screen_locked();
        // Which stop and stations somebody works at is nobody's secret: they find it again after the lock.
        if let (DayKept::AtSeat(Some(choice)), Some(worker)) = (opened.day, opened.worker) {
            self.day_left = Some((worker.account, choice));
        }
    }

    /// Who works here and at which stations; nobody where it is locked.
    pub(crate) fn at_work(&self) -> (Option<String>, Vec<String>) {
        let Some(opened) = &self.opened else { return (None, Vec::new()) };
        let choice = opened.day_choice().ok().flatten();
        let stations = choice.map(|choice| choice.stations).unwrap_or_default();
        let stations = stations.into_iter().map(|station| station.station).collect();
        (opened.worker.as_ref().map(|worker| worker.name.clone()), stations)
    }

    /// A colleague's account on this device: the server says once who the code is for, the password stays here.
    pub(super) fn account_add(&mut self, ask: AccountAsk) -> Result<AppState, Failure> {
        let opened = self.opened.as_mut().ok_or(Failure::new(Code::AppLocked))?;
        crate::slots::check_password(&ask.password, "")?;
        let worker = opened.home.account_of_code(&ask.account_code)?;
        let mut slots = Slots::load(&self.folder)?.unwrap_or_default();
        let worker = slots.put(&worker, &ask.password, &opened.key, &*self.host)?;
        slots.save(&self.folder)?;
        if opened.worker.as_ref().is_none_or(|now| now.operator.is_none()) {
            opened.rights = Rights::of(&opened.home, Some(&worker))?;
            opened.home.work_as(worker.operator);
            opened.worker = Some(worker);
        }
        self.wrap_for_recovery()?;
        self.state()
    }

    pub(super) fn password_change(&mut self, ask: PasswordAsk) -> Result<Nothing, Failure> {
        let opened = self.opened.as_mut().ok_or(Failure::new(Code::AppLocked))?;
        let worker = opened.worker.clone().ok_or(Failure::new(Code::SlotUnknown))?;
        let mut slots = Slots::load(&self.folder)?.ok_or(Failure::new(Code::KeyLost))?;
        open_counted(&self.folder, &slots, &worker.slot, &ask.old, &*self.host)?;
        let worker = slots.put(&worker, &ask.new, &opened.key, &*self.host)?;
        slots.save(&self.folder)?;
        opened.worker = Some(worker);
        Ok(Nothing {})
    }
}

fn slot_of(worker: &Worker, tries: &Tries, now_ms: i64) -> Slot {
    Slot {
        slot: worker.slot.clone(),
        account: worker.account.clone(),
        name: worker.name.clone(),
        wait_s: tries.wait_s(&worker.slot, now_ms),
    }
}
