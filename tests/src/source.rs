//! A Rust file as the tidy tests look at it: code with comments and texts blanked out, the texts apart, and
//! which lines are only for tests. Not a parser: it knows as much of the language as those tests need.

use crate::repository::File;

/// One Rust file, taken apart.
#[derive(Debug, Clone)]
pub struct Source {
    pub path: String,
    /// The file with comments and the insides of texts as spaces; line breaks stay.
    pub code: String,
    /// Every text in quotes, with the line it begins on, from 1.
    pub texts: Vec<(usize, String)>,
    /// Per line: true where it is compiled only for tests.
    only_tests: Vec<bool>,
}

/// One function: its name and the lines it covers, both ends counted, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub first: usize,
    pub last: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let (code, texts) = blank(text);
        let lines = code.lines().count();
        let mut source =
            Source { path: path.to_owned(), code, texts, only_tests: vec![false; lines] };
        for (first, last) in test_ranges(&source.code) {
            source.only_tests[first - 1..last].fill(true);
        }
        source
    }

    /// The lines with their numbers, those only for tests left out.
    pub fn shipped_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .lines()
            .enumerate()
            .filter(|(index, _)| !self.only_tests[*index])
            .map(|(index, line)| (index + 1, line))
    }

    pub fn is_only_tests(&self, line: usize) -> bool {
        self.only_tests.get(line - 1).copied().unwrap_or(false)
    }

    /// Every function with a body.
    pub fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("fn ") {
            let before = self.code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &self.code[at + 3..];
            let name: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name.is_empty() {
                continue;
            }
            let Some(end) = end_of_item(&self.code, at) else { continue };
            if self.code[..end].ends_with('}') {
                found.push(Function {
                    name,
                    first: line_of(&self.code, at),
                    last: line_of(&self.code, end - 1),
                });
            }
        }
        found
    }

    /// Modules in files of their own that are declared only for tests.
    fn test_modules(&self) -> Vec<String> {
        let mut found = Vec::new();
        for line in self.code.lines().enumerate().filter(|(i, _)| self.only_tests[*i]) {
            let words = line.1.trim().trim_start_matches("pub ").strip_prefix("mod ");
            if let Some(name) = words.and_then(|rest| rest.strip_suffix(';')) {
                found.push(name.to_owned());
            }
        }
        found
    }
}

/// Every Rust file that ships or builds what ships, without those declared only for tests.
pub fn shipped(files: &[File]) -> Vec<Source> {
    let is_ours = |file: &&File| {
        file.has_ending(".rs")
            && ["crates/", "src-tauri/", "xtask/"].iter().any(|place| file.is_in(place))
            && !file.path.contains("/tests/")
    };
    let sources: Vec<Source> =
        files.iter().filter(is_ours).map(|file| Source::new(&file.path, &file.text)).collect();
    let for_tests: Vec<String> = sources
        .iter()
        .flat_map(|source| source.test_modules().into_iter().map(|name| below(&source.path, &name)))
        .collect();
    let is_for_tests = |source: &Source| {
        for_tests.iter().any(|stem| {
            source
                .path
                .strip_prefix(stem.as_str())
                .is_some_and(|r| r == ".rs" || r.starts_with('/'))
        })
    };
    sources.into_iter().filter(|source| !is_for_tests(source)).collect()
}

/// Where module `name` of the file at `path` lies, without its ending.
fn below(path: &str, name: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    match file {
        "lib.rs" | "main.rs" | "mod.rs" => format!("{folder}/{name}"),
        _ => format!("{folder}/{}/{name}", file.trim_end_matches(".rs")),
    }
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// First and last line of every item marked `#[cfg(test)]` or `#[test]`.
fn test_ranges(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for mark in ["#[cfg(test)]", "#[cfg(any(test", "#[cfg(all(test", "#[test]"] {
        for (at, _) in code.match_indices(mark) {
            if let Some(end) = end_of_item(code, at) {
                found.push((line_of(code, at), line_of(code, end - 1)));
            }
        }
    }
    found
}

/// Just after the `;` or the closing brace of the item that begins at `at`. Attributes before it and
/// brackets within its head are passed over.
fn end_of_item(code: &str, at: usize) -> Option<usize> {
    let mut round = 0_i32;
    let mut curly = 0_i32;
    for (index, c) in code[at..].char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            '{' => curly += 1,
            '}' => {
                curly -= 1;
                if curly <= 0 {
                    return Some(at + index + 1);
                }
            }
            ';' if round == 0 && curly == 0 => return Some(at + index + 1),
            _ => {}
        }
    }
    None
}

/// Comments and the insides of texts as spaces, and the texts themselves.
fn blank(text: &str) -> (String, Vec<(usize, String)>) {
    let mut code = String::with_capacity(text.len());
    let mut texts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, inside) = token(rest, &code);
        let (piece, after) = rest.split_at(length);
        match inside {
            None => code.push_str(piece),
            Some((from, to)) => {
                if first != '/' && first != '\'' {
                    texts.push((code.matches('\n').count() + 1, piece[from..to].to_owned()));
                }
                let blanked = piece[from..to].chars().map(|c| if c == '\n' { '\n' } else { ' ' });
                code.push_str(&piece[..from]);
                code.extend(blanked);
                code.push_str(&piece[to..]);
            }
        }
        rest = after;
    }
    (code, texts)
}

