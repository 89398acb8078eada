//! Replay: a decision is derived again from its bundle, and compared with the recorded one.
//!
//! An auditor who replays trusts neither the office nor this program's author. The signature is
//! checked against keys that the auditor has, the digests against the receipt, and the decision
//! against what the component of that digest says of the recorded answers.
//!
//! INVARIANT (nobody vouches for himself): what is already found false is not run, a component that
//! came with the evidence is run only if a receipt names it that is proven by keys from another
//! hand, and what may be used is for the auditor who replays to say, not for the bundle.

mod components;
mod differences;

use std::borrow::Cow;
use std::sync::Arc;

use mustcheck_model::date::Date;
use mustcheck_model::{Application, Decision};
use mustcheck_writer::recorded::RecordedCase;
use serde::Serialize;

pub use components::{ComponentError, Components};
pub use differences::{Difference, Differences};

use crate::bundle::Bundle;
use crate::keys::{self, PublicKeys, ReceiptError, UsedKey};
use mustcheck::again::{Derived, Given, again};
use mustcheck::receipts::canonical::{NotCanonical, canonical};
use mustcheck::receipts::digest::ContentDigest;
use mustcheck::receipts::receipt::{Places, reckoned};
use mustcheck::receipts::signed::DocumentId;
use mustcheck::words::papers;
use mustcheck::{CheckError, Language, Limits, Page, Policy, WriterComponent};

/// Result of a replay, from good to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The same decision, byte for byte, and nothing wrong with the evidence.
    Equal,
    /// The bundle cannot be read.
    Unreadable,
    /// The component that decided is not at hand.
    MissingComponent,
    /// The check could not be made again.
    Fault,
    /// The evidence is not what was put on record.
    Broken,
    /// The decision differs.
    Differs,
}

/// One thing that is wrong with a bundle.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file is not in the form of a bundle.
    #[error("it is no bundle: {0}")]
    Form(#[from] NotCanonical),
    /// The receipt's signature is not valid.
    #[error("receipt: {0}")]
    Receipt(#[from] ReceiptError),
    /// A part of the bundle does not fit the receipt's digest of it.
    #[error("`{0}` is not what the receipt was made of")]
    Opening(String),
    /// The bundle has more answers, or fewer, than the receipt.
    #[error("`answers` are {found}, and the receipt was made of {expected}")]
    Answers {
        /// Number in the bundle.
        found: usize,
        /// Number in the receipt.
        expected: usize,
    },
    /// The receipt is not in the log.
    #[error("receipt `{0}` is not in the log")]
    NotInLog(DocumentId),
    /// The component is not at hand.
    #[error("the component `{0}` is not at hand: name it with `--component`")]
    MissingComponent(ContentDigest),
    /// The writer is not at hand.
    #[error("the writer `{0}` is not at hand: name it with `--component`")]
    MissingWriter(ContentDigest),
    /// The component came with the evidence, and no keys from another hand prove the receipt that
    /// names it.
    #[error(
        "the component `{0}` came with the evidence, and the receipt that names it is not proven \
         by keys from another hand: name those with `--keys`, or the component with `--component`"
    )]
    Brought(ContentDigest),
    /// The component cannot be used.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// The check could not be made again.
    #[error("it could not be checked again: {0}")]
    Check(String),
    /// The check could not be made again within the replay's own limits, and the receipt names
    /// larger ones.
    #[error("it could not be checked again within the limits of this replay ({less}): {detail}")]
    Limited {
        /// Limits that the receipt sets higher, with both values.
        less: String,
        /// Error of the check, with its causes.
        detail: String,
    },
    /// The component asks for other lookups, or decides otherwise, than the bundle records.
    #[error("the component finds due, or decides, otherwise than `due` and `verdict` have it")]
    Verdict,
    /// The decision differs.
    #[error("{0}")]
    Differs(Differences),
}

