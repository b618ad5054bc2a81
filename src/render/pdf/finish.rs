//! The file of a set report: pages, fonts, structure, links and outline, and what makes it one for the archive.

use super::archive;
use super::file::{File, Id};
use super::fonts;
use super::outline::{links, outline, text};
use super::pages::Page;
use super::structure::{Drawn, structure};
use super::tree::Tree;
use super::write::{LOGO, Writer};
use super::{PdfError, PdfMeta};
use crate::document::Document;
use crate::document::theme::Raster;
use crate::typeface::Fonts;
use lopdf::{Object, dictionary};
use std::io::Write;

/// The file's bytes. `tree`: the structure, if it has one.
pub(super) fn finish(
    document: &Document,
    logo: Option<&Raster>,
    fonts: &Fonts,
    meta: &PdfMeta,
    pages: &[Page],
    tree: Option<&Tree>,
) -> Result<Vec<u8>, PdfError> {
    let mut file = File::new();
    let all = file.reserve();
    let resources = file.reserve();
    let first = file.reserve_many(pages.len());
    let ids: Vec<Id> = (first..).take(pages.len()).collect();
    let (notes, linked) = links(&mut file, pages, &ids, tree.is_some())?;
    let mut writer = Writer::new(fonts, tree);
    for (at, ((page, id), notes)) in pages.iter().zip(&ids).zip(&notes).enumerate() {
        let content = writer.page(page);
        let (width, height) = page.sheet.size;
        let stream = file.reserve();
        file.stream(stream, b"", &content, true)?;
        file.put_with(*id, |out| {
            let _ = write!(
                out,
                "<</Type/Page/Parent {all} 0 R/MediaBox[0 0 {width} {height}]/Resources {resources} 0 R/Contents {stream} 0 R"
            );
            if tree.is_some() {
                let _ = write!(out, "/StructParents {at}");
            }
            if !notes.is_empty() {
                out.extend_from_slice(b"/Tabs/S/Annots[");
                for note in notes {
                    let _ = write!(out, "{note} 0 R ");
                }
                out.push(b']');
            }
            out.extend_from_slice(b">>");
        })?;
    }
    let fonts = fonts::fonts(&mut file, fonts, &writer.speller.subsets)?;
    let pictures = match logo {
        Some(logo) => format!("/XObject<</{LOGO} {} 0 R>>", image(&mut file, logo)?),
        None => String::new(),
    };
    file.put(resources, format!("<</Font {fonts} 0 R{pictures}>>").as_bytes())?;
    file.put_with(all, |out| {
        let _ = write!(out, "<</Type/Pages/Count {}/Kids[", ids.len());
        for id in &ids {
            let _ = write!(out, "{id} 0 R ");
        }
        out.extend_from_slice(b"]>>");
    })?;
    let mut catalog = dictionary! {
        "Type" => "Catalog",
        "Pages" => Object::Reference((all, 0)),
        "PageLabels" => labels(pages),
        "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
        // A language that nobody knows is still said to be one.
        "Lang" => text(if document.language.is_empty() { "und" } else { &document.language }),
    };
    if let Some(outline) = outline(&mut file, pages, &ids)? {
        catalog.set("Outlines", Object::Reference((outline, 0)));
        catalog.set("PageMode", "UseOutlines");
    }
    if let Some(tree) = tree {
        let drawn = Drawn { placed: &writer.placed, links: &linked, boxes: &writer.boxes, pages: &ids };
        let root = structure(&mut file, tree, &drawn)?;
        catalog.set("StructTreeRoot", Object::Reference((root, 0)));
        catalog.set("MarkInfo", dictionary! { "Marked" => true });
    }
    archive::attach(&mut file, &mut catalog, meta)?;
    archive::intent(&mut file, &mut catalog)?;
    let info = archive::describe(&mut file, &mut catalog, document, meta, tree.is_some())?;
    let root = file.add(&catalog.into())?;
    file.end(root, info)
}

/// Writes a picture; its number.
fn image(file: &mut File, raster: &Raster) -> Result<Id, PdfError> {
    let id = file.reserve();
    let entries = format!(
        "/Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/DeviceRGB/BitsPerComponent 8",
        raster.width, raster.height
    );
    file.stream(id, entries.as_bytes(), &raster.rgb, true)?;
    Ok(id)
}

/// Page numbers as readers show them: the closing pages are counted apart.
fn labels(pages: &[Page]) -> Object {
    let mut labels = vec![0.into(), dictionary! { "S" => "D" }.into()];
    if let Some(first) = pages.iter().position(|page| page.appendix) {
        labels = if first == 0 { Vec::new() } else { labels };
        labels.push((first as i64).into());
        labels.push(dictionary! { "S" => "D", "P" => Object::string_literal("A") }.into());
    }
    dictionary! { "Nums" => labels }.into()
}
