//! Samples: charts of every kind, ordinary and not, for tests and to look at.

mod more;

use crate::chart::{Chart, Kind, Role, Series, TextWidth};

/// About as wide as Noto Sans.
pub struct Estimate;

impl TextWidth for Estimate {
    fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let letter = |c: char| match c {
            'i' | 'l' | 'j' | '.' | ',' | ':' | '\'' | '|' | ' ' => 0.28,
            'm' | 'w' | 'M' | 'W' | '—' | '…' => 0.9,
            '\u{2e80}'.. => 1.0,
            c if c.is_uppercase() => 0.65,
            _ => 0.56,
        };
        text.chars().map(letter).sum::<f64>() * size * if bold { 1.07 } else { 1.0 }
    }
}

/// A series; NaN is no data.
pub fn series(name: &str, role: Role, values: &[f64]) -> Series {
    let values = values.iter().map(|v| Some(*v).filter(|v| !v.is_nan())).collect();
    Series { name: name.into(), values, role }
}

/// A chart without band and target.
pub fn chart(kind: Kind, unit: &str, categories: &[&str], series: Vec<Series>) -> Chart {
    let categories = categories.iter().map(|c| c.to_string()).collect();
    Chart {
        kind,
        categories,
        series,
        unit: unit.into(),
        nothing: format!("no {unit} in this period"),
        absent: "not in the log".into(),
        normal: "normal range".into(),
        outside: "outside it".into(),
        alt: "What it shows".into(),
        ..Chart::default()
    }
}

/// A year of days that looks like one, without randomness.
fn wave(count: usize, base: f64, step: f64) -> Vec<f64> {
    (0..count)
        .map(|i| (base * (1.0 + 0.4 * (i as f64 * step).sin()) * if i % 7 > 4 { 0.2 } else { 1.0 }).round())
        .collect()
}

/// Ways to label the days of a June that begins on a Monday.
fn days_of_june() -> Vec<Vec<(usize, String)>> {
    let each = |every: usize, text: &dyn Fn(usize) -> String| (0..30).step_by(every).map(|d| (d, text(d))).collect();
    vec![
        each(1, &|d| format!("{} Jun", d + 1)),
        each(7, &|d| format!("Mon {} Jun", d + 1)),
        each(7, &|d| format!("{} Jun", d + 1)),
    ]
}

/// No data.
pub const NONE: f64 = f64::NAN;

