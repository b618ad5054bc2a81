//! Filters of the program's own: what words a value in the report's language, and what brings a figure by its address.
//! Documented, each with examples that a test executes, in `report-templates/README.md`.

use crate::calendar::zone::Zone;
use crate::figures::{Amount, Figures, Total};
use crate::wording::Words;
use crate::written::did_you_mean;
use chrono::{DateTime, NaiveDate};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Named arguments of a filter.
pub type Arguments = BTreeMap<String, Json>;

/// A filter that words a value: the value and the named arguments in, text out; or what is wrong with them.
pub type Filter = Arc<dyn Fn(&Json, &Arguments) -> Result<String, String> + Send + Sync>;

/// Names of the filters, as templates may use them, with the arguments of each.
pub const FILTERS: [(&str, &[&str]); 8] = [
    ("word", &[]),
    ("plural", &["one", "two", "few", "many", "zero", "other", "none", "key"]),
    ("number", &["places"]),
    ("share", &["of"]),
    ("change", &["from"]),
    ("date", &[]),
    ("list", &[]),
    ("figure", &["of", "otherwise"]),
];

/// What filters speak with and of.
#[derive(Clone)]
pub struct Speech {
    /// The language.
    pub words: Arc<Words>,
    /// The figures that `figure` brings; none where no template asks for any.
    pub figures: Option<Arc<Figures>>,
}

/// The filters, by name.
pub fn filters(speech: &Speech) -> BTreeMap<&'static str, Filter> {
    let filter = |(name, known): (&'static str, &'static [&'static str])| {
        let speech = speech.clone();
        let filter: Filter = Arc::new(move |value, arguments| {
            if let Some(extra) = arguments.keys().find(|key| name != "word" && !known.contains(&key.as_str())) {
                return Err(format!(
                    "`{name}` has no argument `{extra}`. {}",
                    did_you_mean(extra, known.iter().copied())
                ));
            }
            let words = &speech.words;
            match name {
                "word" => word(words, value, arguments),
                "plural" => plural(words, value, arguments),
                "number" => number(words, value, arguments),
                "share" => share(words, value, arguments),
                "change" => change(words, value, arguments),
                "date" => date(words, value),
                "list" => list(words, value),
                _ => figure(&speech, value, arguments),
            }
        });
        (name, filter)
    };
    FILTERS.into_iter().map(filter).collect()
}

/// `{{ "mail.to_do" | word(do=item.do) }}`: a fixed text with its places filled.
fn word(words: &Words, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let key = value.as_str().ok_or("`word` is for the key of a text, `\"made.title\" | word`")?;
    if !words.has(key) {
        return Err(unknown_key(words, key));
    }
    let places = words.places(key);
    let filled: Vec<(&str, String)> = arguments.iter().map(|(name, value)| (name.as_str(), shown(value))).collect();
    if let Some(missing) = places.iter().find(|place| !arguments.contains_key(**place)) {
        return Err(format!("`{key}` needs `{missing}=…`"));
    }
    if let Some((extra, _)) = filled.iter().find(|(name, _)| !places.contains(name)) {
        return Err(format!("`{key}` has no place `{extra}`"));
    }
    let with: Vec<(&str, &str)> = filled.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Ok(words.say(key, &with))
}

/// What is said of a key that no file of words has.
fn unknown_key(words: &Words, key: &str) -> String {
    format!("there is no word `{key}`. {}", did_you_mean(key, words.keys()))
}

/// `{{ n | plural(one="1 deal", other="{n} deals") }}`, or `plural(key="count.rows")`: a number with its word.
fn plural(words: &Words, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let number = whole(value).ok_or("`plural` is for whole numbers")?;
    let argument = |name: &str| arguments.get(name).and_then(Json::as_str);
    if let Some(key) = argument("key") {
        return if words.has(key) { Ok(words.count(key, number)) } else { Err(unknown_key(words, key)) };
    }
    let form = words.form(number);
    let text = argument("none").filter(|_| number == 0).or_else(|| argument(form));
    let text = text.ok_or_else(|| format!("`plural` needs `{form}=…` for {number}, or `key=…`"))?;
    Ok(text.replace("{n}", &words.number(number)))
}

/// `{{ 1234.5 | number }}`: `1,234.5`; `number(places=2)`: `1,234.50`.
fn number(words: &Words, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let places = match arguments.get("places") {
        Some(places) => {
            let places = places.as_u64().and_then(|places| u32::try_from(places).ok()).filter(|places| *places <= 6);
            Some(places.ok_or("`places` is a whole number from 0 to 6")?)
        }
        None => None,
    };
    match (whole(value), value.as_f64(), places) {
        (Some(number), _, None | Some(0)) => Ok(words.number(number)),
        (Some(number), _, Some(places)) => Ok(words.ratio(number, 1, places)),
        (None, Some(number), places) => {
            // As many places as the number has, up to six: read off its shortest text, which is exact.
            let written = number.to_string();
            let own = written.split_once('.').map_or(0, |(_, rest)| u32::try_from(rest.len()).unwrap_or(6).min(6));
            let places = places.unwrap_or(own);
            let scale = 10_i64.pow(6);
            let scaled = (number * scale as f64).round();
            if scaled.abs() > 9e15 {
                return Err("`number` is for numbers up to 9,000,000,000".to_owned());
            }
            Ok(words.ratio(scaled as i64, scale, places))
        }
        _ => Err("`number` is for numbers".to_owned()),
    }
}

/// `{{ 31 | share(of=214) }}`: `14.5 %`.
fn share(words: &Words, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let of = arguments.get("of").and_then(whole).ok_or("`share` needs `of=` and a whole number")?;
    let part = whole(value).ok_or("`share` is for whole numbers")?;
    Ok(words.amount(&Amount::Share { part, whole: of }))
}

