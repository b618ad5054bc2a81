//! Uuids: ids that are all UUIDs as RFC 9562 writes them, in 16 bytes each. As text they are the largest part of an event,
//! and what is random about them cannot be compressed.

use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};

/// Stands where the first id's option would stand, which is 0 or 1.
const UUIDS: u8 = 2;
const TEXT: usize = 36;
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// The packed form of encoded ids, if each of them is there and is a UUID in small letters.
pub(super) fn pack(ids: &[u8], events: usize) -> Option<Vec<u8>> {
    let (texts, []) = ids.as_chunks::<{ TEXT + 2 }>() else { return None };
    if events == 0 || texts.len() != events {
        return None;
    }
    let mut out = Vec::with_capacity(1 + events * 16);
    out.push(UUIDS);
    for text in texts {
        let [1, 36, text @ ..] = text else { return None };
        let mut half = None;
        for (at, byte) in text.iter().enumerate() {
            if DASHES.contains(&at) {
                if *byte != b'-' {
                    return None;
                }
                continue;
            }
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return None,
            };
            match half.take() {
                None => half = Some(digit),
                Some(high) => out.push(high << 4 | digit),
            }
        }
    }
    Some(out)
}

/// The encoded ids, if these are packed.
pub(super) fn unpack(mut ids: Reader<'_>) -> Result<Option<Vec<u8>>, SealError> {
    let packed = ids.clone().byte() == Ok(UUIDS);
    if !packed {
        return Ok(None);
    }
    ids.byte()?;
    let (uuids, []) = ids.raw(ids.left())?.as_chunks::<16>() else {
        return Err(SealError::Malformed("UUIDs that are cut".to_owned()));
    };
    let mut out = Writer::new();
    for uuid in uuids {
        let mut text = [b'-'; TEXT];
        let digits = uuid.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let places = text.iter_mut().enumerate().filter(|(at, _)| !DASHES.contains(at));
        for ((_, place), digit) in places.zip(digits) {
            *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        }
        out.byte(1);
        out.block(&text);
    }
    Ok(Some(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(ids: &[String]) -> Vec<u8> {
        let mut out = Writer::new();
        ids.iter().for_each(|id| out.text_option(Some(id)));
        out.finish()
    }

    proptest! {
        #[test]
        fn uuids_come_back(ids in prop::collection::vec("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", 1..9)) {
            let plain = encoded(&ids);
            let packed = pack(&plain, ids.len()).unwrap();
            prop_assert_eq!(packed.len(), 1 + 16 * ids.len());
            prop_assert_eq!(unpack(Reader::new(&packed)).unwrap(), Some(plain));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = unpack(Reader::new(&bytes));
        }
    }

    #[test]
    fn other_ids_stay_as_they_are() {
        let uuid = "0dd45097-f545-4ab7-a0cb-3d5ce9ae5fa0".to_owned();
        for other in [uuid.to_uppercase(), uuid.replace('-', "_"), uuid[1..].to_owned(), String::new()] {
            let plain = encoded(&[uuid.clone(), other]);
            assert_eq!(pack(&plain, 2), None);
            assert_eq!(unpack(Reader::new(&plain)), Ok(None));
        }
        assert_eq!(pack(&encoded(std::slice::from_ref(&uuid)), 2), None);
        assert!(unpack(Reader::new(&[UUIDS, 1])).is_err());
    }
}
