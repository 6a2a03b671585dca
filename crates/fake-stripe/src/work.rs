//! Work of the endpoints: each is a function over the books, with the moment given.

pub mod account;
pub mod balance;
pub mod charging;
pub mod customers;
pub mod disputes;
pub mod endpoints;
pub mod events;
pub mod intents;
pub mod listing;
pub mod methods;
pub mod refunds;
pub mod setups;
pub mod three_ds;
pub mod tokens;

use serde_json::Value;

use crate::{
    account::Account,
    books::{Books, Event, Metadata},
    error::Refusal,
    params::Params,
    views,
};

/// One piece of work: a request, or what becomes due.
pub struct Work<'a> {
    /// The books.
    pub books: &'a mut Books,
    /// Owner of the books.
    pub account: &'a Account,
    /// This moment, in seconds.
    pub now: i64,
    /// Id of the request, if it is one.
    pub request: Option<String>,
    /// The request's idempotency key.
    pub key: Option<String>,
    /// True where a publishable key asks.
    pub publishable: bool,
    /// True where banks take their time.
    pub processing: bool,
}

/// Caller of a piece of work; none of what becomes due, or happens at a bank.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestOrigin<'a> {
    /// Id of the request.
    pub request: Option<&'a str>,
    /// Its idempotency key.
    pub key: Option<&'a str>,
    /// True where its key is a publishable one.
    pub publishable: bool,
    /// True where banks take their time.
    pub processing: bool,
}

/// A request as an endpoint sees it.
pub struct Call<'a> {
    /// The parameters.
    pub params: &'a Params,
    /// The id in the path; empty if it has none.
    pub id: &'a str,
    /// The path, which lists repeat.
    pub path: &'a str,
}

/// Does what is due.
pub fn settle(work: &mut Work<'_>) {
    refunds::settle(work);
    intents::settle(work);
}

/// Answer of an endpoint.
pub type ObjectResult = Result<Value, Refusal>;

impl Work<'_> {
    /// Notes that something happened to an object.
    pub fn emit(&mut self, kind: &str, object: Value) {
        self.emit_change(kind, object, None);
    }

    /// Notes that something changed, with what it was before.
    pub fn emit_change(&mut self, kind: &str, object: Value, previous: Option<Value>) {
        let id = self.books.id("evt");
        self.books.events.put(Event {
            id,
            created: self.now,
            kind: kind.to_owned(),
            object,
            previous,
            request: self.request.clone(),
            idempotency_key: self.key.clone(),
        });
    }

    /// The object of an id as the API shows it.
    pub fn view(&self, id: &str) -> Option<Value> {
        views::by_id(self.books, self.account, self.now, id)
    }

    /// Notes that something happened to the object of an id.
    pub fn emit_for(&mut self, kind: &str, id: &str) {
        if let Some(object) = self.view(id) {
            self.emit(kind, object);
        }
    }

    /// The object of an id as an answer.
    ///
    /// # Errors
    ///
    /// 404 if it is not there.
    pub fn answer(&self, object: &str, id: &str) -> ObjectResult {
        // Texts of errors write the names of objects in several ways.
        let plain = |name: &str| name.replace([' ', '_'], "").to_ascii_lowercase();
        let is_one = |view: &Value| {
            let name = view["object"].as_str();
            name.is_some_and(|name| plain(name) == plain(object))
        };
        self.view(id)
            .filter(is_one)
            .ok_or_else(|| not_found(object, id))
    }
}

/// The refusal of a path whose object is not there.
pub fn not_found(object: &str, id: &str) -> Refusal {
    Refusal::missing(object, id, "id").status(axum::http::StatusCode::NOT_FOUND)
}

/// Metadata after a request: names with an empty value go.
pub fn merged(mut kept: Metadata, params: &Params) -> Metadata {
    let Some(given) = params.map("metadata") else {
        return kept;
    };
    if given.is_empty() {
        return Metadata::new();
    }
    for (name, value) in given {
        if value.as_str() == Some("") {
            kept.shift_remove(name);
        } else {
            kept.insert(name.clone(), value.clone());
        }
    }
    kept
}
