//! Every page and form of the dashboard, asked for by those who may not: nobody signed in, and somebody of
//! another organization. A page that is new fails here until it is said with which ids it is asked for.

use till_testkit::{Answer, Browser, Till, both};

use crate::foreign::{World, unchanged};

/// Pages that need nobody signed in, and why.
const PUBLIC: [(&str, &str); 10] = [
    (
        "/reference",
        "the API's reference, made of the public document",
    ),
    ("/reference/{tag}", "an area of it"),
    ("/reference/{tag}/{name}", "an operation of it"),
    ("/reference/objects/{name}", "an object of it"),
    ("/invitations/{token}", "the way into a team"),
    ("/sign-in", "the way in"),
    ("/sign-in/link", "asks for the other way in"),
    ("/sign-in/link/{token}", "the other way in"),
    ("/sign-in/sent", "says the same to everybody"),
    ("/sign-out", "ends the session of whoever has one"),
];

/// Paths below an organization's address, and of what their `{id}` is; longer ones first.
const IDS: [(&str, &str); 26] = [
    ("/subscriptions/{id}/seats/", "seats sold"),
    ("/orders/{id}/seats/", "orders"),
    (
        "/developers/webhooks/{endpoint}/deliveries",
        "webhooks/deliveries",
    ),
    ("/developers/webhooks", "webhooks/endpoints"),
    ("/developers/tokens", "tokens"),
    ("/products/checkout-links", "checkout-links"),
    ("/products/custom-fields", "custom-fields"),
    ("/products/discounts", "discounts"),
    ("/products/benefits", "benefits"),
    ("/products/event-types", "event-types"),
    ("/products/files", "files"),
    ("/products/license-keys", "license-keys"),
    ("/products/meters", "meters"),
    ("/products/usage", "events"),
    ("/products", "products"),
    ("/settings/team/{id}/withdraw", "invitations"),
    ("/settings/team", "team"),
    ("/subscriptions", "subscriptions"),
    ("/checkouts", "checkouts"),
    ("/customers/{id}/members", "teams"),
    ("/customers", "customers"),
    ("/payments", "payments"),
    ("/orders/credit-notes", "refunds"),
    ("/orders", "orders"),
    ("/disputes", "disputes"),
    ("/mail", "mails"),
];

/// An id that nothing has.
const NEVER: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

/// The routes of the dashboard, as the router itself knows them.
fn routes(t: &Till) -> Vec<String> {
    let shown = format!(
        "{:?}",
        till_server::dashboard::routes(&t.app, till_server::reference::routes())
    );
    let paths = shown
        .split('"')
        .filter(|part| part.len() > 1 && part.starts_with('/') && !part.contains("__private"));
    let mut paths: Vec<String> = paths.map(str::to_owned).collect();
    paths.sort_unstable();
    paths.dedup();
    assert!(
        paths.len() > 80,
        "the router tells its routes no more: {paths:?}"
    );
    paths
}

/// The routes below an organization's address.
pub fn of_shops(t: &Till) -> Vec<String> {
    let all = routes(t).into_iter();
    all.filter(|path| path.starts_with("/dashboard/{shop}"))
        .collect()
}

/// A route with the world's ids in it.
#[track_caller]
pub fn filled(route: &str, shop: &str, world: &World) -> String {
    let below = &route["/dashboard/{shop}".len()..];
    let kind = IDS.iter().find(|(place, _)| below.starts_with(place));
    let path = match below.contains("{id}") {
        true => {
            let (_, kind) =
                kind.unwrap_or_else(|| panic!("{route}: say in IDS of what its {{id}} is"));
            below.replace("{id}", world.id(kind))
        }
        false => below.to_owned(),
    };
    let path = path
        .replace("{endpoint}", world.id("webhooks/endpoints"))
        .replace("{member_id}", world.id("members"))
        .replace("{seat_id}", world.id("seats"))
        .replace("{activation_id}", world.id("activations"));
    assert!(
        !path.contains('{'),
        "{route}: say which id of this world stands for its part"
    );
    format!("/dashboard/{shop}{path}")
}

/// GET and POST of a page: what each says.
async fn both_ways(browser: &Browser, path: &str) -> [(String, Answer); 2] {
    let asked = browser.get(path).await;
    let sent = match path.ends_with("/media") {
        true => {
            browser
                .upload(path, "files", &[("a.png", "image/png", b"x")])
                .await
        }
        false => {
            browser
                .post(path, &[("name", "Other"), ("email", "other@example.com")])
                .await
        }
    };
    [
        (format!("GET {path}"), asked),
        (format!("POST {path}"), sent),
    ]
}

fn words(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.text())
}

