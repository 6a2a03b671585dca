//! Requests that create and change products.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Visibility,
    given::{PriceEntry, new_price, price_entry},
};
use crate::{
    input::{Context, Fields, Patch},
    limits,
    metadata::Metadata,
    request::*,
    values::Interval,
};

/// Ways to pay for a new product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Billing {
    Recurring,
    OneTime,
}

impl Variant for Billing {
    const ALL: &'static [Self] = &[Self::Recurring, Self::OneTime];
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T> {
        match value.get("recurring_interval") {
            None | Some(Value::Null) => cx.at("one_time", |cx| read(Self::OneTime, cx)),
            Some(_) => cx.at("recurring", |cx| read(Self::Recurring, cx)),
        }
    }
}

request! {
    /// New product with its prices. With `recurring_interval` it is a subscription; without one it is paid for once.
    pub struct ProductCreate by billing: Billing {
        /// Name of the product; buyers see it.
        pub name: String = required(trimmed(3, 64)),
        /// Description of the product, in Markdown.
        pub description: Option<String> = optional(blankable(limits::PROSE)),
        /// Visibility of the product; `public` if left out.
        pub visibility: Visibility = omittable(word()).or(Visibility::Public),
        /// Prices of the product: at least one, and at least one in your organization's default currency.
        pub prices: Vec<PriceEntry> = required(list(1, limits::PRICES, new_price())),
        /// Your own key-value data to attach to the product: up to 50 keys of 1 to 40 characters; values are texts of 1
        /// to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
        /// IDs of uploaded pictures, in their order.
        pub medias: Vec<Uuid> = optional(list(0, limits::MEDIAS, id())).or_default(),
        /// Custom fields that the checkout page asks for, in their order.
        pub attached_custom_fields: Vec<FieldAttach> =
            omittable(list(0, limits::FIELDS, FieldAttach::shape())).or_default(),
        /// Billing interval of a subscription: unit and number.
        pub recurring: Option<(Interval, i64)> = period(billing),
        /// Trial of a subscription: unit and number.
        pub trial: Option<(Interval, i64)> = trial().only_if(billing == Billing::Recurring),
        /// Interval in which usage is settled: unit and number.
        pub meter_cycle: Option<(Interval, i64)> = meter_cycle().only_if(billing == Billing::Recurring),
    }
}

fn period(billing: Billing) -> Box<dyn Member<Value = Option<(Interval, i64)>>> {
    match billing {
        Billing::Recurring => Box::new(
            group! { _f;
                /// Unit of the billing interval; it cannot be changed later.
                recurring_interval = required(word::<Interval>()),
                /// Number of interval units in one billing period; 1 if left out.
                recurring_interval_count = omittable(int(1, limits::INTERVALS)).or(1),
                => Some(Some((recurring_interval?, recurring_interval_count?)))
            }
            .titled("New product that is a subscription."),
        ),
        Billing::OneTime => Box::new(
            group! { _f;
                /// Unit of the billing interval: null, because the product is paid for once.
                recurring_interval = omittable(nothing()),
                /// Number of interval units: null, because the product is paid for once.
                recurring_interval_count = omittable(nothing()),
                => recurring_interval.and(recurring_interval_count).map(|_| None)
            }
            .titled("New product that is paid for once."),
        ),
    }
}

fn trial() -> impl Member<Value = Option<(Interval, i64)>> {
    group! { f;
        /// Unit of the trial; requires `trial_interval_count`.
        trial_interval = optional(word::<Interval>()),
        /// Number of trial units; requires `trial_interval`.
        trial_interval_count = optional(int(1, limits::TRIAL_INTERVALS)),
        => both(f, trial_interval.flatten(), trial_interval_count.flatten())
    }
}

fn meter_cycle() -> impl Member<Value = Option<(Interval, i64)>> {
    group! { _f;
        /// Unit of the interval in which usage is billed; if left out, usage is billed with the billing period.
        meter_interval = optional(word::<Interval>()),
        /// Number of units of the interval in which usage is billed; 1 if left out.
        meter_interval_count = optional(int(1, limits::INTERVALS)).or(1),
        => Some(meter_interval?.zip(meter_interval_count))
    }
}

/// A trial is an interval *and* a count: one alone is refused. Outer `None`: refused.
pub(crate) fn both(
    f: &mut Fields<'_, '_>,
    interval: Option<Interval>,
    count: Option<i64>,
) -> Option<Option<(Interval, i64)>> {
    match (interval, count) {
        (Some(interval), Some(count)) => Some(Some((interval, count))),
        (None, None) => Some(None),
        _ => {
            let whole = f.whole();
            f.cx.fail(
                "missing",
                "trial_interval and trial_interval_count must be given together",
                whole,
            )
        }
    }
}

request! {
    /// Change to a product. A field that is left out stays as it is.
    pub struct ProductUpdate: Default {
        /// New name of the product; buyers see it.
        pub name: Option<String> = optional(trimmed(3, 64)),
        /// New description of the product, in Markdown; null clears it.
        pub description: Patch<String> = patch(blankable(limits::PROSE)),
        /// New visibility of the product.
        pub visibility: Option<Visibility> = optional(word::<Visibility>()),
        /// True if the product is archived, and so not for sale.
        pub is_archived: Option<bool> = optional(flag()),
        /// Prices of the product, all of them: `{"id": …}` keeps a price, an entry without an ID adds one, and a price
        /// that is not named is archived.
        pub prices: Option<Vec<PriceEntry>> = optional(list(1, limits::PRICES, price_entry())),
        /// Replacement for all of your own key-value data on the product: up to 50 keys of 1 to 40 characters; values
        /// are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
        /// IDs of uploaded pictures, in their order; replaces the whole list.
        pub medias: Option<Vec<Uuid>> = optional(list(0, limits::MEDIAS, id())),
        /// Custom fields that the checkout page asks for, in their order; replaces the whole list.
        pub attached_custom_fields: Option<Vec<FieldAttach>> =
            optional(list(0, limits::FIELDS, FieldAttach::shape())),
        /// Unit of the billing interval; it cannot be changed, so only its current value is accepted.
        pub recurring_interval: Option<Interval> = optional(word::<Interval>()),
        /// Number of interval units; it cannot be changed, so only its current value is accepted.
        pub recurring_interval_count: Option<i64> = optional(int(1, limits::INTERVALS)),
        /// Unit of the trial; requires `trial_interval_count`. Null ends the trial.
        pub trial_interval: Patch<Interval> = patch(word::<Interval>()),
        /// Number of trial units; requires `trial_interval`. Null ends the trial.
        pub trial_interval_count: Patch<i64> = patch(int(1, limits::TRIAL_INTERVALS)),
    }
    check |f| {
        let interval = trial_interval.clone().and_then(Patch::value);
        let count = trial_interval_count.clone().and_then(Patch::value);
        both(f, interval, count).map(|_| ())
    }
}

request! {
    /// Custom field that the checkout page asks for.
    pub struct FieldAttach: Copy, Eq {
        /// ID of the custom field.
        pub custom_field_id: Uuid = required(id()),
        /// True if buyers must fill in the field.
        pub required: bool = required(flag()),
    }
}

request! {
    /// Benefits of a product, all of them.
    pub struct ProductBenefitsUpdate: Eq {
        /// IDs of the benefits, in the order in which buyers see them; replaces the whole list.
        pub benefits: Vec<Uuid> = required(list(0, limits::BENEFITS, id())),
    }
}
