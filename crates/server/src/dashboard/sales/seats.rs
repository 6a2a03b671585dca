//! Seats of a subscription or of an order: who has them, and who is given one.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use serde_json::json;
use till_wire::{
    page::Page as Items,
    seats::{CustomerSeat, SeatAssign, SeatStatus, SeatTarget},
};
use uuid::Uuid;

use crate::{
    actions::seats::{Asked, Giver},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::Part,
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        listing::{Column, Empty, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Tone},
        resource_pages::{ORDERS, ResourcePages, SUBSCRIPTIONS},
        show, show_again,
    },
    error::{ApiError, Result},
    http::{
        extract::{Access, Body, Caller, PathId, SeatId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Seats that the page shows, at most: as many as a customer has members.
const SHOWN: u32 = 1_000;

/// Purchase that seats belong to.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// A subscription.
    Subscription,
    /// An order that was paid once.
    Order,
}

impl Of {
    const fn pages(self) -> &'static ResourcePages {
        match self {
            Self::Subscription => &SUBSCRIPTIONS,
            Self::Order => &ORDERS,
        }
    }

    const fn target(self, id: Uuid) -> SeatTarget {
        match self {
            Self::Subscription => SeatTarget::Subscription(id),
            Self::Order => SeatTarget::Order(id),
        }
    }

    fn path(self, viewer: &Viewer, id: Uuid, rest: &str) -> String {
        self.pages().path(viewer, id, &format!("/seats{rest}"))
    }
}

/// The pages below those of what seats are of.
pub fn routes(of: Of) -> Router<Arc<App>> {
    let at = |rest: &str| of.pages().at(&format!("/{{id}}/seats{rest}"));
    let fill = move |dashboard, id| new(dashboard, of, id);
    let send = move |dashboard, id, form_data| assign(dashboard, of, id, form_data);
    let ask = move |dashboard, id, seat| ask(dashboard, of, id, seat);
    let take = move |dashboard, id, seat| revoke(dashboard, of, id, seat);
    let again = move |dashboard, id, seat, form_data| resend(dashboard, of, (id, seat), form_data);
    Router::new()
        .route(&at("/new"), get(fill).post(send))
        .route(&at("/{seat_id}/revoke"), get(ask).post(take))
        .route(&at("/{seat_id}/resend"), post(again))
}

fn giver<A: Access>(caller: &Caller<A>) -> Giver<'_> {
    Giver {
        app: &caller.app,
        organization: &caller.organization,
        customer: None,
    }
}

/// The seats of a subscription or of an order; none where none were bought, and for those who may not see them.
pub async fn part(
    viewer: &Viewer,
    of: Of,
    (id, bought): (Uuid, Option<i64>),
) -> Result<Option<Part>> {
    let (Some(_), Ok(caller)) = (bought, viewer.may::<scope::CustomerSeatsRead>()) else {
        return Ok(None);
    };
    let found = match giver(&caller).list(Some(of.target(id))).await {
        // Seats were sold before the organization was without them.
        Err(error) if error.status().is_client_error() => return Ok(None),
        found => found?,
    };
    if found.total_seats == 0 {
        return Ok(None);
    }
    let may_write = viewer.may::<scope::CustomerSeatsWrite>().is_ok();
    let columns = vec![
        Column::new("Person"),
        Column::new("Status"),
        Column::new("Claimed"),
    ];
    let row = |seat: &CustomerSeat| {
        let (member, email) = (seat.member.as_ref(), seat.email.clone());
        let name = member.and_then(|member| member.name.clone());
        let row = Row::new(vec![
            match (name, email.clone()) {
                (Some(name), Some(email)) => Cell::Noted(name, email),
                (_, email) => Cell::text(email),
            },
            match seat.status {
                SeatStatus::Claimed => Cell::toned("claimed", Tone::Good),
                SeatStatus::Pending => Cell::toned("invited", Tone::Busy),
                SeatStatus::Revoked => Cell::toned("free", Tone::Quiet),
            },
            Cell::time_or_nothing(seat.claimed_at, &viewer.zone),
        ]);
        if !may_write {
            return row;
        }
        let at = |rest: &str| of.path(viewer, id, &format!("/{}{rest}", seat.id));
        let mut items = Vec::new();
        if seat.status == SeatStatus::Pending {
            items.push(MenuItem::PostOnce(
                "Send the invitation again",
                at("/resend"),
                viewer.key.clone(),
            ));
        }
        items.push(MenuItem::Confirm("Revoke", at("/revoke")));
        row.menu(Menu {
            name: email.unwrap_or_default(),
            items,
        })
    };
    let may_assign = may_write && found.available_seats > 0;
    let empty = Empty {
        words: "Nobody has a seat yet.",
        step: may_assign.then(|| ("Assign seat", of.path(viewer, id, "/new"))),
    };
    let used: Vec<CustomerSeat> = (found.seats.into_iter())
        .filter(|seat| seat.status != SeatStatus::Revoked)
        .collect();
    let total = i64::try_from(used.len()).unwrap_or(i64::MAX);
    let items = Items::new(used, total, SHOWN);
    let all = ListingQuery::new(&of.pages().path(viewer, id, ""), "");
    let list = Listing::of(all, "Seats", columns, &items, row, empty).part();
    Ok(Some(Part::list("Seats", list)))
}

