//! Absent is not zero: which sources can count towards a figure, and which do not record what it needs.
//!
//! Decisions. A source is *in scope* of a filter if the filter lets its name through. It lacks a *class* if none of the
//! action classes that it can record gets through. It lacks a *field* if, for a class that it does record, the filter (or
//! what is counted) turns on a field that it does not fill. Events of sources that lack a field are kept out of the count,
//! so that "outcome is not success" does not count what has no outcome. A test under `not` needs a field only if every
//! event has it in truth (actor, outcome, ip, agent): a login has no module, so "not in Deals" is simply true of it.
//! A filter that asks for absence itself (empty text, outcome unknown) needs nothing. Records affected need nothing:
//! an event without a number counts as one, by definition of the event.

use crate::event::{ActionClass, Outcome};
use crate::query::{Count, Field, Filter};
use crate::source::{RecordedField, Source};
use std::collections::BTreeSet;

/// How a source stands to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The filter names other sources.
    OutOfScope,
    /// It records all that is needed.
    Counts,
    /// It records no event of such a class.
    LacksClass,
    /// It records such events, but not the fields that are needed.
    LacksField,
}

/// How a source stands to what is counted under a filter.
pub(super) fn standing(source: &Source, filter: &Filter, count: Option<&Count>) -> Standing {
    let judged = |class| judge(filter, &source.name, class, false);
    if ActionClass::ALL.into_iter().all(|class| judged(class).0 == Truth::No) {
        return Standing::OutOfScope;
    }
    let mut needed: BTreeSet<RecordedField> = BTreeSet::new();
    let mut possible = false;
    for class in ActionClass::ALL {
        // A source that says nothing of its classes may have all of them.
        if !source.records.classes.is_empty() && !source.records.classes.contains(&class) {
            continue;
        }
        let (truth, fields) = judged(class);
        if truth != Truth::No {
            possible = true;
            needed.extend(fields);
        }
    }
    if !possible {
        return Standing::LacksClass;
    }
    needed.extend(count.and_then(counted_field).and_then(recorded_as));
    if needed.is_subset(&source.records.fields) { Standing::Counts } else { Standing::LacksField }
}

/// Names that a filter demands outright (`source: [a, b]`), for sources that were never imported.
pub(super) fn named_sources(filter: &Filter) -> Vec<String> {
    match filter {
        Filter::OneOf(Field::Source, names) => names.clone(),
        Filter::And(list) => list.iter().flat_map(named_sources).collect(),
        _ => Vec::new(),
    }
}

fn counted_field(count: &Count) -> Option<Field> {
    match count {
        Count::Distinct(field) | Count::FirstSeen(field) | Count::Percentile(field, _) => Some(*field),
        Count::Events | Count::Affected | Count::Burst(_) => None,
    }
}

