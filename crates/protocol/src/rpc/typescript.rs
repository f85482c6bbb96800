//! Collecting the TypeScript declarations of the commands' types. Only for code generation.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use ts_rs::{Config, TS, TypeVisitor};

/// Declarations by name, each once.
pub(super) struct Declared<'c> {
    config: &'c Config,
    seen: HashSet<TypeId>,
    texts: BTreeMap<String, String>,
}

impl<'c> Declared<'c> {
    pub fn new(config: &'c Config) -> Declared<'c> {
        Declared { config, seen: HashSet::new(), texts: BTreeMap::new() }
    }

    pub fn add<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only own types have a file to be exported to; numbers, texts and lists are TypeScript's own.
        if T::output_path().is_some() {
            self.texts.insert(T::ident(self.config), T::decl(self.config));
        }
        T::visit_dependencies(self);
    }

    pub fn texts(self) -> Vec<String> {
        self.texts.into_values().collect()
    }
}

impl TypeVisitor for Declared<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}
