//! Simulation: years of daemons in seconds. The real daemon, scheduler, ledger and outbox; a clock that is told; a stub that
//! makes the editions; a mail server, a disk and processes that fail by chance. Every life follows from its seed:
//! `QUARTERDAY_SEED=7 cargo test --lib -- daemon::simulation` lives that one alone, `QUARTERDAY_SEED=0..50` the first fifty.

mod cases;
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
const YEAR: Rates = Rates { death: 3, disk: 5, making: 30, clock: 40 };
const SHORT: Rates = Rates { death: 40, disk: 60, making: 400, clock: 150 };

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

/// The seeds that are asked for, or the first so many.
fn seeds(count: u64) -> Vec<u64> {
    let Ok(asked) = std::env::var("QUARTERDAY_SEED") else { return (0..count).collect() };
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("QUARTERDAY_SEED={asked}: write 7, or 0..50"));
    match asked.split_once("..") {
        Some((first, end)) => (number(first)..number(end)).collect(),
        None => vec![number(&asked)],
    }
}

#[test]
fn two_months_lose_nothing_and_double_nothing_whatever_fails() {
    let mut all = Count::default();
    for seed in seeds(5) {
        let (life, count) = lived(Plan { seed, reports: 8, days: 60, rates: SHORT });
        let happened = &life.happened;
        assert!(happened.deaths > 3 && happened.disk > 3 && happened.making > 1 && happened.jumps > 0, "{happened:?}");
        all.add(&count);
    }
    assert!(all.late > 10 && all.unknown > 10 && all.twice > 0, "{all:?}");
}

/// Lives the lives of many seeds, on all processors, and gives back what all came to.
fn lives(seeds: &[u64], plan: Plan) -> Count {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let one = || {
        let mut all = Count::default();
        while let Some(seed) = seeds.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
            all.add(&lived(Plan { seed: *seed, ..plan }).1);
        }
        all
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let mut all = Count::default();
        for thread in running {
            all.add(&thread.join().unwrap());
        }
        all
    })
}

#[test]
#[ignore = "minutes: .ci/long simulation"]
fn a_year_of_fifty_reports_over_a_hundred_seeds() {
    let seeds = seeds(100);
    let all = lives(&seeds, Plan { seed: 0, reports: 50, days: 365, rates: YEAR });
    println!(
        "a year of 50 reports, {} seeds: {all:?}; 0 lost, 0 doubled but after an unknown outcome, every late edition marked",
        seeds.len()
    );
}

#[test]
#[ignore = "minutes: .ci/long simulation"]
fn ten_years_of_fifty_reports() {
    let all = lives(&seeds(1), Plan { seed: 0, reports: 50, days: 3653, rates: YEAR });
    println!(
        "ten years of 50 reports: {all:?}; 0 lost, 0 doubled but after an unknown outcome, every late edition marked"
    );
}
