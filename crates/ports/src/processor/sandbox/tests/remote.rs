//! Faults between this process and the sandbox's. What is asked and answered is in the contract.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// The result of a confirmation where every answer has that status.
async fn confirmed_by(status: &'static str) -> Result<Outcome, ProcessorError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_buf(&mut Vec::new()).await.unwrap();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
    });
    let remote = RemoteSandbox::new(&url).unwrap();
    let attempt = charge(1, "pm_card_visa");
    remote.confirm(&attempt, "pi_sandbox_x", at(0)).await
}

#[tokio::test]
async fn a_sandbox_that_fails_says_nothing_about_the_money() {
    for status in [
        "500 Internal Server Error",
        "503 Service Unavailable",
        "200 OK",
    ] {
        let told = confirmed_by(status).await;
        assert!(matches!(told, Err(ProcessorError::Unsure(_))), "{told:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_take_our_requests_moved_nothing_and_is_no_fault_of_the_cards() {
    for status in [
        "401 Unauthorized",
        "404 Not Found",
        "422 Unprocessable Content",
    ] {
        let told = confirmed_by(status).await;
        assert!(
            matches!(told, Err(ProcessorError::Unavailable(_))),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_sandbox_that_is_not_there_says_nothing_about_the_money() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let remote = RemoteSandbox::new(&url).unwrap();
    let attempt = charge(1, "pm_card_visa");
    let told = remote.confirm(&attempt, "pi", at(0)).await;
    assert!(matches!(told, Err(ProcessorError::Unsure(_))), "{told:?}");
    let checks = remote.checks(at(0)).await;
    let found: Vec<_> = checks.iter().map(|check| check.status).collect();
    assert_eq!(found, [CheckStatus::Warn, CheckStatus::Fail]);
}

#[tokio::test]
async fn wrong_card_fields_are_told_as_wrong_card_fields() {
    let sandbox = fixture().sandbox;
    let input = CardInput::typed("1", "12/34", "123", None);
    let told = handle(&sandbox, SandboxRequest::Tokenize { input, now: at(0) }).await;
    assert!(matches!(told, Err(SandboxError::Card(wrong)) if wrong.len() == 1));
}
