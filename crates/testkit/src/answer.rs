use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde_json::Value;

/// The answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's text; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// A page with this status that has these words somewhere.
    #[track_caller]
    pub fn says(&self, status: u16, words: &str) {
        let text = self.text();
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert!(text.contains(words), "no {words:?} in:\n{text}");
    }

    /// The body of a 200.
    #[track_caller]
    pub fn ok(&self) -> Value {
        self.expect(200)
    }

    /// The body of a 201.
    #[track_caller]
    pub fn created(&self) -> Value {
        self.expect(201)
    }

    /// The JSON body of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }

    /// Nothing, with 204.
    #[track_caller]
    pub fn gone(&self) {
        assert_eq!(self.status.as_u16(), 204, "{}", self.text());
        assert!(self.body.is_empty());
    }

    /// A refusal of this status and name.
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["error"], error, "{body}");
        body
    }

    /// `404 ResourceNotFound`.
    #[track_caller]
    pub fn not_found(&self) {
        self.refused(404, "ResourceNotFound");
    }

    /// The `type` and place (joined by dots) of every field that does not read.
    #[track_caller]
    pub fn unreadable(&self) -> Vec<(String, String)> {
        problems(&self.refused(422, "RequestValidationError"))
    }

    /// The `type` and place (joined by dots) of every field that breaks a rule.
    #[track_caller]
    pub fn invalid(&self) -> Vec<(String, String)> {
        let body = self.refused(422, "PolarRequestValidationError");
        let detail = body["detail"].as_array().unwrap();
        assert!(
            detail.iter().all(|p| p.get("ctx").is_none()),
            "rules never tell bounds: {body}"
        );
        problems(&body)
    }

    /// The items of a page, each by the text in `key`.
    #[track_caller]
    pub fn listed(&self, key: &str) -> Vec<String> {
        let page = self.ok();
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| text(&item[key])).collect()
    }
}

fn problems(body: &Value) -> Vec<(String, String)> {
    let detail = body["detail"].as_array().unwrap();
    detail
        .iter()
        .map(|problem| {
            let place: Vec<_> = problem["loc"]
                .as_array()
                .unwrap()
                .iter()
                .map(text)
                .collect();
            (text(&problem["type"]), place.join("."))
        })
        .collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
