//! Every bit flipped, every file gone or cut short: found, in its file and at its entry.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{check, files, short, small, trust};
use mustcheck_log::{Finding, Kind, Reader, Verify};

/// The index of the entry whose bytes, length among them, are at an offset of a bundle.
fn entry_at(bundle: &[u8], offset: usize) -> u64 {
    let (mut at, mut index) = (0, 0);
    loop {
        let length = usize::from(u16::from_be_bytes([bundle[at], bundle[at + 1]]));
        at += 2 + length;
        if offset < at {
            return index;
        }
        index += 1;
    }
}

#[test]
fn a_flipped_bit_anywhere_is_found_in_its_file_and_at_its_entry() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let all_bits = common::long();
    std::thread::scope(|scope| {
        for part in 0..2 {
            let copy = tempfile::tempdir().unwrap();
            small(copy.path());
            scope.spawn(move || {
                for file in files(copy.path()) {
                    let path = copy.path().join(&file);
                    let bytes = fs::read(&path).unwrap();
                    for offset in (part..bytes.len()).step_by(2) {
                        let bits = if all_bits { 0..8 } else { offset % 8..offset % 8 + 1 };
                        for bit in bits {
                            let mut changed = bytes.clone();
                            changed[offset] ^= 1 << bit;
                            fs::write(&path, &changed).unwrap();
                            located(copy.path(), &file, &bytes, offset, bit);
                        }
                    }
                    fs::write(&path, &bytes).unwrap();
                    assert_eq!(check(copy.path()).findings, []);
                }
            });
        }
    });
}

/// Asserts that the findings locate one flipped bit.
fn located(directory: &Path, file: &str, bytes: &[u8], offset: usize, bit: usize) {
    let report = check(directory);
    let at = format!("bit {bit} of byte {offset} of {file}: {:?}", report.findings);
    assert!(!report.is_sound(), "{at}");
    assert!(report.damages().all(|finding| finding.file == file), "{at}");
    let blamed = |entry: u64| report.damages().any(|finding| finding.entries.contains(&entry));
    match file.split_once(".p/").map_or(file, |(full, _)| full) {
        "tile/0/000" => assert!(blamed(offset as u64 / 32), "{at}"),
        "tile/0/001" => assert!(blamed(256 + offset as u64 / 32), "{at}"),
        "tile/1/000" => assert!(blamed(0), "{at}"),
        "tile/entries/000" => {
            let index = entry_at(bytes, offset);
            assert!(blamed(index), "{at}");
            assert!(index == 0 || !blamed(index - 1), "{at}");
        }
        "tile/entries/001" => assert!(blamed(256 + entry_at(bytes, offset)), "{at}"),
        "tail" => {
            // Every entry of the journal is three digits after a length of two bytes.
            let is_entry = (256..267).find(|index| {
                let entry = [&[0, 3], short(*index).as_slice()].concat();
                let at = bytes.windows(5).position(|window| window == entry).unwrap();
                (at..at + 5).contains(&offset)
            });
            if let Some(index) = is_entry {
                assert!(blamed(index), "{at}");
            }
        }
        "checkpoint" => {}
        other => panic!("{other}"),
    }
}

#[test]
fn a_missing_or_shorter_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    for file in files(folder.path()) {
        let path = folder.path().join(&file);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let report = check(folder.path());
        let found = |finding: &Finding| finding.file == file && finding.kind == Kind::Missing;
        assert!(report.damages().any(found), "{file}: {:?}", report.findings);
        if file == "tail" {
            // The published part is there without it.
            assert_eq!(report.size, 260);
        }
        if file != "tail" {
            let step = 1 + bytes.len() / 150;
            for length in (0..bytes.len()).step_by(step) {
                fs::write(&path, &bytes[..length]).unwrap();
                let report = check(folder.path());
                let found = |finding: &Finding| finding.file == file;
                assert!(report.damages().all(found), "{file} {length}: {:?}", report.findings);
                assert!(!report.is_sound(), "{file} {length}");
            }
            fs::write(&path, [bytes.as_slice(), b"x"].concat()).unwrap();
            assert!(check(folder.path()).damages().any(|f| f.file == file), "{file}");
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(check(folder.path()).findings, []);
}

#[test]
fn a_journal_cut_at_any_byte_is_found_by_who_kept_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let last = small(folder.path());
    let path = folder.path().join("tail");
    let bytes = fs::read(&path).unwrap();
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let alone = check(folder.path());
        let kept = Verify::new(folder.path(), &trust()).since(&last).run().unwrap();
        assert!(!kept.is_sound(), "{length}");
        let lost = |f: &&Finding| f.kind == Kind::RolledBack { size: 267 };
        let lost = kept.damages().find(lost).unwrap();
        assert_eq!(lost.entries, alone.size..267, "{length}");
        // Below the published size it shows without that; above, if it is within a batch.
        let whole_batches = alone.findings.is_empty();
        assert!(
            whole_batches
                || alone.findings.iter().any(|f| f.file == "tail" || f.file == "checkpoint")
        );
        assert!(!whole_batches || [260, 261, 266].contains(&alone.size), "{length}");
        // A reader sees whole batches.
        if let Ok(reader) = Reader::open(folder.path(), &trust()) {
            assert!([256, 259, 260, 261, 266].contains(&reader.size()));
        }
    }
}
