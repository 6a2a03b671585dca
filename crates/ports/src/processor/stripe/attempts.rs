//! Attempts: prepared, confirmed, read and given up; and the card behind a token or a saved method.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::form::Form;
use super::http::StripeError;
use super::outcome::{Standing, standing};
use super::types::{ConfirmationToken, Expandable, Id, Intent, PaymentMethod};
use super::{Stripe, descriptor, outcome};
use crate::processor::{
    Attempt, AttemptKind, CardPreview, Cause, Method, Outcome, Prepared, ProcessorError, Result,
    Source,
};

/// The key in an intent's metadata by which an attempt is recognized.
pub(super) const ATTEMPT_ID: &str = "attempt_id";

/// The longest text that Stripe takes as a description, a name or a value of metadata, in characters.
const TEXT_MAX: usize = 250;

/// The parameter that names the card's expansion: without it only a reference would come.
const EXPAND: (&str, &str) = ("expand[]", "payment_method");

fn refused<T>(cause: impl Into<Cause>) -> Result<T> {
    Err(ProcessorError::Refused(cause.into()))
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

/// The collection that an attempt's intent is in.
fn collection(kind: AttemptKind) -> &'static str {
    match kind {
        AttemptKind::Charge { .. } => "payment_intents",
        AttemptKind::Setup => "setup_intents",
    }
}

/// The collection of the intent with this name; `None` for what is no intent.
pub(super) fn collection_of(reference: &str) -> Option<&'static str> {
    match reference.split_once('_')?.0 {
        "pi" => Some("payment_intents"),
        "seti" => Some("setup_intents"),
        _ => None,
    }
}

