//! `cargo xtask soak`: builds the simulation in release mode and runs as many seeds as one likes. Not the simulation
//! itself: that is `tests/src/sim`.

use crate::{need, run};
use std::process::Command;

/// `words` go to the program as they are: it knows which there are.
pub fn run(words: &[&str]) -> Result<(), String> {
    need::for_build()?;
    let program = run::built("stories", "soak", run::Profile::Release)?;
    let mut command = Command::new(program);
    command.current_dir(run::root()).args(words);
    let (is_good, time) = run::timed(|| run::succeeds(command));
    println!("用时 {}", run::spoken(time));
    if is_good {
        Ok(())
    } else {
        Err("有种子没有通过。请看上面的输出。".to_owned())
    }
}
