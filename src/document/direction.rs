//! Direction: which way a text runs, and the parts of it that run the other way.
//!
//! A report is written in one language; what comes from the log may be written in any script, and stands inside its
//! sentences: "שרה כהן, who is no administrator, deleted 12 records". The Unicode algorithm's own guess (the first strong
//! letter) would turn that sentence around. So a text runs as its report does unless most of its letters run the other
//! way, and each stretch that does is isolated from what is around it.

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Direction {
    Left,
    Right,
}

/// The direction of a language (BCP 47), by its script.
pub fn of_language(language: &str) -> Direction {
    let mut parts = language.split('-');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    let rtl = ["ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb", "arc", "syr", "nqo"];
    let script = parts.find(|part| part.len() == 4).map(str::to_ascii_lowercase);
    match script.as_deref() {
        Some("latn" | "cyrl" | "grek") => Direction::Left,
        Some("arab" | "hebr" | "syrc" | "thaa" | "nkoo") => Direction::Right,
        _ if rtl.contains(&first.as_str()) => Direction::Right,
        _ => Direction::Left,
    }
}

/// The direction that a text of a report is set in, if the report's own is `base`.
pub fn of(text: &str, base: Direction) -> Direction {
    if text.is_ascii() && base == Direction::Left {
        return base;
    }
    let (mut own, mut other) = (0_usize, 0_usize);
    for c in text.chars() {
        match strong(c) {
            Some(way) if way == base => own += 1,
            Some(_) => other += 1,
            None => {}
        }
    }
    match base {
        _ if other <= own => base,
        Direction::Left => Direction::Right,
        Direction::Right => Direction::Left,
    }
}

/// A text in parts, in order; with each, whether it runs against `base` and is to be isolated. Marks that part a list
/// or a clause (`,` `;` `:` `·` brackets) part such stretches: names in a list stay names in a list.
pub fn runs(text: &str, base: Direction) -> Vec<(bool, &str)> {
    let against = |c: char| strong(c).is_some_and(|way| way != base);
    if (text.is_ascii() && base == Direction::Left) || !text.chars().any(against) {
        return vec![(false, text)];
    }
    let mut out = Vec::new();
    // Where the part that is not yet given begins; the stretch against the base that is open, from and to.
    let (mut begun, mut open): (usize, Option<(usize, usize)>) = (0, None);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if against(c) {
            open = Some((open.map_or(at, |(from, _)| from), end));
        } else if (strong(c).is_some() || parts(c))
            && let Some((from, to)) = open.take()
        {
            push(&mut out, text, begun, from, false);
            push(&mut out, text, from, to, true);
            begun = to;
        }
    }
    if let Some((from, to)) = open {
        push(&mut out, text, begun, from, false);
        push(&mut out, text, from, to, true);
        begun = to;
    }
    push(&mut out, text, begun, text.len(), false);
    out
}

fn push<'a>(out: &mut Vec<(bool, &'a str)>, text: &'a str, from: usize, to: usize, other: bool) {
    if let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) {
        out.push((other, part));
    }
}

fn parts(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '·' | '(' | ')' | '[' | ']' | '|' | '→' | '،' | '؛' | '\n')
}

/// The way of a letter; digits, marks and white space have none of their own.
fn strong(c: char) -> Option<Direction> {
    let right = matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff);
    match () {
        () if !c.is_alphabetic() => None,
        () if right => Some(Direction::Right),
        () => Some(Direction::Left),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_begins_with_a_name_of_another_script_stays_a_sentence() {
        assert_eq!(of("שרה כהן, who is no administrator, deleted 12 records", Direction::Left), Direction::Left);
        assert_eq!(of("שרה כהן", Direction::Left), Direction::Right);
        assert_eq!(of("מחק את העסקה Deal 12", Direction::Left), Direction::Right);
        assert_eq!(of("Anna Meyer מחקה שלוש עסקאות ביום שני", Direction::Right), Direction::Right);
        assert_eq!(of("12 – 14", Direction::Right), Direction::Right);
        assert_eq!(of("", Direction::Left), Direction::Left);
    }

    #[test]
    fn runs_are_the_text_and_each_name_is_one() {
        let text = "שרה כהן, דוד לוי and محمد عبد الله (12) deleted מחק 3 רשומות.";
        let parts = runs(text, Direction::Left);
        assert_eq!(parts.iter().map(|(_, part)| *part).collect::<String>(), text);
        let other: Vec<_> = parts.iter().filter(|(other, _)| *other).map(|(_, part)| *part).collect();
        assert_eq!(other, ["שרה כהן", "דוד לוי", "محمد عبد الله", "מחק 3 רשומות"]);
        assert_eq!(runs("plain", Direction::Left), [(false, "plain")]);
        assert_eq!(runs("Ανna", Direction::Right), [(true, "Ανna")]);
    }

    #[test]
    fn languages_run_as_their_script_does() {
        for (language, way) in [
            ("en", Direction::Left),
            ("de-CH", Direction::Left),
            ("he", Direction::Right),
            ("AR-eg", Direction::Right),
            ("az-Arab", Direction::Right),
            ("ar-Latn", Direction::Left),
            ("", Direction::Left),
        ] {
            assert_eq!(of_language(language), way, "{language}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_character_is_lost(text in "[a-c אבג,;:0-9()ابت ]{0,40}", right: bool) {
            let base = if right { Direction::Right } else { Direction::Left };
            let parts = runs(&text, base);
            proptest::prop_assert_eq!(parts.iter().map(|(_, part)| *part).collect::<String>(), text);
        }
    }
}
