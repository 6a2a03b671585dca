//! The targets: an input is read as the API reads it, and decided on as the API does.

use serde_json::Value;
use till_core::{
    checkout::{
        CheckoutContext, Session,
        confirm::{Confirmed, KnownBuyer, confirm as decide},
        open::{Loaded, Origin, open},
        outcome::record_outcome,
        update::{Known, update as change},
    },
    checkout_links::{
        sign,
        visit::{self, Query, Visit, VisitRefusal},
    },
    customers::Holders,
    organizations::embed::EmbedHosts,
    payments::outcome::Outcome,
};
use till_wire::{
    checkouts::{CheckoutCreate, CheckoutStatus, CheckoutUpdate, Writer},
    country::Country,
    input::{Context, has_nul},
    payments::CardMetadata,
};

use crate::{
    body::{self, bodies},
    shop::{SHOP, at},
    sound,
};

/// A body as the server reads it.
fn read<T>(body: &Value, read: impl FnOnce(&Value, &mut Context) -> Option<T>) -> Option<T> {
    let mut cx = Context::new("body");
    let value = read(body, &mut cx);
    if cx.problems.is_empty() {
        let value = value.expect("what has no problems is read");
        return (!has_nul(body)).then_some(value);
    }
    sound::problems(&cx.problems, "body");
    None
}

/// The choice that a character makes among some: `0` is the first.
fn chosen(data: &mut &[u8], among: usize) -> usize {
    let Some((first, rest)) = data.split_first() else {
        return 0;
    };
    *data = rest;
    usize::from(first.wrapping_sub(b'0')) % among
}

/// POST /v1/checkouts/.
pub fn create(data: &[u8]) {
    for body in bodies(data, body::CREATE) {
        let Some(input) = read(&body, CheckoutCreate::read) else {
            continue;
        };
        let asked = (input.amount, input.currency, input.seats);
        let loaded = SHOP.loaded(&input);
        match open(
            input,
            loaded,
            Origin::default(),
            &SHOP.urls,
            &SHOP.taxes(),
            &at(0),
        ) {
            Err(refusal) => sound::refusal(&refusal),
            Ok((session, changes)) => {
                sound::session(&session);
                sound::changes(&changes);
                let row = &session.checkout;
                let range = session.seat_range().zip(row.terms.seats);
                assert!(
                    range.is_none_or(|(range, seats)| range.contains(seats)),
                    "{range:?}"
                );
                assert!(
                    asked
                        .1
                        .is_none_or(|currency| currency == row.terms.currency)
                );
                assert!(
                    asked.2.is_none() || asked.2 == row.terms.seats || row.terms.seats.is_none()
                );
                unmoved(&session);
            }
        }
    }
}

/// PATCH /v1/checkouts/{id} and /v1/checkouts/client/{client_secret}: which session, who writes, and what.
pub fn update(data: &[u8]) {
    let mut data = data;
    let mut session = SHOP.sessions[chosen(&mut data, SHOP.sessions.len())].clone();
    let writer = [Writer::Client, Writer::Merchant][chosen(&mut data, 2)];
    for body in bodies(data, body::UPDATE) {
        if let Some(changed) = updated(&session, writer, &body, 1) {
            session = changed;
        }
    }
    unmoved(&session);
}

