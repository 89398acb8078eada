//! The work of a request, which is finished even if the connection is lost.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::problem::{Kind, Problem};
use crate::shared::panicked;

/// Work that was begun.
pub(crate) enum Work<T> {
    /// It is done.
    Done(Result<T, Problem>),
    /// It waits for something, and goes on in a task of its own.
    Goes(JoinHandle<Result<T, Problem>>),
}

impl<T: Send + 'static> Work<T> {
    /// Begins work. A check with everything in memory waits for nothing: it is done at once, and
    /// no other thread is woken for it.
    pub(crate) fn begin(work: impl Future<Output = Result<T, Problem>> + Send + 'static) -> Self {
        let mut work = Box::pin(work);
        // Nobody has to be woken: the task asks again before it waits.
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Self::Done(done),
            Poll::Pending => Self::Goes(tokio::spawn(work)),
        }
    }

    /// Waits for the result until `until`. Work that takes longer goes on, but its result is
    /// answered to nobody.
    pub(crate) async fn finished(self, until: Instant) -> Result<T, Problem> {
        match self {
            Self::Done(done) => done,
            Self::Goes(work) => match tokio::time::timeout_at(until, work).await {
                Ok(done) => done.map_err(panicked).flatten(),
                Err(_) => Err(Problem::new(Kind::Late)),
            },
        }
    }
}

/// Runs the work, and turns a panic into a problem like any other.
pub(crate) async fn unpanicked<T>(
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let poll = AssertUnwindSafe(|| work.as_mut().poll(context));
        // Work that is half done is dropped, and not polled again.
        catch_unwind(poll).unwrap_or_else(|panic| Poll::Ready(Err(panicked(panic))))
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_waits_for_nothing_is_done_at_once() {
        assert!(matches!(Work::begin(async { Ok(1) }), Work::Done(Ok(1))));
    }

    #[tokio::test]
    async fn what_waits_is_finished_though_nobody_does() {
        let (answers, answer) = oneshot::channel();
        let (tells, told) = oneshot::channel();
        let work = Work::begin(async move {
            let answer: u8 = answer.await.unwrap();
            tells.send(answer).unwrap();
            Ok(answer)
        });
        assert!(matches!(work, Work::Goes(_)));
        drop(work);
        answers.send(7).unwrap();
        assert_eq!(told.await, Ok(7));
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_before_and_after_a_wait() {
        let at_once =
            unpanicked(async { if true { panic!("310104197106123355") } else { Ok(()) } });
        let later = unpanicked(async {
            tokio::task::yield_now().await;
            if true { panic!("310104197106123355") } else { Ok(()) }
        });
        for done in [at_once.await, later.await] {
            let problem = done.unwrap_err();
            assert_eq!(problem.kind, Kind::Internal);
            assert_eq!(problem.told.as_deref(), Some("the work on the request panicked"));
        }
    }
}
