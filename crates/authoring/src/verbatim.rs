//! Check that a clause is verbatim in its instrument's text, inside the article that it names.

use mustcheck_model::LegalBasis;

use crate::law_text::{Departure, LawText};

/// Returns the fault of a basis whose words are not in a text as it says, if there is one.
/// [`LawText::departure`] says more.
pub fn fault(text: &str, basis: &LegalBasis) -> Option<String> {
    match LawText::new(&basis.instrument, text).departure(basis)? {
        Departure::NoSuchArticle => Some("the text has no such article".into()),
        _ => Some(format!("its words are not verbatim: 「{}」", basis.clause)),
    }
}
