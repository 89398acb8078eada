//! The registry over remote sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use mustcheck::model::{Answer, AnswerStatus, CreditRecord};
use mustcheck::registry::json::vocabulary_fault;
use mustcheck::registry::{LookupFuture, Vocabulary, VocabularyFuture};
use mustcheck::{Ask, AsyncRegistry, Registry, RegistryError};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::failure::{Failure, quoted};
use crate::identity::Identity;
use crate::mapping::{Canary, Mapping};
use crate::source::{KeptAnswer, RemoteSource, SourceAnswer};

/// A registry over remote sources. It asks all of them about all subjects at the same time, and
/// gives the reason for each that does not answer.
pub struct PlatformRegistry {
    inner: Arc<Inner>,
    /// Runtime of its own threads and connections: a caller need not be in any asynchronous
    /// runtime.
    runtime: Option<Runtime>,
}

struct Inner {
    sources: Vec<RemoteSource>,
    time: Duration,
    kept: Cache<SourceQuestion, KeptAnswer>,
    /// The codes of the policies that decide by this registry, once a gate has passed them.
    known: RwLock<Option<Vocabulary>>,
}

/// One question to one source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct SourceQuestion {
    source: usize,
    identity: Identity,
    /// The source's code of the list; `None` for all lists at once.
    list: Option<String>,
    /// Whether the question is about a canary, to test the source.
    canary: bool,
}

/// Result of each question.
type Results = BTreeMap<SourceQuestion, Result<Arc<SourceAnswer>, Failure>>;

impl PlatformRegistry {
    /// Opens a registry over the sources of a mapping file. No source is asked anything yet.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] with every fault of the mapping file, its line and column; or for a file
    /// that the mapping names and that is missing or not usable.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let path = path.as_ref();
        Self::new(Mapping::open(path)?, path.parent().unwrap_or(Path::new(".")))
    }

    /// A registry over the sources of a mapping, whose other files are in `folder`.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if one of those files is missing or not usable, or a runtime cannot be
    /// made.
    pub fn new(mapping: Mapping, folder: &Path) -> Result<Self, RegistryError> {
        let time = Duration::from_secs(mapping.time_seconds);
        let kept = Cache::builder()
            .max_capacity(mapping.cache_bytes)
            .weigher(|_: &SourceQuestion, kept: &KeptAnswer| kept.weight());
        let ages = mapping.source.iter().flat_map(|s| [s.cache_seconds, s.canary_seconds]);
        let oldest = ages.max().unwrap_or_default();
        let kept = kept.time_to_live(Duration::from_secs(oldest.max(1))).build();
        let sources = mapping.source.into_iter().map(|source| RemoteSource::new(source, folder));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("platform")
            .enable_all()
            .build()
            .map_err(|e| RegistryError::Other(format!("no runtime for the platform: {e}")))?;
        Ok(Self {
            inner: Arc::new(Inner { sources, time, kept, known: RwLock::default() }),
            runtime: Some(runtime),
        })
    }

    /// Checks that every list, act and matter of the mapping is in the vocabulary, which is kept
    /// for records to come.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] with the places of unknown codes.
    pub fn check_codes(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        let mut faults = Vec::new();
        for source in &self.inner.sources {
            let mapping = &source.mapping;
            let mut told = |place: &str, fault: Option<String>| {
                faults.extend(fault.map(|f| format!("source `{}`: {place}: {f}", mapping.id)));
            };
            for (code, list) in &mapping.lists {
                told(&format!("lists.{code}"), vocabulary.list_fault(list));
            }
            for act in mapping.record.act.iter().flat_map(|field| field.outcomes()) {
                // The list of the act is only known with each record.
                told("record.act", vocabulary.act_fault("", act));
            }
            for matter in mapping.record.matter.iter().flat_map(|field| field.outcomes()) {
                told("record.matter", vocabulary.matter_fault(matter));
            }
        }
        if !faults.is_empty() {
            return Err(RegistryError::Content(faults.join("\n")));
        }
        let mut known = self.inner.known.write().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_default().extend(vocabulary);
        Ok(())
    }

    /// Starts the questions for these asks, on the registry's own threads.
    fn start(&self, asks: &[Ask<'_>]) -> Result<Started, RegistryError> {
        let runtime = self.runtime.as_ref();
        let runtime = runtime.ok_or_else(|| RegistryError::Other("no runtime".into()))?;
        let mut questions: BTreeSet<SourceQuestion> =
            asks.iter().flat_map(|ask| self.inner.questions(ask)).collect();
        let sources: BTreeSet<usize> = questions.iter().map(|question| question.source).collect();
        questions.extend(sources.into_iter().flat_map(|source| self.inner.canaries(source)));
        let (sender, results) = tokio::sync::oneshot::channel();
        let inner = Arc::clone(&self.inner);
        let task = runtime.spawn(async move {
            // The receiver is gone once the gate's time is up.
            let _ = sender.send(inner.ask_all(questions).await);
        });
        Ok(Started { results, _task: EndWithIt(task.abort_handle()) })
    }
}

