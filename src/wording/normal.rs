//! What is normal, in words: the limits, how a number stands to them, from what they were learnt, what was left out.

use super::Words;
use crate::calendar::zone::Zone;
use crate::figures::{Compared, Figures, LOOKED_AT, LeftOut, Like, Normal, Series, SourceVerdict, Standing, Total};
use std::cmp::Ordering;

/// So many times outside what is normal are named below a chart.
const NAMED: usize = 4;

/// The tone of how a number stands to what is normal: bad if it lies on the bad side, a warning if nobody said which that is.
pub fn normal_tone(good: &str, standing: Standing) -> &'static str {
    match (standing, good) {
        (Standing::Above, "down") | (Standing::Below, "up") => "bad",
        (Standing::Above, "up") | (Standing::Below, "down") => "quiet",
        (Standing::Above | Standing::Below, _) => "warn",
        _ => "quiet",
    }
}

impl Words {
    /// `7 to 12`, `up to 12`, `0`.
    fn limits(&self, normal: &Normal) -> String {
        let (low, high) = (self.amount(&normal.low), self.amount(&normal.high));
        match (normal.low.is_zero(), normal.low.compare(&normal.high)) {
            (_, Some(Ordering::Equal)) => low,
            (true, _) => self.say("normal.up_to", &[("high", &high)]),
            (false, _) => self.say("normal.from_to", &[("low", &low), ("high", &high)]),
        }
    }

    /// How a number stands to what is normal, as short as a tile needs it: `normal: 7 to 12`, `above normal (7 to 12)`.
    /// Empty where too little is known: that is said once for all, by [`learnt`](Self::learnt).
    pub fn beside_normal(&self, normal: &Normal) -> String {
        let limits = self.limits(normal);
        let say = |key: &str| self.say(key, &[("limits", &limits)]);
        match normal.standing {
            Standing::Within => say("normal.within"),
            Standing::Above => say("normal.above"),
            Standing::Below => say("normal.below"),
            Standing::Silent => say("normal.silent"),
            Standing::New => self.word("normal.new"),
            Standing::TooLittle => String::new(),
        }
    }

    /// The same in a cell of a column that says what is normal.
    pub fn normal_cell(&self, normal: &Normal) -> String {
        match normal.standing {
            Standing::New => self.word("normal.new"),
            Standing::TooLittle => self.word("number.missing"),
            _ if normal.nothing_before() => self.word("normal.none_before"),
            Standing::Within | Standing::Silent => self.limits(normal),
            Standing::Above => self.say("normal.cell_above", &[("limit", &self.amount(&normal.high))]),
            Standing::Below => self.say("normal.cell_below", &[("limit", &self.amount(&normal.low))]),
        }
    }

