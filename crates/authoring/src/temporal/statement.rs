//! Independent statement of the measures that should fire, from the data alone: in spans of days
//! where the rules ask day by day, and by going through every measure where the rules have an
//! index.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::Date;
use mustcheck_model::{
    Effect, Force, LegalBasis, ListStanding, MeasureKind, PenaltyKind, Polarity, Role,
};
use mustcheck_rules::catalogue::data::{
    CatalogueData, ClosingWhen, ExceptionWhen, FineTest, List, Matter, Measure, PenaltyTest,
    RecordMatter,
};

use crate::temporal::span::Span;
use crate::temporal::trial::{Fired, Planted, Trial};

/// The statement on an edition with its overlay, worked out once.
pub(super) struct Statement<'d> {
    data: &'d CatalogueData,
    heads: Vec<(String, Span)>,
    /// Days of each measure's bases, those of its adoption included, each with the words for days
    /// outside them.
    founded: BTreeMap<&'d str, Vec<(String, Span)>>,
    applied: BTreeSet<&'d str>,
    due: BTreeMap<&'d str, BTreeSet<(Role, String)>>,
}

impl<'d> Statement<'d> {
    pub(super) fn of(data: &'d CatalogueData) -> Self {
        let (edition, overlay) = (&data.edition, &data.overlay);
        let from = overlay.valid_from.unwrap_or(edition.valid_from);
        let heads = vec![
            (
                format!("edition `{}` does not decide", edition.id),
                Span { from: edition.valid_from, until: edition.valid_until },
            ),
            (
                format!("overlay `{}` does not hold", overlay.id),
                Span { from, until: overlay.valid_until },
            ),
        ];
        let mut founded = BTreeMap::new();
        let mut applied = BTreeSet::new();
        for measure in &data.measures {
            let own = overlay.adoptions.iter().filter(|a| a.measures.contains(&measure.id));
            let adopting = own.clone().flat_map(|a| &a.legal_basis);
            let bases = measure.legal_basis.iter().chain(adopting);
            founded.insert(&*measure.id, bases.map(|b| span_of(data, b)).collect());
            let by_kind =
                overlay.adopts_recommended_incentives && measure.effect == Effect::Incentive;
            let by_name = overlay.adopts.contains(&measure.id) || own.count() > 0;
            if measure.force == Force::Mandatory || by_kind || by_name {
                applied.insert(&*measure.id);
            }
        }
        let due = data.matters.iter().map(|matter| (&*matter.code, due(data, matter)));
        Self { data, heads, founded, applied, due: due.collect() }
    }

    /// Whether the edition decides on a day, where its overlay holds.
    pub(super) fn decides(&self, day: Date) -> bool {
        self.heads.iter().all(|(_, span)| span.holds(day))
    }

    /// Returns the lookups due on a matter, by role and list.
    pub(super) fn due(&self, matter: &Matter) -> BTreeSet<(Role, String)> {
        self.due.get(matter.code.as_str()).cloned().unwrap_or_default()
    }

    /// Returns a message for each article by which a lookup is due and which is not in force on the
    /// day.
    pub(super) fn unfounded_lookups(&self, matter: &Matter, day: Date) -> Vec<String> {
        let local = self.data.overlay.due.iter().filter(|d| d.matters.contains(&matter.code));
        let bases = matter.due.iter().flat_map(|d| &d.legal_basis);
        let bases = bases.chain(local.flat_map(|d| &d.legal_basis));
        let spans: BTreeMap<String, Span> = bases.map(|b| span_of(self.data, b)).collect();
        let open = spans.into_iter().filter(|(_, span)| !span.holds(day));
        open.map(|(why, _)| format!("a lookup is due although {why}")).collect()
    }

    /// Returns the reason why a measure should be silent on a day of its own validity, if its basis
    /// gives one.
    pub(super) fn outlives(&self, measure: &Measure, day: Date) -> Option<String> {
        let own = Span { from: measure.valid_from, until: measure.valid_until };
        let open = self.founded.get(&*measure.id)?.iter().find(|(_, span)| !span.holds(day))?;
        own.holds(day).then(|| format!("is valid although {}", open.0))
    }

    /// Returns the reason why a measure should be silent on a day, if days give one.
    pub(super) fn outside(&self, id: &str, day: Date) -> Option<String> {
        let measure = self.data.measures.iter().find(|m| m.id == *id)?;
        let own = Span { from: measure.valid_from, until: measure.valid_until };
        if !own.holds(day) {
            return Some(format!("it is not valid on {day}"));
        }
        let spans = self.heads.iter().chain(self.founded.get(id).into_iter().flatten());
        let mut open = spans.filter(|(_, span)| !span.holds(day));
        open.next().map(|(why, _)| why.clone())
    }

