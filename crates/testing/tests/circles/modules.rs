//! Reader of a crate's source files: its modules, and which file takes a name from which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::slice;

use syn::{Item, ItemUse, Visibility};

use crate::mentions::{Mentions, is_test, leaves};

/// Arrows: a file, the file that it takes names from, and the names.
pub type Arrows = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// Path of a module from the root of its crate; that of the root is empty.
type ModulePath = Vec<String>;

/// A name, and the file that it is written in.
type Written = (PathBuf, String);

/// Most steps from a name to where it is written; what goes in a circle is written nowhere.
const MOST_STEPS: usize = 16;

/// A module: the file that it is in, and what is written there.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Names of the modules declared in it.
    children: BTreeSet<String>,
    /// Names of the items written in it, modules aside.
    items: BTreeSet<String>,
    /// Names that a `use` brings, with the path of each as written.
    brought: BTreeMap<String, Vec<String>>,
    /// Paths of the modules of which a `use` brings everything.
    everything: Vec<Vec<String>>,
    /// Paths that its own code mentions, as written.
    mentions: BTreeSet<Vec<String>>,
}

/// A crate by its modules.
#[derive(Default)]
pub struct Crate(BTreeMap<ModulePath, Module>);

impl Crate {
    /// Reads a crate from its root file.
    pub fn read(root: &Path) -> Self {
        let mut all = Self::default();
        all.read_file(root, root.parent().unwrap(), Vec::new());
        all
    }

    /// Reads a file; `folder` holds the files of the modules that it declares.
    fn read_file(&mut self, path: &Path, folder: &Path, module: ModulePath) {
        let text = fs::read_to_string(path).unwrap();
        let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        self.read_items(path, folder, module, &file.items);
    }

    fn read_items(&mut self, path: &Path, folder: &Path, module: ModulePath, items: &[Item]) {
        let mut here = Module { file: path.to_owned(), ..Module::default() };
        for item in items {
            match item {
                Item::Mod(child) => {
                    // Of two that a feature chooses between, the one in its usual place is read.
                    let elsewhere = child.attrs.iter().any(|a| a.path().is_ident("path"));
                    if elsewhere || is_test(&child.attrs) {
                        continue;
                    }
                    let name = child.ident.to_string();
                    let below = [&module[..], slice::from_ref(&name)].concat();
                    let folder = folder.join(&name);
                    here.children.insert(name);
                    match &child.content {
                        Some((_, items)) => self.read_items(path, &folder, below, items),
                        None => self.read_file(&folder.with_extension("rs"), &folder, below),
                    }
                }
                Item::Use(brings) => here.bring(brings),
                item => {
                    if let Some(name) = here.write(item) {
                        // Whatever is exported so is a name of the root.
                        let root = self.0.entry(ModulePath::new()).or_default();
                        let path =
                            [&["crate".to_owned()], &module[..], slice::from_ref(&name)].concat();
                        root.brought.insert(name, path);
                    }
                }
            }
        }
        if let Some(root) = self.0.remove(&module) {
            here.brought.extend(root.brought);
        }
        self.0.insert(module, here);
    }

    /// Returns who takes names from whom.
    pub fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, here) in &self.0 {
            let from = arrows.entry(here.file.clone()).or_default();
            for path in &here.mentions {
                match self.meant(module, path, 0) {
                    Some((file, name)) if file != here.file => {
                        from.entry(file).or_default().insert(name);
                    }
                    _ => {}
                }
            }
        }
        arrows
    }

    /// Returns where that is written which a module mentions; `None` for what is of another crate,
    /// of the language, or a module and nothing in it.
    fn meant(&self, module: &[String], path: &[String], steps: usize) -> Option<Written> {
        let here = self.0.get(module)?;
        let first = path.first()?;
        if steps > MOST_STEPS {
            None
        } else if let Some(whole) = absolute(module, path) {
            self.find(&whole, true, steps)
        } else if path.len() == 1 && here.items.contains(first) {
            Some((here.file.clone(), first.clone()))
        } else if here.children.contains(first) {
            self.find(&[module, path].concat(), true, steps)
        } else if here.items.contains(first) {
            Some((here.file.clone(), first.clone()))
        } else if let Some(brought) = here.brought.get(first) {
            self.meant(module, &[brought, path.get(1..)?].concat(), steps + 1)
        } else {
            self.among_everything(module, path, steps)
        }
    }

    /// Looks a path up in the modules of which a module brings everything.
    fn among_everything(
        &self,
        module: &[String],
        path: &[String],
        steps: usize,
    ) -> Option<Written> {
        let all = self.0.get(module)?.everything.iter();
        let mut all = all.filter_map(|from| absolute(module, from));
        all.find_map(|from| self.find(&[&from, path].concat(), false, steps + 1))
    }

    /// Follows a path from the root, through every `use` that hands the name on, to where it is
    /// written. A name that is not seen is, if `sure`, one that a macro writes in its module.
    fn find(&self, path: &[String], sure: bool, steps: usize) -> Option<Written> {
        let deepest = (0..=path.len()).rev().find(|&n| self.0.contains_key(&path[..n]))?;
        let (module, rest) = path.split_at(deepest);
        let (name, here) = (rest.first()?, &self.0[module]);
        if steps > MOST_STEPS {
            None
        } else if here.items.contains(name) {
            Some((here.file.clone(), name.clone()))
        } else if let Some(brought) = here.brought.get(name) {
            self.meant(module, &[brought, &rest[1..]].concat(), steps + 1)
        } else {
            let found = self.among_everything(module, rest, steps);
            found.or_else(|| sure.then(|| (here.file.clone(), name.clone())))
        }
    }
}

/// Resolves a path that begins with `crate`, `self` or `super` to one from the root.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut base = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.to_vec(),
        _ => return None,
    };
    let mut rest = path;
    while let Some((word, more)) = rest.split_first() {
        match word.as_str() {
            "super" => drop(base.pop()),
            "crate" | "self" => {}
            _ => break,
        }
        rest = more;
    }
    base.extend_from_slice(rest);
    Some(base)
}

impl Module {
    /// Reads a `use`: what it brings, and, unless it hands the names on, a mention of them.
    fn bring(&mut self, brings: &ItemUse) {
        if is_test(&brings.attrs) {
            return;
        }
        for (path, name) in leaves(&brings.tree) {
            let Some(name) = name else {
                self.everything.push(path);
                continue;
            };
            if matches!(brings.vis, Visibility::Inherited) {
                self.mentions.insert(path.clone());
            }
            // `use child;` and `use child::{self}` bring what is there already.
            if path != [name.clone()] {
                self.brought.insert(name, path);
            }
        }
    }

    /// Reads an item that is no module and no `use`; returns the name of an exported macro.
    fn write(&mut self, item: &Item) -> Option<String> {
        let seen = Mentions::of(item)?;
        self.mentions.extend(seen.paths);
        self.items.extend(seen.name.clone());
        seen.name.filter(|_| seen.exported)
    }
}
