//! Bundles, from which decisions can be derived again. They are personal data, in clear unless
//! encrypted.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use mustcheck_evidence::bundle::{
    AsyncBundleStore, BundleFolder, BundleStore, KeepFuture, NewBundle, Program, Recipients,
    StoreError,
};
use mustcheck_evidence::{ContentDigest, DocumentId, InvalidForm};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::{Database, Error};

const KEEP: &str = "\
INSERT INTO mustcheck_bundle (receipt, made_at, component, writer, sealed, body) \
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (receipt) DO NOTHING";

/// Bundles in a database, with each component once.
#[derive(Clone)]
pub struct PostgresBundles {
    database: Database,
    recipients: Option<Arc<Recipients>>,
    /// Components that were already written.
    known: Arc<Mutex<HashSet<ContentDigest>>>,
}

/// A bundle as it is in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredBundle {
    /// The receipt's id.
    pub receipt: DocumentId,
    /// The digest of the component that decided.
    pub component: ContentDigest,
    /// The digest of the writer; `None` from earlier versions, which kept no writer.
    pub writer: Option<ContentDigest>,
    /// Whether `body` is encrypted (age).
    pub sealed: bool,
    /// The bundle.
    pub body: Vec<u8>,
    made_at: String,
}

impl PostgresBundles {
    /// The bundles in a database. With recipients, bundles kept from now on are encrypted to them
    /// and to nobody else: not even this program can read them again.
    pub fn new(database: &Database, recipients: Option<Recipients>) -> Self {
        let recipients = recipients.map(Arc::new);
        Self { database: database.clone(), recipients, known: Arc::default() }
    }

    async fn keep_both(&self, bundle: &NewBundle<'_>) -> Result<(), StoreError> {
        for Program { digest, bytes } in [bundle.policy, bundle.writer] {
            self.keep_component(digest, bytes).await?;
        }
        let encrypted;
        let body = match &self.recipients {
            None => bundle.json,
            Some(recipients) => {
                encrypted = recipients.seal(bundle.json)?;
                &*encrypted
            }
        };
        let (id, made_at) = (bundle.id.as_str(), bundle.made_at.to_string());
        let policy = bundle.policy.digest.to_string();
        let (writer, sealed) = (bundle.writer.digest.to_string(), self.recipients.is_some());
        Ok(self.insert(KEEP, &[&id, &made_at, &policy, &writer, &sealed, &body]).await?)
    }

