//! The TypeScript that the screens compile against is what these types say: `ui/src/platform/api.ts` is generated and
//! never edited. With `UPDATE=1` this writes it; without, it compares.
#![cfg(feature = "typescript")]
#![allow(clippy::unwrap_used)]

use protocol::Code;
use protocol::rpc;
use std::fmt::Write as _;
use std::path::Path;
use ts_rs::{Config, TS};

const HEADER: &str =
    "// Generated from crates/protocol by `cargo xtask codegen`. Not to be edited.\n\n";

fn typescript() -> String {
    let config = Config::default().with_large_int("number");
    let mut text = String::from(HEADER);
    for declaration in rpc::typescript_types(&config) {
        writeln!(text, "export {declaration}\n").unwrap();
    }
    text.push_str(&rpc::typescript_commands(&config));
    text.push_str("\n/** What went wrong: the code, and the sentence a person reads. */\nexport const FAILURES = {\n");
    for code in Code::ALL {
        writeln!(text, "  {}: {:?},", code.word(), code.zh()).unwrap();
    }
    text.push_str("} as const;\n\nexport type FailureCode = keyof typeof FAILURES;\n");
    text
}

#[test]
fn the_generated_typescript_is_what_the_types_say() {
    let _ = <rpc::session::AppState as TS>::name(&Config::default());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/platform/api.ts");
    let said = typescript();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &said).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == said, "ui/src/platform/api.ts is behind: run `cargo xtask codegen`");
}
