//! Issue: an edition from claim to outbox: figures, facts, files, manifest, messages, then one transaction in the ledger.

use super::editions::place;
use super::facts::{Asked, facts};
use super::kit::Kit;
use super::messages::{Carried, Trouble, messages, notice};
use super::painted::painted;
use super::publish::{CSV, FIGURES, Hinge, Made, publish};
use super::spreadsheet::spreadsheet;
use super::{Failure, Installation, Written};
use crate::audit_log::AuditLog;
use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::definition::Format;
use crate::dispatch::File;
use crate::edition::{Due, EditionKey, Trigger};
use crate::figures::{self, Body, SourceDeclared};
use crate::ledger::history::Status;
use crate::ledger::{ClaimError, ClaimRequest, EditionRecord, Ledger, claimer};
use crate::schedule;
use crate::seal::{SigningKey, sha256_hex};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How long a claim is left alone before another process may take it over: longer than any edition takes.
const LEASE: Millis = 15 * 60_000;

/// An edition that was issued.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Which.
    pub key: EditionKey,
    /// Where its files lie.
    pub folder: PathBuf,
    /// Its files.
    pub files: Vec<File>,
    /// How many messages went to the outbox.
    pub messages: usize,
    /// Pages of its PDF.
    pub pages: usize,
    /// What somebody should know of it: glyphs that no font has.
    pub warnings: Vec<String>,
}

/// What one run of `issue` did.
#[derive(Debug, Default)]
pub struct Run {
    /// Editions issued.
    pub issued: Vec<Issued>,
    /// Editions that could not be made, with the reason. Their owners' notices are in the outbox.
    pub failed: Vec<(EditionKey, String)>,
    /// Editions that are too old to be made by themselves; recorded as missed.
    pub missed: Vec<Due>,
    /// Editions that wait for their closing delay or for a source.
    pub waiting: Vec<Due>,
    /// Editions that another process is making.
    pub elsewhere: Vec<EditionKey>,
}

/// Everything that issuing needs, opened once.
pub struct Press<'a> {
    /// The installation.
    pub installation: &'a Installation,
    log: Box<dyn AuditLog>,
    lens: crate::audit_log::Lens,
    lens_digests: Vec<(String, String)>,
    kit: Kit,
    /// `None` where the press is only looked at.
    key: Option<SigningKey>,
    declared: BTreeMap<String, SourceDeclared>,
}

