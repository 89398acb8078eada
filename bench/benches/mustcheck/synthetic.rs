//! A synthetic catalogue of any size, and the applications and answers for it.
//!
//! One statutory restriction list; each measure names one act and one matter. The texts are
//! invented and as long as real ones: a clause of about sixty Chinese characters.

use mustcheck::Date;
use mustcheck::model::{
    Answer, AnswerStatus, Application, CreditRecord, Domain, Effect, Event, EventKind, Force,
    InstrumentKind, LegalBasis, ListStanding, MeasureKind, Office, Polarity, RecordSubject, Role,
    Scheme, SourceState, Subject, SubjectKind, Text,
};
use mustcheck::{Policy, Timestamp};
use mustcheck_rules::catalogue::data::{
    Act, CatalogueData, Due, Edition, Instrument, List, Matter, Measure, Overlay, Rank, Remedy,
};

use crate::identifiers::uscc;

/// The list that every record is on.
pub const LIST: &str = "serious-breaches";
/// The source that answers.
pub const SOURCE: &str = "synthetic-source";

/// The day of every synthetic application.
pub const AS_OF: Date = Date { year: 2025, month: 6, day: 30 };

/// Place of a measure: its matter, its act, and whether it is mandatory.
#[derive(Clone, Copy)]
pub struct Place {
    /// Position of the matter.
    pub matter: usize,
    /// Position of the act.
    pub act: usize,
    /// Whether it is mandatory; otherwise it is a recommendation that the place adopts.
    pub mandatory: bool,
}

/// The code of a matter.
pub fn matter(position: usize) -> String {
    format!("licensing/matter-{position}")
}

/// The code of an act.
pub fn act(position: usize) -> String {
    format!("conduct/act-{position}")
}

/// A catalogue with one measure at each place.
pub fn catalogue(places: &[Place]) -> CatalogueData {
    let matters = places.iter().map(|p| p.matter).max().map_or(0, |last| last + 1);
    let acts = places.iter().map(|p| p.act).max().map_or(0, |last| last + 1);
    let measures: Vec<Measure> = places.iter().enumerate().map(|(i, p)| measure(i, p)).collect();
    let recommended = measures.iter().filter(|m| m.force == Force::Recommended);
    let adopts = recommended.map(|m| m.id.clone()).collect();
    CatalogueData {
        edition: edition(),
        overlay: Overlay {
            id: "all".into(),
            name: text("全部采用", "All adopted"),
            adopts,
            freshness_days: 7,
            ..Overlay::default()
        },
        instruments: (0..INSTRUMENTS).map(instrument).collect(),
        lists: vec![List {
            code: LIST.into(),
            parts: Vec::new(),
            name: text("严重失信主体名单", "List of serious breaches"),
            polarity: Polarity::Restriction,
            standing: ListStanding::Statutory,
            initiator: text("主管部门", "Competent department"),
            acts: Vec::new(),
            persons: Vec::new(),
            serious: None,
            rules: Vec::new(),
            legal_basis: vec![basis(0)],
            notes: Vec::new(),
        }],
        acts: (0..acts)
            .map(|a| Act {
                code: act(a).into(),
                name: text(&format!("第{a}类失信行为"), &format!("Breach of kind {a}")),
                legal_basis: vec![basis(a)],
            })
            .collect(),
        matters: (0..matters)
            .map(|m| Matter {
                code: matter(m).into(),
                domain: Domain::Licensing,
                name: text(&format!("第{m}类许可"), &format!("Licence of kind {m}")),
                traits: Vec::new(),
                due: vec![Due {
                    editions: Vec::new(),
                    roles: vec![Role::Applicant, Role::Guarantor],
                    required: false,
                    lists: vec![LIST.into()],
                    legal_basis: vec![basis(m)],
                }],
                notes: Vec::new(),
            })
            .collect(),
        measures,
        settings: Vec::new(),
        calendar: Vec::new(),
    }
}

/// The policy with this catalogue.
pub fn policy(data: &CatalogueData) -> Policy {
    // The fields are in the order of the struct; an adopted catalogue needs no other.
    let json = serde_json::to_vec(data).unwrap();
    Policy::from_catalogue(&json).expect("the synthetic catalogue is adopted")
}

const INSTRUMENTS: usize = 37;

fn edition() -> Edition {
    let founds = vec![InstrumentKind::Law, InstrumentKind::AdministrativeRegulation];
    let remedy = |text| Remedy {
        persons_only: false,
        matters: Vec::new(),
        domains: Vec::new(),
        lists: Vec::new(),
        refusals_only: false,
        valid_until: None,
        valid_from: day(2016, 1, 1),
        text,
        legal_basis: vec![basis(3)],
    };
    Edition {
        id: "synthetic".into(),
        version: "1.0.0".into(),
        name: text("合成目录", "Synthetic catalogue"),
        valid_from: day(2016, 1, 1),
        valid_until: None,
        checked_since: None,
        remark: text("仅用于测量。", "For measuring only."),
        ranks: vec![Rank { kinds: vec![MeasureKind::Limit], founded_by: founds }],
        local_ranks: Vec::new(),
        remedies: vec![
            remedy(text(
                "认为信用记录不实的，可以提出异议；核实期间，惩戒措施暂不执行。",
                "You may object that a record is untrue; while it is verified, nothing is done.",
            )),
            remedy(text(
                "对行政决定不服的，可以依法申请行政复议或者提起行政诉讼。",
                "You may apply for reconsideration or bring litigation as the law provides.",
            )),
        ],
    }
}

