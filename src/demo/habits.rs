//! Habits: what people of a role do in the CRM, how often, and what they do now and then.

use super::dates;
use super::people::Role;
use chrono::{Datelike, NaiveDate};

/// A part of the CRM whose records people work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(super) enum Module {
    Leads,
    Contacts,
    Accounts,
    Deals,
    Campaigns,
    Invoices,
}

impl Module {
    /// In the order of their numbers.
    pub(super) const ALL: [Module; 6] =
        [Module::Leads, Module::Contacts, Module::Accounts, Module::Deals, Module::Campaigns, Module::Invoices];

    /// As the export writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Module::Leads => "Leads",
            Module::Contacts => "Contacts",
            Module::Accounts => "Accounts",
            Module::Deals => "Deals",
            Module::Campaigns => "Campaigns",
            Module::Invoices => "Invoices",
        }
    }
}

/// What is done to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(super) enum What {
    Added,
    Updated,
    Deleted,
    Restored,
    Converted,
    Merged,
    Purged,
    MassUpdated,
    MassDeleted,
    Exported,
    Imported,
}

impl What {
    /// As the export writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            What::Added => "Added",
            What::Updated => "Updated",
            What::Deleted => "Deleted",
            What::Restored => "Restored",
            What::Converted => "Converted",
            What::Merged => "Merged",
            What::Purged => "Deleted from Recycle Bin",
            What::MassUpdated => "Mass Update",
            What::MassDeleted => "Mass Delete",
            What::Exported => "Exported",
            What::Imported => "Imported",
        }
    }
}

use Module::{Accounts, Campaigns, Contacts, Deals, Invoices, Leads};
use What::{Added, Converted, Deleted, Exported, Imported, MassDeleted, MassUpdated, Merged, Purged, Updated};

/// Of single actions, which share is what (weights); read with [`choose`].
type Mix = &'static [(Module, What, u64)];

const SELLING: Mix = &[
    (Leads, Updated, 200),
    (Leads, Added, 62),
    (Leads, Converted, 17),
    (Leads, Deleted, 4),
    (Contacts, Updated, 150),
    (Contacts, Added, 52),
    (Contacts, Merged, 3),
    (Contacts, Deleted, 2),
    (Accounts, Updated, 82),
    (Accounts, Added, 18),
    (Deals, Updated, 330),
    (Deals, Added, 58),
    (Deals, Deleted, 3),
    (Campaigns, Updated, 4),
];
const SERVING: Mix = &[
    (Contacts, Updated, 330),
    (Contacts, Added, 60),
    (Contacts, Merged, 7),
    (Contacts, Deleted, 5),
    (Accounts, Updated, 290),
    (Accounts, Added, 12),
    (Deals, Updated, 190),
    (Deals, Added, 26),
    (Leads, Updated, 40),
    (Invoices, Updated, 24),
];
const PROMOTING: Mix = &[
    (Leads, Updated, 340),
    (Leads, Added, 190),
    (Leads, Merged, 8),
    (Leads, Deleted, 9),
    (Contacts, Updated, 160),
    (Contacts, Added, 30),
    (Campaigns, Updated, 260),
];
const BOOKING: Mix = &[
    (Invoices, Updated, 520),
    (Invoices, Added, 230),
    (Invoices, Deleted, 4),
    (Accounts, Updated, 120),
    (Contacts, Updated, 40),
    (Deals, Updated, 60),
];
const LEADING: Mix = &[
    (Deals, Updated, 380),
    (Deals, Added, 20),
    (Deals, Deleted, 3),
    (Accounts, Updated, 160),
    (Contacts, Updated, 130),
    (Leads, Updated, 140),
    (Campaigns, Updated, 16),
];
const ADMINISTERING: Mix = &[
    (Leads, Merged, 50),
    (Contacts, Merged, 60),
    (Contacts, Updated, 220),
    (Accounts, Updated, 210),
    (Accounts, Merged, 30),
    (Leads, Updated, 150),
    (Leads, Deleted, 40),
    (Contacts, Deleted, 22),
    (Contacts, Purged, 16),
    (Leads, Purged, 26),
    (Deals, Updated, 60),
];
const BUSY_FAIR: Mix =
    &[(Leads, Added, 400), (Leads, Updated, 470), (Leads, Converted, 34), (Leads, Merged, 6), (Campaigns, Updated, 70)];
const MARKETING_FAIR: Mix =
    &[(Campaigns, Updated, 480), (Leads, Updated, 330), (Leads, Added, 150), (Leads, Merged, 14)];

/// What somebody of this role does all day.
pub(super) fn mix(team: &str, role: Role) -> Mix {
    match role {
        Role::Lead if team == "Marketing" => PROMOTING,
        Role::Lead if team == "Finance" => BOOKING,
        Role::Sales | Role::KeyAccount => SELLING,
        Role::Success => SERVING,
        Role::Marketing => PROMOTING,
        Role::Accountant | Role::Controller => BOOKING,
        Role::Lead | Role::Director => LEADING,
        Role::Administrator => ADMINISTERING,
    }
}

/// What somebody does because of the trade fair.
pub(super) fn fair_mix(role: Role) -> Mix {
    if role == Role::Marketing { MARKETING_FAIR } else { BUSY_FAIR }
}

/// One of a mix, for a number drawn below [`weight`].
pub(super) fn choose(mix: Mix, mut drawn: u64) -> (Module, What) {
    for (module, what, weight) in mix {
        if drawn < *weight {
            return (*module, *what);
        }
        drawn -= weight;
    }
    (Contacts, Updated)
}

