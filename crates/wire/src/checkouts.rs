//! Checkout sessions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    address::{Address, address},
    custom_fields::AttachedCustomField,
    discounts::DiscountBrief,
    input::{
        Context, Fields, Patch, Problem, all_differ, blank_text, boolean, id, int_in, list, map,
        text_of, word,
    },
    limits, loc,
    metadata::{Metadata, metadata},
    money::{Currency, currency},
    organizations::OrganizationPublic,
    products::{Price, PriceEntry, ProductPublic, price},
    values::{self, Interval},
};

crate::words! {
    /// Where a session stands (docs/behaviour: checkout/states).
    pub enum CheckoutStatus {
        /// Being filled in.
        Open = "open",
        /// Not paid in time.
        Expired = "expired",
        /// The buyer has confirmed; the outcome is being worked out.
        Confirmed = "confirmed",
        /// Paid and fulfilled.
        Succeeded = "succeeded",
        /// Reserved.
        Failed = "failed",
    }
}

crate::words! {
    /// Whether an address field is asked for (docs/behaviour: checkout/address-fields).
    pub enum FieldMode {
        /// Must be filled in.
        Required = "required",
        /// May be filled in.
        Optional = "optional",
        /// Not shown.
        Disabled = "disabled",
    }
}

/// The six address fields and how each is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs)]
pub struct BillingAddressFields<T: ToSchema = FieldMode> {
    pub country: T,
    pub state: T,
    pub city: T,
    pub postal_code: T,
    pub line1: T,
    pub line2: T,
}

/// What every view of a session shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CheckoutBase {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    /// Always `stripe`, the only value that clients accept.
    pub payment_processor: &'static str,
    pub status: CheckoutStatus,
    pub client_secret: String,
    /// The hosted page.
    pub url: String,
    pub expires_at: Timestamp,
    pub success_url: String,
    pub return_url: Option<String>,
    pub embed_origin: Option<String>,
    /// Minor units, before discount and tax.
    pub amount: i64,
    pub seats: Option<i64>,
    pub min_seats: Option<i64>,
    pub max_seats: Option<i64>,
    pub units: Option<i64>,
    pub min_units: Option<i64>,
    pub max_units: Option<i64>,
    pub discount_amount: i64,
    /// Minor units, after discount, without tax.
    pub net_amount: i64,
    /// Deprecated: equals `net_amount`.
    pub subtotal_amount: i64,
    pub tax_amount: Option<i64>,
    pub tax_behavior: Option<String>,
    pub total_amount: i64,
    pub currency: Currency,
    pub allow_trial: Option<bool>,
    pub active_trial_interval: Option<Interval>,
    pub active_trial_interval_count: Option<i64>,
    pub trial_end: Option<Timestamp>,
    pub organization_id: Uuid,
    pub product_id: Uuid,
    pub product_price_id: Uuid,
    pub discount_id: Option<Uuid>,
    pub discount: Option<DiscountBrief>,
    pub allow_discount_codes: bool,
    pub require_billing_address: bool,
    pub is_discount_applicable: bool,
    pub is_free_product_price: bool,
    pub is_payment_required: bool,
    pub is_payment_setup_required: bool,
    pub is_payment_form_required: bool,
    pub customer_id: Option<Uuid>,
    pub is_business_customer: bool,
    pub customer_name: Option<String>,
    pub customer_email: Option<String>,
    pub customer_ip_address: Option<String>,
    pub customer_billing_name: Option<String>,
    pub customer_billing_address: Option<Address>,
    pub customer_tax_id: Option<String>,
    pub locale: Option<String>,
    pub payment_method_type: Option<String>,
    pub payment_processor_metadata: BTreeMap<String, String>,
    #[schema(inline)]
    pub billing_address_fields: BillingAddressFields<FieldMode>,
    /// Deprecated: whether each field is required.
    #[schema(inline)]
    pub customer_billing_address_fields: BillingAddressFields<bool>,
    pub products: Vec<ProductPublic>,
    pub product: ProductPublic,
    pub product_price: Price,
    pub prices: BTreeMap<Uuid, Vec<Price>>,
    pub attached_custom_fields: Vec<AttachedCustomField>,
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
}

