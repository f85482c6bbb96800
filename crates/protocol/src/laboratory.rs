//! How a laboratory's files are read, as somebody said it once. Not what the mapping means (`intake`), and not which of several
//! stands: those that no other names (`store`).

use crate::fact::EntryReference;
use ledger::Reference;
use prost::Message;

/// A laboratory's name, characters.
pub const NAME_CHARS_MAX: usize = 64;
/// A mapping, bytes: a laboratory has some hundred analytes.
pub const MAPPING_BYTES_MAX: usize = 32 << 10;

/// Which column of a laboratory's files is what. Says nothing of any person: headings, and a laboratory's names of analytes.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct LaboratoryFact {
    #[prost(string, tag = "1")]
    pub name: String,
    /// JSON.
    #[prost(string, tag = "2")]
    pub mapping: String,
    /// What was said before, in whose place this stands.
    #[prost(message, repeated, tag = "3")]
    pub replaces: Vec<EntryReference>,
}

impl LaboratoryFact {
    /// Has a name and a mapping within their bounds; what it replaces is named whole.
    pub fn is_whole(&self) -> bool {
        let is_named = self.name == self.name.trim()
            && (1..=NAME_CHARS_MAX).contains(&self.name.chars().count());
        let is_told = (1..=MAPPING_BYTES_MAX).contains(&self.mapping.len());
        is_named && is_told && self.replaces.iter().all(|one| Reference::try_from(one).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_laboratory_or_says_nothing_is_not_whole() {
        let whole = LaboratoryFact {
            name: "示例检验科".to_owned(),
            mapping: "{}".to_owned(),
            replaces: vec![EntryReference { writer: vec![1; 16], seq: 3, hash8: 9 }],
        };
        let check = |change: &dyn Fn(&mut LaboratoryFact), expected: bool| {
            let mut fact = whole.clone();
            change(&mut fact);
            assert_eq!(fact.is_whole(), expected, "{fact:?}");
        };
        check(&|_| {}, true);
        check(&|fact| fact.replaces.clear(), true);
        check(&|fact| fact.name = "名".repeat(NAME_CHARS_MAX), true);
        check(&|fact| fact.name = "名".repeat(NAME_CHARS_MAX + 1), false);
        check(&|fact| fact.name = " 示例".to_owned(), false);
        check(&|fact| fact.name.clear(), false);
        check(&|fact| fact.mapping.clear(), false);
        check(&|fact| fact.mapping = "x".repeat(MAPPING_BYTES_MAX + 1), false);
        check(&|fact| fact.replaces[0].writer = vec![1], false);
    }
}
