//! Taking connections. What `axum::serve` does, with the one thing that it lacks: a request that does not go on arriving
//! is not waited for, so that nobody holds connections open by sending nothing.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tower::{Service, ServiceExt};
use tower_http::timeout::TimeoutBody;

/// How long callers are waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until a request's head is there, from the connection's opening or the last answer.
    pub head: Duration,
    /// Between one part of a request's body and the next.
    pub body: Duration,
}

impl Patience {
    /// Longer than the minute for which proxies keep unused connections, which must not be closed on a request's way.
    pub const USUAL: Self = Self {
        head: Duration::from_secs(65),
        body: Duration::from_secs(30),
    };
}

/// Answers on `listener` until `stop` ends, then finishes the answers that have begun.
pub async fn serve<S>(
    mut listener: TcpListener,
    service: S,
    patience: Patience,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(patience.head);
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // It waits by itself where connections cannot be taken just now.
        let (stream, peer): (_, SocketAddr) = tokio::select! {
            taken = Listener::accept(&mut listener) => taken,
            () = &mut stop => break,
        };
        // Answers are written whole: waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let answering = service
            .clone()
            .map_request(move |request: hyper::Request<Incoming>| {
                let mut request =
                    request.map(|body| Body::new(TimeoutBody::new(patience.body, body)));
                request.extensions_mut().insert(ConnectInfo(peer));
                request
            });
        let connection =
            http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(answering));
        // How a connection ended is the caller's affair; what was asked on it is in the log.
        tokio::spawn(open.watch(connection));
    }
    drop(listener);
    open.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Bytes, extract::rejection::BytesRejection, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        sync::oneshot,
        time::timeout,
    };

    const LONG: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(150);

    async fn served(head: Duration, body: Duration) -> (SocketAddr, oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let read = |read: Result<Bytes, BytesRejection>| async move { read.is_ok().to_string() };
        let router = Router::new().route("/", get(who).post(read));
        let patience = Patience { head, body };
        tokio::spawn(serve(listener, router, patience, async move {
            let _ = stopped.await;
        }));
        (address, stop)
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut rest = Vec::new();
        let read = timeout(LONG, stream.read_to_end(&mut rest)).await;
        // A reset is an end as well.
        let _ = read.expect("the connection is closed");
        String::from_utf8(rest).unwrap()
    }

    #[tokio::test]
    async fn who_never_finishes_asking_is_not_waited_for() {
        let (address, _stop) = served(SHORT, LONG).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")
            .await
            .unwrap();
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(rest(&mut silent).await, "");
        assert!(!rest(&mut slow).await.contains("200 OK"));
        let answered = rest(&mut idle).await;
        assert!(answered.starts_with("HTTP/1.1 200 OK"), "{answered}");
        let own = idle.local_addr().unwrap().to_string();
        assert!(answered.ends_with(&own), "the peer is told: {answered}");
    }

    #[tokio::test]
    async fn a_body_that_stops_arriving_is_not_waited_for() {
        let (address, _stop) = served(LONG * 2, SHORT).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(
            b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 9\r\n\r\nabc",
        )
        .await
        .unwrap();
        let answered = rest(&mut slow).await;
        assert!(answered.ends_with("false"), "{answered}");
        let mut whole = TcpStream::connect(address).await.unwrap();
        whole
            .write_all(
                b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc",
            )
            .await
            .unwrap();
        let answered = rest(&mut whole).await;
        assert!(answered.ends_with("true"), "{answered}");
    }

    #[tokio::test]
    async fn stopping_closes_idle_connections_and_takes_no_more() {
        let (address, stop) = served(LONG * 2, LONG).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        stop.send(()).unwrap();
        rest(&mut idle).await;
        assert!(TcpStream::connect(address).await.is_err());
    }
}
