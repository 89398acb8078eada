//! The one place where the component meets the rules: generated bindings in, model out, and back.
//!
//! Only built for WebAssembly: elsewhere the generated symbols have nothing to link against.

#![allow(clippy::all, reason = "generated code")]

use crate::catalogue::Catalogue;
use crate::{baking, model};

wit_bindgen::generate!({ path: "../wit", world: "credit-check" });

use exports::mustcheck::credit::policy::Guest as PolicyExport;

/// Both interfaces' types under one name.
mod wit {
    pub use super::exports::mustcheck::credit::policy::*;
    pub use super::mustcheck::credit::registry::{
        Answer, Citation, CreditRecord, Event, EventKind, Penalty, PenaltyKind, RecordSubject,
        ResponsiblePerson, SourceState,
    };
}

struct Policy;

export!(Policy);

/// The catalogue of a baked component. A component that was never baked has no policy, and says
/// so by trapping: there is no decision that it could give.
fn catalogue() -> &'static Catalogue {
    match baking::catalogue() {
        Some(catalogue) => catalogue,
        None => core::arch::wasm32::unreachable(),
    }
}

impl PolicyExport for Policy {
    fn describe() -> wit::Description {
        catalogue().describe().convert()
    }

    fn due_lookups(
        application: wit::Application,
        made_on: wit::Date,
    ) -> Result<Vec<wit::Query>, wit::ApplicationError> {
        crate::due_lookups(catalogue(), &application.convert(), made_on.convert())
            .map(Convert::convert)
            .map_err(Convert::convert)
    }

    fn check(
        application: wit::Application,
        made_on: wit::Date,
        with_notice: bool,
    ) -> Result<wit::Decision, wit::ApplicationError> {
        let mut registry = |queries: &[model::Query]| {
            mustcheck::credit::registry::lookup(&queries.to_vec().convert()).convert()
        };
        let (application, made_on) = (application.convert(), made_on.convert());
        crate::check(catalogue(), &application, made_on, with_notice, &mut registry)
            .map(Convert::convert)
            .map_err(Convert::convert)
    }
}

/// A value of the same shape on the other side.
trait Convert<T> {
    fn convert(self) -> T;
}

macro_rules! same {
    ($($t:ty),+) => { $(impl Convert<$t> for $t {
        fn convert(self) -> $t { self }
    })+ };
}
same!(bool, u8, u16, u32, u64, String);

impl Convert<String> for crate::shared::Shared {
    fn convert(self) -> String {
        self.into_string()
    }
}

impl<T: Convert<U>, U> Convert<Vec<U>> for Vec<T> {
    fn convert(self) -> Vec<U> {
        self.into_iter().map(Convert::convert).collect()
    }
}

impl<T: Convert<U>, U> Convert<Option<U>> for Option<T> {
    fn convert(self) -> Option<U> {
        self.map(Convert::convert)
    }
}

macro_rules! records {
    ($from:ident => $to:ident: $($name:ident { $($field:ident),+ })+) => {
        $(impl Convert<$to::$name> for $from::$name {
            fn convert(self) -> $to::$name {
                $to::$name { $($field: self.$field.convert()),+ }
            }
        })+
    };
}

macro_rules! enums {
    ($from:ident => $to:ident: $($name:ident { $($case:ident),+ })+) => {
        $(impl Convert<$to::$name> for $from::$name {
            fn convert(self) -> $to::$name {
                match self { $($from::$name::$case => $to::$name::$case),+ }
            }
        })+
    };
}

mod rust {
    pub use crate::date::*;
    pub use crate::model::*;
}

enums! { wit => rust:
    Role { Applicant, ConsortiumMember, LegalRepresentative, Principal, DirectlyResponsible, RegisteredPractitioner, Guarantor }
    SubjectKind { Organization, Person }
    Scheme { Uscc, ResidentId, Lei, Passport }
    AnswerStatus { Answered, Stale, Unavailable, NotCovered }
    PenaltyKind { Warning, Criticism, Fine, Confiscation, SuspensionOfBusiness, LicenceRevocation, Disqualification, Criminal, Other }
    EventKind { ObjectionFiled, ObjectionDismissed, ObjectionUpheld, Repaired, Annulled, CourtStay, CourtStayLifted, ReorganisationApproved, ReorganisationFailed, SettlementApproved, Corrected, RemovalRevoked }
}

