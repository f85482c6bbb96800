//! The screens' own tools: `npm ci` where the lock file changed, types, unit tests, the build, the browser's days.
//! And `codegen`: the TypeScript that the screens share with the host.

use crate::{need, run};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// What `npm ci` last put in place: the lock file it was made from.
const STAMP: &str = "node_modules/.installed-lock";

/// Folders in `ui/` that are no sources.
const LEFT_BY_TOOLS: [&str; 4] = ["node_modules", "dist", "dist-fake", "test-results"];

fn folder() -> PathBuf {
    run::root().join("ui")
}

fn npm(words: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(words).current_dir(folder());
    command
}

/// The dependencies as the lock file names them; nothing is done where they are there already.
pub fn install() -> Result<(), String> {
    need::for_screens()?;
    let lock = std::fs::read(folder().join("package-lock.json"))
        .map_err(|_| "找不到 ui/package-lock.json。请检查工作目录是否完整。".to_owned())?;
    if std::fs::read(folder().join(STAMP)).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("取得界面的依赖：npm ci");
    if !run::succeeds(npm(&["ci", "--no-audit", "--no-fund"])) {
        return Err("npm ci 没有成功。请检查网络后重试。".to_owned());
    }
    std::fs::write(folder().join(STAMP), lock)
        .map_err(|_| "ui/node_modules 写不进去。请检查权限和磁盘空间。".to_owned())
}

/// The screens as they are shipped, in `ui/dist`; built where a source is newer than what lies there. The shell has them
/// in it and would be compiled anew with every build.
pub fn build() -> Result<PathBuf, String> {
    install()?;
    let built = folder().join("dist");
    let page = std::fs::metadata(built.join("index.html")).and_then(|page| page.modified()).ok();
    let sources = [folder(), run::root().join("schema/catalogue")];
    let newest = sources.iter().filter_map(|place| newest(place)).max();
    if page.is_some() && newest <= page {
        return Ok(built);
    }
    if run::succeeds(npm(&["run", "build"])) {
        return Ok(built);
    }
    Err("界面没有构建成功。请看上面的输出。".to_owned())
}

/// When the last of the files below was changed, without what tools leave behind.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let changed = entries.filter_map(|entry| {
        let name = entry.file_name();
        if LEFT_BY_TOOLS.iter().any(|left| name == *left) {
            return None;
        }
        let about = entry.metadata().ok()?;
        if about.is_dir() { newest(&entry.path()) } else { about.modified().ok() }
    });
    changed.max()
}

/// One of package.json's scripts; true when it succeeded.
pub fn script(name: &str) -> bool {
    run::succeeds(npm(&["run", name]))
}

/// The same, with the program that the screens are tried against.
pub fn script_with(name: &str, jkkc: &Path) -> bool {
    let mut command = npm(&["run", name]);
    command.env("JKKC", jkkc);
    run::succeeds(command)
}

/// Writes the TypeScript of the commands, their types and the failures' sentences.
pub fn codegen() -> Result<(), String> {
    let words = ["test", "-p", "protocol", "--features", "typescript", "--test", "typescript"];
    let mut command = run::cargo(&words);
    command.env("UPDATE", "1");
    if run::succeeds(command) {
        println!("已写入 ui/src/platform/api.ts、failures.ts");
        return Ok(());
    }
    Err("没有生成成功。请看上面的输出。".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_tools_leave_is_no_source() {
        let base = std::env::temp_dir().join(format!("xtask-newest-{}", std::process::id()));
        fs::create_dir_all(base.join("src")).unwrap();
        fs::create_dir_all(base.join("dist")).unwrap();
        assert_eq!(newest(&base), None, "folders are nothing");
        fs::write(base.join("src/a.ts"), "a").unwrap();
        let source = newest(&base);
        assert!(source.is_some());
        let later = fs::File::create(base.join("dist/a.js")).unwrap();
        later.set_modified(SystemTime::now() + std::time::Duration::from_secs(60)).unwrap();
        assert_eq!(newest(&base), source);
        fs::remove_dir_all(base).unwrap();
    }
}
