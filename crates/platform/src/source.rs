//! One remote source: asks it about one subject, part by part, until everything is there.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable as _};
use mustcheck::model::{CreditRecord, SourceState, Subject};
use mustcheck::registry::sources::Coverage;
use mustcheck::registry::{RegistryError, held};
use mustcheck::{Timestamp, clock};
use reqwest::Url;
use tokio::sync::Semaphore;

use crate::breaker::Breaker;
use crate::client::{client, exchange};
use crate::failure::Failure;
use crate::identity::Identity;
use crate::mapping::{Paging, SourceMapping};
use crate::read::{self, AnswerPart, AskedAbout};
use crate::request::{Blanks, make};

/// A source that can be asked.
#[derive(Debug)]
pub struct RemoteSource {
    /// The source's part of the mapping.
    pub mapping: SourceMapping,
    /// Kinds of identifier by which it keeps its subjects.
    pub keeps: held::Kept,
    covers: Coverage,
    base: Url,
    client: reqwest::Client,
    breaker: Breaker,
    free: Semaphore,
}

/// Answer of a source about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAnswer {
    /// The source, as of the oldest part of its answer.
    pub state: SourceState,
    /// The records that name the subject.
    pub records: Vec<CreditRecord>,
}

/// Parts of an answer that came so far.
#[derive(Default)]
struct Gathered {
    records: Vec<CreditRecord>,
    ids: BTreeSet<String>,
    as_of: Option<Timestamp>,
    records_from: Option<Option<mustcheck::Date>>,
    total: Option<u64>,
    /// Number of records that came, those of ignored lists included.
    given: u64,
    /// Cursors and URLs of parts that were asked for.
    begun: BTreeSet<String>,
}

/// Place of the next part.
enum Next {
    End,
    Same,
    Cursor(String),
    Link(Url),
}

impl RemoteSource {
    /// Makes a source ready to be asked.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if a file that the mapping names is missing or not usable.
    pub fn new(mapping: SourceMapping, folder: &Path) -> Result<Self, RegistryError> {
        let base = Url::parse(&mapping.base_url)
            .map_err(|e| RegistryError::Content(format!("source `{}`: {e}", mapping.id)))?;
        let covered = mapping.lists.values().cloned().collect();
        Ok(Self {
            covers: Coverage::from([(mapping.id.clone(), covered)]),
            client: client(&mapping, folder)?,
            breaker: Breaker::new(mapping.breaker),
            free: Semaphore::new(mapping.limits.concurrency),
            base,
            keeps: held::Kept::declared(mapping.schemes.iter().copied()),
            mapping,
        })
    }

    /// Identifiers by which it is asked about a subject: the one that the lookup is about, or if
    /// the source keeps no identifier of that kind, each other one of the subject that it does
    /// keep.
    pub fn identities(&self, subject: &Subject) -> Vec<Identity> {
        let kept = self.keeps.identities(subject).map(|(scheme, country, identifier)| Identity {
            kind: subject.kind,
            scheme,
            country: country.map(str::to_owned),
            identifier: identifier.to_owned(),
        });
        let (mut own, others): (Vec<_>, Vec<_>) =
            kept.partition(|kept| kept.scheme == subject.scheme);
        // The first is the one that the lookup is about. Further ones of its kind have lookups of
        // their own.
        own.truncate(1);
        if own.is_empty() { others } else { own }
    }

    /// Asks about one subject, on one of the source's lists or on all of them.
    ///
    /// # Errors
    ///
    /// [`Failure`] if there is no whole answer.
    pub async fn ask(
        &self,
        identity: &Identity,
        list: Option<&str>,
    ) -> Result<SourceAnswer, Failure> {
        let _place = self.free.acquire().await;
        let leave = self.breaker.leave(Instant::now())?;
        let whole = Duration::from_millis(self.mapping.timeouts.whole_milliseconds);
        let deadline = Instant::now() + whole;
        let gathering = self.gather(identity, list, deadline);
        let found = tokio::time::timeout(whole, gathering).await;
        let found = found.unwrap_or(Err(Failure::Late(whole)));
        match &found {
            Err(failure) if failure.is_outage() => leave.failed(Instant::now(), failure),
            _ => leave.answered(),
        }
        found
    }

