//! Tests of sentences made from figures: the edge cases one by one, and no broken grammar for any numbers, in every language.

use super::*;
use crate::calendar::Span;
use crate::calendar::period::Period;
use crate::figures::{
    Compared, ComparedKind, Coverage, Covered, Crosstab, Events, Heatmap, KeyedRow, MeasureHead, NamedTotal, Panel,
    Ranking, Reconciliation, SequenceFound, Sequences, Series, SeriesRow, TargetMet, Total, Verdict,
};
use crate::query::Compare;
use crate::wording::SHIPPED;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn covered(label: &str) -> Covered {
    let period = Period::parse(label).unwrap();
    let (label, zone, holidays) = (label.to_owned(), "UTC".to_owned(), BTreeMap::new());
    Covered { period, label, zone, span: Span { from: 0, to: 1 }, days: 30, working_days: 21, holidays }
}

fn figures() -> Figures {
    let compared =
        Compared { kind: ComparedKind::Previous, periods: vec![covered("2026-10")], in_log: true, partial: Vec::new() };
    Figures {
        format: crate::figures::FORMAT,
        period: covered("2026-11"),
        compared: vec![compared],
        sections: Vec::new(),
        totals: BTreeMap::new(),
        crossed: Vec::new(),
        thresholds: 0,
        unjudged: Vec::new(),
        coverage: Coverage { verdict: Verdict::Complete, sources: Vec::new() },
        reconciliation: Reconciliation {
            log: 0,
            in_scope: 0,
            excluded: 0,
            by_batches: 0,
            sections: Vec::new(),
            actors_known: 0,
            actors_unknown: 0,
            events_of_unknown: 0,
        },
        batches: Vec::new(),
        head: crate::audit_log::Head { size: 0, root: String::new() },
        names: BTreeMap::from([("ann".to_owned(), "Ann Lee".to_owned())]),
        restated: None,
        register: None,
    }
}

fn figure(amount: Amount) -> Figure {
    Figure { address: "s/x".into(), label: 3, amount, not_recorded_by: Vec::new() }
}

fn head(title: &str) -> MeasureHead {
    MeasureHead { name: title.to_lowercase(), title: title.into(), unit: "events".into() }
}

fn total(title: &str, now: Amount, before: Amount, met: Option<bool>) -> NamedTotal {
    let target = met.map(|met| TargetMet { compare: Compare::AtMost, value: 3, met });
    let total = Total {
        title: title.into(),
        unit: "events".into(),
        good: "down".into(),
        now: figure(now),
        before: vec![before],
        per_working_day: Vec::new(),
        target,
        partial: Vec::new(),
        history: Vec::new(),
        normal: None,
    };
    NamedTotal { name: title.to_lowercase(), total }
}

fn series(values: &[&[Amount]]) -> Body {
    let count = values.first().map_or(0, |row| row.len());
    let row = |(at, row): (usize, &&[Amount])| SeriesRow {
        key: if values.len() == 1 { String::new() } else { format!("k{at}") },
        figures: row.iter().map(|amount| figure(*amount)).collect(),
    };
    Body::Series(Series {
        title: "Events".into(),
        unit: "events".into(),
        form: "bars".into(),
        by: "day".into(),
        split: String::new(),
        categories: (0..count).map(|at| format!("2026-11-{:02}", at + 1)).collect(),
        series: values.iter().enumerate().map(row).collect(),
        total: None,
        compared: None,
        table: false,
        normal: Vec::new(),
    })
}

fn ranking(rows: &[(&str, Amount)], more: u64, rest: Option<i64>, all: Amount) -> Body {
    let row = |(key, amount): &(&str, Amount)| KeyedRow {
        keys: vec![(*key).to_owned()],
        figures: vec![figure(*amount)],
        normal: None,
    };
    Body::Ranking(Ranking {
        by: vec!["actor".into()],
        columns: vec![head("Deletions")],
        rows: rows.iter().map(row).collect(),
        more,
        rest: vec![rest.map(|rest| figure(Amount::Whole(rest)))],
        total: vec![figure(all)],
        chart: String::new(),
        together: Vec::new(),
    })
}

