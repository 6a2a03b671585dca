//! The sandbox as a peer of the contract.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::processor::contract::Card;

/// In this process.
pub(super) async fn here() -> impl Peer {
    fixture().sandbox
}

/// In another process, as far as the caller can tell.
pub(super) async fn elsewhere() -> impl Peer {
    RemoteSandbox::new(&serve(fixture().sandbox).await).unwrap()
}

impl<S: Processor + TestCards> Peer for S {
    fn processor(&self) -> &dyn Processor {
        self
    }

    fn token(&self, card: Card, now: Timestamp) -> BoxFuture<'_, String> {
        let number = match card {
            Card::Pays => "4242424242424242",
            Card::Declined => "4000000000000002",
            Card::DeclinedLater => "4000000000000341",
            Card::Authenticates => "4000002760003184",
            Card::AuthenticatesOnce => "4000002500003155",
            Card::SettlesLater => "4000000000003006",
            Card::FailsLater => "4000000000003014",
            Card::Disputed => "4000000000000259",
            Card::RefundsLater => "4000000000007726",
            Card::RefundFails => "4000000000005126",
        };
        Box::pin(async move { self.tokenize(typed(number), now).await.unwrap() })
    }

    fn decide<'a>(
        &'a self,
        client_secret: &'a str,
        approve: bool,
        now: Timestamp,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let decided = self.authenticate(client_secret, approve, now).await;
            decided.unwrap().expect("a challenge");
        })
    }

    fn sent<'a>(
        &'a self,
        notice: &'a Notice,
        now: Timestamp,
    ) -> BoxFuture<'a, (HeaderMap, Vec<u8>)> {
        Box::pin(async move {
            let signed = self.sign(notice, now).await.unwrap();
            (signed.headers(), signed.body.into_bytes())
        })
    }
}

/// Serves `/requests` until the test ends; the address.
async fn serve(sandbox: Sandbox) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = Arc::new(sandbox);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(respond(sandbox.clone(), connection));
        }
    });
    url
}

/// Reads one request and answers it.
async fn respond(sandbox: Arc<Sandbox>, mut connection: TcpStream) {
    let mut read = Vec::new();
    let body = loop {
        assert_ne!(connection.read_buf(&mut read).await.unwrap(), 0);
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("POST /requests "), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() == length.unwrap().parse::<usize>().unwrap() {
            break body.to_owned();
        }
    };
    let answer = handle(&sandbox, serde_json::from_str(&body).unwrap()).await;
    let body = serde_json::to_string(&answer).unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    connection
        .write_all((head + &body).as_bytes())
        .await
        .unwrap();
}
