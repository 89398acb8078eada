//! Checks that every code that an item names is the code of something.

use std::collections::BTreeSet;

use mustcheck_model::name::Name;
use mustcheck_model::{Effect, ListStanding, Polarity, Text};
use mustcheck_rules::catalogue::data::{Matter, Measure, Overlay};

use crate::finding::{Findings, Rule, meant, rules};
use crate::folder::Folder;
use crate::lint::Combination;
use crate::lint::bases::{self, Bases, key};
use crate::lint::combination::{Coded, Table};
use crate::shape::Item;
use crate::source::{FilePlace, Step};

/// The item whose codes are looked up, and the items among which they are.
pub(super) struct Naming<'n, 'a, T> {
    pub(super) item: &'n Item<T>,
    /// Name of the item with its code, in Chinese and English.
    pub(super) name: (String, String),
    pub(super) all: &'n Combination<'a>,
}

impl<T> Naming<'_, '_, T> {
    /// Checks the codes of one kind in an array at a path.
    fn each<K: Coded>(
        &self,
        rule: &'static Rule,
        path: &[Step<'static>],
        codes: &[Name],
        table: &Table<'_, K>,
        findings: &mut Findings,
    ) {
        for (index, code) in codes.iter().enumerate().filter(|(_, code)| !table.knows(code)) {
            let mut at = path.to_vec();
            at.push(Step::Index(index));
            self.unknown(rule, self.item.at(&at), code, K::NAMES, &table.codes(), findings);
        }
    }

    pub(super) fn lists(&self, path: &[Step<'static>], codes: &[Name], findings: &mut Findings) {
        self.each(&rules::UNKNOWN_LIST, path, codes, &self.all.lists, findings);
    }

    pub(super) fn matters(&self, path: &[Step<'static>], codes: &[Name], findings: &mut Findings) {
        self.each(&rules::UNKNOWN_MATTER, path, codes, &self.all.matters, findings);
    }

    pub(super) fn acts(&self, path: &[Step<'static>], codes: &[Name], findings: &mut Findings) {
        self.each(&rules::UNKNOWN_ACT, path, codes, &self.all.acts, findings);
    }

    pub(super) fn measures(&self, path: &[Step<'static>], codes: &[Name], findings: &mut Findings) {
        self.each(&rules::UNKNOWN_MEASURE, path, codes, &self.all.measures, findings);
    }

    fn instruments(&self, all: &[Bases<'_>], findings: &mut Findings) {
        let table = &self.all.instruments;
        for (path, bases) in all {
            for (index, basis) in bases.iter().enumerate() {
                let id = &*basis.instrument;
                if !table.knows(id) {
                    let at = self.item.at(&key(path, index, "instrument"));
                    let names = ("法规", "instrument");
                    let rule = &rules::UNKNOWN_INSTRUMENT;
                    self.unknown(rule, at, id, names, &table.codes(), findings);
                }
            }
        }
    }

    fn unknown(
        &self,
        rule: &'static Rule,
        at: FilePlace,
        code: &str,
        (kind_zh, kind): (&str, &str),
        known: &[&str],
        findings: &mut Findings,
    ) {
        let (zh, en) = &self.name;
        let verb = if kind == "instrument" { "cites" } else { "names" };
        let what = Text::new(
            format!("{zh}提到未知的{kind_zh}`{code}`"),
            format!("{en} {verb} the unknown {kind} `{code}`"),
        );
        findings.add_mend(rule, at, what, meant(rule, code, known));
    }
}

/// Checks the codes that the items of a combination name.
pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    let edition = all.edition;
    let id = &edition.value.id;
    let name = (format!("版本`{id}`"), format!("edition `{id}`"));
    let naming = Naming { item: edition, name, all };
    naming.instruments(&bases::of_edition(&edition.value), findings);
    for (index, rank) in edition.value.local_ranks.iter().enumerate() {
        let path = ["local_ranks".into(), index.into(), "matters".into()];
        naming.matters(&path, &rank.matters, findings);
    }
    overlay(all, findings);
    for item in all.acts.items() {
        let code = &item.value.code;
        let naming =
            Naming { item, name: (format!("行为`{code}`"), format!("act `{code}`")), all };
        naming.instruments(&[(Vec::new(), &item.value.legal_basis)], findings);
    }
    for item in all.lists.items() {
        let code = &item.value.code;
        let naming =
            Naming { item, name: (format!("名单`{code}`"), format!("list `{code}`")), all };
        naming.acts(&["acts".into()], &item.value.acts, findings);
        for (index, rule) in item.value.persons.iter().enumerate() {
            let path = |key: &'static str| ["persons".into(), index.into(), key.into()];
            naming.acts(&path("acts"), &rule.acts, findings);
            naming.matters(&path("matters"), &rule.matters, findings);
            editions(all.editions, item, &path("editions"), &rule.editions, findings);
        }
        naming.instruments(&bases::of_list(&item.value), findings);
    }
    for item in all.matters.items() {
        matter(all, item, findings);
    }
    for item in all.measures.items() {
        measure(all, item, findings);
    }
}

fn overlay(all: &Combination<'_>, findings: &mut Findings) {
    let item = all.overlay;
    let place: &Overlay = &item.value;
    let id = &place.id;
    let naming =
        Naming { item, name: (format!("地方采用`{id}`"), format!("overlay `{id}`")), all };
    naming.instruments(&bases::of_overlay(place), findings);
    naming.measures(&["adopts".into()], &place.adopts, findings);
    let path = |array: &'static str, index: usize, key: &'static str| {
        [Step::Key(array), Step::Index(index), Step::Key(key)]
    };
    for (i, adoption) in place.adoptions.iter().enumerate() {
        naming.measures(&path("adoptions", i, "measures"), &adoption.measures, findings);
    }
    for (i, initiator) in place.initiators.iter().enumerate() {
        naming.lists(&path("initiators", i, "lists"), &initiator.lists, findings);
    }
    for (i, implementer) in place.implementers.iter().enumerate() {
        naming.measures(&path("implementers", i, "measures"), &implementer.measures, findings);
    }
    for (i, due) in place.due.iter().enumerate() {
        naming.matters(&path("due", i, "matters"), &due.matters, findings);
        naming.lists(&path("due", i, "lists"), &due.lists, findings);
    }
    for (i, disclosure) in place.disclosures.iter().enumerate() {
        naming.lists(&path("disclosures", i, "lists"), &disclosure.lists, findings);
        naming.acts(&path("disclosures", i, "except_acts"), &disclosure.except_acts, findings);
    }
    for (i, closing) in place.closings.iter().enumerate() {
        naming.matters(&path("closings", i, "matters"), &closing.matters, findings);
    }
}

fn matter(all: &Combination<'_>, item: &Item<Matter>, findings: &mut Findings) {
    let code = &item.value.code;
    let naming =
        Naming { item, name: (format!("事项`{code}`"), format!("matter `{code}`")), all };
    for (index, due) in item.value.due.iter().enumerate() {
        let path = |key: &'static str| ["due".into(), index.into(), key.into()];
        naming.lists(&path("lists"), &due.lists, findings);
        editions(all.editions, item, &path("editions"), &due.editions, findings);
    }
    naming.instruments(&bases::of_matter(&item.value), findings);
}

fn measure(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    let id = &measure.id;
    let naming = Naming { item, name: (format!("措施`{id}`"), format!("measure `{id}`")), all };
    naming.matters(&["matters".into()], &measure.matters, findings);
    naming.lists(&["lists".into()], &measure.lists, findings);
    naming.acts(&["acts".into()], &measure.acts, findings);
    for (index, exception) in measure.exceptions.iter().enumerate() {
        let path = |key: &'static str| ["exceptions".into(), index.into(), key.into()];
        naming.acts(&path("acts"), &exception.acts, findings);
        naming.lists(&path("lists"), &exception.lists, findings);
    }
    naming.instruments(&bases::of_measure(measure), findings);
}

/// Checks the editions that an overlay names, before it is known to go with any.
pub(super) fn overlay_editions(folder: &Folder, item: &Item<Overlay>, findings: &mut Findings) {
    editions(&folder.known_editions, item, &["editions".into()], &item.value.editions, findings);
}

/// Checks the editions that a rule names.
fn editions<T>(
    known: &BTreeSet<String>,
    item: &Item<T>,
    path: &[Step<'static>],
    ids: &[Name],
    findings: &mut Findings,
) {
    for (index, id) in ids.iter().enumerate().filter(|(_, id)| !known.contains(id.as_str())) {
        let mut at = path.to_vec();
        at.push(Step::Index(index));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let what = Text::new(format!("未知的版本`{id}`"), format!("unknown edition `{id}`"));
        let rule = &rules::UNKNOWN_EDITION;
        findings.add_mend(rule, item.at(&at), what, meant(rule, id, &known));
    }
}

/// Checks for lists on which a measure cannot rest.
pub(super) fn lists(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let Measure { id, effect, lists, .. } = &item.value;
    for (index, code) in lists.iter().enumerate() {
        let Some(list) = all.lists.get(code) else { continue };
        // RAIL R9: nothing rests on a reference list.
        if list.standing == ListStanding::Reference {
            let zh = format!("措施`{id}`以参考名单`{code}`为根据");
            let en = format!("measure `{id}` rests on `{code}`, which is kept for reference");
            findings.add(&rules::REFERENCE_RESTRICTS, item.element("lists", index), zh, en);
        }
        let fits = match effect {
            Effect::Incentive => list.polarity == Polarity::Commendation,
            Effect::Restriction => list.polarity != Polarity::Commendation,
        };
        if !fits {
            let polarity = list.polarity;
            let zh = format!("措施`{id}`的方向为`{effect}`，而以`{code}`（`{polarity}`）为根据");
            let en = format!(
                "measure `{id}` is of effect `{effect}` and rests on `{code}`, of polarity `{polarity}`"
            );
            findings.add(&rules::POLARITY, item.element("lists", index), zh, en);
        }
    }
}
