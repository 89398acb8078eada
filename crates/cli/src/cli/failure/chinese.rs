//! Chinese of the errors that come with a cause, beside those that are values.

use std::error::Error;

use mustcheck::input::InputFault;
use mustcheck::model::Worded as _;
use mustcheck::{CheckError, Fault, PolicyError, RegistryError};
use mustcheck_audit::FeedbackError;
use mustcheck_evidence::RecordError;

use super::{OutputIsInput, Unreadable, application_error, input_error};

/// The words of an error, without its cause. One that has no Chinese is shown in its own words.
pub(super) fn of(cause: &(dyn Error + 'static)) -> String {
    if let Some(error) = application_error(cause) {
        let problem = error.problem();
        return format!("{}：{}", problem.path, problem.reason.zh());
    }
    if let Some(input) = input_error(cause) {
        return input_words(input.path(), &input.fault());
    }
    if let Some(CheckError::Fault(fault)) = cause.downcast_ref() {
        return fault.zh();
    }
    if let Some(fault) = cause.downcast_ref::<Fault>() {
        return fault.zh();
    }
    if let Some(error) = cause.downcast_ref::<PolicyError>() {
        return error.zh();
    }
    if let Some(error) = cause.downcast_ref::<RegistryError>() {
        return error.zh();
    }
    if let Some(error) = cause.downcast_ref::<RecordError>() {
        return error.zh().to_owned();
    }
    if let Some(Unreadable { path, .. }) = cause.downcast_ref() {
        return format!("“{path}”无法读取");
    }
    if let Some(OutputIsInput { path, what }) = cause.downcast_ref() {
        return format!("输出文件“{path}”同时是输入（{what}）");
    }
    if let Some(error) = cause.downcast_ref::<FeedbackError>() {
        return feedback(error);
    }
    cause.to_string()
}

fn input_words(path: Option<&str>, fault: &InputFault) -> String {
    match path {
        Some(path) => format!("{}：{}", place(path), fault.zh()),
        None => fault.zh(),
    }
}

fn feedback(error: &FeedbackError) -> String {
    match error {
        FeedbackError::Invalid { place, fault, .. } => format!("{place}：{}", fault.zh()),
        FeedbackError::Lock { path, .. } => format!("“{path}”无法锁定"),
        FeedbackError::Sign(_) => "反馈无法签名".into(),
        FeedbackError::Journal(_) => "反馈没有记入日志".into(),
        FeedbackError::Audit(error) => error.to_string(),
    }
}

/// A place in a document, as Chinese messages name it.
pub(super) fn place(path: &str) -> &str {
    match path {
        "the document" => "全文",
        "after the document" => "文件末尾之后",
        path => path,
    }
}