fn section(body: Body) -> Section {
    let filter = None;
    let (id, title, note) = ("s".to_owned(), String::new(), String::new());
    Section { id, title, note, new_page: false, landscape: false, words: true, filter, body }
}

fn told(words: &Words, body: Body) -> String {
    let told = words.opening(&section(body), &figures());
    told.into_iter().map(|one| one.text).collect::<Vec<_>>().join(" ")
}

fn say(body: Body) -> String {
    told(Words::english(), body)
}

fn languages() -> Vec<Words> {
    SHIPPED.iter().map(|(tag, text)| Words::read(tag, "w.yaml", text).unwrap()).collect()
}

use Amount::{Mean, NotInLog, NotRecorded, Share, Whole};

#[test]
fn what_changed_most() {
    let summary = |now, before| say(Body::Summary { tiles: vec![total("Deletions", now, before, None)] });
    assert_eq!(
        summary(Whole(214), Whole(31)),
        "Deletions rose from 31 in the month before to 214, about 6.9 times as many."
    );
    assert_eq!(summary(Whole(62), Whole(31)), "Deletions rose from 31 in the month before to 62, 2 times as many.");
    assert_eq!(summary(Whole(61), Whole(31)), "Deletions rose from 31 in the month before to 61.", "not yet twice");
    assert_eq!(summary(Whole(1_000_000), Whole(3)).split(", ").nth(1), Some("about 333,333 times as many."));
    assert_eq!(summary(Whole(3), Whole(31)), "Deletions fell from 31 in the month before to 3.");
    assert_eq!(summary(Whole(0), Whole(31)), "Deletions: none, after 31 in the month before.");
    assert_eq!(summary(Whole(5), Whole(0)), "Deletions: 5, after none in the month before.");
    assert_eq!(summary(Whole(100), Whole(99)), "", "too little to be told");
    for (now, before) in [(NotRecorded, Whole(1)), (Whole(1), NotRecorded), (Whole(1), NotInLog), (Whole(0), Whole(0))]
    {
        assert_eq!(summary(now, before), "", "{now:?} {before:?}");
    }
    assert_eq!(
        summary(Share { part: 1, whole: 2 }, Share { part: 1, whole: 8 }),
        "Deletions rose from 12.5 % in the month before to 50.0 %."
    );
    assert_eq!(
        summary(Whole(10), Mean { sum: 10, over: 4 }),
        "Deletions rose from 2.5 in the month before to 10, 4 times as many."
    );
    assert_eq!(summary(Share { part: 0, whole: 0 }, Whole(1)), "");
}

#[test]
fn a_whole_summary_that_is_as_before_says_so_once() {
    let two = |now, before| vec![total("Deletions", now, before, None), total("Exports", now, before, None)];
    assert_eq!(say(Body::Summary { tiles: two(Whole(3), Whole(3)) }), "Every figure is as in the month before.");
    assert_eq!(say(Body::Summary { tiles: two(Whole(0), Whole(0)) }), "None of this happened, as in the month before.");
    let mut tiles = two(Whole(3), Whole(3));
    tiles.push(total("Logins", NotRecorded, NotRecorded, None));
    assert_eq!(say(Body::Summary { tiles }), "", "one is not known, so not every figure is the same");
    let largest = vec![
        total("A", Whole(30), Whole(20), None),
        total("B", Whole(90), Whole(20), None),
        total("C", Whole(4), Whole(0), None),
        total("D", Whole(26), Whole(20), None),
    ];
    assert_eq!(
        say(Body::Summary { tiles: largest }),
        "C: 4, after none in the month before. B rose from 20 in the month before to 90, 4.5 times as many. A rose from 20 in the month before to 30."
    );
}

