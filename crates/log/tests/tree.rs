//! The log's tree compared with a plain one, its proofs, and the results of appending.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{ORIGIN, buffered, entry, log_of, plain_root, settings, signer, trust};
use mustcheck_log::{
    Checkpoint, Error, Frontier, Hash, LONGEST_ENTRY, Log, Proof, ProofError, Reader, Settings,
    SignerKey, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

/// Next step of a random history.
#[derive(Clone, Debug)]
enum Next {
    One(Vec<u8>),
    Many(usize),
    Reopen,
    Publish,
}

fn next() -> impl Strategy<Value = Next> {
    prop_oneof![
        6 => proptest::collection::vec(any::<u8>(), 0..300).prop_map(Next::One),
        2 => (0usize..700).prop_map(Next::Many),
        1 => Just(Next::Reopen),
        1 => Just(Next::Publish),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if common::long() { 400 } else { 40 }))]

    #[test]
    fn whatever_is_appended_the_root_is_that_of_a_plain_tree(
        history in proptest::collection::vec(next(), 1..25),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::create(folder.path(), buffered()).unwrap();
        let mut plain: Vec<Vec<u8>> = Vec::new();
        for next in history {
            match next {
                Next::One(entry) => {
                    let appended = log.append(&entry).unwrap();
                    prop_assert_eq!(appended.index, plain.len() as u64);
                    plain.push(entry);
                    prop_assert_eq!(appended.checkpoint.root(), plain_root(&plain));
                }
                Next::Many(many) => {
                    let start = plain.len() as u64;
                    let entries: Vec<_> = (start..start + many as u64).map(entry).collect();
                    prop_assert_eq!(log.append_all(&entries).unwrap(), start..start + many as u64);
                    plain.extend(entries);
                }
                Next::Reopen => {
                    drop(log);
                    log = Log::open(folder.path(), buffered()).unwrap();
                }
                Next::Publish => {
                    let published = log.publish().unwrap();
                    let file = std::fs::read(folder.path().join("checkpoint")).unwrap();
                    prop_assert_eq!(published.note().as_bytes(), file);
                }
            }
            prop_assert_eq!(log.checkpoint().unwrap().size(), plain.len() as u64);
            prop_assert_eq!(log.checkpoint().unwrap().root(), plain_root(&plain));
        }
        let reader = Reader::open(folder.path(), &trust()).unwrap();
        prop_assert_eq!(reader.checkpoint(), &log.checkpoint().unwrap());
        let read: Vec<_> = reader.entries(0..u64::MAX).map(|e| e.unwrap().1).collect();
        prop_assert_eq!(&read, &plain);
        let frontier = reader.frontier().unwrap();
        let kept = Frontier::from_bytes(plain.len() as u64, &frontier.to_bytes()).unwrap();
        prop_assert_eq!((kept.size(), kept.root()), (plain.len() as u64, plain_root(&plain)));
        for index in (0..plain.len()).step_by(1 + plain.len() / 23) {
            let proof = reader.prove(index as u64).unwrap();
            proof.verify(&plain[index], &trust()).unwrap();
        }
    }
}

/// A log that is kept elsewhere goes on from its edge and signs the same checkpoints.
#[test]
fn a_log_that_is_kept_elsewhere_is_the_same_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 0);
    let mut kept = Frontier::default();
    for index in 0..600 {
        log.append(&entry(index)).unwrap();
        let mut next = Frontier::from_bytes(kept.size(), &kept.to_bytes()).unwrap();
        next.push(Hash::leaf(&entry(index)));
        let signed = Checkpoint::sign(ORIGIN, next.size(), next.root(), &signer());
        assert_eq!(signed, log.checkpoint().unwrap());
        kept = next;
    }
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    assert_eq!(reader.frontier().unwrap(), kept);
    // As many peaks as the size has, each whole.
    let peaks = kept.to_bytes();
    assert_eq!(peaks.len() as u32, 600_u64.count_ones() * 32);
    assert_eq!(Frontier::from_bytes(601, &peaks), None);
    assert_eq!(Frontier::from_bytes(600, &peaks[1..]), None);
}