    /// Returns the measures that should fire in a trial: the restrictions, and then the incentives
    /// that none of them defeats.
    pub(super) fn expected(&self, matter: &Matter, trial: &Trial<'_>, day: Date) -> Fired {
        let mut fired = self.restricting(matter, trial, day);
        let unseats = |(id, role): &(String, Role)| {
            let person =
                !matches!(role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor);
            let measure = self.data.measures.iter().find(|m| m.id == *id);
            let examines = |m: &Measure| {
                matches!(m.kind, MeasureKind::StricterExamination | MeasureKind::CloserSupervision)
            };
            person && measure.is_some_and(|m| !examines(m))
        };
        if fired.keys().any(unseats) {
            return fired;
        }
        for measure in self.valid(matter, Effect::Incentive, day) {
            for role in &measure.roles {
                if let Some(records) = self.earned(measure, matter, trial, *role, day) {
                    fired.insert((measure.id.clone().into(), *role), records);
                }
            }
        }
        fired
    }

    /// Returns the measures of an effect that may apply on a matter and a day.
    fn valid(&self, matter: &Matter, effect: Effect, day: Date) -> Vec<&'d Measure> {
        let valid = |measure: &&Measure| {
            measure.matters.contains(&matter.code)
                && self.applied.contains(measure.id.as_str())
                && self.outside(&measure.id, day).is_none()
        };
        self.data.measures.iter().filter(valid).filter(|m| m.effect == effect).collect()
    }

    /// Returns the restrictions that should fire in a trial.
    pub(super) fn restricting(&self, matter: &Matter, trial: &Trial<'_>, day: Date) -> Fired {
        let mut fired = Fired::new();
        for measure in self.valid(matter, Effect::Restriction, day) {
            for role in &measure.roles {
                if let Some(records) = self.restricted(measure, matter, trial, *role, day) {
                    fired.insert((measure.id.clone().into(), *role), records);
                }
            }
        }
        fired
    }

    fn list(&self, code: &str) -> Option<&'d List> {
        self.data.lists.iter().find(|l| l.code == *code)
    }

    /// Whether a planted record is found for its subject.
    fn found(&self, matter: &Matter, planted: &Planted<'_>) -> bool {
        let key = (planted.role, planted.list.to_owned());
        self.due.get(matter.code.as_str()).is_some_and(|due| due.contains(&key))
    }

    /// Whether a planted record reaches its subject: the applicants and guarantors by their own
    /// records, persons by the list's rule alone.
    fn reaches(&self, matter: &Matter, planted: &Planted<'_>) -> bool {
        if matches!(planted.role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor) {
            return true;
        }
        let Some(list) = self.list(planted.list) else { return false };
        list.persons.iter().any(|rule| {
            let act = rule.acts.is_empty()
                || planted.act.is_some_and(|act| rule.acts.iter().any(|a| *a == *act));
            let here = rule.matters.is_empty() || rule.matters.contains(&matter.code);
            let named = match planted.named_as {
                Some(role) => !rule.own_record && rule.roles.contains(&role),
                None => true,
            };
            act && here && named
        })
    }

    fn restricted(
        &self,
        measure: &Measure,
        matter: &Matter,
        trial: &Trial<'_>,
        role: Role,
        day: Date,
    ) -> Option<BTreeSet<String>> {
        if !meets(measure, trial, role) {
            return None;
        }
        let triggers = |planted: &&Planted<'_>| {
            let statutory = |list: &List| {
                list.standing == ListStanding::Statutory && list.polarity != Polarity::Commendation
            };
            planted.role == role
                && measure.lists.iter().any(|l| *l == *planted.list)
                && self.list(planted.list).is_some_and(statutory)
                && self.found(matter, planted)
                && self.reaches(matter, planted)
                && self.list(planted.list).is_some_and(|list| {
                    trial.history(day).lasts(self.data, measure, list, planted.act, day)
                })
                && by_act(measure, planted.act)
                && by_matter(measure, matter, planted)
                && self.by_penalty(measure.penalty.as_ref(), planted, day)
        };
        let records: BTreeSet<String> =
            trial.planted.iter().filter(triggers).map(|p| p.id.clone()).collect();
        (!records.is_empty()).then_some(records)
    }

    fn by_penalty(&self, test: Option<&PenaltyTest>, planted: &Planted<'_>, day: Date) -> bool {
        let Some(test) = test else { return true };
        let Some((kind, amount)) = planted.penalty else { return test.unnamed };
        let span = |s: &mustcheck_rules::catalogue::data::Setting| Span {
            from: s.valid_from,
            until: s.valid_until,
        };
        let settings = self.data.settings.iter().filter(|s| s.id == "larger-fine");
        let least = { settings }.find(|s| span(s).holds(day)).map(|s| s.amount_fen);
        let can_tell = amount.zip(least);
        test.kinds.contains(&kind)
            || (kind == PenaltyKind::Fine
                && match test.fine {
                    Some(FineTest::AtLeastLargerFine) => can_tell.is_some_and(|(a, l)| a >= l),
                    Some(FineTest::Undecidable) => can_tell.is_none(),
                    None => false,
                })
    }

    /// Returns the commendations that earn an incentive: an empty set if clean years earn it,
    /// `None` if nothing does.
    fn earned(
        &self,
        measure: &Measure,
        matter: &Matter,
        trial: &Trial<'_>,
        role: Role,
        day: Date,
    ) -> Option<BTreeSet<String>> {
        if !meets(measure, trial, role) {
            return None;
        }
        let found: Vec<(&Planted<'_>, &List)> = trial
            .planted
            .iter()
            .filter(|p| self.found(matter, p))
            .filter_map(|p| Some((p, self.list(p.list)?)))
            .filter(|(_, list)| list.standing == ListStanding::Statutory)
            .collect();
        let defeats = |(planted, list): &(&Planted<'_>, &List)| {
            planted.role == role
                && planted.named_as.is_none()
                && list.polarity == Polarity::Restriction
                && list.serious.as_ref().is_none_or(|t| self.by_penalty(Some(t), planted, day))
        };
        if found.iter().any(defeats) {
            return None;
        }
        let commended: BTreeSet<String> = (found.iter())
            .filter(|(p, _)| p.role == role && p.named_as.is_none() && self.reaches(matter, p))
            .filter(|(p, _)| measure.lists.iter().any(|l| *l == *p.list))
            .map(|(p, _)| p.id.clone())
            .collect();
        let adverse = |(planted, list): &(&Planted<'_>, &List)| {
            planted.role == role && list.polarity != Polarity::Commendation
        };
        let clean = measure.or_three_clean_years && !found.iter().any(adverse);
        if commended.is_empty() && !clean {
            return None;
        }
        let closed = self.data.overlay.closings.iter().any(|closing| {
            closing.when == ClosingWhen::Matter
                && (closing.matters.contains(&matter.code)
                    || closing.traits.iter().any(|t| matter.traits.contains(t)))
        });
        let tolerance = measure.kind == MeasureKind::IncompleteMaterialsTolerated;
        (!(tolerance && closed)).then_some(commended)
    }
}

