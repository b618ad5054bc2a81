//! Findings and actions of a period: what the register says as at one entry of the ledger, cut to what an edition may show. Pure,
//! and kept in the figures: the edition is set again from them, and not from the register of that day.

use super::{Body, Figures};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::definition::{Definition, SectionKind, Showing};
use crate::finding::{Act, Finding, Register, State};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What an edition says of the register as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterRead {
    /// The ledger's entry as at which it was read; 0 in an edition for training.
    pub entry: i64,
    /// The entry as at which the edition before read it: what was raised since, of earlier times, is new here. `None`: there was
    /// no edition before that read it.
    pub since: Option<i64>,
    /// New ones: of this period, or told too late for the edition of their own.
    pub new: u64,
    /// Open ones, as at that entry.
    pub open: u64,
    /// Closed in the period.
    pub closed: u64,
    /// Open after their day.
    pub overdue: u64,
    /// Open ones of high, medium and low severity.
    pub open_by_severity: [u64; 3],
}

/// Findings on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingList {
    /// Which are shown: `new`, `open`, `closed`, `overdue`, `all`.
    pub show: String,
    /// Only so bad ones or worse; empty: all.
    pub least: String,
    /// At most `limit`, the worst first. None in an edition for training: they tell who and when.
    pub rows: Vec<FindingRow>,
    /// How many more there are.
    pub more: u64,
}

/// A finding on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// Its number.
    pub id: String,
    /// `high`, `medium`, `low`.
    pub severity: String,
    /// `new`, `in-review`, `resolved`, `accepted`.
    pub state: String,
    /// Accepted until this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Whether it is new in this period.
    pub new: bool,
    /// Whether it is open after its day.
    pub overdue: bool,
    /// What it is, in a few words.
    pub title: String,
    /// What was seen; may be empty.
    pub say: String,
    /// What to do; may be empty.
    pub do_this: String,
    /// What it does; may be empty.
    pub impact: String,
    /// Who sees to it; may be empty.
    pub owner: String,
    /// By when.
    pub due: Option<NaiveDate>,
    /// Where else it is followed up; may be empty.
    pub ticket: String,
    /// Why it is closed or accepted; may be empty.
    pub reason: String,
    /// Whole days since it was raised; of a closed one, until it was closed.
    pub age_days: i64,
}

/// Actions on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionList {
    /// At most `limit`: those that are overdue first, then by day.
    pub rows: Vec<ActionRow>,
    /// How many more there are.
    pub more: u64,
    /// Done ones among all of them.
    pub done: u64,
    /// Open ones among all of them.
    pub open: u64,
    /// Those of the open ones whose day is over.
    pub overdue: u64,
}

/// An action on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRow {
    /// The number of its finding.
    pub finding: String,
    /// What the finding is.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// What is to be so afterwards; may be empty.
    pub target: String,
    /// Who does it; may be empty.
    pub owner: String,
    /// By when.
    pub due: Option<NaiveDate>,
    /// Since which day it is done; `None`: it is not.
    pub done_on: Option<NaiveDate>,
    /// Whether it is open after its day.
    pub overdue: bool,
    /// What it effected; may be empty.
    pub effect: String,
}

/// How an edition asks the register.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// Its period, as it is: also where its figures tell a moved one.
    pub span: Span,
    /// See [`RegisterRead::since`].
    pub since: Option<i64>,
    /// The instant of issuing: what is overdue, and how old, is told as of then.
    pub at: Millis,
    /// It must not tell who and when: only numbers are told.
    pub masked: bool,
}

