//! Shared parts of intents of both kinds: the source of a confirmation, and what a card says to it.

use serde_json::{Map, Value, json};

use super::{
    Work,
    balance::{Entry, transaction},
    disputes, methods, tokens,
};
use crate::{
    books::{Challenge, Charge, PaymentIntent, PaymentMethod},
    cards::{Afterwards, Authentication, Card},
    error::Refusal,
    params::{Param, ParamKind, Params},
};

/// Types of payment methods that an intent may allow; the fake has cards only.
pub const TYPES: &[&str] = &[
    "acss_debit",
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "alma",
    "amazon_pay",
    "au_becs_debit",
    "bacs_debit",
    "bancontact",
    "billie",
    "blik",
    "boleto",
    "card",
    "cashapp",
    "customer_balance",
    "eps",
    "fpx",
    "giropay",
    "grabpay",
    "ideal",
    "kakao_pay",
    "klarna",
    "konbini",
    "kr_card",
    "link",
    "mobilepay",
    "multibanco",
    "naver_pay",
    "oxxo",
    "p24",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypal",
    "pix",
    "promptpay",
    "revolut_pay",
    "samsung_pay",
    "satispay",
    "sepa_debit",
    "sofort",
    "swish",
    "twint",
    "us_bank_account",
    "wechat_pay",
    "zip",
];

/// Which methods Stripe offers by itself.
pub const AUTOMATIC: ParamKind = ParamKind::Map(&[
    Param::new("allow_redirects", ParamKind::Word(&["always", "never"])),
    Param::required("enabled", ParamKind::Boolean),
]);

/// Way in which cards are asked.
pub const METHOD_OPTIONS: ParamKind = ParamKind::Map(&[Param::emptyable(
    "card",
    ParamKind::Map(&[Param::new(
        "request_three_d_secure",
        ParamKind::Word(&["any", "automatic", "challenge"]),
    )]),
)]);

/// Mandate that a buyer agreed to, where one is needed; cards need none.
pub const MANDATE: ParamKind = ParamKind::Map(&[Param::new(
    "customer_acceptance",
    ParamKind::Map(&[
        Param::new("accepted_at", ParamKind::Integer(0)),
        Param::new("offline", ParamKind::Map(&[])),
        Param::new(
            "online",
            ParamKind::Map(&[
                Param::new("ip_address", ParamKind::Text(50)),
                Param::new("user_agent", ParamKind::Text(1_000)),
            ]),
        ),
        Param::required("type", ParamKind::Word(&["offline", "online"])),
    ]),
)]);

