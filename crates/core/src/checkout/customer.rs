//! The customer of a purchase (docs/behaviour: customers/by-purchase). Customers are made and merged by what
//! succeeded, never by what was only typed; an address alone neither changes a customer nor opens its portal.

use till_wire::{customers::CustomerType, events::EventType};

use super::{CheckoutContext, Session};
use crate::{
    customers::{self, Holders},
    kernel::{
        changes::Changes,
        records::{Checkout, Customer, CustomerMember, Discount, Payment, ProcessorName},
        refusal::Refusal,
    },
    subscriptions::claims::{Person, Upgraded},
};

/// The customers that a confirmation may turn out to be about.
#[derive(Debug, Clone, Default)]
pub struct KnownBuyer {
    /// The session's customer, deleted or not.
    pub linked: Option<Customer>,
    /// Live customers with the buyer's e-mail or the session's external id.
    pub holders: Holders,
    /// The card behind the confirmation, where the decision depends on it.
    pub card_fingerprint: Option<String>,
    /// The key of the budget of declines of the buyer's network, where declines are counted.
    pub network_key: Option<String>,
    /// The processor that the attempt is made with.
    pub processor: ProcessorName,
    /// The discount that the attempt was made with, once one was made.
    pub discount: Option<Discount>,
    /// True where the person or the card has had a trial of the organization, where that matters.
    pub had_trial: bool,
    /// The subscription that the session upgrades, as it is now.
    pub upgraded: Option<Upgraded>,
    /// True where somebody else is buying, or has bought, what may be bought once at a time.
    pub came_late: bool,
}

impl KnownBuyer {
    /// The processor's name for the customer that the merchant named for the session; none for whoever only typed an
    /// address.
    pub(super) fn known_to_processor(&self) -> Option<String> {
        let known = self.linked.as_ref()?;
        known.reference_at(self.processor).map(str::to_owned)
    }
}

/// The buyer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Match<'a> {
    /// The customer that the merchant named for the session.
    Linked(&'a Customer),
    /// A customer with the buyer's e-mail, which anybody can type.
    ByEmail(&'a Customer),
    /// Nobody yet.
    New,
}

impl Match<'_> {
    /// The buyer, for limits by person.
    pub(super) fn person(self, session: &Session) -> Person {
        Person::of(
            session,
            match self {
                Match::Linked(customer) | Match::ByEmail(customer) => Some(customer),
                Match::New => None,
            },
        )
    }
}

/// Finds the customer before money moves; an external id of a customer with another e-mail is refused.
pub fn match_customer<'a>(row: &Checkout, buyer: &'a KnownBuyer) -> Result<Match<'a>, Refusal> {
    if row.customer_id.is_some() {
        return match &buyer.linked {
            // A session that failed after an older version had given it its customer is still only known by e-mail.
            Some(customer) if customer.deleted_at.is_none() => Ok(match row.matched_by_email {
                true => Match::ByEmail(customer),
                false => Match::Linked(customer),
            }),
            _ => Err(Refusal::CheckoutCustomerDeleted),
        };
    }
    if let Some(customer) = &buyer.holders.by_email {
        return Ok(Match::ByEmail(customer));
    }
    if row.external_customer_id.is_some() && buyer.holders.by_external_id.is_some() {
        return Err(Refusal::ExternalIdMismatch);
    }
    Ok(Match::New)
}

/// The external id that the session names and its customer does not have; `None` where they agree.
pub(super) fn conflict(row: &Checkout, customer: &Customer) -> Option<String> {
    row.external_customer_id
        .clone()
        .filter(|named| customer.external_id.as_ref() != Some(named))
}

/// The customer of a purchase that succeeded, written but not yet told of.
#[derive(Debug)]
pub(super) struct Purchaser {
    /// As it is now.
    customer: Customer,
    /// Created or updated; `None` where nothing of it changed.
    event: Option<EventType>,
    /// As it was before it was updated.
    before: Option<Customer>,
    /// The owner of a new customer, written but not yet told of.
    owner: Option<CustomerMember>,
    /// Its rows. They come before the session's, which refers to them.
    pub rows: Changes,
}

impl Purchaser {
    /// The key to the customer's portal, unless the buyer was only recognised by e-mail.
    pub fn open_portal(&mut self, row: &Checkout, context: CheckoutContext<'_>) -> Option<String> {
        if row.matched_by_email {
            return None;
        }
        let (portal, secret) =
            customers::session_row(&self.customer, None, context.key, context.ctx);
        self.rows.insert(&portal);
        Some(secret)
    }

    /// [`Purchaser::open_portal`] for the key that the buyer's browser was given with this digest when the attempt
    /// began.
    fn open_awaited_portal(
        &mut self,
        row: &Checkout,
        token_hash: &str,
        context: CheckoutContext<'_>,
    ) {
        if !row.matched_by_email {
            let hash = token_hash.to_owned();
            let portal = customers::session_with(&self.customer, hash, context.ctx);
            self.rows.insert(&portal);
        }
    }

    /// Tells of the customer where anything of it is new.
    pub fn tell(&self, changes: &mut Changes, context: CheckoutContext<'_>) {
        if let Some(owner) = &self.owner {
            let kind = EventType::MemberCreated;
            changes.emit(
                context.subscribers,
                context.ctx,
                kind,
                owner.customer_id,
                || owner.view(),
            );
        }
        if let Some(event) = self.event {
            changes.emit_customer(context.subscribers, context.ctx, event, &self.customer);
        }
        if let Some(before) = &self.before {
            changes.note_customer(before, &self.customer);
        }
    }
}

