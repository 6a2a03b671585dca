use proptest::prelude::*;
use till_wire::{
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::TaxBehaviorOption,
    payments::{CardMetadata, PaymentTrigger},
};
use uuid::Uuid;

use super::{
    create::{Bill, Paid, Sale, create},
    new_card::{self, Next, TryCard},
    payment::{self, OrderRows, record_outcome},
};
use crate::{
    checkout::tests::{at, customer, id, monthly, organization, subscribers},
    kernel::{
        changes::{Changes, Write},
        records::{Customer, Order, Payment, PaymentMethod, PaymentState, ProcessorName, Purpose},
        values::Json,
    },
    payments::{
        attempt::{self, NewAttempt},
        outcome::{Outcome, is_refund_due},
        samples::{failed, succeeded},
    },
    terms::Terms,
};

fn terms(amount: i64, discount: i64, tax: i64, behavior: TaxBehaviorOption) -> Terms {
    Terms {
        product_id: id(100),
        price_id: id(101),
        price_ids: Json(vec![]),
        amount,
        currency: till_wire::money::Currency::USD,
        seats: None,
        discount_id: None,
        discount_amount: discount,
        tax_amount: Some(tax),
        tax_behavior: Some(behavior),
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    }
}

fn line(amount: i64) -> OrderItem {
    OrderItem {
        id: id(7),
        created_at: at(0).now,
        modified_at: None,
        label: "A month".into(),
        amount,
        tax_amount: 0,
        proration: false,
        product_price_id: None,
        start_timestamp: None,
        end_timestamp: None,
    }
}

/// An order of these terms that is still to be paid, and its customer.
fn made(terms: &Terms, lines: Vec<OrderItem>) -> Option<(Order, Customer)> {
    let (organization, offered) = (organization(), monthly(1000));
    let mut customer = customer(5, "ada@example.com", None);
    let sale = Sale {
        organization: &organization,
        product: &offered.product,
        terms,
        bill: Bill::default(),
        paid: Paid::Later,
        applied_balance: 0,
        checkout_id: None,
        subscription_id: None,
        conflicting_external_customer_id: None,
        metadata: Json::default(),
        custom_field_data: Json::default(),
    };
    let reason = BillingReason::SubscriptionCycle;
    let order = create(sale, lines, reason, &mut customer, &at(1)).ok()?;
    Some((order, customer))
}

fn charge(order: &Order, amount: i64, n: i64) -> Payment {
    let new = NewAttempt {
        organization_id: order.organization_id,
        purpose: Purpose::Order,
        subject_id: order.id,
        amount: Some(amount),
        currency: order.currency,
        customer_id: Some(order.customer_id),
        customer_email: None,
        method_id: Some(id(9)),
        processor: ProcessorName::Sandbox,
        customer_reference: None,
        trigger: None,
    };
    attempt::intend(new, &at(n))
}

fn method() -> PaymentMethod {
    PaymentMethod {
        id: id(9),
        created_at: at(0).now,
        organization_id: id(1),
        customer_id: id(5),
        processor: ProcessorName::Sandbox,
        customer_reference: Some("cus_1".into()),
        reference: "pm_1".into(),
        kind: "card".into(),
        card: Json(CardMetadata {
            brand: "visa".into(),
            last4: "4242".into(),
            exp_month: 12,
            exp_year: 2040,
            wallet: None,
        }),
    }
}

fn refunds(changes: &Changes) -> usize {
    let refund = |write: &&Write| {
        matches!(
            write,
            Write::Insert {
                table: "refunds",
                ..
            }
        )
    };
    changes.writes.iter().filter(refund).count()
}

