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
    assert_eq!(texts(&all), ["not in the log"]);
    let empty = drawn(&chart(Kind::Bars, "events", &[], vec![]), 300.0, 120.0);
    assert_eq!(texts(&empty), ["no events in this period"]);
    let zero = drawn(&chart(Kind::Bars, "events", &week, vec![series("a", Role::Plain, &[0.0, 0.0])]), 300.0, 120.0);
    assert_eq!(texts(&zero), ["events", "0", "Mon", "Tue", "no events in this period"]);
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
        axis.ticks.iter().map(|t| scale::number(*t, axis.form, &look)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(&[3.0, 47.0]), "0 10 20 30 40 50");
    assert_eq!(shown(&[1.0]), "0 1");
    assert_eq!(shown(&[]), "0 1");
    assert_eq!(shown(&[0.013, 0.02]), "0 0.005 0.010 0.015 0.020");
    assert_eq!(shown(&[0.0003]), "0 0.0001 0.0002 0.0003");
    assert_eq!(shown(&[1_234.0, 987.0]), "0 500 1,000 1,500");
    assert_eq!(shown(&[-9.0, 12.0]), "−10 −5 0 5 10 15");
    assert_eq!(shown(&[45_000.0]), "0 10,000 20,000 30,000 40,000 50,000");
    assert_eq!(shown(&[450_000.0]), "0 100k 200k 300k 400k 500k");
    assert_eq!(shown(&[2_400_000.0]), "0 0.5M 1.0M 1.5M 2.0M 2.5M");
    assert_eq!(shown(&[14e9]), "0 5bn 10bn 15bn");
    assert_eq!(shown(&[1e15]), "0 200tn 400tn 600tn 800tn 1,000tn");
    assert_eq!(shown(&[1e18]), "0 2×10¹⁷ 4×10¹⁷ 6×10¹⁷ 8×10¹⁷ 1×10¹⁸");
    assert_eq!(shown(&[5e-7]), "0 1×10⁻⁷ 2×10⁻⁷ 3×10⁻⁷ 4×10⁻⁷ 5×10⁻⁷");
    let german = Look {
        thousands: Some('.'),
        decimal: ',',
        magnitudes: ["\u{a0}Tsd.", "\u{a0}Mio.", "\u{a0}Mrd.", "\u{a0}Bio."],
        ..look
    };
    let values = [1_234_567.0, 1234.0, 0.0123, 123_456.0, 99_999.0, 12.34, 3.0, 0.0001, -4.5, 1_000_000.0];
    assert_eq!(
        values.map(|value| scale::value(value, &german)),
        ["1,23\u{a0}Mio.", "1.234", "0,012", "123\u{a0}Tsd.", "99.999", "12,3", "3", "0,0001", "−4,5", "1\u{a0}Mio."]
    );
}

#[test]
fn a_calendar_is_labelled_in_the_finest_way_that_has_room() {
    let days: Vec<String> = (1..=30).map(|day| day.to_string()).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let mut bars = chart(Kind::Bars, "events", &days, vec![series("s", Role::Plain, &[700.0; 30])]);
    let every = |step: usize, text: &str| (0..30).step_by(step).map(|at| (at, format!("{text} {}", at + 1))).collect();
    bars.ticks = vec![every(1, "June"), every(7, "Monday"), every(7, "Mo"), vec![(0, "June".into())]];
    let labels = |width: f64| {
        let picture = drawn(&bars, width, 150.0);
        let words = texts(&picture).into_iter().filter(|text| text.starts_with(['J', 'M'])).map(str::to_string);
        words.collect::<Vec<_>>().join(" ")
    };
    assert!(labels(1000.0).starts_with("June 1 June 2 June 3"));
    assert_eq!(labels(300.0), "Monday 1 Monday 8 Monday 15 Monday 22 Monday 29");
    assert_eq!(labels(200.0), "Mo 1 Mo 8 Mo 15 Mo 22 Mo 29");
    assert_eq!(labels(110.0), "June");
}

#[test]
fn gaps_are_hatched_and_said_and_the_area_does_not_cross_them() {
    for kind in [Kind::Lines, Kind::Area, Kind::Bars, Kind::StackedBars, Kind::SmallMultiples] {
        let values = [1.0, 2.0, NONE, NONE, 4.0, 5.0];
        let one = chart(kind, "n", &["a", "b", "c", "d", "e", "f"], vec![series("s", Role::Plain, &values)]);
        let picture = drawn(&one, 300.0, 120.0);
        assert!(texts(&picture).contains(&"not in the log"), "{kind:?}: {:?}", texts(&picture));
        let colour = Palette::default().series[0];
        let filled = picture.shapes.iter().filter(|s| matches!(s, Shape::Area { fill, .. } if *fill == colour)).count();
        assert_eq!(
            filled,
            match kind {
                Kind::Lines => 0,
                Kind::Area => 2,
                _ => 4,
            },
            "{kind:?}"
        );
    }
}

