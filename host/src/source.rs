//! Asks a gate's registry: in one batch, within a time, and for no more than the gate can take.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::task::Poll;
use std::time::Duration;

use mustcheck_model::date::Timestamp;
use mustcheck_model::described::Parts;
use mustcheck_model::{Answer, AnswerStatus, Application, CreditRecord, Query};

use crate::asked::Asked;
use crate::clock;
use crate::error::{CheckError, Fault};
use crate::input::quotable;
use crate::limits::Limits;
use crate::rails;
use crate::registry::{AsyncRegistry, Registry, RegistryError};

/// The registry of a gate.
#[derive(Clone)]
pub(crate) enum Source {
    /// A registry that answers at once.
    AtOnce(Arc<dyn Registry>),
    /// A registry that is waited for.
    Awaited(Arc<dyn AsyncRegistry>),
}

/// Asks a registry that answers at once. One that may wait does so on a thread of its own, which
/// is left to itself when its time is up: whatever it says later is not heard.
pub(crate) fn lookup(
    registry: &Arc<dyn Registry>,
    parts: &Parts,
    application: &Arc<Application>,
    due: &Arc<Vec<Query>>,
    time: Duration,
) -> Result<Vec<Answer>, Fault> {
    if !registry.may_wait() {
        let asked = Asked::of(parts, application, due);
        let ask = AssertUnwindSafe(|| registry.lookup(&asked.asks()));
        // A panic is this registry's fault; the sandbox, the store and the thread are unharmed.
        return Ok(catch_unwind(ask).unwrap_or_else(|_| Err(panicked()))?);
    }
    let (registry, application, due) =
        (Arc::clone(registry), Arc::clone(application), Arc::clone(due));
    let parts = parts.clone();
    let (sender, receiver) = sync_channel(1);
    let ask = move || {
        // Nobody listens any more once the time is up.
        let asked = Asked::of(&parts, &application, &due);
        let _ = sender.send(registry.lookup(&asked.asks()));
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

/// Checks the answers of a registry against what was asked, and against the limits.
pub(crate) fn accept(
    parts: &Parts,
    application: &Application,
    due: &[Query],
    answers: Vec<Answer>,
    now: Timestamp,
    limits: &Limits,
) -> Result<Arc<Vec<Answer>>, CheckError> {
    let asked = Asked::of(parts, application, due);
    rails::answers(&asked.asks(), &answers)?;
    let mut answers = asked.joined(answers);
    let found = answers.iter().map(size).sum();
    if found > limits.answers {
        let what = "the registry's answers, in bytes";
        return Err(Fault::Limit { what, found, limit: limits.answers }.into());
    }
    answers.iter_mut().for_each(|answer| refuse_future(answer, now));
    for reason in answers.iter_mut().filter_map(|a| a.reason.as_mut()) {
        // RAIL R13: what a remote source complains of may quote what it was asked.
        *reason = quotable(reason);
    }
    Ok(Arc::new(answers))
}

/// Turns an answer from a snapshot of the future into a fault of its source.
// RAIL R2: nobody could ever call it stale.
fn refuse_future(answer: &mut Answer, now: Timestamp) {
    let as_of = answer.source.as_ref().map(|source| source.as_of);
    if let Some(as_of) = as_of.filter(|as_of| clock::is_ahead(*as_of, now)) {
        answer.status = AnswerStatus::Unavailable;
        answer.reason = Some(format!("its snapshot is of `{as_of}`, which lies in the future"));
        answer.records.clear();
    }
}

/// Bytes of an answer: of its values, and of its texts beside them.
fn size(answer: &Answer) -> usize {
    let reason = answer.reason.as_ref().map_or(0, String::len);
    let records: usize = answer.records.iter().map(record_size).sum();
    let source = answer.source.as_ref().map_or(0, |source| source.id.len() + source.name.len());
    size_of::<Answer>() + answer.list.len() + reason + source + records
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
