//! Every test program of the workspace, two at a time: many of them wait for a disk, a socket or a browser, and one after
//! the other they leave a core idle. Those that measure run by themselves at the end. What each says comes out whole. One
//! that does not end is ended, and told with what runs in it.
//! Not what they test, and not the doc tests, which cargo runs itself.

use crate::run;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

/// One compiled program of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The file of tests, or the crate whose own tests these are.
    pub name: String,
    executable: PathBuf,
    /// The package's folder, where cargo would start it.
    folder: PathBuf,
}

/// What a program said and how it ended.
pub struct Ran {
    pub text: String,
    pub is_good: bool,
}

const TOGETHER: usize = 2;
/// The longest ones begin first, so that none is left over at the end; the rest in cargo's order.
const LONG: [&str; 9] =
    ["storage", "faults", "killed", "backup", "simulation", "fuzz", "window", "day", "spoiled"];
/// These measure time or memory.
const ALONE: [&str; 3] = ["speed", "paper_speed", "first_open"];

/// The longest takes seven minutes beside another one. What takes this long waits for something that does not come.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Compiles all of them. None where something does not compile; the compiler has said why.
pub fn build() -> Option<Vec<Program>> {
    let mut cargo = run::cargo(&["test", "--workspace", "--no-run"]);
    cargo.arg("--message-format=json-render-diagnostics");
    let done = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().ok()?;
    if !done.status.success() {
        return None;
    }
    Some(String::from_utf8_lossy(&done.stdout).lines().filter_map(program).collect())
}

/// The program in one of cargo's JSON lines, where the line tells of one with tests.
fn program(line: &str) -> Option<Program> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    (message["profile"]["test"] == true).then_some(())?;
    Some(Program {
        name: message["target"]["name"].as_str()?.to_owned(),
        executable: message["executable"].as_str()?.into(),
        folder: Path::new(message["manifest_path"].as_str()?).parent()?.to_owned(),
    })
}

/// Runs them all and gives each one's words to `read` as it ends.
pub fn run(programs: &[Program], read: impl FnMut(&Ran)) {
    run_for(PATIENCE, programs, read);
}

/// Each for so long at most.
fn run_for(patience: Duration, programs: &[Program], mut read: impl FnMut(&Ran)) {
    let (alone, mut beside): (Vec<_>, Vec<_>) =
        programs.iter().partition(|one| ALONE.contains(&one.name.as_str()));
    let place = |one: &Program| LONG.iter().position(|name| *name == one.name);
    beside.sort_by_key(|one| place(one).unwrap_or(LONG.len()));
    beside.reverse();
    let waiting = Mutex::new(beside);
    let (say, said) = channel();
    std::thread::scope(|scope| {
        for _ in 0..TOGETHER {
            let (say, waiting) = (say.clone(), &waiting);
            scope.spawn(move || {
                while let Some(one) = waiting.lock().ok().and_then(|mut rest| rest.pop()) {
                    tell(one, patience, &say);
                }
            });
        }
        drop(say);
        said.iter().for_each(|(one, ran, time)| show(one, &ran, time, &mut read));
    });
    for one in alone {
        let (ran, time) = run::timed(|| run_one(one, patience));
        show(one, &ran, time, &mut read);
    }
}

fn tell<'a>(one: &'a Program, patience: Duration, say: &Sender<(&'a Program, Ran, Duration)>) {
    let (ran, time) = run::timed(|| run_one(one, patience));
    // The other side listens until the last of us is gone.
    let _ = say.send((one, ran, time));
}

fn show(one: &Program, ran: &Ran, time: Duration, read: &mut impl FnMut(&Ran)) {
    println!("-- {}（{}）", one.name, run::spoken(time));
    print!("{}", ran.text);
    read(ran);
}