/// Makes, merges or only recognises the customer of a free purchase, and links it to the session.
pub(super) fn resolve(
    session: &mut Session,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<Purchaser, Refusal> {
    let matched = match_customer(&session.checkout, buyer)?;
    resolve_as(session, matched, buyer, context)
}

/// [`resolve`] when money has moved, so that no rule may lose the purchase: an external id that somebody took in
/// the meantime is kept as a conflict, and a customer deleted in the meantime is made anew.
pub(super) fn resolve_paid(
    session: &mut Session,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<Purchaser, Refusal> {
    let row = &mut session.checkout;
    let matched = match match_customer(row, buyer) {
        Err(Refusal::ExternalIdMismatch) => Match::New,
        Err(Refusal::CheckoutCustomerDeleted) => {
            row.customer_id = None;
            if row.buyer.customer_email.is_none() {
                row.buyer.customer_email = buyer.linked.as_ref().map(|c| c.email.clone());
            }
            let by_email = buyer.holders.by_email.as_ref();
            by_email.map_or(Match::New, Match::ByEmail)
        }
        other => other?,
    };
    resolve_as(session, matched, buyer, context)
}

/// The processor's name for the customer, among the session's processor metadata: there once the customer is known.
const PROCESSOR_ID: &str = "customer_id";

/// True where the session has the customer of its purchase. One that the merchant named may still have to be merged.
pub fn is_resolved(row: &Checkout) -> bool {
    row.customer_id.is_some() && row.processor_metadata.0.contains_key(PROCESSOR_ID)
}

/// Takes back the customer that an earlier version had found for an earlier attempt: the attempt that begins may find another.
pub(super) fn unlink_customer(row: &mut Checkout) {
    row.processor_metadata.0.remove(PROCESSOR_ID);
}

/// A session whose payment was under way when it was confirmed and has succeeded by now: with its customer, the
/// owner of one that is new, and the changes that come before those of its fulfilment.
pub fn resolve_late(
    session: &Session,
    payment: Option<&Payment>,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<(Session, Customer, Option<CustomerMember>, Changes), Refusal> {
    let mut new = session.clone();
    let mut purchaser = resolve_paid(&mut new, buyer, context)?;
    if let Some(hash) = payment.and_then(|p| p.portal_token_hash.as_ref()) {
        purchaser.open_awaited_portal(&new.checkout, hash, context);
    }
    let mut changes = std::mem::take(&mut purchaser.rows);
    changes.update(&session.checkout, &new.checkout);
    new.checkout.version += 1;
    purchaser.tell(&mut changes, context);
    Ok((new, purchaser.customer, purchaser.owner, changes))
}

fn resolve_as(
    session: &mut Session,
    matched: Match<'_>,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<Purchaser, Refusal> {
    let at = context.ctx;
    let settings = &session.organization.settings;
    let localised = settings.features().checkout_localization_enabled;
    let row = &mut session.checkout;
    let mut rows = Changes::new();
    let (mut owner, mut before) = (None, None);
    let (customer, event) = match matched {
        Match::ByEmail(known) => {
            rows.guard(known);
            row.matched_by_email = true;
            (known.clone(), None)
        }
        Match::Linked(old) => {
            let mut new = merged(old, row, localised);
            let changed = new != *old;
            if changed {
                new.modified_at = Some(at.now);
                rows.update(old, &new);
                new.version += 1;
                before = Some(old.clone());
            } else {
                rows.guard(old);
            }
            (new, changed.then_some(EventType::CustomerUpdated))
        }
        Match::New => {
            let email = row.buyer.customer_email.clone().ok_or(Refusal::NotFound)?;
            let is_free = buyer.holders.by_external_id.is_none();
            let external_id = row.external_customer_id.clone().filter(|_| is_free);
            let blank = customers::blank(row.organization_id, &email, external_id, at);
            let new = merged(&blank, row, localised);
            let owner = owner.insert(customers::members::owner_of(&new, None, at));
            rows.insert(&new).insert(owner).bind_usage(&new, at);
            (new, Some(EventType::CustomerCreated))
        }
    };
    row.customer_id = Some(customer.id);
    row.conflicting_external_customer_id = conflict(row, &customer);
    row.external_customer_id = row
        .external_customer_id
        .take()
        .or_else(|| customer.external_id.clone());
    row.processor_metadata
        .0
        .insert(PROCESSOR_ID.into(), format!("cus_{}", customer.id.simple()));
    Ok(Purchaser {
        customer,
        event,
        before,
        owner,
        rows,
    })
}

/// The customer with what a purchase says of it; nothing is ever cleared here.
fn merged(old: &Customer, row: &Checkout, localised: bool) -> Customer {
    let mut new = old.clone();
    if new.name.is_none() {
        new.name = row
            .buyer
            .customer_billing_name
            .clone()
            .or_else(|| row.buyer.customer_name.clone());
    }
    if row.buyer.customer_billing_name.is_some() {
        new.billing_name = row.buyer.customer_billing_name.clone();
    }
    if row.buyer.customer_billing_address.is_some() {
        new.billing_address = row.buyer.customer_billing_address.clone();
    }
    if row.buyer.customer_tax_id.is_some() {
        new.tax_id = row.buyer.customer_tax_id.clone();
        new.tax_id_format = row.buyer.customer_tax_id_format.clone();
    }
    // A locale that was forced on the session says nothing of the customer (docs/behaviour: checkout/language).
    if localised && row.buyer.locale.is_some() {
        new.locale = row.buyer.locale.clone();
    }
    // Seats are for the members of a team.
    if row.terms.seats.is_some() {
        new.kind = CustomerType::Team;
    }
    for (key, value) in row.customer_metadata.0.iter() {
        new.metadata.0.insert(key.clone(), value.clone());
    }
    new
}
