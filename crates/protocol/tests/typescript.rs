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
    text.push_str(
        "\n/** What went wrong; the sentences are in failures.ts. */\nexport type FailureCode =\n",
    );
    for code in Code::ALL {
        writeln!(text, "  | {:?}", code.word()).unwrap();
    }
    text.truncate(text.trim_end().len());
    text.push_str(";\n");
    text
}

/// Apart from the types: a start that goes well does not wait for them.
fn failures() -> String {
    let mut text = String::from(HEADER);
    text.push_str("import type { FailureCode } from \"./api\";\n\n");
    text.push_str("/** What went wrong: the code, and the sentence a person reads. */\n");
    text.push_str("export const FAILURES: Record<FailureCode, string> = {\n");
    for code in Code::ALL {
        writeln!(text, "  {}: {:?},", code.word(), code.zh()).unwrap();
    }
    text.push_str("};\n");
    text
}

#[test]
fn the_generated_typescript_is_what_the_types_say() {
    let _ = <rpc::session::AppState as TS>::name(&Config::default());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/platform");
    for (name, said) in [("api.ts", typescript()), ("failures.ts", failures())] {
        let path = folder.join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &said).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == said, "ui/src/platform/{name} is behind: run `cargo xtask codegen`");
    }
}
