//! Whatever is done to the files of a log is found, and located.

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

use common::{buffered, check, entry, kinds, log_of, small, trust};
use mustcheck_log::{Finding, Kind, Log, Severity, Verify, verify};

#[test]
fn a_sound_log_has_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    let last = small(folder.path());
    let report = check(folder.path());
    assert_eq!(report.findings, []);
    assert!(report.is_sound());
    assert_eq!((report.size, report.hashed), (267, 267));
    assert_eq!(report.checkpoint, Some(last));
    let empty = tempfile::tempdir().unwrap();
    Log::create(empty.path(), buffered()).unwrap();
    let report = verify(empty.path(), &trust()).unwrap();
    assert_eq!((report.findings.as_slice(), report.size), (&[][..], 0));
}

#[test]
fn removed_added_and_moved_entries_of_a_bundle_are_located() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 600);
    let path = folder.path().join("tile/entries/001");
    let write = |indices: Vec<u64>| {
        let mut bytes = Vec::new();
        for index in indices {
            let entry = entry(index);
            bytes.extend(u16::try_from(entry.len()).unwrap().to_be_bytes());
            bytes.extend(entry);
        }
        fs::write(&path, bytes).unwrap();
        let report = check(folder.path());
        assert!(report.findings.iter().all(|finding| finding.file == "tile/entries/001"));
        kinds(&report, "tile/entries/001")
    };
    let all = || (256..512).collect::<Vec<u64>>();
    assert_eq!(write(all()), []);
    let mut removed = all();
    removed.remove(44);
    assert_eq!(write(removed), [(300..301, Kind::Removed)]);
    let mut cut = all();
    cut.truncate(250);
    assert_eq!(write(cut), [(506..512, Kind::Removed)]);
    let mut twice = all();
    twice.insert(10, 266);
    assert_eq!(write(twice), [(267..268, Kind::Added)]);
    let mut swapped = all();
    swapped.swap(3, 200);
    let moved = |from| Kind::Moved { from };
    assert_eq!(write(swapped), [(259..260, moved(456)), (456..457, moved(259))]);
    let mut replaced = all();
    replaced[7] = 9;
    assert_eq!(write(replaced), [(263..264, Kind::Changed)]);
}

#[test]
fn swapped_and_copied_files_are_located() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 256 * 300 + 7).close().unwrap();
    let at = |path: &str| folder.path().join(path);
    let swap = |a: &str, b: &str| {
        fs::rename(at(a), at("aside")).unwrap();
        fs::rename(at(b), at(a)).unwrap();
        fs::rename(at("aside"), at(b)).unwrap();
    };
    // Entries and their tile: level 1 still knows the order.
    swap("tile/entries/003", "tile/entries/280");
    swap("tile/0/003", "tile/0/280");
    let report = check(folder.path());
    let three = 3 * 256..4 * 256;
    let other = 280 * 256..281 * 256;
    let moved = |from: u64| Kind::Moved { from: from * 256 };
    for level in ["entries", "0"] {
        let file = format!("tile/{level}/003");
        assert_eq!(kinds(&report, &file), [(three.clone(), moved(280))]);
        let file = format!("tile/{level}/280");
        assert_eq!(kinds(&report, &file), [(other.clone(), moved(3))]);
    }
    assert_eq!(report.findings.len(), 4);
    swap("tile/entries/003", "tile/entries/280");
    swap("tile/0/003", "tile/0/280");
    assert_eq!(check(folder.path()).findings, []);

    fs::copy(at("tile/entries/005"), at("tile/entries/301")).unwrap();
    fs::copy(at("tile/entries/005"), at("tile/entries/5")).unwrap();
    let report = check(folder.path());
    assert!(report.is_sound());
    let strays: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        strays,
        ["`tile/entries/301`: no part of the log", "`tile/entries/5`: no part of the log"]
    );
    assert_eq!(report.findings[0].severity(), Severity::Notice);
}

#[test]
fn several_damages_are_all_found_each_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 256 * 300 + 7).close().unwrap();
    let flip = |path: &str, offset: usize| {
        let path = folder.path().join(path);
        let mut bytes = fs::read(&path).unwrap();
        bytes[offset] ^= 4;
        fs::write(path, bytes).unwrap();
    };
    flip("tile/0/017", 5 * 32 + 1);
    flip("tile/1/000", 17 * 32);
    flip("tile/1/001.p/44", 43 * 32 + 31);
    flip("tile/entries/299", 2);
    flip("tile/0/298", 8191);
    fs::remove_file(folder.path().join("tile/entries/100")).unwrap();
    let report = check(folder.path());
    let found: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "`tile/1/000`, entries 4352 to 4607: the stored hashes were changed",
            "`tile/0/017`, entry 4357: the stored hashes were changed",
            "`tile/entries/100`, entries 25600 to 25855: missing",
            "`tile/0/298`, entry 76543: the stored hashes were changed",
            "`tile/entries/299`, entry 76544: changed",
            "`tile/1/001.p/44`, entries 76544 to 76799: the stored hashes were changed",
        ]
    );
}

