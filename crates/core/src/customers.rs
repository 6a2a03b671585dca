//! Customers: views, changes, sessions (docs/behaviour/customers.md).

pub mod balance;
pub mod erasure;
pub mod members;
pub mod portal_members;
mod sessions;

pub use sessions::{
    SessionMember, open_session, session_member, session_row, session_token, session_with, unknown,
};

use sha2::{Digest, Sha256};
use till_wire::{
    address::Address,
    customer_state::{CustomerState, StateSubscription},
    customers::{Customer as View, CustomerCreate, CustomerType, CustomerUpdate},
    events::EventType,
    input::{Patch, Problem},
    loc,
    subscriptions::{MeterUsage, SubscriptionStatus},
};
use uuid::Uuid;

use crate::{
    benefits,
    catalog::products::Parts,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        folding::email_key,
        grants::ScopesOf,
        hex::hex,
        job_request::Queue,
        jobs::JobKind,
        records::{
            Benefit, BenefitGrant, Customer, CustomerMember, CustomerMeter, CustomerSeat,
            Organization, ProductPrice, Subscription,
        },
        refusal::{Refusal, collected, no_organization_id},
        values::Json,
        writes::CustomerWrite,
    },
    seats::hold,
    subscriptions::revoke::{self, HeldSubscription},
    tax::ids as tax_id,
    usage::due,
};

/// The job that tells of a changed customer state, once per burst.
pub const STATE_CHANGED_JOB: JobKind<Uuid> =
    JobKind::new("customer_state_changed", Queue::Webhooks);

/// Grants that a state lists at most, the oldest ones; a team has as many as members times benefits.
pub const STATE_GRANTS: i64 = 1_000;
/// Meters that the state of a customer shows, at most: those that were used first.
pub const STATE_METERS: i64 = 1_000;

/// A picture made from the address, as the clients need one.
pub fn avatar_url(email: &str) -> String {
    let hash = hex(&Sha256::digest(email.trim().to_lowercase().as_bytes()));
    format!("https://www.gravatar.com/avatar/{hash}?d=404")
}

impl Customer {
    /// The name on bills: the billing name, else the name.
    pub fn name_on_bills(&self) -> Option<String> {
        self.billing_name.clone().or_else(|| self.name.clone())
    }

    /// The customer as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            metadata: self.metadata.0.clone(),
            external_id: self.external_id.clone(),
            email: self.own_email().map(str::to_owned),
            email_verified: self.email_verified,
            kind: self.kind,
            name: self.name.clone(),
            billing_name: self.name_on_bills(),
            billing_address: self.billing_address.as_ref().map(|a| a.0.clone()),
            tax_id: self.tax_id.clone().zip(self.tax_id_format.clone()),
            locale: self.locale.clone(),
            organization_id: self.organization_id,
            default_payment_method_id: self.default_payment_method_id,
            deleted_at: self.deleted_at,
            first_user_event_at: None,
            avatar_url: avatar_url(&self.email),
        }
    }
}

/// The customer with its active and trialing subscriptions, its live grants, and the meters that it has used; `prices` and
/// `parts` are those of the subscriptions.
pub fn state(
    customer: &Customer,
    subscriptions: &[Subscription],
    prices: &[ProductPrice],
    parts: &Parts,
    grants: &[(BenefitGrant, Benefit)],
    meters: &[CustomerMeter],
) -> CustomerState {
    CustomerState {
        customer: customer.view(),
        active_subscriptions: subscriptions
            .iter()
            .filter(|s| {
                matches!(
                    s.status,
                    SubscriptionStatus::Active | SubscriptionStatus::Trialing
                )
            })
            .map(|s| StateSubscription {
                id: s.id,
                created_at: s.created_at,
                modified_at: s.modified_at,
                metadata: s.metadata.0.clone(),
                custom_field_data: s.custom_field_data.0.clone(),
                status: s.status,
                amount: s.amount,
                currency: s.currency,
                recurring_interval: s.recurring_interval,
                current_period_start: s.current_period_start,
                current_period_end: s.current_period_end,
                trial_start: s.trial_start,
                trial_end: s.trial_end,
                cancel_at_period_end: s.cancel_at_period_end,
                canceled_at: s.canceled_at,
                started_at: s.started_at,
                ends_at: s.ends_at,
                product_id: s.product_id,
                discount_id: s.discount_id,
                price_id: s.price_ids.first().copied(),
                seats: s.seats,
                units: None,
                meters: metered(s, prices, parts),
            })
            .collect(),
        granted_benefits: grants
            .iter()
            .filter_map(|(grant, benefit)| benefits::state_view(grant, benefit))
            .collect(),
        active_meters: meters.iter().map(CustomerMeter::state_view).collect(),
    }
}

