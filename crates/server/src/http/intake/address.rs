//! Older and sloppier addresses, brought to the canonical ones before they are routed.

use std::borrow::Cow;

use axum::http::{Request, Uri};

/// The path before an identifier of the merchant's, which may hold slashes.
const EXTERNAL: &str = "/v1/customers/external/";
/// The ends of routes that follow such an identifier.
const AFTER_EXTERNAL: [&str; 3] = ["/state", "/payment-methods", "/members"];
/// The part of a route between such an identifier and that of a member.
const MEMBERS: &str = "/members/";

/// The mark of a request that came under `/api/v1`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deprecated;

/// Brings older and sloppier addresses to the canonical ones, before routing: `/api/v1`, doubled slashes before and
/// between the parts of a route, the hidden mount of checkouts, and external ids that a client sent with raw slashes in
/// them, which stay as they were sent.
pub fn canonical<B>(mut request: Request<B>) -> Request<B> {
    let path = request.uri().path();
    if let Some((new, deprecated)) = rewritten(path) {
        let query = request.uri().query();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        if let Ok(uri) = format!("{new}{query}").parse::<Uri>() {
            *request.uri_mut() = uri;
        }
        if deprecated {
            request.extensions_mut().insert(Deprecated);
        }
    }
    request
}

/// The canonical path, where it is another one, and whether the one that was sent is deprecated.
fn rewritten(path: &str) -> Option<(String, bool)> {
    let (route, external) = folded(path);
    let (route, deprecated) = match route.strip_prefix("/api/v1/") {
        Some(rest) => (Cow::Owned(format!("/v1/{rest}")), true),
        None => (route, false),
    };
    let new = match external {
        Some(rest) => {
            let whole = |id: &str| id.replace('/', "%2F");
            let tail = AFTER_EXTERNAL.iter().find(|tail| rest.ends_with(**tail));
            let (id, tail) = rest.split_at(rest.len() - tail.map_or(0, |tail| tail.len()));
            match id.split_once(MEMBERS).filter(|_| tail.is_empty()) {
                Some((id, member)) if !member.is_empty() => {
                    format!("{route}{}{MEMBERS}{}", whole(id), whole(member))
                }
                _ => format!("{route}{}{tail}", whole(id)),
            }
        }
        None => match route.strip_prefix("/v1/checkouts/custom/") {
            Some(rest) => format!("/v1/checkouts/{rest}"),
            None => route.into_owned(),
        },
    };
    (new != path).then_some((new, deprecated))
}

/// The path with each run of slashes as one, up to where an external id begins; and that id with what follows it, as it
/// was sent.
fn folded(path: &str) -> (Cow<'_, str>, Option<&str>) {
    if !path.contains("//") {
        return match external(path) {
            Some(start) => (Cow::Borrowed(&path[..start]), Some(&path[start..])),
            None => (Cow::Borrowed(path), None),
        };
    }
    let mut route = String::with_capacity(path.len());
    for (place, c) in path.char_indices() {
        if c == '/' && route.ends_with('/') {
            continue;
        }
        route.push(c);
        if c == '/' && external(&route) == Some(route.len()) {
            return (Cow::Owned(route), Some(&path[place + 1..]));
        }
    }
    (Cow::Owned(route), None)
}

/// The position at which an external id begins in a path, if it has one.
fn external(path: &str) -> Option<usize> {
    let route = path.strip_prefix("/api").unwrap_or(path);
    route
        .starts_with(EXTERNAL)
        .then(|| path.len() - route.len() + EXTERNAL.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(path: &str) -> String {
        let request = Request::get(path).body(()).unwrap();
        canonical(request).uri().to_string()
    }

    #[test]
    fn slashes_before_and_within_a_route_are_folded() {
        for (sloppy, route) in [
            ("//v1/products/", "/v1/products/"),
            ("///v1//products///?q=a//b", "/v1/products/?q=a//b"),
            ("//api//v1/products/", "/v1/products/"),
            ("/v1//checkouts/custom//x", "/v1/checkouts/x"),
            ("/v1/customers//external/ada", "/v1/customers/external/ada"),
            ("/v1/products/", "/v1/products/"),
        ] {
            assert_eq!(sent(sloppy), route, "{sloppy}");
        }
    }

    #[test]
    fn slashes_within_an_external_id_are_taken_as_sent() {
        for (id, taken) in [
            ("ada", "ada"),
            ("a/b", "a%2Fb"),
            ("a//b", "a%2F%2Fb"),
            ("/ada", "%2Fada"),
            ("ada//", "ada%2F%2F"),
            ("a%2Fb", "a%2Fb"),
            ("a//b/state", "a%2F%2Fb/state"),
            ("//state", "%2F/state"),
            ("a/b/payment-methods", "a%2Fb/payment-methods"),
            ("a/b/members", "a%2Fb/members"),
            ("a/b/members/c/d", "a%2Fb/members/c%2Fd"),
            ("a/members/", "a%2Fmembers%2F"),
            ("a/members/b/state", "a%2Fmembers%2Fb/state"),
        ] {
            for before in ["/v1/customers/external/", "//api/v1//customers/external/"] {
                let route = format!("/v1/customers/external/{taken}");
                assert_eq!(sent(&format!("{before}{id}")), route, "{before}{id}");
            }
        }
    }
}