/// A session as the merchant sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Checkout {
    /// The common part.
    #[serde(flatten)]
    pub base: CheckoutBase,
    /// Override of the product's trial.
    pub trial_interval: Option<Interval>,
    /// Override of the product's trial.
    pub trial_interval_count: Option<i64>,
    /// The merchant's id of the customer.
    pub external_customer_id: Option<String>,
    /// Deprecated: equals `external_customer_id`.
    pub customer_external_id: Option<String>,
    /// Equals `external_customer_id` where the customer who bought does not have that id: the buyer was recognised by
    /// e-mail, or the id belongs to another customer. Null where they agree. Polar has no such field.
    pub conflicting_external_customer_id: Option<String>,
    /// The free subscription that is upgraded.
    pub subscription_id: Option<Uuid>,
    /// Free data, copied to the order.
    pub metadata: Metadata,
    /// Free data, merged into the customer.
    pub customer_metadata: Metadata,
}

/// A session as its buyer sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutPublic {
    /// The common part.
    #[serde(flatten)]
    pub base: CheckoutBase,
    /// The merchant.
    pub organization: OrganizationPublic,
}

/// The answer to a confirmation: status is always `confirmed`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutPublicConfirmed {
    /// The buyer's view.
    #[serde(flatten)]
    pub public: CheckoutPublic,
    /// Opens the customer's portal; empty while the payment is under way, and when the buyer was only recognised by
    /// e-mail.
    pub customer_session_token: Option<String>,
}

/// What a new session sells.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// Products to choose from (shape A).
    Products(Vec<Uuid>),
    /// One product (shape B, deprecated).
    Product(Uuid),
    /// One price (shape C, deprecated).
    Price(Uuid),
}

/// A new session.
#[derive(Debug, Clone)]
pub struct CheckoutCreate {
    /// What it sells.
    pub offer: Offer,
    /// Prices of this session alone, by product.
    pub ad_hoc: BTreeMap<Uuid, Vec<PriceEntry>>,
    /// Minor units; for a price that the buyer chooses.
    pub amount: Option<i64>,
    /// Explicit currency.
    pub currency: Option<Currency>,
    /// Seats asked for.
    pub seats: Option<i64>,
    /// Least seats.
    pub min_seats: Option<i64>,
    /// Most seats.
    pub max_seats: Option<i64>,
    /// Units asked for.
    pub units: Option<i64>,
    /// Least units.
    pub min_units: Option<i64>,
    /// Most units.
    pub max_units: Option<i64>,
    /// Discount.
    pub discount_id: Option<Uuid>,
    /// Whether buyers may type a code.
    pub allow_discount_codes: bool,
    /// Whether the whole address is asked for.
    pub require_billing_address: bool,
    /// Whether the product's trial applies.
    pub allow_trial: bool,
    /// Override of the trial.
    pub trial: Option<(Interval, i64)>,
    /// An existing customer.
    pub customer_id: Option<Uuid>,
    /// The merchant's id of the customer.
    pub external_customer_id: Option<String>,
    /// Prefill.
    pub customer_name: Option<String>,
    /// Prefill.
    pub customer_email: Option<String>,
    /// The buyer's address on the network; chooses country and currency.
    pub customer_ip_address: Option<String>,
    /// Prefill.
    pub customer_billing_name: Option<String>,
    /// Prefill.
    pub customer_billing_address: Option<Address>,
    /// Prefill.
    pub customer_tax_id: Option<String>,
    /// Merged into the customer.
    pub customer_metadata: Metadata,
    /// Absent: inferred (docs/behaviour: checkout/business-inferred).
    pub is_business_customer: Option<bool>,
    /// A free subscription to upgrade.
    pub subscription_id: Option<Uuid>,
    /// Where the buyer goes after paying.
    pub success_url: Option<String>,
    /// Back button.
    pub return_url: Option<String>,
    /// The page that embeds the session.
    pub embed_origin: Option<String>,
    /// Language.
    pub locale: Option<String>,
    /// Copied to the order.
    pub metadata: Metadata,
    /// Answers to the product's custom fields, by slug.
    pub custom_field_data: Map<String, Value>,
}

/// Ad-hoc prices: product ids with what each costs in this session.
fn ad_hoc_prices(value: &Value, cx: &mut Context) -> Option<BTreeMap<Uuid, Vec<PriceEntry>>> {
    let listed = |value: &Value, cx: &mut Context| list(1, limits::PRICES, price)(value, cx);
    let prices = map(0, limits::CHOICES, id, listed)(value, cx)?;
    if prices.values().map(Vec::len).sum::<usize>() > limits::AD_HOC_PRICES {
        return cx.bound(
            "too_long",
            format!(
                "There should be at most {} prices together",
                limits::AD_HOC_PRICES
            ),
            value,
            "max_length",
            limits::AD_HOC_PRICES,
        );
    }
    Some(prices)
}

