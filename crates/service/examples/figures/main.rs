//! Measures what the service costs beside a server that answers a constant, in one run; and whether
//! it stays as small as it was.
//!
//! ```sh
//! cargo build --release --workspace --examples
//! target/release/examples/figures                     # a case that ends in a restriction
//! target/release/examples/figures 0001-procurement-clear
//! target/release/examples/figures tail                # p99 / p50 alone, each side on its own core
//! target/release/examples/figures soak 30             # minutes
//! target/release/examples/figures profile checks 10   # one part alone, for a profiler: `checks`,
//!                                                     # `replays` or `gate`, and seconds
//! ```
//!
//! Every server is a process of its own; they and this one share the machine's cores. The parts of
//! a run are interleaved, so that other work of the machine affects all alike, and each figure is
//! the median of its parts. Only the ratios count: the numbers per second depend on the machine.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program that measures ends when something is wrong"
)]

mod client;
mod gate;
mod load;
mod office;
mod servers;
mod soak;
mod steady;

use std::time::Duration;

use client::Client;
use load::{Part, throughput};
use office::Office;
use servers::Server;
use steady::Arriving;

/// The golden case that is checked: its decision is long.
const RESTRICTED: &str = "0002-procurement-wage-arrears";
/// Bytes of a short constant.
const SHORT: usize = 21;
/// Number of parts of the run, for each server.
const PARTS: usize = 12;
/// Length of a part.
const PART: Duration = Duration::from_secs(1);
/// Length of a part of the load at seven tenths.
const STEADY: Duration = Duration::from_secs(4);
/// Number of parts of that load.
const STEADY_PARTS: u64 = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => figures(RESTRICTED),
        ["profile", part, seconds] => profile(part, Duration::from_secs(seconds.parse().unwrap())),
        ["tail"] => tail(),
        ["soak", minutes] => soak::soak(minutes.parse().expect("minutes")),
        // This program starts itself with these.
        ["serve", folder] => servers::serve(folder.as_ref()),
        ["constant", bytes] => servers::constant(bytes.parse().unwrap()),
        [case] => figures(case),
        other => panic!("`{}` is nothing that this program does", other.join(" ")),
    }
}

fn figures(case: &str) {
    let office = Office::new(case, "");
    let service = Server::service(&office);
    let (check, replay) = (office.check(None), office.check(Some("figures")));
    // A replay repeats the answer of a check: the first request with the key is one.
    let answer = Client::new(service.address).ask(&replay).len();
    assert_eq!(answer, Client::new(service.address).ask(&check).len(), "bytes of an answer");
    let (short, same) = (Server::constant(SHORT), Server::constant(answer));
    let (first, second) = (Server::service(&office), Server::service(&office));
    let alone = gate::Alone::new(&office);
    let mut parts: [Vec<Part>; 6] = Default::default();
    for _ in 0..PARTS {
        parts[0].push(throughput(&[&service], &check, PART));
        parts[1].push(throughput(&[&short], &check, PART));
        parts[2].push(throughput(&[&same], &check, PART));
        parts[3].push(throughput(&[&service], &replay, PART));
        parts[4].push(throughput(&[&first, &second], &check, PART));
        parts[5].push(alone.calls(PART));
    }
    let [checks, short_ones, same_ones, replays, two, calls] = parts.map(Part::median);
    println!("case {case}, answered with {answer} bytes");
    println!("{:<42}{:>10}{:>14}", "", "a second", "CPU us each");
    for (what, part) in [
        ("checks", &checks),
        ("bare server, short constant", &short_ones),
        ("bare server, constant of that size", &same_ones),
        ("own stack, the same bytes replayed", &replays),
        ("checks of two replicas", &two),
        ("calls of the gate alone", &calls),
    ] {
        println!("  {what:<40}{:>10.0}{:>14.1}", part.rate, part.busy * 1e6);
    }
    println!("{:<42}{:>10}{:>14}", "checks in relation to", "a second", "CPU");
    for (what, other) in [
        ("(a) a short constant", &short_ones),
        ("(b) a constant of the same size", &same_ones),
        ("(c) own stack, replayed answers", &replays),
        ("(e) the gate alone", &calls),
    ] {
        let (rate, busy) = (checks.rate / other.rate, other.busy / checks.busy);
        println!("  {what:<40}{rate:>10.2}{busy:>14.2}");
    }
    let (rate, busy) = (two.rate / checks.rate, checks.busy / two.busy);
    println!("  {:<40}{rate:>10.2}{busy:>14.2}", "(d) two replicas / one, on the same cores");
    let servers = [("checks", &service), ("bare server, that size", &same)];
    steady_load(&servers, &check, "at random", Arriving::AtRandom);
}

/// Measures how long answers take at seven tenths of the load that a server could answer just
/// before.
fn steady_load(
    servers: &[(&str, &Server)],
    request: &[u8],
    how: &str,
    arriving: impl Fn(u64) -> Arriving,
) {
    let mut parts: Vec<Vec<steady::Took>> = servers.iter().map(|_| Vec::new()).collect();
    for n in 0..STEADY_PARTS {
        for ((_, server), parts) in servers.iter().zip(&mut parts) {
            let rate = throughput(&[server], request, PART).rate * 0.7;
            parts.push(steady::run(server, request, rate, STEADY, arriving(n)));
        }
    }
    for ((what, _), parts) in servers.iter().zip(&parts) {
        println!("at 70 % load, arriving {how}: {what}");
        for (share, of) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            let each = parts.iter().map(|part| part.at(of)).collect();
            println!("  {share:<40}{:>10.0} us", median(each) * 1e6);
        }
        let ratios = parts.iter().map(|part| part.at(0.99) / part.at(0.5)).collect::<Vec<_>>();
        // A part whose median is many times that of others met a machine that was busy.
        let each = parts
            .iter()
            .zip(&ratios)
            .map(|(part, ratio)| format!("{ratio:.1} of {:.0}", part.at(0.5) * 1e6));
        let each: Vec<String> = each.collect();
        println!("  {:<40}{:>10.1}    parts: {}", "p99 / p50", median(ratios), each.join(", "));
    }
}

/// Measures only how long answers take.
fn tail() {
    servers::apart();
    let office = Office::new(RESTRICTED, "");
    let (service, check) = (Server::service(&office), office.check(None));
    let same = Server::constant(Client::new(service.address).ask(&check).len());
    let servers = [("checks", &service), ("bare server, that size", &same)];
    steady_load(&servers, &check, "evenly", |_| Arriving::Evenly);
    steady_load(&servers, &check, "at random", Arriving::AtRandom);
}

/// Runs only one part, for a profiler.
fn profile(part: &str, length: Duration) {
    let office = Office::new(RESTRICTED, "");
    let part = if part == "gate" {
        println!("process {}", std::process::id());
        gate::Alone::new(&office).calls(length)
    } else {
        let service = Server::service(&office);
        println!("process {}", service.process());
        let key = (part == "replays").then_some("figures");
        let request = office.check(key);
        // The first request with a key is a check; only later ones are replays.
        Client::new(service.address).ask(&request);
        throughput(&[&service], &request, length)
    };
    println!("{:.0} a second, {:.1} us of CPU time each", part.rate, part.busy * 1e6);
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
