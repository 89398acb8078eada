//! Every kind of problem: its code, status and words.

use axum::http::StatusCode;

use mustcheck::words::Words;

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident $code:literal $status:ident {
        title: $title_zh:literal $title_en:literal,
        detail: $detail_zh:literal $detail_en:literal,
    })+) => {
        /// A kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$meta])* $name,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code at the end of the problem's type.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The kind in a few words.
            pub(crate) const fn title(self) -> Words {
                match self { $(Self::$name => Words { zh: $title_zh, en: $title_en },)+ }
            }

            /// The kind in a sentence, where there is nothing more to say.
            pub(crate) const fn detail(self) -> Words {
                match self { $(Self::$name => Words { zh: $detail_zh, en: $detail_en },)+ }
            }
        }
    };
}

kinds! {
    /// The body is not JSON in UTF-8.
    Malformed "malformed-request" BAD_REQUEST {
        title: "请求不是合法的 JSON" "the request is no JSON",
        detail: "请求体须为 UTF-8 编码的 JSON" "the body is JSON in UTF-8",
    }
    /// The `Idempotency-Key` is not valid.
    InvalidKey "invalid-idempotency-key" BAD_REQUEST {
        title: "幂等键无效" "the idempotency key is invalid",
        detail: "Idempotency-Key 为 1 至 255 个可见 ASCII 字符，可以加引号"
            "`Idempotency-Key` is 1 to 255 visible ASCII characters, in quotation marks or not",
    }
    /// The caller is unknown.
    Unauthenticated "unauthenticated" UNAUTHORIZED {
        title: "调用方身份未确认" "the caller is unknown",
        detail: "请提供已登记的令牌或者客户端证书"
            "give the token of a caller, or a caller's certificate",
    }
    /// The caller may not do this.
    Forbidden "forbidden" FORBIDDEN {
        title: "调用方无此权限" "the caller may not do this",
        detail: "该调用方未获准使用此项功能" "the caller does not have the role that this asks for",
    }
    /// There is nothing at that path.
    NotFound "not-found" NOT_FOUND {
        title: "无此资源" "there is nothing here",
        detail: "本服务没有该路径；接口说明见 /openapi.json"
            "the service has no such path; `/openapi.json` lists them",
    }
    /// No receipt has that id.
    UnknownReceipt "unknown-receipt" NOT_FOUND {
        title: "无此回执" "there is no such receipt",
        detail: "日志中没有该编号的核查回执" "the log has no receipt of that id",
    }
    /// The service keeps no records.
    NoRecords "no-records" NOT_FOUND {
        title: "本服务不留存记录" "this service keeps no records",
        detail: "本服务未配置日志，没有回执，也不接受执行反馈"
            "no log is configured, so there are no receipts, and feedback has nowhere to go",
    }
    /// The path does not support the method.
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED {
        title: "方法不适用" "the method does not fit",
        detail: "该路径不支持此方法；Allow 标头列出所支持的方法"
            "the path does not know this method; `Allow` lists those that it knows",
    }
    /// The caller accepts no format of the answer.
    NotAcceptable "not-acceptable" NOT_ACCEPTABLE {
        title: "无法按所要求的格式答复" "there is no answer in that format",
        detail: "Accept 标头不包含本服务所用的格式" "`Accept` leaves out what the service answers in",
    }
    /// The body did not come in time.
    BodyLate "body-late" REQUEST_TIMEOUT {
        title: "请求体未按时到达" "the body did not come in time",
        detail: "请求体在时限内未传送完毕" "the body was not sent within its time",
    }
    /// A request with the same key is in progress.
    InProgress "in-progress" CONFLICT {
        title: "同一请求正在处理" "the same request is in progress",
        detail: "使用同一幂等键的请求尚未处理完毕，请稍后再试"
            "a request with this idempotency key is not answered yet; ask again",
    }
    /// The body is too large.
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE {
        title: "请求体过大" "the body is too large",
        detail: "请求体超过本服务的上限" "the body has more bytes than the service reads",
    }
    /// The body is in another format.
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE {
        title: "请求体格式不支持" "the body's format is not read here",
        detail: "请求体须为 application/json，UTF-8，不压缩"
            "the body is `application/json`, in UTF-8, not compressed",
    }
    /// The application cannot be evaluated.
    InvalidApplication "invalid-application" UNPROCESSABLE_ENTITY {
        title: "申请无法核查" "the application cannot be evaluated",
        detail: "申请内容有误，详见 path" "something in it is wrong; `path` says where",
    }
    /// The feedback does not fit its receipt.
    InvalidFeedback "invalid-feedback" UNPROCESSABLE_ENTITY {
        title: "执行反馈无法登记" "the feedback cannot be recorded",
        detail: "反馈内容有误，详见 path" "something in it is wrong; `path` says where",
    }
    /// The key was used for another request.
    KeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY {
        title: "幂等键已用于另一请求" "the idempotency key was used for another request",
        detail: "同一幂等键只能用于同一请求" "one key is for one request, to the byte",
    }
    /// The caller asks too often.
    RateLimited "rate-limited" TOO_MANY_REQUESTS {
        title: "请求过于频繁" "the caller asks too often",
        detail: "该调用方已超过每秒请求数上限" "the caller's requests a second are used up",
    }
    /// Something failed, and trying again does not help.
    Failed "fault" INTERNAL_SERVER_ERROR {
        title: "核查未完成：系统故障" "no check was made: something failed",
        detail: "没有核查结论，不得视为无记录；详情见服务日志"
            "there is no decision, which does not mean that nothing was found; the log says more",
    }
    /// The program itself failed.
    Internal "internal" INTERNAL_SERVER_ERROR {
        title: "服务内部错误" "the service failed",
        detail: "没有核查结论，不得视为无记录；详情见服务日志"
            "there is no decision, which does not mean that nothing was found; the log says more",
    }
    /// Something failed that may soon work again.
    Unavailable "unavailable" SERVICE_UNAVAILABLE {
        title: "核查未完成：暂不可用" "no check was made: something is unavailable",
        detail: "没有核查结论，不得视为无记录；请稍后再试"
            "there is no decision, which does not mean that nothing was found; try again",
    }
    /// Too much is asked at once.
    Overloaded "overloaded" SERVICE_UNAVAILABLE {
        title: "服务繁忙" "too much is asked at once",
        detail: "没有核查结论，不得视为无记录；请稍后再试"
            "there is no decision, which does not mean that nothing was found; try again",
    }
    /// The work took too long.
    Late "late" SERVICE_UNAVAILABLE {
        title: "未在时限内完成" "it took too long",
        detail: "没有给出核查结论，核查可能已经记录；请用同一幂等键再次请求"
            "no decision was given out, though the check may be on record; ask again with the \
             same idempotency key",
    }
    /// The service is not ready to decide.
    NotReady "not-ready" SERVICE_UNAVAILABLE {
        title: "服务未就绪" "the service is not ready",
        detail: "服务正在启动、停止，或者其数据不可用"
            "it starts or ends, or what it needs cannot be used",
    }
}

impl Kind {
    /// Number of seconds after which it makes sense to try again, if it ever does.
    pub(crate) const fn retry_after(self) -> Option<u64> {
        match self {
            Self::Overloaded | Self::InProgress | Self::RateLimited => Some(1),
            Self::Unavailable | Self::Late | Self::NotReady => Some(5),
            _ => None,
        }
    }

    /// Whether the body may not have been read, so that the connection cannot be used again.
    pub(crate) const fn ends_connection(self) -> bool {
        matches!(self, Self::BodyTooLarge | Self::BodyLate)
    }
}