impl Problem {
    /// Verdict on a bundle that has this problem.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Form(_) => Verdict::Unreadable,
            Self::Receipt(_) | Self::Opening(_) | Self::Answers { .. } | Self::NotInLog(_) => {
                Verdict::Broken
            }
            Self::MissingComponent(_) | Self::MissingWriter(_) | Self::Brought(_) => {
                Verdict::MissingComponent
            }
            Self::Component(_) | Self::Check(_) | Self::Limited { .. } => Verdict::Fault,
            Self::Verdict | Self::Differs(_) => Verdict::Differs,
        }
    }
}

/// Fuel of the recorded check and of the replay. Another version of the engine may count otherwise;
/// the decision is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fuel {
    /// Fuel that the receipt names.
    pub recorded: u64,
    /// Fuel that the replay used.
    pub derived: u64,
}

/// Result of replaying one bundle.
#[derive(Debug, Default)]
pub struct Replayed {
    /// The receipt's id, if the bundle could be read.
    pub id: Option<DocumentId>,
    /// Whether the check was made again, or tried. It is not if the evidence was found false
    /// before, unless [`Replayer::anyway`] asks for it.
    pub run: bool,
    /// Fuel, if the check was made again.
    pub fuel: Option<Fuel>,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// The papers, if they were asked for and nothing is wrong.
    pub papers: Vec<Page>,
}

impl Fuel {
    /// Whether the two numbers differ.
    pub const fn differs(self) -> bool {
        self.recorded != self.derived
    }
}

impl Verdict {
    /// Code of the verdict in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Unreadable => "unreadable",
            Self::MissingComponent => "missing-component",
            Self::Fault => "fault",
            Self::Broken => "broken",
            Self::Differs => "differs",
        }
    }
}

impl Replayed {
    /// Verdict of the gravest problem; [`Verdict::Equal`] if there is none.
    pub fn verdict(&self) -> Verdict {
        self.problems.iter().map(Problem::verdict).max().unwrap_or(Verdict::Equal)
    }
}

/// Replays bundles.
pub struct Replayer {
    components: Components,
    keys: Option<Vec<UsedKey>>,
    /// Whether the keys came from another hand than the bundles.
    trusted: bool,
    /// Digests of the signed receipts in the log; `None` if receipts are not looked for in a log.
    log: Option<std::collections::HashSet<ContentDigest>>,
    limits: Limits,
    anyway: bool,
    /// The language in which papers are written, if they are.
    papers: Option<Language>,
}

/// A check that was made again, to be written by the writer of its receipt.
struct Redone<'a> {
    policy: &'a Policy,
    /// None if this program's own writer is that of the receipt.
    writer: Option<Arc<WriterComponent>>,
    application: &'a Application,
    made_on: Date,
    derived: &'a Derived,
    limits: Limits,
}

impl Redone<'_> {
    fn case(&self) -> RecordedCase<'_> {
        RecordedCase {
            description: Cow::Borrowed(self.policy.description()),
            application: Cow::Borrowed(self.application),
            made_on: self.made_on,
            due: Cow::Borrowed(&self.derived.due),
            answers: Cow::Borrowed(&self.derived.answers),
            verdict: Cow::Borrowed(&self.derived.verdict),
        }
    }

    /// The decision as the writer writes it.
    fn decision(&self) -> Result<Decision, Problem> {
        let Some(writer) = &self.writer else { return Ok(self.derived.decision.clone()) };
        let written = writer.decision(&self.case(), &self.limits);
        let written = written.map_err(|e| Problem::Check(in_full(&e.into())))?;
        serde_json::from_str(&written).map_err(|e| Problem::Check(e.to_string()))
    }

    /// The papers of the decision as the writer writes them.
    fn papers(&self, language: Language, receipt: &str) -> Result<Vec<Page>, Problem> {
        let (case, receipt) = (self.case(), Some(receipt));
        match &self.writer {
            Some(writer) => writer
                .papers(&case, language, receipt, &self.limits)
                .map_err(|e| Problem::Check(in_full(&e.into()))),
            None => case
                .with(|case| Page::of(&papers(case, &self.derived.decision, language, receipt)))
                .map_err(Problem::Check),
        }
    }
}

impl Replayer {
    /// A replayer with these components, and the limits that gates have by default.
    pub fn new(components: Components) -> Self {
        let (keys, log, limits, papers) = (None, None, Limits::default(), None);
        Self { components, keys, trusted: false, log, limits, anyway: false, papers }
    }

