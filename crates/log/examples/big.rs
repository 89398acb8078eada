//! Builds a log of many small entries, then measures how fast it verifies, reads and proves.
//!
//! ```text
//! cargo run --release -p mustcheck-log --example big -- DIRECTORY [ENTRIES] [BYTES]
//! ```
//! The defaults are 10,000,000 entries of 64 bytes. The directory must not hold a log yet; the new
//! log is left in it.

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mustcheck_log::{Durability, Log, Reader, Settings, SignerKey, Verify};

const ORIGIN: &str = "mustcheck.example/big";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("usage: big DIRECTORY [ENTRIES] [BYTES]")?;
    let entries: u64 = arguments.next().map_or(Ok(10_000_000), |many| many.parse())?;
    let bytes: usize = arguments.next().map_or(Ok(64), |bytes| bytes.parse())?;
    let directory = Path::new(&directory);
    let signer = SignerKey::from_seed(ORIGIN, &[9; 32])?;
    let settings = Settings::new(ORIGIN, signer).durability(Durability::Buffered);
    let trust = settings.trust()?;
    let entry = |index: u64| {
        let mut entry = vec![b'.'; bytes];
        entry.iter_mut().zip(index.to_string().bytes()).for_each(|(to, from)| *to = from);
        entry
    };

    let log = Log::create(directory, settings)?;
    let (_, took) = timed(|| log.append_all((0..entries).map(entry)))?;
    told("build, not synced", entries, took);
    let kept = log.close()?;

    let (log, took) = timed(|| Log::open(directory, Settings::new(ORIGIN, signer_again()?)))?;
    println!("open for appending: {took:?}");
    for more in [1u64, 1_000, 100_000] {
        let since = log.checkpoint()?;
        log.append_all((0..more).map(entry))?;
        let (report, took) = timed(|| Verify::new(directory, &trust).since(&since).run())?;
        sound(&report)?;
        println!("verify {more} more entries since a kept checkpoint: {took:?}");
    }
    let (report, took) = timed(|| Verify::new(directory, &trust).since(&kept).run())?;
    sound(&report)?;
    println!("verify all that came since the first: {took:?}");

    let (reader, took) = timed(|| Reader::open(directory, &trust))?;
    println!("open for reading: {took:?}");
    let many = 1000;
    let (_, took) = timed(|| {
        for n in 0..many {
            reader.prove(n * (reader.size() / many))?;
        }
        Ok::<_, mustcheck_log::Error>(())
    })?;
    told("prove", many, took);
    let (read, took) = timed(|| {
        let (mut many, mut bytes) = (0u64, 0);
        for number in 0..reader.bundles() {
            let bundle = reader.bundle(number)?;
            many += bundle.len() as u64;
            bytes += bundle.iter().map(|(_, entry)| entry.len()).sum::<usize>();
        }
        Ok::<_, mustcheck_log::Error>((many, bytes))
    })?;
    told("read bundle by bundle, one thread", read.0, took);
    println!("  {} MB", read.1 / 1_000_000);

    let last = AtomicU64::new(0);
    let progress = |progress: mustcheck_log::Progress| {
        let percent = progress.done * 100 / progress.total.max(1);
        if last.fetch_max(percent, Ordering::Relaxed) / 25 < percent / 25 {
            println!("  {percent} %");
        }
    };
    let whole = Verify::new(directory, &trust).progress(&progress);
    let (report, took) = timed(|| whole.run())?;
    sound(&report)?;
    told("verify the whole log on all cores", report.hashed, took);
    let (report, took) = timed(|| Verify::new(directory, &trust).threads(1).run())?;
    told("verify the whole log on one core", report.hashed, took);
    Ok(())
}

fn signer_again() -> Result<SignerKey, mustcheck_log::NoteError> {
    SignerKey::from_seed(ORIGIN, &[9; 32])
}

fn sound(report: &mustcheck_log::Report) -> Result<(), String> {
    if report.is_sound() { Ok(()) } else { Err(format!("{:?}", report.findings)) }
}

fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration), E> {
    let start = Instant::now();
    Ok((work()?, start.elapsed()))
}

fn told(what: &str, many: u64, took: Duration) {
    let rate = many as f64 / took.as_secs_f64();
    println!("{what}: {many} entries in {took:.2?}, {rate:.0} per second");
}
