//! Drafts: orders that a merchant makes for a customer, and has charged to a saved card (docs/behaviour: orders/drafts).
//!
//! While the card is charged, the draft is pending and has no number: that is how it is told from an order that is due.
//! Whatever ends the charge makes it paid and numbered, or a draft again.

use till_wire::{
    events::EventType,
    input::Problem,
    loc,
    metadata::Metadata,
    money::Currency,
    orders::{BillingReason, OrderCreate, OrderItem, OrderStatus},
    products::PriceAmount,
};

use super::{
    create::{self, Bill, Paid, Sale},
    numbering,
    payment::{self, OrderRows},
    tax::{self, Untaxable},
};
use crate::{
    catalog::{custom_fields, products::ProductWithPrices},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Customer, Order, Organization, Payment, PaymentMethod, ProductPrice},
        refusal::{Refusal, collected, no_organization_id},
        values::Json,
    },
    organizations::capabilities,
    tax::Taxes,
    terms::Terms,
};

/// The rows that a new draft depends on.
#[derive(Debug, Clone)]
pub struct DraftRows {
    /// The merchant.
    pub organization: Organization,
    /// The payer, if it is there.
    pub customer: Option<Customer>,
    /// The product, if it is there.
    pub offered: Option<ProductWithPrices>,
    /// Endpoints that are told.
    pub subscribers: Subscribers,
}

impl OrderRows {
    /// Rows of an order that nothing but its customer and its product belongs to.
    fn of_draft(order: Order, customer: Customer, offered: ProductWithPrices, slug: &str) -> Self {
        Self {
            seats: Default::default(),
            slug: slug.to_owned(),
            order,
            customer,
            offered,
            held: None,
            unpaid: Vec::new(),
            discount: None,
        }
    }
}

/// Makes a draft.
///
/// # Errors
/// `OffSessionChargesNotEnabled` where the merchant has not turned drafts on; else what cannot be charged, at its field.
pub fn create(
    input: &OrderCreate,
    rows: &DraftRows,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<(OrderRows, Changes), Refusal> {
    let organization = &rows.organization;
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    collected(problems)?;
    is_enabled(organization)?;
    let currency = input.currency.unwrap_or(organization.default_currency);
    let sold = price(input, rows.offered.as_ref(), currency);
    let unknown = || {
        vec![refused(
            "customer_id",
            "Customer does not exist",
            input.customer_id,
        )]
    };
    let payer = rows.customer.as_ref().ok_or_else(unknown);
    let amount = input
        .amount
        .map_or(Ok(()), |amount| chargeable(amount, currency));
    let known = together(together(sold, payer), amount);
    let (((offered, price), customer), ()) = known.map_err(Refusal::Invalid)?;
    let answers = &input.custom_field_data;
    let answers = custom_fields::judge(&offered.custom_fields(), answers, false);
    let mut customer = customer.clone();
    let terms = terms(input, price, organization, &customer, taxes)?;
    let sale = Sale {
        organization,
        product: &offered.product,
        terms: &terms,
        bill: Bill {
            name: customer.name_on_bills(),
            address: customer.billing_address.clone(),
            tax_id: customer.tax_id.clone(),
        },
        paid: Paid::Draft,
        applied_balance: 0,
        checkout_id: None,
        subscription_id: None,
        conflicting_external_customer_id: None,
        metadata: Json(input.metadata.clone()),
        custom_field_data: Json(Metadata(answers.map_err(Refusal::Invalid)?)),
    };
    let lines = vec![line(input, offered, price, terms.amount, ctx)];
    // An amount that can be charged adds up, whatever the tax on it.
    let order = create::create(sale, lines, BillingReason::Purchase, &mut customer, ctx)
        .map_err(|mismatch| Refusal::field(refused("amount", &mismatch.0, input.amount)))?;
    let made = OrderRows::of_draft(order, customer, offered.clone(), &organization.slug);
    let (order, mut changes) = (&made.order, Changes::new());
    changes.insert(order);
    let kind = EventType::OrderCreated;
    changes.emit(&rows.subscribers, ctx, kind, order.id, || {
        made.view_of(order)
    });
    Ok((made, changes))
}

/// Both, or the problems of both.
fn together<A, B>(
    a: Result<A, Vec<Problem>>,
    b: Result<B, Vec<Problem>>,
) -> Result<(A, B), Vec<Problem>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.extend(b);
            Err(a)
        }
        (Err(problems), Ok(_)) | (Ok(_), Err(problems)) => Err(problems),
    }
}

