//! Which file of the crate names which: read from the sources, re-exports followed to where a thing is defined.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, UseTree, visit::Visit};

/// A path through the crate, from its root, without the word `crate`.
type Names = Vec<String>;

#[derive(Default)]
struct Module {
    /// The file that it stands in, from `src` on.
    file: String,
    /// What is defined here.
    items: BTreeSet<String>,
    /// Names that `use` brings in, as whole paths, and whether others may use them from here.
    uses: BTreeMap<String, (Names, bool)>,
    /// `pub use path::*`, and `use path::*`.
    globs: Vec<(Names, bool)>,
    /// What it names in its code.
    named: BTreeSet<Names>,
}

/// The modules of a crate without its tests.
#[derive(Default)]
pub struct Modules(BTreeMap<Names, Module>);

/// `from` names something that is defined in `to`.
pub type Arrows = BTreeMap<String, BTreeSet<String>>;

impl Modules {
    /// Reads a crate from the texts of its files, each under its place below `src`.
    pub fn read(texts: &BTreeMap<String, String>) -> Self {
        let mut all = Self::default();
        all.file(texts, "lib.rs", Vec::new());
        all
    }

    fn file(&mut self, texts: &BTreeMap<String, String>, place: &str, at: Names) {
        let text = texts.get(place).unwrap_or_else(|| panic!("{place}: there is no such file"));
        let parsed = syn::parse_file(text).unwrap_or_else(|why| panic!("{place}: {why}"));
        self.items(texts, place, at, &parsed.items);
    }

    fn items(&mut self, texts: &BTreeMap<String, String>, place: &str, at: Names, items: &[Item]) {
        let mut module = Module { file: place.to_owned(), ..Module::default() };
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Mod(child) => {
                    let name = child.ident.to_string();
                    let below = [at.clone(), vec![name.clone()]].concat();
                    match &child.content {
                        Some((_, inside)) => self.items(texts, place, below, inside),
                        None => {
                            let stem = match at.as_slice() {
                                [] => name,
                                inner => format!("{}/{name}", inner.join("/")),
                            };
                            let flat = format!("{stem}.rs");
                            let place = if texts.contains_key(&flat) { flat } else { format!("{stem}/mod.rs") };
                            self.file(texts, &place, below);
                        }
                    }
                }
                Item::Use(a_use) => {
                    let public = !matches!(a_use.vis, syn::Visibility::Inherited);
                    flatten(&a_use.tree, &mut Vec::new(), &mut |path, name| match name {
                        Some(name) => {
                            module.uses.insert(name, (path, public));
                        }
                        None => module.globs.push((path, public)),
                    });
                }
                other => {
                    if let Some(name) = name_of(other) {
                        module.items.insert(name);
                    }
                    Named(&mut module.named).visit_item(other);
                }
            }
        }
        self.0.insert(at, module);
    }

    /// Where what `path` says, said in `at`, is defined: the module, unless the path leads out of the crate or to a
    /// module itself.
    fn defined(&self, at: &Names, path: &[String], depth: usize) -> Option<&Module> {
        if depth > 12 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let from = match first.as_str() {
            "crate" | "casetrakr" => return self.below(&Vec::new(), rest, depth),
            "self" => return self.below(at, rest, depth),
            "super" => return self.below(&at[..at.len().checked_sub(1)?].to_vec(), rest, depth),
            _ => self.0.get(at)?,
        };
        if self.0.contains_key(&[at.clone(), vec![first.clone()]].concat()) {
            return self.below(at, path, depth);
        }
        if let Some((whole, _)) = from.uses.get(first) {
            return self.defined(at, &[whole.as_slice(), rest].concat(), depth + 1);
        }
        if from.items.contains(first) {
            return Some(from);
        }
        from.globs.iter().find_map(|(whole, _)| self.defined(at, &[whole.as_slice(), path].concat(), depth + 1))
    }

    fn below(&self, at: &Names, path: &[String], depth: usize) -> Option<&Module> {
        let module = self.0.get(at)?;
        let (first, rest) = path.split_first()?;
        if first == "super" {
            return self.below(&at[..at.len().checked_sub(1)?].to_vec(), rest, depth);
        }
        let child = [at.clone(), vec![first.clone()]].concat();
        if self.0.contains_key(&child) && !(rest.is_empty() && module.items.contains(first)) {
            return self.below(&child, rest, depth);
        }
        if module.items.contains(first) {
            return Some(module);
        }
        if let Some((whole, _)) = module.uses.get(first) {
            return self.defined(at, &[whole.as_slice(), rest].concat(), depth + 1);
        }
        module.globs.iter().find_map(|(whole, _)| self.defined(at, &[whole.as_slice(), path].concat(), depth + 1))
    }

    /// Who needs whom, by file.
    pub fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (at, module) in &self.0 {
            let into = arrows.entry(module.file.clone()).or_default();
            // What a module only passes on is no need of its own.
            let imported = module.uses.values().filter(|(_, public)| !public).map(|(path, _)| path);
            for path in module.named.iter().chain(imported) {
                if let Some(to) = self.defined(at, path, 0).filter(|to| to.file != module.file) {
                    into.insert(to.file.clone());
                }
            }
        }
        arrows
    }
}

