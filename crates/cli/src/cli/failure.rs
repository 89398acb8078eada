//! Failures as messages: the kind of "no", its place, and its causes.

mod chinese;

use mustcheck::input::shortened;
use mustcheck::model::Worded;
use mustcheck::{
    ApplicationError, CheckError, Fault, InputError, Language, PolicyError, RegistryError, redact,
    safe,
};
use mustcheck_audit::export::{ExportError, SubjectError};
use mustcheck_audit::{AuditError, FeedbackError};
use mustcheck_evidence::KeysError;
use mustcheck_evidence::bundle::AgeError;
use mustcheck_evidence::replay::ComponentError;
use mustcheck_service::{ConfigError, StartError};
use serde::Serialize;

use crate::cli::backdated::Unbackdated;
use crate::cli::papers::PapersError;
use crate::cli::replay::{NoKeys, NothingToReplay, PageOfWhat};
use crate::cli::test::{Exists, NoBundle, NoCatalogue, NotOpened};

/// A failure as JSON and as text.
#[derive(Serialize)]
pub struct Failure {
    /// `application`, `input` or `fault`: never a finding.
    kind: &'static str,
    /// Place in the input, if the input is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Description of the failure.
    detail: String,
    /// Causes of the failure, the nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    /// Description and causes in Chinese; JSON, which programs read, has the English.
    #[serde(skip)]
    zh: Vec<String>,
    #[serde(skip)]
    code: u8,
}

impl Failure {
    /// Classifies an error by its kind and exit code.
    pub fn of(error: &anyhow::Error) -> Self {
        let mut failure = Self {
            kind: "fault",
            path: None,
            detail: shown(&error.to_string()),
            causes: error.chain().skip(1).map(|c| shown(&c.to_string())).collect(),
            zh: error.chain().map(|cause| shown(&chinese::of(cause))).collect(),
            code: 1,
        };
        for cause in error.chain() {
            if let Some(application) = application_error(cause) {
                failure.kind = "application";
                failure.at(&application.problem().path, &application.problem().reason);
            } else if let Some(early) = cause.downcast_ref::<Unbackdated>() {
                failure.kind = "application";
                failure.at("as_of", early);
            } else if let Some(input) = input_error(cause) {
                failure.kind = "input";
                failure.code = 3;
                if let Some(path) = input.path() {
                    failure.at(path, &input.fault());
                }
            } else if let Some(FeedbackError::Invalid { place, fault, .. }) = cause.downcast_ref() {
                failure.kind = "input";
                failure.at(place, fault);
            } else if is_bad_content(cause) {
                failure.kind = "input";
                failure.code = 3;
            }
        }
        failure
    }

    /// Sets the place in the input, and the reason there.
    fn at(&mut self, path: &str, reason: &impl Worded) {
        self.path = Some(redact(&safe(path)));
        self.detail = shortened(&reason.en());
        self.zh = vec![shortened(&reason.zh())];
        self.causes.clear();
        self.code = 3;
    }

    /// Returns the exit code.
    pub const fn exit_code(&self) -> u8 {
        self.code
    }

    /// Returns the message for stderr, with colours.
    pub fn message(&self, language: Language) -> String {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let (error, space) = (language.say("错误：", "error:"), language.say("", " "));
        format!("{red}{error}{red:#}{space}{}", self.plain(language))
    }

    /// Returns place, detail and causes, without colours.
    pub fn plain(&self, language: Language) -> String {
        let mut message = String::new();
        if let Some(path) = &self.path {
            message.push_str(language.say(chinese::place(path), path));
            message.push_str(language.say("：", ": "));
        }
        let all: Vec<&String> = match language {
            Language::Zh => self.zh.iter().collect(),
            Language::En => std::iter::once(&self.detail).chain(&self.causes).collect(),
        };
        for (number, told) in all.into_iter().enumerate() {
            if number > 0 {
                message.push_str(language.say("\n  原因：", "\n  caused by: "));
            }
            message.push_str(told);
        }
        message
    }
}

/// Returns a message masked and safe for a terminal. It may list several faults, one a line; its
/// author made the input in it safe, so that no line break comes from outside.
fn shown(message: &str) -> String {
    let lines: Vec<String> = message.lines().map(|line| redact(&safe(line))).collect();
    lines.join("\n")
}

fn application_error<'a>(
    cause: &'a (dyn std::error::Error + 'static),
) -> Option<&'a ApplicationError> {
    cause.downcast_ref::<ApplicationError>().or_else(|| match cause.downcast_ref::<CheckError>() {
        Some(CheckError::Application(error)) => Some(error),
        _ => None,
    })
}

fn input_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a InputError> {
    cause.downcast_ref::<InputError>().or_else(|| {
        let io = cause.downcast_ref::<std::io::Error>()?;
        io.get_ref()?.downcast_ref::<InputError>()
    })
}

/// Whether the input is at fault, rather than the machinery.
fn is_bad_content(cause: &(dyn std::error::Error + 'static)) -> bool {
    let registry = |error: &RegistryError| matches!(error, RegistryError::Content(_));
    cause.downcast_ref::<Unreadable>().is_some()
        || cause.downcast_ref::<PapersError>().is_some()
        || cause.downcast_ref::<OutputIsInput>().is_some()
        || cause.downcast_ref::<KeysError>().is_some()
        || cause.downcast_ref::<ConfigError>().is_some()
        || matches!(cause.downcast_ref(), Some(StartError::Config(_) | StartError::Load(_)))
        || matches!(cause.downcast_ref(), Some(mustcheck_postgres::Error::Config(_)))
        || cause.downcast_ref::<AgeError>().is_some()
        || cause.downcast_ref::<SubjectError>().is_some()
        || matches!(cause.downcast_ref(), Some(ExportError::Subject(_)))
        || matches!(cause.downcast_ref(), Some(AuditError::Keys(_)))
        || matches!(cause.downcast_ref(), Some(FeedbackError::Audit(AuditError::Keys(_))))
        || cause.downcast_ref::<ComponentError>().is_some()
        || cause.downcast_ref::<NoKeys>().is_some()
        || cause.downcast_ref::<NothingToReplay>().is_some()
        || cause.downcast_ref::<PageOfWhat>().is_some()
        || is_of_suite(cause)
        || cause.downcast_ref::<RegistryError>().is_some_and(registry)
        || matches!(
            cause.downcast_ref::<PolicyError>(),
            Some(
                PolicyError::Vocabulary(_)
                    | PolicyError::UnknownCode { .. }
                    | PolicyError::UnknownEdition { .. }
                    | PolicyError::UnknownOverlay { .. }
                    | PolicyError::NoEdition { .. }
            )
        )
        || matches!(
            cause.downcast_ref::<CheckError>(),
            Some(CheckError::Fault(Fault::Registry(error))) if registry(error)
        )
}

/// Whether the input of `mustcheck test` is at fault: the catalogue, or the check that is to become
/// a case.
fn is_of_suite(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<NoCatalogue>().is_some()
        || cause.downcast_ref::<Exists>().is_some()
        || cause.downcast_ref::<NoBundle>().is_some()
        || cause.downcast_ref::<NotOpened>().is_some()
}

/// Error: an input file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be read")]
pub struct Unreadable {
    /// Path of the file.
    pub path: String,
    /// Cause of the failure.
    #[source]
    pub source: std::io::Error,
}

/// Error: the output would overwrite an input.
#[derive(Debug, thiserror::Error)]
#[error("output `{path}` is the {what}")]
pub struct OutputIsInput {
    /// Path of the file.
    pub path: String,
    /// Role of the file as an input, such as `registry`.
    pub what: &'static str,
}
