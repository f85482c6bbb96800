//! Progress on standard error: a bar where a terminal shows it, a line for each step where it does not.

use indicatif::{ProgressBar, ProgressStyle};

/// How many rows of a file are 已保存.
pub struct SavedRows {
    bar: ProgressBar,
}

impl SavedRows {
    pub fn begin() -> SavedRows {
        // How many there are is known with the first step.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message("已保存");
        SavedRows { bar }
    }

    /// So many rows from the top are on the disk. Where a file keeps what is said, the last line tells after a power
    /// cut how far it came.
    pub fn tell(&self, saved: usize, all: usize) {
        if self.bar.is_hidden() {
            eprintln!("已保存：前 {saved} 行，共 {all} 行");
        } else {
            self.bar.set_length(all as u64);
            self.bar.set_position(saved as u64);
        }
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
