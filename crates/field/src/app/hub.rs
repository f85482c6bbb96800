//! This device in a hall, behind its screens: the hub it is (`open_hub`) or the one it works with (`link`), each in a thread of
//! its own over its own opening of the store, so that no screen waits for a network.
//!
//! A screen's lock ends its own session: the hub goes on for those who are there, and ends by its button or where nobody has
//! been there for as long as a screen may stay open. Not what a hub answers (`crate::hub`, `crate::hall`).

mod link;
mod open_hub;

use super::{App, idle, moment};
use crate::hex::hex;
use crate::home::{Home, failed};
use link::Link;
use open_hub::OpenHub;
use protocol::rpc::hall::{HubJoinAsk, HubJoined, HubPhase, HubView};
use protocol::{Code, Failure};
use std::net::SocketAddr;
use store::Setting;

/// How this host takes part in a hall.
pub struct HallAbility {
    /// Where a hub answers; where the port is taken, a free one is.
    pub listen: SocketAddr,
    /// The screens' files for browsers, path and bytes, asked for when a hall is opened; none = devices alone can come.
    pub files: Box<dyn Fn() -> Vec<(String, Vec<u8>)> + Send + Sync>,
}

/// What this device is to a hall.
#[derive(Default)]
pub(super) struct HubPart {
    at: At,
    /// What ended by itself, until something else is done.
    last: Option<Code>,
}

#[derive(Default)]
enum At {
    #[default]
    Alone,
    Hub(OpenHub),
    Guest(Link),
}

impl HubPart {
    /// A screen was locked. The work with another's hub ends with it, because it holds the key; it is taken up again when
    /// somebody opens the screen.
    pub(super) fn screen_locked(&mut self) {
        if matches!(self.at, At::Guest(_)) {
            self.at = At::Alone;
        }
    }
}

impl App {
    pub(super) fn hub_state(&mut self) -> Result<HubView, Failure> {
        let opened = self.opened.as_ref().ok_or(Failure::new(Code::AppLocked))?;
        let home = &opened.home;
        let has_certificate = home.hub_credential()?.is_some();
        let hindrance = (!has_certificate).then(|| Failure::new(Code::HubNotCertified).zh());
        let (mut hub, mut joined) = (None, None);
        let mut sentence = self.hub.last.map(|code| Failure::new(code).zh());
        let phase = match &mut self.hub.at {
            At::Alone => HubPhase::Alone,
            At::Hub(open) => {
                if open.is_out_of_reach() {
                    sentence = Some(Failure::new(Code::HallOffline).zh());
                }
                hub = Some(open.shown(self.host.tick_ms()));
                HubPhase::Hub
            }
            At::Guest(link) => {
                let looked = link.looked();
                sentence = looked.failure.as_ref().map(Failure::zh).or(sentence);
                joined = Some(HubJoined {
                    address: link.hub.address.to_string(),
                    name: name_of(home, link.hub.device)?,
                    reached: looked.is_reached,
                    given: looked.given,
                    taken: looked.taken,
                    waiting: looked.waiting,
                });
                HubPhase::Guest
            }
        };
        Ok(HubView { phase, hindrance, sentence, hub, joined })
    }

    /// Opens the hall. Another's hub is left: one device is in one hall.
    pub(super) fn hub_start(&mut self) -> Result<HubView, Failure> {
        let opened = self.opened.as_mut().ok_or(Failure::new(Code::AppLocked))?;
        let ability = self.abilities.hall.as_ref().ok_or(Failure::new(Code::AtDeviceOnly))?;
        if !matches!(self.hub.at, At::Hub(_)) {
            let open = OpenHub::open(&self.folder, &opened.key, &self.host, ability)?;
            opened.home.forget_hub()?;
            self.hub = HubPart { at: At::Hub(open), last: None };
        }
        self.hub_state()
    }

    /// Closes the hall: every browser's session ends, and devices go on alone.
    pub(super) fn hub_stop(&mut self) -> Result<HubView, Failure> {
        if self.opened.is_none() {
            return Err(Failure::new(Code::AppLocked));
        }
        if matches!(self.hub.at, At::Hub(_)) {
            self.hub = HubPart::default();
        }
        self.hub_state()
    }

    pub(super) fn hub_join(&mut self, ask: &HubJoinAsk) -> Result<HubView, Failure> {
        let opened = self.opened.as_mut().ok_or(Failure::new(Code::AppLocked))?;
        if self.abilities.hall.is_none() {
            return Err(Failure::new(Code::AtDeviceOnly));
        }
        if matches!(self.hub.at, At::Hub(_)) {
            return Err(Failure::new(Code::HubIsOpen));
        }
        let hub = opened.home.read_hub_text(&ask.text)?;
        let kept = format!("{}/{}", hub.address, hex(&hub.device));
        opened.home.store.set_setting(Setting::Hub, kept.as_bytes()).map_err(failed)?;
        let link = Link::start(&self.folder, &opened.key, &self.host, hub)?;
        self.hub = HubPart { at: At::Guest(link), last: None };
        self.hub_state()
    }

    pub(super) fn hub_leave(&mut self) -> Result<HubView, Failure> {
        let opened = self.opened.as_mut().ok_or(Failure::new(Code::AppLocked))?;
        opened.home.forget_hub()?;
        if matches!(self.hub.at, At::Guest(_)) {
            self.hub = HubPart::default();
        }
        self.hub_state()
    }

    /// A screen was opened: the hub that was joined is worked with again. What fails here is told on the hall's screen.
    pub(super) fn join_again(&mut self) {
        let Some(opened) = self.opened.as_ref() else { return };
        if self.abilities.hall.is_none() || !matches!(self.hub.at, At::Alone) {
            return;
        }
        let kept = opened.home.store().setting_text(Setting::Hub).ok().flatten();
        let Some(kept) = kept.filter(|kept| !kept.is_empty()) else { return };
        let link = opened.home.read_hub_text(&kept);
        let link = link.and_then(|hub| Link::start(&self.folder, &opened.key, &self.host, hub));
        match link {
            Ok(link) => self.hub.at = At::Guest(link),
            Err(failure) => self.hub.last = Some(failure.code),
        }
    }

    /// By a timer: browsers nobody is at are locked, and a hall where nobody is left is closed.
    pub(super) fn tend_hall(&mut self) {
        let (now, is_locked) = (moment(&*self.host), self.opened.is_none());
        let At::Hub(open) = &mut self.hub.at else { return };
        open.hall.lock_idle();
        if open.has_ended() {
            self.hub = HubPart { at: At::Alone, last: Some(Code::HubStopped) };
            return;
        }
        if !is_locked || open.is_anybody_there() {
            open.busy = now;
        }
        if idle::is_over(open.busy, now) {
            self.hub = HubPart::default();
        }
    }
}

impl Home {
    fn forget_hub(&mut self) -> Result<(), Failure> {
        self.store.set_setting(Setting::Hub, b"").map_err(failed)
    }
}

fn name_of(home: &Home, device: [u8; 16]) -> Result<String, Failure> {
    let devices = home.store().devices().map_err(failed)?;
    let found = devices.into_iter().find(|known| known.device == device);
    Ok(found.map(|known| known.name).unwrap_or_default())
}
