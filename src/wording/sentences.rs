//! Sentences made from figures: true by construction, because each is read off the numbers that it tells.

use super::change::Named;
use super::{Words, first_upper};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::figures::{
    Amount, Body, Crossed, Figures, SequenceFound, Sequences, Series, SourceVerdict, Total, Unjudged, Verdict,
};

/// Sequences that are raised, each with the section that found it: in the order of the report.
pub fn raised(figures: &Figures) -> Vec<(&Sequences, &SequenceFound)> {
    let lists = figures.sections.iter().filter_map(|section| match &section.body {
        Body::Sequence(list) if !list.severity.is_empty() => Some(list),
        _ => None,
    });
    lists.flat_map(|list| list.found.iter().map(move |found| (list, found))).collect()
}

impl Words {
    /// What the log can vouch for, in one or two sentences.
    pub fn coverage_sentence(&self, figures: &Figures, zone: &Zone) -> String {
        let coverage = &figures.coverage;
        let titles = |verdict: Verdict| -> Vec<String> {
            let those = coverage.sources.iter().filter(|source| source.verdict == verdict);
            those.map(|source| source.known.source.title.clone()).collect()
        };
        if coverage.sources.is_empty() {
            return self.word("coverage.no_source");
        }
        match coverage.verdict {
            Verdict::Complete => {
                let latest = coverage.sources.iter().filter_map(|source| source.known.last_in_span).max();
                let complete = self.word("coverage.complete");
                latest.map_or_else(
                    || complete.clone(),
                    |at| format!("{complete} {}", self.say("coverage.latest", &[("moment", &self.moment(at, zone))])),
                )
            }
            Verdict::Unknown => self.say("coverage.undeclared", &[("sources", &self.list(&titles(Verdict::Unknown)))]),
            Verdict::Partial => {
                let partial = coverage.sources.iter().filter(|source| source.verdict == Verdict::Partial);
                let reasons: Vec<String> = partial.map(|source| self.source_sentence(source, zone)).collect();
                format!("{} {}", self.partial_words(figures), reasons.join(" "))
            }
        }
    }

    /// `Zoho CRM: silent from … to ….`
    pub fn source_sentence(&self, source: &SourceVerdict, zone: &Zone) -> String {
        let reasons = format!("{}.", self.reasons(source, zone));
        self.say("coverage.of_source", &[("source", &source.known.source.title), ("reasons", &reasons)])
    }

    /// What a partial coverage means: a gap in time, or single rows that are set aside.
    fn partial_words(&self, figures: &Figures) -> String {
        let gap =
            |source: &SourceVerdict| !source.silent.is_empty() || !source.reaches_end || source.known.retired.is_some();
        let gap = figures.coverage.sources.iter().any(gap);
        self.word(if gap { "coverage.gap" } else { "coverage.rows" })
    }

    /// That events before an instant were retired: when, by whom and why.
    pub fn retired(&self, before: Millis, at: Millis, by: &str, reason: &str, zone: &Zone) -> String {
        let (before, at) = (self.moment(before, zone), self.moment(at, zone));
        self.say("coverage.retired", &[("before", &before), ("at", &at), ("by", by), ("reason", reason)])
    }

    /// Why a source has its verdict, as a sentence.
    pub fn source_reasons(&self, source: &SourceVerdict, zone: &Zone) -> String {
        first_upper(&self.reasons(source, zone)) + "."
    }

    fn reasons(&self, source: &SourceVerdict, zone: &Zone) -> String {
        let mut reasons = Vec::new();
        if source.known.source.rhythm.is_none() {
            reasons.push(self.word("coverage.no_rhythm"));
        }
        if let Some(retired) = &source.known.retired {
            reasons.push(self.retired(retired.before, retired.at, &retired.by, &retired.reason, zone));
        }
        for silent in source.silent.iter().take(3) {
            let (from, to) = (self.moment(silent.from, zone), self.moment(silent.to, zone));
            reasons.push(self.say("coverage.silent", &[("from", &from), ("to", &to)]));
        }
        if source.silent.len() > 3 {
            reasons.push(self.count("coverage.more_silent", source.silent.len() as i64 - 3));
        }
        if source.rejected > 0 {
            let rows = self.count("count.rows", source.rejected as i64);
            reasons.push(self.say("coverage.quarantine", &[("rows", &rows)]));
        }
        if !source.reaches_end {
            reasons.push(self.word("coverage.open_end"));
        }
        if reasons.is_empty() {
            return self.word("coverage.nothing");
        }
        reasons.join(", ")
    }

