//! Lead: which of several daemons on one installation works. A lease beside the chain: it says who works, not what happened.

use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

/// Who leads, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lead {
    /// The process ([`super::claimer::this_process`]); empty: nobody, the last one has released it.
    pub process: String,
    /// Counts the changes of the lead.
    pub fence: i64,
    /// Since when it leads.
    pub since: Millis,
    /// When it last said so: its last sign of life.
    pub renewed_at: Millis,
    /// Until when others leave it alone.
    pub lease_until: Millis,
}

/// What came of asking for the lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leading {
    /// The asking process leads.
    Mine(Lead),
    /// Another one does.
    Other(Lead),
}

impl Ledger {
    /// Takes the lead, or renews it, for `lease` milliseconds; another one's is taken over if its process is gone, its
    /// lease is over, or its lease ends further ahead than one can: then the clock was set back meanwhile.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn lead(
        &mut self,
        process: &str,
        gone: &dyn Fn(&str) -> bool,
        lease: Millis,
        now: Millis,
    ) -> Result<Leading, LedgerError> {
        self.write(|tx| {
            let before = leader(tx)?;
            let lease_until = now.saturating_add(lease);
            let mut lead = Lead { process: process.to_owned(), fence: 1, since: now, renewed_at: now, lease_until };
            if let Some(before) = before {
                let beyond = before.lease_until.saturating_sub(now) > lease.saturating_mul(2);
                let over = before.process.is_empty() || now >= before.lease_until || beyond;
                if before.process == process {
                    (lead.fence, lead.since) = (before.fence, before.since);
                } else if over || gone(&before.process) {
                    lead.fence = before.fence.saturating_add(1);
                } else {
                    return Ok(Leading::Other(before));
                }
            }
            tx.prepare_cached(
                "INSERT INTO leader (id, process, fence, since, renewed_at, lease_until) VALUES (1, ?, ?, ?, ?, ?)
                 ON CONFLICT (id) DO UPDATE SET process = excluded.process, fence = excluded.fence,
                     since = excluded.since, renewed_at = excluded.renewed_at, lease_until = excluded.lease_until",
            )?
            .execute(params![lead.process, lead.fence, lead.since, lead.renewed_at, lead.lease_until])?;
            Ok(Leading::Mine(lead))
        })
    }

    /// Gives the lead up, if the process has it: another one may take it at once.
    ///
    /// # Errors
    /// `Later`.
    pub fn resign(&mut self, process: &str, now: Millis) -> Result<(), LedgerError> {
        self.write(|tx| {
            tx.prepare_cached("UPDATE leader SET process = '', renewed_at = ?2, lease_until = ?2 WHERE process = ?1")?
                .execute(params![process, now])?;
            Ok(())
        })
    }

    /// Who leads; `None`: there was never a daemon.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn leader(&self) -> Result<Option<Lead>, LedgerError> {
        // A ledger that is only looked at may be from before there were daemons.
        let there = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'leader')";
        if self.db.query_row(there, [], |row| row.get(0))? { leader(&self.db) } else { Ok(None) }
    }
}

fn leader(db: &Connection) -> Result<Option<Lead>, LedgerError> {
    let lead = db
        .prepare_cached("SELECT process, fence, since, renewed_at, lease_until FROM leader WHERE id = 1")?
        .query_row([], |row| {
            Ok(Lead {
                process: row.get(0)?,
                fence: row.get(1)?,
                since: row.get(2)?,
                renewed_at: row.get(3)?,
                lease_until: row.get(4)?,
            })
        });
    Ok(lead.optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Millis = 1000;

    fn fence(leading: Leading) -> Option<i64> {
        match leading {
            Leading::Mine(lead) => Some(lead.fence),
            Leading::Other(_) => None,
        }
    }

    #[test]
    fn one_leads_and_another_takes_over_when_it_is_over_or_gone_or_released() {
        let mut ledger = Ledger::in_memory().unwrap();
        let mut ask = |who: &str, gone: bool, now| fence(ledger.lead(who, &|_| gone, LEASE, now).unwrap());
        assert_eq!(ask("a", false, 0), Some(1));
        assert_eq!(ask("b", false, 500), None);
        assert_eq!(ask("a", false, 900), Some(1), "renewed");
        assert_eq!(ask("b", false, 1500), None);
        assert_eq!(ask("b", false, 1900), Some(2), "the lease is over");
        assert_eq!(ask("a", false, 1950), None, "who was away too long leads no more");
        assert_eq!(ask("a", true, 1960), Some(3), "the other one is gone");
        ledger.resign("a", 1970).unwrap();
        assert_eq!(ledger.leader().unwrap().unwrap().process, "");
        assert_eq!(fence(ledger.lead("b", &|_| false, LEASE, 1971).unwrap()), Some(4));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_hold_the_lead_for_days() {
        let mut ledger = Ledger::in_memory().unwrap();
        ledger.lead("a", &|_| false, LEASE, 1_000_000).unwrap();
        assert_eq!(fence(ledger.lead("b", &|_| false, LEASE, 500_000).unwrap()), Some(2));
    }
}
