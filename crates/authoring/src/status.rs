//! State of the texts that a catalogue rests on: how often each is cited, on which days it is in
//! force, and when it was last compared with a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mustcheck_model::date::Date;
use mustcheck_model::{InstrumentKind, LegalBasis, Text};
use mustcheck_rules::catalogue::data::Instrument;
use serde::Serialize;

use crate::Finding;
use crate::finding::{Findings, Severity};
use crate::folder::{Folder, FolderPart, Wanted};
use crate::lint::bases;

/// The state of one text.
#[derive(Clone, Debug, Serialize)]
pub struct InstrumentStatus {
    /// Id of the instrument.
    pub id: String,
    /// Kind of the instrument.
    pub kind: InstrumentKind,
    /// Title of the instrument.
    pub title: Text,
    /// Document number, if the instrument has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// First day on which the text at hand may be relied on.
    pub in_force_from: Date,
    /// Last day, if the text has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force_until: Option<Date>,
    /// Id of the instrument that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Day on which the text was last compared with a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Date>,
    /// The copy that it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_against: Option<String>,
    /// Number of bases that cite it.
    pub cited: usize,
    /// Articles that they cite, in their order.
    pub articles: Vec<String>,
}

/// Number of citations of an instrument, and its cited articles, each with its length, so that
/// article 2 comes before article 11.
type Cited = (usize, BTreeSet<(usize, String)>);

/// Returns the state of every text of a catalogue's folder, in the order of ids.
///
/// # Errors
///
/// The findings that keep the folder from being read.
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

fn parts(folder: &Folder) -> impl Iterator<Item = &FolderPart> {
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
