//! Values: how they are written into what a template renders, and what that may cost.

use std::cell::Cell;
use std::io::{Error as IoError, Write};

/// What a render may write, in bytes.
const OUTPUT: usize = 64 << 20;
/// What a render may cost: bytes written and made, and a little for each loop turn.
const BUDGET: u64 = 400 << 20;
thread_local! {
    /// What the render that is under way in this thread has cost. The engine's escape function has no other place to keep it.
    static PAID: Cell<u64> = const { Cell::new(0) };
    /// The largest value that it may make.
    static LIMIT: Cell<u64> = const { Cell::new(0) };
}

/// Begins a render: nothing is paid yet. `limit`: the largest value that it may make, in bytes.
pub fn begin(limit: u64) {
    PAID.set(0);
    LIMIT.set(limit);
}

/// The largest value that the render under way may make, in bytes.
pub fn limit() -> u64 {
    LIMIT.get()
}

/// Charges a cost; an error if the render has cost too much.
pub fn pay(cost: u64) -> Result<(), String> {
    let paid = PAID.get().saturating_add(cost);
    PAID.set(paid);
    if paid > BUDGET { Err("the template does more work than a report may cost".to_string()) } else { Ok(()) }
}

/// Writes a value into markup: escaped.
pub fn write_markup(value: &str, out: &mut dyn Write) -> std::io::Result<()> {
    pay(value.len() as u64).map_err(IoError::other)?;
    each(value, out, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    })
}

/// Writes a value into plain text.
pub fn write_text(value: &str, out: &mut dyn Write) -> std::io::Result<()> {
    pay(value.len() as u64).map_err(IoError::other)?;
    each(value, out, |_| None)
}

/// Writes a value: some characters as something else, control characters visibly, line breaks and tabs as spaces.
fn each(value: &str, out: &mut dyn Write, other: impl Fn(char) -> Option<&'static str>) -> std::io::Result<()> {
    let mut plain = 0;
    for (at, c) in value.char_indices() {
        let written = match c {
            '\r' if value.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')) => String::new(),
            '\n' | '\t' | '\r' => " ".to_string(),
            _ if hidden(c) && u32::from(c) < 0x100 => format!("\\x{:02x}", u32::from(c)),
            _ if hidden(c) => format!("\\u{{{:x}}}", u32::from(c)),
            _ => match other(c) {
                Some(written) => written.to_string(),
                None => continue,
            },
        };
        out.write_all(value.get(plain..at).unwrap_or_default().as_bytes())?;
        out.write_all(written.as_bytes())?;
        plain = at + c.len_utf8();
    }
    out.write_all(value.get(plain..).unwrap_or_default().as_bytes())
}

/// Characters that XML cannot hold, that break lines, or that turn the direction of what follows them: never passed on as they are.
pub fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A writer that ends at a size.
pub struct Capped(pub Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT {
            return Err(IoError::other(format!("the template writes more than {} MiB", OUTPUT >> 20)));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
