//! Grants of benefits: every cause, what is told of it, and who sees them.

use serde_json::{Value, json};
use till_core::kernel::{
    changes::Changes,
    grants::{EARLIER_JOB, GrantScope, SYNC_JOB},
    job_request::{JobRequest, Queue},
    records::PaymentState,
    writes::JobWrite,
};
use till_server::{jobs, payments::notices::poll};
use till_store::Query;
use till_testkit::{Till, both, buyer, id_in};

use crate::{
    files::uploaded,
    pairs,
    portal_kit::{PORTAL, signed_in},
    subscriptions_kit::*,
};

const CREATED: &str = "benefit_grant.created";
const REVOKED: &str = "benefit_grant.revoked";
const CYCLED: &str = "benefit_grant.cycled";
const UPDATED: &str = "benefit_grant.updated";

/// Has the product include these benefits.
pub(crate) async fn include(t: &Till, product: &Value, benefits: &[&Value]) {
    let ids: Vec<&Value> = benefits.iter().map(|benefit| &benefit["id"]).collect();
    let path = format!("/v1/products/{}/benefits", id_in(product, "id"));
    t.post(&path, json!({"benefits": ids})).await.ok();
}

/// Descriptions of what is granted now, in their order.
async fn held(t: &Till) -> Vec<String> {
    let grants = t.items("/v1/benefit-grants/?is_granted=true").await;
    let named = grants
        .iter()
        .map(|grant| grant["benefit"]["description"].as_str().unwrap().to_owned());
    let mut named: Vec<String> = named.collect();
    named.sort_unstable();
    named
}

/// The types of events that grants were told of with.
async fn of_grants(t: &Till) -> Vec<String> {
    let told = told(t).await.into_iter();
    told.filter(|kind| kind.starts_with("benefit_grant."))
        .collect()
}

/// The organization with so many days of grace.
pub(crate) async fn grace(t: &Till, days: i64) {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let settings = json!({"subscription_settings": {"allow_multiple_subscriptions": true, "proration_behavior": "prorate",
        "benefit_revocation_grace_period": days, "prevent_trial_abuse": false, "allow_customer_updates": true}});
    t.patch(&path, settings).await.ok();
}

/// A subscription with a note, whose first renewal is declined; an endpoint was told of the beginning.
async fn to_be_declined(t: &Till) -> (Value, Value) {
    t.listen().await;
    let trial = json!({"trial_interval": "day", "trial_interval_count": 10});
    let product = plan(t, "Basic", 1000, trial).await;
    let note = t.benefit("Note", "public").await;
    include(t, &product, &[&note]).await;
    let subscription = bought(t, &product, DECLINED_LATER, json!({})).await;
    assert_eq!(of_grants(t).await, [CREATED], "a trial gives");
    (product, subscription)
}

async fn ordered(t: &Till, product: &Value, card: &str) -> Value {
    let checkout = t.checkout_for(product).await;
    t.confirm(&checkout, buyer(ADA, card)).await.ok();
    t.drain().await;
    t.orders(&checkout).await.remove(0)
}

/// Jobs that wait to look at what a purchase gives.
async fn waiting(t: &Till) -> i64 {
    let sql = "select count(*) from jobs where kind = 'sync_grants'";
    let jobs = Query::raw(sql, vec![]);
    t.app.store.scalar(jobs).await.unwrap()
}

