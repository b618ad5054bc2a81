//! Address: an e-mail address that every server takes, as a value that cannot be anything else.

/// A valid address: `local@domain`, ASCII, no quoting, the domain by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

impl Address {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`, in lower case: what a list of allowed domains is compared with.
    pub fn domain(&self) -> String {
        self.0.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// Reads an address. Stricter than RFC 5321: quoted local parts, address literals and one-word domains are refused,
/// because what is written there is nearly always a mistake and never portable.
///
/// # Errors
/// What is wrong with it, in words for the person who wrote it.
pub fn address(text: &str) -> Result<Address, String> {
    let Some((local, domain)) = text.split_once('@') else {
        return Err("an address has an @ between name and domain".into());
    };
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("an address has no blanks, line breaks or control characters".into());
    }
    if domain.contains('@') {
        return Err("an address has one @ only".into());
    }
    if local.is_empty() || local.len() > 64 {
        return Err("the part before the @ has 1 to 64 characters".into());
    }
    // RFC 5321, 4.1.2: dot-string of atext.
    if !local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)) {
        return Err("the part before the @ holds a character that mail servers do not take".into());
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err("the part before the @ has a dot in the wrong place".into());
    }
    domain_name(domain)?;
    // What the library does not take would fail when the mail is set: better said now.
    text.parse::<lettre::Address>().map_err(|error| error.to_string())?;
    Ok(Address(text.to_owned()))
}

/// Whether a text is a domain name with at least two labels (RFC 1035, 2.3.1; RFC 1123, 2.1).
pub(super) fn domain_name(domain: &str) -> Result<(), String> {
    if !domain.is_ascii() {
        return Err("write the domain in its ASCII form (xn--…)".into());
    }
    if domain.len() > 253 || !domain.contains('.') {
        return Err("the domain has no dot, or is too long".into());
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !domain.split('.').all(label) {
        return Err("the domain is not a domain name".into());
    }
    if domain.rsplit('.').next().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit())) {
        return Err("the domain is a number, not a name".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken() {
        for text in ["a@b.example", "first.last+tag@sub.example.com", "o'neil@xn--mnchen-3ya.example", "A_B@C.EXAMPLE"]
        {
            assert_eq!(address(text).unwrap().as_str(), text);
        }
        assert_eq!(address("a@B.Example").unwrap().domain(), "b.example");
    }

    #[test]
    fn oddities_are_refused_with_a_reason() {
        for text in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@localhost",
            "a@[127.0.0.1]",
            "a@1.2.3.4",
            "\"a b\"@c.example",
            "a b@c.example",
            "a@b.example\r\nBcc: x@y.example",
            "a@b@c.example",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a@-b.example",
            "a@b-.example",
            "a@b..example",
            "a@b.example.",
            "a@münchen.example",
            "ä@b.example",
            "a\u{202e}@b.example",
            "a,b@c.example",
            "<a@b.example>",
            "a@b.exa_mple",
            "a@b.example\0",
        ] {
            let reason = address(text).expect_err(text);
            assert!(reason.len() > 10, "{text}: {reason}");
        }
        assert!(address(&format!("{}@b.example", "a".repeat(65))).is_err());
    }
}
