//! Settings: the organization, its checkouts, and who moves the money.

mod invoices;
mod mail;
mod notices;
mod portal;
mod processor;
mod tax;
pub mod team;

use std::sync::Arc;

use axum::{
    Router,
    response::{IntoResponse, Redirect},
    routing::get,
};
use serde_json::{Value, json};
use till_core::{kernel::records::Organization as Row, organizations};
use till_wire::organizations::{
    Organization, OrganizationUpdate, ProrationBehavior, SocialPlatform, TaxBehaviorOption,
};

use self::{invoices::Invoices, mail::Mail, portal::Portal, tax::Tax};
use super::{
    Answer, done,
    form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
    layout::{Area, Layout, NavLink},
    parts::sentence,
    show, show_again,
};
use crate::{
    actions,
    app::App,
    dashboard::access::{Dashboard, Viewer},
    error::Result,
    http::extract::{Body, scope},
    pages::checkout::countries,
};

/// Settings that are ticked or not: the place in the API's body, and what a tick says.
const SWITCHES: [(&str, &str); 4] = [
    (
        "checkout_settings.require_3ds",
        "Ask for 3-D Secure on every card payment",
    ),
    (
        "feature_settings.checkout_localization_enabled",
        "Show the checkout in the customer's language",
    ),
    (
        "subscription_settings.allow_multiple_subscriptions",
        "A customer can have several subscriptions",
    ),
    (
        "subscription_settings.prevent_trial_abuse",
        "Refuse a second trial for the same customer",
    ),
];

/// Ways of billing changes in the middle of a period, where the change does not say.
const PRORATION: &str = "subscription_settings.proration_behavior";

/// Days for which benefits outlast a renewal that was not paid.
const GRACE: &str = "subscription_settings.benefit_revocation_grace_period";

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/settings", get(edit).post(update))
        .merge(page::<Invoices>())
        .merge(page::<Mail>())
        .merge(page::<Portal>())
        .merge(page::<Tax>())
        .merge(notices::routes())
        .merge(processor::routes())
        .merge(team::routes())
}

/// The pages of the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The organization.
    Organization,
    /// Its taxes.
    Tax,
    /// The seller on its documents.
    Invoices,
    /// Its letters.
    Mail,
    /// Its customers' portal.
    Portal,
    /// Its people.
    Team,
    /// Notices to the viewer by mail.
    Notices,
    /// The payment processor.
    Processor,
}

/// Around a page of the area.
pub fn layout(viewer: &Viewer, tab: Tab) -> Layout {
    let way = |one: Tab, words: &str, path: &str| {
        NavLink::tab(words, viewer.path(&format!("/settings{path}")), one == tab)
    };
    let mut tabs = vec![
        way(Tab::Team, "Team", "/team"),
        way(Tab::Processor, "Payments", "/processor"),
        way(Tab::Notices, "Notices", "/notices"),
    ];
    if viewer.may::<scope::OrganizationsWrite>().is_ok() {
        tabs.insert(0, way(Tab::Organization, "Organization", ""));
        tabs.insert(1, way(Tab::Tax, "Tax", "/tax"));
        tabs.insert(2, way(Tab::Invoices, "Invoices", "/invoices"));
        tabs.insert(3, way(Tab::Mail, "Mail", "/mail"));
        tabs.insert(4, way(Tab::Portal, "Portal", "/portal"));
    }
    Layout::new(viewer, Area::Settings, "Settings").tabs(tabs)
}

/// Whoever may not change the organization looks at its people.
async fn edit(dashboard: Dashboard<scope::OrganizationsRead>) -> Answer {
    if dashboard.may::<scope::OrganizationsWrite>().is_err() {
        return Ok(Redirect::to(&dashboard.path("/settings/team")).into_response());
    }
    let form_data = as_sent(&organizations::view(&dashboard.organization));
    show(&form_page(&dashboard, &form_data, &FormErrors::default()))
}

async fn update(dashboard: Dashboard<scope::OrganizationsWrite>, form_data: FormData) -> Answer {
    let body = body(&dashboard.organization, &form_data);
    match judged(save(&dashboard, body).await)? {
        Ok(()) => done(&dashboard.path("/settings"), "The settings were saved."),
        Err(mut errors) => {
            errors.listed("embed_hosts");
            show_again(&form_page(&dashboard, &form_data, &errors))
        }
    }
}

/// Changes the organization.
async fn save(dashboard: &Dashboard<scope::OrganizationsWrite>, body: Value) -> Result<()> {
    let input = Body(Some(body)).read(OrganizationUpdate::read)?;
    let caller = &dashboard.caller;
    actions::organizations::update(caller, caller.organization.id, input).await?;
    Ok(())
}

