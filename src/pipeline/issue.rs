//! Issue: an edition from claim to outbox: figures, facts, files, manifest, messages, then one transaction in the ledger.

use super::activate::{activate, activations};
use super::audiences::{Parts, WHOLE, is_parts, meant};
use super::facts::{Asked, facts, holds};
use super::kit::Kit;
use super::making::{For, Maker, Ready, Reins, Run, claimed, make_one, work_off};
use super::messages::{Addressed, Carried, messages};
use super::painted::painted;
use super::publish::{CSV, FIGURES, Hinge, Made, publish};
use super::sending::withheld;
use super::spreadsheet::spreadsheet;
use super::training::{masked, worded};
use super::{Failure, Installation, Written};
use crate::audit_log::{AuditLog, Head, Lens, SourceCoverage};
use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::definition::{Definition, Format, PARTS, REST, Recipient, Schedule, TRAINING};
use crate::edition::{Due, EditionKey, Facts, FactsPart, Trigger};
use crate::figures::mask::Mask;
use crate::figures::reviews::Slot;
use crate::figures::{self, Body, SourceDeclared};
use crate::ledger::history::Status;
use crate::ledger::{Ledger, LedgerError};
use crate::schedule::{self, Looked};
use crate::seal::{SigningKey, sha256_hex};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Everything that issuing needs, opened once.
pub struct Press<'a> {
    /// The installation.
    pub installation: &'a Installation,
    log: Box<dyn AuditLog>,
    lens: Lens,
    lens_digests: Vec<(String, String)>,
    kit: Kit,
    /// `None` where the press is only looked at.
    key: Option<SigningKey>,
    declared: BTreeMap<String, SourceDeclared>,
}

