//! What changes and confirms sessions.

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

/// What a session is changed by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    ByMerchant,
    ByBuyer,
    Confirmation,
}

request! {
    /// A change to a session; also the body of a confirmation.
    pub struct CheckoutUpdate: Default for change: Change {
        /// Switches to this product of the session.
        pub product_id: Option<Uuid> = optional(id()).titled(match change {
            Change::ByMerchant => "A change to a session by the merchant; what is not sent stays.",
            Change::ByBuyer => "A change to a session by its buyer; what is not sent stays.",
            Change::Confirmation => "A confirmation: last changes, and how to pay.",
        }),
        /// Switches to this price; only with `product_id`.
        pub product_price_id: Option<Uuid> = optional(id()).deprecated(),
        /// Minor units; for a price that the buyer chooses.
        pub amount: Option<i64> = optional(int(0, limits::AMOUNT)),
        /// Seats.
        pub seats: Option<i64> = optional(int(1, limits::SEATS)),
        /// Units.
        pub units: Option<i64> = optional(int(1, limits::INT32)),
        /// Whether a business buys.
        pub is_business_customer: Option<bool> = optional(flag()),
        /// Name; null clears it.
        pub customer_name: Patch<String> = patch(blankable(limits::PERSON_NAME)),
        /// E-mail address; null clears it.
        // Ignored when a customer is linked.
        pub customer_email: Patch<String> = patch(email()),
        /// Name on the bill; null clears it.
        pub customer_billing_name: Patch<String> = patch(blankable(limits::LINE)),
        /// The whole address.
        pub customer_billing_address: Option<Address> = optional(address()),
        /// Tax id; null clears it.
        pub customer_tax_id: Patch<String> = patch(blankable(limits::TAX_ID)),
        /// BCP 47; null clears it.
        pub locale: Patch<String> = patch(locale()),
        /// Answers to the product's own fields.
        pub custom_field_data: Option<Map<String, Value>> = omittable(answers()),
        /// A discount's code; null removes it.
        pub discount_code: Patch<String> = patch(line(0)).only_if(change.is_buyers()),
        /// Such as `card`.
        pub payment_method_type: Patch<String> =
            patch(blankable(limits::LINE)).only_if(change.is_buyers()),
        /// Whether the product's trial applies.
        pub allow_trial: Option<bool> = allow_trial(change),
        /// The card, as a token of the processor.
        pub confirmation_token_id: Option<String> =
            optional(blankable(limits::LINE)).only_if(change == Change::Confirmation),
        /// Switches to this currency.
        pub currency: Option<Currency> = optional(currency()).only_if(change == Change::ByMerchant),
        /// A discount; null removes it.
        pub discount_id: Patch<Uuid> = patch(id()).only_if(change == Change::ByMerchant),
        /// Another trial, together with its count.
        pub trial_interval: Patch<Interval> =
            patch(word::<Interval>()).only_if(change == Change::ByMerchant),
        /// Trial intervals.
        pub trial_interval_count: Patch<i64> =
            patch(int(1, limits::TRIAL_INTERVALS)).only_if(change == Change::ByMerchant),
        /// Whether buyers may type a code.
        pub allow_discount_codes: Option<bool> =
            optional(flag()).only_if(change == Change::ByMerchant),
        /// Whether the whole address is asked for.
        pub require_billing_address: Option<bool> =
            optional(flag()).only_if(change == Change::ByMerchant),
        /// The buyer's network address.
        pub customer_ip_address: Patch<String> = patch(ip()).only_if(change == Change::ByMerchant),
        /// Replaces what is merged into the customer.
        pub customer_metadata: Option<Metadata> =
            optional(metadata()).only_if(change == Change::ByMerchant),
        /// Replaces all free data.
        pub metadata: Option<Metadata> =
            omittable(metadata()).only_if(change == Change::ByMerchant),
        /// Where the buyer goes after paying.
        pub success_url: Patch<String> = patch(url()).only_if(change == Change::ByMerchant),
        /// Where the back button leads.
        pub return_url: Patch<String> = patch(url()).only_if(change == Change::ByMerchant),
        /// The site that embeds the page.
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
            /// Whether the product's trial applies; null turns it off.
            allow_trial = patch(flag()).map(allowed),
            => allow_trial
        }),
        Change::ByBuyer | Change::Confirmation => Box::new(group! { _f;
            /// False or null gives the trial up.
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
