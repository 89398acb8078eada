//! Writes the decision, as users know it, from a verdict.

use mustcheck_model::standing::disputed;
use mustcheck_model::{
    AppliedMeasure, Cut, CutVerdict, Decision, Finding, MeasureVerdict, Obligation,
    ObligationVerdict, Prolonged, ProlongedVerdict, SetAside, SetAsideVerdict,
};

use super::writing::Writing;
use super::{Case, FoundRecord, aside, obligation};

/// Error: a verdict names something that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable(String);

impl std::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

/// Writes a decision.
///
/// # Errors
///
/// [`Unwritable`] if the verdict does not have one standing for each record, or names a position
/// that the policy or the check does not have.
pub fn decision(case: &Case<'_>) -> Result<Decision, Unwritable> {
    let &Case { policy, application, days, answered, verdict, ref identifiers } = case;
    let all = answered.iter().map(|row| row.records.len()).sum::<usize>();
    if verdict.records.len() != all {
        let judged = verdict.records.len();
        return Err(Unwritable(format!("the verdict has {judged} standings for {all} records")));
    }
    let found = case.found();
    let writing = Writing { case, found: &found };
    Ok(Decision {
        application: application.id.clone(),
        matter: application.matter.clone(),
        as_of: days.as_of,
        disposition: verdict.disposition,
        disposition_rule: verdict.disposition_rule,
        policy: policy.description().policy.clone(),
        lookups: answered.iter().map(|row| row.row(days, identifiers)).collect(),
        records: found.iter().map(|found| writing.finding(found)).collect(),
        measures: each("measures", &verdict.measures, |m| writing.measure(m))?,
        obligations: each("obligations", &verdict.obligations, |o| writing.obligation(o))?,
        set_aside: each("set_aside", &verdict.set_aside, |s| writing.set_aside(s))?,
        made_on: days.made_on,
    })
}

fn each<V, T>(
    what: &str,
    verdicts: &[V],
    write: impl Fn(&V) -> Option<T>,
) -> Result<Vec<T>, Unwritable> {
    let written = verdicts.iter().enumerate().map(|(i, verdict)| {
        let missing =
            || Unwritable(format!("`{what}[{i}]` of the verdict names what is not there"));
        write(verdict).ok_or_else(missing)
    });
    written.collect()
}

impl Writing<'_> {
    fn finding(&self, found: &FoundRecord<'_>) -> Finding {
        let (record, verdict) = (found.record, found.verdict);
        let shown = |text: &Option<String>| {
            text.as_deref().map(|text| self.case.identifiers.masked_in(text).into_owned())
        };
        let today = Some(verdict.standing_today);
        Finding {
            record: record.id.clone(),
            list: found.list.code.clone(),
            target: self.case.identifiers.target(found.subject, found.subject_index),
            named_as: verdict.named_as,
            standing: verdict.standing,
            standing_today: today.filter(|today| *today != verdict.standing),
            decided_by: shown(&record.decided_by),
            document: shown(&record.document),
            valid_from: record.valid_from,
            valid_until: record.valid_until,
            disputed: disputed(record, self.case.days.as_of),
        }
    }

    fn measure(&self, verdict: &MeasureVerdict) -> Option<AppliedMeasure> {
        let known = self.case.policy.measure_at(verdict.measure)?;
        let position = usize::try_from(verdict.subject).ok()?;
        let subject = self.case.application.subjects.get(position)?;
        let cut = |cut: &CutVerdict| {
            let record = self.found(cut.record)?.record;
            Some(Cut {
                record: record.id.clone(),
                recorded_until: record.valid_until,
                allowed_until: cut.allowed_until,
            })
        };
        let prolonged = |prolonged: &ProlongedVerdict| {
            let record = self.found(prolonged.record)?.record;
            Some(Prolonged {
                record: record.id.clone(),
                recorded_until: record.valid_until?,
                until: prolonged.until,
            })
        };
        Some(AppliedMeasure {
            measure: known.id.clone(),
            effect: known.effect,
            force: known.force,
            kind: known.kind,
            target: self.case.identifiers.target(subject, verdict.subject),
            because: verdict.because.iter().map(|at| self.id(*at)).collect::<Option<_>>()?,
            legal_basis: known.legal_basis.clone(),
            until: verdict.until,
            cut: verdict.cut.iter().map(cut).collect::<Option<_>>()?,
            prolonged: verdict.prolonged.iter().map(prolonged).collect::<Option<_>>()?,
            text: known.text.about(subject.kind).into_owned(),
        })
    }

    fn set_aside(&self, verdict: &SetAsideVerdict) -> Option<SetAside> {
        let measure = match verdict.measure {
            Some(position) => Some(self.case.policy.measure_at(position)?.id.clone()),
            None => None,
        };
        let record = match verdict.record {
            Some(position) => Some(self.id(position)?),
            None => None,
        };
        Some(SetAside {
            record,
            measure,
            target: self.target(verdict.subject)?,
            reason: verdict.reason,
            legal_basis: self.case.policy.basis(verdict.basis)?.to_vec(),
            text: aside::text(self, verdict)?,
        })
    }

    fn obligation(&self, verdict: &ObligationVerdict) -> Option<Obligation> {
        obligation::obligation(self.case, verdict)
    }
}