    /// A raised sequence: the author's sentence with its placeholders filled, or a plain one.
    pub fn raised_sentence(&self, list: &Sequences, found: &SequenceFound, figures: &Figures, zone: &Zone) -> String {
        let who = self.key(&list.by, &found.key, &figures.names);
        let value = self.amount(&found.count.amount);
        let limit = self.number(i64::try_from(list.at_least).unwrap_or(i64::MAX));
        let then = self.moment(found.then_at, zone);
        let filled =
            [("value", value.as_str()), ("who", who.as_str()), ("limit", limit.as_str()), ("then", then.as_str())];
        if list.say.is_empty() { self.say("crossed.raised", &filled) } else { fill(&list.say, &filled) }
    }

    /// A crossed threshold: the author's sentence with its placeholders filled, or a plain one.
    pub fn crossed_sentence(&self, crossed: &Crossed, figures: &Figures) -> String {
        let who = self.key(&crossed.by, &crossed.key, &figures.names);
        let value = self.amount(&crossed.figure.amount);
        let limit = self.amount(&crossed.limit);
        let before = self.amount(&crossed.before);
        let filled =
            [("value", value.as_str()), ("who", who.as_str()), ("limit", limit.as_str()), ("before", before.as_str())];
        if !crossed.say.is_empty() {
            return fill(&crossed.say, &filled);
        }
        let title = self.title(&crossed.measure.title);
        let mut plain = vec![("title", title.as_str())];
        plain.extend(filled);
        self.say(if crossed.by.is_empty() { "crossed.plain" } else { "crossed.plain_of" }, &plain)
    }

    /// The sentences at the head of a report: can it be trusted, what crossed its line, how the measures changed.
    pub fn verdict_sentences(&self, figures: &Figures, measures: &[String], zone: &Zone) -> Vec<String> {
        let totals = measures.iter().filter_map(|name| figures.total(name));
        let totals: Vec<&Total> = totals.collect();
        let mut changes: Vec<String> = totals.iter().map(|total| self.change_sentence(total, figures)).collect();
        changes.extend(self.outside_sentences(&totals));
        changes.extend(self.partial_comparisons(figures, zone));
        // Where the strip of sources stands on the same page, it says why; here one word is enough.
        let strip = figures.sections.iter().any(|section| section.body == Body::Coverage { short: true });
        let coverage = match (strip, figures.coverage.verdict) {
            (true, Verdict::Partial) => self.partial_words(figures),
            _ => self.coverage_sentence(figures, zone),
        };
        let second = format!("{} {coverage}", self.crossed_summary(figures)).trim().to_owned();
        [changes.join(" "), second].into_iter().filter(|sentence| !sentence.is_empty()).collect()
    }

    fn change_sentence(&self, total: &Total, figures: &Figures) -> String {
        let title = self.title(&total.title);
        let now = self.amount(&total.now.amount);
        let say = |key: &str, more: &[(&str, &str)]| {
            let mut with = vec![("title", title.as_str()), ("now", now.as_str())];
            with.extend(more);
            self.say(&format!("change_sentence.{key}"), &with)
        };
        if total.now.amount == Amount::NotRecorded {
            return say("not_recorded", &[("why", &self.not_recorded_by(&total.now.not_recorded_by))]);
        }
        let Some((with, before)) = figures.compared.first().zip(total.before.first()) else {
            return say("plain", &[]);
        };
        let (Amount::Whole(now_is), Amount::Whole(then)) = (&total.now.amount, before) else {
            let change = self.against(&total.now.amount, before, with);
            return if change.is_empty() { say("plain", &[]) } else { say("other", &[("change", &change)]) };
        };
        let (same, within) = (self.compared_as(with, Named::As), self.compared_as(with, Named::In));
        let before = self.number(*then);
        let more = [("as", same.as_str()), ("in", within.as_str()), ("before", before.as_str())];
        match (now_is, then) {
            (0, 0) => say("none_both", &more),
            (0, _) => say("none_now", &more),
            (_, 0) => say("none_before", &more),
            (now_is, then) if now_is == then => say("same", &more),
            (now_is, then) if now_is > then => say("rose", &more),
            _ => say("fell", &more),
        }
    }

