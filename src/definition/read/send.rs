//! Reading `send:`: on which condition an edition is mailed at all, and what its readers get if it is not.

use super::super::{Otherwise, Section, Sending, Threshold, When};
use super::measures::Measures;
use super::recipients::must_be_shown;
use super::{Context, all, thresholds};
use crate::written::{Fields, Node};

/// What people write for any threshold.
const ANY: &str = "any threshold";

pub(super) fn read<'a>(
    context: &Context<'_, 'a>,
    top: &Fields<'_, 'a>,
    thresholds: Option<&[Threshold]>,
    sections: Option<&[Section]>,
    measures: &mut Measures,
) -> Option<Sending> {
    let reader = context.reader;
    let Some(node) = top.get("send") else { return (!top.has("send")).then(Sending::default) };
    if node.as_text().is_some() {
        let never = Sending { empty: false, ..Sending::default() };
        return reader.choice(node, "`send`", &[("always", Sending::default()), ("never when empty", never)]);
    }
    let fields = reader.fields(node, &["when", "empty", "otherwise"])?;
    let when = match fields.get("when") {
        Some(node) => {
            let items = reader.one_or_more(node);
            if items.is_empty() {
                let instead = "Write `when: any threshold`, or leave `when` out";
                reader.problem(node.at, "no condition is named", instead);
            }
            all(items.iter().map(|item| one(context, item, thresholds, sections, measures)).collect())
        }
        None => (!fields.has("when")).then(Vec::new),
    };
    let empty = match fields.has("empty") {
        true => fields.choice("empty", "`empty`", &[("send", true), ("never", false)]),
        false => Some(true),
    };
    let otherwise = match fields.has("otherwise") {
        true => {
            let known = [("nothing", Otherwise::Nothing), ("note", Otherwise::Note)];
            fields.choice("otherwise", "`otherwise`", &known)
        }
        false => Some(Otherwise::Nothing),
    };
    let sending = Sending { when: when?, empty: empty?, otherwise: otherwise? };
    if sending.otherwise == Otherwise::Note && sending.when.is_empty() && sending.empty {
        let at = fields.get("otherwise").map_or(fields.node().at, |node| node.at);
        reader.problem(at, "it is sent in any case: nothing can come otherwise", "Add `when` or `empty: never`");
    }
    Some(sending)
}

/// A new finding, a threshold by name, any of them, or a figure over the whole period.
fn one(
    context: &Context<'_, '_>,
    node: &Node,
    thresholds: Option<&[Threshold]>,
    sections: Option<&[Section]>,
    measures: &mut Measures,
) -> Option<When> {
    let reader = context.reader;
    let text = node.as_text().unwrap_or_default().trim();
    if matches!(text, "finding" | "a finding" | "any finding") {
        return Some(When::Finding);
    }
    let compares = text.contains(['<', '>', '=']) || text.contains(" at ") || text.contains(" than ");
    if text.is_empty() || compares {
        let (condition, _) = thresholds::condition(context, node, measures)?;
        must_be_shown(context, node, &condition, sections);
        return Some(When::Figure(condition));
    }
    // Which thresholds there are is not known where they are written wrong.
    let thresholds = thresholds?;
    let named = |name: &str| thresholds.iter().any(|threshold| threshold.name == name);
    match text {
        ANY if thresholds.is_empty() => {
            reader.problem(node.at, "there is no threshold that could be crossed", "Add `thresholds`");
            None
        }
        ANY => Some(When::AnyCrossed),
        name if named(name) => Some(When::Crossed(name.to_owned())),
        name => {
            let known = thresholds.iter().map(|threshold| threshold.name.as_str());
            reader.unknown(node.at, "threshold", name, known.chain([ANY, "a finding"]));
            None
        }
    }
}
