//! Seats on the page of a subscription or of an order: who has them, and the forms that give them away
//! (docs/behaviour: seats/portal).

use till_core::{
    kernel::records::{CustomerMember, CustomerSeat, Order, Subscription},
    seats::sold::Sold,
};
use till_wire::seats::{SeatStatus, SeatTarget};
use uuid::Uuid;

use super::{
    access::Visit,
    sign_in::LONGEST,
    view::{Badge, Block, FieldKind, Form, FormField, List, Look, Row, Tone},
};
use crate::{
    actions::{portal::seats, seats::Seats},
    error::Result,
};

/// Purchase that the seats of a page belong to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// A subscription.
    Subscription(Uuid),
    /// An order that was paid once.
    Order(Uuid),
}

impl Of {
    /// The path of its page.
    pub fn page(self) -> String {
        match self {
            Self::Subscription(id) => format!("/subscriptions/{id}"),
            Self::Order(id) => format!("/orders/{id}"),
        }
    }

    pub fn target(self) -> SeatTarget {
        match self {
            Self::Subscription(id) => SeatTarget::Subscription(id),
            Self::Order(id) => SeatTarget::Order(id),
        }
    }
}

/// Seats of a subscription; none where it is not sold by the seat.
pub(super) async fn of_subscription(visit: &Visit, row: &Subscription) -> Result<Vec<Block>> {
    match row.seats.is_some() && row.ended_at.is_none() {
        true => {
            let sold = Sold::Subscription(Box::new(row.clone()));
            blocks(visit, Of::Subscription(row.id), sold).await
        }
        false => Ok(Vec::new()),
    }
}

/// Seats of an order that was paid once; none where it has none of its own.
pub(super) async fn of_order(visit: &Visit, row: &Order) -> Result<Vec<Block>> {
    let sold = Sold::Order(Box::new(row.clone()));
    match sold.total() > 0 && sold.gives_seats() {
        true => blocks(visit, Of::Order(row.id), sold).await,
        false => Ok(Vec::new()),
    }
}

async fn blocks(visit: &Visit, of: Of, sold: Sold) -> Result<Vec<Block>> {
    let viewer = visit.viewer.billing()?;
    let held = seats::giver(visit.app(), &viewer).seats(sold).await?;
    let used = held.rows.iter().filter(|(seat, _)| seat.is_used());
    let list = Block::List(List {
        title: Some(title(visit, &held)),
        rows: used
            .map(|(seat, member)| row(visit, of, seat, member.as_ref()))
            .collect(),
        empty: visit.say("portal-no-seats"),
        more: None,
    });
    let is_free = held.sold.available(held.used()) > 0;
    let invite = is_free.then(|| invite(visit, of));
    Ok(std::iter::once(list).chain(invite).collect())
}

/// `Seats: 2 of 5 are used`.
fn title(visit: &Visit, held: &Seats) -> String {
    let values = [
        ("used", held.used().into()),
        ("total", held.sold.total().into()),
    ];
    visit.portal.page_context.with("portal-seats-used", values)
}

fn row(visit: &Visit, of: Of, seat: &CustomerSeat, member: Option<&CustomerMember>) -> Row {
    let email = member.map_or("", |member| member.email.as_str());
    let button = |rest: &str, id: &str| Form {
        page_context: visit.portal.page_context,
        action: visit.url(&format!("{}/seats/{}/{rest}", of.page(), seat.id)),
        key: Some(visit.key()),
        submit: visit.say(id),
        aria: Some(format!("{}: {email}", visit.say(id))),
        look: Look::Link,
        ..Form::default()
    };
    let is_pending = seat.status == SeatStatus::Pending;
    let again = is_pending.then(|| button("resend", "portal-seat-again"));
    let (words, tone) = match is_pending {
        true => ("portal-seat-pending", Tone::Plain),
        false => ("portal-seat-held", Tone::Good),
    };
    let name = member.and_then(|member| member.name.clone());
    Row {
        url: None,
        title: name.clone().unwrap_or_else(|| email.to_owned()),
        badge: Some(Badge {
            words: visit.say(words),
            tone,
        }),
        note: name.map(|_| email.to_owned()),
        aside: None,
        forms: again
            .into_iter()
            .chain([button("revoke", "portal-seat-revoke")])
            .collect(),
    }
}

/// The form that invites somebody.
fn invite(visit: &Visit, of: Of) -> Block {
    let most = u16::try_from(LONGEST).unwrap_or(u16::MAX);
    let field = FormField {
        autocomplete: "off",
        inputmode: Some("email"),
        ..FormField::new("email", visit.say("email"), FieldKind::Line("email", most))
    };
    Block::Form(Form {
        page_context: visit.portal.page_context,
        title: Some(visit.say("portal-seat-invite")),
        note: Some(visit.say("portal-seat-invite-body")),
        action: visit.url(&format!("{}/seats/invite", of.page())),
        key: Some(visit.key()),
        fields: vec![field],
        submit: visit.say("portal-seat-send"),
        ..Form::default()
    })
}
