//! Intake: a case file as the counter hands it over, read strictly.
//!
//! The application is the product's own JSON. The required materials come from the office's guide
//! to the matter (办事指南); the office answers for each `statutory` mark (法律法规要求提供的材料).

use std::collections::BTreeSet;

use mustcheck::{Application, ApplicationExt as _, Date, InputError, redact, safe};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The largest case file that is read, in bytes.
pub const CASE_LIMIT: u64 = 1 << 20;

/// A case at the counter, read and consistent in itself.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The application; its materials and its commitment are filled in by the flow.
    pub application: Application,
    /// The day it was handed in.
    pub received_on: Date,
    /// The materials that the guide asks for.
    pub required: Vec<Required>,
    /// The materials that have come, and when.
    pub provided: Vec<Provided>,
    /// The applicant's signed promise to bring the rest.
    pub promise: Option<Promise>,
    /// The result of the examination, once there was one.
    pub examination: Option<Examination>,
}

/// A material that the guide asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// Its name.
    pub name: String,
    /// Whether a law or regulation requires it.
    pub statutory: bool,
    /// The form it must have, such as `原件1份`.
    pub form: String,
}

/// A material that has come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provided {
    /// Its name, as the guide has it.
    pub name: String,
    /// The day it came.
    pub on: Date,
}

/// A signed promise (书面承诺). Its deadline is the office's to set, in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The day it was signed.
    pub signed_on: Date,
}

/// The result of an examination.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examination {
    /// Names of the officers who examined.
    pub officers: Vec<String>,
    /// The day of the examination.
    pub on: Date,
    /// Whether the conditions of the licence are met.
    pub meets_conditions: bool,
    /// The finding in words.
    pub finding: String,
}

/// Error: a case file cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {detail}")]
pub struct IntakeError {
    /// Path in the case file.
    pub path: String,
    /// Description of the fault.
    pub detail: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    // Kept raw, so that the product's own reader normalises the identifiers.
    #[serde(borrow)]
    application: &'a RawValue,
    received_on: Date,
    required: Vec<Required>,
    #[serde(default)]
    provided: Vec<Provided>,
    #[serde(default)]
    promise: Option<Promise>,
    #[serde(default)]
    examination: Option<Examination>,
}

impl CaseFile {
    /// Reads a case file.
    ///
    /// # Errors
    ///
    /// [`IntakeError`] with the first place that is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, IntakeError> {
        let text = std::str::from_utf8(json)
            .map_err(|e| at("the case file", format!("byte {} is not UTF-8", e.valid_up_to())))?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let document: Document<'_> =
            serde_path_to_error::deserialize(&mut reader).map_err(|e| {
                let path = e.path().to_string();
                let path = if path == "." { "the case file".into() } else { path };
                at(path, redact(&safe(&e.inner().to_string())))
            })?;
        reader.end().map_err(|e| at("after the case file", e.to_string()))?;
        let application = Application::from_json(document.application.get().as_bytes())
            .map_err(in_application)?;
        let case = Self {
            application,
            received_on: document.received_on,
            required: document.required,
            provided: document.provided,
            promise: document.promise,
            examination: document.examination,
        };
        case.consistent()?;
        Ok(case)
    }

    /// Whether a material has come.
    pub fn has(&self, name: &str) -> bool {
        self.provided.iter().any(|p| p.name == name)
    }

    fn consistent(&self) -> Result<(), IntakeError> {
        let application = &self.application;
        if !application.matter.starts_with("licensing/") {
            let detail = format!("`{}` is no licence", redact(&safe(&application.matter)));
            return Err(at("application.matter", detail));
        }
        if !application.materials.is_empty() {
            let detail = "comes from `required` and `provided`, and must not be given";
            return Err(at("application.materials", detail));
        }
        if application.commitment.is_some() {
            let detail = "is computed from `promise`, and must not be given";
            return Err(at("application.commitment", detail));
        }
        self.not_after("received_on", self.received_on)?;
        if let Some(promise) = self.promise {
            self.not_after("promise.signed_on", promise.signed_on)?;
        }
        self.materials()?;
        self.officers()
    }

    fn materials(&self) -> Result<(), IntakeError> {
        if self.required.is_empty() {
            // Otherwise a guide that was forgotten would make every case complete.
            return Err(at("required", "must name the materials of this matter"));
        }
        let mut required = BTreeSet::new();
        for (i, material) in self.required.iter().enumerate() {
            if material.name.trim().is_empty() {
                return Err(at(format!("required[{i}].name"), "must not be empty"));
            }
            if !required.insert(material.name.as_str()) {
                return Err(at(format!("required[{i}].name"), twice(&material.name)));
            }
        }
        let mut provided = BTreeSet::new();
        for (i, material) in self.provided.iter().enumerate() {
            if !required.contains(material.name.as_str()) {
                let name = redact(&safe(&material.name));
                let detail = format!("`{name}` is not among the required materials");
                return Err(at(format!("provided[{i}].name"), detail));
            }
            if !provided.insert(material.name.as_str()) {
                return Err(at(format!("provided[{i}].name"), twice(&material.name)));
            }
            self.not_after(&format!("provided[{i}].on"), material.on)?;
        }
        Ok(())
    }

    fn officers(&self) -> Result<(), IntakeError> {
        let Some(examination) = &self.examination else { return Ok(()) };
        if examination.on < self.received_on {
            let detail = format!("`{}` is before the case was received", examination.on);
            return Err(at("examination.on", detail));
        }
        self.not_after("examination.on", examination.on)?;
        if examination.officers.is_empty() {
            return Err(at("examination.officers", "must name who examined"));
        }
        let mut seen = BTreeSet::new();
        for (i, officer) in examination.officers.iter().enumerate() {
            if officer.trim().is_empty() {
                return Err(at(format!("examination.officers[{i}]"), "must not be empty"));
            }
            if !seen.insert(officer.trim()) {
                return Err(at(format!("examination.officers[{i}]"), twice(officer)));
            }
        }
        Ok(())
    }

    fn not_after(&self, path: &str, day: Date) -> Result<(), IntakeError> {
        if day <= self.application.as_of {
            return Ok(());
        }
        let detail = format!("`{day}` is after the as-of date `{}`", self.application.as_of);
        Err(at(path, detail))
    }
}

fn at(path: impl Into<String>, detail: impl Into<String>) -> IntakeError {
    IntakeError { path: path.into(), detail: detail.into() }
}

fn twice(name: &str) -> String {
    format!("`{}` stands twice", redact(&safe(name)))
}

/// Converts an error of the application's reader, which counts lines from the beginning of the
/// application; so the place is given by its path.
fn in_application(error: InputError) -> IntakeError {
    match error {
        InputError::Shape { path, detail, .. } if path == "the document" => {
            at("application", detail.to_string())
        }
        InputError::Shape { path, detail, .. } => {
            at(format!("application.{path}"), detail.to_string())
        }
        other => at("application", other.to_string()),
    }
}