/// The address of the form that gives a seat away, for those who may, where one is free.
pub async fn assign_at(
    viewer: &Viewer,
    of: Of,
    (id, bought): (Uuid, Option<i64>),
) -> Result<Option<String>> {
    let (Some(_), Ok(caller)) = (bought, viewer.may::<scope::CustomerSeatsWrite>()) else {
        return Ok(None);
    };
    match giver(&caller).list(Some(of.target(id))).await {
        Ok(found) => {
            let is_free = found.available_seats > 0;
            Ok(is_free.then(|| of.path(viewer, id, "/new")))
        }
        Err(error) if error.status().is_client_error() => Ok(None),
        Err(error) => Err(error),
    }
}

fn form_page(
    viewer: &Viewer,
    of: Of,
    id: Uuid,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let fields = vec![
        Field::new("email", "E-mail", Kind::Line("email"))
            .required()
            .focus()
            .hint(
                "They get a letter with a link, valid for 24 hours, by which they claim the seat.",
            ),
    ];
    let to = of.path(viewer, id, "/new");
    let form = Form::new(to, "Assign seat", vec![Group::new("", fields)]).idempotency_key(viewer);
    FormPage {
        layout: of
            .pages()
            .under_one(viewer, (id, of.pages().one), "Assign a seat".to_owned()),
        form: match again {
            Some((form_data, errors)) => form.again(form_data, errors),
            None => form,
        },
        aside: None,
    }
}

async fn new(
    dashboard: Dashboard<scope::CustomerSeatsWrite>,
    of: Of,
    PathId(id): PathId,
) -> Answer {
    giver(&dashboard.caller).sold(of.target(id)).await?;
    show(&form_page(&dashboard, of, id, None))
}

async fn assign(
    dashboard: Dashboard<scope::CustomerSeatsWrite>,
    of: Of,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let mut sent = form_data.json();
    let key = match of {
        Of::Subscription => "subscription_id",
        Of::Order => "order_id",
    };
    sent[key] = json!(id);
    sent["email"] = json!(form_data.get("email").unwrap_or_default());
    let made = async {
        let input = Body(Some(sent)).read(SeatAssign::read)?;
        let recipient = input.recipient();
        let recipient = recipient.ok_or_else(|| ApiError::internal("a form names a person"))?;
        let asked = Asked {
            target: of.target(id),
            recipient,
            metadata: None,
            at_once: false,
        };
        let give =
            async |caller: &Caller<scope::CustomerSeatsWrite>,
                   guard: &IdempotencyGuard,
                   asked: Asked| { giver(caller).assign(guard, &asked).await };
        dashboard.create(&form_data, asked, give).await
    };
    match judged(made.await)? {
        Ok(made) => {
            let who = made.email.unwrap_or_default();
            done(
                &of.pages().path(&dashboard, id, ""),
                &format!("{who} is invited."),
            )
        }
        Err(errors) => show_again(&form_page(&dashboard, of, id, Some((&form_data, &errors)))),
    }
}

async fn ask(
    dashboard: Dashboard<scope::CustomerSeatsWrite>,
    of: Of,
    PathId(id): PathId,
    SeatId(seat): SeatId,
) -> Answer {
    giver(&dashboard.caller).sold(of.target(id)).await?;
    show(&ConfirmPage {
        layout: of
            .pages()
            .under_one(&dashboard, (id, of.pages().one), "Revoke this seat?".to_owned()),
        words: "Whoever has it loses what came with it, and the seat is free for somebody else. What is paid stays the same."
            .to_owned(),
        submit: "Revoke",
        action: of.path(&dashboard, id, &format!("/{seat}/revoke")),
        cancel: of.pages().path(&dashboard, id, ""),
    })
}

async fn revoke(
    dashboard: Dashboard<scope::CustomerSeatsWrite>,
    of: Of,
    PathId(id): PathId,
    SeatId(seat): SeatId,
) -> Answer {
    giver(&dashboard.caller).revoke(seat).await?;
    done(
        &of.pages().path(&dashboard, id, ""),
        "The seat was revoked.",
    )
}

async fn resend(
    dashboard: Dashboard<scope::CustomerSeatsWrite>,
    of: Of,
    (PathId(id), SeatId(seat)): (PathId, SeatId),
    form_data: FormData,
) -> Answer {
    let send = async |caller: &Caller<scope::CustomerSeatsWrite>,
                      guard: &IdempotencyGuard,
                      seat: Uuid| { giver(caller).resend(guard, seat, None).await };
    dashboard.create(&form_data, seat, send).await?;
    done(
        &of.pages().path(&dashboard, id, ""),
        "The invitation is sent again.",
    )
}
