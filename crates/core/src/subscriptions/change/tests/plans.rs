//! Changes of the product.

use serde_json::{Value, json};
use till_wire::{
    organizations::{OrganizationStatus, ProrationBehavior},
    subscriptions::SubscriptionStatus,
    values::Interval,
};

use super::{
    super::{Billing, ChangeRows, Unchanged, decide},
    DAY, amounts, changed, day, discount, in_status, plan, refused, rows, trialing, update, with,
};
use crate::{
    catalog::products::ProductWithPrices,
    checkout::tests::{at, id},
    kernel::{
        records::{Discount, DiscountChange, PriceKind},
        refusal::Refusal,
        values::Json,
    },
};

/// Plan 100, which costs 10.00, with another to change to.
fn to(target: ProductWithPrices) -> ChangeRows {
    discounted_to(None, target)
}

fn discounted_to(discount: Option<Discount>, target: ProductWithPrices) -> ChangeRows {
    let mut rows = rows(plan(100, 1000), discount);
    rows.target = Some(target);
    rows
}

fn body(behavior: &str) -> Value {
    json!({"product_id": id(200), "proration_behavior": behavior})
}

fn yearly(n: u128, amount: i64) -> ProductWithPrices {
    let mut plan = plan(n, amount);
    plan.product.recurring_interval = Some(Interval::Year);
    plan.product.recurring_interval_count = Some(1);
    plan
}

fn with_trial(days: i64) -> ProductWithPrices {
    let mut plan = plan(200, 2000);
    plan.product.trial_interval = Some(Interval::Day);
    plan.product.trial_interval_count = Some(days);
    plan
}

fn may_reset(mut rows: ChangeRows) -> ChangeRows {
    let features = &mut rows
        .billing
        .organization
        .settings
        .0
        .feature_settings
        .features;
    features.reset_proration_behavior_enabled = true;
    rows
}

#[test]
fn the_rest_of_the_period_is_given_back_at_the_old_price_and_charged_at_the_new_one() {
    for (behavior, billing) in [("prorate", Billing::Later), ("invoice", Billing::Now)] {
        let rows = to(plan(200, 2000));
        let decision = changed(&rows, body(behavior)).unwrap();
        assert_eq!(amounts(&decision), [-967, 1933]);
        assert_eq!(decision.billing, billing);
        let (old, new) = (&rows.billing.subscription, &decision.subscription);
        assert_eq!(
            (new.product_id, &new.price_ids.0),
            (id(200), &vec![id(201)])
        );
        assert_eq!((new.amount, new.base_amount), (2000, 2000));
        assert_eq!(new.period(), old.period());
        assert_eq!(
            decision.lines[0].label,
            "Unused time on Plan 100 (Feb 1, 2026 - Mar 2, 2026)"
        );
        assert_eq!(
            decision.lines[1].label,
            "Remaining time on Plan 200 (Feb 1, 2026 - Mar 2, 2026)"
        );
        assert_eq!(
            (decision.lines[1].price_id, decision.lines[1].period.end),
            (id(201), old.current_period_end)
        );
    }
}

#[test]
fn lines_carry_the_discount_of_their_period() {
    let share =
        |points: i64, lasts: &str| discount(50, json!({"basis_points": points, "duration": lasts}));
    let mut fixed = share(2500, "forever");
    fixed.kind = till_wire::discounts::DiscountType::Fixed;
    fixed.amounts = Some(Json([(till_wire::money::Currency::USD, 300)].into()));
    for (discount, lines) in [
        (share(2500, "forever"), [-725, 1450]),
        (fixed, [-677, 1643]),
        (share(5000, "once"), [-483, 967]),
    ] {
        let decision = changed(
            &discounted_to(Some(discount), plan(200, 2000)),
            body("prorate"),
        );
        assert_eq!(amounts(&decision.unwrap()), lines);
    }
    let mut rows = to(plan(200, 2000));
    rows.discount = Some(share(2000, "once"));
    let mut asked = body("prorate");
    asked["discount_id"] = json!(id(50));
    let decision = changed(&rows, asked).unwrap();
    assert_eq!(amounts(&decision), [-967, 1547]);
    assert_eq!(decision.subscription.amount, 1600);
    // The period that it was taken off is the one that it is for.
    assert_eq!(decision.subscription.discount_applied_at, Some(at(DAY).now));
}

#[test]
fn a_discount_that_is_not_for_the_new_product_ends_with_the_old_one() {
    let mut own = discount(50, json!({}));
    own.product_ids = Json(vec![id(100)]);
    let decision = changed(&discounted_to(Some(own), plan(200, 2000)), body("prorate")).unwrap();
    assert_eq!(amounts(&decision), [-870, 1933]);
    assert_eq!(
        (
            decision.subscription.discount_id,
            decision.subscription.amount
        ),
        (None, 2000)
    );
}

