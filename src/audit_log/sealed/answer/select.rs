//! Select: which events of a chunk are meant: all, some stretches, or a list.

/// Places of events in a chunk, each once, in order.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    /// Stretches `[from, to)`.
    Ranges(Vec<(u32, u32)>),
    /// One by one.
    List(Vec<u32>),
}

impl Selection {
    /// The first `count` events.
    pub(super) fn all(count: usize) -> Selection {
        Selection::Ranges(if count == 0 { Vec::new() } else { vec![(0, count as u32)] })
    }

    /// Whether none is meant.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Selection::Ranges(ranges) => ranges.is_empty(),
            Selection::List(list) => list.is_empty(),
        }
    }

    /// Whether these are the first `count` events.
    pub(super) fn is_all(&self, count: usize) -> bool {
        matches!(self, Selection::Ranges(ranges) if ranges.as_slice() == [(0, count as u32)])
    }

    /// How many are meant.
    pub(super) fn len(&self) -> usize {
        match self {
            Selection::Ranges(ranges) => ranges.iter().map(|(from, to)| (to - from) as usize).sum(),
            Selection::List(list) => list.len(),
        }
    }

    /// One by one.
    pub(super) fn events(&self) -> std::borrow::Cow<'_, [u32]> {
        match self {
            Selection::Ranges(ranges) => ranges.iter().flat_map(|(from, to)| *from..*to).collect::<Vec<u32>>().into(),
            Selection::List(list) => list.into(),
        }
    }

    /// Those for which a test holds. What it costs to go on after a wrong guess of the processor is not paid: every
    /// event is written down, and kept by the step to the next place.
    pub(super) fn filter(&self, mut test: impl FnMut(u32) -> bool) -> Selection {
        let mut list = Vec::new();
        let mut block = [0; 256];
        let mut kept = 0;
        let mut take = |event: u32, list: &mut Vec<u32>| {
            if let Some(place) = block.get_mut(kept) {
                *place = event;
            }
            kept += usize::from(test(event));
            if kept == block.len() {
                list.extend_from_slice(&block);
                kept = 0;
            }
        };
        match self {
            Selection::Ranges(ranges) => {
                for (from, to) in ranges {
                    (*from..*to).for_each(|event| take(event, &mut list));
                }
            }
            Selection::List(events) => events.iter().for_each(|event| take(*event, &mut list)),
        }
        list.extend_from_slice(block.get(..kept).unwrap_or_default());
        Selection::List(list)
    }

    /// Those of which the code is this one.
    pub(super) fn with_code(&self, codes: &[u32], only: u32) -> Selection {
        let Selection::Ranges(ranges) = self else {
            return self.filter(|event| codes.get(event as usize) == Some(&only));
        };
        let mut list = Vec::new();
        for (from, to) in ranges {
            let of_range = codes.get(*from as usize..*to as usize).unwrap_or_default();
            let (blocks, rest) = of_range.as_chunks::<16>();
            let mut first = *from;
            for block in blocks {
                // One bit an event, by comparisons that the processor makes side by side.
                let bit = |(place, code): (u32, &u32)| u32::from(*code == only) << place;
                let mut bits: u32 = (0..).zip(block).map(bit).fold(0, |bits, bit| bits | bit);
                while bits != 0 {
                    list.push(first + bits.trailing_zeros());
                    bits &= bits - 1;
                }
                first += 16;
            }
            list.extend((first..).zip(rest).filter(|(_, code)| **code == only).map(|(event, _)| event));
        }
        Selection::List(list)
    }

    /// Those that lie in these stretches, which are in order.
    pub(super) fn within(&self, stretches: &[(u32, u32)]) -> Selection {
        let mut rest = stretches;
        match self {
            Selection::Ranges(ranges) => {
                let mut both = Vec::new();
                for (from, to) in ranges {
                    while let Some(((first, end), after)) = rest.split_first() {
                        let common = (*from.max(first), *to.min(end));
                        if common.0 < common.1 {
                            both.push(common);
                        }
                        if end >= to {
                            break;
                        }
                        rest = after;
                    }
                }
                Selection::Ranges(both)
            }
            Selection::List(list) => {
                let inside = |event: &&u32| {
                    while let Some(((_, end), after)) = rest.split_first()
                        && end <= *event
                    {
                        rest = after;
                    }
                    rest.first().is_some_and(|(first, _)| first <= *event)
                };
                Selection::List(list.iter().filter(inside).copied().collect())
            }
        }
    }

    /// Those that are in the other one too.
    pub(super) fn and(&self, other: &Selection) -> Selection {
        match (self, other) {
            (_, Selection::Ranges(ranges)) => self.within(ranges),
            (Selection::Ranges(ranges), Selection::List(_)) => other.within(ranges),
            (Selection::List(list), Selection::List(others)) => {
                let mut others = others.iter().peekable();
                let common = |event: &&u32| {
                    while others.next_if(|other| other < event).is_some() {}
                    others.peek() == Some(event)
                };
                Selection::List(list.iter().filter(common).copied().collect())
            }
        }
    }

    /// Those of this one that are not in the other one, which is a part of it.
    pub(super) fn without(&self, part: &Selection) -> Selection {
        let left_out = part.events();
        let mut left_out = left_out.iter().copied().peekable();
        self.filter(|event| left_out.next_if_eq(&event).is_none())
    }

    /// Those of any of these.
    pub(super) fn union(parts: &[Selection]) -> Selection {
        let mut all: Vec<u32> = Vec::new();
        for part in parts {
            all.extend_from_slice(&part.events());
        }
        all.sort_unstable();
        all.dedup();
        Selection::List(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn selection() -> impl Strategy<Value = Selection> {
        let flags = || prop::collection::vec(any::<bool>(), 0..600);
        let list = |flags: Vec<bool>| (0u32..).zip(flags).filter(|(_, is)| *is).map(|(event, _)| event).collect();
        prop_oneof![
            flags().prop_map(move |flags| Selection::List(list(flags))),
            prop::collection::vec((1u32..9, 1u32..90), 0..9).prop_map(|steps| {
                let mut at = 0;
                let mut range = |(gap, length)| {
                    let from = at + gap;
                    at = from + length;
                    (from, at)
                };
                Selection::Ranges(steps.into_iter().map(&mut range).collect())
            }),
        ]
    }

    fn set(selection: &Selection) -> std::collections::BTreeSet<u32> {
        selection.events().iter().copied().collect()
    }

    proptest! {
        #[test]
        fn selections_are_sets_in_order(one in selection(), other in selection()) {
            let both = one.and(&other);
            prop_assert_eq!(set(&both), &set(&one) & &set(&other));
            prop_assert!(both.events().is_sorted() && one.len() == set(&one).len());
            prop_assert_eq!(set(&one.without(&both)), &set(&one) - &set(&other));
            prop_assert_eq!(set(&Selection::union(&[one.clone(), other.clone()])), &set(&one) | &set(&other));
            let odd = one.filter(|event| event % 2 == 1);
            prop_assert_eq!(set(&odd), set(&one).into_iter().filter(|event| event % 2 == 1).collect());
            prop_assert_eq!(one.is_empty(), set(&one).is_empty());
            let codes: Vec<u32> = (0..2000).map(|event| event * 7 % 5).collect();
            let third = one.filter(|event| event * 7 % 5 == 3);
            prop_assert_eq!(set(&one.with_code(&codes, 3)), set(&third));
        }
    }
}
