//! Theme: colours, sizes and paper that every renderer reads.

use crate::chart::draw::contrast;
use crate::chart::{Colour, Palette};
use crate::wording::{self, Dates, Numbers};
use crate::written::{Fields, Node, Problem, Reader, Tree};

/// How reports look.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Paper.
    pub paper: Paper,
    /// How pages stand where a section says nothing else.
    pub orientation: Orientation,
    /// Margins in points: top, right, bottom, left.
    pub margins: [f64; 4],
    /// How the rows of tables are told apart.
    pub tables: TableStyle,
    /// A report of more pages than this has a table of contents, where its template has a place for one.
    pub contents_from: usize,
    /// Size of plain text in points.
    pub text_size: f64,
    /// Size of text in tables in points.
    pub table_size: f64,
    /// Text.
    pub ink: Colour,
    /// Quiet text.
    pub quiet: Colour,
    /// Headings and rules of the cover.
    pub accent: Colour,
    /// Rules of tables.
    pub rule: Colour,
    /// Every second row of a table, and tiles.
    pub shade: Colour,
    /// Edges and words that say: good, look at it, bad.
    pub good: Colour,
    /// See `good`.
    pub warn: Colour,
    /// See `good`.
    pub bad: Colour,
    /// Charts.
    pub palette: Palette,
    /// The organisation's mark, at the head of the first page.
    pub logo: Option<Logo>,
    /// Tag of the file of words that reports are written in, unless their definition says otherwise.
    pub language: String,
    /// How numbers are written; `None`: as the language does.
    pub numbers: Option<Numbers>,
    /// How days are written.
    pub dates: Dates,
}

/// A mark at the head of the first page, opposite to where the title begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Logo {
    /// Name of its file, beside the theme's.
    pub file: String,
    /// Height in points; its width follows.
    pub height: f64,
    /// The picture; none as long as its file was not read.
    pub raster: Option<Raster>,
}

/// A picture of pixels, on white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Red, green and blue of each pixel, row by row.
    pub rgb: Vec<u8>,
    /// The file, as `data:image/png;base64,…`: browsers show it as it is.
    pub uri: String,
}

impl Logo {
    /// Its width and height in points, if its file was read.
    pub fn size(&self) -> Option<(f64, f64)> {
        let raster = self.raster.as_ref()?;
        Some((self.height * f64::from(raster.width) / f64::from(raster.height.max(1)), self.height))
    }
}

/// Paper sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Paper {
    A4,
    Letter,
}

/// Height of a logo in points, where the theme does not say another.
const LOGO_HEIGHT: f64 = 26.0;

/// How a page stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Orientation {
    #[default]
    Portrait,
    Landscape,
}

/// How the rows of tables are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableStyle {
    /// Every second row is shaded.
    #[default]
    Zebra,
    /// A thin line between rows.
    Rules,
    /// By space alone.
    Plain,
}

impl Paper {
    /// Width and height in points, upright.
    pub fn size(self) -> (f64, f64) {
        self.turned(Orientation::Portrait)
    }

    /// Width and height in points.
    pub fn turned(self, orientation: Orientation) -> (f64, f64) {
        let (width, height) = match self {
            Paper::A4 => (595.276, 841.89),
            Paper::Letter => (612.0, 792.0),
        };
        match orientation {
            Orientation::Portrait => (width, height),
            Orientation::Landscape => (height, width),
        }
    }
}

impl Default for Theme {
    fn default() -> Theme {
        Theme {
            paper: Paper::A4,
            orientation: Orientation::Portrait,
            tables: TableStyle::Zebra,
            contents_from: 12,
            margins: [52.0, 50.0, 50.0, 50.0],
            text_size: 9.5,
            table_size: 8.2,
            ink: Colour(0x1d, 0x24, 0x2b),
            quiet: Colour(0x5a, 0x65, 0x70),
            accent: Colour(0x1f, 0x4e, 0x79),
            rule: Colour(0xd0, 0xd5, 0xdb),
            shade: Colour(0xf4, 0xf6, 0xf8),
            good: Colour(0x1e, 0x6b, 0x45),
            warn: Colour(0x8a, 0x5a, 0x00),
            bad: Colour(0xa8, 0x22, 0x1b),
            palette: Palette::default(),
            logo: None,
            language: "en".to_owned(),
            numbers: None,
            dates: Dates::Words,
        }
    }
}

