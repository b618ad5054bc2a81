//! Tests of drawing: what every picture must hold, whatever its data.

use super::samples::{Estimate, NONE, chart, charts, series};
use super::*;
use crate::chart::Shape;
use proptest::prelude::*;

fn drawn(chart: &Chart, width: f64, height: f64) -> Picture {
    let palette = Palette::default();
    draw(chart, width, height, &Look::english(&palette, &Estimate))
}

fn texts(picture: &Picture) -> Vec<&str> {
    let text = |shape: &'_ Shape| matches!(shape, Shape::Text { .. });
    picture
        .shapes
        .iter()
        .filter(|s| text(s))
        .map(|s| if let Shape::Text { text, .. } = s { text.as_str() } else { "" })
        .collect()
}

/// Left, top, right, bottom of each text, a little less than its line.
fn boxes(picture: &Picture) -> Vec<([f64; 4], &str)> {
    let mut out = Vec::new();
    for shape in &picture.shapes {
        if let Shape::Text { at: (x, y), size, bold, anchor, text, .. } = shape {
            let width = Estimate.width(text, *size, *bold);
            let left = match anchor {
                Anchor::Start => *x,
                Anchor::Middle => x - width / 2.0,
                Anchor::End => x - width,
            };
            out.push(([left, y - size * 0.7, left + width, y + size * 0.05], text.as_str()));
        }
    }
    out
}

/// What is wrong with a picture: a shape that leaves it, or two texts on each other.
fn faults(picture: &Picture) -> Vec<String> {
    let mut out = Vec::new();
    let inside =
        |(x, y): &(f64, f64)| *x >= -1.0 && *y >= -1.0 && *x <= picture.width + 1.0 && *y <= picture.height + 1.0;
    for shape in &picture.shapes {
        let fine = match shape {
            Shape::Area { points, .. } | Shape::Line { points, .. } => points.iter().all(inside),
            Shape::Dot { centre, .. } => inside(centre),
            Shape::Text { .. } => true,
        };
        if !fine {
            out.push(format!("{shape:?} leaves {}×{}", picture.width, picture.height));
        }
    }
    let boxes = boxes(picture);
    for (place, ([left, top, right, bottom], text)) in boxes.iter().enumerate() {
        if *left < -0.5 || *right > picture.width + 0.5 || *top < -1.5 || *bottom > picture.height + 0.5 {
            out.push(format!(
                "`{text}` leaves the picture: {left} {top} {right} {bottom} of {}×{}",
                picture.width, picture.height
            ));
        }
        for ([l, t, r, b], other) in boxes.iter().skip(place + 1) {
            if l + 0.1 < *right && left + 0.1 < *r && t + 0.1 < *bottom && top + 0.1 < *b {
                out.push(format!("`{text}` and `{other}` touch"));
            }
        }
    }
    out
}

#[test]
fn no_sample_has_texts_on_each_other_at_any_width() {
    for width in [495.0, 240.0, 160.0] {
        for (name, chart) in charts() {
            let picture = drawn(&chart, width, suggested_height(&chart, width));
            assert_eq!(faults(&picture), [""; 0], "{name} at {width}");
            assert!(!texts(&picture).is_empty());
            assert_eq!(
                picture,
                drawn(&chart, width, suggested_height(&chart, width)),
                "{name} is not drawn the same twice"
            );
        }
    }
}

#[test]
fn no_data_is_not_zero() {
    let week = ["Mon", "Tue"];
    for kind in [Kind::Bars, Kind::StackedBars, Kind::Ranking, Kind::Heatmap, Kind::SmallMultiples] {
        let with =
            |value| drawn(&chart(kind, "events", &week, vec![series("a", Role::Plain, &[3.0, value])]), 300.0, 120.0);
        assert_ne!(with(0.0), with(NONE), "{kind:?}");
    }
    let all = drawn(&chart(Kind::Bars, "events", &week, vec![series("a", Role::Plain, &[NONE, NONE])]), 300.0, 120.0);
    assert_eq!(texts(&all), ["no data"]);
    let empty = drawn(&chart(Kind::Bars, "events", &[], vec![]), 300.0, 120.0);
    assert_eq!(texts(&empty), ["no events in this period"]);
    let zero = drawn(&chart(Kind::Bars, "events", &week, vec![series("a", Role::Plain, &[0.0, 0.0])]), 300.0, 120.0);
    assert_eq!(texts(&zero).iter().filter(|t| **t == "0").count(), 3);
}

#[test]
fn a_line_breaks_where_there_is_no_data() {
    let line = chart(
        Kind::Lines,
        "n",
        &["a", "b", "c", "d", "e"],
        vec![series("s", Role::Plain, &[1.0, 2.0, NONE, 3.0, 4.0])],
    );
    let colour = Palette::default().series[0];
    let pieces = drawn(&line, 300.0, 120.0)
        .shapes
        .into_iter()
        .filter(|s| matches!(s, Shape::Line { colour: c, .. } if *c == colour));
    assert_eq!(pieces.count(), 2);
}

