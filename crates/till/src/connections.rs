//! Taking connections. What `axum::serve` does, with the one thing that it lacks: a connection on which no request
//! arrives whole within a while is closed, so that nobody holds connections open by sending a byte now and then.

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

/// How long a connection may take until it has sent a request's head, from its opening or the last answer. Longer
/// than the minute for which proxies keep unused connections, which must not be closed on a request's way.
pub const HEAD: Duration = Duration::from_secs(65);

/// Answers on `listener` until `stop` ends, then finishes the answers that have begun.
pub async fn serve<S>(
    mut listener: TcpListener,
    service: S,
    head: Duration,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head);
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
                let mut request = request.map(Body::new);
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
    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        sync::oneshot,
        time::timeout,
    };

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn served(head: Duration) -> (SocketAddr, oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let router = Router::new().route("/", get(who));
        tokio::spawn(serve(listener, router, head, async move {
            let _ = stopped.await;
        }));
        (address, stop)
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut rest = Vec::new();
        let read = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        // A reset is an end as well.
        let _ = read.expect("the connection is closed");
        String::from_utf8(rest).unwrap()
    }

    #[tokio::test]
    async fn who_never_finishes_asking_is_not_waited_for() {
        let (address, _stop) = served(Duration::from_millis(150)).await;
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
    async fn stopping_closes_idle_connections_and_takes_no_more() {
        let (address, stop) = served(PATIENCE * 2).await;
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
