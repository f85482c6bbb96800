//! A hall's network of its own, made by `ip netns`: a namespace for each place and one more with the bridge that joins them, so
//! that a cut is a link that goes down as at a plug pulled out. Nothing outside these namespaces is touched, and no address but
//! theirs is used. They go with their owner; what a killed run left goes with the next.

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where `ip netns` keeps its namespaces.
const KEPT: &str = "/run/netns";
/// How ours begin; the process follows.
const HEAD: &str = "jkkc-test-";

/// Namespaces of one hall.
pub struct Netns {
    head: String,
    places: usize,
}

impl Netns {
    /// So many places, each reaching every other; why not, where this machine does not allow it.
    pub fn new(places: usize) -> Result<Netns, String> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        sweep(Path::new("/proc"), Path::new(KEPT));
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        // From here on whatever was made goes again, also where the rest cannot be made.
        let own = Netns { head: format!("{HEAD}{}-{made}-", std::process::id()), places };
        let switch = own.switch();
        ip(&format!("netns add {switch}"))?;
        ip(&format!("-n {switch} link add hall type bridge"))?;
        ip(&format!("-n {switch} link set hall up"))?;
        for place in 0..places {
            let (name, port, address) = (own.name(place), port(place), own.address(place));
            ip(&format!("netns add {name}"))?;
            ip(&format!("-n {switch} link add {port} type veth peer name wire netns {name}"))?;
            ip(&format!("-n {switch} link set {port} master hall up"))?;
            ip(&format!("-n {name} addr add {address}/24 dev wire"))?;
            ip(&format!("-n {name} link set wire up"))?;
            ip(&format!("-n {name} link set lo up"))?;
        }
        Ok(own)
    }

    fn name(&self, place: usize) -> String {
        format!("{}{place}", self.head)
    }

    fn switch(&self) -> String {
        format!("{}hall", self.head)
    }

    /// A private address, which nobody outside has a way to.
    pub fn address(&self, place: usize) -> IpAddr {
        let last = u8::try_from(place + 1).unwrap();
        IpAddr::V4(Ipv4Addr::new(10, 77, 0, last))
    }

    /// This thread, and every thread it starts, is at a place from here on.
    pub fn enter(&self, place: usize) {
        let kept = File::open(Path::new(KEPT).join(self.name(place))).unwrap();
        move_into_link_name_space(kept.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
    }

    /// Takes the bridge's end of a place's link down: what is on its way is lost, and nobody is told.
    pub fn cut(&self, place: usize) {
        ip(&format!("-n {} link set {} down", self.switch(), port(place))).unwrap();
    }

    pub fn mend(&self, place: usize) {
        ip(&format!("-n {} link set {} up", self.switch(), port(place))).unwrap();
    }
}

impl Drop for Netns {
    fn drop(&mut self) {
        let places = (0..self.places).map(|place| self.name(place));
        for name in places.chain([self.switch()]) {
            remove(&name);
        }
    }
}

fn port(place: usize) -> String {
    format!("port{place}")
}

/// Removes what runs left that are no more.
fn sweep(processes: &Path, kept: &Path) {
    left(processes, kept).iter().for_each(|name| remove(name));
}

/// Namespaces of ours whose process has ended.
fn left(processes: &Path, kept: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(kept).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_left = |name: &String| {
        let process = name.strip_prefix(HEAD).and_then(|rest| rest.split('-').next());
        process.is_some_and(|process| {
            process.parse::<u32>().is_ok() && !processes.join(process).exists()
        })
    };
    names.filter(is_left).collect()
}

fn remove(name: &str) {
    if PathBuf::from(KEPT).join(name).exists() {
        // Nobody is left in it, or it goes when they are.
        let _ = ip(&format!("netns del {name}"));
    }
}

/// One `ip` command; what it said where it did not go well.
fn ip(words: &str) -> Result<(), String> {
    let mut command = Command::new("ip");
    command.args(words.split(' ')).stdin(Stdio::null()).env("LC_ALL", "C");
    let done = command.output().map_err(|error| format!("ip: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("ip {words}: {}", String::from_utf8_lossy(&done.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::time::Duration;

    fn at<T: Send>(spaces: &Netns, place: usize, what: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let there = scope.spawn(|| {
                spaces.enter(place);
                what()
            });
            there.join().unwrap()
        })
    }

    /// With a reason, where this machine makes none: what needs them then says so too.
    #[test]
    fn places_reach_each_other_and_nothing_else_until_cut_and_all_goes_with_them_unless_ip_netns_is_not_permitted_here()
     {
        let spaces = match Netns::new(2) {
            Ok(spaces) => spaces,
            Err(why) => return println!("no network namespaces on this machine: {why}"),
        };
        let here = TcpListener::bind("127.0.0.1:0").unwrap();
        let outside = here.local_addr().unwrap();
        let listener = at(&spaces, 0, || TcpListener::bind((spaces.address(0), 0)).unwrap());
        let address = listener.local_addr().unwrap();
        let reach = |to: SocketAddr| TcpStream::connect_timeout(&to, Duration::from_secs(1));
        assert!(reach(address).is_err(), "nobody comes in from outside");
        assert!(at(&spaces, 1, || reach(outside)).is_err(), "nor goes out");
        let mut stream = at(&spaces, 1, || reach(address)).unwrap();
        let mut other = listener.accept().unwrap().0;
        stream.write_all(b"a").unwrap();
        other.read_exact(&mut [0]).unwrap();
        spaces.cut(1);
        assert!(at(&spaces, 1, || reach(address)).is_err());
        spaces.mend(1);
        // A bridge takes a moment to learn that the line is there again.
        assert!((0..10).any(|_| at(&spaces, 1, || reach(address)).is_ok()));
        let kept = Path::new(KEPT).join(spaces.name(0));
        assert!(kept.exists());
        drop(spaces);
        assert!(!kept.exists());
    }

    #[test]
    fn only_what_a_run_left_that_is_no_more_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let (processes, kept) = (folder.path().join("proc"), folder.path().join("netns"));
        std::fs::create_dir_all(processes.join("77")).unwrap();
        std::fs::create_dir_all(&kept).unwrap();
        for name in ["jkkc-test-77-0-0", "jkkc-test-78-0-hall", "somebody-else", "jkkc-test-x-0"] {
            std::fs::write(kept.join(name), "").unwrap();
        }
        assert_eq!(left(&processes, &kept), ["jkkc-test-78-0-hall"]);
        assert!(left(&processes, &folder.path().join("none")).is_empty());
    }
}
