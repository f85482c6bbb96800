//! The demo's folders: a fresh numbered one for each run's data, and `out/` for its reports. Removes only
//! what an earlier run made, and leaves alone what a server still running uses.

use std::fs;
use std::path::{Path, PathBuf};

/// In a run's folder while a server or a window was left running there: its process id.
const PID_FILES: [&str; 2] = ["server.pid", "window.pid"];
/// What a run writes to `out/`.
pub const REPORTS: [&str; 5] =
    ["体检结果.xlsx", "异常发现.csv", "受检情况.xlsx", "受检情况.csv", "简报.txt"];

/// A new folder under `base`; folders of earlier runs go, unless a server or a window still runs in them.
pub fn fresh(base: &Path) -> Result<PathBuf, String> {
    let said = |_| format!("不能写 {}。请检查目录权限和磁盘空间。", base.display());
    fs::create_dir_all(base).map_err(said)?;
    let mut highest = 0;
    for entry in fs::read_dir(base).map_err(said)?.flatten() {
        let Some(number) = run_number(&entry.file_name().to_string_lossy()) else { continue };
        highest = highest.max(number);
        if !is_used(&entry.path()) {
            fs::remove_dir_all(entry.path()).map_err(said)?;
        }
    }
    let folder = base.join(format!("run-{}", highest + 1));
    fs::create_dir(&folder).map_err(said)?;
    Ok(folder)
}

/// `out/`, without the reports of an earlier run.
pub fn out(folder: &Path) -> Result<PathBuf, String> {
    let said = |_| format!("不能写 {}。请检查目录权限和磁盘空间。", folder.display());
    fs::create_dir_all(folder).map_err(said)?;
    for name in REPORTS {
        let path = folder.join(name);
        if path.exists() {
            fs::remove_file(path).map_err(said)?;
        }
    }
    Ok(folder.to_path_buf())
}

/// What may be left running in a run's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    Server,
    Window,
}

/// Notes that something stays in this run's folder.
pub fn note(folder: &Path, left: Left, pid: u32) -> Result<(), String> {
    let [server, window] = PID_FILES;
    let name = match left {
        Left::Server => server,
        Left::Window => window,
    };
    fs::write(folder.join(name), pid.to_string())
        .map_err(|_| "写不了演示目录。请检查磁盘空间。".to_owned())
}

/// True while a server or a window still runs in this run's folder.
fn is_used(folder: &Path) -> bool {
    PID_FILES.iter().any(|name| is_running(folder, name).unwrap_or(false))
}

fn is_running(folder: &Path, pid_file: &str) -> Option<bool> {
    let pid: u32 = fs::read_to_string(folder.join(pid_file)).ok()?.trim().parse().ok()?;
    let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
    // The number may belong to another program by now: ours names its folder.
    Some(command.contains(&*folder.to_string_lossy()))
}

fn run_number(name: &str) -> Option<u32> {
    name.strip_prefix("run-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_second_run_gets_its_own_folder_and_the_first_goes() {
        let base = scratch("fresh");
        let first = fresh(&base).unwrap();
        fs::write(base.join("not-ours"), "kept").unwrap();
        let second = fresh(&base).unwrap();
        assert_ne!(first, second);
        assert!(!first.exists() && second.exists());
        assert!(base.join("not-ours").exists());
        fs::remove_dir_all(base).unwrap();
    }

    #[test]
    fn a_folder_in_which_something_runs_stays() {
        let base = scratch("serving");
        let first = fresh(&base).unwrap();
        // A process whose command line names the folder, as a server's does.
        let mut child = std::process::Command::new("sh")
            .args(["-c", "echo; read line", &first.to_string_lossy()])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Once it has spoken, it has its command line.
        child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
        note(&first, Left::Window, child.id()).unwrap();
        fresh(&base).unwrap();
        assert!(first.exists());
        drop(child.stdin.take());
        child.wait().unwrap();
        fresh(&base).unwrap();
        assert!(!first.exists(), "once the server is gone its folder goes too");
        fs::remove_dir_all(base).unwrap();
    }

    #[test]
    fn only_our_own_reports_are_replaced() {
        let folder = scratch("out");
        out(&folder).unwrap();
        fs::write(folder.join(REPORTS[0]), "old").unwrap();
        fs::write(folder.join("mine.txt"), "kept").unwrap();
        out(&folder).unwrap();
        assert!(!folder.join(REPORTS[0]).exists() && folder.join("mine.txt").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