/// Questions that are being asked; they are given up when it is dropped.
struct Started {
    results: tokio::sync::oneshot::Receiver<Results>,
    _task: EndWithIt,
}

/// Aborts a task when it is dropped.
struct EndWithIt(tokio::task::AbortHandle);

impl Drop for EndWithIt {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for PlatformRegistry {
    fn drop(&mut self) {
        // To wait for threads is forbidden where the registry may be dropped: inside a runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Registry for PlatformRegistry {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let started = self.start(asks)?;
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let waiting = async move {
            let Started { results, _task } = started;
            // The gate waits on a thread, which may be any runtime's: it must not drive one.
            let _ = sender.send(results.await);
        };
        let runtime = self.runtime.as_ref();
        runtime.ok_or_else(|| RegistryError::Other("no runtime".into()))?.spawn(waiting);
        let results = receiver.recv().ok().and_then(Result::ok);
        let results =
            results.ok_or_else(|| RegistryError::Other("the platform panicked".into()))?;
        Ok(self.inner.answers(asks, &results))
    }

    fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        self.check_codes(vocabulary)
    }
}

impl AsyncRegistry for PlatformRegistry {
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(async move {
            let Started { results, _task } = self.start(asks)?;
            let results = results.await;
            let results =
                results.map_err(|_| RegistryError::Other("the platform panicked".into()))?;
            Ok(self.inner.answers(asks, &results))
        })
    }

    fn check_vocabulary<'a>(&'a self, vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        Box::pin(std::future::ready(self.check_codes(vocabulary)))
    }
}

/// Answer: no source holds the list, or none keeps the subject by this identifier.
fn not_covered(query: u32, list: &str, reason: Option<String>) -> Answer {
    Answer {
        query,
        list: list.to_owned(),
        status: AnswerStatus::NotCovered,
        source: None,
        reason,
        records: Vec::new(),
    }
}

impl Inner {
    /// The questions to ask for one ask, each once.
    fn questions(&self, ask: &Ask<'_>) -> Vec<SourceQuestion> {
        let mut all = Vec::new();
        for (i, source) in self.sources.iter().enumerate() {
            for identity in source.identities(ask.subject) {
                let due = source.mapping.lists.iter().filter(|(_, list)| ask.lists.contains(list));
                let question = |list| SourceQuestion {
                    source: i,
                    identity: identity.clone(),
                    list,
                    canary: false,
                };
                if source.mapping.asks_by_list() {
                    all.extend(due.map(|(code, _)| question(Some(code.clone()))));
                } else if due.count() > 0 {
                    all.push(question(None));
                }
            }
        }
        all
    }

