//! The screens' own tools: `npm ci` where the lock file changed, types, unit tests, the build, the browser's days.
//! And `codegen`: the TypeScript that the screens share with the host.

use crate::{need, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `npm ci` last put in place: the lock file it was made from.
const STAMP: &str = "node_modules/.installed-lock";

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

/// The screens as they are shipped, in `ui/dist`.
pub fn build() -> Result<PathBuf, String> {
    install()?;
    if run::succeeds(npm(&["run", "build"])) {
        return Ok(folder().join("dist"));
    }
    Err("界面没有构建成功。请看上面的输出。".to_owned())
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
        println!("已写入 ui/src/platform/api.ts");
        return Ok(());
    }
    Err("没有生成成功。请看上面的输出。".to_owned())
}
