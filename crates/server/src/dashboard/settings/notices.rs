//! Notices by mail: each member of the team chooses for themselves.

use std::sync::Arc;

use axum::{Router, routing::get};
use till_core::{kernel::records::Notices, people::team};

use super::{Tab, layout};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        done,
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind},
        show,
    },
    error::{ApiError, Result},
    http::extract::scope,
};

const PAGE: &str = "/settings/notices";
const SALES: &str = "sales";
const DISPUTES: &str = "disputes";
const ENDPOINTS: &str = "endpoints";

/// The page.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/dashboard/{shop}/settings/notices", get(edit).post(update))
}

async fn edit(dashboard: Dashboard<scope::OrganizationsRead>) -> Answer {
    let form_data = as_sent(own(&dashboard).await?);
    show(&page(&dashboard, &form_data))
}

async fn update(dashboard: Dashboard<scope::OrganizationsRead>, form_data: FormData) -> Answer {
    let notices = Notices {
        sales: form_data.ticked(SALES),
        disputes: form_data.ticked(DISPUTES),
        endpoints: form_data.ticked(ENDPOINTS),
    };
    let (organization, person) = (&dashboard.organization, &dashboard.person);
    let changes = team::set_notices(organization.id, person.id, notices);
    dashboard.app.commit(changes).await?;
    done(
        &dashboard.path(PAGE),
        "Your notification settings were saved.",
    )
}

/// Notices that the viewer wants now.
async fn own(viewer: &Viewer) -> Result<Notices> {
    let team = viewer.app.store.team(viewer.organization.id).await?;
    let team = team.ok_or_else(ApiError::not_found)?;
    let member = team.member(viewer.person.id);
    Ok(member.ok_or_else(ApiError::not_found)?.notices.0)
}

fn as_sent(notices: Notices) -> FormData {
    let mut form_data = FormData::default();
    for (name, is_on) in [
        (SALES, notices.sales),
        (DISPUTES, notices.disputes),
        (ENDPOINTS, notices.endpoints),
    ] {
        if is_on {
            form_data.set(name, "true");
        }
    }
    form_data
}

fn page(viewer: &Viewer, form_data: &FormData) -> FormPage {
    let tick = |name: &str, words: &str| Field::new(name, words, Kind::Tick);
    let fields = vec![
        tick(SALES, "Something was sold"),
        tick(DISPUTES, "A payment is disputed"),
        tick(ENDPOINTS, "A webhook endpoint was switched off"),
    ];
    let group = Group::new("You are told when", fields).note(format!(
        "By mail to {}. Everybody in the team chooses for themselves.",
        viewer.person.email
    ));
    FormPage {
        layout: layout(viewer, Tab::Notices),
        form: Form::new(viewer.path(PAGE), "Save your notices", vec![group])
            .again(form_data, &FormErrors::default()),
        aside: None,
    }
}
