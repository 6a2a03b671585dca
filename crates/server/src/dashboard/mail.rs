//! Mail: what went to whom, each letter as it looks, and sending one again. Where this server sends no mail, or only
//! some, the list is the shop's mailbox.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse},
    routing::{get, post},
};
use till_core::{
    kernel::records::{Mail, MailState},
    mail::send_again,
};
use till_ports::processor::ContentSources;
use till_wire::page::Page as Items;
use uuid::Uuid;

use super::{
    Answer,
    access::{Dashboard, Viewer},
    detail::{Fact, Part},
    done,
    form::FormData,
    layout::{Area, Layout},
    listing::{Column, Empty, Filter, Listing, ListingQuery, Row},
    mail_delivery::MailDelivery,
    parts::{Cell, Menu, MenuItem, Tone, sentence},
    show,
};
use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{PathId, scope},
        idempotency::{self, IdempotencyGuard},
    },
    mail::html,
    pages::Page,
};

/// Letters on one page.
const ROWS: u32 = 50;
/// Pages of letters at most.
const PAGES: i64 = 200;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/mail", get(list))
        .route("/dashboard/{shop}/mail/{id}", get(detail))
        .route("/dashboard/{shop}/mail/{id}/letter", get(letter))
        .route("/dashboard/{shop}/mail/{id}/send", post(again))
}

fn path(viewer: &Viewer, id: Uuid, rest: &str) -> String {
    viewer.path(&format!("/mail/{id}{rest}"))
}

fn words(state: MailState) -> &'static str {
    match state {
        MailState::Waiting => "Waiting",
        MailState::Sent => "Sent",
        MailState::Kept => "Not sent",
        MailState::Refused => "Refused",
        MailState::Failed => "Given up",
    }
}

fn state(mail: &Mail) -> Cell {
    let tone = match mail.state {
        MailState::Waiting => Tone::Busy,
        MailState::Sent => Tone::Good,
        MailState::Kept => Tone::Quiet,
        MailState::Refused | MailState::Failed => Tone::Bad,
    };
    Cell::toned(words(mail.state), tone)
}

/// True where the person may have letters sent, and this server sends any.
fn may_send(viewer: &Viewer) -> bool {
    viewer.app.mail.delivers() && viewer.may::<scope::CustomersWrite>().is_ok()
}

/// Note on what becomes of letters here, where they are not simply sent.
pub(super) fn notice(viewer: &Viewer) -> Option<&'static str> {
    match MailDelivery::of(&viewer.app) {
        MailDelivery::Address if viewer.sandbox => Some(
            "In the sandbox, mail goes only to members of the team. Other letters are kept here.",
        ),
        MailDelivery::Address => None,
        MailDelivery::Terminal | MailDelivery::Nobody => Some(
            "This server sends no e-mail: letters are kept here. Set TILL_SMTP_URL to have them sent.",
        ),
    }
}

#[derive(Debug, Template)]
#[template(path = "dashboard/mails.html")]
struct MailsPage {
    layout: Layout,
    notice: Option<&'static str>,
    list: Listing,
}

impl Page for MailsPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

async fn list(dashboard: Dashboard<scope::CustomersRead>, query: ListingQuery) -> Answer {
    let chosen = query.get("state").and_then(|word| word.parse().ok());
    let (own, page) = (dashboard.organization.id, query.page().clamp(1, PAGES));
    let store = &dashboard.app.store;
    let (mails, total) = store.mails(own, chosen, page, i64::from(ROWS)).await?;
    let may_send = may_send(&dashboard);
    let states = MailState::ALL.iter().map(|one| (one.as_str(), words(*one)));
    let filter = Filter::choice(&query, "state", "State", "Any state", states);
    let columns = vec![
        Column::new("Letter"),
        Column::new("To"),
        Column::new("State"),
        Column::new("Written"),
    ];
    let row = |mail: &Mail| {
        let mut items = vec![MenuItem::Link("Open", path(&dashboard, mail.id, ""))];
        if may_send {
            let (to, key) = (path(&dashboard, mail.id, "/send"), dashboard.key.clone());
            items.push(MenuItem::PostOnce("Send again", to, key));
        }
        let cells = vec![
            Cell::Link {
                href: path(&dashboard, mail.id, ""),
                text: mail.subject.clone(),
                note: Some(sentence(mail.kind.as_str())),
            },
            Cell::Text(mail.recipient.clone()),
            state(mail),
            Cell::time(mail.created_at, &dashboard.zone),
        ];
        Row::new(cells).menu(Menu {
            name: mail.subject.clone(),
            items,
        })
    };
    let empty = Empty {
        words: "No letters yet. Customers get one for each purchase, and when something happens to their subscription.",
        step: None,
    };
    let total = total.min(PAGES * i64::from(ROWS));
    let items = Items::new(mails, total, ROWS);
    let list = Listing::of(query, "Letters", columns, &items, row, empty).filters([filter]);
    show(&MailsPage {
        layout: Layout::new(&dashboard, Area::Mail, "Mail"),
        notice: notice(&dashboard),
        list,
    })
}

