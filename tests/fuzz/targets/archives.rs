//! Archives and encodings: any bytes as whatever they are: packed, in each other, in any encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::{chosen, through, unknown, world};

fuzz_target!(|bytes: &[u8]| {
    unknown(bytes);
    if let Some((mapping, rest)) = chosen(bytes, &world().mappings) {
        through(rest, &mapping);
    }
});