    /// The questions about a source's canaries.
    fn canaries(&self, source: usize) -> Vec<SourceQuestion> {
        let Some(mapping) = self.sources.get(source).map(|source| &source.mapping) else {
            return Vec::new();
        };
        let by_list = mapping.asks_by_list();
        let question = |canary: &Canary| SourceQuestion {
            source,
            identity: canary.identity(),
            list: by_list.then(|| canary.list(mapping).to_owned()),
            canary: true,
        };
        mapping.canary.iter().map(question).collect()
    }

    /// The reason not to trust a source, if one of its canaries was not found.
    // RAIL R2: one that does not give what it is known to hold cannot prove that there is nothing.
    fn disbelief(&self, source: usize, results: &Results) -> Option<String> {
        let mapping = &self.sources.get(source)?.mapping;
        let mut numbered = (1..).zip(self.canaries(source)).zip(&mapping.canary);
        numbered.find_map(|((number, question), canary)| match results.get(&question) {
            Some(Ok(found)) if canary.is_found(mapping, &found.records) => None,
            Some(Ok(_)) => {
                let list = canary.list(mapping).to_owned();
                Some(Failure::Canary { number, list }.to_string())
            }
            Some(Err(failure)) => Some(format!("canary {number}: {failure}")),
            None => Some(format!("canary {number}: it was not asked")),
        })
    }

