//! Notices: events on their way to the endpoints, signed as Stripe signs them.

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::{
    clock::pause,
    fake::Fake,
    troubles::{NoticeTroubles, dice},
    views,
    work::events::listens,
};

/// Pauses between the attempts to deliver one notice, in milliseconds of the machine's time.
const PAUSES: &[u64] = &[200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// `Stripe-Signature` of a body: the moment, and the HMAC of moment and body under the endpoint's secret.
pub fn signature(secret: &str, moment: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .expect("an HMAC takes keys of any length");
    mac.update(format!("{moment}.{body}").as_bytes());
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={moment},v1={hex}")
}

/// A notice on its way to one endpoint.
struct Notice {
    url: String,
    secret: String,
    body: String,
}

impl Fake {
    /// Sends notices, without waiting for them.
    pub fn notify(self: &Arc<Self>, events: Vec<String>, troubles: NoticeTroubles) {
        let fake = Arc::clone(self);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { send(&fake, events, troubles).await });
        }
    }
}

/// Sends events to every endpoint that wants them; comes back when all were tried once.
pub async fn send(fake: &Arc<Fake>, events: Vec<String>, troubles: NoticeTroubles) {
    if events.is_empty() {
        return;
    }
    if troubles.late_ms > 0 {
        pause(troubles.late_ms).await;
    }
    for event in events {
        for notice in notices(fake, &event) {
            one(fake, notice, &troubles).await;
        }
    }
}

fn notices(fake: &Fake, event: &str) -> Vec<Notice> {
    let now = fake.clock.now();
    let state = fake.state();
    let Some(row) = state.books.events.get(event) else {
        return Vec::new();
    };
    let Some(shown) = views::by_id(&state.books, &fake.account, now, event) else {
        return Vec::new();
    };
    let endpoints = state.books.endpoints.all().iter().filter(|endpoint| {
        endpoint.enabled
            && endpoint
                .events
                .iter()
                .any(|asked| listens(asked, &row.kind))
    });
    let notice = |endpoint: &crate::books::WebhookEndpoint| Notice {
        url: endpoint.url.clone(),
        secret: endpoint.secret.clone(),
        body: pretty(&shown),
    };
    endpoints.map(notice).collect()
}

/// A body as Stripe prints it.
pub fn pretty(event: &Value) -> String {
    serde_json::to_string_pretty(event).unwrap_or_default()
}

async fn one(fake: &Arc<Fake>, notice: Notice, troubles: &NoticeTroubles) {
    let thrown = || dice(fake.seed, fake.count());
    if thrown() < troubles.lost {
        return;
    }
    if thrown() < troubles.forged {
        let body = notice.body.replacen("\"amount\": ", "\"amount\": 1", 1);
        let forged = Notice {
            url: notice.url.clone(),
            secret: "whsec_of_somebody_else".to_owned(),
            body,
        };
        attempt(fake, &forged).await;
    }
    let copies = if thrown() < troubles.doubled { 2 } else { 1 };
    let mut arrived = false;
    for _ in 0..copies {
        arrived = attempt(fake, &notice).await;
    }
    if !arrived {
        let fake = Arc::clone(fake);
        tokio::spawn(async move { again(&fake, &notice).await });
    }
}

async fn again(fake: &Fake, notice: &Notice) {
    for milliseconds in PAUSES {
        pause(*milliseconds).await;
        if fake.is_closed() || attempt(fake, notice).await {
            return;
        }
    }
}

/// One request; true if the endpoint took it.
async fn attempt(fake: &Fake, notice: &Notice) -> bool {
    let signature = signature(&notice.secret, fake.clock.now(), &notice.body);
    let request = fake
        .client
        .post(&notice.url)
        .timeout(Duration::from_secs(10))
        .header("content-type", "application/json; charset=utf-8")
        .header("stripe-signature", signature)
        .header(
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        )
        .body(notice.body.clone());
    request
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_stripes_libraries() {
        // Computed with `stripe.webhooks.generateTestHeaderString` of the npm package.
        assert_eq!(
            signature("whsec_test", 1_700_000_000, "{\"a\":1}"),
            "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
        );
    }
}