    /// Checks signatures with these keys, which came from another hand than the bundles. Without
    /// any keys, signatures are not checked, and no component that came with the bundles is run.
    ///
    /// # Errors
    ///
    /// A sentence about the first key that is not valid.
    pub fn keys(mut self, keys: &PublicKeys) -> Result<Self, String> {
        self.keys = Some(keys.receipt_keys()?);
        self.trusted = true;
        Ok(self)
    }

    /// Checks signatures with keys that came with the bundles. The maker of the bundles may have
    /// made these keys too, so a receipt that fits them vouches for no component.
    ///
    /// # Errors
    ///
    /// A sentence about the first key that is not valid.
    pub fn keys_beside(mut self, keys: &PublicKeys) -> Result<Self, String> {
        self.keys = Some(keys.receipt_keys()?);
        self.trusted = false;
        Ok(self)
    }

    /// Checks that each receipt is in a log. `receipts` are the digests of the log's signed
    /// receipts.
    #[must_use]
    pub fn log(mut self, receipts: std::collections::HashSet<ContentDigest>) -> Self {
        self.log = Some(receipts);
        self
    }

    /// Sets the most that one check may use, even if its receipt names larger limits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets whether a bundle that is already found false is derived again all the same.
    #[must_use]
    pub const fn anyway(mut self, anyway: bool) -> Self {
        self.anyway = anyway;
        self
    }

    /// Writes the papers of each decision again, in this language, by the writer of its time.
    #[must_use]
    pub const fn papers(mut self, language: Language) -> Self {
        self.papers = Some(language);
        self
    }

    /// Replays a bundle. One that is found false before anything is run is not run.
    pub fn replay(&self, json: &[u8]) -> Replayed {
        self.replay_in(json, self.papers)
    }

    /// Replays a bundle as [`Replayer::replay`] does, and writes its papers in this language, if
    /// any is named, whatever [`Replayer::papers`] says.
    pub fn replay_in(&self, json: &[u8], papers: Option<Language>) -> Replayed {
        let bundle = match Bundle::from_json(json) {
            Ok(bundle) => bundle,
            Err(e) => return Replayed { problems: vec![e.into()], ..Replayed::default() },
        };
        let mut replayed = Replayed { id: Some(bundle.receipt.id()), ..Replayed::default() };
        replayed.problems = self.examine(&bundle);
        if !replayed.problems.is_empty() && !self.anyway {
            return replayed;
        }
        replayed.run = true;
        let signed = !replayed.problems.iter().any(|p| matches!(p, Problem::Receipt(_)));
        if let Err(problem) = self.derive(bundle, self.trusted && signed, papers, &mut replayed) {
            replayed.problems.push(problem);
        }
        replayed
    }

