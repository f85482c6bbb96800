//! What people read and rely on: a failure says what to do next, a catalogue row says where it comes from.

use crate::{assert_found, assert_none};
use domain::catalogue::Catalogue;
use protocol::failure::Code;

/// At least one of these is in a sentence that says what to do, or that nothing has to be done.
const NEXT_STEP: [&str; 4] = ["请", "无需", "必须", "可以"];

/// One complaint a sentence that a person could do nothing with.
fn without_next_step(sentences: &[(&str, &str)]) -> Vec<String> {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    sentences
        .iter()
        .filter(|(_, zh)| {
            !zh.ends_with('。')
                || zh.chars().filter(|c| is_chinese(*c)).count() < 8
                || !NEXT_STEP.iter().any(|word| zh.contains(word))
        })
        .map(|(code, zh)| format!("{code}: no next step in {zh}"))
        .collect()
}

/// Words that name no source.
fn is_sourced(source: &str) -> bool {
    !source.trim().is_empty() && !["-", "?", "none", "todo"].contains(&&*source.to_lowercase())
}

#[test]
fn every_failure_says_what_to_do_next() {
    let sentences: Vec<(&str, &str)> =
        Code::ALL.iter().map(|code| (code.word(), code.zh())).collect();
    assert!(!sentences.is_empty());
    assert_none(&without_next_step(&sentences));
}

#[test]
fn every_failure_has_a_word_of_its_own() {
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    words.sort_unstable();
    let count = words.len();
    words.dedup();
    assert_eq!(words.len(), count);
}

#[test]
fn every_item_and_rule_has_a_source() {
    let catalogue = Catalogue::builtin();
    assert!(!catalogue.items.is_empty() && !catalogue.rules.is_empty());
    let items = catalogue.items.iter().map(|item| (&item.key, &item.source));
    let rules = catalogue.rules.iter().map(|rule| (&rule.key, &rule.standard));
    let wrong: Vec<String> = items
        .chain(rules)
        .filter(|(_, source)| !is_sourced(source))
        .map(|(key, _)| format!("{key} has no source"))
        .collect();
    assert_none(&wrong);
}

#[test]
fn control_a_sentence_without_a_next_step_is_found() {
    assert_found(&without_next_step(&[("bad", "数据打不开，密钥可能不对。")]), "bad");
    assert_found(&without_next_step(&[("bad", "请重试")]), "bad");
    assert_none(&without_next_step(&[("good", "数据打不开。请检查密钥文件。")]));
}

#[test]
fn control_an_empty_source_is_none() {
    assert!(!is_sourced(" ") && !is_sourced("-"));
    assert!(is_sourced("WS/T 586-2018"));
}
