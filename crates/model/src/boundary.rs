//! The fields of the boundary, listed once: how each type of the model is converted to and from the
//! types that are generated from `wit/credit.wit`, in the component and in its host.

use crate::date::Date;
use crate::shared::Shared;

/// A conversion between the two sides of the boundary.
pub trait Convert<T> {
    /// The same value on the other side.
    fn convert(self) -> T;
}

macro_rules! same {
    ($($t:ty),+) => { $(impl Convert<$t> for $t {
        fn convert(self) -> $t { self }
    })+ };
}
same!(bool, u8, u16, u32, u64, String);

impl Convert<i32> for Date {
    fn convert(self) -> i32 {
        self.epoch_days()
    }
}

impl Convert<Date> for i32 {
    /// Converts a number of days since 1970-01-01; one outside the calendar becomes [`Date::NONE`].
    fn convert(self) -> Date {
        Date::from_epoch_days(self).unwrap_or(Date::NONE)
    }
}

impl Convert<String> for Shared {
    fn convert(self) -> String {
        (*self).to_owned()
    }
}

impl Convert<Shared> for String {
    fn convert(self) -> Shared {
        self.into()
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

/// Implements the conversions from the model to the module `wit` in scope.
#[macro_export]
macro_rules! to_wit {
    (
        enums { $($rust:ident = $wit:ident { $($case:ident),+ })* }
        records { $($rust_record:ident = $wit_record:ident { $($field:ident),+ })* }
        variants { $($rust_variant:ident = $wit_variant:ident {
            $($unit:ident),* ; $($holds:ident),* })* }
    ) => {
        $(impl $crate::boundary::Convert<wit::$wit> for $crate::$rust {
            fn convert(self) -> wit::$wit {
                match self { $(Self::$case => wit::$wit::$case),+ }
            }
        })*
        $(impl $crate::boundary::Convert<wit::$wit_record> for $crate::$rust_record {
            fn convert(self) -> wit::$wit_record {
                wit::$wit_record { $($field: self.$field.convert()),+ }
            }
        })*
        $(impl $crate::boundary::Convert<wit::$wit_variant> for $crate::$rust_variant {
            fn convert(self) -> wit::$wit_variant {
                match self {
                    $(Self::$unit => wit::$wit_variant::$unit,)*
                    $(Self::$holds(held) => wit::$wit_variant::$holds(held.convert()),)*
                }
            }
        })*
    };
}

/// Implements the conversions from the module `wit` in scope to the model.
#[macro_export]
macro_rules! from_wit {
    (
        enums { $($rust:ident = $wit:ident { $($case:ident),+ })* }
        records { $($rust_record:ident = $wit_record:ident { $($field:ident),+ })* }
        variants { $($rust_variant:ident = $wit_variant:ident {
            $($unit:ident),* ; $($holds:ident),* })* }
    ) => {
        $(impl $crate::boundary::Convert<$crate::$rust> for wit::$wit {
            fn convert(self) -> $crate::$rust {
                match self { $(Self::$case => $crate::$rust::$case),+ }
            }
        })*
        $(impl $crate::boundary::Convert<$crate::$rust_record> for wit::$wit_record {
            fn convert(self) -> $crate::$rust_record {
                $crate::$rust_record { $($field: self.$field.convert()),+ }
            }
        })*
        $(impl $crate::boundary::Convert<$crate::$rust_variant> for wit::$wit_variant {
            fn convert(self) -> $crate::$rust_variant {
                match self {
                    $(Self::$unit => $crate::$rust_variant::$unit,)*
                    $(Self::$holds(held) =>
                        $crate::$rust_variant::$holds(held.convert()),)*
                }
            }
        })*
    };
}

/// Implements the conversions of roles, which cross the boundary in both directions.
#[macro_export]
macro_rules! roles {
    ($direction:ident) => {
        $crate::$direction! {
            enums {
                Role = Role { Applicant, ConsortiumMember, LegalRepresentative, Principal, DirectlyResponsible, RegisteredPractitioner, Guarantor }
            }
            records {}
            variants {}
        }
    };
}

/// Implements the conversions of the facts, which go into the component.
#[macro_export]
macro_rules! facts {
    ($direction:ident) => {
        $crate::$direction! {
            enums {
                SubjectKind = SubjectKind { Organization, Person }
                Scheme = Scheme { Uscc, ResidentId, Lei, Passport }
                AnswerStatus = AnswerStatus { Answered, Stale, Unavailable, NotCovered }
                PenaltyKind = PenaltyKind { Warning, Criticism, Fine, Confiscation, SuspensionOfBusiness, LicenceRevocation, Disqualification, Criminal, Other }
                EventKind = EventKind { ObjectionFiled, ObjectionDismissed, ObjectionUpheld, Repaired, Annulled, CourtStay, CourtStayLifted, ReorganisationApproved, ReorganisationFailed, SettlementApproved, Corrected, RemovalRevoked }
            }
            records {
                ApplicationFacts = Application { matter, as_of, made_on, subjects, materials, commitment }
                SubjectFacts = Subject { role, kind, scheme, of, as_issued }
                MaterialFacts = Material { statutory, provided }
                Commitment = Commitment { signed_on, complete_by }
                AnswerFacts = Answer { subject, list, status, source, records_from, held_from, records }
                RecordFacts = CreditRecord { number, act, matter, is_about, named_as, valid_from, valid_until, events, penalty, document, decision }
                EventFacts = Event { kind, on }
                Penalty = Penalty { kind, amount_fen }
            }
            variants {}
        }
    };
}

/// Implements the conversions of due lookups, verdict and refusal, which come out of the component.
#[macro_export]
macro_rules! verdict {
    ($direction:ident) => {
        $crate::$direction! {
            enums {
                Disposition = Disposition { Clear, Facilitated, Review, Restricted, Undetermined }
                DispositionRule = DispositionRule { MandatoryRestriction, UnansweredLookup, ReviewMeasure, SuspendedRecord, LiftedRecord, AdoptedRestriction, WatchHit, ContradictingSources, UnprovenException, CodeAsIssued, EarlierDay, Incentive, NothingApplies }
                Standing = Standing { Annulled, Repaired, Lifted, Expired, NotYetInForce, Suspended, InForce }
                SetAsideReason = SetAsideReason { Annulled, Repaired, Lifted, Expired, NotYetInForce, ObjectionUnderVerification, CourtStay, NotLinked, RoleNotReached, ReferenceOnly, NotAdopted, BeyondTerm, DefeatedByRestriction, ConditionNotMet, ContradictingSources, UnprovenException }
            }
            records {
                DueLookup = Due { subject, list }
                Verdict = Verdict { disposition, disposition_rule, records, measures, set_aside, obligations }
                RecordVerdict = JudgedRecord { standing, standing_today, has_ended, named_as }
                MeasureVerdict = AppliedMeasure { measure, subject, because, until, cut, prolonged }
                CutVerdict = Cut { record, allowed_until }
                ProlongedVerdict = Prolonged { record, until }
                SetAsideVerdict = SetAside { record, measure, subject, reason, detail, basis }
                ShortHistory = ShortHistory { list, since }
                ObligationVerdict = Obligation { duty, due_on, working_days, unpublished_year, ground }
            }
            variants {
                Basis = Basis { ; Measure, Ground }
                Detail = Detail {
                    Nothing, OfGround, ExceptedAct, BanRunOut, OtherPenalty, Unanswered, NoSuchDay,
                    NoCommitment, CommitmentPassed ;
                    RecordInForce, RecordOpen, ShortHistory, AdverseRecord, StatutoryMaterial
                }
                Duty = Duty { Publication, EnterprisePublication, GoodRecord, CompleteMaterials ; Feedback }
                Refusal = Refusal { ; NoSuchMatter, NoSuchList, NoSuchSubject, NoSuchAct, NoSuchDay }
            }
        }
    };
}

/// Implements the conversions of a policy's description, which comes out of the component.
#[macro_export]
macro_rules! description {
    ($direction:ident) => {
        $crate::$direction! {
            enums {
                Polarity = Polarity { Restriction, Commendation, Watch }
                ListStanding = ListStanding { Statutory, Reference }
                Domain = Domain { Licensing, Tendering, Financing, Supervision, Awards }
                Effect = Effect { Incentive, Restriction }
                Force = Force { Mandatory, Recommended }
                MeasureKind = MeasureKind { Disqualify, ReapplicationBar, Limit, WithdrawHonour, StricterExamination, CloserSupervision, GreenChannel, IncompleteMaterialsTolerated, Priority, EvaluationPreference, FewerInspections, FinancingProduct, Recommendation }
                RemarkWhen = RemarkWhen { RestrictionApplies, ToleranceApplies }
            }
            records {
                Text = Text { zh, en }
                LegalBasis = LegalBasis { instrument, article, paragraph, item, clause }
                PolicyId = PolicyId { name, version, edition, overlay }
                Term = Term { years, months }
                ListRules = ListRules { valid_from, valid_until, longest, beyond, removable, removable_after, removal, restorable, objection_suspends, reorganisation_lifts }
                ListInfo = ListInfo { code, parts, name, initiator, polarity, standing, acts, rules }
                DueRule = DueRule { roles, required, lists, legal_basis }
                MatterInfo = MatterInfo { code, domain, name, due }
                MeasureInfo = MeasureInfo { id, effect, force, kind, adopted, matters, roles, lists, valid_from, valid_until, longest_term, fixed_term, shortest_term, lifelong, implementer, text, legal_basis }
                Freshness = Freshness { source, days }
                EditionDays = EditionDays { valid_from, valid_until }
                InstrumentInfo = InstrumentInfo { id, title, number }
                GroundInfo = GroundInfo { text, legal_basis }
                RemedyInfo = RemedyInfo { persons_only, matters, domains, lists, refusals_only, valid_from, valid_until, text, legal_basis }
                ObjectionInfo = ObjectionInfo { annotated, annotate_within, decide_within, decide_at_most, legal_basis }
                RemarkInfo = RemarkInfo { when, text, legal_basis }
                PlaceInfo = PlaceInfo { id, name, regions, valid_from, valid_until, objection, remarks }
                CalendarYear = CalendarYear { year, holidays, workdays }
                Description = Description { policy, edition_name, valid_from, valid_until, lists, acts, matters, measures, freshness, edition, place, instruments, grounds, remedies, calendar }
            }
            variants {}
        }
    };
}
