//! Codes: the values of a column in a chunk, event by event, or in runs where neighbouring events are alike.

/// The codes of a column.
pub(super) enum Codes {
    /// Stretches of events with one code each, in order, up to the last event.
    Runs(Vec<Run>),
    /// Event by event.
    Each(Vec<u32>),
}

/// Events up to `end` (exclusive) from where the run before ended.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) end: u32,
    pub(super) code: u32,
}

impl Codes {
    /// One code for all.
    pub(super) fn same(count: usize, code: u32) -> Codes {
        Codes::Runs(vec![Run { end: count as u32, code }])
    }

    /// Runs, or each by itself where runs are too short to be worth it.
    pub(super) fn from_runs(runs: Vec<Run>) -> Codes {
        let count = runs.last().map_or(0, |run| run.end as usize);
        if runs.len() < 16 || runs.len() * 16 <= count { Codes::Runs(runs) } else { Codes::Each(expand(&runs)) }
    }

    /// Event by event, whatever the form.
    pub(super) fn each(&self) -> std::borrow::Cow<'_, [u32]> {
        match self {
            Codes::Each(codes) => codes.into(),
            Codes::Runs(runs) => expand(runs).into(),
        }
    }
}

fn expand(runs: &[Run]) -> Vec<u32> {
    let mut all = Vec::with_capacity(runs.last().map_or(0, |run| run.end as usize));
    for run in runs {
        all.resize((run.end as usize).max(all.len()), run.code);
    }
    all
}

/// Adds a run, as a part of the one before where that has the same code.
pub(super) fn push_run(runs: &mut Vec<Run>, end: u32, code: u32) {
    match runs.last_mut() {
        Some(last) if last.code == code => last.end = end,
        _ => runs.push(Run { end, code }),
    }
}
