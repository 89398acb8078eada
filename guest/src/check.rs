//! The check: application → due lookups → answers → standings → measures → disposition.

use crate::catalogue::Catalogue;
use crate::date::Date;
use crate::disposition::{Signs, disposition};
use crate::lookups::Days;
use crate::masking::Identifiers;
use crate::model::{
    Answer, Application, ApplicationError, Decision, Finding, Polarity, Query, SetAsideReason,
    Standing, is_backdated,
};
use crate::reach::Hit;
use crate::{incentives, lookups, measures, notice, obligations, reach, validate};

/// What answers lookups: the policy's only capability.
pub trait Registry {
    /// Answers every list of every query.
    fn lookup(&mut self, queries: &[Query]) -> Vec<Answer>;
}

impl<F: FnMut(&[Query]) -> Vec<Answer>> Registry for F {
    fn lookup(&mut self, queries: &[Query]) -> Vec<Answer> {
        self(queries)
    }
}

/// The lookups that the matter obliges the office to make.
///
/// # Errors
///
/// What makes the application impossible to evaluate.
pub fn due_lookups(
    catalogue: &Catalogue,
    application: &Application,
    made_on: Date,
) -> Result<Vec<Query>, ApplicationError> {
    let matter = validate::application(catalogue, application, made_on)?;
    Ok(lookups::due(matter, application))
}

/// Decides an application on what the registry answers, on a day by the host's clock. The notice
/// is most of the writing, and some callers print none; nothing else depends on whether it is
/// asked for.
///
/// # Errors
///
/// What makes the application, or an answer, impossible to evaluate.
pub fn check(
    catalogue: &Catalogue,
    application: &Application,
    made_on: Date,
    with_notice: bool,
    registry: &mut dyn Registry,
) -> Result<Decision, ApplicationError> {
    let queries = due_lookups(catalogue, application, made_on)?;
    let days = Days { as_of: application.as_of, made_on };
    let answers = registry.lookup(&queries);
    let answered = lookups::answered(catalogue, application, days, &queries, &answers)?;
    let identifiers = Identifiers::of(application, &answers);
    let hits = reach::hits(catalogue, application, days, &answered, &identifiers);

    let restrictions = measures::restrictions(catalogue, application, days, &answered, &hits);
    let incentives = incentives::incentives(
        catalogue,
        application,
        days,
        &answered,
        &hits,
        &restrictions.applied,
    );
    // What refuses stands before what only asks for a closer look; else the registry's order.
    let (examinations, mut applied): (Vec<_>, Vec<_>) =
        restrictions.applied.into_iter().partition(|m| m.kind.is_examination());
    applied.extend(examinations);
    applied.extend(incentives.applied);
    let mut set_aside = restrictions.set_aside;
    set_aside.extend(incentives.set_aside);

    let lookups: Vec<_> = answered.iter().map(|a| a.row(days, &identifiers)).collect();
    let records: Vec<Finding> = hits.iter().map(|h| h.finding(application.as_of)).collect();
    let set_aside_for = |reason: SetAsideReason| set_aside.iter().any(|s| s.reason == reason);
    let signs = Signs {
        suspended_record: hits.iter().any(|h| h.is_open(Standing::Suspended)),
        lifted_record: hits.iter().any(|h| h.is_open(Standing::Lifted)),
        watch_hit: hits.iter().any(|h| h.list.polarity == Polarity::Watch && h.counts()),
        contradicting_sources: set_aside_for(SetAsideReason::ContradictingSources),
        unproven_exception: set_aside_for(SetAsideReason::UnprovenException),
        code_as_issued: application.subjects.iter().any(|s| s.as_issued.is_some()),
        earlier_day: is_backdated(days.as_of, made_on) || hits.iter().any(Hit::came_since),
    };
    let (disposition, disposition_rule) = disposition(&lookups, &applied, signs);
    let obligations = obligations::obligations(catalogue, application, &applied, &hits);
    let mut decision = Decision {
        application: application.id.clone(),
        matter: application.matter.clone(),
        as_of: application.as_of,
        disposition,
        disposition_rule,
        policy: catalogue.policy(),
        lookups,
        records,
        measures: applied,
        obligations,
        set_aside,
        made_on,
        notice: None,
    };
    if with_notice {
        decision.notice = Some(notice::notice(catalogue, application, &decision, &hits));
    }
    Ok(decision)
}
