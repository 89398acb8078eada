//! The language of a problem: the one that `Accept-Language` prefers, else English.

use axum::http::{HeaderMap, header};

/// The same text in Chinese and in English.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

/// A language of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The language that a request prefers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::English);
        let asked = headers.get_all(header::ACCEPT_LANGUAGE).iter();
        for range in asked.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
            let (tag, quality) = weighted(range);
            let tag = tag.to_ascii_lowercase();
            let primary = tag.split('-').next().unwrap_or_default();
            let language = match primary {
                "zh" => Self::Chinese,
                "en" | "*" => Self::English,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The words in this language.
    pub(crate) const fn pick(self, words: Words) -> &'static str {
        match self {
            Self::Chinese => words.zh,
            Self::English => words.en,
        }
    }

    /// Value of `Content-Language`.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }
}

/// Splits an item of an `Accept…` header into its name and its quality in thousandths.
pub(crate) fn weighted(item: &str) -> (&str, u16) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality =
        parts.filter_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q="))).next();
    let quality = quality.map_or(1_000, |q| {
        let q: f32 = q.parse().unwrap_or(0.0);
        // RFC 9110 has three decimals and no more.
        (q.clamp(0.0, 1.0) * 1_000.0) as u16
    });
    (name, quality)
}
