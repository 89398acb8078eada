//! The connection to one source: its pool of connections, its certificates, its secret.

use std::path::Path;
use std::time::{Duration, SystemTime};

use mustcheck::registry::RegistryError;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Certificate, Identity, Response, StatusCode};

use crate::failure::Failure;
use crate::mapping::SourceMapping;

/// The largest certificate, key or secret that is read, in bytes.
const SECRET_LIMIT: u64 = 1 << 20;

/// Makes the client of one source. The files that the mapping names are in `folder`, beside the
/// mapping file.
///
/// # Errors
///
/// [`RegistryError::Content`] with the source, if a file or variable is missing or not usable.
pub fn client(source: &SourceMapping, folder: &Path) -> Result<reqwest::Client, RegistryError> {
    // The first library of the process to come here has chosen the provider, and any one will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let told = |what: String| RegistryError::Content(format!("source `{}`: {what}", source.id));
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("mustcheck/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_millis(source.timeouts.connect_milliseconds))
        .default_headers(headers(source, folder).map_err(told)?)
        .no_proxy();
    if let Some(proxy) = &source.proxy {
        let proxy = reqwest::Proxy::all(proxy).map_err(|e| told(format!("proxy: {e}")))?;
        builder = builder.proxy(proxy);
    }
    let tls = &source.tls;
    if let Some(file) = &tls.authorities {
        let pem = read(folder, file).map_err(told)?;
        let bundle = Certificate::from_pem_bundle(&pem)
            .ok()
            .filter(|bundle| !bundle.is_empty())
            .ok_or_else(|| told(format!("`{}` holds no certificates in PEM", file.display())))?;
        builder = builder.tls_certs_only(bundle);
    }
    if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
        let mut pem = read(folder, certificate).map_err(told)?;
        pem.push(b'\n');
        pem.extend(read(folder, key).map_err(told)?);
        let identity = Identity::from_pem(&pem)
            .map_err(|_| told("the certificate and its key are no use: PEM is expected".into()))?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|e| told(format!("no client: {}", deepest(&e))))
}

fn read(folder: &Path, file: &Path) -> Result<Vec<u8>, String> {
    mustcheck::read_file(&folder.join(file), SECRET_LIMIT)
        .map_err(|e| format!("`{}` cannot be read: {e}", file.display()))
}

fn headers(source: &SourceMapping, folder: &Path) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let Some(authentication) = &source.authentication else { return Ok(headers) };
    let (from, secret) = match (&authentication.file, &authentication.environment) {
        (Some(file), _) => {
            let bytes = read(folder, file)?;
            let text = String::from_utf8(bytes).map_err(|_| "the secret is no text".to_owned())?;
            (file.display().to_string(), text)
        }
        (None, Some(variable)) => {
            let text = std::env::var(variable)
                .map_err(|_| format!("the environment has no `{variable}`"))?;
            (variable.clone(), text)
        }
        (None, None) => return Ok(headers),
    };
    let secret = secret.trim();
    if secret.is_empty() {
        return Err(format!("`{from}` holds no secret"));
    }
    let (name, text) = match &authentication.header {
        Some(name) => {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| format!("`{name}` is no name of a header"))?;
            (name, secret.to_owned())
        }
        None => (AUTHORIZATION, format!("Bearer {secret}")),
    };
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| format!("`{from}` holds what no header can carry"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(headers)
}

/// Sends one request and reads the answer, up to `limit` bytes.
///
/// # Errors
///
/// [`Failure`] unless there is an answer of status 200 with at most `limit` bytes.
pub async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    limit: u64,
) -> Result<Vec<u8>, Failure> {
    let mut response = client.execute(request).await.map_err(|e| broken(&e))?;
    let status = response.status();
    if status.is_redirection() {
        return Err(Failure::Redirect(status.as_u16()));
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return Err(Failure::Unwelcome(status.as_u16()));
    }
    if status != StatusCode::OK {
        let wait = wait(&response);
        return Err(Failure::Status { status: status.as_u16(), wait });
    }
    let announced = response.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(Failure::TooLarge(limit));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Truncated)? {
        let read = body.len().saturating_add(chunk.len());
        if u64::try_from(read).unwrap_or(u64::MAX) > limit {
            return Err(Failure::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Time for which the source asks to be left alone, given in seconds or as a date.
fn wait(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Failure of a request without an answer. The client's own message would name the URL.
fn broken(error: &reqwest::Error) -> Failure {
    if error.is_timeout() && error.is_connect() {
        return Failure::Connect("it takes too long".into());
    }
    if let Some(tls) = tls(error) {
        return Failure::Tls(crate::failure::quoted(&tls.to_string()));
    }
    if error.is_connect() { Failure::Connect(deepest(error)) } else { Failure::Truncated }
}

/// The TLS error within an error, if it has one. The operating system's errors hold it inside them.
fn tls<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.and_then(|inner| tls(inner)).or_else(|| tls(error.source()?))
}

/// Text of an error's innermost cause.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    crate::failure::quoted(&deepest.to_string())
}