/// The length of the next piece and the part of it to blank out.
fn token(rest: &str, before: &str) -> (usize, Option<(usize, usize)>) {
    let in_word = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let first = rest.chars().next().unwrap_or(' ');
    if rest.starts_with("//") {
        let end = rest.find('\n').unwrap_or(rest.len());
        return (end, Some((0, end)));
    }
    if rest.starts_with("/*") {
        let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
        return (end, Some((0, end)));
    }
    if !in_word && let Some(piece) = raw_text(rest) {
        return piece;
    }
    if first == '"' {
        let end = 1 + end_of_text(&rest[1..]);
        return (end + 1, Some((1, end.min(rest.len()))));
    }
    if first == '\''
        && let Some(piece) = character(rest)
    {
        return piece;
    }
    (first.len_utf8(), None)
}

/// `r"..."`, `r#"..."#`, `br"..."`.
fn raw_text(rest: &str) -> Option<(usize, Option<(usize, usize)>)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    let inside = after[hashes..].strip_prefix('"')?;
    let from = rest.len() - inside.len();
    let close = format!("\"{}", "#".repeat(hashes));
    let to = from + inside.find(&close)?;
    Some((to + close.len(), Some((from, to))))
}

/// A character in quotes; `None` where the quote begins a lifetime.
fn character(rest: &str) -> Option<(usize, Option<(usize, usize)>)> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    let (next_at, next) = chars.next()?;
    if first == '\\' {
        let from = next_at + next.len_utf8();
        let close = from + rest[from..].find('\'')?;
        return Some((close + 1, Some((1, close))));
    }
    (next == '\'').then_some((next_at + 1, Some((1, next_at))))
}

/// Where the closing quote is, escapes passed over.
fn end_of_text(inside: &str) -> usize {
    let mut is_escaped = false;
    for (index, c) in inside.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return index,
            _ => {}
        }
    }
    inside.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_not_code() {
        let source = Source::new(
            "a.rs",
            "let a = \"x.unwrap() \\\" y\"; // b.unwrap()\nlet c = 'd'; let e: &'f str = r#\"g \" h\"#;\n",
        );
        assert!(!source.code.contains("unwrap"));
        assert!(source.code.contains("&'f str"));
        assert!(!source.code.contains("'d'"));
        let texts: Vec<&str> = source.texts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["x.unwrap() \\\" y", "g \" h"]);
        assert_eq!(source.texts[1].0, 2);
        assert_eq!(source.code.lines().count(), 2);
    }

    #[test]
    fn quotes_and_escapes_in_characters_do_not_open_a_text() {
        for c in ["'\"'", "'\\''", "'\\\\'", "b'\"'", "'\\u{feff}'"] {
            let source = Source::new("a.rs", &format!("let a = {c}; b.unwrap(); \"t\""));
            assert!(source.code.contains("b.unwrap()"), "{c}");
            assert_eq!(source.texts.len(), 1, "{c}");
        }
    }

    #[test]
    fn what_is_marked_for_tests_is_not_shipped() {
        let text =
            "fn a() {\n    b();\n}\n#[cfg(test)]\nmod tests {\n    fn c() { d(); }\n}\nfn e() {}\n";
        let source = Source::new("a.rs", text);
        let lines: Vec<usize> = source.shipped_lines().map(|(number, _)| number).collect();
        assert_eq!(lines, [1, 2, 3, 8]);
    }

    #[test]
    fn a_module_declared_for_tests_is_left_out_with_all_below_it() {
        let files = [
            File::new("crates/a/src/lib.rs", "mod b;\n#[cfg(test)]\nmod model;\n"),
            File::new("crates/a/src/b.rs", "#[cfg(test)]\nmod tests;\n"),
            File::new("crates/a/src/b/tests.rs", ""),
            File::new("crates/a/src/model.rs", ""),
            File::new("crates/a/src/model/deep.rs", ""),
            File::new("crates/a/src/models.rs", ""),
        ];
        let paths: Vec<String> = shipped(&files).into_iter().map(|source| source.path).collect();
        assert_eq!(paths, ["crates/a/src/lib.rs", "crates/a/src/b.rs", "crates/a/src/models.rs"]);
    }

    #[test]
    fn functions_are_measured_from_their_name_to_their_last_brace() {
        let text = "trait A {\n    fn a(&self);\n}\nfn b(c: [u8; 4]) -> u8\n{\n    if c { 1 } else { 2 }\n}\n";
        let source = Source::new("a.rs", text);
        assert_eq!(source.functions(), [Function { name: "b".to_owned(), first: 4, last: 7 }]);
    }
}
