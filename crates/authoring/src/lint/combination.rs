//! An edition with an overlay: the items that the two take, found by code.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::CalendarYear;
use mustcheck_model::date::Date;
use mustcheck_model::name::Name;
use mustcheck_rules::catalogue::data::{
    Act, CatalogueData, Due, Edition, Instrument, List, Matter, Measure, Overlay, PersonsRule,
    Setting,
};

use crate::folder::{Folder, FolderPart, ItemKind, SHARED};
use crate::shape::Item;

/// Name of a file without its folder and ending.
pub(crate) fn stem<T>(item: &Item<T>) -> &str {
    let name = item.file().rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Whether an item is in the own folder of a place.
pub(crate) fn is_local<T>(item: &Item<T>) -> bool {
    item.file().starts_with("overlays/")
}

/// Whether a rule that names editions holds in one of them; one that names none holds in all.
pub(crate) fn here(editions: &[Name], edition: &str) -> bool {
    editions.is_empty() || editions.iter().any(|e| e == edition)
}

/// A type of item that has a code.
pub(crate) trait Coded {
    const KIND: ItemKind;
    /// Name of the type, in Chinese and English.
    const NAMES: (&'static str, &'static str);

    fn code(&self) -> &Name;
    fn of(part: &FolderPart) -> &[Item<Self>]
    where
        Self: Sized;
}

macro_rules! coded {
    ($($type:ident $field:ident $code:ident $zh:literal $en:literal;)+) => {
        $(
            impl Coded for $type {
                const KIND: ItemKind = ItemKind::$type;
                const NAMES: (&'static str, &'static str) = ($zh, $en);

                fn code(&self) -> &Name {
                    &self.$code
                }

                fn of(part: &FolderPart) -> &[Item<Self>] {
                    &part.$field
                }
            }
        )+
    };
}

coded! {
    Instrument instruments id "法规" "instrument";
    Act acts code "行为" "act";
    Setting settings id "设定" "setting";
    List lists code "名单" "list";
    Matter matters code "事项" "matter";
    Measure measures id "措施" "measure";
}

/// The items of a kind, in the order of files, and by code.
pub(crate) struct Table<'a, T> {
    items: Vec<&'a Item<T>>,
    by_code: BTreeMap<&'a str, &'a Item<T>>,
    broken: BTreeSet<&'a str>,
    folder: &'a Folder,
}

impl<'a, T: Coded> Table<'a, T> {
    fn new(parts: &[&'a FolderPart], folder: &'a Folder) -> Self {
        let items: Vec<&Item<T>> = parts.iter().flat_map(|part| T::of(part)).collect();
        let mut by_code: BTreeMap<&str, &Item<T>> = BTreeMap::new();
        for item in &items {
            by_code.entry(item.value.code()).or_insert(item);
        }
        let broken = parts.iter().flat_map(|part| &part.broken);
        let broken = broken.filter(|(kind, _)| *kind == T::KIND).map(|(_, code)| code.as_str());
        Self { items, by_code, broken: broken.collect(), folder }
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &'a Item<T>> + use<'_, 'a, T> {
        self.items.iter().copied()
    }

    /// Returns the first item of a code.
    pub(crate) fn get(&self, code: &str) -> Option<&'a T> {
        self.item(code).map(|item| &item.value)
    }

    pub(crate) fn item(&self, code: &str) -> Option<&'a Item<T>> {
        self.by_code.get(code).copied()
    }

    /// Whether there is, or may be, an item of this code: one with a fault of its own, or one in a
    /// file with a fault or that could not be read.
    pub(crate) fn knows(&self, code: &str) -> bool {
        self.by_code.contains_key(code) || self.broken.contains(code) || self.folder.may_hold(code)
    }

    /// The codes.
    pub(crate) fn codes(&self) -> Vec<&'a str> {
        self.by_code.keys().copied().collect()
    }
}

