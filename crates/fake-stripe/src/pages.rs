//! The second origin: the script that merchants' pages load, the card field that it frames, and the bank's page.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderValue, Method, Response, StatusCode, header},
};
use serde_json::Value;

use crate::{
    fake::Fake,
    form,
    responses::{plain, typed},
    work::three_ds::{self, ChallengeOutcome},
};

/// Stands for the script of Stripe's pages.
const SCRIPT: &str = include_str!("../assets/stripe.js");
/// The card field.
const CARD: &str = include_str!("../assets/card.html");
/// Script of the card field.
const CARD_SCRIPT: &str = include_str!("../assets/card.js");
/// The bank's question.
const BANK: &str = include_str!("../assets/bank.html");
/// Message of the framed page when the question was answered.
const ANSWERED: &str = include_str!("../assets/answered.html");

/// The answer of the second origin.
pub fn answer(fake: &Arc<Fake>, method: &Method, path: &str, body: &[u8]) -> Response<Body> {
    let script = |text: &str| {
        typed(
            StatusCode::OK,
            "text/javascript; charset=utf-8",
            text.replace("__API_URL__", &fake.account.api_url),
        )
    };
    match (method.as_str(), path) {
        ("GET", "/endive/stripe.js") => script(SCRIPT),
        ("GET", "/elements/card.js") => script(CARD_SCRIPT),
        ("GET", "/elements/card") => html(CARD.to_owned()),
        _ => match (method.as_str(), path.strip_prefix("/3ds/")) {
            ("GET", Some(question)) => ask(question),
            ("POST", Some(question)) => decide(fake, question, body),
            _ => plain(StatusCode::NOT_FOUND, "Nothing is here.\n"),
        },
    }
}

fn html(text: String) -> Response<Body> {
    typed(StatusCode::OK, "text/html; charset=utf-8", text)
}

fn ask(question: &str) -> Response<Body> {
    if !question
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return plain(StatusCode::NOT_FOUND, "Nothing is here.\n");
    }
    html(BANK.replace("__QUESTION__", question))
}

fn decide(fake: &Arc<Fake>, question: &str, body: &[u8]) -> Response<Body> {
    let form = form::decode(body).unwrap_or_default();
    let approves = form.get("answer").and_then(Value::as_str) == Some("approve");
    match fake.work_by_hand(|work| three_ds::answer(work, question, approves)) {
        Ok(answered) => leave(&answered),
        Err(_) => html(ANSWERED.replace("__WORDS__", "Nothing waits for this answer any more.")),
    }
}

/// Back to the merchant: by the address to return to, or by a word to the script that has framed the page.
fn leave(answered: &ChallengeOutcome) -> Response<Body> {
    let address = answered
        .challenge
        .return_url
        .as_deref()
        .and_then(|address| url::Url::parse(address).ok());
    let (false, Some(mut address)) = (answered.challenge.by_script, address) else {
        return html(ANSWERED.replace("__WORDS__", "The answer was sent."));
    };
    let secret = &answered.client_secret;
    let id = secret.split("_secret_").next().unwrap_or_default();
    let kind = if id.starts_with("seti_") {
        "setup_intent"
    } else {
        "payment_intent"
    };
    address
        .query_pairs_mut()
        .append_pair(kind, id)
        .append_pair(&format!("{kind}_client_secret"), secret)
        .append_pair(
            "redirect_status",
            if answered.succeeded {
                "succeeded"
            } else {
                "failed"
            },
        );
    let mut response = plain(StatusCode::SEE_OTHER, "");
    if let Ok(value) = HeaderValue::from_str(address.as_str()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}