/// POST /v1/checkouts/client/{client_secret}/confirm: which session, which buyer, changes and a confirmation.
pub fn confirm(data: &[u8]) {
    let mut data = data;
    let mut session = SHOP.sessions[chosen(&mut data, SHOP.sessions.len())].clone();
    let known = Some(SHOP.customer.clone());
    let buyer = match chosen(&mut data, 3) {
        0 => KnownBuyer {
            linked: known,
            ..KnownBuyer::default()
        },
        1 => KnownBuyer {
            holders: Holders {
                by_email: known.clone(),
                by_external_id: known,
            },
            ..KnownBuyer::default()
        },
        _ => KnownBuyer {
            card_fingerprint: Some("fp".into()),
            had_trial: true,
            ..KnownBuyer::default()
        },
    };
    // Only a session that has a customer is confirmed by one.
    let buyer = KnownBuyer {
        linked: buyer
            .linked
            .filter(|c| Some(c.id) == session.checkout.customer_id),
        ..buyer
    };
    let mut bodies = bodies(data, body::UPDATE);
    let Some(last) = bodies.pop() else { return };
    for body in bodies {
        session = updated(&session, Writer::Client, &body, 1).unwrap_or(session);
    }
    let Some(input) = input(Writer::Client, &last) else {
        return;
    };
    let taxes = SHOP.taxes();
    let moment = at(2);
    let context = CheckoutContext {
        subscribers: &SHOP.subscribers,
        urls: &SHOP.urls,
        key: &SHOP.key,
        taxes: &taxes,
        ctx: &moment,
    };
    match decide(
        &session,
        &input,
        &known_of(&session, &input),
        &buyer,
        context,
    ) {
        Err(refusal) => sound::refusal(&refusal),
        Ok(Confirmed::Free(settlement)) => {
            let sum = sound::session(&settlement.session);
            let row = &settlement.session.checkout;
            assert_eq!(row.status, CheckoutStatus::Confirmed);
            assert!(
                sum.total == 0 || row.terms.trial_end.is_some(),
                "{sum:?} for nothing"
            );
            sound::changes(&settlement.changes);
        }
        Ok(Confirmed::Charge {
            payment,
            session: agreed,
            locked,
            changes,
        }) => {
            let sum = sound::session(&agreed);
            sound::changes(&changes);
            let due = if agreed.checkout.terms.trial_end.is_some() {
                0
            } else {
                sum.total
            };
            assert_eq!(payment.amount, due, "what is charged is what is shown");
            assert!(payment.amount > 0 || agreed.selected().product.is_recurring());
            settled(&locked, &payment, &agreed, &buyer, context);
        }
    }
}

/// Both ends of an attempt: a success is the session that was agreed to, a failure the one of before.
fn settled(
    locked: &Session,
    payment: &till_core::kernel::records::Payment,
    agreed: &Session,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) {
    let success = Outcome::Succeeded {
        card: CardMetadata {
            brand: "visa".into(),
            last4: "4242".into(),
            exp_month: 12,
            exp_year: 2030,
            wallet: None,
        },
        method_reference: "pm_1".into(),
        card_fingerprint: "print_1".into(),
        charged: None,
    };
    let buyer = &KnownBuyer {
        discount: agreed.discount.clone(),
        ..buyer.clone()
    };
    let paid =
        record_outcome(locked, payment, &success, buyer, context).expect("a success is taken");
    sound::session(&paid.session);
    sound::changes(&paid.changes);
    assert_eq!(paid.session.checkout.status, CheckoutStatus::Confirmed);
    assert_eq!(
        paid.session.checkout.terms.totals(),
        agreed.checkout.terms.totals()
    );
    let again =
        record_outcome(&paid.session, &paid.payment, &success, buyer, context).expect("once more");
    assert!(
        again.changes.writes.is_empty(),
        "the second witness changes nothing"
    );
    let failure = Outcome::Failed {
        reason: "card_declined".into(),
        message: "No.".into(),
        card: None,
        card_fingerprint: None,
        request_id: None,
    };
    let declined =
        record_outcome(locked, payment, &failure, buyer, context).expect("a failure is taken");
    sound::session(&declined.session);
    assert_eq!(declined.session.checkout.status, CheckoutStatus::Open);
    assert_eq!(
        declined.session.checkout.terms.totals(),
        locked.checkout.terms.totals()
    );
}

