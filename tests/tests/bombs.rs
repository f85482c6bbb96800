//! Small inputs that stand for much: refused before and after the token is known, and for a person who opens an office's
//! file, within limits. Measured on the whole process, C code too; so this file has one test and no other beside it.

use server::Limits;
use std::io::{Cursor, Read, Write};
use stories::fuzz::bombs::{Bombed, sent};
use zip::write::SimpleFileOptions;

/// Of the process beyond what it held before, for all of them one after the other.
const PEAK_KIB_MAX: u64 = 96 << 10;
/// What each of them stands for.
const INFLATED: u64 = 256 << 20;

/// The most this process ever held, KiB; nothing where the system does not tell.
fn peak_kib() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

fn zeros_under_zstd(window_log: u32) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(window_log).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(INFLATED), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// A workbook one part of which unpacks to spaces without end.
fn workbook(part: &str, begin: &str) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for name in ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", part] {
        if out.start_file(name, options).is_err() {
            continue;
        }
        out.write_all(b"<x/>").unwrap();
        if name == part {
            out.write_all(begin.as_bytes()).unwrap();
            std::io::copy(&mut std::io::repeat(b' ').take(INFLATED), &mut out).unwrap();
        }
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn bombs_are_refused_before_and_after_the_token_within_limits() {
    let bomb = zeros_under_zstd(20);
    let wide = zeros_under_zstd(27);
    let books = [
        workbook("xl/sharedStrings.xml", "<sst uniqueCount=\"4294967295\">"),
        workbook("xl/worksheets/sheet2.xml", "<worksheet>"),
        workbook("xl/styles.xml", ""),
    ];
    assert!(bomb.len() < 64 << 10 && books.iter().all(|book| book.len() < 1 << 20));
    let mut bombed = Bombed::new(Limits::default());
    let before = peak_kib();
    for body in [&bomb, &wide] {
        for path in ["heads", "push", "pull"] {
            assert_eq!(bombed.post(path, false, body), Some(401), "{path}");
            let status = bombed.post(path, true, body);
            assert!(matches!(status, Some(400 | 413)), "{path}: {status:?}");
        }
        let status = bombed.post("enrol", false, body);
        assert!(matches!(status, Some(400 | 413)), "enrol: {status:?}");
    }
    for length in ["1073741824", "18446744073709551615", "18446744073709551616", "-1"] {
        for has_token in [false, true] {
            let status = sent(&mut bombed, has_token, length);
            assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
        }
    }
    for book in &books {
        let read = intake::read_workbook("a.xlsx", book);
        assert_eq!(read.unwrap_err(), intake::IntakeError::Inflates);
    }
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        println!("{} KiB", after - before);
        assert!(after - before <= PEAK_KIB_MAX, "{} KiB held", after - before);
    }
    // Control: unpacked without a limit, one of them alone is beyond it.
    let (before, all) = (peak_kib(), zstd::stream::decode_all(bomb.as_slice()).unwrap());
    assert_eq!(all.len() as u64, INFLATED);
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        assert!(after - before > PEAK_KIB_MAX, "the measure sees nothing");
    }
}
