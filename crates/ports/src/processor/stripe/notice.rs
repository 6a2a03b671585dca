//! Notices: Stripe's events, as they are sent to the webhook endpoint and as they are listed.

use ::http::HeaderMap;
use jiff::Timestamp;

use super::attempts::ATTEMPT_ID;
use super::form::Form;
use super::refunds::{REFUND_ID, charge_of, moment};
use super::types::{Event, List};
use super::{Mode, Stripe};
use crate::processor::{Notice, NoticeList, NoticeSubject, ProcessorError, Result, signature};

/// The header that holds the signature.
const SIGNATURE_HEADER: &str = "stripe-signature";

/// The events that Till takes note of; an endpoint at Stripe should send these.
pub(super) const EVENTS: [&str; 15] = [
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.canceled",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "setup_intent.canceled",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
    "payment_method.automatically_updated",
];

/// The pages of events that are read at once, of a hundred each: where there are more, a shorter time is asked for.
const PAGES: usize = 10;

/// The pages that are read of a single second.
const PAGES_OF_A_SECOND: usize = 100;

impl Stripe {
    pub(super) fn read_notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<Notice>> {
        let header = headers
            .get(SIGNATURE_HEADER)
            .and_then(|value| value.to_str().ok());
        let secrets = self.settings.webhook_secrets.iter();
        let secrets: Vec<&[u8]> = secrets.map(|secret| secret.as_bytes()).collect();
        if !header.is_some_and(|header| signature::verify(&secrets, header, body, now)) {
            let words = "the notice is not signed with a webhook secret of ours, or is too old";
            return Err(ProcessorError::Refused(words.into()));
        }
        // What cannot be read is of a kind that this version does not know.
        Ok(serde_json::from_slice(body)
            .ok()
            .and_then(|event| self.own(event)))
    }

    /// The notice in an event; `None` where it is of no concern to us: another mode, a connected account, an object of
    /// somebody else's.
    fn own(&self, event: Event) -> Option<Notice> {
        let is_ours =
            event.livemode == (self.settings.mode == Mode::Live) && event.account.is_none();
        let subject = subject(&event).filter(|_| is_ours)?;
        Some(Notice {
            id: event.id,
            at: moment(event.created).ok()?,
            subject,
        })
    }

