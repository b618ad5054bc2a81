//! What printpdf lacks, added with lopdf: metadata from the edition, nested outline, links, page labels, exact ToUnicode, and an
//! identity that is a digest of the content.

use super::mark::Mark;
use super::pages::Page;
use super::write::{FIRST_CODE, font_name};
use super::{PdfError, PdfMeta};
use crate::document::Document;
use crate::seal::sha256;
use crate::typeface::{Code, FaceId, Fonts, Subset};
use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat, dictionary};
use printpdf::{
    FontId, FontMetrics, FontType, ParsedFont, PdfDocument, PdfFont, PdfFontMetricsStub, PdfPage, PdfSaveOptions,
};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The file's bytes.
pub(super) fn finish(
    document: &Document,
    fonts: &Fonts,
    meta: &PdfMeta,
    pages: &[Page],
    written: Vec<PdfPage>,
    subsets: &BTreeMap<FaceId, Subset>,
) -> Result<Vec<u8>, PdfError> {
    let mut source = PdfDocument::new(&document.title);
    for (face, subset) in subsets {
        let font = PdfFont::new(font(fonts, subset)?);
        source.resources.fonts.map.insert(FontId(font_name(*face)), font);
    }
    source.with_pages(written);
    let options = PdfSaveOptions { optimize: false, subset_fonts: false, secure: true, image_optimization: None };
    let mut file = source.to_lopdf_document(&options, &mut Vec::new());
    file.version = "1.7".to_string();
    let page_ids: Vec<ObjectId> = file.get_pages().into_values().collect();
    codes(&mut file, subsets)?;
    tidy(&mut file, &page_ids)?;
    links(&mut file, pages, &page_ids)?;
    outline(&mut file, pages, &page_ids)?;
    catalog(&mut file, document, pages)?;
    info(&mut file, document, meta);
    // Links, outline and labels are written as they are; everything else is small when packed.
    file.compress();
    let id = Object::String(UNKNOWN_ID.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let mut bytes = Vec::new();
    file.save_modern(&mut bytes).map_err(write_error)?;
    identify(&mut bytes)?;
    Ok(bytes)
}

fn write_error(error: impl std::fmt::Display) -> PdfError {
    PdfError::Write(error.to_string())
}

/// The part of a font that is used, as printpdf wants it. Codes stand for themselves; the real text comes with ToUnicode.
fn font(fonts: &Fonts, subset: &Subset) -> Result<ParsedFont, PdfError> {
    let (program, metrics) = subset.program(fonts)?;
    let codes = || subset.codes().iter().zip(0_u16..);
    let [x_min, y_min, x_max, y_max] = metrics.bounds;
    // The tag says which part of the font this is: six letters from its digest.
    let tag: String = sha256(&program).0.iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
    Ok(ParsedFont {
        original_bytes: program,
        font_index: 0,
        font_name: Some(format!("{tag}+{}", metrics.name)),
        codepoint_to_glyph: codes().map(|(_, code)| (FIRST_CODE + u32::from(code), code)).collect(),
        glyph_widths: codes().map(|(meaning, code)| (code, meaning.advance)).collect(),
        units_per_em: 1000,
        font_metrics: FontMetrics { ascent: metrics.ascent, descent: metrics.descent },
        font_type: if subset.by_glyph() { FontType::OpenTypeCFF(()) } else { FontType::TrueType },
        pdf_font_metrics: PdfFontMetricsStub {
            units_per_em: 1000,
            x_min,
            y_min,
            x_max,
            y_max,
            caret_slope_rise: 1,
            caret_slope_run: 0,
            us_weight_class: metrics.weight,
        },
    })
}

/// Says for each code of a font which text it stands for, and which glyph it is.
fn codes(file: &mut lopdf::Document, subsets: &BTreeMap<FaceId, Subset>) -> Result<(), PdfError> {
    let Some(page) = file.page_iter().next() else { return Ok(()) };
    let fonts: BTreeMap<Vec<u8>, Dictionary> =
        file.get_page_fonts(page).map_err(write_error)?.into_iter().map(|(name, font)| (name, font.clone())).collect();
    for (face, subset) in subsets {
        let Some(font) = fonts.get(font_name(*face).as_bytes()) else { continue };
        let text = font.get(b"ToUnicode").and_then(Object::as_reference).map_err(write_error)?;
        let stream = Stream::new(Dictionary::new(), cmap(subset.codes()).into_bytes());
        file.objects.insert(text, stream.into());
        if subset.by_glyph() {
            continue;
        }
        let map = subset.codes().iter().flat_map(|code| code.glyph.to_be_bytes()).collect();
        let map = file.add_object(Stream::new(Dictionary::new(), map));
        let font = file.objects.values_mut().filter_map(|object| object.as_dict_mut().ok()).find(|dictionary| {
            dictionary.get(b"ToUnicode").and_then(Object::as_reference).is_ok_and(|reference| reference == text)
        });
        let inner = font.and_then(|font| font.get_mut(b"DescendantFonts").and_then(Object::as_array_mut).ok());
        if let Some(Object::Dictionary(inner)) = inner.and_then(|list| list.first_mut()) {
            inner.set("CIDToGIDMap", map);
        }
    }
    Ok(())
}

/// A ToUnicode map: for each code the text that it stands for.
fn cmap(codes: &[Code]) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let texts: Vec<(u16, &str)> = (0_u16..)
        .zip(codes)
        .map(|(code, meaning)| (code, &*meaning.text))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    for part in texts.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", part.len());
        for (code, text) in part {
            let _ = write!(map, "<{code:04X}> <");
            for unit in text.encode_utf16() {
                let _ = write!(map, "{unit:04X}");
            }
            map.push_str(">\n");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map
}

/// Takes away what printpdf writes empty: lists of notes on pages, and resources.
fn tidy(file: &mut lopdf::Document, pages: &[ObjectId]) -> Result<(), PdfError> {
    let empty: Vec<ObjectId> = file
        .objects
        .iter()
        .filter(|(_, object)| object.as_dict().is_ok_and(Dictionary::is_empty))
        .map(|(id, _)| *id)
        .collect();
    for id in pages {
        let page = file.get_dictionary_mut(*id).map_err(write_error)?;
        page.remove(b"Annots");
        let Ok(resources) = page.get(b"Resources").and_then(Object::as_reference) else { continue };
        let resources = file.get_dictionary_mut(resources).map_err(write_error)?;
        for key in [b"XObject".as_slice(), b"ExtGState", b"Shading"] {
            if resources.get(key).and_then(Object::as_reference).is_ok_and(|id| empty.contains(&id)) {
                resources.remove(key);
            }
        }
    }
    for id in empty {
        file.objects.remove(&id);
    }
    Ok(())
}

/// A number with two decimals at most.
fn real(value: f64) -> Object {
    Object::Real(((value * 100.0).round() / 100.0) as f32)
}

/// Text of the kind that names and titles have: UTF-16 with a mark.
fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}