/// Answers to custom fields; each is judged by its field later.
fn answers(value: &Value, cx: &mut Context) -> Option<Map<String, Value>> {
    let answer = |answer: &Value, cx: &mut Context| match answer {
        Value::String(_) => text_of(0, limits::ANSWER, false)(answer, cx).map(Value::from),
        other => Some(other.clone()),
    };
    let slug = text_of(0, limits::KEY, false);
    let answers = map(0, limits::ANSWERS, slug, answer)(value, cx)?;
    Some(answers.into_iter().collect())
}

/// Checks a pair of bounds and a quantity against each other.
fn bounds(
    f: &mut Fields<'_, '_>,
    word: &str,
    n: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
) -> Option<()> {
    let whole = f.whole();
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return f
            .cx
            .refuse(format!("min_{word} must not exceed max_{word}"), whole);
    }
    if let (Some(n), Some(min)) = (n, min)
        && n < min
    {
        return f
            .cx
            .refuse(format!("{word} must not be below min_{word}"), whole);
    }
    if let (Some(n), Some(max)) = (n, max)
        && n > max
    {
        return f
            .cx
            .refuse(format!("{word} must not exceed max_{word}"), whole);
    }
    Some(())
}

impl CheckoutCreate {
    /// Reads the body of a POST (docs/behaviour: checkout/create-shapes): the shape with a key field wins, A before B
    /// before C; with no key field each shape reports it missing.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        const SHAPES: [(&str, &str); 3] = [
            ("CheckoutProductsCreate", "products"),
            ("CheckoutProductCreate", "product_id"),
            ("CheckoutPriceCreate", "product_price_id"),
        ];
        if !value.is_object() {
            return cx.fail("model_attributes_type", "Input should be an object", value);
        }
        let sent: Vec<_> = SHAPES
            .iter()
            .filter(|(_, key)| value.get(*key).is_some_and(|v| !v.is_null()))
            .collect();
        if sent.is_empty() {
            // The newest clients look for the place without a shape, the rest read any of them.
            cx.at("products", |cx| {
                cx.fail::<()>("missing", "Field required", value)
            });
            for (_, key) in &SHAPES[1..] {
                cx.at(*key, |cx| cx.fail::<()>("missing", "Field required", value));
            }
            // What else is wrong is told all the same.
            let mut rest = Context::new("body");
            rest.object(value, |f| Self::read_shape(SHAPES[0].1, f));
            let told = |problem: &Problem| problem.loc == loc!["body", "products"];
            cx.problems
                .extend(rest.problems.into_iter().filter(|p| !told(p)));
            return None;
        }
        // A later shape is tried only when an earlier one does not fit.
        let mut failures = Vec::new();
        for (_, key) in sent {
            let mut attempt = Context::new("body");
            match attempt.object(value, |f| Self::read_shape(key, f)) {
                Some(create) if attempt.problems.is_empty() => return Some(create),
                _ => failures.extend(attempt.problems),
            }
        }
        failures.dedup();
        cx.problems.extend(failures);
        None
    }

    fn read_shape(key: &str, f: &mut Fields<'_, '_>) -> Option<Self> {
        let offer = match key {
            "products" => f.required("products", |v, cx| {
                let ids = list(1, limits::CHOICES, id)(v, cx)?;
                if !all_differ(&ids) {
                    return cx.refuse("products must all be different", v);
                }
                Some(Offer::Products(ids))
            }),
            "product_id" => f.required("product_id", id).map(Offer::Product),
            _ => f.required("product_price_id", id).map(Offer::Price),
        };
        let ad_hoc = if key == "products" {
            f.optional("prices", ad_hoc_prices).unwrap_or_default()
        } else {
            BTreeMap::new()
        };
        // A price has its own currency: another one is judged, but not followed.
        let explicit = f.optional("currency", currency);
        let explicit = explicit.filter(|_| key != "product_price_id");
        let amount = f.optional("amount", int_in(0, limits::AMOUNT));
        let [seats, min_seats, max_seats] =
            ["seats", "min_seats", "max_seats"].map(|k| f.optional(k, int_in(1, limits::SEATS)));
        let [units, min_units, max_units] =
            ["units", "min_units", "max_units"].map(|k| f.optional(k, int_in(1, limits::INT32)));
        bounds(f, "seats", seats, min_seats, max_seats);
        bounds(f, "units", units, min_units, max_units);
        let trial_interval = f.optional("trial_interval", word::<Interval>);
        let trial_count = f.optional("trial_interval_count", int_in(1, limits::TRIAL_INTERVALS));
        let trial = crate::products::both(f, trial_interval, trial_count);
        let external = f.patch("external_customer_id", text_of(0, limits::KEY, false));
        let external = if external.is_sent() {
            external.value()
        } else {
            f.optional("customer_external_id", text_of(0, limits::KEY, false))
        };
        let custom_field_data = f.omittable("custom_field_data", answers);
        let create = Self {
            ad_hoc,
            amount,
            currency: explicit,
            seats,
            min_seats,
            max_seats,
            units,
            min_units,
            max_units,
            discount_id: f.optional("discount_id", id),
            allow_discount_codes: f.omittable("allow_discount_codes", boolean).unwrap_or(true),
            require_billing_address: f
                .omittable("require_billing_address", boolean)
                .unwrap_or(false),
            allow_trial: f.omittable("allow_trial", boolean).unwrap_or(true),
            customer_id: f.optional("customer_id", id),
            external_customer_id: external,
            customer_name: f
                .blankable("customer_name", blank_text(limits::PERSON_NAME))
                .value(),
            customer_email: f.optional("customer_email", values::email),
            customer_ip_address: f.optional("customer_ip_address", values::ip),
            customer_billing_name: f
                .blankable("customer_billing_name", blank_text(limits::LINE))
                .value(),
            customer_billing_address: f.optional("customer_billing_address", address),
            customer_tax_id: f
                .blankable("customer_tax_id", blank_text(limits::TAX_ID))
                .value(),
            customer_metadata: f
                .omittable("customer_metadata", metadata)
                .unwrap_or_default(),
            is_business_customer: f.omittable("is_business_customer", boolean),
            subscription_id: f.optional("subscription_id", id),
            success_url: f.optional("success_url", values::http_url),
            return_url: f.optional("return_url", values::http_url),
            embed_origin: f.optional("embed_origin", text_of(0, limits::URL, false)),
            locale: f.optional("locale", values::locale),
            metadata: f.omittable("metadata", metadata).unwrap_or_default(),
            custom_field_data: custom_field_data.unwrap_or_default(),
            // Last, when every field has been read: all problems are told together.
            offer: offer?,
            trial: trial?,
        };
        Some(create)
    }
}

