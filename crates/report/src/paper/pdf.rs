//! Pages to PDF bytes. No date, no chance: the same pages give the same bytes.

use super::PaperError;
use super::face::{Fonts, Glyph, Weight};
use super::sheet::{Mark, Page};
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

/// Pages as a PDF. `title` names the kind of paper and nobody on it.
pub fn write(fonts: &Fonts, title: &str, pages: &[Page]) -> Result<Vec<u8>, PaperError> {
    let settings = SerializeSettings { enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    for page in pages {
        let settings =
            PageSettings::from_wh(page.width, page.height).ok_or(PaperError::Unwritten)?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            draw(&mut surface, fonts, mark);
        }
        surface.finish();
        sheet.finish();
    }
    let metadata = Metadata::new()
        .title(title.to_owned())
        .language("zh-CN".to_owned())
        .creator("jkkc".to_owned());
    document.set_metadata(metadata);
    document.finish().map_err(|_| PaperError::Unwritten)
}

fn draw(surface: &mut Surface, fonts: &Fonts, mark: &Mark) {
    match mark {
        Mark::Text { x, baseline, size, weight, text } => {
            text_run(surface, fonts, (*x, *baseline), *size, *weight, text);
        }
        Mark::Box { x, y, width, height, fill, line } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(fill.map(grey));
                surface.set_stroke(line.map(pen));
                surface.draw_path(&path);
            }
        }
        Mark::Line { from, to, width } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            if let Some(path) = path.finish() {
                surface.set_fill(None);
                surface.set_stroke(Some(pen(*width)));
                surface.draw_path(&path);
            }
        }
        Mark::Modules { x, y, width, height, rows } => {
            modules(surface, (*x, *y), (*width, *height), rows);
        }
    }
}

/// A text in runs of one face each.
fn text_run(
    surface: &mut Surface,
    fonts: &Fonts,
    (x, baseline): (f32, f32),
    size: f32,
    weight: Weight,
    text: &str,
) {
    surface.set_fill(Some(grey(0)));
    surface.set_stroke(None);
    let glyphs: Vec<(usize, usize, Glyph)> =
        text.char_indices().map(|(at, c)| (at, c.len_utf8(), fonts.glyph(weight, c))).collect();
    let mut x = x;
    for run in glyphs.chunk_by(|a, b| a.2.face == b.2.face) {
        let Some((begin, _, first)) = run.first() else { continue };
        let set: Vec<KrillaGlyph> = run
            .iter()
            .map(|(at, length, glyph)| {
                let id = GlyphId::new(u32::from(glyph.id));
                let from = at - begin;
                KrillaGlyph::new(id, glyph.advance_em, 0.0, 0.0, 0.0, from..from + length, None)
            })
            .collect();
        let end = run.last().map_or(*begin, |(at, length, _)| at + length);
        let font = fonts.font(first.face).clone();
        surface.draw_glyphs(
            Point::from_xy(x, baseline),
            &set,
            font,
            &text[*begin..end],
            size,
            false,
        );
        x += run.iter().map(|(_, _, glyph)| glyph.advance_em * size).sum::<f32>();
    }
}

/// All dark modules as one path; neighbours in a row as one bar, so that no hair line shows between them.
fn modules(
    surface: &mut Surface,
    (x, y): (f32, f32),
    (width, height): (f32, f32),
    rows: &[Vec<bool>],
) {
    let mut path = PathBuilder::new();
    let tall = height / count(rows.len());
    for (row_at, row) in rows.iter().enumerate() {
        let wide = width / count(row.len());
        let mut at = 0;
        for bar in row.chunk_by(|a, b| a == b) {
            if bar.first() == Some(&true) {
                let left = x + count(at) * wide;
                let top = y + count(row_at) * tall;
                let rect = Rect::from_xywh(left, top, count(bar.len()) * wide, tall);
                if let Some(rect) = rect {
                    path.push_rect(rect);
                }
            }
            at += bar.len();
        }
    }
    if let Some(path) = path.finish() {
        surface.set_fill(Some(grey(0)));
        surface.set_stroke(None);
        surface.draw_path(&path);
    }
}

/// Modules are few: exact in an f32.
fn count(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

fn grey(lightness: u8) -> Fill {
    Fill {
        paint: luma::Color::new(lightness).into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }
}

fn pen(width: f32) -> Stroke {
    Stroke { paint: luma::Color::new(0).into(), width, ..Stroke::default() }
}
