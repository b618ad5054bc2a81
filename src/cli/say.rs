//! Say: words to standard output, failures to standard error; a closed pipe is no failure.

use crate::pipeline::Failure;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Writes a line to standard output.
pub(super) fn line(text: impl AsRef<str>) {
    // Who reads may stop reading (`| head`): then there is nobody to tell.
    let _ = writeln!(std::io::stdout().lock(), "{}", visible(text.as_ref()));
}

/// Writes bytes to standard output as they are.
pub(super) fn bytes(bytes: &[u8]) {
    let _ = std::io::stdout().lock().write_all(bytes);
}

/// Writes a line to standard error.
pub(super) fn aside(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", visible(text.as_ref()));
}

/// Writes into a file that is not there yet: proofs and checkpoints are kept, not replaced.
pub(super) fn new_file(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let written = std::fs::File::create_new(path).and_then(|mut file| {
        file.write_all(bytes.as_ref())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::Error(format!("{} is there already and is left as it is: name another file", path.display()))
        }
        _ => Failure::Error(format!("{} cannot be written: {error}", path.display())),
    })
}

/// Writes a value as JSON to standard output.
pub(super) fn json(value: &serde_json::Value) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }
}

/// Says why nothing came of a command, and gives its exit code.
pub(super) fn failure(failure: &Failure, as_json: bool) -> ExitCode {
    match failure {
        Failure::Problems(problems) => {
            if as_json {
                json(&json!({ "problems": problems }));
            } else {
                for problem in problems {
                    aside(problem.to_string());
                }
                let count = crate::wording::plain::plural(problems.len() as i64, "problem", "problems");
                aside(format!("{count}. Nothing was done."));
            }
            ExitCode::from(2)
        }
        Failure::Asked(reason) | Failure::Error(reason) => {
            if as_json {
                json(&json!({ "error": reason }));
            } else {
                aside(format!("quarterday: {reason}"));
            }
            ExitCode::from(if matches!(failure, Failure::Asked(_)) { 2 } else { 1 })
        }
    }
}

/// Text from logs may hold escape sequences: a terminal must show them, not obey them.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() || is_direction(c) => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// Characters that turn the direction of what follows.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A table in columns: the first row is its head. The last column is never padded.
pub(super) fn table(rows: &[Vec<String>]) {
    // A line break in a name must not look like a row of its own.
    let one_line = |cell: &String| visible(cell).replace('\n', "\\u{a}").replace('\t', " ");
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(one_line).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    for row in &rows {
        let mut out = String::new();
        for (at, cell) in row.iter().enumerate() {
            out.push_str(cell);
            if at + 1 < row.len() {
                let pad = widths.get(at).copied().unwrap_or(0).saturating_sub(width(cell)) + 2;
                out.extend(std::iter::repeat_n(' ', pad));
            }
        }
        line(out.trim_end());
    }
}
