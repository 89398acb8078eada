//! Generated applications and registries: a small pool of subjects, so that records hit.

use std::sync::LazyLock;

use mustcheck::model::{
    Application, CreditRecord, Event, EventKind, Material, Office, Penalty, PenaltyKind,
    RecordSubject, ResponsiblePerson, Role, Scheme, Subject, SubjectKind,
};
use mustcheck::{Date, JsonRegistry, Policy};
use mustcheck_rules::Catalogue;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

/// The edition that decides most of the generated cases, natively.
pub static STATUTES: LazyLock<Catalogue> = LazyLock::new(|| catalogue("statutes"));
/// The older edition.
pub static OPINIONS: LazyLock<Catalogue> = LazyLock::new(|| catalogue("guofa-2016-33"));

/// The newer edition, had every instrument but the Opinions come into force in 2022.
pub static LATE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut data = STATUTES.data().clone();
    for instrument in
        data.instruments.iter_mut().filter(|i| i.id != mustcheck_rules::clause::OPINIONS)
    {
        instrument.in_force_from = Date::new(2022, 1, 1).unwrap();
    }
    Catalogue::adopt(data).unwrap()
});

fn catalogue(id: &str) -> Catalogue {
    Catalogue::from_json(Policy::embedded_catalogue(id).unwrap()).unwrap()
}

/// Organizations and persons with valid identifiers.
pub const ORGANIZATIONS: [&str; 4] =
    ["91310000MA1FL0007C", "91310000MA1FL00157", "91310000MA1FL00232", "91310000MA1FL0031W"];
pub const PERSONS: [&str; 4] =
    ["310101198001010018", "310101198001010026", "310101198001010034", "310101198001010042"];

/// An application and the registry that answers it.
#[derive(Clone, Debug)]
pub struct Case {
    pub application: Application,
    pub registry: Registry,
}

/// Contents of a registry, from which it is made.
#[derive(Clone, Debug)]
pub struct Registry {
    pub covers: Vec<String>,
    pub as_of: Date,
    pub records_from: Option<Date>,
    pub down: bool,
    pub records: Vec<CreditRecord>,
}

impl Registry {
    pub fn open(&self) -> JsonRegistry {
        let covers: Vec<_> = self.covers.iter().collect();
        let records: Vec<_> =
            self.records.iter().filter(|r| self.covers.contains(&r.list)).collect();
        let document = json!({
            "sources": [{
                "id": "platform",
                "as_of": format!("{}T08:00:00+08:00", self.as_of),
                "records_from": self.records_from,
                "covers": covers,
                "unavailable": self.down.then_some("connection refused"),
            }],
            "records": records,
        });
        JsonRegistry::from_json(document.to_string().as_bytes()).unwrap()
    }
}

impl Case {
    /// The edition in force on the as-of date.
    pub fn catalogue(&self) -> &'static Catalogue {
        if decides(&STATUTES, self.application.as_of) { &STATUTES } else { &OPINIONS }
    }
}

