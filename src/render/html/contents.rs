//! The contents: wherever a template asks for them, folded before the page on narrow screens, beside it on wide ones. On
//! paper there are none: page numbers are the PDF's.

use super::{escaped, put};
use std::collections::BTreeSet;

/// A report with fewer headings than this needs no list.
const LEAST: usize = 4;

/// The headings of a page, each with a place of its own that links can lead to.
#[derive(Default)]
pub struct Headings {
    /// Level, place, and text as HTML.
    list: Vec<(u8, String, String)>,
    taken: BTreeSet<String>,
    /// What a template calls the contents, if it asks for them.
    asked: Option<String>,
}

impl Headings {
    /// Takes a place that is no heading's.
    pub fn take(&mut self, id: &str) {
        self.taken.insert(id.to_owned());
    }

    /// Takes the template's wish for contents.
    pub fn ask(&mut self, title: &str) {
        self.asked = Some(title.to_owned());
    }

    /// Adds a heading; tells its place. Two that ask for the same one get different ones.
    pub fn add(&mut self, level: u8, id: &str, html: String) -> String {
        // White space would end the place in a link.
        let wanted: String = id.split_whitespace().collect::<Vec<_>>().join("-");
        let wanted = if wanted.is_empty() { format!("part-{}", self.list.len() + 1) } else { wanted };
        let mut place = wanted.clone();
        let mut next = 2_usize;
        while !self.taken.insert(place.clone()) {
            place = format!("{wanted}-{next}");
            next += 1;
        }
        self.list.push((level, place.clone(), html));
        place
    }

    /// The list as HTML: headings of the second level, and the first-level ones after the title with theirs in them.
    /// Nothing, where a page is short, or nobody asked for them; `title` is that of the report, for contents without one.
    pub fn html(&self, title: &str) -> String {
        let title = match &self.asked {
            None => return String::new(),
            Some(asked) if asked.is_empty() => title,
            Some(asked) => asked,
        };
        let listed: Vec<_> = self
            .list
            .iter()
            .enumerate()
            .filter(|(at, (level, ..))| *level == 2 || (*level == 1 && *at > 0))
            .map(|(_, heading)| heading)
            .collect();
        if listed.len() < LEAST {
            return String::new();
        }
        let title = escaped(title);
        let mut out =
            format!("<nav class=\"contents\" aria-label=\"{title}\">\n<details><summary>{title}</summary>\n<ol>\n");
        // Inside the list of a first-level heading.
        let mut inner = false;
        for (at, (level, place, html)) in listed.iter().enumerate() {
            let next = listed.get(at + 1).map(|(level, ..)| *level);
            put(&mut out, format_args!("<li><a href=\"#{}\">{html}</a>", escaped(place)));
            match (level, next) {
                (1, Some(2)) => {
                    inner = true;
                    out.push_str("\n<ol>\n");
                }
                (2, Some(2)) => out.push_str("</li>\n"),
                _ => {
                    out.push_str("</li>\n");
                    if std::mem::take(&mut inner) {
                        out.push_str("</ol>\n</li>\n");
                    }
                }
            }
        }
        out.push_str("</ol>\n</details>\n</nav>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_unique_and_the_list_is_nested_as_the_headings_are() {
        let mut headings = Headings::default();
        headings.take("content");
        assert_eq!(headings.add(1, "top", "T".into()), "top");
        assert_eq!(headings.add(2, "content", "A".into()), "content-2");
        headings.ask("C & d");
        assert_eq!(headings.html("T"), "");
        assert_eq!(headings.add(3, "", "ignored".into()), "part-3");
        assert_eq!(headings.add(2, "a b", "B".into()), "a-b");
        assert_eq!(headings.add(1, "made", "M".into()), "made");
        assert_eq!(headings.add(2, "a-b", "D".into()), "a-b-2");
        let list = headings.html("T").replace('\n', "");
        assert_eq!(
            list,
            "<nav class=\"contents\" aria-label=\"C &amp; d\"><details><summary>C &amp; d</summary><ol>\
             <li><a href=\"#content-2\">A</a></li><li><a href=\"#a-b\">B</a></li>\
             <li><a href=\"#made\">M</a><ol><li><a href=\"#a-b-2\">D</a></li></ol></li></ol></details></nav>"
        );
    }
}
