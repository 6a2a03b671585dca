//! A session as merchant and buyer see it (docs/behaviour: checkout/buyers-view).

use till_wire::{
    checkouts::{
        Checkout as MerchantView, CheckoutBase, CheckoutPublic, CheckoutPublicConfirmed,
        CheckoutStatus,
    },
    products::ProductPublic,
};

use super::{Session, totals};
use crate::{
    catalog::products::ProductWithPrices, kernel::urls::PublicUrls, organizations,
    subscriptions::trials,
};

impl Session {
    /// Address to which the buyer goes after paying, with the id filled in.
    pub fn success_url(&self, urls: &PublicUrls) -> String {
        match &self.checkout.success_url {
            Some(url) => url.replace("{CHECKOUT_ID}", &self.checkout.id.to_string()),
            None => urls.confirmation_url(&self.checkout.client_secret),
        }
    }

    fn base(&self, urls: &PublicUrls) -> CheckoutBase {
        let row = &self.checkout;
        let sum = row.terms.totals();
        let form = totals::form(self);
        let selected = self.selected();
        let trial = trials::active(row, &selected.product);
        let mut metadata = row.processor_metadata.0.clone();
        metadata.insert("publishable_key".into(), urls.publishable_key.clone());
        CheckoutBase {
            id: row.id,
            created_at: row.created_at,
            modified_at: row.modified_at,
            payment_processor: "stripe",
            status: row.status,
            client_secret: row.client_secret.clone(),
            url: urls.checkout_url(&row.client_secret),
            expires_at: row.expires_at,
            success_url: self.success_url(urls),
            return_url: row.return_url.clone(),
            embed_origin: row.embed_origin.clone(),
            amount: sum.amount,
            seats: row.terms.seats,
            min_seats: row.min_seats,
            max_seats: row.max_seats,
            units: None,
            min_units: None,
            max_units: None,
            discount_amount: sum.discount,
            net_amount: sum.net,
            subtotal_amount: sum.net,
            tax_amount: sum.tax,
            tax_behavior: row.terms.tax_behavior.map(|b| b.as_str().to_owned()),
            total_amount: sum.total,
            currency: row.terms.currency,
            allow_trial: Some(row.terms.allow_trial),
            active_trial_interval: trial.map(|t| t.0),
            active_trial_interval_count: trial.map(|t| t.1),
            trial_end: row.terms.trial_end,
            organization_id: row.organization_id,
            product_id: row.terms.product_id,
            product_price_id: row.terms.price_id,
            discount_id: row.terms.discount_id,
            discount: self
                .discount
                .as_ref()
                .map(|d| d.brief(self.organization.default_currency)),
            allow_discount_codes: row.allow_discount_codes,
            require_billing_address: row.require_billing_address,
            is_discount_applicable: !self.is_free(),
            is_free_product_price: self.is_free(),
            is_payment_required: form.payment,
            is_payment_setup_required: form.setup,
            is_payment_form_required: form.required(),
            customer_id: row.customer_id,
            is_business_customer: row.buyer.is_business_customer,
            customer_name: row.buyer.customer_name.clone(),
            customer_email: row.buyer.customer_email.clone(),
            customer_ip_address: row.customer_ip_address.clone(),
            customer_billing_name: row.buyer.customer_billing_name.clone(),
            customer_billing_address: row
                .buyer
                .customer_billing_address
                .as_ref()
                .map(|a| a.0.clone()),
            customer_tax_id: row.buyer.customer_tax_id.clone(),
            locale: row.buyer.locale.clone(),
            payment_method_type: row.buyer.payment_method_type.clone(),
            payment_processor_metadata: metadata,
            billing_address_fields: totals::address_fields(row),
            customer_billing_address_fields: totals::address_flags(row),
            products: self
                .offered
                .iter()
                .map(ProductWithPrices::public_view)
                .collect(),
            product: selected.public_view(),
            product_price: selected.price_view(self.price()),
            prices: self
                .offered
                .iter()
                .map(|o| {
                    let list = self.list(o).into_iter();
                    (o.product.id, list.map(|p| o.price_view(p)).collect())
                })
                .collect(),
            attached_custom_fields: selected.attached_views(),
            custom_field_data: row.buyer.custom_field_data.0.clone(),
        }
    }

    /// The session as its merchant sees it.
    pub fn merchant_view(&self, urls: &PublicUrls) -> MerchantView {
        let row = &self.checkout;
        MerchantView {
            base: self.base(urls),
            trial_interval: row.trial_interval,
            trial_interval_count: row.trial_interval_count,
            external_customer_id: row.external_customer_id.clone(),
            customer_external_id: row.external_customer_id.clone(),
            conflicting_external_customer_id: row.conflicting_external_customer_id.clone(),
            subscription_id: row.subscription_id,
            metadata: row.metadata.0.clone(),
            customer_metadata: row.customer_metadata.0.clone(),
        }
    }

    /// The session as its buyer sees it.
    pub fn public_view(&self, urls: &PublicUrls) -> CheckoutPublic {
        let mut base = self.base(urls);
        base.product = base.product.without_metadata();
        let products = std::mem::take(&mut base.products).into_iter();
        base.products = products.map(ProductPublic::without_metadata).collect();
        CheckoutPublic {
            base,
            organization: organizations::public(&self.organization),
        }
    }

    /// The answer to a confirmation, which says `confirmed` whatever has happened since.
    pub fn confirmed_view(
        &self,
        urls: &PublicUrls,
        customer_session_token: Option<String>,
    ) -> CheckoutPublicConfirmed {
        let mut public = self.public_view(urls);
        public.base.status = CheckoutStatus::Confirmed;
        CheckoutPublicConfirmed {
            public,
            customer_session_token,
        }
    }
}
