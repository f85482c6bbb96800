//! The hub of this device, in a thread with a runtime of its own: opened, shown, closed. Dropping it closes it: every browser's
//! session ends and the keys go. Not what it answers (`crate::hub`, `crate::hall`).

use super::HallAbility;
use crate::app::idle::Seen;
use crate::app::moment;
use crate::hall::{
    Hall, PairingCode, SeatShown, pairing_address, print_fingerprint, reached_at, router,
};
use crate::home::Home;
use crate::host::Host;
use crate::hub::{Guest, HubWatch};
use axum::Router;
use protocol::rpc::hall::{GuestKind, HubGuest, HubOpen};
use protocol::{Code, Failure};
use serve::{Files, media_type};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::time::Duration;
use store::Key;
use tokio::sync::oneshot;

/// What opening may take: a database and a socket.
const OPEN_MAX: Duration = Duration::from_secs(20);
/// What closing is waited for, so that its port is free for whoever opens again.
const CLOSE_MAX: Duration = Duration::from_secs(5);
/// A code is shown so long, ms; whoever reads it then still has a minute.
const CODE_SHOWN_MS: i64 = 4 * 60_000;
/// A browser that was not heard from for so long is not there, s: a page at work asks at least every 20.
const BROWSER_SILENT_S: u32 = 30;

pub(in crate::app) struct OpenHub {
    pub hall: Arc<Hall>,
    /// When somebody was last there.
    pub busy: Seen,
    watch: HubWatch,
    fingerprint: String,
    takes_browsers: bool,
    shown: Option<(PairingCode, i64)>,
    stop: Option<oneshot::Sender<()>>,
    /// Hears nothing but the thread's end.
    ended: Receiver<()>,
}

impl OpenHub {
    pub fn open(
        folder: &Path,
        key: &Key,
        host: &Arc<dyn Host>,
        ability: &HallAbility,
    ) -> Result<OpenHub, Failure> {
        let listen = ability.listen;
        match OpenHub::open_at(folder, key, host, ability, listen) {
            // The address is told anew with every opening: another port is as good.
            Err(failure) if failure.code == Code::AddressInUse && listen.port() != 0 => {
                let free = SocketAddr::new(listen.ip(), 0);
                OpenHub::open_at(folder, key, host, ability, free)
            }
            opened => opened,
        }
    }

    fn open_at(
        folder: &Path,
        key: &Key,
        host: &Arc<dyn Host>,
        ability: &HallAbility,
        listen: SocketAddr,
    ) -> Result<OpenHub, Failure> {
        let home = Home::open(folder, key, host.clone())?;
        let fingerprint = home.certificate_fingerprint()?;
        let fingerprint = fingerprint.ok_or(Failure::new(Code::HubNotCertified))?;
        let hall = Arc::new(Hall::new(folder, host.clone()));
        let files: Files = (ability.files)()
            .into_iter()
            .map(|(name, bytes)| {
                let kind = media_type(&name);
                (name, (kind, bytes))
            })
            .collect();
        let takes_browsers = files.contains_key("pair.html");
        let beside = match takes_browsers {
            true => Some(router(home.hall_page(hall.clone(), files)?)),
            false => None,
        };
        let (stop, stopped) = oneshot::channel();
        let (told, bound) = mpsc::sync_channel(1);
        let (at_work, ended) = mpsc::channel::<()>();
        let order = Order { home, key: key.clone(), listen, beside };
        let run = move || {
            serve(order, &told, stopped);
            drop(at_work);
        };
        let thread = std::thread::Builder::new().name("hub".to_owned()).spawn(run);
        thread.map_err(|_| Failure::new(Code::Internal))?;
        let watch = bound.recv_timeout(OPEN_MAX).map_err(|_| Failure::new(Code::Internal))??;
        hall.open();
        let (busy, stop) = (moment(&**host), Some(stop));
        Ok(OpenHub { hall, busy, watch, fingerprint, takes_browsers, shown: None, stop, ended })
    }

