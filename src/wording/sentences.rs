//! Sentences made from figures: true by construction, because each is read off the numbers that it tells.

use super::{against, amount, compared, first_lower, list, moment, number, plural};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::figures::{
    Amount, Body, Crossed, Figures, SequenceFound, Sequences, Series, SourceVerdict, Total, Unjudged, Verdict,
};

/// What the log can vouch for, in one or two sentences.
pub fn coverage_sentence(figures: &Figures, zone: &Zone) -> String {
    let coverage = &figures.coverage;
    let titles = |verdict: Verdict| -> Vec<String> {
        let those = coverage.sources.iter().filter(|source| source.verdict == verdict);
        those.map(|source| source.known.source.title.clone()).collect()
    };
    if coverage.sources.is_empty() {
        return "No source of this report has ever been imported.".to_owned();
    }
    match coverage.verdict {
        Verdict::Complete => {
            let latest = coverage.sources.iter().filter_map(|source| source.known.last_in_span).max();
            let latest = latest.map_or_else(String::new, |at| format!(" Latest event {}.", moment(at, zone)));
            format!("Every source speaks for the whole period, and no row is in quarantine.{latest}")
        }
        Verdict::Unknown => {
            let names = titles(Verdict::Unknown);
            format!("No rhythm is declared for {}, so silence cannot be told from loss.", list(&names))
        }
        Verdict::Partial => {
            let reasons: Vec<String> = coverage
                .sources
                .iter()
                .filter(|source| source.verdict == Verdict::Partial)
                .map(|source| format!("{}: {}", source.known.source.title, first_lower(&source_reasons(source, zone))))
                .collect();
            format!("{} {}", partial_words(figures), reasons.join(" "))
        }
    }
}

/// What a partial coverage means: a gap in time, or single rows that are set aside.
fn partial_words(figures: &Figures) -> &'static str {
    let gap =
        |source: &SourceVerdict| !source.silent.is_empty() || !source.reaches_end || source.known.retired.is_some();
    let gap = figures.coverage.sources.iter().any(gap);
    if gap {
        "The log does not speak for the whole period."
    } else {
        "Single rows could not be read and are missing from every figure."
    }
}

/// That events before an instant were retired: when, by whom and why.
pub fn retired(before: Millis, at: Millis, by: &str, reason: &str, zone: &Zone) -> String {
    format!("events before {} were retired on {} by {by} ({reason})", moment(before, zone), moment(at, zone))
}

/// Why a source has its verdict.
pub fn source_reasons(source: &SourceVerdict, zone: &Zone) -> String {
    let mut reasons = Vec::new();
    if source.known.source.rhythm.is_none() {
        reasons.push("No rhythm is declared".to_owned());
    }
    if let Some(retired) = &source.known.retired {
        reasons.push(self::retired(retired.before, retired.at, &retired.by, &retired.reason, zone));
    }
    for silent in source.silent.iter().take(3) {
        reasons.push(format!("silent from {} to {}", moment(silent.from, zone), moment(silent.to, zone)));
    }
    if source.silent.len() > 3 {
        reasons.push(format!("{} more silent stretches", number(source.silent.len() as i64 - 3)));
    }
    if source.rejected > 0 {
        reasons.push(format!("{} in quarantine", plural(source.rejected as i64, "row", "rows")));
    }
    if !source.reaches_end {
        reasons.push("no import reaches the end of the period".to_owned());
    }
    if reasons.is_empty() {
        return "Nothing is missing.".to_owned();
    }
    super::first_upper(&reasons.join(", ")) + "."
}

/// Sequences that are raised, each with the section that found it: in the order of the report.
pub fn raised(figures: &Figures) -> Vec<(&Sequences, &SequenceFound)> {
    let lists = figures.sections.iter().filter_map(|section| match &section.body {
        Body::Sequence(list) if !list.severity.is_empty() => Some(list),
        _ => None,
    });
    lists.flat_map(|list| list.found.iter().map(move |found| (list, found))).collect()
}

/// A raised sequence: the author's sentence with its placeholders filled, or a plain one.
pub fn raised_sentence(list: &Sequences, found: &SequenceFound, figures: &Figures, zone: &Zone) -> String {
    let who = super::key(&list.by, &found.key, &figures.names);
    let value = amount(&found.count.amount);
    let limit = number(i64::try_from(list.at_least).unwrap_or(i64::MAX));
    let then = moment(found.then_at, zone);
    if list.say.is_empty() {
        return format!("{who}: {value} before it, and then it happened, on {then}.");
    }
    let filled = [("value", value.as_str()), ("who", who.as_str()), ("limit", limit.as_str()), ("then", then.as_str())];
    fill(&list.say, &filled)
}