both! {
    async fn who_is_not_signed_in_is_led_to_signing_in_from_everywhere(t: &mut Till) {
        let world = World::new(t).await;
        let before = t.all_rows().await;
        let nobody = t.browser();
        let stale = t.browser();
        stale.set_cookie("__Host-till_session", "till_ses_0000000000000000000000000000000000000000000");
        for route in routes(t) {
            if PUBLIC.iter().any(|(path, _)| *path == route) {
                continue;
            }
            let path = match route.starts_with("/dashboard/{shop}") {
                true => filled(&route, "ada", &world),
                false => route.replace("{id}", world.id("team")),
            };
            for browser in [&nobody, &stale] {
                let mut answered = 0;
                for (said, answer) in both_ways(browser, &path).await {
                    world.untold(&said, &answer);
                    if answer.status == 405 {
                        continue;
                    }
                    answered += 1;
                    assert_eq!(answer.status, 303, "{said}: {}", answer.text());
                    assert!(answer.header("location").starts_with("/sign-in"), "{said}: {}", answer.header("location"));
                }
                assert!(answered > 0, "{route} takes neither GET nor POST");
            }
        }
        unchanged("somebody who is not signed in", &before, &t.all_rows().await);
        t.see_through().await;
    }

    async fn another_organizations_pages_look_as_if_there_were_none(t: &mut Till) {
        let world = World::new(t).await;
        let (stranger, _) = t.stranger().await;
        let owner = t.app.store.user_by_email(&format!("{}@example.com", stranger.slug)).await.unwrap().unwrap();
        let eve = t.signed_in(&owner).await;
        assert_eq!(eve.get(&format!("/dashboard/{}", stranger.slug)).await.status, 200);
        let before = t.all_rows().await;
        for route in of_shops(t) {
            let foreign = both_ways(&eve, &filled(&route, "ada", &world)).await;
            let unknown = both_ways(&eve, &filled(&route, "nowhere", &world)).await;
            assert!(foreign.iter().any(|(_, answer)| answer.status == 404), "{route}");
            for ((said, answer), (_, other)) in foreign.iter().zip(&unknown) {
                assert!([404, 405].contains(&answer.status.as_u16()), "{said}: {}", answer.text());
                assert_eq!(words(answer), words(other), "{said}");
                world.untold(said, answer);
            }
        }
        unchanged("another organization's owner", &before, &t.all_rows().await);
        t.see_through().await;
    }

    async fn another_organizations_things_are_not_there_under_ones_own_address(t: &mut Till) {
        let world = World::new(t).await;
        let (stranger, _) = t.stranger().await;
        let owner = t.app.store.user_by_email(&format!("{}@example.com", stranger.slug)).await.unwrap().unwrap();
        let eve = t.signed_in(&owner).await;
        let before = t.all_rows().await;
        for route in of_shops(t).iter().filter(|route| route.contains("{id}") || route.contains("{endpoint}")) {
            let path = filled(route, &stranger.slug, &world);
            let never = path.split('/').map(|part| if part.len() == 36 { NEVER } else { part }).collect::<Vec<_>>().join("/");
            assert_ne!(path, never);
            let (foreign, unknown) = (both_ways(&eve, &path).await, both_ways(&eve, &never).await);
            for ((said, answer), (_, other)) in foreign.iter().zip(&unknown) {
                // A form may be shown again, with the API's own words for what is not there.
                assert!([404, 405, 422].contains(&answer.status.as_u16()), "{said}: {} {}", answer.status, answer.text());
                assert_eq!(words(answer), words(other), "{said}");
                world.untold(said, answer);
            }
        }
        unchanged("another organization's owner", &before, &t.all_rows().await);
        t.see_through().await;
    }

    async fn the_owner_finds_every_page_by_the_same_ids(t: &mut Till) {
        let world = World::new(t).await;
        let ada = t.dashboard().await;
        for route in of_shops(t).iter().filter(|route| !route.ends_with("/stream")) {
            let path = filled(route, "ada", &world);
            let answer = ada.get(&path).await;
            // Some take a POST only; the only owner stays one.
            let good = [200, 303, 405].contains(&answer.status.as_u16()) || route.contains("/settings/team/");
            assert!(good && answer.status != 404, "GET {path}: {} {}", answer.status, answer.text());
        }
        t.see_through().await;
    }

    async fn a_session_of_somebody_else_cannot_be_ended(t: &mut Till) {
        let (ada, _other) = (t.dashboard().await, t.dashboard().await);
        let eve = t.signed_in(&t.person("eve@example.com", None).await).await;
        let page = ada.get("/account").await.text();
        let id = page.split("/account/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let path = format!("/account/sessions/{id}/end");
        assert_eq!(eve.get(&path).await.status, 404);
        // Ending what is not there, or not one's own, says the same and does nothing.
        let never = eve.post(&path.replace(&id, NEVER), &[]).await;
        assert_eq!(words(&eve.post(&path, &[]).await), words(&never));
        assert_eq!(ada.get(&path).await.status, 200, "it is still there");
    }
}
