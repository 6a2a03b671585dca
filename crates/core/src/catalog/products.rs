//! Products and prices: composition, creation, update (docs/behaviour/products.md).

use till_wire::{
    benefits::BenefitVisibility,
    custom_fields::AttachedCustomField,
    money::Currency,
    products::{
        Price, PriceAmount, PriceMeter, PriceSource, PriceType, Product as View, ProductBase,
        ProductPublic, Visibility,
    },
};
use uuid::Uuid;

use crate::{
    catalog::custom_fields::ProductField,
    kernel::records::{
        Benefit, CustomField, CustomerMeter, File, Meter, PriceKind, Product, ProductPrice,
        UsageCharge,
    },
};

mod amount;
mod compose;
mod create;
mod include;
mod update;

pub use compose::{Rules, compose, new_prices, price_row};
pub use create::{ProductReferences, create};
pub use include::include;
pub use update::update;

impl ProductPrice {
    /// The amount that it costs.
    ///
    /// # Panics
    /// On a row that lacks the columns of its kind. None such is read: its columns are checked before.
    pub fn cost(&self) -> PriceAmount {
        self.priced()
            .expect("a price's columns were checked when it was read")
    }

    fn priced(&self) -> Option<PriceAmount> {
        Some(match self.amount_type {
            PriceKind::Fixed => PriceAmount::Fixed {
                price_amount: self.price_amount?,
            },
            PriceKind::Custom => PriceAmount::Custom {
                minimum_amount: self.minimum_amount?,
                maximum_amount: self.maximum_amount,
                preset_amount: self.preset_amount,
            },
            PriceKind::SeatBased => PriceAmount::seats(self.seat_tiers.as_ref()?.0.clone()),
            PriceKind::MeteredUnit => PriceAmount::MeteredUnit {
                unit_amount: self.unit_amount.clone()?,
                cap_amount: self.cap_amount,
                meter_id: self.meter_id?,
                meter: None,
            },
        })
    }

    /// Checks that the row has what its kind needs: a price that cannot be worked out is an error, never 0.
    pub(crate) fn check(&self) -> Result<(), String> {
        let whole = match self.amount_type {
            PriceKind::Fixed => self.price_amount.is_some_and(|amount| amount >= 0),
            PriceKind::Custom => self.minimum_amount.is_some_and(|amount| amount >= 0),
            PriceKind::SeatBased => {
                let tiers = self.seat_tiers.as_ref();
                tiers.is_some_and(|tiers| !tiers.tiers.is_empty())
            }
            PriceKind::MeteredUnit => self.unit_amount.is_some() && self.meter_id.is_some(),
        };
        let kind = self.amount_type.as_str();
        whole
            .then_some(())
            .ok_or_else(|| format!("a {kind} price without what it costs"))
    }

    /// The price as the API shows it.
    pub fn view(&self, product: &Product) -> Price {
        Price {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            source: if self.checkout_id.is_some() {
                PriceSource::AdHoc
            } else {
                PriceSource::Catalog
            },
            amount: self.cost(),
            price_currency: self.currency,
            tax_behavior: self.tax_behavior,
            is_archived: self.is_archived,
            product_id: self.product_id,
            kind: if product.is_recurring() {
                PriceType::Recurring
            } else {
                PriceType::OneTime
            },
            recurring_interval: product.recurring_interval,
        }
    }
}

impl Product {
    /// True for a subscription.
    pub fn is_recurring(&self) -> bool {
        self.recurring_interval.is_some()
    }

    /// The part that every view of it shows.
    pub fn base(&self) -> ProductBase {
        ProductBase {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            name: self.name.clone(),
            description: self.description.clone(),
            visibility: self.visibility,
            recurring_interval: self.recurring_interval,
            recurring_interval_count: self.recurring_interval_count,
            meter_interval: self.meter_interval,
            meter_interval_count: self.meter_interval_count,
            trial_interval: self.trial_interval,
            trial_interval_count: self.trial_interval_count,
            is_recurring: self.is_recurring(),
            is_archived: self.is_archived,
            is_deletable: false,
            organization_id: self.organization_id,
        }
    }
}

/// A product with its prices, archived ones included.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductWithPrices {
    /// The product.
    pub product: Product,
    /// Its prices in the order they are shown; a session's own ones, where they matter, come last.
    pub prices: Vec<ProductPrice>,
    /// The other rows that are shown with it.
    pub parts: Parts,
}

/// The parts of a product besides its prices, each in the product's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parts {
    /// The benefits that the purchase includes.
    pub benefits: Vec<Benefit>,
    /// Pictures.
    pub medias: Vec<File>,
    /// The custom fields that the checkout asks.
    pub fields: Vec<CustomField>,
    /// The meters of its metered prices.
    pub meters: Vec<Meter>,
    /// Usage of the subscriptions that it is read for which is not billed yet.
    pub usage: Vec<UsageCharge>,
    /// The meters of their customers, for what is credited.
    pub credits: Vec<CustomerMeter>,
}

impl ProductWithPrices {
    /// Brings the prices into the order they are shown in.
    pub fn new(product: Product, mut prices: Vec<ProductPrice>) -> Self {
        prices.sort_by_key(|p| (rank(p.amount_type), p.created_at, p.position, p.id));
        Self {
            product,
            prices,
            parts: Parts::default(),
        }
    }

