//! Simulation: years of daemons in seconds. The real daemon, scheduler, ledger and outbox; a clock that is told; a stub that
//! makes the editions; a mail server, a disk and processes that fail by chance. Every life follows from its seed:
//! `QUARTERDAY_SEED=7 cargo test --lib -- daemon::simulation` lives that one alone.

mod chance;
mod life;
mod machine;
mod post;
mod reports;
mod verdict;

use life::{Life, Plan, live};
use machine::Rates;
use verdict::{Count, verdict};

/// What goes wrong in a life of a year; in a shorter one more often.
const YEAR: Rates = Rates { death: 5, disk: 5, making: 30, clock: 40 };
const SHORT: Rates = Rates { death: 60, disk: 60, making: 200, clock: 150 };

/// Lives a life, and says what it came to. Whatever is not as it must be ends the test with the seed.
fn lived(plan: Plan) -> (Life, Count) {
    let begun = std::time::Instant::now();
    let life = live(plan);
    let took = begun.elapsed();
    let (count, wrong) = verdict(&life);
    let few: Vec<&String> = wrong.iter().take(20).collect();
    let (seed, daemons, happened) = (plan.seed, life.daemons, &life.happened);
    assert!(few.is_empty(), "seed {seed} ({} faults; {happened:?}): {few:#?}", wrong.len());
    println!("seed {seed}: {daemons} daemons, {took:.1?} + {:.1?}: {count:?} {happened:?}", begun.elapsed() - took);
    (life, count)
}

/// The seeds that are asked for: one, or the first so many.
fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("QUARTERDAY_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..count).collect(),
    }
}

#[test]
fn two_months_of_five_reports_lose_nothing_and_double_nothing() {
    let mut all = Count::default();
    for seed in seeds(5) {
        let (life, count) = lived(Plan { seed, reports: 15, days: 60, rates: SHORT });
        let happened = &life.happened;
        assert!(happened.deaths > 3 && happened.disk > 3 && happened.making > 3 && happened.jumps > 0, "{happened:?}");
        all.late += count.late;
        all.unknown += count.unknown;
        all.missed += count.missed;
        all.twice += count.twice;
    }
    assert!(all.late > 10 && all.unknown > 10 && all.twice > 0, "{all:?}");
}
