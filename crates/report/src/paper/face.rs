//! Faces of fonts from bytes: which have Chinese, how wide each character is, which face has it. Not shaping: Chinese
//! and Latin need none, and a script that does (Arabic ...) is outside what this paper prints.

use super::PaperError;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Characters that a face for Chinese must have: common ones, and what our own words are made of.
const CHINESE: &str = "中国人民体检村组年级血压，。";
/// Faces looked at in one collection.
const FACES_MAX: u32 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Regular,
    Bold,
}

/// A face: the bytes of a font file, and which face of a collection.
#[derive(Clone)]
pub struct FontFile {
    pub bytes: Arc<Vec<u8>>,
    pub index: u32,
}

/// What one face of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceInfo {
    pub index: u32,
    /// `Noto Sans CJK SC`; empty where the file has no such name.
    pub family: String,
    pub is_bold: bool,
    pub has_chinese: bool,
}

/// The faces of a font file or collection; none where the bytes are no font.
pub fn faces_in(bytes: &[u8]) -> Vec<FaceInfo> {
    let count = ttf_parser::fonts_in_collection(bytes).unwrap_or(1).min(FACES_MAX);
    (0..count).filter_map(|index| face_info(bytes, index)).collect()
}

fn face_info(bytes: &[u8], index: u32) -> Option<FaceInfo> {
    let face = ttf_parser::Face::parse(bytes, index).ok()?;
    let is_family = |name: &ttf_parser::name::Name| {
        name.name_id == ttf_parser::name_id::FAMILY && name.is_unicode()
    };
    let mut families = face.names().into_iter().filter(is_family).filter_map(|n| n.to_string());
    Some(FaceInfo {
        index,
        family: families.find(|name| name.is_ascii()).unwrap_or_default(),
        is_bold: face.is_bold(),
        has_chinese: CHINESE.chars().all(|c| face.glyph_index(c).is_some()),
    })
}

/// A glyph and how far it moves the pen, in ems.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub face: usize,
    pub id: u16,
    pub advance_em: f32,
}

struct Face {
    font: krilla::text::Font,
    file: FontFile,
    units_per_em: f32,
}

/// The faces a document is set in, in the order they are asked for a character.
pub struct Fonts {
    faces: Vec<Face>,
    regular: Vec<usize>,
    bold: Vec<usize>,
    known: RefCell<BTreeMap<(Weight, char), Glyph>>,
}

/// ⁰ to ⁹ by value: those of 10⁹ and 10¹² are what papers have.
const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";

impl Fonts {
    /// `regular`: the first needs Chinese, the others are asked for what it lacks (rare names). `bold` may be empty.
    pub fn new(regular: &[FontFile], bold: &[FontFile]) -> Result<Fonts, PaperError> {
        let mut faces = Vec::new();
        let mut add = |files: &[FontFile]| -> Vec<usize> {
            let mut added = Vec::new();
            for file in files {
                if let Some(face) = read(file) {
                    added.push(faces.len());
                    faces.push(face);
                }
            }
            added
        };
        let regular_at = add(regular);
        let bold_at = add(bold);
        let has_chinese = |at: &usize| {
            let file: &FontFile = &faces[*at].file;
            face_info(&file.bytes, file.index).is_some_and(|info| info.has_chinese)
        };
        if !regular_at.iter().any(has_chinese) {
            return Err(PaperError::FontAbsent);
        }
        let bold = bold_at.iter().chain(&regular_at).copied().collect();
        Ok(Fonts { faces, regular: regular_at, bold, known: RefCell::new(BTreeMap::new()) })
    }

    /// The glyph for a character in the first face that has it; the empty box of the first where none has.
    pub(super) fn glyph(&self, weight: Weight, c: char) -> Glyph {
        if let Some(known) = self.known.borrow().get(&(weight, c)) {
            return *known;
        }
        let order = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        let found = order.iter().find_map(|at| self.look(*at, c));
        let missing = Glyph { face: order[0], id: 0, advance_em: 1.0 };
        let glyph = found.unwrap_or(missing);
        self.known.borrow_mut().insert((weight, c), glyph);
        glyph
    }

    /// Raised digits that no face has, as ×10^9/L: an empty box in a unit is a wrong number to read.
    pub(super) fn printable<'t>(&self, text: &'t str, weight: Weight) -> Cow<'t, str> {
        let is_raised = |c: char| RAISED.contains(c);
        if !text.chars().any(|c| is_raised(c) && self.glyph(weight, c).id == 0) {
            return Cow::Borrowed(text);
        }
        let mut said = String::new();
        let mut is_within = false;
        for c in text.chars() {
            match RAISED.chars().position(|raised| raised == c) {
                Some(digit) => {
                    if !is_within {
                        said.push('^');
                    }
                    said.push_str(&digit.to_string());
                }
                None => said.push(c),
            }
            is_within = is_raised(c);
        }
        Cow::Owned(said)
    }

    fn look(&self, at: usize, c: char) -> Option<Glyph> {
        let face = &self.faces[at];
        let parsed = ttf_parser::Face::parse(&face.file.bytes, face.file.index).ok()?;
        let id = parsed.glyph_index(c)?;
        let units = f32::from(parsed.glyph_hor_advance(id)?);
        Some(Glyph { face: at, id: id.0, advance_em: units / face.units_per_em })
    }

    pub(super) fn font(&self, face: usize) -> &krilla::text::Font {
        &self.faces[face].font
    }

    /// Width of a text in one line, points.
    pub(super) fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        text.chars().map(|c| self.glyph(weight, c).advance_em * size).sum()
    }
}

fn read(file: &FontFile) -> Option<Face> {
    let units_per_em = ttf_parser::Face::parse(&file.bytes, file.index).ok()?.units_per_em();
    let font = krilla::text::Font::new(file.bytes.clone().into(), file.index)?;
    Some(Face { font, file: file.clone(), units_per_em: f32::from(units_per_em) })
}