/// The sum of a mix.
pub(super) fn weight(mix: Mix) -> u64 {
    mix.iter().map(|(.., weight)| weight).sum()
}

/// Single actions on an ordinary whole day, in thousandths.
pub(super) fn volume(team: &str, role: Role, day: NaiveDate) -> u64 {
    let usual = match role {
        Role::Sales => 5800,
        Role::KeyAccount => 4700,
        Role::Success => 5000,
        Role::Marketing => 4300,
        Role::Accountant => 6000,
        Role::Controller => 2100,
        Role::Lead => 2600,
        Role::Administrator => 3900,
        Role::Director => 700,
    };
    let pressed = match role {
        Role::Sales | Role::KeyAccount | Role::Lead if dates::is_quarter_end(day) => 1400,
        Role::Accountant | Role::Controller if dates::is_quarter_end(day) || dates::is_month_end(day) => 1500,
        _ => 1000,
    };
    // The south closes on Friday afternoons.
    let friday = if team == "Sales South" && day.weekday() == chrono::Weekday::Fri { 750 } else { 1000 };
    usual * pressed / 1000 * friday / 1000
}

/// Further single actions on a day of November 2026, in thousandths: the trade fair was from the 10th to the 13th.
pub(super) fn fair_volume(role: Role, day: NaiveDate) -> u64 {
    if (day.year(), day.month()) != (2026, 11) {
        return 0;
    }
    let (marketing, selling) = match day.day() {
        1..=6 => (12_500, 5_000),
        7..=9 => (18_000, 6_500),
        10..=13 => (20_500, 16_500),
        14..=20 => (18_500, 14_800),
        _ => (16_500, 13_000),
    };
    match role {
        Role::Marketing => marketing,
        Role::Sales => selling,
        Role::KeyAccount => selling * 4 / 5,
        _ => 0,
    }
}

/// Something that people of a role do now and then, to many records at once.
pub(super) struct Occasion {
    /// Of whom.
    pub(super) role: Role,
    /// Of a thousand days, on so many.
    pub(super) usual: u64,
    /// The same, when the books are closed.
    pub(super) closing: u64,
    pub(super) what: What,
    pub(super) module: Module,
    /// The list view that it is done with.
    pub(super) view: &'static str,
    /// Fewest and most records.
    pub(super) records: (i64, i64),
}

const fn o(
    role: Role,
    usual: u64,
    closing: u64,
    what: What,
    module: Module,
    view: &'static str,
    records: (i64, i64),
) -> Occasion {
    Occasion { role, usual, closing, what, module, view, records }
}

impl Occasion {
    /// Whether it is one of somebody's. Leads of Marketing and Finance have no pipeline to look after.
    pub(super) fn is_of(&self, team: &str, role: Role) -> bool {
        self.role == role && !(role == Role::Lead && matches!(team, "Marketing" | "Finance"))
    }
}

/// All of them.
pub(super) static OCCASIONS: [Occasion; 22] = [
    o(Role::Lead, 22, 380, Exported, Deals, "Team pipeline", (90, 420)),
    o(Role::Lead, 25, 60, MassUpdated, Deals, "Overdue closing dates", (4, 38)),
    o(Role::Director, 10, 260, Exported, Deals, "Open deals over 50 000", (60, 190)),
    o(Role::Sales, 4, 8, Exported, Leads, "My leads", (25, 160)),
    o(Role::Sales, 10, 10, MassUpdated, Leads, "My open leads", (3, 45)),
    o(Role::Sales, 3, 3, MassDeleted, Leads, "My junk leads", (3, 16)),
    o(Role::KeyAccount, 8, 60, Exported, Accounts, "Key accounts", (30, 120)),
    o(Role::KeyAccount, 10, 10, MassUpdated, Deals, "My pipeline", (3, 22)),
    o(Role::Success, 8, 25, Exported, Accounts, "My customers", (40, 190)),
    o(Role::Success, 4, 4, Exported, Contacts, "Contacts of my customers", (60, 310)),
    o(Role::Success, 14, 14, MassUpdated, Contacts, "Moved offices", (4, 55)),
    o(Role::Marketing, 26, 26, Exported, Contacts, "Newsletter recipients", (300, 1400)),
    o(Role::Marketing, 12, 12, Exported, Leads, "Web seminar guests", (40, 420)),
    o(Role::Marketing, 40, 40, Imported, Leads, "Web seminar participants", (40, 380)),
    o(Role::Marketing, 45, 45, MassUpdated, Leads, "Lead source missing", (15, 320)),
    o(Role::Accountant, 12, 240, Exported, Invoices, "Open invoices", (150, 900)),
    o(Role::Accountant, 22, 150, MassUpdated, Invoices, "Paid this week", (10, 140)),
    o(Role::Controller, 25, 420, Exported, Invoices, "Invoices of the month", (300, 950)),
    o(Role::Administrator, 30, 30, MassDeleted, Leads, "Duplicates", (12, 90)),
    o(Role::Administrator, 9, 9, MassDeleted, Contacts, "Bounced addresses", (8, 60)),
    o(Role::Administrator, 25, 25, Imported, Accounts, "Credit ratings", (80, 600)),
    o(Role::Administrator, 16, 60, Exported, Contacts, "Backup of changed contacts", (200, 900)),
];
