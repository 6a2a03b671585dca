//! Invoices, receipts and credit notes as files: when they are made, and who can fetch them.

use std::time::Duration;

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};
use till_wire::orders::OrderStatus;

use crate::refunds::{ordered, taxed};

const VISA: &str = "pm_card_visa";

fn path(order: &Value) -> String {
    format!("/v1/orders/{}", order["id"].as_str().unwrap())
}

fn bill(name: &str) -> Value {
    let address = json!({"country": "FR", "line1": "1 rue de la Paix", "postal_code": "75002", "city": "Paris"});
    json!({"billing_name": name, "billing_address": address})
}

/// An order with tax whose customer has a name and an address.
async fn billed(t: &Till) -> Value {
    let order = taxed(t, VISA).await;
    t.patch(&path(&order), bill("Grace Hopper")).await.ok()
}

async fn ask(t: &Till, order: &Value) -> Answer {
    t.post(&format!("{}/invoice", path(order)), json!({})).await
}

async fn url(t: &Till, path: &str) -> String {
    let url = t.get(path).await.ok()["url"].clone();
    url.as_str().unwrap().to_owned()
}

/// Answer that anybody gets at an address.
async fn fetched(t: &Till, url: &str) -> Answer {
    let place = url.strip_prefix("https://till.test").unwrap_or(url);
    t.anonymous().get(place).await
}

