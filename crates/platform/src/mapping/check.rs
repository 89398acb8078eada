//! Checks of a mapping, which report all faults at once.

use std::collections::BTreeSet;

use mustcheck::model::{EventKind, PenaltyKind, Role, Scheme, SubjectKind};
use mustcheck::validate_identifier;
use mustcheck_registry::mapping::Faults;
use reqwest::Url;
use serde_json::Value;

use crate::identity::Identity;
use crate::mapping::{Field, Mapping, Method, Paging, SourceMapping, SubjectMapping};

/// Names that a template may use.
const NAMES: [&str; 9] =
    ["identifier", "scheme", "kind", "country", "list", "page", "offset", "size", "cursor"];

pub(super) fn mapping(mapping: &Mapping, faults: &mut Faults<'_>) {
    if mapping.source.is_empty() {
        faults.add("source", "the mapping names no source");
    }
    if mapping.time_seconds == 0 {
        faults.add("time_seconds", "must not be 0");
    }
    let mut ids = BTreeSet::new();
    for (i, source) in mapping.source.iter().enumerate() {
        let at = format!("source[{i}]");
        if source.id.trim().is_empty() {
            faults.add(format!("{at}.id"), "must not be empty");
        } else if !ids.insert(source.id.as_str()) {
            faults.add(format!("{at}.id"), format!("`{}` stands twice", source.id));
        }
        address(source, &at, faults);
        secrets(source, &at, faults);
        request(source, &at, faults);
        paging(source, &at, faults);
        response(source, &at, faults);
        record(source, &at, faults);
        limits(source, &at, faults);
        canaries(source, &at, faults);
    }
}

/// Whether a URL is of this machine itself, where nobody can listen on the way.
fn is_local(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        None => false,
    }
}

fn address(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    let path = format!("{at}.base_url");
    match Url::parse(&source.base_url) {
        Err(e) => faults.add(path, format!("`{}` is no URL: {e}", source.base_url)),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            faults.add(path, "must hold no user or password: see `authentication`");
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            faults.add(path, "must have no query and no fragment: see `request.query`");
        }
        Ok(url) if url.scheme() == "https" => {}
        Ok(url) if url.scheme() == "http" && is_local(&url) => {}
        Ok(_) => faults.add(path, "must be https; http only to this machine itself"),
    }
    if let Some(proxy) = &source.proxy
        && let Err(e) = Url::parse(proxy)
    {
        faults.add(format!("{at}.proxy"), format!("`{proxy}` is no URL: {e}"));
    }
}

fn secrets(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    if let Some(authentication) = &source.authentication {
        let path = format!("{at}.authentication");
        if authentication.file.is_some() == authentication.environment.is_some() {
            faults.add(path, "needs `file` or `environment`, and not both");
        }
    }
    if source.tls.certificate.is_some() != source.tls.key.is_some() {
        faults.add(format!("{at}.tls"), "`certificate` and `key` go together");
    }
}

/// The names that a template uses.
///
/// # Errors
///
/// Description of the fault.
fn names(template: &str) -> Result<BTreeSet<&'static str>, String> {
    let mut found = BTreeSet::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("`{template}` has a `{{` without its `}}`"));
        };
        let Some(known) = NAMES.iter().find(|known| **known == name) else {
            return Err(format!("`{{{name}}}` is none of {{{}}}", NAMES.join("}, {")));
        };
        found.insert(*known);
        rest = after;
    }
    Ok(found)
}

/// Every template of a request, with its place and whether it is in the URL.
fn templates<'a>(source: &'a SourceMapping, at: &str) -> Vec<(String, &'a str, bool)> {
    let request = &source.request;
    let mut all = vec![(format!("{at}.request.path"), request.path.as_str(), true)];
    let query = request.query.iter();
    all.extend(query.map(|(k, v)| (format!("{at}.request.query.{k}"), v.as_str(), true)));
    let headers = request.headers.iter();
    all.extend(headers.map(|(k, v)| (format!("{at}.request.headers.{k}"), v.as_str(), false)));
    for (key, value) in request.body.iter().flatten() {
        texts(value, format!("{at}.request.body.{key}"), &mut all);
    }
    all
}