/// Groups of files of which each leads to each other one.
pub fn circles(arrows: &Arrows) -> Vec<BTreeSet<String>> {
    let reach = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(here) = next.pop() {
            for to in arrows.get(here).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    next.push(to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = arrows.keys().map(|file| (file, reach(file))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (file, there) in &reached {
        if !there.contains(*file) || found.iter().any(|circle| circle.contains(*file)) {
            continue;
        }
        found.push(there.iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(*file))).cloned().collect());
    }
    found
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let words = list.tokens.to_string();
        list.path.is_ident("cfg") && (words == "test" || words.starts_with("all (test"))
    })
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(i) => &i.ident,
        Item::Enum(i) => &i.ident,
        Item::Fn(i) => &i.sig.ident,
        Item::Macro(i) => i.ident.as_ref()?,
        Item::Static(i) => &i.ident,
        Item::Struct(i) => &i.ident,
        Item::Trait(i) => &i.ident,
        Item::Type(i) => &i.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn flatten(tree: &UseTree, before: &mut Names, found: &mut impl FnMut(Names, Option<String>)) {
    let joined = |before: &Names, name: String| [before.as_slice(), &[name]].concat();
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => found(before.clone(), before.last().cloned()),
        UseTree::Name(name) => found(joined(before, name.ident.to_string()), Some(name.ident.to_string())),
        UseTree::Rename(name) if name.ident == "self" => found(before.clone(), Some(name.rename.to_string())),
        UseTree::Rename(name) => found(joined(before, name.ident.to_string()), Some(name.rename.to_string())),
        UseTree::Glob(_) => found(before.clone(), None),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, found)),
    }
}

/// Collects the paths that code names, also those inside of macros.
struct Named<'a>(&'a mut BTreeSet<Names>);

impl Named<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Names::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.take(&mut path);
                    }
                    path.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.take(&mut path);
                    colons = 0;
                    self.tokens(group.stream());
                }
                _ => {
                    self.take(&mut path);
                    colons = 0;
                }
            }
        }
        self.take(&mut path);
    }

    fn take(&mut self, path: &mut Names) {
        if !path.is_empty() {
            self.0.insert(std::mem::take(path));
        }
    }
}

impl<'a> Visit<'a> for Named<'_> {
    fn visit_path(&mut self, path: &'a syn::Path) {
        self.0.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, a_macro: &'a syn::Macro) {
        self.visit_path(&a_macro.path);
        self.tokens(a_macro.tokens.clone());
    }

    fn visit_item_use(&mut self, a_use: &'a syn::ItemUse) {
        flatten(&a_use.tree, &mut Vec::new(), &mut |path, _| {
            self.0.insert(path);
        });
    }

    /// Doc comments are no arrows.
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> (Arrows, Vec<BTreeSet<String>>) {
        let texts = files.iter().map(|(place, text)| ((*place).to_owned(), (*text).to_owned())).collect();
        let arrows = Modules::read(&texts).arrows();
        let circles = circles(&arrows);
        (arrows, circles)
    }

    #[test]
    fn a_circle_through_a_re_export_is_found() {
        let (arrows, circles) = found(&[
            ("lib.rs", "mod cases; mod import;"),
            ("cases/mod.rs", "mod store; pub use store::number;"),
            ("cases/store.rs", "use crate::import::Row; pub fn number(row: &Row) {}"),
            ("import/mod.rs", "mod rows; pub use self::rows::*;"),
            ("import/rows.rs", "pub struct Row; fn look(row: &Row) { crate::cases::number(row) }"),
        ]);
        assert_eq!(circles, [BTreeSet::from(["cases/store.rs".to_owned(), "import/rows.rs".to_owned()])]);
        assert!(arrows["cases/mod.rs"].is_empty(), "what is only passed on is no need");
    }

    #[test]
    fn arrows_are_found_in_macros_under_other_names_and_by_super() {
        let (arrows, circles) = found(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b as other; fn f() { view! { <p>{other::words()}</p> } }"),
            ("b.rs", "pub fn words() {} #[cfg(test)] mod tests { use crate::a::f; }\n/// See [`crate::a`].\nfn g() { super::c::h() }"),
        ]);
        assert!(arrows["a.rs"].contains("b.rs"));
        assert!(circles.is_empty(), "tests and prose are no arrows");
    }
}
