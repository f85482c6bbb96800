//! The demo's last step: the field app on the first device, where there is a display; otherwise how to open it. Not the
//! app, and not waited for: the demo ends, the window stays.

use super::Show;
use super::cast::{DEVICES, PASSWORD};
use super::day::Day;
use super::folder::{self, Left};
use crate::package;
use std::process::{Command, Stdio};

/// Opens it, or says how.
pub fn open(day: &Day, show: Show) -> Result<(), String> {
    let device = &DEVICES[0];
    let home = day.home();
    if show == Show::Nothing || !has_display() {
        println!("\n在有图形界面的机器上打开{}的窗口：", device.name);
        println!("  cargo run -p health-express -- --home {}", home.display());
        println!("账号 {}，密码 {PASSWORD}", device.operator);
        return Ok(());
    }
    println!("\n编译窗口程序（第一次要几分钟）");
    let program = package::window_program()?;
    let child = Command::new(program)
        .arg("--home")
        .arg(&home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| "窗口程序运行不了。请重新编译。".to_owned())?;
    folder::note(day.folder(), Left::Window, child.id())?;
    println!("已打开{}的窗口：账号 {}，密码 {PASSWORD}", device.name, device.operator);
    Ok(())
}

fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
