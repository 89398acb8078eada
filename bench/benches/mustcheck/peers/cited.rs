//! Legal bases as one text, the form that every engine gives.

use std::fmt;

use mustcheck::model::LegalBasis;

/// Instrument, article and clause in one text.
pub struct Cited<'a>(pub &'a [LegalBasis]);

impl fmt::Display for Cited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for basis in self.0 {
            write!(f, "{} art. {}: {}", basis.instrument, basis.article, basis.clause)?;
        }
        Ok(())
    }
}
