//! Restrictions: which apply, to whom, until when, and what was set aside (RAILS R3, R5, R7).

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::catalogue::data::RecordMatter;
use crate::catalogue::data::{Exception, ExceptionWhen, FineTest, Measure, PenaltyTest};
use crate::clause::Clause;
use crate::contradiction::is_contradicted;
use crate::date::Date;
use crate::lookback::held_from;
use crate::lookups::{Answered, Days, target};
use crate::model::{
    AnswerStatus, Application, AppliedMeasure, Cut, LegalBasis, ListStanding, PenaltyKind,
    Polarity, Prolonged, SetAside, SetAsideReason, Standing, TermRule, Text,
};
use crate::reach::{ACCORDING_TO_LAW, FOR_REFERENCE, Hit};
use crate::{notice, standing};

/// 33 (二十). Reads as: a recommended measure applies where the place of use adopts it.
pub const RECOMMENDED: Clause = Clause {
    article: "20",
    words: "另一类是推荐性措施，即由参与各方推荐的，符合褒扬诚信、惩戒失信政策导向，各地区、各部门可根据实际情况实施的措施。",
};

/// 33 (二). Reads as: what no text links with the matter has no consequence there.
pub const STRICTLY_BY_LAW: Clause = Clause {
    article: "2",
    words: "严格依照法律法规和政策规定，科学界定守信和失信行为",
};

/// What became of the records: measures that apply and what was set aside.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Measures that apply.
    pub applied: Vec<AppliedMeasure>,
    /// Records and measures that do not.
    pub set_aside: Vec<SetAside>,
}

/// Evaluates every record against the restrictions of its list on this matter.
pub fn restrictions(
    catalogue: &Catalogue,
    application: &Application,
    days: Days,
    answered: &[Answered<'_>],
    hits: &[Hit<'_>],
) -> Outcome {
    let mut outcome = Outcome::default();
    // One entry per measure and subject, however many records trigger it.
    let mut places: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.list.polarity != Polarity::Commendation) {
        if let Some(entry) = barred_from_use(application, hit) {
            outcome.set_aside.push(entry);
            continue;
        }
        // What has ended triggers only what its article makes last longer.
        let ended = ended(application, hit);
        if contradicted(hit, hits, days) {
            let basis = standing::CORRECTED.basis();
            outcome.set_aside.push(entry(hit, None, SetAsideReason::ContradictingSources, basis));
            continue;
        }
        let mut any_role = false;
        let mut spoke = false;
        let mut role_missed = false;
        // RAIL R7: only what the act and the licence on record link with this matter.
        for measure in candidates(catalogue, application, days, hit) {
            if (ended.is_some() && !measure.term().outlasts())
                || !linked(measure, application, hit)
                || !penalty_fits(catalogue, measure, hit, days.made_on)
            {
                continue;
            }
            if !measure.targets(hit.subject) {
                role_missed = true;
                continue;
            }
            any_role = true;
            match judge(catalogue, application, measure, hit, &Found { answered, hits }) {
                Verdict::Applies(end) => {
                    let key = (measure.id.as_str(), hit.subject_index);
                    match places.get(&key).and_then(|i| outcome.applied.get_mut(*i)) {
                        Some(applied) => join(applied, hit, end),
                        None => {
                            places.insert(key, outcome.applied.len());
                            outcome.applied.push(apply(measure, hit, end));
                        }
                    }
                }
                // Of a record that has ended, its end is the reason.
                Verdict::SetAside(_) if ended.is_some() => continue,
                Verdict::SetAside(entry) => outcome.set_aside.push(*entry),
            }
            spoke = true;
        }
        if let Some(entry) = ended {
            if !spoke {
                outcome.set_aside.push(entry);
            }
            continue;
        }
        // A watch list asks for a look by itself; no measure has to say so.
        let watch = hit.list.polarity == Polarity::Watch;
        if role_missed && !any_role && !watch {
            outcome.set_aside.push(entry(
                hit,
                None,
                SetAsideReason::RoleNotReached,
                ACCORDING_TO_LAW.basis(),
            ));
        } else if !spoke && !watch {
            outcome.set_aside.push(not_linked(catalogue, application, days, hit));
        }
    }
    outcome
}

/// Whether another source of this check holds the record's decision as ended.
fn contradicted(hit: &Hit<'_>, hits: &[Hit<'_>], days: Days) -> bool {
    hit.list.polarity == Polarity::Restriction
        && hits.iter().any(|other| {
            other.subject_index == hit.subject_index
                && is_contradicted(hit.record, other.record, &hit.rules, days.as_of)
        })
}

