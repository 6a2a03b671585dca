//! Reminders to customers: of a renewal, of a trial's end, of a card's expiry; each once, and at its time.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_core::{
    kernel::{
        changes::Changes,
        records::{CustomerBalance, Mail as Letter, MailKind, Subscription},
        values::Json,
    },
    mail::reminders::Ahead,
};
use till_server::jobs::reminders;
use till_store::Query;
use till_testkit::{Till, both};
use till_wire::organizations::OrganizationStatus;
use uuid::Uuid;

use crate::subscriptions_kit::{
    ADA, VISA, bought, change, moment, next_period, plan, shown, until,
};

const RENEWAL: &str = "Your subscription to Basic renews soon";
const TRIAL: &str = "Your trial of Basic ends soon";
const CARD: &str = "Your card expires soon";

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn end(subscription: &Value) -> Timestamp {
    moment(&subscription["current_period_end"])
}

/// Subjects of the letters to Ada that arrived since the last look.
async fn subjects(t: &Till) -> Vec<String> {
    t.drain().await;
    let mails = t.mailbox.take();
    let subjects = mails.iter().map(|mail| mail.subject.to_string());
    subjects
        .filter(|subject| !subject.starts_with("You sold "))
        .collect()
}

/// A subscription to Basic for 10.00, with these fields of its product; nobody has read a letter of it yet.
async fn subscribed(t: &Till, more: Value) -> Value {
    let product = plan(t, "Basic", 1000, more).await;
    let subscription = bought(t, &product, VISA, json!({})).await;
    t.drain().await;
    t.mailbox.take();
    subscription
}

async fn yearly(t: &Till) -> Value {
    subscribed(t, json!({"recurring_interval": "year"})).await
}

/// Lets time pass until so long before a moment; what arrives then.
async fn before(t: &Till, moment: Timestamp, by: SignedDuration) -> Vec<String> {
    until(t, moment - by).await;
    subjects(t).await
}

/// Switches a letter to customers off.
async fn switched_off(t: &Till, name: &str) {
    let own = format!("/v1/organizations/{}", t.organization.id);
    let mut switches = t.get(&own).await.ok()["customer_email_settings"].clone();
    switches[name] = json!(false);
    t.patch(&own, json!({"customer_email_settings": switches}))
        .await
        .ok();
}

/// A subscription of a month that is paid with a card that expires with a month of 2027.
async fn with_card_until(t: &Till, month: i64) -> Value {
    let card =
        json!({"number": "4242424242424242", "exp_month": month, "exp_year": 2027, "cvc": "123"});
    let token = t
        .post("/v1/sandbox/confirmation-tokens", card)
        .await
        .created();
    let product = plan(t, "Basic", 1000, json!({})).await;
    let subscription = bought(t, &product, token["id"].as_str().unwrap(), json!({})).await;
    t.drain().await;
    t.mailbox.take();
    subscription
}

/// The row of a subscription.
async fn row(t: &Till, subscription: &Value) -> Subscription {
    let id = subscription["id"].as_str().unwrap().parse().unwrap();
    let found = t.app.store.subscription_by_id(id).await.unwrap();
    found.unwrap()
}

/// So many more subscriptions of the same customer, alike but for this change.
async fn copied(t: &Till, subscription: &Value, count: usize, change: impl Fn(&mut Subscription)) {
    let (row, ctx, mut changes) = (row(t, subscription).await, t.app.context(), Changes::new());
    for _ in 0..count {
        let (id, mut copy) = (ctx.id(), row.clone());
        (copy.id, copy.checkout_id) = (id, None);
        change(&mut copy);
        changes.insert(&copy);
    }
    t.app.store.commit(changes).await.unwrap();
}

/// Lets time pass until so many days before the end of a period, and does nothing of what is due then.
fn stand_before(t: &Till, subscription: &Value, by: i64) {
    let left = (end(subscription) - days(by)).duration_since(t.app.clock.now());
    t.advance(std::time::Duration::try_from(left).unwrap());
}

