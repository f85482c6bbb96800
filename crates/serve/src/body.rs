//! Reads the body of a request within limits: refused by its announced length before a byte is read, cut as
//! soon as it grows beyond, and given up when it stalls. Inflating is not done here.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use hyper::body::Body as _;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyProblem {
    TooLarge,
    /// Nothing came for too long.
    Stalled,
    /// The sender went away, or what came is not HTTP.
    Cut,
}

/// True when the request announces more than allowed.
pub fn announces_more(headers: &HeaderMap, bytes_max: usize) -> bool {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    announced.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| n > bytes_max as u64)
}

/// The whole body, or why not.
pub async fn read(
    mut body: Body,
    bytes_max: usize,
    idle: Duration,
) -> Result<Vec<u8>, BodyProblem> {
    let mut bytes = Vec::new();
    loop {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let frame = match timeout(idle, next).await {
            Err(_) => return Err(BodyProblem::Stalled),
            Ok(None) => return Ok(bytes),
            Ok(Some(Err(_))) => return Err(BodyProblem::Cut),
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers carry nothing of ours.
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > bytes_max {
            return Err(BodyProblem::TooLarge);
        }
        bytes.extend_from_slice(&data);
    }
}
