//! The state of the texts that a catalogue rests on: how often each is cited, on which days it is in
//! force, and when it was last held against a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::Finding;
use crate::folder::{Folder, Part, Wanted};
use crate::lint::{Findings, Severity, bases};
use mustcheck_model::date::Date;
use mustcheck_model::{InstrumentKind, LegalBasis, Text};
use mustcheck_rules::catalogue::data::Instrument;

/// The state of one text.
#[derive(Clone, Debug, Serialize)]
pub struct InstrumentStatus {
    /// The instrument.
    pub id: String,
    /// Its kind.
    pub kind: InstrumentKind,
    /// Its title.
    pub title: Text,
    /// Its document number, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The first day on which the text at hand may be relied on.
    pub in_force_from: Date,
    /// The last day, if it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force_until: Option<Date>,
    /// What took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// When it was last held against a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Date>,
    /// Against which copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_against: Option<String>,
    /// How many items cite it.
    pub cited: usize,
    /// The articles that they cite, in their order.
    pub articles: Vec<String>,
}

/// How often an instrument is cited, and its cited articles, each with its length: article 2
/// stands before article 11.
type Cited = (usize, BTreeSet<(usize, String)>);

/// The state of every text of a catalogue's folder, in the order of ids.
///
/// # Errors
///
/// What keeps the folder from being read.
pub fn status(folder: &Path) -> Result<Vec<InstrumentStatus>, Vec<Finding>> {
    let mut findings = Findings::default();
    let read = Folder::read(folder, Wanted::All, &mut findings);
    let errors: Vec<Finding> =
        findings.into_vec().into_iter().filter(|f| f.severity == Severity::Error).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut cited: BTreeMap<&str, Cited> = BTreeMap::new();
    let mut cite = |bases: Vec<bases::Bases<'_>>| {
        for (_, own) in bases {
            for LegalBasis { instrument, article, .. } in own {
                let known = parts(&read).flat_map(|part| &part.instruments);
                let mut known = known.filter(|item| *item.value.id == **instrument);
                if let Some(item) = known.next() {
                    let (times, articles) = cited.entry(item.value.id.as_str()).or_default();
                    *times += 1;
                    articles.insert((article.len(), (**article).to_owned()));
                }
            }
        }
    };
    for part in parts(&read) {
        part.measures.iter().for_each(|item| cite(bases::of_measure(&item.value)));
        part.lists.iter().for_each(|item| cite(bases::of_list(&item.value)));
        part.matters.iter().for_each(|item| cite(bases::of_matter(&item.value)));
        part.acts.iter().for_each(|act| cite(vec![(Vec::new(), &act.value.legal_basis)]));
    }
    read.editions.values().flatten().for_each(|item| cite(bases::of_edition(&item.value)));
    read.overlays.values().flatten().for_each(|item| cite(bases::of_overlay(&item.value)));
    let mut all: Vec<InstrumentStatus> = parts(&read)
        .flat_map(|part| &part.instruments)
        .map(|item| {
            let (times, articles) = cited.get(item.value.id.as_str()).cloned().unwrap_or_default();
            of_instrument(&item.value, times, articles)
        })
        .collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(all)
}

fn parts(folder: &Folder) -> impl Iterator<Item = &Part> {
    folder.parts().map(|(_, part)| part)
}

fn of_instrument(
    instrument: &Instrument,
    cited: usize,
    articles: BTreeSet<(usize, String)>,
) -> InstrumentStatus {
    let owned =
        |text: &Option<mustcheck_model::name::Name>| text.as_ref().map(|text| text.to_string());
    InstrumentStatus {
        id: instrument.id.to_string(),
        kind: instrument.kind,
        title: instrument.title.clone(),
        number: owned(&instrument.number),
        in_force_from: instrument.in_force_from,
        in_force_until: instrument.in_force_until,
        successor: owned(&instrument.successor),
        checked_on: instrument.checked_on,
        checked_against: owned(&instrument.checked_against),
        cited,
        articles: articles.into_iter().map(|(_, article)| article).collect(),
    }
}