    /// Adds a price that a session has for itself, with its meter if that is among `meters`.
    pub fn add(&mut self, price: ProductPrice, meters: &[Meter]) {
        let known = &mut self.parts.meters;
        let meter = meters.iter().find(|m| Some(m.id) == price.meter_id);
        if let Some(meter) = meter.filter(|m| known.iter().all(|k| k.id != m.id)) {
            known.push(meter.clone());
        }
        self.prices.push(price);
    }

    /// The catalog's prices in use; those of single sessions are not among them.
    pub fn active(&self) -> impl Iterator<Item = &ProductPrice> + Clone {
        self.prices
            .iter()
            .filter(|p| !p.is_archived && p.checkout_id.is_none())
    }

    /// The prices in use in one currency.
    pub fn active_in(&self, currency: Currency) -> impl Iterator<Item = &ProductPrice> + Clone {
        self.active().filter(move |p| p.currency == currency)
    }

    /// The prices in use as the API shows them.
    pub fn price_views(&self) -> Vec<Price> {
        self.active().map(|p| self.price_view(p)).collect()
    }

    /// A price of the product as the API shows it, a metered one with its meter.
    pub fn price_view(&self, price: &ProductPrice) -> Price {
        let mut view = price.view(&self.product);
        if let PriceAmount::MeteredUnit { meter, .. } = &mut view.amount {
            let found = self
                .parts
                .meters
                .iter()
                .find(|m| Some(m.id) == price.meter_id);
            *meter = found.map(|m| PriceMeter {
                id: m.id,
                name: m.name.clone(),
                unit: m.unit,
                custom_label: m.custom_label.clone(),
                custom_multiplier: m.custom_multiplier,
            });
        }
        view
    }

    /// The custom fields as the API shows them, with their place and whether they must be filled in.
    pub fn attached_views(&self) -> Vec<AttachedCustomField> {
        let custom_fields = self.custom_fields();
        let attached = (0..)
            .zip(&custom_fields)
            .map(|(order, one)| AttachedCustomField {
                custom_field_id: one.field.id,
                custom_field: one.field.view(),
                order,
                required: one.required,
            });
        attached.collect()
    }

    /// True where nothing is ever due, in any currency.
    pub fn is_free(&self) -> bool {
        self.active().all(|p| p.cost().is_free())
    }

    /// The custom fields that the checkout asks, in their order, and whether each must be filled in.
    pub fn custom_fields(&self) -> Vec<ProductField<'_>> {
        let attached = &self.product.custom_fields.0;
        attached
            .iter()
            .filter_map(|a| {
                let field = self
                    .parts
                    .fields
                    .iter()
                    .find(|f| f.id == a.custom_field_id)?;
                Some(ProductField {
                    field,
                    required: a.required,
                })
            })
            .collect()
    }

    /// Reason why nobody can buy it now.
    pub fn unsellable(&self) -> Option<&'static str> {
        if self.product.is_archived {
            return Some("This product is archived");
        }
        (self.product.visibility == Visibility::Draft).then_some("This product is a draft")
    }

    /// The product as the API shows it.
    pub fn view(&self) -> View {
        View {
            base: self.product.base(),
            metadata: self.product.metadata.0.clone(),
            prices: self.price_views(),
            benefits: self.parts.benefits.iter().map(Benefit::view).collect(),
            medias: self.parts.medias.iter().map(File::view).collect(),
            attached_custom_fields: self.attached_views(),
        }
    }

    /// The product as sessions and links show it: of its benefits, the public ones alone
    /// (docs/behaviour: benefits/buyers-see-public).
    pub fn public_view(&self) -> ProductPublic {
        let shown = |benefit: &&Benefit| benefit.visibility == BenefitVisibility::Public;
        let benefits = self.parts.benefits.iter().filter(shown);
        ProductPublic {
            base: self.product.base(),
            metadata: Some(self.product.metadata.0.clone()),
            prices: self.price_views(),
            benefits: benefits.map(Benefit::public_view).collect(),
            medias: self.parts.medias.iter().map(File::view).collect(),
        }
    }
}

/// A product that can be bought, else why not.
pub fn sellable(
    offered: &[ProductWithPrices],
    id: Uuid,
) -> Result<&ProductWithPrices, &'static str> {
    let found = offered.iter().find(|o| o.product.id == id);
    let found = found.ok_or("This product does not exist")?;
    found.unsellable().map_or(Ok(found), Err)
}

/// A price that can be bought, with its product; else why not.
pub fn sellable_price(
    offered: &[ProductWithPrices],
    id: Uuid,
) -> Result<(&ProductWithPrices, &ProductPrice), &'static str> {
    let (found, price) = offered
        .iter()
        .find_map(|o| Some((o, o.prices.iter().find(|p| p.id == id)?)))
        .ok_or("This price does not exist")?;
    if price.is_archived {
        return Err("This price is archived");
    }
    found.unsellable().map_or(Ok((found, price)), Err)
}

/// Fixed and custom prices come first, then metered ones, then the rest.
fn rank(kind: PriceKind) -> u8 {
    match kind {
        PriceKind::Fixed | PriceKind::Custom => 0,
        PriceKind::MeteredUnit => 1,
        PriceKind::SeatBased => 2,
    }
}

#[cfg(test)]
mod tests;
