//! DKIM as written: which domain signs mails, under which name of its key, and where the private key is.

use super::read::line;
use super::secret::guarded;
use super::{ConfigError, MailSettings};
use crate::mail::{Dkim, address};
use crate::seal::PrivateKey;
use crate::written::{Node, Reader};
use std::path::Path;

/// How the sender's domain signs, as written. It holds no key, only where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimWritten {
    /// The domain that vouches.
    pub domain: String,
    /// Under which name its public key stands in the DNS.
    pub selector: String,
    /// File of the private key (PEM), as written: relative to the installation.
    pub key_file: String,
}

/// The `dkim` key of `mail`. `sender`: the sender's domain.
pub(super) fn dkim<'a>(reader: &Reader<'a>, node: &'a Node, sender: Option<String>) -> Option<DkimWritten> {
    let fields = reader.fields(node, &["domain", "selector", "key_file"])?;
    let domain = match fields.get("domain") {
        Some(node) => domain(reader, node, sender.as_deref()),
        None => sender,
    };
    let selector = fields.need("selector").and_then(|node| {
        let text = reader.text(node)?;
        let selects = address(&format!("postmaster@{text}.example.com")).is_ok();
        if !selects {
            let instead =
                "Write the name under which the public key stands: of `q2026._domainkey.example.com` it is `q2026`";
            reader.problem(node.at, format!("`{text}` is no selector"), instead);
        }
        selects.then(|| text.to_ascii_lowercase())
    });
    let key_file = fields.need("key_file").and_then(|node| line(reader, node));
    Some(DkimWritten { domain: domain?, selector: selector?, key_file: key_file? })
}

/// The sender's domain, or one above it: others vouch for nothing that a reader sees (RFC 7489, 3.1).
fn domain<'a>(reader: &Reader<'a>, node: &'a Node, sender: Option<&str>) -> Option<String> {
    let text = reader.text(node)?.to_ascii_lowercase();
    if address(&format!("postmaster@{text}")).is_err() {
        reader.problem(node.at, format!("`{text}` is no name of a domain"), "Write it as in `example.com`");
        return None;
    }
    let sender = sender?;
    if sender != text && !sender.ends_with(&format!(".{text}")) {
        let what = format!("`{text}` cannot vouch for a sender of {sender}");
        reader.problem(node.at, what, format!("Write `{sender}`, or leave `domain` out"));
        return None;
    }
    Some(text)
}

impl MailSettings {
    /// What mails are signed with; `None`: they are not. Reads the key. `home`: the installation.
    ///
    /// # Errors
    /// The key cannot be had, others have access to it, or it is none: never with its text.
    pub fn signer(&self, home: &Path) -> Result<Option<Dkim>, ConfigError> {
        let Some(DkimWritten { domain, selector, key_file }) = &self.dkim else { return Ok(None) };
        let path = home.join(key_file);
        let key = PrivateKey::from_pem(&guarded(&path)?).map_err(|error| ConfigError::file(&path, error))?;
        Ok(Some(Dkim { domain: domain.clone(), selector: selector.clone(), key }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(dkim: &str) -> Result<DkimWritten, Vec<String>> {
        let text = format!("mail: {{ from: r@reports.example.com, dkim: {{ {dkim} }} }}");
        let read = Config::read(&text, "q.yaml").map(|config| config.mail.dkim.unwrap());
        read.map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_sender_s_domain_or_one_above_it_signs() {
        let own = read("selector: Q2026, key_file: dkim.pem").unwrap();
        assert_eq!((own.domain.as_str(), own.selector.as_str()), ("reports.example.com", "q2026"));
        assert_eq!(read("domain: Example.com, selector: a.b, key_file: dkim.pem").unwrap().domain, "example.com");
        for (written, said) in [
            ("domain: other.example, selector: q, key_file: k", "cannot vouch for a sender of reports.example.com"),
            ("domain: ample.com, selector: q, key_file: k", "cannot vouch"),
            ("domain: x y, selector: q, key_file: k", "no name of a domain"),
            ("selector: \"q;x\", key_file: k", "no selector"),
            ("selector: q", "`key_file` is missing"),
            ("key_file: k", "`selector` is missing"),
        ] {
            let problems = read(written).unwrap_err();
            assert!(problems.len() == 1 && problems[0].contains(said), "{written}: {problems:#?}");
        }
    }
}
