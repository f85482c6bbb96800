//! Failure codes: words that programs read, sentences that people read, and what a failure never says.

use protocol::{Code, Failure};
use std::collections::BTreeSet;
use std::error::Error;

#[test]
fn every_codes_word_is_its_own_and_in_snake_case() {
    let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    for word in words {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(word.chars().all(plain) && word.starts_with(|c: char| c.is_ascii_lowercase()));
        assert!(!word.ends_with('_') && !word.contains("__"), "{word}");
    }
}

#[test]
fn json_and_text_say_a_code_by_its_word() -> Result<(), Box<dyn Error>> {
    for code in Code::ALL {
        let json = format!("\"{}\"", code.word());
        assert_eq!(serde_json::to_string(code)?, json);
        assert_eq!(serde_json::from_str::<Code>(&json)?, *code);
        assert_eq!(code.word().parse(), Ok(*code));
    }
    assert!("wrong key".parse::<Code>().is_err());
    assert!(serde_json::from_str::<Code>("\"of_a_later_version\"").is_err());
    Ok(())
}

/// What is wrong with a sentence, if anything.
fn fault(sentence: &str) -> Option<&'static str> {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let next_steps = ["请", "无需"];
    if !sentence.ends_with('。') {
        return Some("does not end as a sentence");
    }
    if sentence.chars().filter(|c| is_han(*c)).count() < 8 {
        return Some("is not Chinese");
    }
    if !next_steps.iter().any(|step| sentence.contains(step)) {
        return Some("names no next step");
    }
    if sentence.contains([',', ';', '!', '！', '\n']) || sentence.contains("。。") {
        return Some("has odd marks");
    }
    None
}

#[test]
fn every_code_has_a_sentence_with_a_next_step() {
    for code in Code::ALL {
        assert_eq!(fault(code.zh()), None, "{}: {}", code.word(), code.zh());
    }
    let sentences: BTreeSet<&str> = Code::ALL.iter().map(|code| code.zh()).collect();
    assert_eq!(sentences.len(), Code::ALL.len());
    // Controls: each fault is seen.
    assert!(fault("密钥不对，数据打不开。请检查密钥文件").is_some());
    assert!(fault("密钥不对，数据怎么也打不开。").is_some());
    assert!(fault("密钥不对，数据打不开，数据没有改动。").is_some(), "what stands is no next step");
    assert!(fault("The key is wrong. 请。").is_some());
    assert!(fault("密钥不对,数据打不开。请检查密钥文件。").is_some());
}

/// Failures that nothing but a command gives: whoever reads them is at a command line.
const OF_COMMANDS: [Code; 5] = [
    Code::VersionUnknown,
    Code::ConclusionFile,
    Code::HeldUnknown,
    Code::DeviceUnknown,
    Code::BackupUnproven,
];

#[test]
fn a_sentence_that_a_screen_may_show_names_no_command() {
    let names_one = |code: &&Code| code.zh().contains("jkkc");
    let found: Vec<Code> = Code::ALL.iter().filter(names_one).copied().collect();
    // The control is the list itself: each of these is seen to name one.
    assert_eq!(found, OF_COMMANDS);
}

#[test]
fn a_failure_printed_or_logged_is_its_word_alone() -> Result<(), Box<dyn Error>> {
    let failure = Failure::at(Code::FileUnreadable, "慕隆村.xlsx");
    assert_eq!(failure.to_string(), "file_unreadable");
    // Control: the one who asked is told the place, on the screen and in JSON.
    assert_eq!(failure.zh(), "读不到文件。请检查路径和权限后重试。（慕隆村.xlsx）");
    assert_eq!(
        serde_json::to_string(&failure)?,
        r#"{"code":"file_unreadable","place":"慕隆村.xlsx"}"#
    );
    assert_eq!(serde_json::to_string(&Failure::new(Code::DiskFull))?, r#"{"code":"disk_full"}"#);
    assert_eq!(serde_json::from_str::<Failure>(r#"{"code":"disk_full"}"#)?, Code::DiskFull.into());
    Ok(())
}
