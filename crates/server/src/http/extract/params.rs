//! Query strings and path ids, read as leniently as the reference does (docs/behaviour: api/lists).

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use serde_json::Value as Json;
use till_core::kernel::changes::Record;
use till_store::{List, Order};
use till_wire::{
    input::{self, Context},
    limits,
    page::Page,
};
use uuid::Uuid;

use super::query::{OrganizationQuery, PageQuery};
use crate::{app::App, error::ApiError};

/// Parameters of a query, at most: a page of a list asks for far fewer.
const PARAMETERS: usize = 1_000;

/// A query string. Reading collects problems; [`Params::finish`] tells them all.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    cx: Context,
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From 1.
    pub page: u32,
    /// At most 100.
    pub limit: u32,
}

impl Window {
    /// The page as it is answered, cut from `total` items.
    pub fn of<V>(self, total: i64, items: impl IntoIterator<Item = V>) -> Page<V> {
        let items = items.into_iter().collect();
        Page::new(items, total, self.limit)
    }

    /// The page of a list that is in memory as a whole.
    pub fn cut<T>(self, all: Vec<T>) -> Page<T> {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let page = usize::try_from(self.page).unwrap_or(usize::MAX);
        let before = page.saturating_sub(1).saturating_mul(limit);
        self.of(total, all.into_iter().skip(before).take(limit))
    }

    /// The rows of this page of a list.
    pub async fn page<R: Record + Send + 'static>(
        self,
        app: &App,
        list: List,
    ) -> Result<(Vec<R>, Paging), ApiError> {
        let list = list.as_of(app.clock.now());
        let (rows, total) = app.store.page(list, self.page, self.limit).await?;
        let window = self;
        Ok((rows, Paging { window, total }))
    }
}

/// Which page it is that rows were read for, and of how many.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    window: Window,
    total: i64,
}

impl Paging {
    /// The page as it is answered.
    pub fn of<V>(self, items: impl IntoIterator<Item = V>) -> Page<V> {
        self.window.of(self.total, items)
    }
}

impl Params {
    /// Parses a raw query string.
    pub fn parse(query: &str) -> Self {
        let sent = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut pairs: Vec<_> = sent.take(PARAMETERS + 1).collect();
        let mut cx = Context::new("query");
        if pairs.len() > PARAMETERS {
            pairs.truncate(PARAMETERS);
            too_many(&mut cx, "parameters", PARAMETERS);
        }
        let mut params = Self { pairs, cx };
        params.bound_metadata();
        if params
            .pairs
            .iter()
            .any(|(k, v)| k.contains('\0') || v.contains('\0'))
        {
            params
                .cx
                .refuse::<()>("text must not contain the NUL character", &Json::Null);
        }
        params
    }

    /// Refuses more metadata filters than are bearable.
    fn bound_metadata(&mut self) {
        let sent = self
            .pairs
            .iter()
            .filter(|(key, _)| metadata_key(key).is_some());
        let mut keys: Vec<&str> = sent.clone().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        let (keys, values) = (keys.len(), sent.count());
        let (cx, most) = (&mut self.cx, limits::FILTER_KEYS);
        if keys > most {
            cx.at("metadata", |cx| too_many(cx, "keys", most));
        }
        if values > limits::FILTER_VALUES {
            cx.at("metadata", |cx| {
                too_many(cx, "values", limits::FILTER_VALUES)
            });
        }
    }

    /// Replaces what was sent under a key.
    pub fn set(&mut self, key: &str, value: &str) {
        self.pairs.retain(|(k, _)| k != key);
        self.pairs.push((key.to_owned(), value.to_owned()));
    }

    /// True where something was sent under a key.
    pub fn has(&self, key: &str) -> bool {
        self.pairs.iter().any(|(k, _)| k == key)
    }

    /// Adds to what was sent under a key.
    pub fn add(&mut self, key: &str, value: &str) {
        self.pairs.push((key.to_owned(), value.to_owned()));
    }

    /// The first values sent under a key; more than there may be is a problem.
    fn values(&mut self, key: &'static str) -> Vec<Json> {
        let found = self.pairs.iter().filter(|(k, _)| k == key);
        let mut found: Vec<Json> = found.map(|(_, v)| Json::from(v.as_str())).collect();
        if found.len() > limits::FILTER_VALUES {
            found.truncate(limits::FILTER_VALUES);
            self.cx
                .at(key, |cx| too_many(cx, "values", limits::FILTER_VALUES));
        }
        found
    }

