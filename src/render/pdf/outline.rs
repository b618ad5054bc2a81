//! What leads from place to place: links, and the outline of headings.

use super::PdfError;
use super::file::{File, Id};
use super::mark::Mark;
use super::pages::Page;
use super::structure::Linked;
use super::tree::Tag;
use lopdf::{Object, StringFormat, dictionary};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A number with two decimals at most.
fn real(value: f64) -> Object {
    Object::Real(((value * 100.0).round() / 100.0) as f32)
}

/// Text of the kind that names and titles have: UTF-16 with a mark.
pub(super) fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}

/// A place on a page, a little above the line.
fn destination(page: Id, y: f64) -> Object {
    Object::Array(vec![Object::Reference((page, 0)), "XYZ".into(), Object::Null, real(y + 6.0), Object::Null])
}

/// Writes the links of all pages. Gives the notes of each page, and what of the structure they are.
pub(super) fn links(
    file: &mut File,
    pages: &[Page],
    ids: &[Id],
    tagged: bool,
) -> Result<(Vec<Vec<Id>>, Vec<Linked>), PdfError> {
    let mut targets: BTreeMap<&str, (Id, f64)> = BTreeMap::new();
    for (page, id) in pages.iter().zip(ids) {
        for mark in &page.marks {
            if let Mark::Target { y, id: name } = mark {
                targets.entry(name).or_insert((*id, page.sheet.size.1 - y));
            }
        }
    }
    let mut notes: Vec<Vec<Id>> = vec![Vec::new(); pages.len()];
    let mut made = Vec::new();
    for (at, (page, notes)) in pages.iter().zip(&mut notes).enumerate() {
        for mark in &page.marks {
            let Mark::Link { x, y, width, height: tall, to, words, tag } = mark else { continue };
            let height = page.sheet.size.1;
            let mut note = dictionary! {
                "Type" => "Annot", "Subtype" => "Link", "Border" => vec![0.into(), 0.into(), 0.into()], "F" => 4,
                "Rect" => vec![real(*x), real(height - y - tall), real(x + width), real(height - y)],
                "Contents" => text(if words.is_empty() { to } else { words }),
            };
            match to.strip_prefix('#') {
                Some(name) => {
                    let Some((page, y)) = targets.get(name) else { continue };
                    note.set("Dest", destination(*page, *y));
                }
                None => {
                    note.set("A", dictionary! { "S" => "URI", "URI" => Object::string_literal(address(to)) });
                }
            }
            let id = file.reserve();
            notes.push(id);
            made.push((Linked { tag: *tag, note: id, page: at as u32 }, note));
        }
    }
    made.sort_by_key(|(linked, _)| linked.tag);
    let mut linked = Vec::new();
    for (link, mut note) in made {
        if tagged && link.tag != Tag::NONE {
            note.set("StructParent", (pages.len() + linked.len()) as i64);
            linked.push(link);
        }
        file.put_object(link.note, &note.into())?;
    }
    Ok((notes, linked))
}

/// An address in the letters that the format allows.
fn address(to: &str) -> String {
    let mut address = String::with_capacity(to.len());
    for byte in to.bytes() {
        if byte.is_ascii_graphic() {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

struct Entry<'p> {
    title: &'p str,
    page: Id,
    y: f64,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// Writes the headings as a tree, each under the last one of a higher level; its number, if there are any.
pub(super) fn outline(file: &mut File, pages: &[Page], ids: &[Id]) -> Result<Option<Id>, PdfError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut top = Vec::new();
    for (page, id) in pages.iter().zip(ids) {
        for mark in &page.marks {
            let Mark::Outline { y, level, text } = mark else { continue };
            while open.last().is_some_and(|(above, _)| above >= level) {
                open.pop();
            }
            let at = entries.len();
            let parent = open.last().map(|(_, at)| *at);
            match parent.and_then(|parent| entries.get_mut(parent)) {
                Some(parent) => parent.children.push(at),
                None => top.push(at),
            }
            entries.push(Entry { title: text, page: *id, y: page.sheet.size.1 - y, parent, children: Vec::new() });
            open.push((*level, at));
        }
    }
    if entries.is_empty() {
        return Ok(None);
    }
    let root = file.reserve();
    let first = file.reserve_many(entries.len());
    let reference = |at: Option<&usize>| at.map(|at| Object::Reference((first + *at as Id, 0)));
    for (at, entry) in entries.iter().enumerate() {
        let siblings = entry.parent.and_then(|parent| entries.get(parent)).map_or(&top, |parent| &parent.children);
        let place = siblings.binary_search(&at).unwrap_or(0);
        let mut item = dictionary! {
            "Title" => text(entry.title),
            "Parent" => reference(entry.parent.as_ref()).unwrap_or(Object::Reference((root, 0))),
            "Dest" => destination(entry.page, entry.y),
        };
        let near = [
            ("Prev", place.checked_sub(1).and_then(|place| siblings.get(place))),
            ("Next", siblings.get(place + 1)),
            ("First", entry.children.first()),
            ("Last", entry.children.last()),
        ];
        for (key, other) in near {
            if let Some(id) = reference(other) {
                item.set(key, id);
            }
        }
        if !entry.children.is_empty() {
            item.set("Count", entry.children.len() as i64);
        }
        file.put_object(first + at as Id, &item.into())?;
    }
    let mut list = dictionary! { "Type" => "Outlines", "Count" => entries.len() as i64 };
    if let (Some(first), Some(last)) = (reference(top.first()), reference(top.last())) {
        list.set("First", first);
        list.set("Last", last);
    }
    file.put_object(root, &list.into())?;
    Ok(Some(root))
}
