//! RFC 5424: one syslog message as an object: header, structured data, message.
//!
//! Read by hand and not by a crate (syslog_loose, syslog_rfc5424): both give the time as a number or another type, and an
//! event keeps it as it was written; the loose one reads any line as something, where we must say what cannot be read.
//!
//! ```text
//! SYSLOG-MSG      = HEADER SP STRUCTURED-DATA [SP MSG]                                        RFC 5424, section 6
//! HEADER          = PRI VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID
//! PRI             = "<" PRIVAL ">"            ; 1*3DIGIT, 0 to 191: facility * 8 + severity
//! STRUCTURED-DATA = NILVALUE / 1*SD-ELEMENT
//! SD-ELEMENT      = "[" SD-ID *(SP SD-PARAM) "]"
//! SD-PARAM        = PARAM-NAME "=" %d34 PARAM-VALUE %d34     ; `"`, `\` and `]` are escaped by `\`
//! MSG             = MSG-ANY / MSG-UTF8        ; the latter begins with a BOM
//! SYSLOG-FRAME    = MSG-LEN SP SYSLOG-MSG                                                  RFC 6587, section 3.4.1
//! ```

use crate::ingest::times::quoted;
use serde_json::{Map, Value};

/// Names of the facilities, by number (RFC 5427, section 3).
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "console", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// Names of the severities, by number (RFC 5427, section 3).
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// The message of one line, framed by its line end or by its length, as
/// `{priority, facility, severity, timestamp, host, app, process, message_id, message, data: {ID: {PARAM: …}}}`.
/// A nil value (`-`) is null; a parameter that is there several times is a list. `Err`: why it cannot be read.
pub(in crate::ingest) fn read(line: &str) -> Result<Value, String> {
    let text = framed(line.trim_end_matches(['\r', '\n']))?;
    let (priority, rest) = priority(text)?;
    let mut parts = Parts { rest };
    let version = parts.next("the version")?;
    if version != "1" {
        return Err(format!("the version after the priority is {}, and not 1: not RFC 5424", quoted(version)));
    }
    let mut object = Map::new();
    object.insert("priority".to_owned(), priority.into());
    object.insert("facility".to_owned(), name(&FACILITIES, priority / 8));
    object.insert("severity".to_owned(), name(&SEVERITIES, priority % 8));
    for key in ["timestamp", "host", "app", "process", "message_id"] {
        let part = parts.next(key)?;
        object.insert(key.to_owned(), if part == "-" { Value::Null } else { part.into() });
    }
    let (data, rest) = structured_data(parts.rest)?;
    let message = match rest.strip_prefix(' ') {
        Some(message) => message,
        None if rest.is_empty() => rest,
        None => return Err(format!("no space after the structured data, but {}", quoted(rest))),
    };
    let message = message.strip_prefix('\u{feff}').unwrap_or(message);
    object.insert("message".to_owned(), if message.is_empty() { Value::Null } else { message.into() });
    object.insert("data".to_owned(), data);
    Ok(Value::Object(object))
}

/// The line without the length that RFC 6587 puts before a message. The length may count the line end, which some
/// senders put into the frame and which whoever splits lines has taken away.
fn framed(line: &str) -> Result<&str, String> {
    let Some((digits, message)) = line.split_once(' ') else { return Ok(line) };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || !message.starts_with('<') {
        return Ok(line);
    }
    let said: usize = digits.parse().map_err(|_| format!("the length {} is no length", quoted(digits)))?;
    let has = message.len();
    if (has..=has + 2).contains(&said) {
        Ok(message)
    } else if said > has {
        Err(format!(
            "the message was to have {said} bytes, the line has {has}: it was cut, or goes on in the next line"
        ))
    } else {
        Err(format!("the message was to have {said} bytes, the line has {has}: several messages in one line"))
    }
}

fn priority(text: &str) -> Result<(u16, &str), String> {
    let Some(rest) = text.strip_prefix('<') else {
        return Err(
            "no `<priority>` at its beginning: not RFC 5424, or the rest of a message of several lines".to_owned()
        );
    };
    let (digits, rest) = rest.split_once('>').unwrap_or((rest, ""));
    let whole = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse::<u16>() {
        Ok(number) if whole && number <= 191 => Ok((number, rest)),
        _ => Err(format!("{} is no priority from 0 to 191", quoted(digits))),
    }
}

fn name(names: &[&str], number: u16) -> Value {
    names.get(usize::from(number)).map_or(Value::Null, |name| (*name).into())
}

/// What is still unread of a header, whose parts end at a space.
struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn next(&mut self, what: &str) -> Result<&'a str, String> {
        match self.rest.split_once(' ') {
            Some((part, rest)) if !part.is_empty() => {
                self.rest = rest;
                Ok(part)
            }
            _ => Err(format!("the header ends before {what}: not RFC 5424, or cut")),
        }
    }
}

