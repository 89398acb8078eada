//! State that all pages share.

use std::sync::Arc;
use std::time::Duration;

use mustcheck::{Date, PolicyError, WorkingCalendar};
use mustcheck_audit::Names;
use mustcheck_evidence::Moment;
use tokio::sync::Semaphore;

use super::office::Office;
use super::session::Sessions;
use super::usual::Remembered;
use crate::peers::Peers;

/// Settings of the pages.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Whether the pages are reached by TLS: cookies are then sent over TLS only.
    pub(crate) secure: bool,
    /// Time after which a session that is not used ends; default 30 minutes.
    pub(crate) idle: Duration,
    /// Longest life of a session; default 10 hours.
    pub(crate) lasts: Duration,
    /// Largest number of sessions at a time; default 1,000. The one that was not used for longest
    /// ends first.
    pub(crate) sessions: usize,
    /// Delay before a failed sign-in is answered; default 1 second.
    pub(crate) failed_sign_in: Duration,
    /// Largest form, in bytes; default 1 MiB.
    pub(crate) body_bytes: usize,
    /// Time limit for a form to arrive; default 20 seconds.
    pub(crate) body_time: Duration,
    /// Longest time that a reader of the log waits for others to finish reading it; default 60
    /// seconds.
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

/// Largest number of failing sign-ins of one address at a time; any more are refused at once.
const FAILING: usize = 8;

/// Largest number of requests that read the whole log at a time: each takes all cores.
const READERS: usize = 2;

pub(super) struct Page {
    pub(super) office: Arc<dyn Office>,
    pub(super) settings: Settings,
    pub(super) sessions: Sessions,
    pub(super) names: Names,
    pub(super) calendar: WorkingCalendar,
    /// Failed sign-ins that wait for their answer, by address.
    pub(super) failing: Peers,
    pub(super) readers: Semaphore,
    pub(super) remembered: Remembered,
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
            remembered: Remembered::default(),
            settings,
        })
    }
}

/// Today in China Standard Time; none if the system's clock is wrong.
pub(super) fn today() -> Option<Date> {
    Moment::now().ok().map(|now| now.to_second().date)
}
