//! Full load, as much as a server can answer: every connection asks again as soon as it is
//! answered.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::median;
use crate::servers::Server;

/// Connections that are used at once.
const CONNECTIONS: usize = 8;

/// Figures of a part of the run.
pub struct Part {
    /// Answers a second.
    pub rate: f64,
    /// Seconds of CPU time that the servers took for each answer.
    pub busy: f64,
}

impl Part {
    /// Median of each figure.
    pub fn median(parts: Vec<Self>) -> Self {
        let of = |value: fn(&Self) -> f64| median(parts.iter().map(value).collect());
        Self { rate: of(|part| part.rate), busy: of(|part| part.busy) }
    }
}

/// Measures the full load of servers, over which the connections are distributed in turn.
pub fn throughput(servers: &[&Server], request: &[u8], length: Duration) -> Part {
    let busy = || servers.iter().map(|server| server.busy()).sum::<Duration>();
    let (before, begun) = (busy(), Instant::now());
    let answers: u64 = std::thread::scope(|scope| {
        let client = |n: usize| {
            let mut client = Client::new(servers[n % servers.len()].address);
            let mut answers = 0;
            while begun.elapsed() < length {
                client.ask(request);
                answers += 1;
            }
            answers
        };
        let clients: Vec<_> = (0..CONNECTIONS).map(|n| scope.spawn(move || client(n))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    let answers = answers as f64;
    let rate = answers / begun.elapsed().as_secs_f64();
    Part { rate, busy: (busy() - before).as_secs_f64() / answers }
}