#[derive(Debug, Template)]
#[template(path = "dashboard/mail.html")]
struct MailPage {
    layout: Layout,
    state: Cell,
    /// Address to which a POST has it sent again, and the key of the form.
    again: Option<(String, String)>,
    facts: Part,
    /// The address of the letter as it looks.
    frame: String,
    frames: ContentSources,
}

impl Page for MailPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }

    fn card_sources(&self) -> Option<&ContentSources> {
        Some(&self.frames)
    }
}

async fn find(viewer: &Viewer, id: Uuid) -> Result<Mail> {
    viewer
        .app
        .store
        .mail(viewer.organization.id, id)
        .await
        .or_not_found()
}

async fn detail(dashboard: Dashboard<scope::CustomersRead>, PathId(id): PathId) -> Answer {
    let mail = find(&dashboard, id).await?;
    let zone = &dashboard.zone;
    let mut facts = vec![
        Fact::new("To", Cell::Text(mail.recipient.clone())),
        Fact::new("Kind", Cell::Text(sentence(mail.kind.as_str()))),
        Fact::new("Language", Cell::Text(mail.content.0.language.clone())),
        Fact::new("Written", Cell::second(mail.created_at, zone)),
    ];
    if let Some(at) = mail.sent_at {
        facts.push(Fact::new("Sent", Cell::second(at, zone)));
    }
    if mail.attempts > 0 {
        let words = format!("{} failed", mail.attempts);
        facts.push(Fact::new("Attempts", Cell::Text(words)));
    }
    if let Some(reason) = &mail.reason {
        facts.push(Fact::new("Why", Cell::Text(reason.clone())));
    }
    if let Some(customer) = mail.customer_id {
        let href = dashboard.path(&format!("/customers/{customer}"));
        facts.push(Fact::new("Customer", Cell::link(href, "The customer")));
    }
    if let Some(order) = mail.order_id {
        let href = dashboard.path(&format!("/orders/{order}"));
        facts.push(Fact::new("Document of", Cell::link(href, "The order")));
    }
    let send = (path(&dashboard, id, "/send"), dashboard.key.clone());
    show(&MailPage {
        layout: Layout::new(&dashboard, Area::Mail, &*mail.subject)
            .back("Mail", dashboard.path("/mail")),
        state: state(&mail),
        again: may_send(&dashboard).then_some(send),
        facts: Part::Facts("Letter", facts),
        frame: path(&dashboard, id, "/letter"),
        frames: ContentSources {
            frame: vec!["'self'".to_owned()],
            ..ContentSources::default()
        },
    })
}

/// The letter alone, as it looks: a page that can run nothing, load nothing but the logo, and be framed by ours only.
async fn letter(dashboard: Dashboard<scope::CustomersRead>, PathId(id): PathId) -> Answer {
    let mail = find(&dashboard, id).await?;
    let content = &mail.content.0;
    let logo = content
        .logo
        .as_deref()
        .and_then(|logo| url::Url::parse(logo).ok());
    let logo = logo.map_or_else(
        || "'none'".to_owned(),
        |logo| logo.origin().ascii_serialization(),
    );
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src {logo}; form-action 'none'; frame-ancestors 'self'; \
         base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
    );
    let policy = HeaderValue::from_str(&policy).map_err(ApiError::internal)?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ];
    let text = html(content).map_err(ApiError::internal)?;
    // A link in a frame would open there: `base` sends each to a tab of its own.
    let text = text.replacen("<head>", "<head>\n<base target=\"_blank\">", 1);
    Ok((StatusCode::OK, headers, Html(text)).into_response())
}

async fn again(
    dashboard: Dashboard<scope::CustomersWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let app = &dashboard.app;
    let here = path(&dashboard, id, "");
    let mail = find(&dashboard, id).await?;
    if !app.mail.delivers() {
        return done(&here, "This server sends no e-mail.");
    }
    let send = async |guard: IdempotencyGuard| {
        let changes = send_again(&mail, &app.context());
        app.reply(&guard, StatusCode::ACCEPTED, ((), changes), |()| ())
            .await
    };
    let () = dashboard.make(&form_data, send).await?;
    done(&here, "The letter is being sent.")
}
