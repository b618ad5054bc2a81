//! The closing pages, "How this report was made": what lets an auditor check every figure.

use super::View;
use super::tables::{TableView, code, text};
use crate::figures::{Amount, Body, Reconciliation};
use crate::source::RecordedField;
use crate::wording;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn fact(key: &str, value: impl Into<String>) -> Value {
    json!({ "key": key, "value": value.into() })
}

fn code_fact(key: &str, value: impl Into<String>) -> Value {
    json!({ "key": key, "value": value.into(), "code": true })
}

impl View<'_> {
    pub(super) fn made(&self) -> Value {
        let mut groups = vec![
            self.trigger(),
            self.restated_group(),
            self.covered(),
            self.parameters(),
            self.reconciliation(),
            self.coverage_group(),
            self.batches(),
            self.digests(),
            self.recipients(),
            self.verifying(),
            self.limits(),
        ];
        groups.retain(|group| !group.is_null());
        json!({
            "intro": "What was asked of which data, when, by whom, and how to check it.",
            "groups": groups,
        })
    }

    fn trigger(&self) -> Value {
        let facts = self.facts;
        let moment = |at| wording::moment_both(at, self.zone);
        let mut list = vec![
            fact("Edition", facts.edition.as_str()),
            fact("Trigger", format!("{}, by account {}", facts.trigger, facts.account)),
            fact("Due", facts.due_at.map_or_else(|| "not by schedule".to_owned(), moment)),
            fact("Log read (cut-off)", moment(facts.cut_off_at)),
            fact("Issued", if facts.preview { "not issued: a preview".to_owned() } else { moment(facts.issued_at) }),
            fact("Answers for it", facts.owner.as_str()),
        ];
        match &facts.before {
            Some(before) => {
                list.push(fact("Edition before", format!("{}, issued {}", before.edition, moment(before.issued_at))));
                list.push(code_fact("Its figures, SHA-256", before.figures.as_str()));
                if before.lost.is_some() {
                    list.push(fact("Not read", format!("{}.", wording::lost(before.lost))));
                }
            }
            None => list.push(fact("Edition before", "none: this is the first")),
        }
        if !facts.revision_reason.is_empty() {
            list.push(fact("Reason of the revision", facts.revision_reason.as_str()));
        }
        let late: Vec<String> = facts
            .late_rows
            .iter()
            .map(|(edition, events)| {
                format!("{} arrived after {edition} was issued", wording::plural(*events as i64, "event", "events"))
            })
            .collect();
        json!({ "title": "Trigger", "facts": list, "items": late })
    }

    /// Every figure that a revision changed.
    fn restated_group(&self) -> Value {
        let Some(restated) = &self.figures.restated else { return Value::Null };
        let mut table =
            TableView::default().text("Figure").wide("What", "46%").number("Before").number("Now").number("Difference");
        for changed in &restated.changed {
            let label = match (changed.place.label, &changed.now) {
                (0, _) | (_, None) => String::new(),
                (label, Some(_)) => format!("F{label}"),
            };
            let what = wording::place_words(&changed.place, restated, self.figures);
            let mut cells = vec![text(label), text(what)];
            cells.extend(wording::changed_cells(changed).map(text));
            table.row(cells);
        }
        json!({
            "title": "Restated",
            "words": wording::restated_summary(restated, self.figures),
            "table": if restated.changed.is_empty() { Value::Null } else { table.finish() },
            "items": wording::restated_beside(restated),
        })
    }

    fn covered(&self) -> Value {
        let period = &self.figures.period;
        let mut list = vec![
            fact("In words", wording::period(&period.period)),
            fact("In its zone", wording::span_local(&period.span, self.zone)),
            fact("In UTC", wording::span_utc(&period.span)),
            fact("Half-open", "the first instant is inside, the last one is not"),
            fact("Days", format!("{}, of which working days: {}", period.days, period.working_days)),
        ];
        if !period.holidays.is_empty() {
            let days: Vec<String> =
                period.holidays.iter().map(|(day, name)| format!("{name} ({})", wording::day(*day))).collect();
            list.push(fact("Holidays", wording::list(&days)));
        }
        for compared in &self.figures.compared {
            let words: Vec<String> = compared.periods.iter().map(|covered| wording::period(&covered.period)).collect();
            let mut words = wording::list(&words);
            if !compared.in_log {
                words.push_str(": the log does not reach back so far, nothing is compared");
            }
            list.push(fact("Compared with", words));
        }
        json!({ "title": "Period", "facts": list })
    }

    fn parameters(&self) -> Value {
        let list: Vec<Value> = self.facts.parameters.iter().map(|(key, value)| fact(key, value.as_str())).collect();
        json!({ "title": "What was asked", "facts": list })
    }

    fn reconciliation(&self) -> Value {
        let Reconciliation { log, in_scope, excluded, by_batches, sections, .. } = &self.figures.reconciliation;
        let number = |value: &i64| text(wording::number(*value));
        let mut table = TableView::default()
            .wide("What", "46%")
            .number("Sum of its parts")
            .number("Counted at once")
            .text("Of")
            .text("Check");
        let same = |left: i64, right: i64| text(if left == right { "agrees" } else { "DOES NOT AGREE" });
        let events = || text("events");
        table.row(vec![
            text("The period in the log: by the batches below, and at once"),
            number(by_batches),
            number(log),
            events(),
            same(*log, *by_batches),
        ]);
        table.row(vec![
            text(format!(
                "In the scope of this report ({}) and excluded by its filter ({})",
                wording::number(*in_scope),
                wording::number(*excluded)
            )),
            number(&(in_scope + excluded)),
            number(log),
            events(),
            same(in_scope + excluded, *log),
        ]);
        for (section, sum, total) in sections {
            let title = self.figures.sections.iter().find(|one| one.id == *section && !one.title.is_empty());
            let name = title.map_or(section.as_str(), |one| one.title.as_str());
            let unit = self.figures.sections.iter().find(|one| one.id == *section).map_or("", |one| match &one.body {
                Body::Series(series) => series.unit.as_str(),
                Body::Crosstab(crosstab) => crosstab.measure.unit.as_str(),
                Body::Heatmap(heatmap) => heatmap.measure.unit.as_str(),
                Body::Ranking(ranking) => ranking.columns.first().map_or("", |head| head.unit.as_str()),
                _ => "",
            });
            table.row(vec![text(format!("“{name}”")), number(sum), number(total), text(unit), same(*sum, *total)]);
        }
        let known = &self.figures.reconciliation;
        let people = format!(
            "The directory knows {} of the {} actors in scope; the other {} made {} events, which count under “not in the directory” and never as anything else.",
            wording::number(known.actors_known),
            wording::number(known.actors_known + known.actors_unknown),
            wording::number(known.actors_unknown),
            wording::number(known.events_of_unknown),
        );
        json!({ "title": "Reconciliation", "table": table.finish(), "items": [people] })
    }

    fn coverage_group(&self) -> Value {
        let items: Vec<String> = self
            .figures
            .coverage
            .sources
            .iter()
            .map(|source| format!("{}: {}", source.known.source.title, wording::source_reasons(source, self.zone)))
            .collect();
        json!({ "title": "Coverage", "table": self.coverage_table(false), "items": items })
    }

    fn batches(&self) -> Value {
        let mut table = TableView::default()
            .number("No.")
            .text("Source, file")
            .wide("SHA-256 of the file", "24%")
            .number("Read")
            .number("Added")
            .number("Repeated")
            .number("Quarantined")
            .number("No event")
            .number("In period");
        let mut items = Vec::new();
        for used in &self.figures.batches {
            let batch = &used.batch;
            let rows = &batch.rows;
            let number = |value: u64| text(wording::number(value as i64));
            table.row(vec![
                number(batch.number),
                text(format!("{}, {}", batch.source.name, batch.about.file)),
                code(batch.about.sha256.as_str()),
                number(rows.read),
                number(rows.added),
                number(rows.repeated),
                number(rows.quarantined),
                number(rows.no_event),
                number(used.in_period),
            ]);
            let told = |what: &Option<String>| what.clone().unwrap_or_else(|| "not told".to_owned());
            let expected = match batch.about.expected_rows {
                Some(rows) => format!("{} rows promised by the export", wording::number(rows as i64)),
                None => "rows promised by the export: not told".to_owned(),
            };
            let left_out = match rows.retired {
                0 => String::new(),
                rows => format!("; {} of retired days left out", wording::plural(rows as i64, "row", "rows")),
            };
            items.push(format!(
                "Batch {}: imported {} by {}; exported by: {}; filters of the export: {}; {expected}{left_out}.",
                batch.number,
                wording::moment(batch.imported_at, self.zone),
                batch.about.importer,
                told(&batch.about.exported_by),
                told(&batch.about.filters),
            ));
        }
        let words = if self.figures.batches.iter().any(|used| used.batch.rows.retired > 0) {
            "Read = added + repeated + quarantined + no event + left out because their days are retired, for every batch."
        } else {
            "Read = added + repeated + quarantined + no event, for every batch."
        };
        json!({
            "title": "Batches used",
            "words": words,
            "table": table.finish(),
            "items": items,
        })
    }

    fn digests(&self) -> Value {
        let facts = self.facts;
        let lost = facts.before.as_ref().and_then(|before| before.lost);
        let changed = match (&facts.before, facts.changed.is_empty()) {
            (Some(_), _) if lost.is_some() => format!("What of this changed cannot be said: {}.", wording::lost(lost)),
            (None, _) => "There is no edition before to compare with.".to_owned(),
            (Some(_), true) => "Nothing of this changed since the edition before.".to_owned(),
            (Some(_), false) => format!("Changed since the edition before: {}.", wording::list(&facts.changed)),
        };
        let list: Vec<Value> = facts.digests.iter().map(|(what, digest)| code_fact(what, digest.as_str())).collect();
        json!({ "title": "What shaped it (SHA-256)", "words": changed, "facts": list })
    }

    fn recipients(&self) -> Value {
        if self.facts.recipients.is_empty() {
            return json!({ "title": "Recipients", "words": "None: this edition is archived only." });
        }
        let mut table = TableView::default().text("To").text("Formats").text("Condition").text("Sent");
        for to in &self.facts.recipients {
            let when = if to.when.is_empty() { "always" } else { &to.when };
            let sent = match (self.facts.preview, to.sent) {
                (true, _) => "no: a preview",
                (false, true) => "yes",
                (false, false) => "no: the condition does not hold",
            };
            table.row(vec![text(to.to.as_str()), text(to.formats.as_str()), text(when), text(sent)]);
        }
        json!({ "title": "Recipients", "table": table.finish() })
    }

    fn verifying(&self) -> Value {
        let facts = self.facts;
        let head = &self.figures.head;
        json!({
            "title": "How to verify",
            "facts": [
                fact("Program", format!("quarterday {}", facts.engine)),
                fact("Zone rules", facts.zone_rules.as_str()),
                fact("Head of the log", wording::plural(head.size as i64, "batch record", "batch records")),
                code_fact("Its root (RFC 6962)", head.root.as_str()),
                code_fact("Signed with the key", facts.key.as_str()),
            ],
            "items": [
                format!("quarterday verify {} recomputes the log, checks every file of this edition against its manifest, and the manifest's Ed25519 signature.", facts.edition),
                format!("quarterday explain {} F1 shows the question, the period and the events behind the figure F1; so for every label.", facts.edition),
                "The head above, on paper or in a mailbox, is an anchor outside the program: a log that was rebuilt later does not lead to it.".to_owned(),
            ],
        })
    }

    fn limits(&self) -> Value {
        let mut items = Vec::new();
        let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for source in &self.figures.coverage.sources {
            let records = &source.known.source.records;
            let mut lacks: Vec<&str> = RecordedField::ALL
                .into_iter()
                .filter(|field| !records.fields.contains(field))
                .map(wording::recorded_field)
                .collect();
            lacks.extend(
                crate::wording::NOTABLE_CLASSES
                    .iter()
                    .filter(|(class, _)| !records.classes.contains(class))
                    .map(|(_, words)| *words),
            );
            missing.insert(source.known.source.title.clone(), lacks);
        }
        for (title, lacks) in missing {
            if !lacks.is_empty() {
                let lacks: Vec<String> = lacks.into_iter().map(str::to_owned).collect();
                items.push(format!("{title} does not record: {}.", wording::list(&lacks)));
            }
        }
        // A figure that one source lacks counts the others: said here, once for all figures that it is true of.
        let mut lacking: BTreeMap<&Vec<String>, Vec<String>> = BTreeMap::new();
        for total in self.figures.totals.values() {
            if !total.now.not_recorded_by.is_empty() && total.now.amount != Amount::NotRecorded {
                lacking.entry(&total.now.not_recorded_by).or_default().push(format!("“{}”", total.title));
            }
        }
        for (sources, titles) in lacking {
            let (titles, sources) = (wording::list(&titles), wording::list(sources));
            items.push(format!("Not recorded by {sources}, so counted over the other sources only: {titles}."));
        }
        items.push("The log holds what its sources exported. What a source did not record, or an export left out, cannot be seen here.".to_owned());
        items.push("The seal shows that what was imported is unchanged. By itself it cannot show that the newest part was cut off, or that the holder of the key did not rebuild it all: for that, compare the head above with one kept outside.".to_owned());
        items.push("Times are those of the sources' clocks.".to_owned());
        items.push("This report is evidence for a judgement by a person; it is not itself a verdict on compliance or on anybody's conduct.".to_owned());
        json!({ "title": "Limits", "items": items })
    }
}
