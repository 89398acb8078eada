//! Asks a gate's registry: in one batch, within a time, and for no more than the gate can take.

use std::collections::BTreeMap;
use std::future::Future;
use std::mem::swap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::task::Poll;
use std::time::Duration;

use mustcheck_model::date::Timestamp;
use mustcheck_model::described::Parts;
use mustcheck_model::{Answer, AnswerStatus, Application, CreditRecord, Query, Subject};

use crate::clock;
use crate::error::{CheckError, Fault};
use crate::input::quotable;
use crate::limits::Limits;
use crate::rails;
use crate::registry::{Ask, AsyncRegistry, Registry, RegistryError};

/// The registry of a gate.
#[derive(Clone)]
pub(crate) enum Source {
    /// A registry that answers at once.
    AtOnce(Arc<dyn Registry>),
    /// A registry that is waited for.
    Awaited(Arc<dyn AsyncRegistry>),
}

/// The due lookups as a registry is asked them: once for each identifier of a subject, and once
/// more for the parts of each list that has any.
pub(crate) struct Asked<'a> {
    application: &'a Application,
    due: &'a [Query],
    parts: &'a Parts,
    /// Subjects under each of their further identifiers, with the position of the query.
    further: Vec<(u32, Subject)>,
}

impl<'a> Asked<'a> {
    /// The due lookups of an application.
    pub(crate) fn of(parts: &'a Parts, application: &'a Application, due: &'a [Query]) -> Self {
        let mut further = Vec::new();
        for (query, subject) in subjects(application, due) {
            further.extend((0..subject.also.len()).map(|n| (query, under(subject, n))));
        }
        Self { application, due, parts, further }
    }

    /// Returns the asks of a registry, in the order of their positions: the due lookups come first.
    pub(crate) fn asks(&self) -> Vec<Ask<'_>> {
        let all = (0_u32..).zip(self.questions());
        all.map(|(place, (_, subject, lists))| Ask {
            query: place,
            subject,
            lists,
            as_of: self.application.as_of,
        })
        .collect()
    }

    /// The position of the query, the subject under one of its identifiers, and the lists.
    fn questions(&self) -> impl Iterator<Item = (u32, &Subject, &[String])> {
        let further = || self.further.iter().map(|(query, subject)| (*query, subject));
        let named = move || subjects(self.application, self.due).chain(further());
        let whole = named().map(|(query, subject)| (query, subject, self.lists(query)));
        let parts = named().flat_map(|(query, subject)| {
            let of = self.lists(query).iter().filter_map(|list| self.parts.of(list));
            of.map(move |parts| (query, subject, parts))
        });
        whole.chain(parts)
    }

    fn lists(&self, query: u32) -> &'a [String] {
        let query = usize::try_from(query).ok().and_then(|query| self.due.get(query));
        query.map_or(&[], |query| query.lists.as_slice())
    }

    /// Joins the answers as the component takes them: one for each query, list and source.
    fn joined(&self, mut answers: Vec<Answer>) -> Vec<Answer> {
        let queries: Vec<u32> = self.questions().map(|(query, _, _)| query).collect();
        let first = self.due.len();
        if queries.len() == first {
            return answers;
        }
        let place = |answer: &Answer| usize::try_from(answer.query).unwrap_or(usize::MAX);
        let more: Vec<Answer> = answers.extract_if(.., |answer| place(answer) >= first).collect();
        let mut of_query: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (i, answer) in answers.iter().enumerate() {
            of_query.entry(answer.query).or_default().push(i);
        }
        for mut answer in more {
            if let Some(query) = queries.get(place(&answer)) {
                answer.query = *query;
            }
            let Some(answer) = self.of_whole(answer) else { continue };
            let known = of_query.entry(answer.query).or_default();
            let same = |i: &&usize| answers.get(**i).is_some_and(|other| is_joined(other, &answer));
            match known.iter().find(same).copied().and_then(|i| answers.get_mut(i)) {
                Some(other) => join(other, answer),
                None => {
                    known.push(answers.len());
                    answers.push(answer);
                }
            }
        }
        answers
    }

    /// Turns the answer for a part of a list into one for the list. None where no source holds the
    /// part: the answer for the list itself says which source holds the list.
    // RAIL R2: a part proves who is on it, and never that nobody is on the list. What its source
    // cannot say leaves the list open.
    fn of_whole(&self, mut answer: Answer) -> Option<Answer> {
        let Some(whole) = self.parts.whole(&answer.list) else { return Some(answer) };
        if answer.status == AnswerStatus::NotCovered
            && (answer.source.is_none() && answer.reason.is_none() && answer.records.is_empty())
        {
            return None;
        }
        for record in &mut answer.records {
            whole.clone_into(&mut record.list);
        }
        whole.clone_into(&mut answer.list);
        Some(answer)
    }
}

/// Whether two answers to a query are of one list and one source.
fn is_joined(one: &Answer, other: &Answer) -> bool {
    let ids = [one, other].map(|answer| answer.source.as_ref().map(|source| &source.id));
    let [one_id, other_id] = ids;
    one.list == other.list && one_id == other_id
}

/// A subject under one of its further identifiers, which changes places with the first.
fn under(subject: &Subject, n: usize) -> Subject {
    let mut under = Subject { as_issued: None, ..subject.clone() };
    if let Some(also) = under.also.get_mut(n) {
        swap(&mut under.scheme, &mut also.scheme);
        swap(&mut under.identifier, &mut also.identifier);
        swap(&mut under.country, &mut also.country);
    }
    under
}

/// Every due lookup's subject, with the position of the query.
fn subjects<'a>(
    application: &'a Application,
    due: &'a [Query],
) -> impl Iterator<Item = (u32, &'a Subject)> {
    (0_u32..).zip(due).filter_map(|(query, lookup)| {
        // `rails::due` has seen that every subject exists.
        let subject = usize::try_from(lookup.subject).ok();
        subject.and_then(|i| application.subjects.get(i)).map(|subject| (query, subject))
    })
}

/// Adds what a source answers for another identifier of the same subject, or for a part of the
/// list.
// RAIL R2: it has answered for the subject and the list only if it answered for each.
fn join(answer: &mut Answer, other: Answer) {
    let weight = |status: AnswerStatus| match status {
        AnswerStatus::Answered => 0,
        AnswerStatus::NotCovered => 1,
        AnswerStatus::Stale => 2,
        AnswerStatus::Unavailable => 3,
    };
    if weight(other.status) > weight(answer.status) {
        answer.status = other.status;
        answer.reason = other.reason;
    }
    for record in other.records {
        if answer.records.iter().all(|known| *known != record) {
            answer.records.push(record);
        }
    }
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