    /// True when the thread has gone without being told to.
    pub fn has_ended(&self) -> bool {
        self.ended.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// True where this machine is in no network: nobody else comes to loopback.
    pub fn is_out_of_reach(&self) -> bool {
        let bound = self.watch.state().address;
        bound.ip().is_unspecified() && reached_at(bound).ip().is_loopback()
    }

    /// A device that calls, or somebody signed in at a browser.
    pub fn is_anybody_there(&self) -> bool {
        let devices = self.watch.state().guests;
        let is_signed_in = |seat: SeatShown| seat.operator.is_some();
        devices.iter().any(|guest| guest.connected)
            || self.hall.shown().into_iter().any(is_signed_in)
    }

    pub fn shown(&mut self, now_ms: i64) -> HubOpen {
        let state = self.watch.state();
        let address = reached_at(state.address);
        let url = format!("https://{address}");
        let code = self.code(now_ms);
        let pairing = code.as_ref().map(|(code, _)| pairing_address(&url, &self.fingerprint, code));
        let join = format!("{address}/{}", state.device);
        let devices = state.guests.into_iter().map(of_device);
        let guests = devices.chain(self.hall.shown().into_iter().map(of_browser)).collect();
        HubOpen {
            code_valid_s: code.as_ref().map_or(0, |(_, left_s)| *left_s),
            code: code.map(|(code, _)| code),
            code_qr: pairing.as_deref().map(qr).unwrap_or_default(),
            fingerprint: print_fingerprint(&self.fingerprint),
            join_qr: qr(&join),
            join,
            url,
            guests,
        }
    }

    /// The code to show and for how many seconds it is good: another as soon as this one was used or is old.
    fn code(&mut self, now_ms: i64) -> Option<(String, u32)> {
        if !self.takes_browsers {
            return None;
        }
        let is_good = |(made, at_ms): &(PairingCode, i64)| {
            (0..CODE_SHOWN_MS).contains(&(now_ms - at_ms)) && self.hall.takes(&made.code)
        };
        if !self.shown.as_ref().is_some_and(is_good) {
            self.shown = self.hall.make_code().ok().map(|made| (made, now_ms));
        }
        let (made, at_ms) = self.shown.as_ref()?;
        let gone_s = u32::try_from((now_ms - at_ms) / 1000).unwrap_or(0);
        Some((made.code.clone(), made.valid_s.saturating_sub(gone_s)))
    }
}

impl Drop for OpenHub {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.hall.close();
        // What is not closed by then closes by itself; nobody's session is left in it.
        let _ = self.ended.recv_timeout(CLOSE_MAX);
    }
}

/// What the thread needs.
struct Order {
    home: Home,
    key: Key,
    listen: SocketAddr,
    beside: Option<Router>,
}

/// Answers until the other end of `stopped` is gone.
fn serve(
    order: Order,
    told: &SyncSender<Result<HubWatch, Failure>>,
    stopped: oneshot::Receiver<()>,
) {
    // Whoever asked may have given up waiting: then nobody is told, and the hub ends at once.
    let tell = |answer| drop(told.send(answer));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let Ok(runtime) = runtime else { return tell(Err(Failure::new(Code::Internal))) };
    runtime.block_on(async {
        match order.home.serve_hub(&order.key, order.listen, order.beside).await {
            Err(failure) => tell(Err(failure)),
            Ok(serving) => {
                tell(Ok(serving.watch()));
                serving.run(async { stopped.await.unwrap_or(()) }).await;
            }
        }
    });
    runtime.shutdown_timeout(CLOSE_MAX);
}

fn of_device(guest: Guest) -> HubGuest {
    let name = match guest.name.is_empty() {
        false => guest.name,
        // Nobody named it: told apart by its id.
        true => format!("设备 {}", guest.device.get(..4).unwrap_or_default()),
    };
    HubGuest {
        kind: GuestKind::Device,
        name,
        stations: guest.stations,
        connected: guest.connected,
        silent_s: u32::try_from(guest.silent_ms / 1000).unwrap_or(0),
        unsent: Some(guest.unsent),
        // Rounded to the nearest second: half of one is a network's way.
        clock_offset_s: Some(guest.clock_offset_ms.saturating_add(500).div_euclid(1000)),
    }
}

fn of_browser(seat: SeatShown) -> HubGuest {
    HubGuest {
        kind: GuestKind::Browser,
        name: seat.operator.unwrap_or_default(),
        stations: seat.stations,
        connected: seat.silent_s < BROWSER_SILENT_S,
        silent_s: seat.silent_s,
        unsent: None,
        clock_offset_s: None,
    }
}

/// A text as the dark and light squares of a QR.
fn qr(text: &str) -> Vec<String> {
    let Ok(code) = qrcode::QrCode::new(text) else { return Vec::new() };
    let width = code.width();
    let sign = |color: &qrcode::Color| match color {
        qrcode::Color::Dark => '#',
        qrcode::Color::Light => '.',
    };
    code.into_colors().chunks(width).map(|row| row.iter().map(sign).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_is_square_with_its_three_corners() {
        let rows = qr("https://192.168.1.5:8443/#ab:7K3M");
        assert!(rows.len() >= 21 && rows.iter().all(|row| row.len() == rows.len()));
        for row in [&rows[0], &rows[rows.len() - 7]] {
            assert!(row.starts_with("#######"), "{row}");
        }
        assert!(rows[0].ends_with("#######"));
    }

    #[test]
    fn a_guests_clock_is_told_in_whole_seconds() {
        let check = |ms: i64, seconds: i64| {
            let guest = Guest {
                device: String::new(),
                name: String::new(),
                stations: Vec::new(),
                connected: true,
                silent_ms: 1_999,
                unsent: 3,
                clock_offset_ms: ms,
            };
            let shown = of_device(guest);
            assert_eq!(shown.clock_offset_s, Some(seconds), "{ms}");
            assert_eq!((shown.silent_s, shown.unsent), (1, Some(3)));
        };
        check(400, 0);
        check(-499, 0);
        check(1_501, 2);
        check(-3_600_000, -3_600);
    }
}
