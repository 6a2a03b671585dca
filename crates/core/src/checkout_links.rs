//! Checkout links: permanent addresses that open sessions (docs/behaviour/checkout-links.md).

pub mod sign;
pub mod visit;

use till_wire::{
    checkout_links::{CheckoutLink as View, CheckoutLinkCreate, CheckoutLinkUpdate},
    checkouts::Offer,
    input::{Patch, Problem},
    loc,
};
use uuid::Uuid;

use crate::{
    catalog::products::{self, ProductWithPrices},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{CheckoutLink, Discount, Organization},
        refusal::{Refusal, collected},
        urls::{LINK_PREFIX, PublicUrls},
        values::Json,
    },
    seats,
};

/// A link with the rows its decisions and views need.
#[derive(Debug, Clone)]
pub struct LinkWithProducts {
    /// The link.
    pub link: CheckoutLink,
    /// Its products, in the link's order.
    pub offered: Vec<ProductWithPrices>,
    /// Its discount, unless deleted.
    pub discount: Option<Discount>,
}

impl LinkWithProducts {
    /// Brings the products into the link's order.
    pub fn new(
        link: CheckoutLink,
        offered: Vec<ProductWithPrices>,
        discount: Option<Discount>,
    ) -> Self {
        let place =
            |o: &ProductWithPrices| link.product_ids.iter().position(|id| *id == o.product.id);
        let mut offered: Vec<_> = offered.into_iter().filter(|o| place(o).is_some()).collect();
        offered.sort_by_key(place);
        Self {
            discount: discount.filter(|d| d.deleted_at.is_none()),
            link,
            offered,
        }
    }

    /// The link as the merchant sees it.
    pub fn view(&self, organization: &Organization, urls: &PublicUrls) -> View {
        let link = &self.link;
        let products: Vec<_> = self
            .offered
            .iter()
            .map(ProductWithPrices::public_view)
            .collect();
        let product = products.first().cloned();
        let price = product.as_ref().and_then(|p| p.prices.first().cloned());
        View {
            id: link.id,
            created_at: link.created_at,
            modified_at: link.modified_at,
            organization_id: link.organization_id,
            payment_processor: "stripe",
            client_secret: link.client_secret.clone(),
            url: urls.checkout_link_url(&link.client_secret),
            label: link.label.clone(),
            allow_discount_codes: link.allow_discount_codes,
            require_billing_address: link.require_billing_address,
            discount_id: self.discount.as_ref().map(|d| d.id),
            discount: self
                .discount
                .as_ref()
                .map(|d| d.base(organization.default_currency)),
            seats: link.seats,
            units: None,
            success_url: link.success_url.clone(),
            return_url: link.return_url.clone(),
            trial_interval: link.trial_interval,
            trial_interval_count: link.trial_interval_count,
            metadata: link.metadata.0.clone(),
            require_signature: link.require_signature,
            signing_secret: link.signing_secret.clone(),
            product_id: product.as_ref().map(|p| p.base.id),
            product_price_id: price.as_ref().map(|p| p.id),
            product,
            product_price: price,
            products,
        }
    }
}

/// The rows that a new or changed link depends on, all of the caller's organization.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The wanted products that exist.
    pub offered: Vec<ProductWithPrices>,
    /// The discount that is named, if it exists and is not deleted.
    pub discount: Option<Discount>,
}

/// A new link.
pub fn create(
    input: CheckoutLinkCreate,
    organization: &Organization,
    loaded: Loaded,
    ctx: &DecisionContext,
) -> Result<(LinkWithProducts, Changes), Refusal> {
    let product_ids = chosen(&input.offer, &loaded.offered)?;
    let link = CheckoutLink {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        client_secret: ctx.token(LINK_PREFIX),
        label: input.label,
        product_ids: Json(product_ids),
        allow_discount_codes: input.allow_discount_codes,
        require_billing_address: input.require_billing_address,
        discount_id: input.discount_id,
        seats: input.seats,
        success_url: input.success_url,
        return_url: input.return_url,
        trial_interval: input.trial.map(|(interval, _)| interval),
        trial_interval_count: input.trial.map(|(_, count)| count),
        metadata: Json(input.metadata),
        require_signature: input.require_signature,
        signing_secret: ctx.token("till_cls_"),
        deleted_at: None,
    };
    let link_with_products = LinkWithProducts::new(link, loaded.offered, loaded.discount);
    if let Some(id) = input.discount_id {
        judge_discount(id, &link_with_products)?;
    }
    if let Some(seats) = input.seats {
        judge_seats(seats, &link_with_products.offered)?;
    }
    if let Some(units) = input.units {
        return Err(no_units(units));
    }
    let mut changes = Changes::new();
    changes.insert(&link_with_products.link);
    Ok((link_with_products, changes))
}