fn instrument(position: usize) -> Instrument {
    Instrument {
        id: format!("regulation-{position}").into(),
        kind: InstrumentKind::AdministrativeRegulation,
        title: text(&format!("第{position}号条例"), &format!("Regulation {position}")),
        number: Some(format!("国务院令第{}号", 600 + position).into()),
        region: None,
        in_force_from: day(2015, 1, 1),
        in_force_until: None,
        successor: None,
        checked_on: None,
        checked_against: None,
        remark: "invented".into(),
    }
}

fn basis(i: usize) -> LegalBasis {
    LegalBasis {
        instrument: format!("regulation-{}", i % INSTRUMENTS).into(),
        article: (1 + i % 90).to_string().into(),
        paragraph: None,
        item: None,
        clause: format!(
            "被列入严重失信主体名单的单位，在名单有效期内申请第{}类事项的，有关行政机关应当依照\
             本条例的规定予以限制，并书面告知理由、依据和救济途径。",
            i % 7
        )
        .into(),
    }
}

fn measure(i: usize, place: &Place) -> Measure {
    Measure {
        id: format!("measure-{i}").into(),
        effect: Effect::Restriction,
        force: if place.mandatory { Force::Mandatory } else { Force::Recommended },
        kind: MeasureKind::Limit,
        matters: vec![matter(place.matter).into()],
        scope: None,
        roles: vec![Role::Applicant, Role::Guarantor],
        subject: None,
        lists: vec![LIST.into()],
        acts: vec![act(place.act).into()],
        unnamed_act: false,
        record_matter: None,
        penalty: None,
        longest_term: None,
        fixed_term: None,
        shortest_term: None,
        lifelong: false,
        unseats: false,
        exceptions: Vec::new(),
        implementer: None,
        or_three_clean_years: false,
        valid_from: day(2016, 1, 1),
        valid_until: None,
        text: text(
            "该主体被列入严重失信主体名单，依法限制其取得该项许可。",
            "The subject is on the list of serious breaches and the licence is limited by law.",
        ),
        legal_basis: vec![basis(i)],
        notes: Vec::new(),
    }
}

/// An application for a matter by one applicant and further guarantors, all organizations.
pub fn application(matter_position: usize, subjects: usize) -> Application {
    Application {
        id: "BENCH-2025-1".into(),
        matter: matter(matter_position),
        as_of: AS_OF,
        office: Office::new("上海市市场监督管理局", "310000"),
        subjects: (0..subjects)
            .map(|i| Subject {
                role: if i == 0 { Role::Applicant } else { Role::Guarantor },
                kind: SubjectKind::Organization,
                scheme: Scheme::Uscc,
                identifier: uscc(u64::try_from(i).unwrap()),
                country: None,
                name: format!("上海第{i}实业有限公司"),
                as_issued: None,
                also: Vec::new(),
                of: None,
            })
            .collect(),
        consortium: false,
        materials: Vec::new(),
        commitment: None,
    }
}

/// Content of a record on the list, without the subject that it names.
#[derive(Clone, Copy)]
pub struct Fact {
    /// Position of the act.
    pub act: usize,
    /// Its last day, if it has one.
    pub until: Option<Date>,
    /// Event since, on 1 March 2025, if there is one.
    pub event: Option<EventKind>,
}

/// The only source's answer about the subject at a position.
pub fn answer(application: &Application, position: usize, facts: &[Fact]) -> Answer {
    let subject = &application.subjects[position];
    let record = |(r, fact): (usize, &Fact)| CreditRecord {
        id: record_id(position, r),
        list: LIST.into(),
        source: SOURCE.into(),
        act: Some(act(fact.act)),
        matter: None,
        subject: RecordSubject {
            kind: subject.kind,
            scheme: subject.scheme,
            identifier: subject.identifier.clone(),
            country: None,
            name: subject.name.clone(),
            as_issued: None,
            also: Vec::new(),
        },
        responsible_persons: Vec::new(),
        decided_by: Some("上海市市场监督管理局".into()),
        document: Some(format!("沪市监列〔2023〕{r}号")),
        legal_basis: Vec::new(),
        penalty: None,
        valid_from: day(2023, 5, 1),
        valid_until: fact.until,
        events: fact
            .event
            .map(|kind| Event { kind, on: day(2025, 3, 1), document: None })
            .into_iter()
            .collect(),
    };
    Answer {
        query: u32::try_from(position).unwrap(),
        list: LIST.into(),
        status: AnswerStatus::Answered,
        source: Some(SourceState {
            id: SOURCE.into(),
            name: String::new(),
            as_of: Timestamp { date: day(2025, 6, 29), hour: 20, minute: 0, second: 0 },
            records_from: Some(day(2016, 1, 1)),
        }),
        reason: None,
        records: facts.iter().enumerate().map(record).collect(),
    }
}

/// The id of a subject's record.
pub fn record_id(subject: usize, record: usize) -> String {
    format!("SB-2023-{subject}-{record}")
}

/// A day that exists.
pub const fn day(year: u16, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

fn text(zh: &str, en: &str) -> Text {
    Text::new(zh, en)
}