fn metered(subscription: &Subscription, prices: &[ProductPrice], parts: &Parts) -> Vec<MeterUsage> {
    let shown = due::shown(subscription, prices, parts).into_iter();
    shown.map(|(usage, _)| usage).collect()
}

impl Changes {
    /// Tells of a customer: the event itself, and a little later its state, once per burst.
    pub fn emit_customer(
        &mut self,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
        kind: EventType,
        customer: &Customer,
    ) -> &mut Self {
        self.emit(subscribers, ctx, kind, customer.id, || customer.view());
        self.state_changed(subscribers, ctx, customer.id)
    }

    /// Writes a new customer with its owner, and tells of both.
    pub fn add_customer(
        &mut self,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
        customer: &Customer,
        owner: &CustomerMember,
    ) -> &mut Self {
        self.insert(customer);
        self.bind_usage(customer, ctx);
        members::insert(owner, self, subscribers, ctx);
        self.emit_customer(subscribers, ctx, EventType::CustomerCreated, customer)
    }

    /// Schedules `customer.state_changed`, if anybody listens.
    pub fn state_changed(
        &mut self,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
        customer_id: Uuid,
    ) -> &mut Self {
        if subscribers.has_subscriber(EventType::CustomerStateChanged) {
            self.job(
                ctx,
                STATE_CHANGED_JOB,
                &format!("{STATE_CHANGED_JOB}:{customer_id}"),
                ctx.now + jiff::SignedDuration::from_secs(1),
                &customer_id,
            );
        }
        self
    }
}

/// A tax id as typed, judged for the address's country.
///
/// Errors: `missing` at `billing_address` without a country, `kind` at `tax_id` if it is not valid there.
pub fn check_tax_id(
    typed: &str,
    address: Option<&Address>,
    (address_key, tax_key): (&'static str, &'static str),
    kind: &'static str,
) -> Result<(String, String), Box<Problem>> {
    let Some(address) = address else {
        return Err(Box::new(Problem::new(
            "missing",
            loc!["body", address_key],
            "A country is required to check the tax ID",
            serde_json::Value::Null,
        )));
    };
    match tax_id::validate(typed, address.country.as_str()) {
        Some((number, format)) => Ok((number, format.as_str().to_owned())),
        None => Err(Box::new(Problem::new(
            kind,
            loc!["body", tax_key],
            format!("This is not a valid tax ID in {}", address.country.name()),
            typed,
        ))),
    }
}

/// Live customers that already hold an e-mail or external id.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    /// Of the e-mail.
    pub by_email: Option<Customer>,
    /// Of the external id.
    pub by_external_id: Option<Customer>,
}

/// A customer row with nothing but its keys.
pub fn blank(
    organization_id: Uuid,
    email: &str,
    external_id: Option<String>,
    ctx: &DecisionContext,
) -> Customer {
    let random = ctx.id();
    let prefix: String = random
        .as_bytes()
        .iter()
        .take(8)
        .map(|b| char::from(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[usize::from(b & 31)]))
        .collect();
    Customer {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id,
        email: email.to_owned(),
        email_key: email_key(email),
        email_verified: false,
        external_id,
        kind: CustomerType::Individual,
        name: None,
        billing_name: None,
        billing_address: None,
        tax_id: None,
        tax_id_format: None,
        locale: None,
        metadata: Json::default(),
        invoice_prefix: prefix,
        invoice_next: 1,
        receipt_next: 1,
        default_payment_method_id: None,
        processor: None,
        processor_reference: None,
        deleted_at: None,
    }
}

