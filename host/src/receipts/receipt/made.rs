//! Makes a receipt of what the gate observed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use mustcheck_model::{
    Answer, Application, AppliedMeasure, Decision, LegalBasis, Lookup, Query, Verdict,
};

use super::{
    Baked, Case, DecidedBy, EngineSettings, INTERFACE, Pinpoint, Receipt, ReceiptFormat,
    ReceiptLookup, ReceiptMeasure, ReceiptObligation, ReceiptOffice, RecordCounts, SetAsideCount,
    StandingCount,
};
use crate::input::{Own, quotable, shortened};
use crate::limits::Limits;
use crate::receipts::canonical::canonical;
use crate::receipts::digest::{ContentDigest, Moment, Opening};
use crate::receipts::suite::Suite;
use crate::writer_component::WriterComponent;

/// Observations of a gate about one check.
pub(crate) struct Observed<'a> {
    pub(crate) asked_by: Option<&'a str>,
    pub(crate) application: &'a Application,
    pub(crate) due: &'a [Query],
    pub(crate) answers: &'a [Answer],
    pub(crate) decision: &'a Decision,
    pub(crate) verdict: &'a Verdict,
    pub(crate) component: ContentDigest,
    pub(crate) baked: Option<&'a Baked>,
    pub(crate) limits: &'a Limits,
    pub(crate) fuel: u64,
    pub(crate) took: Duration,
}

/// Names of the places whose content is digested.
pub struct Places;

impl Places {
    /// The application.
    pub const APPLICATION: &'static str = "application";
    /// The decision.
    pub const DECISION: &'static str = "decision";
    /// The due lookups and the component's verdict.
    pub const VERDICT: &'static str = "verdict";
    /// An answer.
    pub const ANSWER: &'static str = "answer";
}

/// Canonical JSON of the inputs of a check, and of its results.
pub(crate) struct Texts {
    pub(crate) application: Vec<u8>,
    pub(crate) answers: Vec<Vec<u8>>,
    pub(crate) decision: Vec<u8>,
    pub(crate) due: Vec<u8>,
    pub(crate) verdict: Vec<u8>,
}

impl Texts {
    /// The texts of a check.
    ///
    /// # Errors
    ///
    /// None: what came through the boundary can be written as JSON.
    pub(crate) fn of(observed: &Observed<'_>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            application: canonical(observed.application)?,
            answers: observed.answers.iter().map(canonical).collect::<Result<_, _>>()?,
            decision: canonical(observed.decision)?,
            due: canonical(&observed.due)?,
            verdict: canonical(observed.verdict)?,
        })
    }
}

