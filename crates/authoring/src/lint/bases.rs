//! Checks that every rule has a basis, and quotes it verbatim from the article that it names
//! (RAIL R3).

use mustcheck_model::{LegalBasis, Text};
use mustcheck_rules::catalogue::data::{Act, Edition, List, ListRegime, Matter, Measure, Overlay};

use crate::finding::{Findings, rules};
use crate::folder::Folder;
use crate::law_text::{Departure, Difference};
use crate::shape::Item;
use crate::source::Step;

/// The bases of something within an item, and the path that leads to them.
pub(crate) type Bases<'a> = (Vec<Step<'static>>, &'a [LegalBasis]);

fn within<'a>(key: &'static str, all: impl Iterator<Item = &'a Vec<LegalBasis>>) -> Vec<Bases<'a>> {
    all.enumerate().map(|(i, bases)| (vec![key.into(), i.into()], bases.as_slice())).collect()
}

/// The bases of a measure, its exceptions after them.
pub(crate) fn of_measure(measure: &Measure) -> Vec<Bases<'_>> {
    let mut all: Vec<Bases<'_>> = vec![(Vec::new(), &measure.legal_basis)];
    all.extend(within("exceptions", measure.exceptions.iter().map(|e| &e.legal_basis)));
    all
}

/// The bases of a list, its rules on persons after them.
pub(crate) fn of_list(list: &List) -> Vec<Bases<'_>> {
    let mut all: Vec<Bases<'_>> = vec![(Vec::new(), &list.legal_basis)];
    all.extend(within("persons", list.persons.iter().map(|p| &p.legal_basis)));
    all.extend(list.rules.iter().enumerate().flat_map(|(i, rules)| of_rules(i, rules)));
    all
}

/// The bases of one version of a list's rules.
pub(crate) fn of_rules(index: usize, rules: &ListRegime) -> Vec<Bases<'_>> {
    let path = |key: &'static str| vec!["rules".into(), index.into(), key.into()];
    rules.bases().map(|(key, bases)| (path(key), bases)).collect()
}

/// The bases of a matter's due lookups.
pub(crate) fn of_matter(matter: &Matter) -> Vec<Bases<'_>> {
    within("due", matter.due.iter().map(|d| &d.legal_basis))
}

/// The bases of an edition's remedies.
pub(crate) fn of_edition(edition: &Edition) -> Vec<Bases<'_>> {
    within("remedies", edition.remedies.iter().map(|r| &r.legal_basis))
}

/// The bases of all that an overlay says.
pub(crate) fn of_overlay(place: &Overlay) -> Vec<Bases<'_>> {
    let mut all = within("adoptions", place.adoptions.iter().map(|a| &a.legal_basis));
    all.extend(within("initiators", place.initiators.iter().map(|i| &i.legal_basis)));
    all.extend(within("implementers", place.implementers.iter().map(|i| &i.legal_basis)));
    all.extend(within("due", place.due.iter().map(|d| &d.legal_basis)));
    all.extend(within("disclosures", place.disclosures.iter().map(|d| &d.legal_basis)));
    all.extend(within("closings", place.closings.iter().map(|c| &c.legal_basis)));
    all.extend(within("remarks", place.remarks.iter().map(|r| &r.legal_basis)));
    all.extend(within("remedies", place.remedies.iter().map(|r| &r.legal_basis)));
    let objection = place.objection.iter();
    all.extend(objection.map(|o| (vec!["objection".into()], o.legal_basis.as_slice())));
    all
}

/// Path of a key of a basis.
pub(super) fn key(within: &[Step<'static>], index: usize, key: &'static str) -> Vec<Step<'static>> {
    let mut path = within.to_vec();
    path.extend([Step::Key("legal_basis"), Step::Index(index), Step::Key(key)]);
    path
}

pub(super) fn measure(folder: &Folder, item: &Item<Measure>, findings: &mut Findings) {
    let id = &item.value.id;
    let names = (format!("措施`{id}`"), format!("measure `{id}`"));
    check(folder, item, &names, &of_measure(&item.value), findings);
}

