//! Pages: the YAML documents of one file, each with the line at which it stands.

/// One document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page<'t> {
    /// Its text, without the line that divides it from the one before.
    pub text: &'t str,
    /// Lines of the file before its first.
    pub before: usize,
}

/// The documents of a file that hold more than comments and blank lines.
pub(super) fn pages(text: &str) -> Vec<Page<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut pages = Vec::new();
    let (mut start, mut before, mut at) = (0, 0, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if divides(line) {
            pages.push(Page { text: text.get(start..at).unwrap_or_default(), before });
            start = at + line.len();
            before = index + 1;
        }
        at += line.len();
    }
    pages.push(Page { text: text.get(start..).unwrap_or_default(), before });
    pages.retain(|page| page.text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')));
    pages
}

/// `---`, alone or before a comment.
fn divides(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| {
        let rest = rest.trim_end();
        rest.is_empty() || (rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keep_their_lines_and_empty_ones_are_left_out() {
        let found = pages("# about\n---\na: 1\n--- # second\nb: |\n  text\n  --- no\n---\n\n---\nc: ---\n");
        let found: Vec<(&str, usize)> = found.iter().map(|page| (page.text, page.before)).collect();
        assert_eq!(found, [("a: 1\n", 2), ("b: |\n  text\n  --- no\n", 4), ("c: ---\n", 10)]);
        assert_eq!(pages(""), []);
        assert_eq!(pages("a: 1\r\n---\r\nb: 2").len(), 2);
        assert_eq!(pages("---x\n").len(), 1);
    }
}