fn refused(key: &'static str, words: &str, input: impl serde::Serialize) -> Problem {
    let input = serde_json::to_value(input).unwrap_or_default();
    Problem::value(loc!["body", key], words, input)
}

fn is_enabled(organization: &Organization) -> Result<(), Refusal> {
    let features = &organization.settings.feature_settings.features;
    match features.off_session_charges_enabled {
        true => Ok(()),
        false => Err(Refusal::OffSessionChargesNotEnabled),
    }
}

/// The product, and the fixed price that it has in the currency.
fn price<'a>(
    input: &OrderCreate,
    offered: Option<&'a ProductWithPrices>,
    currency: Currency,
) -> Result<(&'a ProductWithPrices, &'a ProductPrice), Vec<Problem>> {
    let refuse = |words| vec![refused("product_id", words, input.product_id)];
    let offered = offered.ok_or_else(|| refuse("Product does not exist"))?;
    if offered.product.is_recurring() {
        return Err(refuse("Drafts are for one-time products"));
    }
    for price in offered.active() {
        match price.cost() {
            PriceAmount::SeatBased { .. } => {
                return Err(refuse("Products sold by the seat cannot be on a draft"));
            }
            PriceAmount::Custom { .. } => {
                return Err(refuse(
                    "Products whose price the buyer chooses cannot be on a draft",
                ));
            }
            PriceAmount::Fixed { .. } | PriceAmount::MeteredUnit { .. } => {}
        }
    }
    let mut fixed = offered
        .active()
        .filter(|price| price.cost().is_static())
        .peekable();
    if fixed.peek().is_none() {
        return Err(refuse("This product has no fixed price"));
    }
    let price = fixed.find(|price| price.currency == currency);
    let words = "This product has no price in this currency";
    let price = price.ok_or_else(|| vec![refused("currency", words, currency)])?;
    Ok((offered, price))
}

/// Checks that an amount is nothing, or can be charged.
fn chargeable(amount: i64, currency: Currency) -> Result<(), Vec<Problem>> {
    let (least, most) = (currency.min_charge(), currency.max_charge());
    let (kind, words) = match amount {
        0 => return Ok(()),
        amount if amount < least => (
            "greater_than_equal",
            format!("Amount must be 0 or at least {least}"),
        ),
        amount if amount > most => ("less_than_equal", format!("Amount must be at most {most}")),
        amount if amount % currency.charge_step() != 0 => {
            let words = "Amount must be a whole number of the currency's units";
            ("multiple_of", words.to_owned())
        }
        _ => return Ok(()),
    };
    Err(vec![Problem::new(
        kind,
        loc!["body", "amount"],
        words,
        amount,
    )])
}

