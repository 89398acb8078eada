//! Reading files again when they change: policies and registry, callers, certificates.
//!
//! The system reports changes in the folders of the files, so that a file which is replaced by
//! renaming, or by the symbolic link of an orchestrator, is seen too. Every half minute the files
//! are looked at in any case: not every file system reports changes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::callers::Callers;
use crate::shared::Shared;
use crate::tls::Tls;
use crate::told::told;

/// Quiet time after a change before the files are read: a large file is written in many steps.
const SETTLED: Duration = Duration::from_millis(300);
/// Longest wait for that quiet time: if a log is written into the same folder, it never comes.
const SETTLED_BY: Duration = Duration::from_secs(5);
/// Interval at which the files are looked at in any case.
const LOOKED_AT: Duration = Duration::from_secs(30);

/// State of a file: time of its last change, size in bytes, and inode; `None` if it is not known.
type Look = Option<(SystemTime, u64, u64)>;

/// A handle that reads the files of a service again.
pub struct Reloads {
    shared: Arc<Shared>,
    tls: Option<Arc<Tls>>,
    callers: PathBuf,
    usual_rate: u32,
    seen: Mutex<Vec<(What, Vec<Look>)>>,
}

/// Files that are read again together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Policies,
    Callers,
    Certificates,
}

impl What {
    const ALL: [Self; 3] = [Self::Policies, Self::Callers, Self::Certificates];

    const fn code(self) -> &'static str {
        match self {
            Self::Policies => "policies",
            Self::Callers => "callers",
            Self::Certificates => "certificates",
        }
    }
}

impl Reloads {
    pub(crate) fn new(
        shared: Arc<Shared>,
        tls: Option<Arc<Tls>>,
        callers: PathBuf,
        usual_rate: u32,
    ) -> Self {
        let reloads = Self { shared, tls, callers, usual_rate, seen: Mutex::default() };
        let seen = What::ALL.map(|what| (what, reloads.look(what))).to_vec();
        *reloads.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        reloads
    }

    fn files(&self, what: What) -> Vec<PathBuf> {
        match what {
            What::Policies => self.shared.policies.files(),
            What::Callers => vec![self.callers.clone()],
            What::Certificates => self.tls.as_ref().map(|tls| tls.files()).unwrap_or_default(),
        }
    }

    fn look(&self, what: What) -> Vec<Look> {
        self.files(what).iter().map(|file| look(file)).collect()
    }

    /// Reads everything again. Files that cannot be used change nothing, and are reported in the
    /// log, in the metrics, and for policies at `/v1/policies`. This takes seconds and waits for
    /// the database, so it must not run on a thread that runs tasks.
    pub fn all(&self) {
        for what in What::ALL {
            self.note(what);
            self.reload(what);
        }
    }

    /// Reads the files again that have changed.
    pub fn changed(&self) {
        for what in What::ALL {
            if self.note(what) {
                self.reload(what);
            }
        }
    }

    /// Notes the state of the files. Returns whether it differs from before.
    fn note(&self, what: What) -> bool {
        let now = self.look(what);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.iter_mut().find(|(known, _)| *known == what) {
            Some((_, before)) if *before == now => false,
            Some((_, before)) => {
                *before = now;
                true
            }
            None => true,
        }
    }

    fn reload(&self, what: What) {
        let done = match what {
            What::Policies => match self.shared.policies.reload() {
                Ok(set) => {
                    self.shared.metrics.policies(&set);
                    Ok(())
                }
                Err(error) => Err(told(&error)),
            },
            What::Callers => {
                let read = Callers::open(&self.callers, self.usual_rate, &self.shared.callers());
                read.map(|callers| self.shared.replace_callers(callers)).map_err(|e| told(&e))
            }
            What::Certificates => match &self.tls {
                None => return,
                Some(tls) => tls.reload().map_err(|e| told(&e)),
            },
        };
        self.shared.metrics.reload(what.code(), done.is_ok());
        match done {
            Ok(()) => tracing::info!(what = what.code(), "read again"),
            Err(detail) => {
                tracing::error!(what = what.code(), detail, "not replaced: the old stay in force");
            }
        }
    }

    fn folders(&self) -> BTreeSet<PathBuf> {
        let files = What::ALL.into_iter().flat_map(|what| self.files(what));
        let folder = |file: PathBuf| match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        files.map(folder).collect()
    }
}

fn look(file: &Path) -> Look {
    let metadata = fs::metadata(file).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    Some((metadata.modified().ok()?, metadata.len(), inode))
}

/// Watches the files, until its task is aborted.
pub(crate) async fn watch(reloads: Arc<Reloads>) {
    let (sender, mut changes) = mpsc::channel::<()>(1);
    let _watcher = watcher(&reloads, sender.clone());
    let mut hang_ups = HangUps::new();
    let mut looked_at = tokio::time::interval(LOOKED_AT);
    looked_at.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let everything = tokio::select! {
            _ = looked_at.tick() => false,
            () = hang_ups.next() => true,
            _ = changes.recv() => {
                let settled = async {
                    while tokio::time::timeout(SETTLED, changes.recv()).await.is_ok() {}
                };
                let _ = tokio::time::timeout(SETTLED_BY, settled).await;
                false
            }
        };
        let reloads = Arc::clone(&reloads);
        // Compiling a policy takes seconds of a core.
        let work = move || if everything { reloads.all() } else { reloads.changed() };
        let _ = tokio::task::spawn_blocking(work).await;
    }
}

fn watcher(reloads: &Reloads, sender: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let told_of = move |event: notify::Result<notify::Event>| {
        // Reading is no change, and our own log may be in the same folder.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.try_send(());
        }
    };
    let begun = notify::recommended_watcher(told_of).and_then(|mut watcher| {
        for folder in reloads.folders() {
            watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    });
    let failed = |error| {
        tracing::warn!(detail = told(&error), "files are looked at every half minute only");
    };
    begun.map_err(failed).ok()
}

/// The signal that by custom asks a service to read its files again.
struct HangUps {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl HangUps {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
