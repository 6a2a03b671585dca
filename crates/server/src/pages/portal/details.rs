//! Details of the customer: whom their next bills name, their e-mail address, and their data as a file.

use axum::response::Response;
use http::StatusCode;
use till_core::portal::email_change::is_offered;
use till_wire::{address::Address, portal::CustomerPortalCustomerUpdate};

use super::{
    access::{Answer, Visit, answered},
    form::{Errors, Posted, billing_body, billing_fields, filled, read},
    order::wrong,
    view::{Block, FieldKind, Form, FormField, Look, PortalPage},
};
use crate::{
    actions::portal::{letters_arrive, profile},
    customer_data,
    error::Result,
    http::limits::ArchiveFor,
    pages::page,
};

/// `GET …/details`
pub(super) async fn show(visit: Visit) -> Response {
    let answer = async {
        visit.billing()?;
        Ok(details_page(&visit, &known(&visit), &Errors::default()))
    };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

/// Name and address on the customer's bills, as the form holds them.
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

fn billing(visit: &Visit, form: &Posted, errors: &Errors) -> Block {
    let page_context = visit.portal.page_context;
    Block::Form(Form {
        page_context,
        note: Some(visit.say("portal-details-body")),
        action: visit.url("/details"),
        key: Some(visit.key()),
        fields: billing_fields(page_context, form, true, errors),
        submit: visit.say("portal-save"),
        ..Form::default()
    })
}

fn details_page(visit: &Visit, form: &Posted, errors: &Errors) -> Response {
    let block = billing(visit, form, errors);
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(status, &whole(visit, block, email_form(visit, "", None)))
}

/// The form for another address, where the customer may have one; with what was typed, and what is wrong with it.
pub(super) fn email_form(visit: &Visit, typed: &str, wrong: Option<String>) -> Option<Block> {
    let (app, viewer) = (visit.app(), &visit.viewer);
    if !letters_arrive(app) || !is_offered(&viewer.organization, &viewer.customer) {
        return None;
    }
    let page_context = visit.portal.page_context;
    let with_email = [("email", viewer.customer.email.as_str().into())];
    let field = FormField {
        autocomplete: "email",
        inputmode: Some("email"),
        ..FormField::new(
            "email",
            visit.say("portal-email-new"),
            FieldKind::Line("email", 320),
        )
    };
    Some(Block::Form(Form {
        page_context,
        title: Some(visit.say("email")),
        note: Some(page_context.with("portal-email-body", with_email)),
        action: visit.url("/details/email"),
        key: Some(visit.key()),
        fields: vec![field.holding(typed).wrong(wrong)],
        submit: visit.say("portal-email-send"),
        look: Look::Quiet,
        ..Form::default()
    }))
}

/// The page: whom bills name, the e-mail address, and the way to the data.
fn whole(visit: &Visit, bills: Block, email: Option<Block>) -> PortalPage {
    let data = Block::Links(vec![visit.link("/data.zip", "portal-data")]);
    let blocks = std::iter::once(bills).chain(email).chain([data]);
    visit.page("/details", visit.say("portal-details"), blocks.collect())
}

/// `GET …/data.zip`: everything that is kept of the customer, with their documents.
pub(super) async fn data(visit: Visit) -> Response {
    let answer = async {
        let viewer = visit.viewer.billing()?;
        let (organization, customer) = (&viewer.organization, &viewer.customer);
        customer_data::archive(visit.app(), organization, customer, ArchiveFor::Customer).await
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// The page with what came of a new e-mail address: what was typed, what is wrong with it, and what is wrong besides.
pub(super) fn with_email(
    visit: &Visit,
    status: StatusCode,
    (typed, wrong): (&str, Option<String>),
    error: Option<String>,
) -> Response {
    let bills = billing(visit, &known(visit), &Errors::default());
    let mut shown = whole(visit, bills, email_form(visit, typed, wrong));
    shown.error = error;
    page(status, &shown)
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
