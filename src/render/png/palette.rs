//! Palette: pixels as indices into at most 256 colours, which is what makes a chart's file small.

use std::collections::BTreeMap;

/// A PNG of opaque pixels (four bytes each, the last one ignored).
pub fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let runs = runs(pixels);
    let (palette, places) = palette(&runs);
    let depth = if palette.len() <= 16 { png::BitDepth::Four } else { png::BitDepth::Eight };
    let mut indices: Vec<u8> = Vec::with_capacity(pixels.len() / 4);
    for (colour, length) in &runs {
        let place = places.get(colour).copied().unwrap_or(0);
        indices.resize(indices.len() + length, place);
    }
    let rows = match depth {
        png::BitDepth::Four => packed(&indices, width as usize),
        _ => indices,
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(depth);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    // Filters help where neighbours differ a little: indices do not.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rows)?;
    writer.finish()?;
    Ok(file)
}

/// Stretches of one colour, with their lengths. Most of a chart is paper: what is looked up is looked up once a stretch, not
/// once a pixel.
fn runs(pixels: &[u8]) -> Vec<([u8; 3], usize)> {
    let mut runs: Vec<([u8; 3], usize)> = Vec::new();
    for &[r, g, b, _] in pixels.as_chunks::<4>().0 {
        match runs.last_mut() {
            Some((colour, length)) if *colour == [r, g, b] => *length += 1,
            _ => runs.push(([r, g, b], 1)),
        }
    }
    runs
}

/// The most frequent colours, and for each colour of the picture the nearest of them. Edges of letters and lines have hundreds of
/// shades, each on a few pixels: nobody sees that two of them are one.
fn palette(runs: &[([u8; 3], usize)]) -> (Vec<[u8; 3]>, BTreeMap<[u8; 3], u8>) {
    let mut counted: BTreeMap<[u8; 3], usize> = BTreeMap::new();
    for (colour, length) in runs {
        *counted.entry(*colour).or_default() += length;
    }
    let mut order: Vec<([u8; 3], usize)> = counted.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let palette: Vec<[u8; 3]> = order.iter().take(256).map(|(colour, _)| *colour).collect();
    let nearest = |colour: &[u8; 3]| {
        let far =
            |other: &[u8; 3]| -> u32 { colour.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum() };
        palette.iter().enumerate().min_by_key(|(_, other)| far(other)).map_or(0, |(place, _)| place as u8)
    };
    let places = order
        .iter()
        .enumerate()
        .map(|(place, (colour, _))| (*colour, u8::try_from(place).unwrap_or_else(|_| nearest(colour))));
    let places = places.collect();
    (palette, places)
}

/// Two pixels a byte; each row begins a byte of its own.
fn packed(indices: &[u8], width: usize) -> Vec<u8> {
    let pair = |pair: &[u8]| pair.first().map_or(0, |first| first << 4) | pair.get(1).copied().unwrap_or(0);
    indices.chunks(width.max(1)).flat_map(|row| row.chunks(2).map(pair)).collect()
}