/// `request_three_d_secure` of the parameters.
pub fn three_d_secure(params: &Params) -> Option<String> {
    let card = params.map("payment_method_options")?.get("card")?;
    card.get("request_three_d_secure")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// `allow_redirects` of the automatic methods: they are on unless types are named.
pub fn automatic(params: &Params) -> Result<Option<String>, Refusal> {
    let given = params.map("automatic_payment_methods");
    let enabled = given
        .and_then(|given| given.get("enabled"))
        .and_then(Value::as_bool);
    if params.has("allowed_payment_method_types") {
        if enabled == Some(true) {
            return Err(Refusal::invalid(
                "You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.",
            )
            .code("parameters_exclusive"));
        }
        return Ok(None);
    }
    if enabled == Some(false) {
        return Ok(None);
    }
    let redirects = given
        .and_then(|given| given.get("allow_redirects"))
        .and_then(Value::as_str);
    Ok(Some(redirects.unwrap_or("always").to_owned()))
}

/// Source of a confirmation.
#[derive(Debug)]
pub struct ConfirmationSource {
    /// The payment method: one that was there, or the one that the token becomes.
    pub method: PaymentMethod,
    /// The token's id.
    pub token: Option<String>,
    /// Use for which the token would keep the method.
    pub usage: Option<String>,
    /// Address to which the buyer goes after a page of their bank.
    pub return_url: Option<String>,
    /// True where the script shows that page.
    pub by_script: bool,
    /// Address to which the purchase is sent.
    pub shipping: Option<Value>,
}

/// The source that a confirmation names.
///
/// # Errors
///
/// 400 for tokens and methods that are not there or of no more use, and if there is none.
pub fn confirmation_source(
    work: &mut Work<'_>,
    params: &Params,
    current: Option<&str>,
    customer: Option<&str>,
) -> Result<Option<ConfirmationSource>, Refusal> {
    let (token, named) = (
        params.text("confirmation_token"),
        params.text("payment_method"),
    );
    if token.is_some() && named.is_some() {
        return Err(Refusal::invalid(
            "You may only specify one of these parameters: confirmation_token, payment_method.",
        )
        .code("parameters_exclusive"));
    }
    let return_url = params.owned("return_url");
    if let Some(url) = return_url
        .as_deref()
        .filter(|url| url::Url::parse(url).is_err())
    {
        return Err(Refusal::invalid(format!("Not a valid URL: {url}"))
            .code("url_invalid")
            .param("return_url"));
    }
    if let Some(id) = token {
        let token = tokens::named(work, id)?;
        let method = methods::of_token(work, &token);
        return Ok(Some(ConfirmationSource {
            method,
            token: Some(token.id),
            usage: token.setup_future_usage,
            return_url: return_url.or(token.return_url),
            by_script: params.boolean("use_stripe_sdk").unwrap_or(true),
            shipping: token.shipping,
        }));
    }
    let Some(id) = named.or(current) else {
        return Ok(None);
    };
    let method = methods::named(work, id, "payment_method")?;
    methods::usable(&method, customer)?;
    let by_script = params
        .boolean("use_stripe_sdk")
        .unwrap_or(return_url.is_none());
    Ok(Some(ConfirmationSource {
        method,
        token: None,
        usage: None,
        return_url,
        by_script,
        shipping: None,
    }))
}

/// Checks that the method's type is one that the intent takes.
///
/// # Errors
///
/// 400 if cards are not among them, and if the buyer may have to leave and nobody says where they come back.
pub fn fits(
    source: &ConfirmationSource,
    allowed: Option<&Vec<String>>,
    automatic: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(allowed) = allowed.filter(|allowed| !allowed.iter().any(|kind| kind == "card")) {
        return Err(Refusal::invalid(format!(
            "The PaymentMethod provided (card) is not allowed for this PaymentIntent. Please attach a PaymentMethod of \
             one of the following types: {}.",
            allowed.join(", ")
        ))
        .param("payment_method"));
    }
    if automatic == Some("always") && source.return_url.is_none() {
        return Err(Refusal::invalid(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of \
             these payment methods might redirect your customer off of your page, you must provide a `return_url`. If \
             you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to \
             `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and \
             Payment Intents.",
        )
        .param("return_url"));
    }
    Ok(())
}

/// Marks the token as used, and keeps the method that it became.
pub fn take(work: &mut Work<'_>, source: &ConfirmationSource, intent: &str) {
    if let Some(token) = &source.token {
        work.books
            .tokens
            .change(token, |token| token.used_by = Some(intent.to_owned()));
    }
    work.books.methods.put(source.method.clone());
}

/// Answer of a card.
#[derive(Debug)]
pub enum CardResponse {
    /// Its holder is asked first.
    NeedsAuthentication,
    /// No.
    Declined(Refusal),
    /// Yes.
    Approved,
}

/// Answer of a card to a payment before its holder was asked.
pub fn authorize(
    card: &Card,
    method: &PaymentMethod,
    off_session: bool,
    three_d_secure: Option<&str>,
) -> CardResponse {
    let asks = match card.authentication {
        Authentication::Never => false,
        Authentication::WhenRequested => is_requested(three_d_secure) && !off_session,
        Authentication::UnlessSetUp => !method.set_up,
        Authentication::Always => true,
        Authentication::OnSession => !off_session,
    };
    match (asks, off_session) {
        (true, true) => CardResponse::Declined(
            Refusal::card(
                "authentication_required",
                "Your card was declined. This transaction requires authentication.",
            )
            .with("decline_code", "authentication_required"),
        ),
        (true, false) => CardResponse::NeedsAuthentication,
        (false, _) => authorize_authenticated(card),
    }
}

/// True where a card's answer is one of its bank about the money, and not a question to its holder.
pub fn is_final(said: &CardResponse, card: &Card) -> bool {
    match said {
        CardResponse::NeedsAuthentication => false,
        CardResponse::Approved => true,
        CardResponse::Declined(_) => card.decline.is_some(),
    }
}

/// Answer of a card to a payment once its holder has agreed.
pub fn authorize_authenticated(card: &Card) -> CardResponse {
    card.decline.map_or(CardResponse::Approved, |decline| {
        CardResponse::Declined(decline.refusal())
    })
}

/// True where a request asks for 3-D Secure.
fn is_requested(three_d_secure: Option<&str>) -> bool {
    matches!(three_d_secure, Some("any" | "challenge"))
}

/// Answer of a card to being kept, before or after its holder was asked.
pub fn verify(card: &Card, asked: bool, three_d_secure: Option<&str>) -> CardResponse {
    let asks = match card.authentication {
        Authentication::Never => false,
        Authentication::WhenRequested => is_requested(three_d_secure),
        _ => true,
    };
    if asks && !asked {
        return CardResponse::NeedsAuthentication;
    }
    let decline = card.decline.filter(|decline| decline.when_kept);
    decline.map_or(CardResponse::Approved, |decline| {
        CardResponse::Declined(decline.refusal())
    })
}

/// The question to the card's holder.
pub fn challenge(work: &mut Work<'_>, source: &ConfirmationSource) -> Challenge {
    Challenge {
        id: work.books.id("3ds"),
        return_url: source.return_url.clone(),
        by_script: source.by_script,
    }
}

/// Gives the method to the customer, set up for later payments; without a customer it has had its one use.
pub fn keep(work: &mut Work<'_>, method: &str, customer: Option<&str>, keeps: bool) {
    let Some(mut method) = work.books.methods.get(method).cloned() else {
        return;
    };
    let new = method.customer.is_none() && keeps && customer.is_some();
    method.seen = true;
    method.set_up |= keeps;
    if new {
        method.customer = customer.map(str::to_owned);
    }
    method.consumed |= method.customer.is_none();
    let id = method.id.clone();
    work.books.methods.put(method);
    if new {
        work.emit_for("payment_method.attached", &id);
    }
}

/// A charge of an intent: paid, or failed with the error.
pub fn charge(
    work: &mut Work<'_>,
    intent: &PaymentIntent,
    method: &str,
    authenticated: bool,
    failure: Option<&Refusal>,
) -> String {
    let id = work.books.id("ch");
    let fee = intent.amount * 29 / 1_000 + 30;
    let transaction = failure.is_none().then(|| {
        transaction(
            work,
            Entry {
                amount: intent.amount,
                fee,
                currency: &intent.currency,
                kind: "charge",
                category: "charge",
                source: &id,
            },
        )
    });
    work.books.charges.put(Charge {
        id: id.clone(),
        created: work.now,
        intent: intent.id.clone(),
        amount: intent.amount,
        currency: intent.currency.clone(),
        customer: intent.customer.clone(),
        method: method.to_owned(),
        paid: failure.is_none(),
        failure: failure.map(Refusal::error),
        amount_refunded: 0,
        disputed: false,
        authenticated,
        transaction,
        metadata: intent.metadata.clone(),
        description: intent.description.clone(),
        receipt_email: intent.receipt_email.clone(),
        suffix: intent.suffix.clone(),
        shipping: intent.shipping.clone(),
        transfer_group: intent.transfer_group.clone(),
    });
    id
}

/// Course of a payment of this card afterwards.
pub fn afterwards(work: &mut Work<'_>, card: &Card, charge: &str) {
    match card.afterwards {
        Afterwards::Disputed(reason) => disputes::open(work, charge, reason, false),
        Afterwards::Inquired(reason) => disputes::open(work, charge, reason, true),
        Afterwards::Nothing | Afterwards::RefundPending | Afterwards::RefundFails => {
            Ok(Value::Null)
        }
    }
    .unwrap_or_default();
}

/// An error as an intent keeps it: with the payment method, and the charge that failed.
pub fn kept_error(work: &Work<'_>, refusal: &Refusal, method: &str, charge: Option<&str>) -> Value {
    let mut error: Map<String, Value> = match refusal.error() {
        Value::Object(error) => error,
        _ => Map::new(),
    };
    if let Some(charge) = charge {
        error.insert("charge".to_owned(), json!(charge));
    }
    if let Some(method) = work.view(method) {
        error.insert("payment_method".to_owned(), method);
    }
    Value::Object(error)
}

/// The refusal that an intent answers with: its kept error, and itself.
pub fn refused(
    work: &Work<'_>,
    refusal: Refusal,
    error: Value,
    name: &str,
    intent: &str,
) -> Refusal {
    let more = match error {
        Value::Object(error) => error,
        _ => Map::new(),
    };
    let refusal = Refusal { more, ..refusal };
    refusal.with(name, work.view(intent).unwrap_or_default())
}
