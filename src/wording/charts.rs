//! What charts say in words: alternative texts that are read off the figures that are drawn, and the words for gaps and nothing.

use super::{amount, first_upper, list, not_recorded_by, number, plural};
use crate::figures::{Amount, Figure};
use std::cmp::Ordering;

/// Said where a chart has nothing to draw.
pub fn no_data(unit: &str) -> String {
    if unit.is_empty() || unit == "%" {
        "nothing in this period".to_owned()
    } else {
        format!("no {unit} in this period")
    }
}

/// Said of the gaps of a chart: why there is no number. Empty where there are no gaps.
pub fn gap_words<'f>(figures: impl Iterator<Item = &'f Figure>) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for figure in figures.filter(|figure| figure.amount.ratio().is_none()) {
        let reason = match figure.amount {
            Amount::NotRecorded => not_recorded_by(&figure.not_recorded_by),
            Amount::Share { .. } => "nothing to take a share of".to_owned(),
            Amount::Mean { .. } => "no day to take a mean of".to_owned(),
            _ => amount(&figure.amount),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.join(" / ")
}

/// An amount with what is counted.
pub fn counted(value: &Amount, unit: &str) -> String {
    match value {
        Amount::Whole(_) | Amount::Mean { .. } if !unit.is_empty() && value.ratio().is_some() => {
            format!("{} {unit}", amount(value))
        }
        _ => amount(value),
    }
}

/// Points of a chart over time: what each is called, and its figure.
pub type Point<'p> = (String, &'p Figure);

