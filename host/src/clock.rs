//! The clock: the one place that asks what time it is (RAIL R14).
//!
//! The age of a source, the choice of law and the day of a check follow the host's clock, and
//! nothing that a caller sends. Built with the feature `test-clock`, and only then, the clock is
//! set by the variable `MUSTCHECK_TEST_NOW`, and goes on from there.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mustcheck_model::date::{Date, Timestamp};

/// Error: the system's clock gives no time between 1970 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's clock tells no time between 1970 and 9999")]
pub struct NoTime;

/// The time now, in China Standard Time.
///
/// # Errors
///
/// [`NoTime`] if the system's clock is outside 1970 to 9999.
pub fn now() -> Result<Timestamp, NoTime> {
    let seconds = i64::try_from(since_epoch()?.as_secs()).map_err(|_| NoTime)?;
    Timestamp::from_unix_seconds(seconds).ok_or(NoTime)
}

/// Today, in China Standard Time.
///
/// # Errors
///
/// As [`now`].
pub fn today() -> Result<Date, NoTime> {
    now().map(|now| now.date)
}

/// The time since 1970-01-01T00:00:00Z.
#[cfg(not(feature = "test-clock"))]
pub fn since_epoch() -> Result<Duration, NoTime> {
    SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| NoTime)
}

/// The time since 1970-01-01T00:00:00Z. If `MUSTCHECK_TEST_NOW` names an instant, the clock starts
/// there and goes on; a day means its noon.
#[cfg(feature = "test-clock")]
pub fn since_epoch() -> Result<Duration, NoTime> {
    use std::sync::OnceLock;

    /// Time at which the clock was first asked, and the time that it was set to.
    static SET: OnceLock<Option<(Duration, Duration)>> = OnceLock::new();
    let real = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| NoTime)?;
    let set = SET.get_or_init(|| {
        let named = std::env::var("MUSTCHECK_TEST_NOW").ok()?;
        let instant = if named.len() == 10 { format!("{named}T12:00:00+08:00") } else { named };
        let seconds = instant.parse::<Timestamp>().ok()?.unix_seconds()?;
        Some((real, Duration::from_secs(u64::try_from(seconds).ok()?)))
    });
    Ok(set.map_or(real, |(begun, named)| named + real.saturating_sub(begun)))
}

/// Source of a gate's time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// The system's clock.
    System,
    /// A clock that stands still at the end of a day: of evidence, or of a test.
    Fixed(Date),
}

impl Clock {
    /// The time now.
    pub(crate) fn now(self) -> Result<Timestamp, NoTime> {
        match self {
            Self::System => now(),
            Self::Fixed(date) => Ok(Timestamp { date, hour: 23, minute: 59, second: 59 }),
        }
    }
}

/// Seconds that the clock of a source may be ahead of ours.
const AHEAD: i64 = 300;

/// Whether an instant lies further ahead than clocks differ: a snapshot with such a time would
/// never be stale, and no correct one would ever be newer.
// RAIL R2
pub fn is_ahead(instant: Timestamp, now: Timestamp) -> bool {
    let seconds = |at: Timestamp| at.unix_seconds().unwrap_or(i64::MAX);
    seconds(instant).saturating_sub(seconds(now)) > AHEAD
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_snapshot_may_be_five_minutes_ahead_and_no_more() {
        let now = "2025-11-17T20:00:00+08:00".parse().unwrap();
        for (as_of, ahead) in [
            ("2025-11-17T20:05:00+08:00", false),
            ("2025-11-17T20:05:01+08:00", true),
            ("2025-11-18T00:00:00+08:00", true),
            ("2024-11-17T20:00:00+08:00", false),
        ] {
            assert_eq!(is_ahead(as_of.parse().unwrap(), now), ahead, "{as_of}");
        }
    }
}
