//! `demo`: the tour: a realistic year, imported, reported and mailed into a folder.

use super::{Context, Done, import, progress, say};
use crate::calendar::period::Period;
use crate::clock::Clock;
use crate::pipeline::import::Told;
use crate::pipeline::issue::Press;
use crate::pipeline::{Failure, Installation, outbox, starter};
use crate::wording::plain::{number, plural};
use std::path::{Path, PathBuf};

/// The editions that the tour issues: report, unit of its label, how many.
const EDITIONS: [(&str, usize); 3] =
    [("daily-security-watch", 7), ("weekly-activity-review", 5), ("monthly-management-review", 3)];

#[derive(clap::Args)]
pub(super) struct Demo {
    /// Where to make it; must be empty or not there
    #[arg(default_value = "quarterday-demo")]
    dir: PathBuf,
}

impl Demo {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let dir = &self.dir;
        let mut step = progress::bar(0, "living through a year");
        let year = crate::demo::generate(&mut |done, total| {
            step.set_length(total);
            step.set_position(done);
        });
        step.finish_and_clear();
        starter::demo(dir, &year)?;
        let installation = demo_installation(dir, year.now)?;
        let mut log = installation.log_to_add()?;
        for (file, mapping, filters) in [
            ("exports/zoho-crm-audit-log.csv", "zoho-crm", "audited time from 2025-11-01 to 2026-12-01"),
            ("exports/zoho-login-history.csv", "zoho-logins", "all users, from 2025-11-01 to 2026-12-01"),
        ] {
            let told = Told {
                mapping: mapping.to_owned(),
                inside: None,
                otherwise: Vec::new(),
                source: None,
                exported_by: Some("malte.brueckenau@haldenvoss.example".to_owned()),
                filters: Some(filters.to_owned()),
                expected_rows: None,
            };
            let bar = progress::rows(file);
            let brought = installation.import(&mut log, &dir.join(file), &told, &mut |done, total| {
                bar.show(done.bytes, total, done.rows);
            });
            drop(bar);
            let brought = brought?;
            if !context.json {
                import::tell_all(&brought);
            }
        }
        drop(log);
        let mut ledger = installation.ledger()?;
        // The rules look back over the year once, on purpose; from here on they look by themselves.
        let (rules, _) = installation.rules_and_problems()?;
        let all: Vec<&crate::definition::watch::Rule> = rules.iter().collect();
        let watching = installation.watch_past(&mut ledger, &all, year.span())?;
        let definitions = installation.definitions()?;
        installation.watch_new(&mut ledger, &definitions)?;
        let press = Press::open(&installation)?;
        step = progress::bar(EDITIONS.iter().map(|(_, count)| *count as u64).sum(), "issuing");
        let (mut editions, mut pages, mut failed) = (0, 0, Vec::new());
        for (stem, count) in EDITIONS {
            let Some(written) = definitions.iter().find(|written| written.definition.stem == stem) else { continue };
            for period in last_closed(&installation, written, count) {
                let run = press.by_hand(&mut ledger, written, &period, None, None)?;
                editions += run.issued.len();
                pages += run.issued.iter().map(|issued| issued.pages).sum::<usize>();
                failed.extend(run.failed);
                step.inc(1);
            }
        }
        step.finish_and_clear();
        let delivered = outbox::deliver(&installation, &mut ledger)?;
        for (key, reason) in &failed {
            say::aside(format!("{key}: could not be issued: {reason}"));
        }
        let folder = |rest: &str| dir.join(rest).display().to_string();
        say::line(format!(
            "{} issued with {}, {} delivered into {}.",
            plural(editions as i64, "edition", "editions"),
            plural(pages as i64, "page", "pages"),
            plural(delivered.sent.len() as i64, "mail", "mails"),
            folder("mail")
        ));
        say::line(format!(
            "{} raised by {} that watched the year.",
            plural(watching.new.len() as i64, "finding", "findings"),
            plural(rules.len() as i64, "rule", "rules")
        ));
        say::line("");
        say::line("Where to look first:");
        for (stem, name, words) in [
            ("monthly-management-review", "2026-11", "what happened in November, and what is to be decided"),
            ("weekly-activity-review", "2026-W48", "a week in which somebody left"),
            ("daily-security-watch", "2026-11-30", "a night, and who got in"),
        ] {
            say::line(format!("  {}", folder(&format!("var/editions/{stem}/{name}/{stem}_{name}.pdf"))));
            say::line(format!("      {words}; beside it the same as HTML, the evidence as CSV, and figures.json"));
        }
        let home = shell(dir);
        say::line("Then:");
        say::line(format!("  quarterday --home {home} explain daily-security-watch/2026-11-30 F1"));
        say::line(format!("  quarterday --home {home} finding list"));
        say::line(format!("  quarterday --home {home} history"));
        say::line(format!("  quarterday --home {home} verify"));
        let log = installation.log()?;
        let head = crate::audit_log::AuditLog::head(&log)?;
        say::line(format!("Head of the log: {} batch records, {}", number(head.size as i64), head.root));
        Ok(if failed.is_empty() && delivered.later.is_empty() && delivered.stopped.is_empty() {
            Done::Yes
        } else {
            Done::No
        })
    }
}

/// The demonstration's installation: its clock stands still, and everything is the same on every machine.
fn demo_installation(dir: &Path, now: crate::calendar::Millis) -> Result<Installation, Failure> {
    let mut installation = Installation::open(dir, Some(now))?;
    installation.clock = Clock::Fixed(now);
    installation.account = "demo".to_owned();
    Ok(installation)
}

/// The last closed periods of a definition, oldest first.
fn last_closed(installation: &Installation, written: &crate::pipeline::Written, count: usize) -> Vec<Period> {
    let Ok(last) = super::preview::period(installation, written, None) else { return Vec::new() };
    let mut periods = vec![last];
    while periods.len() < count {
        let Some(before) = periods.last().map(Period::before) else { break };
        periods.push(before);
    }
    periods.reverse();
    periods
}

/// A path as a shell takes it.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
