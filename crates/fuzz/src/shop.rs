//! A shop with one of everything: the rows that the decisions are made on. Its ids are short to type.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_core::{
    catalog::{
        custom_fields,
        products::{self, ProductReferences, ProductWithPrices},
    },
    checkout::{
        Session,
        open::{Loaded, Origin, open},
    },
    checkout_links::{self, LinkWithProducts},
    customers,
    kernel::{
        context::DecisionContext,
        events::Subscribers,
        folding,
        records::{
            CheckoutLink, CustomField, Customer, Discount, Meter, Organization, User,
            WebhookEndpoint,
        },
        tokens::SecretKey,
        urls::PublicUrls,
        values::Json,
    },
    organizations,
    tax::{self, Ruling, TaxQuery, Taxes},
    usage::meters,
};
use till_wire::{
    checkout_links::CheckoutLinkCreate,
    checkouts::{CheckoutCreate, Offer},
    custom_fields::CustomFieldCreate,
    customers::CustomerCreate,
    discounts::DiscountCreate,
    events::EventType,
    input::Context,
    meters::MeterCreate,
    products::ProductCreate,
    tax::TaxSettings,
    webhooks::WebhookFormat,
};
use uuid::Uuid;

/// Everything there is.
pub struct Shop {
    /// The merchant, who collects tax in Germany and New York.
    pub organization: Organization,
    /// The products that are sold: 1 to 8.
    pub offered: Vec<ProductWithPrices>,
    /// Discounts 21 to 24.
    pub discounts: Vec<Discount>,
    /// Customer 31.
    pub customer: Customer,
    /// Links to some of it.
    pub links: Vec<CheckoutLink>,
    /// Meter 41.
    pub meters: Vec<Meter>,
    /// One endpoint that hears everything.
    pub subscribers: Subscribers,
    /// The addresses of the server.
    pub urls: PublicUrls,
    /// Signs.
    pub key: SecretKey,
    /// Open sessions, of every kind.
    pub sessions: Vec<Session>,
}

/// The shop.
pub static SHOP: LazyLock<Shop> = LazyLock::new(Shop::new);

/// A moment of the shop's day, in minutes after noon.
pub fn at(minutes: i64) -> DecisionContext {
    let noon: Timestamp = "2026-01-31T12:00:00Z".parse().expect("a timestamp");
    let mut seed = [3; 32];
    seed[..8].copy_from_slice(&minutes.to_le_bytes());
    DecisionContext::new(noon + SignedDuration::from_mins(minutes), seed)
}

/// The id of a number, as bodies have it.
pub fn id(number: u8) -> Uuid {
    let mut bytes = [0; 16];
    bytes[15] = number;
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Till's own provider.
pub struct Standard<'a>(pub &'a TaxSettings);

impl Taxes for Standard<'_> {
    fn rule(&self, query: &TaxQuery) -> Ruling {
        match tax::standard(self.0, query) {
            Ok(answer) => Ruling::Due(answer),
            Err(words) => Ruling::Refused(words),
        }
    }
}

fn read<T>(body: Value, read: impl FnOnce(&Value, &mut Context) -> Option<T>) -> T {
    let mut cx = Context::new("body");
    let value = read(&body, &mut cx);
    assert_eq!(cx.problems, [], "{body}");
    value.expect("what has no problems is read")
}

impl Shop {
    fn new() -> Self {
        let organization = organization();
        let subscribers = subscribers(&organization);
        let meters = vec![meter(&organization)];
        let fields = fields(&organization);
        let named = ProductReferences {
            meters: meters.clone(),
            fields,
            medias: Vec::new(),
        };
        let offered = products(&organization, &named, &subscribers);
        let mut shop = Self {
            discounts: discounts(&organization),
            customer: customer(&organization, &subscribers),
            links: Vec::new(),
            urls: PublicUrls {
                public_url: "https://till.example".into(),
                publishable_key: "pk_test".into(),
            },
            key: SecretKey::new(*b"key"),
            sessions: Vec::new(),
            organization,
            offered,
            meters,
            subscribers,
        };
        shop.links = shop.new_links();
        shop.sessions = shop.new_sessions();
        shop
    }

    /// The rows that a new session may depend on.
    pub fn loaded(&self, input: &CheckoutCreate) -> Loaded {
        let named = |c: &&Customer| {
            Some(c.id) == input.customer_id
                || (c.external_id.is_some() && c.external_id == input.external_customer_id)
        };
        Loaded {
            organization: self.organization.clone(),
            offered: self
                .offered
                .iter()
                .filter(|o| wanted(&input.offer, o))
                .cloned()
                .collect(),
            customer: Some(&self.customer).filter(named).cloned(),
            subscription: None,
            subscription_prices: Vec::new(),
            ip_country: None,
            discount: input.discount_id.and_then(|id| self.discount(id)),
            meters: self.meters.clone(),
            subscribers: self.subscribers.clone(),
        }
    }

    /// The discount of an id.
    pub fn discount(&self, id: Uuid) -> Option<Discount> {
        self.discounts.iter().find(|d| d.id == id).cloned()
    }