#[test]
fn damage_to_a_hash_and_to_the_tile_it_is_of_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 256 * 300 + 7).close().unwrap();
    let flip = |path: &str, offset: usize| {
        let path = folder.path().join(path);
        let mut bytes = fs::read(&path).unwrap();
        bytes[offset] ^= 4;
        fs::write(path, bytes).unwrap();
    };
    flip("tile/2/000.p/1", 3);
    flip("tile/1/000", 100 * 32);
    let found =
        || check(folder.path()).findings.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        found(),
        [
            "`tile/2/000.p/1`, entries 0 to 65535: the stored hashes were changed",
            "`tile/1/000`, entries 25600 to 25855: the stored hashes were changed",
        ]
    );
    // With the third in the row, nothing says any more which is right.
    flip("tile/0/100", 0);
    let report = check(folder.path());
    for file in ["tile/2/000.p/1", "tile/1/000", "tile/0/100"] {
        let blamed = |f: &Finding| f.file == file && f.entries.contains(&25_600);
        assert!(report.damages().any(blamed), "{file}: {:?}", report.findings);
    }
}

#[test]
fn removed_repeated_and_swapped_batches_are_located() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join("tail");
    let bytes = fs::read(&path).unwrap();
    // A batch begins with these bytes; no entry here has them.
    let mut starts: Vec<usize> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"mcb1")).collect();
    assert_eq!(starts.len(), 6);
    starts.push(bytes.len());
    let part = |batch: usize| &bytes[starts[batch]..starts[batch + 1]];
    let put = |batches: &[usize]| {
        fs::write(&path, batches.iter().map(|batch| part(*batch)).collect::<Vec<_>>().concat())
            .unwrap();
        let report = check(folder.path());
        assert!(!report.is_sound(), "{batches:?}");
        kinds(&report, "tail")
    };
    assert_eq!(put(&[0, 1, 2, 4, 5]), [(260..261, Kind::Removed)]);
    assert_eq!(put(&[0, 2, 3, 4, 5]), [(256..259, Kind::Removed)]);
    let again = put(&[0, 1, 2, 3, 3, 4, 5]);
    assert!(again.contains(&(260..261, Kind::Added)), "{again:?}");
    let swapped = put(&[0, 1, 3, 2, 4, 5]);
    assert!(swapped.contains(&(259..260, Kind::Removed)), "{swapped:?}");
    assert!(swapped.contains(&(259..260, Kind::Added)), "{swapped:?}");
    // A writer does not go on from any of these.
    for batches in [&[0, 1, 2, 4, 5][..], &[0, 2, 3], &[0, 1, 2, 3, 3, 4, 5], &[0, 1, 3, 2, 4]] {
        put(batches);
        let error = Log::open(folder.path(), buffered()).err().unwrap();
        assert!(error.to_string().starts_with("`tail` is damaged: "), "{error}");
    }
}

#[test]
fn a_last_batch_that_does_not_fit_is_found_then_kept_aside_and_the_log_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let last = small(folder.path());
    let path = folder.path().join("tail");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(5).position(|window| window == b"\0\x0310a").unwrap();
    bytes[at + 4] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(kinds(&check(folder.path()), "tail"), [(266..267, Kind::Changed)]);

    let log = Log::open(folder.path(), buffered()).unwrap();
    assert_eq!(log.append(b"instead").unwrap().index, 266);
    let report = check(folder.path());
    let found: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["`torn/266-0`: set aside from the end of the journal"]);
    assert!(report.is_sound());
    let aside = fs::read(folder.path().join("torn/266-0")).unwrap();
    assert!(bytes.ends_with(&aside) && aside.windows(5).any(|w| w == b"\0\x0310`"));
    // A reader who has the checkpoint of the removed entry finds that it is gone.
    let report = Verify::new(folder.path(), &trust()).since(&last).run().unwrap();
    assert_eq!(kinds(&report, "kept checkpoint"), [(0..267, Kind::Root { size: 267 })]);
}