/// Who changes a session: what each may change differs (docs/behaviour: checkout/who-changes-what).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The merchant's token.
    Merchant,
    /// The holder of the client secret.
    Client,
}

pub use crate::schema::{CheckoutConfirm, CheckoutUpdatePublic};

/// A change to a session; also the body of a confirmation.
#[derive(Debug, Clone, Default)]
pub struct CheckoutUpdate {
    /// Switch to this product.
    pub product_id: Option<Uuid>,
    /// Read only with `product_id`.
    pub product_price_id: Option<Uuid>,
    /// Switch to this currency (merchant).
    pub currency: Option<Currency>,
    /// Minor units; for a price that the buyer chooses.
    pub amount: Option<i64>,
    /// Seats.
    pub seats: Option<i64>,
    /// Units.
    pub units: Option<i64>,
    /// Discount (merchant).
    pub discount_id: Patch<Uuid>,
    /// Discount code (client).
    pub discount_code: Patch<String>,
    /// Business purchase.
    pub is_business_customer: Option<bool>,
    /// Name.
    pub customer_name: Patch<String>,
    /// E-mail; ignored when a customer is linked.
    pub customer_email: Patch<String>,
    /// Name on the bill.
    pub customer_billing_name: Patch<String>,
    /// Whole address.
    pub customer_billing_address: Option<Address>,
    /// Tax id as typed.
    pub customer_tax_id: Patch<String>,
    /// Language.
    pub locale: Patch<String>,
    /// Such as `card` (client).
    pub payment_method_type: Patch<String>,
    /// Whether the trial applies; null on the wire reads as false.
    pub allow_trial: Option<bool>,
    /// Trial override (merchant); null: the product's.
    pub trial_interval: Patch<Interval>,
    /// Goes with the interval.
    pub trial_interval_count: Patch<i64>,
    /// Merchant.
    pub allow_discount_codes: Option<bool>,
    /// Merchant.
    pub require_billing_address: Option<bool>,
    /// Merchant.
    pub customer_ip_address: Patch<String>,
    /// Merchant; replaces.
    pub customer_metadata: Option<Metadata>,
    /// Merchant; replaces.
    pub metadata: Option<Metadata>,
    /// Merchant.
    pub success_url: Patch<String>,
    /// Merchant.
    pub return_url: Patch<String>,
    /// Merchant.
    pub embed_origin: Patch<String>,
    /// Answers to the product's custom fields, by slug.
    pub custom_field_data: Option<Map<String, Value>>,
    /// Confirmation only.
    pub confirmation_token_id: Option<String>,
}

