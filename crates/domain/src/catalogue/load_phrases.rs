//! The phrase book's part of loading a catalogue: names become codes, and a phrase claims no level that its class does not
//! have, nor one recalled from memory. How a phrase is known in a text is `phrase`.

use super::files::{PhraseFile, PhraseLevelFile, PhrasesFile};
use super::load::{CatalogueError, Names};
use super::table::is_unverified;
use super::{Catalogue, Condition, ItemKind};
use crate::grammar::Grammar;
use crate::phrase::{DEPARTMENT_RULE, Grade, Phrase};
use crate::rule::Level;
use std::collections::BTreeSet;

const PHRASES_FILE: &str = "phrases.json";

pub(super) fn read_phrases(
    names: &Names,
    file: PhrasesFile,
) -> Result<Vec<Phrase>, CatalogueError> {
    file.phrases.into_iter().map(|one| read_phrase(names, one)).collect()
}

fn read_phrase(names: &Names, file: PhraseFile) -> Result<Phrase, CatalogueError> {
    let broken = || CatalogueError::new(PHRASES_FILE, format!("{}: level and finding", file.key));
    let finding = |level| file.finding.clone().map(|class| Grade::Finding { class, level });
    let grade = match file.level {
        PhraseLevelFile::Normal => file.finding.is_none().then_some(Grade::Normal),
        PhraseLevelFile::None => file.finding.is_none().then_some(Grade::Ungraded),
        PhraseLevelFile::A => finding(Level::A),
        PhraseLevelFile::B => finding(Level::B),
        PhraseLevelFile::C => finding(Level::C),
    };
    Ok(Phrase {
        items: names.codes(PHRASES_FILE, &file.items)?,
        grade: grade.ok_or_else(broken)?,
        key: file.key,
        text: file.text,
        initials: file.initials,
        status: file.status,
        source: file.source,
        hint_zh: file.hint_zh,
    })
}

impl Catalogue {
    /// Every phrase stands in items of free words, says its source, and claims the level that its class has.
    pub(super) fn check_phrases(&self) -> Result<(), CatalogueError> {
        let mut keys = BTreeSet::new();
        for phrase in &self.phrases {
            let broken =
                |what: &str| CatalogueError::new(PHRASES_FILE, format!("{}: {what}", phrase.key));
            let texts = [&phrase.text, &phrase.initials, &phrase.status, &phrase.source];
            if texts.iter().any(|text| text.is_empty()) || phrase.items.is_empty() {
                return Err(broken("something is missing"));
            }
            if !keys.insert(&phrase.key) {
                return Err(broken("is there twice"));
            }
            let is_words = |item: &super::Item| {
                matches!((&item.kind, &item.grammar), (ItemKind::Text { .. }, Grammar::Free))
            };
            let is_fit = |code| self.item(code).is_some_and(is_words);
            if !phrase.items.iter().all(|code| is_fit(*code)) {
                return Err(broken("stands in an item that is no free text"));
            }
            self.check_grade(phrase).map_err(broken)?;
        }
        Ok(())
    }

    fn check_grade(&self, phrase: &Phrase) -> Result<(), &'static str> {
        let Grade::Finding { class, level } = &phrase.grade else { return Ok(()) };
        if is_unverified(&phrase.status) {
            return Err("its level is from memory");
        }
        let row = self.level(DEPARTMENT_RULE, class).ok_or("has a class without a level")?;
        if row.level != *level {
            return Err("claims another level than its class has");
        }
        let rule = self.rule(DEPARTMENT_RULE).ok_or("there is no rule of departments")?;
        let leads = |item| {
            let conditions = rule.classes.iter().filter(|one| one.on).flat_map(|one| &one.all);
            let mut of = conditions.filter(|one| matches!(one, Condition::Phrase { item: at, class: to } if at == item && to == class));
            of.next().is_some()
        };
        match phrase.items.iter().all(leads) {
            true => Ok(()),
            false => Err("leads to no class of an item it may stand in"),
        }
    }
}
