//! Many workers, one order: what goes in as a sequence of chunks comes out as the same sequence.
//!
//! The reader and the workers are threads of their own, and the caller's thread takes what is
//! done. Each chunk has a place in the order and a channel on which its result arrives there, so
//! that nothing has to be sorted. The reader gets credit back for what was taken, and nobody else
//! ever waits to hand something on: however slow a worker or the output is, no more than
//! [`Bounds`] says is in flight, and no two of them can wait for each other.
//!
//! No thread is joined: a reader may be waiting for an input that never comes, while the run has
//! already ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use anyhow::{Context as _, Result, bail};

/// Limits on the chunks that are in flight: read, and not yet taken.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// Number of worker threads.
    pub jobs: usize,
    /// Largest number of chunks in flight.
    pub chunks: usize,
    /// Largest number of their bytes; a single chunk may have more.
    pub bytes: usize,
}

/// A source of chunks, in their order, each with the number of bytes that it takes.
pub trait Source: Send + 'static {
    type Chunk: Send + 'static;

    fn next(&mut self) -> Option<Result<(Self::Chunk, usize)>>;
}

/// A worker's result for a chunk.
pub struct Worked<D> {
    pub done: D,
    /// Whether the run ends with this chunk, so that no chunk after it matters.
    pub is_last: bool,
}

/// A taker of the results, in the order of their chunks.
pub trait Sink<D> {
    fn take(&mut self, done: D) -> Result<()>;

    /// Called when no further result is ready at the moment.
    fn idle(&mut self) -> Result<()>;
}

/// A chunk on its way to a worker.
struct Job<C, D> {
    index: u64,
    chunk: C,
    result: SyncSender<D>,
}

/// A place in the order of the chunks, or the error at which the input ends.
enum Place<D> {
    Chunk { bytes: usize, result: Receiver<D> },
    Unreadable(anyhow::Error),
}

/// Runs a source through workers into a sink.
pub fn run<S: Source, D: Send + 'static>(
    bounds: Bounds,
    source: S,
    work: impl Fn(S::Chunk) -> Worked<D> + Send + Sync + 'static,
    sink: &mut impl Sink<D>,
) -> Result<()> {
    let (jobs, queue) = channel::<Job<S::Chunk, D>>();
    let (places, order) = channel::<Place<D>>();
    let (taken, credit) = channel::<usize>();
    let queue = Arc::new(Mutex::new(queue));
    let last = Arc::new(Last(AtomicU64::new(u64::MAX)));
    let work = Arc::new(work);
    for n in 0..bounds.jobs {
        let (queue, last, work) = (Arc::clone(&queue), Arc::clone(&last), Arc::clone(&work));
        let worker = Builder::new().name(format!("worker {n}"));
        let worker = worker.spawn(move || work_off(&queue, &last, &*work));
        worker.context("no thread for a worker")?;
    }
    drop(queue);
    let reader = Builder::new().name("reader".into());
    let reader = reader.spawn(move || read(bounds, source, &credit, &jobs, &places));
    reader.context("no thread for the reader")?;
    // However this ends, the workers begin nothing new.
    let _stop = Stop(&last);
    while let Some(place) = arrived(&order, || sink.idle())? {
        let (bytes, result) = match place {
            Place::Chunk { bytes, result } => (bytes, result),
            Place::Unreadable(error) => return Err(error),
        };
        let Some(done) = arrived(&result, || sink.idle())? else {
            bail!("a worker ended before its lines were done");
        };
        sink.take(done)?;
        // The reader is gone once it has read everything.
        let _ = taken.send(bytes);
    }
    Ok(())
}

/// Receives from a channel, and calls `idle` before it waits; none once nobody can send any more.
fn arrived<T>(channel: &Receiver<T>, idle: impl FnOnce() -> Result<()>) -> Result<Option<T>> {
    match channel.try_recv() {
        Ok(arrived) => Ok(Some(arrived)),
        Err(TryRecvError::Disconnected) => Ok(None),
        Err(TryRecvError::Empty) => {
            idle()?;
            Ok(channel.recv().ok())
        }
    }
}

/// Index of the first chunk after which none matters.
struct Last(AtomicU64);

/// Makes the workers skip all further chunks when it is dropped.
struct Stop<'a>(&'a Last);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.0.store(0, Ordering::Relaxed);
    }
}

fn read<S: Source, D>(
    bounds: Bounds,
    mut source: S,
    credit: &Receiver<usize>,
    jobs: &std::sync::mpsc::Sender<Job<S::Chunk, D>>,
    places: &std::sync::mpsc::Sender<Place<D>>,
) {
    let (mut chunks, mut in_flight) = (0_usize, 0_usize);
    for index in 0_u64.. {
        let (chunk, bytes) = match source.next() {
            None => return,
            Some(Ok(next)) => next,
            Some(Err(error)) => {
                let _ = places.send(Place::Unreadable(error));
                return;
            }
        };
        while chunks > 0 && (chunks >= bounds.chunks || in_flight + bytes > bounds.bytes) {
            // Nobody takes anything any more once the run has ended.
            let Ok(taken) = credit.recv() else { return };
            (chunks, in_flight) = (chunks - 1, in_flight - taken);
        }
        (chunks, in_flight) = (chunks + 1, in_flight + bytes);
        let (result, receiver) = sync_channel(1);
        let placed = places.send(Place::Chunk { bytes, result: receiver });
        if placed.is_err() || jobs.send(Job { index, chunk, result }).is_err() {
            return;
        }
    }
}

fn work_off<C, D>(queue: &Mutex<Receiver<Job<C, D>>>, last: &Last, work: &impl Fn(C) -> Worked<D>) {
    // The lock is held only to take a job: a worker that panics at its work does not hold it.
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(Job { index, chunk, result }) = next() {
        if index > last.0.load(Ordering::Relaxed) {
            continue;
        }
        let Worked { done, is_last } = work(chunk);
        if is_last {
            last.0.fetch_min(index, Ordering::Relaxed);
        }
        let _ = result.send(done);
    }
}