/// One edition with one overlay.
pub(crate) struct Combination<'a> {
    pub(crate) edition: &'a Item<Edition>,
    pub(crate) overlay: &'a Item<Overlay>,
    pub(crate) instruments: Table<'a, Instrument>,
    pub(crate) acts: Table<'a, Act>,
    pub(crate) lists: Table<'a, List>,
    pub(crate) matters: Table<'a, Matter>,
    pub(crate) measures: Table<'a, Measure>,
    pub(crate) settings: Table<'a, Setting>,
    /// Items that the place adds in its own folder.
    pub(crate) local: Option<&'a FolderPart>,
    /// Every edition of the folder, by id.
    pub(crate) editions: &'a BTreeSet<String>,
    calendar: Vec<&'a Item<CalendarYear>>,
}

impl<'a> Combination<'a> {
    pub(crate) fn new(
        folder: &'a Folder,
        edition: &'a Item<Edition>,
        overlay: &'a Item<Overlay>,
    ) -> Self {
        let own = format!("measures/{}", stem(edition));
        let local = format!("overlays/{}", stem(overlay));
        let local = folder.get(&local);
        let mut parts: Vec<&FolderPart> =
            SHARED.iter().filter_map(|part| folder.get(part)).collect();
        parts.extend(folder.get(&own));
        parts.extend(local);
        Self {
            edition,
            overlay,
            instruments: Table::new(&parts, folder),
            acts: Table::new(&parts, folder),
            lists: Table::new(&parts, folder),
            matters: Table::new(&parts, folder),
            measures: Table::new(&parts, folder),
            settings: Table::new(&parts, folder),
            local,
            editions: &folder.known_editions,
            calendar: parts.iter().flat_map(|part| &part.calendar).collect(),
        }
    }

    /// Id of the edition: the name of its file, which the `id` in the file must repeat.
    pub(crate) fn id(&self) -> &'a str {
        stem(self.edition)
    }

    /// Returns the list's rules on persons that hold in this edition, with their positions.
    pub(crate) fn persons<'l>(
        &self,
        list: &'l List,
    ) -> impl Iterator<Item = (usize, &'l PersonsRule)> + use<'l, 'a> {
        let id = self.id();
        list.persons.iter().enumerate().filter(move |(_, rule)| here(&rule.editions, id))
    }

    /// Returns the due lookups of a matter that hold in this edition, with their positions.
    pub(crate) fn due<'m>(
        &self,
        matter: &'m Matter,
    ) -> impl Iterator<Item = (usize, &'m Due)> + use<'m, 'a> {
        let id = self.id();
        matter.due.iter().enumerate().filter(move |(_, due)| here(&due.editions, id))
    }

    /// The years of the calendar.
    pub(crate) fn calendar(&self) -> &[&'a Item<CalendarYear>] {
        &self.calendar
    }

    /// First day on which edition and overlay both decide.
    pub(crate) fn first_day(&self) -> Date {
        let edition = self.edition.value.valid_from;
        self.overlay.value.valid_from.map_or(edition, |own| own.max(edition))
    }

    /// Builds the data that the guest adopts.
    pub(crate) fn data(&self) -> CatalogueData {
        let id = self.id();
        let mut data = CatalogueData {
            edition: self.edition.value.clone(),
            overlay: self.overlay.value.clone(),
            instruments: values(&self.instruments.items),
            lists: values(&self.lists.items),
            acts: values(&self.acts.items),
            matters: values(&self.matters.items),
            measures: values(&self.measures.items),
            settings: values(&self.settings.items),
            calendar: values(&self.calendar),
        };
        data.lists.iter_mut().for_each(|l| l.persons.retain(|rule| here(&rule.editions, id)));
        data.matters.iter_mut().for_each(|m| m.due.retain(|due| here(&due.editions, id)));
        data
    }
}

fn values<T: Clone>(items: &[&Item<T>]) -> Vec<T> {
    items.iter().map(|item| item.value.clone()).collect()
}
