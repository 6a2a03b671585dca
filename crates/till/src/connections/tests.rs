use super::*;
use axum::{Router, body::Bytes, extract::rejection::BytesRejection, routing::get};
use futures_util::{StreamExt as _, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::oneshot,
    time::{interval, timeout},
};

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(150);
const TICK: Duration = Duration::from_millis(20);

/// Nothing of it is ever reached.
const GENEROUS: Timeouts = Timeouts {
    idle: Duration::from_secs(40),
    head: LONG,
    gap: LONG,
    body: LONG,
    rate: 1,
    lifetime: LONG,
};
const MANY: Bounds = Bounds {
    per_network: None,
    total: 100,
};

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

async fn served(timeouts: Timeouts, bounds: Bounds) -> (SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (address, serving(listener, timeouts, bounds))
}

fn serving(
    listener: impl Accept + Send + 'static,
    timeouts: Timeouts,
    bounds: Bounds,
) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let read = |read: Result<Bytes, BytesRejection>| async move { read.is_ok().to_string() };
    let large = async || Body::from(vec![b'x'; 64 * 1024 * 1024]);
    let ticking = async || {
        let ticks = stream::unfold(interval(TICK), async |mut ticks| {
            ticks.tick().await;
            Some((Ok::<_, Infallible>("tick"), ticks))
        });
        Body::from_stream(ticks.boxed())
    };
    let router = Router::new()
        .route("/", get(who).post(read))
        .route("/large", get(large))
        .route("/stream", get(ticking));
    tokio::spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        serve(listener, router, (timeouts, bounds), stop).await;
    });
    stop
}

async fn opened(address: SocketAddr, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    stream
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut rest)).await;
    // A reset is an end as well.
    let _ = read.expect("the connection is closed");
    String::from_utf8(rest).unwrap()
}

async fn answered(stream: &mut TcpStream) {
    let mut first = [0; 15];
    let read = timeout(LONG, stream.read_exact(&mut first)).await;
    read.expect("it is answered").unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
}

/// Sends the same bytes again and again, quicker than any gap would tell, until the connection is closed.
async fn trickled(mut stream: TcpStream, bytes: &[u8]) {
    let mut ticks = interval(TICK);
    let trickling = async {
        loop {
            ticks.tick().await;
            if stream.write_all(bytes).await.is_err() {
                return;
            }
        }
    };
    let ended = timeout(LONG, trickling).await;
    ended.expect("the connection is closed");
}

#[tokio::test]
async fn a_caller_that_sends_nothing_is_not_waited_for() {
    let timeouts = Timeouts {
        idle: SHORT,
        ..GENEROUS
    };
    let (address, _stop) = served(timeouts, MANY).await;
    let mut silent = opened(address, b"").await;
    let mut idle = opened(address, GET).await;
    assert_eq!(rest(&mut silent).await, "");
    let answered = rest(&mut idle).await;
    assert!(answered.starts_with("HTTP/1.1 200 OK"), "{answered}");
    let own = idle.local_addr().unwrap().to_string();
    assert!(answered.ends_with(&own), "the peer is told: {answered}");
}

