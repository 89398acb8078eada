//! Restrictions: which apply, to which subject, until when, and which are set aside (RAILS R3, R5,
//! R7).

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use mustcheck_model::standing;
use mustcheck_model::{
    AnswerFacts, AnswerStatus, ApplicationFacts, Basis, CutVerdict, Detail, ListStanding,
    MeasureVerdict, PenaltyKind, Polarity, ProlongedVerdict, SetAsideReason, SetAsideVerdict,
    Standing, TermRule,
};

use crate::aside;
use crate::aside::{by_standing, entry};
use crate::catalogue::data::{
    Exception, ExceptionWhen, FineTest, Measure, PenaltyTest, RecordMatter,
};
use crate::catalogue::{Catalogue, number};
use crate::clause::Clause;
use crate::reach::{ACCORDING_TO_LAW, FOR_REFERENCE, Hit};

/// 33 (二十). Reads as: a recommended measure applies where the place of use adopts it.
pub const RECOMMENDED: Clause = Clause {
    position: 7,
    article: "20",
    words: "另一类是推荐性措施，即由参与各方推荐的，符合褒扬诚信、惩戒失信政策导向，各地区、各部门可根据实际情况实施的措施。",
};

/// 33 (二). Reads as: a record that no text links with the matter has no consequence there.
pub const STRICTLY_BY_LAW: Clause = Clause {
    position: 8,
    article: "2",
    words: "严格依照法律法规和政策规定，科学界定守信和失信行为",
};

/// Outcome for the records: measures that apply, and records and measures that are set aside.
#[derive(Debug, Default)]
pub struct RecordsOutcome {
    /// Measures that apply.
    pub applied: Vec<MeasureVerdict>,
    /// Records and measures that do not apply.
    pub set_aside: Vec<SetAsideVerdict>,
}