/// Settings of subscriptions with these changed. The API takes all of them at once, and each page shows its own.
fn subscription_settings(organization: &Row, changed: Value) -> Value {
    let settings = &organization.settings.subscription_settings;
    let mut all = serde_json::to_value(settings).unwrap_or_default();
    if let (Some(all), Value::Object(changed)) = (all.as_object_mut(), changed) {
        all.extend(changed);
    }
    all
}

/// Page of settings: a form over a part of the organization.
trait SettingsPage: Send + Sync + 'static {
    /// Path below the organization's dashboard.
    const PATH: &str;
    /// Words for what was saved, as in "The {} settings were saved."
    const NAME: &str;
    /// Lists of the form, and the fields without which a row of it is none.
    const LISTS: &[(&str, &[&str])] = &[];

    /// The settings as the form shows them.
    fn as_sent(organization: &Row) -> FormData;

    /// The API's body; a box that is not ticked says no.
    fn body(organization: &Row, form_data: &FormData) -> Value;

    /// The page.
    fn page(viewer: &Viewer, form_data: &FormData, errors: &FormErrors) -> FormPage;
}

/// The route of a page of settings.
fn page<P: SettingsPage>() -> Router<Arc<App>> {
    let path = format!("/dashboard/{{shop}}{}", P::PATH);
    Router::new().route(&path, get(edit_page::<P>).post(update_page::<P>))
}

async fn edit_page<P: SettingsPage>(dashboard: Dashboard<scope::OrganizationsWrite>) -> Answer {
    let form_data = P::as_sent(&dashboard.organization);
    show(&P::page(&dashboard, &form_data, &FormErrors::default()))
}

async fn update_page<P: SettingsPage>(
    dashboard: Dashboard<scope::OrganizationsWrite>,
    mut form_data: FormData,
) -> Answer {
    for (list, fields) in P::LISTS {
        form_data.drop_blank(list, fields);
    }
    let body = P::body(&dashboard.organization, &form_data);
    match judged(save(&dashboard, body).await)? {
        Ok(()) => {
            let words = format!("The {} settings were saved.", P::NAME);
            done(&dashboard.path(P::PATH), &words)
        }
        Err(errors) => show_again(&P::page(&dashboard, &form_data, &errors)),
    }
}

/// The organization as its form shows it.
fn as_sent(organization: &Organization) -> FormData {
    let mut form_data = FormData::default();
    let value = serde_json::to_value(organization).unwrap_or_default();
    let texts = [
        "name",
        "avatar_url",
        "email",
        "website",
        "policy_links.terms_url",
        "policy_links.privacy_url",
        "policy_links.refunds_url",
        "policy_links.support_url",
        "country",
        "default_presentment_currency",
        "default_tax_behavior",
    ];
    for name in texts.into_iter().chain([PRORATION, GRACE]) {
        let text = match at(&value, name) {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        form_data.set(name, text);
    }
    for (name, _) in SWITCHES {
        if at(&value, name) == &Value::Bool(true) {
            form_data.set(name, "true");
        }
    }
    form_data.set("embed_hosts", organization.embed_hosts.join("\n"));
    for (row, link) in organization.public.socials.iter().enumerate() {
        form_data.set(&format!("socials.{row}.platform"), link.platform.as_str());
        form_data.set(&format!("socials.{row}.url"), link.url.clone());
    }
    form_data
}

fn at<'a>(value: &'a Value, place: &str) -> &'a Value {
    place.split('.').fold(value, |value, step| &value[step])
}

/// The API's body: a box that is not ticked says no, hosts stand one to a line, and a link without an
/// address is none.
fn body(organization: &Row, form_data: &FormData) -> Value {
    let mut form_data = form_data.clone();
    for (name, _) in SWITCHES {
        let ticked = form_data.ticked(name);
        form_data.set(name, ticked.to_string());
    }
    form_data.drop_blank("socials", &["url"]);
    let hosts: Vec<_> = form_data
        .get("embed_hosts")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut body = form_data.json_of_change(&["name"]);
    let sent = body["subscription_settings"].take();
    body["subscription_settings"] = subscription_settings(organization, sent);
    body["embed_hosts"] = json!(hosts);
    if form_data.rows("socials").is_empty() {
        body["socials"] = json!([]);
    }
    body
}

fn form_page(viewer: &Viewer, form_data: &FormData, errors: &FormErrors) -> FormPage {
    let groups = vec![
        about(&viewer.organization),
        policies(),
        links(form_data),
        money(),
        checkouts(),
        subscriptions(),
    ];
    FormPage {
        layout: layout(viewer, Tab::Organization),
        form: Form::new(viewer.path("/settings"), "Save settings", groups).again(form_data, errors),
        aside: None,
    }
}

