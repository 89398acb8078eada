//! Checks a verdict against the facts that it was given on: the host computes again what follows
//! from days and from the policy's description.

use mustcheck_facts::answers::Answered;
use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::standing::{self, standing};
use mustcheck_model::{
    AnswerFacts, AnswerStatus, ApplicationFacts, Basis, CreditRecord, Effect, ListInfo, ListRules,
    ListStanding, MeasureInfo, MeasureVerdict, Polarity, RecordFacts, RecordVerdict,
    SetAsideReason, SetAsideVerdict, Standing, SubjectFacts, Verdict, is_backdated,
};
use mustcheck_rules::disposition::{Applied, Signs, disposition};

use super::broken;
use crate::error::{Fault, Rail};

/// Everything that a verdict is checked against.
pub(crate) struct Held<'a> {
    /// Description of the policy.
    pub(crate) policy: &'a Described,
    /// The facts of the application.
    pub(crate) application: &'a ApplicationFacts,
    /// The facts of all answers.
    pub(crate) answers: &'a [AnswerFacts],
    /// The answers themselves, in the same order.
    pub(crate) answered: &'a [Answered<'a>],
}

/// A record that was given and may be relied on.
struct Given<'a> {
    /// Position of the subject that was asked about.
    subject: u32,
    list: &'a ListInfo,
    /// The rules of its list on the day of the check.
    rules: &'a ListRules,
    source: Option<u32>,
    facts: &'a RecordFacts,
    record: &'a CreditRecord,
}

/// Checks a verdict against the facts and the policy.
pub(crate) fn verdict(held: &Held<'_>, verdict: &Verdict) -> Result<(), Fault> {
    let given = held.given();
    let holding = Holding { held, given: &given, verdict };
    holding.records()?;
    verdict.measures.iter().try_for_each(|measure| holding.measure(measure))?;
    verdict.set_aside.iter().try_for_each(|entry| holding.set_aside(entry))?;
    holding.none_is_passed_over()?;
    holding.obligations()?;
    holding.sums_up()
}

impl<'a> Held<'a> {
    /// Every record, in the order of the answers.
    fn given(&self) -> Vec<Given<'a>> {
        let made_on = self.application.made_on;
        let rows = self.answers.iter().zip(self.answered);
        let given = rows.flat_map(|(answer, row)| {
            let rules = ListRules::on(&row.list.rules, made_on);
            let records = answer.records.iter().zip(&row.records);
            records.map(move |(facts, record)| Given {
                subject: answer.subject,
                list: row.list,
                rules,
                source: answer.source,
                facts,
                record,
            })
        });
        given.collect()
    }
}

struct Holding<'a> {
    held: &'a Held<'a>,
    given: &'a [Given<'a>],
    verdict: &'a Verdict,
}

