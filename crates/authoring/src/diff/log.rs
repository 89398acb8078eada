//! Log of the changes that the comparison finds.

use mustcheck_model::date::Date;
use mustcheck_model::{LegalBasis, Text};
use mustcheck_rules::catalogue::data::{CatalogueData, Instrument};
use mustcheck_writer::{PinpointEn, PinpointZh, Titled};
use serde::Serialize;
use serde_json::Value;

use crate::diff::{Aspect, Bearing, Change, ChangeKind, ChangedItem, Changes, first_day, side};

/// The two catalogues, and the changes found so far.
pub(super) struct Log<'a> {
    pub(super) old: &'a CatalogueData,
    pub(super) new: &'a CatalogueData,
    changes: Vec<Change>,
}

/// The item that a change is about.
#[derive(Clone)]
pub(super) struct Thing {
    pub(super) item: ChangedItem,
    pub(super) code: String,
    pub(super) name: Text,
    /// The first as-of date on which its changes show.
    pub(super) from: Date,
    /// Legal basis of its changes.
    pub(super) basis: Vec<LegalBasis>,
}

/// A change of a thing, before it is logged.
pub(super) struct Entry {
    kind: ChangeKind,
    aspect: Aspect,
    bearing: Bearing,
    old: Option<Value>,
    new: Option<Value>,
    text: Text,
}

impl Entry {
    pub(super) fn new(kind: ChangeKind, aspect: Aspect, bearing: Bearing, text: Text) -> Self {
        Self { kind, aspect, bearing, old: None, new: None, text }
    }

    /// Adds the old and the new value.
    pub(super) fn values(mut self, old: &impl Serialize, new: &impl Serialize) -> Self {
        (self.old, self.new) = (value(old), value(new));
        self
    }

    /// Adds the old value of something that is gone.
    pub(super) fn gone(mut self, old: &impl Serialize) -> Self {
        self.old = value(old);
        self
    }

    /// Adds the value of something new.
    pub(super) fn come(mut self, new: &impl Serialize) -> Self {
        self.new = value(new);
        self
    }
}

/// Converts a value to the JSON of the catalogue; `None` for a value that it leaves out.
fn value(of: &impl Serialize) -> Option<Value> {
    // The catalogue's shapes have text keys and integers, which no serialiser refuses.
    serde_json::to_value(of).ok().filter(|value| !value.is_null())
}

impl<'a> Log<'a> {
    pub(super) const fn new(old: &'a CatalogueData, new: &'a CatalogueData) -> Self {
        Self { old, new, changes: Vec::new() }
    }

    /// Number of changes so far, for [`Log::settle`] to compare with.
    pub(super) const fn mark(&self) -> usize {
        self.changes.len()
    }

    pub(super) fn add(&mut self, thing: &Thing, entry: Entry) {
        let Thing { item, code, name, from, basis } = thing.clone();
        let Entry { kind, aspect, bearing, old, new, text } = entry;
        let cited = self.cited(&basis);
        self.changes.push(Change {
            kind,
            item,
            code,
            name,
            aspect,
            bearing,
            from,
            legal_basis: basis,
            cited,
            old,
            new,
            text,
        });
    }

    /// Logs a change of writing for a thing that differs without any change in law, that is, with
    /// no change logged since `mark`. So nothing is lost, and nothing is made of it.
    pub(super) fn settle<T: PartialEq + Serialize>(
        &mut self,
        thing: &Thing,
        mark: usize,
        old: &T,
        new: &T,
    ) {
        if self.changes.len() == mark && old != new {
            let text = Text::new(
                "写法或者次序不同，适用不变。",
                "Written or ordered in another way; nothing else changes.",
            );
            let entry = Entry::new(ChangeKind::Wording, Aspect::Writing, Bearing::Neither, text);
            self.add(thing, entry.values(old, new));
        }
    }

    /// First as-of date that the new catalogue decides.
    pub(super) fn first_day(&self) -> Date {
        first_day(self.new)
    }

    fn instrument(&self, id: &str) -> Option<&'a Instrument> {
        let mut all = self.new.instruments.iter().chain(&self.old.instruments);
        all.find(|i| i.id == *id)
    }

    /// Cites a basis in both languages.
    pub(super) fn cite(&self, basis: &LegalBasis) -> Text {
        let instrument = self.instrument(&basis.instrument);
        let cited = instrument.map(|i| Titled { title: &i.title, number: i.number.as_deref() });
        let zh = PinpointZh(cited, basis).to_string();
        Text::new(zh, PinpointEn(cited, basis).to_string())
    }

    /// Cites bases, each place once.
    fn cited(&self, bases: &[LegalBasis]) -> Text {
        let mut places: Vec<Text> = Vec::new();
        for basis in bases {
            let place = self.cite(basis);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let zh: Vec<&str> = places.iter().map(|place| &*place.zh).collect();
        let en: Vec<&str> = places.iter().map(|place| &*place.en).collect();
        Text::new(zh.join("；"), en.join("; "))
    }

    /// Title of an instrument, or its id if neither catalogue has it.
    pub(super) fn instrument_name(&self, id: &str) -> Text {
        let title = |i: &Instrument| Text::new(format!("《{}》", i.title.zh), &*i.title.en);
        self.instrument(id).map_or_else(|| Text::new(id, id), title)
    }

    pub(super) fn matter(&self, code: &str) -> Text {
        let mut all = self.new.matters.iter().chain(&self.old.matters);
        named(code, all.find(|m| m.code == *code).map(|m| &m.name))
    }

    pub(super) fn list(&self, code: &str) -> Text {
        let mut all = self.new.lists.iter().chain(&self.old.lists);
        named(code, all.find(|l| l.code == *code).map(|l| &l.name))
    }

    pub(super) fn act(&self, code: &str) -> Text {
        let mut all = self.new.acts.iter().chain(&self.old.acts);
        named(code, all.find(|a| a.code == *code).map(|a| &a.name))
    }

    pub(super) fn finish(mut self) -> Changes {
        let (old, new) = (self.old, self.new);
        if self.changes.is_empty() && old != new {
            let thing = Thing {
                item: ChangedItem::Edition,
                code: new.edition.id.clone().into(),
                name: new.edition.name.clone(),
                from: self.first_day(),
                basis: Vec::new(),
            };
            self.settle(&thing, 0, old, new);
        }
        self.changes.sort_by(|a, b| (a.item, &a.code).cmp(&(b.item, &b.code)));
        Changes { old: side(old), new: side(new), changes: self.changes }
    }
}

/// Adds the code to a name; the code alone if the catalogue knows no name.
fn named(code: &str, name: Option<&Text>) -> Text {
    name.map_or_else(
        || Text::new(code, code),
        |name| Text::new(format!("{}（{code}）", name.zh), format!("{} ({code})", name.en)),
    )
}
