//! Names of codes: from the policy that decided, else from the embedded editions.

use mustcheck::Policy;
use mustcheck::model::LegalBasis;
use mustcheck::words::safe;
use mustcheck_audit::Names;
use mustcheck_evidence::Pinpoint;

use super::language::Lang;

/// The names of codes in one language.
#[derive(Clone, Copy)]
pub(super) struct Book<'a> {
    pub(super) lang: Lang,
    pub(super) names: &'a Names,
    pub(super) policy: Option<&'a Policy>,
}

impl Book<'_> {
    /// Returns a matter's name, or its code.
    pub(super) fn matter(&self, code: &str) -> String {
        let described = self.policy.map(|policy| &policy.description().matters);
        let own = described.and_then(|all| all.iter().find(|matter| matter.code == code));
        let name = own.map(|matter| matter.name.clone()).or_else(|| self.names.matter(code));
        name.map_or_else(|| safe(code).into_owned(), |name| self.lang.text(&name).to_owned())
    }

    /// Returns a list's name, or its code.
    pub(super) fn list(&self, code: &str) -> String {
        let described = self.policy.map(|policy| &policy.description().lists);
        let own = described.and_then(|all| all.iter().find(|list| list.code == code));
        let name = own.map(|list| list.name.clone()).or_else(|| self.names.list(code));
        name.map_or_else(|| safe(code).into_owned(), |name| self.lang.text(&name).to_owned())
    }

    /// Returns a measure's text, or its code.
    pub(super) fn measure(&self, code: &str) -> String {
        let described = self.policy.map(|policy| &policy.description().measures);
        let own = described.and_then(|all| all.iter().find(|measure| measure.id == code));
        let text = own.map(|measure| measure.text.clone()).or_else(|| self.names.measure(code));
        text.map_or_else(|| safe(code).into_owned(), |text| self.lang.text(&text).to_owned())
    }

    /// Cites a basis as the notice does: its instrument and article.
    pub(super) fn cite(&self, edition: &str, basis: &LegalBasis) -> String {
        let pinpoint = Pinpoint {
            instrument: basis.instrument.to_string(),
            article: basis.article.to_string(),
            paragraph: basis.paragraph,
            item: basis.item,
        };
        self.pinpoint(edition, &pinpoint)
    }

    /// Cites a basis of which only the pinpoint is known, in the form of [`Book::cite`].
    pub(super) fn pinpoint(&self, edition: &str, pinpoint: &Pinpoint) -> String {
        self.names.cite(edition, pinpoint, self.lang == Lang::Zh)
    }
}