#[test]
fn when_a_series_was_highest() {
    let of = |values: &[i64]| say(series(&[&values.iter().map(|value| Whole(*value)).collect::<Vec<_>>()]));
    assert_eq!(of(&[1, 5, 2]), "Events: highest Monday 2 November 2026, with 5.");
    assert_eq!(of(&[1, 2, 5]), "Events: Tuesday 3 November 2026 is the highest of 3 days, with 5.");
    assert_eq!(of(&[0, 5, 0]), "Events: 5 in all, all of it in one: Monday 2 November 2026.");
    assert_eq!(of(&[0, 0]), "Events: none (2 days).");
    assert_eq!(of(&[4, 4]), "Events: always 4 (2 days).");
    assert_eq!(of(&[4, 1, 4]), "Events: highest Sunday 1 November 2026 and Tuesday 3 November 2026, with 4 each.");
    assert_eq!(of(&[4, 4, 4, 4, 1]), "Events: 4 times level at the highest, 4.");
    assert_eq!(
        of(&[3, 9, 1]),
        "Events: highest Monday 2 November 2026, with 9; lowest at last, Tuesday 3 November 2026, with 1."
    );
    assert_eq!(of(&[4]), "", "one alone is no course");
    assert_eq!(say(series(&[&[Whole(1), NotInLog]])), "");
    assert_eq!(
        say(series(&[&[Whole(1), Whole(2)], &[Whole(5), Whole(0)]])),
        "Events: highest Sunday 1 November 2026, with 6; lowest at last, Monday 2 November 2026, with 2."
    );
}

#[test]
fn who_leads() {
    let all = |rows: &[(&str, i64)]| {
        let rows: Vec<(&str, Amount)> = rows.iter().map(|(key, value)| (*key, Whole(*value))).collect();
        let sum = rows.iter().map(|(_, amount)| if let Whole(value) = amount { *value } else { 0 }).sum();
        say(ranking(&rows, 0, None, Whole(sum)))
    };
    assert_eq!(all(&[("ann", 163), ("bob", 51)]), "Deletions: Ann Lee leads with 163 of 214 (76.2 %).");
    assert_eq!(all(&[("ann", 214)]), "Deletions: Ann Lee has all 214.");
    assert_eq!(all(&[("ann", 1)]), "Deletions: 1, Ann Lee.");
    assert_eq!(
        all(&[("ann", 4), ("bob", 4), ("cy", 1)]),
        "Deletions: Ann Lee and bob are level at the head with 4 each."
    );
    assert_eq!(all(&[("a", 4), ("b", 4), ("c", 4), ("d", 4)]), "Deletions: 4 are level at the head with 4 each.");
    assert_eq!(all(&[]), "");
    let many = [("ann", 50), ("b", 20), ("c", 10), ("d", 10), ("e", 5), ("f", 5)];
    assert!(all(&many).ends_with(" The first 3 of 6 have 80.0 % of all."), "{}", all(&many));
    // Distinct records of two people may be the same ones: no share then.
    let distinct = ranking(&[("ann", Whole(5)), ("bob", Whole(4))], 0, None, Whole(6));
    assert_eq!(say(distinct), "Deletions: Ann Lee leads with 5.");
    let shares = ranking(&[("ann", Share { part: 1, whole: 2 })], 0, None, Share { part: 1, whole: 2 });
    assert_eq!(say(shares), "Deletions: Ann Lee leads with 50.0 %.");
    // Level with others that are not shown.
    assert_eq!(say(ranking(&[("ann", Whole(1)), ("bob", Whole(1))], 3, Some(3), Whole(5))), "");
    assert_eq!(say(ranking(&[("ann", NotRecorded)], 0, None, NotRecorded)), "");
    assert_eq!(say(ranking(&[("ann", Whole(0))], 0, None, Whole(0))), "");
}

fn crosstab(cells: &[&[i64]], all: i64) -> Body {
    let row = |(at, cells): (usize, &&[i64])| {
        let sum = cells.iter().sum();
        let figures = cells.iter().chain([&sum]).map(|value| figure(Whole(*value))).collect();
        KeyedRow { keys: vec![format!("r{at}")], figures, normal: None }
    };
    let columns: Vec<String> = (0..cells.first().map_or(0, |row| row.len())).map(|at| format!("c{at}")).collect();
    let total = columns.iter().map(|_| figure(Whole(0))).chain([figure(Whole(all))]).collect();
    Body::Crosstab(Crosstab {
        measure: head("Deletions"),
        by: ("module".into(), "actor.team".into()),
        columns,
        rows: cells.iter().enumerate().map(row).collect(),
        total,
    })
}

