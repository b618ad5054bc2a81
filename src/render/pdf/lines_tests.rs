//! Lines of any text in any width: none too wide, no letter lost, broken where a reader would.

use super::paragraph::Paragraph;
use super::rich::{Ink, Rich};
use super::tests::{any_text, with_setting};
use crate::chart::Colour;
use crate::typeface::flow;
use proptest::prelude::*;

fn lines_of(text: &str, width: f64) -> Vec<String> {
    with_setting(|setting| {
        let ink = Ink::new(10.0, Colour(0, 0, 0));
        let paragraph = Paragraph::new(setting, Rich::plain(text, &ink), 1.4);
        let lines = paragraph.lines(setting, width);
        lines.iter().map(|line| line.bits.iter().map(|bit| &*bit.shaped.text).collect()).collect()
    })
}

#[test]
fn the_last_line_is_not_one_short_word() {
    let text =
        "the sum of records affected where the actor is known to the directory and not an administrator, at least 100";
    let lines = lines_of(text, 300.0);
    assert!(lines.last().unwrap().len() > 16, "{lines:?}");
    // As many lines as if each were filled.
    assert_eq!(lines.len(), 2);
}

#[test]
fn addresses_and_paths_break_after_their_joints() {
    let lines = lines_of("torben.harmsdorf@haldenvoss.example", 100.0);
    assert_eq!(lines, ["torben.harmsdorf@", "haldenvoss.example"]);
    let lines = lines_of("https://crm.example.com/settings/audit_log", 110.0);
    for line in lines.iter().take(lines.len() - 1) {
        assert!(line.ends_with(['/', '.', ':', '_']), "{lines:?}");
    }
    // A number is not broken at its point.
    assert!(lines_of("12345678901234567890.25", 60.0).iter().all(|line| !line.ends_with('.')));
}

#[test]
fn a_word_that_is_cut_leaves_no_letter_alone() {
    let lines = lines_of("Donaudampfschifffahrt", 100.0);
    assert!(lines.iter().all(|line| line.chars().count() > 4), "{lines:?}");
}

#[test]
fn a_soft_hyphen_is_seen_only_where_a_line_ends() {
    let drawn = |width: f64| {
        with_setting(|setting| {
            let ink = Ink::new(10.0, Colour(0, 0, 0));
            let paragraph = Paragraph::new(setting, Rich::plain("Donau\u{ad}dampf", &ink), 1.4);
            let lines = paragraph.lines(setting, width);
            let glyphs = |line: &super::paragraph::Line| -> f64 { line.width };
            (lines.len(), lines.iter().map(glyphs).fold(0.0, f64::max))
        })
    };
    let (whole, width) = drawn(300.0);
    assert_eq!(whole, 1);
    let (two, widest) = drawn(width - 1.0);
    assert!(two == 2 && widest < width - 1.0);
    // The text says the hyphen once, whether it is seen or not.
    for width in [300.0, width - 1.0] {
        assert_eq!(lines_of("Donau\u{ad}dampf", width).concat(), "Donau\u{ad}dampf");
    }
}

#[test]
fn many_places_without_width_take_no_long_time() {
    assert!(!lines_of(&"\u{200b}".repeat(20_000), 50.0).is_empty());
    assert!(lines_of(&"字 ".repeat(20_000), 50.0).len() > 1000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_too_wide_and_no_letter_is_lost(text in prop::collection::vec(any_text(), 1..4), width in 1.0..300.0_f64) {
        let text = text.join(" ");
        let kept = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let (lines, counted) = with_setting(|setting| {
            let ink = Ink::new(10.0, Colour(0, 0, 0));
            let paragraph = Paragraph::new(setting, Rich::plain(&text, &ink), 1.4);
            (paragraph.lines(setting, width), paragraph.line_count(width))
        });
        let mut told = String::new();
        for line in &lines {
            prop_assert!(line.width <= width + 0.1, "{} > {width}", line.width);
            told.extend(line.bits.iter().map(|bit| &*bit.shaped.text));
        }
        prop_assert_eq!(kept(&told), kept(&flow::settable(&text)));
        prop_assert!(counted >= 1);
    }
}
