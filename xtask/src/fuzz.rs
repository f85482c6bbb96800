//! `cargo xtask fuzz`: builds the fuzzer in release mode and runs it on as many inputs as wanted, behind everything else this
//! machine does where `nice` is there. Not the fuzzing itself: that is `tests/src/fuzz`.

use crate::{need, run};
use std::path::Path;
use std::process::Command;

/// `words`: what follows `fuzz`, given to the program as they are (`--inputs N`, `--seed S`, `--only NAME`).
pub fn run(words: &[&str]) -> Result<(), String> {
    need::for_build()?;
    let program = run::built("stories", "fuzz", run::Profile::Release)?;
    let (is_good, time) = run::timed(|| run::succeeds(command(&program, words)));
    if !is_good {
        return Err("有输入没有通过。请看上面的输出，失败的输入在 out/fuzz。".to_owned());
    }
    println!("用时 {}", run::spoken(time));
    Ok(())
}

fn command(program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("nice");
    let has_nice = command.arg("true").output().is_ok_and(|ran| ran.status.success());
    let mut command = if has_nice {
        let mut command = Command::new("nice");
        command.args(["-n", "19"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(words).current_dir(run::root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_told_to_the_program() {
        let command = command(Path::new("fuzz"), &["--inputs", "10"]);
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        assert!(words.join(" ").ends_with("--inputs 10"), "{words:?}");
    }
}
