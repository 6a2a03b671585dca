//! Customers: views, changes, sessions (docs/behaviour/customers.md).

pub mod balance;

use sha2::{Digest, Sha256};
use till_wire::{
    address::Address,
    customer_state::{CustomerState, StateSubscription},
    customers::{
        Customer as View, CustomerCreate, CustomerSession as SessionView, CustomerType,
        CustomerUpdate, SessionFor,
    },
    events::EventType,
    input::{Patch, Problem},
    loc,
    subscriptions::{MeterUsage, SubscriptionStatus},
};
use uuid::Uuid;

use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        folding::email_key,
        hex::hex,
        job_request::Queue,
        jobs::JobKind,
        records::{Customer, CustomerSession, Organization, ProductPrice, Subscription},
        refusal::{Refusal, collected, no_organization_id},
        tokens::SecretKey,
        urls::PublicUrls,
        values::Json,
        writes::CustomerWrite,
    },
    subscriptions::revoke::{self, HeldSubscription},
    tax::ids as tax_id,
};

/// The job that tells of a changed customer state, once per burst.
pub const STATE_CHANGED_JOB: JobKind<Uuid> =
    JobKind::new("customer_state_changed", Queue::Webhooks);

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
            email: self.email.clone(),
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

/// The customer with its active and trialing subscriptions; `prices` are those of the
/// subscriptions.
pub fn state(
    customer: &Customer,
    subscriptions: &[Subscription],
    prices: &[ProductPrice],
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
                meters: metered(s, prices),
            })
            .collect(),
        granted_benefits: Vec::new(),
        active_meters: Vec::new(),
    }
}

fn metered(subscription: &Subscription, prices: &[ProductPrice]) -> Vec<MeterUsage> {
    let own = subscription.price_ids.iter();
    own.filter_map(|id| prices.iter().find(|p| p.id == *id)?.meter_id)
        .map(|meter_id| subscription.usage(meter_id))
        .collect()
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
    if input.kind == CustomerType::Team {
        problems.push(Problem::value(
            loc!["body", "type"],
            "Team customers are not supported by this version of Till",
            "team",
        ));
    }
    if holders.by_email.is_some() {
        problems.push(taken("email", &input.email));
    }
    if let (Some(external_id), Some(_)) = (&input.external_id, &holders.by_external_id) {
        problems.push(taken("external_id", external_id));
    }
    let mut row = blank(organization.id, &input.email, input.external_id, ctx);
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
    let mut changes = Changes::new();
    changes
        .insert(&row)
        .emit_customer(subscribers, ctx, EventType::CustomerCreated, &row);
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

/// Changes a customer.
pub fn update(
    row: &Customer,
    mut input: CustomerUpdate,
    lookup: CustomerLookup,
    holders: &Holders,
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
        && email != row.email
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
    if input.kind == Some(CustomerType::Team) {
        problems.push(Problem::value(
            loc!["body", "type"],
            "Team customers are not supported by this version of Till",
            "team",
        ));
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
    changes.emit_customer(subscribers, ctx, EventType::CustomerUpdated, &new);
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

/// Deletes a customer: it is gone everywhere at once, its e-mail and external id are free again, its
/// subscriptions (each with its product) end; with `anonymize` its personal data is replaced.
pub fn delete(
    row: &Customer,
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
            .insert("__external_id".into(), external_id.clone().into());
    }
    if anonymize {
        let hashed = |text: &str| hex(&Sha256::digest(text.as_bytes()));
        gone.email = format!(
            "{}@anonymized.invalid",
            hashed(&format!("{}{}", row.created_at, row.email))
        );
        gone.email_key = gone.email.clone();
        if row.tax_id.is_none() {
            gone.name = row.name.as_deref().map(hashed);
        }
        gone.billing_name = row.billing_name.as_deref().map(hashed);
        gone.billing_address = None;
        gone.metadata
            .0
            .insert("__anonymized_at".into(), ctx.now.to_string().into());
    }
    let mut changes = Changes::new();
    changes
        .update(row, &gone)
        .write(CustomerWrite::DeleteSessions {
            customer_id: row.id,
        })
        .emit(subscribers, ctx, EventType::CustomerDeleted, row.id, || {
            gone.view()
        });
    for held in subscriptions.iter().filter(|held| held.0.is_billable()) {
        revoke::end(held, &gone, &mut changes, subscribers, ctx);
    }
    changes.emit(
        subscribers,
        ctx,
        EventType::CustomerStateChanged,
        row.id,
        || state(&gone, &[], &[]),
    );
    changes
}

/// A key to the customer's portal, good for one hour.
pub fn open_session(
    customer: &Customer,
    slug: &str,
    return_url: Option<String>,
    key: &SecretKey,
    urls: &PublicUrls,
    ctx: &DecisionContext,
) -> (SessionView, Changes) {
    let (row, token) = session_row(customer, return_url, key, ctx);
    let mut changes = Changes::new();
    changes.insert(&row);
    let view = SessionView {
        id: row.id,
        created_at: row.created_at,
        modified_at: None,
        customer_portal_url: urls.portal_url(slug, &token, &customer.email),
        token,
        expires_at: row.expires_at,
        return_url: row.return_url,
        customer_id: customer.id,
        customer: customer.view(),
    };
    (view, changes)
}

/// The session's row, and its token, which is kept nowhere.
pub fn session_row(
    customer: &Customer,
    return_url: Option<String>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (CustomerSession, String) {
    let (token, token_hash) = session_token(key, ctx);
    let row = CustomerSession {
        return_url,
        ..session_with(customer, token_hash, ctx)
    };
    (row, token)
}

/// A new key to a customer's portal, and its digest. It opens nothing before a session has that digest.
pub fn session_token(key: &SecretKey, ctx: &DecisionContext) -> (String, String) {
    let token = ctx.token("polar_cst_");
    let hash = key.digest(&token);
    (token, hash)
}

/// The row of a session, good for one hour of the machine's time, whose key has this digest.
pub fn session_with(
    customer: &Customer,
    token_hash: String,
    ctx: &DecisionContext,
) -> CustomerSession {
    CustomerSession {
        id: ctx.id(),
        created_at: ctx.wall(),
        organization_id: customer.organization_id,
        customer_id: customer.id,
        token_hash,
        expires_at: ctx.wall() + jiff::SignedDuration::from_hours(1),
        return_url: None,
    }
}

/// The answer when the customer of a session is unknown.
pub fn unknown(wanted: &SessionFor) -> Refusal {
    let (key, value) = match wanted {
        SessionFor::Id(id) => ("customer_id", id.to_string()),
        SessionFor::ExternalId(id) => ("external_customer_id", id.clone()),
    };
    Refusal::field(Problem::value(
        loc!["body", key],
        "This customer does not exist",
        value,
    ))
}
