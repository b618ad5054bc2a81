//! Plurals: which form of a word a number asks for, by the rules of CLDR for whole numbers.

/// Forms of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Form {
    /// 0 by a word of its own; not a category of CLDR, and never asked for by grammar.
    None,
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Form {
    /// Every form with its name in files of words.
    pub const NAMES: [(&'static str, Form); 7] = [
        ("none", Form::None),
        ("zero", Form::Zero),
        ("one", Form::One),
        ("two", Form::Two),
        ("few", Form::Few),
        ("many", Form::Many),
        ("other", Form::Other),
    ];

    /// Its name in files of words.
    pub fn name(self) -> &'static str {
        Form::NAMES.iter().find(|(_, form)| *form == self).map_or("other", |(name, _)| name)
    }
}

/// A family of languages that choose forms alike (CLDR 46, cardinal rules for whole numbers).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plurals {
    /// One form: Japanese, Chinese, Korean, Thai, Vietnamese, Indonesian.
    None,
    /// 1, others: English, German, Dutch, Swedish, Italian, Spanish, Greek, Hebrew, Turkish, Hungarian …
    #[default]
    OneOther,
    /// 0 and 1, others: French, Brazilian Portuguese, Hindi.
    UpToOne,
    /// 1, 2 to 4, others: Czech, Slovak.
    Czech,
    /// Polish.
    Polish,
    /// Russian, Ukrainian, Serbian, Croatian.
    Russian,
    /// Arabic.
    Arabic,
}

impl Plurals {
    /// Every family with its name in files of words.
    pub const NAMES: [(&'static str, Plurals); 7] = [
        ("none", Plurals::None),
        ("one-other", Plurals::OneOther),
        ("up-to-one", Plurals::UpToOne),
        ("czech", Plurals::Czech),
        ("polish", Plurals::Polish),
        ("russian", Plurals::Russian),
        ("arabic", Plurals::Arabic),
    ];

    /// The forms that a text of this family must have.
    pub fn forms(self) -> &'static [Form] {
        match self {
            Plurals::None => &[Form::Other],
            Plurals::OneOther | Plurals::UpToOne => &[Form::One, Form::Other],
            Plurals::Czech => &[Form::One, Form::Few, Form::Other],
            Plurals::Polish | Plurals::Russian => &[Form::One, Form::Few, Form::Many, Form::Other],
            Plurals::Arabic => &[Form::Zero, Form::One, Form::Two, Form::Few, Form::Many, Form::Other],
        }
    }

    /// The form that a whole number asks for; a negative one asks as its size does.
    pub fn form(self, number: i64) -> Form {
        let n = number.unsigned_abs();
        let (ten, hundred) = (n % 10, n % 100);
        let few = (2..=4).contains(&ten) && !(12..=14).contains(&hundred);
        match self {
            Plurals::OneOther if n == 1 => Form::One,
            Plurals::UpToOne if n <= 1 => Form::One,
            Plurals::Czech if n == 1 => Form::One,
            Plurals::Czech if (2..=4).contains(&n) => Form::Few,
            Plurals::Polish if n == 1 => Form::One,
            Plurals::Russian if ten == 1 && hundred != 11 => Form::One,
            Plurals::Polish | Plurals::Russian if few => Form::Few,
            Plurals::Polish | Plurals::Russian => Form::Many,
            Plurals::Arabic => match (n, hundred) {
                (0, _) => Form::Zero,
                (1, _) => Form::One,
                (2, _) => Form::Two,
                (_, 3..=10) => Form::Few,
                (_, 11..=99) => Form::Many,
                _ => Form::Other,
            },
            Plurals::None | Plurals::OneOther | Plurals::UpToOne | Plurals::Czech => Form::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_cldr() {
        let forms = |plurals: Plurals, numbers: &[i64]| {
            numbers.iter().map(|n| plurals.form(*n).name()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(forms(Plurals::None, &[0, 1, 2]), "other other other");
        assert_eq!(forms(Plurals::OneOther, &[0, 1, 2, -1]), "other one other one");
        assert_eq!(forms(Plurals::UpToOne, &[0, 1, 2]), "one one other");
        assert_eq!(forms(Plurals::Czech, &[0, 1, 2, 5, 22]), "other one few other other");
        assert_eq!(forms(Plurals::Polish, &[0, 1, 2, 5, 12, 21, 22]), "many one few many many many few");
        assert_eq!(forms(Plurals::Russian, &[0, 1, 2, 5, 11, 21, 112]), "many one few many many one many");
        assert_eq!(forms(Plurals::Arabic, &[0, 1, 2, 3, 11, 100, 103]), "zero one two few many other few");
    }

    #[test]
    fn every_form_that_a_family_asks_for_is_one_that_its_texts_must_have() {
        for (name, plurals) in Plurals::NAMES {
            for number in 0..300 {
                assert!(plurals.forms().contains(&plurals.form(number)), "{name} {number}");
            }
        }
    }
}
