//! The papers of a check that is on record, written again from its evidence.
//!
//! The decision is derived again by the component that made it, and its papers are written by the
//! writer of its time: what is printed is what was printed then, or nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mustcheck::{CodeCache, Language, private};
use mustcheck_evidence::bundle::{COMPONENTS, component_path};
use mustcheck_evidence::replay::{Components, Replayer, Verdict};
use mustcheck_evidence::{Bundle, ContentDigest, PublicKeys};

use super::{KeptReceipt, Records, RecordsError, blocking};
use crate::config::CacheChoice;

/// A paper as it was printed.
pub(crate) use mustcheck::Page as Paper;

/// Reason why the papers of a check are not written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPapers {
    /// The service keeps no evidence.
    NotKept,
    /// There is no evidence of this check.
    Missing,
    /// The evidence is encrypted, and only its recipients can read it.
    Sealed,
    /// The decision was not derived again, or is not the same.
    NotEqual(Verdict),
}

/// Papers of a check, or the reason why there are none.
pub(crate) type Papers = Result<Vec<Paper>, NoPapers>;

/// Writes papers again. Components are opened once.
pub(crate) struct Archive {
    cache: CacheChoice,
    replayer: OnceLock<Option<Replayer>>,
}

impl Archive {
    pub(crate) const fn new(cache: CacheChoice) -> Self {
        Self { cache, replayer: OnceLock::new() }
    }

    /// Writes the papers of a receipt of the log again.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the evidence cannot be read.
    pub(crate) async fn papers(
        self: &Arc<Self>,
        records: &Records,
        receipt: &KeptReceipt,
        language: Language,
    ) -> Result<Papers, RecordsError> {
        let json = match records.evidence(receipt).await? {
            Ok(json) => json,
            Err(none) => return Ok(Err(none)),
        };
        let components = records.components(receipt).await?;
        let (own, keys, logged) =
            (Arc::clone(self), records.public().clone(), receipt.receipt.to_json());
        blocking(move || {
            // The evidence is of the receipt that the log has, and of no other.
            let is_logged = Bundle::from_json(&json).is_ok_and(|b| b.receipt.to_json() == logged);
            if !is_logged {
                return Ok(Err(NoPapers::NotEqual(Verdict::Broken)));
            }
            let replayer = own.replayer(components.as_deref(), &keys);
            let replayer = replayer.ok_or(RecordsError::Unfinished)?;
            let replayed = replayer.replay_in(&json, Some(language));
            Ok(match replayed.verdict() {
                Verdict::Equal => Ok(replayed.papers),
                other => Err(NoPapers::NotEqual(other)),
            })
        })
        .await?
    }

    /// The replayer; `None` if the keys of the records cannot be used.
    fn replayer(&self, components: Option<&Path>, keys: &PublicKeys) -> Option<&Replayer> {
        let begin = || {
            let cache = match &self.cache {
                CacheChoice::User => CodeCache::of_user().ok().flatten(),
                CacheChoice::None => None,
                CacheChoice::Folder(folder) => CodeCache::open(folder).ok(),
            };
            let mut known = Components::embedded(cache);
            if let Some(folder) = components {
                known = known.beside(folder);
            }
            // The keys are the service's own: a receipt that they prove names its component.
            Replayer::new(known).keys(keys).ok()
        };
        self.replayer.get_or_init(begin).as_ref()
    }
}

impl Records {
    fn public(&self) -> &PublicKeys {
        match self {
            Self::Folder(folder) => folder.public(),
            Self::Database(database) => database.public(),
        }
    }

    /// The folder beside whose bundles the components are, with those of this receipt in it.
    async fn components(&self, receipt: &KeptReceipt) -> Result<Option<PathBuf>, RecordsError> {
        let database = match self {
            Self::Folder(folder) => return Ok(folder.evidence().map(Path::to_owned)),
            Self::Database(database) => database,
        };
        let folder = database.copy().to_owned();
        let by = &receipt.receipt.payload.decided_by;
        for digest in [by.component].into_iter().chain(by.writer) {
            let path = component_path(&folder, digest);
            if path.exists() {
                continue;
            }
            if let Some(body) = database.component(digest).await? {
                let components = folder.join(COMPONENTS);
                blocking(move || place(&components, digest, &path, &body)).await??;
            }
        }
        Ok(Some(folder))
    }
}

/// Keeps a component of the database in a folder.
fn place(
    folder: &Path,
    digest: ContentDigest,
    path: &Path,
    body: &[u8],
) -> Result<(), RecordsError> {
    if ContentDigest::of(body) != digest {
        return Err(RecordsError::Unfinished);
    }
    private::make_folder(folder)
        .and_then(|()| private::place(path, &[body]))
        .map_err(|_| RecordsError::Unfinished)
}
