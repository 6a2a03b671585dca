//! Requests that create and change subscriptions.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::CancellationReason;
use crate::{
    input::{Context, Patch},
    limits,
    metadata::Metadata,
    organizations::ProrationBehavior,
    request::*,
};

crate::words! {
    /// Ways of billing a change in the middle of a period.
    pub enum SubscriptionProrationBehavior {
        /// At once: the rest of the period is given back at the old price and charged at the new one.
        Invoice = "invoice",
        /// With the next order, in the same sums; a change of the billing interval is charged at once.
        Prorate = "prorate",
        /// Not at all: the change waits for the end of the period.
        NextPeriod = "next_period",
        /// At once and in full: a new period begins, and nothing is given back.
        Reset = "reset",
    }
}

impl From<ProrationBehavior> for SubscriptionProrationBehavior {
    fn from(behavior: ProrationBehavior) -> Self {
        match behavior {
            ProrationBehavior::Invoice => Self::Invoice,
            ProrationBehavior::Prorate => Self::Prorate,
            ProrationBehavior::NextPeriod => Self::NextPeriod,
        }
    }
}

/// Customer of a new subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionFor {
    /// By ID.
    Id(Uuid),
    /// By the merchant's ID.
    ExternalId(String),
}

/// New subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionCreate {
    /// ID of the product.
    pub product_id: Uuid,
    /// Customer who subscribes.
    pub customer: SubscriptionFor,
    /// Data of the merchant.
    pub metadata: Metadata,
}

/// Product and data, which both shapes have; `customer` is read by its own member.
fn new_subscription<M: Member<Value = SubscriptionFor>>(
    words: &'static [&'static str],
    customer: impl Fn() -> M + Copy,
) -> impl Reader<Value = SubscriptionCreate> {
    nested(
        words,
        group! { _f;
            /// ID of the recurring product to subscribe to; it must be free. What is paid for is bought at a checkout.
            product_id = required(id()),
            customer = customer(),
            /// Your own key-value data to attach to the subscription: up to 50 keys of 1 to 40 characters; values are texts
            /// of 1 to 500 characters, numbers or booleans.
            metadata = omittable(metadata()).or_default(),
            => Some(SubscriptionCreate { product_id: product_id?, customer: customer?, metadata: metadata? })
        },
    )
}

impl SubscriptionCreate {
    fn shapes() -> AnyOf<Self> {
        let by_id = || {
            group! { _f;
            /// ID of the customer who subscribes.
            customer_id = required(id()),
            => customer_id.map(SubscriptionFor::Id)
            }
        };
        let by_external_id = || {
            group! { _f;
            /// Your own ID of the customer who subscribes.
            external_customer_id = required(line(0)),
            => external_customer_id.map(SubscriptionFor::ExternalId)
            }
        };
        let by_id = new_subscription(&["New subscription of a customer named by ID."], by_id);
        let words = &["New subscription of a customer named by your own ID."];
        let by_external_id = new_subscription(words, by_external_id);
        any_of(vec![
            ("SubscriptionCreateCustomer", Box::new(by_id)),
            (
                "SubscriptionCreateExternalCustomer",
                Box::new(by_external_id),
            ),
        ])
    }

    /// Reads a body.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        Self::shapes().read(value, cx)
    }
}

schema_of!(
    SubscriptionCreate,
    described(
        Self::shapes().schema(),
        &["New subscription. It names the customer by `customer_id` or by `external_customer_id`."],
    )
);

/// End that a trial gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialEnd {
    /// It ends now.
    Now,
    /// It ends at this time.
    At(Timestamp),
}

/// Change to a subscription, of exactly one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum SubscriptionUpdate {
    /// Product, discount, trial and metadata.
    Base(SubscriptionUpdateBase),
    /// Number of seats.
    Seats(SubscriptionUpdateSeats),
    /// Number of units.
    Units(SubscriptionUpdateUnits),
    /// End of the current period.
    BillingPeriod(Timestamp),
    /// Cancellation at the end of the period, or its withdrawal.
    Cancel(SubscriptionCancel),
    /// End at once.
    Revoke(Cancellation),
    /// Pause at the end of the period, or its withdrawal.
    Pause(SubscriptionPause),
    /// End of a pause.
    Resume,
    /// Withdrawal of the change that waits for the end of the period.
    Clear,
}

