//! Tests of the mistakes that people make in definitions: each said once, with what to write instead.

use super::tests::{WEEKLY, problems, read, with};
use super::*;

#[test]
fn schedules_that_cannot_be_kept_are_refused() {
    let one = |schedule: &str| {
        let found = with(&[("schedule", &format!("schedule: {{ timezone: UTC, {schedule} }}"))]);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        one("cron: 0 7 30 FEB *"),
        "the cron expression `0 7 30 FEB *` never fires: no month that it names has such a day. For the last day of every month, write `every: month, day: last`"
    );
    assert_eq!(
        one("cron: 0 7 * *"),
        "the cron expression `0 7 * *` has 4 fields. Write five (minute, hour, day of the month, month, weekday), as in \"0 7 * * MON\", or six with seconds in front"
    );
    assert_eq!(
        one("cron: \"0 7 1,15 * *\", period: month"),
        "the firings of 2024-01-01 07:00 and 2024-01-15 07:00 would both cover 2023-12. Let it fire once a period, or choose a shorter `period`"
    );
    assert_eq!(
        one("cron: 0 * * * *"),
        "the firings of 2024-01-01 00:00 and 2024-01-01 01:00 would both cover 2023-12-31..2023-12-31. Let it fire once a period, or choose a shorter `period`"
    );
    assert_eq!(one("every: day, on: monday"), "`on` belongs to `every: week`. Leave it out, or write `every: week`");
    let day = one("every: month, day: 32");
    assert!(day.starts_with("`day` must be a day of the month: 1 to 31, `last`, `first monday`, "), "{day}");
    assert!(day.ends_with(" or `last business day`, not `32`"), "{day}");
    for wrong in ["first", "first mnday", "0th monday", "sixth monday", "16th business day", "last first", "0"] {
        assert!(one(&format!("every: month, day: {wrong}")).contains("`first monday`"), "{wrong}");
    }
    assert_eq!(one("every: month, day: fifth friday"), "not every month has a fifth friday. Write `last friday`");
    assert_eq!(one("every: week, on: mnday"), "unknown weekday `mnday`. Did you mean `monday`?");
    assert_eq!(
        one("every: week, at: 7"),
        "`at` must be a time of day from \"00:00\" to \"23:59\", as in \"07:00\", not `7`"
    );
    assert_eq!(one("every: week, at: \"24:00\"").split(',').count(), 3);
    assert_eq!(
        one("every: week, after: 2 moons"),
        "`after` must be a length of time as in `2h`, `90m` or `1d 12h`, from no time to 31 days, not the text `2 moons`"
    );
    assert_eq!(
        one("every: week, cron: 0 7 * * 1"),
        "`every` and `cron` both say when the report is issued. Keep one of the two"
    );
    assert_eq!(
        one("at: \"07:00\""),
        "the schedule does not say when the report is issued. Add `every: day` (or week, month, quarter, year), or `cron: \"0 7 * * MON\"`"
    );
    assert_eq!(
        one("every: week, at_most: 3h"),
        "`at_most` says how long to wait, but not for what. Add `wait_for: SOURCE`"
    );
    assert_eq!(
        one("every: week, since: 2026-02-30"),
        "`since` must be a day of the calendar as in 2026-11-22, not the text `2026-02-30`"
    );
    let zone = with(&[("schedule", "schedule: { every: week, timezone: Berlin }")]);
    assert_eq!(zone, ["3:36: unknown time zone `Berlin`. Did you mean `Europe/Berlin`?"]);
    let path = with(&[("schedule", "schedule: { every: week, timezone: ../../etc/passwd }")]);
    assert!(path[0].contains("unknown time zone"), "{path:?}");
}

