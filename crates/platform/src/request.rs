//! One request, filled in from a mapping's templates.

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::failure::Failure;
use crate::identity::Identity;
use crate::mapping::{self, Encoding, Method};

/// Values for the templates of one request.
#[derive(Clone, Debug)]
pub struct Blanks<'a> {
    /// The subject to ask about.
    pub identity: &'a Identity,
    /// The source's code of the list.
    pub list: Option<&'a str>,
    /// Number of the page.
    pub page: Option<u64>,
    /// Number of records before this part.
    pub offset: Option<u64>,
    /// Number of records in a part.
    pub size: Option<u64>,
    /// Cursor of the part, as the source gave it.
    pub cursor: Option<&'a str>,
}

impl Blanks<'_> {
    fn value(&self, name: &str) -> String {
        let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        match name {
            "identifier" => self.identity.identifier.clone(),
            "scheme" => self.identity.scheme.code().to_owned(),
            "kind" => self.identity.kind.code().to_owned(),
            "country" => self.identity.country.clone().unwrap_or_default(),
            "list" => self.list.unwrap_or_default().to_owned(),
            "page" => number(self.page),
            "offset" => number(self.offset),
            "size" => number(self.size),
            "cursor" => self.cursor.unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// Fills in a template. Values that are filled in are not searched for blanks again.
    pub fn fill(&self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            filled.push_str(before);
            filled.push_str(&self.value(name));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn json(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::String(text) => match text.as_str() {
                "{page}" => self.page.into(),
                "{offset}" => self.offset.into(),
                "{size}" => self.size.into(),
                "{cursor}" => self.cursor?.into(),
                template => self.fill(template).into(),
            },
            Value::Array(items) => items.iter().filter_map(|item| self.json(item)).collect(),
            Value::Object(members) => {
                let filled = members.iter().filter_map(|(k, v)| Some((k.clone(), self.json(v)?)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        })
    }
}

/// Makes the request below `base`.
///
/// # Errors
///
/// [`Failure::Request`] if the URL has no path, or a header cannot be sent.
pub fn make(
    base: &Url,
    template: &mapping::Request,
    blanks: &Blanks<'_>,
) -> Result<reqwest::Request, Failure> {
    let fault = |what: &str| Failure::Request(what.to_owned());
    let mut url = base.clone();
    {
        let mut segments = url.path_segments_mut().map_err(|()| fault("the URL has no path"))?;
        segments.pop_if_empty();
        for segment in template.path.split('/').filter(|s| !s.is_empty()) {
            segments.push(&blanks.fill(segment));
        }
    }
    if !template.query.is_empty() {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in &template.query {
            pairs.append_pair(name, &blanks.fill(value));
        }
    }
    let method = match template.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut request = reqwest::Request::new(method, url);
    headers(request.headers_mut(), template, blanks)?;
    let Some(body) = &template.body else { return Ok(request) };
    let mut filled = Value::Null;
    if let Some(value) = blanks.json(&Value::Object(body.clone())) {
        filled = value;
    }
    let (kind, text) = match template.encoding {
        Encoding::Json => ("application/json", filled.to_string()),
        Encoding::Form => ("application/x-www-form-urlencoded", form(&filled)),
    };
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    *request.body_mut() = Some(text.into());
    Ok(request)
}

fn headers(
    headers: &mut HeaderMap,
    template: &mapping::Request,
    blanks: &Blanks<'_>,
) -> Result<(), Failure> {
    for (name, value) in &template.headers {
        let fault = |_| Failure::Request(format!("header `{name}` cannot hold its value"));
        let name = HeaderName::try_from(name.as_str())
            .map_err(|_| Failure::Request(format!("`{name}` is no name of a header")))?;
        let mut value = HeaderValue::try_from(blanks.fill(value)).map_err(fault)?;
        // RAIL R13: a header may carry the identifier, and the client may log what it sends.
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(())
}

/// Encodes a form's names and values, as in a URL's query.
fn form(body: &Value) -> String {
    let Ok(mut scratch) = Url::parse("http://form/") else { return String::new() };
    for (name, value) in body.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        scratch.query_pairs_mut().append_pair(name, &text);
    }
    scratch.query().unwrap_or_default().to_owned()
}
