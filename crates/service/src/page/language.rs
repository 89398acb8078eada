//! The language of a page, Chinese or English: by a cookie, else as the browser prefers, else
//! Chinese.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use mustcheck::model::Text;
use mustcheck::words::Words;

use super::respond;
use super::state::Page;
use super::visit::Posted;

/// Name of the cookie for the language. Its value is `zh` or `en`.
pub(super) const COOKIE: &str = "mustcheck_language";

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    Zh,
    En,
}

impl Lang {
    /// The language of papers.
    pub(super) const fn of_papers(self) -> mustcheck::Language {
        match self {
            Self::Zh => mustcheck::Language::Zh,
            Self::En => mustcheck::Language::En,
        }
    }

    /// The language of a request.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match super::visit::cookie(headers, COOKIE) {
            Some("zh") => Self::Zh,
            Some("en") => Self::En,
            _ => Self::preferred(headers),
        }
    }

    fn preferred(headers: &HeaderMap) -> Self {
        let mut best = (0.0, Self::Zh);
        let asked = headers.get_all(header::ACCEPT_LANGUAGE).iter();
        for range in asked.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            let quality: f32 = quality.map_or(1.0, |q| q.parse().unwrap_or(0.0));
            let lang = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, lang);
            }
        }
        best.1
    }

    /// The language of a short code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// Value of the attribute `lang` in HTML.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The language's name in itself.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    pub(super) const fn chinese(self) -> bool {
        matches!(self, Self::Zh)
    }

    pub(super) const fn say<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    pub(super) fn own(self, zh: &str, en: &str) -> String {
        self.say(zh, en).to_owned()
    }

    pub(super) const fn words(self, words: Words) -> &'static str {
        self.say(words.zh, words.en)
    }

    pub(super) fn text(self, text: &Text) -> &str {
        match self {
            Self::Zh => &text.zh,
            Self::En => &text.en,
        }
    }

    /// The cookie that keeps the choice for a year.
    pub(super) fn cookie(self, secure: bool) -> String {
        let secure = if secure { "; Secure" } else { "" };
        let code = self.code();
        format!("{COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict{secure}")
    }
}

/// `POST /language`: sets the language, and redirects to the page where that was asked.
pub(super) async fn choose(State(page): State<Arc<Page>>, posted: Posted) -> Response {
    let lang = Lang::from_code(posted.fields.get("language")).unwrap_or(posted.guest.lang);
    let back = posted.fields.get("back");
    // Only to a page of this router, by its path alone.
    let own = back.starts_with('/')
        && back.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-".contains(&b))
        && !back.starts_with("//");
    let mut response = respond::see_other(if own { back } else { "/" });
    respond::set_cookie(&mut response, &lang.cookie(page.settings.secure));
    response
}
