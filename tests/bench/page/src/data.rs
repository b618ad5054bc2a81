//! The report's data: made from its number of rows alone, the same for every tool.

use serde_json::{Value, json};

const ACTORS: [&str; 8] = [
    "Amélie Dufour-Lefèvre",
    "Дмитрий Шостакович",
    "Παναγιώτης Παπαδόπουλος",
    "שרה כהן",
    "محمد عبد الله",
    "Jürgen Weiß",
    "Łukasz Wójcik",
    "Nguyễn Thị Ánh",
];

const DETAILS: [&str; 6] = [
    "Stage set from Negotiation to Closed Lost; amount 12,400.00 EUR removed",
    "Удалено вместе с тремя связанными контактами",
    "נמחק יחד עם שלושה אנשי קשר",
    "حذف مع ثلاث جهات اتصال مرتبطة",
    "Διαγράφηκε μαζί με τρεις επαφές",
    "Owner changed",
];

/// The whole report.
pub fn report(rows: usize) -> Value {
    let table: Vec<[String; 6]> = (0..rows).map(row).collect();
    let days: Vec<String> = (1..=30).map(|day| format!("{day} Jun")).collect();
    let values = |factor: usize| (0..30).map(|day| Some(((day * factor * 37) % 400 + 60) as f64)).collect::<Vec<_>>();
    let alts =
        ["Events by day in June 2026; the highest is 12 June.", "Deletions by person; most by Amélie Dufour-Lefèvre."];
    let labels = ["Events", "Failed logins", "Records deleted", "Exports", "Permission changes"];
    let figures = ["12,408", "47", "214", "6", "19"];
    let tiles: Vec<Value> = (1..)
        .zip(labels.iter().zip(figures))
        .map(|(at, (label, value))| {
            json!({ "label": label, "value": value, "figure": format!("F{at}"), "line": "31 the month before" })
        })
        .collect();
    let deleted = [163.0, 20.0, 12.0, 8.0, 5.0, 3.0, 2.0, 1.0];
    json!({
        "title": "Deletions in June",
        "lead": "Deletions rose from 31 to 214; 163 of them by one person, on Saturday night. Exports were normal.",
        "tiles": tiles,
        "alts": alts,
        "charts": {
            "days": {
                "kind": "stacked_bars", "categories": days, "unit": "events", "alt": alts[0],
                "series": [
                    { "name": "people", "values": values(1), "role": "plain" },
                    { "name": "integrations", "values": values(3), "role": "service" },
                ],
            },
            "actors": {
                "kind": "ranking", "categories": ACTORS, "unit": "records", "alt": alts[1],
                "series": [{ "name": "records", "values": deleted, "role": "marked" }],
            },
        },
        "head": ["Time", "Actor", "Action", "Record", "Fields", "Details"],
        "rows": table,
    })
}

fn row(at: usize) -> [String; 6] {
    let pick = |of: usize, salt: usize| (at * 2_654_435_761 + salt * 40_503) / 97 % of;
    [
        format!("2026-06-{:02} {:02}:{:02}", 1 + at % 30, pick(24, 1), pick(60, 2)),
        ACTORS[pick(ACTORS.len(), 3)].to_owned(),
        ["delete", "bulk delete", "merge"][pick(3, 4)].to_owned(),
        format!("Deals/44021980{:07}", 1_000 + at * 7),
        format!("{}", 1 + pick(40, 5)),
        DETAILS[pick(DETAILS.len(), 6)].to_owned(),
    ]
}

/// The rows as CSV: the attachment.
pub fn evidence(data: &Value) -> String {
    let mut out = String::new();
    let rows = [data["head"].clone()].into_iter().chain(data["rows"].as_array().into_iter().flatten().cloned());
    for row in rows {
        let cells: Vec<String> = row
            .as_array()
            .into_iter()
            .flatten()
            .map(|cell| format!("\"{}\"", cell.as_str().unwrap_or_default()))
            .collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}
