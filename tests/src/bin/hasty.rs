//! A recorder that says 已保存 before anything is saved: the control of the story in which recording is killed. Records
//! with the real commands; only the order is wrong. Not part of what is shipped.

use field::{Home, RecordOrder, SystemHost, read_key_file};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use stories::samples::Sheet;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [home, key_file, round, from] = words.as_slice() else {
        eprintln!("hasty HOME KEY-FILE ROUND FILE");
        return ExitCode::FAILURE;
    };
    let rows = Sheet::read(Path::new(from)).rows.len();
    eprintln!("已保存：前 {rows} 行，共 {rows} 行");
    let recorded = read_key_file(Path::new(key_file))
        .and_then(|key| Home::open(Path::new(home), &key, Arc::new(SystemHost)))
        .and_then(|mut home| {
            let order = RecordOrder { round: round.clone(), ..RecordOrder::default() };
            home.record(&order, Path::new(from), &mut |_, _| {})
        });
    match recorded {
        Ok(_) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.zh());
            ExitCode::FAILURE
        }
    }
}
