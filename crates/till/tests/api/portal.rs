//! The customer portal's API: who is let in, and who they are.

use std::time::Duration;

use serde_json::json;
use till_testkit::{Till, both};

const INTROSPECT: &str = "/v1/customer-portal/customer-session/introspect";
const USER: &str = "/v1/customer-portal/customer-session/user";

both! {
    async fn a_token_tells_whom_it_opens_the_portal_for_and_how_long(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let body = json!({"customer_id": customer["id"], "return_url": "https://shop.example/back"});
        let session = t.post("/v1/customer-sessions/", body).await.created();
        let viewer = t.with_token(session["token"].as_str().unwrap());
        let told = viewer.get(INTROSPECT).await.ok();
        assert_eq!(told, json!({"expires_at": session["expires_at"], "return_url": "https://shop.example/back"}));
        let user = viewer.get(USER).await.ok();
        let owner = t.items("/v1/members/").await.remove(0);
        assert_eq!(user, json!({"type": "member", "name": null, "email": "ada@example.com",
            "customer_id": customer["id"], "member_id": owner["id"], "role": "owner"}));
    }

    async fn a_token_of_the_portal_ends_after_an_hour_and_with_its_customer(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let viewer = t.viewer_of(&customer).await;
        viewer.get(USER).await.ok();
        t.advance(Duration::from_secs(3_601));
        viewer.get(USER).await.refused(401, "invalid_token");
        let viewer = t.viewer_of(&customer).await;
        viewer.get(USER).await.ok();
        t.delete(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.gone();
        viewer.get(USER).await.refused(401, "invalid_token");
        t.see_through().await;
    }

    async fn only_tokens_of_the_portal_open_it_and_they_open_nothing_else(t: &mut Till) {
        let viewer = t.viewer_of(&t.customer("ada@example.com").await).await;
        t.anonymous().get(USER).await.refused(401, "Unauthorized");
        t.get(USER).await.refused(401, "Unauthorized");
        t.with_token("polar_cst_ofnobody").get(USER).await.refused(401, "invalid_token");
        viewer.get("/v1/customers/").await.refused(401, "Unauthorized");
        let other = [("polar-organization", "1dbfc517-0bbf-4301-9ba8-555ca42b9737")];
        viewer.get_with(USER, &other).await.not_found();
    }

    async fn requests_of_a_viewer_are_their_customers_and_not_their_networks(t: &mut Till) {
        let (ada, eve) = (t.customer("ada@example.com").await, t.customer("eve@example.com").await);
        let limited = t.limited(20);
        let viewer = |till: &Till, token: &Till| till.with_token(&token.token);
        let (ada, eve) = (viewer(&limited, &t.viewer_of(&ada).await), viewer(&limited, &t.viewer_of(&eve).await));
        let from = [("x-client-ip", "203.0.113.7")];
        for _ in 0..20 {
            ada.get_with(USER, &from).await.ok();
        }
        assert_eq!(ada.get_with(USER, &from).await.status, 429);
        eve.get_with(USER, &from).await.ok();
    }
}