fn line(name: &str, label: &str, kind: &'static str) -> Field {
    Field::new(name, label, Kind::Line(kind))
}

fn about(row: &Row) -> Group {
    let countries = Kind::choice(countries::COUNTRIES.iter().copied());
    Group::new(
        "Organization",
        vec![
            line("name", "Name", "text")
                .required()
                .hint("Customers see it on the checkout page."),
            line("email", "Support e-mail", "email"),
            line("website", "Website", "url"),
            line("avatar_url", "Logo address", "url")
                .hint("An https address of a square picture; customers see it at checkout."),
            Field::new("country", "Country", countries.or("Not set")),
        ],
    )
    .note(format!(
        "Its slug is {}; its organization ID is {}.",
        row.slug, row.id
    ))
}

fn policies() -> Group {
    let page = |name: &str, label: &str| line(&format!("policy_links.{name}_url"), label, "url");
    Group::new(
        "Pages for buyers",
        vec![
            page("terms", "Terms of sale"),
            page("privacy", "Privacy policy"),
            page("refunds", "Refund policy"),
            page("support", "Help").hint("Without it, the support e-mail is shown."),
        ],
    )
    .note("Linked in the footer of the checkout and of the pages after it.")
}

fn links(form_data: &FormData) -> Group {
    let rows = form_data.rows_with_spare("socials", &["url"], 1);
    let fields = rows.into_iter().enumerate().flat_map(|(place, row)| {
        let platforms = SocialPlatform::ALL.iter().map(|one| {
            let words = match one {
                SocialPlatform::Github => "GitHub".to_owned(),
                SocialPlatform::Youtube => "YouTube".to_owned(),
                SocialPlatform::Tiktok => "TikTok".to_owned(),
                SocialPlatform::Linkedin => "LinkedIn".to_owned(),
                one => sentence(one.as_str()),
            };
            (one.as_str(), words)
        });
        [
            Field::new(
                format!("socials.{row}.platform"),
                format!("Platform {}", place + 1),
                Kind::choice(platforms),
            ),
            line(
                &format!("socials.{row}.url"),
                &format!("Address {}", place + 1),
                "url",
            ),
        ]
    });
    Group::new("Links", fields.collect()).pairs()
}

fn money() -> Group {
    let taxes = TaxBehaviorOption::ALL.iter().map(|tax| {
        let words = match tax {
            TaxBehaviorOption::Location => "As usual in the customer's country",
            TaxBehaviorOption::Inclusive => "Prices include tax",
            TaxBehaviorOption::Exclusive => "Tax is added to prices",
        };
        (tax.as_str(), words)
    });
    Group::new(
        "Prices",
        vec![
            Field::new(
                "default_presentment_currency",
                "Default currency",
                Kind::currencies(),
            )
            .hint("Every product needs a price in it."),
            Field::new("default_tax_behavior", "Tax", Kind::choice(taxes))
                .hint("For prices that do not say otherwise."),
        ],
    )
    .row()
}

fn switches(area: &[&str]) -> Vec<Field> {
    SWITCHES
        .iter()
        .filter(|(name, _)| area.iter().any(|one| name.starts_with(one)))
        .map(|(name, words)| Field::new(*name, *words, Kind::Tick))
        .collect()
}

fn checkouts() -> Group {
    let mut fields = switches(&["checkout_settings", "feature_settings"]);
    fields.push(
        Field::new(
            "embed_hosts",
            "Sites that may embed the checkout",
            Kind::Area(3),
        )
        .hint("One host per line, such as shop.example.com."),
    );
    Group::new("Checkout", fields)
}

fn subscriptions() -> Group {
    let mut fields = switches(&["subscription_settings"]);
    let behaviors = ProrationBehavior::ALL.iter().map(|behavior| {
        let words = match behavior {
            ProrationBehavior::Invoice => "Charge the difference at once",
            ProrationBehavior::Prorate => "Add the difference to the next bill",
            ProrationBehavior::NextPeriod => "Wait for the next period",
        };
        (behavior.as_str(), words)
    });
    let label = "Changes in the middle of a period";
    fields.push(Field::new(PRORATION, label, Kind::choice(behaviors)));
    let label = "Days until benefits are revoked when a renewal is not paid";
    let grace = Field::new(GRACE, label, Kind::Line("number"));
    fields.push(
        grace.hint("Looked at with each attempt to charge. With 0 they are revoked at once."),
    );
    Group::new("Subscriptions", fields)
}
