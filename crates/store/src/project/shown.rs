//! The columns of `person` that a group shows at its canonical id: details, and what they are found by. Other ids
//! of a group show nothing.

use super::details::{Known, name_key};
use super::search_key::{reversed, spell};
use crate::error::StoreError;
use crate::tx::{Row, Tx};
use domain::ids::PersonId;
use protocol::fact::DetailsFact;

/// The columns a group shows, at its canonical id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shown {
    pub kind: Option<i64>,
    pub sex: Option<i64>,
    pub birth: Option<i64>,
    pub proposed: Option<i64>,
    /// name, id_number, student_no, phone, phone_owner, address, name_key, pinyin, initials, and the three
    /// reversed ones.
    pub texts: [Option<String>; 12],
}

/// What `Shown::read` and `read_known` read, of `person`.
pub(crate) const SHOWN_COLUMNS: &str = "kind, sex, birth, proposed, name, id_number, student_no, \
     phone, phone_owner, address, name_key, pinyin, initials, id_number_reversed, \
     student_reversed, phone_reversed";
pub(crate) const SHOWN_COLUMNS_COUNT: usize = 16;
pub(super) const NAME_KEY: usize = 6;

impl Shown {
    pub fn of(known: &Known) -> Shown {
        let details = &known.details;
        let key = Some(name_key(&details.name)).filter(|key| !key.is_empty());
        let (pinyin, initials) = key.as_deref().and_then(spell).unzip();
        let turned = |text: &Option<String>| text.as_deref().map(reversed);
        Shown {
            kind: Some(i64::from(known.kind)),
            sex: (details.sex != 0).then_some(i64::from(details.sex)),
            birth: details.birth_day.map(i64::from),
            proposed: Some(i64::from(known.proposed)),
            texts: [
                Some(details.name.clone()),
                details.id_number.clone(),
                details.student_no.clone(),
                details.phone.clone(),
                details.phone_owner.clone(),
                details.address.clone(),
                key,
                pinyin,
                initials,
                turned(&details.id_number),
                turned(&details.student_no),
                turned(&details.phone),
            ],
        }
    }

    pub fn read(row: &dyn Row) -> Result<Shown, StoreError> {
        let mut shown = Shown {
            kind: row.opt_int(0)?,
            sex: row.opt_int(1)?,
            birth: row.opt_int(2)?,
            proposed: row.opt_int(3)?,
            ..Shown::default()
        };
        for (at, text) in shown.texts.iter_mut().enumerate() {
            *text = row.opt_text(at + 4)?.map(str::to_owned);
        }
        Ok(shown)
    }

    pub fn known(self) -> Result<Known, StoreError> {
        let wrong = |_| StoreError::Stored("person");
        let [name, id_number, student_no, phone, phone_owner, address, ..] = self.texts;
        Ok(Known {
            kind: u32::try_from(self.kind.unwrap_or(0)).map_err(wrong)?,
            proposed: u32::try_from(self.proposed.unwrap_or(0)).map_err(wrong)?,
            details: DetailsFact {
                name: name.unwrap_or_default(),
                sex: u32::try_from(self.sex.unwrap_or(0)).map_err(wrong)?,
                birth_day: self.birth.map(i32::try_from).transpose().map_err(wrong)?,
                id_number,
                student_no,
                phone,
                phone_owner,
                address,
            },
        })
    }

    /// What a checkup is judged by.
    pub fn judged_by(&self) -> (Option<i64>, Option<i64>, Option<i64>) {
        (self.kind, self.sex, self.birth)
    }
}

/// What is known of a group, from its canonical row.
pub(crate) fn read_known(row: &dyn Row) -> Result<Known, StoreError> {
    Shown::read(row)?.known()
}

pub(super) fn shown(tx: &dyn Tx, person: PersonId) -> Result<Option<Shown>, StoreError> {
    let sql = format!("SELECT {SHOWN_COLUMNS} FROM person WHERE person = $1");
    tx.first(&sql, &[person.0.as_bytes().into()], Shown::read)
}
