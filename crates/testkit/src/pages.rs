//! Pages as a browser without script asks for them, and the event stream.

use std::{future::poll_fn, pin::Pin};

use axum::{
    body::{Body, HttpBody as _},
    http::{Request, header},
};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{Answer, Till, purchases::client_path};

/// The event stream of a page.
#[derive(Debug)]
pub struct Events(Body);

impl Events {
    /// The next messages as they are, as many as asked for.
    pub async fn raw(&mut self, count: usize) -> Vec<String> {
        let mut text = String::new();
        while text.matches("data:").count() < count {
            let frame = poll_fn(|cx| Pin::new(&mut self.0).poll_frame(cx)).await;
            let data = frame.unwrap().unwrap().into_data().unwrap();
            text.push_str(std::str::from_utf8(&data).unwrap());
        }
        text.lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .map(|data| data.trim_start().to_owned())
            .collect()
    }

    /// The key and status of the next messages, as many as asked for.
    pub async fn next(&mut self, count: usize) -> Vec<String> {
        self.raw(count)
            .await
            .iter()
            .map(|data| {
                let message: Value = serde_json::from_str(data).unwrap();
                let status = message["payload"]["status"].as_str().unwrap_or("");
                format!("{} {status}", message["key"].as_str().unwrap())
                    .trim_end()
                    .to_owned()
            })
            .collect()
    }
}

impl Till {
    /// A page, as a browser asks for it.
    pub async fn page(&self, path: &str) -> Answer {
        self.anonymous()
            .get_with(path, &[("accept", "text/html,application/xhtml+xml")])
            .await
    }

    /// Sends a form as a browser does; `headers` besides the usual ones.
    pub async fn form(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&'static str, &str)],
    ) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(key, value)| format!("{key}={}", encoded(value)))
            .collect();
        let body = body.join("&");
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::ACCEPT, "text/html");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.raw(request.body(Body::from(body)).unwrap()).await
    }

    /// Listens to the session's event stream.
    pub async fn events(&self, checkout: &Value) -> Events {
        let path = format!("{}/stream", client_path(checkout));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events(response.into_body())
    }
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                (byte as char).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
