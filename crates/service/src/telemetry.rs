//! Ids of requests in the log, and writing the log.

use std::fmt::Write as _;

use axum::http::HeaderMap;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LoggingConfig;

/// Header with a request's id.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// Returns a request's id: the caller's if it is a UUID, which can be nothing else; else a new one.
// RAIL R13
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match given.filter(|id| is_uuid(id)) {
        Some(id) => id.to_ascii_lowercase(),
        None => fresh_id(),
    }
}

/// A random UUID (version 4).
fn fresh_id() -> String {
    let mut bytes = [0_u8; 16];
    // Without random bytes an id is less unique, and no more than that.
    let _ = getrandom::fill(&mut bytes);
    let n = u128::from_be_bytes(bytes);
    let n = (n & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let mut id = String::with_capacity(36);
    for (shift, digits) in [(96, 8), (80, 4), (64, 4), (48, 4), (0, 12)] {
        let part = (n >> shift) & ((1 << (digits * 4)) - 1);
        let dash = if id.is_empty() { "" } else { "-" };
        let width = usize::try_from(digits).unwrap_or_default();
        let _ = write!(id, "{dash}{part:0width$x}");
    }
    id
}

fn is_uuid(text: &str) -> bool {
    let mut parts = text.split('-');
    let all = [8, 4, 4, 4, 12].into_iter().all(|digits| {
        parts
            .next()
            .is_some_and(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    all && parts.next().is_none()
}

/// The trace that a request is part of (W3C `traceparent`): its id and the parent's.
pub(crate) fn trace(headers: &HeaderMap) -> Option<(String, String)> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, digits: usize| {
        part.len() == digits
            && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            && part.bytes().any(|b| b != b'0')
    };
    let flagged = flags.len() == 2 && flags.bytes().all(|b| b.is_ascii_hexdigit());
    let known = version == "00" && flagged && parts.next().is_none();
    let sound = known && hex(trace, 32) && hex(parent, 16) && !holds_identifier(trace);
    sound.then(|| (trace.to_owned(), parent.to_owned()))
}

/// Whether digits in a row may be a resident number, its check character right or wrong: an area, a
/// day of birth, and what follows. Hardly any random id has them.
// RAIL R13
fn holds_identifier(text: &str) -> bool {
    text.as_bytes().windows(17).any(|window| {
        let number = |from: usize, to: usize| {
            let digits = window.get(from..to)?;
            let digits = digits.iter().all(u8::is_ascii_digit).then_some(digits)?;
            std::str::from_utf8(digits).ok()?.parse::<u32>().ok()
        };
        let day = (number(6, 10), number(10, 12), number(12, 14));
        let born = matches!(day, (Some(1800..=2199), Some(1..=12), Some(1..=31)));
        born && number(0, 6).is_some() && number(14, 17).is_some()
    })
}

/// Starts writing the log.
///
/// # Errors
///
/// An error if the filter is not valid, or if a log is written already.
pub fn install(
    logging: &LoggingConfig,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::try_new(&logging.filter)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    if logging.json {
        builder.json().flatten_event(true).with_current_span(false).try_init()
    } else {
        builder.with_ansi(false).try_init()
    }
}

/// Makes panics log their place, and not their message, which may quote anything.
// RAIL R13
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "the program panicked");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn only_a_uuid_names_a_request() {
        let uuid = "0193E0C8-7f2d-7c4e-9a51-3b0f6d2c8e11";
        assert_eq!(request_id(&headers(REQUEST_ID, uuid)), uuid.to_lowercase());
        for other in ["310104197106123355", "91310115MA1K3H5Q4N", "E12345678", "", "a-b"] {
            let id = request_id(&headers(REQUEST_ID, other));
            assert!(is_uuid(&id) && id != other, "{other}: {id}");
            assert_eq!(id.as_bytes()[14], b'4', "{id}");
        }
        assert_ne!(fresh_id(), fresh_id());
    }

    #[test]
    fn a_trace_is_taken_over_as_the_standard_has_it() {
        let sound = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let (trace_id, parent) = trace(&headers("traceparent", sound)).unwrap();
        assert_eq!(trace_id, "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(parent, "b7ad6b7169203331");
        for other in [
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            // A resident number in the place of a trace.
            "00-31010419710612335500000000000000-b7ad6b7169203331-01",
            "00-ab31010419710612335600000000000f-b7ad6b7169203331-01",
        ] {
            assert_eq!(trace(&headers("traceparent", other)), None, "{other}");
        }
    }
}