/// Why a record cannot have consequences whatever the matter, if so.
pub(crate) fn barred_from_use(application: &Application, hit: &Hit<'_>) -> Option<SetAside> {
    if hit.list.standing == ListStanding::Reference {
        // RAIL R9
        let basis = FOR_REFERENCE.basis();
        return Some(entry(hit, None, SetAsideReason::ReferenceOnly, basis));
    }
    if !hit.reached {
        // RAIL R8
        let basis = ACCORDING_TO_LAW.basis();
        return Some(entry(hit, None, SetAsideReason::RoleNotReached, basis));
    }
    if hit.has_ended() {
        return None;
    }
    // RAILS R4, R5
    not_in_force(application, hit)
}

/// Why a record has ended, if it has: by its own standing, or by a place's end of use.
pub(crate) fn ended(application: &Application, hit: &Hit<'_>) -> Option<SetAside> {
    if !hit.has_ended() {
        return None;
    }
    not_in_force(application, hit).or_else(|| {
        let ended = hit.undisclosed?;
        let basis = ended.legal_basis.clone();
        let mut entry = entry(hit, None, SetAsideReason::BeyondTerm, basis);
        entry.text = ended.text.clone();
        Some(entry)
    })
}

fn not_in_force(application: &Application, hit: &Hit<'_>) -> Option<SetAside> {
    let (reason, basis) =
        standing::set_aside(hit.record, hit.standing, application.as_of, hit.regime)?;
    Some(entry(hit, None, reason, basis))
}

/// The restrictions of this matter that the record's list and act can trigger.
fn candidates<'a>(
    catalogue: &'a Catalogue,
    application: &Application,
    days: Days,
    hit: &Hit<'_>,
) -> impl Iterator<Item = &'a Measure> {
    let act = hit.record.act.as_deref();
    catalogue.restrictions(&application.matter, &hit.list.code, act, days.made_on)
}

/// Whether the licence on record links it with this matter.
fn linked(measure: &Measure, application: &Application, hit: &Hit<'_>) -> bool {
    match (measure.record_matter, &hit.record.matter) {
        (None, _) | (Some(RecordMatter::Unnamed), None) => true,
        (Some(RecordMatter::Same), Some(matter)) => *matter == application.matter,
        _ => false,
    }
}

/// What the lookups found.
struct Found<'a> {
    answered: &'a [Answered<'a>],
    hits: &'a [Hit<'a>],
}

enum Verdict {
    Applies(End),
    SetAside(Box<SetAside>),
}

/// How a measure ends for one record.
#[derive(Debug, Default)]
struct End {
    until: Option<Date>,
    cut: Option<Cut>,
    prolonged: Option<Prolonged>,
}

fn judge(
    catalogue: &Catalogue,
    application: &Application,
    measure: &Measure,
    hit: &Hit<'_>,
    found: &Found<'_>,
) -> Verdict {
    let aside =
        |reason, basis| Verdict::SetAside(Box::new(entry(hit, Some(measure), reason, basis)));
    if let Some(exception) = measure.exceptions.iter().find(|e| excepted(e, hit, found.hits)) {
        let basis = exception.legal_basis.clone();
        let mut entry = entry(hit, Some(measure), SetAsideReason::ConditionNotMet, basis);
        entry.text = notice::exception(exception.when);
        return Verdict::SetAside(Box::new(entry));
    }
    let end = end(measure.term(), hit, application.as_of);
    if end.until.is_some_and(|last| last < application.as_of) {
        // RAIL R7: never beyond the term that the article allows or fixes.
        return aside(SetAsideReason::BeyondTerm, measure.legal_basis.clone());
    }
    if !catalogue.adopted(measure) {
        return aside(SetAsideReason::NotAdopted, RECOMMENDED.basis());
    }
    if let Some(exception) = measure.exceptions.iter().find(|e| is_unproven(e, hit, found.answered))
    {
        return aside(SetAsideReason::UnprovenException, exception.legal_basis.clone());
    }
    Verdict::Applies(end)
}