    /// The discount of a code.
    pub fn discount_of(&self, code: &str) -> Option<Discount> {
        let key = folding::code_key(code);
        let found = self
            .discounts
            .iter()
            .find(|d| d.code_key.as_deref() == Some(&key));
        found.cloned()
    }

    /// The tax provider.
    pub fn taxes(&self) -> Standard<'_> {
        Standard(&self.organization.settings.tax)
    }

    fn new_links(&self) -> Vec<CheckoutLink> {
        let link = |mut body: Value| {
            body["payment_processor"] = "stripe".into();
            let input = read(body, CheckoutLinkCreate::read);
            let loaded = checkout_links::Loaded {
                offered: self.offered.clone(),
                discount: input.discount_id.and_then(|id| self.discount(id)),
            };
            let made = checkout_links::create(input, &self.organization, loaded, &at(0));
            let (LinkWithProducts { link, .. }, _) = made.expect("a link");
            link
        };
        vec![
            link(json!({"products": [id(1), id(2), id(6)], "metadata": {"from": "link"}})),
            link(json!({"products": [id(3)], "seats": 7, "discount_id": id(21)})),
            link(json!({"products": [id(2), id(4)], "require_signature": true})),
            link(
                json!({"products": [id(8), id(5)], "discount_id": id(23), "require_billing_address": true,
                "trial_interval": "week", "trial_interval_count": 2}),
            ),
        ]
    }

    fn new_sessions(&self) -> Vec<Session> {
        let session = |body: Value| {
            let input = read(body, CheckoutCreate::read);
            let loaded = self.loaded(&input);
            let opened = open(
                input,
                loaded,
                Origin::default(),
                &self.urls,
                &self.taxes(),
                &at(0),
            );
            opened.expect("a session").0
        };
        let germany = json!({"country": "DE"});
        vec![
            session(json!({"products": [id(1), id(2), id(3), id(4), id(5)]})),
            session(
                json!({"products": [id(2)], "customer_email": "zoe@example.com", "customer_billing_address": germany}),
            ),
            session(
                json!({"products": [id(3)], "seats": 5, "min_seats": 2, "max_seats": 40, "discount_id": id(21)}),
            ),
            session(
                json!({"products": [id(6), id(1)], "customer_id": id(31), "discount_id": id(22)}),
            ),
            session(
                json!({"products": [id(7), id(1)], "currency": "eur", "allow_discount_codes": false}),
            ),
            session(
                json!({"products": [id(1)], "discount_id": id(23), "customer_billing_address": germany}),
            ),
            session(json!({"products": [id(2), id(3)], "prices": {
                (id(2).to_string()): [{"amount_type": "fixed", "price_amount": 1999, "price_currency": "usd"}],
            }, "trial_interval": "day", "trial_interval_count": 3})),
            session(
                json!({"products": [id(8)], "require_billing_address": true, "is_business_customer": true,
                "customer_billing_address": {"country": "US", "state": "US-NY"}}),
            ),
        ]
    }
}

/// True where an offer names a product.
fn wanted(offer: &Offer, offered: &ProductWithPrices) -> bool {
    match offer {
        Offer::Products(ids) => ids.contains(&offered.product.id),
        Offer::Product(id) => *id == offered.product.id,
        Offer::Price(id) => offered.prices.iter().any(|p| p.id == *id),
    }
}

fn organization() -> Organization {
    let owner = User {
        id: id(50),
        created_at: at(0).now,
        version: 1,
        email: "ada@example.com".into(),
        name: None,
        password_hash: None,
    };
    let (mut organization, _) = organizations::create("Ada's Shop", "ada-s-shop", &owner, &at(0));
    organization.settings.0.tax = read(
        json!({"enabled": true, "registrations": [
            {"country": "DE"}, {"country": "US", "state": "US-NY", "rate": "8.875"}, {"country": "JP"},
        ]}),
        TaxSettings::read,
    );
    organization
}

fn subscribers(organization: &Organization) -> Subscribers {
    Subscribers {
        organization_id: organization.id,
        endpoints: vec![WebhookEndpoint {
            id: id(51),
            created_at: at(0).now,
            modified_at: None,
            version: 1,
            organization_id: organization.id,
            url: "https://shop.example/hook".into(),
            name: None,
            format: WebhookFormat::Raw,
            secret: "whsec_x".into(),
            events: Json(EventType::ALL.to_vec()),
            enabled: true,
            deleted_at: None,
        }],
    }
}

fn meter(organization: &Organization) -> Meter {
    let body = json!({"name": "Tokens", "aggregation": {"func": "count"},
        "filter": {"conjunction": "and", "clauses": []}});
    let (mut meter, _) =
        meters::create(read(body, MeterCreate::read), organization, 0, &at(0)).expect("a meter");
    meter.id = id(41);
    meter
}

