//! One check for each tenderer of a document.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck::model::Office;
use mustcheck::{CheckError, Date, Gate, Timestamp, redact, safe};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::bid::{self, Bid, Setting};
use crate::extension::{CreditCheck, Failure, FailureKind};
use crate::ocds::{Id, Party, Place, Reference, Release, Tender, parse, parse_owned, releases};
use crate::splice::{self, Edit};

/// What the document does not say.
#[derive(Clone, Debug)]
pub struct Options {
    /// The matter, such as `tendering/statutory-tender`.
    pub matter: String,
    /// The day of the check; without it, that of the release's date in China Standard Time.
    pub as_of: Option<Date>,
    /// Division code of the procuring entity; without it, that of its address.
    pub region: Option<String>,
}

/// A document after its check.
#[derive(Debug)]
pub struct Screened {
    /// The document with its results.
    pub document: String,
    /// The tenders that it held.
    pub tenders: Vec<ScreenedTender>,
}

/// A tender after its check.
#[derive(Debug)]
pub struct ScreenedTender {
    /// Its id.
    pub id: String,
    /// The day of the check.
    pub as_of: Date,
    /// Its tenderers.
    pub tenderers: Vec<Tenderer>,
    /// What was left out, and should not have been.
    pub left_out: Vec<Place>,
}

/// A tenderer after its check.
#[derive(Debug)]
pub struct Tenderer {
    /// Its place in the document.
    pub place: String,
    /// Its name; empty if the document gives none.
    pub name: String,
    /// The result.
    pub check: CreditCheck,
}

impl Screened {
    /// The exit code: 1 after a fault, 3 if something could not be evaluated, else 0.
    pub fn exit_code(&self) -> u8 {
        let failures = self.tenders.iter().flat_map(|t| &t.tenderers);
        let kinds: Vec<FailureKind> =
            failures.filter_map(|t| t.check.error.as_ref()).map(|e| e.kind).collect();
        if kinds.contains(&FailureKind::Fault) {
            1
        } else if !kinds.is_empty() || self.tenders.iter().any(|t| !t.left_out.is_empty()) {
            3
        } else {
            0
        }
    }
}

/// Checks every tenderer of a release or a release package.
///
/// # Errors
///
/// [`Place`] if the document as a whole cannot be evaluated. What is wrong with one tenderer is in
/// its own result.
pub fn screen(gate: &Gate, document: &str, options: &Options) -> Result<Screened, Place> {
    let mut edits = Vec::new();
    let mut tenders = Vec::new();
    for (prefix, raw) in releases(document)? {
        let release: Release<'_> = parse(raw.get(), &prefix)?;
        let Some(tender) = release.tender.as_ref().filter(|t| t.tenderers.is_some()) else {
            // A package also holds releases from before the bids were opened.
            continue;
        };
        tenders.push(one(gate, document, options, &prefix, &release, tender, &mut edits)?);
    }
    if tenders.is_empty() {
        return Err(Place::at("tender.tenderers", "missing: there is nobody to check"));
    }
    Ok(Screened { document: splice::apply(document, edits), tenders })
}

fn one(
    gate: &Gate,
    document: &str,
    options: &Options,
    prefix: &str,
    release: &Release<'_>,
    tender: &Tender<'_>,
    edits: &mut Vec<Edit>,
) -> Result<ScreenedTender, Place> {
    let parties = parties(release);
    let as_of = as_of(options, prefix, release)?;
    known_matter(gate, &options.matter, as_of)?;
    let office = office(options, prefix, tender, &parties)?;
    let id = redact(&safe(&tender.id.0));
    let setting =
        Setting { prefix, tender: &id, matter: &options.matter, as_of, office: &office, parties };
    let mut tenderers = Vec::new();
    let (mut seen, mut named) = (BTreeSet::new(), BTreeSet::new());
    for (i, entry) in tender.tenderers.iter().flatten().enumerate() {
        let place = format!("{prefix}tender.tenderers[{i}]");
        let reference = parse_owned::<Reference>(entry, &format!("{place}.")).ok();
        let twice = reference.as_ref().is_some_and(|r| !seen.insert(r.id.clone()));
        let result = if twice {
            Err(Failure::bad_input(Place::at(format!("{place}.id"), "stands twice")))
        } else {
            check(gate, &setting, i, entry)
        };
        let failed = |e| CreditCheck::failed(&options.matter, as_of, e);
        let mut check = result.unwrap_or_else(failed);
        let name = reference.and_then(|r| {
            named.insert(r.id.clone());
            setting.name(&r)
        });
        match splice::edit(document, entry, &place, &check) {
            Ok(edit) => edits.push(edit),
            // A result that cannot be written down admits nobody.
            Err(place) => check = failed(Failure::bad_input(place)),
        }
        tenderers.push(Tenderer { place, name: name.unwrap_or_default(), check });
    }
    if tenderers.is_empty() {
        let path = format!("{prefix}tender.tenderers");
        return Err(Place::at(path, "must name a tenderer"));
    }
    let left_out = left_out(&setting, release, &named);
    Ok(ScreenedTender { id, as_of, tenderers, left_out })
}

fn check(
    gate: &Gate,
    setting: &Setting<'_>,
    position: usize,
    entry: &RawValue,
) -> Result<CreditCheck, Failure> {
    let bid: Bid = bid::read(setting, position, entry).map_err(Failure::bad_input)?;
    match gate.check(bid.application()) {
        Ok(checked) => Ok(CreditCheck::found(&bid, &checked)),
        Err(CheckError::Application(error)) => Err(Failure::bad_input(bid.place(&error))),
        Err(CheckError::Fault(fault)) => Err(Failure::fault(&fault)),
    }
}