impl<'a> Press<'a> {
    /// Opens what issuing needs.
    ///
    /// # Errors
    /// Problems in directory, templates or theme; a log that cannot be read.
    pub fn open(installation: &'a Installation) -> Result<Press<'a>, Failure> {
        Ok(Press { key: Some(installation.key()?), ..Press::to_look(installation)? })
    }

    /// Opens what a preview needs: nothing is made, nothing can be signed.
    ///
    /// # Errors
    /// As [`Press::open`].
    pub fn to_look(installation: &'a Installation) -> Result<Press<'a>, Failure> {
        let (lens, lens_digests) = installation.lens()?;
        let log = installation.log_or_empty()?;
        let declared = installation.declared(&log.batches()?);
        Ok(Press { installation, log, lens, lens_digests, kit: installation.kit()?, key: None, declared })
    }

    /// Issues what is due now, and records what was missed. `progress` is told each edition before it is made.
    ///
    /// # Errors
    /// Only what stops everything: a ledger that cannot be written. What concerns one edition is in the [`Run`].
    pub fn due(
        &self,
        ledger: &mut Ledger,
        definitions: &[Written],
        progress: &mut dyn FnMut(&EditionKey, usize),
    ) -> Result<Run, Failure> {
        let now = self.installation.clock.now();
        activate(ledger, definitions, now)?;
        let activations: BTreeMap<String, Millis> =
            ledger.activations()?.into_iter().map(|(stem, activation)| (stem, activation.at)).collect();
        let issued = ledger.issued()?;
        let settled = |key: &EditionKey| {
            let standing = issued.get(&(key.definition.clone(), key.audience.clone(), key.period.clone()));
            standing.is_some_and(|standing| matches!(standing.status, Status::Issued | Status::Missed))
        };
        let coverage = self.log.coverage(crate::calendar::Span { from: 0, to: 1 }, Millis::MAX)?;
        let reaches = |source: &str, at: Millis| {
            let collected = self.declared.get(source).and_then(|declared| declared.reaches);
            coverage.iter().filter(|known| known.source.name == source).any(|known| {
                let looked_to = collected.or(known.imported_at);
                known.last.is_some_and(|last| last >= at) || looked_to.is_some_and(|then| then >= at)
            })
        };
        let known = schedule::Known { activations: &activations, settled: &settled, reaches: &reaches };
        let meant: Vec<_> = definitions.iter().map(|written| written.definition.clone()).collect();
        let agenda = schedule::agenda(&meant, &known, now);
        let mut run = Run { waiting: agenda.waiting, ..Run::default() };
        for due in agenda.missed {
            let Some(written) = definitions.iter().find(|w| w.definition.stem == due.key.definition) else { continue };
            let reason = "its time was too long ago for its catch_up";
            let remedy = format!(
                "if it is still wanted, `quarterday issue {} --period {}` makes it by hand.",
                due.key.definition, due.key.period
            );
            let trouble = Trouble { what: "was missed", reason, remedy: &remedy };
            let told = notice(self.installation, &written.definition, &due.key, trouble, now)?;
            if ledger.missed(&due.key, due.at, reason, Some(&told), now)? {
                run.missed.push(due);
            }
        }
        let count = agenda.due.len();
        for (done, due) in agenda.due.into_iter().enumerate() {
            let Some(written) = definitions.iter().find(|w| w.definition.stem == due.key.definition) else { continue };
            progress(&due.key, count - done);
            let trigger = if due.late { Trigger::Late } else { Trigger::Schedule };
            let asked = Asked { key: due.key, period: due.period, due_at: Some(due.at), trigger, without: due.without };
            self.one(ledger, written, asked, &mut run)?;
        }
        Ok(run)
    }

    /// Issues one report for one period, or a revision of it.
    ///
    /// # Errors
    /// As [`Press::due`]; a revision of what was never issued.
    pub fn by_hand(
        &self,
        ledger: &mut Ledger,
        written: &Written,
        period: &Period,
        revise: Option<&str>,
    ) -> Result<Run, Failure> {
        let now = self.installation.clock.now();
        activate(ledger, std::slice::from_ref(written), now)?;
        let stem = &written.definition.stem;
        let span = period.span(&written.definition.schedule.zone);
        if span.to > now {
            return Err(Failure::Error(format!(
                "{} is not over yet in {}: it can be issued from {} on; `preview` shows it now",
                period.label(),
                written.definition.schedule.zone.name(),
                crate::wording::plain::moment(span.to, &written.definition.schedule.zone)
            )));
        }
        let mut key =
            EditionKey { definition: stem.clone(), audience: String::new(), period: period.label(), revision: 0 };
        let standing = ledger.issued()?.remove(&(stem.clone(), String::new(), period.label()));
        let trigger = match (revise, standing.and_then(|standing| standing.issued)) {
            (None, Some(_)) => {
                return Err(Failure::Error(format!(
                    "{key} is already issued; `--revise --reason \"…\"` issues a revision that says what changed"
                )));
            }
            (None, None) => Trigger::ByHand,
            (Some(_), None) => {
                return Err(Failure::Error(format!("{key} was never issued, so there is nothing to revise")));
            }
            (Some(reason), Some(latest)) => {
                key.revision = latest + 1;
                Trigger::Revision(reason.to_owned())
            }
        };
        let due_at = schedule::for_period(&written.definition, period).map(|due| due.at);
        let asked = Asked { key, period: period.clone(), due_at, trigger, without: None };
        let mut run = Run::default();
        self.one(ledger, written, asked, &mut run)?;
        Ok(run)
    }

    /// Claims, makes and records one edition; what goes wrong with it is recorded and told to its owner.
    fn one(&self, ledger: &mut Ledger, written: &Written, asked: Asked, run: &mut Run) -> Result<(), Failure> {
        let now = self.installation.clock.now();
        let key = asked.key.clone();
        let request = ClaimRequest {
            key: &key,
            due_at: asked.due_at.unwrap_or(now),
            trigger: &asked.trigger,
            by: &self.installation.account,
            claimer: &claimer::this_process(),
            lease: LEASE,
            gone: &claimer::is_gone,
        };
        let claim = match ledger.claim(&request, now) {
            Ok(claim) => claim,
            Err(ClaimError::AlreadyIssued(_)) => return Ok(()),
            Err(ClaimError::ClaimedByOther { key, .. }) => {
                run.elsewhere.push(key);
                return Ok(());
            }
            Err(ClaimError::Ledger(error)) => return Err(error.into()),
            Err(other) => return Err(Failure::Error(other.to_string())),
        };
        let made = self.make(ledger, written, &asked, false).and_then(|made| {
            let folder = self.installation.edition_folder(&key);
            // Whoever lost the claim while computing must not touch the files of who has it now.
            ledger.extend(&claim, LEASE, self.installation.clock.now())?;
            place(&folder, &made.files)?;
            let carried = Carried {
                hinge: &made.hinge,
                context: &made.context,
                charts: &painted(&made.document, &self.kit, &made.hinge.facts.language)?,
                files: &made.files,
                digest: &made.digest,
            };
            let dispatches = messages(self.installation, ledger, written, &key, &self.kit, &carried)?;
            let record = EditionRecord {
                manifest_json: made.manifest.clone(),
                figures_digest: made.digest.clone(),
                log_head: format!("{} {}", made.hinge.figures.head.size, made.hinge.figures.head.root),
                owner: written.definition.owner.clone(),
                files: made.files.iter().map(|made| made.file.clone()).collect(),
                dispatches,
            };
            let recorded = ledger.record(&claim, &record, self.installation.clock.now())?;
            Ok(Issued {
                key: key.clone(),
                folder,
                files: record.files,
                messages: recorded.dispatches.len(),
                pages: made.pages,
                warnings: made.warnings,
            })
        });
        match made {
            Ok(issued) => run.issued.push(issued),
            Err(failure) => {
                let reason = failure.to_string();
                let now = self.installation.clock.now();
                let again = match &asked.trigger {
                    Trigger::Schedule | Trigger::Late => "quarterday issue".to_owned(),
                    Trigger::ByHand => format!("quarterday issue {} --period {}", key.definition, key.period),
                    Trigger::Revision(_) => {
                        format!("quarterday issue {} --period {} --revise --reason …", key.definition, key.period)
                    }
                };
                let remedy = format!("mend the reason, then run `{again}`;\nthe edition is then made and sent once.");
                let trouble = Trouble { what: "could not be issued", reason: &reason, remedy: &remedy };
                let told = notice(self.installation, &written.definition, &key, trouble, now)?;
                ledger.fail(&claim, &reason, Some(&told), now)?;
                run.failed.push((key, reason));
            }
        }
        Ok(())
    }

    /// Makes everything of an edition, and writes nothing.
    ///
    /// # Errors
    /// A section that cannot be computed, Problems in templates, a page that cannot be set: nobody gets half a report.
    pub fn make(&self, ledger: &Ledger, written: &Written, asked: &Asked, preview: bool) -> Result<Edition, Failure> {
        let definition = &written.definition;
        let (mut figures, evidence) =
            figures::figure_out(definition, &asked.period, self.log.as_ref(), &self.lens, &self.declared)
                .map_err(|error| Failure::Error(error.to_string()))?;
        let stem = file_stem(&asked.key);
        let mut files = Vec::new();
        for mut table in evidence {
            // A revision's file must not pass for the first one, in a folder where both are kept.
            if asked.key.revision > 0 {
                let plain = table.name.strip_suffix(".csv").unwrap_or(&table.name);
                table.name = format!("{plain}_r{}.csv", asked.key.revision);
            }
            let head: Vec<&str> = table.header.iter().map(String::as_str).collect();
            let text = crate::render::csv::csv(&head, table.rows.iter().map(Vec::as_slice));
            let made = Made::new(&table.name, CSV, text.into_bytes());
            for section in figures.sections.iter_mut().filter(|section| section.id == table.section) {
                if let Body::Events(events) = &mut section.body {
                    events.file.clone_from(&made.file.name);
                    events.file_sha256.clone_from(&made.file.sha256);
                }
            }
            files.push(made);
        }
        let before = self.installation.before(ledger, &asked.key)?;
        if let Some(revised) = before.as_ref().filter(|_| asked.key.revision > 0) {
            figures.restated = revised.hinge.as_ref().ok().map(|hinge| figures::restated(&hinge.figures, &figures));
        }
        let facts = facts(self, before.as_ref(), written, asked, &figures, preview)?;
        let hinge = Hinge { facts, figures };
        let bytes = hinge.bytes()?;
        let digest = sha256_hex(&bytes);
        // The PDF carries what it was made from.
        files.push(Made::new(FIGURES, "application/json", bytes));
        let published = publish(&hinge, &definition.template, &self.kit, &self.installation.rules, &files)?;
        files.insert(0, Made::new(&format!("{stem}.pdf"), "application/pdf", published.pdf));
        files.insert(1, Made::new(&format!("{stem}.html"), "text/html; charset=utf-8", published.html));
        if definition.recipients.iter().any(|recipient| recipient.formats.contains(&Format::Xlsx)) {
            let sheets = spreadsheet(&stem, &hinge, &self.kit, &self.installation.rules, &files)?;
            files.insert(files.len().saturating_sub(1), sheets);
        }
        files.push(Made::new("definition.yaml", "application/yaml", written.text.clone().into_bytes()));
        files.push(Made::new("kit.json", "application/json", self.kit.to_json()));
        let warnings: Vec<String> = published
            .missing_glyphs
            .iter()
            .map(|(glyph, text)| {
                format!("no font has {glyph:?} (U+{:04X}), in {text:?}: name one under `fonts:`", u32::from(*glyph))
            })
            .collect();
        let manifest = manifest(&hinge, &digest, &files, &warnings)?;
        files.push(Made::new("manifest.json", "application/json", manifest.clone().into_bytes()));
        if let Some(key) = &self.key {
            let signature = hex::encode(key.sign(manifest.as_bytes()));
            let line = format!("ed25519 {} {signature}\n", key.public().hex());
            files.push(Made::new("manifest.sig", "text/plain", line.into_bytes()));
        }
        let (context, document) = (published.context, published.document);
        Ok(Edition { hinge, context, document, digest, manifest, files, pages: published.pages, warnings })
    }

    pub(super) fn kit(&self) -> &Kit {
        &self.kit
    }

    pub(super) fn log(&self) -> &dyn AuditLog {
        self.log.as_ref()
    }

    pub(super) fn lens(&self) -> &crate::audit_log::Lens {
        &self.lens
    }

    pub(super) fn declared(&self) -> &BTreeMap<String, SourceDeclared> {
        &self.declared
    }

    pub(super) fn lens_digests(&self) -> &[(String, String)] {
        &self.lens_digests
    }

    pub(super) fn public_key(&self) -> String {
        self.key.as_ref().map_or_else(|| "not signed: a preview".to_owned(), |key| key.public().hex())
    }
}

/// An edition that is made, but not recorded.
pub struct Edition {
    /// Facts and figures.
    pub hinge: Hinge,
    /// What templates saw.
    pub context: crate::document::context::Context,
    /// The report before any format.
    pub document: crate::document::Document,
    /// SHA-256 of `figures.json`, hex.
    pub digest: String,
    /// The manifest that is signed.
    pub manifest: String,
    /// All files; PDF first, then HTML.
    pub files: Vec<Made>,
    /// Pages of the PDF.
    pub pages: usize,
    /// What somebody should know.
    pub warnings: Vec<String>,
}

/// `monthly-review_2026-11`, with audience and revision where there are some.
pub(super) fn file_stem(key: &EditionKey) -> String {
    let mut stem = format!("{}_{}", key.definition, key.period);
    if !key.audience.is_empty() {
        stem.push_str(&format!("_{}", key.audience.replace('/', "-")));
    }
    if key.revision > 0 {
        stem.push_str(&format!("_r{}", key.revision));
    }
    stem
}

fn manifest(hinge: &Hinge, digest: &str, files: &[Made], warnings: &[String]) -> Result<String, Failure> {
    let facts = &hinge.facts;
    let digests: BTreeMap<&String, &String> = facts.digests.iter().map(|(what, digest)| (what, digest)).collect();
    let manifest = json!({
        "quarterday_manifest": 1,
        "edition": facts.edition,
        "issued_at": facts.issued_at,
        "engine": facts.engine,
        "zone_rules": facts.zone_rules,
        "figures_sha256": digest,
        "log_head": { "size": hinge.figures.head.size, "root": hinge.figures.head.root },
        "digests": digests,
        "warnings": warnings,
        "files": files.iter().map(|made| &made.file).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&manifest).map_err(|error| Failure::Error(error.to_string()))
}

/// Definitions that are seen for the first time become active now; changed ones are recorded.
fn activate(ledger: &mut Ledger, definitions: &[Written], now: Millis) -> Result<(), Failure> {
    for written in definitions {
        let definition = &written.definition;
        let since = definition.schedule.since.map(|day| definition.schedule.zone.day_start(day));
        ledger.activate(&definition.stem, &definition.digest, since, now)?;
    }
    Ok(())
}
