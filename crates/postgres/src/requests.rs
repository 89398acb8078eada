//! Requests with an idempotency key: the same request twice is one check, one receipt, one answer.
//!
//! A request is claimed before it is answered. The transaction that appends its receipt ties the
//! receipt to the claim, and fails if another replica has taken the request over. So a request
//! never has two receipts, whenever a replica is killed.
//!
//! A row holds SHA-256 of the caller and its key (of which the service gives a digest under a key
//! of its own), the digest that the service makes of the request, times, the receipt's id, and the
//! answer's bytes. **The answer is personal data** as far as a decision is, and somebody who
//! guesses a request can test the guess with its digest: the service makes the digest under a key
//! of its own (HMAC). Both are gone when the row expires.

use std::time::Duration;

use mustcheck_evidence::DocumentId;
use sha2::{Digest as _, Sha256};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::{Database, Error, random};

/// Requests that were answered or are being answered.
#[derive(Clone, Debug)]
pub struct Requests {
    database: Database,
    lease: Duration,
    keep: Duration,
}

/// The right to answer a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    token: [u8; 16],
}

impl Claim {
    pub(crate) const fn token(&self) -> &[u8; 16] {
        &self.token
    }
}

/// The answer to a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// State of a request when it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is not answered: the holder of the claim answers it.
    Fresh(Claim),
    /// It was answered like this.
    Done(Response),
    /// The replica that was answering it is gone, after the check was made and its receipt was in
    /// the log: the answer is to be made from the receipt and its bundle, and no check may be made.
    Recorded(Claim, DocumentId),
    /// Another replica is answering it now.
    InProgress,
    /// The caller used the key for another request.
    Conflict,
}

/// A row: whether its digest is the same, the token of its claim, the answer, its age.
struct ClaimRow {
    same: bool,
    token: Vec<u8>,
    status: Option<i32>,
    response: Option<Vec<u8>>,
    stale: bool,
    expired: bool,
}

impl ClaimRow {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            same: row.try_get(0)?,
            token: row.try_get(1)?,
            status: row.try_get(2)?,
            response: row.try_get(3)?,
            stale: row.try_get(4)?,
            expired: row.try_get(5)?,
        })
    }
}

impl Requests {
    /// The requests in a database. Another replica may take a claim over after `lease`, which is
    /// longer than answering takes; a row is deleted after `keep`.
    pub fn new(database: &Database, lease: Duration, keep: Duration) -> Self {
        Self { database: database.clone(), lease, keep }
    }

    /// Begins to answer a request of a caller, under its key. `digest` identifies the request.
    ///
    /// # Errors
    ///
    /// The database's failure: then nothing may be answered.
    pub async fn begin(&self, caller: &str, key: &str, digest: &[u8; 32]) -> Result<Begun, Error> {
        let key = digest_of(caller, key);
        let token = random::bytes()?;
        // Each round sees what another replica did in between; after four lost rounds the request
        // is reported as in progress.
        for _ in 0..4 {
            if self.insert(&key, digest, &token).await? {
                return Ok(Begun::Fresh(Claim { token }));
            }
            let Some(held) = self.held(&key, digest).await? else { continue };
            match held {
                held if held.expired => self.forget(&held.token).await?,
                held if !held.same => return Ok(Begun::Conflict),
                ClaimRow { status: Some(status), response, .. } => {
                    let status = u16::try_from(status).unwrap_or(500);
                    let body = response.unwrap_or_default();
                    return Ok(Begun::Done(Response { status, body }));
                }
                held if !held.stale => return Ok(Begun::InProgress),
                held => {
                    if let Some(begun) = self.take_over(&held.token, &token).await? {
                        return Ok(begun);
                    }
                }
            }
        }
        Ok(Begun::InProgress)
    }

    async fn insert(
        &self,
        key: &[u8; 32],
        digest: &[u8; 32],
        token: &[u8; 16],
    ) -> Result<bool, Error> {
        let insert = "INSERT INTO mustcheck_request (key, digest, token, claimed_at) \
                      VALUES ($1, $2, $3, now()) ON CONFLICT (key) DO NOTHING RETURNING 1";
        let rows = self.rows(insert, &[&&key[..], &&digest[..], &&token[..]]).await?;
        Ok(!rows.is_empty())
    }

