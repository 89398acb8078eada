//! Every clause is verbatim in its instrument's text, inside the article that it names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::authoring::bases;
use crate::catalogue::data::CatalogueData;
use crate::clause::OPINIONS;
use crate::model::LegalBasis;

/// Clauses that are not verbatim, and instruments whose text is missing.
pub(super) fn findings(folder: &Path, data: &CatalogueData) -> Vec<String> {
    let mut found = Vec::new();
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for instrument in &data.instruments {
        let path = folder.join("texts").join(format!("{}.md", instrument.id));
        match fs::read_to_string(&path) {
            Ok(text) => {
                texts.insert(&instrument.id, text);
            }
            Err(e) => found.push(format!("instrument `{}` has no text: {e}", instrument.id)),
        }
    }
    for (of, basis) in bases(data) {
        let Some(text) = texts.get(&*basis.instrument) else { continue };
        if let Some(fault) = fault(text, basis) {
            found.push(format!(
                "{of} cites `{}` article {}: {fault}",
                basis.instrument, basis.article
            ));
        }
    }
    found
}

/// Why a basis does not stand in a text as it says, if so.
pub fn fault(text: &str, basis: &LegalBasis) -> Option<String> {
    let Some(article) = article(text, basis) else {
        return Some("the text has no such article".into());
    };
    // A clause may be quoted over a paragraph break, which the text prints as an empty line.
    let flat = |s: &str| s.split('\n').map(str::trim).collect::<String>();
    (!flat(article).contains(&flat(&basis.clause)))
        .then(|| format!("its words are not verbatim: 「{}」", basis.clause))
}

/// The text of one article: from its heading to the next one.
fn article<'t>(text: &'t str, basis: &LegalBasis) -> Option<&'t str> {
    let number = basis.article.parse::<u16>().ok()?;
    let heading = |n: u16| {
        let numeral = crate::notice::Numeral::Number(n).to_string();
        if *basis.instrument == *OPINIONS {
            format!("\n({numeral})")
        } else {
            format!("\n第{numeral}条")
        }
    };
    let start = text.find(&heading(number))?;
    let rest = text.get(start + 1..)?;
    let end = rest.find(&heading(number + 1)).unwrap_or(rest.len());
    rest.get(..end)
}
