//! Told: the form in which staff report something odd, and the reading of one that came back: plain text or a plain mail. Whoever
//! wrote it may mean ill: it is bounded, it is text, and nothing in it is more than words.

use crate::calendar::Span;
use crate::calendar::zone::Zone;
use crate::finding::Severity;
use crate::written::Problem;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Days, NaiveDate, NaiveDateTime};

/// The largest form that is read, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// The longest line that a form may give for a field, in characters.
const LINE: usize = 200;

/// The longest story, in characters.
const STORY: usize = 2000;

/// What is sent to staff.
pub const TEMPLATE: &str = "\
Something odd in the CRM? Fill in what you know, leave the rest empty, and send it back.

Title: 
Severity: medium
When: 
Module: 
Record: 
Your name: 
What happened:


How to fill it in
  Title      one line: what is odd
  Severity   low, medium or high, as you see it
  When       the day, or day and time: 2026-11-30, or 2026-11-30 14:20
  Module     where in the CRM: Leads, Deals, Settings
  Record     name or number of the record, if it is about one
  What happened   in your own words, in as many lines as you need, under that line
";

/// The line with which the form's explanations begin: what follows is no part of the story.
const EXPLAINS: &str = "How to fill it in";

/// What somebody reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is odd, in a line.
    pub title: String,
    /// In their own words; may be empty.
    pub story: String,
    /// How bad they think it is.
    pub severity: Severity,
    /// When it was; `None`: they do not say.
    pub when: Option<Span>,
    /// Module; may be empty.
    pub module: String,
    /// Record; may be empty.
    pub record: String,
    /// Who reports it; may be empty.
    pub name: String,
}

/// Reads a form that was filled in.
///
/// # Errors
/// Every field that is wrong; what is no plain text at all.
pub fn read(bytes: &[u8], file: &str, zone: &Zone) -> Result<Told, Vec<Problem>> {
    let problem = |line: usize, what: String, instead: &str| Problem {
        file: file.to_owned(),
        line,
        column: 0,
        what,
        instead: instead.to_owned(),
    };
    let text = plain(bytes).map_err(|(what, instead)| vec![problem(0, what, instead)])?;
    let mut found: [Option<(usize, String)>; 6] = Default::default();
    let mut story: Option<Vec<&str>> = None;
    for (number, line) in (1..).zip(text.body.lines()) {
        // A reply quotes what it answers.
        let line = line.trim_start_matches(['>', ' ']).trim_end();
        if line == EXPLAINS {
            break;
        }
        if let Some(story) = &mut story {
            story.push(line);
            continue;
        }
        let Some((label, value)) = line.split_once(':') else { continue };
        let label = label.trim().to_lowercase();
        if label == "what happened" {
            story = Some(vec![value.trim()]);
        } else if let Some(place) = LABELS.iter().position(|known| *known == label)
            && let Some(field) = found.get_mut(place)
        {
            *field = Some((text.first_line + number, value.trim().to_owned()));
        }
    }
    let mut problems = Vec::new();
    let mut field = |place: usize| {
        let (line, value) = found.get_mut(place).and_then(Option::take).unwrap_or_default();
        if value.chars().any(char::is_control) || value.chars().count() > LINE {
            let label = LABELS.get(place).copied().unwrap_or_default();
            let what = format!("`{label}` has more than {LINE} characters, or some that are none");
            problems.push(problem(line, what, "Write it shorter, the rest under `What happened:`"));
            return (line, String::new());
        }
        (line, value)
    };
    let [title, severity, when, module, record, name] = std::array::from_fn(&mut field);
    if title.1.is_empty() {
        let what = "there is no title".to_owned();
        problems.push(problem(
            title.0,
            what,
            "Write what is odd in one line, as in `Title: 300 contacts exported at night`",
        ));
    }
    let bad = Severity::parse(&severity.1.to_lowercase()).or(severity.1.is_empty().then_some(Severity::Medium));
    if bad.is_none() {
        let what = format!("`{}` is no severity", severity.1);
        problems.push(problem(severity.0, what, "Write `low`, `medium` or `high`"));
    }
    let span = (!when.1.is_empty()).then(|| moment(&when.1, zone));
    if span == Some(None) {
        let what = format!("`{}` is no day and no time", when.1);
        problems.push(problem(when.0, what, "Write it as 2026-11-30 or 2026-11-30 14:20"));
    }
    let story = story.unwrap_or_default().join("\n").trim().replace('\t', " ");
    if story.chars().count() > STORY || story.chars().any(|c| c.is_control() && c != '\n') {
        let what = format!("the story has more than {STORY} characters, or some that are none");
        problems.push(problem(0, what, "Shorten it, and keep the rest where the finding's `--ticket` can point to"));
    }
    match bad {
        Some(severity) if problems.is_empty() => {
            let name = if name.1.is_empty() { text.from } else { name.1 };
            let when = span.flatten();
            Ok(Told { title: title.1, story, severity, when, module: module.1, record: record.1, name })
        }
        _ => Err(problems),
    }
}