#[test]
fn a_change_to_the_same_product_cancels_out() {
    let mut rows = rows(plan(100, 1000), None);
    rows.target = Some(plan(100, 1000));
    let decision = changed(
        &rows,
        json!({"product_id": id(100), "proration_behavior": "invoice"}),
    )
    .unwrap();
    assert_eq!(amounts(&decision), [-967, 967]);
}

#[test]
fn another_interval_begins_now_and_is_charged_at_once() {
    for behavior in ["prorate", "invoice"] {
        let decision = changed(&to(yearly(200, 9000)), body(behavior)).unwrap();
        assert_eq!(amounts(&decision), [-967, 9000]);
        assert_eq!(decision.billing, Billing::Now);
        let new = &decision.subscription;
        assert_eq!(new.current_period_start, at(DAY).now);
        assert_eq!(new.current_period_end.to_string(), "2027-02-01T12:00:00Z");
        assert_eq!(
            (new.anchor_day, new.recurring_interval),
            (1, Interval::Year)
        );
        assert_eq!(
            decision.lines[1].label,
            "Plan 200 (Feb 1, 2026 - Feb 1, 2027)"
        );
    }
}

#[test]
fn a_reset_charges_the_whole_price_and_gives_nothing_back() {
    let once = discount(50, json!({"basis_points": 5000, "duration": "once"}));
    let rows = discounted_to(Some(once), plan(200, 2000));
    assert_eq!(
        refused(&rows, body("reset")),
        "value_error proration_behavior"
    );
    let decision = changed(&may_reset(rows), body("reset")).unwrap();
    // Its period is over, and the discount with it.
    assert_eq!(amounts(&decision), [2000]);
    assert_eq!(
        (decision.billing, decision.subscription.discount_id),
        (Billing::Now, None)
    );
    assert_eq!(decision.subscription.current_period_start, at(DAY).now);
}

#[test]
fn a_change_that_waits_is_one_and_an_immediate_one_drops_it() {
    let rows = to(plan(200, 2000));
    let waiting = changed(&rows, body("next_period")).unwrap();
    assert!(waiting.lines.is_empty());
    let new = &waiting.subscription;
    assert_eq!((new.product_id, new.amount), (id(100), 1000));
    let update = new.pending_update.clone().unwrap().0;
    assert_eq!(
        (update.product_id, update.applies_at),
        (Some(id(200)), new.current_period_end)
    );
    assert_eq!(
        (update.modified_at, update.discount),
        (None, DiscountChange::Keep)
    );
    let mut rows = with(rows, |s| *s = new.clone());
    rows.target = Some(plan(300, 3000));
    let again = changed(
        &rows,
        json!({"product_id": id(300), "proration_behavior": "next_period"}),
    )
    .unwrap();
    let replaced = again.subscription.pending_update.unwrap().0;
    assert_eq!(
        (replaced.id, replaced.product_id, replaced.modified_at),
        (update.id, Some(id(300)), Some(at(DAY).now))
    );
    let moved = changed(&rows, json!({"current_billing_period_end": day(40)}))
        .unwrap()
        .subscription;
    assert_eq!(moved.pending_update.unwrap().applies_at, at(40 * DAY).now);
    let at_once = changed(
        &rows,
        json!({"product_id": id(300), "proration_behavior": "prorate"}),
    )
    .unwrap();
    assert_eq!(at_once.subscription.pending_update, None);
    let canceled = changed(&rows, json!({"cancel_at_period_end": true}))
        .unwrap()
        .subscription;
    let canceled = with(rows.clone(), |s| *s = canceled);
    assert!(canceled.billing.subscription.pending_update.is_some());
    let cleared = changed(&canceled, json!({"pending_update": null})).unwrap();
    assert_eq!(cleared.subscription.pending_update, None);
}

#[test]
fn how_a_change_is_billed_is_the_organizations_default() {
    for (default, billing) in [
        (ProrationBehavior::Invoice, Billing::Now),
        (ProrationBehavior::Prorate, Billing::Later),
    ] {
        let mut rows = to(plan(200, 2000));
        rows.billing
            .organization
            .settings
            .0
            .subscription_settings
            .proration_behavior = default;
        assert_eq!(
            changed(&rows, json!({"product_id": id(200)}))
                .unwrap()
                .billing,
            billing
        );
    }
}