    /// `12 weeks`, `12 Mondays`, `31 working days`: as behind "learnt from" and "of at least".
    fn alike(&self, like: Like, count: u64) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let key = match like {
            Like::Weekday(day) => {
                let (one, many) = (self.item("weekdays", u32::from(day)), self.item("weekdays_many", u32::from(day)));
                return self.count_with("normal.weekdays", count, &[("weekday", &one), ("weekdays", &many)]);
            }
            Like::WorkingDay => "normal.working_days",
            Like::DayOff => "normal.days_off",
            Like::Week => "normal.weeks",
            Like::Month => "normal.months",
            Like::Quarter => "normal.quarters",
            Like::Year => "normal.years",
            Like::Span => "normal.spans",
        };
        self.count(key, count)
    }

    /// From what it was learnt, what was left out, or that there is too little: a sentence without its end.
    /// `learnt from 12 weeks; left out: 1 with a silent source`, `too little history: 3 of at least 6 weeks`.
    pub fn learnt(&self, normal: &Normal) -> String {
        let periods = self.alike(normal.like, normal.learnt_from);
        let number = |count: u64| self.number(i64::try_from(count).unwrap_or(i64::MAX));
        let years = number(normal.years);
        let words = match (normal.is_learnt(), normal.years, normal.like) {
            (false, ..) => {
                let with = [("n", number(normal.learnt_from)), ("periods", self.alike(normal.like, normal.needed))];
                self.say("normal.too_little", &with.each_ref().map(|(name, text)| (*name, text.as_str())))
            }
            (true, 0, _) => self.say("normal.learnt", &[("periods", &periods)]),
            (true, _, Like::Quarter) => self.say("normal.learnt_quarter", &[("periods", &periods), ("n", &years)]),
            (true, ..) => self.say("normal.learnt_month", &[("periods", &periods), ("n", &years)]),
        };
        let left_out: Vec<String> = normal
            .left_out()
            .into_iter()
            .map(|(why, count)| self.say(left_out(why), &[("n", &number(count))]))
            .collect();
        match left_out.as_slice() {
            [] => words,
            list => self.say("normal.left_out", &[("words", &words), ("list", &self.list(list))]),
        }
    }

    /// What is said once below numbers with their titles: from what their normal was learnt. Those of which the same is true
    /// share a sentence.
    pub fn learnt_words(&self, of: &[(&str, &Normal)]) -> String {
        let mut said: Vec<(String, bool, Vec<String>)> = Vec::new();
        for (title, normal) in of {
            let words = self.learnt(normal);
            let title = self.title(title);
            match said.iter_mut().find(|(known, ..)| *known == words) {
                Some((.., titles)) => titles.push(title),
                None => said.push((words, normal.is_learnt(), vec![title])),
            }
        }
        let sentence = |(place, (words, learnt, titles)): (usize, &(String, bool, Vec<String>))| match (place, learnt) {
            (0, true) => self.say("normal.what", &[("words", words)]),
            (0, false) => self.say("normal.cannot", &[("words", words)]),
            _ => self.say("normal.of", &[("titles", &self.list(titles)), ("words", words)]),
        };
        said.iter().enumerate().map(sentence).collect::<Vec<_>>().join(" ")
    }

    /// Which of these measures lie outside what is normal: `Above what is normal: Deletions (7 to 60), learnt from 12 weeks.`
    /// One sentence for each side, none where none does.
    pub fn outside_sentences(&self, totals: &[&Total]) -> Vec<String> {
        let side = |standing: Standing, key: &str, key_least: &str| {
            let on_it = |total: &&&Total| total.normal.as_ref().is_some_and(|normal| normal.standing == standing);
            let outside: Vec<(&Total, &Normal)> =
                totals.iter().filter(on_it).filter_map(|total| Some((*total, total.normal.as_ref()?))).collect();
            let named = |(total, normal): &(&Total, &Normal)| {
                self.say("normal.named", &[("title", &self.title(&total.title)), ("limits", &self.limits(normal))])
            };
            let fewest = outside.iter().map(|(_, normal)| *normal).min_by_key(|normal| normal.learnt_from)?;
            let alike = outside.iter().all(|(_, normal)| normal.learnt_from == fewest.learnt_from);
            let list = self.list(&outside.iter().map(named).collect::<Vec<_>>());
            let periods = self.alike(fewest.like, fewest.learnt_from);
            Some(self.say(if alike { key } else { key_least }, &[("list", &list), ("periods", &periods)]))
        };
        let above = side(Standing::Above, "normal.all_above", "normal.all_above_least");
        let below = side(Standing::Below, "normal.all_below", "normal.all_below_least");
        [above, below].into_iter().flatten().collect()
    }

    /// Below a chart over time: what its band is, and what lies outside.
    pub(super) fn series_normal(&self, series: &Series) -> String {
        let learnt: Vec<(usize, &Normal)> =
            series.normal.iter().enumerate().filter_map(|(at, normal)| Some((at, normal.as_ref()?))).collect();
        let Some((_, last)) = learnt.last() else { return String::new() };
        if learnt.iter().all(|(_, normal)| !normal.is_learnt()) {
            return self.say("normal.cannot", &[("words", &self.learnt(last))]);
        }
        let days = matches!(last.like, Like::Weekday(_) | Like::WorkingDay | Like::DayOff);
        let drawn = matches!(series.form.as_str(), "lines" | "area") && series.split.is_empty();
        let key = match (drawn, series.split.is_empty(), days) {
            (true, _, true) => "normal.shaded_days",
            (true, _, false) => "normal.shaded",
            (_, true, true) => "normal.is_days",
            (_, true, false) => "normal.is",
            (_, false, true) => "normal.together_days",
            (_, false, false) => "normal.together",
        };
        let how = self.say(key, &[("periods", &self.alike(last.like, LOOKED_AT))]);
        let label = |place: usize| series.categories.get(place).map(|label| self.period_label(label));
        let outside = |(place, normal): &(usize, &Normal)| {
            let (key, limit) = match normal.standing {
                Standing::Above => ("normal.point_above", &normal.high),
                Standing::Below => ("normal.point_below", &normal.low),
                _ => return None,
            };
            Some(self.say(key, &[("when", &label(*place)?), ("limit", &self.amount(limit))]))
        };
        let outside: Vec<String> = learnt.iter().filter_map(outside).collect();
        let said = match outside.len() {
            0 => self.word("normal.nothing_outside"),
            few if few <= NAMED => self.say("normal.outside", &[("list", &self.list(&outside))]),
            many => {
                let named = outside.get(..NAMED - 1).unwrap_or_default().join("; ");
                let more = self.number(i64::try_from(many - (NAMED - 1)).unwrap_or(i64::MAX));
                self.say("normal.outside_more", &[("list", &named), ("n", &more)])
            }
        };
        format!("{how} {said}")
    }

    /// Below a ranking: what its column on what is normal is, or why there is none.
    pub fn ranking_learnt(&self, measure: &str, normal: &Normal) -> String {
        let measure = self.title(measure);
        if !normal.is_learnt() {
            return self.say("normal.cannot", &[("words", &self.learnt(normal))]);
        }
        let weeks = self.alike(Like::Week, LOOKED_AT);
        let (key, periods) = match normal.like {
            Like::Weekday(_) | Like::WorkingDay => ("normal.ranking_working", weeks),
            Like::DayOff => ("normal.ranking_off", weeks),
            like => ("normal.ranking", self.alike(like, LOOKED_AT)),
        };
        self.say(key, &[("measure", &measure), ("periods", &periods)])
    }

    /// That comparisons are with periods for which not every source speaks: one sentence for each, none where all do.
    pub fn partial_comparisons(&self, figures: &Figures, zone: &Zone) -> Vec<String> {
        let sources = &figures.coverage.sources;
        figures.compared.iter().filter_map(|with| self.partial_comparison(with, sources, zone)).collect()
    }

    fn partial_comparison(&self, with: &Compared, sources: &[SourceVerdict], zone: &Zone) -> Option<String> {
        let title = |name: &str| {
            let known = sources.iter().find(|source| source.known.source.name == name);
            known.map_or_else(|| name.to_owned(), |source| source.known.source.title.clone())
        };
        let reason = |partial: &crate::figures::PartialThen| {
            let source = title(&partial.source);
            match partial.begins {
                Some(begins) => {
                    self.say("normal.partial_begins", &[("source", &source), ("moment", &self.moment(begins, zone))])
                }
                None => {
                    let silent = partial.silent.iter().map(|span| span.to - span.from).sum();
                    self.say("normal.partial_silent", &[("source", &source), ("time", &self.duration(silent))])
                }
            }
        };
        let reasons: Vec<String> = with.partial.iter().map(reason).collect();
        let list = self.list(&reasons);
        (!reasons.is_empty()).then(|| self.say("normal.partial", &[("name", &self.compared(with)), ("list", &list)]))
    }
}

/// Why an earlier period is not learnt from: behind a number of them.
fn left_out(why: LeftOut) -> &'static str {
    match why {
        LeftOut::BeforeLog => "normal.left_before_log",
        LeftOut::NotBegun => "normal.left_not_begun",
        LeftOut::Silent => "normal.left_silent",
        LeftOut::Holidays => "normal.left_holidays",
        LeftOut::Nothing => "normal.left_nothing",
        LeftOut::Unseen => "normal.left_unseen",
    }
}
