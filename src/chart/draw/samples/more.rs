//! More samples: areas, Pareto, running totals, and what is empty, alone, too much, too large or too small.

use super::{NONE, chart, days_of_june, series, wave};
use crate::chart::{Chart, Kind, Role};

/// A name of 300 letters.
fn long(word: &str) -> String {
    word.repeat(300).chars().take(300).collect()
}

pub fn charts() -> Vec<(&'static str, Chart)> {
    let mut all = over_time();
    all.extend(by_name());
    all.extend(extremes());
    all
}

fn over_time() -> Vec<(&'static str, Chart)> {
    let days: Vec<String> = (1..=30).map(|d| format!("{d} Jun")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let parts = |count: usize| {
        let names = ["update", "create", "delete", "export", "login", "convert", "merge", "others"];
        let part = |at: usize| {
            let role = if at == 7 { Role::Service } else { Role::Plain };
            series(names[at], role, &wave(30, 900.0 / (at + 1) as f64, 0.2 + 0.1 * at as f64))
        };
        (0..count).map(part).collect::<Vec<_>>()
    };
    let mut area = chart(Kind::Area, "events", &days, parts(3));
    area.ticks = days_of_june();
    let mut broken = chart(Kind::Area, "events", &days, parts(8));
    broken.ticks = days_of_june();
    for one in &mut broken.series {
        (10..14).for_each(|at| one.values[at] = None);
        one.values[15] = None;
    }
    let sums = |values: &[f64]| {
        let mut sum = 0.0;
        values
            .iter()
            .map(|value| {
                sum += value;
                sum
            })
            .collect::<Vec<f64>>()
    };
    let mut running = chart(
        Kind::Lines,
        "records deleted",
        &days,
        vec![
            series("November", Role::Plain, &sums(&wave(21, 30.0, 0.3))),
            series("October", Role::Compared, &sums(&wave(30, 22.0, 0.31))),
        ],
    );
    running.ticks = days_of_june();
    let mut marked = chart(Kind::Bars, "failed logins", &days, vec![series("n", Role::Plain, &wave(30, 40.0, 0.3))]);
    marked.ticks = days_of_june();
    marked.series[0].values[12] = Some(131.0);
    marked.marked = vec![12];
    marked.band = (0..30).map(|at| Some(if at % 7 > 4 { (4.0, 12.0) } else { (22.0, 55.0) })).collect();
    let one = |kind| {
        chart(kind, "events", &["June"], vec![series("a", Role::Plain, &[7.0]), series("b", Role::Plain, &[3.0])])
    };
    let mut uneven = chart(
        Kind::Bars,
        "%",
        &["Q1 25", "Q2 25", "Q3 25"],
        vec![series("people", Role::Plain, &[12.5, NONE, 3.25]), series("services", Role::Service, &[1.0, 2.0, NONE])],
    );
    uneven.absent = "nothing to take a share of".into();
    let mut sums = chart(
        Kind::StackedBars,
        "events",
        &["Mon", "Tue", "Wed", "Thu", "Fri"],
        vec![
            series("update", Role::Plain, &[300.0, 320.0, 900.0, 310.0, 305.0]),
            series("delete", Role::Plain, &[30.0, 20.0, 400.0, 10.0, 25.0]),
        ],
    );
    sums.totals = [330.0, 340.0, 1300.0, 320.0, 330.0].map(Some).to_vec();
    sums.band = vec![Some((250.0, 420.0)); 5];
    sums.marked = vec![2];
    vec![
        ("Stacked bars with what is normal", sums),
        ("Areas", area),
        ("Eight areas with gaps", broken),
        ("One area of one day", one(Kind::Area)),
        ("Running totals against the month before", running),
        ("Bars with what is normal by weekday", marked),
        ("Groups with a gap in each", uneven),
    ]
}

fn pareto(names: &[&str], values: &[f64], whole: f64) -> Chart {
    let mut sum = 0.0;
    let shares: Vec<f64> = values
        .iter()
        .map(|value| {
            sum += value;
            sum / whole * 100.0
        })
        .collect();
    let series = vec![series("records deleted", Role::Plain, values), series("together, of all", Role::Plain, &shares)];
    chart(Kind::Pareto, "records deleted", names, series)
}

fn by_name() -> Vec<(&'static str, Chart)> {
    let people = [
        "Amélie Dufour-Lefèvre",
        "שרה כהן",
        "محمد عبد الله",
        "Дмитрий Шостакович",
        "integration-zapier@example.com",
        "Bob",
    ];
    let (latin, hebrew, han) = (long("Donaudampfschifffahrt"), long("שלום"), long("部門"));
    let names = [latin.as_str(), hebrew.as_str(), han.as_str(), "Ö"];
    let values = [4000.0, 300.0, 20.0, 1.0];
    let stack = |kind| {
        let each = names.iter().map(|name| series(name, Role::Plain, &[1.0, 20.0, 300.0])).collect();
        chart(kind, "events", &["a", "b", "c"], each)
    };
    vec![
        ("Pareto of people", pareto(&people, &[1630.0, 214.0, 98.0, 44.0, 12.0, 3.0], 2010.0)),
        ("Pareto of one", pareto(&["Bob"], &[3.0], 3.0)),
        (
            "Names of 300 letters, ranking",
            chart(Kind::Ranking, "events", &names, vec![series("n", Role::Plain, &values)]),
        ),
        ("Names of 300 letters, bars", chart(Kind::Bars, "events", &names, vec![series("n", Role::Plain, &values)])),
        ("Names of 300 letters, Pareto", pareto(&names, &values, 5000.0)),
        ("Names of 300 letters, lines", stack(Kind::Lines)),
        ("Names of 300 letters, areas", stack(Kind::Area)),
        ("Names of 300 letters, panels", stack(Kind::SmallMultiples)),
        ("Names of 300 letters, heatmap", stack(Kind::Heatmap)),
    ]
}

fn extremes() -> Vec<(&'static str, Chart)> {
    let week = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let bars = |unit, values: &[f64]| chart(Kind::Bars, unit, &week, vec![series("n", Role::Plain, values)]);
    let thousand: Vec<String> = (0..1000).map(|at| format!("user{at:04}@example.com")).collect();
    let thousand: Vec<&str> = thousand.iter().map(String::as_str).collect();
    let many = |kind| chart(kind, "events", &thousand, vec![series("n", Role::Plain, &wave(1000, 50.0, 0.01))]);
    let shares: Vec<f64> = (1..=1000).map(|at| f64::from(at) / 10.0).collect();
    let mut steep = many(Kind::Pareto);
    steep.series.push(series("together", Role::Plain, &shares));
    let zeros = |kind| chart(kind, "deletions", &week, vec![series("n", Role::Plain, &[0.0; 7])]);
    let mut gaps = zeros(Kind::Lines);
    gaps.series[0].values[0] = None;
    vec![
        ("Bars, 10^15", bars("bytes", &[1e15, 3e15, 2.5e15, 0.0, 4e15, 9e15, 1.0])),
        ("Bars, 10^18", bars("bytes", &[1e18, 3e18, 2.5e18, 0.0, 4e18, 9e18, 1.0])),
        ("Bars, 0.0001", bars("", &[0.0001, 0.0003, 0.00025, 0.0, 0.0004, 0.0009, 0.000_11])),
        ("Bars, 10^-7", bars("", &[1e-7, 3e-7, 2e-7, 0.0, 4e-7, 9e-7, 1e-8])),
        (
            "Bars, hundreds of thousands",
            bars("events", &[412_345.0, 398_000.0, 405_111.0, 390_421.0, 377_000.0, 41_000.0, 9_000.0]),
        ),
        ("Below zero only", bars("change", &[-3.0, -9.0, -4.5, -1.0, -2.0, -8.0, -30.0])),
        ("Zeros, lines, with a gap", gaps),
        ("Zeros, areas", zeros(Kind::Area)),
        ("Zeros, heatmap", chart(Kind::Heatmap, "deletions", &week, vec![series("Sales", Role::Plain, &[0.0; 7])])),
        ("A thousand, ranking", many(Kind::Ranking)),
        ("A thousand, lines", many(Kind::Lines)),
        ("A thousand, area", many(Kind::Area)),
        ("A thousand, Pareto", steep),
        ("A thousand, panels", many(Kind::SmallMultiples)),
        ("A thousand, heatmap", many(Kind::Heatmap)),
    ]
}
