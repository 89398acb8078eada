//! How many requests are worked on, and how many wait. What is more is refused at once: an answer
//! that comes too late is no better, and a queue without end is a slow death.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Kind, Problem};

/// Lets requests in.
pub(crate) struct Admission {
    places: usize,
    working: Arc<Semaphore>,
    waiting: Semaphore,
    queue: usize,
}

/// A place. Whoever has it is worked on.
pub(crate) type Place = OwnedSemaphorePermit;

impl Admission {
    pub(crate) fn new(concurrent: usize, queue: usize) -> Self {
        let working = Arc::new(Semaphore::new(concurrent));
        Self { places: concurrent, working, waiting: Semaphore::new(queue), queue }
    }

    /// A place, at once or after a wait.
    pub(crate) async fn enter(&self, longest: Duration) -> Result<Place, Problem> {
        let overloaded = || Problem::new(Kind::Overloaded);
        if let Ok(place) = Arc::clone(&self.working).try_acquire_owned() {
            return Ok(place);
        }
        let _waits = self.waiting.try_acquire().map_err(|_| overloaded())?;
        let place = Arc::clone(&self.working).acquire_owned();
        match tokio::time::timeout(longest, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(overloaded()),
        }
    }

    /// How many are worked on.
    pub(crate) fn in_flight(&self) -> usize {
        self.places.saturating_sub(self.working.available_permits())
    }

    /// How many wait.
    pub(crate) fn queued(&self) -> usize {
        self.queue.saturating_sub(self.waiting.available_permits())
    }

    /// Waits until nothing is worked on, so that what was begun is finished. What comes later finds
    /// no place.
    pub(crate) async fn drained(&self) {
        let all = u32::try_from(self.places).unwrap_or(u32::MAX);
        if let Ok(places) = self.working.acquire_many(all).await {
            places.forget();
        }
    }
}
