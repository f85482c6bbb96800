//! Before the shell is compiled: the screens are there, the two commands are declared, and nothing of our SQLite is
//! exported. Not the building of the screens: that is `cargo xtask`, or npm in `ui/`.

use std::path::Path;
use tauri_build::{AppManifest, Attributes};

/// Every command the web view may ask for. What is not declared here is open to any page; what is, is asked of
/// `capabilities/field.json` first.
const COMMANDS: &[&str] = &["rpc", "save_file"];
/// The screens as `npm run build` leaves them; they become part of the program.
const SCREENS: &str = "../ui/dist";

fn main() {
    println!("cargo::rerun-if-changed={SCREENS}");
    if !Path::new(SCREENS).join("index.html").is_file() {
        println!(
            "cargo::error=the screens are not built: ui/dist/index.html is missing. Run `cargo xtask package`, `cargo \
             xtask test`, or `npm ci && npm run build` in ui/, then build again."
        );
        return;
    }
    // WebKitGTK brings Debian's own SQLite into the process. Were ours exported, the linker would bind WebKit's calls
    // to it: one library's database opened by another's code.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
    let attributes = Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error=tauri: {error:#}");
    }
}
