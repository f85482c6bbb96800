//! The one window: how it looks, where its page may go (nowhere), and how its page is taken away when the app locks.
//! Not what the page asks (`commands`).

use crate::desk::Refused;
use std::path::Path;
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};

/// The window's name, as `capabilities/field.json` has it.
const LABEL: &str = "field";
const TITLE_ZH: &str = "健康快车";
/// The first page of the program's own screens.
#[cfg(target_os = "linux")]
const START: &str = "tauri://localhost/";
/// What the page keeps by itself, which is how it looks: nothing of anyone. Below the home folder.
const PAGE_FOLDER: &str = "page";
/// Where the window opens the first time, and how small it may become, in logical pixels.
const SIZE: (f64, f64) = (1280.0, 800.0);
const SIZE_MIN: (f64, f64) = (360.0, 600.0);
/// How long the window that is open may take to answer a second start.
#[cfg(target_os = "linux")]
const ANSWER_MAX: std::time::Duration = std::time::Duration::from_secs(10);

pub const NO_DISPLAY_ZH: &str =
    "这台机器没有图形界面，窗口打不开。请在桌面上启动，或用 jkkc field serve 在浏览器里打开。";

/// True where a window can be shown. GTK would end the program without a word for a person.
pub fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// One window per folder, which comes back where it was.
#[cfg(desktop)]
pub fn with_desktop_plugins(
    builder: tauri::Builder<tauri::Wry>,
    bus_name: String,
) -> tauri::Builder<tauri::Wry> {
    use tauri_plugin_window_state::StateFlags;
    let single = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| show(app));
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let state = tauri_plugin_window_state::Builder::new().with_state_flags(kept);
    builder.plugin(single.dbus_id(bus_name).build()).plugin(state.build())
}

/// The window's name on the session's bus: the app's own, and another for each folder that was told, so that two devices
/// on one machine do not hinder each other. FNV-1a: only has to tell folders apart, the lock in the folder decides.
#[cfg(desktop)]
pub fn bus_name(identifier: &str, told: Option<&Path>) -> String {
    let Some(folder) = told else { return identifier.to_owned() };
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let bytes = whole.as_os_str().as_encoded_bytes();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{identifier}.at{hash:016x}")
}

/// Asks the window that is open to come to the front, in the words of `tauri-plugin-single-instance`, which answers
/// there. Fails where there is no bus or nobody of this name on it.
#[cfg(target_os = "linux")]
pub fn show_first(bus_name: &str) -> zbus::Result<()> {
    let name = format!("{bus_name}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let bus = zbus::blocking::connection::Builder::session()?.method_timeout(ANSWER_MAX).build()?;
    let interface = Some("org.SingleInstance.DBus");
    let told: (Vec<String>, &str) = (Vec::new(), "");
    bus.call_method(Some(name.as_str()), path.as_str(), interface, "ExecuteCallback", &told)?;
    Ok(())
}

/// Opens it on the screens that are part of the program.
pub fn open(app: &App, home: &Path) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .data_directory(home.join(PAGE_FOLDER))
        .general_autofill_enabled(false)
        // A roster's file is dropped onto the page, not onto the window.
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    #[cfg(desktop)]
    let builder =
        builder.title(TITLE_ZH).inner_size(SIZE.0, SIZE.1).min_inner_size(SIZE_MIN.0, SIZE_MIN.1);
    #[cfg(target_os = "linux")]
    crate::memory::without_renderer();
    let window = builder.build()?;
    #[cfg(target_os = "linux")]
    window.with_webview(|page| {
        use webkit2gtk::{
            CacheModel, HardwareAccelerationPolicy, SettingsExt, WebContextExt, WebViewExt,
        };
        let page = page.inner();
        // Forms need no graphics card, and its libraries are a third of a page's memory.
        if let Some(settings) = WebViewExt::settings(&page) {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
        // Everything comes out of the program: nothing is worth keeping twice.
        if let Some(context) = page.context() {
            context.set_cache_model(CacheModel::DocumentViewer);
        }
        // Ended by us at a lock, or by a crash: either way a new one begins at the start, and drafts are offered there.
        page.connect_web_process_terminated(|page, _| page.load_uri(START));
    })?;
    drop(window);
    Ok(())
}

/// The page stays on the program's own screens: `tauri://localhost`, or `http://tauri.localhost` where the engine knows
/// no schemes of one's own (Windows, Android).
fn is_ours(url: &Url) -> bool {
    let origin = (url.scheme(), url.host_str(), url.port());
    match origin {
        ("tauri", Some("localhost"), None) => true,
        ("http" | "https", Some("tauri.localhost"), None) => {
            cfg!(any(target_os = "windows", target_os = "android"))
        }
        _ => false,
    }
}

/// Ends the page's process and begins a new one, so that nothing a locked app showed stays in its memory. Elsewhere
/// than on Linux the page is only loaded anew.
pub fn rebuild(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    #[cfg(target_os = "linux")]
    let done = window.with_webview(|page| {
        use webkit2gtk::WebViewExt;
        page.inner().terminate_web_process();
    });
    #[cfg(not(target_os = "linux"))]
    let done = window.reload();
    if let Err(error) = done {
        eprintln!("the page was not taken away: {error}");
    }
}

/// A second start brings this window to the front.
#[cfg(desktop)]
fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    // Each may be refused by the desktop; the others still help.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// Asks where a file of this name goes; none where the person gave up.
#[cfg(desktop)]
pub async fn chosen_path(
    app: &AppHandle,
    name: &str,
) -> Result<Option<std::path::PathBuf>, Refused> {
    use protocol::Code;
    let failed = || crate::commands::refused(Code::Internal);
    let window = app.get_webview_window(LABEL).ok_or(failed())?;
    let (say, said) = std::sync::mpsc::channel();
    let name = name.to_owned();
    // A dialog belongs to the main thread; its answer comes when the person has chosen.
    let asked = app.run_on_main_thread(move || {
        let dialog = rfd::AsyncFileDialog::new().set_parent(&window).set_file_name(name);
        let _ = say.send(dialog.save_file());
    });
    asked.map_err(|_| failed())?;
    let dialog = tauri::async_runtime::spawn_blocking(move || said.recv()).await;
    let dialog = dialog.map_err(|_| failed())?.map_err(|_| failed())?;
    Ok(dialog.await.map(|file| file.path().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_goes_nowhere_but_to_the_programs_own_screens() {
        let check = |url: &str, expected: bool| {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(is_ours(&parsed), expected, "{url}");
        };
        check("tauri://localhost", true);
        check("tauri://localhost/#/find", true);
        check("tauri://elsewhere/", false);
        check("tauri://localhost.example/", false);
        check("https://example.org/", false);
        check("http://127.0.0.1:8080/", false);
        check("file:///etc/hosts", false);
        check("data:text/html,a", false);
        check("http://tauri.localhost.example/", false);
        check("http://tauri.localhost/", cfg!(any(target_os = "windows", target_os = "android")));
    }

    #[cfg(desktop)]
    #[test]
    fn each_folder_has_its_own_name_on_the_bus() {
        let name = |folder: Option<&Path>| bus_name("an.app", folder);
        let [a, b] = ["a", "b"].map(|folder| name(Some(Path::new(folder))));
        assert_ne!(a, b);
        assert_eq!(a, name(Some(&std::path::absolute("a").unwrap())));
        assert_eq!(name(None), "an.app");
    }
}