#[test]
fn measures_thresholds_and_conditions_are_checked() {
    let found = with(&[
        ("measures", "measures:"),
        ("  events", "  events: { distinct: actor }"),
        ("  Big One", "  Big One: { where: { affected: { more than: 5 } } }"),
        ("  a", "  a: { distinct: actor, burst: 5m }"),
        ("  b", "  b: { rate: [logins, failure_rate] }"),
        ("  c", "  c: { rate: [logins] }"),
        ("  d", "  d: { percentile: 101, of: actor }"),
        ("  e", "  e: { rate: [failures, events], target: \"< 2\" }"),
        ("  f", "  f: { distinct: tim }"),
        ("  g", "  g: { per_day: logns }"),
        ("  h", "  h: { rate: [failures, events], target: \"at most 200 %\" }"),
        ("  i", "  i: { of: actor }"),
        ("  j", "  j: { rate: [a, events] }"),
        ("thresholds", "thresholds:"),
        ("  - { name: t", "  - { name: t, measure: event, more_than: 5, severity: high }"),
        ("  - { name: u", "  - { name: u, measure: events, more_than: 5 %, severity: hih }"),
        ("  - { name: v", "  - { name: v, measure: events, severity: low, say: \"{who} {what}\" }"),
        ("  - { name: w", "  - { name: w, measure: events, more_than: 1, less_than: 3, severity: low }"),
        ("  - { name: w2", "  - { name: w, measure: a, more_than: 1, severity: low }"),
        (
            "recipients",
            "recipients: [{ to: a@b.de, when: events > 5 }, { to: a@b.de, when: evnts > 5 }, { to: b@b.de, when: soon }]",
        ),
    ]);
    assert_eq!(
        found,
        [
            "6:34: `events` is in no section of this report. Add it to a summary, so that the reader sees why the report came",
            "6:68: unknown measure `evnts`. Did you mean `events`?",
            "6:101: `when` must be a measure and a comparison as in \"deletions > 20\", not the text `soon`",
            "8:3: `events` is a built-in measure. Choose another name",
            "9:3: `Big One` cannot be a measure's name. Use small letters, digits and `_`, beginning with a letter, as in `bulk_exports`",
            "10:6: `distinct` and `burst` both say how it is counted. Keep one of the two",
            "11:23: `failure_rate` is a share or a mean itself, and cannot be part of another. Name a count",
            "12:14: `rate` names 1 here, and it takes two: the part and the whole. Write as in `rate: [failed_logins, logins]`",
            "13:20: `percentile` must be a whole number from 0 to 100, not `101`",
            "14:42: `2` is not a share, and this measure is one. Write `2 %`",
            "15:18: unknown field `tim`. Did you mean `time`?",
            "16:17: unknown measure `logns`. Did you mean `logins`?",
            "17:42: `200 %` is more than the whole. A share is 0 % to 100 %",
            "18:6: `of` belongs to `percentile`. Write `percentile: 95, of: actor`",
            "21:25: unknown measure `event`. Did you mean `events`?",
            "22:44: `5 %` is a share, and this measure is not. Write `5`",
            "22:59: unknown severity `hih`. Did you mean `high`?",
            "23:5: the threshold does not say where the line is. Add `more_than: 20`, `at_least`, `less_than` or `at_most`",
            "23:53: `{who}` names a group, and there are none. Add `by: actor`",
            "23:53: nothing is filled in for `{what}`. There are `{value}`, `{who}`, `{limit}` and `{before}`",
            "24:5: `more_than` and `less_than` both say where the line is. Write two thresholds",
            "25:13: two thresholds are named `w`. Give each its own name",
        ]
    );
}

#[test]
fn a_threshold_that_nobody_would_see_is_a_problem() {
    let threshold = "thresholds: [{ name: t, measure: events, more_than: 5, severity: high }]";
    assert_eq!(
        with(&[("thresholds", threshold)]),
        [
            "7:13: no section of this report shows what crosses a threshold. Add `- attention` (or `- verdict`) to the sections"
        ]
    );
    let before = threshold.replace("more_than: 5", "more_than: 2 x before");
    assert_eq!(
        with(&[("thresholds", &before), ("compare", "compare: none"), ("sections", "sections: [attention]")]),
        ["7:53: there is no value before: the report is compared with nothing. Add `compare: previous period`"]
    );
}

