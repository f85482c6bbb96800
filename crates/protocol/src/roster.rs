//! People put on a roster, and the wire form of it. In the program they are rows; on the wire they are
//! columns, and what an ID number says already (birth date, sex, its own check character, a 学籍号 made of
//! it) is said once. Nothing is lost: what does not fit such a pattern travels as text. Not how office
//! files are read (`intake`), and not who is whom.

use crate::entry::EntryError;
use crate::fact::DetailsFact;
use crate::id_parts::IdParts;
use prost::Message;
use std::collections::HashMap;

/// Texts of one roster entry at most, bytes, once every row has its own: a small body must not
/// unfold into a large roster.
pub const ROSTER_TEXT_BYTES_MAX: usize = 4 << 20;

/// People added to a round's roster of the unit the entry lies in. Nobody leaves by absence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterFact {
    /// 16 random bytes; row `i` without an id of its own is `person_id_of_row(seed, i)`.
    pub seed: Vec<u8>,
    pub rows: Vec<RosterRowFact>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterRowFact {
    /// 16 bytes where the row is someone known already; empty = derived from seed and row.
    pub person: Vec<u8>,
    /// Always there in a row that was read.
    pub details: Option<DetailsFact>,
    pub group: Option<String>,
    pub grade: Option<String>,
    pub note: Option<String>,
    /// 1 resident, 2 pupil.
    pub kind: u32,
}

/// What a row has, as bits of its shape. A bit that this version does not know belongs to a column
/// that it does not know either.
pub mod shape {
    /// An ID number, in `id_regions`, `id_births` and `id_orders`.
    pub const ID: u32 = 1;
    /// Sex and birth date are the ID number's. Without this bit the row has one of `sexes`.
    pub const LIKE_ID: u32 = 1 << 1;
    pub const PHONE: u32 = 1 << 2;
    pub const GROUP: u32 = 1 << 3;
    pub const GRADE: u32 = 1 << 4;
    /// The 学籍号 is G and the ID number.
    pub const STUDENT_OF_ID: u32 = 1 << 5;
    pub const PHONE_OWNER: u32 = 1 << 6;
    pub const NOTE: u32 = 1 << 7;
    pub const BIRTH: u32 = 1 << 8;
    pub const ADDRESS: u32 = 1 << 9;
    pub const PERSON: u32 = 1 << 10;
    /// An ID number that is not 18 characters with a true date and check character.
    pub const ID_TEXT: u32 = 1 << 11;
    /// A phone that is not 11 digits beginning with 1.
    pub const PHONE_TEXT: u32 = 1 << 12;
    pub const STUDENT_TEXT: u32 = 1 << 13;
}

/// The payload of a roster as its bytes are. `shapes`, `names` and `kinds` have one value a row; each
/// other column has one for each row whose shape says so, in the order of the rows. A text is a number
/// in `texts`, where each stands once.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RosterColumns {
    #[prost(bytes = "vec", tag = "1")]
    pub seed: Vec<u8>,
    #[prost(uint32, repeated, tag = "2")]
    pub shapes: Vec<u32>,
    #[prost(string, repeated, tag = "3")]
    pub names: Vec<String>,
    #[prost(uint32, repeated, tag = "4")]
    pub kinds: Vec<u32>,
    /// The first six digits, less those of the ID number before.
    #[prost(sint32, repeated, tag = "5")]
    pub id_regions: Vec<i32>,
    /// Days since 2000-01-01.
    #[prost(sint32, repeated, tag = "6")]
    pub id_births: Vec<i32>,
    /// The three digits after the birth date: odd for men.
    #[prost(uint32, repeated, tag = "7")]
    pub id_orders: Vec<u32>,
    #[prost(uint32, repeated, tag = "8")]
    pub sexes: Vec<u32>,
    /// Days since 2000-01-01.
    #[prost(sint32, repeated, tag = "9")]
    pub births: Vec<i32>,
    /// The eleven digits as a number.
    #[prost(uint64, repeated, tag = "10")]
    pub phones: Vec<u64>,
    #[prost(string, repeated, tag = "11")]
    pub texts: Vec<String>,
    #[prost(uint32, repeated, tag = "12")]
    pub groups: Vec<u32>,
    #[prost(uint32, repeated, tag = "13")]
    pub grades: Vec<u32>,
    #[prost(uint32, repeated, tag = "14")]
    pub notes: Vec<u32>,
    #[prost(uint32, repeated, tag = "15")]
    pub phone_owners: Vec<u32>,
    #[prost(uint32, repeated, tag = "16")]
    pub addresses: Vec<u32>,
    #[prost(uint32, repeated, tag = "17")]
    pub id_texts: Vec<u32>,
    #[prost(uint32, repeated, tag = "18")]
    pub phone_texts: Vec<u32>,
    #[prost(uint32, repeated, tag = "19")]
    pub student_texts: Vec<u32>,
    #[prost(bytes = "vec", repeated, tag = "20")]
    pub persons: Vec<Vec<u8>>,
}