#[test]
fn every_inclusion_proof_verifies_and_no_other_entry_does() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 0);
    for size in [1u64, 2, 3, 5, 8, 255, 256, 257, 300, 513] {
        let from = log.checkpoint().unwrap().size();
        log.append_all((from..size).map(entry)).unwrap();
        let reader = Reader::open(folder.path(), &trust()).unwrap();
        for index in 0..size {
            let proof = reader.prove(index).unwrap();
            let checkpoint = proof.verify(&entry(index), &trust()).unwrap();
            assert_eq!(checkpoint.size(), size);
            let wrong = proof.verify(&entry(index + 1), &trust()).unwrap_err();
            assert_eq!(wrong, ProofError::NotIncluded { index, size });
            let text = proof.to_string();
            assert_eq!(text.parse::<Proof>().unwrap(), proof);
            if size > 1 {
                let other = text.replace(
                    &format!("index {index}\n"),
                    &format!("index {}\n", (index + 1) % size),
                );
                let other: Proof = other.parse().unwrap();
                assert!(other.verify(&entry(index), &trust()).is_err());
            }
        }
    }
}

#[test]
fn consistency_is_proven_between_all_sizes_and_wrong_proofs_fail() {
    let folder = tempfile::tempdir().unwrap();
    let plain: Vec<_> = (0..300).map(entry).collect();
    let roots: Vec<Hash> = (0..=300).map(|size| plain_root(&plain[..size])).collect();
    let log = log_of(folder.path(), 0);
    let sizes: Vec<usize> =
        (0..40).chain([63, 64, 65, 127, 200, 255, 256, 257, 299, 300]).collect();
    for &new in &sizes {
        let from = log.checkpoint().unwrap().size();
        log.append_all(&plain[usize::try_from(from).unwrap()..new]).unwrap();
        let reader = Reader::open(folder.path(), &trust()).unwrap();
        for &old in sizes.iter().filter(|old| **old <= new) {
            assert_eq!(reader.root(old as u64).unwrap(), roots[old]);
            let path = reader.prove_consistency(old as u64).unwrap();
            let (older, newer) = ((old as u64, &roots[old]), (new as u64, &roots[new]));
            assert!(verify_consistency(older, newer, &path), "{old} to {new}");
            wrong_proofs_fail(older, newer, &path);
        }
        assert!(matches!(
            reader.prove_consistency(new as u64 + 1),
            Err(Error::RolledBack { known, found }) if known == found + 1
        ));
    }
}

fn wrong_proofs_fail(older: (u64, &Hash), newer: (u64, &Hash), path: &[Hash]) {
    let other = Hash::leaf(b"other");
    // A proof for an older tree without leaves fits every newer tree.
    if older.0 > 0 {
        assert!(!verify_consistency(older, (newer.0, &other), path));
    }
    assert!(!verify_consistency((older.0, &other), newer, path));
    assert!(!verify_consistency((newer.0 + 1, older.1), newer, path));
    let mut longer = path.to_vec();
    longer.push(other);
    assert!(!verify_consistency(older, newer, &longer));
    for at in 0..path.len() {
        let mut changed = path.to_vec();
        changed[at] = other;
        assert!(!verify_consistency(older, newer, &changed));
        changed.remove(at);
        assert!(!verify_consistency(older, newer, &changed));
    }
}

#[test]
fn an_index_past_the_end_is_never_included() {
    let leaf = Hash::leaf(b"a");
    assert!(verify_inclusion(&leaf, 0, 1, &[], &leaf));
    assert!(!verify_inclusion(&leaf, 1, 1, &[], &leaf));
    assert!(!verify_inclusion(&leaf, 0, 0, &[], &leaf));
    assert!(!verify_inclusion(&leaf, 0, 1, &[leaf], &leaf));
}

#[test]
fn an_entry_has_65535_bytes_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::create(folder.path(), buffered()).unwrap();
    let longest = vec![b'a'; LONGEST_ENTRY];
    assert_eq!(log.append(&longest).unwrap().index, 0);
    let error = log.append(&vec![b'a'; LONGEST_ENTRY + 1]).unwrap_err();
    assert_eq!(error.to_string(), "an entry of 65536 bytes is longer than 65535");
    let error = log.append_all([vec![], vec![0; 70_000]]).unwrap_err();
    assert_eq!(error.to_string(), "an entry of 70000 bytes is longer than 65535");
    assert_eq!(log.append(&[]).unwrap().index, 1);
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    assert_eq!(reader.entry(0).unwrap(), longest);
    assert_eq!(reader.entry(1).unwrap(), b"");
    assert_eq!(reader.entry(2).unwrap_err().to_string(), "no entry 2 in a log of 2 entries");
}

