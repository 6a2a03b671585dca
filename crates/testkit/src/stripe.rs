//! Shops that sell through Stripe: a fake one of their own.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request},
};
use till_fake_stripe::{FakeStripe, Notice, Options};
use till_ports::processor::{
    Processor,
    stripe::{Settings, Stripe},
};
use till_server::app::Clock;

use crate::{Answer, Till};

/// The path at which notices arrive.
const STRIPE_WEBHOOK: &str = "/v1/integrations/stripe/webhook";

impl Till {
    /// Another server on the same database, which sells through a fake Stripe account of its own. The fake's clock stands
    /// at this moment until the test moves it.
    pub async fn on_stripe(&self) -> (Self, FakeStripe) {
        let fake = FakeStripe::with(Options {
            start: Some(self.clock.now()),
            ..Options::default()
        })
        .await;
        let settings = Settings::new(
            fake.secret_key(),
            fake.publishable_key(),
            &[fake.webhook_secret().to_owned()],
            "https://till.test",
            (Some(fake.api_url()), Some(fake.script_url())),
        );
        let stripe = Arc::new(Stripe::new(settings.unwrap()).unwrap());
        let till = self.another(|app| {
            app.urls.publishable_key = stripe.publishable_key().to_owned();
            app.processor = stripe;
            app.sandbox = None;
        });
        (till, fake)
    }

    /// Sends a notice as Stripe does.
    pub async fn stripe_sends(&self, (headers, body): Notice) -> Answer {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(STRIPE_WEBHOOK)
            .header("content-length", body.len());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.raw(request.body(Body::from(body)).unwrap()).await
    }
}