/// Both its outputs in one file, as a terminal would show them.
fn run_one(one: &Program, patience: Duration) -> Ran {
    let said = one.executable.with_extension("said");
    let started = File::create(&said).and_then(|out| {
        let err = out.try_clone()?;
        let mut command = Command::new(&one.executable);
        command.current_dir(&one.folder).env("CARGO_MANIFEST_DIR", &one.folder);
        // A group of its own: what it started ends with it.
        command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0).spawn()
    });
    let ended = started.and_then(|mut child| ended(&mut child, patience));
    let text = std::fs::read(&said).unwrap_or_default();
    // Kept only while it is read.
    let _ = std::fs::remove_file(&said);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    match &ended {
        Ok((_, None)) => {}
        Ok((_, Some(running))) => {
            let spoken = run::spoken(patience);
            text.push_str(&format!(
                "{} 没有在 {spoken}内结束，已停止。停止前在运行：\n{running}",
                one.name
            ));
        }
        Err(error) => text.push_str(&format!("{}: {error}\n", one.executable.display())),
    }
    Ran { text, is_good: ended.is_ok_and(|(status, _)| status.success()) }
}

/// How it ended; where it had to be ended, with what ran in it until then.
fn ended(child: &mut Child, patience: Duration) -> std::io::Result<(ExitStatus, Option<String>)> {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if let Some(status) = child.try_wait()? {
            return Ok((status, None));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    let group = child.id().to_string();
    let running = Command::new("pgrep").args(["-a", "-g", &group]).output()?;
    Command::new("kill").args(["-9", "--", &format!("-{group}")]).status()?;
    Ok((child.wait()?, Some(String::from_utf8_lossy(&running.stdout).into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(folder: &Path, name: &str, words: &str) -> Program {
        use std::os::unix::fs::PermissionsExt;
        let executable = folder.join(format!("{name}-0"));
        std::fs::write(&executable, format!("#!/bin/sh\n{words}\n")).unwrap();
        std::fs::set_permissions(&executable, PermissionsExt::from_mode(0o755)).unwrap();
        Program { name: name.to_owned(), executable, folder: folder.to_owned() }
    }

    #[test]
    fn a_program_with_tests_is_found_among_cargos_messages() {
        let line = r#"{"reason":"compiler-artifact","manifest_path":"/p/crates/a/Cargo.toml","target":{"name":"rows"},"profile":{"test":true},"executable":"/p/t/rows-1"}"#;
        let found = program(line).unwrap();
        assert_eq!(
            (found.name.as_str(), found.folder.as_path()),
            ("rows", Path::new("/p/crates/a"))
        );
        assert_eq!(program(&line.replace("true", "false")), None);
        assert_eq!(program(&line.replace("\"/p/t/rows-1\"", "null")), None);
    }

    #[test]
    fn every_program_runs_once_and_one_that_fails_is_told_with_its_words() {
        let folder = std::env::temp_dir().join(format!("xtask-programs-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let all = [
            shell(&folder, "speed", "echo alone"),
            shell(&folder, "rows", "echo good"),
            shell(&folder, "storage", "echo bad; echo worse >&2; exit 101"),
            Program {
                name: "gone".into(),
                executable: folder.join("gone-0"),
                folder: folder.clone(),
            },
        ];
        let mut seen = Vec::new();
        run(&all, |ran| {
            seen.push((ran.text.lines().next().unwrap_or_default().to_owned(), ran.is_good))
        });
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(seen.last(), Some(&("alone".to_owned(), true)), "what measures comes last");
        assert_eq!(seen.len(), all.len());
        assert!(
            seen.contains(&("bad".to_owned(), false)) && seen.contains(&("good".to_owned(), true))
        );
        assert_eq!(seen.iter().filter(|(_, is_good)| !is_good).count(), 2, "{seen:?}");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended_and_told_with_what_ran_in_it() {
        let folder = std::env::temp_dir().join(format!("xtask-patience-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let all = [
            shell(&folder, "hung", "echo begun; sleep 7654 & wait"),
            shell(&folder, "rows", "echo good"),
        ];
        let mut seen = Vec::new();
        run_for(Duration::from_secs(2), &all, |ran| seen.push((ran.is_good, ran.text.clone())));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(seen[0], (true, "good\n".to_owned()), "the control: what ends is left alone");
        let (is_good, text) = &seen[1];
        assert!(!is_good && text.starts_with("begun") && text.contains("sleep 7654"), "{text}");
        let left = Command::new("ps").args(["-eo", "args"]).output().unwrap();
        assert!(!String::from_utf8_lossy(&left.stdout).lines().any(|line| line == "sleep 7654"));
    }
}
