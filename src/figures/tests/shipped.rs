//! The definitions that ship can be figured out, with few questions, and what they find is explained by events.

use super::fixture::*;
use crate::audit_log::AuditLog;
use crate::calendar::period::Period;
use crate::calendar::zone::ZoneRules;
use crate::definition::Definition;
use crate::figures::{Amount, explain};

fn shipped(stem: &str, text: &str) -> Definition {
    Definition::read(stem, stem, text, &ZoneRules::bundled()).unwrap()
}

#[test]
fn shipped_definitions_are_figured_out_and_explained() {
    let all = [
        (shipped("daily", include_str!("../../../schedules/daily-security-watch.yaml")), "2026-11-20"),
        (shipped("weekly", include_str!("../../../schedules/weekly-activity-review.yaml")), "2026-W47"),
        (shipped("monthly", include_str!("../../../schedules/monthly-management-review.yaml")), "2026-11"),
    ];
    for (definition, period) in all {
        let log = two_weeks();
        let (figures, _) = run(&definition, &Period::parse(period).unwrap(), &log);
        assert_eq!(log.answers.get(), 1, "{}", definition.stem);
        assert!(log.queries.get() <= 100, "{}: {} queries", definition.stem, log.queries.get());
        let volumes = ["events", "failed_logins", "permission_changes"];
        for (name, total) in figures.totals.iter().filter(|(name, _)| volumes.contains(&name.as_str())) {
            let explained = explain(&figures, &definition, &total.now.address, 10).unwrap();
            let events = log.evidence(&explained.evidence, &lens()).unwrap().total;
            assert_eq!(Amount::Whole(events as i64), total.now.amount, "{} of {}", name, definition.stem);
        }
        for figure in figures.all() {
            explain(&figures, &definition, &figure.address, 1).unwrap();
        }
    }
}
