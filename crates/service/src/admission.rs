//! Admission control: limits the requests that are in progress and those that wait. Any further
//! request is refused at once: an answer that comes too late is no better than a refusal, and a
//! queue without end is a slow death.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::problem::{Kind, Problem};

/// Limits how many requests are in progress, and how many wait.
pub(crate) struct Admission {
    places: usize,
    working: Arc<Semaphore>,
    waiting: Semaphore,
    queue: usize,
}

/// A permit to work on one request. Dropping it makes room for the next.
pub(crate) type Place = OwnedSemaphorePermit;

impl Admission {
    pub(crate) fn new(concurrent: usize, queue: usize) -> Self {
        let working = Arc::new(Semaphore::new(concurrent));
        Self { places: concurrent, working, waiting: Semaphore::new(queue), queue }
    }

    /// Returns a place, at once or after a wait that ends at `until`.
    ///
    /// # Errors
    ///
    /// [`Kind::Overloaded`] if the queue is full, or the wait took too long.
    pub(crate) async fn enter(&self, until: Instant) -> Result<Place, Problem> {
        let overloaded = || Problem::new(Kind::Overloaded);
        if let Ok(place) = Arc::clone(&self.working).try_acquire_owned() {
            return Ok(place);
        }
        let _waits = self.waiting.try_acquire().map_err(|_| overloaded())?;
        let place = Arc::clone(&self.working).acquire_owned();
        match tokio::time::timeout_at(until, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(overloaded()),
        }
    }

    /// Number of requests in progress.
    pub(crate) fn in_flight(&self) -> usize {
        self.places.saturating_sub(self.working.available_permits())
    }

    /// Number of requests that wait for a place.
    pub(crate) fn queued(&self) -> usize {
        self.queue.saturating_sub(self.waiting.available_permits())
    }

    /// Waits until no request is in progress, so that everything that was begun is finished. Takes
    /// all places for good: later requests find none.
    pub(crate) async fn drained(&self) {
        let all = u32::try_from(self.places).unwrap_or(u32::MAX);
        if let Ok(places) = self.working.acquire_many(all).await {
            places.forget();
        }
    }
}
