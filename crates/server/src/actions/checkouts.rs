//! Checkout sessions.

use axum::http::StatusCode;
use jiff::Timestamp;
use till_core::{
    checkout::{
        Session,
        open::{self, Origin},
        update::{self, Step},
    },
    kernel::{changes::Changes, records},
};
use till_store::List;
use till_wire::{
    checkouts::{Checkout, CheckoutCreate, CheckoutStatus, CheckoutUpdate, Offer, Writer},
    page::Page,
    products::PriceEntry,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, ids, moment, query, sorting, text, texts, words},
            scope,
        },
        idempotency::IdempotencyGuard,
        limits::{self, CodeAttempt, Network},
    },
    payments::checkouts::{code_attempt, known, locked},
};

pub use crate::payments::checkouts::{
    Confirmation, confirm, current, judge, resume, session, shown,
};

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("expires_at", "expires_at"),
    ("status", "status"),
];

query! {
    /// The query of a list of sessions.
    pub(crate) struct ListQuery {
        /// Filter by the ID of the product selected.
        product_id: Vec<Uuid> = ids(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by status.
        status: Vec<CheckoutStatus> = words::<CheckoutStatus>(),
        /// Search for a part of the customer's e-mail address, in any case.
        query: Option<String> = text(),
        /// Filter by time of creation: only sessions after this time.
        created_after: Option<Timestamp> = moment(),
        /// Filter by time of creation: only sessions before this time.
        created_before: Option<Timestamp> = moment(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists checkout sessions.
pub async fn list(
    caller: &Caller<scope::CheckoutsRead>,
    mut params: Params,
) -> Result<Page<Checkout>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let organization = &caller.organization;
    let list = List::of::<records::Checkout>(organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("product_id", sent.product_id)
        .any_of("customer_id", sent.customer_id)
        .any_of("status", sent.status)
        .later_than("created_at", sent.created_after)
        .before("created_at", sent.created_before)
        .any_of("external_customer_id", sent.external_customer_id)
        .contains_ci("customer_email", sent.query.as_deref())
        .sorted(sent.sorting);
    let (rows, page) = params.page::<records::Checkout>(app, list).await?;
    let sessions = app.store.sessions(organization, rows).await?;
    Ok(page.of(sessions.iter().map(|one| one.merchant_view(&app.urls))))
}

/// Creates a checkout session.
pub async fn create(
    caller: Caller<scope::CheckoutsWrite>,
    guard: &IdempotencyGuard,
    input: CheckoutCreate,
) -> Result<Checkout> {
    let Caller {
        app, organization, ..
    } = caller;
    let app = &app;
    let loaded = load(app, &input, organization).await?;
    let opened = decide(app, input, loaded, Origin::default()).await?;
    app.reply(guard, StatusCode::CREATED, opened, |session| {
        session.merchant_view(&app.urls)
    })
    .await
}

/// Decides on a new session; shared with checkout links, which load for themselves.
pub(crate) async fn decide(
    app: &App,
    input: CheckoutCreate,
    loaded: open::Loaded,
    origin: Origin,
) -> Result<(Session, Changes)> {
    let ctx = app.context_of(&loaded.organization);
    let settings = loaded.organization.settings.tax.clone();
    let mut given = Some((input, loaded));
    app.taxed(&settings, |taxes| {
        // Kept only where the decision may have to be run again.
        let again = settings.enabled.then(|| given.clone()).flatten();
        let (input, loaded) =
            std::mem::replace(&mut given, again).expect("a decision without taxes is run once");
        open::open(input, loaded, origin, &app.urls, taxes, &ctx)
    })
    .await
}

/// The rows that opening depends on.
async fn load(
    app: &App,
    input: &CheckoutCreate,
    organization: records::Organization,
) -> Result<open::Loaded> {
    let (store, id) = (&app.store, organization.id);
    let offered = match &input.offer {
        Offer::Products(ids) => store.offered(id, ids).await?,
        Offer::Product(product) => store.offered(id, &[*product]).await?,
        Offer::Price(price) => store.offered_by_price(id, *price).await?,
    };
    let subscription = match input.subscription_id {
        Some(wanted) => store.subscription(id, wanted).await?,
        None => None,
    };
    let subscription_prices = match &subscription {
        Some(subscription) => store.prices(id, &subscription.price_ids).await?,
        None => Vec::new(),
    };
    let customer = match (
        &subscription,
        input.customer_id,
        &input.external_customer_id,
    ) {
        (Some(subscription), ..) => store.customer(id, subscription.customer_id).await?,
        (None, Some(wanted), _) => store.customer(id, wanted).await?,
        (None, None, Some(external)) => store.customer_by_external_id(id, external).await?,
        (None, None, None) => None,
    };
    let discount = match input.discount_id {
        Some(wanted) => store.discount(id, wanted).await?,
        None => None,
    };
    let meters: Vec<Uuid> = input
        .ad_hoc
        .values()
        .flatten()
        .filter_map(PriceEntry::meter_id)
        .collect();
    let meters = store.meters(id, &meters).await?;
    let subscribers = store.subscribers(id).await?;
    Ok(open::Loaded {
        organization,
        offered,
        customer,
        subscription,
        subscription_prices,
        ip_country: app.country_of(input.customer_ip_address.as_deref()),
        discount,
        meters,
        subscribers,
    })
}

/// Gets a checkout session.
pub async fn get(caller: &Caller<scope::CheckoutsRead>, id: Uuid) -> Result<Checkout> {
    let session = get_session(caller, id).await?;
    Ok(session.merchant_view(&caller.app.urls))
}

/// A checkout session as it is now.
pub async fn get_session(caller: &Caller<scope::CheckoutsRead>, id: Uuid) -> Result<Session> {
    let app = &caller.app;
    let found = app.store.session(&caller.organization, id).await;
    Ok(current(app, found.or_not_found()?).await?.0)
}

/// Changes an open checkout session.
pub async fn update(
    caller: &Caller<scope::CheckoutsWrite>,
    id: Uuid,
    input: CheckoutUpdate,
) -> Result<Checkout> {
    let app = &caller.app;
    let session = app
        .retry_on_conflict(|| async {
            let session = app
                .store
                .session(&caller.organization, id)
                .await
                .or_not_found()?;
            let no_code = CodeAttempt::default();
            change(app, session, &input, Writer::Merchant, &no_code).await
        })
        .await
        .map_err(locked)?;
    Ok(session.merchant_view(&app.urls))
}

/// Decides and commits a change; shared by merchant and client.
async fn change(
    app: &App,
    session: Session,
    input: &CheckoutUpdate,
    writer: Writer,
    code_attempt: &CodeAttempt,
) -> Result<Session> {
    let known = known(app, &session, input, writer, Step::Patch).await?;
    let subscribers = app.store.subscribers(session.organization.id).await?;
    let ctx = app.context_of(&session.organization);
    let (now, mut changes) = app
        .taxed(&session.organization.settings.tax, |taxes| {
            let context = app.checkout_context(&subscribers, taxes, &ctx);
            update::update(&session, input, writer, &known, context)
        })
        .await?;
    code_attempt.give_back(&mut changes);
    app.apply((now, changes)).await
}

/// Changes a session by its client secret. Counted by session, and a discount code by network, too.
pub async fn change_by_secret(
    app: &App,
    secret: &str,
    input: &CheckoutUpdate,
    network: &Network,
) -> Result<Session> {
    let loaded = session(app, secret).await?;
    limits::updating(app, loaded.checkout.id)?;
    let code_attempt = &code_attempt(app, &loaded, input, network).await?;
    let mut loaded = Some(loaded);
    app.retry_on_conflict(|| {
        let loaded = loaded.take();
        async move {
            let session = match loaded {
                Some(session) => session,
                None => session(app, secret).await?,
            };
            change(app, session, input, Writer::Client, code_attempt).await
        }
    })
    .await
    .map_err(locked)
}
