//! The office, region and matter with which a caller's form begins: as in its last check, else as
//! the file of the callers says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mustcheck::{Application, Policy};

use super::office::Caller;

/// Office, region and matter at the beginning of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Usual {
    pub(super) office: String,
    pub(super) region: String,
    pub(super) matter: String,
}

/// Beginnings of the forms of all callers, by the callers' names: as many as there are callers. They
/// are in the memory of one process, and end with it.
#[derive(Default)]
pub(super) struct Remembered(Mutex<HashMap<Arc<str>, Usual>>);

impl Remembered {
    /// Remembers what a caller checked last.
    pub(super) fn keep(&self, caller: &dyn Caller, application: &Application) {
        let usual = Usual {
            office: application.office.name.clone(),
            region: application.office.region.clone(),
            matter: application.matter.clone(),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(Arc::clone(caller.name()), usual);
    }

    /// Returns the beginning of a caller's form, within what the caller may now.
    pub(super) fn of(&self, caller: &dyn Caller, policy: impl Fn(&str) -> Option<Policy>) -> Usual {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = all.get(caller.name()).cloned().filter(|last| caller.may_region(&last.region));
        drop(all);
        let mut usual = last.unwrap_or_else(|| {
            let (office, region) = caller.office();
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            Usual { office: text(office), region: text(region), matter: String::new() }
        });
        if !caller.may_matter(&usual.matter) {
            usual.matter.clear();
        }
        if usual.matter.is_empty() {
            usual.matter = policy(&usual.region).and_then(|p| only(caller, &p)).unwrap_or_default();
        }
        usual
    }
}

/// The only matter that a caller may ask about, if there is just one.
fn only(caller: &dyn Caller, policy: &Policy) -> Option<String> {
    let all = policy.description().matters.iter();
    let mut matters = all.filter(|matter| caller.may_matter(&matter.code));
    let first = matters.next()?;
    matters.next().is_none().then(|| first.code.clone())
}