    async fn gather(
        &self,
        identity: &Identity,
        list: Option<&str>,
        deadline: Instant,
    ) -> Result<SourceAnswer, Failure> {
        // What the source holds is at least as new as the moment before it was asked.
        let asked_at = clock::now().ok();
        let asked = AskedAbout { identity, list, covers: &self.covers };
        let mut gathered = Gathered::default();
        let (mut page, mut next) = (0_u32, Next::Same);
        loop {
            if page == self.mapping.limits.pages {
                return Err(Failure::TooManyPages(page));
            }
            let request = self.request(asked, page, gathered.given, &next)?;
            let bytes = self.fetch(&request, deadline).await?;
            let document = crate::json::parse(&bytes)?;
            let part = read::part(&self.mapping, &document)?;
            self.take(&part, page, asked, &mut gathered)?;
            next = self.next(&part, asked, &mut gathered)?;
            page += 1;
            if matches!(next, Next::End) {
                break;
            }
        }
        // RAIL R2: fewer records than there are is no answer.
        if let Some(said) = gathered.total.filter(|said| *said != gathered.given) {
            return Err(Failure::Count { said, gave: gathered.given });
        }
        let as_of = gathered.as_of.or(asked_at);
        let as_of = as_of.ok_or_else(|| Failure::shape("the answer", "has no age"))?;
        let state = SourceState {
            id: self.mapping.id.clone(),
            name: self.mapping.name.clone(),
            as_of,
            records_from: gathered.records_from.flatten(),
        };
        Ok(SourceAnswer { state, records: gathered.records })
    }

    fn request(
        &self,
        asked: AskedAbout<'_>,
        page: u32,
        given: u64,
        next: &Next,
    ) -> Result<reqwest::Request, Failure> {
        let mut blanks = Blanks {
            identity: asked.identity,
            list: asked.list,
            page: None,
            offset: None,
            size: None,
            cursor: None,
        };
        match &self.mapping.paging {
            Some(Paging::Page { first, size, .. }) => {
                blanks.page = Some(first.saturating_add(u64::from(page)));
                blanks.size = Some(*size);
            }
            Some(Paging::Offset { size }) => {
                blanks.offset = Some(given);
                blanks.size = Some(*size);
            }
            _ => {}
        }
        if let Next::Cursor(cursor) = next {
            blanks.cursor = Some(cursor);
        }
        let mut request = make(&self.base, &self.mapping.request, &blanks)?;
        if let Next::Link(url) = next {
            *request.url_mut() = url.clone();
        }
        Ok(request)
    }

    /// Sends a request and repeats it after passing failures, within the time and as often as the
    /// mapping allows.
    async fn fetch(
        &self,
        request: &reqwest::Request,
        deadline: Instant,
    ) -> Result<Vec<u8>, Failure> {
        let retries = &self.mapping.retries;
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(retries.first_milliseconds.max(1)))
            .with_max_delay(Duration::from_millis(retries.longest_milliseconds.max(1)))
            .with_max_times(usize::try_from(retries.times).unwrap_or(usize::MAX))
            .with_jitter();
        let once = || async {
            let own = request.try_clone();
            let own = own.ok_or_else(|| Failure::Request("it cannot be repeated".into()))?;
            exchange(&self.client, own, self.mapping.limits.bytes).await
        };
        once.retry(pauses)
            .sleep(tokio::time::sleep)
            .when(|failure: &Failure| failure.is_transient(&retries.statuses))
            .adjust(|failure: &Failure, pause| {
                let pause = failure.wait().map_or(pause, |wait| pause.map(|own| own.max(wait)))?;
                // A pause that outlasts the time is no use: the failure is returned at once.
                let left = deadline.saturating_duration_since(Instant::now());
                (pause < left).then_some(pause)
            })
            .await
    }

    /// Takes over the records of a part.
    fn take(
        &self,
        part: &AnswerPart<'_>,
        page: u32,
        asked: AskedAbout<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), Failure> {
        self.take_state(part, page, gathered)?;
        let limit = self.mapping.limits.records;
        for (i, value) in part.records.iter().enumerate() {
            gathered.given += 1;
            if gathered.given > u64::try_from(limit).unwrap_or(u64::MAX) {
                return Err(Failure::TooManyRecords(limit));
            }
            let path = format!("{}/{i}", self.mapping.response.records);
            let Some(record) = read::record(&self.mapping, value, &path, asked)? else { continue };
            if !gathered.ids.insert(record.id.clone()) {
                return Err(Failure::Twice(crate::failure::quoted(&record.id)));
            }
            gathered.records.push(record);
        }
        Ok(())
    }

    /// Takes over what a part says of the source. The oldest moment counts, and the latest first
    /// day.
    fn take_state(
        &self,
        part: &AnswerPart<'_>,
        page: u32,
        gathered: &mut Gathered,
    ) -> Result<(), Failure> {
        if let Some(as_of) = part.as_of {
            if clock::now().map_or(true, |now| clock::is_ahead(as_of, now)) {
                let at = self.mapping.response.as_of.as_ref().and_then(|f| f.0.path.as_deref());
                let detail = format!("`{as_of}` is in the future");
                return Err(Failure::shape(at.unwrap_or_default(), &detail));
            }
            gathered.as_of = Some(gathered.as_of.map_or(as_of, |before| before.min(as_of)));
        }
        let before = gathered.records_from.unwrap_or(part.records_from);
        gathered.records_from = Some(before.zip(part.records_from).map(|(a, b)| a.max(b)));
        if let Some(number) = &part.number
            && let Some(Paging::Page { first, .. }) = &self.mapping.paging
        {
            let asked = first.saturating_add(u64::from(page));
            if *number != asked.to_string() {
                let given = crate::failure::quoted(number);
                return Err(Failure::OtherPage { asked, given });
            }
        }
        match (gathered.total, part.total) {
            (Some(before), Some(after)) if before != after => {
                Err(Failure::CountChanged { before, after })
            }
            (_, total) => {
                gathered.total = total;
                Ok(())
            }
        }
    }

    fn next(
        &self,
        part: &AnswerPart<'_>,
        asked: AskedAbout<'_>,
        gathered: &mut Gathered,
    ) -> Result<Next, Failure> {
        match (&self.mapping.paging, &part.next) {
            (Some(Paging::Page { .. } | Paging::Offset { .. }), _) => {
                // An empty part ends the answer; the count shows whether too early.
                let more = gathered.total.is_some_and(|total| gathered.given < total);
                let end = !more || part.records.is_empty();
                Ok(if end { Next::End } else { Next::Same })
            }
            (Some(Paging::Cursor { .. }), Some(cursor)) => {
                if !gathered.begun.insert(cursor.clone()) {
                    return Err(Failure::Loop);
                }
                Ok(Next::Cursor(cursor.clone()))
            }
            (Some(Paging::NextLink { .. }), Some(link)) => {
                let url = self.base.join(link).map_err(|_| Failure::Elsewhere)?;
                // The secret goes where the mapping sends it, and nowhere that an answer names.
                if url.origin() != self.base.origin() || !url.username().is_empty() {
                    return Err(Failure::Elsewhere);
                }
                if !gathered.begun.insert(url.to_string()) {
                    return Err(Failure::Loop);
                }
                // RAIL R13: an identifier is plain letters and digits, so that no encoding hides
                // one that a URL holds unless somebody means it to.
                let allowed = self.mapping.request.identifier_in_url.is_some();
                if !allowed && holds(&url, &asked.identity.identifier) {
                    return Err(Failure::IdentifierInUrl);
                }
                Ok(Next::Link(url))
            }
            _ => Ok(Next::End),
        }
    }
}