enums! { rust => wit:
    Role { Applicant, ConsortiumMember, LegalRepresentative, Principal, DirectlyResponsible, RegisteredPractitioner, Guarantor }
    AnswerStatus { Answered, Stale, Unavailable, NotCovered }
    Disposition { Clear, Facilitated, Review, Restricted, Undetermined }
    DispositionRule { MandatoryRestriction, UnansweredLookup, ReviewMeasure, SuspendedRecord, LiftedRecord, AdoptedRestriction, WatchHit, ContradictingSources, UnprovenException, CodeAsIssued, EarlierDay, Incentive, NothingApplies }
    Standing { Annulled, Repaired, Lifted, Expired, NotYetInForce, Suspended, InForce }
    Effect { Incentive, Restriction }
    Force { Mandatory, Recommended }
    MeasureKind { Disqualify, ReapplicationBar, Limit, WithdrawHonour, StricterExamination, CloserSupervision, GreenChannel, IncompleteMaterialsTolerated, Priority, EvaluationPreference, FewerInspections, FinancingProduct, Recommendation }
    ObligationKind { Feedback, Publication, CompleteMaterials }
    SetAsideReason { Annulled, Repaired, Lifted, Expired, NotYetInForce, ObjectionUnderVerification, CourtStay, NotLinked, RoleNotReached, ReferenceOnly, NotAdopted, BeyondTerm, DefeatedByRestriction, ConditionNotMet, ContradictingSources, UnprovenException }
    Polarity { Restriction, Commendation, Watch }
    ListStanding { Statutory, Reference }
    Domain { Licensing, Tendering, Financing, Supervision, Awards }
}

records! { wit => rust:
    Date { year, month, day }
    Timestamp { date, hour, minute, second }
    FurtherIdentifier { scheme, identifier, country }
    Subject { role, kind, scheme, identifier, country, name, as_issued, also, of }
    Office { name, region }
    Material { name, statutory, provided }
    Commitment { signed_on, complete_by }
    Application { id, matter, as_of, office, subjects, consortium, materials, commitment }
    SourceState { id, as_of, records_from }
    Answer { query, list, status, source, reason, records }
    Citation { instrument, article, paragraph, item }
    Penalty { kind, amount_fen }
    Event { kind, on, document }
    RecordSubject { kind, scheme, identifier, country, name, as_issued, also }
    ResponsiblePerson { role, scheme, identifier, country, name }
    CreditRecord { id, list, source, act, matter, subject, responsible_persons, decided_by, document, legal_basis, penalty, valid_from, valid_until, events }
}

records! { rust => wit:
    Date { year, month, day }
    Timestamp { date, hour, minute, second }
    Text { zh, en }
    Query { subject, lists }
    LegalBasis { instrument, article, paragraph, item, clause }
    Target { role, subject_index, subject }
    Lookup { role, subject_index, subject, list, due, status, source, source_as_of, records, reason }
    Finding { record, list, target, named_as, standing, standing_today, decided_by, document, valid_from, valid_until, disputed }
    Cut { record, recorded_until, allowed_until }
    Prolonged { record, recorded_until, until }
    AppliedMeasure { measure, effect, force, kind, target, because, legal_basis, until, cut, prolonged, text }
    Obligation { kind, to, due_on, note, legal_basis }
    SetAside { record, measure, target, reason, legal_basis, text }
    PolicyId { name, version, edition, overlay }
    Decision { application, matter, as_of, disposition, disposition_rule, policy, lookups, records, measures, obligations, set_aside, made_on, notice }
    Problem { path, detail }
    Term { years, months }
    ListRules { valid_from, valid_until, longest, beyond, removable, removable_after, restorable, objection_suspends, reorganisation_lifts }
    ListInfo { code, parts, name, polarity, standing, acts, rules }
    DueRule { roles, required, lists, legal_basis }
    MatterInfo { code, domain, name, due }
    MeasureInfo { id, effect, force, kind, adopted, matters, roles, lists, valid_from, valid_until, longest_term, fixed_term, shortest_term, lifelong, text, legal_basis }
    Freshness { source, days }
    Description { policy, edition_name, valid_from, valid_until, lists, acts, matters, measures, freshness }
}

impl Convert<wit::ApplicationError> for model::ApplicationError {
    fn convert(self) -> wit::ApplicationError {
        use model::ApplicationError as Error;
        match self {
            Error::UnknownMatter(p) => wit::ApplicationError::UnknownMatter(p.convert()),
            Error::InvalidIdentifier(p) => wit::ApplicationError::InvalidIdentifier(p.convert()),
            Error::InvalidRoles(p) => wit::ApplicationError::InvalidRoles(p.convert()),
            Error::InvalidDate(p) => wit::ApplicationError::InvalidDate(p.convert()),
            Error::OutsideEdition(p) => wit::ApplicationError::OutsideEdition(p.convert()),
            Error::InvalidValue(p) => wit::ApplicationError::InvalidValue(p.convert()),
            Error::InvalidAnswer(p) => wit::ApplicationError::InvalidAnswer(p.convert()),
        }
    }
}
