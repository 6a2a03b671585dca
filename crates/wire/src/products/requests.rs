//! What makes and changes products.

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

/// How a new product is paid.
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
    /// A new product.
    pub struct ProductCreate by billing: Billing {
        /// Name shown to buyers.
        pub name: String = required(trimmed(3, 64)),
        /// Markdown.
        pub description: Option<String> = optional(blankable(limits::PROSE)),
        /// Visibility; `public` where not given.
        pub visibility: Visibility = omittable(word()).or(Visibility::Public),
        /// At least one, in the default currency too.
        pub prices: Vec<PriceEntry> = required(list(1, limits::PRICES, new_price())),
        /// Free data.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Not with an organization's token.
        pub organization_id: Option<Uuid> = optional(id()),
        /// Pictures.
        pub medias: Vec<Uuid> = optional(list(0, limits::MEDIAS, id())).or_default(),
        /// Fields asked at checkout.
        pub attached_custom_fields: Vec<FieldAttach> =
            omittable(list(0, limits::FIELDS, FieldAttach::shape())).or_default(),
        /// Interval and count of a subscription.
        pub recurring: Option<(Interval, i64)> = period(billing),
        /// Trial: interval and count.
        pub trial: Option<(Interval, i64)> = trial().only_if(billing == Billing::Recurring),
        /// Separate usage cycle: interval and count.
        pub meter_cycle: Option<(Interval, i64)> = meter_cycle().only_if(billing == Billing::Recurring),
    }
}

fn period(billing: Billing) -> Box<dyn Member<Value = Option<(Interval, i64)>>> {
    match billing {
        Billing::Recurring => Box::new(
            group! { _f;
                /// Billing interval.
                recurring_interval = required(word::<Interval>()),
                /// Intervals per period.
                recurring_interval_count = omittable(int(1, limits::INTERVALS)).or(1),
                => Some(Some((recurring_interval?, recurring_interval_count?)))
            }
            .titled("A new subscription."),
        ),
        Billing::OneTime => Box::new(
            group! { _f;
                /// None.
                recurring_interval = omittable(nothing()),
                /// None.
                recurring_interval_count = omittable(nothing()),
                => recurring_interval.and(recurring_interval_count).map(|_| None)
            }
            .titled("A new product that is paid once."),
        ),
    }
}

fn trial() -> impl Member<Value = Option<(Interval, i64)>> {
    group! { f;
        /// Trial, together with its count.
        trial_interval = optional(word::<Interval>()),
        /// Trial intervals.
        trial_interval_count = optional(int(1, limits::TRIAL_INTERVALS)),
        => both(f, trial_interval.flatten(), trial_interval_count.flatten())
    }
}

fn meter_cycle() -> impl Member<Value = Option<(Interval, i64)>> {
    group! { _f;
        /// Usage interval.
        meter_interval = optional(word::<Interval>()),
        /// Usage intervals per period.
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
                "trial_interval and trial_interval_count go together",
                whole,
            )
        }
    }
}

request! {
    /// A change to a product; what is not sent stays.
    pub struct ProductUpdate: Default {
        /// Name shown to buyers.
        pub name: Option<String> = optional(trimmed(3, 64)),
        /// Markdown; null clears it.
        pub description: Patch<String> = patch(blankable(limits::PROSE)),
        /// Visibility.
        pub visibility: Option<Visibility> = optional(word::<Visibility>()),
        /// Takes it off sale, or puts it back.
        pub is_archived: Option<bool> = optional(flag()),
        /// All prices: kept ones by id, and new ones.
        pub prices: Option<Vec<PriceEntry>> = optional(list(1, limits::PRICES, price_entry())),
        /// Replaces all free data.
        pub metadata: Option<Metadata> = omittable(metadata()),
        /// Replaces the pictures.
        pub medias: Option<Vec<Uuid>> = optional(list(0, limits::MEDIAS, id())),
        /// Replaces the fields asked at checkout.
        pub attached_custom_fields: Option<Vec<FieldAttach>> =
            optional(list(0, limits::FIELDS, FieldAttach::shape())),
        /// Cannot change.
        pub recurring_interval: Option<Interval> = optional(word::<Interval>()),
        /// Cannot change.
        pub recurring_interval_count: Option<i64> = optional(int(1, limits::INTERVALS)),
        /// Trial, together with its count; null ends it.
        pub trial_interval: Patch<Interval> = patch(word::<Interval>()),
        /// Trial intervals.
        pub trial_interval_count: Patch<i64> = patch(int(1, limits::TRIAL_INTERVALS)),
    }
    check |f| {
        let interval = trial_interval.clone().and_then(Patch::value);
        let count = trial_interval_count.clone().and_then(Patch::value);
        both(f, interval, count).map(|_| ())
    }
}

request! {
    /// A field asked at checkout.
    pub struct FieldAttach: Copy, Eq {
        /// The field.
        pub custom_field_id: Uuid = required(id()),
        /// Whether it must be filled in.
        pub required: bool = required(flag()),
    }
}

request! {
    /// The benefits of a product.
    pub struct ProductBenefitsUpdate: Eq {
        /// All of them, in their order.
        pub benefits: Vec<Uuid> = required(list(0, limits::BENEFITS, id())),
    }
}