impl Setting<'_> {
    fn name(&self, reference: &Reference) -> Option<String> {
        let party = || {
            let (_, raw) = (*self.parties.get(&reference.id)?)?;
            parse_owned::<Party>(raw, "").ok()?.name
        };
        reference.name.clone().or_else(party)
    }
}

/// The parties by id; one without an id can be referred to by nobody.
fn parties<'a>(release: &Release<'a>) -> BTreeMap<Id, Option<(usize, &'a RawValue)>> {
    #[derive(Deserialize)]
    struct Named {
        id: Id,
    }
    let mut parties = BTreeMap::new();
    for (i, raw) in release.parties.iter().enumerate() {
        if let Ok(Named { id }) = parse_owned(raw, "") {
            let known = parties.contains_key(&id);
            parties.insert(id, (!known).then_some((i, *raw)));
        }
    }
    parties
}

/// Parties that say they bid, and that no entry and no consortium names: they were not looked up,
/// and somebody should know (应查必查).
fn left_out(setting: &Setting<'_>, release: &Release<'_>, named: &BTreeSet<Id>) -> Vec<Place> {
    #[derive(Deserialize)]
    struct Bidding {
        id: Id,
        #[serde(default)]
        roles: Vec<String>,
    }
    let members: BTreeSet<Id> = named
        .iter()
        .filter_map(|id| setting.parties.get(id).copied().flatten())
        .filter_map(|(_, raw)| parse_owned::<Party>(raw, "").ok())
        .flat_map(|party| party.consortium().map(<[Id]>::to_vec).unwrap_or_default())
        .collect();
    let mut left_out = Vec::new();
    for (i, raw) in release.parties.iter().enumerate() {
        let Ok(Bidding { id, roles }) = parse_owned(raw, "") else { continue };
        let bids = roles.iter().any(|r| r == "tenderer");
        if bids && !named.contains(&id) && !members.contains(&id) {
            let path = format!("{}parties[{i}].roles", setting.prefix);
            let detail = "has role `tenderer`, but no tenderer and no consortium names it: it was \
                          not checked";
            left_out.push(Place::at(path, detail));
        }
    }
    left_out
}

fn as_of(options: &Options, prefix: &str, release: &Release<'_>) -> Result<Date, Place> {
    if let Some(day) = options.as_of {
        return Ok(day);
    }
    let path = format!("{prefix}date");
    let Some(date) = &release.date else {
        return Err(Place::at(path, "missing; give the day by --as-of"));
    };
    let instant: Result<Timestamp, _> = date.parse();
    instant.map(|t| t.date).map_err(|e| Place::at(path, redact(&safe(&e.to_string()))))
}

fn known_matter(gate: &Gate, matter: &str, as_of: Date) -> Result<(), Place> {
    let shown = redact(&safe(matter));
    if !matter.starts_with("tendering/") {
        return Err(Place::at("--matter", format!("`{shown}` is no tender")));
    }
    // Without an edition for that day, each check says so.
    let Some(policy) = gate.policy_as_of(as_of) else { return Ok(()) };
    let matters = &policy.description().matters;
    if matters.iter().any(|m| m.code == matter) {
        return Ok(());
    }
    let known: Vec<&str> =
        matters.iter().map(|m| m.code.as_str()).filter(|c| c.starts_with("tendering/")).collect();
    let detail = format!("`{shown}` is no matter of this edition: there are {}", known.join(", "));
    Err(Place::at("--matter", detail))
}

fn office(
    options: &Options,
    prefix: &str,
    tender: &Tender<'_>,
    parties: &BTreeMap<Id, Option<(usize, &RawValue)>>,
) -> Result<Office, Place> {
    let path = format!("{prefix}tender.procuringEntity");
    let Some(buyer) = &tender.procuring_entity else {
        return Err(Place::at(path, "missing: nobody decides"));
    };
    let party = parties.get(&buyer.id).copied().flatten();
    let read = party.map(|(i, raw)| {
        let base = format!("{prefix}parties[{i}]");
        parse_owned::<Party>(raw, &format!("{base}.")).map(|party| (base, party))
    });
    let party = read.transpose()?;
    let name = buyer.name.clone().or_else(|| party.as_ref()?.1.name.clone());
    let Some(name) = name.filter(|n| !n.trim().is_empty()) else {
        return Err(Place::at(format!("{path}.name"), "missing: nobody decides"));
    };
    if let Some(region) = &options.region {
        return division(region)
            .map(|region| Office { name, region })
            .map_err(|detail| Place::at("--region", detail));
    }
    let place = party.as_ref().map_or(path, |(base, _)| format!("{base}.address.region"));
    let region = party.and_then(|(_, party)| party.address?.region);
    let Some(region) = region else {
        return Err(Place::at(place, "missing; give a division code by --region"));
    };
    division(&region)
        .map(|region| Office { name, region })
        .map_err(|detail| Place::at(place, format!("{detail}; give one by --region")))
}

fn division(region: &str) -> Result<String, String> {
    if region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(region.to_owned());
    }
    let shown = redact(&safe(region));
    Err(format!("`{shown}` is no division code of six digits (GB/T 2260)"))
}
