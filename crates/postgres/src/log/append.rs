//! Appending: entries, tree and checkpoint in one transaction.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mustcheck_evidence::{DocumentId, Ledger, LogState, Logged};
use tokio::time::Instant;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::state;
use crate::database::Connection;
use crate::requests::Claim;
use crate::{Database, Error, random};

const INSERT: &str = "\
INSERT INTO mustcheck_entry (idx, id, about, leaf, entry, large, batch) \
SELECT idx, id, about, leaf, entry, large, $7 FROM unnest(\
$1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::BYTEA[], $6::BYTEA[]) \
AS new (idx, id, about, leaf, entry, large)";
const ADVANCE: &str =
    "UPDATE mustcheck_head SET size = $1, peaks = $2, checkpoint = $3 WHERE id = 1";
const TIE: &str = "\
UPDATE mustcheck_request SET receipt = tied.receipt \
FROM unnest($1::BYTEA[], $2::TEXT[]) AS tied (token, receipt) \
WHERE mustcheck_request.token = tied.token AND mustcheck_request.receipt IS NULL \
AND mustcheck_request.status IS NULL RETURNING mustcheck_request.token";
const LOOK: &str = "\
SELECT leaf FROM mustcheck_entry WHERE idx >= $1 AND idx < $2 AND batch = $3 ORDER BY idx";

/// Size of the log as this program saw it last. It can only grow.
pub(super) struct KnownSize(AtomicU64);

impl KnownSize {
    pub(super) fn new(size: u64) -> Self {
        Self(AtomicU64::new(size))
    }

    fn see(&self, size: u64) -> Result<(), Error> {
        let known = self.0.fetch_max(size, Ordering::Relaxed);
        if size < known { Err(Error::RolledBack { known, found: size }) } else { Ok(()) }
    }
}

/// An entry that is to be appended.
pub(super) struct NewEntry<'a> {
    pub(super) logged: Logged<'a>,
    pub(super) claim: Option<&'a Claim>,
}

/// Result for each entry: its index, or the error that kept it out of the log.
pub(super) type Outcomes = Vec<Result<u64, Error>>;

/// The log that entries are appended to.
#[derive(Clone, Copy)]
pub(super) struct LogTarget<'a> {
    pub(super) database: &'a Database,
    pub(super) ledger: &'a Ledger,
    pub(super) known: &'a KnownSize,
}