#[test]
fn products_that_the_subscription_cannot_have_are_refused_at_their_place() {
    let wrong = |change: fn(&mut ProductWithPrices)| {
        let mut target = plan(200, 2000);
        change(&mut target);
        refused(&to(target), body("prorate"))
    };
    let place = "value_error product_id";
    assert_eq!(wrong(|p| p.product.is_archived = true), place);
    assert_eq!(wrong(|p| p.product.recurring_interval = None), place);
    assert_eq!(wrong(|p| p.prices[0].is_archived = true), place);
    assert_eq!(
        wrong(|p| p.prices[0].currency = "eur".parse().unwrap()),
        place
    );
    assert_eq!(
        wrong(|p| {
            p.prices[0].amount_type = PriceKind::Custom;
            p.prices[0].minimum_amount = Some(0);
        }),
        place
    );
    assert_eq!(
        refused(&rows(plan(100, 1000), None), body("prorate")),
        place
    );
    let ended = in_status(to(plan(200, 2000)), SubscriptionStatus::Canceled);
    assert_eq!(refused(&ended, body("prorate")), "AlreadyCanceled");
}

#[test]
fn a_trial_is_that_of_the_new_product_counted_from_its_own_start() {
    let longer = changed(&trialing(to(with_trial(30)), 14), body("invoice")).unwrap();
    assert!(longer.lines.is_empty());
    assert_eq!(longer.billing, Billing::Later);
    let new = &longer.subscription;
    assert_eq!(
        (new.status, new.trial_end),
        (SubscriptionStatus::Trialing, Some(at(30 * DAY).now))
    );
    assert_eq!(
        (new.current_period_end, new.product_id),
        (at(30 * DAY).now, id(200))
    );
    let none = changed(&trialing(to(plan(200, 2000)), 14), body("prorate")).unwrap();
    assert_eq!(none.billing, Billing::PeriodEnd);
    assert_eq!(none.subscription.current_period_end, at(DAY).now);
    let over = changed(&trialing(to(with_trial(1)), 14), body("prorate")).unwrap();
    assert_eq!(over.billing, Billing::PeriodEnd);
    let waiting = changed(&trialing(to(plan(200, 2000)), 14), body("next_period"))
        .unwrap()
        .subscription;
    assert_eq!(
        (waiting.status, waiting.trial_end),
        (SubscriptionStatus::Trialing, Some(at(14 * DAY).now))
    );
    assert_eq!(waiting.pending_update.unwrap().applies_at, at(14 * DAY).now);
    let mut own = body("prorate");
    own["trial_end"] = day(5);
    let named = changed(&trialing(to(plan(200, 2000)), 14), own).unwrap();
    assert_eq!(
        (named.billing, named.subscription.trial_end),
        (Billing::Later, Some(at(5 * DAY).now))
    );
}

#[test]
fn nothing_is_billed_for_a_change_while_the_subscription_is_paused() {
    for behavior in ["prorate", "invoice", "next_period"] {
        let paused = in_status(to(plan(200, 2000)), SubscriptionStatus::Paused);
        let decision = changed(&paused, body(behavior)).unwrap();
        assert!(decision.lines.is_empty());
        assert_eq!(decision.billing, Billing::Later);
        assert_eq!(
            (
                decision.subscription.product_id,
                decision.subscription.amount
            ),
            (id(200), 2000)
        );
    }
}

#[test]
fn no_change_leaves_out_a_period_that_is_due() {
    let late = |rows: &ChangeRows, body: &Value| match decide(&update(body), rows, &at(31 * DAY)) {
        Ok(_) => "made".to_owned(),
        Err(Unchanged::Refused(Refusal::Subscription(refusal))) => format!("{refusal:?}"),
        Err(other) => format!("{other:?}"),
    };
    let (other, longer) = (to(plan(200, 2000)), to(yearly(200, 9000)));
    let reset = may_reset(to(plan(200, 2000)));
    let tried = trialing(to(with_trial(20)), 14);
    let in_trial = trialing(rows(plan(100, 1000), None), 14);
    let date = json!({"current_billing_period_end": day(40)});
    for (rows, body) in [
        (&reset, body("reset")),
        (&longer, body("prorate")),
        (&longer, body("invoice")),
        (&tried, body("prorate")),
        (&in_trial, json!({"trial_end": "now"})),
        (&other, date.clone()),
    ] {
        assert_eq!(late(rows, &body), "Locked", "{body}");
    }
    for body in [
        body("prorate"),
        body("next_period"),
        json!({"cancel_at_period_end": true}),
        json!({"revoke": true}),
    ] {
        assert_eq!(late(&other, &body), "made", "{body}");
    }
    // Where nothing is renewed, nothing is waited for.
    let mut denied = other;
    denied.billing.organization.status = OrganizationStatus::Denied;
    assert_eq!(late(&denied, &date), "made");
}