    /// Everything that was sent under a key.
    pub(super) fn all<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Json, &mut Context) -> Option<T>,
    ) -> Vec<T> {
        let values = self.values(key);
        let many = values.len() > 1;
        let read = |(i, value): (usize, &Json), cx: &mut Context| {
            if many {
                cx.at(i, |cx| read(value, cx))
            } else {
                read(value, cx)
            }
        };
        let cx = &mut self.cx;
        values
            .iter()
            .enumerate()
            .filter_map(|item| cx.at(key, |cx| read(item, cx)))
            .collect()
    }

    /// The last value under a key.
    pub(super) fn last<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Json, &mut Context) -> Option<T>,
    ) -> Option<T> {
        let value = self.values(key).pop()?;
        self.cx.at(key, |cx| read(&value, cx))
    }

    /// `page` and `limit`; a limit above 100 is quietly 100.
    pub fn window(&mut self) -> Window {
        let PageQuery { page, limit } = PageQuery::read(self);
        let limit = limit.min(100);
        Window { page, limit }
    }

    /// `organization_id`.
    pub fn organizations(&mut self) -> Vec<Uuid> {
        OrganizationQuery::read(self).organization_id
    }

    /// `sorting`: names of `keys`, each mapped to what the list is sorted by (`List::order`);
    /// `-` sorts downwards. A key that was sent before sorts nothing any more.
    pub fn sorting(
        &mut self,
        keys: &[(&'static str, &'static str)],
        default: &[&str],
    ) -> Vec<(&'static str, Order)> {
        let sent = self.values("sorting").into_iter();
        let sent: Vec<String> = sent
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        let wanted: Vec<String> = if sent.is_empty() {
            default.iter().map(|s| (*s).to_owned()).collect()
        } else {
            sent
        };
        let mut sorted: Vec<(&'static str, Order)> = Vec::new();
        for (i, word) in wanted.iter().enumerate() {
            let (name, order) = match word.strip_prefix('-') {
                Some(name) => (name, Order::Desc),
                None => (word.as_str(), Order::Asc),
            };
            match keys.iter().find(|(key, _)| *key == name) {
                Some((_, column)) if sorted.iter().any(|(known, _)| known == column) => {}
                Some((_, column)) => sorted.push((*column, order)),
                None => {
                    let both: Vec<String> = keys
                        .iter()
                        .flat_map(|(k, _)| [(*k).to_owned(), format!("-{k}")])
                        .collect();
                    let expected = input::one_of(both.iter().map(String::as_str));
                    let value = Json::from(word.as_str());
                    self.cx.at("sorting", |cx| {
                        cx.at(i, |cx| {
                            cx.bound::<()>(
                                "enum",
                                format!("Input should be {expected}"),
                                &value,
                                "expected",
                                expected.clone(),
                            )
                        })
                    });
                }
            }
        }
        sorted
    }

    /// `metadata[key]=value` filters, grouped by key.
    pub fn metadata(&self) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for (key, value) in &self.pairs {
            let Some(name) = metadata_key(key) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(value.clone()),
                None => groups.push((name.to_owned(), vec![value.clone()])),
            }
        }
        groups
    }

    /// The rows of the page that was asked for; tells everything that did not read. Nothing is read of the
    /// query afterwards.
    pub async fn page<R: Record + Send + 'static>(
        self,
        app: &App,
        list: List,
    ) -> Result<(Vec<R>, Paging), ApiError> {
        self.last_window()?.page(app, list).await
    }

    /// The page that was asked for, where everything of the query reads: for lists whose owner is looked for first.
    pub fn last_window(mut self) -> Result<Window, ApiError> {
        let window = self.window();
        self.finish()?;
        Ok(window)
    }

    /// The one text that a query is about; nothing is read of the query afterwards.
    ///
    /// # Errors
    /// `missing` where it was not sent, and everything else that did not read.
    pub fn required_text(mut self, key: &'static str) -> Result<String, ApiError> {
        let found = self.last(key, input::text_of(0, limits::LINE, false));
        self.needs(key);
        self.finish()?;
        Ok(found.unwrap_or_default())
    }

    /// Tells of a parameter that was not sent.
    pub(super) fn needs(&mut self, key: &'static str) {
        if !self.has(key) {
            self.cx.at(key, |cx| {
                cx.fail::<()>("missing", "Field required", &Json::Null)
            });
        }
    }

    /// Everything that did not read, at once.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.cx.problems.is_empty() {
            Ok(())
        } else {
            Err(ApiError::unreadable(self.cx.problems))
        }
    }
}

/// The `key` of `metadata[key]`.
fn metadata_key(parameter: &str) -> Option<&str> {
    parameter.strip_prefix("metadata[")?.strip_suffix(']')
}

/// The problem of a list that is too long, at the current place.
fn too_many(cx: &mut Context, what: &str, most: usize) {
    cx.bound::<()>(
        "too_long",
        format!("There should be at most {most} {what}"),
        &Json::Null,
        "max_length",
        most,
    );
}

