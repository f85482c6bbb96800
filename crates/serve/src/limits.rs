//! Every bound of the serving side, by name. Tests give smaller ones; nothing else changes them.

use protocol::call::{
    BATCH_INFLATED_BYTES_MAX, BODY_BYTES_MAX, ENROL_BODY_BYTES_MAX, PRESENT_BODY_BYTES_MAX,
};
use std::time::Duration;

/// What one server lets happen at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the accepted socket to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the end of what came before to the end of a request's header; so also how long a connection
    /// may idle.
    pub header: Duration,
    /// Between two pieces of a body.
    pub body_idle: Duration,
    /// For the other side to take something of an answer.
    pub write_idle: Duration,
    /// A request, from its header to its answer.
    pub request: Duration,
    /// For a request to get its turn at the database.
    pub queue: Duration,
    /// After this, a connection ends with the answer it is at.
    pub connection_life: Duration,
    /// For requests in work to end when the server is stopped.
    pub stop: Duration,
    /// Open at once. Below the 1,024 files a process may commonly have; when all are taken, the oldest
    /// that has not shown a token makes room.
    pub connections_max: usize,
    /// Requests of one device at once.
    pub per_device_max: usize,
    /// Header of a request, bytes.
    pub header_bytes_max: usize,
    /// Body of a request as sent, bytes.
    pub body_bytes_max: usize,
    /// Body of an enrolment, bytes: it comes from anyone.
    pub enrol_bytes_max: usize,
    /// A batch once inflated, bytes.
    pub inflated_bytes_max: usize,
    /// Enrolments tried from one address in a minute. Villages share a carrier's address, and enrol in one room.
    pub enrols_per_minute_max: u32,
    /// Body of a forgotten device's showing, bytes: it comes from anyone.
    pub present_bytes_max: usize,
    /// Calls of `present` from one address in a minute; a device makes two.
    pub presents_per_minute_max: u32,
    /// Challenges given out and not answered, at once.
    pub challenges_max: usize,
    /// How long one is good.
    pub challenge_life: Duration,
    /// Requests reading the database at once.
    pub readers_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        let seconds = Duration::from_secs;
        Limits {
            handshake: seconds(10),
            header: seconds(10),
            body_idle: seconds(15),
            write_idle: seconds(15),
            request: seconds(120),
            queue: seconds(60),
            connection_life: seconds(900),
            stop: seconds(10),
            connections_max: 800,
            per_device_max: 4,
            header_bytes_max: 16 << 10,
            body_bytes_max: BODY_BYTES_MAX,
            enrol_bytes_max: ENROL_BODY_BYTES_MAX,
            inflated_bytes_max: BATCH_INFLATED_BYTES_MAX,
            enrols_per_minute_max: 30,
            present_bytes_max: PRESENT_BODY_BYTES_MAX,
            presents_per_minute_max: 120,
            challenges_max: 1_024,
            challenge_life: seconds(60),
            readers_max: 4,
        }
    }
}
