//! The paths that an item mentions: in its code, in macros, and in the words of its attributes.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, UseTree};

/// Name of an item, and the paths in it.
#[derive(Default)]
pub struct Mentions {
    pub name: Option<String>,
    /// Whether it is a macro that the whole crate has by `crate::`.
    pub exported: bool,
    pub paths: BTreeSet<Vec<String>>,
}

impl Mentions {
    /// Reads an item; `None` if it is a test's.
    pub fn of(item: &Item) -> Option<Self> {
        let (attributes, name) = match item {
            Item::Const(it) => (&it.attrs, Some(&it.ident)),
            Item::Enum(it) => (&it.attrs, Some(&it.ident)),
            Item::Fn(it) => (&it.attrs, Some(&it.sig.ident)),
            Item::Impl(it) => (&it.attrs, None),
            Item::Macro(it) => (&it.attrs, it.ident.as_ref()),
            Item::Static(it) => (&it.attrs, Some(&it.ident)),
            Item::Struct(it) => (&it.attrs, Some(&it.ident)),
            Item::Trait(it) => (&it.attrs, Some(&it.ident)),
            Item::Type(it) => (&it.attrs, Some(&it.ident)),
            Item::Union(it) => (&it.attrs, Some(&it.ident)),
            _ => return None,
        };
        if is_test(attributes) {
            return None;
        }
        let exported = attributes.iter().any(|a| a.path().is_ident("macro_export"));
        let name = name.map(ToString::to_string);
        let mut seen = Self { name, exported, ..Self::default() };
        seen.visit_item(item);
        Some(seen)
    }

    /// Reads the tokens of a macro: every row of names that `::` joins.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut joined) = (Vec::new(), false);
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if !joined {
                        self.end(&mut path);
                    }
                    path.push(word.to_string());
                    joined = false;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => joined = !path.is_empty(),
                TokenTree::Group(group) => {
                    self.end(&mut path);
                    joined = false;
                    self.tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.end(&mut path);
                    joined = false;
                }
            }
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Vec<String>) {
        if !path.is_empty() {
            self.paths.insert(std::mem::take(path));
        }
    }
}

impl Visit<'_> for Mentions {
    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let names = path.segments.iter().map(|segment| segment.ident.to_string());
            self.paths.insert(names.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    /// Reads a `use` inside a function.
    fn visit_item_use(&mut self, brings: &ItemUse) {
        self.paths.extend(leaves(&brings.tree).into_iter().map(|(path, _)| path));
    }

    /// Reads words such as those of `#[serde(default = "crate::…")]`.
    fn visit_attribute(&mut self, attribute: &Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        if let syn::Meta::List(list) = &attribute.meta {
            let words = list.tokens.to_string();
            let words = words.split('"').skip(1).step_by(2);
            let paths = words.filter_map(|word| syn::parse_str::<syn::Path>(word).ok());
            paths.for_each(|path| self.visit_path(&path));
            self.tokens(list.tokens.clone());
        }
    }
}

/// Returns the paths that a `use` brings, with the name of each; `None` for everything of a module.
pub fn leaves(tree: &UseTree) -> Vec<(Vec<String>, Option<String>)> {
    let (mut open, mut leaves) = (vec![(Vec::new(), tree)], Vec::new());
    while let Some((mut path, tree)) = open.pop() {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                open.push((path, &step.tree));
            }
            UseTree::Group(group) => {
                open.extend(group.items.iter().map(|tree| (path.clone(), tree)));
            }
            UseTree::Glob(_) => leaves.push((path, None)),
            UseTree::Name(last) if last.ident == "self" => {
                let name = path.last().cloned();
                leaves.push((path, name));
            }
            UseTree::Name(last) => {
                path.push(last.ident.to_string());
                leaves.push((path, Some(last.ident.to_string())));
            }
            UseTree::Rename(last) => {
                if last.ident != "self" {
                    path.push(last.ident.to_string());
                }
                leaves.push((path, Some(last.rename.to_string())));
            }
        }
    }
    leaves
}

/// Whether an item is compiled for tests alone.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}