#[test]
fn the_area_of_a_bar_is_its_value() {
    let bars = chart(Kind::Bars, "n", &["a", "b"], vec![series("s", Role::Plain, &[10.0, 5.0])]);
    let colour = Palette::default().series[0];
    let heights: Vec<f64> = drawn(&bars, 300.0, 150.0)
        .shapes
        .iter()
        .filter_map(|s| match s {
            Shape::Area { points, fill } if *fill == colour => Some((points[0].1 - points[2].1).abs()),
            _ => None,
        })
        .collect();
    assert_eq!(heights.len(), 2);
    assert!((heights[0] / heights[1] - 2.0).abs() < 0.01, "{heights:?}");
}

#[test]
fn axes_have_round_numbers() {
    let palette = Palette::default();
    let look = Look::english(&palette, &Estimate);
    let shown = |values: &[f64]| {
        let axis = scale::axis(values.iter().copied(), 5);
        axis.ticks.iter().map(|t| scale::number(*t, axis.decimals, &look)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(&[3.0, 47.0]), "0 10 20 30 40 50");
    assert_eq!(shown(&[1.0]), "0 1");
    assert_eq!(shown(&[]), "0 1");
    assert_eq!(shown(&[0.013, 0.02]), "0 0.005 0.010 0.015 0.020");
    assert_eq!(shown(&[1_234.0, 987.0]), "0 500 1,000 1,500");
    assert_eq!(shown(&[-9.0, 12.0]), "−10 −5 0 5 10 15");
    assert_eq!(shown(&[2_400_000.0]), "0 500,000 1M 1.5M 2M 2.5M");
    assert_eq!(shown(&[1e18]), "0 2.0e17 4.0e17 6.0e17 8.0e17 1.0e18");
    let german = Look { thousands: Some('.'), decimal: ',', ..look };
    assert_eq!(
        (scale::value(1_234_567.0, &german), scale::value(1234.0, &german), scale::value(0.0123, &german)),
        ("1,23M".into(), "1.234".into(), "0,012".into())
    );
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let kind = prop::sample::select(vec![
        Kind::Bars,
        Kind::StackedBars,
        Kind::Lines,
        Kind::Ranking,
        Kind::Heatmap,
        Kind::SmallMultiples,
        Kind::Spark,
    ]);
    let value = prop_oneof![3 => (0u32..5000).prop_map(|v| Some(f64::from(v))), 1 => Just(None), 1 => prop::num::f64::ANY.prop_map(Some), 1 => (-50.0..50.0f64).prop_map(Some)];
    let role = prop::sample::select(vec![Role::Plain, Role::Compared, Role::Service, Role::Marked]);
    let name = "[A-Za-zא-ת ]{0,30}";
    let one = (name, prop::collection::vec(value, 0..40), role).prop_map(|(name, values, role)| Series {
        name,
        values,
        role,
    });
    let band = prop::collection::vec(prop::option::of((-10.0..900.0f64, 0.0..5000.0f64)), 0..20);
    let target = prop::option::of((prop::num::f64::ANY, "[a-z ]{0,30}".prop_map(String::from)));
    (
        kind,
        prop::collection::vec(name.prop_map(String::from), 0..40),
        prop::collection::vec(one, 0..6),
        "[a-z%]{0,12}",
        band,
        target,
    )
        .prop_map(|(kind, categories, series, unit, band, target)| Chart {
            kind,
            categories,
            series,
            unit,
            band,
            target,
            alt: String::new(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_data_nothing_leaves_the_picture_and_no_text_touches_another(chart in any_chart(), width in 220.0..500.0f64) {
        let picture = drawn(&chart, width, suggested_height(&chart, width));
        prop_assert_eq!(faults(&picture), Vec::<String>::new());
    }

    #[test]
    fn squeezed_pictures_keep_inside(chart in any_chart(), width in 120.0..220.0f64) {
        let picture = drawn(&chart, width, suggested_height(&chart, width));
        let faults = faults(&picture).into_iter().filter(|fault| fault.contains("leaves")).collect::<Vec<_>>();
        prop_assert_eq!(faults, Vec::<String>::new());
    }
}

#[test]
fn names_from_a_log_neither_turn_the_direction_of_text_nor_break_lines() {
    let evil = "\u{202e}evil\u{202c}\u{7}\nx";
    let kind = Kind::Ranking;
    let picture =
        drawn(&chart(kind, "events", &[evil, "b"], vec![series(evil, Role::Plain, &[1.0, 2.0])]), 480.0, 90.0);
    let all = texts(&picture).join("|");
    assert!(all.contains("\\u{202e}evil\\u{202c}\\x07 x"), "{all}");
    assert!(!all.contains(['\u{202e}', '\u{202c}', '\u{7}', '\n']), "{all}");
}
