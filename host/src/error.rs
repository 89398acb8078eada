//! Errors of the host, kept apart: bad input, and faults of the machinery.

use std::fmt;

use mustcheck_model::{ApplicationError, Disposition, Problem, Worded as _};

use crate::clock::NoTime;
use crate::input::{InputFault, JsonFault};
use crate::receipts::RecordError;
use crate::registry::RegistryError;

/// Error: there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The application cannot be evaluated; the message names the place.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// Something failed in which the applicant has no part.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A failure of the registry, the component or the gate: no decision, whatever the law says.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The registry cannot be trusted with any answer.
    #[error("the registry failed")]
    Registry(#[from] RegistryError),
    /// The component trapped or used more than its limits. Its store is gone.
    #[error("the policy component failed in `{during}`: {detail}")]
    Component {
        /// The function that was called.
        during: &'static str,
        /// Description of the failure, and what the component's author may change.
        detail: String,
        /// Error that the engine reported.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The writer's component, with which recorded decisions are written again, trapped or used up
    /// a limit.
    #[error("the writer component failed in `{during}`: {detail}")]
    Writer {
        /// The function that was called.
        during: &'static str,
        /// Description of the failure.
        detail: String,
    },
    /// The component, or the registry, broke a rail that the host guards.
    #[error("rail {rail} does not hold: {detail}")]
    Rail {
        /// Rail that was broken.
        rail: Rail,
        /// Fact that broke it.
        detail: String,
    },
    /// The registry gave something that cannot be evaluated.
    #[error("the registry's answer cannot be evaluated: {0}")]
    Answer(ApplicationError),
    /// More than the limits of the gate allow.
    #[error("{what}: {found}, more than the limit of {limit}")]
    Limit {
        /// Name of what is limited.
        what: &'static str,
        /// Amount that was found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// An asynchronous registry was asked through [`Gate::check`](crate::Gate::check).
    #[error("this gate has an asynchronous registry: call `check_async`")]
    NeedsAsync,
    /// The clock gives no valid time, so nobody can say what is old.
    #[error("there is no check without a clock")]
    Clock(#[source] NoTime),
    /// Swap was switched on after the process had begun without it.
    #[error(
        "swap was switched on since this process began: its sandboxes are only known to be clean \
         without; start it again"
    )]
    Swap,
    /// The check was made and could not be recorded.
    #[error("the check is not on record, so there is no decision")]
    Record(#[from] RecordError),
}

impl Fault {
    /// The fault in Chinese, without its cause. What a component or a rail says of it is shown in
    /// its own words.
    pub fn zh(&self) -> String {
        match self {
            Self::Registry(_) => "信用信息库发生故障".into(),
            Self::Component { during, detail, .. } => {
                format!("规则组件在“{during}”中发生故障（{detail}）")
            }
            Self::Writer { during, detail } => {
                format!("文书组件在“{during}”中发生故障（{detail}）")
            }
            Self::Rail { rail, detail } => format!("{}未守住（{detail}）", rail.zh()),
            Self::Answer(error) => {
                let Problem { path, reason } = error.problem();
                format!("信用信息库的答复无法采用：{path}：{}", reason.zh())
            }
            Self::Limit { what, found, limit } => {
                format!("超过上限（{what}）：有{found}，上限为{limit}")
            }
            Self::NeedsAsync => "本核查器的信用信息库须异步调用（`check_async`）".into(),
            Self::Clock(_) => "没有时钟，不能核查".into(),
            Self::Swap => {
                "本进程启动后系统启用了交换空间，不能再保证沙箱内没有残留，请重新启动".into()
            }
            Self::Record(_) => "核查未能留存，因此没有核查结论".into(),
        }
    }

    /// A component's fault, in words for its author.
    pub(crate) fn component(during: &'static str, detail: impl Into<String>) -> Self {
        Self::Component { during, detail: detail.into(), source: None }
    }
}

/// The rails that the host enforces, whatever a component says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// No check, no decision.
    R1,
    /// Unanswered is not clear.
    R2,
    /// No measure without a legal basis in the catalogue.
    R3,
    /// An objection suspends; dates and events decide, never a flag.
    R4R5,
    /// Exact identifiers only.
    R6,
    /// Neither longer nor shorter than the article says.
    R7,
    /// A person is reached only by name in the record.
    R8,
    /// Findings with reasons: a decision says of the application exactly what was submitted.
    R11,
}

impl Rail {
    /// The rail in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::R1 => "底线R1（不核查，不作结论）",
            Self::R2 => "底线R2（未获答复不等于无记录）",
            Self::R3 => "底线R3（没有法律依据，不采取措施）",
            Self::R4R5 => "底线R4、R5（只有生效的记录才能限制）",
            Self::R6 => "底线R6（只按准确的号码识别）",
            Self::R7 => "底线R7（期限以条文为准）",
            Self::R8 => "底线R8（记录列明的个人才受影响）",
            Self::R11 => "底线R11（结论附有理由）",
        }
    }
}

