//! The closing pages, "How this report was made": what lets an auditor check every figure.

use super::View;
use super::tables::{TableView, code, text};
use crate::audit_log::Batch;
use crate::figures::{Amount, Body, Reconciliation};
use crate::phrase::Phrase;
use crate::source::RecordedField;
use crate::wording::NOTABLE_CLASSES;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn fact(key: impl Into<String>, value: impl Into<String>) -> Value {
    json!({ "key": key.into(), "value": value.into() })
}

fn code_fact(key: impl Into<String>, value: impl Into<String>) -> Value {
    json!({ "key": key.into(), "value": value.into(), "code": true })
}

impl View<'_> {
    /// A word of these pages.
    fn made_word(&self, key: &str) -> String {
        self.words.word(&format!("made.{key}"))
    }

    /// A sentence of these pages.
    fn made_say(&self, key: &str, with: &[(&str, &str)]) -> String {
        self.words.say(&format!("made.{key}"), with)
    }

    pub(super) fn made(&self) -> Value {
        if let Some(training) = &self.facts.training {
            return self.made_for_training(training.smallest_group);
        }
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
        json!({ "title": self.made_word("title"), "intro": self.made_word("intro"), "groups": groups })
    }

    /// The closing pages of a version for training: how it was made, and nothing that leads back.
    fn made_for_training(&self, smallest: u32) -> Value {
        let word = |key: &str| self.words.word(key);
        let groups_of = self.words.say("training.groups", &[("n", &smallest.to_string())]);
        let keys = ["training.details", "training.dates", "training.numbers", "training.kept", "training.reveal"];
        let items: Vec<String> = [word("training.names"), groups_of].into_iter().chain(keys.map(word)).collect();
        let about = json!({ "title": word("training.title"), "items": items });
        let groups = vec![about, self.covered(), self.parameters(), self.reconciliation(), self.coverage_group()];
        json!({ "title": self.made_word("title"), "intro": word("training.intro"), "groups": groups })
    }

    fn trigger(&self) -> Value {
        let facts = self.facts;
        let word = |key: &str| self.made_word(key);
        let moment = |at| self.words.moment_both(at, self.zone);
        let trigger = self.words.word(&format!("trigger.{}", facts.trigger.replace(' ', "_")));
        let by = self.made_say("trigger_by", &[("trigger", &trigger), ("account", &facts.account)]);
        let mut list = vec![
            fact(word("edition"), facts.edition.as_str()),
            fact(word("trigger"), by),
            fact(word("due"), facts.due_at.map_or_else(|| word("not_due"), moment)),
            fact(word("cut_off"), moment(facts.cut_off_at)),
            fact(word("issued"), if facts.preview { word("not_issued") } else { moment(facts.issued_at) }),
            fact(word("owner"), facts.owner.as_str()),
        ];
        if let Some(review) = &facts.review {
            let named = |who: &String| match who.strip_prefix("role:") {
                Some(role) => self.made_say("review_role", &[("role", role)]),
                None => who.clone(),
            };
            let who = self.words.list(&review.by.iter().map(named).collect::<Vec<_>>());
            let until = self.words.until(review.until, self.zone);
            list.push(fact(word("review"), self.made_say("review_asked", &[("who", &who), ("until", &until)])));
        }
        match &facts.before {
            Some(before) => {
                let with = [("edition", before.edition.as_str()), ("issued", &moment(before.issued_at))];
                list.push(fact(word("before"), self.made_say("before_is", &with)));
                list.push(code_fact(word("before_figures"), before.figures.as_str()));
                if before.lost.is_some() {
                    let why = crate::wording::first_upper(&self.words.lost(before.lost));
                    list.push(fact(self.words.word("restated.not_read"), format!("{why}.")));
                }
            }
            None => list.push(fact(word("before"), word("before_none"))),
        }
        if !facts.revision_reason.is_empty() {
            list.push(fact(word("reason"), facts.revision_reason.as_str()));
        }
        let late = facts
            .late_rows
            .iter()
            .map(|(edition, events)| self.words.count_with("made.late_rows", *events as i64, &[("edition", edition)]));
        json!({ "title": word("trigger"), "facts": list, "items": late.collect::<Vec<_>>() })
    }

    /// Every figure that a revision changed.
    fn restated_group(&self) -> Value {
        let Some(restated) = &self.figures.restated else { return Value::Null };
        let word = |key: &str| self.words.word(key);
        let mut table = TableView::default()
            .text(word("restated.figure"))
            .wide(self.made_word("what"), "46%")
            .number(word("table.before"))
            .number(word("restated.now"))
            .number(word("restated.difference"));
        for changed in &restated.changed {
            let label = match (changed.place.label, &changed.now) {
                (0, _) | (_, None) => String::new(),
                (label, Some(_)) => format!("F{label}"),
            };
            let what = self.words.place_words(&changed.place, restated, self.figures);
            let mut cells = vec![text(label), text(what)];
            cells.extend(self.words.changed_cells(changed).map(text));
            table.row(cells);
        }
        json!({
            "title": word("restated.title"),
            "words": self.words.restated_summary(restated, self.figures),
            "table": if restated.changed.is_empty() { Value::Null } else { table.finish() },
            "items": self.words.restated_beside(restated),
        })
    }

    fn covered(&self) -> Value {
        let period = &self.figures.period;
        let word = |key: &str| self.made_word(key);
        let (days, working) = (self.words.number(period.days), self.words.number(period.working_days));
        let mut list = vec![
            fact(word("in_words"), self.words.period(&period.period)),
            fact(word("in_zone"), self.words.span_local(&period.span, self.zone)),
        ];
        // Beside moved dates the distance from UTC would tell where.
        if self.facts.training.is_none() {
            list.push(fact(word("in_utc"), self.words.span_utc(&period.span)));
        }
        list.extend([
            fact(word("half_open"), word("half_open_is")),
            fact(word("days"), self.made_say("days_are", &[("days", &days), ("working", &working)])),
        ]);
        if !period.holidays.is_empty() {
            let holiday = |(day, name): (&chrono::NaiveDate, &String)| {
                self.made_say("holiday", &[("name", name), ("day", &self.words.day(*day))])
            };
            let days: Vec<String> = period.holidays.iter().map(holiday).collect();
            list.push(fact(word("holidays"), self.words.list(&days)));
        }
        for compared in &self.figures.compared {
            let periods: Vec<String> =
                compared.periods.iter().map(|covered| self.words.period(&covered.period)).collect();
            let periods = self.words.list(&periods);
            let words = match compared.in_log {
                true => periods,
                false => self.made_say("compared_not", &[("periods", &periods)]),
            };
            list.push(fact(word("compared"), words));
        }
        json!({ "title": word("period"), "facts": list })
    }

    fn parameters(&self) -> Value {
        let say = |phrase: &Phrase| self.words.phrase(phrase);
        let list: Vec<Value> = self.facts.parameters.iter().map(|(key, value)| fact(say(key), say(value))).collect();
        json!({ "title": self.made_word("asked"), "facts": list })
    }

    fn reconciliation(&self) -> Value {
        let Reconciliation { log, in_scope, excluded, by_batches, sections, .. } = &self.figures.reconciliation;
        let word = |key: &str| self.made_word(key);
        let number = |value: &i64| text(self.words.number(*value));
        let mut table = TableView::default()
            .wide(word("what"), "46%")
            .number(word("sum"))
            .number(word("at_once"))
            .text(word("of"))
            .text(word("check"));
        let same = |left: i64, right: i64| text(word(if left == right { "agrees" } else { "agrees_not" }));
        let events = || text(word("events"));
        let all = match (&self.facts.part, &self.facts.training) {
            (Some(_), _) => self.words.word("part.by_sources"),
            (_, Some(_)) => self.words.word("training.by_batches"),
            _ => word("by_batches"),
        };
        table.row(vec![text(all), number(by_batches), number(log), events(), same(*log, *by_batches)]);
        let (scope, out) = (self.words.number(*in_scope), self.words.number(*excluded));
        table.row(vec![
            text(self.made_say("in_scope", &[("in_scope", &scope), ("excluded", &out)])),
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
            let unit = text(self.words.unit(unit));
            table.row(vec![text(self.words.quoted(name)), number(sum), number(total), unit, same(*sum, *total)]);
        }
        let known = &self.figures.reconciliation;
        let shown = [
            ("known", self.words.number(known.actors_known)),
            ("all", self.words.number(known.actors_known + known.actors_unknown)),
            ("unknown", self.words.number(known.actors_unknown)),
            ("events", self.words.counted(known.events_of_unknown, "events")),
        ];
        let key = match (known.actors_known, known.actors_unknown) {
            (0, 0) => "people_none",
            (_, 0) => "people_all",
            _ => "people",
        };
        let people = self.made_say(key, &shown.each_ref().map(|(name, text)| (*name, text.as_str())));
        json!({ "title": word("reconciliation"), "table": table.finish(), "items": [people] })
    }

    fn coverage_group(&self) -> Value {
        let sources = self.figures.coverage.sources.iter();
        let items: Vec<String> = sources.map(|source| self.words.source_sentence(source, self.zone)).collect();
        json!({ "title": self.made_word("coverage"), "table": self.coverage_table(false), "items": items })
    }

    fn batches(&self) -> Value {
        let word = |key: &str| self.made_word(key);
        if self.facts.part.is_some() {
            return json!({ "title": word("batches"), "words": self.words.word("part.batches") });
        }
        let mut table = TableView::default()
            .number(word("number"))
            .text(word("file"))
            .wide(word("file_sha"), "24%")
            .number(word("read"))
            .number(word("added"))
            .number(word("repeated"))
            .number(word("quarantined"))
            .number(word("no_event"))
            .number(word("in_period"));
        for used in &self.figures.batches {
            let batch = &used.batch;
            let rows = &batch.rows;
            let number = |value: u64| text(self.words.number(value as i64));
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
        }
        let items: Vec<String> = self.figures.batches.iter().map(|used| self.batch(&used.batch)).collect();
        let retired = self.figures.batches.iter().any(|used| used.batch.rows.retired > 0);
        json!({
            "title": word("batches"),
            "words": word(if retired { "sums_retired" } else { "sums" }),
            "table": table.finish(),
            "items": items,
        })
    }

    /// What an import was told, and what it promised.
    fn batch(&self, batch: &Batch) -> String {
        let told = |what: &Option<String>| what.clone().unwrap_or_else(|| self.made_word("not_told"));
        let expected = match batch.about.expected_rows {
            Some(rows) => self.made_say("promised", &[("n", &self.words.number(rows as i64))]),
            None => self.made_word("promised_not"),
        };
        let with = [
            ("number", self.words.number(batch.number as i64)),
            ("at", self.words.moment(batch.imported_at, self.zone)),
            ("importer", batch.about.importer.clone()),
            ("exporter", told(&batch.about.exported_by)),
            ("filters", told(&batch.about.filters)),
            ("expected", expected),
            ("rows", self.words.count("count.rows", batch.rows.retired as i64)),
        ];
        let key = if batch.rows.retired == 0 { "batch" } else { "batch_retired" };
        self.made_say(key, &with.each_ref().map(|(name, text)| (*name, text.as_str())))
    }

    fn digests(&self) -> Value {
        let facts = self.facts;
        let lost = facts.before.as_ref().and_then(|before| before.lost);
        let changed = match (&facts.before, facts.changed.is_empty()) {
            (Some(_), _) if lost.is_some() => self.made_say("digests_lost", &[("why", &self.words.lost(lost))]),
            (None, _) => self.made_word("digests_first"),
            (Some(_), true) => self.made_word("digests_same"),
            (Some(_), false) => {
                let names: Vec<String> = facts.changed.iter().map(|what| self.shaped(what)).collect();
                self.made_say("digests_changed", &[("list", &self.words.list(&names))])
            }
        };
        let list: Vec<Value> =
            facts.digests.iter().map(|(what, digest)| code_fact(self.shaped(what), digest.as_str())).collect();
        json!({ "title": self.made_word("digests"), "words": changed, "facts": list })
    }

    /// A thing that shaped the edition, as `Facts::digests` names it.
    pub(super) fn shaped(&self, what: &str) -> String {
        if let Some(gone) = what.strip_suffix(" (gone)") {
            return self.made_say("digest_gone", &[("what", &self.shaped(gone))]);
        }
        match (what, what.split_once(' ')) {
            ("templates and theme", _) => self.made_word("digest_kit"),
            ("working hours", _) => self.made_word("digest_hours"),
            (_, Some(("definition", name))) => self.made_say("digest_definition", &[("name", name)]),
            (_, Some(("mapping", name))) => self.made_say("digest_mapping", &[("name", name)]),
            (_, Some(("directory", name))) => self.made_say("digest_directory", &[("name", name)]),
            _ => what.to_owned(),
        }
    }

    fn recipients(&self) -> Value {
        let word = |key: &str| self.made_word(key);
        if self.facts.recipients.is_empty() {
            return json!({ "title": word("recipients"), "words": word("recipients_none") });
        }
        let mut table =
            TableView::default().text(word("to")).text(word("formats")).text(word("condition")).text(word("sent"));
        for to in &self.facts.recipients {
            let when = if to.when.is_empty() { word("always") } else { to.when.clone() };
            let sent = match (self.facts.preview, to.sent) {
                (true, _) => "sent_preview",
                (false, true) => "sent_yes",
                (false, false) => "sent_not",
            };
            let formats = match to.encrypted {
                true => self.made_say("encrypted", &[("formats", &to.formats)]),
                false => to.formats.clone(),
            };
            let name = match to.via.split_once(':') {
                Some(("role", role)) => self.made_say("via_role", &[("to", &to.to), ("role", role)]),
                Some(("vacant", role)) => self.made_say("via_vacant", &[("to", &to.to), ("role", role)]),
                _ => to.to.clone(),
            };
            table.row(vec![text(name), text(formats), text(when), text(word(sent))]);
        }
        json!({ "title": word("recipients"), "table": table.finish() })
    }

    fn verifying(&self) -> Value {
        let facts = self.facts;
        let head = &self.figures.head;
        let word = |key: &str| self.made_word(key);
        let edition = [("edition", facts.edition.as_str())];
        json!({
            "title": word("verify"),
            "facts": [
                fact(word("program"), format!("quarterday {}", facts.engine)),
                fact(word("zone_rules"), facts.zone_rules.as_str()),
                fact(word("head"), self.words.count("count.batch_records", head.size as i64)),
                code_fact(word("root"), head.root.as_str()),
                if facts.key.is_empty() {
                    fact(word("key"), word("not_signed"))
                } else {
                    code_fact(word("key"), facts.key.as_str())
                },
            ],
            "items": [
                self.made_say("verify_command", &edition),
                self.made_say("explain_command", &edition),
                word("anchor"),
            ],
        })
    }

    fn limits(&self) -> Value {
        let mut items = Vec::new();
        let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for source in &self.figures.coverage.sources {
            let records = &source.known.source.records;
            let fields = RecordedField::ALL.into_iter().filter(|field| !records.fields.contains(field));
            let classes = NOTABLE_CLASSES.into_iter().filter(|class| !records.classes.contains(class));
            let lacks = fields.map(|field| self.words.recorded_field(field));
            let lacks = lacks.chain(classes.map(|class| self.words.lacking_class(class))).collect();
            missing.insert(source.known.source.title.clone(), lacks);
        }
        for (title, lacks) in missing.iter().filter(|(_, lacks)| !lacks.is_empty()) {
            items.push(self.made_say("lacks", &[("source", title), ("list", &self.words.list(lacks))]));
        }
        // A figure that one source lacks counts the others: said here, once for all figures that it is true of.
        let mut lacking: BTreeMap<&Vec<String>, Vec<String>> = BTreeMap::new();
        for total in self.figures.totals.values() {
            if !total.now.not_recorded_by.is_empty() && total.now.amount != Amount::NotRecorded {
                let title = self.words.quoted(&self.words.title(&total.title));
                lacking.entry(&total.now.not_recorded_by).or_default().push(title);
            }
        }
        for (sources, titles) in lacking {
            let (titles, sources) = (self.words.list(&titles), self.words.list(sources));
            items.push(self.made_say("lacking", &[("sources", &sources), ("list", &titles)]));
        }
        items.extend(["limit_sources", "limit_seal", "limit_clocks", "limit_verdict"].map(|key| self.made_word(key)));
        json!({ "title": self.made_word("limits"), "items": items })
    }
}