/// What a source has to fill for a field to be known.
pub(super) fn recorded_as(field: Field) -> Option<RecordedField> {
    match field {
        Field::Actor | Field::ActorRole | Field::ActorTeam | Field::ActorKind | Field::ActorKnown => {
            Some(RecordedField::Actor)
        }
        Field::OutsideHours => Some(RecordedField::Actor),
        Field::Module => Some(RecordedField::Module),
        Field::Record => Some(RecordedField::Record),
        Field::RecordName => Some(RecordedField::RecordName),
        Field::Outcome => Some(RecordedField::Outcome),
        Field::Ip => Some(RecordedField::Ip),
        Field::Agent => Some(RecordedField::Agent),
        Field::Channel => Some(RecordedField::Channel),
        Field::Affected => Some(RecordedField::Affected),
        Field::Source | Field::Action | Field::ActionClass | Field::Time | Field::Hour | Field::Weekday => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    No,
    Maybe,
    Yes,
}

type Judged = (Truth, BTreeSet<RecordedField>);

/// What a filter says of an event of which only source and class are known, and on which fields the rest turns.
fn judge(filter: &Filter, source: &str, class: ActionClass, negated: bool) -> Judged {
    let known = |holds: bool| (if holds { Truth::Yes } else { Truth::No }, BTreeSet::new());
    match filter {
        Filter::All => known(true),
        Filter::OneOf(Field::Source, names) => known(names.iter().any(|name| name == source)),
        Filter::Prefix(Field::Source, start) => known(source.starts_with(start.as_str())),
        Filter::OneOf(Field::ActionClass, names) => known(names.iter().any(|name| name == class.as_str())),
        Filter::Prefix(Field::ActionClass, start) => known(class.as_str().starts_with(start.as_str())),
        Filter::OneOf(_, values) if values.is_empty() => known(false),
        Filter::OneOf(field, values) => {
            let absence =
                |value: &String| value.is_empty() || (*field == Field::Outcome && value == Outcome::Unknown.as_str());
            let asks_absence = !negated && values.iter().any(absence);
            (Truth::Maybe, if asks_absence { BTreeSet::new() } else { needed(*field, negated) })
        }
        Filter::Prefix(field, _) | Filter::Number(field, _, _) => (Truth::Maybe, needed(*field, negated)),
        Filter::And(list) => all_of(list.iter().map(|part| judge(part, source, class, negated)), Truth::No, Truth::Yes),
        Filter::Or(list) => all_of(list.iter().map(|part| judge(part, source, class, negated)), Truth::Yes, Truth::No),
        Filter::Not(part) => {
            let (truth, fields) = judge(part, source, class, !negated);
            let turned = match truth {
                Truth::No => Truth::Yes,
                Truth::Maybe => Truth::Maybe,
                Truth::Yes => Truth::No,
            };
            (turned, fields)
        }
    }
}

/// One that decides is enough; if all are neutral so is the whole; else it turns on the fields of those that are open.
fn all_of(parts: impl Iterator<Item = Judged>, decides: Truth, neutral: Truth) -> Judged {
    let mut open: Option<BTreeSet<RecordedField>> = None;
    for (truth, fields) in parts {
        if truth == decides {
            return (decides, BTreeSet::new());
        }
        if truth == Truth::Maybe {
            open.get_or_insert_with(BTreeSet::new).extend(fields);
        }
    }
    open.map_or((neutral, BTreeSet::new()), |fields| (Truth::Maybe, fields))
}

fn needed(field: Field, negated: bool) -> BTreeSet<RecordedField> {
    let may_be_absent =
        matches!(field, Field::Module | Field::Record | Field::RecordName | Field::Channel | Field::Affected);
    if negated && may_be_absent { BTreeSet::new() } else { recorded_as(field).into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Records;

    fn source(name: &str, classes: &[ActionClass], fields: &[RecordedField]) -> Source {
        let records = Records { classes: classes.iter().copied().collect(), fields: fields.iter().copied().collect() };
        Source { name: name.into(), title: name.into(), records, rhythm: None, retention_days: None }
    }

    fn crm() -> Source {
        let fields = [RecordedField::Actor, RecordedField::Module, RecordedField::Record];
        source("crm", &[ActionClass::Create, ActionClass::Delete], &fields)
    }

    fn logins() -> Source {
        let fields = [RecordedField::Actor, RecordedField::Outcome, RecordedField::Ip];
        source("logins", &[ActionClass::Login], &fields)
    }

    #[test]
    fn failed_logins_need_class_and_outcome() {
        let filter = Filter::class(ActionClass::Login).and(Filter::failed());
        assert_eq!(standing(&crm(), &filter, None), Standing::LacksClass);
        assert_eq!(standing(&logins(), &filter, None), Standing::Counts);
        let silent = source("silent", &[ActionClass::Login], &[RecordedField::Actor]);
        assert_eq!(standing(&silent, &filter, None), Standing::LacksField);
    }

    #[test]
    fn other_sources_are_out_of_scope_not_lacking() {
        let filter = Filter::is(Field::Source, "logins").and(Filter::failed());
        assert_eq!(standing(&crm(), &filter, None), Standing::OutOfScope);
        let filter = Filter::Not(Box::new(Filter::is(Field::Source, "crm")));
        assert_eq!(standing(&crm(), &filter, None), Standing::OutOfScope);
        assert_eq!(standing(&logins(), &filter, None), Standing::Counts);
    }

    #[test]
    fn branches_that_a_class_closes_need_nothing() {
        // Failed logins, or any deletion: the crm answers its half without an outcome.
        let filter = Filter::Or(vec![
            Filter::And(vec![Filter::class(ActionClass::Login), Filter::failed()]),
            Filter::class(ActionClass::Delete),
        ]);
        assert_eq!(standing(&crm(), &filter, None), Standing::Counts);
        let filter = Filter::Or(vec![Filter::failed(), Filter::class(ActionClass::Delete)]);
        assert_eq!(standing(&crm(), &filter, None), Standing::LacksField, "creations may have failed");
    }

    #[test]
    fn negation() {
        let not = |filter| Filter::Not(Box::new(filter));
        assert_eq!(standing(&crm(), &not(Filter::failed()), None), Standing::LacksField);
        assert_eq!(standing(&logins(), &not(Filter::is(Field::Module, "Deals")), None), Standing::Counts);
        assert_eq!(standing(&logins(), &Filter::is(Field::Module, "Deals"), None), Standing::LacksField);
        assert_eq!(standing(&crm(), &not(Filter::class(ActionClass::Login)), None), Standing::Counts);
        assert_eq!(standing(&logins(), &not(Filter::class(ActionClass::Login)), None), Standing::LacksClass);
        assert_eq!(standing(&crm(), &Filter::is(Field::Outcome, "unknown"), None), Standing::Counts);
        assert_eq!(standing(&crm(), &not(Filter::is(Field::Outcome, "unknown")), None), Standing::LacksField);
    }

    #[test]
    fn what_is_counted_needs_its_field() {
        assert_eq!(standing(&crm(), &Filter::All, Some(&Count::Distinct(Field::Ip))), Standing::LacksField);
        assert_eq!(standing(&logins(), &Filter::All, Some(&Count::Distinct(Field::Ip))), Standing::Counts);
        assert_eq!(standing(&crm(), &Filter::All, Some(&Count::Affected)), Standing::Counts);
        assert_eq!(
            standing(&crm(), &Filter::Number(Field::Affected, crate::query::Compare::More, 5), None),
            Standing::LacksField
        );
    }
}