/// Charts of every kind, with their titles.
pub fn charts() -> Vec<(&'static str, Chart)> {
    let days: Vec<String> = (1..=30).map(|d| format!("{d} Jun")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let week = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let months = [
        "Jun 25", "Jul 25", "Aug 25", "Sep 25", "Oct 25", "Nov 25", "Dec 25", "Jan 26", "Feb 26", "Mar 26", "Apr 26",
        "May 26", "Jun 26",
    ];
    let hours: Vec<String> = (0..24).map(|h| format!("{h:02}")).collect();
    let hours: Vec<&str> = hours.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    let mut stacked = chart(
        Kind::StackedBars,
        "events",
        &week,
        vec![
            series("create", Role::Plain, &[420., 390., 450., 410., 380., 22., 10.]),
            series("update", Role::Plain, &[820., 790., 850., 910., 680., 42., 19.]),
            series("delete", Role::Marked, &[20., 19., 45., 11., 38., 163., 1.]),
            series("integrations", Role::Service, &[300., 300., 301., 299., 300., 300., 300.]),
        ],
    );
    stacked.totals = (0..7).map(|at| Some(stacked.series.iter().map(|s| s.values[at].unwrap_or(0.0)).sum())).collect();
    all.push(("Stacked bars by day", stacked.clone()));
    stacked.categories = days.iter().map(|d| d.to_string()).collect();
    for (place, s) in stacked.series.iter_mut().enumerate() {
        s.values = wave(30, 1234.0 / (place + 1) as f64, 0.3).into_iter().map(Some).collect();
        s.values[11] = None;
        s.values[12] = None;
    }
    stacked.totals.clear();
    stacked.ticks = days_of_june();
    all.push(("Stacked bars, 30 days, two without data", stacked));
    let mut bars = chart(
        Kind::Bars,
        "failed logins",
        &week,
        vec![
            series("this week", Role::Plain, &[12., 9., 14., 8., 11., 47., 2.]),
            series("the week before", Role::Compared, &[10., 11., 9., 12., 13., 3., 1.]),
        ],
    );
    bars.target = Some((20.0, "threshold 20".into()));
    all.push(("Bars against the period before, with a threshold", bars));
    all.push((
        "Long names",
        chart(
            Kind::Bars,
            "records",
            &[
                "Sales North and Scandinavia",
                "Customer success",
                "Marketing",
                "Finance & administration",
                "Integrations (Zapier)",
            ],
            vec![series("n", Role::Plain, &[1_234_567., 900_000., 12_000., 450_000., 2_100_000.])],
        ),
    ));
    all.push(("One bar", chart(Kind::Bars, "events", &["June"], vec![series("n", Role::Plain, &[7.])])));
    all.push(("All zero", chart(Kind::Bars, "events", &week, vec![series("n", Role::Plain, &[0.; 7])])));
    all.push((
        "Very small",
        chart(Kind::Bars, "%", &week, vec![series("n", Role::Plain, &[0.012, 0.004, 0.0081, 0.02, 0.0, NONE, 0.013])]),
    ));
    all.push((
        "Above and below",
        chart(Kind::Bars, "change", &week, vec![series("n", Role::Plain, &[12., -9., 4., -20., 8., 0., 3.])]),
    ));
    all.push((
        "A year of days",
        chart(
            Kind::Bars,
            "events",
            &(0..365).map(|_| "1 Jan 2026").collect::<Vec<_>>(),
            vec![series("n", Role::Plain, &wave(365, 2000.0, 0.02))],
        ),
    ));
    all.extend(more::charts());
    all.push(("Nothing", chart(Kind::Bars, "events", &[], vec![])));
    all.push(("Not recorded", chart(Kind::Lines, "logins", &week, vec![series("n", Role::Plain, &[NONE; 7])])));
    let mut line = chart(
        Kind::Lines,
        "events",
        &months,
        vec![series(
            "events",
            Role::Plain,
            &[9800., 10200., 9100., 10800., 11200., 10900., 8700., 10100., 10400., 11800., 11100., 12000., 23400.],
        )],
    );
    line.marked = vec![12];
    line.band = (0..13).map(|i| Some((8500.0 + 100.0 * f64::from(i), 11800.0 + 130.0 * f64::from(i)))).collect();
    all.push(("Thirteen months with what is normal", line));
    let mut lines = chart(
        Kind::Lines,
        "deletions",
        &days,
        vec![
            series("deletions this month", Role::Marked, &wave(30, 140.0, 0.2)),
            series("the month before", Role::Compared, &wave(30, 90.0, 0.21)),
            series("restores", Role::Plain, &wave(30, 88.0, 0.22)),
        ],
    );
    lines.series[0].values[13] = None;
    lines.series[0].values[15] = None;
    lines.target = Some((100.0, "limit 100".into()));
    all.push(("Lines with gaps, compared, and a limit", lines));
    let many = (0..7)
        .map(|i| {
            series(
                ["Sales", "Support", "Marketing", "Finance", "Administration", "Partners", "Legal"][i],
                Role::Plain,
                &wave(30, 60.0 + 40.0 * i as f64, 0.1 + 0.05 * i as f64),
            )
        })
        .collect();
    all.push(("Seven lines", chart(Kind::Lines, "%", &days, many)));
    all.push(("A single point", chart(Kind::Lines, "events", &["June"], vec![series("n", Role::Plain, &[42.])])));
    all.push((
        "Huge",
        chart(Kind::Lines, "bytes", &week, vec![series("n", Role::Plain, &[1e9, 3e9, 2.5e9, 8e9, 4e9, 1e10, 1.4e10])]),
    ));
    let people = [
        "Amélie Dufour-Lefèvre",
        "שרה כהן",
        "محمد عبد الله",
        "Дмитрий Шостакович",
        "Παναγιώτης Παπαδόπουλος",
        "integration-zapier-production@automation.example.com (service account)",
        "Bob",
    ];
    all.push((
        "Deletions by actor",
        chart(
            Kind::Ranking,
            "records",
            &people,
            vec![series("n", Role::Marked, &[1630., 214., 98., 44., 12., 3., 0.])],
        ),
    ));
    let mut ranking = chart(
        Kind::Ranking,
        "%",
        &["Sales", "Support", "Marketing"],
        vec![series("people", Role::Plain, &[40., 22.5, NONE]), series("services", Role::Service, &[12., 3., NONE])],
    );
    ranking.target = Some((45.0, "target 45%".into()));
    all.push(("Stacked ranking with a target", ranking));
    all.push(("One row", chart(Kind::Ranking, "events", &["Only one"], vec![series("n", Role::Plain, &[5.])])));
    let heat = week
        .iter()
        .enumerate()
        .map(|(d, name)| {
            series(
                name,
                Role::Plain,
                &(0..24)
                    .map(|h| {
                        if (8..19).contains(&h) && d < 5 {
                            f64::from(200 + ((h * 37 + d as i32 * 91) % 140))
                        } else {
                            f64::from((h * 7 + d as i32 * 3) % 9)
                        }
                    })
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    all.push(("Activity by weekday and hour", chart(Kind::Heatmap, "events", &hours, heat)));
    all.push((
        "Outside hours by team",
        chart(
            Kind::Heatmap,
            "events outside hours",
            &week,
            vec![
                series("Sales North and Scandinavia", Role::Plain, &[1., 0., 12., 3., 4., 163., 9.]),
                series("Support", Role::Plain, &[NONE, NONE, 2., 0., 0., 4., 1.]),
                series("Marketing", Role::Plain, &[0.; 7]),
            ],
        ),
    ));
    let panels = [
        ("Sales", [31., 40., 22., 214.]),
        ("Support", [3., 4., 2., 5.]),
        ("Marketing", [11., 0., 9., 14.]),
        ("Finance & administration", [1., 1., 0., 2.]),
        ("Integrations", [50., 51., 49., 52.]),
    ];
    let mut multiples = chart(
        Kind::SmallMultiples,
        "risky actions",
        &["Mar", "Apr", "May", "Jun"],
        panels.iter().map(|(n, v)| series(n, Role::Plain, v)).collect(),
    );
    multiples.series[0].role = Role::Marked;
    multiples.series[1].values[1] = None;
    all.push(("Risky actions by team", multiples));
    let many = (0..9).map(|i| series(&format!("Team {i}"), Role::Plain, &wave(30, 10.0 * f64::from(i), 0.3))).collect();
    all.push(("Nine panels of thirty days", chart(Kind::SmallMultiples, "events", &days, many)));
    all
}
