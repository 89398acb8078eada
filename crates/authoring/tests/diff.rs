//! Tests of the changes in law between catalogues: nothing is lost, nothing is made of nothing, and
//! the pages of the shipped editions and places read as they should.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "diff/mutation.rs"]
mod mutation;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mustcheck_authoring::diff::{
    Aspect, Bearing, ChangeKind, ChangedItem, Changes, FoldersError, diff, folders,
};
use mustcheck_authoring::{self as authoring, combinations::combinations};
use mustcheck_rules::catalogue::data::{CatalogueData, PersonsRule};
use mutation::{Leaf, leaves, parsed, slim};
use proptest::prelude::*;
use serde_json::Value;

const PLACES: [&str; 5] = ["henan", "shandong", "shanghai", "shenzhen", "zhejiang"];

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

fn compiled(edition: &str, overlay: &str) -> CatalogueData {
    authoring::compile(&catalogue(), edition, overlay).unwrap().data
}

/// Compares a text with `tests/diff/<name>`, or writes that file.
fn golden(name: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff").join(name);
    if std::env::var_os("MUSTCHECK_BLESS").is_some() {
        fs::write(&file, found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected == found,
        "{} differs; set MUSTCHECK_BLESS=1 to write what was found, and read it",
        file.display()
    );
}

fn golden_pages(name: &str, changes: &Changes) {
    let page = changes.page();
    golden(&format!("{name}.zh.txt"), &page.zh);
    golden(&format!("{name}.en.txt"), &page.en);
}

#[test]
fn from_the_opinions_to_the_statutes() {
    let changes = diff(&compiled("guofa-2016-33", "default"), &compiled("statutes", "default"));
    golden_pages("guofa-2016-33-to-statutes", &changes);
}

#[test]
fn from_the_default_to_each_place() {
    let default = compiled("statutes", "default");
    for place in PLACES {
        let changes = diff(&default, &compiled("statutes", place));
        golden_pages(&format!("default-to-{place}"), &changes);
    }
}

/// Compares a catalogue with itself: one sentence, and nothing else.
#[test]
fn no_change_in_law() {
    for (edition, overlay) in combinations(&catalogue()).unwrap() {
        let data = compiled(&edition, &overlay);
        let changes = diff(&data, &data);
        assert!(changes.is_empty());
        let page = changes.page();
        assert_eq!(&*page.zh, "适用的规定没有变动。\n");
        assert_eq!(&*page.en, "No change in law.\n");
    }
}

/// Checks the JSON that programs read.
#[test]
fn the_json_names_what_changed() {
    let old = compiled("statutes", "default");
    let mut new = old.clone();
    let ban = new.measures.iter_mut().find(|m| m.id == "procurement-law-77-ban").unwrap();
    ban.longest_term = None;
    let json = serde_json::to_value(diff(&old, &new)).unwrap();
    let change = &json["changes"][0];
    assert_eq!(json["changes"].as_array().unwrap().len(), 1);
    for (key, value) in [
        ("kind", "lengthened"),
        ("item", "measure"),
        ("code", "procurement-law-77-ban"),
        ("aspect", "longest-term"),
        ("bearing", "burden"),
        ("from", "2021-01-01"),
    ] {
        assert_eq!(change[key], value, "{key}");
    }
    assert_eq!(change["old"], serde_json::json!({ "longest_term": { "months": 0, "years": 3 } }));
    assert!(change.get("new").is_none());
    assert_eq!(change["text"]["zh"], "期限：由“最长3年”改为“未设上限”。");
    assert_eq!(change["text"]["en"], "Term: “at most 3 years” before, “no ceiling” now.");
    assert_eq!(
        change["cited"]["zh"],
        "《中华人民共和国政府采购法》第七十七条第一款；\
         《中华人民共和国政府采购法实施条例》第七十二条第一款"
    );
    assert_eq!(json["old"]["first_day"], "2021-01-01");
}

/// A catalogue small enough that each of its leaves can be changed in turn, and which still has
/// every field that the shipped ones have.
static SLIM: LazyLock<Value> = LazyLock::new(|| {
    let all = combinations(&catalogue()).unwrap();
    slim(all.iter().map(|(edition, overlay)| compiled(edition, overlay)))
});

/// Key that tells one change from another, as it reads forwards or backwards.
type Shape = (ChangeKind, ChangedItem, Aspect, Bearing);

fn shapes(changes: &Changes, reversed: bool) -> Vec<Shape> {
    let shape = |kind, bearing: Bearing| {
        if reversed { (mirrored(kind), bearing.reversed()) } else { (kind, bearing) }
    };
    let mut all: Vec<Shape> = (changes.changes.iter())
        .map(|c| (shape(c.kind, c.bearing), c.item, c.aspect))
        .map(|((kind, bearing), item, aspect)| (kind, item, aspect, bearing))
        .collect();
    all.sort();
    all
}

fn mirrored(kind: ChangeKind) -> ChangeKind {
    match kind {
        ChangeKind::Added => ChangeKind::Ended,
        ChangeKind::Ended => ChangeKind::Added,
        ChangeKind::Widened => ChangeKind::Narrowed,
        ChangeKind::Narrowed => ChangeKind::Widened,
        ChangeKind::Lengthened => ChangeKind::Shortened,
        ChangeKind::Shortened => ChangeKind::Lengthened,
        other => other,
    }
}

/// Nothing is lost: each leaf that is changed or left out gives a change, and the way back is the
/// mirror of the way there.
#[test]
fn every_changed_leaf_is_told() {
    let old = parsed(&SLIM).unwrap();
    let (mut told, mut words) = (0, 0);
    for leaf in leaves(&SLIM) {
        for new in leaf.mutants(&SLIM) {
            let (there, back) = (diff(&old, &new), diff(&new, &old));
            assert_eq!(there.is_empty(), old == new, "{}", leaf.path);
            assert_eq!(shapes(&there, false), shapes(&back, true), "{}", leaf.path);
            if old == new {
                continue;
            }
            told += 1;
            let only_words = there.changes.iter().all(|c| c.kind == ChangeKind::Wording);
            assert!(only_words || !leaf.comments(), "{} only comments", leaf.path);
            words += usize::from(only_words);
            assert!(!there.page().zh.is_empty());
        }
    }
    assert!(told > 1_000, "{told} mutants");
    // Most of a catalogue is law.
    assert!(words * 2 < told, "{words} of {told} are told as words");
}

/// Checks that a change of law is not reported as a change of words.
#[test]
fn law_is_not_told_as_words() {
    let old = parsed(&SLIM).unwrap();
    for leaf in leaves(&SLIM) {
        let general = leaf.general();
        let law = [
            "measures/*/effect",
            "measures/*/force",
            "measures/*/kind",
            "measures/*/matters/*",
            "measures/*/roles/*",
            "measures/*/lists/*",
            "measures/*/acts/*",
            "measures/*/record_matter",
            "measures/*/longest_term/years",
            "measures/*/valid_from",
            "measures/*/scope",
            "measures/*/legal_basis/*/clause",
            "matters/*/due/*/lists/*",
            "matters/*/due/*/roles/*",
            "lists/*/polarity",
            "lists/*/standing",
            "lists/*/persons/*/roles/*",
            "lists/*/persons/*/matters/*",
            "settings/*/amount_fen",
            "overlay/freshness_days",
            "overlay/disclosures/*/years",
            "edition/valid_from",
            "overlay/objection/decide_within",
            "overlay/closings/*/when",
            "edition/ranks/*/kinds/*",
            "instruments/*/in_force_from",
            "calendar/*/holidays/*",
        ];
        if !law.contains(&general.as_str()) {
            continue;
        }
        for new in leaf.mutants(&SLIM).into_iter().filter(|new| *new != old) {
            let changes = diff(&old, &new).changes;
            assert!(changes.iter().any(|c| c.kind != ChangeKind::Wording), "{}", leaf.path);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Checks that the changes mirror each other, however many there are at once.
    #[test]
    fn there_and_back_are_mirrors(picks in proptest::collection::vec(any::<(u32, u32)>(), 1..12)) {
        let all = leaves(&SLIM);
        let mut value = SLIM.clone();
        for (which, how) in picks {
            let leaf: &Leaf = &all[which as usize % all.len()];
            if let Some(changed) = leaf.mutate(&value, how as usize) {
                value = changed;
            }
        }
        let (old, new) = (parsed(&SLIM).unwrap(), parsed(&value).unwrap());
        let (there, back) = (diff(&old, &new), diff(&new, &old));
        prop_assert_eq!(there.is_empty(), old == new);
        prop_assert_eq!(shapes(&there, false), shapes(&back, true));
        prop_assert!(diff(&new, &new).is_empty());
    }
}

/// One rule on persons that is split by acts reaches as many as before, unless one is left out.
#[test]
fn rules_on_persons_are_compared_by_whom_they_reach() {
    let old = compiled("statutes", "default");
    let barred =
        |data: &CatalogueData| data.lists.iter().position(|l| l.code == "licensing-barred");
    let at = barred(&old).unwrap();
    let several = |rule: &PersonsRule| rule.acts.len() > 1 && rule.roles.len() > 1;
    let which = old.lists[at].persons.iter().position(several).unwrap();
    let rule = old.lists[at].persons[which].clone();
    let (one, other) = rule.acts.split_at(1);
    let halves = [one, other].map(|acts| PersonsRule { acts: acts.to_vec(), ..rule.clone() });
    let mut split = old.clone();
    split.lists[at].persons.splice(which..=which, halves);
    let changes = diff(&old, &split).changes;
    // The same articles are cited once for each group.
    assert!(
        changes.iter().all(|c| matches!(c.kind, ChangeKind::Basis | ChangeKind::Wording)),
        "{changes:?}"
    );

    let mut fewer = split.clone();
    fewer.lists[at].persons[which].roles.truncate(1);
    let changes = diff(&split, &fewer).changes;
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((change.kind, change.aspect), (ChangeKind::Narrowed, Aspect::Persons));
    assert_eq!(change.bearing, Bearing::Favour);
    assert_eq!(diff(&fewer, &split).changes[0].bearing, Bearing::Burden);
}

/// The order in which a catalogue is written down is no law.
#[test]
fn another_order_is_told_as_writing() {
    let old = compiled("statutes", "shenzhen");
    let mut new = old.clone();
    new.measures.reverse();
    new.matters.reverse();
    let changes = diff(&old, &new).changes;
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].kind, changes[0].aspect), (ChangeKind::Wording, Aspect::Writing));
}

