//! Steps of a change to a subscription: a form, then what it comes to, and only then the change itself.

use std::sync::Arc;

use axum::{
    Router,
    response::{Html, IntoResponse},
    routing::{get, post},
};
use http::StatusCode;
use jiff::Timestamp;
use till_wire::{
    discounts::Discount,
    products::Product,
    subscriptions::{Subscription, SubscriptionUpdate},
};
use uuid::Uuid;

use super::{
    change::Change,
    fields,
    preview::{self, Asked, ChangePreview},
};
use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        done,
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        resource_pages::{Listed as _, SUBSCRIPTIONS, find as find_one},
        sales::declines,
        show, show_again,
    },
    error::{ApiError, Result},
    http::{
        extract::{Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Sent along once the person has seen what the change comes to: the version of the subscription that it was worked out
/// for.
const SEEN: &str = "_seen";

type Viewing = Dashboard<scope::SubscriptionsWrite>;

/// The pages.
pub(super) fn routes() -> Router<Arc<App>> {
    let add = |router: Router<Arc<App>>, change: Change| {
        let fill = move |viewing: Viewing, PathId(id): PathId| fill(viewing, id, change);
        let send = move |viewing: Viewing, PathId(id): PathId, form_data: FormData| {
            send(viewing, id, change, form_data)
        };
        let live = move |viewing: Viewing, PathId(id): PathId, form_data: FormData| {
            live(viewing, id, change, form_data)
        };
        let at = SUBSCRIPTIONS.at(&format!("/{{id}}/{}", change.path()));
        router
            .route(&at, get(fill).post(send))
            .route(&format!("{at}/preview"), post(live))
    };
    Change::ALL.into_iter().fold(Router::new(), add)
}

async fn find(viewing: &Viewing, id: Uuid) -> Result<Subscription> {
    actions::subscriptions::get(&viewing.may()?, id).await
}

async fn fill(viewing: Viewing, id: Uuid, change: Change) -> Answer {
    let one = find(&viewing, id).await?;
    let form_data = fields::filled(change, &one, &viewing);
    if change.is_plain() {
        return send(viewing, id, change, form_data).await;
    }
    let errors = FormErrors::default();
    show(&form_page(&viewing, &one, change, (&form_data, &errors)).await?)
}

/// Shows what the change comes to, and makes it once that was seen.
async fn send(viewing: Viewing, id: Uuid, change: Change, form_data: FormData) -> Answer {
    let one = find(&viewing, id).await?;
    let read = judged(fields::read(change, &form_data, &viewing))?;
    let input = match read {
        Ok(input) => input,
        Err(errors) => return again(&viewing, &one, change, (&form_data, &errors)).await,
    };
    let coming = match judged(worked_out(&viewing, &one, change, &input).await)? {
        Ok(coming) => coming,
        Err(errors) => {
            let errors = placed(change, errors);
            return again(&viewing, &one, change, (&form_data, &errors)).await;
        }
    };
    let here = one.path(&viewing);
    let version = coming.version.to_string();
    match form_data.get(SEEN) {
        None => return show(&question(&viewing, &one, change, &form_data, &coming)?),
        // Sent twice, or somebody else was faster.
        Some(seen) if seen != version => {
            let words = "The subscription has changed since that form was shown; this page shows how it is now.";
            return done(&here, words);
        }
        Some(_) => {}
    }
    let began = viewing.now();
    // A form that is sent twice is refused by the version that it was shown for.
    let guard = IdempotencyGuard::default();
    let made = Box::pin(actions::subscriptions::update(
        &viewing.caller,
        id,
        &guard,
        &input,
    ));
    let errors = match made.await {
        Ok(_) => return done(&here, &coming.done),
        Err(error) if error.status() == StatusCode::PAYMENT_REQUIRED => {
            declined(&viewing, &one, (began, error)).await?
        }
        Err(error) => placed(change, FormErrors::of(error)?),
    };
    again(&viewing, &one, change, (&form_data, &errors)).await
}

/// Message about a change whose charge failed: why, and that nothing has changed.
async fn declined(
    viewing: &Viewing,
    one: &Subscription,
    (began, error): (Timestamp, ApiError),
) -> Result<FormErrors> {
    let newest = match viewing.may::<scope::PaymentsRead>() {
        Ok(caller) => {
            let query = format!("customer_id={}&status=failed&limit=1", one.base.customer_id);
            let page = actions::payments::list(&caller, Params::parse(&query)).await?;
            page.items.into_iter().next()
        }
        Err(_) => None,
    };
    // Without a card there is no attempt.
    let newest = newest.filter(|payment| payment.created_at >= began);
    let reason = match newest.and_then(|payment| payment.decline_reason) {
        Some(code) => format!("{}.", declines::words(&code)),
        None => error.detail(),
    };
    let words = format!("The charge failed, so nothing has changed. {reason}");
    Ok(FormErrors::words(words))
}

async fn worked_out(
    viewing: &Viewing,
    one: &Subscription,
    change: Change,
    input: &SubscriptionUpdate,
) -> Result<ChangePreview> {
    let preview = actions::subscriptions::preview::change(&viewing.caller, one.base.id, input);
    let preview = Box::pin(preview).await?;
    let reading = viewing.may::<scope::SubscriptionsRead>()?;
    let billing = actions::subscriptions::billing(&reading, one.base.id).await?;
    let named = named(viewing, input).await?;
    let asked = Asked {
        change,
        input,
        named,
    };
    Ok(preview::of(viewing, one, &asked, &preview, &billing))
}

/// The name of the product or the discount that a change names, where the person may see it.
async fn named(viewing: &Viewing, input: &SubscriptionUpdate) -> Result<Option<String>> {
    let SubscriptionUpdate::Base(base) = input else {
        return Ok(None);
    };
    let named = match (base.product_id, base.discount_id.as_value()) {
        (Some(id), _) => match viewing.may::<scope::ProductsRead>() {
            Ok(_) => Some(find_one::<Product>(viewing, id).await?.name()),
            Err(_) => None,
        },
        (None, Some(id)) => match viewing.may::<scope::DiscountsRead>() {
            Ok(_) => Some(find_one::<Discount>(viewing, *id).await?.name()),
            Err(_) => None,
        },
        (None, None) => None,
    };
    Ok(named)
}

/// The preview while the form is being filled in.
async fn live(viewing: Viewing, id: Uuid, change: Change, form_data: FormData) -> Answer {
    let one = find(&viewing, id).await?;
    let coming = match judged(fields::read(change, &form_data, &viewing))? {
        Ok(input) => judged(worked_out(&viewing, &one, change, &input).await)?,
        Err(errors) => Err(errors),
    };
    let html = match coming {
        Ok(coming) => coming.with_effect()?,
        Err(errors) => preview::refused(errors.all())?,
    };
    Ok(Html(html).into_response())
}

async fn form_page(
    viewing: &Viewing,
    one: &Subscription,
    change: Change,
    (form_data, errors): (&FormData, &FormErrors),
) -> Result<FormPage> {
    let aside = match fields::read(change, form_data, viewing) {
        Ok(input) => worked_out(viewing, one, change, &input).await.ok(),
        Err(_) => None,
    };
    let aside = match aside {
        Some(coming) => coming.with_effect()?,
        None => preview::refused(Vec::new())?,
    };
    let here = change.href(viewing, one.base.id);
    let groups = fields::groups(change, one, viewing).await?;
    let mut form = Form::new(&here, "Continue", groups);
    form.preview = Some(format!("{here}/preview"));
    let name = one.name();
    let title = change.words().action.to_owned();
    Ok(FormPage {
        layout: SUBSCRIPTIONS.under_one(viewing, (one.base.id, &name), title),
        form: form.again(form_data, errors),
        aside: Some(aside),
    })
}

async fn again(
    viewing: &Viewing,
    one: &Subscription,
    change: Change,
    sent: (&FormData, &FormErrors),
) -> Answer {
    if change.is_plain() {
        let words = sent.1.all().join(" ");
        return done(&one.path(viewing), &words);
    }
    show_again(&form_page(viewing, one, change, sent).await?)
}

/// The errors of a form, at its only field where the API names none.
fn placed(change: Change, errors: FormErrors) -> FormErrors {
    match change {
        Change::Seats => errors.at_field("seats"),
        _ => errors,
    }
}

/// The page that shows what the change comes to before it is made.
fn question(
    viewing: &Viewing,
    one: &Subscription,
    change: Change,
    form_data: &FormData,
    coming: &ChangePreview,
) -> Result<FormPage> {
    let names = fields::NAMES.iter();
    let sent = names.filter(|name| form_data.ticked(name));
    let hidden = |name: &str| Field::new(name, name, Kind::Hidden);
    let mut fields: Vec<_> = sent.map(|name| hidden(name)).collect();
    fields.push(hidden(SEEN).value(coming.version.to_string()));
    let effect = coming.effect.clone().unwrap_or_default();
    let group = Group::new("", fields).note(effect);
    let words = change.words();
    let mut form = Form::new(change.href(viewing, one.base.id), words.submit, vec![group]);
    form.danger = change == Change::Cancel;
    form.back = Some(one.path(viewing));
    let name = one.name();
    let title = format!("{}?", words.submit);
    Ok(FormPage {
        layout: SUBSCRIPTIONS.under_one(viewing, (one.base.id, &name), title),
        form: form.again(form_data, &FormErrors::default()),
        aside: Some(coming.without_effect()?),
    })
}