/// Evaluates every record against the restrictions of its list on this matter.
pub fn restrictions(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    answers: &[AnswerFacts],
    hits: &[Hit<'_>],
) -> RecordsOutcome {
    let mut outcome = RecordsOutcome::default();
    // One entry per measure and subject, however many records trigger it.
    let mut places: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.list.polarity != Polarity::Commendation) {
        if let Some(entry) = barred_from_use(catalogue, application, hit) {
            outcome.set_aside.push(entry);
            continue;
        }
        // A record that has ended triggers only measures whose article makes them last longer.
        let ended = ended(catalogue, application, hit);
        if hit.list.polarity == Polarity::Restriction
            && hits.iter().any(|other| is_contradicted(hit, other))
        {
            let basis = Catalogue::clause(&aside::CORRECTED);
            outcome.set_aside.push(entry(hit, None, SetAsideReason::ContradictingSources, basis));
            continue;
        }
        let mut any_role = false;
        let mut spoke = false;
        let mut role_missed = false;
        // RAIL R7: only what the act and the licence on record link with this matter.
        for (position, measure) in candidates(catalogue, application, hit) {
            if (ended.is_some() && !measure.term().outlasts())
                || !linked(measure, application, hit)
                || !penalty_fits(catalogue, measure, hit, application.made_on)
            {
                continue;
            }
            if !measure.targets(hit.subject) {
                role_missed = true;
                continue;
            }
            any_role = true;
            let found = CheckedRecords { catalogue, application, answers, hits };
            match found.judge(position, measure, hit) {
                Judged::Applies(end) => {
                    let key = (position, hit.subject_index);
                    match places.get(&key).and_then(|i| outcome.applied.get_mut(*i)) {
                        Some(applied) => join(applied, hit, end),
                        None => {
                            places.insert(key, outcome.applied.len());
                            outcome.applied.push(apply(position, hit, end));
                        }
                    }
                }
                // The end of a record that has ended is reason enough.
                Judged::SetAside(_) if ended.is_some() => continue,
                Judged::SetAside(entry) => outcome.set_aside.push(entry),
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
            let basis = Catalogue::clause(&ACCORDING_TO_LAW);
            outcome.set_aside.push(entry(hit, None, SetAsideReason::RoleNotReached, basis));
        } else if !spoke && !watch {
            outcome.set_aside.push(not_linked(catalogue, application, hit));
        }
    }
    outcome
}

/// Whether another source of this check holds the decision of a record in force as ended.
///
/// A firm whose credit was repaired at one source is often still listed at another. Neither copy is
/// known to be the right one, so neither restricts and neither clears: the officer looks.
///
/// 33 (二十二): 「经核实有误的信息应及时更正或撤销。」 Reads as: information found wrong after verification is
/// corrected or revoked. INTERPRETATION: that one of two copies of a decision has ended and the
/// other has not shows by itself that one of them is wrong; only the authority that decided can say
/// which. Copies whose last days differ do not contradict each other while both are in force: both
/// say that the decision restricts today.
fn is_contradicted(hit: &Hit<'_>, other: &Hit<'_>) -> bool {
    other.subject_index == hit.subject_index
        && hit.record.decision.is_some()
        && hit.record.decision == other.record.decision
        && hit.source != other.source
        && hit.standing == Standing::InForce
        && matches!(
            other.standing,
            Standing::Annulled | Standing::Repaired | Standing::Lifted | Standing::Expired
        )
}

/// Returns the entry of a record that cannot have consequences whatever the matter, with the
/// reason; `None` if it can, or has only ended.
pub(crate) fn barred_from_use(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    hit: &Hit<'_>,
) -> Option<SetAsideVerdict> {
    if hit.list.standing == ListStanding::Reference {
        // RAIL R9
        let basis = Catalogue::clause(&FOR_REFERENCE);
        return Some(entry(hit, None, SetAsideReason::ReferenceOnly, basis));
    }
    if !hit.reached {
        // RAIL R8
        let basis = Catalogue::clause(&ACCORDING_TO_LAW);
        return Some(entry(hit, None, SetAsideReason::RoleNotReached, basis));
    }
    if hit.has_ended() {
        return None;
    }
    // RAILS R4, R5
    not_in_force(catalogue, application, hit)
}

/// Returns the entry of a record that has ended, by its own standing or by a place's end of use;
/// `None` if it has not.
pub(crate) fn ended(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    hit: &Hit<'_>,
) -> Option<SetAsideVerdict> {
    if !hit.has_ended() {
        return None;
    }
    not_in_force(catalogue, application, hit).or_else(|| {
        let basis = catalogue.disclosure(hit.undisclosed?);
        let entry = entry(hit, None, SetAsideReason::BeyondTerm, basis);
        Some(SetAsideVerdict { detail: Detail::OfGround, ..entry })
    })
}

fn not_in_force(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    hit: &Hit<'_>,
) -> Option<SetAsideVerdict> {
    let (reason, basis) = by_standing(catalogue, hit, hit.standing, application.as_of)?;
    Some(entry(hit, None, reason, basis))
}

/// The restrictions of this matter that the record's list and act can trigger.
fn candidates<'a>(
    catalogue: &'a Catalogue,
    application: &ApplicationFacts,
    hit: &Hit<'_>,
) -> impl Iterator<Item = (usize, &'a Measure)> + use<'a> {
    let ApplicationFacts { matter, made_on, .. } = *application;
    catalogue.restrictions(matter, hit.list_index, hit.record.act, made_on)
}

/// Whether the licence on record links it with this matter, as far as the measure asks.
fn linked(measure: &Measure, application: &ApplicationFacts, hit: &Hit<'_>) -> bool {
    match (measure.record_matter, hit.record.matter) {
        (None, _) | (Some(RecordMatter::Unnamed), None) => true,
        (Some(RecordMatter::Same), Some(matter)) => matter == application.matter,
        _ => false,
    }
}

/// The answers and records of a check, to judge one record under a measure.
struct CheckedRecords<'a> {
    catalogue: &'a Catalogue,
    application: &'a ApplicationFacts,
    answers: &'a [AnswerFacts],
    hits: &'a [Hit<'a>],
}

