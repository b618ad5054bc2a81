//! Plain: the program's own messages, which are English in every installation; reports use [`Words`].

use super::Words;
use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::calendar::zone::Zone;

/// `1,234`, `−12`.
pub fn number(value: i64) -> String {
    Words::english().number(value)
}

/// `1 event`, `2 events`, `no events`.
pub fn plural(count: i64, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", number(count)),
    }
}

/// `a, b and c`.
pub fn list(items: &[String]) -> String {
    Words::english().list(items)
}

/// `30 Nov 2026 02:51` in a zone.
pub fn moment(at: Millis, zone: &Zone) -> String {
    Words::english().moment(at, zone)
}

/// A period in words.
pub fn period(period: &Period) -> String {
    Words::english().period(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_plurals() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(plural(1, "event", "events"), "1 event");
        assert_eq!(plural(0, "event", "events"), "no events");
    }
}
