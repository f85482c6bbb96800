//! The fuzzer as a program, for more inputs than a test has time for: `--inputs N`, `--seed S`, `--only NAME`. What breaks a
//! promise is written to `out/fuzz`, ready to be moved to `tests/corpus`. The fuzzer itself is `stories::fuzz`.

use std::path::Path;
use std::process::ExitCode;
use stories::fuzz::{self, Fault, meter::Meter};

#[global_allocator]
static METER: Meter = Meter;

const OUT: &str = "out/fuzz";
const INPUTS: usize = 1_000_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| {
        let at = arguments.iter().position(|argument| argument == word)?;
        arguments.get(at + 1).cloned()
    };
    let number = |word: &str| after(word).and_then(|text| text.parse::<u64>().ok());
    let inputs = number("--inputs").map_or(INPUTS, |inputs| inputs as usize);
    let seed = number("--seed").unwrap_or(1);
    let only = after("--only");
    let mut targets = fuzz::targets();
    targets.retain(|target| only.as_ref().is_none_or(|only| target.name == only));
    let report = fuzz::run(&targets, inputs, seed);
    print!("{}", report.table());
    if let Some(peak) = peak_mib() {
        println!("the process held {peak} MiB at most");
    }
    for fault in &report.faults {
        keep(fault);
    }
    let complaints = report.complaints();
    complaints.iter().for_each(|line| eprintln!("{line}"));
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The most this process ever held, where the system tells.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? >> 10)
}

fn keep(fault: &Fault) {
    let folder = Path::new(OUT).join(fault.target);
    let file = folder.join(format!("{:016x}-{}", fault.seed, fault.number));
    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, &fault.input));
    match kept {
        Ok(()) => eprintln!("{}", file.display()),
        Err(error) => eprintln!("{}: {error}", file.display()),
    }
}