/// Result of a record under a measure.
enum Judged {
    Applies(MeasureEnd),
    SetAside(SetAsideVerdict),
}

/// End of a measure for one record.
#[derive(Debug, Default)]
struct MeasureEnd {
    until: Option<Date>,
    cut: Option<CutVerdict>,
    prolonged: Option<ProlongedVerdict>,
}

impl CheckedRecords<'_> {
    fn judge(&self, position: usize, measure: &Measure, hit: &Hit<'_>) -> Judged {
        let aside = |reason, basis| entry(hit, Some(number(position)), reason, basis);
        let mut exceptions = measure.exceptions.iter().enumerate();
        if let Some((at, exception)) = exceptions.find(|(_, e)| self.excepts(e, hit)) {
            let basis = self.catalogue.exception(position, at);
            let detail = match exception.when {
                ExceptionWhen::Act => Detail::ExceptedAct,
                ExceptionWhen::BanRunOut => Detail::BanRunOut,
            };
            let entry = aside(SetAsideReason::ConditionNotMet, basis);
            return Judged::SetAside(SetAsideVerdict { detail, ..entry });
        }
        let as_of = self.application.as_of;
        let end = end(measure.term(), hit, as_of);
        if end.until.is_some_and(|last| last < as_of) {
            // RAIL R7: never beyond the term that the article allows or fixes.
            let basis = Basis::Measure(number(position));
            return Judged::SetAside(aside(SetAsideReason::BeyondTerm, basis));
        }
        if !self.catalogue.adopted(measure) {
            let basis = Catalogue::clause(&RECOMMENDED);
            return Judged::SetAside(aside(SetAsideReason::NotAdopted, basis));
        }
        let mut exceptions = measure.exceptions.iter().enumerate();
        if let Some((at, _)) = exceptions.find(|(_, e)| self.is_unproven(e, hit)) {
            let basis = self.catalogue.exception(position, at);
            return Judged::SetAside(aside(SetAsideReason::UnprovenException, basis));
        }
        Judged::Applies(end)
    }

    /// Whether an exception of the article takes the record out.
    ///
    /// INTERPRETATION: the ban of 政府采购法实施条例 19 (2) and the record of the penalty are of one
    /// case if they name the same document; a ban without a document frees nothing.
    fn excepts(&self, exception: &Exception, hit: &Hit<'_>) -> bool {
        match exception.when {
            ExceptionWhen::Act => self
                .catalogue
                .act(hit.record.act)
                .is_some_and(|act| exception.acts.contains(&act.code)),
            ExceptionWhen::BanRunOut => self.hits.iter().any(|ban| {
                let own_list = ban.list_index == hit.list_index;
                let is_ban = !own_list
                    || (ban.record.penalty.as_ref())
                        .is_some_and(|p| p.kind == PenaltyKind::Disqualification);
                ban.subject_index == hit.subject_index
                    && exception.lists.contains(&ban.list.code)
                    && ban.record.number != hit.record.number
                    && is_ban
                    && ban.standing == Standing::Expired
                    && ban.record.document.is_some()
                    && ban.record.document == hit.record.document
            }),
        }
    }

    /// Whether it cannot be determined if an exception of the article takes the record out: the ban
    /// of the same decision may have run out, and a source that would hold it no longer does, or
    /// did not answer.
    fn is_unproven(&self, exception: &Exception, hit: &Hit<'_>) -> bool {
        if exception.when != ExceptionWhen::BanRunOut || hit.record.document.is_none() {
            return false;
        }
        let tells = |answer: &AnswerFacts| {
            answer.status == AnswerStatus::Answered
                && answer.held_from.is_some_and(|from| from <= hit.record.valid_from)
        };
        exception.lists.iter().any(|list| {
            let list = self.catalogue.list_position(list).map(number);
            let own = |a: &&AnswerFacts| a.subject == hit.subject_index && Some(a.list) == list;
            let mut rows = self.answers.iter().filter(own).peekable();
            rows.peek().is_some() && !rows.any(tells)
        })
    }
}

