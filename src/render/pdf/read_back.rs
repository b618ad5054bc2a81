//! For tests: a set file read back, by its structure tree, and each content by its codes.

use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeMap;

/// A file with the text of every numbered stretch of its pages.
pub(super) struct ReadBack {
    pub file: lopdf::Document,
    stretches: BTreeMap<(ObjectId, i64), String>,
    /// Text outside of every stretch: neither an element nor an artifact.
    pub stray: String,
}

/// An element: how deep it lies, its type, and its text if it holds no other element.
pub(super) type Read = (usize, String, String);

/// Text as the format has it outside of fonts.
pub(super) fn decoded(bytes: &[u8]) -> String {
    match bytes.strip_prefix(b"\xfe\xff") {
        Some(units) => {
            let units: Vec<u16> = units.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        None => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// The text of each code, from a ToUnicode map.
pub(super) fn texts(file: &lopdf::Document, font: &Dictionary) -> BTreeMap<u16, String> {
    let stream = file.get_object(font.get(b"ToUnicode").unwrap().as_reference().unwrap()).unwrap().as_stream().unwrap();
    let map = String::from_utf8(stream.decompressed_content().unwrap()).unwrap();
    map.lines()
        .filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"))
        .filter(|(code, _)| *code != "0000")
        .map(|(code, text)| {
            let units: Vec<u16> =
                hex::decode(text).unwrap().chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            (u16::from_str_radix(code, 16).unwrap(), String::from_utf16(&units).unwrap())
        })
        .collect()
}

impl ReadBack {
    pub fn new(bytes: &[u8]) -> ReadBack {
        let file = lopdf::Document::load_mem(bytes).unwrap();
        let mut back = ReadBack { stretches: BTreeMap::new(), stray: String::new(), file };
        for page in back.file.page_iter().collect::<Vec<_>>() {
            back.page(page);
        }
        back
    }

    fn page(&mut self, page: ObjectId) {
        let fonts: BTreeMap<Vec<u8>, BTreeMap<u16, String>> = self
            .file
            .get_page_fonts(page)
            .unwrap()
            .into_iter()
            .map(|(name, font)| (name, texts(&self.file, font)))
            .collect();
        let mut font = None;
        // What is open: its number, and whether its text was said.
        let mut open: Vec<(Option<i64>, bool, bool)> = Vec::new();
        for operation in self.file.get_and_decode_page_content(page).unwrap().operations {
            let operands = &operation.operands;
            match operation.operator.as_str() {
                "Tf" => font = fonts.get(operands[0].as_name().unwrap()),
                "BMC" => open.push((None, false, true)),
                "BDC" => {
                    let properties = operands[1].as_dict().unwrap();
                    let number = properties.get(b"MCID").and_then(Object::as_i64).ok();
                    let said = properties.get(b"ActualText").and_then(Object::as_str).ok();
                    let artifact = operands[0].as_name().unwrap() == b"Artifact";
                    if let Some(said) = said {
                        self.take(page, &open, number, &decoded(said));
                    }
                    open.push((number, said.is_some(), artifact));
                }
                "EMC" => drop(open.pop().unwrap()),
                "Tj" | "TJ" => {
                    if open.iter().any(|(_, said, _)| *said) {
                        continue;
                    }
                    let shown = &operands[0];
                    let mut text = String::new();
                    for part in shown.as_array().map_or(std::slice::from_ref(shown), Vec::as_slice) {
                        let Ok(codes) = part.as_str() else { continue };
                        for code in codes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])) {
                            text.push_str(font.unwrap().get(&code).map_or("\u{fffd}", String::as_str));
                        }
                    }
                    self.take(page, &open, None, &text);
                }
                _ => {}
            }
        }
        assert!(open.is_empty(), "a stretch has no end");
    }

    fn take(&mut self, page: ObjectId, open: &[(Option<i64>, bool, bool)], number: Option<i64>, text: &str) {
        let number = number.or_else(|| open.iter().rev().find_map(|(number, ..)| *number));
        match number {
            Some(number) => self.stretches.entry((page, number)).or_default().push_str(text),
            None if open.iter().any(|(.., artifact)| *artifact) => {}
            None => self.stray.push_str(text),
        }
    }

    /// The elements in the order in which they are read.
    pub fn elements(&self) -> Vec<Read> {
        let root = self.file.catalog().unwrap().get(b"StructTreeRoot").unwrap().as_reference().unwrap();
        let document = self.file.get_dictionary(root).unwrap().get(b"K").unwrap().as_reference().unwrap();
        let mut all = Vec::new();
        self.element(document, root, 0, &mut all);
        all
    }

    fn element(&self, id: ObjectId, parent: ObjectId, depth: usize, all: &mut Vec<Read>) -> String {
        let element = self.file.get_dictionary(id).unwrap();
        assert_eq!(element.get(b"P").unwrap().as_reference().unwrap(), parent, "the way up is not the way down");
        let role = String::from_utf8(element.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap();
        let at = all.len();
        all.push((depth, role, String::new()));
        let page = element.get(b"Pg").and_then(Object::as_reference).ok();
        let kids: &[Object] = element.get(b"K").and_then(Object::as_array).map_or(&[], Vec::as_slice);
        let mut text = String::new();
        for kid in kids {
            match kid {
                Object::Integer(number) => text.push_str(self.stretch(page.unwrap(), *number)),
                Object::Reference(child) => text.push_str(&self.element(*child, id, depth + 1, all)),
                Object::Dictionary(kid) if kid.has(b"MCID") => text.push_str(self.stretch(
                    kid.get(b"Pg").unwrap().as_reference().unwrap(),
                    kid.get(b"MCID").unwrap().as_i64().unwrap(),
                )),
                // The place of a link.
                _ => {}
            }
        }
        if let Ok(said) = element.get(b"ActualText").and_then(Object::as_str) {
            text = decoded(said);
        }
        all[at].2.clone_from(&text);
        text
    }

    /// What the glyphs say in the order of the content, element by element, whatever is said beside them.
    pub fn content(&self) -> String {
        let root = self.file.catalog().unwrap().get(b"StructTreeRoot").unwrap().as_reference().unwrap();
        let document = self.file.get_dictionary(root).unwrap().get(b"K").unwrap().as_reference().unwrap();
        let mut content = String::new();
        self.add_content(document, &mut content);
        content
    }

    fn add_content(&self, id: ObjectId, content: &mut String) {
        let element = self.file.get_dictionary(id).unwrap();
        let page = element.get(b"Pg").and_then(Object::as_reference).ok();
        for kid in element.get(b"K").and_then(Object::as_array).map_or(&[][..], Vec::as_slice) {
            match kid {
                Object::Integer(number) => content.push_str(self.stretch(page.unwrap(), *number)),
                Object::Reference(child) => self.add_content(*child, content),
                _ => {}
            }
        }
    }

    fn stretch(&self, page: ObjectId, number: i64) -> &str {
        self.stretches.get(&(page, number)).map_or("", String::as_str)
    }

    /// The texts of all elements of some types.
    pub fn texts_of(&self, roles: &[&str]) -> Vec<String> {
        self.elements()
            .into_iter()
            .filter(|(_, role, _)| roles.contains(&role.as_str()))
            .map(|(.., text)| text)
            .collect()
    }
}
