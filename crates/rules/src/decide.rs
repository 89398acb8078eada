//! Deciding: facts → standings → measures → disposition.

use mustcheck_model::date::Date;
use mustcheck_model::{
    AnswerFacts, AnswerStatus, ApplicationFacts, MeasureVerdict, Polarity, RecordVerdict, Refusal,
    SetAsideReason, Standing, Verdict, is_backdated,
};

use crate::catalogue::Catalogue;
use crate::disposition::{Applied, Signs, disposition};
use crate::reach::Hit;
use crate::{incentives, measures, obligations, reach};

/// Decides on the facts of an application and of all answers to its due lookups.
///
/// # Errors
///
/// [`Refusal`] if a position is not in the catalogue, or a day not in the calendar.
pub fn decide(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    answers: &[AnswerFacts],
) -> Result<Verdict, Refusal> {
    admit(catalogue, application)?;
    answers.iter().try_for_each(|answer| admit_answer(catalogue, application, answer))?;
    let hits = reach::hits(catalogue, application, answers);
    let restrictions = measures::restrictions(catalogue, application, answers, &hits);
    let incentives =
        incentives::incentives(catalogue, application, answers, &hits, &restrictions.applied);
    let kind = |m: &MeasureVerdict| catalogue.measure_at(m.measure).map(|known| known.kind);
    // Measures that refuse come before those that only ask for a closer look; otherwise the
    // registry's order holds.
    let (examinations, mut measures): (Vec<_>, Vec<_>) = (restrictions.applied.into_iter())
        .partition(|m| kind(m).is_some_and(|kind| kind.is_examination()));
    measures.extend(examinations);
    measures.extend(incentives.applied);
    let mut set_aside = restrictions.set_aside;
    set_aside.extend(incentives.set_aside);

    let set_aside_for = |reason: SetAsideReason| set_aside.iter().any(|s| s.reason == reason);
    let signs = Signs {
        suspended_record: hits.iter().any(|h| h.is_open(Standing::Suspended)),
        lifted_record: hits.iter().any(|h| h.is_open(Standing::Lifted)),
        watch_hit: hits.iter().any(|h| h.list.polarity == Polarity::Watch && h.counts()),
        contradicting_sources: set_aside_for(SetAsideReason::ContradictingSources),
        unproven_exception: set_aside_for(SetAsideReason::UnprovenException),
        code_as_issued: application.subjects.iter().any(|s| s.as_issued),
        earlier_day: is_backdated(application.as_of, application.made_on)
            || hits.iter().any(Hit::came_since),
    };
    let mut unanswered = answers.iter().filter(|a| a.status != AnswerStatus::Answered);
    let unanswered = unanswered.any(|a| catalogue.is_due(a.list));
    let known = measures.iter().filter_map(|m| catalogue.measure_at(m.measure));
    let applied = known.map(|m| Applied { effect: m.effect, force: m.force, kind: m.kind });
    let (disposition, disposition_rule) = disposition(unanswered, applied, signs);
    let records = hits.iter().map(|hit| RecordVerdict {
        standing: hit.standing,
        standing_today: hit.standing_today,
        has_ended: hit.has_ended(),
        named_as: hit.named_as,
    });
    Ok(Verdict {
        disposition,
        disposition_rule,
        records: records.collect(),
        obligations: obligations::obligations(catalogue, application, &measures, &hits),
        measures,
        set_aside,
    })
}

/// Checks that an application can be decided on.
pub(crate) fn admit(catalogue: &Catalogue, application: &ApplicationFacts) -> Result<(), Refusal> {
    let ApplicationFacts { matter, as_of, made_on, commitment, .. } = application;
    if catalogue.matter_at(*matter).is_none() {
        return Err(Refusal::NoSuchMatter(*matter));
    }
    let promised = commitment.iter().flat_map(|c| [c.signed_on, c.complete_by]);
    exist([*as_of, *made_on].into_iter().chain(promised))?;
    let mut stands_behind = application.subjects.iter().filter_map(|subject| subject.of);
    match stands_behind.find(|of| application.subject(*of).is_none()) {
        Some(nobody) => Err(Refusal::NoSuchSubject(nobody)),
        None => Ok(()),
    }
}

fn admit_answer(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    answer: &AnswerFacts,
) -> Result<(), Refusal> {
    if application.subject(answer.subject).is_none() {
        return Err(Refusal::NoSuchSubject(answer.subject));
    }
    if catalogue.list_at(answer.list).is_none() {
        return Err(Refusal::NoSuchList(answer.list));
    }
    exist(answer.records_from.into_iter().chain(answer.held_from))?;
    for record in &answer.records {
        if let Some(act) = record.act.filter(|act| catalogue.act(Some(*act)).is_none()) {
            return Err(Refusal::NoSuchAct(act));
        }
        if let Some(matter) = record.matter.filter(|m| catalogue.matter_at(*m).is_none()) {
            return Err(Refusal::NoSuchMatter(matter));
        }
        let events = record.events.iter().map(|event| event.on);
        exist([record.valid_from].into_iter().chain(record.valid_until).chain(events))?;
    }
    Ok(())
}

fn exist(mut days: impl Iterator<Item = Date>) -> Result<(), Refusal> {
    days.find(|day| !day.exists()).map_or(Ok(()), |day| Err(Refusal::NoSuchDay(day)))
}
