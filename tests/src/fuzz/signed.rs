//! Batches of a device that is enrolled and means no good, or is broken: whatever bodies, under true chains, seals and
//! certificates. So the changed entries are taken, and what judges, holds and projects them is reached.

use super::chance::Chance;
use super::messages;
use super::protobuf;
use ledger::{
    Batch, DeviceCertificate, Head, Range, SigningKey, StreamKey, UnitKey, WriterId, check_body,
    public_key, sign_seal, sign_writer_certificate,
};
use prost::Message;
use protocol::Body;

pub const VILLAGE: &str = "431302105205";
/// People the entries are about: so few that entries about one meet.
const PEOPLE: usize = 64;
const BODIES_MAX: usize = 3;
/// Every body is random bytes to this device once in so many.
const REFILED_ONE_IN: usize = 10;

/// A device with a key of its own.
pub struct Sender {
    key: SigningKey,
    certificate: Option<DeviceCertificate>,
    samples: Vec<Vec<u8>>,
    sent: u64,
}

impl Sender {
    pub fn new() -> Sender {
        let key = SigningKey::from_bytes(&[77; 32]);
        Sender { key, certificate: None, samples: messages::entries(), sent: 0 }
    }

    pub fn device(&self) -> [u8; 16] {
        [77; 16]
    }

    pub fn public_key(&self) -> [u8; 32] {
        public_key(&self.key)
    }

    pub fn became_enrolled(&mut self, certificate: DeviceCertificate) {
        self.certificate = Some(certificate);
    }

    /// Up to three entries, each changed: lengths in two bytes, then the bytes.
    pub fn bodies(&self, chance: &mut Chance) -> Vec<u8> {
        let mut input = Vec::new();
        for _ in 0..=chance.below(BODIES_MAX) {
            let mut body = protobuf::message(&self.samples, chance);
            if let Ok(mut entry) = Body::decode(body.as_slice())
                && let Some(header) = &mut entry.header
                && header.person.len() == 16
                && !chance.once_in(20)
            {
                header.person = vec![chance.below(PEOPLE) as u8; 16];
                body = entry.encode_to_vec();
            }
            if chance.once_in(REFILED_ONE_IN) {
                let seq = 1 + chance.below(3) as u64;
                body = ledger::refile(WriterId([chance.below(4) as u8; 16]), seq, &body)
                    .unwrap_or(body);
            }
            body.truncate(usize::from(u16::MAX));
            input.extend((body.len() as u16).to_be_bytes());
            input.extend(body);
        }
        input
    }

    /// The batch of an input, in a stream of its own; `None` where the ledger itself takes no such body.
    pub fn batch(&mut self, mut input: &[u8]) -> Option<Batch> {
        let mut bodies = Vec::new();
        while let Some((length, rest)) = input.split_first_chunk::<2>() {
            let (body, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            bodies.push(body.to_vec());
            input = rest;
        }
        if bodies.is_empty() || bodies.iter().any(|body| check_body(body).is_err()) {
            return None;
        }
        self.sent += 1;
        let mut writer = [0x77; 16];
        writer[8..].copy_from_slice(&self.sent.to_be_bytes());
        let writer = WriterId(writer);
        let key = StreamKey::new(UnitKey::try_new(VILLAGE).ok()?, writer);
        let after = Head::genesis(&key);
        let head = after.after(bodies.iter().map(Vec::as_slice));
        let seal = sign_seal(&key, &head, &self.key);
        let of_writer = sign_writer_certificate(self.device(), writer, &self.key);
        let certificates = vec![(self.certificate.clone()?, of_writer)];
        Some(Batch { ranges: vec![Range { key, after, bodies, seal }], certificates })
    }
}