/// One part of the path, read as any other input; a problem stands at `path, name`.
async fn part<S: Send + Sync, T>(
    parts: &mut Parts,
    state: &S,
    name: &'static str,
    read: fn(&Json, &mut Context) -> Option<T>,
) -> Result<T, ApiError> {
    let params = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| ApiError::not_found())?;
    let raw = params
        .iter()
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value);
    let mut cx = Context::new("path");
    cx.at(name, |cx| read(&Json::from(raw), cx))
        .ok_or_else(|| ApiError::unreadable(cx.problems))
}

macro_rules! path_id {
    ($(#[$meta:meta])* $name:ident, $part:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(pub Uuid);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                part(parts, state, $part, input::id).await.map(Self)
            }
        }
    };
}
path_id!(
    /// The `{id}` of a path: a version 4 UUID, else 422 at `path, id`.
    PathId,
    "id"
);
path_id!(
    /// The `{endpoint}` of a path, likewise.
    EndpointId,
    "endpoint"
);

path_id!(
    /// The `{member_id}` of a path, likewise.
    MemberId,
    "member_id"
);

path_id!(
    /// The `{seat_id}` of a path, likewise.
    SeatId,
    "seat_id"
);

path_id!(
    /// The `{activation_id}` of a path, likewise.
    ActivationId,
    "activation_id"
);

macro_rules! path_text {
    ($(#[$meta:meta])* $name:ident, $part:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(pub String);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let read =
                    |value: &Json, cx: &mut Context| input::text_of(0, limits::LINE, false)(value, cx);
                part(parts, state, $part, read).await.map(Self)
            }
        }
    };
}
path_text!(
    /// The `{external_id}` of a path: any text.
    ExternalId,
    "external_id"
);
path_text!(
    /// The `{invitation_token}` of a path, likewise.
    InvitationToken,
    "invitation_token"
);
path_text!(
    /// The `{member_external_id}` of a path, likewise.
    MemberExternalId,
    "member_external_id"
);

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: usize = limits::FILTER_VALUES;
    const METADATA_KEYS: usize = limits::FILTER_KEYS;
    const TEXT: usize = limits::LINE;

    fn problems(query: &str, read: impl FnOnce(&mut Params)) -> Vec<(String, String)> {
        let mut params = Params::parse(query);
        read(&mut params);
        let told = params.finish().err();
        let problems = told.iter().flat_map(ApiError::problems);
        let place = |loc| serde_json::to_string(loc).unwrap();
        problems
            .map(|problem| (problem.kind.to_string(), place(&problem.loc)))
            .collect()
    }

    fn one(kind: &str, place: &str) -> Vec<(String, String)> {
        vec![(kind.to_owned(), place.to_owned())]
    }

    #[test]
    fn a_query_has_bounds_which_are_told_where_they_are_exceeded() {
        let many = |pair: &str, count: usize| vec![pair; count].join("&");
        let line = input::text_of(0, TEXT, false);
        let ids = |p: &mut Params| drop(p.all("id", &line));
        assert_eq!(problems(&many("id=a", VALUES), ids), []);
        let long = one("too_long", r#"["query","id"]"#);
        assert_eq!(problems(&many("id=a", VALUES + 1), ids), long);
        let longer = one("too_long", r#"["query"]"#);
        assert_eq!(problems(&many("x", PARAMETERS + 1), |_| {}), longer);
        let keys =
            |count: usize| -> String { (0..count).map(|n| format!("metadata[k{n}]=v&")).collect() };
        assert_eq!(problems(&keys(METADATA_KEYS), |_| {}), []);
        let metadata = one("too_long", r#"["query","metadata"]"#);
        assert_eq!(problems(&keys(METADATA_KEYS + 1), |_| {}), metadata);
        assert_eq!(
            problems(&many("metadata[k]=v", VALUES + 1), |_| {}),
            metadata
        );
        let text = |p: &mut Params| drop(p.last("query", &line));
        let query = |length: usize| format!("query={}", "é".repeat(length));
        assert_eq!(problems(&query(TEXT), text), []);
        let told = one("string_too_long", r#"["query","query"]"#);
        assert_eq!(problems(&query(TEXT + 1), text), told);
    }

    #[test]
    fn a_key_sorts_once() {
        let keys = [("name", "name"), ("created_at", "created_at")];
        let mut params =
            Params::parse("sorting=name&sorting=-name&sorting=-created_at&sorting=name");
        let sorted = params.sorting(&keys, &["created_at"]);
        assert_eq!(sorted, [("name", Order::Asc), ("created_at", Order::Desc)]);
        let sort = |p: &mut Params| drop(p.sorting(&keys, &[]));
        let many = vec!["sorting=name"; 2_500].join("&");
        assert!(!problems(&many, sort).is_empty());
        let unknown = vec!["sorting=x"; VALUES].join("&");
        assert!(problems(&unknown, sort).len() <= VALUES);
    }
}
