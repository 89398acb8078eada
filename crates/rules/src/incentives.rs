//! Incentives of 33 (四) to (八): the conditions that earn one, and the records that defeat it.

use mustcheck_model::date::Date;
use mustcheck_model::standing;
use mustcheck_model::working_days::WorkingDays;
use mustcheck_model::{
    AnswerFacts, AnswerStatus, ApplicationFacts, Basis, Commitment, Detail, ListStanding,
    MeasureKind, MeasureVerdict, Polarity, SetAsideReason, SetAsideVerdict, ShortHistory, Standing,
};

use crate::aside::{by_standing, entry};
use crate::catalogue::data::{Closing, ClosingWhen, Measure};
use crate::catalogue::{Catalogue, number};
use crate::clause::Clause;
use crate::measures;
use crate::measures::{RECOMMENDED, RecordsOutcome, barred_from_use, ended};
use crate::obligations::last_day;
use crate::reach::Hit;

/// 33 (二). Reads as: a subject that keeps faith benefits, one that breaks it is limited; not both
/// at once.
pub const BENEFIT_AND_LIMIT: Clause =
    Clause { position: 9, article: "2", words: "让守信者受益、失信者受限" };

/// 33 (四): 「连续三年无不良信用记录」.
const CLEAN_YEARS: u16 = 3;

/// Evaluates the incentives of the matter. Runs after the restrictions, whose records may defeat an
/// incentive.
pub fn incentives(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    answers: &[AnswerFacts],
    hits: &[Hit<'_>],
    restrictions: &[MeasureVerdict],
) -> RecordsOutcome {
    let mut outcome = RecordsOutcome::default();
    let mut linked: Vec<u32> = Vec::new();
    let found = CheckedRecords { answers, hits, restrictions };
    for (position, measure) in catalogue.incentives(application.matter, application.made_on) {
        for (subject, index) in application.subjects.iter().zip(0..) {
            if !measure.targets(subject) {
                continue;
            }
            let commended: Vec<&Hit<'_>> = (hits.iter())
                .filter(|h| h.subject_index == index && h.named_as.is_none() && h.counts())
                // RAIL R14: a record that has ended since the as-of date earns nothing today.
                .filter(|h| h.standing_today == Standing::InForce)
                .filter(|h| measure.lists.contains(&h.list.code))
                .collect();
            linked.extend(commended.iter().map(|h| h.record.number));
            if !relevant(measure, application) {
                continue;
            }
            let commended = &commended;
            let case = Candidate { catalogue, application, position, measure, index, commended };
            match case.objection(&found) {
                Some(Obstacle::Silent) => {}
                Some(Obstacle::Aside(reason, basis, detail)) => {
                    outcome.set_aside.extend(case.aside(reason, basis, detail));
                }
                None if !catalogue.adopted(measure) => {
                    let basis = Catalogue::clause(&RECOMMENDED);
                    let reason = SetAsideReason::NotAdopted;
                    outcome.set_aside.extend(case.aside(reason, basis, Detail::Nothing));
                }
                None => outcome.applied.push(case.apply()),
            }
        }
    }
    for hit in hits.iter().filter(|h| h.list.polarity == Polarity::Commendation) {
        let bar = barred_from_use(catalogue, application, hit);
        if let Some(entry) = bar.or_else(|| ended(catalogue, application, hit)) {
            outcome.set_aside.push(entry);
        } else if let Some((reason, basis)) =
            by_standing(catalogue, hit, hit.standing_today, application.made_on)
        {
            outcome.set_aside.push(entry(hit, None, reason, basis));
        } else if !linked.contains(&hit.record.number) {
            let basis = catalogue.founds(hit.list_index);
            outcome.set_aside.push(entry(hit, None, SetAsideReason::NotLinked, basis));
        }
    }
    outcome
}

/// Whether a measure has anything to decide: tolerance of incomplete materials has not where none
/// is missing.
fn relevant(measure: &Measure, application: &ApplicationFacts) -> bool {
    measure.kind != MeasureKind::IncompleteMaterialsTolerated
        || application.materials.iter().any(|m| !m.provided)
}

/// Answers and records of the check, and the restrictions that apply.
struct CheckedRecords<'a> {
    answers: &'a [AnswerFacts],
    hits: &'a [Hit<'a>],
    restrictions: &'a [MeasureVerdict],
}

/// One incentive, for one subject.
struct Candidate<'a> {
    catalogue: &'a Catalogue,
    application: &'a ApplicationFacts,
    position: usize,
    measure: &'a Measure,
    index: u32,
    commended: &'a [&'a Hit<'a>],
}

