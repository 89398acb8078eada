//! The style, the script and the icon. Their paths contain their digests, so that browsers may keep
//! them for good.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use super::RouteName;
use super::state::Page;

/// A file that is part of the program.
struct Static {
    content: &'static str,
    kind: &'static str,
    path: LazyLock<String>,
}

macro_rules! file {
    ($file:literal, $kind:literal) => {
        Static {
            content: include_str!($file),
            kind: $kind,
            path: LazyLock::new(|| path($file, include_str!($file))),
        }
    };
}

static STYLE: Static = file!("style.css", "text/css; charset=utf-8");
static SCRIPT: Static = file!("script.js", "text/javascript; charset=utf-8");
/// The style of papers, which comes with the code that writes papers.
static PAPER_STYLE: Static = Static {
    content: mustcheck::words::PAPER_STYLE,
    kind: "text/css; charset=utf-8",
    path: LazyLock::new(|| path("paper.css", mustcheck::words::PAPER_STYLE)),
};
static ICON: Static = file!("icon.svg", "image/svg+xml");

fn path(file: &str, content: &str) -> String {
    let digest = const_hex::encode(Sha256::digest(content.as_bytes()));
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    format!("/static/{stem}-{}.{ending}", digest.get(..16).unwrap_or(&digest))
}

/// Path of the style.
pub(super) fn style() -> &'static str {
    &STYLE.path
}

/// Path of the style of papers.
pub(super) fn paper_style() -> &'static str {
    &PAPER_STYLE.path
}

/// Path of the script.
pub(super) fn script() -> &'static str {
    &SCRIPT.path
}

/// Path of the icon.
pub(super) fn icon() -> &'static str {
    &ICON.path
}

/// Adds the routes of these files.
pub(super) fn routes(mut router: Router<Arc<Page>>) -> Router<Arc<Page>> {
    for file in [&STYLE, &PAPER_STYLE, &SCRIPT, &ICON] {
        router = router.route(&file.path, get(async || file.answer()));
    }
    router
}

impl Static {
    fn answer(&self) -> Response {
        let mut response = self.content.into_response();
        response.extensions_mut().insert(RouteName("/static/{file}"));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
        headers.insert(header::CACHE_CONTROL, keep);
        response
    }
}
