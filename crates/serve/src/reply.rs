//! Answers as HTTP: messages, batches, and the answering side's own problems with the status of their kind.
//! Not what an answer says.

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use prost::Message;
use protocol::Code;
use protocol::call::Problem;

/// A message.
pub const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
/// A batch.
pub const ZSTD: HeaderValue = HeaderValue::from_static("application/zstd");
/// When to come again, seconds.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("5");

/// What every handler answers.
pub type Reply = Response<Body>;

/// An answer.
pub fn reply(status: StatusCode, content_type: HeaderValue, body: Vec<u8>) -> Reply {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// A message of the protocol.
pub fn message(status: StatusCode, message: &impl Message) -> Reply {
    reply(status, PROTOBUF, message.encode_to_vec())
}

/// The answering side's own problem.
pub fn problem(code: Code) -> Reply {
    let status = status_of(code);
    let mut response = message(status, &Problem { code: code.word().to_owned() });
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_S);
    }
    response
}

/// A problem after which the rest of the request is not read: the connection ends with it.
pub fn closing(code: Code) -> Reply {
    let mut response = problem(code);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A problem with a status of its own.
pub fn closing_with(status: StatusCode, code: Code) -> Reply {
    let mut response = closing(code);
    *response.status_mut() = status;
    response
}

/// What is not here is this side's failure: try again later.
const STATUSES: [(Code, StatusCode); 13] = [
    (Code::RequestMalformed, StatusCode::BAD_REQUEST),
    (Code::ProtocolNewer, StatusCode::BAD_REQUEST),
    (Code::TokenInvalid, StatusCode::UNAUTHORIZED),
    (Code::CodeInvalid, StatusCode::FORBIDDEN),
    (Code::CodeExpired, StatusCode::FORBIDDEN),
    (Code::CodeUsed, StatusCode::FORBIDDEN),
    (Code::DeviceUnproven, StatusCode::FORBIDDEN),
    (Code::DeviceBarred, StatusCode::FORBIDDEN),
    (Code::ChallengeUnknown, StatusCode::FORBIDDEN),
    (Code::OutOfScope, StatusCode::FORBIDDEN),
    (Code::HubFull, StatusCode::FORBIDDEN),
    (Code::ServerRefused, StatusCode::NOT_FOUND),
    (Code::RequestTooLarge, StatusCode::PAYLOAD_TOO_LARGE),
];

fn status_of(code: Code) -> StatusCode {
    let found = STATUSES.iter().find(|(known, _)| *known == code);
    found.map_or(StatusCode::SERVICE_UNAVAILABLE, |(_, status)| *status)
}
