//! What is normal, in words: the limits, how a number stands to them, from what they were learnt, what was left out.

use super::{amount, compared, duration, list, moment, number, plural};
use crate::calendar::zone::Zone;
use crate::figures::{Compared, Figures, LOOKED_AT, LeftOut, Like, Normal, Series, SourceVerdict, Standing, Total};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// `7 to 12`, `up to 12`, `0`.
fn limits(normal: &Normal) -> String {
    match (normal.low.is_zero(), normal.low.compare(&normal.high)) {
        (_, Some(Ordering::Equal)) => amount(&normal.low),
        (true, _) => format!("up to {}", amount(&normal.high)),
        (false, _) => format!("{} to {}", amount(&normal.low), amount(&normal.high)),
    }
}

/// How a number stands to what is normal, as short as a tile needs it: `normal: 7 to 12`, `above normal (7 to 12)`. Empty
/// where too little is known: that is said once for all, by [`learnt`].
pub fn beside_normal(normal: &Normal) -> String {
    let limits = limits(normal);
    match normal.standing {
        Standing::Within => format!("normal: {limits}"),
        Standing::Above => format!("above normal ({limits})"),
        Standing::Below => format!("below normal ({limits})"),
        Standing::Silent => format!("less than normal ({limits}), but not every source spoke"),
        Standing::New => "new".to_owned(),
        Standing::TooLittle => String::new(),
    }
}

/// The same in a cell of a column that says what is normal.
pub fn normal_cell(normal: &Normal) -> String {
    match normal.standing {
        Standing::New => "new".to_owned(),
        Standing::TooLittle => "–".to_owned(),
        _ if normal.nothing_before() => "none before".to_owned(),
        Standing::Within | Standing::Silent => limits(normal),
        Standing::Above => format!("above {}", amount(&normal.high)),
        Standing::Below => format!("below {}", amount(&normal.low)),
    }
}

/// The tone of how a number stands to what is normal: bad if it lies on the bad side, a warning if nobody said which that is.
pub fn normal_tone(good: &str, standing: Standing) -> &'static str {
    match (standing, good) {
        (Standing::Above, "down") | (Standing::Below, "up") => "bad",
        (Standing::Above, "up") | (Standing::Below, "down") => "quiet",
        (Standing::Above | Standing::Below, _) => "warn",
        _ => "quiet",
    }
}

/// `12 weeks`, `12 Mondays`, `31 working days`.
fn periods(like: Like, count: u64) -> String {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let one = match like {
        Like::Weekday(day) => days.get(usize::from(day).saturating_sub(1)).copied().unwrap_or("day"),
        Like::WorkingDay => "working day",
        Like::DayOff => return plural(count as i64, "day off", "days off"),
        Like::Week => "week",
        Like::Month => "month",
        Like::Quarter => "quarter",
        Like::Year => "year",
        Like::Span => "period",
    };
    plural(count as i64, one, &format!("{one}s"))
}

/// From what it was learnt, what was left out, or that there is too little: a sentence without its end.
/// `learnt from 12 weeks; left out: 1 with a silent source`, `too little history: 3 of at least 6 weeks`.
pub fn learnt(normal: &Normal) -> String {
    let of = periods(normal.like, normal.learnt_from);
    let years = match (normal.years, normal.like) {
        (0, _) => String::new(),
        (years, Like::Quarter) => format!(" and the same quarter of {} years", number(years as i64)),
        (years, _) => format!(" and the same month of {} years", number(years as i64)),
    };
    let mut words = match normal.standing {
        Standing::TooLittle if !normal.is_learnt() => {
            let (has, needs) = (number(normal.learnt_from as i64), periods(normal.like, normal.needed));
            format!("too little history: {has} of at least {needs}")
        }
        _ => format!("learnt from {of}{years}"),
    };
    let left_out =
        normal.left_out().into_iter().map(|(why, count)| format!("{} {}", number(count as i64), left_out(why)));
    let left_out: Vec<String> = left_out.collect();
    if !left_out.is_empty() {
        words.push_str(&format!("; left out: {}", list(&left_out)));
    }
    words
}

/// Why an earlier period is not learnt from: behind a number of them.
pub fn left_out(why: LeftOut) -> &'static str {
    match why {
        LeftOut::BeforeLog => "before the log begins",
        LeftOut::NotBegun => "in which not every source had begun",
        LeftOut::Silent => "in which a source was silent",
        LeftOut::Holidays => "for its holidays",
        LeftOut::Nothing => "with nothing to take a share of",
        LeftOut::Unseen => "before it was first seen",
    }
}

