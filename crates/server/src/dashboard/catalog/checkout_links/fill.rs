//! The form of a link, and the API's body that it becomes.

use serde_json::Value;
use till_wire::{
    checkout_links::CheckoutLink,
    discounts::{Discount, DiscountBase},
    products::Product,
};

use crate::dashboard::form::{Field, FormData, Group, Kind, with_chosen};

const TICKS: [&str; 3] = [
    "allow_discount_codes",
    "require_billing_address",
    "require_signature",
];

/// The data of an empty form; `product` is ticked.
pub fn fresh(product: Option<&str>) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("allow_discount_codes", "true");
    if let Some(product) = product {
        form_data.set("products", product);
    }
    form_data
}

/// A link as its form shows it.
pub fn of_link(link: &CheckoutLink) -> FormData {
    let mut form_data = FormData::default();
    let on = [
        link.allow_discount_codes,
        link.require_billing_address,
        link.require_signature,
    ];
    for (name, _) in TICKS.into_iter().zip(on).filter(|(_, on)| *on) {
        form_data.set(name, "true");
    }
    for product in &link.products {
        form_data.add("products", product.base.id.to_string());
    }
    let texts = [
        ("label", link.label.clone()),
        ("discount_id", link.discount_id.map(|id| id.to_string())),
        ("seats", link.seats.map(|n| n.to_string())),
        ("success_url", link.success_url.clone()),
        ("return_url", link.return_url.clone()),
        ("trial_interval", link.trial_interval.map(|i| i.to_string())),
        (
            "trial_interval_count",
            link.trial_interval_count.map(|n| n.to_string()),
        ),
    ];
    for (name, text) in texts {
        form_data.set(name, text.unwrap_or_default());
    }
    form_data.set_pairs("_metadata", &link.metadata);
    form_data
}

/// The API's body of a new link. Boxes that are not ticked are sent as no.
pub fn body(form_data: &FormData) -> Value {
    let mut body = form_data.json_with(&["products"]);
    for name in TICKS {
        body[name] = form_data.ticked(name).into();
    }
    body["metadata"] = Value::Object(form_data.pairs("_metadata"));
    body["payment_processor"] = "stripe".into();
    body
}

/// The API's body of a change. Products that stay as they are are not judged again.
pub fn change(form_data: &FormData, link: &CheckoutLink) -> Value {
    let mut body = body(form_data);
    let before: Vec<_> = link
        .products
        .iter()
        .map(|p| p.base.id.to_string())
        .collect();
    if form_data.all("products") == before {
        body["products"] = Value::Null;
    }
    body
}

/// The form's groups. The link's own products come first, in its order, also where they are archived.
pub fn groups(
    was: Option<&CheckoutLink>,
    products: &[Product],
    discounts: &[Discount],
    form_data: &FormData,
) -> Vec<Group> {
    let own = was.iter().flat_map(|link| &link.products);
    let own = own.map(|p| (p.base.id, p.base.name.clone()));
    let offered = products.iter().map(|p| (p.base.id, p.base.name.clone()));
    let what = vec![
        Field::new("label", "Label", Kind::Line("text"))
            .focus()
            .hint("Only you see it, such as “Spring newsletter”."),
        Field::new(
            "products",
            "Products",
            Kind::ticks(with_chosen(own, offered)),
        )
        .required()
        .hint("With several, the customer chooses on the page."),
    ];
    let named = |discount: &DiscountBase| {
        let brief = &discount.brief;
        let words = match &brief.code {
            Some(code) => format!("{} ({code})", brief.name),
            None => brief.name.clone(),
        };
        (brief.id, words)
    };
    let preset = with_chosen(
        discounts.iter().map(|discount| named(&discount.base)),
        was.and_then(|link| link.discount.as_ref()).map(named),
    );
    let price = vec![
        Field::new("discount_id", "Discount", Kind::Choice(preset).or("None"))
            .hint("Ignored once it can no longer be used."),
        Field::new(
            "allow_discount_codes",
            "Customers can enter a discount code",
            Kind::Tick,
        ),
        Field::new("seats", "Seats", Kind::Line("number"))
            .hint("Fixes the number of seats; every product must be sold by the seat."),
    ];
    let trial = vec![
        Field::new("trial_interval_count", "Trial of", Kind::Line("number")),
        Field::new(
            "trial_interval",
            "Unit",
            Kind::trial_units("The product's own"),
        ),
    ];
    let around = vec![
        Field::new("success_url", "After paying, go to", Kind::Line("url"))
            .hint("{CHECKOUT_ID} is replaced by the checkout's ID. If empty, the customer sees a receipt."),
        Field::new("return_url", "Back button leads to", Kind::Line("url")),
        Field::new(
            "require_billing_address",
            "Ask for the full billing address",
            Kind::Tick,
        ),
    ];
    let trust = vec![
        Field::new(
            "require_signature",
            "Refuse visits without a signature",
            Kind::Tick,
        )
        .hint(
            "Your program signs the link's address with the link's secret. Details of the customer (external_customer_id, customer_metadata) are trusted only if they are signed.",
        ),
    ];
    vec![
        Group::new("What it sells", what),
        Group::new("Price", price),
        Group::new("Trial", trial)
            .note("For subscriptions only.")
            .row(),
        Group::new("On the page", around),
        Group::new("Signature", trust),
        Group::metadata(form_data),
    ]
}
