//! Tests alone: what the shell's settings files have to say, so that a change of one is a decision and no slip.

use serde_json::{Value, json};

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn settings() -> Value {
    read(include_str!("../tauri.conf.json"))
}

#[test]
fn the_window_may_ask_for_our_two_commands_and_nothing_else() {
    let capability = read(include_str!("../capabilities/field.json"));
    assert_eq!(capability["windows"], json!(["field"]));
    assert_eq!(capability["permissions"], json!(["allow-rpc", "allow-save-file"]));
    assert_eq!(capability.get("remote"), None, "no page from elsewhere");
    assert_eq!(settings()["app"]["security"]["capabilities"], json!(["field"]));
    let declared = include_str!("../build.rs");
    assert!(declared.contains(r#"COMMANDS: &[&str] = &["rpc", "save_file"];"#));
    let handled = include_str!("lib.rs");
    assert!(handled.contains("generate_handler![commands::rpc, commands::save_file]"));
}

#[test]
fn the_page_runs_only_what_came_with_the_program() {
    let settings = settings();
    let policy = settings["app"]["security"]["csp"].as_str().unwrap();
    let rules: Vec<&str> = policy.split("; ").collect();
    for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-src 'none'"]
    {
        assert!(rules.contains(&rule), "{rule}");
    }
    assert!(rules.contains(&"connect-src ipc: http://ipc.localhost"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert_eq!(settings["app"]["withGlobalTauri"], false);
    assert_eq!(settings["app"]["security"]["assetProtocol"]["enable"], false);
    assert_eq!(settings["build"], json!({ "frontendDist": "../ui/dist" }), "no development server");
}

#[test]
fn a_package_may_have_this_name_and_a_phone_shows_the_other() {
    let settings = settings();
    let name = settings["productName"].as_str().unwrap();
    assert!(
        name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
        "{name}: dpkg takes no other"
    );
    assert_eq!(settings["mainBinaryName"], name);
    assert_eq!(settings["bundle"]["linux"]["deb"]["depends"], json!(["libssl3"]));
    let phone = read(include_str!("../tauri.android.conf.json"));
    assert_eq!(phone["productName"], "健康快车");
    assert_eq!(phone["bundle"]["android"]["minSdkVersion"], 24);
}

#[test]
fn tauri_is_the_version_that_tells_origins_apart() {
    let lock = include_str!("../../Cargo.lock");
    // 2.11.1 and later (CVE-2026-42184); 3 has another runtime.
    assert!(lock.contains("name = \"tauri\"\nversion = \"2.12."));
}