    /// Checks all of a bundle that can be checked without running a component.
    pub fn examine(&self, bundle: &Bundle) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(keys) = &self.keys {
            problems.extend(keys::verify(&bundle.receipt, keys).err().map(Problem::from));
        }
        problems.extend(unopened(bundle));
        if let Some(log) = &self.log
            && !log.contains(&ContentDigest::of(&bundle.receipt.to_json()))
        {
            problems.push(Problem::NotInLog(bundle.receipt.id()));
        }
        problems
    }

    /// Decides again with the same component on the same answers, and writes the decision with the
    /// same writer. `proven` says that the receipt, which names both, is the office's.
    fn derive(
        &self,
        bundle: Bundle,
        proven: bool,
        papers: Option<Language>,
        replayed: &mut Replayed,
    ) -> Result<(), Problem> {
        let Bundle { application, answers, decision, due, verdict, receipt, .. } = bundle;
        let id = receipt.id();
        let receipt = &receipt.payload;
        let component = receipt.decided_by.component;
        let Some(policy) = self.components.find(component, proven)? else {
            return Err(self.not_at_hand(component, proven, Problem::MissingComponent));
        };
        let writer = self.writer(receipt.decided_by.writer, proven)?;
        let named = receipt.engine.limits();
        let limits = named.at_most(&self.limits);
        let (application, made_on) = (Arc::new(application), decision.made_on);
        let given = Given::AsRecorded(answers);
        let derived = again(&policy, &application, made_on, given, limits);
        let derived = derived.map_err(|e| match named.more_than(&limits) {
            Some(less) => Problem::Limited { less, detail: in_full(&e) },
            None => Problem::Check(in_full(&e)),
        })?;
        replayed.fuel = Some(Fuel { recorded: receipt.fuel, derived: derived.fuel });
        if *derived.due != due || *derived.verdict != verdict {
            replayed.problems.push(Problem::Verdict);
        }
        let redone = Redone {
            policy: &policy,
            writer,
            application: &application,
            made_on,
            derived: &derived,
            limits,
        };
        let differs = Differences::between(&decision, &redone.decision()?);
        replayed.problems.extend(differs.map(Problem::Differs));
        if let (Some(language), []) = (papers, replayed.problems.as_slice()) {
            replayed.papers = redone.papers(language, id.as_str())?;
        }
        Ok(())
    }

    /// The writer that a receipt names; `None` if it is this program's own, which writes the same
    /// natively, or if the receipt names no writer.
    fn writer(
        &self,
        named: Option<ContentDigest>,
        proven: bool,
    ) -> Result<Option<Arc<WriterComponent>>, Problem> {
        match named.filter(|named| *named != WriterComponent::embedded_digest()) {
            None => Ok(None),
            Some(digest) => match self.components.find_writer(digest, proven)? {
                Some(writer) => Ok(Some(writer)),
                None => Err(self.not_at_hand(digest, proven, Problem::MissingWriter)),
            },
        }
    }

    /// Error: the component is not at hand, or only its maker vouches for it.
    fn not_at_hand(
        &self,
        digest: ContentDigest,
        proven: bool,
        missing: fn(ContentDigest) -> Problem,
    ) -> Problem {
        let brought = !proven && self.components.has_beside(digest);
        if brought { Problem::Brought(digest) } else { missing(digest) }
    }
}

/// The text of an error with all its causes.
pub(crate) fn in_full(error: &CheckError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(behind) = cause {
        text.push_str(": ");
        text.push_str(&behind.to_string());
        cause = behind.source();
    }
    text
}

/// Parts of the bundle that do not fit the receipt's digests.
pub fn unopened(bundle: &Bundle) -> Vec<Problem> {
    let receipt = &bundle.receipt.payload;
    let opens =
        |place, text: &[u8], digest| receipt.suite.keyed(&bundle.opening, place, text) == digest;
    // What was read from JSON can be written as JSON.
    let application = canonical(&bundle.application).unwrap_or_default();
    let decision = text_of(&bundle.decision);
    let mut parts = vec![
        ("application".to_owned(), opens(Places::APPLICATION, &application, receipt.application)),
        ("decision".to_owned(), opens(Places::DECISION, &decision, receipt.decision)),
    ];
    if let Some(digest) = receipt.verdict {
        let due = canonical(&bundle.due).unwrap_or_default();
        let verdict = canonical(&bundle.verdict).unwrap_or_default();
        let opened = opens(Places::VERDICT, &reckoned(&due, &verdict), digest);
        parts.push(("verdict".to_owned(), opened));
    }
    for (i, (answer, lookup)) in bundle.answers.iter().zip(&receipt.lookups).enumerate() {
        let answer = canonical(answer).unwrap_or_default();
        parts.push((format!("answers[{i}]"), opens(Places::ANSWER, &answer, lookup.answer)));
    }
    let (found, expected) = (bundle.answers.len(), receipt.lookups.len());
    if found != expected {
        return vec![Problem::Answers { found, expected }];
    }
    // With another key nothing opens, and the parts are not to blame.
    if parts.iter().all(|(_, opened)| !opened) {
        return vec![Problem::Opening("opening".into())];
    }
    let closed = parts.into_iter().filter(|(_, opened)| !opened);
    closed.map(|(part, _)| Problem::Opening(part)).collect()
}

/// Canonical JSON of a decision, for digests and comparisons.
pub(crate) fn text_of(decision: &Decision) -> Vec<u8> {
    canonical(decision).unwrap_or_default()
}
