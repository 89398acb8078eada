//! The check: application → due lookups → answers → facts → verdict → decision.

use mustcheck_facts as facts;
use mustcheck_facts::answers;
use mustcheck_model::date::Date;
use mustcheck_model::worded::Quoted;
use mustcheck_model::{
    Answer, AnswerFault, Application, ApplicationError, Decision, Language, Problem, Query,
};
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::decide::decide;
use mustcheck_rules::due::due;
use mustcheck_writer::{self as writer, Case, Papers};

/// A source of answers to the lookups of a native check.
pub trait Registry {
    /// Answers every list of every query.
    fn lookup(&mut self, queries: &[Query]) -> Vec<Answer>;
}

impl<F: FnMut(&[Query]) -> Vec<Answer>> Registry for F {
    fn lookup(&mut self, queries: &[Query]) -> Vec<Answer> {
        self(queries)
    }
}

/// Returns the lookups that the matter obliges the office to make.
///
/// # Errors
///
/// [`ApplicationError`] if the application cannot be evaluated.
pub fn due_lookups(
    catalogue: &Catalogue,
    application: &Application,
    made_on: Date,
) -> Result<Vec<Query>, ApplicationError> {
    let policy = catalogue.described();
    let application = facts::application(policy, application, made_on)?;
    let due = due(catalogue, &application).map_err(refused)?;
    Ok(facts::queries(policy, &due))
}

/// Decides an application on the answers of a registry. `made_on` is the day of the check by the
/// host's clock.
///
/// # Errors
///
/// [`ApplicationError`] if the application or an answer cannot be evaluated.
pub fn check(
    catalogue: &Catalogue,
    application: &Application,
    made_on: Date,
    registry: &mut dyn Registry,
) -> Result<Decision, ApplicationError> {
    decided(catalogue, application, made_on, registry, |_, decision| decision)
}

/// Writes the papers of a check, in a language.
///
/// # Errors
///
/// As [`check`].
pub fn papers(
    catalogue: &Catalogue,
    application: &Application,
    made_on: Date,
    registry: &mut dyn Registry,
    language: Language,
) -> Result<Papers, ApplicationError> {
    let write = |case: &Case<'_>, decision| writer::papers(case, &decision, language, None);
    decided(catalogue, application, made_on, registry, write)
}

fn decided<T>(
    catalogue: &Catalogue,
    application: &Application,
    made_on: Date,
    registry: &mut dyn Registry,
    write: impl FnOnce(&Case<'_>, Decision) -> T,
) -> Result<T, ApplicationError> {
    let policy = catalogue.described();
    let asked = facts::application(policy, application, made_on)?;
    let due = due(catalogue, &asked).map_err(refused)?;
    let queries = facts::queries(policy, &due);
    let answers = registry.lookup(&queries);
    let days = asked.days();
    let answered = answers::answered(policy, application, days, &queries, &answers)?;
    let verdict = decide(catalogue, &asked, &facts::answers(policy, &answered));
    let verdict = verdict.map_err(refused)?;
    let case = Case::new(policy, application, days, &answers, &answered, &verdict);
    let decision = writer::decision(&case).map_err(refused)?;
    Ok(write(&case, decision))
}

/// Converts a refusal by the rules or the writer. None is expected, since the facts come from a
/// checked application and checked answers, and the verdict comes from the facts.
fn refused(error: impl std::error::Error) -> ApplicationError {
    let detail = Quoted::from(&error.to_string());
    ApplicationError::InvalidAnswer(Problem::at("answers", AnswerFault::Refused { detail }))
}