impl Stripe {
    pub(super) async fn announce(&self, attempt: &Attempt) -> Result<Prepared> {
        if let AttemptKind::Charge { amount, .. } = attempt.kind
            && amount.minor <= 0
        {
            return refused("an amount must be more than zero");
        }
        let (known, may_be_new) = match &attempt.source {
            Source::Saved { customer, .. } => (Some(customer.clone()), false),
            Source::Token { customer, .. } => (customer.clone(), true),
        };
        let mut customer = match known {
            Some(customer) => customer,
            None => self.new_customer(attempt).await?,
        };
        let mut suffix = attempt
            .statement_suffix
            .as_deref()
            .and_then(descriptor::suffix);
        let mut may_be_new = may_be_new;
        // A customer whom the account does not know is made anew, a descriptor that it does not take is left out; each
        // try is a request of its own.
        for number in 1..=3 {
            let form = intent_form(attempt, &customer, suffix.as_deref());
            let key = format!("{}:pi{number}", attempt.id);
            let made = self
                .client
                .post(&[collection(attempt.kind)], &form, Some(&key))
                .await;
            match made {
                Ok(intent) => return prepared(intent, customer),
                Err(StripeError::Invalid(fault)) if fault.blames("customer") && may_be_new => {
                    may_be_new = false;
                    customer = self.new_customer(attempt).await?;
                }
                Err(StripeError::Invalid(fault))
                    if suffix.is_some() && fault.blames("statement_descriptor_suffix") =>
                {
                    tracing::warn!(%fault, "Stripe did not take the statement descriptor: it is left out");
                    suffix = None;
                }
                Err(StripeError::Invalid(fault))
                    if fault.blames("customer") || fault.is("amount_too_large") =>
                {
                    return refused(fault);
                }
                // The same attempt with another amount or purpose. Preparing moves nothing.
                Err(StripeError::KeyReused(fault)) if fault.status == 400 => {
                    return refused(fault);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ProcessorError::Unavailable(
            "the intent was refused three times".into(),
        ))
    }

    /// A customer at Stripe. An address that Stripe does not take is left out.
    async fn new_customer(&self, attempt: &Attempt) -> Result<String> {
        let form = Form::default()
            .with_some("email", attempt.email.as_deref())
            .with_some("name", attempt.name.as_deref().map(cut));
        let ask = async |form: &Form, key: &str| {
            let key = format!("{}:{key}", attempt.id);
            self.client
                .post::<Id>(&["customers"], form, Some(&key))
                .await
        };
        let made = match ask(&form, "cus").await {
            Err(StripeError::Invalid(fault)) if fault.blames("email") => {
                ask(&form.without("email"), "cus2").await
            }
            made => made,
        };
        Ok(made?.id)
    }

    pub(super) async fn charge_or_keep(
        &self,
        attempt: &Attempt,
        reference: &str,
    ) -> Result<Outcome> {
        let collection = collection(attempt.kind);
        if collection_of(reference) != Some(collection) {
            return refused("no such attempt");
        }
        let key = format!("{}:confirm", attempt.id);
        let path = [collection, reference, "confirm"];
        let confirmed = self
            .client
            .post(&path, &confirmation(attempt), Some(&key))
            .await;
        let given_up = || ProcessorError::Refused("this attempt was given up".into());
        match confirmed {
            Ok(intent) => self.outcome(&intent).await?.ok_or_else(given_up),
            // How the intent stands after a decline is asked for: the answer may be a replay of an hour ago.
            Err(StripeError::Declined(fault)) => {
                let outcome = self.outcome_of(Some(reference)).await?;
                let outcome = outcome.ok_or_else(given_up)?;
                Ok(outcome.of_request(Cause::from(fault).request_id()))
            }
            Err(StripeError::Invalid(fault)) if is_about_state(&fault) => {
                self.outcome_of(Some(reference)).await?.ok_or_else(given_up)
            }
            Err(StripeError::Invalid(fault)) => {
                // Nothing was charged; nobody may charge it later.
                match self.cancel(reference).await? {
                    Some(outcome) => Ok(outcome.of_request(Cause::from(fault).request_id())),
                    None if blames_source(&fault) => refused(fault),
                    None => Err(ProcessorError::Unavailable(fault.into())),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn outcome_of(&self, reference: Option<&str>) -> Result<Option<Outcome>> {
        match self.intent(reference).await? {
            Some(intent) => self.outcome(&intent).await,
            None => Ok(None),
        }
    }

    pub(super) async fn give_up(&self, reference: Option<&str>) -> Result<Option<Outcome>> {
        let Some(intent) = self.intent(reference).await? else {
            return Ok(None);
        };
        match standing(&intent)? {
            Standing::Unconfirmed
            | Standing::Declined
            | Standing::Known(Outcome::RequiresAction { .. }) => self.cancel(&intent.id).await,
            Standing::GivenUp => Ok(None),
            Standing::Known(outcome) => Ok(Some(outcome)),
        }
    }

    /// The intent of that name; `None` for a name of nothing.
    async fn intent(&self, reference: Option<&str>) -> Result<Option<Intent>> {
        let Some((reference, collection)) =
            reference.and_then(|name| Some((name, collection_of(name)?)))
        else {
            return Ok(None);
        };
        let query = Form::default().with(EXPAND.0, EXPAND.1);
        found(self.client.get(&[collection, reference], &query).await)
    }

    /// State of an attempt by its intent; a declined one is cancelled first.
    async fn outcome(&self, intent: &Intent) -> Result<Option<Outcome>> {
        match standing(intent)? {
            Standing::Unconfirmed | Standing::GivenUp => Ok(None),
            Standing::Known(outcome) => Ok(Some(outcome)),
            Standing::Declined => self.cancel(&intent.id).await,
        }
    }

    /// Cancels an intent, so that nobody can pay it any more; how it stands then. It carries no idempotency key: a key
    /// would replay a refusal of earlier, and cancelling twice does no harm.
    async fn cancel(&self, reference: &str) -> Result<Option<Outcome>> {
        let Some(collection) = collection_of(reference) else {
            return refused("no such attempt");
        };
        let form = Form::default().with(EXPAND.0, EXPAND.1);
        let cancelled = self
            .client
            .post(&[collection, reference, "cancel"], &form, None)
            .await;
        let intent = match cancelled {
            Ok(intent) => intent,
            Err(StripeError::Invalid(_)) => match self.intent(Some(reference)).await? {
                Some(intent) => intent,
                None => return Ok(None),
            },
            Err(error) => return Err(error.into()),
        };
        match standing(&intent)? {
            Standing::GivenUp => Ok(None),
            Standing::Known(Outcome::RequiresAction { .. })
            | Standing::Unconfirmed
            | Standing::Declined => {
                let words = format!("the intent {} could not be cancelled", intent.id);
                Err(ProcessorError::Unsure(words.into()))
            }
            Standing::Known(outcome) => Ok(Some(outcome)),
        }
    }

    pub(super) async fn preview(&self, token: &str, now: Timestamp) -> Result<Option<CardPreview>> {
        let asked = self
            .client
            .get(&["confirmation_tokens", token], &Form::default())
            .await;
        let Some(token): Option<ConfirmationToken> = found(asked)? else {
            return Ok(None);
        };
        if token
            .expires_at
            .is_some_and(|expiry| expiry <= now.as_second())
        {
            return Ok(None);
        }
        let Some(preview) = token.payment_method_preview else {
            return Ok(None);
        };
        let name = preview.billing_details.and_then(|details| details.name);
        Ok(preview.card.map(|card| CardPreview {
            brand: card.brand,
            last4: card.last4,
            exp_month: card.exp_month,
            exp_year: card.exp_year,
            fingerprint: card.fingerprint,
            billing_name: name,
            saves_card: Some(token.setup_future_usage.is_some()),
        }))
    }

    pub(super) async fn detach(&self, method: &str) -> Result<()> {
        let path = ["payment_methods", method, "detach"];
        let detached = self.client.post::<Id>(&path, &Form::default(), None).await;
        match detached {
            // One that is unknown, or belongs to nobody any more, is forgotten.
            Ok(_) | Err(StripeError::Invalid(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A saved method as it is now; `None` for one that is unknown or belongs to no customer.
    pub(super) async fn method_named(&self, method: &str) -> Result<Option<Method>> {
        let asked = self
            .client
            .get(&["payment_methods", method], &Form::default())
            .await;
        let found: Option<PaymentMethod> = found(asked)?;
        let kept = found.filter(|method| method.customer.is_some());
        Ok(kept.as_ref().and_then(outcome::method))
    }
}

/// The object, or none where there is none of that name.
pub(super) fn found<T>(asked: Result<T, StripeError>) -> Result<Option<T>> {
    match asked {
        Ok(object) => Ok(Some(object)),
        Err(StripeError::Invalid(fault)) if fault.is("resource_missing") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn prepared(intent: Intent, customer: String) -> Result<Prepared> {
    let named = intent.customer.as_ref().map(Expandable::id);
    let customer = named.map(str::to_owned).unwrap_or(customer);
    let secret = intent.client_secret;
    let client_secret =
        secret.ok_or_else(|| ProcessorError::Unsure("an intent came without a secret".into()))?;
    Ok(Prepared {
        reference: intent.id,
        customer,
        client_secret,
    })
}

/// Fields of an intent.
fn intent_form(attempt: &Attempt, customer: &str, suffix: Option<&str>) -> Form {
    let mut metadata: BTreeMap<String, String> = attempt
        .metadata
        .iter()
        .map(|(key, value)| (key.clone(), cut(value)))
        .collect();
    metadata.insert(ATTEMPT_ID.to_owned(), attempt.id.to_string());
    let form = Form::default()
        .with("customer", customer)
        .with("description", cut(&attempt.description))
        .with("allowed_payment_method_types[]", "card")
        .with_entries("metadata", &metadata);
    let form = match attempt.require_3ds && is_present(&attempt.source) {
        true => form.with(
            "payment_method_options[card][request_three_d_secure]",
            "any",
        ),
        false => form,
    };
    match attempt.kind {
        AttemptKind::Charge { amount, save_card } => form
            .with("amount", amount.minor)
            .with("currency", amount.currency)
            .with_some("setup_future_usage", save_card.then_some("off_session"))
            .with_some("statement_descriptor_suffix", suffix),
        AttemptKind::Setup => form.with("usage", "off_session"),
    }
}

/// True where the buyer can approve the payment.
fn is_present(source: &Source) -> bool {
    !matches!(source, Source::Saved { present: false, .. })
}

fn confirmation(attempt: &Attempt) -> Form {
    let form = Form::default().with(EXPAND.0, EXPAND.1);
    match &attempt.source {
        Source::Token {
            confirmation_token, ..
        } => form
            .with("confirmation_token", confirmation_token)
            .with("return_url", &attempt.return_url),
        Source::Saved {
            method,
            present: true,
            ..
        } => form
            .with("payment_method", method)
            .with("use_stripe_sdk", true)
            .with("return_url", &attempt.return_url),
        Source::Saved {
            method,
            present: false,
            ..
        } => {
            let form = form.with("payment_method", method);
            match attempt.kind {
                AttemptKind::Charge { .. } => form.with("off_session", true),
                AttemptKind::Setup => form,
            }
        }
    }
}

/// True where the intent is further than the request supposed.
fn is_about_state(fault: &super::http::Fault) -> bool {
    fault.is("payment_intent_unexpected_state") || fault.is("setup_intent_unexpected_state")
}

/// True where the card or its token is to blame, not what we ask for. A card that may not be used again is refused
/// without naming a parameter.
fn blames_source(fault: &super::http::Fault) -> bool {
    let param = fault.body.param.as_deref();
    param.is_none_or(|param| param == "confirmation_token" || param.starts_with("payment_method"))
}
