//! Access tokens and webhook endpoints on the dashboard.

use jiff::SignedDuration;
use till_core::kernel::{
    changes::Changes,
    records::{WebhookDelivery, WebhookEvent},
};
use till_store::Query;
use till_testkit::{Till, both, id_in};
use till_wire::events::EventType;

const TOKENS: &str = "/dashboard/ada/developers/tokens";
const HOOKS: &str = "/dashboard/ada/developers/webhooks";

/// Records attempts to send the newest event of a type, a second apart.
async fn attempted(t: &Till, kind: EventType, codes: &[i64]) {
    let rest = "where kind = $1 order by sequence desc";
    let event: Vec<WebhookEvent> = t
        .app
        .store
        .all(Query::select::<WebhookEvent>(rest, vec![kind.into()]))
        .await
        .unwrap();
    let mut changes = Changes::new();
    for (attempt, code) in (1..).zip(codes) {
        let ctx = t.app.context();
        changes.insert(&WebhookDelivery {
            id: ctx.id(),
            created_at: ctx.now + SignedDuration::from_secs(attempt),
            organization_id: t.organization.id,
            endpoint_id: event[0].endpoint_id,
            event_id: event[0].id,
            succeeded: *code == 200,
            http_code: Some(*code),
            response: None,
            kind: Some(kind),
            attempt: Some(attempt),
            duration_ms: Some(1250),
        });
    }
    t.app.store.commit(changes).await.unwrap();
}

