//! Tests of painting: the same bytes each time, the right colour in the right place, small files.

use super::*;
use crate::chart::draw::samples::charts;
use crate::chart::draw::{Look, draw, suggested_height};
use crate::chart::{Anchor, Chart, Palette};

/// A painted picture's size and its pixels.
fn read(bytes: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let colours = pixels[..info.buffer_size()].chunks(3).map(|c| [c[0], c[1], c[2]]).collect();
    (info.width as usize, info.height as usize, colours)
}

fn area(left: f64, top: f64, right: f64, bottom: f64, fill: Colour) -> Shape {
    Shape::Area { points: vec![(left, top), (right, top), (right, bottom), (left, bottom)], fill }
}

fn text(text: &str, anchor: Anchor) -> Shape {
    Shape::Text { at: (20.0, 15.0), size: 10.0, bold: false, colour: Colour(0, 0, 0), anchor, text: text.into() }
}

#[test]
fn shapes_stand_where_they_should_at_any_scale() {
    let fonts = Fonts::shipped().unwrap();
    let red = Colour(200, 0, 0);
    let picture = Picture { width: 40.0, height: 20.0, shapes: vec![area(10.0, 5.0, 20.0, 15.0, red)] };
    for scale in [1, 2, 5] {
        let (width, height, pixels) = read(&png(&picture, &fonts, Direction::Left, 40 * scale).unwrap());
        assert_eq!((width, height), (40 * scale as usize, 20 * scale as usize));
        let at = |x: usize, y: usize| pixels[y * scale as usize * width + x * scale as usize];
        assert_eq!((at(10, 5), at(19, 14), at(9, 5), at(20, 14)), ([200, 0, 0], [200, 0, 0], [255; 3], [255; 3]));
    }
}

#[test]
fn text_is_inked_on_the_side_of_its_anchor_and_what_no_font_has_is_a_box() {
    let fonts = Fonts::shipped().unwrap();
    let span = |shape: Shape| {
        let picture = Picture { width: 40.0, height: 20.0, shapes: vec![shape] };
        let (width, _, pixels) = read(&png(&picture, &fonts, Direction::Left, 160).unwrap());
        let inked: Vec<usize> =
            pixels.iter().enumerate().filter(|(_, c)| c[0] < 128).map(|(place, _)| place % width).collect();
        (*inked.iter().min().unwrap(), *inked.iter().max().unwrap())
    };
    assert!(span(text("HH", Anchor::Start)).0 >= 80);
    assert!(span(text("HH", Anchor::End)).1 <= 80);
    let (left, right) = span(text("HH", Anchor::Middle));
    assert!((left + right).abs_diff(160) <= 2, "{left} {right}");
    let (left, right) = span(text("中", Anchor::Start));
    assert!(right - left > 20, "{left} {right}");
    assert!(span(text("שלום", Anchor::Start)).0 >= 80);
}

#[test]
fn samples_are_small_and_painted_the_same_twice() {
    let palette = Palette::default();
    // What is higher than a picture may be is refused, which the test below holds; mails leave such charts out.
    let paintable = |chart: &Chart| suggested_height(chart, 520.0) * 2.0 < f64::from(MOST);
    let samples: Vec<_> = charts().into_iter().filter(|(_, chart)| paintable(chart)).collect();
    assert!(samples.len() > 20, "only {} samples", samples.len());
    for (name, chart) in samples {
        let paint = || {
            let fonts = Fonts::shipped().unwrap();
            let look = Look::english(&palette, &fonts);
            let height = suggested_height(&chart, 520.0);
            png(&draw(&chart, 520.0, height, &look), &fonts, Direction::Left, 1040).unwrap()
        };
        let first = paint();
        assert!(first.len() < 40_000, "{name} is {} bytes", first.len());
        assert_eq!(first, paint(), "{name}");
    }
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let fonts = Fonts::shipped().unwrap();
    let picture = Picture { width: 1.0, height: 1000.0, shapes: Vec::new() };
    assert!(matches!(png(&picture, &fonts, Direction::Left, 1000), Err(PngError::Size(1000, 1_000_000))));
    assert!(matches!(png(&picture, &fonts, Direction::Left, 0), Err(PngError::Size(0, 0))));
}