/// What a line of points shows: highest, lowest, last, gaps. `Highest: 412 events, 26 November. Lowest: …`
pub fn points_words(points: &[Point<'_>], unit: &str) -> Vec<String> {
    let known: Vec<&Point> = points.iter().filter(|(_, figure)| figure.amount.ratio().is_some()).collect();
    let gaps = points.len() - known.len();
    let mut words = Vec::new();
    let (Some((first, from)), Some((last, to))) = (known.first(), known.last()) else {
        let reason = gap_words(points.iter().map(|(_, figure)| *figure));
        return if reason.is_empty() { words } else { vec![format!("{}.", first_upper(&reason))] };
    };
    let best = |wanted: Ordering| {
        let mut found = known.iter();
        let start = found.next().map(|(label, figure)| (label, figure.amount));
        found.fold(start, |best, (label, figure)| match best {
            Some((_, amount)) if figure.amount.compare(&amount) == Some(wanted) => Some((label, figure.amount)),
            best => best,
        })
    };
    let same =
        |one: &Amount| known.iter().filter(|(_, figure)| figure.amount.compare(one) == Some(Ordering::Equal)).count();
    match (best(Ordering::Greater), best(Ordering::Less)) {
        (Some((_, most)), Some((_, least))) if most.compare(&least) == Some(Ordering::Equal) => {
            if known.len() > 1 {
                words.push(format!("Always {}.", counted(&most, unit)));
            } else {
                words.push(format!("{}: {}.", first, counted(&most, unit)));
            }
        }
        (Some((top, most)), Some((bottom, least))) => {
            let first_of = |amount: &Amount| if same(amount) > 1 { "first on " } else { "" };
            words.push(format!("Highest: {}, {}{top}.", counted(&most, unit), first_of(&most)));
            words.push(format!("Lowest: {}, {}{bottom}.", counted(&least, unit), first_of(&least)));
            let trend = match to.amount.compare(&from.amount) {
                Some(Ordering::Greater) => "more than at the beginning",
                Some(Ordering::Less) => "less than at the beginning",
                _ => "as at the beginning",
            };
            words.push(format!("Last, {last}: {}, {trend} ({}, {first}).", amount(&to.amount), amount(&from.amount)));
        }
        _ => {}
    }
    if gaps > 0 {
        let reason = gap_words(points.iter().map(|(_, figure)| *figure));
        words.push(format!("{} of {} without a number: {reason}.", number(gaps as i64), number(points.len() as i64)));
    }
    words
}

/// What the largest groups of a ranking are, and the whole: `Bo 1,630 records, Ada 214; all 2,010.`
pub fn ranking_words(rows: &[(String, &Figure)], more: u64, total: Option<&Figure>, unit: &str) -> String {
    let known: Vec<String> = rows
        .iter()
        .take(3)
        .enumerate()
        .map(|(place, (name, figure))| match place {
            0 => format!("{name} {}", counted(&figure.amount, unit)),
            _ => format!("{name} {}", amount(&figure.amount)),
        })
        .collect();
    let rest = rows.len() as u64 + more - known.len() as u64;
    let mut words = format!("Largest: {}", list(&known));
    if rest > 0 {
        words.push_str(&format!(", and {}", plural(rest as i64, "more group", "more groups")));
    }
    if let Some(total) = total {
        words.push_str(&format!("; all together {}", amount(&total.amount)));
    }
    words + "."
}

/// How few groups are most of the whole: `The first 2 make up 91.7 %.` The first of them that reach four fifths, else all.
pub fn pareto_words(together: &[Figure]) -> String {
    let fifths = Amount::Share { part: 4, whole: 5 };
    let reached = together.iter().position(|figure| figure.amount.compare(&fifths) != Some(Ordering::Less));
    let Some(place) = reached.or(together.len().checked_sub(1)) else { return String::new() };
    let share = together.get(place).map(|figure| amount(&figure.amount)).unwrap_or_default();
    match place {
        0 => format!("The first alone makes up {share}."),
        _ => format!("The first {} together make up {share}.", number(place as i64 + 1)),
    }
}

/// Where the numbers of a chart are that no table prints.
pub fn numbers_are_in(section: &str) -> String {
    format!("All its numbers: figures.json, under {section}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(amount: Amount) -> Figure {
        let not_recorded_by = if amount == Amount::NotRecorded { vec!["zoho-crm".to_owned()] } else { Vec::new() };
        Figure { address: "s/x".into(), label: 1, amount, not_recorded_by }
    }

    fn said(amounts: &[Amount]) -> String {
        let figures: Vec<Figure> = amounts.iter().map(|amount| figure(*amount)).collect();
        let points: Vec<Point> =
            figures.iter().enumerate().map(|(at, figure)| (format!("day {}", at + 1), figure)).collect();
        points_words(&points, "events").join(" ")
    }

    #[test]
    fn points_tell_highest_lowest_last_and_gaps() {
        use Amount::*;
        assert_eq!(
            said(&[Whole(31), Whole(7), Whole(1_214), Whole(40)]),
            "Highest: 1,214 events, day 3. Lowest: 7 events, day 2. Last, day 4: 40, more than at the beginning (31, day 1)."
        );
        assert_eq!(
            said(&[NotInLog, Whole(9), Whole(2), Whole(9), Whole(2)]),
            "Highest: 9 events, first on day 2. Lowest: 2 events, first on day 3. \
             Last, day 5: 2, less than at the beginning (9, day 2). 1 of 5 without a number: not in the log."
        );
        assert_eq!(said(&[Whole(4), Whole(4)]), "Always 4 events.");
        assert_eq!(said(&[Whole(0)]), "day 1: 0 events.");
        assert_eq!(said(&[NotRecorded, NotRecorded]), "Not recorded by zoho-crm.");
        assert_eq!(said(&[]), "");
        assert_eq!(
            said(&[Share { part: 1, whole: 2 }, Share { part: 0, whole: 0 }]),
            "day 1: 50.0 %. 1 of 2 without a number: nothing to take a share of."
        );
    }

    #[test]
    fn rankings_tell_the_largest_and_the_whole() {
        let (a, b, all) = (figure(Amount::Whole(1630)), figure(Amount::Whole(214)), figure(Amount::Whole(2010)));
        let rows = [("Bo".to_owned(), &a), ("Ada".to_owned(), &b)];
        assert_eq!(
            ranking_words(&rows, 5, Some(&all), "records"),
            "Largest: Bo 1,630 records and Ada 214, and 5 more groups; all together 2,010."
        );
        assert_eq!(ranking_words(&rows[..1], 0, None, "records"), "Largest: Bo 1,630 records.");
    }

    #[test]
    fn a_pareto_tells_how_few_are_most() {
        let shares = |parts: &[i64]| -> Vec<Figure> {
            parts.iter().map(|part| figure(Amount::Share { part: *part, whole: 10 })).collect()
        };
        assert_eq!(pareto_words(&shares(&[8, 9, 10])), "The first alone makes up 80.0 %.");
        assert_eq!(pareto_words(&shares(&[5, 7, 9, 10])), "The first 3 together make up 90.0 %.");
        assert_eq!(pareto_words(&shares(&[2, 3])), "The first 2 together make up 30.0 %.");
        assert_eq!(pareto_words(&[]), "");
    }

    #[test]
    fn gaps_say_why() {
        let figures = [figure(Amount::NotInLog), figure(Amount::Whole(1)), figure(Amount::NotRecorded)];
        assert_eq!(gap_words(figures.iter()), "not in the log / not recorded by zoho-crm");
        assert_eq!(gap_words(figures[1..2].iter()), "");
        assert_eq!(
            (no_data("logins").as_str(), no_data("%").as_str()),
            ("no logins in this period", "nothing in this period")
        );
    }
}
