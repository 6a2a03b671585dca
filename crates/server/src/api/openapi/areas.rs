//! The areas of the API: one for each kind of thing, named by the operations' tags.

use till_wire::scope::Scope;
use utoipa::openapi::tag::{Tag, TagBuilder};

/// An area.
pub(super) struct Area {
    tag: &'static str,
    /// One of its things, as a sentence names it.
    pub(super) noun: &'static str,
    words: &'static str,
}

const AREAS: [Area; 26] = [
    Area {
        tag: "benefits",
        noun: "benefit",
        words: "Benefits: what customers get with a product, such as a note, files, a license key or a feature of yours. Till grants and revokes them with each purchase.",
    },
    Area {
        tag: "benefit-grants",
        noun: "grant",
        words: "Grants of benefits: who has which benefit from which purchase.",
    },
    Area {
        tag: "checkout_links",
        noun: "checkout link",
        words: "Checkout links: permanent addresses that open a new checkout session for every visit.",
    },
    Area {
        tag: "checkouts",
        noun: "checkout session",
        words: "Checkout sessions: one purchase by one buyer, from the first visit of the page to the payment. Your \
            server creates a session with an access token; the checkout page reads, changes and confirms it with the \
            session's client secret.",
    },
    Area {
        tag: "custom-fields",
        noun: "custom field",
        words: "Custom fields: questions of your own on the checkout page.",
    },
    Area {
        tag: "customer-seats",
        noun: "seat",
        words: "Seats: places in what a customer bought by the seat, each for one person, who is invited and claims it.",
    },
    Area {
        tag: "customer-sessions",
        noun: "customer session",
        words: "Customer sessions: tokens that give one customer access to their own data for an hour.",
    },
    Area {
        tag: "customer_meters",
        noun: "customer meter",
        words: "Customer meters: what each customer has used of each meter.",
    },
    Area {
        tag: PORTAL,
        noun: "thing",
        words: "Customer portal: what a customer sees and changes with a customer session's token, each their own.",
    },
    Area {
        tag: "customers",
        noun: "customer",
        words: "Customers: the people who bought something, or whom you created, and what they have access to.",
    },
    Area {
        tag: "discounts",
        noun: "discount",
        words: "Discounts: fixed amounts or percentages off the price, with or without a code.",
    },
    Area {
        tag: "disputes",
        noun: "dispute",
        words: "Disputes: payments that customers contest at their banks. The payment processor tells of them.",
    },
    Area {
        tag: "event-types",
        noun: "event type",
        words: "Event types: the names of usage events, with labels for people.",
    },
    Area {
        tag: "events",
        noun: "event",
        words: "Events: usage of your customers that your programs tell Till of, and that meters count.",
    },
    Area {
        tag: "files",
        noun: "file",
        words: "Files: pictures of products, and downloads. They are uploaded in parts.",
    },
    Area {
        tag: "license_keys",
        noun: "license key",
        words: "License keys: codes that show your program that its user has bought it. Benefits grant them; programs validate and activate them.",
    },
    Area {
        tag: "members",
        noun: "member",
        words: "Members: the people who share what a team customer buys, and the owner of each customer.",
    },
    Area {
        tag: "meters",
        noun: "meter",
        words: "Meters: counters of usage, for prices that are charged by usage.",
    },
    Area {
        tag: "orders",
        noun: "order",
        words: "Orders: what was bought, and for how much. Every purchase creates one.",
    },
    Area {
        tag: "organizations",
        noun: "organization",
        words: "Organizations: the seller that an access token belongs to, and its settings.",
    },
    Area {
        tag: "payments",
        noun: "payment",
        words: "Payments: attempts to take money, successful or not.",
    },
    Area {
        tag: "products",
        noun: "product",
        words: "Products: what you sell, once or as a subscription, with prices.",
    },
    Area {
        tag: "refunds",
        noun: "refund",
        words: "Refunds: money of orders that is given back, all of it or a part.",
    },
    Area {
        tag: "sandbox",
        noun: "confirmation token",
        words: "Sandbox: test cards and a test clock, on servers that take no real money.",
    },
    Area {
        tag: "subscriptions",
        noun: "subscription",
        words: "Subscriptions: products that customers pay for every billing interval. A checkout session starts them.",
    },
    Area {
        tag: "webhooks",
        noun: "webhook endpoint",
        words: "Webhooks: your URLs to which Till sends events, and the deliveries to them.",
    },
];

impl Area {
    /// The area of a tag.
    pub(super) fn of(tag: &str) -> Option<&'static Self> {
        AREAS.iter().find(|area| area.tag == tag)
    }
}

/// Tag of what is done with tokens of the customer portal.
pub(super) const PORTAL: &str = "customer_portal";

/// The document's tags.
pub(super) fn tags() -> Vec<Tag> {
    let tag = |area: &Area| {
        TagBuilder::new()
            .name(area.tag)
            .description(Some(area.words))
            .build()
    };
    AREAS.iter().map(tag).collect()
}

/// The scopes of which any one opens an operation: they are named by resource, and whoever may change may
/// look, except at orders, whose invoices are made for whoever may look. A test holds this against the API's own refusals.
#[must_use]
pub fn scopes(tag: &str, method: &str, path: &str) -> Vec<&'static str> {
    let resource = match tag {
        // Its clock is the organization's.
        "sandbox" => "organizations".to_owned(),
        "benefit-grants" => "benefits".to_owned(),
        "event-types" => "events".to_owned(),
        tag => tag.replace('-', "_"),
    };
    let words = match (method, tag) {
        ("get", "orders" | "customer-seats") => vec!["read"],
        ("post", "orders") if path.ends_with("/invoice") => vec!["read"],
        ("get", _) => vec!["read", "write"],
        _ => vec!["write"],
    };
    let wanted: Vec<_> = words.iter().map(|w| format!("{resource}:{w}")).collect();
    let all = Scope::ALL.iter().map(|scope| scope.as_str());
    all.filter(|scope| wanted.iter().any(|w| w == scope))
        .collect()
}
