//! Findings and actions as tables of a workbook: as the page shows them.

use super::super::View;
use crate::document::workbook::{Cell, Sheet};
use crate::figures::{ActionList, ActionRow, FindingList, FindingRow};
use chrono::{NaiveDate, NaiveTime};

impl View<'_> {
    pub(super) fn findings_table(&self, list: &FindingList) -> Sheet {
        let head = [
            "findings.finding",
            "crossed.severity",
            "findings.state",
            "findings.what",
            "crossed.what",
            "crossed.do",
            "findings.owner",
            "findings.due",
            "findings.days",
            "findings.impact_head",
            "findings.ticket_head",
            "findings.reason_head",
        ];
        let one = |row: &FindingRow| {
            vec![
                Cell::text(&row.id),
                Cell::text(self.words.severity(&row.severity)),
                Cell::text(self.words.finding_state(&row.state)),
                Cell::text(&row.title),
                Cell::text(&row.say),
                Cell::text(&row.do_this),
                Cell::text(&row.owner),
                date(row.due),
                Cell::Whole(row.age_days),
                Cell::text(&row.impact),
                Cell::text(&row.ticket),
                Cell::text(&row.reason),
            ]
        };
        Sheet { head: self.head(&head), rows: list.rows.iter().map(one).collect(), ..Sheet::default() }
    }

    pub(super) fn actions_table(&self, list: &ActionList) -> Sheet {
        let head = [
            "findings.finding",
            "findings.what",
            "actions.action",
            "actions.target_head",
            "findings.owner",
            "findings.due",
            "actions.done_head",
            "actions.effect",
        ];
        let one = |row: &ActionRow| {
            vec![
                Cell::text(&row.finding),
                Cell::text(&row.title),
                Cell::text(&row.text),
                Cell::text(&row.target),
                Cell::text(&row.owner),
                date(row.due),
                date(row.done_on),
                Cell::text(&row.effect),
            ]
        };
        Sheet { head: self.head(&head), rows: list.rows.iter().map(one).collect(), ..Sheet::default() }
    }
}

/// A day, as a spreadsheet knows it.
fn date(day: Option<NaiveDate>) -> Cell {
    day.map_or(Cell::Empty, |day| Cell::Time(day.and_time(NaiveTime::MIN)))
}
