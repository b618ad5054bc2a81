//! Said: what may stand in the daemon's log. No addresses: whoever reads logs is not who may know them.

use crate::pipeline::Failure;

/// A failure in words, without anything that looks like an address.
pub(super) fn plain(failure: &Failure) -> String {
    let text = match failure {
        Failure::Problems(problems) => {
            let places = problems.iter().map(|problem| format!("{}:{}:{}", problem.file, problem.line, problem.column));
            format!("written wrong: {}", places.collect::<Vec<_>>().join(", "))
        }
        Failure::Asked(text) | Failure::Error(text) => text.clone(),
    };
    text.split_whitespace().map(|word| if word.contains('@') { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_not_said() {
        let failure = Failure::Error("the mail to anna@example.com is\ntoo large".to_owned());
        assert_eq!(plain(&failure), "the mail to … is too large");
    }
}
