//! Nearest: the known name that somebody most likely meant.

/// The known name nearest to `got`, if one is near enough to be a slip of the pen: at most a third of its letters (one
/// at least) differ, letter case and the signs `_`, `-` and space aside. Of equally near ones the first.
///
/// ```
/// # use quarterday::written::nearest;
/// assert_eq!(nearest("timezon", ["title", "timezone"]), Some("timezone"));
/// assert_eq!(nearest("Time-Zone", ["title", "timezone"]), Some("timezone"));
/// assert_eq!(nearest("colour", ["title", "timezone"]), None);
/// ```
pub fn nearest<'a>(got: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let got = plain(got);
    if got.len() > 200 {
        return None;
    }
    let mut best: Option<(usize, &'a str)> = None;
    for name in known {
        let wanted = plain(name);
        let distance = strsim::osa_distance(&got, &wanted);
        let allowed = (wanted.chars().count().max(got.chars().count()) / 3).max(1);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// What to write instead of a name that nobody knows: the nearest one, or else all of them where they are few.
pub fn did_you_mean<'a>(got: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(name) = nearest(got, known.clone()) {
        return format!("Did you mean `{name}`?");
    }
    let all: Vec<String> = known.into_iter().map(|name| format!("`{name}`")).collect();
    match all.len() {
        0 => String::new(),
        1..=40 => format!("Known here: {}", all.join(", ")),
        more => format!("{more} names are known here, none of them near to it"),
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_is_one_slip_and_short_names_allow_one() {
        assert_eq!(nearest("weekyl", ["weekly", "week"]), Some("weekly"));
        assert_eq!(nearest("b", ["by"]), Some("by"));
        assert_eq!(nearest("xyz", ["by"]), None);
    }

    #[test]
    fn what_is_far_from_all_is_told_what_there_is() {
        assert_eq!(did_you_mean("colour", ["by", "where"]), "Known here: `by`, `where`");
        assert_eq!(did_you_mean("colour", []), "");
    }
}
