//! A disk that fails at a chosen step, and one that keeps a record of the steps.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::Step;

/// Fault at the chosen step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The step is not taken, and fails.
    Fails,
    /// Neither the step nor the one after it is taken.
    FailsTwice,
    /// The step is taken, and fails all the same.
    FailsAfterAll,
    /// A write stops halfway, and fails. Other steps fail.
    Half,
    /// From this step on nothing is done any more.
    Stops,
    /// A write stops halfway, and from then on nothing is done any more.
    StopsHalfway,
}

/// A step as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    MakeFolder(String),
    Create(String),
    Write(String, u64, Vec<u8>),
    Cut(String, u64),
    Sync(String),
    Rename(String, String),
    SyncFolder(String),
    Remove(String),
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Option<(usize, Fault)>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    steps: usize,
    record: Vec<Taken>,
}

impl Faults {
    /// Lets the step of this number go wrong, counted from 1.
    pub(crate) fn at(step: usize, fault: Fault) -> Self {
        Self { plan: Some((step, fault)), inner: Mutex::default() }
    }

    /// Number of steps that were tried.
    pub(crate) fn steps(&self) -> usize {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).steps
    }

    pub(crate) fn record(&self) -> Vec<Taken> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).record.clone()
    }

    /// Number of bytes that are written of the next write of `length` bytes; `None` if it is not
    /// cut short.
    pub(crate) fn short(&self, length: usize) -> Option<usize> {
        let next = self.steps() + 1;
        match self.plan {
            Some((at, Fault::Half | Fault::StopsHalfway)) if at == next => Some(length / 2),
            _ => None,
        }
    }

    pub(crate) fn step<T>(
        &self,
        _: &Path,
        step: &Step<'_>,
        take: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.steps += 1;
        let now = inner.steps;
        let write = matches!(step, Step::Write(..));
        let failed = || Err(io::Error::other("as the test wants it"));
        match self.plan {
            Some((at, Fault::Fails)) if now == at => return failed(),
            Some((at, Fault::FailsTwice)) if now == at || now.checked_sub(1) == Some(at) => {
                return failed();
            }
            Some((at, Fault::Half)) if now == at && !write => return failed(),
            Some((at, Fault::Stops)) if now >= at => return failed(),
            Some((at, Fault::StopsHalfway)) if now > at || (now == at && !write) => {
                return failed();
            }
            _ => {}
        }
        inner.record.push(taken(step));
        let done = take();
        match self.plan {
            Some((at, Fault::FailsAfterAll)) if now == at => failed(),
            _ => done,
        }
    }
}

fn taken(step: &Step<'_>) -> Taken {
    match step {
        Step::MakeFolder(path) => Taken::MakeFolder((*path).to_owned()),
        Step::Create(path) => Taken::Create((*path).to_owned()),
        Step::Write(path, at, bytes) => Taken::Write((*path).to_owned(), *at, bytes.to_vec()),
        Step::Cut(path, length) => Taken::Cut((*path).to_owned(), *length),
        Step::Sync(path) => Taken::Sync((*path).to_owned()),
        Step::Rename(from, to) => Taken::Rename((*from).to_owned(), (*to).to_owned()),
        Step::SyncFolder(path) => Taken::SyncFolder((*path).to_owned()),
        Step::Remove(path) => Taken::Remove((*path).to_owned()),
    }
}
