//! Taking connections. What `axum::serve` does, with the limits that it lacks: how long a caller may take for each part of a
//! request, how long a connection lasts, and how many there are, from one network and in all.

mod body;
mod counts;
mod stream;
#[cfg(test)]
mod tests;

use std::{
    convert::Infallible,
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{Instant, sleep_until},
};
use tower::{Service, ServiceExt};

use body::{RequestBody, ResponseBody};
use counts::ConnectionCounts;
use stream::{RequestPhase, TimedStream};

/// Timeouts of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until a request begins, from the connection's opening or the last answer.
    pub idle: Duration,
    /// From a request's first byte until its head is there.
    pub head: Duration,
    /// Between one part of a request's body and the next, and until some more of an answer is taken.
    pub gap: Duration,
    /// For a whole body, beyond what it takes at `rate`.
    pub body: Duration,
    /// Bytes of a body that arrive in a second, at least.
    pub rate: u32,
    /// After which a connection ends, with the answer that is being given.
    pub lifetime: Duration,
}

impl Timeouts {
    /// Idle connections are kept for longer than the minute for which proxies keep them, which must not be closed on a
    /// request's way. A body of 64 KiB may take 32 seconds, one of 10 MiB six minutes.
    pub const DEFAULT: Self = Self {
        idle: Duration::from_secs(65),
        head: Duration::from_secs(10),
        gap: Duration::from_secs(30),
        body: Duration::from_secs(30),
        rate: 32 * 1024,
        lifetime: Duration::from_secs(60 * 60),
    };
}

/// Bounds of the connections that are open at once.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From one network, which is an IPv4 address or an IPv6 /64: more are closed as they come. None: any number.
    pub per_network: Option<usize>,
    /// In all: more wait to be taken.
    pub total: usize,
}

/// Bytes of a request's head at most, and of what is kept of a connection's traffic.
const BUFFER: usize = 64 * 1024;

/// The pause where connections cannot be accepted just now.
const PAUSE: Duration = Duration::from_millis(200);

/// The least time between two log lines that say the same.
const QUIET: Duration = Duration::from_secs(10);

/// A source of connections.
pub trait Accept {
    /// The next connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        TcpListener::accept(self).await
    }
}

/// Answers on `listener` until `stop` ends, then finishes the answers that have begun.
pub async fn serve<S>(
    mut listener: impl Accept,
    service: S,
    (timeouts, bounds): (Timeouts, Bounds),
    stop: impl Future<Output = ()>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(timeouts.idle)
        .max_buf_size(BUFFER);
    let (stopping, stopped) = watch::channel(false);
    let open = ConnectionCounts::new(bounds.per_network);
    let total = Arc::new(Semaphore::new(bounds.total));
    let (mut full, mut failing, mut crowded) = <(LogThrottle, LogThrottle, LogThrottle)>::default();
    let mut stop = std::pin::pin!(stop);
    loop {
        let taken = async {
            if total.available_permits() == 0 && full.is_due() {
                let connections = bounds.total;
                tracing::warn!(connections, "all connections are in use: new ones wait");
            }
            let permit = total.clone().acquire_owned().await;
            (permit, taken(&mut listener, &mut failing).await)
        };
        let (permit, (stream, peer)) = tokio::select! {
            taken = taken => taken,
            () = &mut stop => break,
        };
        let Some(counted) = open.take(peer.ip()) else {
            if crowded.is_due() {
                tracing::warn!(address = %peer.ip(), "too many connections from one address: new ones are closed");
            }
            continue;
        };
        // Answers are written whole: waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let phase = RequestPhase::default();
        let (asked, answered) = (phase.clone(), phase.clone());
        let answering = service
            .clone()
            .map_request(move |request: hyper::Request<Incoming>| {
                asked.begin();
                let mut request = request.map(|body| Body::new(RequestBody::new(body, timeouts)));
                request.extensions_mut().insert(ConnectInfo(peer));
                request
            })
            .map_response(move |response: Response| {
                response.map(|body| ResponseBody::new(body, answered.clone()))
            });
        let stream = TokioIo::new(TimedStream::new(stream, phase, timeouts));
        let connection = http.serve_connection(stream, TowerToHyperService::new(answering));
        let mut stopped = stopped.clone();
        // How a connection ended is the caller's affair; what was asked on it is in the log.
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ends = async {
                tokio::select! {
                    () = sleep_until(Instant::now() + timeouts.lifetime) => {}
                    _ = stopped.wait_for(|stop| *stop) => {}
                }
            };
            let is_over = tokio::select! {
                _ = connection.as_mut() => true,
                () = ends => false,
            };
            if !is_over {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
            drop((permit, counted, stopped));
        });
    }
    drop((listener, stopped));
    stopping.send_replace(true);
    stopping.closed().await;
}

/// The next connection. Where none can be taken, as when files are open as many as may be, it says so and tries again.
async fn taken(listener: &mut impl Accept, failing: &mut LogThrottle) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(taken) => return taken,
            // Whoever came is gone already.
            Err(error) if is_callers(&error) => {}
            Err(error) => {
                if failing.is_due() {
                    tracing::error!(%error, "connections cannot be accepted");
                }
                sleep_until(Instant::now() + PAUSE).await;
            }
        }
    }
}

fn is_callers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

/// Keeps a log line from being written all the time: the moment of the last one.
#[derive(Debug, Default)]
struct LogThrottle(Option<Instant>);

impl LogThrottle {
    /// True where the line is to be written now.
    fn is_due(&mut self) -> bool {
        let is_due = self.0.is_none_or(|last| last.elapsed() >= QUIET);
        if is_due {
            self.0 = Some(Instant::now());
        }
        is_due
    }
}
