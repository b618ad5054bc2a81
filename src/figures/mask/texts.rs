//! Texts that the definition's author wrote: searched for names that the log or the directory holds, which are replaced; ids
//! and names of the author's own, which stand in addresses and files, by numbers.

use super::{Mask, is_name};
use crate::audit_log::{AuditLog, EARLIEST, LATEST, Lens, LogError};
use crate::calendar::Span;
use crate::calendar::zone::Zone;
use crate::definition::{Definition, MeasureKind, SectionKind, builtin};
use crate::event::actor_key;
use crate::query::{self, Count, Dimension, Field, Filter, Measure, Query};
use std::collections::{BTreeMap, BTreeSet};

/// A name has at most so many words.
const WORDS: usize = 8;
/// Of a person's full name, parts that are shorter are no names by themselves.
const SHORTEST: usize = 3;

/// All texts of a definition that its report can show.
pub(super) fn of(definition: &Definition) -> Vec<String> {
    let mut all = vec![definition.title.clone(), definition.purpose.clone()];
    for measure in definition.measures.values() {
        all.extend([measure.title.clone(), measure.unit.clone()]);
    }
    for threshold in &definition.thresholds {
        all.extend([threshold.say.clone(), threshold.do_this.clone()]);
    }
    for section in &definition.sections {
        all.extend([section.title.clone(), section.note.clone()]);
        match &section.kind {
            SectionKind::Text { text } => all.push(text.clone()),
            SectionKind::Sign { lines } => all.extend(lines.iter().cloned()),
            SectionKind::Sequence { raise: Some(raise), .. } => all.extend([raise.say.clone(), raise.do_this.clone()]),
            _ => {}
        }
    }
    all
}