impl fmt::Display for Rail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::R1 => "R1 (no check, no decision)",
            Self::R2 => "R2 (unanswered is not clear)",
            Self::R3 => "R3 (no measure without a legal basis)",
            Self::R4R5 => "R4, R5 (only a record in force restricts)",
            Self::R6 => "R6 (exact identifiers only)",
            Self::R7 => "R7 (as long as the article says)",
            Self::R8 => "R8 (a person is reached only by name in the record)",
            Self::R11 => "R11 (findings with reasons)",
        })
    }
}

/// Error: a text is no application or registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputError {
    /// The text is larger than the limit.
    TooLarge {
        /// Size of the text, in bytes.
        bytes: u64,
        /// Largest size that is read, in bytes.
        limit: u64,
    },
    /// Not UTF-8.
    NotUtf8 {
        /// Offset of the first invalid byte.
        at: usize,
    },
    /// An array in the place of an object.
    Misplaced {
        /// Path in the document.
        path: String,
    },
    /// Not JSON, or not of the shape that the schema fixes.
    Shape {
        /// Path in the document.
        path: String,
        /// The fault.
        detail: JsonFault,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

impl InputError {
    /// The path in the document, if it was read that far.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::TooLarge { .. } | Self::NotUtf8 { .. } => None,
            Self::Misplaced { path } | Self::Shape { path, .. } => Some(path),
        }
    }

    /// The fault at that path.
    pub fn fault(&self) -> InputFault {
        match self {
            Self::TooLarge { bytes, limit } => {
                InputFault::TooLarge { bytes: *bytes, limit: *limit }
            }
            Self::NotUtf8 { at } => InputFault::NotUtf8 { at: *at },
            Self::Misplaced { .. } => InputFault::NoObject,
            Self::Shape { detail, line, column, .. } => {
                InputFault::Shape { fault: detail.clone(), line: *line, column: *column }
            }
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.path() {
            write!(f, "{path}: ")?;
        }
        self.fault().fmt(f)
    }
}

impl std::error::Error for InputError {}

/// Error: a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not a component, or not one of this boundary.
    #[error("this is no policy component: {0}")]
    Component(String),
    /// The component imports something.
    #[error("the component imports `{0}`; a policy imports nothing")]
    Import(String),
    /// The catalogue is not adopted; each line is a finding.
    #[error("the catalogue is not adopted:\n{0}")]
    Catalogue(String),
    /// The engine does not start, or cannot give what the limits ask for.
    #[error("{0}")]
    Engine(String),
    /// No edition decides on that day.
    #[error("no edition decides as of `{as_of}`: the first begins on `{first}`")]
    NoEdition {
        /// The day.
        as_of: String,
        /// The first day of the earliest edition.
        first: String,
    },
    /// No embedded edition has that name.
    #[error("`{name}` is no embedded edition; there are {known}")]
    UnknownEdition {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No embedded overlay has this name.
    #[error("edition `{edition}` has no overlay `{name}`; it has: {known}")]
    UnknownOverlay {
        /// The name.
        name: String,
        /// The edition.
        edition: String,
        /// The names there are.
        known: String,
    },
    /// The registry failed while its codes were read.
    #[error("the registry failed")]
    Registry(#[source] RegistryError),
    /// The edition has no such code.
    #[error("`{code}` is no {what} of edition `{edition}`")]
    UnknownCode {
        /// Kind of code that was looked for.
        what: &'static str,
        /// The code.
        code: String,
        /// The edition.
        edition: String,
    },
    /// A gate was built without a policy or a registry.
    #[error("a gate needs {0}")]
    Missing(&'static str),
    /// A registry uses codes that no policy knows.
    #[error("the registry names what no policy knows: {0}")]
    Vocabulary(String),
}

impl PolicyError {
    /// The error in Chinese, without its cause. What the compiler and the engine say of it is shown
    /// in their own words.
    pub fn zh(&self) -> String {
        match self {
            Self::Component(detail) => format!("这不是规则组件（{detail}）"),
            Self::Import(name) => format!("该组件导入了“{name}”；规则组件不得导入任何内容"),
            Self::Catalogue(findings) => format!("措施清单未获采用：\n{findings}"),
            Self::Engine(detail) => format!("运行环境不可用（{detail}）"),
            Self::NoEdition { as_of, first } => {
                format!("没有适用于“{as_of}”的清单：最早的清单自“{first}”起适用")
            }
            Self::UnknownEdition { name, known } => {
                format!("没有内置清单“{name}”；现有{known}")
            }
            Self::UnknownOverlay { name, edition, known } => {
                format!("清单“{edition}”没有地方采用清单“{name}”；现有：{known}")
            }
            Self::Registry(_) => "信用信息库发生故障".into(),
            Self::UnknownCode { what, code, edition } => {
                format!("清单“{edition}”没有代码“{code}”（{what}）")
            }
            Self::Missing(what) => format!("核查器缺少必要部分（{what}）"),
            Self::Vocabulary(detail) => format!("信用信息库使用了规则不认识的代码（{detail}）"),
        }
    }
}

impl CheckError {
    /// The exit code of the command line: 1 for a fault, 3 for input that cannot be evaluated.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Fault(_) => 1,
            Self::Application(_) => 3,
        }
    }
}

/// The exit code of the command line for a disposition.
pub const fn exit_code(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::Clear | Disposition::Facilitated => 0,
        Disposition::Review => 10,
        Disposition::Restricted => 11,
        Disposition::Undetermined => 12,
    }
}
