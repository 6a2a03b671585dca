//! A person's own page: name, password, and the browsers in which they are signed in.

mod browsers;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use till_core::people::{self, PASSWORD_LENGTH, sign_in};
use uuid::Uuid;

use super::{
    Answer,
    detail::{DetailPage, Part},
    done,
    form::{ConfirmPage, Field, Form, FormData, FormErrors, Group, Kind, judged},
    layout::{Layout, NavLink},
    parts::Cell,
    show, show_again,
};
use crate::{
    app::App,
    dashboard::{access::Person, denied::Denied},
    error::{ApiError, Result},
    http::limits,
    pages::page,
};

/// The routes.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account", get(account_page))
        .route("/account/name", post(rename))
        .route("/account/password", post(set_password))
        .route(
            "/account/sessions/others",
            get(confirm_end_others).post(end_others),
        )
        .route("/account/sessions/{id}/end", get(confirm_end).post(end))
}

/// Around the page of somebody who may belong to several organizations, or to none.
fn layout(person: &Person, title: &str) -> Layout {
    let organizations = person.organizations.iter();
    Layout {
        title: title.to_owned(),
        back: None,
        tabs: Vec::new(),
        organization: "Till".to_owned(),
        logo: None,
        other_organizations: Vec::new(),
        person: person.user.email.clone(),
        nav: organizations
            .map(|one| NavLink::dashboard(&one.name, &one.slug))
            .collect(),
        flash: person.flash.clone(),
        sandbox: false,
        clock: None,
    }
}

/// A form that is shown again: what was sent, and what is wrong with it.
type InvalidForm<'a> = Option<(&'a FormData, &'a FormErrors)>;

async fn account(
    app: &App,
    person: &Person,
    name: InvalidForm<'_>,
    password: InvalidForm<'_>,
) -> Result<DetailPage> {
    let now = app.clock.now();
    let sessions = app.store.user_sessions(person.user.id, now).await?;
    let others = sessions.len() > 1;
    let mut parts = vec![
        Part::Html("Profile", again(name_form(person), name).to_string()),
        Part::Html(
            "Password",
            again(password_form(app, person), password).to_string(),
        ),
        Part::list("Where you are signed in", browsers::list(person, sessions)),
    ];
    if others {
        parts.push(Part::Html("Lost a device?", OTHERS.to_owned()));
    }
    Ok(DetailPage {
        layout: layout(person, "Your account"),
        state: Cell::Empty,
        actions: Vec::new(),
        menu: None,
        parts,
    })
}

const OTHERS: &str = r#"<p class="submit"><a class="button plain" href="/account/sessions/others" data-ask>Sign out everywhere else</a></p>"#;

fn again(form: Form, again: InvalidForm<'_>) -> Form {
    match again {
        Some((form_data, errors)) => form.again(form_data, errors),
        None => form,
    }
}

fn name_form(person: &Person) -> Form {
    let fields = vec![
        Field::new("name", "Name", Kind::Line("text"))
            .value(person.user.name.clone().unwrap_or_default())
            .autocomplete("name")
            .hint("The name that your team sees."),
    ];
    Form::new("/account/name", "Save name", vec![Group::new("", fields)])
}

fn password_form(app: &App, person: &Person) -> Form {
    let mut fields = Vec::new();
    if people::asks_for_current(&person.user, &person.session, app.clock.now()) {
        fields.push(
            Field::new(
                "current_password",
                "Current password",
                Kind::Line("password"),
            )
            .autocomplete("current-password")
            .hint("Forgotten? Sign out, sign in with a link, and come back here.")
            .required(),
        );
    }
    let least = PASSWORD_LENGTH.start();
    fields.push(
        Field::new("new_password", "New password", Kind::Line("password"))
            .autocomplete("new-password")
            .hint(format!(
                "At least {least} characters; there are no other rules."
            ))
            .required(),
    );
    let (words, note) = match person.user.password_hash {
        Some(_) => (
            "Change password",
            "Changing your password signs you out everywhere else.",
        ),
        None => (
            "Set password",
            "You do not have one yet, and sign in with links.",
        ),
    };
    let group = Group::new("", fields).note(note);
    Form::new("/account/password", words, vec![group])
}

