//! CEF: one line of ArcSight's Common Event Format as an object: header, extension, custom fields by their labels.
//!
//! ```text
//! [syslog header] CEF:Version|Device Vendor|Device Product|Device Version|Device Event Class ID|Name|Severity|Extension
//! ```
//! "ArcSight Common Event Format (CEF) Implementation Standard": in the header `|` and `\` are escaped by `\`; in the
//! extension, which is `key=value key=value …` with spaces inside of values, `=` and `\` are, and `\n`, `\r` are line
//! ends. Senders also write `\|` and an unescaped `=` (in addresses of pages) in values: both are read as meant.

use super::rfc5424;
use crate::ingest::times::quoted;
use serde_json::{Map, Value};

/// Keys of the header, in its order.
const HEADER: [&str; 6] = ["vendor", "product", "product_version", "signature", "name", "severity"];

/// The line as `{prefix, syslog, version, vendor, product, product_version, signature, name, severity, ext, label}`.
/// `prefix` is what stands before `CEF:`, verbatim; `syslog` what it says, where it says it: `{timestamp, host}`, and all
/// of the header's parts if it is one of RFC 5424. `label` has the values of fields such as `cs1` under the text of
/// `cs1Label`. `Err`: why it cannot be read.
pub(in crate::ingest) fn read(line: &str) -> Result<Value, String> {
    let line = line.trim_end_matches(['\r', '\n']);
    let (prefix, rest) = match line.find("CEF:") {
        Some(at) => line.split_at(at),
        None => return Err("there is no `CEF:` in the line".to_owned()),
    };
    let mut rest = rest.get("CEF:".len()..).unwrap_or_default();
    let mut object = Map::new();
    let prefix = prefix.trim();
    if !prefix.is_empty() {
        object.insert("prefix".to_owned(), prefix.into());
        object.insert("syslog".to_owned(), syslog(prefix));
    }
    let (version, after) = header_part(rest).ok_or_else(|| ends_before("the vendor"))?;
    if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(format!("{} is no version of CEF", quoted(&version)));
    }
    object.insert("version".to_owned(), version.into());
    rest = after;
    for key in HEADER {
        // Some senders leave the last `|` out where there is no extension.
        let whole = || (key == "severity" && !rest.contains('|')).then(|| (unescaped(rest), ""));
        let (part, after) = header_part(rest).or_else(whole).ok_or_else(|| ends_before(key))?;
        object.insert(key.to_owned(), if part.is_empty() { Value::Null } else { part.into() });
        rest = after;
    }
    let ext = extension(rest)?;
    let label = labels(&ext);
    object.insert("ext".to_owned(), Value::Object(ext));
    object.insert("label".to_owned(), Value::Object(label));
    Ok(Value::Object(object))
}

fn ends_before(what: &str) -> String {
    format!("the CEF header ends before the end of its {what}: it was cut, or a `|` in it is not escaped")
}

/// Up to the next `|` that is not escaped, without escapes, and what stands after it.
fn header_part(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '|' => return Some((unescaped(text.get(..at)?), text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// `\n` and `\r` are line ends; any other escaped sign of the standard stands for itself; `\` before another letter (a
/// Windows path or account that was not escaped) stays.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(sign @ ('\\' | '|' | '=')) => out.push(sign),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// `key=value key=value`: a key is a name after a space, directly before a `=` that is not escaped; a value reaches to
/// the next key.
fn extension(text: &str) -> Result<Map<String, Value>, String> {
    let text = text.trim();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '=' => {
                let before = text.get(..at).unwrap_or_default();
                let start = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
                // What follows the space may be wider than a byte: `get` then gives none, and it is no key.
                let key = before.get(start..).unwrap_or_default();
                if is_key(key) {
                    starts.push((start, at));
                }
            }
            _ => {}
        }
    }
    match starts.first() {
        Some((0, _)) => {}
        None if text.is_empty() => return Ok(Map::new()),
        _ => return Err(format!("the extension begins with {}, and not with `key=`", quoted(text))),
    }
    let mut ext = Map::new();
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    for (&(start, equals), end) in starts.iter().zip(ends) {
        let key = text.get(start..equals).unwrap_or_default();
        let value = unescaped(text.get(equals + 1..end).unwrap_or_default().trim());
        let value = if value.is_empty() { Value::Null } else { Value::String(value) };
        match ext.get_mut(key) {
            // Twice the same key is outside of the standard: both are kept.
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => {
                ext.insert(key.to_owned(), value);
            }
        }
    }
    Ok(ext)
}

/// Keys of the dictionary are letters and digits; extensions of vendors also have `.`, `_`, `-` and `[0]`.
fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'[' | b']'))
}