fn texts<'a>(value: &'a Value, at: String, all: &mut Vec<(String, &'a str, bool)>) {
    match value {
        Value::String(text) => all.push((at, text, false)),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                texts(item, format!("{at}[{i}]"), all);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                texts(member, format!("{at}.{key}"), all);
            }
        }
        _ => {}
    }
}

fn request(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    let request = &source.request;
    let mut used = BTreeSet::new();
    let allowed = request.identifier_in_url.as_ref().is_some_and(|why| !why.trim().is_empty());
    for (path, template, in_url) in templates(source, at) {
        match names(template) {
            Err(fault) => faults.add(path, fault),
            Ok(found) => {
                // RAIL R13: a URL stands in the logs of every machine on the way.
                if in_url && !allowed && found.contains("identifier") {
                    faults.add(
                        path,
                        "puts the identifier into the URL, which stands in logs: put it into the \
                         body or a header; where the source offers nothing else, say why in \
                         `identifier_in_url`",
                    );
                }
                used.extend(found);
            }
        }
    }
    if !used.contains("identifier") {
        faults.add(format!("{at}.request"), "nothing says `{identifier}`: whom to ask about");
    }
    if request.method == Method::Get && request.body.is_some() {
        faults.add(format!("{at}.request.body"), "a GET has no body");
    }
    if !used.contains("list") && source.record.list.is_none() && source.lists.len() > 1 {
        let detail = "neither the request says `{list}` nor a record its `list`: a record may be \
                      of any";
        faults.add(format!("{at}.record"), detail);
    }
    let needed = match &source.paging {
        Some(Paging::Page { .. }) => Some("page"),
        Some(Paging::Offset { .. }) => Some("offset"),
        Some(Paging::Cursor { .. }) => Some("cursor"),
        Some(Paging::NextLink { .. }) | None => None,
    };
    for name in ["page", "offset", "cursor"] {
        match (needed == Some(name), used.contains(name)) {
            (true, false) => {
                let detail = format!("nothing says `{{{name}}}`: every part would be the first");
                faults.add(format!("{at}.request"), detail);
            }
            (false, true) => {
                let detail = format!("says `{{{name}}}`, and `paging` is not by it");
                faults.add(format!("{at}.request"), detail);
            }
            _ => {}
        }
    }
}

fn paging(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    let Some(paging) = &source.paging else { return };
    let path = format!("{at}.paging");
    let counted = match paging {
        Paging::Page { size, number, .. } => {
            pointer(number.as_deref(), format!("{path}.number"), faults);
            Some(*size)
        }
        Paging::Offset { size } => Some(*size),
        Paging::Cursor { next } | Paging::NextLink { next } => {
            pointer(Some(next), format!("{path}.next"), faults);
            None
        }
    };
    if counted == Some(0) {
        faults.add(format!("{path}.size"), "must not be 0");
    }
    if counted.is_some() && source.response.total.is_none() {
        // RAIL R2: a short page may be the last one, or a page that was cut.
        let detail = "a source that is asked page by page must say how many records there are";
        faults.add(format!("{at}.response.total"), detail);
    }
}

