//! One check for each bidder of a document.

use mustcheck::model::Office;
use mustcheck::{CheckError, Date, Gate, Timestamp, redact, safe};
use serde_json::value::RawValue;

use crate::bid::{self, Fault, Setting};
use crate::bidders::{Bidder, Parties, bidders, parties};
use crate::extension::{CreditCheck, Failure, FailureKind, Status};
use crate::ocds::{Id, Party, Place, Reference, Release, parse, parse_owned, releases};
use crate::representatives::Representatives;
use crate::splice::{self, Edit};

/// Facts that the document does not have.
#[derive(Debug)]
pub struct Options {
    /// The matter, such as `tendering/statutory-tender`.
    pub matter: String,
    /// The day of the check; without it, that of the release's date in China Standard Time.
    pub as_of: Option<Date>,
    /// Name of the office that decides; without it, the procuring entity, or else the buyer.
    pub office: Option<String>,
    /// Division code of the office; without it, that of its address.
    pub region: Option<String>,
    /// Persons who answer for the organizations, besides those whom the document names.
    pub representatives: Representatives,
}

/// A document after its check.
#[derive(Debug)]
pub struct Screened {
    /// The document with its results.
    pub document: String,
    /// The tenders that it held.
    pub tenders: Vec<ScreenedTender>,
    /// Places that were left out, and should not have been.
    pub left_out: Vec<Place>,
}

/// A tender after its check.
#[derive(Debug)]
pub struct ScreenedTender {
    /// Its id.
    pub id: String,
    /// The day of the check.
    pub as_of: Date,
    /// Its tenderers, and everybody else whom it names as bidding.
    pub tenderers: Vec<Tenderer>,
}

/// A tenderer after its check.
#[derive(Debug)]
pub struct Tenderer {
    /// The first place in the document that names it.
    pub place: String,
    /// The other places, as of a firm that bids for two lots.
    pub further: Vec<String>,
    /// Its name; empty if the document gives none.
    pub name: String,
    /// The result.
    pub check: CreditCheck,
}

impl Screened {
    /// The exit code: 1 after a fault, 3 if something in the document is wrong, 12 if a bidder was
    /// not checked or not everything due about one was answered, else 0.
    pub fn exit_code(&self) -> u8 {
        let checks = || self.tenders.iter().flat_map(|t| &t.tenderers).map(|t| &t.check);
        let failed = |kind| checks().any(|c| c.error.as_ref().is_some_and(|e| e.kind == kind));
        if failed(FailureKind::Fault) {
            1
        } else if failed(FailureKind::BadInput) || !self.left_out.is_empty() {
            3
        } else if checks().any(|c| matches!(c.status, Status::Undetermined | Status::Error)) {
            12
        } else {
            0
        }
    }
}

/// Checks every bidder of a release, a release package or a record package.
///
/// # Errors
///
/// [`Place`] if the document as a whole cannot be evaluated. The fault of a single bidder is in its
/// own result.
pub fn screen(gate: &Gate, document: &str, options: &Options) -> Result<Screened, Place> {
    let mut edits = Vec::new();
    let mut tenders = Vec::new();
    let releases = releases(document)?;
    for (prefix, raw) in releases.here {
        let release: Release<'_> = parse(raw.get(), &prefix)?;
        let parties = parties(&release);
        let bidders = bidders(&prefix, &release, &parties);
        // A package also holds releases from before the bids were opened.
        if !bidders.is_empty() {
            let of = Of { gate, document, options, prefix: &prefix, release: &release };
            tenders.push(of.screen(parties, &bidders, &mut edits)?);
        }
    }
    if tenders.is_empty() && releases.elsewhere.is_empty() {
        return Err(Place::at("tender.tenderers", "missing: there is nobody to check"));
    }
    let mut left_out = releases.elsewhere;
    left_out.extend(options.representatives.unused());
    Ok(Screened { document: splice::apply(document, edits), tenders, left_out })
}

/// A release that is being screened.
struct Of<'o, 'd> {
    gate: &'o Gate,
    document: &'d str,
    options: &'o Options,
    prefix: &'o str,
    release: &'o Release<'d>,
}

impl<'d> Of<'_, 'd> {
    fn screen(
        &self,
        parties: Parties<'d>,
        bidders: &[Bidder<'d>],
        edits: &mut Vec<Edit>,
    ) -> Result<ScreenedTender, Place> {
        let (options, prefix, release) = (self.options, self.prefix, self.release);
        let as_of = as_of(options, prefix, release)?;
        known_matter(self.gate, &options.matter)?;
        let office = office(options, prefix, release, &parties)?;
        let id = release.tender.as_ref().map(|tender| &tender.id).or(release.ocid.as_ref());
        let id = id.ok_or_else(|| Place::at(format!("{prefix}tender.id"), "missing"))?;
        let id = redact(&safe(&id.0));
        let representatives = &options.representatives;
        let matter = &options.matter;
        let setting = Setting {
            prefix,
            tender: &id,
            matter,
            as_of,
            office: &office,
            parties,
            representatives,
        };
        let mut tenderers = Vec::new();
        for (number, bidder) in (1..).zip(bidders) {
            let failed = |e| CreditCheck::failed(matter, as_of, e);
            let mut check = check(self.gate, &setting, number, bidder).unwrap_or_else(failed);
            let written: Result<Vec<Edit>, Place> = bidder
                .entries(prefix)
                .into_iter()
                .map(|(place, entry)| splice::edit(self.document, entry, place, &check))
                .collect();
            match written {
                Ok(written) => edits.extend(written),
                // A bidder whose result cannot be written down is not admitted.
                Err(place) => check = failed(Failure::bad_input(place)),
            }
            let (place, name) = (bidder.place().to_owned(), bidder.name.clone());
            tenderers.push(Tenderer { place, further: bidder.further(), name, check });
        }
        Ok(ScreenedTender { id, as_of, tenderers })
    }
}

