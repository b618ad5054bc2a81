//! What is normal, on logs of which the answer is known: steady weeks, a leap, weekdays, holidays, silence, too little, new
//! people; and the same from both engines.

use super::fixture::*;
use crate::audit_log::sealed::SealedLog;
use crate::audit_log::{Append, AuditLog, BatchAbout, Lens, Sink};
use crate::calendar::hours::WorkingHours;
use crate::calendar::period::Period;
use crate::definition::*;
use crate::event::{ActionClass, Event};
use crate::figures::{Amount, Body, Figures, LeftOut, Like, Normal, Standing, explain, figure_out};
use crate::query::{Dimension, Field, Filter};
use crate::source::{Rhythm, Source};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// So many events of an actor on each day of `[first, end)`, between nine and five.
fn every_day(first: &str, end: &str, actor: &str, count: impl Fn(NaiveDate) -> u32) -> Vec<Event> {
    let days = day(first).iter_days().take_while(|date| *date < day(end));
    days.flat_map(|date| {
        (0..count(date)).map(move |n| {
            let time = format!("{date} {:02}:{:02}", 9 + n % 8, (n / 8) % 60);
            event(&time, actor, ActionClass::Update, "Deals")
        })
    })
    .collect()
}

/// Weekdays `on`, weekends `off`.
fn working(on: u32, off: u32) -> impl Fn(NaiveDate) -> u32 {
    move |date| if date.weekday().number_from_monday() <= 5 { on } else { off }
}

/// The CRM, which may be silent on weekends.
fn office() -> Source {
    Source { rhythm: Some(Rhythm::EveryWorkingDay), ..crm() }
}

/// The log of a CRM that has these events, imported on a day.
fn log_of(events: Vec<Event>, imported: &str) -> Counting {
    let mut log = Counting::default();
    log.import(&office(), imported, events);
    log
}

fn plain(sections: Vec<Section>) -> Definition {
    let mut definition = definition(sections);
    definition.compare = vec![Comparison::Previous];
    definition
}

fn figures_of(log: &dyn AuditLog, definition: &Definition, period: &str, lens: &Lens) -> Figures {
    figure_out(definition, &Period::parse(period).unwrap(), log, lens, &BTreeMap::new()).unwrap().0
}

fn normal_of(log: &dyn AuditLog, period: &str, measure: &str) -> Normal {
    figures_of(log, &plain(Vec::new()), period, &lens()).total(measure).unwrap().normal.clone().unwrap()
}