fn taken(key: &'static str, value: &str) -> Problem {
    Problem::value(
        loc!["body", key],
        "A customer with this value already exists",
        value,
    )
}

/// A new customer; taken e-mail and external id are reported together.
pub fn create(
    input: CustomerCreate,
    organization: &Organization,
    holders: &Holders,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Customer, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    if let (Some(email), Some(_)) = (&input.email, &holders.by_email) {
        problems.push(taken("email", email));
    }
    if let (Some(external_id), Some(_)) = (&input.external_id, &holders.by_external_id) {
        problems.push(taken("external_id", external_id));
    }
    let named = input.owner.as_ref().map(|owner| owner.email.as_str());
    let reached = input.email.as_deref().or(named).ok_or(Refusal::NotFound)?;
    let mut row = blank(organization.id, reached, input.external_id, ctx);
    row.kind = input.kind;
    if input.email.is_none() {
        row.email_key = members::key_without_address(row.id);
    }
    if let (CustomerType::Individual, Some(email)) = (input.kind, named)
        && email_key(email) != row.email_key
    {
        problems.push(Problem::value(
            loc!["body", "owner", "email"],
            "The e-mail address of an individual's owner is the customer's",
            email,
        ));
    }
    if let Some(typed) = &input.tax_id {
        match check_tax_id(
            typed,
            input.billing_address.as_ref(),
            ("billing_address", "tax_id"),
            "invalid",
        ) {
            Ok((number, format)) => (row.tax_id, row.tax_id_format) = (Some(number), Some(format)),
            Err(problem) => problems.push(*problem),
        }
    }
    collected(problems)?;
    row.name = input.name;
    row.billing_address = input.billing_address.map(Json);
    row.locale = input.locale;
    row.metadata = Json(input.metadata);
    let owner = members::owner_of(&row, input.owner, ctx);
    let mut changes = Changes::new();
    changes.add_customer(subscribers, ctx, &row, &owner);
    Ok((row, changes))
}

/// The address by which a customer is changed: by its external id, some fields are ignored (docs/behaviour: customers/change).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerLookup {
    /// By id.
    ById,
    /// By the merchant's id.
    ByExternalId,
}

/// Changes a customer. An individual's owner has the customer's address; whoever becomes a team has an owner.
pub fn update(
    row: &Customer,
    mut input: CustomerUpdate,
    lookup: CustomerLookup,
    holders: &Holders,
    owner: Option<&CustomerMember>,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Customer, Changes), Refusal> {
    let mut problems = Vec::new();
    let mut new = row.clone();
    if lookup == CustomerLookup::ByExternalId {
        input.external_id = Patch::Absent;
        input.kind = None;
    }
    if let Some(email) = input.email
        && row.own_email() != Some(email.as_str())
        && email_key(&email) != row.email_key
    {
        if holders
            .by_email
            .as_ref()
            .is_some_and(|other| other.id != row.id)
        {
            problems.push(taken("email", &email));
        }
        new.email_key = email_key(&email);
        new.email = email;
        new.email_verified = false;
    }
    match input.external_id {
        Patch::Null if row.external_id.is_some() => problems.push(Problem::value(
            loc!["body", "external_id"],
            "The external ID cannot be removed once it is set",
            serde_json::Value::Null,
        )),
        Patch::Value(id) if row.external_id.as_ref().is_some_and(|set| *set != id) => {
            problems.push(Problem::value(
                loc!["body", "external_id"],
                "The external ID cannot be changed once it is set",
                id,
            ));
        }
        Patch::Value(id) => {
            if holders
                .by_external_id
                .as_ref()
                .is_some_and(|other| other.id != row.id)
            {
                problems.push(taken("external_id", &id));
            }
            new.external_id = Some(id);
        }
        _ => {}
    }
    match input.kind {
        Some(CustomerType::Individual) if row.kind == CustomerType::Team => {
            problems.push(Problem::value(
                loc!["body", "type"],
                "A team cannot become an individual",
                "individual",
            ));
        }
        Some(kind) => new.kind = kind,
        None => {}
    }
    input.name.apply(&mut new.name);
    input.locale.apply(&mut new.locale);
    if let Some(metadata) = input.metadata {
        new.metadata = Json(metadata);
    }
    problems.extend(bill_to(&mut new, input.billing_address, input.tax_id));
    collected(problems)?;
    let mut changes = Changes::new();
    changes.revise(row, &mut new, ctx);
    if row.external_id.is_none() {
        changes.bind_usage(&new, ctx);
    }
    members::follow(&new, owner, ctx, &mut changes);
    if new.kind == CustomerType::Team && owner.is_none() {
        members::insert(
            &members::owner_of(row, None, ctx),
            &mut changes,
            subscribers,
            ctx,
        );
    }
    changes
        .emit_customer(subscribers, ctx, EventType::CustomerUpdated, &new)
        .note_customer(row, &new);
    Ok((new, changes))
}