#[tokio::test]
async fn a_head_has_a_time_in_all_and_an_idle_connection_more() {
    let timeouts = Timeouts {
        head: SHORT,
        ..GENEROUS
    };
    let (address, _stop) = served(timeouts, MANY).await;
    let mut stuck = opened(address, b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await;
    assert_eq!(rest(&mut stuck).await, "");
    let slow = opened(address, b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await;
    trickled(slow, b"x").await;
    let mut kept = opened(address, GET).await;
    for _ in 0..2 {
        answered(&mut kept).await;
        let mut some = vec![0; 1024];
        let more = timeout(2 * SHORT, async {
            while kept.read(&mut some).await.unwrap() > 0 {}
        });
        assert!(more.await.is_err(), "it stays open");
        kept.write_all(GET).await.unwrap();
    }
    let second = opened(address, GET).await;
    trickled(second, b"x").await;
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_not_waited_for() {
    let timeouts = Timeouts {
        gap: SHORT,
        ..GENEROUS
    };
    let (address, _stop) = served(timeouts, MANY).await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let mut slow = opened(
        address,
        &[&head[..], b"content-length: 9\r\n\r\nabc"].concat(),
    )
    .await;
    let answered = rest(&mut slow).await;
    assert!(answered.ends_with("false"), "{answered}");
    let mut whole = opened(
        address,
        &[&head[..], b"content-length: 3\r\n\r\nabc"].concat(),
    )
    .await;
    let answered = rest(&mut whole).await;
    assert!(answered.ends_with("true"), "{answered}");
}

#[tokio::test]
async fn a_body_that_arrives_too_slowly_is_not_waited_for() {
    let timeouts = Timeouts {
        body: SHORT,
        rate: 1_000_000,
        head: SHORT,
        ..GENEROUS
    };
    let (address, _stop) = served(timeouts, MANY).await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n";
    trickled(opened(address, head).await, b"x").await;
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up_and_a_stream_lives() {
    let timeouts = Timeouts {
        idle: SHORT,
        head: SHORT,
        gap: SHORT,
        body: SHORT,
        lifetime: SHORT,
        ..GENEROUS
    };
    let one = Bounds { total: 1, ..MANY };
    let (address, _stop) = served(timeouts, one).await;
    let deaf = opened(address, b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
    // The only connection becomes free.
    let mut stream = opened(address, b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    answered(&mut stream).await;
    let mut received = 0;
    let mut some = vec![0; 1024];
    while received < 30 * "4\r\ntick\r\n".len() {
        let read = timeout(LONG, stream.read(&mut some))
            .await
            .unwrap()
            .unwrap();
        assert!(read > 0, "the stream ended after {received} bytes");
        received += read;
    }
    drop(deaf);
}

#[tokio::test]
async fn a_connection_ends_after_its_time_with_the_answer_that_is_given() {
    let timeouts = Timeouts {
        lifetime: SHORT,
        ..GENEROUS
    };
    let (address, _stop) = served(timeouts, MANY).await;
    let mut kept = opened(address, GET).await;
    let answers = rest(&mut kept).await;
    assert!(answers.starts_with("HTTP/1.1 200 OK"), "{answers}");
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_no_more() {
    let bounds = Bounds {
        per_network: Some(2),
        ..MANY
    };
    let (address, _stop) = served(GENEROUS, bounds).await;
    let mut first = opened(address, GET).await;
    let mut second = opened(address, GET).await;
    answered(&mut first).await;
    answered(&mut second).await;
    let mut third = TcpStream::connect(address).await.unwrap();
    assert_eq!(rest(&mut third).await, "");
    drop(first);
    let again = async {
        loop {
            let mut next = opened(address, GET).await;
            if rest_begins(&mut next).await {
                return;
            }
        }
    };
    timeout(LONG, again)
        .await
        .expect("another connection is taken again");
}

async fn rest_begins(stream: &mut TcpStream) -> bool {
    let mut first = [0; 15];
    stream.read_exact(&mut first).await.is_ok()
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_until_one_closes() {
    let (address, _stop) = served(GENEROUS, Bounds { total: 1, ..MANY }).await;
    let mut first = opened(address, GET).await;
    answered(&mut first).await;
    let mut second = opened(address, GET).await;
    assert!(timeout(SHORT, second.read_u8()).await.is_err(), "it waits");
    drop(first);
    answered(&mut second).await;
}

/// A listener of a process that has as many files open as it may, for a while.
struct Exhausted(TcpListener, usize);

impl Accept for Exhausted {
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        const EMFILE: i32 = 24;
        match self.1.checked_sub(1) {
            Some(left) => {
                self.1 = left;
                Err(io::Error::from_raw_os_error(EMFILE))
            }
            None => Accept::accept(&mut self.0).await,
        }
    }
}

#[tokio::test]
async fn running_out_of_files_is_waited_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let _stop = serving(Exhausted(listener, 2), GENEROUS, MANY);
    let mut stream = opened(address, GET).await;
    answered(&mut stream).await;
}

#[tokio::test]
async fn stopping_closes_idle_connections_and_takes_no_more() {
    let (address, stop) = served(GENEROUS, MANY).await;
    let mut idle = opened(address, GET).await;
    answered(&mut idle).await;
    stop.send(()).unwrap();
    rest(&mut idle).await;
    assert!(TcpStream::connect(address).await.is_err());
}