/// What making an edition needs to know of its audience.
pub(super) struct View<'v> {
    /// The log as the audience may see it.
    pub(super) log: &'v dyn AuditLog,
    /// Who gets it.
    pub(super) recipients: Vec<Recipient>,
    /// Which part it is.
    pub(super) part: Option<FactsPart>,
    /// The part with the others.
    pub(super) parts: Option<(&'v Parts<'v>, usize)>,
    /// What hides who and when.
    pub(super) mask: Option<&'v Mask>,
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
        let agenda = self.agenda(ledger, definitions, now)?;
        work_off(self, ledger, definitions, agenda, &Reins::default(), progress)
    }

    /// What the schedules ask for now, as far as the ledger does not know it as done. Records nothing.
    ///
    /// # Errors
    /// A ledger or a log that cannot be read.
    fn agenda(&self, ledger: &Ledger, definitions: &[Written], now: Millis) -> Result<schedule::Agenda, Failure> {
        let coverage = self.log.coverage(crate::calendar::Span { from: 0, to: 1 }, Millis::MAX)?;
        let reaches = |source: &str, at| reaches(&coverage, &self.declared, source, at);
        asked_for(ledger, definitions, &reaches, &mut Looked::default(), now)
    }

    /// Issues one report for one period, or a revision of it: for all its audiences, or for one.
    ///
    /// # Errors
    /// As [`Press::due`]; a revision of what was never issued; an audience that the report does not have.
    pub fn by_hand(
        &self,
        ledger: &mut Ledger,
        written: &Written,
        period: &Period,
        audience: Option<&str>,
        revise: Option<&str>,
    ) -> Result<Run, Failure> {
        self.by_person(ledger, written, period, audience, revise, &Trigger::ByHand)
    }

    /// Issues the past periods of a report that lie within these days (both counted in) and are not issued yet, on purpose:
    /// whatever its catch-up says. `archive_only`: nobody is sent anything.
    ///
    /// # Errors
    /// As [`Press::due`]; days that hold no period of the report.
    pub fn backfill(
        &self,
        ledger: &mut Ledger,
        written: &Written,
        days: std::ops::RangeInclusive<chrono::NaiveDate>,
        archive_only: bool,
        progress: &mut dyn FnMut(&Period),
    ) -> Result<Run, Failure> {
        let definition = &written.definition;
        let now = self.installation.clock.now();
        let within = |period: &Period| {
            period.first >= *days.start()
                && period.end.pred_opt().is_none_or(|last| last <= *days.end())
                && period.span(&definition.schedule.zone).to <= now
        };
        let of_one = |schedule: &Schedule| -> Vec<Period> {
            let firings = schedule.cadence.firings_from(*days.start()).map(|firing| firing.period);
            firings.take_while(|period| period.first <= *days.end()).filter(within).collect()
        };
        let mut periods: Vec<Period> = definition.schedules().flat_map(of_one).collect();
        periods.sort_by_key(|period| (period.end, period.first));
        periods.dedup();
        if periods.is_empty() {
            return Err(Failure::Asked(format!(
                "no period of {} that is over lies from {} to {}",
                written.definition.stem,
                days.start(),
                days.end()
            )));
        }
        let trigger = if archive_only { Trigger::Archived } else { Trigger::Backfilled };
        let mut all = Run::default();
        for period in periods {
            progress(&period);
            let run = self.by_person(ledger, written, &period, None, None, &trigger)?;
            all.issued.extend(run.issued);
            all.failed.extend(run.failed);
            all.elsewhere.extend(run.elsewhere);
        }
        Ok(all)
    }

    fn by_person(
        &self,
        ledger: &mut Ledger,
        written: &Written,
        period: &Period,
        audience: Option<&str>,
        revise: Option<&str>,
        first: &Trigger,
    ) -> Result<Run, Failure> {
        let now = self.installation.clock.now();
        activate(ledger, std::slice::from_ref(written), now)?;
        let definition = &written.definition;
        let stem = &definition.stem;
        let span = period.span(&definition.schedule.zone);
        if span.to > now {
            return Err(Failure::Error(format!(
                "{} is not over yet in {}: it can be issued from {} on; `preview` shows it now",
                period.label(),
                definition.schedule.zone.name(),
                crate::wording::plain::moment(span.to, &definition.schedule.zone)
            )));
        }
        let whole =
            EditionKey { definition: stem.clone(), audience: String::new(), period: period.label(), revision: 0 };
        let wanted = self.audiences_meant(ledger, definition, &whole, period, audience)?;
        let issued = ledger.issued()?;
        let mut run = Run::default();
        let (mut already, mut todo) = (Vec::new(), Vec::new());
        for audience in &wanted {
            let mut key = EditionKey { audience: audience.clone(), ..whole.clone() };
            let standing = issued.get(&(stem.clone(), audience.clone(), period.label()));
            let trigger = match (revise, standing.and_then(|standing| standing.issued)) {
                (None, Some(_)) => {
                    already.push(key);
                    continue;
                }
                (None, None) => first.clone(),
                (Some(_), None) => {
                    return Err(Failure::Error(format!("{key} was never issued, so there is nothing to revise")));
                }
                (Some(reason), Some(latest)) => {
                    key.revision = latest + 1;
                    Trigger::Revision(reason.to_owned())
                }
            };
            let due_at = schedule::for_period(definition, period).map(|due| due.at);
            todo.push(Asked { key, period: period.clone(), due_at, trigger, without: None });
        }
        // Who asks for many periods asks for those that are missing.
        let one = *first == Trigger::ByHand;
        if let (Some(key), true) = (already.first(), todo.is_empty() && one) {
            return Err(Failure::Error(format!(
                "{key} is already issued; `--revise --reason \"…\"` issues a revision that says what changed"
            )));
        }
        for asked in todo {
            let audience = asked.key.audience.clone();
            if audience.is_empty() || audience == TRAINING {
                make_one(self, ledger, written, asked, &For::Whole, &mut run)?;
            } else {
                self.each(ledger, written, &asked, Some(&audience), &mut run, &mut |_, _| {})?;
            }
        }
        Ok(run)
    }

    /// The audiences that a person means: all of the report's, or the one that is named. Parts are recorded here.
    fn audiences_meant(
        &self,
        ledger: &mut Ledger,
        definition: &Definition,
        whole: &EditionKey,
        period: &Period,
        named: Option<&str>,
    ) -> Result<Vec<String>, Failure> {
        let has = definition.audiences();
        let divided = match (&definition.division, ledger.division(&whole.definition, &whole.period)?) {
            (Some(_), Some(divided)) => Some(divided),
            (Some(division), None) => {
                let found = self.divide(definition, division, period)?;
                Some(ledger.divide(whole, found, self.installation.clock.now())?)
            }
            (None, _) => None,
        };
        let Some(named) = named else {
            let parts =
                |divided: &crate::ledger::Divided| divided.parts.iter().map(|(a, _)| a.clone()).collect::<Vec<_>>();
            return Ok(has
                .into_iter()
                .flat_map(|audience| match &divided {
                    Some(divided) if audience == PARTS => parts(divided),
                    _ => vec![audience.to_owned()],
                })
                .collect());
        };
        audience_named(&has, divided.as_ref(), &whole.definition, named).map(|audience| vec![audience])
    }

    /// Makes an edition to be looked at: of one audience, or of the first that the report has. Nothing is recorded.
    ///
    /// # Errors
    /// As [`Press::make`]; an audience that the report does not have.
    pub fn preview(
        &self,
        ledger: &Ledger,
        written: &Written,
        period: &Period,
        audience: Option<&str>,
    ) -> Result<(EditionKey, Edition), Failure> {
        let definition = &written.definition;
        let has = definition.audiences();
        let divided = match (&definition.division, ledger.division(&definition.stem, &period.label())?) {
            (Some(_), Some(divided)) => Some(divided),
            (Some(division), None) => Some(self.divide(definition, division, period)?),
            (None, _) => None,
        };
        let first = divided.as_ref().and_then(|divided| divided.parts.first()).map(|(audience, _)| audience.clone());
        let audience = match (audience, has.first()) {
            (Some(named), _) => audience_named(&has, divided.as_ref(), &definition.stem, named)?,
            (None, Some(&PARTS)) => first.unwrap_or_else(|| REST.to_owned()),
            (None, first) => first.copied().unwrap_or_default().to_owned(),
        };
        let key = EditionKey { definition: definition.stem.clone(), audience, period: period.label(), revision: 0 };
        let due_at = schedule::for_period(definition, period).map(|due| due.at);
        let asked = Asked { key: key.clone(), period: period.clone(), due_at, trigger: Trigger::ByHand, without: None };
        let parts = match (&definition.division, &divided) {
            (Some(division), Some(divided)) if !key.audience.is_empty() && key.audience != TRAINING => {
                Some(self.parts(definition, division, divided, Some(&key.audience))?)
            }
            _ => None,
        };
        let at = parts.as_ref().and_then(|parts| parts.names.iter().position(|(one, _)| *one == key.audience));
        let for_whom = match (&parts, at) {
            (Some(parts), Some(at)) => For::Part(parts, at),
            _ => For::Whole,
        };
        let edition = self.make(ledger, written, &asked, &for_whom, true)?;
        Ok((key, edition))
    }

    /// Makes everything of an edition, and writes nothing.
    ///
    /// # Errors
    /// A section that cannot be computed, Problems in templates, a page that cannot be set: nobody gets half a report.
    pub fn make(
        &self,
        ledger: &Ledger,
        written: &Written,
        asked: &Asked,
        for_whom: &For<'_>,
        preview: bool,
    ) -> Result<Edition, Failure> {
        match for_whom {
            For::Whole if asked.key.audience == TRAINING => {
                let mask = self.mask(&written.definition, &asked.period)?;
                let recipients = self.resolved(&written.definition, &written.definition.training)?;
                let view = View { log: self.log.as_ref(), recipients, part: None, parts: None, mask: Some(&mask) };
                self.make_of(ledger, written, asked, &view, preview)
            }
            For::Whole => {
                let recipients = self.resolved(&written.definition, &written.definition.recipients)?;
                let view = View { log: self.log.as_ref(), recipients, part: None, parts: None, mask: None };
                self.make_of(ledger, written, asked, &view, preview)
            }
            For::Part(parts, at) => {
                let Some(division) = &written.definition.division else {
                    return Err(Failure::Error(format!("{} is not divided", written.definition.stem)));
                };
                let name = parts.names.get(*at).map(|(_, name)| name.as_str()).unwrap_or_default();
                let readers = self.readers(written, division, parts, name, &asked.period)?;
                let part = Some(parts.facts(division, *at, readers.resolved));
                let log = parts.divided.part(*at);
                let recipients = readers.recipients;
                let view = View { log: &log, recipients, part, parts: Some((parts, *at)), mask: None };
                self.make_of(ledger, written, asked, &view, preview)
            }
        }
    }

    fn make_of(
        &self,
        ledger: &Ledger,
        written: &Written,
        asked: &Asked,
        view: &View<'_>,
        preview: bool,
    ) -> Result<Edition, Failure> {
        let definition = &written.definition;
        let archived = View { recipients: Vec::new(), part: view.part.clone(), ..*view };
        let view = if asked.trigger == Trigger::Archived { &archived } else { view };
        let (period, declared) = (&asked.period, &self.declared);
        let found = match view.mask {
            Some(mask) => figures::figure_out_masked(definition, period, view.log, &self.lens, declared, mask),
            None => figures::figure_out(definition, period, view.log, &self.lens, declared),
        };
        let (mut figures, evidence) = found.map_err(|error| Failure::Error(error.to_string()))?;
        // Who reviewed what is told in the edition of the whole alone.
        if view.mask.is_none() && view.part.is_none() {
            self.fill_reviews(ledger, &asked.key, period, &mut figures)?;
        }
        let stem = file_stem(&asked.key);
        let mut files = Vec::new();
        for mut table in evidence {
            table.name = evidence_name(&table, &asked.key);
            if view.mask.is_some() {
                worded(&mut table, self.kit.words(definition.language.as_deref().unwrap_or_default())?);
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
        if definition.asks_register() {
            self.read_register(ledger, asked, definition, before.as_ref(), view.mask.is_some(), &mut figures)?;
        }
        let told = view.mask.map(|mask| Press::told(mask, written));
        let facts = facts(self, before.as_ref(), told.as_ref().unwrap_or(written), asked, &figures, view, preview)?;
        // The manifest tells how it was made in truth, also where the edition must not.
        let (true_facts, head) = (facts.clone(), self.log.head()?);
        let facts = view.mask.map_or_else(|| facts.clone(), |mask| masked(facts.clone(), mask));
        let hinge = Hinge { facts, figures };
        let bytes = hinge.bytes()?;
        let digest = sha256_hex(&bytes);
        // The PDF carries what it was made from.
        files.push(Made::new(FIGURES, "application/json", bytes));
        let published = publish(&hinge, &definition.template, &self.kit, &self.installation.rules, &files)?;
        files.insert(0, Made::new(&format!("{stem}.pdf"), "application/pdf", published.pdf));
        files.insert(1, Made::new(&format!("{stem}.html"), "text/html; charset=utf-8", published.html));
        if view.recipients.iter().any(|recipient| recipient.formats.contains(&Format::Xlsx)) {
            let sheets = spreadsheet(&stem, &hinge, &self.kit, &self.installation.rules, &files)?;
            files.insert(files.len().saturating_sub(1), sheets);
        }
        // Where they would tell who and when, the definition and what proves the edition stay in the installation.
        let mut kept = Vec::new();
        let apart = view.mask.is_some();
        let meant = Made::new("definition.yaml", "application/yaml", written.text.clone().into_bytes());
        if apart {
            kept.push(meant)
        } else {
            files.push(meant)
        }
        files.push(Made::new("kit.json", "application/json", self.kit.to_json()));
        let warnings: Vec<String> = published
            .missing_glyphs
            .iter()
            .map(|(glyph, text)| {
                format!("no font has {glyph:?} (U+{:04X}), in {text:?}: name one under `fonts:`", u32::from(*glyph))
            })
            .collect();
        let manifest = manifest(&true_facts, &head, &digest, files.iter().chain(&kept), &warnings)?;
        let mut proof = vec![Made::new("manifest.json", "application/json", manifest.clone().into_bytes())];
        if let Some(key) = &self.key {
            let signature = hex::encode(key.sign(manifest.as_bytes()));
            let line = format!("ed25519 {} {signature}\n", key.public().hex());
            proof.push(Made::new("manifest.sig", "text/plain", line.into_bytes()));
        }
        if apart {
            kept.extend(proof)
        } else {
            files.extend(proof)
        }
        Ok(Edition {
            hinge,
            context: published.context,
            document: published.document,
            digest,
            manifest,
            files,
            kept,
            head,
            issued_at: true_facts.issued_at,
            pages: published.pages,
            warnings,
            recipients: view.recipients.clone(),
        })
    }

    /// What was due, issued and reviewed in the days of a period, for the sections that show it. It stands in the figures as it is
    /// now, with the ledger's entry, so that the edition can be set again without the ledger.
    fn fill_reviews(
        &self,
        ledger: &Ledger,
        own: &EditionKey,
        period: &Period,
        figures: &mut figures::Figures,
    ) -> Result<(), Failure> {
        let bodies = figures.sections.iter_mut().map(|section| &mut section.body);
        let mut shown = bodies.filter(|body| matches!(body, Body::Reviews(_))).peekable();
        if shown.peek().is_none() {
            return Ok(());
        }
        let (written, _) = self.installation.definitions_and_problems()?;
        let definitions: Vec<&Definition> = written.iter().map(|one| &one.definition).collect();
        let days = period.first..=period.end.pred_opt().unwrap_or(period.first);
        let mut kept = self.installation.kept_in(ledger, &definitions, &days, self.installation.clock.now())?;
        // The edition that is being made is not there yet, and is not missing.
        let is_own = |slot: &Slot| slot.period == *period && slot.audience == own.audience && slot.edition.is_none();
        for report in kept.reports.iter_mut().filter(|report| report.definition == own.definition) {
            report.slots.retain(|slot| !is_own(slot));
        }
        kept.reports.retain(|report| !report.slots.is_empty());
        for body in shown {
            *body = Body::Reviews(kept.clone());
        }
        Ok(())
    }

    /// Nothing is made from an empty log where there was one: it would say that nothing happened.
    fn is_the_log_there(&self, ledger: &Ledger) -> Result<(), Failure> {
        let Some((edition, head)) = ledger.newest_log_head()? else { return Ok(()) };
        if head.starts_with("0 ") || self.log.head()?.size > 0 {
            return Ok(());
        }
        let file = self.installation.shown(&self.installation.folders.log);
        Err(Failure::Error(format!(
            "the log ({file}) is gone or empty, and {edition} was made from it: put it back from a backup, or import its files again"
        )))
    }

    pub(super) fn kit(&self) -> &Kit {
        &self.kit
    }

    pub(super) fn log(&self) -> &dyn AuditLog {
        self.log.as_ref()
    }

    pub(super) fn lens(&self) -> &Lens {
        &self.lens
    }

    pub(super) fn declared(&self) -> &BTreeMap<String, SourceDeclared> {
        &self.declared
    }

    pub(super) fn lens_digests(&self) -> &[(String, String)] {
        &self.lens_digests
    }

    /// Empty where nothing is signed: a preview.
    pub(super) fn public_key(&self) -> String {
        self.key.as_ref().map(|key| key.public().hex()).unwrap_or_default()
    }
}

impl Maker for Press<'_> {
    fn installation(&self) -> &Installation {
        self.installation
    }

    fn ready(&self, ledger: &Ledger, written: &Written, asked: &Asked, for_whom: &For<'_>) -> Result<Ready, Failure> {
        let key = &asked.key;
        self.is_the_log_there(ledger)?;
        let made = self.make(ledger, written, asked, for_whom, false)?;
        // Pictures are for mails alone, and cost more than the pages: none is painted that nobody gets.
        let gets = |to: &Recipient| to.when.as_ref().is_none_or(|when| holds(&made.hinge.figures, when));
        let withheld = withheld(&written.definition.send, &made.hinge.figures);
        let charts = if withheld.is_none() && made.recipients.iter().any(gets) {
            painted(&made.document, &self.kit, &made.hinge.facts.language)?
        } else {
            Vec::new()
        };
        let carried = Carried {
            hinge: &made.hinge,
            context: &made.context,
            charts: &charts,
            files: &made.files,
            digest: &made.digest,
            recipients: &made.recipients,
            withheld: withheld.as_ref(),
            issued_at: made.issued_at,
        };
        let Addressed { dispatches, unsent } = messages(self.installation, ledger, written, key, &self.kit, &carried)?;
        Ok(Ready {
            manifest: made.manifest,
            digest: made.digest,
            head: made.head,
            files: made.files,
            kept: made.kept,
            dispatches,
            unsent,
            review_until: made.hinge.facts.review.as_ref().map(|review| review.until),
            pages: made.pages,
            warnings: made.warnings,
        })
    }

    fn each(
        &self,
        ledger: &mut Ledger,
        written: &Written,
        asked: &Asked,
        only: Option<&str>,
        run: &mut Run,
        progress: &mut dyn FnMut(&EditionKey, usize),
    ) -> Result<(), Failure> {
        let definition = &written.definition;
        let Some(division) = &definition.division else { return Ok(()) };
        let whole = EditionKey { audience: String::new(), ..asked.key.clone() };
        let divided = match ledger.division(&whole.definition, &whole.period)? {
            Some(divided) => Ok(divided),
            None => match self.divide(definition, division, &asked.period) {
                Ok(found) => Ok(ledger.divide(&whole, found, self.installation.clock.now())?),
                Err(failure) => Err(failure),
            },
        };
        let parts =
            divided.and_then(|divided| self.parts(definition, division, &divided, only).map(|parts| (divided, parts)));
        let (divided, parts) = match parts {
            Ok(found) => found,
            // Nobody knows the parts; what went wrong is told as of the edition that is the owner's.
            Err(failure) => {
                let key = EditionKey { audience: REST.to_owned(), ..asked.key.clone() };
                let asked = Asked { key, ..asked.clone() };
                return claimed(self, ledger, written, asked, run, |_, _| Err(failure));
            }
        };
        let wanted = |audience: &str| match only {
            Some(only) => audience == only,
            None => divided.parts.iter().any(|(one, _)| one == audience),
        };
        let issued = ledger.issued()?;
        let open = |audience: &str| {
            let standing = issued.get(&(whole.definition.clone(), audience.to_owned(), whole.period.clone()));
            only.is_some()
                || !standing.is_some_and(|standing| matches!(standing.status, Status::Issued | Status::Missed))
        };
        let todo: Vec<usize> = (0..parts.names.len())
            .filter(|at| parts.names.get(*at).is_some_and(|(audience, _)| wanted(audience) && open(audience)))
            .collect();
        for (done, at) in todo.iter().enumerate() {
            let Some((audience, _)) = parts.names.get(*at) else { continue };
            let key = EditionKey { audience: audience.clone(), ..asked.key.clone() };
            progress(&key, todo.len() - done);
            make_one(self, ledger, written, Asked { key, ..asked.clone() }, &For::Part(&parts, *at), run)?;
        }
        Ok(())
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
    /// What belongs to it but is kept apart, because it tells more than the edition may.
    pub kept: Vec<Made>,
    /// Head of the log that it was made from.
    pub head: Head,
    /// When it is issued, in truth.
    pub issued_at: Millis,
    /// Pages of the PDF.
    pub pages: usize,
    /// What somebody should know.
    pub warnings: Vec<String>,
    /// Who gets it, if their condition holds.
    pub recipients: Vec<Recipient>,
}

/// The command that makes an edition.
pub fn by_hand(key: &EditionKey) -> String {
    let audience = match key.audience.as_str() {
        "" | PARTS => String::new(),
        audience => format!(" --audience {audience}"),
    };
    format!("quarterday issue {} --period {}{audience}", key.definition, key.period)
}

/// The audience of a report that a person means by a name.
///
/// # Errors
/// It has none of that name; the words name those that it has.
pub fn audience_named(
    has: &[&str],
    divided: Option<&crate::ledger::Divided>,
    report: &str,
    named: &str,
) -> Result<String, Failure> {
    let bare = named.strip_prefix('@').unwrap_or(named);
    if bare == WHOLE && has.contains(&"") {
        return Ok(String::new());
    }
    if bare == TRAINING && has.contains(&TRAINING) {
        return Ok(TRAINING.to_owned());
    }
    if let Some((audience, _)) = divided.and_then(|divided| meant(divided, named)) {
        return Ok(audience);
    }
    let parts = divided.into_iter().flat_map(|divided| &divided.parts).map(|(audience, _)| audience.as_str());
    let others = has.iter().filter(|one| **one != PARTS).map(|one| if one.is_empty() { WHOLE } else { one });
    let known: Vec<&str> = others.chain(parts).collect();
    Err(Failure::Asked(format!("{report} has no audience `{named}`; it has: {}", known.join(", "))))
}

/// `monthly-review_2026-11`, with audience and revision where there are some.
pub(super) fn file_stem(key: &EditionKey) -> String {
    let mut stem = key.definition.clone();
    if key.audience != TRAINING {
        stem.push_str(&format!("_{}", key.period));
    }
    if !key.audience.is_empty() {
        stem.push_str(&format!("_{}", key.audience.replace('/', "-")));
    }
    if key.revision > 0 {
        stem.push_str(&format!("_r{}", key.revision));
    }
    stem
}

/// The name of an evidence file. A part's or a revision's must not pass for another one, in a folder where all are kept.
fn evidence_name(table: &figures::EvidenceFile, key: &EditionKey) -> String {
    let mut plain = table.name.strip_suffix(".csv").unwrap_or(&table.name).to_owned();
    // That of an edition for training says so already, in the place of the period.
    if !key.audience.is_empty() && key.audience != TRAINING {
        plain.push_str(&format!("_{}", key.audience));
    }
    if key.revision > 0 {
        plain.push_str(&format!("_r{}", key.revision));
    }
    format!("{plain}.csv")
}

fn manifest<'m>(
    facts: &Facts,
    head: &Head,
    digest: &str,
    files: impl Iterator<Item = &'m Made>,
    warnings: &[String],
) -> Result<String, Failure> {
    let digests: BTreeMap<&String, &String> = facts.digests.iter().map(|(what, digest)| (what, digest)).collect();
    let manifest = json!({
        "quarterday_manifest": 1,
        "edition": facts.edition,
        "issued_at": facts.issued_at,
        "engine": facts.engine,
        "zone_rules": facts.zone_rules,
        "figures_sha256": digest,
        "log_head": { "size": head.size, "root": head.root },
        "digests": digests,
        "warnings": warnings,
        "files": files.map(|made| &made.file).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&manifest).map_err(|error| Failure::Error(error.to_string()))
}

impl Installation {
    /// What schedules ask for now, without a press. Nothing is recorded.
    ///
    /// # Errors
    /// A log or ledger that cannot be read.
    pub fn agenda(&self, ledger: &Ledger, definitions: &[Written]) -> Result<schedule::Agenda, Failure> {
        self.agenda_again(ledger, definitions, &mut Looked::default())
    }

    /// As [`Installation::agenda`], for somebody who asks again and again: cheap, however many years the ledger holds.
    ///
    /// # Errors
    /// As [`Installation::agenda`].
    pub fn agenda_again(
        &self,
        ledger: &Ledger,
        definitions: &[Written],
        looked: &mut Looked,
    ) -> Result<schedule::Agenda, Failure> {
        let now = self.clock.now();
        // The log need not be opened where nobody waits for what comes into it.
        let waits = |written: &Written| written.definition.schedules().any(|schedule| schedule.wait_for.is_some());
        if !definitions.iter().any(waits) {
            return asked_for(ledger, definitions, &|_, _| true, looked, now);
        }
        let log = self.log_or_empty()?;
        let declared = self.declared(&log.batches()?);
        let coverage = log.coverage(crate::calendar::Span { from: 0, to: 1 }, Millis::MAX)?;
        asked_for(ledger, definitions, &|source, at| reaches(&coverage, &declared, source, at), looked, now)
    }
}

/// What schedules ask for, as the ledger stands.
fn asked_for(
    ledger: &Ledger,
    definitions: &[Written],
    reaches: &dyn Fn(&str, Millis) -> bool,
    looked: &mut Looked,
    now: Millis,
) -> Result<schedule::Agenda, Failure> {
    let _moment = ledger.as_at_one_moment()?;
    let activations = activations(ledger)?;
    // Who looks for the first time asks about every edition that there can be; later about the newest alone.
    let all = if looked.is_empty() { Some(ledger.issued()?) } else { None };
    for stem in ledger.unfinished()? {
        looked.forget(&stem);
    }
    let failed = RefCell::new(None);
    let failed_with = |error: LedgerError| {
        failed.borrow_mut().get_or_insert(error);
    };
    let status = |key: &EditionKey, audience: &str| match &all {
        Some(all) => {
            all.get(&(key.definition.clone(), audience.to_owned(), key.period.clone())).map(|standing| standing.status)
        }
        None => ledger.status(&key.definition, audience, &key.period).map_err(failed_with).unwrap_or_default(),
    };
    let of = |key: &EditionKey, audience: &str| matches!(status(key, audience), Some(Status::Issued | Status::Missed));
    let is_divided = |key: &EditionKey, parts: &dyn Fn(&str) -> bool| {
        let divided = ledger.division(&key.definition, &key.period).map_err(failed_with).unwrap_or_default();
        divided.is_some_and(|divided| divided.parts.iter().all(|(audience, _)| parts(audience)))
    };
    let settled = |key: &EditionKey| {
        let divided = is_parts(&key.audience) && is_divided(key, &|audience| of(key, audience));
        divided || of(key, &key.audience)
    };
    let known = schedule::Known { activations: &activations, settled: &settled, reaches };
    let meant = definitions.iter().map(|written| &written.definition);
    let mut agenda = schedule::agenda_again(meant, &known, looked, now);
    // Of what somebody began to make the owner was told that it comes when its fault is mended: it is never too old.
    let begun = |key: &EditionKey| {
        matches!(status(key, &key.audience), Some(Status::Claimed | Status::Failed))
            || (is_parts(&key.audience) && is_divided(key, &|_| true))
    };
    let (begun, missed): (Vec<Due>, Vec<Due>) = agenda.missed.into_iter().partition(|due| begun(&due.key));
    if let Some(error) = failed.into_inner() {
        // What was seen of it is not what is there.
        *looked = Looked::default();
        return Err(error.into());
    }
    agenda.missed = missed;
    agenda.due.extend(begun);
    agenda.due.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    Ok(agenda)
}

/// Whether what came in of a source reaches an instant.
fn reaches(coverage: &[SourceCoverage], declared: &BTreeMap<String, SourceDeclared>, source: &str, at: Millis) -> bool {
    let collected = declared.get(source).and_then(|declared| declared.reaches);
    coverage.iter().filter(|known| known.source.name == source).any(|known| {
        let looked_to = collected.or(known.imported_at);
        known.last.is_some_and(|last| last >= at) || looked_to.is_some_and(|then| then >= at)
    })
}
