//! Words that pseudonyms are made of: two lists of words that are neither names of people nor of teams, and short tags.

/// How a person is called by two words: the first of them.
const FIRST: [&str; 64] = [
    "Ample", "Ancient", "Arctic", "Autumn", "Balmy", "Brisk", "Broad", "Calm", "Candid", "Clear", "Clever", "Copper",
    "Cosmic", "Crisp", "Curious", "Dapper", "Distant", "Dusky", "Eager", "Early", "Eastern", "Fabled", "Fluent",
    "Frosty", "Gentle", "Gilded", "Glossy", "Golden", "Hidden", "Humble", "Idle", "Jolly", "Keen", "Lively", "Lofty",
    "Lucid", "Lunar", "Mellow", "Misty", "Modest", "Nimble", "Northern", "Patient", "Placid", "Plain", "Polar",
    "Proud", "Quick", "Quiet", "Rapid", "Rustic", "Sandy", "Silent", "Silver", "Solar", "Steady", "Subtle", "Sunny",
    "Swift", "Tidy", "Velvet", "Vivid", "Western", "Windy",
];

/// The second.
const SECOND: [&str; 64] = [
    "Acorn", "Anchor", "Antelope", "Badger", "Beacon", "Beaver", "Boulder", "Bridge", "Canyon", "Cedar", "Comet",
    "Condor", "Coral", "Cricket", "Curlew", "Dolphin", "Donkey", "Egret", "Ember", "Falcon", "Fjord", "Gazelle",
    "Geyser", "Glacier", "Harbour", "Hedgehog", "Heron", "Island", "Jaguar", "Kettle", "Lagoon", "Lantern", "Lemur",
    "Lynx", "Magpie", "Marmot", "Meadow", "Meteor", "Moose", "Nebula", "Ocelot", "Orchard", "Otter", "Panther",
    "Pebble", "Pelican", "Penguin", "Plover", "Puffin", "Quarry", "Rabbit", "Saddle", "Salmon", "Sparrow", "Spruce",
    "Summit", "Thicket", "Toucan", "Tundra", "Turtle", "Walrus", "Weasel", "Willet", "Zebra",
];

/// Digits of tags: no letter that is taken for a digit, and none that makes words with others.
const DIGITS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// A person's pseudonym: two words and a tag of so many digits.
pub(super) fn person(tag: &[u8; 32], digits: usize) -> String {
    let pick = |list: &[&'static str; 64], byte: u8| list[usize::from(byte) % 64];
    format!("{} {} {}", pick(&FIRST, tag[0]), pick(&SECOND, tag[1]), short(tag, digits))
}

/// A tag of so many digits, five bits each.
pub(super) fn short(tag: &[u8; 32], digits: usize) -> String {
    tag.iter().skip(2).take(digits).map(|byte| DIGITS[usize::from(*byte) % 32]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        for list in [FIRST, SECOND] {
            let mut words = list.to_vec();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), 64);
        }
        assert_eq!(person(&[0; 32], 3), "Ample Acorn 000");
        assert_eq!(short(&[255; 32], 10).len(), 10);
    }
}