fn fields(organization: &Organization) -> Vec<CustomField> {
    let bodies = [
        json!({"type": "text", "slug": "note", "name": "Note", "properties": {"min_length": 2, "max_length": 8}}),
        json!({"type": "number", "slug": "count", "name": "Count", "properties": {"ge": -3, "le": 12}}),
        json!({"type": "date", "slug": "day", "name": "Day", "properties": {"ge": 0}}),
        json!({"type": "checkbox", "slug": "terms", "name": "Terms", "properties": {}}),
        json!({"type": "select", "slug": "size", "name": "Size", "properties": {"options": [
            {"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]}}),
    ];
    let field = |(n, body): (u8, Value)| {
        let input = read(body, CustomFieldCreate::read);
        let (mut field, _) =
            custom_fields::create(input, organization.id, None, &at(0)).expect("a field");
        field.id = id(60 + n);
        field
    };
    (1..).zip(bodies).map(field).collect()
}

fn products(
    organization: &Organization,
    named: &ProductReferences,
    subscribers: &Subscribers,
) -> Vec<ProductWithPrices> {
    let fixed = |amount: i64| {
        json!([
            {"amount_type": "fixed", "price_amount": amount, "price_currency": "usd"},
            {"amount_type": "fixed", "price_amount": amount - 100, "price_currency": "eur", "tax_behavior": "exclusive"},
        ])
    };
    let bodies = [
        json!({"name": "Monthly", "recurring_interval": "month", "prices": fixed(1000),
            "trial_interval": "day", "trial_interval_count": 7}),
        json!({"name": "Tip", "prices": [{"amount_type": "custom", "price_currency": "usd",
            "minimum_amount": 500, "maximum_amount": 1_000_000, "preset_amount": 1500}]}),
        json!({"name": "Team", "recurring_interval": "year", "prices": [
            {"amount_type": "seat_based", "price_currency": "usd", "tax_behavior": "exclusive",
                "seat_tiers": {"seat_tier_type": "graduated", "tiers": [
                    {"min_seats": 1, "max_seats": 5, "price_per_seat": 1000},
                    {"min_seats": 6, "max_seats": null, "price_per_seat": 799}]}}]}),
        json!({"name": "Crowd", "prices": [{"amount_type": "seat_based", "price_currency": "usd",
            "seat_tiers": {"seat_tier_type": "volume", "tiers": [
                {"min_seats": 2, "max_seats": 9, "price_per_seat": 333},
                {"min_seats": 10, "max_seats": 99, "price_per_seat": 0}]}}]}),
        json!({"name": "Free", "recurring_interval": "month", "prices": [
            {"amount_type": "fixed", "price_amount": 0, "price_currency": "usd"}]}),
        json!({"name": "Asked", "prices": fixed(2500), "attached_custom_fields": [
            {"custom_field_id": id(61), "required": true}, {"custom_field_id": id(62), "required": false},
            {"custom_field_id": id(63), "required": false}, {"custom_field_id": id(64), "required": true},
            {"custom_field_id": id(65), "required": false}]}),
        json!({"name": "Once", "prices": fixed(99_999_999)}),
        json!({"name": "Metered", "recurring_interval": "month", "prices": [
            {"amount_type": "metered_unit", "price_currency": "usd", "meter_id": id(41), "unit_amount": "0.5"}]}),
    ];
    let product = |(n, body): (u8, Value)| {
        let input = read(body, ProductCreate::read);
        let made = products::create(input, organization, named, subscribers, &at(0));
        let (mut offered, _) = made.expect("a product");
        offered.product.id = id(n);
        for (position, price) in (0..).zip(&mut offered.prices) {
            (price.id, price.product_id) = (id(100 + 10 * n + position), id(n));
        }
        offered
    };
    (1..).zip(bodies).map(product).collect()
}

fn discounts(organization: &Organization) -> Vec<Discount> {
    let body = |code: &str, more: Value| {
        let mut body = json!({"name": code, "code": code, "type": "percentage", "basis_points": 2500, "duration": "forever"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let all = [
        (body("LAUNCH", json!({})), vec![]),
        (body("ALL", json!({"basis_points": 10_000})), vec![]),
        (
            json!({"name": "FLAT", "code": "FLAT", "type": "fixed", "amounts": {"usd": 700}, "duration": "once"}),
            vec![],
        ),
        (
            body(
                "ODD",
                json!({"basis_points": 3333, "duration": "repeating", "duration_in_months": 3, "max_redemptions": 2,
                    "max_redemptions_per_customer": 1}),
            ),
            vec![id(1), id(2), id(7)],
        ),
    ];
    let discount = |(n, (body, products)): (u8, (Value, Vec<Uuid>))| Discount {
        id: id(20 + n),
        ..Discount::new(
            read(body, DiscountCreate::read),
            organization.id,
            products,
            &at(0),
        )
    };
    (1..).zip(all).map(discount).collect()
}

fn customer(organization: &Organization, subscribers: &Subscribers) -> Customer {
    let body = json!({"email": "known@example.com", "external_id": "kunde-1", "name": "Known"});
    let input = read(body, CustomerCreate::read);
    let holders = customers::Holders::default();
    let (mut customer, _) =
        customers::create(input, organization, &holders, subscribers, &at(0)).expect("a customer");
    customer.id = id(31);
    customer
}
