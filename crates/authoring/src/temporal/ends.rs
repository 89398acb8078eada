//! The ends: records with histories of their own, on the last days of terms and the days after, on
//! the first day of a removal and after a removal was revoked.
//!
//! The expected duration is stated here once more, in whole days counted with no code of the rules.

use mustcheck_model::date::Date;
use mustcheck_model::{EventKind, Term};
use mustcheck_rules::catalogue::data::{CatalogueData, List, ListRegime, Measure};

use crate::temporal::span::Span;

/// History of the records of a trial.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// First day of the records.
    pub(super) first: Date,
    /// Last day on record, if there is one.
    pub(super) until: Option<Date>,
    /// Events, each with its day.
    pub(super) events: Vec<(EventKind, Date)>,
}

impl History {
    /// A history of records that begin on a day, with nothing else known of them.
    pub(super) const fn begun(first: Date) -> Self {
        Self { first, until: None, events: Vec::new() }
    }

    fn last(&self, kind: EventKind, day: Date) -> Option<Date> {
        let happened = self.events.iter().filter(|(k, on)| *k == kind && *on <= day);
        happened.map(|(_, on)| *on).max()
    }

    /// Whether a measure that a record of a list has triggered still lasts on a day.
    pub(super) fn lasts(
        &self,
        data: &CatalogueData,
        measure: &Measure,
        list: &List,
        act: Option<&str>,
        day: Date,
    ) -> bool {
        let regime = regime_on(list, day);
        let revoked = self.last(EventKind::RemovalRevoked, day);
        let anew = revoked.filter(|_| regime.is_some_and(|r| r.restoration.is_some()));
        let start = anew.map_or(self.first, |revoked| revoked.max(self.first));
        let stay = regime.and_then(|regime| regime.stay.as_ref());
        let by_list = stay.map(|stay| end_of(start, stay.longest));
        let own = self.until.filter(|_| start == self.first || by_list.is_none());
        let beyond = stay.is_some_and(|stay| stay.beyond);
        let end = match (own, by_list) {
            (Some(own), Some(by_list)) if !beyond => Some(own.min(by_list)),
            (own, by_list) => own.or(by_list),
        };
        let repaired = self.last(EventKind::Repaired, day);
        let repaired = repaired.filter(|on| revoked.is_none_or(|revoked| revoked < *on));
        let removed = repaired.is_some()
            && regime.is_none_or(|regime| {
                let earliest = regime.removal.after.map_or(start, |after| end_of(start, after));
                !regime.removal.never && day >= earliest
            });
        let hidden = data.overlay.disclosures.iter().any(|d| {
            d.lists.contains(&list.code)
                && !act.is_some_and(|act| d.except_acts.iter().any(|known| *known == *act))
                && end_of(self.first, Term { years: d.years, months: 0 }) < day
        });
        let within = |end: Option<Date>| end.is_none_or(|end| day <= end);
        if measure.lifelong {
            return true;
        }
        if let Some(term) = measure.fixed_term {
            return day <= end_of(start, term);
        }
        if let Some(term) = measure.shortest_term {
            return within(end.map(|end| end.max(end_of(start, term))));
        }
        let longest = measure.longest_term.map(|term| end_of(start, term));
        !removed && !hidden && within(end) && within(longest)
    }
}

/// Returns the histories to be tried on a measure's records, each with its days.
pub(super) fn histories(data: &CatalogueData, measure: &Measure) -> Vec<(History, Vec<Date>)> {
    let mut all = Vec::new();
    for list in data.lists.iter().filter(|list| measure.lists.contains(&list.code)) {
        for probe in probes(data, measure, list) {
            let regime = regime_on(list, probe);
            let stay = regime.and_then(|regime| regime.stay.as_ref()).map(|stay| stay.longest);
            let terms = [measure.fixed_term, measure.shortest_term, measure.longest_term, stay];
            for term in terms.into_iter().flatten().chain([Term { years: 1, months: 0 }]) {
                let first = start_of(probe, term);
                let days = vec![probe, after(probe, 1)];
                all.push((History::begun(first), days.clone()));
                let ending = |until| History { until: Some(until), ..History::begun(first) };
                all.push((ending(after(first, 30)), days.clone()));
                all.push((ending(after(probe, 400)), days));
            }
            let Some(regime) = regime else { continue };
            // On the first day on which a removal may be asked for, and the day before.
            let allowed = regime.removal.after.unwrap_or(Term { years: 0, months: 1 });
            let first = start_of(probe, allowed);
            let repaired = (EventKind::Repaired, first);
            let days = [probe.yesterday(), Some(probe), probe.tomorrow()];
            let days: Vec<Date> = days.into_iter().flatten().collect();
            let history = |events| History { events, ..History::begun(first) };
            all.push((history(vec![repaired]), days.clone()));
            // After the removal was revoked: at once, and when the term that begins anew is over.
            let revoked = (EventKind::RemovalRevoked, probe);
            all.push((history(vec![repaired, revoked]), days));
            if let Some(stay) = stay {
                let revoked_on = start_of(probe, stay);
                let first = revoked_on.yesterday().unwrap_or(revoked_on);
                let events =
                    vec![(EventKind::Repaired, first), (EventKind::RemovalRevoked, revoked_on)];
                let history = History { events, ..History::begun(first) };
                all.push((history, vec![probe, after(probe, 1)]));
            }
        }
    }
    all
}

/// Returns the days of a measure's validity on which ends are tried: one under each of the list's
/// rules.
fn probes(data: &CatalogueData, measure: &Measure, list: &List) -> Vec<Date> {
    let (edition, overlay) = (&data.edition, &data.overlay);
    let decides = Span {
        from: edition.valid_from.max(overlay.valid_from.unwrap_or(edition.valid_from)),
        until: edition.valid_until.into_iter().chain(overlay.valid_until).min(),
    };
    let own = Span { from: measure.valid_from, until: measure.valid_until };
    let turns = list.rules.iter().map(|regime| regime.valid_from).chain([own.from, decides.from]);
    let mut probes: Vec<Date> = turns
        .map(|turn| after(turn.max(own.from).max(decides.from), 61))
        .filter(|probe| decides.holds(*probe) && own.holds(*probe))
        .collect();
    probes.sort_unstable();
    probes.dedup();
    probes
}

fn regime_on(list: &List, day: Date) -> Option<&ListRegime> {
    let holds = |r: &&ListRegime| Span { from: r.valid_from, until: r.valid_until }.holds(day);
    list.rules.iter().find(holds)
}

/// Day on which a term ends or began: the same day so many months away, or that month's last day if
/// it has no such day.
fn corresponding(day: Date, months: i32) -> Date {
    let month = i32::from(day.year) * 12 + i32::from(day.month) - 1 + months;
    let of = |value: i32| u16::try_from(value).unwrap_or_default();
    let (year, month) = (of(month.div_euclid(12)), of(month.rem_euclid(12) + 1));
    let month = u8::try_from(month).unwrap_or(1);
    let days = (1..=day.day).rev();
    days.filter_map(|day| Date::new(year, month, day)).next().unwrap_or(day)
}

fn months(term: Term) -> i32 {
    i32::from(term.years) * 12 + i32::from(term.months)
}

fn end_of(first: Date, term: Term) -> Date {
    corresponding(first, months(term))
}

fn start_of(last: Date, term: Term) -> Date {
    corresponding(last, -months(term))
}

fn after(day: Date, days: u32) -> Date {
    (0..days).fold(day, |day, _| day.tomorrow().unwrap_or(day))
}