/// In the order of [`Told`]'s reading.
const LABELS: [&str; 6] = ["title", "severity", "when", "module", "record", "your name"];

/// A day, or the minute of a day and time, as a person writes it.
pub fn moment(text: &str, zone: &Zone) -> Option<Span> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        let next = day.checked_add_days(Days::new(1))?;
        return Some(Span { from: zone.day_start(day), to: zone.day_start(next) });
    }
    let civil = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"].iter();
    let from = zone.instant(civil.into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?);
    Some(Span { from, to: from.checked_add(60_000)? })
}

/// Plain text, and what is known of it.
struct Plain {
    body: String,
    /// Lines that stand before the body.
    first_line: usize,
    /// The sender's address, where it is a mail; empty otherwise.
    from: String,
}

/// What is wrong with a whole file, and what to do.
type Wrong = (String, &'static str);

/// The text of a file: as it is, or that of a mail with one part of plain text.
fn plain(bytes: &[u8]) -> Result<Plain, Wrong> {
    const AS_TEXT: &str = "Save the mail's text as a plain text file in UTF-8, and read that";
    if bytes.len() > LARGEST {
        return Err((format!("the file has more than {LARGEST} bytes"), AS_TEXT));
    }
    let utf8 = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| ("this is not UTF-8".to_owned(), AS_TEXT));
    let text = utf8(bytes.to_vec())?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let Some((head, body)) = mail(&text) else { return Ok(Plain { body: text, first_line: 0, from: String::new() }) };
    let media = header(head, "content-type").to_lowercase();
    let charset = media.split_once("charset=").map(|(_, rest)| rest.trim_start_matches('"'));
    let readable = charset.is_none_or(|name| name.starts_with("utf-8") || name.starts_with("us-ascii"));
    if !(media.is_empty() || media.starts_with("text/plain")) || !readable {
        return Err((format!("this is a mail of type `{}`", media.chars().take(80).collect::<String>()), AS_TEXT));
    }
    let first_line = head.lines().count() + 1;
    let from = header(head, "from");
    let from = from.rsplit_once('<').map_or(from.as_str(), |(_, rest)| rest.trim_end_matches('>')).trim();
    let from = if crate::definition::is_address(from) { from.to_owned() } else { String::new() };
    let body = match header(head, "content-transfer-encoding").to_lowercase().as_str() {
        "quoted-printable" => utf8(quoted_printable(body))?,
        "base64" => {
            let letters: String = body.split_whitespace().collect();
            let decoded = STANDARD.decode(letters).map_err(|_| ("its base64 cannot be read".to_owned(), AS_TEXT))?;
            utf8(decoded)?.replace("\r\n", "\n")
        }
        _ => body.to_owned(),
    };
    Ok(Plain { body, first_line, from })
}

/// Head and body, if a text is a mail (RFC 5322): it begins with a header, and it has one that only mails have.
fn mail(text: &str) -> Option<(&str, &str)> {
    let (head, body) = text.split_once("\n\n")?;
    let is_name = |c: char| c.is_ascii_graphic() && c != ':';
    let is_header = |line: &str| {
        line.starts_with([' ', '\t'])
            || line.split_once(':').is_some_and(|(name, _)| !name.is_empty() && name.chars().all(is_name))
    };
    let told = ["from", "message-id", "received", "mime-version"];
    (head.lines().all(is_header) && told.iter().any(|name| !header(head, name).is_empty())).then_some((head, body))
}

/// A header's value with its folded lines; empty if there is none.
fn header(head: &str, wanted: &str) -> String {
    let mut value = String::new();
    let mut inside = false;
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if inside {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        if inside {
            break;
        }
        if let Some((name, rest)) = line.split_once(':')
            && name.eq_ignore_ascii_case(wanted)
        {
            inside = true;
            value.push_str(rest.trim());
        }
    }
    value
}

