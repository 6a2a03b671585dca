use till_wire::organizations::OrganizationStatus;

use super::*;
use crate::subscriptions::{bill::BillingRows, tests::rows};

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// A subscription that is renewed each year.
fn yearly() -> BillingRows {
    let mut rows = rows();
    rows.subscription.recurring_interval = Interval::Year;
    rows.subscription.current_period_end = rows.subscription.current_period_start + days(365);
    rows
}

/// A subscription on a trial of so many hours.
fn on_trial(hours: i64) -> BillingRows {
    let mut rows = rows();
    let one = &mut rows.subscription;
    let end = one.current_period_start + SignedDuration::from_hours(hours);
    one.status = SubscriptionStatus::Trialing;
    (one.trial_start, one.trial_end) = (Some(one.current_period_start), Some(end));
    one.current_period_end = end;
    rows
}

/// The reminder that is due so long before the end of the period.
fn at_end_less(rows: &BillingRows, before: SignedDuration) -> Option<MailKind> {
    let now = rows.subscription.current_period_end - before;
    of_period_end(&rows.subscription, &rows.customer, &rows.organization, now)
}

#[test]
fn a_renewal_is_reminded_of_seven_days_before() {
    let (rows, second) = (yearly(), SignedDuration::from_secs(1));
    let reminder = Some(MailKind::SubscriptionRenewalReminder);
    assert_eq!(at_end_less(&rows, days(7) + second), None);
    assert_eq!(at_end_less(&rows, days(7)), reminder);
    assert_eq!(at_end_less(&rows, second), reminder);
    assert_eq!(at_end_less(&rows, SignedDuration::ZERO), None);
}

#[test]
fn only_renewals_half_a_year_apart_are_reminded_of() {
    for (interval, count, is_long) in [
        (Interval::Day, 179, false),
        (Interval::Day, 180, true),
        (Interval::Week, 24, false),
        (Interval::Week, 25, true),
        (Interval::Month, 1, false),
        (Interval::Month, 5, false),
        (Interval::Month, 6, true),
        (Interval::Year, 1, true),
        (Interval::Year, 3, true),
    ] {
        let mut rows = yearly();
        rows.subscription.recurring_interval = interval;
        rows.subscription.recurring_interval_count = count;
        let reminded = at_end_less(&rows, days(6)).is_some();
        assert_eq!(reminded, is_long, "{interval:?} {count}");
    }
}

#[test]
fn a_trial_is_reminded_of_three_days_before_its_end_a_short_one_a_day() {
    let reminder = Some(MailKind::SubscriptionTrialConversionReminder);
    let hour = SignedDuration::from_hours(1);
    for (hours, before) in [
        (14 * 24, days(3)),
        (73, days(3)),
        (72, days(1)),
        (25, days(1)),
    ] {
        let rows = on_trial(hours);
        assert_eq!(at_end_less(&rows, before + hour), None, "{hours}");
        assert_eq!(at_end_less(&rows, before), reminder, "{hours}");
        assert_eq!(at_end_less(&rows, SignedDuration::ZERO), None, "{hours}");
    }
    // The confirmation has just said when it ends.
    assert_eq!(at_end_less(&on_trial(24), days(1)), None);
}

#[test]
fn reminders_of_periods_wait_while_an_organization_renews_nothing() {
    let mut organization = yearly().organization;
    assert!(is_renewing(&organization));
    organization.status = OrganizationStatus::Denied;
    assert!(!is_renewing(&organization));
}

#[test]
fn nobody_is_reminded_of_what_will_not_be_renewed_or_is_switched_off() {
    type Change = fn(&mut BillingRows);
    let changes: [(&str, Change); 8] = [
        ("cancelled", |rows| {
            rows.subscription.cancel_at_period_end = true
        }),
        ("pausing", |rows| {
            rows.subscription.pause_at_period_end = true
        }),
        ("free", |rows| rows.subscription.base_amount = 0),
        ("paused", |rows| {
            rows.subscription.status = SubscriptionStatus::Paused
        }),
        ("past due", |rows| {
            rows.subscription.status = SubscriptionStatus::PastDue
        }),
        ("ended", |rows| {
            rows.subscription.status = SubscriptionStatus::Canceled
        }),
        ("deleted", |rows| {
            rows.customer.deleted_at = Some(Timestamp::UNIX_EPOCH)
        }),
        ("off", |rows| {
            let settings = &mut rows.organization.settings.0.customer_email_settings;
            settings.subscription_renewal_reminder = false;
        }),
    ];
    assert!(at_end_less(&yearly(), days(1)).is_some());
    for (what, change) in changes {
        let mut rows = yearly();
        change(&mut rows);
        assert_eq!(at_end_less(&rows, days(1)), None, "{what}");
    }
}

#[test]
fn a_card_is_told_of_in_the_last_thirty_days_of_its_last_month() {
    let mut rows = rows();
    let mut card = rows.method.clone().unwrap();
    (card.card.0.exp_month, card.card.0.exp_year) = (12, 2027);
    let told = |rows: &BillingRows, at: &str| {
        let subscriptions = std::slice::from_ref(&rows.subscription);
        let (customer, organization) = (&rows.customer, &rows.organization);
        of_card(&card, subscriptions, customer, organization, moment(at))
    };
    for (at, is_told) in [
        ("2027-12-01T23:59:59Z", false),
        ("2027-12-02T00:00:00Z", true),
        ("2027-12-31T23:59:59Z", true),
        ("2028-01-01T00:00:00Z", false),
    ] {
        assert_eq!(told(&rows, at), is_told, "{at}");
    }
    let last = "2027-12-31T00:00:00Z";
    rows.subscription.payment_method_id = None;
    assert!(!told(&rows, last));
    rows.customer.default_payment_method_id = Some(card.id);
    assert!(told(&rows, last));
    rows.subscription.cancel_at_period_end = true;
    assert!(!told(&rows, last));
    rows.subscription.cancel_at_period_end = false;
    let settings = &mut rows.organization.settings.0.customer_email_settings;
    settings.payment_method_expiration_reminder = false;
    assert!(!told(&rows, last));
}

#[test]
fn the_moment_of_a_card_is_the_first_at_which_its_month_is_told_of() {
    for month in 2027 * 12 + 1..=2028 * 12 + 12 {
        let at = card_moment(month).unwrap();
        assert!(card_months(at).contains(&month), "{month} {at}");
        let before = at - SignedDuration::from_secs(1);
        assert!(!card_months(before).contains(&month), "{month} {before}");
    }
    assert_eq!(
        card_moment(2027 * 12 + 12),
        Some(moment("2027-12-02T00:00:00Z"))
    );
    assert_eq!(card_moment(i64::MAX), None);
}
