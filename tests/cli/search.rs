//! Search: everything that somebody could read out of an edition's files and mails, and what of many names stands in it.

use crate::mail::Mail;
use lopdf::{Dictionary, Document, Object, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// A text that can be read somewhere, and where that is.
pub struct Readable {
    pub place: String,
    /// In small letters.
    pub text: String,
    /// Numbers of a font's glyphs, which look like any number but say none.
    pub of_font: bool,
}

fn readable(place: String, text: &str) -> Readable {
    Readable { place, text: text.to_lowercase(), of_font: false }
}

/// Every text of a file: what is packed in it unpacked, what is escaped also as it is meant.
pub fn texts(name: &str, bytes: &[u8]) -> Vec<Readable> {
    if bytes.starts_with(b"%PDF") {
        return of_pdf(name, bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let mut parts = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut all = Vec::new();
        for at in 0..parts.len() {
            let mut part = parts.by_index(at).unwrap();
            let mut inner = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut inner).unwrap();
            let place = format!("{name}: {}", part.name().unwrap());
            all.push(readable(format!("{place}: when it was packed"), &format!("{:?}", part.last_modified())));
            all.extend(texts(&place, &inner));
        }
        return all;
    }
    let text = String::from_utf8_lossy(bytes);
    let mut all = vec![readable(name.to_owned(), &text)];
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
        let mut said = String::new();
        strings(&value, &mut said);
        all.push(readable(format!("{name}, its strings"), &said));
    } else if text.trim_start().starts_with('<') {
        all.push(readable(format!("{name}, without its marks"), &without_marks(&text)));
    }
    all
}

fn strings(value: &serde_json::Value, into: &mut String) {
    match value {
        serde_json::Value::String(text) => into.extend([text.as_str(), "\n"]),
        serde_json::Value::Array(all) => all.iter().for_each(|one| strings(one, into)),
        serde_json::Value::Object(all) => {
            for (key, one) in all {
                into.extend([key.as_str(), "\n"]);
                strings(one, into);
            }
        }
        _ => {}
    }
}

/// HTML or XML as it is read: no tags, characters instead of their names, nothing between letters that nobody sees.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{2066}'..='\u{2069}' => {}
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&nbsp;", " ")];
    let plain = names.iter().fold(out, |text, (name, c)| text.replace(name, c));
    plain.replace("&amp;", "&")
}

fn of_pdf(name: &str, bytes: &[u8]) -> Vec<Readable> {
    let pdf = Document::load_mem(bytes).unwrap();
    let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
    let mut all = vec![readable(format!("{name}, copied out"), &pdf.extract_text(&pages).unwrap_or_default())];
    let mut said = String::new();
    of_dictionary(&pdf.trailer, &mut said);
    for (id, object) in &pdf.objects {
        said.push('\n');
        match object {
            Object::Stream(stream) => all.extend(of_stream(&format!("{name}: object {}", id.0), stream, &mut said)),
            other => of_object(other, &mut said),
        }
    }
    all.push(readable(format!("{name}, its strings"), &said));
    all
}

/// The strings of an object: as they stand, and as UTF-16 where they are that.
fn of_object(object: &Object, into: &mut String) {
    match object {
        Object::String(bytes, _) => {
            let wide: Vec<u16> = bytes
                .get(2..)
                .unwrap_or_default()
                .chunks_exact(2)
                .map(|two| u16::from_be_bytes([two[0], two[1]]))
                .collect();
            if bytes.starts_with(&[0xfe, 0xff]) {
                into.push_str(&String::from_utf16_lossy(&wide));
            } else {
                into.push_str(&String::from_utf8_lossy(bytes));
            }
            into.push('\n');
        }
        Object::Name(bytes) => into.extend([&*String::from_utf8_lossy(bytes), "\n"]),
        Object::Array(all) => all.iter().for_each(|one| of_object(one, into)),
        Object::Dictionary(all) => of_dictionary(all, into),
        _ => {}
    }
}