/// Returns the end of a measure for a record, and how it differs from the end on record.
///
/// INVARIANT (as long as the law says): a term that an article fixes is neither shortened nor
/// lengthened by what a record says of its own end.
// RAILS R5, R7
fn end(term: TermRule, hit: &Hit<'_>, as_of: Date) -> MeasureEnd {
    let first = standing::first_day(hit.record, &hit.rules, as_of);
    let own = standing::last_day(hit.record, &hit.rules, as_of);
    let until = term.last_day(first, own);
    let recorded = hit.record.valid_until;
    // Without an end on record, a term that the law fixes is neither longer nor shorter than it.
    let cuts = |allowed: &Date| match term {
        TermRule::Fixed(_) | TermRule::AtLeast(_) => recorded.is_some_and(|own| own > *allowed),
        TermRule::OfRecord | TermRule::AtMost(_) => recorded.is_none_or(|own| own > *allowed),
        TermRule::Lifelong => false,
    };
    let record = hit.position;
    let cut = until.filter(cuts).map(|allowed_until| CutVerdict { record, allowed_until });
    let shorter = |own: &Date| term.outlasts() && until.is_none_or(|until| *own < until);
    let prolonged = recorded.filter(shorter).map(|_| ProlongedVerdict { record, until });
    MeasureEnd { until, cut, prolonged }
}

fn penalty_fits(catalogue: &Catalogue, measure: &Measure, hit: &Hit<'_>, on: Date) -> bool {
    measure.penalty.as_ref().is_none_or(|test| penalty_passes(catalogue, test, hit, on))
}

/// Whether the penalty of a record is one of those that a test asks for, with the threshold in
/// force on `on`.
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
/// record names no amount or no threshold is in force, the fine cannot be judged, and the officer
/// examines.
fn fine_fits(catalogue: &Catalogue, test: &PenaltyTest, amount_fen: Option<u64>, on: Date) -> bool {
    let threshold = catalogue.setting("larger-fine", on).map(|s| s.amount_fen);
    match (test.fine, amount_fen, threshold) {
        (Some(FineTest::AtLeastLargerFine), Some(amount), Some(least)) => amount >= least,
        (Some(FineTest::Undecidable), Some(_), Some(_)) => false,
        (Some(FineTest::Undecidable), _, _) => true,
        _ => false,
    }
}

/// Makes the entry of a record without consequences on this matter. Its basis shows how far the
/// list does reach.
fn not_linked(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    hit: &Hit<'_>,
) -> SetAsideVerdict {
    // A penalty too small is another reason than a matter that no article links.
    let by_penalty = candidates(catalogue, application, hit)
        .find(|(_, m)| m.penalty.is_some() && linked(m, application, hit));
    if let Some((position, _)) = by_penalty {
        let position = number(position);
        let reason = SetAsideReason::ConditionNotMet;
        let entry = entry(hit, Some(position), reason, Basis::Measure(position));
        return SetAsideVerdict { detail: Detail::OtherPenalty, ..entry };
    }
    let (act, made_on) = (hit.record.act, application.made_on);
    let basis = catalogue.scope_of_list(hit.list_index, act, made_on);
    let basis = basis.unwrap_or_else(|| Catalogue::clause(&STRICTLY_BY_LAW));
    entry(hit, None, SetAsideReason::NotLinked, basis)
}

fn apply(measure: usize, hit: &Hit<'_>, end: MeasureEnd) -> MeasureVerdict {
    MeasureVerdict {
        measure: number(measure),
        subject: hit.subject_index,
        because: vec![hit.position],
        until: end.until,
        cut: end.cut.into_iter().collect(),
        prolonged: end.prolonged.into_iter().collect(),
    }
}

/// Adds a second record that triggers the same measure for the same subject: the later end holds.
fn join(applied: &mut MeasureVerdict, hit: &Hit<'_>, end: MeasureEnd) {
    applied.because.push(hit.position);
    applied.until = applied.until.zip(end.until).map(|(one, other)| one.max(other));
    applied.cut.extend(end.cut);
    applied.prolonged.extend(end.prolonged);
}
