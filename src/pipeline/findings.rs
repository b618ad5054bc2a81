//! Findings: what people do with them: report one, look one up, say what became of some. Their words are held against what can
//! be kept and read before anything is recorded.

use super::before::Before;
use super::facts::Asked;
use super::issue::Press;
use super::review::{one_line, words};
use super::told::Told;
use super::{Failure, Installation};
use crate::audit_log::StoredEvent;
use crate::calendar::Span;
use crate::definition::Definition;
use crate::figures::{Asking, Figures, read_register};
use crate::finding::{Change, Finding, FindingId, Raised, Register, Who};
use crate::ledger::Ledger;
use crate::seal::sha256_hex;
use chrono::NaiveDate;

impl Installation {
    /// The civil day that it is, in the installation's zone.
    pub fn today(&self) -> NaiveDate {
        self.config.timezone.civil(self.clock.now()).date()
    }

    /// Who acts: the account, and who they say they are.
    ///
    /// # Errors
    /// A name that is no line.
    pub fn who(&self, name: &str) -> Result<Who, Failure> {
        let name = if name.trim().is_empty() { String::new() } else { line("--by", name)? };
        Ok(Who { account: self.account.clone(), name })
    }

    /// The finding that a person means: by its number, whole or as much of it as tells it apart.
    ///
    /// # Errors
    /// None that is meant, or several.
    pub fn finding_named(&self, register: &Register, text: &str) -> Result<FindingId, Failure> {
        let text = text.trim();
        let whole = FindingId::parse(text).or_else(|| FindingId::parse(&format!("F-{text}")));
        if let Some(id) = whole.filter(|id| register.get(*id).is_some()) {
            return Ok(id);
        }
        let number: Option<u32> = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let meant: Vec<FindingId> =
            register.findings().map(|finding| finding.id).filter(|id| Some(id.number) == number).collect();
        match meant.as_slice() {
            [id] => Ok(*id),
            [] => {
                let last = register.findings().next_back().map(|finding| finding.id);
                let known = last.map_or_else(
                    || "none was raised yet".to_owned(),
                    |last| format!("the last is {last}; `quarterday finding list --all` lists them"),
                );
                Err(Failure::Asked(format!("there is no finding `{text}`; {known}")))
            }
            several => {
                let known: Vec<String> = several.iter().map(ToString::to_string).collect();
                Err(Failure::Asked(format!("`{text}` could be {}: write which", known.join(" or "))))
            }
        }
    }

    /// Records what somebody reports, as new.
    ///
    /// # Errors
    /// Words that cannot be kept; a ledger that cannot be written.
    pub fn report_finding(&self, ledger: &mut Ledger, told: &Told, by: &Who) -> Result<Finding, Failure> {
        let title = line("the title", &told.title)?;
        let say = words("the story", &told.story)?;
        let optional =
            |what: &str, text: &str| if text.trim().is_empty() { Ok(String::new()) } else { line(what, text) };
        let (module, record) = (optional("--module", &told.module)?, optional("--record", &told.record)?);
        let now = self.clock.now();
        let zone = &self.config.timezone;
        let day =
            |day: NaiveDate| Span { from: zone.day_start(day), to: zone.day_start(day.succ_opt().unwrap_or(day)) };
        let span = told.when.unwrap_or_else(|| day(self.today()));
        if span.from > now {
            return Err(Failure::Asked("what is reported lies in the future: look at --when, or `When:`".to_owned()));
        }
        // Two people may report the same: each is a finding, until a person says that they are one.
        let count = ledger.register(None)?.findings().count();
        let raised = Raised {
            key: sha256_hex(format!("quarterday report 1\n{count}\n{now}\n{title}").as_bytes()),
            rule: String::new(),
            rule_digest: String::new(),
            severity: told.severity,
            title,
            say,
            do_this: String::new(),
            group: String::new(),
            span,
            zone: zone.name().to_owned(),
            count: 0,
            line: None,
            total: 0,
            events: Vec::new(),
            edition: None,
            figure: None,
            module,
            record,
        };
        let id = ledger.raise(&[raised], by, now)?.first().map(|raising| raising.id());
        let register = ledger.register(None)?;
        let finding = id.and_then(|id| register.get(id).cloned());
        finding.ok_or_else(|| Failure::Error("the finding was not recorded".to_owned()))
    }