    pub(super) async fn notices_since(
        &self,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<NoticeList> {
        self.notices_in_pages(since, now, PAGES).await
    }

    /// Stripe lists the newest first, and what was not read of the oldest would be lost. So where `pages` are not enough
    /// for all of the time, they are read of a shorter one: about as long as what they have held.
    pub(super) async fn notices_in_pages(
        &self,
        since: Timestamp,
        now: Timestamp,
        pages: usize,
    ) -> Result<NoticeList> {
        let (from, mut to) = (since.as_second(), now.as_second());
        let events = loop {
            let is_a_second = to <= from;
            let at_most = if is_a_second {
                PAGES_OF_A_SECOND
            } else {
                pages
            };
            let (events, has_more) = self.events_between(from, to, at_most).await?;
            if !has_more {
                break events;
            }
            if is_a_second {
                tracing::error!(
                    second = from,
                    "Stripe has more events of one second than are read; some are left out"
                );
                break events;
            }
            let held = events.last().map_or(0, |oldest| to - oldest.created);
            to = from + held.clamp(0, (to - from) / 2);
        };
        // All of the last second was read, unless it goes on.
        let until = moment(to + 1)?.min(now);
        let oldest_first = events.into_iter().rev();
        let mut notices: Vec<Notice> = oldest_first.filter_map(|event| self.own(event)).collect();
        notices.sort_by_key(|notice| notice.at);
        Ok(NoticeList { notices, until })
    }

    /// Up to `pages` pages of what happened in the seconds from `from` to `to`, the newest first, and whether there is
    /// more of it.
    async fn events_between(&self, from: i64, to: i64, pages: usize) -> Result<(Vec<Event>, bool)> {
        let mut events: Vec<Event> = Vec::new();
        for _ in 0..pages {
            let query = Form::default()
                .with("created[gte]", from)
                .with("created[lte]", to)
                .with("limit", 100)
                .with_some("starting_after", events.last().map(|event| &event.id));
            let query = EVENTS
                .iter()
                .fold(query, |query, kind| query.with("types[]", kind));
            let found: List<Event> = self.client.get(&["events"], &query).await?;
            let has_more = found.has_more && !found.data.is_empty();
            events.extend(found.data);
            if !has_more {
                return Ok((events, false));
            }
        }
        Ok((events, true))
    }
}

fn subject(event: &Event) -> Option<NoticeSubject> {
    let object = &event.data.object;
    let own_id = |key: &str| object.metadata.as_ref()?.get(key)?.parse().ok();
    let charge = || charge_of(object.payment_intent.as_ref());
    let reference = object.id.clone();
    let (of, _) = event.kind.rsplit_once('.')?;
    Some(match of {
        _ if !EVENTS.contains(&event.kind.as_str()) => return None,
        "payment_intent" | "setup_intent" => NoticeSubject::Attempt {
            attempt_id: own_id(ATTEMPT_ID)?,
            reference,
        },
        "refund" => NoticeSubject::Refund {
            refund_id: own_id(REFUND_ID),
            reference,
            charge: charge()?,
        },
        "charge.dispute" => NoticeSubject::Dispute {
            reference,
            charge: charge()?,
        },
        "payment_method" => NoticeSubject::Method { reference },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::processor::stripe::Settings;

    fn now() -> Timestamp {
        Timestamp::from_second(1_795_000_000).unwrap()
    }

    fn stripe(secrets: &[&str]) -> Stripe {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        let none = (None, None);
        let settings = Settings::new("sk_test_1", "pk_test_1", &secrets, "http://localhost", none);
        Stripe::new(settings.unwrap()).unwrap()
    }

    fn event(kind: &str, object: Value) -> Value {
        json!({"id": "evt_1", "type": kind, "created": now().as_second(), "livemode": false, "data": {"object": object}})
    }

    fn read(stripe: &Stripe, event: &Value, secret: &str) -> Result<Option<Notice>> {
        let body = event.to_string().into_bytes();
        let mut headers = HeaderMap::new();
        let signed = signature::sign(secret.as_bytes(), &body, now());
        headers.insert(SIGNATURE_HEADER, signed.parse().unwrap());
        stripe.read_notice(&headers, &body, now())
    }

    const OLD: &str = "whsec_old_0123456789";
    const NEW: &str = "whsec_new_0123456789";

    fn intent() -> Value {
        json!({"id": "pi_1", "metadata": {"attempt_id": Uuid::from_u128(7)}})
    }

    #[test]
    fn a_notice_under_any_secret_is_read() {
        let stripe = stripe(&[OLD, NEW]);
        let sent = event("payment_intent.succeeded", intent());
        let subject = NoticeSubject::Attempt {
            attempt_id: Uuid::from_u128(7),
            reference: "pi_1".into(),
        };
        let wanted = Notice {
            id: "evt_1".to_owned(),
            at: now(),
            subject,
        };
        for secret in [OLD, NEW] {
            assert_eq!(read(&stripe, &sent, secret), Ok(Some(wanted.clone())));
        }
        assert!(read(&stripe, &sent, "whsec_other").is_err());
    }

    #[test]
    fn without_a_secret_no_notice_is_taken() {
        let sent = event("payment_intent.succeeded", intent());
        assert!(read(&stripe(&[]), &sent, "").is_err());
    }

    #[test]
    fn foreign_intents_and_the_other_mode_are_ignored() {
        let stripe = stripe(&[NEW]);
        let mut live = event("payment_intent.succeeded", intent());
        live["livemode"] = true.into();
        let mut connected = event("payment_intent.succeeded", intent());
        connected["account"] = "acct_1".into();
        for (name, sent) in [
            ("live", live),
            ("connected", connected),
            (
                "without our id",
                event(
                    "payment_intent.succeeded",
                    json!({"id": "pi_1", "metadata": {}}),
                ),
            ),
            ("of another kind", event("payment_intent.created", intent())),
            (
                "without an intent",
                event("refund.created", json!({"id": "re_1"})),
            ),
            ("unknown", event("price.created", json!({"id": "price_1"}))),
            ("not an event", json!({"id": 1})),
        ] {
            assert_eq!(read(&stripe, &sent, NEW), Ok(None), "{name}");
        }
    }

    #[test]
    fn every_event_that_is_asked_for_is_read() {
        let stripe = stripe(&[NEW]);
        let object = json!({"id": "x_1", "payment_intent": "pi_1", "metadata": {"attempt_id": Uuid::from_u128(7)}});
        for kind in EVENTS {
            let read = read(&stripe, &event(kind, object.clone()), NEW);
            assert!(matches!(read, Ok(Some(_))), "{kind}");
        }
    }
}
