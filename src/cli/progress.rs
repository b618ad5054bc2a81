//! Progress: bars on standard error for long steps; nothing where nobody looks.

use crate::wording::plain::number;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A bar over `total` steps with a few words before it.
pub(super) fn bar(total: u64, words: &str) -> ProgressBar {
    made(total, words, "{msg:28} {bar:30} {pos}/{len} {eta}")
}

fn made(total: u64, words: &str, form: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar.set_message(words.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A bar over the bytes of a file that says how many rows were read of it, and how fast.
pub(super) struct Rows {
    bar: ProgressBar,
    name: String,
    begun: Instant,
}

pub(super) fn rows(name: &str) -> Rows {
    let form = "{msg:50} {bar:24} {bytes}/{total_bytes}, {eta} left";
    Rows { bar: made(0, name, form), name: name.to_owned(), begun: Instant::now() }
}

impl Rows {
    /// Shows how far reading has come.
    pub(super) fn show(&self, bytes: u64, total: u64, rows: u64) {
        self.bar.set_length(total);
        self.bar.set_position(bytes);
        let per_second = rows as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!(
            "{}: {} rows, {} a second",
            self.name,
            number(rows as i64),
            number(per_second as i64)
        ));
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