/// A crossed threshold: the author's sentence with its placeholders filled, or a plain one.
pub fn crossed_sentence(crossed: &Crossed, figures: &Figures) -> String {
    let who = super::key(&crossed.by, &crossed.key, &figures.names);
    let value = amount(&crossed.figure.amount);
    let limit = amount(&crossed.limit);
    if crossed.say.is_empty() {
        let whose = if crossed.by.is_empty() { String::new() } else { format!(" of {who}") };
        return format!("{}{whose}: {value} (line: {limit}).", crossed.measure.title);
    }
    let before = amount(&crossed.before);
    let filled =
        [("value", value.as_str()), ("who", who.as_str()), ("limit", limit.as_str()), ("before", before.as_str())];
    fill(&crossed.say, &filled)
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

/// The sentences at the head of a report: can it be trusted, what crossed its line, how the measures changed.
pub fn verdict_sentences(figures: &Figures, measures: &[String], zone: &Zone) -> Vec<String> {
    let mut changes = Vec::new();
    for total in measures.iter().filter_map(|name| figures.total(name)) {
        changes.push(change_sentence(total, figures));
    }
    // Where the strip of sources stands on the same page, it says why; here one word is enough.
    let strip = figures.sections.iter().any(|section| section.body == Body::Coverage { short: true });
    let coverage = match (strip, figures.coverage.verdict) {
        (true, Verdict::Partial) => partial_words(figures).to_owned(),
        _ => coverage_sentence(figures, zone),
    };
    let shown: Vec<&Total> = measures.iter().filter_map(|name| figures.total(name)).collect();
    changes.extend(super::outside_sentences(&shown));
    changes.extend(super::partial_comparisons(figures, zone));
    changes.retain(|sentence| !sentence.is_empty());
    let second = format!("{} {coverage}", crossed_summary(figures));
    [changes.join(" "), second].into_iter().filter(|sentence| !sentence.is_empty()).collect()
}

fn change_sentence(total: &Total, figures: &Figures) -> String {
    let title = &total.title;
    let now = amount(&total.now.amount);
    if total.now.amount == Amount::NotRecorded {
        return format!("{title}: {}.", super::not_recorded_by(&total.now.not_recorded_by));
    }
    let Some((with, before)) = figures.compared.first().zip(total.before.first()) else {
        return format!("{title}: {now}.");
    };
    match (&total.now.amount, before) {
        (Amount::Whole(now_is), Amount::Whole(then)) => {
            let name = compared(with);
            let (now, then_words) = (number(*now_is), number(*then));
            match (now_is, then) {
                (0, 0) => format!("{title}: none, as in the {name}."),
                (0, _) => format!("{title}: none, after {then_words} in the {name}."),
                (_, 0) => format!("{title}: {now}, after none in the {name}."),
                (now_is, then) if now_is == then => format!("{title}: {now}, as in the {name}."),
                (now_is, then) if now_is > then => format!("{title} rose from {then_words} to {now}."),
                _ => format!("{title} fell from {then_words} to {now}."),
            }
        }
        (now_is, before) => format!("{title}: {now} ({}).", against(now_is, before, with)),
    }
}

/// How many lines were crossed; the one, if there is one.
fn crossed_summary(figures: &Figures) -> String {
    let sequences = raised(figures);
    let count = (figures.crossed.len() + sequences.len()) as i64;
    let high = figures.crossed.iter().filter(|crossed| crossed.severity == "high").count()
        + sequences.iter().filter(|(list, _)| list.severity == "high").count();
    let crossed = match (figures.crossed.as_slice(), sequences.is_empty()) {
        ([], true) => return nothing_crossed(figures),
        ([only], true) => format!("One figure crossed its line: {}", crossed_sentence(only, figures)),
        _ if high == 0 => format!("{} figures crossed their line, none of them of high severity.", number(count)),
        _ => format!("{} figures crossed their line, {} of them of high severity.", number(count), number(high as i64)),
    };
    let rest = nothing_crossed(figures);
    if rest.is_empty() { crossed } else { format!("{crossed} {rest}") }
}

/// What there is to say of lines that nothing crossed: that which could not be judged is said, for silence would pass for
/// good news. Empty where something crossed and all was judged, and where no line is drawn.
pub fn nothing_crossed(figures: &Figures) -> String {
    let why = |one: &Unjudged| {
        let why = match one.amount {
            Amount::NotRecorded => super::not_recorded_by(&one.not_recorded_by),
            _ => amount(&one.amount),
        };
        format!("{} ({why})", one.measure.title)
    };
    let mut unjudged: Vec<String> = figures.unjudged.iter().map(why).collect();
    unjudged.dedup();
    let (lines, open) = (figures.thresholds, figures.unjudged.len() as u64);
    match (figures.crossed.is_empty(), open) {
        _ if lines == 0 => String::new(),
        (true, 0) => "Nothing crossed its line.".to_owned(),
        (false, 0) => String::new(),
        (true, open) if open >= lines => format!("No line could be judged: {}.", super::list(&unjudged)),
        (true, _) => format!("Nothing crossed its line. Not judged: {}.", super::list(&unjudged)),
        (false, _) => format!("Not judged: {}.", super::list(&unjudged)),
    }
}

/// What there is to say below a chart over time: what is normal, who does not record it.
pub fn series_words(series: &Series, figures: &Figures) -> String {
    let mut words = Vec::new();
    let label = |place: usize| series.categories.get(place).map(|label| super::period_label(label)).unwrap_or_default();
    let normal = super::series_normal(series, label);
    if !normal.is_empty() {
        words.push(normal);
    }
    if series.compared.is_some()
        && let Some(with) = figures.compared.first()
    {
        words.push(format!("Grey: {}.", compared(with)));
    }
    let note = series.series.iter().flat_map(|row| &row.figures).find(|figure| !figure.not_recorded_by.is_empty());
    if let Some(figure) = note {
        words.push(super::figure_note(figure));
    }
    words.join(" ")
}