#[track_caller]
fn is_pdf(answer: &Answer, name: &str) {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/pdf");
    let disposition = format!("attachment; filename=\"{name}\"");
    assert_eq!(answer.header("content-disposition"), disposition);
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

async fn refunded(t: &Till, order: &Value, amount: i64) -> String {
    let body = json!({"order_id": order["id"], "reason": "customer_request", "amount": amount});
    let made = t.post("/v1/refunds/", body).await.created();
    let id = made["id"].as_str().unwrap();
    format!("/v1/refunds/{id}/credit-note")
}

async fn invoices_told(t: &Till) -> usize {
    let events = t.webhook_events().await;
    let told = events
        .iter()
        .filter(|event| event["type"] == "order.updated");
    told.filter(|event| event["data"]["is_invoice_generated"] == true)
        .count()
}

both! {
    async fn an_invoice_is_made_on_request_and_told_of_once(t: &mut Till) {
        let order = taxed(t, VISA).await;
        t.patch(&path(&order), json!({"billing_name": null})).await.ok();
        ask(t, &order).await.refused(422, "MissingInvoiceBillingDetails");
        t.patch(&path(&order), bill("Grace Hopper")).await.ok();
        t.drain().await;
        t.listen().await;
        let asked = ask(t, &order).await;
        assert_eq!((asked.status.as_u16(), asked.text()), (202, "null".to_owned()));
        let invoice = format!("{}/invoice", path(&order));
        t.get(&invoice).await.refused(404, "InvoiceDoesNotExist");
        assert_eq!(t.get(&path(&order)).await.ok()["is_invoice_generated"], false);
        t.drain().await;
        assert_eq!(t.get(&path(&order)).await.ok()["is_invoice_generated"], true);
        let number = order["invoice_number"].as_str().unwrap();
        let file = fetched(t, &url(t, &invoice).await).await;
        is_pdf(&file, &format!("Invoice-{number}.pdf"));
        assert_eq!(ask(t, &order).await.status.as_u16(), 202);
        t.drain().await;
        assert_eq!(invoices_told(t).await, 1, "the second request changes nothing");
    }

    async fn an_invoice_whose_buyer_changed_is_made_anew_and_the_old_file_is_gone(t: &mut Till) {
        let order = billed(t).await;
        let invoice = format!("{}/invoice", path(&order));
        ask(t, &order).await;
        t.drain().await;
        let old = url(t, &invoice).await;
        let own = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&own, json!({"invoice_settings": {"name": "New Ltd", "tax_ids": []}})).await.ok();
        ask(t, &order).await;
        t.drain().await;
        assert_eq!(fetched(t, &old).await.status, 200, "a new seller changes no invoice that was made");
        t.patch(&path(&order), bill("Rear Admiral Hopper")).await.ok();
        assert_eq!(fetched(t, &old).await.status, 200, "nobody has asked yet");
        ask(t, &order).await;
        t.drain().await;
        assert_eq!(fetched(t, &old).await.status, 404);
        let new = url(t, &invoice).await;
        assert_eq!(fetched(t, &new).await.status, 200);
        assert_ne!(new.split('?').next(), old.split('?').next());
    }

    async fn orders_that_are_no_claim_have_no_invoice(t: &mut Till) {
        let (customer, product) = (t.customer("ada@example.com").await, t.product().await);
        for (status, expected) in [
            (OrderStatus::Draft, 409), (OrderStatus::Void, 409), (OrderStatus::Pending, 202),
            (OrderStatus::PartiallyRefunded, 202),
        ] {
            let sale = t.sold_with(&customer, &product, |sale| {
                sale.order.status = status;
                if status == OrderStatus::Draft {
                    sale.order.invoice_number = None;
                }
            }).await;
            let order = json!({"id": sale.order.id});
            t.patch(&path(&order), bill("Ada")).await.ok();
            match expected {
                409 => drop(ask(t, &order).await.refused(409, "OrderNotEligibleForInvoice")),
                _ => assert_eq!(ask(t, &order).await.status.as_u16(), expected, "{status}"),
            }
        }
        t.drain().await;
    }

    async fn an_order_that_is_void_when_its_turn_comes_needs_no_invoice(t: &mut Till) {
        let (customer, product) = (t.customer("ada@example.com").await, t.product().await);
        let sale = t.sold(&customer, &product).await;
        let order = json!({"id": sale.order.id});
        t.patch(&path(&order), bill("Ada")).await.ok();
        ask(t, &order).await;
        t.patch(&path(&order), json!({"billing_name": null})).await.ok();
        t.drain().await;
        assert_eq!(t.get(&path(&order)).await.ok()["is_invoice_generated"], false);
    }

    async fn a_receipt_is_there_where_something_was_charged(t: &mut Till) {
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let order = ordered(t, &free, VISA).await;
        t.get(&format!("{}/receipt", path(&order))).await.refused(404, "ReceiptNotAllocated");
        let order = taxed(t, VISA).await;
        let receipt = format!("{}/receipt", path(&order));
        let number = order["receipt_number"].as_str().unwrap();
        let first = url(t, &receipt).await;
        is_pdf(&fetched(t, &first).await, &format!("Receipt-{number}.pdf"));
        assert_eq!(url(t, &receipt).await, first, "it is kept");
        t.drain().await;
    }

    async fn a_refund_changes_the_receipt_and_has_a_credit_note_with_the_next_number(t: &mut Till) {
        let order = billed(t).await;
        let receipt = format!("{}/receipt", path(&order));
        let before = url(t, &receipt).await;
        let number = order["invoice_number"].as_str().unwrap();
        for n in 1..=2 {
            let note = url(t, &refunded(t, &order, 1000).await).await;
            is_pdf(&fetched(t, &note).await, &format!("Credit-note-{number}-CN{n}.pdf"));
        }
        let after = url(t, &receipt).await;
        assert_ne!(before.split('?').next(), after.split('?').next());
        assert_eq!((fetched(t, &before).await.status.as_u16(), fetched(t, &after).await.status.as_u16()), (404, 200));
        t.drain().await;
    }

    async fn a_refund_that_waits_or_failed_has_no_credit_note(t: &mut Till) {
        let order = taxed(t, "pm_card_pendingRefund").await;
        let note = refunded(t, &order, 1000).await;
        t.get(&note).await.refused(404, "CreditNoteDoesNotExist");
        t.may_leave_work();
    }

    async fn an_address_opens_its_document_alone_and_ends(t: &mut Till) {
        let order = billed(t).await;
        let receipt = url(t, &format!("{}/receipt", path(&order))).await;
        let note = url(t, &refunded(t, &order, 1000).await).await;
        let receipt_now = url(t, &format!("{}/receipt", path(&order))).await;
        let (place, query) = receipt_now.split_once('?').unwrap();
        let (other, _) = note.split_once('?').unwrap();
        let (stale, _) = receipt.split_once('?').unwrap();
        let name = place.rsplit_once('/').unwrap().0;
        for wrong in [
            format!("{other}?{query}"),
            format!("{stale}?{query}"),
            format!("{name}/Other.pdf?{query}"),
            format!("{place}?{}", query.replace("expires=", "expires=1")),
            format!("{place}?{}0", query),
            format!("{place}?expires=99999999999&signature="),
        ] {
            let answer = fetched(t, &wrong).await;
            assert_eq!(answer.status, 403, "{wrong}");
            assert!(!answer.text().contains("%PDF"));
        }
        assert_eq!(fetched(t, place).await.status, 400, "without a signature");
        assert_eq!(fetched(t, &receipt_now).await.status, 200);
        t.advance(Duration::from_secs(601));
        assert_eq!(fetched(t, &receipt_now).await.status, 403);
        t.drain().await;
    }

    async fn the_seller_is_part_of_the_organization(t: &mut Till) {
        let own = format!("/v1/organizations/{}", t.organization.id);
        let none = t.get(&own).await.ok()["invoice_settings"].clone();
        assert_eq!(none, json!({"name": null, "address": null, "tax_ids": [], "notes": null}));
        let sent = json!({
            "name": "Ada GmbH", "notes": "HRB 1",
            "address": {"country": "DE", "line1": "Torstraße 1", "city": "Berlin", "postal_code": "10119"},
            "tax_ids": [{"country": "DE", "number": "DE1"}, {"country": "CH", "number": "CHE-1"}],
        });
        let kept = t.patch(&own, json!({"invoice_settings": sent})).await.ok()["invoice_settings"].clone();
        assert_eq!((&kept["name"], &kept["tax_ids"]), (&sent["name"], &sent["tax_ids"]));
        assert_eq!(kept["address"]["line1"], "Torstraße 1");
        let twice = json!({"tax_ids": [{"country": "DE", "number": "1"}, {"country": "DE", "number": "2"}]});
        let wrong = t.patch(&own, json!({"invoice_settings": twice})).await.unreadable();
        assert_eq!(wrong[0].1, "body.invoice_settings.tax_ids.1");
        assert_eq!(t.get(&own).await.ok()["invoice_settings"], kept);
        t.drain().await;
    }

    async fn the_dashboard_offers_the_documents_of_an_order(t: &mut Till) {
        let owner = t.dashboard().await;
        let order = taxed(t, VISA).await;
        t.patch(&path(&order), json!({"billing_name": null})).await.ok();
        let id = order["id"].as_str().unwrap();
        let page = format!("/dashboard/ada/orders/{id}");
        assert!(owner.get(&page).await.text().contains("Needs a billing name and a billing address"));
        t.patch(&path(&order), bill("Grace Hopper")).await.ok();
        let note = refunded(t, &order, 1000).await;
        let refund = note.split('/').nth(3).unwrap().to_owned();
        let shown = owner.get(&page).await.text();
        for link in [
            format!("{page}/invoice"), format!("{page}/receipt"), format!("/dashboard/ada/orders/credit-notes/{refund}"),
        ] {
            assert!(shown.contains(&link), "{link}: {shown}");
            let found = owner.get(&link).await;
            assert_eq!(found.status, 303, "{link}");
            assert_eq!(fetched(t, found.header("location")).await.status, 200, "{link}");
        }
        assert_eq!(t.get(&path(&order)).await.ok()["is_invoice_generated"], true);
        t.drain().await;
    }

    async fn the_seller_is_entered_on_the_dashboard(t: &mut Till) {
        const FORM: &str = "/dashboard/ada/settings/invoices";
        let owner = t.dashboard().await;
        assert!(owner.get(FORM).await.text().contains("invoice_settings.tax_ids.0.number"));
        let sent = [
            ("invoice_settings.name", "Ada GmbH"), ("invoice_settings.address.line1", "Torstraße 1"),
            ("invoice_settings.address.country", "DE"), ("invoice_settings.tax_ids.0.country", ""),
            ("invoice_settings.tax_ids.0.number", ""), ("invoice_settings.tax_ids.1.country", "DE"),
            ("invoice_settings.tax_ids.1.number", "DE1"), ("invoice_settings.notes", "HRB 1"),
        ];
        assert_eq!(owner.post(FORM, &sent).await.header("location"), FORM);
        let own = format!("/v1/organizations/{}", t.organization.id);
        let now = t.get(&own).await.ok()["invoice_settings"].clone();
        assert_eq!(now["tax_ids"], json!([{"country": "DE", "number": "DE1"}]));
        assert_eq!((&now["name"], &now["address"]["country"]), (&json!("Ada GmbH"), &json!("DE")));
        let lost = owner.post(FORM, &[("invoice_settings.address.line1", "Torstraße 1")]).await;
        assert_eq!(lost.status, 422);
        assert!(lost.text().contains("invoice_settings-address-country-error"), "{}", lost.text());
        assert_eq!(owner.post(FORM, &[]).await.header("location"), FORM);
        assert_eq!(t.get(&own).await.ok()["invoice_settings"]["address"], json!(null));
        let member = t.dashboard_as(till_core::kernel::records::Role::Member).await;
        assert_ne!(member.get(FORM).await.status, 200);
        t.drain().await;
    }
}