fn heatmap(cells: Vec<Vec<i64>>) -> Body {
    let sum = cells.iter().flatten().sum();
    Body::Heatmap(Heatmap {
        measure: head("Deletions"),
        by: ("weekday".into(), "hour".into()),
        split: String::new(),
        rows: (1..=cells.len()).map(|day| day.to_string()).collect(),
        columns: (0..cells.first().map_or(0, Vec::len)).map(|hour| hour.to_string()).collect(),
        panels: vec![Panel { key: String::new(), total: figure(Whole(sum)), cells }],
    })
}

#[test]
fn what_stands_out_of_a_table() {
    assert_eq!(say(crosstab(&[&[1, 7], &[2, 0]], 10)), "Deletions: most in r0, c1, with 7 of 10 (70.0 %).");
    assert_eq!(say(crosstab(&[&[7, 7], &[2, 0]], 16)), "", "two are level");
    assert_eq!(say(crosstab(&[&[1, 7], &[2, 0]], 8)), "", "the cells are not the parts of the whole");
    let mut week = vec![vec![0, 1]; 7];
    week[5][1] = 9;
    assert_eq!(
        say(heatmap(week)),
        "Deletions: most in Saturday, 1:00, with 9 of 15 (60.0 %). On Saturdays and Sundays: 10 of 15 (66.7 %)."
    );
    assert_eq!(
        say(heatmap(vec![vec![2], vec![1], vec![0], vec![0], vec![0], vec![0], vec![0]])),
        "Deletions: most in Monday, 0:00, with 2 of 3 (66.7 %). None on Saturdays and Sundays."
    );
    assert_eq!(say(heatmap(vec![vec![0]; 7])), "");
}

#[test]
fn targets_events_and_sequences() {
    let targets = |met: &[Option<bool>]| {
        let rows = met.iter().enumerate().map(|(at, met)| total(&format!("T{at}"), Whole(1), Whole(1), *met)).collect();
        say(Body::Targets { rows })
    };
    assert_eq!(targets(&[Some(true)]), "The target is met.");
    assert_eq!(targets(&[Some(false)]), "Not met: T0.");
    assert_eq!(targets(&[Some(true), Some(true)]), "All 2 targets are met.");
    assert_eq!(targets(&[Some(false), Some(false)]), "None of the 2 targets is met: T0 and T1.");
    assert_eq!(
        targets(&[Some(true), Some(false), None]),
        "1 of 2 targets is met. Not met: T1. Nothing can be said of T2."
    );
    let events = |who: &[&str], all: i64| {
        say(Body::Events(Events {
            columns: vec!["actor_name".into()],
            shown: who.iter().map(|who| vec![(*who).to_owned()]).collect(),
            total: figure(Whole(all)),
            file: "e.csv".into(),
            file_sha256: String::new(),
        }))
    };
    assert_eq!(events(&["ann", "ann", "bob"], 3), "2 of 3 by ann (66.7 %).");
    assert_eq!(events(&["ann", "ann"], 2), "All 2 by ann.");
    assert_eq!(events(&["ann", "bob"], 2), "");
    assert_eq!(events(&["ann"], 1), "");
    assert_eq!(events(&["ann", "ann", "bob"], 9), "", "most of them are not on the page");
    let found = |key: &str, count: i64| SequenceFound {
        key: key.into(),
        count: figure(Whole(count)),
        first_at: 0,
        last_at: 0,
        then_at: 0,
        origins: Vec::new(),
        event: "1-1".into(),
    };
    let sequences = |found: Vec<SequenceFound>| {
        let total = figure(Whole(found.len() as i64));
        let (by, severity, text) = ("actor".to_owned(), String::new(), String::new());
        say(Body::Sequence(Sequences {
            by,
            at_least: 2,
            within: 1,
            severity,
            say: text.clone(),
            do_this: text,
            found,
            total,
        }))
    };
    assert_eq!(sequences(vec![found("ann", 9), found("bob", 2)]), "2 cases. Most before it: 9, Ann Lee.");
    assert_eq!(sequences(vec![found("ann", 9)]), "1 case.");
    assert_eq!(sequences(vec![]), "");
}