impl RosterFact {
    pub fn encode_to_vec(&self) -> Vec<u8> {
        RosterColumns::from(self).encode_to_vec()
    }

    /// `Malformed` when the bytes are no such message, `Invalid` when its columns do not fit together
    /// or unfold into more than [`ROSTER_TEXT_BYTES_MAX`].
    pub fn decode(bytes: &[u8]) -> Result<RosterFact, EntryError> {
        let columns = RosterColumns::decode(bytes).map_err(|_| EntryError::Malformed)?;
        RosterFact::try_from(columns)
    }
}

impl From<&RosterFact> for RosterColumns {
    fn from(roster: &RosterFact) -> Self {
        let columns = RosterColumns { seed: roster.seed.clone(), ..RosterColumns::default() };
        let mut writer = Columns { columns, numbers: HashMap::new(), region: 0 };
        roster.rows.iter().for_each(|row| writer.row(row));
        writer.columns
    }
}

/// Columns being written.
struct Columns<'a> {
    columns: RosterColumns,
    /// The texts so far and their numbers.
    numbers: HashMap<&'a str, u32>,
    region: i32,
}

impl<'a> Columns<'a> {
    fn row(&mut self, row: &'a RosterRowFact) {
        let details = row.details.as_ref();
        let mut shape = details.map_or(0, |details| self.details(details));
        if details.is_none() {
            self.columns.names.push(String::new());
            self.columns.sexes.push(0);
        }
        shape |= self.text(&row.group, shape::GROUP, |c| &mut c.groups);
        shape |= self.text(&row.grade, shape::GRADE, |c| &mut c.grades);
        shape |= self.text(&row.note, shape::NOTE, |c| &mut c.notes);
        if !row.person.is_empty() {
            shape |= shape::PERSON;
            self.columns.persons.push(row.person.clone());
        }
        self.columns.kinds.push(row.kind);
        self.columns.shapes.push(shape);
    }

    fn details(&mut self, details: &'a DetailsFact) -> u32 {
        self.columns.names.push(details.name.clone());
        let id = details.id_number.as_deref().and_then(IdParts::of);
        let mut shape = match &id {
            Some(id) => {
                self.columns.id_regions.push(id.region - self.region);
                self.region = id.region;
                self.columns.id_births.push(id.birth_day);
                self.columns.id_orders.push(id.order);
                shape::ID
            }
            None => self.text(&details.id_number, shape::ID_TEXT, |c| &mut c.id_texts),
        };
        if id
            .as_ref()
            .is_some_and(|id| details.sex == id.sex() && details.birth_day == Some(id.birth_day))
        {
            shape |= shape::LIKE_ID;
        } else {
            self.columns.sexes.push(details.sex);
            if let Some(day) = details.birth_day {
                self.columns.births.push(day);
                shape |= shape::BIRTH;
            }
        }
        if id.is_some() && is_student_of(details) {
            shape |= shape::STUDENT_OF_ID;
        } else {
            shape |= self.text(&details.student_no, shape::STUDENT_TEXT, |c| &mut c.student_texts);
        }
        match details.phone.as_deref().and_then(phone_number) {
            Some(phone) => {
                self.columns.phones.push(phone);
                shape |= shape::PHONE;
            }
            None => shape |= self.text(&details.phone, shape::PHONE_TEXT, |c| &mut c.phone_texts),
        }
        shape |= self.text(&details.phone_owner, shape::PHONE_OWNER, |c| &mut c.phone_owners);
        shape | self.text(&details.address, shape::ADDRESS, |c| &mut c.addresses)
    }

