//! The hosted page where a processor's own form takes the card: what it loads, what it is told, and the bank's question.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use till_ports::processor::{
    Answer as Told, Attempt, CardForm, Outcome, PaymentElement, Processor,
};
use till_testkit::{Alter, Altered, Answer, Till, both};
use uuid::Uuid;

const ADA: &str = "ada@example.com";
const ASKS: &str = "pm_card_authenticationRequired";
const STRIPE: &str = "https://js.stripe.com";
const WAITS: &str = "id=\"challenge\"";

/// The sandbox's books behind Stripe's form: cards come as tokens, and the bank asks on the page.
struct Elements(Arc<dyn Processor>);

impl Alter for Elements {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.0
    }
    fn card_form(&self) -> CardForm {
        let script = format!("{STRIPE}/endive/stripe.js");
        let methods = vec!["card".to_owned()];
        let element = PaymentElement::new("pk_test_1", script, "https://api.stripe.com", methods);
        CardForm::PaymentElement(element)
    }
    fn confirm<'a>(
        &'a self,
        attempt: &'a Attempt,
        reference: &'a str,
        now: Timestamp,
    ) -> Told<'a, Outcome> {
        Box::pin(async move {
            let mut outcome = self.0.confirm(attempt, reference, now).await?;
            if let Outcome::RequiresAction { action_url, .. } = &mut outcome {
                *action_url = None;
            }
            Ok(outcome)
        })
    }
}

/// A bank whose question never ends by itself.
struct Patient(Arc<dyn Processor>);

impl Alter for Patient {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.0
    }
    fn retrieve<'a>(
        &'a self,
        attempt_id: Uuid,
        reference: Option<&'a str>,
        now: Timestamp,
    ) -> Told<'a, Option<Outcome>> {
        Box::pin(async move {
            let told = self.0.retrieve(attempt_id, reference, now).await?;
            Ok(told.map(|outcome| match outcome {
                Outcome::Failed { .. } => Outcome::RequiresAction {
                    client_secret: String::new(),
                    action_url: None,
                },
                outcome => outcome,
            }))
        })
    }
}

fn with_element(t: &Till) -> Till {
    t.another(|app| {
        app.processor = Arc::new(Altered(Elements(app.processor.clone())));
        app.sandbox = None;
    })
}

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

fn done(checkout: &Value) -> String {
    format!("{}/confirmation", at(checkout))
}

async fn pay(t: &Till, checkout: &Value, token: &str) -> Answer {
    pay_as(t, checkout, token, ADA).await
}

async fn pay_as(t: &Till, checkout: &Value, token: &str, email: &str) -> Answer {
    let fields = [
        ("intent", "pay"),
        ("customer_email", email),
        ("country", "FR"),
        ("confirmation_token_id", token),
    ];
    t.form(&at(checkout), &fields, &[]).await
}

async fn asked_by_bank(t: &Till, product: &Value) -> Value {
    let checkout = t.checkout_for(product).await;
    let paid = pay(t, &checkout, ASKS).await;
    assert_eq!(
        (paid.status.as_u16(), paid.header("location")),
        (303, &*done(&checkout))
    );
    checkout
}

/// The bank's customer decides, and the processor tells nobody.
async fn decide(t: &Till, checkout: &Value, approve: bool) {
    let secret = t.attempt(checkout).await.client_secret.unwrap();
    let sandbox = t.app.sandbox.as_ref().unwrap();
    let now = t.app.clock.now();
    sandbox
        .authenticate(&secret, approve, now)
        .await
        .unwrap()
        .unwrap();
}

fn policy(page: &Answer) -> String {
    page.header("content-security-policy").to_owned()
}

/// The options that the page gives to Stripe's script.
fn intent(page: &Answer) -> Option<Value> {
    let text = page.text();
    let (_, rest) = text.split_once("<data id=\"intent\" value=\"")?;
    let (value, _) = rest.split_once('"').unwrap();
    let value = value.replace("&#34;", "\"").replace("&quot;", "\"");
    Some(serde_json::from_str(&value).unwrap())
}

