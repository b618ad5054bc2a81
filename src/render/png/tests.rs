//! Tests of painting: the same bytes each time, the right colour in the right place, small files.

use super::*;
use crate::chart::draw::samples::charts;
use crate::chart::draw::{Look, draw, suggested_height};
use crate::chart::{Anchor, Palette};

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
        let (width, height, pixels) = read(&png(&picture, &fonts, 40 * scale).unwrap());
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
        let (width, _, pixels) = read(&png(&picture, &fonts, 160).unwrap());
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
    for (name, chart) in charts() {
        let paint = || {
            let fonts = Fonts::shipped().unwrap();
            let look = Look::english(&palette, &fonts);
            let height = suggested_height(&chart, 520.0);
            png(&draw(&chart, 520.0, height, &look), &fonts, 1040).unwrap()
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
    assert!(matches!(png(&picture, &fonts, 1000), Err(PngError::Size(1000, 1_000_000))));
    assert!(matches!(png(&picture, &fonts, 0), Err(PngError::Size(0, 0))));
}