request! {
    /// Change of plan, discount, trial or metadata. A field that is left out stays as it is.
    pub struct SubscriptionUpdateBase: Default for now: Timestamp {
        /// ID of the product to change to; null changes nothing.
        pub product_id: Option<Uuid> = optional(id()),
        /// Billing of the change of product. If left out or null, as the organization's settings say.
        pub proration_behavior: Option<SubscriptionProrationBehavior> = optional(word::<SubscriptionProrationBehavior>()),
        /// ID of the discount to apply from now on; null removes the discount.
        pub discount_id: Patch<Uuid> = patch(id()),
        /// New end of the trial, or `now` to end it at once; null changes nothing.
        pub trial_end: Option<TrialEnd> = optional(trial_end(now)),
        /// Replacement for all of your own key-value data on the subscription: up to 50 keys of 1 to 40 characters;
        /// values are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
}

request! {
    /// Change of the number of seats.
    pub struct SubscriptionUpdateSeats {
        /// New number of seats, within what the price allows.
        pub seats: i64 = required(int(limits::INT32_LEAST, limits::INT32)),
        /// Billing of the change. If left out or null, as the organization's settings say.
        pub proration_behavior: Option<SubscriptionProrationBehavior> = optional(word::<SubscriptionProrationBehavior>()),
    }
}

request! {
    /// Change of the number of units; refused, because Till does not sell by the unit yet.
    pub struct SubscriptionUpdateUnits {
        /// New number of units.
        pub units: i64 = required(int(1, limits::INT32)),
        /// Billing of the change. If left out or null, as the organization's settings say.
        pub proration_behavior: Option<SubscriptionProrationBehavior> = optional(word::<SubscriptionProrationBehavior>()),
    }
}

/// Reason why a subscription is cancelled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cancellation {
    /// Reason that the customer gave.
    pub reason: Option<CancellationReason>,
    /// Comment that the customer left.
    pub comment: Option<String>,
}

/// Reason and comment, which two shapes have.
fn cancellation() -> impl Member<Value = Cancellation> {
    group! { _f;
        /// Reason that the customer gave for cancelling; null changes nothing.
        customer_cancellation_reason = optional(word::<CancellationReason>()),
        /// Comment that the customer left when cancelling, which the customer may see again; null changes nothing.
        customer_cancellation_comment = optional(text(0, limits::LINE)),
        => Some(Cancellation { reason: customer_cancellation_reason?, comment: customer_cancellation_comment? })
    }
}

request! {
    /// Cancellation at the end of the current period, or its withdrawal.
    pub struct SubscriptionCancel {
        /// True if the subscription ends with the current period; false withdraws a cancellation.
        pub cancel_at_period_end: bool = required(flag()),
        /// Reason why it is cancelled.
        pub cancellation: Cancellation = cancellation(),
    }
}

request! {
    /// Pause from the end of the current period on, or its withdrawal.
    pub struct SubscriptionPause for now: Timestamp {
        /// True if the subscription is paused at the end of the current period; false withdraws a pause that has not
        /// begun.
        pub pause_at_period_end: bool = required(flag()),
        /// Time at which the subscription resumes, after the end of the current period. If left out or null, it stays
        /// paused until it is resumed.
        pub resumes_at: Option<Timestamp> = optional(future(now)),
    }
}

/// A moment after `now`, or the word `now`.
fn trial_end(now: Timestamp) -> impl Reader<Value = TrialEnd> {
    let read = move |value: &Value, cx: &mut Context| match value.as_str() {
        Some("now") => Some(TrialEnd::Now),
        _ => future(now).read(value, cx).map(TrialEnd::At),
    };
    read_by(read, move || {
        one_of(vec![future(now).schema(), words(["now"].into_iter())])
    })
}

impl SubscriptionUpdate {
    fn shapes(now: Timestamp) -> AnyOf<Self> {
        type Shape = Box<dyn Reader<Value = SubscriptionUpdate>>;
        let base: Shape = Box::new(SubscriptionUpdateBase::shape(now).closed().map(Self::Base));
        let seats: Shape = Box::new(SubscriptionUpdateSeats::shape().closed().map(Self::Seats));
        let units: Shape = Box::new(SubscriptionUpdateUnits::shape().closed().map(Self::Units));
        let period = group! { _f;
            /// New end of the current period, in the future; the subscription renews at this time.
            current_billing_period_end = required(future(now)),
            => current_billing_period_end.map(Self::BillingPeriod)
        };
        let revoke = group! { _f;
            /// Always true: the subscription ends now.
            revoke = required(only_true()),
            cancellation = cancellation(),
            => revoke.and(cancellation).map(Self::Revoke)
        };
        let resume = group! { _f;
            /// Always true: the subscription resumes now.
            resume = required(only_true()),
            => resume.map(|()| Self::Resume)
        };
        let clear = group! { _f;
            /// Always null: the change is withdrawn.
            pending_update = required(nothing()),
            => pending_update.map(|()| Self::Clear)
        };
        let cancel: Shape = Box::new(SubscriptionCancel::shape().closed().map(Self::Cancel));
        let pause: Shape = Box::new(SubscriptionPause::shape(now).closed().map(Self::Pause));
        let period = nested(&["Change of the date of the next bill."], period).closed();
        let revoke = nested(&["End of the subscription at once."], revoke).closed();
        let words = &["End of a pause: a new period begins now, and is charged."];
        let resume = nested(words, resume).closed();
        let words = &["Withdrawal of the change that waits for the end of the period."];
        let clear = nested(words, clear).closed();
        any_of(vec![
            ("SubscriptionUpdateBase", base),
            ("SubscriptionUpdateSeats", seats),
            ("SubscriptionUpdateUnits", units),
            ("SubscriptionUpdateBillingPeriod", Box::new(period)),
            ("SubscriptionCancel", cancel),
            ("SubscriptionRevoke", Box::new(revoke)),
            ("SubscriptionPause", pause),
            ("SubscriptionResume", Box::new(resume)),
            ("SubscriptionUpdateClear", Box::new(clear)),
        ])
    }

