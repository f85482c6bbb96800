//! The line between devices and the server: bytes passed on both ways, and cut at a given byte. Devices know
//! the server by the line's address, so that it may come back elsewhere. It reads nothing of what it carries.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

/// When the line is cut, once.
pub enum Cut {
    /// As soon as this many bytes have gone up.
    Up(usize),
    /// When the server answers anything after this many bytes have gone up: it has done its part, and nobody
    /// hears of it.
    AnswerAfter(usize),
}

/// What happens at the cut, before the connection ends.
type AtCut = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    /// Where it leads; nowhere while the network is down.
    to: Option<SocketAddr>,
    cut: Option<(Cut, AtCut)>,
    /// Bytes gone up since the cut was asked for.
    up: usize,
    /// Both ends of what it carries just now, by the order in which they came.
    carried: BTreeMap<u64, [TcpStream; 2]>,
    next: u64,
}

/// A line that listens until the process ends.
#[derive(Clone)]
pub struct Line {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
}

impl Line {
    /// A line that leads nowhere yet.
    pub fn new() -> Line {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let line = Line { state: Arc::default(), address };
        let carrier = line.clone();
        thread::spawn(move || {
            for device in listener.incoming().flatten() {
                let line = carrier.clone();
                thread::spawn(move || line.carry(device));
            }
        });
        line
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn lead_to(&self, server: SocketAddr) {
        self.lock().to = Some(server);
    }

    /// The network is down: whoever connects is let go again.
    pub fn take_down(&self) {
        self.lock().to = None;
    }

    /// The same, and whoever is in the middle of something hears nothing more of it.
    pub fn sever(&self) {
        let mut state = self.lock();
        state.to = None;
        for end in std::mem::take(&mut state.carried).into_values().flatten() {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Cuts the line once and does something at that moment.
    pub fn cut(&self, when: Cut, then: impl FnOnce() + Send + 'static) {
        let mut state = self.lock();
        state.up = 0;
        state.cut = Some((when, Box::new(then)));
    }

    /// True while an asked for cut has not happened.
    pub fn is_to_be_cut(&self) -> bool {
        self.lock().cut.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn carry(&self, device: TcpStream) {
        let Some(to) = self.lock().to else { return };
        let Ok(server) = TcpStream::connect(to) else { return };
        let both = (device.try_clone(), server.try_clone());
        let (Ok(device_back), Ok(server_back)) = both else { return };
        let Some(number) = self.begin(&device, &server) else { return };
        let line = self.clone();
        let up = thread::spawn(move || line.pass(device, server, true));
        self.pass(server_back, device_back, false);
        let _ = up.join();
        self.lock().carried.remove(&number);
    }

    /// From here on it can be severed; `None` where the line was taken down meanwhile.
    fn begin(&self, device: &TcpStream, server: &TcpStream) -> Option<u64> {
        let ends = [device.try_clone().ok()?, server.try_clone().ok()?];
        let mut state = self.lock();
        state.to?;
        state.next += 1;
        let number = state.next;
        state.carried.insert(number, ends);
        Some(number)
    }

    /// Passes one direction on until it ends, then closes both.
    fn pass(&self, mut from: TcpStream, mut to: TcpStream, is_up: bool) {
        let mut bytes = [0_u8; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if let Some(then) = self.is_cut_by(count, is_up) {
                then();
                break;
            }
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }

    fn is_cut_by(&self, count: usize, is_up: bool) -> Option<AtCut> {
        let mut state = self.lock();
        if is_up {
            state.up += count;
        }
        let is_due = match &state.cut {
            Some((Cut::Up(bytes), _)) => is_up && state.up >= *bytes,
            Some((Cut::AnswerAfter(bytes), _)) => !is_up && state.up >= *bytes,
            None => false,
        };
        if is_due { state.cut.take().map(|(_, then)| then) } else { None }
    }
}

impl Default for Line {
    fn default() -> Line {
        Line::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says back what it hears.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut one in listener.incoming().flatten() {
                let mut bytes = [0; 64];
                while let Ok(count @ 1..) = one.read(&mut bytes) {
                    one.write_all(&bytes[..count]).unwrap();
                }
            }
        });
        address
    }

    fn ask(line: &Line, text: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(line.address).unwrap();
        let mut heard = vec![0; text.len()];
        let done = stream.write_all(text).and_then(|()| stream.read_exact(&mut heard));
        if done.is_ok() { heard } else { Vec::new() }
    }

    #[test]
    fn a_line_passes_on_until_it_is_cut_and_again_after() {
        let line = Line::new();
        assert_eq!(ask(&line, b"nobody"), b"");
        line.lead_to(echo());
        assert_eq!(ask(&line, b"hello"), b"hello");
        for cut in [Cut::Up(4), Cut::AnswerAfter(4)] {
            line.cut(cut, || {});
            assert_eq!(ask(&line, b"abc"), b"abc", "below the mark");
            assert_eq!(ask(&line, b"abc"), b"", "above it");
            assert!(!line.is_to_be_cut());
            assert_eq!(ask(&line, b"abcdef"), b"abcdef", "once only");
        }
        line.take_down();
        assert_eq!(ask(&line, b"hello"), b"");
    }

    #[test]
    fn a_severed_line_ends_what_is_under_way_and_one_taken_down_does_not() {
        let line = Line::new();
        line.lead_to(echo());
        let mut heard = [0; 2];
        let mut say = |stream: &mut TcpStream| {
            stream.write_all(b"ab").and_then(|()| stream.read_exact(&mut heard)).is_ok()
        };
        let mut stream = TcpStream::connect(line.address()).unwrap();
        assert!(say(&mut stream));
        line.take_down();
        assert!(say(&mut stream), "control");
        line.sever();
        assert!(!say(&mut stream));
        line.lead_to(echo());
        assert!(!say(&mut stream), "it does not come back");
        let mut another = TcpStream::connect(line.address()).unwrap();
        assert!(say(&mut another), "but another does");
        // It is still open, so the line cannot have forgotten it yet: it is the only one carried.
        assert_eq!(line.lock().carried.len(), 1);
    }
}
