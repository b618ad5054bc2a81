//! A plan as iCalendar (RFC 5545), to subscribe to: the same plan gives the same bytes, and an edition keeps its UID.

use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::edition::EditionKey;
use std::fmt::Write;

/// So many bytes at most a line has, without its end.
const LINE: usize = 75;

/// One edition that is planned.
pub(super) struct Event<'a> {
    /// Which one.
    pub(super) key: &'a EditionKey,
    /// When it is issued.
    pub(super) at: Millis,
    /// What the calendar shows.
    pub(super) summary: String,
    /// What it says when opened. No addresses: calendars are passed on.
    pub(super) description: String,
}

/// The calendar. `of` tells installations apart.
pub(super) fn calendar(title: &str, of: &str, events: &[Event<'_>]) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Quarterday//plan//EN");
    line(&mut out, "METHOD:PUBLISH");
    line(&mut out, &format!("X-WR-CALNAME:{}", text(title)));
    for event in events {
        let at = Zone::utc().civil(event.at).format("%Y%m%dT%H%M%SZ").to_string();
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}", text(&format!("{}@{of}.quarterday", event.key))));
        // When it was made would be another moment each time; that of the event changes when the event does.
        line(&mut out, &format!("DTSTAMP:{at}"));
        line(&mut out, &format!("DTSTART:{at}"));
        line(&mut out, &format!("SUMMARY:{}", text(&event.summary)));
        line(&mut out, &format!("DESCRIPTION:{}", text(&event.description)));
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

/// A value of the kind TEXT (RFC 5545 3.3.11).
fn text(value: &str) -> String {
    let mut out = String::new();
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' => out.push_str("\\n"),
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded (RFC 5545 3.1) between characters.
fn line(out: &mut String, content: &str) {
    let mut used = 0;
    for c in content.chars() {
        if used + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    let _ = write!(out, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event_says_what_when_and_of_what() {
        let key = EditionKey::parse("weekly/2026-W48/@team-a").unwrap();
        let summary = "Löschungen, Exporte; und \\ mehr\nzweite Zeile ".repeat(3);
        let event = Event { key: &key, at: 1_796_022_000_000, summary: summary.clone(), description: "x\u{7}".into() };
        let shown = calendar("Halden & Voss", "0123", &[event]);
        assert!(shown.ends_with("END:VCALENDAR\r\n"));
        assert!(shown.split("\r\n").all(|line| line.len() <= LINE), "{shown}");
        assert_eq!(
            unfolded(&shown)[5..],
            [
                "BEGIN:VEVENT",
                "UID:weekly/2026-W48/@team-a@0123.quarterday",
                "DTSTAMP:20261130T070000Z",
                "DTSTART:20261130T070000Z",
                &format!("SUMMARY:{}", "Löschungen\\, Exporte\\; und \\\\ mehr\\nzweite Zeile ".repeat(3)),
                "DESCRIPTION:x ",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn lines_are_folded_between_characters_and_come_back(content in "[ -~äß中🙂]{0,300}") {
            let mut out = String::new();
            line(&mut out, &format!("SUMMARY:{content}"));
            proptest::prop_assert!(out.split("\r\n").all(|line| line.len() <= LINE));
            proptest::prop_assert_eq!(unfolded(&out), [format!("SUMMARY:{content}")]);
        }
    }
}
