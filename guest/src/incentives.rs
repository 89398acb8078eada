//! Incentives of 33 (四) to (八): who has earned one, and what defeats it.

use crate::catalogue::Catalogue;
use crate::catalogue::data::{ClosingWhen, Measure};
use crate::clause::Clause;
use crate::date::Date;
use crate::lookups::{Answered, Days, target};
use crate::measures::{Outcome, RECOMMENDED, barred_from_use, ended, entry};
use crate::model::{
    AnswerStatus, Application, AppliedMeasure, Commitment, LegalBasis, ListStanding, MeasureKind,
    Polarity, SetAside, SetAsideReason, Standing, Subject, Target, Text,
};
use crate::obligations::last_day;
use crate::reach::Hit;
use crate::working_days::WorkingDays;
use crate::{measures, place, standing};

/// 33 (二). Reads as: who keeps faith benefits, who breaks it is limited; not both at once.
pub const BENEFIT_AND_LIMIT: Clause =
    Clause { article: "2", words: "让守信者受益、失信者受限" };

/// 33 (四): 「连续三年无不良信用记录」.
const CLEAN_YEARS: u16 = 3;

/// Evaluates the incentives of the matter. Runs after the restrictions, whose records may defeat.
pub fn incentives(
    catalogue: &Catalogue,
    application: &Application,
    days: Days,
    answered: &[Answered<'_>],
    hits: &[Hit<'_>],
    restrictions: &[AppliedMeasure],
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut linked: Vec<&str> = Vec::new();
    let unanswered = answered.iter().any(|a| a.is_due() && a.status != AnswerStatus::Answered);
    for measure in catalogue.incentives(&application.matter, days.made_on) {
        for (index, subject) in application.subjects.iter().enumerate() {
            if !measure.targets(subject) {
                continue;
            }
            let commended: Vec<&Hit<'_>> = (hits.iter())
                .filter(|h| h.subject_index == index && h.named_as.is_none() && h.counts())
                // RAIL R14: what has ended since the as-of date earns nothing today.
                .filter(|h| h.standing_today == Standing::InForce)
                .filter(|h| measure.lists.contains(&h.list.code))
                .collect();
            linked.extend(commended.iter().map(|h| h.record.id.as_str()));
            if !relevant(measure, application) {
                continue;
            }
            let case = Case {
                catalogue,
                application,
                days,
                measure,
                index,
                subject,
                commended: &commended,
            };
            match case.objection(answered, hits, restrictions, unanswered) {
                Some(Objection::Silent) => {}
                Some(Objection::Aside(reason, basis, text)) => {
                    outcome.set_aside.extend(case.aside(reason, &basis, text));
                }
                None if !catalogue.adopted(measure) => {
                    let (reason, basis) = (SetAsideReason::NotAdopted, RECOMMENDED.basis());
                    outcome.set_aside.extend(case.aside(reason, &basis, None));
                }
                None => outcome.applied.push(case.apply()),
            }
        }
    }
    for hit in hits.iter().filter(|h| h.list.polarity == Polarity::Commendation) {
        let bar = barred_from_use(application, hit).or_else(|| ended(application, hit));
        if let Some(entry) = bar {
            outcome.set_aside.push(entry);
        } else if let Some((reason, basis)) =
            standing::set_aside(hit.record, hit.standing_today, days.made_on, hit.regime)
        {
            outcome.set_aside.push(entry(hit, None, reason, basis));
        } else if !linked.contains(&hit.record.id.as_str()) {
            let basis = hit.list.legal_basis.clone();
            outcome.set_aside.push(entry(hit, None, SetAsideReason::NotLinked, basis));
        }
    }
    outcome
}

/// Tolerance of incomplete materials has nothing to say where none is missing.
fn relevant(measure: &Measure, application: &Application) -> bool {
    measure.kind != MeasureKind::IncompleteMaterialsTolerated
        || application.materials.iter().any(|m| !m.provided)
}

/// One incentive, for one subject.
struct Case<'a> {
    catalogue: &'a Catalogue,
    application: &'a Application,
    days: Days,
    measure: &'a Measure,
    index: usize,
    subject: &'a Subject,
    commended: &'a [&'a Hit<'a>],
}

/// Why an incentive does not apply.
enum Objection {
    /// Nothing speaks for it, so there is nothing to set aside.
    Silent,
    /// It was due but for this.
    Aside(SetAsideReason, Vec<LegalBasis>, Option<Text>),
}

impl Case<'_> {
    fn objection(
        &self,
        answered: &[Answered<'_>],
        hits: &[Hit<'_>],
        restrictions: &[AppliedMeasure],
        unanswered: bool,
    ) -> Option<Objection> {
        let unmet = |text: Text| {
            let basis = self.measure.legal_basis.clone();
            Some(Objection::Aside(SetAsideReason::ConditionNotMet, basis, Some(text)))
        };
        if self.commended.is_empty() {
            if !self.measure.or_three_clean_years {
                return Some(Objection::Silent);
            }
            if let Err(text) = self.three_clean_years(answered, hits) {
                return unmet(text);
            }
        }
        if self.measure.kind == MeasureKind::IncompleteMaterialsTolerated
            && let Some(closing) =
                place::closing(self.catalogue, self.application, self.index, hits)
        {
            let reason = match closing.when {
                ClosingWhen::SeriousRecord => SetAsideReason::DefeatedByRestriction,
                ClosingWhen::Matter => SetAsideReason::ConditionNotMet,
            };
            let (basis, text) = (closing.legal_basis.clone(), closing.text.clone());
            return Some(Objection::Aside(reason, basis, Some(text)));
        }
        // 33 (二), and (四) for tolerance: never while an unrepaired serious record is in force.
        if let Some((record, state)) = self.defeating(hits, restrictions) {
            let text = match state {
                Standing::Suspended | Standing::Lifted => Text::new(
                    format!(
                        "惩戒名单记录“{record}”尚在核实、停止执行或者重整期间，不适用激励措施。"
                    ),
                    format!("Defeated by record `{record}`, which is disputed, stayed or lifted."),
                ),
                _ => Text::new(
                    format!("惩戒名单记录“{record}”有效，不适用激励措施。"),
                    format!("Defeated by record `{record}`, which is in force."),
                ),
            };
            let basis = BENEFIT_AND_LIMIT.basis();
            let reason = SetAsideReason::DefeatedByRestriction;
            return Some(Objection::Aside(reason, basis, Some(text)));
        }
        if unanswered {
            return unmet(Text::new(
                "尚有应查事项未获查询结果，不能确认无有效的惩戒记录。",
                "A due lookup is unanswered, so nobody can say that nothing restricts.",
            ));
        }
        if self.measure.kind == MeasureKind::IncompleteMaterialsTolerated
            && let Err(text) = self.tolerable()
        {
            return unmet(text);
        }
        None
    }

    /// The record that defeats the incentive, and its standing: a serious one about the subject, in
    /// force or under verification; or one on which a restriction of the subject rests.
    ///
    /// INTERPRETATION: (二) and (四) set who keeps faith against who breaks it, so that it is the
    /// record of the subject itself that counts, and not that of another member or a guarantor. A
    /// penalty is serious if it is heavy (a fine of the larger kind, or more than a fine); a list of
    /// serious breaches holds nothing else. No objection revives an incentive: what is disputed is
    /// not known to be wrong.
    fn defeating<'h>(
        &self,
        hits: &'h [Hit<'_>],
        restrictions: &'h [AppliedMeasure],
    ) -> Option<(&'h str, Standing)> {
        let own = hits.iter().filter(|h| h.subject_index == self.index && h.named_as.is_none());
        let serious = |h: &&Hit<'_>| h.list.polarity == Polarity::Restriction && self.is_serious(h);
        let mut records = own.filter(serious);
        let record = records
            .find(|h| h.counts() || h.is_open(Standing::Suspended) || h.is_open(Standing::Lifted));
        let refuses = |m: &&AppliedMeasure| {
            !m.kind.is_examination() && self.is_behind(m.target.subject_index)
        };
        let rested_on = restrictions.iter().find(refuses).and_then(|m| m.because.first());
        let in_force = rested_on.map(|record| (record.as_str(), Standing::InForce));
        record.map(|h| (h.record.id.as_str(), h.standing)).or(in_force)
    }

    /// Whether a subject is this one, or a person who stands behind it.
    ///
    /// INTERPRETATION: where an article unseats the person who leads the applicant, the application
    /// cannot be granted as it stands, and nothing is made easier for it until that is cured.
    fn is_behind(&self, index: u32) -> bool {
        let Ok(index) = usize::try_from(index) else { return false };
        let person = self.application.subjects.get(index).filter(|s| s.role.stands_behind());
        let own = |of: u32| usize::try_from(of).is_ok_and(|of| of == self.index);
        index == self.index || person.is_some_and(|person| person.of.is_none_or(own))
    }

    /// Whether a record of a restriction list weighs enough to defeat an incentive.
    fn is_serious(&self, hit: &Hit<'_>) -> bool {
        let Some(test) = &hit.list.serious else { return true };
        measures::penalty_passes(self.catalogue, test, hit, self.days.made_on)
    }

    /// 33 (四): 「连续三年无不良信用记录的行政相对人」. It can only be said when every due lookup on
    /// a list that holds adverse records was answered by a source that reaches back that far.
    ///
    /// INTERPRETATION: adverse is a record of a restriction or watch list that stood on any day of
    /// the three years up to the as-of date, ended or not; an annulled or repaired one, or one that
    /// has not begun, is not. One
    /// under objection is not yet known to be none. Commendation lists hold nothing adverse, so
    /// how far back they reach does not matter.
    fn three_clean_years(&self, answered: &[Answered<'_>], hits: &[Hit<'_>]) -> Result<(), Text> {
        let fail = |zh: String, en: String| Err(Text::new(zh, en));
        let Some(since) = self.application.as_of.years_before(CLEAN_YEARS) else {
            return fail("无法回溯三年。".into(), "Three years back is no day.".into());
        };
        for answer in answered.iter().filter(|a| a.subject_index == self.index) {
            if answer.list.polarity == Polarity::Commendation || !answer.is_due() {
                continue;
            }
            let from = answer.answer.source.as_ref().and_then(|s| s.records_from);
            let reaches = from.is_some_and(|from| from <= since);
            if answer.status != AnswerStatus::Answered || !reaches {
                let list = &answer.list.name;
                return fail(
                    format!("“{}”的查询结果不能覆盖{since}以来的三年。", list.zh),
                    format!(
                        "The answer for `{}` does not cover the three years since {since}.",
                        answer.list.code
                    ),
                );
            }
        }
        let adverse = hits.iter().find(|h| {
            h.subject_index == self.index
                && h.list.polarity != Polarity::Commendation
                && h.list.standing == ListStanding::Statutory
                && !matches!(
                    h.standing,
                    Standing::Annulled | Standing::Repaired | Standing::NotYetInForce
                )
                && standing::last_day(h.record, &h.rules, self.application.as_of)
                    .is_none_or(|last| last >= since)
        });
        match adverse {
            None => Ok(()),
            Some(hit) => fail(
                format!("三年内有不良信用记录“{}”。", hit.record.id),
                format!("Record `{}` is adverse and stood within the three years.", hit.record.id),
            ),
        }
    }

    /// 33 (四): 「除法律法规要求提供的材料外,部分申报材料不齐备的,如其书面承诺在规定期限内提供」.
    fn tolerable(&self) -> Result<(), Text> {
        let fail = |zh: String, en: String| Err(Text::new(zh, en));
        let missing = || self.application.materials.iter().filter(|m| !m.provided);
        if let Some(material) = missing().find(|m| m.statutory) {
            return fail(
                format!("所缺“{}”系法律法规要求提供的材料。", material.name),
                format!("`{}` is missing and a law or regulation requires it.", material.name),
            );
        }
        match self.application.commitment {
            None => fail(
                "申请人未书面承诺在规定期限内提供所缺材料。".into(),
                "No signed commitment to provide what is missing.".into(),
            ),
            Some(commitment) if self.last_day(commitment) < self.application.as_of => fail(
                format!("承诺的期限{}已过。", commitment.complete_by),
                format!("The committed deadline {} has passed.", commitment.complete_by),
            ),
            Some(_) => Ok(()),
        }
    }

    fn last_day(&self, commitment: Commitment) -> Date {
        last_day(commitment, WorkingDays::new(&self.catalogue.data().calendar))
    }

    fn apply(&self) -> AppliedMeasure {
        let measure = self.measure;
        // With several commendations the latest end holds; one without an end has none.
        let ends = self.commended.iter().map(|h| h.record.valid_until);
        let until = ends.reduce(|one, other| one.zip(other).map(|(a, b)| a.max(b))).flatten();
        AppliedMeasure {
            measure: measure.id.clone().into(),
            effect: measure.effect,
            force: measure.force,
            kind: measure.kind,
            target: self.target(),
            because: self.commended.iter().map(|h| h.record.id.clone()).collect(),
            legal_basis: measure.legal_basis.clone(),
            until,
            cut: Vec::new(),
            prolonged: Vec::new(),
            text: measure.text.about(self.subject.kind).into_owned(),
        }
    }

    /// One entry for each commendation that would have earned the incentive, so that no record is
    /// passed over; a single one without a record if its ground is the absence of any.
    fn aside(
        &self,
        reason: SetAsideReason,
        legal_basis: &[LegalBasis],
        text: Option<Text>,
    ) -> Vec<SetAside> {
        let text = text.unwrap_or_else(|| crate::notice::reason(reason));
        let entry = |record: Option<String>| SetAside {
            record,
            measure: Some(self.measure.id.clone().into()),
            target: self.target(),
            reason,
            legal_basis: legal_basis.to_vec(),
            text: text.clone(),
        };
        if self.commended.is_empty() {
            return vec![entry(None)];
        }
        self.commended.iter().map(|hit| entry(Some(hit.record.id.clone()))).collect()
    }

    fn target(&self) -> Target {
        target(self.subject, self.index)
    }
}