/// Error of an attempt to append.
pub(super) enum Stopped {
    /// Nothing of it is in the log, and nothing will be.
    Refused(Error),
    /// The commit was sent, and no answer came.
    Unheard(Error, Sent),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Transaction that was sent to be committed.
pub(super) struct Sent {
    token: [u8; 16],
    first: u64,
    leaves: Vec<[u8; 32]>,
    outcomes: Outcomes,
}

/// Appends entries in one transaction, again and again until the time is up.
///
/// # Errors
///
/// The error that made all of them fail. With [`Error::Unknown`] they may be in the log.
pub(super) async fn append(
    target: LogTarget<'_>,
    items: &[NewEntry<'_>],
    until: Instant,
) -> Result<Outcomes, Error> {
    let mut pause = Duration::from_millis(10);
    loop {
        let error = match attempt(target, items).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(Stopped::Refused(error)) => error,
            Err(Stopped::Unheard(error, sent)) => {
                match settle(target, error.clone(), sent, until).await? {
                    Some(outcomes) => return Ok(outcomes),
                    None => error,
                }
            }
        };
        if !error.is_passing() || Instant::now() + pause >= until {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn attempt(target: LogTarget<'_>, items: &[NewEntry<'_>]) -> Result<Outcomes, Stopped> {
    let connection = target.database.connection().await?;
    let outcomes = advance(target, &connection, "BEGIN", items).await?;
    connection.done();
    Ok(outcomes)
}

/// Takes the head's lock, appends, and commits. `begin` is run before, in the same round trip.
pub(super) async fn advance(
    target: LogTarget<'_>,
    connection: &Connection,
    begin: &str,
    items: &[NewEntry<'_>],
) -> Result<Outcomes, Stopped> {
    let LogTarget { database, ledger, known } = target;
    let prepare = |sql| database.within(connection.prepare_cached(sql));
    let (lock, insert) = (prepare(LOCK).await?, prepare(INSERT).await?);
    let update = prepare(ADVANCE).await?;
    let (begun, head) = tokio::join!(
        biased;
        database.within(connection.batch_execute(begin)),
        database.within(connection.query_one(&lock, &[])),
    );
    begun?;
    let state = state(ledger, &head?)?;
    known.see(state.size())?;
    let taken_over = lost_claims(connection, items).await?;
    let kept: Vec<&Logged<'_>> = (items.iter().zip(&taken_over))
        .filter(|(_, lost)| !**lost)
        .map(|(item, _)| &item.logged)
        .collect();
    let next = ledger.advance(&state, kept.iter().map(|logged| &*logged.leaf));
    let mut indices = state.size()..;
    let outcome = |lost: &bool| match lost {
        true => Err(Error::TakenOver),
        false => indices.next().ok_or(Error::Closed),
    };
    let sent = Sent {
        token: random::bytes()?,
        first: state.size(),
        leaves: kept.iter().map(|logged| logged.hash()).collect(),
        outcomes: taken_over.iter().map(outcome).collect(),
    };
    let rows = EntryColumns::of(&kept, &sent);
    let values = rows.values();
    let row = HeadRow::of(&next)?;
    let head = row.values();
    let (inserted, updated, committed) = tokio::join!(
        biased;
        database.within(connection.execute(&insert, &values)),
        database.within(connection.execute(&update, &head)),
        database.within(connection.batch_execute("COMMIT")),
    );
    // If one of these fails before the commit, the commit becomes a rollback.
    for done in [inserted, updated] {
        match done {
            Ok(_) => {}
            Err(error) if error.is(&SqlState::UNIQUE_VIOLATION) => return Err(Error::Twice.into()),
            Err(error) if error.is_answer() => return Err(error.into()),
            Err(error) => return Err(Stopped::Unheard(error, sent)),
        }
    }
    match committed {
        Ok(()) => {
            known.see(next.size())?;
            Ok(sent.outcomes)
        }
        Err(error) => Err(Stopped::Unheard(error, sent)),
    }
}

const LOCK: &str = "SELECT size, peaks, checkpoint FROM mustcheck_head WHERE id = 1 FOR UPDATE";

/// Ties receipts to the requests that they answer. Returns for each item whether another replica
/// has taken its request over.
async fn lost_claims(connection: &Connection, items: &[NewEntry<'_>]) -> Result<Vec<bool>, Error> {
    let claimed = |item: &NewEntry<'_>| {
        let receipt = item.logged.id.as_ref().filter(|id| id.is_receipt())?;
        Some((item.claim?.token().to_vec(), receipt.as_str().to_owned()))
    };
    let (tokens, receipts): (Vec<_>, Vec<_>) = items.iter().filter_map(claimed).unzip();
    if tokens.is_empty() {
        return Ok(vec![false; items.len()]);
    }
    let tied = connection.rows(TIE, &[&tokens, &receipts]).await?;
    let tied: Vec<Vec<u8>> = tied.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let lost = |item| claimed(item).is_some_and(|(token, _)| !tied.contains(&token));
    Ok(items.iter().map(lost).collect())
}

/// Finds out whether a commit without an answer was made; `None` if it was not. The transaction
/// held the head's lock: once this has the lock, that transaction has ended.
///
/// # Errors
///
/// [`Error::Unknown`] if nothing can be found out in time.
pub(super) async fn settle(
    target: LogTarget<'_>,
    lost: Error,
    sent: Sent,
    until: Instant,
) -> Result<Option<Outcomes>, Error> {
    let mut pause = Duration::from_millis(10);
    loop {
        match look(target, &sent).await {
            Ok(true) => return Ok(Some(sent.outcomes)),
            Ok(false) => return Ok(None),
            Err(damage @ (Error::Damaged(_) | Error::RolledBack { .. })) => {
                return Err(Error::Unknown(Box::new(damage)));
            }
            Err(_) if Instant::now() + pause < until => tokio::time::sleep(pause).await,
            Err(_) => return Err(Error::Unknown(Box::new(lost))),
        }
        pause = (pause * 2).min(Duration::from_millis(500));
    }
}

async fn look(target: LogTarget<'_>, sent: &Sent) -> Result<bool, Error> {
    let LogTarget { database, ledger, known } = target;
    let connection = database.connection().await?;
    database.within(connection.batch_execute("BEGIN")).await?;
    let head = connection.one(LOCK).await?;
    known.see(state(ledger, &head)?.size())?;
    let range = number(sent.first)?..number(sent.first + sent.leaves.len() as u64)?;
    let token = &sent.token[..];
    let rows = connection.rows(LOOK, &[&range.start, &range.end, &token]).await?;
    database.within(connection.batch_execute("ROLLBACK")).await?;
    let found: Vec<Vec<u8>> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    connection.done();
    match found.iter().map(Vec::as_slice).eq(sent.leaves.iter().map(<[u8; 32]>::as_slice)) {
        true => Ok(true),
        false if found.is_empty() => Ok(false),
        false => Err(Error::Damaged("a transaction is there in part".into())),
    }
}

/// Converts a number to the database's type.
pub(super) fn number(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Damaged("there are too many entries".into()))
}

/// The rows of entries, by column.
struct EntryColumns<'a> {
    indices: Vec<i64>,
    ids: Vec<Option<&'a str>>,
    about: Vec<Option<&'a str>>,
    leaves: Vec<&'a [u8]>,
    entries: Vec<&'a [u8]>,
    large: Vec<Option<&'a [u8]>>,
    token: &'a [u8],
}

impl<'a> EntryColumns<'a> {
    fn of(kept: &'a [&'a Logged<'a>], sent: &'a Sent) -> Self {
        let indices = (sent.first..).take(kept.len());
        Self {
            indices: indices.map(|index| i64::try_from(index).unwrap_or(i64::MAX)).collect(),
            ids: kept.iter().map(|one| one.id.as_ref().map(DocumentId::as_str)).collect(),
            about: kept.iter().map(|one| one.about.as_ref().map(DocumentId::as_str)).collect(),
            leaves: sent.leaves.iter().map(<[u8; 32]>::as_slice).collect(),
            entries: kept.iter().map(|one| &*one.leaf).collect(),
            large: kept.iter().map(|one| one.large()).collect(),
            token: &sent.token,
        }
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 7] {
        let Self { indices, ids, about, leaves, entries, large, token } = self;
        [indices, ids, about, leaves, entries, large, token]
    }
}

/// Values of the head's row.
struct HeadRow<'a> {
    size: i64,
    peaks: Vec<u8>,
    checkpoint: &'a str,
}

impl<'a> HeadRow<'a> {
    fn of(state: &'a LogState) -> Result<Self, Error> {
        let (peaks, checkpoint) = (state.peaks(), state.checkpoint());
        Ok(Self { size: number(state.size())?, peaks, checkpoint })
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 3] {
        [&self.size, &self.peaks, &self.checkpoint]
    }
}
