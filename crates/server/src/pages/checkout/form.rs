//! Fields of the checkout's forms, as text, before anything is judged.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use till_core::kernel::folding::plain;
use uuid::Uuid;

/// The body of `POST /checkout/{client_secret}` (`application/x-www-form-urlencoded`).
///
/// The page sends every field it shows, so for a shown field "absent" and "empty" mean the same; an
/// unticked `is_business_customer` is absent. With [`Intent::Update`] the script leaves the card
/// fields out; a browser without script may send them, and they are to be ignored.
#[derive(Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct CheckoutForm {
    /// The intent of the pressed button: `pay` or `update`.
    pub intent: Option<String>,
    /// The session's version the page was rendered from; guards double submits and the back button.
    pub version: Option<String>,
    /// The total that the person saw, in minor units. Where it is not the total to be charged, show
    /// the page again with the new one instead of charging.
    pub shown_total: Option<String>,
    /// The key of the page's view, by which the same attempt to pay is known again.
    #[serde(rename = "_idempotency_key")]
    pub idempotency_key: Option<String>,
    /// Id of the product that the page showed: amount, seats and answers are of that one.
    pub shown_product: Option<String>,
    /// Id of the chosen product.
    pub product_id: Option<String>,
    /// The amount as typed, in major units (`12.50`); read it with [`super::money::parse`].
    pub amount: Option<String>,
    /// The number of seats, as typed.
    pub seats: Option<String>,
    /// A discount code, as typed.
    pub discount_code: Option<String>,
    /// E-mail of the buyer; absent when it is locked.
    pub customer_email: Option<String>,
    /// Name of the buyer, as on the card.
    pub customer_name: Option<String>,
    /// Sandbox only: card number, may hold spaces.
    pub card_number: Option<String>,
    /// Sandbox only: expiry as `MM / YY`, spaces optional.
    pub card_expiry: Option<String>,
    /// Sandbox only: card security code.
    pub card_cvc: Option<String>,
    /// The token that the processor's card form became; none with the page's own fields.
    pub confirmation_token_id: Option<String>,
    /// Billing country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Billing state: `US-NY` and the like for US and CA, else free text.
    pub state: Option<String>,
    /// Billing address, first line.
    pub line1: Option<String>,
    /// Billing address, second line.
    pub line2: Option<String>,
    /// Billing city.
    pub city: Option<String>,
    /// Billing postal code.
    pub postal_code: Option<String>,
    /// `true` when ticked, else absent.
    pub is_business_customer: Option<String>,
    /// Legal name of the business.
    pub customer_billing_name: Option<String>,
    /// Tax id of the business.
    pub customer_tax_id: Option<String>,
    /// Everything else: answers to custom fields as `custom_field_data.<slug>`.
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

/// The intent of a submitted checkout form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Confirm and charge.
    Pay,
    /// Only save the changes and show the new amounts.
    Update,
    /// One seat fewer.
    Fewer,
    /// One seat more.
    More,
    /// Take the discount out.
    RemoveDiscount,
    /// Go on without a trial.
    NoTrial,
}

impl CheckoutForm {
    /// The intent; anything unknown is the harmless one.
    #[must_use]
    pub fn intent(&self) -> Intent {
        match self.intent.as_deref() {
            Some("pay") => Intent::Pay,
            Some("fewer") => Intent::Fewer,
            Some("more") => Intent::More,
            Some("remove_discount") => Intent::RemoveDiscount,
            Some("no_trial") => Intent::NoTrial,
            _ => Intent::Update,
        }
    }

    /// True where what is typed is typed for this product. A form that does not say which product it
    /// shows is taken to show the session's.
    #[must_use]
    pub fn is_of(&self, product_id: Uuid) -> bool {
        let shown = self.shown_product.as_deref().or(self.product_id.as_deref());
        shown.is_none_or(|shown| shown == product_id.to_string())
    }

    /// The seats as typed, in plain digits as a number's field wants them, unless a button counts them.
    #[must_use]
    pub fn typed_seats(&self) -> Option<String> {
        match self.intent() {
            Intent::Fewer | Intent::More => None,
            _ => self.seats.as_deref().map(plain),
        }
    }

    /// The answer to a custom field, as typed.
    #[must_use]
    pub fn answer(&self, slug: &str) -> Option<&str> {
        let key = format!("custom_field_data.{slug}");
        self.more.get(&key).map(String::as_str)
    }

    /// True where the business box is ticked.
    #[must_use]
    pub fn is_business(&self) -> bool {
        self.is_business_customer.is_some()
    }
}

/// Hand-written so that card numbers cannot reach a log.
impl fmt::Debug for CheckoutForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckoutForm")
            .field("intent", &self.intent)
            .field("version", &self.version)
            .field("product_id", &self.product_id)
            .field("amount", &self.amount)
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}

/// The body of the sandbox's 3-D Secure page: `decision` is `approve` or `refuse`.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct ThreeDsForm {
    /// The answer of the buyer.
    pub decision: Option<String>,
}

impl ThreeDsForm {
    /// True where the payment was approved; anything else is a refusal.
    #[must_use]
    pub fn approved(&self) -> bool {
        self.decision.as_deref() == Some("approve")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_pay_is_an_update() {
        for text in [None, Some(""), Some("PAY"), Some("update")] {
            let form = CheckoutForm {
                intent: text.map(str::to_owned),
                ..CheckoutForm::default()
            };
            assert_eq!(form.intent(), Intent::Update);
        }
        let pay = CheckoutForm {
            intent: Some("pay".into()),
            ..CheckoutForm::default()
        };
        assert_eq!(pay.intent(), Intent::Pay);
    }

    #[test]
    fn card_fields_are_never_printed() {
        let form = CheckoutForm {
            card_number: Some("4242424242424242".into()),
            card_cvc: Some("987".into()),
            card_expiry: Some("12 / 34".into()),
            ..CheckoutForm::default()
        };
        let printed = format!("{form:?}");
        assert!(!printed.contains("4242") && !printed.contains("987") && !printed.contains("34"));
    }
}
