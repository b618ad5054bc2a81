//! JSON shapes: any bytes as lines, an array or documents of any JSON preset.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::ingest::mapping::Shape;
use reading::{chosen, through, unknown, world};

fuzz_target!(|bytes: &[u8]| {
    let mappings: Vec<_> = world().mappings.iter().filter(|mapping| mapping.shape == Some(Shape::Json)).cloned().collect();
    if let Some((mapping, rest)) = chosen(bytes, &mappings) {
        through(rest, &mapping);
    }
    unknown(bytes);
});
