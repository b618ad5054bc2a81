//! auditd: a record of the Linux audit log as an object, and the records of one event as one object.
//!
//! ```text
//! [node=HOST ]type=TYPE msg=audit(SECONDS.MILLIS:SERIAL): key=value key="value" key=HEX msg='key=value …'<0x1D>KEY="name" …
//! ```
//! Records that share `SECONDS.MILLIS:SERIAL` (and the node) are one event. Text that came from a user stands in quotes,
//! or, where it holds a space, a quote or a control character, as hexadecimal digits without quotes: the fields for
//! which that can be are those of `auparse/typetab.h` of audit-userspace. After 0x1D the daemon puts the names that ids
//! had when it wrote (`log_format = ENRICHED`). Values are given as written (`?`, `(null)`, 4294967295 for an unset id):
//! what stands for no value is the mapping's to say.
//!
//! The crate linux-audit-parser reads this format too, but is under the LGPL.

use crate::ingest::times::quoted;
use serde_json::{Map, Value};

/// Fields that may be written in hexadecimal digits (`AUPARSE_TYPE_ESCAPED*`, `_PROCTITLE`, `_TTY_DATA`).
const ESCAPED: [&str; 36] = [
    "acct",
    "cgroup",
    "cmd",
    "comm",
    "cwd",
    "data",
    "device",
    "dir",
    "exe",
    "file",
    "grp",
    "info",
    "invalid_context",
    "key",
    "name",
    "new-chardev",
    "new-disk",
    "new-fs",
    "new-net",
    "new-rng",
    "new_group",
    "ocomm",
    "old-chardev",
    "old-disk",
    "old-fs",
    "old-net",
    "old-rng",
    "operation",
    "path",
    "proctitle",
    "profile",
    "root_dir",
    "sw",
    "vm",
    "watch",
    "apparmor",
];

/// One record as `{event, time, serial, node, type, data: {KEY: …}, names: {KEY: …}, text}`. `event` is
/// `SECONDS.MILLIS:SERIAL`, behind the node's name where there is one. What `msg='…'` holds is in `data` beside the
/// rest; words that belong to no key are the `text`; an SELinux decision is `data.seresult` and `data.seperms`, as
/// ausearch calls them; the arguments of an EXECVE record are the list `data.argv`. `Err`: why it cannot be read.
pub(in crate::ingest) fn read(line: &str) -> Result<Value, String> {
    let line = line.trim_end_matches(['\r', '\n']);
    let (node, rest) = match line.strip_prefix("node=").and_then(|rest| rest.split_once(' ')) {
        Some((node, rest)) => (Some(node), rest),
        None => (None, line),
    };
    let (kind, rest) = rest
        .strip_prefix("type=")
        .and_then(|rest| rest.split_once(" msg=audit("))
        .ok_or("it does not begin with `type=… msg=audit(…`: no record of the audit log")?;
    if kind.is_empty() || kind.contains(' ') {
        return Err(format!("{} is no type of a record", quoted(kind)));
    }
    let (stamp, rest) = rest.split_once("):").ok_or("the record ends before the `):` of its time: it was cut")?;
    let (time, serial) = stamp.split_once(':').unwrap_or((stamp, ""));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = time.split_once('.').is_some_and(|(seconds, millis)| number(seconds) && number(millis));
    if !whole || !number(serial) {
        return Err(format!("`audit({stamp})` is not of the form `audit(SECONDS.MILLIS:SERIAL)`"));
    }
    let (said, enriched) = rest.split_once('\u{1d}').unwrap_or((rest, ""));
    let mut record = Record { kind, data: Map::new(), words: Vec::new() };
    record.pairs(said);
    record.decision();
    let mut names = Record { kind: "", data: Map::new(), words: Vec::new() };
    names.pairs(enriched);

    let mut object = Map::new();
    let event = node.map_or_else(|| stamp.to_owned(), |node| format!("{node} {stamp}"));
    object.insert("event".to_owned(), event.into());
    object.insert("time".to_owned(), time.into());
    object.insert("serial".to_owned(), serial.into());
    object.insert("node".to_owned(), node.map_or(Value::Null, Into::into));
    object.insert("type".to_owned(), kind.into());
    object.insert("data".to_owned(), Value::Object(record.data));
    object.insert("names".to_owned(), Value::Object(names.data));
    let text = record.words.join(" ");
    object.insert("text".to_owned(), if text.is_empty() { Value::Null } else { text.into() });
    Ok(Value::Object(object))
}

/// The records of one event, in the order of the log, as one object: the first record's, with `types` (all types in
/// order), and with what the others add to `data` and `names`. A value that differs from one that is there already is
/// in `others`, a list of `{type, data, names, text}`. A directory in which a file was made stands behind the file.
pub(in crate::ingest) fn join(records: Vec<Value>) -> Value {
    let types: Vec<&str> = records.iter().filter_map(|record| record.get("type")?.as_str()).collect();
    let types = types.join(" ");
    let is_parent = |record: &Value| record.pointer("/data/nametype").and_then(Value::as_str) == Some("PARENT");
    let (parents, records): (Vec<Value>, Vec<Value>) = records.into_iter().partition(is_parent);
    let mut all = records.into_iter().chain(parents);
    let Some(Value::Object(mut first)) = all.next() else { return Value::Null };
    let mut others = Vec::new();
    for record in all {
        let Value::Object(mut record) = record else { continue };
        let mut more = Map::new();
        for key in ["data", "names"] {
            let Some(Value::Object(values)) = record.remove(key) else { continue };
            let mut rest = Map::new();
            let Some(Value::Object(known)) = first.get_mut(key) else { continue };
            for (name, value) in values {
                match known.get(&name) {
                    None => {
                        known.insert(name, value);
                    }
                    Some(same) if *same == value => {}
                    Some(_) => {
                        rest.insert(name, value);
                    }
                }
            }
            if !rest.is_empty() {
                more.insert(key.to_owned(), Value::Object(rest));
            }
        }
        if let Some(text) = record.remove("text").filter(|text| !text.is_null()) {
            more.insert("text".to_owned(), text);
        }
        if !more.is_empty() {
            more.insert("type".to_owned(), record.remove("type").unwrap_or_default());
            others.push(Value::Object(more));
        }
    }
    first.insert("types".to_owned(), types.into());
    if !others.is_empty() {
        first.insert("others".to_owned(), Value::Array(others));
    }
    Value::Object(first)
}