fn response(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    let response = &source.response;
    let path = format!("{at}.response");
    pointer(Some(&response.records), format!("{path}.records"), faults);
    pointer(response.total.as_deref(), format!("{path}.total"), faults);
    if let Some(success) = &response.success {
        pointer(Some(&success.path), format!("{path}.success.path"), faults);
        if success.values.is_empty() {
            faults.add(format!("{path}.success.values"), "must not be empty");
        }
    }
    match (&response.as_of, response.live) {
        (None, false) => {
            let detail = "an answer needs its age: `as_of`, or `live` where the source's \
                          documentation says that it answers from what it holds at the moment";
            faults.add(path.clone(), detail);
        }
        (Some(_), true) => faults.add(format!("{path}.live"), "`as_of` and `live` exclude another"),
        (Some(field), false) => {
            value(field, format!("{path}.as_of"), None, faults);
            if field.0.constant.is_some() {
                faults.add(format!("{path}.as_of"), "a constant is no age of an answer");
            }
        }
        (None, true) => {}
    }
    if let Some(field) = &response.records_from {
        value(field, format!("{path}.records_from"), None, faults);
    }
}

/// Checks that a text is a JSON Pointer (RFC 6901).
fn pointer(path: Option<&str>, at: String, faults: &mut Faults<'_>) {
    if let Some(path) = path.filter(|p| !p.is_empty() && !p.starts_with('/')) {
        faults.add(at, format!("`{path}` is no JSON Pointer: it begins with `/`"));
    }
}

/// Checks a field: it has either a path or a constant, and its outcomes are among the `known`
/// words.
fn value(field: &Field, at: String, known: Option<&[&str]>, faults: &mut Faults<'_>) {
    let table = &field.0;
    if table.path.is_some() == table.constant.is_some() {
        faults.add(at, "needs `path` or `constant`, and not both");
        return;
    }
    pointer(table.path.as_deref(), at.clone(), faults);
    let Some(known) = known else { return };
    for outcome in field.outcomes() {
        if !known.contains(&outcome) {
            faults.add(at.clone(), format!("`{outcome}` is none of {}", known.join(", ")));
        }
    }
}

fn record(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    let record = &source.record;
    let at = format!("{at}.record");
    if let Some(list) = &record.list
        && (!list.0.values.is_empty() || list.0.constant.is_some())
    {
        faults.add(format!("{at}.list"), "takes a path: what it means is in `lists`");
    }
    for (code, field) in [("act", &record.act), ("matter", &record.matter)] {
        // RAIL R2: a code that nobody translated is not passed on in the hope that it is known.
        let open = field.as_ref().is_some_and(|f| f.0.constant.is_none() && f.0.values.is_empty());
        if open {
            faults.add(format!("{at}.{code}"), "needs `values`: the catalogue's codes");
        }
    }
    let kinds: Vec<_> = SubjectKind::ALL.iter().map(|k| k.code()).collect();
    let schemes: Vec<_> = Scheme::ALL.iter().map(|k| k.code()).collect();
    let roles: Vec<_> = Role::ALL.iter().map(|k| k.code()).collect();
    let penalties: Vec<_> = PenaltyKind::ALL.iter().map(|k| k.code()).collect();
    let events: Vec<_> = EventKind::ALL.iter().map(|k| k.code()).collect();
    let mut fields = vec![
        ("id".to_owned(), Some(&record.id), None),
        ("list".into(), record.list.as_ref(), None),
        ("act".into(), record.act.as_ref(), None),
        ("matter".into(), record.matter.as_ref(), None),
        ("decided_by".into(), record.decided_by.as_ref(), None),
        ("document".into(), record.document.as_ref(), None),
        ("valid_from".into(), Some(&record.valid_from), None),
        ("valid_until".into(), record.valid_until.as_ref(), None),
    ];
    if let SubjectMapping::Named(subject) = &record.subject {
        fields.push(("subject.kind".into(), Some(&subject.kind), Some(&kinds[..])));
        fields.push(("subject.scheme".into(), Some(&subject.scheme), Some(&schemes[..])));
        fields.push(("subject.identifier".into(), Some(&subject.identifier), None));
        fields.push(("subject.country".into(), subject.country.as_ref(), None));
        fields.push(("subject.name".into(), subject.name.as_ref(), None));
    }
    for (i, person) in record.persons.iter().enumerate() {
        let at = |name: &str| format!("persons[{i}].{name}");
        fields.push((at("role"), Some(&person.role), Some(&roles)));
        fields.push((at("scheme"), Some(&person.scheme), Some(&schemes)));
        fields.push((at("identifier"), Some(&person.identifier), None));
        fields.push((at("country"), person.country.as_ref(), None));
        fields.push((at("name"), person.name.as_ref(), None));
    }
    if let Some(penalty) = &record.penalty {
        fields.push(("penalty.kind".into(), Some(&penalty.kind), Some(&penalties)));
        fields.push(("penalty.amount".into(), penalty.amount.as_ref(), None));
    }
    for (i, basis) in record.legal_basis.iter().enumerate() {
        let at = |name: &str| format!("legal_basis[{i}].{name}");
        fields.push((at("instrument"), Some(&basis.instrument), None));
        fields.push((at("article"), Some(&basis.article), None));
    }
    for (i, event) in record.events.iter().enumerate() {
        let at = |name: &str| format!("events[{i}].{name}");
        fields.push((at("kind"), Some(&event.kind), Some(&events)));
        fields.push((at("on"), Some(&event.on), None));
        fields.push((at("document"), event.document.as_ref(), None));
    }
    for (name, field, known) in fields {
        if let Some(field) = field {
            value(field, format!("{at}.{name}"), known, faults);
        }
    }
    let arrays = record.persons.iter().map(|p| &p.each).enumerate();
    for (i, each) in arrays {
        pointer(each.as_deref(), format!("{at}.persons[{i}].each"), faults);
    }
    for (i, each) in record.events.iter().map(|e| &e.each).enumerate() {
        pointer(each.as_deref(), format!("{at}.events[{i}].each"), faults);
    }
    for (i, each) in record.legal_basis.iter().map(|b| &b.each).enumerate() {
        pointer(each.as_deref(), format!("{at}.legal_basis[{i}].each"), faults);
    }
}