    /// Puts a text's number into its column; the bit that says so, or 0.
    fn text(
        &mut self,
        text: &'a Option<String>,
        bit: u32,
        column: impl FnOnce(&mut RosterColumns) -> &mut Vec<u32>,
    ) -> u32 {
        let Some(text) = text else { return 0 };
        let next = u32::try_from(self.columns.texts.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            self.columns.texts.push(text.clone());
        }
        column(&mut self.columns).push(number);
        bit
    }
}

impl TryFrom<RosterColumns> for RosterFact {
    type Error = EntryError;
    fn try_from(columns: RosterColumns) -> Result<Self, Self::Error> {
        let count = columns.shapes.len();
        if columns.names.len() != count || columns.kinds.len() != count {
            return Err(EntryError::Invalid);
        }
        let mut reader = Reader {
            texts: &columns.texts,
            text_bytes_left: ROSTER_TEXT_BYTES_MAX,
            region: 0,
            id_regions: columns.id_regions.iter(),
            id_births: columns.id_births.iter(),
            id_orders: columns.id_orders.iter(),
            sexes: columns.sexes.iter(),
            births: columns.births.iter(),
            phones: columns.phones.iter(),
            groups: columns.groups.iter(),
            grades: columns.grades.iter(),
            notes: columns.notes.iter(),
            phone_owners: columns.phone_owners.iter(),
            addresses: columns.addresses.iter(),
            id_texts: columns.id_texts.iter(),
            phone_texts: columns.phone_texts.iter(),
            student_texts: columns.student_texts.iter(),
            persons: columns.persons.iter(),
        };
        let mut rows = Vec::with_capacity(count);
        for ((shape, name), kind) in columns.shapes.iter().zip(columns.names).zip(columns.kinds) {
            rows.push(reader.row(*shape, name, kind)?);
        }
        if reader.is_at_end() {
            Ok(RosterFact { seed: columns.seed, rows })
        } else {
            Err(EntryError::Invalid)
        }
    }
}

type Numbers<'a> = std::slice::Iter<'a, u32>;

/// Columns being read, each at the row it has come to.
struct Reader<'a> {
    texts: &'a [String],
    text_bytes_left: usize,
    region: i32,
    id_regions: std::slice::Iter<'a, i32>,
    id_births: std::slice::Iter<'a, i32>,
    id_orders: Numbers<'a>,
    sexes: Numbers<'a>,
    births: std::slice::Iter<'a, i32>,
    phones: std::slice::Iter<'a, u64>,
    groups: Numbers<'a>,
    grades: Numbers<'a>,
    notes: Numbers<'a>,
    phone_owners: Numbers<'a>,
    addresses: Numbers<'a>,
    id_texts: Numbers<'a>,
    phone_texts: Numbers<'a>,
    student_texts: Numbers<'a>,
    persons: std::slice::Iter<'a, Vec<u8>>,
}

impl<'a> Reader<'a> {
    fn row(&mut self, shape: u32, name: String, kind: u32) -> Result<RosterRowFact, EntryError> {
        let details = self.details(shape, name)?;
        let mut text =
            |column, bit| read_text(self.texts, &mut self.text_bytes_left, column, shape, bit);
        Ok(RosterRowFact {
            details: Some(details),
            group: text(&mut self.groups, shape::GROUP)?,
            grade: text(&mut self.grades, shape::GRADE)?,
            note: text(&mut self.notes, shape::NOTE)?,
            person: next_if(&mut self.persons, shape, shape::PERSON)?.cloned().unwrap_or_default(),
            kind,
        })
    }

