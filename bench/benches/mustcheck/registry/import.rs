//! Cost of an import as the list grows: time, and the memory of a process that does nothing
//! else. One row in a hundred is damaged: its identifier is masked. Each list is imported twice,
//! first into an empty database, then once more as it is.
//!
//! The process reports the most memory that it occupied, from `/proc`; elsewhere than on Linux the
//! section says so and goes on.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use mustcheck::Policy;
use mustcheck::registry::Vocabulary;
use mustcheck_registry::import::import;

use super::generate::{head, record, remove};
use crate::measure::{Bench, scratch};
use crate::table::{Table, digits};

/// The argument of a process that imports; the file and the database follow.
pub const CHILD: &str = "--weigh-import";

/// Largest memory for a million rows, as a multiple of ten thousand.
const TARGET: f64 = 3.0;

/// Number of rows of which one is damaged.
const DAMAGED: u64 = 100;

/// Measures imports.
pub fn run(bench: &Bench, policy: &Policy) -> String {
    if peak().is_none() {
        return "No `/proc`: the memory of an import is not measured here.\n".into();
    }
    let sizes: &[u64] =
        if bench.quick() { &[10_000, 100_000] } else { &[10_000, 100_000, 1_000_000] };
    let mut table = Table::new(&["rows", "file", "import", "most memory", "again", "most memory"]);
    let mut peaks = Vec::new();
    for rows in sizes {
        let folder = scratch().join("registries");
        fs::create_dir_all(&folder).unwrap();
        let (file, database) = (folder.join("import.json"), folder.join("import.db"));
        remove(&database);
        write(&file, *rows, policy);
        let [first, again] = [0, 1].map(|_| ask(&file, &database));
        peaks.extend([first[1], again[1]]);
        let seconds = |each: [f64; 2]| format!("{:.1} s", each[0]);
        let mib = |each: [f64; 2]| format!("{} MiB", digits(each[1] / 1_024.0));
        let bytes = format!("{:.1} MB", fs::metadata(&file).unwrap().len() as f64 / 1e6);
        let row = [rows.to_string(), bytes, seconds(first), mib(first), seconds(again), mib(again)];
        table.row(&row);
        remove(&database);
        fs::remove_file(&file).unwrap();
    }
    let most = peaks.iter().copied().fold(0.0, f64::max);
    let fits = crate::table::verdict(most <= peaks[0] * TARGET);
    format!("{}Most memory ÷ 10,000 rows: target ≤ {TARGET}: {fits}.\n", table.markdown())
}

/// Writes a registry file row by row.
fn write(file: &Path, rows: u64, policy: &Policy) {
    let mut out = BufWriter::new(File::create(file).unwrap());
    write!(out, "{{\"sources\":{},\"records\":[", head(policy)).unwrap();
    for number in 0..rows {
        let mut record = record(number);
        if number % DAMAGED == 0 {
            let code = &record.subject.identifier;
            record.subject.identifier = format!("{}**********{}", &code[..4], &code[14..]);
        }
        let comma = if number == 0 { "" } else { "," };
        write!(out, "{comma}\n{}", serde_json::to_string(&record).unwrap()).unwrap();
    }
    out.write_all(b"\n]}\n").unwrap();
    out.flush().unwrap();
}

/// Starts the process that imports; returns its seconds, and its largest KiB.
fn ask(file: &Path, database: &Path) -> [f64; 2] {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).arg(CHILD).arg(file).arg(database).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<f64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    figures.try_into().unwrap_or_else(|_| panic!("`{text}` are not two figures"))
}

/// The process that imports.
pub fn child(mut arguments: impl Iterator<Item = String>) {
    let (file, database) = (arguments.next().unwrap(), arguments.next().unwrap());
    let descriptions = Policy::embedded_editions().into_iter().map(Policy::embedded_description);
    let descriptions: Vec<_> = descriptions.map(Result::unwrap).collect();
    let vocabulary = Vocabulary::of(&descriptions);
    let begun = Instant::now();
    let report = import(file.as_ref(), database.as_ref(), &vocabulary, &mut || {}).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    assert!(!report.rejected.is_empty(), "some rows are damaged");
    println!("{seconds} {}", peak().unwrap());
}

/// The largest memory that this process has occupied, in KiB.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
