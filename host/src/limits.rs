//! Limits of one check, and the largest that they can be.

use std::time::Duration;

use crate::error::PolicyError;

/// The largest memory that a sandbox can have, in bytes, whatever the limits of a gate say: the
/// pool reserves address space, not memory, for each.
pub(crate) const LARGEST_MEMORY: usize = 1 << 30;
/// The largest table, in elements.
pub(crate) const LARGEST_TABLE: usize = 100_000;
/// The largest component that is read, in bytes.
pub(crate) const COMPONENT_LIMIT: u64 = 64 << 20;

/// Limits of one check. A check that needs more is a fault, never a finding.
///
/// The defaults let a bid with 10,000 subjects through and end an endless loop within seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Linear memory of the sandbox in bytes; 256 MiB, at most 1 GiB.
    pub memory: usize,
    /// Elements of a table; 10,000, at most 100,000.
    pub table: usize,
    /// Units of fuel, about one for each WebAssembly instruction; the same input uses the same.
    /// 20 billion.
    pub fuel: u64,
    /// Bytes that the host takes out of the sandbox in one call; 64 MiB. A text counts with its
    /// bytes, a list with the bytes of its items.
    pub output: usize,
    /// Lookups, each of one subject on one list; 500,000.
    pub lookups: usize,
    /// Bytes of all texts that the registry gives; 64 MiB.
    pub answers: usize,
    /// Longest time that the registry may take for all lookups of a check, by the wall clock; 30
    /// seconds.
    pub registry_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            table: 10_000,
            fuel: 20_000_000_000,
            output: 64 << 20,
            lookups: 500_000,
            answers: 64 << 20,
            registry_time: Duration::from_secs(30),
        }
    }
}

/// Fuel for opening a policy, which only says what it is. The embedded ones use a few million; a
/// component that loops while it is opened is given up within two seconds, where the fuel of a
/// check would let it run for a quarter of a minute.
const OPENING: u64 = 1_000_000_000;

impl Limits {
    /// Limits for opening a policy.
    pub(crate) fn opening() -> Self {
        Self { fuel: OPENING, ..Self::default() }
    }

    /// Returns the lower of each limit.
    pub fn at_most(&self, other: &Self) -> Self {
        Self {
            memory: self.memory.min(other.memory),
            table: self.table.min(other.table),
            fuel: self.fuel.min(other.fuel),
            output: self.output.min(other.output),
            lookups: self.lookups.min(other.lookups),
            answers: self.answers.min(other.answers),
            registry_time: self.registry_time.min(other.registry_time),
        }
    }

    /// Names each limit that is higher here than in `other`, with both values; none if there is
    /// none. The time of the registry is not compared.
    pub fn more_than(&self, other: &Self) -> Option<String> {
        let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        let each = [
            ("fuel", self.fuel, other.fuel),
            ("memory", size(self.memory), size(other.memory)),
            ("table", size(self.table), size(other.table)),
            ("output", size(self.output), size(other.output)),
            ("lookups", size(self.lookups), size(other.lookups)),
            ("answers", size(self.answers), size(other.answers)),
        ];
        let more = each.iter().filter(|(_, here, there)| here > there);
        let more: Vec<String> =
            more.map(|(what, here, there)| format!("{what} {there}, not {here}")).collect();
        (!more.is_empty()).then(|| more.join(", "))
    }

    /// Checks the limits against what the engine can give.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        let largest = [
            ("memory", self.memory, LARGEST_MEMORY, "bytes"),
            ("table", self.table, LARGEST_TABLE, "elements"),
        ];
        for (what, asked, largest, unit) in largest {
            if asked > largest {
                return Err(PolicyError::Engine(format!(
                    "a {what} of {asked} {unit} is more than a sandbox can have: {largest}"
                )));
            }
        }
        Ok(())
    }
}
