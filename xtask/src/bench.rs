//! `cargo xtask bench`: builds the measuring program in release mode and runs it; its table goes to the screen and
//! its figures to `out/bench.json`. Not the measuring itself: that is `tests/src/bin/bench`.

use crate::{need, run};
use std::path::Path;
use std::process::Command;

const FIGURES_FILE: &str = "out/bench.json";

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Full,
    /// A tenth or less, in minutes.
    Quick,
}

pub fn run(size: Size) -> Result<(), String> {
    need::for_build()?;
    let program = run::built("stories", "bench", run::Profile::Release)?;
    let (is_good, time) = run::timed(|| run::succeeds(command(&program, size)));
    if !is_good {
        return Err("测量没有完成。请看上面的输出。".to_owned());
    }
    println!("用时 {}，结果在 {FIGURES_FILE}", run::spoken(time));
    Ok(())
}

fn command(program: &Path, size: Size) -> Command {
    let mut command = Command::new(program);
    command.current_dir(run::root()).args(["--out", FIGURES_FILE]);
    if size == Size::Quick {
        command.arg("--quick");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_and_the_file_are_told_to_the_program() {
        let words = |size| -> Vec<String> {
            let command = command(Path::new("bench"), size);
            command.get_args().map(|word| word.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(words(Size::Full), ["--out", FIGURES_FILE]);
        assert_eq!(words(Size::Quick), ["--out", FIGURES_FILE, "--quick"]);
    }
}
