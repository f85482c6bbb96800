//! `cargo xtask test` and `cargo xtask ci`: every check there is, all of them run even when one fails, and a
//! summary at the end. Not the checks themselves: those are tests of the crates and of `tests/`.

use crate::{demo, need, programs, run, screens};
use std::time::Duration;

/// One line of the summary.
struct Line {
    what: &'static str,
    passed: u32,
    failed: u32,
    skipped: u32,
    time: Duration,
}

/// Format, clippy, every test of the workspace and of the screens.
pub fn test() -> Result<(), String> {
    need::for_tests()?;
    need::for_browser()?;
    // The window's program has the screens in it: nothing of the workspace compiles before they are built.
    screens::build()?;
    let mut lines = test_lines();
    lines.push(browser_line("e2e"));
    close(&lines)
}

/// `test` with the browser's days alone, and the demo from end to end.
pub fn ci() -> Result<(), String> {
    need::for_tests()?;
    need::for_browser()?;
    screens::build()?;
    let mut lines = test_lines();
    lines.push(browser_line("e2e:days"));
    lines.push(demo_line());
    close(&lines)
}

fn test_lines() -> Vec<Line> {
    vec![
        one("格式", &["fmt", "--all", "--check"]),
        one("clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        tests(),
        one("界面与程序共用的类型", &TYPESCRIPT),
        screens_line("界面的类型", "check"),
        screens_line("界面的单元测试", "test"),
    ]
}

/// The screens in a real browser, by themselves.
pub fn browser() -> Result<(), String> {
    need::for_browser()?;
    close(&[browser_line("e2e")])
}

/// The days against the real host, which is built first; what needs a host told to fail, against the fake one.
fn browser_line(script: &str) -> Line {
    let what = "浏览器里的一天";
    println!("== {what}：npm run {script}");
    let (outcome, time) = run::timed(|| {
        let program = run::built("cli", "jkkc", run::Profile::Dev)?;
        screens::install()?;
        Ok(screens::script_with(script, &program))
    });
    closed(what, &outcome, time)
}

const TYPESCRIPT: [&str; 7] =
    ["test", "-p", "protocol", "--features", "typescript", "--test", "typescript"];

/// One of the screens' own checks.
fn screens_line(what: &'static str, script: &str) -> Line {
    println!("== {what}：npm run {script}");
    let (outcome, time) = run::timed(|| screens::build().map(|_| screens::script(script)));
    closed(what, &outcome, time)
}

fn closed(what: &'static str, outcome: &Result<bool, String>, time: Duration) -> Line {
    if let Err(sentence) = outcome {
        eprintln!("错误：{sentence}");
    }
    let is_good = *outcome == Ok(true);
    Line { what, passed: u32::from(is_good), failed: u32::from(!is_good), skipped: 0, time }
}

fn one(what: &'static str, words: &[&str]) -> Line {
    println!("== {what}：cargo {}", words.join(" "));
    let (is_good, time) = run::timed(|| run::succeeds(run::cargo(words)));
    Line { what, passed: u32::from(is_good), failed: u32::from(!is_good), skipped: 0, time }
}

fn tests() -> Line {
    println!("== 测试：cargo test --workspace --no-fail-fast，两个程序同时");
    let mut line = Line { what: "测试", passed: 0, failed: 0, skipped: 0, time: Duration::ZERO };
    let (is_good, time) = run::timed(|| {
        let Some(programs) = programs::build() else { return false };
        let mut is_good = true;
        programs::run(&programs, |ran| {
            ran.text.lines().for_each(|text| count(&mut line, text));
            is_good &= ran.is_good;
        });
        let documented = run::cargo(&["test", "--workspace", "--no-fail-fast", "--doc"]);
        is_good & run::read_along(documented, |text| count(&mut line, text))
    });
    line.time = time;
    // What does not compile, and what runs no test at all, has no result line of its own.
    if (!is_good && line.failed == 0) || line.passed == 0 {
        line.failed += 1;
    }
    line
}

fn count(line: &mut Line, text: &str) {
    if let Some([passed, failed, skipped]) = test_result(text) {
        line.passed += passed;
        line.failed += failed;
        line.skipped += skipped;
    }
}

/// Passed, failed and ignored of one of cargo's `test result:` lines.
fn test_result(text: &str) -> Option<[u32; 3]> {
    let counts = text.trim().strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |word: &str| {
        let part = counts.split("; ").find(|part| part.ends_with(word))?;
        part.split(' ').next()?.parse().ok()
    };
    Some([count("passed")?, count("failed")?, count("ignored")?])
}

fn demo_line() -> Line {
    println!("== 演示：走完一天");
    let (outcome, time) = run::timed(|| demo::run(demo::After::Stop, demo::Show::Nothing));
    if let Err(sentence) = &outcome {
        eprintln!("错误：{sentence}");
    }
    let is_good = outcome.is_ok();
    Line {
        what: "演示", passed: u32::from(is_good), failed: u32::from(!is_good), skipped: 0, time
    }
}

/// Prints the summary; the last line is plain for machines that read it.
fn close(lines: &[Line]) -> Result<(), String> {
    println!();
    for line in lines {
        let word = if line.failed == 0 { "通过" } else { "没有通过" };
        let skipped =
            if line.skipped == 0 { String::new() } else { format!("，跳过 {}", line.skipped) };
        println!(
            "{}：{word}（{} 项通过，{} 项失败{skipped}，{}）",
            line.what,
            line.passed,
            line.failed,
            run::spoken(line.time)
        );
    }
    let sum = |count: fn(&Line) -> u32| lines.iter().map(count).sum::<u32>();
    let (passed, failed) = (sum(|line| line.passed), sum(|line| line.failed));
    println!("{passed} passed, {failed} failed, {} skipped", sum(|line| line.skipped));
    if failed == 0 {
        Ok(())
    } else {
        Err("有检查没有通过。请看上面每一项的输出。".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(passed: u32, failed: u32) -> Line {
        Line { what: "a", passed, failed, skipped: 0, time: Duration::ZERO }
    }

    #[test]
    fn cargos_result_lines_are_counted() {
        let good = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s";
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(test_result(good), Some([12, 0, 1]));
        assert_eq!(test_result(bad), Some([3, 2, 0]));
        assert_eq!(test_result("test a_story ... ok"), None);
    }

    #[test]
    fn one_failure_anywhere_fails_the_whole() {
        assert!(close(&[line(1, 0), line(5, 0)]).is_ok());
        assert!(close(&[line(1, 0), line(5, 1)]).is_err());
    }
}
