//! What a device's server is not known to have: of every stream here, the own and those it carries for others, the
//! positions no server has proven. Not how it gets there (`sync`).

use crate::error::StoreError;
use crate::open::{Role, Store};
use crate::stream::array;
use crate::tx::unbits;
use ledger::{Seq, StreamKey, UnitKey, WriterId};

impl Store {
    /// Streams with sealed entries beyond what the server proved, each with that position; the own first, then by
    /// unit and writer. `all`: as if it had proved nothing. Nothing on a server.
    pub fn unproven(&self, all: bool) -> Result<Vec<(StreamKey, Seq)>, StoreError> {
        match self.role() {
            Role::Server => return Ok(Vec::new()),
            Role::Device => {}
        }
        let own = self.writer();
        let mut streams = self.read(|tx| {
            tx.rows(if all { ALL } else { UNPROVEN }, &[], |row| {
                let unit = UnitKey::try_new(row.text(0)?);
                let unit = unit.map_err(|_| StoreError::Stored("unit"))?;
                let key = StreamKey::new(unit, WriterId(array(row.blob(1)?)?));
                Ok((key, unbits(row.int(2)?)))
            })
        })?;
        streams.sort_by(|(a, _), (b, _)| {
            (a.writer != own, &a.unit, a.writer).cmp(&(b.writer != own, &b.unit, b.writer))
        });
        Ok(streams)
    }
}

const ALL: &str = "SELECT u.unit, w.writer, 0 FROM stream s
    JOIN unit_key u ON u.unit_no = s.unit_no
    JOIN writer w ON w.writer_no = s.writer_no
    WHERE s.sealed_seq > 0";

const UNPROVEN: &str = "SELECT u.unit, w.writer, coalesce(h.seq, 0) FROM stream s
    JOIN unit_key u ON u.unit_no = s.unit_no
    JOIN writer w ON w.writer_no = s.writer_no
    LEFT JOIN server_head h ON h.unit_no = s.unit_no AND h.writer_no = s.writer_no
    WHERE s.sealed_seq > coalesce(h.seq, 0)";
