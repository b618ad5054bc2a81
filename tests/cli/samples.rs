//! Samples: small logs and definitions that several tests share.

use crate::home::Home;

/// A daily report over everything, to two people.
pub const DAILY: &str = "title: Daily numbers
owner: owner@example.com
schedule: { every: day, at: \"07:00\", timezone: UTC, since: 2026-11-30 }
compare: previous period
sections:
  - summary: [events, actors, deletions]
  - events: { title: What was deleted, where: { action_class: delete } }
  - coverage
recipients:
  - { to: anna@example.com, formats: [pdf, csv] }
  - { to: ben@example.com, formats: [html, json] }
";

/// A Zoho CRM export of two days: seven events, one of them a deletion on the 30th.
pub const CRM: &str = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details
2026-11-30T17:00:00Z,anna@example.com,Updated,Deals,12,Pumps,Stage changed
2026-11-30T16:00:00Z,ben@example.com,Deleted,Deals,11,Valves,
2026-11-30T11:30:00Z,ben@example.com,Exported,Contacts,,,240 records
2026-11-30T09:00:00Z,anna@example.com,Added,Deals,12,Pumps,
2026-11-29T12:00:00Z,anna@example.com,Updated,Leads,7,Meyer,
2026-11-29T10:00:00Z,carla@example.com,Updated,Leads,8,Novak,
2026-11-29T09:00:00Z,anna@example.com,Added,Leads,7,Meyer,
";

/// An installation with the daily report and its log, imported.
pub fn daily() -> Home {
    let home = Home::new();
    home.definition("daily", DAILY).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}