impl Theme {
    /// Reads a theme as `theme.yaml` is written (see the one that is shipped). What it leaves out is as in the default.
    ///
    /// # Errors
    /// Every unknown key, everything that is no colour or size, and colours of text that cannot be read on white paper
    /// (less than 4.5 to 1, the least that WCAG 2 asks for).
    pub fn read(file: &str, text: &str) -> Result<Theme, Vec<Problem>> {
        let tree = Tree::parse(file, text);
        let reader = Reader::new(&tree);
        let known = [
            "logo",
            "logo_height",
            "language",
            "numbers",
            "dates",
            "paper",
            "orientation",
            "margins",
            "tables",
            "contents_from",
            "text_size",
            "table_size",
            "colours",
            "charts",
        ];
        let theme = reader.root_fields(&known).map(|top| {
            let mut theme = Theme::default();
            theme.logo = logo(&top);
            theme.language = top.text("language").map_or(theme.language, str::to_owned);
            theme.numbers = numbers(&top);
            let dates = [("as the language", Dates::Words), ("2025-03-03", Dates::Iso)];
            theme.dates = top.choice("dates", "way to write dates", &dates).unwrap_or_default();
            theme.paper =
                top.choice("paper", "paper", &[("A4", Paper::A4), ("Letter", Paper::Letter)]).unwrap_or(theme.paper);
            let orientations = [("portrait", Orientation::Portrait), ("landscape", Orientation::Landscape)];
            theme.orientation = top.choice("orientation", "orientation", &orientations).unwrap_or(theme.orientation);
            let styles = [("zebra", TableStyle::Zebra), ("rules", TableStyle::Rules), ("plain", TableStyle::Plain)];
            theme.tables = top.choice("tables", "look of tables", &styles).unwrap_or(theme.tables);
            match (top.get("contents_from"), top.number("contents_from")) {
                (Some(_), Some(pages)) if (0.0..=10_000.0).contains(&pages) && pages.fract() == 0.0 => {
                    theme.contents_from = pages as usize;
                }
                (Some(node), Some(_)) => top.reader().wrong(node, "a number of pages from 0 to 10000"),
                _ => {}
            }
            set(&mut theme.text_size, &top, "text_size", 6.0, 16.0);
            set(&mut theme.table_size, &top, "table_size", 5.0, 14.0);
            if let Some(margins) = top.fields("margins", &["top", "right", "bottom", "left"]) {
                for (margin, side) in theme.margins.iter_mut().zip(["top", "right", "bottom", "left"]) {
                    set(margin, &margins, side, 30.0, 150.0);
                }
            }
            theme.colours(&top);
            theme.charts(&top);
            theme
        });
        reader.finish(theme)
    }

    fn colours(&mut self, top: &Fields) {
        let known = ["ink", "quiet", "accent", "rule", "shade", "good", "warn", "bad"];
        let Some(colours) = top.fields("colours", &known) else { return };
        let text = [
            (&mut self.ink, "ink"),
            (&mut self.quiet, "quiet"),
            (&mut self.accent, "accent"),
            (&mut self.good, "good"),
            (&mut self.warn, "warn"),
            (&mut self.bad, "bad"),
        ];
        for (colour, key) in text {
            if let Some(node) = paint(colour, &colours, key)
                && contrast(*colour, Colour(255, 255, 255)) < 4.5
            {
                let what = format!("`{key}` is too light: text in it cannot be read on white paper");
                colours.reader().problem(node.at, what, "Write a darker colour");
            }
        }
        paint(&mut self.rule, &colours, "rule");
        paint(&mut self.shade, &colours, "shade");
    }

    fn charts(&mut self, top: &Fields) {
        let palette = &mut self.palette;
        let Some(charts) = top.fields("charts", &["series", "marked", "quiet", "band", "rule", "ink", "heat"]) else {
            return;
        };
        paint(&mut palette.marked, &charts, "marked");
        paint(&mut palette.quiet, &charts, "quiet");
        paint(&mut palette.band, &charts, "band");
        paint(&mut palette.rule, &charts, "rule");
        paint(&mut palette.ink, &charts, "ink");
        let colours = |key: &str| {
            charts.list(key).iter().map(|node| read_colour(node, charts.reader())).collect::<Option<Vec<_>>>()
        };
        match colours("series") {
            Some(series) if series.len() >= 3 => palette.series = series,
            Some(_) if charts.has("series") => too_few(&charts, "series", "at least three colours"),
            _ => {}
        }
        match colours("heat").as_deref() {
            Some([low, high]) => palette.heat = (*low, *high),
            Some(_) if charts.has("heat") => too_few(&charts, "heat", "two colours: none, most"),
            _ => {}
        }
    }
}