    /// Says what became of some findings, of all or of none. Gives them back as they stand then.
    ///
    /// # Errors
    /// Words that cannot be kept, days that are over, what may not be said of a finding as it stands.
    pub fn change_findings(
        &self,
        ledger: &mut Ledger,
        ids: &[FindingId],
        changes: Vec<Change>,
        by: &Who,
    ) -> Result<Vec<Finding>, Failure> {
        let changes: Vec<Change> = changes.into_iter().map(|change| self.kept(change)).collect::<Result<_, _>>()?;
        ledger.change_findings(ids, &changes, by, self.clock.now()).map_err(|error| match error {
            crate::ledger::LedgerError::Refused(why) => Failure::Asked(why),
            other => other.into(),
        })
    }

    /// A change whose words can be kept and whose days are not over.
    fn kept(&self, change: Change) -> Result<Change, Failure> {
        let ahead = |option: &str, day: NaiveDate| {
            let today = self.today();
            if day < today {
                return Err(Failure::Asked(format!("{option} {day} is over: today is {today}")));
            }
            Ok(day)
        };
        let optional =
            |what: &str, text: String| if text.trim().is_empty() { Ok(String::new()) } else { line(what, &text) };
        Ok(match change {
            Change::Assigned { owner } => Change::Assigned { owner: line("--owner", &owner)? },
            Change::Noted { text } => Change::Noted { text: some_words("a note", &text)? },
            Change::Due { on } => Change::Due { on: ahead("--due", on)? },
            Change::Ticket { link } => Change::Ticket { link: line("--ticket", &link)? },
            Change::Impact { text } => Change::Impact { text: some_words("--impact", &text)? },
            Change::Action { text, target, owner, due } => Change::Action {
                text: some_words("--action", &text)?,
                target: optional("--target", target)?,
                owner: optional("--owner", owner)?,
                due: due.map(|day| ahead("--due", day)).transpose()?,
            },
            Change::Done { action, effect } => Change::Done { action, effect: words("--effect", &effect)? },
            Change::Closed { reason } => Change::Closed { reason: some_words("--reason", &reason)? },
            Change::Reopened { reason } => Change::Reopened { reason: some_words("--reason", &reason)? },
            Change::Accepted { until, reason } => {
                Change::Accepted { until: ahead("--until", until)?, reason: some_words("--reason", &reason)? }
            }
            Change::Case { good, title } => Change::Case { good, title: optional("--title", title)? },
            Change::NoCase { reason } => Change::NoCase { reason: some_words("--reason", &reason)? },
            grown @ Change::Grown { .. } => grown,
        })
    }

    /// The events behind a finding that the log still has, in the order of their numbers as told.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn events_behind(&self, finding: &Finding) -> Result<Vec<StoredEvent>, Failure> {
        if finding.raised.events.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.log()?.events(&finding.raised.events)?)
    }
}

impl Press<'_> {
    /// Fills in what a definition shows of the register, as it stands now. What is new is reckoned from the entry as at which the
    /// edition before read it; of a revision, from the same as of what it revises.
    pub(super) fn read_register(
        &self,
        ledger: &Ledger,
        asked: &Asked,
        definition: &Definition,
        before: Option<&Before>,
        masked: bool,
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        let known =
            before.and_then(|before| before.hinge.as_ref().ok()).and_then(|hinge| hinge.figures.register.as_ref());
        let since = match asked.key.revision {
            0 => known.map(|read| read.entry).filter(|entry| *entry > 0),
            _ => known.and_then(|read| read.since),
        };
        let at = self.installation.clock.now();
        let asking = Asking { span: asked.period.span(&definition.schedule.zone), since, at, masked };
        read_register(figures, definition, &ledger.register(None)?, asking);
        Ok(())
    }
}

fn line(option: &str, text: &str) -> Result<String, Failure> {
    one_line(option, text, 200)
}

fn some_words(option: &str, text: &str) -> Result<String, Failure> {
    let text = words(option, text)?;
    if text.is_empty() {
        return Err(Failure::Asked(format!("{option} is empty: say it in words")));
    }
    Ok(text)
}
