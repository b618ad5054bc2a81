//! Widths of a table's columns from what is in them.

/// What a column asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wish {
    /// Narrower, and its words or numbers are cut.
    pub min: f64,
    /// Wide enough for nine cells of ten on one line: one long text must not make its column wide.
    pub usual: f64,
    /// Wide enough for everything on one line.
    pub max: f64,
    /// The least that it can be set in at all.
    pub floor: f64,
    /// A share of the table's width that the template asks for.
    pub share: Option<f64>,
    /// Numbers: takes no more than it needs.
    pub number: bool,
}

impl Wish {
    /// In type of another size, with space beside the text.
    pub fn padded(self, part: f64, pad: f64) -> Wish {
        let of = |width: f64| width * part + pad;
        Wish { min: of(self.min), usual: of(self.usual), max: of(self.max), floor: of(self.floor), ..self }
    }
}

/// Widths that add up to `width`. Where not everything fits on one line, wider content gets more, by its power of `favour`: with 0
/// all columns that wrap are equally wide, with 1 they are as wide as they wish in proportion.
pub(super) fn distribute(wishes: &[Wish], width: f64, favour: f64) -> Vec<f64> {
    if wishes.is_empty() {
        return Vec::new();
    }
    let shares: f64 = wishes.iter().filter_map(|wish| wish.share).sum();
    let all_shared = wishes.iter().all(|wish| wish.share.is_some());
    let scale = if shares > 1.0 || all_shared { 1.0 / shares.max(f64::MIN_POSITIVE) } else { 1.0 };
    // A share is what a column starts from; its longest word still counts for more.
    let range = |wish: &Wish, low: f64, high: f64| match wish.share {
        Some(share) => {
            let wanted = (share * scale * width).max(wish.min);
            (wanted, wanted)
        }
        None => (low.max(wish.min), high.max(wish.min)),
    };
    let steps: [Vec<(f64, f64)>; 2] = [
        wishes.iter().map(|wish| range(wish, wish.usual, wish.max.max(wish.usual))).collect(),
        wishes.iter().map(|wish| range(wish, wish.min, wish.usual)).collect(),
    ];
    for ranges in steps {
        if ranges.iter().map(|range| range.0).sum::<f64>() <= width {
            let mut widths = between(&ranges, width, favour);
            spread(&mut widths, wishes, width);
            return widths;
        }
    }
    // Not even the longest words fit: between what can be set at all and the longest words.
    let ranges: Vec<(f64, f64)> =
        wishes.iter().map(|wish| (wish.floor.min(wish.min), wish.min.max(wish.floor.min(wish.min)))).collect();
    let floors: f64 = ranges.iter().map(|range| range.0).sum();
    if floors <= width {
        let mut widths = between(&ranges, width, favour);
        spread(&mut widths, wishes, width);
        return widths;
    }
    ranges.iter().map(|range| range.0 * width / floors).collect()
}

/// Whether columns have to wrap, so that it matters how the width is shared.
pub(super) fn wraps(wishes: &[Wish], width: f64) -> bool {
    wishes.iter().map(|wish| wish.max).sum::<f64>() > width
}

/// Widths inside their ranges that add up to `width`, or all at their upper ends if that is less.
fn between(ranges: &[(f64, f64)], width: f64, favour: f64) -> Vec<f64> {
    let weights: Vec<f64> = ranges.iter().map(|(_, high)| high.max(0.0).powf(favour)).collect();
    let at = |factor: f64| -> Vec<f64> {
        ranges.iter().zip(&weights).map(|((low, high), weight)| (factor * weight).clamp(*low, *high)).collect()
    };
    if ranges.iter().map(|range| range.1).sum::<f64>() <= width {
        return ranges.iter().map(|range| range.1).collect();
    }
    let (mut low, mut high) = (0.0, width + 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at(middle).iter().sum::<f64>() > width { high = middle } else { low = middle }
    }
    at(low)
}

/// Gives what is left to the columns of text, in proportion to their widths.
fn spread(widths: &mut [f64], wishes: &[Wish], width: f64) {
    let left = width - widths.iter().sum::<f64>();
    let open = |wish: &Wish| wish.share.is_none() && !wish.number;
    let any_open = wishes.iter().any(open);
    let takes = |wish: &Wish| !any_open || open(wish);
    let base: f64 = widths.iter().zip(wishes).filter(|(_, wish)| takes(wish)).map(|(width, _)| *width).sum();
    if left <= 0.0 || base <= 0.0 {
        return;
    }
    for (width, wish) in widths.iter_mut().zip(wishes) {
        if takes(wish) {
            *width += left * *width / base;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(min: f64, max: f64) -> Wish {
        Wish { min, usual: max, max, floor: 20.0_f64.min(min), ..Wish::default() }
    }

    #[test]
    fn what_fits_is_not_wrapped_and_numbers_stay_narrow() {
        let number = Wish { min: 40.0, usual: 40.0, max: 40.0, floor: 40.0, number: true, share: None };
        assert_eq!(distribute(&[text(50.0, 100.0), number], 500.0, 0.5), [460.0, 40.0]);
    }

    #[test]
    fn short_columns_keep_their_line_when_one_is_long() {
        let widths = distribute(&[text(30.0, 60.0), text(50.0, 2000.0), text(30.0, 70.0)], 500.0, 0.25);
        assert!(widths[0] >= 59.0 && widths[2] >= 69.0, "{widths:?}");
    }

    #[test]
    fn shares_are_kept() {
        let share = |share| Wish { share: Some(share), ..text(10.0, 900.0) };
        assert_eq!(distribute(&[share(0.25), share(0.75)], 400.0, 0.5), [100.0, 300.0]);
        assert_eq!(distribute(&[share(1.0), share(3.0)], 400.0, 0.5), [100.0, 300.0]);
    }

    proptest! {
        #[test]
        fn widths_are_positive_and_add_up(
            columns in prop::collection::vec((1.0..300.0_f64, 0.0..900.0_f64, 0.0..1.0_f64, prop::option::of(0.0..1.5_f64), any::<bool>()), 1..30),
            width in 200.0..800.0_f64,
            favour in 0.0..1.0_f64,
        ) {
            let wishes: Vec<Wish> = columns.into_iter()
                .map(|(min, more, part, share, number)| Wish { min, usual: min + more * part, max: min + more, floor: min.min(15.0), share, number })
                .collect();
            let widths = distribute(&wishes, width, favour);
            prop_assert!((widths.iter().sum::<f64>() - width).abs() < 0.01, "{widths:?}");
            prop_assert!(widths.iter().all(|width| *width > 0.0));
        }
    }
}