/// Reads `allow_trial` of a change: null turns the trial off, as false does; only what is not sent stays.
fn trial_allowed(
    f: &mut Fields<'_, '_>,
    read: impl FnOnce(&Value, &mut Context) -> Option<bool>,
) -> Option<bool> {
    match f.patch("allow_trial", read) {
        Patch::Absent => None,
        Patch::Null => Some(false),
        Patch::Value(allowed) => Some(allowed),
    }
}

impl CheckoutUpdate {
    /// Reads the body of a PATCH or of a confirmation. Fields that the writer may not change are ignored.
    pub fn read(writer: Writer, f: &mut Fields<'_, '_>) -> Option<Self> {
        let mut update = Self {
            product_id: f.optional("product_id", id),
            product_price_id: f.optional("product_price_id", id),
            amount: f.optional("amount", int_in(0, limits::AMOUNT)),
            seats: f.optional("seats", int_in(1, limits::SEATS)),
            units: f.optional("units", int_in(1, limits::INT32)),
            is_business_customer: f.optional("is_business_customer", boolean),
            customer_name: f.blankable("customer_name", blank_text(limits::PERSON_NAME)),
            customer_email: f.patch("customer_email", values::email),
            customer_billing_name: f.blankable("customer_billing_name", blank_text(limits::LINE)),
            customer_billing_address: f.optional("customer_billing_address", address),
            customer_tax_id: f.blankable("customer_tax_id", blank_text(limits::TAX_ID)),
            locale: f.patch("locale", values::locale),
            ..Self::default()
        };
        update.custom_field_data = f.omittable("custom_field_data", answers);
        match writer {
            Writer::Client => {
                update.discount_code = f.patch("discount_code", text_of(0, limits::LINE, false));
                update.payment_method_type =
                    f.blankable("payment_method_type", blank_text(limits::LINE));
                update.allow_trial = trial_allowed(f, |v, cx| {
                    // Read as leniently as any truth value, and anything but false is told alike.
                    match boolean(v, &mut Context::new("body")) {
                        Some(false) => Some(false),
                        _ => cx.bound(
                            "literal_error",
                            "Input should be false",
                            v,
                            "expected",
                            "False",
                        ),
                    }
                });
                update.confirmation_token_id = f
                    .blankable("confirmation_token_id", blank_text(limits::LINE))
                    .value();
            }
            Writer::Merchant => {
                update.currency = f.optional("currency", currency);
                update.discount_id = f.patch("discount_id", id);
                update.allow_trial = trial_allowed(f, boolean);
                update.trial_interval = f.patch("trial_interval", word::<Interval>);
                update.trial_interval_count =
                    f.patch("trial_interval_count", int_in(1, limits::TRIAL_INTERVALS));
                let interval = update.trial_interval.as_value().copied();
                let count = update.trial_interval_count.as_value().copied();
                crate::products::both(f, interval, count);
                update.allow_discount_codes = f.optional("allow_discount_codes", boolean);
                update.require_billing_address = f.optional("require_billing_address", boolean);
                update.customer_ip_address = f.patch("customer_ip_address", values::ip);
                update.customer_metadata = f.optional("customer_metadata", metadata);
                update.metadata = f.omittable("metadata", metadata);
                update.success_url = f.patch("success_url", values::http_url);
                update.return_url = f.patch("return_url", values::http_url);
                update.embed_origin = f.patch("embed_origin", text_of(0, limits::URL, false));
            }
        }
        Some(update)
    }
}
