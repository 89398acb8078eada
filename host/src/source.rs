//! How a gate asks its registry: in one batch, within a time, and for no more than it can take.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::task::Poll;
use std::time::Duration;

use mustcheck_guest::model::{Answer, Application, CreditRecord, Query};

use crate::error::{CheckError, Fault};
use crate::input::quotable;
use crate::limits::Limits;
use crate::rails;
use crate::registry::{Ask, AsyncRegistry, Registry, RegistryError};

/// What a gate asks.
#[derive(Clone)]
pub(crate) enum Source {
    /// Answers at once.
    AtOnce(Arc<dyn Registry>),
    /// Is waited for.
    Awaited(Arc<dyn AsyncRegistry>),
}

/// The due lookups as a registry is asked them.
pub(crate) fn asks<'a>(application: &'a Application, due: &'a [Query]) -> Vec<Ask<'a>> {
    let mut asks = Vec::with_capacity(due.len());
    for (query, lookup) in (0_u32..).zip(due) {
        let subject = usize::try_from(lookup.subject).ok();
        // `rails::due` has seen that every subject exists.
        let Some(subject) = subject.and_then(|i| application.subjects.get(i)) else { continue };
        asks.push(Ask { query, subject, lists: &lookup.lists });
    }
    asks
}

/// Asks a registry that answers at once. One that may wait does so on a thread of its own, which
/// is left to itself when its time is up: whatever it says later is not heard.
pub(crate) fn lookup(
    registry: &Arc<dyn Registry>,
    application: &Arc<Application>,
    due: &Arc<Vec<Query>>,
    time: Duration,
) -> Result<Vec<Answer>, Fault> {
    if !registry.may_wait() {
        let ask = AssertUnwindSafe(|| registry.lookup(&asks(application, due)));
        // A panic is this registry's fault; the sandbox, the store and the thread are unharmed.
        return Ok(catch_unwind(ask).unwrap_or_else(|_| Err(panicked()))?);
    }
    let (registry, application, due) =
        (Arc::clone(registry), Arc::clone(application), Arc::clone(due));
    let (sender, receiver) = sync_channel(1);
    let ask = move || {
        // Nobody listens any more once the time is up.
        let _ = sender.send(registry.lookup(&asks(&application, &due)));
    };
    let thread = std::thread::Builder::new().name("registry".into()).spawn(ask);
    thread.map_err(|e| RegistryError::Other(format!("no thread for the registry: {e}")))?;
    let answers = receiver.recv_timeout(time).map_err(|e| match e {
        RecvTimeoutError::Timeout => RegistryError::Late(time),
        RecvTimeoutError::Disconnected => panicked(),
    })?;
    Ok(answers?)
}

fn panicked() -> RegistryError {
    RegistryError::Other("the registry panicked".into())
}

/// Waits for a registry, but not longer than this.
pub(crate) async fn within<T>(
    lookup: impl Future<Output = Result<T, RegistryError>>,
    time: Duration,
) -> Result<T, RegistryError> {
    let mut lookup = pin!(lookup);
    let mut timer = futures_timer::Delay::new(time);
    std::future::poll_fn(move |context| {
        // A panic is the registry's fault, as it is of one that answers at once.
        let polled = catch_unwind(AssertUnwindSafe(|| lookup.as_mut().poll(context)));
        match polled.unwrap_or_else(|_| Poll::Ready(Err(panicked()))) {
            Poll::Ready(answers) => Poll::Ready(answers),
            Poll::Pending => {
                pin!(&mut timer).poll(context).map(|()| Err(RegistryError::Late(time)))
            }
        }
    })
    .await
}

/// Holds what a registry gave against what was asked, and against the limits.
pub(crate) fn accept(
    application: &Application,
    due: &[Query],
    mut answers: Vec<Answer>,
    limits: &Limits,
) -> Result<Arc<Vec<Answer>>, CheckError> {
    rails::answers(&asks(application, due), &answers)?;
    let found = answers.iter().map(size).sum();
    if found > limits.answers {
        let what = "the registry's answers, in bytes";
        return Err(Fault::Limit { what, found, limit: limits.answers }.into());
    }
    for reason in answers.iter_mut().filter_map(|a| a.reason.as_mut()) {
        // RAIL R13: what a remote source complains of may quote what it was asked.
        *reason = quotable(reason);
    }
    Ok(Arc::new(answers))
}

/// Bytes of an answer: of its values, and of its texts beside them.
fn size(answer: &Answer) -> usize {
    let reason = answer.reason.as_ref().map_or(0, String::len);
    let records: usize = answer.records.iter().map(record_size).sum();
    size_of::<Answer>() + answer.list.len() + reason + records
}

fn record_size(record: &CreditRecord) -> usize {
    let persons = record.responsible_persons.iter();
    let persons: usize = persons.map(|p| size_of_val(p) + p.identifier.len() + p.name.len()).sum();
    let bases: usize = record.legal_basis.iter().map(|b| size_of_val(b) + b.instrument.len()).sum();
    let documents =
        record.events.iter().map(|e| size_of_val(e) + e.document.as_ref().map_or(0, String::len));
    let own = [&record.id, &record.list, &record.source, &record.subject.name];
    let optional = [&record.decided_by, &record.document, &record.act, &record.matter];
    size_of::<CreditRecord>()
        + persons
        + bases
        + documents.sum::<usize>()
        + own.iter().map(|text| text.len()).sum::<usize>()
        + optional.iter().filter_map(|text| text.as_ref().map(String::len)).sum::<usize>()
}
