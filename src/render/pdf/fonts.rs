//! The fonts of a file: the parts that it uses, as printpdf embeds them, with exact maps from codes to texts and glyphs.

use super::PdfError;
use super::file::{File, Id};
use super::write::font_name;
use crate::seal::sha256;
use crate::typeface::{Code, FaceId, Fonts, Subset};
use lopdf::{Dictionary, Object, ObjectId, Stream};
use printpdf::{
    FontId, FontMetrics, FontType, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfFontMetricsStub, PdfPage,
    PdfSaveOptions, Pt, Rect, TextItem,
};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Codes are handed to printpdf as characters from here on, one for each glyph of the smaller font.
const FIRST_CODE: u32 = 0x1_0000;

fn write_error(error: impl std::fmt::Display) -> PdfError {
    PdfError::Write(error.to_string())
}

/// Writes the fonts, and a dictionary of them; its number.
pub(super) fn fonts(file: &mut File, fonts: &Fonts, subsets: &BTreeMap<FaceId, Subset>) -> Result<Id, PdfError> {
    let mut source = PdfDocument::new("fonts");
    // printpdf writes the fonts that a page uses, with the widths of the glyphs that it shows: one page that shows them all.
    let mut ops = vec![Op::StartTextSection];
    for (face, subset) in subsets {
        let id = FontId(font_name(*face));
        source.resources.fonts.map.insert(id.clone(), PdfFont::new(font(fonts, subset)?));
        ops.push(Op::SetFont { font: PdfFontHandle::External(id), size: Pt(1.0) });
        let codes = (FIRST_CODE..).take(subset.codes().len()).filter_map(char::from_u32).collect();
        ops.push(Op::ShowText { items: vec![TextItem::Text(codes)] });
    }
    ops.push(Op::EndTextSection);
    let paper = Rect { x: Pt(0.0), y: Pt(0.0), width: Pt(1.0), height: Pt(1.0), mode: None, winding_order: None };
    source.with_pages(vec![PdfPage { media_box: paper.clone(), trim_box: paper.clone(), crop_box: paper, ops }]);
    let options = PdfSaveOptions { optimize: false, subset_fonts: false, secure: true, image_optimization: None };
    let mut made = source.to_lopdf_document(&options, &mut Vec::new());
    codes(&mut made, subsets)?;
    let page = made.page_iter().next();
    let named: BTreeMap<Vec<u8>, Dictionary> = match page {
        Some(page) => made
            .get_page_fonts(page)
            .map_err(write_error)?
            .into_iter()
            .map(|(name, font)| (name, font.clone()))
            .collect(),
        None => BTreeMap::new(),
    };
    let mut copy = Copy { from: &made, numbers: BTreeMap::new() };
    let mut dictionary = Dictionary::new();
    for (name, font) in named {
        let font = copy.value(file, &Object::Dictionary(font))?;
        let id = file.add(&font)?;
        dictionary.set(name, Object::Reference((id, 0)));
    }
    file.add(&Object::Dictionary(dictionary))
}

/// Copies objects, with those that they refer to, from one file to another.
struct Copy<'c> {
    from: &'c lopdf::Document,
    numbers: BTreeMap<ObjectId, Id>,
}

impl Copy<'_> {
    fn value(&mut self, file: &mut File, value: &Object) -> Result<Object, PdfError> {
        Ok(match value {
            Object::Reference(old) => {
                let id = match self.numbers.get(old) {
                    Some(id) => *id,
                    None => {
                        let id = file.reserve();
                        self.numbers.insert(*old, id);
                        let object = self.from.get_object(*old).map_err(write_error)?;
                        let object = self.value(file, object)?;
                        file.put_object(id, &object)?;
                        id
                    }
                };
                Object::Reference((id, 0))
            }
            Object::Array(values) => {
                Object::Array(values.iter().map(|value| self.value(file, value)).collect::<Result<_, _>>()?)
            }
            Object::Dictionary(entries) => Object::Dictionary(self.dictionary(file, entries)?),
            Object::Stream(stream) => {
                let mut stream = stream.clone();
                stream.dict = self.dictionary(file, &stream.dict)?;
                Object::Stream(stream)
            }
            other => other.clone(),
        })
    }

    fn dictionary(&mut self, file: &mut File, entries: &Dictionary) -> Result<Dictionary, PdfError> {
        let mut made = Dictionary::new();
        for (key, value) in entries {
            made.set(key.clone(), self.value(file, value)?);
        }
        Ok(made)
    }
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
