//! Reasons why there is no answer, in an officer's words.

use axum::http::StatusCode;
use mustcheck::InputError;
use mustcheck::model::{Text, Worded as _};

use super::language::Lang;
use crate::problem::place;

/// A reason why there is no answer. None of these means "no measures".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The input cannot be used.
    Invalid {
        /// The place, such as `subjects[0].identifier`.
        place: String,
        /// Description of the mistake, in lower case without a full stop; identifiers are masked.
        detail: Text,
    },
    /// The caller may not do this, or not for this case.
    Forbidden {
        /// The place at which the case is beyond the caller's limits: `matter` or `office.region`.
        /// `None` if the page itself is forbidden.
        place: Option<&'static str>,
    },
    /// The service keeps no records.
    NoRecords,
    /// The caller asks too often.
    TooMany {
        /// Number of seconds after which it makes sense to try again.
        seconds: u64,
    },
    /// Something does not answer, and may do so later.
    Unavailable,
    /// The work took too long. It goes on, but nobody sees its result.
    Late,
    /// Something failed.
    Failed,
}

impl Problem {
    /// A mistake in the input.
    pub(crate) fn invalid(place: impl Into<String>, detail: Text) -> Self {
        Self::Invalid { place: place.into(), detail }
    }

    /// The HTTP status.
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::NoRecords => StatusCode::NOT_FOUND,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Late => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Number of seconds after which it makes sense to try again.
    pub(super) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { seconds } => Some(*seconds),
            Self::Unavailable | Self::Late => Some(5),
            _ => None,
        }
    }

    /// The reason in a complete sentence.
    pub(super) fn sentence(&self, lang: Lang) -> String {
        match self {
            Self::Invalid { detail, .. } => told(lang, detail),
            Self::Forbidden { place: Some("matter") } => {
                lang.own("您的权限不及于该事项。", "Your access does not reach this matter.")
            }
            Self::Forbidden { place: Some(_) } => lang.own(
                "您的权限不及于该行政区划的机关。",
                "Your access does not reach offices of this region.",
            ),
            Self::Forbidden { place: None } => {
                lang.own("您无权使用本功能。", "Your access does not include this.")
            }
            Self::NoRecords => lang.own("本服务不保存核查记录。", "This service keeps no records."),
            Self::TooMany { seconds } => match lang {
                Lang::Zh => format!("请求过于频繁，请在{seconds}秒后重试。"),
                Lang::En => format!("Too many requests. Try again in {seconds} seconds."),
            },
            Self::Unavailable => lang.own(
                "暂时无法完成，没有得出任何结论。请稍后重试；“未完成”不等于“无记录”。",
                "This cannot be done now, and nothing was decided. Try again later; not checked is \
                 not clear.",
            ),
            Self::Late => lang.own(
                "未在时限内完成，没有给出结论；本次核查可能已经记入日志。请稍后重试；“未完成”不等于\
                 “无记录”。",
                "This took too long and nothing is shown, though the check may be on record. Try \
                 again later; not checked is not clear.",
            ),
            Self::Failed => lang.own(
                "系统故障，没有得出任何结论。请联系管理员；“未完成”不等于“无记录”。",
                "Something failed, and nothing was decided. Tell the administrator; not checked is \
                 not clear.",
            ),
        }
    }
}

impl From<&InputError> for Problem {
    fn from(error: &InputError) -> Self {
        Self::invalid(place(error), error.fault().text())
    }
}

/// Makes a sentence of a detail, in a language.
pub(super) fn told(lang: Lang, detail: &Text) -> String {
    match lang {
        Lang::En => {
            let mut chars = detail.en.chars();
            let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}.", chars.as_str())
        }
        Lang::Zh => format!("{}。", detail.zh),
    }
}

#[cfg(test)]
mod tests {
    use mustcheck::model::{Reason, Worded as _};

    use super::{Lang, told};

    #[test]
    fn a_detail_is_a_sentence_of_the_language() {
        assert_eq!(told(Lang::Zh, &Reason::Empty.text()), "不能为空。");
        assert_eq!(told(Lang::En, &Reason::Empty.text()), "Must not be empty.");
    }
}
