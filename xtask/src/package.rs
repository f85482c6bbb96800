//! `cargo xtask package`: the screens built, the shell compiled as it is shipped, and a Debian package of it in `out/`.
//! Also the shell's program for the demo. Not a package format of our own: Tauri's bundler makes it.

use crate::run::Profile;
use crate::{need, run, screens};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The bundler, as `ui/package.json` names it.
const BUNDLER: &str = "ui/node_modules/.bin/tauri";
/// The shell's package and program.
const SHELL: &str = "health-express";

/// Makes the package of a program built so, and says where it lies.
pub fn run(profile: Profile) -> Result<(), String> {
    need::for_window()?;
    screens::build()?;
    println!("编译窗口程序（第一次要几分钟）");
    let (program, time) = run::timed(|| run::built(SHELL, SHELL, profile));
    let folder = where_bundled(&program?, profile)?;
    if !run::succeeds(bundler(profile)) {
        return Err("打包没有成功。请看上面的输出。".to_owned());
    }
    let made = newest_package(&folder.join("bundle/deb"));
    let made = made.ok_or("打包后找不到 .deb。请看上面的输出。")?;
    let out = run::root().join("out");
    let name = made.file_name().ok_or("安装包没有名字。")?;
    let said = |_| "安装包写不进 out/。请检查权限和磁盘空间。".to_owned();
    std::fs::create_dir_all(&out).map_err(said)?;
    std::fs::copy(&made, out.join(name)).map_err(said)?;
    println!("安装包：{}（编译 {}）", out.join(name).display(), run::spoken(time));
    println!("安装：sudo apt-get install ./{}", Path::new("out").join(name).display());
    Ok(())
}

/// The folder that the bundler takes the program from: it knows those of cargo's own profiles alone.
fn where_bundled(program: &Path, profile: Profile) -> Result<PathBuf, String> {
    let folder = program.parent().ok_or("编译好的程序没有目录。")?;
    if profile != Profile::Shell {
        return Ok(folder.to_path_buf());
    }
    let release = folder.with_file_name("release");
    let said = |_| "程序写不进 target/release/。请检查权限和磁盘空间。".to_owned();
    std::fs::create_dir_all(&release).map_err(said)?;
    std::fs::copy(program, release.join(SHELL)).map_err(said)?;
    Ok(release)
}

/// The window's program as developers run it.
pub fn window_program() -> Result<PathBuf, String> {
    need::for_window()?;
    screens::build()?;
    run::built(SHELL, SHELL, Profile::Dev)
}

/// Packs what has been compiled; it compiles nothing itself.
fn bundler(profile: Profile) -> Command {
    let mut command = Command::new(run::root().join(BUNDLER));
    command.args(["bundle", "--bundles", "deb", "--ci"]).current_dir(run::root());
    if profile == Profile::Dev {
        command.arg("--debug");
    }
    command
}

fn newest_package(folder: &Path) -> Option<PathBuf> {
    let made = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "deb"));
    let dated =
        made.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())));
    dated.max().map(|(_, path)| path)
}
