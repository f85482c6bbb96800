//! The accept loop: every stage of a connection has its bound here: the handshake, the header, the body, the answer, the
//! number of them all. What is answered is the router's.

use crate::gate::{Gate, Place};
use crate::limits::Limits;
use crate::reply;
use crate::stall::Stall;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use protocol::Code;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Of a request held in memory beyond what was taken from it, bytes.
const BUFFER_BYTES_MAX: usize = 64 << 10;
/// After a socket could not be accepted (files used up): closing ones free some meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Routes bound to an address, not yet answering.
pub struct Serving {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    router: Router,
    limits: Limits,
    gate: Gate,
}

impl Serving {
    /// Any routes over a bound address: what answers is the caller's, the bounds are the same.
    pub fn over(
        listener: TcpListener,
        config: rustls::ServerConfig,
        router: Router,
        limits: Limits,
    ) -> Serving {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Serving { listener, acceptor, router, limits, gate: Gate::new(limits.connections_max) }
    }

    /// The address bound.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` ends; then requests in work get a bounded time to end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, told) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                // Ended ones are taken out as they end, so the set does not grow.
                Some(_) = tasks.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            let (socket, address) = match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Some(place) = self.gate.enter(address.ip()) else { continue };
            let connection = Connection {
                acceptor: self.acceptor.clone(),
                router: self.router.clone(),
                limits: self.limits,
                told: told.clone(),
            };
            tasks.spawn(connection.keep(socket, place));
        }
        drop(self.listener);
        stopping.send_modify(|stopping| *stopping = true);
        let ended = async { while tasks.join_next().await.is_some() {} };
        if timeout(self.limits.stop, ended).await.is_err() {
            tasks.shutdown().await;
        }
    }
}

/// What every connection needs.
struct Connection {
    acceptor: TlsAcceptor,
    router: Router,
    limits: Limits,
    told: watch::Receiver<bool>,
}

impl Connection {
    async fn keep(self, socket: TcpStream, place: Place) {
        let visitor = place.visitor.clone();
        tokio::select! {
            () = self.talk(socket, place) => {}
            () = visitor.asked_to_leave() => {}
        }
    }

    async fn talk(mut self, socket: TcpStream, place: Place) {
        // Without this each answer waits for the acknowledgement of the one before.
        if socket.set_nodelay(true).is_err() {
            return;
        }
        let socket = Stall::new(socket, self.limits.write_idle);
        let handshake = timeout(self.limits.handshake, self.acceptor.accept(socket)).await;
        let Ok(Ok(stream)) = handshake else { return };
        let (router, limits) = (self.router.clone(), self.limits);
        let visitor = place.visitor.clone();
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(visitor.clone());
            answer(router.clone(), request, limits)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header)
            .max_header_size(limits.header_bytes_max)
            .max_buf_size(BUFFER_BYTES_MAX)
            .half_close(false)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let is_done = tokio::select! {
            _ = connection.as_mut() => true,
            _ = self.told.wait_for(|stopping| *stopping) => false,
            () = sleep(limits.connection_life) => false,
        };
        if !is_done {
            connection.as_mut().graceful_shutdown();
            // The request in work is bounded by its own limit; what it ends with concerns nobody.
            drop(timeout(limits.request + limits.write_idle, connection).await);
        }
        drop(place);
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    limits: Limits,
) -> Result<reply::Reply, Infallible> {
    let answered = timeout(limits.request, router.oneshot(request.map(Body::new))).await;
    Ok(match answered {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => reply::closing_with(StatusCode::REQUEST_TIMEOUT, Code::ServerBusy),
    })
}

/// Ends when the process is asked to stop: Ctrl+C, or the service manager's signal.
#[cfg(unix)]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind);
    // Listened for before the address is announced: whoever reads it may stop us at once.
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the process is asked to stop: Ctrl+C.
#[cfg(not(unix))]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a signal to wait for, only the end of the process stops the server.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