/// Fills in what a definition shows of the register.
pub fn read_register(figures: &mut Figures, definition: &Definition, register: &Register, asking: Asking) {
    let zone = &definition.schedule.zone;
    let Asking { span, since, at, masked } = asking;
    let view = View { zone, span, since, at, today: zone.civil(at).date() };
    let known: Vec<&Finding> = register.findings().filter(|finding| view.is_of(finding)).collect();
    let count = |fits: &dyn Fn(&Finding) -> bool| known.iter().filter(|finding| fits(finding)).count() as u64;
    let open_by_severity = crate::finding::Severity::ALL
        .map(|severity| count(&|finding| finding.is_open(view.today) && finding.severity() == severity));
    figures.register = Some(RegisterRead {
        // Under a mask nothing leads back to the ledger.
        entry: if masked { 0 } else { register.entry },
        since: since.filter(|_| !masked),
        new: count(&|finding| view.is_new(finding)),
        open: count(&|finding| finding.is_open(view.today)),
        closed: count(&|finding| view.is_closed(finding)),
        overdue: count(&|finding| finding.is_overdue(view.today)),
        open_by_severity,
    });
    for (section, asked) in figures.sections.iter_mut().zip(&definition.sections) {
        match &asked.kind {
            SectionKind::Findings { show, least, limit } => {
                let least_bad = |finding: &Finding| least.is_none_or(|least| finding.severity().at_least(least));
                let mut shown: Vec<&Finding> =
                    known.iter().copied().filter(|one| view.shows(*show, one) && least_bad(one)).collect();
                shown.sort_by_key(|one| (one.severity(), !one.is_overdue(view.today), one.id));
                let (rows, more) = if masked { (Vec::new(), 0) } else { cut(&shown, *limit, |one| view.row(one)) };
                let (show, least) = (show.name().to_owned(), least.map_or("", |least| least.name()).to_owned());
                section.body = Body::Findings(FindingList { show, least, rows, more });
            }
            SectionKind::Actions { limit } => {
                let acts = known.iter().flat_map(|finding| finding.actions.iter().map(move |act| (*finding, act)));
                let all: Vec<_> = acts.filter(|(_, act)| view.is_asked_for(act)).collect();
                let done = all.iter().filter(|(_, act)| act.done_at.is_some()).count() as u64;
                let overdue = all.iter().filter(|(_, act)| view.is_late(act)).count() as u64;
                let open = all.len() as u64 - done;
                let mut sorted = all;
                sorted.sort_by_key(|(finding, act)| {
                    (
                        act.done_at.is_some(),
                        !view.is_late(act),
                        act.due.unwrap_or(NaiveDate::MAX),
                        finding.id,
                        act.number,
                    )
                });
                let row = |(finding, act): &(&Finding, &Act)| view.act_row(finding, act);
                let (rows, more) = if masked { (Vec::new(), 0) } else { cut(&sorted, *limit, row) };
                section.body = Body::Actions(ActionList { rows, more, done, open, overdue });
            }
            _ => {}
        }
    }
}

/// The first `limit` as rows, and how many more there are.
fn cut<T, R>(all: &[T], limit: usize, row: impl Fn(&T) -> R) -> (Vec<R>, u64) {
    (all.iter().take(limit).map(row).collect(), all.len().saturating_sub(limit) as u64)
}

/// How an edition sees the register.
struct View<'a> {
    zone: &'a Zone,
    span: Span,
    since: Option<i64>,
    at: Millis,
    today: NaiveDate,
}

impl View<'_> {
    /// What came after the period is the next one's.
    fn is_of(&self, finding: &Finding) -> bool {
        finding.raised.span.from < self.span.to
    }

    fn is_new(&self, finding: &Finding) -> bool {
        let entry = finding.history.first().map_or(0, |said| said.entry);
        // The last instant that it is about; a span without an instant is that of its beginning.
        let last = finding.raised.span.to.saturating_sub(1).max(finding.raised.span.from);
        let late = self.since.is_some_and(|since| entry > since) && last < self.span.from;
        late || (last >= self.span.from && self.is_of(finding))
    }

    fn is_closed(&self, finding: &Finding) -> bool {
        finding.state == State::Resolved && finding.closed_at.is_some_and(|at| self.span.contains(at))
    }

    fn shows(&self, show: Showing, finding: &Finding) -> bool {
        match show {
            Showing::New => self.is_new(finding),
            Showing::Open => finding.is_open(self.today),
            Showing::Closed => self.is_closed(finding),
            Showing::Overdue => finding.is_overdue(self.today),
            Showing::All => self.is_new(finding) || finding.is_open(self.today) || self.is_closed(finding),
        }
    }

    fn row(&self, finding: &Finding) -> FindingRow {
        let raised = &finding.raised;
        let end = finding.closed_at.unwrap_or(self.at);
        FindingRow {
            id: finding.id.to_string(),
            severity: finding.severity().name().to_owned(),
            state: finding.state.name().to_owned(),
            until: match finding.state {
                State::Accepted { until } => Some(until),
                _ => None,
            },
            new: self.is_new(finding),
            overdue: finding.is_overdue(self.today),
            title: raised.title.clone(),
            say: raised.say.clone(),
            do_this: raised.do_this.clone(),
            impact: finding.impact.clone(),
            owner: finding.owner.clone(),
            due: finding.due,
            ticket: finding.ticket.clone(),
            reason: finding.reason.clone(),
            age_days: end.saturating_sub(finding.raised_at).max(0) / 86_400_000,
        }
    }

    /// Open ones come back until they are done, and once more when they are.
    fn is_asked_for(&self, act: &Act) -> bool {
        act.done_at.is_none_or(|at| at >= self.span.from)
    }

    fn is_late(&self, act: &Act) -> bool {
        act.done_at.is_none() && act.due.is_some_and(|due| due < self.today)
    }

    fn act_row(&self, finding: &Finding, act: &Act) -> ActionRow {
        ActionRow {
            finding: finding.id.to_string(),
            title: finding.raised.title.clone(),
            text: act.text.clone(),
            target: act.target.clone(),
            owner: if act.owner.is_empty() { finding.owner.clone() } else { act.owner.clone() },
            due: act.due,
            done_on: act.done_at.map(|at| self.zone.civil(at).date()),
            overdue: self.is_late(act),
            effect: act.effect.clone(),
        }
    }
}