impl Holding<'_> {
    fn given(&self, position: u32) -> Option<&Given<'_>> {
        self.given.get(usize::try_from(position).ok()?)
    }

    fn subject(&self, position: u32) -> Result<&SubjectFacts, Fault> {
        let subject = self.held.application.subject(position);
        subject.map_or_else(
            || broken(Rail::R11, format!("it names subject {position}, whom nobody named")),
            Ok,
        )
    }

    fn policy_measure(&self, position: u32) -> Result<&MeasureInfo, Fault> {
        let measure = self.held.policy.measure_at(position);
        measure.map_or_else(
            || broken(Rail::R3, format!("there is no measure {position} of the policy")),
            Ok,
        )
    }

    /// Checks that every record has the standing that follows from its days, and that no record is
    /// passed over.
    // RAILS R4, R5
    fn records(&self) -> Result<(), Fault> {
        let (judged, all) = (self.verdict.records.len(), self.given.len());
        if judged != all {
            let detail = format!("{all} records were given and {judged} are judged");
            return broken(if judged < all { Rail::R2 } else { Rail::R1 }, detail);
        }
        let application = self.held.application;
        for (given, judged) in self.given.iter().zip(&self.verdict.records) {
            let Given { facts, rules, record, .. } = given;
            let (id, found) = (&record.id, standing(*facts, rules, application.as_of));
            let today = standing(*facts, rules, application.made_on);
            if (judged.standing, judged.standing_today) != (found, today) {
                let shown = judged.standing;
                let detail = format!("record `{id}` is called `{shown}` and is `{found}`");
                return broken(Rail::R4R5, detail);
            }
            let may_have_ended = match found {
                Standing::Expired | Standing::Repaired => judged.has_ended,
                // A place may end its use.
                Standing::InForce => true,
                _ => !judged.has_ended,
            };
            if !may_have_ended {
                return broken(Rail::R4R5, format!("record `{id}` has ended, or has not"));
            }
            let is_named = match judged.named_as {
                None => facts.is_about,
                Some(role) => !facts.is_about && facts.named_as.contains(&role),
            };
            if !is_named {
                let detail = format!("record `{id}` does not name the subject in that role");
                return broken(Rail::R8, detail);
            }
        }
        Ok(())
    }

    /// Checks that every record on a list of serious breaches triggers something, or is set aside
    /// with a rule.
    // RAIL R2
    fn none_is_passed_over(&self) -> Result<(), Fault> {
        let mut spoken_of = vec![false; self.given.len()];
        let because = self.verdict.measures.iter().flat_map(|measure| &measure.because).copied();
        let aside = self.verdict.set_aside.iter().filter_map(|entry| entry.record);
        for position in because.chain(aside) {
            let place = usize::try_from(position).ok().and_then(|at| spoken_of.get_mut(at));
            place.into_iter().for_each(|spoken_of| *spoken_of = true);
        }
        let silent =
            self.given.iter().zip(spoken_of).find(|(given, spoken_of)| {
                given.list.polarity == Polarity::Restriction && !spoken_of
            });
        match silent {
            Some((given, _)) => {
                let id = &given.record.id;
                broken(Rail::R2, format!("record `{id}` is passed over in silence"))
            }
            None => Ok(()),
        }
    }

    fn measure(&self, applied: &MeasureVerdict) -> Result<(), Fault> {
        let known = self.policy_measure(applied.measure)?;
        let (id, subject) = (&known.id, self.subject(applied.subject)?);
        let application = self.held.application;
        // RAIL R14: the law is that of the day of the check.
        let made_on = application.made_on;
        let in_force =
            known.valid_from <= made_on && known.valid_until.is_none_or(|u| made_on <= u);
        let matter = self.held.policy.matter_at(application.matter);
        let linked = matter.is_some_and(|matter| known.matters.contains(&matter.code));
        if !in_force || !linked || !known.roles.contains(&subject.role) || !known.adopted {
            let detail = format!("measure `{id}` does not apply to this matter, role or day");
            return broken(Rail::R3, detail);
        }
        if known.effect == Effect::Restriction && applied.because.is_empty() {
            return broken(Rail::R11, format!("measure `{id}` restricts without a record"));
        }
        for position in &applied.because {
            let Some(given) = self.given(*position) else {
                let detail =
                    format!("measure `{id}` rests on record {position}, which nobody gave");
                return broken(Rail::R1, detail);
            };
            self.rests_on(known, applied, given)?;
        }
        // RAIL R7: neither longer nor shorter than the article says.
        if known.effect == Effect::Restriction && applied.until != self.last_day(known, applied) {
            let detail = format!("measure `{id}` ends on another day than its article says");
            return broken(Rail::R7, detail);
        }
        self.terms(known, applied)
    }

    /// Checks a record against the measure that rests on it.
    fn rests_on(
        &self,
        known: &MeasureInfo,
        applied: &MeasureVerdict,
        given: &Given<'_>,
    ) -> Result<(), Fault> {
        let (id, record) = (&known.id, &given.record.id);
        if given.subject != applied.subject {
            let detail = format!("measure `{id}` rests on record `{record}` of another subject");
            return broken(Rail::R1, detail);
        }
        if !known.lists.contains(&given.list.code) {
            let list = &given.list.code;
            return broken(Rail::R3, format!("measure `{id}` rests on a record of list `{list}`"));
        }
        let state = standing(given.facts, given.rules, self.held.application.as_of);
        let has_ended = matches!(state, Standing::Expired | Standing::Repaired);
        let outlasts = known.term().outlasts() && has_ended;
        if state != Standing::InForce && !outlasts {
            let detail = format!("measure `{id}` rests on record `{record}`, `{state}`");
            return broken(Rail::R4R5, detail);
        }
        Ok(())
    }

    /// Checks that the terms reported as cut or prolonged are those of records that the measure
    /// rests on.
    fn terms(&self, known: &MeasureInfo, applied: &MeasureVerdict) -> Result<(), Fault> {
        let cut = applied.cut.iter().map(|cut| (cut.record, Some(cut.allowed_until)));
        let prolonged = applied.prolonged.iter().map(|later| (later.record, later.until));
        for (position, until) in cut.chain(prolonged) {
            let given = self.given(position).filter(|_| applied.because.contains(&position));
            if given.map(|given| self.own_end(known, given)) != Some(until) {
                let detail = format!("measure `{}` cuts a term that is none", known.id);
                return broken(Rail::R7, detail);
            }
        }
        Ok(())
    }

    /// The last day of a measure by its article, for one record that it rests on.
    fn own_end(&self, known: &MeasureInfo, given: &Given<'_>) -> Option<Date> {
        let as_of = self.held.application.as_of;
        let last = standing::last_day(given.facts, given.rules, as_of);
        known.term().last_day(standing::first_day(given.facts, given.rules, as_of), last)
    }

    /// Returns the last day of a restriction: the latest of its records' last days, none if one has
    /// none.
    fn last_day(&self, known: &MeasureInfo, applied: &MeasureVerdict) -> Option<Date> {
        let given = applied.because.iter().filter_map(|position| self.given(*position));
        let ends = given.map(|given| self.own_end(known, given));
        ends.reduce(|one, other| one.zip(other).map(|(a, b)| a.max(b))).flatten()
    }

    /// Checks that what is set aside was given, or is in the catalogue, and names its rule.
    fn set_aside(&self, entry: &SetAsideVerdict) -> Result<(), Fault> {
        self.subject(entry.subject)?;
        let of_record = entry.record.map(|position| self.given(position));
        if of_record.as_ref().is_some_and(Option::is_none) {
            return broken(Rail::R1, "a record is set aside that nobody gave");
        }
        let record = of_record.flatten();
        if record.is_some_and(|given| given.subject != entry.subject) {
            return broken(Rail::R1, "a record is set aside for another subject");
        }
        if let Some(measure) = entry.measure {
            self.policy_measure(measure)?;
        }
        let basis = self.held.policy.basis(entry.basis);
        if basis.is_none_or(<[_]>::is_empty) {
            return broken(Rail::R11, "something is set aside without a rule");
        }
        if entry.reason == SetAsideReason::ContradictingSources
            && !record.is_some_and(|given| self.is_contradicted(given))
        {
            let detail = "a record is set aside as contradicted, and no other source says so";
            return broken(Rail::R2, detail);
        }
        Ok(())
    }

    /// Whether another source says that the decision behind a record in force has ended.
    fn is_contradicted(&self, given: &Given<'_>) -> bool {
        let as_of = self.held.application.as_of;
        let is_in_force = standing(given.facts, given.rules, as_of) == Standing::InForce;
        let contradicts = |other: &Given<'_>| {
            let state = standing(other.facts, given.rules, as_of);
            other.subject == given.subject
                && other.facts.decision.is_some()
                && other.facts.decision == given.facts.decision
                && other.source != given.source
                && matches!(
                    state,
                    Standing::Annulled | Standing::Repaired | Standing::Lifted | Standing::Expired
                )
        };
        is_in_force && self.given.iter().any(contradicts)
    }

    /// Checks that each obligation has a legal basis, as a measure has, and that every last day
    /// exists.
    // RAIL R3
    fn obligations(&self) -> Result<(), Fault> {
        for obligation in &self.verdict.obligations {
            let basis = self.held.policy.basis(Basis::Ground(obligation.ground));
            if basis.is_none_or(<[_]>::is_empty) {
                return broken(Rail::R3, "something is due later without legal basis");
            }
            if obligation.due_on.is_some_and(|day| !day.exists()) {
                return broken(Rail::R11, "something is due on a day that does not exist");
            }
        }
        let mut ends = self.verdict.measures.iter().filter_map(|measure| measure.until);
        if ends.any(|day| !day.exists()) {
            return broken(Rail::R11, "a measure ends on a day that does not exist");
        }
        Ok(())
    }

    /// Checks that the disposition follows from the answers and from the rest of the verdict.
    // RAIL R2: a component cannot call clear what is not. RAIL R14: nor what is of an earlier day.
    fn sums_up(&self) -> Result<(), Fault> {
        let verdict = self.verdict;
        let mut due = self.held.answered.iter().filter(|row| row.is_due());
        let unanswered = due.any(|row| row.status != AnswerStatus::Answered);
        let known = verdict.measures.iter().filter_map(|m| self.held.policy.measure_at(m.measure));
        let applied = known.map(|m| Applied { effect: m.effect, force: m.force, kind: m.kind });
        let (found, rule) = disposition(unanswered, applied, self.signs());
        if (verdict.disposition, verdict.disposition_rule) == (found, rule) {
            return Ok(());
        }
        let detail = format!("the disposition is `{}` and must be `{found}`", verdict.disposition);
        broken(Rail::R2, detail)
    }

    fn signs(&self) -> Signs {
        let (application, verdict) = (self.held.application, self.verdict);
        let judged = || (0..).zip(self.given.iter().zip(&verdict.records));
        let passed_over = |position: u32| {
            verdict.set_aside.iter().any(|entry| {
                entry.record == Some(position) && entry.reason == SetAsideReason::RoleNotReached
            })
        };
        let adverse = |given: &Given<'_>| {
            given.list.polarity != Polarity::Commendation
                && given.list.standing == ListStanding::Statutory
        };
        let open = |standing: Standing| {
            judged().any(|(position, (given, record)): (u32, (&Given<'_>, &RecordVerdict))| {
                record.standing == standing && adverse(given) && !passed_over(position)
            })
        };
        let watched = |(position, (given, record)): (u32, (&Given<'_>, &RecordVerdict))| {
            given.list.polarity == Polarity::Watch
                && given.list.standing == ListStanding::Statutory
                && record.standing == Standing::InForce
                && !passed_over(position)
        };
        let came_since = |(_, (given, record)): (u32, (&Given<'_>, &RecordVerdict))| {
            record.standing != Standing::InForce
                && record.standing_today == Standing::InForce
                && adverse(given)
        };
        let for_reason =
            |reason: SetAsideReason| verdict.set_aside.iter().any(|entry| entry.reason == reason);
        Signs {
            suspended_record: open(Standing::Suspended),
            lifted_record: open(Standing::Lifted),
            watch_hit: judged().any(watched),
            contradicting_sources: for_reason(SetAsideReason::ContradictingSources),
            unproven_exception: for_reason(SetAsideReason::UnprovenException),
            code_as_issued: application.subjects.iter().any(|subject| subject.as_issued),
            earlier_day: is_backdated(application.as_of, application.made_on)
                || judged().any(came_since),
        }
    }
}