/// GET /v1/checkout-links/{client_secret}/redirect: which link, how it is signed, and the query string.
pub fn link(data: &[u8]) {
    let mut data = data;
    let link = &SHOP.links[chosen(&mut data, SHOP.links.len())];
    let signing = chosen(&mut data, 2);
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    let mut raw = raw.to_owned();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(raw.as_bytes())
        .into_owned()
        .collect();
    let mut names: Vec<&String> = pairs.iter().map(|(name, _)| name).collect();
    names.sort();
    let plain = names.windows(2).all(|two| two[0] != two[1])
        && pairs
            .iter()
            .all(|(k, v)| k != sign::SIGNATURE && !k.contains('\0') && !v.contains('\0'));
    let signed = signing == 1 && plain;
    if signed {
        let signature = sign::sign(&link.signing_secret, &pairs);
        raw = format!("{raw}&sig={signature}");
    }
    let visit = match Visit::judge(
        link,
        &SHOP.organization,
        Query::parse(&raw),
        EmbedHosts::default(),
    ) {
        Ok(visit) => visit,
        Err(VisitRefusal::Unreadable(problems)) => return sound::problems(&problems, "query"),
        Err(VisitRefusal::Unsigned) => return assert!(!signed, "the right signature is taken"),
        Err(VisitRefusal::Refused(refusal)) => return sound::refusal(&refusal),
    };
    let germany = Country::parse_stored("DE").ok();
    let context = visit::VisitContext {
        offered: SHOP.offered.clone(),
        discounts: SHOP
            .discounts
            .iter()
            .filter(|d| Some(d.id) == link.discount_id || Some(d.id) == asked(&visit))
            .cloned()
            .collect(),
        ip_address: Some("203.0.113.7".into()),
        ip_country: germany.filter(|_| raw.len() % 2 == 0),
    };
    let session_to_open =
        visit::session_to_open(&visit, link, &SHOP.organization, &context, at(0).now)
            .expect("a link whose products are sold opens a session, whatever the query says");
    for (name, _) in url::form_urlencoded::parse(session_to_open.rest.as_bytes()) {
        for kept in [
            "customer_email",
            "discount_code",
            "external_customer_id",
            "embed_origin",
            sign::SIGNATURE,
        ] {
            assert_ne!(name, kept, "not handed on");
        }
    }
    let known = session_to_open.create.external_customer_id.is_some();
    assert!(
        !known || signed || raw.contains("sig"),
        "only a signature says who buys"
    );
    let loaded = Loaded {
        discount: session_to_open.discount.clone(),
        ip_country: context.ip_country,
        ..SHOP.loaded(&session_to_open.create)
    };
    let origin = Origin {
        checkout_link_id: Some(link.id),
        selected: Some(session_to_open.selected),
    };
    let (session, changes) = open(
        session_to_open.create,
        loaded,
        origin,
        &SHOP.urls,
        &SHOP.taxes(),
        &at(0),
    )
    .expect("what does not read is as if it were not there");
    sound::session(&session);
    sound::changes(&changes);
    assert_eq!(session.checkout.terms.product_id, session_to_open.selected);
}

/// The discount whose code a visit asks for.
fn asked(visit: &Visit) -> Option<uuid::Uuid> {
    let code = visit.discount_code()?;
    SHOP.discount_of(code).map(|d| d.id)
}

fn input(writer: Writer, body: &Value) -> Option<CheckoutUpdate> {
    read(body, |value, cx| {
        cx.object(value, |f| CheckoutUpdate::read(writer, f))
    })
}

fn known_of(session: &Session, input: &CheckoutUpdate) -> Known {
    let code = input.discount_code.as_value();
    let discount = match (code, input.discount_id.as_value()) {
        (Some(code), _) if session.checkout.allow_discount_codes => SHOP.discount_of(code),
        (_, Some(id)) => SHOP.discount(*id),
        _ => None,
    };
    Known {
        discount,
        ..Known::default()
    }
}

/// The session after a change that is taken.
fn updated(session: &Session, writer: Writer, body: &Value, minute: i64) -> Option<Session> {
    let input = input(writer, body)?;
    let known = known_of(session, &input);
    let taxes = SHOP.taxes();
    let moment = at(minute);
    let context = CheckoutContext {
        subscribers: &SHOP.subscribers,
        urls: &SHOP.urls,
        key: &SHOP.key,
        taxes: &taxes,
        ctx: &moment,
    };
    match change(session, &input, writer, &known, context) {
        Err(refusal) => {
            sound::refusal(&refusal);
            None
        }
        Ok((session, changes)) => {
            sound::session(&session);
            sound::changes(&changes);
            Some(session)
        }
    }
}

/// A change that says nothing moves no sum.
fn unmoved(session: &Session) {
    let body = Value::Object(serde_json::Map::new());
    let same = updated(session, Writer::Client, &body, 1).expect("nothing is refused");
    assert_eq!(
        same.checkout.terms.totals(),
        session.checkout.terms.totals()
    );
    assert_eq!(
        same.checkout.terms.price_ids,
        session.checkout.terms.price_ids
    );
}