/// Renewals that customers were reminded of.
async fn renewals_reminded_of(t: &Till) -> usize {
    let own = "where kind = 'subscription_renewal_reminder'";
    let found: Vec<Letter> = t
        .app
        .store
        .all(Query::select::<Letter>(own, vec![]))
        .await
        .unwrap();
    found.len()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

both! {
    async fn a_yearly_renewal_is_reminded_of_once_a_week_before(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        let (renews, second) = (end(&subscription), SignedDuration::from_secs(1));
        assert!(before(t, renews, days(7) + second).await.is_empty());
        until(t, renews - days(7)).await;
        let mails = t.mailbox.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!((&*mail.to, &*mail.subject), (ADA, RENEWAL));
        for said in ["Your subscription renews on November 22, 2027.", "Next payment: November 22, 2027", "Total: $10.00", "https://till.test/ada/portal"] {
            assert!(mail.text.contains(said), "{said}: {}", mail.text);
        }
        assert!(before(t, renews, days(6)).await.is_empty());
        assert!(before(t, renews, second).await.is_empty());
        next_period(t, &subscription).await;
        assert_eq!(subjects(t).await, ["Your subscription to Basic was renewed"]);
        let subscription = shown(t, &subscription).await;
        assert_eq!(before(t, end(&subscription), days(7)).await, [RENEWAL]);
        assert!(before(t, end(&subscription), days(1)).await.is_empty());
    }

    async fn what_a_reminder_says_is_what_is_charged(t: &mut Till) {
        t.may_leave_work();
        let once = json!({"name": "First", "type": "percentage", "basis_points": 10_000, "duration": "once"});
        let once = t.post("/v1/discounts/", once).await.created();
        let product = plan(t, "Basic", 1000, json!({"recurring_interval": "year"})).await;
        let subscription = bought(t, &product, VISA, json!({"discount_id": once["id"]})).await;
        t.drain().await;
        t.mailbox.take();
        until(t, end(&subscription) - days(7)).await;
        let mails = t.mailbox.take();
        assert!(mails[0].text.contains("Total: $10.00"), "{}", mails[0].text);
        next_period(t, &subscription).await;
        let orders = crate::subscriptions_kit::orders(t, &subscription).await;
        assert_eq!(orders[0]["total_amount"], 1000);
    }

    async fn a_balance_lowers_what_a_reminder_says_and_what_it_covers_is_not_reminded_of(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        let (ctx, row) = (t.app.context(), row(t, &subscription).await);
        let mut balance = CustomerBalance {
            id: ctx.id(),
            created_at: ctx.now,
            version: 1,
            organization_id: row.organization_id,
            customer_id: row.customer_id,
            currency: row.currency,
            amount: 300,
        };
        let mut changes = Changes::new();
        changes.insert(&balance);
        t.app.store.commit(changes).await.unwrap();
        until(t, end(&subscription) - days(7)).await;
        let mails = t.mailbox.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert!(mail.text.contains("Total: $7.00"), "{}", mail.text);
        let subscription = next_period(t, &subscription).await;
        let orders = crate::subscriptions_kit::orders(t, &subscription).await;
        assert_eq!(orders[0]["applied_balance_amount"], -300);
        let balances = t.app.store.balances(&[row.customer_id]).await.unwrap();
        let old = balances.into_iter().next().unwrap();
        balance = old.clone();
        balance.amount = 1000;
        let mut changes = Changes::new();
        changes.update(&old, &balance);
        t.app.store.commit(changes).await.unwrap();
        t.drain().await;
        t.mailbox.take();
        assert!(before(t, end(&subscription), days(1)).await.is_empty());
    }

    async fn a_renewal_that_costs_nothing_comes_each_month_or_does_not_come_is_not_reminded_of(t: &mut Till) {
        t.may_leave_work();
        let month = subscribed(t, json!({})).await;
        assert!(before(t, end(&month), days(1)).await.is_empty());
        let ended = change(t, &month, json!({"revoke": true})).await;
        ended.ok();
        let yearly = yearly(t).await;
        change(t, &yearly, json!({"cancel_at_period_end": true})).await.ok();
        t.drain().await;
        t.mailbox.take();
        assert!(before(t, end(&yearly), days(3)).await.is_empty());
        change(t, &yearly, json!({"cancel_at_period_end": false})).await.ok();
        let told = subjects(t).await;
        assert!(told.len() == 2 && told.iter().any(|subject| subject == RENEWAL), "{told:?}");
        change(t, &yearly, json!({"revoke": true})).await.ok();
        let free = json!({"name": "Free", "recurring_interval": "year", "prices": [{"amount_type": "free"}]});
        let free = t.post("/v1/products/", free).await.created();
        let checkout = t.checkout_for(&free).await;
        t.confirm(&checkout, json!({"customer_email": ADA})).await.ok();
        t.drain().await;
        t.mailbox.take();
        let all = t.items("/v1/subscriptions/").await;
        let free = all.into_iter().find(|one| one["status"] == "active").unwrap();
        assert!(before(t, end(&free), days(7)).await.is_empty());
        assert!(before(t, end(&free), days(1)).await.is_empty());
    }

    async fn a_trial_is_reminded_of_before_it_ends_and_again_when_it_ends_later(t: &mut Till) {
        t.may_leave_work();
        let trial = json!({"trial_interval": "day", "trial_interval_count": 14});
        let subscription = subscribed(t, trial).await;
        let ends = end(&subscription);
        assert!(before(t, ends, days(4)).await.is_empty());
        until(t, ends - days(3)).await;
        let mails = t.mailbox.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!(mail.subject, TRIAL);
        assert!(mail.text.contains("Your free trial ends on December 6, 2026"), "{}", mail.text);
        assert!(mail.text.contains("Total: $10.00"), "{}", mail.text);
        let later = ends + days(10);
        change(t, &subscription, json!({"trial_end": later.to_string()})).await.ok();
        assert!(before(t, later, days(4)).await.is_empty());
        assert_eq!(before(t, later, days(3)).await, [TRIAL]);
        assert!(before(t, later, days(1)).await.is_empty());
        next_period(t, &subscription).await;
        assert_eq!(subjects(t).await, ["Your trial of Basic has become a subscription"]);
    }

    async fn a_short_trial_is_reminded_of_a_day_before(t: &mut Till) {
        t.may_leave_work();
        let trial = json!({"trial_interval": "day", "trial_interval_count": 2});
        let subscription = subscribed(t, trial).await;
        assert!(before(t, end(&subscription), SignedDuration::from_hours(25)).await.is_empty());
        assert_eq!(before(t, end(&subscription), days(1)).await, [TRIAL]);
        change(t, &subscription, json!({"revoke": true})).await.ok();
        // Of one of a day its confirmation says all there is to say.
        let trial = json!({"trial_interval": "day", "trial_interval_count": 1});
        let day = subscribed(t, trial).await;
        t.mailbox.take();
        assert_eq!(before(t, end(&day), SignedDuration::from_hours(1)).await, Vec::<String>::new());
    }

    async fn reminders_have_switches(t: &mut Till) {
        t.may_leave_work();
        switched_off(t, "subscription_renewal_reminder").await;
        switched_off(t, "subscription_trial_conversion_reminder").await;
        switched_off(t, "payment_method_expiration_reminder").await;
        let trial = json!({"recurring_interval": "year", "trial_interval": "day", "trial_interval_count": 14});
        let subscription = subscribed(t, trial).await;
        assert!(before(t, end(&subscription), days(1)).await.is_empty());
        let subscription = next_period(t, &subscription).await;
        t.mailbox.take();
        assert!(before(t, end(&subscription), days(1)).await.is_empty());
        // Its card expires with 2027.
        assert!(before(t, at("2027-12-20T00:00:00Z"), SignedDuration::ZERO).await.iter().all(|subject| subject != CARD));
    }

    async fn who_pays_with_a_card_is_told_once_that_it_expires(t: &mut Till) {
        t.may_leave_work();
        let subscription = with_card_until(t, 1).await;
        next_period(t, &subscription).await;
        t.mailbox.take();
        assert!(before(t, at("2027-01-01T23:59:00Z"), SignedDuration::ZERO).await.is_empty());
        until(t, at("2027-01-02T00:00:00Z")).await;
        let mails = t.mailbox.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!((&*mail.to, &*mail.subject), (ADA, CARD));
        for said in ["Card: Visa •••• 4242", "Expiry date: 01/2027", "https://till.test/ada/portal"] {
            assert!(mail.text.contains(said), "{said}: {}", mail.text);
        }
        assert!(before(t, at("2027-01-21T00:00:00Z"), SignedDuration::ZERO).await.is_empty());
    }

    async fn a_card_that_pays_for_nothing_is_not_told_of(t: &mut Till) {
        t.may_leave_work();
        let subscription = with_card_until(t, 1).await;
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        t.drain().await;
        t.mailbox.take();
        let told = before(t, at("2027-01-15T00:00:00Z"), SignedDuration::ZERO).await;
        assert!(told.iter().all(|subject| subject != CARD), "{told:?}");
    }

    async fn nodes_that_remind_at_the_same_time_write_one_letter(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        let other = t.another(|_| {});
        stand_before(t, &subscription, 5);
        let (one, two) = tokio::join!(reminders::run_due(&t.app), reminders::run_due(&other.app));
        one.unwrap();
        two.unwrap();
        reminders::run_due(&t.app).await.unwrap();
        assert_eq!(subjects(t).await, [RENEWAL]);
    }

    async fn a_turn_is_one_batch_and_a_node_that_stops_leaves_the_rest(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        copied(t, &subscription, 39, |_| {}).await;
        stand_before(t, &subscription, 5);
        let asked = AtomicUsize::new(0);
        let run = reminders::run_until(&t.app, || asked.fetch_add(1, Ordering::Relaxed) > 0);
        assert_eq!(Box::pin(run).await.unwrap(), 32);
        assert_eq!(renewals_reminded_of(t).await, 32);
        assert_eq!(subjects(t).await, [RENEWAL; 40]);
    }

    async fn a_test_clock_reminds_of_more_than_one_batch_at_a_stop(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        copied(t, &subscription, 39, |_| {}).await;
        t.post("/v1/sandbox/clock", json!({"advance": {"days": 360}})).await.expect(202);
        t.drain().await;
        assert_eq!(renewals_reminded_of(t).await, 40);
    }

    async fn an_organization_that_may_renew_again_reminds_of_what_has_waited(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        t.organization_is(OrganizationStatus::Denied).await;
        assert!(before(t, end(&subscription), days(6)).await.is_empty());
        assert_eq!(Box::pin(reminders::run_due(&t.app)).await.unwrap(), 0);
        t.organization_is(OrganizationStatus::Active).await;
        assert_eq!(subjects(t).await, [RENEWAL]);
        assert!(before(t, end(&subscription), days(1)).await.is_empty());
    }

    async fn what_cannot_be_billed_waits_to_be_mended_and_holds_up_nothing(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        let good = row(t, &subscription).await;
        let (broken, ends) = (Json(vec![t.app.context().id()]), good.current_period_end);
        // More than one batch of them comes before the one that can be billed.
        copied(t, &subscription, 40, |copy| {
            copy.price_ids = broken.clone();
            copy.current_period_end = ends - SignedDuration::from_hours(1);
            copy.next_due_at = Some(copy.current_period_end);
        })
        .await;
        assert_eq!(before(t, ends, days(6)).await, [RENEWAL]);
        let own = "where id <> $1 order by id limit 1";
        let query = Query::select::<Subscription>(own, vec![good.id.into()]);
        let old: Subscription = t.app.store.one(query).await.unwrap().unwrap();
        let (mut mended, mut changes) = (old.clone(), Changes::new());
        mended.price_ids = good.price_ids;
        changes.update(&old, &mended);
        t.app.store.commit(changes).await.unwrap();
        assert_eq!(before(t, ends, days(5)).await, [RENEWAL]);
        assert!(before(t, ends, days(4)).await.is_empty());
    }

    async fn an_end_that_moved_away_and_back_is_told_of_once_and_then_left_alone(t: &mut Till) {
        t.may_leave_work();
        let trial = json!({"trial_interval": "day", "trial_interval_count": 14});
        let subscription = subscribed(t, trial).await;
        let (ends, later) = (end(&subscription), end(&subscription) + days(1));
        assert_eq!(before(t, ends, days(3)).await, [TRIAL]);
        change(t, &subscription, json!({"trial_end": later.to_string()})).await.ok();
        assert_eq!(before(t, later, days(3)).await, [TRIAL]);
        change(t, &subscription, json!({"trial_end": ends.to_string()})).await.ok();
        assert_eq!(before(t, ends, days(1)).await, Vec::<String>::new());
        let (now, first) = (t.app.clock.now(), Uuid::nil());
        let due = t.app.store.subscriptions_to_remind(None, Ahead::ThreeDays, now, (now, first), 9);
        assert_eq!(due.await.unwrap().len(), 0);
    }

    async fn a_crash_before_the_commit_leaves_the_letter_to_the_next_run(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        stand_before(t, &subscription, 5);
        // Dropped at each place where it waits, until it gets through.
        for polls in 0.. {
            let run = Box::pin(reminders::run_due(&t.app));
            if dropped_after(run, polls).await {
                break;
            }
        }
        assert_eq!(renewals_reminded_of(t).await, 1);
        assert_eq!(subjects(t).await, [RENEWAL]);
    }

    async fn a_test_clock_reminds_of_everything_at_its_time(t: &mut Till) {
        t.may_leave_work();
        let trial = json!({"recurring_interval": "year", "trial_interval": "day", "trial_interval_count": 14});
        let product = plan(t, "Basic", 1000, trial).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        for by in [json!({"years": 2}), json!({"months": 2})] {
            t.post("/v1/sandbox/clock", json!({"advance": by})).await.expect(202);
            t.drain().await;
        }
        let found: Vec<Letter> = t.app.store.all(Query::select::<Letter>("where customer_id is not null", vec![])).await.unwrap();
        let said = |kind: MailKind| {
            let own = found.iter().filter(|letter| letter.kind == kind);
            let mut said: Vec<_> = own.map(|letter| letter.content.0.paragraphs[0].clone()).collect();
            said.sort();
            said
        };
        assert_eq!(said(MailKind::SubscriptionTrialConversionReminder), ["Your free trial ends on December 6, 2026; then your subscription becomes a paid one unless you cancel before then."]);
        assert_eq!(said(MailKind::SubscriptionCycledAfterTrial), ["Your trial is over. Your subscription is paid until December 6, 2027."]);
        assert_eq!(said(MailKind::SubscriptionRenewalReminder), [
            "Your subscription renews on December 6, 2027. Until then you can change or cancel it.",
            "Your subscription renews on December 6, 2028. Until then you can change or cancel it.",
        ]);
        assert_eq!(said(MailKind::SubscriptionCycled), [
            "Your subscription was renewed and paid until December 6, 2028.",
            "Your subscription was renewed and paid until December 6, 2029.",
        ]);
        assert_eq!(said(MailKind::PaymentMethodExpirationReminder).len(), 1);
        assert_eq!(shown(t, &subscription).await["current_period_end"].as_str().unwrap()[..10], *"2029-12-06");
    }

    async fn a_clock_that_stands_ahead_reminds_by_its_own_time(t: &mut Till) {
        t.may_leave_work();
        let subscription = yearly(t).await;
        let ahead = end(&subscription).duration_since(t.app.clock.now()) - days(6);
        t.clock_is_ahead(std::time::Duration::try_from(ahead).unwrap()).await;
        assert_eq!(subjects(t).await, [RENEWAL]);
        t.drain().await;
        assert_eq!(subjects(t).await, Vec::<String>::new());
    }
}

/// Polls some work so often at most, then drops it, as a crash would; true where it was done before.
async fn dropped_after<T>(
    mut work: std::pin::Pin<Box<impl Future<Output = T>>>,
    polls: usize,
) -> bool {
    let mut left = polls;
    std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
        std::task::Poll::Ready(_) => std::task::Poll::Ready(true),
        std::task::Poll::Pending if left == 0 => std::task::Poll::Ready(false),
        std::task::Poll::Pending => {
            left -= 1;
            std::task::Poll::Pending
        }
    })
    .await
}
