//! Requests that change and confirm sessions.

use serde_json::{Map, Value};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use uuid::Uuid;

use crate::{
    address::{Address, address},
    input::{Context, Fields, Patch, boolean},
    limits,
    metadata::Metadata,
    money::Currency,
    products::both,
    request::*,
    values::Interval,
};

/// The writer of a change: what each may change differs (docs/behaviour: checkout/who-changes-what).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The merchant's token.
    Merchant,
    /// The holder of the client secret.
    Client,
}

/// Changes to a session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    ByMerchant,
    ByBuyer,
    Confirmation,
}

request! {
    /// Change to a checkout session; also the body of a confirmation.
    pub struct CheckoutUpdate: Default for change: Change {
        /// ID of one of the session's products to select instead.
        pub product_id: Option<Uuid> = optional(id()).titled(match change {
            Change::ByMerchant => "Change to a checkout session. A field that is left out stays as it is.",
            Change::ByBuyer => "Change to a checkout session by its buyer. A field that is left out stays as it is.",
            Change::Confirmation => "Confirmation of a checkout session: last changes, and the payment method.",
        }),
        /// ID of the price to select instead; only together with `product_id`.
        pub product_price_id: Option<Uuid> = optional(id()).deprecated(),
        /// Amount to pay in minor units of the currency, such as cents; applies only to a price that the buyer chooses.
        pub amount: Option<i64> = optional(int(0, limits::AMOUNT)),
        /// New number of seats.
        pub seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// New number of units; ignored, because Till does not sell by the unit.
        pub units: Option<i64> = optional(int(1, limits::INT32)),
        /// True if the buyer is buying for a business; false also clears tax ID and billing name.
        pub is_business_customer: Option<bool> = optional(flag()),
        /// Name of the buyer; null clears it.
        pub customer_name: Patch<String> = patch(blankable(limits::PERSON_NAME)),
        /// E-mail address of the buyer; null clears it. Ignored if the session was opened for a known customer.
        // Ignored when a customer is linked.
        pub customer_email: Patch<String> = patch(email()),
        /// Name on the invoice; null clears it.
        pub customer_billing_name: Patch<String> = patch(blankable(limits::LINE)),
        /// Billing address of the buyer; replaces the whole address.
        pub customer_billing_address: Option<Address> = optional(address()),
        /// Tax ID of the buyer, such as a VAT number; null clears it.
        pub customer_tax_id: Patch<String> = patch(blankable(limits::TAX_ID)),
        /// Language of the checkout page, as a BCP 47 tag such as `de`; null clears it.
        pub locale: Patch<String> = patch(locale()),
        /// Answers to the product's custom fields, by their slugs; merged with the answers already given.
        pub custom_field_data: Option<Map<String, Value>> = omittable(answers()),
        /// Code of a discount to apply; null removes the discount.
        pub discount_code: Patch<String> = patch(line(0)).only_if(change.is_buyers()),
        /// Payment method chosen, such as `card`; null clears it.
        pub payment_method_type: Patch<String> =
            patch(blankable(limits::LINE)).only_if(change.is_buyers()),
        /// True if the product's trial applies.
        pub allow_trial: Option<bool> = allow_trial(change),
        /// Confirmation token of the payment processor, which stands for the card; needed if a payment method is
        /// required.
        pub confirmation_token_id: Option<String> =
            optional(blankable(limits::LINE)).only_if(change == Change::Confirmation),
        /// Currency to switch to.
        pub currency: Option<Currency> = optional(currency()).only_if(change == Change::ByMerchant),
        /// ID of a discount to apply; null removes the discount.
        pub discount_id: Patch<Uuid> = patch(id()).only_if(change == Change::ByMerchant),
        /// Unit of a trial that replaces the product's own; requires `trial_interval_count`. Null clears it.
        pub trial_interval: Patch<Interval> =
            patch(word::<Interval>()).only_if(change == Change::ByMerchant),
        /// Number of units of a trial that replaces the product's own; requires `trial_interval`. Null clears it.
        pub trial_interval_count: Patch<i64> =
            patch(int(1, limits::TRIAL_INTERVALS)).only_if(change == Change::ByMerchant),
        /// True if the buyer can enter a discount code.
        pub allow_discount_codes: Option<bool> =
            optional(flag()).only_if(change == Change::ByMerchant),
        /// True to ask for the full billing address, and not just what tax and payment require.
        pub require_billing_address: Option<bool> =
            optional(flag()).only_if(change == Change::ByMerchant),
        /// IP address of the buyer; null clears it.
        pub customer_ip_address: Patch<String> = patch(ip()).only_if(change == Change::ByMerchant),
        /// Replacement for the key-value data that is merged into the customer's: up to 50 keys.
        pub customer_metadata: Option<Metadata> =
            optional(metadata()).only_if(change == Change::ByMerchant),
        /// Replacement for all of your own key-value data on the checkout session: up to 50 keys of 1 to 40 characters;
        /// values are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> =
            omittable(metadata()).only_if(change == Change::ByMerchant),
        /// URL to which the buyer goes after paying; `{CHECKOUT_ID}` in it is replaced by the session's ID. Null clears
        /// it.
        pub success_url: Patch<String> = patch(url()).only_if(change == Change::ByMerchant),
        /// URL behind the page's back button; null removes the button.
        pub return_url: Patch<String> = patch(url()).only_if(change == Change::ByMerchant),
        /// Origin of the page that embeds the checkout, such as `https://shop.example.com`; null clears it.
        pub embed_origin: Patch<String> =
            patch(text(0, limits::URL)).only_if(change == Change::ByMerchant),
    }
    check |f| {
        let interval = trial_interval.clone().and_then(Patch::value);
        let count = trial_interval_count.clone().and_then(Patch::value);
        both(f, interval, count).map(|_| ())
    }
}