/// The mark, if one is named: a file beside the theme, in no other folder.
fn logo(top: &Fields) -> Option<Logo> {
    let mut height = LOGO_HEIGHT;
    set(&mut height, top, "logo_height", 10.0, 80.0);
    let node = top.get("logo")?;
    let file = top.text("logo")?;
    if file.is_empty() {
        return None;
    }
    let plain = |c: char| !c.is_control() && !['/', '\\', ':'].contains(&c);
    if !(file.ends_with(".png") && file.len() > 4 && file.len() < 100 && file.chars().all(plain)) {
        top.reader().wrong(node, "the name of a PNG file beside this one, as \"logo.png\"");
        return None;
    }
    Some(Logo { file: file.to_owned(), height, raster: None })
}

/// How numbers are written: by a sample, or `as the language`.
fn numbers(top: &Fields) -> Option<Numbers> {
    let node = top.get("numbers")?;
    if node.as_text() == Some("as the language") {
        return None;
    }
    wording::numbers(node, top.reader())
}

fn too_few(charts: &Fields, key: &str, wanted: &str) {
    if let Some(node) = charts.get(key) {
        charts.reader().wrong(node, wanted);
    }
}

/// Sets a size, if the key is there and it is one.
fn set(size: &mut f64, fields: &Fields, key: &str, least: f64, most: f64) {
    match (fields.number(key), fields.has(key)) {
        (Some(number), _) if (least..=most).contains(&number) => *size = number,
        (Some(_), _) => {
            if let Some(node) = fields.get(key) {
                fields.reader().wrong(node, &format!("a size from {least} to {most} points"));
            }
        }
        _ => {}
    }
}

/// Sets a colour, if the key is there and it is one; gives its place.
fn paint<'a>(colour: &mut Colour, fields: &Fields<'_, 'a>, key: &str) -> Option<&'a Node> {
    let node = fields.get(key)?;
    *colour = read_colour(node, fields.reader())?;
    Some(node)
}

fn read_colour(node: &Node, reader: &Reader) -> Option<Colour> {
    let digits =
        node.as_text().and_then(|text| text.strip_prefix('#')).filter(|digits| digits.len() == 6 && digits.is_ascii());
    let part = |from: usize| {
        digits.and_then(|digits| digits.get(from..from + 2)).and_then(|two| u8::from_str_radix(two, 16).ok())
    };
    let colour = part(0).zip(part(2)).zip(part(4)).map(|((red, green), blue)| Colour(red, green, blue));
    if colour.is_none() {
        reader.wrong(node, "a colour as \"#1f4e79\"");
    }
    colour
}

#[cfg(test)]
mod tests {
    //! Tests of the theme's file.

    use super::*;

    #[test]
    fn the_shipped_theme_is_the_default_and_an_empty_part_changes_nothing() {
        let shipped = include_str!("../../report-templates/theme.yaml");
        assert_eq!(Theme::read("theme.yaml", shipped), Ok(Theme::default()));
        let own = Theme::read("theme.yaml", "paper: Letter\ncolours: { accent: \"#6a1b5d\" }\n").unwrap();
        let styled = Theme::read("theme.yaml", "language: de\nnumbers: \"1 234,5\"\ndates: 2025-03-03\n").unwrap();
        let numbers = Numbers { group: Some('\u{a0}'), decimal: ',' };
        let dates = Dates::Iso;
        assert_eq!(styled, Theme { language: "de".into(), numbers: Some(numbers), dates, ..Theme::default() });
        assert_eq!(own, Theme { paper: Paper::Letter, accent: Colour(0x6a, 0x1b, 0x5d), ..Theme::default() });
    }

    #[test]
    fn everything_wrong_is_told_at_its_place() {
        let text = "logo: ../logo.svg\npaper: A5\ntext_size: 60\ncolours:\n  ink: \"#eeeeee\"\n  bad: red\n  blue: \"#0000ff\"\ncharts: { heat: [\"#000000\"], series: [\"#12345g\"] }\nmargins: { top: none }\n";
        let problems = Theme::read("theme.yaml", text).unwrap_err();
        let places: Vec<(usize, usize)> = problems.iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(
            places,
            [(1, 7), (2, 8), (3, 12), (5, 8), (6, 8), (7, 3), (8, 17), (8, 39), (9, 17)],
            "{problems:#?}"
        );
        assert!(problems[3].what.contains("too light") && problems[4].what.contains("a colour as"));
    }
}
