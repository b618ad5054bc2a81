//! The ICC profile of sRGB, made here from the numbers of IEC 61966-2-1: 480 bytes, and nobody's work but ours.

/// A number as profiles have it: 16 bits before the point, 16 after.
fn fixed(out: &mut Vec<u8>, value: f64) {
    out.extend_from_slice(&((value * 65536.0).round() as i32).to_be_bytes());
}

fn xyz(values: [f64; 3]) -> Vec<u8> {
    let mut out = b"XYZ \0\0\0\0".to_vec();
    values.into_iter().for_each(|value| fixed(&mut out, value));
    out
}

/// A text in one language (`mluc`).
fn words(text: &str) -> Vec<u8> {
    let mut out = b"mluc\0\0\0\0".to_vec();
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for number in [1, 12] {
        out.extend_from_slice(&u32::to_be_bytes(number));
    }
    out.extend_from_slice(b"enUS");
    for number in [units.len() as u32, 28] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend(units);
    out
}

/// The profile, version 4.2, for displays.
pub(super) fn srgb() -> Vec<u8> {
    // From D65 to D50, by Bradford; the primaries are those of the standard after that.
    let mut adaptation = b"sf32\0\0\0\0".to_vec();
    for value in [1.047_882, 0.022_919, -0.050_201, 0.029_587, 0.990_479, -0.017_075, -0.009_247, 0.015_076, 0.751_678]
    {
        fixed(&mut adaptation, value);
    }
    // ((x + 0.055) / 1.055) ^ 2.4 from 0.04045 on, x / 12.92 below.
    let mut curve = b"para\0\0\0\0\0\x03\0\0".to_vec();
    for value in [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045] {
        fixed(&mut curve, value);
    }
    let parts: [(&[u8; 4], Vec<u8>); 8] = [
        (b"desc", words("sRGB")),
        (b"cprt", words("CC0")),
        (b"wtpt", xyz([0.9642, 1.0, 0.8249])),
        (b"chad", adaptation),
        (b"rXYZ", xyz([0.436_066, 0.222_488, 0.013_916])),
        (b"gXYZ", xyz([0.385_147, 0.716_873, 0.097_076])),
        (b"bXYZ", xyz([0.143_066, 0.060_608, 0.714_096])),
        (b"rTRC", curve),
    ];
    let count = parts.len() + 2;
    let mut table = (count as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let begin = 128 + 4 + 12 * count;
    for (name, part) in &parts {
        let place = ((begin + data.len()) as u32).to_be_bytes();
        let size = (part.len() as u32).to_be_bytes();
        // The three colours share one curve.
        let names: &[&[u8; 4]] = if *name == b"rTRC" { &[b"rTRC", b"gTRC", b"bTRC"] } else { &[name] };
        for name in names {
            table.extend_from_slice(*name);
            table.extend_from_slice(&place);
            table.extend_from_slice(&size);
        }
        data.extend_from_slice(part);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = vec![0; 128];
    let mut set = |at: usize, bytes: &[u8]| profile.splice(at..at + bytes.len(), bytes.iter().copied()).for_each(drop);
    set(0, &((begin + data.len()) as u32).to_be_bytes());
    set(8, &[4, 0x20, 0, 0]);
    set(12, b"mntrRGB XYZ ");
    // The day on which the standard was issued; a profile has to have a date.
    set(24, &[7, 207, 0, 10, 0, 18]);
    set(36, b"acsp");
    let mut white = Vec::new();
    [0.9642, 1.0, 0.8249].into_iter().for_each(|value| fixed(&mut white, value));
    set(68, &white);
    profile.append(&mut table);
    profile.append(&mut data);
    profile
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_profile_says_its_own_length_and_its_parts_lie_in_it() {
        let profile = super::srgb();
        let number = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(number(0), profile.len());
        assert_eq!(number(128), 10);
        for part in 0..10 {
            let entry = 132 + 12 * part;
            assert!(number(entry + 4) + number(entry + 8) <= profile.len());
            assert_eq!(number(entry + 4) % 4, 0);
        }
    }
}