impl CheckoutUpdate {
    /// Reads the body of a PATCH or of a confirmation. Fields that the writer may not change are ignored.
    pub fn read(writer: Writer, f: &mut Fields<'_, '_>) -> Option<Self> {
        let change = match writer {
            Writer::Merchant => Change::ByMerchant,
            Writer::Client => Change::Confirmation,
        };
        Self::shape(change).read_fields(f)
    }
}

impl Change {
    fn is_buyers(self) -> bool {
        self != Self::ByMerchant
    }
}

/// Null turns the trial off, as false does; only what is not sent stays.
fn allow_trial(change: Change) -> Box<dyn Member<Value = Option<bool>>> {
    let allowed = |sent: Patch<bool>| match sent {
        Patch::Absent => None,
        Patch::Null => Some(false),
        Patch::Value(allowed) => Some(allowed),
    };
    match change {
        Change::ByMerchant => Box::new(group! { _f;
            /// True if the product's trial applies; null turns it off.
            allow_trial = patch(flag()).map(allowed),
            => allow_trial
        }),
        Change::ByBuyer | Change::Confirmation => Box::new(group! { _f;
            /// False or null gives up the trial; a trial cannot be requested here.
            allow_trial = patch(given_up()).map(allowed),
            => allow_trial
        }),
    }
}

/// False alone; read as leniently as any truth value, and anything else is told alike.
fn given_up() -> impl Reader<Value = bool> {
    let read = |value: &Value, cx: &mut Context| match boolean(value, &mut Context::new("body")) {
        Some(false) => Some(false),
        _ => cx.bound(
            "literal_error",
            "Input should be false",
            value,
            "expected",
            "False",
        ),
    };
    read_by(read, || {
        ObjectBuilder::new()
            .schema_type(Type::Boolean)
            .enum_values(Some([false]))
            .into()
    })
}

/// The schema of a change by the holder of a session's client secret.
#[derive(Debug)]
pub struct CheckoutUpdatePublic;

/// The schema of a confirmation.
#[derive(Debug)]
pub struct CheckoutConfirm;

schema_of!(
    CheckoutUpdate,
    CheckoutUpdate::shape(Change::ByMerchant).schema()
);
schema_of!(
    CheckoutUpdatePublic,
    CheckoutUpdate::shape(Change::ByBuyer).schema()
);
schema_of!(
    CheckoutConfirm,
    CheckoutUpdate::shape(Change::Confirmation).schema()
);
