//! What all pages share.

use std::sync::Arc;
use std::time::Duration;

use mustcheck::{Date, PolicyError, WorkingCalendar};
use mustcheck_audit::Names;
use mustcheck_evidence::Moment;
use tokio::sync::Semaphore;

use super::office::Office;
use super::session::Sessions;
use crate::peers::Peers;

/// How the pages behave.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Whether the pages are reached by TLS: cookies then go nowhere else.
    pub(crate) secure: bool,
    /// How long a session may be left alone; 30 minutes.
    pub(crate) idle: Duration,
    /// How long a session lasts at most; 10 hours.
    pub(crate) lasts: Duration,
    /// Sessions at a time; 1,000. The one that was left alone longest ends first.
    pub(crate) sessions: usize,
    /// How long a sign-in that failed takes; 1 second.
    pub(crate) failed_sign_in: Duration,
    /// Bytes of a form; 1 MiB.
    pub(crate) body_bytes: usize,
    /// How long a form may take to arrive; 20 seconds.
    pub(crate) body_time: Duration,
    /// How long whoever reads the log waits for those who read it already; 60 seconds.
    pub(crate) patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            secure: true,
            idle: Duration::from_secs(30 * 60),
            lasts: Duration::from_secs(10 * 60 * 60),
            sessions: 1_000,
            failed_sign_in: Duration::from_secs(1),
            body_bytes: 1 << 20,
            body_time: Duration::from_secs(20),
            patience: Duration::from_secs(60),
        }
    }
}

/// Sign-ins of one address that fail at a time; what is more is refused at once.
const FAILING: usize = 8;

/// Logs that are read at a time: each takes all cores.
const READERS: usize = 2;

pub(super) struct Page {
    pub(super) office: Arc<dyn Office>,
    pub(super) settings: Settings,
    pub(super) sessions: Sessions,
    pub(super) names: Names,
    pub(super) calendar: WorkingCalendar,
    /// Sign-ins that failed and wait for it.
    pub(super) failing: Peers,
    pub(super) readers: Semaphore,
}

impl Page {
    pub(super) fn new(office: Arc<dyn Office>, settings: Settings) -> Result<Self, PolicyError> {
        Ok(Self {
            office,
            sessions: Sessions::new(&settings),
            names: Names::embedded()?,
            calendar: WorkingCalendar::embedded()?,
            failing: Peers::new(FAILING),
            readers: Semaphore::new(READERS),
            settings,
        })
    }
}

/// Today in China Standard Time; none if the system's clock is wrong.
pub(super) fn today() -> Option<Date> {
    Moment::now().ok().map(|now| now.to_second().date)
}
