//! The set-up area: what administrators change in roles, profiles, sharing, users and workflows in an ordinary week.

use super::dates::{self, clock, instant};
use super::people::{CONTRACTOR, Role, STAFF};
use super::random::Random;
use super::year::{Plan, Task};
use chrono::NaiveDate;

pub(super) const PROFILES: [&str; 6] =
    ["Standard", "Sales", "Customer Success", "Marketing", "Finance", "Administrator"];
pub(super) const ROLES: [&str; 6] = [
    "Sales Representative",
    "Key Account Manager",
    "Customer Success Manager",
    "Marketing Specialist",
    "Accountant",
    "Team Lead",
];
pub(super) const SHARING: [&str; 6] = [
    "Deals of Sales North to Sales South",
    "Accounts to Customer Success",
    "Contacts to Marketing",
    "Invoices to Key Account Managers",
    "Leads to Sales",
    "Deals to Finance (read only)",
];
pub(super) const RIGHTS: [&str; 8] = [
    "Export Contacts",
    "Mass delete",
    "View all Deals",
    "Edit Invoices",
    "Import Leads",
    "Manage sharing",
    "Export Deals",
    "Delete Accounts",
];
const WORKFLOWS: [&str; 6] = [
    "Lead assignment by postal code",
    "Reminder: offer older than 14 days",
    "Welcome mail for new customers",
    "Notify lead of large deals",
    "Invoice overdue 30 days",
    "Birthday greeting",
];
const FIELDS: [&str; 5] = ["Lead Source", "Industry", "Payment Terms", "Lost Reason", "Delivery Address"];

/// What is changed about whose power, as the export words it: action, module, name, details.
pub(super) type Change = (&'static str, &'static str, String, String);

/// A change of a user's role.
pub(super) fn role_change(user: &str, from: &str, to: &str) -> Change {
    ("Role Changed", "Roles", user.to_owned(), format!("Role changed from {from} to {to}"))
}

/// A role that somebody has for a while beside the own one, as a deputy.
pub(super) fn temporary_role(user: &str, role: &str, verb: &str) -> Change {
    ("Role Changed", "Roles", user.to_owned(), format!("Temporary role {role} {verb}"))
}

/// A right given or taken in a profile.
pub(super) fn profile_change(profile: &str, right: &str, given: bool) -> Change {
    let verb = if given { "granted" } else { "withdrawn" };
    ("Profile Updated", "Profiles", profile.to_owned(), format!("Permission {right} {verb}"))
}

/// A sharing rule changed.
pub(super) fn sharing_change(rule: &str, access: &str) -> Change {
    ("Sharing Rule Updated", "Sharing", rule.to_owned(), format!("Access set to {access}"))
}

fn plan(at: i64, actor: usize, (action, module, name, details): Change) -> Plan {
    Plan { at, actor, task: Task::Setup { action, module, name, details }, source: "Web" }
}

/// Week 48 of 2026, whose changes of power are a story of their own.
fn is_story_week(day: NaiveDate) -> bool {
    dates::date(2026, 11, 23) <= day && day <= dates::date(2026, 11, 29)
}

/// The ordinary changes of a day, by the administrators.
pub(super) fn of_day(day: NaiveDate, number: u64, plans: &mut Vec<Plan>) {
    joiners_and_leavers(day, number, plans);
    if !dates::is_working_day(day) {
        return;
    }
    for (actor, _) in STAFF.iter().enumerate().filter(|(_, staff)| staff.post(day).1 == Role::Administrator) {
        let mut random = Random::of("setup", &[actor as u64, number]);
        if random.chance(210) && !is_story_week(day) {
            let change = match random.below(3) {
                0 => {
                    let user = STAFF[1 + random.below(STAFF.len() as u64 - 1) as usize];
                    let verb = if random.chance(500) { "added" } else { "removed" };
                    let role = random.pick(&ROLES);
                    if user.is_here(day) && role != user.post(day).1.name() {
                        temporary_role(user.name, role, verb)
                    } else {
                        profile_change(random.pick(&PROFILES), random.pick(&RIGHTS), true)
                    }
                }
                1 => profile_change(random.pick(&PROFILES), random.pick(&RIGHTS), random.chance(600)),
                _ => sharing_change(random.pick(&SHARING), random.pick(&["read", "read and write", "private"])),
            };
            plans.push(plan(instant(day, random.between(clock(9, 0), clock(17, 0))), actor, change));
        }
        if random.chance(130) {
            let details =
                random.pick(&["Condition changed", "Rule activated", "Rule deactivated", "Recipients changed"]);
            let change = ("Workflow Rule Updated", "Workflows", random.pick(&WORKFLOWS).to_owned(), details.to_owned());
            plans.push(plan(instant(day, random.between(clock(9, 0), clock(17, 0))), actor, change));
        }
        if random.chance(110) {
            let details = random.pick(&["Value added to pick list", "Label changed", "Made mandatory"]).to_owned();
            let change = ("Field Updated", "Workflows", random.pick(&FIELDS).to_owned(), details);
            plans.push(plan(instant(day, random.between(clock(9, 0), clock(17, 0))), actor, change));
        }
    }
}

/// Accounts are made on the working day before somebody starts, and closed on the working day after the last one.
fn joiners_and_leavers(day: NaiveDate, number: u64, plans: &mut Vec<Plan>) {
    if !dates::is_working_day(day) {
        return;
    }
    let mut random = Random::of("accounts", &[number]);
    let Some((paulsen, _)) = STAFF.iter().enumerate().find(|(_, staff)| staff.account().starts_with("svenja.")) else {
        return;
    };
    let ahead = 1 + (1..6).take_while(|n| !dates::is_working_day(day + chrono::Days::new(*n))).count() as u64;
    let behind = 1 + (1..6).take_while(|n| !dates::is_working_day(day - chrono::Days::new(*n))).count() as u64;
    let mut change =
        |change: Change| plans.push(plan(instant(day, clock(8, 50) + random.between(0, 5000)), paulsen, change));
    for staff in &STAFF {
        if staff.first().is_some_and(|first| day < first && first <= day + chrono::Days::new(ahead)) {
            let role = staff.post(day).1.name();
            change((
                "User Added",
                "Users",
                staff.name.to_owned(),
                format!("Account {} with role {role}", staff.account()),
            ));
        }
        if staff.gone().is_some_and(|gone| day - chrono::Days::new(behind) < gone && gone <= day) {
            change(("User Deactivated", "Users", staff.name.to_owned(), format!("Account {}", staff.account())));
        }
        if let Some(changed) =
            staff.changed().filter(|changed| day - chrono::Days::new(behind) < *changed && *changed <= day)
        {
            let before = staff.post(changed - chrono::Days::new(1)).1.name();
            change(role_change(staff.name, before, staff.post(changed).1.name()));
        }
    }
    if day == dates::date(2026, 11, 2) {
        let details = format!("Account {CONTRACTOR} with role Customer Success Manager");
        change(("User Added", "Users", "Kim Lindqvist".to_owned(), details));
    }
}
