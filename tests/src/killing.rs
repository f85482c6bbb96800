//! Processes killed with SIGKILL at moments drawn from a seed and spread over the whole life they would have had.
//! Not what has to hold afterwards: that is the story's.

use crate::measure::data::Lcg;
use crate::program::{Words, jkkc};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than any command of these stories takes, so that a test that hangs ends.
const COMMAND_S_MAX: u64 = 120;

/// A process under way; what it says is read as it says it.
pub struct Running {
    child: Child,
    begun: Instant,
    /// Lines of standard error; closed when the process has ended.
    lines: Receiver<String>,
    told: Vec<String>,
    out: JoinHandle<String>,
}

/// What is left of a process.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    /// Lines of standard error.
    pub told: Vec<String>,
    pub lasted: Duration,
}

impl Ended {
    pub fn was_killed(&self) -> bool {
        self.status.signal() == Some(9)
    }
}

/// Starts `jkkc` with these words and `--json`.
pub fn begin(words: &Words) -> Running {
    begin_program(jkkc(), &words.clone().and("--json"))
}

pub fn begin_program(program: &Path, words: &Words) -> Running {
    let mut child = Command::new(program)
        .args(words.all())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    let (err, mut out) = (child.stderr.take().unwrap(), child.stdout.take().unwrap());
    let (line, lines) = channel();
    std::thread::spawn(move || {
        // A line cut by the end of the process was not said.
        let whole = |bytes: Vec<u8>| bytes.ends_with(b"\n").then_some(bytes);
        let mut reader = BufReader::new(err);
        loop {
            let mut bytes = Vec::new();
            if reader.read_until(b'\n', &mut bytes).unwrap_or(0) == 0 {
                return;
            }
            let Some(bytes) = whole(bytes) else { return };
            // Nobody listens any more: the process is being ended.
            let _ = line.send(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        }
    });
    let out = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = out.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    Running { child, begun: Instant::now(), lines, told: Vec::new(), out }
}

impl Running {
    /// Hears the process until this moment of its life or its end. True: it still runs.
    pub fn runs_until(&mut self, moment: Duration) -> bool {
        loop {
            let left = moment.saturating_sub(self.begun.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.told.push(line),
                Err(error) => return error == std::sync::mpsc::RecvTimeoutError::Timeout,
            }
        }
    }

    /// The next line it says on standard error.
    pub fn next_line(&mut self) -> String {
        let line = self.lines.recv_timeout(Duration::from_secs(COMMAND_S_MAX));
        let line = line.unwrap_or_else(|e| panic!("nothing said: {e}"));
        self.told.push(line.clone());
        line
    }

    /// SIGKILL, at once.
    pub fn kill(mut self) -> Ended {
        // It may have ended by itself: then there is nothing to kill.
        let _ = self.child.kill();
        self.end()
    }

    pub fn kill_at(mut self, moment: Duration) -> Ended {
        self.runs_until(moment);
        self.kill()
    }

    /// Waits for its own end.
    pub fn end(mut self) -> Ended {
        if self.runs_until(self.begun.elapsed() + Duration::from_secs(COMMAND_S_MAX)) {
            let _ = self.child.kill();
            panic!("a command that does not end: {:?}", self.told);
        }
        let lasted = self.begun.elapsed();
        let status = self.child.wait().unwrap();
        let out = self.out.join().unwrap();
        Ended { status, out, told: self.told, lasted }
    }
}

/// Draws moments of a life, and asks now and then for an undisturbed one: machines get busy and idle again, and those
/// that end before their moment are the short ones.
#[derive(Debug, Default)]
pub struct Moments {
    life: Duration,
    drawn: usize,
}

/// Moments drawn between two undisturbed lives.
const MOMENTS_PER_LIFE: usize = 40;

impl Moments {
    /// Any moment from the start to a little after the expected end; `None`: let it live, and `learn` from it.
    pub fn draw(&mut self, random: &mut Lcg) -> Option<Duration> {
        self.drawn += 1;
        if self.drawn % MOMENTS_PER_LIFE == 1 {
            return None;
        }
        let parts = u32::try_from(random.below(1_050)).unwrap_or(0);
        Some(self.life * parts / 1_000)
    }

    pub fn learn(&mut self, whole: Ended) -> Ended {
        self.life = whole.lasted;
        whole
    }
}