    async fn held(&self, key: &[u8; 32], digest: &[u8; 32]) -> Result<Option<ClaimRow>, Error> {
        // The database's clock alone: replicas' clocks differ.
        let select = "SELECT digest = $2, token, status, response, \
             claimed_at < now() - $3 * interval '1 second', \
             claimed_at < now() - $4 * interval '1 second' \
             FROM mustcheck_request WHERE key = $1";
        let (lease, keep) = (self.lease.as_secs_f64(), self.keep.as_secs_f64());
        let rows = self.rows(select, &[&&key[..], &&digest[..], &lease, &keep]).await?;
        rows.first().map(ClaimRow::read).transpose()
    }

    async fn take_over(&self, held: &[u8], token: &[u8; 16]) -> Result<Option<Begun>, Error> {
        let update = "UPDATE mustcheck_request SET token = $2, claimed_at = now() \
                      WHERE token = $1 AND status IS NULL RETURNING receipt";
        let rows = self.rows(update, &[&held, &&token[..]]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let claim = Claim { token: *token };
        let Some(receipt) = row.try_get::<_, Option<&str>>(0)? else {
            return Ok(Some(Begun::Fresh(claim)));
        };
        let damaged = |_| Error::Row("a request's receipt is none".into());
        Ok(Some(Begun::Recorded(claim, receipt.parse().map_err(damaged)?)))
    }

    /// Keeps the answer to a request.
    ///
    /// # Errors
    ///
    /// [`Error::TakenOver`] if another replica has taken the request over, or the database's
    /// failure.
    pub async fn finish(&self, claim: &Claim, response: &Response) -> Result<(), Error> {
        let update = "UPDATE mustcheck_request SET status = $2, response = $3 \
                      WHERE token = $1 AND status IS NULL RETURNING 1";
        let (status, token) = (i32::from(response.status), &claim.token[..]);
        let rows = self.rows(update, &[&token, &status, &response.body]).await?;
        if rows.is_empty() { Err(Error::TakenOver) } else { Ok(()) }
    }

    /// Gives up a request that was not answered, so that it may be made again at once. One whose
    /// receipt is in the log keeps it.
    ///
    /// # Errors
    ///
    /// The database's failure; the claim then ends with its lease.
    pub async fn release(&self, claim: &Claim) -> Result<(), Error> {
        let delete = "DELETE FROM mustcheck_request \
                      WHERE token = $1 AND receipt IS NULL AND status IS NULL";
        self.rows(delete, &[&&claim.token[..]]).await?;
        let expire = "UPDATE mustcheck_request \
                      SET claimed_at = claimed_at - $2 * interval '1 second' \
                      WHERE token = $1 AND status IS NULL";
        let lease = self.lease.as_secs_f64();
        self.rows(expire, &[&&claim.token[..], &lease]).await?;
        Ok(())
    }

    /// Deletes a request whose answer does not last, and so its tie to a receipt: if it comes
    /// again, it is answered anew.
    ///
    /// # Errors
    ///
    /// The database's failure; the claim then ends with its lease, and the request keeps its
    /// receipt.
    pub async fn reopen(&self, claim: &Claim) -> Result<(), Error> {
        let delete = "DELETE FROM mustcheck_request WHERE token = $1 AND status IS NULL";
        self.rows(delete, &[&&claim.token[..]]).await.map(drop)
    }

    /// Deletes the rows that are too old. Returns their number.
    ///
    /// # Errors
    ///
    /// The database's failure.
    pub async fn expire(&self) -> Result<u64, Error> {
        let delete = "DELETE FROM mustcheck_request \
                      WHERE claimed_at < now() - $1 * interval '1 second' RETURNING 1";
        let rows = self.rows(delete, &[&self.keep.as_secs_f64()]).await?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    async fn forget(&self, token: &[u8]) -> Result<(), Error> {
        let delete = "DELETE FROM mustcheck_request WHERE token = $1";
        self.rows(delete, &[&token]).await.map(drop)
    }

    async fn rows(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let connection = self.database.connection().await?;
        let rows = connection.rows(sql, values).await?;
        connection.done();
        Ok(rows)
    }
}

/// SHA-256 of the caller and its key, with the caller's length before them, so that no two pairs
/// have the same.
fn digest_of(caller: &str, key: &str) -> [u8; 32] {
    let length = u64::try_from(caller.len()).unwrap_or(u64::MAX).to_be_bytes();
    Sha256::new().chain_update(length).chain_update(caller).chain_update(key).finalize().into()
}