fn of_dictionary(all: &Dictionary, into: &mut String) {
    for (key, one) in all.iter() {
        into.extend([&*String::from_utf8_lossy(key), "\n"]);
        of_object(one, into);
    }
}

fn of_stream(place: &str, stream: &Stream, said: &mut String) -> Vec<Readable> {
    of_dictionary(&stream.dict, said);
    let packed = stream.dict.has(b"Filter");
    let bytes = if packed { stream.decompressed_content().unwrap() } else { stream.content.clone() };
    // A font program, or which glyph means which character.
    let font = stream.dict.has(b"Length1") || stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(is_font);
    let of_font = font || bytes.windows(9).any(|some| some == b"begincmap");
    let mut all: Vec<Readable> = texts(place, &bytes);
    // A page's marks hold what a screen reader says, in strings.
    if let Ok(content) = lopdf::content::Content::decode(&bytes) {
        let mut marks = String::new();
        content.operations.iter().flat_map(|one| &one.operands).for_each(|one| of_object(one, &mut marks));
        all.push(readable(format!("{place}, its marks"), &marks));
    }
    all.iter_mut().for_each(|one| one.of_font = of_font);
    all
}

fn is_font(name: &[u8]) -> bool {
    [&b"OpenType"[..], b"CIDFontType0C", b"Type1C"].contains(&name)
}

/// Every text of a mail: headers, both bodies, pictures, attachments.
pub fn of_mail(mail: &Mail) -> Vec<Readable> {
    let mut all = Vec::new();
    for (at, (headers, bytes)) in mail.everything().into_iter().enumerate() {
        let said: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        all.push(readable(format!("mail, headers of part {at}"), &said));
        all.extend(texts(&format!("mail, part {at}"), &bytes));
    }
    all
}

/// Names to be searched for, all at once.
#[derive(Default)]
pub struct Names {
    /// By their first three bytes.
    by_start: BTreeMap<[u8; 3], BTreeSet<String>>,
    /// Those of three letters or fewer, and parts of names: only as whole words.
    short: BTreeSet<String>,
    starts: Vec<bool>,
}

impl Names {
    pub fn new(names: impl IntoIterator<Item = String>) -> Names {
        let mut all = Names { starts: vec![false; 1 << 16], ..Names::default() };
        for name in names {
            let name = name.trim().to_lowercase();
            match name.as_bytes() {
                [] => {}
                [a, b, c, ..] if name.chars().count() > 3 => {
                    all.starts[usize::from(*a) << 8 | usize::from(*b)] = true;
                    let start = [*a, *b, *c];
                    all.by_start.entry(start).or_default().insert(name);
                }
                _ => {
                    all.short.insert(name);
                }
            }
        }
        all
    }

    /// These too, as whole words alone: a part of a name may stand within any word.
    pub fn and_words(mut self, words: impl IntoIterator<Item = String>) -> Names {
        self.short.extend(words.into_iter().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()));
        self
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.short.len() + self.by_start.values().map(BTreeSet::len).sum::<usize>()
    }

    /// Those that stand in a text of small letters.
    pub fn found_in(&self, text: &str) -> BTreeSet<&str> {
        let (bytes, mut found) = (text.as_bytes(), BTreeSet::new());
        for at in 0..bytes.len().saturating_sub(2) {
            if !self.starts[usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])] {
                continue;
            }
            let start = [bytes[at], bytes[at + 1], bytes[at + 2]];
            let Some(names) = self.by_start.get(&start) else { continue };
            found.extend(names.iter().filter(|name| bytes[at..].starts_with(name.as_bytes())).map(String::as_str));
        }
        if !self.short.is_empty() {
            let words = text.split(|c: char| !c.is_alphanumeric());
            found.extend(words.filter_map(|word| self.short.get(word)).map(String::as_str));
        }
        found
    }
}
