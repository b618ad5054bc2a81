//! What every part of a definition is made of: words for yes and no, lengths of time, addresses, lines of text, names.

use crate::calendar::Millis;
use crate::written::{Fields, Node, Reader};

/// `yes` or `no` (or `true`, `false`); `absent` if it is not written, `None` if it is wrong.
pub(super) fn yes(fields: &Fields<'_, '_>, key: &str, absent: bool) -> Option<bool> {
    let Some(node) = fields.get(key) else { return (!fields.has(key)).then_some(absent) };
    match node.as_text() {
        Some("yes" | "true") => Some(true),
        Some("no" | "false") => Some(false),
        _ => {
            fields.reader().wrong(node, "`yes` or `no`");
            None
        }
    }
}

/// A length of time as people write it: `2h`, `90 minutes`, `1d 12h`. Units from seconds to weeks, weeks of seven days of
/// 24 hours.
pub fn duration(text: &str) -> Option<Millis> {
    let mut rest = text.trim();
    let mut total: Millis = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let seconds: Millis = match unit {
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 604_800,
            _ => return None,
        };
        let part = number.parse::<Millis>().ok()?.checked_mul(seconds)?.checked_mul(1000)?;
        total = total.checked_add(part)?;
        rest = after.trim_start();
    }
    Some(total)
}

/// The length of time at a key, at most `most`; `None` if it is not written or wrong.
pub(super) fn length(fields: &Fields<'_, '_>, key: &str, least: Millis, most: Millis) -> Option<Millis> {
    let node = fields.get(key)?;
    let length = node.as_text().and_then(duration).filter(|length| (least..=most).contains(length));
    if length.is_none() {
        let wanted = format!(
            "a length of time as in `2h`, `90m` or `1d 12h`, from {} to {}",
            crate::definition::words::length(least),
            crate::definition::words::length(most)
        );
        fields.reader().wrong(node, &wanted);
    }
    length
}

/// One line of text that goes into headings, subjects and file properties: not empty, no control characters.
pub(super) fn line_of_text(reader: &Reader<'_>, node: &Node, most: usize) -> Option<String> {
    let text = node.as_text().map(str::trim);
    let sound =
        text.filter(|text| !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control));
    if sound.is_none() {
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            let instead = "Leave line breaks and control characters out";
            reader.problem(node.at, format!("`{}` must be one line", node.name), instead);
        } else {
            reader.wrong(node, &format!("a line of text of at most {most} characters"));
        }
    }
    sound.map(str::to_owned)
}

/// The line of text at a key; empty if it is not written, `None` if it is wrong.
pub(super) fn optional_line(fields: &Fields<'_, '_>, key: &str, most: usize) -> Option<String> {
    match fields.get(key) {
        Some(node) => line_of_text(fields.reader(), node, most),
        None => (!fields.has(key)).then(String::new),
    }
}

/// Whether a text is a plain address that every mail server takes: RFC 5321's dot-string at a domain of two labels or more.
/// No quoted local parts, no address literals, ASCII only (a domain of other letters is written in its `xn--` form).
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let atom = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    local.len() <= 64
        && text.len() <= 254
        && local.split('.').all(atom)
        && domain.split('.').all(label)
        && domain.contains('.')
        && !domain.rsplit('.').next().is_some_and(|top| top.chars().all(|c| c.is_ascii_digit()))
}

/// An address, in one of the domains where only some are allowed (none given: all are).
pub fn address(reader: &Reader<'_>, node: &Node, domains: &[String]) -> Option<String> {
    let text = node.as_text().unwrap_or_default();
    if !is_address(text) {
        reader.wrong(node, "an e-mail address as in `compliance@example.com`");
        return None;
    }
    let domain = text.split_once('@').map_or("", |(_, domain)| domain);
    if !domains.is_empty() && !domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain)) {
        let what = format!("`{text}` is outside the domains that this installation mails to");
        let instead = format!("Allowed are: {} (`allowed_domains` in quarterday.yaml)", domains.join(", "));
        reader.problem(node.at, what, instead);
        return None;
    }
    Some(text.to_owned())
}

/// Whether a text can name a measure, a threshold or a section: letters, digits, `_` and `-`, beginning with a letter.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

/// A name made of a heading: `Deletions by role` gives `deletions-by-role`. Empty if no letter of it is Latin.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug: String = slug.chars().take(60).collect();
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let hours = |text| duration(text).map(|millis| millis as f64 / 3_600_000.0);
        assert_eq!(hours("2h"), Some(2.0));
        assert_eq!(hours("90 minutes"), Some(1.5));
        assert_eq!(hours("1d 12h"), Some(36.0));
        assert_eq!(hours("1w"), Some(168.0));
        assert_eq!(hours("30s"), Some(30.0 / 3600.0));
        for wrong in ["", "h", "2", "2 moons", "-2h", "1.5h", "2h3", "99999999999999999999h", "9999999999999999w"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses() {
        for good in ["a@b.de", "sales-leads@example.com", "o'neil+x@sub.example.co.uk", "x@xn--mnchen-3ya.de"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.de",
            "a@b",
            "a b@c.de",
            "a@b..de",
            "a@-b.de",
            "a@b.de ",
            "\"a\"@b.de",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b@c.de",
            "a@münchen.de",
            "a..b@c.de",
            ".a@c.de",
            "a@b.de\r\nBcc: x@y.z",
            "Ann <a@b.de>",
            "a@b.de,c@d.de",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn slugs() {
        assert_eq!(
            slug("Deletions by people who aren't administrators"),
            "deletions-by-people-who-aren-t-administrators"
        );
        assert_eq!(slug("  Ποιος;"), "");
    }
}