both! {
    async fn a_new_endpoint_begins_with_the_usual_events(t: &mut Till) {
        let owner = t.dashboard().await;
        let form = owner.get(&format!("{HOOKS}/new")).await.text();
        let boxes: Vec<_> = form.split("name=\"events\" value=\"").skip(1).collect();
        assert_eq!(boxes.len(), EventType::ALL.len());
        let kind = |html: &&str| html.split('"').next().unwrap().to_owned();
        let label = |html: &&str| html.split("</label>").next().unwrap().to_owned();
        let chosen: Vec<_> = boxes.iter().filter(|one| label(one).contains(" checked")).map(kind).collect();
        assert_eq!(chosen, ["customer.state_changed", "order.paid"]);
        for group in ["Checkout", "Customer", "Order", "Subscription", "Product", "Benefit"] {
            assert!(form.contains(&format!(">{group}</h3>")), "{group}");
        }
    }

    async fn deliveries_come_first_and_the_secret_is_shown_on_demand(t: &mut Till) {
        let owner = t.dashboard().await;
        let sent = [("url", "https://example.com/hook"), ("format", "raw"), ("events", "product.created"), ("events", "customer_seat.assigned")];
        let made = owner.post(&format!("{HOOKS}/new"), &sent).await;
        let path = made.header("location").to_owned();
        t.product().await;
        attempted(t, EventType::ProductCreated, &[503, 200]).await;
        let page = owner.get(&path).await.text();
        let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
        assert!(place(">Deliveries</h2>") < place(">Endpoint</h2>") && place(">Endpoint</h2>") < place(">Events</h2>"));
        let secret = t.items("/v1/webhooks/endpoints").await[0]["secret"].as_str().unwrap().to_owned();
        assert!(page.contains(&format!("</summary><code>{secret}</code></details>")), "{page}");
        for words in ["2 of 10", "1.2 s", "customer_seat.assigned"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        t.see_through().await;
    }

    async fn an_endpoint_that_only_fails_is_told_on_home(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.post(&format!("{HOOKS}/new"), &[("url", "https://example.com/hook"), ("format", "raw"), ("events", "product.created")]).await;
        t.product().await;
        let words = "did not accept any of its latest deliveries";
        attempted(t, EventType::ProductCreated, &[500, 404]).await;
        assert!(!owner.get("/dashboard/ada").await.text().contains(words), "two failures may be chance");
        attempted(t, EventType::ProductCreated, &[500]).await;
        owner.get("/dashboard/ada").await.says(200, words);
        let member = t.dashboard_as(till_core::kernel::records::Role::Member).await;
        assert!(!member.get("/dashboard/ada").await.text().contains(words), "members have no endpoints");
        attempted(t, EventType::ProductCreated, &[500, 500, 200]).await;
        assert!(!owner.get("/dashboard/ada").await.text().contains(words));
        t.see_through().await;
    }

    async fn an_endpoint_that_does_not_read_stops_no_sale_and_no_page(t: &mut Till) {
        let owner = t.dashboard().await;
        for url in ["https://example.com/a", "https://example.com/b"] {
            owner.post(&format!("{HOOKS}/new"), &[("url", url), ("format", "raw"), ("events", "product.created")]).await;
        }
        let mut changes = Changes::new();
        changes.any("update webhook_endpoints set format = 'smoke' where url = $1", vec!["https://example.com/a".to_owned().into()]);
        t.app.store.commit(changes).await.unwrap();
        t.product().await;
        let told: Vec<WebhookEvent> = t.app.store.all(Query::select::<WebhookEvent>("", vec![])).await.unwrap();
        assert_eq!(told.len(), 1, "the other endpoint is told");
        assert_eq!(owner.get("/dashboard/ada").await.status, 200);
        t.see_through().await;
    }

    async fn a_token_is_shown_once_and_opens_what_it_says(t: &mut Till) {
        let owner = t.dashboard().await;
        let sent = [("name", "Nightly"), ("days", "30"), ("scopes", "products:read"), ("scopes", "orders:read")];
        let page = owner.post(&format!("{TOKENS}/new"), &sent).await;
        assert_eq!(page.status, 201);
        let text = page.text();
        let token = text.split("<code id=\"token\">").nth(1).unwrap().split('<').next().unwrap();
        assert!(token.starts_with("polar_oat_"));
        let program = t.with_token(token);
        program.get("/v1/products/").await.ok();
        program.get("/v1/customers/").await.refused(403, "insufficient_scope");
        let list = owner.get(TOKENS).await.text();
        assert!(list.contains("Nightly") && list.contains("orders:read, ") | list.contains("products:read, "), "{list}");
        assert!(!list.contains(token));
        t.advance(std::time::Duration::from_secs(31 * 24 * 3600));
        assert_eq!(program.get("/v1/products/").await.status, 401, "it expires");
        assert!(t.dashboard().await.get(TOKENS).await.text().contains("Expired"));
    }

    async fn a_token_form_says_what_is_missing(t: &mut Till) {
        let owner = t.dashboard().await;
        let before = t.app.store.access_tokens(t.organization.id).await.unwrap().len();
        for (sent, place) in [
            (vec![("name", " "), ("scopes", "products:read")], "name-error"),
            (vec![("name", "No scope")], "scopes-error"),
            (vec![("name", "Odd"), ("scopes", "everything")], "role=\"alert\""),
            (vec![("name", "Odd"), ("scopes", "products:read"), ("days", "0")], "days-error"),
        ] {
            let answer = owner.post(&format!("{TOKENS}/new"), &sent).await;
            assert_eq!(answer.status, 422, "{sent:?}");
            assert!(answer.text().contains(place), "{sent:?}: {}", answer.text());
        }
        assert_eq!(t.app.store.access_tokens(t.organization.id).await.unwrap().len(), before);
    }

    async fn a_token_is_changed_and_revoked(t: &mut Till) {
        let owner = t.dashboard().await;
        let program = t.with_token(&t.token_of(&[till_wire::scope::Scope::ProductsRead]).await);
        let rows = t.app.store.access_tokens(t.organization.id).await.unwrap();
        let row = rows.iter().find(|row| row.scopes.len() == 1).unwrap();
        let path = format!("{TOKENS}/{}", row.id);
        let saved = owner.post(&format!("{path}/edit"), &[("name", "Renamed"), ("scopes", "customers:read")]).await;
        assert_eq!(saved.header("location"), TOKENS);
        program.get("/v1/customers/").await.ok();
        assert_eq!(program.get("/v1/products/").await.status, 403);
        assert!(owner.get(&format!("{path}/revoke")).await.text().contains("Revoke Renamed?"));
        program.get("/v1/customers/").await.ok();
        owner.post(&format!("{path}/revoke"), &[]).await;
        assert_eq!(program.get("/v1/customers/").await.status, 401);
        assert_eq!(owner.post(&format!("{path}/edit"), &[("name", "Back"), ("scopes", "customers:read")]).await.status, 404);
    }

    async fn another_shops_token_and_endpoint_cannot_be_touched(t: &mut Till) {
        let owner = t.dashboard().await;
        let (stranger, theirs) = t.stranger().await;
        let token = t.app.store.access_tokens(stranger.id).await.unwrap().remove(0);
        assert_eq!(owner.post(&format!("{TOKENS}/{}/revoke", token.id), &[]).await.status, 404);
        let theirs = t.with_token(&theirs);
        let hook = theirs.post("/v1/webhooks/endpoints", serde_json::json!({"url": "https://example.com/", "format": "raw", "events": []})).await.created();
        for act in ["edit", "disable", "secret", "delete", "test", "enable"] {
            let path = format!("{HOOKS}/{}/{act}", id_in(&hook, "id"));
            assert_eq!(owner.post(&path, &[("url", "https://evil.example/")]).await.status, 404, "{act}");
        }
        let still = theirs.get(&format!("/v1/webhooks/endpoints/{}", id_in(&hook, "id"))).await.ok();
        assert_eq!(still, hook);
    }

    async fn an_endpoint_is_made_changed_switched_and_removed(t: &mut Till) {
        let owner = t.dashboard().await;
        let sent = [("url", "https://example.com/hook"), ("name", ""), ("format", "raw"), ("events", "order.paid"), ("events", "order.created")];
        let made = owner.post(&format!("{HOOKS}/new"), &sent).await;
        let path = made.header("location").to_owned();
        let endpoint = t.items("/v1/webhooks/endpoints").await.remove(0);
        assert_eq!(endpoint["events"].as_array().unwrap().len(), 2);
        assert!(owner.get(&path).await.text().contains(endpoint["secret"].as_str().unwrap()));
        let bad = owner.post(&format!("{path}/edit"), &[("url", "gopher://x"), ("format", "raw"), ("events", "order.paid")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.text().contains("url-error") && bad.text().contains("gopher://x"));
        owner.post(&format!("{path}/edit"), &[("url", "https://example.com/two"), ("name", "Two"), ("format", "slack"), ("events", "order.paid")]).await;
        assert!(owner.get(&format!("{path}/disable")).await.text().contains("Disable Two?"));
        owner.post(&format!("{path}/disable"), &[]).await;
        let endpoint = t.items("/v1/webhooks/endpoints").await.remove(0);
        assert_eq!((&endpoint["url"], &endpoint["format"], &endpoint["enabled"]), (&"https://example.com/two".into(), &"slack".into(), &false.into()));
        owner.post(&format!("{path}/test"), &[("type", "order.paid")]).await;
        assert!(owner.get(&path).await.text().contains("Enable the endpoint first."));
        owner.post(&format!("{path}/enable"), &[]).await;
        owner.post(&format!("{path}/secret"), &[]).await;
        let renewed = t.items("/v1/webhooks/endpoints").await.remove(0);
        assert_ne!(renewed["secret"], endpoint["secret"]);
        assert_eq!(renewed["enabled"], true);
        owner.post(&format!("{path}/delete"), &[]).await;
        assert!(t.items("/v1/webhooks/endpoints").await.is_empty());
        assert_eq!(owner.get(&path).await.status, 404);
    }

    async fn a_test_event_goes_to_its_endpoint_alone_and_into_no_journal(t: &mut Till) {
        let owner = t.dashboard().await;
        for url in ["https://example.com/a", "https://example.com/b"] {
            owner.post(&format!("{HOOKS}/new"), &[("url", url), ("format", "raw"), ("events", "order.paid"), ("events", "product.created")]).await;
        }
        let endpoint = t.items("/v1/webhooks/endpoints").await.remove(0);
        let path = format!("{HOOKS}/{}", id_in(&endpoint, "id"));
        owner.post(&format!("{path}/test"), &[("type", "order.paid")]).await;
        assert!(owner.get(&path).await.text().contains("no object yet for which order.paid could be sent"));
        owner.post(&format!("{path}/test"), &[("type", "order.refunded")]).await;
        assert!(owner.get(&path).await.text().contains("is not subscribed to this type"));
        let product = t.product().await;
        let due = async |id| t.app.store.due_events(id, t.app.clock.now(), 100).await.unwrap().0;
        let (own, before) = (id_in(&endpoint, "id"), due(id_in(&endpoint, "id")).await.len());
        let (journal, _) = t.app.store.latest_journal(t.organization.id, &[], 1, 100).await.unwrap();
        owner.post(&format!("{path}/test"), &[("type", "product.created")]).await;
        let waiting = due(own).await;
        assert_eq!(waiting.len(), before + 1);
        let payload: serde_json::Value = serde_json::from_str(waiting.last().unwrap().payload.as_ref().unwrap()).unwrap();
        assert_eq!((&payload["type"], &payload["data"]["id"]), (&"product.created".into(), &product["id"]));
        let other = t.items("/v1/webhooks/endpoints").await.remove(1);
        assert_eq!(due(id_in(&other, "id")).await.len(), before);
        assert_eq!(t.app.store.latest_journal(t.organization.id, &[], 1, 100).await.unwrap().0.len(), journal.len());
        t.see_through().await;
    }
}
