//! What the toolkit is told before it starts, so that it takes no memory for what this program never does. Each setting is one of the
//! toolkit's own; without them everything works the same and takes 10 to 20 MB more (docs/performance.md).

use std::os::unix::process::CommandExt;
use std::process::Command;
use webkit2gtk::{WebContext, glib};

/// Read when a process starts, by this one and by the page's.
const SETTINGS: [(&str, &str); 4] = [
    // Forms are drawn without a graphics card: the toolkit need not look for one.
    ("GDK_GL", "disable"),
    // What a large answer took goes back to the machine, and few threads keep a heap of their own.
    ("MALLOC_ARENA_MAX", "2"),
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];
/// Names the files of graphics drivers to the library that loads them (libglvnd).
const DRIVER_FILES: &str = "__EGL_VENDOR_LIBRARY_FILENAMES";

/// Begins this program once more in the same process, with the settings it was not started with. Where that cannot be done it goes on
/// as it is.
pub fn settle() {
    let is_set =
        |(name, value): &(&str, &str)| std::env::var_os(name).is_some_and(|is| is == *value);
    if SETTINGS.iter().all(is_set) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut words = std::env::args_os();
    let mut again = Command::new(&program);
    again.arg0(words.next().unwrap_or_else(|| program.into_os_string()));
    // It returns only where it failed.
    let _failed = again.args(words).envs(SETTINGS).exec();
}

/// The engine looks for a renderer in this process too, which has nothing to render, and a software renderer brings a compiler: it is
/// let look once, and find none, before there is a page. The page's own process finds the one it needs.
pub fn without_renderer() {
    let _ = glib::setenv(DRIVER_FILES, "/nonexistent", true);
    drop(WebContext::new_ephemeral());
    glib::unsetenv(DRIVER_FILES);
}
