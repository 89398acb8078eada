//! A soak test: many checks at an even rate, to see whether memory and open files stay as they were
//! once the service is warm.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::RESTRICTED;
use crate::client::Client;
use crate::office::Office;
use crate::servers::Server;

/// Number of connections to each service.
const CONNECTIONS: u64 = 4;
/// Configuration that keeps answers for repeated requests, but so few that their number is reached
/// at once.
const KEYS: &str = "[idempotency]\nkeys = 200\n";
const LOG: &str = "[records]\nlog = \"log\"\nkeys = \"keys\"\n";
const BUNDLES: &str = "evidence = \"evidence\"\nindex = \"log.index\"\n";
/// Share of the time after which a service is warm.
const WARM_UP: f64 = 1.0 / 6.0;

/// A service under load.
struct Soaked {
    what: &'static str,
    /// Checks a second.
    rate: u64,
    office: Office,
    server: Server,
    checks: AtomicU64,
    errors: AtomicU64,
}

/// Size of a service at one time.
#[derive(Clone, Copy)]
struct Seen {
    resident: u64,
    files: usize,
    checks: u64,
}

/// Runs services side by side, and prints each minute (in a short soak, each twelfth of it) how
/// large they are. Every check has an idempotency key of its own, and the last receipt is read each
/// time, which is when a service brings its index of the log up to date.
pub fn soak(minutes: u64) {
    let whole = Duration::from_secs(minutes * 60);
    let every = Duration::from_mins(1).min(whole / 12);
    // A bundle is a file of its own: half an hour of a few a second is enough to keep.
    let soaked = [
        Soaked::new("no records", "", 300),
        Soaked::new("log", LOG, 300),
        Soaked::new("log and bundles", &format!("{LOG}{BUNDLES}"), 20),
    ];
    let ended = AtomicBool::new(false);
    println!("{:>8}  {:<18}{:>9}{:>10}{:>8}", "seconds", "service", "checks", "RSS KiB", "files");
    let begun = Instant::now();
    let seen: Vec<Vec<Seen>> = std::thread::scope(|scope| {
        for (soaked, n) in soaked.iter().flat_map(|one| (0..CONNECTIONS).map(move |n| (one, n))) {
            let ended = &ended;
            scope.spawn(move || soaked.ask(n, ended));
        }
        let mut seen = vec![Vec::new(); soaked.len()];
        for n in 1.. {
            let at = every * n;
            std::thread::sleep(at.saturating_sub(begun.elapsed()));
            for (soaked, seen) in soaked.iter().zip(&mut seen) {
                seen.push(soaked.shown(at));
            }
            if at >= whole {
                break;
            }
        }
        ended.store(true, Ordering::Relaxed);
        seen
    });
    for (soaked, seen) in soaked.iter().zip(&seen) {
        let warm = (seen.len() as f64 * WARM_UP) as usize;
        soaked.sum_up(seen[warm.max(1) - 1], seen);
    }
    let errors: u64 = soaked.iter().map(|one| one.errors.load(Ordering::Relaxed)).sum();
    assert_eq!(errors, 0, "errors");
}

impl Soaked {
    fn new(what: &'static str, records: &str, rate: u64) -> Self {
        let office = Office::new(RESTRICTED, &format!("{KEYS}{records}"));
        let server = Server::service(&office);
        let (checks, errors) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { what, rate, office, server, checks, errors }
    }

    /// Asks for checks on one connection until `ended` is set. Any other answer is an error.
    fn ask(&self, connection: u64, ended: &AtomicBool) {
        let step = Duration::from_secs_f64(CONNECTIONS as f64 / self.rate as f64);
        let (begun, mut client) = (Instant::now(), Client::new(self.server.address));
        for n in 0_u32.. {
            std::thread::sleep((step * n).saturating_sub(begun.elapsed()));
            if ended.load(Ordering::Relaxed) {
                return;
            }
            let key = format!("{connection}-{n}");
            match client.try_ask(&self.office.check(Some(&key))) {
                Ok(_) => {
                    self.checks.fetch_add(1, Ordering::Relaxed);
                }
                Err(told) => {
                    println!("{}: {told}", self.what);
                    self.errors.fetch_add(1, Ordering::Relaxed);
                    client = Client::new(self.server.address);
                }
            }
        }
    }

    /// Reads the receipt of a further check, if there is one.
    fn read_receipt(&self) -> Result<(), String> {
        let mut client = Client::new(self.server.address);
        let answer = client.try_ask(&self.office.check(None))?;
        let answer: serde_json::Value =
            serde_json::from_slice(answer).map_err(|e| e.to_string())?;
        match answer["receipt"]["id"].as_str() {
            Some(id) => client.try_ask(&self.office.receipt(id)).map(drop),
            None => Ok(()),
        }
    }

    fn shown(&self, at: Duration) -> Seen {
        if let Err(told) = self.read_receipt() {
            println!("{}: {told}", self.what);
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
        let (resident, files) = (self.server.resident(), self.server.open_files());
        let seen = Seen { resident, files, checks: self.checks.load(Ordering::Relaxed) };
        let (what, at) = (self.what, at.as_secs());
        println!("{at:>8}  {what:<18}{:>9}{resident:>10}{files:>8}", seen.checks);
        seen
    }

    fn sum_up(&self, warm: Seen, seen: &[Seen]) {
        let last = seen[seen.len() - 1];
        let most = seen.iter().map(|seen| seen.resident).max().unwrap();
        let (grown, checks) =
            (last.resident as f64 - warm.resident as f64, last.checks - warm.checks);
        println!(
            "{}: RSS warm / last {:.3}, warm / most {:.3}, {:.0} bytes a check; files {} then {}; \
             errors {}",
            self.what,
            warm.resident as f64 / last.resident as f64,
            warm.resident as f64 / most as f64,
            grown * 1024.0 / checks as f64,
            warm.files,
            last.files,
            self.errors.load(Ordering::Relaxed),
        );
    }
}
