//! A letter of each kind, in a language: for the example that takes pictures of them, and for the tests of their words.
//! Whoever includes this names the crate `server`.

use jiff::{SignedDuration, Timestamp};
use till_core::{
    customers,
    kernel::{
        context::DecisionContext,
        period,
        records::{
            Content, Customer, Dispute, Invitation, MailKind, Order, Organization, PaymentMethod,
            ProcessorName, Product, Role, Subscription, WebhookEndpoint,
        },
        tokens::SecretKey,
        urls::PublicUrls,
        values::Json,
    },
    organizations,
    people::{
        self,
        sign_in::{INVITATION_LIFE, LINK_LIFE},
    },
};
use till_wire::{
    disputes::DisputeStatus,
    money::Currency,
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::TaxBehaviorOption,
    payments::CardMetadata,
    products::Visibility,
    subscriptions::{SubscriptionChargePreview, SubscriptionStatus},
    values::Interval,
    webhooks::WebhookFormat,
};
use uuid::Uuid;

use super::server::{
    mail::{
        Contested, Expiring, Renewing, Sold, Told, card_expires, disputed, email_change,
        email_changed, endpoint_disabled, invitation, portal_code, renews_soon, sale,
        seat_invitation, sign_in, to_customer,
    },
    pages::words::Locale,
};

/// A letter.
pub(crate) struct Sample {
    /// Name of the letter, for a file's name.
    pub(crate) name: String,
    /// The subject.
    pub(crate) subject: String,
    /// The words.
    pub(crate) content: Content,
}

/// Letters to customers in a language: one of each kind, and those that say something else in some cases.
pub(crate) fn to_customers(locale: Locale) -> Vec<Sample> {
    let shop = Shop::new(locale);
    let kinds = MailKind::ALL.iter().filter(|kind| !is_to_team(**kind));
    let mut all: Vec<Sample> = kinds
        .map(|kind| sample(kind.as_str(), shop.letter(*kind)))
        .collect();
    for (name, kind, change) in variants() {
        let mut other = Shop::new(locale);
        change(&mut other);
        all.push(sample(name, other.letter(kind)));
    }
    all
}

/// Letters to the merchant's people: one of each kind, and those with a link, which are kept nowhere.
pub(crate) fn to_team() -> Vec<Sample> {
    let shop = Shop::new(Locale::En);
    let kinds = MailKind::ALL.iter().filter(|kind| is_to_team(**kind));
    let mut all: Vec<Sample> = kinds
        .map(|kind| sample(kind.as_str(), shop.letter(*kind)))
        .collect();
    let link = "https://till.example/sign-in/link/polar_l_0123456789abcdef".to_owned();
    let url = &shop.urls.public_url;
    all.push(sample("sign_in", sign_in(url, link, LINK_LIFE)));
    let invited = Invitation {
        id: shop.ctx.id(),
        created_at: shop.ctx.now,
        organization_id: shop.organization.id,
        email: "grace@example.com".to_owned(),
        role: Role::Member,
        invited_by: "Ada Lovelace".to_owned(),
        token_hash: None,
        expires_at: shop.ctx.now + INVITATION_LIFE,
    };
    let link = "https://till.example/invitations/polar_i_0123456789abcdef".to_owned();
    let letter = invitation(&shop.organization, &invited, link, INVITATION_LIFE);
    all.push(sample("invitation", letter));
    all
}

fn sample(name: &str, (subject, content): (String, Content)) -> Sample {
    Sample {
        name: name.replace('_', "-"),
        subject,
        content,
    }
}

fn is_to_team(kind: MailKind) -> bool {
    matches!(
        kind,
        MailKind::Sale | MailKind::DisputeOpened | MailKind::EndpointDisabled
    )
}

type Change = fn(&mut Shop);

