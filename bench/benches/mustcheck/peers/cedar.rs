//! cedar-policy: one permit per measure, its fields as annotations, and one forbid that says which
//! records are not in force.
//!
//! A Cedar response is allow or deny with the ids of the policies that decided, so there is one
//! request per record, and the host makes the answer from the policies' annotations. The host also
//! picks the policies of the matter and the act: asked with all of them, Cedar tries each, and
//! takes milliseconds.

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Context, Decision as Verdict, Entities, EntityId, EntityTypeName, EntityUid,
    Policy, PolicyId, PolicySet, Request, Response, RestrictedExpression,
};

use super::Engine;
use super::workload::{Flagged, FlaggedRecord, Flat, Hit, Reply};

const NOT_IN_FORCE: &str = r#"
forbid(principal, action == Action::"applyMeasure", resource) when {
    (context has ends_on && context.ends_on < context.as_of)
        || context.objection_open || context.repaired
};"#;

/// Cedar with the catalogue loaded.
pub struct Cedar {
    act: EntityTypeName,
    matter: EntityTypeName,
    action: EntityUid,
    entities: Entities,
    authorizer: Authorizer,
    /// Annotations of the policies, read once: Cedar parses an annotation's key at each call.
    measures: HashMap<PolicyId, Flat>,
    /// Policies by matter, then act.
    slices: HashMap<String, HashMap<String, PolicySet>>,
}

impl Cedar {
    /// Parses a policy for each measure.
    pub fn new(measures: &[Flat]) -> Self {
        let parse = |id: &str, source: &str| {
            Policy::parse(Some(PolicyId::new(id)), source).unwrap_or_else(|e| panic!("{e:?}"))
        };
        let guard = || {
            let mut set = PolicySet::new();
            set.add(parse("not-in-force", NOT_IN_FORCE)).unwrap();
            set
        };
        let mut slices: HashMap<String, HashMap<String, PolicySet>> = HashMap::new();
        for flat in measures {
            let source = format!(
                "@effect({:?}) @force({:?}) @basis({:?}) permit(principal == Act::{:?}, \
                 action == Action::\"applyMeasure\", resource == Matter::{:?});",
                flat.effect, flat.force, flat.basis, flat.act, flat.matter
            );
            let acts = slices.entry(flat.matter.clone()).or_default();
            let slice = acts.entry(flat.act.clone()).or_insert_with(guard);
            slice.add(parse(&flat.measure, &source)).unwrap();
        }
        Self {
            act: "Act".parse().unwrap(),
            matter: "Matter".parse().unwrap(),
            action: "Action::\"applyMeasure\"".parse().unwrap(),
            entities: Entities::empty(),
            authorizer: Authorizer::new(),
            measures: measures.iter().map(|m| (PolicyId::new(&m.measure), m.clone())).collect(),
            slices,
        }
    }

    fn request(&self, flagged: &Flagged<'_>, record: &FlaggedRecord<'_>) -> Request {
        let mut pairs = vec![
            ("as_of".to_owned(), day(&flagged.as_of)),
            ("objection_open".to_owned(), RestrictedExpression::new_bool(record.objection_open)),
            ("repaired".to_owned(), RestrictedExpression::new_bool(record.repaired)),
        ];
        pairs.extend(record.ends_on.as_ref().map(|end| ("ends_on".to_owned(), day(end))));
        let context = Context::from_pairs(pairs).unwrap();
        let named = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        let (act, matter) = (named(&self.act, &record.act), named(&self.matter, &flagged.matter));
        Request::new(act, self.action.clone(), matter, context, None).unwrap()
    }

    fn collect<'a>(&'a self, response: &Response, record: &'a str, hits: &mut Vec<Hit<'a>>) {
        assert!(response.diagnostics().errors().next().is_none(), "a policy failed");
        if response.decision() == Verdict::Deny {
            return;
        }
        for policy in response.diagnostics().reason() {
            let flat = &self.measures[policy];
            hits.push(Hit {
                measure: &flat.measure,
                record,
                effect: &flat.effect,
                force: &flat.force,
                basis: &flat.basis,
            });
        }
    }
}

/// A day as the number that its digits make: cheaper for Cedar than its own type for time.
fn day(iso: &str) -> RestrictedExpression {
    let digits = iso.bytes().filter(u8::is_ascii_digit);
    RestrictedExpression::new_long(digits.fold(0, |n, b| n * 10 + i64::from(b - b'0')))
}

impl Engine for Cedar {
    fn id(&self) -> &'static str {
        "cedar-slice"
    }

    fn title(&self) -> &'static str {
        "cedar-policy 4.14.1, host picks the slice"
    }

    fn decide(&mut self, json: &str) -> String {
        let flagged: Flagged<'_> = serde_json::from_str(json).unwrap();
        let mut hits = Vec::new();
        let acts = self.slices.get(&*flagged.matter);
        for record in flagged.subjects.iter().flat_map(|s| &s.records) {
            let Some(slice) = acts.and_then(|acts| acts.get(&*record.act)) else { continue };
            let request = self.request(&flagged, record);
            let response = self.authorizer.is_authorized(&request, slice, &self.entities);
            self.collect(&response, &record.id, &mut hits);
        }
        serde_json::to_string(&Reply::of(hits)).unwrap()
    }
}
