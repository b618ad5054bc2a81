//! What charts say in words: alternative texts that are read off the figures that are drawn, and the words for gaps and nothing.

use super::Words;
use crate::figures::{Amount, Figure};
use std::cmp::Ordering;

/// A point of a chart over time: what it is called, and its figure.
pub type Point<'p> = (String, &'p Figure);

impl Words {
    /// Said where a chart has nothing to draw.
    pub fn no_data(&self, unit: &str) -> String {
        if unit.is_empty() || unit == "%" {
            self.word("chart.nothing_at_all")
        } else {
            self.say("chart.nothing", &[("unit", &self.unit(unit))])
        }
    }

    /// Said of the gaps of a chart: why there is no number. Empty where there are no gaps.
    pub fn gap_words<'f>(&self, figures: impl Iterator<Item = &'f Figure>) -> String {
        let mut reasons: Vec<String> = Vec::new();
        for figure in figures.filter(|figure| figure.amount.ratio().is_none()) {
            let reason = match figure.amount {
                Amount::NotRecorded => self.not_recorded_by(&figure.not_recorded_by),
                Amount::Mean { .. } => self.word("chart.no_days"),
                amount => self.amount(&amount),
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons.join(" / ")
    }

    /// An amount with what is counted.
    pub fn amount_of(&self, amount: &Amount, unit: &str) -> String {
        match *amount {
            Amount::Whole(number) => self.counted(number, unit),
            _ => self.amount(amount),
        }
    }

    /// What a line of points shows: highest, lowest, last, gaps. `Highest: 412 events, 26 November. Lowest: …`
    pub fn points_words(&self, points: &[Point<'_>], unit: &str) -> String {
        let known: Vec<&Point> = points.iter().filter(|(_, figure)| figure.amount.ratio().is_some()).collect();
        let mut words = self.range_words(&known, unit);
        let gaps = points.len() - known.len();
        if gaps > 0 {
            let why = self.gap_words(points.iter().map(|(_, figure)| *figure));
            let (n, all) = (self.number(gaps as i64), self.number(points.len() as i64));
            words.push(self.say("alt.gaps", &[("n", &n), ("all", &all), ("why", &why)]));
        }
        words.join(" ")
    }

    fn range_words(&self, known: &[&Point<'_>], unit: &str) -> Vec<String> {
        let (Some((first, from)), Some((last, to))) = (known.first(), known.last()) else { return Vec::new() };
        let extreme = |wanted: Ordering| {
            known.iter().fold((first, from.amount), |best, (label, figure)| {
                if figure.amount.compare(&best.1) == Some(wanted) { (label, figure.amount) } else { best }
            })
        };
        let ((top, most), (bottom, least)) = (extreme(Ordering::Greater), extreme(Ordering::Less));
        if most.compare(&least) == Some(Ordering::Equal) {
            let value = self.amount_of(&most, unit);
            return vec![match known.len() {
                1 => self.say("alt.only", &[("label", first), ("value", &value)]),
                _ => self.say("alt.always", &[("value", &value)]),
            }];
        }
        let several = |amount: &Amount| {
            known.iter().filter(|(_, figure)| figure.amount.compare(amount) == Some(Ordering::Equal)).count() > 1
        };
        let said = |keys: (&str, &str), label: &str, amount: &Amount| {
            let key = if several(amount) { keys.1 } else { keys.0 };
            self.say(key, &[("value", &self.amount_of(amount, unit)), ("label", label)])
        };
        let trend = match to.amount.compare(&from.amount) {
            Some(Ordering::Greater) => "alt.last_more",
            Some(Ordering::Less) => "alt.last_less",
            _ => "alt.last_same",
        };
        let (end, start) = (self.figure(to), self.figure(from));
        vec![
            said(("alt.highest", "alt.highest_first"), top, &most),
            said(("alt.lowest", "alt.lowest_first"), bottom, &least),
            self.say(trend, &[("label", last), ("value", &end), ("first", &start)]),
        ]
    }

    /// What the largest groups of a ranking are, and the whole: `Records deleted. Largest: Bo 1,630 and Ada 214. All together: 2,010.`
    pub fn ranking_words(&self, title: &str, rows: &[Point<'_>], more: u64, total: Option<&Figure>) -> String {
        let shown: Vec<String> =
            rows.iter().take(3).map(|(name, figure)| format!("{name} {}", self.figure(figure))).collect();
        let rest = (rows.len() - shown.len()) as u64 + more;
        let with = [("title", title), ("list", &self.list(&shown))];
        let mut words = match i64::try_from(rest).unwrap_or(i64::MAX) {
            0 => self.say("alt.largest", &with),
            rest => self.count_with("alt.largest_more", rest, &with),
        };
        if let Some(total) = total {
            words.push(' ');
            words.push_str(&self.say("alt.together", &[("value", &self.figure(total))]));
        }
        words
    }

    /// How few groups are most of the whole: `The first 2 together make up 91.7 %.` The first of them that reach four fifths, else
    /// all.
    pub fn pareto_words(&self, together: &[Figure]) -> String {
        let fifths = Amount::Share { part: 4, whole: 5 };
        let reached = together.iter().position(|figure| figure.amount.compare(&fifths) != Some(Ordering::Less));
        let Some(place) = reached.or(together.len().checked_sub(1)) else { return String::new() };
        let share = together.get(place).map(|figure| self.figure(figure)).unwrap_or_default();
        match place {
            0 => self.say("alt.pareto_one", &[("share", &share)]),
            _ => self.say("alt.pareto", &[("n", &self.number(place as i64 + 1)), ("share", &share)]),
        }
    }

    /// Where the numbers of a chart are that no table prints.
    pub fn numbers_are_in(&self, section: &str) -> String {
        self.say("chart.numbers_in", &[("file", "figures.json"), ("section", section)])
    }
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
        Words::english().points_words(&points, "events")
    }

    #[test]
    fn points_tell_highest_lowest_last_and_gaps() {
        use Amount::*;
        assert_eq!(
            said(&[Whole(31), Whole(7), Whole(1_214), Whole(40)]),
            "Highest: 1,214 events, day 3. Lowest: 7 events, day 2. Last, day 4: 40, more than at the beginning (31)."
        );
        assert_eq!(
            said(&[NotInLog, Whole(9), Whole(2), Whole(9), Whole(2)]),
            "Highest: 9 events, first day 2. Lowest: 2 events, first day 3. \
             Last, day 5: 2, less than at the beginning (9). 1 of 5 without a number: not in the log."
        );
        assert_eq!(said(&[Whole(4), Whole(4)]), "Always 4 events.");
        assert_eq!(said(&[Whole(0)]), "day 1: 0 events.");
        assert_eq!(said(&[NotRecorded, NotRecorded]), "2 of 2 without a number: not recorded by zoho-crm.");
        assert_eq!(said(&[]), "");
        assert_eq!(
            said(&[Share { part: 1, whole: 2 }, Share { part: 0, whole: 0 }]),
            "day 1: 50.0 %. 1 of 2 without a number: none to take a share of."
        );
    }

    #[test]
    fn rankings_tell_the_largest_and_the_whole() {
        let (a, b, all) = (figure(Amount::Whole(1630)), figure(Amount::Whole(214)), figure(Amount::Whole(2010)));
        let rows = [("Bo".to_owned(), &a), ("Ada".to_owned(), &b)];
        assert_eq!(
            Words::english().ranking_words("Deleted", &rows, 5, Some(&all)),
            "Deleted. Largest: Bo 1,630 and Ada 214, and 5 more groups. All together: 2,010."
        );
        assert_eq!(Words::english().ranking_words("Deleted", &rows[..1], 0, None), "Deleted. Largest: Bo 1,630.");
    }

    #[test]
    fn a_pareto_tells_how_few_are_most() {
        let shares = |parts: &[i64]| -> Vec<Figure> {
            parts.iter().map(|part| figure(Amount::Share { part: *part, whole: 10 })).collect()
        };
        assert_eq!(Words::english().pareto_words(&shares(&[8, 9, 10])), "The first alone makes up 80.0 %.");
        assert_eq!(Words::english().pareto_words(&shares(&[5, 7, 9, 10])), "The first 3 together make up 90.0 %.");
        assert_eq!(Words::english().pareto_words(&shares(&[2, 3])), "The first 2 together make up 30.0 %.");
        assert_eq!(Words::english().pareto_words(&[]), "");
    }

    #[test]
    fn gaps_say_why() {
        let figures = [figure(Amount::NotInLog), figure(Amount::Whole(1)), figure(Amount::NotRecorded)];
        assert_eq!(Words::english().gap_words(figures.iter()), "not in the log / not recorded by zoho-crm");
        assert_eq!(Words::english().gap_words(figures[1..2].iter()), "");
        assert_eq!(
            (Words::english().no_data("logins").as_str(), Words::english().no_data("%").as_str()),
            ("no logins in this period", "nothing in this period")
        );
    }
}
