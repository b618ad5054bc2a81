//! Proofs: of events, and of one head against a later one, checked by code that was written from RFC 6962 alone.

use super::*;
use crate::audit_log::proof::{EventProof, Path};
use crate::seal::{Checkpoint, Hash, SigningKey, tree};

/// Apart from the code under test: RFC 6962, section 2.1, recomputed from a leaf and its audit path, recursively.
mod by_the_rfc {
    use sha2::{Digest, Sha256};

    pub fn leaf(bytes: &[u8]) -> Vec<u8> {
        Sha256::new().chain_update([0x00]).chain_update(bytes).finalize().to_vec()
    }

    /// MTH of a tree of `n` leaves, from leaf `m` and PATH(m, D[n]).
    pub fn root(leaf: Vec<u8>, m: u64, n: u64, path: &mut Vec<Vec<u8>>) -> Vec<u8> {
        assert!(m < n);
        if n == 1 {
            return leaf;
        }
        let mut k = 1;
        while k * 2 < n {
            k *= 2;
        }
        // PATH ends with the sibling nearest to the root.
        let sibling = path.pop().expect("a hash for each level");
        let (left, right) =
            if m < k { (root(leaf, m, k, path), sibling) } else { (sibling, root(leaf, m - k, n - k, path)) };
        Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().to_vec()
    }
}

fn climb(bytes: &str, path: &Path) -> String {
    let mut hashes = path.hashes.iter().map(|hash| hex::decode(hash).unwrap()).collect();
    let root = by_the_rfc::root(by_the_rfc::leaf(&hex::decode(bytes).unwrap()), path.index, path.size, &mut hashes);
    assert!(hashes.is_empty());
    hex::encode(root)
}

#[test]
fn every_event_is_proven_to_an_independent_check() {
    let rich = rich();
    for batch in rich.log.batches().unwrap() {
        for index in (1..=batch.rows.added).step_by(7) {
            let number = format!("{}-{index}", batch.number);
            let proof = rich.log.proof(&number).unwrap();
            let day_root = climb(&proof.event, &proof.in_day);
            assert!(proof.day.ends_with(&day_root));
            let batch_root = climb(&proof.day, &proof.in_batch);
            assert_eq!(batch_root, batch.root);
            assert!(proof.record.contains(&hex::encode(&batch_root)), "it stands in the record");
            assert_eq!(climb(&proof.record, &proof.in_log), rich.log.head().unwrap().root);
            let proven = proof.check().unwrap();
            assert_eq!((proven.number, proven.source), (number, batch.source.name.clone()));
        }
    }
    for none in ["9-1", "1-0", "1-201", "0-1", "x", "1-", "-1", "1-1-1"] {
        assert!(matches!(rich.log.proof(none), Err(LogError::Refused(_))), "{none}");
    }
}

#[test]
fn a_proof_is_of_this_event_only() {
    let rich = rich();
    let proof = rich.log.proof("1-5").unwrap();
    let event = proof.check().unwrap().event;
    assert_eq!(event, varied(200)[4]);
    let hurt: [fn(&mut EventProof); 8] = [
        |proof| proof.event.replace_range(60..62, "00"),
        |proof| proof.in_day.index += 1,
        |proof| proof.day.replace_range(8..10, "11"),
        |proof| proof.in_batch.hashes.clear(),
        |proof| proof.record.replace_range(20..22, "00"),
        |proof| proof.in_log.size += 1,
        |proof| proof.head.root.replace_range(0..2, "zz"),
        |proof| proof.number = "2-5".to_owned(),
    ];
    for (which, hurt) in hurt.iter().enumerate() {
        let mut forged = proof.clone();
        hurt(&mut forged);
        assert!(forged.check().is_err(), "{which}");
    }
}

#[test]
fn a_saved_checkpoint_shows_that_the_newest_part_was_cut_off() {
    let mut all = rich();
    let key = SigningKey::from_bytes(&[3; 32]);
    let note = all.log.checkpoint("example.com/log").unwrap().sign("example.com/log", &key).unwrap();
    let saved = Checkpoint::open(&note, "example.com/log", &key.public()).unwrap();
    add(&mut all.log, "crm", &[event(MONDAY + 99 * DAY, "Eve")]);

    assert_eq!(all.log.check_against(&saved).unwrap(), None);
    let other = Checkpoint { size: saved.size - 1, ..saved.clone() };
    assert!(all.log.check_against(&other).unwrap().unwrap().what.contains("not those"));
    let now = all.log.checkpoint("example.com/log").unwrap();
    assert_eq!(all.log.head_at(saved.size).unwrap().unwrap().root, saved.root.hex());
    let path = all.log.consistency(saved.size).unwrap().unwrap();
    let path: Vec<Hash> = path.iter().map(|hash| Hash::parse(hash).unwrap()).collect();
    assert_eq!(tree::check_consistency(saved.size, saved.root, now.size, now.root, &path), Ok(()));

    // The two newest records are taken out with all that belongs to them: by itself the rest holds.
    let cut = "DELETE FROM records WHERE number > 4; DELETE FROM manifests WHERE batch > 3; \
        DELETE FROM hot WHERE segment IN (SELECT id FROM segments WHERE batch > 3); \
        DELETE FROM warm WHERE segment IN (SELECT id FROM segments WHERE batch > 3); \
        DELETE FROM cold WHERE segment IN (SELECT id FROM segments WHERE batch > 3); \
        DELETE FROM segments WHERE batch > 3; DELETE FROM dictionaries WHERE batch > 3; \
        DELETE FROM firsts WHERE batch > 3; \
        DELETE FROM id_keys WHERE place >> 24 IN (SELECT run FROM id_runs WHERE batch > 3); \
        DELETE FROM id_runs WHERE batch > 3;";
    all.log.db.execute_batch(cut).unwrap();
    let log = SealedLog::open(&all.folder.path().join("log")).unwrap();
    assert!(log.verify().unwrap().holds());
    assert!(log.check_against(&saved).unwrap().unwrap().what.contains("cut off"));
    assert_eq!(log.consistency(saved.size).unwrap(), None);
    // A log that was open all the while sees it too.
    assert_eq!(all.log.head().unwrap(), log.head().unwrap());
}
