//! A load that does not wait for the server: requests arrive at a rate, evenly or at random.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::servers::Server;

/// Number of connections. Requests queue in the server and not here unless so many are unanswered.
const CONNECTIONS: usize = 32;
/// Share of a run, at its beginning, that does not count.
const WARM_UP: f64 = 0.1;

/// Times that answers took, in seconds, the shortest first.
pub struct Took(Vec<f64>);

impl Took {
    /// Time in seconds that a share of the answers, from 0 to 1, did not exceed.
    pub fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize]
    }
}

/// The way in which requests arrive.
#[derive(Clone, Copy)]
pub enum Arriving {
    /// One after the other, as a load generator with a constant rate sends them.
    Evenly,
    /// Independently of each other, as from many callers: a Poisson process, the same for the same
    /// seed.
    AtRandom(u64),
}

/// Sends requests at a rate, each on the first connection that is free, and measures from the time
/// when each was due, so that lateness of the server or of this program counts. The delay in waking
/// a sleeping thread does not count, unless the request before was still unanswered.
pub fn run(
    server: &Server,
    request: &[u8],
    rate: f64,
    length: Duration,
    arriving: Arriving,
) -> Took {
    let due = match arriving {
        Arriving::Evenly => evenly(rate, length),
        Arriving::AtRandom(seed) => at_random(rate, length, seed),
    };
    let next = AtomicUsize::new(0);
    let begun = Instant::now() + Duration::from_millis(50);
    let from = length.mul_f64(WARM_UP);
    let mut took: Vec<f64> = std::thread::scope(|scope| {
        let client = || {
            let mut client = Client::new(server.address);
            let mut took = Vec::new();
            while let Some(due) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut asked = begun + *due;
                if let Some(early) = asked.checked_duration_since(Instant::now()) {
                    std::thread::sleep(early);
                    asked = Instant::now();
                }
                client.ask(request);
                took.extend((*due >= from).then(|| asked.elapsed().as_secs_f64()));
            }
            took
        };
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    took.sort_by(f64::total_cmp);
    Took(took)
}

/// Times from the start at which requests are due that come evenly.
fn evenly(rate: f64, length: Duration) -> Vec<Duration> {
    let many = (rate * length.as_secs_f64()) as u32;
    (0..many).map(|n| Duration::from_secs_f64(f64::from(n) / rate)).collect()
}

/// Times from the start at which requests are due that come at random.
fn at_random(rate: f64, length: Duration, seed: u64) -> Vec<Duration> {
    let mut random = seed ^ 0x9e37_79b9_7f4a_7c15;
    let mut at = 0.0;
    std::iter::from_fn(|| {
        // xorshift64*, of which 53 bits make a number above 0 and up to 1.
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let bits = random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        at -= ((bits + 1) as f64 / (1_u64 << 53) as f64).ln() / rate;
        (at < length.as_secs_f64()).then(|| Duration::from_secs_f64(at))
    })
    .collect()
}