/// `{{ 214 | change(from=31) }}`: `+183`; the same: `±0`.
fn change(words: &Words, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let from = arguments.get("from").and_then(whole).ok_or("`change` needs `from=` and a whole number")?;
    let now = whole(value).ok_or("`change` is for whole numbers")?;
    let difference = now.checked_sub(from).ok_or("`change`: the difference is too large")?;
    Ok(match difference {
        0 => "±0".to_owned(),
        more @ 1.. => format!("+{}", words.number(more)),
        less => words.number(less),
    })
}

/// `{{ "2025-03-03" | date }}`: `3 March 2025`; an instant `2025-03-03T14:05:00Z` with its time in UTC; a period's label
/// (`2025-W10`, `2025-03`, `2025-Q1`) in words.
fn date(words: &Words, value: &Json) -> Result<String, String> {
    let text = value.as_str().unwrap_or_default();
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(words.date(day));
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(words.moment(instant.timestamp_millis(), &Zone::utc()));
    }
    match crate::calendar::period::Period::parse(text) {
        Some(period) => Ok(words.period(&period)),
        None => {
            Err("`date` is for a day, an instant or a period: 2025-03-03, 2025-03-03T14:05:00Z, 2025-W10, 2025-03"
                .into())
        }
    }
}

/// `{{ names | list }}`: `a, b and c`.
fn list(words: &Words, value: &Json) -> Result<String, String> {
    let items = value.as_array().ok_or("`list` is for lists")?;
    if items.iter().any(|item| item.is_array() || item.is_object()) {
        return Err("`list` is for texts and numbers".to_owned());
    }
    Ok(words.list(&items.iter().map(shown).collect::<Vec<_>>()))
}

/// `{{ "summary/deletions" | figure }}`: a figure as text, by its address. `of="label"`: F3; `of="whole"`: its digits, to be
/// compared with (`| int`); `of="before"` and `of="change"` for those of a summary or of targets. `otherwise="none"`: said where there
/// is no such figure, for a person who may not be in the ranking this time.
fn figure(speech: &Speech, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let Speech { words, figures } = speech;
    let address = value.as_str().ok_or("`figure` is for an address, `\"summary/deletions\" | figure`")?;
    let figures = figures.as_ref().ok_or("there are no figures here")?;
    let Some(figure) = figures.find(address).filter(|figure| figure.address == address) else {
        if let Some(otherwise) = arguments.get("otherwise") {
            return Ok(shown(otherwise));
        }
        let known = figures.all();
        let near = did_you_mean(address, known.iter().map(|figure| figure.address.as_str()));
        return Err(format!("there is no figure `{address}`. {near}"));
    };
    let total = || -> Result<&Total, String> {
        figures.total_at(address).ok_or_else(|| format!("`{address}` is no total: nothing is told of before"))
    };
    match arguments.get("of").map(|of| of.as_str().unwrap_or_default()) {
        None => Ok(words.figure(figure)),
        Some("label") => Ok(format!("F{}", figure.label)),
        Some("whole") => match figure.amount {
            Amount::Whole(value) => Ok(value.to_string()),
            _ => Err(format!("`{address}` is no whole number: it is {}", words.figure(figure))),
        },
        Some("before") => Ok(total()?.before.first().map(|before| words.amount(before)).unwrap_or_default()),
        Some("change") => {
            let total = total()?;
            let compared = figures.compared.first().zip(total.before.first());
            Ok(compared.map(|(with, before)| words.against(&total.now.amount, before, with)).unwrap_or_default())
        }
        Some(other) => {
            let known = ["label", "whole", "before", "change"];
            Err(format!("`figure` knows no `of=\"{other}\"`. {}", did_you_mean(other, known)))
        }
    }
}

/// A whole number, also where it is written as text or with a fraction of zero.
fn whole(value: &Json) -> Option<i64> {
    let digits = |text: &str| text.parse().ok();
    let float = |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    value.as_i64().or_else(|| value.as_str().and_then(digits)).or_else(|| value.as_f64().and_then(float))
}

/// A value in a text: as it is written.
fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(name: &str, value: Json, arguments: Json) -> Result<String, String> {
        let speech = Speech { words: Arc::new(Words::default()), figures: None };
        let arguments =
            arguments.as_object().unwrap().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        filters(&speech)[name](&value, &arguments)
    }

    #[test]
    fn what_is_wrong_is_said_and_never_guessed() {
        let wrong = |name: &str, value: Json, arguments: Json| run(name, value, arguments).unwrap_err();
        assert!(wrong("number", json!("many"), json!({})).contains("for numbers"));
        assert!(wrong("number", json!(1), json!({"place": 2})).contains("no argument `place`. Did you mean `places`?"));
        assert!(wrong("share", json!(1), json!({})).contains("needs `of=`"));
        assert!(wrong("date", json!("yesterday"), json!({})).contains("a day, an instant or a period"));
        assert!(wrong("word", json!("made.titel"), json!({})).contains("Did you mean `made.title`?"));
        assert!(wrong("word", json!("mail.to_do"), json!({})).contains("needs `do=…`"));
        assert!(wrong("word", json!("made.title"), json!({"who": 1})).contains("no place `who`"));
        assert!(wrong("plural", json!(2), json!({"one": "1 deal"})).contains("needs `other=…` for 2"));
        assert!(wrong("figure", json!("summary/events"), json!({})).contains("no figures here"));
        assert!(wrong("list", json!([[1]]), json!({})).contains("texts and numbers"));
    }
}