pub(super) fn list(folder: &Folder, item: &Item<List>, findings: &mut Findings) {
    let code = &item.value.code;
    let names = (format!("名单`{code}`"), format!("list `{code}`"));
    check(folder, item, &names, &of_list(&item.value), findings);
}

pub(super) fn act(folder: &Folder, item: &Item<Act>, findings: &mut Findings) {
    let code = &item.value.code;
    let names = (format!("行为`{code}`"), format!("act `{code}`"));
    let all: Bases<'_> = (Vec::new(), &item.value.legal_basis);
    check(folder, item, &names, &[all], findings);
}

pub(super) fn matter(folder: &Folder, item: &Item<Matter>, findings: &mut Findings) {
    let code = &item.value.code;
    let names = (format!("事项`{code}`"), format!("matter `{code}`"));
    check(folder, item, &names, &of_matter(&item.value), findings);
}

pub(super) fn edition(folder: &Folder, item: &Item<Edition>, findings: &mut Findings) {
    let id = &item.value.id;
    let names = (format!("版本`{id}`"), format!("edition `{id}`"));
    check(folder, item, &names, &of_edition(&item.value), findings);
}

pub(super) fn overlay(folder: &Folder, item: &Item<Overlay>, findings: &mut Findings) {
    let id = &item.value.id;
    let names = (format!("地方采用`{id}`"), format!("overlay `{id}`"));
    check(folder, item, &names, &of_overlay(&item.value), findings);
}

fn check<T>(
    folder: &Folder,
    item: &Item<T>,
    (name_zh, name_en): &(String, String),
    all: &[Bases<'_>],
    findings: &mut Findings,
) {
    for (path, bases) in all {
        if bases.is_empty() {
            let mut at = path.clone();
            at.push(Step::Key("legal_basis"));
            let zh = format!("{name_zh}没有依据");
            findings.add(
                &rules::NO_BASIS,
                item.at(&at),
                zh,
                format!("{name_en} has no legal basis"),
            );
        }
        for (index, basis) in bases.iter().enumerate() {
            let LegalBasis { instrument, article, clause, .. } = basis;
            let cites_zh = format!("{name_zh}引用`{instrument}`第{article}条");
            let cites = format!("{name_en} cites `{instrument}` article {article}");
            if clause.trim().is_empty() {
                let at = item.at(&key(path, index, "clause"));
                let zh = format!("{cites_zh}而没有原文");
                findings.add(&rules::BLANK_CLAUSE, at, zh, format!("{cites} without its words"));
                continue;
            }
            let Some(departure) = folder.text(instrument).and_then(|text| text.departure(basis))
            else {
                continue;
            };
            let (rule, field, zh, en) = told(&departure);
            let at = item.at(&key(path, index, field));
            let what = Text::new(format!("{cites_zh}：{zh}"), format!("{cites}: {en}"));
            findings.add(rule, at, &*what.zh, &*what.en);
        }
    }
}

fn told(departure: &Departure) -> (&'static rules::Rule, &'static str, String, String) {
    match departure {
        Departure::NoSuchArticle => (
            &rules::NO_SUCH_ARTICLE,
            "article",
            "文本中没有该条".into(),
            "the text has no such article".into(),
        ),
        Departure::OtherArticle(number) => (
            &rules::WRONG_ARTICLE,
            "article",
            format!("这些文字在第{number}条中"),
            format!("its words stand in article {number}"),
        ),
        Departure::NotVerbatim(Difference { agree, quoted, printed: Some(printed) }) => (
            &rules::NOT_VERBATIM,
            "clause",
            format!("自第{}字起不一致：引文作「{quoted}」，条文作「{printed}」", agree + 1),
            format!(
                "its words are not verbatim from character {} on: it says 「{quoted}」, the article \
                 「{printed}」",
                agree + 1
            ),
        ),
        Departure::NotVerbatim(Difference { quoted, printed: None, .. }) => (
            &rules::NOT_VERBATIM,
            "clause",
            format!("条文中没有相近的文字：「{quoted}」"),
            format!("its words are not verbatim: nothing in the article comes near 「{quoted}」"),
        ),
    }
}