/// The structured data and what stands after it.
fn structured_data(text: &str) -> Result<(Value, &str), String> {
    if let Some(rest) = text.strip_prefix('-') {
        return Ok((Value::Null, rest));
    }
    if !text.starts_with('[') {
        return Err(format!("no structured data (`-` or `[`), but {}", quoted(text)));
    }
    let cut = || "the structured data has no end: the line was cut".to_owned();
    let mut elements = Map::new();
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('[') {
        let end = inner.find([' ', ']']).ok_or_else(cut)?;
        let (id, mut params) = inner.split_at(end);
        if id.is_empty() || id.contains(['=', '"']) {
            return Err(format!("{} is no name of structured data", quoted(id)));
        }
        let element = elements.entry(id).or_insert_with(|| Value::Object(Map::new()));
        loop {
            params = params.trim_start_matches(' ');
            if let Some(after) = params.strip_prefix(']') {
                rest = after;
                break;
            }
            let (name, value) = params.split_once("=\"").ok_or_else(cut)?;
            if name.is_empty() || name.contains([' ', ']', '"', '=']) {
                return Err(format!("{} is no parameter of structured data", quoted(name)));
            }
            let (value, after) = param_value(value).ok_or_else(cut)?;
            if let Value::Object(element) = element {
                add(element, name, value);
            }
            params = after;
        }
    }
    Ok((Value::Object(elements), rest))
}

/// A value up to its quote, without escapes, and what stands after the quote. "A backslash followed by none of the three
/// is a backslash" (section 6.3.3).
fn param_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match chars.next()?.1 {
                escaped @ ('"' | '\\' | ']') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

/// "The same PARAM-NAME may exist more than once" (section 6.3.4, `ip`): then the values are a list.
fn add(element: &mut Map<String, Value>, name: &str, value: String) {
    match element.get_mut(name) {
        Some(Value::Array(list)) => list.push(value.into()),
        Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
        None => {
            element.insert(name.to_owned(), value.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_examples_of_the_rfc_read_as_it_says() {
        // Section 6.5, examples 1 and 3.
        let first = "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{feff}'su root' failed for \
            lonvick on /dev/pts/8";
        assert_eq!(
            read(first).unwrap(),
            json!({
                "priority": 34, "facility": "auth", "severity": "crit", "timestamp": "2003-10-11T22:14:15.003Z",
                "host": "mymachine.example.com", "app": "su", "process": null, "message_id": "ID47",
                "message": "'su root' failed for lonvick on /dev/pts/8", "data": null
            })
        );
        let third = "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\" \
            eventSource=\"Application\" eventID=\"1011\"][examplePriority@32473 class=\"high\"] An entry\r\n";
        let object = read(third).unwrap();
        assert_eq!(object["facility"], "local4");
        assert_eq!(object["severity"], "notice");
        assert_eq!(
            object["data"],
            json!({
                "exampleSDID@32473": {"iut": "3", "eventSource": "Application", "eventID": "1011"},
                "examplePriority@32473": {"class": "high"}
            })
        );
        assert_eq!(object["message"], "An entry");
    }

    #[test]
    fn everything_may_be_nil() {
        let object = read("<0>1 - - - - - -").unwrap();
        for key in ["timestamp", "host", "app", "process", "message_id", "message", "data"] {
            assert_eq!(object[key], Value::Null, "{key}");
        }
        assert_eq!((&object["facility"], &object["severity"]), (&json!("kern"), &json!("emerg")));
    }

    #[test]
    fn escapes_of_values_and_repeated_parameters() {
        let line = r#"<13>1 - h a - - [a x="q\"b\\c\]d\n" ip="192.0.2.1" ip="192.0.2.2"][b] m [c]"#;
        let object = read(line).unwrap();
        assert_eq!(object["data"]["a"]["x"], "q\"b\\c]d\\n");
        assert_eq!(object["data"]["a"]["ip"], json!(["192.0.2.1", "192.0.2.2"]));
        assert_eq!(object["data"]["b"], json!({}));
        assert_eq!(object["message"], "m [c]");
    }

    #[test]
    fn a_message_may_be_framed_by_its_length() {
        let message = "<13>1 - h a - - - grüße";
        for length in message.len()..=message.len() + 2 {
            assert_eq!(read(&format!("{length} {message}")).unwrap()["message"], "grüße");
        }
        let less = read(&format!("{} {message}", message.len() - 1)).unwrap_err();
        assert!(less.contains("several messages"), "{less}");
        let more = read(&format!("{} {message}", message.len() + 3)).unwrap_err();
        assert!(more.contains("cut"), "{more}");
    }

    #[test]
    fn what_is_none_says_why() {
        for (line, part) in [
            ("Mar 11 22:55:30 host sshd[3]: Failed password", "no `<priority>`"),
            ("with another line", "no `<priority>`"),
            ("", "no `<priority>`"),
            ("<192>1 - - - - - -", "no priority"),
            ("<>1 - - - - - -", "no priority"),
            ("<0034>1 - - - - - -", "no priority"),
            ("<34>Oct 11 22:14:15 mymachine su: x", "not RFC 5424"),
            ("<34>2 - - - - - -", "not 1"),
            ("<34>1 - h a -", "the header ends before"),
            ("<34>1 - h a - - x", "no structured data"),
            ("<34>1 - h a - - [a x=\"1", "no end"),
            ("<34>1 - h a - - [a x", "no end"),
            ("<34>1 - h a - - -x", "no space after"),
            ("<34>1 - h a - - [=]", "no name of structured data"),
        ] {
            let reason = read(line).unwrap_err();
            assert!(reason.contains(part), "{line}: {reason}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics_and_what_was_written_is_read(text in "\\PC{0,60}", value in "\\PC{0,20}") {
            let _ = read(&text);
            let _ = read(&format!("<13>1 - h a - - {text}"));
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace(']', "\\]");
            let object = read(&format!("<13>1 - h a - - [a x=\"{escaped}\"]")).unwrap();
            prop_assert_eq!(object["data"]["a"]["x"].as_str(), Some(value.as_str()));
        }
    }
}
