//! Delimited text: any bytes as the rows of any CSV preset, or as a CSV that nobody knows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::ingest::mapping::Shape;
use reading::{chosen, through, unknown, world};

fuzz_target!(|bytes: &[u8]| {
    let mappings: Vec<_> =
        world().mappings.iter().filter(|mapping| mapping.shape != Some(Shape::Json) && mapping.shape != Some(Shape::Text)).cloned().collect();
    if let Some((mapping, rest)) = chosen(bytes, &mappings) {
        through(rest, &mapping);
    }
    unknown(bytes);
});
