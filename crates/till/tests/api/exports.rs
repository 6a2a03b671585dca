//! Orders, subscriptions and customers as CSV files.

use jiff::tz::TimeZone;
use serde_json::json;
use till_core::kernel::{changes::Changes, records::Customer};
use till_testkit::{Answer, both, id_in};
use till_wire::{orders::OrderStatus, subscriptions::SubscriptionStatus};

/// The lines of a file that is sent to be saved under this name.
fn lines(answer: &Answer, name: &str) -> Vec<String> {
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert_eq!(
        answer.header("content-disposition"),
        format!("attachment; filename=\"{name}\"")
    );
    let text = text.strip_suffix("\r\n").expect("every line ends");
    text.split("\r\n").map(str::to_owned).collect()
}

both! {
    async fn orders_are_exported_newest_first_in_the_usual_columns(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let ada = t.customer("ada@example.com").await;
        let first = t.sold_with(&ada, &book, |sale| {
            sale.order.net_amount = 1102;
            sale.order.status = OrderStatus::Pending;
        }).await;
        let second = t.sold(&ada, &plan).await;
        let told = lines(&t.get("/v1/orders/export").await, "polar-orders.csv");
        let at = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string();
        let (a, b) = (first.order, second.order);
        assert_eq!(told, [
            "Email,Created At,Product,Net Amount,Currency,Status,Invoice number".to_owned(),
            format!("ada@example.com,{},Monthly,10.0,usd,paid,{}", at(b.created_at), b.invoice_number.unwrap()),
            format!("ada@example.com,{},Book,11.02,usd,pending,{}", at(a.created_at), a.invoice_number.unwrap()),
        ]);
    }

    async fn an_export_of_orders_has_the_columns_that_are_named_in_that_order(t: &mut Till) {
        let body = json!({"email": "ada@example.com", "name": "=Ada"});
        let ada = t.post("/v1/customers/", body).await.created();
        let product = t.product_named("@SUM", 3000).await;
        let address = json!({"country": "FR", "line1": "1 rue"});
        let sale = t.sold_with(&ada, &product, |sale| {
            sale.order.discount_amount = 500;
            sale.order.net_amount = 2500;
            sale.order.tax_amount = 475;
            sale.order.refunded_amount = 100;
            sale.order.billing_name = Some("Lovelace, Ltd".into());
            sale.order.billing_address = Some(till_core::kernel::values::Json(serde_json::from_value(address.clone()).unwrap()));
        }).await;
        let columns = ["billing_reason", "total_amount", "tax_amount", "discount_amount", "subtotal_amount", "refunded_amount",
            "customer_name", "billing_name", "billing_country", "product", "created_at"];
        let query: Vec<String> = columns.iter().map(|column| format!("columns={column}")).collect();
        let path = format!("/v1/orders/export?timezone=Asia/Kolkata&{}", query.join("&"));
        let told = lines(&t.get(&path).await, "polar-orders.csv");
        let kolkata = sale.order.created_at.to_zoned(TimeZone::get("Asia/Kolkata").unwrap());
        assert_eq!(told, [
            "Billing Reason,Total,Tax,Discount,Subtotal,Refunded Amount,Customer Name,Billing Name,Billing Country,Product,Created At".to_owned(),
            format!("purchase,29.75,4.75,5.0,30.0,1.0,'=Ada,\"Lovelace, Ltd\",FR,'@SUM,{}",
                kolkata.strftime("%Y-%m-%dT%H:%M:%S%.6f+05:30")),
        ]);
    }

    async fn an_export_of_orders_is_filtered_as_its_list_is(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let ada = t.customer("ada@example.com").await;
        let a = t.sold(&ada, &book).await.order;
        let b = t.sold_with(&ada, &plan, |sale| sale.order.status = OrderStatus::Pending).await.order;
        let noon = b.created_at;
        let (a, b) = (&a.invoice_number.unwrap(), &b.invoice_number.unwrap());
        let other = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        for (query, found) in [
            (String::new(), vec![b, a]),
            (format!("organization_id={}", t.organization.id), vec![b, a]),
            (format!("organization_id={other}"), vec![]),
            (format!("product_id={}", id_in(&book, "id")), vec![a]),
            ("status=pending&status=void".into(), vec![b]),
            (format!("created_after={noon}"), vec![]),
            (format!("created_before={noon}"), vec![a]),
            ("created_after=2026-11-22T11:00:00%2B01:00".into(), vec![b, a]),
        ] {
            let told = t.get(&format!("/v1/orders/export?columns=invoice_number&{query}")).await;
            assert_eq!(lines(&told, "polar-orders.csv")[1..].iter().collect::<Vec<_>>(), found, "{query}");
        }
        let wrong = t.get("/v1/orders/export?created_after=2026-11-22T11:00:00&timezone=Mars/Base&columns=email&columns=x&status=x");
        assert_eq!(wrong.await.unreadable(), crate::pairs(&[("enum", "query.status"), ("timezone_aware", "query.created_after"),
            ("value_error", "query.timezone"), ("enum", "query.columns.1")]));
    }

    async fn subscriptions_are_exported_the_last_to_start_first(t: &mut Till) {
        let (plan, other) = (t.monthly().await, t.monthly().await);
        let ada = t.customer("ada@example.com").await;
        let a = t.sold(&ada, &plan).await.subscription.unwrap();
        let b = t.sold_with(&ada, &other, |sale| {
            let one = sale.subscription.as_mut().unwrap();
            one.status = SubscriptionStatus::Canceled;
            one.seats = Some(3);
            one.cancel_at_period_end = true;
            one.canceled_at = one.started_at;
        }).await.subscription.unwrap();
        let at = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string();
        let started = |one: &till_core::kernel::records::Subscription| at(one.started_at.unwrap());
        let told = lines(&t.get("/v1/subscriptions/export").await, "polar-subscriptions.csv");
        assert_eq!(told, [
            "Email,Started At,Product,Amount,Currency,Status,Billing Interval".to_owned(),
            format!("ada@example.com,{},Monthly,10.0,usd,canceled,month", started(&b)),
            format!("ada@example.com,{},Monthly,10.0,usd,active,month", started(&a)),
        ]);
        let all = ["customer_name", "billing_name", "billing_country", "net_amount", "discount", "seats", "current_period_start",
            "current_period_end", "cancel_at_period_end", "canceled_at", "ends_at", "ended_at", "cancellation_reason", "trial_start",
            "trial_end"];
        let query: Vec<String> = all.iter().map(|column| format!("columns={column}")).collect();
        let path = format!("/v1/subscriptions/export?{}&cancel_at_period_end=true", query.join("&"));
        assert_eq!(lines(&t.get(&path).await, "polar-subscriptions.csv"), [
            "Customer Name,Billing Name,Billing Country,Net Amount,Discount,Seats,Current Period Start,Current Period End,\
             Cancel At Period End,Canceled At,Ends At,Ended At,Cancellation Reason,Trial Start,Trial End".to_owned(),
            format!(",,,10.0,,3,{},{},true,{},,,,,", at(b.current_period_start), at(b.current_period_end), started(&b)),
        ]);
        let starts = b.started_at.unwrap();
        for (query, found) in [
            (format!("product_id={}", id_in(&plan, "id")), vec!["active"]),
            ("status=canceled".into(), vec!["canceled"]),
            (format!("started_before={starts}"), vec!["active"]),
            (format!("started_after={starts}"), vec![]),
        ] {
            let told = t.get(&format!("/v1/subscriptions/export?columns=status&{query}")).await;
            assert_eq!(lines(&told, "polar-subscriptions.csv")[1..], found, "{query}");
        }
        let wrong = t.get("/v1/subscriptions/export?started_after=2026-11-22&timezone=").await;
        assert_eq!(wrong.unreadable(), crate::pairs(&[("timezone_aware", "query.started_after"), ("value_error", "query.timezone")]));
    }

    /// Many rows have the same moment, and their parts end between those.
    async fn an_export_of_many_parts_has_every_row_once(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let found = t.app.store.customer(t.organization.id, id_in(&ada, "id")).await;
        let ada: Customer = found.unwrap().unwrap();
        let ctx = t.app.context();
        let mut changes = Changes::new();
        for n in 0..1_100 {
            let mut other = ada.clone();
            other.id = ctx.id();
            other.email = format!("{n:04}@example.com");
            other.email_key = other.email.clone();
            other.created_at = ada.created_at + jiff::SignedDuration::from_secs(n / 300);
            other.invoice_prefix = format!("N{n:07}");
            changes.insert(&other);
        }
        t.app.store.commit(changes).await.unwrap();
        let told = lines(&t.get("/v1/customers/export").await, "polar-customers.csv");
        let mut emails: Vec<_> = told[1..].iter().map(|line| line.split(',').nth(3).unwrap()).collect();
        assert_eq!(emails.len(), 1_101);
        assert!(emails[..200].iter().all(|email| *email >= "0900@example.com"), "the newest come first");
        emails.sort_unstable();
        emails.dedup();
        assert_eq!(emails.len(), 1_101);
    }
}