#[test]
fn an_order_that_is_paid_later_is_pending_and_numbered() {
    let terms = terms(1000, 100, 180, TaxBehaviorOption::Exclusive);
    let (order, customer) = made(&terms, vec![line(1000)]).unwrap();
    assert_eq!(order.status, OrderStatus::Pending);
    assert_eq!((order.net_amount, order.total_amount()), (900, 1080));
    assert!(order.invoice_number.unwrap().ends_with("-0001"));
    assert_eq!((customer.invoice_next, customer.receipt_next), (2, 1));
    let (free, _) = made(&self::terms(0, 0, 0, TaxBehaviorOption::Exclusive), vec![]).unwrap();
    assert_eq!(free.status, OrderStatus::Paid);
    assert_eq!(free.receipt_number, None);
}

#[test]
fn a_saved_method_is_charged_for_one_order_at_a_time() {
    let terms = terms(1000, 0, 0, TaxBehaviorOption::Exclusive);
    let (order, _) = made(&terms, vec![line(1000)]).unwrap();
    let payment = charge(&order, 1000, 2);
    assert_eq!(
        (payment.subject_id, payment.order_id),
        (Some(order.id), Some(order.id))
    );
    assert_eq!(
        (payment.checkout_id, payment.source.as_str()),
        (None, "saved")
    );
}

proptest! {
    #[test]
    fn an_order_is_made_only_where_its_parts_make_up_its_total(
        amounts in proptest::collection::vec(0i64..10_000, 0..5),
        discount in 0i64..20_000, tax in 0i64..20_000, off_by in -1i64..=1, inclusive in any::<bool>(),
    ) {
        let sum: i64 = amounts.iter().sum();
        let behavior = match inclusive {
            true => TaxBehaviorOption::Inclusive,
            false => TaxBehaviorOption::Exclusive,
        };
        let terms = terms(sum + off_by, discount, tax, behavior);
        let made = made(&terms, amounts.iter().map(|amount| line(*amount)).collect());
        let net = sum - discount - if inclusive { tax } else { 0 };
        prop_assert_eq!(made.is_some(), off_by == 0 && net >= 0);
        if let Some((order, _)) = made {
            let due = sum - discount + if inclusive { 0 } else { tax };
            prop_assert_eq!(order.total_amount(), due);
        }
    }

    /// Whoever says what first: an order is paid once, and all other money is given back.
    #[test]
    fn money_for_an_order_pays_it_once_or_is_given_back(
        words in proptest::collection::vec((0usize..3, 0usize..4), 0..24),
    ) {
        let terms = terms(1000, 0, 0, TaxBehaviorOption::Exclusive);
        let (order, customer) = made(&terms, vec![line(1000)]).unwrap();
        // The last one charges another amount than is due.
        let mut payments = [charge(&order, 1000, 2), charge(&order, 1000, 3), charge(&order, 999, 4)];
        let mut rows = OrderRows { seats: Default::default(), slug: "ada".into(), order, customer, offered: monthly(1000), held: None, unpaid: Vec::new(), discount: None };
        let outcomes = [succeeded(), failed(), Outcome::Processing, Outcome::RequiresAction { action_url: None }];
        let (mut paid, mut given_back) = (0, 0);
        for (which, word) in words {
            let payment = &mut payments[which];
            let recorded = record_outcome(&rows, payment, &outcomes[word], &subscribers(), &at(5));
            let Some((noted, changes)) = recorded else { continue };
            let updated = |write: &Write| matches!(write, Write::Update { table: "orders", .. });
            if changes.writes.iter().any(updated) {
                paid += 1;
                rows.order.status = OrderStatus::Paid;
            }
            given_back += refunds(&changes);
            *payment = noted;
        }
        let charged = payments.iter().filter(|p| p.state == PaymentState::Succeeded).count();
        let owed = payments.iter().filter(|p| is_refund_due(p)).count();
        prop_assert!(paid <= 1);
        prop_assert_eq!(charged, paid + given_back);
        prop_assert_eq!(owed, given_back);
        let ids: std::collections::HashSet<Uuid> = payments.iter().map(|p| p.id).collect();
        prop_assert_eq!(ids.len(), 3);
    }
}

