//! Pages that create, change and end one of a kind: they are the same for every kind, what fills them is the kind's.

use std::sync::Arc;

use axum::{Router, routing::get};
use uuid::Uuid;

use super::{Listed, find};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        done,
        form::{ConfirmPage, Form, FormData, FormErrors, FormPage, Group, judged},
        listing::ListingQuery,
        parts::{Menu, MenuItem},
        show, show_again,
    },
    error::Result,
    http::extract::{Access, PathId},
};

/// The result of a form, in words; the problems of an error are shown in the form.
pub type Saved = Result<String>;
/// The same of a form that makes something, with its ID.
pub type Made = Result<(Uuid, String)>;

/// A kind of resource that is made and changed here, as its pages need it.
pub trait Resource: Listed {
    /// The permission to make, change or end one.
    type Write: Access;

    /// The action that ends it; in lower case the last part of that page's address.
    const VERB: &'static str = "Delete";
    /// The consequence of that, in words.
    const CONSEQUENCE: &'static str;

    /// The data of the form for a new one.
    fn fresh(_: &Dashboard<Self::Write>, _: &ListingQuery) -> FormData {
        FormData::default()
    }

    /// One as its form shows it.
    fn filled(&self, dashboard: &Dashboard<Self::Write>) -> FormData;

    /// Changes the form if a button of it asked for that, such as for one more row; the page is then shown again.
    fn reshape(_: &App, _: &mut FormData) -> bool {
        false
    }

    /// The page with the form for a new one, or for the one that it `was`.
    fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> impl Future<Output = Result<FormPage>> + Send;

    /// Makes one; its id, and what the next page says.
    fn create(
        dashboard: &Dashboard<Self::Write>,
        form_data: &mut FormData,
    ) -> impl Future<Output = Made> + Send;

    /// Changes one; what the next page says.
    fn update(
        &self,
        dashboard: &Dashboard<Self::Write>,
        form_data: &mut FormData,
    ) -> impl Future<Output = Saved> + Send;

    /// Deletes or archives one; what the next page says.
    fn end(
        dashboard: &Dashboard<Self::Write>,
        id: Uuid,
        form_data: &FormData,
    ) -> impl Future<Output = Saved> + Send;

    /// The page that asks before that.
    fn ask(&self, dashboard: &Dashboard<Self::Write>) -> Answer {
        let (id, name) = (self.id(), self.name());
        let title = format!("{} {name}?", Self::VERB);
        show(&ConfirmPage {
            layout: Self::PAGES.under_one(dashboard, (id, &name), title),
            words: Self::CONSEQUENCE.to_owned(),
            submit: Self::VERB,
            action: Self::PAGES.path(dashboard, id, &end_at::<Self>()),
            cancel: self.path(dashboard),
        })
    }
}

/// The last part of the address of the page that asks before one is deleted or archived.
fn end_at<R: Resource>() -> String {
    format!("/{}", R::VERB.to_lowercase())
}

/// The pages of a kind besides its list and one's page: the form for a new one, one's form, and how one is rid of it.
pub fn form_routes<R: Resource>() -> Router<Arc<App>> {
    let at = |rest: &str| R::PAGES.at(rest);
    let end_at = format!("/{{id}}{}", end_at::<R>());
    Router::new()
        .route(&at("/new"), get(new::<R>).post(create::<R>))
        .route(&at("/{id}/edit"), get(edit::<R>).post(update::<R>))
        .route(&at(&end_at), get(ask::<R>).post(end::<R>))
}

/// The page of the form, filled in as sent; `was` is the one that is edited.
pub fn form_page<R: Resource>(
    viewer: &Viewer,
    was: Option<&R>,
    groups: Vec<Group>,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let pages = R::PAGES;
    let (layout, action, verb) = match was.map(|one| (one.id(), one.name())) {
        Some((id, name)) => (
            pages.under_one(viewer, (id, &name), format!("Edit {name}")),
            pages.path(viewer, id, "/edit"),
            "Save",
        ),
        None => (
            pages.under_list(viewer, format!("New {}", pages.one)),
            pages.new_at(viewer),
            "Create",
        ),
    };
    let mut form = Form::new(action, format!("{verb} {}", pages.one), groups);
    if was.is_none() {
        form = form.idempotency_key(viewer);
    }
    FormPage {
        layout,
        form: form.again(form_data, errors),
        aside: None,
    }
}

/// The menu of one: what else can be done with it, its form, and how one is rid of it.
pub fn menu<R: Resource>(viewer: &Viewer, one: &R, mut items: Vec<MenuItem>) -> Menu {
    let path = |rest: &str| R::PAGES.path(viewer, one.id(), rest);
    items.extend([
        MenuItem::Separator,
        MenuItem::Link("Edit", path("/edit")),
        MenuItem::Separator,
        MenuItem::Confirm(R::VERB, path(&end_at::<R>())),
    ]);
    Menu {
        name: one.name(),
        items,
    }
}

async fn form<R: Resource>(
    dashboard: &Dashboard<R::Write>,
    was: Option<&R>,
    form_data: &FormData,
) -> Answer {
    show(&R::form_page(dashboard, was, form_data, &FormErrors::default()).await?)
}

async fn new<R: Resource>(dashboard: Dashboard<R::Write>, query: ListingQuery) -> Answer {
    let form_data = R::fresh(&dashboard, &query);
    form::<R>(&dashboard, None, &form_data).await
}

async fn create<R: Resource>(dashboard: Dashboard<R::Write>, mut form_data: FormData) -> Answer {
    if R::reshape(&dashboard.app, &mut form_data) {
        return form::<R>(&dashboard, None, &form_data).await;
    }
    match judged(R::create(&dashboard, &mut form_data).await)? {
        Ok((id, words)) => done(&R::PAGES.path(&dashboard, id, ""), &words),
        Err(errors) => show_again(&R::form_page(&dashboard, None, &form_data, &errors).await?),
    }
}

async fn edit<R: Resource>(dashboard: Dashboard<R::Write>, PathId(id): PathId) -> Answer {
    let one: R = find(&dashboard, id).await?;
    form(&dashboard, Some(&one), &one.filled(&dashboard)).await
}

async fn update<R: Resource>(
    dashboard: Dashboard<R::Write>,
    PathId(id): PathId,
    mut form_data: FormData,
) -> Answer {
    let one: R = find(&dashboard, id).await?;
    if R::reshape(&dashboard.app, &mut form_data) {
        return form(&dashboard, Some(&one), &form_data).await;
    }
    match judged(one.update(&dashboard, &mut form_data).await)? {
        Ok(words) => done(&R::PAGES.path(&dashboard, id, ""), &words),
        Err(errors) => {
            show_again(&R::form_page(&dashboard, Some(&one), &form_data, &errors).await?)
        }
    }
}

async fn ask<R: Resource>(dashboard: Dashboard<R::Write>, PathId(id): PathId) -> Answer {
    find::<R>(&dashboard, id).await?.ask(&dashboard)
}

/// An archived one is still there; a deleted one leaves its list.
async fn end<R: Resource>(
    dashboard: Dashboard<R::Write>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let words = R::end(&dashboard, id, &form_data).await?;
    let next = match R::VERB {
        "Archive" => R::PAGES.path(&dashboard, id, ""),
        _ => dashboard.path(R::PAGES.list),
    };
    done(&next, &words)
}
