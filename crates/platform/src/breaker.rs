//! Leaves a source alone that fails again and again, and lets one question at a time try it later.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::mapping::BreakerSettings;

/// The breaker of one source.
#[derive(Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Moments of failures within the window, since the source last answered.
    failures: VecDeque<Instant>,
    /// Moment at which the breaker opened, and the failure that opened it.
    opened: Option<(Instant, String)>,
    /// Whether a question is trying a source that was left alone.
    trying: bool,
}

/// Permission to ask the source once. The caller reports the outcome by [`Leave::answered`] or
/// [`Leave::failed`]. A permission that is dropped was given up, which counts as neither.
#[derive(Debug)]
pub struct Leave<'a> {
    breaker: &'a Breaker,
    trying: bool,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic of another thread leaves a state that is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives permission to ask.
    ///
    /// # Errors
    ///
    /// [`Failure::Open`] if the source is left alone, with the failure that opened the breaker.
    pub fn leave(&self, now: Instant) -> Result<Leave<'_>, Failure> {
        let mut state = self.state();
        let Some((since, last)) = &state.opened else {
            return Ok(Leave { breaker: self, trying: false });
        };
        let open = Duration::from_millis(self.settings.open_milliseconds);
        if state.trying || now.saturating_duration_since(*since) < open {
            return Err(Failure::Open(last.clone()));
        }
        state.trying = true;
        Ok(Leave { breaker: self, trying: true })
    }
}

impl Leave<'_> {
    /// Reports an answer: all failures before it are forgotten.
    pub fn answered(self) {
        let mut state = self.breaker.state();
        state.failures.clear();
        if self.trying {
            state.opened = None;
        }
    }

    /// Reports a failure. It opens the breaker if there are too many, or if this question was the
    /// one that tried again.
    pub fn failed(self, now: Instant, failure: &Failure) {
        let settings = self.breaker.settings;
        if settings.failures == 0 {
            return;
        }
        let mut state = self.breaker.state();
        let window = Duration::from_millis(settings.window_milliseconds);
        while state.failures.front().is_some_and(|t| now.saturating_duration_since(*t) > window) {
            state.failures.pop_front();
        }
        state.failures.push_back(now);
        let many = u32::try_from(state.failures.len()).is_ok_and(|n| n >= settings.failures);
        if self.trying || (many && state.opened.is_none()) {
            state.opened = Some((now, failure.to_string()));
            state.failures.clear();
        }
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.trying {
            self.breaker.state().trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BreakerSettings =
        BreakerSettings { failures: 3, window_milliseconds: 1_000, open_milliseconds: 500 };

    fn fail(breaker: &Breaker, at: Instant) {
        breaker.leave(at).unwrap().failed(at, &Failure::Truncated);
    }

    #[test]
    fn it_opens_tries_once_and_closes() {
        let (breaker, start) = (Breaker::new(SETTINGS), Instant::now());
        let after = |ms| start + Duration::from_millis(ms);
        fail(&breaker, after(0));
        fail(&breaker, after(10));
        breaker.leave(after(20)).unwrap().answered();
        fail(&breaker, after(30));
        fail(&breaker, after(40));
        fail(&breaker, after(50));
        let told = "it is left alone for a while after failures, of which the last: the answer \
                    breaks off";
        assert_eq!(breaker.leave(after(549)).unwrap_err().to_string(), told);

        let trial = breaker.leave(after(550)).unwrap();
        assert!(breaker.leave(after(551)).is_err(), "one question at a time tries");
        trial.failed(after(560), &Failure::Redirect(302));
        let told = breaker.leave(after(1_059)).unwrap_err();
        assert_eq!(told, Failure::Open(Failure::Redirect(302).to_string()));

        drop(breaker.leave(after(1_060)).unwrap());
        breaker.leave(after(1_061)).unwrap().answered();
        fail(&breaker, after(1_062));
        fail(&breaker, after(1_063));
        assert!(breaker.leave(after(1_064)).is_ok(), "it counts anew");
    }

    #[test]
    fn failures_out_of_the_window_do_not_count() {
        let (breaker, start) = (Breaker::new(SETTINGS), Instant::now());
        for ms in [0, 600, 1_200, 1_900, 2_600] {
            fail(&breaker, start + Duration::from_millis(ms));
        }
        assert!(breaker.leave(start + Duration::from_millis(2_601)).is_ok());
        let never = Breaker::new(BreakerSettings { failures: 0, ..SETTINGS });
        for _ in 0..10 {
            fail(&never, start);
        }
        assert!(never.leave(start).is_ok());
    }
}
