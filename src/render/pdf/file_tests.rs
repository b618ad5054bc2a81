//! What stands in the file itself: text that can be found, outline, links, metadata. Read back with lopdf, and with poppler and qpdf
//! where they are installed.

use super::read_back::texts;
use super::sample::{NAMES, picture, sample};
use super::*;
use lopdf::{Dictionary, Object};
use std::io::Write;
use std::process::{Command, Stdio};

fn set(document: &Document) -> Vec<u8> {
    let meta = PdfMeta {
        created: 1_750_000_000_000,
        edition: "weekly-activity/2025-W24 revision 0".into(),
        author: "Łódź GmbH".into(),
        standard: Standard::Accessible,
        attachments: &[],
    };
    pdf(document, &Theme::default(), &Fonts::shipped().unwrap(), &picture, &meta).unwrap().bytes
}

fn read(bytes: &[u8]) -> lopdf::Document {
    lopdf::Document::load_mem(bytes).unwrap()
}

/// The text of the file as its codes tell it, in the order of drawing.
fn told(bytes: &[u8]) -> String {
    let file = read(bytes);
    let mut told = String::new();
    for page in file.page_iter() {
        let fonts: BTreeMap<Vec<u8>, BTreeMap<u16, String>> =
            file.get_page_fonts(page).unwrap().into_iter().map(|(name, font)| (name, texts(&file, font))).collect();
        let mut font = None;
        for operation in file.get_and_decode_page_content(page).unwrap().operations {
            match operation.operator.as_str() {
                "Tf" => font = fonts.get(operation.operands[0].as_name().unwrap()),
                "Td" => told.push('\n'),
                "Tj" | "TJ" => {
                    let shown = &operation.operands[0];
                    for part in shown.as_array().map_or(std::slice::from_ref(shown), Vec::as_slice) {
                        let Ok(codes) = part.as_str() else { continue };
                        for code in codes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])) {
                            told.push_str(font.unwrap().get(&code).map_or("\u{fffd}", String::as_str));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    told
}

/// What a program makes of the file; `None`, with a line that says so, where it is not installed.
fn ask(program: &str, arguments: &[&str], bytes: &[u8]) -> Option<std::process::Output> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let path = file.path().to_str().unwrap();
    let arguments: Vec<&str> =
        arguments.iter().map(|argument| if *argument == "FILE" { path } else { argument }).collect();
    match Command::new(program).args(arguments).stdin(Stdio::null()).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("skipped: {program} is not installed");
            None
        }
    }
}

#[test]
fn the_codes_tell_the_text() {
    let told = told(&set(&sample()));
    for text in [
        "Katharina Weißenböck",
        "Юлия Щербакова",
        "Łukasz Żółć",
        "Nguyễn Thị Ánh",
        "<script>alert(1)",
        "PREVIEW, NOT ISSUED",
    ] {
        assert!(told.contains(text), "{text}");
    }
    // What runs from right to left is drawn as it is read; a ligature tells its letters one by one.
    for text in ["דנה", "محمد", "إلى"] {
        assert!(told.contains(text), "{text}");
    }
    // Only the tower of accents has glyphs without a text of their own: it is said beside them.
    assert!(told.matches('\u{fffd}').count() < 5, "{told}");
}

#[test]
fn a_search_finds_the_names_in_every_script() {
    let Some(output) = ask("pdftotext", &["FILE", "-"], &set(&sample())) else { return };
    let found: String = String::from_utf8(output.stdout).unwrap().replace(['\u{202a}', '\u{202b}', '\u{202c}'], "");
    // Where both directions stand in one name, poppler turns the parts by rules of its own.
    let mixed = |name: &str| name.contains("Deal") || name.contains("GmbH");
    for name in NAMES.iter().filter(|name| !mixed(name)).chain(&["الاتصال", "بعد مراجعة السجل", "名前", "🔥"])
    {
        assert!(found.contains(name), "{name}\n{found}");
    }
}

#[test]
fn fonts_are_embedded_as_subsets_with_their_texts() {
    let Some(output) = ask("pdffonts", &["FILE"], &set(&sample())) else { return };
    let table = String::from_utf8(output.stdout).unwrap();
    let fonts: Vec<&str> = table.lines().skip(2).collect();
    assert!(fonts.len() >= 5);
    for font in fonts {
        assert!(font.contains(" yes yes yes "), "{font}");
    }
}

