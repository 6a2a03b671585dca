//! Customer sessions.

use serde_json::json;
use till_testkit::both;

both! {
    async fn a_session_opens_the_portal_for_one_hour(t: &mut Till) {
        let made = json!({"email": "a+b@example.com", "external_id": "u1"});
        let customer = t.post("/v1/customers/", made).await.created();
        for body in [
            json!({"customer_id": customer["id"], "return_url": "https://shop.example/back"}),
            json!({"external_customer_id": "u1"}),
            json!({"customer_external_id": "u1"}),
        ] {
            let session = t.post("/v1/customer-sessions/", body).await.created();
            let token = session["token"].as_str().unwrap();
            assert!(token.starts_with("polar_mst_"));
            assert_eq!(token.len(), "polar_mst_".len() + 43);
            assert_eq!(session["customer_id"], customer["id"]);
            assert_eq!(session["customer"], customer);
            let at = |key: &str| session[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
            assert_eq!(at("expires_at").duration_since(at("created_at")), jiff::SignedDuration::from_hours(1));
            assert_eq!(session["customer_portal_url"], format!(
                "https://till.test/ada/portal?customer_session_token={token}&email=a%2Bb%40example.com"));
        }
    }

    async fn an_unknown_customer_is_told_at_its_key(t: &mut Till) {
        let id = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        let wrong = t.post("/v1/customer-sessions/", json!({"customer_id": id})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.customer_id")]));
        let wrong = t.post("/v1/customer-sessions/", json!({"external_customer_id": "nobody"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.external_customer_id")]));
        let customer = t.customer("a@example.com").await;
        let (_, token) = t.stranger().await;
        let foreign = json!({"customer_id": customer["id"]});
        t.with_token(&token).post("/v1/customer-sessions/", foreign).await.invalid();
    }

    async fn with_no_key_both_shapes_tell_what_they_miss(t: &mut Till) {
        let wrong = t.post("/v1/customer-sessions/", json!({})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[
            ("missing", "body.CustomerSessionCustomerIDCreate.customer_id"),
            ("missing", "body.CustomerSessionCustomerExternalIDCreate.external_customer_id"),
        ]));
        let wrong = t.post("/v1/customer-sessions/", json!({"customer_id": 5})).await.unreadable();
        assert_eq!(wrong[0].0, "uuid_type");
    }

    async fn a_deleted_customers_session_is_no_credential_any_more(t: &mut Till) {
        let customer = t.customer("a@example.com").await;
        let body = json!({"customer_id": customer["id"]});
        let session = t.post("/v1/customer-sessions/", body).await.created();
        let buyer = t.with_token(session["token"].as_str().unwrap());
        buyer.get("/v1/customers/").await.refused(401, "Unauthorized");
        t.delete(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.gone();
        buyer.get("/v1/customers/").await.refused(401, "invalid_token");
    }
}