    async fn keep_component(&self, digest: ContentDigest, bytes: &[u8]) -> Result<(), StoreError> {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&digest) {
            return Ok(());
        }
        if ContentDigest::of(bytes) != digest {
            return Err(StoreError::Digest(digest));
        }
        let insert = "INSERT INTO mustcheck_component (digest, body) VALUES ($1, $2) \
                      ON CONFLICT (digest) DO NOTHING";
        self.insert(insert, &[&digest.to_string(), &bytes]).await?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(digest);
        Ok(())
    }

    /// Inserts a row if it is not there. Doing so twice is the same as once, so an insert without
    /// an answer is repeated.
    async fn insert(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<(), Error> {
        match self.insert_once(sql, values).await {
            Err(error) if error.is_passing() => self.insert_once(sql, values).await,
            done => done,
        }
    }

    async fn insert_once(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<(), Error> {
        let connection = self.database.connection().await?;
        connection.rows(sql, values).await?;
        connection.done();
        Ok(())
    }

    /// The bundle of a receipt, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] if the row was changed, or the database's failure.
    pub async fn bundle(&self, receipt: &DocumentId) -> Result<Option<StoredBundle>, Error> {
        let select = "SELECT receipt, component, sealed, body, made_at, writer FROM mustcheck_bundle \
                      WHERE receipt = $1";
        let rows = self.rows(select, &[&receipt.as_str()]).await?;
        rows.first().map(StoredBundle::read).transpose()
    }

    /// The component of a digest, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] if its content does not fit the digest, or the database's failure.
    pub async fn component(&self, digest: ContentDigest) -> Result<Option<Vec<u8>>, Error> {
        let select = "SELECT body FROM mustcheck_component WHERE digest = $1";
        let rows = self.rows(select, &[&digest.to_string()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let body: Vec<u8> = row.try_get(0)?;
        if ContentDigest::of(&body) != digest {
            return Err(Error::Row(format!("component `{digest}` was changed")));
        }
        Ok(Some(body))
    }

    /// Copies every bundle, its component and its writer into a folder, from which decisions are
    /// derived again. Returns the number of bundles.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] if a component is gone or was changed, the database's failure, or the
    /// folder's.
    pub async fn copy_to(&self, folder: &BundleFolder) -> Result<u64, StoreError> {
        let select = "SELECT receipt, component, sealed, body, made_at, writer FROM mustcheck_bundle \
                      WHERE receipt > $1 ORDER BY receipt LIMIT 64";
        let (mut after, mut copied) = (String::new(), 0);
        let mut components = HashSet::new();
        loop {
            let rows = self.rows(select, &[&after]).await?;
            for row in &rows {
                let bundle = StoredBundle::read(row)?;
                for digest in [bundle.component].into_iter().chain(bundle.writer) {
                    if components.insert(digest) {
                        self.copy_component(digest, folder).await?;
                    }
                }
                let made_at = bundle.made_at.parse().map_err(malformed)?;
                folder.keep_copy(&bundle.receipt, made_at, &bundle.body, bundle.sealed)?;
                after = bundle.receipt.to_string();
                copied += 1;
            }
            if rows.is_empty() {
                return Ok(copied);
            }
        }
    }

    /// Copies the component and the writer of a bundle into a folder.
    ///
    /// # Errors
    ///
    /// As [`PostgresBundles::copy_to`].
    pub async fn copy_programs(
        &self,
        bundle: &StoredBundle,
        folder: &BundleFolder,
    ) -> Result<(), StoreError> {
        for digest in [bundle.component].into_iter().chain(bundle.writer) {
            self.copy_component(digest, folder).await?;
        }
        Ok(())
    }

    async fn copy_component(
        &self,
        digest: ContentDigest,
        folder: &BundleFolder,
    ) -> Result<(), StoreError> {
        // The database refers from a bundle to its component, but an administrator can undo that.
        let gone = || Error::Row(format!("component `{digest}` is gone"));
        let body = self.component(digest).await?.ok_or_else(gone)?;
        folder.keep_component(digest, &body)
    }

    async fn rows(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let connection = self.database.connection().await?;
        let rows = connection.rows(sql, values).await?;
        connection.done();
        Ok(rows)
    }
}

impl StoredBundle {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            receipt: row.try_get::<_, &str>(0)?.parse().map_err(malformed)?,
            component: row.try_get::<_, &str>(1)?.parse().map_err(malformed)?,
            sealed: row.try_get(2)?,
            body: row.try_get(3)?,
            made_at: row.try_get(4)?,
            writer: (row.try_get::<_, Option<&str>>(5)?)
                .map(str::parse)
                .transpose()
                .map_err(malformed)?,
        })
    }
}

fn malformed(error: InvalidForm) -> Error {
    Error::Row(format!("of a bundle, {error}"))
}

impl std::fmt::Debug for StoredBundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // RAIL R13: the body identifies people.
        f.debug_struct("StoredBundle").field("receipt", &self.receipt).finish_non_exhaustive()
    }
}

impl AsyncBundleStore for PostgresBundles {
    fn keep<'a>(&'a self, bundle: &'a NewBundle<'a>) -> KeepFuture<'a> {
        Box::pin(self.keep_both(bundle))
    }
}

impl BundleStore for PostgresBundles {
    fn keep(&self, bundle: &NewBundle<'_>) -> Result<(), StoreError> {
        self.database.wait(self.keep_both(bundle))?
    }
}