fn check(
    gate: &Gate,
    setting: &Setting<'_>,
    number: usize,
    bidder: &Bidder<'_>,
) -> Result<CreditCheck, Failure> {
    let bid = bid::read(setting, number, bidder).map_err(|fault| match fault {
        Fault::Input(place) => Failure::bad_input(place),
        Fault::NoIdentifier(place) => Failure::not_checked(place),
    })?;
    match gate.check(bid.application()) {
        Ok(checked) => Ok(CreditCheck::found(&bid, &checked)),
        Err(CheckError::Application(error)) => Err(match bid.unrepresented(&error) {
            Some(place) => Failure::not_checked(place),
            None => Failure::bad_input(bid.place(&error)),
        }),
        Err(CheckError::Fault(fault)) => Err(Failure::fault(&fault)),
    }
}

fn as_of(options: &Options, prefix: &str, release: &Release<'_>) -> Result<Date, Place> {
    if let Some(day) = options.as_of {
        return Ok(day);
    }
    let path = format!("{prefix}date");
    let Some(date) = &release.date else {
        return Err(Place::at(path, "missing; give the day by --as-of"));
    };
    let instant: Result<Timestamp, _> = date.replacen(' ', "T", 1).parse();
    let failed = |_| {
        let told = date.parse::<Timestamp>().err().map(|e| e.to_string()).unwrap_or_default();
        Place::at(path, redact(&safe(&told)))
    };
    instant.map(|t| t.date).or_else(|e| local_day(date).ok_or(e)).map_err(failed)
}

/// Reads the day of a date and time without an offset.
///
/// INTERPRETATION: an office that writes none means its own time, which is China Standard Time.
fn local_day(text: &str) -> Option<Date> {
    let (day, time) = text.split_once(['T', ' '])?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let sound = time.split(':').count() == 3
        && time.split(':').all(digits)
        && fraction.bytes().all(|b| b.is_ascii_digit());
    day.parse().ok().filter(|_| sound)
}

/// Checks that the policy that decides today knows the matter, whatever the day of the document.
fn known_matter(gate: &Gate, matter: &str) -> Result<(), Place> {
    let shown = redact(&safe(matter));
    if !matter.starts_with("tendering/") {
        return Err(Place::at("--matter", format!("`{shown}` is no tender")));
    }
    // Without a clock, or an edition for today, each check says so.
    let Some(policy) = gate.today().ok().and_then(|today| gate.policy_as_of(today)) else {
        return Ok(());
    };
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
    release: &Release<'_>,
    parties: &Parties<'_>,
) -> Result<Office, Place> {
    let given = options
        .region
        .as_ref()
        .map(|region| division(region).map_err(|detail| Place::at("--region", detail)));
    let given = given.transpose()?;
    if let Some(name) = &options.office {
        let region = given.ok_or_else(|| Place::at("--region", "is needed with --office"))?;
        return Ok(Office::new(name, region));
    }
    let entity = release.tender.as_ref().and_then(|tender| tender.procuring_entity);
    let places = [("tender.procuringEntity", entity), ("buyer", release.buyer)];
    let named = places.into_iter().find_map(|(path, raw)| Some((format!("{prefix}{path}"), raw?)));
    let Some((path, raw)) = named else {
        let detail = "missing, and so is `buyer`: nobody decides; give the office by --office and \
                      --region";
        return Err(Place::at(format!("{prefix}tender.procuringEntity"), detail));
    };
    let (base, party, name) = decides(prefix, &path, raw, parties)?;
    let Some(name) = name.filter(|n| !n.trim().is_empty()) else {
        return Err(Place::at(format!("{path}.name"), "missing: nobody decides"));
    };
    if let Some(region) = given {
        return Ok(Office::new(name, region));
    }
    let place = format!("{base}.address.region");
    let Some(region) = party.address.and_then(|address| address.region) else {
        return Err(Place::at(place, "missing; give a division code by --region"));
    };
    division(&region)
        .map(|region| Office::new(name, region))
        .map_err(|detail| Place::at(place, format!("{detail}; give one by --region")))
}

/// Finds the party that decides: the one that an entry refers to, or the one that the entry
/// contains; returns its place, itself and its name.
fn decides(
    prefix: &str,
    path: &str,
    raw: &RawValue,
    parties: &Parties<'_>,
) -> Result<(String, Party, Option<String>), Place> {
    let reference: Reference = parse_owned(raw, &format!("{path}."))?;
    let of = |id: &Id| parties.get(id).copied().flatten();
    let (base, party) = match reference.id.as_ref().and_then(of) {
        Some((i, raw)) => (format!("{prefix}parties[{i}]"), raw),
        None => (path.to_owned(), raw),
    };
    let party: Party = parse_owned(party, &format!("{base}."))?;
    let name = reference.name.or_else(|| party.name.clone());
    Ok((base, party, name))
}

fn division(region: &str) -> Result<String, String> {
    if region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(region.to_owned());
    }
    let shown = redact(&safe(region));
    Err(format!("`{shown}` is no division code of six digits (GB/T 2260)"))
}
