//! The callers of the service, known by token or certificate, and what each may do.

mod file;
mod token;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

pub use token::{NewToken, TokenError};

use crate::config::ConfigError;
use crate::problem::{Kind, Problem};
use crate::records::Reach;
use crate::tls::ClientCertificate;

/// A permission of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Check applications, and list the lookups that are due for them.
    Check,
    /// Record feedback.
    Feedback,
    /// Read receipts.
    Receipts,
    /// Read metrics.
    Metrics,
    /// Check as of days before yesterday, as far back as the service allows.
    Backdate,
}

/// The as-of dates that a caller may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Today and yesterday, as every caller may.
    Usual,
    /// Earlier days too, as far back as the service allows.
    Earlier,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Check, Self::Feedback, Self::Receipts, Self::Metrics, Self::Backdate];

    /// The code in the file of the callers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Feedback => "feedback",
            Self::Receipts => "receipts",
            Self::Metrics => "metrics",
            Self::Backdate => "backdate",
        }
    }
}

/// The matters or the regions that a caller may ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    /// Everything.
    All,
    /// These: matters, or `domain/*` for all of a domain; or prefixes of region codes.
    Some(Vec<String>),
}

/// A caller.
pub struct Caller {
    name: Arc<str>,
    roles: Vec<Role>,
    matters: Scope,
    regions: Scope,
    /// Name of the office that the caller checks for, to begin a form with.
    office: Option<String>,
    /// Region of that office.
    region: Option<String>,
    tokens: Vec<[u8; 32]>,
    certificates: Vec<[u8; 32]>,
    certificate_names: Vec<String>,
    rate: u32,
    limiter: Arc<DefaultDirectRateLimiter>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("name", &self.name).field("roles", &self.roles).finish()
    }
}

impl Caller {
    /// The caller's name, which identifies no person.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Checks that the caller has a role.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] if it does not.
    pub fn permit(&self, role: Role) -> Result<(), Problem> {
        if self.roles.contains(&role) {
            return Ok(());
        }
        let code = role.code();
        let (zh, en) =
            (format!("此项功能须有 `{code}` 权限"), format!("this asks for the role `{code}`"));
        Err(Problem::new(Kind::Forbidden).says(zh, en))
    }

    /// The as-of dates that the caller may use.
    // RAIL R14
    pub fn days(&self) -> Days {
        if self.roles.contains(&Role::Backdate) { Days::Earlier } else { Days::Usual }
    }

    /// Checks that the caller may see a case of this matter, at an office of this region.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] with the place: `matter` or `office.region`.
    pub fn permit_case(&self, matter: &str, region: &str) -> Result<(), Problem> {
        let forbidden = |path: &str, zh: &str, en: &str| {
            Err(Problem::new(Kind::Forbidden).path(path).says(zh, en))
        };
        if !self.reaches_matter(matter) {
            return forbidden(
                "matter",
                "该调用方未获准查询此事项",
                "the caller may not ask about this matter",
            );
        }
        if !self.reaches_region(region) {
            return forbidden(
                "office.region",
                "该调用方未获准为此地区的机关查询",
                "the caller may not ask for offices of this region",
            );
        }
        Ok(())
    }

    /// Whether the caller may ask about a matter.
    pub(crate) fn reaches_matter(&self, matter: &str) -> bool {
        let of_domain = |allowed: &String| match allowed.strip_suffix('*') {
            Some(domain) => matter.starts_with(domain),
            None => matter == allowed,
        };
        match &self.matters {
            Scope::All => true,
            Scope::Some(matters) => matters.iter().any(of_domain),
        }
    }

    /// Whether the caller may ask for offices of a region.
    pub(crate) fn reaches_region(&self, region: &str) -> bool {
        match &self.regions {
            Scope::All => true,
            Scope::Some(regions) => regions.iter().any(|allowed| region.starts_with(&**allowed)),
        }
    }

    /// The matters and regions that the caller may see.
    pub(crate) fn reach(&self) -> Reach {
        let some = |scope: &Scope| match scope {
            Scope::All => None,
            Scope::Some(items) => Some(items.clone()),
        };
        Reach { matters: some(&self.matters), regions: some(&self.regions) }
    }

    /// Name of the office that the caller checks for, if the file of the callers says so.
    pub(crate) fn office(&self) -> Option<&str> {
        self.office.as_deref()
    }

    /// Region of that office: the one that the file of the callers says, or the only one that the
    /// caller may ask for.
    pub(crate) fn region(&self) -> Option<&str> {
        let only = match &self.regions {
            Scope::Some(regions) => regions.as_slice(),
            Scope::All => &[],
        };
        let only = match only {
            [region] if region.len() == 6 => Some(&**region),
            _ => None,
        };
        self.region.as_deref().or(only)
    }

    /// Counts a request against the caller's rate.
    ///
    /// # Errors
    ///
    /// [`Kind::RateLimited`] with the seconds to wait.
    pub fn count(&self) -> Result<(), Problem> {
        self.limiter.check().map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            let seconds = wait.saturating_add(Duration::from_millis(999)).as_secs();
            Problem::new(Kind::RateLimited).retry_after(seconds)
        })
    }
}

/// All callers of the service.
#[derive(Debug, Default)]
pub struct Callers {
    all: Vec<Arc<Caller>>,
}

impl Callers {
    /// Reads the file of the callers. A caller that has the same rate as in `before` keeps its
    /// count of requests.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every mistake in the file, or if others could change it.
    pub fn open(path: &Path, usual_rate: u32, before: &Self) -> Result<Self, ConfigError> {
        file::open(path, usual_rate, before)
    }

    /// Number of callers.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are no callers.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Finds the caller that has this token. Every token of every caller is compared in constant
    /// time, so the time tells nothing about the tokens.
    pub fn by_token(&self, token: &str) -> Option<Arc<Caller>> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut found = None;
        for caller in &self.all {
            let same = caller.tokens.iter().map(|known| known.ct_eq(&digest));
            if same.fold(Choice::from(0), |any, one| any | one).into() {
                found = Some(Arc::clone(caller));
            }
        }
        found
    }

    /// Finds the caller that this certificate is of; the TLS library has verified it. A fingerprint
    /// is of exactly one certificate, and so goes before a name.
    pub fn by_certificate(&self, certificate: &ClientCertificate) -> Option<Arc<Caller>> {
        let is_it = |caller: &&Arc<Caller>| caller.certificates.contains(&certificate.sha256);
        let is_named = |caller: &&Arc<Caller>| {
            caller.certificate_names.iter().any(|name| certificate.names.contains(name))
        };
        self.all.iter().find(is_it).or_else(|| self.all.iter().find(is_named)).cloned()
    }

    fn limiter(rate: u32) -> Arc<DefaultDirectRateLimiter> {
        let rate = std::num::NonZeroU32::new(rate).unwrap_or(std::num::NonZeroU32::MIN);
        Arc::new(RateLimiter::direct(Quota::per_second(rate)))
    }
}
