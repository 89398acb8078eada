//! Recording feedback (执行反馈), under a lock on the receipt that it is about.

use std::time::Duration;

use mustcheck_audit::feedback::{Dossier, Recording, SignedFeedback, no_receipt};
use mustcheck_audit::{FeedbackError, FeedbackFile, RecordedFeedback};
use mustcheck_evidence::{JournalError, Keys, Logged};
use tokio::time::Instant;

use super::PostgresLog;
use super::append::{LogTarget, NewEntry, Outcomes, Stopped, advance, settle};
use super::read::{ENTRY_OF, FEEDBACK_ABOUT, LogEntry};
use crate::Error;
use crate::database::Connection;

/// Pause before the next attempt after a failed one.
const PAUSE: Duration = Duration::from_millis(50);

impl PostgresLog {
    /// Records feedback about one receipt, by the rules of [`mustcheck_audit::feedback::record`]
    /// and with its errors. Of two that come at once, the second is checked against the first.
    ///
    /// # Errors
    ///
    /// [`FeedbackError`] with the place in the file; the database's failure is a
    /// [`JournalError::Store`] in it.
    pub async fn record_feedback(
        &self,
        file: &FeedbackFile,
        recording: Recording,
        keys: &Keys,
    ) -> Result<RecordedFeedback, FeedbackError> {
        let until = Instant::now() + self.database().config().append;
        loop {
            let connection = self.database().connection().await.map_err(failed)?;
            let signed = self.signed(&connection, file, recording, keys).await?;
            let error = match self.put(&connection, &signed, until).await {
                Ok(mut outcomes) => {
                    connection.done();
                    let index = outcomes.pop().unwrap_or(Err(Error::Closed)).map_err(failed)?;
                    return Ok(signed.recorded(index));
                }
                Err(error) => error,
            };
            if !error.is_passing() || Instant::now() >= until {
                return Err(failed(error));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Checks and signs the feedback. The receipt stays locked until the transaction ends.
    async fn signed(
        &self,
        connection: &Connection,
        file: &FeedbackFile,
        recording: Recording,
        keys: &Keys,
    ) -> Result<SignedFeedback, FeedbackError> {
        let database = self.database();
        let id = file.receipt.as_str();
        let begin = connection.batch_execute("BEGIN");
        database.within(begin).await.map_err(failed)?;
        let lock = format!("{ENTRY_OF} FOR UPDATE");
        let row = connection.rows(&lock, &[&id]).await.map_err(failed)?.pop();
        let Some(row) = row.filter(|_| file.receipt.is_receipt()) else {
            return Err(no_receipt(0, &file.receipt));
        };
        let receipt = LogEntry::read(&row).map_err(failed)?;
        // A statement of its own sees what was committed while this one waited for the lock.
        let rows = connection.rows(FEEDBACK_ABOUT, &[&id]).await.map_err(failed)?;
        let told =
            rows.iter().map(LogEntry::read).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let told = told.iter().map(|found| (found.index, &*found.entry));
        let mut dossier = Dossier::read(&file.receipt, (receipt.index, &receipt.entry), told)?;
        dossier.accept(0, file, recording, keys)
    }

    async fn put(
        &self,
        connection: &Connection,
        signed: &SignedFeedback,
        until: Instant,
    ) -> Result<Outcomes, Error> {
        let shared = &*self.0;
        let target =
            LogTarget { database: &shared.database, ledger: &shared.ledger, known: &shared.known };
        let item = NewEntry { logged: Logged::of(&signed.entry), claim: None };
        match advance(target, connection, "", &[item]).await {
            Ok(outcomes) => Ok(outcomes),
            Err(Stopped::Refused(error)) => Err(error),
            Err(Stopped::Unheard(error, sent)) => {
                let settled = settle(target, error.clone(), sent, until).await?;
                settled.ok_or(error)
            }
        }
    }
}

fn failed(error: Error) -> FeedbackError {
    JournalError::from(error).into()
}
