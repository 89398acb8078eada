//! Names of codes, as the embedded editions give them.

use std::collections::HashMap;
use std::fmt::Display;

use mustcheck_model::{LegalBasis, Text};
use mustcheck_rules::Catalogue;
use mustcheck_writer::{CiteEn, CiteZh};

use mustcheck::Policy;
use mustcheck::PolicyError;
use mustcheck_evidence::Pinpoint;

/// Names of matters, lists and measures. A code that only another catalogue has is shown as a code.
pub struct Names {
    /// Names and catalogues of the editions, the newest first.
    editions: Vec<(&'static str, Catalogue)>,
    measures: HashMap<String, Text>,
}

impl Names {
    /// Reads the names of the embedded editions.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if an embedded edition cannot be read.
    pub fn embedded() -> Result<Self, PolicyError> {
        let mut editions = Vec::new();
        let mut measures = HashMap::new();
        for name in Policy::embedded_editions() {
            for overlay in Policy::embedded_overlays(name) {
                let json = Policy::embedded_catalogue_of(name, overlay)?;
                let catalogue = Catalogue::from_json(json).map_err(PolicyError::Catalogue)?;
                let texts = catalogue.data().measures.iter();
                measures.extend(texts.map(|m| (m.id.to_string(), m.text.clone())));
                editions.push((name, catalogue));
            }
        }
        editions.reverse();
        Ok(Self { editions, measures })
    }

    /// Returns the name of a matter.
    pub fn matter(&self, code: &str) -> Option<Text> {
        self.editions.iter().find_map(|(_, c)| c.matter(code)).map(|matter| matter.name.clone())
    }

    /// Returns the name of a list.
    pub fn list(&self, code: &str) -> Option<Text> {
        self.editions.iter().find_map(|(_, c)| c.list(code)).map(|list| list.name.clone())
    }

    /// Returns the sentence that describes a measure.
    pub fn measure(&self, code: &str) -> Option<Text> {
        self.measures.get(code).cloned()
    }

    /// Cites a basis as the notice does, by the edition that decided. An instrument that no
    /// embedded edition knows is cited by its codes.
    pub fn cite(&self, edition: &str, pinpoint: &Pinpoint, zh: bool) -> String {
        // An instrument of a place is only in the catalogues of that place.
        let knows = |c: &Catalogue| c.instrument(&pinpoint.instrument).is_some();
        let same = self.editions.iter().find(|(name, c)| *name == edition && knows(c));
        let any = || self.editions.iter().find(|(_, c)| knows(c));
        let Some((_, catalogue)) = same.or_else(any) else { return code(pinpoint) };
        let policy = catalogue.described();
        let basis = LegalBasis {
            instrument: pinpoint.instrument.as_str().into(),
            article: pinpoint.article.as_str().into(),
            paragraph: pinpoint.paragraph,
            item: pinpoint.item,
            clause: String::new().into(),
        };
        let cite: &dyn Display = if zh { &CiteZh(policy, &basis) } else { &CiteEn(policy, &basis) };
        cite.to_string()
    }
}

/// Cites a basis by its codes, such as `wage-payment-regulations-2019 48.1.2`.
fn code(pinpoint: &Pinpoint) -> String {
    let mut code = format!("{} {}", pinpoint.instrument, pinpoint.article);
    for part in [pinpoint.paragraph, pinpoint.item].into_iter().flatten() {
        code.push_str(&format!(".{part}"));
    }
    code
}