    /// Asks everything at the same time. Questions without an answer when time is up fail with
    /// [`Failure::Late`].
    async fn ask_all(self: Arc<Self>, questions: BTreeSet<SourceQuestion>) -> Results {
        let results: Arc<Mutex<Results>> = Arc::default();
        let locked = |results: &Mutex<Results>, question: SourceQuestion, result| {
            let mut all = results.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(question, result);
        };
        for question in &questions {
            locked(&results, question.clone(), Err(Failure::Late(self.time)));
        }
        let mut tasks = JoinSet::new();
        for question in questions {
            let (inner, results) = (Arc::clone(&self), Arc::clone(&results));
            tasks.spawn(async move {
                let result = inner.ask(&question).await;
                locked(&results, question, result);
            });
        }
        let all = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(self.time, all).await;
        tasks.abort_all();
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut results)
    }

    async fn ask(&self, question: &SourceQuestion) -> Result<Arc<SourceAnswer>, Failure> {
        let Some(source) = self.sources.get(question.source) else {
            return Err(Failure::Request("no such source".into()));
        };
        let mapping = &source.mapping;
        let age = if question.canary { mapping.canary_seconds } else { mapping.cache_seconds };
        if age > 0
            && let Some(kept) = self.kept.get(question)
            && kept.is_fresh(Instant::now(), age)
        {
            return Ok(kept.found);
        }
        let at = Instant::now();
        let found = Arc::new(source.ask(&question.identity, question.list.as_deref()).await?);
        // Only answers are kept: after a failure, or if a canary is gone, it is asked again.
        let canaries = self.canaries(question.source).into_iter().zip(&mapping.canary);
        let mut own = canaries.filter(|(own, _)| own == question);
        if age > 0 && own.all(|(_, canary)| canary.is_found(mapping, &found.records)) {
            self.kept.insert(question.clone(), KeptAnswer { at, found: Arc::clone(&found) });
        }
        Ok(found)
    }

    /// One answer for each list of each ask from each source that holds it.
    fn answers(&self, asks: &[Ask<'_>], results: &Results) -> Vec<Answer> {
        let mut answers = Vec::new();
        let disbelief: Vec<Option<String>> =
            (0..self.sources.len()).map(|source| self.disbelief(source, results)).collect();
        for ask in asks {
            for list in ask.lists {
                let before = answers.len();
                for (i, (source, disbelief)) in self.sources.iter().zip(&disbelief).enumerate() {
                    let mapping = &source.mapping;
                    let codes = mapping.lists.iter().filter(|(_, ours)| *ours == list);
                    let mut codes: Vec<Option<String>> =
                        codes.map(|(code, _)| Some(code.clone())).collect();
                    if codes.is_empty() {
                        continue;
                    }
                    // RAIL R2: what it does not keep by this identifier, it cannot be without.
                    if let Some(unkept) = source.keeps.unkept(ask.subject) {
                        let reason = format!("source `{}` {unkept}", mapping.id);
                        answers.push(not_covered(ask.query, list, Some(reason)));
                        continue;
                    }
                    if !mapping.asks_by_list() {
                        codes = vec![None];
                    }
                    let identities = source.identities(ask.subject);
                    let all = identities.iter().flat_map(|identity| {
                        codes.iter().map(|list| {
                            let (identity, list) = (identity.clone(), list.clone());
                            results.get(&SourceQuestion {
                                source: i,
                                identity,
                                list,
                                canary: false,
                            })
                        })
                    });
                    let mut answer = answer(ask.query, list, &mapping.id, all);
                    if let (AnswerStatus::Answered, Some(why)) = (answer.status, disbelief) {
                        make_unavailable(&mut answer, &mapping.id, why);
                    }
                    answers.push(answer);
                }
                if answers.len() == before {
                    answers.push(not_covered(ask.query, list, None));
                }
            }
        }
        self.close(&mut answers);
        answers
    }

    /// Makes answers unavailable that cannot be right together: a record that came in two versions,
    /// or one with a code that no policy knows.
    // RAIL R2
    fn close(&self, answers: &mut [Answer]) {
        let mut seen: BTreeMap<&str, &CreditRecord> = BTreeMap::new();
        let mut torn = BTreeSet::new();
        for answer in answers.iter() {
            let mut own = BTreeSet::new();
            for record in &answer.records {
                let before = seen.insert(&record.id, record);
                if !own.insert(&record.id) || before.is_some_and(|before| before != record) {
                    torn.insert(record.id.clone());
                }
            }
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for answer in answers.iter_mut() {
            let fault = answer.records.iter().find_map(|record| {
                let id = quoted(&record.id);
                if torn.contains(&record.id) {
                    return Some(format!("record `{id}` came in two versions"));
                }
                let fault = vocabulary_fault(record, known.as_ref()?)?;
                Some(format!("record `{id}`: {fault}"))
            });
            let Some(fault) = fault else { continue };
            let source = answer.source.take().map(|source| source.id).unwrap_or_default();
            make_unavailable(answer, &source, &fault);
        }
    }
}

/// Joint answer of several questions about one list.
// RAIL R2: one that failed leaves the list open.
fn answer<'a>(
    query: u32,
    list: &str,
    source: &str,
    results: impl Iterator<Item = Option<&'a Result<Arc<SourceAnswer>, Failure>>>,
) -> Answer {
    let mut answer = Answer {
        query,
        list: list.to_owned(),
        status: AnswerStatus::Answered,
        source: None,
        reason: None,
        records: Vec::new(),
    };
    for result in results {
        let failure = match result {
            Some(Ok(found)) => {
                let state = &found.state;
                let held = answer.source.get_or_insert_with(|| state.clone());
                held.as_of = held.as_of.min(state.as_of);
                held.records_from =
                    held.records_from.zip(state.records_from).map(|(one, other)| one.max(other));
                let own = found.records.iter().filter(|record| record.list == list);
                // The same record may be found by several identifiers of the subject.
                for record in own {
                    if !answer.records.contains(record) {
                        answer.records.push(record.clone());
                    }
                }
                continue;
            }
            Some(Err(failure)) => failure.to_string(),
            None => "it was not asked".to_owned(),
        };
        make_unavailable(&mut answer, source, &failure);
        break;
    }
    answer
}

/// Makes an answer unavailable, with the source and the reason.
fn make_unavailable(answer: &mut Answer, source: &str, why: &dyn fmt::Display) {
    answer.status = AnswerStatus::Unavailable;
    answer.source = None;
    answer.reason = Some(format!("source `{source}`: {why}"));
    answer.records = Vec::new();
}
