//! How each place of a hall comes to its hub, and how one place's wire is cut and mended: a line on loopback each, or a network
//! namespace each. Not what is said over them.

use crate::line::Line;
#[cfg(target_os = "linux")]
use crate::netns::Netns;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub enum Wires {
    /// Any machine.
    Lines(Vec<Line>),
    /// Where `ip netns` is permitted.
    #[cfg(target_os = "linux")]
    Spaces(Netns),
}

impl Wires {
    pub fn lines(places: usize) -> Wires {
        Wires::Lines((0..places).map(|_| Line::new()).collect())
    }

    /// Where a hub at this place listens.
    pub fn listen(&self, place: usize) -> SocketAddr {
        let address = match self {
            Wires::Lines(lines) => {
                assert!(place < lines.len());
                IpAddr::V4(Ipv4Addr::LOCALHOST)
            }
            #[cfg(target_os = "linux")]
            Wires::Spaces(spaces) => spaces.address(place),
        };
        SocketAddr::new(address, 0)
    }

    /// From now on this is the hub that wires lead to.
    pub fn lead_to(&self, hub: SocketAddr) {
        match self {
            Wires::Lines(lines) => lines.iter().for_each(|line| line.lead_to(hub)),
            // Whoever knows its address reaches it.
            #[cfg(target_os = "linux")]
            Wires::Spaces(_) => {}
        }
    }

    /// The address by which a place comes to a hub.
    pub fn way(&self, place: usize, hub: SocketAddr) -> SocketAddr {
        match self {
            Wires::Lines(lines) => lines[place].address(),
            #[cfg(target_os = "linux")]
            Wires::Spaces(_) => hub,
        }
    }

    /// A place reaches nobody, and what it was in the middle of is not answered.
    pub fn cut(&self, place: usize) {
        match self {
            Wires::Lines(lines) => lines[place].sever(),
            #[cfg(target_os = "linux")]
            Wires::Spaces(spaces) => spaces.cut(place),
        }
    }

    pub fn mend(&self, place: usize, hub: SocketAddr) {
        match self {
            Wires::Lines(lines) => lines[place].lead_to(hub),
            #[cfg(target_os = "linux")]
            Wires::Spaces(spaces) => spaces.mend(place),
        }
    }

    /// This thread, and every thread it starts, is at a place from here on.
    pub fn enter(&self, place: usize) {
        match self {
            Wires::Lines(lines) => assert!(place < lines.len()),
            #[cfg(target_os = "linux")]
            Wires::Spaces(spaces) => spaces.enter(place),
        }
    }

    /// Does something at a place: what it opens is there.
    pub fn at<T: Send>(&self, place: usize, what: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let there = scope.spawn(|| {
                self.enter(place);
                what()
            });
            there.join().unwrap()
        })
    }
}