    /// Reads a body; its times lie after `now`.
    pub fn read(value: &Value, cx: &mut Context, now: Timestamp) -> Option<Self> {
        Self::shapes(now).read(value, cx)
    }
}

schema_of!(
    SubscriptionUpdate,
    described(
        Self::shapes(Timestamp::MIN).schema(),
        &["Change to a subscription. It has exactly one of these shapes, and no other fields."],
    )
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-31T12:00:00Z".parse().unwrap()
    }

    /// Result of reading a change, or kind and place of each problem.
    fn update(body: Value) -> Result<SubscriptionUpdate, Vec<String>> {
        let mut cx = Context::new("body");
        let read = SubscriptionUpdate::read(&body, &mut cx, now());
        told(read, cx)
    }

    fn create(body: Value) -> Result<SubscriptionCreate, Vec<String>> {
        let mut cx = Context::new("body");
        let read = SubscriptionCreate::read(&body, &mut cx);
        told(read, cx)
    }

    fn told<T>(read: Option<T>, cx: Context) -> Result<T, Vec<String>> {
        assert_eq!(read.is_none(), !cx.problems.is_empty());
        let place = |problem: &crate::input::Problem| {
            let loc: Vec<_> = problem.loc[1..]
                .iter()
                .map(|step| match step {
                    crate::input::Step::Key(key) => key.to_string(),
                    crate::input::Step::Index(index) => index.to_string(),
                })
                .collect();
            format!("{} {}", problem.kind, loc.join("."))
        };
        read.ok_or_else(|| cx.problems.iter().map(place).collect())
    }

    #[test]
    fn each_shape_is_read_and_nothing_is_a_change_of_nothing() {
        use SubscriptionUpdate as Update;
        assert_eq!(
            update(json!({})),
            Ok(Update::Base(SubscriptionUpdateBase::default()))
        );
        let nulls = json!({"product_id": null, "trial_end": null, "proration_behavior": null});
        assert_eq!(
            update(nulls),
            Ok(Update::Base(SubscriptionUpdateBase::default()))
        );
        let none = SubscriptionUpdateBase {
            discount_id: Patch::Null,
            ..Default::default()
        };
        assert_eq!(update(json!({"discount_id": null})), Ok(Update::Base(none)));
        let ended = SubscriptionUpdateBase {
            trial_end: Some(TrialEnd::Now),
            ..Default::default()
        };
        assert_eq!(update(json!({"trial_end": "now"})), Ok(Update::Base(ended)));
        for negative in [-3, 0] {
            let seats = SubscriptionUpdateSeats {
                seats: negative,
                proration_behavior: None,
            };
            assert_eq!(update(json!({"seats": negative})), Ok(Update::Seats(seats)));
        }
        let units = SubscriptionUpdateUnits {
            units: 2,
            proration_behavior: Some(SubscriptionProrationBehavior::Reset),
        };
        assert_eq!(
            update(json!({"units": 2, "proration_behavior": "reset"})),
            Ok(Update::Units(units))
        );
        let later = "2026-02-01T00:00:00Z";
        assert_eq!(
            update(json!({"current_billing_period_end": later})),
            Ok(Update::BillingPeriod(later.parse().unwrap())),
        );
        let why = Cancellation {
            reason: Some(CancellationReason::Unused),
            comment: Some("Bye".into()),
        };
        let words = json!({"customer_cancellation_reason": "unused", "customer_cancellation_comment": "Bye"});
        let with = |key: &str, value: bool| {
            let mut body = words.clone();
            body[key] = json!(value);
            body
        };
        let cancel = SubscriptionCancel {
            cancel_at_period_end: true,
            cancellation: why.clone(),
        };
        assert_eq!(
            update(with("cancel_at_period_end", true)),
            Ok(Update::Cancel(cancel))
        );
        assert_eq!(update(with("revoke", true)), Ok(Update::Revoke(why)));
        let pause = SubscriptionPause {
            pause_at_period_end: true,
            resumes_at: None,
        };
        assert_eq!(
            update(json!({"pause_at_period_end": true, "resumes_at": null})),
            Ok(Update::Pause(pause))
        );
        assert_eq!(update(json!({"resume": true})), Ok(Update::Resume));
        assert_eq!(update(json!({"pending_update": null})), Ok(Update::Clear));
    }

    #[test]
    fn a_body_that_has_no_shape_is_told_what_keeps_it_from_each() {
        assert_eq!(
            update(json!({"foo": 1})).unwrap_err(),
            [
                "extra_forbidden SubscriptionUpdateBase.foo",
                "missing SubscriptionUpdateSeats.seats",
                "extra_forbidden SubscriptionUpdateSeats.foo",
                "missing SubscriptionUpdateUnits.units",
                "extra_forbidden SubscriptionUpdateUnits.foo",
                "missing SubscriptionUpdateBillingPeriod.current_billing_period_end",
                "extra_forbidden SubscriptionUpdateBillingPeriod.foo",
                "missing SubscriptionCancel.cancel_at_period_end",
                "extra_forbidden SubscriptionCancel.foo",
                "missing SubscriptionRevoke.revoke",
                "extra_forbidden SubscriptionRevoke.foo",
                "missing SubscriptionPause.pause_at_period_end",
                "extra_forbidden SubscriptionPause.foo",
                "missing SubscriptionResume.resume",
                "extra_forbidden SubscriptionResume.foo",
                "missing SubscriptionUpdateClear.pending_update",
                "extra_forbidden SubscriptionUpdateClear.foo",
            ]
        );
        let mixed = json!({"seats": 3, "product_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2"});
        let told = update(mixed).unwrap_err();
        assert!(
            told.contains(&"extra_forbidden SubscriptionUpdateSeats.product_id".to_owned()),
            "{told:?}"
        );
        assert!(
            told.contains(&"extra_forbidden SubscriptionUpdateBase.seats".to_owned()),
            "{told:?}"
        );
    }

    #[test]
    fn values_are_judged_at_their_place_in_their_shape() {
        for (body, wrong) in [
            (
                json!({"seats": i64::from(i32::MAX) + 1}),
                "less_than_equal SubscriptionUpdateSeats.seats",
            ),
            (
                json!({"units": 0}),
                "greater_than_equal SubscriptionUpdateUnits.units",
            ),
            (
                json!({"revoke": false}),
                "literal_error SubscriptionRevoke.revoke",
            ),
            (
                json!({"resume": 1}),
                "literal_error SubscriptionResume.resume",
            ),
            (
                json!({"pending_update": {}}),
                "none_required SubscriptionUpdateClear.pending_update",
            ),
            (
                json!({"proration_behavior": "never"}),
                "enum SubscriptionUpdateBase.proration_behavior",
            ),
            (
                json!({"trial_end": "2026-01-31T12:00:00Z"}),
                "datetime_future SubscriptionUpdateBase.trial_end",
            ),
            (
                json!({"current_billing_period_end": "2025-01-01T00:00:00Z"}),
                "datetime_future SubscriptionUpdateBillingPeriod.current_billing_period_end",
            ),
            (
                json!({"pause_at_period_end": true, "resumes_at": "2020-01-01T00:00:00Z"}),
                "datetime_future SubscriptionPause.resumes_at",
            ),
            (
                json!({"metadata": null}),
                "dict_type SubscriptionUpdateBase.metadata",
            ),
            (json!([]), "model_attributes_type SubscriptionCancel"),
        ] {
            let told = update(body).unwrap_err();
            assert!(told.contains(&wrong.to_owned()), "{wrong}: {told:?}");
        }
    }

    #[test]
    fn a_new_subscription_names_its_customer_once() {
        let id = "7d444840-9dc0-41d1-b245-5ffdce74fad2";
        assert_eq!(
            create(json!({"product_id": id})).unwrap_err(),
            [
                "missing SubscriptionCreateCustomer.customer_id",
                "missing SubscriptionCreateExternalCustomer.external_customer_id",
            ]
        );
        let both =
            json!({"product_id": id, "customer_id": id, "external_customer_id": 5, "other": 1});
        assert_eq!(
            create(both).unwrap().customer,
            SubscriptionFor::Id(id.parse().unwrap())
        );
        let external =
            json!({"product_id": id, "external_customer_id": "u1", "metadata": {"a": 1}});
        let read = create(external).unwrap();
        assert_eq!(read.customer, SubscriptionFor::ExternalId("u1".into()));
        assert_eq!(read.metadata.len(), 1);
    }
}