async fn account_page(State(app): State<Arc<App>>, person: Person) -> Answer {
    show(&account(&app, &person, None, None).await?)
}

async fn rename(State(app): State<Arc<App>>, person: Person, form_data: FormData) -> Answer {
    let name = form_data.get("name").unwrap_or_default();
    let changed = match people::rename(&person.user, name) {
        Ok(changes) => app.commit(changes).await,
        Err(refusal) => Err(refusal.into()),
    };
    match judged(changed)? {
        Ok(()) => done("/account", "Your name was saved."),
        Err(errors) => {
            show_again(&account(&app, &person, Some((&form_data, &errors)), None).await?)
        }
    }
}

async fn set_password(State(app): State<Arc<App>>, person: Person, form_data: FormData) -> Answer {
    match replace_password(&app, &person, &form_data).await? {
        Ok(()) => done(
            "/account",
            "Your password was set. Other browsers were signed out.",
        ),
        Err((status, errors)) => {
            let again = Some((&form_data, &errors));
            Ok(page(status, &account(&app, &person, None, again).await?))
        }
    }
}

async fn replace_password(
    app: &App,
    person: &Person,
    form_data: &FormData,
) -> Result<Result<(), (StatusCode, FormErrors)>, Denied> {
    let user = &person.user;
    let unfit = |errors| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, errors)));
    let new = form_data.get("new_password").unwrap_or_default();
    if let Err(errors) = judged(people::judge_password(user, new).map_err(ApiError::from))? {
        return unfit(errors);
    }
    if people::asks_for_current(user, &person.session, app.clock.now()) {
        let wait = limits::current_password(app, user.id).await?;
        if wait.is_some() {
            let errors =
                FormErrors::words("Too many attempts. Wait a few minutes, then try again.");
            return Ok(Err((StatusCode::TOO_MANY_REQUESTS, errors)));
        }
        let current = form_data.get("current_password").unwrap_or_default();
        if !app
            .passwords
            .verify(current, user.password_hash.as_ref())
            .await?
        {
            let words = "This is not your current password.";
            return unfit(FormErrors::field("current_password", words));
        }
    }
    let salt = app.clock.seed();
    let salt = salt[..16].try_into().expect("sixteen of thirty-two bytes");
    let hash = app.passwords.hash(new, salt).await?;
    app.commit(people::set_password(
        user,
        hash,
        &person.session,
        &app.context(),
    ))
    .await?;
    Ok(Ok(()))
}

fn confirm(person: &Person, title: &str, words: &str, action: String) -> ConfirmPage {
    ConfirmPage {
        layout: layout(person, title),
        words: words.to_owned(),
        submit: "Sign out",
        action,
        cancel: "/account".to_owned(),
    }
}

async fn confirm_end_others(person: Person) -> Answer {
    show(&confirm(
        &person,
        "Sign out everywhere else?",
        "Every other browser will have to sign in again.",
        "/account/sessions/others".to_owned(),
    ))
}

async fn end_others(State(app): State<Arc<App>>, person: Person) -> Answer {
    let changes = sign_in::end_others(person.user.id, person.session.id, &app.context());
    app.commit(changes).await?;
    done("/account", "You have been signed out everywhere else.")
}

async fn confirm_end(
    State(app): State<Arc<App>>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Denied> {
    let id = Uuid::try_parse(&id).map_err(|_| Denied::NotFound)?;
    let now = app.clock.now();
    let sessions = app.store.user_sessions(person.user.id, now).await?;
    let session = sessions.iter().find(|session| session.id == id);
    let session = session.ok_or(Denied::NotFound)?;
    show(&confirm(
        &person,
        &format!("Sign out {}?", browsers::named(session)),
        "That browser will have to sign in again.",
        format!("/account/sessions/{id}/end"),
    ))
}

async fn end(State(app): State<Arc<App>>, person: Person, Path(id): Path<String>) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Denied::NotFound)?;
    app.commit(sign_in::end(person.user.id, id, &app.context()))
        .await?;
    done("/account", "That browser was signed out.")
}
