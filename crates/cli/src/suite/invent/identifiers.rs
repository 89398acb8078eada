//! Identifiers that are valid and nobody's: of a division that does not exist (000000), and of an
//! issuer that does not exist (LEI prefix 0000).

use mustcheck::model::{Scheme, SubjectKind};
use mustcheck_model::identifier::validate;

/// Returns the n-th invented identifier of a scheme; a passport is one of `country`. None if there
/// are no more.
pub fn invented(scheme: Scheme, country: Option<&str>, n: u32) -> Option<String> {
    let (kind, head) = match scheme {
        Scheme::Uscc => (SubjectKind::Organization, format!("91000000MA{n:06}")),
        Scheme::Lei => (SubjectKind::Organization, format!("0000000000{n:08}")),
        Scheme::ResidentId => {
            let (year, order) = (1900 + n / 1000, n % 1000);
            (SubjectKind::Person, format!("000000{year:04}0101{order:03}"))
        }
        Scheme::Passport => (SubjectKind::Person, format!("X{n:08}")),
    };
    // Validation finds the right ending, so that the standard's arithmetic is not written a second
    // time.
    endings(scheme)
        .map(|ending| format!("{head}{ending}"))
        .find(|whole| validate(kind, scheme, whole, country).is_ok())
}

/// Returns the code with another check character: of the right form, and off its standard.
pub fn off_standard(code: &str) -> String {
    let mut altered = code.to_owned();
    let last = altered.pop();
    altered.push(if last == Some('0') { '1' } else { '0' });
    altered
}

/// Returns every ending that the check characters of a scheme may form.
fn endings(scheme: Scheme) -> Box<dyn Iterator<Item = String>> {
    let characters = || ('0'..='9').chain('A'..='Z');
    match scheme {
        Scheme::Uscc => Box::new(
            ('0'..='9')
                .chain(['X'])
                .flat_map(move |a| characters().map(move |b| format!("{a}{b}"))),
        ),
        Scheme::ResidentId => Box::new(characters().map(String::from)),
        Scheme::Lei => Box::new((0..100).map(|check: u8| format!("{check:02}"))),
        Scheme::Passport => Box::new(std::iter::once(String::new())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_scheme_has_as_many_as_a_case_needs() {
        for scheme in Scheme::ALL {
            let country = (*scheme == Scheme::Passport).then_some("DE");
            let numbers = (0..2_000).chain(99_000..99_050);
            let all: BTreeSet<String> =
                numbers.map(|n| invented(*scheme, country, n).unwrap()).collect();
            assert_eq!(all.len(), 2_050, "{scheme}");
        }
        assert_eq!(invented(Scheme::Passport, None, 1), None);
    }
}