#[test]
fn sections_are_checked() {
    let one = |section: &str| {
        let found = with(&[("sections", &format!("sections: [{section}]"))]);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(one("summary"), "`summary` says nothing without settings. Write `- summary: [events, actors]`");
    assert_eq!(
        one("{ summary: [events], title: Figures }"),
        "`title` stands beside `summary`. Put it inside: `- summary: { title: … }`"
    );
    assert_eq!(one("{ summary: [] }"), "there is no measure to show. Write one at least, as in `[events, actors]`");
    assert_eq!(one("{ summary: [events, events] }"), "`events` is named twice. Keep one of the two");
    assert_eq!(
        one("{ series: { measure: events, chart: stacked bars } }"),
        "`stacked bars` show one series for each value of a field, and there is no field. Add `split: action_class`, or write `chart: bars`"
    );
    assert_eq!(
        one("{ series: { measure: actors, split: module, chart: area } }"),
        "the parts of `actors` do not add up to the whole. Write `chart: grouped bars`, `lines` or `small multiples`"
    );
    assert_eq!(
        one("{ series: { measure: actors, chart: cumulative } }"),
        "the days of `actors` do not add up to the whole. Write `chart: lines`, or count events or records"
    );
    assert_eq!(
        one("{ ranking: { measure: actors, by: module, chart: pareto } }"),
        "the groups of `actors` do not add up to the whole. Write `chart: bars`, or rank by events or records"
    );
    assert_eq!(
        one("{ ranking: { measure: events, by: module, chart: pie } }"),
        "unknown chart `pie`. Known here: `bars`, `pareto`, `yes`, `no`"
    );
    assert_eq!(
        one("{ series: { measure: events, by: hour } }"),
        "a series runs over time. Write `by: day`, week, month, quarter or year, and the field as `split:`"
    );
    assert_eq!(
        one("{ series: { measure: events, split: module, chart: lines, normal: yes } }"),
        "what is normal is told of one series, and this one is split. Leave `split` or `normal` out, or write `chart: stacked bars`: then it is told of their sums"
    );
    assert_eq!(
        one("{ series: { measure: events, normal: perhaps } }"),
        "`normal` must be `yes` or `no`, not the text `perhaps`"
    );
    assert_eq!(one("{ ranking: { by: [actor, actor] } }"), "a field is named twice. Keep one of the two");
    assert_eq!(
        one("{ ranking: { by: [] } }"),
        "a ranking is by one field, or by two or three together. Write `by: actor`"
    );
    assert_eq!(
        one("{ crosstab: { by: affected } }"),
        "`by` names 1 here, and it takes two: rows and columns. Write as in `by: [weekday, hour]`"
    );
    assert_eq!(one("{ events: { columns: [time, moduel] } }"), "unknown column `moduel`. Did you mean `module`?");
    assert_eq!(one("{ events: { limit: 0 } }"), "`limit` must be a whole number from 1 to 10000, not `0`");
    assert_eq!(
        one("{ coverage: { where: { module: Deals } } }"),
        "`coverage` counts no events, so that `where` changes nothing. Leave it out"
    );
    assert_eq!(
        one("targets"),
        "no measure of this report has a target. Declare one under `measures:` with `target: \"at most 5\"`"
    );
    assert_eq!(
        one("{ targets: [events] }"),
        "`events` has no target. Declare a measure under `measures:` with `target: \"at most 5\"`"
    );
    assert_eq!(
        one("{ sequence: { first: { outcome: failure }, then: { outcome: success } } }"),
        "`within` is missing in `sequence`. Add `within: …` here"
    );
    assert_eq!(one("{ text: \"\" }"), "the text is empty. Write what the reader should know, or leave the section out");
    assert_eq!(
        one("{ coverage: { id: A B } }"),
        "`id` must be a short name as in `deletions-by-role`: small letters, digits, `-` and `_`, not the text `A B`"
    );
    assert_eq!(
        one("{ coverage: { title: \"a\\u0007b\" } }"),
        "`title` must be one line. Leave line breaks and control characters out"
    );
}

#[test]
fn filters_are_checked() {
    let one = |filter: &str| {
        let found = with(&[("where", &format!("where: {{ {filter} }}"))]);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        one("rol: Administrator"),
        "unknown field `rol`. Known here: `source`, `actor`, `action`, `action_class`, `module`, `record`, `record_name`, `outcome`, `origin.ip`, `origin.agent`, `origin.channel`, `actor.role`, `actor.team`, `actor.kind`, `actor.known`, `affected`, `time`, `outside_hours`, `hour`, `weekday`, `and`, `or`, `not`"
    );
    assert_eq!(
        one("outcome: failed"),
        "unknown value of `outcome` `failed`. Known here: `success`, `failure`, `denied`, `partial`, `unknown`"
    );
    assert_eq!(
        one("actor.kind: robot"),
        "unknown value of `actor.kind` `robot`. Known here: `person`, `service`, `system`"
    );
    assert_eq!(one("affected: { more then: 5 }"), "unknown key `more then` in `affected`. Did you mean `more than`?");
    assert_eq!(
        one("affected: { prefix: 5 }"),
        "unknown key `prefix` in `affected`. Known here: `not`, `more than`, `at least`, `less than`, `at most`"
    );
    assert_eq!(one("hour: 24"), "`hour` must be a whole number from 0 to 23, not `24`");
    assert_eq!(one("weekday: someday"), "`weekday` must be a weekday, `monday` to `sunday`, not the text `someday`");
    assert_eq!(
        one("time: 2026-11-22"),
        "`time` must be a map as in `{ from: 2026-11-01, before: 2026-12-01 }`, not the text `2026-11-22`"
    );
    assert!(one("time: { before: yesterday }").starts_with("`before` must be a day or a time as in `2026-11-22`"));
    assert_eq!(
        one("module: {}"),
        "`module` must be a value, a list of values, or one of `not`, `prefix`, not a map of keys"
    );
    assert_eq!(one("module: []"), "`module` has no values to choose from. Write one at least");
    assert_eq!(one("module:"), "`module` has no value. Write a value, or leave the field out");
    assert_eq!(one("or: []"), "`or` has nothing to join. Write a list of filters");
    assert_eq!(one(""), "the filter says nothing. Write `field: value`, or leave `where` out");
}

#[test]
fn comparisons_are_checked() {
    assert_eq!(
        with(&[("compare", "compare: 4 same weekdays")]),
        [
            "4:10: `4 same weekdays` compares single days, and this report's period is longer. Write `previous period` or `year before`"
        ]
    );
    assert_eq!(
        with(&[("compare", "compare: previous perod")]),
        ["4:10: unknown comparison `previous perod`. Did you mean `previous period`?"]
    );
    let daily = WEEKLY.replace("every: week, on: monday", "every: day").replace("previous period", "4 same weekdays");
    assert_eq!(read(&daily).unwrap().compare, [Comparison::SameWeekdays(4)]);
}

#[test]
fn what_is_missing_is_said() {
    assert_eq!(
        problems("# nothing but a remark\ncompare: none\n"),
        [
            "2:1: `owner` is missing. Add `owner: …` here",
            "2:1: `recipients` is missing. Add `recipients: …` here",
            "2:1: `schedule` is missing. Add `schedule: …` here",
            "2:1: `sections` is missing. Add `sections: …` here",
            "2:1: `title` is missing. Add `title: …` here",
        ]
    );
    assert_eq!(
        with(&[("sections", "sections: []")])[0],
        "5:11: the report has no sections. Write one at least, as in `- summary: [events, actors]`"
    );
    assert_eq!(
        with(&[("recipients", "recipients: []")]),
        [
            "6:13: the report has no recipients. Write `- { to: name@example.com }`, or `recipients: none` to keep the report without mailing it"
        ]
    );
}

#[test]
fn audiences_that_cannot_be_are_refused() {
    let one = |line: &str| with(&[("recipients", &format!("recipients: [{line}]"))]);
    assert_eq!(
        one("{ to: manager }"),
        [
            "6:20: `manager` is nobody's address: the whole report belongs to no team. Write an address or `owner`, or `each: team` beside it"
        ]
    );
    assert_eq!(one("{ each: teem, to: manager }"), ["6:22: unknown field `teem`. Did you mean `team`?"]);
    assert_eq!(
        one("{ each: weekday, to: owner }"),
        [
            "6:22: a report cannot be divided by `weekday`. Divide it by a field of text, as in `each: team` or `each: module`"
        ]
    );
    assert_eq!(
        one("{ each: module, to: manager }"),
        [
            "6:34: only a team or a person has a manager. Write `each: team`, `to: owner`, an address, or a list with addresses"
        ]
    );
    assert_eq!(
        one("{ each: team }"),
        ["6:14: it is not said to whom each edition goes. Add `to: manager`, `to: owner` or an address"]
    );
    assert_eq!(
        one("{ each: { list: ../people.csv, by: module } }"),
        [
            "6:30: `../people.csv` is no file of the installation. Write a path below its folder, as in `lists/regions.csv`"
        ]
    );
    assert_eq!(
        one("{ each: team, to: manager }, { each: module, to: owner }"),
        [
            "6:43: the report is divided in two ways. Give every line with `each` the same `each` and `empty`, or write a second definition"
        ]
    );
    assert_eq!(
        one("{ to: owner, audience: trianing }"),
        ["6:37: unknown audience `trianing`. Did you mean `training`?"]
    );
    assert_eq!(
        one("{ each: team, to: manager, audience: training }"),
        [
            "6:41: unknown key `audience` in `recipients`. Known here: `each`, `to`, `formats`, `when`, `attach`, `empty`"
        ]
    );
}

#[test]
fn audiences_are_read() {
    let yaml = "title: T\nowner: o@example.com\nschedule: { every: week, timezone: UTC }\nsections: [coverage]\n\
        recipients: [{ to: owner }, { each: team, to: manager, empty: send }, { each: team, to: owner, empty: send }, \
        { to: t@b.de, audience: training }]\n";
    let definition = read(yaml).unwrap();
    assert_eq!(definition.audiences(), ["", "*", "training"]);
    let division = definition.division.unwrap();
    assert_eq!((division.by, division.list, division.send_empty), (crate::query::Field::ActorTeam, None, true));
    assert_eq!(division.recipients.len(), 2);
    assert_eq!((definition.recipients.len(), definition.training[0].to.as_str()), (1, "t@b.de"));
}

#[test]
fn a_review_is_asked_of_people_within_a_time() {
    let house = crate::definition::House {
        roles: [("Compliance".to_owned(), vec!["ana@example.com".to_owned()])].into(),
        ..crate::definition::House::default()
    };
    let groups = [("auditors".to_owned(), vec!["ann@example.com".to_owned(), "bo@example.com".to_owned()])].into();
    let mailing = Mailing { domains: &[], groups: Some(&groups), house: Some(&house) };
    let of = |review: &str| {
        let text = format!("{WEEKLY}review: {review}\n");
        Definition::read_within("weekly", "w", &text, &ZoneRules::bundled(), mailing, Some(&Calendars::new()))
    };
    let one = |review: &str| {
        let found = of(review).unwrap_err();
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].to_string().split_once(": ").unwrap().1.to_owned()
    };
    let asked = of("{ by: [group:auditors, \"role:Compliance\"], within: 2 business days }").unwrap().review.unwrap();
    assert_eq!(asked.by, ["ann@example.com", "bo@example.com", "role:Compliance"]);
    assert_eq!(asked.within.to_string(), "2 working days");
    assert_eq!(of("{ by: owner, within: 1 week }").unwrap().review.unwrap().within.to_string(), "7 days");
    assert_eq!(
        one("{ by: auditors, within: 2 days }"),
        "`auditors` is nobody's address. Did you mean `group:auditors`?"
    );
    assert_eq!(
        one("{ by: compliance, within: 2 days }"),
        "`compliance` is nobody's address. Did you mean `role:Compliance`?"
    );
    assert_eq!(
        one("{ by: owner, within: 0 working days }"),
        "`within` must be a time as in `2 working days`, `3 days` or `36h`, of a year at most, not the text `0 working days`"
    );
    assert!(one("{ by: owner }").contains("`within`"));
    assert!(one("{ within: 2 days }").contains("`by`"));
    assert_eq!(
        one("{ by: \"webhook:chat\", within: 2 days }"),
        "`webhook:chat` is no person, and a review is a person's. Write an address, `owner`, `group:NAME` or `role:NAME`"
    );
    assert_eq!(
        one("{ by: [ann@example.com, group:auditors], within: 2 days }"),
        "`ann@example.com` is named twice. Name each person once"
    );
    assert_eq!(
        one("{ by: owner, within: 2 working days, holidays: none-such }").split(". ").next(),
        Some("there are no holidays `none-such`")
    );
    assert_eq!(
        one("{ by: owner, within: 2 days, weekend: none }"),
        "`weekend` and `holidays` have no say where no working days are counted. Write `within: 2 working days`, or leave them out"
    );
    assert!(one("{ by: owner, within: 2 days, remind: hourly }").contains("`remind`"));
}
