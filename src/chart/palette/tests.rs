//! Tests of colours: distances as people with each form of colour blindness see them, and in grey.
//!
//! Simulation: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision
//! Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009, its matrices for severity 1.0, applied to
//! linear light. Distances: CIE 1976 L*a*b*, of which about 2.3 is just seen when two areas touch; far apart on a page, with a thin
//! line or a small square of the legend, it takes much more.

use super::*;

const SEEN: [(&str, [[f64; 3]; 3]); 4] = [
    ("by most", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "with protanopia",
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ),
    (
        "with deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    (
        "with tritanopia",
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ),
];

/// L*, a*, b* of a colour as it is seen (white of daylight D65).
fn lab(colour: Colour, seen: &[[f64; 3]; 3]) -> [f64; 3] {
    let light = light(colour);
    let [r, g, b] = seen.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0));
    let x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047;
    let y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b;
    let z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883;
    let [x, y, z] =
        [x, y, z].map(|t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(one: Colour, other: Colour, seen: &[[f64; 3]; 3]) -> f64 {
    lab(one, seen).iter().zip(lab(other, seen)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// Every pair of colours that a chart may use beside each other that is nearer than `least`.
fn alike(palette: &Palette, least: f64) -> Vec<String> {
    let all: Vec<Colour> = palette.series.iter().copied().chain([palette.marked, palette.quiet]).collect();
    let mut found = Vec::new();
    for (how, seen) in &SEEN {
        for (place, one) in all.iter().enumerate() {
            for other in all.iter().skip(place + 1) {
                let far = distance(*one, *other, seen);
                if far < least {
                    found.push(format!("{one:?} and {other:?}, seen {how}: {far:.1}"));
                }
            }
        }
    }
    found
}

#[test]
fn the_simulation_is_the_published_one() {
    // White stays white and greys stay grey, for everybody; red and green become alike with deuteranopia, not with tritanopia.
    for (how, seen) in &SEEN {
        for grey in [0, 90, 200, 255] {
            let [_, a, b] = lab(Colour(grey, grey, grey), seen);
            assert!(a.abs() < 0.3 && b.abs() < 0.3, "{how}: {grey} is seen as {a} {b}");
        }
    }
    let (red, green) = (Colour(200, 60, 30), Colour(118, 118, 20));
    let [_, _, deuteranopia, tritanopia] = SEEN.map(|(_, seen)| distance(red, green, &seen));
    assert!(deuteranopia < 20.0 && tritanopia > 50.0, "{deuteranopia} {tritanopia}");
}

#[test]
fn all_colours_are_told_apart_by_everybody() {
    assert_eq!(alike(&Palette::default(), 20.0), [""; 0]);
}

#[test]
fn the_test_of_colours_finds_what_is_alike() {
    // The eight colours that this program shipped first: two of them were one colour for every twentieth man.
    let before = Palette {
        series: vec![Colour(0xb8, 0x53, 0x3c), Colour(0x6b, 0x7a, 0x2e), Colour(0x1f, 0x4e, 0x79)],
        ..Palette::default()
    };
    let found = alike(&before, 5.0);
    assert!(found.len() == 1 && found[0].contains("with deuteranopia: 2.6"), "{found:?}");
}

#[test]
fn neighbours_of_a_stack_differ_in_grey() {
    let grey = |colour| lab(colour, &SEEN[0].1)[0];
    let palette = Palette::default();
    for pair in palette.series.windows(2) {
        let far = (grey(pair[0]) - grey(pair[1])).abs();
        assert!(far >= 20.0, "{pair:?}: {far:.1}");
    }
    // The first series is drawn beside the quiet one and the marked one; both are told from it by light alone.
    assert!((grey(palette.series[0]) - grey(palette.quiet)).abs() >= 40.0);
    assert!((grey(palette.marked) - grey(palette.quiet)).abs() >= 30.0);
}

#[test]
fn lines_stand_out_from_the_page_and_labels_can_be_read() {
    let palette = Palette::default();
    for colour in palette.series.iter().copied().chain([palette.marked]) {
        assert!(contrast(dark(colour, palette.ink, 3.0), WHITE) >= 3.0, "{colour:?} as a line");
        assert!(contrast(dark(colour, palette.ink, 4.5), WHITE) >= 4.5, "{colour:?} as a label");
    }
    // Lines are told apart after they were darkened, too.
    let lines =
        Palette { series: palette.series.iter().map(|colour| dark(*colour, palette.ink, 3.0)).collect(), ..palette };
    assert_eq!(alike(&lines, 12.0), [""; 0]);
}