/// Reason for which an incentive does not apply.
enum Obstacle {
    /// No record and no rule speaks for it, so there is nothing to set aside.
    Silent,
    /// It would apply but for this reason, on this basis.
    Aside(SetAsideReason, Basis, Detail),
}

impl Candidate<'_> {
    fn objection(&self, found: &CheckedRecords<'_>) -> Option<Obstacle> {
        let own = Basis::Measure(number(self.position));
        let unmet =
            |detail: Detail| Some(Obstacle::Aside(SetAsideReason::ConditionNotMet, own, detail));
        if self.commended.is_empty() {
            if !self.measure.or_three_clean_years {
                return Some(Obstacle::Silent);
            }
            if let Err(detail) = self.three_clean_years(found) {
                return unmet(detail);
            }
        }
        if self.measure.kind == MeasureKind::IncompleteMaterialsTolerated
            && let Some((position, when)) =
                closing(self.catalogue, self.application, self.index, found.hits)
        {
            let reason = match when {
                ClosingWhen::SeriousRecord => SetAsideReason::DefeatedByRestriction,
                ClosingWhen::Matter => SetAsideReason::ConditionNotMet,
            };
            let basis = self.catalogue.closing(position);
            return Some(Obstacle::Aside(reason, basis, Detail::OfGround));
        }
        // 33 (二), and (四) for tolerance: never while an unrepaired serious record is in force.
        if let Some((record, state)) = self.defeating(found) {
            let detail = match state {
                Standing::Suspended | Standing::Lifted => Detail::RecordOpen(record),
                _ => Detail::RecordInForce(record),
            };
            let basis = Catalogue::clause(&BENEFIT_AND_LIMIT);
            return Some(Obstacle::Aside(SetAsideReason::DefeatedByRestriction, basis, detail));
        }
        if found.answers.iter().any(|answer| self.is_unanswered(answer)) {
            return unmet(Detail::Unanswered);
        }
        if self.measure.kind == MeasureKind::IncompleteMaterialsTolerated
            && let Err(detail) = self.tolerable()
        {
            return unmet(detail);
        }
        None
    }

    fn is_unanswered(&self, answer: &AnswerFacts) -> bool {
        answer.status != AnswerStatus::Answered && self.catalogue.is_due(answer.list)
    }

    /// Returns the record that defeats the incentive, and its standing: a serious one about the
    /// subject, in force or under verification; or one on which a restriction of the subject rests.
    ///
    /// INTERPRETATION: (二) and (四) contrast subjects that keep faith with those that break it, so
    /// only a record of the subject itself counts, and not that of another member or a guarantor. A
    /// penalty is serious if it is heavy (a fine of the larger kind, or more than a fine); a list
    /// of serious breaches holds nothing else. No objection revives an incentive: a disputed record
    /// is not known to be wrong.
    fn defeating(&self, found: &CheckedRecords<'_>) -> Option<(u32, Standing)> {
        let hits = found.hits.iter();
        let own = hits.filter(|h| h.subject_index == self.index && h.named_as.is_none());
        let serious = |h: &&Hit<'_>| h.list.polarity == Polarity::Restriction && self.is_serious(h);
        let mut records = own.filter(serious);
        let record = records
            .find(|h| h.counts() || h.is_open(Standing::Suspended) || h.is_open(Standing::Lifted));
        let refuses = |m: &&MeasureVerdict| {
            let known = self.catalogue.measure_at(m.measure);
            known.is_some_and(|known| !known.kind.is_examination()) && self.is_behind(m.subject)
        };
        let rested_on = found.restrictions.iter().find(refuses).and_then(|m| m.because.first());
        let in_force = rested_on.map(|record| (*record, Standing::InForce));
        record.map(|h| (h.position, h.standing)).or(in_force)
    }

    /// Whether a subject is this one, or a person who answers for it.
    ///
    /// INTERPRETATION: where an article unseats the person who leads the applicant, the application
    /// cannot be granted unchanged, and nothing is made easier for it until that is cured.
    fn is_behind(&self, index: u32) -> bool {
        let person = self.application.subject(index).filter(|s| s.role.stands_behind());
        index == self.index
            || person.is_some_and(|person| person.of.is_none_or(|of| of == self.index))
    }

    /// Whether a record of a restriction list weighs enough to defeat an incentive.
    fn is_serious(&self, hit: &Hit<'_>) -> bool {
        let Some(test) = &hit.list.serious else { return true };
        measures::penalty_passes(self.catalogue, test, hit, self.application.made_on)
    }

    /// 33 (四): 「连续三年无不良信用记录的行政相对人」. It can only be said when every due lookup on
    /// a list that holds adverse records was answered by a source that reaches back that far.
    ///
    /// INTERPRETATION: adverse is a record of a restriction or watch list that was there on any day
    /// of the three years up to the as-of date, ended or not; an annulled or repaired one, or one
    /// that has not begun, is not. A record under objection counts, as it is not yet known to be
    /// wrong. Commendation lists hold nothing adverse, so how far back they reach does not matter.
    fn three_clean_years(&self, found: &CheckedRecords<'_>) -> Result<(), Detail> {
        let as_of = self.application.as_of;
        let since = as_of.years_before(CLEAN_YEARS).ok_or(Detail::NoSuchDay)?;
        for answer in found.answers.iter().filter(|a| a.subject == self.index) {
            let Some(list) = self.catalogue.list_at(answer.list) else { continue };
            if list.polarity == Polarity::Commendation || !self.catalogue.is_due(answer.list) {
                continue;
            }
            let reaches = answer.records_from.is_some_and(|from| from <= since);
            if answer.status != AnswerStatus::Answered || !reaches {
                return Err(Detail::ShortHistory(ShortHistory { list: answer.list, since }));
            }
        }
        let adverse = found.hits.iter().find(|h| {
            h.subject_index == self.index
                && h.list.polarity != Polarity::Commendation
                && h.list.standing == ListStanding::Statutory
                && !matches!(
                    h.standing,
                    Standing::Annulled | Standing::Repaired | Standing::NotYetInForce
                )
                && standing::last_day(h.record, &h.rules, as_of).is_none_or(|last| last >= since)
        });
        adverse.map_or(Ok(()), |hit| Err(Detail::AdverseRecord(hit.position)))
    }

    /// 33 (四): 「除法律法规要求提供的材料外,部分申报材料不齐备的,如其书面承诺在规定期限内提供」.
    fn tolerable(&self) -> Result<(), Detail> {
        let mut materials = self.application.materials.iter().zip(0..);
        if let Some((_, position)) = materials.find(|(m, _)| !m.provided && m.statutory) {
            return Err(Detail::StatutoryMaterial(position));
        }
        match self.application.commitment {
            None => Err(Detail::NoCommitment),
            Some(commitment) if self.last_day(commitment) < self.application.as_of => {
                Err(Detail::CommitmentPassed)
            }
            Some(_) => Ok(()),
        }
    }

    fn last_day(&self, commitment: Commitment) -> Date {
        last_day(commitment, WorkingDays::new(&self.catalogue.data().calendar))
    }

    fn apply(&self) -> MeasureVerdict {
        // With several commendations the latest end holds; one without an end has none.
        let ends = self.commended.iter().map(|h| h.record.valid_until);
        let until = ends.reduce(|one, other| one.zip(other).map(|(a, b)| a.max(b))).flatten();
        MeasureVerdict {
            measure: number(self.position),
            subject: self.index,
            because: self.commended.iter().map(|h| h.position).collect(),
            until,
            cut: Vec::new(),
            prolonged: Vec::new(),
        }
    }

    /// Makes one entry for each commendation that would have earned the incentive, so that no
    /// record is passed over; a single one without a record if the incentive rests on the absence
    /// of any.
    fn aside(&self, reason: SetAsideReason, basis: Basis, detail: Detail) -> Vec<SetAsideVerdict> {
        let entry = |record: Option<u32>| SetAsideVerdict {
            record,
            measure: Some(number(self.position)),
            subject: self.index,
            reason,
            detail,
            basis,
        };
        if self.commended.is_empty() {
            return vec![entry(None)];
        }
        self.commended.iter().map(|hit| entry(Some(hit.position))).collect()
    }
}

/// Returns the position of the place's rule that closes promises to complete the materials here,
/// and the condition that closes; `None` if they are open (深圳 59).
fn closing(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    subject_index: u32,
    hits: &[Hit<'_>],
) -> Option<(usize, ClosingWhen)> {
    let matter = catalogue.matter_at(application.matter);
    let named = |closing: &Closing| {
        matter.is_some_and(|matter| {
            closing.matters.contains(&matter.code)
                || matter.traits.iter().any(|own| closing.traits.contains(own))
        })
    };
    // RAILS R4, R5: only a record in force counts; one that is repaired, expired or under
    // verification closes nothing.
    let serious = || {
        let own = hits.iter().filter(|h| h.subject_index == subject_index && h.named_as.is_none());
        own.filter(|h| h.list.polarity == Polarity::Restriction).any(|h| h.counts())
    };
    let mut closings = catalogue.data().overlay.closings.iter().enumerate();
    let closing = closings.find(|(_, closing)| match closing.when {
        ClosingWhen::Matter => named(closing),
        ClosingWhen::SeriousRecord => serious(),
    });
    closing.map(|(position, closing)| (position, closing.when))
}