/// A place on a page, a little above the line.
fn destination(page: ObjectId, y: f64) -> Object {
    Object::Array(vec![page.into(), "XYZ".into(), Object::Null, real(y + 6.0), Object::Null])
}

fn links(file: &mut lopdf::Document, pages: &[Page], ids: &[ObjectId]) -> Result<(), PdfError> {
    let mut targets: BTreeMap<&str, (ObjectId, f64)> = BTreeMap::new();
    for (page, id) in pages.iter().zip(ids) {
        for mark in &page.marks {
            if let Mark::Target { y, id: name } = mark {
                targets.entry(name).or_insert((*id, page.sheet.size.1 - y));
            }
        }
    }
    for (page, id) in pages.iter().zip(ids) {
        let mut notes = Vec::new();
        for mark in &page.marks {
            let Mark::Link { x, y, width, height: tall, to } = mark else { continue };
            let height = page.sheet.size.1;
            let mut note = dictionary! {
                "Type" => "Annot", "Subtype" => "Link", "Border" => vec![0.into(), 0.into(), 0.into()], "F" => 4,
                "Rect" => vec![real(*x), real(height - y - tall), real(x + width), real(height - y)],
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
            notes.push(Object::Reference(file.add_object(note)));
        }
        if !notes.is_empty() {
            file.get_dictionary_mut(*id).map_err(write_error)?.set("Annots", notes);
        }
    }
    Ok(())
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
    page: ObjectId,
    y: f64,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// Headings as a tree: each stands under the last one of a higher level.
fn outline(file: &mut lopdf::Document, pages: &[Page], ids: &[ObjectId]) -> Result<(), PdfError> {
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
        return Ok(());
    }
    let root = file.new_object_id();
    let objects: Vec<ObjectId> = entries.iter().map(|_| file.new_object_id()).collect();
    let reference = |at: Option<&usize>| at.and_then(|at| objects.get(*at)).copied();
    for (at, entry) in entries.iter().enumerate() {
        let siblings = entry.parent.and_then(|parent| entries.get(parent)).map_or(&top, |parent| &parent.children);
        let place = siblings.binary_search(&at).unwrap_or(0);
        let mut item = dictionary! {
            "Title" => text(entry.title),
            "Parent" => reference(entry.parent.as_ref()).unwrap_or(root),
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
        if let Some(id) = objects.get(at) {
            file.objects.insert(*id, item.into());
        }
    }
    let mut list = dictionary! { "Type" => "Outlines", "Count" => entries.len() as i64 };
    if let (Some(first), Some(last)) = (reference(top.first()), reference(top.last())) {
        list.set("First", first);
        list.set("Last", last);
    }
    file.objects.insert(root, list.into());
    let catalog = file.catalog_mut().map_err(write_error)?;
    catalog.set("Outlines", root);
    catalog.set("PageMode", "UseOutlines");
    Ok(())
}

fn catalog(file: &mut lopdf::Document, document: &Document, pages: &[Page]) -> Result<(), PdfError> {
    let mut labels = vec![0.into(), dictionary! { "S" => "D" }.into()];
    if let Some(first) = pages.iter().position(|page| page.appendix) {
        labels = if first == 0 { Vec::new() } else { labels };
        labels.push((first as i64).into());
        labels.push(dictionary! { "S" => "D", "P" => Object::string_literal("A") }.into());
    }
    let catalog = file.catalog_mut().map_err(write_error)?;
    catalog.remove(b"PageLayout");
    catalog.set("PageLabels", dictionary! { "Nums" => labels });
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    if !document.language.is_empty() {
        catalog.set("Lang", text(&document.language));
    }
    Ok(())
}

/// Title, author, subject and date from the edition.
fn info(file: &mut lopdf::Document, document: &Document, meta: &PdfMeta) {
    let date = chrono::DateTime::from_timestamp_millis(meta.created)
        .map(|at| at.format("D:%Y%m%d%H%M%SZ").to_string())
        .unwrap_or_default();
    let engine = concat!("Quarterday ", env!("CARGO_PKG_VERSION"));
    let mut info = dictionary! {
        "Title" => text(&document.title),
        "Author" => text(&meta.author),
        "Subject" => text(&meta.edition),
        "Creator" => text(engine),
        "Producer" => text(engine),
    };
    if !date.is_empty() {
        info.set("CreationDate", Object::string_literal(date.as_str()));
        info.set("ModDate", Object::string_literal(date));
    }
    match file.trailer.get(b"Info").and_then(Object::as_reference) {
        Ok(id) => {
            file.objects.insert(id, info.into());
        }
        Err(_) => {
            let id = file.add_object(info);
            file.trailer.set("Info", id);
        }
    }
}

/// Stands where the file's identity will stand, until the rest is known.
const UNKNOWN_ID: &[u8; 16] = b"quarterday:no-id";

/// Writes the first half of the SHA-256 of everything else over the identity's place.
fn identify(bytes: &mut [u8]) -> Result<(), PdfError> {
    let unknown = hex::encode_upper(UNKNOWN_ID);
    let digest = sha256(bytes).0;
    let known = hex::encode_upper(digest.get(..16).unwrap_or_default());
    for _ in 0..2 {
        // The trailer stands at the end.
        let place = bytes.windows(32).rposition(|part| part.eq_ignore_ascii_case(unknown.as_bytes()));
        let place = place.and_then(|at| bytes.get_mut(at..at + 32));
        place.ok_or_else(|| write_error("its identity has no place"))?.copy_from_slice(known.as_bytes());
    }
    Ok(())
}