fn limits(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    if source.lists.is_empty() {
        faults.add(format!("{at}.lists"), "the source holds no list");
    }
    for (i, ignored) in source.ignored_lists.iter().enumerate() {
        if source.lists.contains_key(ignored) {
            let detail = format!("`{ignored}` stands in `lists` too");
            faults.add(format!("{at}.ignored_lists[{i}]"), detail);
        }
    }
    let least = [
        ("limits.pages", u64::from(source.limits.pages)),
        ("limits.bytes", source.limits.bytes),
        ("limits.records", u64::try_from(source.limits.records).unwrap_or(u64::MAX)),
        ("limits.concurrency", u64::try_from(source.limits.concurrency).unwrap_or(u64::MAX)),
        ("timeouts.connect_milliseconds", source.timeouts.connect_milliseconds),
        ("timeouts.whole_milliseconds", source.timeouts.whole_milliseconds),
    ];
    for (name, value) in least {
        if value == 0 {
            faults.add(format!("{at}.{name}"), "must not be 0");
        }
    }
}

fn canaries(source: &SourceMapping, at: &str, faults: &mut Faults<'_>) {
    for (i, canary) in source.canary.iter().enumerate() {
        let at = format!("{at}.canary[{i}]");
        let Identity { kind, scheme, country, identifier } = canary.identity();
        if let Err(fault) = validate_identifier(kind, scheme, &identifier, country.as_deref()) {
            faults.add(format!("{at}.identifier"), fault.to_string());
        }
        match &canary.list {
            None if source.lists.len() > 1 => {
                faults.add(at, "needs `list`: on which of the source's lists it is known to be");
            }
            Some(code) if !source.lists.contains_key(code) => {
                let known: Vec<&str> = source.lists.keys().map(String::as_str).collect();
                let detail = format!("`{code}` is none of {}", known.join(", "));
                faults.add(format!("{at}.list"), detail);
            }
            _ => {}
        }
    }
}
