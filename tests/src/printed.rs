//! PDFs read back with other people's tools: pdftotext, pdfinfo, pdftoppm and zbarimg (Debian's poppler-utils and
//! zbar-tools). No meaning of a paper is known here.

use std::path::Path;
use std::process::Command;

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|e| panic!("{program}: {e}"));
    // zbarimg answers 4 where a picture has no code: that is an answer.
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap_or_else(|| panic!("a path that is no text"))
}

/// All text, as somebody searching in the file finds it.
pub fn words(pdf: &Path) -> String {
    run("pdftotext", &["-layout", name(pdf), "-"])
}

pub fn pages(pdf: &Path) -> usize {
    let said = run("pdfinfo", &[name(pdf)]);
    let line = said.lines().find_map(|line| line.strip_prefix("Pages:"));
    line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// Every code of every page as a scanner reads it from paper at so many dots an inch: (`CODE-128` or `QR-Code`, text),
/// page by page and sorted within one.
pub fn codes(pdf: &Path, dots_per_inch: u32) -> Vec<Vec<(String, String)>> {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    let begin = folder.path().join("page");
    let dots = dots_per_inch.to_string();
    run("pdftoppm", &["-r", &dots, "-png", "-gray", name(pdf), name(&begin)]);
    let listed = std::fs::read_dir(folder.path()).unwrap_or_else(|e| panic!("{e}"));
    let mut pictures: Vec<_> = listed.flatten().map(|entry| entry.path()).collect();
    pictures.sort();
    pictures.iter().map(|picture| codes_in(picture)).collect()
}

/// Every code of a picture, sorted.
pub fn codes_in(picture: &Path) -> Vec<(String, String)> {
    let said = run("zbarimg", &["-q", name(picture)]);
    let pair =
        |line: &str| line.split_once(':').map(|(kind, text)| (kind.to_owned(), text.to_owned()));
    let mut codes: Vec<_> = said.lines().filter_map(pair).collect();
    codes.sort();
    codes
}

/// How high each word that is exactly this is printed, as pdftotext measures its box, millimetres.
pub fn heights_mm(pdf: &Path, word: &str) -> Vec<f64> {
    const MM_PER_PT: f64 = 25.4 / 72.0;
    let said = run("pdftotext", &["-bbox", name(pdf), "-"]);
    let number = |line: &str, key: &str| -> Option<f64> {
        line.split_once(&format!("{key}=\""))?.1.split_once('"')?.0.parse().ok()
    };
    let lines = said.lines().filter(|line| line.contains(&format!(">{word}<")));
    lines
        .filter_map(|line| Some((number(line, "yMax")? - number(line, "yMin")?) * MM_PER_PT))
        .collect()
}