/// When a measure ends for a record, and how far that is from the end on record.
///
/// INVARIANT (as long as the law says): a term that an article fixes is neither shortened nor
/// lengthened by what a record says of its own end.
// RAILS R5, R7
fn end(term: TermRule, hit: &Hit<'_>, as_of: Date) -> End {
    let first = standing::first_day(hit.record, &hit.rules, as_of);
    let own = standing::last_day(hit.record, &hit.rules, as_of);
    let until = term.last_day(first, own);
    let recorded = hit.record.valid_until;
    // Without an end on record, what the law fixes is neither longer nor shorter than it.
    let cuts = |allowed: &Date| match term {
        TermRule::Fixed(_) | TermRule::AtLeast(_) => recorded.is_some_and(|own| own > *allowed),
        TermRule::OfRecord | TermRule::AtMost(_) => recorded.is_none_or(|own| own > *allowed),
        TermRule::Lifelong => false,
    };
    let record = || hit.record.id.clone();
    let cut = until.filter(cuts).map(|allowed_until| Cut {
        record: record(),
        recorded_until: recorded,
        allowed_until,
    });
    let shorter = |own: &Date| term.outlasts() && until.is_none_or(|until| *own < until);
    let prolonged = recorded.filter(shorter).map(|recorded_until| Prolonged {
        record: record(),
        recorded_until,
        until,
    });
    End { until, cut, prolonged }
}

/// Whether an exception of the article takes the record out.
///
/// INTERPRETATION: the ban of 政府采购法实施条例 19 (2) and the record of the penalty are of one case
/// if they name the same document; a ban without a document frees nothing.
fn excepted(exception: &Exception, hit: &Hit<'_>, hits: &[Hit<'_>]) -> bool {
    match exception.when {
        ExceptionWhen::Act => {
            hit.record.act.as_ref().is_some_and(|act| exception.acts.iter().any(|a| a == act))
        }
        ExceptionWhen::BanRunOut => hits.iter().any(|ban| {
            let own_list = ban.list.code == hit.list.code;
            let is_ban = !own_list
                || (ban.record.penalty.as_ref())
                    .is_some_and(|p| p.kind == PenaltyKind::Disqualification);
            ban.subject_index == hit.subject_index
                && exception.lists.contains(&ban.list.code)
                && ban.record.id != hit.record.id
                && is_ban
                && ban.standing == Standing::Expired
                && ban.record.document.is_some()
                && ban.record.document == hit.record.document
        }),
    }
}

/// Whether nobody can tell if an exception of the article takes the record out: the ban of the same
/// decision may have run out, and a source that would hold it no longer does, or did not answer.
fn is_unproven(exception: &Exception, hit: &Hit<'_>, answered: &[Answered<'_>]) -> bool {
    if exception.when != ExceptionWhen::BanRunOut || hit.record.document.is_none() {
        return false;
    }
    let own = |a: &&Answered<'_>| a.subject_index == hit.subject_index;
    let tells = |a: &Answered<'_>| {
        let source = a.answer.source.as_ref();
        a.status == AnswerStatus::Answered
            && source.is_some_and(|source| held_from(source) <= hit.record.valid_from)
    };
    exception.lists.iter().any(|list| {
        let mut rows = answered.iter().filter(own).filter(|a| a.list.code == *list).peekable();
        rows.peek().is_some() && !rows.any(tells)
    })
}

