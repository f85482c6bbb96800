//! The shell: one window over the field app, on desktops and tablets. It hands commands in and answers out, keeps the
//! window and its page where they belong, and locks when nobody is there.
//!
//! Not what a command does (`field::App`) and not a screen (`ui/`). Everything the page may ask of the host is in
//! `commands`; nothing of Tauri's own and no plugin is reachable from it.

mod commands;
mod desk;
#[cfg(desktop)]
mod file_out;
mod home;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(test)]
mod settings;
mod window;

use desk::Desk;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use tauri::{App, AppHandle, Manager, RunEvent};

/// Opens the window and stays until it is closed.
///
/// The folder is taken before the toolkit starts: its threads do not bear a program that ends under them, and a second
/// start ends at once.
#[cfg(desktop)]
pub fn run() {
    #[cfg(target_os = "linux")]
    memory::settle();
    let told = match home::told() {
        Ok(told) => told,
        Err(sentence) => return give_up(&sentence),
    };
    if !window::has_display() {
        return give_up(window::NO_DISPLAY_ZH);
    }
    let context = tauri::generate_context!();
    let identifier = context.config().identifier.clone();
    let folder = match home::folder(&identifier, told.folder.as_deref()) {
        Ok(folder) => folder,
        Err(error) => return give_up(&unopened(&error)),
    };
    let bus_name = window::bus_name(&identifier, told.folder.as_deref());
    let only = home::only_one(&folder);
    #[cfg(target_os = "linux")]
    if only.is_taken() {
        if window::show_first(&bus_name).is_ok() {
            return;
        }
        return give_up(home::TAKEN_ZH);
    }
    let builder = window::with_desktop_plugins(tauri::Builder::default(), bus_name);
    stay(builder, context, move |app| {
        // Where another start is told by the toolkit alone.
        if only.is_taken() {
            return give_up(home::TAKEN_ZH);
        }
        app.manage(only);
        begin(app, &folder, &told)
    });
}

/// A phone has one window of an app, and the app one folder.
#[cfg(not(desktop))]
#[tauri::mobile_entry_point]
pub fn run() {
    stay(tauri::Builder::default(), tauri::generate_context!(), |app| {
        let folder = app.path().app_data_dir()?;
        std::fs::create_dir_all(&folder)?;
        begin(app, &folder, &home::Told::default())
    });
}

/// Starts the toolkit, opens the window, and locks at the end.
fn stay(
    builder: tauri::Builder<tauri::Wry>,
    context: tauri::Context<tauri::Wry>,
    begin: impl FnOnce(&App) -> Result<(), Box<dyn Error>> + Send + 'static,
) {
    let built = builder
        .invoke_handler(tauri::generate_handler![commands::rpc, commands::save_file])
        .setup(move |app| {
            if let Err(error) = begin(app) {
                return give_up(&unopened(&error));
            }
            Ok(())
        })
        .build(context);
    match built {
        Ok(app) => app.run(|app, event| {
            if matches!(event, RunEvent::Exit) {
                app.state::<Arc<Desk>>().lock();
            }
        }),
        Err(error) => give_up(&unopened(&error)),
    }
}

/// The app behind the folder, the window, and the timer.
fn begin(app: &App, folder: &Path, told: &home::Told) -> Result<(), Box<dyn Error>> {
    let files = page_files(app.handle().clone());
    let desk = Arc::new(Desk::new(folder, told.hall, told.reader.as_deref(), files));
    app.manage(desk.clone());
    window::open(app, folder)?;
    watch(app.handle().clone(), desk);
    Ok(())
}

/// The files of the page in this program, as a hall's browsers get them.
fn page_files(app: AppHandle) -> impl Fn() -> Vec<(String, Vec<u8>)> + Send + Sync {
    move || {
        let assets = app.asset_resolver();
        let names: Vec<String> = assets.iter().map(|(name, _)| name.into_owned()).collect();
        let found = names.into_iter().filter_map(|name| {
            let asset = assets.get(name.clone())?;
            Some((name.trim_start_matches('/').to_owned(), asset.bytes))
        });
        found.collect()
    }
}

/// Locks the app when nobody has been there for too long, and takes the page's memory away with it.
fn watch(app: AppHandle, desk: Arc<Desk>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(desk::IDLE_LOOK);
            if desk.lock_if_idle() {
                window::rebuild(&app);
            }
        }
    });
}

fn unopened(error: &dyn std::fmt::Display) -> String {
    format!("窗口打不开，数据没有改动。请重新启动，仍不行请联系管理员。（{error}）")
}

/// Ends before there is a window, with one sentence where a terminal or a journal shows it.
fn give_up<T>(sentence: &str) -> T {
    eprintln!("错误：{sentence}");
    std::process::exit(1)
}