both! {
    async fn the_page_loads_from_stripe_where_stripe_takes_the_card_and_nowhere_else(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let own = t.page(&at(&checkout)).await;
        assert!(!own.text().to_lowercase().contains("stripe"));
        assert!(policy(&own).contains("script-src 'self';") && !policy(&own).contains("frame-src"), "{}", policy(&own));
        let s = with_element(t);
        let page = s.page(&at(&checkout)).await;
        for words in ["data-key=\"pk_test_1\"", "data-script=\"https://js.stripe.com/endive/stripe.js\"", "/assets/checkout-stripe.", "id=\"payment-element\"",
            "name=\"confirmation_token_id\"", "Card payments need JavaScript."] {
            assert!(page.text().contains(words), "{words}");
        }
        assert!(!page.text().contains("card_number"));
        for part in ["default-src 'none';", "script-src 'self' https://js.stripe.com https://*.js.stripe.com;", "connect-src 'self' https://api.stripe.com;",
            "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;", "style-src 'self';", "frame-ancestors 'none'"] {
            assert!(policy(&page).contains(part), "{part} in {}", policy(&page));
        }
        assert!(!policy(&page).contains("unsafe"));
        // Other pages of the same server have nothing to do with Stripe.
        for path in ["/", "/nowhere", "/checkout/polar_c_nope"] {
            assert!(!policy(&s.page(path).await).contains("stripe"), "{path}");
        }
    }

    async fn the_element_is_told_what_the_attempt_will_ask_for(t: &mut Till) {
        let s = with_element(t);
        let (book, plan) = (t.product().await, t.monthly().await);
        let trial = t.post("/v1/products/", json!({"name": "Trial", "recurring_interval": "month", "trial_interval": "week", "trial_interval_count": 2,
            "prices": [{"amount_type": "fixed", "price_amount": 700}]})).await.created();
        for (product, wanted) in [(&book, json!(["payment", 3000, null])), (&plan, json!(["payment", 1000, "off_session"])), (&trial, json!(["setup", null, null]))] {
            let checkout = t.checkout_with(product, json!({"locale": "pt"})).await;
            let told = intent(&s.page(&at(&checkout)).await).unwrap();
            assert_eq!(json!([told["mode"], told["amount"], told["setupFutureUsage"]]), wanted);
            assert_eq!((&told["currency"], &told["allowedPaymentMethodTypes"], &told["locale"]), (&json!("usd"), &json!(["card"]), &json!("pt-BR")));
            let buyer = format!("{}@example.com", product["name"].as_str().unwrap());
            assert_eq!(pay_as(&s, &checkout, "pm_card_visa", &buyer).await.status, 303);
            let attempt = t.attempt(&checkout).await;
            assert_eq!((attempt.amount, attempt.state.as_str()), (told["amount"].as_i64().unwrap_or(0), "succeeded"));
            s.catch_up().await;
            t.advance(Duration::from_secs(1));
        }
    }

    async fn a_free_purchase_needs_no_card_and_a_paid_one_is_not_made_without(t: &mut Till) {
        let s = with_element(t);
        let free = t.checkout_for(&t.priced(json!([{"amount_type": "free"}])).await).await;
        let page = s.page(&at(&free)).await;
        assert!(intent(&page).is_none());
        assert!(page.text().contains("id=\"card\"") && page.text().contains(" hidden>"), "{}", page.text());
        assert_eq!(pay(&s, &free, "").await.status, 303);
        s.catch_up().await;
        assert_eq!(t.reload(&free).await["status"], "succeeded");
        let paid = t.checkout_for(&t.product().await).await;
        let again = pay(&s, &paid, " ").await;
        assert_eq!(again.status, 200);
        assert!(again.text().contains("Enter your card details."), "{}", again.text());
        assert!(t.payments(&paid).await.is_empty());
        for (token, words) in [("pm_card_chargeDeclinedIncorrectCvc", "The security code is wrong."), ("pm_card_chargeDeclined", "Your card was declined.")] {
            assert!(pay(&s, &paid, token).await.text().contains(words), "{token}");
        }
        assert_eq!(pay(&s, &paid, "pm_card_visa").await.status, 303);
        s.catch_up().await;
        assert_eq!(t.orders(&paid).await.len(), 1);
    }

    async fn the_bank_asks_on_the_confirmation_page_and_only_the_processor_says_how_it_ended(t: &mut Till) {
        let (s, product) = (with_element(t), t.product().await);
        for approve in [true, false] {
            let checkout = asked_by_bank(&s, &product).await;
            let secret = t.attempt(&checkout).await.client_secret.unwrap();
            let page = s.page(&done(&checkout)).await;
            for words in [WAITS, &format!("data-secret=\"{secret}\""), "Use another card", "/assets/checkout-stripe."] {
                assert!(page.text().contains(words), "{words} in {}", page.text());
            }
            assert!(policy(&page).contains("script-src 'self' https://js.stripe.com"));
            // Whoever writes an address says nothing about money.
            let claimed = s.page(&format!("{}?theme=dark&payment_intent=pi_1&payment_intent_client_secret=x&redirect_status=succeeded", done(&checkout))).await;
            assert_eq!((claimed.status.as_u16(), claimed.header("location")), (303, &*format!("{}?theme=dark", done(&checkout))));
            assert!(s.page(&done(&checkout)).await.text().contains(WAITS));
            decide(t, &checkout, approve).await;
            let back = s.page(&format!("{}?redirect_status=failed", done(&checkout))).await;
            assert_eq!(back.header("location"), done(&checkout));
            s.catch_up().await;
            let after = s.page(&done(&checkout)).await;
            assert!(!after.text().contains(WAITS) && !policy(&after).contains("stripe"));
            match approve {
                true => assert!(after.text().contains("Thank you for your order")),
                false => assert!(after.text().contains("did not approve the payment"), "{}", after.text()),
            }
            assert_eq!(t.reload(&checkout).await["status"], if approve { "succeeded" } else { "open" });
            t.advance(Duration::from_secs(1));
        }
    }

    async fn another_card_gives_up_the_payment_that_waits_for_the_bank(t: &mut Till) {
        let (s, product) = (with_element(t), t.product().await);
        for buyer in [&s, &*t] {
            let checkout = match std::ptr::eq(buyer, &s) {
                true => asked_by_bank(&s, &product).await,
                false => {
                    let checkout = t.checkout_for(&product).await;
                    t.confirm(&checkout, json!({"customer_email": ADA, "customer_billing_address": {"country": "FR"}, "confirmation_token_id": ASKS})).await.ok();
                    assert!(t.page(&done(&checkout)).await.text().contains("Use another card"));
                    checkout
                }
            };
            let first = t.attempt(&checkout).await;
            let another = format!("{}/another-card", at(&checkout));
            let answer = buyer.form(&format!("{another}?theme=dark"), &[], &[]).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*format!("{}?theme=dark", at(&checkout))));
            assert_eq!(t.reload(&checkout).await["status"], "open");
            // The bank's window may still be open in another tab.
            let sandbox = t.app.sandbox.as_ref().unwrap();
            sandbox.authenticate(&first.client_secret.unwrap(), true, t.app.clock.now()).await.unwrap();
            buyer.catch_up().await;
            assert_eq!(t.attempt(&checkout).await.state.as_str(), "failed");
            t.advance(Duration::from_secs(1));
            t.buy(&checkout, ADA).await;
            assert_eq!((t.orders(&checkout).await.len(), t.payments(&checkout).await.len()), (1, 2));
            t.advance(Duration::from_secs(1));
        }
    }

    async fn a_payment_that_was_approved_meanwhile_is_not_given_up(t: &mut Till) {
        let s = with_element(t);
        let checkout = asked_by_bank(&s, &t.product().await).await;
        decide(t, &checkout, true).await;
        for _ in 0..2 {
            let answer = s.form(&format!("{}/another-card", at(&checkout)), &[], &[]).await;
            assert_eq!(answer.header("location"), done(&checkout));
        }
        s.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(s.form("/checkout/polar_c_nope/another-card", &[], &[]).await.status, 404);
    }

    async fn a_bank_that_is_not_answered_is_given_up_after_an_hour_or_with_the_session(t: &mut Till) {
        let patient = t.another(|app| app.processor = Arc::new(Altered(Patient(app.processor.clone()))));
        let s = with_element(&patient);
        let product = t.product().await;
        for left in [Duration::from_secs(24 * 3600), Duration::from_secs(1800)] {
            let checkout = t.checkout_for(&product).await;
            t.advance(Duration::from_secs(24 * 3600) - left);
            assert_eq!(pay(&s, &checkout, ASKS).await.status, 303);
            let lasts = left.min(Duration::from_secs(3600));
            t.advance(lasts - Duration::from_secs(1));
            s.drain().await;
            assert_eq!(t.attempt(&checkout).await.state.as_str(), "requires_action");
            t.advance(Duration::from_secs(1));
            s.drain().await;
            assert_eq!(t.attempt(&checkout).await.state.as_str(), "failed", "{left:?}");
            s.catch_up().await;
            let status = t.reload(&checkout).await["status"].clone();
            assert_eq!(status, if lasts == left { "expired" } else { "open" });
        }
    }
}
