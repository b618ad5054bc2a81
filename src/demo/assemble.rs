//! From plans to rows: walks the year in time and gives every plan its record, its name and its details.

use super::dates;
use super::habits::{Module, What};
use super::random::Random;
use super::records::Records;
use super::year::{Plan, Task};
use std::collections::BTreeMap;

/// A row of the audit log before it is written.
pub(super) struct Row {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) actor: usize,
    pub(super) action: &'static str,
    pub(super) module: &'static str,
    pub(super) id: Option<u64>,
    pub(super) name: String,
    pub(super) details: String,
    pub(super) source: &'static str,
}

const STAGES: [&str; 6] = ["Qualification", "Needs analysis", "Offer sent", "Negotiation", "Closed won", "Closed lost"];
const LEAD_STATES: [&str; 5] = ["New", "Contacted", "Qualified", "Not interested", "Call back later"];
const LEAD_SOURCES: [&str; 5] = ["Web form", "Referral", "Cold call", "Partner", "Web seminar"];
const INVOICE_STATES: [&str; 4] = ["Approved", "Sent", "Paid", "Reminder sent"];
const FIELDS: [&str; 8] = [
    "Phone changed",
    "Mailing address changed",
    "Owner changed",
    "Note added",
    "E-mail changed",
    "Next step changed",
    "Task closed",
    "Description changed",
];

fn details(what: What, module: Module, fair: bool, random: &mut Random) -> String {
    match (what, module) {
        (What::Added, Module::Leads) if fair => format!("Lead Source: {}", super::names::FAIR[0]),
        (What::Added, Module::Leads) => format!("Lead Source: {}", random.pick(&LEAD_SOURCES)),
        (What::Added, Module::Deals | Module::Invoices) => format!("Amount: {} EUR", 50 * random.between(9, 1600)),
        (What::Updated, Module::Deals) if random.chance(550) => {
            let stage = random.pick(&STAGES);
            format!("Stage changed to {stage}, probability {} %", 5 * random.between(1, 19))
        }
        (What::Updated, Module::Deals) => format!("Amount changed to {} EUR", 50 * random.between(9, 1600)),
        (What::Updated, Module::Leads) => format!("Lead Status changed to {}", random.pick(&LEAD_STATES)),
        (What::Updated, Module::Invoices) => format!("Status changed to {}", random.pick(&INVOICE_STATES)),
        (What::Updated, Module::Campaigns) => random
            .pick(&["Members added", "Budget changed", "Mailing text changed", "Status changed to Active"])
            .to_owned(),
        (What::Updated, _) => random.pick(&FIELDS).to_owned(),
        (What::Converted, _) => "Contact and deal created".to_owned(),
        (What::Merged, _) => random.pick(&["Duplicate merged", "Duplicate merged", "2 duplicates merged"]).to_owned(),
        _ => String::new(),
    }
}

/// The rows of all plans, oldest first. A plan that cannot be carried out (nothing to restore) leaves none.
pub(super) fn rows(mut plans: Vec<Plan>, actors: usize) -> Vec<Row> {
    plans.sort_by_key(|plan| plan.at);
    let mut records = Records::new(actors, dates::first_day());
    let mut random = Random::of("details", &[]);
    let mut rows = Vec::with_capacity(plans.len());
    let mut settings: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
    for Plan { at, actor, task, source } in plans {
        let row = |action, module, id, name, details| Row { at, actor, action, module, id, name, details, source };
        rows.extend(match task {
            Task::One { what, module, fair, note } => {
                records.act(what, module, actor, at, dates::day_of(at), fair).map(|named| {
                    let details = note.map_or_else(|| details(what, module, fair, &mut random), str::to_owned);
                    row(what.name(), module.name(), Some(named.id), named.name, details)
                })
            }
            Task::Bulk { what, module, view, records } => {
                Some(row(what.name(), module.name(), None, view.to_owned(), format!("{records} records")))
            }
            Task::Setup { action, module, name, details } => {
                let id = *settings.entry((module, name.clone())).or_insert_with(|| records.next_id());
                Some(row(action, module, Some(id), name, details))
            }
            Task::Campaign { name } => {
                let id = records.campaign_id(name);
                Some(row("Added", "Campaigns", id, name.to_owned(), String::new()))
            }
        });
    }
    rows
}
