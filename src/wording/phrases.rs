//! Phrases said in a language.

use super::Words;
use crate::phrase::Phrase;

impl Words {
    /// A phrase in this language.
    pub fn phrase(&self, phrase: &Phrase) -> String {
        let each = |list: &[Phrase]| list.iter().map(|one| self.phrase(one)).collect::<Vec<_>>();
        match phrase {
            Phrase::Text(text) => text.clone(),
            Phrase::Quoted(text) => self.quoted(text),
            Phrase::Title(title) => self.title(title),
            Phrase::Number(number) => self.number(*number),
            Phrase::Hundredths(value) => self.short_decimal(*value),
            Phrase::Percent(value) => self.say("number.percent", &[("n", &self.short_decimal(*value))]),
            Phrase::Length(millis) => self.duration(*millis),
            Phrase::All(list) => self.list(&each(list)),
            Phrase::Any(list) => self.any_of(&each(list)),
            Phrase::Say(key, with) => {
                let filled: Vec<(&str, String)> =
                    with.iter().map(|(name, phrase)| (name.as_str(), self.phrase(phrase))).collect();
                let with: Vec<(&str, &str)> = filled.iter().map(|(name, text)| (*name, text.as_str())).collect();
                self.say(key, &with)
            }
            Phrase::Count(key, number) => self.count(key, *number),
        }
    }

    /// Hundredths with as many decimals as they need: `1.5`, `0.25`, `2`.
    fn short_decimal(&self, value: i64) -> String {
        let places = match value % 100 {
            0 => 0,
            rest if rest % 10 == 0 => 1,
            _ => 2,
        };
        self.ratio(value, 100, places)
    }
}

#[cfg(test)]
mod tests;