/// Undoes quoted-printable (RFC 2045, 6.7); what is no escape stays as it is.
fn quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.lines() {
        let (line, soft) = match line.trim_end().strip_suffix('=') {
            Some(rest) => (rest, true),
            None => (line.trim_end(), false),
        };
        let mut rest = line.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            let escaped = (*byte == b'=').then(|| after.get(..2)).flatten();
            let escaped = escaped.and_then(|digits| hex::decode(digits).ok());
            match (escaped, after.get(2..)) {
                (Some(decoded), Some(after)) => {
                    out.extend(decoded);
                    rest = after;
                }
                _ => {
                    out.push(*byte);
                    rest = after;
                }
            }
        }
        if !soft {
            out.push(b'\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILLED: &str = "Title: 300 contacts exported\nSeverity: High\nWhen: 2026-11-30 14:20\nModule: Contacts\nRecord: \nYour name: Ben Cole\nWhat happened:\nI saw the mail.\n\nNobody asked for it.\n";

    fn told(text: &str) -> Result<Told, Vec<String>> {
        let one = |problem: Problem| format!("{}: {}. {}", problem.line, problem.what, problem.instead);
        read(text.as_bytes(), "form", &Zone::utc()).map_err(|all| all.into_iter().map(one).collect())
    }

    #[test]
    fn a_form_is_read_as_it_is_filled_in() {
        let found = told(FILLED).unwrap();
        assert_eq!((found.title.as_str(), found.severity), ("300 contacts exported", Severity::High));
        assert_eq!((found.module.as_str(), found.record.as_str()), ("Contacts", ""));
        assert_eq!(
            (found.name.as_str(), found.story.as_str()),
            ("Ben Cole", "I saw the mail.\n\nNobody asked for it.")
        );
        let from = 1_796_048_400_000;
        assert_eq!(found.when, Some(Span { from, to: from + 60_000 }));
    }

    #[test]
    fn the_template_itself_lacks_only_its_title() {
        let problems = told(TEMPLATE).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("3: there is no title"), "{problems:?}");
        let filled = TEMPLATE.replace("Title: ", "Title: x").replace("What happened:\n", "What happened:\nIt went.\n");
        let found = told(&filled).unwrap();
        assert_eq!((found.story.as_str(), found.severity, found.when), ("It went.", Severity::Medium, None));
    }

    #[test]
    fn a_reply_by_mail_is_read_in_every_plain_encoding() {
        let head = "From: Ben Cole <ben@example.com>\nSubject: Re: odd\nMIME-Version: 1.0\n";
        let body = "> Title: Verträge gelöscht\n> What happened: all\n> of them\n";
        let whole = told(&format!("{head}Content-Type: text/plain;\n charset=\"utf-8\"\n\n{body}")).unwrap();
        assert_eq!((whole.title.as_str(), whole.name.as_str()), ("Verträge gelöscht", "ben@example.com"));
        assert_eq!(whole.story, "all\nof them");
        let base64 = STANDARD.encode(body);
        let same = told(&format!("{head}Content-Transfer-Encoding: base64\n\n{base64}\n")).unwrap();
        assert_eq!(same, whole);
        let quoted = body.replace("ä", "=C3=A4").replace("ö", "=C3=\n=B6").replace("gel", "ge=\nl");
        let same = told(&format!("{head}Content-Transfer-Encoding: quoted-printable\n\n{quoted}")).unwrap();
        assert_eq!(same, whole);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let problems = told("Title:\nSeverity: awful\nWhen: yesterday\n").unwrap_err();
        assert_eq!(
            problems,
            [
                "1: there is no title. Write what is odd in one line, as in `Title: 300 contacts exported at night`",
                "2: `awful` is no severity. Write `low`, `medium` or `high`",
                "3: `yesterday` is no day and no time. Write it as 2026-11-30 or 2026-11-30 14:20",
            ]
        );
    }

    #[test]
    fn what_is_no_plain_text_is_refused() {
        let refused = |bytes: &[u8]| read(bytes, "form-by-mail", &Zone::utc()).unwrap_err()[0].what.clone();
        assert!(refused(b"From: a@example.com\nContent-Type: text/html\n\n<b>Title: x</b>").contains("text/html"));
        assert!(refused(b"From: a@example.com\nContent-Type: text/plain; charset=utf-16\n\nx").contains("utf-16"));
        assert_eq!(refused(b"Title: \xff"), "this is not UTF-8");
        assert!(refused(&vec![b'x'; LARGEST + 1]).contains("more than"));
        assert!(refused(b"Title: a\x1b[2Jb\n").contains("some that are none"));
        assert!(refused(b"Title: x\nWhat happened: a\x00b\n").contains("the story"));
        assert!(refused(format!("Title: {}\n", "x".repeat(201)).as_bytes()).contains("`title`"));
    }
}
