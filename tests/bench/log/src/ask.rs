//! Ask: puts the questions to a log and tells the CPU and wall time of each round, and the answers.

use crate::questions::{span, twelve};
use quarterday::audit_log::sealed::SealedLog;
use quarterday::audit_log::{AuditLog, Lens};
use quarterday::calendar::zone::Zone;
use quarterday::directory;
use quarterday::query::{Query, Table};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// Milliseconds of processor that this process has used, all threads together.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

pub(crate) fn lens(people: &Path) -> Result<Lens, Box<dyn Error>> {
    let name = people.display().to_string();
    let directory = directory::load(&std::fs::read_to_string(people)?, &name, &Zone::utc())
        .map_err(|problems| format!("{name}: {} problems", problems.len()))?;
    Ok(Lens { directory, ..Lens::default() })
}

/// One process, one set of questions, one answer: what a report that is made at night needs.
pub fn once(log: &Path, people: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    let span = span(name).ok_or("no such span")?;
    let queries: Vec<Query> = twelve(span).into_iter().map(|(_, query)| query).collect();
    let tables = SealedLog::open_read_only(log)?.answer(&queries, &lens(people)?)?;
    println!("{}", tables.iter().map(|table| table.rows.len()).sum::<usize>());
    Ok(())
}

/// All rounds, over the month and over all, with and without first-seen, and each question alone.
pub fn ask(log: &Path, people: &Path, rounds: usize, answers: &Path) -> Result<(), Box<dyn Error>> {
    let lens = lens(people)?;
    let log = SealedLog::open_read_only(log)?;
    let mut told = Map::new();
    let mut answered = Map::new();
    for name in ["month", "all"] {
        let named = twelve(span(name).ok_or("no such span")?);
        let queries: Vec<Query> = named.iter().map(|(_, query)| query.clone()).collect();
        let without: Vec<Query> =
            named.iter().filter(|(name, _)| *name != "actors first seen").map(|(_, query)| query.clone()).collect();
        let tables = log.answer(&queries, &lens)?;
        let of_span: Map<String, Value> =
            named.iter().zip(&tables).map(|((name, _), table)| ((*name).to_owned(), cells(table))).collect();
        answered.insert(name.to_owned(), Value::Object(of_span));
        told.insert(format!("{name} twelve"), timed(rounds, || log.answer(&queries, &lens))?);
        told.insert(format!("{name} eleven"), timed(rounds, || log.answer(&without, &lens))?);
        for (question, query) in &named {
            let one = std::slice::from_ref(query);
            told.insert(format!("{name} alone {question}"), timed(rounds, || log.answer(one, &lens))?);
        }
    }
    std::fs::write(answers, serde_json::to_vec(&answered)?)?;
    println!("{}", Value::Object(told));
    Ok(())
}

pub(crate) fn timed<T, E: Error + 'static>(
    rounds: usize,
    mut answer: impl FnMut() -> Result<T, E>,
) -> Result<Value, Box<dyn Error>> {
    let mut each = Vec::new();
    for _ in 0..rounds {
        let (clock, before) = (Instant::now(), cpu());
        std::hint::black_box(answer()?);
        each.push(json!({ "cpu": cpu() - before, "wall": clock.elapsed().as_secs_f64() * 1e3 }));
    }
    Ok(Value::Array(each))
}

fn cells(table: &Table) -> Value {
    table.rows.iter().map(|row| json!([row.keys, row.values])).collect()
}
