//! A checkout link that is visited: a session is opened.

use till_core::{
    checkout::open::{self, Origin},
    checkout_links::visit::{self, Query, Visit, VisitContext, VisitRefusal},
    kernel::folding::code_key,
};
use till_wire::country::Country;

use crate::{
    actions::checkouts,
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::limits::{CodeAttempt, Network},
};

impl From<VisitRefusal> for ApiError {
    fn from(refusal: VisitRefusal) -> Self {
        match refusal {
            VisitRefusal::Unreadable(problems) => Self::unreadable(problems),
            VisitRefusal::Unsigned => Self::not_permitted(
                "This link requires a signed address, and the signature of this visit is missing or wrong.",
            ),
            VisitRefusal::Refused(refusal) => refusal.into(),
        }
    }
}

/// The origin of a visit.
#[derive(Debug)]
pub struct Visitor {
    /// The network that wrong discount codes are counted by.
    pub network: Network,
    /// The address, if it is known.
    pub ip_address: Option<String>,
    /// The country of the address, if it is known.
    pub country: Option<Country>,
}

/// The name by which a link is visited.
#[derive(Debug, Clone, Copy)]
pub enum LinkName<'a> {
    /// Its secret.
    Secret(&'a str),
    /// The beginning of its secret, as its short address has it.
    Short(&'a str),
}

/// Opens the session of a visit; where its page is.
pub async fn visit(
    app: &App,
    name: LinkName<'_>,
    query: Query,
    visitor: Visitor,
) -> Result<String> {
    let found = match name {
        LinkName::Secret(secret) => app.store.checkout_link_by_secret(secret).await,
        LinkName::Short(name) => app.store.checkout_link_by_short_name(name).await,
    };
    let (link, organization) = found.or_not_found()?;
    let visit = Visit::judge(&link, &organization, query, app.embed_hosts(&organization))?;
    let own = organization.id;
    // Not looked up once too many were wrong.
    let attempt = match visit.discount_code() {
        Some(_) => CodeAttempt::count(app, link.id, &visitor.network).await?,
        None => CodeAttempt::default(),
    };
    let customer = async {
        match visit.external_customer_id() {
            Some(id) => app.store.customer_by_external_id(own, id).await,
            None => Ok(None),
        }
    };
    let (offered, discounts, customer, subscribers) = tokio::try_join!(
        app.store.offered(own, &link.product_ids),
        app.store
            .visit_discounts(own, link.discount_id, visit.discount_code()),
        customer,
        app.store.subscribers(own),
    )?;
    let visit_context = VisitContext {
        offered,
        discounts,
        ip_address: visitor.ip_address,
        ip_country: visitor.country,
    };
    let session_to_open = visit::session_to_open(
        &visit,
        &link,
        &organization,
        &visit_context,
        app.now_of(&organization),
    )?;
    let code = visit.discount_code().map(code_key);
    let used = session_to_open.discount.as_ref();
    let is_right = used.is_some_and(|discount| discount.code_key == code);
    let loaded = open::Loaded {
        organization,
        offered: visit_context.offered,
        customer,
        subscription: None,
        subscription_prices: Vec::new(),
        ip_country: visit_context.ip_country,
        discount: session_to_open.discount,
        meters: Vec::new(),
        subscribers,
    };
    let origin = Origin {
        checkout_link_id: Some(link.id),
        selected: Some(session_to_open.selected),
    };
    let (session, mut changes) =
        checkouts::decide(app, session_to_open.create, loaded, origin).await?;
    if is_right {
        attempt.give_back(&mut changes);
    }
    app.commit(changes).await?;
    let page = app.urls.checkout_url(&session.checkout.client_secret);
    Ok(match session_to_open.rest.is_empty() {
        true => page,
        false => format!("{page}?{}", session_to_open.rest),
    })
}
