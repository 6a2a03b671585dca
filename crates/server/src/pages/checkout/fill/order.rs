//! The page of an order as its customer sees it.

use till_core::{
    kernel::records::{Organization, Payment},
    orders::payment::OrderRows,
};
use till_ports::processor::Processor;
use till_wire::money::Money;
use uuid::Uuid;

use super::{
    super::{
        fields::FieldErrors,
        money,
        view::{Fact, Line, OrderPage, PageContext, Receipt},
    },
    amounts::Taxes,
    card, display, website,
};

/// The page of an order that waits for its payment; `key` is a fresh one for this view's attempt to pay.
pub fn order_page(
    organization: &Organization,
    rows: &OrderRows,
    secret: &str,
    page_context: PageContext,
    processor: &dyn Processor,
    key: Uuid,
) -> OrderPage {
    let order = &rows.order;
    let due = order.due_amount();
    let keeps = rows.keeps_card();
    let asked = Money::new(due, order.currency);
    OrderPage {
        page_context,
        secret: secret.to_owned(),
        key,
        shown_total: due.to_string(),
        test_mode: processor.test_mode(),
        organization: super::organization(organization, page_context),
        product_name: order.description.clone(),
        facts: order_facts(rows, page_context),
        lines: order_lines(rows, page_context),
        total: Line::new(
            page_context.say("amount-due").into_owned(),
            display(due, order.currency, page_context.locale),
        ),
        payment: card::payment_of(asked, keeps, page_context, processor),
        keeps_card: keeps,
        error: None,
        summary: false,
        errors: FieldErrors::default(),
    }
}

/// The receipt of an order that is paid; `payment` is the attempt that paid it, if one did.
pub fn order_receipt(
    organization: &Organization,
    rows: &OrderRows,
    payment: Option<&Payment>,
    page_context: PageContext,
) -> Receipt {
    let order = &rows.order;
    let mut facts = order_facts(rows, page_context);
    let card = payment.and_then(|payment| payment.card.as_ref());
    facts.extend(card.map(|card| Fact {
        label: page_context.say("card").into_owned(),
        value: super::card(&card.0),
    }));
    Receipt {
        title: "order-paid-title",
        product_name: order.description.clone(),
        lines: order_lines(rows, page_context),
        total: Line::new(
            page_context.say("paid").into_owned(),
            display(order.due_amount(), order.currency, page_context.locale),
        ),
        facts,
        email: None,
        what_next: Some(page_context.say("order-paid-body").into_owned()),
        next: website(organization, page_context),
        portal: None,
    }
}

/// Number and date of the order.
pub fn order_facts(rows: &OrderRows, page_context: PageContext) -> Vec<Fact> {
    let order = &rows.order;
    let fact = |id: &str, value: String| Fact {
        label: page_context.say(id).into_owned(),
        value,
    };
    let number = order.invoice_number.clone();
    let mut facts = Vec::from_iter(number.map(|number| fact("order-number", number)));
    let date = money::date(order.created_at, page_context.locale);
    facts.push(fact("order-date", date));
    facts
}

/// Lines of the order, the discount, the taxes, and the balance used.
pub fn order_lines(rows: &OrderRows, page_context: PageContext) -> Vec<Line> {
    let order = &rows.order;
    let words = |amount| display(amount, order.currency, page_context.locale);
    let items = order.items.iter();
    let item = |label: &str, amount| Line::new(label.to_owned(), words(amount));
    let mut lines: Vec<Line> = items.map(|one| item(&one.label, one.amount)).collect();
    if order.discount_amount != 0 {
        let name = rows.discount.as_ref().map(|one| one.brief.name.as_str());
        let label = page_context.with("discount-named", [("name", name.unwrap_or("").into())]);
        lines.push(item(&label, -order.discount_amount));
    }
    let taxes = Taxes {
        tax: order.tax_amount,
        lines: order.tax_breakdown.as_ref().map(|lines| lines.0.as_slice()),
        behavior: order.tax_behavior,
        currency: order.currency,
    };
    lines.extend(taxes.shown(page_context));
    let balance = order.applied_balance_amount;
    if balance != 0 {
        lines.push(Line {
            is_sum: true,
            ..item(&page_context.say("total"), order.total_amount())
        });
        let label = match balance < 0 {
            true => page_context.say("balance-used"),
            false => page_context.say("balance-owed"),
        };
        lines.push(item(&label, balance));
    }
    lines
}