#[test]
fn qpdf_finds_no_fault() {
    let Some(output) = ask("qpdf", &["--check", "FILE"], &set(&sample())) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn an_empty_document_is_a_file_with_one_page() {
    let bytes = set(&Document::default());
    assert_eq!(read(&bytes).get_pages().len(), 1);
    if let Some(output) = ask("qpdf", &["--check", "FILE"], &bytes) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn dictionary<'f>(file: &'f lopdf::Document, from: &Dictionary, key: &[u8]) -> Option<&'f Dictionary> {
    file.get_dictionary(from.get(key).ok()?.as_reference().ok()?).ok()
}

fn title(entry: &Dictionary) -> String {
    String::from_utf8(entry.get(b"Title").unwrap().as_str().unwrap().to_vec()).unwrap()
}

#[test]
fn the_outline_is_nested_as_the_headings() {
    let bytes = set(&sample());
    let file = read(&bytes);
    let root = dictionary(&file, file.catalog().unwrap(), b"Outlines").unwrap();
    let report = dictionary(&file, root, b"First").unwrap();
    assert_eq!(title(report), "Weekly activity review");
    let mut entry = dictionary(&file, report, b"First").unwrap();
    let mut titles = vec![title(entry)];
    while let Some(next) = dictionary(&file, entry, b"Next") {
        titles.push(title(next));
        entry = next;
    }
    assert_eq!(titles, ["Events by day", "Deletions, one by one", "Decisions wanted", "How this report was made"]);
    assert_eq!(title(dictionary(&file, entry, b"Last").unwrap()), "Limits");
}

#[test]
fn links_lead_to_headings_and_addresses() {
    let bytes = set(&sample());
    let file = read(&bytes);
    let page = file.page_iter().next().unwrap();
    let notes = file.get_page_annotations(page).unwrap();
    assert_eq!(notes.len(), 2);
    let target = notes[0].get(b"Dest").unwrap().as_array().unwrap()[0].as_reference().unwrap();
    assert!(file.page_iter().skip(1).any(|page| page == target));
    let action = notes[1].get(b"A").unwrap().as_dict().unwrap();
    assert_eq!(action.get(b"URI").unwrap().as_str().unwrap(), b"https://example.org/policy?q=a%20b");
}

#[test]
fn metadata_is_the_editions_and_never_the_clocks() {
    let bytes = set(&sample());
    let file = read(&bytes);
    let info = dictionary(&file, &file.trailer, b"Info").unwrap();
    let text = |key: &[u8]| info.get(key).and_then(Object::as_str).unwrap().to_vec();
    assert_eq!(text(b"CreationDate"), b"D:20250615150640Z");
    assert_eq!(text(b"ModDate"), b"D:20250615150640Z");
    assert_eq!(text(b"Subject"), b"weekly-activity/2025-W24 revision 0");
    assert_eq!(text(b"Author")[..4], [0xfe, 0xff, 0x01, 0x41]);
    assert_eq!(file.catalog().unwrap().get(b"Lang").unwrap().as_str().unwrap(), b"en");
    let id = |bytes: &[u8]| read(bytes).trailer.get(b"ID").unwrap().as_array().unwrap()[0].as_str().unwrap().to_vec();
    let mut other = sample();
    other.footer_left.push('!');
    assert_eq!(id(&bytes).len(), 16);
    assert_ne!(id(&bytes), id(&set(&other)));
}

/// `QUARTERDAY_CJK=/path/NotoSansJP-Regular.otf cargo test --lib a_named_font -- --ignored`: no shipped font has these letters.
#[test]
#[ignore = "needs a CJK font"]
fn a_named_font_sets_what_the_shipped_ones_lack() {
    let path = std::env::var("QUARTERDAY_CJK").unwrap();
    let bytes = std::fs::read(path).unwrap();
    let extra = crate::typeface::ExtraFont { name: "cjk", bytes: &bytes, index: 0 };
    let fonts = Fonts::with_extra(&[extra]).unwrap();
    let document = Document {
        blocks: vec![super::sample::paragraph(
            crate::document::ParagraphStyle::Lead,
            "顧客 山田太郎 が 契約を 削除しました。東京支店 Ångström が",
        )],
        ..Document::default()
    };
    let meta = PdfMeta {
        created: 0,
        edition: String::new(),
        author: String::new(),
        standard: Standard::Accessible,
        attachments: &[],
    };
    let set = pdf(&document, &Theme::default(), &fonts, &picture, &meta).unwrap();
    assert!(set.missing_glyphs.is_empty(), "{:?}", set.missing_glyphs);
    if let Ok(path) = std::env::var("QUARTERDAY_PDF") {
        std::fs::write(path, &set.bytes).unwrap();
    }
    let found = ask("pdftotext", &["FILE", "-"], &set.bytes).unwrap();
    assert!(String::from_utf8_lossy(&found.stdout).contains("山田太郎"));
}
