//! An ID card reader: what a driver has to give, a file that stands for a reader, and the answer to 读身份证. No driver of
//! a real reader: one implements `CardReader` and is handed in with `Abilities`.

use super::App;
use domain::identity::IdNumber;
use domain::roster::{parse_date, parse_sex};
use protocol::rpc::people::CardSeen;
use protocol::{Code, Failure};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file longer than this is no list of made-up cards.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Name, sex, birth date, address, number.
const FIELDS: usize = 5;

/// What is read of a card. What else its chip holds (nation, issuer, validity, photograph) the form has no place for, so
/// nobody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    pub id_number: String,
    /// 男 or 女.
    pub sex: String,
    /// `YYYYMMDD` or `YYYY-MM-DD`.
    pub birth: String,
    pub address: String,
}

/// Why there is no card to tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFailure {
    /// Nothing lies on the reader.
    Missing,
    /// Something does, and it cannot be read.
    Unreadable,
    /// The reader does not answer: unplugged, switched off, held by another program.
    Gone,
}

impl CardFailure {
    fn code(self) -> Code {
        match self {
            CardFailure::Missing => Code::CardMissing,
            CardFailure::Unreadable => Code::CardUnreadable,
            CardFailure::Gone => Code::CardReaderGone,
        }
    }
}

/// An ID card reader. A reader that types like a keyboard needs none: the screens see its number as a scan.
///
/// It is asked when somebody presses the button and nothing else is answered meanwhile, so it gives up by itself within
/// a second or two. What it gives is looked through before anybody sees it.
pub trait CardReader: Send {
    /// The card lying on the reader.
    ///
    /// # Errors
    /// Why there is none to tell of.
    fn read(&mut self) -> Result<Card, CardFailure>;

    /// Its cards are made up: the screens say so on the button.
    fn is_simulated(&self) -> bool {
        false
    }
}

/// A file that stands for a reader, for training and tests: each reading takes the next line, after the last the first.
///
/// A line is `name,sex,birth date,address,ID number`, the commas also full-width or tabs. 无卡, 读不出 or 断开 alone in a line is
/// that failure; blank lines and those that begin with `#` are skipped. No file is a reader that was unplugged.
pub struct SimulatedReader {
    file: PathBuf,
    /// Readings so far that found a line.
    read: usize,
}

impl SimulatedReader {
    pub fn of_file(file: &Path) -> SimulatedReader {
        SimulatedReader { file: file.to_owned(), read: 0 }
    }

    fn text(&self) -> Result<String, CardFailure> {
        let file = std::fs::File::open(&self.file).map_err(|_| CardFailure::Gone)?;
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(|_| CardFailure::Gone)?;
        String::from_utf8(bytes).map_err(|_| CardFailure::Unreadable)
    }
}

impl CardReader for SimulatedReader {
    fn read(&mut self) -> Result<Card, CardFailure> {
        let text = self.text()?;
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        let lines: Vec<&str> =
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let at = self.read.checked_rem(lines.len()).ok_or(CardFailure::Missing)?;
        self.read += 1;
        match lines.get(at).copied().unwrap_or_default() {
            "无卡" => Err(CardFailure::Missing),
            "读不出" => Err(CardFailure::Unreadable),
            "断开" => Err(CardFailure::Gone),
            line => card_of(line).ok_or(CardFailure::Unreadable),
        }
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

fn card_of(line: &str) -> Option<Card> {
    let fields: Vec<&str> = line.split([',', '，', '\t']).map(str::trim).collect();
    let [name, sex, birth, address, id_number] = <[&str; FIELDS]>::try_from(fields).ok()?;
    Some(Card {
        name: name.to_owned(),
        id_number: id_number.to_owned(),
        sex: sex.to_owned(),
        birth: birth.to_owned(),
        address: address.to_owned(),
    })
}

impl App {
    /// The card on the reader. Half of one fills nothing in: a name without a good number would be taken for read.
    pub(super) fn card_read(&mut self) -> Result<CardSeen, Failure> {
        let opened = self.opened.as_ref().ok_or(Failure::new(Code::AppLocked))?;
        let day = opened.today()?.day;
        let reader = self.abilities.card_reader.as_mut();
        let reader = reader.ok_or(Failure::new(Code::CardReaderAbsent))?;
        let card = reader.read().map_err(|failure| Failure::new(failure.code()))?;
        if card.name.trim().is_empty() {
            return Err(Failure::new(Code::CardUnreadable));
        }
        let wrong = || Failure::new(Code::CardNumberWrong);
        let id = IdNumber::parse(&card.id_number, day).map_err(|_| wrong())?;
        if parse_date(&card.birth) != Some(id.birth()) || parse_sex(&card.sex) != Some(id.sex()) {
            return Err(wrong());
        }
        Ok(CardSeen {
            name: card.name.trim().to_owned(),
            id_number: id.as_str().to_owned(),
            sex: id.sex().zh().to_owned(),
            birth: id.birth().to_string(),
            address: card.address.trim().to_owned(),
        })
    }
}