    /// How many lines were crossed; the one, if there is one.
    fn crossed_summary(&self, figures: &Figures) -> String {
        let sequences = raised(figures);
        let count = (figures.crossed.len() + sequences.len()) as i64;
        let high = figures.crossed.iter().filter(|crossed| crossed.severity == "high").count()
            + sequences.iter().filter(|(list, _)| list.severity == "high").count();
        let (count, high_words) = (self.number(count), self.number(high as i64));
        let crossed = match (figures.crossed.as_slice(), sequences.is_empty()) {
            ([], true) => return self.nothing_crossed(figures),
            ([only], true) => self.say("crossed.one", &[("sentence", &self.crossed_sentence(only, figures))]),
            _ if high == 0 => self.say("crossed.many_none_high", &[("n", &count)]),
            _ => self.say("crossed.many", &[("n", &count), ("high", &high_words)]),
        };
        let rest = self.nothing_crossed(figures);
        if rest.is_empty() { crossed } else { format!("{crossed} {rest}") }
    }

    /// What there is to say of lines that nothing crossed: that which could not be judged is said, for silence would pass for
    /// good news. Empty where something crossed and all was judged, and where no line is drawn.
    pub fn nothing_crossed(&self, figures: &Figures) -> String {
        let why = |one: &Unjudged| {
            let why = match one.amount {
                Amount::NotRecorded => self.not_recorded_by(&one.not_recorded_by),
                _ => self.amount(&one.amount),
            };
            self.say("crossed.unjudged_one", &[("title", &self.title(&one.measure.title)), ("why", &why)])
        };
        let mut unjudged: Vec<String> = figures.unjudged.iter().map(why).collect();
        // Several lines may be drawn for one measure, also with others between them.
        let mut said = std::collections::BTreeSet::new();
        unjudged.retain(|one| said.insert(one.clone()));
        let list = self.list(&unjudged);
        let open = || self.say("crossed.unjudged", &[("list", &list)]);
        let (lines, count) = (figures.thresholds, figures.unjudged.len() as u64);
        match (figures.crossed.is_empty(), count) {
            _ if lines == 0 => String::new(),
            (true, 0) => self.word("crossed.nothing"),
            (false, 0) => String::new(),
            (true, count) if count >= lines => self.say("crossed.none_judged", &[("list", &list)]),
            (true, _) => format!("{} {}", self.word("crossed.nothing"), open()),
            (false, _) => open(),
        }
    }

    /// What there is to say below a chart over time: what is normal, who does not record it.
    pub fn series_words(&self, series: &Series, figures: &Figures) -> String {
        let mut words = Vec::new();
        let normal = self.series_normal(series);
        if !normal.is_empty() {
            words.push(normal);
        }
        if series.compared.is_some()
            && let Some(with) = figures.compared.first()
        {
            words.push(self.say("series.grey", &[("name", &self.compared(with))]));
        }
        let note = series.series.iter().flat_map(|row| &row.figures).find(|figure| !figure.not_recorded_by.is_empty());
        if let Some(figure) = note {
            words.push(self.figure_note(figure));
        }
        words.join(" ")
    }
}

/// Fills an author's placeholders, in one walk over the author's text, so that one inside a name from the log is never filled.
fn fill(said: &str, with: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = said;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        let name = &rest[1..close];
        match with.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
    }
    out + rest
}
