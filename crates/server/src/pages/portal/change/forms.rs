//! The forms of a change: what is filled in before anything is worked out, and what makes it.

use till_core::subscriptions::bill::BillingRows;
use till_wire::subscriptions::CancellationReason;

use super::{COMMENT, Change, SEEN, preview};
use crate::{
    actions::portal::pages,
    error::Result,
    pages::{
        checkout::fill,
        portal::{
            access::Visit,
            form::Posted,
            view::{Block, Choice, FieldKind, Form, FormField, Look},
        },
    },
};

/// The form that is filled in before anything is worked out.
pub(super) async fn asks(
    visit: &Visit,
    billing: &BillingRows,
    change: Change,
    form: &Posted,
    wrong: Option<&(&'static str, String)>,
) -> Result<Option<Block>> {
    let row = &billing.subscription;
    let error = |name: &str| {
        wrong
            .filter(|(at, _)| *at == name)
            .map(|(_, words)| words.clone())
    };
    let field = match change {
        Change::Plan => {
            let plans = pages::plans(visit.app(), &visit.viewer, row).await?;
            let locale = visit.portal.page_context.locale;
            let choices = plans.iter().map(|plan| {
                let prices: Vec<_> = plan.active_in(row.currency).collect();
                let words = prices
                    .iter()
                    .map(|price| fill::price_words(&price.cost(), row.currency, locale));
                let is_own = plan.product.id == row.product_id;
                Choice {
                    value: plan.product.id.to_string(),
                    title: plan.product.name.clone(),
                    note: is_own.then(|| visit.say("portal-plan-now")),
                    price: Some(words.collect::<Vec<_>>().join(" + ")),
                    every: fill::interval(plan, locale),
                }
            });
            let kind = FieldKind::Options(choices.collect());
            let chosen = form.get("product_id").map(str::to_owned);
            FormField::new("product_id", visit.say("portal-plan"), kind)
                .holding(chosen.unwrap_or_else(|| row.product_id.to_string()))
                .wrong(error("product_id"))
        }
        Change::Seats => {
            let typed = form.get("seats").map(str::to_owned);
            let now = row.seats.unwrap_or_default().to_string();
            FormField {
                inputmode: Some("numeric"),
                ..FormField::new("seats", visit.say("seats"), FieldKind::Line("text", 9))
            }
            .holding(typed.unwrap_or(now))
            .wrong(error("seats"))
        }
        _ => return Ok(None),
    };
    Ok(Some(Block::Form(Form {
        page_context: visit.portal.page_context,
        action: change.url(visit, row.id),
        hidden: query_of(visit),
        fields: vec![field],
        submit: visit.say("portal-preview"),
        look: Look::Quiet,
        ..Form::default()
    })))
}

/// Fields of the page's own query: a form that asks for a page replaces its query.
fn query_of(visit: &Visit) -> Vec<(&'static str, String)> {
    let context = visit.portal.page_context;
    let theme = context.theme.name().map(|name| ("theme", name.to_owned()));
    let locale = context
        .chosen_locale
        .map(|one| ("locale", one.tag().to_owned()));
    theme.into_iter().chain(locale).collect()
}

/// The form that makes the change.
pub(super) fn sends(visit: &Visit, billing: &BillingRows, change: Change, form: &Posted) -> Form {
    let row = &billing.subscription;
    let mut hidden = vec![(SEEN, row.version.to_string())];
    for name in ["product_id", "seats"] {
        hidden.extend(form.get(name).map(|value| (name, value.to_owned())));
    }
    let page_context = visit.portal.page_context;
    let fields = match change {
        Change::Cancel => vec![
            FormField {
                is_optional: true,
                is_required: false,
                ..FormField::new("reason", visit.say("portal-cancel-why"), reasons(visit))
            }
            .holding(form.text("reason")),
            FormField {
                is_optional: true,
                is_required: false,
                ..FormField::new(
                    "comment",
                    visit.say("portal-cancel-comment"),
                    FieldKind::Lines(COMMENT),
                )
            }
            .holding(form.text("comment"))
            .wrong(match change.read(visit, row, form) {
                Err(Some(("comment", words))) => Some(words),
                _ => None,
            }),
        ],
        Change::Pause => vec![
            FormField {
                is_optional: true,
                is_required: false,
                ..FormField::new(
                    "resumes_at",
                    visit.say("portal-pause-until"),
                    FieldKind::Line("date", 10),
                )
            }
            .holding(form.text("resumes_at"))
            .wrong(match change.read(visit, row, form) {
                Err(Some(("resumes_at", words))) => Some(words),
                _ => None,
            }),
        ],
        _ => Vec::new(),
    };
    Form {
        page_context,
        note: preview::effect(visit, billing, change),
        action: change.url(visit, row.id),
        key: Some(visit.key()),
        hidden,
        fields,
        submit: visit.say(change.confirms()),
        look: match change {
            Change::Cancel => Look::Danger,
            _ => Look::Main,
        },
        cancel: Some(visit.link(&format!("/subscriptions/{}", row.id), "portal-leave-it")),
        ..Form::default()
    }
}

impl Change {
    /// The words of the button that makes it.
    fn confirms(self) -> &'static str {
        match self {
            Self::Plan | Self::Seats => "portal-confirm",
            other => other.words(),
        }
    }
}

fn reasons(visit: &Visit) -> FieldKind {
    let words = |reason: &CancellationReason| {
        let id = match reason {
            CancellationReason::CustomerService => "portal-why-service",
            CancellationReason::LowQuality => "portal-why-quality",
            CancellationReason::MissingFeatures => "portal-why-features",
            CancellationReason::SwitchedService => "portal-why-switched",
            CancellationReason::TooComplex => "portal-why-complex",
            CancellationReason::TooExpensive => "portal-why-expensive",
            CancellationReason::Unused => "portal-why-unused",
            CancellationReason::Other => "portal-why-other",
        };
        (reason.as_str().to_owned(), visit.say(id))
    };
    let none = (String::new(), visit.say("choose"));
    let all = CancellationReason::ALL.iter().map(words);
    FieldKind::Choice(std::iter::once(none).chain(all).collect())
}