/// Changes address and tax id of a customer; a tax id is judged for the country of the address. What is wrong with it.
pub(crate) fn bill_to(
    new: &mut Customer,
    billing_address: Option<Address>,
    tax_id: Patch<String>,
) -> Option<Problem> {
    let address_changed = billing_address.is_some();
    if let Some(address) = billing_address {
        new.billing_address = Some(Json(address));
    }
    let typed = match tax_id {
        Patch::Null => {
            (new.tax_id, new.tax_id_format) = (None, None);
            None
        }
        Patch::Value(typed) => Some(typed),
        Patch::Absent if address_changed => new.tax_id.clone(),
        Patch::Absent => None,
    };
    let address = new.billing_address.as_ref().map(|a| &a.0);
    match check_tax_id(&typed?, address, ("billing_address", "tax_id"), "invalid") {
        Ok((number, format)) => {
            (new.tax_id, new.tax_id_format) = (Some(number), Some(format));
            None
        }
        Err(problem) => Some(*problem),
    }
}

/// Deletes a customer: it is gone everywhere at once, its e-mail and external id are free again, its members and
/// sessions are gone, its subscriptions (each with its product) end; with `anonymize` its personal data is replaced, and
/// what other rows say of it is erased by a job. `seats` are those of its members, which are revoked.
pub fn delete(
    row: &Customer,
    (members, seats): (&[CustomerMember], &[CustomerSeat]),
    subscriptions: &[HeldSubscription],
    anonymize: bool,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Changes {
    let mut gone = row.clone();
    gone.deleted_at = Some(ctx.now);
    gone.modified_at = Some(ctx.now);
    if let Some(external_id) = &row.external_id {
        gone.metadata
            .0
            .insert(erasure::EXTERNAL_ID.into(), external_id.clone().into());
    }
    if anonymize {
        gone = gone.anonymized(ctx);
    }
    let mut changes = Changes::new();
    changes
        .update(row, &gone)
        .write(CustomerWrite::DeleteSessions {
            customer_id: row.id,
        });
    hold::revoke_all(seats, &mut changes, subscribers, ctx);
    for member in members {
        members::end(member, &mut changes, subscribers, ctx);
    }
    changes.emit(subscribers, ctx, EventType::CustomerDeleted, row.id, || {
        gone.view()
    });
    if anonymize {
        erasure::ask(row, &mut changes, ctx);
    }
    changes.sync_grants_of(ctx, row.organization_id, ScopesOf::Customer(row.id));
    for held in subscriptions.iter().filter(|held| held.0.is_billable()) {
        revoke::end(held, &gone, &mut changes, subscribers, ctx);
    }
    changes.emit(
        subscribers,
        ctx,
        EventType::CustomerStateChanged,
        row.id,
        || state(&gone, &[], &[], &Parts::default(), &[], &[]),
    );
    changes
}
