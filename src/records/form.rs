//! Form: how a filled field must look: an address, a telephone number, a date, one of some values.

use super::fold;
use crate::ingest::times::Times;

/// How a field must look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// An address that mail can go to: one `@`, something before it, a domain of at least two parts behind it.
    Email,
    /// A telephone number: 6 to 15 digits (ITU-T E.164 allows 15), `+`, spaces and `-()./` among them, an extension behind.
    Phone,
    /// A date or time in one of the rules' `times`.
    Date,
    /// One of these (folded) values; and as they are written.
    OneOf(Vec<String>, Vec<String>),
}

impl Form {
    /// Whether a value (of which it is known that it says something) looks so.
    pub fn fits(&self, value: &str, times: &Times) -> bool {
        let value = value.trim();
        match self {
            Form::Email => email(value),
            Form::Phone => digits(value).is_some(),
            Form::Date => times.read(value).is_ok(),
            Form::OneOf(folded, _) => folded.contains(&fold(value)),
        }
    }

    /// The value in the form in which two that mean the same are the same.
    pub fn same(form: Option<&Form>, value: &str) -> String {
        match form {
            Some(Form::Phone) => digits(value.trim()).unwrap_or_else(|| fold(value)),
            _ => fold(value),
        }
    }

    /// As the rules write it.
    pub fn written(&self) -> String {
        match self {
            Form::Email => "email".to_owned(),
            Form::Phone => "phone".to_owned(),
            Form::Date => "date".to_owned(),
            Form::OneOf(_, written) => format!("one of {}", written.join(", ")),
        }
    }
}

fn email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    // RFC 5321 4.5.3.1.1 bounds what stands before the @.
    let before = (1..=64).contains(&local.len()) && local.chars().all(clean);
    before && !local.starts_with('.') && !local.ends_with('.') && domain.contains('.') && domain.split('.').all(label)
}

/// The digits of a telephone number, the extension left out; `None` if it is none.
fn digits(value: &str) -> Option<String> {
    let lower = value.to_lowercase();
    let number = ["ext.", "ext", "x"].iter().find_map(|mark| {
        let (number, extension) = lower.split_once(mark)?;
        let extension = extension.trim();
        (!extension.is_empty() && extension.bytes().all(|b| b.is_ascii_digit())).then_some(number)
    });
    let number = number.unwrap_or(&lower).trim();
    let mut digits = String::new();
    for (at, c) in number.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if at == 0 => {}
            ' ' | '\u{a0}' | '-' | '(' | ')' | '.' | '/' => {}
            _ => return None,
        }
    }
    (6..=15).contains(&digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::zone::ZoneRules;
    use crate::ingest::times::TimeFormat;

    #[test]
    fn forms_take_what_people_write_and_refuse_what_cannot_be_meant() {
        let times = Times::new(&[TimeFormat::Iso], Some("UTC"), &ZoneRules::bundled()).unwrap();
        let one_of = Form::OneOf(vec!["hot".into(), "cold".into()], vec!["Hot".into(), "Cold".into()]);
        for (form, good, bad) in [
            (
                Form::Email,
                vec!["a@b.example", "o'neil+x@mail.b-c.example", " a@b.example "],
                vec![
                    "a",
                    "a@b",
                    "a@@b.example",
                    "a b@c.example",
                    "@b.example",
                    ".a@b.example",
                    "a@-b.example",
                    "a@b..c",
                ],
            ),
            (
                Form::Phone,
                vec!["+49 (30) 901820-0", "030/901820", "555.0100 x12", "555-0100 ext. 7"],
                vec!["12345", "call me", "+49 30 abc", "1234567890123456", "49+30901820"],
            ),
            (Form::Date, vec!["2026-11-28 10:00"], vec!["soon", "2026-02-30 10:00"]),
            (one_of, vec!["hot", " COLD "], vec!["warm"]),
        ] {
            for value in good {
                assert!(form.fits(value, &times), "{form:?} refuses {value}");
            }
            for value in bad {
                assert!(!form.fits(value, &times), "{form:?} takes {value}");
            }
        }
        assert_eq!(Form::same(Some(&Form::Phone), "+49 (30) 90-1820"), Form::same(Some(&Form::Phone), "4930/901820"));
        assert_eq!(Form::same(None, " Ann "), "ann");
    }
}
