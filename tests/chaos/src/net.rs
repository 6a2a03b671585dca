//! HTTP as a client uses it that loses connections: try again, with the same key, on another node.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::Value;
use tokio::time::sleep;

use crate::Failure;

/// The time that an answer may take; Till waits ten seconds for its processor.
const PATIENCE: Duration = Duration::from_secs(15);
const BETWEEN_TRIES: Duration = Duration::from_millis(60);

/// The address of Till, and who calls it.
#[derive(Debug, Clone)]
pub struct Net {
    client: reqwest::Client,
    nodes: Arc<Vec<String>>,
    turn: Arc<AtomicUsize>,
    token: String,
    tries: Arc<AtomicUsize>,
}

/// A definite answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The name of an error, else nothing.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    pub fn text(&self, key: &str) -> Option<String> {
        self.body[key].as_str().map(str::to_owned)
    }
}

/// No tries left before the deadline.
#[derive(Debug)]
pub struct GaveUp;

/// One request.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    pub method: Method,
    pub path: &'a str,
    pub body: Option<Value>,
    /// The same for all tries of one wish.
    pub key: Option<String>,
    pub signed: bool,
}

impl Net {
    pub fn new(nodes: Vec<String>, token: String) -> Result<Self, Failure> {
        Ok(Self {
            client: client()?,
            nodes: Arc::new(nodes),
            turn: Arc::default(),
            token,
            tries: Arc::default(),
        })
    }

    /// Requests that had no definite answer and were made again.
    pub fn repeated(&self) -> usize {
        self.tries.load(Ordering::Relaxed)
    }

    /// Asks until there is a definite answer: no server error, no broken connection.
    pub async fn ask(&self, call: Call<'_>, until: Instant) -> Result<Answer, GaveUp> {
        loop {
            if let Some(answer) = self.once(&call).await {
                return Ok(answer);
            }
            self.tries.fetch_add(1, Ordering::Relaxed);
            if Instant::now() >= until {
                return Err(GaveUp);
            }
            sleep(BETWEEN_TRIES).await;
        }
    }

    /// One try, on the next node.
    pub async fn once(&self, call: &Call<'_>) -> Option<Answer> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let node = &self.nodes[turn % self.nodes.len()];
        let mut request = self
            .client
            .request(call.method.clone(), format!("{node}{}", call.path));
        if call.signed {
            request = request.bearer_auth(&self.token);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = &call.body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        if status >= 500 || status == 429 {
            return None;
        }
        let bytes = response.bytes().await.ok()?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some(Answer { status, body })
    }

    /// The bytes of a file, on any node; none where it is not there.
    pub async fn fetch(&self, path: &str, until: Instant) -> Result<Option<Vec<u8>>, GaveUp> {
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let node = &self.nodes[turn % self.nodes.len()];
            if let Ok(response) = self.client.get(format!("{node}{path}")).send().await {
                match response.status().as_u16() {
                    200 => {
                        if let Ok(bytes) = response.bytes().await {
                            return Ok(Some(bytes.to_vec()));
                        }
                    }
                    400..500 => return Ok(None),
                    _ => {}
                }
            }
            self.tries.fetch_add(1, Ordering::Relaxed);
            if Instant::now() >= until {
                return Err(GaveUp);
            }
            sleep(BETWEEN_TRIES).await;
        }
    }

    /// A form as a browser sends it; true for an answer that is not an error of the server.
    pub async fn submit(&self, path: &str, form: &str, until: Instant) -> Result<u16, GaveUp> {
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let node = &self.nodes[turn % self.nodes.len()];
            let sent = self
                .client
                .post(format!("{node}{path}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned())
                .send()
                .await;
            match sent {
                Ok(response) if response.status().as_u16() < 500 => {
                    return Ok(response.status().as_u16());
                }
                _ if Instant::now() >= until => return Err(GaveUp),
                _ => sleep(BETWEEN_TRIES).await,
            }
            self.tries.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// An address of this machine that nobody listens on.
pub fn free_address() -> Result<String, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

/// A plain client for this machine.
pub fn client() -> Result<reqwest::Client, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?)
}
