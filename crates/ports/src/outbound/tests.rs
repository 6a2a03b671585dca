use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Reads one request whose body is `hello`.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"hello") {
        assert_ne!(
            stream.read_buf(&mut read).await.unwrap(),
            0,
            "the client hung up"
        );
    }
    String::from_utf8(read).unwrap()
}

/// Answers one request with these bytes, hangs up, and gives the request.
async fn answering(answer: Vec<u8>) -> (String, JoinHandle<String>) {
    let (listener, port) = listen().await;
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        // The client may stop reading early.
        let _ = stream.write_all(&answer).await;
        request
    });
    (format!("http://127.0.0.1:{port}/hook?x=1"), served)
}

async fn post(url: &str, allow_private: bool) -> Result<Answer, SendError> {
    let headers = [("webhook-id", "abc"), ("content-type", "application/json")];
    Outbound::new(allow_private)
        .unwrap()
        .post(url, &headers, "hello")
        .await
}

#[tokio::test]
async fn a_request_arrives_as_it_was_given() {
    let answer = "HTTP/1.1 202 Accepted\r\ncontent-length: 4\r\n\r\ngood";
    let (url, served) = answering(answer.into()).await;
    let answer = post(&url, true).await.unwrap();
    assert_eq!(
        answer,
        Answer {
            status: 202,
            body: "good".to_owned()
        }
    );
    let request = served.await.unwrap().to_ascii_lowercase();
    assert!(
        request.starts_with("post /hook?x=1 http/1.1\r\n"),
        "{request}"
    );
    for header in [
        "webhook-id: abc",
        "content-type: application/json",
        "content-length: 5",
    ] {
        assert!(request.contains(&format!("\r\n{header}\r\n")), "{request}");
    }
}

/// Fails if anybody connects.
async fn refused_without_connecting(scheme: &str, host: &str) {
    let (listener, port) = listen().await;
    let error = post(&format!("{scheme}://{host}:{port}/"), false)
        .await
        .unwrap_err();
    assert!(error.0.contains("no public address"), "{host}: {error}");
    tokio::select! {
        biased;
        _ = listener.accept() => panic!("{host}: connected"),
        _ = tokio::task::yield_now() => {}
    }
}

#[tokio::test]
async fn private_addresses_are_refused() {
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "8.8.8.8@127.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
    ] {
        refused_without_connecting("https", host).await;
        refused_without_connecting("http", host).await;
    }
}

#[tokio::test]
async fn names_of_private_addresses_are_refused() {
    refused_without_connecting("https", "localhost").await;
}

