//! Reading request bodies, and choosing the format of the answer by `Accept`.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;

use crate::config::ServiceLimits;
use crate::language::weighted;
use crate::problem::{Kind, Problem};

/// Checks that a request accepts a media type.
///
/// # Errors
///
/// [`Kind::NotAcceptable`] if it does not.
pub(crate) fn accepts(headers: &HeaderMap, media: &str) -> Result<(), Problem> {
    let mut asked = headers.get_all(header::ACCEPT).iter().peekable();
    if asked.peek().is_none() {
        return Ok(());
    }
    // Parameters such as a charset do not narrow what is given.
    let media = media.split(';').next().unwrap_or(media);
    let kind = media.split('/').next().unwrap_or_default();
    // The most specific range decides (RFC 9110 §12.5.1).
    let mut decided = (0, false);
    for range in asked.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
        let (range, quality) = weighted(range.trim());
        let specific = match range.split_once('/') {
            _ if range.eq_ignore_ascii_case(media) => 3,
            Some((major, "*")) if major.eq_ignore_ascii_case(kind) => 2,
            Some(("*", "*")) => 1,
            _ => continue,
        };
        if specific > decided.0 || (specific == decided.0 && quality > 0) {
            decided = (specific, quality > 0);
        }
    }
    if decided.1 { Ok(()) } else { Err(Problem::new(Kind::NotAcceptable)) }
}

/// Reads a JSON body, up to its limits in bytes and time.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &ServiceLimits,
) -> Result<Bytes, Problem> {
    if !is_json(headers) {
        return Err(Problem::new(Kind::UnsupportedMediaType));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if length.and_then(|n| n.parse().ok()).is_some_and(|n: usize| n > limits.body_bytes) {
        return Err(Problem::new(Kind::BodyTooLarge));
    }
    match tokio::time::timeout(limits.body_time, collect(body, limits.body_bytes)).await {
        Ok(read) => read,
        Err(_) => Err(Problem::new(Kind::BodyLate)),
    }
}

async fn collect(mut body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        // A body that breaks off is no JSON, and nobody is there to read the answer.
        let broken = |_| Problem::new(Kind::Malformed).path("the document");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if first.len() + all.len() + data.len() > most {
            return Err(Problem::new(Kind::BodyTooLarge));
        }
        // Most bodies come in one piece, which is not copied.
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&std::mem::take(&mut first));
            }
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// Whether the body is JSON in UTF-8, as it is.
fn is_json(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return false;
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(given) = given else { return false };
    let mut parts = given.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let charset = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    json && parts.all(charset)
}