fn penalty_fits(catalogue: &Catalogue, measure: &Measure, hit: &Hit<'_>, on: Date) -> bool {
    measure.penalty.as_ref().is_none_or(|test| penalty_passes(catalogue, test, hit, on))
}

/// Whether the penalty of a record is one of those that a test asks for.
pub(crate) fn penalty_passes(
    catalogue: &Catalogue,
    test: &PenaltyTest,
    hit: &Hit<'_>,
    on: Date,
) -> bool {
    let Some(penalty) = &hit.record.penalty else { return test.unnamed };
    if test.kinds.contains(&penalty.kind) {
        return true;
    }
    penalty.kind == PenaltyKind::Fine && fine_fits(catalogue, test, penalty.amount_fen, on)
}

/// Judges a fine by the threshold in force on the day of the check.
///
/// INTERPRETATION: the office judges by the threshold of the day on which it decides. Where the
/// record names no amount or no threshold is in force, nobody can tell, and the officer examines.
fn fine_fits(catalogue: &Catalogue, test: &PenaltyTest, amount_fen: Option<u64>, on: Date) -> bool {
    let threshold = catalogue.setting("larger-fine", on).map(|s| s.amount_fen);
    match (test.fine, amount_fen, threshold) {
        (Some(FineTest::AtLeastLargerFine), Some(amount), Some(least)) => amount >= least,
        (Some(FineTest::Undecidable), Some(_), Some(_)) => false,
        (Some(FineTest::Undecidable), _, _) => true,
        _ => false,
    }
}

/// Nothing follows on this matter. The entry shows how far the list does reach.
fn not_linked(
    catalogue: &Catalogue,
    application: &Application,
    days: Days,
    hit: &Hit<'_>,
) -> SetAside {
    // A penalty too small is another reason than a matter that no article links.
    let by_penalty = candidates(catalogue, application, days, hit)
        .find(|m| m.penalty.is_some() && linked(m, application, hit));
    if let Some(measure) = by_penalty {
        let basis = measure.legal_basis.clone();
        let mut entry = entry(hit, Some(measure), SetAsideReason::ConditionNotMet, basis);
        entry.text = notice::other_penalty();
        return entry;
    }
    let mut basis = catalogue.scope_of_list(hit.list, hit.record.act.as_deref(), days.made_on);
    if basis.is_empty() {
        basis = STRICTLY_BY_LAW.basis();
    }
    entry(hit, None, SetAsideReason::NotLinked, basis)
}

fn apply(measure: &Measure, hit: &Hit<'_>, end: End) -> AppliedMeasure {
    AppliedMeasure {
        measure: measure.id.clone().into(),
        effect: measure.effect,
        force: measure.force,
        kind: measure.kind,
        target: target(hit.subject, hit.subject_index),
        because: vec![hit.record.id.clone()],
        legal_basis: measure.legal_basis.clone(),
        until: end.until,
        cut: end.cut.into_iter().collect(),
        prolonged: end.prolonged.into_iter().collect(),
        text: measure.text.about(hit.subject.kind).into_owned(),
    }
}

/// A second record triggers the same measure for the same subject: the later end holds.
fn join(applied: &mut AppliedMeasure, hit: &Hit<'_>, end: End) {
    applied.because.push(hit.record.id.clone());
    applied.until = applied.until.zip(end.until).map(|(one, other)| one.max(other));
    applied.cut.extend(end.cut);
    applied.prolonged.extend(end.prolonged);
}

pub(crate) fn entry(
    hit: &Hit<'_>,
    measure: Option<&Measure>,
    reason: SetAsideReason,
    legal_basis: Vec<LegalBasis>,
) -> SetAside {
    let text: Text = notice::reason(reason);
    SetAside {
        record: Some(hit.record.id.clone()),
        measure: measure.map(|m| m.id.clone().into()),
        target: target(hit.subject, hit.subject_index),
        reason,
        legal_basis,
        text,
    }
}