both! {
    async fn a_sale_asks_for_grants_where_its_organization_has_benefits_alone(t: &mut Till) {
        let mut asked = Vec::new();
        for _ in 0..2 {
            let ctx = t.app.context();
            let scope = GrantScope::Order(ctx.id());
            let job = JobRequest {
                id: ctx.id(),
                kind: SYNC_JOB.name(),
                queue: Queue::Benefits,
                key: "an order".to_owned(),
                payload: serde_json::to_string(&scope).unwrap(),
                run_at: ctx.now,
                requested_at: ctx.now,
                lease: None,
            };
            let mut changes = Changes::new();
            changes.write(JobWrite::RequestForBenefits { job, organization_id: t.organization.id });
            t.app.commit(changes).await.unwrap();
            asked.push(waiting(t).await);
            t.drain().await;
            t.benefit("Note", "public").await;
        }
        assert_eq!(asked, [0, 1]);
    }

    async fn an_order_gives_its_benefits_and_a_refund_takes_them_back(t: &mut Till) {
        t.listen().await;
        let (first, flag) = (t.benefit("First", "public").await, json!({"type": "feature_flag", "description": "Flag",
            "properties": {}, "metadata": {"feature": "beta"}}));
        let flag = t.post("/v1/benefits/", flag).await.created();
        let product = t.product().await;
        include(t, &product, &[&flag, &first]).await;
        told(t).await;
        let order = ordered(t, &product, VISA).await;
        t.advance(std::time::Duration::from_secs(3));
        t.drain().await;
        let all = t.webhook_events().await;
        let kinds: Vec<&str> = all.iter().map(|event| event["type"].as_str().unwrap()).collect();
        let paid = kinds.iter().position(|kind| *kind == "order.paid").unwrap();
        let after: Vec<&&str> = kinds[paid..].iter().filter(|kind| kind.starts_with("benefit")).collect();
        assert_eq!(after, [&CREATED, &CREATED]);
        assert_eq!(kinds.last(), Some(&"customer.state_changed"));
        let state = &all.last().unwrap()["data"];
        let granted = state["granted_benefits"].as_array().unwrap();
        assert_eq!(granted.len(), 2);
        let grants = t.items("/v1/benefit-grants/?sorting=created_at").await;
        let told = all.iter().find(|event| event["type"] == CREATED).unwrap();
        let grant = grants.iter().find(|grant| grant["benefit_id"] == flag["id"]).unwrap();
        let mut data = told["data"].clone();
        assert_eq!(data.as_object_mut().unwrap().remove("previous_properties"), Some(json!({})));
        // The customer has been told of since.
        data["customer"] = grant["customer"].clone();
        assert_eq!(&data, grant, "the first of the product comes first");
        for (key, value) in [("is_granted", json!(true)), ("is_revoked", json!(false)), ("revoked_at", json!(null)), ("error", json!(null)),
            ("order_id", order["id"].clone()), ("subscription_id", json!(null)), ("customer_id", order["customer_id"].clone()),
            ("user_id", order["customer_id"].clone()), ("member_id", json!(null)), ("member", json!(null)), ("benefit", flag.clone()),
            ("properties", json!({})), ("modified_at", json!(null))] {
            assert_eq!(grant[key], value, "{key}");
        }
        let path = format!("/v1/customers/{}/state", id_in(&order, "customer_id"));
        let state = t.get(&path).await.ok();
        let shown = state["granted_benefits"].as_array().unwrap().iter().find(|one| one["benefit_id"] == flag["id"]).unwrap();
        for (key, value) in [("id", &grant["id"]), ("granted_at", &grant["granted_at"]), ("benefit_type", &json!("feature_flag")),
            ("benefit_metadata", &json!({"feature": "beta"})), ("properties", &json!({}))] {
            assert_eq!(&shown[key], value, "{key}");
        }
        let refund = |amount: i64, revoke: bool| json!({"order_id": order["id"], "reason": "other", "amount": amount, "revoke_benefits": revoke});
        t.post("/v1/refunds/", refund(100, false)).await.created();
        assert_eq!(of_grants(t).await, Vec::<String>::new());
        t.post("/v1/refunds/", refund(100, true)).await.created();
        assert_eq!(of_grants(t).await, [REVOKED, REVOKED]);
        let grants = t.items("/v1/benefit-grants/").await;
        assert!(grants.iter().all(|grant| grant["is_revoked"] == true && grant["granted_at"].is_null() && grant["revoked_at"].is_string()));
        assert_eq!(t.get(&path).await.ok()["granted_benefits"], json!([]));
        t.see_through().await;
    }

    async fn a_subscription_gives_until_it_ends_and_each_paid_renewal_is_told_of(t: &mut Till) {
        t.listen().await;
        let product = plan(t, "Basic", 1000, json!({})).await;
        let note = t.benefit("Note", "public").await;
        include(t, &product, &[&note]).await;
        told(t).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        assert_eq!(told(t).await.last().unwrap(), CREATED);
        let grant = t.items("/v1/benefit-grants/").await.remove(0);
        assert_eq!((&grant["subscription_id"], &grant["order_id"]), (&subscription["id"], &json!(null)));
        for _ in 0..2 {
            next_period(t, &subscription).await;
            assert_eq!(told(t).await, ["subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid", CYCLED]);
        }
        change(t, &subscription, json!({"metadata": {"a": 1}})).await.ok();
        assert_eq!(of_grants(t).await, Vec::<String>::new());
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        assert_eq!(of_grants(t).await, Vec::<String>::new(), "it gives until its end");
        next_period(t, &subscription).await;
        assert_eq!(told(t).await, ["subscription.updated", "subscription.canceled", "subscription.revoked", REVOKED]);
        let revoked = t.items("/v1/benefit-grants/").await.remove(0);
        assert_eq!((&revoked["id"], &revoked["is_revoked"]), (&grant["id"], &json!(true)));
        let again = bought(t, &product, VISA, json!({})).await;
        assert_eq!(of_grants(t).await, [CREATED]);
        let grants = t.items("/v1/benefit-grants/?is_granted=true").await;
        assert_eq!(grants.len(), 1);
        assert_eq!(grants[0]["subscription_id"], again["id"], "another subscription, another grant");
        t.delete(&path(&again)).await.ok();
        assert_eq!(of_grants(t).await, [REVOKED]);
        t.see_through().await;
    }

    async fn a_paused_subscription_gives_nothing_until_it_resumes(t: &mut Till) {
        t.listen().await;
        let product = plan(t, "Basic", 1000, json!({})).await;
        let note = t.benefit("Note", "public").await;
        include(t, &product, &[&note]).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        told(t).await;
        let body = json!({"pause_at_period_end": true, "resumes_at": in_days(t, 60)});
        let pausing = change(t, &subscription, body).await.ok();
        assert_eq!(of_grants(t).await, Vec::<String>::new());
        next_period(t, &subscription).await;
        assert_eq!(told(t).await, ["subscription.updated", "subscription.paused", REVOKED]);
        until(t, moment(&pausing["resumes_at"])).await;
        assert_eq!(told(t).await, ["subscription.updated", "subscription.resumed", "order.created", "order.updated", "order.paid", CREATED]);
        assert_eq!(held(t).await, ["Note"]);
        t.see_through().await;
    }

    async fn an_unpaid_renewal_takes_at_once_without_grace_and_the_payment_gives_again(t: &mut Till) {
        let (_, subscription) = to_be_declined(t).await;
        let grant = t.items("/v1/benefit-grants/").await.remove(0);
        next_period(t, &subscription).await;
        assert_eq!(told(t).await, ["subscription.cycled", "subscription.updated", "order.created", "subscription.updated",
            "subscription.past_due", REVOKED]);
        let customer = json!({"id": subscription["customer_id"]});
        assert_eq!(t.keep_card(&customer, VISA).await, PaymentState::Succeeded);
        assert_eq!(told(t).await, ["subscription.updated", "subscription.active", "order.updated", "order.paid", CREATED]);
        let again = t.items("/v1/benefit-grants/").await.remove(0);
        assert_eq!((&again["id"], &again["is_granted"]), (&grant["id"], &json!(true)), "it is the same grant");
        t.see_through().await;
    }

    async fn grace_is_looked_at_with_each_attempt(t: &mut Till) {
        grace(t, 7).await;
        let (_, subscription) = to_be_declined(t).await;
        next_period(t, &subscription).await;
        assert_eq!(of_grants(t).await, Vec::<String>::new());
        for taken in [false, true] {
            let order = orders(t, &subscription).await[0].clone();
            // Two days after the renewal, and seven.
            until(t, moment(&order["next_payment_attempt_at"])).await;
            assert_eq!(of_grants(t).await.len(), usize::from(taken));
        }
        assert_eq!(held(t).await, Vec::<String>::new());
        assert_eq!(shown(t, &subscription).await["status"], "past_due");
        t.see_through().await;
    }

    async fn a_change_of_plan_takes_what_is_not_included_and_then_gives_the_rest(t: &mut Till) {
        t.listen().await;
        let (a, b, c) = (t.benefit("A note", "public").await, t.benefit("B note", "public").await, t.benefit("C note", "public").await);
        let (basic, pro) = (plan(t, "Basic", 1000, json!({})).await, plan(t, "Pro", 2000, json!({})).await);
        include(t, &basic, &[&a, &b]).await;
        include(t, &pro, &[&b, &c]).await;
        let subscription = bought(t, &basic, VISA, json!({})).await;
        assert_eq!(held(t).await, ["A note", "B note"]);
        told(t).await;
        switch(t, &subscription, &pro, "prorate").await.ok();
        assert_eq!(told(t).await, ["subscription.updated", REVOKED, CREATED]);
        assert_eq!(held(t).await, ["B note", "C note"]);
        t.see_through().await;
    }

    async fn buyers_follow_the_product_and_the_benefit(t: &mut Till) {
        let (plain, files) = (t.product().await, ["one", "two"]);
        let files = [uploaded(t, "downloadable", "text/plain", files[0]).await, uploaded(t, "downloadable", "text/plain", files[1]).await];
        let ids = [&files[0]["id"], &files[1]["id"]];
        let body = json!({"type": "downloadables", "description": "Files", "properties": {"files": ids}});
        let download = t.post("/v1/benefits/", body).await.created();
        let note = t.benefit("Note", "public").await;
        ordered(t, &plain, VISA).await;
        let monthly = plan(t, "Monthly", 1000, json!({})).await;
        bought(t, &monthly, VISA, json!({})).await;
        t.listen().await;
        for product in [&plain, &monthly] {
            include(t, product, &[&note, &download]).await;
        }
        assert_eq!(of_grants(t).await, [CREATED; 4], "those who bought before get what is new");
        include(t, &plain, &[&download, &note]).await;
        assert_eq!(of_grants(t).await, Vec::<String>::new(), "the order alone gives nothing else");
        let at = format!("/v1/benefits/{}", id_in(&download, "id"));
        let archive = |archived: Value| json!({"type": "downloadables", "properties": {"files": ids, "archived": archived}});
        let first = ids[0].as_str().unwrap();
        t.patch(&at, archive(json!({first: true}))).await.ok();
        t.advance(std::time::Duration::from_secs(3));
        t.drain().await;
        let updated: Vec<Value> = t.webhook_events().await.into_iter().filter(|event| event["type"] == UPDATED).collect();
        assert_eq!(updated.len(), 2);
        assert_eq!(updated[0]["data"]["properties"], json!({"files": [ids[1]]}));
        assert_eq!(updated[0]["data"]["previous_properties"], json!({"files": ids}));
        assert!(updated[0]["data"]["modified_at"].is_string());
        let words = json!({"type": "downloadables", "description": "All files"});
        t.patch(&at, words).await.ok();
        assert_eq!(of_grants(t).await, Vec::<String>::new(), "words give nothing else");
        let grants = t.items(&format!("{at}/grants?is_granted=true")).await;
        assert_eq!(grants.len(), 2);
        t.delete(&at).await.gone();
        assert_eq!(of_grants(t).await, [REVOKED; 2]);
        include(t, &plain, &[]).await;
        assert_eq!(of_grants(t).await, [REVOKED]);
        assert_eq!(held(t).await, ["Note"]);
        t.see_through().await;
    }

    async fn a_customer_who_is_deleted_loses_everything(t: &mut Till) {
        t.listen().await;
        let (book, monthly) = (t.product().await, plan(t, "Monthly", 1000, json!({})).await);
        let note = t.benefit("Note", "public").await;
        include(t, &book, &[&note]).await;
        include(t, &monthly, &[&note]).await;
        let order = ordered(t, &book, VISA).await;
        bought(t, &monthly, VISA, json!({})).await;
        assert_eq!(held(t).await.len(), 2);
        told(t).await;
        t.delete(&format!("/v1/customers/{}", id_in(&order, "customer_id"))).await.gone();
        assert_eq!(of_grants(t).await, [REVOKED; 2]);
        assert_eq!(held(t).await, Vec::<String>::new());
        t.see_through().await;
    }

    async fn a_payment_that_is_contested_for_good_takes_what_it_bought(t: &mut Till) {
        t.listen().await;
        let book = t.product().await;
        let note = t.benefit("Note", "public").await;
        include(t, &book, &[&note]).await;
        ordered(t, &book, "pm_card_createDispute").await;
        t.advance(std::time::Duration::from_secs(5));
        poll(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(held(t).await, ["Note"], "it is not decided yet");
        told(t).await;
        let dispute = t.items("/v1/disputes/").await.remove(0);
        t.post(&format!("/v1/disputes/{}/accept", id_in(&dispute, "id")), json!({})).await.ok();
        assert_eq!(of_grants(t).await, [REVOKED]);
        t.see_through().await;
    }

    async fn the_first_seat_gives_its_buyer_the_benefits_and_the_others_nothing(t: &mut Till) {
        let product = by_seat(t).await;
        let note = t.benefit("Note", "public").await;
        include(t, &product, &[&note]).await;
        bought(t, &product, VISA, json!({"seats": 3})).await;
        t.catch_up().await;
        assert_eq!(held(t).await, ["Note"]);
        let grant = t.items("/v1/benefit-grants/").await.remove(0);
        assert_eq!(grant["member"]["email"], ADA);
    }

    async fn purchases_from_before_are_granted_once_however_many_they_are(t: &mut Till) {
        let (book, note) = (t.product().await, t.benefit("Note", "public").await);
        include(t, &book, &[&note]).await;
        let monthly = t.monthly().await;
        include(t, &monthly, &[&note]).await;
        t.catch_up().await;
        let ada = t.customer(ADA).await;
        for _ in 0..103 {
            t.sold(&ada, &book).await;
        }
        t.sold(&ada, &monthly).await;
        t.catch_up().await;
        assert_eq!(held(t).await.len(), 0, "nobody has asked");
        let ctx = t.app.context();
        let mut changes = Changes::new();
        changes.job(&ctx, EARLIER_JOB, EARLIER_JOB.name(), ctx.now, &None::<uuid::Uuid>);
        t.app.store.commit(changes).await.unwrap();
        t.catch_up().await;
        let all = t.get("/v1/benefit-grants/?is_granted=true").await.ok();
        assert_eq!(all["pagination"]["total_count"], 104);
        include(t, &book, &[]).await;
        t.catch_up().await;
        let all = t.get("/v1/benefit-grants/?is_granted=true").await.ok();
        assert_eq!(all["pagination"]["total_count"], 1, "page after page");
    }

    async fn two_nodes_tell_of_each_grant_once(t: &mut Till) {
        t.listen().await;
        let book = t.product().await;
        let benefits = [t.benefit("A note", "public").await, t.benefit("B note", "public").await];
        include(t, &book, &[&benefits[0], &benefits[1]]).await;
        told(t).await;
        let other = t.another(|_| {});
        for n in 0..4 {
            let checkout = t.checkout_for(&book).await;
            t.confirm(&checkout, buyer(&format!("{n}@example.com"), VISA)).await.ok();
        }
        for _ in 0..3 {
            let (a, b) = tokio::join!(Box::pin(jobs::run_due(&t.app)), Box::pin(jobs::run_due(&other.app)));
            a.unwrap();
            b.unwrap();
        }
        assert_eq!(of_grants(t).await, [CREATED; 8]);
        assert_eq!(t.items("/v1/benefit-grants/").await.len(), 8);
        t.see_through().await;
    }

    async fn lists_filter_and_sort(t: &mut Till) {
        let book = t.product().await;
        let (a, b) = (t.benefit("A note", "public").await, t.benefit("B note", "private").await);
        include(t, &book, &[&a, &b]).await;
        for email in ["one@example.com", "two@example.com"] {
            t.post("/v1/customers/", json!({"email": email, "external_id": email})).await.created();
            t.buy(&t.checkout_with(&book, json!({"external_customer_id": email})).await, email).await;
        }
        let customers = t.items("/v1/customers/?sorting=created_at").await;
        let one = id_in(&customers[0], "id");
        let of_a = format!("/v1/benefits/{}/grants", id_in(&a, "id"));
        for (path, found) in [
            ("/v1/benefit-grants/".to_owned(), 4),
            (format!("/v1/benefit-grants/?customer_id={one}"), 2),
            ("/v1/benefit-grants/?external_customer_id=two%40example.com".to_owned(), 2),
            (format!("/v1/benefit-grants/?benefit_id={}", id_in(&a, "id")), 2),
            ("/v1/benefit-grants/?is_granted=false".to_owned(), 0),
            ("/v1/benefit-grants/?is_granted=true&sorting=granted_at&sorting=-revoked_at".to_owned(), 4),
            (of_a.clone(), 2),
            (format!("{of_a}?customer_id={one}&is_granted=true"), 1),
            (format!("{of_a}?member_id={one}"), 0),
            (format!("{of_a}?is_granted=false"), 0),
        ] {
            assert_eq!(t.items(&path).await.len(), found, "{path}");
        }
        t.get("/v1/benefits/1dbfc517-0bbf-4301-9ba8-555ca42b9737/grants").await.not_found();
    }

    async fn customers_see_what_they_have_of_what_is_public(t: &mut Till) {
        let book = t.product().await;
        let body = json!({"type": "custom", "description": "Shown", "properties": {"note": "Join us at **9**"}});
        let shown = t.post("/v1/benefits/", body).await.created();
        let (second, hidden) = (t.benefit("Second", "public").await, t.benefit("Hidden", "private").await);
        include(t, &book, &[&shown, &hidden, &second]).await;
        let checkout = t.checkout_for(&book).await;
        t.buy(&checkout, ADA).await;
        let order = t.orders(&checkout).await.remove(0);
        let viewer = t.viewer_of(&order["customer"]).await;
        let all = "/v1/customer-portal/benefit-grants/";
        let seen = viewer.items(all).await;
        let named: Vec<&Value> = seen.iter().map(|grant| &grant["benefit"]["description"]).collect();
        assert_eq!(named, ["Shown", "Second"], "in the order of the product");
        assert_eq!(seen[0]["benefit"]["properties"], json!({"note": "Join us at **9**"}));
        assert_eq!(seen[0]["benefit"]["organization"]["slug"], "ada");
        // The merchant's own data is not the customer's; clients of 2026 fail where the field is missing.
        assert_eq!(seen[0]["benefit"]["metadata"], json!({}));
        assert!(seen[0]["benefit"].get("visibility").is_none());
        assert_eq!(seen[0]["customer"]["email"], ADA);
        for (query, found) in [
            (format!("order_id={}", id_in(&order, "id")), 2),
            (format!("checkout_id={}", id_in(&checkout, "id")), 2),
            (format!("benefit_id={}", id_in(&second, "id")), 1),
            (format!("benefit_id={}", id_in(&hidden, "id")), 0),
            ("type=custom&query=SHOW".to_owned(), 1),
            ("type=feature_flag".to_owned(), 0),
            (format!("subscription_id={}", id_in(&order, "id")), 0),
            (format!("member_id={}", id_in(&order, "id")), 0),
            ("sorting=-granted_at&sorting=type&sorting=organization".to_owned(), 2),
        ] {
            assert_eq!(viewer.items(&format!("{all}?{query}")).await.len(), found, "{query}");
        }
        let at = format!("{all}{}", id_in(&seen[0], "id"));
        assert_eq!(viewer.get(&at).await.ok(), seen[0]);
        assert_eq!(viewer.patch(&at, json!({"benefit_type": "custom"})).await.ok(), seen[0]);
        let other = viewer.patch(&at, json!({"benefit_type": "discord", "properties": {"account_id": "x"}})).await.invalid();
        assert_eq!(other, pairs(&[("value_error", "body.benefit_type")]));
        let grants = t.items("/v1/benefit-grants/").await;
        let private = grants.iter().find(|grant| grant["benefit_id"] == hidden["id"]).unwrap();
        viewer.get(&format!("{all}{}", id_in(private, "id"))).await.not_found();
        t.patch(&format!("/v1/benefits/{}", id_in(&second, "id")), json!({"type": "custom", "visibility": "draft"})).await.ok();
        assert_eq!(viewer.items(all).await.len(), 1);
        let refund = json!({"order_id": order["id"], "reason": "other", "amount": 1, "revoke_benefits": true});
        t.post("/v1/refunds/", refund).await.created();
        t.catch_up().await;
        assert_eq!(viewer.items(all).await.len(), 0);
        viewer.get(&at).await.not_found();
        viewer.patch(&at, json!({"benefit_type": "custom"})).await.refused(403, "NotPermitted");
        t.see_through().await;
    }

    async fn a_member_sees_their_own_and_the_owner_what_is_the_customers(t: &mut Till) {
        let book = t.product().await;
        let note = t.benefit("Note", "public").await;
        include(t, &book, &[&note]).await;
        let team = t.post("/v1/customers/", json!({"type": "team", "email": "team@example.com"})).await.created();
        let path = format!("/v1/customers/{}/members", id_in(&team, "id"));
        let member = t.post(&path, json!({"email": "member@example.com"})).await.created();
        t.buy(&t.checkout_with(&book, json!({"customer_id": team["id"]})).await, "team@example.com").await;
        let owner = t.viewer_of(&team).await;
        assert_eq!(owner.items("/v1/customer-portal/benefit-grants/").await.len(), 1);
        let body = json!({"customer_id": team["id"], "member_id": member["id"]});
        let session = t.post("/v1/customer-sessions/", body).await.created();
        let member = t.with_token(session["token"].as_str().unwrap());
        assert_eq!(member.items("/v1/customer-portal/benefit-grants/").await.len(), 0);
        let grant = t.items("/v1/benefit-grants/").await.remove(0);
        member.get(&format!("/v1/customer-portal/benefit-grants/{}", id_in(&grant, "id"))).await.not_found();
    }

    async fn pages_show_grants_to_the_merchant_and_benefits_to_the_customer(t: &mut Till) {
        let book = t.product().await;
        let body = json!({"type": "custom", "description": "Members' chat", "properties": {"note": "Say <hello>\nand stay"}});
        let chat = t.post("/v1/benefits/", body).await.created();
        let hidden = t.benefit("Hidden", "private").await;
        include(t, &book, &[&chat, &hidden]).await;
        let checkout = t.checkout_for(&book).await;
        t.buy(&checkout, ADA).await;
        let order = t.orders(&checkout).await.remove(0);
        let dashboard = t.dashboard().await;
        let customer = format!("/dashboard/ada/customers/{}", id_in(&order, "customer_id"));
        let benefit = format!("/dashboard/ada/products/benefits/{}", id_in(&chat, "id"));
        let order_path = format!("/dashboard/ada/orders/{}", id_in(&order, "id"));
        for path in [&customer, &benefit, "/dashboard/ada/products/benefit-grants"] {
            let page = dashboard.get(path).await.text();
            for words in ["Granted benefits", "Members&#39; chat", "Granted", &order_path, ADA] {
                assert!(page.contains(words), "{path}: {words} in {page}");
            }
        }
        let all = "/dashboard/ada/products/benefit-grants";
        let none = dashboard.get(&format!("{all}?is_granted=false")).await.text();
        assert!(!none.contains(&order_path), "{none}");
        let grace = t.customer("grace@example.com").await;
        let own = format!("{all}?customer_id={}", id_in(&order, "customer_id"));
        let of_chat = format!("{all}?benefit_id={}", id_in(&chat, "id"));
        assert!(dashboard.get(&customer).await.text().contains(&format!("href=\"{own}\"")));
        assert!(dashboard.get(&benefit).await.text().contains(&format!("href=\"{of_chat}\"")));
        for (path, chosen, number) in [
            (all.to_owned(), "Any customer", 2),
            (own, "ada@example.com", 2),
            (of_chat.clone(), "Members&#39; chat", 1),
            (format!("{of_chat}&customer_id={}", id_in(&grace, "id")), "grace@example.com", 0),
        ] {
            let page = dashboard.get(&path).await.text();
            assert!(page.contains(&format!("selected>{chosen}</option>")), "{path}: {page}");
            assert_eq!(page.matches(&format!("<a href=\"{order_path}\"")).count(), number, "{path}: {page}");
        }
        let browser = signed_in(t, &order["customer"]).await;
        for path in [PORTAL.to_owned(), format!("{PORTAL}/benefits")] {
            let page = browser.get(&path).await.text();
            for words in ["Benefits", "Members&#39; chat", "Say &#60;hello&#62;\nand stay"] {
                assert!(page.contains(words), "{path}: {words} in {page}");
            }
            assert!(!page.contains("Hidden"), "{page}");
        }
        let refund = json!({"order_id": order["id"], "reason": "other", "amount": 1, "revoke_benefits": true});
        t.post("/v1/refunds/", refund).await.created();
        t.catch_up().await;
        let page = dashboard.get(&customer).await.text();
        assert!(page.contains("Revoked"), "{page}");
        let page = browser.get(&format!("{PORTAL}/benefits")).await.text();
        assert!(page.contains("There are no benefits yet.") && !page.contains("chat"), "{page}");
        let page = browser.get(PORTAL).await.text();
        assert!(!page.contains("There are no benefits yet."), "{page}");
    }
}