/// Whether a measure targets the kind of subject that has a role.
fn meets(measure: &Measure, trial: &Trial<'_>, role: Role) -> bool {
    measure.subject.is_none_or(|kind| kind == trial.who(role).0)
}

/// Returns the days of a basis, with the words for days outside them.
fn span_of(data: &CatalogueData, basis: &LegalBasis) -> (String, Span) {
    let known = data.instruments.iter().find(|i| *i.id == *basis.instrument);
    let article = format!("`{}` article {}", basis.instrument, basis.article);
    known.map_or_else(
        // An instrument that nobody knows is in force on the last day of the calendar alone.
        || (format!("{article} is unknown"), Span { from: NEVER, until: None }),
        |i| {
            let span = Span { from: i.in_force_from, until: i.in_force_until };
            (format!("{article} is not in force"), span)
        },
    )
}

const NEVER: Date = Date { year: 9999, month: 12, day: 31 };

/// Returns the lookups that a matter makes due, by the edition and by the place.
fn due(data: &CatalogueData, matter: &Matter) -> BTreeSet<(Role, String)> {
    let local = data.overlay.due.iter().filter(|d| d.matters.contains(&matter.code));
    let all = matter.due.iter().map(|d| (&d.roles, &d.lists));
    let all = all.chain(local.map(|d| (&d.roles, &d.lists)));
    let each = all.flat_map(|(roles, lists)| {
        roles
            .iter()
            .flat_map(move |role| lists.iter().map(move |list| (*role, list.clone().into())))
    });
    each.collect()
}

fn by_act(measure: &Measure, act: Option<&str>) -> bool {
    let excepted = |act: &str| {
        let cases = measure.exceptions.iter().filter(|e| e.when == ExceptionWhen::Act);
        { cases }.any(|e| e.acts.iter().any(|a| *a == *act))
    };
    match (act, measure.acts.is_empty(), measure.unnamed_act) {
        (Some(act), true, only_unnamed) => !only_unnamed && !excepted(act),
        (Some(act), false, _) => measure.acts.iter().any(|a| *a == *act) && !excepted(act),
        (None, true, _) => true,
        (None, false, also_unnamed) => also_unnamed,
    }
}

fn by_matter(measure: &Measure, matter: &Matter, planted: &Planted<'_>) -> bool {
    match measure.record_matter {
        None => true,
        Some(RecordMatter::Same) => planted.matter == Some(matter.code.as_str()),
        Some(RecordMatter::Unnamed) => planted.matter.is_none(),
    }
}