    fn details(&mut self, shape: u32, name: String) -> Result<DetailsFact, EntryError> {
        let id = self.id(shape)?;
        let like_id = if shape & shape::LIKE_ID == 0 { None } else { Some(id.as_ref()) };
        let (sex, birth_day) = match like_id {
            Some(None) => return Err(EntryError::Invalid),
            Some(Some(id)) => (id.sex(), Some(id.birth_day)),
            None => {
                let sex = *self.sexes.next().ok_or(EntryError::Invalid)?;
                (sex, next_if(&mut self.births, shape, shape::BIRTH)?.copied())
            }
        };
        let mut text =
            |column, bit| read_text(self.texts, &mut self.text_bytes_left, column, shape, bit);
        let id_number = match id.map(|id| id.text()) {
            Some(id) => Some(id?),
            None => text(&mut self.id_texts, shape::ID_TEXT)?,
        };
        let student_no = match (shape & shape::STUDENT_OF_ID, &id_number) {
            (0, _) => text(&mut self.student_texts, shape::STUDENT_TEXT)?,
            (_, Some(id)) => Some(format!("G{id}")),
            (_, None) => return Err(EntryError::Invalid),
        };
        let phone = match next_if(&mut self.phones, shape, shape::PHONE)? {
            Some(phone) => Some(phone.to_string()),
            None => text(&mut self.phone_texts, shape::PHONE_TEXT)?,
        };
        Ok(DetailsFact {
            name,
            sex,
            birth_day,
            id_number,
            student_no,
            phone,
            phone_owner: text(&mut self.phone_owners, shape::PHONE_OWNER)?,
            address: text(&mut self.addresses, shape::ADDRESS)?,
        })
    }

    fn id(&mut self, shape: u32) -> Result<Option<IdParts>, EntryError> {
        let Some(step) = next_if(&mut self.id_regions, shape, shape::ID)? else { return Ok(None) };
        self.region = self.region.checked_add(*step).ok_or(EntryError::Invalid)?;
        let birth_day = *self.id_births.next().ok_or(EntryError::Invalid)?;
        let order = *self.id_orders.next().ok_or(EntryError::Invalid)?;
        Ok(Some(IdParts { region: self.region, birth_day, order }))
    }

    /// A column with values left over says that the shapes are not those it was written with.
    fn is_at_end(&self) -> bool {
        let numbers = [
            &self.id_orders,
            &self.sexes,
            &self.groups,
            &self.grades,
            &self.notes,
            &self.phone_owners,
            &self.addresses,
            &self.id_texts,
            &self.phone_texts,
            &self.student_texts,
        ];
        let days = [&self.id_regions, &self.id_births, &self.births];
        numbers.iter().all(|column| column.as_slice().is_empty())
            && days.iter().all(|column| column.as_slice().is_empty())
            && self.phones.as_slice().is_empty()
            && self.persons.as_slice().is_empty()
    }
}

/// The column's next value, where the row's shape has the bit.
fn next_if<'a, T>(
    column: &mut std::slice::Iter<'a, T>,
    shape: u32,
    bit: u32,
) -> Result<Option<&'a T>, EntryError> {
    if shape & bit == 0 { Ok(None) } else { column.next().map(Some).ok_or(EntryError::Invalid) }
}

fn read_text(
    texts: &[String],
    bytes_left: &mut usize,
    column: &mut Numbers<'_>,
    shape: u32,
    bit: u32,
) -> Result<Option<String>, EntryError> {
    let Some(number) = next_if(column, shape, bit)? else { return Ok(None) };
    let at = usize::try_from(*number).map_err(|_| EntryError::Invalid)?;
    let text = texts.get(at).ok_or(EntryError::Invalid)?;
    *bytes_left = bytes_left.checked_sub(text.len()).ok_or(EntryError::Invalid)?;
    Ok(Some(text.clone()))
}

fn is_student_of(details: &DetailsFact) -> bool {
    let student = details.student_no.as_deref().and_then(|no| no.strip_prefix('G'));
    student.is_some() && student == details.id_number.as_deref()
}

/// Eleven digits beginning with 1.
fn phone_number(text: &str) -> Option<u64> {
    let is_plain = text.len() == 11 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain && text.starts_with('1'))
}