#[test]
fn a_section_may_be_silent_and_each_sentence_knows_its_figure() {
    let body = ranking(&[("ann", Whole(3)), ("bob", Whole(1))], 0, None, Whole(4));
    let mut section = section(body);
    assert_eq!(Words::english().opening(&section, &figures())[0].figure, Some(3));
    section.words = false;
    assert!(Words::english().opening(&section, &figures()).is_empty());
}

/// What a broken sentence looks like.
fn broken(text: &str) -> bool {
    let marks = ["  ", "{", "}", "⟦", "..", " .", " ,", "()", ": .", "–"];
    let ended = text.is_empty() || text.ends_with('.');
    let ungrammatical = [" 1 events", " 1 days", " 1 cases", "1 Fälle", " 1 Tage."];
    marks.iter().chain(&ungrammatical).any(|mark| text.contains(mark)) || !ended || text.starts_with(' ')
}

fn amounts() -> impl Strategy<Value = Amount> {
    let number = prop_oneof![Just(0), Just(1), 2..5_i64, Just(1_234_567_i64)];
    prop_oneof![
        4 => number.clone().prop_map(Whole),
        1 => (number.clone(), 0..4_i64).prop_map(|(part, more)| Share { part, whole: part + more }),
        1 => (number, 0..4_i64).prop_map(|(sum, over)| Mean { sum, over }),
        1 => Just(NotRecorded),
        1 => Just(NotInLog),
    ]
}

proptest! {
    #[test]
    fn no_sentence_is_broken(
        values in proptest::collection::vec((amounts(), amounts(), proptest::option::of(any::<bool>())), 0..9),
        more in 0..3_u64, all in amounts(),
    ) {
        let keys: Vec<String> = (0..values.len()).map(|at| format!("k{at}")).collect();
        let rows: Vec<(&str, Amount)> = keys.iter().zip(&values).map(|(key, (now, ..))| (key.as_str(), *now)).collect();
        let tiles: Vec<NamedTotal> = values.iter().map(|(now, before, met)| total("Deletions", *now, *before, *met)).collect();
        let line: Vec<Amount> = values.iter().map(|(now, ..)| *now).collect();
        let numbers: Vec<i64> = line.iter().map(|amount| if let Whole(value) = amount { *value } else { 0 }).collect();
        for words in languages() {
            for body in [
                Body::Summary { tiles: tiles.clone() },
                Body::Targets { rows: tiles.clone() },
                series(&[&line]),
                ranking(&rows, more, (more > 0).then_some(1), all),
                crosstab(&[&numbers], numbers.iter().sum()),
                heatmap(numbers.iter().map(|value| vec![*value, 0]).collect()),
            ] {
                let text = told(&words, body.clone());
                prop_assert!(!broken(&text), "{}: {text:?} of {body:?}", words.language());
            }
        }
    }
}

#[test]
fn a_measure_that_several_lines_could_not_judge_is_named_once() {
    let unjudged = |name: &str, title: &str| crate::figures::Unjudged {
        name: name.into(),
        measure: head(title),
        amount: Amount::NotRecorded,
        not_recorded_by: vec!["crm".into()],
    };
    let lines = vec![unjudged("a", "Deletions"), unjudged("b", "Exports"), unjudged("c", "Deletions")];
    let figures = Figures { thresholds: 4, unjudged: lines, ..figures() };
    let said = Words::english().nothing_crossed(&figures);
    assert_eq!((said.matches("Deletions").count(), said.matches("Exports").count()), (1, 1), "{said}");
}