fn date(year: u16) -> impl Strategy<Value = Date> {
    (year..=year + 2, 1_u8..=12, 1_u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn subject(role: Role, kind: SubjectKind, identifier: &str) -> Subject {
    let person = kind == SubjectKind::Person;
    Subject {
        role,
        kind,
        scheme: if person { Scheme::ResidentId } else { Scheme::Uscc },
        identifier: identifier.into(),
        country: None,
        name: format!("{role} 某"),
        as_issued: None,
        also: Vec::new(),
        of: None,
    }
}

prop_compose! {
    fn application(as_of: Date)(
        matter in select(STATUTES.data().matters.iter().map(|m| m.code.clone()).collect::<Vec<_>>()),
        others in vec(select(vec![
            (Role::Principal, SubjectKind::Person, PERSONS[1]),
            (Role::DirectlyResponsible, SubjectKind::Person, PERSONS[2]),
            (Role::RegisteredPractitioner, SubjectKind::Person, PERSONS[3]),
            (Role::Guarantor, SubjectKind::Organization, ORGANIZATIONS[2]),
        ]), 0..3),
        member in any::<bool>(),
        missing in option::of(any::<bool>()),
    ) -> Application {
        let mut subjects = vec![
            subject(Role::Applicant, SubjectKind::Organization, ORGANIZATIONS[0]),
            subject(Role::LegalRepresentative, SubjectKind::Person, PERSONS[0]),
        ];
        if member {
            subjects[1].of = Some(0);
            subjects.push(subject(
                Role::ConsortiumMember, SubjectKind::Organization, ORGANIZATIONS[1],
            ));
            let person = subject(Role::LegalRepresentative, SubjectKind::Person, PERSONS[1]);
            subjects.push(Subject { of: Some(2), ..person });
        }
        for (role, kind, identifier) in others {
            if !subjects.iter().any(|s| s.role == role && s.identifier == identifier) {
                // One who answers for a member of a consortium says for which.
                let of = (member && role == Role::Principal).then_some(2);
                subjects.push(Subject { of, ..subject(role, kind, identifier) });
            }
        }
        Application {
            id: "CASE-1".into(),
            matter: matter.into(),
            as_of,
            office: Office::new("某审批局", "310000"),
            subjects,
            consortium: member,
            materials: missing
                .map(|statutory| Material { name: "证明".into(), statutory, provided: false })
                .into_iter()
                .collect(),
            commitment: None,
        }
    }
}

fn events(from: Date) -> impl Strategy<Value = Vec<Event>> {
    let event = (select(EventKind::ALL), date(2019)).prop_map(move |(kind, on)| Event {
        kind,
        on: on.max(from),
        document: None,
    });
    // Most records have none, so that many are in force.
    prop_oneof![3 => Just(Vec::new()), 2 => vec(event, 1..4)]
}

fn record(index: usize) -> impl Strategy<Value = CreditRecord> {
    let lists: Vec<_> = STATUTES.data().lists.iter().collect();
    (select(lists), date(2018)).prop_flat_map(move |(list, from)| {
        let acts = list.acts.clone();
        let act =
            if acts.is_empty() { Just(None).boxed() } else { option::of(select(acts)).boxed() };
        let code = list.code.clone();
        (
            act,
            option::of(select(vec!["licensing/food-production", "licensing/project-approval"])),
            option::of((select(PenaltyKind::ALL), option::of(0_u64..400_000_000))),
            prop_oneof![
                select(&ORGANIZATIONS[..]).prop_map(|i| (SubjectKind::Organization, i)),
                select(&PERSONS[..]).prop_map(|i| (SubjectKind::Person, i)),
            ],
            vec((select(Role::ALL), select(&PERSONS[..])), 0..2),
            option::of(date(2020)),
            option::of(select(vec!["文1", "文2"])),
            events(from),
        )
            .prop_map(
                move |(act, matter, penalty, about, persons, until, document, events)| {
                    CreditRecord {
                        id: format!("r-{index}"),
                        list: code.clone().into(),
                        source: "platform".into(),
                        act: act.map(Into::into),
                        matter: matter.map(Into::into),
                        subject: RecordSubject {
                            kind: about.0,
                            scheme: subject(Role::Applicant, about.0, about.1).scheme,
                            identifier: about.1.into(),
                            country: None,
                            name: "记录主体".into(),
                            as_issued: None,
                            also: Vec::new(),
                        },
                        responsible_persons: persons
                            .into_iter()
                            .map(|(role, identifier)| ResponsiblePerson {
                                role,
                                scheme: Scheme::ResidentId,
                                identifier: identifier.into(),
                                country: None,
                                name: "责任人".into(),
                            })
                            .collect(),
                        decided_by: Some("某局".into()),
                        document: document.map(Into::into),
                        legal_basis: Vec::new(),
                        penalty: penalty.map(|(kind, amount_fen)| Penalty { kind, amount_fen }),
                        valid_from: from,
                        valid_until: until.map(|u| u.max(from)),
                        events,
                    }
                },
            )
    })
}

/// A case; `coverage` is how likely each list is held, in percent.
pub fn case(coverage: u32) -> impl Strategy<Value = Case> {
    let lists: Vec<String> = STATUTES.data().lists.iter().map(|l| l.code.clone().into()).collect();
    let count = lists.len();
    let records = (0_usize..10).prop_flat_map(|n| (0..n).map(record).collect::<Vec<_>>());
    let as_of = prop_oneof![date(2020), date(2021)];
    let held = vec(prop::bool::weighted(f64::from(coverage) / 100.0), count);
    let late = prop_oneof![4 => Just(0_u16), 1 => Just(10)];
    (as_of, held, records, late, prop::bool::weighted(0.1), option::of(date(2016))).prop_flat_map(
        move |(as_of, held, records, late, down, records_from)| {
            let held = lists.iter().zip(held).filter(|(_, h)| *h || coverage == 100);
            let covers: Vec<String> = held.map(|(l, _)| l.clone()).collect();
            let mut day = as_of;
            for _ in 0..late {
                day = day.yesterday().unwrap();
            }
            let down = down && coverage < 100;
            let registry = Registry {
                covers,
                as_of: if coverage == 100 { as_of } else { day },
                records_from,
                down,
                records,
            };
            application(as_of)
                .prop_map(move |application| Case { application, registry: registry.clone() })
        },
    )
}

/// Whether the edition of a catalogue decides on a day.
pub fn decides(catalogue: &Catalogue, on: Date) -> bool {
    let edition = &catalogue.data().edition;
    edition.valid_from <= on && edition.valid_until.is_none_or(|last| on <= last)
}