fn whole(amount: Amount) -> i64 {
    match amount {
        Amount::Whole(value) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_leap_is_marked_and_says_from_what_it_was_learnt() {
    // Thirteen steady weeks of 50 to 54 events, then one of 300.
    let mut events = every_day("2026-08-17", "2026-11-16", "ada", |date| 10 * u32::from(working(1, 0)(date) > 0));
    events.extend(every_day("2026-08-18", "2026-11-16", "ada", |date| u32::from(date.day() % 9 == 0)));
    events.extend(every_day("2026-11-16", "2026-11-23", "ada", working(60, 0)));
    let log = log_of(events, "2026-11-23 06:00");
    let normal = normal_of(&log, "2026-W47", "events");
    assert_eq!((normal.standing, normal.like, normal.learnt_from, normal.years), (Standing::Above, Like::Week, 12, 0));
    assert!((20..50).contains(&whole(normal.low)) && (54..80).contains(&whole(normal.high)), "{normal:?}");
    assert!(normal.left_out().is_empty());
    assert_eq!(normal.earlier[0].label, "2026-W35");
    assert_eq!(log.answers.get(), 1, "all questions in one pass");
    let before = normal_of(&log, "2026-W46", "events");
    assert_eq!(before.standing, Standing::Within, "{before:?}");
}

#[test]
fn an_outlier_before_masks_nothing_and_a_trend_is_no_leap() {
    let mut events = every_day("2026-08-17", "2026-11-16", "ada", working(10, 0));
    events.extend(every_day("2026-10-05", "2026-10-06", "ada", |_| 2_000));
    events.extend(every_day("2026-11-16", "2026-11-23", "ada", working(40, 0)));
    assert_eq!(normal_of(&log_of(events, "2026-11-23 06:00"), "2026-W47", "events").standing, Standing::Above);

    // Five per cent a week more, over thirteen weeks.
    let start = day("2026-08-17");
    let rising = |date: NaiveDate| working(20 + (date - start).num_weeks() as u32, 0)(date);
    let log = log_of(every_day("2026-08-17", "2026-11-23", "ada", rising), "2026-11-23 06:00");
    assert_eq!(normal_of(&log, "2026-W47", "events").standing, Standing::Within);
}

#[test]
fn too_little_history_is_said_with_its_reasons() {
    let log = log_of(every_day("2026-10-26", "2026-11-23", "ada", working(10, 0)), "2026-11-23 06:00");
    let normal = normal_of(&log, "2026-W47", "events");
    assert_eq!((normal.standing, normal.learnt_from, normal.needed), (Standing::TooLittle, 3, 6));
    assert_eq!(normal.high, Amount::NotInLog);
    assert_eq!(normal.left_out(), BTreeMap::from([(LeftOut::BeforeLog, 9)]));
}

#[test]
fn each_weekday_has_its_own_normal_and_holidays_are_apart() {
    // Mondays are heavy, Sundays quiet; on the 9th of November nobody works.
    let count = |date: NaiveDate| match date.weekday().number_from_monday() {
        _ if date == day("2026-11-09") => 2,
        1 => 50,
        7 => 2,
        6 => 4,
        _ => 20,
    };
    let mut events = every_day("2026-08-03", "2026-11-22", "ada", count);
    events.extend(every_day("2026-11-22", "2026-11-23", "ada", |_| 20));
    let log = log_of(events, "2026-11-23 06:00");
    let days = SectionKind::Series {
        measure: "events".into(),
        by: Dimension::Day,
        split: None,
        form: SeriesForm::Bars,
        periods: 1,
        table: false,
    };
    let mut lens = lens();
    lens.hours.holidays = BTreeMap::from([(day("2026-11-09"), "Holiday".to_owned())]);
    let definition = plain(vec![section("days", Filter::All, days)]);
    let figures = figures_of(&log, &definition, "2026-W47", &lens);
    let Body::Series(series) = &figures.sections[0].body else { panic!() };
    let normal: Vec<&Normal> = series.normal.iter().map(|normal| normal.as_ref().unwrap()).collect();
    let standing: Vec<Standing> = normal.iter().map(|normal| normal.standing).collect();
    assert_eq!(standing[..6], [Standing::Within; 6], "{normal:?}");
    assert_eq!(standing[6], Standing::Above, "twenty are many for a Sunday");
    assert_eq!((normal[0].like, normal[0].middle), (Like::Weekday(1), Amount::Whole(50)));
    assert_eq!(normal[0].left_out(), BTreeMap::from([(LeftOut::Holidays, 1)]));
    assert_eq!((normal[1].learnt_from, normal[1].middle), (12, Amount::Whole(20)));

    let holiday = figures_of(&log, &plain(Vec::new()), "2026-11-09", &lens).total("events").unwrap().normal.clone();
    let holiday = holiday.unwrap();
    assert_eq!((holiday.like, holiday.standing), (Like::DayOff, Standing::Within), "{holiday:?}");
}

#[test]
fn working_days_are_set_in_proportion() {
    // Christmas week has two working days, and as many events for each as ever.
    let holidays = ["2026-12-23", "2026-12-24", "2026-12-25"].map(|date| (day(date), "Holiday".to_owned()));
    let mut lens = lens();
    lens.hours = WorkingHours { holidays: BTreeMap::from(holidays.clone()), ..WorkingHours::default() };
    let works = |date: NaiveDate| !holidays.iter().any(|(holiday, _)| *holiday == date);
    let count = move |date: NaiveDate| if works(date) { working(100, 0)(date) } else { 0 };
    let log = log_of(every_day("2026-09-14", "2027-01-04", "ada", count), "2027-01-04 06:00");
    let normal = figures_of(&log, &plain(Vec::new()), "2026-W52", &lens).total("events").unwrap().normal.clone();
    let normal = normal.unwrap();
    assert_eq!((normal.standing, normal.middle), (Standing::Within, Amount::Whole(200)), "{normal:?}");
    let after = figures_of(&log, &plain(Vec::new()), "2026-W53", &lens).total("events").unwrap().normal.clone();
    assert_eq!(after.unwrap().left_out(), BTreeMap::from([(LeftOut::Holidays, 1)]));
}

#[test]
fn silent_weeks_teach_nothing_and_a_fall_in_silence_is_none() {
    let mut events = every_day("2026-08-17", "2026-09-14", "ada", working(10, 1));
    events.extend(every_day("2026-09-21", "2026-11-20", "ada", working(10, 1)));
    let log = log_of(events, "2026-11-24 06:00");
    let normal = normal_of(&log, "2026-W47", "events");
    assert_eq!((normal.standing, normal.learnt_from), (Standing::Within, 11), "{normal:?}");
    assert_eq!(normal.left_out(), BTreeMap::from([(LeftOut::Silent, 1)]));
    // On the Friday the source was silent: that nothing happened is not said.
    let friday = figures_of(&log, &plain(Vec::new()), "2026-11-20", &lens()).total("events").unwrap().normal.clone();
    assert_eq!(friday.unwrap().standing, Standing::Silent);
    // The week after the silent one is compared with a part of a week.
    let figures = figures_of(&log, &plain(Vec::new()), "2026-W39", &lens());
    let partial = &figures.compared[0].partial;
    assert_eq!(partial.len(), 1);
    assert_eq!((partial[0].source.as_str(), partial[0].begins), ("crm", None));
    assert_eq!(partial[0].silent.iter().map(|span| span.to - span.from).sum::<i64>(), 5 * 86_400_000);
    assert_eq!(figures.total("events").unwrap().partial, [vec!["crm".to_owned()]]);
    assert!(figures_of(&log, &plain(Vec::new()), "2026-W41", &lens()).compared[0].partial.is_empty());
}

#[test]
fn the_same_month_of_four_years_is_learnt_from_too() {
    // Decembers are three times as busy as all other months, every year.
    let count = |date: NaiveDate| if date.month() == 12 { working(15, 0)(date) } else { working(5, 0)(date) };
    let events = every_day("2021-11-01", "2027-01-01", "ada", count);
    let log = log_of(events, "2027-01-01 06:00");
    let december = normal_of(&log, "2026-12", "events");
    assert_eq!((december.standing, december.learnt_from, december.years), (Standing::Within, 12, 5), "{december:?}");
    let young = log_of(every_day("2024-11-01", "2027-01-01", "ada", count), "2027-01-01 06:00");
    let december = normal_of(&young, "2026-12", "events");
    assert_eq!((december.standing, december.years), (Standing::Above, 0), "two years are no season");
}

#[test]
fn each_person_by_their_own_history_and_new_ones_are_new() {
    let mut events = every_day("2026-08-17", "2026-11-23", "ada", working(20, 0));
    events.extend(every_day("2026-08-17", "2026-11-16", "bo", working(2, 0)));
    events.extend(every_day("2026-11-16", "2026-11-23", "bo", working(20, 0)));
    events.extend(every_day("2026-11-18", "2026-11-23", "carl", working(20, 0)));
    events.extend(every_day("2026-10-26", "2026-11-23", "dan", working(20, 0)));
    let log = log_of(events, "2026-11-23 06:00");
    let by = vec![Dimension::Field(Field::Actor)];
    let kind = SectionKind::Ranking { by, measures: vec!["events".into()], limit: 10, chart: RankingForm::None };
    let definition = plain(vec![section("who", Filter::All, kind)]);
    let figures = figures_of(&log, &definition, "2026-W47", &lens());
    assert_eq!(log.answers.get(), 1);
    let Body::Ranking(ranking) = &figures.sections[0].body else { panic!() };
    let standing: BTreeMap<&str, Standing> =
        ranking.rows.iter().map(|row| (row.keys[0].as_str(), row.normal.as_ref().unwrap().standing)).collect();
    let expected =
        [("ada", Standing::Within), ("bo", Standing::Above), ("carl", Standing::New), ("dan", Standing::TooLittle)];
    assert_eq!(standing, BTreeMap::from(expected));
    let dan = ranking.rows.iter().find(|row| row.keys[0] == "dan").unwrap().normal.clone().unwrap();
    assert_eq!((dan.learnt_from, dan.left_out()), (3, BTreeMap::from([(LeftOut::Unseen, 9)])));
}

#[test]
fn shares_follow_their_whole_and_nothing_is_no_share() {
    let logins = |date: NaiveDate| {
        let count = working(40, 0)(date);
        (0..count).map(move |n| {
            let outcome = if n == 0 { crate::event::Outcome::Failure } else { crate::event::Outcome::Success };
            login(&format!("{date} 09:{:02}", n), "ada", outcome, "10.0.0.1")
        })
    };
    let days = day("2026-08-24").iter_days().take(12 * 7);
    let mut events: Vec<Event> = days.flat_map(logins).collect();
    events.push(login("2026-11-16 09:00", "ada", crate::event::Outcome::Failure, "10.0.0.1"));
    events.push(login("2026-11-17 09:00", "ada", crate::event::Outcome::Success, "10.0.0.1"));
    let mut log = Counting::default();
    log.import(&super::fixture::logins(), "2026-11-23 06:00", events);
    let normal = normal_of(&log, "2026-W47", "failure_rate");
    assert_eq!(normal.standing, Standing::Within, "one of two is half, and nothing follows from it: {normal:?}");
    assert_eq!(normal.middle, Amount::Share { part: 50, whole: 2_000 }, "one of forty");
}

#[test]
fn both_engines_say_the_same() {
    let mut events = every_day("2026-08-10", "2026-11-16", "ada", working(6, 1));
    events.extend(every_day("2026-10-01", "2026-11-23", "bo", working(3, 0)));
    events.extend(every_day("2026-11-17", "2026-11-23", "carl", working(30, 0)));
    let memory = log_of(events.clone(), "2026-11-23 06:00");
    let folder = tempfile::tempdir().unwrap();
    let mut sealed = SealedLog::create(&folder.path().join("log")).unwrap();
    let about = BatchAbout { file: "crm-2026-11-23 06:00.csv".into(), ..BatchAbout::default() };
    let mut feed = |sink: &mut dyn Sink| events.iter().try_for_each(|event| sink.event(event.clone()).map(|_| ()));
    sealed.add_batch(&office(), &about, at("2026-11-23 06:00"), &[], &mut feed).unwrap();
    let by = vec![Dimension::Field(Field::Actor)];
    let days = |split| SectionKind::Series {
        measure: "events".into(),
        by: Dimension::Day,
        split,
        form: SeriesForm::StackedBars,
        periods: 1,
        table: false,
    };
    let sections = vec![
        section(
            "who",
            Filter::All,
            SectionKind::Ranking { by, measures: vec!["events".into()], limit: 9, chart: RankingForm::None },
        ),
        section("days", Filter::All, days(None)),
        section("split", Filter::All, days(Some(Field::Actor))),
        section("tiles", Filter::All, SectionKind::Summary { measures: vec!["events".into(), "actors".into()] }),
    ];
    let definition = plain(sections);
    for period in ["2026-W47", "2026-11-18", "2026-11"] {
        let (one, other) =
            (figures_of(&memory, &definition, period, &lens()), figures_of(&sealed, &definition, period, &lens()));
        assert_eq!(one.sections, other.sections, "{period}");
        assert_eq!(one.totals, other.totals, "{period}");
    }
}

#[test]
fn limits_have_addresses_and_are_explained() {
    let log = log_of(every_day("2026-08-17", "2026-11-23", "ada", working(10, 0)), "2026-11-23 06:00");
    let by = vec![Dimension::Field(Field::Actor)];
    let ranking = SectionKind::Ranking { by, measures: vec!["events".into()], limit: 9, chart: RankingForm::None };
    let days = SectionKind::Series {
        measure: "events".into(),
        by: Dimension::Day,
        split: None,
        form: SeriesForm::Bars,
        periods: 1,
        table: false,
    };
    let definition = plain(vec![
        section("tiles", Filter::All, SectionKind::Summary { measures: vec!["events".into()] }),
        section("who", Filter::All, ranking),
        section("days", Filter::All, days),
    ]);
    let figures = figures_of(&log, &definition, "2026-W47", &lens());
    let week = |label: &str| Period::parse(label).unwrap().span(&berlin());
    for address in ["tiles/events/%normal", "who/ada/events/%normal", "%totals/events/%normal"] {
        let explained = explain(&figures, &definition, address, 3).unwrap();
        let normal = explained.normal.unwrap();
        assert_eq!((normal.learnt_from, normal.earlier.len()), (12, 12), "{address}");
        assert_eq!(explained.span.from, week("2026-W35").from, "{address}");
        assert_eq!(explained.span.to, week("2026-W46").to, "{address}");
        let events = log.evidence(&explained.evidence, &lens()).unwrap().total;
        assert_eq!(events, 12 * 50, "{address}");
    }
    let monday = explain(&figures, &definition, "days/2026-11-16/%normal", 3).unwrap();
    assert_eq!(monday.normal.unwrap().like, Like::Weekday(1));
    assert_eq!(log.evidence(&monday.evidence, &lens()).unwrap().total, 12 * 10, "Mondays only");
    assert!(explain(&figures, &definition, "days/2026-11-16/%normal/%normal", 3).is_err());
}
