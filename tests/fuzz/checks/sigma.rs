//! Sigma: rules, and what is said of sources: understood, or refused with Problems that stand in them; and what is understood runs
//! over events without end.

use super::super::rooms::audit_log::StoredEvent;
use super::super::rooms::calendar::zone::Zone;
use super::super::rooms::event::{ActionClass, Event, Origin, Outcome};
use super::super::rooms::sigma::{Evaluation, Sources, read};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Some events, a few of them at one instant, of two sources; one of them as old as an event can be.
fn events() -> &'static [StoredEvent] {
    static EVENTS: OnceLock<Vec<StoredEvent>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        (0..24_i64)
            .map(|at| {
                let details = [("errorCode", "AccessDenied"), ("requestParameters.items", r#"[{"a":[1,{"b":"x"}]}]"#)];
                let event = Event {
                    id: None,
                    time: if at == 0 { -62_135_596_800_000 } else { 1_796_113_800_000 + at / 3 * 20_000 },
                    time_written: String::new(),
                    actor: if at % 2 == 0 { "ann" } else { "" }.to_owned(),
                    action: "DeleteTrail".to_owned(),
                    class: if at % 3 == 0 { ActionClass::Delete } else { ActionClass::Login },
                    module: "cloudtrail.amazonaws.com".to_owned(),
                    record: format!("r{}", at % 5),
                    record_name: String::new(),
                    outcome: Outcome::Failure,
                    origin: Origin { ip: "192.0.2.1".to_owned(), agent: "a".to_owned(), channel: "api".to_owned() },
                    affected: Some(at.unsigned_abs()),
                    changes: Vec::new(),
                    details: details
                        .iter()
                        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                        .collect::<BTreeMap<_, _>>(),
                    line: 1,
                };
                let source = if at % 2 == 0 { "aws-cloudtrail" } else { "okta" };
                StoredEvent { number: format!("1-{}", at + 1), source: source.to_owned(), event }
            })
            .collect()
    })
}

/// Any bytes as a file of rules, and as what an installation says of sources.
pub fn sigma(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    static SOURCES: OnceLock<Sources> = OnceLock::new();
    let sources = SOURCES.get_or_init(|| Sources::load(&[], &[]).unwrap_or_else(|problems| panic!("{problems:?}")));
    let file = [("any.yml".to_owned(), text.to_owned())];
    let read = read(&file, sources);
    let lines = text.chars().filter(|c| matches!(c, '\n' | '\r')).count() + 1;
    for problem in &read.problems {
        assert!(!problem.what.is_empty() && problem.line <= lines, "{problem:?} in {lines} lines");
    }
    assert!(!read.problems.is_empty() || !read.rules.rules.is_empty(), "neither understood nor refused");
    let mut evaluation = Evaluation::new(&read.rules, &Zone::utc());
    for event in events() {
        assert_eq!(evaluation.see(event), Ok(()));
    }
    for hit in evaluation.finish() {
        assert!(hit.first <= hit.last && hit.rule < read.rules.rules.len() && read.rules.rules[hit.rule].raises);
    }
    // What ships is read with it, and takes its time: a list is what it can be.
    if text.trim_start().starts_with('-') {
        let _ = Sources::load(&file, &["crm".to_owned()]);
    }
}
