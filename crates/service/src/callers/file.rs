//! The file of the callers.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::{Caller, Callers, Role, Scope, token};
use crate::config::{ConfigError, Document, Mistake, Section};
use crate::owner::read_private;
use crate::told::quotable;

/// Reads the file.
pub(super) fn open(path: &Path, usual_rate: u32, before: &Callers) -> Result<Callers, ConfigError> {
    let text = read_private(path)?;
    parse(&text, usual_rate, before)
        .map_err(|mistakes| ConfigError::Content { path: path.display().to_string(), mistakes })
}

/// Reads the callers from the file's text.
pub(super) fn parse(
    text: &str,
    usual_rate: u32,
    before: &Callers,
) -> Result<Callers, Vec<Mistake>> {
    let document = Document::new(text);
    let table = document.parse();
    let mut root = document.root(&table);
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for section in root.sections("callers") {
        all.extend(caller(section, usual_rate, before, &mut seen).map(Arc::new));
    }
    root.end();
    let mistakes = document.mistakes();
    if mistakes.is_empty() { Ok(Callers { all }) } else { Err(mistakes) }
}

fn caller(
    mut section: Section<'_, '_>,
    usual_rate: u32,
    before: &Callers,
    seen: &mut HashSet<String>,
) -> Option<Caller> {
    let name = section.parsed("name", |name| {
        if token::is_name(name) {
            return Ok(name.to_owned());
        }
        let name = quotable(name);
        Err(format!("`{name}` cannot name a caller: use letters, digits and `.-_`, at most 64"))
    });
    let name = section.required("name", name);
    if let Some(name) = &name
        && !seen.insert(format!("name {name}"))
    {
        section.fault("name", format!("there are two callers `{name}`"));
    }
    let roles = roles(&mut section);
    let matters = scope(&mut section, "matters");
    let regions = scope(&mut section, "regions");
    let office = section.text("office");
    let region = region(&mut section, regions.as_ref());
    let tokens = digests(&mut section, "token_sha256", seen);
    let certificates = digests(&mut section, "certificate_sha256", seen);
    let certificate_names = section.texts("certificate_names").unwrap_or_default();
    for name in &certificate_names {
        if !seen.insert(format!("certificate name {name}")) {
            section.fault("certificate_names", format!("`{}` is there twice", quotable(name)));
        }
    }
    let proofs = ["token_sha256", "certificate_sha256", "certificate_names"];
    if !proofs.into_iter().any(|proof| section.has(proof)) {
        section.fault_here(
            "a caller needs a `token_sha256`, a `certificate_sha256` or a `certificate_names`",
        );
    }
    let rate = section.number("requests_per_second", 1..=1_000_000);
    let rate = rate.and_then(|n| u32::try_from(n).ok()).unwrap_or(usual_rate);
    section.end();
    let name: Arc<str> = name?.into();
    // A file that changed gives nobody a fresh allowance.
    let known = before.all.iter().find(|c| c.name == name && c.rate == rate);
    let limiter = known.map_or_else(|| Callers::limiter(rate), |c| Arc::clone(&c.limiter));
    Some(Caller {
        name,
        roles,
        matters: matters?,
        regions: regions?,
        office,
        region,
        tokens,
        certificates,
        certificate_names,
        rate,
        limiter,
    })
}

fn roles(section: &mut Section<'_, '_>) -> Vec<Role> {
    let codes = section.texts("roles");
    let codes = section.required("roles", codes).unwrap_or_default();
    let mut roles = Vec::new();
    for code in codes {
        match Role::ALL.into_iter().find(|role| role.code() == code) {
            Some(role) => roles.push(role),
            None => {
                let known = Role::ALL.map(|role| format!("`{}`", role.code()));
                let detail = format!("`{}` is none of {}", quotable(&code), known.join(", "));
                section.fault("roles", detail);
            }
        }
    }
    roles
}

/// Reads the matters or the regions that a caller may ask about. There is no default: access to
/// everything must be written out, as `["*"]`.
fn scope(section: &mut Section<'_, '_>, key: &'static str) -> Option<Scope> {
    let items = section.texts(key);
    let items = section.required(key, items)?;
    if items == ["*"] {
        return Some(Scope::All);
    }
    for item in &items {
        let fits = match key {
            "regions" => !item.is_empty() && item.bytes().all(|b| b.is_ascii_digit()),
            _ => item.split_once('/').is_some_and(|(domain, code)| {
                !domain.is_empty() && !code.is_empty() && (code == "*" || !item.contains('*'))
            }),
        };
        if !fits {
            let form = match key {
                "regions" => "the beginning of a region code (GB/T 2260)",
                _ => "a matter, or a domain's `domain/*`",
            };
            section.fault(key, format!("`{}` is not {form}", quotable(item)));
        }
    }
    Some(Scope::Some(items))
}

/// Reads the region of the office that a form begins with.
fn region(section: &mut Section<'_, '_>, allowed: Option<&Scope>) -> Option<String> {
    let region = section.parsed("region", |region| {
        if region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(region.to_owned());
        }
        Err(format!("`{}` is no division code of six digits (GB/T 2260)", quotable(region)))
    })?;
    if let Some(Scope::Some(prefixes)) = allowed
        && !prefixes.iter().any(|prefix| region.starts_with(&**prefix))
    {
        section.fault("region", format!("`{region}` is in none of the `regions`"));
    }
    Some(region)
}

fn digests(
    section: &mut Section<'_, '_>,
    key: &'static str,
    seen: &mut HashSet<String>,
) -> Vec<[u8; 32]> {
    let mut digests = Vec::new();
    for digits in section.texts(key).unwrap_or_default() {
        // Certificate tools write fingerprints in capitals, with colons.
        let digits = digits.to_ascii_lowercase().replace(':', "");
        match const_hex::decode_to_array(&digits) {
            Ok(digest) => digests.push(digest),
            Err(_) => section.fault(key, "one of them is not 64 hexadecimal digits"),
        }
        if !seen.insert(format!("{key} {digits}")) {
            section.fault(key, "one of them is there twice");
        }
    }
    digests
}
