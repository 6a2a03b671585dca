//! Who the customer's next bills go to.

use axum::response::Response;
use http::StatusCode;
use till_wire::{address::Address, portal::CustomerPortalCustomerUpdate};

use super::{
    access::{Answer, Visit, answered},
    form::{Errors, Posted, billing_body, billing_fields, filled, read},
    order::wrong,
    view::{Block, Form},
};
use crate::{actions::portal::profile, error::Result, pages::page};

/// `GET …/details`
pub(super) async fn show(visit: Visit) -> Response {
    let answer = async {
        visit.billing()?;
        Ok(details_page(&visit, &known(&visit), &Errors::default()))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// Who the customer's bills go to, as the form holds it.
fn known(visit: &Visit) -> Posted {
    let customer = &visit.viewer.customer;
    let address = customer.billing_address.as_ref().map(|address| &address.0);
    let part = |of: fn(&Address) -> Option<&str>| address.and_then(of);
    let name = customer.name_on_bills();
    filled(&[
        ("billing_name", name.as_deref()),
        ("country", address.map(|a| a.country.as_str())),
        ("state", part(|a| a.state.as_deref())),
        ("line1", part(|a| a.line1.as_deref())),
        ("line2", part(|a| a.line2.as_deref())),
        ("city", part(|a| a.city.as_deref())),
        ("postal_code", part(|a| a.postal_code.as_deref())),
        ("tax_id", customer.tax_id.as_deref()),
    ])
}

fn details_page(visit: &Visit, form: &Posted, errors: &Errors) -> Response {
    let page_context = visit.portal.page_context;
    let block = Block::Form(Form {
        page_context,
        note: Some(visit.say("portal-details-body")),
        action: visit.url("/details"),
        key: Some(visit.key()),
        fields: billing_fields(page_context, form, true, errors),
        submit: visit.say("portal-save"),
        ..Form::default()
    });
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let title = visit.say("portal-details");
    page(status, &visit.page("/details", title, vec![block]))
}

/// `POST …/details`
pub(super) async fn save(visit: Visit, posted: Result<Posted>) -> Response {
    let answer = async {
        let (app, viewer, posted) = (visit.app(), visit.viewer.billing()?, posted?);
        if posted.get("intent") == Some("update") {
            return Ok(details_page(&visit, &posted, &Errors::default()));
        }
        if posted.bills_like(&known(&visit)) {
            return Ok(visit.portal.go("/details?done=saved"));
        }
        let body = billing_body(&posted, true);
        let made = async {
            let input = read(&body, CustomerPortalCustomerUpdate::read)?;
            Box::pin(profile::update(app, viewer, input)).await
        };
        match made.await {
            Ok(_) => Ok(visit.portal.go("/details?done=saved")),
            Err(error) => {
                let errors = wrong(&visit, &error)?;
                Ok(details_page(&visit, &posted, &errors))
            }
        }
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}
