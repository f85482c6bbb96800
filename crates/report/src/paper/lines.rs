//! Text into lines of a width: Chinese breaks between any two characters, but no line begins with a closing mark or
//! ends with an opening one; Latin words and numbers hold together where they fit. Not hyphenation.

use super::face::{Fonts, Weight};

/// What no line begins with (GB/T 15834-2011, 5.1: marks that do not stand at a line's beginning).
const NOT_FIRST: &str = "，。、；：！？）》〉」』】〕”’…—～·％℃,.;:!?)]}%";
/// What no line ends with (the same).
const NOT_LAST: &str = "（《〈「『【〔“‘([{";
/// Stands for what was cut off.
const CUT: &str = "…";

/// A text in lines that fit `width` points. A single character that is wider stands alone all the same.
pub fn wrap(fonts: &Fonts, text: &str, size: f32, weight: Weight, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let text = fonts.printable(text, weight);
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0.0;
        for piece in pieces(paragraph) {
            let wide = fonts.width(&piece, size, weight);
            if used + fonts.width(piece.trim_end(), size, weight) <= width {
                line.push_str(&piece);
                used += wide;
                continue;
            }
            if !line.trim_end().is_empty() {
                lines.push(line.trim_end().to_owned());
            }
            (line, used) = (String::new(), 0.0);
            // A piece wider than a whole line is cut where it has to be.
            for c in piece.trim_start().chars() {
                let one = fonts.glyph(weight, c).advance_em * size;
                if used + one > width && !line.is_empty() {
                    let rest = carried(&mut line, c);
                    used = fonts.width(&rest, size, weight);
                    lines.push(std::mem::replace(&mut line, rest));
                }
                line.push(c);
                used += one;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// What goes along to the next line where it would begin with a mark that begins none: the end of this one, as far as
/// its last character that may.
fn carried(line: &mut String, next: char) -> String {
    let mut first = next;
    let mut from = line.len();
    for (at, c) in line.char_indices().rev() {
        if !NOT_FIRST.contains(first) || at == 0 {
            break;
        }
        (first, from) = (c, at);
    }
    // A line of nothing but such marks is left as it is.
    if NOT_FIRST.contains(first) { String::new() } else { line.split_off(from) }
}

/// At most so many lines; what is cut off is marked.
pub fn wrap_within(
    fonts: &Fonts,
    text: &str,
    size: f32,
    weight: Weight,
    width: f32,
    lines_max: usize,
) -> Vec<String> {
    let mut lines = wrap(fonts, text, size, weight, width);
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && fonts.width(&format!("{last}{CUT}"), size, weight) > width {
                last.pop();
            }
            last.push_str(CUT);
        }
    }
    lines
}

/// One line of a text; what is cut off is marked. Nothing where not even one character fits with the mark.
pub fn cut(fonts: &Fonts, text: &str, size: f32, weight: Weight, width: f32) -> String {
    let mut kept = fonts.printable(text, weight).into_owned();
    if fonts.width(&kept, size, weight) <= width {
        return kept;
    }
    while kept.pop().is_some() && !kept.is_empty() {
        let said = format!("{}{CUT}", kept.trim_end());
        if fonts.width(&said, size, weight) <= width {
            return said;
        }
    }
    String::new()
}

/// The largest size from `from` down to `to`, in steps of half a point, in which the text fits `lines_max` lines.
pub fn fitting_size(
    fonts: &Fonts,
    text: &str,
    (from, to): (f32, f32),
    weight: Weight,
    width: f32,
    lines_max: usize,
) -> f32 {
    let mut size = from;
    while size > to && wrap(fonts, text, size, weight, width).len() > lines_max {
        size -= 0.5;
    }
    size.max(to)
}

/// What is not torn apart: a word with the marks and blanks at it, or one Chinese character with its marks.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        let joins = pieces.last().is_some_and(|last| {
            let end = last.chars().next_back();
            NOT_FIRST.contains(c)
                || c == ' '
                || end.is_some_and(|end| NOT_LAST.contains(end) || (is_narrow(end) && is_narrow(c)))
        });
        match pieces.last_mut() {
            Some(last) if joins => last.push(c),
            Some(_) | None => pieces.push(c.to_string()),
        }
    }
    pieces
}

/// Part of a word: everything before the scripts that break anywhere, but for blanks.
fn is_narrow(c: char) -> bool {
    u32::from(c) < 0x2e80 && c != ' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::test_fonts;

    #[test]
    fn a_cut_line_fits_and_says_that_it_is_cut() {
        let fonts = test_fonts();
        let said = |text: &str, width: f32| cut(&fonts, text, 10.0, Weight::Regular, width);
        assert_eq!(said("阿依古丽", 40.0), "阿依古丽");
        assert_eq!(said("阿依古丽", 39.0), "阿依…");
        assert_eq!(said("阿依古丽", 20.0), "阿…");
        assert_eq!(said("阿依古丽", 19.0), "");
        assert_eq!(said("阿依古丽", -5.0), "");
        assert_eq!(said("", 10.0), "");
    }

    #[test]
    fn marks_and_words_hold_together() {
        let check = |text: &str, expected: &[&str]| assert_eq!(pieces(text), expected);
        check("血压，高", &["血", "压，", "高"]);
        check("（空腹）查", &["（空", "腹）", "查"]);
        check("BMI 24.5 偏高", &["BMI ", "24.5 ", "偏", "高"]);
        check("阿依古丽·买买提", &["阿", "依", "古", "丽·", "买", "买", "提"]);
        check("", &[]);
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_even_where_a_word_is_cut() {
        let check = |line: &str, next: char, kept: &str, rest: &str| {
            let mut line = line.to_owned();
            assert_eq!(carried(&mut line, next), rest);
            assert_eq!(line, kept);
        };
        check("（160-179）", '，', "（160-17", "9）");
        check("mmol", 'o', "mmol", "");
        check("。。。", '。', "。。。", "");
    }
}
