//! Tests of the tree: the standard's definition written down once more, known roots, and proofs that must not hold.

use super::*;
use proptest::prelude::*;

/// RFC 6962, section 2.1, word by word.
fn by_definition(entries: &[Vec<u8>]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    match entries {
        [] => Sha256::digest([]).into(),
        [only] => Sha256::new().chain_update([0]).chain_update(only).finalize().into(),
        _ => {
            let mut k = 1;
            while k * 2 < entries.len() {
                k *= 2;
            }
            let (left, right) = (by_definition(&entries[..k]), by_definition(&entries[k..]));
            Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        }
    }
}

fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| format!("entry {i}").into_bytes()).collect()
}

fn leaves(count: usize) -> Vec<Hash> {
    entries(count).iter().map(|entry| leaf(entry)).collect()
}

/// Roots of the test data of the Certificate Transparency reference implementation (merkle_tree_test).
#[test]
fn known_roots() {
    let data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let hashes: Vec<Hash> = data.iter().map(|text| leaf(&hex::decode(text).unwrap())).collect();
    let expected = [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];
    for (size, text) in expected {
        assert_eq!(root(&hashes[..size]).hex(), text, "{size} leaves");
    }
}

#[test]
fn every_small_tree_and_every_proof() {
    for size in 0..=33usize {
        let all = leaves(size);
        let top = root(&all);
        assert_eq!(top.0, by_definition(&entries(size)), "{size} leaves");
        for index in 0..size {
            let path = inclusion(&all, index).unwrap();
            assert_eq!(check_inclusion(all[index], index as u64, size as u64, &path, top), Ok(()), "{index} of {size}");
            let other = all[(index + 1) % size];
            if size > 1 {
                assert!(check_inclusion(other, index as u64, size as u64, &path, top).is_err());
                assert!(check_inclusion(all[index], index as u64, size as u64, &path[1..], top).is_err());
            }
            let mut long = path.clone();
            long.push(top);
            assert!(check_inclusion(all[index], index as u64, size as u64, &long, top).is_err());
        }
        assert_eq!(inclusion(&all, size), None);
        for old in 1..=size {
            let path = consistency(&all, old).unwrap();
            let old_root = root(&all[..old]);
            let check = |path: &[Hash], old_root| check_consistency(old as u64, old_root, size as u64, top, path);
            assert_eq!(check(&path, old_root), Ok(()), "{old} to {size}");
            assert!(check(&path, leaf(b"another")).is_err());
            for at in 0..path.len() {
                let mut forged = path.clone();
                forged[at] = leaf(b"forged");
                assert!(check(&forged, old_root).is_err(), "{old} to {size} at {at}");
            }
        }
        assert_eq!(check_consistency(0, root(&[]), size as u64, top, &[]), Ok(()));
    }
}

#[test]
fn a_tree_never_begins_with_a_larger_or_another_one() {
    let all = leaves(5);
    assert!(check_consistency(5, root(&all), 4, root(&all[..4]), &[]).is_err());
    assert!(check_consistency(5, root(&all), 5, leaf(b"x"), &[]).is_err());
    assert!(check_consistency(0, leaf(b"x"), 5, root(&all), &[]).is_err());
    assert_eq!(consistency(&all, 6), None);
    assert_eq!(consistency(&all, 0), None);
}

proptest! {
    #[test]
    fn proofs_of_any_bytes_never_panic(index: u64, size: u64, path in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let path: Vec<Hash> = path.into_iter().map(Hash).collect();
        prop_assert!(check_inclusion(Hash([1; 32]), index, size, &path, Hash([2; 32])).is_err());
        prop_assert!(check_consistency(index, Hash([1; 32]), size, Hash([2; 32]), &path).is_err());
    }
}
