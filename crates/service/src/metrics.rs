//! Metrics, in the text format of OpenMetrics. No label identifies anybody: matters are codes of
//! the catalogue, sources are ids of the registry, and callers are not distinguished.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use mustcheck::Decision;
use mustcheck::model::AnswerStatus;
use mustcheck_evidence::FailureKind;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::policies::PolicySet;
use crate::told::quotable;

/// Labels of checks.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CheckLabels {
    matter: String,
    disposition: String,
}

/// A label of faults.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct FaultLabels {
    kind: &'static str,
}

/// Labels of lookups.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LookupLabels {
    source: String,
    status: String,
}

/// Labels of requests.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

/// A label of durations.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: &'static str,
}

/// Labels of reloads.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReloadLabels {
    what: &'static str,
    result: &'static str,
}

/// A label of places on a disk.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PlaceLabels {
    place: &'static str,
}

/// Labels of policies.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PolicyLabels {
    name: String,
    version: String,
    edition: String,
    overlay: String,
    regions: String,
    component: String,
}

/// The metrics of a service.
pub(crate) struct Metrics {
    registry: Registry,
    checks: Family<CheckLabels, Counter>,
    backdated: Counter,
    faults: Family<FaultLabels, Counter>,
    lookups: Family<LookupLabels, Counter>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    reloads: Family<ReloadLabels, Counter>,
    policies: Family<PolicyLabels, Gauge>,
    in_flight: Gauge,
    queued: Gauge,
    keys: Gauge,
    log_entries: Gauge<u64, AtomicU64>,
    /// Set only where the number of free bytes is known.
    records_free: Family<PlaceLabels, Gauge<u64, AtomicU64>>,
}

/// A histogram with buckets from a tenth of a millisecond to a minute.
fn durations() -> Histogram {
    const BUCKETS: [f64; 14] = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0,
        60.0,
    ];
    Histogram::new(BUCKETS)
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("mustcheck"),
            checks: Family::default(),
            backdated: Counter::default(),
            faults: Family::default(),
            lookups: Family::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            reloads: Family::default(),
            policies: Family::default(),
            in_flight: Gauge::default(),
            queued: Gauge::default(),
            keys: Gauge::default(),
            log_entries: Gauge::default(),
            records_free: Family::default(),
        };
        let r = &mut metrics.registry;
        r.register("checks", "Checks that were made, by finding", metrics.checks.clone());
        let backdated = metrics.backdated.clone();
        r.register("backdated_checks", "Checks as of an earlier day than yesterday", backdated);
        r.register("faults", "Requests that ended in a fault", metrics.faults.clone());
        r.register("lookups", "Lookups of checks, by answer", metrics.lookups.clone());
        r.register("requests", "Requests that were answered", metrics.requests.clone());
        let durations = metrics.durations.clone();
        let help = "From the head of a request to its answer";
        r.register_with_unit("request_duration", help, Unit::Seconds, durations);
        r.register("reloads", "Files that were read again", metrics.reloads.clone());
        r.register("policy", "The policies in force", metrics.policies.clone());
        r.register("in_flight", "Requests that are worked on", metrics.in_flight.clone());
        r.register("queued", "Requests that wait for their turn", metrics.queued.clone());
        let keys = metrics.keys.clone();
        r.register("idempotency_keys", "Idempotency keys that are kept", keys);
        r.register("log_entries", "Entries of the audit log", metrics.log_entries.clone());
        let free = metrics.records_free.clone();
        r.register_with_unit("records_free", "What is free where the log is", Unit::Bytes, free);
        metrics
    }

    /// Counts a check.
    pub(crate) fn check(&self, decision: &Decision) {
        let labels = CheckLabels {
            matter: decision.matter.clone(),
            disposition: decision.disposition.to_string(),
        };
        self.checks.get_or_create(&labels).inc();
        // RAIL R14: a check as of an earlier day is counted as such in the statistics.
        self.backdated.inc_by(u64::from(decision.is_backdated()));
        // Most lookups of a decision have one source and one status, so they are counted together.
        let mut counted: Vec<((Option<&str>, AnswerStatus), u64)> = Vec::new();
        for lookup in &decision.lookups {
            let labels = (lookup.source.as_deref(), lookup.status);
            match counted.iter_mut().rev().find(|(same, _)| *same == labels) {
                Some((_, lookups)) => *lookups += 1,
                None => counted.push((labels, 1)),
            }
        }
        for ((source, status), lookups) in counted {
            // RAIL R13: a source's id is the registry's own word.
            let source = source.map(quotable).unwrap_or_default();
            let labels = LookupLabels { source, status: status.to_string() };
            self.lookups.get_or_create(&labels).inc_by(lookups);
        }
    }

    pub(crate) fn fault(&self, kind: Option<FailureKind>) {
        let kind = kind.map_or("internal", FailureKind::code);
        self.faults.get_or_create(&FaultLabels { kind }).inc();
    }

    pub(crate) fn request(&self, route: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route, status }).inc();
        self.durations.get_or_create(&RouteLabels { route }).observe(took.as_secs_f64());
    }

    pub(crate) fn reload(&self, what: &'static str, good: bool) {
        let result = if good { "ok" } else { "failed" };
        self.reloads.get_or_create(&ReloadLabels { what, result }).inc();
    }

    /// Shows the policies in force.
    pub(crate) fn policies(&self, set: &PolicySet) {
        self.policies.clear();
        for loaded in &set.loaded {
            let policy = loaded.policy.clone();
            let labels = PolicyLabels {
                name: policy.name,
                version: policy.version,
                edition: policy.edition,
                overlay: policy.overlay,
                regions: loaded.regions.join(","),
                component: loaded.component.to_string(),
            };
            self.policies.get_or_create(&labels).set(1);
        }
    }

    /// Notes that the log has at least this many entries. The metric never goes down.
    pub(crate) fn log_entries(&self, entries: u64) {
        self.log_entries.inner().fetch_max(entries, std::sync::atomic::Ordering::Relaxed);
    }

    /// Notes the number of free bytes on the disk of the log.
    pub(crate) fn records_free(&self, bytes: u64) {
        self.records_free.get_or_create(&PlaceLabels { place: "log" }).set(bytes);
    }

    /// Returns the metrics as text.
    pub(crate) fn text(&self, in_flight: usize, queued: usize, keys: usize) -> String {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.in_flight.set(number(in_flight));
        self.queued.set(number(queued));
        self.keys.set(number(keys));
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}
