//! Discounts as the API shows them (docs/behaviour: api/older-clients).

use till_wire::{
    discounts::{
        Discount as View, DiscountBase, DiscountBrief, DiscountDuration, DiscountLasting,
        DiscountProduct, DiscountType, DiscountValue,
    },
    money::Currency,
};

use crate::kernel::records::{Discount, Product};

impl Discount {
    /// The value that it takes off. A fixed discount's single amount is that in the organization's default currency,
    /// else its first.
    pub fn value(&self, default_currency: Currency) -> DiscountValue {
        match self.kind {
            DiscountType::Percentage => DiscountValue::Percentage {
                basis_points: self.share(),
            },
            DiscountType::Fixed => {
                let (currency, amount) = self
                    .shown_amount(default_currency)
                    .expect("a discount's columns were checked when it was read");
                DiscountValue::Fixed {
                    amount,
                    currency,
                    amounts: self.amounts.clone().unwrap_or_default().0,
                }
            }
        }
    }

    /// The amount that stands for all of a fixed discount's, where only one can be shown.
    pub fn shown_amount(&self, default_currency: Currency) -> Option<(Currency, i64)> {
        let amounts = &self.amounts.as_ref()?.0;
        let shown = amounts.get_key_value(&default_currency);
        let (currency, amount) = shown.or_else(|| amounts.first_key_value())?;
        Some((*currency, *amount))
    }

    /// For how long.
    pub fn lasting(&self) -> DiscountLasting {
        match self.duration {
            DiscountDuration::Once => DiscountLasting::Once,
            DiscountDuration::Forever => DiscountLasting::Forever,
            DiscountDuration::Repeating => DiscountLasting::Repeating {
                duration_in_months: self.months(),
            },
        }
    }

    /// The discount as a session shows it.
    pub fn brief(&self, default_currency: Currency) -> DiscountBrief {
        DiscountBrief {
            id: self.id,
            name: self.name.clone(),
            code: self.code.clone(),
            value: self.value(default_currency),
            lasting: self.lasting(),
        }
    }

    /// The discount as orders and subscriptions show it.
    pub fn base(&self, default_currency: Currency) -> DiscountBase {
        DiscountBase {
            brief: self.brief(default_currency),
            created_at: self.created_at,
            modified_at: self.modified_at,
            metadata: self.metadata.0.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            max_redemptions: self.max_redemptions,
            max_redemptions_per_customer: self.max_redemptions_per_customer,
            redemptions_count: self.redemptions_count,
            organization_id: self.organization_id,
        }
    }

    /// The discount as the API shows it, with those of its products among `known`, in its order.
    pub fn view(&self, default_currency: Currency, known: &[Product]) -> View {
        let product = |id: &uuid::Uuid| {
            let product = known.iter().find(|p| p.id == *id)?;
            Some(DiscountProduct {
                base: product.base(),
                metadata: product.metadata.0.clone(),
            })
        };
        View {
            base: self.base(default_currency),
            products: self.product_ids.iter().filter_map(product).collect(),
        }
    }
}