#[test]
fn a_pareto_line_starts_on_its_first_bar_and_ends_at_its_share() {
    let mut pareto = chart(Kind::Pareto, "n", &["a", "b", "c"], vec![series("s", Role::Plain, &[60.0, 20.0, 10.0])]);
    pareto.series.push(series("together", Role::Plain, &[60.0, 80.0, 90.0]));
    let picture = drawn(&pareto, 400.0, 160.0);
    let bars = Palette::default().series[0];
    let tops: Vec<f64> = picture
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Area { points, fill } if *fill == bars && points.len() == 4 => {
                Some(points.iter().map(|p| p.1).fold(f64::MAX, f64::min))
            }
            _ => None,
        })
        .skip(1)
        .collect();
    let line: Vec<(f64, f64)> = picture
        .shapes
        .iter()
        .find_map(|shape| match shape {
            Shape::Line { points, .. } if points.len() == 3 => Some(points.clone()),
            _ => None,
        })
        .unwrap();
    assert!((tops[0] - line[0].1).abs() < 0.1, "{tops:?} {line:?}");
    let share = |label: &str| {
        picture
            .shapes
            .iter()
            .find_map(|shape| match shape {
                Shape::Text { text, at, .. } if text == label => Some(at.1 - 2.5),
                _ => None,
            })
            .unwrap()
    };
    let (all, none) = (share("100\u{a0}%"), share("0\u{a0}%"));
    assert!((line[2].1 - (none + (all - none) * 0.9)).abs() < 0.1);
}

#[test]
fn what_has_no_room_is_said_to_be_there() {
    let names: Vec<String> = (0..1000).map(|at| format!("user {at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ranking = chart(Kind::Ranking, "events", &names, vec![series("n", Role::Plain, &[5.0; 1000])]);
    let picture = drawn(&ranking, 400.0, 300.0);
    let all = texts(&picture);
    let shown = all.iter().filter(|text| text.starts_with("user")).count();
    assert!(shown > 25, "{shown}");
    assert!(all.contains(&format!("… +{}", 1000 - shown).as_str()), "{all:?}");
    assert_eq!(faults(&picture), [""; 0]);
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let kind = prop::sample::select(vec![
        Kind::Bars,
        Kind::StackedBars,
        Kind::Lines,
        Kind::Area,
        Kind::Ranking,
        Kind::Pareto,
        Kind::Heatmap,
        Kind::SmallMultiples,
        Kind::Spark,
    ]);
    let value = prop_oneof![3 => (0u32..5000).prop_map(|v| Some(f64::from(v))), 1 => Just(None), 1 => prop::num::f64::ANY.prop_map(Some), 1 => (-50.0..50.0f64).prop_map(Some)];
    let role = prop::sample::select(vec![Role::Plain, Role::Compared, Role::Service, Role::Marked]);
    let name = "[A-Za-zא-ت一-三 ]{0,30}|[a-zא-ת]{300}";
    let one = (name, prop::collection::vec(value.clone(), 0..40), role).prop_map(|(name, values, role)| Series {
        name,
        values,
        role,
    });
    let ticks = prop::collection::vec(prop::collection::vec((0usize..60, "[A-Za-z0-9 ]{0,14}"), 0..50), 0..4);
    let band = prop::collection::vec(prop::option::of((-10.0..900.0f64, 0.0..5000.0f64)), 0..20);
    let target = prop::option::of((prop::num::f64::ANY, "[a-z ]{0,30}".prop_map(String::from)));
    (
        kind,
        prop_oneof![8 => prop::collection::vec(name.prop_map(String::from), 0..40), 1 => prop::collection::vec("[a-z]{1,8}", 900..1000)],
        prop::collection::vec(one, 0..6),
        "[a-z%]{0,12}",
        band,
        target,
        ticks,
        (prop::collection::vec(value, 0..40), prop::collection::vec(0usize..60, 0..3)),
    )
        .prop_map(|(kind, categories, series, unit, band, target, ticks, (totals, marked))| Chart {
            kind,
            categories,
            ticks,
            series,
            totals,
            unit,
            band,
            marked,
            target,
            nothing: "no events in this period".into(),
            absent: "not recorded by zoho-crm".into(),
            normal: "normal: 12 to 40, learnt from 12 months".into(),
            outside: "outside it".into(),
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
