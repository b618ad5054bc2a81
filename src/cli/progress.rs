//! Progress: bars on standard error for long steps; nothing where nobody looks.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// A bar over `total` steps (or bytes) with a few words before it.
pub(super) fn bar(total: u64, words: &str, bytes: bool) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let form = if bytes {
        "{msg:28} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}"
    } else {
        "{msg:28} {bar:30} {pos}/{len} {eta}"
    };
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar.set_message(words.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
