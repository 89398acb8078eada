//! The policy of a made-up park authority: who owes the park rent gets no new stall.

mod catalogue;

wit_bindgen::generate!({ path: "../../wit", world: "credit-check" });

use exports::mustcheck::credit::policy::{EventKind as Event, *};

struct Park;
export!(Park);

impl Guest for Park {
    fn describe() -> Description {
        catalogue::describe()
    }

    fn due_lookups(application: Application) -> Result<Vec<Due>, Refusal> {
        let subjects = (0..).zip(&application.subjects);
        let applicants = subjects.filter(|(_, subject)| subject.role == Role::Applicant);
        Ok(applicants.map(|(subject, _)| Due { subject, list: 0 }).collect())
    }

    fn decide(application: Application, answers: Vec<Answer>) -> Result<Verdict, Refusal> {
        let (as_of, today) = (application.as_of, application.made_on);
        let mut found = Verdict {
            disposition: Disposition::Clear,
            disposition_rule: DispositionRule::NothingApplies,
            records: Vec::new(),
            measures: Vec::new(),
            set_aside: Vec::new(),
            obligations: Vec::new(),
        };
        let records = answers.iter().flat_map(|a| a.records.iter().map(move |r| (a.subject, r)));
        for ((subject, record), position) in records.zip(0..) {
            let (standing, standing_today) = (standing(record, as_of), standing(record, today));
            let has_ended = matches!(standing, Standing::Repaired | Standing::Expired);
            let named_as = record.named_as.first().copied().filter(|_| !record.is_about);
            found.records.push(JudgedRecord { standing, standing_today, has_ended, named_as });
            let reason = match standing {
                _ if !record.is_about => SetAsideReason::RoleNotReached,
                Standing::InForce => {
                    let (because, until) = (vec![position], record.valid_until);
                    let (cut, prolonged) = (Vec::new(), Vec::new());
                    found.measures.push(AppliedMeasure {
                        measure: 0,
                        subject,
                        because,
                        until,
                        cut,
                        prolonged,
                    });
                    continue;
                }
                Standing::Annulled => SetAsideReason::Annulled,
                Standing::Repaired => SetAsideReason::Repaired,
                Standing::Lifted => SetAsideReason::Lifted,
                Standing::Expired => SetAsideReason::Expired,
                Standing::NotYetInForce => SetAsideReason::NotYetInForce,
                Standing::Suspended => SetAsideReason::ObjectionUnderVerification,
            };
            let (record, basis, detail) = (Some(position), Basis::Ground(0), Detail::Nothing);
            found.set_aside.push(SetAside {
                record,
                measure: None,
                subject,
                reason,
                detail,
                basis,
            });
        }
        (found.disposition, found.disposition_rule) = sum_up(&application, &answers, &found);
        Ok(found)
    }
}

/// The first that holds, as the host reckons it too.
fn sum_up(
    application: &Application,
    answers: &[Answer],
    found: &Verdict,
) -> (Disposition, DispositionRule) {
    let reached = |reason| found.set_aside.iter().any(|entry| entry.reason == reason);
    let since =
        |r: &JudgedRecord| r.standing != Standing::InForce && r.standing_today == Standing::InForce;
    let earlier = application.made_on - application.as_of > 1 || found.records.iter().any(since);
    if !found.measures.is_empty() {
        (Disposition::Restricted, DispositionRule::MandatoryRestriction)
    } else if answers.iter().any(|answer| answer.status != AnswerStatus::Answered) {
        (Disposition::Undetermined, DispositionRule::UnansweredLookup)
    } else if reached(SetAsideReason::ObjectionUnderVerification) {
        (Disposition::Review, DispositionRule::SuspendedRecord)
    } else if reached(SetAsideReason::Lifted) {
        (Disposition::Review, DispositionRule::LiftedRecord)
    } else if application.subjects.iter().any(|subject| subject.as_issued) {
        (Disposition::Review, DispositionRule::CodeAsIssued)
    } else if earlier {
        (Disposition::Review, DispositionRule::EarlierDay)
    } else {
        (Disposition::Clear, DispositionRule::NothingApplies)
    }
}

/// Standing of a record on a day, on a list without rules of its own.
fn standing(record: &CreditRecord, on: i32) -> Standing {
    let latest = |kind| {
        let events = record.events.iter().filter(|e| e.kind == kind && e.on <= on);
        events.map(|event| event.on).max()
    };
    let open =
        |begins, ends| latest(begins).is_some_and(|on| latest(ends).is_none_or(|end| on > end));
    if latest(Event::Annulled).is_some() || latest(Event::ObjectionUpheld).is_some() {
        Standing::Annulled
    } else if open(Event::Repaired, Event::RemovalRevoked) && record.valid_from <= on {
        Standing::Repaired
    } else if open(Event::ReorganisationApproved, Event::ReorganisationFailed)
        || open(Event::SettlementApproved, Event::ReorganisationFailed)
    {
        Standing::Lifted
    } else if record.valid_until.is_some_and(|last| last < on) {
        Standing::Expired
    } else if record.valid_from > on {
        Standing::NotYetInForce
    } else if open(Event::ObjectionFiled, Event::ObjectionDismissed)
        || open(Event::CourtStay, Event::CourtStayLifted)
    {
        Standing::Suspended
    } else {
        Standing::InForce
    }
}
