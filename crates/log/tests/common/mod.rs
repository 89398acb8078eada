//! Helpers of the tests: keys, logs to try things on, and a plain tree to compare with.
#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::ops::Range;
use std::path::Path;

use mustcheck_log::{
    Checkpoint, Durability, Hash, Kind, Log, Report, Settings, SignerKey, Trust, Verify,
};
use sha2::{Digest, Sha256};

pub const ORIGIN: &str = "mustcheck.example/office-310000";

pub fn signer() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

pub fn settings() -> Settings {
    Settings::new(ORIGIN, signer())
}

/// Settings of logs that need not outlive the machine, which is enough for most tests.
pub fn buffered() -> Settings {
    settings().durability(Durability::Buffered)
}

pub fn trust() -> Trust {
    settings().trust().unwrap()
}

pub fn long() -> bool {
    std::env::var_os("MUSTCHECK_LONG").is_some_and(|long| long == "1")
}

/// An entry that no other index has.
pub fn entry(index: u64) -> Vec<u8> {
    let length = 3 + usize::try_from(index * 7 % 61).unwrap();
    format!("{index}:").bytes().cycle().take(length.max(format!("{index}:").len())).collect()
}

pub fn log_of(directory: &Path, size: u64) -> Log {
    let log = Log::create(directory, buffered()).unwrap();
    log.append_all((0..size).map(entry)).unwrap();
    log
}

/// MTH of RFC 6962 §2.1, written down from its definition.
pub fn plain_root(leaves: &[Vec<u8>]) -> Hash {
    Hash::from_bytes(mth(leaves))
}

fn mth(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => Sha256::digest([&[0], leaf.as_slice()].concat()).into(),
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            let (left, right) = leaves.split_at(k);
            Sha256::digest([&[1], mth(left).as_slice(), &mth(right)].concat()).into()
        }
    }
}

/// A log of a full bundle and five batches, two of which are published.
pub fn small(directory: &Path) -> Checkpoint {
    let log = Log::create(directory, buffered()).unwrap();
    log.append_all((0..256).map(short)).unwrap();
    log.append_all((256..259).map(short)).unwrap();
    log.append(&short(259)).unwrap();
    log.publish().unwrap();
    log.append(&short(260)).unwrap();
    log.append_all((261..266).map(short)).unwrap();
    log.append(&short(266)).unwrap().checkpoint
}

pub fn short(index: u64) -> Vec<u8> {
    format!("{index:x}").into_bytes()
}

pub fn files(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "lock" {
                files.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

pub fn check(directory: &Path) -> Report {
    Verify::new(directory, &trust()).threads(1).run().unwrap()
}

pub fn kinds(report: &Report, file: &str) -> Vec<(Range<u64>, Kind)> {
    let of_file = report.findings.iter().filter(|finding| finding.file == file);
    of_file.map(|finding| (finding.entries.clone(), finding.kind.clone())).collect()
}