/// Whether a URL holds an identifier, in upper or lower case.
fn holds(url: &Url, identifier: &str) -> bool {
    let own = identifier.to_ascii_uppercase();
    let pairs = url.query_pairs();
    let mut texts: Vec<String> =
        pairs.flat_map(|(k, v)| [k.into_owned(), v.into_owned()]).collect();
    texts.push(url.as_str().to_owned());
    texts.iter().any(|text| text.to_ascii_uppercase().contains(&own))
}

/// An answer that is kept to be used again.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// Moment of the answer.
    pub at: Instant,
    /// The answer, with its age at that moment.
    pub found: Arc<SourceAnswer>,
}

impl KeptAnswer {
    /// Whether the answer may be used again: it is less than `seconds` old.
    pub fn is_fresh(&self, now: Instant, seconds: u64) -> bool {
        now.saturating_duration_since(self.at) < Duration::from_secs(seconds)
    }

    /// Approximate size in memory, in bytes.
    pub fn weight(&self) -> u32 {
        let records = serde_json::to_string(&self.found.records).map_or(usize::MAX, |s| s.len());
        u32::try_from(records.saturating_add(256)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_given_again_only_while_it_is_fresh() {
        let state = SourceState {
            id: "a".into(),
            name: String::new(),
            as_of: clock::now().unwrap(),
            records_from: None,
        };
        let at = Instant::now();
        let kept = KeptAnswer { at, found: Arc::new(SourceAnswer { state, records: vec![] }) };
        assert!(kept.is_fresh(at + Duration::from_millis(1_999), 2));
        assert!(!kept.is_fresh(at + Duration::from_secs(2), 2));
        assert!(!kept.is_fresh(at, 0));
    }

    #[test]
    fn an_identifier_in_a_url_is_seen() {
        let held = |url: &str| holds(&Url::parse(url).unwrap(), "91310000MA000001X1");
        assert!(held("https://a.example/91310000ma000001x1?page=2"));
        assert!(held("https://a.example/q?code=9131%30000MA000001X1"));
        assert!(!held("https://a.example/q?page=2"));
    }
}
