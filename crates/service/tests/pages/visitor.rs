//! A visitor whose browser keeps cookies, fills in forms and follows redirects.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use crate::support::{Answer, Client, RESTRICTED, Request, Running, application, recording};

pub fn restricted() -> Running {
    recording(RESTRICTED)
}

pub type Fields = Vec<(String, String)>;

pub struct Visitor {
    address: SocketAddr,
    cookies: RefCell<BTreeMap<String, String>>,
    form_token: RefCell<String>,
    /// Every address that was asked for, and every one of a redirect.
    pub addresses: RefCell<Vec<String>>,
    pub language: &'static str,
}

impl Visitor {
    pub fn new(service: &Running) -> Self {
        Self {
            address: service.address,
            cookies: RefCell::default(),
            form_token: RefCell::default(),
            addresses: RefCell::default(),
            language: "en",
        }
    }

    /// A visitor who is signed in.
    pub fn signed_in(service: &Running) -> Self {
        Self::with_token(service, &service.office.token)
    }

    pub fn with_token(service: &Running, token: &str) -> Self {
        let visitor = Self::new(service);
        visitor.get("/");
        let answer = visitor.post("/sign-in", &[("token", token)]);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{answer:?}");
        visitor.get("/");
        visitor
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::new(method, path)
            .header("Accept", "text/html")
            .header("Accept-Language", self.language);
        if cookies.is_empty() { request } else { request.header("Cookie", &cookies.join("; ")) }
    }

    /// Sends a request and keeps what a browser keeps.
    pub fn send(&self, request: &Request) -> Answer {
        self.addresses.borrow_mut().push(request.path.clone());
        let answer = Client::new(self.address).send(request);
        for (name, value) in &answer.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.borrow_mut().insert(name.into(), value.into());
            }
        }
        if let Some(location) = answer.header("location") {
            self.addresses.borrow_mut().push(location.into());
        }
        if let Some(token) = attribute_of(&answer, "name=\"form_token\" value=\"") {
            *self.form_token.borrow_mut() = token;
        }
        answer
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(&self.request("GET", path))
    }

    /// Sends a form of the page that was seen last.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token.borrow().clone();
        let mut all = vec![("form_token", &*token)];
        all.extend(fields);
        self.send(&form(self.request("POST", path), &all))
    }

    /// Sends a form, and follows the redirect.
    pub fn follow(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{}", plain(&answer));
        self.get(answer.header("location").unwrap())
    }

    /// Checks the application of a golden case by the form.
    pub fn check(&self, case: &str) -> Answer {
        let fields = fields_of(&application(case));
        self.follow("/", &borrowed(&fields))
    }
}

pub fn borrowed(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (&**name, &**value)).collect()
}

/// A form as a browser sends it.
pub fn form(request: Request, fields: &[(&str, &str)]) -> Request {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    request
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body.finish().as_bytes())
}

/// The fields that an officer types for an application.
pub fn fields_of(application: &Value) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut add = |name: String, value: &Value| {
        fields.push((name, value.as_str().unwrap_or_default().to_owned()));
    };
    for field in ["id", "matter", "as_of"] {
        add(field.into(), &application[field]);
    }
    add("office.name".into(), &application["office"]["name"]);
    add("office.region".into(), &application["office"]["region"]);
    for (n, subject) in application["subjects"].as_array().unwrap().iter().enumerate() {
        for field in ["role", "scheme", "identifier", "name"] {
            add(format!("subjects[{n}].{field}"), &subject[field]);
        }
    }
    fields.push(("do".into(), "check".into()));
    fields
}

/// The value after a mark, to the next quotation mark.
pub fn attribute_of(answer: &Answer, mark: &str) -> Option<String> {
    let text = String::from_utf8(answer.body.clone()).ok()?;
    let (_, rest) = text.split_once(mark)?;
    Some(rest.split('"').next()?.to_owned())
}

/// Text of a page, without its tags, and with single spaces.
pub fn plain(answer: &Answer) -> String {
    let html = answer.text();
    let mut text = String::new();
    for part in html.split('<') {
        let shown = part.split_once('>').map_or(part, |(_, shown)| shown);
        text.push_str(shown);
        text.push(' ');
    }
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}