/// Custom fields (`cs1`, `cn2`, `flexString1`, `deviceCustomDate1` …) under the text of their label. Of two fields with
/// one label the first counts; both are in the extension.
fn labels(ext: &Map<String, Value>) -> Map<String, Value> {
    let mut labels = Map::new();
    for (key, label) in ext {
        let field = key.strip_suffix("Label").and_then(|field| ext.get(field));
        if let (Some(value), Some(label)) = (field, label.as_str())
            && !labels.contains_key(label)
        {
            labels.insert(label.to_owned(), value.clone());
        }
    }
    labels
}

/// What a syslog header says: RFC 5424's all, else `[<priority>]timestamp host`, the timestamp being ISO's or the
/// `Mmm dd hh:mm:ss` of RFC 3164 (which has no year, so that no mapping can take it for a time).
fn syslog(prefix: &str) -> Value {
    if let Ok(Value::Object(mut header)) = rfc5424::read(&format!("{prefix} x")).or_else(|_| rfc5424::read(prefix)) {
        header.remove("message");
        return Value::Object(header);
    }
    let rest = match prefix.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((priority, rest)) if priority.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => prefix,
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let iso = |word: &str| word.len() >= 19 && word.as_bytes().get(10) == Some(&b'T');
    let clock = |word: &str| word.len() >= 8 && word.as_bytes().get(2) == Some(&b':');
    let (timestamp, after) = match words.as_slice() {
        // `1`: the version of an RFC 5424 header whose structured data the sender left out.
        [first, after @ ..] | ["1", first, after @ ..] if iso(first) => ((*first).to_owned(), after),
        [month, day, time, after @ ..] if clock(time) => (format!("{month} {day} {time}"), after),
        [month, day, year, time, after @ ..] if clock(time) => (format!("{month} {day} {year} {time}"), after),
        _ => return Value::Null,
    };
    let mut header = Map::new();
    header.insert("timestamp".to_owned(), timestamp.into());
    header.insert("host".to_owned(), after.first().map_or(Value::Null, |host| (*host).into()));
    Value::Object(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn header_extension_and_labels() {
        let line = "CEF:0|Example|Directory Guard|2.1|4728|Member added|3|rt=1694682147000 suser=EXAMPLE\\\\J_DOE \
            msg=Member 'K. Roe' was added to 'X' cs1=Payroll Admins cs1Label=Group Name cn1=2 cn1Label=Members \
            request=https://example.com/?a\\=1&b=2 cs2Label=Empty outcome=success";
        assert_eq!(
            read(line).unwrap(),
            json!({
                "version": "0", "vendor": "Example", "product": "Directory Guard", "product_version": "2.1",
                "signature": "4728", "name": "Member added", "severity": "3",
                "ext": {
                    "rt": "1694682147000", "suser": "EXAMPLE\\J_DOE", "msg": "Member 'K. Roe' was added to 'X'",
                    "cs1": "Payroll Admins", "cs1Label": "Group Name", "cn1": "2", "cn1Label": "Members",
                    "request": "https://example.com/?a=1&b=2", "cs2Label": "Empty", "outcome": "success"
                },
                "label": {"Group Name": "Payroll Admins", "Members": "2"}
            })
        );
    }

    #[test]
    fn escapes_of_the_standard() {
        let line = r"CEF:1|security|threat\|manager|1.0|100|detected a \\ in packet|10|src=192.0.2.1 act=blocked a \\ = msg=a\nb\=c\|d";
        let object = read(line).unwrap();
        assert_eq!(object["product"], "threat|manager");
        assert_eq!(object["name"], "detected a \\ in packet");
        assert_eq!(object["ext"]["act"], "blocked a \\ =");
        assert_eq!(object["ext"]["msg"], "a\nb=c|d");
        let path = read(r"CEF:0|a|b|1|2|3|4|filePath=C:\Windows\x.exe suser=x").unwrap();
        assert_eq!(path["ext"]["filePath"], r"C:\Windows\x.exe");
    }

    #[test]
    fn a_syslog_header_may_stand_before() {
        let old = read("<134>Sep 14 09:02:27 dc1.example.com CEF:0|a|b|1|2|3|4|k=v\r\n").unwrap();
        assert_eq!(old["prefix"], "<134>Sep 14 09:02:27 dc1.example.com");
        assert_eq!(old["syslog"], json!({"timestamp": "Sep 14 09:02:27", "host": "dc1.example.com"}));
        let new = read("<134>1 2026-09-14T09:02:27Z dc1.example.com app - - - CEF:0|a|b|1|2|3|4|k=v").unwrap();
        assert_eq!(new["syslog"]["timestamp"], "2026-09-14T09:02:27Z");
        assert_eq!(new["syslog"]["severity"], "info");
        let iso = read("2026-09-14T09:02:27+02:00 dc1 CEF:0|a|b|1|2|3|4|").unwrap();
        assert_eq!(iso["syslog"], json!({"timestamp": "2026-09-14T09:02:27+02:00", "host": "dc1"}));
        assert_eq!(iso["ext"], json!({}));
        let short = read("<134>1 2026-09-14T09:02:27Z dc1 app - - CEF:0|a|b|1|2|3|4|").unwrap();
        assert_eq!(short["syslog"], json!({"timestamp": "2026-09-14T09:02:27Z", "host": "dc1"}));
        assert_eq!(read("Sep 14 2026 09:02:27 dc1 CEF:0|a|b|1|2|3|4").unwrap()["syslog"]["host"], "dc1");
    }

    #[test]
    fn nothing_that_was_written_twice_is_lost() {
        let object = read("CEF:0|a|b|1|2|3||k=1 k=2 empty= cs1=x cs1Label=L cs2=y cs2Label=L").unwrap();
        assert_eq!(object["ext"]["k"], json!(["1", "2"]));
        assert_eq!(object["ext"]["empty"], Value::Null);
        assert_eq!(object["severity"], Value::Null);
        assert_eq!(object["label"], json!({"L": "x"}));
    }

    #[test]
    fn what_is_none_says_why() {
        for (line, part) in [
            ("LEEF:1.0|a|b", "no `CEF:`"),
            ("CEF:x|a|b|1|2|3|4|", "no version"),
            ("CEF:0|a|b|1|2|3", "ends before the end of its name"),
            ("CEF:0", "ends before"),
            ("CEF:0|a|b|1|2|3|4|free text", "and not with `key=`"),
            ("CEF:0|a|b|1|2|3|4|free text a=b", "and not with `key=`"),
        ] {
            let reason = read(line).unwrap_err();
            assert!(reason.contains(part), "{line}: {reason}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics_and_what_was_written_is_read(text in "\\PC{0,60}", value in "[a-z=|\\\\ ü]{0,20}") {
            let _ = read(&text);
            let _ = read(&format!("{text} CEF:0|a|b|1|2|3|4|{text}"));
            let escaped = value.replace('\\', "\\\\").replace('=', "\\=");
            let object = read(&format!("CEF:0|a|b|1|2|3|4|x={escaped} y=1")).unwrap();
            prop_assert_eq!(object["ext"]["x"].as_str().unwrap_or_default(), value.trim());
            prop_assert_eq!(&object["ext"]["y"], "1");
        }
    }
}