/// Cases in which a letter says something else.
fn variants() -> [(&'static str, MailKind, Change); 5] {
    [
        (
            "subscription_confirmation.trial",
            MailKind::SubscriptionConfirmation,
            |shop| {
                let end = shop.subscription.current_period_end;
                shop.subscription.trial_end = Some(end);
                shop.subscription.status = SubscriptionStatus::Trialing;
                free(&mut shop.order);
            },
        ),
        (
            "subscription_paused.until",
            MailKind::SubscriptionPaused,
            |shop| {
                shop.subscription.resumes_at = Some(shop.ctx.now + days(90));
            },
        ),
        (
            "order_confirmation.without_email",
            MailKind::OrderConfirmation,
            |shop| {
                shop.organization.email = None;
                shop.organization.avatar_url = None;
                shop.organization.settings.0.brand.color = None;
            },
        ),
        (
            "order_confirmation.discount_and_balance",
            MailKind::OrderConfirmation,
            |shop| {
                shop.discount = Some("Launch & Lunch");
                shop.order.discount_amount = 500;
                shop.order.applied_balance_amount = -250;
            },
        ),
        (
            "order_confirmation.long",
            MailKind::OrderConfirmation,
            |shop| {
                let item = shop.order.items.0[0].clone();
                let labels = [
                    "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9T0U1V2W3X4Y5Z6A1B2C3D4E5F6",
                    "Das vollständige Handbuch der praktischen Buchbinderei für Anfängerinnen und Anfänger, dritte Auflage",
                ];
                shop.order.items.0.extend(labels.map(|label| OrderItem {
                    label: label.to_owned(),
                    amount: 123_456_789,
                    ..item.clone()
                }));
                shop.organization.name =
                    "The Very Long Name of a Small Company of Bookbinders & Sons".to_owned();
            },
        ),
    ]
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn euro() -> Currency {
    "eur".parse().expect("a currency")
}

fn free(order: &mut Order) {
    (order.subtotal_amount, order.net_amount, order.tax_amount) = (0, 0, 0);
    order.items.0[0].amount = 0;
}

/// Everything that letters tell of.
struct Shop {
    ctx: DecisionContext,
    urls: PublicUrls,
    locale: Locale,
    organization: Organization,
    customer: Customer,
    product: Product,
    order: Order,
    subscription: Subscription,
    card: PaymentMethod,
    discount: Option<&'static str>,
}

impl Shop {
    fn new(locale: Locale) -> Self {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a moment");
        let ctx = DecisionContext::new(now, [3; 32]);
        let (owner, _) = people::create("ada@example.com", &ctx);
        let (mut organization, _) = organizations::create("Ada’s Workshop", "ada", &owner, &ctx);
        organization.avatar_url = Some("https://shop.example/logo.svg".to_owned());
        organization.settings.0.brand.color = Some("#7c3aed".to_owned());
        let mut customer = customers::blank(organization.id, "grace@example.com", None, &ctx);
        customer.name = Some("Grace Hopper".to_owned());
        let product = product(&organization, &ctx);
        let subscription = subscription(&customer, &product, &ctx);
        Self {
            urls: PublicUrls {
                public_url: "https://till.example".to_owned(),
                publishable_key: String::new(),
            },
            order: order(&customer, &subscription, &ctx),
            card: card(&customer, &ctx),
            discount: None,
            ctx,
            locale,
            organization,
            customer,
            product,
            subscription,
        }
    }

    /// A letter of this kind. A new kind needs an arm here, and so comes into the tests and the pictures.
    fn letter(&self, kind: MailKind) -> (String, Content) {
        match kind {
            MailKind::OrderConfirmation => self.told(kind, true, false),
            MailKind::SubscriptionConfirmation
            | MailKind::SubscriptionCycled
            | MailKind::SubscriptionCycledAfterTrial
            | MailKind::SubscriptionPastDue => self.told(kind, true, true),
            MailKind::SubscriptionCancellation
            | MailKind::SubscriptionUncanceled
            | MailKind::SubscriptionRevoked
            | MailKind::SubscriptionPaused
            | MailKind::SubscriptionResumed
            | MailKind::SubscriptionUpdated => self.told(kind, false, true),
            MailKind::SubscriptionRenewalReminder
            | MailKind::SubscriptionTrialConversionReminder => self.reminded(kind),
            MailKind::PaymentMethodExpirationReminder => {
                let expiring = Expiring {
                    organization: &self.organization,
                    card: &self.card,
                    locale: self.locale,
                };
                card_expires(&expiring, &self.urls)
            }
            MailKind::PortalCode => {
                let portal = self.urls.portal_page(&self.organization.slug);
                portal_code(&self.organization, "K7Q2ZD", portal, self.locale)
            }
            MailKind::EmailChange => {
                let token = "till_eml_0123456789abcdef";
                let url = self.urls.email_change_url(&self.organization.slug, token);
                email_change(&self.organization, url, self.locale)
            }
            MailKind::EmailChanged => email_changed(&self.organization, self.locale),
            MailKind::SeatInvitation => {
                let token = "till_seat_0123456789abcdef";
                let url = self.urls.seat_url(&self.organization.slug, token);
                seat_invitation(&self.organization, &self.product.name, url, self.locale)
            }
            MailKind::Sale => {
                let sold = Sold {
                    organization: &self.organization,
                    customer: &self.customer,
                    product: &self.product,
                    order: &self.order,
                };
                sale(
                    &sold,
                    "https://till.example/dashboard/ada/orders/1".to_owned(),
                )
            }
            MailKind::DisputeOpened => {
                let dispute = self.dispute();
                let contested = Contested {
                    organization: &self.organization,
                    customer: &self.customer,
                    dispute: &dispute,
                };
                let url = "https://till.example/dashboard/ada/disputes/1".to_owned();
                disputed(&contested, url)
            }
            MailKind::EndpointDisabled => {
                let url = "https://till.example/dashboard/ada/developers/webhooks/1".to_owned();
                endpoint_disabled(&self.organization, &self.endpoint(), url)
            }
        }
    }

    fn told(&self, kind: MailKind, of_order: bool, of_subscription: bool) -> (String, Content) {
        let told = Told {
            organization: &self.organization,
            product: &self.product,
            order: of_order.then_some(&self.order),
            subscription: of_subscription.then_some(&self.subscription),
            discount: self.discount,
            locale: self.locale,
        };
        let key = SecretKey::new([7; 32]);
        to_customer(kind, &told, &self.urls, &key).expect("a letter to customers")
    }

    fn reminded(&self, kind: MailKind) -> (String, Content) {
        let charge = SubscriptionChargePreview {
            base_amount: 2_400,
            metered_amount: 0,
            proration_amount: 0,
            prorations: Vec::new(),
            subtotal_amount: 2_400,
            discount_amount: 0,
            net_amount: 2_400,
            tax_amount: 456,
            total_amount: 2_856,
            applied_balance_amount: 0,
            due_amount: 2_856,
        };
        let renewing = Renewing {
            organization: &self.organization,
            product: &self.product,
            subscription: &self.subscription,
            charge: &charge,
            locale: self.locale,
        };
        renews_soon(kind, &renewing, &self.urls)
    }

    fn dispute(&self) -> Dispute {
        Dispute {
            id: self.ctx.id(),
            created_at: self.ctx.now,
            modified_at: None,
            version: 1,
            organization_id: self.organization.id,
            payment_id: self.ctx.id(),
            order_id: self.order.id,
            customer_id: self.customer.id,
            processor: ProcessorName::Sandbox,
            reference: "du_1".to_owned(),
            status: DisputeStatus::NeedsResponse,
            amount: 2_400,
            tax_amount: 456,
            currency: euro(),
            reason: Some("product_not_received".to_owned()),
            evidence_due_by: Some(self.ctx.now + days(14)),
            opened_at: self.ctx.now,
        }
    }

    fn endpoint(&self) -> WebhookEndpoint {
        WebhookEndpoint {
            id: self.ctx.id(),
            created_at: self.ctx.now,
            modified_at: None,
            version: 1,
            organization_id: self.organization.id,
            url: "https://shop.example/hooks/till?source=subscriptions".to_owned(),
            name: Some("Warehouse".to_owned()),
            format: WebhookFormat::Raw,
            secret: String::new(),
            events: Json(Vec::new()),
            enabled: false,
            deleted_at: None,
        }
    }
}

fn product(organization: &Organization, ctx: &DecisionContext) -> Product {
    Product {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        name: "Пиво & Brot".to_owned(),
        description: None,
        visibility: Visibility::Public,
        recurring_interval: Some(Interval::Year),
        recurring_interval_count: Some(1),
        is_archived: false,
        metadata: Json::default(),
        trial_interval: None,
        trial_interval_count: None,
        meter_interval: None,
        meter_interval_count: None,
        benefit_ids: Json::default(),
        media_ids: Json::default(),
        custom_fields: Json::default(),
    }
}

fn subscription(customer: &Customer, product: &Product, ctx: &DecisionContext) -> Subscription {
    let anchor_day = period::anchor(ctx.now);
    let end = period::end(ctx.now, Interval::Year, 1, anchor_day);
    Subscription {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: product.organization_id,
        customer_id: customer.id,
        product_id: product.id,
        checkout_id: None,
        payment_method_id: None,
        status: SubscriptionStatus::Active,
        amount: 2_400,
        base_amount: 2_400,
        currency: euro(),
        recurring_interval: Interval::Year,
        recurring_interval_count: 1,
        anchor_day,
        started_at: Some(ctx.now),
        current_period_start: ctx.now,
        current_period_end: end,
        cancel_at_period_end: false,
        canceled_at: None,
        ends_at: None,
        ended_at: None,
        price_ids: Json::default(),
        metadata: Json::default(),
        discount_id: None,
        discount_applied_at: None,
        seats: Some(12),
        trial_start: None,
        trial_end: None,
        tax_behavior: Some(TaxBehaviorOption::Exclusive),
        custom_field_data: Json::default(),
        past_due_at: None,
        pause_at_period_end: false,
        paused_at: None,
        resumes_at: None,
        customer_cancellation_reason: None,
        customer_cancellation_comment: None,
        pending_update: None,
        attempt_id: None,
        next_due_at: None,
        meter_interval: None,
        meter_interval_count: None,
        meter_period_start: None,
    }
}

fn order(customer: &Customer, subscription: &Subscription, ctx: &DecisionContext) -> Order {
    let item = OrderItem {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        label: "Пиво & Brot".to_owned(),
        amount: 2_400,
        tax_amount: 456,
        proration: false,
        product_price_id: None,
        start_timestamp: Some(subscription.current_period_start),
        end_timestamp: Some(subscription.current_period_end),
    };
    Order {
        // The link to pay on is made of it.
        id: Uuid::from_u128(7),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        product_id: subscription.product_id,
        price_id: None,
        subscription_id: Some(subscription.id),
        checkout_id: None,
        status: OrderStatus::Paid,
        billing_reason: BillingReason::SubscriptionCreate,
        conflicting_external_customer_id: None,
        currency: euro(),
        subtotal_amount: 2_400,
        discount_amount: 0,
        net_amount: 2_400,
        tax_amount: 456,
        refunded_amount: 0,
        refunded_tax_amount: 0,
        applied_balance_amount: 0,
        next_payment_attempt_at: None,
        failed_payments: 0,
        billing_name: None,
        billing_address: None,
        tax_id: None,
        invoice_number: Some("ADA-AAAAAAAB-0001".to_owned()),
        receipt_number: None,
        invoice_digest: None,
        receipt_digest: None,
        credit_notes: 0,
        description: String::new(),
        items: Json(vec![item]),
        metadata: Json::default(),
        discount_id: None,
        seats: None,
        tax_behavior: Some(TaxBehaviorOption::Exclusive),
        tax_breakdown: None,
        custom_field_data: Json::default(),
        settles_usage: false,
    }
}

fn card(customer: &Customer, ctx: &DecisionContext) -> PaymentMethod {
    PaymentMethod {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        processor: ProcessorName::Sandbox,
        customer_reference: None,
        reference: "pm_1".to_owned(),
        kind: "card".to_owned(),
        card: Json(CardMetadata {
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            exp_month: 12,
            exp_year: 2026,
            wallet: None,
        }),
    }
}
