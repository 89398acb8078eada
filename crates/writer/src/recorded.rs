//! Cases on record: everything that writing follows from, as evidence keeps it.

use std::borrow::Cow;

use mustcheck_facts::answers::answered;
use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::{Answer, Application, Days, Description, Language, Query, Verdict};
use serde::{Deserialize, Serialize};

use crate::document::Papers;
use crate::{Case, decision as write_decision, papers as write_papers};

/// A case on record. Its JSON is the input of the writer's component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedCase<'a> {
    /// Description of the policy.
    pub description: Cow<'a, Description>,
    /// The application.
    pub application: Cow<'a, Application>,
    /// The day of the check, by the host's clock.
    pub made_on: Date,
    /// The due lookups.
    pub due: Cow<'a, [Query]>,
    /// The answers, as they were given.
    pub answers: Cow<'a, [Answer]>,
    /// Verdict of the component.
    pub verdict: Cow<'a, Verdict>,
}

impl RecordedCase<'_> {
    /// Reads a case.
    ///
    /// # Errors
    ///
    /// The reason, in words, why the text is no case.
    pub fn from_json(json: &str) -> Result<RecordedCase<'static>, String> {
        serde_json::from_str(json).map_err(|e| format!("the case cannot be read: {e}"))
    }

    /// Calls `write` with the case as the writer takes it.
    ///
    /// # Errors
    ///
    /// The reason, in words, why nothing can be written: the answers are not those of the lookups.
    pub fn with<T>(&self, write: impl FnOnce(&Case<'_>) -> T) -> Result<T, String> {
        self.by(&Described::new(self.description.clone().into_owned()), write)
    }

    /// Calls `write` as [`RecordedCase::with`] does, with a description of the policy that is
    /// indexed already.
    ///
    /// # Errors
    ///
    /// As [`RecordedCase::with`].
    pub fn by<T>(
        &self,
        policy: &Described,
        write: impl FnOnce(&Case<'_>) -> T,
    ) -> Result<T, String> {
        let days = Days { as_of: self.application.as_of, made_on: self.made_on };
        let answered = answered(policy, &self.application, days, &self.due, &self.answers);
        let answered = answered.map_err(|e| e.to_string())?;
        let Self { application, answers, verdict, .. } = self;
        Ok(write(&Case::new(policy, application, days, answers, &answered, verdict)))
    }
}

/// Writes the papers of a case in JSON.
///
/// # Errors
///
/// The reason, in words, why nothing can be written.
pub fn papers(case: &str, language: Language, receipt: Option<&str>) -> Result<Papers, String> {
    let case = RecordedCase::from_json(case)?;
    case.with(|case| {
        let decision = write_decision(case).map_err(|e| e.to_string())?;
        Ok(write_papers(case, &decision, language, receipt))
    })?
}

/// Writes the decision of a case. Both are JSON.
///
/// # Errors
///
/// Why nothing can be written, in words.
pub fn decision(case: &str) -> Result<String, String> {
    let case = RecordedCase::from_json(case)?;
    let decision = case.with(write_decision)?.map_err(|e| e.to_string())?;
    serde_json::to_string(&decision).map_err(|e| e.to_string())
}
