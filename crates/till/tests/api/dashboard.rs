//! The dashboard's frame: who may come in, and what every form and list does alike.

use std::io;

use axum::{body::Body, http::Request};
use futures_util::stream;
use till_core::kernel::records::Role;
use till_testkit::{both, id_in};

/// Pages that anybody of the team sees, and pages for those who manage.
const FOR_ALL: [&str; 5] = [
    "",
    "/products",
    "/orders",
    "/customers",
    "/developers/events",
];
const FOR_MANAGERS: [&str; 3] = [
    "/developers/tokens",
    "/developers/tokens/new",
    "/developers/webhooks",
];

both! {
    async fn a_member_sells_and_only_managers_hold_the_keys(t: &mut Till) {
        let (member, admin) = (t.dashboard_as(Role::Member).await, t.dashboard_as(Role::Admin).await);
        for path in FOR_ALL {
            let path = format!("/dashboard/ada{path}");
            assert_eq!(member.get(&path).await.status, 200, "{path}");
        }
        for path in FOR_MANAGERS {
            let path = format!("/dashboard/ada{path}");
            assert_eq!(member.get(&path).await.status, 403, "{path}");
            assert_eq!(admin.get(&path).await.status, 200, "{path}");
        }
        assert_eq!(member.get("/dashboard/ada/settings").await.header("location"), "/dashboard/ada/settings/team");
        assert_eq!(member.post("/dashboard/ada/settings", &[("name", "Mine now")]).await.status, 403);
        let token = [("name", "Mine"), ("scopes", "products:read")];
        assert_eq!(member.post("/dashboard/ada/developers/tokens/new", &token).await.status, 403);
    }

    async fn what_is_not_there_and_what_is_anothers_look_the_same(t: &mut Till) {
        let product = t.product().await;
        let (_, stranger) = t.stranger().await;
        let theirs = t.with_token(&stranger).product().await;
        let owner = t.dashboard().await;
        let here = format!("/dashboard/ada/products/{}", id_in(&product, "id"));
        assert_eq!(owner.get(&here).await.status, 200);
        let gone = owner.get("/dashboard/ada/products/00000000-0000-4000-8000-000000000000").await;
        assert_eq!(gone.status, 404);
        let anothers = format!("/dashboard/ada/products/{}", id_in(&theirs, "id"));
        for path in [&anothers, "/dashboard/ada/products/nonsense", "/dashboard/eve-1/products", "/dashboard/nobody"] {
            let answer = owner.get(path).await;
            assert_eq!((answer.status, answer.text()), (gone.status, gone.text()), "{path}");
        }
        let edit = owner.post(&format!("{anothers}/edit"), &[("name", "Mine now")]).await;
        assert_eq!(edit.status, 404);
        let archived = owner.post(&format!("{anothers}/archive"), &[]).await;
        assert_eq!(archived.status, 404);
        let still = t.with_token(&stranger).get(&format!("/v1/products/{}", id_in(&theirs, "id"))).await.ok();
        assert_eq!((&still["name"], &still["is_archived"]), (&theirs["name"], &false.into()));
    }

    async fn every_error_is_a_page(t: &mut Till) {
        let owner = t.dashboard().await;
        for (path, status) in [("/dashboard/ada/products/nonsense", 404), ("/dashboard/ada/products/preview", 405)] {
            let answer = owner.get(path).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert!(answer.header("content-type").starts_with("text/html"), "{path}");
            assert!(answer.text().contains("<h1>"), "{path}: {}", answer.text());
        }
    }

    async fn a_form_that_is_too_large_and_one_that_broke_off_are_told_apart(t: &mut Till) {
        let owner = t.dashboard().await;
        let path = "/dashboard/ada/products/new";
        let large = owner.post(path, &[("name", &"x".repeat(300 << 10))]).await;
        assert_eq!(large.status, 413);
        assert!(large.text().contains("larger than 256 KiB"), "{}", large.text());
        let stranger = t.browser().post("/sign-in", &[("email", "ada@example.com"), ("password", &"x".repeat(300 << 10))]).await;
        assert_eq!(stranger.status, 413);
        assert!(stranger.text().contains("<h1>"), "{}", stranger.text());
        let body = stream::iter([Ok("name=B"), Err(io::Error::other("gone"))]);
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", format!("__Host-till_session={}", owner.cookie("__Host-till_session")))
            .body(Body::from_stream(body));
        let cut = t.anonymous().raw(request.unwrap()).await;
        assert_eq!(cut.status, 408);
        assert!(cut.text().contains("did not arrive in full"), "{}", cut.text());
        assert!(t.items("/v1/products/").await.is_empty());
    }

    async fn a_query_of_any_kind_shows_a_page(t: &mut Till) {
        t.product().await;
        let owner = t.dashboard().await;
        for query in [
            "query=%00", "query=%25%27%22%3Cb%3E", "page=0", "page=99999999999999999999", "page=-1", "page=x",
            "sorting=nonsense", "is_archived=maybe", "limit=0", "a=%FF", "from=x&to=y", "page=3",
        ] {
            let path = format!("/dashboard/ada/products?{query}");
            let answer = owner.get(&path).await;
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
            assert!(!answer.text().contains("<b>"), "{path}");
        }
    }

    async fn an_old_address_still_shows_its_list(t: &mut Till) {
        t.listen().await;
        let owner = t.dashboard().await;
        let lists = ["products", "products/benefits", "products/meters", "products/discounts", "products/custom-fields",
            "products/checkout-links", "checkouts", "orders", "subscriptions", "customers", "payments", "developers/webhooks"];
        let endpoint = t.items("/v1/webhooks/endpoints").await[0]["id"].as_str().unwrap().to_owned();
        let deliveries = format!("developers/webhooks/{endpoint}");
        for list in lists.into_iter().chain([deliveries.as_str()]) {
            for wrong in ["sorting=x", "page=x", "type=x", "is_archived=x&http_code_class=x&event_type=x&succeeded=x"] {
                let answer = owner.get(&format!("/dashboard/ada/{list}?{wrong}")).await;
                assert_eq!(answer.status, 200, "{list}?{wrong}: {}", answer.text());
            }
        }
    }

    async fn a_sentence_is_said_once(t: &mut Till) {
        let product = t.product().await;
        let owner = t.dashboard().await;
        let here = format!("/dashboard/ada/products/{}", id_in(&product, "id"));
        let archived = owner.post(&format!("{here}/archive"), &[]).await;
        assert_eq!(archived.header("location"), here);
        let words = format!("{} was archived.", product["name"].as_str().unwrap());
        assert!(owner.get(&here).await.text().contains(&words));
        assert!(!owner.get(&here).await.text().contains(&words));
    }

    async fn home_ticks_off_what_is_done(t: &mut Till) {
        let owner = t.dashboard().await;
        let done = async || owner.get("/dashboard/ada").await.text().matches(r#"aria-label="Done""#).count();
        assert_eq!(done().await, 1, "the test's own token");
        let product = t.monthly().await;
        assert_eq!(done().await, 2);
        let checkout = t.checkout_for(&product).await;
        assert_eq!(done().await, 3);
        t.buy(&checkout, "grace@example.com").await;
        assert_eq!(done().await, 4);
        let page = owner.get("/dashboard/ada?stretch=7d").await.text();
        assert!(page.contains("grace@example.com") && page.contains("100%"), "{page}");
        for stretch in ["90d", "12m", "nonsense"] {
            assert_eq!(owner.get(&format!("/dashboard/ada?stretch={stretch}")).await.status, 200);
        }
    }
}
