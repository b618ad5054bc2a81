//! The Rust part of the benchmark of the log: writes synthetic events, and asks them of our library with the time taken.
//!
//! `bench-log generate EVENTS MONTH CSV PEOPLE`, `bench-log ask LOG PEOPLE ROUNDS ANSWERS`, `bench-log once LOG PEOPLE month|all` and
//! `bench-log watch LOG PEOPLE ROUNDS`. Figures are printed as JSON.

mod ask;
mod generate;
mod questions;
mod watch;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["generate", events, month, csv, people] => {
            generate::generate(events.parse()?, month.parse()?, Path::new(csv), Path::new(people))
        }
        ["ask", log, people, rounds, answers] => {
            ask::ask(Path::new(log), Path::new(people), rounds.parse()?, Path::new(answers))
        }
        ["once", log, people, span] => ask::once(Path::new(log), Path::new(people), span),
        ["watch", log, people, rounds] => watch::watch(Path::new(log), Path::new(people), rounds.parse()?),
        _ => Err("bench-log generate EVENTS MONTH CSV PEOPLE | ask LOG PEOPLE ROUNDS ANSWERS | once LOG PEOPLE SPAN | watch LOG PEOPLE ROUNDS".into()),
    }
}
