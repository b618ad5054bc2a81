//! State: how each entry changes the tables. The only writer of state; `verify` runs it again and compares.

use super::happening::{Happening, Letter, Queued, Smaller, Unsent};
use super::history::word;
use crate::calendar::Millis;
use crate::dispatch::Receipt;
use crate::edition::{EditionKey, Trigger};
use crate::finding::Change;
use rusqlite::{Connection, params};

/// Derives the state after entry `n`. It decides nothing: whoever appends has checked that the entry is allowed.
pub(super) fn apply(tx: &Connection, n: i64, at: Millis, what: &Happening) -> Result<(), super::LedgerError> {
    match what {
        Happening::Activated { definition, digest, since } => {
            tx.prepare_cached(
                "INSERT INTO definitions (stem, digest, since, activated_at, entry) VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![definition, digest, since, at, n])?;
        }
        Happening::Changed { definition, digest, since } => {
            tx.prepare_cached(
                "UPDATE definitions SET digest = ?2, since = ?3, changed_at = ?4, entry = ?5 WHERE stem = ?1",
            )?
            .execute(params![definition, digest, since, at, n])?;
        }
        Happening::Claimed { edition, due_at, trigger, by, claimer, fence, lease_until } => {
            // The edition's number is that of its first entry: the same whenever the state is derived.
            tx.prepare_cached(
                "INSERT INTO editions (id, definition, audience, period, revision, status, due_at, trigger, by_account,
                     fence, claimer, lease_until, failures, reason, at, entry)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'claimed', ?6, ?7, ?8, ?9, ?10, ?11, 0, '', ?12, ?1)
                 ON CONFLICT (definition, audience, period, revision) DO UPDATE SET status = 'claimed',
                     due_at = ?6, trigger = ?7, by_account = ?8, fence = ?9, claimer = ?10, lease_until = ?11, at = ?12,
                     entry = ?1",
            )?
            .execute(params![
                n,
                edition.definition,
                edition.audience,
                edition.period,
                edition.revision,
                due_at,
                serde_json::to_string(trigger)?,
                by,
                fence,
                claimer,
                lease_until,
                at
            ])?;
        }
        Happening::Extended { edition, lease_until, .. } => {
            tx.prepare_cached("UPDATE editions SET lease_until = ?2, entry = ?3 WHERE id = ?1")?.execute(params![
                id_of(tx, edition)?,
                lease_until,
                n
            ])?;
        }
        Happening::Divided { edition, by, parts, nothing } => {
            tx.prepare_cached(
                "INSERT INTO divisions (definition, period, by_field, parts, silent, entry) VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                edition.definition,
                edition.period,
                by,
                serde_json::to_string(parts)?,
                serde_json::to_string(nothing)?,
                n
            ])?;
        }
        // They change nothing: the entry itself is what there is to know.
        Happening::Revealed { .. }
        | Happening::RecordsChecked { .. }
        | Happening::Restored { .. }
        | Happening::Watched { .. } => {}
        // Where nobody was asked, the entry itself is what there is to know.
        Happening::Reviewed { edition, .. } => {
            tx.prepare_cached("UPDATE asked SET reviewed = 1, entry = ?2 WHERE edition = ?1")?
                .execute(params![id_of(tx, edition)?, n])?;
        }
        Happening::Recorded {
            edition,
            owner,
            manifest,
            figures_digest,
            log_head,
            files,
            dispatches,
            unsent,
            asked,
            ..
        } => {
            let id = id_of(tx, edition)?;
            settle_edition(tx, id, "issued", "", at, n)?;
            tx.prepare_cached(
                "INSERT INTO records (edition, issued_at, owner, manifest, figures_digest, log_head, entry)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![id, at, owner, manifest, figures_digest, log_head, n])?;
            for (position, file) in files.iter().enumerate() {
                tx.prepare_cached(
                    "INSERT INTO files (edition, position, name, media_type, sha256, bytes, entry)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    id,
                    number(position),
                    file.name,
                    file.media_type,
                    file.sha256,
                    number(file.bytes),
                    n
                ])?;
            }
            enqueue(tx, id, dispatches, n)?;
            for (position, Unsent { to, why }) in unsent.iter().enumerate() {
                tx.prepare_cached(
                    "INSERT INTO unsent (edition, position, recipient, why, entry) VALUES (?, ?, ?, ?, ?)",
                )?
                .execute(params![id, number(position), to, why, n])?;
            }
            if let Some(asking) = asked {
                tx.prepare_cached(
                    "INSERT INTO asked (edition, asking, until, reviewed, entry) VALUES (?, ?, ?, 0, ?)",
                )?
                .execute(params![id, serde_json::to_string(asking)?, asking.until, n])?;
            }
        }
        Happening::ReviewTold { tellings, letters } => {
            for telling in tellings {
                tx.prepare_cached("INSERT INTO asked_told (edition, what, number, entry) VALUES (?, ?, ?, ?)")?
                    .execute(params![id_of(tx, &telling.edition)?, word(&telling.what)?, telling.number, n])?;
            }
            for Letter { about, message } in letters {
                let ids = about.iter().map(|edition| id_of(tx, edition)).collect::<Result<Vec<_>, _>>()?;
                let Some(first) = ids.first() else { continue };
                enqueue(tx, *first, std::slice::from_ref(message), n)?;
                for id in ids {
                    tx.prepare_cached("INSERT INTO asked_letters (dispatch, edition, entry) VALUES (?, ?, ?)")?
                        .execute(params![message.id, id, n])?;
                }
            }
        }
        Happening::Failed { edition, reason, notices, .. } => {
            let id = id_of(tx, edition)?;
            settle_edition(tx, id, "failed", reason, at, n)?;
            tx.prepare_cached("UPDATE editions SET failures = failures + 1 WHERE id = ?")?.execute([id])?;
            enqueue(tx, id, notices, n)?;
        }
        Happening::Missed { edition, due_at, reason, notices } => {
            tx.prepare_cached(
                "INSERT INTO editions (id, definition, audience, period, revision, status, due_at, trigger, by_account,
                     fence, claimer, lease_until, failures, reason, at, entry)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'missed', ?6, ?7, '', 0, '', 0, 0, ?8, ?9, ?1)
                 ON CONFLICT (definition, audience, period, revision) DO UPDATE SET status = 'missed', claimer = '',
                     lease_until = 0, reason = ?8, at = ?9, entry = ?1",
            )?
            .execute(params![
                n,
                edition.definition,
                edition.audience,
                edition.period,
                edition.revision,
                due_at,
                serde_json::to_string(&Trigger::Schedule)?,
                reason,
                at
            ])?;
            enqueue(tx, id_of(tx, edition)?, notices, n)?;
        }
        Happening::Told { edition, sha256, notices } => {
            tx.prepare_cached(
                "INSERT INTO tellings (definition, sha256, entry) VALUES (?, ?, ?)
                 ON CONFLICT (definition) DO UPDATE SET sha256 = excluded.sha256, entry = excluded.entry",
            )?
            .execute(params![edition.definition, sha256, n])?;
            enqueue(tx, id_of(tx, edition)?, notices, n)?;
        }
        Happening::Alerted { edition, notices, .. } => {
            tx.prepare_cached(
                "INSERT INTO editions (id, definition, audience, period, revision, status, due_at, trigger, by_account,
                     fence, claimer, lease_until, failures, reason, at, entry)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'alert', ?6, ?7, '', 0, '', 0, 0, '', ?6, ?1)",
            )?
            .execute(params![
                n,
                edition.definition,
                edition.audience,
                edition.period,
                edition.revision,
                at,
                serde_json::to_string(&Trigger::Schedule)?
            ])?;
            enqueue(tx, n, notices, n)?;
        }
        Happening::Noticed { edition, notices } => enqueue(tx, id_of(tx, edition)?, notices, n)?,
        Happening::Attempt { dispatch, number, process, lease_until } => {
            tx.prepare_cached(
                "UPDATE dispatches SET stage = 'attempting', attempts = ?2, process = ?3, lease_until = ?4,
                     first_at = COALESCE(first_at, ?5), entry = ?6 WHERE id = ?1",
            )?
            .execute(params![dispatch, number, process, lease_until, at, n])?;
            tx.prepare_cached(
                "INSERT INTO attempts (dispatch, number, began_at, outcome, words, entry) VALUES (?, ?, ?, '', '', ?)",
            )?
            .execute(params![dispatch, number, at, n])?;
        }
        Happening::Dot { dispatch, number } => {
            tx.prepare_cached("UPDATE dispatches SET stage = 'dot', entry = ?2 WHERE id = ?1")?
                .execute(params![dispatch, n])?;
            tx.prepare_cached("UPDATE attempts SET dot_at = ?3, entry = ?4 WHERE dispatch = ?1 AND number = ?2")?
                .execute(params![dispatch, number, at, n])?;
        }
        Happening::Settled { dispatch, number, receipt, stage, not_before } => {
            let (outcome, words) = parts(receipt);
            tx.prepare_cached(
                "UPDATE dispatches SET stage = ?2, not_before = ?3, words = ?4, unknowns = unknowns + ?5, process = '',
                     lease_until = 0, entry = ?6 WHERE id = ?1",
            )?
            .execute(params![
                dispatch,
                word(stage)?,
                not_before,
                words,
                i64::from(outcome == "unknown"),
                n
            ])?;
            tx.prepare_cached(
                "UPDATE attempts SET ended_at = ?3, outcome = ?4, words = ?5, entry = ?6
                 WHERE dispatch = ?1 AND number = ?2",
            )?
            .execute(params![dispatch, number, at, outcome, words, n])?;
        }
        Happening::Lightened { dispatch, message } => {
            tx.prepare_cached(
                "UPDATE dispatches SET message = ?2, formats = ?3, stage = 'queued', not_before = ?4, entry = ?5 WHERE id = ?1",
            )?
            .execute(params![dispatch, message.sha256, serde_json::to_string(&message.formats)?, at, n])?;
        }
        Happening::HoldAdded { covers, by, reason } => {
            tx.prepare_cached(
                "INSERT INTO holds (id, report, from_day, to_day, reason, by_account, at, released_by, released_why, entry)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '', ?1)",
            )?
            .execute(params![
                n,
                covers.report,
                covers.from.map(|day| day.to_string()),
                covers.to.map(|day| day.to_string()),
                reason,
                by,
                at
            ])?;
        }
        Happening::HoldReleased { hold, by, reason } => {
            tx.prepare_cached(
                "UPDATE holds SET released_at = ?2, released_by = ?3, released_why = ?4, entry = ?5 WHERE id = ?1",
            )?
            .execute(params![hold, at, by, reason, n])?;
        }
        Happening::Retired { edition, policy, by, reason } => {
            tx.prepare_cached(
                "INSERT INTO retirements (edition, at, policy, by_account, reason, entry) VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![id_of(tx, edition)?, at, policy, by, reason, n])?;
        }
        Happening::FindingRaised { finding, raised, .. } => {
            tx.prepare_cached(
                "INSERT INTO findings (year, number, key, count, total, entry) VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                finding.year,
                finding.number,
                raised.key,
                raised.count,
                number(raised.total),
                n
            ])?;
        }
        Happening::FindingChanged { finding, changes, .. } => {
            for change in changes {
                if let Change::Grown { count, total, .. } = change {
                    tx.prepare_cached(
                        "UPDATE findings SET count = ?3, total = ?4, entry = ?5 WHERE year = ?1 AND number = ?2",
                    )?
                    .execute(params![finding.year, finding.number, count, number(*total), n])?;
                }
            }
        }
        Happening::Decided { dispatch, stage, not_before, by, why } => {
            // A decision opens a new course: patience and unknown outcomes are counted anew.
            tx.prepare_cached(
                "UPDATE dispatches SET stage = ?2, not_before = ?3, words = ?4, unknowns = 0, first_at = NULL,
                     process = '', lease_until = 0, entry = ?5 WHERE id = ?1",
            )?
            .execute(params![dispatch, word(stage)?, not_before, format!("{by}: {why}"), n])?;
        }
    }
    Ok(())
}