fn terms(
    input: &OrderCreate,
    price: &ProductPrice,
    organization: &Organization,
    customer: &Customer,
    taxes: &dyn Taxes,
) -> Result<Terms, Refusal> {
    let own = match price.cost() {
        PriceAmount::Fixed { price_amount } => price_amount,
        _ => 0,
    };
    let mut terms = Terms {
        product_id: price.product_id,
        price_id: price.id,
        price_ids: Json::default(),
        amount: input.amount.unwrap_or(own),
        currency: price.currency,
        seats: None,
        discount_id: None,
        discount_amount: 0,
        tax_amount: None,
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    let taxed = tax::add(
        &mut terms,
        price.tax_behavior,
        organization,
        customer,
        taxes,
    );
    let words = match taxed {
        Ok(()) => return Ok(terms),
        Err(Untaxable::NoAddress) => {
            "The tax is not known without the customer's billing address".to_owned()
        }
        Err(Untaxable::Address(words)) => words,
    };
    Err(Refusal::field(refused(
        "customer_id",
        &words,
        input.customer_id,
    )))
}

fn line(
    input: &OrderCreate,
    offered: &ProductWithPrices,
    price: &ProductPrice,
    amount: i64,
    ctx: &DecisionContext,
) -> OrderItem {
    let label = input.description.clone();
    OrderItem {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        label: label.unwrap_or_else(|| offered.product.name.clone()),
        amount,
        tax_amount: 0,
        proration: false,
        product_price_id: Some(price.id),
        start_timestamp: None,
        end_timestamp: None,
    }
}

/// A draft that is finalized.
#[derive(Debug, Clone)]
pub enum Finalized {
    /// Nothing was due: it is paid.
    Free {
        /// The order as it is then.
        order: Box<Order>,
        /// Changes to commit.
        changes: Changes,
    },
    /// It is claimed for this attempt to charge a card.
    Charge {
        /// The attempt, *intended*.
        payment: Box<Payment>,
        /// Changes to commit.
        changes: Changes,
    },
}

/// Claims a draft, and writes down the attempt to charge it to a saved card; `method` is that card, if there is one.
/// Whoever claims it second finds no draft.
///
/// # Errors
/// In this order: `OrderNotDraft`, `OffSessionChargesNotEnabled`, `OrganizationNotReadyForPayments`, and `PaymentFailed`
/// where there is no card.
pub fn finalize(
    rows: &OrderRows,
    organization: &Organization,
    method: Option<&PaymentMethod>,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<Finalized, Refusal> {
    let draft = &rows.order;
    if draft.status != OrderStatus::Draft {
        return Err(Refusal::OrderNotDraft);
    }
    is_enabled(organization)?;
    if !capabilities(organization.status).checkout_payments {
        return Err(Refusal::OrganizationNotReadyForPayments);
    }
    let mut claimed = draft.clone();
    claimed.status = OrderStatus::Pending;
    let mut changes = Changes::new();
    if draft.due_amount() == 0 {
        let order = payment::settle(rows, &claimed, None, &mut changes, subscribers, ctx);
        let order = Box::new(order);
        return Ok(Finalized::Free { order, changes });
    }
    let method = method.filter(|_| rows.customer.deleted_at.is_none());
    let method = method.ok_or_else(no_method)?;
    let payment = payment::saved_card(&claimed, &rows.customer, method, None, ctx);
    changes.update(draft, &claimed);
    payment::begin(&payment, &mut changes, ctx);
    let payment = Box::new(payment);
    Ok(Finalized::Charge { payment, changes })
}

fn no_method() -> Refusal {
    let words = "missing_payment_method: the customer has no such saved payment method.";
    Refusal::PaymentFailed(words.to_owned())
}

/// Reason why a charge of a draft has failed.
pub fn failure(payment: &Payment) -> Refusal {
    match payment.decline_reason.as_deref() {
        Some("authentication_required") => Refusal::PaymentActionRequired,
        _ => {
            let words = payment.decline_message.as_deref();
            let words = words.unwrap_or("The payment was declined.");
            Refusal::PaymentFailed(format!("card_error: {words}"))
        }
    }
}

impl Order {
    /// True for a draft whose card is being charged.
    pub fn is_claimed_draft(&self) -> bool {
        self.status == OrderStatus::Pending && self.invoice_number.is_none()
    }

    /// The draft that it was before its card was charged.
    pub(super) fn unclaimed(&self) -> Order {
        Order {
            status: OrderStatus::Draft,
            ..self.clone()
        }
    }

    /// Gives it its number, unless it has one.
    pub(super) fn number(&mut self, customer: &mut Customer, slug: &str) {
        if self.invoice_number.is_none() {
            self.invoice_number = Some(numbering::next_invoice(customer, slug));
        }
    }
}
