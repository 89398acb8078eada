//! A catalogue's description, for hosts, writers and people.

use mustcheck_model::described::Described;
use mustcheck_model::name::Name;
use mustcheck_model::{
    Description, DueRule, EditionDays, Freshness, GroundInfo, InstrumentInfo, ListInfo, ListRules,
    MatterInfo, MeasureInfo, ObjectionInfo, PlaceInfo, RemarkInfo, RemedyInfo, Text,
};

use crate::catalogue::data::{
    CatalogueData, Edition, List, Matter, Measure, Objection, Overlay, Remedy,
};
use crate::catalogue::grounds::Grounds;
use crate::catalogue::{Catalogue, ListRule, earliest};
use crate::cited::CITED;
use crate::clause::Clause;

impl Catalogue {
    /// Description of the policy, with its indexes; made when it is first needed.
    pub fn described(&self) -> &Described {
        self.described.get_or_init(|| Described::new(self.describe()))
    }

    /// Describes the policy.
    pub fn describe(&self) -> Description {
        let CatalogueData { edition, overlay, .. } = self.data();
        let of_source = overlay
            .sources
            .iter()
            .map(|s| Freshness { source: Some(s.source.clone().into()), days: s.freshness_days });
        let freshness = Freshness { source: None, days: overlay.freshness_days };
        let lists = self.data().lists.iter().enumerate();
        let ground = |clause: &&Clause| GroundInfo { text: None, legal_basis: clause.basis() };
        let cited = CITED.iter().map(ground);
        Description {
            policy: self.policy(),
            edition_name: title(edition, &self.data().overlay),
            // The policy decides only on days on which edition and overlay both do.
            valid_from: (overlay.valid_from)
                .map_or(edition.valid_from, |own| own.max(edition.valid_from)),
            valid_until: earliest(edition.valid_until, overlay.valid_until),
            lists: lists.map(|(position, list)| self.list_info(position, list)).collect(),
            acts: self.data().acts.iter().map(|a| a.code.clone().into()).collect(),
            matters: self.data().matters.iter().map(matter_info).collect(),
            measures: self.data().measures.iter().map(|m| self.measure_info(m)).collect(),
            freshness: std::iter::once(freshness).chain(of_source).collect(),
            edition: EditionDays {
                valid_from: edition.valid_from,
                valid_until: edition.valid_until,
            },
            place: self.place_info(),
            instruments: self.instrument_infos(),
            grounds: cited.chain(Grounds::of(self.data()).1).collect(),
            remedies: edition.remedies.iter().chain(&overlay.remedies).map(remedy_info).collect(),
            calendar: self.data().calendar.clone(),
        }
    }

    fn instrument_infos(&self) -> Vec<InstrumentInfo> {
        let instruments = self.data().instruments.iter();
        let info = instruments.map(|instrument| InstrumentInfo {
            id: instrument.id.clone().into(),
            title: instrument.title.clone(),
            number: instrument.number.clone().map(Into::into),
        });
        info.collect()
    }

    fn list_info(&self, position: usize, list: &List) -> ListInfo {
        let rules = list.rules.iter().enumerate().map(|(at, regime)| ListRules {
            removal: Some(self.grounds.rule(position, at, ListRule::Removal)),
            ..regime.rules()
        });
        ListInfo {
            code: list.code.clone().into(),
            parts: Name::owned(&list.parts),
            name: list.name.clone(),
            initiator: list.initiator.clone(),
            polarity: list.polarity,
            standing: list.standing,
            acts: Name::owned(&list.acts),
            rules: rules.collect(),
        }
    }

    fn measure_info(&self, measure: &Measure) -> MeasureInfo {
        MeasureInfo {
            id: measure.id.clone().into(),
            effect: measure.effect,
            force: measure.force,
            kind: measure.kind,
            adopted: self.adopted(measure),
            matters: Name::owned(&measure.matters),
            roles: measure.roles.clone(),
            lists: Name::owned(&measure.lists),
            valid_from: measure.valid_from,
            valid_until: measure.valid_until,
            longest_term: measure.longest_term,
            fixed_term: measure.fixed_term,
            shortest_term: measure.shortest_term,
            lifelong: measure.lifelong,
            implementer: measure.implementer.clone(),
            text: measure.text.clone(),
            legal_basis: measure.legal_basis.clone(),
        }
    }

    fn place_info(&self) -> PlaceInfo {
        let overlay = &self.data().overlay;
        let remarks = overlay.remarks.iter().map(|remark| RemarkInfo {
            when: remark.when,
            text: remark.text.clone(),
            legal_basis: remark.legal_basis.clone(),
        });
        PlaceInfo {
            id: overlay.id.clone().into(),
            name: overlay.name.clone(),
            regions: Name::owned(&overlay.regions),
            valid_from: overlay.valid_from,
            valid_until: overlay.valid_until,
            objection: overlay.objection.as_ref().map(objection_info),
            remarks: remarks.collect(),
        }
    }
}

fn matter_info(matter: &Matter) -> MatterInfo {
    let due = matter.due.iter().map(|d| DueRule {
        roles: d.roles.clone(),
        required: d.required,
        lists: Name::owned(&d.lists),
        legal_basis: d.legal_basis.clone(),
    });
    MatterInfo {
        code: matter.code.clone().into(),
        domain: matter.domain,
        name: matter.name.clone(),
        due: due.collect(),
    }
}

fn objection_info(objection: &Objection) -> ObjectionInfo {
    ObjectionInfo {
        annotated: objection.annotated,
        annotate_within: objection.annotate_within,
        decide_within: objection.decide_within,
        decide_at_most: objection.decide_at_most,
        legal_basis: objection.legal_basis.clone(),
    }
}

fn remedy_info(remedy: &Remedy) -> RemedyInfo {
    RemedyInfo {
        persons_only: remedy.persons_only,
        matters: Name::owned(&remedy.matters),
        domains: remedy.domains.clone(),
        lists: Name::owned(&remedy.lists),
        refusals_only: remedy.refusals_only,
        valid_from: remedy.valid_from,
        valid_until: remedy.valid_until,
        text: remedy.text.clone(),
        legal_basis: remedy.legal_basis.clone(),
    }
}

/// Makes the name of an edition, as papers show it: its title, its place and the version of its
/// data. An overlay that holds everywhere is no place.
fn title(edition: &Edition, overlay: &Overlay) -> Text {
    let (name, version) = (&edition.name, &edition.version);
    if overlay.regions.is_empty() {
        return Text::new(
            format!("{}第{version}版", name.zh),
            format!("{}, version {version}", name.en),
        );
    }
    let place = &overlay.name;
    Text::new(
        format!("{}（{}）第{version}版", name.zh, place.zh),
        format!("{} ({}), version {version}", name.en, place.en),
    )
}
