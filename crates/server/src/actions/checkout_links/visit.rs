//! A checkout link that is visited: a session is opened.

use till_core::{
    checkout::open::{self, Origin},
    checkout_links::visit::{self, Query, Turned, Visit, VisitContext},
    kernel::folding::code_key,
};
use till_wire::country::Country;

use crate::{
    actions::checkouts,
    app::App,
    error::{ApiError, Found, Result},
    http::limits::{Guess, Network},
};

impl From<Turned> for ApiError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Unreadable(problems) => Self::unreadable(problems),
            Turned::Unsigned => Self::not_permitted(
                "This link is opened with a signature only, and this visit has none that is right.",
            ),
            Turned::Refused(refusal) => refusal.into(),
        }
    }
}

/// Where a visit comes from.
#[derive(Debug)]
pub struct Visitor {
    /// The network that guesses of discount codes are counted by.
    pub network: Network,
    /// The address, if it is known.
    pub ip_address: Option<String>,
    /// The country of the address, if it is known.
    pub country: Option<Country>,
}

/// Opens the session of a visit; where its page is.
pub async fn visit(app: &App, secret: &str, query: Query, visitor: Visitor) -> Result<String> {
    let (link, organization) = app.store.checkout_link_by_secret(secret).await.found()?;
    let visit = Visit::judge(&link, &organization, query)?;
    let own = organization.id;
    // Not looked up once too many were wrong.
    let guess = match visit.discount_code() {
        Some(_) => Guess::of(app, link.id, &visitor.network).await?,
        None => Guess::default(),
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
    let opening = visit::opening(
        &visit,
        &link,
        &organization,
        &visit_context,
        app.context().now,
    )?;
    let code = visit.discount_code().map(code_key);
    let used = opening.discount.as_ref();
    let is_right = used.is_some_and(|discount| discount.code_key == code);
    let loaded = open::Loaded {
        organization,
        offered: visit_context.offered,
        customer,
        subscription: None,
        subscription_prices: Vec::new(),
        ip_country: visit_context.ip_country,
        discount: opening.discount,
        meters: Vec::new(),
        subscribers,
    };
    let origin = Origin {
        checkout_link_id: Some(link.id),
        selected: Some(opening.selected),
    };
    let (session, mut changes) = checkouts::decide(app, opening.create, loaded, origin).await?;
    if is_right {
        guess.right(&mut changes);
    }
    app.commit(changes).await?;
    let page = app.urls.checkout_url(&session.checkout.client_secret);
    Ok(match opening.rest.is_empty() {
        true => page,
        false => format!("{page}?{}", opening.rest),
    })
}