/// The bytes of the journal of `small`, and the offsets of its batches; the last is its end.
fn batches(directory: &Path) -> (Vec<u8>, Vec<usize>) {
    let bytes = fs::read(directory.join("tail")).unwrap();
    let mut starts: Vec<usize> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"mcb1")).collect();
    starts.push(bytes.len());
    (bytes, starts)
}

/// Offset of the last checkpoint before a place.
fn note_before(bytes: &[u8], end: usize) -> usize {
    let first = format!("{}\n", common::ORIGIN);
    bytes[..end].windows(first.len()).rposition(|window| window == first.as_bytes()).unwrap()
}

#[test]
fn an_end_as_a_stopped_writer_leaves_it_is_torn_and_not_sound_whatever_of_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join("tail");
    let (bytes, starts) = batches(folder.path());
    // The last batch has one entry, the one before it five; both came after what was published.
    for (start, end, size) in [(starts[5], starts[6], 266), (starts[4], starts[5], 261)] {
        for cut in (start + 1..end).step_by(5) {
            fs::write(&path, &bytes[..cut]).unwrap();
            let report = check(folder.path());
            let [finding] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
            let Kind::Unfinished { bytes, entries } = finding.kind else { panic!("{finding}") };
            assert_eq!((report.size, bytes), (size, (cut - start) as u64));
            assert!(entries <= 5, "{entries}");
            assert_eq!(finding.severity(), Severity::Torn);
            assert!(!report.is_sound());
            assert_eq!(report.damages().next(), None);
        }
    }
    fs::write(&path, &bytes[..starts[5] - 100]).unwrap();
    let rest = starts[5] - 100 - starts[4];
    assert_eq!(
        check(folder.path()).findings[0].to_string(),
        format!(
            "`tail`: ends with {rest} bytes of a batch that is not whole (5 whole entries in it): \
             its writer was stopped before it confirmed them, or they were cut off; the log cannot \
             tell which"
        )
    );
    // The next writer removes it, and a reader who kept the checkpoint of the entries finds that.
    drop(Log::open(folder.path(), buffered()).unwrap());
    assert_eq!(check(folder.path()).findings, []);
}

#[test]
fn an_end_that_no_stopped_writer_leaves_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join("tail");
    let (bytes, starts) = batches(folder.path());
    let found = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let report = check(folder.path());
        assert!(!report.is_sound());
        kinds(&report, "tail").into_iter().map(|(_, kind)| kind).collect::<Vec<_>>()
    };
    let cut = &bytes[..starts[5] - 20];
    let at = starts[4];
    let no_batch = [Kind::NoBatch { byte: at as u64 }];
    assert!(matches!(found(cut)[..], [Kind::Unfinished { entries: 5, .. }]));
    // Another entry under the hashes that are there.
    let mut other = cut.to_vec();
    let entry = other.windows(5).position(|window| window == b"\0\x03106").unwrap();
    other[entry + 4] ^= 1;
    assert_eq!(found(&other), no_batch);
    // Another length of an entry, so that there are more of them than the header says.
    let mut other = cut.to_vec();
    other[entry + 1] = 1;
    assert_eq!(found(&other), no_batch);
    // The beginning of a batch that is there already: its checkpoint is of another tree.
    let again = &bytes[starts[2]..starts[3] - 20];
    assert_eq!(found(&[&bytes[..at], again].concat()), no_batch);
    // A checkpoint of another log.
    let mut other = cut.to_vec();
    let last = other.len() - 1;
    let origin = note_before(&other, last);
    assert!(origin > at);
    other[origin] ^= 1;
    assert_eq!(found(&other), no_batch);
    assert_eq!(
        check(folder.path()).findings[0].to_string(),
        format!(
            "`tail`: what begins at byte {at} is no batch, and nothing that a writer leaves that \
             was stopped"
        )
    );
}

#[test]
fn entries_that_were_cut_off_are_found_by_the_tiles_that_were_written_of_them() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let (bytes, starts) = batches(folder.path());
    // Back to 259 entries with the checkpoint of then, a true one: 260 were published.
    let note = note_before(&bytes, starts[2]);
    fs::write(folder.path().join("tail"), &bytes[..starts[2]]).unwrap();
    fs::write(folder.path().join("checkpoint"), &bytes[note..starts[2]]).unwrap();
    let report = check(folder.path());
    assert_eq!(report.size, 259);
    assert!(!report.is_sound());
    for file in ["tile/0/001.p/4", "tile/entries/001.p/4"] {
        assert_eq!(kinds(&report, file), [(0..0, Kind::CutOff { size: 260 })]);
    }
    assert_eq!(
        report.damages().next().unwrap().to_string(),
        "`tile/0/001.p/4`: the log had 260 entries, and the last of them were cut off"
    );
}

