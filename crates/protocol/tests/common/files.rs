//! The files of `schema/wire`, and hex.

use std::path::PathBuf;

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schema/wire").join(name)
}

pub fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("schema/wire/{name}: {e}"))
}

/// The bytes of a frozen sample: hex digits, in lines.
pub fn sample_bytes(name: &str) -> Vec<u8> {
    let digits: Vec<u8> = text(&format!("entry/v1/{name}.hex")).into_bytes();
    let digits: Vec<u8> = digits.into_iter().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// As the samples are written: 48 bytes a line.
pub fn hex_lines(bytes: &[u8]) -> String {
    bytes.chunks(48).map(|line| hex(line) + "\n").collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
