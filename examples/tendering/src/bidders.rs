//! Finds everybody whom a release names as bidding, wherever it does (应查必查):
//! `tender.tenderers`, the bids, the awards, the contracts, and the parties by their roles.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck::redact;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ocds::{Id, Party, Place, Reference, Release, Several, parse_owned};

/// Roles of a party that bids.
const ROLES: [&str; 2] = ["tenderer", "supplier"];

/// The parties by id, with their position; `None` where two parties have the same id.
pub type Parties<'a> = BTreeMap<Id, Option<(usize, &'a RawValue)>>;

/// A bidder, and every place that names it.
#[derive(Debug)]
pub struct Bidder<'a> {
    /// The places, at least one, each with its entry.
    pub places: Vec<(String, &'a RawValue)>,
    /// Its name; empty if the document gives none.
    pub name: String,
    /// Identity of the bidder, or the reason why nobody can tell.
    pub who: Result<Who, Place>,
}

/// Identity of a bidder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The party of this id.
    Party(Id),
    /// The party that the entry itself contains, as in OCDS 1.0.
    Here,
}

/// The parties of a release by id; a party without an id cannot be referred to.
pub fn parties<'a>(release: &Release<'a>) -> Parties<'a> {
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

/// The bidders of a release, in the order in which it names them.
pub fn bidders<'a>(prefix: &str, release: &Release<'a>, parties: &Parties<'a>) -> Vec<Bidder<'a>> {
    let mut found = Found { parties, all: Vec::new(), known: BTreeMap::new() };
    for (place, raw) in named(prefix, release) {
        found.take(place, raw);
    }
    let members = found.members();
    for (i, raw) in release.parties.iter().enumerate() {
        let place = format!("{prefix}parties[{i}]");
        found.by_role(place, raw, &members);
    }
    found.all
}

/// Every entry that names a bidder, with its place.
fn named<'a>(prefix: &str, release: &Release<'a>) -> Vec<(String, &'a RawValue)> {
    let mut all = Vec::new();
    let tenderers = release.tender.iter().filter_map(|tender| tender.tenderers.as_ref());
    tenderers.for_each(|entries| all.extend(entries.placed(&format!("{prefix}tender.tenderers"))));
    let bids = release.bids.iter().flat_map(|bids| bids.details.iter().flatten());
    for (i, bid) in bids.enumerate() {
        all.extend(bid.tenderers.placed(&format!("{prefix}bids.details[{i}].tenderers")));
    }
    for (array, name) in [(&release.awards, "awards"), (&release.contracts, "contracts")] {
        for (i, award) in array.iter().flatten().enumerate() {
            all.extend(award.suppliers.placed(&format!("{prefix}{name}[{i}].suppliers")));
        }
    }
    all
}

struct Found<'a, 'p> {
    parties: &'p Parties<'a>,
    all: Vec<Bidder<'a>>,
    /// Position of each bidder in `all`, by its party's id or its identifier.
    known: BTreeMap<String, usize>,
}

impl<'a> Found<'a, '_> {
    fn take(&mut self, place: String, raw: &'a RawValue) {
        let reference = parse_owned::<Reference>(raw, &format!("{place}."));
        let (who, key, name) = match reference {
            Err(fault) => (Err(fault), None, None),
            Ok(reference) => {
                let (who, key) = self.who(&place, &reference);
                (who, key, reference.name)
            }
        };
        if let Some(at) = key.as_ref().and_then(|key| self.known.get(key)) {
            if let Some(bidder) = self.all.get_mut(*at) {
                bidder.places.push((place, raw));
            }
            return;
        }
        self.known.extend(key.map(|key| (key, self.all.len())));
        let name = name.filter(|n| !n.trim().is_empty()).or_else(|| self.party_name(&who));
        let name = name.unwrap_or_default();
        self.all.push(Bidder { places: vec![(place, raw)], name, who });
    }

    fn who(&self, place: &str, reference: &Reference) -> (Result<Who, Place>, Option<String>) {
        let of_party = |id: &Id| (Ok(Who::Party(id.clone())), Some(format!("party {}", id.0)));
        let code = reference.identifier.as_ref().and_then(|own| {
            let scheme = own.scheme.as_deref().unwrap_or_default().trim().to_uppercase();
            Some(format!("{scheme} {}", own.id.as_ref()?.0.trim()))
        });
        match (&reference.id, code) {
            (Some(id), _) if self.parties.contains_key(id) => of_party(id),
            (_, Some(code)) => (Ok(Who::Here), Some(code)),
            (Some(id), None) => of_party(id),
            (None, None) => {
                let detail = "missing: nobody can tell who bids";
                (Err(Place::at(format!("{place}.id"), detail)), None)
            }
        }
    }

    fn party(&self, id: &Id) -> Option<Party> {
        let (_, raw) = self.parties.get(id).copied().flatten()?;
        parse_owned::<Party>(raw, "").ok()
    }

    fn party_name(&self, who: &Result<Who, Place>) -> Option<String> {
        match who {
            Ok(Who::Party(id)) => self.party(id)?.name,
            _ => None,
        }
    }

    /// Members of the consortia of the named bidders: they are checked with their lead.
    fn members(&self) -> BTreeSet<Id> {
        let named = self.all.iter().filter_map(|bidder| match &bidder.who {
            Ok(Who::Party(id)) => self.party(id),
            _ => None,
        });
        named.flat_map(|party| party.consortium().map(<[Id]>::to_vec).unwrap_or_default()).collect()
    }

    /// Adds a party that is a bidder by its role alone.
    fn by_role(&mut self, place: String, raw: &'a RawValue, members: &BTreeSet<Id>) {
        #[derive(Deserialize)]
        struct Bidding {
            id: Option<Id>,
            #[serde(default)]
            roles: Option<Several<String>>,
        }
        let Ok(Bidding { id, roles }) = parse_owned(raw, "") else {
            // A party of which nobody can tell whether it bids.
            if !self.is_known(raw) {
                self.take(place, raw);
            }
            return;
        };
        let is = |role: &String| ROLES.iter().any(|one| one.eq_ignore_ascii_case(role.trim()));
        let bids = roles.iter().flat_map(Several::iter).any(is);
        if bids && !id.is_some_and(|id| members.contains(&id) || self.is_party_known(&id)) {
            self.take(place, raw);
        }
    }

    fn is_party_known(&self, id: &Id) -> bool {
        self.known.contains_key(&format!("party {}", id.0))
    }

    /// Whether a party is named in an entry that could be read.
    fn is_known(&self, raw: &RawValue) -> bool {
        #[derive(Deserialize)]
        struct Named {
            id: Id,
        }
        parse_owned::<Named>(raw, "").is_ok_and(|party| self.is_party_known(&party.id))
    }
}

impl Bidder<'_> {
    /// The first place that names it.
    pub fn place(&self) -> &str {
        self.places.first().map_or("", |(place, _)| place)
    }

    /// Returns the entries into which its result is written: each of its entries of
    /// `tender.tenderers`, or else the first that names it.
    pub fn entries(&self, prefix: &str) -> Vec<(&str, &RawValue)> {
        let of_tender = format!("{prefix}tender.tenderers");
        let all = self.places.iter().map(|(place, raw)| (place.as_str(), *raw));
        let first = all.clone().take(1);
        let own: Vec<_> = all.filter(|(place, _)| place.starts_with(&of_tender)).collect();
        if own.is_empty() { first.collect() } else { own }
    }

    /// The other places that name it.
    pub fn further(&self) -> Vec<String> {
        self.places.iter().skip(1).map(|(place, _)| redact(place)).collect()
    }
}
