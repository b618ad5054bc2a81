//! Fonts as written: files for scripts that the shipped fonts lack.

use super::read::path;
use crate::written::{Fields, Node, Position, Reader};

/// A font that the settings name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontWritten {
    /// The file, as written: relative to the installation.
    pub file: String,
    /// Which font of a collection (`.ttc`), from 0.
    pub face: u32,
    /// Where it is written.
    pub at: Position,
}

/// The fonts that are named, in the order in which they are asked for a character.
pub(super) fn fonts(top: Fields<'_, '_>) -> Vec<FontWritten> {
    let reader = top.reader();
    let nodes = top.get("fonts").map(|node| reader.one_or_more(node)).unwrap_or_default();
    nodes.iter().filter_map(|node| font(reader, node)).collect()
}

fn font<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<FontWritten> {
    let (written, face) = if node.as_text().is_some() {
        (node, 0)
    } else {
        let fields = reader.fields(node, &["file", "face"])?;
        let face = match fields.get("face") {
            None => 0,
            Some(node) => match node.value().as_u64().filter(|face| *face < 256) {
                Some(face) => face as u32,
                None => {
                    reader.wrong(node, "the number of a font in its file, from 0");
                    return None;
                }
            },
        };
        fields.need("file");
        (fields.get("file")?, face)
    };
    let file = path(reader, written)?;
    if ![".ttf", ".otf", ".ttc", ".otc"].iter().any(|ending| file.to_ascii_lowercase().ends_with(ending)) {
        reader.wrong(written, "a font's file, which ends in .ttf, .otf or .ttc");
        return None;
    }
    Some(FontWritten { file, face, at: written.at })
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn paths_and_faces() {
        let text = "fonts:\n  - fonts/a.TTF\n  - { file: /usr/share/fonts/cjk.ttc, face: 2 }\n";
        let config = Config::read(text, "q.yaml").unwrap();
        let read: Vec<(&str, u32)> = config.fonts.iter().map(|font| (font.file.as_str(), font.face)).collect();
        assert_eq!(read, [("fonts/a.TTF", 0), ("/usr/share/fonts/cjk.ttc", 2)]);
        assert_eq!(Config::read("fonts: one.otf", "q.yaml").unwrap().fonts.len(), 1);
    }

    #[test]
    fn what_is_no_font_is_told_at_its_place() {
        let text = "fonts: [a.woff2, { file: b.ttc, face: x }, { face: 1 }, { file: c.ttf, bold: yes }]";
        let problems = Config::read(text, "q.yaml").unwrap_err();
        let places: Vec<(usize, usize)> = problems.iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(places, [(1, 9), (1, 39), (1, 44), (1, 72)], "{problems:#?}");
    }
}
