//! Importing registry files: one transaction a file, and one import at a time.

mod work;

use std::path::Path;

use mustcheck::RegistryError;
use mustcheck::registry::Vocabulary;
use mustcheck_registry::import::{ImportOptions, Incoming, Item, Report};

use super::PostgresRegistry;
use work::Work;

/// Number of records that go to the server at once.
const CHUNK: usize = 1000;

impl PostgresRegistry {
    /// Imports a registry file, as [`mustcheck_registry::import::import`] does into SQLite and with
    /// the same report. A file is one transaction: a lookup sees the state before it or after it,
    /// and an import that is stopped leaves everything as it was. Of two imports at once, one
    /// waits.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the file or the database cannot be used at all, or the file would
    /// remove more than a snapshot usually drops. Faults of one source or record are in the report.
    pub async fn import(
        &self,
        file: &Path,
        vocabulary: &Vocabulary,
    ) -> Result<Report, RegistryError> {
        self.import_with(file, vocabulary, &ImportOptions::default()).await
    }

    /// Imports a registry file like [`PostgresRegistry::import`], with options that allow more.
    ///
    /// # Errors
    ///
    /// As [`PostgresRegistry::import`].
    pub async fn import_with(
        &self,
        file: &Path,
        vocabulary: &Vocabulary,
        options: &ImportOptions,
    ) -> Result<Report, RegistryError> {
        let (path, words) = (file.to_owned(), vocabulary.clone());
        let read = move || {
            let incoming = Incoming::read(&path, &words)?;
            let (sources, mut items) = (incoming.sources().to_vec(), Vec::new());
            let rejected = incoming.each(&mut |item| {
                items.push(item);
                Ok(())
            })?;
            Ok::<_, RegistryError>((sources, items, rejected))
        };
        let ended = |_| RegistryError::Other("reading the file was broken off".into());
        let (sources, items, rejected) =
            tokio::task::spawn_blocking(read).await.map_err(ended)??;
        let mut work = Work::begin(&self.database, &sources, vocabulary, options).await?;
        let mut records = Vec::new();
        for item in items {
            match item {
                Item::Record(record) => {
                    records.push(*record);
                    if records.len() == CHUNK {
                        work.put(&std::mem::take(&mut records)).await?;
                    }
                }
                Item::Refusal { source, refusal } => {
                    work.put(&std::mem::take(&mut records)).await?;
                    work.refuse(&source, &refusal).await?;
                }
            }
        }
        work.put(&records).await?;
        let report = work.end(rejected, options).await?;
        self.count().await;
        Ok(report)
    }

    /// Makes the server count the rows, so that it plans for their number at once; plans that it
    /// has are made anew. Without this, the server counts at some later time.
    async fn count(&self) {
        let Ok(connection) = self.database.connection().await else { return };
        let count = "ANALYZE mustcheck_source; ANALYZE mustcheck_record; ANALYZE mustcheck_party; \
                     ANALYZE mustcheck_opening; ANALYZE mustcheck_pattern";
        if self.database.within_bulk(connection.batch_execute(count)).await.is_ok() {
            connection.done();
        }
    }
}