#[test]
fn an_attempt_besides_the_schedule_leaves_the_next_one_where_it_is() {
    let terms = terms(1000, 0, 0, TaxBehaviorOption::Exclusive);
    let (mut order, customer) = made(&terms, vec![line(1000)]).unwrap();
    order.next_payment_attempt_at = Some(at(500).now);
    let (slug, offered) = ("ada".to_owned(), monthly(1000));
    let (held, unpaid, discount) = (None, Vec::new(), None);
    let rows = OrderRows {
        seats: Default::default(),
        slug,
        order,
        customer,
        offered,
        held,
        unpaid,
        discount,
    };
    let method = method();
    let moves = |trigger, method| {
        let (payment, changes) = payment::charge(&rows, method, trigger, &subscribers(), &at(5));
        let writes_order = |write: &Write| {
            matches!(
                write,
                Write::Update {
                    table: "orders",
                    ..
                }
            )
        };
        (payment.is_some(), changes.writes.iter().any(writes_order))
    };
    for trigger in [
        PaymentTrigger::RetryCustomer,
        PaymentTrigger::RetryPaymentMethodUpdate,
        PaymentTrigger::RetryAdmin,
    ] {
        assert_eq!(moves(trigger, Some(&method)), (true, false), "{trigger}");
        assert_eq!(moves(trigger, None), (false, false), "{trigger}");
    }
    for trigger in [
        PaymentTrigger::SubscriptionCycle,
        PaymentTrigger::RetryDunning,
    ] {
        assert_eq!(moves(trigger, Some(&method)), (true, true), "{trigger}");
    }
}

#[test]
fn a_new_card_is_tried_once_with_what_is_owed_and_waits_for_an_attempt_in_flight() {
    use PaymentState::{Asked, Failed, Intended};
    let terms = terms(1000, 0, 0, TaxBehaviorOption::Exclusive);
    let (mut order, customer) = made(&terms, vec![line(1000)]).unwrap();
    order.subscription_id = Some(id(70));
    order.next_payment_attempt_at = Some(at(500).now);
    let method = method();
    let card = TryCard {
        order_id: order.id,
        method_id: method.id,
        since: at(5).now,
    };
    let with = |state: PaymentState, method_id: u128, reason: Option<&str>| Payment {
        state,
        method_id: Some(id(method_id)),
        decline_reason: reason.map(str::to_owned),
        ..charge(&order, 1000, 2)
    };
    let rows = |status: OrderStatus| OrderRows {
        seats: Default::default(),
        slug: "ada".into(),
        order: Order {
            status,
            ..order.clone()
        },
        customer: customer.clone(),
        offered: monthly(1000),
        held: None,
        unpaid: Vec::new(),
        discount: None,
    };
    let pending = rows(OrderStatus::Pending);
    let next = |latest: Option<Payment>, now: i64| {
        new_card::next(&pending, latest.as_ref(), &card, &at(now))
    };
    assert_eq!(next(None, 6), Next::Try);
    let old = with(Failed, 8, Some("insufficient_funds"));
    assert_eq!(next(Some(old), 6), Next::Try);
    let tried = with(Failed, 9, Some("insufficient_funds"));
    assert_eq!(next(Some(tried), 6), Next::Leave);
    for reason in ["abandoned", "processor_unreachable"] {
        let not_tried = with(Failed, 9, Some(reason));
        assert_eq!(next(Some(not_tried.clone()), 6), Next::Try, "{reason}");
        assert_eq!(next(Some(not_tried), 66), Next::Leave, "{reason}");
    }
    for state in [Intended, Asked] {
        assert_eq!(next(Some(with(state, 8, None)), 6), Next::Wait);
        assert_eq!(next(Some(with(state, 8, None)), 66), Next::Leave);
    }
    for status in [OrderStatus::Paid, OrderStatus::Void, OrderStatus::Draft] {
        let next = new_card::next(&rows(status), None, &card, &at(6));
        assert_eq!(next, Next::Leave, "{status}");
    }
    let mut voided = pending.clone();
    voided.order.next_payment_attempt_at = None;
    let next = new_card::next(&voided, None, &card, &at(6));
    assert_eq!(next, Next::Leave, "its subscription has ended");
}
