//! Fonts that the settings name: read, remembered by their digest, missed when they are gone; and what no font can show.

use crate::home::{Home, SETTINGS};
use crate::samples::{DAILY, daily};

/// A font is a font: one that ships serves as the installation's own.
const FONT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/report-templates/fonts/NotoSansHebrew-Regular.ttf");

fn with_fonts(home: &Home, fonts: &str) {
    home.file("quarterday.yaml", format!("{SETTINGS}fonts: {fonts}\n"));
}

#[test]
fn a_font_is_kept_by_its_digest_and_verify_says_when_its_file_is_gone() {
    let home = daily();
    let bytes = std::fs::read(FONT).unwrap();
    home.file("fonts/own.ttf", &bytes);
    with_fonts(&home, "[fonts/own.ttf]");
    home.ok(["issue"]);
    let figures = home.edition_text("daily/2026-11-30", "figures.json");
    assert!(figures.contains("\"font fonts/own.ttf\""), "{figures}");
    assert!(home.ok(["verify", "daily/2026-11-30"]).contains("the same bytes"));
    // Under another name it is still the same font.
    std::fs::rename(home.path("fonts/own.ttf"), home.path("fonts/moved.ttf")).unwrap();
    with_fonts(&home, "[fonts/moved.ttf]");
    assert!(home.ok(["verify", "daily/2026-11-30"]).contains("the same bytes"));
    with_fonts(&home, "[]");
    let said = home.run(["verify", "daily/2026-11-30"]);
    assert!(said.out.contains("the font file fonts/own.ttf that it was set with is gone"), "{said:#?}");
    assert!(!said.out.contains("the same bytes"), "{said:#?}");
}

#[test]
fn what_is_no_font_is_a_problem_at_its_place() {
    let home = daily();
    home.file("fonts/no.ttf", "no font");
    with_fonts(&home, "[fonts/no.ttf, fonts/nosuch.otf]");
    home.run(["check"]).fails(
        2,
        &[
            "quarterday.yaml:5:9: the font `fonts/no.ttf` cannot be used: fonts/no.ttf is not a font that can be read",
            "quarterday.yaml:5:23: the font `fonts/nosuch.otf` cannot be used: No such file",
        ],
    );
}

#[test]
fn check_warns_of_characters_that_no_font_has() {
    let home = daily();
    home.definition("daily", &DAILY.replace("Daily numbers", "Daily numbers 日報 שלום"));
    home.file("people.csv", "actor,name\nanna@example.com,안나\n");
    let said = home.ok(["check"]);
    assert!(said.contains("no problem.\nwarning: "), "{said}");
    assert!(said.contains("日 (U+65E5), 報 (U+5831), in \"Daily numbers 日報 שלום\""), "{said}");
    assert!(said.contains("안 (U+C548), 나 (U+B098)"), "{said}");
    assert_eq!(home.json(&["check"])["warnings"].as_array().unwrap().len(), 2);
}