/// What is said once below numbers with their titles: from what their normal was learnt. Those of which the same is true
/// share a sentence.
pub fn learnt_words(of: &[(&str, &Normal)]) -> String {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for (title, normal) in of {
        let words = learnt(normal);
        match said.iter_mut().find(|(known, _)| *known == words) {
            Some((_, titles)) => titles.push((*title).to_owned()),
            None => said.push((words, vec![(*title).to_owned()])),
        }
    }
    let one = |words: &str| format!("What is normal: {words}.");
    match said.as_slice() {
        [] => String::new(),
        [(words, _)] => one(words),
        [(first, _), rest @ ..] => {
            let rest = rest.iter().map(|(words, titles)| format!("{}: {words}.", list(titles)));
            std::iter::once(one(first)).chain(rest).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Which of these measures lie outside what is normal: `Above what is normal: Deletions (7 to 60), learnt from 12 weeks.`
/// Empty if none does.
pub fn outside_sentences(totals: &[&Total]) -> Vec<String> {
    let side = |standing: Standing, side: &str| {
        let on_it = |total: &&&Total| total.normal.as_ref().is_some_and(|normal| normal.standing == standing);
        let outside: Vec<(&Total, &Normal)> =
            totals.iter().filter(on_it).filter_map(|total| Some((*total, total.normal.as_ref()?))).collect();
        let named: Vec<String> =
            outside.iter().map(|(total, normal)| format!("{} ({})", total.title, limits(normal))).collect();
        let fewest = outside.iter().map(|(_, normal)| *normal).min_by_key(|normal| normal.learnt_from)?;
        let alike = outside.iter().all(|(_, normal)| normal.learnt_from == fewest.learnt_from);
        let least = if alike { "" } else { "at least " };
        let of = periods(fewest.like, fewest.learnt_from);
        Some(format!("{side} what is normal: {}, learnt from {least}{of}.", list(&named)))
    };
    [side(Standing::Above, "Above"), side(Standing::Below, "Below")].into_iter().flatten().collect()
}

/// Below a chart over time: what its band is, and what lies outside.
pub fn series_normal(series: &Series, at: impl Fn(usize) -> String) -> String {
    let learnt: Vec<(usize, &Normal)> =
        series.normal.iter().enumerate().filter_map(|(at, normal)| Some((at, normal.as_ref()?))).collect();
    let Some((_, last)) = learnt.last() else { return String::new() };
    if learnt.iter().all(|(_, normal)| !normal.is_learnt()) {
        return format!("What is normal cannot be said: {}.", self::learnt(last));
    }
    let mut words = Vec::new();
    let each = match last.like {
        Like::Weekday(_) | Like::WorkingDay | Like::DayOff => "for each day from the same weekday".to_owned(),
        like => format!("from up to {}", periods(like, LOOKED_AT)),
    };
    let shaded = match (series.form.as_str(), series.split.is_empty()) {
        ("lines" | "area", true) => "Shaded: what is normal,",
        (_, true) => "What is normal is",
        (_, false) => "What is normal for all together is",
    };
    words.push(format!("{shaded} learnt {each} before it."));
    let outside = |(place, normal): &(usize, &Normal)| {
        let side = match normal.standing {
            Standing::Above => "above",
            Standing::Below => "below",
            _ => return None,
        };
        Some(format!("{} ({side} {})", at(*place), limits(normal)))
    };
    let outside: Vec<String> = learnt.iter().filter_map(outside).collect();
    match outside.as_slice() {
        [] => words.push("Nothing lies outside it.".to_owned()),
        few @ [_] | few @ [_, _] | few @ [_, _, _] | few @ [_, _, _, _] => {
            words.push(format!("Outside it: {}.", list(few)));
        }
        many => words.push(format!(
            "Outside it: {} and {} more.",
            many.iter().take(3).cloned().collect::<Vec<_>>().join(", "),
            number(many.len() as i64 - 3)
        )),
    }
    words.join(" ")
}

/// That comparisons are with periods for which not every source speaks: one sentence for each, none where all do.
pub fn partial_comparisons(figures: &Figures, zone: &Zone) -> Vec<String> {
    figures.compared.iter().filter_map(|with| partial_comparison(with, &figures.coverage.sources, zone)).collect()
}

fn partial_comparison(with: &Compared, sources: &[SourceVerdict], zone: &Zone) -> Option<String> {
    let title = |name: &str| {
        let known = sources.iter().find(|source| source.known.source.name == name);
        known.map_or_else(|| name.to_owned(), |source| source.known.source.title.clone())
    };
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for partial in &with.partial {
        let said = reasons.entry(title(&partial.source)).or_default();
        let silent = partial.silent.iter().map(|span| span.to - span.from).sum();
        match partial.begins {
            Some(begins) => said.push(format!("begins {}", moment(begins, zone))),
            None => said.push(format!("silent for {}", duration(silent))),
        }
    }
    if reasons.is_empty() {
        return None;
    }
    let reasons: Vec<String> = reasons.into_iter().map(|(title, why)| format!("{title} {}", why.join(", "))).collect();
    Some(format!("The {} is partial: {}; a rise against it may be no rise.", compared(with), list(&reasons)))
}

/// Below a ranking: what its column on what is normal is, or why there is none.
pub fn ranking_learnt(measure: &str, normal: &Normal) -> String {
    if normal.is_learnt() {
        let of = match normal.like {
            Like::Weekday(_) | Like::WorkingDay => "working days of the 12 weeks".to_owned(),
            Like::DayOff => "days off of the 12 weeks".to_owned(),
            like => periods(like, LOOKED_AT),
        };
        return format!("Normal: {measure} of each row by its own history, in the {of} before.");
    }
    format!("What is normal cannot be said: {}.", learnt(normal))
}
