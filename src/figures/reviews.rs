//! Reviews: what of each report was due, issued and reviewed, as a plain value; how late, and what is missing. Pure.

use crate::calendar::Millis;
use crate::calendar::period::Period;
use serde::{Deserialize, Serialize};

/// The editions of the installation's reports whose periods end in some days, as at an entry of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The newest entry of the ledger that is seen.
    pub entry: i64,
    /// As at when: what is due later is not missing yet.
    pub at: Millis,
    /// Report by report, in order of name.
    pub reports: Vec<KeptReport>,
}

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptReport {
    /// File stem of its definition.
    pub definition: String,
    /// Its title; empty: the definition is gone.
    pub title: String,
    /// Name of its zone.
    pub zone: String,
    /// What was due, by the end of its period.
    pub slots: Vec<Slot>,
}

/// One edition that was to come: its revisions are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// What it covers.
    pub period: Period,
    /// For whom; empty: for all.
    pub audience: String,
    /// When it was due.
    pub due_at: Millis,
    /// Where it stands.
    pub standing: Standing,
    /// The newest revision that is issued; `None`: none is.
    pub edition: Option<String>,
    /// When the first one was issued.
    pub issued_at: Option<Millis>,
    /// The last instant at which that would have been on time.
    pub on_time_until: Millis,
    /// The first instant that is too late for the review that was asked for; `None`: none was.
    pub until: Option<Millis>,
    /// Reviews of the newest revision, oldest first.
    pub reviews: Vec<Reviewed>,
    /// Findings about the time of the period that are open.
    pub open_findings: u64,
}

/// Where an edition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is issued.
    Issued,
    /// It is not due yet, or may still come in time.
    Waits,
    /// It could not be made, and is tried again.
    Failed,
    /// It was too old to be made by itself, and nobody made it by hand.
    Missed,
    /// Nothing is known of it: it should be there.
    Absent,
}

/// A review of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Who.
    pub name: String,
    /// In which role.
    pub role: String,
    /// Whether something has to be followed up.
    pub exceptions: bool,
    /// Whether they appear in the edition as somebody who did something.
    pub acted: bool,
    /// When.
    pub at: Millis,
}

/// How a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// Somebody reviewed it, in time or where no time was set.
    InTime,
    /// Somebody reviewed it, so many milliseconds too late.
    Late(Millis),
    /// Nobody has yet, and there is time.
    Open,
    /// Nobody has, and the time is over since so many milliseconds.
    Overdue(Millis),
    /// Nobody has, and nobody was asked.
    NotAsked,
    /// There is nothing to be reviewed.
    Nothing,
}

impl Slot {
    /// So many milliseconds after its time it was issued; `None`: on time, or not at all.
    pub fn issued_late(&self) -> Option<Millis> {
        let issued = self.issued_at?;
        (issued > self.on_time_until).then(|| issued.saturating_sub(self.due_at))
    }

    /// Whether it should be there and is not.
    pub fn is_missing(&self) -> bool {
        matches!(self.standing, Standing::Failed | Standing::Missed | Standing::Absent)
    }

    /// How its review stands at an instant. The first review counts for the time, whoever looked again later.
    pub fn signed(&self, now: Millis) -> Signed {
        if self.standing != Standing::Issued {
            return Signed::Nothing;
        }
        match (self.reviews.first(), self.until) {
            (Some(first), Some(until)) if first.at >= until => Signed::Late(first.at.saturating_sub(until)),
            (Some(_), _) => Signed::InTime,
            (None, Some(until)) if now >= until => Signed::Overdue(now.saturating_sub(until)),
            (None, Some(_)) => Signed::Open,
            (None, None) => Signed::NotAsked,
        }
    }
}

impl KeptReport {
    /// How many slots there are of which something holds.
    pub fn count(&self, holds: impl Fn(&Slot) -> bool) -> i64 {
        i64::try_from(self.slots.iter().filter(|slot| holds(slot)).count()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_tells_how_late_it_is_and_who_is_missing() {
        let review = |at| Reviewed { name: "Ana".into(), role: "R".into(), exceptions: false, acted: false, at };
        let slot = Slot {
            period: Period::parse("2026-11-30").unwrap(),
            audience: String::new(),
            due_at: 100,
            standing: Standing::Issued,
            edition: Some("daily/2026-11-30".into()),
            issued_at: Some(150),
            on_time_until: 150,
            until: Some(300),
            reviews: Vec::new(),
            open_findings: 0,
        };
        assert_eq!(slot.issued_late(), None);
        assert_eq!(Slot { issued_at: Some(151), ..slot.clone() }.issued_late(), Some(51));
        assert_eq!((slot.signed(299), slot.signed(300)), (Signed::Open, Signed::Overdue(0)));
        let of = |at: &[Millis]| Slot { reviews: at.iter().map(|at| review(*at)).collect(), ..slot.clone() };
        assert_eq!(of(&[299, 900]).signed(1000), Signed::InTime);
        assert_eq!(of(&[310]).signed(1000), Signed::Late(10));
        assert_eq!(Slot { until: None, ..slot.clone() }.signed(1000), Signed::NotAsked);
        let absent = Slot { standing: Standing::Absent, ..slot };
        assert!(absent.is_missing() && absent.signed(1000) == Signed::Nothing);
    }
}