/// Gives one list of addresses after the other, the last one again and again.
struct Rebinding {
    lists: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Rebinding {
    fn new(lists: &[&[&str]]) -> Arc<Self> {
        let list = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            lists: lists.iter().map(list).collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Resolver for Rebinding {
    fn addresses(&self, _: String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let list = &self.lists[turn.min(self.lists.len() - 1)];
        let found = list.iter().map(|address| SocketAddr::new(*address, 0));
        Box::pin(std::future::ready(Ok(found.collect())))
    }
}

/// The addresses that may be connected to, by every lookup.
async fn given(names: &Arc<Rebinding>) -> Option<Vec<String>> {
    let guarded = PublicOnlyResolver {
        resolver: names.clone(),
        allow_private: false,
    };
    let found = guarded.resolve("rebinding.example".parse().unwrap()).await;
    found
        .ok()
        .map(|found| found.map(|address| address.ip().to_string()).collect())
}

#[tokio::test]
async fn a_name_that_moves_inside_after_it_was_looked_at_is_refused() {
    let names = Rebinding::new(&[&["8.8.8.8"], &["127.0.0.1"], &["::1", "fd00::1"]]);
    assert_eq!(given(&names).await, Some(vec!["8.8.8.8".to_owned()]));
    assert_eq!(given(&names).await, None);
    assert_eq!(given(&names).await, None);
}

#[tokio::test]
async fn of_a_names_addresses_only_the_public_ones_are_tried() {
    let names = Rebinding::new(&[&[
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "8.8.8.8",
        "169.254.169.254",
        "2606:4700::1",
        "64:ff9b::a00:1",
    ]]);
    let public = ["8.8.8.8", "2606:4700::1"].map(str::to_owned);
    assert_eq!(given(&names).await, Some(public.to_vec()));
}

#[tokio::test]
async fn every_new_connection_looks_its_name_up_again_and_none_goes_inside() {
    let (listener, port) = listen().await;
    let names = Rebinding::new(&[&["127.0.0.1"], &["::ffff:127.0.0.1", "127.0.0.1"]]);
    let outbound = Outbound::with_resolver(names.clone(), false).unwrap();
    for _ in 0..3 {
        let url = format!("https://public.example:{port}/");
        let error = outbound.post(&url, &[], "hello").await.unwrap_err();
        assert!(error.0.contains("no public address"), "{error}");
    }
    assert_eq!(names.asked.load(Ordering::Relaxed), 3);
    tokio::select! {
        biased;
        _ = listener.accept() => panic!("connected"),
        _ = tokio::task::yield_now() => {}
    }
}

#[tokio::test]
async fn names_of_private_addresses_can_be_allowed() {
    let (url, served) = answering(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()).await;
    let answer = post(&url.replace("127.0.0.1", "localhost"), true)
        .await
        .unwrap();
    assert_eq!(
        answer,
        Answer {
            status: 204,
            body: String::new()
        }
    );
    served.await.unwrap();
}

#[tokio::test]
async fn plain_http_needs_the_same_permission() {
    let error = post("http://example.com/secret-path", false)
        .await
        .unwrap_err();
    assert!(!error.0.contains("secret-path"), "{error}");
}

#[tokio::test]
async fn redirects_are_answers() {
    let (target, target_port) = listen().await;
    let (url, served) = answering(
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{target_port}/\r\ncontent-length: 5\r\n\r\nmoved")
            .into(),
    )
    .await;
    let answer = post(&url, true).await.unwrap();
    assert_eq!(
        answer,
        Answer {
            status: 307,
            body: "moved".to_owned()
        }
    );
    served.await.unwrap();
    tokio::select! {
        biased;
        _ = target.accept() => panic!("followed"),
        _ = tokio::task::yield_now() => {}
    }
}

#[tokio::test]
async fn an_endless_answer_is_read_only_as_far_as_it_is_kept() {
    let (listener, port) = listen().await;
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let head = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        // Until the client hangs up; it never would if it read on.
        while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
    });
    let answer = post(&format!("http://127.0.0.1:{port}/"), true)
        .await
        .unwrap();
    assert_eq!(
        answer,
        Answer {
            status: 500,
            body: "x".repeat(2_048)
        }
    );
    served.await.unwrap();
}

#[test]
fn characters_are_counted_not_bytes_and_nulls_are_dropped() {
    assert_eq!(truncated("é\0".repeat(3_000).as_bytes()), "é".repeat(2_048));
    assert_eq!(truncated(b"a\0b\xffc"), "ab\u{fffd}c");
}

#[tokio::test]
async fn connections_are_used_again() {
    let (listener, port) = listen().await;
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..2 {
            read_request(&mut stream).await;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                .await
                .unwrap();
        }
    });
    let outbound = Outbound::new(true).unwrap();
    let url = format!("http://127.0.0.1:{port}/");
    for _ in 0..2 {
        assert_eq!(outbound.post(&url, &[], "hello").await.unwrap().body, "ok");
    }
    served.await.unwrap();
}

#[tokio::test]
async fn a_closed_port_is_an_error_with_a_reason_and_without_the_url() {
    let (listener, port) = listen().await;
    drop(listener);
    let error = post(&format!("http://127.0.0.1:{port}/secret-path"), true)
        .await
        .unwrap_err();
    assert!(error.0.to_lowercase().contains("refused"), "{error}");
    assert!(!error.0.contains("secret-path"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_ten_seconds() {
    let (listener, port) = listen().await;
    let before = tokio::time::Instant::now();
    let error = post(&format!("http://127.0.0.1:{port}/"), true)
        .await
        .unwrap_err();
    assert!(error.0.contains("timed out"), "{error}");
    assert_eq!(before.elapsed().as_secs(), 10);
    drop(listener);
}

#[tokio::test]
async fn headers_that_would_break_the_request_are_errors() {
    let outbound = Outbound::new(true).unwrap();
    for header in [("a", "b\r\nc: d"), ("a b", "c")] {
        assert!(
            outbound
                .post("http://127.0.0.1:1/", &[header], "")
                .await
                .is_err()
        );
    }
}
