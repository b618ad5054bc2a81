//! An author's text: paragraphs, lists of lines that begin with `- `, and in them `**strong**` and `` `code` ``.

use serde_json::{Value, json};

/// The blocks of a text: each has `runs`, or `items` with `runs` each.
pub(super) fn blocks(text: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    for part in text.split("\n\n") {
        let lines: Vec<&str> = part.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let (items, plain): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| line.starts_with("- "));
        if !plain.is_empty() {
            blocks.push(json!({ "runs": runs(&plain.join(" ")) }));
        }
        if !items.is_empty() {
            let items = items.iter().map(|item| json!({ "runs": runs(item.trim_start_matches("- ")) }));
            blocks.push(json!({ "items": items.collect::<Vec<_>>() }));
        }
    }
    blocks
}

/// Pieces of a line with their look: `strong`, `code` or nothing. A mark that is not closed is text.
fn runs(line: &str) -> Vec<Value> {
    let mut runs = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let marked = [("**", "strong"), ("`", "code")].into_iter().find_map(|(mark, look)| {
            let (inside, after) = rest.strip_prefix(mark)?.split_once(mark)?;
            (!inside.trim().is_empty()).then_some((inside, after, look))
        });
        match marked {
            Some((inside, after, look)) => {
                if !plain.is_empty() {
                    runs.push(json!({ "text": std::mem::take(&mut plain), "look": "" }));
                }
                runs.push(json!({ "text": inside, "look": look }));
                rest = after;
            }
            None => {
                plain.extend(rest.chars().next());
                rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
            }
        }
    }
    if !plain.is_empty() {
        runs.push(json!({ "text": plain, "look": "" }));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_and_what_is_not_closed_is_text() {
        let shown = |line: &str| -> Vec<String> {
            runs(line)
                .iter()
                .map(|run| format!("{}:{}", run["look"].as_str().unwrap(), run["text"].as_str().unwrap()))
                .collect()
        };
        assert_eq!(
            shown("Run `quarterday verify` **now**."),
            [":Run ", "code:quarterday verify", ": ", "strong:now", ":."]
        );
        assert_eq!(shown("2 * 3 ** 4, a ` b"), [":2 * 3 ** 4, a ` b"]);
        assert_eq!(shown("**** ``"), [":**** ``"]);
        assert_eq!(shown("`**x**`"), ["code:**x**"]);
    }

    #[test]
    fn paragraphs_and_lists_alternate() {
        let blocks = blocks("One\ntwo\n\n- a\n- b\n\nLast");
        assert_eq!(blocks.len(), 3);
        assert_eq!(blocks[0]["runs"][0]["text"], "One two");
        assert_eq!(blocks[1]["items"][1]["runs"][0]["text"], "b");
    }
}
