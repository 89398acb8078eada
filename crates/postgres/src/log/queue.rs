//! Group commit: entries that wait while others are committed go together in the next transaction.

use std::sync::Arc;

use mustcheck_evidence::{Ledger, Logged};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::append::{KnownSize, LogTarget, NewEntry, append};
use crate::requests::Claim;
use crate::{Database, Error};

/// Largest number of entries in one transaction.
const BATCH: usize = 256;
/// Largest number of bytes in one transaction, unless one entry has more.
const BYTES: usize = 8 << 20;
/// Largest number of waiting entries. Further callers wait until there is room.
const WAITING: usize = 4096;

struct Waiting {
    entry: Vec<u8>,
    claim: Option<Claim>,
    until: Instant,
    answer: oneshot::Sender<Result<u64, Error>>,
}

/// Entries that this program is to append.
pub(super) struct Queue {
    sender: mpsc::Sender<Waiting>,
    database: Database,
}

impl Queue {
    /// Begins to append, until the queue is dropped and empty.
    pub(super) fn serve(database: Database, ledger: Ledger, known: Arc<KnownSize>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(WAITING);
        let serving = database.clone();
        database.runtime().spawn(async move {
            let target = LogTarget { database: &serving, ledger: &ledger, known: &known };
            let mut waiting = Vec::new();
            while receiver.recv_many(&mut waiting, BATCH).await > 0 {
                let mut rest = waiting.drain(..).peekable();
                while rest.peek().is_some() {
                    let mut bytes = 0;
                    let mut batch = Vec::new();
                    while let Some(next) =
                        rest.next_if(|next| bytes == 0 || bytes + next.entry.len() <= BYTES)
                    {
                        bytes += next.entry.len().max(1);
                        batch.push(next);
                    }
                    commit(target, batch).await;
                }
            }
        });
        Self { sender, database }
    }

    /// Appends an entry. When this returns an index, it is committed.
    pub(super) async fn append(&self, entry: Vec<u8>, claim: Option<Claim>) -> Result<u64, Error> {
        let time = self.database.config().append;
        let until = Instant::now() + time;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { entry, claim, until, answer };
        match tokio::time::timeout_at(until, self.sender.send(waiting)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(Error::Closed),
            Err(_) => return Err(Error::Late(time)),
        }
        // An entry that is still in a transaction then gets its answer a little later.
        let grace = self.database.config().statement;
        match tokio::time::timeout_at(until + grace, answered).await {
            Ok(Ok(outcome)) => outcome,
            // The runtime is ending in the middle of it, or the server does not answer.
            Ok(Err(_)) => Err(Error::Unknown(Box::new(Error::Closed))),
            Err(_) => Err(Error::Unknown(Box::new(Error::Late(time)))),
        }
    }
}

/// Appends a batch, and sends each waiting caller the result.
async fn commit(target: LogTarget<'_>, batch: Vec<Waiting>) {
    // These callers gave up a while ago: their entries are not in the log, and need not be.
    let now = Instant::now();
    let (mut batch, late): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .filter(|waiting| !waiting.answer.is_closed())
        .partition(|waiting| waiting.until > now);
    for waiting in late {
        tell(waiting, Err(Error::Late(target.database.config().append)));
    }
    let outcomes = together(target, &batch).await;
    // One entry that the database does not take must not keep the others out.
    if batch.len() > 1 && outcomes.as_ref().is_err_and(|e| !e.is_passing() && alone(e)) {
        for waiting in batch.drain(..) {
            let outcome = together(target, std::slice::from_ref(&waiting)).await;
            tell(waiting, outcome.and_then(|mut one| one.pop().unwrap_or(Err(Error::Closed))));
        }
        return;
    }
    match outcomes {
        Ok(outcomes) => batch.into_iter().zip(outcomes).for_each(|(one, done)| tell(one, done)),
        Err(error) => batch.into_iter().for_each(|one| tell(one, Err(error.clone()))),
    }
}

/// Whether an error may be about one entry of several, none of which is in the log.
const fn alone(error: &Error) -> bool {
    matches!(error, Error::Failed(_) | Error::Twice)
}

async fn together(
    target: LogTarget<'_>,
    batch: &[Waiting],
) -> Result<Vec<Result<u64, Error>>, Error> {
    let Some(until) = batch.iter().map(|waiting| waiting.until).max() else {
        return Ok(Vec::new());
    };
    let items = batch.iter().map(|waiting| NewEntry {
        logged: Logged::of(&waiting.entry),
        claim: waiting.claim.as_ref(),
    });
    append(target, &items.collect::<Vec<_>>(), until).await
}

fn tell(waiting: Waiting, outcome: Result<u64, Error>) {
    // A caller that no longer waits does not get it.
    let _ = waiting.answer.send(outcome);
}
