//! What codes are called, as the embedded editions say.

use std::collections::HashMap;
use std::fmt::Display;

use mustcheck_model::{LegalBasis, Text};
use mustcheck_rules::Catalogue;
use mustcheck_writer::{CiteEn, CiteZh};

use mustcheck::Policy;
use mustcheck::PolicyError;
use mustcheck_evidence::Pinpoint;

/// The names of matters, lists and measures. A code that only another catalogue has stays a code.
pub struct Names {
    /// The newest first.
    editions: Vec<(&'static str, Catalogue)>,
    measures: HashMap<String, Text>,
}

impl Names {
    /// Those of the embedded editions.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if an edition that is embedded cannot be read.
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

    /// A matter's name.
    pub fn matter(&self, code: &str) -> Option<Text> {
        self.editions.iter().find_map(|(_, c)| c.matter(code)).map(|matter| matter.name.clone())
    }

    /// A list's name.
    pub fn list(&self, code: &str) -> Option<Text> {
        self.editions.iter().find_map(|(_, c)| c.list(code)).map(|list| list.name.clone())
    }

    /// What a measure does, in a sentence.
    pub fn measure(&self, code: &str) -> Option<Text> {
        self.measures.get(code).cloned()
    }

    /// A basis as the notice cites it, by the edition that decided.
    pub fn cite(&self, edition: &str, pinpoint: &Pinpoint, zh: bool) -> String {
        // A place's own instrument is in the catalogue of the place alone.
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

/// A basis by its codes, such as `wage-payment-regulations-2019 48.1.2`.
fn code(pinpoint: &Pinpoint) -> String {
    let mut code = format!("{} {}", pinpoint.instrument, pinpoint.article);
    for part in [pinpoint.paragraph, pinpoint.item].into_iter().flatten() {
        code.push_str(&format!(".{part}"));
    }
    code
}
