//! The browsers in which somebody is signed in, named by what they say of themselves.

use till_core::kernel::records::{SignInMethod, UserSession};
use till_wire::page::Page as Items;

use crate::dashboard::{
    access::Person,
    listing::{Column, Empty, Listing, ListingQuery, Row},
    parts::{Cell, Menu, MenuItem},
};

/// The list, the browser that was used last first.
pub(super) fn list(person: &Person, sessions: Vec<UserSession>) -> Listing {
    let columns = vec![
        Column::new("Browser"),
        Column::new("Address"),
        Column::new("Last seen"),
        Column::new("Signed in"),
        Column::new("Method"),
    ];
    let row = |session: &UserSession| {
        let name = named(session);
        let how = match session.method {
            SignInMethod::Password => "Password",
            SignInMethod::Link => "Link",
        };
        let is_this = session.id == person.session.id;
        let row = Row::new(vec![
            match is_this {
                true => Cell::Noted(name.clone(), "This browser".to_owned()),
                false => Cell::Text(name.clone()),
            },
            Cell::text(session.ip_address.clone()),
            Cell::time(session.last_seen_at, &person.zone),
            Cell::time(session.created_at, &person.zone),
            Cell::Text(how.to_owned()),
        ]);
        if is_this {
            return row;
        }
        row.menu(Menu {
            name,
            items: vec![MenuItem::Confirm(
                "Sign out",
                format!("/account/sessions/{}/end", session.id),
            )],
        })
    };
    let empty = Empty {
        words: "You are not signed in anywhere.",
        step: None,
    };
    let count = sessions.len() as i64;
    let items = Items::new(sessions, count, u32::MAX);
    Listing::of(
        ListingQuery::new("/account", ""),
        "Browsers",
        columns,
        &items,
        row,
        empty,
    )
}

/// A browser in words, such as `Firefox on Linux`.
pub(super) fn named(session: &UserSession) -> String {
    session
        .user_agent
        .as_deref()
        .map_or_else(|| "Unknown browser".to_owned(), browser)
}

/// The first of these that is in the text: browsers claim to be those they descend from.
fn first_in(text: &str, words: &[(&str, &'static str)]) -> Option<&'static str> {
    let found = words.iter().find(|(sign, _)| text.contains(sign));
    found.map(|(_, name)| *name)
}

fn browser(user_agent: &str) -> String {
    let browser = first_in(
        user_agent,
        &[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser/", "Samsung Internet"),
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("CriOS/", "Chrome"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
            ("curl/", "curl"),
        ],
    );
    let system = first_in(
        user_agent,
        &[
            ("Windows", "Windows"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("CrOS", "ChromeOS"),
            ("Mac OS X", "macOS"),
            ("Linux", "Linux"),
        ],
    );
    let browser = browser.unwrap_or("Unknown browser");
    match system {
        Some(system) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_by_what_they_are_and_not_by_what_they_descend_from() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            ("curl/8.5.0", "curl"),
            ("<script>", "Unknown browser"),
        ] {
            assert_eq!(browser(user_agent), name);
        }
    }
}