/// A stretch of a text between two borders of words.
fn stretches(text: &str) -> Vec<(usize, usize)> {
    let inside = |c: char| c.is_alphanumeric();
    // Where words begin and end; a name may hold dots, hyphens and `@` inside.
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (inside(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push((from, text.len()));
    }
    let mut found = Vec::new();
    for (first, (from, _)) in words.iter().enumerate() {
        for (_, to) in words.iter().skip(first).take(WORDS) {
            found.push((*from, *to));
        }
    }
    // The longest first: a full name goes before its parts.
    found.sort_by_key(|(from, to)| (std::cmp::Reverse(to - from), *from));
    found
}

impl Mask {
    /// Names in texts, with what stands for each.
    pub(super) fn names_in(
        &self,
        texts: &[String],
        log: &dyn AuditLog,
        lens: &Lens,
        zone: &Zone,
    ) -> Result<BTreeMap<String, String>, LogError> {
        let mut candidates: BTreeSet<String> = BTreeSet::new();
        for text in texts {
            candidates
                .extend(stretches(text).into_iter().filter_map(|(from, to)| text.get(from..to).map(str::to_owned)));
        }
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let people = lens.directory.rows();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for person in people {
            let stands = self.person(&person.actor);
            let parts = person.name.split_whitespace().filter(|part| part.chars().count() >= SHORTEST);
            names.extend(parts.map(|part| (part.to_owned(), stands.clone())));
        }
        for person in people {
            let stands = self.person(&person.actor);
            names.insert(person.name.to_lowercase(), stands.clone());
            names.insert(person.email.to_lowercase(), stands);
        }
        for candidate in &candidates {
            let of_actor = self.people.get(&actor_key(candidate));
            let whole = names.get(&candidate.to_lowercase());
            if let Some(stands) = of_actor.or(whole).or_else(|| names.get(candidate)) {
                found.insert(candidate.clone(), stands.clone());
            }
        }
        // Of records, addresses and programs the log has too many to be listed: it is asked which of these it has.
        let span = Span { from: EARLIEST, to: LATEST };
        let fields = [Field::RecordName, Field::Record, Field::Ip, Field::Agent];
        let asked = fields.map(|field| Query {
            span,
            zone: zone.clone(),
            filter: Filter::OneOf(field, candidates.iter().cloned().collect()),
            by: vec![Dimension::Field(field)],
            measures: vec![Measure { count: Count::Events, filter: Filter::All }],
        });
        for (field, table) in fields.into_iter().zip(log.answer(&asked, lens)?) {
            for text in table.rows.into_iter().filter_map(|row| row.keys.into_iter().next()) {
                let stands = self.value(field, &text);
                found.entry(text).or_insert(stands);
            }
        }
        found.remove("");
        Ok(found)
    }

    /// An author's text without the names that were found in all of them.
    pub fn text(&self, text: &str) -> String {
        let mut taken: Vec<(usize, usize, &String)> = Vec::new();
        for (from, to) in stretches(text) {
            let free = taken.iter().all(|(start, end, _)| to <= *start || from >= *end);
            if let Some(stands) = text.get(from..to).and_then(|stretch| self.found.get(stretch)).filter(|_| free) {
                taken.push((from, to, stands));
            }
        }
        taken.sort_unstable();
        let (mut out, mut at) = (String::new(), 0);
        for (from, to, stands) in taken {
            out.push_str(text.get(at..from).unwrap_or_default());
            out.push_str(stands);
            at = to;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    /// The definition that is asked: its texts masked, its own ids replaced by numbers, its conditions true.
    pub fn definition(&self, definition: &Definition) -> Definition {
        let mut masked = definition.clone();
        masked.title = self.text(&masked.title);
        masked.purpose = self.text(&masked.purpose);
        masked.owner = String::new();
        masked.schedule.since = None;
        masked.also.iter_mut().for_each(|schedule| schedule.since = None);
        let built_in: BTreeSet<String> = builtin::measures().into_iter().map(|measure| measure.name).collect();
        let own = definition.measures.keys().filter(|name| !built_in.contains(*name));
        let renamed: BTreeMap<String, String> =
            own.enumerate().map(|(at, name)| (name.clone(), format!("measure-{}", at + 1))).collect();
        let rename = |name: &mut String| {
            if let Some(new) = renamed.get(name) {
                name.clone_from(new);
            }
        };
        masked.measures = std::mem::take(&mut masked.measures)
            .into_values()
            .map(|mut measure| {
                rename(&mut measure.name);
                measure.title = self.text(&measure.title);
                measure.unit = self.text(&measure.unit);
                (measure.name.clone(), measure)
            })
            .collect();
        for (at, threshold) in masked.thresholds.iter_mut().enumerate() {
            threshold.name = format!("line-{}", at + 1);
            rename(&mut threshold.measure);
            threshold.say = self.text(&threshold.say);
            threshold.do_this = self.text(&threshold.do_this);
        }
        for (at, section) in masked.sections.iter_mut().enumerate() {
            section.id = format!("section-{}", at + 1);
            section.title = self.text(&section.title);
            section.note = self.text(&section.note);
            match &mut section.kind {
                SectionKind::Verdict { measures }
                | SectionKind::Summary { measures }
                | SectionKind::Targets { measures }
                | SectionKind::Ranking { measures, .. } => measures.iter_mut().for_each(rename),
                SectionKind::Series { measure, .. }
                | SectionKind::Crosstab { measure, .. }
                | SectionKind::Heatmap { measure, .. } => rename(measure),
                SectionKind::Text { text } => *text = self.text(text),
                SectionKind::Sign { lines } => lines.iter_mut().for_each(|line| *line = self.text(line)),
                SectionKind::Sequence { raise: Some(raise), .. } => {
                    raise.say = self.text(&raise.say);
                    raise.do_this = self.text(&raise.do_this);
                }
                SectionKind::Sequence { raise: None, .. }
                | SectionKind::Attention { .. }
                | SectionKind::Findings { .. }
                | SectionKind::Actions { .. }
                | SectionKind::Events { .. }
                | SectionKind::Coverage { .. } => {}
            }
        }
        let renamed_when = |recipients: &mut Vec<crate::definition::Recipient>| {
            for when in recipients.iter_mut().filter_map(|recipient| recipient.when.as_mut()) {
                rename(&mut when.measure);
                when.written = String::new();
            }
        };
        renamed_when(&mut masked.recipients);
        renamed_when(&mut masked.training);
        masked.division = None;
        masked
    }

    /// The definition as the edition may tell it: conditions too are without names. It is never asked.
    pub fn told(&self, masked: &Definition) -> Definition {
        let mut told = masked.clone();
        told.filter = self.filter(&told.filter);
        let column = |measure: &mut query::Measure| measure.filter = self.filter(&measure.filter);
        for measure in told.measures.values_mut() {
            match &mut measure.kind {
                MeasureKind::Count(of) | MeasureKind::PerDay { of, .. } => column(of),
                MeasureKind::Rate { part, whole } => {
                    column(part);
                    column(whole);
                }
            }
        }
        for threshold in &mut told.thresholds {
            threshold.filter = self.filter(&threshold.filter);
        }
        for section in &mut told.sections {
            section.filter = self.filter(&section.filter);
            if let SectionKind::Sequence { first, then, .. } = &mut section.kind {
                (*first, *then) = (self.filter(first), self.filter(then));
            }
        }
        told
    }

    /// A condition as it may be told. One on the beginning of a name, and one on dates, is told as `others`: on what, but not
    /// which.
    fn filter(&self, filter: &Filter) -> Filter {
        let all = |list: &[Filter]| list.iter().map(|one| self.filter(one)).collect();
        match filter {
            Filter::All => Filter::All,
            Filter::OneOf(Field::Time, _) | Filter::Number(Field::Time, ..) => {
                Filter::OneOf(Field::Time, vec!["[a date]".to_owned()])
            }
            Filter::OneOf(field, values) => {
                let told: BTreeSet<String> = values.iter().map(|value| self.told_value(*field, value)).collect();
                Filter::OneOf(*field, told.into_iter().collect())
            }
            Filter::Prefix(field, prefix) => Filter::Prefix(*field, self.told_prefix(*field, prefix)),
            Filter::Number(field, compare, number) => Filter::Number(*field, *compare, *number),
            Filter::And(list) => Filter::And(all(list)),
            Filter::Or(list) => Filter::Or(all(list)),
            Filter::Not(inner) => Filter::Not(Box::new(self.filter(inner))),
        }
    }

    fn told_value(&self, field: Field, value: &str) -> String {
        // What the author names of groups is the author's word; but no group that is too small is told apart.
        self.value(field, value)
    }

    fn told_prefix(&self, field: Field, prefix: &str) -> String {
        if is_name(field) || self.value(field, prefix) != prefix { "[…]".to_owned() } else { prefix.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_run_of_whole_words() {
        let text = "Ask Ann Lee-Roy (ann@x.de)!";
        let found: Vec<&str> = stretches(text).into_iter().map(|(from, to)| &text[from..to]).collect();
        for expected in ["Ann Lee-Roy", "Ann", "ann@x.de", "Roy"] {
            assert!(found.contains(&expected), "{expected}: {found:?}");
        }
        assert!(found.iter().all(|stretch| !stretch.ends_with(['!', ')', ' '])), "{found:?}");
        assert_eq!(found[0].len(), found.iter().map(|stretch| stretch.len()).max().unwrap());
    }
}