#[test]
fn two_folders_are_compared_edition_by_edition() {
    let changes = folders(&catalogue(), &catalogue()).unwrap();
    assert!(changes.is_empty());
    assert_eq!(changes.compared.len(), combinations(&catalogue()).unwrap().len());

    let folder = tempfile::tempdir().unwrap();
    copy(&catalogue(), folder.path());
    fs::remove_file(folder.path().join("overlays/henan.toml")).unwrap();
    let settings = folder.path().join("settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("200000000", "300000000")).unwrap();
    let changes = folders(&catalogue(), folder.path()).unwrap();
    assert!(changes.added.is_empty());
    let ended: Vec<_> = changes.ended.iter().map(|s| (&*s.edition, &*s.overlay)).collect();
    assert_eq!(ended, [("statutes", "henan")]);
    for compared in &changes.compared {
        let [change] = compared.changes.as_slice() else { panic!("{compared:?}") };
        assert_eq!(change.kind, ChangeKind::Narrowed);
        assert_eq!(change.bearing, Bearing::Favour);
        assert_eq!(&*change.text.en, "Amount: “2000000 yuan” before, “3000000 yuan” now.");
    }

    fs::write(folder.path().join("acts.toml"), "[[act]\n").unwrap();
    let error = folders(&catalogue(), folder.path()).unwrap_err();
    let FoldersError::Findings(findings) = &error else { panic!("{error}") };
    assert!(findings[0].to_string().starts_with("acts.toml"), "{}", findings[0]);

    fs::remove_dir_all(folder.path().join("overlays")).unwrap();
    let error = folders(folder.path(), &catalogue()).unwrap_err();
    assert!(error.to_string().starts_with("`overlays` cannot be read: "), "{error}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}
