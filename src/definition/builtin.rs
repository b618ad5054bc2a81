//! Built-in measures: what every definition may name without declaring it.

use super::{Good, Measure, MeasureKind};
use crate::event::{ActionClass, Outcome};
use crate::query::{self, Count, Field, Filter};

/// Five minutes: the window of `burst`.
const BURST_WINDOW: i64 = 5 * 60 * 1000;

/// All built-in measures, in the order in which they are explained.
pub fn measures() -> Vec<Measure> {
    use ActionClass::{
        Configure, Convert, Create, Delete, Export, Import, Login, Logout, Merge, Permission, Read, Restore, Update,
    };
    use Good::{Down, Neither};
    let events = |filter| of(Count::Events, filter);
    let records = |filter| of(Count::Affected, filter);
    let distinct = |field| of(Count::Distinct(field), Filter::All);
    let first_seen = |field| of(Count::FirstSeen(field), Filter::All);
    let percentile = |percent| of(Count::Percentile(Field::Actor, percent), Filter::All);
    let outside = || events(Filter::is(Field::OutsideHours, "yes"));
    let failed_logins = || Filter::class(Login).and(Filter::failed());
    let count = |name, title, unit, good, measure| built(name, title, unit, good, MeasureKind::Count(measure));
    let class = |name, title, unit, good, class| count(name, title, unit, good, events(Filter::class(class)));
    let affected = |name, title, good, class| count(name, title, "records", good, records(Filter::class(class)));
    let rate = |name, title, part, whole| built(name, title, "%", Down, MeasureKind::Rate { part, whole });
    let per_day = |name, title, unit, working| {
        built(name, title, unit, Neither, MeasureKind::PerDay { of: events(Filter::All), working })
    };
    vec![
        count("events", "Events", "events", Neither, events(Filter::All)),
        count("records_affected", "Records affected", "records", Neither, records(Filter::All)),
        count("actors", "Active people and accounts", "actors", Neither, distinct(Field::Actor)),
        count("records", "Different records", "records", Neither, distinct(Field::Record)),
        count("origins", "Different addresses", "addresses", Neither, distinct(Field::Ip)),
        count("modules", "Different modules", "modules", Neither, distinct(Field::Module)),
        count("failures", "Failures", "events", Down, events(Filter::failed())),
        count("denials", "Denied", "events", Down, events(Filter::is(Field::Outcome, Outcome::Denied.as_str()))),
        rate("failure_rate", "Share of failures", events(Filter::failed()), events(Filter::All)),
        per_day("events_per_day", "Events per day", "events a day", false),
        per_day("events_per_working_day", "Events per working day", "events a working day", true),
        count("outside_hours", "Outside hours", "events", Down, outside()),
        rate("outside_hours_rate", "Share outside working hours", outside(), events(Filter::All)),
        count(
            "unknown_actor_events",
            "Events by actors whom the directory does not know",
            "events",
            Down,
            events(Filter::is(Field::ActorKnown, "unknown")),
        ),
        count("new_actors", "Actors seen for the first time", "actors", Neither, first_seen(Field::Actor)),
        count("new_origins", "Addresses seen for the first time", "addresses", Neither, first_seen(Field::Ip)),
        count(
            "burst",
            "Most events in any five minutes",
            "events",
            Neither,
            of(Count::Burst(BURST_WINDOW), Filter::All),
        ),
        count("median_per_actor", "Events per actor, median", "events", Neither, percentile(50)),
        count("p95_per_actor", "Events per actor, 95th percentile", "events", Neither, percentile(95)),
        class("logins", "Logins", "logins", Neither, Login),
        class("logouts", "Logouts", "logouts", Neither, Logout),
        count("failed_logins", "Failed logins", "logins", Down, events(failed_logins())),
        rate("failed_login_rate", "Share of failed logins", events(failed_logins()), events(Filter::class(Login))),
        class("creations", "Creations", "creations", Neither, Create),
        affected("records_created", "Records created", Neither, Create),
        class("reads", "Views", "views", Neither, Read),
        class("updates", "Updates", "updates", Neither, Update),
        affected("records_updated", "Records updated", Neither, Update),
        class("deletions", "Deletions", "deletions", Down, Delete),
        affected("records_deleted", "Records deleted", Down, Delete),
        class("restores", "Restores", "restores", Neither, Restore),
        affected("records_restored", "Records restored", Neither, Restore),
        class("merges", "Merges", "merges", Neither, Merge),
        class("conversions", "Conversions", "conversions", Neither, Convert),
        class("exports", "Exports", "exports", Down, Export),
        affected("records_exported", "Records exported", Down, Export),
        class("imports", "Imports", "imports", Neither, Import),
        affected("records_imported", "Records imported", Neither, Import),
        class("permission_changes", "Permission changes", "changes", Down, Permission),
        class("configuration_changes", "Changes of settings", "changes", Neither, Configure),
    ]
}

fn of(count: Count, filter: Filter) -> query::Measure {
    query::Measure { count, filter }
}

fn built(name: &str, title: &str, unit: &str, good: Good, kind: MeasureKind) -> Measure {
    Measure { name: name.into(), title: title.into(), unit: unit.into(), kind, good, target: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_deletions_count_events_but_records_deleted_records() {
        let all = measures();
        let names: BTreeSet<&str> = all.iter().map(|measure| measure.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        let kind = |name: &str| all.iter().find(|measure| measure.name == name).unwrap().kind.clone();
        let deleted = Filter::OneOf(Field::ActionClass, vec!["delete".into()]);
        let count = |count| MeasureKind::Count(query::Measure { count, filter: deleted.clone() });
        assert_eq!(kind("deletions"), count(Count::Events));
        assert_eq!(kind("records_deleted"), count(Count::Affected));
    }
}
