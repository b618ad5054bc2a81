//! Reading `review:`: who is asked to look at an edition, by when, how often they are reminded, and who is told when nobody did.

use super::super::review::{Escalate, Remind, ReviewAsked, Within};
use super::super::{ROLE, WEBHOOK};
use super::common::duration;
use super::recipients::{Around, GROUP, group, one_reader};
use super::{Context, all, cadence};
use crate::calendar::workdays::{Calendars, Workdays};
use crate::written::{Fields, Node};

const KEYS: [&str; 6] = ["by", "within", "remind", "escalate", "weekend", "holidays"];

/// A reviewer has a year at most.
const LONGEST: u32 = 366;

/// `review:`; `Some(None)` where it is not written. `workdays` are those of the schedule, for a review that names none.
pub(super) fn read<'a>(
    context: &Context<'_, 'a>,
    top: &Fields<'_, 'a>,
    around: &Around<'_, '_>,
    workdays: Workdays,
    calendars: Option<&Calendars>,
) -> Option<Option<ReviewAsked>> {
    let reader = context.reader;
    let Some(node) = top.get("review") else { return (!top.has("review")).then_some(None) };
    let fields = reader.fields(node, &KEYS)?;
    let by = fields.need("by").and_then(|node| people(context, node, around));
    let within = fields.need("within").and_then(|node| within(context, node));
    let remind = match fields.get("remind") {
        Some(node) => reader.choice(
            node,
            "`remind`",
            &[("daily", Remind::Daily), ("weekly", Remind::Weekly), ("never", Remind::Never)],
        ),
        None => (!fields.has("remind")).then_some(Remind::Daily),
    };
    let escalate = match fields.get("escalate") {
        Some(node) => match node.as_text() {
            Some("manager") => Some(Escalate::Manager),
            Some("nobody") => Some(Escalate::Nobody),
            _ => people(context, node, around).map(Escalate::To),
        },
        None => (!fields.has("escalate")).then_some(Escalate::Nobody),
    };
    let own = fields.has("weekend") || fields.has("holidays");
    let workdays = if own { cadence::workdays(&fields, calendars) } else { Some(workdays) };
    if let (true, Some(Within::Days(_) | Within::Length(_))) = (own, within) {
        let what = "`weekend` and `holidays` have no say where no working days are counted";
        reader.problem(node.at, what, "Write `within: 2 working days`, or leave them out");
    }
    Some(Some(ReviewAsked { by: by?, within: within?, workdays: workdays?, remind: remind?, escalate: escalate? }))
}

/// Addresses, `owner`, groups and roles: one, or a list. Each person once.
fn people<'a>(context: &Context<'_, 'a>, node: &'a Node, around: &Around<'_, '_>) -> Option<Vec<String>> {
    let reader = context.reader;
    let items = reader.one_or_more(node);
    if items.is_empty() {
        reader.problem(node.at, "nobody is named", "Write an address, `owner`, `group:NAME` or `role:NAME`");
        return None;
    }
    let found = all(items.iter().map(|item| person(context, item, around)).collect())?;
    let mut people: Vec<String> = Vec::new();
    for (item, named) in items.iter().zip(found) {
        for one in named {
            if people.iter().any(|known| known.eq_ignore_ascii_case(&one)) {
                reader.problem(item.at, format!("`{one}` is named twice"), "Name each person once");
            }
            people.push(one);
        }
    }
    Some(people)
}

fn person<'a>(context: &Context<'_, 'a>, node: &'a Node, around: &Around<'_, '_>) -> Option<Vec<String>> {
    let reader = context.reader;
    let text = reader.text(node)?;
    if text == "owner" {
        return around.owner.map(|owner| vec![owner.to_owned()]);
    }
    if text.starts_with(WEBHOOK) {
        let what = format!("`{text}` is no person, and a review is a person's");
        reader.problem(node.at, what, "Write an address, `owner`, `group:NAME` or `role:NAME`");
        return None;
    }
    if let Some(name) = text.strip_prefix(GROUP) {
        group(reader, node, around)?;
        // Where groups are not known, the name stands for its members.
        let Some(groups) = around.groups else { return Some(vec![text.to_owned()]) };
        return groups.get(name).cloned();
    }
    // A bare name is most likely that of a group or a role.
    if !text.contains(['@', ':']) {
        let is_group = around.groups.is_some_and(|groups| groups.contains_key(text));
        let roles = around.house.into_iter().flat_map(|house| house.roles.keys());
        let role = roles.into_iter().find(|role| role.eq_ignore_ascii_case(text));
        let instead = match (is_group, role) {
            (true, _) => format!("Did you mean `{GROUP}{text}`?"),
            (_, Some(role)) => format!("Did you mean `{ROLE}{role}`?"),
            _ => "Write an address, `owner`, `group:NAME` or `role:NAME`".to_owned(),
        };
        reader.problem(node.at, format!("`{text}` is nobody's address"), instead);
        return None;
    }
    one_reader(reader, node, around).map(|one| vec![one])
}

/// `2 working days`, `3 days`, `36h`.
fn within<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Within> {
    let text = node.as_text().unwrap_or_default().trim();
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = |number: &str| number.parse::<u32>().ok().filter(|count| (1..=LONGEST).contains(count));
    let found = match words.as_slice() {
        [number, "working" | "business", "day" | "days"] | [number, "workday" | "workdays"] => {
            count(number).map(Within::WorkingDays)
        }
        [number, "day" | "days"] => count(number).map(Within::Days),
        [number, "week" | "weeks"] => count(number).filter(|count| *count <= 52).map(|count| Within::Days(7 * count)),
        _ => duration(text)
            .filter(|length| (60_000..=i64::from(LONGEST) * 86_400_000).contains(length))
            .map(Within::Length),
    };
    if found.is_none() {
        context.reader.wrong(node, "a time as in `2 working days`, `3 days` or `36h`, of a year at most");
    }
    found
}