/// A record while its pairs are read.
struct Record<'a> {
    kind: &'a str,
    data: Map<String, Value>,
    words: Vec<&'a str>,
}

impl<'a> Record<'a> {
    fn pairs(&mut self, text: &'a str) {
        let mut rest = text.trim_start();
        // The key to whose value a word without `=` belongs: `op=adding user id=1002`.
        let mut open = false;
        while !rest.is_empty() {
            let end = rest.find(' ').unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let key = word.split_once('=').map(|(key, _)| key.trim_start_matches('(')).filter(|key| !key.is_empty());
            let Some(key) = key else {
                self.word(word, open);
                rest = after.trim_start();
                continue;
            };
            let value = rest.split_once('=').map(|(_, value)| value).unwrap_or_default();
            let (value, after) = if key == "msg" && value.starts_with('\'') {
                let inner = value.get(1..).unwrap_or_default();
                let (inner, after) = inner.rsplit_once('\'').unwrap_or((inner, ""));
                self.pairs(inner);
                open = false;
                rest = after.trim_start();
                continue;
            } else if let Some(inner) = value.strip_prefix('"') {
                let (inner, after) = inner.split_once('"').unwrap_or((inner, ""));
                (inner.to_owned(), after)
            } else {
                let (value, after) = value.split_at(value.find(' ').unwrap_or(value.len()));
                (self.unquoted(key, value), after)
            };
            self.add(key, value);
            open = key == "op";
            rest = after.trim_start_matches([',', ')']).trim_start();
        }
    }

    fn word(&mut self, word: &'a str, open: bool) {
        match self.data.get_mut("op") {
            Some(Value::String(op)) if open => {
                op.push(' ');
                op.push_str(word);
            }
            _ => self.words.push(word),
        }
    }

    /// Text in hexadecimal digits as what it means: NUL, which parts the words of a command, as a space.
    fn unquoted(&self, key: &str, value: &str) -> String {
        let tidy = value.trim_end_matches(',');
        let tidy = if tidy.contains('(') { tidy } else { tidy.trim_end_matches(')') };
        let escaped = ESCAPED.contains(&key) || (self.kind == "EXECVE" && is_argument(key));
        let digits = !tidy.is_empty() && tidy.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
        if escaped
            && digits
            && let Ok(bytes) = hex::decode(tidy)
            && let Ok(text) = String::from_utf8(bytes)
        {
            return text.trim_end_matches('\0').replace('\0', " ");
        }
        tidy.to_owned()
    }

    fn add(&mut self, key: &str, value: String) {
        if self.kind == "EXECVE" && is_argument(key) {
            self.argument(key, value);
            return;
        }
        // Before 2.6.3x the kernel wrote `old auid=…`, since then `old-auid=…`.
        let key = match self.words.last() {
            Some(word @ (&"old" | &"new")) if matches!(key, "auid" | "ses") => {
                let key = format!("{word}-{key}");
                self.words.pop();
                key
            }
            _ => key.to_owned(),
        };
        match self.data.get_mut(&key) {
            Some(Value::Array(list)) => list.push(value.into()),
            Some(first) if *first != value => *first = Value::Array(vec![first.take(), value.into()]),
            Some(_) => {}
            None => {
                self.data.insert(key, value.into());
            }
        }
    }

    /// `a0`, `a1` …; a long one comes in pieces, `a1_len=9000 a1[0]=… a1[1]=…`.
    fn argument(&mut self, key: &str, value: String) {
        let list = self.data.entry("argv").or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(list) = list else { return };
        let later_piece = key.contains('[') && !key.ends_with("[0]");
        match list.last_mut() {
            Some(Value::String(last)) if later_piece => last.push_str(&value),
            _ if key.ends_with("_len") => {}
            _ => list.push(value.into()),
        }
    }

    /// `avc:  denied  { read write } for …`
    fn decision(&mut self) {
        let text = self.words.join(" ");
        let Some((_, rest)) = text.split_once("avc:") else { return };
        let Some((result, rest)) = rest.split_once('{') else { return };
        let Some((permissions, _)) = rest.split_once('}') else { return };
        self.data.insert("seresult".to_owned(), result.trim().into());
        self.data.insert("seperms".to_owned(), permissions.trim().into());
    }
}

/// `a0`, `a12`, `a1[0]`, `a1_len`.
fn is_argument(key: &str) -> bool {
    let Some(rest) = key.strip_prefix('a') else { return false };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    !digits.is_empty() && (tail.is_empty() || tail == "_len" || tail.starts_with('['))
}

#[cfg(test)]
#[path = "auditd_tests.rs"]
mod tests;
