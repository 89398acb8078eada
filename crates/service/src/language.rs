//! The language that a request prefers.

use axum::http::{HeaderMap, header};
use mustcheck::Language;

/// The language that `Accept-Language` prefers, `otherwise` if it prefers none. `*` is every
/// language that is not named, and of two that are equal the first one is taken.
pub(crate) fn accepted(headers: &HeaderMap, otherwise: Language) -> Language {
    let mut best = (0, otherwise);
    let asked = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    for range in asked.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
        let (tag, quality) = weighted(range);
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let language = match primary.as_str() {
            "*" => Some(otherwise),
            primary => primary.parse().ok(),
        };
        if let Some(language) = language
            && quality > best.0
        {
            best = (quality, language);
        }
    }
    best.1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_is_taken_and_else_that_of_the_place() {
        for (asked, zh, en) in [
            ("", Language::Zh, Language::En),
            ("fr", Language::Zh, Language::En),
            ("*", Language::Zh, Language::En),
            ("en;q=0.5, *;q=0.8", Language::Zh, Language::En),
            ("zh;Q=0.5, en", Language::En, Language::En),
            ("en;q=7, zh;q=1", Language::En, Language::En),
            ("zh;q=x, en;q=0.1", Language::En, Language::En),
            ("EN-gb;q=0.1, zh-Hans;q=0.9", Language::Zh, Language::Zh),
            ("zh;q=0", Language::Zh, Language::En),
            ("fr, zh;q=0.001", Language::Zh, Language::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, asked.parse().unwrap());
            assert_eq!(accepted(&headers, Language::Zh), zh, "{asked:?}, else Chinese");
            assert_eq!(accepted(&headers, Language::En), en, "{asked:?}, else English");
        }
    }
}
