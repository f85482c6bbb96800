//! Progress on standard error: a bar where a terminal shows it, nothing where it does not.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with `label`; `total` 0 = not known yet.
pub fn bar(label: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(label);
    bar
}
