//! The rows of one entry about a tube: what it says, and which others it replaces. Which stands is read off the rows.

use super::place::{Stored, is_whole};
use super::work::Work;
use crate::error::StoreError;
use crate::tx::{Sql, bits};
use protocol::fact::{TubeAct, TubeFact};

impl Work<'_> {
    pub(super) fn place_tube(
        &mut self,
        one: &Stored,
        fact: &TubeFact,
        put: bool,
    ) -> Result<(), StoreError> {
        let (Some(person), Some(act)) = (one.person(), TubeAct::of(fact.act)) else {
            return Ok(());
        };
        let [round, code] = [bits(one.round()).into(), Sql::Text(&fact.code)];
        let place: [Sql; 4] = [
            one.unit_no.into(),
            one.writer_no.into(),
            bits(one.seq).into(),
            bits(one.hash8).into(),
        ];
        let [unit_no, writer_no, seq, hash8] = place;
        let key = [round, code, unit_no, writer_no, seq, hash8];
        if !put {
            self.tx.exec(
                "DELETE FROM tube WHERE round = $1 AND code = $2 AND unit_no = $3
                 AND writer_no = $4 AND seq = $5 AND hash8 = $6",
                &key,
            )?;
            self.tx.exec(
                "DELETE FROM tube_seen WHERE round = $1 AND code = $2 AND by_unit_no = $3
                 AND by_writer_no = $4 AND by_seq = $5 AND by_hash8 = $6",
                &key,
            )?;
            return Ok(());
        }
        self.tx.exec(
            "INSERT INTO tube (round, code, unit_no, writer_no, seq, hash8, person, kind, act, day, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
            &[
                round,
                code,
                unit_no,
                writer_no,
                seq,
                hash8,
                person.0.as_bytes().into(),
                fact.kind.into(),
                (act as u32).into(),
                one.day().into(),
                Sql::Text(&fact.reason),
            ],
        )?;
        for saw in fact.saw.iter().filter(is_whole) {
            self.tx.exec(
                "INSERT INTO tube_seen (round, code, writer, seq, hash8, by_unit_no, by_writer_no, by_seq, by_hash8)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                &[
                    round,
                    code,
                    Sql::Blob(&saw.writer),
                    bits(saw.seq).into(),
                    bits(saw.hash8).into(),
                    unit_no,
                    writer_no,
                    seq,
                    hash8,
                ],
            )?;
        }
        Ok(())
    }
}