/// The products that are sold. Those of other organizations do not exist.
fn chosen(offer: &Offer, offered: &[ProductWithPrices]) -> Result<Vec<Uuid>, Refusal> {
    let ids = match offer {
        Offer::Price(id) => {
            let refuse = |words: &str| {
                let at = loc!["body", "product_price_id"];
                Refusal::field(Problem::value(at, words, id.to_string()))
            };
            let (sold, _) = products::sellable_price(offered, *id).map_err(refuse)?;
            return Ok(vec![sold.product.id]);
        }
        Offer::Products(ids) => ids.clone(),
        Offer::Product(id) => vec![*id],
    };
    judge_products(&ids, offered)?;
    Ok(ids)
}

/// Refuses products that do not exist or are not for sale; all that is wrong is told.
fn judge_products(ids: &[Uuid], offered: &[ProductWithPrices]) -> Result<(), Refusal> {
    let problem = |(i, id): (usize, &Uuid)| {
        Some(Problem::value(
            loc!["body", "products", i],
            products::sellable(offered, *id).err()?,
            id.to_string(),
        ))
    };
    collected(ids.iter().enumerate().filter_map(problem).collect())
}

/// Refuses a discount that does not exist or does not suit every product; when it may be used is judged by each visit.
fn judge_discount(id: Uuid, link_with_products: &LinkWithProducts) -> Result<(), Refusal> {
    let refuse = |words| {
        Refusal::field(Problem::value(
            loc!["body", "discount_id"],
            words,
            id.to_string(),
        ))
    };
    let Some(discount) = link_with_products.discount.as_ref().filter(|d| d.id == id) else {
        return Err(refuse("This discount does not exist"));
    };
    let only = &discount.product_ids;
    match only.is_empty()
        || link_with_products
            .link
            .product_ids
            .iter()
            .all(|p| only.contains(p))
    {
        true => Ok(()),
        false => Err(refuse("This discount does not apply to every product")),
    }
}

/// Refuses a number of seats that not every product sells.
fn judge_seats(wanted: i64, offered: &[ProductWithPrices]) -> Result<(), Refusal> {
    if offered.iter().all(|o| takes_seats(o, wanted)) {
        return Ok(());
    }
    Err(Refusal::field(Problem::value(
        loc!["body", "seats"],
        "Every product must be sold by the seat and allow this number of seats",
        wanted,
    )))
}

fn takes_seats(offered: &ProductWithPrices, wanted: i64) -> bool {
    let range = seats::range(offered.active());
    range.is_some() && seats::judge(range, Some(wanted)).is_ok()
}

/// Refuses units: no product is sold by them.
fn no_units(units: i64) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", "units"],
        "This product is not sold by the unit",
        units,
    ))
}

/// Changes a link (docs/behaviour: checkout-links/change). `loaded` holds the products that the link will have, and
/// the discount that is named, else the one it has.
pub fn update(
    old: &CheckoutLink,
    input: CheckoutLinkUpdate,
    loaded: Loaded,
    ctx: &DecisionContext,
) -> Result<(LinkWithProducts, Changes), Refusal> {
    let mut link = old.clone();
    if let Some(ids) = input.products {
        judge_products(&ids, &loaded.offered)?;
        link.product_ids = Json(ids);
        let recurring = loaded.offered.iter().any(|o| o.product.is_recurring());
        if !recurring {
            (link.trial_interval, link.trial_interval_count) = (None, None);
        }
        let locked = link.seats.filter(|_| !input.seats.is_sent());
        if locked.is_some_and(|n| !loaded.offered.iter().all(|o| takes_seats(o, n))) {
            link.seats = None;
        }
    }
    input.label.apply(&mut link.label);
    if let Some(allow) = input.allow_discount_codes {
        link.allow_discount_codes = allow;
    }
    if let Some(require) = input.require_billing_address {
        link.require_billing_address = require;
    }
    if let Some(require) = input.require_signature {
        link.require_signature = require;
    }
    input.success_url.apply(&mut link.success_url);
    input.return_url.apply(&mut link.return_url);
    match input.trial {
        Patch::Value((interval, count)) => {
            (link.trial_interval, link.trial_interval_count) = (Some(interval), Some(count));
        }
        Patch::Null => (link.trial_interval, link.trial_interval_count) = (None, None),
        Patch::Absent => {}
    }
    if let Some(metadata) = input.metadata {
        link.metadata = Json(metadata);
    }
    let wanted = input.discount_id.as_value().copied();
    input.discount_id.apply(&mut link.discount_id);
    let seats = input.seats.as_value().copied();
    input.seats.apply(&mut link.seats);
    let discount = loaded.discount.filter(|d| Some(d.id) == link.discount_id);
    let mut link_with_products = LinkWithProducts::new(link, loaded.offered, discount);
    if let Some(id) = wanted {
        judge_discount(id, &link_with_products)?;
    }
    if let Some(seats) = seats {
        judge_seats(seats, &link_with_products.offered)?;
    }
    if let Patch::Value(units) = input.units {
        return Err(no_units(units));
    }
    let mut changes = Changes::new();
    changes.revise(old, &mut link_with_products.link, ctx);
    Ok((link_with_products, changes))
}

/// Deletes a link; its sessions stay.
pub fn delete(link: &CheckoutLink, ctx: &DecisionContext) -> Changes {
    let mut deleted = link.clone();
    deleted.deleted_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.update(link, &deleted);
    changes
}
