//! Measures what it costs to append one receipt: with and without waiting for the disk, by one
//! thread and by eight.
//!
//! ```text
//! cargo run --release -p mustcheck-log --example rate -- DIRECTORY [SECONDS] [BYTES]
//! ```
//! Each of the four runs takes 3 seconds, with entries of 4096 bytes, unless the arguments say
//! otherwise. The directory should be on the disk that is to be measured; what is made in it is
//! removed.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use mustcheck_log::{Durability, Log, Settings, SignerKey};

const ORIGIN: &str = "mustcheck.example/rate";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("usage: rate DIRECTORY [SECONDS] [BYTES]")?;
    let seconds: u64 = arguments.next().map_or(Ok(3), |seconds| seconds.parse())?;
    let bytes: usize = arguments.next().map_or(Ok(4096), |bytes| bytes.parse())?;
    let directory = Path::new(&directory).join("rate");
    for durability in [Durability::Synced, Durability::Buffered] {
        for threads in [1, 8] {
            let rate = rate(&directory, durability, threads, Duration::from_secs(seconds), bytes)?;
            println!("{durability:?}, {threads} threads, {bytes} bytes: {rate:.0} per second");
            std::fs::remove_dir_all(&directory)?;
        }
    }
    Ok(())
}

fn rate(
    directory: &Path,
    durability: Durability,
    threads: usize,
    long: Duration,
    bytes: usize,
) -> Result<f64, Box<dyn Error>> {
    let signer = SignerKey::from_seed(ORIGIN, &[9; 32])?;
    let log = Log::create(directory, Settings::new(ORIGIN, signer).durability(durability))?;
    let entry = vec![b'.'; bytes];
    let start = Instant::now();
    let append = || -> Result<(), mustcheck_log::Error> {
        while start.elapsed() < long {
            log.append(&entry)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(append)).collect();
        all.into_iter().try_for_each(|thread| match thread.join() {
            Ok(done) => done.map_err(Box::from),
            Err(_) => Err(Box::from("a thread panicked")),
        })
    })
    .map_err(|e: Box<dyn Error>| e)?;
    Ok(log.checkpoint()?.size() as f64 / start.elapsed().as_secs_f64())
}
