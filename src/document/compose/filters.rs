//! Filters of the program's own: what words a value in the report's language. Documented in `report-templates/README.md`.

use crate::wording::Words;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Named arguments of a filter.
pub type Arguments = BTreeMap<String, Json>;

/// A filter that words a value: the value and the named arguments in, text out; or what is wrong with them.
pub type Filter = Arc<dyn Fn(&Json, &Arguments) -> Result<String, String> + Send + Sync>;

/// Names of the filters, as templates may use them.
pub const NAMES: [&str; 2] = ["word", "plural"];

/// The filters of a language, by name.
pub fn filters(words: &Arc<Words>) -> BTreeMap<&'static str, Filter> {
    let with = |name: &'static str, does: fn(&Words, &Json, &Arguments) -> Result<String, String>| {
        let words = Arc::clone(words);
        let filter: Filter = Arc::new(move |value, arguments| does(&words, value, arguments));
        (name, filter)
    };
    BTreeMap::from([with("word", word), with("plural", plural)])
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
pub fn unknown_key(words: &Words, key: &str) -> String {
    let near = crate::written::did_you_mean(key, words.keys());
    format!("there is no word `{key}`. {near}").trim_end().to_owned()
}

/// `{{ n | plural(one="1 deal", other="{n} deals") }}`, or `plural(key="count.rows")`: a number with its word.
fn plural(words: &Words, value: &Json, arguments: &Arguments) -> Result<String, String> {
    let number = value.as_i64().ok_or("`plural` is for whole numbers")?;
    let argument = |name: &str| arguments.get(name).and_then(Json::as_str);
    if let Some(key) = argument("key") {
        return if words.has(key) { Ok(words.count(key, number)) } else { Err(unknown_key(words, key)) };
    }
    let form = words.form(number);
    let text = argument("none").filter(|_| number == 0).or_else(|| argument(form));
    let text = text.ok_or_else(|| format!("`plural` needs `{form}=…` for {number}, or `key=…`"))?;
    Ok(text.replace("{n}", &words.number(number)))
}

/// A value in a text: as it is written.
fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
