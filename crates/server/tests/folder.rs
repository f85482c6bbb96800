//! A server's folder from the outside: made once, opened with its key alone, and every other case said in its
//! own word with nothing changed.
#![allow(clippy::unwrap_used)]

use protocol::{Code, Failure};
use server::console::Console;
use server::{Limits, Serving, init};
use std::fs;
use std::path::Path;

fn code<T>(done: Result<T, Failure>) -> Option<Code> {
    done.err().map(|failure| failure.code)
}

#[test]
fn a_server_is_made_once_and_what_is_there_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/data");
    let made = init(&data, None, &["10.0.0.5".to_owned()]).unwrap();
    assert_eq!(made.ca_pin.len(), 64);
    assert_eq!(made.key_file, data.join("server.key"));
    let status = Console::open(&data, None).unwrap().status().unwrap();
    assert_eq!(status.ca_pin, made.ca_pin);
    assert_eq!(status.hosts, ["10.0.0.5", "localhost", "127.0.0.1"]);
    assert_eq!(code(init(&data, None, &[])), Some(Code::DatabaseExists));
    let after = Console::open(&data, None).unwrap().status().unwrap();
    assert_eq!(after, status);
}

#[cfg(unix)]
#[test]
fn the_key_is_for_its_owner_alone_and_not_in_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let made = init(folder.path(), None, &[]).unwrap();
    let mode = fs::metadata(&made.key_file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let hex = fs::read_to_string(&made.key_file).unwrap();
    assert_eq!(hex.trim().len(), 64);
}

#[test]
fn a_key_file_of_ones_own_is_used_and_a_wrong_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let own = file("own", &"ab".repeat(32));
    let made = init(&data, Some(&own), &[]).unwrap();
    assert_eq!(made.key_file, own);
    assert!(!data.join("server.key").exists());
    let check = |key_file: Option<&Path>, expected: Option<Code>| {
        assert_eq!(code(Console::open(&data, key_file)), expected);
    };
    check(Some(&own), None);
    check(Some(&file("other", &"cd".repeat(32))), Some(Code::WrongKey));
    check(Some(&file("short", "abcd")), Some(Code::KeyFileInvalid));
    check(Some(&folder.path().join("absent")), Some(Code::KeyFileUnreadable));
    check(None, Some(Code::KeyFileUnreadable));
    check(Some(&own), None);
}

#[test]
fn where_nothing_is_nothing_is_opened_or_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("nothing");
    assert_eq!(code(Console::open(&data, None)), Some(Code::DatabaseMissing));
    assert!(!data.exists());
    assert_eq!(code(init(&data, None, &["服务器".to_owned()])), Some(Code::UsageInvalid));
    assert!(!data.exists());
}

#[test]
fn an_address_that_is_taken_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), None, &[]).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bound = runtime.block_on(Serving::bind(folder.path(), None, listen, Limits::default()));
    assert_eq!(code(bound), Some(Code::AddressInUse));
}