#[test]
fn the_tree_grows_over_three_levels_of_tiles() {
    let folder = tempfile::tempdir().unwrap();
    let size = 256 * 256 + 256 + 3;
    let log = log_of(folder.path(), size);
    let plain: Vec<_> = (0..size).map(entry).collect();
    assert_eq!(log.checkpoint().unwrap().root(), plain_root(&plain));
    drop(log);
    let log = Log::open(folder.path(), settings()).unwrap();
    assert_eq!(log.append(b"one more").unwrap().index, size);
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    for index in [0, 255, 256, 65535, 65536, 65791, 65792, size] {
        let proof = reader.prove(index).unwrap();
        proof.verify(&reader.entry(index).unwrap(), &trust()).unwrap();
    }
    let some: Vec<_> = reader.entries(65530..65540).map(|e| e.unwrap()).collect();
    assert_eq!(some, (65530..65540).map(|i| (i, entry(i))).collect::<Vec<_>>());
    assert_eq!(reader.bundles(), 258);
    assert_eq!(reader.bundle(257).unwrap().len(), 4);
}

#[test]
fn a_log_goes_on_with_a_new_key_and_the_old_checkpoints_still_verify() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 300);
    let kept = log.close().unwrap();
    let old_proof = Reader::open(folder.path(), &trust()).unwrap().prove(7).unwrap();
    let new = SignerKey::from_seed(ORIGIN, &[8; 32]).unwrap();

    let alone = Log::open(folder.path(), Settings::new(ORIGIN, new.clone()));
    assert_eq!(
        alone.err().unwrap().to_string(),
        "`tail` is damaged: its first checkpoint: not signed by a known key"
    );
    let rotated = Settings::new(ORIGIN, new).former_key(signer().verifier().clone());
    let log = Log::open(folder.path(), rotated.clone()).unwrap();
    log.append(b"under the new key").unwrap();
    let both = rotated.trust().unwrap();
    let reader = Reader::open(folder.path(), &both).unwrap();
    reader.prove(300).unwrap().verify(b"under the new key", &both).unwrap();
    old_proof.verify(&entry(7), &both).unwrap();
    let path = reader.prove_consistency(kept.size()).unwrap();
    let newer = reader.checkpoint();
    let (older, newer) = ((kept.size(), &kept.root()), (newer.size(), &newer.root()));
    assert!(verify_consistency(older, newer, &path));
    // A reader with the old key alone does not trust what the new one signed.
    let error = Reader::open(folder.path(), &trust()).err().unwrap();
    let text = "`tail` is damaged: its checkpoint of 301 entries: not signed by a known key";
    assert_eq!(error.to_string(), text);
    // Nor does a writer take a batch that another key signed for a torn one.
    let error = Log::open(folder.path(), settings()).err().unwrap();
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_log_is_neither_made_twice_nor_opened_where_none_is() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("log");
    let at = place.display();
    let error = Log::open(&place, buffered()).err().unwrap();
    assert_eq!(error.to_string(), format!("no log in `{at}`"));
    let error = Reader::open(&place, &trust()).err().unwrap();
    assert_eq!(error.to_string(), format!("no log in `{at}`"));
    drop(Log::open_or_create(&place, buffered()).unwrap());
    let error = Log::create(&place, buffered()).err().unwrap();
    assert_eq!(error.to_string(), format!("there is a log in `{at}` already"));
    let log = Log::open_or_create(&place, buffered()).unwrap();
    log.append_all((0..300).map(entry)).unwrap();
    // Where parts of an old log are left, no new one is made, whatever is missing.
    std::fs::remove_file(place.join("tail")).unwrap();
    let error = Log::open_or_create(&place, buffered()).err().unwrap();
    assert_eq!(error.to_string(), format!("there is a log in `{at}` already"));
}