fn settle_edition(
    tx: &Connection,
    id: i64,
    status: &str,
    reason: &str,
    at: Millis,
    n: i64,
) -> Result<(), rusqlite::Error> {
    tx.prepare_cached(
        "UPDATE editions SET status = ?2, reason = ?3, claimer = '', lease_until = 0, at = ?4, entry = ?5
         WHERE id = ?1",
    )?
    .execute(params![id, status, reason, at, n])?;
    Ok(())
}

fn enqueue(tx: &Connection, edition: i64, dispatches: &[Queued], n: i64) -> Result<(), super::LedgerError> {
    for queued in dispatches {
        tx.prepare_cached(
            "INSERT INTO dispatches (id, edition, purpose, sender, recipient, message_id, message, formats, on_unknown,
                 stage, attempts, unknowns, not_before, process, lease_until, words, via, entry)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, ?, '', 0, '', ?, ?)",
        )?
        .execute(params![
            queued.id,
            edition,
            word(&queued.purpose)?,
            queued.from,
            queued.to,
            queued.message_id,
            queued.sha256,
            serde_json::to_string(&queued.formats)?,
            word(&queued.on_unknown)?,
            queued.not_before,
            queued.via,
            n
        ])?;
        if !queued.smaller.is_empty() {
            let Queued { sha256, bytes, formats, .. } = queued;
            let whole =
                Smaller { sha256: sha256.clone(), bytes: *bytes, formats: formats.clone(), left_out: Vec::new() };
            for (position, form) in std::iter::once(&whole).chain(&queued.smaller).enumerate() {
                tx.prepare_cached(
                    "INSERT INTO forms (dispatch, position, message, bytes, formats, left_out, entry)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    queued.id,
                    number(position),
                    form.sha256,
                    number(form.bytes),
                    serde_json::to_string(&form.formats)?,
                    serde_json::to_string(&form.left_out)?,
                    n
                ])?;
            }
        }
    }
    Ok(())
}

/// The edition's number.
pub(super) fn id_of(db: &Connection, key: &EditionKey) -> Result<i64, rusqlite::Error> {
    db.prepare_cached("SELECT id FROM editions WHERE definition = ? AND audience = ? AND period = ? AND revision = ?")?
        .query_row(params![key.definition, key.audience, key.period, key.revision], |row| row.get(0))
}

/// A receipt's outcome as a word, and the channel's words.
pub(super) fn parts(receipt: &Receipt) -> (&'static str, &str) {
    match receipt {
        Receipt::Sent(words) => ("sent", words),
        Receipt::Later(words) => ("later", words),
        Receipt::Never(words) => ("never", words),
        Receipt::TooLarge { words, .. } => ("too_large", words),
        Receipt::Unknown(words) => ("unknown", words),
    }
}

/// SQLite's integers are signed; no count of ours comes near the border.
fn number<N: TryInto<i64>>(count: N) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
