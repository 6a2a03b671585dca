use jiff::{SignedDuration, Timestamp};
use till_wire::{
    address::Address,
    country::Country,
    orders::{BillingReason, OrderStatus},
    organizations::SellerTaxId,
};
use uuid::Uuid;

use super::{
    DocumentKind, DocumentRows,
    address::{KeptDocument, may_fetch},
    numbers,
};
use crate::{
    checkout::tests::{at, customer, id, monthly, organization, subscribers},
    kernel::{refusal::Refusal, tokens::SecretKey, urls::PublicUrls, values::Json},
    orders::{
        create::{Bill, Paid, Sale, create},
        payment::OrderRows,
    },
    terms::Terms,
};

fn rows() -> DocumentRows {
    let (organization, offered) = (organization(), monthly(1000));
    let mut customer = customer(5, "ada@example.com", None);
    let terms = Terms {
        product_id: id(100),
        price_id: id(101),
        price_ids: Json(vec![]),
        amount: 0,
        currency: till_wire::money::Currency::USD,
        seats: None,
        discount_id: None,
        discount_amount: 0,
        tax_amount: Some(0),
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    let sale = Sale {
        organization: &organization,
        product: &offered.product,
        terms: &terms,
        bill: Bill::default(),
        paid: Paid::Nothing,
        applied_balance: 0,
        checkout_id: None,
        subscription_id: None,
        conflicting_external_customer_id: None,
        metadata: Json::default(),
        custom_field_data: Json::default(),
    };
    let reason = BillingReason::Purchase;
    let mut order = create(sale, vec![], reason, &mut customer, &at(1)).expect("a free order");
    order.billing_name = Some("Ada".into());
    order.billing_address = Some(Json(Address::of_country(Country::US)));
    DocumentRows {
        organization,
        order: OrderRows {
            seats: Default::default(),
            slug: "ada".into(),
            order,
            customer,
            offered,
            held: None,
            unpaid: vec![],
            discount: None,
        },
        payment: None,
        refunds: vec![],
    }
}

#[test]
fn an_invoice_needs_a_number_a_name_and_an_address() {
    let refused = |change: fn(&mut DocumentRows)| {
        let mut rows = rows();
        change(&mut rows);
        rows.invoice().expect_err("it is refused")
    };
    assert!(rows().invoice().is_ok());
    for status in [OrderStatus::Draft, OrderStatus::Void] {
        let mut rows = rows();
        rows.order.order.status = status;
        assert_eq!(rows.invoice(), Err(Refusal::OrderNotEligibleForInvoice));
    }
    assert_eq!(
        refused(|rows| rows.order.order.invoice_number = None),
        Refusal::OrderNotEligibleForInvoice
    );
    for change in [
        |rows: &mut DocumentRows| rows.order.order.billing_name = None,
        |rows: &mut DocumentRows| rows.order.order.billing_address = None,
    ] {
        assert_eq!(refused(change), Refusal::MissingInvoiceBillingDetails);
    }
    assert_eq!(rows().receipt(), Err(Refusal::ReceiptNotAllocated));
}

#[test]
fn what_counts_changes_the_digest_and_the_seller_does_not() {
    let digest = |change: fn(&mut DocumentRows)| {
        let mut rows = rows();
        change(&mut rows);
        rows.invoice().expect("an invoice").digest()
    };
    let first = digest(|_| ());
    assert_eq!(first.len(), 32);
    assert_eq!(first, digest(|rows| rows.organization.name = "New".into()));
    assert_eq!(
        first,
        digest(|rows| rows.organization.settings.0.invoices.notes = Some("New".into()))
    );
    let changed: [fn(&mut DocumentRows); 4] = [
        |rows| rows.order.order.billing_name = Some("New".into()),
        |rows| rows.order.order.billing_address = Some(Json(Address::of_country(Country::CA))),
        |rows| rows.order.order.tax_id = Some("1".into()),
        |rows| rows.order.customer.locale = Some("de".into()),
    ];
    for change in changed {
        assert_ne!(first, digest(change));
    }
}

#[test]
fn who_is_told_of_an_invoice_hears_that_it_is_there() {
    let rows = rows();
    let changes = rows.invoiced("abc".into(), &subscribers(), &at(2));
    assert!(!changes.is_empty());
    assert!(!rows.receipted("abc".into()).is_empty());
}

#[test]
fn the_sellers_number_is_that_of_the_buyers_country_else_of_its_own() {
    let of = |code: &str| Country::parse_stored(code).expect("a country");
    let known = ["DE", "CH", "CA"].map(|code| SellerTaxId {
        country: of(code),
        number: format!("{code}1"),
    });
    let found = |buyer: Option<&str>, own: Option<&str>| {
        let found = numbers::of_seller(&known, buyer.map(of), own.map(of));
        found.map(|one| (one.label, one.number))
    };
    assert_eq!(
        found(Some("CA"), Some("CH")),
        Some(("GST/HST", "CA1".into()))
    );
    assert_eq!(found(Some("FR"), Some("CH")), Some(("VAT", "CH1".into())));
    assert_eq!(found(None, None), Some(("VAT", "DE1".into())));
    assert_eq!(numbers::of_seller(&[], Some(of("DE")), None), None);
}

#[test]
fn an_address_is_for_one_file_and_ends() {
    let (key, other) = (SecretKey::new(*b"one"), SecretKey::new(*b"other"));
    let urls = PublicUrls {
        public_url: "https://till.example".into(),
        publishable_key: String::new(),
    };
    let kept = KeptDocument {
        organization_id: Uuid::nil(),
        subject_id: Uuid::nil(),
        kind: DocumentKind::Invoice,
        number: "ADA-0001".into(),
        digest: "abc".into(),
    };
    let now = Timestamp::UNIX_EPOCH;
    let url = kept.url(&urls, &key, now);
    let (place, signed) = url.split_once("?expires=600&signature=").expect("signed");
    assert!(
        place.ends_with("/invoice-abc/Invoice-ADA-0001.pdf"),
        "{place}"
    );
    let (path, name) = (kept.path(), "Invoice-ADA-0001.pdf");
    assert!(may_fetch((&path, name), (600, signed), &key, now));
    let second = SignedDuration::from_secs(1);
    let end = now + second * 600;
    assert!(may_fetch((&path, name), (600, signed), &key, end - second));
    assert!(!may_fetch((&path, name), (600, signed), &key, end));
    assert!(!may_fetch((&path, name), (601, signed), &key, now));
    assert!(!may_fetch((&path, "Other.pdf"), (600, signed), &key, now));
    assert!(!may_fetch(("documents/x", name), (600, signed), &key, now));
    assert!(!may_fetch((&path, name), (600, signed), &other, now));
}