/// A picture moved on a larger one.
fn put(page: &mut Picture, picture: Picture, (dx, dy): (f64, f64)) {
    let at = |(x, y): (f64, f64)| (x + dx, y + dy);
    page.shapes.extend(picture.shapes.into_iter().map(|shape| match shape {
        Shape::Area { points, fill } => Shape::Area { points: points.into_iter().map(at).collect(), fill },
        Shape::Line { points, width, colour, dash } => {
            Shape::Line { points: points.into_iter().map(at).collect(), width, colour, dash }
        }
        Shape::Dot { centre, radius, fill } => Shape::Dot { centre: at(centre), radius, fill },
        Shape::Text { at: place, size, bold, colour, anchor, text } => {
            Shape::Text { at: at(place), size, bold, colour, anchor, text }
        }
    }));
}

#[test]
#[ignore = "writes sheets of all charts to look at, into the folder that QUARTERDAY_GALLERY names"]
fn sheets() {
    let folder = std::path::PathBuf::from(std::env::var("QUARTERDAY_GALLERY").unwrap());
    let palette = Palette::default();
    let fonts = Fonts::shipped().unwrap();
    let look = Look::english(&palette, &fonts);
    // Wide as on a page, and narrow as on a phone, beside each other.
    let (wide, narrow, gap) = (495.0, 230.0, 20.0);
    for (number, charts) in charts().chunks(5).enumerate() {
        let mut page = Picture { width: wide + narrow + 3.0 * gap, height: gap, shapes: Vec::new() };
        for (name, chart) in charts {
            let title = Shape::Text {
                at: (gap, page.height + 8.0),
                size: 9.0,
                bold: true,
                colour: Colour(0x8a, 0x5a, 0),
                anchor: Anchor::Start,
                text: (*name).to_string(),
            };
            page.shapes.push(title);
            let draw = |width: f64| draw(chart, width, suggested_height(chart, width).min(330.0), &look);
            let (left, right) = (draw(wide), draw(narrow));
            let (top, height) = (page.height + 16.0, left.height.max(right.height));
            put(&mut page, left, (gap, top));
            put(&mut page, right, (wide + 2.0 * gap, top));
            page.height = top + height + gap;
        }
        let bytes = png(&page, &fonts, Direction::Left, 1130).unwrap();
        std::fs::write(folder.join(format!("charts-{:02}.png", number + 1)), bytes).unwrap();
    }
}

/// A PNG of two pixels.
fn two(colour: png::ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2, 1);
    encoder.set_color(colour);
    encoder.write_header().unwrap().write_image_data(pixels).unwrap();
    file
}

#[test]
fn a_logo_is_read_as_it_looks_on_white() {
    let rgba = two(png::ColorType::Rgba, &[200, 0, 0, 255, 0, 0, 0, 0]);
    let read = super::read(&rgba).unwrap();
    assert_eq!((read.width, read.height, &read.rgb[..]), (2, 1, &[200, 0, 0, 255, 255, 255][..]));
    assert_eq!(super::read_uri(&read.uri), Ok(read));
    let grey = super::read(&two(png::ColorType::GrayscaleAlpha, &[0, 128, 77, 255])).unwrap();
    assert_eq!(grey.rgb, [127, 127, 127, 77, 77, 77]);
    assert_eq!(super::read(&two(png::ColorType::Rgb, &[1, 2, 3, 4, 5, 6])).unwrap().rgb, [1, 2, 3, 4, 5, 6]);
    assert!(super::read(b"<svg/>").unwrap_err().contains("is no PNG"));
    assert!(super::read(&rgba[..rgba.len() - 20]).is_err());
    assert!(super::read_uri("data:image/png;base64,!").is_err() && super::read_uri("logo.png").is_err());
    let mut large = Vec::new();
    let mut encoder = png::Encoder::new(&mut large, 60_000, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[0; 60_000]).unwrap();
    assert!(super::read(&large).unwrap_err().contains("60000 by 1 pixels"));
}