#[test]
fn full_tiles_past_the_end_are_a_torn_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 300);
    let at = |path: &str| folder.path().join(path);
    let (tail, checkpoint) = (fs::read(at("tail")).unwrap(), fs::read(at("checkpoint")).unwrap());
    log.append_all((300..900).map(entry)).unwrap();
    fs::write(at("tail"), tail).unwrap();
    fs::write(at("checkpoint"), checkpoint).unwrap();
    let report = check(folder.path());
    assert_eq!(report.size, 300);
    for file in ["tile/0/001", "tile/0/002", "tile/entries/001", "tile/entries/002"] {
        assert_eq!(kinds(&report, file), [(0..0, Kind::Ahead)], "{:?}", report.findings);
    }
    assert!(!report.is_sound());
    assert_eq!(report.damages().next(), None);
    assert_eq!(
        report.findings.iter().find(|f| f.kind == Kind::Ahead).unwrap().to_string(),
        "`tile/0/001`: past the end of the log: its writer was stopped before the entries counted, \
         or the log was put back to before them; the log cannot tell which"
    );
}

#[test]
fn an_older_state_is_found_by_who_kept_a_checkpoint_and_by_the_writer() {
    let folder = tempfile::tempdir().unwrap();
    let old = tempfile::tempdir().unwrap();
    let log = log_of(old.path(), 300);
    drop(log);
    let log = log_of(folder.path(), 300);
    log.append_all((300..700).map(entry)).unwrap();
    let kept = log.close().unwrap();
    let report = Verify::new(old.path(), &trust()).since(&kept).run().unwrap();
    assert_eq!(
        report.damages().map(ToString::to_string).collect::<Vec<_>>(),
        ["`kept checkpoint`, entries 300 to 699: a checkpoint of 700 entries was signed"]
    );
    // The very same directory without a kept checkpoint is sound: it is a true older state.
    assert!(check(old.path()).is_sound());

    // A process that is still running sees it.
    let log = Log::open(folder.path(), buffered()).unwrap();
    fs::copy(old.path().join("tail"), folder.path().join("tail")).unwrap();
    let error = log.append(b"more").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log had 700 entries, and those it has now (300) do not continue them"
    );
    // Another one sees it by the published checkpoint.
    let error = Log::open(folder.path(), buffered()).err().unwrap();
    assert_eq!(
        error.to_string(),
        "the log had 700 entries, and those it has now (300) do not continue them"
    );
}

#[test]
fn another_history_under_the_same_key_is_found_by_who_kept_a_checkpoint() {
    for same in [0, 10, 299] {
        let folder = tempfile::tempdir().unwrap();
        let kept = log_of(folder.path(), 300).close().unwrap();
        let other = tempfile::tempdir().unwrap();
        let log = log_of(other.path(), same);
        log.append_all((same..900).map(|index| entry(index + 1))).unwrap();
        drop(log);
        let report = Verify::new(other.path(), &trust()).since(&kept).run().unwrap();
        assert_eq!(
            report.damages().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "`kept checkpoint`, entries 0 to 299: the checkpoint of 300 entries is of another log"
            ]
        );
    }
}

#[test]
fn what_was_appended_since_is_verified_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 256 * 260 + 100);
    let kept = log.checkpoint().unwrap();
    log.append_all((kept.size()..kept.size() + 600).map(entry)).unwrap();
    drop(log);
    let report = Verify::new(folder.path(), &trust()).since(&kept).run().unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.size, report.hashed), (kept.size() + 600, 700));
    let path = folder.path().join("tile/entries/261");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let report = Verify::new(folder.path(), &trust()).since(&kept).run().unwrap();
    let last = 262 * 256 - 1;
    assert_eq!(kinds(&report, "tile/entries/261"), [(last..last + 1, Kind::Changed)]);
}

#[test]
fn progress_ends_with_all_that_was_to_do() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 256 * 100 + 3);
    let seen = std::sync::Mutex::new(Vec::new());
    let tell = |progress| seen.lock().unwrap().push(progress);
    let trust = trust();
    let report = Verify::new(folder.path(), &trust).threads(3).progress(&tell).run().unwrap();
    assert!(report.is_sound());
    let seen = seen.into_inner().unwrap();
    assert!(seen.iter().all(|progress| progress.total == 25_600));
    assert_eq!(seen.iter().map(|progress| progress.done).max(), Some(25_600));
}
