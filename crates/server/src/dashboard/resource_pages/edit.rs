//! How one of a kind is made, changed and ended: the pages are the same for every kind, what fills them is the kind's.

use std::sync::Arc;

use axum::{Router, routing::get};
use uuid::Uuid;

use super::{Pages, ResourcePages};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        done,
        form::{FormData, FormErrors, FormPage, judged},
        listing::ListingQuery,
        show, show_again,
    },
    error::Result,
    http::extract::{Access, Caller, PathId},
};

/// The result of a form; the problems of an error are shown in the form.
pub type Saved<T = String> = Result<T>;

/// A kind of resource, as its pages need it.
pub trait Resource: Send + Sync + Sized + 'static {
    /// The permission to look at one.
    type Read: Access;
    /// The permission to make, change or end one.
    type Write: Access;

    /// Its pages.
    const PAGES: ResourcePages;
    /// The action that ends it; in lower case the last part of that page's address.
    const VERB: &'static str = "Delete";
    /// The consequence of that, in words.
    const CONSEQUENCE: &'static str;

    /// Its id.
    fn id(&self) -> Uuid;

    /// Its name, for people.
    fn name(&self) -> String;

    /// The one with this id.
    fn find(caller: &Caller<Self::Read>, id: Uuid) -> impl Future<Output = Result<Self>> + Send;

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
    ) -> impl Future<Output = Saved<(Uuid, String)>> + Send;

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
        let this = (self.id(), self.name());
        Self::PAGES.ask(dashboard, (this.0, &this.1), Self::VERB, Self::CONSEQUENCE)
    }
}

/// The pages that all kinds have: the list, the form for a new one, one's page and its form, and how one is rid of it.
pub fn routes<R: Resource>(list: Pages, detail: Pages) -> Router<Arc<App>> {
    let at = |rest: &str| R::PAGES.at(rest);
    Router::new()
        .route(&at(""), list)
        .route(&at("/new"), get(new::<R>).post(create::<R>))
        .route(&at("/{id}"), detail)
        .route(&at("/{id}/edit"), get(edit::<R>).post(update::<R>))
        .route(
            &at(&format!("/{{id}}/{}", R::VERB.to_lowercase())),
            get(ask::<R>).post(end::<R>),
        )
}

/// The one with this id, if the person may look at it.
pub async fn find<R: Resource, A>(dashboard: &Dashboard<A>, id: Uuid) -> Result<R> {
    R::find(&dashboard.may::<R::Read>()?, id).await
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
    find::<R, _>(&dashboard, id).await?.ask(&dashboard)
}

/// What is archived is still there; what is deleted leaves its list.
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