impl Receipt {
    /// The receipt of a check.
    pub(crate) fn of(
        observed: &Observed<'_>,
        texts: &Texts,
        made_at: Moment,
        suite: Suite,
        opening: &Opening,
    ) -> Self {
        let Observed { application, decision, .. } = observed;
        let keyed = |place, text: &[u8]| suite.keyed(opening, place, text);
        Self {
            format: ReceiptFormat::V1,
            made_at,
            // RAIL R13: whatever the embedding program names its callers, no identifier stays.
            asked_by: observed.asked_by.map(shortened),
            case: Case {
                // RAIL R13: a case number may hold an identifier; the log holds none.
                id: quotable(&Own::and_firms(application).masked_in(&application.id)),
                matter: quotable(&application.matter),
                as_of: application.as_of,
                made_on: Some(decision.made_on),
                office: ReceiptOffice::of(application),
            },
            decided_by: DecidedBy {
                policy: decision.policy.clone(),
                component: observed.component,
                baked: observed.baked.cloned(),
                interface: INTERFACE.into(),
                writer: Some(WriterComponent::embedded_digest()),
            },
            engine: EngineSettings::of(observed.limits),
            notice: None,
            suite,
            application: keyed(Places::APPLICATION, &texts.application),
            decision: keyed(Places::DECISION, &texts.decision),
            verdict: Some(keyed(Places::VERDICT, &reckoned(&texts.due, &texts.verdict))),
            lookups: lookups(observed, texts, suite, opening),
            disposition: decision.disposition,
            disposition_rule: decision.disposition_rule,
            measures: measures(decision),
            set_aside: set_aside(decision),
            records: records(decision),
            obligations: obligations(decision),
            fuel: observed.fuel,
            took_us: u64::try_from(observed.took.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

/// The canonical JSON of `[due, verdict]`.
pub fn reckoned(due: &[u8], verdict: &[u8]) -> Vec<u8> {
    [b"[", due, b",", verdict, b"]"].concat()
}

impl ReceiptOffice {
    /// The office of an application, fit for the log.
    pub(crate) fn of(application: &Application) -> Self {
        let office = &application.office;
        // An office may itself be a subject of the case, as a bank is that guarantees.
        let own = Own::of(application);
        Self {
            name: shortened(&own.masked_in(&office.name)),
            region: shortened(&own.masked_in(&office.region)),
        }
    }
}

/// Makes the row of each answer from its row in the decision, in the order of the answers.
fn lookups(
    observed: &Observed<'_>,
    texts: &Texts,
    suite: Suite,
    opening: &Opening,
) -> Vec<ReceiptLookup> {
    let mut rows: HashMap<(u32, &str, Option<&str>), &Lookup> = HashMap::new();
    for row in &observed.decision.lookups {
        rows.insert((row.subject_index, &row.list, row.source.as_deref()), row);
    }
    let answers = observed.answers.iter().zip(&texts.answers);
    let lookups = answers.filter_map(|(answer, text)| {
        let query = usize::try_from(answer.query).ok().and_then(|q| observed.due.get(q))?;
        let source = answer.source.as_ref().map(|source| source.id.as_str());
        // The rails have seen that every answer has its row.
        let row = rows.get(&(query.subject, &*answer.list, source))?;
        Some(ReceiptLookup {
            subject_index: query.subject,
            role: row.role,
            list: quotable(&row.list),
            due: row.due,
            status: row.status,
            source: row.source.as_deref().map(quotable),
            source_as_of: row.source_as_of,
            records: row.records,
            answer: suite.keyed(opening, Places::ANSWER, text),
        })
    });
    lookups.collect()
}

fn measures(decision: &Decision) -> Vec<ReceiptMeasure> {
    let lists: HashMap<&str, &str> =
        decision.records.iter().map(|f| (&*f.record, &*f.list)).collect();
    let one = |applied: &AppliedMeasure| {
        let found = applied.because.iter().filter_map(|record| lists.get(record.as_str()));
        let lists: BTreeSet<&str> = found.copied().collect();
        ReceiptMeasure {
            measure: quotable(&applied.measure),
            effect: applied.effect,
            force: applied.force,
            kind: applied.kind,
            role: applied.target.role,
            subject_index: applied.target.subject_index,
            until: applied.until,
            because: count(applied.because.len()),
            lists: lists.into_iter().map(quotable).collect(),
            legal_basis: applied.legal_basis.iter().map(Pinpoint::of).collect(),
        }
    };
    decision.measures.iter().map(one).collect()
}

impl Pinpoint {
    /// Returns the place of a legal basis, without its words.
    pub fn of(basis: &LegalBasis) -> Self {
        Self {
            instrument: quotable(&basis.instrument),
            article: quotable(&basis.article),
            paragraph: basis.paragraph,
            item: basis.item,
        }
    }
}

fn set_aside(decision: &Decision) -> Vec<SetAsideCount> {
    let mut counts: BTreeMap<(Option<&str>, _), u32> = BTreeMap::new();
    for entry in &decision.set_aside {
        *counts.entry((entry.measure.as_deref(), entry.reason)).or_default() += 1;
    }
    let counts = counts.into_iter().map(|((measure, reason), count)| SetAsideCount {
        measure: measure.map(quotable),
        reason,
        count,
    });
    counts.collect()
}

fn records(decision: &Decision) -> RecordCounts {
    let mut standings = BTreeMap::new();
    for finding in &decision.records {
        *standings.entry(finding.standing).or_default() += 1;
    }
    let standings =
        standings.into_iter().map(|(standing, count)| StandingCount { standing, count });
    RecordCounts {
        found: count(decision.records.len()),
        disputed: count(decision.records.iter().filter(|f| f.disputed).count()),
        standings: standings.collect(),
    }
}

fn obligations(decision: &Decision) -> Vec<ReceiptObligation> {
    let text = |text: &str| quotable(text).into();
    let obligations = decision.obligations.iter().map(|obligation| ReceiptObligation {
        kind: obligation.kind,
        to: mustcheck_model::Text { zh: text(&obligation.to.zh), en: text(&obligation.to.en) },
        due_on: obligation.due_on,
    });
    obligations.collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
